-- Policies: which orders are routed by which rules, from tight to loose.
CREATE EXTENSION oms;
SET timezone = 'UTC';
\set place '''40,-100'''

-- Stores 32 and 48 km (20 and 30 miles) away have one item of a suit each, one at 483 km (300 miles) has both.
SELECT location FROM oms.add_location('S20', 'store', oms.latlon(40 + 32 / 111.195, -100));
SELECT location FROM oms.add_location('S30', 'store', oms.latlon(40 - 48 / 111.195, -100));
SELECT location FROM oms.add_location('S300', 'store', oms.latlon(40 + 483 / 111.195, -100));
SELECT location, sequence FROM oms.add_location_group('network', '{S20,S30,S300}');
SELECT channel FROM oms.add_channel('web', 'network');
SELECT oms.receive('S20', 'jacket', 1), oms.receive('S30', 'trousers', 1), oms.receive_many('S300', '{jacket,trousers}', '{9,9}');
SELECT line_no, location FROM oms.place_order('suit', 'web', '{jacket,trousers}', '{1,1}', :place);

-- One store within 161 km, several within 161 km, one anywhere, several anywhere. The second rule serves it.
SELECT oms.add_policy('standard', 'near first') AS version;
SELECT oms.add_routing('standard', 'all', queue => 'unfillable', cancel_after_days => 7) AS sequence;
SELECT oms.add_rule('standard', 'all', max_distance_km => 161, split => 'single'),
       oms.add_rule('standard', 'all', max_distance_km => 161, split => 'multi', whole => true),
       oms.add_rule('standard', 'all', split => 'single'), oms.add_rule('standard', 'all', split => 'multi');
SELECT oms.activate_policy('standard') AS version;
SELECT policy, version, status, note FROM oms.policy;
SELECT orders, shipments, unfilled_units, moved_units FROM oms.route(policy => 'standard');
SELECT line_no, location, shipment, routing, rule_no FROM oms.decision WHERE order_id = 'suit';
SELECT location, verdict, reason FROM oms.explain_route('suit');
SELECT policy, policy_version FROM oms.routing_run;

-- Two mugs: the first rule serves the near order from the nearest store. The second rule may serve the far one from that store only: the near
-- order moves to the other one, within its own rule, and both are served.
SELECT location_group, location FROM oms.add_location_group('S20 only', '{S20}');
SELECT oms.add_policy('room') AS version;
SELECT oms.add_routing('room', 'all') AS sequence;
SELECT oms.add_rule('room', 'all', max_distance_km => 161), oms.add_rule('room', 'all', 'S20 only');
SELECT oms.activate_policy('room') AS version;
SELECT oms.receive('S20', 'bowl', 1), oms.receive('S30', 'bowl', 1);
SELECT location FROM oms.place_order('near', 'web', '{bowl}', '{1}', :place) UNION ALL SELECT location FROM oms.place_order('far', 'web', '{bowl}', '{1}', '30,-100');
SELECT order_id, location, rule_no, cost FROM oms.simulate(policy => 'room', order_ids => '{near}');
SELECT order_id, location, rule_no, cost FROM oms.simulate(policy => 'room', order_ids => '{near,far}');
SELECT count(*) FROM unnest('{near,far}'::text[]) AS o, oms.cancel_order(o);

-- Where the rule's distance binds, nothing farther is taken: without the near trousers the third rule ships both from afar.
SELECT oms.set_on_hand('S30', 'trousers', 0);
SELECT orders, shipments, unfilled_units FROM oms.route(policy => 'standard');
SELECT line_no, location, rule_no FROM oms.decision WHERE run_id = 2;
SELECT count(*) FROM oms.cancel_order('suit');

-- Frame and lenses belong together, sunglasses are free. The first rule keeps them together: S20 has no lenses, so that only
-- the sunglasses are served. The second rule may separate them.
SELECT oms.add_policy('glasses') AS version;
SELECT oms.add_routing('glasses', 'all') AS sequence;
SELECT oms.add_rule('glasses', 'all', keep_groups => true), oms.add_rule('glasses', 'all', keep_groups => false);
SELECT oms.activate_policy('glasses') AS version;
SELECT oms.receive_many('S20', '{frame,sunglasses}', '{1,1}'), oms.receive('S30', 'lenses', 1);
SELECT line_no, location FROM oms.place_order_lines('glasses', 'web',
    '[{"sku": "frame", "quantity": 1, "keep_together": "pair"}, {"sku": "lenses", "quantity": 1, "keep_together": "pair"},
      {"sku": "sunglasses", "quantity": 1}]', :place);
SELECT orders, shipments, unfilled_units FROM oms.route(policy => 'glasses');
SELECT line_no, sku, location, rule_no FROM oms.decision WHERE order_id = 'glasses' ORDER BY line_no;
SELECT count(*) FROM oms.cancel_order('glasses');

-- A floor to leave: 15, then 10, 5, 0. The store has 12: the order is taken by the rule that leaves 10.
SELECT oms.add_policy('floor') AS version;
SELECT oms.add_routing('floor', 'all') AS sequence;
SELECT floor, oms.add_rule('floor', 'all', floor => floor::oms.safety_stock) FROM unnest('{15,10,5,0}'::text[]) AS floor;
SELECT oms.activate_policy('floor') AS version;
SELECT oms.receive('S20', 'mug', 12);
SELECT location FROM oms.place_order('mug', 'web', '{mug}', '{1}', :place);
SELECT orders, unfilled_units FROM oms.route(policy => 'floor');
SELECT order_id, location, rule_no FROM oms.decision WHERE order_id = 'mug';
SELECT count(*) FROM oms.cancel_order('mug');

-- 1,500 orders: each rule takes what its locations have, two orders wait and are cancelled after seven days.
SELECT count(oms.add_location('G' || g, 'store', oms.latlon(40 + g, -100))) FROM generate_series(1, 5) AS g;
SELECT location_group, location FROM generate_series(1, 5) AS g, oms.add_location_group('group ' || g, ARRAY['G' || g]) ORDER BY g;
SELECT count(*) FROM oms.add_location_group('network', '{S20,S30,S300,G1,G2,G3,G4,G5}');
SELECT oms.receive('G' || g, 'cap', n) FROM (VALUES (1, 800), (2, 350), (3, 190), (4, 150), (5, 10)) AS v (g, n);
SELECT oms.add_policy('waves') AS version;
SELECT oms.add_routing('waves', 'caps', $$service = 'standard' AND units = 1$$, cancel_after_days => 7) AS sequence;
SELECT oms.add_rule('waves', 'caps', 'group ' || g, floor => CASE g WHEN 5 THEN '2' ELSE '0' END::oms.safety_stock) FROM generate_series(1, 5) AS g;
SELECT oms.activate_policy('waves') AS version;
SELECT count(p) FROM generate_series(1, 1500) AS i, LATERAL (SELECT oms.place_order('O' || i, 'web', '{cap}', '{1}', :place) AS p OFFSET 0) AS o;
SELECT orders, shipments, unfilled_units, moved_units > 0 AS moved, not_moved_units FROM oms.route(policy => 'waves');
SELECT routing, rule_no, location IS NULL AS waits, queue, count(*), round(extract(epoch FROM min(cancel_at) - now()) / 86400) AS cancelled_in_days
  FROM oms.decision WHERE run_id = (SELECT max(run_id) FROM oms.routing_run) GROUP BY 1, 2, 3, 4 ORDER BY 2, 3;
SELECT count(*) FROM oms.cancel_overdue();
SELECT * FROM oms.check();

-- What no rule serves may be given up: its hold is released, and the line waits for supply as a backorder. One of two is near enough.
SELECT oms.add_policy('give up') AS version;
SELECT oms.add_routing('give up', 'near', queue => 'too far', on_unfilled => 'backorder') AS sequence;
SELECT oms.add_rule('give up', 'near', max_distance_km => 161), oms.activate_policy('give up');
SELECT routing, queue, on_unfilled FROM oms.policy_routing WHERE policy = 'give up';
SELECT oms.receive('S20', 'scarf', 1), oms.receive('S300', 'scarf', 5);
SELECT location, quantity FROM oms.place_order('scarves', 'web', '{scarf}', '{3}', :place);
SELECT orders, shipments, unfilled_units FROM oms.route(policy => 'give up', order_ids => '{scarves}');
SELECT location, quantity, queue, reason FROM oms.decision WHERE order_id = 'scarves' ORDER BY location;
SELECT quantity, reserved, backordered, status FROM oms.order_line WHERE order_id = 'scarves';
SELECT location, available FROM oms.inventory WHERE sku = 'scarf' ORDER BY location;
SELECT location, status, units FROM oms.fulfillment WHERE order_id = 'scarves';
-- What comes near fills it, and is routed.
SELECT oms.receive('S30', 'scarf', 2);
SELECT orders, shipments, unfilled_units FROM oms.route(policy => 'give up', order_ids => '{scarves}');
SELECT location, status, units FROM oms.fulfillment WHERE order_id = 'scarves' AND status = 'assigned' ORDER BY location;
SELECT * FROM oms.check();

-- A version is written, activated and never changed; a filter is checked when it is saved.
SELECT oms.add_rule('waves', 'caps');
SELECT oms.add_policy('waves') AS version;
SELECT oms.activate_policy('waves');
SELECT oms.add_routing('waves', 'caps', 'weight > 3');
SELECT oms.add_routing('waves', 'caps', 'true); SELECT (true');
SELECT oms.add_rule('waves', 'caps');
SELECT policy, version, status FROM oms.policy WHERE policy = 'waves' ORDER BY version;
SELECT oms.route(policy => 'none');
