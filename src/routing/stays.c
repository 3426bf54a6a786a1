/*
 * stays.c
 *		What a plan leaves waiting and no move can put elsewhere: it keeps its place, so the plan may
 *		not give that to others.
 *
 * Units that wait make room for a move that needs theirs, and go where that one came from (moves.c).
 * Not so a kit, units from protected stock, and an order that its routing leaves as it is, with the
 * work it has. When a plan moves others to where such units are, and there is not enough for both,
 * these are taken out of the supply (an order that is left as it is: out of the run) and the whole
 * is planned again. What is taken out only grows, so that ends; steps.c bounds it.
 *
 * Reads only, takes no locks.
 */
#include "postgres.h"

#include "catalog/pg_type.h"

#include "routing/route.h"

/*
 * $1 to $4 the plan, $5 orders that are left as they are: the units that wait, cannot make room, and are
 * where others move to. In between stand what is held, which of it, and which of it is from protected stock.
 */
static const char select_in_the_way[] =
	"WITH plan AS (SELECT u.order_id, u.line_no, u.location, sum(u.quantity) AS quantity "
	"FROM ROWS FROM (unnest($1), unnest($2), unnest($3), unnest($4)) AS u (order_id, line_no, location, quantity) "
	"GROUP BY u.order_id, u.line_no, u.location), "
	"held AS MATERIALIZED (SELECT h.order_id, h.plan_line, h.line_no, h.sku, h.location, h.quantity, h.bundle FROM %s h WHERE true %s), "
	"stays AS (SELECT h.*, LEAST(w.quantity, h.quantity - COALESCE(p.quantity, 0)) AS units FROM plan w "
	"JOIN held h ON h.order_id = w.order_id AND h.plan_line = w.line_no "
	"LEFT JOIN plan p ON p.order_id = h.order_id AND p.line_no = h.plan_line AND p.location = h.location "
	"WHERE w.location IS NULL AND h.quantity > COALESCE(p.quantity, 0) AND (h.bundle IS NOT NULL OR h.order_id = ANY ($5)%s)), "
	"wanted AS (SELECT s.sku, p.location FROM plan p "
	"JOIN (SELECT DISTINCT h.order_id, h.plan_line, h.sku FROM held h) s ON s.order_id = p.order_id AND s.plan_line = p.line_no "
	"LEFT JOIN held h ON h.order_id = p.order_id AND h.plan_line = p.line_no AND h.location = p.location "
	"WHERE p.quantity > COALESCE(h.quantity, 0)) "
	"SELECT COALESCE(array_agg(s.order_id), '{}'), COALESCE(array_agg(s.plan_line), '{}'), "
	"COALESCE(array_agg(s.location), '{}'), COALESCE(array_agg(s.units::bigint), '{}') FROM stays s "
	"WHERE (s.sku, s.location) IN (SELECT w.sku, w.location FROM wanted w)";

/* of a hold h: is some of it from protected stock? */
static const char is_protected[] =
	" OR EXISTS (SELECT FROM oms.reservation_row r WHERE r.order_id = h.order_id AND r.line_no = h.line_no "
	"AND r.sku = h.sku AND r.location = h.location AND r.status = 'firm' AND r.protected > r.consumed)";

/*
 * $1 to $4 the plan, $5 to $8 the units of select_in_the_way, $9 to $12 those that were out of the supply
 * already: which there is not enough for beside the plan; in between stand what is held and the supply
 * without all these.
 */
static const char select_short[] =
	"WITH line AS (SELECT DISTINCT h.order_id, h.plan_line, h.sku FROM %s h), "
	"plan AS (SELECT l.sku, u.location, sum(u.quantity) AS quantity "
	"FROM ROWS FROM (unnest($1), unnest($2), unnest($3), unnest($4)) AS u (order_id, line_no, location, quantity) "
	"JOIN line l ON l.order_id = u.order_id AND l.plan_line = u.line_no WHERE u.location IS NOT NULL GROUP BY l.sku, u.location), "
	"short AS (SELECT p.sku, p.location FROM plan p JOIN (%s) s ON s.sku = p.sku AND s.location = p.location "
	"WHERE p.quantity > s.available) "
	"SELECT COALESCE(array_agg(u.order_id), '{}'), COALESCE(array_agg(u.line_no), '{}'), "
	"COALESCE(array_agg(u.location), '{}'), COALESCE(array_agg(u.quantity), '{}') "
	"FROM ROWS FROM (unnest($5), unnest($6), unnest($7), unnest($8)) AS u (order_id, line_no, location, quantity) "
	"JOIN line l ON l.order_id = u.order_id AND l.plan_line = u.line_no "
	"WHERE (l.sku, u.location) IN (SELECT s.sku, s.location FROM short s) "
	"AND NOT EXISTS (SELECT FROM ROWS FROM (unnest($9), unnest($10), unnest($11), unnest($12)) "
	"AS k (order_id, line_no, location, quantity) WHERE k.order_id = u.order_id AND k.line_no = u.line_no "
	"AND k.location = u.location AND k.quantity >= u.quantity)";

/* the orders of $1, left as they are, whose assigned work is where the plan needs more capacity than there is beside it */
static const char select_crowded[] =
	"SELECT COALESCE(array_agg(DISTINCT u.order_id), '{}') FROM oms.capacity_use_row u "
	"JOIN oms.fulfillment_row f ON f.order_id = u.order_id AND f.fulfillment_id = u.fulfillment_id AND f.status = 'assigned' "
	"WHERE u.order_id = ANY ($1) AND u.location IN (SELECT q.location FROM (%s) q WHERE q.quantity < 0)";

/* rows_of runs a query for rows of a plan. */
static RoutePlan
rows_of(const char *sql, int n, const RouteArgument *arguments)
{
	MemoryContext caller = CurrentMemoryContext;
	RoutePlan	rows = {0};

	oms_spi_connect();
	oms_route_run(sql, n, arguments, true);
	oms_route_copy_rows(&rows, 1, caller);
	oms_spi_finish();
	return rows;
}

/* crowded is what select_crowded says of orders that are left as they are. */
static Datum
crowded(const RouteRun *run, Datum left)
{
	MemoryContext caller = CurrentMemoryContext;
	RouteStep	rest = {.run_orders = run->run_orders, .earlier = &run->plan};
	RouteArgument arguments[] = {{TEXTARRAYOID, left}};
	Datum		orders;

	if (oms_route_cardinality(left) == 0 || !oms_route_has_capacity(&rest, run->options))
		return PointerGetDatum(construct_empty_array(TEXTOID));
	oms_spi_connect();
	oms_route_run(psprintf(select_crowded, oms_route_capacity_left(&rest, run->options)),
				  lengthof(arguments), arguments, true);
	orders = oms_route_copy_value(0, 1, caller);
	oms_spi_finish();
	return orders;
}

/*
 * oms_route_keep_places tells whether the plan of the run has given to others what stays where it
 * is; then it is noted in run->stays and run->left_out, by which the next plan heeds it. planned are the
 * orders that were planned (NULL: all), left those of them that are left as they are.
 */
bool
oms_route_keep_places(RouteRun *run, ArrayType *planned, Datum left)
{
	const RoutePlan *plan = &run->plan;
	const char *held = run->options->held;
	Datum		out = crowded(run, left);
	RouteArgument find[] = {
		{TEXTARRAYOID, plan->order_id}, {INT4ARRAYOID, plan->line_no}, {TEXTARRAYOID, plan->location},
		{INT8ARRAYOID, plan->quantity}, {TEXTARRAYOID, left}
	};
	RoutePlan	stays = rows_of(psprintf(select_in_the_way, held, oms_route_filter("h.order_id", planned),
										 run->options->past ? "" : is_protected), lengthof(find), find);

	if (oms_route_cardinality(stays.order_id) > 0)
	{
		RoutePlan	all = oms_route_add_rows(&run->stays, &stays);
		RouteStep	rest = {.run_orders = run->run_orders, .stays = &all};
		RouteArgument check[] = {
			find[0], find[1], find[2], find[3],
			{TEXTARRAYOID, stays.order_id}, {INT4ARRAYOID, stays.line_no}, {TEXTARRAYOID, stays.location},
			{INT8ARRAYOID, stays.quantity}, {TEXTARRAYOID, run->stays.order_id}, {INT4ARRAYOID, run->stays.line_no},
			{TEXTARRAYOID, run->stays.location}, {INT8ARRAYOID, run->stays.quantity}
		};

		stays = rows_of(psprintf(select_short, held, oms_route_stock(&rest, run->options)), lengthof(check), check);
		run->stays = oms_route_add_rows(&run->stays, &stays);
		out = oms_route_union(out, oms_route_intersect(left, stays.order_id));
	}
	run->left_out = oms_route_union(run->left_out, out);
	return oms_route_cardinality(stays.order_id) > 0 || oms_route_cardinality(out) > 0;
}
