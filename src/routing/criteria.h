/*
 * criteria.h
 *		Criteria of a policy's rule: which location is preferred. See criteria.c.
 */
#ifndef OMS_ROUTING_CRITERIA_H
#define OMS_ROUTING_CRITERIA_H

#include "utils/array.h"

/* The criteria of a rule; n is 0: cost. */
typedef struct Criteria
{
	int			n;
	int		   *kinds;			/* indexes into the table of criteria.c */
	char	  **weights;		/* numbers, as literals; NULL: the first decides */
} Criteria;

/*
 * What a place in the order of preference costs the planner more than the place before it: more
 * than any shipment, of which what is beyond is not counted. The rest of a cost by it is what
 * the shipment costs.
 */
#define CRITERIA_PLACE "1000000"

struct RouteOptions;

extern Criteria oms_criteria_parse(ArrayType *names, ArrayType *weights);
extern char *oms_criteria_places(const Criteria *criteria, const char *priced,
								 const struct RouteOptions *options, ArrayType *run_orders);
extern char *oms_criteria_joins(const Criteria *criteria, const struct RouteOptions *options,
								ArrayType *run_orders);
extern char *oms_criteria_terms(const Criteria *criteria);

#endif							/* OMS_ROUTING_CRITERIA_H */
