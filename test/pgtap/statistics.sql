-- Statistics: what the views oms_stat_… count, from when, and that the queries for Prometheus run as a reader.
BEGIN;
\ir include/shop.psql
SELECT pg_temp.shop();
SELECT plan(19);

SELECT oms.receive('near', 'A', 10), oms.receive('far', 'A', 30) \g /dev/null
SELECT oms.add_channel('market', 'network') \g /dev/null
SELECT oms.release(r.reservation_id) FROM oms.reserve('web', 'A', 2) r \g /dev/null
SELECT count(*) FROM oms.reserve('web', 'A', 3) a, oms.reserve('market', 'A', 4, expires_in => '1 us') b, oms.reserve('market', 'A', 5, expires_in => '1 hour') c \g /dev/null
SELECT results_eq($$SELECT channel, status, reservations, units, overdue FROM oms.oms_stat_reservation ORDER BY 1, 2$$,
    $$VALUES ('market'::text COLLATE "C", 'hold', 2::bigint, 9::numeric, 1::bigint), ('web', 'firm', 1, 3, 0), ('web', 'released', 1, 2, 0)$$, 'reservations by outcome');
SELECT oms.add_kit('set', '{A}', '{2}') \g /dev/null
SELECT count(*) FROM oms.reserve('web', 'set', 1) \g /dev/null
SELECT is((SELECT reservations FROM oms.oms_stat_reservation WHERE (channel, status) = ('web', 'firm')), 2::bigint, 'a kit is one reservation');

SELECT cmp_ok((SELECT longest FROM oms.oms_stat_account WHERE kind = 'stock'), '>=', 2::bigint, 'changes that are not folded');
SELECT is((SELECT deltas FROM oms.oms_stat_account WHERE kind = 'stock'), (SELECT count(*) FROM oms.stock_delta), 'all of them');
SELECT is((SELECT folded FROM oms.oms_stat_account WHERE kind = 'stock'), (SELECT sum(w)::bigint FROM oms.stock_account), 'and those that are');
SELECT is_empty($$SELECT * FROM oms.oms_stat_wait$$, 'nobody waits');

SELECT oms.place_order('o', 'web', '{A}', '{2}') \g /dev/null
SELECT count(*) FROM oms.route() \g /dev/null
SELECT results_eq($$SELECT runs, orders, units, unfilled_units, longest_seconds >= 0 FROM oms.oms_stat_routing$$,
    $$VALUES (1::bigint, 1::bigint, 2::bigint, 0::bigint, true)$$, 'routing runs');
SELECT ok((SELECT mean_plan_seconds > 0 AND mean_move_seconds > 0 AND mean_plan_seconds + mean_move_seconds <= mean_seconds + 0.01 FROM oms.oms_stat_routing), 'and their phases');
SELECT results_eq($$SELECT status, fulfillments, units, oldest_seconds >= 0 FROM oms.oms_stat_work$$,
    $$VALUES ('assigned', 1::bigint, 2::bigint, true)$$, 'open work');

SELECT oms.add_source('erp') \g /dev/null
SELECT count(*) FROM oms.ingest('erp', 'change', '[{"event_id": "1", "sku": "A", "location": "near", "quantity": 1},
                                                  {"event_id": "2", "sku": "A", "location": "nowhere", "quantity": 1}]', now()) \g /dev/null
SELECT results_eq($$SELECT source, events, open_exceptions, oldest_exception_at IS NOT NULL FROM oms.oms_stat_feed$$,
    $$VALUES ('erp'::text COLLATE "C", 1::bigint, 1::bigint, true)$$, 'feeds');

SELECT ok(oms.reset_statistics() <= clock_timestamp(), 'a reset returns its moment');
SELECT is((SELECT count(*) FROM oms.oms_stat_reservation) + (SELECT count(*) FROM oms.oms_stat_routing), 0::bigint, 'from which is counted');
SELECT results_eq($$SELECT events, open_exceptions FROM oms.oms_stat_feed$$, $$VALUES (NULL::bigint, 1::bigint)$$, 'but what waits is shown');
SELECT count(*) FROM oms.reserve('web', 'A', 1) \g /dev/null
SELECT is((SELECT reservations FROM oms.oms_stat_reservation), 1::bigint, 'anew');
SELECT throws_ok($$DELETE FROM oms.statistics_reset_row$$, 'OM011', NULL, 'resets are not undone');

-- The query file, as a role that may read
\set exporter `cat examples/postgres_exporter.yml`
CREATE TEMP TABLE query AS
SELECT m[1] AS name, m[2] AS query, ARRAY(SELECT (regexp_matches(m[3], '- (\w+):', 'g'))[1]) AS metrics
  FROM regexp_matches(:'exporter', '(oms_\w+):\n  query: "([^"]*)"\n(?:  cache_seconds: \d+\n)?  metrics:\n((?:    [^\n]*\n?)*)', 'g') AS m;
CREATE FUNCTION pg_temp.columns(query text) RETURNS text[] LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE 'CREATE TEMP TABLE answer ON COMMIT DROP AS ' || query;
    query := (SELECT string_agg(attname, ' ' ORDER BY attnum) FROM pg_attribute WHERE attrelid = 'answer'::regclass AND attnum > 0);
    DROP TABLE answer;
    RETURN string_to_array(query, ' ');
END $$;
CREATE ROLE oms_test_prometheus;
SELECT oms.grant_role_to('oms_test_prometheus', 'reader') \g /dev/null
GRANT SELECT ON query TO oms_test_prometheus;
SELECT is((SELECT count(*) FROM query), 6::bigint, 'queries for Prometheus');
SELECT is((SELECT count(*) FROM query, regexp_matches(query, 'oms\.oms_stat_\w+')), 6::bigint, 'one of each view');
SET LOCAL ROLE oms_test_prometheus;
CREATE TEMP TABLE got AS SELECT name, metrics, pg_temp.columns(query) AS columns FROM query;
RESET ROLE;
SELECT is_empty($$SELECT name, metrics, columns FROM got WHERE metrics IS DISTINCT FROM columns$$, 'which a reader may run, with the columns that are named');
SELECT is((SELECT count(*) FROM got), 6::bigint, 'all of them');
SELECT * FROM finish();
ROLLBACK;
