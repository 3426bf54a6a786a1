-- Two policies over the orders of a past period, against the stock at its start.
CREATE EXTENSION oms;
SET timezone = 'UTC';
SELECT oms.add_location('store', 'store', '40.75,-73.99'), oms.add_location('outlet', 'store', '41,-74'), oms.add_location('warehouse', 'warehouse', '33.45,-112.07') \g /dev/null
SELECT oms.add_location_group('network', '{store,outlet,warehouse}'), oms.add_channel('web', 'network', 'network') \g /dev/null

-- Before the period: stock, and an order that holds a lamp of the store.
SELECT oms.receive_many('store', '{lamp,shade}', '{3,1}'), oms.receive_many('outlet', '{lamp,shade}', '{2,1}'), oms.receive_many('warehouse', '{lamp,shade}', '{9,9}') \g /dev/null
SELECT line_no, location FROM oms.place_order('earlier', 'web', '{lamp}', '{1}', '40.75,-73.99');
SELECT clock_timestamp() AS beginning \gset

-- In the period: three orders to be shipped, one to be picked up, one that is cancelled. One of them is shipped, and so is the one before.
SELECT order_id, line_no, location
  FROM (VALUES ('A', '{lamp,shade}'::text[], '{2,1}'::bigint[]), ('B', '{lamp,shade}', '{1,1}'), ('C', '{shade}', '{1}')) AS v (order_id, skus, quantities),
       LATERAL oms.place_order(order_id, 'web', skus, quantities, '40.7,-74', 'next_day') AS p
 ORDER BY order_id, line_no;
SELECT line_no, location FROM oms.place_order('P', 'web', '{lamp}', '{1}', '41,-74', service => 'pickup');
SELECT line_no, location FROM oms.place_order('X', 'web', '{shade}', '{5}', '33,-112');
SELECT oms.cancel_order('X') \g /dev/null
SELECT oms.route() \g /dev/null
SELECT f.order_id, f.location, s.status
  FROM oms.fulfillment f, LATERAL oms.accept(f.fulfillment_id) a, LATERAL oms.pick(f.fulfillment_id) p,
       LATERAL oms.pack(f.fulfillment_id) k, LATERAL oms.ship(f.fulfillment_id) s
 WHERE f.status = 'assigned' AND f.order_id IN ('earlier', 'B') ORDER BY f.order_id;
-- What comes and goes meanwhile does not change what there was.
SELECT oms.receive('store', 'shade', 5), oms.adjust('warehouse', 'lamp', -1, 'broken') \g /dev/null
SELECT tstzrange(:'beginning', clock_timestamp()) AS period \gset

-- The stock at the start: two lamps of the store are free, the third is held. At the outlet one is set aside for the pickup.
SELECT * FROM oms.past_inventory(:'period') ORDER BY location COLLATE "C", sku;
SELECT order_id, line_no, sku, quantity FROM oms.past_held(:'period') ORDER BY order_id, line_no;

-- Only from nearby, or each order from one place wherever it is.
SELECT oms.add_policy('near'), oms.add_routing('near', 'all'), oms.add_rule('near', 'all', max_distance_km => 100), oms.activate_policy('near') \g /dev/null
SELECT oms.add_policy('single'), oms.add_routing('single', 'all'), oms.add_rule('single', 'all', split => 'single'), oms.activate_policy('single') \g /dev/null
SELECT * FROM oms.compare_policies('near', 'single', :'period');

-- A draft against what is active: what it would change. Nothing was written.
SELECT oms.add_policy('single'), oms.add_routing('single', 'big', 'lines > 1'), oms.add_rule('single', 'big', split => 'single', floor => '1') \g /dev/null
SELECT * FROM oms.compare_policies('single', 'single@2', :'period') WHERE difference <> 0;
SELECT count(*) FROM oms.routing_run;

SELECT oms.compare_policies('near', 'nobody', :'period');
SELECT oms.compare_policies('near', 'near@7', :'period');
SELECT oms.compare_policies('near', 'single', 'empty');
SELECT oms.compare_policies('near', 'single', '(,2030-01-01)');
SELECT * FROM oms.check();
