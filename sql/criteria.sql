-- Criteria of a rule: which location is preferred, by the first, where that is equal by the second, and so on.
CREATE EXTENSION oms;
SET timezone = 'UTC';
\set place '''40,-100'''

-- Three stores, each farther away than the one before, and what they have sold in the last four weeks: 9, 2 and 1 caps a week. 18, 14 and 22 are left.
SELECT location FROM oms.add_location('Quick', 'store', '40.1,-100');
SELECT location FROM oms.add_location('Steady', 'store', '40.5,-100');
SELECT location FROM oms.add_location('Slow', 'store', '41,-100');
SELECT location, sequence FROM oms.add_location_group('network', '{Steady,Quick,Slow}');
SELECT channel FROM oms.add_channel('web', 'network');
SELECT oms.receive('Quick', 'cap', 18 + 4 * 9), oms.receive('Steady', 'cap', 14 + 4 * 2), oms.receive('Slow', 'cap', 22 + 4 * 1) \g /dev/null
SELECT c.location, c.consumed FROM (VALUES ('Quick', 36), ('Steady', 8), ('Slow', 4)) AS v (location, sold),
    oms.reserve('web', 'cap', v.sold, v.location) AS r, oms.consume(r.reservation_id) AS c;
SELECT m.location, -sum(m.quantity) / 4 AS a_week, i.on_hand, i.on_hand * 4 / -sum(m.quantity) AS weeks
  FROM oms.movement AS m JOIN oms.inventory AS i USING (sku, location) WHERE m.kind = 'consume' GROUP BY m.location, i.on_hand ORDER BY 4 DESC;

-- Weeks of supply: 22 at 1 a week, then 14 at 2, then 18 at 9. By cost the nearest is chosen.
SELECT oms.add_policy('cost'), oms.add_routing('cost', 'all'), oms.add_rule('cost', 'all'), oms.activate_policy('cost') \g /dev/null
SELECT oms.add_policy('weeks'), oms.add_routing('weeks', 'all'), oms.add_rule('weeks', 'all', criteria => '{weeks_of_supply,distance}'), oms.activate_policy('weeks') \g /dev/null
SELECT rule_no, criteria FROM oms.policy_rule WHERE policy = 'weeks';
SELECT location FROM oms.place_order('A', 'web', '{cap}', '{1}', :place);
SELECT location, cost FROM oms.simulate(policy => 'cost');
SELECT location, cost FROM oms.simulate(policy => 'weeks');
SELECT orders, shipments, unfilled_units, distance_km, cost, moved_units FROM oms.route(policy => 'weeks');
SELECT location, verdict, cost, reason FROM oms.explain_route('A');

-- Every criterion by itself. Order B keeps Quick busy, A itself is planned anew and counts nowhere.
SELECT location FROM oms.place_order('B', 'web', '{cap}', '{1}', :place);
SELECT orders FROM oms.route(policy => 'cost', order_ids => '{B}');
CREATE FUNCTION pg_temp.preferred(VARIADIC criteria text[]) RETURNS text LANGUAGE sql AS $$
    SELECT oms.add_policy('p'), oms.add_routing('p', 'all'), oms.add_rule('p', 'all', criteria => criteria), oms.activate_policy('p');
    SELECT location FROM oms.simulate(policy => 'p', order_ids => '{A}')$$;
SELECT c AS criterion, pg_temp.preferred(c) FROM unnest('{distance,cost,location_sequence,stock_balance,sales_velocity,weeks_of_supply,location_load}'::text[]) AS c;
-- Where locations share a sequence, the second criterion decides.
UPDATE oms.location_group_member SET sequence = 1;
SELECT pg_temp.preferred('location_sequence', 'distance'), pg_temp.preferred('location_sequence', 'stock_balance');

-- As orders come, 14 caps each: the first goes where they last longest, the second to the next, the third to the last.
SELECT count(*) FROM unnest('{A,B}'::text[]) AS o, oms.cancel_order(o);
SELECT oms.place_order('first', 'web', '{cap}', '{14}', :place), oms.route(policy => 'weeks', order_ids => '{first}') \g /dev/null
SELECT oms.place_order('second', 'web', '{cap}', '{14}', :place), oms.route(policy => 'weeks', order_ids => '{second}') \g /dev/null
SELECT oms.place_order('third', 'web', '{cap}', '{14}', :place), oms.route(policy => 'weeks', order_ids => '{third}') \g /dev/null
SELECT order_id, location, quantity, reason FROM oms.decision WHERE quantity = 14 ORDER BY run_id;

-- A shirt in three sizes. Quick has one of each: to send its last M would break a size run. Steady has no S any more, Slow has two M.
SELECT style, sku FROM oms.add_size_run('shirt', '{shirt S,shirt M,shirt L}');
SELECT oms.receive_many('Quick', '{shirt S,shirt M,shirt L}', '{1,1,1}'), oms.receive_many('Steady', '{shirt M,shirt L}', '{1,1}'),
       oms.receive_many('Slow', '{shirt S,shirt M,shirt L}', '{1,2,1}') \g /dev/null
SELECT location FROM oms.place_order('M', 'web', '{shirt M}', '{1}', :place);
CREATE FUNCTION pg_temp.weighed(criteria text[], weights numeric[]) RETURNS text LANGUAGE sql AS $$
    SELECT oms.add_policy('p'), oms.add_routing('p', 'all'), oms.add_rule('p', 'all', criteria => criteria, weights => weights), oms.activate_policy('p');
    SELECT location FROM oms.simulate(policy => 'p', order_ids => '{M}')$$;
SELECT pg_temp.weighed('{distance}', NULL) AS nearest, pg_temp.weighed('{keep_size_runs,distance}', NULL) AS keeps_runs;
-- Weights: most units are at Slow, the farthest; the nearest has one. What weighs more decides.
SELECT weights, pg_temp.weighed('{stock_balance,distance}', weights) FROM (VALUES ('{1,0}'::numeric[]), ('{3,1}'), ('{1,3}')) AS w (weights);
SELECT pg_temp.weighed('{stock_balance,distance,keep_size_runs}', '{1,2,3}');
SELECT policy, criteria, weights FROM oms.policy_rule WHERE policy = 'p' ORDER BY version DESC LIMIT 1;
SELECT orders, shipments, unfilled_units FROM oms.route(policy => 'p', order_ids => '{M}');
SELECT location, verdict, cost, reason FROM oms.explain_route('M');

-- A criterion is known and named once, and each has a weight or none has.
SELECT oms.add_policy('bad'), oms.add_routing('bad', 'all');
SELECT oms.add_rule('bad', 'all', criteria => '{distance,cost}', weights => '{1}');
SELECT oms.add_rule('bad', 'all', criteria => '{weather}');
SELECT oms.add_rule('bad', 'all', criteria => '{distance,cost,distance}');
SELECT oms.add_rule('bad', 'all', criteria => '{distance,NULL}');
SELECT oms.add_rule('bad', 'all', criteria => '{}');
SELECT * FROM oms.check();
