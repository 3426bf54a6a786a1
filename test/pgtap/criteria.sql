-- Criteria of rules: which location is preferred, what counts as stock, sales and load, what is recorded as cost, bad input.
BEGIN;
SET LOCAL client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS oms;
\ir include/network.psql
SELECT plan(50);

-- by(criteria…) is an active policy of one rule with these criteria, to ship from W, N, F or P
CREATE FUNCTION pg_temp.by(VARIADIC criteria text[]) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    PERFORM oms.add_policy('p'), oms.add_routing('p', 'all'), oms.add_rule('p', 'all', criteria => criteria), oms.activate_policy('p');
    RETURN 'p';
END $$;
-- preferred(order, criteria…) is where the order would be served from
CREATE FUNCTION pg_temp.preferred(which text, VARIADIC criteria text[]) RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.by(VARIADIC criteria);
    SELECT string_agg(s.location, ' ' ORDER BY s.line_no, s.location) FROM oms.simulate(policy => 'p', order_ids => ARRAY[which]) AS s$$;
-- sell(location, sku, quantity) is a sale that has left the location
CREATE FUNCTION pg_temp.sell(place text, what text, units bigint) RETURNS bigint LANGUAGE sql AS
    $$SELECT c.quantity FROM oms.reserve('web', what, units, place) AS r, oms.consume(r.reservation_id) AS c$$;
CREATE FUNCTION pg_temp.place(which text, VARIADIC skus text[]) RETURNS bigint LANGUAGE sql AS
    $$SELECT count(*) FROM oms.place_order(which, 'web', skus, array_fill(1::bigint, ARRAY[cardinality(skus)]), ship_to => '40.1,-74')$$;
SAVEPOINT start;

-- Bad input
SELECT oms.add_policy('p'), oms.add_routing('p', 'all') \g /dev/null
SELECT matches(pg_temp.error($$SELECT oms.add_rule('p', 'all', criteria => '{weather}')$$), '^22023 criterion "weather" is unknown \| Known are: distance, ', 'a criterion is known');
SELECT matches(pg_temp.error($$SELECT oms.add_rule('p', 'all', criteria => '{""}')$$), '^22023 criterion "" is unknown', 'and not empty');
SELECT matches(pg_temp.error($$SELECT oms.add_rule('p', 'all', criteria => '{Distance}')$$), '^22023 criterion "Distance" is unknown', 'and small');
SELECT matches(pg_temp.error($$SELECT oms.add_rule('p', 'all', weights => '{1}')$$), '^22023 there must be a weight for each criterion \| There are 1 weights and 0 criteria', 'weights without criteria');
SELECT matches(pg_temp.error($$SELECT oms.add_rule('p', 'all', criteria => '{distance}', weights => '{}')$$), '^22023 there must be a weight for each criterion', 'no weight');
SELECT matches(pg_temp.error($$SELECT oms.add_rule('p', 'all', criteria => '{distance}', weights => '{1,2}')$$), '^22023 there must be a weight for each criterion \| There are 2 weights and 1 criteria', 'too many');
SELECT matches(pg_temp.error($$SELECT oms.add_rule('p', 'all', criteria => '{distance,cost}', weights => '{1,NULL}')$$), '^22004 weights must not contain null', 'a null weight');
SELECT matches(pg_temp.error($$SELECT oms.add_rule('p', 'all', criteria => '{distance}', weights => '{-1}')$$), '^22023 a weight must be from 0 to 1000000', 'a negative weight');
SELECT matches(pg_temp.error($$SELECT oms.add_rule('p', 'all', criteria => '{distance}', weights => '{NaN}')$$), '^22023 a weight must be from 0 to 1000000', 'a weight that is no number');
SELECT matches(pg_temp.error($$SELECT oms.add_rule('p', 'all', criteria => '{distance}', weights => '{Infinity}')$$), '^22023 a weight must be from 0 to 1000000', 'an infinite weight');
SELECT matches(pg_temp.error($$SELECT oms.add_rule('p', 'all', criteria => '{distance}', weights => '{1e7}')$$), '^22023 a weight must be from 0 to 1000000', 'a huge weight');
SELECT matches(pg_temp.error($$SELECT oms.add_rule('p', 'all', criteria => '{distance,cost}', weights => '{0,0}')$$), '^22023 the sum of the weights must be above 0', 'no weight at all');
SELECT is(pg_temp.error($$SELECT oms.add_rule('p', 'all', criteria => '{cost,distance,cost}')$$), '22023 criterion "cost" is repeated | It is element 1 and 3.', 'and not repeated');
SELECT is(pg_temp.error($$SELECT oms.add_rule('p', 'all', criteria => '{NULL}')$$), '22004 criteria must not contain null | Element 1 is null.', 'and not null');
SELECT matches(pg_temp.error($$SELECT oms.add_rule('p', 'all', criteria => '{}')$$), '^22023 criteria must be a list of names', 'some are named');
SELECT matches(pg_temp.error($$SELECT oms.add_rule('p', 'all', criteria => '{{cost,distance},{stock_balance,location_load}}')$$), '^22023 criteria must be a list of names', 'in one list');
SELECT is_empty('SELECT * FROM oms.policy_rule', 'nothing was written');
SELECT is(oms.add_rule('p', 'all', criteria => NULL), 1, 'null: none');
SELECT is(oms.add_rule('p', 'all', criteria => '{distance,cost,location_sequence,stock_balance,sales_velocity,weeks_of_supply,location_load}'), 2, 'or all');
SELECT results_eq('SELECT rule_no, cardinality(criteria) FROM oms.policy_rule ORDER BY 1', 'VALUES (1, NULL), (2, 7)', 'a rule shows its criteria');
ROLLBACK TO start;

-- Stock: what the run's orders hold counts as there, what others hold does not; what a location has none of comes last
SELECT oms.receive('W', 'A', 5), oms.receive('N', 'A', 9), oms.receive('F', 'A', 7) \g /dev/null
SELECT pg_temp.place('o', 'A') \g /dev/null
SELECT is(pg_temp.preferred('o', 'stock_balance'), 'N', 'most units');
SELECT oms.reserve('web', 'A', 3, 'N') \g /dev/null
SELECT is(pg_temp.preferred('o', 'stock_balance'), 'F', 'that others have not reserved');
SELECT oms.reserve('web', 'A', 2, 'F') \g /dev/null
SELECT is(pg_temp.preferred('o', 'stock_balance', 'distance'), 'N', 'a unit more');
SELECT oms.reserve('web', 'A', 1, 'N') \g /dev/null
SELECT is(pg_temp.preferred('o', 'stock_balance', 'distance'), 'W', 'five each, one of W''s the order''s own: the nearest');
SELECT is(pg_temp.preferred('o', 'stock_balance', 'location_sequence'), 'W', 'or the first');
UPDATE oms.location_group_member SET sequence = 0 WHERE location_group = 'all' AND location = 'F';
SELECT is(pg_temp.preferred('o', 'stock_balance', 'location_sequence'), 'F', 'of the channel''s group');
ROLLBACK TO start;

-- Sales of the last 28 days
SELECT oms.receive('W', 'A', 28), oms.receive('N', 'A', 12), oms.receive('F', 'A', 6) \g /dev/null
SELECT pg_temp.sell('W', 'A', 8), pg_temp.sell('N', 'A', 4), pg_temp.sell('F', 'A', 2) \g /dev/null
SELECT pg_temp.place('o', 'A') \g /dev/null
SELECT is(pg_temp.preferred('o', 'weeks_of_supply'), 'W', '20 at 2 a week, 8 at 1, 4 at 1/2: 10 weeks, 8, 8');
SELECT is(pg_temp.preferred('o', 'sales_velocity'), 'F', 'least is sold at F');
SELECT oms.reserve('web', 'A', 8, 'W') \g /dev/null
SELECT is(pg_temp.preferred('o', 'weeks_of_supply', 'distance'), 'N', '12 at 2: the others have as much, the nearer');
SELECT is(pg_temp.preferred('o', 'weeks_of_supply', 'sales_velocity'), 'F', 'or the slower');
ALTER TABLE oms.movement_row DISABLE TRIGGER guard;
UPDATE oms.movement_row SET occurred_at = now() - interval '29 days' WHERE kind = 'consume' AND location = 'W';
ALTER TABLE oms.movement_row ENABLE ALWAYS TRIGGER guard;
SELECT is(pg_temp.preferred('o', 'weeks_of_supply'), 'W', 'what was sold long ago does not count; what is not sold lasts for ever');
SELECT is(pg_temp.preferred('o', 'sales_velocity'), 'W', 'and is the slowest');
SELECT oms.route(policy => 'p') \g /dev/null
SELECT matches((SELECT reason FROM oms.decision WHERE order_id = 'o'), '^sales_velocity 0; handling 0', 'the decision says what decided');
SELECT results_eq($$SELECT location, reason FROM oms.explain_route('o') WHERE verdict = 'runner-up'$$, $$VALUES ('F', 'could serve 1 of 1 units; sales_velocity 0.5')$$, 'and what the runner-up has');
ROLLBACK TO start;

-- Of several skus the scarcest decides
SELECT oms.receive_many('W', '{A,B}', '{90,2}'), oms.receive_many('N', '{A,B}', '{3,3}') \g /dev/null
SELECT pg_temp.place('o', 'A', 'B') \g /dev/null
SELECT is(pg_temp.preferred('o', 'stock_balance'), 'N N', 'three of each before ninety and two');
-- Where no location has all, each line comes from the best place it can have
SELECT oms.receive('F', 'C', 1), oms.receive('N', 'C', 1), oms.receive('W', 'D', 1) \g /dev/null
SELECT pg_temp.place('s', 'C', 'D') \g /dev/null
SELECT is(pg_temp.preferred('s', 'location_sequence'), 'N W', 'a line each');
SELECT oms.route(policy => 'p', order_ids => '{s}') \g /dev/null
SELECT results_eq($$SELECT sum(d.cost), max(r.cost) FROM oms.decision AS d JOIN oms.routing_run AS r USING (run_id)$$, $$VALUES (11.112, 11.112)$$, 'costs are recorded without the places');
ROLLBACK TO start;

-- Load: orders in work, but for those that are planned
SELECT oms.receive('W', 'A', 9), oms.receive('N', 'A', 9) \g /dev/null
SELECT pg_temp.place('o', 'A'), pg_temp.place('other', 'A') \g /dev/null
SELECT oms.route() \g /dev/null
SELECT is(pg_temp.preferred('o', 'location_load'), 'N', 'the other order is assigned to W');
SELECT results_eq($$SELECT location COLLATE "default", count(*) FROM oms.simulate(policy => 'p') GROUP BY 1$$, $$VALUES ('W', 2::bigint)$$, 'it is planned too: both are as near');
SELECT oms.accept(fulfillment_id) FROM oms.fulfillment WHERE order_id = 'other' \g /dev/null
SELECT is(pg_temp.preferred('o', 'location_load'), 'N', 'it has begun');
ROLLBACK TO start;

-- Late lines count first; a location without a place comes last by distance
SELECT oms.receive('W', 'A', 1), oms.receive('F', 'A', 9), oms.receive('P', 'A', 20) \g /dev/null
SELECT oms.place_order('o', 'web', '{A}', '{1}', ship_to => '40.1,-74', service => 'next_day') \g /dev/null
SELECT is(pg_temp.preferred('o', 'distance'), 'W', 'the nearest');
UPDATE oms.location SET handling_hours = 100 WHERE location = 'W';
SELECT is(pg_temp.preferred('o', 'distance'), 'F', 'but in time');
UPDATE oms.location SET status = 'offline' WHERE location IN ('W', 'F');
SELECT oms.route(policy => 'p') \g /dev/null
SELECT matches((SELECT reason FROM oms.decision), '^distance unknown; ', 'from somewhere');
ROLLBACK TO start;

-- Two orders, one unit at the preferred location: one gets it; simulate is what route does
SELECT oms.receive('W', 'A', 5), oms.receive('F', 'A', 1) \g /dev/null
UPDATE oms.location_group_member SET sequence = 0 WHERE location_group = 'all' AND location = 'F';
SELECT pg_temp.place('a', 'A'), pg_temp.place('b', 'A'), pg_temp.by('location_sequence') \g /dev/null
CREATE TEMP TABLE said AS SELECT * FROM oms.simulate(policy => 'p');
SELECT oms.route(policy => 'p') \g /dev/null
SELECT bag_eq('SELECT order_id, location, cost, rule_no FROM oms.decision', 'SELECT order_id, location, cost, rule_no FROM said', 'simulate says what route does');
SELECT results_eq($$SELECT location COLLATE "default", count(*) FROM oms.decision GROUP BY 1 ORDER BY 1$$, $$VALUES ('F', 1::bigint), ('W', 1)$$, 'one has the preferred location');
SELECT is_empty($$SELECT FROM oms.explain_route('a') WHERE outbid_price IS NOT NULL UNION ALL SELECT FROM oms.explain_route('b') WHERE outbid_price IS NOT NULL$$, 'places are not called a price');
SELECT is_empty('SELECT * FROM oms.check()', 'oms.check() finds nothing');

-- Size runs: a run of one size is none, a sku is of one style, what the order's run holds itself is there
ROLLBACK TO start;
SELECT oms.add_size_run('shoe', '{A,B}'), oms.add_size_run('lace', '{B}') \g /dev/null
SELECT results_eq('SELECT sku, style FROM oms.size_run ORDER BY sku', $$VALUES ('A' COLLATE "C", 'shoe' COLLATE "C"), ('B', 'lace')$$, 'a sku is of one style');
SELECT is_empty($$SELECT * FROM oms.add_size_run('shoe', '{}')$$, 'a style may have no sizes');
SELECT matches(pg_temp.error($$SELECT oms.add_size_run('shoe', '{A,A}')$$), '^21000', 'a sku is named once');

SELECT * FROM finish();
ROLLBACK;
