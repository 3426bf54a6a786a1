/*
 * solve.h
 *		The solvers: each leaves the best plan it found.
 */
#ifndef OMS_ROUTING_SOLVE_H
#define OMS_ROUTING_SOLVE_H

#include "portability/instr_time.h"
#include "routing/state.h"

/* a run of a solver: what it may use, and what it says afterwards */
typedef struct PlanRun
{
	PlanModel  *model;
	PlanSearch *search;
	PlanDraft  *state;			/* the plan; set by the solver */
	instr_time	start;			/* of the call: deadline_ms counts from here */
	uint64		random;
	int64		iterations;		/* done */
	double		first_seconds;	/* until the first whole plan */
	const char *stop_reason;
	struct PlanPrices *prices;	/* NULL when there are none */
} PlanRun;

extern void oms_solve_sequential(PlanRun *run, bool nearest);
extern void oms_solve_batch(PlanRun *run);
extern PlanDraft *oms_sequential_plan(PlanRun *run, bool nearest);
extern bool oms_run_out_of_time(const PlanRun *run);
extern double oms_run_seconds(const PlanRun *run);
extern uint32 oms_run_random(PlanRun *run, uint32 below);

/* check.c: raises an internal error when a plan breaks a rule, or its score is wrong */
extern void oms_check_plan(const PlanDraft *state);

#endif							/* OMS_ROUTING_SOLVE_H */
