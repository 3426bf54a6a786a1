-- Capacity: how much work a location may be assigned, at once and in each window of time.
CREATE EXTENSION oms;
SET timezone = 'UTC';
SELECT location FROM oms.add_location('store', 'store', '40,-100', 'America/New_York', minutes_per_order => 10, minutes_per_unit => 2.5);
SELECT location FROM oms.add_location('far', 'warehouse', '45,-100');
SELECT location, sequence FROM oms.add_location_group('network', '{store,far}');
SELECT channel FROM oms.add_channel('web', 'network');
SELECT oms.receive('store', 'lamp', 100), oms.receive('far', 'lamp', 2);
CREATE FUNCTION pg_temp.place(VARIADIC order_ids text[]) RETURNS bigint LANGUAGE sql AS
    $$SELECT count(p) FROM unnest(order_ids) AS o, LATERAL (SELECT oms.place_order(o, 'web', '{lamp}', '{1}', '40,-100') AS p OFFSET 0) AS p$$;
CREATE VIEW pg_temp.assigned AS
    SELECT location, count(*) AS orders, string_agg(order_id, ' ' ORDER BY order_id) AS which FROM oms.fulfillment WHERE status IN ('assigned', 'accepted') GROUP BY location;

-- The store takes three orders at once; five are there, and nothing is far enough to matter: three are assigned, two wait.
SELECT location, capacity_orders FROM oms.add_location('store', 'store', '40,-100', 'America/New_York', minutes_per_order => 10, minutes_per_unit => 2.5, capacity_orders => 3);
UPDATE oms.location SET status = 'offline' WHERE location = 'far';
SELECT pg_temp.place('A', 'B', 'C', 'D', 'E');
SELECT orders, shipments, unfilled_units FROM oms.route();
SELECT order_id, location, queue, reason FROM oms.decision ORDER BY location, order_id;
SELECT location, window_name, until, measure, quantity, used, "left" FROM oms.capacity_use();
-- One is rejected: there is room for one more.
SELECT r.order_id, r.status FROM oms.fulfillment AS f, oms.reject(f.fulfillment_id, 'mismatch') AS r WHERE f.order_id = 'A';
SELECT used, "left" FROM oms.capacity_use();
DELETE FROM oms.location_exclusion;
SELECT orders, shipments, unfilled_units FROM oms.route(order_ids => '{D,E}');
SELECT * FROM pg_temp.assigned;
SELECT used, "left" FROM oms.capacity_use();
-- What is cancelled or sent out makes room too.
SELECT count(*) FROM oms.cancel_order('B');
SELECT oms.accept(fulfillment_id), oms.pick(fulfillment_id), oms.pack(fulfillment_id), oms.ship(fulfillment_id) FROM oms.fulfillment WHERE order_id = 'C' AND status = 'assigned' \g /dev/null
SELECT used, "left" FROM oms.capacity_use();

-- Windows: ten orders a day, at most 25 minutes of work in the morning and 100 in the afternoon. On a holiday only one order.
UPDATE oms.location SET capacity_orders = NULL;
SELECT count(*) FROM unnest('{A,D,E}'::text[]) AS o, oms.cancel_order(o);
SELECT location, window_name, days, hours, orders, minutes FROM oms.add_capacity('store', orders => 10);
SELECT location, window_name, days, hours, orders, minutes FROM oms.add_capacity('store', minutes => 25, hours => 'Mo-Fr 08:00-12:00', window_name => 'morning');
SELECT location, window_name, days, hours, orders, minutes FROM oms.add_capacity('store', minutes => 100, hours => 'Mo-Fr 12:00-18:00', window_name => 'afternoon');
SELECT location, window_name, days, hours, orders, minutes FROM oms.add_capacity('store', orders => 1, days => '[2030-12-24,2030-12-24]');
-- Tuesday, 8 January 2030, at nine in New York and at noon; the day before Christmas, and the evening before.
SELECT * FROM oms.capacity_use('2030-01-08 09:00-05');
SELECT window_name, until, measure, quantity FROM oms.capacity_use('2030-01-08 12:00-05');
SELECT window_name, until, measure, quantity FROM oms.capacity_use('2030-12-24 15:00-05');
SELECT window_name, until, measure, quantity FROM oms.capacity_use('2030-12-23 23:59-05');
SELECT pg_temp.place('F', 'G', 'H');
SELECT orders, shipments, unfilled_units FROM oms.route(options => '{"start_at": "2030-01-08 09:00-05"}');
SELECT window_name, measure, quantity, used, "left" FROM oms.capacity_use('2030-01-08 09:00-05');
SELECT location, verdict, reason FROM oms.explain_route('H') WHERE verdict <> 'chosen';
-- The next morning there is room again; what has stayed unstarted counts there now.
SELECT orders, shipments, unfilled_units FROM oms.route(options => '{"start_at": "2030-01-09 09:00-05"}', order_ids => '{G,H}');
SELECT window_name, until, used, "left" FROM oms.capacity_use('2030-01-08 09:00-05');
SELECT window_name, until, used, "left" FROM oms.capacity_use('2030-01-09 09:00-05');

-- What only has hours of its own: before it opens its next window counts.
SELECT oms.add_location('depot', 'warehouse'), oms.add_capacity('depot', units => 50, hours => 'Mo-Fr 22:00-06:00') \g /dev/null
SELECT until, measure, quantity FROM oms.capacity_use('2030-01-12 01:00Z') WHERE location = 'depot';
SELECT until, measure, quantity FROM oms.capacity_use('2030-01-12 12:00Z') WHERE location = 'depot';

-- A rule may ignore it; what it assigns is counted all the same.
SELECT oms.add_policy('p'), oms.add_routing('p', 'all'), oms.add_rule('p', 'all'), oms.add_rule('p', 'all', ignore_capacity => true), oms.activate_policy('p') \g /dev/null
SELECT orders, shipments, unfilled_units FROM oms.route(options => '{"start_at": "2030-12-24 09:00-05"}', policy => 'p');
SELECT order_id, location, rule_no FROM oms.decision WHERE run_id = (SELECT max(run_id) FROM oms.routing_run) ORDER BY order_id;
SELECT window_name, quantity, used, "left" FROM oms.capacity_use('2030-12-24 09:00-05') WHERE location = 'store';

SELECT oms.add_capacity('nowhere', orders => 1);
SELECT oms.add_capacity('store', orders => -1);
SELECT oms.add_capacity('store', orders => 1, hours => 'closed');
SELECT oms.add_capacity('store', orders => 1, window_name => 'at once');
SELECT oms.add_capacity('store', orders => 1, days => 'empty');
SELECT * FROM oms.check();
