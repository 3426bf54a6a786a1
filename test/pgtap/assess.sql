-- assess and query_rows: bad input, whose rights count, what may not be done, and where a verdict turns.
BEGIN;
\ir include/network.psql
SELECT plan(48);

CREATE FUNCTION pg_temp.ask(orders text, lines text, locations text, stock text, what text DEFAULT 'Do you need%',
                            thresholds jsonb DEFAULT '{}', options jsonb DEFAULT '{}') RETURNS text LANGUAGE sql AS
    $$SELECT verdict FROM oms.assess(28, orders, lines, locations, stock, options, thresholds) WHERE question LIKE what$$;

-- Arguments
SELECT throws_ok('SELECT * FROM oms.assess(NULL)', '22004', NULL, 'days must not be null');
SELECT throws_ok('SELECT * FROM oms.assess(options => NULL)', '22004', NULL, 'options must not be null');
SELECT throws_ok('SELECT * FROM oms.assess(thresholds => NULL)', '22004', NULL, 'thresholds must not be null');
SELECT throws_ok('SELECT * FROM oms.assess(search_path => NULL)', '22004', NULL, 'search_path must not be null');
SELECT throws_ok(format('SELECT * FROM oms.assess(%s)', days), '22023', NULL, format('days must not be %s', days))
  FROM unnest('{0,-1,-2147483648,3661,2147483647}'::int[]) AS days;
SELECT throws_ok($$SELECT * FROM oms.assess(orders_sql => 'SELECT 1')$$, '22004', 'some of the four queries are missing', 'all queries or none');
SELECT throws_ok($$SELECT * FROM oms.assess(thresholds => '{"saved": 1}')$$, '22023', 'threshold "saved" is unknown or no number', 'an unknown threshold');
SELECT throws_ok($$SELECT * FROM oms.assess(thresholds => '{"spread": "much"}')$$, '22023', 'threshold "spread" is unknown or no number', 'a threshold in words');
SELECT is(count(*), 7::bigint, 'without data: seven rows') FROM oms.assess();
SELECT is(verdict, 'unknown', 'and no answer') FROM oms.assess() LIMIT 1;

-- Queries
CREATE TEMP TABLE o AS SELECT i AS order_id, 'web'::text AS channel, timestamptz '2026-01-01' + i * interval '1 hour' AS placed_at,
       point(-74, 40) AS coordinates FROM generate_series(1, 40) AS i;
CREATE TEMP TABLE l AS SELECT i AS order_id, 1::smallint AS line_no, 'x'::varchar AS sku, 2.0::numeric AS quantity FROM generate_series(1, 40) AS i;
CREATE TEMP TABLE p AS SELECT * FROM (VALUES ('A', point(-74, 41)), ('B', point(-100, 41))) AS v (location, coordinates);
CREATE TEMP TABLE s AS SELECT * FROM (VALUES ('x', 'A', 30), ('x', 'B', 70)) AS v (sku, location, available);
SELECT is(pg_temp.ask('TABLE o', 'TABLE l', 'TABLE p', 'TABLE s'), 'yes', 'names of other types, TABLE, one sku in two places that neither has enough of');
SELECT is(pg_temp.ask('TABLE o;', E'SELECT * FROM l -- all\n;', 'TABLE p', 'TABLE s'), 'yes', 'a semicolon and a comment at the end');
SELECT is(pg_temp.ask('SELECT order_id FROM o', 'TABLE l', 'SELECT location FROM p', 'TABLE s'), 'no', 'without any optional column, all places are as good');
SELECT is(pg_temp.ask('SELECT order_id, NULL AS channel, NULL AS placed_at, NULL AS coordinates FROM o', 'TABLE l', 'TABLE p', 'TABLE s'), 'no', 'optional columns of NULLs');
SELECT throws_ok($$SELECT pg_temp.ask('SELECT 1 AS id', 'TABLE l', 'TABLE p', 'TABLE s')$$, 'OM012', 'orders_sql: column "order_id" is missing', 'a missing column');
SELECT throws_ok($$SELECT pg_temp.ask('SELECT 1 AS order_id, 2 AS order_id', 'TABLE l', 'TABLE p', 'TABLE s')$$, 'OM012', 'orders_sql: more than one column "order_id"', 'a column twice');
SELECT throws_ok($$SELECT pg_temp.ask('SELECT 1 AS order_id, 7 AS placed_at', 'TABLE l', 'TABLE p', 'TABLE s')$$, 'OM012', 'orders_sql: column "placed_at" has type integer', 'a wrong type');
SELECT throws_ok($$SELECT pg_temp.ask('TABLE o', 'TABLE l', 'TABLE p', 'SELECT NULL AS sku, 1 AS location, 2 AS available')$$, 'OM012', 'stock_sql: column "sku" is null', 'a NULL key');
SELECT throws_ok($$SELECT pg_temp.ask('TABLE o', $q$SELECT 1 AS order_id, 1 AS line_no, 'x' AS sku, 'two'::text AS quantity$q$, 'TABLE p', 'TABLE s')$$, '22P02', NULL, 'a quantity in words');
SELECT throws_ok($$SELECT pg_temp.ask('TABLE o', 'TABLE l', 'TABLE p', 'SELECT 1; SELECT 2')$$, 'OM012', 'stock_sql must be one SELECT', 'two statements');
SELECT throws_ok($$SELECT pg_temp.ask('TABLE o', 'TABLE l', 'TABLE p', '')$$, 'OM012', 'stock_sql must be one SELECT', 'no statement');
SELECT throws_ok($$SELECT pg_temp.ask('TABLE o', 'TABLE l', 'TABLE p', 'DELETE FROM s RETURNING *')$$, NULL, NULL, 'a statement that writes');
SELECT throws_ok($$SELECT pg_temp.ask('TABLE o', 'TABLE l', 'TABLE p', 'SELECT sku, location, nextval(''oms.rejection_id_seq'') AS available FROM s')$$, '25006', NULL, 'a function that writes');
SELECT throws_ok($$SELECT pg_temp.ask('TABLE o', 'SELECT * FROM l) q; DELETE FROM l; SELECT * FROM (SELECT 1', 'TABLE p', 'TABLE s')$$, '42601', NULL, 'one that breaks out of its brackets');
SELECT is((SELECT count(*) FROM l), 40::bigint, 'nothing was deleted');
SELECT throws_ok($$SELECT pg_temp.ask('TABLE o', 'TABLE nowhere', 'TABLE p', 'TABLE s')$$, '42P01', NULL, 'a table that does not exist');
SELECT throws_ok($$SELECT pg_temp.ask('TABLE o', 'TABLE l', 'TABLE p', 'TABLE s', options => '{"swiftness": 1}')$$, '22023', NULL, 'an unknown option of plan_routes');
SELECT lives_ok('CREATE TEMP TABLE after (n int)', 'the transaction may write as before');
SELECT is(current_setting('search_path') NOT LIKE 'pg_catalog%', true, 'and finds its tables as before');

-- Where verdicts turn
SELECT is(pg_temp.ask('TABLE o', 'TABLE l', 'TABLE p', $$SELECT * FROM s WHERE location = 'A'$$), 'no', 'one location, one channel: no');
SELECT is(pg_temp.ask('SELECT order_id, order_id % 2 AS channel FROM o', 'TABLE l', 'TABLE p', $$SELECT * FROM s WHERE location = 'A'$$), 'yes', 'one location, two channels of one sku: yes');
SELECT is(pg_temp.ask('TABLE o', 'TABLE l', 'TABLE p', $$SELECT sku, location, 80 AS available FROM s$$, 'Do orders%'), 'no', 'enough for all at the near place: no contention');
SELECT is(pg_temp.ask('TABLE o', 'TABLE l', 'TABLE p', $$SELECT sku, location, 75 AS available FROM s$$, 'Do orders%'), 'yes', 'not for 3 of 40: contention');
SELECT is(pg_temp.ask('TABLE o', 'TABLE l', 'TABLE p', 'TABLE s', 'Do orders%', '{"contended_percent": 100.1}'), 'no', 'unless more is asked for');
SELECT is(pg_temp.ask('TABLE o', 'TABLE l', 'TABLE p', 'TABLE s', 'Can the stock%'), 'unknown', 'nothing known of the record: unknown');
SELECT is(pg_temp.ask('TABLE o', 'TABLE l', 'TABLE p', 'SELECT *, 0 AS differences FROM s', 'Can the stock%'), 'no', 'counted and right: it can be trusted');
SELECT is(pg_temp.ask('TABLE o', 'TABLE l', 'TABLE p', $$TABLE s UNION ALL VALUES ('y', 'A', -1)$$, 'Can the stock%'), 'yes', 'one negative record: it cannot');
SELECT is(pg_temp.ask('TABLE o', 'TABLE l', 'SELECT *, 100 AS offered, 6 AS rejected FROM p', 'TABLE s', 'Do stores%'), 'yes', '94 % accepted is uneven');
SELECT is(pg_temp.ask('TABLE o', 'TABLE l', 'SELECT *, 100 AS offered, 5 AS rejected FROM p', 'TABLE s', 'Do stores%'), 'no', '95 % is not');
SELECT is(pg_temp.ask('TABLE o', 'TABLE l', 'TABLE p', $$SELECT *, interval '4 hours' AS lag FROM s$$, 'Do systems%'), 'yes', '4 hours behind is drift');

-- Rights: the caller's, for queries and for the views of oms
CREATE ROLE oms_assessor;
GRANT EXECUTE ON FUNCTION oms.assess, oms.query_rows, oms.plan_routes, oms.plan_prices TO oms_assessor;
GRANT SELECT ON o, l, p TO oms_assessor;
SET LOCAL ROLE oms_assessor;
SELECT throws_ok('SELECT * FROM oms.assess()', '42501', NULL, 'without a right to the views: refused');
SELECT throws_ok($$SELECT * FROM oms.assess(28, 'TABLE o', 'TABLE l', 'TABLE p', 'TABLE s')$$, '42501', NULL, 'without a right to a table of the queries: refused');
RESET ROLE;
GRANT SELECT ON s TO oms_assessor;
SET LOCAL ROLE oms_assessor;
SELECT lives_ok($$SELECT * FROM oms.assess(28, 'TABLE o', 'TABLE l', 'TABLE p', 'TABLE s')$$, 'with it: answered');
SET LOCAL plan_cache_mode = force_generic_plan;
SELECT lives_ok($$SELECT * FROM oms.assess(28, 'TABLE o', 'TABLE l', 'TABLE p', 'TABLE s')$$, 'by plans made for any call too');
RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
