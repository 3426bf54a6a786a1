-- oms.plan_routes wherever SQL may stand: under row security, in read-only and serializable transactions, prepared while its
-- tables change, within its own queries, in a cursor that outlives its transaction, laterally, in forced parallelism.
BEGIN;
SET LOCAL client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS oms;
SELECT plan(18);

CREATE TABLE o AS SELECT 'o' || i AS order_id, i % 3 AS owner FROM generate_series(1, 6) AS i;
CREATE TABLE l AS SELECT order_id, 1 AS line_no, 'mug'::text AS sku, 1 AS quantity FROM o;
CREATE TABLE p AS VALUES ('a'::text), ('b');
ALTER TABLE p RENAME column1 TO location;
CREATE TABLE s AS SELECT 'mug'::text AS sku, location, 3 AS available FROM p;
CREATE FUNCTION served(orders text DEFAULT 'TABLE o', lines text DEFAULT 'TABLE l') RETURNS bigint LANGUAGE sql AS
$$SELECT count(location) FROM oms.plan_routes(orders, lines, 'TABLE p', 'TABLE s')$$;
SELECT is(served(), 6::bigint, 'a plan');

-- row security
CREATE ROLE planner_clerk;
GRANT USAGE ON SCHEMA oms TO planner_clerk;
GRANT EXECUTE ON FUNCTION oms.plan_routes TO planner_clerk;
GRANT SELECT ON o, l, p, s TO planner_clerk;
ALTER TABLE o ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON o USING (owner = 1);
SET LOCAL ROLE planner_clerk;
SELECT is(served(lines => 'SELECT l.* FROM l JOIN o USING (order_id)'), 2::bigint, 'a query sees what row security shows to the caller');
SELECT throws_ok('SELECT served()', 'OM012', 'lines_sql: column "order_id" names an order that orders_sql does not return', 'and lines of orders that it hides are no part of a plan');
RESET ROLE;

-- prepared, while columns come and go
PREPARE planning(text) AS SELECT count(location) FROM oms.plan_routes($1, 'TABLE l', 'TABLE p', 'TABLE s');
SELECT results_eq('EXECUTE planning(''TABLE o'')', ARRAY[6::bigint], 'prepared');
SELECT results_eq('EXECUTE planning(''TABLE o'')', ARRAY[6::bigint], 'again');
ALTER TABLE o ADD priority text DEFAULT 'urgent';
SELECT throws_ok('EXECUTE planning(''TABLE o'')', 'OM012', 'orders_sql: column "priority" has type text and is not null: it must be an integer', 'a column that came is seen');
ALTER TABLE o ALTER priority DROP DEFAULT, ALTER priority TYPE int USING 0;
SELECT results_eq('EXECUTE planning(''TABLE o'')', ARRAY[6::bigint], 'with its new type too');
SELECT is((SELECT unfilled_by_priority[1] FROM oms.plan_summary()), 0::bigint, 'and counted');
ALTER TABLE o DROP priority;
SELECT results_eq('EXECUTE planning(''TABLE o'')', ARRAY[6::bigint], 'and that it went');

-- within its own queries
CREATE FUNCTION plans_too() RETURNS SETOF o LANGUAGE plpgsql AS $$
BEGIN
    PERFORM served();
    BEGIN
        PERFORM served('SELECT 1 / 0 AS order_id');
    EXCEPTION WHEN division_by_zero THEN NULL;
    END;
    BEGIN
        INSERT INTO o VALUES ('written');
    EXCEPTION WHEN read_only_sql_transaction THEN NULL;
    END;
    RETURN QUERY TABLE o;
END $$;
SELECT is(served('SELECT order_id FROM plans_too()'), 6::bigint, 'a query may plan too, fail and try to write');
SELECT is((SELECT orders FROM oms.plan_summary()), 6::bigint, 'the outer plan is the last one');
SELECT is(served('SELECT order_id FROM o WHERE (SELECT count(*) FROM oms.plan_candidates()) > 0'), 6::bigint, 'or look at the plan before');

-- what it sees
INSERT INTO l VALUES ('o1', 2, 'mug', 1);
SELECT is(served(), 6::bigint, 'rows of this transaction are seen: seven lines, six mugs');
WITH new AS (INSERT INTO l VALUES ('o1', 3, 'mug', 1) RETURNING 1)
SELECT is(count(*), 7::bigint, 'those of the same statement are not') FROM new, oms.plan_routes('TABLE o', 'TABLE l', 'TABLE p', 'TABLE s');
SELECT results_eq($$SELECT seed, count(*) FROM generate_series(1, 3) AS seed, LATERAL oms.plan_routes('TABLE o', 'TABLE l', 'TABLE p', 'TABLE s', options => jsonb_build_object('seed', seed)) GROUP BY seed ORDER BY seed$$,
                  'VALUES (1, 8::bigint), (2, 8), (3, 8)', 'a plan for each row');
SELECT set_config(name, 'on', true) FROM pg_settings WHERE name IN ('force_parallel_mode', 'debug_parallel_query') \g /dev/null
SET LOCAL parallel_setup_cost = 0;
SET LOCAL min_parallel_table_scan_size = 0;
SELECT is((SELECT count(*) FROM oms.plan_routes('SELECT * FROM o', 'TABLE l', 'TABLE p', 'TABLE s'), o), 48::bigint, 'no worker plans');
SELECT set_config(name, 'off', true) FROM pg_settings WHERE name IN ('force_parallel_mode', 'debug_parallel_query') \g /dev/null
DECLARE kept CURSOR FOR SELECT * FROM oms.plan_routes('TABLE o', 'TABLE l', 'TABLE p', 'TABLE s');
SELECT is(served(), 6::bigint, 'another plan while a cursor is open on one');
SET TRANSACTION READ ONLY;
SELECT is(count(*), 8::bigint, 'a read-only transaction plans') FROM oms.plan_routes('TABLE o', 'TABLE l', 'TABLE p', 'TABLE s');

SELECT * FROM finish();
ROLLBACK;
