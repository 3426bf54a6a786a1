-- How goods leave: opening hours, cut-off and carrier services decide when a shipment leaves, arrives and what it costs.
CREATE EXTENSION oms;
SET timezone = 'UTC';
SET datestyle = 'ISO';

SELECT location, business_hours, handling_hours, cut_off
  FROM oms.add_location('Paris', 'store', '48.8566,2.3522', business_hours => 'Mo-Fr 08:00-18:00', handling_hours => 2, cut_off => '17:00');
SELECT location, business_hours, handling_hours, cut_off
  FROM oms.add_location('Lyon', 'warehouse', '45.7640,4.8357', handling_hours => 1);
SELECT location, sequence FROM oms.add_location_group('network', '{Paris,Lyon}');
SELECT channel FROM oms.add_channel('web', 'network', 'network');

-- Without carriers: a shipment leaves when it is ready, or at the cut-off that follows, and travels at the default 50 km/h.
-- Lille is 204 km from Paris and 557 km from Lyon. What starts in Paris on Friday at 16:00 is ready too late for that day.
SELECT location, s.price::numeric(9,2), s.distance_km::int, s.ship_at, s.arrive_at
  FROM unnest('{Paris,Lyon}'::text[]) AS location,
       unnest('{2030-01-07 10:00Z,2030-01-11 16:00Z}'::timestamptz[]) AS start_at,
       oms.shipping(location, 'ship', '50.6292,3.0573', start_at, NULL) AS s
 ORDER BY start_at, location DESC;

-- Standard takes a day up to 300 km, else three, and rests on weekends; express is there the next day from anywhere.
SELECT carrier_service, business_hours FROM oms.add_carrier_service('standard', business_hours => 'Mo-Fr 00:00-24:00');
SELECT carrier_service, business_hours FROM oms.add_carrier_service('express');
SELECT carrier_service, up_to_km, transit_days, price FROM oms.add_carrier_rate('standard', 5.90, 1, up_to_km => 300);
SELECT carrier_service, up_to_km, transit_days, price FROM oms.add_carrier_rate('standard', 6.90, 3);
SELECT carrier_service, up_to_km, transit_days, price FROM oms.add_carrier_rate('express', 24, 1);

-- The cheapest service that is in time is taken, else the fastest: due never, on Tuesday evening, on Tuesday noon.
SELECT location, due_at, s.carrier_service, s.price, s.arrive_at, s.arrive_at > due_at AS late
  FROM unnest('{Paris,Lyon}'::text[]) AS location, unnest('{infinity,2030-01-08 18:00Z,2030-01-08 12:00Z}'::timestamptz[]) AS due_at,
       oms.shipping(location, 'ship', '50.6292,3.0573', '2030-01-07 10:00Z', due_at) AS s
 ORDER BY location DESC, due_at DESC;

-- What a store must do first is not what was promised first but what must leave first: from Paris the last cut-off from which
-- standard, which rests on weekends, is in time; from Lyon, which has none, the last moment for an express.
SELECT location, due_at, oms.leave_by(location, 'ship', service, '50.6292,3.0573', ship_at => '2030-02-01 17:00Z', due_at => due_at)
  FROM (VALUES ('Paris', 'standard', timestamptz '2030-02-11 12:00Z'), ('Paris', 'standard', '2030-02-11 18:00Z'), ('Lyon', 'express', '2030-02-10 12:00Z')) AS v (location, service, due_at);

-- A next-day promise: Lyon could send an express; Paris keeps the promise with a standard parcel, for less.
SELECT oms.receive('Paris', 'lamp', 5), oms.receive('Lyon', 'lamp', 5);
SELECT sku, location FROM oms.place_order('O-1', 'web', '{lamp}', '{1}', '50.6292,3.0573', 'next_day', placed_at => '2030-01-07 10:00Z');
SELECT shipments, late_lines, cost FROM oms.route(options => '{"start_at": "placed_at"}');
SELECT location, verdict, cost, carrier_service, ship_at, arrive_at, reason FROM oms.explain_route('O-1');
SELECT location, carrier_service, ship_at, leave_by FROM oms.fulfillment;

-- What a service promises is a table too; a promise of the order itself comes first.
SELECT service, due_hours FROM oms.add_service('slow', 240);
SELECT sku, location FROM oms.place_order('O-2', 'web', '{lamp}', '{1}', '45.75,4.85', 'slow', placed_at => '2030-01-11 16:00Z');
SELECT sku, location FROM oms.place_order('O-3', 'web', '{lamp}', '{1}', '45.75,4.85', 'slow', placed_at => '2030-01-11 16:00Z',
                                          promise_at => '2030-01-12 20:00Z');
SELECT shipments, late_lines, cost FROM oms.route(order_ids => '{O-2,O-3}', options => '{"start_at": "placed_at"}');
SELECT order_id, location, cost, carrier_service, arrive_at, reason FROM oms.decision WHERE order_id <> 'O-1' ORDER BY order_id;

-- A zone has rates of its own: Corsica is an island. Where no service goes, an order waits.
SELECT zone FROM oms.add_zone('Corsica', '((8.5,41.3),(9.6,41.3),(9.6,43.1),(8.5,43.1))');
SELECT zone, transit_days, price FROM oms.add_carrier_rate('standard', 19, 4, zone => 'Corsica');
DELETE FROM oms.carrier_rate WHERE carrier_service = 'express';
SELECT place, s.carrier_service, s.price, s.arrive_at
  FROM (VALUES ('Bastia', oms.latlon '42.6977,9.4508'), ('Nice', '43.7102,7.2620')) AS v (place, coordinates),
       oms.shipping('Lyon', 'ship', coordinates, '2030-01-07 10:00Z', NULL) AS s;
DELETE FROM oms.carrier_rate WHERE zone IS NULL;
SELECT sku, location FROM oms.place_order('O-4', 'web', '{lamp}', '{1}', '43.7102,7.2620');
SELECT shipments, unfilled_units FROM oms.route(order_ids => '{O-4}');
SELECT location, verdict, reason FROM oms.explain_route('O-4');
SELECT * FROM oms.check();
