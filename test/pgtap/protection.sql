-- Protected stock: bad input, who may take what, and what goes back to the protection, by every way
-- that a reservation ends or moves.
BEGIN;
SET LOCAL client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS oms;
\ir include/network.psql
SELECT plan(66);
SELECT oms.add_channel('pos', 'all', 'stores'), oms.add_channel('keep', 'all', safety_stock => '20%') \g /dev/null
SELECT oms.receive('W', 'A', 20), oms.receive('N', 'A', 10) \g /dev/null

-- 'quantity used left' of pos at a location
CREATE FUNCTION pg_temp.protected(at text DEFAULT 'W', whose text DEFAULT 'pos', what text DEFAULT 'A') RETURNS text LANGUAGE sql AS
    $$SELECT string_agg(format('%s %s %s', quantity, used, "left"), ', ' ORDER BY until) FROM oms.protected_stock WHERE sku = what AND location = at AND channel = whose$$;
CREATE FUNCTION pg_temp.take(channel text, quantity bigint, at text DEFAULT 'W') RETURNS text LANGUAGE sql VOLATILE AS
    $$SELECT status FROM oms.try_reserve(channel, 'A', quantity, at)$$;
CREATE FUNCTION pg_temp.free(channel text, at text DEFAULT 'W') RETURNS bigint LANGUAGE sql AS
    $$SELECT atp FROM oms.atp_by_location(channel, 'A') WHERE location = at$$;

-- Bad input
SELECT pg_temp.refused('SELECT oms.' || call, error) FROM (VALUES
    ('protect_stock(NULL, ''A'', ''pos'', 1)', '22004 location must not be null'), ('protect_stock(''W'', NULL, ''pos'', 1)', '22004 sku must not be null'),
    ('protect_stock(''W'', ''A'', NULL, 1)', '22004 channel must not be null'), ('protect_stock(''W'', ''A'', ''pos'', NULL)', '22004 quantity must not be null'),
    ('protect_stock(''W'', ''A'', ''pos'', 1, NULL)', '22004 until must not be null'), ('protect_stock('''', ''A'', ''pos'', 1)', '22023 location must not be empty'),
    ('protect_stock(''W'', '''', ''pos'', 1)', '22023 sku must not be empty'), ('protect_stock(''W'', ''A'', '''', 1)', '22023 channel must not be empty'),
    ('protect_stock(''W'', ''A'', ''pos'', 0)', '22023 quantity must be at least 1 | It is 0.'), ('protect_stock(''W'', ''A'', ''pos'', -1)', '22023 quantity must be at least 1 | It is -1.'),
    ('protect_stock(''X'', ''A'', ''pos'', 1)', '|OM004 location "X" is unknown | Call oms.add_location first.'),
    ('protect_stock(''W'', ''A'', ''none'', 1)', '|OM004 channel "none" is unknown | Call oms.add_channel first.'),
    ('protect_stock(''W'', ''A'', ''pos'', 1, ''2020-01-01Z'')', '22023 until must be in the future | It is 2020-01-01 00:00:00+00.'),
    ('protect_stock(''W'', ''A'', ''pos'', 1, ''-infinity'')', '22023 until must be in the future | It is -infinity.'),
    ('protect_stock(''W'', ''A'', ''pos'', 1, ''10000-01-01Z'')', '22008 moment out of range: "10000-01-01 00:00:00+00" | Use a year from 1 to 9999, or infinity.'),
    ('unprotect_stock(NULL, ''A'', ''pos'')', '22004 location must not be null'), ('unprotect_stock(''W'', NULL, ''pos'')', '22004 sku must not be null'),
    ('unprotect_stock(''W'', ''A'', NULL)', '22004 channel must not be null'), ('unprotect_stock(''X'', ''A'', ''pos'')', '|OM004 location "X" is unknown | Call oms.add_location first.')
    ) AS t (call, e), LATERAL (SELECT ltrim(t.e, '|')) AS l (error);
SELECT is_empty('SELECT * FROM oms.protected_stock', 'nothing is protected');
SELECT is(oms.unprotect_stock('W', 'A', 'pos'), 0::bigint, 'nothing to unprotect');

-- Setting
SELECT is(oms.protect_stock('W', 'A', 'pos', 8, request_id => 'r'), 0::bigint, 'protected for the first time');
SELECT is(oms.protect_stock('W', 'A', 'pos', 8, request_id => 'r'), 0::bigint, 'the same request is not done again');
SELECT is(oms.protect_stock('W', 'A', 'pos', 5, '2999-12-31 23:59:59.5Z'), 8::bigint, 'another moment replaces the first');
SELECT results_eq($$SELECT channel, quantity, used, "left", until FROM oms.protected_stock$$, $$VALUES ('pos' COLLATE "C", 5::bigint, 0::bigint, 5::bigint, timestamptz '2999-12-31 23:59:59.5Z')$$, 'one is left');
SELECT is(ARRAY[pg_temp.free('web'), pg_temp.free('pos'), pg_temp.free('keep')], '{15,20,11}', 'kept from web and keep, which keeps 4 besides');
SELECT is(oms.protect_stock('W', 'A', 'keep', 6), 0::bigint, 'two channels have some');
SELECT is(ARRAY[pg_temp.free('web'), pg_temp.free('pos'), pg_temp.free('keep')], '{9,14,11}', 'each is kept from the other');
SELECT is(ARRAY[pg_temp.take('web', 10), pg_temp.take('pos', 15), pg_temp.take('keep', 12)], '{insufficient,insufficient,insufficient}', 'the take agrees');
SELECT is(ARRAY[pg_temp.take('web', 9), pg_temp.take('web', 1)], '{reserved,insufficient}', 'web to the last');
SELECT is(ARRAY[pg_temp.take('pos', 6), pg_temp.take('pos', 5)], '{insufficient,reserved}', 'pos all of its protection');
SELECT is(ARRAY[pg_temp.take('keep', 3), pg_temp.take('keep', 2)], '{insufficient,reserved}', 'keep up to its own safety stock');
SELECT is(ARRAY[pg_temp.protected(), pg_temp.protected('W', 'keep')], '{5 5 0,6 2 4}', 'used');
SELECT is(oms.unprotect_stock('W', 'A', 'keep'), 4::bigint, 'ended');
SELECT is(ARRAY[pg_temp.free('web'), pg_temp.free('pos'), pg_temp.free('keep')], '{4,4,0}', 'and free for all');
SELECT oms.release(reservation_id) FROM oms.reservation WHERE status = 'firm' \g /dev/null
SELECT is(ARRAY[pg_temp.protected(), pg_temp.protected('W', 'keep')], '{5 0 5,2 0 2}', 'a release gives back to the protection that it was of');
SELECT oms.unprotect_stock('W', 'A', 'keep') \g /dev/null

-- More than is there protects what comes; of a sku that nobody has yet, too
SELECT is(oms.protect_stock('N', 'A', 'pos', 1000), 0::bigint, 'more than is there');
SELECT is(ARRAY[pg_temp.free('web', 'N'), pg_temp.free('pos', 'N')], '{0,10}', 'all of it is kept');
SELECT is(oms.protect_stock('P', 'new', 'pos', 9223372036854775807), 0::bigint, 'a sku that is not there yet, the largest bigint');
SELECT matches(pg_temp.error($$SELECT oms.protect_stock('P', 'new', 'web', 1)$$), '^22003 ', 'no more than a bigint in all');
SELECT is(oms.receive('P', 'new', 5), 5::bigint, 'it comes');
SELECT is(oms.atp('web', 'new') + oms.atp('pos', 'new') * 100, 500::bigint, 'and is protected');
SELECT is(oms.unprotect_stock('P', 'new', 'pos'), 9223372036854775807, 'all of it ends');
SELECT is((SELECT q::text FROM oms.transfer('W', 'N', 'A', 15) q), '(5,25)', 'a transfer takes what is not protected');
SELECT matches(pg_temp.error($$SELECT oms.transfer('W', 'N', 'A', 1)$$), '^OM001 .*wanted 1, available 0', 'and no more');
SELECT is(oms.adjust('W', 'A', -1, 'lost'), 4::bigint, 'a loss is not refused for what is protected');
SELECT is(ARRAY[pg_temp.free('web'), pg_temp.free('pos')], '{0,4}', 'less is there than is protected');
SELECT is(oms.receive('W', 'A', 16), 20::bigint, 'more comes');
SELECT oms.unprotect_stock('N', 'A', 'pos') \g /dev/null

-- Moves: units of the protection go last, and back
SELECT reservation_id AS r FROM oms.reserve('pos', 'A', 8, 'W', reference => 'r') \gset
SELECT is((SELECT protected FROM oms.reservation WHERE reservation_id = :r), 5::bigint, 'five of eight are of the protection');
SELECT oms.consume(:r, 2) \g /dev/null
SELECT oms.protect_stock('N', 'A', 'pos', 3) \g /dev/null
SELECT oms.place_order('o', 'pos', '{A}', '{1}', '41,-74') \g /dev/null
SELECT is(pg_temp.protected('N'), '3 1 2', 'an order uses it');
SELECT oms.cancel_order('o') \g /dev/null
SELECT is(pg_temp.protected('N'), '3 0 3', 'and gives it back');
SELECT oms.release(:r) \g /dev/null
SELECT is(pg_temp.protected(), '5 2 3', 'of two consumed, both were of the protection');
SELECT reservation_id AS r FROM oms.reserve('pos', 'A', 4, 'W') \gset
SELECT oms.transfer_reservation(:r, 'N') \g /dev/null
SELECT is(ARRAY[pg_temp.protected(), pg_temp.protected('N')], '{5 2 3,3 3 0}', 'moved: from one protection to the other');
SELECT is((SELECT protected FROM oms.reservation WHERE reservation_id = :r), 3::bigint, 'its row says so');
SELECT oms.transfer_reservation(:r, 'W') \g /dev/null
SELECT is(ARRAY[pg_temp.protected(), pg_temp.protected('N')], '{5 5 0,3 0 3}', 'and back');

-- A cart that an order takes over in part, and one that is replaced
SELECT oms.release(:r) \g /dev/null
SELECT oms.reserve('pos', 'A', 5, 'W', cart_id => 'c', expires_in => '1 hour') \g /dev/null
SELECT oms.reserve('pos', 'A', 4, 'W', cart_id => 'c', expires_in => '1 hour') \g /dev/null
SELECT is(pg_temp.protected(), '5 5 0', 'a cart of four');
SELECT oms.place_order_lines('o2', 'pos', '[{"sku": "A", "quantity": 1}, {"sku": "A", "quantity": 1}]', cart_id => 'c') \g /dev/null
SELECT is(pg_temp.protected(), '5 4 1', 'two are wanted');
SELECT is_empty('SELECT * FROM oms.check()', 'all adds up');
SELECT oms.cancel_order('o2') \g /dev/null
SELECT is(pg_temp.protected(), '5 2 3', 'cancelled');

-- Backorders: a receipt fills those of the channel from its protection, and leaves it to it
SELECT oms.unprotect_stock('W', 'A', 'pos') \g /dev/null
SELECT oms.protect_stock('F', 'B', 'pos', 3) \g /dev/null
SELECT oms.add_item('B') \g /dev/null
SELECT oms.reserve('web', 'B', 4, 'F', on_shortage => 'backorder') \g /dev/null
SELECT oms.reserve('pos', 'B', 2, 'F', on_shortage => 'backorder') \g /dev/null
SELECT oms.receive('F', 'B', 5) \g /dev/null
SELECT results_eq($$SELECT channel, quantity, protected FROM oms.reservation WHERE sku = 'B' ORDER BY channel$$,
    $$VALUES ('pos' COLLATE "C", 2::bigint, 2::bigint), ('web', 2, 0)$$, 'each gets what it may have');
SELECT is(pg_temp.protected('F', 'pos', 'B'), '3 2 1', 'one stays protected');
-- Routing leaves protected stock alone
SELECT oms.receive('P', 'D', 1), oms.receive('N', 'D', 4), oms.protect_stock('N', 'D', 'pos', 4) \g /dev/null
SELECT oms.place_order('d', 'web', '{D}', '{1}', '41,-74') \g /dev/null
SELECT results_eq('SELECT moved_units, unfilled_units, not_moved_units FROM oms.route(order_ids => ''{d}'')', 'VALUES (0::bigint, 0::bigint, 0::bigint)', 'nothing to move');
SELECT is((SELECT location FROM oms.reservation WHERE order_id = 'd'), 'P', 'the order stays where it is');
SELECT oms.protect_stock('N', 'D', 'pos', 3) \g /dev/null
SELECT oms.route() \g /dev/null
SELECT is((SELECT location FROM oms.reservation WHERE order_id = 'd'), 'N', 'one that is not protected is near');
SELECT is_empty('SELECT * FROM oms.check()', 'all adds up at the end');
SELECT oms.fold_accounts() \g /dev/null
SELECT is((SELECT count(*) FROM oms.protected_stock WHERE "left" > 0), 3::bigint, 'protection outlives a fold');
SELECT * FROM finish();
ROLLBACK;
