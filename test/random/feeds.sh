#!/bin/bash
# test/random/feeds.sh: three sources report the same shops at once, in shuffled order, in batches of random size,
# twice and late, from several sessions, with rollbacks and kills; meanwhile others reserve and consume. At the end
# what is there must be what the events say in the order of their moments, to the unit; TAP output.
#
#   STRESS_CLIENTS (6)  STRESS_SEED (random, printed)
set -euo pipefail

clients=${STRESS_CLIENTS:-6}
seed=${STRESS_SEED:-$((RANDOM * 32768 + RANDOM))}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
echo "1..5"
echo "# seed $seed, $clients clients"

psql -Xq -v ON_ERROR_STOP=1 -v seed="$seed" >"$dir/setup" 2>&1 <<'SQL' || { cat "$dir/setup"; exit 1; }
SELECT setseed(mod(:seed, 1000000)::float8 / 1000000);
CREATE SCHEMA feeds;
SELECT oms.add_location('shop ' || i, 'store') FROM generate_series(1, 3) i;
SELECT oms.add_location_group('shops', ARRAY(SELECT location FROM oms.location));
SELECT oms.add_channel('web', 'shops');
SELECT oms.add_source('pos'), oms.add_source('wms', on_missing => 'zero'), oms.add_source('erp');
CREATE TABLE feeds.start AS SELECT clock_timestamp() - interval '1 day' AS at;

-- The events, each with a moment of its own. A snapshot is one event of several rows.
CREATE TABLE feeds.event AS
SELECT n, (ARRAY['pos', 'wms', 'erp'])[1 + floor(random() * 3)::int] AS source,
       (ARRAY['sale', 'sale', 'sale', 'change', 'receipt', 'receipt', 'count', 'snapshot'])[1 + floor(random() * 8)::int] AS kind,
       'e' || n AS event_id, 'shop ' || 1 + floor(random() * 3)::int AS location, 'sku ' || 1 + floor(random() * 6)::int AS sku,
       1 + floor(random() * 30)::bigint AS quantity, at + make_interval(mins => n) AS as_of
  FROM generate_series(1, 900) n, feeds.start;
UPDATE feeds.event SET quantity = 5 - quantity % 10 WHERE kind = 'change';
UPDATE feeds.event SET quantity = 1 WHERE quantity = 0;
CREATE TABLE feeds.stated AS
SELECT e.n, e.location, 'sku ' || s AS sku, floor(random() * 40)::bigint AS quantity
  FROM feeds.event e, generate_series(1, 6) s WHERE e.kind = 'snapshot' AND (random() < 0.7 OR s = 1);

-- Batches: of rows of one source and kind, in random order; every event in one, some in two or three.
CREATE TABLE feeds.batch (batch int GENERATED ALWAYS AS IDENTITY, source text, kind text, as_of timestamptz, event_id text, rows jsonb, done boolean NOT NULL DEFAULT false);
INSERT INTO feeds.batch (source, kind, rows)
SELECT source, kind, jsonb_agg(jsonb_build_object('event_id', event_id, 'sku', sku, 'location', location, 'quantity', quantity, 'as_of', as_of))
  FROM (SELECT e.*, c, floor(random() * 40) AS batch FROM feeds.event e, generate_series(1, 1 + floor(random() * 3)::int) c WHERE kind <> 'snapshot') e
 GROUP BY source, kind, batch ORDER BY random();
INSERT INTO feeds.batch (source, kind, as_of, event_id, rows)
SELECT e.source, e.kind, e.as_of, e.event_id, jsonb_agg(jsonb_build_object('sku', s.sku, 'location', s.location, 'quantity', s.quantity))
  FROM feeds.event e JOIN feeds.stated s USING (n), generate_series(1, 1 + floor(random() * 2)::int) c GROUP BY e.source, e.kind, e.as_of, e.event_id, c;

-- What is there by the events in the order of their moments.
CREATE FUNCTION feeds.model() RETURNS TABLE (sku text, location text, on_hand bigint) LANGUAGE plpgsql AS $$
DECLARE
    e feeds.event;
BEGIN
    CREATE TEMP TABLE model AS
    SELECT 'sku ' || s AS sku, 'shop ' || l AS location, 0::bigint AS on_hand FROM generate_series(1, 6) s, generate_series(1, 3) l;
    FOR e IN SELECT * FROM feeds.event ORDER BY as_of LOOP
        UPDATE model m SET on_hand = CASE e.kind WHEN 'sale' THEN m.on_hand - e.quantity WHEN 'count' THEN e.quantity ELSE m.on_hand + e.quantity END
         WHERE e.kind <> 'snapshot' AND m.sku = e.sku AND m.location = e.location;
        UPDATE model m SET on_hand = s.quantity FROM feeds.stated s WHERE s.n = e.n AND m.sku = s.sku AND m.location = s.location;
        UPDATE model m SET on_hand = 0 WHERE e.kind = 'snapshot' AND e.source = 'wms' AND m.location = e.location
           AND NOT EXISTS (SELECT FROM feeds.stated s WHERE s.n = e.n AND s.sku = m.sku);
    END LOOP;
    RETURN QUERY SELECT m.sku, m.location, m.on_hand FROM model m;
END $$;

-- One batch that nobody has at the moment, sometimes given up halfway, sometimes sent again although it is done.
CREATE PROCEDURE feeds.deliver(INOUT more boolean) LANGUAGE plpgsql AS $$
DECLARE
    b feeds.batch;
BEGIN
    SELECT * INTO b FROM feeds.batch WHERE NOT done OR random() < 0.02 ORDER BY random() LIMIT 1;
    more := FOUND AND EXISTS (SELECT FROM feeds.batch WHERE NOT done);
    IF more THEN
        PERFORM oms.ingest(b.source, b.kind, b.rows, b.as_of, b.event_id);
        IF random() < 0.2 THEN
            ROLLBACK;
            RETURN;
        END IF;
        UPDATE feeds.batch SET done = true WHERE batch = b.batch;
    END IF;
    COMMIT;
END $$;
SQL

# deliver N: sends batches until all are done; ends with an error when it is killed
deliver()
{
	while [ "$(psql -XAtq -c 'SET deadlock_timeout = 100' -c 'CALL feeds.deliver(true)' 2>>"$dir/errors" | tail -1)" != f ]; do :; done
}
for i in $(seq "$clients"); do
	deliver "$i" &
	pids[i]=$!
done
# Others take of the same stock, and hand it over; and sometimes a session that delivers is killed.
(
	trap 'exit 0' TERM
	for _ in $(seq 200); do
		psql -XAtq >/dev/null 2>>"$dir/takers" <<-'SQL' || true
			SELECT r.reservation_id AS id FROM oms.try_reserve('web', 'sku ' || 1 + floor(random() * 6)::int, 2, expires_in => '1 hour') r WHERE reservation_id IS NOT NULL \gset
			SELECT oms.consume(:id, 1);
			SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'CALL feeds%' AND state = 'active' AND random() < 0.02 LIMIT 1;
		SQL
	done
) &
taker=$!
status=0
for i in $(seq "$clients"); do wait "${pids[i]}" || status=$?; done
kill $taker 2>/dev/null || true
wait $taker 2>/dev/null || true

# ok N QUERY NAME: the query returns nothing
ok()
{
	local found

	found=$(psql -XAtq -c "$2" 2>&1)
	if [ -z "$found" ]; then echo "ok $1 - $3"; else echo "not ok $1 - $3"; sed 's/^/# /' <<<"$found" | head -20; fi
}
ok 1 'SELECT * FROM feeds.batch WHERE NOT done' 'every batch was taken'
ok 2 "SELECT m.sku, m.location, m.on_hand AS model, i.on_hand, c.units AS consumed FROM feeds.model() m
        LEFT JOIN oms.inventory i USING (sku, location)
        LEFT JOIN (SELECT sku, location, sum(quantity) AS units FROM oms.movement WHERE source IS NULL GROUP BY sku, location) c USING (sku, location)
       WHERE COALESCE(i.on_hand, 0) - COALESCE(c.units, 0) <> m.on_hand" 'what is there is what the events say in the order of their moments'
ok 3 'SELECT reason, count(*) FROM oms.feed_exception GROUP BY reason' 'no row was refused'
ok 4 "SELECT e.n, e.kind FROM feeds.event e LEFT JOIN oms.feed_event f USING (source, kind, event_id) WHERE f.event_id IS NULL AND (e.kind <> 'snapshot' OR EXISTS (SELECT FROM feeds.stated s WHERE s.n = e.n))" 'every event landed'
grep -E 'ERROR|FATAL|PANIC' "$dir/errors" | grep -v 'terminating connection' >"$dir/unexpected" || true
if [ ! -s "$dir/unexpected" ]; then echo "ok 5 - and no session failed but those that were killed"; else echo "not ok 5 - a session failed"; sort "$dir/unexpected" | uniq -c | head -20 | sed 's/^/# /'; fi
