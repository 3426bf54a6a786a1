-- Orders: demand that holds its stock from the moment it is placed.
CREATE EXTENSION oms;
SET oms.wait_for_pending = 0;
SET timezone = 'UTC';
SET datestyle = 'ISO';

SELECT location FROM oms.add_location('store', 'store', '40.75,-73.99');
SELECT location FROM oms.add_location('warehouse', 'warehouse', '33.45,-112.07');
SELECT location, sequence FROM oms.add_location_group('network', '{store,warehouse}');
SELECT channel FROM oms.add_channel('web', 'network', 'network');
SELECT * FROM oms.receive_many('store', '{chair,lamp}', '{5,2}');
SELECT * FROM oms.receive_many('warehouse', '{chair,table}', '{10,3}');

-- An order, its lines and its reservations are one transaction. One location that has everything
-- comes before a split; then the nearest.
SELECT * FROM oms.place_order('1001', 'web', '{chair,table}', '{2,1}', ship_to => '40.7,-74',
    service => 'same_day', promise_at => '2030-01-07 20:00Z', placed_at => '2030-01-07 10:00Z');
SELECT * FROM oms.place_order('1002', 'web', '{lamp,table}', '{1,1}', ship_to => '40.7,-74',
    placed_at => '2030-01-07 10:05Z', reference => 'shop 7');
SELECT order_id, service, priority, status, lines, units, reserved, placed_at, promise_at, reference FROM oms.orders ORDER BY 1;
SELECT order_id, line_no, sku, quantity, reserved, unfilled, status, locations FROM oms.order_line ORDER BY 1, 2;

-- Too little: all or nothing, or what can be had.
SELECT * FROM oms.place_order('1003', 'web', '{chair,lamp}', '{1,2}');
SELECT * FROM oms.place_order('1003', 'web', '{chair,lamp}', '{1,2}', on_shortage => 'partial', placed_at => '2030-01-07 10:10Z');
SELECT order_id, line_no, sku, quantity, reserved, unfilled, status FROM oms.order_line WHERE order_id = '1003' ORDER BY 1, 2;

-- Lines with more to say.
SELECT * FROM oms.place_order_lines('1004', 'web', '[
    {"sku": "chair", "quantity": 2, "line_no": 10, "unit_value": 49.90, "keep_together": "set", "location": "warehouse"},
    {"sku": "table", "quantity": 1, "line_no": 20, "unit_value": 120, "keep_together": "set", "promise_at": "2030-02-01 12:00Z"}]',
    placed_at => '2030-01-07 10:15Z');
SELECT line_no, sku, quantity, unit_value, keep_together, location, promise_at FROM oms.order_line WHERE order_id = '1004' ORDER BY 1;

-- An order takes over what its cart holds and reserves the difference.
SELECT line_no, sku, location, quantity, reservation_id FROM oms.reserve('web', 'chair', 3, ship_to => '40.7,-74',
    expires_in => '15 minutes', cart_id => 'cart 8');
SELECT line_no, sku, location, quantity, reservation_id, status
  FROM oms.place_order('1005', 'web', '{chair}', '{4}', ship_to => '40.7,-74', cart_id => 'cart 8', service => 'pickup');
SELECT reservation_id, location, quantity, status, order_id, line_no FROM oms.reservation WHERE cart_id = 'cart 8' ORDER BY 1;

-- Cancelling gives everything back.
SELECT * FROM oms.cancel_order('1003', reason => 'changed mind');
SELECT order_id, status, units, reserved, unfilled, cancel_reason FROM oms.orders WHERE order_id = '1003';
\set VERBOSITY terse
SELECT * FROM oms.cancel_order('1003');
\set VERBOSITY default
SELECT sku, location, on_hand, reserved, available FROM oms.inventory ORDER BY 1, 2;

-- The same request_id returns the first result; an order exists once.
SELECT line_no, location, quantity, status FROM oms.place_order('1006', 'web', '{chair}', '{1}', request_id => 'checkout 6');
SELECT line_no, location, quantity, status FROM oms.place_order('1006', 'web', '{chair}', '{1}', request_id => 'checkout 6');
SELECT line_no, location, quantity, status FROM oms.place_order('1006', 'web', '{chair}', '{2}', request_id => 'checkout 6');
SELECT line_no, location, quantity, status FROM oms.place_order('1006', 'web', '{chair}', '{1}');

-- The tables behind the views are changed by functions only.
DELETE FROM oms.order_row;
UPDATE oms.order_line_row SET quantity = 9;

SELECT * FROM oms.check();
