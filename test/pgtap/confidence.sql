-- Confidence: the formula at its edges, what is evidence and how it decays, settings, the jobs that act on it, bad input.
BEGIN;
\ir include/network.psql
SELECT plan(62);

CREATE FUNCTION pg_temp.close_to(a float8, b float8, what text) RETURNS text LANGUAGE sql AS
    $$SELECT ok(abs(a - b) <= 1e-6, format('%s: %s, is %s', what, b, a))$$;
CREATE FUNCTION pg_temp.confidence(at text, of text DEFAULT NULL) RETURNS float8 LANGUAGE sql AS
    $$SELECT confidence FROM oms.confidence WHERE location = at AND sku IS NOT DISTINCT FROM of$$;
-- counted(location, sku, days ago, counted, variance): a count of the past
CREATE FUNCTION pg_temp.counted(at text, of text, days float8, counted bigint, variance bigint) RETURNS void LANGUAGE sql AS
    $$INSERT INTO oms.count_task_row (location, sku, opened_at, reason, closed_at, counted, variance)
      VALUES (at, of, now() - (days + 1) * interval '1 day', 'test', now() - days * interval '1 day', counted, variance)$$;

-- The formula
SELECT pg_temp.close_to(oms.confidence_mean(a, r, age::interval, '30 days', 0.9, 2), value, concat_ws(' ', a, r, age)) FROM (VALUES
    (0, 0, '0', 0.9), (8, 0, '0', 0.98), (0, 7, '0', 0.2), (8, 0, '30 days', 5.8 / 6), (8, 0, '1 month', 5.8 / 6), (8, 0, '60 days', 3.8 / 4),
    (8, 0, '-1 day', 0.98), (1e15, 1e15, '0', 0.5), (0, 100, '10000 years', 0.9)) AS v (a, r, age, value);
SELECT is(oms.confidence_mean(1, 1, NULL, '1 day', 0.5, 1), NULL, 'strict');
SELECT matches(pg_temp.error('SELECT oms.confidence_mean(' || arguments || ')'), error, arguments) FROM (VALUES
    ($$-1, 0, '0', '1 day', 0.5, 2$$, '^22023 accepted'), ($$'NaN', 0, '0', '1 day', 0.5, 2$$, '^22023 accepted'),
    ($$0, 'Infinity', '0', '1 day', 0.5, 2$$, '^22023 rejected'), ($$0, 0, '0', '0', 0.5, 2$$, '^22023 half_life'),
    ($$0, 0, '0', '-1 day', 0.5, 2$$, '^22023 half_life'), ($$0, 0, '0', '1 day', 1.1, 2$$, '^22023 base_rate'),
    ($$0, 0, '0', '1 day', 'NaN', 2$$, '^22023 base_rate'), ($$0, 0, '0', '1 day', 0.5, 0$$, '^22023 prior_weight'),
    ($$0, 0, '0', '1 day', 0.5, -1$$, '^22023 prior_weight')) AS v (arguments, error);

-- Settings: each that is NULL at a location is the general one's, else the default
SELECT matches(pg_temp.error('INSERT INTO oms.confidence_setting ' || row), '^23', row) FROM unnest(ARRAY[
    $$(half_life) VALUES ('0')$$, $$(half_life) VALUES ('-1 day')$$, $$(half_life) VALUES ('101 years')$$, '(base_rate) VALUES (1.1)', '(base_rate) VALUES (-0.1)',
    '(prior_weight) VALUES (0)', $$(prior_weight) VALUES ('Infinity')$$, '(count_weight) VALUES (-1)', $$(count_weight) VALUES ('NaN')$$,
    '(reject_cost) VALUES (-1)', $$(reject_cost) VALUES ('NaN')$$, '(location) VALUES (NULL), (NULL)', $$(location) VALUES ('nowhere')$$]) AS row;
SELECT pg_temp.close_to(pg_temp.confidence('W'), 0.95, 'the default');
INSERT INTO oms.confidence_setting (location, base_rate, count_weight, half_life) VALUES (NULL, 0.8, 4, '10 days'), ('N', 0.5, NULL, NULL), ('F', NULL, NULL, '20 days');
SELECT pg_temp.close_to(pg_temp.confidence('W'), 0.8, 'the general setting');
SELECT pg_temp.close_to(pg_temp.confidence('N'), 0.5, 'that of the location');

-- Counts: by the share that was missing; what was found is not against it; an empty shelf; what is long ago is forgotten
SELECT oms.receive(l, s, 10) FROM unnest('{W,N,F}'::text[]) AS l, unnest('{A,B,C}'::text[]) AS s \g /dev/null
SELECT pg_temp.counted('W', 'A', 0, 6, -2), pg_temp.counted('F', 'A', 20, 5, 3), pg_temp.counted('F', 'B', 0, 0, 0), pg_temp.counted('N', 'A', 161, 0, -9) \g /dev/null
SELECT is(oms.refresh_confidence(), 5::bigint, 'rows: two of W, three of F');
SELECT pg_temp.close_to(pg_temp.confidence('W'), 4.6 / 6, 'three of four there');
SELECT pg_temp.close_to(pg_temp.confidence('W', 'A'), (3 + 2 * 4.6 / 6) / 6, 'a sku, by its location');
SELECT pg_temp.close_to(pg_temp.confidence('F'), (6 + 1.6) / 8, 'a count of one half-life ago is worth half');
SELECT pg_temp.close_to(pg_temp.confidence('F', 'A'), (2 + 2 * 7.6 / 8) / 4, 'of the sku too');
SELECT is(counted_at, now() - interval '20 days', 'the last count') FROM oms.confidence WHERE location = 'F' AND sku = 'A';
SELECT is(oms.refresh_confidence(), 0::bigint, 'nothing new, nothing changes');
-- The age of the last count: what is known fades, and with it what the location lends
UPDATE oms.confidence_setting SET half_life = '1 day' WHERE location = 'F';
SELECT is(oms.refresh_confidence(), 3::bigint, 'another half-life: all rows of the location, one of them forgotten');
SELECT is(pg_temp.confidence('F', 'A'), NULL, 'after 20 half-lives');
SELECT is_empty('SELECT * FROM oms.check()', 'the invariants hold');

-- Rejects: only what was named; of the sku only when it is about the goods
SELECT oms.place_order('o1', 'web', '{A,B}', '{1,1}', '44,-74'), oms.place_order('o2', 'web', '{A,C}', '{2,1}', '44,-74') \g /dev/null
SELECT oms.route() \g /dev/null
SELECT oms.reject(fulfillment_id, 'mismatch', 'A', 1, 'line') FROM oms.fulfillment WHERE order_id = 'o2' \g /dev/null
SELECT oms.reject(fulfillment_id, 'store busy', 'A', NULL, 'fulfillment') FROM oms.fulfillment WHERE order_id = 'o1' \g /dev/null
SELECT oms.refresh_confidence() \g /dev/null
SELECT is((SELECT round(rejected::numeric, 3) FROM oms.confidence WHERE location = 'F' AND sku IS NULL), 1.5, 'half a line and a whole one');
SELECT is((SELECT round(rejected::numeric, 3) FROM oms.confidence WHERE location = 'F' AND sku = 'A'), 0.5, 'the sku: what was not busy');
SELECT is((SELECT rejected FROM oms.confidence WHERE location = 'F' AND sku = 'B'), 0::float8, 'not what the scope took along');
SELECT is((SELECT rejects FROM oms.location_performance WHERE location = 'F'), '{"mismatch": 1, "store busy": 2}'::jsonb, 'performance has all of them');
SELECT is_empty('SELECT * FROM oms.check()', 'the invariants hold');

-- Withholding: only locations of the channel; the own rules only; a location too
INSERT INTO oms.safety_stock_rule (channel, location, safety_stock, note) VALUES ('web', 'N', '1', 'mine');
SELECT is((SELECT string_agg(concat_ws(' ', change, location, sku, safety_stock), ', ') FROM oms.withhold_by_confidence('web', 0.6, '3')), 'withheld F A 3, withheld N 3', 'below 0.6');
SELECT is_empty($$SELECT * FROM oms.withhold_by_confidence('web', 0.6, '3')$$, 'once');
SELECT is((SELECT string_agg(concat_ws(' ', change, location, safety_stock), ', ') FROM oms.withhold_by_confidence('web', 0.6, '4')), 'released F 3, released N 3, withheld F 4, withheld N 4', 'another amount');
SELECT is((SELECT count(*) FROM oms.withhold_by_confidence('web', 0)), 2::bigint, 'taken back');
SELECT is((SELECT note FROM oms.safety_stock_rule), 'mine', 'what others wrote stays');
SELECT is_empty($$SELECT * FROM oms.withhold_by_confidence('nobody', 1)$$, 'a channel that has no locations');
SELECT is_empty($$SELECT * FROM oms.withhold_by_confidence(NULL)$$, 'NULL');

-- A location that is gone
SELECT oms.add_location('gone', 'store') \g /dev/null
SELECT pg_temp.counted('gone', 'A', 0, 5, 0) \g /dev/null
SELECT is(oms.refresh_confidence(), 2::bigint, 'a location');
DELETE FROM oms.location WHERE location = 'gone';
SELECT is_empty($$SELECT * FROM oms.confidence WHERE location = 'gone'$$, 'that is gone');
SELECT is(oms.refresh_confidence(), 2::bigint, 'is forgotten');

-- Suggestions
SELECT is_empty($$SELECT * FROM oms.count_suggestions('nowhere')$$, 'an unknown location');
SELECT is((SELECT count(*) FROM oms.count_suggestions('N', 0)), 0::bigint, 'none asked for');
SELECT * FROM finish();
ROLLBACK;
