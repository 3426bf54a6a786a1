#!/bin/bash
# What grows, and by how much: bytes of a sku at a location, of an order and of its line; WAL and CPU of the server
# process for each step of an order's life, by single calls as a client sends them and by set; and the same on
# tables in 16 hash partitions, block by block in turn with the plain ones, as ratios. doc/limits.md reckons from it what
# one server carries. CPU is the time on a core of the process that serves the session (/proc/self/schedstat).
# Not measured: what the checkpointer and autovacuum do later, which is why WAL has no full pages in it.
# setting: full_page_writes=off
# setting: autovacuum=off
# setting: max_wal_size=8GB
# setting: synchronous_commit=off
set -euo pipefail

SKUS=5000 LOCATIONS=10 ORDERS=500 BLOCKS=3
[ "${SHORT:-0}" = 1 ] && SKUS=2000 ORDERS=200 BLOCKS=2
PARTITIONS=16
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
echo "growth: $SKUS skus x $LOCATIONS locations, $BLOCKS blocks of $ORDERS orders of 2 lines, $PARTITIONS partitions"

createdb oms_partitioned
PGOPTIONS="-c oms.partitions=$PARTITIONS" psql -Xq -d oms_partitioned -c 'CREATE EXTENSION oms'

# in_database DATABASE: runs what stands on its standard input
in_database()
{
	psql -XAtq -v ON_ERROR_STOP=1 -d "$1"
}

for database in oms_bench oms_partitioned; do
	in_database $database <<-SQL
		CREATE FUNCTION cpu() RETURNS bigint LANGUAGE sql AS \$\$ SELECT split_part(pg_read_file('/proc/self/schedstat'), ' ', 1)::bigint \$\$;
		CREATE TABLE figure (step text, what text, calls bigint, cpu bigint, wal bigint);
		CREATE VIEW size AS
		SELECT regexp_replace(c.relname, '_\d+\$', '') AS name, sum(pg_relation_size(c.oid)) AS heap, sum(pg_indexes_size(c.oid)) AS indexes
		  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'oms' AND c.relkind = 'r' GROUP BY 1;
		\o /dev/null
		SELECT oms.add_location('l' || i, 'store', oms.latlon(40 + i, -74 - i)) FROM generate_series(1, $LOCATIONS) i;
		SELECT oms.add_location_group('all', array_agg('l' || i)), oms.add_channel('web', 'all') FROM generate_series(1, $LOCATIONS) i;
		SELECT oms.receive_many('l' || l, array_agg('sku-' || i), array_agg(1000::bigint)) FROM generate_series(1, $SKUS) i, generate_series(1, $LOCATIONS) l GROUP BY l;
		SELECT oms.fold_accounts();
		VACUUM (FULL, ANALYZE);
	SQL
done
in_database oms_bench <<-SQL
	SELECT format('bytes of a sku at a location: %s %s (%s of it indexes)', name, round((heap + indexes) / ($SKUS * $LOCATIONS)), round(indexes / ($SKUS * $LOCATIONS)))
	  FROM size WHERE name IN ('stock_account', 'movement_row') ORDER BY name DESC;
	CREATE TABLE size_before AS SELECT * FROM size;
SQL

# step NAME WHAT CALLS FILE: the figures of the statements in a file, one transaction each
step()
{
	cat <<-SQL
		SELECT cpu() AS cpu, pg_current_wal_insert_lsn() AS lsn \gset
		\o /dev/null
		\i $4
		\o
		INSERT INTO figure SELECT '$1', '$2', $3, cpu() - :cpu, pg_current_wal_insert_lsn() - :'lsn';
	SQL
}

# order N: the call that places it; skus of a hot tenth and of the rest
for ((n = 1; n <= BLOCKS * ORDERS + 100; n++)); do
	a=$((RANDOM % 10 < 5 ? RANDOM * 32768 % (SKUS / 10) : (RANDOM * 32768 + RANDOM) % SKUS)) b=$(((RANDOM * 32768 + RANDOM) % SKUS))
	[ $a = $b ] && b=$(((b + 1) % SKUS))
	echo "SELECT * FROM oms.place_order('order-$n', 'web', '{sku-$((a + 1)),sku-$((b + 1))}', '{1,2}', '4$((RANDOM % 10)).5,-7$((RANDOM % 10)).2');"
done >"$tmp/orders"
for ((i = 1; i <= ORDERS; i++)); do echo "SELECT oms.atp('web', 'sku-$i');"; done >"$tmp/atp"
for ((i = 1; i <= ORDERS; i++)); do echo "SELECT * FROM oms.try_reserve('web', 'sku-$i', 1, expires_in => '1 hour', cart_id => 'cart-$i');"; done >"$tmp/hold"
echo "SELECT oms.release_many(ARRAY(SELECT reservation_id FROM oms.reservation WHERE cart_id IS NOT NULL AND status = 'hold'));" >"$tmp/release"
echo "SELECT * FROM oms.route();" >"$tmp/route"
echo "SELECT oms.fold_accounts();" >"$tmp/fold"
for action in accept pick pack ship; do
	echo "SELECT count(*) FROM oms.${action}_many(ARRAY(SELECT fulfillment_id FROM oms.work));" >"$tmp/$action"
done

for ((block = 0; block < BLOCKS; block++)); do
	first=$((block * ORDERS + 101))
	sed -n "$first,$((first + ORDERS - 1))p" "$tmp/orders" >"$tmp/place"
	for database in oms_bench oms_partitioned; do
		{
			echo '\o /dev/null'
			# Plans and caches of the session
			if [ $block = 0 ]; then head -100 "$tmp/orders"; else echo "SELECT * FROM oms.try_reserve('web', 'sku-1', 1);"; fi
			head -100 "$tmp/atp"; echo "SELECT oms.place_order('warm-$block', 'web', '{sku-1}', '{1}', '40.5,-74');"
			echo '\o'
			step atp call "$ORDERS" "$tmp/atp"
			step hold call "$ORDERS" "$tmp/hold"
			step place order "$ORDERS" "$tmp/place"
			step release hold "$ORDERS" "$tmp/release"
			step route order "$ORDERS" "$tmp/route"
			for action in accept pick pack ship; do
				step $action order "$ORDERS" "$tmp/$action"
			done
			step fold order "$ORDERS" "$tmp/fold"
		} | in_database $database
	done
done

for database in oms_bench oms_partitioned; do
	in_database $database <<-SQL
		SELECT format('$database %s, each %s: %s us CPU, %s bytes of WAL', step, what, round(sum(cpu) / 1000.0 / sum(calls), 1), round(sum(wal) / sum(calls)))
		  FROM figure GROUP BY step, what ORDER BY min(ctid);
		SELECT format('$database an order from checkout to the door: %s us CPU, %s bytes of WAL', round(sum(cpu) / 1000.0 / ($ORDERS * $BLOCKS)), round(sum(wal) / ($ORDERS * $BLOCKS)))
		  FROM figure WHERE step NOT IN ('atp', 'hold', 'release');
	SQL
done
in_database oms_bench <<-SQL
	VACUUM;
	SELECT format('bytes of an order: %s %s (%s of it indexes)', s.name, round((s.heap + s.indexes - b.heap - b.indexes) / ($ORDERS.0 * $BLOCKS)), round((s.indexes - b.indexes) / ($ORDERS.0 * $BLOCKS)))
	  FROM size s JOIN size_before b USING (name) WHERE s.heap + s.indexes - b.heap - b.indexes > 8 * $ORDERS * $BLOCKS ORDER BY s.heap + s.indexes - b.heap - b.indexes DESC;
	SELECT format('bytes of an order: in all %s', round(sum(s.heap + s.indexes - b.heap - b.indexes) / ($ORDERS.0 * $BLOCKS))) FROM size s JOIN size_before b USING (name);
SQL

# ratio NAME STEP BOUND: CPU in partitions beside plain
ratio()
{
	local a b

	a=$(in_database oms_partitioned <<<"SELECT sum(cpu) FROM figure WHERE step = '$2'")
	b=$(in_database oms_bench <<<"SELECT sum(cpu) FROM figure WHERE step = '$2'")
	echo "ratio growth-$1-in-partitions-beside-plain $(awk -v a="$a" -v b="$b" 'BEGIN {printf "%.2f", a / b}') at most $3"
}
ratio atp atp 2
ratio hold hold 4
ratio place-order place 2
ratio route route 2.5
for database in oms_bench oms_partitioned; do
	in_database $database <<<'SELECT count(*) FROM oms.check()' | grep -qx 0
done
