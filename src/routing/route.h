/*
 * route.h
 *		Routing of oms's own orders: what its files share. See route.c.
 */
#ifndef OMS_ROUTING_ROUTE_H
#define OMS_ROUTING_ROUTE_H

#include "funcapi.h"
#include "utils/array.h"
#include "utils/jsonb.h"

#include "oms.h"
#include "routing/policy.h"

#define ROUTE_MAX_ARGUMENTS 20
#define DEFAULT_SOLVER "batch"

/*
 * Whether location l sends out nothing, or nothing of a sku, for order o, by exclusions x that are
 * in force; up to the sku's condition.
 */
#define IN_FORCE "x.until > clock_timestamp()"
#define EXCLUDED(in_force) \
	"EXISTS (SELECT FROM oms.location_exclusion x WHERE x.location = l.location " \
	"AND " in_force " AND (x.order_id IS NULL OR x.order_id = o.order_id) AND x.sku "

/* A call of oms.plan_routes: its eight arguments. */
#define PLAN_ARGUMENTS 8
#define PLAN_CALL "oms.plan_routes($1, $2, $3, $4, $5, $6, $7, $8)"

/*
 * What a shipment costs more from a location where its order holds nothing: less than any
 * difference between plans that counts, so that of equal plans the one that moves least is
 * chosen. It is not in the costs that are recorded, which are rounded by ROUTE_ROUND.
 */
#define ROUTE_SWITCHING_COST "0.000001::float8"
#define ROUTE_ROUND(cost) "trim_scale(round(" cost ", 4))"

/* Options of route that are not the planner's. */
typedef struct RouteOptions
{
	Jsonb	   *given;			/* as given, for the record */
	Jsonb	   *planner;		/* the planner's part */
	char	   *cost_per_shipment;	/* numbers, as literals */
	char	   *cost_per_km;
	char	   *start_at;		/* an expression over the order o */
	TimestampTz begins_at;		/* the moment whose windows of capacity count the work */
	bool		stored_prices;	/* stock and capacity cost what they were worth to the last run */
	const char *held;			/* what is planned: oms.routing_held, or oms.past_held(…) */
	const char *inventory;		/* the stock for it: oms.inventory, or oms.past_inventory(…) */
	const char *in_force;		/* which exclusions x count */
	bool		past;			/* whether it is the past's, and for comparison only */
} RouteOptions;

/* The columns of the plan, each an array over its rows. */
typedef struct RoutePlan
{
	Datum		order_id;
	Datum		line_no;
	Datum		location;
	Datum		quantity;
	Datum		shipment;
	Datum		cost;
	Datum		step;			/* number of the planning step, from 1 */
} RoutePlan;

/* What an earlier step serves, by its rule, and a later one may move within that rule. */
typedef struct RouteKept
{
	const PolicyRule *rule;
	int			number;			/* of the step */
	RoutePlan	rows;			/* of the plan: order_id, line_no, location, quantity */
	Datum		numbers;		/* integer[]: which rows of the plan, from 1 */
} RouteKept;

/*
 * What one step plans: all of the run, or what one rule of a policy is to serve. Rows of
 * earlier steps are taken off the supply, but for those that may move.
 */
typedef struct RouteStep
{
	ArrayType  *run_orders;		/* whose holds may move; NULL: of all orders */
	ArrayType  *orders;			/* that are planned; NULL: of the run */
	const PolicyRule *rule;		/* NULL: no policy */
	int			number;			/* from 1 */
	const RoutePlan *left;		/* their lines still to be served; NULL: all */
	const RoutePlan *earlier;	/* NULL: nothing yet */
	const RouteKept *kept;		/* what is planned anew with them */
	int			nkept;
	const RoutePlan *stays;		/* units held, by plan line and location, that are no supply; NULL: none */
	Datum		avoided_orders; /* with locations that they are not to have, text[] each; 0: none */
	Datum		avoided_locations;
} RouteStep;

/* What resources were worth to the steps of a plan: text[] thrice, numeric[]. */
typedef struct RoutePrices
{
	Datum		measures;
	Datum		locations;
	Datum		skus;
	Datum		prices;
	bool		made;			/* by one step at least */
} RoutePrices;

/* What a run planned, and what it was planned by. */
typedef struct RouteRun
{
	const char *solver;
	ArrayType  *run_orders;
	const RouteOptions *options;
	Policy	   *policy;			/* NULL: none */
	RoutePlan	plan;
	int			nsteps;
	int			first_step;		/* of the routing at hand */
	const PolicyRule **step_rules;	/* by step, from 1 */
	Datum		routings;		/* by step: text[], integer[], text[], numeric[] */
	Datum		rules;
	Datum		queues;
	Datum		cancel_after_days;
	Datum		ignores_capacity;	/* boolean[] */
	Datum		planned_orders; /* text[]; by order what it held, bigint[] */
	Datum		planned;
	RoutePlan	stays;			/* order_id, line_no, location, quantity: units that wait where they are */
	Datum		left_out;		/* text[]: orders left as they are and not planned */
	Datum		avoided_orders; /* text[]; what each did not get in an earlier round, text[] */
	Datum		avoided_locations;
	Datum		judged_orders;	/* text[] */
	Datum		judged;			/* jsonb[]: candidates, by order and step */
	Datum		judged_steps;	/* integer[]: of an order and step the last one counts */
	RoutePrices *prices;		/* in which prices of the steps are noted; NULL: in none */
} RouteRun;

typedef struct RouteArgument
{
	Oid			type;
	Datum		value;
	bool		isnull;
} RouteArgument;

/* options.c */
extern RouteOptions *oms_route_read_options(Jsonb *given);

/* statement.c */
extern uint64 oms_route_run(const char *sql, int n, const RouteArgument *arguments, bool read_only);
extern Datum oms_route_copy_value(uint64 row, int column, MemoryContext context);
extern Datum oms_route_combine(const char *sql, Oid type, Datum a, Datum b);
extern Datum oms_route_except(Datum a, Datum b);
extern Datum oms_route_intersect(Datum a, Datum b);
extern Datum oms_route_union(Datum a, Datum b);
extern int	oms_route_cardinality(Datum a);
extern Datum oms_route_numeric(const char *digits);

/* demand.c */
extern char *oms_route_shipping(const RouteOptions *options);
extern char *oms_route_key(int number);
extern char *oms_route_stock(const RouteStep *step, const RouteOptions *options);
extern char *oms_route_capacity_left(const RouteStep *step, const RouteOptions *options);
extern bool oms_route_has_capacity(const RouteStep *step, const RouteOptions *options);
extern char *oms_route_filter(const char *column, ArrayType *order_ids);
extern void oms_route_plan_call(const char *solver, const RouteStep *step,
								const RouteOptions *options, RouteArgument *arguments);

/* steps.c */
extern void oms_route_plan(RouteRun *run, ArrayType *order_ids);
extern void oms_route_plan_steps(RouteRun *run, ArrayType *order_ids);
extern Datum oms_route_unchanged(const RouteRun *run, Datum orders);

extern void oms_route_call(RouteRun *run, const RouteStep *step, RoutePlan *raw, Datum *unfilled);
extern void oms_route_copy_rows(RoutePlan *plan, int column, MemoryContext context);
extern void oms_route_copy_plan(RoutePlan *plan, int column, MemoryContext context);

extern RoutePlan oms_route_add_rows(const RoutePlan *a, const RoutePlan *b);

/* stays.c */
extern bool oms_route_keep_places(RouteRun *run, ArrayType *planned, Datum left);

/* tiers.c */
extern bool oms_route_move_earlier(RouteRun *run, const RouteStep *step, const RoutePlan *before,
								   const RoutePlan *raw, Datum unfilled, bool last, RoutePlan *left,
								   RoutePlan *displaced);

/* moves.c */
extern void oms_route_apply_moves(const RoutePlan *plan, Datum locked, int64 *moved,
								  int64 *not_moved);

/* decide.c */
extern void oms_route_judge(RouteRun *run, const PolicyRule *rule, int number, bool by_key, Datum orders);
extern void oms_route_decide(Datum run_id, const RouteRun *run, Datum orders, Datum refused);

/* worth.c */
extern void oms_route_note_prices(RoutePrices *prices);
extern void oms_route_keep_prices(Datum run_id, const RoutePrices *prices);

/* unserved.c */
extern void oms_route_backorder(Datum run_id, const RouteRun *run, Datum orders);

#endif							/* OMS_ROUTING_ROUTE_H */
