-- Incoming supply: what may be promised for when, who claims it, and what happens when it changes or comes.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS oms;
RESET client_min_messages;
SET DateStyle = ISO;
SET TimeZone = 'UTC';
SELECT location FROM oms.add_location('Reno DC', 'warehouse') UNION ALL
SELECT location FROM oms.add_location('Oakland', 'store');
SELECT * FROM oms.add_location_group('all', '{Reno DC,Oakland}');
SELECT channel FROM oms.add_channel('web', 'all') UNION ALL
SELECT channel FROM oms.add_channel('wholesale', 'all');

-- 200 kettles are due on day 10. Nothing to sell today; in ten days 200.
SELECT reference, location, sku, quantity, received, expected_at, status, outstanding, claimed
FROM oms.add_incoming('PO 1', 'Reno DC', 'kettle', 200, '2099-01-10');
SELECT oms.atp('web', 'kettle') AS today, oms.atp('web', 'kettle', at => '2099-01-09') AS day_9, oms.atp('web', 'kettle', at => '2099-01-10') AS day_10;

-- A demand of 50, wanted for day 5, is backordered: it claims 50 of the purchase order, so it is promised for day 10.
SELECT line_no, sku, location, quantity, status, promise_at
FROM oms.place_order('O-1', 'web', '{kettle}', '{50}', promise_at => '2099-01-05', on_shortage => 'backorder');
SELECT oms.atp('web', 'kettle', at => '2099-01-10') AS day_10;
SELECT backorder_id, reference, location, quantity, expected_at FROM oms.backorder_claim;

-- The earliest that serves first: 160 of the next 170 come with a second purchase order.
SELECT reference FROM oms.add_incoming('PO 2', 'Oakland', 'kettle', 30, '2099-01-20');
SELECT line_no, quantity, status, promise_at FROM oms.place_order('O-2', 'web', '{kettle}', '{170}', on_shortage => 'backorder');
SELECT b.order_id, c.reference, c.quantity, b.promise_at FROM oms.backorder b JOIN oms.backorder_claim c USING (backorder_id) ORDER BY b.order_id, c.expected_at;
SELECT incoming, backordered, projected, atp, at FROM oms.projection('web', 'kettle') OFFSET 1;

-- What nothing incoming covers is backordered against nothing yet, without a promise.
SELECT line_no, quantity, status, promise_at FROM oms.place_order('O-3', 'wholesale', '{kettle}', '{25}', on_shortage => 'backorder');
SELECT order_id, backordered, promise_at FROM oms.order_line ORDER BY order_id;

-- The purchase order is late, and smaller than ordered. Its claims go to what serves next, most urgent first.
SELECT reference, quantity, expected_at, claimed FROM oms.change_incoming('PO 1', expected_at => '2099-02-01', quantity => 180);
SELECT b.order_id, b.quantity, c.reference, c.quantity AS claimed, b.promise_at FROM oms.backorder b LEFT JOIN oms.backorder_claim c USING (backorder_id) ORDER BY b.order_id, c.expected_at;

-- Another one comes earlier: claims move up to it, and what had no promise gets one.
SELECT reference, claimed FROM oms.add_incoming('PO 3', 'Reno DC', 'kettle', 60, '2099-01-15');
SELECT order_id, backordered, promise_at FROM oms.order_line ORDER BY order_id;
SELECT * FROM oms.cancel_order('O-2');
SELECT reference, outstanding, claimed FROM oms.incoming ORDER BY expected_at;

-- Half of PO 3 comes: it fills backorders by priority, promise and age, and lowers what is expected.
SELECT * FROM oms.receive_incoming('PO 3', 'Reno DC', 'kettle', 30);
SELECT order_id, quantity, reserved, backordered, promise_at FROM oms.order_line WHERE order_id <> 'O-2' ORDER BY order_id;
SELECT reference, quantity, received, outstanding, claimed, status FROM oms.incoming ORDER BY expected_at;
-- More than was expected comes, and another one is cancelled.
SELECT * FROM oms.receive_incoming('PO 3', 'Reno DC', 'kettle', 40);
SELECT reference, status, reason FROM oms.cancel_incoming('PO 1', reason => 'supplier out of business');
SELECT reference, quantity, received, outstanding, claimed, status FROM oms.incoming ORDER BY expected_at;
SELECT * FROM oms.receive_incoming('PO 1', 'Reno DC', 'kettle', 1);
SELECT location, quantity, kind, reference FROM oms.movement ORDER BY movement_id;

-- 100 come for 100 backordered, of which at most 80 are filled: 20 stay backordered, 20 are on hand, and with
-- hold_back they are not offered.
SELECT sku FROM oms.add_item('toaster');
SELECT line_no, quantity, status FROM oms.place_order('O-4', 'web', '{toaster}', '{100}', on_shortage => 'backorder');
SELECT oms.receive('Oakland', 'toaster', 100, fill_limit => 80, hold_back => true);
SELECT reserved, backordered FROM oms.order_line WHERE order_id = 'O-4';
SELECT on_hand, reserved, available FROM oms.inventory WHERE sku = 'toaster';
SELECT held, oms.atp('web', 'toaster') FROM oms.hold_back;
SELECT status, available FROM oms.try_reserve('web', 'toaster', 1);
SELECT oms.release_hold_back('Oakland', 'toaster', 15);
SELECT reserved, backordered FROM oms.order_line WHERE order_id = 'O-4';

-- 100 come for 80 backordered: the surplus of 20 is online, or with hold_back it is not.
SELECT sku FROM oms.add_item('grill') UNION ALL SELECT sku FROM oms.add_item('wok');
SELECT sku, quantity FROM oms.reserve_many('web', '{grill,wok}', '{80,80}', on_shortage => 'backorder');
SELECT oms.receive('Reno DC', 'grill', 100) AS grill, oms.receive('Reno DC', 'wok', 100, hold_back => true) AS wok;
SELECT sku, atp FROM oms.atp_many('web', '{grill,wok}');
SELECT oms.release_hold_back('Reno DC', 'wok');
SELECT sku, atp FROM oms.atp_many('web', '{grill,wok}');

-- How much a channel may have backordered.
SELECT * FROM oms.add_backorder_limit('web', 'wok', 10);
SELECT line_no, requested, reserved, status FROM oms.try_reserve('web', 'wok', 28, on_shortage => 'backorder');
SELECT line_no, requested, reserved, status FROM oms.try_reserve('web', 'wok', 3, on_shortage => 'backorder');
SELECT * FROM oms.reserve('web', 'wok', 3, on_shortage => 'backorder');
SELECT * FROM oms.check();
