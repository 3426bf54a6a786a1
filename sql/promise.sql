-- What can be promised of a cart, before it is ordered: per service from where, when, and for how much.
CREATE EXTENSION oms;
SET timezone = 'UTC';
SET datestyle = 'ISO';
SELECT oms.add_location('Paris', 'store', '48.8566,2.3522', business_hours => 'Mo-Fr 08:00-18:00', handling_hours => 2, cut_off => '17:00', handling_cost => 1),
       oms.add_location('Lyon', 'warehouse', '45.7640,4.8357', handling_hours => 1) \g /dev/null
SELECT oms.add_location_group('network', '{Paris,Lyon}'), oms.add_location_group('stores', '{Paris}'), oms.add_channel('web', 'network', 'stores', buffer => 1) \g /dev/null
SELECT oms.add_carrier_service('standard', business_hours => 'Mo-Fr 00:00-24:00'), oms.add_carrier_service('express') \g /dev/null
SELECT oms.add_carrier_rate('standard', 5.90, 1, up_to_km => 300), oms.add_carrier_rate('standard', 6.90, 3), oms.add_carrier_rate('express', 24, 1) \g /dev/null
SELECT * FROM oms.receive_many('Paris', '{lamp,chair}', '{5,3}') UNION ALL SELECT * FROM oms.receive_many('Lyon', '{lamp,table}', '{5,3}') \g /dev/null

-- Lille, Monday 10:00: the standard parcel from Paris is there the next day. The same day nobody arrives.
SELECT service, location, ship_at, arrive_at, cost, carrier_service, skus, quantities
  FROM oms.promise('web', '[{"sku": "lamp", "quantity": 1}]', '50.6292,3.0573', start_at => '2030-01-07 10:00Z');
-- One location has the whole cart, though the lamp alone would come from the nearer one; no store has it all.
SELECT service, location, arrive_at, cost, carrier_service, skus, quantities
  FROM oms.promise('web', '[{"sku": "lamp", "quantity": 1}, {"sku": "table", "quantity": 1}]', '50.6292,3.0573', start_at => '2030-01-07 10:00Z');
-- No location has the whole cart: two send it, as few as can be.
SELECT service, location, arrive_at, cost, carrier_service, skus, quantities
  FROM oms.promise('web', '[{"sku": "chair", "quantity": 2}, {"sku": "lamp", "quantity": 6}, {"sku": "table", "quantity": 1}]', '50.6292,3.0573',
                   '{standard,next_day}', '2030-01-07 10:00Z');
-- The buffer is kept back: of 10 lamps 9 are promised. And a line may name its location.
SELECT service, location, skus, quantities FROM oms.promise('web', '[{"sku": "lamp", "quantity": 9}]', '50.6292,3.0573', '{standard}', '2030-01-07 10:00Z');
SELECT service, location, skus, quantities FROM oms.promise('web', '[{"sku": "lamp", "quantity": 10}]', '50.6292,3.0573', '{standard}', '2030-01-07 10:00Z');
SELECT service, location, skus, quantities
  FROM oms.promise('web', '[{"sku": "lamp", "quantity": 1, "location": "Lyon"}, {"sku": "lamp", "quantity": 2}]', '50.6292,3.0573', '{standard}', '2030-01-07 10:00Z');

-- What is not there is promised from the day on which it is expected; an express could not be in time then.
SELECT reference, expected_at FROM oms.add_incoming('PO 1', 'Lyon', 'table', 5, '2030-01-10 06:00Z');
SELECT service, location, ship_at, arrive_at, cost, carrier_service
  FROM oms.promise('web', '[{"sku": "table", "quantity": 4}]', '50.6292,3.0573', start_at => '2030-01-07 10:00Z');

-- Paris can take one order a day: when it has, it begins with the next one the day after. Who waits for nothing is sent from Lyon.
SELECT window_name, orders FROM oms.add_capacity('Paris', orders => 1);
SELECT oms.place_order('O1', 'web', '{lamp}', '{1}', '48.9,2.3') \g /dev/null
SELECT orders, shipments FROM oms.route(options => '{"start_at": "2030-01-07 09:00Z"}');
SELECT service, location, ship_at, arrive_at, cost, carrier_service
  FROM oms.promise('web', '[{"sku": "lamp", "quantity": 1}]', '50.6292,3.0573', start_at => '2030-01-07 10:00Z');
-- Where no window will ever do, a location is no candidate.
SELECT window_name, units FROM oms.add_capacity('Paris', units => 2, window_name => 'small');
SELECT service, location FROM oms.promise('web', '[{"sku": "lamp", "quantity": 3}]', '50.6292,3.0573', start_at => '2030-01-07 10:00Z');
DELETE FROM oms.capacity;
SELECT count(*) FROM oms.cancel_order('O1');

-- It is what reserve does: nothing is written, and nothing kept.
SELECT line_no, sku, location FROM oms.reserve_cart('web', '[{"sku": "lamp", "quantity": 1}, {"sku": "table", "quantity": 1}]', ship_to => '50.6292,3.0573');

SELECT * FROM oms.promise('web', '[{"sku": "lmap", "quantity": 1}]');
SELECT * FROM oms.promise('web', '[{"sku": "lamp", "quantity": 1}]', services => '{drone}');
SELECT * FROM oms.check();
