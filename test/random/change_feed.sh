#!/bin/bash
# test/random/change_feed.sh: many sessions reserve, confirm, release, place and cancel, with savepoints, rollbacks and
# transactions that stay open, while consumers poll in small batches, fail before they acknowledge, and poll again. Every
# movement must reach each consumer exactly once, of every row the version that holds at the end, and what was published
# of availability must be what it is; TAP output.
#
#   STRESS_SECONDS (8)  STRESS_CLIENTS (6)  STRESS_SEED (random, printed)
set -euo pipefail

seconds=${STRESS_SECONDS:-8}
clients=${STRESS_CLIENTS:-6}
seed=${STRESS_SEED:-$((RANDOM * 32768 + RANDOM))}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
echo "1..8"
echo "# seed $seed, $clients clients, $seconds s"

psql -Xq -v ON_ERROR_STOP=1 >"$dir/setup" 2>&1 <<'SQL' || { cat "$dir/setup"; exit 1; }
CREATE SCHEMA feed;
SELECT oms.add_location('A', 'warehouse'), oms.add_location('B', 'store');
SELECT oms.add_location_group('all', ARRAY['A', 'B']);
SELECT oms.add_channel('web', 'all'), oms.add_channel('pos', 'all', safety_stock => '2');
SELECT oms.receive(l, 'sku ' || s, 300) FROM unnest(ARRAY['A', 'B']) l, generate_series(1, 8) s;
CREATE SEQUENCE feed.ids;
CREATE TABLE feed.got (consumer text, n bigint GENERATED ALWAYS AS IDENTITY, event text, key text, sku text, status text, quantity bigint);
CREATE TABLE feed.told (consumer text, channel text, sku text, atp bigint, PRIMARY KEY (consumer, channel, sku));
SELECT oms.add_consumer(c, channels => ARRAY['web', 'pos']) FROM unnest(ARRAY['one', 'two']) c;

CREATE PROCEDURE feed.work(seed float8, until timestamptz) LANGUAGE plpgsql AS $$
DECLARE
    dice int;
    item text;
BEGIN
    PERFORM setseed(seed);
    WHILE clock_timestamp() < until LOOP
        FOR i IN 1..1 + floor(random() * 4)::int LOOP
            dice := floor(random() * 100);
            item := 'sku ' || 1 + floor(random() * 8)::int;
            BEGIN
                IF dice < 40 THEN
                    PERFORM oms.try_reserve(CASE WHEN random() < 0.5 THEN 'web' ELSE 'pos' END, item, 1, expires_in => CASE WHEN random() < 0.5 THEN interval '0.5 s' ELSE '1 h' END);
                ELSIF dice < 65 THEN
                    PERFORM oms.confirm(r.reservation_id), CASE WHEN random() < 0.5 THEN (oms.release(r.reservation_id)).sku ELSE (oms.consume(r.reservation_id)).sku END
                       FROM (SELECT * FROM oms.reservation WHERE status = 'hold' ORDER BY random() LIMIT 1) r;
                ELSIF dice < 80 THEN
                    PERFORM oms.receive('A', item, 2), oms.adjust('B', item, -1, 'lost');
                ELSIF dice < 95 THEN
                    PERFORM oms.place_order('O' || nextval('feed.ids'), 'web', ARRAY[item], ARRAY[1]);
                ELSE
                    PERFORM oms.cancel_order('O' || currval('feed.ids') - 1);
                END IF;
                IF random() < 0.1 THEN
                    RAISE EXCEPTION 'back to the savepoint';
                END IF;
            EXCEPTION WHEN OTHERS THEN
                NULL;
            END;
            IF random() < 0.05 THEN
                PERFORM pg_sleep(random() * 0.3);
            END IF;
        END LOOP;
        IF random() < 0.15 THEN ROLLBACK; ELSE COMMIT; END IF;
    END LOOP;
END $$;

-- A consumer: what it polls and what it acknowledges are one transaction, or none.
CREATE PROCEDURE feed.consume(who text, until timestamptz DEFAULT NULL) LANGUAGE plpgsql AS $$
DECLARE
    n bigint;
BEGIN
    LOOP
        INSERT INTO feed.got (consumer, event, key, sku, status, quantity)
        SELECT who, p.event, p.key, p.sku, p.status, p.quantity FROM oms.poll_changes(who, 1 + floor(random() * 40)::int) p;
        GET DIAGNOSTICS n = ROW_COUNT;
        IF random() < 0.3 THEN
            INSERT INTO feed.told SELECT who, p.channel, p.sku, p.atp FROM oms.poll_availability(who) p
                ON CONFLICT (consumer, channel, sku) DO UPDATE SET atp = excluded.atp;
        END IF;
        IF until IS NOT NULL AND random() < 0.2 THEN
            ROLLBACK;
        ELSE
            PERFORM oms.acknowledge(who);
            COMMIT;
        END IF;
        EXIT WHEN CASE WHEN until IS NULL THEN n = 0 ELSE clock_timestamp() > until END;
    END LOOP;
END $$;
SQL

for i in $(seq "$clients"); do
	psql -Xq -c 'SET oms.wait_for_pending = 50' -c "CALL feed.work(mod($seed + $i, 1000000)::float8 / 1000000, clock_timestamp() + interval '$seconds s')" >/dev/null 2>>"$dir/errors" &
done
for who in one two; do
	psql -Xq -c "CALL feed.consume('$who', clock_timestamp() + interval '$seconds s')" >/dev/null 2>>"$dir/errors" &
done
wait
psql -Xqc 'SELECT pg_sleep(0.6)' >/dev/null
for who in one two; do
	psql -Xq -c "CALL feed.consume('$who')" \
		-c "INSERT INTO feed.told SELECT '$who', p.channel, p.sku, p.atp FROM oms.poll_availability('$who') p ON CONFLICT (consumer, channel, sku) DO UPDATE SET atp = excluded.atp"
done

sed 's/^/# /' "$dir/errors" | sort | uniq -c | head -5
n=0
# ok QUERY NAME: the query returns nothing
ok()
{
	local found

	n=$((n + 1))
	found=$(psql -XAtq -c "$1" 2>&1)
	if [ -z "$found" ]; then echo "ok $n - $2"; else echo "not ok $n - $2"; sed 's/^/# /' <<<"$found" | head -10; fi
}
for who in one two; do
	ok "SELECT movement_id, count(g.n) FROM oms.movement m LEFT JOIN feed.got g ON g.consumer = '$who' AND g.event = 'stock' AND g.key = m.movement_id::text
	     WHERE m.movement_id > 16 OR g.n IS NOT NULL GROUP BY 1 HAVING count(g.n) <> CASE WHEN m.movement_id <= 16 THEN 0 ELSE 1 END" "every movement reached consumer $who once"
	ok "SELECT r.reservation_id, r.status, g.status FROM oms.reservation_row r
	      LEFT JOIN LATERAL (SELECT * FROM feed.got g WHERE g.consumer = '$who' AND g.event = 'reservation' AND g.key = r.reservation_id::text ORDER BY g.n DESC LIMIT 1) g ON true
	     WHERE g.status IS DISTINCT FROM r.status OR g.quantity <> r.quantity - r.consumed" "of every reservation what holds reached consumer $who last"
	ok "SELECT o.order_id, o.status, g.status FROM oms.order_row o
	      LEFT JOIN LATERAL (SELECT * FROM feed.got g WHERE g.consumer = '$who' AND g.event = 'order' AND g.key = o.order_id ORDER BY g.n DESC LIMIT 1) g ON true
	     WHERE g.status IS DISTINCT FROM o.status" "and of every order"
	ok "SELECT f.*, t.atp FROM oms.atp_feed() f LEFT JOIN feed.told t ON t.consumer = '$who' AND t.channel = f.channel AND t.sku = f.sku WHERE t.atp IS DISTINCT FROM f.atp" \
		"what consumer $who was told of availability is what it is"
done
