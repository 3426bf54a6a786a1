-- Routing of oms's own orders: the planner over oms's tables, and its decisions applied.
-- Without jit: compiling these queries takes longer than running them.

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
options: those of plan_routes (cost_per_shipment, cost_per_km, max_distance_km, late_cost_per_hour, …; here split_lines is true by default) and what makes the lateness: ship_at (a moment, or "placed_at": every order ships when it was placed; default now), handling_hours 4, km_per_hour 50, service_hours {"same_day": 12, "next_day": 36, "two_day": 60}: due that many hours after placed_at, unless the line or the order has promise_at.
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
               distance_km double precision, late_seconds bigint, reason text)
LANGUAGE c STABLE PARALLEL RESTRICTED COST 1000 ROWS 10 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_explain_route';
REVOKE ALL ON FUNCTION oms.explain_route(text) FROM PUBLIC;
COMMENT ON FUNCTION oms.explain_route(text) IS
    'why the order is served from where it is, as the last routing run recorded it: a row per line and location (verdict chosen, or the queue where the units wait), then the other locations considered for the order as a whole: runner-up, possible, outbid, dropped, each with cost, distance, lateness and the reason. Before the first run: what is held where. Error: OM004 unknown order';
