-- An instance of the planner, from psql variables: seed, orders, locations, skus, ratio (stock /
-- demand; capacity in orders is 1.2 times as much of the orders). A line has one unit in 80 % of the
-- cases, else two or three. What sells more is carried by more locations, by at most 80 %, each with
-- 2.5 * ratio units on average: few skus are a chain whose stores carry most of the assortment, many
-- skus a long tail that lies in few places, in twos and threes. Locations and orders lie around the
-- larger metropolitan areas of the United States, by population. Tables bo, bl, bp, bs are the four
-- queries of oms.plan_routes; be and bk (capacity) are the same orders and more for the run with
-- every constraint on.
SET client_min_messages = warning;
SET jit = off;
DROP TABLE IF EXISTS metro, bo, bl, bp, bs, be, bf, bk;
CREATE TABLE metro (name text, latitude float8, longitude float8, millions float8);
INSERT INTO metro VALUES
    ('New York', 40.71, -74.01, 19.6), ('Los Angeles', 34.05, -118.24, 12.9), ('Chicago', 41.88, -87.63, 9.4),
    ('Dallas', 32.78, -96.80, 7.9), ('Houston', 29.76, -95.37, 7.3), ('Atlanta', 33.75, -84.39, 6.2),
    ('Washington', 38.91, -77.04, 6.3), ('Philadelphia', 39.95, -75.17, 6.2), ('Miami', 25.76, -80.19, 6.1),
    ('Phoenix', 33.45, -112.07, 5.0), ('Boston', 42.36, -71.06, 4.9), ('Riverside', 33.95, -117.40, 4.7),
    ('San Francisco', 37.77, -122.42, 4.6), ('Detroit', 42.33, -83.05, 4.3), ('Seattle', 47.61, -122.33, 4.0),
    ('Minneapolis', 44.98, -93.27, 3.7), ('Tampa', 27.95, -82.46, 3.3), ('San Diego', 32.72, -117.16, 3.3),
    ('Denver', 39.74, -104.99, 3.0), ('Baltimore', 39.29, -76.61, 2.8), ('St. Louis', 38.63, -90.20, 2.8),
    ('Orlando', 28.54, -81.38, 2.8), ('Charlotte', 35.23, -80.84, 2.8), ('San Antonio', 29.42, -98.49, 2.7),
    ('Portland', 45.52, -122.68, 2.5), ('Austin', 30.27, -97.74, 2.5), ('Pittsburgh', 40.44, -80.00, 2.4),
    ('Sacramento', 38.58, -121.49, 2.4), ('Las Vegas', 36.17, -115.14, 2.3), ('Cincinnati', 39.10, -84.51, 2.3),
    ('Kansas City', 39.10, -94.58, 2.2), ('Columbus', 39.96, -83.00, 2.2), ('Cleveland', 41.50, -81.69, 2.1),
    ('Nashville', 36.16, -86.78, 2.1), ('Salt Lake City', 40.76, -111.89, 1.3), ('New Orleans', 29.95, -90.07, 1.0);
SELECT setseed(:seed) \g /dev/null
CREATE FUNCTION pg_temp.places(n int) RETURNS TABLE (i int, coordinates oms.latlon, u float8) LANGUAGE sql AS $$
    WITH m AS (SELECT *, sum(millions) OVER (ORDER BY name) AS upto, sum(millions) OVER () AS total FROM metro),
    r AS MATERIALIZED (SELECT i, random() AS x, random() AS a, random() AS b, random() AS u FROM generate_series(1, n) AS i)
    SELECT r.i, format('%s,%s', latitude + a - 0.5, longitude + b - 0.5)::oms.latlon, r.u
    FROM r, LATERAL (SELECT * FROM m WHERE upto >= x * total ORDER BY upto LIMIT 1) AS c
$$;
CREATE TABLE bp AS SELECT 'L' || i AS location, coordinates, round((2 * u)::numeric, 2) AS handling_cost,
                          ceil(1.2 * :ratio * :orders / :locations)::int AS capacity_orders FROM pg_temp.places(:locations);
CREATE TABLE bo AS SELECT 'O' || i AS order_id, CASE WHEN u < 0.1 THEN 0 WHEN u < 0.3 THEN 1 ELSE 2 END AS priority, coordinates
                   FROM pg_temp.places(:orders);
CREATE TABLE bl AS
    WITH r AS MATERIALIZED (SELECT order_id, j, random() AS a, random() AS b, random() AS c FROM bo, generate_series(1, 4) AS j)
    SELECT order_id, j AS line_no, 'S' || floor(b * b * :skus) AS sku, CASE WHEN c < 0.8 THEN 1 WHEN c < 0.95 THEN 2 ELSE 3 END AS quantity, 100 AS unfilled_cost
    FROM r WHERE j = 1 OR a < 0.5;
CREATE TABLE bs AS
    WITH q AS (SELECT sku, sum(quantity) AS quantity FROM bl GROUP BY sku),
    r AS MATERIALIZED (SELECT sku, quantity, location, random() AS u, random() AS w, random() AS e FROM q, bp),
    x AS (SELECT sku, quantity, location, e, (w + 0.2) / sum(w + 0.2) OVER (PARTITION BY sku) AS w FROM r WHERE u < least(0.8, quantity / (2.5 * :locations)))
    SELECT sku, location, floor(w * :ratio * quantity + e)::int AS available FROM x;
DELETE FROM bs WHERE available = 0;
-- every constraint: some orders ship complete or in at most two parts, some lines stay together, values,
-- and capacity in lines, units and minutes of work
CREATE TABLE be AS SELECT *, CASE WHEN right(order_id, 1) IN ('1', '2') THEN 2 END AS max_shipments, right(order_id, 1) = '3' AS ship_complete FROM bo;
CREATE TABLE bf AS SELECT *, 5 + length(sku) * 7 AS unit_value, right(order_id, 1) = '4' AND line_no <= 2 AS keep_together FROM bl;
CREATE TABLE bk AS
    SELECT location, measure, "limit"
    FROM bp, (SELECT ceil(1.2 * :ratio * count(*) / :locations)::int AS l, ceil(1.2 * :ratio * sum(quantity) / :locations)::int AS u FROM bl) AS t,
         LATERAL (VALUES ('lines', l), ('units', u), ('minutes', 2 * capacity_orders + l + ceil(u / 2.0)::int)) AS v (measure, "limit");
ANALYZE;
