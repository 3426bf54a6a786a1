-- Kits: what may be one, what it takes, and that no part of one is ever left alone.
BEGIN;
\ir include/network.psql
SELECT plan(155);

-- held(order) is where an order's kits are: location, sku and units of each reservation.
CREATE FUNCTION pg_temp.held(which text) RETURNS text LANGUAGE sql AS
    $$SELECT string_agg(format('%s %s:%s', location, sku, quantity - consumed), ', ' ORDER BY location, reservation_id, sku)
        FROM oms.reservation WHERE order_id = which AND status = 'firm'$$;
CREATE FUNCTION pg_temp.route() RETURNS text LANGUAGE sql AS
    $$SELECT concat_ws(' ', moved_units, not_moved_units, unfilled_units, shipments) FROM oms.route(options => '{"ship_at": "placed_at"}')$$;
CREATE FUNCTION pg_temp.one(which text) RETURNS bigint LANGUAGE sql AS
    $$SELECT min(reservation_id) FROM oms.reservation WHERE reference = which$$;

-- What may be a kit
SELECT is((SELECT string_agg(quantity || ' ' || sku, ', ' ORDER BY sku) FROM oms.add_kit('gift', '{belt,wallet}', '{2,1}')),
          '2 belt, 1 wallet', 'add_kit returns the components');
SELECT matches(pg_temp.error($$SELECT oms.add_kit('gift', '{gift}', '{1}')$$), '^23514 .*kit_component_itself_check', 'a kit of itself');
SELECT matches(pg_temp.error($$SELECT oms.add_kit('box', '{gift}', '{1}')$$), '^23514 kit "box" cannot contain "gift": a kit inside a kit', 'a kit in a kit');
SELECT matches(pg_temp.error($$SELECT oms.add_kit('belt', '{leather}', '{1}')$$), '^23514 .*a kit inside a kit.*Kit "gift" contains "belt"', 'a component becomes a kit');
SELECT matches(pg_temp.error($$INSERT INTO oms.kit_component VALUES ('box', 'gift', 1)$$), '^23514 .*a kit inside a kit', 'the same by INSERT');
SELECT matches(pg_temp.error($$UPDATE oms.kit_component SET kit = 'wallet' WHERE sku = 'belt'$$), '^23514 .*a kit inside a kit', 'and by UPDATE');
SELECT matches(pg_temp.error($$SELECT oms.add_kit('box', '{a,a}', '{1,1}')$$), '^23505 ', 'a component named twice');
SELECT matches(pg_temp.error($$SELECT oms.add_kit('box', '{a,b}', '{1}')$$), '^23502 .*"quantity"', 'fewer quantities than skus');
SELECT matches(pg_temp.error($$SELECT oms.add_kit('box', '{a}', '{1,2}')$$), '^23502 .*"sku"', 'more quantities than skus');
SELECT matches(pg_temp.error($$SELECT oms.add_kit(NULL, '{a}', '{1}')$$), '^23502 ', 'kit NULL');
SELECT matches(pg_temp.error($$SELECT oms.add_kit('box', NULL, '{1}')$$), '^23502 ', 'skus NULL');
SELECT matches(pg_temp.error($$SELECT oms.add_kit('box', '{a}', NULL)$$), '^23502 ', 'quantities NULL');
SELECT matches(pg_temp.error($$SELECT oms.add_kit('box', '{a}', '{0}')$$), '^23514 ', 'none of a component');
SELECT matches(pg_temp.error($$SELECT oms.add_kit('box', '{a}', '{-1}')$$), '^23514 ', 'a negative quantity');
SELECT matches(pg_temp.error($$SELECT oms.add_kit('', '{a}', '{1}')$$), '^23514 ', 'an empty kit');
SELECT is((SELECT count(*) FROM oms.kit_component), 2::bigint, 'after all of these there is one kit');

-- No stock of its own
SELECT pg_temp.refused($$SELECT oms.receive('W', 'gift', 1)$$,
    'OM010 sku "gift" is a kit and has no stock of its own | It consists of 2 of "belt", 1 of "wallet". | Give the components instead.');
SELECT matches(pg_temp.error($$SELECT oms.receive_many('W', '{belt,gift}', '{1,1}')$$), '^OM010 sku "gift" is a kit', 'receive_many');
SELECT matches(pg_temp.error($$SELECT oms.adjust('W', 'gift', 1, 'found')$$), '^OM010 ', 'adjust');
SELECT matches(pg_temp.error($$SELECT oms.set_on_hand('W', 'gift', 1)$$), '^OM010 ', 'set_on_hand');
SELECT oms.receive('W', 'mug', 1) \g /dev/null
SELECT matches(pg_temp.error($$SELECT oms.add_kit('mug', '{clay}', '{1}')$$), '^23514 sku "mug" cannot become a kit \| It has stock of its own at location "W"', 'a sku with stock');
SELECT oms.adjust('W', 'mug', -1, 'gone') \g /dev/null
SELECT lives_ok($$SELECT oms.add_kit('mug', '{clay}', '{1}')$$, 'once the stock is gone it may');
SELECT lives_ok($$SELECT oms.add_kit('mug', '{}', '{}')$$, 'and be no kit again');
SELECT oms.add_item('late') \g /dev/null
SELECT oms.reserve('web', 'late', 1, on_shortage => 'backorder') \g /dev/null
SELECT matches(pg_temp.error($$SELECT oms.add_kit('late', '{clay}', '{1}')$$), '^23514 .*It is backordered', 'a sku that is backordered');

-- ATP: worked case 4
SELECT is(oms.atp('web', 'gift'), 0::bigint, 'a kit is known without an item; nothing there');
SELECT oms.receive('W', 'belt', 10), oms.receive('N', 'wallet', 7) \g /dev/null
SELECT is(oms.atp('web', 'gift'), 0::bigint, 'belts at one location, wallets at another');
SELECT oms.receive('W', 'wallet', 7) \g /dev/null
SELECT is(oms.atp('web', 'gift'), 5::bigint, '10 belts and 7 wallets at one location');
SELECT is((SELECT atp FROM oms.atp_many('web', '{belt,gift}') WHERE sku = 'gift'), 5::bigint, 'atp_many says the same');
SELECT is((SELECT sum(atp) FROM oms.atp_by_location('web', 'gift')), 5::numeric, 'and atp_by_location');
SELECT is(pg_temp.sold('web', 'gift'), 5::bigint, 'and as many can be sold');
SELECT is(oms.atp('web', 'gift', 'pickup'), 0::bigint, 'not for pickup');
SAVEPOINT start;

-- Safety stock: the component's own; the buffer: the kit's; a rule for the kit: only 100%
SELECT oms.add_safety_stock_rule('3', channel => 'market', sku => 'belt') \g /dev/null
SELECT is(oms.atp('market', 'gift'), 3::bigint, 'of 10 belts 3 are kept back: 3 kits');
SELECT is(pg_temp.sold('market', 'gift'), 3::bigint, 'enforced');
SELECT oms.add_channel('market', 'all', buffer => 1) \g /dev/null
SELECT is(oms.atp('market', 'gift') || ' ' || oms.atp('market', 'belt'), '2 6', 'the buffer is taken from what is sold');
SELECT is(pg_temp.sold('market', 'gift'), 2::bigint, 'enforced');
SELECT oms.add_safety_stock_rule('2', channel => 'market', sku => 'gift') \g /dev/null
SELECT is(oms.atp('market', 'gift'), 2::bigint, 'units kept back of the kit itself do not count');
SELECT oms.add_safety_stock_rule('100%', channel => 'market', sku => 'gift', location => 'W') \g /dev/null
SELECT is(oms.atp('market', 'gift'), 0::bigint, 'a rule that excludes the kit does');
SELECT is(pg_temp.sold('market', 'gift'), 0::bigint, 'enforced');
SELECT matches(pg_temp.error($$SELECT oms.reserve('market', 'gift', 1, 'W')$$), '^OM001 ', 'at the location too');
ROLLBACK TO start;

-- Untracked components
SELECT oms.add_item('card', tracked => false) \g /dev/null
SELECT oms.add_kit('gift', '{belt,card}', '{2,1}'), oms.add_kit('cards', '{card}', '{3}') \g /dev/null
SELECT is(oms.atp('web', 'gift'), 5::bigint, 'an untracked component never runs out');
SELECT is(pg_temp.sold('web', 'gift'), 5::bigint, 'enforced');
SELECT is(oms.atp('web', 'cards'), 9223372036854775807, 'a kit of untracked components neither');
SELECT is((SELECT sku || quantity FROM oms.reserve('web', 'cards', 5)), 'card15', 'it can be reserved');
SELECT oms.add_safety_stock_rule('100%', channel => 'web', sku => 'card') \g /dev/null
SELECT is(oms.atp('web', 'cards') || ' ' || oms.atp('web', 'gift'), '0 0', 'an excluded one excludes the kit');
SELECT is_empty('SELECT * FROM oms.check()', 'oms.check() finds nothing');
ROLLBACK TO start;

-- Quantities
SELECT pg_temp.refused($$SELECT oms.reserve('web', 'gift', 6)$$,
    $$OM001 not enough stock of sku "gift" for channel "web" | Line 1: wanted 6, available 5. | Reserve fewer, or pass on_shortage => 'partial'.$$);
SELECT matches(pg_temp.error($$SELECT oms.reserve('web', 'gift', 9223372036854775807)$$), '^OM001 ', 'more kits than bigint has belts');
SELECT is((SELECT status FROM oms.try_reserve('web', 'gift', 9223372036854775807, 'W')), 'insufficient', 'the same at a location, told in rows');
SELECT oms.add_item('gift', quantity_minimum => 2, quantity_step => 2) \g /dev/null
SELECT matches(pg_temp.error($$SELECT oms.reserve('web', 'gift', 3)$$), '^OM010 .*at least 2 units, in steps of 2', 'the kit''s own order quantities count');
SELECT is((SELECT sum(quantity) FROM oms.reserve('web', 'gift', 2)), 6::numeric, 'components are not bound by them');
ROLLBACK TO start;

-- A kit line and a plain line of a component, in both orders of names
SELECT results_eq($$SELECT line_no, reserved, status FROM oms.try_reserve_many('web', '{wallet,gift}', '{10,5}', location => 'W')$$,
    $$VALUES (1, 0::bigint, 'insufficient'), (2, 0, 'refused')$$, 'more wallets than are left by the kits');
SELECT results_eq($$SELECT line_no, sku, quantity, kit FROM oms.reserve_many('web', '{wallet,gift}', '{2,5}', location => 'W')$$,
    $$VALUES (1, 'wallet', 2::bigint, NULL), (2, 'belt', 10, 'gift'), (2, 'wallet', 5, 'gift')$$, 'all of both');
SELECT is((SELECT available FROM oms.inventory WHERE sku = 'wallet' AND location = 'W'), 0::bigint, 'nothing is left, nothing oversold');
ROLLBACK TO start;
SELECT oms.add_kit('pair', '{wallet}', '{2}') \g /dev/null
SELECT results_eq($$SELECT line_no, reserved, status FROM oms.try_reserve_many('web', '{gift,pair}', '{5,2}', location => 'W', on_shortage => 'partial')$$,
    $$VALUES (1, 5::bigint, 'reserved'), (2, 1, 'partial')$$, 'two kits share a component');
SELECT is_empty('SELECT * FROM oms.check()', 'oms.check() finds nothing');
ROLLBACK TO start;

-- Several locations: each kit whole
SELECT oms.receive('N', 'belt', 5) \g /dev/null
SELECT results_eq($$SELECT location, sku, quantity FROM oms.reserve('web', 'gift', 7)$$,
    $$VALUES ('W', 'belt', 10::bigint), ('W', 'wallet', 5), ('N', 'belt', 4), ('N', 'wallet', 2)$$, 'split over locations by whole kits');
ROLLBACK TO start;
SELECT oms.reserve('web', 'wallet', 6, 'W') \g /dev/null
SELECT results_eq($$SELECT sku, quantity FROM oms.reserve('web', 'gift', 3, on_shortage => 'partial')$$,
    $$VALUES ('belt', 2::bigint), ('wallet', 1)$$, 'partial gives whole kits only');
SELECT is((SELECT reserved FROM oms.inventory WHERE sku = 'belt'), 2::bigint, 'what it took of the others it gave back');
SELECT is_empty($$SELECT * FROM oms.reserve('web', 'gift', 3, on_shortage => 'partial')$$, 'none');
ROLLBACK TO start;

-- Backorders
SELECT pg_temp.refused($$SELECT oms.reserve_many('web', '{gift,late}', '{6,1}', on_shortage => 'backorder')$$,
    'OM001 not enough stock of sku "gift" for channel "web" | Line 1: wanted 6, available 5. | A kit is not backordered: backorder its components as lines of their own.');
SELECT results_eq($$SELECT line_no, status FROM oms.try_reserve_many('web', '{gift,late}', '{6,1}', on_shortage => 'backorder')$$,
    $$VALUES (1, 'insufficient'), (2, 'refused')$$, 'a short kit refuses the cart');
SELECT results_eq($$SELECT line_no, status FROM oms.try_reserve_many('web', '{gift,late}', '{5,1}', on_shortage => 'backorder')$$,
    $$VALUES (1, 'reserved'), (2, 'backordered')$$, 'a kit that is there is reserved, what is not is backordered');
ROLLBACK TO start;

-- The verbs
SELECT oms.reserve('web', 'gift', 2, expires_in => '1 hour', reference => 'h') \g /dev/null
SELECT results_eq($$SELECT sku, quantity, status FROM oms.confirm(pg_temp.one('h'))$$,
    $$VALUES ('belt', 4::bigint, 'firm'), ('wallet', 2, 'firm')$$, 'confirm');
SELECT matches(pg_temp.error($$SELECT oms.consume(pg_temp.one('h'), 3)$$), '^OM005 cannot consume 3 kits of reservation \d+ \| Of 2 kits 2 are left', 'consume more');
SELECT results_eq($$SELECT sku, consumed, status FROM oms.consume(pg_temp.one('h'), 1)$$,
    $$VALUES ('belt', 2::bigint, 'firm'), ('wallet', 1, 'firm')$$, 'consume one kit');
SELECT results_eq($$SELECT sku, consumed, status FROM oms.consume(pg_temp.one('h'))$$,
    $$VALUES ('belt', 4::bigint, 'consumed'), ('wallet', 2, 'consumed')$$, 'consume the rest');
SELECT oms.reserve('web', 'gift', 1, expires_in => '1 hour', reference => 'x'), oms.reserve('web', 'belt', 1, reference => 'b') \g /dev/null
SELECT results_eq($$SELECT sku, consumed FROM oms.consume_many(ARRAY[pg_temp.one('b'), pg_temp.one('x')]) ORDER BY sku, consumed$$,
    $$VALUES ('belt', 1::bigint), ('belt', 2), ('wallet', 1)$$, 'consume_many, a kit and a sku');
SELECT oms.reserve('web', 'gift', 1, expires_in => '1 hour', reference => 'e') \g /dev/null
SELECT is((SELECT count(DISTINCT expires_at) || ' ' || count(*) FROM oms.extend(pg_temp.one('e'), '2 hours')), '1 2', 'extend');
SELECT oms.receive('N', 'belt', 2) \g /dev/null
SELECT results_eq($$SELECT sku, location, quantity FROM oms.transfer_reservation(pg_temp.one('e'), 'N')$$,
    $$VALUES ('belt', 'N', 2::bigint), ('wallet', 'N', 1)$$, 'transfer_reservation');
SELECT is((SELECT string_agg(location || ' ' || reserved, ', ' ORDER BY location) FROM oms.inventory WHERE sku = 'belt'), 'N 2, W 0', 'its units are held there');
SELECT matches(pg_temp.error($$SELECT oms.transfer_reservation(pg_temp.one('e'), 'F')$$), '^OM001 not enough stock of the kit''s components at location "F"', 'where there are none');
SELECT results_eq($$SELECT sku, status FROM oms.release(pg_temp.one('e'))$$, $$VALUES ('belt', 'released'), ('wallet', 'released')$$, 'release');
SELECT is_empty('SELECT * FROM oms.check()', 'oms.check() finds nothing');
ROLLBACK TO start;

-- Expiry: all components at one moment; each is given back by who needs it
SELECT oms.reserve('web', 'gift', 5, expires_in => '50 ms', reference => 'g'), pg_sleep(0.06) \g /dev/null
SELECT is(oms.atp('web', 'gift'), 5::bigint, 'an expired kit is free');
SELECT is((SELECT quantity FROM oms.reserve('web', 'belt', 10, 'W')), 10::bigint, 'a take of its belts');
SELECT is((SELECT string_agg(sku || ' ' || status, ', ' ORDER BY sku) FROM oms.reservation WHERE reference = 'g'),
          'belt expired, wallet expired', 'takes the belts back; the wallets are no less expired');
SELECT is((SELECT reserved || ' ' || expired || ' ' || available FROM oms.inventory WHERE sku = 'wallet' AND location = 'W'), '5 5 7', 'unswept, but free');
SELECT is_empty('SELECT * FROM oms.check()', 'oms.check() finds nothing');
SELECT matches(pg_temp.error($$SELECT oms.confirm(pg_temp.one('g'))$$), '^OM003 ', 'it cannot be confirmed');
SELECT matches(pg_temp.error($$SELECT oms.extend(pg_temp.one('g'), '1 hour')$$), '^OM003 ', 'nor extended');
SELECT matches(pg_temp.error($$SELECT oms.consume(pg_temp.one('g'))$$), '^OM003 ', 'nor consumed');
SELECT results_eq($$SELECT sku, status FROM oms.release(pg_temp.one('g'))$$, $$VALUES ('belt', 'expired'), ('wallet', 'expired')$$, 'release gives the rest back');
SELECT is((SELECT reserved FROM oms.inventory WHERE sku = 'wallet' AND location = 'W'), 0::bigint, 'all of it');
SELECT is_empty('SELECT * FROM oms.check()', 'oms.check() finds nothing');
ROLLBACK TO start;
SELECT oms.reserve('web', 'gift', 2, expires_in => '50 ms'), pg_sleep(0.06) \g /dev/null
SELECT is(oms.expire_holds(), 6::bigint, 'expire_holds counts units');
ROLLBACK TO start;

-- Carts and orders
SELECT oms.reserve('web', 'gift', 3, cart_id => 'c', expires_in => '1 hour') \g /dev/null
SELECT results_eq($$SELECT sku, quantity FROM oms.reserve('web', 'gift', 5, cart_id => 'c', expires_in => '1 hour')$$,
    $$VALUES ('belt', 10::bigint), ('wallet', 5)$$, 'the cart again replaces its kits');
SELECT results_eq($$SELECT line_no, sku, quantity, kit, status FROM oms.place_order('A', 'web', '{gift,belt}', '{2,4}', cart_id => 'c')$$,
    $$VALUES (1, 'belt', 4::bigint, 'gift', 'reserved'), (1, 'wallet', 2, 'gift', 'reserved'), (2, 'belt', 4, NULL, 'reserved')$$,
    'the order takes over what it wants and frees the rest');
SELECT results_eq($$SELECT line_no, sku COLLATE "default", quantity, reserved, unfilled, status FROM oms.order_line WHERE order_id = 'A' ORDER BY line_no$$,
    $$VALUES (1, 'gift', 2::bigint, 2::bigint, 0::bigint, 'reserved'), (2, 'belt', 4, 4, 0, 'reserved')$$, 'its lines are as it was ordered');
SELECT is((SELECT units || ' ' || reserved FROM oms.orders WHERE order_id = 'A'), '6 6', 'the order counts kits');
SELECT is_empty('SELECT * FROM oms.check()', 'oms.check() finds nothing');
SELECT matches(pg_temp.error($$SELECT oms.release((SELECT min(reservation_id) FROM oms.reservation WHERE order_id = 'A'))$$), '^OM005 ', 'an order''s kit is not released by itself');
SELECT results_eq($$SELECT line_no, sku, quantity FROM oms.cancel_order('A')$$,
    $$VALUES (1, 'belt', 4::bigint), (1, 'wallet', 2), (2, 'belt', 4)$$, 'cancel_order');
SELECT is((SELECT sum(reserved) FROM oms.inventory), 0::numeric, 'nothing is held');
SELECT is_empty('SELECT * FROM oms.check()', 'oms.check() finds nothing');
ROLLBACK TO start;
-- holds that span lines, and lines that span holds
SELECT oms.reserve_many('web', '{belt,gift,gift}', '{1,1,3}', cart_id => 'c', expires_in => '1 hour') \g /dev/null
SELECT results_eq($$SELECT line_no, sum(quantity) FILTER (WHERE sku = 'belt'), sum(quantity) FILTER (WHERE sku = 'wallet')
                      FROM oms.place_order('A', 'web', '{gift,gift}', '{2,2}', cart_id => 'c') GROUP BY line_no ORDER BY line_no$$,
    $$VALUES (1, 4::numeric, 2::numeric), (2, 4, 2)$$, 'a hold that spans lines is split');
SELECT is((SELECT count(DISTINCT reservation_id) FROM oms.reservation WHERE order_id = 'A'), 3::bigint, 'into whole kits');
SELECT is_empty('SELECT * FROM oms.check()', 'oms.check() finds nothing');
ROLLBACK TO start;
SELECT oms.reserve('web', 'belt', 5, cart_id => 'c', expires_in => '1 hour', reference => '1') \g /dev/null
SELECT oms.reserve_many('web', '{belt,belt}', '{5,5}', cart_id => 'c', expires_in => '1 hour') \g /dev/null
SELECT is((SELECT sum(quantity) FROM oms.place_order('A', 'web', '{belt,belt}', '{2,5}', cart_id => 'c')), 7::numeric, 'two holds over two lines');
SELECT is_empty('SELECT * FROM oms.check()', 'oms.check() finds nothing');
ROLLBACK TO start;
-- a kit that consists of something else by the time it is ordered
SELECT oms.reserve('web', 'gift', 2, cart_id => 'c', expires_in => '1 hour') \g /dev/null
SELECT oms.add_kit('gift', '{belt,wallet}', '{1,1}') \g /dev/null
SELECT results_eq($$SELECT sku, quantity FROM oms.place_order('A', 'web', '{gift}', '{2}', cart_id => 'c')$$,
    $$VALUES ('belt', 2::bigint), ('wallet', 2)$$, 'the order has what the kit is now');
SELECT oms.add_kit('gift', '{belt}', '{3}') \g /dev/null
SELECT is((SELECT reserved FROM oms.order_line WHERE order_id = 'A'), 2::bigint, 'what was reserved stays as it was');
SELECT is_empty('SELECT * FROM oms.check()', 'oms.check() finds nothing');
SELECT results_eq($$SELECT sku, consumed FROM oms.consume((SELECT min(reservation_id) FROM oms.reservation WHERE order_id = 'A'), 1)$$,
    $$VALUES ('belt', 1::bigint), ('wallet', 1)$$, 'and leaves as it was reserved');
ROLLBACK TO start;

-- A quota of the kit counts kits; one of a component counts what is sold as such
SELECT oms.add_quota('web', 'gift', 3), oms.add_quota('web', 'belt', 1) \g /dev/null
SELECT is((SELECT sum(quantity) FROM oms.reserve('web', 'gift', 2, reference => 'q')), 6::numeric, 'two of three kits');
SELECT is((SELECT string_agg(sku || ' ' || used, ', ' ORDER BY sku) FROM oms.quota_use WHERE channel = 'web'), 'belt 0, gift 2', 'in kits');
SELECT is(oms.atp('web', 'gift'), 1::bigint, 'one is left');
SELECT matches(pg_temp.error($$SELECT oms.reserve('web', 'gift', 2)$$), '^OM009 ', 'not two');
SELECT oms.consume(pg_temp.one('q'), 1) \g /dev/null
SELECT is_empty('SELECT * FROM oms.check()', 'oms.check() finds nothing');
SELECT oms.release(pg_temp.one('q')) \g /dev/null
SELECT is((SELECT used FROM oms.quota_use WHERE sku = 'gift'), 1::bigint, 'released, but what was consumed');
SELECT oms.reserve('web', 'gift', 2, cart_id => 'c', expires_in => '1 hour') \g /dev/null
SELECT oms.place_order('A', 'web', '{gift}', '{1}', cart_id => 'c') \g /dev/null
SELECT is((SELECT used FROM oms.quota_use WHERE sku = 'gift'), 2::bigint, 'an order that takes a cart over in part gives the rest back');
SELECT is_empty('SELECT * FROM oms.check()', 'oms.check() finds nothing');
SELECT oms.reserve('web', 'gift', 1, expires_in => '50 ms'), pg_sleep(0.06) \g /dev/null
SELECT is((SELECT used FROM oms.quota_use WHERE sku = 'gift') || ' ' || oms.atp('web', 'gift'), '2 1', 'an expired kit is not used');
SELECT is((SELECT sum(quantity) FROM oms.reserve('web', 'gift', 1)), 3::numeric, 'and is taken back by a short take');
SELECT is_empty('SELECT * FROM oms.check()', 'oms.check() finds nothing');
ROLLBACK TO start;

-- Protected stock of a component
SELECT oms.protect_stock('W', 'belt', 'web', 6) \g /dev/null
SELECT is(oms.atp('web', 'gift') || ' ' || oms.atp('market', 'gift'), '5 2', 'another channel makes its kits of the rest');
SELECT is(pg_temp.sold('market', 'gift'), 2::bigint, 'enforced');
SELECT oms.reserve('web', 'gift', 2, reference => 'p') \g /dev/null
SELECT is((SELECT string_agg(sku || ' ' || protected, ', ' ORDER BY sku) FROM oms.reservation WHERE reference = 'p'), 'belt 4, wallet 0', 'the channel''s kit is of its protection');
SELECT oms.receive('N', 'belt', 4) \g /dev/null
SELECT oms.transfer_reservation(pg_temp.one('p'), 'N') \g /dev/null
SELECT is(oms.atp('market', 'gift'), 2::bigint, 'what moved gave its protection back');
SELECT is_empty('SELECT * FROM oms.check()', 'oms.check() finds nothing');
SELECT oms.reserve('web', 'wallet', 5, 'W') \g /dev/null
SELECT is((SELECT sum(quantity) FROM oms.reserve('web', 'gift', 3, 'W', on_shortage => 'partial', reference => 'r')), 6::numeric, 'partial: two kits');
SELECT is((SELECT protected FROM oms.reservation WHERE reference = 'r' AND sku = 'belt'), 4::bigint, 'of the protection');
SELECT is_empty('SELECT * FROM oms.check()', 'oms.check() finds nothing');
ROLLBACK TO start;

-- Retries
SELECT is((SELECT count(*) FROM oms.reserve('web', 'gift', 1, request_id => 'r')), 2::bigint, 'a request');
SELECT results_eq($$SELECT sku, quantity, kit FROM oms.reserve('web', 'gift', 1, request_id => 'r')$$,
    $$VALUES ('belt', 2::bigint, 'gift'), ('wallet', 1, 'gift')$$, 'its retry returns the same rows');
SELECT is((SELECT sum(reserved) FROM oms.inventory), 3::numeric, 'and takes nothing');
ROLLBACK TO start;

-- Routing: the components of a kit stay together and move together
SELECT oms.place_order('A', 'web', '{gift}', '{2}', ship_to => '44,-74', placed_at => '2030-01-07 10:00Z') \g /dev/null
SELECT is(pg_temp.held('A'), 'W belt:4, W wallet:2', 'all are where it is');
SELECT oms.receive('F', 'belt', 4), oms.receive('F', 'wallet', 1) \g /dev/null
SELECT is(pg_temp.route(), '0 0 0 1', 'no kit is made of what is nearer in part');
SELECT is((SELECT reason FROM oms.explain_route('A') WHERE location = 'F'), 'could serve 4 of 6 units; no stock: 1 of sku wallet, a kit needs 2', 'explain_route says why');
SELECT results_eq($$SELECT line_no, sku, quantity, location, verdict FROM oms.explain_route('A') WHERE verdict = 'chosen' ORDER BY sku$$,
    $$VALUES (1, 'belt', 4::bigint, 'W', 'chosen'), (1, 'wallet', 2, 'W', 'chosen')$$, 'and what is chosen, component by component');
SELECT results_eq($$SELECT line_no, sku COLLATE "default", quantity FROM oms.fulfillment_line WHERE order_id = 'A' ORDER BY sku$$,
    $$VALUES (1, 'belt', 4::bigint), (1, 'wallet', 2)$$, 'the fulfillment lists the components');
SELECT oms.receive('F', 'wallet', 1) \g /dev/null
SELECT is(pg_temp.route(), '6 0 0 1', 'with the last wallet both kits move');
SELECT is(pg_temp.held('A'), 'F belt:4, F wallet:2', 'both are there');
SELECT is((SELECT string_agg(location || ' ' || status, ', ' ORDER BY fulfillment_id) FROM oms.fulfillment WHERE order_id = 'A'),
          'W superseded, F assigned', 'the work moved with them');
SELECT is(pg_temp.route(), '0 0 0 1', 'once more: nothing moves');
SELECT is((SELECT count(*) FROM oms.fulfillment WHERE order_id = 'A'), 2::bigint, 'and the work stays');
SELECT is_empty('SELECT * FROM oms.check()', 'oms.check() finds nothing');
-- a plain order and a kit change places
SELECT oms.place_order('B', 'web', '{belt}', '{6}', ship_to => '44,-74', service => 'same_day', placed_at => '2030-01-07 09:00Z') \g /dev/null
SELECT is(pg_temp.held('B'), 'W belt:6', 'a more urgent order has the farther belts');
SELECT oms.adjust('F', 'belt', 2, 'found'), oms.adjust('W', 'belt', -4, 'gone'), oms.adjust('W', 'wallet', -5, 'gone') \g /dev/null
SELECT is(pg_temp.route(), '12 0 0 2', 'they change places, in a circle');
SELECT is(pg_temp.held('A') || '; ' || pg_temp.held('B'), 'W belt:4, W wallet:2; F belt:4, F belt:2', 'each is where the other was');
SELECT is_empty('SELECT * FROM oms.check()', 'oms.check() finds nothing');
ROLLBACK TO start;
-- two kits change places: the urgent one was placed later
SELECT oms.adjust('W', 'belt', -8, 'gone'), oms.adjust('W', 'wallet', -6, 'gone'), oms.receive('F', 'belt', 2), oms.receive('F', 'wallet', 1) \g /dev/null
SELECT oms.place_order('A', 'web', '{gift}', '{1}', ship_to => '44,-74', placed_at => '2030-01-07 10:00Z') \g /dev/null
SELECT oms.place_order('B', 'web', '{gift}', '{1}', ship_to => '44,-74', service => 'same_day', placed_at => '2030-01-07 10:00Z') \g /dev/null
SELECT is(pg_temp.held('A') || '; ' || pg_temp.held('B'), 'F belt:2, F wallet:1; W belt:2, W wallet:1', 'the first has the near one');
UPDATE oms.location SET capacity_orders = 1;
SELECT is((SELECT moved_units || ' ' || not_moved_units FROM oms.route(options => '{"ship_at": "placed_at", "handling_hours": 4, "km_per_hour": 50, "service_hours": {"same_day": 5}}')), '6 0', 'they change places');
SELECT is(pg_temp.held('A') || '; ' || pg_temp.held('B'), 'W belt:2, W wallet:1; F belt:2, F wallet:1', 'each is where the other was');
SELECT is_empty('SELECT * FROM oms.check()', 'oms.check() finds nothing');
ROLLBACK TO start;
-- one kit of a line that is split
SELECT oms.receive('N', 'belt', 2) \g /dev/null
SELECT oms.place_order('A', 'web', '{gift}', '{6}', ship_to => '44,-74', placed_at => '2030-01-07 10:00Z') \g /dev/null
SELECT is(pg_temp.held('A'), 'N belt:2, N wallet:1, W belt:10, W wallet:5', 'split by whole kits');
SELECT is(pg_temp.route(), '0 0 0 2', 'two shipments');
SELECT is((SELECT string_agg(f.location || ' ' || l.sku || ':' || l.quantity, ', ' ORDER BY f.location, l.sku)
             FROM oms.fulfillment_line l JOIN oms.fulfillment f USING (order_id, fulfillment_id)),
          'N belt:2, N wallet:1, W belt:10, W wallet:5', 'of whole kits');
SELECT oms.receive('F', 'belt', 12), oms.receive('F', 'wallet', 6) \g /dev/null
SELECT is(pg_temp.route(), '18 0 0 1', 'all can come from one near location');
SELECT is((SELECT string_agg(DISTINCT location || ' ' || sku || quantity, ', ') FROM oms.reservation WHERE order_id = 'A'),
          'F belt10, F belt2, F wallet1, F wallet5', 'both reservations moved');
SELECT is((SELECT string_agg(l.sku || ':' || l.quantity, ', ' ORDER BY l.sku)
             FROM oms.fulfillment_line l JOIN oms.fulfillment f USING (order_id, fulfillment_id) WHERE f.status = 'assigned'),
          'belt:12, wallet:6', 'one fulfillment of all');
SELECT results_eq($$SELECT sku, consumed FROM oms.consume((SELECT min(reservation_id) FROM oms.reservation WHERE order_id = 'A'), 1)$$,
    $$VALUES ('belt', 2::bigint), ('wallet', 1)$$, 'a kit leaves');
SELECT is_empty('SELECT * FROM oms.check()', 'oms.check() finds nothing');
ROLLBACK TO start;
-- where a rule excludes the kit it does not go
SELECT oms.receive('F', 'belt', 4), oms.receive('F', 'wallet', 2) \g /dev/null
SELECT oms.add_safety_stock_rule('100%', channel => 'web', sku => 'gift', location => 'F') \g /dev/null
SELECT oms.place_order('A', 'web', '{gift}', '{2}', ship_to => '44,-74', placed_at => '2030-01-07 10:00Z') \g /dev/null
SELECT is(pg_temp.held('A'), 'W belt:4, W wallet:2', 'not reserved there');
SELECT is(pg_temp.route(), '0 0 0 1', 'nor routed there');
SELECT is((SELECT reason FROM oms.explain_route('A') WHERE location = 'F'), 'a kit is not sold from there', 'explain_route says so');
ROLLBACK TO start;

SELECT * FROM finish();
ROLLBACK;
