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

/* oms_sequential_plan returns a new plan: each order in turn takes what is best for it. */
PlanDraft *
oms_sequential_plan(PlanRun *run, bool nearest)
{
	PlanModel  *model = run->model;
	PlanDraft  *state = oms_state_create(model);
	PlanView	view = oms_state_view(state);
	PlanPattern pattern = {0};

	for (int32 i = 0; i < model->norders; i++)
	{
		int32		order = model->arrival[i];

		CHECK_FOR_INTERRUPTS();
		oms_progress_done(i);
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
