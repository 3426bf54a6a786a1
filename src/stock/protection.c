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

#include "access/table.h"
#include "storage/bufmgr.h"
#include "utils/fmgroids.h"
#include "utils/timestamp.h"

#include "row.h"
#include "stock/stock.h"

PG_FUNCTION_INFO_V1(oms_protect_stock);
PG_FUNCTION_INFO_V1(oms_unprotect_stock);

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
	if (oms_network_channel(oms_network(), channel) == NULL)
		ereport(ERROR,
				(errcode(OMS_ERR_UNKNOWN_KEY),
				 errmsg("channel \"%s\" is unknown", text_to_cstring(channel)),
				 errhint("Call oms.add_channel first.")));
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
	oms_note_sku(sku);
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

/* What is left of a protection, or of a part of it. */
typedef struct Left
{
	text	   *location;
	text	   *channel;
	int64		units;
} Left;

struct OmsProtections
{
	Snapshot	snapshot;
	OmsScan    *accounts;		/* NULL: nobody ever protected anything */
	OmsScan    *deltas;
	text	   *at;				/* the moment asked for, as oms_share_until writes it */
	int			n;
	int			max;
	Left	   *left;			/* of one sku, by location */
};

/*
 * oms_protections_open prepares to read what is left of protections as the snapshot sees
 * it and has not lapsed at the moment. Where nobody uses any it opens nothing.
 */
OmsProtections *
oms_protections_open(Snapshot snapshot, TimestampTz at)
{
	OmsProtections *protections = palloc0(sizeof(OmsProtections));
	Relation	rel = table_open(oms_table("protection_account"), AccessShareLock);

	protections->snapshot = snapshot;
	if (rel->rd_rel->relkind == RELKIND_PARTITIONED_TABLE || RelationGetNumberOfBlocks(rel) > 0)
	{
		protections->accounts = oms_scan_open("protection_account", NULL, 4, snapshot);
		protections->deltas = oms_scan_open("protection_delta", NULL, 4, snapshot);
		protections->at = oms_share_until(at);
		protections->max = 16;
		protections->left = palloc(sizeof(Left) * protections->max);
	}
	table_close(rel, NoLock);
	return protections;
}

/* oms_protections_close ends the reading. */
void
oms_protections_close(OmsProtections *protections)
{
	if (protections->accounts == NULL)
		return;
	oms_scan_close(protections->accounts);
	oms_scan_close(protections->deltas);
}

static void
add_left(OmsProtections *protections, Datum location, Datum until, Datum channel, int64 units)
{
	if (oms_text_compare(DatumGetTextPP(until), protections->at) <= 0)
		return;					/* lapsed */
	if (protections->n == protections->max)
	{
		protections->max *= 2;
		protections->left = repalloc_huge(protections->left, sizeof(Left) * protections->max);
	}
	protections->left[protections->n++] = (Left) {
		DatumGetTextPCopy(location), DatumGetTextPCopy(channel), units
	};
}

/* add_shares adds the rows of an account table of shares; their number. */
static int
add_shares(OmsProtections *protections, OmsScan *scan, int attno, text *sku)
{
	ScanKeyData key;
	int			n = 0;

	ScanKeyInit(&key, 1, BTEqualStrategyNumber, F_TEXTEQ, PointerGetDatum(sku));
	oms_scan_start(scan, 1, &key);
	for (; oms_scan_next(scan); n++)
	{
		bool		isnull;

		add_left(protections, slot_getattr(scan->slot, 2, &isnull),
				 slot_getattr(scan->slot, 3, &isnull), slot_getattr(scan->slot, 4, &isnull),
				 DatumGetInt64(slot_getattr(scan->slot, attno, &isnull)) -
				 DatumGetInt64(slot_getattr(scan->slot, attno + 2, &isnull)));
	}
	return n;
}

/* add_expired adds what an expired hold has of a protection: it is left too. */
static bool
add_expired(TupleTableSlot *slot, void *arg)
{
	bool		isnull;
	int64		units = DatumGetInt64(slot_getattr(slot, OMS_RESERVATION_PROTECTED, &isnull)) -
		DatumGetInt64(slot_getattr(slot, OMS_RESERVATION_CONSUMED, &isnull));

	if (units > 0)
		add_left(arg, slot_getattr(slot, OMS_RESERVATION_LOCATION, &isnull),
				 slot_getattr(slot, OMS_RESERVATION_PROTECTED_UNTIL, &isnull),
				 slot_getattr(slot, OMS_RESERVATION_CHANNEL, &isnull), units);
	return true;
}

static int
compare_left(const void *a, const void *b)
{
	return oms_text_compare(((const Left *) a)->location, ((const Left *) b)->location);
}

/*
 * oms_protections_read reads what is left of the protections of a sku. Expired holds have
 * given back. For a sku that never had one it is one descent of an index.
 */
void
oms_protections_read(OmsProtections *protections, text *sku)
{
	protections->n = 0;
	/* There is no delta without a row. */
	if (protections->accounts == NULL || add_shares(protections, protections->accounts, 5, sku) == 0)
		return;
	(void) add_shares(protections, protections->deltas, 6, sku);
	oms_holds_visit(sku, NULL, NULL, protections->snapshot, add_expired, protections);
	qsort(protections->left, protections->n, sizeof(Left), compare_left);
}

/*
 * oms_protected_for_others is what is left, of the sku that was read, at a location for
 * other channels than this; units.
 */
int64
oms_protected_for_others(const OmsProtections *protections, const text *location,
						 const text *channel)
{
	int			low = 0;
	int			high = protections->n;
	int64		units = 0;

	while (low < high)
	{
		int			middle = low + (high - low) / 2;

		if (oms_text_compare(protections->left[middle].location, location) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < protections->n && oms_text_equal(protections->left[low].location, location); low++)
		if (!oms_text_equal(protections->left[low].channel, channel))
			units += protections->left[low].units;
	return units;
}
