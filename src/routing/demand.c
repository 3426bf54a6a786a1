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

/* What line h, of which q is to be planned, takes at location l that is worth something to other orders. */
#define LINE_WORTH "LEAST(1000000000, round(q.quantity * COALESCE(p.price, 0) + %s, 4))"
#define SLOT_WORTH "COALESCE(w.per_line + q.quantity * w.per_unit, 0)"
#define WORTH "LEFT JOIN oms.routing_price p ON p.measure = 'stock' AND p.location = l.location AND p.sku = h.sku "
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
rule_stock(const char *stock, const RouteStep *step, const PolicyRule *rule, const char *held)
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
					quote_literal_cstr(rule->floor), stock, used);
}

/* oms_route_has_capacity tells whether a step has to heed the capacity of a location. */
bool
oms_route_has_capacity(const RouteStep *step, const RouteOptions *options)
{
	if (options->past || (step->rule != NULL && step->rule->ignore_capacity))
		return false;
	return exists(psprintf("SELECT FROM oms.capacity_accounts(%s) c",
						   quote_literal_cstr(timestamptz_to_str(options->begins_at))));
}

/*
 * oms_route_capacity_left is what is left of each account of capacity, as SQL: location, measure, quantity,
 * of minutes in seconds. What assigned work of the run's orders uses, which is planned anew, is free; what earlier
 * steps planned is not.
 */
char *
oms_route_capacity_left(const RouteStep *step, const RouteOptions *options)
{
	char	   *at = quote_literal_cstr(timestamptz_to_str(options->begins_at));
	char	   *earlier = "";

	if (step->earlier != NULL)
		earlier = psprintf("UNION ALL SELECT w.location, c.window_name, c.until, c.measure, "
						   "-" WORK_MEASURE("w.lines", "w.units") " FROM (SELECT u.order_id, u.location, "
						   "count(DISTINCT u.line_no) AS lines, sum(u.quantity) AS units FROM %s "
						   "WHERE u.location IS NOT NULL GROUP BY u.order_id, u.location) w "
						   "JOIN oms.location l ON l.location = w.location "
						   "JOIN oms.capacity_accounts(%s) c ON c.location = w.location ", plan_rows(step->earlier), at);
	return psprintf("SELECT c.location, c.measure, c.quantity - c.used + COALESCE(f.freed, 0) AS quantity "
					"FROM oms.capacity_accounts(%s) c "
					"LEFT JOIN (SELECT f.location, f.window_name, f.until, f.measure, sum(f.quantity)::bigint AS freed "
					"FROM (SELECT u.location, u.window_name, u.until, u.measure, u.quantity FROM oms.capacity_use_row u "
					"JOIN oms.fulfillment_row f ON f.order_id = u.order_id AND f.fulfillment_id = u.fulfillment_id "
					"AND f.status = 'assigned' JOIN oms.order_row o ON o.order_id = u.order_id AND o.status = 'open' "
					"%s%s) f GROUP BY f.location, f.window_name, f.until, f.measure) f "
					"ON f.location = c.location AND f.window_name = c.window_name AND f.until = c.until "
					"AND f.measure = c.measure", at,
					oms_route_filter("o.order_id", step->run_orders), earlier);
}

/*
 * capacity_query is what is left of the capacity of locations. NULL: there is no limit, or the run is of
 * the past, whose use of it is not kept.
 */
static char *
capacity_query(const RouteStep *step, const RouteOptions *options)
{
	if (!oms_route_has_capacity(step, options))
		return NULL;
	return psprintf("SELECT c.location, c.measure, min(GREATEST(0, c.quantity) / CASE c.measure WHEN 'minutes' "
					"THEN 60 ELSE 1 END)::bigint AS \"limit\" FROM (%s) c GROUP BY c.location, c.measure",
					oms_route_capacity_left(step, options));
}

/*
 * Part of what a step plans: the lines that it is to serve; or those that an earlier step
 * serves, which may move within what its rule allows. Orders of a part have a key of their own
 * in the planner (part_key), since an order may be in several.
 */
typedef struct Part
{
	const PolicyRule *rule;		/* NULL: no policy */
	ArrayType  *orders;			/* NULL: all */
	char	   *key;			/* what is appended to order_id, as SQL */
	char	   *demand;			/* a row per line: order_id, line_no, plan_line, number (the
								 * planner's), bundle, kit_quantity, sku, quantity, planned_at */
	char	   *filter;			/* which locations l the rule allows */
	char	   *room;			/* of a kept part: where its lines may move, by sku and location;
								 * NULL: wherever there is stock */
} Part;

/* lines_of is the lines that orders hold: demand without quantity and number. */
static char *
lines_of(const char *held, ArrayType *orders, const char *more)
{
	return psprintf("SELECT h.order_id, h.line_no, h.plan_line, h.bundle, h.kit_quantity, h.sku%s "
					"FROM %s h WHERE true %sGROUP BY h.order_id, h.line_no, h.plan_line, h.bundle, "
					"h.kit_quantity, h.sku", more, held, oms_route_filter("h.order_id", orders));
}

/* part_of is the part that a step is to serve. */
static Part
part_of(const RouteStep *step, const RouteOptions *options)
{
	Part		part = {.rule = step->rule,
		.orders = step->orders != NULL ? step->orders : step->run_orders,
		.key = step->nkept == 0 ? "" : oms_route_key(step->number)};
	char	   *lines = lines_of(options->held, part.orders,
								 ", LEAST(sum(h.quantity), 1000000000000)::bigint AS quantity");

	if (step->left != NULL)
		lines = psprintf("SELECT h.order_id, h.line_no, h.plan_line, h.bundle, h.kit_quantity, h.sku, "
						 "u.quantity FROM (%s) h JOIN (SELECT u.order_id, u.line_no, "
						 "sum(u.quantity)::bigint AS quantity FROM %s GROUP BY u.order_id, u.line_no) u "
						 "ON u.order_id = h.order_id AND u.line_no = h.plan_line",
						 lines, plan_rows(step->left));
	part.demand = psprintf("SELECT h.*, h.plan_line AS number, NULL::text AS planned_at FROM (%s) h", lines);
	return part;
}

/* kept_part is the part that an earlier step serves, by rows of its plan, each a line of its own. */
static Part
kept_part(const RouteKept *kept, const RouteOptions *options)
{
	Part		part = {.rule = kept->rule, .orders = DatumGetArrayTypeP(kept->rows.order_id),
		.key = oms_route_key(kept->number)};

	part.demand = psprintf("SELECT h.order_id, h.line_no, h.plan_line, h.bundle, h.kit_quantity, h.sku, "
						   "u.quantity, u.number, u.location AS planned_at FROM ROWS FROM "
						   "(unnest(%s), unnest(%s), unnest(%s), unnest(%s), unnest(%s)) "
						   "AS u (order_id, plan_line, location, quantity, number) JOIN (%s) h "
						   "ON h.order_id = u.order_id AND h.plan_line = u.plan_line",
						   array_literal(kept->rows.order_id, TEXTARRAYOID),
						   array_literal(kept->rows.line_no, INT4ARRAYOID),
						   array_literal(kept->rows.location, TEXTARRAYOID),
						   array_literal(kept->rows.quantity, INT8ARRAYOID),
						   array_literal(kept->numbers, INT4ARRAYOID),
						   lines_of(options->held, part.orders, ""));
	return part;
}

/* oms_route_key is what is appended to the key of an order in a part, as SQL. */
char *
oms_route_key(int number)
{
	return psprintf(" || chr(31) || '%d'", number);
}

static char *
orders_query(const Part *part, const RouteOptions *options)
{
	const PolicyRule *rule = part->rule;

	return psprintf("SELECT o.order_id%s AS order_id, o.priority, %s AS max_shipments, %s AS ship_complete, "
					"CASE o.method WHEN 'pickup' THEN (SELECT l.coordinates FROM %s h JOIN oms.location l "
					"ON l.location = h.location WHERE h.order_id = o.order_id ORDER BY l.location LIMIT 1) "
					"ELSE o.ship_to END AS coordinates, "
					"row_number() OVER (ORDER BY o.placed_at, o.order_id) AS sequence "
					"FROM oms.order_row o WHERE o.order_id IN (SELECT h.order_id FROM %s h) %s",
					part->key, rule != NULL && rule->single ? "1" : "2147483647",
					rule != NULL && rule->whole ? "true" : "false", options->held, options->held,
					oms_route_filter("o.order_id", part->orders));
}

static char *
lines_query(const Part *part)
{
	const PolicyRule *rule = part->rule;

	return psprintf("SELECT h.order_id%s AS order_id, h.number AS line_no, h.sku, h.quantity, "
					"COALESCE(%s, chr(31) || h.bundle) AS keep_together, "
					"CASE WHEN h.bundle IS NULL THEN COALESCE(l.unit_value, i.unit_value) "
					"WHEN l.unit_value IS NULL THEN i.unit_value "
					"WHEN h.bundle - h.plan_line = 1 THEN l.unit_value / h.kit_quantity ELSE 0 END "
					"AS unit_value, h.planned_at FROM (%s) h "
					"JOIN oms.order_line_row l ON l.order_id = h.order_id AND l.line_no = h.line_no "
					"LEFT JOIN oms.item i ON i.sku = h.sku", part->key,
					rule != NULL && !rule->keep_groups ? "NULL::text" : "l.keep_together", part->demand);
}

/* shipment_cost_query is what a shipment from each location that the rule allows costs. */
static char *
shipment_cost_query(const Part *part, const RouteOptions *options, bool slot_worth)
{
	const PolicyRule *rule = part->rule;

	return psprintf("WITH o AS MATERIALIZED (SELECT o.*, h.held_at FROM oms.routing_order o "
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
					options->held, oms_route_filter("o.order_id", part->orders), oms_route_shipping(options),
					options->in_force, part->filter,
					slot_worth ? " + COALESCE(w.per_order, 0)::float8" : "",
					rule != NULL && rule->criteria.n > 0 ? ", (d.s).distance_km, d.sequence" : "",
					slot_worth ? "LEFT JOIN oms.routing_slot_price w ON w.location = d.location " : "",
					rule == NULL || rule->max_distance_km == NULL ? "" :
					psprintf(" AND (d.s).distance_km <= %s", rule->max_distance_km));
}

/* candidates_query is the same as the planner is to see it: by criteria, and by the part's keys. */
static char *
candidates_query(const Part *part, char *cost, const RouteStep *step, const RouteOptions *options)
{
	if (part->rule != NULL && part->rule->criteria.n > 0)
		cost = oms_criteria_places(&part->rule->criteria, cost, options, step->run_orders);
	return part->key[0] == '\0' ? cost :
		psprintf("SELECT c.order_id%s AS order_id, c.location, c.cost, c.late_seconds FROM (%s) c", part->key, cost);
}

/* Is there a line that not every location may serve? */
static bool
has_pinned_lines(const Part *part, const RouteOptions *options)
{
	return exists(psprintf("SELECT 1 FROM %s h JOIN oms.order_line_row ol "
						   "ON ol.order_id = h.order_id AND ol.line_no = h.line_no "
						   "WHERE (ol.location IS NOT NULL OR EXISTS (SELECT FROM oms.location_exclusion x "
						   "WHERE x.sku = h.sku AND %s) "
						   "OR h.bundle IS NOT NULL AND EXISTS (SELECT FROM "
						   "oms.safety_stock_rule s WHERE s.sku = ol.sku OR s.tags IS NOT NULL)) %s",
						   options->held, options->in_force, oms_route_filter("h.order_id", part->orders)));
}

/* line_cost_query is where each line may be served, and what it takes there that has a worth. */
static char *
line_cost_query(const Part *part, const RouteOptions *options, bool stock_worth, bool slot_worth)
{
	return psprintf("SELECT h.order_id%s AS order_id, q.number AS line_no, l.location, %s AS cost "
					"FROM (%s) h JOIN (%s) q ON q.order_id = h.order_id AND q.plan_line = h.plan_line "
					"JOIN oms.order_row o ON o.order_id = h.order_id "
					"JOIN oms.order_line_row ol ON ol.order_id = h.order_id AND ol.line_no = h.line_no "
					CANDIDATES "%s%s%s"
					"WHERE (ol.location IS NULL OR ol.location = l.location) "
					"AND NOT " EXCLUDED("%s") "= h.sku) "
					"AND (h.bundle IS NULL OR l.location = ANY (h.locations) OR oms.withheld("
					"oms.safety_stock_at(o.channel, ol.sku, l.location, o.method), 1) < 1) %s%s",
					part->key, stock_worth ? psprintf(LINE_WORTH, slot_worth ? SLOT_WORTH : "0") : "0",
					lines_of(options->held, part->orders, ", array_agg(h.location) AS locations"), part->demand,
					options->in_force, stock_worth ? WORTH : "", stock_worth && slot_worth ? SLOTS : "",
					part->room == NULL ? "" :
					psprintf("LEFT JOIN (%s) r ON r.sku = h.sku AND r.location = l.location ", part->room),
					options->in_force, part->filter,
					part->room == NULL ? "" : "AND (l.location = q.planned_at OR r.sku IS NOT NULL)");
}

/*
 * stock_query is what the run's orders hold, but for what stays, and what is available above the safety
 * stock and what is protected for others, of the strictest channel that has demand for the sku.
 */
static char *
stock_query(const RouteStep *step, const RouteOptions *options, ArrayType *orders)
{
	char	   *held_filter = oms_route_filter("h.order_id", orders);
	bool		stays = step->stays != NULL && oms_route_cardinality(step->stays->order_id) > 0;

	return psprintf("WITH h AS (SELECT h.sku, h.location, sum(h.quantity%s) AS quantity "
					"FROM %s h %s"
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
					"s.buyers[n][1], s.sku, l.location, s.buyers[n][2]), 1) = 1)",
					stays ? " - COALESCE(k.quantity, 0)" : "", options->held,
					!stays ? "" :
					psprintf("LEFT JOIN (SELECT u.order_id, u.line_no, u.location, max(u.quantity) AS quantity FROM %s "
							 "GROUP BY u.order_id, u.line_no, u.location) k ON k.order_id = h.order_id "
							 "AND k.line_no = h.plan_line AND k.location = h.location ", plan_rows(step->stays)),
					oms_route_filter("h.order_id", step->run_orders), options->held, held_filter,
					exists("SELECT 1 FROM oms.protection_account") ?
					" + COALESCE((SELECT sum(p.\"left\") FROM oms.protected_stock p WHERE p.sku = i.sku "
					"AND p.location = i.location AND p.channel <> s.buyers[n][1]), 0)" : "", options->inventory);
}

/* oms_route_stock is the supply of a run, as SQL: sku, location, available. */
char *
oms_route_stock(const RouteStep *step, const RouteOptions *options)
{
	return stock_query(step, options, step->run_orders);
}

/* add_query appends a query to those of other parts. */
static void
add_query(char **all, char *sql)
{
	*all = *all == NULL ? sql : psprintf("(%s) UNION ALL (%s)", *all, sql);
}

/*
 * oms_route_plan_call makes a call of oms.plan_routes over open orders; what it plans is
 *
 *		demand		units of routing_held (of the past: options->held), or what of them is left
 *					to the step; of kits a line per component, the components of a reservation
 *					kept together; and what earlier steps serve that may move (step->kept)
 *		supply		stock_query, and what of it the rule may use
 *		candidates	open locations of the channel's group for the order's method
 *		cost		handling + the price of oms.shipping + expected rejects, in 1/10000, and where
 *					the order holds nothing ROUTE_SWITCHING_COST; lateness is the planner's; with
 *					option stored_prices what stock and capacity are worth to other orders; of
 *					a rule with criteria, which heeds no worth, the place in their order (criteria.c)
 *		capacity	what is left of it in the windows in which the locations start to work
 *
 * and of these what the rule allows. A kept line moves to where its own rule's floor leaves
 * room for all that might move there.
 */
void
oms_route_plan_call(const char *solver, const RouteStep *step, const RouteOptions *options,
					RouteArgument *arguments)
{
	const PolicyRule *rule = step->rule;
	const char *held = options->held;
	bool		by_criteria = rule != NULL && rule->criteria.n > 0;
	bool		stock_worth = options->stored_prices && !by_criteria && exists("SELECT FROM oms.routing_price");
	bool		slot_worth = stock_worth && (rule == NULL || !rule->ignore_capacity);
	Part	   *parts = palloc(sizeof(Part) * (1 + step->nkept));
	ArrayType  *order_ids;
	bool		pinned = stock_worth;
	bool		open = false;
	char	   *plain_stock,
			   *stock,
			   *no_stock,
			   *orders = NULL,
			   *lines = NULL,
			   *shipment_cost = NULL,
			   *line_cost = NULL,
			   *locations;

	parts[0] = part_of(step, options);
	order_ids = parts[0].orders;
	for (int i = 0; i < step->nkept; i++)
	{
		parts[1 + i] = kept_part(&step->kept[i], options);
		order_ids = DatumGetArrayTypeP(oms_route_union(PointerGetDatum(order_ids),
													   PointerGetDatum(parts[1 + i].orders)));
	}
	plain_stock = price_rejects(stock_query(step, options, order_ids), !by_criteria);
	stock = rule == NULL ? plain_stock : rule_stock(plain_stock, step, rule, held);
	no_stock = psprintf("SELECT DISTINCT h.sku, COALESCE(h.location, (SELECT min(l.location) FROM oms.location l)) "
						"AS location, 0 AS available FROM %s h WHERE true %s", held,
						oms_route_filter("h.order_id", order_ids));
	for (int i = 0; i < 1 + step->nkept; i++)
	{
		Part	   *part = &parts[i];
		const char *group = part->rule == NULL ? NULL : part->rule->location_group;
		char	   *cost;

		part->filter = psprintf("%s%s", avoided_filter(step), group == NULL ? "" :
								psprintf("AND l.location IN (SELECT g.location FROM "
										 "oms.location_group_member g WHERE g.location_group = %s) ",
										 quote_literal_cstr(group)));
		if (i > 0 && strcmp(part->rule->floor, rule->floor) != 0)
		{
			char	   *kept = "SELECT NULL::text AS sku, 0 AS quantity WHERE false";

			for (int k = 1; k < 1 + step->nkept; k++)
				kept = psprintf("%s UNION ALL SELECT q.sku, q.quantity FROM (%s) q", kept, parts[k].demand);
			part->room = psprintf("SELECT t.sku, t.location FROM (%s) t JOIN (SELECT k.sku, sum(k.quantity) AS quantity "
								  "FROM (%s) k GROUP BY k.sku) k ON k.sku = t.sku AND k.quantity <= t.available",
								  rule_stock(plain_stock, step, part->rule, held), kept);
			pinned = true;
		}
		/* lines of which not every location may serve each need a cost query: its pairs are the candidates */
		pinned = pinned || has_pinned_lines(part, options);
		add_query(&orders, orders_query(part, options));
		add_query(&lines, lines_query(part));
		cost = shipment_cost_query(part, options, slot_worth);
		open = open || exists(cost);
		add_query(&shipment_cost, candidates_query(part, cost, step, options));
	}
	for (int i = 0; pinned && i < 1 + step->nkept; i++)
		add_query(&line_cost, line_cost_query(&parts[i], options, stock_worth, slot_worth));
	if (!open || (line_cost != NULL && !exists(line_cost)))
	{
		/* No location is open to any order or line: nothing can be served. */
		shipment_cost = line_cost = NULL;
		stock = no_stock;
	}
	locations = psprintf("SELECT l.location, l.coordinates, l.handling_cost%s FROM oms.location l",
						 /* the planner works harder when there is work to be measured */
						 exists("SELECT FROM oms.capacity c WHERE c.minutes IS NOT NULL") ?
						 ", l.minutes_per_order, l.minutes_per_line, l.minutes_per_unit" : "");

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
