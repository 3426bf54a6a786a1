-- load.sql: from the staging tables into oms: the network, items, stock, then the orders one after the
-- other as a shop would place them. Every unit is reserved at a location at once.

SELECT oms.add_location(location, kind, coordinates, handling_cost => handling_cost, capacity_orders => capacity_orders,
                        can_pickup => kind = 'store')
  FROM site ORDER BY location \g /dev/null

SELECT oms.add_location_group(g.name, array_agg(s.location ORDER BY s.kind DESC, s.location))
  FROM site s
  JOIN (VALUES ('network', '{warehouse,store}'::text[]), ('warehouses', '{warehouse}'), ('stores', '{store}'))
       AS g (name, kinds) ON s.kind = ANY (g.kinds)
 GROUP BY g.name \g /dev/null

-- The shop of the web sells from everywhere. A marketplace punishes cancellations: it is kept away from the last
-- units. At the till one sells what lies in the store.
SELECT oms.add_channel('web', 'network', 'stores') \g /dev/null
SELECT oms.add_channel('marketplace', 'network', safety_stock => '1 + 10%', buffer => 2) \g /dev/null
SELECT oms.add_channel('till', 'stores', 'stores') \g /dev/null

SELECT oms.add_item(sku, tags, unit_value) FROM item ORDER BY sku \g /dev/null

SELECT count(*)
  FROM (SELECT location, array_agg(sku ORDER BY sku) AS skus, array_agg(quantity ORDER BY sku) AS quantities
          FROM stock GROUP BY location ORDER BY location) s,
       LATERAL oms.receive_many(s.location, s.skus, s.quantities, reason => 'opening stock') \g /dev/null

-- A second apart, the last one now.
SELECT count(*)
  FROM (SELECT d.*, l.lines, now() - interval '1 second' * (max(d.sequence) OVER () - d.sequence) AS placed_at
          FROM demand d
          JOIN (SELECT order_id, jsonb_agg(jsonb_build_object('sku', sku, 'quantity', quantity, 'unit_value', unit_value)
                                           ORDER BY line_no) AS lines
                  FROM demand_line GROUP BY order_id) l USING (order_id)
         ORDER BY sequence) o,
       LATERAL oms.place_order_lines(o.order_id, o.channel, o.lines, ship_to => o.ship_to, service => o.service,
                                     promise_at => o.placed_at + o.promise_in, placed_at => o.placed_at,
                                     on_shortage => 'partial') \g /dev/null
