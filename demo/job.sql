-- job.sql: the main job on a network that is loaded and an order book that is open.

\echo
\echo '== The network'
SELECT kind, count(*) AS locations, sum(on_hand) AS on_hand, sum(skus) AS skus_stocked, handling_cost,
       COALESCE(capacity_orders::text, 'no limit') AS orders_at_once
  FROM oms.location
  LEFT JOIN (SELECT location, sum(on_hand) AS on_hand, count(*) AS skus FROM oms.inventory GROUP BY location) i
       USING (location)
 GROUP BY kind, handling_cost, capacity_orders
 ORDER BY kind DESC;

SELECT c.channel, c.ship_group AS ships_from, c.pickup_group AS hands_over_at, c.safety_stock, c.buffer
  FROM oms.channel c ORDER BY channel DESC;

\echo '== The open orders'
SELECT o.service, o.priority, count(DISTINCT o.order_id) AS orders, count(*) AS lines, sum(l.quantity) AS units
  FROM oms.orders o
  JOIN oms.order_line l USING (order_id)
 GROUP BY o.service, o.priority
 ORDER BY o.priority;

-- skus to look at: sold most, and lying in several places
CREATE TEMP TABLE shown AS
SELECT sku, row_number() OVER (ORDER BY reserved DESC, sku) AS n
  FROM oms.inventory_by_sku
 WHERE locations >= 3
 ORDER BY reserved DESC, sku
 LIMIT 6;
SELECT sku AS look_at FROM shown ORDER BY oms.atp('web', sku) >= 3 DESC, oms.atp('marketplace', sku) > 0 DESC, n LIMIT 1 \gset

\echo '== What each channel may sell'
\echo The six skus sold most. reserved: what the open orders hold; each channel then keeps its own distance.
SELECT i.sku, i.locations, i.on_hand, i.reserved, i.available,
       oms.atp('web', i.sku) AS web, oms.atp('marketplace', i.sku) AS marketplace, oms.atp('till', i.sku, 'pickup') AS till
  FROM shown s
  JOIN oms.inventory_by_sku i USING (sku)
 ORDER BY s.n;

\echo 'Why, for' :look_at 'on the marketplace (safety stock at every location, then a buffer of 2 once):'
SELECT location, on_hand, reserved, safety_stock, atp
  FROM oms.atp_by_location('marketplace', :'look_at')
 ORDER BY on_hand DESC, location
 LIMIT 8;

\echo '== A reservation'
\echo 'A cart holds 3 of' :look_at 'for 15 minutes:'
SELECT ship_to FROM oms.orders ORDER BY order_id LIMIT 1 \gset
SELECT location AS place FROM oms.atp_by_location('web', :'look_at') LIMIT 1 \gset
CREATE TEMP TABLE seen AS
SELECT 1 AS step, 'before' AS moment, on_hand, reserved, available, oms.atp('web', :'look_at') AS web,
       oms.atp('marketplace', :'look_at') AS marketplace
  FROM oms.inventory_by_sku WHERE sku = :'look_at';
CREATE TEMP TABLE held AS
SELECT * FROM oms.reserve('web', :'look_at', 3, expires_in => '15 minutes', ship_to => :'ship_to', cart_id => 'cart-1');
SELECT reservation_id, line_no, sku, location, quantity, date_trunc('minute', expires_at - now() + interval '30 seconds') AS expires_in
  FROM held;
INSERT INTO seen
SELECT 2, 'held', on_hand, reserved, available, oms.atp('web', :'look_at'), oms.atp('marketplace', :'look_at')
  FROM oms.inventory_by_sku WHERE sku = :'look_at';
SELECT count(*) FROM held, LATERAL oms.release(reservation_id) \g /dev/null
INSERT INTO seen
SELECT 3, 'released', on_hand, reserved, available, oms.atp('web', :'look_at'), oms.atp('marketplace', :'look_at')
  FROM oms.inventory_by_sku WHERE sku = :'look_at';
SELECT moment, on_hand, reserved, available, web, marketplace FROM seen ORDER BY step;
