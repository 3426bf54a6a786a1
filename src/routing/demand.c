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

#include "oms.h"
#include "routing/route.h"

/* The open locations of a line's channel group, as a join over order_row o. */
#define CANDIDATES \
	"JOIN oms.channel c ON c.channel = o.channel " \
	"JOIN oms.location_group_member m ON m.location_group = " \
	"CASE o.method WHEN 'pickup' THEN c.pickup_group ELSE c.ship_group END " \
	"JOIN oms.location l ON l.location = m.location AND l.status = 'active' " \
	"AND CASE o.method WHEN 'pickup' THEN l.can_pickup ELSE l.can_ship END " \
	"AND NOT " EXCLUDED "IS NULL) "

/* What is picked up was promised where it is held. */
#define PICKUP_STAYS \
	"(o.method = 'ship' OR EXISTS (SELECT FROM oms.routing_held h " \
	"WHERE h.order_id = o.order_id AND h.location = l.location)) "

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

/* planner_options adds the solver, and the defaults that are ours. */
static Datum
planner_options(const char *solver, const RouteOptions *options)
{
	Datum		ours = DirectFunctionCall1(jsonb_in, CStringGetDatum("{\"split_lines\": true}"));
	RouteArgument arguments[] = {{TEXTOID, CStringGetTextDatum(solver)}};
	MemoryContext caller = CurrentMemoryContext;
	Datum		named;

	oms_spi_connect();
	oms_route_run("SELECT jsonb_build_object('solver', $1)", 1, arguments, true);
	named = oms_route_copy_value(0, 1, caller);
	oms_spi_finish();
	ours = DirectFunctionCall2(jsonb_concat, ours, JsonbPGetDatum(options->planner));
	return DirectFunctionCall2(jsonb_concat, ours, named);
}

/*
 * oms_route_plan_call makes a call of oms.plan_routes over the open orders; what it plans is
 *
 *		demand		units of routing_held; of kits a line per component, the components of a
 *					reservation kept together
 *		supply		what the demand holds there, and what is available above the safety stock
 *					and what is protected for others, of the strictest channel that has demand
 *					for the sku
 *		candidates	open locations of the channel's group for the order's method
 *		cost		handling + cost_per_shipment + km * cost_per_km; lateness is the planner's
 *		capacity	capacity_orders - unfinished work that is not to be planned anew
 */
void
oms_route_plan_call(const char *solver, ArrayType *order_ids, const RouteOptions *options,
					RouteArgument *arguments)
{
	char	   *held_filter = oms_route_filter("h.order_id", order_ids);
	char	   *order_filter = oms_route_filter("o.order_id", order_ids);
	char	   *orders,
			   *lines,
			   *locations,
			   *stock,
			   *shipment_cost,
			   *line_cost,
			   *pinned;

	orders = psprintf("SELECT o.order_id, o.priority, CASE o.method WHEN 'pickup' THEN "
					  "(SELECT l.coordinates FROM oms.routing_held h JOIN oms.location l ON "
					  "l.location = h.location "
					  "WHERE h.order_id = o.order_id ORDER BY l.location LIMIT 1) ELSE o.ship_to "
					  "END AS coordinates, "
					  "row_number() OVER (ORDER BY o.placed_at, o.order_id) AS sequence "
					  "FROM oms.order_row o WHERE o.order_id IN (SELECT h.order_id FROM "
					  "oms.routing_held h) %s",
					  order_filter);
	lines = psprintf("SELECT h.order_id, h.plan_line AS line_no, h.sku, h.quantity, "
					 "COALESCE(l.keep_together, chr(31) || h.bundle) AS keep_together, "
					 "CASE WHEN h.bundle IS NULL THEN COALESCE(l.unit_value, i.unit_value) "
					 "WHEN l.unit_value IS NULL THEN i.unit_value "
					 "WHEN h.bundle - h.plan_line = 1 THEN l.unit_value / h.kit_quantity ELSE 0 END AS unit_value "
					 "FROM (SELECT h.order_id, h.line_no, h.plan_line, h.bundle, h.kit_quantity, h.sku, "
					 "LEAST(sum(h.quantity), 1000000000000)::bigint AS quantity "
					 "FROM oms.routing_held h WHERE true %sGROUP BY h.order_id, h.line_no, h.plan_line, "
					 "h.bundle, h.kit_quantity, h.sku) h "
					 "JOIN oms.order_line_row l ON l.order_id = h.order_id AND l.line_no = "
					 "h.line_no "
					 "LEFT JOIN oms.item i ON i.sku = h.sku", held_filter);
	locations = psprintf("SELECT l.location, l.coordinates, l.handling_cost, "
						 "CASE WHEN l.capacity_orders IS NOT NULL THEN "
						 "GREATEST(0, l.capacity_orders - COALESCE(f.orders, 0)) END AS "
						 "capacity_orders "
						 "FROM oms.location l LEFT JOIN (SELECT f.location, count(*) AS orders "
						 "FROM oms.fulfillment_row f WHERE f.status IN ('accepted', 'picking', "
						 "'packed', 'ready') "
						 "OR f.status = 'assigned' AND NOT EXISTS (SELECT FROM oms.order_row o "
						 "WHERE o.order_id = f.order_id AND o.status = 'open' %s) GROUP BY "
						 "f.location) f "
						 "ON f.location = l.location", order_filter);
	stock = psprintf("WITH h AS (SELECT h.sku, h.location, sum(h.quantity) AS quantity "
					 "FROM oms.routing_held h "
					 "WHERE true %sGROUP BY h.sku, h.location), "
					 "s AS (SELECT h.sku, COALESCE(bool_and(i.tracked), true) AS tracked, "
					 "array_agg(DISTINCT ARRAY[o.channel, o.method]) AS buyers FROM oms.routing_held h "
					 "JOIN oms.order_row o ON o.order_id = h.order_id "
					 "LEFT JOIN oms.item i ON i.sku = h.sku WHERE true %sGROUP BY h.sku) "
					 "SELECT i.sku, i.location, "
					 "(GREATEST(0, COALESCE(h.quantity, 0) + LEAST(0, i.available)) + GREATEST(0, "
					 "i.available "
					 "- (SELECT max(oms.withheld(oms.safety_stock_at(s.buyers[n][1], i.sku, i.location, "
					 "s.buyers[n][2]), i.on_hand)%s) FROM generate_series(1, cardinality(s.buyers) / 2) AS n)))"
					 "::bigint "
					 "AS available FROM oms.inventory i JOIN s ON s.sku = i.sku AND s.tracked "
					 "LEFT JOIN h ON h.sku = i.sku AND h.location = i.location "
					 "UNION ALL SELECT s.sku, l.location, 1000000000000000 FROM s CROSS JOIN "
					 "oms.location l "
					 "WHERE NOT s.tracked AND NOT EXISTS (SELECT FROM generate_series(1, "
					 "cardinality(s.buyers) / 2) AS n WHERE oms.withheld(oms.safety_stock_at("
					 "s.buyers[n][1], s.sku, l.location, s.buyers[n][2]), 1) = 1)", held_filter, held_filter,
					 exists("SELECT 1 FROM oms.protection_account") ?
					 " + COALESCE((SELECT sum(p.\"left\") FROM oms.protected_stock p WHERE p.sku = i.sku "
					 "AND p.location = i.location AND p.channel <> s.buyers[n][1]), 0)" : "");
	shipment_cost =
		psprintf("SELECT d.order_id, d.location, "
				 "round((d.handling_cost + (%s + %s * d.km)) * 10000) / 10000 AS cost, "
				 "LEAST(2147483647, GREATEST(0, ceil(COALESCE(d.overdue + 3600 * (%s + d.km / %s), "
				 "0))))::bigint "
				 "AS late_seconds "
				 "FROM (SELECT o.order_id, l.location, l.handling_cost::float8 AS handling_cost, "
				 "o.overdue, "
				 "CASE WHEN o.method = 'pickup' OR o.ship_to IS NULL THEN 0 "
				 "WHEN l.coordinates IS NULL THEN " FARTHEST_KM " "
				 "ELSE o.ship_to OPERATOR(oms.<->) l.coordinates END::float8 AS km "
				 "FROM (SELECT o.order_id, o.channel, o.method, o.ship_to, "
				 "extract(epoch FROM %s - COALESCE((SELECT min(COALESCE(ol.promise_at, "
				 "o.promise_at)) "
				 "FROM oms.order_line_row ol WHERE ol.order_id = o.order_id), "
				 "o.placed_at + (((%s) ->> o.service)::float8 * interval '1 hour')))::float8 AS "
				 "overdue "
				 "FROM oms.order_row o "
				 "WHERE o.order_id IN (SELECT h.order_id FROM oms.routing_held h) %s) o "
				 CANDIDATES "WHERE " PICKUP_STAYS ") d",
				 options->cost_per_shipment, options->cost_per_km, options->handling_hours,
				 options->km_per_hour, options->ship_at, options->service_hours, order_filter);
	if (!exists(shipment_cost))
	{
		/* No location is open to any order: nothing can be served. */
		shipment_cost = NULL;
		stock = psprintf("SELECT DISTINCT h.sku, h.location, 0 AS available "
						 "FROM oms.routing_held h "
						 "WHERE true %s", held_filter);
	}

	/*
	 * Lines that not every location may serve, and kits from which a rule may exclude one, need
	 * a cost query: its pairs are the candidates.
	 */
	pinned = psprintf("SELECT 1 FROM oms.routing_held h JOIN oms.order_line_row ol "
					  "ON ol.order_id = h.order_id AND ol.line_no = h.line_no "
					  "WHERE (ol.location IS NOT NULL OR EXISTS (SELECT FROM oms.location_exclusion x "
					  "WHERE x.sku = h.sku AND x.until > clock_timestamp()) "
					  "OR h.bundle IS NOT NULL AND EXISTS (SELECT FROM "
					  "oms.safety_stock_rule s WHERE s.sku = ol.sku OR s.tags IS NOT NULL)) %s", held_filter);
	line_cost = NULL;
	if (shipment_cost != NULL && exists(pinned))
	{
		line_cost = psprintf("SELECT h.order_id, h.plan_line AS line_no, l.location, 0 AS cost "
							 "FROM (SELECT h.order_id, h.line_no, h.plan_line, h.bundle, h.sku, "
							 "array_agg(h.location) AS locations FROM oms.routing_held h WHERE true %s"
							 "GROUP BY h.order_id, h.line_no, h.plan_line, h.bundle, h.sku) h "
							 "JOIN oms.order_row o ON o.order_id = h.order_id "
							 "JOIN oms.order_line_row ol ON ol.order_id = h.order_id AND ol.line_no = h.line_no "
							 CANDIDATES
							 "WHERE (ol.location IS NULL OR ol.location = l.location) "
							 "AND NOT " EXCLUDED "= h.sku) "
							 "AND (h.bundle IS NULL OR l.location = ANY (h.locations) OR oms.withheld("
							 "oms.safety_stock_at(o.channel, ol.sku, l.location, o.method), 1) < 1)",
							 held_filter);
		if (!exists(line_cost))
		{
			line_cost = shipment_cost = NULL;
			stock = psprintf("SELECT DISTINCT h.sku, h.location, 0 AS available "
							 "FROM oms.routing_held h "
							 "WHERE true %s", held_filter);
		}
	}

	arguments[0] = sql_argument(orders);
	arguments[1] = sql_argument(lines);
	arguments[2] = sql_argument(locations);
	arguments[3] = sql_argument(stock);
	arguments[4] = sql_argument(shipment_cost);
	arguments[5] = sql_argument(line_cost);
	arguments[6] = sql_argument(NULL);
	arguments[7] = (RouteArgument) {
		JSONBOID, planner_options(solver, options)
	};
}

/* oms_route_make_plan runs the planner and returns its rows as columns. */
RoutePlan
oms_route_make_plan(const RouteArgument *call)
{
	MemoryContext caller = CurrentMemoryContext;
	RoutePlan	plan;

	oms_spi_connect();
	oms_route_run("SELECT COALESCE(array_agg(p.order_id), '{}'), COALESCE(array_agg(p.line_no), '{}'), "
				  "COALESCE(array_agg(p.location), '{}'), COALESCE(array_agg(p.quantity), '{}'), "
				  "COALESCE(array_agg(p.shipment), '{}'), COALESCE(array_agg(p.cost), '{}'), "
				  "COALESCE(array_agg(DISTINCT p.order_id), '{}') FROM " PLAN_CALL " p",
				  PLAN_ARGUMENTS, call, false);
	plan.order_id = oms_route_copy_value(0, 1, caller);
	plan.line_no = oms_route_copy_value(0, 2, caller);
	plan.location = oms_route_copy_value(0, 3, caller);
	plan.quantity = oms_route_copy_value(0, 4, caller);
	plan.shipment = oms_route_copy_value(0, 5, caller);
	plan.cost = oms_route_copy_value(0, 6, caller);
	plan.orders = oms_route_copy_value(0, 7, caller);
	oms_spi_finish();
	return plan;
}
