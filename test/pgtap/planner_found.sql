-- oms.plan_routes: instances on which a planner was wrong, found by brute force (test/random/planner.sh) and
-- made small. Each says what is best, or least.
BEGIN;
SET LOCAL client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS oms;
SELECT plan(12);

-- unfilled units, late lines and the cost of a plan, and whether its bound is at most that cost
CREATE FUNCTION best(unfilled bigint, late bigint, cost numeric, what text, orders text, lines text, locations text, stock text,
                     shipment_cost text DEFAULT NULL, line_cost text DEFAULT NULL, capacity text DEFAULT NULL, options jsonb DEFAULT '{}') RETURNS text
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM oms.plan_routes('SELECT * FROM (VALUES ' || orders, 'SELECT * FROM (VALUES ' || lines, 'SELECT * FROM (VALUES ' || locations,
        'SELECT * FROM (VALUES ' || stock, 'SELECT * FROM (VALUES ' || shipment_cost, 'SELECT * FROM (VALUES ' || line_cost,
        'SELECT * FROM (VALUES ' || capacity, options);
    RETURN (SELECT is((s.unfilled, s.late, s.cost, s.lower_bound <= $3), ($1, $2, $3, true), what) FROM oms.plan_summary() AS s);
END $$;

-- the bound where candidates are cut off
SELECT best(1, 0, 14.2, 'a location that is kept stands for another one, which serves a second line of the sku',
    $$('a', NULL::oms.latlon, 2), ('b', '37.16,-90.73', 1)) AS o (order_id, coordinates, sequence)$$,
    $$('a', 1, 'S', 2), ('a', 2, 'S', 1), ('b', 1, 'S', 1)) AS l (order_id, line_no, sku, quantity)$$,
    $$('a dear one', 4.2), ('cheap', 0)) AS p (location, handling_cost)$$, $$('S', 'a dear one', 1), ('S', 'cheap', 2)) AS s (sku, location, available)$$,
    options => '{"candidates": 1}');
SELECT best(2, 0, 20.24, 'a location without room is not kept in place of one that has some',
    $$('a')) AS o (order_id)$$, $$('a', 1, 'S', 2, NULL, 4), ('a', 2, 'S', 2, 15.24, 6)) AS l (order_id, line_no, sku, quantity, unfilled_cost, unit_value)$$,
    $$('full'), ('room')) AS p (location)$$, $$('S', 'full', 1), ('S', 'room', 2)) AS s (sku, location, available)$$,
    capacity => $$('full', 'units', 0)) AS c (location, measure, "limit")$$, options => '{"candidates": 1, "min_shipment_value": 10, "split_lines": true}');

-- a bound that is reached, or prices that find it fair, do not prove that nothing more can be filled
SELECT best(0, 0, 10, 'nothing is unfilled when it costs as much as to serve',
    $$('a', 2), ('b', 1)) AS o (order_id, sequence)$$, $$('a', 1, 'S', 1), ('b', 1, 'T', 1)) AS l (order_id, line_no, sku, quantity)$$,
    $$('one', 1), ('two', NULL)) AS p (location, capacity_orders)$$, $$('S', 'one', 1), ('T', 'one', 1), ('T', 'two', 1)) AS s (sku, location, available)$$);
SELECT best(1, 0, 10.89, 'the larger order fills more',
    $$('a'), ('b')) AS o (order_id)$$, $$('a', 1, 'S', 1), ('b', 1, 'S', 2)) AS l (order_id, line_no, sku, quantity)$$,
    $$('L')) AS p (location)$$, $$('S', 'L', 2)) AS s (sku, location, available)$$,
    line_cost => $$('a', 1, 'L', 4.21), ('b', 1, 'L', 5.89)) AS c (order_id, line_no, location, cost)$$);
SELECT best(2, 0, 2.01, 'as much is filled, and in time',
    $$('a'), ('b')) AS o (order_id)$$, $$('a', 1, 'S', 1), ('b', 1, 'S', 2)) AS l (order_id, line_no, sku, quantity)$$,
    $$('L')) AS p (location)$$, $$('S', 'L', 1)) AS s (sku, location, available)$$,
    $$('a', 'L', 0.01, 12000), ('b', 'L', 2.01, 0)) AS c (order_id, location, cost, late_seconds)$$, options => '{"split_lines": true}');

-- lines that split stand in each other's way at a location
SELECT best(1, 0, 5, 'for room: the cheaper line gets it',
    $$('a')) AS o (order_id)$$, $$('a', 1, 'S', 1), ('a', 2, 'T', 2)) AS l (order_id, line_no, sku, quantity)$$,
    $$('L')) AS p (location)$$, $$('S', 'L', 1, 3.55), ('T', 'L', 2, NULL)) AS s (sku, location, available, scarcity_cost)$$,
    capacity => $$('L', 'units', 2)) AS c (location, measure, "limit")$$, options => '{"split_lines": true}');
SELECT best(1, 0, 5, 'for lines: the larger one gets the place',
    $$('a')) AS o (order_id)$$, $$('a', 1, 'S', 1), ('a', 2, 'T', 2)) AS l (order_id, line_no, sku, quantity)$$,
    $$('L')) AS p (location)$$, $$('S', 'L', 1), ('T', 'L', 2)) AS s (sku, location, available)$$,
    capacity => $$('L', 'lines', 1)) AS c (location, measure, "limit")$$, options => '{"split_lines": true}');
SELECT best(1, 0, 7.08, 'for stock: the cheaper line gets it',
    $$('a')) AS o (order_id)$$, $$('a', 1, 'S', 1), ('a', 2, 'S', 1)) AS l (order_id, line_no, sku, quantity)$$,
    $$('L')) AS p (location)$$, $$('S', 'L', 1)) AS s (sku, location, available)$$,
    line_cost => $$('a', 1, 'L', 4.26), ('a', 2, 'L', 2.08)) AS c (order_id, line_no, location, cost)$$, options => '{"split_lines": true}');
SELECT best(1, 0, 5, 'for stock, one of them together with a third: what is dear to leave is served',
    $$('a')) AS o (order_id)$$, $$('a', 1, 'S', 1, NULL, 1.01), ('a', 2, 'S', 1, 'x', NULL)) AS l (order_id, line_no, sku, quantity, keep_together, unfilled_cost)$$,
    $$('L')) AS p (location)$$, $$('S', 'L', 1)) AS s (sku, location, available)$$, options => '{"split_lines": true}');
SELECT best(1, 1, 3.296666, 'for stock, late: one line is late, not two',
    $$('a')) AS o (order_id)$$, $$('a', 1, 'S', 1), ('a', 2, 'S', 2)) AS l (order_id, line_no, sku, quantity)$$,
    $$('L')) AS p (location)$$, $$('S', 'L', 2)) AS s (sku, location, available)$$,
    $$('a', 'L', 0.13, 11400)) AS c (order_id, location, cost, late_seconds)$$, options => '{"split_lines": true, "late_cost_per_hour": 0.25}');
SELECT best(2, 0, 5, 'for the minimum value: less is shipped, so that the rest is worth it',
    $$('a')) AS o (order_id)$$, $$('a', 1, 'S', 2, 4), ('a', 2, 'T', 2, 7)) AS l (order_id, line_no, sku, quantity, unit_value)$$,
    $$('L')) AS p (location)$$, $$('T', 'L', 2), ('S', 'L', 1)) AS s (sku, location, available)$$, options => '{"split_lines": true, "min_shipment_value": 9}');
SELECT best(2, 0, 5, 'for the minimum value, with a line that nobody has',
    $$('a')) AS o (order_id)$$, $$('a', 1, 'S', 1, 7), ('a', 2, 'T', 2, 10), ('a', 3, 'U', 1, 5)) AS l (order_id, line_no, sku, quantity, unit_value)$$,
    $$('L')) AS p (location)$$, $$('S', 'L', 1), ('T', 'L', 2)) AS s (sku, location, available)$$, options => '{"split_lines": true, "min_shipment_value": 12}');

SELECT * FROM finish();
ROLLBACK;
