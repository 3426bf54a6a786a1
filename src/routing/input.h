/*
 * input.h
 *		Reading the queries of oms.plan_routes into a model.
 */
#ifndef OMS_ROUTING_INPUT_H
#define OMS_ROUTING_INPUT_H

#include "routing/model.h"

/* the queries, in the order of the arguments; NULL where one is not given */
typedef struct PlanQueries
{
	const char *orders;
	const char *lines;
	const char *locations;
	const char *stock;
	const char *shipment_cost;
	const char *line_cost;
	const char *capacity;
} PlanQueries;

extern void oms_plan_read(PlanModel *model, const PlanQueries *queries);

#endif							/* OMS_ROUTING_INPUT_H */
