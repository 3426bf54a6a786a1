#!/bin/bash
# test/bench/reservation.sh: reservations per second beside what a user would pick instead, and
# beside what the machine can commit. Called by `make bench-reservation`.
#
# Every system writes a durable row per reservation. Counted are reservation rows, not
# transactions; the first second of a run, in which sessions warm up, does not count. A figure is the median over rounds in which the systems take turns, so that a
# machine whose speed drifts changes both sides of a ratio. Not measured: the network, several
# servers, a client that thinks between statements (except where it sleeps).
#
# SHORT=1: one round, only what has a bound in the table of reservations.
#
# setting: max_wal_size=8GB
# setting: autovacuum_naptime=5s
# setting: max_prepared_transactions=2
set -euo pipefail

short=${SHORT:-}
seed=20261123
seconds=$([ -n "$short" ] && echo 1 || echo 4)
rounds=$([ -n "$short" ] && echo 1 || echo 3)
dir=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; rm -rf "$dir"' EXIT
q() { psql -XAtqc "$1"; }

echo "settings: $(nproc) cores, $(q 'SELECT version()' | cut -d, -f1), shared_buffers $(q 'SHOW shared_buffers'), fsync $(q 'SHOW fsync'), seed $seed, $rounds rounds of $seconds s, pgbench -j 2 -M prepared"

psql -Xq >/dev/null <<'SQL'
SELECT oms.add_location('S1', 'store', '40.7,-73.9');
SELECT oms.add_location_group('us', '{S1}');
SELECT oms.add_channel('web', 'us');
SELECT oms.add_item('HOT'), oms.add_item('GONE');
SELECT count(oms.add_item('S' || i)) FROM generate_series(1, 100000) i;
SELECT oms.receive('S1', 'HOT', 1000000000), oms.receive('S1', 'GONE', 1);
SELECT count(*) FROM oms.receive_many('S1', (SELECT array_agg('S' || i) FROM generate_series(1, 100000) i), array_fill(1000000::bigint, '{100000}'));
SELECT count(*) FROM oms.reserve('web', 'GONE', 1, 'S1');

CREATE TABLE stock (sku text COLLATE "C", location text COLLATE "C", on_hand bigint, reserved bigint,
                    PRIMARY KEY (sku, location)) WITH (fillfactor = 50);
INSERT INTO stock SELECT sku, location, on_hand, 0 FROM oms.inventory;
CREATE TABLE bucket (sku text COLLATE "C", bucket int, free bigint, PRIMARY KEY (sku, bucket)) WITH (fillfactor = 50);
INSERT INTO bucket SELECT 'HOT', b, 60000000 FROM generate_series(1, 16) b;
CREATE TABLE peer_row (LIKE oms.reservation_row INCLUDING DEFAULTS INCLUDING INDEXES);
CREATE SEQUENCE peer_seq CACHE 32;
ALTER TABLE peer_row ALTER reservation_id SET DEFAULT nextval('peer_seq');
CREATE TABLE append_row (sku text COLLATE "C", quantity bigint);
CREATE INDEX ON append_row (sku) INCLUDE (quantity);

CREATE FUNCTION reserve_for_update(s text, n bigint) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE free bigint; id bigint;
BEGIN
    SELECT on_hand - reserved INTO free FROM stock WHERE sku = s AND location = 'S1' FOR UPDATE;
    IF free < n THEN RETURN NULL; END IF;
    UPDATE stock SET reserved = reserved + n WHERE sku = s AND location = 'S1';
    INSERT INTO peer_row (sku, location, quantity, status, channel) VALUES (s, 'S1', n, 'firm', 'web')
    RETURNING reservation_id INTO id;
    RETURN id;
END $$;
CREATE FUNCTION empty_call(text, text, bigint, text) RETURNS bigint LANGUAGE sql AS 'SELECT 1::bigint';
SQL
psql -Xqc 'VACUUM ANALYZE'

plain="WITH u AS (UPDATE stock SET reserved = reserved + 1 WHERE sku = SKU AND location = 'S1' AND on_hand - reserved >= 1 RETURNING sku, location) INSERT INTO peer_row (sku, location, quantity, status, channel) SELECT sku, location, 1, 'firm', 'web' FROM u RETURNING reservation_id;"
oms="SELECT reservation_ids, status FROM oms.try_reserve('web', SKU, 1, 'S1');"
hot() { sed "s/SKU/'HOT'/" <<<"$1"; }
uniform() { echo '\set k random(1, 100000)'; sed "s/SKU/'S' || :k/" <<<"$1"; }
zipf() { echo '\set k random_zipfian(1, 100000, 1.1)'; sed "s/SKU/'S' || :k/" <<<"$1"; }
sleeping() { printf 'BEGIN;\n%s\n\\sleep 5 ms\nCOMMIT;\n' "$(hot "$1")"; }
rolling() { printf '\\set r random(1, 5)\nBEGIN;\n%s\n\\if :r = 1\nROLLBACK;\n\\else\nCOMMIT;\n\\endif\n' "$(hot "$1")"; }

hot "$oms" >"$dir/oms.hot"; hot "$plain" >"$dir/plain.hot"
uniform "$oms" >"$dir/oms.uniform"; uniform "$plain" >"$dir/plain.uniform"
zipf "$oms" >"$dir/oms.zipf"; zipf "$plain" >"$dir/plain.zipf"
sleeping "$oms" >"$dir/oms.sleep5ms"; sleeping "$plain" >"$dir/plain.sleep5ms"
rolling "$oms" >"$dir/oms.rollback20"; rolling "$plain" >"$dir/plain.rollback20"
sed "s/SKU/'SELL'/" <<<"$oms" >"$dir/oms.sellout"; sed "s/SKU/'SELL'/" <<<"$plain" >"$dir/plain.sellout"
echo "SELECT reserve_for_update('HOT', 1);" >"$dir/for_update.hot"
echo "WITH b AS (SELECT sku, bucket FROM bucket WHERE sku = 'HOT' AND free >= 1 LIMIT 1 FOR UPDATE SKIP LOCKED), u AS (UPDATE bucket SET free = bucket.free - 1 FROM b WHERE bucket.sku = b.sku AND bucket.bucket = b.bucket RETURNING bucket.sku) INSERT INTO peer_row (sku, location, quantity, status, channel) SELECT sku, 'S1', 1, 'firm', 'web' FROM u;" >"$dir/buckets.hot"
echo "INSERT INTO peer_row (sku, location, quantity, status, channel) VALUES ('HOT', 'S1', 1, 'firm', 'web');" >"$dir/insert.hot"
echo "INSERT INTO append_row SELECT 'SELL', 1 WHERE (SELECT COALESCE(sum(quantity), 0) FROM append_row WHERE sku = 'SELL') + 1 <= 300;" >"$dir/append.sellout"
echo "SELECT * FROM oms.try_reserve('web', 'GONE', 1, 'S1');" >"$dir/oms.gone"
echo "SELECT on_hand, reserved FROM stock WHERE sku = 'GONE' AND location = 'S1';" >"$dir/select.gone"
echo "SELECT empty_call('web', 'HOT', 1, 'S1');" >"$dir/empty.gone"
{
	echo '\set n random(1, 10)'
	echo "SELECT * FROM oms.try_reserve_many('web', (SELECT array_agg('S' || (1 + floor(random() * 50))::int) FROM generate_series(1, :n)), array_fill(1::bigint, ARRAY[:n::int]), 'S1');"
} >"$dir/oms.carts"
{
	echo '\set n random(1, 10)'
	echo "BEGIN;"
	for i in 1 2 3 4 5 6 7 8 9 10; do
		printf '\\if :n >= %d\n\\set k random(1, 50)\n%s\n\\endif\n' $i "$(sed "s/SKU/'S' || :k/" <<<"$plain")"
	done
	echo "COMMIT;"
} >"$dir/plain.carts"
{
	echo '\set k random(1, 99000)'
	# Arrays made of the same ten expressions, as a driver sends them: a subquery would be planned anew at each call.
	echo "SELECT * FROM oms.reserve_many('web', ARRAY[$(printf "'S' || (:k + %d), " {0..8})'S' || (:k + 9)], '{1,1,1,1,1,1,1,1,1,1}', 'S1');"
} >"$dir/oms.cart10"
{
	echo '\set k random(1, 99000)'
	echo "BEGIN;"
	for i in 0 1 2 3 4 5 6 7 8 9; do echo "SELECT * FROM oms.reserve('web', 'S' || (:k + $i), 1, 'S1');"; done
	echo "COMMIT;"
} >"$dir/calls.cart10"

# rows SYSTEM: reservation rows written so far
rows()
{
	case $1 in
		oms|calls) q "SELECT count(*) FROM oms.reservation_row" ;;
		append) q "SELECT count(*) FROM append_row" ;;
		*) q "SELECT count(*) FROM peer_row" ;;
	esac
}

# cpu: clock ticks used by the server's processes, ended ones included
cpu()
{
	local postmaster=$(head -1 "$PGHOST/data/postmaster.pid")
	{ cat /proc/[0-9]*/stat 2>/dev/null || true; } | awk -v p="$postmaster" '
		{ sub(/^[0-9]+ \(.*\) /, "& "); n = split(substr($0, index($0, ") ") + 2), f, " "); split($0, g, " ")
		  if (f[2] == p) t += f[12] + f[13]; if (g[1] == p) t += f[14] + f[15] }
		END { print t + 0 }'
}

# deadlocks_so_far: as the server counts them; pgbench tells a deadlock from other errors only in its summary
deadlocks_so_far() { q 'SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()'; }

# measure SYSTEM WORKLOAD CLIENTS SECONDS [SYNC]: sets rate (per second), errors, deadlocks, and per reservation wal (bytes) and ticks
measure()
{
	local file=$dir/$1.$2 before lsn cpu0 n done
	before=$(rows "$1"); lsn=$(q 'SELECT pg_current_wal_insert_lsn()'); cpu0=$(cpu); deadlocks0=$(deadlocks_so_far)
	PGOPTIONS="-c synchronous_commit=${5:-on} -c oms.wait_for_pending=0" pgbench -n -M prepared -j 2 -c "$3" -T $(($4 + 1)) -P 1 --random-seed=$seed -f "$file" >"$dir/out" 2>&1 || true
	done=$(sed -n 's/^number of transactions actually processed: \([0-9]*\).*/\1/p' "$dir/out")
	tps=$(sed -n 's/^progress: .* s, \([0-9.]*\) tps.*/\1/p' "$dir/out" | awk 'NR > 1 { t += $1; n++ } END { printf "%.1f", n ? t / n : 0 }')
	deadlocks=$(($(deadlocks_so_far) - deadlocks0))
	errors=$(grep -c 'ERROR' "$dir/out" || true)
	n=$(($(rows "$1") - before))
	rate=$(bc <<<"scale=1; $tps * $n / (${done:-0} + (${done:-0} == 0))")
	wal=$(q "SELECT round((pg_current_wal_insert_lsn() - '$lsn') / greatest($n, 1))")
	ticks=$(bc <<<"scale=0; ($(cpu) - $cpu0) * 10000 / ($n + ($n == 0))")
}

median() { tr ' ' '\n' <<<"$1" | grep . | sort -g | awk '{ v[NR] = $1 } END { print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'; }

# compare NAME BOUND WORKLOAD SYSTEM PEER [CLIENTS] [tps]: the ratio of two systems on a workload
compare()
{
	local name=$1 bound=$2 workload=$3 a=$4 b=$5 clients=${6:-64} what=${7:-rate} ratios= x y
	for _ in $(seq "$rounds"); do
		measure "$a" "$workload" "$clients" "$seconds"; x=${!what}; line="$a $x/s, $wal WAL bytes, $ticks us CPU each"
		measure "$b" "$workload" "$clients" "$seconds"; y=${!what}; line="$line; $b $y/s, $wal WAL bytes, $ticks us CPU each"
		ratios="$ratios $(bc <<<"scale=3; $x / ($y + ($y == 0))")"
	done
	echo "  $workload, $clients clients: $line"
	echo "ratio $name $(median "$ratios") at least $bound"
}

compare hot_vs_plain_update 3.5 hot oms plain
compare hot_vs_committed_insert 0.28 hot oms insert
compare uniform_vs_plain_update 0.9 uniform oms plain
compare sleep_5ms_vs_plain_update 20 sleep5ms oms plain
compare refusals_vs_select_by_key 0.3 gone oms select 64 tps
compare cart_of_10_vs_10_calls 2 cart10 oms calls 8

measure oms carts 64 "$seconds"
echo "  carts of 1-10 lines in random order: oms $rate/s, $errors errors"
echo "ratio oms_cart_deadlocks $deadlocks at most 0"
if [ -z "$short" ]; then
	measure plain carts 64 "$seconds"
	echo "  the same by plain UPDATE: $rate/s, $deadlocks deadlocks"
fi

# One old snapshot: open before, kept open during.
hold=$([ -n "$short" ] && echo 6 || echo 60)
psql -Xq -c "BEGIN ISOLATION LEVEL REPEATABLE READ" -c "SELECT count(*) FROM stock" -c "SELECT pg_sleep($((hold * 2 + 20)))" >/dev/null 2>&1 &
snapshot=$!
sleep 0.5
if [ -z "$short" ]; then
	warm=$((hold / 2 - rounds * seconds))
	measure oms hot 64 "$warm"; measure plain hot 64 "$warm"
fi
compare hot_old_snapshot_vs_plain_update 3 hot oms plain
kill $snapshot 2>/dev/null || true
q "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%'" >/dev/null

if [ -z "$short" ]; then
	# A transaction that took the key and stays open.
	psql -Xq -c "BEGIN" -c "SELECT count(*) FROM oms.reserve('web', 'HOT', 1, 'S1')" -c "SELECT pg_sleep(600)" >/dev/null 2>&1 &
	measure oms hot 64 "$seconds"; alone=$rate
	sleep 0.5
	measure oms hot 64 "$seconds"
	q "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%'" >/dev/null
	wait 2>/dev/null || true
	measure oms hot 64 "$seconds"
	echo "ratio hot_with_open_taker_vs_without $(bc <<<"scale=3; $alone / ($rate + ($rate == 0))") at least 0.5"

	# A prepared transaction that took the key and that nobody ends.
	q "BEGIN; SELECT count(*) FROM oms.reserve('web', 'HOT', 1, 'S1'); PREPARE TRANSACTION 'orphan'" >/dev/null
	measure oms hot 64 "$seconds"; orphan=$rate
	q "ROLLBACK PREPARED 'orphan'"
	measure oms hot 64 "$seconds"
	echo "ratio hot_with_orphaned_prepared_vs_without $(bc <<<"scale=3; $orphan / ($rate + ($rate == 0))") at least 0.5"

	# The other peers, one hot sku.
	for peer in for_update buckets; do
		measure oms hot 64 "$seconds"; x=$rate
		measure $peer hot 64 "$seconds"
		echo "ratio hot_vs_$peer $(bc <<<"scale=3; $x / ($rate + ($rate == 0))") at least 1"
	done
fi

# Selling out mid-run: nothing oversold, and what append-only SUM without a lock does instead.
q "SELECT oms.add_item('SELL')" >/dev/null; q "SELECT oms.receive('S1', 'SELL', 300)" >/dev/null; q "INSERT INTO stock VALUES ('SELL', 'S1', 300, 0)"
measure oms sellout 64 "$seconds"; sold=$(q "SELECT sum(quantity) FROM oms.reservation WHERE sku = 'SELL'")
echo "ratio oms_oversold_units $((sold - 300)) at most 0"
echo "ratio oms_false_refusals_units $((300 - sold)) at most 0"
[ -n "$short" ] || measure append sellout 64 "$seconds"
[ -n "$short" ] || echo "  append-only SUM without lock sold $(q "SELECT count(*) FROM append_row") of 300"

if [ -n "$short" ]; then
	:
elif command -v redis-server >/dev/null && command -v redis-benchmark >/dev/null; then
	(cd "$dir" && exec redis-server --port 0 --unixsocket "$dir/redis.sock" --appendonly yes --appendfsync always --save '' --dir "$dir" >/dev/null 2>&1) &
	sleep 1
	redis-cli -s "$dir/redis.sock" set stock 1000000000 >/dev/null
	n=40000
	redis=$(redis-benchmark -s "$dir/redis.sock" -c 64 -n $n --csv EVAL "if tonumber(redis.call('get', KEYS[1])) >= 1 then redis.call('decr', KEYS[1]); return redis.call('rpush', 'rows', ARGV[1]) end" 1 stock 'web|HOT|S1|1' | tail -1 | cut -d'"' -f4)
	measure oms hot 64 "$seconds"
	echo "  Redis Lua, appendfsync always, 64 clients: $redis/s; oms $rate/s (no ratio is asked: Redis keeps no order, no ledger and no second key in the transaction)"
else
	echo "  Redis: not installed, skipped"
fi

# The full grid, without bounds. A workload that sells out begins with stock for half of its run or less.
if [ -z "$short" ]; then
	echo "  grid: workload, clients, synchronous_commit: reservations per second, WAL bytes and us CPU each, deadlocks; ratio"
	for workload in hot uniform zipf sellout sleep5ms rollback20 carts; do
		for sync in on off; do
			for clients in 1 8 64 128; do
				line=
				q "SELECT oms.set_on_hand('S1', 'SELL', reserved + 2000 * least($clients, 2)) FROM oms.inventory WHERE sku = 'SELL'; UPDATE stock SET on_hand = reserved + 2000 * least($clients, 2) WHERE sku = 'SELL'" >/dev/null
				for system in oms plain; do
					measure $system $workload $clients 2 $sync
					line="$line $system $rate/s $wal $ticks $deadlocks;"
					[ $system = plain ] || x=$rate
				done
				echo "  $workload $clients $sync:$line $(bc <<<"scale=2; $x / ($rate + ($rate == 0))")"
				[ $workload != sellout ] || q "SELECT '    units left: oms ' || i.on_hand - i.reserved || ', plain ' || s.on_hand - s.reserved FROM oms.inventory i JOIN stock s USING (sku) WHERE sku = 'SELL'"
			done
		done
	done
fi

broken=$(q "SELECT count(*) FROM (SELECT sum(on_hand) h, sum(reserved) r FROM oms.inventory) i, (SELECT sum(quantity) q FROM oms.movement_row) m, (SELECT sum(quantity - consumed) s FROM oms.reservation_row WHERE status IN ('hold', 'firm')) r WHERE h <> q OR i.r <> s")
echo "ratio broken_sums_after_all $broken at most 0"
