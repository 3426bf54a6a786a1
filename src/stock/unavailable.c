/*
 * unavailable.c
 *		Units that are there and not sellable: set_aside makes sellable units unavailable,
 *		put_back makes them sellable again, scrap throws them away. Each with a reason, in
 *		the ledger, which has both amounts.
 *
 * Invariants: unavailable of an account = the sum of its movements, and is not negative.
 *
 * Tables and locks: those of stock.c.
 */
#include "postgres.h"

#include "funcapi.h"

#include "stock/stock.h"

PG_FUNCTION_INFO_V1(oms_set_aside);
PG_FUNCTION_INFO_V1(oms_set_aside_many);
PG_FUNCTION_INFO_V1(oms_put_back);
PG_FUNCTION_INFO_V1(oms_put_back_many);
PG_FUNCTION_INFO_V1(oms_scrap);
PG_FUNCTION_INFO_V1(oms_scrap_many);

typedef enum Verb
{
	SET_ASIDE,
	PUT_BACK,
	SCRAP
} Verb;

static const char *const kinds[] = {"set_aside", "put_back", "scrap"};

static void
raise_short(Verb verb, const OmsChange *result, text *sku, text *location, int64 wanted)
{
	if (verb == SET_ASIDE || result->outcome == OMS_PENDING)
		oms_raise_short(result, sku, location, wanted);
	ereport(ERROR,
			(errcode(OMS_ERR_INSUFFICIENT_STOCK),
			 errmsg("not so many units of sku \"%s\" are unavailable", text_to_cstring(sku)),
			 errdetail("Location \"%s\": wanted %lld, unavailable %lld.", text_to_cstring(location),
					   (long long) wanted, (long long) result->available),
			 errhint("oms.inventory tells what is unavailable; oms.set_aside makes units so.")));
}

/* change makes the changes, records them, and lets the steps after supply or loss follow. */
static void
change(FunctionCallInfo fcinfo, Verb verb, bool many, text *location, int n, text **skus,
	   int64 *quantities, text *reason, text *reference, text *actor)
{
	ReturnSetInfo *set = (ReturnSetInfo *) fcinfo->resultinfo;
	OmsGuard	guard = {.kind = verb == SET_ASIDE ? OMS_GUARD_ON_HAND : OMS_GUARD_UNAVAILABLE};
	OmsChange  *results = palloc(sizeof(OmsChange) * Max(1, n));
	OmsMovement *movements = palloc0(sizeof(OmsMovement) * Max(1, n));
	OmsSupplied *supplied = palloc0(sizeof(OmsSupplied) * Max(1, n));
	OmsAccounts *accounts;

	oms_require_location(location);
	accounts = oms_stock_open();
	for (int i = 0; i < n; i++)
	{
		int64		units = quantities[i];
		OmsAmounts	amounts = {
			.on_hand = verb == SET_ASIDE ? -units : verb == PUT_BACK ? units : 0,
			.unavailable = verb == SET_ASIDE ? units : -units
		};

		oms_stock_change_waiting(accounts, skus[i], location, amounts, &guard, &results[i]);
		if (results[i].outcome != OMS_DONE)
			raise_short(verb, &results[i], skus[i], location, units);
		movements[i] = (OmsMovement) {
			.sku = skus[i], .location = location, .quantity = amounts.on_hand,
			.unavailable = amounts.unavailable
		};
		supplied[i] = (OmsSupplied) {
			.sku = skus[i], .quantity = units, .fill_limit = PG_INT64_MAX
		};
	}
	oms_accounts_close(accounts);
	oms_movements_record(movements, n, kinds[verb], reason, reference, actor);
	for (int i = 0; i < n; i++)
	{
		Datum		values[3] = {
			PointerGetDatum(skus[i]), Int64GetDatum(results[i].after.on_hand),
			Int64GetDatum(results[i].after.unavailable)
		};
		bool		nulls[3] = {0};

		oms_stock_lost(&results[i], skus[i], location, reason, reference, actor);
		tuplestore_putvalues(set->setResult, set->setDesc, many ? values : values + 1, nulls);
	}
	if (verb == PUT_BACK)
		oms_stock_supplied(n, supplied, location);
}

/* run is every verb: location, sku(s), quantity(ies), reason, reference, actor, request_id. */
static Datum
run(FunctionCallInfo fcinfo, Verb verb, bool many)
{
	text	   *location = oms_arg_key(fcinfo, 0, "location");
	text	   *reason;
	text	   *actor;
	text	  **skus;
	int64	   *quantities;
	int			n = oms_arg_sku_quantities(fcinfo, 1, many, &skus, &quantities);

	reason = oms_arg_key(fcinfo, 3, "reason");
	actor = oms_arg_actor(fcinfo, 5);
	InitMaterializedSRF(fcinfo, 0);
	if (!oms_request_begin(fcinfo, 6, NULL))
	{
		change(fcinfo, verb, many, location, n, skus, quantities, reason,
			   oms_arg_optional_text(fcinfo, 4), actor);
		oms_request_end(fcinfo, 6, NULL);
	}
	return (Datum) 0;
}

/* oms_set_aside makes sellable units unavailable; a row ([sku,] on_hand, unavailable). */
Datum
oms_set_aside(PG_FUNCTION_ARGS)
{
	return run(fcinfo, SET_ASIDE, false);
}

Datum
oms_set_aside_many(PG_FUNCTION_ARGS)
{
	return run(fcinfo, SET_ASIDE, true);
}

/* oms_put_back makes unavailable units sellable. */
Datum
oms_put_back(PG_FUNCTION_ARGS)
{
	return run(fcinfo, PUT_BACK, false);
}

Datum
oms_put_back_many(PG_FUNCTION_ARGS)
{
	return run(fcinfo, PUT_BACK, true);
}

/* oms_scrap throws unavailable units away. */
Datum
oms_scrap(PG_FUNCTION_ARGS)
{
	return run(fcinfo, SCRAP, false);
}

Datum
oms_scrap_many(PG_FUNCTION_ARGS)
{
	return run(fcinfo, SCRAP, true);
}
