/*
 * replay.c
 *		oms.compare_policies: the orders of a past period routed again, under two policies.
 *
 * It is the planner of a run (steps.c, demand.c) with other input: what is planned are the
 * units ordered in the period, held nowhere (oms.past_held), the stock is that of the
 * period's start (oms.past_inventory), and so are the exclusions. All else is read as it is
 * now, but the use of capacity, which does not count. Both policies plan what the caller's
 * query sees.
 *
 * Reads only, takes no locks.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "funcapi.h"
#include "utils/builtins.h"
#include "utils/rangetypes.h"
#include "utils/timestamp.h"

#include "oms.h"
#include "routing/plan.h"
#include "routing/route.h"

PG_FUNCTION_INFO_V1(oms_compare_policies);

#define REPLAY_SOLVER "batch"

/* What is counted of the rows of one plan. */
#define MEASURES(p) \
	"COALESCE(sum(s.quantity) FILTER (WHERE s.policy = '" p "'), 0) AS units_" p ", " \
	"count(DISTINCT (s.order_id, s.shipment)) FILTER (WHERE s.policy = '" p "') AS shipments_" p ", " \
	"count(DISTINCT (s.order_id, s.line_no)) FILTER (WHERE s.policy = '" p "' AND s.late) AS late_lines_" p ", " \
	"COALESCE(trim_scale(sum(s.cost) FILTER (WHERE s.policy = '" p "')), 0) AS cost_" p

/*
 * The measures, from two plans: $1 to $6 and $7 to $12. In three parts: in between stand
 * oms.past_held and a call of oms.shipping. A shipment has one location.
 */
static const char compare_1[] =
	"WITH wanted AS MATERIALIZED (SELECT h.order_id, h.plan_line, h.line_no, h.quantity FROM ";
static const char compare_2[] =
	" h), total AS (SELECT count(DISTINCT w.order_id) AS orders, count(DISTINCT (w.order_id, w.line_no)) AS lines, "
	"COALESCE(sum(w.quantity), 0) AS units FROM wanted w), "
	"plan AS (SELECT 'a' AS policy, u.* FROM ROWS FROM (unnest($1), unnest($2), unnest($3), unnest($4), unnest($5), "
	"unnest($6)) AS u (order_id, plan_line, location, quantity, shipment, cost) "
	"UNION ALL SELECT 'b', u.* FROM ROWS FROM (unnest($7), unnest($8), unnest($9), unnest($10), unnest($11), "
	"unnest($12)) AS u (order_id, plan_line, location, quantity, shipment, cost)), "
	"served AS (SELECT p.policy, p.order_id, w.line_no, p.location, p.quantity, p.shipment, p.cost, (p.s).arrive_at > p.due_at AS late "
	"FROM (SELECT p.*, o.due_at, ";
static const char compare_3[] =
	" AS s FROM plan p JOIN oms.routing_order o ON o.order_id = p.order_id "
	"JOIN oms.location l ON l.location = p.location OFFSET 0) p "
	"JOIN (SELECT DISTINCT w.order_id, w.plan_line, w.line_no FROM wanted w) w "
	"ON w.order_id = p.order_id AND w.plan_line = p.plan_line), "
	"measured AS (SELECT s.location, grouping(s.location) = 1 AS overall, "
	MEASURES("a") ", " MEASURES("b") " FROM served s GROUP BY GROUPING SETS ((), (s.location))) "
	"SELECT x.measure, m.location, x.a, x.b, x.b - x.a FROM measured m CROSS JOIN total t CROSS JOIN LATERAL "
	"(VALUES (1, 'orders', t.orders::numeric, t.orders::numeric, false), (2, 'lines', t.lines, t.lines, false), "
	"(3, 'units', t.units, t.units, false), (4, 'filled_units', m.units_a, m.units_b, true), "
	"(5, 'fill_rate', round(100 * m.units_a / NULLIF(t.units, 0), 2), round(100 * m.units_b / NULLIF(t.units, 0), 2), false), "
	"(6, 'shipments', m.shipments_a, m.shipments_b, true), (7, 'late_lines', m.late_lines_a, m.late_lines_b, false), "
	"(8, 'cost', m.cost_a, m.cost_b, false)) AS x (n, measure, a, b, by_location) "
	"WHERE m.overall OR x.by_location ORDER BY NOT m.overall, m.location COLLATE \"C\", x.n";

/* read_policy reads the active version of a policy, or the one named policy@version. */
static Policy *
read_policy(text *named)
{
	char	   *name = text_to_cstring(named);
	char	   *at = strrchr(name, '@');

	if (at == NULL || at[1] == '\0' || at[1 + strspn(at + 1, "0123456789")] != '\0')
		return oms_policy_read(named, NULL);
	*at = '\0';
	return oms_policy_read(cstring_to_text(name), at + 1);
}

static char *
bound_literal(const RangeBound *bound)
{
	if (bound->infinite)
		return "NULL";
	return psprintf("%s::timestamptz",
					quote_literal_cstr(timestamptz_to_str(DatumGetTimestampTz(bound->val))));
}

static OmsPlan find_opening = {
	"SELECT max(m.moved_at) FROM oms.movement_row m WHERE m.kind = 'opening' AND m.moved_at >= $1",
	1, {"timestamptz"}
};

/* require_ledger raises 22023 when movements since the moment were archived. */
static void
require_ledger(TimestampTz since)
{
	Datum		values[1] = {TimestampTzGetDatum(since)};
	bool		isnull;
	TimestampTz opening;

	oms_spi_connect();
	oms_spi_execute(&find_opening, values, NULL, true);
	opening = DatumGetTimestampTz(oms_spi_value(0, 1, &isnull));
	if (!isnull)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the ledger does not go back to the start of the period"),
				 errdetail("Movements until %s are archived.", timestamptz_to_str(opening)),
				 errhint("Give a period that begins later.")));
	oms_spi_finish();
}

/* period_argument is the period as an expression; 22023 when it is empty, has no start, or the ledger has none. */
static char *
period_argument(FunctionCallInfo fcinfo, int argno)
{
	RangeType  *range = PG_GETARG_RANGE_P(argno);
	RangeBound	lower;
	RangeBound	upper;
	bool		empty;

	range_deserialize(range_get_typcache(fcinfo, RangeTypeGetOid(range)), range, &lower, &upper, &empty);
	if (empty)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("period is empty"),
				 errhint("Give the moments between which the orders were placed, like '[2030-01-07, 2030-01-08)'.")));
	if (lower.infinite || TIMESTAMP_NOT_FINITE(DatumGetTimestampTz(lower.val)))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("period has no start"),
				 errdetail("The orders are planned against the stock at its start.")));
	require_ledger(DatumGetTimestampTz(lower.val));
	return psprintf("tstzrange(%s, %s, '%c%c')", bound_literal(&lower), bound_literal(&upper),
					lower.inclusive ? '[' : '(', upper.inclusive ? ']' : ')');
}

/*
 * oms_compare_policies(a, b, period, options) plans the orders placed in the period under
 * each policy: a row per measure, of the whole and then of each location. Nothing is
 * written. OM004 a policy without that version, 22023 a period that is empty or has no
 * start and what is wrong with the options, 22004.
 */
Datum
oms_compare_policies(PG_FUNCTION_ARGS)
{
	const char *names[] = {"a", "b"};
	RouteOptions *options;
	Policy	   *policies[2];
	RouteArgument arguments[12];
	Datum		defaults;
	char	   *period;

	for (int i = 0; i < 2; i++)
		policies[i] = read_policy(oms_arg_key(fcinfo, i, names[i]));
	oms_require_not_null(fcinfo, 2, "period");
	oms_require_not_null(fcinfo, 3, "options");
	period = period_argument(fcinfo, 2);
	defaults = DirectFunctionCall1(jsonb_in, CStringGetDatum("{\"start_at\": \"placed_at\"}"));
	options = oms_route_read_options(DatumGetJsonbP(DirectFunctionCall2(jsonb_concat, defaults,
																		PG_GETARG_DATUM(3))));
	if (options->stored_prices)
		oms_refuse_option("stored_prices", "is for orders of now");
	options->held = psprintf("oms.past_held(%s)", period);
	options->inventory = psprintf("oms.past_inventory(%s)", period);
	options->in_force = psprintf("x.until > lower(%s) AND x.created_at < lower(%s)", period, period);
	options->past = true;
	InitMaterializedSRF(fcinfo, 0);
	for (int i = 0; i < 2; i++)
	{
		RouteRun	run = {.solver = REPLAY_SOLVER, .options = options, .policy = policies[i]};
		RoutePlan  *plan = &run.plan;

		oms_route_plan_steps(&run, NULL);
		memcpy(arguments + 6 * i, (RouteArgument[]) {
			{TEXTARRAYOID, plan->order_id}, {INT4ARRAYOID, plan->line_no},
			{TEXTARRAYOID, plan->location}, {INT8ARRAYOID, plan->quantity},
			{INT4ARRAYOID, plan->shipment}, {NUMERICARRAYOID, plan->cost}
		}, sizeof(RouteArgument) * 6);
	}
	oms_spi_connect();
	oms_spi_put_rows((ReturnSetInfo *) fcinfo->resultinfo,
					   oms_route_run(psprintf("%s%s%s%s%s", compare_1, options->held, compare_2,
											  oms_route_shipping(options), compare_3),
									 lengthof(arguments), arguments, true));
	oms_spi_finish();
	return (Datum) 0;
}
