/*
 * state.h
 *		A plan in the making: which pattern each order has, what stock and capacity
 *		that leaves, who holds what, and how good the whole is.
 */
#ifndef OMS_ROUTING_STATE_H
#define OMS_ROUTING_STATE_H

#include "routing/pattern.h"

/* How good a plan is; compared from the most urgent class on, money last. */
typedef struct PlanScore
{
	int64		lost[PLAN_CLASSES]; /* of unfilled, units of kept orders */
	int64		unfilled[PLAN_CLASSES]; /* units */
	int64		late[PLAN_CLASSES]; /* lines */
	int64		cost;			/* money */
	int64		class_cost[PLAN_CLASSES];	/* of the orders of a class, money */
	int64		waiting;		/* turns of the orders that lack units */
} PlanScore;

/* a share in a plan, linked with the others of its cell and of its location */
typedef struct PlanHeld
{
	PlanShare	share;
	struct PlanHeld *next_in_cell;
	struct PlanHeld *previous_in_cell;
	struct PlanHeld *next_at_location;
	struct PlanHeld *previous_at_location;
} PlanHeld;

typedef struct PlanPlaced
{
	PlanHeld   *held;
	int64		unfilled;
	int64		late;
	int64		cost;
	int32		nheld;
} PlanPlaced;

typedef struct PlanDraft
{
	PlanModel  *model;
	MemoryContext context;
	int64	   *left;			/* per cell */
	PlanCapacity *capacity;		/* per location, what is left */
	PlanPlaced *placed;			/* per order */
	PlanHeld  **in_cell;		/* per cell, newest first */
	PlanHeld  **at_location;	/* per location, newest first */
	PlanScore	score;
} PlanDraft;

extern PlanDraft *oms_state_create(PlanModel *model);
extern void oms_state_drop(PlanDraft *state);
extern void oms_state_place(PlanDraft *state, int32 order, const PlanPattern *pattern);
extern void oms_state_take(PlanDraft *state, int32 order, PlanPattern *pattern);
extern void oms_state_lend(PlanDraft *state, int32 order, int sign);
extern bool oms_state_fits(const PlanDraft *state, int32 order, const PlanPattern *pattern);
extern PlanView oms_state_view(const PlanDraft *state);
extern int	oms_score_compare(const PlanScore *a, const PlanScore *b);

#endif							/* OMS_ROUTING_STATE_H */
