/*
 * criteria.c
 *		Criteria of a policy's rule: an order of preference among the locations of an
 *		order, by the first criterion, where that is equal by the second, and so on; or, with
 *		weights, by a score.
 *
 * The planner minimizes cost. So the locations that are candidates for an order are numbered
 * in the order of preference, equal ones alike, and each costs its place times CRITERIA_PLACE,
 * plus what the shipment costs, which then decides among equal ones. A criterion is compared
 * as it is shown: weeks to a tenth, distances to a kilometre. With weights the place is the score in
 * thousandths: the weighted mean of how far each criterion is from the best to the worst that the
 * candidates of the order have of it.
 *
 * Stock and sales are of the moment at which the run begins: what the orders of the run hold
 * counts as there, since it may move; of an order with several skus the one that is the
 * scarcest of those that the location has decides.
 *
 * Reads what demand.c reads, oms.movement_row and oms.fulfillment_row. No locks.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "lib/stringinfo.h"
#include "utils/builtins.h"
#include "utils/numeric.h"

#include "oms.h"
#include "routing/criteria.h"
#include "routing/route.h"

/* over how long sales are counted, and how many weeks that is */
#define SALES_PERIOD "interval '28 days'"
#define SALES_WEEKS "4"

/* A place beyond this one costs no more: costs of the planner are below 1000 * CRITERIA_PLACE. */
#define LAST_PLACE "998"

/* In a score stock that is not sold lasts ten years, and so does what lasts longer. */
#define LONGEST_WEEKS "520"

/* Where the value of a criterion comes from; see oms_criteria_joins. */
typedef enum CriterionSource
{
	FROM_CANDIDATE,				/* c: cost, distance_km, sequence */
	FROM_STOCK,					/* cs, by order and location */
	FROM_WORK,					/* cw, by location */
	FROM_RUNS					/* cr, by order and location */
} CriterionSource;

typedef struct Criterion
{
	const char *name;
	CriterionSource source;
	const char *value;			/* over a candidate c, cs, cw and cr */
	bool		most;			/* the most is preferred, not the least */
} Criterion;

static const Criterion known[] = {
	{"distance", FROM_CANDIDATE, "round(c.distance_km::numeric)", false},
	{"cost", FROM_CANDIDATE, ROUTE_ROUND("c.cost::numeric"), false},
	{"location_sequence", FROM_CANDIDATE, "c.sequence", false},
	{"stock_balance", FROM_STOCK, "COALESCE(cs.units, 0)", true},
	{"sales_velocity", FROM_STOCK, "COALESCE(cs.sales, 0)", false},
	{"weeks_of_supply", FROM_STOCK, "COALESCE(cs.weeks, 0)", true},
	{"location_load", FROM_WORK, "COALESCE(cw.orders, 0)", false},
	{"keep_size_runs", FROM_RUNS, "COALESCE(cr.broken, 0)", false},
};

static const char *
known_names(void)
{
	StringInfoData names;

	initStringInfo(&names);
	for (int i = 0; i < lengthof(known); i++)
		appendStringInfo(&names, "%s%s", i == 0 ? "" : ", ", known[i].name);
	return names.data;
}

/*
 * read_weights reads a weight for each of n criteria; 22004 a null, 22023 one below 0 or above a
 * million, another number of them, or none above 0.
 */
static char **
read_weights(ArrayType *weights, int n)
{
	Datum	   *elements;
	bool	   *nulls;
	char	  **literals = palloc(sizeof(char *) * Max(n, 1));
	double		sum = 0;
	int			given;

	deconstruct_array(weights, NUMERICOID, -1, false, TYPALIGN_INT, &elements, &nulls, &given);
	if (given != n || n == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("there must be a weight for each criterion"),
				 errdetail("There are %d weights and %d criteria.", given, n)));
	for (int i = 0; i < n; i++)
	{
		double		weight;

		if (nulls[i])
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 errmsg("weights must not contain null"),
					 errdetail("Element %d is null.", i + 1)));
		literals[i] = DatumGetCString(DirectFunctionCall1(numeric_out, elements[i]));
		weight = DatumGetFloat8(DirectFunctionCall1(numeric_float8_no_overflow, elements[i]));
		if (!(weight >= 0 && weight <= 1e6))
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("a weight must be from 0 to 1000000"),
					 errdetail("Element %d is %s.", i + 1, literals[i])));
		sum += weight;
	}
	if (sum < 1e-6)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the sum of the weights must be above 0")));
	return literals;
}

/*
 * oms_criteria_parse reads the names of criteria, NULL: none, and their weights, if any. 22004 a
 * null, 22023 an unknown or repeated one, or no name at all, and as read_weights.
 */
Criteria
oms_criteria_parse(ArrayType *names, ArrayType *weights)
{
	Criteria	criteria = {0};
	Datum	   *elements;
	bool	   *nulls;
	int			n;

	if (names == NULL)
	{
		if (weights != NULL)
			(void) read_weights(weights, 0);
		return criteria;
	}
	deconstruct_array(names, TEXTOID, -1, false, TYPALIGN_INT, &elements, &nulls, &n);
	if (n == 0 || ARR_NDIM(names) != 1)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("criteria must be a list of names"),
				 errhint("Give null for none, or some of: %s.", known_names())));
	criteria.kinds = palloc(sizeof(int) * n);
	for (int i = 0; i < n; i++)
	{
		char	   *name;
		int			kind = 0;

		if (nulls[i])
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 errmsg("criteria must not contain null"),
					 errdetail("Element %d is null.", i + 1)));
		name = TextDatumGetCString(elements[i]);
		while (kind < lengthof(known) && strcmp(known[kind].name, name) != 0)
			kind++;
		if (kind == lengthof(known))
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("criterion \"%s\" is unknown", name),
					 errhint("Known are: %s.", known_names())));
		for (int before = 0; before < i; before++)
			if (criteria.kinds[before] == kind)
				ereport(ERROR,
						(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						 errmsg("criterion \"%s\" is repeated", name),
						 errdetail("It is element %d and %d.", before + 1, i + 1)));
		criteria.kinds[criteria.n++] = kind;
	}
	if (weights != NULL)
		criteria.weights = read_weights(weights, n);
	return criteria;
}

static bool
reads(const Criteria *criteria, CriterionSource source)
{
	for (int i = 0; i < criteria->n; i++)
		if (known[criteria->kinds[i]].source == source)
			return true;
	return false;
}

/*
 * units_query is what is there of the skus that the run wants, or of others by a condition on i: what its
 * orders hold and what is available, where that is anything.
 */
static char *
units_query(const char *condition, const RouteOptions *options, const char *of_run)
{
	return psprintf("SELECT i.sku, i.location, i.available + COALESCE(h.quantity, 0) AS units FROM %s i "
					"LEFT JOIN (SELECT h.sku, h.location, sum(h.quantity) AS quantity FROM %s h "
					"WHERE true %sGROUP BY h.sku, h.location) h ON h.sku = i.sku AND h.location = i.location "
					"WHERE i.available + COALESCE(h.quantity, 0) > 0 %s", options->inventory, options->held, of_run,
					condition[0] != '\0' ? condition :
					psprintf("AND i.sku IN (SELECT h.sku FROM %s h WHERE true %s)", options->held, of_run));
}

/* sum_of is the sum of the weights, as an expression. */
static char *
sum_of(const Criteria *criteria)
{
	StringInfoData sum;

	initStringInfo(&sum);
	for (int i = 0; i < criteria->n; i++)
		appendStringInfo(&sum, "%s%s", i == 0 ? "" : " + ", criteria->weights[i]);
	return sum.data;
}

/*
 * oms_criteria_joins joins to candidates c (order_id, location) what the criteria read: cs, of
 * the order's skus that the location has the fewest units, the most that is sold of one a
 * week, and the fewest weeks for which it lasts; cw, orders in work there that are not planned
 * anew; cr, how many whole size runs the order would break there.
 */
char *
oms_criteria_joins(const Criteria *criteria, const RouteOptions *options, ArrayType *run_orders)
{
	char	   *of_run = oms_route_filter("h.order_id", run_orders);
	char	   *wanted = psprintf("SELECT h.order_id, h.sku, sum(h.quantity) AS quantity FROM %s h WHERE true %s"
								  "GROUP BY h.order_id, h.sku", options->held, of_run);
	char	   *stock = "";
	char	   *work = "";
	char	   *runs = "";

	if (reads(criteria, FROM_STOCK))
		stock = psprintf("LEFT JOIN (SELECT w.order_id, s.location, min(s.units) AS units, max(s.sales) AS sales, "
						 "min(s.weeks) AS weeks FROM (%s) w "
						 "JOIN (SELECT u.sku, u.location, u.units, COALESCE(m.sales, 0) AS sales, "
						 "CASE WHEN m.sales > 0 THEN trim_scale(round(u.units / m.sales, 1)) ELSE 'infinity' END AS weeks "
						 "FROM (%s) u "
						 "LEFT JOIN (SELECT m.sku, m.location, trim_scale(round(-sum(m.quantity) / " SALES_WEEKS ", 2)) AS sales "
						 "FROM oms.movement_row m WHERE m.kind IN ('consume', 'ship', 'hand_over') "
						 "AND m.occurred_at > now() - " SALES_PERIOD " GROUP BY m.sku, m.location) m "
						 "ON m.sku = u.sku AND m.location = u.location) s ON s.sku = w.sku "
						 "GROUP BY w.order_id, s.location) cs ON cs.order_id = c.order_id AND cs.location = c.location ",
						 wanted, units_query("", options, of_run));
	if (reads(criteria, FROM_WORK))
		work = psprintf("LEFT JOIN (SELECT f.location, count(*) AS orders FROM oms.fulfillment_row f "
						"WHERE f.status IN ('accepted', 'picking', 'packed', 'ready') OR f.status = 'assigned' "
						"AND f.order_id NOT IN (SELECT h.order_id FROM %s h WHERE true %s) "
						"GROUP BY f.location) cw ON cw.location = c.location ", options->held, of_run);
	if (reads(criteria, FROM_RUNS))
		runs = psprintf("LEFT JOIN (SELECT w.order_id, u.location, count(DISTINCT u.style) AS broken FROM (%s) w "
						"JOIN (SELECT u.*, z.style, count(*) OVER (PARTITION BY z.style, u.location) AS there, z.sizes "
						"FROM (%s) u JOIN (SELECT z.sku, z.style, count(*) OVER (PARTITION BY z.style) AS sizes "
						"FROM oms.size_run z) z ON z.sku = u.sku) u ON u.sku = w.sku AND u.there = u.sizes AND u.sizes > 1 "
						"AND u.units <= w.quantity GROUP BY w.order_id, u.location) cr "
						"ON cr.order_id = c.order_id AND cr.location = c.location ", wanted,
						units_query("AND i.sku IN (SELECT z.sku FROM oms.size_run z)", options, of_run));
	return psprintf("%s%s%s", stock, work, runs);
}

/* distance_from_best is an expression, from 0 for the best that the order's candidates have to 1 for the worst. */
static char *
distance_from_best(const Criterion *criterion)
{
	char	   *value = strcmp(criterion->name, "weeks_of_supply") != 0 ? psprintf("(%s)", criterion->value) :
		psprintf("LEAST(%s, " LONGEST_WEEKS ")", criterion->value);
	char	   *least = psprintf("min(%s) OVER o", value);
	char	   *most = psprintf("max(%s) OVER o", value);

	return psprintf("COALESCE(abs(%s - %s)::numeric / NULLIF(%s - %s, 0), CASE WHEN %s IS NULL THEN 1 ELSE 0 END)",
					value, criterion->most ? most : least, most, least, value);
}

/*
 * oms_criteria_places makes of a query of priced candidates (order_id, location, cost,
 * late_seconds, distance_km, sequence) one whose cost is the place in the order of preference.
 */
char *
oms_criteria_places(const Criteria *criteria, const char *priced, const RouteOptions *options,
					ArrayType *run_orders)
{
	StringInfoData order;
	StringInfoData score;

	initStringInfo(&order);
	initStringInfo(&score);
	for (int i = 0; i < criteria->n; i++)
	{
		const Criterion *criterion = &known[criteria->kinds[i]];

		appendStringInfo(&order, "%s%s%s NULLS LAST", i == 0 ? "" : ", ", criterion->value,
						 criterion->most ? " DESC" : "");
		if (criteria->weights != NULL)
			appendStringInfo(&score, "%s%s * %s", i == 0 ? "" : " + ", criteria->weights[i],
							 distance_from_best(criterion));
	}
	if (criteria->weights != NULL)
		return psprintf("SELECT c.order_id, c.location, (1 + round((" LAST_PLACE " - 1) * (%s) / (%s))) * " CRITERIA_PLACE
						"::float8 + LEAST(c.cost, " CRITERIA_PLACE " - 1) AS cost, c.late_seconds FROM (%s) c %s"
						"WINDOW o AS (PARTITION BY c.order_id)",
						score.data, sum_of(criteria), priced, oms_criteria_joins(criteria, options, run_orders));
	return psprintf("SELECT c.order_id, c.location, LEAST(" LAST_PLACE ", dense_rank() OVER (PARTITION BY c.order_id "
					"ORDER BY %s)) * " CRITERIA_PLACE "::float8 + LEAST(c.cost, " CRITERIA_PLACE " - 1) AS cost, "
					"c.late_seconds FROM (%s) c %s",
					order.data, priced, oms_criteria_joins(criteria, options, run_orders));
}

/* oms_criteria_terms is an expression over candidates with these joins: what each criterion is there. */
char *
oms_criteria_terms(const Criteria *criteria)
{
	StringInfoData terms;

	initStringInfo(&terms);
	for (int i = 0; i < criteria->n; i++)
		appendStringInfo(&terms, ", '%s ' || COALESCE((%s)::text, 'unknown')",
						 known[criteria->kinds[i]].name, known[criteria->kinds[i]].value);
	return criteria->n == 0 ? "NULL::text" : psprintf("concat_ws(', '%s)", terms.data);
}
