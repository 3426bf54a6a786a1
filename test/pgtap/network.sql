-- The network: add_… are upserts over plain tables, whose constraints refuse what makes no
-- sense; and what a DBA switches off with an UPDATE is at once neither promised nor reserved.
BEGIN;
SET LOCAL client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS oms;
\ir include/network.psql
SELECT plan(65);

-- Locations
SELECT is(oms.add_location('X', 'store')::text, '(X,store,,UTC,active,t,t,0,,,4,,0,0,0)', 'a location and its defaults');
SELECT is(oms.add_location('X', 'outlet', '1,2', 'Europe/Berlin', false, false, 2.5, 7, 'offline', 'Fr 22:00-02:00', 1.5, '17:00', 10, 2, 0.5)::text,
          '(X,outlet,"1,2",Europe/Berlin,offline,f,f,2.5,7,"Fr 22:00-02:00",1.5,17:00:00,10,2,0.5)', 'the same location again, with other values');
SELECT is(oms.add_location('X', 'store')::text, '(X,store,,UTC,active,t,t,0,,,4,,0,0,0)',
          'an upsert sets what is not said back to its default');
SELECT is((SELECT count(*) FROM oms.location WHERE location = 'X'), 1::bigint, 'it is still one row');
SELECT isnt_empty($$SELECT FROM oms.add_location('x', 'store') WHERE location <> 'X'$$, 'keys differ by case');
SELECT is((oms.add_location('Ÿ store', 'store')).location, 'Ÿ store', 'any text is a key');

SELECT matches(pg_temp.error($$SELECT oms.add_location(NULL, 'store')$$), '^23502 null value in column "location"', 'location NULL');
SELECT matches(pg_temp.error($$SELECT oms.add_location('Y', NULL)$$), '^23502 null value in column "kind"', 'kind NULL');
SELECT matches(pg_temp.error($$SELECT oms.add_location('Y', 'store', time_zone => NULL)$$), '^23502 .* "time_zone"', 'time_zone NULL');
SELECT matches(pg_temp.error($$SELECT oms.add_location('Y', 'store', can_ship => NULL)$$), '^23502 .* "can_ship"', 'can_ship NULL');
SELECT matches(pg_temp.error($$SELECT oms.add_location('Y', 'store', can_pickup => NULL)$$), '^23502 .* "can_pickup"', 'can_pickup NULL');
SELECT matches(pg_temp.error($$SELECT oms.add_location('Y', 'store', handling_cost => NULL)$$), '^23502 .* "handling_cost"', 'handling_cost NULL');
SELECT matches(pg_temp.error($$SELECT oms.add_location('Y', 'store', status => NULL)$$), '^23502 .* "status"', 'status NULL');
SELECT matches(pg_temp.error($$SELECT oms.add_location('', 'store')$$), '^23514 .* "location_location_check"', 'an empty location');
SELECT matches(pg_temp.error($$SELECT oms.add_location('Y', '')$$), '^23514 .* "location_kind_check"', 'an empty kind');
SELECT matches(pg_temp.error($$SELECT oms.add_location('Y', 'store', status => 'closed')$$), '^23514 .* "location_status_check"', 'an unknown status');
SELECT matches(pg_temp.error($$SELECT oms.add_location('Y', 'store', handling_cost => -1)$$), '^23514 .* "location_handling_cost_check"', 'a negative cost');
SELECT matches(pg_temp.error($$SELECT oms.add_location('Y', 'store', capacity_orders => -1)$$), '^23514 .* "location_capacity_orders_check"', 'a negative capacity');
SELECT matches(pg_temp.error($$SELECT oms.add_location('Y', 'store', minutes_per_order => -1)$$), '^23514 .* "location_minutes_per_order_check"', 'negative work of an order');
SELECT matches(pg_temp.error($$SELECT oms.add_location('Y', 'store', minutes_per_line => 10001)$$), '^23514 .* "location_minutes_per_line_check"', 'too much work of a line');
SELECT matches(pg_temp.error($$SELECT oms.add_location('Y', 'store', minutes_per_unit => NULL)$$), '^23502 .* "minutes_per_unit"', 'minutes_per_unit NULL');
SELECT matches(pg_temp.error($$SELECT oms.add_capacity('X', minutes => 9223372036854775807)$$), '^23514 .* "capacity_minutes_check"', 'more minutes than can be counted');
SELECT matches(pg_temp.error($$SELECT oms.add_capacity(NULL)$$), '^23502 .* "location"', 'a capacity of NULL');
SELECT matches(pg_temp.error($$SELECT oms.add_capacity('X', days => NULL)$$), '^23502 .* "days"', 'days NULL');
SELECT matches(pg_temp.error($$SELECT oms.add_capacity('X', hours => NULL)$$), '^23502 .* "hours"', 'hours NULL');
SELECT is((SELECT units FROM oms.add_capacity('X', units => 9223372036854775807)), 9223372036854775807, 'a huge capacity');
SELECT is((SELECT "left" FROM oms.capacity_use() WHERE location = 'X' AND measure = 'units'), 9223372036854775807::numeric, 'is left');
SELECT is(pg_temp.error($$SELECT oms.add_location('Y', 'store', time_zone => 'Mars/Olympus')$$), '22023 time zone "Mars/Olympus" not recognized', 'an unknown time zone');
SELECT matches(pg_temp.error($$SELECT oms.add_location('Y', 'store', '91,0')$$), '^22003 ', 'a latitude beyond the pole');
SELECT matches(pg_temp.error($$SELECT oms.add_location('Y', 'store', 'here')$$), '^22P02 ', 'malformed coordinates');
SELECT is_empty($$SELECT FROM oms.location WHERE location IN ('Y', '')$$, 'none of these left a row');

-- Groups
SELECT results_eq($$SELECT * FROM oms.add_location_group('g', '{P,W}')$$,
                  $$VALUES ('g' COLLATE "C", 'P' COLLATE "C", 1), ('g', 'W', 2)$$, 'a group, in sequence');
SELECT results_eq($$SELECT location, sequence FROM oms.add_location_group('g', '{W,N,P}')$$,
                  $$VALUES ('W' COLLATE "C", 1), ('N', 2), ('P', 3)$$, 'the same group again: other members, other sequence');
SELECT is((SELECT string_agg(location, ',' ORDER BY sequence) FROM oms.location_group_member WHERE location_group = 'g'),
          'W,N,P', 'the old members are gone');
SELECT matches(pg_temp.error($$SELECT oms.add_location_group('g', NULL)$$), '^23502 null value in column "location"', 'locations NULL does not empty the group');
SELECT matches(pg_temp.error($$SELECT oms.add_location_group('g', '{W,NULL}')$$), '^23502 null value in column "location"', 'a NULL among the locations');
SELECT matches(pg_temp.error($$SELECT oms.add_location_group(NULL, '{W}')$$), '^23502 null value in column "location_group"', 'location_group NULL');
SELECT matches(pg_temp.error($$SELECT oms.add_location_group('', '{W}')$$), '^23514 ', 'an empty name');
SELECT matches(pg_temp.error($$SELECT oms.add_location_group('g', '{W,nowhere}')$$),
               '^23503 .* \| Key \(location\)=\(nowhere\) is not present in table "location"', 'an unknown location');
SELECT matches(pg_temp.error($$SELECT oms.add_location_group('g', '{W,N,W}')$$),
               '^23505 .* \| Key \(location_group, location\)=\(g, W\) already exists', 'a location named twice');
SELECT is((SELECT string_agg(location, ',' ORDER BY sequence) FROM oms.location_group_member WHERE location_group = 'g'),
          'W,N,P', 'after all of these the group is as it was');
SELECT is_empty($$SELECT * FROM oms.add_location_group('g', '{}')$$, 'an empty array empties the group');
SELECT matches(pg_temp.error($$DELETE FROM oms.location WHERE location = 'W'$$), '^23503 ', 'a location in a group stays');
SELECT matches(pg_temp.error($$DELETE FROM oms.location_group WHERE location_group = 'all'$$), '^23503 ', 'a group of a channel stays');

-- Channels
SELECT is(oms.add_channel('pos', 'stores')::text, '(pos,stores,,0,0,active,)', 'a channel and its defaults');
SELECT is(oms.add_channel('pos', 'all', 'stores', 'max(2,10%)', 5, 'offline')::text,
          '(pos,all,stores,"max(2, 10%)",5,offline,)', 'the same channel again, with other values');
SELECT matches(pg_temp.error($$SELECT oms.add_channel('c', 'nowhere')$$),
               '^23503 .* \| Key \(ship_group\)=\(nowhere\) is not present in table "location_group"', 'an unknown ship_group');
SELECT matches(pg_temp.error($$SELECT oms.add_channel('c', 'all', 'nowhere')$$), '^23503 .* \| Key \(pickup_group\)=\(nowhere\)', 'an unknown pickup_group');
SELECT matches(pg_temp.error($$SELECT oms.add_channel('c', NULL)$$), '^23502 .* "ship_group"', 'ship_group NULL');
SELECT matches(pg_temp.error($$SELECT oms.add_channel(NULL, 'all')$$), '^23502 .* "channel"', 'channel NULL');
SELECT matches(pg_temp.error($$SELECT oms.add_channel('c', 'all', buffer => -1)$$), '^23514 .* "channel_buffer_check"', 'a negative buffer');
SELECT matches(pg_temp.error($$SELECT oms.add_channel('c', 'all', safety_stock => 'some')$$), '^22P02 ', 'a malformed safety stock');
SELECT matches(pg_temp.error($$SELECT oms.add_channel('c', 'all', status => '')$$), '^23514 .* "channel_status_check"', 'an unknown status');

-- Items
SELECT is(oms.add_item('A')::text, '(A,{},,,t,1,,1)', 'an item and its defaults');
SELECT is(oms.add_item('A', '{toy,fragile}', 9.99, 0.2, false, 2, 10, 2)::text, '(A,"{toy,fragile}",9.99,0.2,f,2,10,2)', 'the same item again');
SELECT matches(pg_temp.error($$SELECT oms.add_item('A', quantity_minimum => 0)$$), '^23514 .* "item_quantity_minimum_check"', 'a minimum of 0');
SELECT matches(pg_temp.error($$SELECT oms.add_item('A', quantity_minimum => 5, quantity_maximum => 4)$$), '^23514 ', 'a maximum below the minimum');
SELECT matches(pg_temp.error($$SELECT oms.add_item('A', quantity_step => 0)$$), '^23514 .* "item_quantity_step_check"', 'a step of 0');
SELECT matches(pg_temp.error($$SELECT oms.add_item('A', unit_value => -0.01)$$), '^23514 .* "item_unit_value_check"', 'a negative value');

-- Switching off
SELECT results_eq($$SELECT sku, on_hand FROM oms.receive_many('W', '{B}', '{3}') UNION ALL SELECT sku, on_hand FROM oms.receive_many('N', '{B}', '{2}')$$,
                  $$VALUES ('B', 3::bigint), ('B', 2)$$, 'stock at W and N');
SELECT is(ARRAY[oms.atp('web', 'B'), oms.atp('web', 'B', 'pickup')], '{5,2}', 'all is on');
UPDATE oms.location SET status = 'offline' WHERE location = 'N';
SELECT is(ARRAY[oms.atp('web', 'B'), oms.atp('web', 'B', 'pickup')], '{3,0}', 'N is offline');
UPDATE oms.location SET status = 'active', can_ship = false WHERE location = 'N';
SELECT is(ARRAY[oms.atp('web', 'B'), oms.atp('web', 'B', 'pickup')], '{3,2}', 'N may not ship');
UPDATE oms.location SET can_ship = true, can_pickup = false WHERE location = 'N';
SELECT is(ARRAY[oms.atp('web', 'B'), oms.atp('web', 'B', 'pickup')], '{5,0}', 'N may not hand over');
UPDATE oms.channel SET status = 'offline' WHERE channel = 'web';
SELECT is(ARRAY[oms.atp('web', 'B'), oms.atp('web', 'B', 'pickup'), oms.atp('market', 'B')], '{0,0,5}', 'the channel web is offline');

SELECT * FROM finish();
ROLLBACK;
