-- sample.sql: the order book of the demo, made from :seed over 40 real metropolitan areas. Fills the staging
-- tables of examples/import (site, item, demand, demand_line): three warehouses, a store in every
-- metropolitan area, 300 skus and :open_orders orders near the areas by their population. Every
-- number comes from pg_temp.dice, so the same seed gives the same book on every machine.

-- population in thousands: US census of 2020, metropolitan statistical areas
CREATE TEMP TABLE metro ON COMMIT DROP AS
SELECT * FROM (VALUES
    ('Atlanta GA', 33.7490, -84.3880, 6090), ('Austin TX', 30.2672, -97.7431, 2283),
    ('Baltimore MD', 39.2904, -76.6122, 2845), ('Boston MA', 42.3601, -71.0589, 4942),
    ('Charlotte NC', 35.2271, -80.8431, 2660), ('Chicago IL', 41.8781, -87.6298, 9619),
    ('Cincinnati OH', 39.1031, -84.5120, 2257), ('Cleveland OH', 41.4993, -81.6944, 2088),
    ('Columbus OH', 39.9612, -82.9988, 2139), ('Dallas TX', 32.7767, -96.7970, 7637),
    ('Denver CO', 39.7392, -104.9903, 2964), ('Detroit MI', 42.3314, -83.0458, 4392),
    ('Houston TX', 29.7604, -95.3698, 7122), ('Indianapolis IN', 39.7684, -86.1581, 2111),
    ('Jacksonville FL', 30.3322, -81.6557, 1606), ('Kansas City MO', 39.0997, -94.5786, 2192),
    ('Las Vegas NV', 36.1699, -115.1398, 2265), ('Los Angeles CA', 34.0522, -118.2437, 13201),
    ('Miami FL', 25.7617, -80.1918, 6138), ('Milwaukee WI', 43.0389, -87.9065, 1575),
    ('Minneapolis MN', 44.9778, -93.2650, 3690), ('Nashville TN', 36.1627, -86.7816, 1990),
    ('New York NY', 40.7128, -74.0060, 20140), ('Orlando FL', 28.5384, -81.3789, 2673),
    ('Philadelphia PA', 39.9526, -75.1652, 6245), ('Phoenix AZ', 33.4484, -112.0740, 4846),
    ('Pittsburgh PA', 40.4406, -79.9959, 2371), ('Portland OR', 45.5152, -122.6784, 2513),
    ('Providence RI', 41.8240, -71.4128, 1677), ('Riverside CA', 33.9806, -117.3755, 4600),
    ('Sacramento CA', 38.5816, -121.4944, 2397), ('Salt Lake City UT', 40.7608, -111.8910, 1258),
    ('San Antonio TX', 29.4241, -98.4936, 2558), ('San Diego CA', 32.7157, -117.1611, 3299),
    ('San Francisco CA', 37.7749, -122.4194, 4749), ('San Jose CA', 37.3382, -121.8863, 2000),
    ('Seattle WA', 47.6062, -122.3321, 4019), ('St. Louis MO', 38.6270, -90.1994, 2820),
    ('Tampa FL', 27.9506, -82.4572, 3175), ('Washington DC', 38.9072, -77.0369, 6385))
    AS v (metro, latitude, longitude, population);

INSERT INTO site (location, kind, coordinates, handling_cost, capacity_orders)
VALUES ('Warehouse Reno NV', 'warehouse', '39.5296,-119.8138', 3, NULL),
       ('Warehouse Memphis TN', 'warehouse', '35.1495,-90.0490', 3, NULL),
       ('Warehouse Harrisburg PA', 'warehouse', '40.2732,-76.8867', 3, NULL);
INSERT INTO site (location, kind, coordinates, handling_cost, capacity_orders)
SELECT metro, 'store', oms.latlon(latitude, longitude), 4, 25 FROM metro;

-- Skus chair-001 … tent-300; a low number sells often.
INSERT INTO item (sku, tags, unit_value)
SELECT format('%s-%s', kind[1], lpad(n::text, 3, '0')), kind[2:2],
       round((kind[3]::numeric * (0.5 + pg_temp.dice(:'seed', 'value ' || n)::numeric)), 2)
  FROM generate_series(1, 300) AS n,
       LATERAL (SELECT (ARRAY['{chair,home,90}', '{lamp,home,40}', '{mug,kitchen,12}', '{pan,kitchen,35}',
                              '{drill,tools,80}', '{tent,outdoor,150}', '{jacket,clothing,70}', '{shoe,clothing,60}']
                        ::text[])[1 + n % 8]::text[] AS kind) AS k;

-- An order goes to a place within 40 km of the middle of an area drawn by population.
INSERT INTO demand (order_id, sequence, channel, ship_to, service, promise_in)
SELECT d.order_id, d.n, 'web',
       oms.latlon(round((m.latitude + d.km / 111.2 * sind(d.angle))::numeric, 4)::float8,
                  round((m.longitude + d.km / 111.2 * cosd(d.angle) / cosd(m.latitude))::numeric, 4)::float8),
       s.service, s.promise_in
  FROM (SELECT n, 'order-' || lpad(n::text, 4, '0') AS order_id,
               pg_temp.dice(:'seed', 'metro ' || n) AS place, pg_temp.dice(:'seed', 'service ' || n) AS urgency,
               40 * sqrt(pg_temp.dice(:'seed', 'km ' || n)) AS km, 360 * pg_temp.dice(:'seed', 'angle ' || n) AS angle
          FROM generate_series(1, :open_orders) AS n) d
  JOIN (SELECT *, sum(population) OVER before / sum(population) OVER ()::float8 AS upper,
               (sum(population) OVER before - population) / sum(population) OVER ()::float8 AS lower
          FROM metro WINDOW before AS (ORDER BY metro)) m ON d.place >= m.lower AND d.place < m.upper
  JOIN (VALUES (0.00, 0.10, 'same_day', interval '12 hours'), (0.10, 0.30, 'next_day', '36 hours'),
               (0.30, 1.00, 'standard', '132 hours')) AS s (lower, upper, service, promise_in)
    ON d.urgency >= s.lower AND d.urgency < s.upper;

-- One to four lines of one to three units, popular skus more often.
INSERT INTO demand_line (order_id, line_no, sku, quantity, unit_value)
SELECT order_id, row_number() OVER (PARTITION BY order_id ORDER BY sku), sku, quantity, i.unit_value
  FROM (SELECT d.order_id, lpad((1 + floor(300 * pg_temp.dice(:'seed', d.order_id || ':sku:' || k) ^ 2))::text, 3, '0') AS number,
               max(1 + floor(3 * pg_temp.dice(:'seed', d.order_id || ':quantity:' || k) ^ 2))::bigint AS quantity
          FROM demand d, generate_series(1, 4) AS k
         WHERE k = 1 OR pg_temp.dice(:'seed', d.order_id || ':lines') > (ARRAY[0, 0.45, 0.75, 0.92])[k]
         GROUP BY 1, 2) l
  JOIN item i ON right(i.sku, 3) = l.number;
