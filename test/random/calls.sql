-- What test/random/calls.sh calls: CALL calls.run(seconds, seed, pattern).
SET client_min_messages = warning;
CREATE SCHEMA calls;
DO $$ BEGIN
    CREATE ROLE oms_calls;
EXCEPTION WHEN duplicate_object THEN NULL;
END $$;
GRANT USAGE ON SCHEMA calls TO oms_calls;

-- A shop in which keys mean something
SELECT oms.add_location('near', 'store', '40.75,-73.99', business_hours => 'Mo-Su 08:00-20:00', capacity_orders => 100),
    oms.add_location('far', 'warehouse', '33.45,-112.07'), oms.add_location('other', 'store', '41.88,-87.63') \g /dev/null
SELECT oms.add_location_group('network', '{near,far,other}'), oms.add_location_group('stores', '{near,other}') \g /dev/null
SELECT oms.add_channel('web', 'network', 'stores', safety_stock => '1'), oms.add_channel('market', 'network') \g /dev/null
SELECT oms.add_item('A', '{blue}', 9.90, 0.5), oms.add_item('B'), oms.add_kit('K', '{A,B}', '{1,2}') \g /dev/null
SELECT oms.receive_many(l, '{A,B,C}', '{1000,1000,20}') FROM unnest('{near,far,other}'::text[]) AS l \g /dev/null
SELECT oms.place_order('o' || i, 'web', '{A,B}', ARRAY[1 + i % 3, 1], '40.7,-74') FROM generate_series(1, 20) AS i \g /dev/null
SELECT oms.reserve('web', 'A', 1, expires_in => '1 hour', cart_id => 'c' || i) FROM generate_series(1, 20) AS i \g /dev/null
SELECT oms.route() \g /dev/null
SELECT oms.add_incoming('po', 'far', 'C', 50, now() + interval '3 days'), oms.open_transfer('t', 'near', 'far', '{A}', '{2}'),
    oms.open_count('near'), oms.add_source('erp'), oms.add_consumer('feed') \g /dev/null
SELECT oms.add_policy('p'), oms.add_routing('p', 'all', 'units > 0'), oms.add_rule('p', 'all', 'network', 100) \g /dev/null
SELECT oms.grant_role_to('oms_calls', 'admin') \g /dev/null

\ir traps.sql

-- With the traps before pg_catalog; nothing but the statement is looked up then.
CREATE FUNCTION calls.trapped(statement text) RETURNS void LANGUAGE plpgsql SET search_path = trap, pg_catalog AS 'BEGIN EXECUTE statement; END';

CREATE TABLE calls.result (function text, state text, n bigint DEFAULT 1, PRIMARY KEY (function, state));
CREATE TABLE calls.bad (state text, message text, call text, n bigint DEFAULT 1, PRIMARY KEY (state, message, call));

-- What may be called: all but triggers, and what PostgreSQL alone calls
CREATE VIEW calls.callable AS
SELECT p.oid, p.proname::text AS name, p.oid::regprocedure::text AS function, p.pronargs, p.proargtypes, p.proargnames, p.pronargdefaults,
       COALESCE(obj_description(p.oid, 'pg_proc') NOT LIKE 'private:%', true) AS is_public
FROM pg_proc AS p JOIN pg_depend AS d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
    JOIN pg_extension AS e ON e.oid = d.refobjid AND e.extname = 'oms'
WHERE p.prorettype NOT IN ('trigger'::regtype, 'internal'::regtype) AND NOT 'internal'::regtype = ANY (p.proargtypes::oid[]) AND p.prokind = 'f'
  AND p.proname <> 'query_rows';
CREATE VIEW calls.never AS
SELECT function FROM calls.callable EXCEPT SELECT function FROM calls.result;

CREATE FUNCTION calls.one_of(VARIADIC choices text[]) RETURNS text LANGUAGE sql VOLATILE AS
    'SELECT choices[1 + floor(random() * array_length(choices, 1))::int]';

-- plain() says that a value shall be a usual one: always in half of the calls, often in the others
CREATE FUNCTION calls.plain() RETURNS boolean LANGUAGE sql VOLATILE AS
    $$SELECT random() > current_setting('calls.mischief')::float8$$;

-- word(name) is a value of type text for a parameter of this name, or NULL
CREATE FUNCTION calls.word(name text) RETURNS text LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    IF calls.plain() THEN
        RETURN CASE
            WHEN name ~ 'sku|component' THEN calls.one_of('A', 'B', 'C', 'K')
            WHEN name ~ 'group' THEN calls.one_of('network', 'stores')
            WHEN name ~ 'location' THEN calls.one_of('near', 'far', 'other')
            WHEN name ~ 'channel' THEN calls.one_of('web', 'market')
            WHEN name ~ 'order_id' THEN 'o' || 1 + floor(random() * 25)
            WHEN name ~ 'method' THEN calls.one_of('ship', 'pickup')
            WHEN name ~ 'service' THEN calls.one_of('standard', 'same_day', 'next_day', 'pickup')
            WHEN name ~ 'on_shortage' THEN calls.one_of('refuse', 'partial', 'backorder')
            WHEN name ~ 'cart_id' THEN 'c' || 1 + floor(random() * 20)
            WHEN name ~ 'policy' THEN 'p'
            WHEN name ~ 'routing' THEN 'all'
            WHEN name ~ 'source' THEN 'erp'
            WHEN name ~ 'consumer' THEN 'feed'
            WHEN name ~ 'reference|po' THEN 'po'
            WHEN name ~ 'transfer' THEN 't'
            WHEN name ~ 'time_zone' THEN calls.one_of('UTC', 'Europe/Berlin')
            WHEN name ~ 'level' THEN calls.one_of('reader', 'seller', 'store', 'planner')
            WHEN name ~ 'solver' THEN calls.one_of('batch', 'nearest', 'cheapest')
            WHEN name ~ 'kind' THEN calls.one_of('store', 'warehouse', 'snapshot', 'change', 'sale', 'order', 'receipt', 'count')
            WHEN name ~ 'reason' THEN calls.one_of('damaged', 'store busy', 'not in stock')
            WHEN name ~ 'orders_sql' THEN 'SELECT order_id FROM oms.orders'
            WHEN name ~ 'lines_sql' THEN 'SELECT order_id, line_no, sku, quantity FROM oms.order_line'
            WHEN name ~ 'locations_sql' THEN 'SELECT location FROM oms.location'
            WHEN name ~ 'stock_sql' THEN 'SELECT sku, location, available FROM oms.inventory'
            WHEN name ~ '_sql$' THEN NULL
            WHEN name ~ 'filter|condition' THEN calls.one_of('units > 1', 'true', 'channel = ''web''')
            WHEN name ~ 'publish' THEN 'atp'
            WHEN name ~ 'request_id' THEN calls.one_of(NULL, NULL, 'r' || floor(random() * 50))
            ELSE calls.one_of('A', 'web', 'near', 'x', 'o1') END;
    END IF;
    RETURN calls.one_of(NULL, NULL, NULL, NULL, NULL, NULL, '', ' ', 'nowhere', '''', '";DROP SCHEMA oms CASCADE;--', '%s%n%d', E'\\', repeat('x', 3000), repeat('é', 90000), E'\n\t',
        'NULL', '-1', '1e400', '日本', '{', '[]', '$1', 'SELECT 1', '1; SELECT 2', 'SELECT', 'pg_catalog', 'oms_calls', 'Mo', '0', '100%', '1,1', repeat('(', 5000),
        'DELETE FROM oms.location', 'SELECT oms.route()', '1 = 1 OR pg_sleep(0) IS NULL', U&'\FFFF', 'infinity', '2026-01-01', 'Europe/Nowhere', random()::text);
END $$;

CREATE FUNCTION calls.whole() RETURNS text LANGUAGE sql VOLATILE AS $$
    SELECT CASE WHEN calls.plain() THEN calls.one_of('1', '1', '2', '3', (1 + floor(random() * 60))::text)
        ELSE calls.one_of(NULL, '0', '-1', '1000', '-9223372036854775808', '9223372036854775807', '2147483647', '-2147483648', '4611686018427387904', '1000000000000') END $$;

-- value(type, name) is an SQL expression of the type
CREATE FUNCTION calls.value(type oid, name text) RETURNS text LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    element oid := (SELECT typelem FROM pg_type WHERE oid = type AND typcategory = 'A');
    as_text text;
    whole text;
BEGIN
    IF element IS NOT NULL THEN
        IF calls.plain() THEN
            NULL;
        ELSIF random() < 0.1 THEN
            RETURN 'NULL::' || type::regtype;
        ELSIF random() < 0.1 THEN
            RETURN format('(SELECT pg_catalog.array_agg(x) FROM pg_catalog.unnest(ARRAY[%s]::%s) AS x, pg_catalog.generate_series(1, 2000))', calls.value(element, name), type::regtype);
        ELSIF random() < 0.1 THEN
            RETURN format('pg_catalog.array_fill(%s, ARRAY[2, 2])', calls.value(element, name));
        ELSIF random() < 0.1 THEN
            RETURN format('pg_catalog.array_fill(%s, ARRAY[2], ARRAY[-3])', calls.value(element, name));
        END IF;
        RETURN 'ARRAY[' || COALESCE((SELECT string_agg(calls.value(element, name), ', ') FROM generate_series(1, calls.one_of('0', '1', '1', '2', '2', '2', '3')::int)), '') || ']::' || type::regtype;
    END IF;
    CASE type::regtype::text
        WHEN 'text', 'name' THEN as_text := calls.word(name);
        WHEN 'bigint' THEN as_text := calls.whole();
        WHEN 'integer', 'smallint' THEN
            LOOP
                as_text := calls.whole();
                EXIT WHEN as_text IS NULL OR as_text::numeric BETWEEN -2147483648 AND 2147483647;
            END LOOP;
        WHEN 'numeric', 'double precision', 'real' THEN as_text := CASE WHEN calls.plain() THEN calls.one_of('0', '1', '5.90', '99') ELSE calls.one_of(NULL, '0', '-1', '1', '0.5', '5.90', 'NaN', 'Infinity', '-Infinity', '1e300', '1e-300', '99', '100') END;
        WHEN 'boolean' THEN as_text := calls.one_of(NULL, 'true', 'false');
        WHEN 'interval' THEN as_text := CASE WHEN calls.plain() THEN calls.one_of('1 hour', '5 minutes', '3 days') ELSE calls.one_of(NULL, '0', '1 hour', '1 day', '-1 day', '178000000 years', '-178000000 years', '1 microsecond', '1 month -30 days', '5 minutes') END;
        WHEN 'timestamp with time zone', 'timestamp without time zone' THEN
            as_text := CASE WHEN calls.plain() THEN calls.one_of('now', 'tomorrow', 'yesterday') ELSE calls.one_of(NULL, 'now', 'tomorrow', 'yesterday', 'infinity', '-infinity', '4713-01-01 BC', '294276-12-31', '2026-03-29 02:30', '1970-01-01') END;
        WHEN 'date' THEN as_text := calls.one_of(NULL, 'today', 'infinity', '-infinity', '4713-01-01 BC', '5874897-12-31');
        WHEN 'time without time zone' THEN as_text := calls.one_of(NULL, '00:00', '24:00', '12:30:00.000001');
        WHEN 'oms.latlon' THEN as_text := calls.one_of(NULL, '40.7,-74', '90,180', '-90,-180', '0,0', '33.45,-112.07');
        WHEN 'oms.safety_stock' THEN as_text := calls.one_of(NULL, '0', '5', '100%', '1 + 10%', 'max(3, 10%)', 'min(9223372036854775807, 1%)');
        WHEN 'oms.business_hours' THEN as_text := calls.one_of(NULL, 'Mo-Fr 09:00-18:00', '24/7', 'Sa 20:00-02:00');
        WHEN 'oms.supply' THEN as_text := calls.one_of(NULL, '{}', '{5 @ tomorrow}', '{9223372036854775807 @ now, -5 @ tomorrow}');
        WHEN 'jsonb', 'json' THEN
            as_text := CASE WHEN calls.plain() THEN calls.one_of('[{"sku": "A", "quantity": 1}]', '[{"sku": "A", "quantity": 2}, {"sku": "B", "quantity": 1}]', '[{"line_no": 1, "quantity": 1}]', '{"deadline_ms": 50}')
            ELSE calls.one_of(NULL, '[]', '{}', 'null', '1', '"x"', '[null]', '[[]]', '[{}]', '[{"sku": "A", "quantity": 1}]', '[{"sku": "A", "quantity": 2}, {"sku": "B", "quantity": 1}]',
                '[{"sku": "A", "quantity": 1.5}]', '[{"sku": "A", "quantity": -1}]', '[{"sku": null, "quantity": null}]', '[{"sku": 1, "quantity": "1"}]', '[{"sku": "A", "quantity": 1e30}]',
                '[{"sku": "A", "quantity": 1, "location": "near", "unit_value": 5, "promise_at": "tomorrow", "keep_together": true}]', '{"seed": 1}', '{"iterations": -1}', '{"deadline_ms": 50}',
                '{"solver": "nearest"}', '{"sku": "A", "location": "near", "quantity": 1, "as_of": "now"}', '{"unknown": {}}', '{"cost_per_km": "NaN"}', '[{"line_no": 1, "quantity": 1}]',
                '{"split_lines": 3, "gap_target": 5, "max_distance_km": -1}', repeat('[', 1000) || repeat(']', 1000)) END;
        WHEN 'regclass' THEN as_text := calls.one_of(NULL, 'oms.location', 'pg_class', 'calls.result', 'oms.inventory');
        WHEN 'bytea' THEN as_text := calls.one_of(NULL, '', '\x00', '\xffffffffffffffff');
        WHEN 'name' THEN as_text := calls.one_of(NULL, 'x');
        WHEN 'cstring' THEN as_text := calls.word(name);
        ELSE as_text := NULL;
    END CASE;
    RETURN CASE WHEN as_text IS NULL THEN 'NULL::' || type::regtype ELSE format('%L::%s', as_text, type::regtype) END;
END $$;

-- A call of a function: its leading parameters by position, some of those with defaults by name
CREATE FUNCTION calls.call(f calls.callable) RETURNS text LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    arguments text := '';
    required int := f.pronargs - f.pronargdefaults;
BEGIN
    FOR i IN 1 .. f.pronargs LOOP
        IF i <= required THEN
            arguments := arguments || ', ' || calls.value(f.proargtypes[i - 1], COALESCE(f.proargnames[i], ''));
        ELSIF random() < 0.4 THEN
            arguments := arguments || format(', %I => %s', f.proargnames[i], calls.value(f.proargtypes[i - 1], f.proargnames[i]));
        END IF;
    END LOOP;
    RETURN format('SELECT %s FROM oms.%I(%s) AS x', CASE WHEN random() < 0.5 THEN 'x' ELSE 'pg_catalog.count(*)' END, f.name, substr(arguments, 3));
END $$;

CREATE PROCEDURE calls.run(seconds float8, seed bigint, pattern text) LANGUAGE plpgsql AS $$
DECLARE
    f calls.callable;
    stop timestamptz := clock_timestamp() + seconds * interval '1 second';
    statement text;
    state text;
    message text;
    outcome text;
    trapped boolean;
    gives_sql boolean;
BEGIN
    PERFORM setseed((seed % 1000000) / 1000000.0);
    SET statement_timeout = 0;
    SET lock_timeout = '2s';
    SET oms.wait_for_pending = 10;
    LOOP
        FOR f IN SELECT c.* FROM calls.callable AS c WHERE c.name ~ pattern ORDER BY random() LOOP
            EXIT WHEN clock_timestamp() > stop;
            PERFORM set_config('calls.mischief', calls.one_of('0', '0.3'), false);
            statement := calls.call(f);
            outcome := calls.one_of('commit', 'commit', 'undo', 'roll back');
            trapped := random() < 0.3 AND f.is_public;
            state := '00000';
            message := '';
            IF random() < 0.5 THEN
                SET ROLE oms_calls;
            END IF;
            BEGIN
                IF trapped THEN
                    PERFORM calls.trapped(statement);
                ELSE
                    EXECUTE statement;
                END IF;
                IF outcome = 'undo' THEN
                    RAISE SQLSTATE 'P9999';
                END IF;
            EXCEPTION WHEN OTHERS THEN
                state := SQLSTATE;
                message := SQLERRM;
            WHEN query_canceled OR assert_failure THEN
                state := SQLSTATE;
                message := SQLERRM;
            END;
            RESET ROLE;
            IF outcome = 'roll back' THEN
                ROLLBACK;
            END IF;
            INSERT INTO calls.result VALUES (f.function, CASE state WHEN 'P9999' THEN '00000' ELSE state END)
                ON CONFLICT ON CONSTRAINT result_pkey DO UPDATE SET n = result.n + 1;
            -- Class XX is internal. Errors in SQL are a caller's only where he gives SQL, and so is what he puts before pg_catalog.
            gives_sql := statement ~ '_sql|assess|plan_|filter|condition|routing|compare_|ingest_table|query';
            IF state ~ '^(XX|58|P0004|39|38)' OR message ~ '^(cache lookup failed|unexpected|unrecognized|could not open relation)'
               OR state ~ '^(42601|42703|42P01|42883|42702|42804|42P18|42725|24|25001)' AND NOT gives_sql
               OR state = 'TRAP1' AND NOT (gives_sql AND message ~ 'as oms_calls$') THEN
                INSERT INTO calls.bad VALUES (state, message, statement) ON CONFLICT DO NOTHING;
            END IF;
            COMMIT;
        END LOOP;
        EXIT WHEN clock_timestamp() > stop;
    END LOOP;
END $$;
