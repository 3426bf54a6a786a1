-- oms.archive(): what is over and old leaves, sums and histories of what is kept stay right.
BEGIN;
\ir include/shop.psql
SELECT pg_temp.shop();
SELECT no_plan();

-- archived(kind): tables and rows that a call removes
CREATE FUNCTION pg_temp.archived(kind text, older_than interval DEFAULT '0', at_most bigint DEFAULT 10000) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(a.table_name || ' ' || a.n, ', ' ORDER BY a.table_name)
      FROM (SELECT a.table_name, count(*) AS n FROM oms.archive($1, $2, $3) AS a GROUP BY 1) AS a
$$;
CREATE FUNCTION pg_temp.shipped(order_id text) RETURNS bigint LANGUAGE sql AS $$
    SELECT s.units FROM oms.fulfillment AS f, oms.accept(f.fulfillment_id), oms.pick(f.fulfillment_id), oms.pack(f.fulfillment_id), oms.ship(f.fulfillment_id) AS s
     WHERE f.order_id = $1 AND f.status = 'assigned'
$$;
CREATE FUNCTION pg_temp.inventory() RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(format('%s %s %s %s', i.sku, i.location, i.on_hand, i.reserved), '; ' ORDER BY i.sku, i.location) FROM oms.inventory i
$$;

SELECT is(pg_temp.archived(kind), NULL, kind || ' of an empty shop')
  FROM unnest('{orders,reservations,movements,routing,exceptions,counts,supply}'::text[]) AS kind;

SELECT oms.receive('near', 'A', 20), oms.receive('far', 'A', 10), oms.receive('near', 'B', 9), oms.receive('near', 'C', 5), oms.receive('near', 'D', 5) \g /dev/null
SELECT oms.add_kit('K', '{C,D}', '{1,1}'), oms.add_quota('web', 'A', 100), oms.protect_stock('near', 'B', 'web', 5, now() + interval '1 day') \g /dev/null
SELECT oms.place_order(o, 'web', '{A}', '{2}') FROM unnest('{shipped,open,cancelled,returned,working}'::text[]) AS o \g /dev/null
SELECT oms.place_order('kit', 'web', '{K}', '{1}'), oms.place_order('protected', 'web', '{B}', '{2}'), oms.place_order('waiting', 'web', '{A,B}', '{1,90}', on_shortage => 'backorder') \g /dev/null
SELECT oms.hold_order('cancelled', 'fraud'), oms.hold_order('open', 'address') \g /dev/null
SELECT oms.cancel_order('cancelled') \g /dev/null
SELECT oms.route() FROM oms.route() \g /dev/null
SELECT pg_temp.shipped(o) FROM unnest('{shipped,returned,kit,protected}'::text[]) AS o \g /dev/null
SELECT oms.accept(fulfillment_id) FROM oms.fulfillment WHERE order_id = 'working' AND status = 'assigned' \g /dev/null
SELECT oms.return_line('returned', 1, 'near', 1) \g /dev/null
SELECT oms.reserve('web', 'A', 1, reference => 'sold') AS r, oms.reserve('web', 'A', 1, reference => 'given back') AS r \g /dev/null
SELECT oms.reserve('web', 'A', 1, expires_in => '1 hour', reference => 'held') \g /dev/null
SELECT oms.consume(reservation_id) FROM oms.reservation WHERE reference = 'sold' \g /dev/null
SELECT oms.release(reservation_id) FROM oms.reservation WHERE reference = 'given back' \g /dev/null
SELECT oms.adjust('near', 'A', -1, 'broken') \g /dev/null
SELECT oms.set_aside('near', 'A', 1, 'scratched'), oms.count_stock('near', 'A', 11) \g /dev/null
SELECT is_empty('SELECT * FROM oms.check()', 'all is well before');
SELECT pg_temp.inventory() AS before \gset
SELECT quota.used AS quota_used FROM oms.quota_use AS quota WHERE sku = 'A' \gset

-- Ages, and what is open
SELECT is(pg_temp.archived(kind, '1 hour'), NULL, kind || ' are too young')
  FROM unnest('{orders,reservations,movements,routing,exceptions,counts,supply}'::text[]) AS kind;
INSERT INTO oms.return_window VALUES ('web', '30 days');
SELECT is(pg_temp.archived('orders'), NULL, 'an order whose goods may come back stays');
DELETE FROM oms.return_window;
SELECT oms.add_consumer('erp', '{stock,order,reservation,fulfillment}') \g /dev/null
SELECT is(pg_temp.archived(kind), NULL, kind || ' that a consumer has not read stay')
  FROM unnest('{orders,reservations,movements}'::text[]) AS kind;
SELECT oms.drop_consumer('erp') \g /dev/null
SELECT is(pg_temp.archived('routing'), 'decision_line_row 8, decision_row 6', 'decisions that a later run overtook');
CREATE TEMP TABLE gone AS SELECT * FROM oms.archive('orders', '0', 2);
SELECT is((SELECT count(*) FROM gone WHERE table_name = 'order_row'), 2::bigint, 'at most so many');
INSERT INTO gone SELECT * FROM oms.archive('orders', '0');
SELECT is((SELECT string_agg(contents ->> 'order_id', ', ' ORDER BY contents ->> 'order_id') FROM gone WHERE table_name = 'order_row'),
    'cancelled, kit, protected, returned, shipped', 'orders that are over');
SELECT is((SELECT string_agg(order_id, ', ' ORDER BY order_id) FROM oms.orders), 'open, waiting, working', 'the others stay');
SELECT is((SELECT string_agg(table_name || ' ' || n, ', ' ORDER BY table_name) FROM (SELECT table_name, count(*) AS n FROM gone GROUP BY 1) AS g),
    'decision_line_row 5, decision_row 4, fulfillment_event_row 16, fulfillment_line_row 5, fulfillment_row 4, order_hold_row 1, order_line_row 5, order_row 5, reservation_row 6, return_row 1',
    'with all that is theirs');
SELECT is_empty('SELECT * FROM oms.check()', 'and all is well');
SELECT is(pg_temp.inventory(), :'before', 'inventory is as it was');
SELECT is((SELECT used FROM oms.quota_use WHERE sku = 'A'), :quota_used::bigint, 'what was used of a quota stays used');
SELECT is((SELECT used FROM oms.archived_use_row WHERE kind = 'protection'), 2::bigint, 'and of a protection');
SELECT is((jsonb_populate_record(NULL::oms.order_row, (SELECT contents FROM gone WHERE table_name = 'order_row' AND contents ->> 'order_id' = 'shipped'))).channel, 'web', 'a row can be read back');
SELECT throws_ok($$SELECT oms.return_line('shipped', 1, 'near', 1)$$, 'OM004', NULL, 'an archived order is unknown');

SELECT is(pg_temp.archived('reservations'), 'reservation_row 2', 'reservations that have ended');
SELECT is((SELECT string_agg(reference, ', ') FROM oms.reservation WHERE order_id IS NULL), 'held', 'the others stay');
SELECT is_empty('SELECT * FROM oms.check()', 'and all is well again');

-- The ledger
SELECT oms.adjust('near', 'A', -2, 'later') \g /dev/null
SELECT is((SELECT format('%s %s %s', quantity, on_hand, unavailable) FROM oms.stock_history('A', 'near') WHERE reason = 'later'), '-2 9 1', 'the history before');
SELECT count(*) AS movements FROM oms.movement \gset
SELECT oms.open_count('far', '{A}') AS count \gset
SELECT is(pg_temp.archived('movements'), format('movement_row %s', :movements), 'an open count, which began later, does not stop it');
SELECT ok(pg_temp.archived('movements', '0', 1) IS NULL, 'nothing is left of the ledger');
SELECT is((SELECT count(*) FROM oms.movement WHERE kind <> 'opening'), 0::bigint, 'but openings');
SELECT is((SELECT string_agg(format('%s %s %s %s', sku, location, quantity, reason), '; ' ORDER BY sku, location) FROM oms.movement),
    'A far 10 archived; A near 9 archived; B near 7 archived; C near 4 archived; D near 4 archived', 'with the sums');
SELECT is_empty('SELECT * FROM oms.check()', 'an opening is as good as its movements');
SELECT is((SELECT unavailable FROM oms.movement_row WHERE sku = 'A' AND location = 'near'), 1::bigint, 'unavailable, too');
SELECT oms.adjust('near', 'A', -1, 'last') \g /dev/null
SELECT is(pg_temp.archived('movements'), NULL, 'what moved since an open count began stays');
SELECT oms.close_count(:count) \g /dev/null
SELECT is((SELECT on_hand FROM oms.stock_history('A', 'near') WHERE reason = 'last'), 8::bigint, 'histories go on from it');
SELECT is((SELECT count(*) FROM oms.archive('movements', '0')), 1::bigint, 'an opening is summed up again, and is none of what is archived');
SELECT is((SELECT count(*) FROM oms.movement WHERE sku = 'A' AND location = 'near'), 1::bigint, 'into one');
SELECT is_empty('SELECT * FROM oms.check()', 'all is well still');

SELECT oms.add_policy('p'), oms.add_routing('p', 'all'), oms.add_rule('p', 'all') \g /dev/null
SELECT throws_ok($$SELECT oms.compare_policies('p@1', 'p@1', tstzrange(now() - interval '1 hour', NULL))$$, '22023', 'the ledger does not go back to the start of the period', 'a period before the opening cannot be replayed');
SELECT isnt((SELECT count(*) FROM oms.compare_policies('p@1', 'p@1', tstzrange(clock_timestamp(), NULL))), 0::bigint, 'one after it can');

-- Counts, supply, exceptions
SELECT oms.add_incoming('po', 'near', 'A', 2, 'tomorrow'), oms.open_transfer('t', 'near', 'far', '{A}', '{1}') \g /dev/null
SELECT oms.receive_incoming('po', 'near', 'A', 2), oms.ship_transfer('t'), oms.add_incoming('po 2', 'near', 'A', 5, 'tomorrow') \g /dev/null
SELECT is(pg_temp.archived('supply'), 'incoming_row 1', 'supply that came, not that is on its way');
SELECT oms.receive_transfer('t') \g /dev/null
SELECT is(pg_temp.archived('supply'), 'incoming_row 1, transfer_line_row 1, transfer_order_row 1', 'a transfer that ended, and its supply');
SELECT is((SELECT string_agg(reference, ', ') FROM oms.incoming), 'po 2', 'what is expected stays');
SELECT is(pg_temp.archived('counts'), 'count_line_row 1, count_session_row 1, count_task_row 1', 'counts that are closed');
SELECT is_empty('SELECT * FROM oms.check()', 'all is well without them');
SELECT oms.add_source('pos', '{sale}') \g /dev/null
SELECT oms.ingest('pos', 'sale', '[{"event_id": "1", "sku": "nothing", "location": "near", "quantity": 1}]'), oms.ingest('pos', 'sale', '[{"event_id": "2", "sku": "nobody", "location": "near", "quantity": 1}]') \g /dev/null
SELECT oms.resolve_exception(min(exception_id), 'dismiss') FROM oms.feed_exception \g /dev/null
SELECT is(pg_temp.archived('exceptions'), 'feed_exception_row 1', 'exceptions that are resolved');

-- A feed's movement and its event part company
SELECT oms.ingest('pos', 'sale', '[{"event_id": "3", "sku": "A", "location": "near", "quantity": 1}]') \g /dev/null
SELECT isnt(pg_temp.archived('movements'), NULL, 'the movement of an event');
SELECT is_empty('SELECT * FROM oms.check()', 'may go before its event');

-- Windows of capacity
SELECT oms.add_capacity('near', 5), oms.add_capacity('far', 5) \g /dev/null
SELECT oms.place_order('full', 'web', '{A}', '{1}') \g /dev/null
SELECT oms.route(order_ids => '{full}') \g /dev/null
SELECT pg_temp.shipped('full') \g /dev/null
SELECT is(pg_temp.archived('orders'), NULL, 'an order that counts in a window that is not over');
ALTER TABLE oms.capacity_account DISABLE TRIGGER guard;
ALTER TABLE oms.capacity_delta DISABLE TRIGGER guard;
ALTER TABLE oms.capacity_use_row DISABLE TRIGGER guard;
UPDATE oms.capacity_account SET until = '2001-01-01T00:00:00.000000Z';
UPDATE oms.capacity_delta SET until = '2001-01-01T00:00:00.000000Z';
UPDATE oms.capacity_use_row SET until = '2001-01-01T00:00:00.000000Z';
SELECT is((SELECT string_agg(DISTINCT table_name, ', ' ORDER BY table_name) FROM oms.archive('orders', '0') WHERE table_name LIKE '%capacity%'), 'capacity_account, capacity_use_row', 'a window that is over');
SELECT is((SELECT count(*) FROM oms.orders WHERE order_id = 'full'), 0::bigint, 'and what counted in it');
SELECT is_empty('SELECT * FROM oms.check()', 'all is well after all');

-- Periods that are over
SELECT oms.add_quota('web', 'A', 50, 'day') \g /dev/null
SELECT oms.reserve('web', 'A', 1, reference => 'of a day'), oms.reserve('web', 'A', 1, reference => 'still there') \g /dev/null
SELECT oms.consume(reservation_id) FROM oms.reservation WHERE reference = 'of a day' \g /dev/null
SELECT is(pg_temp.archived('reservations'), 'reservation_row 1', 'what was sold of a quota of today');
CREATE FUNCTION pg_temp.move_periods() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY '{quota_account,quota_delta,protection_account,protection_delta,reservation_row,archived_use_row}'::text[] LOOP
        EXECUTE format('ALTER TABLE oms.%I DISABLE TRIGGER guard', name);
    END LOOP;
    CREATE TEMP TABLE used AS SELECT sku, channel, sum(reserved) AS reserved FROM (SELECT * FROM oms.quota_delta UNION ALL
        SELECT sku, channel, period, 0, on_hand, unavailable, reserved FROM oms.quota_account) AS q WHERE period LIKE 'day%' GROUP BY 1, 2;
    DELETE FROM oms.quota_delta WHERE period LIKE 'day%';
    DELETE FROM oms.quota_account WHERE period LIKE 'day%';
    INSERT INTO oms.quota_account SELECT sku, channel, 'day 2001-01-01', 0, 0, reserved, 0, '{}' FROM used;
    DROP TABLE used;
    CREATE TEMP TABLE used AS SELECT sku, location, channel, sum(on_hand) AS on_hand, sum(reserved) AS reserved FROM (SELECT * FROM oms.protection_delta UNION ALL
        SELECT sku, location, until, channel, 0, on_hand, unavailable, reserved FROM oms.protection_account) AS p GROUP BY 1, 2, 3;
    DELETE FROM oms.protection_delta;
    DELETE FROM oms.protection_account;
    INSERT INTO oms.protection_account SELECT sku, location, '2001-01-01T00:00:00.000000Z', channel, on_hand, 0, reserved, 0, '{}' FROM used;
    DROP TABLE used;
    UPDATE oms.reservation_row SET quota_period = 'day 2001-01-01' WHERE quota_period LIKE 'day%';
    UPDATE oms.reservation_row SET protected_until = '2001-01-01T00:00:00.000000Z' WHERE protected > 0;
    UPDATE oms.archived_use_row SET keys[3] = CASE kind WHEN 'quota' THEN 'day 2001-01-01' ELSE '2001-01-01T00:00:00.000000Z' END WHERE keys[3] <> 'total';
END $$;
SELECT pg_temp.move_periods() \g /dev/null
SELECT is_empty('SELECT * FROM oms.check()', 'a day later');
SELECT is(pg_temp.archived('reservations'), NULL, 'a day and a protection in which something counts stay');
SELECT oms.cancel_order('waiting') \g /dev/null
SELECT oms.release(reservation_id) FROM oms.reservation WHERE reference = 'still there' \g /dev/null
SELECT is_empty('SELECT * FROM oms.check()', 'given back');
SELECT oms.archive('orders', '0') \g /dev/null
SELECT pg_temp.move_periods() \g /dev/null
SELECT is(pg_temp.archived('reservations'), 'protection_account 1, quota_account 1, reservation_row 1', 'until nothing counts in them but what is archived');
SELECT is((SELECT count(*) FROM oms.archived_use_row WHERE keys[3] <> 'total'), 0::bigint, 'which goes with it');
SELECT is_empty('SELECT * FROM oms.check()', 'all is well to the end');

-- Bad input
SELECT throws_ok($$SELECT oms.archive('order', '1 day')$$, '22023', 'there is no kind "order" to archive', 'an unknown kind');
SELECT throws_ok($$SELECT oms.archive(NULL, '1 day')$$, '22004', NULL, 'no kind');
SELECT throws_ok($$SELECT oms.archive('orders', NULL)$$, '22004', NULL, 'no age');
SELECT throws_ok($$SELECT oms.archive('orders', '-1 day')$$, '22023', 'older_than must not be negative', 'an age to come');
SELECT throws_ok($$SELECT oms.archive('orders', '1 day', 0)$$, '22023', NULL, 'at most nothing');
SELECT throws_ok($$SELECT oms.archive('orders', '1 day', NULL)$$, '22004', NULL, 'at most null');
SELECT throws_ok($$SELECT oms.archive('movements', '200000 years')$$, '22008', 'timestamp out of range', 'an age beyond all time');
SELECT is((SELECT count(*) FROM oms.archive('movements', '2000 years', 9223372036854775807)), 0::bigint, 'as many as there are');
SELECT * FROM finish();
ROLLBACK;
