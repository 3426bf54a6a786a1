-- Where stock and capacity are scarce, a simulation is what route decides, row for row: units that wait and cannot make room keep their
-- place in the plan. One case each, then small random shops.
BEGIN;
SET LOCAL client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS oms;
SET LOCAL jit = off;
SELECT plan(7);

-- differs(policy, day) simulates and routes, and says how many rows only one of them has; what was decided is in table decided
CREATE TEMP TABLE decided AS SELECT order_id, line_no, sku, quantity, location, shipment, cost, routing, rule_no, queue FROM oms.decision WHERE false;
CREATE FUNCTION pg_temp.differs(policy text, day int) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    options jsonb := jsonb_build_object('start_at', format('2030-01-%s 08:00Z', to_char(day, 'FM00')));
    n bigint;
BEGIN
    CREATE TEMP TABLE said AS SELECT * FROM oms.simulate(options => options, policy => policy);
    PERFORM oms.route(options => options, policy => policy);
    TRUNCATE decided;
    INSERT INTO decided SELECT order_id, line_no, sku, quantity, location, shipment, cost, routing, rule_no, queue
        FROM oms.decision WHERE run_id = (SELECT max(run_id) FROM oms.routing_run);
    SELECT count(*) INTO n FROM ((TABLE said EXCEPT ALL TABLE decided) UNION ALL (TABLE decided EXCEPT ALL TABLE said)) AS q;
    DROP TABLE said;
    RETURN n;
END $$;

-- Order late is near its only unit there, but no rule serves it, and it is left as it is: order other, which holds the unit far away, does
-- not get that one.
CREATE FUNCTION pg_temp.shop() RETURNS void LANGUAGE sql AS $$
    SELECT oms.add_location('near', 'store', '40,-100'), oms.add_location('far', 'store', '41,-100');
    SELECT oms.add_location_group('all', '{near,far}'), oms.add_channel('web', 'all'), oms.add_channel('store', 'all');
    SELECT oms.add_item('mug'), oms.add_item('lid'), oms.add_kit('cup', '{mug,lid}', '{1,1}');
    SELECT oms.receive_many('near', '{mug,lid}', '{1,1}'), oms.receive_many('far', '{mug,lid}', '{1,1}');
    SELECT oms.add_policy('p'), oms.add_routing('p', 'late', $f$service = 'next_day'$f$, on_unfilled => 'leave'), oms.add_rule('p', 'late', max_distance_km => 1);
    SELECT oms.add_routing('p', 'slow', $f$service = 'two_day'$f$, queue => 'slow'), oms.add_rule('p', 'slow', max_distance_km => 1);
    SELECT oms.add_routing('p', 'rest'), oms.add_rule('p', 'rest'), oms.activate_policy('p');
$$;
SAVEPOINT one;
SELECT pg_temp.shop() \g /dev/null
SELECT oms.place_order('late', 'web', '{mug}', '{1}', '40.1,-100', 'next_day'), oms.place_order('other', 'web', '{mug}', '{1}', '40.1,-100') \g /dev/null
SELECT is(pg_temp.differs('p', 7), 0::bigint, 'an order that is left as it is keeps its units');
SELECT is((SELECT string_agg(order_id || ' ' || location, ', ') FROM decided), 'other far', 'no other gets them');
ROLLBACK TO one;

-- the same with the capacity of its work
SELECT pg_temp.shop() \g /dev/null
SELECT oms.receive('near', 'mug', 5), oms.add_capacity('near', orders => 1) \g /dev/null
SELECT oms.place_order('late', 'web', '{mug}', '{1}', '40.1,-100', 'next_day'), oms.route(options => '{"start_at": "2030-01-07 08:00Z"}'),
       oms.place_order('other', 'web', '{mug}', '{1}', '40.1,-100') \g /dev/null
SELECT is(pg_temp.differs('p', 7), 0::bigint, 'and its work keeps its capacity');
ROLLBACK TO one;

-- a kit that waits does not make room; other kits do not get its units
SELECT pg_temp.shop() \g /dev/null
SELECT oms.place_order('slow', 'web', '{cup}', '{1}', '40.1,-100', 'two_day'), oms.place_order('other', 'web', '{lid}', '{1}', '40.1,-100') \g /dev/null
SELECT is(pg_temp.differs('p', 7), 0::bigint, 'a kit that waits keeps its units');
ROLLBACK TO one;

-- nor do units of protected stock
SELECT pg_temp.shop() \g /dev/null
SELECT oms.protect_stock('near', 'mug', 'store', 1) \g /dev/null
SELECT oms.place_order('slow', 'store', '{mug}', '{1}', '40.1,-100', 'two_day'), oms.place_order('other', 'store', '{mug}', '{1}', '40.1,-100') \g /dev/null
SELECT is(pg_temp.differs('p', 7), 0::bigint, 'what is from protected stock keeps its place');
ROLLBACK TO one;

-- pick(…) is one of them
CREATE FUNCTION pg_temp.pick(VARIADIC choices text[]) RETURNS text LANGUAGE sql AS $$ SELECT $1[1 + floor(random() * cardinality($1))::int] $$;

-- instance(seed) makes a shop of two to four locations, with few units and little capacity, and a policy of several rules, simulates and
-- routes twice, and says what is wrong; no kits, whose moves may fail though there is a way
CREATE FUNCTION pg_temp.instance(seed int) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    nlocations int;
    routing text;
    n bigint;
    wrong text := '';
BEGIN
    PERFORM setseed(seed / 1000.0);
    nlocations := 2 + floor(random() * 3);
    PERFORM oms.add_location('L' || l, 'store', oms.latlon(40 + random() * 3, -100 + random() * 3), capacity_orders => CASE WHEN random() < 0.5 THEN floor(random() * 3)::int END)
       FROM generate_series(1, nlocations) AS l;
    PERFORM oms.add_location_group('all', array_agg('L' || l)) FROM generate_series(1, nlocations) AS l;
    PERFORM oms.add_location_group('some', array_agg('L' || l)) FROM generate_series(1, nlocations - 1) AS l;
    PERFORM oms.add_channel('web', 'all'), oms.add_channel('store', 'all');
    PERFORM oms.add_item(sku, unit_value => 10, tracked => sku <> 'C' OR random() < 0.8) FROM unnest('{A,B,C}'::text[]) AS sku;
    PERFORM oms.receive('L' || l, sku, 1 + floor(random() * 3)::int) FROM generate_series(1, nlocations) AS l, unnest('{A,B,C}'::text[]) AS sku WHERE random() < 0.8;
    IF random() < 0.3 THEN
        PERFORM oms.protect_stock('L1', 'A', 'store', 1);
    END IF;
    FOR o IN 1 .. 2 + floor(random() * 6)::int LOOP
        BEGIN
            PERFORM oms.place_order_lines('O' || o, pg_temp.pick('web', 'web', 'store'),
                (SELECT jsonb_agg(jsonb_build_object('sku', s.sku, 'quantity', 1 + floor(random() * 2)::int))
                   FROM (SELECT sku FROM unnest('{A,B,C}'::text[]) AS sku ORDER BY random() LIMIT 1 + floor(random() * 2)::int) AS s),
                oms.latlon(40 + random() * 3, -100 + random() * 3), pg_temp.pick('same_day', 'next_day', 'standard', 'standard'));
        EXCEPTION WHEN SQLSTATE 'OM001' THEN    -- sold out
        END;
    END LOOP;
    PERFORM oms.add_policy('p');
    FOREACH routing IN ARRAY '{urgent,rest}'::text[] LOOP
        PERFORM oms.add_routing('p', routing, CASE routing WHEN 'urgent' THEN $f$service <> 'standard'$f$ END, on_unfilled => pg_temp.pick('wait', 'leave', 'leave', 'backorder'));
        FOR r IN 1 .. 1 + floor(random() * 2)::int LOOP
            PERFORM oms.add_rule('p', routing, pg_temp.pick('some', NULL), CASE WHEN random() < 0.6 THEN (50 + random() * 200)::int END,
                pg_temp.pick('0', '0', '1')::oms.safety_stock, pg_temp.pick('single', 'multi'),
                criteria => CASE WHEN random() < 0.3 THEN ARRAY[pg_temp.pick('distance', 'stock_balance', 'location_load')] END);
        END LOOP;
    END LOOP;
    PERFORM oms.activate_policy('p');
    FOR day IN 7 .. 8 LOOP
        n := pg_temp.differs('p', day);
        wrong := wrong || CASE WHEN n > 0 THEN format('seed %s, day %s: %s rows differ; ', seed, day, n) ELSE '' END;
    END LOOP;
    SELECT wrong || CASE WHEN count(*) > 0 THEN format('seed %s: check finds %s; ', seed, count(*)) ELSE '' END INTO wrong FROM oms.check();
    RAISE EXCEPTION USING errcode = 'P0999', message = wrong;
EXCEPTION WHEN SQLSTATE 'P0999' THEN
    RETURN SQLERRM;
END $$;
SELECT is((SELECT string_agg(pg_temp.instance(seed), '') FROM generate_series(1, 15) AS seed), '', 'random shops: route decides what was simulated');
SELECT is((SELECT count(*) FROM oms.check()), 0::bigint, 'oms.check() finds nothing');

SELECT * FROM finish();
ROLLBACK;
