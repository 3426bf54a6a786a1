-- Idempotency: the same request_id with the same arguments returns the first result and does
-- nothing more; with other arguments or for another function it is refused.
BEGIN;
SET LOCAL client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS oms;
\ir include/network.psql
SELECT plan(70);

DO $$
BEGIN
    PERFORM oms.receive_many('W', '{A,B,C}', '{100,100,1}');
    PERFORM oms.receive_many('N', '{A,B}', '{100,100}');
END $$;

-- rows(call) is the result of a call, as text
CREATE FUNCTION pg_temp.rows(call text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    result text;
BEGIN
    EXECUTE 'SELECT string_agg(r::text, '' '') FROM oms.' || call || ' AS r' INTO result;
    RETURN result;
END $$;

-- replayed(call) makes a call that has a request_id twice: one result, one change.
CREATE FUNCTION pg_temp.replayed(call text) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
    before text := pg_temp.state();
    first text := pg_temp.rows(call);
    after text := pg_temp.state();
BEGIN
    RETURN NEXT isnt(after, before, call || ': does something');
    RETURN NEXT is(pg_temp.rows(call) || ' ' || (pg_temp.state() = after), first || ' true', call || ': again the same, and nothing more');
END $$;

-- Every verb
SELECT pg_temp.replayed(call)
FROM unnest(ARRAY[
    $$receive('W', 'A', 5, request_id => 'r-1')$$,
    $$receive_many('W', '{A,B}', '{5,6}', request_id => 'r-2')$$,
    $$adjust('W', 'A', -5, 'lost', request_id => 'r-3')$$,
    $$adjust_many('W', '{A,B}', '{-1,1}', 'moved', request_id => 'r-4')$$,
    $$set_on_hand('W', 'A', 90, request_id => 'r-5')$$,
    $$set_on_hand_many('W', '{A,B}', '{80,81}', request_id => 'r-6')$$,
    $$transfer('W', 'N', 'A', 5, request_id => 'r-7')$$,
    $$transfer_many('W', 'N', '{A,B}', '{5,6}', request_id => 'r-8')$$,
    $$reserve('web', 'A', 5, request_id => 'r-9')$$,
    $$reserve('web', 'A', 150, expires_in => '1 hour', ship_to => '41,-74', request_id => 'r-10')$$,
    $$reserve_many('web', '{B,A}', '{5,6}', request_id => 'r-11')$$,
    $$reserve_cart('web', '[{"sku": "B", "quantity": 2}]', cart_id => 'basket', request_id => 'r-12')$$,
    $$try_reserve('web', 'C', 5, request_id => 'r-13')$$,
    $$try_reserve_many('web', '{B,C}', '{2,3}', expires_in => '1 hour', on_shortage => 'partial', request_id => 'r-14')$$,
    $$try_reserve_cart('web', '[{"sku": "B", "quantity": 2}, {"sku": "no such, \"sku\"", "quantity": 2}]', on_shortage => 'partial', request_id => 'r-15')$$
]) AS call;

SELECT array_agg(reservation_id ORDER BY reservation_id) AS ids FROM oms.reserve_many('web', '{A,A,A,A,B,B,B,B}', '{1,1,1,1,3,3,3,3}', expires_in => '1 hour') \gset
SELECT pg_temp.replayed(format(call, VARIADIC (:'ids'::text[])))
FROM unnest('{"confirm(%1$s, request_id => ''s-1'')","extend(%2$s, ''2 hours'', request_id => ''s-2'')","release(%3$s, request_id => ''s-3'')",
    "consume(%4$s, request_id => ''s-4'')","confirm_many(ARRAY[%5$s, %6$s], request_id => ''s-5'')","extend_many(ARRAY[%7$s], ''2 hours'', request_id => ''s-6'')",
    "consume_many(ARRAY[%5$s, %6$s], ''{1,2}'', request_id => ''s-7'')","release_many(ARRAY[%5$s, %6$s], request_id => ''s-8'')"}'::text[]) AS call;

-- Another request
SELECT pg_temp.refused($$SELECT oms.receive('W', 'A', 6, request_id => 'r-1')$$,
    'OM006 request_id "r-1" was used for another request | It was a call of oms.receive with other arguments. | Give every request its own request_id; repeat one only to retry that request.');
SELECT pg_temp.refused($$SELECT oms.receive('W', 'A', 5, 'why', request_id => 'r-1')$$,
    'OM006 request_id "r-1" was used for another request | It was a call of oms.receive with other arguments. | Give every request its own request_id; repeat one only to retry that request.');
SELECT pg_temp.refused($$SELECT oms.set_on_hand('W', 'A', 5, request_id => 'r-1')$$,
    'OM006 request_id "r-1" was used for another request | It was a call of oms.receive. | Give every request its own request_id; repeat one only to retry that request.');
SELECT pg_temp.refused($$SELECT * FROM oms.reserve('web', 'A', 5, request_id => 'r-10')$$,
    'OM006 request_id "r-10" was used for another request | It was a call of oms.reserve with other arguments. | Give every request its own request_id; repeat one only to retry that request.');

-- Who asks does not matter, what is asked does.
SELECT is(oms.receive('W', 'Z', 5, actor => 'ann', request_id => 'z-1'), 5::bigint, 'asked by ann');
SELECT is(oms.receive('W', 'Z', 5, actor => 'bob', request_id => 'z-1'), 5::bigint, 'the same asked by bob is a retry');
SELECT is(oms.receive('W', 'Z', 5, request_id => 'Z-1'), 10::bigint, 'a request_id differs by case');
SELECT is(oms.receive('W', 'Z', 5), 15::bigint, 'without a request_id every call counts');

-- What was rolled back was never requested.
SAVEPOINT before;
SELECT oms.receive('W', 'Y', 5, request_id => 'y-1') \gset
ROLLBACK TO before;
SELECT is(oms.receive('W', 'Y', 7, request_id => 'y-1'), 7::bigint, 'after a rollback the request_id is free');
SELECT matches(pg_temp.error($$SELECT * FROM oms.reserve('web', 'Y', 8, request_id => 'y-2')$$), '^OM001 ', 'a request that is refused');
SELECT is((SELECT sum(quantity) FROM oms.reserve('web', 'Y', 7, request_id => 'y-2')), 7::numeric, 'is not remembered');
-- try_reserve answered; a retry hears the same, though by now more is there.
SELECT is(pg_temp.rows($$try_reserve('web', 'Y', 1, request_id => 'y-3')$$), '(1,Y,1,0,0,insufficient,{},)', 'an answer of try_reserve');
SELECT is(oms.receive('W', 'Y', 10), 17::bigint, 'ten more arrive');
SELECT is(pg_temp.rows($$try_reserve('web', 'Y', 1, request_id => 'y-3')$$), '(1,Y,1,0,0,insufficient,{},)', 'is its answer also later');

-- NULL, the text NULL, quotes and backslashes come back as they were.
SELECT is((SELECT string_agg(sku, ' ' ORDER BY n) FROM oms.receive_many('W', ARRAY['NULL', 'a"b\', '{}', ' '], '{1,1,1,1}', request_id => 'x-1') WITH ORDINALITY AS r (sku, on_hand, n)), 'NULL a"b\ {}  ', 'strange skus');
SELECT is((SELECT string_agg(sku, ' ' ORDER BY n) FROM oms.receive_many('W', ARRAY['NULL', 'a"b\', '{}', ' '], '{1,1,1,1}', request_id => 'x-1') WITH ORDINALITY AS r (sku, on_hand, n)), 'NULL a"b\ {}  ', 'again');

-- A retry under other settings of the session is the same request with the same answer.
SET LOCAL datestyle = 'SQL, DMY';
SET LOCAL timezone = 'Asia/Kolkata';
SET LOCAL intervalstyle = 'sql_standard';
SELECT extract(epoch FROM expires_at) AS first FROM oms.reserve('web', 'A', 1, expires_in => '3 days 04:05:06', request_id => 'w-1') \gset
SET LOCAL datestyle = 'ISO, MDY';
SET LOCAL timezone = 'America/New_York';
SET LOCAL intervalstyle = 'postgres';
SELECT is((SELECT extract(epoch FROM expires_at) FROM oms.reserve('web', 'A', 1, expires_in => '3 days 04:05:06', request_id => 'w-1')), :first, 'DateStyle, TimeZone and IntervalStyle do not matter');
SELECT is(current_setting('TimeZone') || ' ' || current_setting('DateStyle'), 'America/New_York ISO, MDY', 'and are left as they were');

-- Forgetting
SELECT is(oms.forget_requests('1 hour'), 0::bigint, 'none is older than an hour');
SELECT is(oms.receive('W', 'A', 5, request_id => 'r-1'), oms.receive('W', 'A', 5, request_id => 'r-1'), 'still known');
SELECT cmp_ok(oms.forget_requests('0'), '>=', 30::bigint, 'all are forgotten');
SELECT is(oms.forget_requests('0'), 0::bigint, 'now none is left');
SELECT is(oms.receive('W', 'Z', 5, request_id => 'z-1'), 20::bigint, 'the same request_id is now a new request');
SELECT is((SELECT count(*) FROM oms.request_row), 1::bigint, 'which is remembered');

SELECT * FROM finish();
ROLLBACK;
