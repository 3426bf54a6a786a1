-- Backorders: what is sold and not there yet, and what a receipt does about it.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS oms;
RESET client_min_messages;
SELECT location FROM oms.add_location('Reno DC', 'warehouse') UNION ALL
SELECT location FROM oms.add_location('Oakland', 'store');
SELECT * FROM oms.add_location_group('all', '{Reno DC,Oakland}');
SELECT * FROM oms.add_location_group('warehouses', '{Reno DC}');
SELECT channel, ship_group, safety_stock FROM oms.add_channel('web', 'all', 'all', safety_stock => '2');
SELECT channel, ship_group, safety_stock FROM oms.add_channel('wholesale', 'warehouses');
SELECT oms.receive('Reno DC', 'kettle', 5);

-- Web keeps 2 back: of 5 kettles it may sell 3. With backorder the order is taken all the same, and what
-- is missing of the line waits.
SELECT line_no, sku, location, quantity, status
FROM oms.place_order('O-1', 'web', '{kettle}', '{4}', promise_at => '2031-05-10', on_shortage => 'backorder');
SELECT line_no, sku, location, quantity, status
FROM oms.place_order('O-2', 'web', '{kettle}', '{2}', service => 'same_day', on_shortage => 'backorder');
SELECT line_no, sku, location, quantity, status
FROM oms.place_order('O-3', 'wholesale', '{kettle}', '{6}', promise_at => '2031-05-01', on_shortage => 'backorder');
SELECT backorder_id, order_id, channel, quantity, filled, status, priority, promise_at::date
FROM oms.backorder ORDER BY backorder_id;
SELECT order_id, quantity, reserved, unfilled, backordered, status FROM oms.order_line ORDER BY order_id;

-- Three kettles come in. The most urgent is O-2, but web keeps 2 back at each location; then O-3, whose
-- promise is earlier than O-1's. Wholesale keeps nothing back.
SELECT oms.receive('Reno DC', 'kettle', 3, reference => 'PO 77');
SELECT order_id, location, quantity, status FROM oms.reservation ORDER BY reservation_id;
SELECT backorder_id, order_id, quantity, filled, status FROM oms.backorder ORDER BY backorder_id;

-- Oakland may not ship for wholesale. Three kettles there: 1 for the most urgent order of web, 2 stay there.
SELECT oms.receive('Oakland', 'kettle', 3);
SELECT order_id, quantity, reserved, unfilled, backordered, status, locations FROM oms.order_line ORDER BY order_id;

-- A cancelled order waits no more, and gives back what it held.
SELECT * FROM oms.cancel_order('O-3');
SELECT order_id, quantity, filled, status FROM oms.backorder ORDER BY backorder_id;

-- What becomes free without a receipt fills nothing at once: a job does.
SELECT oms.fill_backorders();
SELECT order_id, quantity, filled, status FROM oms.backorder ORDER BY backorder_id;
SELECT location, on_hand, reserved, available FROM oms.inventory ORDER BY location;

-- Without an order: reserve returns what waits as a row without a location.
SELECT line_no, sku, location, quantity, reservation_id IS NULL AS waits, backorder_id
FROM oms.reserve('wholesale', 'kettle', 9, on_shortage => 'backorder');
SELECT line_no, sku, requested, reserved, status
FROM oms.try_reserve_many('wholesale', '{kettle,kettel}', '{1,1}', on_shortage => 'backorder');
SELECT * FROM oms.release_backorder(4);

-- A hold cannot be backordered, and an order's backorder is released with its order.
SELECT * FROM oms.reserve('web', 'kettle', 9, on_shortage => 'backorder', expires_in => '1 hour');
SELECT * FROM oms.release_backorder(1);
