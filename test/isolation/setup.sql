-- What every spec starts from; test/run loads it into each fresh database. A spec says
-- setup { CALL test.reset(); } and teardown { SELECT * FROM oms.check(); }: the
-- permutations of a spec share the database, so the tables are emptied between them.
CREATE EXTENSION oms;
CREATE SCHEMA test;

-- Locations A and B, channels web, pos and half (which keeps 50% back), and at A of sku x: 3 on
-- hand, 1 of them in a hold (reference hold), 1 in a firm reservation (firm), 1 free.
CREATE PROCEDURE test.reset() LANGUAGE plpgsql AS $$
DECLARE
    guarded regclass;
BEGIN
    FOR guarded IN SELECT tgrelid::regclass FROM pg_trigger WHERE tgname = 'guard' LOOP
        EXECUTE format('ALTER TABLE %s DISABLE TRIGGER guard', guarded);
    END LOOP;
    -- Who refers to a table was created after it.
    FOR guarded IN SELECT tgrelid::regclass FROM pg_trigger WHERE tgname = 'guard' ORDER BY tgrelid DESC LOOP
        EXECUTE format('DELETE FROM %s', guarded);
        EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER guard', guarded);
    END LOOP;
    DELETE FROM oms.location_exclusion;
    DELETE FROM oms.time_limit;
    DELETE FROM oms.kit_component;
    PERFORM oms.add_location('A', 'warehouse'), oms.add_location('B', 'warehouse');
    PERFORM oms.add_location_group('all', ARRAY['A', 'B']);
    DELETE FROM oms.quota;
    DELETE FROM oms.capacity;
    PERFORM oms.add_channel('web', 'all'), oms.add_channel('pos', 'all');
    PERFORM oms.add_channel('half', 'all', safety_stock => '50%');
    PERFORM oms.receive('A', 'x', 3);
    PERFORM oms.reserve('web', 'x', 1, 'A', expires_in => '1 day', reference => 'hold');
    PERFORM oms.reserve('web', 'x', 1, 'A', reference => 'firm');
END $$;

-- The reservation of a reference; ids differ from run to run.
CREATE FUNCTION test.id(reference text) RETURNS bigint LANGUAGE sql AS $$
    SELECT r.reservation_id FROM oms.reservation r WHERE r.reference = $1
$$;

-- A reservation's id that a session keeps for another one whose snapshot does not see the row:
-- sequences are read as they are.
CREATE SEQUENCE test.kept_id;

-- Reads by the plan that is asked for; both must see the same at every moment.
CREATE FUNCTION test.stock(wanted_sku text, index_scan boolean)
RETURNS TABLE (location text, on_hand bigint, reserved bigint, rows bigint) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('enable_seqscan', (NOT index_scan)::text, true),
            set_config('enable_indexscan', index_scan::text, true),
            set_config('enable_bitmapscan', index_scan::text, true);
    RETURN QUERY SELECT i.location, max(i.on_hand), max(i.reserved), count(*)
                   FROM oms.inventory i WHERE i.sku = wanted_sku GROUP BY i.location ORDER BY i.location;
END $$;

-- The fulfillment of order o that came first; kept where a session whose snapshot does not see it reads it.
CREATE FUNCTION test.work() RETURNS bigint LANGUAGE sql AS $$
    SELECT min(f.fulfillment_id) FROM oms.fulfillment f WHERE f.order_id = 'o'
$$;
