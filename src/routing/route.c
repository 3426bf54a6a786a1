/*
 * route.c
 *		oms.route: the planner over oms's own orders, and its decisions applied; and
 *		compare_solvers.
 *
 * A run has three steps. Plan (demand.c): oms.plan_routes reads queries over oms's tables,
 * in one snapshot and without locks. Lock: the orders of the plan that are still open, and
 * the reservations to be moved, are locked without waiting; what somebody else has locked
 * or changed is left where it is and counted. Apply: holds move (moves.c), then decisions
 * and fulfillments are written from what is held after the moves (decide.c).
 *
 * Locks, in this order: routing_run_row (one run at a time, buyers unaffected); rows of
 * order_row (skip locked); those of moves.c.
 *
 * The SQL texts here are run by SECURITY DEFINER functions that are pinned to search_path
 * pg_catalog, pg_temp, so that operators need no schema.
 */
#include "postgres.h"

#include "catalog/namespace.h"
#include "catalog/pg_type.h"
#include "funcapi.h"
#include "portability/instr_time.h"
#include "storage/lmgr.h"
#include "utils/lsyscache.h"
#include "utils/timestamp.h"

#include "oms.h"
#include "orders/orders.h"
#include "routing/route.h"

PG_FUNCTION_INFO_V1(oms_route);
PG_FUNCTION_INFO_V1(oms_compare_solvers);

/*
 * lock_orders locks the orders of the plan that are open and that nobody else has
 * locked, and those with an assigned fulfillment that hold nothing any more; their keys.
 */
static Datum
lock_orders(const RoutePlan *plan, ArrayType *order_ids)
{
	MemoryContext caller = CurrentMemoryContext;
	RouteArgument arguments[] = {{TEXTARRAYOID, plan->orders}};
	Datum		locked;

	oms_spi_connect();
	oms_route_run(psprintf("SELECT COALESCE(array_agg(q.order_id), '{}') FROM (SELECT o.order_id "
						   "FROM oms.order_row o WHERE o.status = 'open' AND (o.order_id = ANY ($1) "
						   "OR o.order_id IN (SELECT f.order_id FROM oms.fulfillment_row f "
						   "WHERE f.status = 'assigned' %s)) FOR NO KEY UPDATE SKIP LOCKED) q",
						   oms_route_filter("f.order_id", order_ids)), 1, arguments, false);
	locked = oms_route_copy_value(0, 1, caller);
	oms_spi_finish();
	return locked;
}

static const char insert_run[] =
	"INSERT INTO oms.routing_run_row (run_id, solver, options, orders, lines, units, shipments, "
	"unfilled_units, "
	"late_lines, distance_km, cost, moved_units, not_moved_units, skipped_orders, actor, "
	"started_at, finished_at) "
	"SELECT $1, s.solver, $2, s.orders, s.lines, (SELECT COALESCE(sum(u.quantity), 0) FROM "
	"unnest($3) AS u (quantity)), "
	"s.shipments, s.unfilled, s.late, round(COALESCE(s.distance_km, 0)::numeric, 1), s.cost, $4, "
	"$5, "
	"(SELECT count(*) FROM unnest($6) AS u (order_id) WHERE u.order_id <> ALL ($7)), $8, $9, "
	"clock_timestamp() "
	"FROM oms.plan_summary() s "
	"RETURNING run_id, orders, lines, units, shipments, unfilled_units, late_lines, distance_km, "
	"cost, moved_units, "
	"not_moved_units, skipped_orders";

static OmsPlan next_run_id = {
	"SELECT pg_catalog.nextval('oms.routing_run_id_seq')", 0, {NULL}
};

/* route plans, applies, and puts the summary row into the result set. */
static void
route(FunctionCallInfo fcinfo, const char *solver, ArrayType *order_ids,
	  const RouteOptions *options, text *actor)
{
	MemoryContext caller = CurrentMemoryContext;
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	TimestampTz started = GetCurrentTimestamp();
	instr_time	start;
	instr_time	now;
	RouteArgument call[PLAN_ARGUMENTS];
	RoutePlan	plan;
	Datum		locked;
	Datum		run_id;
	int64		moved = 0;
	int64		not_moved = 0;
	Datum		values[13];
	bool		nulls[13] = {0};

	INSTR_TIME_SET_CURRENT(start);
	LockRelationOid(get_relname_relid("routing_run_row", get_namespace_oid("oms", false)),
					ShareRowExclusiveLock);
	oms_route_plan_call(solver, order_ids, options, call);
	plan = oms_route_make_plan(call);
	locked = lock_orders(&plan, order_ids);
	oms_route_apply_moves(&plan, locked, &moved, &not_moved);

	oms_spi_connect();
	oms_spi_execute(&next_run_id, NULL, NULL, false);
	run_id = Int64GetDatum(oms_spi_int64(0, 1));
	oms_route_decide(run_id, &plan, locked, options);
	{
		RouteArgument arguments[] = {
			{INT8OID, run_id}, {JSONBOID, JsonbPGetDatum(options->given)},
			{INT8ARRAYOID, plan.quantity}, {INT8OID, Int64GetDatum(moved)},
			{INT8OID, Int64GetDatum(not_moved)}, {TEXTARRAYOID, plan.orders},
			{TEXTARRAYOID, locked}, {TEXTOID, PointerGetDatum(actor)},
			{TIMESTAMPTZOID, TimestampTzGetDatum(started)}
		};

		if (oms_route_run(insert_run, lengthof(arguments), arguments, false) != 1)
			elog(ERROR, "the planner left no summary");
	}
	for (int c = 0; c < 12; c++)
		values[c] = oms_route_copy_value(0, c + 1, caller);
	oms_spi_finish();
	INSTR_TIME_SET_CURRENT(now);
	INSTR_TIME_SUBTRACT(now, start);
	values[12] = Float8GetDatum(INSTR_TIME_GET_DOUBLE(now));
	tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
}

static ArrayType *
order_ids_of(FunctionCallInfo fcinfo, int argno)
{
	text	  **keys;

	if (PG_ARGISNULL(argno))
		return NULL;
	(void) oms_arg_keys(fcinfo, argno, "order_ids", &keys);
	return PG_GETARG_ARRAYTYPE_P(argno);
}

/*
 * oms_route(solver, order_ids, options, actor, request_id) plans all open orders, or
 * some, together and applies it: a row. See the head of this file for what it locks.
 */
Datum
oms_route(PG_FUNCTION_ARGS)
{
	text	   *solver = oms_arg_key(fcinfo, 0, "solver");
	ArrayType  *order_ids = order_ids_of(fcinfo, 1);
	RouteOptions *options;
	text	   *actor = oms_arg_actor(fcinfo, 3);

	oms_require_not_null(fcinfo, 2, "options");
	options = oms_route_read_options(PG_GETARG_JSONB_P(2));
	InitMaterializedSRF(fcinfo, 0);
	if (!oms_request_begin(fcinfo, 4, NULL))
	{
		route(fcinfo, text_to_cstring(solver), order_ids, options, actor);
		oms_request_end(fcinfo, 4, NULL);
	}
	return (Datum) 0;
}

/*
 * oms_compare_solvers(solvers, order_ids, options): a row per solver. All of them plan
 * what the caller's query sees.
 */
Datum
oms_compare_solvers(PG_FUNCTION_ARGS)
{
	text	  **solvers;
	int			n = oms_arg_keys(fcinfo, 0, "solvers", &solvers);
	ArrayType  *order_ids = order_ids_of(fcinfo, 1);
	RouteOptions *options;

	oms_require_not_null(fcinfo, 2, "options");
	options = oms_route_read_options(PG_GETARG_JSONB_P(2));
	InitMaterializedSRF(fcinfo, 0);
	for (int i = 0; i < n; i++)
	{
		RouteArgument call[PLAN_ARGUMENTS];

		oms_route_plan_call(text_to_cstring(solvers[i]), order_ids, options, call);
		oms_spi_connect();
		oms_route_run("SELECT count(*) FROM " PLAN_CALL, PLAN_ARGUMENTS, call, true);
		oms_route_put_rows((ReturnSetInfo *) fcinfo->resultinfo,
						   oms_route_run("SELECT s.solver, s.orders, s.shipments, s.unfilled, "
										 "s.late, "
										 "round(COALESCE(s.distance_km, 0)::numeric, 1)::float8, "
										 "s.cost, s.seconds_read + s.seconds_build + "
										 "s.seconds_solve + s.seconds_check "
										 "FROM oms.plan_summary() s", 0, NULL, true));
		oms_spi_finish();
	}
	return (Datum) 0;
}

/* -------------------------------------------------------------------------
 * cancel_order
 * -------------------------------------------------------------------------
 */

static OmsPlan select_begun = {
	"SELECT f.fulfillment_id, f.status, f.location FROM oms.fulfillment_row f "
	"WHERE f.order_id OPERATOR(pg_catalog.=) $1 "
	"AND f.status OPERATOR(pg_catalog.=) ANY ('{accepted,picking,packed,ready,shipped,handed_over}') "
	"ORDER BY f.fulfillment_id LIMIT 1",
	1, {"pg_catalog.text"}
};

static OmsPlan cancel_fulfillments = {
	"WITH cancelled AS (UPDATE oms.fulfillment_row f SET status = 'cancelled', "
	"changed_at = pg_catalog.clock_timestamp() "
	"WHERE f.order_id OPERATOR(pg_catalog.=) $1 AND f.status OPERATOR(pg_catalog.=) 'assigned' "
	"RETURNING f.order_id, f.fulfillment_id) "
	"UPDATE oms.fulfillment_line_row l SET cancelled = l.quantity OPERATOR(pg_catalog.-) l.rejected "
	"FROM cancelled c WHERE l.order_id OPERATOR(pg_catalog.=) c.order_id "
	"AND l.fulfillment_id OPERATOR(pg_catalog.=) c.fulfillment_id",
	1, {"pg_catalog.text"}
};

/* cancel_work is the step of cancel_order: OM005 when a location has begun; no work is left. */
static void
cancel_work(text *order_id)
{
	Datum		values[1] = {PointerGetDatum(order_id)};

	oms_spi_connect();
	if (oms_spi_execute_latest(&select_begun, values, NULL) > 0)
		ereport(ERROR,
				(errcode(OMS_ERR_ILLEGAL_TRANSITION),
				 errmsg("order \"%s\" cannot be cancelled any more", text_to_cstring(order_id)),
				 errdetail("Fulfillment %s at location \"%s\" is %s.", oms_spi_text(0, 1),
						   oms_spi_text(0, 3), oms_spi_text(0, 2))));
	oms_spi_execute(&cancel_fulfillments, values, NULL, false);
	oms_spi_finish();
}

/* oms_routing_init registers what routing adds to the verbs of orders. */
void
oms_routing_init(void)
{
	oms_register_cancel_step(cancel_work);
}
