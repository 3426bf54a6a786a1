-- Cancelled lines and fulfillments, changed quantities and destinations, codes: bad input, and all that is touched.
BEGIN;
\ir include/shop.psql
SELECT pg_temp.shop();
CREATE FUNCTION pg_temp.error(call text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    detail text;
    hint text;
BEGIN
    EXECUTE call;
    RETURN NULL;
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
    RETURN concat_ws(' | ', SQLSTATE || ' ' || SQLERRM, NULLIF(detail, ''), NULLIF(hint, ''));
END $$;
CREATE FUNCTION pg_temp.f(which text) RETURNS bigint LANGUAGE sql AS
    $$SELECT max(fulfillment_id) FROM oms.fulfillment WHERE order_id = which$$;
-- gave(call): what was given up, "was sku quantity"
CREATE FUNCTION pg_temp.gave(call text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    found text;
BEGIN
    EXECUTE format('SELECT string_agg(format(''%%s %%s %%s'', was, sku, quantity), '', '' ORDER BY was, sku) FROM oms.%s', call) INTO found;
    RETURN found;
END $$;
-- line(order, line): ordered/cancelled/reserved/backordered/consumed status
CREATE FUNCTION pg_temp.line(which text, n int) RETURNS text LANGUAGE sql AS
    $$SELECT format('%s/%s/%s/%s/%s %s', quantity, cancelled, reserved, backordered, consumed, status) FROM oms.order_line WHERE order_id = which AND line_no = n$$;
SELECT no_plan();
SELECT oms.add_item('C') \g /dev/null
SELECT oms.receive('near', 'A', 20), oms.receive('near', 'B', 20), oms.receive('far', 'A', 20), oms.add_quota('web', 'A', 30), oms.protect_stock('near', 'A', 'web', 2) \g /dev/null
SELECT oms.place_order('o', 'web', '{A,B,C}', '{5,2,3}', '40.7,-74', on_shortage => 'backorder') \g /dev/null
SELECT oms.route() \g /dev/null
SELECT pg_temp.f('o') AS o \gset
SELECT matches(pg_temp.error('SELECT oms.' || replace(call, '$', :'o')), '^' || state, call) FROM (VALUES
    ('cancel_line(NULL, 1)', '22004'), ('cancel_line(''o'', NULL)', '22004'), ('cancel_line('''', 1)', '22023'), ('cancel_line(''x'', 1)', 'OM004 order "x" is unknown'),
    ('cancel_line(''o'', 9)', 'OM004 order "o" has no line 9'), ('cancel_line(''o'', -1)', 'OM004'), ('cancel_line(''o'', 1, 0)', '22023'), ('cancel_line(''o'', 1, -1)', '22023'),
    ('cancel_line(''o'', 1, 6)', 'OM005 cannot cancel more than is left of line 1 of order "o" . 5 units are left'), ('cancel_line(''o'', 1, 9223372036854775807)', 'OM005'),
    ('change_quantity(''o'', 1, NULL)', '22004'), ('change_quantity(''o'', 1, 0)', '22023'), ('change_quantity(''o'', 9, 1)', 'OM004'), ('change_quantity(''x'', 1, 1)', 'OM004'),
    ('change_quantity(''o'', NULL, 1)', '22004'), ('change_quantity(''o'', 1, 6, ''maybe'')', '22023'), ('change_quantity(''o'', 2, 100)', 'OM001'), ('change_quantity(''o'', 1, 31)', 'OM009'),
    ('change_destination(NULL, ''1,1'')', '22004'), ('change_destination(''o'', NULL)', '22004'), ('change_destination(''x'', ''1,1'')', 'OM004'), ('change_destination(''o'', ''1,1'', NULL)', '22004'),
    ('cancel_fulfillment(NULL)', '22004'), ('cancel_fulfillment(-1)', 'OM004'), ('cancel_fulfillment_many(''{$,$}'')', '22023'), ('cancel_fulfillment_many(NULL)', '22004'),
    ('issue_code(NULL)', '22004'), ('issue_code(-1)', 'OM004'), ('issue_code($)', 'OM005 cannot issue a code for fulfillment'), ('issue_code($, '''')', '22023')) AS c (call, state);
SELECT is(pg_temp.line('o', 1) || ', ' || pg_temp.line('o', 3), '5/0/5/0/0 reserved, 3/0/0/3/0 backordered', 'nothing has changed');
-- Backordered units, in part and all
SELECT is(pg_temp.gave('cancel_line(''o'', 3, 1)') || ' / ' || pg_temp.line('o', 3), 'backordered C 1 / 3/1/0/2/0 backordered', 'one of three');
SELECT is((SELECT quantity || status FROM oms.backorder WHERE sku = 'C'), '2open', 'the backorder shrinks');
SELECT is(pg_temp.gave('cancel_line(''o'', 3)') || ' / ' || pg_temp.line('o', 3), 'backordered C 2 / 3/3/0/0/0 cancelled', 'the rest');
SELECT is((SELECT quantity || status FROM oms.backorder WHERE sku = 'C'), '2released', 'the backorder is released');
SELECT matches(pg_temp.error('SELECT oms.cancel_line(''o'', 3)'), '^OM005 .* 0 units are left', 'once');
-- At every state; quota and protection follow
SAVEPOINT assigned;
SELECT is(pg_temp.gave('cancel_line(''o'', 1, 4)') || ' / ' || pg_temp.line('o', 1), 'assigned A 4 / 5/4/1/0/0 reserved', 'assigned');
SELECT is((SELECT used FROM oms.quota_use WHERE sku = 'A'), 1::bigint, 'the quota has them back');
SELECT is((SELECT moved_units || ' ' || shipments || ' ' || (SELECT string_agg(status, ',') FROM oms.fulfillment WHERE order_id = 'o') FROM oms.route()), '0 1 assigned', 'the router agrees');
SELECT is_empty('SELECT * FROM oms.check()', 'oms.check() finds nothing');
ROLLBACK TO assigned;
SELECT oms.accept(:o), oms.pick(:o), oms.pack(:o) \g /dev/null
SELECT is(pg_temp.gave('cancel_line(''o'', 1, 2)') || ', ' || pg_temp.gave('cancel_line(''o'', 2)'), 'packed A 2, packed B 2', 'packed');
SELECT is((SELECT string_agg(format('%s %s/%s/%s/%s', sku, quantity, picked, packed, cancelled), ', ' ORDER BY line_no) FROM oms.fulfillment_line), 'A 5/3/3/2, B 2/0/0/2', 'out of the parcel');
SELECT is_empty('SELECT * FROM oms.check()', 'oms.check() finds nothing');
SELECT is((SELECT units FROM oms.ship(:o)), 3::bigint, 'the rest is shipped');
SELECT is((SELECT status || ' ' || consumed || ' ' || cancelled FROM oms.orders WHERE order_id = 'o'), 'completed 3 7', 'the order is completed');
SELECT matches(pg_temp.error('SELECT oms.change_quantity(''o'', 1, 2)'), '^OM005 .*3 units have left the house', 'what has left is not cancelled');
SELECT is_empty('SELECT * FROM oms.check()', 'oms.check() finds nothing');
ROLLBACK TO assigned;
UPDATE oms.fulfillment_transition SET active = false WHERE action = 'cancel' AND from_status = 'accepted';
SELECT oms.accept(:o) \g /dev/null
SELECT matches(pg_temp.error('SELECT oms.cancel_line(''o'', 1)'), '^OM005 cannot cancel fulfillment \d+: it is accepted', 'a shop that does not cancel what is accepted');
SELECT is(pg_temp.line('o', 1), '5/0/5/0/0 reserved', 'nothing has changed');
ROLLBACK TO assigned;
-- A fulfillment, and a set of them
SELECT oms.place_order('s' || i, 'web', '{A}', '{2}', '40.7,-74') FROM generate_series(1, 3) AS i \g /dev/null
SELECT oms.route() \g /dev/null
SELECT is((SELECT string_agg(order_id || ' ' || status || ' ' || units, ', ' ORDER BY order_id) FROM oms.cancel_fulfillment_many(ARRAY[pg_temp.f('s1'), pg_temp.f('s2')], 'fraud')), 's1 cancelled 2, s2 cancelled 2', 'two of three');
SELECT is((SELECT string_agg(order_id || ' ' || status || COALESCE(' ' || cancel_reason, ''), ', ' ORDER BY order_id) FROM oms.orders WHERE order_id LIKE 's%'), 's1 cancelled fraud, s2 cancelled fraud, s3 open', 'their orders as well');
SELECT is_empty('SELECT * FROM oms.check()', 'oms.check() finds nothing');
-- More: reserved, or backordered, and routed later
SELECT is(pg_temp.gave('change_quantity(''o'', 2, 3, request_id => ''c'')') || ', ' || pg_temp.gave('change_quantity(''o'', 2, 3, request_id => ''c'')') || ' / ' || pg_temp.line('o', 2), 'reserved B 1, reserved B 1 / 3/0/3/0/0 reserved', 'one more, once');
SELECT is(pg_temp.gave('change_quantity(''o'', 2, 22, ''backorder'')') || ' / ' || pg_temp.line('o', 2), 'backordered B 2, reserved B 17 / 22/0/20/2/0 backordered', 'more than there are');
SELECT is(pg_temp.gave('change_quantity(''o'', 2, 22)'), NULL, 'no change');
SELECT is((SELECT unfilled_units FROM oms.route()), 0::bigint, 'routed');
SELECT is((SELECT units FROM oms.fulfillment WHERE fulfillment_id = pg_temp.f('o')), 25::bigint, 'in one fulfillment');
SELECT is_empty('SELECT * FROM oms.check()', 'oms.check() finds nothing');
-- A kit
SELECT oms.add_kit('K', '{A,D}', '{2,1}'), oms.receive('near', 'D', 9) \g /dev/null
SELECT oms.place_order('k', 'web', '{K,A}', '{2,1}', '40.7,-74') \g /dev/null
SELECT oms.route() \g /dev/null
SELECT matches(pg_temp.error('SELECT oms.cancel_line(''k'', 1, 1)'), '^OM005 a kit''s line is cancelled whole', 'not in part');
SELECT is(pg_temp.gave('cancel_line(''k'', 1)') || ' / ' || pg_temp.line('k', 1), 'assigned A 4, assigned D 2 / 2/2/0/0/0 cancelled', 'whole');
SELECT is_empty('SELECT * FROM oms.check()', 'oms.check() finds nothing');
-- Picked up in part, the rest not wanted
SELECT oms.place_order('p', 'web', '{A}', '{3}', service => 'pickup') \g /dev/null
SELECT oms.route(order_ids => '{p}') \g /dev/null
SELECT matches(pg_temp.error('SELECT oms.change_destination(''p'', ''1,1'')'), '^OM005 order "p" is to be picked up', 'a pickup goes nowhere else');
SELECT oms.accept(pg_temp.f('p')), oms.pick(pg_temp.f('p')), oms.pack(pg_temp.f('p')), oms.ready(pg_temp.f('p')), oms.hand_over(pg_temp.f('p'), '{A}', '{1}') \g /dev/null
SELECT is((SELECT status FROM oms.cancel_fulfillment(pg_temp.f('p'), 'no-show')), 'handed_over', 'one of three was taken');
SELECT is(pg_temp.line('p', 1) || ' ' || (SELECT status FROM oms.orders WHERE order_id = 'p'), '3/2/0/0/1 consumed completed', 'the order is done');
SELECT is_empty('SELECT * FROM oms.check()', 'oms.check() finds nothing');
SELECT matches(pg_temp.error('SELECT oms.cancel_line(''s1'', 1)'), '^OM005 order "s1" is cancelled', 'nothing of a cancelled order');
-- An order is cancelled in any state that allows it
SELECT oms.place_order('w' || i, 'web', '{A}', '{2}', service => CASE WHEN i = 4 THEN 'pickup' ELSE 'standard' END) FROM generate_series(1, 5) AS i \g /dev/null
SELECT oms.route(order_ids => '{w1,w2,w3,w4,w5}') \g /dev/null
SELECT oms.accept(pg_temp.f('w' || i)) FROM generate_series(1, 5) AS i \g /dev/null
SELECT oms.pick(pg_temp.f('w2'), '{A}', '{1}') \g /dev/null
SELECT oms.pick(pg_temp.f('w' || i)), oms.pack(pg_temp.f('w' || i)) FROM generate_series(3, 5) AS i \g /dev/null
SELECT oms.ready(pg_temp.f('w4')), oms.ship(pg_temp.f('w5')), oms.hand_over(pg_temp.f('w4'), '{A}', '{1}') \g /dev/null
SELECT matches(pg_temp.error('SELECT oms.cancel_order(''' || o || ''')'), '^OM005 order "' || o || '" cannot be cancelled any more', o || ': units have left') FROM unnest('{w4,w5}'::text[]) AS o;
SELECT is((SELECT status FROM oms.fulfillment WHERE order_id = 'w4'), 'ready', 'and nothing has changed');
UPDATE oms.fulfillment_transition SET active = false WHERE action = 'cancel' AND from_status = 'packed';
SELECT matches(pg_temp.error('SELECT oms.cancel_order(''w3'')'), '^OM005 cannot cancel fulfillment \d+: it is packed', 'where that is not legal');
SELECT matches(pg_temp.error('SELECT oms.cancel_order_many(''{w1,w2,w3}'')'), '^OM005 cannot cancel', 'all or none');
UPDATE oms.fulfillment_transition SET active = true;
SELECT results_eq($$SELECT order_id, line_no, sku, quantity, status FROM oms.cancel_order_many('{w3,w1,w2}', 'late', 'Ann')$$,
                  $$VALUES ('w1', 1, 'A', 2::bigint, 'cancelled'), ('w2', 1, 'A', 2, 'cancelled'), ('w3', 1, 'A', 2, 'cancelled')$$, 'accepted, being picked, packed');
SELECT is((SELECT string_agg(from_status || ' ' || units || ' ' || reason || ' ' || actor, ', ' ORDER BY order_id) FROM oms.fulfillment_event WHERE action = 'cancel' AND order_id IN ('w1', 'w2', 'w3')),
          'accepted 2 late Ann, picking 2 late Ann, packed 2 late Ann', 'on record');
SELECT is_empty($$SELECT FROM oms.reservation WHERE order_id IN ('w1', 'w2', 'w3') AND status = 'firm'$$, 'nothing is held');
SELECT is(pg_temp.state('SELECT oms.cancel_order_many(' || arguments || ')'), state, arguments) FROM (VALUES ('NULL', '22004'), ('''{NULL}''', '22004'), ('''{""}''', '22023'),
    ('''{w1,w1}''', '22023'), ('''{nowhere}''', 'OM004'), ('''{w1}''', 'OM005')) AS v (arguments, state);
SELECT is_empty('SELECT * FROM oms.cancel_order_many(''{}'')', 'none');
SELECT is_empty('SELECT * FROM oms.check()', 'oms.check() finds nothing');
-- A code is for its fulfillment, and its hash alone is kept
SELECT oms.place_order('c' || i, 'web', '{A}', '{1}', service => 'pickup') FROM generate_series(1, 2) AS i \g /dev/null
SELECT oms.route(order_ids => '{c1,c2}') \g /dev/null
SELECT oms.issue_code(pg_temp.f('c1'), 'same'), oms.issue_code(pg_temp.f('c2'), 'same') \g /dev/null
SELECT is((SELECT count(DISTINCT code_hash) FROM oms.fulfillment_row WHERE order_id IN ('c1', 'c2')), 2::bigint, 'equal codes do not show');
SELECT oms.accept(pg_temp.f('c1')), oms.pick(pg_temp.f('c1')), oms.pack(pg_temp.f('c1')), oms.ready(pg_temp.f('c1')) \g /dev/null
SELECT is(pg_temp.error(format('SELECT oms.hand_over_many(ARRAY[%s])', pg_temp.f('c1'))), format('OM010 fulfillment %s is handed over against a code only | Ask the customer for the code; oms.issue_code makes a new one.', pg_temp.f('c1')), 'not without the code');
SELECT is((SELECT status || ' ' || units FROM oms.hand_over(pg_temp.f('c1'), code => 'other', request_id => 'once')), 'wrong_code 0', 'nor with another');
SELECT is((SELECT status FROM oms.hand_over(pg_temp.f('c1'), code => 'other', request_id => 'once')), 'wrong_code', 'asked again');
SELECT is((SELECT wrong_codes || ' ' || status FROM oms.fulfillment WHERE fulfillment_id = pg_temp.f('c1')), '1 ready', 'it counts once, and nothing left');
SELECT is((SELECT action || ' ' || to_status FROM oms.fulfillment_event WHERE fulfillment_id = pg_temp.f('c1') ORDER BY event_id DESC LIMIT 1), 'wrong_code ready', 'on record');
SELECT oms.hand_over(pg_temp.f('c1'), code => 'other') FROM generate_series(1, 4) \g /dev/null
SELECT is(pg_temp.error(format('SELECT oms.hand_over(%s, code => ''SAME'')', pg_temp.f('c1'))), format('OM010 no more codes are tried for fulfillment %s | 5 were wrong, oms.code_attempts is 5. | Make sure who the customer is, and call oms.issue_code for a new one.', pg_temp.f('c1')), 'after five not even the right one');
SELECT oms.issue_code(pg_temp.f('c1'), 'same') \g /dev/null
SELECT is((SELECT status FROM oms.hand_over(pg_temp.f('c1'), code => 'SAME')), 'handed_over', 'with it');
SELECT is_empty('SELECT * FROM oms.check()', 'oms.check() finds nothing');
SELECT * FROM finish();
ROLLBACK;
