-- recommend_safety_stock: figures that were computed by other means (the Poisson sums term by
-- term, the normal loss by numerical integration), what counts, what does not, and bad input.
BEGIN;
\ir include/network.psql
SELECT plan(36);

SELECT oms.add_channel('web', 'all', 'stores', '2') \g /dev/null
SELECT oms.receive('W', sku, 500) FROM unnest('{slow,fast,wild,lost,found,new,free}'::text[]) AS sku \g /dev/null
SELECT oms.add_item('free', tracked => false) \g /dev/null
-- moved(sku, units, days ago, kind)
CREATE FUNCTION pg_temp.moved(sku text, units bigint, days float8, kind text DEFAULT 'consume') RETURNS void LANGUAGE sql AS
    $$INSERT INTO oms.movement_row (sku, location, quantity, kind, actor, moved_at)
      VALUES (sku, 'W', -units, kind, 'test', now() - days * interval '1 day')$$;
SELECT pg_temp.moved('slow', 2, i + 0.5), pg_temp.moved('fast', 15 + 10 * (i % 2), i + 0.5) FROM generate_series(0, 27) AS i \g /dev/null
SELECT pg_temp.moved('fast', units, 1, kind) FROM (VALUES (2, 'adjust'), (4, 'adjust'), (3, 'count')) AS v (units, kind) \g /dev/null
SELECT pg_temp.moved('wild', 28, 3.5), pg_temp.moved('wild', 28, 9.5), pg_temp.moved('lost', 3, 2, 'adjust'), pg_temp.moved('found', -3, 2, 'count') \g /dev/null
SELECT pg_temp.moved('slow', 100, 28.5), pg_temp.moved('slow', -7, 1, 'receive'), pg_temp.moved('slow', 5, 1, 'transfer') \g /dev/null

CREATE FUNCTION pg_temp.close_to(a float8, b float8, what text) RETURNS text LANGUAGE sql AS
    $$SELECT ok(abs(a - b) <= 1e-6 * greatest(1, abs(b)), format('%s: %s, is %s', what, b, a))$$;
CREATE TEMP VIEW r AS SELECT * FROM oms.recommend_safety_stock('web', 0.95, pick_delay => '1 day');

-- 2 a day, every day: Poisson with mean 2. P(Z <= 4) = 0.947347, P(Z <= 5) = 0.983436
SELECT is(units_sold, 56::bigint, 'what was consumed in the period, nothing else') FROM r WHERE sku = 'slow';
SELECT is(recommended, 5::bigint, 'Poisson: 5 of mean 2') FROM r WHERE sku = 'slow';
SELECT pg_temp.close_to(recommended_oversells, 0.02248799228435012, 'Poisson: oversells') FROM r WHERE sku = 'slow';
SELECT pg_temp.close_to(recommended_lost_sales, 3.02248799228435012, 'Poisson: lost sales') FROM r WHERE sku = 'slow';
SELECT pg_temp.close_to(oversells, 0.5413411329464508, 'Poisson: oversells of today''s 2') FROM r WHERE sku = 'slow';
SELECT pg_temp.close_to(lost_sales, 0.5413411329464508, 'Poisson: lost sales of today''s 2') FROM r WHERE sku = 'slow';
SELECT is(recommended, 4::bigint, 'the least that reaches the level') FROM oms.recommend_safety_stock('web', 0.947, pick_delay => '1 day') WHERE sku = 'slow';
SELECT is(recommended, 5::bigint, 'not one that is just below') FROM oms.recommend_safety_stock('web', 0.94735, pick_delay => '1 day') WHERE sku = 'slow';

-- 15 and 25 a day: variance 25.925926; differences 2, 4, 3: mean 3, variance 1. Mean 23, deviation 5.189020
SELECT pg_temp.close_to(demand_per_day, 20, 'normal: demand') FROM r WHERE sku = 'fast';
SELECT is(differences || ' ' || record_error, '3 3', 'normal: error of the record') FROM r WHERE sku = 'fast';
SELECT pg_temp.close_to(deviation, 5.189019746149163, 'normal: deviation') FROM r WHERE sku = 'fast';
SELECT is(recommended, 32::bigint, 'normal: 23 + 1.644854 * 5.189020 = 31.535') FROM r WHERE sku = 'fast';
SELECT pg_temp.close_to(recommended_oversells, 0.0872170490690821, 'normal: oversells') FROM r WHERE sku = 'fast';
SELECT pg_temp.close_to(recommended_lost_sales, 9.087217049069082, 'normal: lost sales') FROM r WHERE sku = 'fast';
SELECT pg_temp.close_to(oversells, 21.000030072818298, 'normal: oversells of today''s 2') FROM r WHERE sku = 'fast';
SELECT pg_temp.close_to(lost_sales, 0.0000300728182978105, 'normal: lost sales of today''s 2') FROM r WHERE sku = 'fast';

-- The same 56 units on two days: no Poisson
SELECT pg_temp.close_to(deviation, sqrt((2 * 28 * 28 - 56 * 56 / 28.0) / 27), 'scattered days: their own deviation') FROM r WHERE sku = 'wild';
SELECT ok(recommended = ceil(2 + 1.6448536269514722 * deviation), 'scattered days: normal') FROM r WHERE sku = 'wild';

-- Errors of the record alone; nothing; untracked
SELECT is(recommended || ' ' || record_error, '3 3', 'a loss that was found is kept back') FROM r WHERE sku = 'lost';
SELECT is(recommended || ' ' || record_error, '0 -3', 'what was found too much is not') FROM r WHERE sku = 'found';
SELECT is(lost_sales || ' ' || oversells, '5 0', 'then today''s 2 and 3 that the record does not have are not sold') FROM r WHERE sku = 'found';
SELECT is(recommended || ' ' || units_sold || ' ' || differences, '0 0 0', 'nothing happened') FROM r WHERE sku = 'new';
SELECT is_empty($$SELECT FROM r WHERE sku = 'free'$$, 'an untracked sku needs none');

-- What is asked for
SELECT is((SELECT string_agg(sku, ',' ORDER BY sku) FROM oms.recommend_safety_stock('web', skus => '{new,slow,other}')), 'new,slow', 'some skus');
SELECT is_empty($$SELECT FROM oms.recommend_safety_stock('web', locations => '{N}')$$, 'some locations');
SELECT is_empty($$SELECT FROM oms.recommend_safety_stock('web', method => 'pickup')$$, 'the locations of the method');
SELECT is(units_sold, 14::bigint, 'another period') FROM oms.recommend_safety_stock('web', period => '7 days') WHERE sku = 'slow';
SELECT cmp_ok((SELECT recommended FROM oms.recommend_safety_stock('web', 0.99, pick_delay => '1 day') WHERE sku = 'fast'), '>', 32::bigint, 'a higher level keeps more back');

-- Applied
SELECT results_eq($$SELECT sku, before::text, safety_stock::text FROM oms.apply_safety_stock_recommendation('web', 0.95, pick_delay => '1 day')$$,
    $$SELECT sku, '2', recommended::text FROM r WHERE units_sold > 0 OR differences > 0$$, 'apply writes what is recommended, but where nothing happened');
SELECT is((SELECT string_agg(kept_back::text, ',') FROM r WHERE units_sold > 0 OR differences > 0),
          (SELECT string_agg(recommended::text, ',') FROM r WHERE units_sold > 0 OR differences > 0), 'from now on that is kept back');
SELECT is_empty($$SELECT * FROM oms.apply_safety_stock_recommendation('web', 0.95, pick_delay => '1 day')$$, 'again: nothing to write');
SELECT is((SELECT count(*) FROM oms.apply_safety_stock_recommendation('web', 0.99, pick_delay => '1 day', skus => '{slow,fast}')), 2::bigint, 'another level');
SELECT is((SELECT string_agg(note, ', ' ORDER BY note) FROM oms.safety_stock_rule WHERE sku IN ('slow', 'fast')),
          'recommended: service level 0.99, recommended: service level 0.99', 'replaces the rules');

-- Bad input
CREATE TEMP TABLE bad (call text, error text);
INSERT INTO bad VALUES
    ($$SELECT * FROM oms.recommend_safety_stock('nowhere')$$, '^OM004 '), ($$SELECT * FROM oms.recommend_safety_stock(NULL)$$, '^22004 channel'),
    ($$SELECT * FROM oms.recommend_safety_stock('web', 1)$$, '^22023 service_level'), ($$SELECT * FROM oms.recommend_safety_stock('web', 0)$$, '^22023 service_level'),
    ($$SELECT * FROM oms.recommend_safety_stock('web', -1)$$, '^22023 '), ($$SELECT * FROM oms.recommend_safety_stock('web', 'NaN')$$, '^22023 '),
    ($$SELECT * FROM oms.recommend_safety_stock('web', NULL)$$, '^22004 service_level'),
    ($$SELECT * FROM oms.recommend_safety_stock('web', method => 'fly')$$, '^22023 unknown method'), ($$SELECT * FROM oms.recommend_safety_stock('web', method => NULL)$$, '^22004 '),
    ($$SELECT * FROM oms.recommend_safety_stock('web', period => '0')$$, '^22023 period'), ($$SELECT * FROM oms.recommend_safety_stock('web', period => NULL)$$, '^22004 period'),
    ($$SELECT * FROM oms.recommend_safety_stock('web', pick_delay => '-1 day')$$, '^22023 pick_delay'), ($$SELECT * FROM oms.recommend_safety_stock('web', pick_delay => NULL)$$, '^22004 pick_delay'),
    ($$SELECT * FROM oms.recommend_safety_stock('web', skus => '{a,NULL}')$$, '^22004 skus'), ($$SELECT * FROM oms.recommend_safety_stock('web', locations => '{""}')$$, '^22023 locations'),
    ($$SELECT * FROM oms.recommend_safety_stock('web', period => '300000 years')$$, '^22008 '),
    ($$SELECT * FROM oms.apply_safety_stock_recommendation('nowhere')$$, '^OM004 '), ($$SELECT * FROM oms.apply_safety_stock_recommendation('web', 2)$$, '^22023 ');
SELECT is_empty('SELECT call, pg_temp.error(call) FROM bad WHERE pg_temp.error(call) !~ error', 'bad input is refused');

-- An extreme level and a long delay stay finite
SELECT ok(bool_and(recommended >= 0 AND recommended_oversells >= 0 AND recommended_lost_sales >= 0), 'extremes')
  FROM oms.recommend_safety_stock('web', 0.999999999999999, pick_delay => '100 years');

-- Rights: apply writes with the caller's
CREATE ROLE reader;
GRANT EXECUTE ON FUNCTION oms.recommend_safety_stock, oms.apply_safety_stock_recommendation, oms.safety_stock_at TO reader;
SET LOCAL ROLE reader;
SELECT matches(pg_temp.error($$SELECT * FROM oms.apply_safety_stock_recommendation('web', 0.5, pick_delay => '1 day')$$), '^42501 permission denied for table safety_stock_rule', 'who may not change rules may not apply');
RESET ROLE;
SELECT * FROM finish();
ROLLBACK;
