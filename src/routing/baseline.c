/*
 * baseline.c
 *		The sequential solvers: what a router does that takes one order after the
 *		other, in order of arrival (column sequence, then order_id), whatever its
 *		priority. They are the yardstick of the batch solver, and its start.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "oms.h"
#include "routing/solve.h"

double
oms_run_seconds(const PlanRun *run)
{
	instr_time	now;

	INSTR_TIME_SET_CURRENT(now);
	INSTR_TIME_SUBTRACT(now, run->start);
	return INSTR_TIME_GET_DOUBLE(now);
}

bool
oms_run_out_of_time(const PlanRun *run)
{
	return run->model->options.deadline_ms >= 0 &&
		oms_run_seconds(run) * 1000.0 >= run->model->options.deadline_ms;
}

/*
 * oms_run_random is a number in [0, below): splitmix64 (Steele, Lea, Flood 2014), so
 * that a seed means the same on every build.
 */
uint32
oms_run_random(PlanRun *run, uint32 below)
{
	uint64		z = (run->random += UINT64CONST(0x9E3779B97F4A7C15));

	z = (z ^ (z >> 30)) * UINT64CONST(0xBF58476D1CE4E5B9);
	z = (z ^ (z >> 27)) * UINT64CONST(0x94D049BB133111EB);
	z ^= z >> 31;
	return (uint32) (((z >> 32) * below) >> 32);
}

/*
 * place_planned gives a kept order what it is planned to have, if that is possible still:
 * every line whole where it is planned.
 */
static void
place_planned(PlanModel *model, PlanDraft *state, int32 index, PlanPattern *pattern)
{
	const PlanOrder *order = &model->orders[index];
	int			shipments = 0;

	pattern->nshares = 0;
	pattern->unfilled = pattern->late = pattern->cost = 0;
	for (int32 l = order->first_line; l < order->first_line + order->nlines; l++)
	{
		const PlanLine *line = &model->lines[l];
		PlanShare	share = {line->quantity, l, line->planned_at,
		oms_model_cell(model, line->sku, line->planned_at)};
		PlanCandidate candidate;
		const char *why_not;
		bool		first = true;

		if (share.cell == PLAN_NOWHERE ||
			!oms_model_candidate(model, index, share.location, &candidate, &why_not) ||
			(model->line_costs != NULL && oms_model_line_cost(model, l, share.location) == NULL))
			return;
		oms_model_keep(model, index, share.location);
		for (int i = 0; i < pattern->nshares && first; i++)
			first = pattern->shares[i].location != share.location;
		if (first)
		{
			shipments++;
			pattern->cost += candidate.cost;
		}
		pattern->cost += oms_share_cost(model, l, share.location, share.cell, share.quantity);
		pattern->late += candidate.late_seconds > 0;
		oms_pattern_add(pattern, model->context, &share);
	}
	if (shipments <= order->max_shipments && oms_state_fits(state, index, pattern))
		oms_state_place(state, index, pattern);
}

/*
 * oms_sequential_plan returns a new plan: kept orders have what they are planned to have, then
 * each other order in turn takes what is best for it.
 */
PlanDraft *
oms_sequential_plan(PlanRun *run, bool nearest)
{
	PlanModel  *model = run->model;
	PlanDraft  *state = oms_state_create(model);
	PlanView	view = oms_state_view(state);
	PlanPattern pattern = {0};

	for (int32 o = 0; o < model->norders; o++)
		if (model->orders[o].kept)
			place_planned(model, state, o, &pattern);
	for (int32 i = 0; i < model->norders; i++)
	{
		int32		order = model->arrival[i];

		CHECK_FOR_INTERRUPTS();
		oms_progress_done(i);
		if (state->placed[order].nheld > 0)
			continue;
		oms_pattern_anywhere(run->search, order, &view, nearest, &pattern);
		oms_state_place(state, order, &pattern);
	}
	return state;
}

/* oms_solve_sequential plans one order after the other. */
void
oms_solve_sequential(PlanRun *run, bool nearest)
{
	run->state = oms_sequential_plan(run, nearest);
	run->first_seconds = oms_run_seconds(run);
	run->stop_reason = "sequential";
}
