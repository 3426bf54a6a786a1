/*
 * plan.c
 *		oms.plan_routes and oms.plan_summary: arguments, options, the phases of a
 *		plan, result rows, and the plan that the session remembers.
 *
 * plan_routes reads only what its queries return and writes nothing. The instance
 * and the plan live in one memory context; when the plan is whole it moves below
 * TopMemoryContext and the one before is freed, so a session keeps at most one, and
 * an error keeps the one before. It takes no lock but those of the caller's queries.
 */
#include "postgres.h"

#include <math.h>

#include "funcapi.h"
#include "miscadmin.h"
#include "oms.h"
#include "routing/input.h"
#include "routing/plan.h"
#include "utils/acl.h"
#include "utils/array.h"
#include "catalog/pg_type.h"
#include "utils/jsonb.h"
#include "utils/memutils.h"
#include "utils/numeric.h"

PG_FUNCTION_INFO_V1(oms_plan_routes);
PG_FUNCTION_INFO_V1(oms_plan_summary);

static PlanLast *last_plan = NULL;	/* in its model's context */

typedef enum OptionKind
{
	OPTION_MONEY,
	OPTION_KM,
	OPTION_INTEGER,
	OPTION_FRACTION,
	OPTION_BOOLEAN,
	OPTION_SOLVER
} OptionKind;

typedef struct OptionSpec
{
	const char *name;
	OptionKind	kind;
	Size		offset;
	double		minimum;
	double		maximum;
} OptionSpec;

/* In alphabetical order: the HINT for an unknown option lists them. */
static const OptionSpec option_specs[] = {
	{"candidates", OPTION_INTEGER, offsetof(PlanOptions, candidates), 1, 100000},
	{"cost_per_km", OPTION_MONEY, offsetof(PlanOptions, cost_per_km), 0, 1e6},
	{"cost_per_shipment", OPTION_MONEY, offsetof(PlanOptions, cost_per_shipment), 0, 1e9},
	{"deadline_ms", OPTION_INTEGER, offsetof(PlanOptions, deadline_ms), 0, 1e9},
	{"gap_target", OPTION_FRACTION, offsetof(PlanOptions, gap_target), 0, 1},
	{"iterations", OPTION_INTEGER, offsetof(PlanOptions, iterations), 0, 1e12},
	{"late_cost_per_hour", OPTION_MONEY, offsetof(PlanOptions, late_cost_per_hour), 0, 1e9},
	{"max_distance_km", OPTION_KM, offsetof(PlanOptions, max_distance), 0, 1e6},
	{"min_shipment_value", OPTION_MONEY, offsetof(PlanOptions, min_shipment_value), 0, 1e9},
	{"seed", OPTION_INTEGER, offsetof(PlanOptions, seed), -9e15, 9e15},
	{"solver", OPTION_SOLVER, offsetof(PlanOptions, solver)},
	{"split_lines", OPTION_BOOLEAN, offsetof(PlanOptions, split_lines)}
};

static void
set_defaults(PlanOptions *options)
{
	memset(options, 0, sizeof(PlanOptions));
	options->solver = PLAN_BATCH;
	options->cost_per_shipment = 5 * PLAN_MICRO;
	options->cost_per_km = PLAN_MICRO / 100;
	options->late_cost_per_hour = PLAN_MICRO;
	options->max_distance = -1;
	options->deadline_ms = -1;
	options->iterations = -1;
	options->gap_target = -1;
	options->candidates = 24;
}

/* oms_refuse_option raises 22023 for an option that is unknown or has an impossible value. */
void
oms_refuse_option(const char *name, const char *what)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("option \"%s\" %s", name, what)));
}

static void
set_option(PlanOptions *options, const OptionSpec *spec, const JsonbValue *value)
{
	char	   *field = (char *) options + spec->offset;
	double		number;

	if (value->type == jbvNull)
		return;					/* the default */
	if (spec->kind == OPTION_BOOLEAN)
	{
		if (value->type != jbvBool)
			oms_refuse_option(spec->name, "must be true or false");
		*(bool *) field = value->val.boolean;
		return;
	}
	if (spec->kind == OPTION_SOLVER)
	{
		char	   *name = value->type != jbvString ? "" :
			pnstrdup(value->val.string.val, value->val.string.len);

		if (strcmp(name, "batch") == 0)
			options->solver = PLAN_BATCH;
		else if (strcmp(name, "nearest") == 0)
			options->solver = PLAN_NEAREST;
		else if (strcmp(name, "cheapest") == 0)
			options->solver = PLAN_CHEAPEST;
		else
			oms_refuse_option(spec->name, "must be \"batch\", \"nearest\" or \"cheapest\"");
		return;
	}
	if (value->type != jbvNumeric)
		oms_refuse_option(spec->name, "must be a number");
	number = DatumGetFloat8(DirectFunctionCall1(numeric_float8_no_overflow,
												NumericGetDatum(value->val.numeric)));
	if (!(number >= spec->minimum && number <= spec->maximum))
		oms_refuse_option(spec->name, psprintf("must be from %.15g to %.15g", spec->minimum,
										   spec->maximum));
	if (spec->kind == OPTION_INTEGER && number != floor(number))
		oms_refuse_option(spec->name, "must be a whole number");
	if (spec->kind == OPTION_FRACTION)
		*(double *) field = number;
	else
		*(int64 *) field = (int64) rint(number * (spec->kind == OPTION_MONEY ? PLAN_MICRO :
												  spec->kind == OPTION_KM ? 1000 : 1));
}

/* parse_options reads the jsonb object; an option that does not exist raises 22023. */
static void
parse_options(Jsonb *jsonb, PlanOptions *options)
{
	JsonbIterator *iterator;
	JsonbValue	value;
	JsonbIteratorToken token;

	set_defaults(options);
	if (!JB_ROOT_IS_OBJECT(jsonb))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("options must be a jsonb object")));
	iterator = JsonbIteratorInit(&jsonb->root);
	while ((token = JsonbIteratorNext(&iterator, &value, true)) != WJB_DONE)
	{
		char	   *name;
		int			i;

		if (token != WJB_KEY)
			continue;
		name = pnstrdup(value.val.string.val, value.val.string.len);
		for (i = 0; i < lengthof(option_specs); i++)
			if (strcmp(name, option_specs[i].name) == 0)
				break;
		if (i == lengthof(option_specs))
		{
			StringInfoData names;

			initStringInfo(&names);
			for (i = 0; i < lengthof(option_specs); i++)
				appendStringInfo(&names, "%s%s", i ? ", " : "", option_specs[i].name);
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("unknown option \"%s\"", name),
					 errhint("Options are %s.", names.data)));
		}
		(void) JsonbIteratorNext(&iterator, &value, true);
		set_option(options, &option_specs[i], &value);
	}
}

/* oms_money turns micro-units into numeric, without trailing zeros. */
Datum
oms_money(int64 micro)
{
	return DirectFunctionCall1(numeric_trim_scale,
							   NumericGetDatum(int64_div_fast_to_numeric(micro, 6)));
}

/*
 * oms_last_plan returns the plan that this session remembers; NULL for none, or when it was made with
 * the rights of a role that the current user has not: a function that plans as its owner
 * (SECURITY DEFINER) shows what it returns, not what it has read.
 */
PlanLast *
oms_last_plan(void)
{
	if (last_plan != NULL && !has_privs_of_role(GetUserId(), last_plan->planned_by))
		return NULL;
	return last_plan;
}

/* emit_order returns the rows of one order: its shares by line, then what is unfilled. */
static void
emit_order(ReturnSetInfo *rsinfo, const PlanDraft *state, int32 index)
{
	const PlanModel *model = state->model;
	const PlanOrder *order = &model->orders[index];
	const PlanPlaced *placed = &state->placed[index];
	Datum		key = CStringGetTextDatum(order->key);
	int			at = 0;

	for (int32 line = order->first_line; line < order->first_line + order->nlines; line++)
	{
		const PlanLine *l = &model->lines[line];
		int64		rest = l->quantity;
		Datum		values[6];
		bool		nulls[6] = {0};

		values[0] = key;
		values[1] = Int32GetDatum(l->line_no);
		/* the shares are sorted by line, then location */
		for (; at < placed->nheld && placed->held[at].share.line == line; at++)
		{
			const PlanShare *share = &placed->held[at].share;
			int64		cost = oms_share_cost(model, line, share->location, share->cell,
											  share->quantity);
			int			shipment = 1;
			int			same = -1;

			/* shipments are numbered by their first row, which carries their own cost */
			for (int i = 0; i < at && same < 0; i++)
			{
				bool		first = true;

				for (int j = 0; j < i && first; j++)
					first = placed->held[j].share.location != placed->held[i].share.location;
				if (placed->held[i].share.location == share->location)
					same = i;
				else if (first)
					shipment++;
			}
			if (same < 0)
			{
				const PlanCandidate *candidate = order->candidates;

				while (candidate->location != share->location)
					candidate++;
				cost += candidate->cost;
			}
			values[2] = CStringGetTextDatum(model->locations[share->location].key);
			values[3] = Int64GetDatum(share->quantity);
			values[4] = Int32GetDatum(shipment);
			values[5] = oms_money(cost);
			tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
			rest -= share->quantity;
		}
		if (rest > 0)
		{
			nulls[2] = nulls[4] = true;
			values[3] = Int64GetDatum(rest);
			values[5] = oms_money(rest * l->unfilled_cost);
			tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
		}
	}
}

static const char *
sql_argument(FunctionCallInfo fcinfo, int argno, const char *name, bool required)
{
	if (PG_ARGISNULL(argno))
	{
		if (required)
			oms_require_not_null(fcinfo, argno, name);
		return NULL;
	}
	return text_to_cstring(PG_GETARG_TEXT_PP(argno));
}

/*
 * oms_plan_routes(orders_sql, lines_sql, locations_sql, stock_sql, shipment_cost_sql,
 * line_cost_sql, capacity_sql, options) returns the plan. Raises OM012 for input that
 * does not fit, 22004 for a missing query, 22023 for a bad option.
 */
Datum
oms_plan_routes(PG_FUNCTION_ARGS)
{
	PlanOptions options;
	PlanQueries queries;
	PlanModel  *model;
	PlanLast   *plan;
	PlanRun		run = {0};
	double		mark;
	bool		began = oms_progress_begin(OMS_CALL_PLAN);

	INSTR_TIME_SET_CURRENT(run.start);
	queries.orders = sql_argument(fcinfo, 0, "orders_sql", true);
	queries.lines = sql_argument(fcinfo, 1, "lines_sql", true);
	queries.locations = sql_argument(fcinfo, 2, "locations_sql", true);
	queries.stock = sql_argument(fcinfo, 3, "stock_sql", true);
	queries.shipment_cost = sql_argument(fcinfo, 4, "shipment_cost_sql", false);
	queries.line_cost = sql_argument(fcinfo, 5, "line_cost_sql", false);
	queries.capacity = sql_argument(fcinfo, 6, "capacity_sql", false);
	if (PG_ARGISNULL(7))
		set_defaults(&options);
	else
		parse_options(PG_GETARG_JSONB_P(7), &options);
	InitMaterializedSRF(fcinfo, 0);

	model = oms_model_create(&options);
	plan = oms_model_alloc(model, 1, sizeof(PlanLast));
	plan->model = model;
	plan->planned_by = GetUserId();
	oms_progress_phase(OMS_PHASE_READ, 0);
	oms_plan_read(model, &queries);
	plan->seconds_read = mark = oms_run_seconds(&run);

	oms_progress_phase(OMS_PHASE_BUILD, model->norders);
	oms_model_build(model);
	plan->seconds_build = oms_run_seconds(&run) - mark;
	mark = oms_run_seconds(&run);

	run.model = model;
	run.search = oms_search_create(model);
	run.random = (uint64) options.seed;
	oms_progress_phase(OMS_PHASE_SOLVE, model->norders);
	if (options.solver == PLAN_BATCH)
		oms_solve_batch(&run);
	else
		oms_solve_sequential(&run, options.solver == PLAN_NEAREST);
	plan->state = run.state;
	plan->search = run.search;
	plan->prices = run.prices;
	plan->iterations = run.iterations;
	plan->stop_reason = run.stop_reason;
	plan->seconds_first = run.first_seconds;
	plan->seconds_solve = oms_run_seconds(&run) - mark;
	mark = oms_run_seconds(&run);

	oms_check_plan(plan->state);
	plan->seconds_check = oms_run_seconds(&run) - mark;
	for (int32 o = 0; o < model->norders; o++)
	{
		CHECK_FOR_INTERRUPTS();
		emit_order((ReturnSetInfo *) fcinfo->resultinfo, plan->state, o);
	}

	MemoryContextSetParent(model->context, TopMemoryContext);
	if (last_plan != NULL)
		MemoryContextDelete(last_plan->model->context);
	last_plan = plan;
	oms_progress_end(began);
	PG_RETURN_NULL();
}

static Datum
by_class(const int64 *numbers)
{
	Datum		elements[PLAN_CLASSES];

	for (int c = 0; c < PLAN_CLASSES; c++)
		elements[c] = Int64GetDatum(numbers[c]);
	return PointerGetDatum(construct_array(elements, PLAN_CLASSES, INT8OID, 8,
										   FLOAT8PASSBYVAL, TYPALIGN_DOUBLE));
}

/*
 * oms_plan_summary() returns one row about the last plan of this session, none before
 * the first. lower_bound and gap are null where nothing is certified.
 */
Datum
oms_plan_summary(PG_FUNCTION_ARGS)
{
	static const char *const solvers[] = {"batch", "nearest", "cheapest"};
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	Datum		values[20];
	bool		nulls[20] = {0};
	PlanLast   *last = oms_last_plan();
	PlanModel  *model;
	PlanDraft  *state;
	int64		unfilled = 0;
	int64		late = 0;
	int64		shipments = 0;
	double		metres = 0;
	bool		known = false;
	int			i = 0;

	InitMaterializedSRF(fcinfo, 0);
	if (last == NULL)
		PG_RETURN_NULL();
	model = last->model;
	state = last->state;
	for (int c = 0; c < PLAN_CLASSES; c++)
	{
		unfilled += state->score.unfilled[c];
		late += state->score.late[c];
	}
	for (int32 o = 0; o < model->norders; o++)
	{
		const PlanPlaced *placed = &state->placed[o];

		for (int h = 0; h < placed->nheld; h++)
		{
			const PlanCandidate *candidate = model->orders[o].candidates;
			bool		first = true;

			for (int j = 0; j < h && first; j++)
				first = placed->held[j].share.location != placed->held[h].share.location;
			if (!first)
				continue;
			shipments++;
			while (candidate->location != placed->held[h].share.location)
				candidate++;
			if (candidate->metres >= 0)
			{
				metres += candidate->metres;
				known = true;
			}
		}
	}

	values[i++] = CStringGetTextDatum(solvers[model->options.solver]);
	values[i++] = oms_money(state->score.cost);
	nulls[i] = nulls[i + 1] = true;
	if (last->prices != NULL && last->prices->certified)
	{
		/* what the bound says about plans that are as good in the aims before cost */
		int64		bound = Max(0, last->prices->bound -
								oms_penalties(last->prices, &state->score));

		values[i] = oms_money(bound);
		values[i + 1] = Float8GetDatum(state->score.cost == 0 ? 0 :
									   (double) (state->score.cost - bound) / state->score.cost);
		nulls[i] = nulls[i + 1] = false;
	}
	i += 2;
	values[i++] = Int64GetDatum(model->norders);
	values[i++] = Int64GetDatum(model->nlines);
	values[i++] = Int64GetDatum(shipments);
	values[i++] = Int64GetDatum(unfilled);
	values[i++] = Int64GetDatum(late);
	values[i++] = by_class(state->score.unfilled);
	values[i++] = by_class(state->score.late);
	values[i++] = Float8GetDatum(metres / 1000.0);
	nulls[i - 1] = !known;
	values[i++] = Float8GetDatum(last->seconds_read);
	values[i++] = Float8GetDatum(last->seconds_build);
	values[i++] = Float8GetDatum(last->seconds_solve);
	values[i++] = Float8GetDatum(last->seconds_check);
	values[i++] = Float8GetDatum(last->seconds_first);
	values[i++] = Int64GetDatum(last->iterations);
	values[i++] = Int64GetDatum(MemoryContextMemAllocated(model->context, true));
	values[i++] = CStringGetTextDatum(last->stop_reason);
	tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
	PG_RETURN_NULL();
}
