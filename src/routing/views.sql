-- Public views; their columns are a contract.

-- Units of open orders that the router may move: held firm and not in work that has begun. Of a
-- kit a row per reservation and component: work that has begun counts against the first ones.
CREATE VIEW oms.routing_started AS
SELECT f.order_id, f.location, l.line_no, l.sku,
       pg_catalog.sum(l.quantity - l.rejected - l.cancelled - l.shipped)::bigint AS quantity
  FROM oms.fulfillment_row f
  JOIN oms.fulfillment_line_row l ON l.order_id = f.order_id AND l.fulfillment_id = f.fulfillment_id
 WHERE f.status IN ('accepted', 'picking', 'packed', 'ready')
 GROUP BY f.order_id, f.location, l.line_no, l.sku;
COMMENT ON VIEW oms.routing_started IS 'private: units in work that has begun, by line, sku and location';

CREATE VIEW oms.routing_held AS
SELECT r.order_id, r.line_no, r.sku, r.location,
       (pg_catalog.sum(r.quantity - r.consumed) - COALESCE(pg_catalog.max(s.quantity), 0))::bigint AS quantity,
       r.line_no AS plan_line, NULL::integer AS bundle, 1::bigint AS kit_quantity
  FROM oms.reservation_row r
  JOIN oms.order_row o ON o.order_id = r.order_id AND o.status = 'open'
  LEFT JOIN oms.routing_started s
    ON s.order_id = r.order_id AND s.location = r.location AND s.line_no = r.line_no AND s.sku = r.sku
 WHERE r.status = 'firm' AND r.quantity > r.consumed AND r.kit IS NULL
 GROUP BY r.order_id, r.line_no, r.sku, r.location
HAVING pg_catalog.sum(r.quantity - r.consumed) > COALESCE(pg_catalog.max(s.quantity), 0)
UNION ALL
SELECT k.order_id, k.line_no, k.sku, k.location, LEAST(k.left_over, k.left_over_so_far - k.started),
       k.plan_line, k.bundle, k.kit_quantity
  FROM (SELECT r.order_id, r.line_no, r.sku, r.location, r.quantity - r.consumed AS left_over,
               pg_catalog.sum(r.quantity - r.consumed)
                   OVER (PARTITION BY r.order_id, r.line_no, r.sku, r.location ORDER BY r.reservation_id)::bigint AS left_over_so_far,
               COALESCE(s.quantity, 0) AS started,
               r.plan_line, r.plan_line + r.component AS bundle, r.kit_quantity
          FROM oms.reservation_row r
          JOIN oms.order_row o ON o.order_id = r.order_id AND o.status = 'open'
          LEFT JOIN oms.routing_started s
            ON s.order_id = r.order_id AND s.location = r.location AND s.line_no = r.line_no AND s.sku = r.sku
         WHERE r.status = 'firm' AND r.quantity > r.consumed AND r.kit IS NOT NULL AND r.order_id IS NOT NULL) k
 WHERE k.left_over_so_far > k.started;
COMMENT ON VIEW oms.routing_held IS 'private: units of open orders that the router may move, by line and location, of kits by reservation and component; plan_line is the planner''s line, those of one bundle move together';

CREATE VIEW oms.routing_run AS
SELECT r.run_id, r.solver, r.orders, r.lines, r.units, r.shipments, r.unfilled_units, r.late_lines,
       r.distance_km, r.cost, r.moved_units, r.not_moved_units, r.skipped_orders, r.options,
       r.actor, r.started_at, r.finished_at
  FROM oms.routing_run_row r;
COMMENT ON VIEW oms.routing_run IS 'routing runs: what was planned, at what cost, and what was moved';

CREATE VIEW oms.decision AS
SELECT l.order_id, l.run_id, l.line_no, l.sku, l.quantity, l.location, l.shipment, l.cost,
       l.distance_km, l.late_seconds, l.queue, l.reason, d.candidates, d.decided_at
  FROM oms.decision_row d
  JOIN oms.decision_line_row l ON l.order_id = d.order_id AND l.run_id = d.run_id;
COMMENT ON VIEW oms.decision IS
    'decisions of routing runs, a row per line and location: units, shipment of the order, cost (a shipment''s own cost stands on its first row) and the reason; location NULL: the units keep their hold and wait in the queue; candidates: the locations considered';

CREATE VIEW oms.fulfillment AS
SELECT f.fulfillment_id, f.order_id, f.location, f.method, f.status, l.lines, l.units, f.run_id,
       f.assigned_at, f.changed_at, f.claimed_by, f.claimed_until,
       f.reminded_at, f.escalated_at, f.ready_at, f.code_hash IS NOT NULL AS has_code
  FROM oms.fulfillment_row f
  LEFT JOIN (SELECT l.order_id, l.fulfillment_id, pg_catalog.count(*) AS lines,
                    pg_catalog.sum(l.quantity)::bigint AS units
               FROM oms.fulfillment_line_row l
              GROUP BY l.order_id, l.fulfillment_id) l
    ON l.order_id = f.order_id AND l.fulfillment_id = f.fulfillment_id;
COMMENT ON VIEW oms.fulfillment IS
    'the work of one location for one order: its method, lines, units; status assigned, accepted (begun: the router leaves it), picking, packed, shipped; for pickup packed, ready, handed_over; rejected, cancelled, or superseded by a later routing run; a picker has it until claimed_until';

CREATE VIEW oms.fulfillment_line AS
SELECT l.fulfillment_id, l.order_id, l.line_no, l.sku, l.quantity, l.picked, l.packed, l.shipped,
       l.rejected, l.cancelled, l.quantity - l.rejected - l.cancelled - l.shipped AS open
  FROM oms.fulfillment_line_row l;
COMMENT ON VIEW oms.fulfillment_line IS
    'what a fulfillment is to send out of each order line, in units: quantity assigned; of it picked, packed of those, shipped of those (or handed over); rejected, cancelled; open = neither shipped nor rejected nor cancelled';
