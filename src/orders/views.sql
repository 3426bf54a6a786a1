-- Public views; their columns are a contract.

-- Subqueries and views instead of WITH: a condition on order_id reaches the indexes.
-- Of a kit one component stands for all: they are reserved, moved and consumed together.
CREATE VIEW oms.order_line_reserved AS
SELECT r.order_id, r.line_no,
       COALESCE(pg_catalog.sum((r.quantity - r.consumed) / COALESCE(r.kit_quantity, 1)) FILTER (WHERE
           r.status = 'firm' OR r.status = 'hold' AND r.expires_at > pg_catalog.clock_timestamp()), 0)::bigint AS reserved,
       pg_catalog.sum(r.consumed / COALESCE(r.kit_quantity, 1))::bigint AS consumed,
       pg_catalog.array_agg(DISTINCT r.location) FILTER (WHERE
           r.status = 'firm' OR r.status = 'hold' AND r.expires_at > pg_catalog.clock_timestamp()) AS locations
  FROM oms.reservation_row r
 WHERE r.order_id IS NOT NULL AND (r.component IS NULL OR r.component = 1)
 GROUP BY r.order_id, r.line_no;
COMMENT ON VIEW oms.order_line_reserved IS 'private: what each order line holds, and where';

CREATE VIEW oms.order_line_backordered AS
SELECT b.order_id, b.line_no, pg_catalog.sum(b.quantity - b.filled)::bigint AS backordered,
       CASE WHEN pg_catalog.bool_and(b.promise_at IS NOT NULL)
            THEN pg_catalog.max(b.promise_at) END AS promise_at
  FROM oms.backorder b
 WHERE b.order_id IS NOT NULL AND b.status = 'open'
 GROUP BY b.order_id, b.line_no;
COMMENT ON VIEW oms.order_line_backordered IS 'private: what of each order line waits for supply, and its promise';

CREATE VIEW oms.order_line AS
SELECT l.order_id, l.line_no, l.sku, l.quantity,
       COALESCE(r.reserved, 0) AS reserved,
       COALESCE(r.consumed, 0) AS consumed,
       CASE WHEN o.status = 'cancelled' THEN 0
            ELSE l.quantity - l.cancelled - COALESCE(r.reserved, 0) - COALESCE(r.consumed, 0) END AS unfilled,
       CASE WHEN o.status = 'cancelled' OR l.cancelled = l.quantity THEN 'cancelled'
            WHEN COALESCE(r.consumed, 0) = l.quantity - l.cancelled THEN 'consumed'
            WHEN COALESCE(r.reserved, 0) + COALESCE(r.consumed, 0) = l.quantity - l.cancelled THEN 'reserved'
            WHEN b.backordered > 0 THEN 'backordered'
            WHEN COALESCE(r.reserved, 0) + COALESCE(r.consumed, 0) > 0 THEN 'partial'
            ELSE 'unfilled' END AS status,
       COALESCE(r.locations, '{}') AS locations,
       l.unit_value, l.keep_together, l.location,
       COALESCE(b.promise_at, l.promise_at, o.promise_at) AS promise_at,
       COALESCE(b.backordered, 0) AS backordered,
       CASE WHEN o.status = 'cancelled' THEN l.quantity ELSE l.cancelled END AS cancelled
  FROM oms.order_line_row l
  JOIN oms.order_row o ON o.order_id = l.order_id
  LEFT JOIN oms.order_line_reserved r ON r.order_id = l.order_id AND r.line_no = l.line_no
  LEFT JOIN oms.order_line_backordered b ON b.order_id = l.order_id AND b.line_no = l.line_no;
COMMENT ON VIEW oms.order_line IS
    'lines of orders: units ordered, reserved now at locations, consumed (left the house), cancelled, unfilled (none of these), backordered (those of the unfilled that wait for supply); status reserved, backordered (some units are), partial, unfilled, consumed or cancelled; location: the only one that may serve the line, if any. The line of a kit is in kits; promise_at: of a backordered line when the last of what it claims of incoming supply is due, if that is later than what was asked for';

CREATE VIEW oms.orders AS
SELECT o.order_id, o.channel, o.service, o.method, o.priority, o.ship_to, o.promise_at,
       CASE WHEN o.status = 'open' AND l.consumed = l.units - l.cancelled THEN 'completed' ELSE o.status END AS status,
       l.lines, l.units, l.reserved, l.consumed, l.unfilled,
       o.placed_at, o.cart_id, o.reference, o.actor, o.cancelled_at, o.cancelled_by, o.cancel_reason,
       l.backordered, l.cancelled
  FROM oms.order_row o
  LEFT JOIN (SELECT l.order_id, pg_catalog.count(*) AS lines,
                    pg_catalog.sum(l.quantity)::bigint AS units,
                    pg_catalog.sum(l.reserved)::bigint AS reserved,
                    pg_catalog.sum(l.consumed)::bigint AS consumed,
                    pg_catalog.sum(l.unfilled)::bigint AS unfilled,
                    pg_catalog.sum(l.backordered)::bigint AS backordered,
                    pg_catalog.sum(l.cancelled)::bigint AS cancelled
               FROM oms.order_line l
              GROUP BY l.order_id) l ON l.order_id = o.order_id;
COMMENT ON VIEW oms.orders IS
    'orders, with the units of their lines; status open, completed (every unit that was not cancelled is consumed) or cancelled; priority 0 (most urgent) to 4; ship_to is NULL when unknown';
