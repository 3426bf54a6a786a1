/*
 * price.h
 *		Prices of stock and capacity, and the lower bound that they prove.
 */
#ifndef OMS_ROUTING_PRICE_H
#define OMS_ROUTING_PRICE_H

#include "routing/solve.h"

typedef struct PlanPrices
{
	int64	   *cell;			/* per stock cell, money per unit */
	PlanCapacity *capacity;		/* per location, money per shipment, line, unit, second */
	PlanCapacity *slot;			/* the same with the price of the work in the other three */
	int64		unfilled[PLAN_CLASSES]; /* penalty per unit, beside unfilled_cost */
	int64		late[PLAN_CLASSES]; /* penalty per line */
	int64		ceiling;		/* no price per unit is above it */
	int64	   *ideal;			/* per order: least priced cost */
	bool		certified;		/* there is a bound */
	int64		bound;			/* no plan has a lower cost + penalties */
	int64		iterations;
} PlanPrices;

extern PlanPrices *oms_prices_create(PlanModel *model);
extern void oms_prices_search(PlanRun *run, PlanPrices *prices, const PlanScore *allowed,
							  int64 upper, int iterations);
extern void oms_price_slots(const PlanModel *model, const PlanCapacity *capacity,
							PlanCapacity *slot);
extern int64 oms_penalties(const PlanPrices *prices, const PlanScore *score);
extern void oms_price_view(const PlanPrices *prices, int priority, PlanView *view);
extern int64 oms_priced_cost(const PlanPrices *prices, const PlanDraft *state, int32 order);

/* negotiate.c */
extern PlanDraft *oms_negotiate(PlanRun *run, const PlanPrices *prices, int passes);
extern bool oms_overdrawn(const PlanDraft *state, int32 order);

#endif							/* OMS_ROUTING_PRICE_H */
