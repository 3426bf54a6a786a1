-- Rules of a policy together: what earlier rules serve moves within its tier and makes room for what a later rule has to
-- serve. Small random instances against brute force: beside all that the rules before it serve, a rule serves as many lines as
-- can be served, and no line of theirs is lost. Then what the rules do not share.
BEGIN;
SET LOCAL client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS oms;
SET LOCAL jit = off;
SELECT plan(13);

-- most(n, places, needed, stock) is the most of the first n lines that are not needed, each one unit at one of its places,
-- that can be served together with all that are; below 0 when these cannot
CREATE FUNCTION pg_temp.most(n int, places jsonb, needed boolean[], stock jsonb) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
    best int := -100;
    place text;
BEGIN
    IF n = 0 THEN
        RETURN 0;
    END IF;
    FOR place IN SELECT p.value FROM jsonb_array_elements_text(places -> (n - 1)) AS p WHERE (stock ->> p.value)::int > 0 LOOP
        best := GREATEST(best, (NOT needed[n])::int
                               + pg_temp.most(n - 1, places, needed, jsonb_set(stock, ARRAY[place], to_jsonb((stock ->> place)::int - 1))));
    END LOOP;
    IF NOT needed[n] THEN
        best := GREATEST(best, pg_temp.most(n - 1, places, needed, stock));
    END IF;
    RETURN best;
END $$;

-- instance(seed, floors) makes four locations, orders of a mug, a cup or both, and three rules that differ in locations, distance and,
-- if wanted, floor; and says what is wrong with their plan
CREATE FUNCTION pg_temp.instance(seed int, floors boolean) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    k int;
    most int;
    n int;
BEGIN
    PERFORM setseed(seed / 1000.0);
    PERFORM oms.add_location('L' || l, 'store', oms.latlon(40 + random() * 3, -100 + random() * 3)) FROM generate_series(1, 4) AS l;
    PERFORM oms.add_location_group('all', '{L1,L2,L3,L4}'), oms.add_channel('web', 'all');
    PERFORM oms.receive('L' || l, sku, 1) FROM generate_series(1, 4) AS l, unnest('{mug,cup}'::text[]) AS sku;
    PERFORM oms.place_order('O' || o, 'web', skus, array_fill(1::bigint, ARRAY[cardinality(skus)]), oms.latlon(40 + random() * 3, -100 + random() * 3))
       FROM (SELECT o, CASE WHEN random() < 0.6 THEN '{mug}' ELSE '{mug,cup}' END::text[] AS skus
               FROM generate_series(1, 4) AS o OFFSET 0) AS x;
    CREATE TEMP TABLE rule AS
        SELECT r, CASE r WHEN 1 THEN '{L1,L2,L3,L4}' ELSE ARRAY['L' || 1 + (random() * 3)::int] END AS locations,
               CASE WHEN r = 1 THEN 180 + random() * 150 END AS max_km, CASE WHEN floors THEN (3 - r) / 2 ELSE 0 END AS floor
          FROM generate_series(1, 3) AS r;
    PERFORM oms.add_location_group('group ' || r, locations) FROM rule;
    PERFORM oms.add_policy('p'), oms.add_routing('p', 'all');
    PERFORM oms.add_rule('p', 'all', 'group ' || r, max_km, floor => floor::text::oms.safety_stock) FROM (SELECT * FROM rule ORDER BY r) AS r;
    PERFORM oms.activate_policy('p');
    CREATE TEMP TABLE plan AS SELECT * FROM oms.simulate(policy => 'p');
    -- a line that is served is served where its rule may serve it, and leaves its floor
    IF EXISTS (SELECT FROM plan p JOIN oms.orders o USING (order_id) JOIN oms.location l USING (location) JOIN rule r ON r.r = p.rule_no
                WHERE p.location <> ALL (r.locations) OR oms.distance_km(o.ship_to, l.coordinates) > r.max_km) THEN
        RETURN format('seed %s: served where its rule does not', seed);
    END IF;
    IF EXISTS (SELECT FROM rule r, (SELECT sku, location, on_hand FROM oms.inventory) AS i
                WHERE i.on_hand - r.floor < (SELECT COALESCE(sum(p.quantity), 0) FROM plan p WHERE p.sku = i.sku AND p.location = i.location AND p.rule_no <= r.r)
                  AND EXISTS (SELECT FROM plan p WHERE p.sku = i.sku AND p.location = i.location AND p.rule_no = r.r)) THEN
        RETURN format('seed %s: below a floor', seed);
    END IF;
    IF floors THEN
        RETURN NULL;
    END IF;
    FOR k IN 2 .. 3 LOOP
        SELECT count(*), pg_temp.most(count(*)::int, jsonb_agg(to_jsonb(places) ORDER BY order_id, line_no), array_agg(needed ORDER BY order_id, line_no),
                       (SELECT jsonb_object_agg(sku || location, on_hand) FROM oms.inventory))
          INTO n, most
          FROM (SELECT p.order_id, p.line_no, p.location IS NOT NULL AND p.rule_no < k AS needed,
                       ARRAY(SELECT p.sku || l.location FROM oms.location l, rule r
                              WHERE r.r = CASE WHEN p.location IS NOT NULL AND p.rule_no < k THEN p.rule_no ELSE k END
                                AND l.location = ANY (r.locations) AND (r.max_km IS NULL OR oms.distance_km(o.ship_to, l.coordinates) <= r.max_km)) AS places
                  FROM plan p JOIN oms.orders o USING (order_id)) AS line;
        IF most <> (SELECT count(*) FROM plan WHERE location IS NOT NULL AND rule_no = k) THEN
            RETURN format('seed %s: rule %s serves %s of %s lines, could serve %s', seed, k,
                          (SELECT count(*) FROM plan WHERE location IS NOT NULL AND rule_no = k), n, most);
        END IF;
    END LOOP;
    RETURN NULL;
END $$;
CREATE FUNCTION pg_temp.check_instance(seed int, floors boolean) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    problem text;
BEGIN
    BEGIN
        problem := pg_temp.instance(seed, floors);
        RAISE EXCEPTION 'undo' USING ERRCODE = 'ZZ000';
    EXCEPTION WHEN SQLSTATE 'ZZ000' THEN
        RETURN problem;
    END;
END $$;
-- Seeds whose instances need moves, as the same rules show when they do not share capacity; and some that do not.
SELECT is(string_agg(pg_temp.check_instance(seed, false), '; '), NULL, 'each rule serves as much as it can beside those before')
  FROM unnest('{1,2,45,82,104,152,154,164,244,275,286}'::int[]) AS seed;
SELECT is(string_agg(pg_temp.check_instance(seed, true), '; '), NULL, 'and each leaves its floor')
  FROM unnest('{45,82,104,152,154,164,244,275,286}'::int[]) AS seed;

-- Two stores have a mug each: both may serve A by the first rule, only the nearer one B by the second.
SELECT oms.add_location('N1', 'store', '40.1,-100'), oms.add_location('N2', 'store', '40.3,-100'), oms.add_location_group('network', '{N1,N2}'),
       oms.add_location_group('one', '{N1}'), oms.add_channel('web', 'network') \g /dev/null
SELECT oms.receive('N1', 'mug', 1), oms.receive('N2', 'mug', 1) \g /dev/null
SELECT oms.place_order('A', 'web', '{mug}', '{1}', '40,-100'), oms.place_order('B', 'web', '{mug}', '{1}', '45,-100') \g /dev/null
-- by(first, second) is what the two rules serve from where, with more arguments of the first and of the second
CREATE FUNCTION pg_temp.by(first text, second text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    PERFORM oms.add_policy('p'), oms.add_routing('p', 'all');
    EXECUTE format('SELECT oms.add_rule(''p'', ''all'', max_distance_km => 100%s), oms.add_rule(''p'', ''all'', ''one''%s)', first, second);
    PERFORM oms.activate_policy('p');
    RETURN (SELECT string_agg(concat_ws(' ', order_id, location, rule_no), ', ' ORDER BY order_id) FROM oms.simulate(policy => 'p'));
END $$;
SELECT is(pg_temp.by('', ''), 'A N2 1, B N1 2', 'what is served moves and makes room');
SELECT is(pg_temp.by(', criteria => ''{distance}''', ', criteria => ''{location_load}'''), 'A N2 1, B N1 2', 'by criteria too');
SELECT is(pg_temp.by(', criteria => ''{distance}''', ''), 'A N1 1, B 2', 'but not where one rule has criteria and one has none');
SELECT is(pg_temp.by('', ', ignore_capacity => true'), 'A N1 1, B 2', 'or one heeds capacity and one does not');
SELECT oms.set_on_hand('N1', 'mug', 2) \g /dev/null
SELECT is(pg_temp.by(', floor => ''1''', ', floor => ''1'''), 'A N1 1, B 2', 'nor below the floor of its rule');
SELECT oms.set_on_hand('N2', 'mug', 2) \g /dev/null
SELECT is(pg_temp.by(', floor => ''1''', ', floor => ''1'''), 'A N2 1, B N1 2', 'above it');
-- One mug for two. The more urgent C comes first, though A was served by an earlier rule.
SELECT oms.cancel_order('B') \g /dev/null
SELECT oms.place_order('C', 'web', '{mug}', '{1}', '45,-100', priority => 1) \g /dev/null
SELECT oms.set_on_hand('N1', 'mug', 1) \g /dev/null
UPDATE oms.location SET status = 'offline' WHERE location = 'N2';
SELECT is(pg_temp.by('', ''), 'A 2, C N1 2', 'a more urgent order takes the place of what an earlier rule serves');

-- The planner's part of it, by itself
CREATE FUNCTION pg_temp.plan(kept text) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(concat_ws(' ', order_id, location), ', ' ORDER BY order_id) FROM oms.plan_routes(
        'SELECT order_id FROM (VALUES (''A''), (''B'')) AS o (order_id)',
        format('SELECT *, 1 AS line_no, ''mug'' AS sku, 1 AS quantity FROM (VALUES (''A'', %L), (''B'', NULL)) AS o (order_id, planned_at)', kept),
        'SELECT location FROM (VALUES (''X''), (''Y'')) AS l (location)', 'SELECT ''mug'' AS sku, ''X'' AS location, 1 AS available',
        'SELECT * FROM (VALUES (''A'', ''X'', 9), (''B'', ''X'', 1)) AS c (order_id, location, cost)')$$;
SELECT is(pg_temp.plan(NULL), 'A, B X', 'the cheaper order is served');
SELECT is(pg_temp.plan('X'), 'A X, B', 'but what is planned already stays served');
SELECT is(pg_temp.plan('Y'), 'A X, B', 'also where it was planned cannot serve it');
SELECT is(pg_temp.plan('Z'), 'A, B X', 'a location that there is not is none');

SELECT * FROM finish();
ROLLBACK;
