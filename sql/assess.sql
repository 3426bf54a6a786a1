-- Do you need an order management system at all? Asked before anything is set up, of a shop's own tables.
CREATE EXTENSION oms;
SET timezone = 'UTC';

-- A shop with one warehouse and one web site.
CREATE SCHEMA small;
SET search_path = small;
CREATE TABLE orders (id int PRIMARY KEY, day date, customer_at point);
CREATE TABLE order_lines (order_id int, line int, article text, pieces int);
CREATE TABLE stock (article text, place text, pieces int);
INSERT INTO orders SELECT i, date '2026-10-01' + i % 20, point(-74 + i % 7, 40 + i % 5) FROM generate_series(1, 200) AS i;
INSERT INTO order_lines SELECT i, 1, 'article ' || i % 10, 1 + i % 3 FROM generate_series(1, 200) AS i;
INSERT INTO stock SELECT 'article ' || i, 'warehouse', 50 FROM generate_series(0, 9) AS i;
SELECT question, verdict, finding, advice
  FROM oms.assess(
    orders_sql => 'SELECT id AS order_id, day::timestamptz AS placed_at, customer_at AS coordinates FROM orders',
    lines_sql => 'SELECT order_id, line AS line_no, article AS sku, pieces AS quantity FROM order_lines',
    locations_sql => $$SELECT 'warehouse' AS location, point(-90, 35) AS coordinates$$,
    stock_sql => 'SELECT article AS sku, place AS location, pieces AS available FROM stock');

-- A shop that sells on a web site and a marketplace from a warehouse and four stores, which also report
-- what they refused, how long they took, and what was counted.
CREATE SCHEMA large;
SET search_path = large;
CREATE TABLE place (name text, at point, given int, refused int, waited interval);
INSERT INTO place VALUES ('warehouse', '-90,35', 900, 0, '10 minutes'), ('Boston', '-71.06,42.36', 240, 31, '3 hours'),
    ('Chicago', '-87.63,41.88', 200, 4, '40 minutes'), ('Denver', '-104.99,39.74', 150, 2, '45 minutes'), ('Miami', '-80.19,25.76', 170, 3, '50 minutes');
CREATE TABLE orders (id int PRIMARY KEY, source text, ordered_at timestamptz, customer_at point);
INSERT INTO orders
SELECT i, CASE WHEN i % 3 = 0 THEN 'marketplace' ELSE 'web' END, timestamptz '2026-10-01 08:00Z' + i * interval '40 minutes', p.at + point(i % 3, i % 2)
  FROM generate_series(1, 300) AS i
  JOIN (SELECT at, row_number() OVER (ORDER BY name) - 1 AS k FROM place) p ON p.k = i * 7 % 5;
CREATE TABLE order_lines AS SELECT i AS order_id, 1 + k AS line, 'article ' || (i * 3 + k * 5) % 12 AS article, 1 + i % 2 AS pieces
  FROM generate_series(1, 300) AS i, generate_series(0, 1) AS k WHERE k = 0 OR i % 2 = 0;
CREATE TABLE stock AS
SELECT 'article ' || i AS article, name AS place, CASE WHEN name = 'warehouse' THEN 30 ELSE (i * 5 + length(name)) % 9 END AS pieces,
       CASE WHEN name = 'Boston' THEN i % 3 ELSE 0 END AS found_wrong, CASE WHEN name = 'warehouse' THEN interval '5 minutes' ELSE '9 hours' END AS behind
  FROM generate_series(0, 11) AS i, place;
SELECT question, verdict, finding, advice
  FROM oms.assess(
    orders_sql => 'SELECT id AS order_id, source AS channel, ordered_at AS placed_at, customer_at AS coordinates FROM orders',
    lines_sql => 'SELECT order_id, line AS line_no, article AS sku, pieces AS quantity FROM order_lines',
    locations_sql => 'SELECT name AS location, at AS coordinates, given AS offered, refused AS rejected, waited AS accepted_after FROM place',
    stock_sql => 'SELECT article AS sku, place AS location, pieces AS available, found_wrong AS differences, behind AS lag FROM stock');

-- The numbers behind a verdict, and a stricter one.
SELECT verdict, jsonb_pretty(numbers) AS numbers
  FROM oms.assess(
    orders_sql => 'SELECT id AS order_id, source AS channel, ordered_at AS placed_at, customer_at AS coordinates FROM orders',
    lines_sql => 'SELECT order_id, line AS line_no, article AS sku, pieces AS quantity FROM order_lines',
    locations_sql => 'SELECT name AS location, at AS coordinates FROM place',
    stock_sql => 'SELECT article AS sku, place AS location, pieces AS available FROM stock',
    thresholds => '{"saved_percent": 30}')
 WHERE question = 'Does routing have real choices?';
RESET search_path;

-- Of the tables of oms, without queries.
SELECT oms.add_location('Bronx', 'store', '40.8448,-73.8648'), oms.add_location('Reno', 'warehouse', '39.5296,-119.8138') \g /dev/null
SELECT oms.add_location_group('network', '{Bronx,Reno}'), oms.add_channel('web', 'network'), oms.add_channel('marketplace', 'network', safety_stock => '1') \g /dev/null
SELECT oms.receive('Bronx', 'mug', 4), oms.receive('Reno', 'mug', 5), oms.receive('Reno', 'cup', 9), oms.receive('Bronx', 'cup', 9) \g /dev/null
SELECT oms.place_order('O-' || i, CASE i WHEN 3 THEN 'marketplace' ELSE 'web' END, '{mug}', '{2}', '40.7,-74.0') FROM generate_series(1, 3) AS i \g /dev/null
SELECT count(*) FROM oms.route();
SELECT count(*) FROM oms.fulfillment f, oms.reject(f.fulfillment_id, 'not in stock', 'mug') WHERE f.location = 'Bronx' AND f.order_id = 'O-1';
SELECT question, verdict, finding FROM oms.assess();
