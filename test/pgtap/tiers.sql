-- Rules of a policy together: what earlier rules serve moves within its tier and makes room for what a later rule has to
-- serve. Small random instances against brute force: beside all that the rules before it serve, a rule serves as many lines as
-- can be served, and no line of theirs is lost. Then what the rules do not share.
BEGIN;
SET LOCAL client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS oms;
SET LOCAL jit = off;
SELECT plan(8);

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
    FOR k IN 1 .. 3 LOOP
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
SELECT is(string_agg(pg_temp.check_instance(seed, false), '; '), NULL, 'each rule serves as much as it can beside those before')
  FROM generate_series(1, 60) AS seed;
SELECT is(string_agg(pg_temp.check_instance(seed, true), '; '), NULL, 'and each leaves its floor')
  FROM generate_series(1, 30) AS seed;
