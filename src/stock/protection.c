/*
 * protection.c
 *		Protected stock: units of a sku at a location that only one channel may take,
 *		until a moment.
 *
 * A protection is a share of the account of its (sku, location): account/account.c has the
 * rules. A take by the channel uses it first; what is left of it is kept from all other
 * channels and from transfers. When it lapses, what was not taken is free for all. It may be
 * more than is there: then it protects what comes. A reservation carries how many of its
 * units are from a protection and when that lapses, so that release, cancel, expiry and a
 * move give them back to it. Of what is consumed, units of the protection are the first.
 *
 * A channel has one protection of a sku at a location: protect_stock replaces what is left
 * of the one before. It waits for open transactions that take from it, as set_on_hand does.
 *
 * Tables: protection_account and protection_delta through account/; the expired holds of
 * reservation_row, by reading.
 *
 * Locks: those of account.c.
 */
#include "postgres.h"

#include "utils/timestamp.h"

#include "row.h"
#include "stock/stock.h"

PG_FUNCTION_INFO_V1(oms_protect_stock);
PG_FUNCTION_INFO_V1(oms_unprotect_stock);

static OmsPlan channel_exists = {
	"SELECT 1 FROM oms.channel c WHERE c.channel OPERATOR(pg_catalog.=) $1",
	1, {"pg_catalog.text"}
};

static void
require_channel(text *channel)
{
	Datum		values[1] = {PointerGetDatum(channel)};
	uint64		found;

	oms_spi_connect();
	found = oms_spi_execute(&channel_exists, values, NULL, false);
	oms_spi_finish();
	if (found == 0)
		ereport(ERROR,
				(errcode(OMS_ERR_UNKNOWN_KEY),
				 errmsg("channel \"%s\" is unknown", text_to_cstring(channel)),
				 errhint("Call oms.add_channel first.")));
}

/* protect sets the protection of (location, sku, channel); returns what was left before. */
static int64
protect(FunctionCallInfo fcinfo, text *until, int64 units)
{
	text	   *location = oms_arg_key(fcinfo, 0, "location");
	text	   *sku = oms_arg_key(fcinfo, 1, "sku");
	text	   *channel = oms_arg_key(fcinfo, 2, "channel");
	Datum		keys[2] = {PointerGetDatum(sku), PointerGetDatum(location)};
	TimestampTz start = GetCurrentTimestamp();
	OmsAccounts *accounts;
	OmsChange	result;

	oms_require_location(location);
	require_channel(channel);
	accounts = oms_stock_open();
	do
		oms_account_set_share(accounts, keys, channel, until, units, &result);
	while (result.outcome == OMS_PENDING && oms_may_wait() &&
		   oms_account_wait(result.pending, start));
	oms_accounts_close(accounts);
	if (result.outcome == OMS_PENDING)
		ereport(ERROR,
				(errcode(OMS_ERR_HELD_BY_OTHERS),
				 errmsg("protected stock of sku \"%s\" is being changed by an open transaction",
						text_to_cstring(sku)),
				 errdetail("Location \"%s\", channel \"%s\": transaction %u.",
						   text_to_cstring(location), text_to_cstring(channel), result.pending),
				 errhint("Try again; oms.wait_for_pending says how long to wait.")));
	return result.available;
}

/*
 * oms_protect_stock(location, sku, channel, quantity, until, request_id) protects units
 * for the channel in place of what was left of its protection: a bigint, what was left.
 * Raises OM002, OM004, 22004, 22008, 22023, 22003.
 */
Datum
oms_protect_stock(PG_FUNCTION_ARGS)
{
	int64		quantity = oms_arg_quantity(fcinfo, 3, "quantity");
	Datum		result;
	TimestampTz until;

	oms_require_not_null(fcinfo, 4, "until");
	until = PG_GETARG_TIMESTAMPTZ(4);
	if (until <= GetCurrentTimestamp())
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("until must be in the future"),
				 errdetail("It is %s.", timestamptz_to_str(until))));
	if (oms_request_begin(fcinfo, 5, &result))
		return result;
	result = Int64GetDatum(protect(fcinfo, oms_share_until(until), quantity));
	oms_request_end(fcinfo, 5, &result);
	return result;
}

/*
 * oms_unprotect_stock(location, sku, channel, request_id) ends the channel's protection: a
 * bigint, what was left of it. Raises OM002, OM004, 22004.
 */
Datum
oms_unprotect_stock(PG_FUNCTION_ARGS)
{
	Datum		result;

	if (oms_request_begin(fcinfo, 3, &result))
		return result;
	result = Int64GetDatum(protect(fcinfo, NULL, 0));
	oms_request_end(fcinfo, 3, &result);
	return result;
}

/* -------------------------------------------------------------------------
 * Reading
 * -------------------------------------------------------------------------
 */

typedef struct Found
{
	text	   *now;			/* as oms_share_until writes it; NULL: not needed yet */
	int			n;
	int			max;
	OmsProtection *list;
} Found;

static void
add_left(Found *found, Datum location, Datum until, Datum channel, int64 left)
{
	if (found->now == NULL)
		found->now = oms_share_until(GetCurrentTimestamp());
	if (oms_text_compare(DatumGetTextPP(until), found->now) <= 0)
		return;					/* lapsed */
	if (found->n == found->max)
	{
		found->max = Max(16, 2 * found->max);
		found->list = found->list == NULL ? palloc(sizeof(OmsProtection) * found->max)
			: repalloc_huge(found->list, sizeof(OmsProtection) * found->max);
	}
	found->list[found->n++] = (OmsProtection) {
		DatumGetTextPCopy(location), DatumGetTextPCopy(channel), left
	};
}

static void
add_share(TupleTableSlot *slot, const OmsAmounts *amounts, void *arg)
{
	bool		isnull;

	add_left(arg, slot_getattr(slot, 2, &isnull), slot_getattr(slot, 3, &isnull),
			 slot_getattr(slot, 4, &isnull), amounts->on_hand - amounts->reserved);
}

/* add_expired adds what an expired hold has of a protection: it is left too. */
static bool
add_expired(TupleTableSlot *slot, void *arg)
{
	bool		isnull;
	int64		left = DatumGetInt64(slot_getattr(slot, OMS_RESERVATION_PROTECTED, &isnull)) -
		DatumGetInt64(slot_getattr(slot, OMS_RESERVATION_CONSUMED, &isnull));

	if (left > 0)
		add_left(arg, slot_getattr(slot, OMS_RESERVATION_LOCATION, &isnull),
				 slot_getattr(slot, OMS_RESERVATION_PROTECTED_UNTIL, &isnull),
				 slot_getattr(slot, OMS_RESERVATION_CHANNEL, &isnull), left);
	return true;
}

static int
compare_protections(const void *a, const void *b)
{
	const OmsProtection *x = a;
	const OmsProtection *y = b;
	int			c = oms_text_compare(x->location, y->location);

	return c != 0 ? c : oms_text_compare(x->channel, y->channel);
}

/*
 * oms_protections lists what is left of the protections of a sku, as the snapshot sees it,
 * by location and channel; returns their number. Expired holds have given back. For a sku
 * that never had a protection it is one descent of an index.
 */
int
oms_protections(text *sku, Snapshot snapshot, OmsProtection **protections)
{
	Datum		key = PointerGetDatum(sku);
	Found		found = {0};
	int			n = 0;

	*protections = NULL;
	/* There is no delta without a row. */
	if (oms_account_visit("protection_account", 1, &key, snapshot, add_share, &found) == 0)
		return 0;
	(void) oms_account_visit("protection_delta", 1, &key, snapshot, add_share, &found);
	oms_holds_visit(sku, NULL, NULL, snapshot, add_expired, &found);
	if (found.n == 0)
		return 0;
	qsort(found.list, found.n, sizeof(OmsProtection), compare_protections);
	for (int i = 1; i < found.n; i++)
	{
		if (compare_protections(&found.list[n], &found.list[i]) == 0)
			found.list[n].left += found.list[i].left;
		else
			found.list[++n] = found.list[i];
	}
	*protections = found.list;
	return n + 1;
}

/* oms_protected_for_others sums what the list has for channels other than this at a location. */
int64
oms_protected_for_others(int n, const OmsProtection *protections, text *location, text *channel)
{
	int			low = 0;
	int			high = n;
	int64		units = 0;

	while (low < high)
	{
		int			middle = (low + high) / 2;

		if (oms_text_compare(protections[middle].location, location) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < n && oms_text_equal(protections[low].location, location); low++)
		if (!oms_text_equal(protections[low].channel, channel))
			units += protections[low].left;
	return units;
}
