#!/bin/bash
# test/random/planner_generated.sh: oms.plan_routes on the benchmark's generated instances (test/bench/planner.sql), small, in
# four tightnesses of stock, plain, without time to improve, split and with every constraint on: no priority is inverted, class 0 has no more
# unfilled than one after the other, rows shuffled give the same plan; TAP output.
#
#   STRESS_SEED (random, printed)  PLANNER_ORDERS (80)
#
# Inverted: an order with something unfilled or late would have less of it if the orders of lower classes were not there
# and everyone else kept what they have, planned anew by the same queries less what the others hold. (The solver
# that is asked then is the one under test; test/random/planner.sh asks brute force, of smaller instances.)
#
# That it can fail was proved with settle of batch.c left out.
set -euo pipefail
cd "$(dirname "$0")"

seed=${STRESS_SEED:-$((RANDOM * 32768 + RANDOM))}
orders=${PLANNER_ORDERS:-80}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
echo "1..4"
echo "# seed $seed, $orders orders"

psql -Xq -v ON_ERROR_STOP=1 >"$dir/setup" 2>&1 <<'SQL' || { cat "$dir/setup"; exit 1; }
CREATE TABLE plan (instance text, variant text, solver text, unfilled bigint[], late bigint[], inverted text[], differs bigint);
CREATE TABLE kept (order_id text, line_no int, location text, quantity bigint, shipment int, cost numeric);

-- the queries of an instance: with every constraint or without, rows in random order or not
CREATE FUNCTION planned(variant text, options jsonb, tail text DEFAULT '') RETURNS SETOF kept LANGUAGE sql AS $$
    SELECT * FROM oms.plan_routes('SELECT * FROM ' || CASE variant WHEN 'all' THEN 'be' ELSE 'bo' END || tail,
        'SELECT * FROM ' || CASE variant WHEN 'all' THEN 'bf' ELSE 'bl' END || tail,
        'SELECT *, 2 AS minutes_per_order, 1 AS minutes_per_line, 0.5 AS minutes_per_unit FROM bp' || tail, 'SELECT * FROM bs' || tail,
        capacity_sql => CASE variant WHEN 'all' THEN 'SELECT * FROM bk' || tail END,
        options => '{"iterations": 3000}' || options || CASE variant WHEN 'all' THEN '{"min_shipment_value": 12, "max_distance_km": 3000}' WHEN 'split' THEN '{"split_lines": true}'
            WHEN 'hasty' THEN '{"iterations": 0}' ELSE '{}' END::jsonb)
$$;
-- the orders of kept that would lack less without those of lower classes
CREATE FUNCTION inversions(variant text) RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
    found text[] := '{}';
    victim record;
    lacks bigint;
BEGIN
    FOR victim IN SELECT order_id, max(priority) AS priority, sum(quantity) FILTER (WHERE location IS NULL) AS lacks
                  FROM kept JOIN bo USING (order_id) GROUP BY order_id HAVING bool_or(location IS NULL) LOOP
        CREATE TEMP TABLE others AS SELECT k.*, sku FROM kept AS k JOIN bo USING (order_id) JOIN bl USING (order_id, line_no)
            WHERE k.location IS NOT NULL AND priority <= victim.priority AND order_id <> victim.order_id;
        CREATE TEMP TABLE used AS SELECT location, count(DISTINCT order_id) AS orders, count(*) AS lines, sum(quantity) AS units FROM others GROUP BY location;
        SELECT sum(n.quantity) FILTER (WHERE n.location IS NULL) INTO lacks FROM oms.plan_routes(
            format('SELECT * FROM %s WHERE order_id = %L', CASE variant WHEN 'all' THEN 'be' ELSE 'bo' END, victim.order_id),
            format('SELECT * FROM %s WHERE order_id = %L', CASE variant WHEN 'all' THEN 'bf' ELSE 'bl' END, victim.order_id),
            'SELECT location, coordinates, handling_cost, capacity_orders - coalesce(orders, 0) AS capacity_orders, 4 AS minutes_per_order, 2 AS minutes_per_line, 1 AS minutes_per_unit
             FROM bp LEFT JOIN used USING (location)',
            'SELECT sku, location, available - coalesce((SELECT sum(quantity) FROM others WHERE others.sku = bs.sku AND others.location = bs.location), 0) AS available FROM bs',
            -- minutes in halves
            capacity_sql => CASE variant WHEN 'all' THEN 'SELECT location, measure, CASE measure WHEN ''lines'' THEN "limit" - coalesce(lines, 0) WHEN ''units'' THEN "limit" - coalesce(units, 0)
                ELSE 2 * "limit" - coalesce(4 * orders + 2 * lines + units, 0) END AS "limit" FROM bk LEFT JOIN used USING (location)' END,
            options => '{"iterations": 0}' || CASE variant WHEN 'all' THEN '{"min_shipment_value": 12, "max_distance_km": 3000}' WHEN 'split' THEN '{"split_lines": true}' ELSE '{}' END::jsonb) AS n;
        IF coalesce(lacks, 0) < victim.lacks THEN
            found := found || victim.order_id;
        END IF;
        DROP TABLE others, used;
    END LOOP;
    RETURN found;
END $$;
CREATE PROCEDURE judge(instance text) LANGUAGE plpgsql AS $$
DECLARE
    v text;
    method text;
BEGIN
    FOREACH v IN ARRAY '{plain,hasty,split,all}'::text[] LOOP
        FOREACH method IN ARRAY '{nearest,cheapest,batch}'::text[] LOOP
            TRUNCATE kept;
            INSERT INTO kept SELECT * FROM planned(v, jsonb_build_object('solver', method, 'candidates', CASE method WHEN 'batch' THEN 24 ELSE 100 END));
            INSERT INTO plan SELECT judge.instance, v, method, unfilled_by_priority, late_by_priority FROM oms.plan_summary();
        END LOOP;
        UPDATE plan AS p SET inverted = inversions(p.variant),
                             differs = (SELECT count(*) FROM (TABLE kept EXCEPT ALL SELECT * FROM planned(p.variant, '{}', ' ORDER BY random()')) AS d)
        WHERE p.instance = judge.instance AND p.variant = v AND p.solver = 'batch';
    END LOOP;
END $$;
SQL

n=0
for ratio in 2 1.3 1.05 0.8; do
	n=$((n + 1))
	psql -Xq -v ON_ERROR_STOP=1 -v "seed=$(awk -v s="$seed" -v n="$n" 'BEGIN {printf "%.6f", ((s + n) % 999983) / 999983}')" \
		-v "orders=$orders" -v "locations=$((orders / 10))" -v "skus=$((4 + 4 * (n % 3)))" -v "ratio=$ratio" -f ../bench/planner.sql \
		-c "CALL judge('stock $ratio times the demand')" >"$dir/instance" 2>&1 || { cat "$dir/instance"; exit 1; }
done

# is NAME, EXPECTED, QUERY
t=0
is()
{
	local got

	got=$(psql -XAtqc "$3")
	t=$((t + 1))
	if [ "$got" = "$2" ]; then
		echo "ok $t - $1"
	else
		echo "not ok $t - $1"
		printf '%s\n' "$got" | sed 's/^/# /'
	fi
}

is "no priority is inverted" "" "SELECT instance, variant, inverted FROM plan WHERE inverted <> '{}'"
is "class 0 has no more unfilled than with one order after the other" "" "
	SELECT b.instance, b.variant, b.unfilled, s.solver, s.unfilled FROM plan AS b JOIN plan AS s USING (instance, variant)
	WHERE b.solver = 'batch' AND b.unfilled[1] > s.unfilled[1]"
is "rows in random order give the same plan" "" "SELECT instance, variant, differs FROM plan WHERE differs > 0"
is "among the plans are some with something unfilled in each of the classes, and without" "t" "
	SELECT bool_or(unfilled[1] > 0) AND bool_or(unfilled[3] > 0) AND bool_or(unfilled = '{0,0,0,0,0}') FROM plan"
psql -XAtqc "SELECT format('# %s, %s, %s: unfilled %s', instance, variant, solver, unfilled) FROM plan"
