-- The physical tables of accounts: a foreign column or row trigger is a clean error, another index is
-- maintained, and tables partitioned by hash of sku work like plain ones.
BEGIN;
SET LOCAL client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS oms;
SELECT plan(30);

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

-- hash partitions instead of plain tables; the views are made anew over them
CREATE TEMP TABLE view_text AS
SELECT v.name, pg_get_viewdef(v.name::regclass) AS text
  FROM (VALUES ('oms.stock_delta_sum'), ('oms.inventory')) v (name);
ALTER TABLE oms.stock_account RENAME TO plain_account;
ALTER TABLE oms.stock_delta RENAME TO plain_delta;
CREATE TABLE oms.stock_account (LIKE oms.plain_account INCLUDING ALL) PARTITION BY HASH (sku);
CREATE TABLE oms.stock_delta (LIKE oms.plain_delta INCLUDING ALL) PARTITION BY HASH (sku);
DO $$
DECLARE
    v record;
BEGIN
    FOR i IN 0..3 LOOP
        EXECUTE format('CREATE TABLE oms.stock_account_%s PARTITION OF oms.stock_account FOR VALUES WITH (MODULUS 4, REMAINDER %s)', i, i);
        EXECUTE format('CREATE TABLE oms.stock_delta_%s PARTITION OF oms.stock_delta FOR VALUES WITH (MODULUS 4, REMAINDER %s)', i, i);
    END LOOP;
    FOR v IN SELECT * FROM view_text LOOP
        EXECUTE format('CREATE OR REPLACE VIEW %s AS %s', v.name, v.text);
    END LOOP;
END $$;
INSERT INTO oms.stock_account SELECT * FROM oms.plain_account;
INSERT INTO oms.stock_delta SELECT * FROM oms.plain_delta;

SELECT (SELECT format('%s %s', on_hand, reserved) FROM oms.inventory WHERE sku = 'x') AS r16 \gset
SELECT (SELECT status FROM oms.try_reserve('web', 'x', 10, 'A')) AS r17 \gset
SELECT (SELECT status FROM oms.try_reserve('web', 'x', 9, 'A')) AS r18 \gset
SELECT pg_temp.state($$SELECT oms.receive_many('A', array_agg('s' || g), array_agg(g::bigint)) FROM generate_series(1, 40) g$$) AS r19 \gset
SELECT (SELECT count(DISTINCT tableoid) FROM oms.stock_account) AS r20 \gset
SELECT (SELECT count(*) FROM oms.stock_account a WHERE NOT satisfies_hash_partition('oms.stock_account'::regclass, 4,
    right(a.tableoid::regclass::text, 1)::int, a.sku)) AS r21 \gset
SELECT (SELECT count(*) FROM oms.reserve_many('web', (SELECT array_agg('s' || g) FROM generate_series(1, 40) g),
    (SELECT array_agg(g::bigint) FROM generate_series(1, 40) g), expires_in => '1 ms')) AS r22 \gset
SELECT (SELECT sum(on_hand - reserved) FROM oms.inventory WHERE sku LIKE 's%') AS r23 \gset
SELECT pg_sleep(0.01);
SELECT (SELECT status FROM oms.try_reserve('web', 's7', 7, 'A')) AS r24 \gset
SELECT oms.expire_holds() AS r25 \gset
SELECT (SELECT sum(available) FROM oms.inventory WHERE sku LIKE 's%') AS r26 \gset
SELECT oms.set_on_hand('B', 's1', 5) AS r27 \gset
SELECT array_agg(q::text) = (SELECT array_agg(v::text) FROM (VALUES (3::bigint, 3::bigint)) v) AS r28 FROM (SELECT from_on_hand, to_on_hand FROM oms.transfer('B', 'A', 's1', 2)) q \gset
SELECT pg_temp.state('SELECT oms.fold_accounts()') AS r29 \gset

-- a range partition is no partition by hash
ALTER TABLE oms.stock_delta RENAME TO hash_delta;
CREATE TABLE oms.stock_delta (LIKE oms.plain_delta INCLUDING ALL) PARTITION BY RANGE (sku);
CREATE TABLE oms.stock_delta_all PARTITION OF oms.stock_delta DEFAULT;
SELECT pg_temp.state($$SELECT oms.receive('A', 'x', 1)$$) AS r30 \gset
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
SELECT is(:'r16'::text, '10 1', 'partitioned: what was there');
SELECT is(:'r17'::text, 'insufficient', 'partitioned: one too many');
SELECT is(:'r18'::text, 'reserved', 'partitioned: all');
SELECT is(:'r19'::text, '00000', 'partitioned: 40 skus received');
SELECT is(:'r20'::text, (4::bigint)::text, 'partitioned: over all partitions');
SELECT is(:'r21'::text, (0::bigint)::text, 'partitioned: each where PostgreSQL would put it');
SELECT is(:'r22'::text, (40::bigint)::text, 'partitioned: a cart of all');
SELECT is(:'r23'::text, (0::numeric)::text, 'partitioned: nothing left');
SELECT is(:'r24'::text, 'reserved', 'partitioned: an expired hold is taken back');
SELECT is(:'r25'::text, (813::bigint)::text, 'partitioned: the others are expired');
SELECT is(:'r26'::text, (813::numeric)::text, 'partitioned: and free');
SELECT is(:'r27'::text, (5::bigint)::text, 'partitioned: a count');
SELECT is(:'r28'::text, 't', 'partitioned: a transfer');
SELECT is(:'r29'::text, '00000', 'partitioned: a fold');
SELECT is(:'r30'::text, '55000', 'partitioned by range');

SELECT * FROM finish();
ROLLBACK;
