/*
 * quota.c
 *		Quotas: at most n units of a sku for a channel, in all or in each day, week or
 *		month of a time zone.
 *
 * The limit is a row of oms.quota, of the network, and counts as it stands at a take. What is
 * used of it is a bounded account (account/account.c) of (sku, channel, period): its
 * reserved units. A reservation or backorder carries the period that counts its units, so
 * that they are given back to that one: when it is released, cancelled or expires. What
 * is consumed stays used. Units promised while there was no quota are not counted.
 *
 * A kit's quota is counted in kits, by the row of its first component: no other row of
 * its reservation has a period. A quota of a component does not count kits.
 *
 * Expired holds are free: a short take gives them back as a take of stock does, with all
 * that they claimed. Stock is given back after the key lock of the quota is released,
 * since only one key is locked at a time.
 *
 * Tables: quota_account and quota_delta through account/; the expired holds
 * of reservation_row.
 *
 * Locks: those of account.c; reservation_row before any key lock, as in stock.c.
 */
#include "postgres.h"

#include "storage/lmgr.h"
#include "utils/fmgroids.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

#include "row.h"
#include "stock/stock.h"

const OmsAccountKind oms_quota_kind = {
	"quota_account", "quota_delta", OMS_LOCK_QUOTA, 3, NULL
};

/* The holds that a quota counts in one period, that expired and that nobody has locked. */
static OmsPlan expire_holds_of_quota = {
	OMS_EXPIRE_HOLDS("(r.sku OPERATOR(pg_catalog.=) $1 AND r.kit IS NULL "
					 "OR r.kit OPERATOR(pg_catalog.=) $1 AND r.component OPERATOR(pg_catalog.=) 1) AND r.channel OPERATOR(pg_catalog.=) $2 "
					 "AND r.quota_period OPERATOR(pg_catalog.=) $3"),
	3, {"pg_catalog.text", "pg_catalog.text", "pg_catalog.text"}
};

/*
 * period_key names the period of the moment: "total", or its kind and its first day. The
 * view quota_use has the same in SQL.
 */
static text *
period_key(const OmsQuotaLimit *limit, TimestampTz at)
{
	Datum		local;
	struct pg_tm tm;
	fsec_t		fsec;

	if (limit->period == NULL)
		return cstring_to_text("total");
	local = DirectFunctionCall2(timestamptz_zone, PointerGetDatum(limit->time_zone),
								TimestampTzGetDatum(at));
	local = DirectFunctionCall2(timestamp_trunc, PointerGetDatum(limit->period), local);
	if (timestamp2tm(DatumGetTimestamp(local), NULL, &tm, &fsec, NULL, NULL) != 0)
		elog(ERROR, "the day of a quota is out of range");
	return cstring_to_text(psprintf("%s %04d-%02d-%02d", text_to_cstring(limit->period), tm.tm_year,
									tm.tm_mon, tm.tm_mday));
}

/* oms_quota is the channel's quota of the sku in the period of now; NULL: it has none. */
OmsQuota *
oms_quota(const OmsChannel *channel, text *sku)
{
	const OmsQuotaLimit *limit = oms_network_quota(channel->network, channel->channel, sku);
	OmsQuota   *quota;

	if (limit == NULL)
		return NULL;
	quota = palloc(sizeof(OmsQuota));
	quota->quantity = limit->quantity;
	quota->period = period_key(limit, GetCurrentTimestamp());
	return quota;
}

/* What a short take has reclaimed of expired holds. */
typedef struct Reclaimed
{
	int			n;
	OmsClaim   *claims;
} Reclaimed;

/* Units of expired holds that a period counts. */
typedef struct Expired
{
	text	   *period;
	bool		kits;			/* count holds of kits, else of no kit */
	int64		units;
} Expired;

static bool
add_expired(TupleTableSlot *slot, void *arg)
{
	Expired    *expired = arg;
	bool		isnull;
	bool		of_kit;
	Datum		period = slot_getattr(slot, OMS_RESERVATION_QUOTA_PERIOD, &isnull);
	int64		per_kit;

	if (isnull || !oms_text_equal(DatumGetTextPP(period), expired->period))
		return true;
	per_kit = DatumGetInt64(slot_getattr(slot, OMS_RESERVATION_KIT_QUANTITY, &isnull));
	of_kit = !isnull;
	if (of_kit == expired->kits)
		expired->units += (DatumGetInt64(slot_getattr(slot, OMS_RESERVATION_QUANTITY, &isnull)) -
						   DatumGetInt64(slot_getattr(slot, OMS_RESERVATION_CONSUMED, &isnull))) /
			(of_kit ? per_kit : 1);
	return true;
}

/* expired_units are the units of expired holds that the account's period counts. */
static int64
expired_units(const Datum *keys, Snapshot snapshot)
{
	Expired		expired = {.period = DatumGetTextPP(keys[2])};

	oms_holds_visit(DatumGetTextPP(keys[0]), NULL, DatumGetTextPP(keys[1]), snapshot, add_expired,
					&expired);
	expired.kits = true;
	oms_kit_holds_visit(DatumGetTextPP(keys[0]), DatumGetTextPP(keys[1]), snapshot, add_expired,
						&expired);
	return expired.units;
}

/* quota_lapsed says by the latest snapshot whether the account has expired holds. */
static bool
quota_lapsed(const Datum *keys, void *arg)
{
	Snapshot	snapshot = RegisterSnapshot(GetLatestSnapshot());
	bool		lapsed = expired_units(keys, snapshot) > 0;

	UnregisterSnapshot(snapshot);
	return lapsed;
}

static void
reclaim_quota(const Datum *keys, void *arg, OmsReclaimed *result)
{
	Reclaimed  *reclaimed = arg;

	reclaimed->n = oms_holds_expire(&expire_holds_of_quota, keys, &reclaimed->claims);
	for (int i = 0; i < reclaimed->n; i++)
		result->units += reclaimed->claims[i].quantity / reclaimed->claims[i].kit_quantity;
}

/*
 * oms_quota_take uses units of the channel's quota, or with partial what is left; see
 * oms_account_change. result->available is what was left.
 */
void
oms_quota_take(text *channel, text *sku, const OmsQuota *quota, int64 units, bool partial,
			   OmsChange *result)
{
	Datum		keys[3] = {PointerGetDatum(sku), PointerGetDatum(channel), PointerGetDatum(quota->period)};
	OmsGuard	guard = {.kind = OMS_GUARD_AVAILABLE, .kept = -quota->quantity, .partial = partial};
	OmsAmounts	change = {.reserved = units};
	Reclaimed	reclaimed = {0};
	OmsAccounts *accounts;

	guard.lapsed = quota_lapsed;
	guard.reclaim = reclaim_quota;
	guard.arg = &reclaimed;
	LockRelationOid(oms_table("reservation_row"), RowExclusiveLock);
	accounts = oms_accounts_open(&oms_quota_kind);
	oms_account_change(accounts, keys, change, &guard, result);
	if (reclaimed.n > 0)
	{
		OmsAccounts *stock = oms_stock_open();

		for (int i = 0; i < reclaimed.n; i++)
			oms_claim_give_stock(stock, &reclaimed.claims[i]);
		oms_accounts_close(stock);
	}
	oms_accounts_close(accounts);
}

/* oms_quota_give gives units back to the period that counted them. */
void
oms_quota_give(text *channel, text *sku, text *period, int64 units)
{
	Datum		keys[3] = {PointerGetDatum(sku), PointerGetDatum(channel), PointerGetDatum(period)};
	OmsGuard	guard = {.kind = OMS_GUARD_NONE};
	OmsAmounts	change = {.reserved = -units};
	OmsAccounts *accounts = oms_accounts_open(&oms_quota_kind);

	oms_account_change(accounts, keys, change, &guard, NULL);
	oms_accounts_close(accounts);
}

/* used_in sums what the rows of a table of the account have used, as the snapshot sees them. */
static int64
used_in(const char *table, int attno, const Datum *keys, Snapshot snapshot)
{
	OmsScan    *scan = oms_scan_open(table, NULL, 3, snapshot);
	ScanKeyData scankeys[3];
	int64		used = 0;
	bool		isnull;

	for (int i = 0; i < 3; i++)
		ScanKeyInit(&scankeys[i], i + 1, BTEqualStrategyNumber, F_TEXTEQ, keys[i]);
	oms_scan_start(scan, 3, scankeys);
	while (oms_scan_next(scan))
		used += DatumGetInt64(slot_getattr(scan->slot, attno, &isnull));
	oms_scan_close(scan);
	return used;
}

/*
 * oms_quota_left is what is left of the channel's quota of the sku in the period of now, as
 * the snapshot sees it, expired holds being free: units, not below 0; PG_INT64_MAX when
 * there is no quota.
 */
int64
oms_quota_left(const OmsChannel *channel, text *sku, Snapshot snapshot)
{
	OmsQuota   *quota = oms_quota(channel, sku);
	Datum		keys[3];

	if (quota == NULL)
		return PG_INT64_MAX;
	keys[0] = PointerGetDatum(sku);
	keys[1] = PointerGetDatum(channel->channel);
	keys[2] = PointerGetDatum(quota->period);
	return Max(0, quota->quantity - used_in("quota_account", 6, keys, snapshot) -
			   used_in("quota_delta", 7, keys, snapshot) + expired_units(keys, snapshot));
}
