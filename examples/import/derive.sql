-- derive.sql: from the rows of the files to a network, items and demand in oms's words.

-- The book: the last orders, taken as placed just now in their old sequence.
INSERT INTO demand (order_id, sequence, channel, ship_to, service, promise_in)
SELECT o.order_id, row_number() OVER (ORDER BY o.placed, o.order_id), 'web', d.coordinates, s.service, s.promise_in
  FROM (SELECT DISTINCT ON (order_id) order_id, pg_temp.as_date(order_date) AS placed, ship_mode, postal_code, city, state
          FROM order_row ORDER BY order_id, line) o
  JOIN service_of s USING (ship_mode)
  JOIN destination d USING (postal_code, city, state)
 ORDER BY o.placed DESC, o.order_id DESC
 LIMIT :open_orders;

INSERT INTO demand_line (order_id, line_no, sku, quantity, unit_value)
SELECT o.order_id, row_number() OVER (PARTITION BY o.order_id ORDER BY o.line), o.product_id, o.quantity::bigint,
       round(o.sales::numeric / o.quantity::bigint, 2)
  FROM order_row o
  JOIN demand USING (order_id);

INSERT INTO item (sku, tags, unit_value)
SELECT product_id, array_remove(ARRAY[min(category), min(sub_category)], ''),
       round(sum(sales::numeric) / sum(quantity::bigint), 2)
  FROM order_row
 WHERE product_id IN (SELECT sku FROM demand_line)
 GROUP BY product_id;

-- Warehouses are in none of the files: four places that are logistics hubs, or else the middle of the demand.
INSERT INTO site (location, kind, coordinates, handling_cost)
SELECT 'Warehouse ' || w.name, 'warehouse', oms.latlon(z.lat, z.lon), 3
  FROM (VALUES ('89408', 'Fernley NV'), ('75241', 'Dallas TX'), ('43137', 'Columbus OH'), ('17013', 'Carlisle PA'))
       AS w (zip, name)
  JOIN zip_place z USING (zip);
INSERT INTO site (location, kind, coordinates, handling_cost)
SELECT 'Warehouse', 'warehouse',
       oms.latlon(avg(oms.latitude(ship_to)), avg(oms.longitude(ship_to))), 3
  FROM demand
HAVING NOT EXISTS (SELECT FROM site);

-- Stores: those that are nearest to most orders. A store ships at most 30 orders a day.
INSERT INTO site (location, kind, coordinates, handling_cost, capacity_orders)
SELECT concat_ws(' ', n.city, n.state, n.store), 'store', n.coordinates, 4, 30
  FROM (SELECT ship_to, count(*) AS orders FROM demand GROUP BY ship_to) d,
       LATERAL (SELECT s.store, s.city, s.state, oms.latlon(s.lat::float8, s.lon::float8) AS coordinates
                  FROM store_row s
                 ORDER BY oms.distance_km(oms.latlon(s.lat::float8, s.lon::float8), d.ship_to), s.store
                 LIMIT 1) n
 GROUP BY n.store, n.city, n.state, n.coordinates
 ORDER BY sum(d.orders) DESC, n.store
 LIMIT :store_count;
