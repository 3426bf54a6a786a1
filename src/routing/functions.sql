-- The planner: pure functions over the caller's own queries.

CREATE FUNCTION oms.plan_routes(
    orders_sql text, lines_sql text, locations_sql text, stock_sql text,
    shipment_cost_sql text DEFAULT NULL, line_cost_sql text DEFAULT NULL, capacity_sql text DEFAULT NULL,
    options jsonb DEFAULT '{}'
) RETURNS TABLE (order_id text, line_no int, location text, quantity bigint, shipment int, cost numeric)
    LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000000 ROWS 10000
    AS 'MODULE_PATHNAME', 'oms_plan_routes';
REVOKE ALL ON FUNCTION oms.plan_routes(text, text, text, text, text, text, text, jsonb) FROM PUBLIC;
COMMENT ON FUNCTION oms.plan_routes(text, text, text, text, text, text, text, jsonb) IS
    'decides for all orders of the queries together where each line ships from; reads only the queries, under the rights of the caller, and writes nothing; location is null for what stays unfilled';

CREATE FUNCTION oms.plan_summary() RETURNS TABLE (
    solver text, cost numeric, lower_bound numeric, gap float8, orders bigint, lines bigint,
    shipments bigint, unfilled bigint, late bigint,
    unfilled_by_priority bigint[], late_by_priority bigint[], distance_km float8,
    seconds_read float8, seconds_build float8, seconds_solve float8, seconds_check float8,
    seconds_first float8, iterations bigint, memory_bytes bigint, stop_reason text
)
    LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 ROWS 1
    AS 'MODULE_PATHNAME', 'oms_plan_summary';
REVOKE ALL ON FUNCTION oms.plan_summary() FROM PUBLIC;
COMMENT ON FUNCTION oms.plan_summary() IS
    'one row about the last plan of this session: cost, units unfilled, lines late, shipments, kilometres, seconds per phase, why it stopped; lower_bound and gap are null where nothing is certified';

CREATE FUNCTION oms.plan_candidates(for_order text DEFAULT NULL) RETURNS TABLE (
    order_id text, location text, rank int, cost numeric, distance_km float8, late_seconds bigint,
    verdict text, reason text
)
    LANGUAGE c VOLATILE PARALLEL UNSAFE COST 10000 ROWS 1000
    AS 'MODULE_PATHNAME', 'oms_plan_candidates';
REVOKE ALL ON FUNCTION oms.plan_candidates(text) FROM PUBLIC;
COMMENT ON FUNCTION oms.plan_candidates(text) IS
    'for each order of the last plan of this session, or for one, all locations: chosen, runner-up, possible, outbid or dropped, with cost, distance, lateness and the reason';
