-- Inbound feeds: bad input, outcomes row by row, lag, limits, what is missing, exceptions.
BEGIN;
SET LOCAL client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS oms;
\ir include/network.psql
SELECT plan(44);

-- outcomes(source, kind, rows, as_of, event_id) is what became of the rows.
CREATE FUNCTION pg_temp.outcomes(source text, kind text, rows jsonb, as_of timestamptz DEFAULT NULL, event_id text DEFAULT NULL) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(concat_ws(' ', outcome, nullif(change, 0), '(' || reason || ')', '[' || first_outcome || ']'), ', ' ORDER BY row_no)
      FROM oms.ingest($1, $2, $3, $4, $5)
$$;
CREATE FUNCTION pg_temp.on_hand(sku text, location text) RETURNS bigint LANGUAGE sql AS 'SELECT on_hand FROM oms.inventory WHERE sku = $1 AND location = $2';
SELECT now() - interval '1 day' AS t \gset
SELECT (oms.add_source('wms')).source AS wms, (oms.add_source('pos', '{sale}')).source AS pos,
       (oms.add_source('late', lag => '1 hour', excludes_shipped => false)).source AS late,
       (oms.add_source('full', on_missing => 'zero', limit_percent => 50, limit_value => 1000)).source AS full_,
       (oms.add_source('asks', on_missing => 'exception', limit_units => 5)).source AS asks,
       (oms.add_kit('gift', '{A}', '{2}')).kit AS kit \gset

-- Arguments
SELECT pg_temp.refused($$SELECT oms.ingest(NULL, 'sale', '[]')$$, '22004 source must not be null');
SELECT pg_temp.refused($$SELECT oms.ingest('', 'sale', '[]')$$, '22023 source must not be empty');
SELECT pg_temp.refused($$SELECT oms.ingest('wms', NULL, '[]')$$, '22004 kind must not be null');
SELECT pg_temp.refused($$SELECT oms.ingest('wms', 'gift', '[]')$$, '22023 kind "gift" is unknown | It is snapshot, change, count, sale, order or receipt.');
SELECT pg_temp.refused($$SELECT oms.ingest('nobody', 'sale', '[]')$$, 'OM004 source "nobody" is unknown | Call oms.add_source first.');
SELECT pg_temp.refused($$SELECT oms.ingest('pos', 'count', '[]')$$, 'OM010 source "pos" does not report kind "count" | Change reports in oms.source if it should.');
SELECT pg_temp.refused($$SELECT oms.ingest('wms', 'sale', NULL)$$, '22004 rows must not be null');
SELECT pg_temp.refused($$SELECT oms.ingest('wms', 'sale', '{}')$$, '22023 rows must be a jsonb array of objects');
SELECT pg_temp.refused($$SELECT oms.ingest('wms', 'snapshot', '[{"sku": "A", "location": "W", "quantity": 1}]')$$, '22004 as_of must not be null for a snapshot');
SELECT pg_temp.refused($$SELECT oms.ingest('wms', 'sale', '[]', 'infinity')$$, '22023 as_of must not be in the future');
SELECT pg_temp.refused($$SELECT oms.ingest('wms', 'sale', '[]', now() + interval '1 day')$$, '22023 as_of must not be in the future');
SELECT pg_temp.refused($$SELECT oms.ingest_many('wms', 'count', '{A,B}', '{W}', '{1,2}')$$, '2202E skus and locations must have the same length | skus has 2 elements, locations has 1.');
SELECT pg_temp.refused($$SELECT oms.ingest_many('wms', 'order', '{A}', '{W}', '{1}')$$, '22023 orders are taken as jsonb only | Call oms.ingest.');
SELECT matches(pg_temp.error($$SELECT oms.ingest_table('wms', 'count', 'oms.location')$$), '^42703 table "location" has no column "sku"', 'a staging table needs its columns');
SELECT throws_ok($$INSERT INTO oms.source (source, lag) VALUES ('x', '-1 s')$$, '23514');
SELECT is(pg_temp.outcomes('wms', 'sale', '[]'), NULL, 'no rows are no rows');

-- Bad rows
SELECT is(pg_temp.outcomes('wms', 'sale', '[1, null, {}, {"event_id": "1"}, {"event_id": "2", "sku": "A"}, {"event_id": "3", "sku": "A", "location": "?", "quantity": 1},
    {"event_id": "4", "sku": "A", "location": "W", "quantity": "x"}, {"event_id": "5", "sku": "A", "location": "W", "quantity": 1.5},
    {"event_id": "6", "sku": "A", "location": "W", "quantity": 0}, {"event_id": "7", "sku": "A", "location": "W", "quantity": -1},
    {"event_id": "8", "sku": "A", "location": "W", "quantity": 99999999999999}, {"event_id": "9", "sku": "A", "location": "W", "quantity": 1, "as_of": "soon"},
    {"event_id": "10", "sku": "A", "location": "W", "quantity": 1, "as_of": "2026-02-31"}, {"event_id": "11", "sku": "A", "location": "W", "quantity": 1, "as_of": "9999-01-01"},
    {"event_id": "12", "sku": "gift", "location": "W", "quantity": 1}, {"event_id": "13", "sku": "A", "location": "W", "quantity": 99999999999999999999999}]', :'t'),
    'rejected (no event id), rejected (no event id), rejected (no event id), rejected (no sku), rejected (no location), rejected (unknown location), '
    'rejected (no quantity), rejected (no quantity), rejected (impossible quantity), rejected (impossible quantity), rejected (impossible quantity), '
    'rejected (impossible moment), rejected (impossible moment), rejected (moment in the future), rejected (a kit has no stock of its own), rejected (no quantity)',
    'each bad row has its reason');
SELECT is(pg_temp.outcomes('wms', 'sale', '[{"event_id": "x", "sku": "A", "location": "W", "quantity": 1}]'), 'rejected (no moment)', 'a movement has a moment');
SELECT is((SELECT count(*) FROM oms.feed_exception), 17::bigint, 'all of them are kept');
SELECT is((SELECT "row" FROM oms.feed_exception WHERE "row"->>'event_id' = '4'),
          jsonb_build_object('event_id', '4', 'sku', 'A', 'location', 'W', 'quantity', 'x', 'as_of', to_char(:'t'::timestamptz AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')), 'as they came');
SELECT is((SELECT count(*) FROM oms.movement), 0::bigint, 'and nothing has moved');
SELECT is((SELECT count(*) FROM oms.retry_exceptions('wms')), 17::bigint, 'trying again');
SELECT is((SELECT count(*) FROM oms.feed_exception WHERE attempts = 2 AND status = 'open'), 17::bigint, 'is one attempt more');

-- Duplicates and conflicts within a batch and between; ids are per source and kind
SELECT is(pg_temp.outcomes('wms', 'change', '[{"event_id": "c", "sku": "A", "location": "W", "quantity": 5}, {"event_id": "c", "sku": "A", "location": "W", "quantity": 5}, {"event_id": "c", "sku": "A", "location": "W", "quantity": 6}]', :'t'),
          'applied 5, duplicate, conflict (the id was used for something else)', 'in one batch');
SELECT is(pg_temp.outcomes('wms', 'receipt', '[{"event_id": "c", "sku": "A", "location": "W", "quantity": 5}]', :'t'), 'applied 5', 'of another kind');
SELECT is(pg_temp.outcomes('pos', 'sale', '[{"event_id": "c", "sku": "A", "location": "W", "quantity": 12}]', :'t'), 'applied -12', 'of another source; more than there is');
SELECT is(pg_temp.on_hand('A', 'W'), -2::bigint, 'is negative until its receipt comes');
SELECT is_empty('SELECT * FROM oms.check()', 'which is no contradiction');

-- As of: lag, and what oms sent out
SELECT is(pg_temp.outcomes('wms', 'count', '[{"event_id": "n", "sku": "A", "location": "W", "quantity": 20}]', :'t'::timestamptz + interval '2 hours'), 'applied 22', 'a count');
SELECT is(pg_temp.outcomes('wms', 'receipt', '[{"event_id": "l", "sku": "A", "location": "W", "quantity": 3}]', :'t'::timestamptz + interval '2 hours'), 'absorbed', 'as of the same moment is in it');
SELECT is(pg_temp.outcomes('late', 'count', '[{"sku": "A", "location": "W", "quantity": 20}]', clock_timestamp()), 'unchanged', 'nothing within its lag');
SELECT is(pg_temp.outcomes('wms', 'receipt', '[{"event_id": "m", "sku": "A", "location": "W", "quantity": 4}]', clock_timestamp() - interval '30 minutes'), 'applied 4', 'what is within the lag of a count is not in it');
SELECT is(pg_temp.outcomes('late', 'count', '[{"sku": "A", "location": "W", "quantity": 20}]', clock_timestamp()), 'unchanged', 'nor when it is counted again');
SELECT oms.set_on_hand('W', 'A', 30) AS counted \gset
SELECT matches(pg_temp.outcomes('late', 'count', '[{"sku": "A", "location": "W", "quantity": 7}]', now() - interval '1 minute'), '^stale \(counted later\)', 'a count by hand overrides older ones');

-- Limits, and what is missing
SELECT count(*) AS received FROM oms.receive_many('N', '{A,B,C}', '{10,10,10}') \gset
SELECT is(pg_temp.outcomes('asks', 'snapshot', '[{"sku": "A", "location": "N", "quantity": 12}, {"sku": "B", "location": "N", "quantity": 16}, {"sku": "B", "location": "N", "quantity": 11}]', clock_timestamp(), 'a'),
          'applied 2, parked (more units than the limit), rejected (given twice)', 'above the limit, or twice');
SELECT is((SELECT string_agg(reason || ' ' || ("row"->>'sku'), ', ' ORDER BY reason) FROM oms.feed_exception WHERE source = 'asks'),
    'given twice B, missing from the snapshot C, more units than the limit B', 'are asked about, as is what is missing');
SELECT is((SELECT string_agg(outcome || ' ' || change, ', ') FROM oms.resolve_exception(NULL, 'take', source => 'asks', reason => 'missing from the snapshot')), 'applied -10', 'a person takes it');
SELECT is(pg_temp.on_hand('C', 'N'), 0::bigint, 'as of the snapshot');
SELECT is(pg_temp.outcomes('full', 'snapshot', '[{"sku": "A", "location": "N", "quantity": 12}]', clock_timestamp(), 'f'), 'unchanged', 'what is missing is not there');
SELECT is((SELECT detail FROM oms.feed_exception WHERE source = 'full'), 'stated 0 if it is taken', 'unless that is above the limit');
SELECT is(pg_temp.outcomes('wms', 'sale', '[{"event_id": "s1", "sku": "C", "location": "N", "quantity": 1}, {"event_id": "s2", "sku": "never seen", "location": "N", "quantity": 1}]', clock_timestamp() - interval '1 minute'),
          'absorbed, absorbed', 'a complete snapshot contains all, whether it names it or not');
SELECT pg_temp.refused($$SELECT oms.resolve_exception(0, 'take')$$, 'OM004 there is no open exception 0 | oms.feed_exception lists them.');
SELECT pg_temp.refused($$SELECT oms.resolve_exception(1, 'burn')$$, '22023 action must be take or dismiss | It is "burn".');
SELECT is_empty('SELECT * FROM oms.check()', 'all adds up');

SELECT * FROM finish();
ROLLBACK;
