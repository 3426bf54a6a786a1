-- Reservation: from the cart to the door.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS oms;
RESET client_min_messages;
SELECT location FROM oms.add_location('Reno DC', 'warehouse', '39.5296,-119.8138', can_pickup => false) UNION ALL
SELECT location FROM oms.add_location('Oakland', 'store', '37.8044,-122.2712') UNION ALL
SELECT location FROM oms.add_location('San Jose', 'store', '37.3382,-121.8863');
SELECT * FROM oms.add_location_group('all', '{Reno DC,Oakland,San Jose}');
SELECT * FROM oms.add_location_group('stores', '{Oakland,San Jose}');
SELECT * FROM oms.add_channel('web', 'all', 'stores');
SELECT * FROM oms.receive_many('Reno DC', '{kettle,mug,teapot}', '{50,600,2}');
SELECT * FROM oms.receive_many('Oakland', '{kettle,mug}', '{3,40}');
SELECT * FROM oms.receive_many('San Jose', '{kettle,teapot}', '{5,6}');

-- One kettle for somebody in San Francisco: Oakland is nearest. Six: only the warehouse has all of them.
SELECT line_no, sku, location, quantity, reservation_id FROM oms.reserve('web', 'kettle', 1, ship_to => '37.7749,-122.4194');
SELECT line_no, sku, location, quantity, reservation_id FROM oms.reserve('web', 'kettle', 6, ship_to => '37.7749,-122.4194');

-- A cart: one location that has all of it comes before a nearer one that has not. If there is none, each
-- sku comes from the nearest that has all of it.
SELECT line_no, sku, location, quantity
FROM oms.reserve_cart('web', '[{"sku": "kettle", "quantity": 1}, {"sku": "teapot", "quantity": 2}]', ship_to => '37.7749,-122.4194');
SELECT line_no, sku, location, quantity
FROM oms.reserve_many('web', '{mug,teapot}', '{20,4}', ship_to => '37.7749,-122.4194');

-- All or nothing, or what can be had
SELECT * FROM oms.reserve_many('web', '{mug,teapot}', '{20,3}');
SELECT line_no, sku, location, quantity FROM oms.reserve_many('web', '{mug,teapot}', '{20,3}', on_shortage => 'partial');
SELECT sku, location, available FROM oms.inventory ORDER BY sku, location;

-- try_reserve says the same in rows, and raises for no shortage.
SELECT line_no, sku, requested, reserved, available, status
FROM oms.try_reserve_many('web', '{kettle,teapot,kettel}', '{2,1,1}');
SELECT line_no, sku, requested, reserved, available, status
FROM oms.try_reserve_many('web', '{kettle,teapot,kettel}', '{2,1,1}', on_shortage => 'partial');

-- A checkout holds three kettles in San Jose for a quarter of an hour, changes its mind and wants four:
-- the same cart again replaces what the cart has.
SELECT line_no, sku, location, quantity, reservation_id, expires_at > now() AS is_hold
FROM oms.reserve('web', 'kettle', 3, location => 'San Jose', expires_in => '15 min', cart_id => 'cart-81', method => 'pickup');
SELECT line_no, sku, location, quantity, reservation_id
FROM oms.reserve('web', 'kettle', 4, location => 'San Jose', expires_in => '15 min', cart_id => 'cart-81', method => 'pickup');
SELECT reservation_id, quantity, status FROM oms.reservation WHERE cart_id = 'cart-81' ORDER BY reservation_id;

-- Paid: the hold becomes firm. Then three of four go out of the door, and the last is given back.
SELECT reservation_id, quantity, consumed, status, expires_at FROM oms.confirm(11);
SELECT reservation_id, quantity, consumed, status FROM oms.consume(11, 3, reference => 'receipt 5521', actor => 'rosa');
SELECT reservation_id, quantity, consumed, status FROM oms.release(11);
SELECT sku, location, quantity, kind, actor, reference FROM oms.movement WHERE kind = 'consume';
SELECT sku, location, on_hand, reserved, available FROM oms.inventory WHERE sku = 'kettle' ORDER BY location;

-- Too late: a hold that has expired is free for others, and cannot be confirmed.
\set VERBOSITY terse
SELECT reservation_id FROM oms.reserve('web', 'mug', 20, location => 'Oakland', expires_in => '1 ms');
SELECT pg_sleep(0.01);
SELECT * FROM oms.confirm(12);
SELECT reservation_id, quantity, status FROM oms.reservation WHERE reservation_id = 12;
SELECT line_no, sku, location, quantity FROM oms.reserve('web', 'mug', 20, location => 'Oakland');
\set VERBOSITY default

-- What is over is over.
SELECT * FROM oms.confirm(11);
SELECT * FROM oms.consume(1, 2);
SELECT * FROM oms.release(4711);

-- An app that got no answer asks again with the same request_id, and gets the same reservation.
SELECT line_no, sku, location, quantity, reservation_id FROM oms.reserve('web', 'kettle', 2, request_id => 'app-1');
SELECT line_no, sku, location, quantity, reservation_id FROM oms.reserve('web', 'kettle', 2, request_id => 'app-1');
SELECT * FROM oms.reserve('web', 'kettle', 3, request_id => 'app-1');
