#!/bin/bash
# test/bench/feed.sh: what it costs to keep step with other systems. Called by `make bench-feed`.
#
# Inbound: a snapshot of a million rows of which 2 % differ, from a staging table, beside the upsert that one would
# write by hand, with a ledger row per change; and reservations meanwhile. Outbound: what changed by 1,000 sales
# among a million skus, beside a full snapshot for the same consumer, and beside atp_feed of the channel, which computes
# the values and offers them to nobody. Systems take turns in rounds, in one server with
# fsync; a figure is the median of their ratios, but for reservations meanwhile, where one run is one ratio. Not
# measured: the COPY into the staging table, the network, a cold cache.
#
# SHORT=1: a fifth of the rows, fewer rounds, no bounds that need the size.
#
# setting: jit=off
# setting: work_mem=256MB
# setting: max_wal_size=8GB
# setting: max_parallel_workers_per_gather=0
set -euo pipefail

short=${SHORT:-}
rounds=$([ -n "$short" ] && echo 1 || echo 3)
rows=$([ -n "$short" ] && echo 200000 || echo 1000000)
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
q() { psql -XAtqc "$1"; }
echo "settings: $(nproc) cores, $(q 'SELECT version()' | cut -d, -f1), shared_buffers $(q 'SHOW shared_buffers'), work_mem 256MB, jit off, no parallel query, $rows rows in 20 shops, 2 % changed, seed 0.42, $rounds rounds"

psql -Xq -v ON_ERROR_STOP=1 -v rows="$rows" >/dev/null <<'SQL'
SELECT setseed(0.42);
SELECT oms.add_location('shop ' || i, 'store') FROM generate_series(0, 19) i;
SELECT count(*) FROM oms.add_location_group('shops', ARRAY(SELECT location FROM oms.location));
SELECT oms.add_channel('web', 'shops'), oms.add_source('wms');
-- As a restore would load it: stock of this size by calls takes longer than all the rest.
CREATE TABLE cell AS SELECT i, 'sku ' || i AS sku, 'shop ' || i % 20 AS location, 20 + (random() * 40)::bigint AS on_hand FROM generate_series(1, :rows) i;
INSERT INTO oms.stock_account SELECT sku, location, on_hand, 0, 0, 0, '{}' FROM cell;
INSERT INTO oms.movement_row (sku, location, quantity, kind, actor, occurred_at) SELECT sku, location, on_hand, 'receive', 'setup', now() - interval '1 year' FROM cell;
CREATE TABLE plain (sku text COLLATE "C", location text COLLATE "C", on_hand bigint NOT NULL, PRIMARY KEY (sku, location)) WITH (fillfactor = 50);
INSERT INTO plain SELECT sku, location, on_hand FROM cell;
CREATE TABLE plain_ledger (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, sku text, location text, on_hand bigint, source text, occurred_at timestamptz, moved_at timestamptz DEFAULT clock_timestamp());
CREATE TABLE staging (sku text COLLATE "C", location text COLLATE "C", quantity bigint);
SQL
psql -Xqc 'VACUUM ANALYZE'

# stage: the staging table says what is there, but for 2 %
stage()
{
	q "TRUNCATE staging; INSERT INTO staging SELECT sku, location, on_hand + CASE WHEN random() < 0.02 THEN 1 + floor(random() * 5) ELSE 0 END FROM plain ORDER BY random()" >/dev/null
	q 'VACUUM ANALYZE staging' >/dev/null
}
# seconds QUERY: how long it takes
seconds()
{
	local start=${EPOCHREALTIME}
	q "$1" >"$dir/out"
	bc <<<"scale=3; $EPOCHREALTIME - $start"
}
median() { tr ' ' '\n' <<<"$1" | grep . | sort -g | awk '{ v[NR] = $1 } END { print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'; }
by_hand="WITH changed AS (INSERT INTO plain SELECT sku, location, quantity FROM staging ON CONFLICT (sku, location) DO UPDATE SET on_hand = excluded.on_hand
	WHERE plain.on_hand IS DISTINCT FROM excluded.on_hand RETURNING sku, location, on_hand)
	INSERT INTO plain_ledger (sku, location, on_hand, source, occurred_at) SELECT sku, location, on_hand, 'wms', now() FROM changed"

ratios=
for round in $(seq "$rounds"); do
	stage
	ours=$(seconds "SELECT * FROM oms.ingest_table('wms', 'snapshot', 'staging', clock_timestamp(), 'night $round')")
	cat "$dir/out"
	theirs=$(seconds "$by_hand")
	echo "  snapshot: ingest_table $ours s, by hand $theirs s"
	ratios="$ratios $(bc <<<"scale=3; $theirs / $ours")"
done
echo "ratio snapshot_upsert_by_hand_vs_ingest $(median "$ratios") at least 1.5"
echo "ratio snapshot_cells_that_differ $(q 'SELECT count(*) FROM plain p JOIN oms.inventory i USING (sku, location) WHERE p.on_hand <> i.on_hand') at most 0"

# Reservations of other skus meanwhile, by two clients that think for 2 ms between them: what is measured is whether they
# wait for the snapshot, not how two cores are shared out.
cat >"$dir/reserve" <<SQL
\\set i random(1, $rows)
SELECT count(*) FROM oms.try_reserve('web', 'sku ' || :i, 1);
\\sleep 2 ms
SQL
rate() { pgbench -n -M prepared -c 2 -j 1 -T "$1" -f "$dir/reserve" 2>&1 | sed -n 's/^tps = \([0-9.]*\).*/\1/p'; }
stage
alone=$(rate 6)
(while [ ! -e "$dir/stop" ]; do q "SELECT * FROM oms.ingest_table('wms', 'snapshot', 'staging', clock_timestamp())" >/dev/null; done) &
writer=$!
sleep 0.5
meanwhile=$(rate 6)
touch "$dir/stop"
wait $writer
echo "  reservations: alone $alone/s, while snapshots are taken $meanwhile/s"
echo "ratio reservations_while_a_snapshot_is_taken $(bc <<<"scale=3; $meanwhile / $alone") at least 0.8"

# Outbound
q "SELECT oms.fold_accounts(); VACUUM ANALYZE oms.stock_account; VACUUM ANALYZE oms.reservation_row; VACUUM ANALYZE oms.movement_row; SELECT brin_summarize_new_values('oms.movement_row_xid_idx')" >/dev/null 2>&1 ||
	for one in 'SELECT oms.fold_accounts()' 'VACUUM ANALYZE oms.stock_account' 'VACUUM ANALYZE oms.reservation_row' 'VACUUM ANALYZE oms.movement_row' "SELECT brin_summarize_new_values('oms.movement_row_xid_idx')"; do q "$one" >/dev/null; done
q "SELECT oms.add_consumer('window', events => '{stock,reservation}', channels => '{web}')" >/dev/null
q "SELECT count(*) FROM oms.poll_availability('window')" >/dev/null
q "SELECT oms.acknowledge('window')" >/dev/null
q 'VACUUM ANALYZE oms.published_row' >/dev/null
ratios=
polls=
for round in $(seq "$rounds"); do
	q "SELECT count(*) FROM generate_series(1, 1000) i, oms.try_reserve('web', 'sku ' || 1 + (i * 997 * $round) % $rows, 1)" >/dev/null
	feed=$(seconds "SELECT count(*), sum(atp) FROM oms.atp_feed('{web}')")
	full=$(seconds "BEGIN; SELECT count(*) FROM oms.poll_availability('window', \"full\" => true); ROLLBACK")
	# One session, as a worker has it: its plans are made before.
	psql -Xq >"$dir/times" <<'SQL'
BEGIN; SELECT count(*) FROM oms.poll_availability('window'); ROLLBACK;
\timing on
SELECT count(*) FROM oms.poll_availability('window');
SELECT oms.acknowledge('window');
SQL
	some=$(sed -n 's/^Time: \([0-9.]*\) ms.*/\1/p' "$dir/times" | head -1)
	told=$(grep -E '^ +[0-9]+$' "$dir/times" | tail -1)
	echo "  availability: full snapshot $full s, atp_feed alone $feed s, $told changes $some ms"
	ratios="$ratios $(bc <<<"scale=3; 1000 * $full / $some")"
	polls="$polls $(bc <<<"scale=3; 1000 * $feed / $some")"
done
if [ -n "$short" ]; then
	echo "  full snapshot vs changes: $(median "$ratios"), atp_feed alone vs changes: $(median "$polls")"
else
	echo "ratio full_snapshot_vs_changes_of_1000_sales $(median "$ratios") at least 100"
	echo "ratio atp_feed_vs_changes_of_1000_sales $(median "$polls") at least 20"
fi
