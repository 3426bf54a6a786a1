#!/bin/bash
# test/random/published.sh: a random walk over everything that changes availability: every verb of stock, reservations,
# orders, work, transfers and feeds, DML on the network, items, kits, rules, quotas and exclusions, and time: holds that expire,
# protections that lapse, rules and exclusions that begin and end. Four consumers (value, shown, bucket, pickup) keep what
# they were told. First one session walks, and after every step what they know must be what the full feed says; then
# several walk at once, with savepoints and rollbacks, while the consumers poll, fail and acknowledge, and it must be so at
# the end; TAP output. A verb that never succeeded is a failure too: then the walk has not tried it.
#
#   STRESS_STEPS (300)  STRESS_SECONDS (8)  STRESS_CLIENTS (4)  STRESS_SEED (random, printed)
set -euo pipefail

steps=${STRESS_STEPS:-300}
seconds=${STRESS_SECONDS:-8}
clients=${STRESS_CLIENTS:-4}
seed=${STRESS_SEED:-$((RANDOM * 32768 + RANDOM))}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
echo "1..4"
echo "# seed $seed, $steps steps, then $clients clients, $seconds s"

psql -Xq -v ON_ERROR_STOP=1 >"$dir/setup" 2>&1 <<'SQL' || { cat "$dir/setup"; exit 1; }
CREATE SCHEMA walk;
SELECT oms.add_location('A', 'store', '40,-73'), oms.add_location('B', 'store', '40,-72'), oms.add_location('C', 'store', '40,-71');
SELECT oms.add_location_group('all', '{A,B,C}'), oms.add_location_group('some', '{A,B}');
SELECT oms.add_channel('web', 'all', 'some'), oms.add_channel('pos', 'some', 'some', safety_stock => '1'), oms.add_channel('market', 'all', show_at_most => 6);
SELECT oms.receive(l, 'sku ' || s, 12) FROM unnest('{A,B,C}'::text[]) l, generate_series(1, 6) s;
SELECT oms.add_source('till'), oms.add_source('wms', limit_units => 3);
SELECT oms.add_kit('kit 1', '{sku 1,sku 2}', '{1,2}');
UPDATE oms.reject_reason SET exclude_sku_for = '0.4 s' WHERE exclude_sku_for IS NOT NULL;
CREATE SEQUENCE walk.ids;
CREATE TABLE walk.done (verb text);
CREATE TABLE walk.refused (verb text, why text);
CREATE TABLE walk.told (consumer text, channel text, sku text, value text, PRIMARY KEY (consumer, channel, sku));
CREATE TABLE walk.wrong (step int, verb text, consumer text, channel text, sku text, told text, is_ text);
CREATE TABLE walk.consumer AS SELECT * FROM (VALUES ('value', 'value', 'ship'), ('shown', 'shown', 'ship'), ('bucket', 'bucket', 'ship'), ('pickup', 'value', 'pickup')) AS c (consumer, publish, method);
SELECT oms.add_consumer(consumer, channels => '{web,pos,market}', publish => publish, method => method) FROM walk.consumer;

CREATE TABLE walk.verb (verb text, n int GENERATED ALWAYS AS IDENTITY, sql text);
-- sku 1 and 2 are what orders are about, and always tracked: what is sent out untracked moves nothing.
-- $1 and $2 are two skus, $3 and $4 two locations, $5 a number from 1 to 4, $6 a channel, $7 a new id.
INSERT INTO walk.verb (verb, sql) VALUES
('reserve', 'SELECT oms.reserve($6, $1, $5)'), ('hold', 'SELECT oms.reserve($6, $1, $5, expires_in => ''0.3 s'')'),
('hold a kit', 'SELECT oms.reserve(''web'', ''kit 1'', 1, expires_in => ''0.3 s'')'),
('try_reserve_many', 'SELECT oms.try_reserve_many($6, ARRAY[$1, $2], ARRAY[$5, 1], method => CASE WHEN $6 = ''market'' THEN ''ship'' ELSE ''pickup'' END)'),
('backorder', 'SELECT oms.reserve(''web'', $1, 30, on_shortage => ''backorder'')'),
('release_backorder', 'SELECT oms.release_backorder(backorder_id) FROM oms.backorder WHERE status = ''open'' ORDER BY random() LIMIT 1'),
('confirm', 'SELECT oms.confirm(reservation_id) FROM oms.reservation WHERE status = ''hold'' ORDER BY random() LIMIT 1'),
('extend', 'SELECT oms.extend(reservation_id, ''0.5 s'') FROM oms.reservation WHERE status = ''hold'' ORDER BY random() LIMIT 1'),
('release', 'SELECT oms.release(reservation_id) FROM oms.reservation WHERE status = ''firm'' AND order_id IS NULL ORDER BY random() LIMIT 1'),
('consume', 'SELECT oms.consume(reservation_id) FROM oms.reservation WHERE status = ''firm'' AND order_id IS NULL ORDER BY random() LIMIT 1'),
('transfer_reservation', 'SELECT oms.transfer_reservation(reservation_id, $3) FROM oms.reservation WHERE status = ''firm'' AND location <> $3 ORDER BY random() LIMIT 1'),
('receive', 'SELECT oms.receive($3, $1, 2 * $5)'), ('receive and hold back', 'SELECT oms.receive($3, $1, 2 * $5, hold_back => true)'),
('release_hold_back', 'SELECT oms.release_hold_back(location, sku) FROM oms.hold_back ORDER BY random() LIMIT 1'),
('adjust', 'SELECT oms.adjust($3, $1, -1, ''lost'')'), ('set_on_hand', 'SELECT oms.set_on_hand($3, $1, 5 * $5)'), ('transfer', 'SELECT oms.transfer($3, $4, $1, 1)'),
('set_aside', 'SELECT oms.set_aside($3, $1, 1, ''damaged'')'), ('put_back', 'SELECT oms.put_back(location, sku, 1, ''repaired'') FROM oms.inventory WHERE unavailable > 0 ORDER BY random() LIMIT 1'),
('scrap', 'SELECT oms.scrap(location, sku, 1, ''broken'') FROM oms.inventory WHERE unavailable > 0 ORDER BY random() LIMIT 1'),
('protect_stock', 'SELECT oms.protect_stock($3, $1, $6, $5)'), ('protect for a moment', 'SELECT oms.protect_stock($3, $1, $6, $5, clock_timestamp() + interval ''0.3 s'')'),
('unprotect_stock', 'SELECT oms.unprotect_stock(location, sku, channel) FROM oms.protected_stock ORDER BY random() LIMIT 1'),
('add_quota', 'SELECT oms.add_quota($6, $1, 3 * $5, CASE WHEN $5 > 2 THEN ''day'' END)'), ('drop a quota', 'DELETE FROM oms.quota WHERE ctid = (SELECT ctid FROM oms.quota ORDER BY random() LIMIT 1)'),
('add_safety_stock_rule', 'SELECT oms.add_safety_stock_rule($5::text::oms.safety_stock, CASE WHEN $5 > 2 THEN $6 END, $1, location => $3)'),
('a rule by tag', 'SELECT oms.add_safety_stock_rule(''25%'', tags => ''{red}'')'),
('a rule that begins and ends', 'SELECT oms.add_safety_stock_rule(''100%'', $6, active_from => clock_timestamp() + interval ''0.2 s'', active_until => clock_timestamp() + interval ''0.5 s'')'),
('drop a rule', 'DELETE FROM oms.safety_stock_rule WHERE rule_id = (SELECT rule_id FROM oms.safety_stock_rule ORDER BY random() LIMIT 1)'),
('a location', 'UPDATE oms.location SET status = CASE status WHEN ''active'' THEN ''offline'' ELSE ''active'' END, can_pickup = $5 > 1 WHERE location = $3'),
('all locations', 'UPDATE oms.location SET status = ''active'', can_ship = true, can_pickup = true'),
('no rules', 'WITH r AS (DELETE FROM oms.safety_stock_rule), x AS (DELETE FROM oms.location_exclusion), q AS (DELETE FROM oms.quota) UPDATE oms.channel SET status = ''active'', safety_stock = ''0'''),
('set_on_hand_many', 'SELECT oms.set_on_hand_many(l, ARRAY(SELECT ''sku '' || s FROM generate_series(1, 6) s), ''{9,9,9,9,9,9}'') FROM unnest(''{A,B,C}''::text[]) l'),
('receive_many', 'SELECT oms.receive_many(l, ARRAY(SELECT ''sku '' || s FROM generate_series(1, 6) s), ''{9,9,9,9,9,9}'') FROM unnest(''{A,B,C}''::text[]) l'),
('a group', 'SELECT oms.add_location_group(''some'', CASE WHEN $5 > 2 THEN ARRAY[$3] ELSE ''{A,B}'' END)'),
('a channel', 'UPDATE oms.channel SET safety_stock = ($5 - 1)::text::oms.safety_stock, buffer = $5 / 3, show_at_most = NULLIF(3 * $5, 12), status = CASE WHEN random() < 0.1 THEN ''offline'' ELSE ''active'' END WHERE channel = $6'),
('add_item', 'SELECT oms.add_item($1, tags => CASE WHEN $5 > 2 THEN ''{red}''::text[] ELSE ''{}'' END, tracked => random() > 0.2 OR $1 IN (''sku 1'', ''sku 2''))'),
('tags of an item', 'UPDATE oms.item SET tags = CASE WHEN tags = ''{}'' THEN ''{red}''::text[] ELSE ''{}'' END WHERE sku = $1 RETURNING 1'),
('tracking of an item', 'UPDATE oms.item SET tracked = NOT tracked WHERE sku = $1 AND sku NOT IN (''sku 1'', ''sku 2'') RETURNING 1'), ('drop an item', 'DELETE FROM oms.item WHERE sku = $1 RETURNING 1'),
('an untracked service', 'SELECT oms.add_item(''service'', tracked => false)'), ('drop the service', 'DELETE FROM oms.item WHERE sku = ''service'' RETURNING 1'),
('add_kit', 'SELECT oms.add_kit(''kit 2'', ARRAY[$1, $2], ARRAY[1, $5])'), ('drop a kit', 'DELETE FROM oms.kit_component WHERE kit = ''kit 2'' RETURNING 1'),
('exclude a sku', 'INSERT INTO oms.location_exclusion (location, sku, until) VALUES ($3, $1, clock_timestamp() + interval ''0.1 s'' * $5 * $5)'),
('exclude a location', 'INSERT INTO oms.location_exclusion (location, until) VALUES ($3, clock_timestamp() + interval ''0.1 s'' * $5)'),
('an exclusion', 'UPDATE oms.location_exclusion SET location = $3, sku = CASE WHEN $5 > 1 THEN $1 END WHERE exclusion_id = (SELECT max(exclusion_id) FROM oms.location_exclusion) RETURNING 1'),
('drop exclusions', 'DELETE FROM oms.location_exclusion WHERE random() < 0.5 RETURNING 1'), ('enforce_time_limits', 'SELECT count(*) FROM oms.enforce_time_limits()'),
('place_order', 'SELECT oms.place_order($7, ''web'', ARRAY[''sku 1'', ''kit 1''], ARRAY[$5, 1], ''40.5,-73.5'', on_shortage => ''backorder'')'), ('route', 'SELECT oms.route()'),
('cancel_order', 'SELECT oms.cancel_order(order_id) FROM oms.orders WHERE status NOT IN (''cancelled'') ORDER BY random() LIMIT 1'),
('cancel_line', 'SELECT oms.cancel_line(order_id, line_no, 1) FROM oms.order_line WHERE reserved > 1 ORDER BY random() LIMIT 1'),
('accept and pick', 'SELECT oms.accept(f), oms.pick(f) FROM (SELECT fulfillment_id AS f FROM oms.fulfillment WHERE status = ''assigned'' ORDER BY random() LIMIT 1) AS f'),
('reject what is not in stock', 'SELECT oms.reject(fulfillment_id, ''not in stock'') FROM oms.fulfillment WHERE status IN (''assigned'', ''accepted'') ORDER BY random() LIMIT 1'),
('reject', 'SELECT oms.reject(fulfillment_id, ''damaged'') FROM oms.fulfillment WHERE status IN (''assigned'', ''accepted'') ORDER BY random() LIMIT 1'),
('pack and ship', 'SELECT oms.pack(f), oms.ship(f) FROM (SELECT fulfillment_id AS f FROM oms.fulfillment WHERE status = ''picking'' ORDER BY random() LIMIT 1) f'),
('return_line', 'SELECT oms.return_line(order_id, line_no, $3, 1) FROM oms.order_line WHERE consumed > 0 ORDER BY random() LIMIT 1'),
('open_transfer', 'SELECT oms.open_transfer($7, $3, $4, ARRAY[$1], ARRAY[1])'), ('ship_transfer', 'SELECT oms.ship_transfer(transfer_id) FROM oms.transfer_order WHERE status = ''open'' LIMIT 1'),
('receive_transfer', 'SELECT oms.receive_transfer(transfer_id) FROM oms.transfer_order WHERE status = ''shipped'' LIMIT 1'),
('add_incoming', 'SELECT oms.add_incoming($7, $3, $1, 5, clock_timestamp() + interval ''0.2 s'')'), ('receive_incoming', 'SELECT oms.receive_incoming(reference, location, sku, 5) FROM oms.incoming WHERE outstanding >= 5 LIMIT 1'),
('ingest sale', 'SELECT oms.ingest_many(''till'', ''sale'', ARRAY[$1], ARRAY[$3], ARRAY[1], ARRAY[$7], as_of => clock_timestamp())'),
('ingest count', 'SELECT oms.ingest_many(''wms'', ''count'', ARRAY[$1, $2], ARRAY[$3, $4], ARRAY[10, 9], as_of => clock_timestamp())'),
('ingest what cannot be taken', 'SELECT oms.ingest_many(''till'', ''sale'', ARRAY[$1], ARRAY[''nowhere''], ARRAY[1], ARRAY[$7], as_of => clock_timestamp())'),
('retry_exceptions', 'SELECT oms.retry_exceptions()'), ('reconcile', 'SELECT count(*) FROM oms.reconcile(''wms'', repair => true)'),
('expire_holds', 'SELECT oms.expire_holds()'), ('fold_accounts', 'SELECT oms.fold_accounts()'), ('forget_events', 'SELECT oms.forget_events(''0'')'),
('fill_backorders', 'SELECT oms.fill_backorders()'), ('wait', 'SELECT pg_sleep(0.3)');

-- step(verb) does it, or any; what it refuses is nothing.
CREATE FUNCTION walk.step(wanted text DEFAULT NULL) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    v walk.verb;
    rows bigint;
BEGIN
    -- Every other time one that has not been done yet.
    SELECT v2.* INTO v FROM walk.verb v2, (SELECT random() < 0.5 AS fresh) f WHERE wanted IS NULL OR v2.verb = wanted
     ORDER BY (f.fresh AND EXISTS (SELECT FROM walk.done d WHERE d.verb = v2.verb)), random() LIMIT 1;
    EXECUTE v.sql USING 'sku ' || 1 + floor(random() * 6)::int, 'sku ' || 1 + floor(random() * 6)::int, (ARRAY['A', 'B', 'C'])[1 + floor(random() * 3)::int], (ARRAY['A', 'B', 'C'])[1 + floor(random() * 3)::int],
        1 + floor(random() * 4)::bigint, (ARRAY['web', 'pos', 'market'])[1 + floor(random() * 3)::int], 'id ' || nextval('walk.ids');
    GET DIAGNOSTICS rows = ROW_COUNT;
    IF rows > 0 THEN
        INSERT INTO walk.done VALUES (v.verb);
    END IF;
    RETURN v.verb;
EXCEPTION WHEN OTHERS THEN
    INSERT INTO walk.refused VALUES (v.verb, SQLERRM);
    RETURN v.verb || ': ' || SQLERRM;
END $$;

-- listen(consumer): it polls and keeps what it is told.
CREATE FUNCTION walk.listen(who text) RETURNS bigint LANGUAGE sql AS $$
    WITH told AS (INSERT INTO walk.told SELECT c.consumer, p.channel, p.sku, CASE c.publish WHEN 'value' THEN p.atp::text WHEN 'shown' THEN p.shown::text ELSE p.bucket END
                    FROM walk.consumer c, oms.poll_availability(c.consumer) p WHERE c.consumer = who
                  ON CONFLICT (consumer, channel, sku) DO UPDATE SET value = excluded.value RETURNING 1)
    SELECT count(*) FROM told
$$;
-- differs() is what the consumers know wrongly: of what they were never told they know that there is none.
CREATE VIEW walk.differs AS
SELECT c.consumer, COALESCE(f.channel, t.channel) AS channel, COALESCE(f.sku, t.sku) AS sku, t.value AS told, f.value AS is_
  FROM walk.consumer c
 CROSS JOIN LATERAL (SELECT f.channel, f.sku, CASE c.publish WHEN 'value' THEN f.atp::text WHEN 'shown' THEN f.shown::text WHEN 'bucket' THEN CASE WHEN f.shown <= 0 THEN 'out' WHEN f.shown <= 5 THEN 'low' ELSE 'in' END END AS value
                       FROM oms.atp_feed('{web,pos,market}', c.method) f
                     UNION ALL SELECT t.channel, t.sku, NULL FROM walk.told t WHERE t.consumer = c.consumer
                       AND NOT EXISTS (SELECT FROM oms.atp_feed('{web,pos,market}', c.method) f WHERE f.channel = t.channel AND f.sku = t.sku)) f
  LEFT JOIN walk.told t ON t.consumer = c.consumer AND t.channel = f.channel AND t.sku = f.sku
 WHERE COALESCE(t.value, CASE c.publish WHEN 'bucket' THEN 'out' ELSE '0' END) <> COALESCE(f.value, CASE c.publish WHEN 'bucket' THEN 'out' ELSE '0' END);

-- alone(steps) walks and compares. Time goes on between a poll and the comparison, so that one more look is allowed.
CREATE PROCEDURE walk.alone(steps int) LANGUAGE plpgsql AS $$
DECLARE
    verb text;
BEGIN
    FOR i IN 1..steps LOOP
        -- First the life of an order, which chance seldom leads to its end.
        verb := walk.step(('{place_order,route,accept and pick,pack and ship,return_line,place_order,route,reject,route}'::text[])[i]);
        COMMIT;
        FOR look IN 1..4 LOOP
            PERFORM walk.listen(consumer), CASE WHEN random() < 0.7 THEN oms.acknowledge(consumer) END FROM walk.consumer;
            COMMIT;
            EXIT WHEN NOT EXISTS (SELECT FROM walk.differs);
            IF look = 4 THEN
                INSERT INTO walk.wrong SELECT i, verb, d.* FROM walk.differs d;
            END IF;
            COMMIT;
        END LOOP;
    END LOOP;
END $$;
CREATE PROCEDURE walk.rest(rounds int) LANGUAGE plpgsql AS $$
BEGIN
    FOR i IN 1..rounds LOOP
        EXIT WHEN NOT EXISTS (SELECT FROM walk.verb v WHERE NOT EXISTS (SELECT FROM walk.done d WHERE d.verb = v.verb));
        PERFORM walk.step(w) FROM unnest('{no rules,all locations,receive_many,place_order,route}'::text[]) w;
        PERFORM walk.step(v.verb) FROM walk.verb v WHERE NOT EXISTS (SELECT FROM walk.done d WHERE d.verb = v.verb);
        PERFORM walk.step() FROM generate_series(1, 25);
        COMMIT;
    END LOOP;
END $$;
CREATE PROCEDURE walk.together(seed float8, until timestamptz) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM setseed(seed);
    WHILE clock_timestamp() < until LOOP
        FOR i IN 1..1 + floor(random() * 3)::int LOOP
            BEGIN
                PERFORM walk.step();
                IF random() < 0.1 THEN
                    RAISE EXCEPTION 'back to the savepoint';
                END IF;
            EXCEPTION WHEN OTHERS THEN
                NULL;
            END;
            IF random() < 0.1 THEN
                PERFORM pg_sleep(random() * 0.2);
            END IF;
        END LOOP;
        IF random() < 0.15 THEN ROLLBACK; ELSE COMMIT; END IF;
    END LOOP;
END $$;
CREATE PROCEDURE walk.consume(who text, until timestamptz) LANGUAGE plpgsql AS $$
BEGIN
    WHILE clock_timestamp() < until LOOP
        PERFORM walk.listen(who);
        IF random() < 0.2 THEN
            ROLLBACK;
        ELSE
            PERFORM CASE WHEN random() < 0.8 THEN oms.acknowledge(who) END;
            COMMIT;
        END IF;
    END LOOP;
END $$;
SQL

n=0
# ok QUERY NAME: the query returns nothing
ok()
{
	local found

	n=$((n + 1))
	found=$(psql -XAtq -c "$1" 2>&1)
	if [ -z "$found" ]; then echo "ok $n - $2"; else echo "not ok $n - $2"; sed 's/^/# /' <<<"$found" | head -15; fi
}
psql -Xq -c "SELECT setseed(mod($seed, 1000000)::float8 / 1000000)" -c "SET oms.wait_for_pending = 50" -c "CALL walk.alone($steps)" >/dev/null 2>>"$dir/errors" || true
ok 'SELECT * FROM walk.wrong ORDER BY step LIMIT 15' 'after every step consumers know what the full feed says'
for i in $(seq "$clients"); do
	psql -Xq -c 'SET oms.wait_for_pending = 50' -c 'SET deadlock_timeout = 100' -c "CALL walk.together(mod($seed + $i, 1000000)::float8 / 1000000, clock_timestamp() + interval '$seconds s')" >/dev/null 2>>"$dir/errors" &
done
for who in value shown bucket pickup; do
	psql -Xq -c "CALL walk.consume('$who', clock_timestamp() + interval '$seconds s')" >/dev/null 2>>"$dir/errors" &
done
wait
# Until nothing changes by itself any more.
psql -Xqc 'SELECT pg_sleep(2)' -c "SELECT walk.listen(consumer), oms.acknowledge(consumer) FROM walk.consumer" >/dev/null
ok 'SELECT * FROM walk.differs' 'and after many walked at once'
# What could not be done yet, with the rest around it, and where nothing is sold out.
psql -Xq -c 'SET oms.wait_for_pending = 50' -c 'CALL walk.rest(60)' >/dev/null 2>>"$dir/errors"
ok "SELECT v.verb, count(r), max(r.why) FROM walk.verb v LEFT JOIN walk.refused r USING (verb) WHERE NOT EXISTS (SELECT FROM walk.done d WHERE d.verb = v.verb) GROUP BY 1" 'every verb has been done'
grep -E 'ERROR|FATAL|PANIC' "$dir/errors" >"$dir/unexpected" || true
if [ ! -s "$dir/unexpected" ]; then echo "ok 4 - no session failed"; else echo "not ok 4 - a session failed"; sort "$dir/unexpected" | uniq -c | head | sed 's/^/# /'; fi
