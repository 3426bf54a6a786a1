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
	"AND CASE o.method WHEN 'pickup' THEN l.can_pickup ELSE l.can_ship END "

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

/* oms_route_shipping is a call of oms.shipping for location l and order o. */
char *
oms_route_shipping(const RouteOptions *options)
{
	return psprintf("oms.shipping(l.location, o.method, o.ship_to, %s, o.due_at, %s, %s)",
					options->start_at, options->cost_per_shipment, options->cost_per_km);
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
 *		demand		units of routing_held
 *		supply		what the demand holds there, and what is available above the safety stock
 *					of the strictest channel that has demand for the sku
 *		candidates	open locations of the channel's group for the order's method
 *		cost		handling + the price of oms.shipping; lateness is the planner's
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
	lines = psprintf("SELECT h.order_id, h.line_no, h.sku, h.quantity, l.keep_together, "
					 "COALESCE(l.unit_value, i.unit_value) AS unit_value "
					 "FROM (SELECT h.order_id, h.line_no, h.sku, LEAST(sum(h.quantity), "
					 "1000000000000)::bigint AS quantity "
					 "FROM oms.routing_held h WHERE true %sGROUP BY h.order_id, h.line_no, h.sku) "
					 "h "
					 "JOIN oms.order_line_row l ON l.order_id = h.order_id AND l.line_no = "
					 "h.line_no "
					 "LEFT JOIN oms.item i ON i.sku = h.sku", held_filter);
	locations = psprintf("SELECT l.location, l.coordinates, l.handling_cost, "
						 "CASE WHEN l.capacity_orders IS NOT NULL THEN "
						 "GREATEST(0, l.capacity_orders - COALESCE(f.orders, 0)) END AS "
						 "capacity_orders "
						 "FROM oms.location l LEFT JOIN (SELECT f.location, count(*) AS orders "
						 "FROM oms.fulfillment_row f WHERE f.status IN ('accepted', 'picked', "
						 "'packed') "
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
					 "s.buyers[n][2]), i.on_hand)) FROM generate_series(1, cardinality(s.buyers) / 2) AS n)))"
					 "::bigint "
					 "AS available FROM oms.inventory i JOIN s ON s.sku = i.sku AND s.tracked "
					 "LEFT JOIN h ON h.sku = i.sku AND h.location = i.location "
					 "UNION ALL SELECT s.sku, l.location, 1000000000000000 FROM s CROSS JOIN "
					 "oms.location l "
					 "WHERE NOT s.tracked AND NOT EXISTS (SELECT FROM generate_series(1, "
					 "cardinality(s.buyers) / 2) AS n WHERE oms.withheld(oms.safety_stock_at("
					 "s.buyers[n][1], s.sku, l.location, s.buyers[n][2]), 1) = 1)", held_filter, held_filter);
	shipment_cost =
		psprintf("WITH o AS MATERIALIZED (SELECT o.* FROM oms.routing_order o "
				 "WHERE o.order_id IN (SELECT h.order_id FROM oms.routing_held h) %s), "
				 "d AS (SELECT o.order_id, o.due_at, l.location, "
				 "l.handling_cost::float8 AS handling_cost, %s AS s "
				 "FROM o " CANDIDATES "WHERE " PICKUP_STAYS "OFFSET 0) "
				 "SELECT d.order_id, d.location, "
				 "round((d.handling_cost + (d.s).price) * 10000) / 10000 AS cost, "
				 "LEAST(2147483647, GREATEST(0, COALESCE("
				 "ceil(extract(epoch FROM (d.s).arrive_at - d.due_at)), 0)))::bigint AS late_seconds "
				 "FROM d WHERE (d.s).price IS NOT NULL",
				 order_filter, oms_route_shipping(options));
	if (!exists(shipment_cost))
	{
		/* No location is open to any order: nothing can be served. */
		shipment_cost = NULL;
		stock = psprintf("SELECT DISTINCT h.sku, h.location, 0 AS available "
						 "FROM oms.routing_held h "
						 "WHERE true %s", held_filter);
	}

	/* Lines that only one location may serve need a cost query: its pairs are the candidates. */
	pinned = psprintf("SELECT 1 FROM oms.routing_held h JOIN oms.order_line_row ol "
					  "ON ol.order_id = h.order_id AND ol.line_no = h.line_no "
					  "WHERE ol.location IS NOT NULL %s", held_filter);
	line_cost = NULL;
	if (shipment_cost != NULL && exists(pinned))
	{
		line_cost = psprintf("SELECT ol.order_id, ol.line_no, l.location, 0 AS cost "
							 "FROM oms.order_row o "
							 "JOIN oms.order_line_row ol ON ol.order_id = o.order_id "
							 CANDIDATES
							 "WHERE (ol.location IS NULL OR ol.location = l.location) "
							 "AND (ol.order_id, ol.line_no) IN (SELECT h.order_id, h.line_no FROM "
							 "oms.routing_held h) %s",
							 order_filter);
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
