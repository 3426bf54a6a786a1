-- oms.plan_routes: of a large instance the first plan is made among rough candidates, so that a deadline that is
-- over at once still gives a plan, whole and by the rules; and it does not depend on the order of the rows.
BEGIN;
SET LOCAL client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS oms;
SELECT plan(4);

-- 20,000 orders for one sku, which 40 of 1,000 locations have, 510 units each
CREATE TABLE large_order AS SELECT 'O' || i AS order_id, i % 3 AS priority, format('%s,%s', 30 + i * 7919 % 1700 / 100.0, -120 + i * 104729 % 4500 / 100.0)::oms.latlon AS coordinates
FROM generate_series(1, 20000) AS i;
CREATE TABLE large_location AS SELECT 'L' || i AS location, i % 25 = 0 AS stocked, format('%s,%s', 30 + i * 7907 % 1700 / 100.0, -120 + i * 104723 % 4500 / 100.0)::oms.latlon AS coordinates
FROM generate_series(1, 1000) AS i;
CREATE FUNCTION planned(sorted text) RETURNS TABLE (order_id text, location text, quantity bigint) LANGUAGE sql AS $$
    SELECT order_id, location, quantity
    FROM oms.plan_routes('SELECT * FROM large_order ORDER BY ' || sorted, 'SELECT order_id, 1 AS line_no, ''S'' AS sku, 1 AS quantity FROM large_order',
                         'SELECT location, coordinates FROM large_location', 'SELECT ''S'' AS sku, location, 510 AS available FROM large_location WHERE stocked', options => '{"deadline_ms": 0}')
$$;
CREATE TABLE first_plan AS SELECT * FROM planned('order_id');
SELECT is((SELECT stop_reason FROM oms.plan_summary()), 'deadline', 'the time is over');
SELECT is((SELECT count(*) FROM first_plan WHERE location IS NOT NULL), 20000::bigint, 'all are served, wherever the stock is');
SELECT is_empty('SELECT location FROM first_plan WHERE location IS NOT NULL GROUP BY 1 HAVING sum(quantity) > 510', 'no location gives more than it has');
SELECT is_empty('(TABLE first_plan EXCEPT SELECT * FROM planned(''md5(order_id)''))', 'the same plan from other rows');

SELECT * FROM finish();
ROLLBACK;
