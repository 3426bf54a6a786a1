-- oms.plan_routes: every kind of bad input is an error that names query and column, the
-- queries run read-only and under the caller's rights.
BEGIN;
SET LOCAL client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS oms;
SELECT plan(75);

CREATE TEMP TABLE q (name text PRIMARY KEY, sql text);
INSERT INTO q VALUES
    ('orders', $$SELECT 'A' AS order_id, 2 AS priority$$),
    ('lines', $$SELECT 'A' AS order_id, 1 AS line_no, 'mug' AS sku, 2 AS quantity, 1.5 AS unit_value$$),
    ('locations', $$SELECT 'store' AS location$$),
    ('stock', $$SELECT 'mug' AS sku, 'store' AS location, 5 AS available$$),
    ('shipment_cost', NULL), ('line_cost', NULL), ('capacity', NULL);

-- runs the planner with one query replaced
CREATE FUNCTION with_query(which text, replacement text, options jsonb DEFAULT '{}') RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
    sqls text[];
BEGIN
    SELECT array_agg(CASE WHEN name = which THEN replacement ELSE q.sql END
                     ORDER BY array_position('{orders,lines,locations,stock,shipment_cost,line_cost,capacity}', name))
    INTO sqls FROM q;
    RETURN (SELECT string_agg(t::text, ' ')
            FROM oms.plan_routes(sqls[1], sqls[2], sqls[3], sqls[4], sqls[5], sqls[6], sqls[7], options) AS t);
END $$;
CREATE FUNCTION refused(which text, replacement text, message text, options jsonb DEFAULT '{}') RETURNS text
LANGUAGE sql AS $$
    SELECT throws_ok(format('SELECT with_query(%L, %L, %L)', which, replacement, options), 'OM012', message)
$$;

SELECT is(with_query('', ''), '(A,1,store,2,1,5)', 'the instance itself has a plan');

-- missing columns
SELECT refused('orders', 'SELECT 2 AS priority', 'orders_sql: column "order_id" is missing');
SELECT refused('lines', $$SELECT 'A' AS order_id, 1 AS line_no, 'mug' AS sku$$, 'lines_sql: column "quantity" is missing');
SELECT refused('locations', 'SELECT 1 AS id', 'locations_sql: column "location" is missing');
SELECT refused('stock', $$SELECT 'mug' AS sku, 'store' AS location$$, 'stock_sql: column "available" is missing');
SELECT refused('shipment_cost', $$SELECT 'A' AS order_id, 'store' AS location$$, 'shipment_cost_sql: column "cost" is missing');
SELECT refused('line_cost', $$SELECT 'A' AS order_id, 'store' AS location, 1 AS cost$$, 'line_cost_sql: column "line_no" is missing');
SELECT refused('capacity', $$SELECT 'store' AS location, 'orders' AS measure$$, 'capacity_sql: column "limit" is missing');
SELECT refused('lines', $$SELECT 'A' AS order_id, 1 AS line_no, 'mug' AS sku, 2 AS quantity$$,
               'lines_sql: column "unit_value" is missing', '{"min_shipment_value": 10}');
SELECT refused('orders', $$SELECT 'A' AS order_id, 'B' AS order_id$$, 'orders_sql: more than one column "order_id"');

-- nulls
SELECT refused('orders', 'SELECT NULL AS order_id', 'orders_sql: column "order_id" is null');
SELECT refused('lines', $$SELECT 'A' AS order_id, 1 AS line_no, NULL AS sku, 2 AS quantity$$, 'lines_sql: column "sku" is null');
SELECT refused('lines', $$SELECT 'A' AS order_id, 1 AS line_no, 'mug' AS sku, NULL::int AS quantity$$, 'lines_sql: column "quantity" is null');
SELECT refused('locations', 'SELECT NULL::text AS location', 'locations_sql: column "location" is null');
SELECT refused('stock', $$SELECT 'mug' AS sku, 'store' AS location, NULL::int AS available$$, 'stock_sql: column "available" is null');
SELECT refused('shipment_cost', $$SELECT 'A' AS order_id, 'store' AS location, NULL::numeric AS cost$$, 'shipment_cost_sql: column "cost" is null');
SELECT refused('capacity', $$SELECT 'store' AS location, 'orders' AS measure, NULL::int AS limit$$, 'capacity_sql: column "limit" is null');
SELECT refused('lines', $$SELECT 'A' AS order_id, 1 AS line_no, 'mug' AS sku, 2 AS quantity, NULL::int AS unit_value$$,
               'lines_sql: column "unit_value" is null, and option min_shipment_value needs it', '{"min_shipment_value": 10}');
SELECT refused('orders', $$SELECT '' AS order_id$$, 'orders_sql: column "order_id" is empty');
SELECT lives_ok($$SELECT with_query('orders', 'SELECT ''A'' AS order_id, NULL AS priority, NULL AS coordinates, NULL AS max_shipments, NULL AS ship_complete, NULL AS sequence')$$,
                'optional columns may be null, a bare NULL too');

-- types
SELECT refused('orders', 'SELECT now() AS order_id', 'orders_sql: column "order_id" has type timestamp with time zone');
SELECT refused('orders', $$SELECT 'A' AS order_id, true AS priority$$, 'orders_sql: column "priority" has type boolean');
SELECT refused('orders', $$SELECT 'A' AS order_id, 'urgent' AS priority$$, 'orders_sql: column "priority" has type text and is not null: it must be an integer');
SELECT refused('lines', $$SELECT 'A' AS order_id, 1 AS line_no, 'mug' AS sku, '2' AS quantity$$, 'lines_sql: column "quantity" has type text');
SELECT refused('lines', $$SELECT 'A' AS order_id, 1 AS line_no, 'mug' AS sku, 2.5 AS quantity$$, 'lines_sql: column "quantity" is not a whole number');
SELECT refused('locations', $$SELECT 'store' AS location, box '(1,1),(0,0)' AS coordinates$$, 'locations_sql: column "coordinates" has type box');
SELECT refused('shipment_cost', $$SELECT 'A' AS order_id, 'store' AS location, '[]'::jsonb AS cost$$, 'shipment_cost_sql: column "cost" has type jsonb');
SELECT lives_ok($$SELECT with_query('locations', 'SELECT ''store''::varchar AS location, point (-100, 40) AS coordinates, 1.5::float8 AS unit_cost')$$,
                'varchar, point and double precision are taken');
SELECT lives_ok($$SELECT with_query('lines', 'SELECT ''A''::name AS order_id, 1::smallint AS line_no, 17 AS sku, 2::numeric AS quantity')$$,
                'name, smallint, an integer sku and a whole numeric are taken');

-- ranges
SELECT refused('orders', $$SELECT 'A' AS order_id, 5 AS priority$$, 'orders_sql: column "priority" is 5: it must be from 0 to 4');
SELECT refused('orders', $$SELECT 'A' AS order_id, -1 AS priority$$, 'orders_sql: column "priority" is negative');
SELECT refused('orders', $$SELECT 'A' AS order_id, 0 AS max_shipments$$, 'orders_sql: column "max_shipments" is 0: it must be from 1 to 2147483647');
SELECT refused('orders', $$SELECT 'A' AS order_id, point(0, 91) AS coordinates$$, 'orders_sql: column "coordinates" is out of range: a point is (longitude, latitude) in degrees');
SELECT refused('lines', $$SELECT 'A' AS order_id, 1 AS line_no, 'mug' AS sku, 0 AS quantity$$, 'lines_sql: column "quantity" is 0: it must be from 1 to 1000000000000');
SELECT refused('lines', $$SELECT 'A' AS order_id, 1 AS line_no, 'mug' AS sku, 9223372036854775807 AS quantity$$, 'lines_sql: column "quantity" is 9223372036854775807: it must be from 1 to 1000000000000');
SELECT refused('lines', $$SELECT 'A' AS order_id, 1 AS line_no, 'mug' AS sku, 1e30::numeric AS quantity$$, 'lines_sql: column "quantity" is out of range: it must be from 1 to 1000000000000');
SELECT refused('locations', $$SELECT 'store' AS location, -1 AS handling_cost$$, 'locations_sql: column "handling_cost" is negative');
SELECT refused('locations', $$SELECT 'store' AS location, 'NaN'::numeric AS unit_cost$$, 'locations_sql: column "unit_cost" is not a number');
SELECT refused('locations', $$SELECT 'store' AS location, -1 AS capacity_orders$$, 'locations_sql: column "capacity_orders" is negative');
SELECT refused('stock', $$SELECT 'mug' AS sku, 'store' AS location, -1 AS available$$, 'stock_sql: column "available" is negative');
SELECT refused('shipment_cost', $$SELECT 'A' AS order_id, 'store' AS location, 'Infinity'::float8 AS cost$$, 'shipment_cost_sql: column "cost" is out of range: it must be from 0 to 1000000000');
SELECT refused('capacity', $$SELECT 'store' AS location, 'pallets' AS measure, 1 AS limit$$, 'capacity_sql: column "measure" must be orders, lines, units or minutes');
SELECT refused('capacity', $$SELECT 'store' AS location, 'minutes' AS measure, 1 AS limit$$, 'capacity_sql: column "measure" is minutes, and locations_sql has no column minutes_per_order, minutes_per_line or minutes_per_unit');
SELECT refused('locations', $$SELECT 'store' AS location, -0.5 AS minutes_per_unit$$, 'locations_sql: column "minutes_per_unit" is negative');
SELECT refused('locations', $$SELECT 'store' AS location, 1e9 AS minutes_per_order$$, 'locations_sql: column "minutes_per_order" is out of range: it must be from 0 to 1000000');
SELECT refused('lines', $$SELECT 'A' AS order_id, 1 AS line_no, 'mug' AS sku, 1000000000000 AS quantity, 1000000 AS unfilled_cost$$, 'the costs of order "A" are out of range');

-- duplicates, strangers, nothing
SELECT refused('orders', $$SELECT 'A' AS order_id FROM generate_series(1, 2)$$, 'orders_sql: more than one row for order_id "A"');
SELECT refused('lines', $$SELECT 'A' AS order_id, 1 AS line_no, 'mug' AS sku, n AS quantity FROM generate_series(1, 2) AS n$$, 'lines_sql: more than one row for order_id "A", line_no 1');
SELECT refused('locations', $$SELECT 'store' AS location FROM generate_series(1, 2)$$, 'locations_sql: more than one row for location "store"');
SELECT refused('stock', $$SELECT 'mug' AS sku, 'store' AS location, n AS available FROM generate_series(1, 2) AS n$$, 'stock_sql: more than one row for sku "mug", location "store"');
SELECT refused('shipment_cost', $$SELECT 'A' AS order_id, 'store' AS location, n AS cost FROM generate_series(1, 2) AS n$$, 'shipment_cost_sql: more than one row for order_id "A", location "store"');
SELECT refused('line_cost', $$SELECT 'A' AS order_id, 1 AS line_no, 'store' AS location, n AS cost FROM generate_series(1, 2) AS n$$, 'line_cost_sql: more than one row for order_id "A", line_no 1, location "store"');
SELECT refused('capacity', $$SELECT 'store' AS location, 'units' AS measure, n AS limit FROM generate_series(1, 2) AS n$$, 'capacity_sql: more than one row for location "store", measure "units"');
SELECT refused('lines', $$SELECT 'Z' AS order_id, 1 AS line_no, 'mug' AS sku, 2 AS quantity$$, 'lines_sql: column "order_id" names an order that orders_sql does not return');
SELECT refused('locations', 'SELECT NULL::text AS location WHERE false', 'locations_sql returned no rows: column "location" needs at least one value');
SELECT refused('stock', $$SELECT 'mug' AS sku, 'store' AS location, 1 AS available WHERE false$$, 'stock_sql returned no rows: column "sku" needs at least one value');

-- what is not a SELECT
SELECT refused('orders', 'SELECT 1; SELECT 2', 'orders_sql must be one SELECT');
SELECT refused('stock', 'CREATE TABLE x ()', 'stock_sql must be one SELECT');
SELECT throws_ok($$SELECT with_query('orders', 'SELEC')$$, '42601', NULL, 'a syntax error stays one');

-- a query that writes
CREATE TABLE written (n int);
CREATE FUNCTION write_one() RETURNS text LANGUAGE sql VOLATILE AS $$INSERT INTO written VALUES (1) RETURNING 'A'::text$$;
SELECT throws_ok($$SELECT with_query('orders', 'SELECT write_one() AS order_id')$$, '25006', NULL,
                 'a volatile function that writes is refused: the transaction is read-only meanwhile');
SELECT throws_ok($$SELECT with_query('orders', 'WITH w AS (INSERT INTO written VALUES (2) RETURNING n) SELECT n AS order_id FROM w')$$,
                 'OM012', 'orders_sql must be one SELECT', 'so is a data-modifying WITH');
SELECT lives_ok('SELECT write_one()', 'afterwards the transaction writes again');

-- a query that fails, loops, or is cancelled half-way: the error is its own, names the query, and the session goes on
CREATE FUNCTION said(statement text, OUT message text, OUT context text) LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE statement;
EXCEPTION WHEN OTHERS OR query_canceled THEN
    GET STACKED DIAGNOSTICS message = MESSAGE_TEXT, context = PG_EXCEPTION_CONTEXT;
END $$;
SELECT is(message, 'division by zero', 'an error of a query stays what it is')
FROM said($$SELECT with_query('stock', 'SELECT ''mug'' AS sku, ''store'' AS location, 1 / 0 AS available')$$);
SELECT matches(context, 'stock_sql of oms.plan_routes', 'and its context names the query')
FROM said($$SELECT with_query('stock', 'SELECT ''mug'' AS sku, ''store'' AS location, 1 / 0 AS available')$$);
SET LOCAL statement_timeout = '300ms';
SELECT is(message, 'canceling statement due to statement timeout', 'a query that never ends is stopped by statement_timeout')
FROM said($$SELECT with_query('orders', 'WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT 1 FROM n) SELECT i AS order_id FROM n OFFSET 1000000000')$$);
SELECT is(message, 'canceling statement due to statement timeout', 'so is the solver')
FROM said($$SELECT count(*) FROM oms.plan_routes(
        'SELECT n AS order_id, point(n % 100, n % 80) AS coordinates FROM generate_series(1, 20000) AS n',
        'SELECT n AS order_id, 1 AS line_no, n % 10 AS sku, 1 AS quantity FROM generate_series(1, 20000) AS n',
        'SELECT n AS location, point(n % 90, n % 70) AS coordinates FROM generate_series(1, 200) AS n',
        'SELECT s AS sku, n AS location, 12 AS available FROM generate_series(1, 200) AS n, generate_series(0, 9) AS s',
        options => '{"iterations": 1000000000}')$$);
SET LOCAL statement_timeout = 0;
SELECT is(with_query('', ''), '(A,1,store,2,1,5)', 'afterwards the session plans as before');
SELECT lives_ok('SELECT write_one()', 'and writes');

-- arguments
SELECT throws_ok($$SELECT oms.plan_routes(NULL, 'x', 'x', 'x')$$, '22004', 'orders_sql must not be null');
SELECT throws_ok($$SELECT with_query('', '', '{"sovler": "batch"}')$$, '22023', 'unknown option "sovler"');

-- the caller's rights
CREATE TABLE secret AS SELECT 'A' AS order_id;
CREATE ROLE planner_clerk;
GRANT USAGE ON SCHEMA oms TO planner_clerk;
GRANT EXECUTE ON FUNCTION oms.plan_routes TO planner_clerk;
GRANT EXECUTE ON FUNCTION oms.plan_summary, oms.plan_candidates, oms.plan_prices TO planner_clerk;
CREATE FUNCTION plan_secret() RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS
$$SELECT count(*) FROM oms.plan_routes('SELECT order_id FROM public.secret', 'SELECT ''A'' AS order_id, 1 AS line_no, ''x'' AS sku, 2 AS quantity', 'SELECT ''s'' AS location', 'SELECT ''x'' AS sku, ''s'' AS location, 1 AS available')$$;
SET LOCAL ROLE planner_clerk;
SELECT throws_ok($$SELECT oms.plan_routes('SELECT order_id FROM public.secret', 'SELECT ''A'' AS order_id, 1 AS line_no, ''x'' AS sku, 1 AS quantity', 'SELECT ''s'' AS location', 'SELECT ''x'' AS sku, ''s'' AS location, 1 AS available')$$,
                 '42501', 'permission denied for table secret', 'a query runs under the rights of the caller');
SELECT is(plan_secret(), 1::bigint, 'a function may plan with the rights of its owner');
SELECT is((SELECT count(*) FROM oms.plan_summary()) + (SELECT count(*) FROM oms.plan_candidates()) + (SELECT count(*) FROM oms.plan_prices()), 0::bigint,
          'and its caller is not told about that plan');
RESET ROLE;
SELECT is((SELECT count(*) FROM oms.plan_summary()) + (SELECT count(*) FROM oms.plan_candidates()), 2::bigint, 'its owner is');
SELECT is((SELECT count(*) FROM written), 2::bigint, 'nothing was written by a planner''s query');

SELECT * FROM finish();
ROLLBACK;
