/*
 * options.c
 *		Options of oms.route and compare_solvers: what is route's own is checked and
 *		taken out, the rest is the planner's. Touches no table, takes no lock.
 */
#include "postgres.h"

#include "utils/jsonb.h"
#include "utils/numeric.h"
#include "utils/timestamp.h"

#include "routing/route.h"

/* defaults of plan_routes, for the shipment costs that are made here */
#define DEFAULT_COST_PER_SHIPMENT "5"
#define DEFAULT_COST_PER_KM "0.01"

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

/* oms_route_read_options checks and splits the options; 22023 for what is not route's. */
RouteOptions *
oms_route_read_options(Jsonb *given)
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
