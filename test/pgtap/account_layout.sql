-- The physical tables of accounts: a foreign column or row trigger is a clean error, another index is
-- maintained, and tables partitioned by hash of sku work like plain ones.
BEGIN;
SET LOCAL client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS oms;
SELECT plan(15);

SELECT oms.add_location('A', 'warehouse'), oms.add_location('B', 'warehouse');
SELECT oms.add_location_group('all', ARRAY['A', 'B']);
SELECT oms.add_channel('web', 'all');
SELECT oms.receive('A', 'x', 10);
SELECT count(*) FROM oms.reserve('web', 'x', 1, 'A');

-- foreign columns

-- The SQLSTATE that a statement ends with.
CREATE FUNCTION pg_temp.state(statement text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE statement;
    RETURN '00000';
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE;
END $$;

SAVEPOINT a;
ALTER TABLE oms.stock_account ADD COLUMN extra int;
SELECT pg_temp.state($$SELECT oms.receive('A', 'x', 1)$$) AS r1 \gset
ALTER TABLE oms.stock_account DROP COLUMN extra;
SELECT oms.receive('A', 'x', 1) AS r2 \gset
SELECT oms.receive('A', 'fresh', 1) AS r3 \gset
ALTER TABLE oms.stock_delta ADD COLUMN extra int DEFAULT 7;
SELECT pg_temp.state($$SELECT * FROM oms.try_reserve('web', 'x', 1, 'A')$$) AS r4 \gset
ALTER TABLE oms.stock_delta DROP COLUMN extra;
SELECT (SELECT status FROM oms.try_reserve('web', 'x', 10, 'A')) AS r5 \gset
SELECT (SELECT status FROM oms.try_reserve('web', 'x', 1, 'A')) AS r6 \gset
ROLLBACK TO a;
ALTER TABLE oms.stock_account RENAME COLUMN reserved TO taken;
SELECT pg_temp.state($$SELECT oms.receive('A', 'x', 1)$$) AS r7 \gset
ROLLBACK TO a;
ALTER TABLE oms.stock_delta DROP COLUMN id CASCADE;
SELECT pg_temp.state($$SELECT oms.receive('A', 'x', 1)$$) AS r8 \gset
ROLLBACK TO a;
DROP INDEX oms.stock_delta_key_idx;
SELECT pg_temp.state($$SELECT oms.receive('A', 'x', 1)$$) AS r9 \gset
ROLLBACK TO a;

-- row triggers
CREATE FUNCTION pg_temp.none() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
CREATE TRIGGER extra AFTER INSERT ON oms.stock_delta FOR EACH ROW EXECUTE FUNCTION pg_temp.none();
SELECT pg_temp.state($$SELECT oms.receive('A', 'x', 1)$$) AS r10 \gset
ROLLBACK TO a;
CREATE FUNCTION pg_temp.none() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
CREATE TRIGGER extra BEFORE UPDATE ON oms.stock_account FOR EACH ROW EXECUTE FUNCTION pg_temp.none();
SELECT pg_temp.state($$SELECT oms.receive('A', 'x', 1)$$) AS r11 \gset
ROLLBACK TO a;
CREATE TABLE public.child (sku text COLLATE "C", location text COLLATE "C", FOREIGN KEY (sku, location) REFERENCES oms.stock_account);
SELECT pg_temp.state($$SELECT oms.receive('A', 'x', 1)$$) AS r12 \gset
ROLLBACK TO a;

-- other indexes, with an expression and a predicate
CREATE INDEX extra ON oms.stock_delta ((reserved * 2), sku) WHERE reserved <> 0;
CREATE INDEX extra_account ON oms.stock_account (on_hand);
SELECT (SELECT status FROM oms.try_reserve('web', 'x', 3, 'A')) AS r13 \gset
SELECT oms.receive('A', 'indexed', 42);
SET LOCAL enable_seqscan = off;
SET LOCAL enable_bitmapscan = off;
SELECT (SELECT sum(reserved) FROM oms.stock_delta WHERE reserved * 2 = 6 AND reserved <> 0) AS r14 \gset
SELECT (SELECT sku FROM oms.stock_account WHERE on_hand = 42) AS r15 \gset
RESET enable_seqscan;
RESET enable_bitmapscan;
ROLLBACK TO a;

-- What was seen: a savepoint that is rolled back takes pgTAP's own count with it.
ROLLBACK TO a;
SELECT is(:'r1'::text, '55000', 'a column added to the accounts');
SELECT is(:'r2'::text, (11::bigint)::text, 'dropped again, it does no harm');
SELECT is(:'r3'::text, (1::bigint)::text, 'nor to a new account');
SELECT is(:'r4'::text, '55000', 'a column added to the deltas');
SELECT is(:'r5'::text, 'reserved', 'dropped again, it does no harm');
SELECT is(:'r6'::text, 'insufficient', 'and the sums are right');
SELECT is(:'r7'::text, '55000', 'a column renamed');
SELECT is(:'r8'::text, '55000', 'a column dropped');
SELECT is(:'r9'::text, '55000', 'no index on the key');
SELECT is(:'r10'::text, '55000', 'a row trigger on the deltas');
SELECT is(:'r11'::text, '55000', 'a row trigger on the accounts');
SELECT is(:'r12'::text, '55000', 'a foreign key to the accounts');
SELECT is(:'r13'::text, 'reserved', 'a take with more indexes');
SELECT is(:'r14'::text, (3::numeric)::text, 'is in the partial index');
SELECT is(:'r15'::text, 'indexed', 'and a new account in its index');

SELECT * FROM finish();
ROLLBACK;
