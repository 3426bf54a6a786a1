/*
 * steps.c
 *		The plan of a run, step by step: one step without a policy; with one, a step for
 *		each rule of each routing.
 *
 * A step plans together all lines of its routing that no earlier step has served, or
 * what is left of them. What a step gives to a line stays; a later step has what stock
 * and capacity it leaves. What the last rule of a routing leaves waits in its queue.
 * Routings are in sequence, an order in the first whose filter is true; an order in none
 * is not in the run.
 *
 * A plan is of one state of the database: all its queries see one snapshot. What it was
 * made from is noted, so that what has changed by the time it is applied is told from what
 * has not.
 *
 * Reads only, takes no locks.
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/snapmgr.h"

#include "oms.h"
#include "routing/policy.h"
#include "routing/route.h"

/* where units wait that no location can serve, without a policy */
#define DEFAULT_QUEUE "unfillable"

/*
 * $1 to $8 a call of plan_routes, $9 to $15 the plan so far, $16 step, $17 whether it is the last, $18 what
 * the cost is counted in the rest of (NULL: it is the cost)
 */
static const char add_to_plan[] =
	"WITH before AS (SELECT u.order_id, max(u.shipment) AS shipments FROM ROWS FROM (unnest($9), "
	"unnest($13)) AS u (order_id, shipment) GROUP BY u.order_id), "
	"p AS (SELECT p.order_id, p.line_no, p.location, p.quantity, "
	"p.shipment + COALESCE(b.shipments, 0) AS shipment, " ROUTE_ROUND("COALESCE(mod(p.cost, $18), p.cost)") " AS cost, "
	"p.location IS NOT NULL OR $17 AS done FROM " PLAN_CALL " p "
	"LEFT JOIN before b ON b.order_id = p.order_id) "
	"SELECT $9 || COALESCE(array_agg(p.order_id) FILTER (WHERE p.done), '{}'), "
	"$10 || COALESCE(array_agg(p.line_no) FILTER (WHERE p.done), '{}'), "
	"$11 || COALESCE(array_agg(p.location) FILTER (WHERE p.done), '{}'), "
	"$12 || COALESCE(array_agg(p.quantity) FILTER (WHERE p.done), '{}'), "
	"$13 || COALESCE(array_agg(p.shipment) FILTER (WHERE p.done), '{}'), "
	"$14 || COALESCE(array_agg(p.cost) FILTER (WHERE p.done), '{}'), "
	"$15 || array_fill($16, ARRAY[(count(*) FILTER (WHERE p.done))::int]), "
	"COALESCE(array_agg(DISTINCT p.order_id), '{}'), "
	"COALESCE(array_agg(p.order_id) FILTER (WHERE NOT p.done), '{}'), "
	"COALESCE(array_agg(p.line_no) FILTER (WHERE NOT p.done), '{}'), "
	"COALESCE(array_agg(p.location) FILTER (WHERE NOT p.done), '{}'), "
	"COALESCE(array_agg(p.quantity) FILTER (WHERE NOT p.done), '{}'), "
	"COALESCE(array_agg(DISTINCT p.order_id) FILTER (WHERE NOT p.done), '{}') FROM p";

/* $1 to $5 routing, rule, queue, days and capacity of the steps so far, $6 to $10 those of the next one */
static const char add_step[] =
	"SELECT $1 || $6, $2 || $7, $3 || $8, $4 || $9, $5 || $10";

static Datum
empty_array(Oid type)
{
	return PointerGetDatum(construct_empty_array(type));
}

static RouteArgument
text_argument(const char *text)
{
	return (RouteArgument) {
		TEXTOID, text == NULL ? (Datum) 0 : CStringGetTextDatum(text), text == NULL
	};
}

/*
 * take_step plans one step and adds it to the run. What is unfilled waits, when the step is
 * the last of its routing, or is left to the next step: *left, and the orders of that.
 */
static ArrayType *
take_step(RouteRun *run, const RouteStep *step, const PolicyRouting *routing, bool last,
		  RoutePlan *left)
{
	MemoryContext caller = CurrentMemoryContext;
	RoutePlan  *plan = &run->plan;
	RouteArgument arguments[PLAN_ARGUMENTS + 10];
	RouteArgument of_plan[] = {
		{TEXTARRAYOID, plan->order_id}, {INT4ARRAYOID, plan->line_no},
		{TEXTARRAYOID, plan->location}, {INT8ARRAYOID, plan->quantity},
		{INT4ARRAYOID, plan->shipment}, {NUMERICARRAYOID, plan->cost},
		{INT4ARRAYOID, plan->step}, {INT4OID, Int32GetDatum(++run->nsteps)},
		{BOOLOID, BoolGetDatum(last)}, {NUMERICOID, 0, true}
	};
	RouteArgument of_step[] = {
		{TEXTARRAYOID, run->routings}, {INT4ARRAYOID, run->rules}, {TEXTARRAYOID, run->queues},
		{NUMERICARRAYOID, run->cancel_after_days}, {BOOLARRAYOID, run->ignores_capacity},
		text_argument(routing == NULL ? NULL : routing->name),
		{INT4OID, step->rule == NULL ? (Datum) 0 : Int32GetDatum(step->rule->rule_no),
		step->rule == NULL},
		text_argument(routing == NULL ? DEFAULT_QUEUE : routing->queue),
		{NUMERICOID, 0, true},
		{BOOLOID, BoolGetDatum(step->rule != NULL && step->rule->ignore_capacity)}
	};
	Datum		orders;
	Datum		left_orders;

	if (routing != NULL && routing->cancel_after_days != NULL)
		of_step[8] = (RouteArgument) {
			NUMERICOID, oms_route_numeric(routing->cancel_after_days)
		};
	if (step->rule != NULL && step->rule->criteria.n > 0)
		of_plan[9] = (RouteArgument) {
			NUMERICOID, oms_route_numeric(CRITERIA_PLACE)
		};
	oms_route_plan_call(run->solver, step, run->options, arguments);
	memcpy(arguments + PLAN_ARGUMENTS, of_plan, sizeof(of_plan));
	oms_spi_connect();
	oms_route_run(add_to_plan, lengthof(arguments), arguments, true);
	plan->order_id = oms_route_copy_value(0, 1, caller);
	plan->line_no = oms_route_copy_value(0, 2, caller);
	plan->location = oms_route_copy_value(0, 3, caller);
	plan->quantity = oms_route_copy_value(0, 4, caller);
	plan->shipment = oms_route_copy_value(0, 5, caller);
	plan->cost = oms_route_copy_value(0, 6, caller);
	plan->step = oms_route_copy_value(0, 7, caller);
	orders = oms_route_copy_value(0, 8, caller);
	left->order_id = oms_route_copy_value(0, 9, caller);
	left->line_no = oms_route_copy_value(0, 10, caller);
	left->location = oms_route_copy_value(0, 11, caller);
	left->quantity = oms_route_copy_value(0, 12, caller);
	left_orders = oms_route_copy_value(0, 13, caller);

	oms_route_run(add_step, lengthof(of_step), of_step, true);
	run->routings = oms_route_copy_value(0, 1, caller);
	run->rules = oms_route_copy_value(0, 2, caller);
	run->queues = oms_route_copy_value(0, 3, caller);
	run->cancel_after_days = oms_route_copy_value(0, 4, caller);
	run->ignores_capacity = oms_route_copy_value(0, 5, caller);
	oms_spi_finish();
	if (run->prices != NULL)
		oms_route_note_prices(run->prices);
	if (!run->options->past)
	{
		oms_progress_phase(OMS_PHASE_EXPLAIN, oms_route_cardinality(orders));
		oms_route_judge(run, step->rule, orders);
	}
	return DatumGetArrayTypeP(left_orders);
}

/* take_rules takes a routing's steps over its orders, until nothing is left. */
static void
take_rules(RouteRun *run, const PolicyRouting *routing, ArrayType *orders)
{
	RoutePlan	left;
	RoutePlan	next;
	RouteStep	step = {.run_orders = run->run_orders, .orders = orders,
		.avoided_orders = run->avoided_orders, .avoided_locations = run->avoided_locations};

	for (int i = 0; i < routing->nrules && oms_route_cardinality(PointerGetDatum(step.orders)) > 0; i++)
	{
		CHECK_FOR_INTERRUPTS();
		step.rule = &routing->rules[i];
		step.earlier = run->nsteps == 0 ? NULL : &run->plan;
		step.orders = take_step(run, &step, routing, i == routing->nrules - 1, &next);
		left = next;
		step.left = &left;
	}
}

/* held_query tells what each order holds, and where, in one number. */
static char *
held_query(const RouteRun *run, ArrayType *orders)
{
	return psprintf("SELECT h.order_id, bit_xor(hashtextextended(concat_ws(chr(31), h.plan_line, h.sku, "
					"h.location, h.quantity), 0)) AS held FROM %s h WHERE true %s"
					"GROUP BY h.order_id", run->options->held, oms_route_filter("h.order_id", orders));
}

/* note_planned notes what of each order is planned: what it holds, and where. */
static void
note_planned(RouteRun *run)
{
	MemoryContext caller = CurrentMemoryContext;

	oms_spi_connect();
	oms_route_run(psprintf("SELECT COALESCE(array_agg(h.order_id), '{}'), COALESCE(array_agg(h.held), '{}') "
						   "FROM (%s) h", held_query(run, run->run_orders)), 0, NULL, true);
	run->planned_orders = oms_route_copy_value(0, 1, caller);
	run->planned = oms_route_copy_value(0, 2, caller);
	oms_spi_finish();
}

/*
 * oms_route_unchanged are those of the orders, which are locked, that hold what they held
 * when the run was planned.
 */
Datum
oms_route_unchanged(const RouteRun *run, Datum orders)
{
	MemoryContext caller = CurrentMemoryContext;
	RouteArgument arguments[] = {
		{TEXTARRAYOID, orders}, {TEXTARRAYOID, run->planned_orders}, {INT8ARRAYOID, run->planned}
	};
	Datum		unchanged;

	oms_spi_connect();
	oms_route_run(psprintf("SELECT COALESCE(array_agg(o.order_id), '{}') FROM unnest($1) AS o (order_id) "
						   "LEFT JOIN ROWS FROM (unnest($2), unnest($3)) AS p (order_id, held) "
						   "ON p.order_id = o.order_id LEFT JOIN (%s) h ON h.order_id = o.order_id "
						   "WHERE h.held IS NOT DISTINCT FROM p.held",
						   held_query(run, DatumGetArrayTypeP(orders))), lengthof(arguments), arguments, false);
	unchanged = oms_route_copy_value(0, 1, caller);
	oms_spi_finish();
	return unchanged;
}

/* oms_route_plan_steps plans what oms_route_plan says, by the active snapshot. */
void
oms_route_plan_steps(RouteRun *run, ArrayType *order_ids)
{
	ArrayType **taken;
	RoutePlan	left;

	run->run_orders = order_ids;
	run->nsteps = 0;
	run->plan.order_id = run->plan.location = empty_array(TEXTOID);
	run->plan.line_no = run->plan.shipment = run->plan.step = empty_array(INT4OID);
	run->plan.quantity = empty_array(INT8OID);
	run->plan.cost = run->cancel_after_days = empty_array(NUMERICOID);
	run->routings = run->queues = run->judged_orders = empty_array(TEXTOID);
	run->rules = empty_array(INT4OID);
	run->judged = empty_array(JSONBOID);
	run->ignores_capacity = empty_array(BOOLOID);
	if (run->avoided_orders == (Datum) 0)
		run->avoided_orders = run->avoided_locations = empty_array(TEXTOID);
	if (run->policy == NULL)
	{
		RouteStep	step = {.run_orders = order_ids, .avoided_orders = run->avoided_orders,
			.avoided_locations = run->avoided_locations};

		note_planned(run);
		(void) take_step(run, &step, NULL, true, &left);
		return;
	}

	taken = palloc(sizeof(ArrayType *) * run->policy->nroutings);
	run->run_orders = construct_empty_array(TEXTOID);
	for (int i = 0; i < run->policy->nroutings; i++)
	{
		ArrayType  *of_routing = oms_policy_orders(&run->policy->routings[i], order_ids, run->options->held);
		Datum		before = PointerGetDatum(run->run_orders);

		taken[i] = DatumGetArrayTypeP(oms_route_except(PointerGetDatum(of_routing), before));
		run->run_orders = DatumGetArrayTypeP(oms_route_union(before, PointerGetDatum(taken[i])));
	}
	note_planned(run);
	for (int i = 0; i < run->policy->nroutings; i++)
		take_rules(run, &run->policy->routings[i], taken[i]);
}

/*
 * oms_route_plan plans a run over all open orders, or over order_ids; with a policy, over
 * those that its routings take. All of it sees the database in one state, with what this
 * transaction has done.
 */
void
oms_route_plan(RouteRun *run, ArrayType *order_ids)
{
	CommandCounterIncrement();
	PushActiveSnapshot(GetTransactionSnapshot());
	oms_route_plan_steps(run, order_ids);
	PopActiveSnapshot();
}
