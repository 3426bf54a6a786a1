-- oms.plan_routes: the rules of the model on random instances. Small ones are compared with
-- every possible assignment, computed in SQL; larger ones are checked rule by rule in SQL;
-- shuffled input gives the same plan; the batch solver is never worse than a sequential one.
BEGIN;
SET LOCAL client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS oms;
SELECT plan(22);

CREATE TEMP TABLE o (order_id text, priority int, coordinates oms.latlon, max_shipments int, ship_complete bool);
CREATE TEMP TABLE l (order_id text, line_no int, sku text, quantity bigint, keep_together bool, unit_value numeric, unfilled_cost numeric);
CREATE TEMP TABLE p (location text, coordinates oms.latlon, handling_cost numeric, unit_cost numeric, capacity_orders bigint, capacity_units bigint,
    minutes_per_order numeric, minutes_per_line numeric, minutes_per_unit numeric);
CREATE TEMP TABLE s (sku text, location text, available bigint, scarcity_cost numeric);
CREATE TEMP TABLE c (order_id text, location text, cost numeric, late_seconds int);
CREATE TEMP TABLE k (location text, measure text, "limit" bigint);
CREATE TEMP TABLE r (order_id text, line_no int, location text, quantity bigint, shipment int, cost numeric);
CREATE TEMP TABLE g (minimum numeric);

CREATE FUNCTION make_plan(options jsonb DEFAULT '{}', shuffled bool DEFAULT false) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    tail text := CASE WHEN shuffled THEN ' ORDER BY random()' ELSE '' END;
BEGIN
    DELETE FROM r;
    INSERT INTO r SELECT * FROM oms.plan_routes(
        'SELECT * FROM o' || tail, 'SELECT * FROM l' || tail, 'SELECT * FROM p' || tail, 'SELECT * FROM s' || tail,
        'SELECT * FROM c' || tail, NULL, 'SELECT * FROM k' || tail,
        options || jsonb_build_object('min_shipment_value', (SELECT minimum FROM g), 'late_cost_per_hour', 0));
END $$;

-- a random instance: n orders of at most m lines, locations, skus; every rule now and then
CREATE FUNCTION make_instance(seed float8, n int, m int, locations int, skus int, ampleness float8) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM setseed(seed);
    DELETE FROM o; DELETE FROM l; DELETE FROM p; DELETE FROM s; DELETE FROM c; DELETE FROM k; DELETE FROM g;
    INSERT INTO g VALUES (CASE WHEN random() < 0.3 THEN 20 ELSE 0 END);
    INSERT INTO o SELECT 'O' || i, floor(random() * 5), NULL, CASE WHEN random() < 0.3 THEN 1 + floor(random() * 2) END, random() < 0.2
    FROM generate_series(1, n) AS i;
    INSERT INTO l SELECT order_id, j, 'S' || floor(random() * skus), 1 + floor(random() * 3), random() < 0.3, round(random() * 20), round(random() * 10)
    FROM o, generate_series(1, m) AS j WHERE j = 1 OR random() < 0.6;
    INSERT INTO p SELECT 'L' || i, NULL, 0, round(random()::numeric, 2), CASE WHEN random() < 0.4 THEN floor(random() * (n + 1)) END,
                         CASE WHEN random() < 0.4 THEN floor(random() * (2 * n + 1)) END,
                         floor(random() * 3), round(random()::numeric, 1), CASE WHEN random() < 0.5 THEN 0.5 END
    FROM generate_series(1, locations) AS i;
    INSERT INTO s SELECT 'S' || i, location, floor(random() * ampleness * n), round(random()::numeric, 2)
    FROM generate_series(0, skus - 1) AS i, p WHERE random() < 0.8;
    INSERT INTO s SELECT 'S0', 'L1', 1, 0 WHERE NOT EXISTS (SELECT FROM s);
    INSERT INTO c SELECT order_id, location, round((3 + random() * 10)::numeric, 2), CASE WHEN random() < 0.25 THEN 3600 ELSE 0 END
    FROM o, p WHERE random() < 0.9;
    INSERT INTO c SELECT 'O1', 'L1', 5, 0 WHERE NOT EXISTS (SELECT FROM c);
    INSERT INTO k SELECT location, 'lines', floor(random() * (n + 2)) FROM p WHERE random() < 0.3;
    INSERT INTO k SELECT location, 'minutes', 5 + floor(random() * 5 * n) FROM p WHERE random() < 0.3;
    INSERT INTO k VALUES ('elsewhere', 'orders', 0);
END $$;

-- The rules, for many plans at once: a row of x is a part of a line at a location (NULL: unfilled).
CREATE TEMP TABLE x (plan int, order_id text, line_no int, location text, quantity bigint);
CREATE INDEX ON x (plan);
CREATE TEMP VIEW broken AS
WITH y AS (
    SELECT x.*, l.sku, l.keep_together, l.unit_value, l.quantity AS asked, o.max_shipments, o.ship_complete, c.cost
    FROM x JOIN l USING (order_id, line_no) JOIN o USING (order_id) LEFT JOIN c USING (order_id, location))
SELECT plan, 'stock' AS rule FROM y LEFT JOIN s USING (sku, location) WHERE location IS NOT NULL
GROUP BY plan, sku, location HAVING sum(y.quantity) > coalesce(max(s.available), 0)
UNION ALL
SELECT plan, 'capacity' FROM y JOIN p USING (location)
GROUP BY plan, location HAVING count(DISTINCT order_id) > max(capacity_orders) OR sum(y.quantity) > max(capacity_units)
    OR count(*) > (SELECT "limit" FROM k WHERE k.location = y.location AND measure = 'lines')
    OR count(DISTINCT order_id) * max(minutes_per_order) + count(*) * max(minutes_per_line) + sum(y.quantity) * max(coalesce(minutes_per_unit, 0))
       > (SELECT "limit" FROM k WHERE k.location = y.location AND measure = 'minutes')
UNION ALL
SELECT plan, 'no cost' FROM y WHERE location IS NOT NULL AND cost IS NULL
UNION ALL
SELECT plan, 'order' FROM y
GROUP BY plan, order_id HAVING count(DISTINCT location) > max(max_shipments)
    OR (bool_or(ship_complete) AND count(location) > 0 AND bool_or(location IS NULL))
    OR count(DISTINCT coalesce(location, '')) FILTER (WHERE keep_together) > 1
UNION ALL
SELECT plan, 'minimum' FROM (SELECT plan, order_id, location, sum(quantity * unit_value) AS value, sum(quantity) AS units
                             FROM y GROUP BY plan, order_id, location) AS v
WHERE value < (SELECT minimum FROM g)
  AND EXISTS (SELECT FROM y WHERE y.plan = v.plan AND y.order_id = v.order_id AND y.location IS NOT NULL)
  AND EXISTS (SELECT FROM y WHERE y.plan = v.plan AND y.order_id = v.order_id AND y.location IS DISTINCT FROM v.location)
UNION ALL
SELECT plan, 'quantity' FROM y GROUP BY plan, order_id, line_no HAVING sum(quantity) <> max(asked);

-- how good a plan is: unfilled units and late lines by class, then the cost
CREATE TEMP VIEW score AS
SELECT plan,
       (SELECT array_agg(v ORDER BY class, what) FROM (
            SELECT class, what, coalesce(sum(n), 0) AS v
            FROM generate_series(0, 4) AS class CROSS JOIN (VALUES (1), (2)) AS w (what)
            LEFT JOIN (SELECT o.priority, 1 AS kind, x.quantity AS n FROM x JOIN o USING (order_id)
                       WHERE x.plan = plans.plan AND x.location IS NULL
                       UNION ALL
                       SELECT DISTINCT ON (x.order_id, x.line_no) o.priority, 2, 1 FROM x JOIN o USING (order_id) JOIN c USING (order_id, location)
                       WHERE x.plan = plans.plan AND c.late_seconds > 0) AS z ON z.priority = class AND z.kind = what
            GROUP BY class, what) AS q)
       || (SELECT coalesce(sum(x.quantity * (CASE WHEN x.location IS NULL THEN l.unfilled_cost ELSE p.unit_cost + s.scarcity_cost END)), 0)
           FROM x JOIN l USING (order_id, line_no) LEFT JOIN p USING (location) LEFT JOIN s USING (sku, location) WHERE x.plan = plans.plan)
        + (SELECT coalesce(sum(c.cost), 0) FROM (SELECT DISTINCT order_id, location FROM x WHERE x.plan = plans.plan) AS d JOIN c USING (order_id, location))
       AS score
FROM (SELECT DISTINCT plan FROM x) AS plans;

CREATE FUNCTION score_of_plan() RETURNS numeric[] LANGUAGE sql AS $$
    DELETE FROM x;
    INSERT INTO x SELECT 0, order_id, line_no, location, quantity FROM r;
    SELECT score FROM score;
$$;
CREATE FUNCTION best_score() RETURNS numeric[] LANGUAGE plpgsql AS $$
DECLARE
    lines int := (SELECT count(*) FROM l);
    choices int := (SELECT count(*) + 1 FROM p);
    best numeric[];
BEGIN
    DELETE FROM x;
    INSERT INTO x
    SELECT plan, order_id, line_no, location, quantity
    FROM generate_series(0, (choices ^ lines)::int - 1) AS plan,
         (SELECT *, row_number() OVER (ORDER BY order_id, line_no) - 1 AS i FROM l) AS l
         LEFT JOIN LATERAL (SELECT location FROM (SELECT location, row_number() OVER (ORDER BY location) AS j FROM p) AS p
                            WHERE j = (plan / (choices ^ i)::int) % choices) AS a ON true;
    ANALYZE x;
    DELETE FROM x WHERE plan IN (SELECT plan FROM broken);
    ANALYZE x;
    SELECT min(score) INTO best FROM score;
    RETURN best;
END $$;

-- Small instances against every assignment
CREATE TEMP TABLE small (seed int, solver numeric[], best numeric[], bound numeric, pruned_bound numeric);
DO $$
DECLARE
    mine numeric[];
BEGIN
    FOR i IN 1..40 LOOP
        PERFORM make_instance(i / 100.0, 3, 2, 2 + i % 2, 2, 1 + i % 5);
        WHILE (SELECT count(*) FROM l) > 5 LOOP
            DELETE FROM l WHERE (order_id, line_no) = (SELECT order_id, line_no FROM l WHERE line_no > 1 LIMIT 1);
        END LOOP;
        PERFORM make_plan();
        mine := score_of_plan();
        INSERT INTO small VALUES (i, mine, best_score(), (SELECT lower_bound FROM oms.plan_summary()));
        -- with one candidate kept for an order, the bound must hold for all locations all the same
        PERFORM make_plan('{"candidates": 1}');
        UPDATE small SET pruned_bound = (SELECT lower_bound FROM oms.plan_summary())
        WHERE seed = i AND solver[1:10] = (score_of_plan())[1:10];
    END LOOP;
END $$;
SELECT is((SELECT count(*) FROM small WHERE best IS NOT NULL), 40::bigint, 'every small instance has a best plan');
SELECT is_empty('SELECT * FROM small WHERE solver < best', 'no plan beats every assignment: the rules are kept');
SELECT is_empty('SELECT * FROM small WHERE solver > best', 'no assignment beats the plan');
SELECT is_empty('SELECT * FROM small WHERE bound IS NULL OR bound > best[11]', 'no plan is cheaper than the certified bound');
SELECT is_empty('SELECT * FROM small WHERE pruned_bound > best[11]', 'nor where candidates are cut off');
SELECT ok((SELECT avg((best[11] - bound) / nullif(best[11], 0)) FROM small) < 0.2, 'and the bound is near');
SELECT ok((SELECT count(*) FROM small WHERE best[1:10] <> array_fill(0::numeric, ARRAY[10])) BETWEEN 10 AND 39,
          'among them are instances with something unfilled or late, and without');

-- Where candidates are cut off, the bound holds for the plans that the others would make possible
CREATE TEMP TABLE pruned (seed int, options jsonb, score numeric[], cut_score numeric[], cut_bound numeric);
DO $$
DECLARE
    cut jsonb;
    mine numeric[];
BEGIN
    FOR i IN 1..16 LOOP
        PERFORM make_instance(i / 50.0, 12, 2 + i % 5, 9, 6, 0.3);
        FOR cut IN SELECT jsonb_build_object('split_lines', split, 'candidates', n) FROM unnest(ARRAY[true, false]) AS split, unnest(ARRAY[1, 3]) AS n LOOP
            PERFORM make_plan(cut || '{"candidates": 100, "iterations": 1000}');
            mine := score_of_plan();
            PERFORM make_plan(cut || '{"iterations": 1000}');
            INSERT INTO pruned VALUES (i, cut, mine, score_of_plan(), (SELECT lower_bound FROM oms.plan_summary()));
        END LOOP;
    END LOOP;
END $$;
SELECT is_empty('SELECT * FROM pruned WHERE cut_score[1:10] = score[1:10] AND cut_bound > score[11]',
    'nor on larger ones, with few or many lines, split or not');
SELECT ok((SELECT count(*) FROM pruned WHERE cut_score[1:10] = score[1:10] AND score[11] - cut_bound < 0.5 * score[11]) > 30, 'where it says something');

-- Larger ones: each rule computed again
CREATE TEMP TABLE large (seed int, solver text, score numeric[], broken text[], reported numeric, total numeric);
DO $$
DECLARE
    options jsonb;
    mine numeric[];
BEGIN
    FOR i IN 1..6 LOOP
        PERFORM make_instance(i / 10.0, 60, 3, 8, 10, 0.15);
        FOR options IN SELECT jsonb_build_object('solver', s) || o
                       FROM unnest(ARRAY['batch', 'nearest', 'cheapest']) AS s, unnest(ARRAY['{}', '{"split_lines": true}']::jsonb[]) AS o LOOP
            PERFORM make_plan(options || '{"iterations": 2000}');
            mine := score_of_plan();
            INSERT INTO large VALUES (i, options::text, mine, (SELECT array_agg(DISTINCT rule) FROM broken),
                                      (SELECT cost FROM oms.plan_summary()), (SELECT sum(cost) FROM r));
        END LOOP;
    END LOOP;
END $$;
SELECT is_empty('SELECT * FROM large WHERE broken IS NOT NULL', 'larger plans break no rule, split or not');
SELECT is_empty('SELECT * FROM large WHERE reported <> total', 'the cost of a plan is the sum of its rows');
SELECT is_empty('SELECT * FROM large WHERE score[11] <> total', 'and what SQL computes');
SELECT is_empty($$SELECT * FROM large AS b JOIN large AS n USING (seed)
    WHERE b.solver LIKE '%batch%' AND n.solver NOT LIKE '%batch%'
      AND (b.solver LIKE '%split%') = (n.solver LIKE '%split%') AND b.score > n.score$$,
    'the batch solver is never worse than a sequential one');
SELECT is((SELECT count(DISTINCT score) FROM large WHERE solver LIKE '%batch%') > 6, true, 'the instances differ');

-- Shuffled input
CREATE TEMP TABLE first_plan (LIKE r);
CREATE FUNCTION same_when_shuffled(options jsonb) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    PERFORM make_instance(0.77, 80, 3, 10, 12, 0.12);
    PERFORM make_plan(options);
    DELETE FROM first_plan;
    INSERT INTO first_plan SELECT * FROM r;
    PERFORM make_plan(options, true);
    RETURN is_empty('(TABLE r EXCEPT ALL TABLE first_plan) UNION ALL (TABLE first_plan EXCEPT ALL TABLE r)',
                    'shuffled rows give the same plan: ' || options::text);
END $$;
SELECT same_when_shuffled('{}');
SELECT same_when_shuffled('{"split_lines": true}');
SELECT same_when_shuffled('{"seed": 7, "solver": "batch", "candidates": 4}');

-- No inversion: taking away all orders of lower classes would not help a higher one
CREATE FUNCTION inversions() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    found bigint := 0;
    victim record;
    before numeric;
    after numeric;
BEGIN
    PERFORM make_plan();
    CREATE TEMP TABLE IF NOT EXISTS kept AS TABLE r;
    DELETE FROM kept; INSERT INTO kept TABLE r;
    CREATE TEMP TABLE IF NOT EXISTS all_o AS TABLE o;
    DELETE FROM all_o; INSERT INTO all_o TABLE o;
    FOR victim IN SELECT order_id, max(priority) AS priority, sum(quantity) FILTER (WHERE location IS NULL) AS unfilled
                  FROM kept JOIN all_o USING (order_id) GROUP BY order_id HAVING bool_or(location IS NULL) LOOP
        -- what the others of its class and above leave, for this order alone
        before := victim.unfilled;
        SELECT coalesce(sum(n.quantity) FILTER (WHERE n.location IS NULL), 0) INTO after
        FROM oms.plan_routes(
            format('SELECT * FROM all_o WHERE order_id = %L', victim.order_id),
            format('SELECT * FROM l WHERE order_id = %L', victim.order_id),
            format('SELECT p.location, p.unit_cost, 10 * minutes_per_order AS minutes_per_order, 10 * minutes_per_line AS minutes_per_line, 10 * minutes_per_unit AS minutes_per_unit,
                           p.capacity_orders - u.orders AS capacity_orders, p.capacity_units - u.units AS capacity_units
                    FROM p, LATERAL (SELECT count(DISTINCT order_id) AS orders, coalesce(sum(quantity), 0) AS units FROM kept JOIN all_o USING (order_id)
                                     WHERE kept.location = p.location AND priority <= %s AND order_id <> %L) AS u', victim.priority, victim.order_id),
            format('SELECT s.sku, s.location, s.available - coalesce((SELECT sum(kept.quantity) FROM kept JOIN l USING (order_id, line_no) JOIN all_o USING (order_id)
                            WHERE l.sku = s.sku AND kept.location = s.location AND priority <= %s AND order_id <> %L), 0) AS available FROM s', victim.priority, victim.order_id),
            'TABLE c', NULL,
            format('SELECT k.location, k.measure, CASE measure WHEN ''lines'' THEN k.limit - u.lines
                           ELSE 10 * (k.limit - u.orders * p.minutes_per_order - u.lines * p.minutes_per_line - u.units * coalesce(p.minutes_per_unit, 0)) END AS "limit"
                    FROM k JOIN p USING (location), LATERAL (SELECT count(*) AS lines, count(DISTINCT order_id) AS orders, coalesce(sum(quantity), 0) AS units FROM kept JOIN all_o USING (order_id)
                            WHERE kept.location = k.location AND priority <= %s AND order_id <> %L) AS u WHERE measure IN (''lines'', ''minutes'')', victim.priority, victim.order_id),
            jsonb_build_object('min_shipment_value', (SELECT minimum FROM g))) AS n;
        found := found + (after < before)::int;
    END LOOP;
    RETURN found;
END $$;
SELECT make_instance(0.31, 60, 3, 8, 10, 0.12);
SELECT is(inversions(), 0::bigint, 'no order is unfilled while a lower class holds what would serve it');
SELECT make_instance(0.57, 60, 3, 8, 10, 0.10);
SELECT is(inversions(), 0::bigint, 'nor here');

-- An empty order book has an empty plan
DELETE FROM o; DELETE FROM l;
SELECT make_plan();
SELECT is_empty('TABLE r', 'no orders, no rows');
SELECT is((SELECT (orders, cost, unfilled, stop_reason) FROM oms.plan_summary()), (0::bigint, 0::numeric, 0::bigint, 'optimal'::text),
          'and a summary of zeros');

-- Equal orders, room for three: those that came first have it, whatever they are called, and in either order of the rows.
CREATE FUNCTION first_come(descending bool) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(order_id, ' ' ORDER BY order_id) FROM oms.plan_routes(
        'SELECT i AS order_id, 9 - i AS sequence, ''40,-100''::oms.latlon AS coordinates FROM generate_series(1, 8) i ORDER BY i' || CASE WHEN descending THEN ' DESC' ELSE '' END,
        'SELECT i AS order_id, 1 AS line_no, ''lamp'' AS sku, 1 AS quantity FROM generate_series(1, 8) i',
        'SELECT ''store'' AS location, ''40,-100''::oms.latlon AS coordinates, 3 AS capacity_orders', 'SELECT ''lamp'' AS sku, ''store'' AS location, 100 AS available')
    WHERE location IS NOT NULL
$$;
SELECT is(ARRAY[first_come(false), first_come(true)], '{6 7 8,6 7 8}', 'where only room lacks, the last to arrive go without');

SELECT * FROM finish();
ROLLBACK;
