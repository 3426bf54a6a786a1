/*
 * stock.c
 *		Stock of (sku, location): receive, adjust, set_on_hand, transfer, each in one
 *		form for one sku and one for many. Every change of on_hand leaves a movement
 *		with its reason, actor and reference, in the same transaction. A supply ends with
 *		the step that reservation/ sets: it fills open backorders; then its surplus may be
 *		held back (hold_back.c). A loss ends with the step that fulfillment/ sets: where more
 *		is reserved than is left, reservations lose.
 *
 * Invariants: on_hand of an account = the sum of its movements; reserved = the sum of
 * its reservations that are neither released nor consumed, and of what is held back.
 * oms.check() verifies both.
 *
 * Tables: stock_account and stock_delta through account/, movement_row, and the
 * expired holds of reservation_row, which a short take gives back.
 *
 * Locks: those of account.c; reservation_row is locked RowExclusive before any key
 * lock, so that the reclaim under the key lock never queues behind DDL.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/table.h"
#include "access/tableam.h"
#include "access/xact.h"
#include "catalog/namespace.h"
#include "catalog/pg_collation.h"
#include "catalog/pg_type.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "storage/lmgr.h"
#include "utils/array.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

#include "commands/trigger.h"
#include "row.h"
#include "stock/stock.h"

PG_FUNCTION_INFO_V1(oms_receive);
PG_FUNCTION_INFO_V1(oms_receive_many);
PG_FUNCTION_INFO_V1(oms_adjust);
PG_FUNCTION_INFO_V1(oms_adjust_many);
PG_FUNCTION_INFO_V1(oms_set_on_hand);
PG_FUNCTION_INFO_V1(oms_set_on_hand_many);
PG_FUNCTION_INFO_V1(oms_transfer);
PG_FUNCTION_INFO_V1(oms_transfer_many);
PG_FUNCTION_INFO_V1(oms_fold_accounts);
PG_FUNCTION_INFO_V1(oms_refuse_stocked_kit);

const OmsAccountKind oms_protection_kind = {
	"protection_account", "protection_delta", OMS_LOCK_STOCK, 2, NULL
};

const OmsAccountKind oms_stock_kind = {
	"stock_account", "stock_delta", OMS_LOCK_STOCK, 2, &oms_protection_kind
};

/* What is used of the capacity of locations; routing/capacity.c takes and gives. */
const OmsAccountKind oms_capacity_kind = {
	"capacity_account", "capacity_delta", OMS_LOCK_CAPACITY, 4, NULL
};

static OmsAfterSupply after_supply = NULL;
static OmsAfterLoss after_loss = NULL;

static OmsPlan location_exists = {
	"SELECT 1 FROM oms.location l WHERE l.location OPERATOR(pg_catalog.=) $1",
	1, {"pg_catalog.text"}
};

static OmsPlan insert_movements = {
	"INSERT INTO oms.movement_row (sku, location, quantity, kind, reason, reference, actor, incoming_id, unavailable) "
	"SELECT u.sku, u.location, u.quantity, $4, $5, $6, $7, NULLIF(u.incoming_id, 0), u.unavailable "
	"FROM ROWS FROM (pg_catalog.unnest($1), pg_catalog.unnest($2), pg_catalog.unnest($3), "
	"pg_catalog.unnest($8), pg_catalog.unnest($9)) AS u (sku, location, quantity, incoming_id, unavailable)",
	9, {"pg_catalog._text", "pg_catalog._text", "pg_catalog._int8", "pg_catalog.text",
	"pg_catalog.text", "pg_catalog.text", "pg_catalog.text", "pg_catalog._int8", "pg_catalog._int8"}
};

/* The holds of one account that expired and that nobody has locked. */
static OmsPlan expire_holds_of_account = {
	OMS_EXPIRE_HOLDS("r.sku OPERATOR(pg_catalog.=) $1 AND r.location OPERATOR(pg_catalog.=) $2"),
	2, {"pg_catalog.text", "pg_catalog.text"}
};

/* Units of any kind that there are of a sku; and what is still to come. */
static OmsPlan find_stock_of_kit = {
	"SELECT a.location FROM (SELECT a.location, a.on_hand, a.unavailable, a.reserved FROM oms.stock_account a "
	"WHERE a.sku OPERATOR(pg_catalog.=) $1 UNION ALL SELECT d.location, d.on_hand, d.unavailable, d.reserved "
	"FROM oms.stock_delta d WHERE d.sku OPERATOR(pg_catalog.=) $1) a GROUP BY a.location "
	"HAVING pg_catalog.sum(a.on_hand) OPERATOR(pg_catalog.<>) 0 "
	"OR pg_catalog.sum(a.unavailable) OPERATOR(pg_catalog.<>) 0 "
	"OR pg_catalog.sum(a.reserved) OPERATOR(pg_catalog.<>) 0 "
	"UNION ALL SELECT NULL FROM oms.backorder_row b WHERE b.sku OPERATOR(pg_catalog.=) $1 "
	"AND b.status OPERATOR(pg_catalog.=) 'open' LIMIT 1",
	1, {"pg_catalog.text"}
};

/* What fold_accounts folds: each kind of account with the keys that have deltas. */
static struct
{
	const OmsAccountKind *kind;
	int			nkeys;
	OmsPlan		keys;
}			folded_kinds[] = {
	{&oms_stock_kind, 2, {"SELECT DISTINCT d.sku, d.location FROM oms.stock_delta d"}},
	{&oms_protection_kind, 4, {"SELECT DISTINCT d.sku, d.location, d.until, d.channel FROM oms.protection_delta d"}},
	{&oms_quota_kind, 3, {"SELECT DISTINCT d.sku, d.channel, d.period FROM oms.quota_delta d"}},
	{&oms_incoming_kind, 3, {"SELECT DISTINCT d.sku, d.location, d.incoming FROM oms.incoming_delta d"}},
	{&oms_backorder_kind, 2, {"SELECT DISTINCT d.sku, d.channel FROM oms.backorder_delta d"}},
	{&oms_capacity_kind, 4, {"SELECT DISTINCT d.location, d.window_name, d.until, d.measure FROM oms.capacity_delta d"}},
};

/* -------------------------------------------------------------------------
 * For other folders
 * -------------------------------------------------------------------------
 */

/* oms_stock_set_after_supply sets the step after supply; called once at load. */
void
oms_stock_set_after_supply(OmsAfterSupply step)
{
	after_supply = step;
}

/* oms_stock_supplied makes the step after supply: it fills open backorders. */
void
oms_stock_supplied(int n, OmsSupplied *supplied, text *location)
{
	if (n > 0 && after_supply != NULL)
		after_supply(n, supplied, location);
}

/* oms_stock_set_after_loss sets the step after a loss; called once at load. */
void
oms_stock_set_after_loss(OmsAfterLoss step)
{
	after_loss = step;
}

/*
 * oms_stock_lost makes the step after a loss if what the change has left is less than what is
 * reserved: reservations lose. reason, reference may be NULL. No account may be open.
 */
void
oms_stock_lost(const OmsChange *result, text *sku, text *location, text *reason,
			   text *reference, text *actor)
{
	if (result->change.on_hand < 0 && result->after.on_hand < result->after.reserved &&
		after_loss != NULL)
		after_loss(sku, location, reason, reference, actor);
}

/* oms_stock_open opens the stock accounts for changes; see oms_accounts_open. */
OmsAccounts *
oms_stock_open(void)
{
	LockRelationOid(oms_table("reservation_row"), RowExclusiveLock);
	return oms_accounts_open(&oms_stock_kind);
}

/*
 * oms_holds_visit visits the expired holds of a sku that are not marked yet, at a location or
 * of a channel (NULL: any), as the snapshot sees them, until the visit returns false. The
 * index judges all of it, so that live holds cost no visit of the table.
 */
void
oms_holds_visit(text *sku, text *location, text *channel, Snapshot snapshot, OmsHoldVisit visit,
				void *arg)
{
	OmsScan    *scan = oms_scan_open("reservation_row", "reservation_row_hold_idx", 4, snapshot);
	ScanKeyData keys[4];
	int			n = 0;

	ScanKeyInit(&keys[n++], 1, BTEqualStrategyNumber, F_TEXTEQ, PointerGetDatum(sku));
	if (location != NULL)
		ScanKeyInit(&keys[n++], 2, BTEqualStrategyNumber, F_TEXTEQ, PointerGetDatum(location));
	ScanKeyInit(&keys[n++], 3, BTLessEqualStrategyNumber, F_TIMESTAMPTZ_LE,
				TimestampTzGetDatum(GetCurrentTimestamp()));
	if (channel != NULL)
		ScanKeyInit(&keys[n++], 4, BTEqualStrategyNumber, F_TEXTEQ, PointerGetDatum(channel));
	oms_scan_start(scan, n, keys);
	while (oms_scan_next(scan) && visit(scan->slot, arg))
		CHECK_FOR_INTERRUPTS();
	oms_scan_close(scan);
}

/*
 * oms_kit_holds_visit visits those of a kit that are of a channel: of each the row of its
 * first component.
 */
void
oms_kit_holds_visit(text *kit, text *channel, Snapshot snapshot, OmsHoldVisit visit, void *arg)
{
	OmsScan    *scan = oms_scan_open("reservation_row", "reservation_row_kit_hold_idx", 3, snapshot);
	ScanKeyData keys[3];

	ScanKeyInit(&keys[0], 1, BTEqualStrategyNumber, F_TEXTEQ, PointerGetDatum(kit));
	ScanKeyInit(&keys[1], 2, BTLessEqualStrategyNumber, F_TIMESTAMPTZ_LE,
				TimestampTzGetDatum(GetCurrentTimestamp()));
	ScanKeyInit(&keys[2], 3, BTEqualStrategyNumber, F_TEXTEQ, PointerGetDatum(channel));
	oms_scan_start(scan, 3, keys);
	while (oms_scan_next(scan) && visit(scan->slot, arg))
		CHECK_FOR_INTERRUPTS();
	oms_scan_close(scan);
}

/*
 * oms_claim_read reads a claim from OMS_CLAIM_COLUMNS of the last SPI result, in the row
 * and from the column on; its texts are in context.
 */
void
oms_claim_read(uint64 row, int column, OmsClaim *claim, MemoryContext context)
{
	text	  **texts[OMS_CLAIM_WIDTH] = {
		&claim->sku, &claim->location, &claim->channel, NULL, NULL, &claim->protected_until,
		&claim->quota_period, &claim->kit
	};
	MemoryContext spi = MemoryContextSwitchTo(context);

	for (int i = 0; i < OMS_CLAIM_WIDTH; i++)
	{
		bool		isnull;
		Datum		value = oms_spi_value(row, column + i, &isnull);

		if (texts[i] != NULL)
			*texts[i] = isnull ? NULL : DatumGetTextPCopy(value);
	}
	claim->quantity = oms_spi_int64(row, column + 3);
	claim->protected = oms_spi_int64(row, column + 4);
	claim->kit_quantity = oms_spi_int64(row, column + 8);
	MemoryContextSwitchTo(spi);
}

/*
 * oms_holds_expire runs a plan made of OMS_EXPIRE_HOLDS: it marks expired holds as expired
 * and lists what they claimed, in the caller's memory, for the caller to give back. Holds
 * locked by an open transaction are left; they count. It runs on the latest snapshot.
 */
int
oms_holds_expire(OmsPlan *plan, const Datum *keys, OmsClaim **claims)
{
	MemoryContext caller = CurrentMemoryContext;
	int			n;

	oms_spi_connect();
	n = oms_spi_execute_latest(plan, unconstify(Datum *, keys), NULL);
	*claims = MemoryContextAllocHuge(caller, sizeof(OmsClaim) * Max(1, n));
	for (int i = 0; i < n; i++)
		oms_claim_read(i, 1, &(*claims)[i], caller);
	oms_spi_finish();
	return n;
}

/* oms_claim_give_stock gives units of stock, and of protection, back in one step. */
void
oms_claim_give_stock(OmsAccounts *accounts, const OmsClaim *claim)
{
	OmsGuard	guard = {.kind = OMS_GUARD_NONE};
	OmsAmounts	change = {.reserved = -claim->quantity};

	guard.back = (OmsShare) {
		claim->channel, claim->protected_until, claim->protected
	};
	oms_stock_change(accounts, claim->sku, claim->location, change, &guard, NULL);
}

static void
give_quota(const OmsClaim *claim)
{
	if (claim->quota_period != NULL)
		oms_quota_give(claim->channel, claim->kit != NULL ? claim->kit : claim->sku,
					   claim->quota_period, claim->quantity / claim->kit_quantity);
}

/* oms_claim_give_back gives back all that is claimed. */
void
oms_claim_give_back(OmsAccounts *accounts, const OmsClaim *claim)
{
	if (claim->quantity == 0)
		return;
	oms_claim_give_stock(accounts, claim);
	give_quota(claim);
}

/*
 * oms_stock_consume takes reserved units out of the door: reserved and, of what is tracked,
 * on_hand fall together. on_hand never becomes negative: OM001, OM002 when that depends on
 * an open transaction.
 */
void
oms_stock_consume(OmsAccounts *accounts, text *sku, text *location, int64 units, bool tracked)
{
	OmsGuard	guard = {.kind = tracked ? OMS_GUARD_ON_HAND : OMS_GUARD_NONE};
	OmsAmounts	change = {.on_hand = tracked ? -units : 0, .reserved = -units};
	OmsChange	result;

	oms_stock_change(accounts, sku, location, change, &guard, &result);
	if (result.outcome == OMS_SHORT)
		ereport(ERROR,
				(errcode(OMS_ERR_INSUFFICIENT_STOCK),
				 errmsg("sku \"%s\" at location \"%s\" is not on hand", text_to_cstring(sku),
						text_to_cstring(location)),
				 errdetail("%lld units are to leave, on hand are %lld.", (long long) units,
						   (long long) result.available),
				 errhint("Call oms.count_stock with what is there, or oms.reject.")));
	if (result.outcome == OMS_PENDING)
		oms_raise_short(&result, sku, location, units);
}

/* What a short take has reclaimed of expired holds. */
typedef struct Reclaimed
{
	int			n;
	OmsClaim   *claims;
} Reclaimed;

static bool
note_hold(TupleTableSlot *slot, void *arg)
{
	*(bool *) arg = true;
	return false;
}

/* stock_lapsed says by the latest snapshot whether the account has expired holds. */
static bool
stock_lapsed(const Datum *keys, void *arg)
{
	Snapshot	snapshot = RegisterSnapshot(GetLatestSnapshot());
	bool		lapsed = false;

	oms_holds_visit(DatumGetTextPP(keys[0]), DatumGetTextPP(keys[1]), NULL, snapshot, note_hold,
					&lapsed);
	UnregisterSnapshot(snapshot);
	return lapsed;
}

static void
reclaim_stock(const Datum *keys, void *arg, OmsReclaimed *result)
{
	Reclaimed  *reclaimed = arg;

	reclaimed->n = oms_holds_expire(&expire_holds_of_account, keys, &reclaimed->claims);
	result->shares = palloc(sizeof(OmsShare) * Max(1, reclaimed->n));
	for (int i = 0; i < reclaimed->n; i++)
	{
		OmsClaim   *claim = &reclaimed->claims[i];

		result->units += claim->quantity;
		if (claim->protected > 0)
			result->shares[result->nshares++] = (OmsShare) {
				claim->channel, claim->protected_until, claim->protected
			};
	}
}

/*
 * oms_stock_change makes or refuses one change; see oms_account_change. A short take takes
 * back the account's expired holds; what they had of quotas is given back after it, since
 * only one key is locked at a time.
 */
void
oms_stock_change(OmsAccounts *accounts, text *sku, text *location, OmsAmounts change,
				 const OmsGuard *guard, OmsChange *result)
{
	Datum		keys[2] = {PointerGetDatum(sku), PointerGetDatum(location)};
	OmsGuard	full = *guard;
	Reclaimed	reclaimed = {0};

	if (guard->kind == OMS_GUARD_AVAILABLE)
	{
		full.lapsed = stock_lapsed;
		full.reclaim = reclaim_stock;
		full.arg = &reclaimed;
	}
	oms_account_change(accounts, keys, change, &full, result);
	for (int i = 0; i < reclaimed.n; i++)
		give_quota(&reclaimed.claims[i]);
}

/*
 * oms_stock_change_waiting makes or refuses one change, waiting for open transactions on which
 * it depends as long as this transaction has written nothing that others may wait for.
 */
void
oms_stock_change_waiting(OmsAccounts *accounts, text *sku, text *location, OmsAmounts change,
						 const OmsGuard *guard, OmsChange *result)
{
	TimestampTz start = GetCurrentTimestamp();

	do
		oms_stock_change(accounts, sku, location, change, guard, result);
	while (result->outcome == OMS_PENDING && oms_may_wait() &&
		   oms_account_wait(result->pending, start));
}

/* oms_stock_expire gives back what the account's expired holds claim; returns the units. */
int64
oms_stock_expire(OmsAccounts *accounts, const Datum *keys)
{
	OmsClaim   *claims;
	int			n = oms_holds_expire(&expire_holds_of_account, keys, &claims);
	int64		units = 0;

	for (int i = 0; i < n; i++)
	{
		oms_claim_give_back(accounts, &claims[i]);
		units += claims[i].quantity;
	}
	return units;
}

/*
 * refuse_kit_to_be raises OM002 or OM010 when the sku, whose stock has just been changed, is
 * becoming or has become a kit since this command began. oms_refuse_stocked_kit looks at
 * stock the same way: so of two at once one is refused, and neither waits.
 */
static void
refuse_kit_to_be(text *sku)
{
	TransactionId xid;

	if (!oms_row_ahead("kit_component", sku, &xid))
		return;
	if (TransactionIdIsValid(xid))
		ereport(ERROR,
				(errcode(OMS_ERR_HELD_BY_OTHERS),
				 errmsg("sku \"%s\" is becoming a kit", text_to_cstring(sku)),
				 errdetail("Transaction %u is open.", xid),
				 errhint("Try again; a kit has no stock of its own.")));
	ereport(ERROR,
			(errcode(OMS_ERR_NOT_ALLOWED),
			 errmsg("sku \"%s\" has become a kit and has no stock of its own", text_to_cstring(sku)),
			 errhint("Give the components instead.")));
}

/*
 * oms_movements_record writes n rows of the ledger; reason and reference may be NULL. Raises
 * OM002, OM010 for units of what is becoming a kit.
 */
void
oms_movements_record(const OmsMovement *movements, int n, const char *kind,
					 text *reason, text *reference, text *actor)
{
	Datum	   *skus,
			   *locations,
			   *quantities,
			   *incoming_ids,
			   *unavailable;
	Datum		values[9];
	char		nulls[10] = "         ";

	if (n == 0)
		return;
	for (int i = 0; i < n; i++)
		if (movements[i].quantity > 0)
			refuse_kit_to_be(movements[i].sku);
	skus = palloc(sizeof(Datum) * n);
	locations = palloc(sizeof(Datum) * n);
	quantities = palloc(sizeof(Datum) * n);
	incoming_ids = palloc(sizeof(Datum) * n);
	unavailable = palloc(sizeof(Datum) * n);
	for (int i = 0; i < n; i++)
	{
		skus[i] = PointerGetDatum(movements[i].sku);
		locations[i] = PointerGetDatum(movements[i].location);
		quantities[i] = Int64GetDatum(movements[i].quantity);
		incoming_ids[i] = Int64GetDatum(movements[i].incoming_id);
		unavailable[i] = Int64GetDatum(movements[i].unavailable);
	}
	values[0] = oms_text_array(n, skus);
	values[1] = oms_text_array(n, locations);
	values[2] = oms_int8_array(n, quantities);
	values[3] = CStringGetTextDatum(kind);
	values[4] = PointerGetDatum(reason);
	values[5] = PointerGetDatum(reference);
	values[6] = PointerGetDatum(actor);
	values[7] = oms_int8_array(n, incoming_ids);
	values[8] = oms_int8_array(n, unavailable);
	if (reason == NULL)
		nulls[4] = 'n';
	if (reference == NULL)
		nulls[5] = 'n';
	oms_spi_connect();
	oms_spi_execute(&insert_movements, values, nulls, false);
	oms_spi_finish();
}

/* oms_require_location raises OM004 unless the location exists, OM010 unless who calls sees it. */
void
oms_require_location(text *location)
{
	oms_require_own_location(location);
	oms_require_known_location(location);
}

/* oms_require_known_location raises OM004 unless the location exists. */
void
oms_require_known_location(text *location)
{
	Datum		values[1] = {PointerGetDatum(location)};
	uint64		found;

	oms_spi_connect();
	found = oms_spi_execute(&location_exists, values, NULL, false);
	oms_spi_finish();
	if (found == 0)
		ereport(ERROR,
				(errcode(OMS_ERR_UNKNOWN_KEY),
				 errmsg("location \"%s\" is unknown", text_to_cstring(location)),
				 errhint("Call oms.add_location first.")));
}

/*
 * oms_raise_short raises OM001 or, when the answer depends on an open transaction,
 * OM002 for a change that was refused.
 */
void
oms_raise_short(const OmsChange *change, text *sku, text *location, int64 wanted)
{
	if (change->outcome == OMS_PENDING)
		ereport(ERROR,
				(errcode(OMS_ERR_HELD_BY_OTHERS),
				 errmsg("stock of sku \"%s\" is held by open transactions", text_to_cstring(sku)),
				 errdetail("Location \"%s\": wanted %lld, %lld without what transaction %u may release.",
						   text_to_cstring(location), (long long) wanted,
						   (long long) change->available, change->pending),
				 errhint("Try again; oms.wait_for_pending says how long to wait.")));
	ereport(ERROR,
			(errcode(OMS_ERR_INSUFFICIENT_STOCK),
			 errmsg("not enough stock of sku \"%s\"", text_to_cstring(sku)),
			 errdetail("Location \"%s\": wanted %lld, available %lld.", text_to_cstring(location),
					   (long long) wanted, (long long) change->available),
			 errhint("Ask oms.atp_by_location where it is available.")));
}

/* -------------------------------------------------------------------------
 * The verbs
 * -------------------------------------------------------------------------
 */

typedef enum StockVerb
{
	RECEIVE,
	ADJUST,
	SET_ON_HAND,
	TRANSFER
} StockVerb;

/* What a verb was called with. reason, reference may be NULL. */
typedef struct StockCall
{
	StockVerb	verb;
	text	   *location;
	text	   *to_location;	/* of TRANSFER */
	int			n;
	text	  **skus;
	int64	   *quantities;
	text	   *reason;
	text	   *reference;
	text	   *actor;
	int64		fill_limit;		/* units of each sku that may go to backorders */
	bool		hold_back;		/* what is left of a receipt then */
	int64	   *on_hand;		/* after, out */
	int64	   *to_on_hand;		/* of TRANSFER, out */
} StockCall;

static void
check_quantities(const StockCall *call)
{
	for (int i = 0; i < call->n; i++)
	{
		int64		quantity = call->quantities[i];

		if (call->verb == ADJUST ? quantity == 0 : quantity < (call->verb == SET_ON_HAND ? 0 : 1))
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 call->verb == ADJUST ? errmsg("delta must not be 0") :
					 call->verb == SET_ON_HAND ? errmsg("quantity must not be negative") :
					 errmsg("quantity must be at least 1"),
					 errdetail("Sku \"%s\": %lld.", text_to_cstring(call->skus[i]),
							   (long long) quantity)));
	}
}

/* change_one makes one change, or raises: OM001, OM002. */
static void
change_one(OmsAccounts *accounts, text *sku, text *location, OmsAmounts change,
		   const OmsGuard *guard, OmsChange *result)
{
	oms_stock_change_waiting(accounts, sku, location, change, guard, result);
	if (result->outcome == OMS_PENDING && guard->kind == OMS_GUARD_SET)
		ereport(ERROR,
				(errcode(OMS_ERR_HELD_BY_OTHERS),
				 errmsg("on_hand of sku \"%s\" is being changed by an open transaction",
						text_to_cstring(sku)),
				 errdetail("Location \"%s\": transaction %u.", text_to_cstring(location),
						   result->pending),
				 errhint("Try again; oms.wait_for_pending says how long to wait.")));
	if (result->outcome != OMS_DONE)
		oms_raise_short(result, sku, location,
						change.on_hand == PG_INT64_MIN ? PG_INT64_MAX : Abs(change.on_hand));
}

/* refuse_kits raises OM010 for a kit that is to have stock of its own. */
static void
refuse_kits(const StockCall *call)
{
	const OmsNetwork *network = oms_network();
	const OmsComponent *components;
	StringInfoData list;

	for (int i = 0; i < call->n; i++)
	{
		int			n;

		if (call->quantities[i] <= 0)
			continue;
		n = oms_network_kit(network, call->skus[i], &components);
		if (n == 0)
			continue;
		initStringInfo(&list);
		for (int c = 0; c < n; c++)
			appendStringInfo(&list, "%s%lld of \"%s\"", c == 0 ? "" : ", ",
							 (long long) components[c].quantity, text_to_cstring(components[c].sku));
		ereport(ERROR,
				(errcode(OMS_ERR_NOT_ALLOWED),
				 errmsg("sku \"%s\" is a kit and has no stock of its own",
						text_to_cstring(call->skus[i])),
				 errdetail("It consists of %s.", list.data),
				 errhint("Give the components instead.")));
	}
}

static void
make_changes(StockCall *call)
{
	OmsChange  *changes = palloc(sizeof(OmsChange) * Max(1, call->n));
	static const char *const kinds[] = {"receive", "adjust", "count", "transfer"};
	static const OmsGuard guards[] = {
		{.kind = OMS_GUARD_NONE},
		{.kind = OMS_GUARD_ON_HAND},
		{.kind = OMS_GUARD_SET},
		{.kind = OMS_GUARD_AVAILABLE},
	};
	OmsGuard	give = {.kind = OMS_GUARD_NONE};
	OmsMovement *movements = palloc(sizeof(OmsMovement) * Max(1, 2 * call->n));
	OmsSupplied *supplied = palloc(sizeof(OmsSupplied) * Max(1, call->n));
	text	   *to = call->verb == TRANSFER ? call->to_location : call->location;
	int			nmovements = 0;
	int			nsupplied = 0;
	OmsAccounts *accounts;

	oms_require_location(call->location);
	if (call->to_location != NULL)
		oms_require_location(call->to_location);
	refuse_kits(call);
	call->on_hand = palloc(sizeof(int64) * Max(1, call->n));
	call->to_on_hand = palloc(sizeof(int64) * Max(1, call->n));

	accounts = oms_stock_open();
	for (int i = 0; i < call->n; i++)
	{
		int64		quantity = call->quantities[i];
		const OmsGuard *guard = &guards[call->verb];
		OmsAmounts	change = {0};
		OmsChange	result;

		if (call->verb == TRANSFER)
			quantity = -quantity;
		if (call->verb == ADJUST && quantity > 0)
			guard = &give;
		change.on_hand = quantity;
		change_one(accounts, call->skus[i], call->location, change, guard, &result);
		call->on_hand[i] = result.after.on_hand;
		changes[i] = result;
		if (result.change.on_hand != 0)
			movements[nmovements++] = (OmsMovement) {
				call->skus[i], call->location, result.change.on_hand
			};
		if (call->verb == TRANSFER || result.change.on_hand > 0)
			supplied[nsupplied++] = (OmsSupplied) {
				.sku = call->skus[i], .fill_limit = call->fill_limit,
				.quantity = Abs(result.change.on_hand)
			};
		if (call->verb == TRANSFER)
		{
			change.on_hand = -quantity;
			oms_stock_change(accounts, call->skus[i], call->to_location, change, &give, &result);
			call->to_on_hand[i] = result.after.on_hand;
			movements[nmovements++] = (OmsMovement) {
				call->skus[i], call->to_location, -quantity
			};
		}
	}
	oms_accounts_close(accounts);
	oms_movements_record(movements, nmovements, kinds[call->verb], call->reason, call->reference,
						 call->actor);
	for (int i = 0; i < call->n; i++)
		oms_stock_lost(&changes[i], call->skus[i], call->location, call->reason, call->reference,
					   call->actor);
	oms_stock_supplied(nsupplied, supplied, to);
	if (call->hold_back)
		oms_hold_back(nsupplied, supplied, to, call->reason, call->reference, call->actor);
}

/*
 * run_verb is every verb: arguments location [, to_location], sku(s), quantity(ies),
 * reason, reference, actor, request_id; of RECEIVE also fill_limit, hold_back.
 */
static Datum
run_verb(FunctionCallInfo fcinfo, StockVerb verb, bool many)
{
	StockCall	call = {.verb = verb, .fill_limit = PG_INT64_MAX};
	int			argno = 0;
	int			request_argno;
	bool		set = many || verb == TRANSFER;
	Datum		scalar = 0;
	text	   *sku;

	call.location = oms_arg_key(fcinfo, argno++, verb == TRANSFER ? "from_location" : "location");
	if (verb == TRANSFER)
	{
		call.to_location = oms_arg_key(fcinfo, argno++, "to_location");
		if (DatumGetBool(DirectFunctionCall2Coll(texteq, C_COLLATION_OID,
												 PointerGetDatum(call.location),
												 PointerGetDatum(call.to_location))))
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("from_location and to_location must differ"),
					 errdetail("Both are \"%s\".", text_to_cstring(call.location))));
	}
	if (many)
	{
		const char *quantities = verb == ADJUST ? "deltas" : "quantities";

		call.n = oms_arg_keys(fcinfo, argno++, "skus", &call.skus);
		oms_require_same_length("skus", call.n, quantities,
								oms_arg_quantities(fcinfo, argno++, quantities, &call.quantities));
	}
	else
	{
		call.n = 1;
		sku = oms_arg_key(fcinfo, argno++, "sku");
		call.skus = &sku;
		oms_require_not_null(fcinfo, argno, verb == ADJUST ? "delta" : "quantity");
		call.quantities = palloc(sizeof(int64));
		call.quantities[0] = PG_GETARG_INT64(argno++);
	}
	check_quantities(&call);
	if (verb == ADJUST)
		(void) oms_arg_key(fcinfo, argno, "reason");
	call.reason = oms_arg_optional_text(fcinfo, argno++);
	call.reference = oms_arg_optional_text(fcinfo, argno++);
	call.actor = oms_arg_actor(fcinfo, argno++);
	request_argno = argno++;
	if (verb == RECEIVE)
	{
		call.fill_limit = oms_arg_fill_limit(fcinfo, argno++);
		oms_require_not_null(fcinfo, argno, "hold_back");
		call.hold_back = PG_GETARG_BOOL(argno++);
	}

	if (set)
		InitMaterializedSRF(fcinfo, 0);
	if (oms_request_begin(fcinfo, request_argno, set ? NULL : &scalar))
		return scalar;
	make_changes(&call);
	if (set)
	{
		ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;

		for (int i = 0; i < call.n; i++)
		{
			Datum		values[3];
			bool		nulls[3] = {0};
			int			c = 0;

			if (many)
				values[c++] = PointerGetDatum(call.skus[i]);
			values[c++] = Int64GetDatum(call.on_hand[i]);
			values[c++] = Int64GetDatum(call.to_on_hand[i]);
			tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
		}
	}
	else
		scalar = Int64GetDatum(call.on_hand[0]);
	oms_request_end(fcinfo, request_argno, set ? NULL : &scalar);
	return scalar;
}

/* oms_receive adds units to on_hand; a bigint: on_hand after. */
Datum
oms_receive(PG_FUNCTION_ARGS)
{
	return run_verb(fcinfo, RECEIVE, false);
}

Datum
oms_receive_many(PG_FUNCTION_ARGS)
{
	return run_verb(fcinfo, RECEIVE, true);
}

/*
 * oms_adjust changes on_hand by a delta for a stated reason. A loss is never refused
 * for what is reserved, but on_hand does not go below 0 (OM001).
 */
Datum
oms_adjust(PG_FUNCTION_ARGS)
{
	return run_verb(fcinfo, ADJUST, false);
}

Datum
oms_adjust_many(PG_FUNCTION_ARGS)
{
	return run_verb(fcinfo, ADJUST, true);
}

/*
 * oms_set_on_hand sets on_hand to a quantity. While others are changing on_hand it
 * waits, and raises OM002 if it may not wait: the result must not depend on them.
 */
Datum
oms_set_on_hand(PG_FUNCTION_ARGS)
{
	return run_verb(fcinfo, SET_ON_HAND, false);
}

Datum
oms_set_on_hand_many(PG_FUNCTION_ARGS)
{
	return run_verb(fcinfo, SET_ON_HAND, true);
}

/* oms_transfer moves available units between two locations at once; OM001 when short. */
Datum
oms_transfer(PG_FUNCTION_ARGS)
{
	return run_verb(fcinfo, TRANSFER, false);
}

Datum
oms_transfer_many(PG_FUNCTION_ARGS)
{
	return run_verb(fcinfo, TRANSFER, true);
}

/* fold_kind folds the accounts of one kind that have deltas; returns their number. */
static int64
fold_kind(const OmsAccountKind *kind, int nkeys, OmsPlan *keys_with_deltas)
{
	OmsAccounts *accounts;
	int64		folded = 0;
	uint64		n;
	SPITupleTable *keys;

	oms_spi_connect();
	n = oms_spi_execute(keys_with_deltas, NULL, NULL, false);
	keys = SPI_tuptable;
	accounts = oms_accounts_open(kind);
	oms_progress_phase(OMS_PHASE_FOLD, n);
	for (uint64 i = 0; i < n; i++)
	{
		Datum		key[OMS_ACCOUNT_MAX_KEYS];
		bool		isnull;

		CHECK_FOR_INTERRUPTS();
		oms_progress_done(i);
		for (int k = 0; k < nkeys; k++)
			key[k] = SPI_getbinval(keys->vals[i], keys->tupdesc, k + 1, &isnull);
		if (oms_account_fold(accounts, key, 0))
			folded++;
	}
	oms_accounts_close(accounts);
	oms_spi_finish();
	return folded;
}

/*
 * oms_fold_accounts folds the deltas of every account into its row; returns the number of
 * accounts folded. It waits for nobody and changes no value. READ COMMITTED only (25001),
 * since a fold takes in what an older snapshot does not see.
 */
Datum
oms_fold_accounts(PG_FUNCTION_ARGS)
{
	int64		folded = 0;
	bool		began = oms_progress_begin(OMS_CALL_FOLD);

	if (IsolationUsesXactSnapshot())
		ereport(ERROR,
				(errcode(ERRCODE_ACTIVE_SQL_TRANSACTION),
				 errmsg("fold_accounts must run at isolation level READ COMMITTED")));
	for (int i = 0; i < lengthof(folded_kinds); i++)
		folded += fold_kind(folded_kinds[i].kind, folded_kinds[i].nkeys, &folded_kinds[i].keys);
	oms_progress_end(began);
	PG_RETURN_INT64(folded);
}

/*
 * oms_refuse_stocked_kit() is the constraint trigger of kit_component: 23514 when a sku
 * that has stock, or is backordered, becomes a kit; OM002 while an open transaction changes
 * its stock. It waits for nobody: see refuse_kit_to_be.
 */
Datum
oms_refuse_stocked_kit(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;
	HeapTuple	row;
	Datum		values[1];
	bool		isnull;
	char	   *location;
	TransactionId xid;

	if (!CALLED_AS_TRIGGER(fcinfo))
		elog(ERROR, "oms.refuse_stocked_kit must be called as a trigger");
	row = TRIGGER_FIRED_BY_UPDATE(trigger->tg_event) ? trigger->tg_newtuple : trigger->tg_trigtuple;
	values[0] = heap_getattr(row, 1, RelationGetDescr(trigger->tg_relation), &isnull);
	oms_spi_connect();
	if (oms_spi_execute_latest(&find_stock_of_kit, values, NULL) > 0)
	{
		location = oms_spi_text(0, 1);
		ereport(ERROR,
				(errcode(ERRCODE_CHECK_VIOLATION),
				 errmsg("sku \"%s\" cannot become a kit", TextDatumGetCString(values[0])),
				 location == NULL ? errdetail("It is backordered.") :
				 errdetail("It has stock of its own at location \"%s\".", location),
				 errhint("Give the kit a sku of its own."),
				 errtable(trigger->tg_relation)));
	}
	oms_spi_finish();
	(void) oms_row_ahead("stock_account", DatumGetTextPP(values[0]), &xid);
	if (!TransactionIdIsValid(xid))
		(void) oms_row_ahead("stock_delta", DatumGetTextPP(values[0]), &xid);
	if (TransactionIdIsValid(xid))
		ereport(ERROR,
				(errcode(OMS_ERR_HELD_BY_OTHERS),
				 errmsg("stock of sku \"%s\" is being changed by an open transaction",
						TextDatumGetCString(values[0])),
				 errdetail("Transaction %u.", xid),
				 errhint("Try again; a kit has no stock of its own.")));
	return PointerGetDatum(NULL);
}
