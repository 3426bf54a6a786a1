/*
 * pattern.h
 *		The best way to serve one order, given what stock and capacity is left.
 */
#ifndef OMS_ROUTING_PATTERN_H
#define OMS_ROUTING_PATTERN_H

#include "routing/model.h"

/* a share: units of one line served from one stock cell */
typedef struct PlanShare
{
	int64		quantity;
	int32		line;
	int32		location;
	int32		cell;
} PlanShare;

/* A pattern: how one order is served. What no share covers is unfilled. */
typedef struct PlanPattern
{
	PlanShare  *shares;			/* by line, then location */
	int32		nshares;
	int32		capacity;		/* of the array */
	int64		unfilled;		/* units */
	int64		late;			/* lines with a share in a late shipment */
	int64		cost;			/* money, unfilled_cost included */
	int64		priced;			/* of a priced view: cost with all prices in it */
} PlanPattern;

/* What the search sees. Zero a struct and set what is needed. */
typedef struct PlanView
{
	const int64 *left;			/* per cell; NULL = all that was available */
	const PlanCapacity *capacity;	/* per location; NULL = the whole capacity */
	const int32 *banned;		/* locations not to use */
	int			nbanned;
	bool		priced;			/* add prices; late and unfilled have a price too */
	const int64 *cell_price;	/* per unit */
	const PlanCapacity *capacity_price;
	int64		unfilled_price; /* per unit */
	int64		late_price;		/* per line */
	bool		hard;			/* though priced: unfilled units first, then late lines */
	int64		penalty;		/* of an order: > 0 allows to overdraw what is left, at this price */
	int64		unit_penalty;	/* the same for a unit of stock */
	bool		bound;			/* relax: priced is a lower bound over all that may be done */
} PlanView;

typedef struct PlanSearch PlanSearch;

extern PlanSearch *oms_search_create(PlanModel *model);
extern int64 oms_search_work(const PlanSearch *search);
extern bool oms_plain_pattern(const PlanModel *model, MemoryContext context, int32 order,
							  const PlanView *view, PlanPattern *result);
extern void oms_best_pattern(PlanSearch *search, int32 order, const PlanView *view,
							 PlanPattern *result);
extern void oms_pattern_everywhere(PlanSearch *search, int32 index, const PlanView *view,
								   PlanPattern *result);
extern void oms_pattern_anywhere(PlanSearch *search, int32 order, const PlanView *view,
								 bool nearest, PlanPattern *result);
extern void oms_pattern_clear(const PlanModel *model, int32 order, PlanPattern *pattern);
extern void oms_pattern_add(PlanPattern *pattern, MemoryContext context, const PlanShare *share);
extern bool oms_pattern_feasible(const PlanModel *model, int32 order, const PlanView *view,
								 const PlanPattern *pattern);
extern int	oms_pattern_compare(const PlanPattern *a, const PlanPattern *b);

#endif							/* OMS_ROUTING_PATTERN_H */
