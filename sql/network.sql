-- The network: where stock lies, and who may sell it from where.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS oms;
RESET client_min_messages;

-- A warehouse and three stores. Coordinates are latitude, longitude.
SELECT location, kind, coordinates, time_zone, status
FROM oms.add_location('Reno DC', 'warehouse', '39.5296,-119.8138', 'America/Los_Angeles', can_pickup => false);
SELECT location, kind, coordinates, capacity_orders
FROM oms.add_location('Oakland', 'store', '37.8044,-122.2712', 'America/Los_Angeles', handling_cost => 1.50, capacity_orders => 40);
SELECT location, kind, coordinates, capacity_orders
FROM oms.add_location('San Jose', 'store', '37.3382,-121.8863', 'America/Los_Angeles', handling_cost => 1.50, capacity_orders => 25);
SELECT location, kind, coordinates, capacity_orders
FROM oms.add_location('Denver', 'store', '39.7392,-104.9903', 'America/Denver', handling_cost => 1.75);

-- A group is an ordered set of locations.
SELECT * FROM oms.add_location_group('ships', '{Reno DC,Oakland,San Jose,Denver}');
SELECT * FROM oms.add_location_group('bay area', '{Oakland,San Jose}');

-- A channel sells from groups: all four ship for the web shop, two hand over. It keeps two units
-- at every location for those who walk in. The marketplace gets less, and its network keeps 10.
SELECT * FROM oms.add_channel('web', 'ships', 'bay area', safety_stock => '2');
SELECT * FROM oms.add_channel('marketplace', 'ships', safety_stock => 'max(2, 20%)', buffer => 10);

-- What is known of an item is optional. Mugs are sold in sixes, gift cards never run out.
SELECT * FROM oms.add_item('mug', '{kitchen,ceramic}', unit_value => 8.90, weight => 0.35,
                           quantity_minimum => 6, quantity_step => 6);
SELECT * FROM oms.add_item('gift card', tracked => false);

-- Each of these is an upsert: the row is then what the call says, and nothing else.
SELECT location, kind, handling_cost, capacity_orders
FROM oms.add_location('Denver', 'store', '39.7392,-104.9903', 'America/Denver', capacity_orders => 30);
SELECT * FROM oms.add_location_group('bay area', '{San Jose,Oakland}');

-- They are plain tables. A DBA closes a store like this:
UPDATE oms.location SET status = 'offline' WHERE location = 'Denver' RETURNING location, status;

-- How far is it from the warehouse?
SELECT s.location, round((s.coordinates OPERATOR(oms.<->) w.coordinates)::numeric) AS km
FROM oms.location AS s, oms.location AS w
WHERE w.location = 'Reno DC' AND s.kind = 'store'
ORDER BY km;

-- Mistakes are refused.
\set SHOW_CONTEXT never
SELECT location FROM oms.add_location('Fresno', 'store', time_zone => 'California');
SELECT location FROM oms.add_location('Fresno', 'store', '367.5,-119.8');
SELECT * FROM oms.add_location_group('valley', '{Fresno}');
SELECT channel FROM oms.add_channel('phone', 'nobody');
SELECT sku FROM oms.add_item('mug', quantity_minimum => 6, quantity_maximum => 5);
DELETE FROM oms.location WHERE location = 'Oakland';
