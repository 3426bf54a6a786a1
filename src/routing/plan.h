/*
 * plan.h
 *		The last plan of this session, for the functions that report about it.
 */
#ifndef OMS_ROUTING_PLAN_H
#define OMS_ROUTING_PLAN_H

#include "routing/price.h"

typedef struct PlanLast
{
	PlanModel  *model;
	PlanDraft  *state;
	PlanSearch *search;
	PlanPrices *prices;			/* NULL when the solver makes none */
	Oid			planned_by;		/* the role whose rights the queries had */
	int64		iterations;
	const char *stop_reason;
	double		seconds_read;
	double		seconds_build;
	double		seconds_solve;
	double		seconds_check;
	double		seconds_first;	/* from the call to the first whole plan */
} PlanLast;

extern PlanLast *oms_last_plan(void);
extern Datum oms_money(int64 micro);
extern void oms_refuse_option(const char *name, const char *what);

#endif							/* OMS_ROUTING_PLAN_H */
