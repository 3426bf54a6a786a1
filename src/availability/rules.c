/*
 * rules.c
 *		Safety stock: which rule holds for a channel, method and sku at a location.
 *
 * A rule matches when all of its dimensions do: channel, location or group of locations,
 * sku or tags (the item has all of them), method; and when the moment is in its period.
 * Of those that match, the most specific holds: the one with most dimensions, each tag
 * counting as one; then one with sku before tags before location before group before
 * channel before method; then the newest by created_at, then by rule_id. Where none
 * matches the channel's own safety stock holds.
 *
 * The network keeps the rules in this order (network.c), so that the first that matches
 * holds. What does not depend on the location is judged once a sku, and only rules that
 * name the sku, or none, are looked at.
 *
 * Reads the network and item. No locks.
 */
#include "postgres.h"

#include "funcapi.h"
#include "utils/array.h"
#include "utils/timestamp.h"

#include "availability/availability.h"

PG_FUNCTION_INFO_V1(oms_explain_safety_stock);
PG_FUNCTION_INFO_V1(oms_safety_stock_at);

static bool
has_tags(const OmsItem *item, const OmsRule *rule)
{
	int			i = 0;

	for (int t = 0; t < rule->ntags; t++, i++)
	{
		while (i < item->ntags && oms_text_compare(item->tags[i], rule->tags[t]) < 0)
			i++;
		if (i == item->ntags || !oms_text_equal(item->tags[i], rule->tags[t]))
			return false;
	}
	return true;
}

/* matches_anywhere judges all of a rule but its location and its sku. */
static bool
matches_anywhere(const OmsRule *rule, const OmsChannel *channel, OmsMethod method,
				 const OmsItem *item, TimestampTz at)
{
	return ((rule->set & OMS_RULE_CHANNEL) == 0 || rule->channel == channel) &&
		((rule->set & OMS_RULE_METHOD) == 0 || rule->method == method) &&
		rule->active_from <= at && (at < rule->active_until || rule->active_until == DT_NOEND) &&
		((rule->set & OMS_RULE_TAGS) == 0 || has_tags(item, rule));
}

/* first_sku_rule is the first of the network's rules for a sku, or of those for a later one. */
static int
first_sku_rule(const OmsNetwork *network, const text *sku)
{
	int			low = 0;
	int			high = network->nsku_rules;

	while (low < high)
	{
		int			middle = low + (high - low) / 2;

		if (oms_text_compare(network->rules[network->sku_rules[middle]].sku, sku) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* oms_rules_find finds the rules that hold at some location, by precedence. */
void
oms_rules_find(const OmsChannel *channel, OmsMethod method, const OmsItem *item, TimestampTz at,
			   OmsRules *rules)
{
	const OmsNetwork *network = channel->network;
	int			s = 0;
	int			o = 0;

	rules->channel = channel;
	rules->n = 0;
	rules->rules = NULL;
	if (network->nrules == 0)
		return;
	s = first_sku_rule(network, item->sku);
	for (;;)
	{
		bool		by_sku = s < network->nsku_rules &&
			oms_text_equal(network->rules[network->sku_rules[s]].sku, item->sku);
		const OmsRule *rule;

		if (by_sku && o < network->nother_rules && network->other_rules[o] < network->sku_rules[s])
			by_sku = false;
		if (by_sku)
			rule = &network->rules[network->sku_rules[s++]];
		else if (o < network->nother_rules)
			rule = &network->rules[network->other_rules[o++]];
		else
			break;
		if (!matches_anywhere(rule, channel, method, item, at))
			continue;
		if (rules->rules == NULL)
			rules->rules = palloc(sizeof(OmsRule *) * network->nrules);
		rules->rules[rules->n++] = rule;
	}
}

static bool
matches_at(const OmsRule *rule, int location)
{
	if (rule->set & OMS_RULE_LOCATION)
		return rule->location == location;
	if (rule->set & OMS_RULE_GROUP)
		return rule->group != NULL && bms_is_member(location, rule->group->locations);
	return true;
}

/* oms_rule_at is the rule that holds at a location of the network; NULL: the channel's own. */
const OmsRule *
oms_rule_at(const OmsRules *rules, int location)
{
	for (int i = 0; i < rules->n; i++)
		if (matches_at(rules->rules[i], location))
			return rules->rules[i];
	return NULL;
}

/* oms_safety_stock_on is what is kept back at a moment from a channel, of an item at a location. */
OmsSafetyStock
oms_safety_stock_on(const OmsChannel *channel, OmsMethod method, const OmsItem *item,
					const text *location, TimestampTz at)
{
	const OmsRule *rule = NULL;
	OmsRules	rules;

	if (channel->network->nrules > 0)
	{
		int			place = oms_network_location(channel->network, location);

		oms_rules_find(channel, method, item, at, &rules);
		if (place >= 0)
			rule = oms_rule_at(&rules, place);
		if (rules.rules != NULL)
			pfree(rules.rules);
	}
	return rule != NULL ? rule->safety : channel->safety;
}

/* oms_safety_stock_of is the same now. */
OmsSafetyStock
oms_safety_stock_of(const OmsChannel *channel, OmsMethod method, const OmsItem *item,
					const text *location)
{
	return oms_safety_stock_on(channel, method, item, location, GetCurrentTimestamp());
}

/* oms_safety_stock_excludes says whether nothing is left, however much is on hand. */
bool
oms_safety_stock_excludes(const OmsSafetyStock *safety)
{
	return safety->percent_scaled == OMS_SAFETY_STOCK_ALL && safety->mode != OMS_SAFETY_STOCK_MIN;
}

/*
 * oms_excludes says whether nothing of the item may be taken at the location, however much
 * is there: by its own rule or, of a kit, by that of a component.
 */
bool
oms_excludes(const OmsChannel *channel, OmsMethod method, const OmsItem *item, const text *location)
{
	OmsSafetyStock safety = oms_safety_stock_of(channel, method, item, location);

	if (oms_safety_stock_excludes(&safety))
		return true;
	for (int c = 0; item->kit != NULL && c < item->kit->n; c++)
		if (oms_excludes(channel, method, &item->kit->items[c], location))
			return true;
	return false;
}

/* The arguments of both SQL functions: channel, sku, location, method. */
static int
read_arguments(FunctionCallInfo fcinfo, const OmsChannel **channel, OmsItem **item, OmsMethod *method)
{
	text	   *sku = oms_arg_key(fcinfo, 1, "sku");
	text	   *location = oms_arg_key(fcinfo, 2, "location");
	int			place;

	*channel = oms_channel(oms_arg_key(fcinfo, 0, "channel"));
	*method = oms_arg_method(fcinfo, 3);
	*item = oms_items(1, &sku);
	place = oms_network_location((*channel)->network, location);
	if (place < 0)
		ereport(ERROR,
				(errcode(OMS_ERR_UNKNOWN_KEY),
				 errmsg("location \"%s\" is unknown", text_to_cstring(location)),
				 errhint("Call oms.add_location first.")));
	return place;
}

/* oms_safety_stock_at(channel, sku, location, method) is the safety stock that holds now. */
Datum
oms_safety_stock_at(PG_FUNCTION_ARGS)
{
	const OmsChannel *channel;
	OmsItem    *item;
	OmsMethod	method;
	int			place = read_arguments(fcinfo, &channel, &item, &method);
	OmsSafetyStock *safety = palloc(sizeof(OmsSafetyStock));

	*safety = oms_safety_stock_of(channel, method, item, channel->network->locations[place].location);
	PG_RETURN_SAFETY_STOCK_P(safety);
}

/*
 * oms_explain_safety_stock(channel, sku, location, method, at): a row per rule that
 * matches, by precedence; the first holds. The channel's own comes last, without an id.
 */
Datum
oms_explain_safety_stock(PG_FUNCTION_ARGS)
{
	const OmsChannel *channel;
	OmsItem    *item;
	OmsMethod	method;
	int			place = read_arguments(fcinfo, &channel, &item, &method);
	TimestampTz at = PG_ARGISNULL(4) ? GetCurrentTimestamp() : PG_GETARG_TIMESTAMPTZ(4);
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	OmsRules	rules;
	int			number = 0;

	InitMaterializedSRF(fcinfo, 0);
	oms_rules_find(channel, method, item, at, &rules);
	for (int i = 0; i <= rules.n; i++)
	{
		const OmsRule *rule = i < rules.n ? rules.rules[i] : NULL;
		OmsSafetyStock safety = rule != NULL ? rule->safety : channel->safety;
		Datum		values[14];
		bool		nulls[14];

		if (rule != NULL && !matches_at(rule, place))
			continue;
		memset(nulls, true, sizeof(nulls));
#define SET(column, value) (values[column] = (value), nulls[column] = false)
		SET(0, Int32GetDatum(++number));
		SET(1, BoolGetDatum(number == 1));
		SET(2, SafetyStockPGetDatum(&safety));
		SET(4, Int32GetDatum(rule != NULL ? rule->dimensions : 0));
		if (rule == NULL)
			SET(5, PointerGetDatum(channel->channel));
		else
		{
			SET(3, Int64GetDatum(rule->rule_id));
			if (rule->channel != NULL)
				SET(5, PointerGetDatum(rule->channel->channel));
			if (rule->sku != NULL)
				SET(6, PointerGetDatum(rule->sku));
			if (rule->set & OMS_RULE_TAGS)
				SET(7, PointerGetDatum(construct_array((Datum *) rule->tags, rule->ntags, TEXTOID, -1,
													   false, TYPALIGN_INT)));
			if (rule->set & OMS_RULE_LOCATION)
				SET(8, PointerGetDatum(channel->network->locations[rule->location].location));
			if (rule->group != NULL)
				SET(9, PointerGetDatum(rule->group->location_group));
			if (rule->set & OMS_RULE_METHOD)
				SET(10, CStringGetTextDatum(oms_method_name(rule->method)));
			if (rule->active_from != DT_NOBEGIN)
				SET(11, TimestampTzGetDatum(rule->active_from));
			if (rule->active_until != DT_NOEND)
				SET(12, TimestampTzGetDatum(rule->active_until));
			if (rule->note != NULL)
				SET(13, PointerGetDatum(rule->note));
		}
#undef SET
		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
	return (Datum) 0;
}
