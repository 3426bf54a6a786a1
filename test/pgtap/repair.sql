-- oms.repair(): what oms.check() finds of accounts is mended, of records it is told what to do; history stays.
BEGIN;
\ir include/shop.psql
SELECT pg_temp.shop();
SELECT plan(31);
SELECT oms.receive('near', 'A', 10), oms.receive('far', 'A', 10), oms.receive('near', 'B', 5), oms.receive('near', 'C', 4), oms.receive('near', 'D', 6) \g /dev/null
SELECT oms.place_order('o1', 'web', '{A}', '{2}'), oms.place_order('o2', 'web', '{C}', '{4}') \g /dev/null
SELECT oms.add_incoming('po', 'near', 'G', 5, 'tomorrow') \g /dev/null
SELECT oms.reserve('web', 'G', 3, on_shortage => 'backorder') \g /dev/null
SELECT oms.add_quota('web', 'B', 9), oms.protect_stock('near', 'B', 'web', 3, now() + interval '1 day') \g /dev/null
SELECT oms.reserve('web', 'B', 2) \g /dev/null
SELECT oms.add_capacity('near', 9) FROM oms.route() \g /dev/null
SELECT oms.fold_accounts() \g /dev/null

-- history: a hash of all that no repair may touch; corrupt(statements) runs them past the guards.
CREATE FUNCTION pg_temp.history(OUT hash text) LANGUAGE sql AS $$
    SELECT md5(concat((SELECT string_agg(m::text, '|' ORDER BY m.movement_id) FROM oms.movement_row m WHERE m.kind <> 'repair'),
                      (SELECT string_agg(r::text, '|' ORDER BY r.reservation_id) FROM oms.reservation_row r),
                      (SELECT string_agg(i::text, '|') FROM oms.incoming_row i), (SELECT string_agg(b::text, '|') FROM oms.backorder_row b),
                      (SELECT string_agg(o::text, '|' ORDER BY o.order_id) FROM oms.order_row o)))
$$;
CREATE FUNCTION pg_temp.corrupt(VARIADIC statements text[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    one text;
BEGIN
    FOREACH one IN ARRAY statements LOOP
        EXECUTE format('ALTER TABLE %s DISABLE TRIGGER guard', substring(one FROM 'oms\.\w+'));
        EXECUTE one;
        EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER guard', substring(one FROM 'oms\.\w+'));
    END LOOP;
END $$;
CREATE FUNCTION pg_temp.accounts(OUT hash text) LANGUAGE sql AS $$
    SELECT md5(concat((SELECT string_agg(i::text, '|' ORDER BY i.sku, i.location) FROM oms.inventory i), (SELECT count(*) FROM oms.movement_row)))
$$;

SELECT is_empty('SELECT * FROM oms.check()', 'all is well');
SELECT is_empty('SELECT * FROM oms.repair()', 'nothing to repair');
SELECT is_empty('SELECT * FROM oms.repair(false)', 'nothing is repaired');
SELECT hash AS before FROM pg_temp.history() \gset

-- Every kind of account
SELECT pg_temp.corrupt(
    $$UPDATE oms.stock_account SET on_hand = on_hand + 7, reserved = reserved + 1 WHERE sku = 'A' AND location = 'far'$$,
    $$UPDATE oms.stock_account SET unavailable = 2 WHERE sku = 'B'$$,
    $$DELETE FROM oms.stock_account WHERE sku = 'A' AND location = 'near'$$,
    $$DELETE FROM oms.stock_account WHERE sku = 'D'$$, $$DELETE FROM oms.stock_delta WHERE sku = 'D'$$,
    $$UPDATE oms.incoming_account SET on_hand = 50, reserved = 4$$,
    $$UPDATE oms.backorder_account SET reserved = 9$$,
    $$UPDATE oms.quota_account SET reserved = 0$$,
    $$UPDATE oms.protection_account SET reserved = 1$$,
    $$INSERT INTO oms.capacity_account VALUES ('near', 'day', 'infinity', 'orders', 0, 0, 3, 0, '{}')$$);
SELECT hash AS corrupt FROM pg_temp.accounts() \gset
SELECT results_eq('SELECT invariant, key, detail FROM oms.repair() ORDER BY 1, 2', 'SELECT * FROM oms.check() ORDER BY 1, 2', 'a dry run lists what the check finds');
SELECT is((SELECT count(*) FROM oms.repair() WHERE repaired), 0::bigint, 'and mends nothing');
SELECT is((SELECT hash FROM pg_temp.accounts()), :'corrupt', 'it changes nothing');
CREATE TEMP TABLE repaired AS SELECT * FROM oms.repair(dry_run => false, actor => 'Ann');
SELECT is(action, expected, invariant) FROM repaired JOIN (VALUES
    ('sku A, location far', 'on_hand is the sum of the movements', 'set on_hand of the account from 17 to 10'),
    ('sku A, location far', 'reserved is the sum of the reservations', 'set reserved of the account from 1 to 0'),
    ('sku B, location near', 'unavailable is the sum of the movements', 'set unavailable of the account from 2 to 0'),
    ('sku A, location near', 'on_hand is the sum of the movements', 'set on_hand of the account from 0 to 10'),
    ('sku D, location near', 'every movement has an account', 'set on_hand of the account from 0 to 6'),
    ('sku G, channel web', 'what a channel has backordered is the sum of its open backorders', 'set reserved of the account from 9 to 3'),
    ('location near, window day until infinity, orders', 'used of a capacity is what the work at the location has of it', 'set reserved of the account from 3 to 0')
    ) AS e (key, invariant, expected) USING (key, invariant);
SELECT is((SELECT bool_and(repaired) FROM repaired), true, 'all of it is');
SELECT is_empty('SELECT * FROM oms.check()', 'all is well again');
SELECT is_empty('SELECT * FROM oms.repair()', 'nothing is left to repair');
SELECT is((SELECT hash FROM pg_temp.history()), :'before', 'history is as it was');
SELECT is((SELECT string_agg(format('%s %s %s %s %s', sku, location, quantity, reason, actor), '; ' ORDER BY sku, location) FROM oms.movement WHERE kind = 'repair'),
    'A far 0 on_hand 17 -> 10, reserved 1 -> 0 Ann; A near 0 on_hand 0 -> 10 Ann; B near 0 unavailable 2 -> 0 Ann; D near 0 on_hand 0 -> 6 Ann', 'and says what was repaired');
SELECT is((SELECT string_agg(sku || ' ' || location, ', ' ORDER BY sku, location) FROM oms.count_task WHERE reason = 'repaired'), 'A far, A near, B near, D near', 'a count is asked for');
SELECT is(oms.available('A', 'near'), 8::bigint, 'what was lost is back');

-- Movements that were lost
SELECT pg_temp.corrupt($$DELETE FROM oms.movement_row WHERE sku = 'B'$$);
SELECT is((SELECT action FROM oms.repair(trust => 'balances')), 'write a movement of +5 units of on_hand', 'a movement is missing');
SELECT is((SELECT count(*) FROM oms.repair(false, 'balances') WHERE repaired), 1::bigint, 'it is written');
SELECT is_empty('SELECT * FROM oms.check()', 'and all is well');
SELECT is((SELECT on_hand FROM oms.inventory WHERE sku = 'B'), 5::bigint, 'on_hand is what it was');

-- Less is left than was sold
SELECT pg_temp.corrupt($$UPDATE oms.stock_account SET on_hand = 5 WHERE sku = 'C'$$, $$UPDATE oms.movement_row SET quantity = 3 WHERE sku = 'C'$$);
SELECT is((SELECT bool_and(repaired) FROM oms.repair(false)), true, 'a repair may find a loss');
SELECT is_empty('SELECT * FROM oms.check()', 'as any other');
SELECT is((SELECT sum(quantity) FROM oms.shortfall WHERE sku = 'C'), 1::numeric, 'reservations lose');

-- What it leaves alone
SELECT pg_temp.corrupt($$UPDATE oms.order_line_row SET quantity = 1 WHERE order_id = 'o1'$$);
SELECT is((SELECT format('%s %s', repaired, action) FROM oms.repair(false) WHERE invariant = 'a line has no more units than were ordered'), 'f release what is too much: oms.release', 'records that contradict each other');
SELECT pg_temp.corrupt($$UPDATE oms.order_line_row SET quantity = 2 WHERE order_id = 'o1'$$,
    $$UPDATE oms.stock_account SET w = 9, exc = '{}', on_hand = on_hand + 1 WHERE sku = 'A' AND location = 'far'$$,
    $$INSERT INTO oms.stock_delta VALUES ('A', 'far', 8, 1, 0, 0)$$);
SELECT is((SELECT count(*) FROM oms.repair(false) WHERE repaired), 0::bigint, 'an account whose deltas lie wrong is not set');
SELECT throws_ok($$SELECT oms.repair(trust => 'nobody')$$, '22023', 'trust must be movements or balances', 'trust is one of two');
SELECT throws_ok($$SELECT oms.repair(NULL)$$, '22004', NULL, 'dry_run is not null');
SELECT * FROM finish();
ROLLBACK;
