/*
 * steps.c
 *		The plan of a run, step by step: one step without a policy; with one, a step for
 *		each rule of each routing.
 *
 * A step plans together all lines of its routing that no earlier step has served, or
 * what is left of them, with the stock and capacity that earlier steps leave. Where that does
 * not suffice, what earlier steps serve may move (tiers.c), but stays served. What the last
 * rule of a routing leaves waits in its queue. A plan that gives to others what waits and cannot
 * make room is made again without it (stays.c).
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

/* how often a run is planned because of what stays where it is: each time takes as long as the first */
#define MAX_PLANS 10

/* where units wait that no location can serve, without a policy */
#define DEFAULT_QUEUE "unfillable"

/*
 * $1 to $8 a call of plan_routes, $9 what the cost is counted in the rest of (NULL: it is the cost). Then
 * how many units of which priority it leaves.
 */
static const char call_plan[] =
	"SELECT COALESCE(array_agg(p.order_id), '{}'), COALESCE(array_agg(p.line_no), '{}'), "
	"COALESCE(array_agg(p.location), '{}'), COALESCE(array_agg(p.quantity), '{}'), "
	"COALESCE(array_agg(p.shipment), '{}'), "
	"COALESCE(array_agg(" ROUTE_ROUND("COALESCE(mod(p.cost, $9), p.cost)") "), '{}') FROM " PLAN_CALL " p";
static const char select_unfilled[] = "SELECT s.unfilled_by_priority FROM oms.plan_summary() s";

/* $1 to $6 what a step planned, $7 to $13 the plan so far, $14 the step, $15 whether it is the last */
static const char add_to_plan[] =
	"WITH p AS (SELECT u.*, u.location IS NOT NULL OR $15 AS done FROM ROWS FROM "
	"(unnest($1), unnest($2), unnest($3), unnest($4), unnest($5), unnest($6)) "
	"AS u (order_id, line_no, location, quantity, shipment, cost)) "
	"SELECT $7 || COALESCE(array_agg(p.order_id) FILTER (WHERE p.done), '{}'), "
	"$8 || COALESCE(array_agg(p.line_no) FILTER (WHERE p.done), '{}'), "
	"$9 || COALESCE(array_agg(p.location) FILTER (WHERE p.done), '{}'), "
	"$10 || COALESCE(array_agg(p.quantity) FILTER (WHERE p.done), '{}'), "
	"$11 || COALESCE(array_agg(p.shipment) FILTER (WHERE p.done), '{}'), "
	"$12 || COALESCE(array_agg(p.cost) FILTER (WHERE p.done), '{}'), "
	"$13 || array_fill($14, ARRAY[(count(*) FILTER (WHERE p.done))::int]), "
	"COALESCE(array_agg(p.order_id) FILTER (WHERE NOT p.done), '{}'), "
	"COALESCE(array_agg(p.line_no) FILTER (WHERE NOT p.done), '{}'), "
	"COALESCE(array_agg(p.location) FILTER (WHERE NOT p.done), '{}'), "
	"COALESCE(array_agg(p.quantity) FILTER (WHERE NOT p.done), '{}'), "
	"COALESCE(array_agg(DISTINCT p.order_id), '{}'), COALESCE(bool_or(p.location IS NULL), false) FROM p";

/* $1 to $3 order, step and shipment of the rows of a plan: shipments of an order numbered over all steps */
static const char number_shipments[] =
	"SELECT COALESCE(array_agg(s.shipment ORDER BY s.n), '{}') FROM (SELECT u.n, CASE WHEN u.shipment IS NOT NULL THEN "
	"(dense_rank() OVER (PARTITION BY u.order_id, u.shipment IS NULL ORDER BY u.step, u.shipment))::integer END AS shipment "
	"FROM ROWS FROM (unnest($1), unnest($2), unnest($3)) WITH ORDINALITY AS u (order_id, step, shipment, n)) s";

/* rows of a plan, $1 to $4 and $5 to $8, together */
static const char add_rows[] =
	"SELECT $1 || $5, $2 || $6, $3 || $7, $4 || $8";

static const char distinct_keys[] =
	"SELECT COALESCE(array_agg(DISTINCT u.key), '{}') FROM unnest($1) AS u (key)";

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

/* oms_route_copy_rows copies orders, lines, locations and quantities from the columns of the last result. */
void
oms_route_copy_rows(RoutePlan *plan, int column, MemoryContext context)
{
	plan->order_id = oms_route_copy_value(0, column, context);
	plan->line_no = oms_route_copy_value(0, column + 1, context);
	plan->location = oms_route_copy_value(0, column + 2, context);
	plan->quantity = oms_route_copy_value(0, column + 3, context);
}

/* oms_route_copy_plan copies a whole plan from the columns of the last result. */
void
oms_route_copy_plan(RoutePlan *plan, int column, MemoryContext context)
{
	oms_route_copy_rows(plan, column, context);
	plan->shipment = oms_route_copy_value(0, column + 4, context);
	plan->cost = oms_route_copy_value(0, column + 5, context);
	plan->step = oms_route_copy_value(0, column + 6, context);
}

/* oms_route_add_rows is the rows of a, then those of b: orders, lines, locations and quantities. */
RoutePlan
oms_route_add_rows(const RoutePlan *a, const RoutePlan *b)
{
	MemoryContext caller = CurrentMemoryContext;
	RouteArgument arguments[] = {
		{TEXTARRAYOID, a->order_id}, {INT4ARRAYOID, a->line_no}, {TEXTARRAYOID, a->location},
		{INT8ARRAYOID, a->quantity}, {TEXTARRAYOID, b->order_id}, {INT4ARRAYOID, b->line_no},
		{TEXTARRAYOID, b->location}, {INT8ARRAYOID, b->quantity}
	};
	RoutePlan	all = {0};

	oms_spi_connect();
	oms_route_run(add_rows, lengthof(arguments), arguments, true);
	oms_route_copy_rows(&all, 1, caller);
	oms_spi_finish();
	return all;
}

/*
 * oms_route_call plans a step: rows of the plan but for their step, as the planner returns
 * them, and how many units of which priority are in none, bigint[].
 */
void
oms_route_call(RouteRun *run, const RouteStep *step, RoutePlan *raw, Datum *unfilled)
{
	MemoryContext caller = CurrentMemoryContext;
	bool		by_criteria = step->rule != NULL && step->rule->criteria.n > 0;
	RouteArgument arguments[PLAN_ARGUMENTS + 1] = {
		[PLAN_ARGUMENTS] = {NUMERICOID, by_criteria ? oms_route_numeric(CRITERIA_PLACE) : (Datum) 0, !by_criteria}
	};

	oms_route_plan_call(run->solver, step, run->options, arguments);
	oms_spi_connect();
	oms_route_run(call_plan, lengthof(arguments), arguments, true);
	oms_route_copy_rows(raw, 1, caller);
	raw->shipment = oms_route_copy_value(0, 5, caller);
	raw->cost = oms_route_copy_value(0, 6, caller);
	oms_route_run(select_unfilled, 0, NULL, true);
	*unfilled = oms_route_copy_value(0, 1, caller);
	oms_spi_finish();
}

/* begin_step numbers a step and notes what it is. */
static void
begin_step(RouteRun *run, RouteStep *step, const PolicyRouting *routing)
{
	MemoryContext caller = CurrentMemoryContext;
	RouteArgument of_step[] = {
		{TEXTARRAYOID, run->routings}, {INT4ARRAYOID, run->rules}, {TEXTARRAYOID, run->queues},
		{NUMERICARRAYOID, run->cancel_after_days}, {BOOLARRAYOID, run->ignores_capacity},
		text_argument(routing == NULL ? NULL : routing->name),
		{INT4OID, step->rule == NULL ? (Datum) 0 : Int32GetDatum(step->rule->rule_no),
		step->rule == NULL},
		text_argument(routing == NULL ? DEFAULT_QUEUE : routing->leaves ? NULL : routing->queue),
		{NUMERICOID, 0, true},
		{BOOLOID, BoolGetDatum(step->rule != NULL && step->rule->ignore_capacity)}
	};

	if (routing != NULL && routing->cancel_after_days != NULL)
		of_step[8] = (RouteArgument) {
			NUMERICOID, oms_route_numeric(routing->cancel_after_days)
		};
	oms_spi_connect();
	oms_route_run(add_step, lengthof(of_step), of_step, true);
	run->routings = oms_route_copy_value(0, 1, caller);
	run->rules = oms_route_copy_value(0, 2, caller);
	run->queues = oms_route_copy_value(0, 3, caller);
	run->cancel_after_days = oms_route_copy_value(0, 4, caller);
	run->ignores_capacity = oms_route_copy_value(0, 5, caller);
	oms_spi_finish();
	step->number = ++run->nsteps;
	if (run->step_rules == NULL)
		run->step_rules = palloc(sizeof(PolicyRule *) * (step->number + 1));
	else
		run->step_rules = repalloc(run->step_rules, sizeof(PolicyRule *) * (step->number + 1));
	run->step_rules[step->number] = step->rule;
}

/*
 * take_step plans one step and adds it to the run. What is unfilled waits, when the step is
 * the last of its routing, or is left to the next step: *left. Unless displaced is NULL, what
 * earlier steps serve may move; what lost its place to more urgent orders is *displaced then.
 */
static void
take_step(RouteRun *run, RouteStep *step, const PolicyRouting *routing, bool last, RoutePlan *left,
		  RoutePlan *displaced)
{
	MemoryContext caller = CurrentMemoryContext;
	RoutePlan	before = run->plan;
	RoutePlan	raw;
	Datum		unfilled;
	Datum		orders;
	bool		lacks;

	begin_step(run, step, routing);
	step->earlier = step->number == 1 ? NULL : &before;
	oms_route_call(run, step, &raw, &unfilled);
	{
		RouteArgument arguments[] = {
			{TEXTARRAYOID, raw.order_id}, {INT4ARRAYOID, raw.line_no}, {TEXTARRAYOID, raw.location},
			{INT8ARRAYOID, raw.quantity}, {INT4ARRAYOID, raw.shipment}, {NUMERICARRAYOID, raw.cost},
			{TEXTARRAYOID, before.order_id}, {INT4ARRAYOID, before.line_no}, {TEXTARRAYOID, before.location},
			{INT8ARRAYOID, before.quantity}, {INT4ARRAYOID, before.shipment}, {NUMERICARRAYOID, before.cost},
			{INT4ARRAYOID, before.step}, {INT4OID, Int32GetDatum(step->number)}, {BOOLOID, BoolGetDatum(last)}
		};

		oms_spi_connect();
		oms_route_run(add_to_plan, lengthof(arguments), arguments, true);
		oms_route_copy_plan(&run->plan, 1, caller);
		oms_route_copy_rows(left, 8, caller);
		orders = oms_route_copy_value(0, 12, caller);
		lacks = DatumGetBool(oms_route_copy_value(0, 13, caller));
		oms_spi_finish();
	}
	if (run->prices != NULL)
		oms_route_note_prices(run->prices);
	if (!run->options->past)
	{
		oms_progress_phase(OMS_PHASE_EXPLAIN, oms_route_cardinality(orders));
		oms_route_judge(run, step->rule, step->number, false, orders);
	}
	if (displaced == NULL)
		return;
	displaced->order_id = empty_array(TEXTOID);
	if (lacks)
		(void) oms_route_move_earlier(run, step, &before, &raw, unfilled, last, left, displaced);
}

/* orders_of are the orders that rows of a plan belong to. */
static ArrayType *
orders_of(const RoutePlan *plan)
{
	MemoryContext caller = CurrentMemoryContext;
	RouteArgument arguments[] = {{TEXTARRAYOID, plan->order_id}};
	Datum		orders;

	oms_spi_connect();
	oms_route_run(distinct_keys, lengthof(arguments), arguments, true);
	orders = oms_route_copy_value(0, 1, caller);
	oms_spi_finish();
	return DatumGetArrayTypeP(orders);
}

/* serve_displaced serves what lost its place to others by the rule at hand; what it leaves is added to *left. */
static void
serve_displaced(RouteRun *run, const RouteStep *step, const PolicyRouting *routing, bool last,
				const RoutePlan *displaced, RoutePlan *left)
{
	RouteStep	again = *step;
	RoutePlan	more;

	again.orders = orders_of(displaced);
	again.left = displaced;
	take_step(run, &again, routing, last, &more, NULL);
	*left = oms_route_add_rows(left, &more);
}

/* take_rules takes a routing's steps over its orders, until nothing is left. */
static void
take_rules(RouteRun *run, const PolicyRouting *routing, ArrayType *orders)
{
	RoutePlan	left;
	RoutePlan	next;
	RoutePlan	displaced;
	RouteStep	step = {.run_orders = run->run_orders, .orders = orders, .stays = &run->stays,
		.avoided_orders = run->avoided_orders, .avoided_locations = run->avoided_locations};

	run->first_step = run->nsteps + 1;
	for (int i = 0; i < routing->nrules && oms_route_cardinality(PointerGetDatum(step.orders)) > 0; i++)
	{
		bool		last = i == routing->nrules - 1;

		CHECK_FOR_INTERRUPTS();
		step.rule = &routing->rules[i];
		take_step(run, &step, routing, last, &next, &displaced);
		if (oms_route_cardinality(displaced.order_id) > 0)
			serve_displaced(run, &step, routing, last, &displaced, &next);
		left = next;
		step.left = &left;
		step.orders = orders_of(&left);
	}
}

/* renumber numbers the shipments of each order over all steps. */
static void
renumber(RoutePlan *plan)
{
	MemoryContext caller = CurrentMemoryContext;
	RouteArgument arguments[] = {
		{TEXTARRAYOID, plan->order_id}, {INT4ARRAYOID, plan->step}, {INT4ARRAYOID, plan->shipment}
	};

	oms_spi_connect();
	oms_route_run(number_shipments, lengthof(arguments), arguments, true);
	plan->shipment = oms_route_copy_value(0, 1, caller);
	oms_spi_finish();
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

/* $1 to $3 order, location and step of the plan, $4 the queues, $5 the orders of the run, $6 and $7 what was planned */
static const char leave_out[] =
	"WITH left_out AS MATERIALIZED (SELECT u.order_id FROM ROWS FROM (unnest($1), unnest($2), unnest($3)) AS u (order_id, location, step) "
	"JOIN unnest($4) WITH ORDINALITY AS t (queue, step) ON t.step = u.step "
	"GROUP BY u.order_id HAVING bool_and(u.location IS NULL AND t.queue IS NULL)) "
	"SELECT (SELECT COALESCE(array_agg(o.key), '{}') FROM unnest($5) AS o (key) WHERE o.key NOT IN (SELECT l.order_id FROM left_out l)), "
	"COALESCE(array_agg(p.order_id), '{}'), COALESCE(array_agg(p.held), '{}') "
	"FROM ROWS FROM (unnest($6), unnest($7)) AS p (order_id, held) WHERE p.order_id NOT IN (SELECT l.order_id FROM left_out l)";

/* leave_orders takes out of the run orders that no rule serves anything of, if their routing leaves them as they are. */
static void
leave_orders(RouteRun *run)
{
	MemoryContext caller = CurrentMemoryContext;
	RouteArgument arguments[] = {
		{TEXTARRAYOID, run->plan.order_id}, {TEXTARRAYOID, run->plan.location}, {INT4ARRAYOID, run->plan.step},
		{TEXTARRAYOID, run->queues}, {TEXTARRAYOID, PointerGetDatum(run->run_orders)},
		{TEXTARRAYOID, run->planned_orders}, {INT8ARRAYOID, run->planned}
	};

	oms_spi_connect();
	oms_route_run(leave_out, lengthof(arguments), arguments, true);
	run->run_orders = DatumGetArrayTypeP(oms_route_copy_value(0, 1, caller));
	run->planned_orders = oms_route_copy_value(0, 2, caller);
	run->planned = oms_route_copy_value(0, 3, caller);
	oms_spi_finish();
}

/* plan_once plans what oms_route_plan says, by what is known of what stays where it is. */
static void
plan_once(RouteRun *run, ArrayType *order_ids)
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
	run->rules = run->judged_steps = empty_array(INT4OID);
	run->judged = empty_array(JSONBOID);
	run->ignores_capacity = empty_array(BOOLOID);
	if (run->prices != NULL)
		run->prices->made = false;
	if (run->policy == NULL)
	{
		RouteStep	step = {.run_orders = order_ids, .stays = &run->stays,
			.avoided_orders = run->avoided_orders, .avoided_locations = run->avoided_locations};

		note_planned(run);
		take_step(run, &step, NULL, true, &left, NULL);
		return;
	}

	taken = palloc(sizeof(ArrayType *) * run->policy->nroutings);
	run->run_orders = construct_empty_array(TEXTOID);
	for (int i = 0; i < run->policy->nroutings; i++)
	{
		ArrayType  *of_routing = oms_policy_orders(&run->policy->routings[i], order_ids, run->options->held);
		Datum		before = PointerGetDatum(run->run_orders);

		taken[i] = DatumGetArrayTypeP(oms_route_except(PointerGetDatum(of_routing), oms_route_union(before, run->left_out)));
		run->run_orders = DatumGetArrayTypeP(oms_route_union(before, PointerGetDatum(taken[i])));
	}
	note_planned(run);
	for (int i = 0; i < run->policy->nroutings; i++)
		take_rules(run, &run->policy->routings[i], taken[i]);
	renumber(&run->plan);
}

/* leaves tells whether a routing of the run leaves what it does not serve as it is. */
static bool
leaves(const RouteRun *run)
{
	for (int i = 0; run->policy != NULL && i < run->policy->nroutings; i++)
		if (run->policy->routings[i].leaves)
			return true;
	return false;
}

/*
 * oms_route_plan_steps plans what oms_route_plan says, by the active snapshot; again, up to
 * MAX_PLANS times, while the plan gives away what stays where it is.
 */
void
oms_route_plan_steps(RouteRun *run, ArrayType *order_ids)
{
	if (run->avoided_orders == (Datum) 0)
		run->avoided_orders = run->avoided_locations = empty_array(TEXTOID);
	run->left_out = run->stays.order_id = run->stays.location = empty_array(TEXTOID);
	run->stays.line_no = empty_array(INT4OID);
	run->stays.quantity = empty_array(INT8OID);
	for (int i = 1;; i++)
	{
		Datum		left = empty_array(TEXTOID);
		ArrayType  *planned;

		plan_once(run, order_ids);
		planned = run->run_orders;
		if (!array_contains_nulls(DatumGetArrayTypeP(run->plan.location)))
			break;
		if (leaves(run))
		{
			leave_orders(run);
			left = oms_route_except(PointerGetDatum(planned), PointerGetDatum(run->run_orders));
		}
		if (i == MAX_PLANS || !oms_route_keep_places(run, planned, left))
			break;
	}
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
