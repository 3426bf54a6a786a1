-- Shortfalls: who loses, in which order, what becomes of it; orders, carts, kits, pickups, protection, quota.
BEGIN;
\ir include/shop.psql
SELECT pg_temp.shop();
CREATE FUNCTION pg_temp.f(which text) RETURNS bigint LANGUAGE sql AS
    $$SELECT max(fulfillment_id) FROM oms.fulfillment WHERE order_id = which$$;
-- lost(): who lost since the last call, in order: order or reference, units, moved+backordered+released
CREATE TEMP TABLE seen (shortfall_id bigint);
CREATE FUNCTION pg_temp.lost() RETURNS text LANGUAGE sql AS $$
    WITH new AS (INSERT INTO seen SELECT shortfall_id FROM oms.shortfall WHERE shortfall_id NOT IN (SELECT shortfall_id FROM seen) RETURNING shortfall_id)
    SELECT string_agg(format('%s %s %s+%s+%s', COALESCE(s.order_id, (SELECT min(r.reference) FROM oms.reservation AS r WHERE r.reservation_id = s.reservation_id)),
                             s.quantity, s.moved, s.backordered, s.released), ', ' ORDER BY s.shortfall_id) FROM oms.shortfall AS s JOIN new USING (shortfall_id)
$$;
CREATE FUNCTION pg_temp.stock(which text) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(format('%s %s-%s', location, on_hand, reserved), ', ' ORDER BY location) FROM oms.inventory WHERE sku = which AND (on_hand <> 0 OR reserved <> 0)
$$;
SELECT no_plan();
SELECT oms.receive_many('near', '{A,B,C}', '{20,20,20}') \g /dev/null

-- The order of losing: carts, then priority, promise, age; the newest of two first
SELECT oms.place_order('p0', 'web', '{A}', '{2}', '40.7,-74', priority => 0), oms.place_order('p4', 'web', '{A}', '{2}', '40.7,-74', priority => 4),
       oms.place_order('soon', 'web', '{A}', '{2}', '40.7,-74', priority => 2, promise_at => '2099-01-01'), oms.place_order('later', 'web', '{A}', '{2}', '40.7,-74', priority => 2, promise_at => '2099-02-01'),
       oms.place_order('1st', 'web', '{A}', '{2}', '40.7,-74', priority => 2) \g /dev/null
SELECT oms.place_order('2nd', 'web', '{A}', '{2}', '40.7,-74', priority => 2, placed_at => now() + interval '1 s') \g /dev/null
SELECT oms.reserve('web', 'A', 3, reference => 'firm'), oms.reserve('web', 'A', 2, expires_in => '1 hour', reference => 'hold') \g /dev/null
SELECT is(oms.adjust('near', 'A', -3, 'lost'), 17::bigint, 'as much as is free');
SELECT is(pg_temp.lost(), NULL, 'nobody loses');
SELECT is(oms.adjust('near', 'A', -1, 'lost'), 16::bigint, 'one more');
SELECT is(pg_temp.lost(), 'hold 1 0+0+1', 'the newest cart, a hold, is released as far as needed');
SELECT is(oms.adjust('near', 'A', -3, 'lost', 'audit 7', 'Bob'), 13::bigint, 'three more');
SELECT is(pg_temp.lost(), 'hold 1 0+0+1, firm 2 0+2+0', 'the rest of it, and of a firm one two wait');
SELECT is((SELECT string_agg(concat_ws(' ', sku, location, channel, reason, reference, actor), ',') FROM oms.shortfall WHERE backordered > 0), 'A near web lost audit 7 Bob', 'with the loss that did it');
SELECT is((SELECT quantity || status || reference || COALESCE(priority, -1) FROM oms.backorder), '2openfirm-1', 'as a backorder of nobody''s order');
SELECT oms.receive('far', 'A', 4) \g /dev/null
SELECT is(pg_temp.stock('A'), 'far 4-2, near 13-13', 'which is filled by what comes elsewhere');
SELECT is(oms.set_on_hand('near', 'A', 0), 0::bigint, 'nothing left');
SELECT is(pg_temp.lost(), 'firm 1 1+0+0, p4 2 1+1+0, 2nd 2 0+2+0, 1st 2 0+2+0, later 2 0+2+0, soon 2 0+2+0, p0 2 0+2+0', 'all, in this order, as far as far has some');
SELECT is_empty('SELECT * FROM oms.check()', 'oms.check() finds nothing');
SELECT oms.receive('near', 'A', 7) \g /dev/null
SELECT is((SELECT string_agg(order_id || ' ' || reserved, ', ' ORDER BY order_id) FROM oms.order_line WHERE reserved > 0), '1st 1, later 2, p0 2, p4 1, soon 2', 'served again the other way round');
SELECT is_empty('SELECT * FROM oms.check()', 'oms.check() finds nothing');
SELECT is(oms.resolve_shortfalls(), 0::bigint, 'nothing is short any more');
SELECT is(oms.adjust('near', 'A', -7, 'lost again', request_id => 'r1'), 0::bigint, 'a request');
SELECT is(oms.adjust('near', 'A', -7, 'lost again', request_id => 'r1'), 0::bigint, 'twice');
SELECT is((SELECT sum(quantity) FROM oms.shortfall WHERE reason = 'lost again'), 7::numeric, 'is one loss');

-- What is worked on: unstarted before started, never what is picked; a table that forbids the reject keeps the work
SELECT pg_temp.lost() \g /dev/null
SAVEPOINT idle;
SELECT oms.place_order('w' || i, 'web', '{B}', '{5}', '40.7,-74', priority => i) FROM generate_series(0, 3) AS i \g /dev/null
SELECT oms.route(order_ids => '{w1,w2,w3}') \g /dev/null
SELECT oms.accept(pg_temp.f('w3')), oms.pick(pg_temp.f('w3'), '{B}', '{2}'), oms.accept(pg_temp.f('w2')) \g /dev/null
SAVEPOINT work;
SELECT is(oms.adjust('near', 'B', -6, 'lost'), 14::bigint, 'six of the unstarted');
SELECT is(pg_temp.lost(), 'w1 5 0+5+0, w0 1 0+1+0', 'the unstarted, though more urgent');
SELECT is((SELECT string_agg(order_id || status, ' ' ORDER BY order_id) FROM oms.fulfillment), 'w1rejected w2accepted w3picking', 'its work is refused');
SELECT is(oms.adjust('near', 'B', -12, 'lost'), 2::bigint, 'all but two');
SELECT is(pg_temp.lost(), 'w0 4 0+4+0, w3 3 0+3+0, w2 5 0+5+0', 'then the started, least urgent first');
SELECT is((SELECT string_agg(order_id || status, ' ' ORDER BY order_id) FROM oms.fulfillment), 'w1rejected w2rejected w3picking', 'two are in a basket');
SELECT is((SELECT string_agg(DISTINCT cause, ',') FROM oms.rejection), 'short', 'and on record');
SELECT is(oms.adjust('near', 'B', -1, 'lost'), 1::bigint, 'which one cannot be');
SELECT is(pg_temp.lost() || pg_temp.stock('B'), NULL, 'nobody loses what a picker has');
SELECT is((SELECT available FROM oms.inventory WHERE sku = 'B'), -1::bigint, 'the shortfall stays to be seen');
SELECT is(oms.resolve_shortfalls('B'), 1::bigint, 'and is looked at again');
SELECT is(oms.resolve_shortfalls('C'), 0::bigint, 'not for another sku');
SELECT is_empty('SELECT * FROM oms.check()', 'oms.check() finds nothing');
ROLLBACK TO work;
UPDATE oms.fulfillment_transition SET active = false WHERE action = 'reject' AND from_status = 'assigned';
SELECT is(oms.adjust('near', 'B', -7, 'lost'), 13::bigint, 'where unstarted work may not be refused');
SELECT is(pg_temp.lost(), 'w0 5 0+5+0, w3 2 0+2+0', 'the others lose');
ROLLBACK TO work;

-- A line that names its location, and a pickup, wait there
SELECT oms.place_order_lines('l', 'web', '[{"sku": "C", "quantity": 1, "location": "near"}]'), oms.place_order('pick', 'web', '{C}', '{2}', service => 'pickup') \g /dev/null
SELECT oms.reserve('web', 'C', 2, location => 'near', method => 'pickup', reference => 'firm pickup') \g /dev/null
SELECT oms.receive('far', 'C', 50), oms.set_on_hand('near', 'C', 0) \g /dev/null
SELECT is(pg_temp.lost(), 'firm pickup 2 0+2+0, pick 2 0+2+0, l 1 0+1+0', 'they do not move');
SELECT is((SELECT string_agg(DISTINCT location || method, ' ') FROM oms.backorder WHERE sku = 'C'), 'nearpickup nearship', 'and wait where they were');
SELECT is_empty('SELECT * FROM oms.check()', 'oms.check() finds nothing');
ROLLBACK TO idle;

-- Kits lose whole; one that no other location has keeps its hold
SELECT oms.add_kit('K', '{B,C}', '{2,1}') \g /dev/null
SELECT oms.place_order('k', 'web', '{K}', '{3}', '40.7,-74') \g /dev/null
SELECT oms.reserve('web', 'K', 2, expires_in => '1 hour', reference => 'kit in a cart') \g /dev/null
SELECT oms.route(order_ids => '{k}') \g /dev/null
SELECT is(oms.set_on_hand('near', 'C', 4), 4::bigint, 'a component is short by one');
SELECT is(pg_temp.lost(), 'kit in a cart 2 0+0+2', 'a cart''s kits go');
SELECT is((SELECT reserved FROM oms.inventory WHERE sku = 'B' AND location = 'near'), 6::bigint, 'with their other components');
SELECT is(oms.set_on_hand('near', 'C', 2), 2::bigint, 'then an order''s');
SELECT is(pg_temp.lost(), NULL, 'which nobody else has');
SELECT is((SELECT string_agg(status, ',') FROM oms.fulfillment WHERE order_id = 'k'), 'assigned', 'keep their hold and their work');
SELECT oms.receive_many('far', '{B,C}', '{9,9}') \g /dev/null
SELECT is(oms.resolve_shortfalls(), 1::bigint, 'once there are some');
SELECT is(pg_temp.lost(), 'k 3 3+0+0', 'they move');
SELECT is(pg_temp.stock('B') || '; ' || pg_temp.stock('C'), 'far 9-6, near 20-0; far 9-3, near 2-0', 'whole');
SELECT is((SELECT string_agg(status, ',') FROM oms.fulfillment WHERE order_id = 'k'), 'rejected', 'and their work is refused');
SELECT is_empty('SELECT * FROM oms.check()', 'oms.check() finds nothing');
ROLLBACK TO idle;

-- Quota and protection; what expired is free; what is not tracked is never short
SELECT oms.add_quota('web', 'C', 10), oms.protect_stock('near', 'C', 'web', 3) \g /dev/null
SELECT oms.reserve('web', 'C', 4, reference => 'q firm'), oms.reserve('web', 'C', 2, expires_in => '1 hour', reference => 'q hold'), oms.reserve('web', 'C', 2, expires_in => '1 ms', reference => 'gone') \g /dev/null
SELECT pg_sleep(0.01) \g /dev/null
SELECT is(oms.set_on_hand('near', 'C', 6), 6::bigint, 'an expired hold is free');
SELECT is(pg_temp.lost(), NULL, 'so nobody loses');
SELECT is(oms.set_on_hand('near', 'C', 1), 1::bigint, 'now');
SELECT is(pg_temp.lost(), 'q hold 2 0+0+2, q firm 3 0+3+0', 'both');
SELECT is((SELECT used FROM oms.quota_use WHERE sku = 'C'), 4::bigint, 'what waits still counts for the quota, what was released does not');
SELECT is_empty('SELECT * FROM oms.check()', 'oms.check() finds nothing');
-- What is held back of a receipt is the first to go
SELECT oms.receive('other', 'C', 5, hold_back => true), oms.set_on_hand('other', 'C', 3) \g /dev/null
SELECT is((SELECT held FROM oms.hold_back), 3::bigint, 'held back units lose');
SELECT is(pg_temp.lost(), NULL, 'which is nobody''s loss');
SELECT is_empty('SELECT * FROM oms.check()', 'oms.check() finds nothing');
SELECT oms.add_item('U', tracked => false) \g /dev/null
SELECT oms.reserve('web', 'U', 5, location => 'near'), oms.receive('near', 'U', 2), oms.adjust('near', 'U', -1, 'gone') \g /dev/null
SELECT is(pg_temp.lost(), NULL, 'what is not tracked is not short');
SELECT is(oms.resolve_shortfalls('U'), 0::bigint, 'ever');
SELECT throws_ok($$SELECT oms.resolve_shortfalls('')$$, '22023', NULL, 'an empty sku');
SELECT * FROM finish();
ROLLBACK;
