-- Quotas: limits, periods, what counts and what is given back, by every way that a reservation ends.
BEGIN;
SET LOCAL client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS oms;
\ir include/network.psql
SELECT plan(60);
SELECT oms.receive(l, s, 100) FROM unnest('{W,N}'::text[]) l, unnest('{A,B}'::text[]) s \g /dev/null
SELECT oms.add_quota('web', 'A', 10) \g /dev/null
CREATE FUNCTION pg_temp.used(wanted text DEFAULT 'A') RETURNS text LANGUAGE sql AS
    $$SELECT string_agg(used || '/' || quantity, ',') FROM oms.quota_use WHERE sku = wanted$$;

-- The table and add_quota
SELECT is((SELECT q::text FROM oms.add_quota('web', 'B', 5, 'week', 'Europe/Berlin') q), '(web,B,5,week,Europe/Berlin)', 'add_quota returns the row');
SELECT is((SELECT q::text FROM oms.add_quota('web', 'B', 0) q), '(web,B,0,,UTC)', 'and sets it to exactly the arguments');
SELECT is(pg_temp.error(format('SELECT oms.add_quota(%s)', call)), error, call) FROM (VALUES
    ($$'none', 'A', 1$$, '23503 insert or update on table "quota" violates foreign key constraint "quota_channel_fkey" | Key (channel)=(none) is not present in table "channel".'),
    ($$'web', 'A', -1$$, '23514 new row for relation "quota" violates check constraint "quota_quantity_check" | Failing row contains (web, A, -1, null, UTC).'),
    ($$'web', '', 1$$, '23514 new row for relation "quota" violates check constraint "quota_sku_check" | Failing row contains (web, , 1, null, UTC).'),
    ($$'web', 'A', 1, 'year'$$, '23514 new row for relation "quota" violates check constraint "quota_period_check" | Failing row contains (web, A, 1, year, UTC).')) AS t (call, error);
SELECT matches(pg_temp.error($$SELECT oms.add_quota('web', 'A', 1, 'day', 'Mars/Base')$$), '^22023 time zone "Mars/Base" not recognized', 'an unknown time zone');
SELECT matches(pg_temp.error(format('SELECT oms.add_quota(%s)', call)), '^23502 ', call || ' is not null')
FROM unnest(ARRAY[$$NULL, 'A', 1$$, $$'web', NULL, 1$$, $$'web', 'A', NULL$$, $$'web', 'A', 1, 'day', NULL$$]) AS call;

-- A quota of 0 sells nothing, the largest one everything
SELECT is(oms.atp('web', 'B'), 0::bigint, 'quota 0: atp 0');
SELECT is(pg_temp.error($$SELECT * FROM oms.reserve('web', 'B', 1)$$),
          'OM009 the quota of sku "B" for channel "web" does not allow it | Line 1: wanted 1; limit 0, used 0, period total. | Reserve fewer, or change oms.quota.', 'quota 0: OM009');
UPDATE oms.quota SET quantity = 9223372036854775807 WHERE sku = 'B';
SELECT is(oms.atp('web', 'B'), 200::bigint, 'a huge quota limits nothing');
SELECT is((SELECT status FROM oms.try_reserve('web', 'B', 1)), 'reserved', 'and sells');
SELECT matches(pg_temp.error($$SELECT * FROM oms.reserve('web', 'B', 9223372036854775807)$$), '^22003 ', 'no more than a bigint in all');
DELETE FROM oms.quota WHERE sku = 'B';

-- Lines of one sku share it; the statuses tell
SELECT results_eq($$SELECT line_no, reserved, available, status FROM oms.try_reserve_many('web', '{A,B,A}', '{6,1,5}')$$,
    $$VALUES (1, 0::bigint, 10::bigint, 'quota'), (2, 0, 199, 'refused'), (3, 0, 10, 'quota')$$, 'a cart over quota: all or none');
SELECT is(pg_temp.used(), '0/10', 'nothing was used');
SELECT results_eq($$SELECT line_no, reserved, available, status FROM oms.try_reserve_many('web', '{A,B,A}', '{6,1,5}', on_shortage => 'partial')$$,
    $$VALUES (1, 6::bigint, 10::bigint, 'reserved'), (2, 1, 199, 'reserved'), (3, 4, 10, 'partial')$$, 'partial: what the quota leaves');
SELECT results_eq($$SELECT reserved, available, status FROM oms.try_reserve('web', 'A', 1, on_shortage => 'partial')$$,
    $$VALUES (0::bigint, 0::bigint, 'quota')$$, 'partial: nothing left');
SELECT is((SELECT count(*) FROM oms.reserve('web', 'A', 1, on_shortage => 'partial')), 0::bigint, 'which reserve does not raise');
SELECT results_eq($$SELECT line_no, status FROM oms.try_reserve_many('web', '{A,none}', '{1,1}')$$,
    $$VALUES (1, 'quota'), (2, 'unknown')$$, 'a cart that is refused for another line tells of the quota too');
SELECT results_eq($$SELECT atp FROM oms.atp_many('web', '{A,B,none}')$$, 'VALUES (0::bigint), (198), (NULL)', 'atp_many');
SELECT is((SELECT status FROM oms.try_reserve('market', 'A', 50)), 'reserved', 'another channel has no quota');
SELECT lives_ok($$SELECT oms.release(reservation_id) FROM oms.reservation WHERE sku = 'A' AND channel = 'web' AND status = 'firm'$$, 'released');
SELECT is(pg_temp.used(), '0/10', 'gives back');

-- Short of stock with partial: unused quota is not used
SELECT is((SELECT reserved FROM oms.try_reserve('web', 'A', 10, 'N', on_shortage => 'partial')), 10::bigint, 'ten at N');
SELECT lives_ok($$SELECT oms.release(reservation_id) FROM oms.reservation WHERE sku = 'A' AND channel = 'web' AND status = 'firm'$$, 'released');
SELECT oms.receive('W', 'C', 3), oms.add_quota('web', 'C', 10) \g /dev/null
SELECT is((SELECT reserved FROM oms.try_reserve('web', 'C', 8, on_shortage => 'partial')), 3::bigint, 'three of eight are there');
SELECT is(pg_temp.used('C'), '3/10', 'three count');
SELECT is((SELECT status FROM oms.try_reserve('web', 'C', 8)), 'quota', 'short of both: the quota is asked first');
SELECT is((SELECT status FROM oms.try_reserve('web', 'C', 7)), 'insufficient', 'short of stock');
SELECT is(pg_temp.used('C'), '3/10', 'and nothing is used');

-- Backorders count, are refused as a whole, and give back
SELECT is(pg_temp.error($$SELECT * FROM oms.reserve('web', 'C', 8, on_shortage => 'backorder')$$) ~ '^OM009', true, 'a backorder over quota is refused');
SELECT is((SELECT count(*) FROM oms.backorder), 0::bigint, 'and not written');
SELECT backorder_id AS backorder FROM oms.reserve('web', 'C', 5, on_shortage => 'backorder') \gset
SELECT is(pg_temp.used('C'), '8/10', 'a backorder counts');
SELECT oms.receive('W', 'C', 2) \g /dev/null
SELECT is(pg_temp.used('C'), '8/10', 'filled, it still counts once');
SELECT is_empty('SELECT * FROM oms.check()', 'and check() agrees');
SELECT oms.release_backorder(:backorder) \g /dev/null
SELECT is(pg_temp.used('C'), '5/10', 'released, the rest does not');
SELECT oms.reserve('web', 'C', 3, on_shortage => 'backorder', cart_id => 'c') \g /dev/null
SELECT is(pg_temp.used('C'), '8/10', 'a cart with a backorder');
SELECT oms.reserve('web', 'C', 1, on_shortage => 'backorder', cart_id => 'c') \g /dev/null
SELECT is(pg_temp.used('C'), '6/10', 'is replaced');
SELECT oms.place_order('o', 'web', '{C}', '{2}', on_shortage => 'backorder', cart_id => 'c') \g /dev/null
SELECT is(pg_temp.used('C'), '7/10', 'and becomes an order');
SELECT oms.cancel_order('o') \g /dev/null
SELECT is(pg_temp.used('C'), '5/10', 'which is cancelled');

-- A cart's holds are replaced, taken over, released; another channel's are released
SELECT oms.reserve('web', 'A', 4, cart_id => 'k', expires_in => '1 hour') \g /dev/null
SELECT oms.reserve('web', 'A', 9, cart_id => 'k', expires_in => '1 hour') \g /dev/null
SELECT is(pg_temp.used(), '9/10', 'a cart does not stand in its own way');
SELECT oms.place_order_lines('o1', 'web', '[{"sku": "A", "quantity": 3}, {"sku": "A", "quantity": 7}]', cart_id => 'k') \g /dev/null
SELECT is(pg_temp.used(), '10/10', 'the order takes them over and adds one');
SELECT is((SELECT string_agg(line_no || ': ' || quantity, ', ' ORDER BY line_no, quantity) FROM oms.reservation WHERE order_id = 'o1'), '1: 3, 2: 1, 2: 6', 'line by line');
SELECT oms.cancel_order('o1') \g /dev/null
SELECT is(pg_temp.used(), '0/10', 'cancelled');
SELECT oms.reserve('web', 'A', 4, cart_id => 'k', expires_in => '1 hour') \g /dev/null
SELECT oms.place_order('o2', 'market', '{A}', '{4}', cart_id => 'k') \g /dev/null
SELECT is(pg_temp.used(), '0/10', 'an order of another channel does not use it');
SELECT is((SELECT string_agg(channel || ' ' || status, ', ' ORDER BY reservation_id) FROM oms.reservation WHERE cart_id = 'k' AND quantity = 4), 'web released, web released, market firm', 'the cart''s holds were released');

-- Moved, split, consumed
SELECT reservation_id AS r FROM oms.reserve('web', 'A', 6, 'W') \gset
SELECT oms.transfer_reservation(:r, 'N') \g /dev/null
SELECT is(pg_temp.used(), '6/10', 'moved, it counts as before');
SELECT oms.consume(:r, 2) \g /dev/null
SELECT oms.release(:r) \g /dev/null
SELECT is(pg_temp.used(), '2/10', 'what left the door stays used');

-- Without a quota nothing counts; what was counted is given back all the same
SELECT reservation_id AS r FROM oms.reserve('web', 'A', 3) \gset
DELETE FROM oms.quota WHERE sku = 'A';
SELECT oms.reserve('web', 'A', 20) \g /dev/null
SELECT oms.release(:r) \g /dev/null
SELECT oms.add_quota('web', 'A', 10) \g /dev/null
SELECT is(pg_temp.used(), '2/10', 'sales without a quota do not count');

-- Periods
SELECT oms.add_quota('web', 'A', 4, 'day', 'Pacific/Kiritimati') \g /dev/null
SELECT is((SELECT current FROM oms.quota_use WHERE sku = 'A'), 'day ' || to_char(clock_timestamp() AT TIME ZONE 'Pacific/Kiritimati', 'YYYY-MM-DD'), 'the day of its time zone');
SELECT reservation_id AS r FROM oms.reserve('web', 'A', 3) \gset
SELECT is(pg_temp.used(), '3/4', 'counts in it');
SELECT is((SELECT quota_period = (SELECT current FROM oms.quota_use WHERE sku = 'A') FROM oms.reservation_row WHERE reservation_id = :r), true, 'the key in C and in SQL is the same');
UPDATE oms.quota SET period = 'week' WHERE sku = 'A';
SELECT is(pg_temp.used(), '0/4', 'a week of its own');
SELECT reservation_id AS r2 FROM oms.reserve('web', 'A', 1) \gset
SELECT is((SELECT quota_period = (SELECT current FROM oms.quota_use WHERE sku = 'A') FROM oms.reservation_row WHERE reservation_id = :r2), true, 'and so is the week''s');
UPDATE oms.quota SET period = 'month' WHERE sku = 'A';
SELECT reservation_id AS r3 FROM oms.reserve('web', 'A', 1) \gset
SELECT is((SELECT quota_period = (SELECT current FROM oms.quota_use WHERE sku = 'A') FROM oms.reservation_row WHERE reservation_id = :r3), true, 'and the month''s');
SELECT oms.release(:r) \g /dev/null
SELECT is(pg_temp.used(), '1/4', 'a release gives back to its own period');
SELECT is_empty('SELECT * FROM oms.check()', 'all adds up');
SELECT * FROM finish();
ROLLBACK;
