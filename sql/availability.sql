-- Availability: what a channel may sell, and why.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS oms;
RESET client_min_messages;

-- 100 kettles in the warehouse, 31 and 4 in two stores. The web shop keeps 10 % of what is on hand
-- at each location, rounded up; the marketplace keeps 5 at each and 20 once; the till keeps nothing.
SELECT location FROM oms.add_location('Reno DC', 'warehouse', '39.5296,-119.8138', can_pickup => false) UNION ALL
SELECT location FROM oms.add_location('Oakland', 'store', '37.8044,-122.2712') UNION ALL
SELECT location FROM oms.add_location('San Jose', 'store', '37.3382,-121.8863');
SELECT * FROM oms.add_location_group('all', '{Reno DC,Oakland,San Jose}');
SELECT * FROM oms.add_location_group('stores', '{Oakland,San Jose}');
SELECT * FROM oms.add_channel('web', 'all', 'stores', safety_stock => '10%');
SELECT * FROM oms.add_channel('marketplace', 'all', safety_stock => '5', buffer => 20);
SELECT * FROM oms.add_channel('till', 'stores', 'stores');
SELECT oms.receive('Reno DC', 'kettle', 100) AS reno, oms.receive('Oakland', 'kettle', 31) AS oakland, oms.receive('San Jose', 'kettle', 4) AS san_jose;

-- The web shop may sell 90 + 27 + 3, the marketplace 95 + 26 + 0 - 20, the till 31 + 4.
SELECT channel, oms.atp(channel, 'kettle') AS ship, oms.atp(channel, 'kettle', 'pickup') AS pickup
FROM oms.channel ORDER BY channel;
SELECT location, on_hand, reserved, safety_stock, atp, round(distance_km::numeric) AS km
FROM oms.atp_by_location('web', 'kettle', near => '37.7749,-122.4194');
SELECT location, on_hand, reserved, safety_stock, atp FROM oms.atp_by_location('marketplace', 'kettle');

-- Somebody buys 10, somebody else has 5 in a cart for an hour: both are gone for every channel.
SELECT line_no, sku, location, quantity FROM oms.reserve('web', 'kettle', 10, location => 'Oakland');
SELECT line_no, sku, location, quantity FROM oms.reserve('till', 'kettle', 5, location => 'Oakland', expires_in => '1 hour');
SELECT oms.available('kettle', 'Oakland');
SELECT channel, oms.atp(channel, 'kettle') AS ship FROM oms.channel ORDER BY channel;

-- A hold that has expired is free at once. Nobody has to sweep for that.
SELECT line_no, sku, location, quantity FROM oms.reserve('till', 'kettle', 4, location => 'San Jose', expires_in => '1 ms');
SELECT pg_sleep(0.01);
SELECT location, on_hand, reserved, expired, atp FROM oms.atp_by_location('till', 'kettle');

-- The sprinkler goes off: 20 of 31 are lost, though 15 are reserved. Four units of these are held
-- elsewhere at once, as oms.shortfall tells.
SELECT oms.adjust('Oakland', 'kettle', -20, 'water damage') AS on_hand;
SELECT quantity, moved, backordered, released, reason FROM oms.shortfall;
SELECT oms.available('kettle', 'Oakland');
SELECT channel, oms.atp(channel, 'kettle') AS ship, oms.atp(channel, 'kettle', 'pickup') AS pickup
FROM oms.channel ORDER BY channel;

-- A page of a shop asks for many skus at once. NULL: nobody knows the sku.
SELECT sku FROM oms.add_item('gift card', tracked => false) UNION ALL SELECT sku FROM oms.add_item('coming soon');
SELECT * FROM oms.atp_many('web', '{kettle,coming soon,gift card,kettel}');
SELECT oms.atp('web', 'kettel');
SELECT oms.atp('wbe', 'kettle');
SELECT oms.atp('web', 'kettle', 'drone');

-- Two switches of a DBA
UPDATE oms.location SET can_ship = false WHERE location = 'San Jose';
UPDATE oms.channel SET status = 'offline' WHERE channel = 'marketplace';
SELECT channel, oms.atp(channel, 'kettle') AS ship, oms.atp(channel, 'kettle', 'pickup') AS pickup
FROM oms.channel ORDER BY channel;

-- Stores with 100 each and a buffer of 10: it is taken once per channel, not per location.
SELECT * FROM oms.receive_many('Oakland', '{lamp}', '{100}') UNION ALL SELECT * FROM oms.receive_many('San Jose', '{lamp}', '{100}');
UPDATE oms.location SET can_ship = true WHERE location = 'San Jose';
SELECT * FROM oms.add_channel('outlet', 'stores', buffer => 10);
SELECT oms.atp('outlet', 'lamp');

-- Rules: a rule of two tags wins over one of one, and 100% switches off. Black shirts are not handed over.
SELECT sku FROM oms.add_item('white shirt', '{shirt}') UNION ALL SELECT sku FROM oms.add_item('black shirt', '{shirt,black}');
SELECT oms.receive('Oakland', 'white shirt', 9), oms.receive('Oakland', 'black shirt', 9);
SELECT (oms.add_safety_stock_rule('1', tags => '{shirt}', method => 'pickup')).safety_stock,
       (oms.add_safety_stock_rule('100%', tags => '{shirt,black}', method => 'pickup', note => 'stains')).note;
SELECT sku, oms.atp('till', sku, 'pickup') AS pickup, oms.atp('till', sku) AS ship FROM oms.item WHERE sku LIKE '%shirt' ORDER BY sku;
SELECT place, holds, safety_stock, dimensions, tags, method, note FROM oms.explain_safety_stock('till', 'black shirt', 'Oakland', 'pickup');

-- Why is it that many? The outlet sells no lamps from San Jose; Reno never had any.
SELECT (oms.add_safety_stock_rule('100%', 'outlet', 'lamp', location => 'San Jose')).safety_stock;
SELECT step, location, on_hand, reserved, safety_stock, rule, counted, reason FROM oms.explain_availability('outlet', 'lamp');
SELECT step, location, counted, reason FROM oms.explain_availability('web', 'lamp');

-- A feed of all skus, and what is shown of them at most.
UPDATE oms.channel SET show_at_most = 10 WHERE channel = 'outlet';
SELECT * FROM oms.atp_feed('{outlet,till}') ORDER BY channel, sku;
