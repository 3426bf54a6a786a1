-- A simulation is what route decides, row for row, with everything at once: tiers that make room for each other, criteria and weights,
-- floors, capacity, carrier services, kits, lines that stay together, protected stock, what is left and what is backordered. With stock to
-- spare; simulate_scarce.sql is about the rest.
BEGIN;
SET LOCAL client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS oms;
SELECT plan(9);

SELECT setseed(0.7);
SELECT oms.add_location('L' || l, 'store', oms.latlon(40 + random() * 3, -100 + random() * 3), 'UTC', handling_cost => (random() * 2)::numeric(4, 2),
                        capacity_orders => CASE l WHEN 1 THEN 3 END, minutes_per_order => 5, handling_hours => l) FROM generate_series(1, 5) AS l \g /dev/null
SELECT oms.add_location_group('all', '{L1,L2,L3,L4,L5}'), oms.add_location_group('some', '{L1,L3}') \g /dev/null
SELECT oms.add_channel('web', 'all', 'all', '1') \g /dev/null
SELECT oms.add_channel('store', 'all', 'all') \g /dev/null
SELECT oms.add_item(sku, tags => tags, unit_value => 10) FROM (VALUES ('A', '{big}'::text[]), ('B', '{}'), ('C', '{}')) AS v (sku, tags) \g /dev/null
SELECT oms.add_kit('set', '{A,B}', '{1,2}'), oms.add_size_run('style', '{B,C}') \g /dev/null
SELECT oms.add_carrier_service('standard'), oms.add_carrier_service('express') \g /dev/null
SELECT oms.add_carrier_rate('standard', 4, 1, up_to_km => 150), oms.add_carrier_rate('standard', 6, 3), oms.add_carrier_rate('express', 20, 1) \g /dev/null
SELECT oms.receive('L' || l, sku, 12 + (random() * 5)::int) FROM generate_series(1, 5) AS l, unnest('{A,B,C}'::text[]) AS sku \g /dev/null
SELECT oms.add_capacity('L2', units => 6), oms.add_capacity('L3', minutes => 20), oms.protect_stock('L4', 'A', 'store', 2) \g /dev/null
SELECT oms.place_order_lines('O' || o, CASE o % 4 WHEN 0 THEN 'store' ELSE 'web' END,
           CASE o % 3 WHEN 0 THEN '[{"sku": "A", "quantity": 2, "keep_together": "x"}, {"sku": "C", "quantity": 1, "keep_together": "x"}]'
                      WHEN 1 THEN '[{"sku": "B", "quantity": 3}]' ELSE '[{"sku": "set", "quantity": 1}, {"sku": "C", "quantity": 1}]' END::jsonb,
           oms.latlon(40 + random() * 3, -100 + random() * 3), CASE o % 5 WHEN 0 THEN 'same_day' WHEN 1 THEN 'next_day' ELSE 'standard' END,
           on_shortage => 'backorder')
  FROM generate_series(1, 14) AS o \g /dev/null

SELECT oms.add_policy('p'), oms.add_routing('p', 'urgent', $$service <> 'standard'$$, on_unfilled => 'leave') \g /dev/null
SELECT oms.add_rule('p', 'urgent', 'some', floor => '1', split => 'single', criteria => '{distance,stock_balance,keep_size_runs}', weights => '{2,1,1}'),
       oms.add_rule('p', 'urgent', max_distance_km => 200, criteria => '{weeks_of_supply,location_load}') \g /dev/null
SELECT oms.add_routing('p', 'big', $$'big' = ANY (tags)$$, on_unfilled => 'backorder') \g /dev/null
SELECT oms.add_rule('p', 'big', max_distance_km => 120, floor => '2'), oms.add_rule('p', 'big', 'some', keep_groups => false),
       oms.add_rule('p', 'big', max_distance_km => 250) \g /dev/null
SELECT oms.add_routing('p', 'rest', queue => 'rest', cancel_after_days => 3) \g /dev/null
SELECT oms.add_rule('p', 'rest', max_distance_km => 100), oms.add_rule('p', 'rest', 'some', ignore_capacity => true), oms.activate_policy('p') \g /dev/null

-- same(options, policy) simulates, routes, and says what differs
CREATE FUNCTION pg_temp.same(options jsonb, policy text) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
    n bigint;
BEGIN
    CREATE TEMP TABLE said AS SELECT * FROM oms.simulate(options => options, policy => policy);
    SELECT count(*) INTO n FROM oms.decision;
    RETURN NEXT is((SELECT count(*) FROM oms.decision), n, 'a simulation decides nothing');
    PERFORM oms.route(options => options, policy => policy);
    RETURN NEXT isnt_empty('TABLE said', 'it says something');
    RETURN NEXT bag_eq('SELECT * FROM said',
        'SELECT order_id, line_no, sku, quantity, location, shipment, cost, routing, rule_no, queue FROM oms.decision WHERE run_id = (SELECT max(run_id) FROM oms.routing_run)',
        'and route does it');
    DROP TABLE said;
END $$;
SELECT pg_temp.same('{"start_at": "2030-01-07 08:00Z"}', 'p');
SELECT pg_temp.same('{"start_at": "2030-01-08 08:00Z"}', 'p');
SELECT is((SELECT count(*) FROM oms.check()), 0::bigint, 'oms.check() finds nothing');
SELECT is((SELECT count(DISTINCT routing) FROM oms.decision), 3::bigint, 'every routing decided');
SELECT ok((SELECT count(*) > 2 FROM (SELECT DISTINCT routing, rule_no FROM oms.decision WHERE location IS NOT NULL) AS r), 'by several rules');

SELECT * FROM finish();
ROLLBACK;
