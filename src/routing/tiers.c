/*
 * tiers.c
 *		What a rule of a policy leaves unserved, served after all: lines that earlier rules of
 *		the routing serve move, each within what its own rule allows, and make room.
 *
 * When a rule has taken what is free and lines of it are left, it is planned again, together
 * with the lines of earlier rules that may be in its way: those that share a sku with what is
 * left, directly or over other orders; all of them where capacity is limited. These are known
 * to the planner as served already (column planned_at of lines_sql): in their priority class
 * they stay served before anything is gained. Only a higher class takes their place; then
 * they are what the rule has to serve. The new plan counts when it leaves fewer units unserved,
 * the most urgent class first.
 *
 * A rule is planned together with earlier ones that count as it does: both with criteria or
 * both without, with capacity or without, and with one minimum value of a shipment. What the
 * others serve stays where it is. The sequential solvers move nothing.
 *
 * Reads only, takes no locks.
 */
#include "postgres.h"

#include "catalog/pg_type.h"

#include "routing/route.h"

/*
 * Rows of the plan so far ($1 to $5) of steps $6 that may be in the way of what this step, by $7 to
 * $9, leaves unserved, or, with $10, all of them. Between the parts stands what is held.
 */
static const char select_kept_1[] =
	"WITH RECURSIVE held AS (SELECT DISTINCT h.order_id, h.plan_line, h.sku FROM ";
static const char select_kept_2[] =
	" h), earlier AS (SELECT u.order_id, u.line_no, u.location, u.quantity, u.step, u.number::integer AS number, h.sku "
	"FROM ROWS FROM (unnest($1), unnest($2), unnest($3), unnest($4), unnest($5)) WITH ORDINALITY "
	"AS u (order_id, line_no, location, quantity, step, number) "
	"JOIN held h ON h.order_id = u.order_id AND h.plan_line = u.line_no WHERE u.step = ANY ($6) AND u.location IS NOT NULL), "
	"here AS (SELECT u.order_id, 0 AS step, h.sku, u.location FROM ROWS FROM (unnest($7), unnest($8), unnest($9)) "
	"AS u (order_id, line_no, location) JOIN held h ON h.order_id = u.order_id AND h.plan_line = u.line_no), "
	"wants AS (SELECT e.order_id, e.step, e.sku FROM earlier e UNION SELECT h.order_id, h.step, h.sku FROM here h), "
	"tied (sku) AS (SELECT h.sku FROM here h WHERE h.location IS NULL "
	"UNION SELECT other.sku FROM tied t JOIN wants w ON w.sku = t.sku "
	"JOIN wants other ON other.order_id = w.order_id AND other.step = w.step) "
	"SELECT e.step, array_agg(e.order_id ORDER BY e.number), array_agg(e.line_no ORDER BY e.number), "
	"array_agg(e.location ORDER BY e.number), array_agg(e.quantity ORDER BY e.number), "
	"array_agg(e.number ORDER BY e.number) FROM earlier e "
	"WHERE $10 OR e.sku IN (SELECT t.sku FROM tied t) GROUP BY e.step ORDER BY e.step";

/* Of the plan $1 to $4 what is not in rows $5. */
static const char select_fixed[] =
	"SELECT COALESCE(array_agg(u.order_id), '{}'), COALESCE(array_agg(u.line_no), '{}'), "
	"COALESCE(array_agg(u.location), '{}'), COALESCE(array_agg(u.quantity), '{}') "
	"FROM ROWS FROM (unnest($1), unnest($2), unnest($3), unnest($4)) WITH ORDINALITY "
	"AS u (order_id, line_no, location, quantity, number) WHERE u.number <> ALL ($5)";

/*
 * $1 to $6 what was planned together, $7 to $13 the plan before, of which rows $14 were in it, $15 this
 * step, $16 whether it is the last: the plan, what is left of the step, what of earlier steps is served
 * no more, and which orders of which steps are not where they were.
 */
static const char merge[] =
	"WITH p AS (SELECT left(u.order_id, length(u.order_id) - position(chr(31) IN reverse(u.order_id))) AS order_id, "
	"substring(u.order_id FROM '\\d+$')::integer AS step, u.line_no, u.location, u.quantity, u.shipment, u.cost "
	"FROM ROWS FROM (unnest($1), unnest($2), unnest($3), unnest($4), unnest($5), unnest($6)) "
	"AS u (order_id, line_no, location, quantity, shipment, cost)), "
	"b AS (SELECT u.*, u.number = ANY ($14) AS again FROM ROWS FROM (unnest($7), unnest($8), unnest($9), unnest($10), "
	"unnest($11), unnest($12), unnest($13)) WITH ORDINALITY "
	"AS u (order_id, line_no, location, quantity, shipment, cost, step, number)), "
	"planned AS (SELECT p.order_id, COALESCE(b.line_no, p.line_no) AS line_no, p.location, p.quantity, p.shipment, p.cost, "
	"p.step, p.step = $15 AS here, p.location IS DISTINCT FROM b.location OR p.quantity <> b.quantity AS moved "
	"FROM p LEFT JOIN b ON b.number = p.line_no AND p.step <> $15), "
	"plan AS (SELECT b.order_id, b.line_no, b.location, b.quantity, b.shipment, b.cost, b.step FROM b WHERE NOT b.again "
	"UNION ALL SELECT n.order_id, n.line_no, n.location, n.quantity, n.shipment, n.cost, n.step FROM planned n "
	"WHERE n.location IS NOT NULL OR n.here AND $16), "
	"rest AS (SELECT n.* FROM planned n WHERE n.location IS NULL AND NOT (n.here AND $16)), "
	"moved AS (SELECT DISTINCT n.order_id, n.step FROM planned n WHERE n.here OR n.moved) "
	"SELECT a.*, l.*, d.*, m.* FROM "
	"(SELECT COALESCE(array_agg(n.order_id), '{}'), COALESCE(array_agg(n.line_no), '{}'), COALESCE(array_agg(n.location), '{}'), "
	"COALESCE(array_agg(n.quantity), '{}'), COALESCE(array_agg(n.shipment), '{}'), COALESCE(array_agg(n.cost), '{}'), "
	"COALESCE(array_agg(n.step), '{}') FROM plan n) a, "
	"(SELECT COALESCE(array_agg(n.order_id), '{}'), COALESCE(array_agg(n.line_no), '{}'), COALESCE(array_agg(n.location), '{}'), "
	"COALESCE(array_agg(n.quantity), '{}') FROM rest n WHERE n.here) l, "
	"(SELECT COALESCE(array_agg(n.order_id), '{}'), COALESCE(array_agg(n.line_no), '{}'), COALESCE(array_agg(n.location), '{}'), "
	"COALESCE(array_agg(n.quantity), '{}') FROM rest n WHERE NOT n.here) d, "
	"(SELECT COALESCE(array_agg(m.order_id), '{}'), COALESCE(array_agg(m.step), '{}') FROM moved m) m";

static bool
same_number(const char *a, const char *b)
{
	return DatumGetBool(DirectFunctionCall2(numeric_eq, oms_route_numeric(a), oms_route_numeric(b)));
}

/* May lines of one rule be planned with those of another? */
static bool
go_together(const PolicyRule *a, const PolicyRule *b)
{
	return a->ignore_capacity == b->ignore_capacity && (a->criteria.n > 0) == (b->criteria.n > 0) &&
		same_number(a->min_shipment_value, b->min_shipment_value);
}

/* steps_before are the earlier steps of the routing that go together with a step: integer[]. */
static Datum
steps_before(const RouteRun *run, const RouteStep *step)
{
	Datum	   *steps = palloc(sizeof(Datum) * step->number);
	int			n = 0;

	for (int i = run->first_step; i < step->number; i++)
		if (go_together(run->step_rules[i], step->rule))
			steps[n++] = Int32GetDatum(i);
	return PointerGetDatum(construct_array(steps, n, INT4OID, sizeof(int32), true, TYPALIGN_INT));
}

/* find_kept finds what may be in the way of what a step leaves, by step; *n is 0 when nothing is. */
static RouteKept *
find_kept(const RouteRun *run, const RouteStep *step, const RoutePlan *before, const RoutePlan *raw, int *n)
{
	MemoryContext caller = CurrentMemoryContext;
	RouteArgument arguments[] = {
		{TEXTARRAYOID, before->order_id}, {INT4ARRAYOID, before->line_no}, {TEXTARRAYOID, before->location},
		{INT8ARRAYOID, before->quantity}, {INT4ARRAYOID, before->step}, {INT4ARRAYOID, steps_before(run, step)},
		{TEXTARRAYOID, raw->order_id}, {INT4ARRAYOID, raw->line_no}, {TEXTARRAYOID, raw->location},
		{BOOLOID, BoolGetDatum(oms_route_has_capacity(step, run->options))}
	};
	RouteKept  *kept;
	bool		isnull;

	*n = 0;
	if (oms_route_cardinality(arguments[5].value) == 0)
		return NULL;
	oms_spi_connect();
	*n = oms_route_run(psprintf("%s%s%s", select_kept_1, run->options->held, select_kept_2),
					   lengthof(arguments), arguments, true);
	kept = MemoryContextAlloc(caller, sizeof(RouteKept) * Max(*n, 1));
	for (int i = 0; i < *n; i++)
	{
		kept[i].number = DatumGetInt32(oms_spi_value(i, 1, &isnull));
		kept[i].rule = run->step_rules[kept[i].number];
		kept[i].rows.order_id = oms_route_copy_value(i, 2, caller);
		kept[i].rows.line_no = oms_route_copy_value(i, 3, caller);
		kept[i].rows.location = oms_route_copy_value(i, 4, caller);
		kept[i].rows.quantity = oms_route_copy_value(i, 5, caller);
		kept[i].numbers = oms_route_copy_value(i, 6, caller);
	}
	oms_spi_finish();
	return kept;
}

/* fixed_rows are the rows of a plan that are not among numbers. */
static RoutePlan
fixed_rows(const RoutePlan *plan, Datum numbers)
{
	MemoryContext caller = CurrentMemoryContext;
	RouteArgument arguments[] = {
		{TEXTARRAYOID, plan->order_id}, {INT4ARRAYOID, plan->line_no}, {TEXTARRAYOID, plan->location},
		{INT8ARRAYOID, plan->quantity}, {INT4ARRAYOID, numbers}
	};
	RoutePlan	fixed = {0};

	oms_spi_connect();
	oms_route_run(select_fixed, lengthof(arguments), arguments, true);
	oms_route_copy_rows(&fixed, 1, caller);
	oms_spi_finish();
	return fixed;
}

/* judge_moved notes anew what was considered for orders of steps that are not where they were. */
static void
judge_moved(RouteRun *run, const RouteStep *step, Datum orders, Datum steps)
{
	MemoryContext caller = CurrentMemoryContext;

	for (int i = run->first_step; i <= step->number; i++)
	{
		RouteArgument arguments[] = {
			{TEXTARRAYOID, orders}, {INT4ARRAYOID, steps}, {INT4OID, Int32GetDatum(i)}
		};
		Datum		of_step;

		oms_spi_connect();
		oms_route_run("SELECT COALESCE(array_agg(u.order_id), '{}') FROM ROWS FROM (unnest($1), unnest($2)) "
					  "AS u (order_id, step) WHERE u.step = $3", lengthof(arguments), arguments, true);
		of_step = oms_route_copy_value(0, 1, caller);
		oms_spi_finish();
		if (oms_route_cardinality(of_step) > 0)
			oms_route_judge(run, run->step_rules[i], i, true, of_step);
	}
}

/*
 * oms_route_move_earlier tries to serve what a step, planned by itself as raw, leaves, by moving
 * what earlier steps of its routing serve by the plan before. If more is served then, the plan
 * of the run, *left, and *displaced, what earlier steps serve no more, are set, and it is true.
 */
bool
oms_route_move_earlier(RouteRun *run, const RouteStep *step, const RoutePlan *before, const RoutePlan *raw,
					   Datum unfilled, bool last, RoutePlan *left, RoutePlan *displaced)
{
	MemoryContext caller = CurrentMemoryContext;
	RouteStep	together = *step;
	RoutePlan	fixed;
	RoutePlan	planned;
	Datum		numbers = PointerGetDatum(construct_empty_array(INT4OID));
	Datum		still_unfilled;
	Datum		moved_orders;
	Datum		moved_steps;

	if (strcmp(run->solver, DEFAULT_SOLVER) != 0)
		return false;
	together.kept = find_kept(run, step, before, raw, &together.nkept);
	if (together.nkept == 0)
		return false;
	for (int i = 0; i < together.nkept; i++)
		numbers = oms_route_combine("SELECT $1 || $2", INT4ARRAYOID, numbers, together.kept[i].numbers);
	fixed = fixed_rows(before, numbers);
	together.earlier = &fixed;
	oms_route_call(run, &together, &planned, &still_unfilled);
	if (!DatumGetBool(oms_route_combine("SELECT $1 < $2", INT8ARRAYOID, still_unfilled, unfilled)))
		return false;

	{
		RouteArgument arguments[] = {
			{TEXTARRAYOID, planned.order_id}, {INT4ARRAYOID, planned.line_no}, {TEXTARRAYOID, planned.location},
			{INT8ARRAYOID, planned.quantity}, {INT4ARRAYOID, planned.shipment}, {NUMERICARRAYOID, planned.cost},
			{TEXTARRAYOID, before->order_id}, {INT4ARRAYOID, before->line_no}, {TEXTARRAYOID, before->location},
			{INT8ARRAYOID, before->quantity}, {INT4ARRAYOID, before->shipment}, {NUMERICARRAYOID, before->cost},
			{INT4ARRAYOID, before->step}, {INT4ARRAYOID, numbers}, {INT4OID, Int32GetDatum(step->number)},
			{BOOLOID, BoolGetDatum(last)}
		};

		oms_spi_connect();
		oms_route_run(merge, lengthof(arguments), arguments, true);
		oms_route_copy_plan(&run->plan, 1, caller);
		oms_route_copy_rows(left, 8, caller);
		oms_route_copy_rows(displaced, 12, caller);
		moved_orders = oms_route_copy_value(0, 16, caller);
		moved_steps = oms_route_copy_value(0, 17, caller);
		oms_spi_finish();
	}
	if (run->prices != NULL)
		oms_route_note_prices(run->prices);
	if (!run->options->past)
		judge_moved(run, step, moved_orders, moved_steps);
	return true;
}
