/*
 * options.c
 *		Options of oms.route and those that compare: what is route's own is checked and
 *		taken out, the rest is the planner's. Touches no table, takes no lock.
 */
#include "postgres.h"

#include "utils/jsonb.h"
#include "utils/numeric.h"
#include "utils/timestamp.h"

#include "routing/plan.h"
#include "routing/route.h"

/* defaults of plan_routes, for the shipment costs that are made here */
#define DEFAULT_COST_PER_SHIPMENT "5"
#define DEFAULT_COST_PER_KM "0.01"

static JsonbValue *
option_value(Jsonb *options, const char *name)
{
	JsonbValue *value = getKeyJsonValueFromContainer(&options->root, name, strlen(name), NULL);

	return value == NULL || value->type == jbvNull ? NULL : value;
}

/* number_option returns the literal of a number that is not negative. */
static char *
number_option(Jsonb *options, const char *name, const char *otherwise)
{
	JsonbValue *value = option_value(options, name);
	char	   *digits;

	if (value == NULL)
		return pstrdup(otherwise);
	if (value->type != jbvNumeric)
		oms_refuse_option(name, "must be a number");
	digits = DatumGetCString(DirectFunctionCall1(numeric_out,
												 NumericGetDatum(value->val.numeric)));
	if (digits[0] == '-' || strlen(digits) > 20)
		oms_refuse_option(name, "must not be negative");
	return digits;
}

/*
 * start_at_option is the moment from which locations work on the orders, as an expression;
 * *begins_at is it, or now when it is another one for each order.
 */
static char *
start_at_option(Jsonb *options, TimestampTz *begins_at)
{
	JsonbValue *value = option_value(options, "start_at");
	char	   *string;

	*begins_at = GetCurrentTimestamp();
	if (value == NULL)
		return pstrdup("pg_catalog.now()");
	if (value->type != jbvString)
		oms_refuse_option("start_at", "must be a moment or \"placed_at\"");
	string = pnstrdup(value->val.string.val, value->val.string.len);
	if (strcmp(string, "placed_at") == 0)
		return pstrdup("o.placed_at");
	*begins_at = DatumGetTimestampTz(DirectFunctionCall3(timestamptz_in, CStringGetDatum(string),
														 ObjectIdGetDatum(InvalidOid),
														 Int32GetDatum(-1)));
	return psprintf("%s::timestamptz", quote_literal_cstr(string));
}

/* boolean_option is false unless given. */
static bool
boolean_option(Jsonb *options, const char *name)
{
	JsonbValue *value = option_value(options, name);

	if (value == NULL)
		return false;
	if (value->type != jbvBool)
		oms_refuse_option(name, "must be true or false");
	return value->val.boolean;
}

/* oms_route_read_options checks and splits the options; 22023 for what is not route's. */
RouteOptions *
oms_route_read_options(Jsonb *given)
{
	RouteOptions *result = palloc0(sizeof(RouteOptions));
	Datum		planner;

	if (!JB_ROOT_IS_OBJECT(given))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("options must be a jsonb object")));
	if (option_value(given, "solver") != NULL)
		oms_refuse_option("solver", "is an argument of its own");

	result->given = given;
	result->held = "oms.routing_held";
	result->inventory = "oms.inventory";
	result->in_force = IN_FORCE;
	result->cost_per_shipment = number_option(given, "cost_per_shipment",
											  DEFAULT_COST_PER_SHIPMENT);
	result->cost_per_km = number_option(given, "cost_per_km", DEFAULT_COST_PER_KM);
	result->start_at = start_at_option(given, &result->begins_at);
	result->stored_prices = boolean_option(given, "stored_prices");
	planner = DirectFunctionCall2(jsonb_delete, JsonbPGetDatum(given), CStringGetTextDatum("start_at"));
	planner = DirectFunctionCall2(jsonb_delete, planner, CStringGetTextDatum("stored_prices"));
	result->planner = DatumGetJsonbP(planner);
	return result;
}
