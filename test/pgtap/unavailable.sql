-- Unavailable stock: bounds, many, requests, kits, what open transactions have is in isolation/unavailable.
BEGIN;
\ir include/shop.psql
SELECT pg_temp.shop();
CREATE FUNCTION pg_temp.error(call text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    detail text;
    hint text;
BEGIN
    EXECUTE 'SELECT * FROM oms.' || call;
    RETURN NULL;
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
    RETURN concat_ws(' | ', SQLSTATE || ' ' || SQLERRM, NULLIF(detail, ''), NULLIF(hint, ''));
END $$;
SELECT no_plan();
SELECT oms.receive_many('near', '{A,B}', '{10,5}') \g /dev/null
SELECT is((SELECT (on_hand, unavailable)::text FROM oms.set_aside('near', 'A', 10, 'damaged')), '(0,10)', 'all of it');
SELECT is(pg_temp.error('set_aside(''near'', ''A'', 1, ''x'')'), 'OM001 not enough stock of sku "A" | Location "near": wanted 1, available 0. | Ask oms.atp_by_location where it is available.', 'no more');
SELECT is(pg_temp.error('put_back(''near'', ''A'', 11, ''x'')'), 'OM001 not so many units of sku "A" are unavailable | Location "near": wanted 11, unavailable 10. | oms.inventory tells what is unavailable; oms.set_aside makes units so.', 'not more back');
SELECT is((SELECT (on_hand, unavailable)::text FROM oms.put_back('near', 'A', 4, 'repaired', 'ticket 7', 'Bob', 'r1')), '(4,6)', 'some of it');
SELECT is((SELECT (on_hand, unavailable)::text FROM oms.put_back('near', 'A', 4, 'repaired', 'ticket 7', 'Bob', 'r1')), '(4,6)', 'asked for twice');
SELECT is((SELECT (on_hand, unavailable)::text FROM oms.scrap('near', 'A', 6, 'beyond repair')), '(4,0)', 'the rest is thrown away');
SELECT is((SELECT string_agg(concat_ws(' ', kind, quantity, unavailable, reason, reference), ', ' ORDER BY movement_id) FROM oms.movement WHERE sku = 'A'),
          'receive 10 0, set_aside -10 10 damaged, put_back 4 -4 repaired ticket 7, scrap 0 -6 beyond repair', 'the ledger has both');
SELECT results_eq($$SELECT * FROM oms.set_aside_many('near', '{B,A}', '{5,1}', 'recall')$$, $$VALUES ('B', 0::bigint, 5::bigint), ('A', 3, 1)$$, 'many');
SELECT matches(pg_temp.error('scrap_many(''near'', ''{A,B}'', ''{1,6}'', ''x'')'), '^OM001 .*sku "B" are unavailable', 'all');
SELECT is((SELECT unavailable FROM oms.inventory WHERE sku = 'A' AND location = 'near'), 1::bigint, 'or none');
SELECT results_eq($$SELECT * FROM oms.put_back_many('near', '{B}', '{5}', 'fine')$$, $$VALUES ('B', 5::bigint, 0::bigint)$$, 'put_back_many');
SELECT is((SELECT count(*) FROM oms.scrap_many('near', '{}', '{}', 'none')), 0::bigint, 'none is a set as well');
-- What was never there
SELECT matches(pg_temp.error('put_back(''near'', ''new'', 1, ''x'')'), '^OM001', 'nothing to put back');
SELECT matches(pg_temp.error('set_aside(''near'', ''new'', 1, ''x'')'), '^OM001', 'nor to set aside');
SELECT oms.add_kit('K', '{A,B}', '{1,1}') \g /dev/null
SELECT matches(pg_temp.error('put_back(''near'', ''K'', 1, ''x'')'), '^OM001', 'a kit has none');
-- Put back, it serves who waits first
SELECT oms.set_aside('near', 'A', 3, 'x') \g /dev/null
SELECT oms.place_order('o', 'web', '{A}', '{2}', on_shortage => 'backorder') \g /dev/null
SELECT oms.put_back('near', 'A', 3, 'x') \g /dev/null
SELECT is((SELECT reserved FROM oms.order_line), 2::bigint, 'a backorder');
-- An item that is picked is not sellable as something else: it can be lost, not set aside below 0
SELECT is((SELECT (on_hand, unavailable)::text FROM oms.set_aside('near', 'A', 3, 'x')), '(0,4)', 'what is reserved may be set aside');
SELECT is((SELECT backordered FROM oms.order_line), 2::bigint, 'then it waits again');
SELECT matches(pg_temp.error(call), '^' || state, call) FROM (SELECT v || c, s FROM unnest('{set_aside,put_back,scrap}'::text[]) AS v, (VALUES
    ('(NULL, ''A'', 1, ''x'')', '22004 location'), ('(''near'', NULL, 1, ''x'')', '22004 sku'), ('(''near'', ''A'', NULL, ''x'')', '22004 quantity'), ('(''near'', ''A'', 1, NULL)', '22004 reason'),
    ('(''near'', ''A'', 1, '''')', '22023'), ('(''near'', ''A'', 0, ''x'')', '22023'), ('(''near'', ''A'', -1, ''x'')', '22023'), ('(''nowhere'', ''A'', 1, ''x'')', 'OM004'),
    ('(''near'', ''A'', 9223372036854775807, ''x'')', 'OM001|^22003'), ('_many(''near'', ''{A}'', ''{1,2}'', ''x'')', '2202E'), ('_many(''near'', ''{A,A}'', ''{1,1}'', ''x'')', '22023'),
    ('_many(''near'', ''{A}'', ''{0}'', ''x'')', '22023'), ('_many(''near'', NULL, ''{1}'', ''x'')', '22004')) AS t (c, s)) AS c (call, state);
SELECT is_empty('SELECT * FROM oms.check()', 'oms.check() finds nothing');
SELECT * FROM finish();
ROLLBACK;
