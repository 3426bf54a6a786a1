-- The actions of a fulfillment: every transition, every refusal, counters, claims.
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
-- f(order) is its newest fulfillment; did(action, order) does it and tells the statuses
CREATE FUNCTION pg_temp.f(which text) RETURNS bigint LANGUAGE sql AS
    $$SELECT max(fulfillment_id) FROM oms.fulfillment WHERE order_id = which$$;
CREATE FUNCTION pg_temp.did(action text, which text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    found text;
BEGIN
    EXECUTE format('SELECT from_status || '' '' || status || COALESCE('' '' || units, '''') FROM oms.%I($1)', action) INTO found USING pg_temp.f(which);
    RETURN found;
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE;
END $$;
-- counters(order) are those of its lines: quantity/picked/packed/shipped
CREATE FUNCTION pg_temp.counters(which text) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(format('%s:%s/%s/%s/%s', l.sku, l.quantity, l.picked, l.packed, l.shipped), ' ' ORDER BY l.line_no)
      FROM oms.fulfillment_line AS l WHERE l.order_id = which
$$;
SELECT oms.receive_many('near', '{A,B,C}', '{100,100,100}') \g /dev/null
SELECT oms.place_order('s', 'web', '{A,B,A}', '{3,2,4}') \g /dev/null
SELECT oms.place_order('p', 'web', '{A,B}', '{2,2}', service => 'pickup') \g /dev/null
SELECT oms.route() \g /dev/null
SELECT pg_temp.f('s') AS s, pg_temp.f('p') AS p \gset
SELECT no_plan();

-- The whole table of what may be done: every action from every status, against the table of transitions
CREATE TEMP TABLE walk (which text, path text[]);
INSERT INTO walk VALUES ('s', '{}'), ('s', '{accept}'), ('s', '{accept,pick}'), ('s', '{accept,pick,pack}'), ('s', '{accept,pick,pack,ship}'),
    ('p', '{}'), ('p', '{accept}'), ('p', '{accept,pick}'), ('p', '{accept,pick,pack}'), ('p', '{accept,pick,pack,ready}'), ('p', '{accept,pick,pack,ready,hand_over}');
CREATE FUNCTION pg_temp.walked(which text, path text[], action text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    found text;
    before text;
    one text;
BEGIN
    FOREACH one IN ARRAY path LOOP
        found := pg_temp.did(one, which);
    END LOOP;
    SELECT f.status INTO before FROM oms.fulfillment AS f WHERE f.fulfillment_id = pg_temp.f(which);
    RAISE EXCEPTION USING ERRCODE = 'P9999', MESSAGE = before || ' ' || pg_temp.did(action, which);
EXCEPTION WHEN SQLSTATE 'P9999' THEN
    RETURN SQLERRM;
END $$;
SELECT CASE WHEN t.to_status IS NULL THEN is(split_part(found, ' ', 2), 'OM005', format('%s of %s is refused', d.action, split_part(found, ' ', 1)))
            ELSE is(split_part(found, ' ', 3), t.to_status, format('%s of %s leads to %s', d.action, t.from_status, t.to_status)) END
  FROM (SELECT w.which, a.action, pg_temp.walked(w.which, w.path, a.action) AS found
          FROM walk AS w, unnest('{accept,pick,pack,unpack,ship,ready,hand_over}'::text[]) AS a (action)) AS d
  JOIN oms.fulfillment AS f ON f.order_id = d.which
  LEFT JOIN oms.fulfillment_transition AS t ON t.action = d.action AND t.method = f.method AND t.from_status = split_part(d.found, ' ', 1);
SELECT is((SELECT count(DISTINCT (f.method, w.path)) FROM walk AS w JOIN oms.fulfillment AS f ON f.order_id = w.which), 11::bigint, 'eleven places to be');

-- Refusals say what is legal
SELECT is(pg_temp.error(format('SELECT oms.ship(%s)', :s)),
    format('OM005 cannot ship fulfillment %s: it is assigned | Order "s", location "near", method ship. | Legal now: accept, cancel, reject.', :s), 'illegal now');
SELECT is(pg_temp.error('SELECT oms.accept(999999)'), 'OM004 fulfillment 999999 is unknown', 'unknown');
SELECT is(pg_temp.error('SELECT oms.next_actions(999999)'), 'OM004 fulfillment 999999 is unknown', 'unknown to next_actions');
SELECT is(pg_temp.error(format('SELECT oms.accept_many(ARRAY[%s, 999999])', :s)), 'OM004 fulfillment 999999 is unknown', 'one of many is unknown');
SELECT is((SELECT status FROM oms.fulfillment WHERE fulfillment_id = :s), 'assigned', 'all or none');
SELECT is(pg_temp.error(format('SELECT oms.accept_many(ARRAY[%s, %s])', :s, :s)), format('22023 fulfillment %s is named twice', :s), 'named twice');
SELECT matches(pg_temp.error(format('SELECT oms.%s', call)), '^' || state || ' ', call) FROM (VALUES
    ('accept(NULL)', '22004'), ('accept_many(NULL)', '22004'), ('accept_many(''{NULL}'')', '22004'), ('accept_many(''{{1},{2}}'')', '2202E'),
    ('accept(-1)', 'OM004'), ('accept(9223372036854775807)', 'OM004'), ('next_actions(NULL)', '22004'), ('ship_many(''{-5}'')', 'OM004'),
    ('claim_work(NULL, ''x'')', '22004'), ('claim_work(''near'', NULL)', '22004'), ('claim_work(''near'', '''')', '22023'), ('claim_work(''nowhere'', ''x'')', 'OM004'),
    ('claim_work(''near'', ''x'', 0)', '22023'), ('claim_work(''near'', ''x'', -1)', '22023'), ('claim_work(''near'', ''x'', NULL)', '22004'),
    ('claim_work(''near'', ''x'', 1, NULL)', '22004'), ('claim_work(''near'', ''x'', 1, ''-1 hour'')', '22023'), ('claim_work(''near'', ''x'', method => ''fly'')', '22023'),
    ('release_work('''')', '22023')) AS c (call, state);
SELECT is((SELECT count(*) FROM oms.accept_many('{}')), 0::bigint, 'none is a set as well');

-- Parts
SELECT pg_temp.did('accept', 's') \g /dev/null
SELECT matches(pg_temp.error(format('SELECT oms.pick(%s, %s)', :s, arguments)), '^' || state, arguments) FROM (VALUES
    ('''{Z}''', 'OM004 sku "Z" is not part of fulfillment'), ('''{A}'', ''{8}''', 'OM005 cannot pick 8 units of sku "A" . Of fulfillment \d+ 7 are left to pick'),
    ('''{A,A}'', ''{7,1}''', 'OM005 cannot pick 1 units of sku "A" . Of fulfillment \d+ 0 are'), ('''{A}'', ''{0}''', '22023'), ('''{A}'', ''{-3}''', '22023'),
    ('''{A}'', ''{NULL}''', '22004'), ('''{NULL}''', '22004'), ('NULL, ''{1}''', '22004'), ('''{A,B}'', ''{1}''', '2202E'),
    ('''{A}'', ''{9223372036854775807}''', 'OM005')) AS c (arguments, state);
SELECT is(pg_temp.counters('s'), 'A:3/0/0/0 B:2/0/0/0 A:4/0/0/0', 'a refusal changes nothing');
SELECT is((SELECT units FROM oms.pick(:s, '{A,B}', '{4,1}')), 5::bigint, 'some of each');
SELECT is(pg_temp.counters('s'), 'A:3/3/0/0 B:2/1/0/0 A:4/1/0/0', 'line after line');
SELECT is(pg_temp.error(format('SELECT oms.pack(%s)', :s)), format('OM005 cannot pack fulfillment %s: not all is picked | Line 2, sku "B": 1 of 2 units are not picked. | Pick them, or reject them with a reason.', :s), 'not all is picked');
SELECT is((SELECT units FROM oms.pick(:s, '{A}')), 3::bigint, 'all of a sku');
SELECT is((SELECT units FROM oms.pick(:s, '{A}')), 0::bigint, 'nothing is left of it');
SELECT is((SELECT units FROM oms.pick(:s)), 1::bigint, 'all');
SELECT is(pg_temp.did('pack', 's') || ', ' || pg_temp.did('unpack', 's') || ', ' || pg_temp.did('pack', 's'), 'picking packed 9, packed picking 9, picking packed 9', 'packed, unpacked, packed');
SELECT is((SELECT status || ' ' || unfilled_units || ' ' || moved_units FROM oms.route(), oms.fulfillment WHERE fulfillment_id = :s), 'packed 0 0', 'the router leaves it');
SELECT is(pg_temp.did('ship', 's'), 'packed shipped 9', 'shipped');
SELECT is(pg_temp.counters('s'), 'A:3/3/3/3 B:2/2/2/2 A:4/4/4/4', 'all of it');
SELECT is((SELECT string_agg(sku || on_hand || '/' || reserved, ' ' ORDER BY sku) FROM oms.inventory WHERE location = 'near'), 'A93/2 B98/2 C100/0', 'on_hand and reserved fell together');
SELECT is((SELECT string_agg(sku || quantity, ' ' ORDER BY sku, quantity) FROM oms.movement WHERE reference = 'fulfillment ' || :s), 'A-4 A-3 B-2', 'a movement for each line');
SELECT is_empty(format('SELECT * FROM oms.next_actions(%s)', :s), 'nothing more');
SELECT is((SELECT status FROM oms.orders WHERE order_id = 's'), 'completed', 'the order is completed');
SELECT is_empty('SELECT * FROM oms.check()', 'oms.check() finds nothing');

-- Handed over in parts; what was handed over does not come back
SELECT pg_temp.did('accept', 'p'), pg_temp.did('pick', 'p'), pg_temp.did('pack', 'p'), pg_temp.did('ready', 'p') \g /dev/null
SELECT is((SELECT status FROM oms.hand_over(:p, '{A}', '{1}')), 'ready', 'one of two');
SELECT is_empty('SELECT * FROM oms.check()', 'oms.check() finds nothing');
SELECT is(pg_temp.did('unpack', 'p'), 'ready picking 3', 'the rest is unpacked');
SELECT is_empty('SELECT * FROM oms.check()', 'oms.check() finds nothing');
SELECT is(pg_temp.counters('p'), 'A:2/2/1/1 B:2/2/0/0', 'what is gone is gone');
SELECT is((SELECT quantity FROM oms.routing_held WHERE order_id = 'p'), NULL, 'nothing of it may be routed');
SELECT pg_temp.did('pack', 'p'), pg_temp.did('ready', 'p') \g /dev/null
SELECT is(pg_temp.did('hand_over', 'p'), 'ready handed_over 3', 'the rest');
SELECT is((SELECT string_agg(action, ',' ORDER BY event_id) FROM oms.fulfillment_event WHERE fulfillment_id = :p), 'accept,pick,pack,ready,hand_over,unpack,pack,ready,hand_over', 'the history');
SELECT is_empty('SELECT * FROM oms.check()', 'oms.check() finds nothing');

-- A reservation of several rows, partly consumed by itself; more than is held is refused
SELECT oms.place_order('m', 'web', '{C}', '{5}') \g /dev/null
SELECT oms.route(order_ids => '{m}') \g /dev/null
SELECT oms.consume(reservation_id, 1) FROM oms.reservation WHERE order_id = 'm' \g /dev/null
SELECT pg_temp.did('accept', 'm'), pg_temp.did('pick', 'm'), pg_temp.did('pack', 'm') \g /dev/null
SELECT matches(pg_temp.error(format('SELECT oms.ship(%s)', pg_temp.f('m'))), '^OM005 the orders hold fewer units than the work asks for . Asked for 5 units, held 4', 'what was consumed by itself is not there twice');
SELECT is((SELECT on_hand FROM oms.inventory WHERE sku = 'C' AND location = 'near'), 99::bigint, 'nothing was shipped');

-- What the system says is not there cannot leave; what is not tracked can
SELECT oms.place_order('n', 'web', '{B}', '{2}') \g /dev/null
SELECT oms.add_item('U', tracked => false) \g /dev/null
SELECT oms.place_order('u', 'web', '{U}', '{2}') \g /dev/null
SELECT oms.route(order_ids => '{n,u}') \g /dev/null
SELECT count(*) FROM unnest('{n,u}'::text[]) AS o (o), unnest('{accept,pick,pack}'::text[]) WITH ORDINALITY AS a (a, n), pg_temp.did(a.a, o.o) \g /dev/null
SELECT oms.set_on_hand('near', 'B', 1) \g /dev/null
SELECT is(pg_temp.error(format('SELECT oms.ship(%s)', pg_temp.f('n'))), 'OM001 sku "B" at location "near" is not on hand | 2 units are to leave, on hand are 1. | Call oms.count_stock with what is there, or oms.reject.', 'not on hand');
SELECT is(pg_temp.did('ship', 'u'), 'packed shipped 2', 'not tracked');
SELECT is_empty($$SELECT * FROM oms.movement WHERE sku = 'U'$$, 'and not counted');
SELECT oms.set_on_hand('near', 'B', 2) \g /dev/null
SELECT is(pg_temp.did('ship', 'n'), 'packed shipped 2', 'once it is counted it leaves');

-- What must leave first is due first, not what was promised first
SELECT oms.place_order('d1', 'web', '{A}', '{1}', '41,-74', promise_at => now() + interval '200 hours'),
       oms.place_order('d2', 'web', '{A}', '{1}', '20,-74', promise_at => now() + interval '210 hours') \g /dev/null
SELECT oms.route(order_ids => '{d1,d2}') \g /dev/null
SELECT is((SELECT string_agg(order_id || ' ' || (due_at < promise_at), ', ' ORDER BY due_at) FROM oms.work WHERE order_id IN ('d1', 'd2')), 'd2 true, d1 true', 'due when it must leave');
SELECT is((SELECT string_agg(order_id, ' ') FROM oms.work_list('near') WHERE order_id IN ('d1', 'd2')), 'd2 d1', 'so the far one comes first');
SELECT is((SELECT order_id FROM oms.claim_work('near', 'd', 1)), 'd2', 'to a picker too');
SELECT oms.cancel_order('d1'), oms.cancel_fulfillment(pg_temp.f('d2')) \g /dev/null

-- Claims
SELECT oms.place_order('c' || i, 'web', '{A}', '{1}', priority => 4 - i, promise_at => CASE WHEN i < 4 THEN now() + i * interval '1 hour' END) FROM generate_series(1, 4) AS i \g /dev/null
SELECT oms.place_order('cp', 'web', '{A}', '{1}', service => 'pickup', promise_at => now()) \g /dev/null
SELECT oms.route() \g /dev/null
SELECT is((SELECT string_agg(order_id, ' ') FROM oms.work_list('near', 'ship')), 'c1 c2 c3 c4 m', 'by due moment, then priority; of one method');
SELECT is((SELECT string_agg(order_id, ' ') FROM oms.claim_work('near', 'a', 2)), 'cp c1', 'the next two');
SELECT is((SELECT string_agg(order_id, ' ') FROM oms.claim_work('near', 'b', 1, method => 'ship')), 'c2', 'then the third');
SELECT is((SELECT string_agg(order_id, ' ') FROM oms.claim_work('near', 'a', 1, '1 ms', 'ship')), 'c3', 'for a millisecond');
SELECT pg_sleep(0.01) \g /dev/null
SELECT is((SELECT string_agg(order_id, ' ') FROM oms.claim_work('near', 'b')), 'c3 c4', 'a claim that timed out is none');
SELECT is((SELECT string_agg(status, ' ') FROM oms.work_list('near', 'pickup')), 'accepted', 'what is claimed is accepted');
SELECT is((SELECT sum(units) FROM oms.pick_list('near', 'b')), 3::numeric, 'a list of three');
SELECT is((SELECT array_agg(fulfillments) FROM oms.pick_list('near', fulfillment_ids => ARRAY[pg_temp.f('c1'), pg_temp.f('c2')])), ARRAY[ARRAY[pg_temp.f('c1'), pg_temp.f('c2')]], 'or of what is named');
SELECT pg_temp.did('pick', 'c2') \g /dev/null
SELECT is((SELECT claimed_by FROM oms.work WHERE order_id = 'c2'), 'b', 'the claim stays while it is picked');
SELECT pg_temp.did('pack', 'c2') \g /dev/null
SELECT is((SELECT claimed_by FROM oms.work WHERE order_id = 'c2'), NULL, 'and ends with it');
SELECT is(oms.release_work(), 0::bigint, 'none timed out');
SELECT is(oms.release_work('far', 'b'), 0::bigint, 'none there');
SELECT is(oms.release_work(picker => 'b'), 2::bigint, 'those of a picker');
SELECT is((SELECT string_agg(order_id, ' ') FROM oms.claim_work('near', 'c')), 'c3 c4', 'are handed out again');

-- Shipped rows may be edited; an inserted row replaces the one of its key, as a restore needs it
INSERT INTO oms.fulfillment_transition VALUES ('pick', 'ship', 'assigned', 'picking'), ('accept', 'ship', 'assigned', 'picking');
SELECT is((SELECT to_status FROM oms.fulfillment_transition WHERE action = 'accept' AND method = 'ship'), 'picking', 'replaced');
SELECT oms.place_order('e', 'web', '{A}', '{1}') \g /dev/null
SELECT oms.route(order_ids => '{e}') \g /dev/null
SELECT is(pg_temp.did('pick', 'e'), 'assigned picking 1', 'a shop that picks without accepting');
UPDATE oms.fulfillment_transition SET active = false WHERE action = 'pack';
SELECT is(pg_temp.did('pack', 'e'), 'OM005', 'and does not pack');
SELECT throws_ok($$INSERT INTO oms.fulfillment_transition VALUES (NULL, 'ship', 'assigned', 'picking')$$, '23502', NULL, 'a key has no nulls');

-- An impossible state is not representable
ALTER TABLE oms.fulfillment_line_row DISABLE TRIGGER guard;
SELECT throws_ok('UPDATE oms.fulfillment_line_row SET ' || change, '23514', NULL, change) FROM unnest('{picked = quantity + 1,packed = picked + 1,shipped = packed + 1,shipped = -1,rejected = -1,cancelled = -1,rejected = quantity + 1,"picked = quantity, packed = 0, shipped = 0, cancelled = 1"}'::text[]) AS change;
ALTER TABLE oms.fulfillment_line_row ENABLE ALWAYS TRIGGER guard;
SELECT matches(pg_temp.error('DELETE FROM oms.fulfillment_event_row'), '^OM011', 'history is a record');

SELECT * FROM finish();
ROLLBACK;
