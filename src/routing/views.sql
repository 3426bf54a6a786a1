-- Public views; their columns are a contract.

-- Units of open orders that the router may move: held firm, not stopped, and not in work that has begun. Of a
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
   AND NOT EXISTS (SELECT FROM oms.order_hold_row h WHERE h.order_id = r.order_id AND h.released_at IS NULL
                      AND (h.line_no IS NULL OR h.line_no = r.line_no))
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
         WHERE r.status = 'firm' AND r.quantity > r.consumed AND r.kit IS NOT NULL AND r.order_id IS NOT NULL
           AND NOT EXISTS (SELECT FROM oms.order_hold_row h WHERE h.order_id = r.order_id AND h.released_at IS NULL
                              AND (h.line_no IS NULL OR h.line_no = r.line_no))) k
 WHERE k.left_over_so_far > k.started;
COMMENT ON VIEW oms.routing_held IS 'private: units of open orders that the router may move, by line and location, of kits by reservation and component; plan_line is the planner''s line, those of one bundle move together';

-- Within how many hours a service arrives: those of oms.service, and what is built in.
CREATE VIEW oms.service_due AS
SELECT service, COALESCE(s.due_hours, b.due_hours)::float8 AS due_hours
  FROM (VALUES ('same_day' COLLATE "C", 12), ('next_day', 36), ('two_day', 60), ('standard', NULL), ('pickup', NULL)) AS b (service, due_hours)
  FULL JOIN oms.service s USING (service);
COMMENT ON VIEW oms.service_due IS
    'within how many hours after the order each service arrives: oms.service and, where it says nothing, same_day 12, next_day 36, two_day 60; NULL: no limit';

-- An order's due moment is the earliest that any of its lines was promised, or what its service says.
CREATE VIEW oms.routing_order AS
SELECT o.order_id, o.channel, o.method, o.priority, o.ship_to, o.placed_at,
       COALESCE(l.promise_at, o.promise_at,
                o.placed_at + s.due_hours * interval '1 hour') AS due_at
  FROM oms.order_row o
  LEFT JOIN oms.service_due s ON s.service = o.service
  LEFT JOIN (SELECT l.order_id, pg_catalog.min(COALESCE(l.promise_at, o.promise_at)) AS promise_at
               FROM oms.order_line_row l
               JOIN oms.order_row o ON o.order_id = l.order_id AND o.status = 'open'
              GROUP BY l.order_id) l ON l.order_id = o.order_id
 WHERE o.status = 'open';
COMMENT ON VIEW oms.routing_order IS 'private: open orders as the router sees them';

-- The row that the filters of policies are about.
CREATE VIEW oms.order_facts AS
SELECT o.order_id, r.channel, r.service, o.method, o.priority, o.ship_to, o.placed_at, o.due_at,
       l.lines, l.units, l.value, COALESCE(t.tags, '{}') AS tags
  FROM oms.routing_order o
  JOIN oms.order_row r ON r.order_id = o.order_id
  JOIN (SELECT l.order_id, pg_catalog.count(*) AS lines, pg_catalog.sum(l.quantity)::bigint AS units,
               pg_catalog.sum(l.quantity * COALESCE(l.unit_value, i.unit_value)) AS value
          FROM oms.order_line_row l
          LEFT JOIN oms.item i ON i.sku = l.sku
         GROUP BY l.order_id) l ON l.order_id = o.order_id
  LEFT JOIN (SELECT l.order_id, pg_catalog.array_agg(DISTINCT t.tag) AS tags
               FROM oms.order_line_row l
               JOIN oms.item i ON i.sku = l.sku
              CROSS JOIN LATERAL pg_catalog.unnest(i.tags) AS t (tag)
              GROUP BY l.order_id) t ON t.order_id = o.order_id;
COMMENT ON VIEW oms.order_facts IS
    'open orders as the filter of a routing sees them: what was ordered, by when it is due, number of lines, units, value (NULL when none is known) and the tags of its items';

CREATE VIEW oms.policy AS
SELECT p.policy, p.version, p.status, p.note, p.saved_by, p.saved_at, p.activated_at
  FROM oms.policy_row p;
COMMENT ON VIEW oms.policy IS 'versions of policies: status draft, active or archived';

CREATE VIEW oms.policy_routing AS
SELECT r.policy, r.version, r.sequence, r.routing, r.filter, r.queue, r.cancel_after_days, r.saved_by, r.on_unfilled
  FROM oms.policy_routing_row r;
COMMENT ON VIEW oms.policy_routing IS
    'routings of policies: an order belongs to the first in sequence whose filter, a condition over oms.order_facts, is true (NULL: every order); what no rule serves waits in the queue, with its hold, or if on_unfilled is backorder without it; or if it is leave stays as it is';

CREATE VIEW oms.policy_rule AS
SELECT r.policy, r.version, r.routing, r.rule_no, r.location_group, r.max_distance_km, r.floor, r.split,
       r.whole, r.keep_groups, r.ignore_capacity, r.min_shipment_value, r.criteria, r.weights
  FROM oms.policy_rule_row r;
COMMENT ON VIEW oms.policy_rule IS 'rules of routings, tried one after the other, from tight to loose; see oms.add_rule';

CREATE VIEW oms.routing_run AS
SELECT r.run_id, r.solver, r.orders, r.lines, r.units, r.shipments, r.unfilled_units, r.late_lines,
       r.distance_km, r.cost, r.moved_units, r.not_moved_units, r.skipped_orders, r.options,
       r.actor, r.started_at, r.finished_at, r.policy, r.policy_version, r.plan_seconds, r.move_seconds
  FROM oms.routing_run_row r;
COMMENT ON VIEW oms.routing_run IS 'routing runs: what was planned, at what cost, and what was moved; seconds of planning and of locking orders and moving their holds, the rest of started_at to finished_at being decisions and work written';

CREATE VIEW oms.routing_price AS
SELECT p.run_id, p.measure, p.location, p.sku, p.price
  FROM oms.routing_price_row p
 WHERE p.run_id = (SELECT pg_catalog.max(r.run_id) FROM oms.routing_price_row r);
COMMENT ON VIEW oms.routing_price IS
    'what one more unit of stock (measure stock) or of capacity (orders, lines, units, minutes) was worth to the last run of all orders, as oms.plan_prices of it: what oms.route_one counts as cost. Of several rules of a policy the highest price';

CREATE VIEW oms.routing_slot_price AS
SELECT p.location,
       pg_catalog.round(pg_catalog.sum(p.price * CASE p.measure WHEN 'orders' THEN 1 WHEN 'minutes' THEN l.minutes_per_order ELSE 0 END), 4) AS per_order,
       pg_catalog.round(pg_catalog.sum(p.price * CASE p.measure WHEN 'lines' THEN 1 WHEN 'minutes' THEN l.minutes_per_line ELSE 0 END), 4) AS per_line,
       pg_catalog.round(pg_catalog.sum(p.price * CASE p.measure WHEN 'units' THEN 1 WHEN 'minutes' THEN l.minutes_per_unit ELSE 0 END), 4) AS per_unit
  FROM oms.routing_price p
  JOIN oms.location l ON l.location = p.location
 WHERE p.measure <> 'stock'
 GROUP BY p.location;
COMMENT ON VIEW oms.routing_slot_price IS 'private: what the capacity for one more shipment, line and unit of a location was worth to the last run of all orders';

CREATE VIEW oms.decision AS
SELECT l.order_id, l.run_id, l.line_no, l.sku, l.quantity, l.location, l.shipment, l.cost,
       l.distance_km, l.late_seconds, l.queue, l.reason, d.candidates, d.decided_at,
       l.carrier_service, l.ship_at, l.arrive_at, l.routing, l.rule_no, l.cancel_at
  FROM oms.decision_row d
  JOIN oms.decision_line_row l ON l.order_id = d.order_id AND l.run_id = d.run_id;
COMMENT ON VIEW oms.decision IS
    'decisions of routing runs, a row per line and location: units, shipment of the order, cost (a shipment''s own cost stands on its first row) and the reason; location NULL: the units keep their hold and wait in the queue; candidates: the locations considered';

CREATE VIEW oms.fulfillment AS
SELECT f.fulfillment_id, f.order_id, f.location, f.method, f.status, l.lines, l.units, f.run_id,
       f.assigned_at, f.changed_at, f.claimed_by, f.claimed_until,
       f.reminded_at, f.escalated_at, f.ready_at, f.code_hash IS NOT NULL AS has_code,
       f.carrier_service, f.ship_at, f.leave_by, f.wrong_codes
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
