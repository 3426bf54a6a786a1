-- The planner decides for all open orders together where each line ships from. It
-- reads whatever the queries return, so it works on any schema; here on temporary tables.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS oms;
RESET client_min_messages;

-- The instance in tables, for the cases below.
CREATE TEMP TABLE o (order_id text, priority int, coordinates oms.latlon, max_shipments int, ship_complete bool, sequence int);
CREATE TEMP TABLE l (order_id text, line_no int, sku text, quantity bigint, keep_together bool, unit_value numeric);
CREATE TEMP TABLE p (location text, coordinates oms.latlon, capacity_orders bigint);
CREATE TEMP TABLE s (sku text, location text, available bigint);
CREATE FUNCTION plan(options jsonb DEFAULT '{}')
RETURNS TABLE (order_id text, line_no int, location text, quantity bigint, shipment int, cost numeric)
LANGUAGE sql AS $$
    SELECT * FROM oms.plan_routes('TABLE o', 'TABLE l', 'TABLE p', 'TABLE s', options => options)
$$;

-- 1. One unit in a near store, more in a far warehouse, from where an order of today
-- would be a day late. A standard order comes first, a same-day order second. One
-- after the other, the standard order gets the store; decided together, the same-day
-- order does, whichever comes first.
CREATE TEMP TABLE c (order_id text, location text, cost numeric, late_seconds int);
CREATE FUNCTION plan_with_costs(solver text) RETURNS TABLE (order_id text, location text, cost numeric)
LANGUAGE sql AS $$
    SELECT order_id, location, cost
    FROM oms.plan_routes('TABLE o', 'TABLE l', 'TABLE p', 'TABLE s', shipment_cost_sql => 'TABLE c',
                         options => jsonb_build_object('solver', solver))
$$;
INSERT INTO o (order_id, priority, coordinates, sequence)
    VALUES ('standard', 2, '40.76,-111.89', 1), ('today', 0, '40.75,-111.88', 2);
INSERT INTO l VALUES ('standard', 1, 'mug', 1), ('today', 1, 'mug', 1);
INSERT INTO p VALUES ('store', '40.77,-111.90'), ('warehouse', '36.17,-115.14');
INSERT INTO s VALUES ('mug', 'store', 1), ('mug', 'warehouse', 100);
INSERT INTO c VALUES ('standard', 'store', 5, 0), ('standard', 'warehouse', 9, 0),
                     ('today', 'store', 5, 0), ('today', 'warehouse', 9, 86400);
SELECT * FROM plan_with_costs('nearest');
SELECT * FROM plan_with_costs('batch');
UPDATE o SET sequence = 3 - sequence;
SELECT * FROM plan_with_costs('batch');
SELECT solver, cost, lower_bound, gap, shipments, unfilled, late, round(distance_km) AS km, stop_reason
FROM oms.plan_summary();
-- what one more mug in the store would save, and for whom
SELECT measure, location, sku, price > 0 AS has_price, amount, used, outbid FROM oms.plan_prices();
-- why: the locations of one order, the chosen one first
SELECT location, rank, cost, round(distance_km) AS km, late_seconds, verdict, reason
FROM oms.plan_candidates('standard');
DROP FUNCTION plan_with_costs;
DROP TABLE c;
TRUNCATE o, l, p, s;

-- 2. Two stores at 20 and 30 miles with one item each, one at 300 miles with both; at
-- most 161 km (100 miles): the two near ones. Without that limit, one shipment is cheaper.
INSERT INTO o VALUES ('A', 2, '40,-100');
INSERT INTO l VALUES ('A', 1, 'lamp', 1), ('A', 2, 'rug', 1);
INSERT INTO p VALUES ('near20', '40.29,-100'), ('near30', '40.434,-100'), ('far300', '44.342,-100'), ('nowhere', NULL);
INSERT INTO s VALUES ('lamp', 'near20', 1), ('rug', 'near30', 1), ('lamp', 'far300', 1), ('rug', 'far300', 1),
                     ('lamp', 'nowhere', 9), ('rug', 'nowhere', 9);
SELECT line_no, location, shipment, cost FROM plan('{"max_distance_km": 161}');
SELECT line_no, location, shipment, cost FROM plan();
-- a location without coordinates is never nearest, and within no radius
SELECT location, rank, distance_km IS NULL AS unknown, verdict, reason FROM oms.plan_candidates('A');
DELETE FROM s WHERE location <> 'nowhere';
SELECT line_no, location FROM plan();
SELECT line_no, location FROM plan('{"max_distance_km": 161}');

-- 3. Minimum shipment value 100: one location with 80 is allowed; a part of 80 beside
-- one of 160 is not; 160 and 160 are; 160 and an unfilled rest of 80 are not.
TRUNCATE o, l, p, s;
INSERT INTO o VALUES ('whole80'), ('split80-160'), ('split160-160'), ('rest80');
INSERT INTO p VALUES ('X'), ('Y');
INSERT INTO l VALUES ('whole80', 1, 'a', 1, NULL, 80),
    ('split80-160', 1, 'b', 1, NULL, 80), ('split80-160', 2, 'c', 1, NULL, 160),
    ('split160-160', 1, 'd', 1, NULL, 160), ('split160-160', 2, 'e', 1, NULL, 160),
    ('rest80', 1, 'f', 1, NULL, 160), ('rest80', 2, 'g', 1, NULL, 80);
INSERT INTO s VALUES ('a', 'X', 1), ('b', 'X', 1), ('c', 'Y', 1), ('d', 'X', 1), ('e', 'Y', 1), ('f', 'X', 1), ('g', 'X', 0);
SELECT order_id, line_no, location FROM plan('{"min_shipment_value": 100}');

-- 4. Frame and lenses stay together, the sunglasses are free. Frame and lenses lie at
-- different locations: neither ships, the sunglasses do.
TRUNCATE o, l, p, s;
INSERT INTO o VALUES ('glasses');
INSERT INTO p VALUES ('X'), ('Y');
INSERT INTO l VALUES ('glasses', 1, 'frame', 1, true), ('glasses', 2, 'lenses', 2, true), ('glasses', 3, 'sunglasses', 1, false);
INSERT INTO s VALUES ('frame', 'X', 1), ('lenses', 'Y', 2), ('sunglasses', 'Y', 1);
SELECT line_no, location, quantity FROM plan();
INSERT INTO s VALUES ('lenses', 'X', 2);
SELECT line_no, location, quantity FROM plan();

-- 5. Two units as two lines: the store at 5 miles has one, the store at 9 miles two.
-- One shipment at most: all from the second.
TRUNCATE o, l, p, s;
INSERT INTO o VALUES ('B', 2, '40,-100', 1);
INSERT INTO p VALUES ('store5', '40.0724,-100'), ('store9', '40.1303,-100');
INSERT INTO l VALUES ('B', 1, 'mug', 1), ('B', 2, 'mug', 1);
INSERT INTO s VALUES ('mug', 'store5', 1), ('mug', 'store9', 2);
SELECT line_no, location, shipment FROM plan();
-- with three units at the second: a line of three ships whole, or split over both
TRUNCATE l;
UPDATE o SET max_shipments = NULL;
INSERT INTO l VALUES ('B', 1, 'mug', 3);
SELECT line_no, location, quantity FROM plan();
SELECT line_no, location, quantity FROM plan('{"split_lines": true}');

-- 6. Capacity 0 takes nothing; capacity 3 of 5 orders takes the three most urgent.
TRUNCATE o, l, p, s;
INSERT INTO o SELECT 'O' || n, (ARRAY[4, 0, 3, 1, 2])[n] FROM generate_series(1, 5) AS n;
INSERT INTO l SELECT 'O' || n, 1, 'mug', 1 FROM generate_series(1, 5) AS n;
INSERT INTO p VALUES ('store', '40,-100', 0);
INSERT INTO s VALUES ('mug', 'store', 100);
SELECT order_id, location FROM plan();
UPDATE p SET capacity_orders = 3;
SELECT o.order_id, o.priority, p.location FROM plan() AS p JOIN o USING (order_id) ORDER BY o.priority;
SELECT unfilled, unfilled_by_priority FROM oms.plan_summary();
SELECT location, verdict, reason FROM oms.plan_candidates('O1');
SELECT measure, location, amount, used, outbid FROM oms.plan_prices();
-- Capacity in minutes of work: 2 for each order and half of one for each unit; 5 minutes are two orders
SELECT count(location) FROM oms.plan_routes('TABLE o', 'TABLE l', 'SELECT location, 2 AS minutes_per_order, 0.5 AS minutes_per_unit FROM p', 'TABLE s',
                                            capacity_sql => $$SELECT 'store' AS location, 'minutes' AS measure, 5 AS "limit"$$);
DROP FUNCTION plan;
DROP TABLE o, l, p, s;
