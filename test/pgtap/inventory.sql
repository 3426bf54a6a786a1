-- The inventory: what holds for every object of the extension, read from the catalogs, so
-- that a new object is covered on the day it is added. Then: DROP EXTENSION leaves nothing.
BEGIN;
SET LOCAL client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS oms;

SELECT plan(25);

CREATE TEMP VIEW member AS
SELECT d.classid, d.objid, pg_describe_object(d.classid, d.objid, 0) AS object
FROM pg_depend AS d JOIN pg_extension AS e ON e.oid = d.refobjid
WHERE e.extname = 'oms' AND d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e';

-- Functions, and whether each belongs to a type: its input or output, an operator, a cast, a
-- support function of an operator class. Aggregates count as functions.
CREATE TEMP VIEW function AS
SELECT p.oid::regprocedure::text AS signature, p.*,
       has_function_privilege('public', p.oid, 'EXECUTE') AS is_public,
       EXISTS (SELECT FROM pg_type AS t
               WHERE p.oid IN (t.typinput, t.typoutput, t.typreceive, t.typsend, t.typmodin, t.typmodout,
                               t.typanalyze, t.typsubscript))
       OR EXISTS (SELECT FROM pg_operator AS o WHERE o.oprcode = p.oid)
       OR EXISTS (SELECT FROM pg_cast AS c WHERE c.castfunc = p.oid)
       OR EXISTS (SELECT FROM pg_amproc AS a WHERE a.amproc = p.oid) AS of_type
FROM pg_proc AS p JOIN member AS m ON m.classid = 'pg_proc'::regclass AND m.objid = p.oid;

CREATE TEMP VIEW relation AS
SELECT c.oid::regclass::text AS name, c.*
FROM pg_class AS c JOIN member AS m ON m.classid = 'pg_class'::regclass AND m.objid = c.oid;

SELECT cmp_ok((SELECT count(*) FROM function), '>', 30::bigint, 'there are functions to look at');

-- Place
SELECT is_empty($$
    SELECT object FROM member AS m
    WHERE classid <> 'pg_cast'::regclass
      AND (pg_identify_object(classid, objid, 0)).schema IS DISTINCT FROM 'oms'
      AND NOT (classid = 'pg_namespace'::regclass AND (pg_identify_object(classid, objid, 0)).name = 'oms')
    $$, 'every object is in schema oms');
SELECT ok(NOT has_schema_privilege('public', 'oms', 'CREATE'), 'PUBLIC may not create in schema oms');

-- Comments
SELECT is_empty($$
    SELECT object FROM member
    WHERE coalesce(obj_description(objid, classid::regclass::name), '') = ''
      AND NOT (classid = 'pg_class'::regclass
               AND objid IN (SELECT oid FROM pg_class WHERE relkind IN ('i', 'I', 't')))
      AND NOT (classid = 'pg_type'::regclass
               AND objid IN (SELECT t.oid FROM pg_type AS t LEFT JOIN pg_class AS c ON c.oid = t.typrelid
                             WHERE t.typcategory = 'A' OR c.relkind <> 'c'))
    ORDER BY object$$, 'every object has a comment');
SELECT is_empty($$
    SELECT t.tgname, r.name FROM pg_trigger AS t JOIN relation AS r ON r.oid = t.tgrelid
    WHERE NOT t.tgisinternal AND t.tgparentid = 0 AND coalesce(obj_description(t.oid, 'pg_trigger'), '') = ''
    $$, 'every trigger has a comment');

-- Volatility and parallelism
SELECT is_empty($$SELECT signature FROM function WHERE provolatile = 'i' AND prokind = 'f' AND proparallel <> 's'$$,
                'an IMMUTABLE function is PARALLEL SAFE');
SELECT is_empty($$SELECT signature FROM function WHERE provolatile = 's' AND proparallel = 'u'$$,
                'a STABLE function states its PARALLEL: SAFE or RESTRICTED');
SELECT is_empty($$SELECT signature FROM function WHERE provolatile = 'v' AND proparallel = 's'$$,
                'a VOLATILE function is not PARALLEL SAFE');
SELECT is_empty($$SELECT signature FROM function WHERE of_type AND (provolatile = 'v' OR NOT proisstrict)$$,
                'a function of a type is STRICT and not VOLATILE');
SELECT is_empty($$SELECT signature FROM function WHERE proretset AND prorows = 1000$$,
                'a function that returns rows states how many');

-- Privileges
SELECT is_empty($$SELECT signature FROM function
                  WHERE is_public AND NOT (of_type OR provolatile = 'i') ORDER BY signature$$,
                'EXECUTE is revoked from PUBLIC, but for types and immutable functions');
SELECT is_empty($$SELECT signature FROM function WHERE of_type AND NOT is_public$$,
                'the functions of types are open to PUBLIC');
SELECT is_empty($$SELECT signature FROM function
                  WHERE prosecdef AND NOT coalesce('search_path=pg_catalog, pg_temp' = ANY (proconfig), false)$$,
                'every SECURITY DEFINER function is pinned to search_path pg_catalog, pg_temp');
SELECT is_empty($$SELECT signature FROM function WHERE prosecdef AND (is_public OR of_type)$$,
                'no SECURITY DEFINER function is open to PUBLIC');
SELECT is_empty($$SELECT name FROM relation WHERE relkind IN ('r', 'p', 'f')
                  AND has_table_privilege('public', oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER')$$,
                'PUBLIC has no privilege on a table');
SELECT is_empty($$SELECT name FROM relation WHERE relkind IN ('v', 'm')
                  AND has_table_privilege('public', oid, 'INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER')$$,
                'PUBLIC may not write through a view');
SELECT is_empty($$SELECT name FROM (SELECT * FROM relation WHERE relkind = 'S' OFFSET 0) AS s
                  WHERE has_sequence_privilege('public', oid, 'USAGE, SELECT, UPDATE')$$,
                'PUBLIC has no privilege on a sequence');

-- Dump
SELECT is_empty($$SELECT name FROM relation
                  WHERE relkind IN ('r', 'p', 'S')
                    AND oid NOT IN (SELECT unnest(extconfig) FROM pg_extension
                                    WHERE extname = 'oms' AND extconfig IS NOT NULL)$$,
                'pg_extension_config_dump is called for every table and sequence');

-- Types
SELECT is_empty($$SELECT format_type(t.oid, NULL) FROM pg_type AS t JOIN member AS m ON m.objid = t.oid
                  WHERE m.classid = 'pg_type'::regclass AND t.typtype = 'b' AND t.typcategory <> 'A'
                    AND (t.typreceive = 0 OR t.typsend = 0)$$,
                'every base type has a binary form');
SELECT is_empty($$
    SELECT format_type(t.oid, NULL), a.amname
    FROM pg_type AS t JOIN member AS m ON m.objid = t.oid, pg_am AS a
    WHERE m.classid = 'pg_type'::regclass AND t.typtype = 'b' AND t.typcategory <> 'A'
      AND a.amname IN ('btree', 'hash')
      AND NOT EXISTS (SELECT FROM pg_opclass AS c
                      WHERE c.opcmethod = a.oid AND c.opcintype = t.oid AND c.opcdefault AND amvalidate(c.oid)
                        AND (a.amname = 'btree'
                             OR EXISTS (SELECT FROM pg_amproc AS p
                                        WHERE p.amprocfamily = c.opcfamily AND p.amproclefttype = t.oid
                                          AND p.amprocnum = 2)))$$,
    'every base type has a btree class and a hash class with the extended function');

-- A call with untyped parameters must find one function: of two that share a name, no number
-- of arguments may fit both.
SELECT is_empty($$
    SELECT a.signature, b.signature
    FROM function AS a JOIN function AS b ON b.proname = a.proname AND b.oid > a.oid
    WHERE a.pronargs >= b.pronargs - b.pronargdefaults AND b.pronargs >= a.pronargs - a.pronargdefaults$$,
    'no two functions share a name where untyped parameters could fit both');

-- DROP EXTENSION leaves nothing: the catalogs hold as many rows as before CREATE EXTENSION.
-- Statistics are left out, since autovacuum writes them, and what the whole cluster shares.
DROP VIEW function, relation, member;
DROP EXTENSION oms CASCADE;
CREATE FUNCTION pg_temp.census() RETURNS TABLE (catalog text, row_count bigint) LANGUAGE plpgsql AS $$
BEGIN
    FOR catalog IN
        SELECT c.oid::regclass::text FROM pg_class AS c
        WHERE c.relnamespace = 'pg_catalog'::regnamespace AND c.relkind = 'r' AND NOT c.relisshared
          AND c.relname NOT IN ('pg_statistic', 'pg_statistic_ext_data')
        ORDER BY 1
    LOOP
        EXECUTE format('SELECT count(*) FROM %s', catalog) INTO row_count;
        RETURN NEXT;
    END LOOP;
END $$;
CREATE TEMP TABLE before (catalog text, row_count bigint);
INSERT INTO before SELECT * FROM pg_temp.census();
CREATE EXTENSION oms;
SELECT isnt_empty('SELECT * FROM pg_temp.census() EXCEPT SELECT * FROM before', 'CREATE EXTENSION fills the catalogs');
SELECT lives_ok('DROP EXTENSION oms', 'DROP EXTENSION needs no CASCADE');
SELECT results_eq('SELECT * FROM pg_temp.census() ORDER BY 1', 'SELECT * FROM before ORDER BY 1',
                  'DROP EXTENSION leaves nothing');
CREATE EXTENSION oms;
SELECT is(oms.withheld('10%', 11), 2::bigint, 'CREATE EXTENSION in the same session works again');

SELECT * FROM finish();
ROLLBACK;
