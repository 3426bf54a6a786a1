-- A simulation is the same planner with nothing written; and a location that goes offline.
CREATE EXTENSION oms;
SET timezone = 'UTC';
SELECT oms.add_location('store', 'store', '40.75,-73.99'), oms.add_location('outlet', 'store', '41,-74'), oms.add_location('warehouse', 'warehouse', '33.45,-112.07') \g /dev/null
SELECT oms.add_location_group('network', '{store,outlet,warehouse}'), oms.add_channel('web', 'network', 'network') \g /dev/null
SELECT oms.receive_many('store', '{lamp,shade}', '{3,1}'), oms.receive_many('outlet', '{lamp,shade}', '{2,1}'), oms.receive_many('warehouse', '{lamp,shade}', '{9,9}') \g /dev/null
SELECT order_id, line_no, location
  FROM (VALUES ('A', '{lamp,shade}'::text[], 'standard'), ('B', '{lamp,shade}', 'same_day'), ('C', '{shade}', 'next_day'), ('D', '{lamp}', 'standard')) AS v (order_id, skus, service),
       LATERAL oms.place_order(order_id, 'web', skus, array_fill(1::bigint, ARRAY[cardinality(skus)]), '40.7,-74', service, placed_at => '2030-01-07 10:00Z') AS p
 ORDER BY order_id, line_no;

SELECT order_id, line_no, sku, location, quantity, shipment, cost FROM oms.simulate(options => '{"start_at": "placed_at"}');
SELECT count(*) FROM oms.decision;

-- route decides the same, row for row; under a policy too, units that wait included.
SELECT oms.add_policy('p'), oms.add_routing('p', 'urgent', $$service <> 'standard'$$), oms.add_rule('p', 'urgent', max_distance_km => 20, split => 'single'),
       oms.add_rule('p', 'urgent', max_distance_km => 100), oms.add_routing('p', 'others', queue => 'later'), oms.add_rule('p', 'others', max_distance_km => 100, floor => '1'),
       oms.activate_policy('p') \g /dev/null
CREATE TEMP TABLE simulated AS SELECT * FROM oms.simulate(options => '{"start_at": "placed_at"}');
SELECT shipments, unfilled_units FROM oms.route(options => '{"start_at": "placed_at"}');
CREATE VIEW pg_temp.decided AS
SELECT order_id, line_no, sku, quantity, location, shipment, cost, routing, rule_no, queue FROM oms.decision
 WHERE run_id = (SELECT max(run_id) FROM oms.routing_run);
SELECT count(*) FROM simulated;
(TABLE simulated EXCEPT TABLE pg_temp.decided) UNION ALL (TABLE pg_temp.decided EXCEPT TABLE simulated);
TRUNCATE simulated;
INSERT INTO simulated SELECT * FROM oms.simulate(options => '{"start_at": "placed_at"}', policy => 'p');
SELECT shipments, unfilled_units FROM oms.route(options => '{"start_at": "placed_at"}', policy => 'p');
SELECT count(*) FROM simulated;
(TABLE simulated EXCEPT TABLE pg_temp.decided) UNION ALL (TABLE pg_temp.decided EXCEPT TABLE simulated);
SELECT order_id, line_no, location, routing, rule_no, queue FROM simulated ORDER BY order_id, line_no;

-- The store goes offline at noon. What it has begun stays; the rest goes elsewhere, in one call.
SELECT shipments, unfilled_units FROM oms.route(options => '{"start_at": "placed_at"}');
SELECT order_id, location, status FROM oms.fulfillment WHERE status = 'assigned' ORDER BY order_id, location;
SELECT order_id, a.status FROM (SELECT fulfillment_id FROM oms.fulfillment WHERE location = 'store' AND status = 'assigned' ORDER BY order_id LIMIT 1) AS f, oms.accept(fulfillment_id) AS a;
UPDATE oms.location SET status = 'offline' WHERE location = 'store';
SELECT unfilled_units, not_moved_units FROM oms.reroute('store', options => '{"start_at": "placed_at"}');
SELECT order_id, location, status FROM oms.fulfillment WHERE status IN ('assigned', 'accepted') ORDER BY order_id, location;
SELECT orders FROM oms.reroute('store');
SELECT oms.reroute('nowhere');
SELECT * FROM oms.check();
