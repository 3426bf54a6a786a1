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
SELECT o.service, o.priority, count(DISTINCT o.order_id) AS orders, count(*) AS lines, sum(l.quantity) AS units,
       sum(l.reserved) AS reserved, sum(l.unfilled) AS short
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

\echo '== Routing all open orders together'
\echo 'Each order sent from its nearest locations, one order after the other, next to one run over all of them as a set,'
\echo 'which moves what is held and assigns the work (every order ready to ship when it was placed):'
CREATE TEMP TABLE nearest AS SELECT * FROM oms.compare_solvers('{nearest}', options => '{"start_at": "placed_at"}');
CREATE TEMP TABLE run AS SELECT * FROM oms.route(options => '{"start_at": "placed_at"}');
WITH result AS (
    SELECT 1 AS n, 'sequential nearest' AS how, orders, shipments, unfilled AS unfilled_units, late AS late_lines,
           distance_km::numeric, cost FROM nearest
    UNION ALL
    SELECT 2, 'oms.route()', orders, shipments, unfilled_units, late_lines, distance_km::numeric, cost FROM run
)
SELECT how, orders, shipments, unfilled_units, late_lines, round(distance_km) AS distance_km, round(cost) AS cost
  FROM result ORDER BY n;

SELECT run.run_id, run.orders, run.lines, run.units, run.moved_units,
       (SELECT count(*) FROM oms.fulfillment f WHERE f.run_id = run.run_id) AS fulfillments_assigned,
       round(100 * (1 - run.cost / n.cost), 1) AS cost_saved_percent
  FROM run, nearest n;

\echo 'Where the work went:'
SELECT l.kind, count(DISTINCT f.location) AS locations, count(*) AS fulfillments, sum(f.units) AS units
  FROM oms.fulfillment f
  JOIN oms.location l USING (location)
 WHERE f.status = 'assigned'
 GROUP BY l.kind
 ORDER BY l.kind DESC;

SELECT EXISTS (SELECT FROM oms.decision JOIN run USING (run_id) WHERE location IS NULL) AS waiting \gset
\if :waiting
\echo 'What waits, and why. It keeps its hold:'
SELECT d.queue, regexp_replace(d.reason, ' by order \S+( and others)?( for sku.*)?$', ' by other orders') AS reason,
       count(DISTINCT d.order_id) AS orders, sum(d.quantity) AS units
  FROM oms.decision d
  JOIN run USING (run_id)
 WHERE d.location IS NULL
 GROUP BY 1, 2
 ORDER BY units DESC, reason
 LIMIT 5;
\endif

\echo '== One order explained'
-- An order that gave way to a more urgent one that was placed later, else any.
SELECT d.order_id AS why_order,
       CASE WHEN u.order_id IS NULL THEN format('%s (%s):', d.order_id, o.service)
            ELSE format('%s (%s) was placed before %s (%s), but at %s the more urgent one goes first:',
                        d.order_id, o.service, u.order_id, u.service, c.location) END AS why
  FROM oms.decision d
  JOIN run USING (run_id)
  JOIN oms.orders o USING (order_id)
 CROSS JOIN LATERAL jsonb_to_recordset(d.candidates) AS c (location text, verdict text, reason text, cost numeric)
  LEFT JOIN oms.orders u
    ON u.order_id = substring(c.reason FROM 'outbid by order (\S+)') AND u.priority < o.priority AND u.placed_at > o.placed_at
 WHERE d.location IS NOT NULL AND (u.order_id IS NOT NULL OR c.verdict = 'chosen')
 ORDER BY u.order_id IS NULL, c.cost > d.cost, o.lines > 1, u.priority, d.order_id, c.cost
 LIMIT 1 \gset
\echo :why
SELECT line_no, sku, quantity, location, verdict, round(cost, 2) AS cost, round(distance_km::numeric) AS km,
       round(late_seconds / 3600.0, 1) AS hours_late, reason
  FROM oms.explain_route(:'why_order') WITH ORDINALITY
 ORDER BY ordinality
 LIMIT 8;

\echo '== Do you need it?'
SELECT verdict, question, finding FROM oms.assess();

-- The same in pictures. Beside the hottest sku there is now some supply that is not there yet.
SELECT oms.add_incoming('PO ' || n, :'place', :'look_at', 10 * n, now() + n * interval '5 days') FROM generate_series(1, 3) AS n \g /dev/null
SELECT oms.place_order('late order', 'web', ARRAY[:'look_at'], ARRAY[oms.atp('web', :'look_at') + 25], :'ship_to', on_shortage => 'backorder') \g /dev/null
\set run_svg :pictures /run.svg
\set availability_svg :pictures /availability.svg
\set stores_svg :pictures /stores.svg
\pset format unaligned
\pset tuples_only on
SELECT oms.draw_run() \g :run_svg
SELECT oms.draw_availability('web', :'look_at') \g :availability_svg
SELECT oms.draw_stores() \g :stores_svg
\pset format aligned
\pset tuples_only off
\echo '== Pictures'
\echo 'The routing run before and after on a map, what may be promised of' :look_at 'over time, and the load of the stores:'
\echo ' ' :run_svg
\echo ' ' :availability_svg
\echo ' ' :stores_svg
\echo

SELECT CASE count(*) WHEN 0 THEN 'every invariant holds' ELSE count(*) || ' broken' END AS "oms.check()" FROM oms.check();
