-- Public views, whose columns are a contract, and the functions over them.

CREATE VIEW oms.fulfillment_event AS
SELECT e.fulfillment_id, e.order_id, e.event_id, e.action, e.from_status, e.to_status, e.units,
       e.reason, e.actor, e.acted_at
  FROM oms.fulfillment_event_row e;
COMMENT ON VIEW oms.fulfillment_event IS
    'the history of fulfillments: what was done, from which status to which, to how many units (NULL: to the whole), by whom, when';

-- What is to happen to work by itself, and when.
CREATE VIEW oms.deadline AS
SELECT d.fulfillment_id, d.order_id, d.location, d.method, d.status, d.what,
       CASE WHEN d.business_hours IS NULL THEN d.since + d.after
            ELSE oms.add_working_time(d.business_hours, d.since, d.after, d.time_zone) END AS at
  FROM (SELECT f.fulfillment_id, f.order_id, f.location, f.method, f.status, w.what, w.since, w.after,
               l.business_hours, l.time_zone
          FROM oms.fulfillment_row f
          JOIN oms.location l ON l.location = f.location
          CROSS JOIN LATERAL (SELECT t.* FROM oms.time_limit t
                               WHERE t.method = f.method AND (t.location = f.location OR t.location IS NULL)
                               ORDER BY t.location NULLS LAST LIMIT 1) t
          CROSS JOIN LATERAL (VALUES
               ('remind', f.status = 'assigned' AND f.reminded_at IS NULL, f.assigned_at, t.remind_after),
               ('reroute', f.status = 'assigned' AND f.escalated_at IS NULL, f.assigned_at, t.reroute_after),
               ('remind customer', f.status = 'ready' AND f.reminded_at IS NULL, f.ready_at, t.remind_customer_after),
               ('expire', f.status = 'ready', f.ready_at, t.expire_after)) w (what, applies, since, after)
         WHERE f.status IN ('assigned', 'ready') AND w.applies AND w.after IS NOT NULL
           AND NOT EXISTS (SELECT FROM oms.order_hold_row h
                            WHERE h.order_id = f.order_id AND h.released_at IS NULL)) d;
COMMENT ON VIEW oms.deadline IS
    'what oms.enforce_time_limits() does to a fulfillment, and when, if nobody acts before: remind, reroute, remind customer, expire; in opening time of the location, by oms.time_limit; not while the order is on hold; at NULL: the location never opens';

CREATE VIEW oms.rejection AS
SELECT r.rejection_id, r.fulfillment_id, r.order_id, r.line_no, r.sku, r.location, r.quantity, r.reason,
       r.cause, r.moved, r.backordered, r.actor, r.rejected_at
  FROM oms.rejection_row r;
COMMENT ON VIEW oms.rejection IS
    'units that locations refused, and why; cause named (it was said of them), scope (the scope of the reject took them along), short (they were not started and what was found missing left nothing for them); moved to other locations at once, backordered';

CREATE VIEW oms.shortfall AS
SELECT s.shortfall_id, s.sku, s.location, s.order_id, s.line_no, s.reservation_id, s.channel, s.quantity,
       s.moved, s.backordered, s.released, s.reason, s.reference, s.actor, s.resolved_at
  FROM oms.shortfall_row s;
COMMENT ON VIEW oms.shortfall IS
    'who lost units where a loss, a count or a sale that could not be refused left less than was reserved: quantity units of an order line, or of a reservation that no order wants; moved to other locations at once, backordered, or released (of a hold); with the reason and reference of the loss';

CREATE VIEW oms.returned AS
SELECT r.return_id, r.order_id, r.line_no, r.sku, r.location, r.quantity, r.condition, r.reason, r.reference,
       r.actor, r.returned_at
  FROM oms.return_row r;
COMMENT ON VIEW oms.returned IS
    'what came back of order lines (of a kit: by component), where, in which condition (sellable: on hand again; damaged: unavailable) and why';

CREATE VIEW oms.count_session AS
SELECT s.count_id, s.location, s.status, s.blind, s.picked_counted, s.recount_units, s.recount_percent,
       s.recount_value, s.reason, s.opened_by, s.opened_at, s.closed_by, s.closed_at
  FROM oms.count_session_row s;
COMMENT ON VIEW oms.count_session IS
    'cycle counts (oms.open_count): blind, so that a counter does not see what is expected; picked_counted: whether units that pickers had in their hands were counted; thresholds beyond which a difference is counted again';

CREATE VIEW oms.count_line AS
SELECT l.count_id, s.location, l.sku, l.status, l.counted, l.counted_at, l.expected, l.variance, l.attempts,
       l.counted_by, l.decided_by, l.decided_at, l.reason
  FROM oms.count_line_row l
  JOIN oms.count_session_row s ON s.count_id = l.count_id;
COMMENT ON VIEW oms.count_line IS
    'what a cycle count found: status open, counted, recount (the difference is large: to be counted again), accepted (on_hand was changed by the variance) or rejected; variance: counted less what was expected at counted_at';

CREATE VIEW oms.count_task AS
SELECT c.location, c.sku, c.reason, c.opened_at, c.closed_at, c.counted, c.variance
  FROM oms.count_task_row c;
COMMENT ON VIEW oms.count_task IS
    'counts asked for: open until oms.count_stock closes them; counted, and by how much that differed from on_hand';

-- A condition on location, order_id or fulfillment_id reaches the indexes.
CREATE VIEW oms.work AS
SELECT f.fulfillment_id, f.location, f.order_id, f.method, f.status, o.priority,
       LEAST(f.leave_by, l.promise_at) AS due_at,
       l.lines, l.units, l.to_pick, f.claimed_by, f.claimed_until, f.assigned_at,
       EXISTS (SELECT FROM oms.order_hold_row h
                WHERE h.order_id = f.order_id AND h.released_at IS NULL) AS on_hold,
       l.promise_at
  FROM oms.fulfillment_row f
  JOIN oms.order_row o ON o.order_id = f.order_id
  CROSS JOIN LATERAL (
       SELECT pg_catalog.count(*) AS lines,
              pg_catalog.sum(l.quantity - l.rejected - l.cancelled - l.shipped)::bigint AS units,
              pg_catalog.sum(l.quantity - l.rejected - l.cancelled - l.picked)::bigint AS to_pick,
              pg_catalog.min(COALESCE(ol.promise_at, o.promise_at)) AS promise_at
         FROM oms.fulfillment_line_row l
         JOIN oms.order_line_row ol ON ol.order_id = l.order_id AND ol.line_no = l.line_no
        WHERE l.order_id = f.order_id AND l.fulfillment_id = f.fulfillment_id
          AND l.quantity > l.rejected + l.cancelled) l
 WHERE f.status IN ('assigned', 'accepted', 'picking', 'packed', 'ready');
COMMENT ON VIEW oms.work IS
    'fulfillments that are not done: due_at, when it must leave (the last cut-off of the location, or moment of its business hours, at which it is still in time: oms.leave_by; at the latest when it was promised), promise_at the earliest promise of its lines, units that are to leave, to_pick of them, who has it until when, and whether the order or a line of it is on hold';

CREATE FUNCTION oms.work_list(location text, method text DEFAULT NULL)
RETURNS TABLE (fulfillment_id bigint, order_id text, method text, status text, priority integer,
               due_at timestamptz, lines bigint, units bigint, to_pick bigint, claimed_by text,
               claimed_until timestamptz, assigned_at timestamptz)
LANGUAGE sql STABLE PARALLEL SAFE COST 1000 ROWS 100 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT w.fulfillment_id, w.order_id, w.method, w.status, w.priority, w.due_at, w.lines, w.units,
           w.to_pick, w.claimed_by, w.claimed_until, w.assigned_at
      FROM oms.work w
     WHERE w.location = $1 AND ($2 IS NULL OR w.method = $2) AND oms.sees_location($1)
     ORDER BY w.due_at NULLS LAST, w.priority, w.assigned_at, w.fulfillment_id
$$;
REVOKE ALL ON FUNCTION oms.work_list(text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.work_list(text, text) IS
    'what a location has to do, most urgent first: by due_at, then the order''s priority, then age; of one method or of both';

CREATE FUNCTION oms.pick_list(location text, picker text DEFAULT NULL, fulfillment_ids bigint[] DEFAULT NULL)
RETURNS TABLE (bin text, sku text, units bigint, fulfillments bigint[], quantities bigint[])
LANGUAGE sql STABLE PARALLEL SAFE COST 1000 ROWS 100 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT b.bin, p.sku, sum(p.units)::bigint, array_agg(p.fulfillment_id ORDER BY p.fulfillment_id),
           array_agg(p.units ORDER BY p.fulfillment_id)
      FROM (SELECT l.sku, f.fulfillment_id, sum(l.quantity - l.rejected - l.cancelled - l.picked)::bigint AS units
              FROM oms.fulfillment_row f
              JOIN oms.fulfillment_line_row l ON l.order_id = f.order_id AND l.fulfillment_id = f.fulfillment_id
             WHERE f.location = $1 AND f.status IN ('accepted', 'picking') AND oms.sees_location($1)
               AND ($2 IS NULL OR f.claimed_by = $2 AND f.claimed_until > clock_timestamp())
               AND ($3 IS NULL OR f.fulfillment_id = ANY ($3))
               AND l.quantity - l.rejected - l.cancelled > l.picked
             GROUP BY l.sku, f.fulfillment_id) p
      LEFT JOIN oms.bin b ON b.location = $1 AND b.sku = p.sku
     GROUP BY b.bin, p.sku
     ORDER BY b.bin NULLS LAST, p.sku
$$;
REVOKE ALL ON FUNCTION oms.pick_list(text, text, bigint[]) FROM PUBLIC;
COMMENT ON FUNCTION oms.pick_list(text, text, bigint[]) IS
    'one list over several fulfillments, in the order of the walk: by bin (oms.bin), then sku; units in all, and quantities[i] of them for fulfillments[i]. Of what the picker has claimed, of the fulfillments named, or of all that the location has accepted';

CREATE FUNCTION oms.count_sheet(count_id bigint)
RETURNS TABLE (bin text, sku text, status text, counted bigint, expected bigint, variance bigint)
LANGUAGE sql STABLE PARALLEL SAFE COST 1000 ROWS 100 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT b.bin, l.sku, l.status, l.counted,
           CASE WHEN s.blind AND l.status <> 'accepted' THEN NULL
                ELSE COALESCE(l.expected, (SELECT i.on_hand FROM oms.inventory i WHERE i.sku = l.sku AND i.location = s.location)) END,
           CASE WHEN s.blind AND l.status <> 'accepted' THEN NULL ELSE l.variance END
      FROM oms.count_session_row s
      JOIN oms.count_line_row l ON l.count_id = s.count_id
      LEFT JOIN oms.bin b ON b.location = s.location AND b.sku = l.sku
     WHERE s.count_id = $1 AND oms.sees_location(s.location)
     ORDER BY b.bin NULLS LAST, l.sku
$$;
REVOKE ALL ON FUNCTION oms.count_sheet(bigint) FROM PUBLIC;
COMMENT ON FUNCTION oms.count_sheet(bigint) IS
    'what is to be counted, in the order of the walk: by bin (oms.bin), then sku, with what was counted so far; expected and variance are NULL until they are accepted when the count is blind';
