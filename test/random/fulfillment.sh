#!/bin/bash
# test/random/fulfillment.sh: several sessions walk fulfillments through the state machine at random, while
# orders are placed, routed and cancelled, goods come back, stock is counted in sessions, lost, set aside and
# transferred between locations; a sampler asks oms.check() all the time;
# TAP output.
#
#   STRESS_SECONDS (10)  STRESS_SEED (random, printed)
#
# Each step is one call in a transaction of its own, some of which are rolled back. A refusal (OM001,
# OM002, OM004, OM005) is an answer; anything else is a failure, a deadlock too. Locations have little
# capacity, by several measures, and several routing runs are on at once.
#
# That it can fail was proved with the code changed; each was found in 10 s:
#   nobody locks the orders                work.c, oms_work_lock_orders: without lock_orders
#   a reject does not count its units      reject.c, settle: without oms_work_write_lines
#   what is shipped stays in stock         actions.c, consume: without oms_consume_order_units
#   who lost its units is still to be picked   shortfall.c, lose_order: without reject_work
#   work goes on while a hold stands       actions.c, act: without require_no_hold
#   rejected work keeps its capacity       work.c, frees_capacity: without "reject"
set -euo pipefail
cd "$(dirname "$0")"

seconds=${STRESS_SECONDS:-10}
seed=${STRESS_SEED:-$((RANDOM * 32768 + RANDOM))}
clients=8
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
# a database of its own: other tests look at all accounts
createdb oms_walk
export PGDATABASE=oms_walk
psql -Xqc "CREATE EXTENSION oms"
echo "1..8"
echo "# seed $seed, $clients clients, $seconds s"

psql -Xq -v ON_ERROR_STOP=1 >"$dir/setup" 2>&1 <<'SQL' || { cat "$dir/setup"; exit 1; }
SET client_min_messages = warning;
CREATE SCHEMA walk;
SELECT oms.add_location('w' || i, 'store', (40 + i || ',-74')::oms.latlon) FROM generate_series(1, 4) AS i;
SELECT FROM oms.add_location_group('walk', '{w1,w2,w3,w4}');
SELECT oms.add_channel('walk', 'walk', 'walk', safety_stock => '1'), oms.add_quota('walk', 'w-a', 1000000);
SELECT oms.receive('w' || l, 'w-' || s, 30) FROM generate_series(1, 4) AS l, unnest('{a,b,c,d}'::text[]) AS s;
SELECT oms.protect_stock('w1', 'w-b', 'walk', 10);
UPDATE oms.location SET minutes_per_order = 2, minutes_per_unit = 0.5, capacity_orders = CASE location WHEN 'w2' THEN 6 END;
SELECT oms.add_capacity('w1', orders => 25, minutes => 100), oms.add_capacity('w3', lines => 40, units => 60);
UPDATE oms.reject_reason SET exclude_sku_for = LEAST(exclude_sku_for, '1 s'), exclude_location_for = LEAST(exclude_location_for, '1 s'), exclude_order_for = '2 s';
CREATE TABLE walk.step (action text, state text, message text);
CREATE TABLE walk.sample (found bigint, example text);
CREATE SEQUENCE walk.order_number;

CREATE FUNCTION walk.one_of(VARIADIC words text[]) RETURNS text LANGUAGE sql VOLATILE AS
    $$SELECT words[1 + floor(random() * cardinality(words))::int]$$;
-- some work at random; a refused action is as good as a legal one
CREATE FUNCTION walk.some_work(statuses text[]) RETURNS bigint LANGUAGE sql VOLATILE AS
    $$SELECT fulfillment_id FROM oms.work WHERE status = ANY (statuses) OR random() < 0.05 ORDER BY random() LIMIT 1$$;

CREATE FUNCTION walk.act(action text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    skus text[] := ARRAY(SELECT walk.one_of('w-a', 'w-b', 'w-c', 'w-d') FROM generate_series(1, 1 + floor(random() * 3)::int));
BEGIN
    CASE action
    WHEN 'place' THEN
        PERFORM oms.place_order('w' || nextval('walk.order_number'), 'walk', skus, ARRAY(SELECT 1 + floor(random() * 3)::bigint FROM unnest(skus)),
            '40,-74', walk.one_of('standard', 'same_day', 'pickup', 'pickup'), on_shortage => 'backorder');
    WHEN 'route' THEN PERFORM oms.route();
    WHEN 'route some' THEN PERFORM oms.route(order_ids => ARRAY(SELECT order_id FROM oms.orders WHERE status = 'open' ORDER BY random() LIMIT 5));
    WHEN 'accept' THEN PERFORM oms.accept(walk.some_work('{assigned}'));
    WHEN 'claim' THEN PERFORM oms.claim_work(walk.one_of('w1', 'w2', 'w3', 'w4'), 'picker', 2, '10 ms');
    WHEN 'release' THEN PERFORM oms.release_work();
    WHEN 'pick' THEN PERFORM oms.pick(l.fulfillment_id, ARRAY[l.sku], '{1}') FROM oms.fulfillment_line AS l WHERE l.fulfillment_id = walk.some_work('{accepted,picking}') LIMIT 1;
    WHEN 'pick all' THEN PERFORM oms.pick_many(ARRAY(SELECT fulfillment_id FROM oms.work WHERE status IN ('accepted', 'picking') ORDER BY random() LIMIT 3));
    WHEN 'pack' THEN PERFORM oms.pack(walk.some_work('{picking}'));
    WHEN 'unpack' THEN PERFORM oms.unpack(walk.some_work('{packed,ready}'));
    WHEN 'ship' THEN PERFORM oms.ship_many(ARRAY(SELECT fulfillment_id FROM oms.work WHERE status = 'packed' AND method = 'ship' ORDER BY random() LIMIT 2));
    WHEN 'ready' THEN PERFORM oms.ready(walk.some_work('{packed}'));
    WHEN 'hand_over' THEN PERFORM oms.hand_over(walk.some_work('{ready}'));
    WHEN 'hand_over some' THEN PERFORM oms.hand_over(l.fulfillment_id, ARRAY[l.sku], '{1}') FROM oms.fulfillment_line AS l WHERE l.fulfillment_id = walk.some_work('{ready}') LIMIT 1;
    WHEN 'reject' THEN
        PERFORM oms.reject(l.fulfillment_id, walk.one_of('not in stock', 'damaged', 'mismatch', 'store busy'), l.sku,
                           scope => walk.one_of('line', 'fulfillment', 'sku', 'orders'), reroute => random() < 0.3)
           FROM (SELECT l.fulfillment_id, l.sku FROM oms.fulfillment_line AS l WHERE l.open > 0 AND l.fulfillment_id = walk.some_work('{assigned,accepted,picking,packed,ready}') LIMIT 1) AS l;
    WHEN 'cancel' THEN PERFORM oms.cancel_order(o.order_id) FROM (SELECT order_id FROM oms.orders WHERE status = 'open' ORDER BY random() LIMIT 1) AS o;
    WHEN 'cancel many' THEN PERFORM oms.cancel_order_many(ARRAY(SELECT order_id FROM oms.orders WHERE status = 'open' ORDER BY random() LIMIT 2));
    WHEN 'hold' THEN PERFORM oms.hold_order(l.order_id, walk.one_of('fraud', 'address', 'payment'), CASE WHEN random() < 0.3 THEN l.line_no END) FROM (SELECT order_id, line_no FROM oms.order_line WHERE status NOT IN ('cancelled', 'consumed') ORDER BY random() LIMIT 1) AS l;
    WHEN 'release hold' THEN PERFORM oms.release_order_hold(h.order_id, h.hold_id) FROM (SELECT order_id, hold_id FROM oms.order_hold WHERE released_at IS NULL ORDER BY random() LIMIT 1) AS h;
    WHEN 'learn' THEN PERFORM oms.refresh_confidence();
    WHEN 'cancel line' THEN PERFORM oms.cancel_line(l.order_id, l.line_no, CASE WHEN random() < 0.5 THEN 1 END) FROM (SELECT order_id, line_no FROM oms.order_line WHERE status NOT IN ('cancelled', 'consumed') ORDER BY random() LIMIT 1) AS l;
    WHEN 'change quantity' THEN PERFORM oms.change_quantity(l.order_id, l.line_no, 1 + floor(random() * 5)::bigint, 'backorder') FROM (SELECT order_id, line_no FROM oms.order_line WHERE status NOT IN ('cancelled', 'consumed') ORDER BY random() LIMIT 1) AS l;
    WHEN 'cancel fulfillment' THEN PERFORM oms.cancel_fulfillment(walk.some_work('{accepted,picking,packed,ready}'));
    WHEN 'receive' THEN PERFORM oms.receive(walk.one_of('w1', 'w2', 'w3', 'w4'), skus[1], 5);
    WHEN 'return' THEN
        PERFORM oms.return_line(l.order_id, l.line_no, walk.one_of('w1', 'w2', 'w3', 'w4'), 1 + floor(random() * 2)::bigint, walk.one_of('sellable', 'damaged'))
           FROM (SELECT order_id, line_no FROM oms.order_line WHERE consumed > 0 ORDER BY random() LIMIT 1) AS l;
    WHEN 'exchange' THEN
        PERFORM oms.exchange(l.order_id, 'w1', jsonb_build_array(jsonb_build_object('line_no', l.line_no, 'quantity', 1)), 'w' || nextval('walk.order_number'), jsonb_build_array(jsonb_build_object('sku', skus[1], 'quantity', 1)), 'backorder')
           FROM (SELECT order_id, line_no FROM oms.order_line WHERE consumed > 0 ORDER BY random() LIMIT 1) AS l;
    WHEN 'lose' THEN PERFORM oms.adjust(i.location, i.sku, -least(i.on_hand, 1 + floor(random() * 5)::bigint), 'lost') FROM oms.inventory AS i WHERE i.sku = skus[1] AND i.on_hand > 0 ORDER BY random() LIMIT 1;
    WHEN 'set aside' THEN PERFORM oms.set_aside(walk.one_of('w1', 'w2', 'w3', 'w4'), skus[1], 2, 'quality');
    WHEN 'put back' THEN PERFORM oms.put_back(i.location, i.sku, 1, 'fine') FROM oms.inventory AS i WHERE i.unavailable > 0 ORDER BY random() LIMIT 1;
    WHEN 'scrap' THEN PERFORM oms.scrap(i.location, i.sku, 1, 'gone') FROM oms.inventory AS i WHERE i.unavailable > 0 ORDER BY random() LIMIT 1;
    WHEN 'resolve' THEN PERFORM oms.resolve_shortfalls();
    WHEN 'open transfer' THEN PERFORM oms.open_transfer('t' || nextval('walk.order_number'), walk.one_of('w1', 'w2'), walk.one_of('w3', 'w4'), ARRAY[skus[1]], ARRAY[3::bigint], now() + interval '1 hour');
    WHEN 'ship transfer' THEN PERFORM oms.ship_transfer(t.transfer_id) FROM (SELECT transfer_id FROM oms.transfer_order WHERE status = 'open' ORDER BY random() LIMIT 1) AS t;
    WHEN 'ship some' THEN PERFORM oms.ship_transfer(l.transfer_id, ARRAY[l.sku], ARRAY[greatest(1, l.held)]) FROM (SELECT transfer_id, sku, held FROM oms.transfer_line WHERE shipped = 0 AND quantity > 0 ORDER BY random() LIMIT 1) AS l;
    WHEN 'receive transfer' THEN PERFORM oms.receive_transfer(t.transfer_id, ARRAY[skus[1]], ARRAY[1 + floor(random() * 4)::bigint], random() < 0.5) FROM (SELECT transfer_id FROM oms.transfer_order WHERE status = 'shipped' ORDER BY random() LIMIT 1) AS t;
    WHEN 'receive all' THEN PERFORM oms.receive_transfer(t.transfer_id) FROM (SELECT transfer_id FROM oms.transfer_order WHERE status = 'shipped' ORDER BY random() LIMIT 1) AS t;
    WHEN 'cancel transfer' THEN PERFORM oms.cancel_transfer(t.transfer_id) FROM (SELECT transfer_id FROM oms.transfer_order WHERE status IN ('open', 'shipped') ORDER BY random() LIMIT 1) AS t;
    WHEN 'open count' THEN PERFORM oms.open_count(walk.one_of('w1', 'w2', 'w3', 'w4'), picked_counted => random() < 0.5, recount_units => 2);
    WHEN 'record' THEN
        PERFORM oms.record_count(l.count_id, l.sku, greatest(0, COALESCE(l.on_hand, 0) + floor(random() * 3)::bigint - 1), CASE WHEN random() < 0.3 THEN clock_timestamp() - random() * (clock_timestamp() - l.opened_at) END)
           FROM (SELECT l.count_id, l.sku, s.opened_at, (SELECT i.on_hand FROM oms.inventory AS i WHERE i.sku = l.sku AND i.location = l.location) AS on_hand
                   FROM oms.count_line AS l JOIN oms.count_session AS s USING (count_id) WHERE s.status = 'open' AND l.status IN ('open', 'recount') ORDER BY random() LIMIT 1) AS l;
    WHEN 'accept count' THEN PERFORM oms.accept_count(l.count_id, ARRAY[l.sku], random() < 0.5) FROM (SELECT l.count_id, l.sku FROM oms.count_line AS l WHERE l.status IN ('counted', 'recount') ORDER BY random() LIMIT 1) AS l;
    WHEN 'close count' THEN PERFORM oms.reject_count(s.count_id, ARRAY(SELECT l.sku FROM oms.count_line AS l WHERE l.count_id = s.count_id AND l.status IN ('counted', 'recount'))), oms.close_count(s.count_id) FROM (SELECT count_id FROM oms.count_session WHERE status = 'open' ORDER BY random() LIMIT 1) AS s;
    WHEN 'count' THEN PERFORM oms.count_stock(i.location, i.sku, greatest(0, i.on_hand + floor(random() * 3)::bigint - 1)) FROM oms.inventory AS i WHERE i.sku = skus[1] ORDER BY random() LIMIT 1;
    END CASE;
END $$;

CREATE PROCEDURE walk.walk(until timestamptz) LANGUAGE plpgsql AS $$
DECLARE
    action text;
    state text;
    message text;
BEGIN
    WHILE clock_timestamp() < until LOOP
        action := walk.one_of('place', 'place', 'place', 'route', 'route some', 'route some', 'accept', 'accept', 'claim', 'release', 'pick', 'pick all', 'pick all', 'pack', 'pack', 'pack',
            'unpack', 'ship', 'ship', 'ready', 'ready', 'ready', 'hand_over', 'hand_over', 'hand_over some', 'hand_over some', 'reject', 'reject', 'cancel', 'cancel many', 'hold', 'release hold', 'release hold', 'learn', 'cancel line', 'cancel line', 'change quantity', 'cancel fulfillment', 'receive', 'receive', 'count',
            'place', 'accept', 'pick all', 'pick all', 'pick all', 'pack', 'pack', 'pack', 'ready', 'ready', 'ready', 'hand_over', 'hand_over', 'receive',
            'return', 'return', 'exchange', 'lose', 'set aside', 'put back', 'scrap', 'resolve', 'open transfer', 'open transfer', 'ship transfer', 'ship some', 'receive transfer', 'receive all', 'cancel transfer',
            'open count', 'record', 'record', 'accept count', 'accept count', 'close count');
        state := '00000';
        message := NULL;
        BEGIN
            PERFORM walk.act(action);
            IF random() < 0.1 THEN RAISE SQLSTATE 'P9999'; END IF;
        EXCEPTION WHEN OTHERS THEN
            state := SQLSTATE;
            message := SQLERRM;
        END;
        INSERT INTO walk.step VALUES (action, state, message);
        COMMIT;
    END LOOP;
END $$;

CREATE PROCEDURE walk.sample(until timestamptz) LANGUAGE plpgsql AS $$
BEGIN
    WHILE clock_timestamp() < until LOOP
        INSERT INTO walk.sample SELECT count(*), min(invariant || ': ' || key || ': ' || detail) FROM oms.check();
        COMMIT;
        PERFORM pg_sleep(0.1);
    END LOOP;
END $$;
SQL
until=$(psql -XAtc "SELECT clock_timestamp() + interval '$seconds s'")

for ((i = 1; i <= clients; i++)); do
	psql -Xq -v ON_ERROR_STOP=1 -c "SELECT setseed(((($seed + $i * 7919) % 2000003) / 2000003.0)::float8)" \
		-c "CALL walk.walk('$until')" >/dev/null 2>"$dir/client.$i" &
done
psql -Xq -v ON_ERROR_STOP=1 -c "CALL walk.sample('$until')" >/dev/null 2>"$dir/client.0" &
wait || true

# is NAME, EXPECTED, QUERY
n=0
is()
{
	local got

	got=$(psql -XAtqc "$3")
	n=$((n + 1))
	if [ "$got" = "$2" ]; then
		echo "ok $n - $1"
	else
		echo "not ok $n - $1"
		echo "# got $got, expected $2"
	fi
}

is "no client has failed" "" "SELECT pg_catalog.left('$(cat "$dir"/client.* | tr -d "'" | head -c 500 | tr '\n' ' ')', 500)"
is "every answer is one that a caller can expect" "" \
	"SELECT string_agg(DISTINCT action || ' ' || state || ' ' || message, '; ') FROM walk.step WHERE state NOT IN ('00000', 'P9999', 'OM001', 'OM002', 'OM004', 'OM005', '22004')"
is "nothing was ever broken" "0|" "SELECT sum(found), min(example) FROM walk.sample"
is "looked at often" "t" "SELECT count(*) > $seconds FROM walk.sample"
is "no location has ever been assigned more than its capacity" "" \
	"SELECT string_agg(location || ' ' || measure || ' ' || used, ', ') FROM oms.capacity_use() WHERE used > quantity"
is "nothing was done to an order on hold" "0" \
	"SELECT count(*) FROM oms.fulfillment_event e JOIN oms.order_hold h ON h.order_id = e.order_id AND h.line_no IS NULL AND e.acted_at > h.placed_at
	    AND e.acted_at < COALESCE(h.released_at, 'infinity') WHERE e.action IN ('accept', 'pick', 'pack', 'ready', 'ship', 'hand_over')"
is "every action has been taken" "" \
	"SELECT string_agg(action, ', ') FROM (SELECT action FROM walk.step GROUP BY action HAVING count(*) FILTER (WHERE state = '00000') = 0) AS s"
is "nothing is broken" "" "SELECT string_agg(invariant || ': ' || key, '; ') FROM oms.check()"
psql -XAtqc "SELECT '# ' || string_agg(action || ' ' || n, ', ' ORDER BY action) FROM (SELECT action, count(*) FILTER (WHERE state = '00000') || '/' || count(*) AS n FROM walk.step GROUP BY action) AS s"
