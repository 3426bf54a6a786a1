-- oms.route: what is planned, what is moved, and that it never oversells or loses a hold.
BEGIN;
\ir include/shop.psql
SELECT pg_temp.shop();
SELECT plan(38);

-- where(order) is where an order's units are held
CREATE FUNCTION pg_temp.held(which text) RETURNS text LANGUAGE sql AS
    $$SELECT string_agg(location || ':' || quantity, ' ' ORDER BY location)
        FROM (SELECT location, sum(quantity - consumed) AS quantity FROM oms.reservation WHERE order_id = which AND status = 'firm' GROUP BY location) r$$;
-- place(order, service, minute) places one unit of A at that minute of 10 o'clock
CREATE FUNCTION pg_temp.place(which text, service text, minute int) RETURNS text LANGUAGE sql AS
    $$SELECT location FROM oms.place_order(which, 'web', '{A}', '{1}', ship_to => '40.7,-74', service => service,
                                           placed_at => timestamptz '2030-01-07 10:00Z' + minute * interval '1 minute')$$;
CREATE FUNCTION pg_temp.route(options jsonb DEFAULT '{}') RETURNS SETOF record LANGUAGE sql AS
    $$SELECT moved_units, not_moved_units, unfilled_units, late_lines FROM oms.route(options => '{"start_at": "2030-01-07 10:10Z"}' || options)$$;

-- The worked case, in both orders of arrival
SELECT oms.receive('near', 'A', 1), oms.receive('far', 'A', 1) \g /dev/null
SAVEPOINT start;
SELECT is(pg_temp.place('standard', 'standard', 0), 'near', 'a standard order at 10:00 is promised the store');
SELECT is(pg_temp.place('urgent', 'same_day', 5), 'far', 'a same-day order at 10:05 is left the warehouse');
SELECT results_eq('SELECT * FROM pg_temp.route() AS r (a bigint, b bigint, c bigint, d bigint)', 'VALUES (2::bigint, 0::bigint, 0::bigint, 0::bigint)',
                  'both move, nothing is unfilled or late');
SELECT is(pg_temp.held('urgent'), 'near:1', 'the same-day order has the store');
SELECT is(pg_temp.held('standard'), 'far:1', 'the standard order ships from the warehouse');
SELECT is_empty('SELECT * FROM oms.check()', 'oms.check() finds nothing');
ROLLBACK TO start;
SELECT is(pg_temp.place('urgent', 'same_day', 0), 'near', 'the other way round: the same-day order first');
SELECT is(pg_temp.place('standard', 'standard', 5), 'far', 'then the standard order');
SELECT results_eq('SELECT * FROM pg_temp.route() AS r (a bigint, b bigint, c bigint, d bigint)', 'VALUES (0::bigint, 0::bigint, 0::bigint, 0::bigint)',
                  'nothing moves');
SELECT is(pg_temp.held('urgent') || ' ' || pg_temp.held('standard'), 'near:1 far:1', 'the outcome is the same');
ROLLBACK TO start;

-- A longer circle, with different quantities
SELECT oms.receive('near', 'A', 2), oms.receive('far', 'A', 3) \g /dev/null
SELECT oms.place_order('s', 'web', '{A}', '{3}', ship_to => '40.7,-74', placed_at => '2030-01-07 10:00Z') \g /dev/null
SELECT oms.place_order('u' || i, 'web', '{A}', '{1}', ship_to => '40.7,-74', service => 'same_day', placed_at => '2030-01-07 10:05Z')
  FROM generate_series(1, 3) AS i \g /dev/null
SELECT results_eq('SELECT * FROM pg_temp.route() AS r (a bigint, b bigint, c bigint, d bigint)', 'VALUES (6::bigint, 0::bigint, 0::bigint, 0::bigint)',
                  'three units against three orders of one');
SELECT is(pg_temp.held('s'), 'far:3', 'the standard order went to the warehouse');
SELECT results_eq($$SELECT location COLLATE "default", count(*) FROM oms.fulfillment WHERE status = 'assigned' GROUP BY location ORDER BY 1$$,
                  $$VALUES ('far', 1::bigint), ('near', 3)$$, 'one fulfillment for each order');
SELECT is_empty('SELECT * FROM oms.check()', 'oms.check() finds nothing');
ROLLBACK TO start;

-- Work that has begun stays, and is not cancelled
SELECT pg_temp.place('standard', 'standard', 0) \g /dev/null
SELECT pg_temp.route() \g /dev/null
ALTER TABLE oms.fulfillment_row DISABLE TRIGGER guard;
UPDATE oms.fulfillment_row SET status = 'accepted';
ALTER TABLE oms.fulfillment_row ENABLE ALWAYS TRIGGER guard;
SELECT pg_temp.place('urgent', 'same_day', 5) \g /dev/null
SELECT results_eq('SELECT * FROM pg_temp.route() AS r (a bigint, b bigint, c bigint, d bigint)', 'VALUES (0::bigint, 0::bigint, 0::bigint, 1::bigint)',
                  'a store that has begun keeps its order');
SELECT is((SELECT status FROM oms.fulfillment WHERE order_id = 'standard'), 'accepted', 'its fulfillment is untouched');
SELECT lives_ok($$SELECT oms.cancel_order('standard')$$, 'its order can be cancelled all the same');
SELECT lives_ok($$SELECT oms.cancel_order('urgent')$$, 'one that is only assigned can');
SELECT is_empty($$SELECT * FROM oms.fulfillment WHERE order_id = 'urgent' AND status <> 'cancelled'$$, 'and its work is cancelled');
ROLLBACK TO start;

-- Capacity: what is over it waits in the queue and keeps its hold
UPDATE oms.location SET capacity_orders = 1 WHERE location = 'near';
UPDATE oms.location SET status = 'offline' WHERE location = 'far';
SELECT oms.receive('near', 'A', 1) \g /dev/null
SELECT pg_temp.place('first', 'standard', 0), pg_temp.place('second', 'same_day', 1) \g /dev/null
SELECT pg_temp.route() \g /dev/null
SELECT results_eq($$SELECT order_id COLLATE "default", location COLLATE "default", queue FROM oms.decision ORDER BY 1$$,
                  $$VALUES ('first', NULL::text, 'unfillable'), ('second', 'near', NULL)$$, 'the more urgent order gets the slot');
SELECT is(pg_temp.held('first'), 'near:1', 'the other one keeps its hold');
SELECT is((SELECT verdict FROM oms.explain_route('first') WHERE line_no = 1), 'unfillable', 'explain_route says that it waits');
SELECT matches((SELECT reason FROM oms.explain_route('first') WHERE line_no IS NULL AND location = 'far'), 'offline', 'and what dropped the other location');
ROLLBACK TO start;

-- Pickup stays where it was promised; a line that names its location stays there
SELECT oms.receive('near', 'A', 1) \g /dev/null
SELECT oms.place_order('pick', 'web', '{A}', '{1}', service => 'pickup') \g /dev/null
SELECT oms.place_order_lines('named', 'web', '[{"sku": "A", "quantity": 1, "location": "near"}]', ship_to => '33.4,-112') \g /dev/null
SELECT pg_temp.route() \g /dev/null
SELECT is(pg_temp.held('pick') || ' ' || pg_temp.held('named'), 'near:1 near:1', 'pickup and a named location stay');
SELECT results_eq($$SELECT order_id COLLATE "default", method, location COLLATE "default" FROM oms.fulfillment ORDER BY 1$$,
                  $$VALUES ('named', 'ship', 'near'), ('pick', 'pickup', 'near')$$, 'their work is assigned there');
ROLLBACK TO start;

-- What is untracked can be had anywhere
SELECT oms.add_item('gift', tracked => false) \g /dev/null
SELECT oms.place_order('g', 'web', '{A,gift}', '{1,2}', ship_to => '33.4,-112') \g /dev/null
SELECT pg_temp.route() \g /dev/null
SELECT is((SELECT count(DISTINCT location)::int FROM oms.fulfillment WHERE order_id = 'g' AND status = 'assigned'), 1, 'an untracked sku travels with the rest');
SELECT is_empty('SELECT * FROM oms.check()', 'oms.check() finds nothing');
ROLLBACK TO start;

-- Only some orders; nothing at all
SELECT pg_temp.place('standard', 'standard', 0), pg_temp.place('urgent', 'same_day', 5) \g /dev/null
SELECT is((SELECT orders FROM oms.route(order_ids => '{urgent}')), 1::bigint, 'order_ids limits the run');
SELECT is((SELECT count(*)::int FROM oms.decision), 1, 'and the decisions');
SELECT is((SELECT orders FROM oms.route(order_ids => '{none}')), 0::bigint, 'a run over nothing is a run');
SELECT is((SELECT run_id FROM oms.route(request_id => 'r')), (SELECT run_id FROM oms.route(request_id => 'r')), 'a repeated request returns the first run');

ROLLBACK TO start;

-- Of equal plans that which moves nothing is chosen, whatever came in between; what is on record are the real costs
SELECT oms.add_location('twin', 'store', '40.75,-73.99'), oms.add_location('a twin', 'store', '40.75,-73.99'), oms.add_location_group('network', '{twin,a twin,near,far}') \g /dev/null
SELECT oms.receive('near', 'T', 2), oms.receive('twin', 'T', 9), oms.receive('a twin', 'T', 3) \g /dev/null
SELECT oms.place_order('t' || n, 'web', '{T}', '{1}', '40.75,-73.99') FROM generate_series(1, 3) AS n \g /dev/null
SELECT is((SELECT string_agg(DISTINCT location, ' ') FROM oms.reservation WHERE sku = 'T'), 'twin', 'three are held where most is available');
SELECT is((SELECT moved_units FROM oms.route()), 0::bigint, 'they stay there: a plan that moved them would be equal');
SELECT oms.place_order('t4', 'web', '{T}', '{2}', '40.75,-73.99', 'same_day') \g /dev/null
SELECT is((SELECT sum(moved_units) FROM generate_series(1, 3), LATERAL (SELECT moved_units FROM oms.route() OFFSET 0) AS r), 0::numeric, 'nor later');
SELECT is((SELECT string_agg(DISTINCT cost::text, ' ') FROM oms.decision WHERE order_id LIKE 't_' AND run_id = (SELECT max(run_id) FROM oms.routing_run)), '5', 'at the costs of the shipments');
ROLLBACK TO start;

-- Progress, as a trigger sees it in the middle of a run
SELECT pg_temp.place('standard', 'standard', 0), pg_temp.place('urgent', 'same_day', 5) \g /dev/null
CREATE TABLE pg_temp.seen (call text, phase text, done bigint, total bigint, counted text, seconds float8);
CREATE FUNCTION pg_temp.see() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN INSERT INTO pg_temp.seen SELECT call, phase, done, total, counted, seconds FROM oms.progress(); RETURN NULL; END$$;
CREATE TRIGGER see AFTER INSERT ON oms.decision_line_row FOR EACH STATEMENT EXECUTE FUNCTION pg_temp.see();
SELECT pg_temp.route() \g /dev/null
SELECT results_eq('SELECT call, phase, done, total, counted, seconds BETWEEN 0 AND 60 FROM pg_temp.seen',
                  $$VALUES ('route', 'write decisions and work', 0::bigint, 2::bigint, 'orders', true)$$, 'progress() tells the phase and how many orders');
DROP TRIGGER see ON oms.decision_line_row;
ROLLBACK TO start;

SELECT throws_ok($$SELECT oms.explain_route('none')$$, 'OM004', 'order "none" is unknown', 'explain_route of an unknown order');
SELECT is_empty(format($$SELECT s FROM unnest(%L::text[]) AS s WHERE pg_temp.state(s) <> '22023'$$, ARRAY[
    $$SELECT oms.route(solver => 'magic')$$, $$SELECT oms.route(options => '[]')$$, $$SELECT oms.route(options => '{"x": 1}')$$,
    $$SELECT oms.route(options => '{"solver": "batch"}')$$, $$SELECT oms.route(options => '{"cost_per_km": -1}')$$,
    $$SELECT oms.route(options => '{"cost_per_shipment": "x"}')$$, $$SELECT oms.route(options => '{"start_at": 3}')$$,
    $$SELECT oms.compare_solvers('{magic}')$$]), 'bad solvers and options are 22023');
SELECT * FROM finish();
ROLLBACK;
