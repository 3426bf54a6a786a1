/*
 * demand.c
 *		What a routing run plans: the queries over oms's own tables that the planner
 *		reads, in one snapshot and without locks.
 *
 * The SQL texts here are run by SECURITY DEFINER functions that are pinned to search_path
 * pg_catalog, pg_temp, so that operators need no schema.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/jsonb.h"
#include "utils/lsyscache.h"
#include "utils/timestamp.h"

#include "oms.h"
#include "routing/capacity.h"
#include "routing/route.h"

/* The open locations of a line's channel group, as a join over order_row o; %s: which exclusions count. */
#define CANDIDATES \
	"JOIN oms.channel c ON c.channel = o.channel " \
	"JOIN oms.location_group_member m ON m.location_group = " \
	"CASE o.method WHEN 'pickup' THEN c.pickup_group ELSE c.ship_group END " \
	"JOIN oms.location l ON l.location = m.location AND l.status = 'active' " \
	"AND CASE o.method WHEN 'pickup' THEN l.can_pickup ELSE l.can_ship END " \
	"AND NOT " EXCLUDED("%s") "IS NULL) "

/* What is picked up was promised where it is held. */
#define PICKUP_STAYS \
	"(o.method = 'ship' OR EXISTS (SELECT FROM oms.routing_held h " \
	"WHERE h.order_id = o.order_id AND h.location = l.location)) "

/* What line h, of which q is planned, takes at location l that is worth something to other orders. */
#define LINE_WORTH "LEAST(1000000000, round(q.quantity * COALESCE(p.price, 0) + %s, 4))"
#define SLOT_WORTH "COALESCE(w.per_line + q.quantity * w.per_unit, 0)"
#define WORTH \
	"JOIN (%s) q ON q.order_id = h.order_id AND q.plan_line = h.plan_line " \
	"LEFT JOIN oms.routing_price p ON p.measure = 'stock' AND p.location = l.location AND p.sku = h.sku %s"
#define SLOTS "LEFT JOIN oms.routing_slot_price w ON w.location = l.location "

/* oms_route_filter is a condition on column that limits a query to order_ids, or nothing. */
char *
oms_route_filter(const char *column, ArrayType *order_ids)
{
	Oid			output;
	bool		varlena;

	if (order_ids == NULL)
		return "";
	getTypeOutputInfo(TEXTARRAYOID, &output, &varlena);
	return psprintf("AND %s = ANY (%s::text[]) ", column,
					quote_literal_cstr(OidOutputFunctionCall(output, PointerGetDatum(order_ids))));
}

/* oms_route_shipping is a call of oms.shipping for location l and order o. */
char *
oms_route_shipping(const RouteOptions *options)
{
	return psprintf("oms.shipping(l.location, o.method, o.ship_to, %s, o.due_at, %s, %s)",
					options->start_at, options->cost_per_shipment, options->cost_per_km);
}

/* array_literal writes an array as SQL. */
static char *
array_literal(Datum array, Oid type)
{
	Oid			output;
	bool		varlena;

	getTypeOutputInfo(type, &output, &varlena);
	return psprintf("%s::%s", quote_literal_cstr(OidOutputFunctionCall(output, array)),
					format_type_be(type));
}

/* plan_rows writes rows of a plan as a relation u of SQL. */
static char *
plan_rows(const RoutePlan *plan)
{
	return psprintf("ROWS FROM (unnest(%s), unnest(%s), unnest(%s), unnest(%s)) "
					"AS u (order_id, line_no, location, quantity)",
					array_literal(plan->order_id, TEXTARRAYOID),
					array_literal(plan->line_no, INT4ARRAYOID),
					array_literal(plan->location, TEXTARRAYOID),
					array_literal(plan->quantity, INT8ARRAYOID));
}

/* avoided_filter leaves out locations of which order o did not get what was planned there. */
static char *
avoided_filter(const RouteStep *step)
{
	if (step->avoided_orders == (Datum) 0 || oms_route_cardinality(step->avoided_orders) == 0)
		return "";
	return psprintf("AND (o.order_id, l.location) NOT IN (SELECT u.order_id, u.location FROM ROWS FROM "
					"(unnest(%s), unnest(%s)) AS u (order_id, location)) ",
					array_literal(step->avoided_orders, TEXTARRAYOID),
					array_literal(step->avoided_locations, TEXTARRAYOID));
}

static bool
exists(const char *sql)
{
	bool		found;

	oms_spi_connect();
	found = oms_route_run(psprintf("SELECT 1 FROM (%s) q LIMIT 1", sql), 0, NULL, true) > 0;
	oms_spi_finish();
	return found;
}

static RouteArgument
sql_argument(const char *sql)
{
	return (RouteArgument) {
		TEXTOID, sql == NULL ? (Datum) 0 : CStringGetTextDatum(sql), sql == NULL
	};
}

/*
 * planner_options adds the solver, the defaults that are ours, and what the rule says. Where
 * it has criteria, these decide and not what an hour is worth.
 */
static Datum
planner_options(const char *solver, const PolicyRule *rule, const RouteOptions *options)
{
	Datum		ours = DirectFunctionCall1(jsonb_in, CStringGetDatum("{\"split_lines\": true}"));
	RouteArgument arguments[] = {
		{TEXTOID, CStringGetTextDatum(solver)},
		{TEXTOID, rule == NULL ? (Datum) 0 : CStringGetTextDatum(rule->min_shipment_value),
		rule == NULL},
		{INT4OID, Int32GetDatum(0), rule == NULL || rule->criteria.n == 0}
	};
	MemoryContext caller = CurrentMemoryContext;
	Datum		named;

	oms_spi_connect();
	oms_route_run("SELECT jsonb_strip_nulls(jsonb_build_object('solver', $1, "
				  "'min_shipment_value', $2::numeric, 'late_cost_per_hour', $3))", lengthof(arguments), arguments, true);
	named = oms_route_copy_value(0, 1, caller);
	oms_spi_finish();
	ours = DirectFunctionCall2(jsonb_concat, ours, JsonbPGetDatum(options->planner));
	return DirectFunctionCall2(jsonb_concat, ours, named);
}

/*
 * price_rejects adds to the supply what a unit is expected to cost by being refused there
 * (insight/confidence.c), if that is wanted.
 */
static char *
price_rejects(const char *stock, bool wanted)
{
	if (!wanted || !exists("SELECT 1 FROM oms.confidence_setting s WHERE s.reject_cost > 0"))
		return psprintf("SELECT s.*, 0 AS scarcity_cost FROM (%s) s", stock);
	return psprintf("SELECT s.*, round((t.reject_cost * (1 - COALESCE(c.confidence, t.confidence)))::numeric, 4) AS scarcity_cost "
					"FROM (%s) s JOIN oms.confidence_of_location t ON t.location = s.location "
					"LEFT JOIN oms.confidence c ON c.location = s.location AND c.sku = s.sku", stock);
}

/*
 * rule_stock is the supply that a rule may use: what leaves its floor, without what earlier
 * steps took.
 */
static char *
rule_stock(const char *stock, const RouteStep *step, const char *held)
{
	char	   *used = "SELECT NULL::text AS sku, NULL::text AS location, 0 AS quantity WHERE false";

	if (step->earlier != NULL)
		used = psprintf("SELECT h.sku, u.location, sum(u.quantity) AS quantity FROM %s "
						"JOIN (SELECT DISTINCT h.order_id, h.plan_line, h.sku "
						"FROM %s h) h ON h.order_id = u.order_id "
						"AND h.plan_line = u.line_no WHERE u.location IS NOT NULL "
						"GROUP BY h.sku, u.location", plan_rows(step->earlier), held);
	return psprintf("SELECT q.sku, q.location, q.scarcity_cost, GREATEST(0, LEAST(q.available, "
					"q.there - oms.withheld(%s, q.on_hand)) - COALESCE(u.quantity, 0))::bigint "
					"AS available FROM (%s) q LEFT JOIN (%s) u "
					"ON u.sku = q.sku AND u.location = q.location",
					quote_literal_cstr(step->rule->floor), stock, used);
}

/*
 * capacity_query is what is left of the capacity of locations: what assigned work of the
 * run's orders uses, which is planned anew, is free; what earlier steps planned is not. NULL:
 * there is no limit, or the run is of the past, whose use of it is not kept.
 */
static char *
capacity_query(const RouteStep *step, const RouteOptions *options)
{
	char	   *at = quote_literal_cstr(timestamptz_to_str(options->begins_at));
	char	   *earlier = "";

	if (options->past || (step->rule != NULL && step->rule->ignore_capacity))
		return NULL;
	if (!exists(psprintf("SELECT FROM oms.capacity_accounts(%s) c", at)))
		return NULL;
	if (step->earlier != NULL)
		earlier = psprintf("UNION ALL SELECT w.location, c.window_name, c.until, c.measure, "
						   "-" WORK_MEASURE("w.lines", "w.units") " FROM (SELECT u.order_id, u.location, "
						   "count(DISTINCT u.line_no) AS lines, sum(u.quantity) AS units FROM %s "
						   "WHERE u.location IS NOT NULL GROUP BY u.order_id, u.location) w "
						   "JOIN oms.location l ON l.location = w.location "
						   "JOIN oms.capacity_accounts(%s) c ON c.location = w.location ", plan_rows(step->earlier), at);
	return psprintf("SELECT c.location, c.measure, "
					"min(GREATEST(0, c.quantity - c.used + COALESCE(f.freed, 0)) / CASE c.measure WHEN 'minutes' "
					"THEN 60 ELSE 1 END)::bigint AS \"limit\" FROM oms.capacity_accounts(%s) c "
					"LEFT JOIN (SELECT f.location, f.window_name, f.until, f.measure, sum(f.quantity)::bigint AS freed "
					"FROM (SELECT u.location, u.window_name, u.until, u.measure, u.quantity FROM oms.capacity_use_row u "
					"JOIN oms.fulfillment_row f ON f.order_id = u.order_id AND f.fulfillment_id = u.fulfillment_id "
					"AND f.status = 'assigned' JOIN oms.order_row o ON o.order_id = u.order_id AND o.status = 'open' "
					"%s%s) f GROUP BY f.location, f.window_name, f.until, f.measure) f "
					"ON f.location = c.location AND f.window_name = c.window_name AND f.until = c.until "
					"AND f.measure = c.measure GROUP BY c.location, c.measure", at,
					oms_route_filter("o.order_id", step->run_orders), earlier);
}

/*
 * oms_route_plan_call makes a call of oms.plan_routes over open orders; what it plans is
 *
 *		demand		units of routing_held (of the past: options->held), or what of them is left
 *					to the step; of kits a line per component, the components of a reservation
 *					kept together
 *		supply		what the demand holds there, and what is available above the safety stock
 *					and what is protected for others, of the strictest channel that has demand
 *					for the sku
 *		candidates	open locations of the channel's group for the order's method
 *		cost		handling + the price of oms.shipping + expected rejects, in 1/10000, and where
 *					the order holds nothing ROUTE_SWITCHING_COST; lateness is the planner's; with
 *					option stored_prices what stock and capacity are worth to other orders; of
 *					a rule with criteria, which heeds no worth, the place in their order (criteria.c)
 *		capacity	what is left of it in the windows in which the locations start to work
 *
 * and of these what the rule allows.
 */
void
oms_route_plan_call(const char *solver, const RouteStep *step, const RouteOptions *options,
					RouteArgument *arguments)
{
	const PolicyRule *rule = step->rule;
	const char *held = options->held;
	ArrayType  *order_ids = step->orders != NULL ? step->orders : step->run_orders;
	char	   *held_filter = oms_route_filter("h.order_id", order_ids);
	char	   *order_filter = oms_route_filter("o.order_id", order_ids);
	char	   *run_filter = oms_route_filter("h.order_id", step->run_orders);
	bool		by_criteria = rule != NULL && rule->criteria.n > 0;
	char	   *rule_filter = "";
	char	   *left_filter = "";
	bool		stock_worth = options->stored_prices && !by_criteria && exists("SELECT FROM oms.routing_price");
	bool		slot_worth = stock_worth && (rule == NULL || !rule->ignore_capacity);
	char	   *demand;
	char	   *orders,
			   *lines,
			   *locations,
			   *stock,
			   *shipment_cost,
			   *line_cost,
			   *no_stock,
			   *pinned;

	demand = psprintf("SELECT h.order_id, h.line_no, h.plan_line, h.bundle, h.kit_quantity, h.sku, "
					  "LEAST(sum(h.quantity), 1000000000000)::bigint AS quantity "
					  "FROM %s h WHERE true %sGROUP BY h.order_id, h.line_no, "
					  "h.plan_line, h.bundle, h.kit_quantity, h.sku", held, held_filter);
	if (step->left != NULL)
	{
		char	   *left = psprintf("SELECT u.order_id, u.line_no, sum(u.quantity)::bigint AS "
									"quantity FROM %s GROUP BY u.order_id, u.line_no",
									plan_rows(step->left));

		demand = psprintf("SELECT h.order_id, h.line_no, h.plan_line, h.bundle, h.kit_quantity, "
						  "h.sku, u.quantity FROM (%s) h JOIN (%s) u ON u.order_id = h.order_id "
						  "AND u.line_no = h.plan_line", demand, left);
		left_filter = psprintf("AND (h.order_id, h.plan_line) IN (SELECT u.order_id, u.line_no "
							   "FROM (%s) u) ", left);
	}
	if (rule != NULL && rule->location_group != NULL)
		rule_filter = psprintf("AND l.location IN (SELECT g.location FROM "
							   "oms.location_group_member g WHERE g.location_group = %s) ",
							   quote_literal_cstr(rule->location_group));

	rule_filter = psprintf("%s%s", rule_filter, avoided_filter(step));

	orders = psprintf("SELECT o.order_id, o.priority, %s AS max_shipments, %s AS ship_complete, CASE o.method WHEN 'pickup' THEN "
					  "(SELECT l.coordinates FROM %s h JOIN oms.location l ON "
					  "l.location = h.location "
					  "WHERE h.order_id = o.order_id ORDER BY l.location LIMIT 1) ELSE o.ship_to "
					  "END AS coordinates, "
					  "row_number() OVER (ORDER BY o.placed_at, o.order_id) AS sequence "
					  "FROM oms.order_row o WHERE o.order_id IN (SELECT h.order_id FROM "
					  "%s h) %s",
					  rule != NULL && rule->single ? "1" : "2147483647",
					  rule != NULL && rule->whole ? "true" : "false", held, held, order_filter);
	lines = psprintf("SELECT h.order_id, h.plan_line AS line_no, h.sku, h.quantity, "
					 "COALESCE(%s, chr(31) || h.bundle) AS keep_together, "
					 "CASE WHEN h.bundle IS NULL THEN COALESCE(l.unit_value, i.unit_value) "
					 "WHEN l.unit_value IS NULL THEN i.unit_value "
					 "WHEN h.bundle - h.plan_line = 1 THEN l.unit_value / h.kit_quantity ELSE 0 END "
					 "AS unit_value FROM (%s) h "
					 "JOIN oms.order_line_row l ON l.order_id = h.order_id AND l.line_no = "
					 "h.line_no "
					 "LEFT JOIN oms.item i ON i.sku = h.sku",
					 rule != NULL && !rule->keep_groups ? "NULL::text" : "l.keep_together", demand);
	locations = psprintf("SELECT l.location, l.coordinates, l.handling_cost%s FROM oms.location l",
						 /* the planner works harder when there is work to be measured */
						 exists("SELECT FROM oms.capacity c WHERE c.minutes IS NOT NULL") ?
						 ", l.minutes_per_order, l.minutes_per_line, l.minutes_per_unit" : "");
	stock = psprintf("WITH h AS (SELECT h.sku, h.location, sum(h.quantity) AS quantity "
					 "FROM %s h "
					 "WHERE true %sGROUP BY h.sku, h.location), "
					 "s AS (SELECT h.sku, COALESCE(bool_and(i.tracked), true) AS tracked, "
					 "array_agg(DISTINCT ARRAY[o.channel, o.method]) AS buyers FROM %s h "
					 "JOIN oms.order_row o ON o.order_id = h.order_id "
					 "LEFT JOIN oms.item i ON i.sku = h.sku WHERE true %sGROUP BY h.sku) "
					 "SELECT i.sku, i.location, "
					 "(GREATEST(0, COALESCE(h.quantity, 0) + LEAST(0, i.available)) + GREATEST(0, "
					 "i.available "
					 "- (SELECT max(oms.withheld(oms.safety_stock_at(s.buyers[n][1], i.sku, i.location, "
					 "s.buyers[n][2]), i.on_hand)%s) FROM generate_series(1, cardinality(s.buyers) / 2) AS n)))"
					 "::bigint "
					 "AS available, COALESCE(h.quantity, 0) + i.available AS there, i.on_hand "
					 "FROM %s i JOIN s ON s.sku = i.sku AND s.tracked "
					 "LEFT JOIN h ON h.sku = i.sku AND h.location = i.location "
					 "UNION ALL SELECT s.sku, l.location, 1000000000000000, NULL, NULL FROM s CROSS JOIN "
					 "oms.location l "
					 "WHERE NOT s.tracked AND NOT EXISTS (SELECT FROM generate_series(1, "
					 "cardinality(s.buyers) / 2) AS n WHERE oms.withheld(oms.safety_stock_at("
					 "s.buyers[n][1], s.sku, l.location, s.buyers[n][2]), 1) = 1)", held, run_filter, held, held_filter,
					 exists("SELECT 1 FROM oms.protection_account") ?
					 " + COALESCE((SELECT sum(p.\"left\") FROM oms.protected_stock p WHERE p.sku = i.sku "
					 "AND p.location = i.location AND p.channel <> s.buyers[n][1]), 0)" : "", options->inventory);
	stock = price_rejects(stock, !by_criteria);
	if (rule != NULL)
		stock = rule_stock(stock, step, held);
	shipment_cost =
		psprintf("WITH o AS MATERIALIZED (SELECT o.*, h.held_at FROM oms.routing_order o "
				 "JOIN (SELECT h.order_id, array_agg(DISTINCT h.location) AS held_at FROM %s h "
				 "GROUP BY h.order_id) h ON h.order_id = o.order_id WHERE true %s), "
				 "d AS (SELECT o.order_id, o.due_at, l.location, m.sequence, "
				 "l.handling_cost::float8 AS handling_cost, %s AS s, "
				 "CASE WHEN l.location = ANY (o.held_at) THEN 0 ELSE " ROUTE_SWITCHING_COST " END AS switching "
				 "FROM o " CANDIDATES "WHERE " PICKUP_STAYS "%sOFFSET 0) "
				 "SELECT d.order_id, d.location, "
				 "round((d.handling_cost + (d.s).price) * 10000) / 10000 + d.switching%s AS cost, "
				 "LEAST(2147483647, GREATEST(0, COALESCE("
				 "ceil(extract(epoch FROM (d.s).arrive_at - d.due_at)), 0)))::bigint AS late_seconds%s "
				 "FROM d %sWHERE (d.s).price IS NOT NULL%s",
				 held, order_filter, oms_route_shipping(options), options->in_force, rule_filter,
				 slot_worth ? " + COALESCE(w.per_order, 0)::float8" : "",
				 by_criteria ? ", (d.s).distance_km, d.sequence" : "",
				 slot_worth ? "LEFT JOIN oms.routing_slot_price w ON w.location = d.location " : "",
				 rule == NULL || rule->max_distance_km == NULL ? "" :
				 psprintf(" AND (d.s).distance_km <= %s", rule->max_distance_km));
	no_stock = psprintf("SELECT DISTINCT h.sku, COALESCE(h.location, (SELECT min(l.location) FROM oms.location l)) "
						"AS location, 0 AS available FROM %s h WHERE true %s", held, held_filter);
	if (!exists(shipment_cost))
	{
		/* No location is open to any order: nothing can be served. */
		shipment_cost = NULL;
		stock = no_stock;
	}
	else if (by_criteria)
		shipment_cost = oms_criteria_places(&rule->criteria, shipment_cost, options, step->run_orders);

	/*
	 * Lines that not every location may serve, and kits from which a rule may exclude one, need
	 * a cost query: its pairs are the candidates. So do lines whose stock has a worth: that of the
	 * line, of which the planner counts what it takes.
	 */
	pinned = psprintf("SELECT 1 FROM %s h JOIN oms.order_line_row ol "
					  "ON ol.order_id = h.order_id AND ol.line_no = h.line_no "
					  "WHERE (ol.location IS NOT NULL OR EXISTS (SELECT FROM oms.location_exclusion x "
					  "WHERE x.sku = h.sku AND %s) "
					  "OR h.bundle IS NOT NULL AND EXISTS (SELECT FROM "
					  "oms.safety_stock_rule s WHERE s.sku = ol.sku OR s.tags IS NOT NULL)) %s",
					  held, options->in_force, held_filter);
	line_cost = NULL;
	if (shipment_cost != NULL && (stock_worth || exists(pinned)))
	{
		line_cost = psprintf("SELECT h.order_id, h.plan_line AS line_no, l.location, %s AS cost "
							 "FROM (SELECT h.order_id, h.line_no, h.plan_line, h.bundle, h.sku, "
							 "array_agg(h.location) AS locations FROM %s h WHERE true %s"
							 "GROUP BY h.order_id, h.line_no, h.plan_line, h.bundle, h.sku) h "
							 "JOIN oms.order_row o ON o.order_id = h.order_id "
							 "JOIN oms.order_line_row ol ON ol.order_id = h.order_id AND ol.line_no = h.line_no "
							 CANDIDATES "%s"
							 "WHERE (ol.location IS NULL OR ol.location = l.location) "
							 "AND NOT " EXCLUDED("%s") "= h.sku) "
							 "AND (h.bundle IS NULL OR l.location = ANY (h.locations) OR oms.withheld("
							 "oms.safety_stock_at(o.channel, ol.sku, l.location, o.method), 1) < 1) %s%s",
							 stock_worth ? psprintf(LINE_WORTH, slot_worth ? SLOT_WORTH : "0") : "0",
							 held, held_filter, options->in_force,
							 stock_worth ? psprintf(WORTH, demand, slot_worth ? SLOTS : "") : "",
							 options->in_force,
							 rule_filter, left_filter);
		if (!exists(line_cost))
		{
			line_cost = shipment_cost = NULL;
			stock = no_stock;
		}
	}

	arguments[0] = sql_argument(orders);
	arguments[1] = sql_argument(lines);
	arguments[2] = sql_argument(locations);
	arguments[3] = sql_argument(stock);
	arguments[4] = sql_argument(shipment_cost);
	arguments[5] = sql_argument(line_cost);
	arguments[6] = sql_argument(capacity_query(step, options));
	arguments[7] = (RouteArgument) {
		JSONBOID, planner_options(solver, rule, options)
	};
}
