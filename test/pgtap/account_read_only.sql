-- Changes of stock are refused in a read-only transaction, cleanly.
BEGIN;
SET LOCAL client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS oms;
SELECT plan(6);

SELECT oms.add_location('A', 'warehouse');
SELECT oms.add_location_group('all', ARRAY['A']);
SELECT oms.add_channel('web', 'all');
SELECT oms.receive('A', 'x', 10);

-- The SQLSTATE that a statement ends with.
CREATE FUNCTION pg_temp.state(statement text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE statement;
    RETURN '00000';
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE;
END $$;

SAVEPOINT a;
SET TRANSACTION READ ONLY;
SELECT pg_temp.state($$SELECT oms.receive('A', 'x', 1)$$) AS r1 \gset
SELECT pg_temp.state($$SELECT oms.adjust('A', 'x', -1, 'lost')$$) AS r2 \gset
SELECT pg_temp.state($$SELECT * FROM oms.try_reserve('web', 'x', 1, 'A')$$) AS r3 \gset
SELECT pg_temp.state($$SELECT * FROM oms.reserve('web', 'x', 1, cart_id => 'c', request_id => 'r')$$) AS r4 \gset
SELECT pg_temp.state($$SELECT oms.fold_accounts()$$) AS r5 \gset
SELECT (SELECT i.on_hand FROM oms.inventory i WHERE i.sku = 'x') AS r6 \gset
ROLLBACK TO a;

-- What was seen: a savepoint that is rolled back takes pgTAP's own count with it.
ROLLBACK TO a;
SELECT is(:'r1'::text, '25006', 'receive');
SELECT is(:'r2'::text, '25006', 'adjust');
SELECT is(:'r3'::text, '25006', 'try_reserve, rather than a wrong answer');
SELECT is(:'r4'::text, '25006', 'reserve');
SELECT is(:'r5'::text, '25006', 'fold_accounts');
SELECT is(:'r6'::text, (10::bigint)::text, 'reading works');

SELECT * FROM finish();
ROLLBACK;
