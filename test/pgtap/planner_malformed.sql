-- oms.plan_routes, every query and every column of it: missing, null, mistyped, empty, negative, too large, not a
-- number, twice; and statements that are not one SELECT. Each is a clear error: OM012 naming query and column, with a
-- hint, or, where the value may be null or is harmless, none.
BEGIN;
SET LOCAL client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS oms;
SELECT plan(27);

-- The seven queries, each of one row with all its columns.
CREATE TEMP TABLE col (query text, name text, kind text, required bool, value text, n serial);
INSERT INTO col (query, name, kind, required, value) VALUES
    ('orders', 'order_id', 'key', true, '''A''::text'), ('orders', 'priority', 'integer', false, '2'),
    ('orders', 'coordinates', 'place', false, '''40,-100''::oms.latlon'), ('orders', 'max_shipments', 'integer', false, '3'),
    ('orders', 'ship_complete', 'boolean', false, 'false'), ('orders', 'sequence', 'sequence', false, '7'),
    ('lines', 'order_id', 'key', true, '''A''::text'), ('lines', 'line_no', 'integer', true, '1'), ('lines', 'sku', 'key', true, '''mug''::text'),
    ('lines', 'quantity', 'integer', true, '2'), ('lines', 'unfilled_cost', 'money', false, '9'), ('lines', 'keep_together', 'text', false, 'true'),
    ('lines', 'unit_value', 'money', false, '4'), ('lines', 'planned_at', 'text', false, '''store''::text'),
    ('locations', 'location', 'key', true, '''store''::text'), ('locations', 'coordinates', 'place', false, 'point(-100, 40)'),
    ('locations', 'handling_cost', 'money', false, '1'), ('locations', 'unit_cost', 'money', false, '0.5'), ('locations', 'capacity_orders', 'integer', false, '5'),
    ('locations', 'capacity_units', 'integer', false, '50'), ('locations', 'minutes_per_order', 'money', false, '1'),
    ('locations', 'minutes_per_line', 'money', false, '0.5'), ('locations', 'minutes_per_unit', 'money', false, '0.1::float8'),
    ('stock', 'sku', 'key', true, '''mug''::text'), ('stock', 'location', 'key', true, '''store''::text'), ('stock', 'available', 'integer', true, '5'),
    ('stock', 'scarcity_cost', 'money', false, '0.2'),
    ('shipment_cost', 'order_id', 'key', true, '''A''::text'), ('shipment_cost', 'location', 'key', true, '''store''::text'),
    ('shipment_cost', 'cost', 'money', true, '6'), ('shipment_cost', 'late_seconds', 'integer', false, '0'),
    ('line_cost', 'order_id', 'key', true, '''A''::text'), ('line_cost', 'line_no', 'integer', true, '1'), ('line_cost', 'location', 'key', true, '''store''::text'),
    ('line_cost', 'cost', 'money', true, '1'),
    ('capacity', 'location', 'key', true, '''store''::text'), ('capacity', 'measure', 'key', true, '''minutes''::text'), ('capacity', 'limit', 'integer', true, '60');

-- a query with one column replaced by an expression (NULL: left out), and what comes after the select list
CREATE FUNCTION query_with(of text, col_name text DEFAULT NULL, expression text DEFAULT NULL, tail text DEFAULT '') RETURNS text LANGUAGE sql AS $$
    SELECT 'SELECT ' || string_agg(format('%s AS %I', CASE WHEN name = col_name THEN expression ELSE value END, name), ', ' ORDER BY n)
               FILTER (WHERE name IS DISTINCT FROM col_name OR expression IS NOT NULL) || tail
    FROM col WHERE query = of
$$;
-- what planning says with one of the queries replaced
CREATE FUNCTION said(which text, sql text, OUT state text, OUT message text, OUT detail text, OUT hint text, OUT context text) LANGUAGE plpgsql AS $$
DECLARE
    sqls text[];
BEGIN
    SELECT array_agg(CASE WHEN q = which THEN said.sql ELSE query_with(q) END ORDER BY n) INTO sqls
    FROM unnest('{orders,lines,locations,stock,shipment_cost,line_cost,capacity}'::text[]) WITH ORDINALITY AS u (q, n);
    PERFORM oms.plan_routes(sqls[1], sqls[2], sqls[3], sqls[4], sqls[5], sqls[6], sqls[7]);
    state := '00000';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT,
        context = PG_EXCEPTION_CONTEXT;
END $$;

SELECT is(state, '00000', 'all columns of all queries are taken') FROM said('', '');
SELECT is((SELECT count(*) FROM col), 38::bigint, 'there are 38 columns');
SELECT is_empty($$SELECT unnest(regexp_matches(replace(obj_description('oms.plan_routes'::regproc), '[', ''), '^(\w+_sql) \(', 'gn'))
                  EXCEPT SELECT query || '_sql' FROM col$$, 'of the seven queries that the reference names');

-- An error must name query and column; by kind of value
CREATE TEMP TABLE bad (kind text, value text, what text);
INSERT INTO bad VALUES
    ('key', '''''::text', 'is empty'), ('key', 'now()', 'has type timestamp with time zone'), ('key', '1.5', 'has type numeric'),
    ('key', '''{A}''::text[]', 'has type text[]'), ('key', 'ROW(1)', 'has type record'), ('key', '''A''::bytea', 'has type bytea'),
    ('integer', '-1', 'is negative|is -1'), ('integer', '-9223372036854775808', 'is negative|is -9223372036854775808'),
    ('integer', '9223372036854775807', 'is 9223372036854775807'), ('integer', '1e30', 'is out of range'), ('integer', '-1e30', 'is negative|is out of range'),
    ('integer', '1.5', 'is not a whole number'), ('integer', '''NaN''::numeric', 'is not a number'), ('integer', '''Infinity''::numeric', 'is out of range'),
    ('integer', '''-Infinity''::numeric', 'is negative|is out of range'), ('integer', '''2''::text', 'has type text'), ('integer', '2::float8', 'has type double precision'),
    ('integer', 'true', 'has type boolean'), ('integer', 'interval ''1 day''', 'has type interval'),
    ('money', '-0.01', 'is negative'), ('money', '-1::bigint', 'is negative'), ('money', '1e30', 'is out of range'), ('money', '1e308::float8', 'is out of range'),
    ('money', '9223372036854775807', 'is out of range'), ('money', '''NaN''::float8', 'is not a number'), ('money', '''NaN''::float4', 'is not a number'),
    ('money', '''NaN''::numeric', 'is not a number'), ('money', '''Infinity''::float8', 'is out of range'), ('money', '''Infinity''::numeric', 'is out of range'),
    ('money', '''-Infinity''::float8', 'is negative'), ('money', '''2''::text', 'has type text'), ('money', '2::money', 'has type money'),
    ('boolean', '''yes''::text', 'has type text'), ('boolean', '1', 'has type integer'),
    ('text', '1.5', 'has type numeric'), ('text', '''[]''::jsonb', 'has type jsonb'),
    ('place', 'point(0, 91)', 'is out of range'), ('place', 'point(181, 0)', 'is out of range'), ('place', 'point(''NaN'', 0)', 'is out of range'),
    ('place', 'point(''Infinity'', 0)', 'is out of range'), ('place', '''40,-100''::text', 'has type text'), ('place', '7', 'has type integer'),
    ('sequence', '''first''::text', 'has type text'), ('sequence', '1.5', 'has type numeric'), ('sequence', 'current_date', 'has type date');
CREATE TEMP TABLE tried AS
SELECT col.*, bad.value AS bad, bad.what, s.state, s.message, s.detail, s.hint, s.context
FROM col JOIN bad USING (kind), said(query, query_with(query, name, bad.value)) AS s
WHERE NOT (name = 'line_no' AND bad.value = '-1');	-- which is sound
SELECT is((SELECT count(*) FROM tried) > 300, true, 'hundreds of bad values are tried');
SELECT is_empty($$SELECT query, name, bad, state, message FROM tried WHERE state <> 'OM012'$$, 'each is OM012');
SELECT is_empty($$SELECT query, name, bad, message FROM tried WHERE NOT message ~ format('^%s_sql: column "%s" (%s)', query, name, replace(what, '[]', '\[\]'))$$,
                'each names query, column and what is wrong');
SELECT is_empty($$SELECT query, name, bad, message, hint FROM tried WHERE hint = '' OR detail = '' OR context NOT LIKE query || '_sql of oms.plan_routes%'$$,
                'each has a detail, a hint and the query as context');
SELECT is_empty($$SELECT query, name, bad, detail FROM tried WHERE message !~ 'has type' AND detail !~ '^In the row of '$$, 'a value has its row in the detail');

-- null and missing
SELECT is_empty($$SELECT query, name, s.* FROM col, said(query, query_with(query, name, 'NULL')) AS s
    WHERE (state, message) IS DISTINCT FROM (CASE WHEN required THEN 'OM012' ELSE '00000' END,
        CASE WHEN required THEN format('%s_sql: column "%s" %s', query, name, CASE kind WHEN 'key' THEN 'is null' ELSE 'has type text' END) END)$$,
    'a bare null is refused where there must be a value');
SELECT is_empty($$SELECT query, name, s.* FROM col, said(query, query_with(query, name, format('CASE WHEN false THEN %s END', value))) AS s
    WHERE (state, message) IS DISTINCT FROM (CASE WHEN required THEN 'OM012' ELSE '00000' END,
        CASE WHEN required THEN format('%s_sql: column "%s" is null', query, name) END)$$, 'so is a null of the right type');
SELECT is_empty($$SELECT query, name, s.* FROM col, said(query, query_with(query, name)) AS s
    WHERE required AND (state, message, hint ~ name) IS DISTINCT FROM ('OM012', format('%s_sql: column "%s" is missing', query, name), true)
       OR NOT required AND name !~ 'minutes' AND state <> '00000'$$, 'a required column may not be missing, and the hint lists the columns');
SELECT is_empty($$SELECT query, name, s.* FROM col, said(query, replace(query_with(query), ' AS ' || quote_ident(name), ' AS ' || quote_ident(upper(name)))) AS s
    WHERE required AND message IS DISTINCT FROM format('%s_sql: column "%s" is missing', query, name)$$, 'names of columns are case-sensitive');
SELECT is_empty($$SELECT query, name, s.* FROM col, said(query, query_with(query) || format(', %s AS %I', value, name)) AS s
    WHERE (state, message, hint) IS DISTINCT FROM ('OM012', format('%s_sql: more than one column "%s"', query, name), 'Give the others another name.')$$,
    'a column may not be there twice');

-- harmless: other columns, in another order; a negative zero; other types
SELECT is_empty($$SELECT query, s.* FROM (SELECT query, 'SELECT NULL AS note, ' || string_agg(format('%s AS %I', value, name), ', ' ORDER BY n DESC) || ', ''{}''::jsonb AS extra' AS sql FROM col GROUP BY query) AS q,
    said(query, sql) AS s WHERE state <> '00000'$$, 'columns are found by name, others are ignored');
SELECT is_empty($$SELECT query, name, s.* FROM col, said(query, query_with(query, name, '''-0''::float8')) AS s WHERE kind = 'money' AND state <> '00000'$$,
                'a negative zero is zero');
SELECT is_empty($$SELECT query, name, s.* FROM col, unnest('{varchar,char(9),name}'::text[]) AS t, said(query, query_with(query, name, replace(value, 'text', t))) AS s
    WHERE kind = 'key' AND state <> '00000'$$, 'a key may be varchar, char(n) or name: blanks at its end mean nothing');

-- the same row twice; no rows
SELECT is_empty($$SELECT query, s.* FROM (SELECT DISTINCT query FROM col) AS q, said(query, query_with(query, tail => ' FROM generate_series(1, 2)')) AS s
    WHERE state <> 'OM012' OR message NOT LIKE query || '_sql: more than one row for %' OR detail NOT LIKE '%must be unique.' OR hint = ''$$, 'no row may come twice');
SELECT set_eq($$SELECT query, coalesce(message, 'nothing') FROM (SELECT DISTINCT query FROM col) AS q, said(query, query_with(query, tail => ' WHERE false')) AS s$$,
    $$VALUES ('orders', 'lines_sql: column "order_id" names an order that orders_sql does not return'),
             ('lines', 'lines_sql returned no rows: column "order_id" needs at least one value'),
             ('locations', 'locations_sql returned no rows: column "location" needs at least one value'),
             ('stock', 'stock_sql returned no rows: column "sku" needs at least one value'),
             ('shipment_cost', 'shipment_cost_sql returned no rows: column "order_id" needs at least one value'),
             ('line_cost', 'line_cost_sql returned no rows: column "order_id" needs at least one value'), ('capacity', 'nothing')$$,
    'no rows where there must be some');

-- what is not one SELECT, for each query
CREATE TABLE victim (n int);
CREATE TEMP TABLE one AS SELECT 'A'::text AS order_id;
CREATE SEQUENCE counter;
CREATE FUNCTION writes() RETURNS text LANGUAGE sql VOLATILE AS $$INSERT INTO victim VALUES (1) RETURNING 'A'::text$$;
CREATE FUNCTION writes_in_block() RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    BEGIN
        INSERT INTO victim VALUES (1);
    EXCEPTION WHEN read_only_sql_transaction THEN
        -- tries again with the setting off
        PERFORM set_config('transaction_read_only', 'off', true);
        INSERT INTO victim VALUES (1);
    END;
    RETURN 'A';
END $$;
CREATE TEMP TABLE statement (sql text, state text, says text, detail text);
INSERT INTO statement VALUES
    ('', 'OM012', 'must be one SELECT', 'It has 0 statements.'), (' ; ', 'OM012', 'must be one SELECT', 'It has 0 statements.'), ('-- nothing', 'OM012', 'must be one SELECT', 'It has 0 statements.'),
    ('SELECT 1; SELECT 2', 'OM012', 'must be one SELECT', 'It has 2 statements.'), ('SELECT 1; DROP TABLE victim', 'OM012', 'must be one SELECT', 'It has 2 statements.'),
    ('INSERT INTO victim VALUES (1)', 'OM012', 'must be one SELECT', 'It is INSERT.'), ('INSERT INTO victim VALUES (1) RETURNING n AS order_id', 'OM012', 'must be one SELECT', 'It is INSERT.'),
    ('UPDATE victim SET n = 2 RETURNING n', 'OM012', 'must be one SELECT', 'It is UPDATE.'), ('DELETE FROM victim RETURNING n', 'OM012', 'must be one SELECT', 'It is DELETE.'),
    ('WITH w AS (DELETE FROM victim RETURNING n) SELECT n AS order_id FROM w', 'OM012', 'must be one SELECT', 'Its WITH changes rows.'),
    ('SELECT n AS order_id FROM victim FOR UPDATE', 'OM012', 'must be one SELECT', 'It locks rows.'), ('SELECT 1 AS n INTO other', 'OM012', 'must be one SELECT', 'It is SELECT INTO.'),
    ('CREATE TABLE other (n int)', 'OM012', 'must be one SELECT', 'It is CREATE TABLE.'), ('DROP TABLE victim', 'OM012', 'must be one SELECT', 'It is DROP TABLE.'),
    ('TRUNCATE victim', 'OM012', 'must be one SELECT', 'It is TRUNCATE TABLE.'), ('EXPLAIN SELECT 1', 'OM012', 'must be one SELECT', 'It is EXPLAIN.'), ('SHOW work_mem', 'OM012', 'must be one SELECT', 'It is SHOW.'),
    ('SET work_mem = ''1GB''', 'OM012', 'must be one SELECT', 'It is SET.'), ('DECLARE c CURSOR FOR SELECT 1', 'OM012', 'must be one SELECT', 'It is DECLARE CURSOR.'), ('FETCH ALL FROM open_cursor', 'OM012', 'must be one SELECT', 'It is FETCH.'),
    ('DO ''BEGIN END''', 'OM012', 'must be one SELECT', 'It is DO.'), ('COPY victim TO STDOUT', 'OM012', 'must be one SELECT', 'It is COPY.'), ('COMMIT', 'OM012', 'must be one SELECT', 'It is COMMIT.'),
    ('ROLLBACK', 'OM012', 'must be one SELECT', 'It is ROLLBACK.'), ('SAVEPOINT s', 'OM012', 'must be one SELECT', 'It is SAVEPOINT.'), ('VACUUM victim', 'OM012', 'must be one SELECT', 'It is VACUUM.'), ('LISTEN x', 'OM012', 'must be one SELECT', 'It is LISTEN.'),
    ('PREPARE p AS SELECT 1', 'OM012', 'must be one SELECT', 'It is PREPARE.'), ('EXECUTE p', 'OM012', 'must be one SELECT', 'It is EXECUTE.'), ('LOCK victim', 'OM012', 'must be one SELECT', 'It is LOCK TABLE.'),
    ('SELEC', '42601', 'syntax error', NULL), ('SELECT FROM nowhere', '42P01', 'does not exist', NULL), ('SELECT $1 AS order_id', '42P02', 'there is no parameter', NULL),
    ('SELECT 1 / 0 AS order_id', '22012|OM012', 'division by zero|is missing', NULL),
    ('SELECT writes() AS order_id', '25006|OM012', 'read-only|is missing', NULL), ('SELECT writes_in_block() AS order_id', '25006|25001|OM012', 'read-only|read-write|is missing', NULL),
    ('SELECT nextval(''counter'') AS order_id', '25006|OM012', 'read-only|is missing', NULL);
DECLARE open_cursor CURSOR FOR SELECT 'A'::text AS order_id;
CREATE TEMP TABLE refused AS SELECT q.query, t.*, s.state AS got, s.message, s.detail AS got_detail, s.hint, s.context
    FROM (SELECT DISTINCT query FROM col) AS q, statement AS t, said(q.query, t.sql) AS s;
SELECT is_empty($$SELECT query, sql, got, message FROM refused WHERE got !~ ('^(' || state || ')$') OR message !~ says$$, 'statements that are not one SELECT are refused, for each query');
SELECT is_empty($$SELECT query, sql, message, got_detail, hint FROM refused WHERE detail IS NOT NULL
    AND (message <> query || '_sql must be one SELECT' OR got_detail <> detail OR hint NOT LIKE 'Return rows with the columns %')$$, 'with what they are, and what is wanted');
SELECT is_empty($$SELECT query, sql, context FROM refused WHERE context !~ (query || '_sql of oms.plan_routes')$$, 'whatever the error, its context names the query');
SELECT is((SELECT count(*) FROM victim), 0::bigint, 'nothing was written');
SELECT is(current_setting('transaction_read_only'), 'off', 'and the transaction writes');
SELECT lives_ok('SELECT writes()', 'as before');
SELECT is((SELECT last_value || ' ' || is_called FROM counter), '1 false', 'no number of a sequence was drawn');

-- forms of a SELECT that are sound
SELECT is_empty($$SELECT sql, s.* FROM (VALUES ('VALUES (1)'), ('TABLE one'), ('SELECT ''A'' AS order_id;'), ('(SELECT ''A'' AS order_id)'), ('WITH a AS (SELECT ''A'' AS order_id) TABLE a'),
        ('SELECT ''A'' AS order_id UNION SELECT ''A'''), ('SELECT order_id FROM one -- of one')) AS v (sql),
    said('orders', sql) AS s WHERE state <> '00000' AND sql <> 'VALUES (1)'$$, 'each form of a SELECT is taken') FROM (SELECT set_config('search_path', 'pg_temp, public', true)) AS x;
SELECT is(message, 'orders_sql: column "order_id" is missing', 'VALUES too, if its columns had the names') FROM said('orders', 'VALUES (1)');

SELECT * FROM finish();
ROLLBACK;
