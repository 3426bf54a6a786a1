/*
 * capacity.h
 *		Capacity of locations, as routing runs take it and ended work gives it back. See
 *		capacity.c.
 */
#ifndef OMS_ROUTING_CAPACITY_H
#define OMS_ROUTING_CAPACITY_H

#include "routing/route.h"

/* How long work at location l takes, in seconds, as the planner counts it; lines and units are expressions. */
#define WORK_SECONDS(lines, units) \
	"(round(l.minutes_per_order * 60) + " lines " * round(l.minutes_per_line * 60) " \
	"+ " units " * round(l.minutes_per_unit * 60))::int8"

/* The same work by the measure of account c. */
#define WORK_MEASURE(lines, units) \
	"(CASE c.measure WHEN 'orders' THEN 1 WHEN 'lines' THEN " lines " WHEN 'units' THEN " units \
	" ELSE " WORK_SECONDS(lines, units) " END)::int8"

/* What a run took: four columns of keys and the units, by account. */
typedef struct CapacityTaken
{
	Datum		columns[5];
} CapacityTaken;

extern Datum oms_route_take_capacity(RouteRun *run, Datum orders, CapacityTaken *taken);
extern void oms_route_write_capacity(const RouteRun *run, Datum orders, const CapacityTaken *taken);
extern void oms_capacity_give_back(int n, const int64 *fulfillment_ids);

#endif							/* OMS_ROUTING_CAPACITY_H */
