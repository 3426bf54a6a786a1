/*
 * route.c
 *		oms.route: the planner over oms's own orders, and its decisions applied; and
 *		reroute, simulate and compare_solvers.
 *
 * A run has three phases. Plan (steps.c, demand.c): oms.plan_routes reads queries over oms's
 * tables, without locks, once, or for each rule of a policy. Lock: the orders of the plan that are still open, and
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
#include "stock/stock.h"

#define DEFAULT_SOLVER "batch"

PG_FUNCTION_INFO_V1(oms_route);
PG_FUNCTION_INFO_V1(oms_reroute);
PG_FUNCTION_INFO_V1(oms_simulate);
PG_FUNCTION_INFO_V1(oms_compare_solvers);

/*
 * lock_orders locks the orders of the plan that are open and that nobody else has
 * locked, and those with an assigned fulfillment that hold nothing any more; their keys.
 */
static Datum
lock_orders(const RoutePlan *plan, ArrayType *order_ids)
{
	MemoryContext caller = CurrentMemoryContext;
	RouteArgument arguments[] = {{TEXTARRAYOID, plan->order_id}};
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

/*
 * $1 run, $2 solver, $3 options, $4 to $8 the plan, $9 late lines, $10 kilometres, $11 and $12
 * units moved and not, $13 locked orders, $14 actor, $15 started, $16 policy and its version
 */
static const char insert_run[] =
	"INSERT INTO oms.routing_run_row (run_id, solver, options, orders, lines, units, shipments, "
	"unfilled_units, late_lines, distance_km, cost, moved_units, not_moved_units, skipped_orders, "
	"actor, started_at, finished_at, policy, policy_version) "
	"SELECT $1, $2, $3, count(DISTINCT u.order_id), count(DISTINCT (u.order_id, u.line_no)), "
	"COALESCE(sum(u.quantity), 0), count(DISTINCT (u.order_id, u.shipment)) FILTER (WHERE "
	"u.shipment IS NOT NULL), COALESCE(sum(u.quantity) FILTER (WHERE u.shipment IS NULL), 0), $9, "
	"round($10::numeric, 1), COALESCE(sum(u.cost), 0), $11, $12, "
	"count(DISTINCT u.order_id) FILTER (WHERE u.order_id <> ALL ($13)), $14, $15, "
	"clock_timestamp(), $16[1], $16[2]::integer "
	"FROM ROWS FROM (unnest($4), unnest($5), unnest($6), unnest($7), unnest($8)) "
	"AS u (order_id, line_no, quantity, shipment, cost) "
	"RETURNING run_id, orders, lines, units, shipments, unfilled_units, late_lines, distance_km, "
	"cost, moved_units, not_moved_units, skipped_orders";

static OmsPlan next_run_id = {
	"SELECT pg_catalog.nextval('oms.routing_run_id_seq')", 0, {NULL}
};

/* policy_of is the policy of a run and its version as text[]; empty without one. */
static Datum
policy_of(const RouteRun *run)
{
	Datum		elements[2];

	if (run->policy == NULL)
		return PointerGetDatum(construct_empty_array(TEXTOID));
	elements[0] = PointerGetDatum(run->policy->name);
	elements[1] = CStringGetTextDatum(psprintf("%d", run->policy->version));
	return oms_text_array(2, elements);
}

/* route plans, applies, and puts the summary row into the result set. */
static void
route(FunctionCallInfo fcinfo, RouteRun *run, ArrayType *order_ids, text *actor)
{
	MemoryContext caller = CurrentMemoryContext;
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	TimestampTz started = GetCurrentTimestamp();
	instr_time	start;
	instr_time	now;
	Datum		locked;
	Datum		run_id;
	int64		moved = 0;
	int64		not_moved = 0;
	Datum		values[13];
	bool		nulls[13] = {0};

	INSTR_TIME_SET_CURRENT(start);
	LockRelationOid(get_relname_relid("routing_run_row", get_namespace_oid("oms", false)),
					ShareRowExclusiveLock);
	oms_route_plan(run, order_ids);
	locked = lock_orders(&run->plan, run->run_orders);
	oms_route_apply_moves(&run->plan, locked, &moved, &not_moved);

	oms_spi_connect();
	oms_spi_execute(&next_run_id, NULL, NULL, false);
	run_id = Int64GetDatum(oms_spi_int64(0, 1));
	oms_route_decide(run_id, run, locked);
	{
		RouteArgument arguments[] = {
			{INT8OID, run_id}, {TEXTOID, CStringGetTextDatum(run->solver)},
			{JSONBOID, JsonbPGetDatum(run->options->given)},
			{TEXTARRAYOID, run->plan.order_id}, {INT4ARRAYOID, run->plan.line_no},
			{INT8ARRAYOID, run->plan.quantity}, {INT4ARRAYOID, run->plan.shipment},
			{NUMERICARRAYOID, run->plan.cost}, {INT8OID, run->late_lines},
			{FLOAT8OID, run->distance_km}, {INT8OID, Int64GetDatum(moved)},
			{INT8OID, Int64GetDatum(not_moved)}, {TEXTARRAYOID, locked},
			{TEXTOID, PointerGetDatum(actor)}, {TIMESTAMPTZOID, TimestampTzGetDatum(started)},
			{TEXTARRAYOID, policy_of(run)}
		};

		oms_route_run(insert_run, lengthof(arguments), arguments, false);
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
 * oms_route(solver, order_ids, options, actor, request_id, policy) plans all open orders, or
 * some, together, or rule by rule of a policy, and applies it: a row. See the head of this
 * file for what it locks. OM004 for a policy without an active version.
 */
Datum
oms_route(PG_FUNCTION_ARGS)
{
	text	   *solver = oms_arg_key(fcinfo, 0, "solver");
	ArrayType  *order_ids = order_ids_of(fcinfo, 1);
	RouteRun   *run = palloc0(sizeof(RouteRun));
	text	   *actor = oms_arg_actor(fcinfo, 3);

	oms_require_not_null(fcinfo, 2, "options");
	run->solver = text_to_cstring(solver);
	run->options = oms_route_read_options(PG_GETARG_JSONB_P(2));
	InitMaterializedSRF(fcinfo, 0);
	if (!oms_request_begin(fcinfo, 4, NULL))
	{
		if (!PG_ARGISNULL(5))
			run->policy = oms_policy_read(oms_arg_key(fcinfo, 5, "policy"));
		route(fcinfo, run, order_ids, actor);
		oms_request_end(fcinfo, 4, NULL);
	}
	return (Datum) 0;
}

static const char select_held_at[] =
	"SELECT COALESCE(array_agg(DISTINCT h.order_id), '{}') FROM oms.routing_held h "
	"WHERE h.location = $1";

/*
 * oms_reroute(location, policy, options, actor, request_id) is route for the orders that hold
 * units at the location, but for work that has begun. OM004 unknown location, and as route.
 */
Datum
oms_reroute(PG_FUNCTION_ARGS)
{
	text	   *location = oms_arg_key(fcinfo, 0, "location");
	RouteArgument arguments[] = {{TEXTOID, PointerGetDatum(location)}};
	RouteRun   *run = palloc0(sizeof(RouteRun));
	text	   *actor = oms_arg_actor(fcinfo, 3);
	MemoryContext caller = CurrentMemoryContext;

	oms_require_not_null(fcinfo, 2, "options");
	oms_require_location(location);
	run->solver = DEFAULT_SOLVER;
	run->options = oms_route_read_options(PG_GETARG_JSONB_P(2));
	InitMaterializedSRF(fcinfo, 0);
	if (!oms_request_begin(fcinfo, 4, NULL))
	{
		Datum		order_ids;

		if (!PG_ARGISNULL(1))
			run->policy = oms_policy_read(oms_arg_key(fcinfo, 1, "policy"));
		oms_spi_connect();
		oms_route_run(select_held_at, lengthof(arguments), arguments, false);
		order_ids = oms_route_copy_value(0, 1, caller);
		oms_spi_finish();
		route(fcinfo, run, DatumGetArrayTypeP(order_ids), actor);
		oms_request_end(fcinfo, 4, NULL);
	}
	return (Datum) 0;
}

/* $1 to $7 the plan, $8 to $10 its steps: routing, rule, queue */
static const char select_simulation[] =
	"SELECT u.order_id, h.line_no, h.sku, u.quantity, u.location, u.shipment, "
	"CASE WHEN u.location IS NOT NULL THEN u.cost END, t.routing, t.rule_no, CASE WHEN u.location IS NULL THEN t.queue END "
	"FROM ROWS FROM (unnest($1), unnest($2), unnest($3), unnest($4), unnest($5), unnest($6), "
	"unnest($7)) AS u (order_id, plan_line, location, quantity, shipment, cost, step) "
	"JOIN (SELECT DISTINCT h.order_id, h.plan_line, h.line_no, h.sku FROM oms.routing_held h) h "
	"ON h.order_id = u.order_id AND h.plan_line = u.plan_line "
	"JOIN ROWS FROM (unnest($8), unnest($9), unnest($10)) WITH ORDINALITY "
	"AS t (routing, rule_no, queue, step) ON t.step = u.step "
	"ORDER BY u.order_id COLLATE \"C\", h.line_no, h.sku COLLATE \"C\", u.step, u.location COLLATE \"C\"";

/*
 * oms_simulate(solver, order_ids, options, policy): what route would decide now, as rows.
 * Nothing is written or locked. Errors as route.
 */
Datum
oms_simulate(PG_FUNCTION_ARGS)
{
	text	   *solver = oms_arg_key(fcinfo, 0, "solver");
	ArrayType  *order_ids = order_ids_of(fcinfo, 1);
	RouteRun   *run = palloc0(sizeof(RouteRun));

	oms_require_not_null(fcinfo, 2, "options");
	run->solver = text_to_cstring(solver);
	run->options = oms_route_read_options(PG_GETARG_JSONB_P(2));
	if (!PG_ARGISNULL(3))
		run->policy = oms_policy_read(oms_arg_key(fcinfo, 3, "policy"));
	InitMaterializedSRF(fcinfo, 0);
	oms_route_plan(run, order_ids);
	{
		RouteArgument arguments[] = {
			{TEXTARRAYOID, run->plan.order_id}, {INT4ARRAYOID, run->plan.line_no},
			{TEXTARRAYOID, run->plan.location}, {INT8ARRAYOID, run->plan.quantity},
			{INT4ARRAYOID, run->plan.shipment}, {NUMERICARRAYOID, run->plan.cost},
			{INT4ARRAYOID, run->plan.step}, {TEXTARRAYOID, run->routings},
			{INT4ARRAYOID, run->rules}, {TEXTARRAYOID, run->queues}
		};

		oms_spi_connect();
		oms_route_put_rows((ReturnSetInfo *) fcinfo->resultinfo,
						   oms_route_run(select_simulation, lengthof(arguments), arguments, false));
		oms_spi_finish();
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
		RouteStep	step = {.run_orders = order_ids};
		RouteArgument call[PLAN_ARGUMENTS];

		oms_route_plan_call(text_to_cstring(solvers[i]), &step, options, call);
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
