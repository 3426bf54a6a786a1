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
'decides for all orders of the queries together where each line ships from.
It reads only the queries, each one SELECT, under the rights of the caller and read-only, and writes nothing. Columns are matched by name, those in brackets are optional, others are ignored:
orders_sql (order_id, [priority 0 to 4, 0 most urgent, default 2], [coordinates], [max_shipments, 1 = never split], [ship_complete], [sequence of arrival: the order of the sequential solvers; of plans that are else equal, the one in which the last to arrive go without]);
lines_sql (order_id, line_no, sku, quantity, [unfilled_cost of a unit], [keep_together: true, or the name of a group], [unit_value], [planned_at: a location that serves it so far]);
locations_sql (location, [coordinates], [handling_cost of a shipment], [unit_cost], [capacity_orders], [capacity_units], [minutes_per_order, minutes_per_line, minutes_per_unit: how long the work takes, to the second]);
stock_sql (sku, location, available, [scarcity_cost of a unit]);
shipment_cost_sql (order_id, location, cost, [late_seconds]) replaces handling and distance, its pairs are the only candidates;
line_cost_sql (order_id, line_no, location, cost of the whole line) replaces unit_cost, its pairs are the only candidates;
capacity_sql (location, measure: orders, lines, units or minutes, limit).
Aims, in order: class by class from 0 on, fewest unfilled units, then fewest late lines; then least cost, in which unfilled_cost counts. Of a class an order of which every line has planned_at comes first: it stays served, there or elsewhere. Priority is hard: no line is unfilled or late while a lower class holds what would mend it.
Options and defaults: solver batch (or nearest, cheapest: one order after the other); cost_per_shipment 5; cost_per_km 0.01; max_distance_km null; late_cost_per_hour 1, times 16, 8, 4, 2, 1 for priority 0 to 4; min_shipment_value 0, for each part and the unfilled rest unless one location takes all; split_lines false; seed 0; iterations by size; deadline_ms null; gap_target null; candidates 24 locations kept for an order.
A location without coordinates comes last and lies within no radius. The rows of the result have the line cost; the first row of a shipment has the cost of the shipment too; location is null for what stays unfilled. Input that does not fit raises OM012, which names the query and the column';

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
    'one row about the last plan of this session: cost, units unfilled, lines late, shipments, kilometres, seconds per phase, why it stopped. No plan that leaves in each class no more units unfilled and lines late costs less than lower_bound; gap is (cost - lower_bound) / cost; both are null where nothing is certified. Of a plan made with the rights of a role that the caller has not, as oms.route makes it, there is no row here, in plan_candidates and in plan_prices';

CREATE FUNCTION oms.plan_candidates(for_order text DEFAULT NULL) RETURNS TABLE (
    order_id text, location text, rank int, cost numeric, distance_km float8, late_seconds bigint,
    verdict text, reason text, line_cost numeric, stock_cost numeric, outbid_by text, outbid_price numeric
)
    LANGUAGE c VOLATILE PARALLEL UNSAFE COST 10000 ROWS 2000
    AS 'MODULE_PATHNAME', 'oms_plan_candidates';
REVOKE ALL ON FUNCTION oms.plan_candidates(text) FROM PUBLIC;
COMMENT ON FUNCTION oms.plan_candidates(text) IS
    'for each order of the last plan of this session, or for one, all locations: chosen, runner-up, possible, outbid or dropped, with cost (line_cost of it for the lines, of that stock_cost for the scarcity of the stock), distance, lateness and the reason. outbid_by: what the location has too little of for the order, since others have it: stock of a sku, or orders, lines, units, minutes; outbid_price: what one more of it would be worth to the plan, as in plan_prices; NULL when the solver makes no prices';

CREATE FUNCTION oms.plan_prices() RETURNS TABLE (
    measure text, location text, sku text, price numeric, amount bigint, used bigint, outbid text[]
)
    LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 ROWS 2000
    AS 'MODULE_PATHNAME', 'oms_plan_prices';
REVOKE ALL ON FUNCTION oms.plan_prices() FROM PUBLIC;
COMMENT ON FUNCTION oms.plan_prices() IS
    'what one more unit of stock (measure stock) or of capacity (orders, lines, units, minutes) would be worth to the last plan of this session, by the prices that prove its lower bound. outbid: the orders whose ideal pattern, the best if an order were alone, needs it and does not get it, each where what it lacks is dearest. Only what has a price or outbid an order';
