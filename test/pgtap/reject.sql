-- oms.reject: what it takes, what follows, where units go; at every state, in every scope.
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
-- held(order) is where its units are held: "sku location quantity"
CREATE FUNCTION pg_temp.held(which text) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(format('%s %s %s', sku, location, quantity), ', ' ORDER BY sku, location)
      FROM (SELECT sku, location, sum(quantity - consumed) AS quantity FROM oms.reservation WHERE order_id = which AND status = 'firm' GROUP BY sku, location) AS r
$$;
-- lines(fulfillment): "sku quantity/picked/packed/shipped/rejected"
CREATE FUNCTION pg_temp.lines(which bigint) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(format('%s %s/%s/%s/%s/%s', sku, quantity, picked, packed, shipped, rejected), ', ' ORDER BY line_no) FROM oms.fulfillment_line WHERE fulfillment_id = which
$$;
CREATE FUNCTION pg_temp.rejected(call text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    found text;
BEGIN
    EXECUTE format('SELECT string_agg(format(''%%s %%s %%s %%s %%s %%s+%%s'', order_id, sku, quantity, cause, status, moved, backordered), '', '' ORDER BY order_id, line_no) FROM oms.%s', call) INTO found;
    RETURN found;
END $$;
SELECT no_plan();
SELECT oms.receive_many('near', '{A,B,C}', '{20,20,20}') \g /dev/null
SELECT oms.place_order('o', 'web', '{A,B}', '{5,2}', '40.7,-74') \g /dev/null
SELECT oms.route() \g /dev/null
SELECT pg_temp.f('o') AS o \gset

-- Bad input
SELECT matches(pg_temp.error(format('SELECT oms.%s', replace(call, '$', :'o'))), '^' || state, call) FROM (VALUES
    ('reject(NULL, ''damaged'')', '22004'), ('reject($, NULL)', '22004'), ('reject($, '''')', '22023'), ('reject($, ''mood'')', 'OM004 reason "mood" is unknown . Reasons are rows of oms.reject_reason: damaged, mismatch'),
    ('reject(-1, ''damaged'')', 'OM004 fulfillment -1'), ('reject($, ''damaged'', ''Z'')', 'OM004 sku "Z" is not part'), ('reject($, ''damaged'', '''')', '22023'),
    ('reject($, ''damaged'', ''A'', 0)', '22023'), ('reject($, ''damaged'', ''A'', -1)', '22023'), ('reject($, ''damaged'', ''A'', 6)', 'OM005 cannot reject more than is left of fulfillment \d+ . 5 units are left'),
    ('reject($, ''damaged'', ''A'', 9223372036854775807)', 'OM005'), ('reject($, ''damaged'', ''A'', scope => ''shop'')', '22023 unknown scope "shop" . Scopes are'),
    ('reject($, ''damaged'', scope => ''line'')', '22004 sku must not be null'), ('reject($, ''damaged'', scope => ''sku'')', '22004'), ('reject($, ''damaged'', ''A'', 1, ''sku'')', '22023 quantity goes with'),
    ('reject($, ''damaged'', NULL, 1)', '22023'), ('reject($, ''damaged'', reroute => NULL)', '22004'), ('reject_many(NULL, ''damaged'')', '22004'), ('reject_many(''{$,$}'', ''damaged'')', '22023'),
    ('reject_many(''{$,999999}'', ''damaged'')', 'OM004')) AS c (call, state);
SELECT is(pg_temp.lines(:o), 'A 5/0/0/0/0, B 2/0/0/0/0', 'nothing has changed');
SELECT is((SELECT count(*) FROM oms.reject_many('{}', 'damaged')), 0::bigint, 'none is a set as well');

-- Part of a line, at every state; what was picked last is given up last
SAVEPOINT assigned;
SELECT is(pg_temp.rejected(format('reject(%s, ''store busy'', ''A'', 2)', :o)), 'o A 2 named assigned 0+2', 'two of five, and no other store has any');
SELECT is(pg_temp.held('o'), 'A near 3, B near 2', 'their reservation is gone');
SELECT is((SELECT sku || quantity || status || COALESCE(location, '') FROM oms.backorder), 'A2open', 'they wait for supply');
SELECT is((SELECT string_agg(action || ' ' || units, ',') FROM oms.fulfillment_event), 'reject 2', 'written down');
SELECT is((SELECT unfilled_units FROM oms.route()), 5::bigint, 'the store is excluded: the rest waits in the queue');
SELECT is((SELECT status FROM oms.fulfillment WHERE fulfillment_id = :o), 'superseded', 'not in the store');
SELECT is((SELECT string_agg(DISTINCT reason, ',') FROM oms.explain_route('o') WHERE verdict = 'dropped' AND location = 'near'), 'excluded for a time', 'and says why');
SELECT is_empty('SELECT * FROM oms.check()', 'oms.check() finds nothing');
ROLLBACK TO assigned;
SELECT oms.accept(:o), oms.pick(:o, '{A}', '{3}') \g /dev/null
SELECT is(pg_temp.rejected(format('reject(%s, ''mismatch'', ''A'', 2)', :o)), 'o A 2 named picking 0+2', 'while it is picked');
SELECT is(pg_temp.lines(:o), 'A 5/3/0/0/2, B 2/0/0/0/0', 'those not picked');
SELECT is(pg_temp.rejected(format('reject(%s, ''damaged'', ''A'', 1)', :o)), 'o A 1 named picking 0+1', 'one more');
SELECT is(pg_temp.lines(:o), 'A 5/2/0/0/3, B 2/0/0/0/0', 'a picked one');
SELECT is((SELECT on_hand || ' ' || unavailable || ' ' || reserved FROM oms.inventory WHERE sku = 'A'), '17 1 2', 'two lost, one damaged');
SELECT oms.pick(:o), oms.pack(:o) \g /dev/null
SELECT is(pg_temp.rejected(format('reject(%s, ''damaged'', ''B'', 1)', :o)), 'o B 1 named packed 0+1', 'when it is packed');
SELECT is(pg_temp.lines(:o), 'A 5/2/2/0/3, B 2/1/1/0/1', 'a packed one');
SELECT is_empty('SELECT * FROM oms.check()', 'oms.check() finds nothing');
SELECT is((SELECT units FROM oms.ship(:o)), 3::bigint, 'the rest is shipped');
SELECT is_empty('SELECT * FROM oms.check()', 'oms.check() finds nothing');
SELECT matches(pg_temp.error(format('SELECT oms.reject(%s, ''damaged'')', :o)), '^OM005 cannot reject fulfillment \d+: it is shipped', 'then it is too late');
ROLLBACK TO assigned;
-- "all of it" spares what pickers have
SELECT oms.place_order('q', 'web', '{A}', '{4}', '40.7,-74') \g /dev/null
SELECT oms.route(order_ids => '{q}') \g /dev/null
SELECT oms.accept(pg_temp.f('q')), oms.pick(pg_temp.f('q'), '{A}', '{3}') \g /dev/null
SELECT is(pg_temp.rejected(format('reject(%s, ''not in stock'', ''A'')', :o)), 'o A 5 named assigned 0+5, q A 1 short picking 0+1', 'nothing on the shelf, not for started work either');
SELECT is((SELECT on_hand || ' ' || reserved FROM oms.inventory WHERE sku = 'A'), '3 3', 'three are in a basket, and stay there');
SELECT is((SELECT count(*) FROM oms.count_task WHERE closed_at IS NULL), 1::bigint, 'a count is asked for');
SELECT is((SELECT on_hand || ' ' || variance FROM oms.count_stock('near', 'A', 4)), '4 1', 'and made');
SELECT is((SELECT reason || counted || ' ' || variance FROM oms.count_task WHERE closed_at IS NOT NULL), 'not in stock4 1', 'and closed');
SELECT is_empty('SELECT * FROM oms.check()', 'oms.check() finds nothing');
ROLLBACK TO assigned;

-- Elsewhere: the nearest that has all, above safety stock, not excluded, as the order was sold
SELECT oms.add_location('mid', 'store', '41,-80'), oms.add_location_group('network', '{near,far,mid,other}') \g /dev/null
SELECT oms.receive('mid', 'A', 3), oms.receive('far', 'A', 9), oms.receive('other', 'A', 2) \g /dev/null
SAVEPOINT elsewhere;
SELECT is(pg_temp.rejected(format('reject(%s, ''store busy'', ''A'')', :o)) || ' / ' || pg_temp.held('o'), 'o A 5 named assigned 5+0 / A far 5, B near 2', 'one that has all');
SELECT is((SELECT string_agg(location || ':' || status, ' ' ORDER BY location) FROM oms.fulfillment WHERE order_id = 'o'), 'near:assigned', 'routed later');
SELECT is((SELECT unfilled_units || ' ' || moved_units FROM oms.route()), '2 5', 'the router finds a cheaper split; B has no other place while the store is excluded');
ROLLBACK TO elsewhere;
SELECT is(pg_temp.rejected(format('reject(%s, ''damaged'', ''A'', 3)', :o)) || ' / ' || pg_temp.held('o'), 'o A 3 named assigned 3+0 / A mid 3, A near 2, B near 2', 'the nearest');
ROLLBACK TO elsewhere;
UPDATE oms.channel SET safety_stock = '5';
SELECT is(pg_temp.rejected(format('reject(%s, ''damaged'', ''A'')', :o)) || ' / ' || pg_temp.held('o'), 'o A 5 named assigned 4+1 / A far 4, B near 2', 'above safety stock, the rest is backordered');
ROLLBACK TO elsewhere;
INSERT INTO oms.location_exclusion (location, sku, until) VALUES ('far', 'A', now() + interval '1 day'), ('mid', 'A', now() - interval '1 day');
SELECT is(oms.atp('web', 'A'), 20::bigint, 'what is excluded is not sold');
SELECT is(pg_temp.rejected(format('reject(%s, ''damaged'', ''A'')', :o)) || ' / ' || pg_temp.held('o'), 'o A 5 named assigned 5+0 / A mid 3, A other 2, B near 2', 'not where it is excluded');
ROLLBACK TO elsewhere;
SELECT is(pg_temp.rejected(format('reject(%s, ''store closed'', reroute => true)', :o)), 'o A 5 named rejected 5+0, o B 2 named rejected 0+2', 'all of it');
SELECT is((SELECT string_agg(location || ':' || status, ' ' ORDER BY location) FROM oms.fulfillment WHERE order_id = 'o'), 'mid:assigned near:rejected other:assigned', 'routed at once');
SELECT is((SELECT backordered FROM oms.order_line WHERE order_id = 'o' AND sku = 'B'), 2::bigint, 'what no other place has waits');
SELECT oms.receive('near', 'B', 1) \g /dev/null
SELECT is(pg_temp.held('o'), 'A mid 3, A other 2', 'a receipt where it was refused does not fill it');
SELECT oms.receive('mid', 'B', 2) \g /dev/null
SELECT is(pg_temp.held('o'), 'A mid 3, A other 2, B mid 2', 'one elsewhere does');
SELECT is_empty('SELECT * FROM oms.check()', 'oms.check() finds nothing');
ROLLBACK TO elsewhere;
-- A line that names its location, and one that is picked up, wait there
SELECT oms.place_order_lines('l', 'web', '[{"sku": "A", "quantity": 1, "location": "near"}]') \g /dev/null
SELECT oms.place_order('p', 'web', '{A}', '{2}', service => 'pickup') \g /dev/null
SELECT oms.route() \g /dev/null
SELECT is(pg_temp.rejected(format('reject_many(ARRAY[%s, %s], ''damaged'')', pg_temp.f('l'), pg_temp.f('p'))), 'l A 1 named rejected 0+1, p A 2 named rejected 0+2', 'neither moves');
SELECT is((SELECT string_agg(order_id || location || method, ' ' ORDER BY order_id) FROM oms.backorder), 'lnearship pnearpickup', 'both wait there');
SELECT is_empty('SELECT * FROM oms.check()', 'oms.check() finds nothing');
-- What is not tracked moves, or stays
SELECT oms.add_item('U', tracked => false) \g /dev/null
SELECT oms.place_order('u', 'web', '{U}', '{2}', '40.7,-74') \g /dev/null
SELECT oms.route(order_ids => '{u}') \g /dev/null
SELECT is((SELECT moved + backordered FROM oms.reject(pg_temp.f('u'), 'store busy', 'U')), 2::bigint, 'not tracked');
SELECT is_empty('SELECT * FROM oms.check()', 'oms.check() finds nothing');
ROLLBACK TO elsewhere;

-- Short: the least urgent unstarted first, as many as are missing
SELECT oms.place_order('s' || i, 'web', '{C}', '{4}', '40.7,-74', priority => i) FROM generate_series(1, 4) AS i \g /dev/null
SELECT oms.receive('far', 'C', 100) \g /dev/null
SELECT oms.route() \g /dev/null
SELECT oms.accept(pg_temp.f('s4')) \g /dev/null
SELECT oms.pick(pg_temp.f('s4'), '{C}', '{2}') \g /dev/null
SELECT is(pg_temp.rejected(format('reject(%s, ''mismatch'', ''C'', 2)', pg_temp.f('s1'))), 's1 C 2 named assigned 2+0', 'two lost, two free: nobody else loses');
SELECT is(pg_temp.rejected(format('reject(%s, ''not in stock'', ''C'', 2)', pg_temp.f('s1'))),
          's1 C 2 named rejected 2+0, s2 C 4 short rejected 4+0, s3 C 4 short rejected 4+0, s4 C 2 short picking 2+0', 'none left: all lose but what is in a basket');
SELECT is((SELECT string_agg(order_id || quantity || reason, ' ' ORDER BY shortfall_id) FROM oms.shortfall), 's34not in stock s24not in stock s42not in stock', 'the least urgent first, started work last');
SELECT is((SELECT on_hand || ' ' || reserved FROM oms.inventory WHERE sku = 'C' AND location = 'near'), '2 2', 'and no more');
SELECT is_empty('SELECT * FROM oms.check()', 'oms.check() finds nothing');
ROLLBACK TO elsewhere;

-- Quota and protection: what is refused still counts for the quota, wherever it waits; its protection is free again
SELECT oms.add_quota('web', 'B', 10), oms.protect_stock('near', 'B', 'web', 3) \g /dev/null
SELECT oms.place_order('t', 'web', '{B}', '{5}', '40.7,-74') \g /dev/null
SELECT oms.route(order_ids => '{t}') \g /dev/null
SELECT is((SELECT protected FROM oms.reservation_row WHERE order_id = 't'), 3::bigint, 'three of five from the protection');
SELECT is(pg_temp.rejected(format('reject(%s, ''store busy'', ''B'', 1)', pg_temp.f('t'))), 't B 1 named assigned 0+1', 'one refused');
SELECT is((SELECT used FROM oms.quota_use WHERE sku = 'B'), 5::bigint, 'and still counted');
SELECT is_empty('SELECT * FROM oms.check()', 'oms.check() finds nothing');
SELECT oms.receive('far', 'B', 2) \g /dev/null
SELECT is(pg_temp.rejected(format('reject(%s, ''store busy'', ''B'', 3)', pg_temp.f('t'))) || ' / ' || pg_temp.held('t'), 't B 3 named assigned 1+2 / B far 2, B near 1', 'three more');
SELECT is((SELECT used || ' ' || (SELECT sum(protected) FROM oms.reservation_row WHERE order_id = 't') FROM oms.quota_use WHERE sku = 'B'), '5 1', 'the quota is the same, the protection free but for one');
SELECT is_empty('SELECT * FROM oms.check()', 'oms.check() finds nothing');
SELECT oms.cancel_order('t') \g /dev/null
SELECT is((SELECT used FROM oms.quota_use WHERE sku = 'B'), 0::bigint, 'a cancel gives all back');
SELECT is_empty('SELECT * FROM oms.check()', 'oms.check() finds nothing');
ROLLBACK TO elsewhere;

-- A kit is refused whole, moves whole, and leaves whole
SELECT oms.add_kit('K', '{B,C}', '{2,1}') \g /dev/null
SELECT oms.place_order('k', 'web', '{K,A}', '{2,1}', '40.7,-74') \g /dev/null
SELECT oms.route(order_ids => '{k}') \g /dev/null
SELECT oms.receive_many('far', '{B,C}', '{9,9}') \g /dev/null
SAVEPOINT kit;
SELECT is(pg_temp.rejected(format('reject(%s, ''damaged'', ''B'', 1)', pg_temp.f('k'))) || ' / ' || pg_temp.held('k'),
          'k B 1 named assigned 1+0, k B 3 scope assigned 3+0, k C 2 scope assigned 2+0 / A near 1, B far 4, C far 2', 'with one unit the kits');
SELECT is((SELECT string_agg(sku || on_hand, ' ' ORDER BY sku) FROM oms.inventory WHERE location = 'near'), 'A20 B19 C20', 'only the unit named is lost');
SELECT is_empty('SELECT * FROM oms.check()', 'oms.check() finds nothing');
SELECT is((SELECT unfilled_units FROM oms.route(order_ids => '{k}')), 0::bigint, 'and is routed');
SELECT is_empty('SELECT * FROM oms.check()', 'oms.check() finds nothing');
ROLLBACK TO kit;
SELECT oms.set_on_hand_many('far', '{B,C}', '{9,1}') \g /dev/null
SELECT is(pg_temp.rejected(format('reject(%s, ''store busy'', ''C'')', pg_temp.f('k'))) || ' / ' || pg_temp.held('k'),
          'k C 2 named assigned 0+0, k B 4 scope assigned 0+0 / A near 1, B near 4, C near 2', 'kits that no other place has keep their hold');
SELECT is_empty('SELECT * FROM oms.check()', 'oms.check() finds nothing');
SELECT oms.route() \g /dev/null
SELECT is((SELECT DISTINCT queue FROM oms.decision WHERE order_id = 'k' AND queue IS NOT NULL), 'unfillable', 'and wait in the queue');
ROLLBACK TO kit;
SELECT oms.accept(pg_temp.f('k')), oms.pick(pg_temp.f('k'), '{B}', '{1}'), oms.pick(pg_temp.f('k')), oms.pack(pg_temp.f('k')), oms.ship(pg_temp.f('k')) \g /dev/null
SELECT is((SELECT string_agg(sku || on_hand, ' ' ORDER BY sku) FROM oms.inventory WHERE location = 'near'), 'A19 B16 C18', 'shipped');
SELECT is_empty('SELECT * FROM oms.check()', 'oms.check() finds nothing');
ROLLBACK TO kit;
SELECT oms.place_order('kp', 'web', '{K}', '{1}', service => 'pickup') \g /dev/null
SELECT oms.route(order_ids => '{kp}') \g /dev/null
SELECT oms.accept(pg_temp.f('kp')), oms.pick(pg_temp.f('kp')), oms.pack(pg_temp.f('kp')), oms.ready(pg_temp.f('kp')) \g /dev/null
SELECT matches(pg_temp.error(format('SELECT oms.hand_over(%s, ''{B}'')', pg_temp.f('kp'))), '^OM005 cannot hand_over a part of a kit', 'not in part');
SELECT is((SELECT status FROM oms.hand_over(pg_temp.f('kp'), '{B,C}')), 'handed_over', 'but whole');
SELECT is_empty('SELECT * FROM oms.check()', 'oms.check() finds nothing');
ROLLBACK TO elsewhere;

-- A restore puts edited reasons over the shipped ones
INSERT INTO oms.reject_reason (reason, stock_effect) VALUES ('store busy', 'all');
SELECT is((SELECT count(*) || ' ' || max(stock_effect) FILTER (WHERE reason = 'store busy') FROM oms.reject_reason), '7 all', 'replaced');
SELECT matches(pg_temp.error(format('DELETE FROM oms.%I', name)), '^OM011', name) FROM unnest('{rejection_row,count_task_row,shortfall_row}'::text[]) AS name;

-- Counts
SELECT is((SELECT on_hand || ' ' || variance FROM oms.count_stock('near', 'A', 18, request_id => 'c1')), '18 -2', 'a count that nobody asked for');
SELECT is((SELECT on_hand || ' ' || variance FROM oms.count_stock('near', 'A', 18, request_id => 'c1')), '18 -2', 'asked for twice');
SELECT is((SELECT count(*) FROM oms.count_task WHERE sku = 'A' AND variance = -2), 1::bigint, 'is known once');
SELECT matches(pg_temp.error('SELECT oms.count_stock(' || arguments || ')'), '^' || state, arguments) FROM (VALUES
    ('NULL, ''A'', 1', '22004'), ('''near'', NULL, 1', '22004'), ('''near'', ''A'', NULL', '22004'), ('''near'', ''A'', -1', '22023'), ('''nowhere'', ''A'', 1', 'OM004')) AS c (arguments, state);
SELECT is_empty('SELECT * FROM oms.check()', 'oms.check() finds nothing');
SELECT * FROM finish();
ROLLBACK;
