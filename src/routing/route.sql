-- Routing of oms's own orders: the planner over oms's tables, and its decisions applied.
-- Without jit: compiling these queries takes longer than running them.

CREATE FUNCTION oms.shipping(
    location text, method text, ship_to oms.latlon, start_at timestamptz, due_at timestamptz,
    cost_per_shipment double precision DEFAULT 5, cost_per_km double precision DEFAULT 0.01,
    OUT carrier_service text, OUT price double precision, OUT distance_km double precision,
    OUT ship_at timestamptz, OUT arrive_at timestamptz)
LANGUAGE c STABLE PARALLEL RESTRICTED COST 5
AS 'MODULE_PATHNAME', 'oms_shipping';
REVOKE ALL ON FUNCTION oms.shipping(text, text, oms.latlon, timestamptz, timestamptz, double precision, double precision) FROM PUBLIC;
COMMENT ON FUNCTION oms.shipping(text, text, oms.latlon, timestamptz, timestamptz, double precision, double precision) IS
    'how a shipment started at start_at would leave a location: the cheapest carrier service that arrives by due_at, else the fastest; its price, when it leaves (after the handling hours within the opening hours, at the cut-off that follows) and arrives. carrier_service NULL: a pickup, there for nothing when it is ready; or, while oms.carrier_service is empty, the default: cost_per_shipment + cost_per_km, 50 km an hour. price NULL: no service gets there. Reads the tables once a query, with the rights of the caller. Errors: OM004 unknown location, 22004';

CREATE FUNCTION oms.promise(
    channel text, cart jsonb, ship_to oms.latlon DEFAULT NULL, services text[] DEFAULT NULL,
    start_at timestamptz DEFAULT NULL,
    cost_per_shipment double precision DEFAULT 5, cost_per_km double precision DEFAULT 0.01)
RETURNS TABLE (service text, location text, ship_at timestamptz, arrive_at timestamptz, cost numeric,
               carrier_service text, distance_km double precision, skus text[], quantities bigint[])
LANGUAGE c STABLE PARALLEL RESTRICTED COST 10000 ROWS 5 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_promise';
REVOKE ALL ON FUNCTION oms.promise(text, jsonb, oms.latlon, text[], timestamptz, double precision, double precision) FROM PUBLIC;
COMMENT ON FUNCTION oms.promise(text, jsonb, oms.latlon, text[], timestamptz, double precision, double precision) IS
    'what can be promised of a cart, [{"sku": …, "quantity": …}, …]: for each service (NULL: every one of oms.service_due) a row per location that would send it, with what of the cart, when it leaves and arrives, the cost (handling + carrier) and the carrier service; no row for a service that cannot be kept. A location whose capacity is used up begins in the next window in which it suffices. From one location before a split; a pickup is at one store, the nearest that has all. What the channel may not sell now is promised from the moment at which it may with what is incoming. start_at: when work on it begins (default now). It writes and holds nothing: reserve or place_order does. Errors: OM004 unknown channel, sku or service, 22023, 22004, 22008';

CREATE FUNCTION oms.leave_by(
    location text, method text, carrier_service text, ship_to oms.latlon, ship_at timestamptz, due_at timestamptz)
RETURNS timestamptz
LANGUAGE c STABLE PARALLEL RESTRICTED COST 50
AS 'MODULE_PATHNAME', 'oms_leave_by';
REVOKE ALL ON FUNCTION oms.leave_by(text, text, text, oms.latlon, timestamptz, timestamptz) FROM PUBLIC;
COMMENT ON FUNCTION oms.leave_by(text, text, text, oms.latlon, timestamptz, timestamptz) IS
    'when a shipment that may leave the location at ship_at must leave it to arrive by due_at: the last cut-off of the location, or without one the last moment of its opening hours, from which the carrier service, as oms.shipping named it, is in time; ship_at itself when nothing is in time, NULL when it is never due. What is picked up must be there by due_at. Errors: OM004 unknown location or carrier service, 22004, 22008 infinity';

-- Neither SECURITY DEFINER nor with settings, so that it becomes part of the query that calls it; who calls it reads the tables.
CREATE FUNCTION oms.capacity_accounts(at timestamptz, locations text[] DEFAULT NULL)
RETURNS TABLE (location text, window_name text, until text, measure text, quantity bigint, used bigint)
LANGUAGE sql STABLE PARALLEL SAFE COST 1000 ROWS 100
AS $$
    WITH recurring AS (     -- of each window_name the row with the fewest days
        SELECT DISTINCT ON (c.location, c.window_name) c.*, b.begins, w.until
          FROM oms.capacity c
          JOIN oms.location l ON l.location OPERATOR(pg_catalog.=) c.location
         CROSS JOIN LATERAL (SELECT oms.next_open(c.hours, $1, l.time_zone) AS begins) b
         CROSS JOIN LATERAL (SELECT COALESCE(oms.next_close(c.hours, b.begins, l.time_zone),
                                             (pg_catalog.timezone(l.time_zone, b.begins)::pg_catalog.date OPERATOR(pg_catalog.+) 1)::pg_catalog.timestamp AT TIME ZONE l.time_zone) AS until) w
         WHERE ($2 IS NULL OR c.location OPERATOR(pg_catalog.=) ANY ($2))
           AND c.days OPERATOR(pg_catalog.@>) (pg_catalog.timezone(l.time_zone, w.until) OPERATOR(pg_catalog.-) interval '1 microsecond')::pg_catalog.date
         ORDER BY c.location, c.window_name, pg_catalog.upper(c.days) OPERATOR(pg_catalog.-) pg_catalog.lower(c.days), pg_catalog.lower(c.days) DESC NULLS LAST),
    capacity AS (
        SELECT r.location, r.window_name, pg_catalog.to_char(pg_catalog.timezone('UTC', r.until), 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') COLLATE "C" AS until, m.measure, m.quantity
          FROM (SELECT r.*, pg_catalog.rank() OVER (PARTITION BY r.location ORDER BY r.begins) AS n FROM recurring r) r
         CROSS JOIN LATERAL (VALUES ('orders' COLLATE "C", r.orders), ('lines', r.lines), ('units', r.units), ('minutes', r.minutes OPERATOR(pg_catalog.*) 60)) m (measure, quantity)
         WHERE r.n OPERATOR(pg_catalog.=) 1 AND m.quantity IS NOT NULL
        UNION ALL
        SELECT l.location, 'at once', 'infinity', 'orders', l.capacity_orders
          FROM oms.location l WHERE l.capacity_orders IS NOT NULL AND ($2 IS NULL OR l.location OPERATOR(pg_catalog.=) ANY ($2)))
    SELECT c.location, c.window_name, c.until, c.measure, c.quantity, COALESCE(pg_catalog.sum(a.reserved), 0)::bigint
      FROM capacity c
      LEFT JOIN (SELECT a.location, a.window_name, a.until, a.measure, a.reserved FROM oms.capacity_account a
                 UNION ALL
                 SELECT d.location, d.window_name, d.until, d.measure, d.reserved FROM oms.capacity_delta d) a
        ON a.location OPERATOR(pg_catalog.=) c.location AND a.window_name OPERATOR(pg_catalog.=) c.window_name
       AND a.until OPERATOR(pg_catalog.=) c.until AND a.measure OPERATOR(pg_catalog.=) c.measure
     GROUP BY c.location, c.window_name, c.until, c.measure, c.quantity
$$;
REVOKE ALL ON FUNCTION oms.capacity_accounts(timestamptz, text[]) FROM PUBLIC;
COMMENT ON FUNCTION oms.capacity_accounts(timestamptz, text[]) IS
    'private: the accounts of capacity in which work counts that is assigned at that moment, of all locations or of some; minutes in seconds';

CREATE FUNCTION oms.capacity_use(at timestamptz DEFAULT clock_timestamp())
RETURNS TABLE (location text, window_name text, until timestamptz, measure text, quantity bigint, used numeric, "left" numeric)
LANGUAGE sql STABLE PARALLEL SAFE COST 1000 ROWS 100 SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET jit = off
AS $$
    SELECT c.location, c.window_name, c.until::timestamptz, c.measure, c.quantity / m.unit,
           trim_scale(round(c.used::numeric / m.unit, 2)), trim_scale(round(GREATEST(0, c.quantity - c.used)::numeric / m.unit, 2))
      FROM oms.capacity_accounts($1) c
     CROSS JOIN LATERAL (SELECT CASE c.measure WHEN 'minutes' THEN 60 ELSE 1 END AS unit) m
     ORDER BY c.location, c.window_name, c.measure
$$;
REVOKE ALL ON FUNCTION oms.capacity_use(timestamptz) FROM PUBLIC;
COMMENT ON FUNCTION oms.capacity_use(timestamptz) IS
    'the capacity of locations in the windows in which work counts that is assigned at that moment: how much by which measure, how much of it is used and left; window ''at once'' is capacity_orders of the location, used until the work is done';

CREATE FUNCTION oms.route(
    solver text DEFAULT 'batch', order_ids text[] DEFAULT NULL, options jsonb DEFAULT '{}',
    actor text DEFAULT session_user, request_id text DEFAULT NULL, policy text DEFAULT NULL)
RETURNS TABLE (run_id bigint, orders bigint, lines bigint, units bigint, shipments bigint,
               unfilled_units bigint, late_lines bigint, distance_km double precision, cost numeric,
               moved_units bigint, not_moved_units bigint, skipped_orders bigint,
               seconds double precision)
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000000 ROWS 1 SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET jit = off
AS 'MODULE_PATHNAME', 'oms_route';
REVOKE ALL ON FUNCTION oms.route(text, text[], jsonb, text, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.route(text, text[], jsonb, text, text, text) IS
'decides together where all open orders, or those of order_ids, ship from, and applies it: takes capacity, moves holds, writes decisions, assigns fulfillments and supersedes those that no location has started. An order that changed under the run, or whose units or capacity were taken meanwhile, is planned again, at most three times; then it waits in queue changed. Orders that another transaction has locked are skipped (skipped_orders). Units that no location can serve keep their hold and wait in a queue with the reason.
options: those of plan_routes (cost_per_shipment, cost_per_km, max_distance_km, late_cost_per_hour, …; here split_lines is true by default) and start_at: when the locations start to work on it (a moment, or "placed_at": on every order when it was placed; default now). From then on handling hours, opening hours and cut-off of the location decide when a shipment leaves, and its carrier service when it arrives (oms.shipping). It is due when the line or the order was promised, else after the hours of its service in oms.service, else same_day 12, next_day 36, two_day 60 hours after placed_at. cost_per_shipment and cost_per_km count while there is no carrier service. stored_prices (true or false, the default): only with order_ids; as in route_one.
policy: the active version decides which orders are routed by which rules, one rule after the other (oms.add_rule); orders that none of its routings takes are left alone.
Runs do not wait for each other. Errors: OM004 a policy without an active version, 22023 unknown solver or option, 22004';

CREATE FUNCTION oms.route_one(
    order_id text, policy text DEFAULT NULL, options jsonb DEFAULT '{}',
    actor text DEFAULT session_user, request_id text DEFAULT NULL)
RETURNS TABLE (run_id bigint, orders bigint, lines bigint, units bigint, shipments bigint,
               unfilled_units bigint, late_lines bigint, distance_km double precision, cost numeric,
               moved_units bigint, not_moved_units bigint, skipped_orders bigint,
               seconds double precision)
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000000 ROWS 1 SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET jit = off
AS 'MODULE_PATHNAME', 'oms_route_one';
REVOKE ALL ON FUNCTION oms.route_one(text, text, jsonb, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.route_one(text, text, jsonb, text, text) IS
    'oms.route for one order at once, as at checkout, with option stored_prices: what the last run of all orders found its stock and capacity to be worth (oms.routing_price) counts as cost, so that the order takes none of it that others need more while it has another choice. What is unfilled or late counts before it. Nothing to do, of an order that is not open or whose work has begun, is a run of 0 orders. Errors: OM004 unknown order, a policy without an active version, 22023, 22004';

CREATE FUNCTION oms.reroute(
    location text, policy text DEFAULT NULL, options jsonb DEFAULT '{}',
    actor text DEFAULT session_user, request_id text DEFAULT NULL)
RETURNS TABLE (run_id bigint, orders bigint, lines bigint, units bigint, shipments bigint,
               unfilled_units bigint, late_lines bigint, distance_km double precision, cost numeric,
               moved_units bigint, not_moved_units bigint, skipped_orders bigint,
               seconds double precision)
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000000 ROWS 1 SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET jit = off
AS 'MODULE_PATHNAME', 'oms_reroute';
REVOKE ALL ON FUNCTION oms.reroute(text, text, jsonb, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.reroute(text, text, jsonb, text, text) IS
    'oms.route for the orders that hold units at the location, as after it went offline or lost stock; work that has begun stays. Errors: OM004 unknown location, a policy without an active version, 22023, 22004';

CREATE FUNCTION oms.simulate(
    solver text DEFAULT 'batch', order_ids text[] DEFAULT NULL, options jsonb DEFAULT '{}', policy text DEFAULT NULL)
RETURNS TABLE (order_id text, line_no integer, sku text, quantity bigint, location text, shipment integer,
               cost numeric, routing text, rule_no integer, queue text)
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000000 ROWS 10000 SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET jit = off
AS 'MODULE_PATHNAME', 'oms_simulate';
REVOKE ALL ON FUNCTION oms.simulate(text, text[], jsonb, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.simulate(text, text[], jsonb, text) IS
    'what oms.route would decide now, by the same planner, writing and locking nothing: rows of oms.decision. Errors as route';

CREATE FUNCTION oms.compare_solvers(
    solvers text[] DEFAULT '{nearest,cheapest,batch}', order_ids text[] DEFAULT NULL,
    options jsonb DEFAULT '{}')
RETURNS TABLE (solver text, orders bigint, shipments bigint, unfilled bigint, late bigint,
               distance_km double precision, cost numeric, seconds double precision)
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000000 ROWS 3 SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET jit = off
AS 'MODULE_PATHNAME', 'oms_compare_solvers';
REVOKE ALL ON FUNCTION oms.compare_solvers(text[], text[], jsonb) FROM PUBLIC;
COMMENT ON FUNCTION oms.compare_solvers(text[], text[], jsonb) IS
    'what oms.route would decide with each solver, on the same input, writing nothing: shipments, units unfilled, lines late, kilometres, cost. Options as route. Errors: 22023 unknown solver or option, 22004';

-- What a replay plans instead of oms.routing_held and oms.inventory.
CREATE FUNCTION oms.past_held(period tstzrange)
RETURNS TABLE (order_id text, line_no integer, sku text, location text, quantity bigint, plan_line integer,
               bundle integer, kit_quantity bigint)
LANGUAGE sql STABLE PARALLEL SAFE COST 10000 ROWS 10000 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT l.order_id, l.line_no, l.sku, NULL::text, l.quantity - l.cancelled, l.line_no, NULL::integer, 1::bigint
      FROM oms.order_row o
      JOIN oms.order_line_row l ON l.order_id = o.order_id
     WHERE o.placed_at <@ $1 AND o.status = 'open' AND o.method = 'ship' AND l.quantity > l.cancelled
       AND NOT EXISTS (SELECT FROM oms.kit_component k WHERE k.kit = l.sku)
    UNION ALL
    SELECT r.order_id, r.line_no, r.sku, NULL, r.units, r.plan_line, r.plan_line + r.component, r.kit_quantity
      FROM oms.order_row o
      JOIN (SELECT r.*, CASE WHEN r.status IN ('firm', 'consumed') THEN r.quantity ELSE r.consumed END AS units
              FROM oms.reservation_row r) r ON r.order_id = o.order_id
     WHERE o.placed_at <@ $1 AND o.status = 'open' AND o.method = 'ship' AND r.kit IS NOT NULL AND r.units > 0
$$;
REVOKE ALL ON FUNCTION oms.past_held(tstzrange) FROM PUBLIC;
COMMENT ON FUNCTION oms.past_held(tstzrange) IS
    'private: units of the orders placed in the period that were to be shipped, as oms.routing_held shows units that the router may move, but held nowhere: ordered and not cancelled; of kits the components of what they reserved';

CREATE FUNCTION oms.past_inventory(period tstzrange)
RETURNS TABLE (sku text, location text, on_hand bigint, available bigint)
LANGUAGE sql STABLE PARALLEL SAFE COST 10000 ROWS 10000 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT i.sku, i.location, (i.on_hand - COALESCE(m.all_units, 0))::bigint,
           (i.on_hand - COALESCE(m.other_units, 0) - COALESCE(r.units, 0))::bigint
      FROM (SELECT i.sku, i.location, i.on_hand FROM oms.inventory i
            UNION ALL
            -- the planner wants to hear of every sku
            SELECT DISTINCT h.sku, (SELECT min(l.location) FROM oms.location l), 0 FROM oms.past_held($1) h
             WHERE NOT EXISTS (SELECT FROM oms.inventory i WHERE i.sku = h.sku)) i
      LEFT JOIN (SELECT m.sku, m.location, sum(m.quantity) AS all_units,
                        sum(m.quantity) FILTER (WHERE m.kind NOT IN ('consume', 'ship', 'hand_over')) AS other_units
                   FROM oms.movement_row m WHERE m.moved_at >= lower($1)
                  GROUP BY m.sku, m.location) m ON m.sku = i.sku AND m.location = i.location
      -- Those who had ordered before held then what they hold still or gave back since; what they have consumed since
      -- was there, but not free. What the others have consumed since was there and free.
      LEFT JOIN (SELECT r.sku, r.location,
                        sum(CASE WHEN NOT r.earlier THEN 0
                                 WHEN r.status = 'released' AND r.changed_at < lower($1) THEN 0
                                 WHEN r.status IN ('hold', 'expired') AND r.expires_at <= lower($1) THEN 0
                                 ELSE r.quantity - r.consumed END
                            - CASE WHEN r.earlier THEN 0 ELSE r.consumed END
                            + CASE WHEN NOT r.picked_up THEN 0
                                   WHEN r.status IN ('firm', 'consumed') THEN r.quantity ELSE r.consumed END) AS units
                   FROM (SELECT r.*, GREATEST(r.created_at, o.placed_at) < lower($1) AS earlier,
                                COALESCE(o.placed_at <@ $1 AND o.status = 'open' AND o.method = 'pickup', false) AS picked_up
                           FROM oms.reservation_row r
                           LEFT JOIN oms.order_row o ON o.order_id = r.order_id) r
                  GROUP BY r.sku, r.location) r ON r.sku = i.sku AND r.location = i.location
$$;
REVOKE ALL ON FUNCTION oms.past_inventory(tstzrange) FROM PUBLIC;
COMMENT ON FUNCTION oms.past_inventory(tstzrange) IS
    'private: stock at the start of the period, rebuilt from that of now, movements and reservations: units on_hand, and available to the orders that were to be shipped: not held then by others, nor since picked up by an order of the period. A reservation counts where it is now and as far as it was not given back in part since';

CREATE FUNCTION oms.compare_policies(a text, b text, period tstzrange, options jsonb DEFAULT '{}')
RETURNS TABLE (measure text, location text, a numeric, b numeric, difference numeric)
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000000 ROWS 30 SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET jit = off
AS 'MODULE_PATHNAME', 'oms_compare_policies';
REVOKE ALL ON FUNCTION oms.compare_policies(text, text, tstzrange, jsonb) FROM PUBLIC;
COMMENT ON FUNCTION oms.compare_policies(text, text, tstzrange, jsonb) IS
'what two policies would have made of the orders placed in a past period, writing and locking nothing: each plans them all together, by the planner of oms.route, against the stock at the start of the period. A row a measure: orders, lines and units that were to be shipped, filled_units, fill_rate (percent of the units; what no routing takes or no rule serves is not filled), shipments, late_lines, cost; then filled_units and shipments of each location; difference is b - a. a, b: a policy (its active version) or policy@version, a draft too.
The stock is that of now less the movements since, less what was held at the start by those who had ordered before; a hold that a later run moved counts where it is now, one that was given back in part since as what it still is. What came in during the period does not count: take short periods. Left out: cancelled orders and lines; pickups, whose units are set aside where they were; kits that were never reserved. The use of capacity is not kept: capacity does not limit. Exclusions are those at the start; all else is as it is now: locations, hours, prices, safety and protected stock, confidence, values of items, and for criteria sales and load.
options as route, but for stored_prices; start_at is "placed_at" by default. Errors: OM004 a policy without that version, 22023 a period that is empty, has no start or begins before the ledger (oms.archive), unknown option, 22004';

CREATE FUNCTION oms.explain_route(order_id text)
RETURNS TABLE (line_no integer, sku text, quantity bigint, location text, verdict text, cost numeric,
               distance_km double precision, late_seconds bigint, reason text, carrier_service text,
               ship_at timestamptz, arrive_at timestamptz, outbid_by text, outbid_price numeric)
LANGUAGE c STABLE PARALLEL RESTRICTED COST 1000 ROWS 10 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_explain_route';
REVOKE ALL ON FUNCTION oms.explain_route(text) FROM PUBLIC;
COMMENT ON FUNCTION oms.explain_route(text) IS
    'why the order is served from where it is, as the last routing run recorded it: a row per line and location (verdict chosen, or the queue where the units wait), then the other locations considered for the order as a whole: runner-up, possible, outbid, dropped, each with cost, distance, lateness and the reason, and what outbid the order at what price (plan_candidates). Before the first run: what is held where. Error: OM004 unknown order';

-- Policies. Not SECURITY DEFINER: the role in effect is the one as which a filter is evaluated.

CREATE FUNCTION oms.add_policy(policy text, note text DEFAULT NULL)
RETURNS integer
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 100
AS 'MODULE_PATHNAME', 'oms_add_policy';
REVOKE ALL ON FUNCTION oms.add_policy(text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.add_policy(text, text) IS
    'begins a new version of a policy, a draft, in place of the draft there is; returns its number. Add routings and rules, then activate it. Error: 22004';

CREATE FUNCTION oms.add_routing(
    policy text, routing text, filter text DEFAULT NULL, queue text DEFAULT 'unfillable',
    cancel_after_days numeric DEFAULT NULL, on_unfilled text DEFAULT 'wait')
RETURNS integer
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 100
AS 'MODULE_PATHNAME', 'oms_add_routing';
REVOKE ALL ON FUNCTION oms.add_routing(text, text, text, text, numeric, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.add_routing(text, text, text, text, numeric, text) IS
    'adds a routing to the draft of a policy; returns its sequence. filter: an SQL condition over the columns of oms.order_facts (NULL: every order), checked now and evaluated as the role that saved it, read-only, with search_path pg_catalog, oms; an order belongs to the first routing whose filter is true. queue: where units wait that no rule serves; on_unfilled: wait, they keep their hold; backorder, it is released and their line waits for supply (kits and what is untracked keep it); or leave, they keep their hold and are in no queue, and an order of which no rule serves anything stays as it is, with the work it has; cancel_after_days: after which oms.cancel_overdue cancels their order. Errors: OM004 no draft, 23505 the routing is there already, what is wrong with the filter, 22004';

CREATE FUNCTION oms.add_rule(
    policy text, routing text, location_group text DEFAULT NULL, max_distance_km double precision DEFAULT NULL,
    floor oms.safety_stock DEFAULT '0', split text DEFAULT 'multi', whole boolean DEFAULT NULL,
    keep_groups boolean DEFAULT true, ignore_capacity boolean DEFAULT false,
    min_shipment_value numeric DEFAULT 0, criteria text[] DEFAULT NULL, weights numeric[] DEFAULT NULL)
RETURNS integer
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 100
AS 'MODULE_PATHNAME', 'oms_add_rule';
REVOKE ALL ON FUNCTION oms.add_rule(text, text, text, double precision, oms.safety_stock, text, boolean, boolean, boolean, numeric, text[], numeric[]) FROM PUBLIC;
COMMENT ON FUNCTION oms.add_rule(text, text, text, double precision, oms.safety_stock, text, boolean, boolean, boolean, numeric, text[], numeric[]) IS
    'adds a rule to a routing of the draft; returns its number. Rules are tried in this order, each for all lines that none before has served, together, with the stock and capacity that those left. Where that does not suffice, what rules before have served moves within what they allow and makes room, but stays served; only a more urgent order takes its place. (Rules make room for each other that both have criteria or both none, heed capacity or not, and have one min_shipment_value; solver batch only.) location_group: only from these, of the channel''s; max_distance_km: from no farther; floor: units to be left at a location; split: single, an order''s lines leave in one shipment, or multi; whole: all lines of an order that are still to be served or none (default: with single); keep_groups: lines of one keep_together group leave together; ignore_capacity; min_shipment_value as in plan_routes.
criteria: which location is preferred, by the first, where that is equal by the second, and so on, then by cost; NULL: by cost. distance: the nearest, to a kilometre; cost: handling and carrier; location_sequence: of the channel''s group; stock_balance: where most units are; sales_velocity: where least is sold a week; weeks_of_supply: where the units last longest; location_load: where fewest orders are in work that this run does not plan; keep_size_runs: where the fewest styles of which all sizes are there (add_size_run) would lose one. weights, one for each criterion: they decide together, by the weighted mean of how far each is between the best and the worst that the candidates of the order have. Sales are units consumed, shipped or handed over in the last 28 days; units are those not held by other orders, as the run begins; of several skus the scarcest, or the one sold most, of those that the location has counts. Over all shipments the sum of places in the order of preference is least. With criteria the cost is without lateness and expected rejects; late lines still count first. Solver nearest does not look at them.
Errors: OM004 no such routing in a draft, 23503 unknown location group, 23514 a value out of range, 22023 an unknown or repeated criterion, weights that do not go with the criteria, 22004';

CREATE FUNCTION oms.activate_policy(policy text)
RETURNS integer
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 100
AS 'MODULE_PATHNAME', 'oms_activate_policy';
REVOKE ALL ON FUNCTION oms.activate_policy(text) FROM PUBLIC;
COMMENT ON FUNCTION oms.activate_policy(text) IS
    'makes the draft of a policy its active version and archives the one that was; returns its number. Runs record the version. Errors: OM004 no draft, OM005 it has no routing or a routing without rules, 22004';

CREATE FUNCTION oms.cancel_overdue(actor text DEFAULT session_user)
RETURNS TABLE (order_id text, queue text, cancel_at timestamptz)
LANGUAGE sql VOLATILE PARALLEL UNSAFE COST 10000 ROWS 100 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT d.order_id, d.queue, d.cancel_at
      FROM (SELECT d.order_id, min(d.queue) AS queue, min(d.cancel_at) AS cancel_at
              FROM oms.decision_line_row d
              JOIN oms.order_row o ON o.order_id = d.order_id AND o.status = 'open'
             WHERE d.cancel_at <= clock_timestamp()
               AND d.run_id = (SELECT max(r.run_id) FROM oms.decision_row r WHERE r.order_id = d.order_id)
               AND NOT EXISTS (SELECT FROM oms.fulfillment_row f
                                WHERE f.order_id = d.order_id AND f.status NOT IN ('assigned', 'superseded', 'cancelled', 'rejected'))
             GROUP BY d.order_id) d
     CROSS JOIN LATERAL (SELECT count(*) FROM oms.cancel_order(d.order_id, format('waited in queue %s', d.queue), actor => $1)) c
     ORDER BY d.order_id
$$;
REVOKE ALL ON FUNCTION oms.cancel_overdue(text) FROM PUBLIC;
COMMENT ON FUNCTION oms.cancel_overdue(text) IS
    'cancels open orders that have waited in a queue for longer than their routing says, unless a location has begun to work on them; returns them. For a job';
