-- Changes: lines cancelled in any state, quantities and destinations changed, and goods that nobody fetches.
CREATE EXTENSION oms;
SELECT oms.add_location('Bronx', 'store', '40.8448,-73.8648'), oms.add_location('Reno', 'warehouse', '39.5296,-119.8138') \g /dev/null
SELECT oms.add_location_group('network', '{Bronx,Reno}'), oms.add_channel('web', 'network', 'network') \g /dev/null
SELECT oms.receive('Bronx', 'cup', 5), oms.receive('Bronx', 'mug', 5), oms.receive('Reno', 'mug', 5) \g /dev/null
SELECT line_no, location, quantity, status FROM oms.place_order('O-1', 'web', '{mug,cup}', '{3,7}', '40.7,-74', on_shortage => 'backorder');
SELECT shipments FROM oms.route();
SELECT a.status FROM oms.fulfillment f, oms.accept(f.fulfillment_id) a;
SELECT p.status, p.units FROM oms.fulfillment f, oms.pick(f.fulfillment_id, '{cup}', '{4}') p;

-- Three cups fewer: first those that wait for supply, then those not picked.
SELECT * FROM oms.cancel_line('O-1', 2, 3);
SELECT sku, quantity, picked, cancelled, open FROM oms.fulfillment_line;
SELECT line_no, quantity, cancelled, reserved, backordered, status FROM oms.order_line;
-- One mug more, which is reserved in addition; then two, which lowers what is wanted.
SELECT was, location, quantity FROM oms.change_quantity('O-1', 1, 4);
SELECT was, location, quantity FROM oms.change_quantity('O-1', 1, 2);
SELECT line_no, quantity, cancelled, reserved, status FROM oms.order_line ORDER BY line_no;
-- What is being picked does not go elsewhere.
SELECT oms.change_destination('O-1', '39.5,-119.8');
-- All the cups, although they are picked; then the rest: nothing of the order is left.
SELECT was, location, quantity FROM oms.cancel_line('O-1', 2);
SELECT was, location, quantity FROM oms.cancel_line('O-1', 1, reason => 'changed my mind');
SELECT status, cancel_reason, units, cancelled FROM oms.orders;
SELECT status FROM oms.fulfillment;
SELECT sku, location, on_hand, reserved FROM oms.inventory ORDER BY sku, location;

-- Before it is picked an order may go elsewhere.
SELECT oms.place_order('O-2', 'web', '{mug}', '{1}', '40.7,-74') \g /dev/null
SELECT shipments FROM oms.route();
SELECT oms.change_destination('O-2', '39.5,-119.8', reroute => true);
SELECT location, status FROM oms.fulfillment WHERE order_id = 'O-2' ORDER BY fulfillment_id;

-- To be picked up: against a code, of which only a hash is kept. One of two customers comes.
SELECT oms.place_order('O-3', 'web', '{cup}', '{1}', service => 'pickup'), oms.place_order('O-4', 'web', '{cup}', '{2}', service => 'pickup') \g /dev/null
SELECT shipments FROM oms.route(order_ids => '{O-3,O-4}');
SELECT fulfillment_id AS f3 FROM oms.fulfillment WHERE order_id = 'O-3' \gset
SELECT count(*) FROM oms.accept_many(ARRAY(SELECT fulfillment_id FROM oms.work WHERE method = 'pickup'));
SELECT count(*) FROM oms.pick_many(ARRAY(SELECT fulfillment_id FROM oms.work WHERE method = 'pickup'));
SELECT count(*) FROM oms.pack_many(ARRAY(SELECT fulfillment_id FROM oms.work WHERE method = 'pickup'));
SELECT count(*) FROM oms.ready_many(ARRAY(SELECT fulfillment_id FROM oms.work WHERE method = 'pickup'));
SELECT oms.issue_code(:f3) ~ '^[A-Z2-9]{8}$' AS random;
SELECT oms.issue_code(:f3, 'Blue-42');
SELECT status FROM oms.hand_over(:f3);
-- A wrong code is an answer, so that it counts; after so many only a new code helps.
SET oms.code_attempts = 2;
SELECT from_status, status, units FROM oms.hand_over(:f3, code => 'green');
SELECT status FROM oms.hand_over(:f3, code => 'red');
SELECT status FROM oms.hand_over(:f3, code => 'blue-42');
SELECT wrong_codes, status FROM oms.fulfillment WHERE fulfillment_id = :f3;
SELECT oms.issue_code(:f3, 'Blue-43');
SELECT status FROM oms.hand_over(:f3, code => 'blue-43');
-- The other does not, and after a time the goods are back on the shelf.
INSERT INTO oms.time_limit (method, remind_customer_after, expire_after) VALUES ('pickup', '0', '1 hour');
SELECT action, order_id FROM oms.enforce_time_limits();
UPDATE oms.time_limit SET expire_after = '0';
SELECT action, order_id FROM oms.enforce_time_limits();
SELECT status FROM oms.fulfillment WHERE order_id = 'O-4';
SELECT order_id, status, cancel_reason FROM oms.orders WHERE order_id IN ('O-3', 'O-4') ORDER BY order_id;
SELECT sku, location, on_hand, reserved FROM oms.inventory WHERE sku = 'cup';
