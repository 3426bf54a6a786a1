-- One order at once, by what the last run of all orders found stock and capacity to be worth.
CREATE EXTENSION oms;
SET timezone = 'UTC';
SELECT oms.add_location('store', 'store', '40.75,-73.99', handling_cost => 2), oms.add_location('warehouse', 'warehouse', '33.45,-112.07', handling_cost => 1) \g /dev/null
SELECT oms.add_location_group('network', '{store,warehouse}'), oms.add_channel('web', 'network') \g /dev/null
SELECT oms.receive('store', 'lamp', 1), oms.receive('warehouse', 'lamp', 5) \g /dev/null

-- Two orders of New York, one lamp there: a second one would spare a shipment across the country.
SELECT order_id, location FROM unnest('{A,B}'::text[]) AS order_id, oms.place_order(order_id, 'web', '{lamp}', '{1}', '40.7,-74');
SELECT * FROM oms.routing_price;
SELECT shipments, cost FROM oms.route();
SELECT order_id, location, verdict, cost, reason FROM unnest('{A,B}'::text[]) AS order_id, oms.explain_route(order_id) WHERE line_no IS NULL OR verdict = 'chosen';
SELECT * FROM oms.routing_price;

-- A is cancelled; C, of Ohio, is promised the lamp in the store, which is nearer. Alone it would keep it.
SELECT status FROM oms.cancel_order('A');
SELECT location FROM oms.place_order('C', 'web', '{lamp}', '{1}', '39.96,-83.0');
SELECT location, cost FROM oms.simulate(order_ids => '{C}');
-- By the prices it does not: B needs it more. That is in its cost.
SELECT location, cost FROM oms.simulate(order_ids => '{C}', options => '{"stored_prices": true}');
SELECT run_id, orders, shipments, cost, moved_units FROM oms.route_one('C');
SELECT location, verdict, cost, reason FROM oms.explain_route('C');
SELECT order_id, location FROM oms.reservation WHERE status = 'firm' ORDER BY 1;
-- The prices stay those of the run of all orders; the next one gives the lamp to B.
SELECT DISTINCT run_id FROM oms.routing_price;
SELECT shipments, cost, moved_units FROM oms.route();
SELECT order_id, location FROM oms.reservation WHERE status = 'firm' ORDER BY 1;

-- What would else be late takes it all the same, and says what that costs the others.
SELECT status FROM oms.cancel_order('B');
SELECT location FROM oms.place_order('urgent', 'web', '{lamp}', '{1}', '39.95,-75.17', 'same_day');
SELECT late_lines, moved_units FROM oms.route_one('urgent');
SELECT location, verdict, cost, reason FROM oms.explain_route('urgent') WHERE verdict = 'chosen';

-- Slots of a store that packs one order at a time have a price likewise.
SELECT oms.cancel_order_many('{C,urgent}') \g /dev/null
UPDATE oms.location SET capacity_orders = 1 WHERE location = 'store';
SELECT oms.receive('store', 'mug', 9), oms.receive('warehouse', 'mug', 9) \g /dev/null
SELECT oms.place_order(order_id, 'web', '{mug}', '{2}', '40.7,-74') FROM unnest('{D,E}'::text[]) AS order_id \g /dev/null
SELECT shipments FROM oms.route();
SELECT measure, location, sku, price FROM oms.routing_price;
SELECT status FROM oms.cancel_order((SELECT order_id FROM oms.fulfillment WHERE location = 'store' AND status = 'assigned'));
SELECT location FROM oms.place_order('F', 'web', '{mug}', '{1}', '39.96,-83.0');
SELECT shipments, cost FROM oms.route_one('F');
SELECT location, verdict, cost, reason FROM oms.explain_route('F');
SELECT options FROM oms.decision JOIN oms.routing_run USING (run_id) WHERE order_id = 'F';
SELECT * FROM oms.check();
