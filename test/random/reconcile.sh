#!/bin/bash
# test/random/reconcile.sh: a simulated history of three sources (a till, purchasing, and the system of each shop, which
# states what is there). Into every sku one fault is put: an event that could not be taken, sent late, sent twice, counted
# twice within the lag of a source, one or two that the figure lacks, units that nobody knows of, or none.
# reconcile must name each; then two sessions repair at once, while others reserve, sell and deliver. At the end what is
# there must be the truth, to the unit, and nothing may be left to find; TAP output.
#
#   STRESS_CLIENTS (3)  STRESS_SKUS (60)  STRESS_SEED (random, printed)
set -euo pipefail

clients=${STRESS_CLIENTS:-3}
skus=${STRESS_SKUS:-60}
seed=${STRESS_SEED:-$((RANDOM * 32768 + RANDOM))}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
echo "1..5"
echo "# seed $seed, $clients clients, $skus skus in three shops"

psql -Xq -v ON_ERROR_STOP=1 -v seed="$seed" -v skus="$skus" >"$dir/setup" 2>&1 <<'SQL' || { cat "$dir/setup"; exit 1; }
SELECT setseed(mod(:seed, 1000000)::float8 / 1000000);
CREATE SCHEMA sim;
SELECT oms.add_location('shop ' || i, 'store') FROM generate_series(1, 3) i;
SELECT oms.add_location_group('shops', ARRAY(SELECT location FROM oms.location));
SELECT oms.add_channel('web', 'shops');
SELECT oms.add_source('pos'), oms.add_source('erp'), oms.add_source('shop 1'), oms.add_source('shop 2', limit_units => 0), oms.add_source('shop 3', lag => '1 hour');
CREATE TABLE sim.moment AS SELECT now() - interval '30 hours' AS first, now() - interval '2 hours' AS last;

-- What is wrong with a sku at a shop, and by how many units; all other quantities are above 1000, so that no sum is the
-- difference by chance. An event after the figure explains itself where the figure waits (shop 2) and is not within a lag.
CREATE TABLE sim.cell AS
SELECT n, 'sku ' || n % :skus AS sku, 'shop ' || 1 + (n - 1) / :skus AS location, 1 + floor(random() * 90)::bigint AS q,
       (CASE (n - 1) / :skus WHEN 2 THEN ARRAY['none', 'refused', 'late before', 'lag', 'double', 'missed', 'behind', 'unexplained']
              ELSE ARRAY['none', 'refused', 'late before', 'late after', 'double', 'missed', 'behind', 'unexplained'] END)[1 + floor(random() * 8)::int] AS fault,
       floor(random() * 5)::bigint * 10000 + 1000000 AS truth
  FROM generate_series(1, 3 * :skus) n;
-- Events, by when they are delivered: first, before the last figure, before it although they occurred after it, late, with the repair.
CREATE TABLE sim.event (source text, kind text, event_id text, sku text, location text, quantity bigint, as_of timestamptz, phase int);
INSERT INTO sim.event SELECT CASE k % 2 WHEN 0 THEN 'pos' ELSE 'erp' END, CASE k % 2 WHEN 0 THEN 'sale' ELSE 'receipt' END, 'noise ' || n || ' ' || k, sku, location,
       1000 * k + n + CASE WHEN k = 1 THEN 500000 ELSE 0 END, first + interval '1 hour' + random() * interval '22 hours', CASE WHEN k = 1 AND fault = 'refused' THEN 0 ELSE 1 END
  FROM sim.cell, sim.moment, generate_series(1, 5) k;
UPDATE sim.cell c SET truth = truth + (SELECT sum(CASE kind WHEN 'sale' THEN -quantity ELSE quantity END) FROM sim.event e WHERE e.sku = c.sku AND e.location = c.location);
INSERT INTO sim.event SELECT 'erp', 'receipt', 'noise ' || n || ' 1', sku, location, q, last - interval '3 hours', 1 FROM sim.cell, sim.moment WHERE fault = 'refused';
INSERT INTO sim.event SELECT 'pos', 'sale', 'early ' || n, sku, location, q, first - interval '1 minute' - CASE location WHEN 'shop 3' THEN interval '1 hour' ELSE '0' END, 1 FROM sim.cell, sim.moment WHERE fault = 'late before';
INSERT INTO sim.event SELECT 'pos', 'sale', 'after ' || n, sku, location, q, last - interval '10 minutes', 3 FROM sim.cell, sim.moment WHERE fault IN ('late after', 'lag');
INSERT INTO sim.event SELECT 'pos', 'sale', 'twice ' || n || ' ' || k, sku, location, q, last - interval '4 hours' + k * interval '2 minutes', 1 FROM sim.cell, sim.moment, generate_series(1, 2) k WHERE fault = 'double';
INSERT INTO sim.event SELECT 'erp', 'receipt', 'unknown ' || n || ' ' || k, sku, location, CASE k WHEN 1 THEN q ELSE 100 + q END, last - interval '4 hours' + k * interval '1 hour', 1
  FROM sim.cell, sim.moment, generate_series(1, 2) k WHERE fault = 'behind' OR fault = 'missed' AND k = 1;
INSERT INTO sim.event SELECT 'pos', 'sale', 'next ' || n || ' ' || k, sku, location, 1 + floor(random() * 3), last + k * interval '1 minute', 2 + 2 * (k % 2) FROM sim.cell, sim.moment, generate_series(1, 4) k;
-- The truth at the last figure, and the two figures.
UPDATE sim.cell SET truth = truth + CASE fault WHEN 'refused' THEN q WHEN 'late before' THEN -q WHEN 'late after' THEN -q WHEN 'lag' THEN -q WHEN 'double' THEN -q
    WHEN 'missed' THEN q WHEN 'behind' THEN 100 + 2 * q WHEN 'unexplained' THEN -q ELSE 0 END;
ALTER TABLE sim.cell ADD COLUMN first_figure bigint, ADD COLUMN last_figure bigint;
UPDATE sim.cell c SET first_figure = truth - (SELECT COALESCE(sum(CASE kind WHEN 'sale' THEN -quantity ELSE quantity END), 0) FROM sim.event e, sim.moment
    WHERE e.sku = c.sku AND e.location = c.location AND e.as_of > first AND e.as_of <= last AND e.event_id NOT LIKE 'twice % 2') + CASE fault WHEN 'unexplained' THEN q WHEN 'late before' THEN q ELSE 0 END,
  last_figure = truth - CASE fault WHEN 'missed' THEN q WHEN 'behind' THEN 100 + 2 * q ELSE 0 END;
-- deliver(phase) sends its events in shuffled batches, some of them twice.
CREATE PROCEDURE sim.deliver(which int) LANGUAGE plpgsql AS $$
DECLARE
    b record;
BEGIN
    FOR b IN SELECT source, kind, array_agg(sku) AS skus, array_agg(location) AS locations, array_agg(quantity) AS quantities, array_agg(event_id) AS ids, array_agg(as_of) AS moments
               FROM (SELECT e.*, floor(random() * 8) AS batch FROM sim.event e WHERE phase = which ORDER BY random()) e
              GROUP BY source, kind, batch ORDER BY random() LOOP
        PERFORM oms.ingest_many(b.source, b.kind, b.skus, b.locations, b.quantities, b.ids, b.moments);
        COMMIT;
    END LOOP;
END $$;
CREATE PROCEDURE sim.state(figure text) LANGUAGE plpgsql AS $$
BEGIN
    FOR shop IN 1..3 LOOP
        PERFORM oms.ingest_many('shop ' || shop, 'snapshot', array_agg(sku), array_agg(location), array_agg(CASE figure WHEN 'first' THEN first_figure ELSE last_figure END),
            as_of => (SELECT CASE figure WHEN 'first' THEN first ELSE last END FROM sim.moment), event_id => figure)
           FROM sim.cell WHERE location = 'shop ' || shop;
        IF figure = 'first' THEN
            PERFORM oms.reconcile('shop ' || shop, repair => true);
        END IF;
    END LOOP;
END $$;
SQL
psql -Xq -v ON_ERROR_STOP=1 >"$dir/run" 2>&1 <<'SQL' || { cat "$dir/run"; exit 1; }
CALL sim.state('first');
CALL sim.deliver(0);
CALL sim.deliver(1);
CALL sim.deliver(2);
CALL sim.state('last');
CALL sim.deliver(3);
SQL

n=0
# ok QUERY NAME: the query returns nothing
ok()
{
	local found

	n=$((n + 1))
	found=$(psql -XAtq -c "$1" 2>&1)
	if [ -z "$found" ]; then echo "ok $n - $2"; else echo "not ok $n - $2"; sed 's/^/# /' <<<"$found" | head -20; fi
}
psql -Xqc "CREATE TABLE sim.found AS SELECT f.* FROM generate_series(1, 3) s, oms.reconcile('shop ' || s) f"
ok "SELECT c.location, c.sku, c.fault, c.q, f.cause, f.stated, f.ledger, f.difference, f.corrected, f.repair_units, f.event_ids, f.movement_ids FROM sim.cell c FULL JOIN sim.found f USING (sku, location)
     WHERE f.cause IS DISTINCT FROM CASE WHEN c.fault = 'none' OR c.fault = 'late after' AND c.location = 'shop 2' THEN NULL WHEN c.fault IN ('refused', 'missed', 'behind') THEN 'missed'
       WHEN c.fault IN ('late before', 'late after', 'lag') THEN 'late' ELSE c.fault END" 'each cause is named'
ok "SELECT c.n, c.fault, f.difference FROM sim.cell c JOIN sim.found f USING (sku, location) WHERE abs(f.difference) <> CASE c.fault WHEN 'behind' THEN 100 + 2 * q ELSE q END" 'and by how many units'
ok "SELECT c.n, c.fault, f.event_ids, f.movement_ids FROM sim.cell c JOIN sim.found f USING (sku, location)
     WHERE cardinality(f.movement_ids) <> CASE c.fault WHEN 'double' THEN 2 WHEN 'behind' THEN 2 WHEN 'missed' THEN 1 WHEN 'lag' THEN 1 ELSE 0 END
        OR cardinality(f.event_ids) <> CASE c.fault WHEN 'double' THEN 2 WHEN 'unexplained' THEN 0 WHEN 'missed' THEN 0 WHEN 'behind' THEN 0 ELSE 1 END" 'by its evidence'

# All at once: two repairs, the events that are left, reservations of which half is consumed.
pids=()
for shop in 1 2 3; do
	for _ in 1 2; do
		psql -Xq -c 'SET deadlock_timeout = 100' -c "SELECT count(*) FROM oms.reconcile('shop $shop', repair => true)" >/dev/null 2>>"$dir/errors" &
		pids+=($!)
	done
done
for _ in $(seq "$clients"); do
	for _ in $(seq 40); do
		psql -XAtq >/dev/null 2>>"$dir/takers" <<-SQL || true
			SELECT r.reservation_id AS id FROM oms.try_reserve('web', 'sku ' || floor(random() * $skus)::int, 2, expires_in => '1 hour') r WHERE reservation_id IS NOT NULL \gset
			SELECT oms.consume(:id, 1);
		SQL
	done &
	pids+=($!)
done
psql -Xq -c 'CALL sim.deliver(4)' >/dev/null 2>>"$dir/errors" &
pids+=($!)
for pid in "${pids[@]}"; do wait "$pid" || true; done

# What an open transaction was changing is left for the next time.
psql -Xq -c "SELECT count(*) FROM generate_series(1, 3) s, oms.reconcile('shop ' || s, repair => true)" >/dev/null 2>>"$dir/errors"
ok "SELECT c.location, c.sku, c.fault, c.q, c.truth, i.on_hand + COALESCE(t.units, 0) - COALESCE(e.units, 0) AS ours FROM sim.cell c LEFT JOIN oms.inventory i USING (sku, location)
      LEFT JOIN (SELECT sku, location, -sum(quantity) AS units FROM oms.movement WHERE source IS NULL GROUP BY 1, 2) t USING (sku, location)
      LEFT JOIN (SELECT sku, location, -sum(quantity) AS units FROM sim.event WHERE phase IN (2, 4) GROUP BY 1, 2) e USING (sku, location)
     WHERE i.on_hand + COALESCE(t.units, 0) - COALESCE(e.units, 0) IS DISTINCT FROM c.truth" 'what is there is the truth'
ok "SELECT s, f.* FROM generate_series(1, 3) s, oms.reconcile('shop ' || s) f UNION ALL SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, i, NULL, NULL, NULL FROM regexp_split_to_table('$(grep -c 'ERROR\|FATAL\|PANIC' "$dir/errors" || true)', ' ') i WHERE i <> '0'" 'and nothing is left to find; no session failed'
[ ! -s "$dir/errors" ] || sed 's/^/# /' "$dir/errors" | head -5
