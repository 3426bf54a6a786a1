/*
 * explain.c
 *		Why a channel may sell what it may: availability location by location, with what
 *		is kept back and by which rule, and the steps from their sum to the ATP.
 *
 * The rows are made of the same cells as atp, in the same snapshot, so that the last
 * one, the total, is what atp says (test/pgtap/explain_availability compares at random).
 */
#include "postgres.h"

#include "common/int.h"
#include "funcapi.h"
#include "utils/snapmgr.h"

#include "availability/availability.h"
#include "stock/stock.h"

PG_FUNCTION_INFO_V1(oms_explain_availability);

/* Columns of the result. */
enum
{
	STEP,
	LOCATION,
	ON_HAND,
	UNAVAILABLE,
	RESERVED,
	EXPIRED,
	SAFETY_STOCK,
	RULE_ID,
	RULE,
	PROTECTED,
	INCOMING,
	COUNTED,
	REASON,
	NCOLUMNS
};

static void
put(ReturnSetInfo *result, const char *step, const OmsCell *cell, int64 counted, const char *reason)
{
	Datum		values[NCOLUMNS];
	bool		nulls[NCOLUMNS];

	memset(nulls, true, sizeof(nulls));
#define SET(column, value) (values[column] = (value), nulls[column] = false)
	SET(STEP, CStringGetTextDatum(step));
	if (cell != NULL)
	{
		SET(LOCATION, PointerGetDatum(cell->location));
		if (cell->carried)
		{
			SET(ON_HAND, Int64GetDatum(cell->on_hand));
			SET(UNAVAILABLE, Int64GetDatum(cell->unavailable));
			SET(RESERVED, Int64GetDatum(cell->reserved));
			SET(EXPIRED, Int64GetDatum(cell->expired));
			SET(SAFETY_STOCK, Int64GetDatum(cell->safety_stock));
			SET(PROTECTED, Int64GetDatum(cell->protected));
		}
		if (cell->carried || cell->incoming > 0)
			SET(INCOMING, Int64GetDatum(cell->incoming));
		if (cell->rule != NULL)
			SET(RULE_ID, Int64GetDatum(cell->rule->rule_id));
		SET(RULE, SafetyStockPGetDatum(&cell->safety));
	}
	SET(COUNTED, Int64GetDatum(counted));
	if (reason != NULL)
		SET(REASON, CStringGetTextDatum(reason));
#undef SET
	tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
}

/* why_not says why nothing is counted at a location; NULL when something is. */
static const char *
why_not(const OmsChannel *channel, OmsMethod method, const OmsItem *item, const OmsCell *cell)
{
	int64		available = cell->on_hand - cell->reserved + cell->expired;

	if (!channel->active)
		return "the channel is offline";
	if (!cell->place->active)
		return "the location is offline";
	if (!cell->place->can[method])
		return method == OMS_PICKUP ? "no pickup here" : "does not ship";
	if (cell->excluded && !oms_safety_stock_excludes(&cell->safety))
		return "excluded for a time";
	if (cell->excluded)
		return cell->rule != NULL
			? psprintf("switched off by rule %lld", (long long) cell->rule->rule_id)
			: "switched off by the channel's safety stock";
	if (!item->tracked)
		return NULL;
	if (!cell->carried)
		return "not carried";
	if (available < 0)
		return psprintf("%lld more are reserved than there are", -(long long) available);
	if (available == 0)
		return cell->on_hand == 0 ? "none left" : "all are reserved";
	if (cell->free > 0)
		return NULL;
	return available <= cell->safety_stock ? "all are kept back"
		: "all are kept back or protected for other channels";
}

/*
 * oms_explain_availability(channel, sku, method, at): a row (step location) per location of the
 * channel's group, in its sequence, then the steps sum, buffer, quota and total, of which
 * the last is the sum of the others. Raises as atp.
 */
Datum
oms_explain_availability(PG_FUNCTION_ARGS)
{
	const OmsChannel *channel = oms_channel(oms_arg_key(fcinfo, 0, "channel"));
	text	   *sku = oms_arg_key(fcinfo, 1, "sku");
	OmsMethod	method = oms_arg_method(fcinfo, 2);
	OmsItem    *item = oms_items(1, &sku);
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	OmsCell    *cells;
	int			ncells;
	int64		sum = 0;
	int64		buffer;
	int64		left;

	if (!item->known)
		oms_raise_unknown_sku(sku);
	InitMaterializedSRF(fcinfo, 0);
	ncells = oms_survey(channel, method, item,
						PG_ARGISNULL(3) ? DT_NOBEGIN : PG_GETARG_TIMESTAMPTZ(3), &cells);
	for (int i = 0; i < ncells; i++)
	{
		const char *reason = why_not(channel, method, item, &cells[i]);
		int64		counted = reason == NULL ? cells[i].free : 0;

		if (reason == NULL && !item->tracked)
			reason = "not tracked: never runs out";
		put(result, "location", &cells[i], counted, reason);
		if (pg_add_s64_overflow(sum, counted, &sum))
			sum = PG_INT64_MAX;
	}
	put(result, "sum", NULL, sum, channel->group[method] == NULL
		? psprintf("the channel has no locations for method %s", oms_method_name(method)) : NULL);
	/* Kept back of a sum that has an end. */
	buffer = sum == PG_INT64_MAX ? 0 : Min(sum, channel->buffer);
	put(result, "buffer", NULL, -buffer, channel->buffer > 0
		? psprintf("%lld are kept back over all locations", (long long) channel->buffer) : NULL);
	sum -= buffer;
	left = oms_quota_left(channel, sku, GetActiveSnapshot());
	put(result, "quota", NULL, Min(0, left - sum), left < PG_INT64_MAX
		? psprintf("%lld are left of the quota", (long long) left) : NULL);
	put(result, "total", NULL, Min(sum, left), NULL);
	return (Datum) 0;
}
