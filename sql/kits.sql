-- Kits: skus that consist of others, sold as one and taken as their components, all from one
-- location. (The numbers of worked case 4.)
CREATE EXTENSION oms;
SELECT oms.add_location('North', 'store'), oms.add_location('South', 'store') \g /dev/null
SELECT oms.add_location_group('stores', '{North,South}'), oms.add_channel('web', 'stores') \g /dev/null
SELECT * FROM oms.add_kit('gift', '{belt,wallet}', '{2,1}');

-- Belts at one location and wallets at another make no kit.
SELECT oms.receive('North', 'belt', 10), oms.receive('South', 'wallet', 7) \g /dev/null
SELECT oms.atp('web', 'gift');

-- 10 belts and 7 wallets at one location make 5.
SELECT oms.receive('North', 'wallet', 7) \g /dev/null
SELECT * FROM oms.atp_many('web', '{belt,wallet,gift}');
SELECT location, on_hand, reserved, safety_stock, atp FROM oms.atp_by_location('web', 'gift');

-- Each component is bound by its own safety stock; the channel's buffer is taken from the kit.
SELECT oms.add_channel('market', 'stores', safety_stock => '2', buffer => 1) \g /dev/null
SELECT location, on_hand, reserved, safety_stock, atp FROM oms.atp_by_location('market', 'gift');
SELECT oms.atp('market', 'gift');
SELECT sku FROM oms.add_safety_stock_rule('100%', channel => 'market', sku => 'gift') \g /dev/null
SELECT oms.atp('market', 'gift');

-- A kit's reservation is one, with a row for each component.
SELECT line_no, sku, location, quantity, kit FROM oms.reserve('web', 'gift', 2, cart_id => 'cart', expires_in => '1 hour');
SELECT line_no, requested, reserved, available, status, cardinality(reservation_ids) AS reservations
  FROM oms.try_reserve('web', 'gift', 4);
SELECT oms.atp('web', 'gift') AS gift, oms.atp('web', 'belt') AS belt, oms.atp('web', 'wallet') AS wallet;

-- A kit and a component of it in one cart add up: 6 belts are left.
SELECT line_no, sku, requested, reserved, available, status
  FROM oms.try_reserve_many('web', '{gift,belt}', '{2,3}');
SELECT line_no, sku, quantity, kit FROM oms.reserve_many('web', '{gift,belt}', '{2,2}', reference => 'both');

-- The verbs change all of it; quantities of a kit are kits.
SELECT line_no, sku, location, quantity, kit, status FROM oms.place_order('O-1', 'web', '{gift}', '{2}', cart_id => 'cart');
SELECT line_no, sku, quantity, reserved, status, locations FROM oms.order_line WHERE order_id = 'O-1';
SELECT sku, quantity, consumed, status
  FROM oms.consume((SELECT min(reservation_id) FROM oms.reservation WHERE order_id = 'O-1'), 1);
SELECT line_no, sku, quantity, reserved, consumed, status FROM oms.order_line WHERE order_id = 'O-1';
SELECT sku, quantity, kind FROM oms.movement WHERE kind = 'consume' ORDER BY movement_id;
SELECT sku, quantity, status
  FROM oms.release_many(ARRAY(SELECT DISTINCT reservation_id FROM oms.reservation WHERE reference = 'both' ORDER BY 1));
SELECT * FROM oms.inventory ORDER BY sku, location;

-- With partial, whole kits only; several kits may come from several locations, each whole.
SELECT oms.receive('South', 'belt', 3) \g /dev/null
SELECT line_no, sku, location, quantity, kit FROM oms.reserve('web', 'gift', 9, on_shortage => 'partial');

-- A kit has no stock of its own, no kit is in a kit, and none is backordered.
SELECT oms.receive('North', 'gift', 1);
SELECT oms.add_kit('hamper', '{gift,belt}', '{1,1}');
SELECT oms.add_kit('wallet', '{leather}', '{1}');
SELECT oms.reserve('web', 'gift', 1, on_shortage => 'backorder');
SELECT * FROM oms.check();
