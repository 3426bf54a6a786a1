/*
 * claim.c
 *		What backorders claim of incoming supply: named rows of incoming_row, the earliest
 *		first that serves the backorder's channel, method and location.
 *
 * A claim is a row of backorder_claim_row and units of reserved in the account of its
 * incoming row, written by one transaction; the account bounds them by what is expected.
 * So two backorders never have the same unit, and none waits for another one's commit: a
 * claim takes what it can have in every outcome of the open transactions, and goes on to the
 * next row for the rest. What no row covers is backordered against nothing yet.
 *
 * A row serves as far as the channel could sell of it on that day: what is read of the
 * location by then, less safety stock, what is protected for others and, over the network, the buffer
 * (availability/projection.c has the same formula); nothing of a location that is excluded then,
 * for all or for the backorder's order. That limit is read, the row's is exact.
 *
 * Settling makes the claims on a sku right again after incoming supply has changed, in one
 * plan over its open backorders, most urgent first:
 * - a row that has more claims than is expected of it loses them from the least urgent;
 * - a claim moves up to an earlier row that has units to claim;
 * - what is not claimed yet claims the earliest that serves.
 * The plan is made on what was read; then each row's account is changed once, earliest row
 * first. If it grants less than planned, because others claimed meanwhile, the last planned
 * moves and claims on that row are taken back.
 *
 * Who gives a claim up (a cancelled order, a cart that is replaced) does not settle: he would
 * hold the rows of everybody else's backorders of the sku to the end of his transaction, and
 * read all of them. What he gave up is claimed at the next change of supply, or by
 * oms.fill_backorders().
 *
 * A backorder that another transaction has locked is left as it is. What was claimed is
 * given up only when it is filled or released, or when its row does not expect it any more.
 *
 * Invariants: reserved of an incoming row's account = the claims on it, at most on_hand;
 * claims of a backorder are at most what is missing of it, none when it is not open.
 *
 * Locks, in this order: rows of backorder_row (skip locked); key locks. Who writes claims
 * of a backorder that others can see holds its row lock.
 * Tables: backorder_claim_row, backorder_row; accounts of incoming supply through stock/.
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

#include "availability/availability.h"
#include "reservation/claim.h"
#include "stock/stock.h"

/* A row of incoming supply of the sku at work. */
typedef struct Row
{
	int64		id;
	text	   *location;
	TimestampTz at;
	bool		counts;			/* open and not overdue */
	int64		outstanding;
	int64		free;			/* not claimed; negative: more is claimed than expected */
	int64		on_hand;		/* at the location now */
	int64		available;
	int64		net;			/* units that settling adds to its claims */
} Row;

/* A location that sends out nothing of the sku before a moment. */
typedef struct Exclusion
{
	text	   *location;
	text	   *order_id;		/* only for this order, or NULL */
	TimestampTz until;
} Exclusion;

/* The rows of a sku, by their moments, and what its locations are excluded from. */
typedef struct Outlook
{
	text	   *sku;
	int			n;
	Row		   *rows;
	int			nexclusions;
	Exclusion  *exclusions;
} Outlook;

/* A channel and method that backorders are for. */
typedef struct Party
{
	text	   *name;
	OmsMethod	method;
	const OmsChannel *channel;
	bool	   *open;			/* by row: whether its location serves */
	OmsSafetyStock *safety;		/* by row: what is kept back there then */
	int64	   *protected;		/* by row: what is protected there for other channels then */
	int64	   *atp;			/* by row, of a channel with a buffer: the ATP on its day */
} Party;

/* An open backorder that we have locked. */
typedef struct Backorder
{
	int64		id;
	int64		missing;
	int			party;
	text	   *location;		/* the only one that serves, or NULL */
	text	   *order_id;		/* or NULL */
	int64		claimed;		/* in all */
	bool		changed;
	int64	   *claims;			/* by row */
} Backorder;

/* A planned claim on a row: new (from is -1), or moved up from another row. */
typedef struct Addition
{
	int			backorder;
	int			row;
	int			from;
	int64		units;
} Addition;

static OmsPlan select_rows = {
	"SELECT o.incoming_id, o.location, o.expected_at, true, o.outstanding, "
	"o.outstanding OPERATOR(pg_catalog.-) o.claimed, COALESCE(i.on_hand, 0), "
	"COALESCE(i.available, 0)::pg_catalog.int8 "
	"FROM oms.incoming_open o LEFT JOIN oms.inventory i ON i.sku OPERATOR(pg_catalog.=) o.sku "
	"AND i.location OPERATOR(pg_catalog.=) o.location "
	"WHERE o.sku OPERATOR(pg_catalog.=) $1 ORDER BY o.expected_at, o.incoming_id",
	1, {"pg_catalog.text"}
};

/* The same, and rows that are not open any more and still have claims. */
static OmsPlan select_all_rows = {
	"SELECT o.incoming_id, o.location, o.expected_at, true, o.outstanding, "
	"o.outstanding OPERATOR(pg_catalog.-) o.claimed, COALESCE(i.on_hand, 0), "
	"COALESCE(i.available, 0)::pg_catalog.int8 "
	"FROM oms.incoming_open o LEFT JOIN oms.inventory i ON i.sku OPERATOR(pg_catalog.=) o.sku "
	"AND i.location OPERATOR(pg_catalog.=) o.location "
	"WHERE o.sku OPERATOR(pg_catalog.=) $1 "
	"UNION ALL SELECT r.incoming_id, r.location, r.expected_at, false, 0, "
	"OPERATOR(pg_catalog.-) c.quantity, 0, 0 "
	"FROM (SELECT c.incoming_id, pg_catalog.sum(c.quantity)::pg_catalog.int8 AS quantity "
	"FROM oms.backorder_claim_row c WHERE c.sku OPERATOR(pg_catalog.=) $1 GROUP BY c.incoming_id) c "
	"JOIN oms.incoming_row r ON r.incoming_id OPERATOR(pg_catalog.=) c.incoming_id "
	"AND r.sku OPERATOR(pg_catalog.=) $1 AND r.status OPERATOR(pg_catalog.<>) 'open' "
	"ORDER BY 3, 1",
	1, {"pg_catalog.text"}
};

/* What is excluded of the locations that expect sku $1, for all or for an order that waits for it. */
static OmsPlan select_exclusions = {
	"SELECT x.location, x.order_id, x.until FROM oms.location_exclusion x "
	"WHERE x.until OPERATOR(pg_catalog.>) pg_catalog.clock_timestamp() "
	"AND (x.sku IS NULL OR x.sku OPERATOR(pg_catalog.=) $1) "
	"AND EXISTS (SELECT FROM oms.incoming_row i WHERE i.sku OPERATOR(pg_catalog.=) $1 "
	"AND i.location OPERATOR(pg_catalog.=) x.location AND i.status OPERATOR(pg_catalog.=) 'open') "
	"AND (x.order_id IS NULL OR EXISTS (SELECT FROM oms.backorder_row b "
	"WHERE b.order_id OPERATOR(pg_catalog.=) x.order_id AND b.sku OPERATOR(pg_catalog.=) $1 "
	"AND b.status OPERATOR(pg_catalog.=) 'open'))",
	1, {"pg_catalog.text"}
};

/*
 * The open backorders of sku $1 that claim too little, or something due after $2, or of a row
 * in $3; locked, most urgent first.
 */
static OmsPlan lock_backorders = {
	"SELECT b.backorder_id, b.quantity OPERATOR(pg_catalog.-) b.filled, b.channel, "
	"b.method OPERATOR(pg_catalog.=) 'pickup', b.location, b.order_id "
	"FROM oms.backorder_row b LEFT JOIN oms.backorder_claimed k ON k.sku OPERATOR(pg_catalog.=) b.sku "
	"AND k.backorder_id OPERATOR(pg_catalog.=) b.backorder_id "
	"WHERE b.sku OPERATOR(pg_catalog.=) $1 AND b.status OPERATOR(pg_catalog.=) 'open' "
	"AND ($2 IS NOT NULL AND COALESCE(k.quantity, 0) OPERATOR(pg_catalog.<) (b.quantity OPERATOR(pg_catalog.-) b.filled) "
	"OR k.expected_at OPERATOR(pg_catalog.>) $2 "
	"OR EXISTS (SELECT FROM oms.backorder_claim_row c WHERE c.sku OPERATOR(pg_catalog.=) b.sku "
	"AND c.backorder_id OPERATOR(pg_catalog.=) b.backorder_id "
	"AND c.incoming_id OPERATOR(pg_catalog.=) ANY ($3))) "
	"ORDER BY b.priority NULLS LAST, CASE WHEN k.quantity OPERATOR(pg_catalog.=) "
	"(b.quantity OPERATOR(pg_catalog.-) b.filled) THEN GREATEST(b.promise_at, k.expected_at) "
	"ELSE b.promise_at END NULLS LAST, b.wanted_since, b.backorder_id "
	"FOR UPDATE OF b SKIP LOCKED",
	3, {"pg_catalog.text", "pg_catalog.timestamptz", "pg_catalog._int8"}
};

/* The claims of backorders that are locked: the backorder's place in $2, and the claim. */
static OmsPlan select_claims = {
	"SELECT u.n, c.incoming_id, c.quantity "
	"FROM pg_catalog.unnest($2) WITH ORDINALITY AS u (backorder_id, n) "
	"JOIN oms.backorder_claim_row c ON c.sku OPERATOR(pg_catalog.=) $1 "
	"AND c.backorder_id OPERATOR(pg_catalog.=) u.backorder_id",
	2, {"pg_catalog.text", "pg_catalog._int8"}
};

static OmsPlan delete_claims = {
	"DELETE FROM oms.backorder_claim_row c WHERE c.sku OPERATOR(pg_catalog.=) $1 "
	"AND c.backorder_id OPERATOR(pg_catalog.=) ANY ($2)",
	2, {"pg_catalog.text", "pg_catalog._int8"}
};

static OmsPlan insert_claims = {
	"INSERT INTO oms.backorder_claim_row (sku, backorder_id, incoming_id, location, quantity) "
	"SELECT $1, u.backorder_id, u.incoming_id, u.location, u.quantity "
	"FROM ROWS FROM (pg_catalog.unnest($2), pg_catalog.unnest($3), pg_catalog.unnest($4), "
	"pg_catalog.unnest($5)) AS u (backorder_id, incoming_id, location, quantity)",
	5, {"pg_catalog.text", "pg_catalog._int8", "pg_catalog._int8", "pg_catalog._text",
	"pg_catalog._int8"}
};

/*
 * Lessens the claims of backorders $1 (of sku $2) to what is missing of them now: claims on
 * row $3 first, then the latest. Returns what each incoming row gets back.
 */
static OmsPlan drop_claims = {
	"WITH claim AS (SELECT c.backorder_id, c.incoming_id, c.location, c.quantity, "
	"(pg_catalog.sum(c.quantity) OVER (PARTITION BY c.backorder_id)) OPERATOR(pg_catalog.-) "
	"CASE b.status WHEN 'open' THEN b.quantity OPERATOR(pg_catalog.-) b.filled ELSE 0 END AS excess, "
	"(pg_catalog.sum(c.quantity) OVER (PARTITION BY c.backorder_id "
	"ORDER BY (c.incoming_id OPERATOR(pg_catalog.=) $3) DESC, i.expected_at DESC, c.incoming_id DESC)) "
	"OPERATOR(pg_catalog.-) c.quantity AS before "
	"FROM pg_catalog.unnest($1) u (backorder_id) "
	"JOIN oms.backorder_row b ON b.backorder_id OPERATOR(pg_catalog.=) u.backorder_id "
	"AND b.sku OPERATOR(pg_catalog.=) $2 "
	"JOIN oms.backorder_claim_row c ON c.sku OPERATOR(pg_catalog.=) $2 "
	"AND c.backorder_id OPERATOR(pg_catalog.=) u.backorder_id "
	"JOIN oms.incoming_row i ON i.incoming_id OPERATOR(pg_catalog.=) c.incoming_id "
	"AND i.sku OPERATOR(pg_catalog.=) $2), "
	"dropped AS (SELECT k.*, LEAST(k.quantity, k.excess OPERATOR(pg_catalog.-) k.before)::pg_catalog.int8 AS units "
	"FROM claim k WHERE k.excess OPERATOR(pg_catalog.>) k.before), "
	"gone AS (DELETE FROM oms.backorder_claim_row c USING dropped d "
	"WHERE c.sku OPERATOR(pg_catalog.=) $2 AND c.backorder_id OPERATOR(pg_catalog.=) d.backorder_id "
	"AND c.incoming_id OPERATOR(pg_catalog.=) d.incoming_id AND d.units OPERATOR(pg_catalog.=) d.quantity), "
	"less AS (UPDATE oms.backorder_claim_row c SET quantity = c.quantity OPERATOR(pg_catalog.-) d.units "
	"FROM dropped d WHERE c.sku OPERATOR(pg_catalog.=) $2 "
	"AND c.backorder_id OPERATOR(pg_catalog.=) d.backorder_id "
	"AND c.incoming_id OPERATOR(pg_catalog.=) d.incoming_id AND d.units OPERATOR(pg_catalog.<) d.quantity) "
	"SELECT d.incoming_id, d.location, pg_catalog.sum(d.units)::pg_catalog.int8 FROM dropped d "
	"GROUP BY d.incoming_id, d.location ORDER BY d.incoming_id",
	3, {"pg_catalog._int8", "pg_catalog.text", "pg_catalog.int8"}
};

/* -------------------------------------------------------------------------
 * Reading
 * -------------------------------------------------------------------------
 */

/* copy_text copies a text of the last SPI result; NULL when it is null. */
static text *
copy_text(uint64 row, int column)
{
	bool		isnull;
	Datum		value = oms_spi_value(row, column, &isnull);

	return isnull ? NULL : DatumGetTextPCopy(value);
}

/*
 * read_outlook reads the rows of a sku and exclusions of their locations on the latest snapshot;
 * with all also rows that are not open.
 */
static void
read_outlook(text *sku, bool all, Outlook *outlook)
{
	MemoryContext caller = CurrentMemoryContext;
	Datum		values[1] = {PointerGetDatum(sku)};
	TimestampTz now = GetCurrentTimestamp();

	outlook->sku = sku;
	oms_spi_connect();
	outlook->n = oms_spi_execute_latest(all ? &select_all_rows : &select_rows, values, NULL);
	outlook->rows = MemoryContextAllocZero(caller, sizeof(Row) * Max(1, outlook->n));
	for (int i = 0; i < outlook->n; i++)
	{
		Row		   *row = &outlook->rows[i];
		MemoryContext spi = MemoryContextSwitchTo(caller);
		bool		isnull;

		row->id = oms_spi_int64(i, 1);
		row->location = DatumGetTextPCopy(oms_spi_value(i, 2, &isnull));
		row->at = DatumGetTimestampTz(oms_spi_value(i, 3, &isnull));
		row->counts = DatumGetBool(oms_spi_value(i, 4, &isnull)) && row->at > now;
		row->outstanding = oms_spi_int64(i, 5);
		row->free = oms_spi_int64(i, 6);
		row->on_hand = oms_spi_int64(i, 7);
		row->available = oms_spi_int64(i, 8);
		MemoryContextSwitchTo(spi);
	}
	outlook->nexclusions = outlook->n == 0 ? 0 : oms_spi_execute_latest(&select_exclusions, values, NULL);
	outlook->exclusions = MemoryContextAlloc(caller, sizeof(Exclusion) * Max(1, outlook->nexclusions));
	for (int i = 0; i < outlook->nexclusions; i++)
	{
		MemoryContext spi = MemoryContextSwitchTo(caller);
		bool		isnull;

		outlook->exclusions[i].location = copy_text(i, 1);
		outlook->exclusions[i].order_id = copy_text(i, 2);
		outlook->exclusions[i].until = DatumGetTimestampTz(oms_spi_value(i, 3, &isnull));
		MemoryContextSwitchTo(spi);
	}
	oms_spi_finish();
}

/* read_atp reads what a channel with a buffer may sell on the day of each row. */
static void
read_atp(Party *party, const Outlook *outlook)
{
	text	   *sku = outlook->sku;
	const OmsItem *item;

	if (party->channel->buffer == 0)
		return;
	item = oms_items(1, &sku);
	for (int r = 0; r < outlook->n; r++)
	{
		OmsCell    *cells;
		int			ncells = oms_cells_at(party->channel, party->method, 1, &item, NULL,
										  outlook->rows[r].at, true, &cells);

		party->atp[r] = oms_atp_at(party->channel, party->method, item, 0, ncells, cells,
								   outlook->rows[r].at);
	}
}

/* make_party reads which rows serve a channel and method, and how far; on the latest snapshot. */
static void
make_party(Party *party, text *name, OmsMethod method, const Outlook *outlook)
{
	text	   *sku = outlook->sku;
	const OmsItem *item;

	PushActiveSnapshot(GetLatestSnapshot());
	item = oms_items(1, &sku);
	party->name = name;
	party->method = method;
	party->channel = oms_channel(name);
	party->open = palloc(sizeof(bool) * Max(1, outlook->n));
	party->safety = palloc(sizeof(OmsSafetyStock) * Max(1, outlook->n));
	party->protected = palloc(sizeof(int64) * Max(1, outlook->n));
	party->atp = palloc(sizeof(int64) * Max(1, outlook->n));
	for (int r = 0; r < outlook->n; r++)
	{
		const Row  *row = &outlook->rows[r];
		OmsProtections *protections = oms_protections_open(GetActiveSnapshot(), row->at);

		oms_protections_read(protections, sku);
		party->protected[r] = oms_protected_for_others(protections, row->location, party->name);
		oms_protections_close(protections);
		party->open[r] = oms_location_open(party->channel, method, row->location);
		party->safety[r] = oms_safety_stock_on(party->channel, method, item, row->location, row->at);
	}
	read_atp(party, outlook);
	PopActiveSnapshot();
}

/* serves says whether a backorder may claim of a row at all. */
static bool
serves(const Outlook *outlook, const Party *party, const Backorder *backorder, int r)
{
	const Row  *row = &outlook->rows[r];

	if (!row->counts || row->free <= 0 || !party->open[r] ||
		(backorder->location != NULL && !oms_text_equal(backorder->location, row->location)))
		return false;
	for (int i = 0; i < outlook->nexclusions; i++)
	{
		const Exclusion *exclusion = &outlook->exclusions[i];

		if (exclusion->until > row->at && oms_text_equal(exclusion->location, row->location) &&
			(exclusion->order_id == NULL ||
			 (backorder->order_id != NULL && oms_text_equal(exclusion->order_id, backorder->order_id))))
			return false;
	}
	return true;
}

/*
 * claimable is what a backorder may claim of a row: units not claimed, as far as the
 * channel could sell them on that day. granted is what was claimed since the ATP was read.
 */
static int64
claimable(const Outlook *outlook, const Party *party, const Backorder *backorder, int r, int64 granted)
{
	const Row  *row = &outlook->rows[r];
	int128		on_hand = Max(0, row->on_hand);
	int128		units = row->available;

	if (!serves(outlook, party, backorder, r))
		return 0;
	for (int i = 0; i <= r; i++)
	{
		const Row  *other = &outlook->rows[i];

		if (!other->counts || !oms_text_equal(other->location, row->location))
			continue;
		on_hand += other->outstanding;
		units += Max(0, other->free);
	}
	units -= oms_safety_stock_withheld(&party->safety[r], Min(on_hand, PG_INT64_MAX));
	units = Min(units - party->protected[r], row->free);
	if (party->channel->buffer > 0)
		units = Min(units, party->atp[r] - granted);
	return Max(0, units);
}

/* change_claims changes what is claimed of a row, by at most units; returns by how much. */
static int64
change_claims(OmsAccounts *accounts, text *sku, const Row *row, int64 units)
{
	OmsGuard	guard = {.kind = OMS_GUARD_AVAILABLE, .partial = true};
	OmsGuard	give = {.kind = OMS_GUARD_NONE};
	OmsAmounts	change = {.reserved = units};
	OmsChange	result = {.change = change};

	oms_incoming_change(accounts, sku, row->location, row->id, change, units > 0 ? &guard : &give,
						units > 0 ? &result : NULL);
	return result.change.reserved;
}

/* write_claims writes claims of backorders that have none in the table. */
static void
write_claims(const Outlook *outlook, int n, const Backorder *backorders)
{
	Datum	   *columns[4];
	Datum		values[5] = {PointerGetDatum(outlook->sku)};
	int			m = 0;

	for (int b = 0; b < n; b++)
		for (int r = 0; r < outlook->n && backorders[b].changed; r++)
			m += backorders[b].claims[r] != 0;
	if (m == 0)
		return;
	for (int c = 0; c < 4; c++)
		columns[c] = palloc_extended(mul_size(sizeof(Datum), m), MCXT_ALLOC_HUGE);
	m = 0;
	for (int b = 0; b < n; b++)
	{
		for (int r = 0; r < outlook->n && backorders[b].changed; r++)
		{
			if (backorders[b].claims[r] == 0)
				continue;
			columns[0][m] = Int64GetDatum(backorders[b].id);
			columns[1][m] = Int64GetDatum(outlook->rows[r].id);
			columns[2][m] = PointerGetDatum(outlook->rows[r].location);
			columns[3][m++] = Int64GetDatum(backorders[b].claims[r]);
		}
	}
	values[1] = oms_int8_array(m, columns[0]);
	values[2] = oms_int8_array(m, columns[1]);
	values[3] = oms_text_array(m, columns[2]);
	values[4] = oms_int8_array(m, columns[3]);
	oms_spi_connect();
	if (oms_spi_execute(&insert_claims, values, NULL, false) != m)
		elog(ERROR, "%d claims expected", m);
	oms_spi_finish();
}

/* -------------------------------------------------------------------------
 * New backorders
 * -------------------------------------------------------------------------
 */

/* claim_part claims for one new backorder, and sets its promise when all of it is claimed. */
static void
claim_part(const OmsReserveRequest *request, OmsReservationPart *part, Outlook *outlook,
		   const Party *party, OmsAccounts *accounts)
{
	const OmsReserveLine *line = &request->lines[part->line];
	Backorder	backorder = {
		.id = part->backorder_id, .location = line->location, .order_id = request->order_id,
		.changed = true
	};
	TimestampTz promise_at = line->promise_at;

	backorder.claims = palloc0(sizeof(int64) * outlook->n);
	for (int r = 0; r < outlook->n && backorder.claimed < part->quantity; r++)
	{
		Row		   *row = &outlook->rows[r];
		int64		units = Min(part->quantity - backorder.claimed,
								claimable(outlook, party, &backorder, r, backorder.claimed));

		if (units > 0)
			units = change_claims(accounts, outlook->sku, row, units);
		if (units == 0)
			continue;
		row->free -= units;
		backorder.claims[r] = units;
		backorder.claimed += units;
		promise_at = line->promised ? Max(promise_at, row->at) : row->at;
	}
	write_claims(outlook, 1, &backorder);
	if (backorder.claimed == part->quantity)
	{
		part->promised = true;
		part->promise_at = promise_at;
	}
}

/*
 * oms_claims_make claims incoming supply for backorders that were just written: parts, of one
 * request. Sets the promise of those that are claimed in full.
 */
void
oms_claims_make(const OmsReserveRequest *request, int n, OmsReservationPart **parts)
{
	OmsAccounts *accounts = NULL;
	Outlook		outlook = {0};
	Party		party;

	for (int i = 0; i < n; i++)
	{
		text	   *sku = request->lines[parts[i]->line].sku;

		if (outlook.sku == NULL || !oms_text_equal(outlook.sku, sku))
		{
			read_outlook(sku, false, &outlook);
			if (outlook.n > 0)
				make_party(&party, request->channel, request->method, &outlook);
		}
		else if (outlook.n > 0)
			read_atp(&party, &outlook);
		if (outlook.n == 0)
			continue;
		if (accounts == NULL)
			accounts = oms_incoming_open();
		claim_part(request, parts[i], &outlook, &party, accounts);
	}
	if (accounts != NULL)
		oms_accounts_close(accounts);
}

/*
 * oms_claims_drop lessens the claims of backorders of a sku, which are locked, to what is
 * missing of them now: none when they are not open. What was received of an incoming row
 * (0: none) is dropped first, then what is due latest.
 */
void
oms_claims_drop(int n, Datum *backorder_ids, text *sku, int64 incoming_id)
{
	Datum		values[3] = {
		oms_int8_array(n, backorder_ids), PointerGetDatum(sku), Int64GetDatum(incoming_id)
	};
	OmsAccounts *accounts;
	uint64		rows;

	oms_spi_connect();
	rows = oms_spi_execute_latest(&drop_claims, values, NULL);
	if (rows > 0)
	{
		accounts = oms_incoming_open();
		for (uint64 i = 0; i < rows; i++)
		{
			Row			row = {.id = oms_spi_int64(i, 1)};
			bool		isnull;

			row.location = DatumGetTextPP(oms_spi_value(i, 2, &isnull));
			(void) change_claims(accounts, sku, &row, -oms_spi_int64(i, 3));
		}
		oms_accounts_close(accounts);
	}
	oms_spi_finish();
}

/* -------------------------------------------------------------------------
 * Settling
 * -------------------------------------------------------------------------
 */

/* The work of settling one sku. */
typedef struct Settlement
{
	Outlook		outlook;
	int			n;
	Backorder  *backorders;		/* most urgent first */
	int			nparties;
	Party	   *parties;
	int			nadditions;
	int			max_additions;
	Addition   *additions;
} Settlement;

static int
party_of(Settlement *settlement, text *channel, OmsMethod method)
{
	Party	   *parties = settlement->parties;

	for (int i = settlement->nparties - 1; i >= 0; i--)
		if (parties[i].method == method && oms_text_equal(parties[i].name, channel))
			return i;
	make_party(&parties[settlement->nparties], (text *) PG_DETOAST_DATUM_COPY(PointerGetDatum(channel)),
			   method, &settlement->outlook);
	return settlement->nparties++;
}

/*
 * lock_and_read locks the backorders whose claims may have to change and reads their claims;
 * first_free is when the first unit that can be claimed comes (NULL: none does). Then it reads
 * the rows anew: until a backorder was locked it may have claimed one that is new.
 */
static void
lock_and_read(Settlement *settlement, const TimestampTz *first_free, int nover, Datum *over)
{
	MemoryContext caller = CurrentMemoryContext;
	Outlook    *outlook = &settlement->outlook;
	Datum		values[3] = {PointerGetDatum(outlook->sku)};
	Datum	   *ids;
	MemoryContext spi;
	uint64		claims;

	oms_spi_connect();
	values[1] = first_free == NULL ? (Datum) 0 : TimestampTzGetDatum(*first_free);
	values[2] = oms_int8_array(nover, over);
	settlement->n = oms_spi_execute_latest(&lock_backorders, values, first_free == NULL ? " n " : NULL);
	spi = MemoryContextSwitchTo(caller);
	read_outlook(outlook->sku, true, outlook);
	settlement->backorders = palloc_extended(sizeof(Backorder) * Max(1, settlement->n),
											 MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
	settlement->parties = palloc_extended(sizeof(Party) * Max(1, settlement->n), MCXT_ALLOC_HUGE);
	ids = palloc_extended(sizeof(Datum) * Max(1, settlement->n), MCXT_ALLOC_HUGE);
	for (int i = 0; i < settlement->n; i++)
	{
		Backorder  *backorder = &settlement->backorders[i];
		bool		isnull;
		bool		pickup;

		backorder->id = oms_spi_int64(i, 1);
		backorder->missing = oms_spi_int64(i, 2);
		pickup = DatumGetBool(oms_spi_value(i, 4, &isnull));
		backorder->party = party_of(settlement, DatumGetTextPP(oms_spi_value(i, 3, &isnull)),
									pickup ? OMS_PICKUP : OMS_SHIP);
		backorder->location = copy_text(i, 5);
		backorder->order_id = copy_text(i, 6);
		backorder->claims = palloc0(sizeof(int64) * outlook->n);
		ids[i] = Int64GetDatum(backorder->id);
	}
	values[1] = oms_int8_array(settlement->n, ids);
	MemoryContextSwitchTo(spi);
	claims = settlement->n == 0 ? 0 : oms_spi_execute_latest(&select_claims, values, NULL);
	for (uint64 i = 0; i < claims; i++)
	{
		Backorder  *backorder = &settlement->backorders[oms_spi_int64(i, 1) - 1];
		int64		id = oms_spi_int64(i, 2);

		for (int r = 0; r < outlook->n; r++)
			if (outlook->rows[r].id == id)
				backorder->claims[r] = oms_spi_int64(i, 3);
		backorder->claimed += oms_spi_int64(i, 3);
	}
	for (int i = 0; i < settlement->n; i++)
	{
		int64		known = 0;

		for (int r = 0; r < outlook->n; r++)
			known += settlement->backorders[i].claims[r];
		if (known != settlement->backorders[i].claimed)
			elog(ERROR, "backorder %lld claims incoming supply that was not found",
				 (long long) settlement->backorders[i].id);
	}
	oms_spi_finish();
}

/* move plans that a backorder claims units of a row (-1: none) less and of another more. */
static void
move(Settlement *settlement, int b, int from, int to, int64 units)
{
	Backorder  *backorder = &settlement->backorders[b];
	Row		   *rows = settlement->outlook.rows;

	backorder->changed = true;
	if (from >= 0)
	{
		backorder->claims[from] -= units;
		backorder->claimed -= units;
		rows[from].free += units;
		rows[from].net -= units;
	}
	if (to >= 0)
	{
		backorder->claims[to] += units;
		backorder->claimed += units;
		rows[to].free -= units;
		rows[to].net += units;
	}
}

/* add plans a claim on a row for a backorder, and remembers it. */
static void
add(Settlement *settlement, int b, int from, int to, int64 units)
{
	if (settlement->nadditions == settlement->max_additions)
	{
		settlement->max_additions = Max(64, 2 * settlement->max_additions);
		settlement->additions = settlement->additions == NULL
			? palloc(sizeof(Addition) * settlement->max_additions)
			: repalloc_huge(settlement->additions, sizeof(Addition) * settlement->max_additions);
	}
	settlement->additions[settlement->nadditions++] = (Addition) {
		b, to, from, units
	};
	move(settlement, b, from, to, units);
}

/* plan plans what settling does; see the file's header. */
static void
plan(Settlement *settlement)
{
	Outlook    *outlook = &settlement->outlook;
	Row		   *rows = outlook->rows;
	int64		granted = 0;

	for (int r = 0; r < outlook->n; r++)
		for (int b = settlement->n - 1; b >= 0 && rows[r].free < 0; b--)
		{
			int64		units = Min(settlement->backorders[b].claims[r], -rows[r].free);

			if (units > 0)
				move(settlement, b, r, -1, units);
		}
	for (int b = 0; b < settlement->n; b++)
	{
		Backorder  *backorder = &settlement->backorders[b];
		Party	   *party = &settlement->parties[backorder->party];

		CHECK_FOR_INTERRUPTS();
		for (int from = outlook->n - 1; from >= 0; from--)
		{
			for (int to = 0; backorder->claims[from] > 0 && rows[to].at < rows[from].at; to++)
			{
				int64		units = Min(backorder->claims[from],
										claimable(outlook, party, backorder, to, granted));

				if (units > 0)
					add(settlement, b, from, to, units);
				granted += units;
			}
		}
		for (int r = 0; r < outlook->n && backorder->claimed < backorder->missing; r++)
		{
			int64		units = Min(backorder->missing - backorder->claimed,
									claimable(outlook, party, backorder, r, granted));

			if (units > 0)
				add(settlement, b, -1, r, units);
			granted += units;
		}
	}
}

/* apply changes the rows' accounts, earliest first, takes back what they do not grant, and writes. */
static void
apply(Settlement *settlement)
{
	Outlook    *outlook = &settlement->outlook;
	OmsAccounts *accounts = oms_incoming_open();
	Datum	   *ids = palloc_extended(sizeof(Datum) * settlement->n, MCXT_ALLOC_HUGE);
	Datum		values[2] = {PointerGetDatum(outlook->sku)};
	int			n = 0;

	for (int r = 0; r < outlook->n; r++)
	{
		Row		   *row = &outlook->rows[r];
		int64		lacking = row->net;

		if (row->net != 0)
			lacking -= change_claims(accounts, outlook->sku, row, row->net);
		for (int a = settlement->nadditions - 1; a >= 0 && lacking > 0; a--)
		{
			Addition   *addition = &settlement->additions[a];
			int64		units = addition->row == r ? Min(addition->units, lacking) : 0;

			if (units == 0)
				continue;
			/* Where it came from comes later than this row, and is still to be changed. */
			move(settlement, addition->backorder, r, addition->from, units);
			addition->units -= units;
			lacking -= units;
		}
		if (lacking > 0)
			elog(ERROR, "claims on incoming supply %lld were not granted", (long long) row->id);
	}
	oms_accounts_close(accounts);
	for (int b = 0; b < settlement->n; b++)
		if (settlement->backorders[b].changed)
			ids[n++] = Int64GetDatum(settlement->backorders[b].id);
	if (n == 0)
		return;
	values[1] = oms_int8_array(n, ids);
	oms_spi_connect();
	oms_spi_execute(&delete_claims, values, NULL, false);
	oms_spi_finish();
	write_claims(outlook, settlement->n, settlement->backorders);
}

/*
 * oms_claims_settle makes the claims on a sku right again: the OmsAfterIncoming of stock.
 * It waits for nobody, and changes nothing of backorders that others have locked.
 */
void
oms_claims_settle(text *sku)
{
	MemoryContext scratch = AllocSetContextCreate(CurrentMemoryContext, "oms claims",
												  ALLOCSET_DEFAULT_SIZES);
	MemoryContext caller = MemoryContextSwitchTo(scratch);
	Settlement	settlement = {0};
	TimestampTz *first_free = NULL;
	Datum	   *over;
	int			nover = 0;

	read_outlook(sku, true, &settlement.outlook);
	over = palloc(sizeof(Datum) * Max(1, settlement.outlook.n));
	for (int r = 0; r < settlement.outlook.n; r++)
	{
		Row		   *row = &settlement.outlook.rows[r];

		if (row->free < 0)
			over[nover++] = Int64GetDatum(row->id);
		else if (row->free > 0 && row->counts && first_free == NULL)
			first_free = &row->at;
	}
	if (nover > 0 || first_free != NULL)
	{
		lock_and_read(&settlement, first_free, nover, over);
		if (settlement.n > 0)
		{
			plan(&settlement);
			apply(&settlement);
		}
	}
	MemoryContextSwitchTo(caller);
	MemoryContextDelete(scratch);
}
