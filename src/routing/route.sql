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

CREATE FUNCTION oms.route(
    solver text DEFAULT 'batch', order_ids text[] DEFAULT NULL, options jsonb DEFAULT '{}',
    actor text DEFAULT session_user, request_id text DEFAULT NULL)
RETURNS TABLE (run_id bigint, orders bigint, lines bigint, units bigint, shipments bigint,
               unfilled_units bigint, late_lines bigint, distance_km double precision, cost numeric,
               moved_units bigint, not_moved_units bigint, skipped_orders bigint,
               seconds double precision)
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000000 ROWS 1 SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET jit = off
AS 'MODULE_PATHNAME', 'oms_route';
REVOKE ALL ON FUNCTION oms.route(text, text[], jsonb, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.route(text, text[], jsonb, text, text) IS
'decides together where all open orders, or those of order_ids, ship from, and applies it: moves holds, writes decisions, assigns fulfillments and supersedes those that no location has started. What changed meanwhile stays where it is: not_moved_units, skipped_orders. Units that no location can serve keep their hold and wait in a queue with the reason.
options: those of plan_routes (cost_per_shipment, cost_per_km, max_distance_km, late_cost_per_hour, …; here split_lines is true by default) and start_at: when the locations start to work on it (a moment, or "placed_at": on every order when it was placed; default now). From then on handling hours, opening hours and cut-off of the location decide when a shipment leaves, and its carrier service when it arrives (oms.shipping). It is due when the line or the order was promised, else after the hours of its service in oms.service, else same_day 12, next_day 36, two_day 60 hours after placed_at. cost_per_shipment and cost_per_km count while there is no carrier service.
One run at a time. Errors: 22023 unknown solver or option, 22004';

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

CREATE FUNCTION oms.explain_route(order_id text)
RETURNS TABLE (line_no integer, sku text, quantity bigint, location text, verdict text, cost numeric,
               distance_km double precision, late_seconds bigint, reason text, carrier_service text,
               ship_at timestamptz, arrive_at timestamptz)
LANGUAGE c STABLE PARALLEL RESTRICTED COST 1000 ROWS 10 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_explain_route';
REVOKE ALL ON FUNCTION oms.explain_route(text) FROM PUBLIC;
COMMENT ON FUNCTION oms.explain_route(text) IS
    'why the order is served from where it is, as the last routing run recorded it: a row per line and location (verdict chosen, or the queue where the units wait), then the other locations considered for the order as a whole: runner-up, possible, outbid, dropped, each with cost, distance, lateness and the reason. Before the first run: what is held where. Error: OM004 unknown order';
