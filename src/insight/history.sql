-- Who did what, when: to a sku at a location, to an order, to a fulfillment; a timeline of each.

CREATE FUNCTION oms.stock_history(
    sku text, location text, since timestamptz DEFAULT '-infinity', until timestamptz DEFAULT 'infinity')
RETURNS TABLE (at timestamptz, what text, quantity bigint, on_hand bigint, unavailable bigint, detail text,
               reason text, reference text, actor text)
LANGUAGE sql STABLE PARALLEL SAFE COST 10000 ROWS 100 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT h.at, h.what, h.quantity, h.on_hand, h.unavailable, h.detail, h.reason, h.reference, h.actor
      FROM (SELECT m.moved_at AS at, 2 AS place, m.movement_id AS id, m.kind AS what, m.quantity,
                   sum(m.quantity) OVER (ORDER BY m.moved_at, m.movement_id)::bigint AS on_hand,
                   sum(m.unavailable) OVER (ORDER BY m.moved_at, m.movement_id)::bigint AS unavailable,
                   CASE WHEN m.unavailable <> 0 THEN format('unavailable %s%s', CASE WHEN m.unavailable > 0 THEN '+' END, m.unavailable) END AS detail,
                   m.reason, m.reference, m.actor
              FROM oms.movement_row m WHERE m.sku = $1 AND m.location = $2
            UNION ALL
            SELECT r.created_at, 1, r.reservation_id, 'reserve', r.quantity, NULL, NULL,
                   concat_ws(', ', 'channel ' || r.channel, 'order ' || r.order_id, 'line ' || r.line_no, 'cart ' || r.cart_id, 'kit ' || r.kit),
                   NULL, r.reference, o.actor
              FROM oms.reservation_row r LEFT JOIN oms.order_row o ON o.order_id = r.order_id
             WHERE r.sku = $1 AND r.location = $2
            UNION ALL
            SELECT COALESCE(r.changed_at, r.expires_at), 3, r.reservation_id, CASE r.status WHEN 'released' THEN 'release' ELSE 'expire' END,
                   r.quantity - r.consumed, NULL, NULL,
                   concat_ws(', ', 'channel ' || r.channel, 'order ' || r.order_id, 'line ' || r.line_no, 'cart ' || r.cart_id), NULL, r.reference, NULL
              FROM oms.reservation_row r
             WHERE r.sku = $1 AND r.location = $2 AND (r.status IN ('released', 'expired') OR r.status = 'hold' AND r.expires_at <= clock_timestamp())
            UNION ALL
            SELECT s.resolved_at, 4, s.shortfall_id, 'shortfall', s.quantity, NULL, NULL,
                   format('%s lost: moved %s, backordered %s, released %s', COALESCE('order ' || s.order_id || ' line ' || s.line_no, 'reservation ' || s.reservation_id),
                          s.moved, s.backordered, s.released), s.reason, s.reference, s.actor
              FROM oms.shortfall_row s WHERE s.sku = $1 AND s.location = $2
            UNION ALL
            SELECT r.rejected_at, 5, r.rejection_id, 'reject', r.quantity, NULL, NULL,
                   format('order %s line %s (%s): moved %s, backordered %s', r.order_id, r.line_no, r.cause, r.moved, r.backordered),
                   r.reason, 'fulfillment ' || r.fulfillment_id, r.actor
              FROM oms.rejection_row r WHERE r.sku = $1 AND r.location = $2
            UNION ALL
            SELECT l.counted_at, 6, l.count_id, 'counted', l.counted, NULL, NULL,
                   format('expected %s, variance %s, %s', l.expected, l.variance, l.status), l.reason, 'count ' || l.count_id, l.counted_by
              FROM oms.count_line_row l JOIN oms.count_session_row s ON s.count_id = l.count_id
             WHERE l.sku = $1 AND s.location = $2 AND l.counted_at IS NOT NULL) h
     WHERE h.at >= $3 AND h.at < $4 AND oms.sees_location($2)
     ORDER BY h.at, h.place, h.id
$$;
REVOKE ALL ON FUNCTION oms.stock_history(text, text, timestamptz, timestamptz) FROM PUBLIC;
COMMENT ON FUNCTION oms.stock_history(text, text, timestamptz, timestamptz) IS
    'what happened to a sku at a location, oldest first, from since to before until: movements with on_hand and unavailable after each, reservations made (with the units they claim there today), released and expired, what locations refused, who lost units in a shortfall, counts; with who did it, why and for what';

CREATE FUNCTION oms.order_history(order_id text)
RETURNS TABLE (at timestamptz, what text, line_no integer, sku text, location text, quantity bigint, detail text,
               fulfillment_id bigint, actor text)
LANGUAGE sql STABLE PARALLEL SAFE COST 10000 ROWS 30 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT h.at, h.what, h.line_no, h.sku, h.location, h.quantity, h.detail, h.fulfillment_id, h.actor
      FROM (SELECT o.placed_at AS at, 1 AS place, l.line_no::bigint AS id, 'place' AS what, l.line_no, l.sku, l.location, l.quantity,
                   concat_ws(', ', 'channel ' || o.channel, o.service, 'priority ' || o.priority) AS detail, NULL::bigint AS fulfillment_id, o.actor
              FROM oms.order_row o JOIN oms.order_line_row l ON l.order_id = o.order_id WHERE o.order_id = $1
            UNION ALL
            SELECT o.cancelled_at, 9, 0, 'cancel order', NULL, NULL, NULL, NULL, o.cancel_reason, NULL, o.cancelled_by
              FROM oms.order_row o WHERE o.order_id = $1 AND o.cancelled_at IS NOT NULL
            UNION ALL
            SELECT h.placed_at, 2, 0, 'hold', h.line_no, NULL, NULL, NULL, h.reason, NULL, h.placed_by
              FROM oms.order_hold_row h WHERE h.order_id = $1
            UNION ALL
            SELECT h.released_at, 2, 1, 'release hold', h.line_no, NULL, NULL, NULL, h.reason, NULL, h.released_by
              FROM oms.order_hold_row h WHERE h.order_id = $1 AND h.released_at IS NOT NULL
            UNION ALL
            SELECT b.created_at, 2, b.backorder_id, 'backorder', b.line_no, b.sku, b.location, b.quantity,
                   format('%s, filled %s', b.status, b.filled), NULL, NULL
              FROM oms.backorder_row b WHERE b.order_id = $1
            UNION ALL
            SELECT d.decided_at, 3, l.run_id, CASE WHEN l.location IS NULL THEN 'queue' ELSE 'route' END, l.line_no, l.sku, l.location, l.quantity,
                   concat_ws(': ', l.queue, l.reason), NULL, r.actor
              FROM oms.decision_row d
              JOIN oms.decision_line_row l ON l.order_id = d.order_id AND l.run_id = d.run_id
              LEFT JOIN oms.routing_run_row r ON r.run_id = d.run_id
             WHERE d.order_id = $1
            UNION ALL
            SELECT e.acted_at, 5, e.event_id, e.action, NULL, NULL, f.location, e.units,
                   concat_ws(': ', e.from_status || ' -> ' || e.to_status, e.reason), e.fulfillment_id, e.actor
              FROM oms.fulfillment_event_row e
              JOIN oms.fulfillment_row f ON f.order_id = e.order_id AND f.fulfillment_id = e.fulfillment_id
             WHERE e.order_id = $1
            UNION ALL
            SELECT r.rejected_at, 6, r.rejection_id, 'rejected', r.line_no, r.sku, r.location, r.quantity,
                   format('%s (%s): moved %s, backordered %s', r.reason, r.cause, r.moved, r.backordered), r.fulfillment_id, r.actor
              FROM oms.rejection_row r WHERE r.order_id = $1
            UNION ALL
            SELECT b.returned_at, 7, b.return_id, 'return', b.line_no, b.sku, b.location, b.quantity,
                   concat_ws(': ', b.condition, b.reason), NULL, b.actor
              FROM oms.return_row b WHERE b.order_id = $1) h
     ORDER BY h.at, h.place, h.id, h.line_no, h.sku
$$;
REVOKE ALL ON FUNCTION oms.order_history(text) FROM PUBLIC;
COMMENT ON FUNCTION oms.order_history(text) IS
    'what happened to an order, oldest first: placed, held, backordered, routed and why there, what locations did with its fulfillments, refused, returned, cancelled; with who did it. No rows for an unknown order';

CREATE FUNCTION oms.fulfillment_history(fulfillment_id bigint)
RETURNS TABLE (at timestamptz, what text, from_status text, status text, line_no integer, sku text, quantity bigint,
               detail text, actor text)
LANGUAGE sql STABLE PARALLEL SAFE COST 10000 ROWS 10 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT h.at, h.what, h.from_status, h.status, h.line_no, h.sku, h.quantity, h.detail, h.actor
      FROM (SELECT f.assigned_at AS at, 1 AS place, 0::bigint AS id, 'assign' AS what, NULL AS from_status, 'assigned' AS status, l.line_no, l.sku,
                   l.quantity, concat_ws(', ', 'order ' || f.order_id, f.location, f.method) AS detail, r.actor
              FROM oms.fulfillment_row f
              JOIN oms.fulfillment_line_row l ON l.order_id = f.order_id AND l.fulfillment_id = f.fulfillment_id
              LEFT JOIN oms.routing_run_row r ON r.run_id = f.run_id
             WHERE f.fulfillment_id = $1
            UNION ALL
            SELECT e.acted_at, 2, e.event_id, e.action, e.from_status, e.to_status, NULL, NULL, e.units, e.reason, e.actor
              FROM oms.fulfillment_row f
              JOIN oms.fulfillment_event_row e ON e.order_id = f.order_id AND e.fulfillment_id = f.fulfillment_id
             WHERE f.fulfillment_id = $1
            UNION ALL
            SELECT r.rejected_at, 3, r.rejection_id, 'rejected', NULL, NULL, r.line_no, r.sku, r.quantity,
                   format('%s (%s): moved %s, backordered %s', r.reason, r.cause, r.moved, r.backordered), r.actor
              FROM oms.fulfillment_row f
              JOIN oms.rejection_row r ON r.order_id = f.order_id AND r.fulfillment_id = f.fulfillment_id
             WHERE f.fulfillment_id = $1) h
     WHERE oms.sees_location((SELECT f.location FROM oms.fulfillment_row f WHERE f.fulfillment_id = $1))
     ORDER BY h.at, h.place, h.id, h.line_no, h.sku
$$;
REVOKE ALL ON FUNCTION oms.fulfillment_history(bigint) FROM PUBLIC;
COMMENT ON FUNCTION oms.fulfillment_history(bigint) IS
    'what happened to a fulfillment, oldest first: what it was assigned, each action with the status before and after, what was refused and why; with who did it. No rows for an unknown one';
