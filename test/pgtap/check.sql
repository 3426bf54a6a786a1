-- oms.check(): every invariant fires when it is broken, and nothing else does.
BEGIN;
\ir include/shop.psql
SELECT pg_temp.shop();
SELECT oms.receive('near', 'A', 10), oms.receive('far', 'A', 10) \g /dev/null
SELECT oms.place_order('o1', 'web', '{A}', '{2}', request_id => 'r1') \g /dev/null
SELECT oms.place_order('o2', 'web', '{A}', '{3}') \g /dev/null
SELECT oms.reserve('web', 'A', 1, expires_in => '1 hour') \g /dev/null
SELECT oms.route() \g /dev/null
SELECT oms.place_order('o5', 'web', '{A}', '{1}') \g /dev/null
SELECT oms.route(order_ids => '{o5}') \g /dev/null
SELECT s.status FROM oms.fulfillment AS f, oms.accept(f.fulfillment_id), oms.pick(f.fulfillment_id), oms.pack(f.fulfillment_id),
       oms.ship(f.fulfillment_id) AS s WHERE f.order_id = 'o5' \g /dev/null
SELECT oms.refresh_confidence() \g /dev/null
SELECT oms.place_order('o3', 'web', '{A}', '{1}') \g /dev/null
SELECT oms.cancel_order('o3') \g /dev/null
SELECT oms.receive('near', 'D', 3) \g /dev/null
SELECT oms.place_order('o4', 'web', '{D,D}', '{2,5}', on_shortage => 'backorder') \g /dev/null
SELECT oms.add_incoming('po', 'near', 'G', 5, 'tomorrow') \g /dev/null
SELECT oms.reserve('web', 'G', 3, on_shortage => 'backorder') \g /dev/null
SELECT oms.add_kit('K', '{A,E}', '{1,1}'), oms.receive('near', 'E', 3), oms.receive('far', 'E', 3) \g /dev/null
SELECT oms.place_order('o6', 'web', '{K}', '{1}') \g /dev/null
SELECT oms.receive('near', 'H', 3) \g /dev/null
SELECT oms.place_order('o7', 'web', '{H}', '{1}'), oms.add_capacity('near', 9, 9, 9, 9) \g /dev/null
SELECT oms.route(order_ids => '{o7}') \g /dev/null

SELECT oms.check_changes() \g /dev/null
SELECT since AS mark FROM oms.check_mark_row \gset
SELECT set_config('test.mark', :'mark', true) \g /dev/null

-- breaks(statements) opens the guards, runs the statements, and returns the invariants that
-- oms.check() then finds broken, of all or of what changed since the mark; everything is rolled back.
CREATE FUNCTION pg_temp.breaks(VARIADIC statements text[]) RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
    found text[];
    changes text[];
    one text;
BEGIN
    FOR one IN SELECT t.tgrelid::regclass::text FROM pg_trigger AS t WHERE t.tgname = 'guard' LOOP
        EXECUTE format('ALTER TABLE %s DISABLE TRIGGER guard', one);
    END LOOP;
    FOREACH one IN ARRAY statements LOOP
        EXECUTE one;
    END LOOP;
    found := ARRAY(SELECT DISTINCT c.invariant FROM oms.check() AS c ORDER BY c.invariant);
    changes := ARRAY(SELECT DISTINCT c.invariant FROM oms.check(current_setting('test.mark')::xid8) AS c ORDER BY c.invariant);
    IF changes <> found THEN
        found := found || 'of what changed: '::text || changes;
    END IF;
    RAISE EXCEPTION USING ERRCODE = 'P9999';
EXCEPTION WHEN SQLSTATE 'P9999' THEN
    RETURN found;
END $$;

CREATE TEMP TABLE broken (n serial, invariant text, found text[]);
INSERT INTO broken (invariant, found) VALUES
    ('on_hand is the sum of the movements', pg_temp.breaks(
        $$INSERT INTO oms.movement_row (sku, location, quantity, kind, actor) VALUES ('A', 'near', 1, 'receive', 'me')$$)),
    ('unavailable is the sum of the movements', pg_temp.breaks(
        $$INSERT INTO oms.movement_row (sku, location, quantity, unavailable, kind, actor) VALUES ('A', 'near', 0, 1, 'adjust', 'me')$$)),
    ('reserved is the sum of the reservations', pg_temp.breaks(
        $$INSERT INTO oms.reservation_row (sku, location, quantity, status, channel) VALUES ('A', 'near', 1, 'firm', 'web')$$)),
    ('on_hand, unavailable and reserved are not negative', pg_temp.breaks(
        $$INSERT INTO oms.stock_delta VALUES ('A', 'other', 1, -1, 0, 0)$$,
        $$INSERT INTO oms.movement_row (sku, location, quantity, kind, actor) VALUES ('A', 'other', -1, 'adjust', 'me')$$)),
    ('every movement has an account', pg_temp.breaks(
        $$INSERT INTO oms.movement_row (sku, location, quantity, kind, actor) VALUES ('B', 'near', 1, 'receive', 'me')$$)),
    ('every reservation has an account', pg_temp.breaks(
        $$INSERT INTO oms.reservation_row (sku, location, quantity, status, channel) VALUES ('B', 'near', 1, 'released', 'web')$$)),
    ('a delta is folded once', pg_temp.breaks(
        $$INSERT INTO oms.stock_account VALUES ('C', 'near', 0, 0, 0, 5, '{4}')$$,
        $$INSERT INTO oms.stock_delta VALUES ('C', 'near', 4, 0, 0, 0), ('C', 'near', 5, 0, 0, 0), ('C', 'near', 6, 0, 0, 0)$$)),
    ('exc is not above w', pg_temp.breaks(
        $$INSERT INTO oms.stock_account VALUES ('C', 'near', 0, 0, 0, 5, '{4,6}')$$)),
    ('a hold expires, a firm reservation does not', pg_temp.breaks(
        $$ALTER TABLE oms.reservation_row DROP CONSTRAINT reservation_row_check1$$,
        $$ALTER TABLE oms.reservation_row DROP CONSTRAINT reservation_row_check2$$,
        $$UPDATE oms.reservation_row SET expires_at = NULL WHERE status = 'hold'$$)),
    ('a reservation of an order is for one of its lines', pg_temp.breaks(
        $$INSERT INTO oms.reservation_row (sku, location, quantity, status, channel, order_id, line_no)
          VALUES ('A', 'near', 1, 'released', 'web', 'o1', 2)$$)),
    ('a line has no more units than were ordered', pg_temp.breaks(
        $$UPDATE oms.order_line_row SET quantity = 1 WHERE order_id = 'o1'$$)),
    ('a backorder is filled by at most its quantity, and open until then', pg_temp.breaks(
        $$ALTER TABLE oms.backorder_row DROP CONSTRAINT backorder_row_check1$$,
        $$UPDATE oms.backorder_row SET status = 'filled' WHERE sku = 'D'$$,
        $$INSERT INTO oms.backorder_delta VALUES ('D', 'web', 9, 0, 0, -4)$$)),
    ('a backorder is filled by at most its quantity, and open until then', pg_temp.breaks(
        $$ALTER TABLE oms.backorder_row DROP CONSTRAINT backorder_row_check$$,
        $$UPDATE oms.backorder_row SET filled = 5 WHERE sku = 'D'$$,
        $$INSERT INTO oms.backorder_delta VALUES ('D', 'web', 9, 0, 0, -5)$$)),
    ('a backorder of an order is for one of its lines', pg_temp.breaks(
        $$UPDATE oms.backorder_row SET line_no = 7 WHERE sku = 'D'$$)),
    ('a line has no more units with its backorders than were ordered', pg_temp.breaks(
        $$UPDATE oms.backorder_row SET quantity = quantity + 1 WHERE sku = 'D'$$,
        $$INSERT INTO oms.backorder_delta VALUES ('D', 'web', 9, 0, 0, 1)$$)),
    ('a line has no more units with its backorders than were ordered', pg_temp.breaks(
        $$INSERT INTO oms.backorder_row (sku, channel, method, quantity, order_id, line_no) VALUES ('A', 'web', 'ship', 3, 'o2', 1)$$,
        $$INSERT INTO oms.backorder_delta VALUES ('A', 'web', 9, 0, 0, 3)$$)),
    ('a cancelled order waits for nothing', pg_temp.breaks(
        $$INSERT INTO oms.backorder_row (sku, channel, method, quantity, order_id, line_no) VALUES ('A', 'web', 'ship', 1, 'o3', 1)$$,
        $$INSERT INTO oms.backorder_delta VALUES ('A', 'web', 9, 0, 0, 1)$$)),
    ('an order has lines', pg_temp.breaks(
        $$DELETE FROM oms.reservation_row WHERE order_id = 'o3'$$,
        $$DELETE FROM oms.order_line_row WHERE order_id = 'o3'$$)),
    ('a line has an order', pg_temp.breaks(
        $$DELETE FROM oms.order_row WHERE order_id = 'o3'$$)),
    ('a cancelled order holds nothing', pg_temp.breaks(
        $$UPDATE oms.fulfillment_row SET status = 'superseded' WHERE order_id = 'o1'$$,
        $$UPDATE oms.order_row SET status = 'cancelled', cancelled_at = now() WHERE order_id = 'o1'$$)),
    ('a cancelled order has no work', pg_temp.breaks(
        $$INSERT INTO oms.fulfillment_row (order_id, location, method, assigned_at) SELECT 'o3', location, 'ship', now() FROM oms.reservation_row WHERE order_id = 'o3'$$,
        $$INSERT INTO oms.fulfillment_line_row SELECT order_id, fulfillment_id, 1, 'A', 1 FROM oms.fulfillment_row WHERE order_id = 'o3'$$,
        $$UPDATE oms.reservation_row SET status = 'consumed', consumed = quantity WHERE order_id = 'o3'$$)),
    ('a hold is of an order or of one of its lines', pg_temp.breaks(
        $$INSERT INTO oms.order_hold_row (order_id, hold_id, reason, placed_by) VALUES ('o9', 'h', 'fraud', 'me')$$)),
    ('a hold is of an order or of one of its lines', pg_temp.breaks(
        $$INSERT INTO oms.order_hold_row (order_id, hold_id, line_no, reason, placed_by) VALUES ('o1', 'h', 9, 'fraud', 'me')$$)),
    ('a fulfillment has an order', pg_temp.breaks(
        $$INSERT INTO oms.fulfillment_row (order_id, location, method, status, assigned_at) VALUES ('o9', 'near', 'ship', 'superseded', now())$$)),
    ('a fulfillment has lines', pg_temp.breaks(
        $$DELETE FROM oms.fulfillment_line_row WHERE order_id = 'o1'$$)),
    ('a fulfillment line is of its fulfillment and of a line of its order', pg_temp.breaks(
        $$INSERT INTO oms.fulfillment_line_row VALUES ('o1', 999999, 1, 'A', 1)$$)),
    ('a fulfillment line is of its fulfillment and of a line of its order', pg_temp.breaks(
        $$INSERT INTO oms.fulfillment_line_row SELECT order_id, fulfillment_id, 7, 'A', 1 FROM oms.fulfillment_row WHERE order_id = 'o1'$$)),
    ('a location has one assigned fulfillment of an order', pg_temp.breaks(
        $$UPDATE oms.fulfillment_line_row SET quantity = 1 WHERE order_id = 'o1'$$,
        $$INSERT INTO oms.fulfillment_row (order_id, location, method, assigned_at) SELECT order_id, location, method, assigned_at
            FROM oms.fulfillment_row WHERE order_id = 'o1'$$,
        $$INSERT INTO oms.fulfillment_line_row SELECT order_id, max(fulfillment_id), 1, 'A', 1
            FROM oms.fulfillment_row WHERE order_id = 'o1' GROUP BY order_id$$)),
    ('work asks for no more than is held at its location', pg_temp.breaks(
        $$UPDATE oms.fulfillment_line_row SET quantity = quantity + 1 WHERE order_id = 'o1'$$)),
    ('the lines of a fulfillment are as far as its status says', pg_temp.breaks(
        $$UPDATE oms.fulfillment_row SET status = 'packed' WHERE order_id = 'o1'$$)),
    ('the lines of a fulfillment are as far as its status says', pg_temp.breaks(
        $$UPDATE oms.fulfillment_line_row SET picked = 1 WHERE order_id = 'o1'$$)),
    ('what a fulfillment sent out left the stock', pg_temp.breaks(
        $$UPDATE oms.movement_row SET reference = 'x' WHERE kind = 'ship'$$)),
    ('what fulfillments sent out of a line was consumed there', pg_temp.breaks(
        $$UPDATE oms.reservation_row SET location = 'far' WHERE order_id = 'o5'$$,
        $$UPDATE oms.fulfillment_row SET location = 'other' WHERE order_id = 'o5'$$)),
    ('what a line rejected is on record', pg_temp.breaks(
        $$UPDATE oms.fulfillment_line_row SET rejected = 1 WHERE order_id = 'o2'$$)),
    ('a decision has an order and a run', pg_temp.breaks(
        $$INSERT INTO oms.decision_row VALUES ('o9', (SELECT max(run_id) FROM oms.routing_run_row), '[]', now())$$)),
    ('a decision has an order and a run', pg_temp.breaks(
        $$INSERT INTO oms.decision_row VALUES ('o1', 999999, '[]', now())$$)),
    ('a decision is about a line of its order', pg_temp.breaks(
        $$UPDATE oms.decision_line_row SET line_no = 9 WHERE order_id = 'o1'$$)),
    ('what a transfer sent and received moved', pg_temp.breaks(
        $$INSERT INTO oms.transfer_order_row (transfer_id, from_location, to_location, opened_by) VALUES ('t', 'near', 'far', 'me')$$,
        $$INSERT INTO oms.transfer_line_row (transfer_id, sku, quantity, received) VALUES ('t', 'A', 0, 1)$$)),
    ('what is in transit is incoming', pg_temp.breaks(
        $$INSERT INTO oms.transfer_order_row (transfer_id, from_location, to_location, status, opened_by) VALUES ('t', 'near', 'far', 'shipped', 'me')$$,
        $$INSERT INTO oms.transfer_line_row (transfer_id, sku, quantity, shipped) VALUES ('t', 'A', 2, 2)$$,
        $$INSERT INTO oms.movement_row (sku, location, quantity, kind, reference, actor) VALUES ('A', 'near', -2, 'transfer', 'transfer t', 'me'), ('A', 'near', 2, 'adjust', NULL, 'me')$$)),
    ('no more comes back than has left', pg_temp.breaks(
        $$INSERT INTO oms.return_row (return_id, order_id, line_no, sku, location, quantity, condition, actor) VALUES (9, 'o1', 1, 'A', 'near', 99, 'sellable', 'me')$$,
        $$INSERT INTO oms.movement_row (sku, location, quantity, kind, reference, actor) VALUES ('A', 'near', 99, 'return', 'return 9', 'me'), ('A', 'near', -99, 'adjust', NULL, 'me')$$)),
    ('what came back is in the stock', pg_temp.breaks(
        $$INSERT INTO oms.return_row (order_id, line_no, sku, location, quantity, condition, actor) VALUES ('o5', 1, 'A', 'near', 1, 'damaged', 'me')$$)),
    ('an accepted count changed on_hand by its variance', pg_temp.breaks(
        $$INSERT INTO oms.count_session_row (count_id, location, blind, picked_counted, opened_by) VALUES (9, 'near', true, true, 'me')$$,
        $$INSERT INTO oms.count_line_row (count_id, sku, status, counted, counted_at, expected, variance) VALUES (9, 'A', 'accepted', 1, now(), 2, -1)$$)),
    ('a line that is counted has a count', pg_temp.breaks($$INSERT INTO oms.count_line_row (count_id, sku) VALUES (9, 'A')$$)),
    ('confidence in a location rests on what is known of its skus, and on rejects that were about none', pg_temp.breaks(
        $$UPDATE oms.confidence_row SET accepted = 9 WHERE sku IS NULL$$)),
    ('confidence in a location rests on what is known of its skus, and on rejects that were about none', pg_temp.breaks(
        $$UPDATE oms.confidence_row SET rejected = 0.1 WHERE sku IS NOT NULL$$)),
    ('confidence in a sku at a location is one in the location', pg_temp.breaks(
        $$DELETE FROM oms.confidence_row WHERE sku IS NULL$$)),
    ('an answered request has its result', pg_temp.breaks(
        $$UPDATE oms.request_row SET result = NULL$$)),
    ('reserved is the sum of the reservations', pg_temp.breaks(
        $$INSERT INTO oms.hold_back_row (sku, location, quantity, actor) VALUES ('A', 'near', 1, 'me')$$)),
    ('a delta is folded once', pg_temp.breaks(
        $$INSERT INTO oms.incoming_account VALUES ('G', 'near', '0', 0, 0, 0, 5, '{4}')$$,
        $$INSERT INTO oms.incoming_delta VALUES ('G', 'near', '0', 5, 0, 0, 0)$$)),
    ('exc is not above w', pg_temp.breaks(
        $$INSERT INTO oms.backorder_account VALUES ('C', 'web', 0, 0, 0, 5, '{4,6}')$$)),
    ('what is incoming is what was ordered and has not come', pg_temp.breaks(
        $$UPDATE oms.incoming_row SET quantity = 6$$)),
    ('what is incoming is what was ordered and has not come', pg_temp.breaks(
        $$INSERT INTO oms.incoming_delta VALUES ('G', 'near', '0', 1, 1, 0, 0)$$)),
    ('what was received of incoming supply is the sum of its movements', pg_temp.breaks(
        $$UPDATE oms.incoming_row SET quantity = quantity + 1, received = 1$$)),
    ('what is claimed of incoming supply is the sum of the claims', pg_temp.breaks(
        $$UPDATE oms.backorder_claim_row SET quantity = 2$$)),
    ('no more is claimed of incoming supply than is expected', pg_temp.breaks(
        $$UPDATE oms.incoming_row SET quantity = 2$$,
        $$INSERT INTO oms.incoming_delta SELECT sku, location, incoming_id::text, 9, -3, 0, 0 FROM oms.incoming_row$$)),
    ('an open backorder claims at most what is missing of it, another one nothing', pg_temp.breaks(
        $$UPDATE oms.backorder_row SET quantity = 2 WHERE sku = 'G'$$,
        $$INSERT INTO oms.backorder_delta VALUES ('G', 'web', 9, 0, 0, -1)$$)),
    ('an open backorder claims at most what is missing of it, another one nothing', pg_temp.breaks(
        $$UPDATE oms.backorder_row SET status = 'released' WHERE sku = 'G'$$,
        $$INSERT INTO oms.backorder_delta VALUES ('G', 'web', 9, 0, 0, -3)$$)),
    ('what a channel has backordered is the sum of its open backorders', pg_temp.breaks(
        $$INSERT INTO oms.backorder_delta VALUES ('G', 'pos', 9, 0, 0, 1)$$)),
    ('used of a protection is what reservations have of it', pg_temp.breaks(
        $$UPDATE oms.reservation_row SET protected = 1, protected_until = 'infinity' WHERE order_id = 'o2'$$)),
    ('used of a protection is what reservations have of it', pg_temp.breaks(
        $$INSERT INTO oms.protection_account VALUES ('A', 'near', 'infinity', 'web', 4, 0, 0, 0, '{}')$$,
        $$INSERT INTO oms.protection_delta VALUES ('A', 'near', 'infinity', 'web', 1, 0, 0, 1)$$)),
    ('used of a protection is not more than was protected', pg_temp.breaks(
        $$INSERT INTO oms.protection_delta SELECT 'A', location, 'infinity', 'web', 1, 1, 0, 2 FROM oms.reservation WHERE order_id = 'o2'$$,
        $$UPDATE oms.reservation_row SET protected = 2, protected_until = 'infinity' WHERE order_id = 'o2'$$)),
    ('used of a quota is what reservations and backorders have of it', pg_temp.breaks(
        $$INSERT INTO oms.quota_delta VALUES ('A', 'web', 'total', 1, 0, 0, 1)$$)),
    ('used of a quota is what reservations and backorders have of it', pg_temp.breaks(
        $$UPDATE oms.backorder_row SET quota_period = 'total'$$)),
    ('a delta is folded once', pg_temp.breaks(
        $$INSERT INTO oms.quota_account VALUES ('C', 'web', 'total', 0, 0, 0, 5, '{4}')$$,
        $$INSERT INTO oms.quota_delta VALUES ('C', 'web', 'total', 5, 0, 0, 0)$$)),
    ('exc is not above w', pg_temp.breaks(
        $$INSERT INTO oms.protection_account VALUES ('C', 'near', 'infinity', 'web', 0, 0, 0, 5, '{4,6}')$$)),
    ('used of a capacity is what the work at the location has of it', pg_temp.breaks(
        $$INSERT INTO oms.capacity_delta VALUES ('near', 'day', '2030-01-01T00:00:00.000000Z', 'orders', 1, 0, 0, 1)$$)),
    ('used of a capacity is what the work at the location has of it', pg_temp.breaks(
        $$DELETE FROM oms.capacity_use_row WHERE measure = 'lines' AND order_id = 'o7'$$)),
    ('work uses the capacity of its location for what it is', pg_temp.breaks(
        $$UPDATE oms.fulfillment_row SET status = 'superseded' WHERE order_id = 'o7'$$)),
    ('work uses the capacity of its location for what it is', pg_temp.breaks(
        $$INSERT INTO oms.capacity_use_row SELECT order_id, fulfillment_id, location, 'x', 'x', 'units', 5 FROM oms.fulfillment_row WHERE order_id = 'o7'$$,
        $$INSERT INTO oms.capacity_delta SELECT location, 'x', 'x', 'units', 1, 0, 0, 5 FROM oms.fulfillment_row WHERE order_id = 'o7'$$)),
    ('a delta is folded once', pg_temp.breaks(
        $$INSERT INTO oms.capacity_account VALUES ('far', 'x', 'x', 'units', 0, 0, 0, 5, '{4}')$$,
        $$INSERT INTO oms.capacity_delta VALUES ('far', 'x', 'x', 'units', 5, 0, 0, 0)$$)),
    ('exc is not above w', pg_temp.breaks(
        $$INSERT INTO oms.capacity_account VALUES ('far', 'x', 'x', 'units', 0, 0, 0, 5, '{4,6}')$$)),
    ('a routing has a policy, an active one has rules', pg_temp.breaks(
        $$INSERT INTO oms.policy_row VALUES ('p', 1, 'active', NULL, 'me', now())$$,
        $$INSERT INTO oms.policy_routing_row VALUES ('p', 1, 1, 'all', NULL, 'me', 'q')$$)),
    ('a rule has a routing', pg_temp.breaks(
        $$INSERT INTO oms.policy_rule_row VALUES ('p', 1, 'all', 1, NULL, NULL, '0', 'multi', false, true, false, 0)$$)),
    ('a price is of a run there is', pg_temp.breaks(
        $$INSERT INTO oms.routing_price_row VALUES (999999, 'orders', 'near', NULL, 1)$$)),
    ('a run has a version of its policy', pg_temp.breaks(
        $$UPDATE oms.routing_run_row SET policy = 'p', policy_version = 1$$)),
    ('a kit is reserved whole', pg_temp.breaks(
        $$UPDATE oms.reservation_row SET component = 3 WHERE order_id = 'o6' AND component = 2$$)),
    ('a kit is reserved whole', pg_temp.breaks(
        $$UPDATE oms.reservation_row SET method = 'pickup' WHERE order_id = 'o6' AND component = 2$$)),
    ('a component of an order has a line of its own for the planner', pg_temp.breaks(
        $$UPDATE oms.reservation_row SET plan_line = -1 WHERE order_id = 'o6'$$)),
    ('a kit has no stock of its own', pg_temp.breaks(
        $$ALTER TABLE oms.kit_component DISABLE TRIGGER stocked$$,
        $$INSERT INTO oms.kit_component VALUES ('D', 'F', 1)$$,
        $$DELETE FROM oms.kit_component WHERE kit = 'K'$$)),
    ('a kit is in no kit', pg_temp.breaks(
        $$ALTER TABLE oms.kit_component DISABLE TRIGGER nested$$,
        $$INSERT INTO oms.kit_component VALUES ('L', 'K', 1)$$)),
    ('a movement that a source reported is in the ledger once', pg_temp.breaks(
        $$INSERT INTO oms.feed_event_row (source, kind, event_id, content, sku, location, quantity, outcome) VALUES ('s', 'sale', '1', md5('')::uuid, 'A', 'near', 1, 'applied')$$));

-- What an unchanged sku or an unknown order has, only the whole check finds.
UPDATE broken SET found = array_remove(found, 'of what changed: ') WHERE n IN (6, 22, 35, 59);

SELECT plan(12 + (SELECT count(*)::int FROM broken));
SELECT is_empty('SELECT * FROM oms.check()', 'nothing is broken before');
-- Two statements break one more thing than they are there for.
SELECT is(found, ARRAY(SELECT unnest(ARRAY[invariant] || CASE
                           WHEN invariant = 'a fulfillment has an order' THEN ARRAY['a fulfillment has lines']
                           WHEN n = 27 THEN ARRAY['work asks for no more than is held at its location'] END) ORDER BY 1),
          invariant)
  FROM broken ORDER BY n;
SELECT is((SELECT array_agg(DISTINCT invariant ORDER BY invariant) FROM broken),
          (SELECT array_agg(DISTINCT m[1] ORDER BY m[1])
             FROM pg_proc, regexp_matches(prosrc, '^\s+SELECT ''([^'']+)'',', 'gn') AS m WHERE oid::regproc::text ~ '^oms.(check_|account_difference)'),
          'every invariant was broken');
SELECT is_empty('SELECT * FROM oms.check()', 'nothing is broken after');

-- The mark moves when nothing was found.
SELECT is((SELECT count(*) FROM oms.check_mark_row), 1::bigint, 'check_changes keeps one mark');
SELECT is_empty('SELECT * FROM oms.check_changes()', 'nothing changed is broken');
SELECT checked_at AS marked FROM oms.check_mark_row \gset
INSERT INTO oms.movement_row (sku, location, quantity, kind, actor) VALUES ('A', 'near', 1, 'receive', 'me');
SELECT is((SELECT array_agg(invariant) FROM oms.check_changes()), '{on_hand is the sum of the movements}', 'what changed is found');
SELECT is((SELECT array_agg(invariant) FROM oms.check_changes()), '{on_hand is the sum of the movements}', 'and again');
SELECT is((SELECT checked_at FROM oms.check_mark_row), :'marked', 'the mark stays until it is mended');
INSERT INTO oms.movement_row (sku, location, quantity, kind, actor) VALUES ('A', 'near', -1, 'adjust', 'me');
SELECT is_empty('SELECT * FROM oms.check_changes()', 'mended');
SELECT isnt((SELECT checked_at FROM oms.check_mark_row), :'marked', 'the mark moves');
SELECT throws_ok($$SELECT * FROM oms.check('18446744073709551615')$$, '22023', 'since must not be in the future', 'a moment to come');
SELECT throws_ok($$DELETE FROM oms.check_mark_row$$, 'OM011', NULL, 'the mark is private');
SELECT * FROM finish();
ROLLBACK;
