/*
 * backorder.c
 *		Backorders: units that were sold and could not be reserved. They are written with
 *		the reservations of their request, filled by receipts, and released.
 *
 * Filling. A supply (receive, a gain, a transfer's destination) ends with after_supply, in
 * its own transaction: open backorders of the sku that the location may serve are filled
 * by priority (most urgent first, none last), then promise date (none last), then age. A
 * fill is a firm reservation with the order, line and cart of its backorder.
 *
 * Dated supply. What is backordered claims incoming supply (claim.c), and is promised by it:
 * the promise date is when the last of what it claims is due, or what was asked for if that
 * is later or if not all of it is claimed. A fill takes no notice of who claimed the units that came:
 * it goes by priority and promise, and what a filled backorder claimed is free for others.
 *
 * Limits. What a channel has backordered of a sku is a bounded account, reserved, with the
 * channel's limit as its floor: exact, and nobody waits for another one's commit.
 *
 * What each gets is planned in memory on the account as it is after the supply: a
 * backorder takes units as long as they leave its channel's safety stock, and its
 * channel's buffer over the network; all together at most the receipt's fill_limit. Then
 * there is one take of the bounded account per channel and method, highest safety stock
 * first (if the plan is feasible in its order, it is in this one: what a take leaves is no
 * less than what its last unit in the plan left), and one statement that writes all rows.
 * If others took meanwhile, a take gets less and the last of its backorders stay open.
 *
 * Nobody waits. A fill skips backorders that another transaction has locked, and does not
 * see those that are not committed yet; neither does it see units that become free without
 * a supply: released, expired, no longer kept back. oms.fill_backorders() fills from what
 * is left over in all these cases.
 *
 * Invariants: filled = what was reserved for it, at most quantity; open = something is
 * missing and is still wanted. Who fills, cancels or replaces holds the backorder's row
 * lock before it reads or writes the reservations that filled it, so no fill outlives a
 * cancelled order or a replaced cart.
 *
 * Locks, in this order: those of stock.c; rows of backorder_row; key locks.
 * Tables: backorder_row, backorder_limit, reservation_row; backorder_account and
 * backorder_delta through account/; stock accounts through stock/.
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/fmgroids.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

#include "reservation/claim.h"
#include "reservation/reservation.h"
#include "row.h"
#include "stock/stock.h"

PG_FUNCTION_INFO_V1(oms_release_backorder);
PG_FUNCTION_INFO_V1(oms_fill_backorders);

/* The units that a fill plans for one channel and method. */
typedef struct Party
{
	text	   *channel;
	OmsMethod	method;
	OmsSafetyStock safety;
	int64		floor;			/* units withheld here */
	int64		atp;			/* limit by the channel's buffer; PG_INT64_MAX: none */
	int64		planned;
	int64		granted;		/* of planned, taken and not yet given to a backorder */
	int64		filled;			/* given to backorders */
	OmsShare	share;			/* of granted, from the channel's protection */
} Party;

/* An open backorder that we have locked. */
typedef struct Candidate
{
	int64		id;
	int64		wanted;
	int64		planned;
	int			party;
} Candidate;

static OmsPlan insert_backorders = {
	"INSERT INTO oms.backorder_row (backorder_id, sku, quantity, line_no, location, promise_at, channel, "
	"method, cart_id, order_id, priority, reference, quota_period, wanted_since) "
	"SELECT u.backorder_id, u.sku, u.quantity, CASE WHEN $10 IS NOT NULL THEN u.line_no END, u.location, "
	"u.promise_at, $7, $8, $9, $10, $11, $12, u.quota_period, "
	"COALESCE($14, pg_catalog.clock_timestamp()) "
	"FROM ROWS FROM (pg_catalog.unnest($1), pg_catalog.unnest($2), pg_catalog.unnest($3), "
	"pg_catalog.unnest($4), pg_catalog.unnest($5), pg_catalog.unnest($6), pg_catalog.unnest($13)) "
	"AS u (backorder_id, sku, quantity, line_no, location, promise_at, quota_period)",
	14, {"pg_catalog._int8", "pg_catalog._text", "pg_catalog._int8", "pg_catalog._int4",
		"pg_catalog._text", "pg_catalog._timestamptz", "pg_catalog.text", "pg_catalog.text",
	"pg_catalog.text", "pg_catalog.text", "pg_catalog.int4", "pg_catalog.text", "pg_catalog._text", "pg_catalog.timestamptz"}
};

static OmsPlan select_account = {
	"SELECT i.on_hand, i.available::pg_catalog.int8 FROM oms.inventory i "
	"WHERE i.sku OPERATOR(pg_catalog.=) $1 AND i.location OPERATOR(pg_catalog.=) $2",
	2, {"pg_catalog.text", "pg_catalog.text"}
};

/* The most that channel $1 may have backordered of sku $2; no row or null: any number. */
static OmsPlan select_limit = {
	"SELECT l.units FROM oms.backorder_limit l WHERE l.channel OPERATOR(pg_catalog.=) $1 "
	"AND (l.sku OPERATOR(pg_catalog.=) $2 OR l.sku IS NULL) ORDER BY l.sku NULLS LAST LIMIT 1",
	2, {"pg_catalog.text", "pg_catalog.text"}
};

/*
 * The backorders of sku $1 that location $2 may serve, as far as $3 units could reach if
 * their channel had all of them; locked.
 */
#define BY_AGE "b.wanted_since, b.backorder_id"
#define PROMISE \
	"CASE WHEN k.quantity OPERATOR(pg_catalog.=) (b.quantity OPERATOR(pg_catalog.-) b.filled) " \
	"THEN GREATEST(b.promise_at, k.expected_at) ELSE b.promise_at END"

static OmsPlan lock_open = {
	"SELECT b.backorder_id, b.quantity OPERATOR(pg_catalog.-) b.filled, b.channel, "
	"b.method OPERATOR(pg_catalog.=) 'pickup' "
	"FROM oms.backorder_row b JOIN (SELECT b.backorder_id, "
	PROMISE " AS promise_at, "
	"pg_catalog.sum(b.quantity OPERATOR(pg_catalog.-) b.filled) "
	"OVER (PARTITION BY b.channel, b.method ORDER BY b.priority NULLS LAST, " PROMISE " NULLS LAST, " BY_AGE ") "
	"OPERATOR(pg_catalog.-) (b.quantity OPERATOR(pg_catalog.-) b.filled) AS units_before "
	"FROM oms.backorder_row b "
	"LEFT JOIN oms.backorder_claimed k ON k.sku OPERATOR(pg_catalog.=) b.sku "
	"AND k.backorder_id OPERATOR(pg_catalog.=) b.backorder_id "
	"JOIN oms.channel c ON c.channel OPERATOR(pg_catalog.=) b.channel "
	"AND c.status OPERATOR(pg_catalog.=) 'active' "
	"JOIN oms.location_group_member m ON m.location OPERATOR(pg_catalog.=) $2 "
	"AND m.location_group OPERATOR(pg_catalog.=) CASE b.method WHEN 'pickup' THEN c.pickup_group "
	"ELSE c.ship_group END "
	"JOIN oms.location l ON l.location OPERATOR(pg_catalog.=) $2 "
	"AND l.status OPERATOR(pg_catalog.=) 'active' "
	"AND CASE b.method WHEN 'pickup' THEN l.can_pickup ELSE l.can_ship END "
	"WHERE b.sku OPERATOR(pg_catalog.=) $1 AND b.status OPERATOR(pg_catalog.=) 'open' "
	"AND (b.location IS NULL OR b.location OPERATOR(pg_catalog.=) $2) "
	"AND NOT EXISTS (SELECT FROM oms.location_exclusion x WHERE x.location OPERATOR(pg_catalog.=) $2 "
	"AND x.until OPERATOR(pg_catalog.>) pg_catalog.clock_timestamp() "
	"AND (x.sku IS NULL OR x.sku OPERATOR(pg_catalog.=) $1) "
	"AND (x.order_id IS NULL OR x.order_id OPERATOR(pg_catalog.=) b.order_id))) o "
	"ON o.backorder_id OPERATOR(pg_catalog.=) b.backorder_id "
	"WHERE b.sku OPERATOR(pg_catalog.=) $1 AND b.status OPERATOR(pg_catalog.=) 'open' "
	"AND o.units_before OPERATOR(pg_catalog.<) $3 "
	"ORDER BY b.priority NULLS LAST, o.promise_at NULLS LAST, " BY_AGE " FOR UPDATE OF b SKIP LOCKED",
	3, {"pg_catalog.text", "pg_catalog.text", "pg_catalog.int8"}
};

/*
 * Fills: adds to the backorders and writes a firm reservation for each. $5, $6: what of its
 * units is from the channel's protection.
 */
static OmsPlan write_fills = {
	"WITH changed AS (UPDATE oms.backorder_row b SET filled = b.filled OPERATOR(pg_catalog.+) f.units, "
	"status = CASE WHEN (b.filled OPERATOR(pg_catalog.+) f.units) OPERATOR(pg_catalog.=) b.quantity "
	"THEN 'filled' ELSE 'open' END, changed_at = pg_catalog.clock_timestamp() "
	"FROM ROWS FROM (pg_catalog.unnest($3), pg_catalog.unnest($4), pg_catalog.unnest($5), "
	"pg_catalog.unnest($6)) AS f (backorder_id, units, protected, protected_until) "
	"WHERE b.backorder_id OPERATOR(pg_catalog.=) f.backorder_id AND b.sku OPERATOR(pg_catalog.=) $1 "
	"RETURNING b.*, f.units, f.protected, f.protected_until) "
	"INSERT INTO oms.reservation_row (sku, location, quantity, status, channel, method, cart_id, "
	"order_id, line_no, reference, quota_period, protected, protected_until) "
	"SELECT c.sku, $2, c.units, 'firm', c.channel, c.method, c.cart_id, c.order_id, c.line_no, "
	"c.reference, c.quota_period, c.protected, c.protected_until FROM changed c",
	6, {"pg_catalog.text", "pg_catalog.text", "pg_catalog._int8", "pg_catalog._int8",
	"pg_catalog._int8", "pg_catalog._text"}
};

#define RELEASED \
	"UPDATE oms.backorder_row b SET status = 'released', changed_at = pg_catalog.clock_timestamp() "

static OmsPlan count_of_cart = {
	"SELECT pg_catalog.count(*) FROM oms.backorder_row b WHERE b.cart_id OPERATOR(pg_catalog.=) $1 "
	"AND b.order_id IS NULL AND b.status OPERATOR(pg_catalog.=) 'open'",
	1, {"pg_catalog.text"}
};

/* The backorders of "locked" are released: a row of what was missing for each, by sku. */
#define RELEASE_LOCKED \
	", changed AS (" RELEASED "FROM locked k WHERE b.backorder_id OPERATOR(pg_catalog.=) k.backorder_id " \
	"AND b.sku OPERATOR(pg_catalog.=) k.sku " \
	"RETURNING b.backorder_id, b.sku, b.channel, b.quantity OPERATOR(pg_catalog.-) b.filled AS units, " \
	"b.quota_period) " \
	"SELECT c.backorder_id, c.sku, c.channel, c.units, c.quota_period FROM changed c ORDER BY c.sku"

static OmsPlan release_of_cart = {
	"WITH locked AS (SELECT b.backorder_id, b.sku FROM oms.backorder_row b "
	"WHERE b.cart_id OPERATOR(pg_catalog.=) $1 AND b.order_id IS NULL "
	"AND b.status OPERATOR(pg_catalog.=) 'open' FOR UPDATE SKIP LOCKED)" RELEASE_LOCKED,
	1, {"pg_catalog.text"}
};

static OmsPlan release_of_order = {
	"WITH locked AS (SELECT b.backorder_id, b.sku FROM oms.backorder_row b "
	"WHERE b.order_id OPERATOR(pg_catalog.=) $1 AND b.status OPERATOR(pg_catalog.=) 'open' "
	"ORDER BY b.backorder_id FOR UPDATE)" RELEASE_LOCKED,
	1, {"pg_catalog.text"}
};

static OmsPlan lock_backorder = {
	"SELECT b.sku, b.quantity, b.filled, b.status, b.order_id FROM oms.backorder_row b "
	"WHERE b.backorder_id OPERATOR(pg_catalog.=) $1 FOR UPDATE SKIP LOCKED",
	1, {"pg_catalog.int8"}
};

static OmsPlan find_backorder = {
	"SELECT 1 FROM oms.backorder_row b WHERE b.backorder_id OPERATOR(pg_catalog.=) $1",
	1, {"pg_catalog.int8"}
};

static OmsPlan lock_line = {
	"SELECT b.backorder_id, b.quantity OPERATOR(pg_catalog.-) b.filled FROM oms.backorder_row b "
	"WHERE b.order_id OPERATOR(pg_catalog.=) $1 AND b.line_no OPERATOR(pg_catalog.=) $2 "
	"AND b.status OPERATOR(pg_catalog.=) 'open' ORDER BY b.backorder_id DESC FOR UPDATE",
	2, {"pg_catalog.text", "pg_catalog.int4"}
};

/* $2 units are wanted no more: all that is missing, or fewer. */
static OmsPlan reduce_one = {
	"UPDATE oms.backorder_row b SET "
	"quantity = CASE WHEN (b.quantity OPERATOR(pg_catalog.-) b.filled) OPERATOR(pg_catalog.=) $2 THEN b.quantity "
	"ELSE b.quantity OPERATOR(pg_catalog.-) $2 END, "
	"status = CASE WHEN (b.quantity OPERATOR(pg_catalog.-) b.filled) OPERATOR(pg_catalog.=) $2 THEN 'released' "
	"ELSE b.status END, changed_at = pg_catalog.clock_timestamp() "
	"WHERE b.backorder_id OPERATOR(pg_catalog.=) $1 "
	"RETURNING b.backorder_id, b.sku, b.channel, $2, b.quota_period",
	2, {"pg_catalog.int8", "pg_catalog.int8"}
};

static OmsPlan release_one = {
	"WITH locked AS (SELECT b.backorder_id, b.sku FROM oms.backorder_row b "
	"WHERE b.backorder_id OPERATOR(pg_catalog.=) $1)" RELEASE_LOCKED,
	1, {"pg_catalog.int8"}
};

static OmsPlan stock_for_backorders = {
	"SELECT i.sku, i.location FROM (SELECT DISTINCT b.sku FROM oms.backorder_row b "
	"WHERE b.status OPERATOR(pg_catalog.=) 'open' AND (b.sku OPERATOR(pg_catalog.=) $1 OR $1 IS NULL)) b "
	"JOIN oms.inventory i ON i.sku OPERATOR(pg_catalog.=) b.sku "
	"WHERE i.available OPERATOR(pg_catalog.>) 0 ORDER BY i.sku, i.available DESC, i.location",
	1, {"pg_catalog.text"}
};

static OmsPlan skus_to_settle = {
	"SELECT DISTINCT b.sku FROM oms.backorder_row b WHERE b.status OPERATOR(pg_catalog.=) 'open' "
	"AND (b.sku OPERATOR(pg_catalog.=) $1 OR $1 IS NULL) "
	"AND EXISTS (SELECT FROM oms.incoming_row i WHERE i.sku OPERATOR(pg_catalog.=) b.sku "
	"AND i.status OPERATOR(pg_catalog.=) 'open') ORDER BY b.sku",
	1, {"pg_catalog.text"}
};

/*
 * find_open sets open[i] when the partial index has an open backorder of keys[i], on the
 * latest snapshot. That is all that a receipt costs when there is none.
 */
static bool
find_open(const char *index_name, int n, text **keys, bool *open)
{
	Snapshot	snapshot;
	OmsScan    *scan;
	bool		any = false;

	CommandCounterIncrement();
	snapshot = RegisterSnapshot(GetLatestSnapshot());
	scan = oms_scan_open("backorder_row", index_name, 1, snapshot);
	for (int i = 0; i < n; i++)
	{
		ScanKeyData key;

		ScanKeyInit(&key, 1, BTEqualStrategyNumber, F_TEXTEQ, PointerGetDatum(keys[i]));
		oms_scan_start(scan, 1, &key);
		open[i] = oms_scan_next(scan);
		any = any || open[i];
	}
	oms_scan_close(scan);
	UnregisterSnapshot(snapshot);
	return any;
}

/* -------------------------------------------------------------------------
 * Limits
 * -------------------------------------------------------------------------
 */

static void
change_backordered(OmsAccounts *accounts, text *sku, text *channel, int64 units,
				   const OmsGuard *guard, OmsChange *result)
{
	Datum		keys[2] = {PointerGetDatum(sku), PointerGetDatum(channel)};
	OmsAmounts	change = {.reserved = units};

	oms_account_change(accounts, keys, change, guard, result);
}

/* open_backordered opens the accounts of what channels have backordered of a sku. */
static OmsAccounts *
open_backordered(void)
{
	return oms_accounts_open(&oms_backorder_kind);
}

/* backorder_less gives back units of a channel's open backorders of a sku. */
static void
backorder_less(OmsAccounts *accounts, text *sku, text *channel, int64 units)
{
	OmsGuard	give = {.kind = OMS_GUARD_NONE};

	if (units > 0)
		change_backordered(accounts, sku, channel, -units, &give, NULL);
}

/* backorder_more takes units of what a channel may backorder of a sku, or, limited, refuses. */
static void
backorder_more(OmsAccounts *accounts, text *sku, text *channel, int64 units, bool limited,
			   OmsChange *result)
{
	Datum		values[2] = {PointerGetDatum(channel), PointerGetDatum(sku)};
	OmsGuard	guard = {.kind = OMS_GUARD_NONE};

	oms_spi_connect();
	if (limited && oms_spi_execute_latest(&select_limit, values, NULL) > 0)
	{
		bool		isnull;
		Datum		limit = oms_spi_value(0, 1, &isnull);

		if (!isnull)
		{
			guard.kind = OMS_GUARD_AVAILABLE;
			guard.kept = -DatumGetInt64(limit);
		}
	}
	oms_spi_finish();
	change_backordered(accounts, sku, channel, units, &guard, result);
}

/* -------------------------------------------------------------------------
 * Filling
 * -------------------------------------------------------------------------
 */

/* party_of finds or adds the party of a row of lock_open. */
static int
party_of(uint64 row, Party *parties, int *n, MemoryContext context)
{
	bool		isnull;
	text	   *channel = DatumGetTextPP(oms_spi_value(row, 3, &isnull));
	OmsMethod	method = DatumGetBool(oms_spi_value(row, 4, &isnull)) ? OMS_PICKUP : OMS_SHIP;
	Party	   *party;
	MemoryContext spi;

	for (int i = *n - 1; i >= 0; i--)
		if (parties[i].method == method && oms_text_equal(parties[i].channel, channel))
			return i;
	party = &parties[(*n)++];
	memset(party, 0, sizeof(Party));
	spi = MemoryContextSwitchTo(context);
	party->channel = DatumGetTextPCopy(PointerGetDatum(channel));
	party->method = method;
	MemoryContextSwitchTo(spi);
	return *n - 1;
}

/*
 * read_limits reads what is kept back from a party: its safety stock here, and what its
 * channel's buffer leaves of the sku. On the latest snapshot, as its backorders were.
 */
static void
read_limits(Party *party, text *sku, text *location, int64 on_hand)
{
	const OmsChannel *channel;
	OmsItem    *item;

	PushActiveSnapshot(GetLatestSnapshot());
	channel = oms_channel(party->channel);
	item = oms_items(1, &sku);
	party->safety = oms_safety_stock_of(channel, party->method, item, location);
	party->floor = oms_safety_stock_withheld(&party->safety, on_hand);
	party->atp = PG_INT64_MAX;
	if (channel->buffer > 0)
	{
		OmsCell    *cells;
		int			ncells = oms_cells(channel, party->method, 1, (const OmsItem *const *) &item, NULL,
									   true, &cells);

		party->atp = oms_atp_of(channel, party->method, item, 0, ncells, cells);
	}
	PopActiveSnapshot();
}

/* add_protected adds what is protected for other channels to the floors of the parties. */
static void
add_protected(int n, Party *parties, text *sku, text *location)
{
	Snapshot	snapshot = RegisterSnapshot(GetLatestSnapshot());
	OmsProtections *protections = oms_protections_open(snapshot, GetCurrentTimestamp());

	oms_protections_read(protections, sku);
	for (int i = 0; i < n; i++)
		parties[i].floor += oms_protected_for_others(protections, location, parties[i].channel);
	oms_protections_close(protections);
	UnregisterSnapshot(snapshot);
}

static int
compare_parties(const void *a, const void *b, void *arg)
{
	const Party *parties = arg;
	const Party *x = &parties[*(const int *) a];
	const Party *y = &parties[*(const int *) b];

	if (x->floor != y->floor)
		return x->floor > y->floor ? -1 : 1;
	return *(const int *) a - *(const int *) b;
}

/* take_planned takes what is planned for the parties, highest safety stock first. */
static void
take_planned(OmsAccounts *accounts, text *sku, text *location, int n, Party *parties)
{
	int		   *order = palloc(sizeof(int) * n);

	for (int i = 0; i < n; i++)
		order[i] = i;
	qsort_arg(order, n, sizeof(int), compare_parties, parties);
	for (int i = 0; i < n; i++)
	{
		Party	   *party = &parties[order[i]];
		OmsGuard	guard = {.kind = OMS_GUARD_AVAILABLE, .partial = true};
		OmsAmounts	change = {.reserved = party->planned};
		OmsChange	result;

		if (party->planned == 0)
			continue;
		guard.safety = party->safety;
		guard.holder = party->channel;
		oms_stock_change(accounts, sku, location, change, &guard, &result);
		party->granted = result.change.reserved;
		party->share = result.share;
	}
}

/*
 * fill fills open backorders of a sku from a location with at most limit units; returns the
 * units. What they claimed of incoming supply is free again, first of incoming_id (0: none).
 */
static int64
fill(OmsAccounts *accounts, text *sku, text *location, int64 limit, int64 incoming_id)
{
	MemoryContext context = CurrentMemoryContext;
	Datum		values[6] = {PointerGetDatum(sku), PointerGetDatum(location)};
	Candidate  *candidates;
	Party	   *parties;
	Datum	   *ids;
	Datum	   *units;
	Datum	   *protected;
	Datum	   *until;
	bool	   *no_until;
	int			n;
	int			nparties = 0;
	int			nfills = 0;
	int64		on_hand;
	int64		available;
	int64		planned = 0;
	int64		filled = 0;
	OmsAccounts *backordered;

	oms_spi_connect();
	if (oms_spi_execute_latest(&select_account, values, NULL) == 0)
	{
		oms_spi_finish();
		return 0;
	}
	on_hand = oms_spi_int64(0, 1);
	available = oms_spi_int64(0, 2);
	limit = Min(limit, available);
	values[2] = Int64GetDatum(limit);
	n = limit > 0 ? oms_spi_execute_latest(&lock_open, values, NULL) : 0;
	candidates = MemoryContextAllocHuge(context, sizeof(Candidate) * Max(1, n));
	parties = MemoryContextAllocHuge(context, sizeof(Party) * Max(1, n));
	for (int i = 0; i < n; i++)
	{
		candidates[i].id = oms_spi_int64(i, 1);
		candidates[i].wanted = oms_spi_int64(i, 2);
		candidates[i].planned = 0;
		candidates[i].party = party_of(i, parties, &nparties, context);
	}
	oms_spi_finish();

	for (int i = 0; i < nparties; i++)
		read_limits(&parties[i], sku, location, on_hand);
	if (nparties > 0)
		add_protected(nparties, parties, sku, location);
	for (int i = 0; i < n; i++)
	{
		Party	   *party = &parties[candidates[i].party];
		int64		free = Min(available - planned - party->floor, party->atp - planned);

		free = Min(free, limit - planned);
		candidates[i].planned = Max(0, Min(candidates[i].wanted, free));
		party->planned += candidates[i].planned;
		planned += candidates[i].planned;
	}
	if (planned == 0)
		return 0;
	take_planned(accounts, sku, location, nparties, parties);

	ids = palloc(sizeof(Datum) * n);
	units = palloc(sizeof(Datum) * n);
	protected = palloc(sizeof(Datum) * n);
	until = palloc(sizeof(Datum) * n);
	no_until = palloc(sizeof(bool) * n);
	for (int i = 0; i < n; i++)
	{
		Party	   *party = &parties[candidates[i].party];
		int64		from_share = Min(party->share.units, Min(candidates[i].planned, party->granted));
		int64		granted = Min(candidates[i].planned, party->granted);

		if (granted == 0)
			continue;
		party->granted -= granted;
		party->filled += granted;
		party->share.units -= from_share;
		protected[nfills] = Int64GetDatum(from_share);
		until[nfills] = PointerGetDatum(party->share.until);
		no_until[nfills] = from_share == 0;
		filled += granted;
		ids[nfills] = Int64GetDatum(candidates[i].id);
		units[nfills++] = Int64GetDatum(granted);
	}
	if (nfills == 0)
		return 0;
	values[2] = oms_int8_array(nfills, ids);
	values[3] = oms_int8_array(nfills, units);
	values[4] = oms_int8_array(nfills, protected);
	values[5] = oms_array_of(nfills, until, no_until, TEXTOID, -1, false, TYPALIGN_INT);
	oms_spi_connect();
	if (oms_spi_execute(&write_fills, values, NULL, false) != nfills)
		elog(ERROR, "%d backorders that we locked expected", nfills);
	oms_spi_finish();
	backordered = open_backordered();
	for (int i = 0; i < nparties; i++)
		backorder_less(backordered, sku, parties[i].channel, parties[i].filled);
	oms_accounts_close(backordered);
	oms_claims_drop(nfills, ids, sku, incoming_id);
	return filled;
}

/* fill_all fills from n supplies at their locations; returns the units. */
static int64
fill_all(int n, OmsSupplied *supplied, text **locations)
{
	MemoryContext scratch = AllocSetContextCreate(CurrentMemoryContext, "oms fill",
												  ALLOCSET_DEFAULT_SIZES);
	OmsAccounts *accounts = oms_stock_open();
	int64		units = 0;

	for (int i = 0; i < n; i++)
	{
		MemoryContext caller = MemoryContextSwitchTo(scratch);
		int64		filled;

		CHECK_FOR_INTERRUPTS();
		filled = fill(accounts, supplied[i].sku, locations[i],
					  supplied[i].fill_limit - supplied[i].filled, supplied[i].incoming_id);
		supplied[i].filled += filled;
		units += filled;
		MemoryContextSwitchTo(caller);
		MemoryContextReset(scratch);
	}
	oms_accounts_close(accounts);
	MemoryContextDelete(scratch);
	return units;
}

/*
 * after_supply fills open backorders of skus that were supplied: the OmsAfterSupply of stock.
 * What is free of incoming supply then is for those that claim too little.
 */
static void
after_supply(int n, OmsSupplied *supplied, text *location)
{
	bool	   *open = palloc(sizeof(bool) * n);
	text	  **skus = palloc(sizeof(text *) * n);

	for (int i = 0; i < n; i++)
		skus[i] = supplied[i].sku;
	if (!find_open("backorder_row_open_idx", n, skus, open))
		return;
	for (int i = 0; i < n; i++)
	{
		if (!open[i])
			continue;
		(void) fill_all(1, &supplied[i], &location);
		oms_claims_settle(supplied[i].sku);
	}
}

/* oms_reservation_init sets the steps after supply and after a change of incoming supply. */
void
oms_reservation_init(void)
{
	oms_stock_set_after_supply(after_supply);
	oms_incoming_set_after_change(oms_claims_settle);
}

/*
 * oms_fill_backorders(sku) fills open backorders, of one sku or of all, from what is
 * available; returns the units. What is still missing claims what is incoming. It waits for
 * nobody.
 */
Datum
oms_fill_backorders(PG_FUNCTION_ARGS)
{
	MemoryContext caller = CurrentMemoryContext;
	Datum		values[1] = {0};
	const char *nulls = PG_ARGISNULL(0) ? "n" : " ";
	OmsSupplied *supplied;
	text	  **locations;
	text	  **skus;
	int64		units;
	MemoryContext spi;
	bool		isnull;
	int			n;

	if (!PG_ARGISNULL(0))
		values[0] = PointerGetDatum(oms_arg_key(fcinfo, 0, "sku"));
	oms_spi_connect();
	n = oms_spi_execute_latest(&stock_for_backorders, values, nulls);
	spi = MemoryContextSwitchTo(caller);
	supplied = palloc_extended(sizeof(OmsSupplied) * Max(1, n), MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
	locations = palloc_extended(sizeof(text *) * Max(1, n), MCXT_ALLOC_HUGE);
	for (int i = 0; i < n; i++)
	{
		supplied[i].sku = DatumGetTextPCopy(oms_spi_value(i, 1, &isnull));
		supplied[i].fill_limit = PG_INT64_MAX;
		locations[i] = DatumGetTextPCopy(oms_spi_value(i, 2, &isnull));
	}
	units = fill_all(n, supplied, locations);

	MemoryContextSwitchTo(spi);
	n = oms_spi_execute_latest(&skus_to_settle, values, nulls);
	MemoryContextSwitchTo(caller);
	skus = palloc_extended(sizeof(text *) * Max(1, n), MCXT_ALLOC_HUGE);
	for (int i = 0; i < n; i++)
		skus[i] = DatumGetTextPCopy(oms_spi_value(i, 1, &isnull));
	oms_spi_finish();
	for (int i = 0; i < n; i++)
		oms_claims_settle(skus[i]);
	PG_RETURN_INT64(units);
}

/* -------------------------------------------------------------------------
 * Writing and releasing
 * -------------------------------------------------------------------------
 */

/* write_backorders writes backorders for parts of a request. */
static void
write_backorders(const OmsReserveRequest *request, int n, OmsReservationPart **parts)
{
	Datum	   *columns[7];
	bool	   *nulls[7];
	Datum		values[14];
	char		value_nulls[15] = "              ";

	for (int c = 0; c < 7; c++)
	{
		columns[c] = palloc(sizeof(Datum) * n);
		nulls[c] = palloc0(sizeof(bool) * n);
	}
	for (int i = 0; i < n; i++)
	{
		const OmsReserveLine *line = &request->lines[parts[i]->line];

		columns[0][i] = Int64GetDatum(parts[i]->backorder_id);
		columns[1][i] = PointerGetDatum(line->sku);
		columns[2][i] = Int64GetDatum(parts[i]->quantity);
		columns[3][i] = Int32GetDatum(line->line_no);
		columns[4][i] = PointerGetDatum(line->location);
		nulls[4][i] = line->location == NULL;
		columns[5][i] = TimestampTzGetDatum(line->promise_at);
		nulls[5][i] = !line->promised;
		columns[6][i] = PointerGetDatum(line->quota_period);
		nulls[6][i] = line->quota_period == NULL;
	}
	values[0] = oms_int8_array(n, columns[0]);
	values[1] = oms_array_of(n, columns[1], NULL, TEXTOID, -1, false, TYPALIGN_INT);
	values[2] = oms_int8_array(n, columns[2]);
	values[3] = oms_array_of(n, columns[3], NULL, INT4OID, 4, true, TYPALIGN_INT);
	values[4] = oms_array_of(n, columns[4], nulls[4], TEXTOID, -1, false, TYPALIGN_INT);
	values[5] = oms_array_of(n, columns[5], nulls[5], TIMESTAMPTZOID, 8, FLOAT8PASSBYVAL,
						 TYPALIGN_DOUBLE);
	values[6] = PointerGetDatum(request->channel);
	values[7] = CStringGetTextDatum(oms_method_name(request->method));
	values[8] = PointerGetDatum(request->cart_id);
	values[9] = PointerGetDatum(request->order_id);
	values[10] = Int32GetDatum(request->priority);
	values[11] = PointerGetDatum(request->reference);
	values[12] = oms_array_of(n, columns[6], nulls[6], TEXTOID, -1, false, TYPALIGN_INT);
	values[13] = TimestampTzGetDatum(request->wanted_since);
	value_nulls[13] = request->wanted_since == 0 ? 'n' : ' ';
	value_nulls[8] = request->cart_id == NULL ? 'n' : ' ';
	value_nulls[9] = request->order_id == NULL ? 'n' : ' ';
	value_nulls[10] = request->priority < 0 ? 'n' : ' ';
	value_nulls[11] = request->reference == NULL ? 'n' : ' ';
	oms_spi_connect();
	if (oms_spi_execute(&insert_backorders, values, value_nulls, false) != n)
		elog(ERROR, "%d backorders expected", n);
	oms_spi_finish();
}

/*
 * oms_backorder_insert writes backorders for the parts of a request that have no location,
 * and claims incoming supply for them. False, and then the caller must roll back, when they
 * are limited and the channel may not backorder as much: *refused is the line, and *pending an
 * open transaction on which that depends, if any.
 */
bool
oms_backorder_insert(OmsReserveRequest *request, bool limited, int *refused,
					 TransactionId *pending)
{
	OmsReservationPart **parts = palloc(sizeof(OmsReservationPart *) * Max(1, request->nparts));
	OmsAccounts *accounts;
	OmsChange	result = {.outcome = OMS_DONE};
	int			n = 0;

	for (int p = 0; p < request->nparts; p++)
		if (request->parts[p].location == NULL)
			parts[n++] = &request->parts[p];
	if (n == 0)
		return true;
	accounts = open_backordered();
	for (int i = 0; i < n && result.outcome == OMS_DONE; i++)
	{
		OmsReserveLine *line = &request->lines[parts[i]->line];

		backorder_more(accounts, line->sku, request->channel, parts[i]->quantity, limited, &result);
		if (result.outcome == OMS_DONE)
			continue;
		line->over_limit = true;
		line->limit_left = result.available;
		*refused = parts[i]->line;
		*pending = result.pending;
	}
	oms_accounts_close(accounts);
	if (result.outcome != OMS_DONE)
		return false;
	write_backorders(request, n, parts);
	oms_claims_make(request, n, parts);
	return true;
}

/*
 * give_up gives back what backorders claimed and counted that were just released: n rows of
 * the last SPI result, as RELEASE_LOCKED returns them. Returns the units missing of them.
 */
static int64
give_up(int n)
{
	Datum	   *ids = palloc(sizeof(Datum) * Max(1, n));
	int64		units = 0;

	for (int i = 0; i < n;)
	{
		OmsAccounts *accounts = open_backordered();
		bool		isnull;
		text	   *sku = DatumGetTextPP(oms_spi_value(i, 2, &isnull));
		int			m = 0;

		for (; i < n && oms_text_equal(sku, DatumGetTextPP(oms_spi_value(i, 2, &isnull))); i++)
		{
			text	   *channel = DatumGetTextPP(oms_spi_value(i, 3, &isnull));
			int64		missing = oms_spi_int64(i, 4);
			Datum		quota_period = oms_spi_value(i, 5, &isnull);

			ids[m++] = Int64GetDatum(oms_spi_int64(i, 1));
			backorder_less(accounts, sku, channel, missing);
			if (!isnull)
				oms_quota_give(channel, sku, DatumGetTextPP(quota_period), missing);
			units += missing;
		}
		oms_accounts_close(accounts);
		oms_claims_drop(m, ids, sku, 0);
	}
	return units;
}

/*
 * oms_backorder_release_cart releases the open backorders of a cart that are not an
 * order's. False, and then the caller must roll back, when another transaction is
 * filling one of them. The caller holds the cart's lock.
 */
bool
oms_backorder_release_cart(text *cart_id)
{
	Datum		values[1] = {PointerGetDatum(cart_id)};
	bool		open;
	int64		wanted;
	uint64		released;

	if (!find_open("backorder_row_cart_idx", 1, &cart_id, &open))
		return true;
	oms_spi_connect();
	(void) oms_spi_execute_latest(&count_of_cart, values, NULL);
	wanted = oms_spi_int64(0, 1);
	released = oms_spi_execute_latest(&release_of_cart, values, NULL);
	(void) give_up(released);
	oms_spi_finish();
	return released == wanted;
}

/*
 * oms_backorder_release_order releases the open backorders of an order and returns the
 * units. The caller holds the order's row lock; a fill that is at work is waited for.
 */
int64
oms_backorder_release_order(text *order_id)
{
	Datum		values[1] = {PointerGetDatum(order_id)};
	int64		units;

	oms_spi_connect();
	units = give_up(oms_spi_execute_latest(&release_of_order, values, NULL));
	oms_spi_finish();
	return units;
}

/*
 * oms_backorder_reduce gives up units that an order line waits for, the newest backorder's
 * first; returns how many it waited for. The caller has locked the order.
 */
int64
oms_backorder_reduce(text *order_id, int32 line_no, int64 units)
{
	Datum		values[2] = {PointerGetDatum(order_id), Int32GetDatum(line_no)};
	SPITupleTable *open;
	int64		given_up = 0;
	uint64		n;

	oms_spi_connect();
	n = oms_spi_execute_latest(&lock_line, values, NULL);
	open = SPI_tuptable;
	for (uint64 i = 0; i < n && given_up < units; i++)
	{
		bool		isnull;
		int64		missing = DatumGetInt64(SPI_getbinval(open->vals[i], open->tupdesc, 2, &isnull));

		values[0] = SPI_getbinval(open->vals[i], open->tupdesc, 1, &isnull);
		values[1] = Int64GetDatum(Min(missing, units - given_up));
		given_up += give_up(oms_spi_execute(&reduce_one, values, NULL, false));
	}
	oms_spi_finish();
	return given_up;
}

/* lock_one locks a backorder, the row of the last SPI result; OM004, OM002. */
static void
lock_one(int64 id)
{
	Datum		values[1] = {Int64GetDatum(id)};
	TimestampTz start = GetCurrentTimestamp();
	long		nap = 1;

	while (oms_spi_execute_latest(&lock_backorder, values, NULL) == 0)
	{
		if (oms_spi_execute_latest(&find_backorder, values, NULL) == 0)
			ereport(ERROR,
					(errcode(OMS_ERR_UNKNOWN_KEY),
					 errmsg("backorder %lld is unknown", (long long) id)));
		if (!oms_may_wait() || !oms_wait_a_little(start, &nap, OMS_WAIT_ROW))
			ereport(ERROR,
					(errcode(OMS_ERR_HELD_BY_OTHERS),
					 errmsg("backorder %lld is being changed by an open transaction", (long long) id),
					 errhint("Try again; oms.wait_for_pending says how long to wait.")));
	}
}

/* release_backorder gives up what is missing of a backorder without order; puts its row. */
static void
release_backorder(FunctionCallInfo fcinfo, int64 id)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	MemoryContext caller = CurrentMemoryContext;
	MemoryContext spi;
	Datum		values[5] = {Int64GetDatum(id)};
	bool		nulls[5] = {0};
	bool		isnull;
	char	   *status;
	char	   *order_id;

	oms_spi_connect();
	lock_one(id);
	status = oms_spi_text(0, 4);
	order_id = oms_spi_text(0, 5);
	if (order_id != NULL)
		ereport(ERROR,
				(errcode(OMS_ERR_ILLEGAL_TRANSITION),
				 errmsg("cannot release backorder %lld: it is part of an order", (long long) id),
				 errdetail("Order \"%s\".", order_id),
				 errhint("Call oms.cancel_order.")));
	if (strcmp(status, "filled") == 0)
		ereport(ERROR,
				(errcode(OMS_ERR_ILLEGAL_TRANSITION),
				 errmsg("cannot release backorder %lld: it is filled", (long long) id),
				 errhint("Release the reservations that filled it.")));
	spi = MemoryContextSwitchTo(caller);
	for (int c = 1; c <= 3; c++)
		values[c] = c == 1 ? PointerGetDatum(DatumGetTextPCopy(oms_spi_value(0, 1, &isnull))) :
			Int64GetDatum(oms_spi_int64(0, c));
	values[4] = CStringGetTextDatum("released");
	tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	MemoryContextSwitchTo(spi);
	if (strcmp(status, "open") == 0)
		(void) give_up(oms_spi_execute(&release_one, values, NULL, false));
	oms_spi_finish();
}

/*
 * oms_release_backorder(backorder_id, request_id) gives up what is missing of a backorder
 * that is no order's; one that was released stays so. Raises OM002, OM004, OM005.
 */
Datum
oms_release_backorder(PG_FUNCTION_ARGS)
{
	oms_require_not_null(fcinfo, 0, "backorder_id");
	InitMaterializedSRF(fcinfo, 0);
	if (!oms_request_begin(fcinfo, 1, NULL))
	{
		release_backorder(fcinfo, PG_GETARG_INT64(0));
		oms_request_end(fcinfo, 1, NULL);
	}
	return (Datum) 0;
}
