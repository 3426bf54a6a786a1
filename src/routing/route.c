/*
 * route.c
 *		oms.route: the planner over oms's own orders, and its decisions applied; and
 *		compare_solvers and explain_route.
 *
 * A run has three steps. Plan: oms.plan_routes reads queries over oms's tables, in one
 * snapshot and without locks. Lock: the orders of the plan that are still open, and the
 * reservations to be moved, are locked without waiting; what somebody else has locked
 * or changed is left where it is and counted. Apply: holds move, then decisions and
 * fulfillments are written from what is held after the moves.
 *
 * Invariants. A move takes at one location what it gives at another, in one transaction,
 * so no outcome of a run oversells. A fulfillment asks for no more than its order holds
 * at its location. An order has at most one assigned fulfillment at a location.
 *
 * Moves. Units wanted at a location may be free only when another hold has left it. So
 * the moves of a sku are tried until none succeeds, whole, then in part. What is left
 * then moves in circles, or lost its stock to a buyer meanwhile. A hold of units that no
 * location can serve yields its place to a move that needs it, and goes where that one
 * came from: it stays a hold. The circles are cut to a set that takes at no location more
 * than the set gives there; such a set cannot fail and is moved without the bound.
 * Nobody can take between a give and its take: what a transaction gives counts for others
 * only after its commit.
 *
 * Locks, in this order: routing_run_row (one run at a time, buyers unaffected); rows of
 * order_row (skip locked); rows of reservation_row (skip locked); those of stock.c.
 *
 * The SQL texts here are run by SECURITY DEFINER functions that are pinned to search_path
 * pg_catalog, pg_temp, so that operators need no schema.
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/namespace.h"
#include "catalog/pg_type.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "portability/instr_time.h"
#include "storage/lmgr.h"
#include "utils/array.h"
#include "utils/guc.h"
#include "utils/jsonb.h"
#include "utils/lsyscache.h"
#include "utils/numeric.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

#include "oms.h"
#include "orders/orders.h"
#include "reservation/reservation.h"
#include "routing/route.h"

PG_FUNCTION_INFO_V1(oms_route);
PG_FUNCTION_INFO_V1(oms_compare_solvers);
PG_FUNCTION_INFO_V1(oms_explain_route);

/* defaults of plan_routes, for the shipment costs that are made here */
#define DEFAULT_COST_PER_SHIPMENT "5"
#define DEFAULT_COST_PER_KM "0.01"
/* half the circumference of the earth: a location without coordinates comes last */
#define FARTHEST_KM "20015"

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
typedef struct PlanColumns
{
	Datum		order_id;
	Datum		line_no;
	Datum		location;
	Datum		quantity;
	Datum		shipment;
	Datum		cost;
	Datum		orders;			/* distinct order_ids */
} PlanColumns;

/*
 * Units to be moved. By sku, most urgent order first; then the units of that sku that are
 * held and that no location can serve, which may have to yield.
 */
typedef struct Move
{
	int64		reservation_id;
	text	   *sku;
	text	   *from;
	text	   *to;				/* NULL: may yield */
	int64		quantity;		/* what is left to be moved */
	bool		tracked;
	int64		total;			/* units of the reservation that move or may yield */
	int64		rank;			/* of the order, by urgency */
	bool		yields;			/* a move that the plan did not ask for */
} Move;

/* A row of the plan: units of a line wanted at a location. */
typedef struct WantedRow
{
	char	   *order_id;
	int32		line_no;
	text	   *location;		/* NULL: nowhere */
	int64		quantity;
} WantedRow;

/* A reservation of a line, with what may move of the line at that location. */
typedef struct HeldRow
{
	char	   *order_id;
	int32		line_no;
	text	   *location;
	int64		movable;
	int64		units;			/* of the reservation; then what is still to be matched */
	int64		surplus;		/* of the reservation: units that are not wanted there */
	Move		move;			/* what a move of it has in common */
} HeldRow;

/* Units that the moves of a sku take and give at a location. */
typedef struct Flow
{
	text	   *location;
	int64		in;
	int64		out;
} Flow;

/* -------------------------------------------------------------------------
 * Options
 * -------------------------------------------------------------------------
 */

static void
refuse_option(const char *name, const char *must)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("option \"%s\" %s", name, must)));
}

static JsonbValue *
option_value(Jsonb *options, const char *name)
{
	JsonbValue *value = getKeyJsonValueFromContainer(&options->root, name, strlen(name), NULL);

	return value == NULL || value->type == jbvNull ? NULL : value;
}

/* number_of returns the literal of a number that is not negative (and, positive, not 0). */
static char *
number_of(const char *name, const JsonbValue *value, bool positive)
{
	char	   *digits;

	if (value->type != jbvNumeric)
		refuse_option(name, "must be a number");
	digits = DatumGetCString(DirectFunctionCall1(numeric_out,
												 NumericGetDatum(value->val.numeric)));
	if (digits[0] == '-' || strlen(digits) > 20 ||
		(positive && strspn(digits, "0.") == strlen(digits)))
		refuse_option(name, positive ? "must be more than 0" : "must not be negative");
	return digits;
}

static char *
number_option(Jsonb *options, const char *name, const char *otherwise, bool positive)
{
	JsonbValue *value = option_value(options, name);

	return value == NULL ? pstrdup(otherwise) : number_of(name, value, positive);
}

/* service_hours_option merges the option over the defaults. */
static char *
service_hours_option(Jsonb *options)
{
	JsonbValue *value = option_value(options, "service_hours");
	StringInfoData merged;
	JsonbIterator *iterator;
	JsonbIteratorToken token;
	JsonbValue	element;

	initStringInfo(&merged);
	appendStringInfoString(&merged,
						   "'{\"same_day\": 12, \"next_day\": 36, \"two_day\": 60}'::jsonb");
	if (value == NULL)
		return merged.data;
	if (value->type != jbvBinary || !JsonContainerIsObject(value->val.binary.data))
		refuse_option("service_hours", "must be an object of services and hours");
	iterator = JsonbIteratorInit(value->val.binary.data);
	while ((token = JsonbIteratorNext(&iterator, &element, true)) != WJB_DONE)
		if (token == WJB_VALUE && element.type != jbvNull)
			(void) number_of("service_hours", &element, false);
	appendStringInfo(&merged, " || %s::jsonb",
					 quote_literal_cstr(JsonbToCString(NULL, value->val.binary.data,
													   value->val.binary.len)));
	return merged.data;
}

/* ship_at_option is the moment from which goods are on their way, as an expression. */
static char *
ship_at_option(Jsonb *options)
{
	JsonbValue *value = option_value(options, "ship_at");
	char	   *string;

	if (value == NULL)
		return pstrdup("pg_catalog.now()");
	if (value->type != jbvString)
		refuse_option("ship_at", "must be a moment or \"placed_at\"");
	string = pnstrdup(value->val.string.val, value->val.string.len);
	if (strcmp(string, "placed_at") == 0)
		return pstrdup("o.placed_at");
	(void) DirectFunctionCall3(timestamptz_in, CStringGetDatum(string),
							   ObjectIdGetDatum(InvalidOid), Int32GetDatum(-1));
	return psprintf("%s::timestamptz", quote_literal_cstr(string));
}

/* read_options checks and splits the options; 22023 for what is not route's. */
static RouteOptions *
read_options(Jsonb *given)
{
	static const char *const ours[] = {"ship_at", "handling_hours", "km_per_hour", "service_hours"};
	RouteOptions *result = palloc0(sizeof(RouteOptions));
	Jsonb	   *planner = given;

	if (!JB_ROOT_IS_OBJECT(given))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("options must be a jsonb object")));
	if (option_value(given, "solver") != NULL)
		refuse_option("solver", "is an argument of its own");

	result->given = given;
	result->cost_per_shipment = number_option(given, "cost_per_shipment",
											  DEFAULT_COST_PER_SHIPMENT, false);
	result->cost_per_km = number_option(given, "cost_per_km", DEFAULT_COST_PER_KM, false);
	result->handling_hours = number_option(given, "handling_hours", "4", false);
	result->km_per_hour = number_option(given, "km_per_hour", "50", true);
	result->service_hours = service_hours_option(given);
	result->ship_at = ship_at_option(given);
	for (int i = 0; i < lengthof(ours); i++)
		planner = DatumGetJsonbP(DirectFunctionCall2(jsonb_delete, JsonbPGetDatum(planner),
													 CStringGetTextDatum(ours[i])));
	result->planner = planner;
	return result;
}

/* -------------------------------------------------------------------------
 * Statements
 * -------------------------------------------------------------------------
 */

typedef struct Argument
{
	Oid			type;
	Datum		value;
	bool		isnull;
} Argument;

/*
 * run executes one of the set-based statements below, planned for the arrays at hand,
 * and returns the number of rows. A private table may be written. Without nested loops:
 * right after a load there are no statistics, and a guess of one row would make the time
 * quadratic. No kept plan is built in here.
 */
static uint64
run(const char *sql, int n, const Argument *arguments, bool read_only)
{
	Oid			types[12];
	Datum		values[12];
	char		nulls[12] = {0};
	int			settings;
	int			result;

	Assert(n <= lengthof(types));
	for (int i = 0; i < n; i++)
	{
		types[i] = arguments[i].type;
		values[i] = arguments[i].value;
		nulls[i] = arguments[i].isnull ? 'n' : ' ';
	}
	settings = NewGUCNestLevel();
	(void) set_config_option("enable_nestloop", "off", PGC_USERSET, PGC_S_SESSION,
							 GUC_ACTION_SAVE, true, 0, false);
	oms_guard_suspended++;
	result = SPI_execute_with_args(sql, n, types, values, nulls, read_only, 0);
	oms_guard_suspended--;
	AtEOXact_GUC(true, settings);
	if (result < 0)
		elog(ERROR, "SPI failed: %s: %s", SPI_result_code_string(result), sql);
	return SPI_processed;
}

/* copy_value copies a value of the last result into the caller's memory. */
static Datum
copy_value(uint64 row, int column, MemoryContext context)
{
	bool		isnull;
	Datum		value = oms_spi_value(row, column, &isnull);
	MemoryContext old = MemoryContextSwitchTo(context);

	if (isnull)
		elog(ERROR, "unexpected null in column %d", column);
	if (!TupleDescAttr(SPI_tuptable->tupdesc, column - 1)->attbyval)
		value = PointerGetDatum(PG_DETOAST_DATUM_COPY(value));
	MemoryContextSwitchTo(old);
	return value;
}

/* -------------------------------------------------------------------------
 * The planner's queries
 * -------------------------------------------------------------------------
 */

/* The open locations of a line's channel group, as a join over order_row o. */
#define CANDIDATES \
	"JOIN oms.channel c ON c.channel = o.channel " \
	"JOIN oms.location_group_member m ON m.location_group = " \
	"CASE o.method WHEN 'pickup' THEN c.pickup_group ELSE c.ship_group END " \
	"JOIN oms.location l ON l.location = m.location AND l.status = 'active' " \
	"AND CASE o.method WHEN 'pickup' THEN l.can_pickup ELSE l.can_ship END "

/* What is picked up was promised where it is held. */
#define PICKUP_STAYS \
	"(o.method = 'ship' OR EXISTS (SELECT FROM oms.routing_held h " \
	"WHERE h.order_id = o.order_id AND h.location = l.location)) "

/* A call of oms.plan_routes: its eight arguments. */
#define PLAN_ARGUMENTS 8
#define PLAN_CALL "oms.plan_routes($1, $2, $3, $4, $5, $6, $7, $8)"

/* filter_of is a condition on column that limits a query to order_ids, or nothing. */
static char *
filter_of(const char *column, ArrayType *order_ids)
{
	Oid			output;
	bool		varlena;

	if (order_ids == NULL)
		return "";
	getTypeOutputInfo(TEXTARRAYOID, &output, &varlena);
	return psprintf("AND %s = ANY (%s::text[]) ", column,
					quote_literal_cstr(OidOutputFunctionCall(output, PointerGetDatum(order_ids))));
}

static bool
exists(const char *sql)
{
	bool		found;

	oms_spi_connect();
	found = run(psprintf("SELECT 1 FROM (%s) q LIMIT 1", sql), 0, NULL, true) > 0;
	oms_spi_finish();
	return found;
}

static Argument
sql_argument(const char *sql)
{
	return (Argument) {
		TEXTOID, sql == NULL ? (Datum) 0 : CStringGetTextDatum(sql), sql == NULL
	};
}

/* planner_options adds the solver, and the defaults that are ours. */
static Datum
planner_options(const char *solver, const RouteOptions *options)
{
	Datum		ours = DirectFunctionCall1(jsonb_in, CStringGetDatum("{\"split_lines\": true}"));
	Argument	arguments[] = {{TEXTOID, CStringGetTextDatum(solver)}};
	MemoryContext caller = CurrentMemoryContext;
	Datum		named;

	oms_spi_connect();
	run("SELECT jsonb_build_object('solver', $1)", 1, arguments, true);
	named = copy_value(0, 1, caller);
	oms_spi_finish();
	ours = DirectFunctionCall2(jsonb_concat, ours, JsonbPGetDatum(options->planner));
	return DirectFunctionCall2(jsonb_concat, ours, named);
}

/*
 * plan_call makes a call of oms.plan_routes over the open orders; what it plans is
 *
 *		demand		units of routing_held
 *		supply		what the demand holds there, and what is available above the safety stock
 *					of the strictest channel that has demand for the sku
 *		candidates	open locations of the channel's group for the order's method
 *		cost		handling + cost_per_shipment + km * cost_per_km; lateness is the planner's
 *		capacity	capacity_orders - unfinished work that is not to be planned anew
 */
static void
plan_call(const char *solver, ArrayType *order_ids, const RouteOptions *options,
		  Argument *arguments)
{
	char	   *held_filter = filter_of("h.order_id", order_ids);
	char	   *order_filter = filter_of("o.order_id", order_ids);
	char	   *orders,
			   *lines,
			   *locations,
			   *stock,
			   *shipment_cost,
			   *line_cost,
			   *pinned;

	orders = psprintf("SELECT o.order_id, o.priority, CASE o.method WHEN 'pickup' THEN "
					  "(SELECT l.coordinates FROM oms.routing_held h JOIN oms.location l ON "
					  "l.location = h.location "
					  "WHERE h.order_id = o.order_id ORDER BY l.location LIMIT 1) ELSE o.ship_to "
					  "END AS coordinates, "
					  "row_number() OVER (ORDER BY o.placed_at, o.order_id) AS sequence "
					  "FROM oms.order_row o WHERE o.order_id IN (SELECT h.order_id FROM "
					  "oms.routing_held h) %s",
					  order_filter);
	lines = psprintf("SELECT h.order_id, h.line_no, h.sku, h.quantity, l.keep_together, "
					 "COALESCE(l.unit_value, i.unit_value) AS unit_value "
					 "FROM (SELECT h.order_id, h.line_no, h.sku, LEAST(sum(h.quantity), "
					 "1000000000000)::bigint AS quantity "
					 "FROM oms.routing_held h WHERE true %sGROUP BY h.order_id, h.line_no, h.sku) "
					 "h "
					 "JOIN oms.order_line_row l ON l.order_id = h.order_id AND l.line_no = "
					 "h.line_no "
					 "LEFT JOIN oms.item i ON i.sku = h.sku", held_filter);
	locations = psprintf("SELECT l.location, l.coordinates, l.handling_cost, "
						 "CASE WHEN l.capacity_orders IS NOT NULL THEN "
						 "GREATEST(0, l.capacity_orders - COALESCE(f.orders, 0)) END AS "
						 "capacity_orders "
						 "FROM oms.location l LEFT JOIN (SELECT f.location, count(*) AS orders "
						 "FROM oms.fulfillment_row f WHERE f.status IN ('accepted', 'picked', "
						 "'packed') "
						 "OR f.status = 'assigned' AND NOT EXISTS (SELECT FROM oms.order_row o "
						 "WHERE o.order_id = f.order_id AND o.status = 'open' %s) GROUP BY "
						 "f.location) f "
						 "ON f.location = l.location", order_filter);
	stock = psprintf("WITH h AS (SELECT h.sku, h.location, sum(h.quantity) AS quantity "
					 "FROM oms.routing_held h "
					 "WHERE true %sGROUP BY h.sku, h.location), "
					 "s AS (SELECT h.sku, COALESCE(bool_and(i.tracked), true) AS tracked, "
					 "array_agg(DISTINCT ARRAY[o.channel, o.method]) AS buyers FROM oms.routing_held h "
					 "JOIN oms.order_row o ON o.order_id = h.order_id "
					 "LEFT JOIN oms.item i ON i.sku = h.sku WHERE true %sGROUP BY h.sku) "
					 "SELECT i.sku, i.location, "
					 "(GREATEST(0, COALESCE(h.quantity, 0) + LEAST(0, i.available)) + GREATEST(0, "
					 "i.available "
					 "- (SELECT max(oms.withheld(oms.safety_stock_at(s.buyers[n][1], i.sku, i.location, "
					 "s.buyers[n][2]), i.on_hand)) FROM generate_series(1, cardinality(s.buyers) / 2) AS n)))"
					 "::bigint "
					 "AS available FROM oms.inventory i JOIN s ON s.sku = i.sku AND s.tracked "
					 "LEFT JOIN h ON h.sku = i.sku AND h.location = i.location "
					 "UNION ALL SELECT s.sku, l.location, 1000000000000000 FROM s CROSS JOIN "
					 "oms.location l "
					 "WHERE NOT s.tracked AND NOT EXISTS (SELECT FROM generate_series(1, "
					 "cardinality(s.buyers) / 2) AS n WHERE oms.withheld(oms.safety_stock_at("
					 "s.buyers[n][1], s.sku, l.location, s.buyers[n][2]), 1) = 1)", held_filter, held_filter);
	shipment_cost =
		psprintf("SELECT d.order_id, d.location, "
				 "round((d.handling_cost + (%s + %s * d.km)) * 10000) / 10000 AS cost, "
				 "LEAST(2147483647, GREATEST(0, ceil(COALESCE(d.overdue + 3600 * (%s + d.km / %s), "
				 "0))))::bigint "
				 "AS late_seconds "
				 "FROM (SELECT o.order_id, l.location, l.handling_cost::float8 AS handling_cost, "
				 "o.overdue, "
				 "CASE WHEN o.method = 'pickup' OR o.ship_to IS NULL THEN 0 "
				 "WHEN l.coordinates IS NULL THEN " FARTHEST_KM " "
				 "ELSE o.ship_to OPERATOR(oms.<->) l.coordinates END::float8 AS km "
				 "FROM (SELECT o.order_id, o.channel, o.method, o.ship_to, "
				 "extract(epoch FROM %s - COALESCE((SELECT min(COALESCE(ol.promise_at, "
				 "o.promise_at)) "
				 "FROM oms.order_line_row ol WHERE ol.order_id = o.order_id), "
				 "o.placed_at + (((%s) ->> o.service)::float8 * interval '1 hour')))::float8 AS "
				 "overdue "
				 "FROM oms.order_row o "
				 "WHERE o.order_id IN (SELECT h.order_id FROM oms.routing_held h) %s) o "
				 CANDIDATES "WHERE " PICKUP_STAYS ") d",
				 options->cost_per_shipment, options->cost_per_km, options->handling_hours,
				 options->km_per_hour, options->ship_at, options->service_hours, order_filter);
	if (!exists(shipment_cost))
	{
		/* No location is open to any order: nothing can be served. */
		shipment_cost = NULL;
		stock = psprintf("SELECT DISTINCT h.sku, h.location, 0 AS available "
						 "FROM oms.routing_held h "
						 "WHERE true %s", held_filter);
	}

	/* Lines that only one location may serve need a cost query: its pairs are the candidates. */
	pinned = psprintf("SELECT 1 FROM oms.routing_held h JOIN oms.order_line_row ol "
					  "ON ol.order_id = h.order_id AND ol.line_no = h.line_no "
					  "WHERE ol.location IS NOT NULL %s", held_filter);
	line_cost = NULL;
	if (shipment_cost != NULL && exists(pinned))
	{
		line_cost = psprintf("SELECT ol.order_id, ol.line_no, l.location, 0 AS cost "
							 "FROM oms.order_row o "
							 "JOIN oms.order_line_row ol ON ol.order_id = o.order_id "
							 CANDIDATES
							 "WHERE (ol.location IS NULL OR ol.location = l.location) "
							 "AND (ol.order_id, ol.line_no) IN (SELECT h.order_id, h.line_no FROM "
							 "oms.routing_held h) %s",
							 order_filter);
		if (!exists(line_cost))
		{
			line_cost = shipment_cost = NULL;
			stock = psprintf("SELECT DISTINCT h.sku, h.location, 0 AS available "
							 "FROM oms.routing_held h "
							 "WHERE true %s", held_filter);
		}
	}

	arguments[0] = sql_argument(orders);
	arguments[1] = sql_argument(lines);
	arguments[2] = sql_argument(locations);
	arguments[3] = sql_argument(stock);
	arguments[4] = sql_argument(shipment_cost);
	arguments[5] = sql_argument(line_cost);
	arguments[6] = sql_argument(NULL);
	arguments[7] = (Argument) {
		JSONBOID, planner_options(solver, options)
	};
}

/* make_plan runs the planner and returns its rows as columns. */
static PlanColumns
make_plan(const Argument *call)
{
	MemoryContext caller = CurrentMemoryContext;
	PlanColumns plan;

	oms_spi_connect();
	run("SELECT COALESCE(array_agg(p.order_id), '{}'), COALESCE(array_agg(p.line_no), '{}'), "
		"COALESCE(array_agg(p.location), '{}'), COALESCE(array_agg(p.quantity), '{}'), "
		"COALESCE(array_agg(p.shipment), '{}'), COALESCE(array_agg(p.cost), '{}'), "
		"COALESCE(array_agg(DISTINCT p.order_id), '{}') FROM " PLAN_CALL " p",
		PLAN_ARGUMENTS, call, false);
	plan.order_id = copy_value(0, 1, caller);
	plan.line_no = copy_value(0, 2, caller);
	plan.location = copy_value(0, 3, caller);
	plan.quantity = copy_value(0, 4, caller);
	plan.shipment = copy_value(0, 5, caller);
	plan.cost = copy_value(0, 6, caller);
	plan.orders = copy_value(0, 7, caller);
	oms_spi_finish();
	return plan;
}

/*
 * lock_orders locks the orders of the plan that are open and that nobody else has
 * locked, and those with an assigned fulfillment that hold nothing any more; their keys.
 */
static Datum
lock_orders(const PlanColumns *plan, ArrayType *order_ids)
{
	MemoryContext caller = CurrentMemoryContext;
	Argument	arguments[] = {{TEXTARRAYOID, plan->orders}};
	Datum		locked;

	oms_spi_connect();
	run(psprintf("SELECT COALESCE(array_agg(q.order_id), '{}') FROM (SELECT o.order_id "
				 "FROM oms.order_row o WHERE o.status = 'open' AND (o.order_id = ANY ($1) "
				 "OR o.order_id IN (SELECT f.order_id FROM oms.fulfillment_row f "
				 "WHERE f.status = 'assigned' %s)) FOR NO KEY UPDATE SKIP LOCKED) q",
				 filter_of("f.order_id", order_ids)), 1, arguments, false);
	locked = copy_value(0, 1, caller);
	oms_spi_finish();
	return locked;
}

/* -------------------------------------------------------------------------
 * Moves
 * -------------------------------------------------------------------------
 */

/* The plan, by line; and what is held, by line, location and reservation. */
static const char select_plan[] =
	"SELECT u.order_id, u.line_no, u.location, u.quantity "
	"FROM ROWS FROM (unnest($1), unnest($2), unnest($3), unnest($4)) AS u (order_id, line_no, "
	"location, quantity) "
	"WHERE u.order_id = ANY ($5) ORDER BY u.order_id COLLATE \"C\", u.line_no";

static const char select_held[] =
	"SELECT h.order_id, h.line_no, h.location, h.quantity, r.reservation_id, r.quantity - "
	"r.consumed, h.sku, "
	"COALESCE(i.tracked, true), o.rank FROM oms.routing_held h "
	"JOIN oms.reservation_row r ON r.order_id = h.order_id AND r.line_no = h.line_no AND "
	"r.location = h.location "
	"AND r.status = 'firm' AND r.quantity > r.consumed "
	"JOIN (SELECT o.order_id, row_number() OVER (ORDER BY o.priority, o.placed_at, o.order_id) AS "
	"rank "
	"FROM oms.order_row o WHERE o.order_id = ANY ($1)) o ON o.order_id = h.order_id "
	"LEFT JOIN oms.item i ON i.sku = h.sku "
	"WHERE h.order_id = ANY ($1) ORDER BY h.order_id, h.line_no, h.location, r.reservation_id";

static const char lock_reservations[] =
	"SELECT r.reservation_id, r.quantity - r.consumed FROM oms.reservation_row r "
	"WHERE r.reservation_id = ANY ($1) AND r.status = 'firm' "
	"ORDER BY r.reservation_id FOR UPDATE SKIP LOCKED";

/* lock_moved locks the reservations of the moves; a move of which it cannot is left out. */
static int
lock_moved(Move *moves, int n, int64 *not_moved)
{
	Datum	   *ids = palloc(sizeof(Datum) * Max(1, n));
	Argument	arguments[] = {{INT8ARRAYOID, 0}};
	uint64		rows;
	int			kept = 0;

	for (int i = 0; i < n; i++)
		ids[i] = Int64GetDatum(moves[i].reservation_id);
	arguments[0].value = PointerGetDatum(construct_array(ids, n, INT8OID, 8, FLOAT8PASSBYVAL,
														 TYPALIGN_DOUBLE));
	oms_spi_connect();
	rows = run(lock_reservations, 1, arguments, false);
	for (int i = 0; i < n; i++)
	{
		uint64		low = 0;
		uint64		high = rows;

		while (low < high)
		{
			uint64		middle = low + (high - low) / 2;

			if (oms_spi_int64(middle, 1) < moves[i].reservation_id)
				low = middle + 1;
			else
				high = middle;
		}
		if (low < rows && oms_spi_int64(low, 1) == moves[i].reservation_id &&
			oms_spi_int64(low, 2) >= moves[i].total)
			moves[kept++] = moves[i];
		else if (moves[i].to != NULL)
			*not_moved += moves[i].quantity;
	}
	oms_spi_finish();
	return kept;
}

static int
compare_line(const char *order_id, int32 line_no, const char *other_order_id, int32 other_line_no)
{
	int			c = strcmp(order_id, other_order_id);

	return c != 0 ? c : (line_no > other_line_no) - (line_no < other_line_no);
}

/* By sku, moves before what may yield, then by urgency. */
static int
compare_moves(const void *a, const void *b)
{
	const Move *x = a;
	const Move *y = b;
	int			lx = VARSIZE_ANY_EXHDR(x->sku);
	int			ly = VARSIZE_ANY_EXHDR(y->sku);
	int			c = memcmp(VARDATA_ANY(x->sku), VARDATA_ANY(y->sku), Min(lx, ly));

	if (c != 0 || lx != ly)
		return c != 0 ? c : lx - ly;
	if ((x->to == NULL) != (y->to == NULL))
		return x->to == NULL ? 1 : -1;
	if (x->rank != y->rank)
		return x->rank < y->rank ? -1 : 1;
	return (x->reservation_id > y->reservation_id) - (x->reservation_id < y->reservation_id);
}

/* read_wanted and read_held run the two queries and copy their rows. */
static int
read_wanted(const PlanColumns *plan, Datum locked, WantedRow **wanted)
{
	MemoryContext caller = CurrentMemoryContext;
	Argument	arguments[] = {
		{TEXTARRAYOID, plan->order_id}, {INT4ARRAYOID, plan->line_no},
		{TEXTARRAYOID, plan->location}, {INT8ARRAYOID, plan->quantity}, {TEXTARRAYOID, locked}
	};
	uint64		n;

	oms_spi_connect();
	n = run(select_plan, lengthof(arguments), arguments, false);
	*wanted = MemoryContextAllocHuge(caller, sizeof(WantedRow) * Max(1, n));
	for (uint64 i = 0; i < n; i++)
	{
		WantedRow  *row = &(*wanted)[i];
		bool		isnull;

		row->order_id = MemoryContextStrdup(caller, oms_spi_text(i, 1));
		row->line_no = DatumGetInt32(oms_spi_value(i, 2, &isnull));
		(void) oms_spi_value(i, 3, &isnull);
		row->location = isnull ? NULL : DatumGetTextP(copy_value(i, 3, caller));
		row->quantity = oms_spi_int64(i, 4);
	}
	oms_spi_finish();
	return n;
}

static int
read_held(Datum locked, HeldRow **held)
{
	MemoryContext caller = CurrentMemoryContext;
	Argument	arguments[] = {{TEXTARRAYOID, locked}};
	uint64		n;

	oms_spi_connect();
	n = run(select_held, lengthof(arguments), arguments, false);
	*held = MemoryContextAllocHuge(caller, sizeof(HeldRow) * Max(1, n));
	for (uint64 i = 0; i < n; i++)
	{
		HeldRow    *row = &(*held)[i];
		bool		isnull;

		memset(row, 0, sizeof(HeldRow));
		row->order_id = MemoryContextStrdup(caller, oms_spi_text(i, 1));
		row->line_no = DatumGetInt32(oms_spi_value(i, 2, &isnull));
		row->location = DatumGetTextP(copy_value(i, 3, caller));
		row->movable = oms_spi_int64(i, 4);
		row->units = oms_spi_int64(i, 6);
		row->move.reservation_id = oms_spi_int64(i, 5);
		row->move.sku = DatumGetTextP(copy_value(i, 7, caller));
		row->move.from = row->location;
		row->move.tracked = DatumGetBool(oms_spi_value(i, 8, &isnull));
		row->move.rank = oms_spi_int64(i, 9);
	}
	oms_spi_finish();
	return n;
}

/*
 * match_line appends the moves of one line: units held where the plan does not want them
 * (surplus) go where it wants units that are not held there. Surplus beyond that is what
 * no location can serve: it may yield. A line that holds other units than the planner
 * saw is left alone. Returns the number of moves appended, at most nwanted + 2 nheld.
 */
static int
match_line(WantedRow *wanted, int nwanted, HeldRow *held, int nheld, Move *moves)
{
	int64		planned = 0;
	int64		movable = 0;
	int			n = 0;
	int			h = 0;

	for (int w = 0; w < nwanted; w++)
		planned += wanted[w].quantity;
	for (int i = 0; i < nheld; i++)
		if (i == 0 || !oms_text_equal(held[i].location, held[i - 1].location))
			movable += held[i].movable;
	if (planned != movable)
		return 0;

	for (int i = 0, end; i < nheld; i = end)
	{
		int64		surplus = held[i].movable;

		for (int w = 0; w < nwanted; w++)
			if (wanted[w].location != NULL && oms_text_equal(wanted[w].location, held[i].location))
			{
				int64		stays = Min(surplus, wanted[w].quantity);

				surplus -= stays;
				wanted[w].quantity -= stays;
			}
		for (end = i; end < nheld && oms_text_equal(held[end].location, held[i].location); end++)
		{
			held[end].surplus = Min(surplus, held[end].units);
			held[end].move.total = held[end].surplus;
			surplus -= held[end].surplus;
		}
	}
	for (int w = 0; w < nwanted; w++)
		while (wanted[w].location != NULL && wanted[w].quantity > 0)
		{
			while (held[h].surplus == 0)
				h++;			/* the sums are equal: there is one */
			moves[n] = held[h].move;
			moves[n].to = wanted[w].location;
			moves[n].quantity = Min(held[h].surplus, wanted[w].quantity);
			held[h].surplus -= moves[n].quantity;
			wanted[w].quantity -= moves[n].quantity;
			n++;
		}
	for (; h < nheld; h++)
		if (held[h].surplus > 0)
		{
			moves[n] = held[h].move;
			moves[n++].quantity = held[h].surplus;
		}
	return n;
}

/* find_moves computes the moves and locks their reservations; returns their number. */
static int
find_moves(const PlanColumns *plan, Datum locked, Move **moves, int64 *not_moved)
{
	WantedRow  *wanted;
	HeldRow    *held;
	int			nwanted = read_wanted(plan, locked, &wanted);
	int			nheld = read_held(locked, &held);
	int			n = 0;
	int			w = 0;

	*moves = palloc_extended(sizeof(Move) * Max(1, nwanted + 2 * nheld), MCXT_ALLOC_HUGE);
	for (int h = 0, end; h < nheld; h = end)
	{
		int			first;

		for (end = h + 1; end < nheld; end++)
			if (compare_line(held[end].order_id, held[end].line_no,
							 held[h].order_id, held[h].line_no) != 0)
				break;
		while (w < nwanted && compare_line(wanted[w].order_id, wanted[w].line_no,
										   held[h].order_id, held[h].line_no) < 0)
			w++;
		first = w;
		while (w < nwanted && compare_line(wanted[w].order_id, wanted[w].line_no,
										   held[h].order_id, held[h].line_no) == 0)
			w++;
		n += match_line(wanted + first, w - first, held + h, end - h, *moves + n);
	}
	qsort(*moves, n, sizeof(Move), compare_moves);
	return n == 0 ? 0 : lock_moved(*moves, n, not_moved);
}

/* attempt tries each move that has something left; the units moved. */
static int64
attempt(Move *moves, int n, OmsMoveHow how)
{
	int64		units = 0;

	for (int i = 0; i < n; i++)
	{
		int64		moved;

		if (moves[i].quantity == 0 || moves[i].to == NULL)
			continue;
		CHECK_FOR_INTERRUPTS();
		moved = oms_move_reservation(moves[i].reservation_id, moves[i].to, moves[i].quantity, how);
		moves[i].quantity -= moved;
		units += moved;
	}
	return units;
}

static Flow *
flow_at(Flow *flows, int *nflows, text *location)
{
	for (int i = 0; i < *nflows; i++)
		if (oms_text_equal(flows[i].location, location))
			return &flows[i];
	flows[*nflows] = (Flow) {
		location, 0, 0
	};
	return &flows[(*nflows)++];
}

/*
 * cut_to_circles cuts quantities, least urgent first, until the moves take at no location
 * more than they give there. The units cut off are added to *not_moved.
 */
static void
cut_to_circles(Move *moves, int n, int64 *not_moved)
{
	Flow	   *flows = palloc(sizeof(Flow) * 2 * n);
	int			nflows = 0;
	bool		changed = true;

	for (int i = 0; i < n; i++)
	{
		flow_at(flows, &nflows, moves[i].to)->in += moves[i].quantity;
		flow_at(flows, &nflows, moves[i].from)->out += moves[i].quantity;
	}
	while (changed)
	{
		changed = false;
		for (int i = n - 1; i >= 0; i--)
		{
			Flow	   *to = flow_at(flows, &nflows, moves[i].to);
			int64		cut = Min(moves[i].quantity, to->in - to->out);

			if (cut <= 0)
				continue;
			to->in -= cut;
			flow_at(flows, &nflows, moves[i].from)->out -= cut;
			moves[i].quantity -= cut;
			if (!moves[i].yields)
				*not_moved += cut;
			changed = true;
		}
	}
	pfree(flows);
}

/*
 * gather_circles collects the moves that are left. Where they take more than they give,
 * units there that may yield go to where the moves leave room. Returns the number of
 * moves, at most 6 n.
 */
static int
gather_circles(const Move *moves, int n, Move *circles)
{
	Flow	   *flows = palloc(sizeof(Flow) * 2 * n);
	int			nflows = 0;
	int			ncircles = 0;

	for (int i = 0; i < n; i++)
	{
		if (moves[i].to == NULL || moves[i].quantity == 0)
			continue;
		circles[ncircles++] = moves[i];
		flow_at(flows, &nflows, moves[i].to)->in += moves[i].quantity;
		flow_at(flows, &nflows, moves[i].from)->out += moves[i].quantity;
	}
	for (int i = 0; i < n && nflows > 0; i++)
	{
		int64		spare = moves[i].quantity;
		Flow	   *here;

		if (moves[i].to != NULL)
			continue;
		here = flows;
		while (here < flows + nflows && !oms_text_equal(here->location, moves[i].from))
			here++;
		if (here == flows + nflows)
			continue;
		for (Flow *there = flows;
			 there < flows + nflows && spare > 0 && here->in > here->out; there++)
		{
			int64		units = Min(Min(spare, here->in - here->out), there->out - there->in);

			if (units <= 0)
				continue;
			here->out += units;
			there->in += units;
			spare -= units;
			circles[ncircles] = moves[i];
			circles[ncircles].to = there->location;
			circles[ncircles].quantity = units;
			circles[ncircles++].yields = true;
		}
	}
	pfree(flows);
	return ncircles;
}

/* move_sku makes the moves of one sku; the units moved. See the head of this file. */
static int64
move_sku(Move *moves, int n, int64 *not_moved)
{
	int64		units = 0;
	int64		moved;
	Move	   *circles;
	int			ncircles;

	if (!moves[0].tracked)
		return attempt(moves, n, OMS_MOVE_FORCED);
	do
	{
		while ((moved = attempt(moves, n, OMS_MOVE_WHOLE)) > 0)
			units += moved;
		moved = attempt(moves, n, OMS_MOVE_PARTIAL);
		units += moved;
	} while (moved > 0);

	circles = palloc_extended(sizeof(Move) * 6 * n, MCXT_ALLOC_HUGE);
	ncircles = gather_circles(moves, n, circles);
	if (ncircles > 0)
	{
		cut_to_circles(circles, ncircles, not_moved);
		units += attempt(circles, ncircles, OMS_MOVE_FORCED);
	}
	pfree(circles);
	return units;
}

/* apply_moves moves what the plan wants elsewhere; the units moved and not moved. */
static void
apply_moves(const PlanColumns *plan, Datum locked, int64 *moved, int64 *not_moved)
{
	Move	   *moves;
	int			n = find_moves(plan, locked, &moves, not_moved);

	for (int first = 0, end; first < n; first = end)
	{
		for (end = first + 1; end < n && oms_text_equal(moves[end].sku, moves[first].sku); end++)
			;
		*moved += move_sku(moves + first, end - first, not_moved);
	}
}

/* -------------------------------------------------------------------------
 * Decisions and fulfillments
 * -------------------------------------------------------------------------
 */

/* $1 run, $2 orders of the plan, $3 locked orders, $4 cost per shipment, $5 cost per km */
static const char insert_decisions[] =
	"WITH held AS (SELECT DISTINCT h.order_id, h.location FROM oms.routing_held h WHERE h.order_id "
	"= ANY ($3)), "
	"candidate AS (SELECT p.*, l.handling_cost, l.status, o.method, "
	"m.location IS NOT NULL AS member, h.location IS NOT NULL AS held, "
	"CASE o.method WHEN 'pickup' THEN l.can_pickup ELSE l.can_ship END AS able, "
	"$5 * CASE WHEN o.method = 'pickup' OR o.ship_to IS NULL THEN 0 WHEN l.coordinates IS NULL "
	"THEN " FARTHEST_KM " "
	"ELSE (o.ship_to OPERATOR(oms.<->) l.coordinates)::numeric END AS distance_cost "
	"FROM oms.plan_candidates() p JOIN oms.order_row o ON o.order_id = p.order_id "
	"JOIN oms.location l ON l.location = p.location "
	"LEFT JOIN oms.channel c ON c.channel = o.channel "
	"LEFT JOIN oms.location_group_member m ON m.location = p.location AND m.location_group = "
	"CASE o.method WHEN 'pickup' THEN c.pickup_group ELSE c.ship_group END "
	"LEFT JOIN held h ON h.order_id = p.order_id AND h.location = p.location "
	"WHERE p.order_id = ANY ($3) AND (m.location IS NOT NULL OR h.location IS NOT NULL) "
	"AND (p.rank <= 12 OR p.verdict = 'chosen' OR h.location IS NOT NULL)), "
	"judged AS (SELECT c.*, c.member AND c.status = 'active' AND c.able AS open, "
	"CASE WHEN NOT c.member THEN 'not in the channel''s location group' "
	"WHEN c.status <> 'active' THEN 'offline' "
	"WHEN NOT c.able AND c.method = 'pickup' THEN 'hands nothing over' "
	"WHEN NOT c.able THEN 'does not ship' "
	"WHEN c.reason = 'no row in shipment_cost_sql' THEN 'not where the order is to be picked up' "
	"ELSE replace(c.reason, 'has no row in line_cost_sql', 'names another location') END AS why "
	"FROM candidate c) "
	"INSERT INTO oms.decision_row (order_id, run_id, candidates, decided_at) "
	"SELECT o.order_id, $1, COALESCE(c.candidates, '[]'), clock_timestamp() "
	"FROM oms.order_row o LEFT JOIN (SELECT r.order_id, jsonb_agg(CASE WHEN r.open AND r.cost IS "
	"NOT NULL "
	"THEN jsonb_build_object('location', r.location, 'verdict', r.verdict, 'reason', r.why, "
	"'held', r.held, "
	"'cost', r.cost, 'handling', r.handling_cost, 'shipment', $4, 'distance', "
	"round(r.distance_cost, 4), "
	"'late', trim_scale(round(GREATEST(0, r.cost - round(r.handling_cost + $4 + r.distance_cost, "
	"4)), 4)), "
	"'distance_km', round(r.distance_km::numeric, 1), 'late_seconds', r.late_seconds) "
	"ELSE jsonb_build_object('location', r.location, 'verdict', 'dropped', 'reason', r.why, "
	"'held', r.held) END "
	"ORDER BY NOT r.open, r.rank) AS candidates FROM judged r GROUP BY r.order_id) c ON c.order_id "
	"= o.order_id "
	"WHERE o.order_id = ANY ($3) AND o.order_id = ANY ($2)";

/*
 * $1 run, $2 locked orders, $3 to $8 the plan. What the plan wants at a location counts as
 * far as it is held there now; the rest was taken meanwhile and waits in queue changed.
 */
static const char insert_decision_lines[] =
	"WITH plan AS (SELECT u.* FROM ROWS FROM (unnest($3), unnest($4), unnest($5), unnest($6), "
	"unnest($7), unnest($8)) "
	"WITH ORDINALITY AS u (order_id, line_no, location, quantity, shipment, cost, n) WHERE "
	"u.order_id = ANY ($2)), "
	"held AS (SELECT h.* FROM oms.routing_held h WHERE h.order_id = ANY ($2)), "
	"line AS (SELECT order_id, line_no, h.sku, h.quantity, COALESCE(p.quantity = h.quantity, "
	"false) AS unchanged "
	"FROM (SELECT order_id, line_no, sku, sum(quantity)::bigint AS quantity FROM held GROUP BY "
	"order_id, line_no, sku) h "
	"LEFT JOIN (SELECT order_id, line_no, sum(quantity)::bigint AS quantity FROM plan GROUP BY "
	"order_id, line_no) p "
	"USING (order_id, line_no)), "
	"served AS (SELECT p.*, l.sku, LEAST(p.quantity, COALESCE(h.quantity, 0)) AS here FROM plan p "
	"JOIN line l ON l.order_id = p.order_id AND l.line_no = p.line_no AND l.unchanged "
	"LEFT JOIN held h ON h.order_id = p.order_id AND h.line_no = p.line_no AND h.location = "
	"p.location), "
	"decided AS ("
	"SELECT order_id, line_no, sku, location, here AS quantity, shipment, cost, NULL::text AS "
	"queue, n FROM served "
	"WHERE location IS NOT NULL AND here > 0 "
	"UNION ALL SELECT order_id, line_no, sku, NULL, quantity - here, NULL, NULL, location, n FROM "
	"served "
	"WHERE location IS NOT NULL AND here < quantity "
	"UNION ALL SELECT order_id, line_no, sku, NULL, quantity, NULL, NULL, NULL, n FROM served "
	"WHERE location IS NULL "
	"UNION ALL SELECT order_id, line_no, sku, NULL, quantity, NULL, NULL, '', 0 FROM line WHERE "
	"NOT unchanged) "
	"INSERT INTO oms.decision_line_row (order_id, run_id, line_no, part, sku, location, quantity, "
	"shipment, cost, "
	"distance_km, late_seconds, queue, reason) "
	"SELECT d.order_id, $1, d.line_no, row_number() OVER (PARTITION BY d.order_id, d.line_no ORDER "
	"BY d.n, d.location), "
	"d.sku, d.location, d.quantity, d.shipment, d.cost, "
	"CASE WHEN d.location IS NOT NULL THEN (c.c ->> 'distance_km')::float8 END, "
	"CASE WHEN d.location IS NOT NULL THEN (c.c ->> 'late_seconds')::bigint END, "
	"CASE WHEN d.location IS NULL THEN CASE WHEN d.queue IS NULL THEN 'unfillable' ELSE 'changed' "
	"END END, "
	"CASE WHEN d.location IS NOT NULL THEN format('handling %s + shipment %s + distance %s + late "
	"%s', "
	"c.c ->> 'handling', c.c ->> 'shipment', c.c ->> 'distance', c.c ->> 'late') "
	"WHEN d.queue IS NULL THEN COALESCE(c.c ->> 'location' || ': ' || (c.c ->> 'reason'), 'no "
	"location is open to the order') "
	"WHEN d.queue = '' THEN 'the line changed during the run' "
	"ELSE format('%s: the units were taken during the run', d.queue) END "
	"FROM decided d JOIN oms.decision_row r ON r.order_id = d.order_id AND r.run_id = $1 "
	"LEFT JOIN LATERAL (SELECT c.c FROM jsonb_array_elements(r.candidates) WITH ORDINALITY AS c "
	"(c, n) "
	"WHERE CASE WHEN d.location IS NULL THEN c.c ->> 'verdict' <> 'chosen' ELSE c.c ->> 'location' "
	"= d.location END "
	"ORDER BY c.c ->> 'held' DESC, c.n LIMIT 1) c ON true";

/* An assigned fulfillment that asks for just what is decided now stays; others are superseded. */
static const char supersede_fulfillments[] =
	"UPDATE oms.fulfillment_row f SET status = 'superseded', changed_at = clock_timestamp() "
	"WHERE f.status = 'assigned' AND f.order_id = ANY ($2) AND NOT COALESCE("
	"(SELECT array_agg((l.line_no, l.quantity)::text ORDER BY l.line_no) FROM "
	"oms.fulfillment_line_row l "
	"WHERE l.order_id = f.order_id AND l.fulfillment_id = f.fulfillment_id) = "
	"(SELECT array_agg((d.line_no, d.quantity)::text ORDER BY d.line_no) FROM "
	"oms.decision_line_row d "
	"WHERE d.order_id = f.order_id AND d.run_id = $1 AND d.location = f.location), false)";

static const char insert_fulfillments[] =
	"WITH assigned AS (INSERT INTO oms.fulfillment_row (order_id, location, method, run_id, "
	"assigned_at) "
	"SELECT d.order_id, d.location, o.method, $1, clock_timestamp() FROM (SELECT DISTINCT "
	"d.order_id, d.location "
	"FROM oms.decision_line_row d WHERE d.run_id = $1 AND d.location IS NOT NULL AND d.order_id = "
	"ANY ($2)) d "
	"JOIN oms.order_row o ON o.order_id = d.order_id "
	"WHERE NOT EXISTS (SELECT FROM oms.fulfillment_row f WHERE f.order_id = d.order_id AND "
	"f.location = d.location "
	"AND f.status = 'assigned') ORDER BY d.order_id, d.location RETURNING order_id, "
	"fulfillment_id, location) "
	"INSERT INTO oms.fulfillment_line_row (order_id, fulfillment_id, line_no, sku, quantity) "
	"SELECT a.order_id, a.fulfillment_id, d.line_no, d.sku, d.quantity FROM assigned a "
	"JOIN oms.decision_line_row d ON d.order_id = a.order_id AND d.run_id = $1 AND d.location = "
	"a.location";

static const char insert_run[] =
	"INSERT INTO oms.routing_run_row (run_id, solver, options, orders, lines, units, shipments, "
	"unfilled_units, "
	"late_lines, distance_km, cost, moved_units, not_moved_units, skipped_orders, actor, "
	"started_at, finished_at) "
	"SELECT $1, s.solver, $2, s.orders, s.lines, (SELECT COALESCE(sum(u.quantity), 0) FROM "
	"unnest($3) AS u (quantity)), "
	"s.shipments, s.unfilled, s.late, round(COALESCE(s.distance_km, 0)::numeric, 1), s.cost, $4, "
	"$5, "
	"(SELECT count(*) FROM unnest($6) AS u (order_id) WHERE u.order_id <> ALL ($7)), $8, $9, "
	"clock_timestamp() "
	"FROM oms.plan_summary() s "
	"RETURNING run_id, orders, lines, units, shipments, unfilled_units, late_lines, distance_km, "
	"cost, moved_units, "
	"not_moved_units, skipped_orders";

static OmsPlan next_run_id = {
	"SELECT pg_catalog.nextval('oms.routing_run_id_seq')", 0, {NULL}
};

static Datum
numeric_of(const char *digits)
{
	return DirectFunctionCall3(numeric_in, CStringGetDatum(digits), ObjectIdGetDatum(InvalidOid),
							   Int32GetDatum(-1));
}

/* route plans, applies, and puts the summary row into the result set. */
static void
route(FunctionCallInfo fcinfo, const char *solver, ArrayType *order_ids,
	  const RouteOptions *options, text *actor)
{
	MemoryContext caller = CurrentMemoryContext;
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	TimestampTz started = GetCurrentTimestamp();
	instr_time	start;
	instr_time	now;
	Argument	call[PLAN_ARGUMENTS];
	PlanColumns plan;
	Datum		locked;
	Datum		run_id;
	int64		moved = 0;
	int64		not_moved = 0;
	Datum		values[13];
	bool		nulls[13] = {0};

	INSTR_TIME_SET_CURRENT(start);
	LockRelationOid(get_relname_relid("routing_run_row", get_namespace_oid("oms", false)),
					ShareRowExclusiveLock);
	plan_call(solver, order_ids, options, call);
	plan = make_plan(call);
	locked = lock_orders(&plan, order_ids);
	apply_moves(&plan, locked, &moved, &not_moved);

	oms_spi_connect();
	oms_spi_execute(&next_run_id, NULL, NULL, false);
	run_id = Int64GetDatum(oms_spi_int64(0, 1));
	{
		Argument	arguments[] = {
			{INT8OID, run_id}, {TEXTARRAYOID, plan.orders}, {TEXTARRAYOID, locked},
			{NUMERICOID, numeric_of(options->cost_per_shipment)},
			{NUMERICOID, numeric_of(options->cost_per_km)}
		};

		run(insert_decisions, lengthof(arguments), arguments, false);
	}
	{
		Argument	arguments[] = {
			{INT8OID, run_id}, {TEXTARRAYOID, locked}, {TEXTARRAYOID, plan.order_id},
			{INT4ARRAYOID, plan.line_no}, {TEXTARRAYOID, plan.location},
			{INT8ARRAYOID, plan.quantity}, {INT4ARRAYOID, plan.shipment},
			{NUMERICARRAYOID, plan.cost}
		};

		run(insert_decision_lines, lengthof(arguments), arguments, false);
		run(supersede_fulfillments, 2, arguments, false);
		run(insert_fulfillments, 2, arguments, false);
	}
	{
		Argument	arguments[] = {
			{INT8OID, run_id}, {JSONBOID, JsonbPGetDatum(options->given)},
			{INT8ARRAYOID, plan.quantity}, {INT8OID, Int64GetDatum(moved)},
			{INT8OID, Int64GetDatum(not_moved)}, {TEXTARRAYOID, plan.orders},
			{TEXTARRAYOID, locked}, {TEXTOID, PointerGetDatum(actor)},
			{TIMESTAMPTZOID, TimestampTzGetDatum(started)}
		};

		if (run(insert_run, lengthof(arguments), arguments, false) != 1)
			elog(ERROR, "the planner left no summary");
	}
	for (int c = 0; c < 12; c++)
		values[c] = copy_value(0, c + 1, caller);
	oms_spi_finish();
	INSTR_TIME_SET_CURRENT(now);
	INSTR_TIME_SUBTRACT(now, start);
	values[12] = Float8GetDatum(INSTR_TIME_GET_DOUBLE(now));
	tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
}

static ArrayType *
order_ids_of(FunctionCallInfo fcinfo, int argno)
{
	text	  **keys;

	if (PG_ARGISNULL(argno))
		return NULL;
	(void) oms_arg_keys(fcinfo, argno, "order_ids", &keys);
	return PG_GETARG_ARRAYTYPE_P(argno);
}

/*
 * oms_route(solver, order_ids, options, actor, request_id) plans all open orders, or
 * some, together and applies it: a row. See the head of this file for what it locks.
 */
Datum
oms_route(PG_FUNCTION_ARGS)
{
	text	   *solver = oms_arg_key(fcinfo, 0, "solver");
	ArrayType  *order_ids = order_ids_of(fcinfo, 1);
	RouteOptions *options;
	text	   *actor = oms_arg_actor(fcinfo, 3);

	oms_require_not_null(fcinfo, 2, "options");
	options = read_options(PG_GETARG_JSONB_P(2));
	InitMaterializedSRF(fcinfo, 0);
	if (!oms_request_begin(fcinfo, 4, NULL))
	{
		route(fcinfo, text_to_cstring(solver), order_ids, options, actor);
		oms_request_end(fcinfo, 4, NULL);
	}
	return (Datum) 0;
}

/* -------------------------------------------------------------------------
 * Reading
 * -------------------------------------------------------------------------
 */

/* put_rows puts the first columns of the last result into the result set. */
static void
put_rows(ReturnSetInfo *result, uint64 rows)
{
	int			columns = result->setDesc->natts;
	Datum	   *values = palloc(sizeof(Datum) * columns);
	bool	   *nulls = palloc(sizeof(bool) * columns);

	for (uint64 row = 0; row < rows; row++)
	{
		for (int c = 0; c < columns; c++)
			values[c] = oms_spi_value(row, c + 1, &nulls[c]);
		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
}

/*
 * oms_compare_solvers(solvers, order_ids, options): a row per solver. All of them plan
 * what the caller's query sees.
 */
Datum
oms_compare_solvers(PG_FUNCTION_ARGS)
{
	text	  **solvers;
	int			n = oms_arg_keys(fcinfo, 0, "solvers", &solvers);
	ArrayType  *order_ids = order_ids_of(fcinfo, 1);
	RouteOptions *options;

	oms_require_not_null(fcinfo, 2, "options");
	options = read_options(PG_GETARG_JSONB_P(2));
	InitMaterializedSRF(fcinfo, 0);
	for (int i = 0; i < n; i++)
	{
		Argument	call[PLAN_ARGUMENTS];

		plan_call(text_to_cstring(solvers[i]), order_ids, options, call);
		oms_spi_connect();
		run("SELECT count(*) FROM " PLAN_CALL, PLAN_ARGUMENTS, call, true);
		put_rows((ReturnSetInfo *) fcinfo->resultinfo,
				 run("SELECT s.solver, s.orders, s.shipments, s.unfilled, s.late, "
					 "round(COALESCE(s.distance_km, 0)::numeric, 1)::float8, s.cost, "
					 "s.seconds_read + s.seconds_build + s.seconds_solve + s.seconds_check "
					 "FROM oms.plan_summary() s", 0, NULL, true));
		oms_spi_finish();
	}
	return (Datum) 0;
}

static OmsPlan select_explanation = {
	"WITH last AS (SELECT d.* FROM oms.decision_row d WHERE d.order_id = $1 ORDER BY d.run_id DESC "
	"LIMIT 1), "
	"part AS (SELECT l.*, last.candidates FROM last JOIN oms.decision_line_row l "
	"ON l.order_id = last.order_id AND l.run_id = last.run_id), "
	"answer AS (SELECT 1 AS section, p.line_no, p.part::bigint AS n, p.sku, p.quantity, "
	"p.location, "
	"COALESCE(p.queue, 'chosen') AS verdict, p.cost, p.distance_km, p.late_seconds, p.reason FROM "
	"part p "
	"UNION ALL SELECT 2, NULL, c.n, NULL, NULL, c.c ->> 'location', c.c ->> 'verdict', (c.c ->> "
	"'cost')::numeric, "
	"(c.c ->> 'distance_km')::float8, (c.c ->> 'late_seconds')::bigint, c.c ->> 'reason' "
	"FROM last CROSS JOIN LATERAL jsonb_array_elements(last.candidates) WITH ORDINALITY AS c (c, "
	"n) "
	"WHERE c.c ->> 'verdict' <> 'chosen' "
	"UNION ALL SELECT 3, r.line_no, r.reservation_id, r.sku, r.quantity - r.consumed, r.location, "
	"'held', NULL, "
	"NULL, NULL, 'reserved when the order was placed, not routed yet' FROM oms.reservation_row r "
	"WHERE r.order_id = $1 AND r.status = 'firm' AND NOT EXISTS (SELECT FROM last)) "
	"SELECT a.line_no, a.sku, a.quantity, a.location, a.verdict, a.cost, a.distance_km, "
	"a.late_seconds, a.reason "
	"FROM oms.order_row o LEFT JOIN answer a ON true WHERE o.order_id = $1 ORDER BY a.section, "
	"a.line_no, a.n",
	1, {"pg_catalog.text"}
};

/* oms_explain_route(order_id): the last recorded decision as rows. OM004 unknown order. */
Datum
oms_explain_route(PG_FUNCTION_ARGS)
{
	text	   *order_id = oms_arg_key(fcinfo, 0, "order_id");
	Datum		values[1] = {PointerGetDatum(order_id)};
	bool		isnull;
	uint64		rows;

	InitMaterializedSRF(fcinfo, 0);
	oms_spi_connect();
	rows = oms_spi_execute(&select_explanation, values, NULL, true);
	if (rows == 0)
		ereport(ERROR,
				(errcode(OMS_ERR_UNKNOWN_KEY),
				 errmsg("order \"%s\" is unknown", text_to_cstring(order_id))));
	(void) oms_spi_value(0, 5, &isnull);
	if (!isnull)
		put_rows((ReturnSetInfo *) fcinfo->resultinfo, rows);
	oms_spi_finish();
	return (Datum) 0;
}

/* -------------------------------------------------------------------------
 * cancel_order
 * -------------------------------------------------------------------------
 */

static OmsPlan select_begun = {
	"SELECT f.fulfillment_id, f.status, f.location FROM oms.fulfillment_row f "
	"WHERE f.order_id OPERATOR(pg_catalog.=) $1 "
	"AND f.status OPERATOR(pg_catalog.=) ANY ('{accepted,picked,packed,shipped,handed_over}') "
	"ORDER BY f.fulfillment_id LIMIT 1",
	1, {"pg_catalog.text"}
};

static OmsPlan cancel_fulfillments = {
	"UPDATE oms.fulfillment_row f SET status = 'cancelled', changed_at = "
	"pg_catalog.clock_timestamp() "
	"WHERE f.order_id OPERATOR(pg_catalog.=) $1 AND f.status OPERATOR(pg_catalog.=) 'assigned'",
	1, {"pg_catalog.text"}
};

/* cancel_work is the step of cancel_order: OM005 when a location has begun; no work is left. */
static void
cancel_work(text *order_id)
{
	Datum		values[1] = {PointerGetDatum(order_id)};

	oms_spi_connect();
	if (oms_spi_execute_latest(&select_begun, values, NULL) > 0)
		ereport(ERROR,
				(errcode(OMS_ERR_ILLEGAL_TRANSITION),
				 errmsg("order \"%s\" cannot be cancelled any more", text_to_cstring(order_id)),
				 errdetail("Fulfillment %s at location \"%s\" is %s.", oms_spi_text(0, 1),
						   oms_spi_text(0, 3), oms_spi_text(0, 2))));
	oms_spi_execute(&cancel_fulfillments, values, NULL, false);
	oms_spi_finish();
}

/* oms_routing_init registers what routing adds to the verbs of orders. */
void
oms_routing_init(void)
{
	oms_register_cancel_step(cancel_work);
}
