/*
 * model.h
 *		The planner's instance in memory: what the queries of oms.plan_routes
 *		returned, in an order that depends on the keys alone, and for each order the
 *		candidate locations with their costs.
 *
 * Orders, lines, locations, skus and stock cells are arrays sorted by key (bytes,
 * COLLATE "C"), so that shuffled input gives the same indexes and so the same plan.
 * Money is int64 in micro-units (10^-6), distance int32 in metres, -1 for unknown.
 * Everything lives in one memory context; nothing here reads the database.
 */
#ifndef OMS_ROUTING_MODEL_H
#define OMS_ROUTING_MODEL_H

#include "postgres.h"

#include "type/latlon.h"

#define PLAN_CLASSES 5			/* priorities 0 (most urgent) to 4 */
#define PLAN_MICRO INT64CONST(1000000)
#define PLAN_UNLIMITED (PG_INT64_MAX / 4)
#define PLAN_NOWHERE (-1)
#define PLAN_RANKED_LINES 4		/* up to here each set of lines has its best candidates kept */
#define PLAN_NOTHING_BEYOND (PG_INT64_MAX / 4)
#define PLAIN_LINES 6			/* most lines of a plain order */

/* limits of the input; above them a number is refused as out of range */
#define PLAN_MAX_MONEY (INT64CONST(1000000000) * PLAN_MICRO)
#define PLAN_MAX_QUANTITY INT64CONST(1000000000000)
#define PLAN_MAX_LATE_SECONDS PG_INT32_MAX
#define PLAN_MAX_WORK_MINUTES INT64CONST(1000000)	/* of one order, line or unit */
#define PLAN_MAX_MINUTES INT64CONST(1000000000000)	/* of a location */

typedef enum PlanSolver
{
	PLAN_BATCH,
	PLAN_NEAREST,
	PLAN_CHEAPEST
} PlanSolver;

typedef struct PlanOptions
{
	PlanSolver	solver;
	int64		cost_per_shipment;	/* money */
	int64		cost_per_km;	/* money */
	int64		late_cost_per_hour; /* money, times the weight of the priority */
	int64		min_shipment_value; /* money; 0 = none */
	int64		max_distance;	/* metres; -1 = none */
	int64		deadline_ms;	/* -1 = none */
	int64		iterations;		/* -1 = by the size of the instance */
	int64		seed;
	int64		candidates;		/* locations kept for an order */
	double		gap_target;		/* stop when the certified gap is at most this; < 0 = none */
	bool		split_lines;
} PlanOptions;

/* what a location may still take; also the unit prices of the same, in money */
typedef struct PlanCapacity
{
	int64		orders;			/* shipments */
	int64		lines;
	int64		units;
	int64		seconds;		/* of work; the measure minutes, to the second */
} PlanCapacity;

typedef struct PlanLocation
{
	const char *key;
	OmsLatLon	position;
	double		vector[3];		/* position on the unit sphere */
	bool		has_position;
	int64		handling_cost;	/* per shipment */
	int64		unit_cost;
	int64		order_seconds;	/* work on a shipment, and on each line and unit of it */
	int64		line_seconds;
	int64		unit_seconds;
	PlanCapacity capacity;		/* PLAN_UNLIMITED where there is none */
} PlanLocation;

typedef struct PlanCandidate
{
	int64		cost;			/* of a shipment: given, or handling + distance; with lateness */
	int32		location;
	int32		metres;			/* -1 = unknown */
	int32		late_seconds;
} PlanCandidate;

/* prices that candidates are chosen by */
typedef struct PlanWorth
{
	const int64 *cell;			/* per unit */
	const PlanCapacity *slot;	/* per shipment, line, unit at a location */
	int64		late_price;		/* per line */
} PlanWorth;

typedef struct PlanOrder
{
	const char *key;
	int64		sequence;
	int64		turn;			/* 0 for the last to arrive, then 1, 2, …: see PlanModel.arrival */
	OmsLatLon	position;
	double		vector[3];		/* position on the unit sphere */
	int64		late_weight;	/* more than any cost of this order: makes a late line count first */
	PlanCandidate *candidates;	/* cheapest first, then by location */
	int32	   *cells;			/* [line of the order][candidate]: stock cell, or PLAN_NOWHERE */
	int64	   *line_costs;		/* the same shape; NULL without line_cost_sql */
	int64		beyond;			/* in bounds: a shipment from a location that is not kept, lines free */
	int64		nunits;
	int32		first_line;
	int32		nlines;
	int32		ncandidates;
	int32		max_shipments;
	uint8		priority;
	bool		has_position;
	bool		ship_complete;
	bool		kept;			/* all its lines are planned somewhere already, and stay served */
	bool		shared_sku;		/* two of its lines ask for the same sku */
	bool		plain;			/* a few free lines of different skus: see plain.c */
	bool		pruned;			/* there are more candidates than the kept ones */
} PlanOrder;

typedef struct PlanLine
{
	int64		quantity;
	int64		unfilled_cost;	/* per unit */
	int64		unit_value;
	int32		order;
	int32		line_no;
	int32		sku;
	int32		together;		/* lines of an order with the same number > 0 stay together */
	int32		planned_at;		/* location that serves it so far; PLAN_NOWHERE */
} PlanLine;

/* A stock cell: what one location has of one sku. Sorted by sku, then location. */
typedef struct PlanCell
{
	int64		available;
	int64		scarcity_cost;	/* per unit */
	int32		sku;
	int32		location;
} PlanCell;

/* a row of shipment_cost_sql; sorted by order, then location */
typedef struct PlanPair
{
	int64		cost;
	int32		order;
	int32		location;
	int32		late_seconds;
} PlanPair;

/* a row of line_cost_sql; sorted by line, then location */
typedef struct PlanLineCost
{
	int64		cost;
	int32		line;
	int32		location;
} PlanLineCost;

typedef struct PlanModel
{
	MemoryContext context;
	PlanOptions options;
	int32		norders;
	int32		nlines;
	int32		nlocations;
	int32		nskus;
	int32		ncells;
	int32		npairs;
	int32		nline_costs;
	PlanOrder  *orders;
	PlanLine   *lines;			/* by order, then line_no */
	PlanLocation *locations;
	const char **skus;
	PlanCell   *cells;
	int64	   *cell_cost;		/* per cell, of a unit: scarcity, and unit_cost when it counts */
	int32	   *sku_cells;		/* [nskus + 1]: where the cells of a sku begin */
	PlanPair   *pairs;			/* NULL without shipment_cost_sql */
	PlanLineCost *line_costs;	/* NULL without line_cost_sql */
	bool		has_narrow;		/* a location has a limit of lines, units or work */
	bool		has_kept;		/* there are kept orders */
	bool		has_work;		/* locations_sql says how long the work takes */
	int32	   *arrival;		/* orders by sequence, then key */
	char	   *pool;			/* small pieces that live as long as the model */
	Size		pool_left;
	MemoryContext transient;	/* when set, pieces come from here */
	MemoryContext rough;		/* candidates of a first plan; NULL when there are none */
	int32	   *location_scratch;	/* [nlocations], PLAN_NOWHERE between uses */
	uint32	   *lines_scratch;	/* [nlocations], 0 between uses */
} PlanModel;

/* keys to indexes: an open-addressing hash over strings that it does not own */
typedef struct PlanKeyMap PlanKeyMap;

extern PlanKeyMap *oms_keymap_create(MemoryContext context);
extern int32 oms_keymap_find(PlanKeyMap *map, const char *key);
extern void oms_keymap_add(PlanKeyMap *map, const char *key, int32 value);

extern PlanModel *oms_model_create(const PlanOptions *options);
extern void *oms_model_alloc(PlanModel *model, Size count, Size size);
extern void *oms_model_piece(PlanModel *model, Size size);
extern void oms_model_build(PlanModel *model);
extern void oms_model_candidates(PlanModel *model, int32 order, int64 limit, const int64 *left,
								 const PlanWorth *worth, const int32 *must, int nmust);
extern void oms_model_refine(PlanModel *model, int32 order, const int32 *must, int nmust);
extern void oms_model_keep(PlanModel *model, int32 order, int32 location);
extern bool oms_model_candidate(PlanModel *model, int32 order, int32 location,
								PlanCandidate *candidate, const char **why_not);
extern int32 oms_model_cell(const PlanModel *model, int32 sku, int32 location);
extern const PlanLineCost *oms_model_line_cost(const PlanModel *model, int32 line, int32 location);
extern int64 oms_work_seconds(const PlanLocation *location, int64 orders, int64 lines, int64 units);
extern int64 oms_share_cost(const PlanModel *model, int32 line, int32 location, int32 cell,
							int64 quantity);

#endif							/* OMS_ROUTING_MODEL_H */
