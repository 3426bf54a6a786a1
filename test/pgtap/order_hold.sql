-- Holds of orders: several at once, on an order or a line; what is on hold is neither routed nor worked on.
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
CREATE FUNCTION pg_temp.work(which text) RETURNS text LANGUAGE sql AS
    $$SELECT string_agg(status || ' ' || units, ', ' ORDER BY fulfillment_id) FROM oms.fulfillment WHERE order_id = which$$;
SELECT no_plan();
SELECT oms.receive('near', 'A', 20), oms.receive('near', 'B', 20) \g /dev/null
SELECT oms.place_order('o', 'web', '{A,B}', '{2,3}', '40.7,-74'), oms.place_order('other', 'web', '{A}', '{1}', '40.7,-74') \g /dev/null
SELECT matches(pg_temp.error('SELECT oms.' || call), '^' || state, call) FROM (VALUES
    ('hold_order(NULL, ''fraud'')', '22004'), ('hold_order(''o'', NULL)', '22004'), ('hold_order(''o'', '''')', '22023'), ('hold_order(''x'', ''fraud'')', 'OM004 order "x" is unknown'),
    ('hold_order(''o'', ''fraud'', 9)', 'OM004 order "o" has no line 9'), ('hold_order(''o'', ''fraud'', -1)', 'OM004'), ('hold_order(''o'', ''fraud'', hold_id => '''')', '22023'),
    ('release_order_hold(NULL, ''h'')', '22004'), ('release_order_hold(''o'', NULL)', '22004'), ('release_order_hold(''o'', ''h'')', 'OM004 order "o" has no hold "h"'), ('release_order_hold(''x'', ''h'')', 'OM004')) AS c (call, state);
-- Not routed, while any stands
SELECT is((SELECT hold_id || ' ' || reason FROM oms.hold_order('o', 'fraud', hold_id => 'check 1')), 'check 1 fraud', 'a hold of an id');
SELECT is(pg_temp.error($$SELECT oms.hold_order('o', 'address', hold_id => 'check 1')$$), 'OM005 order "o" has a hold "check 1" | Give every hold its own hold_id, or leave it out.', 'once');
SELECT hold_id AS payment FROM oms.hold_order('o', 'payment', 2, request_id => 'r') \gset
SELECT is((SELECT hold_id FROM oms.hold_order('o', 'payment', 2, request_id => 'r')), :'payment', 'the same request');
SELECT is((SELECT orders FROM oms.route()), 1::bigint, 'the other order is routed');
SELECT is(pg_temp.work('o'), NULL, 'this one is not');
SELECT is((SELECT sum(quantity) FROM oms.reservation WHERE order_id = 'o' AND status = 'firm'), 5::numeric, 'it keeps its stock');
SELECT isnt((SELECT released_at FROM oms.release_order_hold('o', 'check 1')), NULL, 'released');
SELECT is((SELECT count(*) FROM oms.release_order_hold('o', 'check 1')), 1::bigint, 'stays so');
SELECT oms.route() \g /dev/null
SELECT is(pg_temp.work('o'), 'assigned 2', 'the line without a hold');
SELECT oms.release_order_hold('o', :'payment') \g /dev/null
SELECT oms.route() \g /dev/null
SELECT is(pg_temp.work('o'), 'superseded 2, assigned 5', 'then all of it');
-- Not worked on; not handed to a picker; superseded by the next run
SELECT oms.hold_order('o', 'address', 1, 'h') \g /dev/null
SELECT is(pg_temp.error(format('SELECT oms.accept(%s)', pg_temp.f('o'))), format('OM005 cannot accept fulfillment %s: order "o" is on hold | Hold "h": address. | oms.release_order_hold ends it.', pg_temp.f('o')), 'not accepted');
SELECT is((SELECT string_agg(order_id, ' ') FROM oms.claim_work('near', 'Ann')), 'other', 'not claimed');
SELECT is((SELECT string_agg(order_id, ' ') FROM oms.work WHERE on_hold), 'o', 'and shown');
SAVEPOINT stopped;
SELECT oms.route() \g /dev/null
SELECT is(pg_temp.work('o'), 'superseded 2, superseded 5, assigned 3', 'the next run takes the line out');
SELECT is((SELECT status FROM oms.accept(pg_temp.f('o'))), 'accepted', 'and the rest goes on');
SELECT is_empty('SELECT * FROM oms.check()', 'oms.check() finds nothing');
ROLLBACK TO stopped;
SELECT oms.release_order_hold('o', 'h') \g /dev/null
SELECT oms.accept(pg_temp.f('o')), oms.pick(pg_temp.f('o'), '{A}') \g /dev/null
SELECT oms.hold_order('o', 'fraud', hold_id => 'late') \g /dev/null
SELECT matches(pg_temp.error(format('SELECT oms.%s(%s)', action, pg_temp.f('o'))), '^OM005 cannot ' || action, action || ' is refused') FROM unnest('{pick,pack}'::text[]) AS action;
SELECT is((SELECT sum(quantity) FROM oms.reject(pg_temp.f('o'), 'store busy')), 5::numeric, 'a store may still refuse it');
SELECT oms.release_order_hold('o', 'late') \g /dev/null
SELECT oms.receive('far', 'A', 1), oms.place_order('gone', 'web', '{A}', '{1}', on_shortage => 'backorder') \g /dev/null
SELECT oms.cancel_order('gone') \g /dev/null
SELECT matches(pg_temp.error($$SELECT oms.hold_order('gone', 'fraud')$$), '^OM005 order "gone" is cancelled', 'not of a cancelled order');
SELECT matches(pg_temp.error('DELETE FROM oms.order_hold_row'), '^OM011', 'a private table');
SELECT is_empty('SELECT * FROM oms.check()', 'oms.check() finds nothing');
SELECT * FROM finish();
ROLLBACK;
