-- stock.sql: stock for the demand, since no file has it. It depends on the seed alone.
--
-- Most skus get 5 to 40 % more than their demand, every tenth only 60 to 90 % of it. The faster half
-- of the skus lies in stores too: of each order line the nearest store has the units with a
-- chance of 60 %. The rest of a sku's stock lies in one warehouse, that of a sku with a dozen or more units in up to three.

CREATE TEMP TABLE wanted ON COMMIT DROP AS
SELECT sku, quantity,
       ceil(quantity * CASE WHEN pg_temp.dice(:'seed', sku || ':short') < 0.1
                            THEN 0.6 + 0.3 * pg_temp.dice(:'seed', sku || ':level')
                            ELSE 1.05 + 0.35 * pg_temp.dice(:'seed', sku || ':level') END)::bigint AS total,
       percent_rank() OVER (ORDER BY quantity, pg_temp.dice(:'seed', sku || ':rank')) >= 0.5 AS fast
  FROM (SELECT sku, sum(quantity)::bigint AS quantity FROM demand_line GROUP BY sku) d;

INSERT INTO stock (location, sku, quantity)
SELECT near.location, w.sku, sum(l.quantity)
  FROM demand d
  JOIN demand_line l USING (order_id)
  JOIN wanted w USING (sku)
  JOIN LATERAL (SELECT s.location FROM site s WHERE s.kind = 'store'
                 ORDER BY oms.distance_km(s.coordinates, d.ship_to), s.location LIMIT 1) near ON true
 WHERE w.fast AND pg_temp.dice(:'seed', d.order_id || ':' || l.line_no) < 0.6
 GROUP BY near.location, w.sku;

INSERT INTO stock (location, sku, quantity)
SELECT location, sku, rest / parts + CASE WHEN part <= rest % parts THEN 1 ELSE 0 END
  FROM (SELECT w.sku, s.location,
               greatest(w.total - COALESCE((SELECT sum(t.quantity) FROM stock t WHERE t.sku = w.sku), 0), 0)::bigint AS rest,
               row_number() OVER (PARTITION BY w.sku ORDER BY pg_temp.dice(:'seed', w.sku || s.location)) AS part,
               least(1 + floor(3 * pg_temp.dice(:'seed', w.sku || ':parts'))::bigint, 1 + w.total / 12, count(*) OVER (PARTITION BY w.sku)) AS parts
          FROM wanted w CROSS JOIN site s
         WHERE s.kind = 'warehouse') p
 WHERE part <= parts AND rest / parts + CASE WHEN part <= rest % parts THEN 1 ELSE 0 END > 0;
