/*
 * route.c
 *		oms.route: the planner over oms's own orders, and its decisions applied; and
 *		route_one, reroute, simulate and compare_solvers.
 *
 * A run has three phases. Plan (steps.c, demand.c): oms.plan_routes reads queries over oms's
 * tables, in one snapshot and without locks, once, or for each rule of a policy. Lock: the
 * orders of the plan that are still open are locked without waiting; those that somebody else
 * has locked are left and counted. Apply: capacity is taken (capacity.c), holds move (moves.c),
 * then decisions and fulfillments are written from what is held after the moves (decide.c), and
 * what no rule serves is backordered where its routing says so (unserved.c). An order that has
 * changed since it was planned, or that does not get the capacity or the units it was to have,
 * is not forced: it is planned again with what is there then, at most MAX_ROUNDS times. After
 * the last round what is not as planned waits in queue changed. A run of all orders leaves its
 * prices to the runs of single ones (worth.c).
 *
 * Any number of runs may be on at once. Who plans an order that another run has decided
 * meanwhile finds it changed. A run waits for no other: it locks orders and reservations
 * without waiting, and whoever changes an order's reservations or its work as a set locks the
 * order first, so that no row a run writes is locked by somebody who waits for it.
 *
 * Locks, in this order: rows of order_row (skip locked), kept to the end; those of capacity.c
 * and of moves.c, in each round; those of worth.c (skip locked). None of them is waited for but key
 * locks, which are held one at a time and briefly; so the order of the rounds needs no proof.
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
#include "routing/capacity.h"
#include "routing/plan.h"
#include "routing/route.h"
#include "stock/stock.h"

PG_FUNCTION_INFO_V1(oms_route);
PG_FUNCTION_INFO_V1(oms_route_one);
PG_FUNCTION_INFO_V1(oms_reroute);
PG_FUNCTION_INFO_V1(oms_simulate);
PG_FUNCTION_INFO_V1(oms_compare_solvers);

/* How often an order is planned in one run, when it changes under it. */
#define MAX_ROUNDS 3

/*
 * lock_orders locks the orders of the plan that are open and that nobody else has
 * locked, and those with an assigned fulfillment that hold nothing any more; their keys.
 */
static Datum
lock_orders(const RouteRun *run)
{
	MemoryContext caller = CurrentMemoryContext;
	RouteArgument arguments[] = {{TEXTARRAYOID, run->planned_orders}};
	Datum		locked;

	oms_spi_connect();
	oms_route_run(psprintf("SELECT COALESCE(array_agg(q.order_id), '{}') FROM (SELECT o.order_id "
						   "FROM oms.order_row o WHERE o.status = 'open' AND (o.order_id = ANY ($1) "
						   "OR o.order_id IN (SELECT f.order_id FROM oms.fulfillment_row f "
						   "WHERE f.status = 'assigned' %s)) FOR NO KEY UPDATE SKIP LOCKED) q",
						   oms_route_filter("f.order_id", run->run_orders)), 1, arguments, false);
	locked = oms_route_copy_value(0, 1, caller);
	oms_spi_finish();
	return locked;
}

/*
 * $1 to $4 the plan, $5 orders, $6 and $7 orders and locations to be avoided so far; to these are
 * added those where an order does not hold everything that is wanted there. Then the orders that do.
 */
static const char select_as_planned[] =
	"WITH missing AS (SELECT u.order_id, u.location FROM (SELECT u.order_id, u.line_no, u.location, "
	"sum(u.quantity) AS quantity FROM ROWS FROM (unnest($1), unnest($2), unnest($3), unnest($4)) "
	"AS u (order_id, line_no, location, quantity) WHERE u.order_id = ANY ($5) AND u.location IS NOT NULL "
	"GROUP BY u.order_id, u.line_no, u.location) u "
	"LEFT JOIN oms.routing_held h ON h.order_id = u.order_id AND h.plan_line = u.line_no "
	"AND h.location = u.location AND h.order_id = ANY ($5) WHERE u.quantity > COALESCE(h.quantity, 0)) "
	"SELECT $6 || COALESCE(array_agg(m.order_id), '{}'), $7 || COALESCE(array_agg(m.location), '{}'), "
	"(SELECT COALESCE(array_agg(o.order_id), '{}') FROM unnest($5) AS o (order_id) "
	"WHERE o.order_id NOT IN (SELECT m.order_id FROM missing m)) FROM missing m";

/* as_planned are those of the orders that hold everything where it is wanted; what others lack is avoided. */
static Datum
as_planned(RouteRun *run, Datum orders)
{
	MemoryContext caller = CurrentMemoryContext;
	RouteArgument arguments[] = {
		{TEXTARRAYOID, run->plan.order_id}, {INT4ARRAYOID, run->plan.line_no},
		{TEXTARRAYOID, run->plan.location}, {INT8ARRAYOID, run->plan.quantity}, {TEXTARRAYOID, orders},
		{TEXTARRAYOID, run->avoided_orders}, {TEXTARRAYOID, run->avoided_locations}
	};
	Datum		result;

	oms_spi_connect();
	oms_route_run(select_as_planned, lengthof(arguments), arguments, false);
	run->avoided_orders = oms_route_copy_value(0, 1, caller);
	run->avoided_locations = oms_route_copy_value(0, 2, caller);
	result = oms_route_copy_value(0, 3, caller);
	oms_spi_finish();
	return result;
}

/*
 * What was decided. $1 run, $2 solver, $3 options, $4 and $5 units moved and not, $6 orders skipped, $7
 * actor, $8 started, $9 policy and its version, $10 the orders, $11 and $12 seconds of planning and moving
 */
static const char insert_run[] =
	"INSERT INTO oms.routing_run_row (run_id, solver, options, orders, lines, units, shipments, "
	"unfilled_units, late_lines, distance_km, cost, moved_units, not_moved_units, skipped_orders, "
	"actor, started_at, finished_at, policy, policy_version, plan_seconds, move_seconds) "
	"SELECT $1, $2, $3, count(DISTINCT d.order_id) + $6, count(DISTINCT (d.order_id, d.line_no)), "
	"COALESCE(sum(d.quantity), 0), count(DISTINCT (d.order_id, d.shipment)) FILTER (WHERE d.location IS NOT NULL), "
	"COALESCE(sum(d.quantity) FILTER (WHERE d.location IS NULL), 0), "
	"count(DISTINCT (d.order_id, d.line_no)) FILTER (WHERE d.late_seconds > 0), "
	"COALESCE(sum(d.distance_km) FILTER (WHERE d.first), 0), COALESCE(sum(d.cost), 0), $4, $5, $6, $7, $8, "
	"clock_timestamp(), $9[1], $9[2]::integer, $11, $12 "
	"FROM (SELECT d.*, row_number() OVER (PARTITION BY d.order_id, d.shipment ORDER BY d.line_no, d.part) = 1 AS first "
	"FROM oms.decision_line_row d WHERE d.run_id = $1 AND d.order_id = ANY ($10)) d "
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

/* lap is the seconds since *mark, which becomes now. */
static double
lap(instr_time *mark)
{
	instr_time	now;
	double		seconds;

	INSTR_TIME_SET_CURRENT(now);
	seconds = INSTR_TIME_GET_DOUBLE(now) - INSTR_TIME_GET_DOUBLE(*mark);
	*mark = now;
	return seconds;
}

/* route plans, applies, and puts the summary row into the result set. */
static void
route(FunctionCallInfo fcinfo, RouteRun *run, ArrayType *order_ids, text *actor)
{
	MemoryContext caller = CurrentMemoryContext;
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	TimestampTz started = GetCurrentTimestamp();
	instr_time	start;
	instr_time	mark;
	double		plan_seconds = 0;
	double		move_seconds = 0;
	Datum		run_id;
	Datum		decided = PointerGetDatum(construct_empty_array(TEXTOID));
	int64		moved = 0;
	int64		not_moved;
	int64		skipped = 0;
	Datum		values[13];
	bool		nulls[13] = {0};
	RoutePrices prices = {0};
	bool		began = oms_progress_begin(OMS_CALL_ROUTE);

	INSTR_TIME_SET_CURRENT(start);
	oms_spi_connect();
	oms_spi_execute(&next_run_id, NULL, NULL, false);
	run_id = Int64GetDatum(oms_spi_int64(0, 1));
	oms_spi_finish();
	for (int round = 1;; round++)
	{
		bool		last = round == MAX_ROUNDS;
		CapacityTaken taken;
		Datum		locked;
		Datum		ready;
		Datum		refused;
		Datum		done;
		Datum		again;

		run->prices = order_ids == NULL ? &prices : NULL;
		INSTR_TIME_SET_CURRENT(mark);
		oms_route_plan(run, order_ids);
		plan_seconds += lap(&mark);
		oms_progress_phase(OMS_PHASE_LOCK, oms_route_cardinality(run->planned_orders));
		locked = lock_orders(run);
		ready = last ? locked : oms_route_unchanged(run, locked);
		refused = oms_route_take_capacity(run, ready, &taken);
		done = oms_route_except(ready, refused);
		not_moved = 0;
		oms_route_apply_moves(&run->plan, done, &moved, &not_moved);
		done = last ? locked : as_planned(run, done);
		move_seconds += lap(&mark);
		oms_progress_phase(OMS_PHASE_WRITE, oms_route_cardinality(done));
		oms_spi_connect();
		oms_route_decide(run_id, run, done, refused);
		oms_spi_finish();
		oms_route_write_capacity(run, ready, &taken);
		oms_route_backorder(run_id, run, done);

		again = oms_route_intersect(run->planned_orders, oms_route_except(locked, done));
		skipped += oms_route_cardinality(oms_route_except(run->planned_orders, locked));
		decided = oms_route_union(decided, done);
		if (oms_route_cardinality(again) == 0)
			break;
		order_ids = DatumGetArrayTypeP(again);
	}

	oms_spi_connect();
	{
		RouteArgument arguments[] = {
			{INT8OID, run_id}, {TEXTOID, CStringGetTextDatum(run->solver)},
			{JSONBOID, JsonbPGetDatum(run->options->given)},
			{INT8OID, Int64GetDatum(moved)}, {INT8OID, Int64GetDatum(not_moved)},
			{INT8OID, Int64GetDatum(skipped)},
			{TEXTOID, PointerGetDatum(actor)}, {TIMESTAMPTZOID, TimestampTzGetDatum(started)},
			{TEXTARRAYOID, policy_of(run)}, {TEXTARRAYOID, decided},
			{FLOAT8OID, Float8GetDatum(plan_seconds)}, {FLOAT8OID, Float8GetDatum(move_seconds)}
		};

		oms_route_run(insert_run, lengthof(arguments), arguments, false);
	}
	for (int c = 0; c < 12; c++)
		values[c] = oms_route_copy_value(0, c + 1, caller);
	oms_route_keep_prices(run_id, &prices);
	oms_spi_finish();
	values[12] = Float8GetDatum(lap(&start));
	tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	oms_progress_end(began);
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
 * read_options reads the options of a run over order_ids. 22023 what is none, and stored prices in
 * a run over all orders, which makes its own.
 */
static RouteOptions *
read_options(FunctionCallInfo fcinfo, int argno, ArrayType *order_ids)
{
	RouteOptions *options;

	oms_require_not_null(fcinfo, argno, "options");
	options = oms_route_read_options(PG_GETARG_JSONB_P(argno));
	if (options->stored_prices && order_ids == NULL)
		oms_refuse_option("stored_prices", "is for some orders: name them in order_ids");
	return options;
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

	run->solver = text_to_cstring(solver);
	run->options = read_options(fcinfo, 2, order_ids);
	InitMaterializedSRF(fcinfo, 0);
	if (!oms_request_begin(fcinfo, 4, NULL))
	{
		if (!PG_ARGISNULL(5))
			run->policy = oms_policy_read(oms_arg_key(fcinfo, 5, "policy"), NULL);
		route(fcinfo, run, order_ids, actor);
		oms_request_end(fcinfo, 4, NULL);
	}
	return (Datum) 0;
}

static OmsPlan select_order = {
	"SELECT FROM oms.order_row o WHERE o.order_id = $1", 1, {"text"}
};

/* require_order raises OM004 for an order there is not. */
static void
require_order(text *order_id)
{
	Datum		values[] = {PointerGetDatum(order_id)};

	oms_spi_connect();
	if (oms_spi_execute(&select_order, values, NULL, true) == 0)
		ereport(ERROR,
				(errcode(OMS_ERR_UNKNOWN_KEY),
				 errmsg("order \"%s\" is unknown", text_to_cstring(order_id))));
	oms_spi_finish();
}

/*
 * oms_route_one(order_id, policy, options, actor, request_id) is route for one order, by
 * stored prices unless the options say otherwise. OM004 unknown order, and as route.
 */
Datum
oms_route_one(PG_FUNCTION_ARGS)
{
	text	   *order_id = oms_arg_key(fcinfo, 0, "order_id");
	RouteRun   *run = palloc0(sizeof(RouteRun));
	text	   *actor = oms_arg_actor(fcinfo, 3);
	Datum		ours = DirectFunctionCall1(jsonb_in, CStringGetDatum("{\"stored_prices\": true}"));

	oms_require_not_null(fcinfo, 2, "options");
	run->solver = DEFAULT_SOLVER;
	if (JB_ROOT_IS_OBJECT(PG_GETARG_JSONB_P(2)))
		ours = DirectFunctionCall2(jsonb_concat, ours, PG_GETARG_DATUM(2));
	else
		ours = PG_GETARG_DATUM(2);
	run->options = oms_route_read_options(DatumGetJsonbP(ours));
	InitMaterializedSRF(fcinfo, 0);
	if (!oms_request_begin(fcinfo, 4, NULL))
	{
		Datum		order = PointerGetDatum(order_id);

		require_order(order_id);
		if (!PG_ARGISNULL(1))
			run->policy = oms_policy_read(oms_arg_key(fcinfo, 1, "policy"), NULL);
		route(fcinfo, run, DatumGetArrayTypeP(oms_text_array(1, &order)), actor);
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
			run->policy = oms_policy_read(oms_arg_key(fcinfo, 1, "policy"), NULL);
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
	"AS t (routing, rule_no, queue, step) ON t.step = u.step WHERE u.location IS NOT NULL OR t.queue IS NOT NULL "
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
	bool		began;

	run->solver = text_to_cstring(solver);
	run->options = read_options(fcinfo, 2, order_ids);
	if (!PG_ARGISNULL(3))
		run->policy = oms_policy_read(oms_arg_key(fcinfo, 3, "policy"), NULL);
	InitMaterializedSRF(fcinfo, 0);
	began = oms_progress_begin(OMS_CALL_SIMULATE);
	oms_route_plan(run, order_ids);
	oms_progress_end(began);
	{
		RouteArgument arguments[] = {
			{TEXTARRAYOID, run->plan.order_id}, {INT4ARRAYOID, run->plan.line_no},
			{TEXTARRAYOID, run->plan.location}, {INT8ARRAYOID, run->plan.quantity},
			{INT4ARRAYOID, run->plan.shipment}, {NUMERICARRAYOID, run->plan.cost},
			{INT4ARRAYOID, run->plan.step}, {TEXTARRAYOID, run->routings},
			{INT4ARRAYOID, run->rules}, {TEXTARRAYOID, run->queues}
		};

		oms_spi_connect();
		oms_spi_put_rows((ReturnSetInfo *) fcinfo->resultinfo,
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

	options = read_options(fcinfo, 2, order_ids);
	InitMaterializedSRF(fcinfo, 0);
	for (int i = 0; i < n; i++)
	{
		RouteStep	step = {.run_orders = order_ids};
		RouteArgument call[PLAN_ARGUMENTS];

		oms_route_plan_call(text_to_cstring(solvers[i]), &step, options, call);
		oms_spi_connect();
		oms_route_run("SELECT count(*) FROM " PLAN_CALL, PLAN_ARGUMENTS, call, true);
		oms_spi_put_rows((ReturnSetInfo *) fcinfo->resultinfo,
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
