-- Policies: versions, filters and the role as which they run, what each rule may use, what is left alone.
BEGIN;
SET LOCAL client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS oms;
\ir include/network.psql
\ir include/shop.psql
SELECT pg_temp.shop();
SELECT plan(93);

-- policy(name, rules…) is an active policy of one routing for all orders, its rules given as the arguments after the names
CREATE FUNCTION pg_temp.policy(name text, VARIADIC rules text[]) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
    rule text;
BEGIN
    PERFORM oms.add_policy(name), oms.add_routing(name, 'all');
    FOREACH rule IN ARRAY rules LOOP
        EXECUTE format('SELECT oms.add_rule(%L, ''all'', %s)', name, rule);
    END LOOP;
    RETURN oms.activate_policy(name);
END $$;
CREATE FUNCTION pg_temp.decided(which text) RETURNS text LANGUAGE sql AS
    $$SELECT string_agg(format('%s:%s:%s', COALESCE(location, queue), quantity, rule_no), ' ' ORDER BY line_no, rule_no, location)
        FROM oms.decision WHERE order_id = which AND run_id = (SELECT max(run_id) FROM oms.decision_row)$$;
CREATE FUNCTION pg_temp.place(which text, quantity bigint DEFAULT 1, service text DEFAULT 'standard') RETURNS text LANGUAGE sql AS
    $$SELECT string_agg(location, ' ') FROM oms.place_order(which, 'web', '{A}', ARRAY[quantity], ship_to => '40.7,-74', service => service)$$;
SAVEPOINT start;

-- Versions
SELECT is(oms.add_policy('p', 'first'), 1, 'a policy begins with a draft');
SELECT is(oms.add_policy('p', 'again'), 1, 'a draft replaces the draft');
SELECT matches(pg_temp.error($$SELECT oms.activate_policy('p')$$), '^OM005 policy "p" is not complete \| It has no routings', 'a policy has routings');
SELECT is(oms.add_routing('p', 'a'), 1, 'a routing');
SELECT is(oms.add_routing('p', 'b'), 2, 'another');
SELECT is(oms.add_rule('p', 'a'), 1, 'a rule');
SELECT matches(pg_temp.error($$SELECT oms.activate_policy('p')$$), '^OM005 policy "p" is not complete \| Routing "b" has no rules', 'a routing has rules');
SELECT is(oms.add_rule('p', 'b'), 1, 'rules are numbered by routing');
SELECT matches(pg_temp.error($$SELECT oms.route(policy => 'p')$$), '^OM004 policy "p" has no active version', 'a draft routes nothing');
SELECT is(oms.activate_policy('p'), 1, 'it is activated');
SELECT matches(pg_temp.error($$SELECT oms.add_rule('p', 'a')$$), '^OM004 policy "p" has no draft', 'what is active is not changed');
SELECT matches(pg_temp.error($$SELECT oms.activate_policy('p')$$), '^OM004 ', 'nor activated again');
SELECT is(oms.add_policy('p'), 2, 'the next version');
SELECT oms.add_routing('p', 'a'), oms.add_rule('p', 'a') \g /dev/null
SELECT is(oms.activate_policy('p'), 2, 'is activated');
SELECT results_eq('SELECT version, status FROM oms.policy ORDER BY 1', $$VALUES (1, 'archived'), (2, 'active')$$, 'the first one is archived');
SELECT results_eq('SELECT version, count(*) FROM oms.policy_rule GROUP BY 1 ORDER BY 1', 'VALUES (1, 2::bigint), (2, 1)', 'with its rules');
SELECT is((SELECT count(*) FROM oms.route(policy => 'p')), 1::bigint, 'a run over nothing');
SELECT results_eq('SELECT policy COLLATE "default", policy_version FROM oms.routing_run', $$VALUES ('p', 2)$$, 'a run records policy and version');
SELECT throws_ok($$UPDATE oms.policy_rule_row SET split = 'single'$$, 'OM011', NULL, 'the tables are private');
SELECT throws_ok($$DELETE FROM oms.policy_routing_row$$, 'OM011', NULL, 'all of them');
SELECT throws_ok($$DELETE FROM oms.policy_row$$, 'OM011', NULL, 'indeed');
ROLLBACK TO start;

-- Bad input
SELECT oms.add_policy('p'), oms.add_routing('p', 'a') \g /dev/null
SELECT matches(pg_temp.error('SELECT oms.' || call), '^' || e, call)
FROM (VALUES ('add_policy(NULL)', '22004'), ('add_policy('''')', '22023'), ('activate_policy(NULL)', '22004'), ('activate_policy(''x'')', 'OM004'),
             ('add_routing(NULL, ''b'')', '22004'), ('add_routing(''p'', NULL)', '22004'), ('add_routing(''p'', '''')', '22023'), ('add_routing(''x'', ''b'')', 'OM004'),
             ('add_routing(''p'', ''a'')', '23505'), ('add_routing(''p'', ''b'', queue => NULL)', '22004'), ('add_routing(''p'', ''b'', queue => '''')', '22023'),
             ('add_routing(''p'', ''b'', cancel_after_days => -1)', '23514'), ('add_routing(''p'', ''b'', cancel_after_days => ''NaN'')', '23514'),
             ('add_routing(''p'', ''b'', '''')', '42601'), ('add_routing(''p'', ''b'', ''no_such_column'')', '42703'), ('add_routing(''p'', ''b'', ''units'')', '42804'),
             ('add_routing(''p'', ''b'', ''true); DELETE FROM oms.channel; SELECT (true'')', '42601'), ('add_routing(''p'', ''b'', ''true) OR (false'') ', 'none'),
             ('add_rule(NULL, ''a'')', '22004'), ('add_rule(''p'', NULL)', '22004'), ('add_rule(''p'', ''x'')', 'OM004'), ('add_rule(''p'', ''a'', ''no group'')', '23503'),
             ('add_rule(''p'', ''a'', max_distance_km => -1)', '23514'), ('add_rule(''p'', ''a'', max_distance_km => ''NaN'')', '23514'),
             ('add_rule(''p'', ''a'', max_distance_km => ''infinity'')', '23514'), ('add_rule(''p'', ''a'', floor => NULL)', '22004'), ('add_rule(''p'', ''a'', split => NULL)', '22004'),
             ('add_rule(''p'', ''a'', split => ''double'')', '23514'), ('add_rule(''p'', ''a'', keep_groups => NULL)', '22004'), ('add_rule(''p'', ''a'', ignore_capacity => NULL)', '22004'),
             ('add_rule(''p'', ''a'', min_shipment_value => NULL)', '22004'), ('add_rule(''p'', ''a'', min_shipment_value => -1)', '23514'), ('route(policy => '''')', '22023')) AS v (call, e)
WHERE e <> 'none';
ROLLBACK TO start;

-- Filters: the first that is true takes the order; what none takes is left alone, with its hold
SELECT oms.receive('near', 'A', 1), oms.receive('far', 'A', 9) \g /dev/null
SELECT pg_temp.place('left alone'), pg_temp.place('two', 2), pg_temp.place('urgent', 1, 'same_day') \g /dev/null
SELECT oms.add_policy('p'), oms.add_routing('p', 'urgent', $$service = 'same_day' AND due_at IS NOT NULL$$), oms.add_rule('p', 'urgent'),
       oms.add_routing('p', 'big', $$units > 1 OR service = 'same_day' -- or so$$), oms.add_rule('p', 'big'), oms.activate_policy('p') \g /dev/null
SELECT is((SELECT orders FROM oms.route(policy => 'p')), 2::bigint, 'two orders are taken');
SELECT results_eq('SELECT order_id COLLATE "default", routing COLLATE "default" FROM oms.decision ORDER BY 1', $$VALUES ('two', 'big'), ('urgent', 'urgent')$$, 'each by the first routing');
SELECT is((SELECT location FROM oms.reservation WHERE order_id = 'left alone'), 'near', 'the near unit is held by the order that is left alone');
SELECT is((SELECT orders FROM oms.route(policy => 'p', order_ids => '{two}')), 1::bigint, 'order_ids limits a policy too');
SELECT is_empty('SELECT * FROM oms.check()', 'oms.check() finds nothing');
ROLLBACK TO start;

-- A filter runs as the role that saved it, whoever routes, and reads no more than that role may
CREATE ROLE oms_test_clerk;
GRANT EXECUTE ON FUNCTION oms.add_policy, oms.add_routing, oms.add_rule, oms.activate_policy TO oms_test_clerk;
CREATE TABLE public.secret AS SELECT 1 AS x;
CREATE FUNCTION public.who() RETURNS boolean LANGUAGE sql AS $$SELECT current_user = 'oms_test_clerk'$$;
CREATE FUNCTION public.harm() RETURNS boolean LANGUAGE plpgsql AS $$BEGIN DELETE FROM oms.channel; RETURN true; END$$;
SET LOCAL ROLE oms_test_clerk;
SELECT is(oms.add_policy('clerk'), 1, 'who may call the functions needs no right on the tables');
SELECT matches(pg_temp.error($$SELECT oms.add_routing('clerk', 'x', 'EXISTS (SELECT FROM public.secret)')$$), '^42501 ', 'a filter that the role may not run is not saved');
SELECT matches(pg_temp.error($$SELECT oms.add_routing('clerk', 'x', 'EXISTS (SELECT FROM oms.orders)')$$), '^42501 ', 'not even over views of oms');
SELECT oms.add_routing('clerk', 'x', 'public.who()'), oms.add_rule('clerk', 'x'), oms.activate_policy('clerk') \g /dev/null
RESET ROLE;
SELECT is((SELECT saved_by FROM oms.policy_routing), 'oms_test_clerk', 'the role is noted');
SELECT oms.receive('near', 'A', 1) \g /dev/null
SELECT pg_temp.place('o') \g /dev/null
SELECT is((SELECT orders FROM oms.route(policy => 'clerk')), 1::bigint, 'the filter runs as the clerk');
SET LOCAL ROLE oms_test_clerk;
SELECT oms.add_policy('clerk'), oms.add_routing('clerk', 'x', 'public.harm()'), oms.add_rule('clerk', 'x'), oms.activate_policy('clerk') \g /dev/null
RESET ROLE;
SELECT matches(pg_temp.error($$SELECT oms.route(policy => 'clerk')$$), '^(42501|0A000|25006) ', 'and does no harm');
SELECT isnt_empty('SELECT FROM oms.channel', 'indeed');
ROLLBACK TO start;

-- Stock and capacity that a rule leaves are the next rule's; a line may be served by two
SELECT oms.receive('near', 'A', 5), oms.receive('far', 'A', 5) \g /dev/null
SELECT pg_temp.place('o', 8) \g /dev/null
SELECT pg_temp.policy('p', 'max_distance_km => 100, floor => ''1''', 'max_distance_km => 100', 'floor => ''2''', 'floor => ''0''') \g /dev/null
SELECT is((SELECT unfilled_units FROM oms.route(policy => 'p')), 0::bigint, 'eight units of ten');
SELECT is(pg_temp.decided('o'), 'near:4:1 near:1:2 far:3:3', 'four and one from near, three from far');
SELECT is((SELECT count(*) FROM oms.fulfillment WHERE status = 'assigned'), 2::bigint, 'two fulfillments');
SELECT is((SELECT moved_units FROM oms.route(policy => 'p')), 0::bigint, 'a second run changes nothing');
SELECT is_empty('SELECT * FROM oms.check()', 'oms.check() finds nothing');
ROLLBACK TO start;
SELECT oms.receive('near', 'A', 9), oms.receive('far', 'A', 9) \g /dev/null
UPDATE oms.location SET capacity_orders = 1;
SELECT pg_temp.place('o' || i) FROM generate_series(1, 4) AS i \g /dev/null
SELECT pg_temp.policy('p', 'max_distance_km => 100', 'max_distance_km => 100', 'split => ''multi''', 'max_distance_km => 100, ignore_capacity => true') \g /dev/null
SELECT oms.route(policy => 'p') \g /dev/null
SELECT results_eq('SELECT location COLLATE "default", rule_no, count(*) FROM oms.decision GROUP BY 1, 2 ORDER BY 2', $$VALUES ('near', 1, 1::bigint), ('far', 3, 1), ('near', 4, 2)$$,
                  'a capacity is used once, and ignored by the rule that says so');
ROLLBACK TO start;

-- A kit stays whole under every rule, also over rules
SELECT oms.add_kit('kit', '{A,B}', '{1,2}'), oms.receive('near', 'A', 2), oms.receive('near', 'B', 2), oms.receive('far', 'A', 5), oms.receive('far', 'B', 9) \g /dev/null
SELECT oms.place_order('k', 'web', '{kit,A}', '{2,1}', ship_to => '40.7,-74') \g /dev/null
SELECT pg_temp.policy('p', 'max_distance_km => 100, keep_groups => false', 'keep_groups => false, floor => ''1''') \g /dev/null
SELECT is((SELECT unfilled_units FROM oms.route(policy => 'p')), 0::bigint, 'kits and a component of its own are served');
SELECT results_eq($$SELECT count(DISTINCT location), sum(quantity)::int FROM oms.decision WHERE line_no = 1$$, 'VALUES (1::bigint, 6)', 'the kits from one location');
SELECT is_empty('SELECT * FROM oms.check()', 'oms.check() finds nothing');
ROLLBACK TO start;

-- A queue, and what it waits for
SELECT oms.receive('far', 'A', 1) \g /dev/null
SELECT pg_temp.place('o') \g /dev/null
SELECT oms.add_policy('p'), oms.add_routing('p', 'all', queue => 'near only', cancel_after_days => 3), oms.add_rule('p', 'all', max_distance_km => 100), oms.activate_policy('p') \g /dev/null
SELECT is((SELECT unfilled_units FROM oms.route(policy => 'p')), 1::bigint, 'nothing near');
SELECT results_eq($$SELECT queue, rule_no, cancel_at - decided_at > interval '71 hours' FROM oms.decision$$, $$VALUES ('near only', 1, true)$$, 'it waits, for three days');
SELECT oms.route(policy => 'p') \g /dev/null
SELECT is((SELECT count(DISTINCT cancel_at) FROM oms.decision), 1::bigint, 'another run does not prolong them');
SELECT is_empty('SELECT * FROM oms.cancel_overdue()', 'nothing is overdue');
ALTER TABLE oms.decision_line_row DISABLE TRIGGER guard;
UPDATE oms.decision_line_row SET cancel_at = now() - interval '1 minute';
ALTER TABLE oms.decision_line_row ENABLE ALWAYS TRIGGER guard;
SELECT results_eq('SELECT order_id COLLATE "default", queue FROM oms.cancel_overdue()', $$VALUES ('o', 'near only')$$, 'then it is cancelled');
SELECT is((SELECT status FROM oms.orders), 'cancelled', 'indeed');

ROLLBACK TO start;

-- What no rule serves is backordered where the routing says so; kits and what is not tracked keep their hold
SELECT oms.add_kit('kit', '{A,B}', '{1,1}'), oms.add_item('card', tracked => false), oms.receive('far', 'A', 9), oms.receive('far', 'B', 9) \g /dev/null
SELECT oms.place_order('o', 'web', '{A,kit,card,B}', '{2,1,3,1}', ship_to => '40.7,-74') \g /dev/null
SELECT oms.add_policy('p'), oms.add_routing('p', 'all', on_unfilled => 'backorder'), oms.add_rule('p', 'all', 'network', max_distance_km => 0), oms.activate_policy('p') \g /dev/null
SELECT oms.route(policy => 'p') \g /dev/null
SELECT results_eq('SELECT line_no, reserved, backordered FROM oms.order_line ORDER BY line_no', 'VALUES (1, 0::bigint, 2::bigint), (2, 1, 0), (3, 3, 0), (4, 0, 1)', 'units are given up, but of kits and untracked ones');
SELECT is_empty('SELECT * FROM oms.check()', 'oms.check() finds nothing');
SELECT oms.route(policy => 'p') \g /dev/null
SELECT is((SELECT sum(backordered) FROM oms.order_line), 3::numeric, 'once');
SELECT matches(pg_temp.state($$SELECT oms.add_policy('q'), oms.add_routing('q', 'all', on_unfilled => 'lose')$$), '^23514', 'on_unfilled is wait, backorder or leave');
SELECT matches(pg_temp.state($$SELECT oms.add_policy('q'), oms.add_routing('q', 'all', on_unfilled => 'leave', cancel_after_days => 1)$$), '^23514', 'what is left is never cancelled');
-- What is left keeps its hold and the work it has, and has no new decision; of an order that is served in part the rest has none
SELECT oms.cancel_order('o') \g /dev/null
SELECT oms.place_order('w', 'web', '{A}', '{1}', ship_to => '40.7,-74'), oms.place_order('v', 'web', '{A,B}', '{1,1}', ship_to => '40.7,-74') \g /dev/null
SELECT oms.route() \g /dev/null
SELECT oms.add_policy('p'), oms.add_routing('p', 'w', $$order_id = 'w'$$, on_unfilled => 'leave'), oms.add_rule('p', 'w', 'network', max_distance_km => 0),
       oms.add_routing('p', 'all', on_unfilled => 'leave'), oms.add_rule('p', 'all', split => 'single', whole => false), oms.activate_policy('p') \g /dev/null
SELECT oms.set_on_hand(location, 'B', 0) FROM oms.inventory WHERE sku = 'B' \g /dev/null
SELECT orders AS left_orders, unfilled_units AS left_units FROM oms.route(policy => 'p') \gset
SELECT is(:left_orders, 1, 'the order that is left is not in the run');
SELECT is(:left_units, 0, 'what is left is not unfilled');
SELECT results_eq($$SELECT status, units FROM oms.fulfillment WHERE order_id = 'w' ORDER BY fulfillment_id$$, $$VALUES ('assigned', 1::bigint)$$, 'and keeps its work');
SELECT results_eq($$SELECT line_no FROM oms.decision WHERE order_id = 'v' AND run_id = (SELECT max(run_id) FROM oms.routing_run)$$, 'VALUES (1)', 'what is served has a decision');
SELECT results_eq($$SELECT line_no FROM oms.simulate(policy => 'p') WHERE order_id IN ('v', 'w')$$, 'VALUES (1)', 'a simulation says the same');
SELECT is_empty('SELECT * FROM oms.check()', 'oms.check() finds nothing');
SELECT matches(pg_temp.state($$SELECT oms.add_policy('q'), oms.add_routing('q', 'all', on_unfilled => NULL)$$), '^22004', 'and not null');
SELECT matches(pg_temp.state($$SELECT oms.add_policy('q'), oms.add_routing('q', 'all', queue => 'changed')$$), '^23514', 'queue changed is the run''s own');

SELECT * FROM finish();
ROLLBACK;
