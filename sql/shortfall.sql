-- Less is left than is reserved: who loses, where the units go, and what is written down.
CREATE EXTENSION oms;
SELECT oms.add_location('Bronx', 'store', '40.8448,-73.8648'), oms.add_location('Reno', 'warehouse', '39.5296,-119.8138') \g /dev/null
SELECT oms.add_location_group('network', '{Bronx,Reno}'), oms.add_channel('web', 'network', 'network') \g /dev/null
SELECT oms.receive('Bronx', 'mug', 10), oms.receive('Reno', 'mug', 3) \g /dev/null
-- Ten mugs in the Bronx, all of them sold: to a same-day order, to two standard ones and to a cart.
SELECT oms.place_order_lines('urgent', 'web', '[{"sku": "mug", "quantity": 3, "location": "Bronx"}]', service => 'same_day') \g /dev/null
SELECT oms.place_order('early', 'web', '{mug}', '{2}', '40.7,-74') \g /dev/null
SELECT oms.place_order('late', 'web', '{mug}', '{4}', '40.7,-74') \g /dev/null
SELECT location, quantity FROM oms.reserve('web', 'mug', 1, location => 'Bronx', expires_in => '1 hour', cart_id => 'cart 1');
SELECT shipments FROM oms.route(order_ids => '{urgent,early,late}');
SELECT available FROM oms.inventory WHERE location = 'Bronx';

-- Six are broken. The cart loses first, then the latest standard order, then the earlier one:
-- what Reno has moves there, what nobody has waits for supply.
SELECT oms.adjust('Bronx', 'mug', -6, 'fell off the shelf', actor => 'Ann');
SELECT order_id, reservation_id IS NOT NULL AS of_cart, quantity, moved, backordered, released, reason, actor FROM oms.shortfall ORDER BY shortfall_id;
SELECT location, on_hand, reserved, available FROM oms.inventory ORDER BY location;
SELECT order_id, quantity, reserved, backordered, locations FROM oms.order_line ORDER BY order_id;
-- The store is told: its work shrinks.
SELECT order_id, status, units FROM oms.work ORDER BY order_id;
SELECT order_id, quantity, cause, reason, moved, backordered FROM oms.rejection ORDER BY rejection_id;

-- A count that finds even less takes from the same-day order too; it is to be served from the
-- Bronx only, and waits for it.
SELECT oms.set_on_hand('Bronx', 'mug', 1, 'count');
SELECT order_id, quantity, moved, backordered, reason FROM oms.shortfall ORDER BY shortfall_id DESC LIMIT 2;
-- A receipt serves the most urgent first.
SELECT oms.receive('Bronx', 'mug', 3);
SELECT order_id, reserved, backordered FROM oms.order_line ORDER BY order_id;

-- What two transactions did at once, or what was locked, is resolved later: pg_cron.
SELECT oms.resolve_shortfalls();
