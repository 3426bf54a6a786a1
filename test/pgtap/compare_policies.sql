-- Replay of a past period: what the stock at its start is rebuilt to, what is planned, what it refuses, that it writes nothing.
BEGIN;
SET LOCAL client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS oms;
\ir include/network.psql
\ir include/shop.psql
SELECT pg_temp.shop();
SELECT plan(38);

-- value(measure, …) is the measure under policy p, of which there is a version for every kind of rule
CREATE FUNCTION pg_temp.value(measure text, period tstzrange, policy text DEFAULT 'p', location text DEFAULT NULL) RETURNS numeric LANGUAGE sql AS $$
    SELECT c.b FROM oms.compare_policies('p', $3, $2) c WHERE c.measure = $1 AND c.location IS NOT DISTINCT FROM $4
$$;
SELECT oms.add_policy('p'), oms.add_routing('p', 'all'), oms.add_rule('p', 'all'), oms.activate_policy('p') \g /dev/null

-- What it refuses
SELECT is(pg_temp.state($$SELECT oms.compare_policies(NULL, 'p', '[2030-01-01,2030-01-02)')$$), '22004', 'a is not null');
SELECT is(pg_temp.state($$SELECT oms.compare_policies('p', NULL, '[2030-01-01,2030-01-02)')$$), '22004', 'nor b');
SELECT is(pg_temp.state($$SELECT oms.compare_policies('p', 'p', NULL)$$), '22004', 'nor the period');
SELECT is(pg_temp.state($$SELECT oms.compare_policies('p', 'p', '[2030-01-01,2030-01-02)', NULL)$$), '22004', 'nor the options');
SELECT is(pg_temp.state(format('SELECT oms.compare_policies(%L, ''p'', ''[2030-01-01,2030-01-02)'')', name)), 'OM004', format('policy %s is unknown', name))
  FROM unnest('{q,p@0,p@2,p@99999999999999999999,p@,@1,q@1,p@1x}'::text[]) WITH ORDINALITY AS u (name, n) ORDER BY n;
SELECT is(pg_temp.state(format('SELECT oms.compare_policies(''p'', ''p'', %L)', period)), '22023', format('%s is no period', period))
  FROM unnest('{empty,"[2030-01-01,2030-01-01)","(,2030-01-01]","[-infinity,2030-01-01]","[infinity,]"}'::text[]) WITH ORDINALITY AS u (period, n) ORDER BY n;
SELECT is(pg_temp.state(format('SELECT oms.compare_policies(''p'', ''p'', ''[2030-01-01,)'', %L)', options)), '22023', format('options %s', options))
  FROM unnest(ARRAY['[]', '{"solver": "nearest"}', '{"cost_per_km": -1}', '{"stored_prices": true}']) WITH ORDINALITY AS u (options, n) ORDER BY n;

-- Nothing to plan
SELECT results_eq($$SELECT measure, a, b, difference FROM oms.compare_policies('p', 'p@1', '[2030-01-01,)')$$,
    $$VALUES ('orders', 0::numeric, 0::numeric, 0::numeric), ('lines', 0, 0, 0), ('units', 0, 0, 0), ('filled_units', 0, 0, 0), ('fill_rate', NULL, NULL, NULL),
             ('shipments', 0, 0, 0), ('late_lines', 0, 0, 0), ('cost', 0, 0, 0)$$, 'no orders, no fill rate');

-- The stock is what it was, whatever has become of it and of who held it
SELECT oms.add_kit('kit', '{A,B}', '{1,2}'), oms.add_item('card', tracked => false), oms.add_item('ghost'), oms.receive('near', 'A', 9), oms.receive('near', 'B', 9), oms.receive('far', 'A', 20), oms.receive('far', 'B', 20) \g /dev/null
SELECT oms.place_order('before', 'web', '{A,kit}', '{2,1}', ship_to => '40.7,-74', placed_at => clock_timestamp()),
       oms.place_order('gone', 'web', '{A}', '{3}', ship_to => '40.7,-74', placed_at => clock_timestamp()),
       oms.reserve('web', 'B', 1, expires_in => '1 hour', cart_id => 'left'), oms.reserve('web', 'B', 2, expires_in => '1 hour', cart_id => 'bought') \g /dev/null
CREATE TEMP TABLE there AS SELECT sku COLLATE "default" AS sku, location COLLATE "default" AS location, on_hand, available FROM oms.inventory;
SELECT clock_timestamp() AS beginning \gset
SELECT oms.release(reservation_id) FROM oms.reservation WHERE cart_id = 'left' \g /dev/null
SELECT oms.place_order('kits', 'web', '{kit,A}', '{2,1}', ship_to => '40.7,-74', placed_at => clock_timestamp()),
       oms.place_order('card', 'web', '{card}', '{7}', ship_to => '40.7,-74', placed_at => clock_timestamp()) \g /dev/null
SELECT oms.cancel_order('gone'), oms.receive('near', 'A', 5), oms.adjust('far', 'B', -4, 'lost'), oms.set_aside('far', 'A', 1, 'wet') \g /dev/null
SELECT oms.route() \g /dev/null
SELECT oms.accept(f.fulfillment_id), oms.pick(f.fulfillment_id), oms.pack(f.fulfillment_id), oms.ship(f.fulfillment_id)
  FROM oms.fulfillment f WHERE f.status = 'assigned' AND f.order_id IN ('before', 'kits') \g /dev/null
SELECT isnt(0::bigint, (SELECT count(*) FROM oms.movement WHERE kind = 'ship'), 'something was shipped');
SELECT tstzrange(:'beginning', clock_timestamp()) AS period \gset
SELECT set_eq(format('SELECT sku, location, on_hand, available FROM oms.past_inventory(%L) WHERE sku <> ''card''', :'period'),
    $$SELECT sku, location, on_hand, available FROM there$$, 'the stock at the start is rebuilt');

-- What is planned: of kits the components, in one shipment; what is not tracked is always there
SELECT pg_temp.state() AS before \gset
SELECT results_eq(format('SELECT measure, a FROM oms.compare_policies(''p'', ''p'', %L) WHERE location IS NULL AND measure NOT IN (''cost'', ''late_lines'')', :'period'),
    $$VALUES ('orders', 2::numeric), ('lines', 3), ('units', 14), ('filled_units', 14), ('fill_rate', 100.00), ('shipments', 2)$$, 'kits count by component');
SELECT is(pg_temp.state(), :'before', 'nothing was written');
SELECT is((SELECT count(*) FROM oms.routing_run), 1::bigint, 'no run either');

SELECT is(pg_temp.state(format('SELECT oms.compare_policies(''p'', ''p'', %L, ''{"magic": 1}'')', :'period')), '22023', 'an option that the planner does not know');

-- What no routing takes is not filled; capacity does not limit
SELECT oms.add_policy('q'), oms.add_routing('q', 'some', 'tags <> ''{}'' OR lines = 2'), oms.add_rule('q', 'some'), oms.activate_policy('q') \g /dev/null
SELECT is(pg_temp.value('filled_units', :'period', 'q'), 7::numeric, 'what no routing takes is not filled');
SELECT oms.add_capacity('near', orders => 0), oms.add_capacity('far', orders => 0) \g /dev/null
SELECT is(pg_temp.value('filled_units', :'period'), 14::numeric, 'capacity does not limit');
-- no location within reach
SELECT oms.add_policy('none'), oms.add_routing('none', 'all'), oms.add_rule('none', 'all', max_distance_km => 0), oms.add_rule('none', 'all', 'stores', max_distance_km => 0), oms.activate_policy('none') \g /dev/null
SELECT is(pg_temp.value('fill_rate', :'period', 'none'), 0.00, 'a policy that serves nothing');
SELECT is(pg_temp.value('shipments', :'period', 'none', 'near'), 0::numeric, 'a location without work under one of the policies');

-- Criteria look at the stock of the start
SELECT oms.add_policy('most'), oms.add_routing('most', 'all', 'lines = 2'), oms.add_rule('most', 'all', criteria => '{stock_balance,location_load}'), oms.activate_policy('most'), oms.receive('near', 'A', 900), oms.receive('near', 'B', 900) \g /dev/null
SELECT is(pg_temp.value('filled_units', :'period', 'most', 'far'), 7::numeric, 'where most was, not where most is');

-- Exclusions count that were in force at the start
INSERT INTO oms.location_exclusion (location, sku, until, created_at)
VALUES ('near', 'B', :'beginning', '2020-01-01'), ('near', 'B', 'infinity', clock_timestamp()), ('far', NULL, 'infinity', '2020-01-01');
SELECT is(pg_temp.value('filled_units', :'period', 'p', 'near'), 14::numeric, 'exclusions are those at the start');
DELETE FROM oms.location_exclusion;

-- What was never there, and what names its location
SELECT oms.place_order('never', 'web', '{ghost}', '{3}', ship_to => '40.7,-74', placed_at => '2040-01-01', on_shortage => 'backorder') \g /dev/null
SELECT is(pg_temp.value('filled_units', '[2040-01-01,2040-01-01]'), 0::numeric, 'a sku that never was in stock');
SELECT oms.place_order_lines('there', 'web', '[{"sku": "A", "quantity": 1, "location": "far"}]', ship_to => '40.7,-74', placed_at => '2041-01-01') \g /dev/null
SELECT is(pg_temp.value('filled_units', '[2041-01-01,2041-01-01]', 'p', 'far'), 1::numeric, 'a line that names its location');
DELETE FROM oms.capacity;
SELECT is(pg_temp.value('cost', '[2041-01-01,2041-01-01]'),
          (SELECT sum(cost) FROM oms.simulate(order_ids => '{there}', options => '{"start_at": "placed_at"}', policy => 'p')), 'at the cost of a simulation');
SELECT is(pg_temp.value('orders', '(2040-01-01,2041-01-01)'), 0::numeric, 'bounds are those of the range');

SELECT * FROM finish();
ROLLBACK;
