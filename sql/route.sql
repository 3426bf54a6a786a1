-- Routing: all open orders together, applied; the worked case of one near unit and two orders.
CREATE EXTENSION oms;
SET timezone = 'UTC';

SELECT location FROM oms.add_location('store', 'store', '40.75,-73.99', handling_cost => 2);
SELECT location FROM oms.add_location('warehouse', 'warehouse', '33.45,-112.07', handling_cost => 1);
SELECT location, sequence FROM oms.add_location_group('network', '{store,warehouse}');
SELECT channel FROM oms.add_channel('web', 'network', 'network');
SELECT oms.receive('store', 'lamp', 1), oms.receive('warehouse', 'lamp', 1);

-- 10:00: a standard order is promised the unit in the store, the nearest.
SELECT sku, location, quantity, status FROM oms.place_order('standard', 'web', '{lamp}', '{1}', ship_to => '40.7,-74',
    placed_at => '2030-01-07 10:00Z');
-- 10:05: a same-day order is left the far unit, from where it would be late.
SELECT sku, location, quantity, status FROM oms.place_order('urgent', 'web', '{lamp}', '{1}', ship_to => '40.7,-74',
    service => 'same_day', placed_at => '2030-01-07 10:05Z');
SELECT line_no, sku, location, verdict, reason FROM oms.explain_route('urgent');

-- One after the other is late and dear; together is neither. compare_solvers writes nothing.
SELECT solver, orders, shipments, unfilled, late, distance_km, round(cost, 2) AS cost
  FROM oms.compare_solvers(options => '{"start_at": "2030-01-07 10:10Z"}');
SELECT count(*) FROM oms.decision;

-- The holds change places, although no unit is free anywhere.
SELECT run_id, orders, lines, units, shipments, unfilled_units, late_lines, distance_km, cost, moved_units, not_moved_units, skipped_orders
  FROM oms.route(options => '{"start_at": "2030-01-07 10:10Z"}');
SELECT order_id, line_no, sku, location, quantity FROM oms.reservation ORDER BY order_id;
SELECT * FROM oms.explain_route('urgent');
SELECT * FROM oms.explain_route('standard');
SELECT order_id, location, method, status, lines, units FROM oms.fulfillment ORDER BY order_id;

-- Another run finds nothing to do, and the stores keep their work.
SELECT moved_units FROM oms.route(options => '{"start_at": "2030-01-07 10:10Z"}');
SELECT order_id, location, status, run_id FROM oms.fulfillment ORDER BY order_id;

-- The store goes offline: the urgent order takes the far unit, the other one keeps a hold and waits.
UPDATE oms.location SET status = 'offline' WHERE location = 'store';
SELECT shipments, unfilled_units, late_lines, moved_units FROM oms.route(options => '{"start_at": "2030-01-07 10:10Z"}');
SELECT order_id, location, queue, reason FROM oms.decision WHERE run_id = 3 ORDER BY order_id;
SELECT order_id, location, status FROM oms.fulfillment ORDER BY fulfillment_id;
SELECT order_id, status, reserved, unfilled FROM oms.orders ORDER BY order_id;

-- It comes back.
UPDATE oms.location SET status = 'active' WHERE location = 'store';
SELECT shipments, unfilled_units, late_lines, moved_units FROM oms.route(options => '{"start_at": "2030-01-07 10:10Z"}');
SELECT order_id, location, verdict FROM oms.reservation JOIN oms.explain_route(order_id) e USING (location) ORDER BY order_id;

-- A cancelled order gives up its work too.
SELECT location, quantity, status FROM oms.cancel_order('urgent');
SELECT order_id, location, status FROM oms.fulfillment WHERE status IN ('assigned', 'cancelled') ORDER BY order_id;

SELECT solver, orders, shipments, unfilled_units, moved_units FROM oms.routing_run ORDER BY run_id;
SELECT * FROM oms.check();
