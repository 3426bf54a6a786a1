-- Levels of rights: the list is complete and granted to the letter; a store's role is kept to its locations by
-- every function and view of its level.
BEGIN;
\ir include/shop.psql
SELECT pg_temp.shop();
CREATE FUNCTION pg_temp.error(call text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE call;
    RETURN NULL;
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE || ' ' || SQLERRM;
END $$;
CREATE FUNCTION pg_temp.f(which text) RETURNS bigint LANGUAGE sql SECURITY DEFINER AS
    $$SELECT max(fulfillment_id) FROM oms.fulfillment WHERE order_id = which$$;
SELECT no_plan();

-- The list
CREATE TEMP VIEW member AS
SELECT d.classid, d.objid FROM pg_depend AS d JOIN pg_extension AS e ON e.oid = d.refobjid
WHERE e.extname = 'oms' AND d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e';
CREATE TEMP VIEW callable AS
SELECT p.oid, p.proname::text AS name, p.provolatile FROM pg_proc AS p JOIN member AS m ON m.classid = 'pg_proc'::regclass AND m.objid = p.oid
WHERE p.prorettype <> 'trigger'::regtype AND NOT has_function_privilege('public', p.oid, 'EXECUTE');
CREATE TEMP VIEW readable AS
SELECT c.oid, c.relname::text AS name FROM pg_class AS c JOIN member AS m ON m.classid = 'pg_class'::regclass AND m.objid = c.oid
WHERE c.relkind IN ('r', 'p', 'v') AND obj_description(c.oid, 'pg_class') NOT LIKE 'private:%' AND c.relname <> 'network_change';
SELECT is_empty($$SELECT DISTINCT name FROM callable EXCEPT SELECT name FROM oms.role_right WHERE kind = 'function'$$,
                'every function is in the list of src/insight/roles.sql: state there who may call a new one');
SELECT is_empty($$SELECT name FROM oms.role_right WHERE kind = 'function' EXCEPT SELECT name FROM callable$$, 'and there is every function of the list');
SELECT is_empty($$SELECT name FROM oms.role_right WHERE kind = 'function' GROUP BY name HAVING count(*) > 1$$, 'once');
SELECT is_empty($$SELECT name FROM readable EXCEPT SELECT name FROM oms.role_right WHERE kind = 'relation' AND privileges LIKE 'SELECT%'$$,
                'every view and table that is not private is in the list');
SELECT is_empty($$SELECT name FROM oms.role_right WHERE kind = 'relation' EXCEPT SELECT name FROM readable$$, 'and no other');
SELECT is_empty($$SELECT c.name FROM callable AS c JOIN oms.role_right AS r USING (name) WHERE r.kind = 'function' AND c.provolatile = 'v' AND 'reader' = ANY (r.levels)$$,
                'a reader changes nothing');
SELECT is_empty($$SELECT name FROM oms.role_right WHERE kind = 'relation' AND 'store' = ANY (levels) AND name !~ '^store_' AND name NOT IN ('fulfillment_transition', 'item', 'reject_reason')$$,
                'a store reads the rows of its locations only, and what is no location''s');

-- Granted to the letter
CREATE ROLE oms_test_reader;
CREATE ROLE oms_test_seller;
CREATE ROLE oms_test_planner;
CREATE ROLE oms_test_admin;
CREATE ROLE oms_test_near;
CREATE ROLE oms_test_far;
CREATE ROLE oms_test_ann IN ROLE oms_test_near;
SELECT cmp_ok(oms.grant_role_to('oms_test_' || level, level), '>', 0::bigint, level) FROM unnest('{reader,seller,planner,admin}'::text[]) AS level;
SELECT oms.grant_role_to('oms_test_near', 'store', '{near}'), oms.grant_role_to('oms_test_far', 'store', '{far}') \g /dev/null
SELECT is_empty($$
    SELECT level, c.name FROM unnest('{reader,seller,planner,admin,store}'::text[]) AS level, callable AS c JOIN oms.role_right AS r USING (name)
    WHERE r.kind = 'function' AND has_function_privilege('oms_test_' || CASE level WHEN 'store' THEN 'near' ELSE level END, c.oid, 'EXECUTE') <> (level = ANY (r.levels))$$,
    'a level may call its functions and no others');
SELECT is_empty($$
    SELECT level, c.relname, p.privilege FROM unnest('{reader,seller,planner,admin,store}'::text[]) AS level,
        pg_class AS c JOIN member AS m ON m.classid = 'pg_class'::regclass AND m.objid = c.oid AND c.relkind IN ('r', 'p', 'v'),
        unnest('{SELECT,INSERT,UPDATE,DELETE,TRUNCATE}'::text[]) AS p (privilege)
    WHERE has_table_privilege('oms_test_' || CASE level WHEN 'store' THEN 'near' ELSE level END, c.oid, p.privilege)
        <> EXISTS (SELECT FROM oms.role_right AS r WHERE r.kind = 'relation' AND r.name = c.relname AND level = ANY (r.levels) AND r.privileges ~ p.privilege)$$,
    'and reads and writes its relations and no others');

-- Two stores, function by function: what is another's is refused
SELECT oms.receive_many(l, '{A,B}', '{20,20}') FROM unnest('{near,far}'::text[]) AS l \g /dev/null
SELECT oms.place_order_lines('of ' || l, 'web', jsonb_build_array(jsonb_build_object('sku', 'A', 'quantity', 3, 'location', l))) FROM unnest('{near,far}'::text[]) AS l \g /dev/null
SELECT oms.route() \g /dev/null
SELECT oms.add_incoming('po', l, 'A', 5, now() + interval '1 day') FROM unnest('{near,far}'::text[]) AS l \g /dev/null
SELECT oms.open_transfer('from far', 'far', 'other', '{A}', '{1}'), oms.open_transfer('to far', 'other', 'far', '{A}', '{1}') FROM oms.receive('other', 'A', 1) \g /dev/null
SELECT oms.ship_transfer('to far') \g /dev/null
SELECT pg_temp.f('of far') AS far, oms.open_count('far') AS count \gset
CREATE TEMP TABLE try (call text);
INSERT INTO try SELECT replace(replace(c, '$', :'far'), '#', :'count') FROM unnest(ARRAY[
    'accept($)', 'accept_many(''{$}'')', 'pick($)', 'pick_many(''{$}'')', 'pack($)', 'pack_many(''{$}'')', 'unpack($)', 'unpack_many(''{$}'')', 'ship($)', 'ship_many(''{$}'')',
    'ready($)', 'ready_many(''{$}'')', 'hand_over($)', 'hand_over_many(''{$}'')', 'reject($, ''damaged'')', 'reject_many(''{$}'', ''damaged'')',
    'cancel_fulfillment($)', 'cancel_fulfillment_many(''{$}'')', 'next_actions($)', 'claim_work(''far'', ''x'')', 'release_work(''far'')', 'release_work()',
    'adjust(''far'', ''A'', -1, ''x'')', 'adjust_many(''far'', ''{A}'', ''{-1}'', ''x'')', 'set_on_hand(''far'', ''A'', 1)', 'set_on_hand_many(''far'', ''{A}'', ''{1}'')',
    'receive(''far'', ''A'', 1)', 'receive_many(''far'', ''{A}'', ''{1}'')', 'receive_incoming(''po'', ''far'', ''A'', 1)', 'receive_incoming_many(''po'', ''far'', ''{A}'', ''{1}'')',
    'count_stock(''far'', ''A'', 1)', 'return_line(''of near'', 1, ''far'', 1)', 'return_lines(''of near'', ''far'', ''[]'')', 'exchange(''of near'', ''far'', ''[]'', ''x'', ''[]'')', 'open_transfer(''t9'', ''far'', ''near'', ''{A}'', ''{1}'')', 'ship_transfer(''from far'')', 'receive_transfer(''to far'')', 'cancel_transfer(''from far'')', 'open_count(''far'')', 'record_count(#, ''A'', 1)', 'record_count_many(#, ''{A}'', ''{1}'')', 'accept_count(#)',
    'reject_count(#, ''{A}'')', 'close_count(#)', 'set_aside(''far'', ''A'', 1, ''x'')', 'set_aside_many(''far'', ''{A}'', ''{1}'', ''x'')', 'put_back(''far'', ''A'', 1, ''x'')',
    'put_back_many(''far'', ''{A}'', ''{1}'', ''x'')', 'scrap(''far'', ''A'', 1, ''x'')', 'scrap_many(''far'', ''{A}'', ''{1}'', ''x'')', 'release_hold_back(''far'', ''A'')', 'issue_code($)']) AS c;
UPDATE oms.fulfillment_transition SET active = true;
GRANT SELECT ON try TO PUBLIC;
SET LOCAL ROLE oms_test_near;
SELECT matches(pg_temp.error('SELECT * FROM oms.' || call), '^(OM010 (location "far" is not one of|role "oms_test_near" is bound)|OM005 cannot issue)', call || ' of another store') FROM try;
RESET ROLE;
SELECT set_eq($$SELECT name FROM oms.role_right WHERE kind = 'function' AND 'store' = ANY (levels)$$,
              $$SELECT split_part(call, '(', 1) FROM try UNION VALUES ('work_list'), ('pick_list'), ('count_sheet'), ('sees_location'), ('stock_history'), ('fulfillment_history')$$, 'these are all that a store may call');
SELECT is((SELECT status FROM oms.fulfillment WHERE fulfillment_id = :far), 'assigned', 'nothing has happened to it');
-- a code for what is to be picked up elsewhere
UPDATE oms.channel SET pickup_group = 'network' WHERE channel = 'web';
SELECT oms.place_order_lines('pick', 'web', '[{"sku": "A", "quantity": 1, "location": "far"}]', service => 'pickup') \g /dev/null
SELECT oms.route(order_ids => '{pick}') \g /dev/null
SET LOCAL ROLE oms_test_near;
SELECT matches(pg_temp.error(format('SELECT oms.issue_code(%s)', pg_temp.f('pick'))), '^OM010', 'nor a code');
-- the same of its own
SELECT is((SELECT status FROM oms.accept(pg_temp.f('of near'))), 'accepted', 'its own work');
SELECT is((SELECT units FROM oms.pick(pg_temp.f('of near'))), 3::bigint, 'step by step');
SELECT is(oms.receive('near', 'B', 1), 21::bigint, 'its own stock');
SELECT is((SELECT count(*) FROM oms.work_list('near')), 1::bigint, 'its own list');
SELECT cmp_ok((SELECT count(*) FROM oms.stock_history('A', 'near')), '>', 1::bigint, 'its own history');
SELECT is((SELECT count(*) FROM oms.work_list('far')) + (SELECT count(*) FROM oms.pick_list('far')) + (SELECT count(*) FROM oms.count_sheet(:count)) + (SELECT count(*) FROM oms.stock_history('A', 'far')) + (SELECT count(*) FROM oms.fulfillment_history(:far)), 0::numeric::bigint, 'not another''s');
SELECT is(oms.release_work('near'), 0::bigint, 'its own claims');
RESET ROLE;

-- Two stores, view by view
SELECT oms.open_transfer('from near', 'near', 'other', '{A}', '{1}') \g /dev/null
SELECT oms.place_order_lines('sold ' || l, 'web', jsonb_build_array(jsonb_build_object('sku', 'A', 'quantity', 1, 'location', l))) FROM unnest('{near,far}'::text[]) AS l \g /dev/null
SELECT oms.consume(reservation_id) FROM oms.reservation WHERE order_id ~ 'sold' \g /dev/null
SELECT oms.return_line('sold ' || l, 1, l, 1) FROM unnest('{near,far}'::text[]) AS l \g /dev/null
SELECT oms.open_count('near') \g /dev/null
SELECT oms.accept(pg_temp.f('of far')), oms.adjust(l, 'B', -1, 'x') FROM unnest('{near,far}'::text[]) AS l LIMIT 1 \g /dev/null
SELECT oms.adjust('far', 'B', -1, 'x'), oms.count_stock('far', 'B', 9), oms.count_stock('near', 'B', 9) \g /dev/null
SELECT oms.place_order_lines('2 ' || l, 'web', jsonb_build_array(jsonb_build_object('sku', 'B', 'quantity', 5, 'location', l))) FROM unnest('{near,far}'::text[]) AS l \g /dev/null
SELECT oms.route(order_ids => '{2 near,2 far}') \g /dev/null
SELECT oms.reject(pg_temp.f('2 ' || l), 'damaged', 'B', 1) FROM unnest('{near,far}'::text[]) AS l \g /dev/null
SELECT oms.set_on_hand(l, 'B', 2) FROM unnest('{near,far}'::text[]) AS l \g /dev/null
CREATE FUNCTION pg_temp.locations(which text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    found text;
BEGIN
    EXECUTE format('SELECT string_agg(DISTINCT location, '','' ORDER BY location) FROM oms.%I WHERE location <> ''other''', which) INTO found;
    RETURN found;
END $$;
SELECT is(pg_temp.locations(name), 'far,near', name || ' shows both to who is not bound') FROM readable WHERE name ~ '^store_' ORDER BY name;
CREATE TEMP TABLE store_view AS SELECT name FROM readable WHERE name ~ '^store_';
GRANT SELECT ON store_view TO PUBLIC;
SET LOCAL ROLE oms_test_near;
SELECT is(pg_temp.locations(name), 'near', name || ' at near') FROM store_view ORDER BY name;
SET LOCAL ROLE oms_test_far;
SELECT is(pg_temp.locations(name), 'far', name || ' at far') FROM store_view ORDER BY name;
-- a condition of the client does not look behind the view
CREATE FUNCTION pg_temp.peep(location text) RETURNS boolean LANGUAGE plpgsql COST 0.0001 AS $$
BEGIN
    IF location <> 'far' THEN RAISE EXCEPTION 'seen: %', location; END IF;
    RETURN true;
END $$;
SELECT cmp_ok((SELECT count(*) FROM oms.store_inventory WHERE pg_temp.peep(location)), '>', 0::bigint, 'nor a leaky one');
RESET ROLE;

-- Members, renamed roles, several locations, no binding
SET LOCAL ROLE oms_test_ann;
SELECT is(pg_temp.locations('store_inventory'), 'near', 'a member of a bound role is bound');
SELECT matches(pg_temp.error($$SELECT oms.receive('far', 'A', 1)$$), '^OM010 .*oms_test_ann', 'in what it does too');
RESET ROLE;
ALTER ROLE oms_test_near RENAME TO oms_test_nearest;
SET LOCAL ROLE oms_test_ann;
SELECT is(pg_temp.locations('store_inventory'), 'near', 'whatever the role is called');
RESET ROLE;
SELECT oms.grant_role_to('oms_test_nearest', 'store', '{far}') \g /dev/null
SET LOCAL ROLE oms_test_ann;
SELECT is(pg_temp.locations('store_inventory'), 'far,near', 'locations add up');
RESET ROLE;
SELECT is(pg_temp.locations('store_inventory'), 'far,near', 'a superuser is a member of none');
DELETE FROM oms.role_location WHERE location = 'near';
SET LOCAL ROLE oms_test_ann;
SELECT is(pg_temp.locations('store_inventory'), 'far', 'and are taken away at once');
SELECT set_config(name, 'on', true) FROM pg_settings WHERE name IN ('force_parallel_mode', 'debug_parallel_query');
SELECT is(pg_temp.locations('store_movement'), 'far', 'in a parallel worker too');
SELECT set_config(name, 'off', true) FROM pg_settings WHERE name IN ('force_parallel_mode', 'debug_parallel_query');
RESET ROLE;
-- What a store does has its consequences elsewhere
SELECT oms.receive('near', 'C', 2), oms.receive('far', 'C', 2) \g /dev/null
SELECT oms.place_order('c', 'web', '{C}', '{2}', '40.7,-74') \g /dev/null
SELECT location AS holds FROM oms.reservation WHERE order_id = 'c' \gset
DELETE FROM oms.role_location;
SELECT oms.grant_role_to('oms_test_nearest', 'store', ARRAY[:'holds']) \g /dev/null
SET LOCAL ROLE oms_test_ann;
SELECT is(oms.adjust(:'holds', 'C', -1, 'broken'), 1::bigint, 'a loss');
SELECT is((SELECT moved || ' ' || backordered FROM oms.store_shortfall WHERE sku = 'C'), '1 0', 'moves units to a location that it does not see');
RESET ROLE;
SELECT is_empty('SELECT * FROM oms.check()', 'oms.check() finds nothing');

-- The levels at work
SET LOCAL ROLE oms_test_planner;
SELECT lives_ok($$SELECT oms.add_quota('web', 'A', 5), oms.add_safety_stock_rule('1', sku => 'A'), oms.route()$$, 'a planner plans');
SELECT throws_ok($$SELECT oms.receive('near', 'A', 1)$$, '42501', NULL, 'and receives nothing');
SET LOCAL ROLE oms_test_admin;
SELECT lives_ok($$SELECT oms.add_location('new', 'store'), oms.grant_role_to('oms_test_reader', 'seller'), oms.check()$$, 'an admin lets others in');
SELECT throws_ok('DELETE FROM oms.movement_row', '42501', NULL, 'and rewrites no ledger');
SET LOCAL ROLE oms_test_reader;
SELECT lives_ok($$SELECT * FROM oms.reserve('web', 'C', 1)$$, 'levels add up');
RESET ROLE;
SELECT cmp_ok(oms.revoke_role_from('oms_test_reader'), '>', 0::bigint, 'taken away');
SELECT is_empty($$SELECT name FROM callable WHERE has_function_privilege('oms_test_reader', oid, 'EXECUTE')$$, 'all of it');
SELECT is_empty($$SELECT name FROM readable WHERE has_table_privilege('oms_test_reader', oid, 'SELECT, INSERT, UPDATE, DELETE')$$, 'the views too');
SELECT oms.revoke_role_from('oms_test_nearest') \g /dev/null
SELECT is_empty('SELECT * FROM oms.role_location', 'and the locations');

-- Bad input
SELECT matches(pg_temp.error('SELECT oms.' || call), '^' || state, call) FROM (VALUES
    ('grant_role_to(NULL, ''reader'')', '22004'), ('grant_role_to('''', ''reader'')', '22023'), ('grant_role_to(''oms_test_nobody'', ''reader'')', '42704'),
    ('grant_role_to(''oms_test_far'', NULL)', '22004'), ('grant_role_to(''oms_test_far'', ''boss'')', '22023 unknown level "boss"'),
    ('grant_role_to(''oms_test_far'', ''store'', ''{nowhere}'')', 'OM004'), ('grant_role_to(''oms_test_far'', ''store'', ''{NULL}'')', '22004'),
    ('revoke_role_from(NULL)', '22004'), ('revoke_role_from(''oms_test_nobody'')', '42704')) AS c (call, state);
SELECT is(oms.sees_location(NULL), false, 'a null location is nobody''s');
SELECT * FROM finish();
ROLLBACK;
