#!/bin/bash
# Routing of oms's own orders: a whole run, its decisions applied, against the planner's time plus the time of
# writing the same rows by plain INSERT … SELECT; and reservations that go on meanwhile against the same without a
# run. A run takes a core for itself. So clients are measured that leave a core free to it, as many as there are cores
# but one; and four, which want them all: beside these a process that only computes shows what the core alone costs, and
# the rest of the difference is what runs and reservations do to each other.
# Instance: test/bench/planner.sql, by SEED. With SHORT the planner stops after 5 s. Not measured: reading from
# cold tables, a second run at once.
set -euo pipefail
cd "$(dirname "$0")"

SEED=${SEED:-1}
if [ -n "${SHORT:-}" ]; then
	orders=500 locations=50 skus=200 seconds=5 options='{"deadline_ms": 5000}'
else
	orders=10000 locations=500 skus=2000 seconds=20 options='{}'
fi
psql=(psql -X -q -v ON_ERROR_STOP=1)
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

# quotient A B: A / B, with two decimals
quotient()
{
	awk -v a="$1" -v b="$2" 'BEGIN {printf "%.2f", a / b}'
}

# reservations CLIENTS: sets rate, per second, of reservations of a sku that no order has
reservations()
{
	rate=$(pgbench -n -M prepared -c "$1" -j 1 -T "$seconds" -f "$tmp/reserve.sql" | sed -n 's/^tps = \([0-9.]*\).*/\1/p')
}

"${psql[@]}" -v "seed=0.$SEED" -v "orders=$orders" -v "locations=$locations" -v "skus=$skus" -v ratio=1.5 -f planner.sql
"${psql[@]}" >/dev/null <<-'SQL'
	SELECT count(oms.add_location(location, 'store', coordinates, handling_cost => handling_cost, capacity_orders => capacity_orders)) FROM bp;
	SELECT oms.add_location_group('network', (SELECT array_agg(location) FROM bp)), oms.add_channel('web', 'network', 'network');
	SELECT count(oms.add_item(sku)) FROM (SELECT DISTINCT sku FROM bl UNION SELECT 'hot') AS s (sku);
	SELECT count(r) FROM (SELECT oms.receive_many(location, array_agg(sku), array_agg(available::bigint)) AS r FROM bs GROUP BY location) AS s;
	SELECT oms.receive((SELECT min(location) FROM bp), 'hot', 1000000000);
	SELECT count(p) FROM (SELECT oms.place_order(order_id, 'web', array_agg(sku ORDER BY line_no), array_agg(quantity::bigint ORDER BY line_no), coordinates,
	                             CASE priority WHEN 0 THEN 'same_day' WHEN 1 THEN 'next_day' ELSE 'standard' END, on_shortage => 'partial') AS p
	                        FROM bo JOIN bl USING (order_id) GROUP BY order_id, coordinates, priority) AS o;
	VACUUM ANALYZE;
SQL
echo "SELECT oms.reserve('web', 'hot', 1);" >"$tmp/reserve.sql"

read -r routed planned moved units < <("${psql[@]}" -v "options=$options" -At -F ' ' <<-'SQL'
	SELECT round(r.seconds::numeric, 2), round((s.seconds_read + s.seconds_build + s.seconds_solve + s.seconds_check)::numeric, 2), r.moved_units, r.units
	FROM oms.route(options => :'options') AS r, LATERAL (SELECT * FROM oms.plan_summary() WHERE r.run_id > 0) AS s;
SQL
)
written=$("${psql[@]}" -At <<-'SQL'
	SELECT format('CREATE TABLE copy_of_%1$s (LIKE oms.%1$s INCLUDING ALL)', t)
	FROM unnest('{decision_row,decision_line_row,fulfillment_row,fulfillment_line_row}'::text[]) AS t \gexec
	SELECT extract(epoch FROM clock_timestamp()) AS start \gset
	INSERT INTO copy_of_decision_row SELECT * FROM oms.decision_row;
	INSERT INTO copy_of_decision_line_row SELECT * FROM oms.decision_line_row;
	INSERT INTO copy_of_fulfillment_row SELECT * FROM oms.fulfillment_row;
	INSERT INTO copy_of_fulfillment_line_row SELECT * FROM oms.fulfillment_line_row;
	SELECT round(extract(epoch FROM clock_timestamp()) - :start, 2);
SQL
)
echo "$orders orders, $locations locations, seed 0.$SEED: $moved of $units units moved; seconds: planner $planned, whole run $routed, plain INSERT of its rows $written"
ratio=$(awk -v r="$routed" -v p="$planned" -v w="$written" 'BEGIN {printf "%.2f", r / (2 * p + w)}')
echo "ratio route-beside-twice-the-planner-and-its-inserts $ratio at most 1"

# beside CLIENTS: sets alone, computing and routing, the rate of so many clients alone, beside a process that only
# computes, and while runs follow each other
beside()
{
	reservations "$1"
	alone=$rate
	(while :; do :; done) &
	computes=$!
	reservations "$1"
	kill "$computes"
	computing=$rate
	while [ ! -e "$tmp/enough" ]; do "${psql[@]}" -c "SELECT FROM oms.route(options => '$options')" >/dev/null; done &
	reservations "$1"
	touch "$tmp/enough"
	wait
	rm "$tmp/enough"
	routing=$rate
	echo "reservations per second by $1 clients, $(nproc) cores: alone $alone, beside a process that only computes $computing, while runs follow each other $routing"
}

few=$(($(nproc) > 1 ? $(nproc) - 1 : 1))
beside "$few"
echo "ratio reservations-during-a-run-that-has-a-core $(quotient "$routing" "$alone") at least 0.8"
beside 4
echo "  of 4 clients during a run $(quotient "$routing" "$alone"), beside a computing process $(quotient "$computing" "$alone")"
echo "ratio reservations-during-a-run-to-beside-a-computing-process $(quotient "$routing" "$computing") at least 0.8"
