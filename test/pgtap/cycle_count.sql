-- Cycle counts: as of a moment, with picks, ships, rejects and receipts since; thresholds; states; what follows.
BEGIN;
\ir include/shop.psql
SELECT pg_temp.shop();
CREATE FUNCTION pg_temp.error(call text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    detail text;
BEGIN
    EXECUTE 'SELECT * FROM oms.' || call;
    RETURN NULL;
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL;
    RETURN concat_ws(' | ', SQLSTATE || ' ' || SQLERRM, NULLIF(detail, ''));
END $$;
CREATE FUNCTION pg_temp.f(which text) RETURNS bigint LANGUAGE sql AS
    $$SELECT max(fulfillment_id) FROM oms.fulfillment WHERE order_id = which$$;
CREATE FUNCTION pg_temp.counted(call text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    found text;
BEGIN
    EXECUTE format('SELECT string_agg(concat_ws('' '', sku, status, counted, expected, variance), '', '') FROM oms.%s', call) INTO found;
    RETURN found;
END $$;
SELECT no_plan();
SELECT oms.receive_many('near', '{A,B,C,D}', '{20,20,20,20}') \g /dev/null
SELECT oms.place_order('o' || i, 'web', '{A,B}', '{2,3}', '40.7,-74') FROM generate_series(1, 4) AS i \g /dev/null
SELECT oms.route() \g /dev/null
SELECT oms.accept_many(ARRAY(SELECT fulfillment_id FROM oms.work)) \g /dev/null
SELECT oms.pick(pg_temp.f('o1')), oms.pick(pg_temp.f('o2')) \g /dev/null

-- A moment of the past, with everything that can happen since: 4 of A and 6 of B are in hands at that moment.
SELECT oms.open_count('near', blind => false) AS count \gset
SELECT is((SELECT string_agg(sku || ' ' || expected, ', ') FROM oms.count_sheet(:count)), 'A 20, B 20, C 20, D 20', 'all that is there');
SELECT clock_timestamp() AS moment \gset
SELECT pg_sleep(0.002) \g /dev/null
SELECT oms.pack(pg_temp.f('o1')), oms.ship(pg_temp.f('o1')), oms.pick(pg_temp.f('o3')), oms.pick(pg_temp.f('o4'), '{A}', '{1}') \g /dev/null
SELECT oms.reject(pg_temp.f('o2'), 'store busy', 'B', 1), oms.set_aside('near', 'C', 5, 'x') \g /dev/null
SELECT oms.receive('near', 'A', 7), oms.adjust('near', 'B', -1, 'broken') \g /dev/null
SAVEPOINT moment;
SELECT is(pg_temp.counted(format('record_count_many(%s, ''{A,B,C}'', ''{16,14,20}'', %L)', :count, :'moment')), 'A counted 16 16 0, B counted 14 14 0, C counted 20 20 0', 'what was on the shelf then');
SELECT is(pg_temp.counted(format('record_count(%s, ''A'', 22)', :count)), 'A counted 22 20 2', 'now the shelf has 25 less 5 in hands, counted 2 too many');
SELECT is(pg_temp.counted(format('record_count(%s, ''A'', 15, %L)', :count, :'moment')), 'A counted 15 16 -1', 'a later word counts');
SELECT results_eq(format('SELECT * FROM oms.accept_count(%s)', :count), $$VALUES ('A', 15::bigint, -1::bigint, 24::bigint), ('B', 14, 0, 16), ('C', 20, 0, 15)$$, 'what moved since is netted');
SELECT is((SELECT string_agg(sku || ' ' || quantity || ' ' || reference, ',') FROM oms.movement WHERE kind = 'count'), 'A -1 count ' || :count, 'one movement');
SELECT is_empty('SELECT * FROM oms.check()', 'oms.check() finds nothing');
-- Decided lines; the rest
SELECT is(pg_temp.error(format('record_count(%s, ''A'', 3)', :count)), format('OM005 cannot count sku "A" of count %s | Its status is accepted.', :count), 'accepted is accepted');
SELECT is(pg_temp.error(format('accept_count(%s, ''{A}'')', :count)), format('OM005 cannot accept sku "A" of count %s | Its status is accepted.', :count), 'once');
SELECT matches(pg_temp.error(format('accept_count(%s, ''{D}'')', :count)), '^OM005 cannot accept sku "D"', 'what nobody counted');
SELECT matches(pg_temp.error(format('reject_count(%s, ''{A}'')', :count)), '^OM005 cannot reject', 'nor is it rejected');
SELECT is((SELECT count(*) FROM oms.accept_count(:count)), 0::bigint, 'nothing left to accept');
SELECT is(oms.close_count(:count, 'Ann', 'c1'), :count::bigint, 'closed');
SELECT is(oms.close_count(:count, 'Ann', 'c1'), :count::bigint, 'asked for twice');
SELECT is((SELECT string_agg(concat_ws(' ', sku, status, reason), ', ' ORDER BY sku) FROM oms.count_line), 'A accepted, B accepted, C accepted, D rejected not counted', 'what nobody counted is dropped');
SELECT matches(pg_temp.error(format('record_count(%s, ''D'', 3)', :count)), '^OM005 count \d+ is closed', 'then it is over');
SELECT is((SELECT count(*) FROM oms.count_pick_row), 0::bigint, 'and no picks are noted any more');
SELECT oms.pick(pg_temp.f('o4')) \g /dev/null
SELECT is((SELECT count(*) FROM oms.count_pick_row), 0::bigint, 'by anybody');
ROLLBACK TO moment;

-- With the picked ones in the count
SELECT oms.open_count('near', '{A,B}', blind => false, picked_counted => true) AS all \gset
SELECT is(pg_temp.counted(format('record_count_many(%s, ''{A,B}'', ''{25,16}'')', :all)), 'A counted 25 25 0, B counted 16 16 0', 'on hand, wherever');
-- More has left since than was counted
SELECT oms.record_count(:count, 'D', 3) \g /dev/null
SELECT oms.set_on_hand('near', 'D', 5) \g /dev/null
SELECT matches(pg_temp.error(format('accept_count(%s, ''{D}'')', :count)), '^OM001 count \d+ of sku "D" would leave less than nothing', 'not below nothing');
SELECT is((SELECT status FROM oms.count_line WHERE count_id = :count AND sku = 'D'), 'counted', 'nothing has changed');
SELECT is(oms.reject_count(:count, '{D}', 'somebody else was faster', 'Ann'), 1::bigint, 'it is rejected');
SELECT is((SELECT status || ' ' || reason || ' ' || decided_by FROM oms.count_line WHERE count_id = :count AND sku = 'D'), 'rejected somebody else was faster Ann', 'with a reason');
-- A loss takes from reservations, a gain serves who waits; a task is closed
SELECT is(pg_temp.counted(format('record_count(%s, ''A'', 0)', :all)), 'A counted 0 25 -25', 'no threshold, no recount');
SELECT is(pg_temp.error(format('accept_count(%s, ''{A}'')', :all)), NULL, 'accepted');
SELECT is((SELECT count(*) FROM oms.shortfall WHERE reason = 'count' AND reference = 'count ' || :all), 1::bigint, 'what is not picked yet loses');
SELECT is((SELECT backordered FROM oms.order_line WHERE order_id = 'o4' AND sku = 'A'), 1::bigint, 'and waits');
ROLLBACK TO moment;
SELECT oms.reject(pg_temp.f('o4'), 'mismatch', 'B', 1) \g /dev/null
SELECT is((SELECT count(*) FROM oms.count_task WHERE closed_at IS NULL), 1::bigint, 'a count is asked for');
SELECT oms.open_count('near') AS asked \gset
SELECT ok(EXISTS (SELECT FROM oms.count_line WHERE count_id = :asked AND sku = 'B'), 'and part of the next session');
DELETE FROM oms.location_exclusion;
SELECT oms.place_order('w', 'web', '{B}', '{30}', on_shortage => 'backorder') \g /dev/null
SELECT reserved AS had FROM oms.order_line WHERE order_id = 'w' \gset
SELECT is((SELECT expected || ' ' || variance FROM oms.record_count(:asked, 'B', 40)), NULL, 'blind: nobody tells');
SELECT is((SELECT expected::text FROM oms.count_sheet(:asked) WHERE sku = 'B'), NULL, 'the sheet neither');
SELECT oms.accept_count(:asked) \g /dev/null
SELECT is((SELECT count(*) FROM oms.count_task WHERE closed_at IS NULL), 0::bigint, 'it is closed');
SELECT cmp_ok((SELECT reserved FROM oms.order_line WHERE order_id = 'w'), '>', :had::bigint, 'what was found serves who waits');
SELECT is_empty('SELECT * FROM oms.check()', 'oms.check() finds nothing');
ROLLBACK TO moment;

-- Thresholds: units, per cent, value; each for itself
SELECT oms.add_item('D', unit_value => 100) \g /dev/null
SELECT is((SELECT pg_temp.counted(format('record_count(%s, ''D'', %s)', oms.open_count('near', '{D}', false, recount_units => u, recount_percent => p, recount_value => v), 20 + d))), want, format('%s %s %s: %s', u, p, v, d))
FROM (VALUES (2::bigint, NULL::numeric, NULL::numeric, -2, 'D counted 18 20 -2'), (2, NULL, NULL, -3, 'D recount 17 20 -3'), (NULL, 10, NULL, 2, 'D counted 22 20 2'), (NULL, 10, NULL, 3, 'D recount 23 20 3'),
    (NULL, NULL, 200, 2, 'D counted 22 20 2'), (NULL, NULL, 200, -3, 'D recount 17 20 -3'), (5, 10, NULL, 3, 'D recount 23 20 3'), (0, NULL, NULL, 0, 'D counted 20 20 0'), (0, NULL, NULL, 1, 'D recount 21 20 1'),
    (NULL, NULL, NULL, -20, 'D counted 0 20 -20')) AS t (u, p, v, d, want);
SELECT oms.open_count('near', '{D}', false, recount_units => 2) AS again \gset
SELECT is(pg_temp.counted(format('record_count(%s, ''D'', 10)', :again)), 'D recount 10 20 -10', 'first');
SELECT is(pg_temp.counted(format('record_count(%s, ''D'', 11)', :again)), 'D recount 11 20 -9', 'another difference');
SELECT matches(pg_temp.error(format('close_count(%s)', :again)), '^OM005 count \d+ is not decided .*accepted nor rejected: D', 'not to be closed');
SELECT is(pg_temp.counted(format('record_count(%s, ''D'', 19)', :again)), 'D counted 19 20 -1', 'within the threshold');
SELECT is(pg_temp.counted(format('record_count(%s, ''D'', 3)', :again)), 'D recount 3 20 -17', 'counted once more');
SELECT is((SELECT on_hand FROM oms.accept_count(:again, '{D}', despite_recount => true)), 3::bigint, 'somebody decides');
SELECT is_empty('SELECT * FROM oms.check()', 'oms.check() finds nothing');

-- Bad input
SELECT matches(pg_temp.error(replace(call, '$', :'again')), '^' || state, call) FROM (VALUES
    ('open_count(NULL)', '22004 location'), ('open_count(''nowhere'')', 'OM004'), ('open_count('''')', '22023'), ('open_count(''near'', blind => NULL)', '22004'), ('open_count(''near'', picked_counted => NULL)', '22004'),
    ('open_count(''near'', ''{NULL}'')', '22004'), ('open_count(''near'', ''{""}'')', '22023'), ('open_count(''near'', recount_units => -1)', '22023 recount_units'), ('open_count(''near'', recount_percent => -1)', '22023'), ('open_count(''near'', recount_value => -0.1)', '22023'),
    ('record_count(NULL, ''D'', 1)', '22004 count_id'), ('record_count(-1, ''D'', 1)', 'OM004 count -1'), ('record_count($, NULL, 1)', '22004 sku'), ('record_count($, ''Z'', 1)', 'OM004 sku "Z" is not part'), ('record_count($, ''D'', NULL)', '22004 quantity'),
    ('record_count($, ''D'', -1)', '22023 quantity must not be negative'), ('record_count($, ''D'', 1, now() + interval ''1 hour'')', '22023 counted_at must be while'), ('record_count($, ''D'', 1, ''2020-01-01'')', '22023 counted_at'), ('record_count($, ''D'', 1, ''infinity'')', '22023'),
    ('record_count_many($, ''{D}'', ''{1,2}'')', '2202E'), ('record_count_many($, NULL, ''{1}'')', '22004'), ('accept_count(NULL)', '22004'), ('accept_count(-1)', 'OM004'), ('accept_count($, ''{Z}'')', 'OM004'), ('accept_count($, ''{D}'', NULL)', '22004'),
    ('reject_count($, NULL)', '22004'), ('reject_count(-1, ''{D}'')', 'OM004'), ('close_count(NULL)', '22004'), ('close_count(-1)', 'OM004')) AS c (call, state);
SELECT is((SELECT count(*) FROM oms.count_sheet(-1)), 0::bigint, 'no such sheet');
SELECT is_empty('SELECT * FROM oms.check()', 'oms.check() finds nothing');
SELECT * FROM finish();
ROLLBACK;
