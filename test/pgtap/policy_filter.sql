-- Filters of routings under attack: by a clerk who may save policies, against whoever routes by them, a superuser here. What a
-- filter may not do it does not do when it is saved, nor when it runs; and nothing of it stays.
BEGIN;
SET LOCAL client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS oms;
\ir include/network.psql
\ir include/shop.psql
SELECT pg_temp.shop();
SELECT plan(32);

CREATE ROLE oms_test_clerk;
CREATE SCHEMA clerk AUTHORIZATION oms_test_clerk;
GRANT USAGE ON SCHEMA public TO oms_test_clerk;
GRANT EXECUTE ON FUNCTION oms.add_policy, oms.add_routing, oms.add_rule, oms.activate_policy, oms.cancel_order, oms.receive TO oms_test_clerk;
SELECT oms.receive('near', 'A', 5) \g /dev/null
SELECT oms.place_order('o', 'web', '{A}', '{1}', ship_to => '40.7,-74') \g /dev/null

SET LOCAL ROLE oms_test_clerk;
CREATE TABLE clerk.log (note text);
CREATE SEQUENCE clerk.counter;
CREATE TABLE clerk.wanted AS SELECT 'o'::text AS order_id, 1 AS kind;
CREATE FUNCTION clerk.insert() RETURNS boolean LANGUAGE plpgsql AS $$BEGIN INSERT INTO clerk.log VALUES ('x'); RETURN true; END$$;
CREATE FUNCTION clerk.escape() RETURNS boolean LANGUAGE plpgsql AS $$BEGIN RESET ROLE; RETURN true; END$$;
CREATE FUNCTION clerk.become(who text) RETURNS boolean LANGUAGE plpgsql AS $$BEGIN EXECUTE format('SET ROLE %I', who); RETURN true; END$$;
CREATE FUNCTION clerk.session(who text) RETURNS boolean LANGUAGE plpgsql AS $$BEGIN EXECUTE format('SET SESSION AUTHORIZATION %I', who); RETURN true; END$$;
CREATE FUNCTION clerk.writable() RETURNS boolean LANGUAGE plpgsql AS $$BEGIN SET TRANSACTION READ WRITE; INSERT INTO clerk.log VALUES ('x'); RETURN true; END$$;
CREATE FUNCTION clerk.temp() RETURNS boolean LANGUAGE plpgsql AS $$BEGIN CREATE FUNCTION pg_temp.count(bigint) RETURNS int LANGUAGE sql AS 'SELECT 1'; RETURN true; END$$;
CREATE FUNCTION clerk.prepare() RETURNS boolean LANGUAGE plpgsql AS $$BEGIN EXECUTE 'PREPARE trap AS SELECT 1'; RETURN true; END$$;
CREATE FUNCTION clerk.commit() RETURNS boolean LANGUAGE plpgsql AS $$BEGIN COMMIT; RETURN true; END$$;
CREATE FUNCTION clerk.path() RETURNS boolean LANGUAGE sql AS $$SELECT set_config('search_path', 'clerk', false) IS NOT NULL$$;
CREATE FUNCTION clerk.quiet() RETURNS boolean LANGUAGE plpgsql AS $$BEGIN SET statement_timeout = '1d'; SET LOCAL work_mem = '64kB'; RETURN true; END$$;
CREATE FUNCTION clerk.caught() RETURNS boolean LANGUAGE plpgsql AS $$BEGIN
    BEGIN INSERT INTO clerk.log VALUES ('x'); EXCEPTION WHEN OTHERS THEN NULL; END;
    BEGIN RESET ROLE; EXCEPTION WHEN OTHERS THEN NULL; END;
    PERFORM set_config('search_path', 'clerk', false);
    RETURN true; END$$;
CREATE FUNCTION clerk.who() RETURNS boolean LANGUAGE sql AS $$SELECT current_user = 'oms_test_clerk'$$;
RESET ROLE;

-- by(filter) is a policy of the clerk with this filter, and what came of saving it and of routing by it
CREATE FUNCTION pg_temp.by(filter text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    n bigint;
BEGIN
    SET LOCAL ROLE oms_test_clerk;
    PERFORM oms.add_policy('p'), oms.add_routing('p', 'evil', filter), oms.add_rule('p', 'evil'), oms.activate_policy('p');
    RESET ROLE;
    SELECT orders INTO n FROM oms.route(policy => 'p');
    RETURN 'routed ' || n;
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE || ' ' || SQLERRM;
END $$;
GRANT EXECUTE ON FUNCTION pg_temp.by(text) TO PUBLIC;

SELECT is(pg_temp.by('clerk.who() AND current_user = session_user'), 'routed 0', 'a filter is not the session''s user');
SELECT is(pg_temp.by('clerk.who()'), 'routed 1', 'but who saved it');
-- What is not one condition
SELECT matches(pg_temp.by(filter), '^42601 ', format('refused: %s', filter))
  FROM unnest('{"true); DELETE FROM oms.channel; SELECT (true","true) UNION ALL SELECT (ARRAY[''x''])::text[] WHERE (true","true) LIMIT (1","true) ORDER BY (1",
                "true) GROUP BY (o.order_id","true) FOR UPDATE OF o; --","","/*"}'::text[] || ARRAY[E'true --\n) UNION (SELECT 1']) AS filter;
-- Writing
SELECT matches(pg_temp.by('clerk.insert()'), '^25006 cannot execute INSERT', 'a function of it writes nothing');
SELECT matches(pg_temp.by('nextval(''clerk.counter'') > 0'), '^25006 cannot execute nextval', 'not even a sequence');
SELECT matches(pg_temp.by('clerk.writable()'), '^25', 'and does not make the transaction writable');
SELECT matches(pg_temp.by('(SELECT count(*) FROM oms.cancel_order(order_id)) >= 0'), '^25006 ', 'functions of oms write nothing either');
SELECT matches(pg_temp.by('oms.receive(''near'', ''A'', 1) > 0'), '^25006 ', 'at the account engine');
-- Becoming somebody else
SELECT matches(pg_temp.by('clerk.escape()'), '^42501 cannot set parameter "role" within security-', 'no RESET ROLE');
SELECT matches(pg_temp.by(format('clerk.become(%L)', session_user)), '^42501 cannot set parameter "role"', 'no SET ROLE');
SELECT matches(pg_temp.by(format('clerk.session(%L)', session_user)), '^42501 cannot set parameter "session_authorization"', 'no SET SESSION AUTHORIZATION');
SELECT matches(pg_temp.by(format('set_config(''role'', %L, true) IS NOT NULL', session_user)), '^42501 ', 'no set_config');
SELECT matches(pg_temp.by('clerk.temp()'), '^(25006|42501) ', 'no temporary function to be found later');
SELECT matches(pg_temp.by('clerk.prepare()'), '^(25006|42501) ', 'no prepared statement');
SELECT matches(pg_temp.by('clerk.commit()'), '^2D000 ', 'no COMMIT');
-- What stays
SELECT set_config('search_path', current_setting('search_path'), false) AS path, current_setting('statement_timeout') AS timeout, current_setting('work_mem') AS memory \gset
SELECT is(pg_temp.by('clerk.path()'), 'routed 1', 'a filter may set its search_path');
SELECT is(current_setting('search_path'), :'path', 'but it is not the session''s afterwards');
SELECT is(pg_temp.by('clerk.quiet()'), 'routed 1', 'and other settings');
SELECT is(ARRAY[current_setting('statement_timeout'), current_setting('work_mem')], ARRAY[:'timeout', :'memory'], 'which are as they were');
SELECT is(pg_temp.by('clerk.caught()'), 'routed 1', 'what a filter catches itself');
SELECT is(current_setting('search_path') || current_user, :'path' || session_user, 'leaves nothing either');
SELECT is_empty('SELECT FROM clerk.log', 'and wrote nothing');
-- What it reads is changed after it was saved
SELECT is(pg_temp.by('EXISTS (SELECT FROM clerk.wanted w WHERE w.order_id = o.order_id AND w.kind = 1)'), 'routed 1', 'a filter may read a table of its own');
ALTER TABLE clerk.wanted DROP COLUMN kind;
SELECT matches(pg_temp.error($$SELECT oms.route(policy => 'p')$$), '^42703 ', 'of which a column is dropped');

SELECT * FROM finish();
ROLLBACK;
