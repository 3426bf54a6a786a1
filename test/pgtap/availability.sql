-- Availability: what a channel may sell after reservations, safety stock and buffer, over its
-- open locations; that reserve sells exactly that; and that readers work in parallel workers.
BEGIN;
SET LOCAL client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS oms;
\ir include/network.psql
SELECT plan(62);

SELECT oms.receive('W', 'A', 100) + oms.receive('N', 'A', 31) + oms.receive('P', 'A', 4) AS units \gset

-- available
SELECT is(oms.available('A', 'W'), 100::bigint, 'available is on_hand while nothing is reserved');
SELECT is(oms.available('A', 'F'), 0::bigint, '0 where the sku is not carried');
SELECT is(oms.available('unheard of', 'nowhere'), 0::bigint, '0 also for keys that nobody knows');

-- Safety stock is withheld at each location, rounded up; the sum over the open ones is the ATP.
CREATE FUNCTION pg_temp.atp_with(safety oms.safety_stock, buffer bigint DEFAULT 0) RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
    PERFORM oms.add_channel('test', 'all', 'stores', safety, buffer);
    RETURN oms.atp('test', 'A');
END $$;
SELECT is(pg_temp.atp_with('0'), 135::bigint, 'nothing withheld: 100 + 31 + 4');
SELECT is(pg_temp.atp_with('5'), 121::bigint, '5 at each: 95 + 26 + 0');
SELECT is(pg_temp.atp_with('10%'), 120::bigint, '10 %: 90 + 27 (4 of 31 withheld) + 3 (1 of 4)');
SELECT is(pg_temp.atp_with('2 + 10%'), 114::bigint, '2 and 10 %: 88 + 25 + 1');
SELECT is(pg_temp.atp_with('max(5, 10%)'), 116::bigint, 'the larger: 90 + 26 + 0');
SELECT is(pg_temp.atp_with('min(5, 10%)'), 125::bigint, 'the smaller: 95 + 27 + 3');
SELECT is(pg_temp.atp_with('100%'), 0::bigint, '100 % excludes');
SELECT is(pg_temp.atp_with('0.0001%'), 132::bigint, 'a trace of a percent withholds a unit at each: 99 + 30 + 3');
SELECT is(pg_temp.atp_with('0', 5), 130::bigint, 'the buffer is taken once');
SELECT is(pg_temp.atp_with('5', 121), 0::bigint, 'up to all');
SELECT is(pg_temp.atp_with('5', 9223372036854775807), 0::bigint, 'and never below 0');

-- atp_by_location
SELECT is(pg_temp.atp_with('10%'), 120::bigint, 'with 10 % again');
SELECT results_eq($$SELECT location, on_hand, unavailable, reserved, expired, safety_stock, atp, round(distance_km::numeric)
                    FROM oms.atp_by_location('test', 'A', near => '40,-74')$$,
    $$VALUES ('W', 100::bigint, 0::bigint, 0::bigint, 0::bigint, 10::bigint, 90::bigint, 0::numeric),
             ('N', 31, 0, 0, 0, 4, 27, 111), ('P', 4, 0, 0, 0, 1, 3, NULL)$$,
    'a row per open location that carries it, the nearest first; no distance without coordinates');
SELECT is((SELECT count(distance_km) FROM oms.atp_by_location('test', 'A')), 0::bigint, 'no distance without near');
SELECT results_eq($$SELECT location, atp FROM oms.atp_by_location('test', 'A', 'pickup')$$, $$VALUES ('N', 27::bigint)$$, 'pickup has its own group');
SELECT is(oms.atp('test', 'A', 'pickup'), 27::bigint, 'and its own ATP');
SELECT is_empty($$SELECT * FROM oms.atp_by_location('market', 'A', 'pickup')$$, 'no location without a pickup group');
SELECT is(oms.atp('market', 'A', 'pickup'), 0::bigint, 'and nothing to sell');

-- atp_many
SELECT oms.add_item('listed') \gset
SELECT results_eq($$SELECT * FROM oms.atp_many('test', '{A,unheard of,listed,A}')$$,
                  $$VALUES ('A', 120::bigint, 120::bigint), ('unheard of', NULL, NULL), ('listed', 0, 0), ('A', 120, 120)$$,
                  'a row per element, in order: NULL for an unknown sku, 0 for one without stock');
SELECT is_empty($$SELECT * FROM oms.atp_many('test', '{}')$$, 'no sku, no row');
SELECT is(oms.atp('test', 'listed'), 0::bigint, 'an item without stock has none to sell');
SELECT pg_temp.refused($$SELECT oms.atp('test', 'unheard of')$$,
    'OM004 sku "unheard of" is unknown | It has neither an item nor stock at any location. | Call oms.receive or oms.add_item first.');
SELECT pg_temp.refused($$SELECT * FROM oms.atp_by_location('test', 'unheard of')$$,
    'OM004 sku "unheard of" is unknown | It has neither an item nor stock at any location. | Call oms.receive or oms.add_item first.');
SELECT pg_temp.refused($$SELECT oms.atp('unheard of', 'A')$$, 'OM004 channel "unheard of" is unknown | Call oms.add_channel first.');
SELECT pg_temp.refused($$SELECT * FROM oms.atp_many('unheard of', '{A}')$$, 'OM004 channel "unheard of" is unknown | Call oms.add_channel first.');
SELECT pg_temp.refused($$SELECT * FROM oms.atp_by_location('unheard of', 'A')$$, 'OM004 channel "unheard of" is unknown | Call oms.add_channel first.');
SELECT pg_temp.refused($$SELECT oms.atp('web', 'A', 'drone')$$, '22023 unknown method "drone" | Methods are ship and pickup.');
SELECT is(oms.atp('test', 'A', 'ship', '2100-01-01'), 120::bigint, 'without incoming stock a later moment has the same ATP');

-- A sku that was received once is known for good.
SELECT oms.receive('W', 'gone', 1) + oms.adjust('W', 'gone', -1, 'lost') AS units \gset
SELECT is(oms.atp('web', 'gone'), 0::bigint, 'none left is 0, not unknown');

-- Untracked: the largest bigint wherever the channel may sell at all
SELECT oms.add_item('gift card', tracked => false) \gset
SELECT is(oms.atp('web', 'gift card'), 9223372036854775807, 'an untracked sku never runs out');
SELECT is((SELECT atp FROM oms.atp_many('web', '{gift card}')), 9223372036854775807, 'for atp_many as well');
SELECT is(pg_temp.atp_with('max(1000, 99.9999%)', 10), 0::bigint, 'a channel that keeps back nearly all');
SELECT is(oms.atp('test', 'gift card'), 9223372036854775807, 'an untracked sku knows neither safety stock nor buffer');
SELECT is(pg_temp.atp_with('100%'), 0::bigint, 'a channel that sells nothing');
SELECT is(oms.atp('test', 'gift card'), 0::bigint, 'sells no untracked sku either');
SELECT is(oms.atp('market', 'gift card', 'pickup'), 0::bigint, 'but not where no location is open');
UPDATE oms.location SET can_ship = false;
SELECT is(oms.atp('web', 'gift card'), 0::bigint, 'nor when none may ship');
UPDATE oms.location SET can_ship = true;
SELECT is((SELECT sum(quantity) FROM oms.reserve('web', 'gift card', 1000000)), 1000000::numeric, 'a million of them reserved');
SELECT is((SELECT atp FROM oms.atp_by_location('web', 'gift card')), 9223372036854775807, 'and by location there is no end to it');

-- Reserved units; expired holds are free without anybody's sweeping.
SELECT is((SELECT count(*) FROM oms.reserve('web', 'A', 40, location => 'W')), 1::bigint, '40 firm');
SELECT is((SELECT count(*) FROM oms.reserve('web', 'A', 20, location => 'W', expires_in => '1 hour')), 1::bigint, '20 held for an hour');
SELECT is((SELECT count(*) FROM oms.reserve('web', 'A', 5, location => 'W', expires_in => '1 ms')), 1::bigint, '5 held for a millisecond');
SELECT pg_sleep(0.01) \gset
SELECT results_eq($$SELECT location, on_hand, reserved, expired, atp FROM oms.atp_by_location('web', 'A') LIMIT 1$$,
                  $$VALUES ('W', 100::bigint, 65::bigint, 5::bigint, 40::bigint)$$, 'expired units count as reserved, but are free');
SELECT is(oms.available('A', 'W'), 40::bigint, 'available = on_hand - reserved + expired');
SELECT is(oms.atp('web', 'A'), 75::bigint, 'ATP: 40 + 31 + 4');
SELECT oms.expire_holds() AS swept \gset
SELECT is(oms.atp('web', 'A'), 75::bigint, 'sweeping changes nothing');
SELECT results_eq($$SELECT reserved, expired FROM oms.atp_by_location('web', 'A') LIMIT 1$$, $$VALUES (60::bigint, 0::bigint)$$, 'but the sum of what is reserved');

-- The percent is of on_hand, not of what is left; what a loss takes from reservations is taken elsewhere.
SELECT is(pg_temp.atp_with('10%'), 60::bigint, '10 % of 100, 31 and 4: 30 + 27 + 3');
SELECT oms.adjust('W', 'A', -50, 'lost') \gset
SELECT is(oms.available('A', 'W'), 0::bigint, 'ten more were reserved at W');
SELECT is(oms.atp('test', 'A'), 20::bigint, 'they moved: 27 + 3 - 10');

-- Two worked cases with a buffer
SELECT oms.receive('N', 'case 1', 50) \gset
DO $$
BEGIN
    FOR i IN 1..4 LOOP
        PERFORM oms.add_location('S' || i, 'store');
        PERFORM oms.receive('S' || i, 'case 1', (ARRAY[10, 11, 14, 15])[i]);
        PERFORM oms.receive('S' || i, 'case 2', 100) WHERE i <= 2;
    END LOOP;
    PERFORM oms.add_location_group('five', '{N,S1,S2,S3,S4}');
    PERFORM oms.add_channel('five', 'five', NULL, '5', 10);
    PERFORM oms.add_channel('two', 'five', buffer => 10);
END $$;
UPDATE oms.location SET status = 'offline' WHERE location = 'N';
SELECT is(oms.atp('five', 'case 1'), 20::bigint, 'one store of five is off, four have 50, safety stock 5 each, buffer 10: 20');
SELECT is(oms.atp('two', 'case 2'), 190::bigint, '100 + 100 with a buffer of 10: 190');
SELECT is(pg_temp.sold('five', 'case 1'), 20::bigint, 'reserve sells 20 of the first');
SELECT is(pg_temp.sold('two', 'case 2'), 190::bigint, 'and 190 of the second');
UPDATE oms.location SET status = 'active' WHERE location = 'N';

-- reserve enforces exactly what atp says: unit by unit until it is refused, over every kind of
-- safety stock, buffers, methods, reserved and lost units.
DO $$
BEGIN
    PERFORM oms.receive('W', 'p', 7), oms.receive('N', 'p', 12), oms.receive('P', 'p', 1);
    PERFORM oms.receive('W', 'q', 9), oms.receive('F', 'q', 3);
    PERFORM FROM oms.reserve('web', 'p', 5, location => 'W');
    PERFORM FROM oms.reserve('web', 'q', 6, location => 'W');
    PERFORM oms.adjust('W', 'q', -5, 'lost');
    PERFORM FROM oms.reserve('web', 'q', 1, location => 'F', expires_in => '1 us');
    PERFORM oms.add_channel('c' || n, 'all', 'stores', safety::oms.safety_stock, buffer)
    FROM unnest('{0,1,3,10%,"2 + 10%","max(3, 20%)","min(3, 50%)",33.3333%,100%}'::text[]) WITH ORDINALITY AS s (safety, k),
         unnest('{0,1,4}'::bigint[]) WITH ORDINALITY AS b (buffer, m), LATERAL (SELECT 10 * k + m) AS c (n);
END $$;
SELECT is_empty($$
    SELECT channel, safety_stock, buffer, sku, method, oms.atp(channel, sku, method), pg_temp.sold(channel, sku, method)
    FROM oms.channel, unnest('{p,q}'::text[]) AS sku, unnest('{ship,pickup}'::text[]) AS method
    WHERE channel ~ '^c\d+$' AND oms.atp(channel, sku, method) <> pg_temp.sold(channel, sku, method)$$,
    'on 27 channels, 2 skus, 2 methods reserve sells what atp says');
SELECT cmp_ok((SELECT count(DISTINCT oms.atp(channel, sku, method))
               FROM oms.channel, unnest('{p,q}'::text[]) AS sku, unnest('{ship,pickup}'::text[]) AS method WHERE channel ~ '^c\d+$'),
              '>=', 8::bigint, 'which are many different numbers');

-- Parallel: every reader, inside a worker
CREATE TABLE probe AS SELECT channel::text, sku FROM oms.channel, unnest('{p,q}'::text[]) AS sku WHERE channel ~ '^c\d+$';
\set reading 'SELECT md5(string_agg(concat_ws(chr(44), channel, sku, oms.available(sku, $q$W$q$), oms.atp(channel, sku), (SELECT string_agg(m::text, chr(44)) FROM oms.atp_many(channel, ARRAY[sku, $q$A$q$]) AS m), (SELECT string_agg(l::text, chr(44)) FROM oms.atp_by_location(channel, sku, $q$ship$q$, $q$40,-74$q$) AS l)), chr(10) ORDER BY channel, sku)) FROM probe'
SET LOCAL max_parallel_workers_per_gather = 0;
SELECT (:reading) AS alone \gset
SET LOCAL max_parallel_workers_per_gather = 2;
SET LOCAL parallel_setup_cost = 0;
SET LOCAL parallel_tuple_cost = 0;
SET LOCAL min_parallel_table_scan_size = 0;
SELECT set_config(name, 'on', true) FROM pg_settings WHERE name IN ('force_parallel_mode', 'debug_parallel_query');
SELECT (:reading) AS together \gset
CREATE FUNCTION pg_temp.workers(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    line text;
BEGIN
    FOR line IN EXECUTE 'EXPLAIN (ANALYZE, COSTS off, TIMING off, SUMMARY off) ' || statement LOOP
        IF line ~ 'Workers Launched' THEN
            RETURN btrim(line);
        END IF;
    END LOOP;
    RETURN 'no Gather';
END $$;
SELECT matches(pg_temp.workers(:'reading'), '^Workers Launched: [12]$', 'the readers run in a worker');
SELECT is(:'together'::text, :'alone'::text, 'and read there what the leader reads');
SELECT set_config(name, 'off', true) FROM pg_settings WHERE name IN ('force_parallel_mode', 'debug_parallel_query');

-- And under a hostile setting of the session
SET LOCAL search_path = pg_temp, public;
SELECT is(oms.atp('web', 'p'), 15::bigint, 'with an empty search_path');

SELECT * FROM finish();
ROLLBACK;
