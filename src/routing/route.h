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

/* half the circumference of the earth: a location without coordinates comes last */
#define FARTHEST_KM "20015"

/* Whether location l sends out nothing, or nothing of a sku, for order o; up to the sku's condition. */
#define EXCLUDED \
	"EXISTS (SELECT FROM oms.location_exclusion x WHERE x.location = l.location " \
	"AND x.until > clock_timestamp() AND (x.order_id IS NULL OR x.order_id = o.order_id) AND x.sku "

/* A call of oms.plan_routes: its eight arguments. */
#define PLAN_ARGUMENTS 8
#define PLAN_CALL "oms.plan_routes($1, $2, $3, $4, $5, $6, $7, $8)"

/* Options of route that are not the planner's. */
typedef struct RouteOptions
{
	Jsonb	   *given;			/* as given, for the record */
	Jsonb	   *planner;		/* the planner's part */
	char	   *cost_per_shipment;	/* numbers, as literals */
	char	   *cost_per_km;
	char	   *handling_hours;
	char	   *km_per_hour;
	char	   *service_hours;	/* a literal of jsonb */
	char	   *ship_at;		/* an expression over the order o */
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
	Datum		orders;			/* distinct order_ids */
} RoutePlan;

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
extern void oms_route_put_rows(ReturnSetInfo *result, uint64 rows);

/* demand.c */
extern char *oms_route_filter(const char *column, ArrayType *order_ids);
extern void oms_route_plan_call(const char *solver, ArrayType *order_ids,
								const RouteOptions *options, RouteArgument *arguments);
extern RoutePlan oms_route_make_plan(const RouteArgument *call);

/* moves.c */
extern void oms_route_apply_moves(const RoutePlan *plan, Datum locked, int64 *moved,
								  int64 *not_moved);

/* decide.c */
extern void oms_route_decide(Datum run_id, const RoutePlan *plan, Datum locked,
							 const RouteOptions *options);

/* route.c */
extern void oms_routing_init(void);

#endif							/* OMS_ROUTING_ROUTE_H */
