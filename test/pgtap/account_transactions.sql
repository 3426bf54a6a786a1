-- The bounded account within one transaction: savepoints, exception blocks, more than 64
-- subtransactions, several calls in one statement, calls inside UPDATE … FROM and rules.
BEGIN;
SET LOCAL client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS oms;

SELECT plan(27);

SELECT oms.add_location('A', 'warehouse'), oms.add_location('B', 'warehouse');
SELECT oms.add_location_group('all', ARRAY['A', 'B']);
SELECT oms.add_channel('web', 'all');
SELECT oms.receive('A', 'x', 10);

-- on_hand, reserved of a sku at A, by the view
CREATE FUNCTION pg_temp.stock(wanted text) RETURNS text LANGUAGE sql AS $$
    SELECT format('%s %s', i.on_hand, i.reserved) FROM oms.inventory i WHERE i.sku = wanted AND i.location = 'A'
$$;
CREATE FUNCTION pg_temp.try(sku text, quantity bigint) RETURNS text LANGUAGE sql VOLATILE AS $$
    SELECT t.status FROM oms.try_reserve('web', sku, quantity, 'A') t
$$;

-- savepoints

-- The SQLSTATE that a statement ends with.
CREATE FUNCTION pg_temp.state(statement text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE statement;
    RETURN '00000';
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE;
END $$;

SAVEPOINT a;
SELECT pg_temp.try('x', 6) AS r1 \gset
SELECT pg_temp.try('x', 5) AS r2 \gset
ROLLBACK TO a;
SELECT pg_temp.try('x', 10) AS r3 \gset
ROLLBACK TO a;
SAVEPOINT b;
SELECT pg_temp.try('x', 4) AS r4 \gset
RELEASE b;
SELECT pg_temp.try('x', 7) AS r5 \gset
SELECT pg_temp.stock('x') AS r6 \gset
SAVEPOINT c;
SELECT oms.adjust('A', 'x', -6, 'lost') AS r7 \gset
SELECT pg_temp.try('x', 1) AS r8 \gset
ROLLBACK TO c;
SELECT pg_temp.try('x', 6) AS r9 \gset
ROLLBACK TO a;

-- an account made in a savepoint that is rolled back is made again
SAVEPOINT d;
SELECT oms.receive('A', 'new', 3) AS r10 \gset
SELECT pg_temp.try('new', 2) AS r11 \gset
ROLLBACK TO d;
SELECT oms.receive('A', 'new', 5) AS r12 \gset
SELECT pg_temp.try('new', 5) AS r13 \gset
SELECT pg_temp.stock('new') AS r14 \gset

-- exception blocks, and more subtransactions than a snapshot lists
DO $$
BEGIN
    FOR i IN 1..100 LOOP
        BEGIN
            PERFORM oms.reserve('web', 'x', 1, 'A');
            IF i % 10 <> 0 THEN
                RAISE EXCEPTION USING ERRCODE = 'ST000';
            END IF;
        EXCEPTION WHEN SQLSTATE 'ST000' THEN
            NULL;
        END;
    END LOOP;
END $$;
SELECT pg_temp.stock('x') AS r15 \gset
SELECT pg_temp.state($$SELECT * FROM oms.reserve('web', 'x', 1, 'A')$$) AS r16 \gset
SELECT pg_temp.state($$SELECT oms.release(r.reservation_id) FROM oms.reservation r WHERE r.sku = 'x' AND r.status = 'firm'$$) AS r17 \gset
SELECT pg_temp.stock('x') AS r18 \gset

-- an error in the middle of a cart, caught: nothing of the cart is left
DO $$
BEGIN
    PERFORM oms.reserve_many('web', ARRAY['x', 'none'], ARRAY[3, 1]);
EXCEPTION WHEN SQLSTATE 'OM004' THEN
    NULL;
END $$;
SELECT pg_temp.stock('x') AS r19 \gset

-- several calls in one statement
SELECT ARRAY[pg_temp.try('x', 6), pg_temp.try('x', 6)] AS r20 \gset
ROLLBACK TO a;
SELECT count(*) FILTER (WHERE t.status = 'reserved') AS r21 FROM generate_series(1, 15) g, LATERAL oms.try_reserve('web', 'x', sign(g)::bigint, 'A') t \gset
ROLLBACK TO a;

-- a function that takes, inside UPDATE … FROM and in a rule
CREATE TEMP TABLE basket (line int, wanted bigint, got text, seen text);
INSERT INTO basket VALUES (1, 4), (2, 4), (3, 4), (4, 2);
UPDATE basket b SET got = pg_temp.try('x', b.wanted), seen = pg_temp.stock('x')
  FROM (SELECT line FROM basket ORDER BY line) o WHERE o.line = b.line;
SELECT (SELECT array_agg(got ORDER BY line) FROM basket) AS r22 \gset
SELECT pg_temp.stock('x') AS r23 \gset
ROLLBACK TO a;

CREATE TEMP TABLE sale (quantity bigint, status text);
CREATE TEMP TABLE sale_seen (rows bigint, reserved bigint);
CREATE RULE seen AS ON INSERT TO sale DO ALSO
    INSERT INTO sale_seen SELECT count(*), max(i.reserved) FROM oms.inventory i WHERE i.sku = 'x' AND i.location = 'A';
INSERT INTO sale SELECT 3, pg_temp.try('x', 3);
SELECT array_agg(q::text) = (SELECT array_agg(v::text) FROM (VALUES (1::bigint, 3::bigint)) v) AS r24 FROM (SELECT rows, reserved FROM sale_seen) q \gset
ROLLBACK TO a;

-- give then take, take then give, in one transaction
SELECT (SELECT array_agg(pg_temp.try('x', 10)) FROM generate_series(1, 2)) AS r25 \gset
SELECT oms.release(r.reservation_id) FROM oms.reservation r WHERE r.sku = 'x' AND r.status = 'firm';
SELECT pg_temp.try('x', 10) AS r26 \gset
ROLLBACK TO a;

-- range
SAVEPOINT e;
SELECT oms.receive('A', 'many', 9223372036854775807);
SELECT pg_temp.state($$SELECT oms.receive('A', 'many', 1)$$) AS r27 \gset
ROLLBACK TO e;

-- What was seen: a savepoint that is rolled back takes pgTAP's own count with it.
ROLLBACK TO a;
SELECT is(:'r1'::text, 'reserved', 'take in a savepoint');
SELECT is(:'r2'::text, 'insufficient', 'it counts');
SELECT is(:'r3'::text, 'reserved', 'rolled back to the savepoint, all is there again');
SELECT is(:'r4'::text, 'reserved', 'take in a savepoint that is released');
SELECT is(:'r5'::text, 'insufficient', 'it counts after RELEASE');
SELECT is(:'r6'::text, '10 4', 'and is what the view says');
SELECT is(:'r7'::text, (4::bigint)::text, 'a loss');
SELECT is(:'r8'::text, 'insufficient', 'nothing free after it');
SELECT is(:'r9'::text, 'reserved', 'free again when it is rolled back');
SELECT is(:'r10'::text, (3::bigint)::text, 'first receive of a sku');
SELECT is(:'r11'::text, 'reserved', 'and a take');
SELECT is(:'r12'::text, (5::bigint)::text, 'first receive again');
SELECT is(:'r13'::text, 'reserved', 'all of it');
SELECT is(:'r14'::text, '5 5', 'and is what the view says');
SELECT is(:'r15'::text, '10 10', '100 exception blocks, 10 of them kept');
SELECT is(:'r16'::text, 'OM001', 'no more than that');
SELECT is(:'r17'::text, '00000', 'all released in one statement');
SELECT is(:'r18'::text, '10 0', 'and free');
SELECT is(:'r19'::text, '10 0', 'a cart that raised leaves nothing');
SELECT is(:'r20'::text, (ARRAY['reserved', 'insufficient'])::text, 'two calls in one select list');
SELECT is(:'r21'::text, (10::bigint)::text, 'a call for each of 15 rows');
SELECT is(:'r22'::text, (ARRAY['reserved', 'reserved', 'insufficient', 'reserved'])::text, 'takes inside UPDATE … FROM');
SELECT is(:'r23'::text, '10 10', 'to the last unit');
SELECT is(:'r24'::text, 't', 'a DO ALSO rule sees one version');
SELECT is(:'r25'::text, (ARRAY['reserved', 'insufficient'])::text, 'all taken');
SELECT is(:'r26'::text, 'reserved', 'own give, then take');
SELECT is(:'r27'::text, '22003', 'no more than a bigint');

SELECT * FROM finish();
ROLLBACK;
