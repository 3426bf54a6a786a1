#!/bin/bash
# test/bench/check.sh: oms.check() beside summing the ledger by (sku, location), which is the least that a check of
# balances can cost: 1,000,000 movements of 200,000 keys, both with the memory that maintenance_work_mem gives; then oms.check_changes
# after 1,000 sales; then both again with 100,000 orders and their work, whose records it compares too. Called by `make bench-check`.
#
# A time is the median of rounds in which the two take turns. Not measured: tables larger than memory. SHORT=1: a tenth of it.
#
# setting: max_wal_size=8GB
# setting: maintenance_work_mem=64MB
set -euo pipefail

short=${SHORT:-}
skus=$([ -n "$short" ] && echo 2000 || echo 20000)
orders=$([ -n "$short" ] && echo 10000 || echo 100000)
rounds=$([ -n "$short" ] && echo 1 || echo 3)
q() { psql -XAtqc "$1"; }
median() { sort -n | awk '{v[NR] = $1} END {print v[int((NR + 1) / 2)]}'; }
ratio() { awk -v n="$1" -v a="$2" -v b="$3" -v bound="$4" -v word="$5" 'BEGIN {printf "ratio %s %.2f at %s %s\n", n, a / b, word, bound}'; }
# ms QUERY: how long it takes
ms() { psql -XAtq -c 'SET work_mem = "64MB"' -c 'SET jit = off' -c '\timing on' -c "$1" | awk '/^Time:/ {print $2}'; }
sum='SELECT count(*) FROM (SELECT sku, location, sum(quantity) FROM oms.movement_row GROUP BY sku, location) s'
check='SELECT count(*) FROM oms.check()'

# turns: medians of summing and checking, as $summed and $checked
turns()
{
	local summed_ms=() checked_ms=() r

	for ((r = 0; r < rounds; r++)); do
		summed_ms+=("$(ms "$sum")")
		checked_ms+=("$(ms "$check")")
	done
	summed=$(printf '%s\n' "${summed_ms[@]}" | median)
	checked=$(printf '%s\n' "${checked_ms[@]}" | median)
}

echo "settings: $(nproc) cores, $(q 'SELECT version()' | cut -d, -f1), work_mem of both 64MB, $((skus * 10)) keys, $((skus * 50)) movements, $rounds rounds"
psql -Xq >/dev/null <<SQL
SELECT oms.add_location('L' || l, 'store') FROM generate_series(1, 10) AS l;
SELECT oms.add_location_group('all', ARRAY(SELECT location FROM oms.location)), oms.add_channel('web', 'all');
INSERT INTO oms.movement_row (sku, location, quantity, kind, actor)
SELECT 'sku ' || k % $skus, 'L' || 1 + k / $skus, CASE WHEN n = 1 THEN 1000 ELSE -1 END, CASE WHEN n = 1 THEN 'receive' ELSE 'adjust' END, 'bench'
  FROM generate_series(1, 5) AS n, generate_series(0, $skus * 10 - 1) AS k;
INSERT INTO oms.stock_account SELECT sku, location, sum(quantity), 0, 0, 0, '{}' FROM oms.movement_row GROUP BY sku, location;
VACUUM ANALYZE;
SQL
turns
echo "the ledger: summed in $summed ms, checked in $checked ms"
ratio check_over_sum "$checked" "$summed" 4 most

first=$(ms 'SELECT count(*) FROM oms.check_changes()')
q "SELECT oms.adjust('L' || 1 + s % 10, 'sku ' || s, -1, 'bench') FROM generate_series(1, 1000) AS s" >/dev/null
changes=$(ms 'SELECT count(*) FROM oms.check_changes()')
echo "check_changes: the first time $first ms, after 1,000 sales $changes ms"
ratio check_over_check_changes "$checked" "$changes" 2 least

# Orders that were shipped, as place_order, route and ship leave them.
psql -Xq >/dev/null <<SQL
INSERT INTO oms.order_row (order_id, channel, service, method, priority, actor, placed_at) SELECT 'O' || o, 'web', 'standard', 'ship', 2, 'bench', now() FROM generate_series(1, $orders) AS o;
INSERT INTO oms.order_line_row (order_id, line_no, sku, quantity) SELECT 'O' || o, 1, 'sku ' || o % $skus, 1 FROM generate_series(1, $orders) AS o;
INSERT INTO oms.reservation_row (sku, location, quantity, consumed, status, channel, order_id, line_no) SELECT 'sku ' || o % $skus, 'L1', 1, 1, 'consumed', 'web', 'O' || o, 1 FROM generate_series(1, $orders) AS o;
INSERT INTO oms.routing_run_row VALUES (1, 'batch', '{}', $orders, $orders, $orders, $orders, 0, 0, 0, 0, 0, 0, 0, 'bench', now(), now());
INSERT INTO oms.decision_row SELECT 'O' || o, 1, '[]', now() FROM generate_series(1, $orders) AS o;
INSERT INTO oms.decision_line_row (order_id, run_id, line_no, part, sku, location, quantity, shipment, reason) SELECT 'O' || o, 1, 1, 1, 'sku ' || o % $skus, 'L1', 1, 1, 'cheapest' FROM generate_series(1, $orders) AS o;
INSERT INTO oms.fulfillment_row (order_id, fulfillment_id, location, method, status, run_id, assigned_at) SELECT 'O' || o, o, 'L1', 'ship', 'shipped', 1, now() FROM generate_series(1, $orders) AS o;
INSERT INTO oms.fulfillment_line_row SELECT 'O' || o, o, 1, 'sku ' || o % $skus, 1, 1, 1, 1 FROM generate_series(1, $orders) AS o;
INSERT INTO oms.movement_row (sku, location, quantity, kind, reference, actor) SELECT 'sku ' || o % $skus, 'L1', -1, 'ship', 'fulfillment ' || o, 'bench' FROM generate_series(1, $orders) AS o;
INSERT INTO oms.stock_delta SELECT 'sku ' || o % $skus, 'L1', 1000 + o, -1, 0, 0 FROM generate_series(1, $orders) AS o;
SELECT oms.fold_accounts();
VACUUM ANALYZE;
SQL
turns
echo "with $orders shipped orders: summed in $summed ms, checked in $checked ms"
ratio check_with_orders_over_sum "$checked" "$summed" 8 most
[ -z "$(q 'SELECT * FROM oms.check()')" ] || { q 'SELECT * FROM oms.check() LIMIT 5'; echo "oms.check() found something"; exit 1; }
