/*
 * order_units.c
 *		What order lines hold at a location, consumed or released in units and as a set:
 *		for work that sends goods out or gives them up. A line may hold its units in
 *		several reservations; the oldest serves first.
 *
 * The caller has locked the rows of the orders, so nobody else moves or releases what they
 * hold; a reservation that is consumed by itself meanwhile is waited for.
 *
 * Locks, in this order: those of stock.c; rows of reservation_row by id; key locks, one at
 * a time. Tables: reservation_row, movement_row; stock accounts through stock/.
 *
 * The SQL texts here are run by SECURITY DEFINER functions that are pinned to search_path
 * pg_catalog, pg_temp, so that operators need no schema.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/array.h"

#include "reservation/order_units.h"
#include "stock/stock.h"

/* $1 to $4: order, line, sku, location. */
#define KEY_TYPES "_text", "_int4", "_text", "_text"

/* The live reservations of the keys, locked; oldest first. */
static OmsPlan lock_held = {
	"SELECT u.n::int4, r.reservation_id, COALESCE(i.tracked, true), r.sku, r.location, r.channel, "
	"r.quantity - r.consumed, GREATEST(r.protected - r.consumed, 0), r.protected_until, r.quota_period, "
	"r.kit, COALESCE(r.kit_quantity, 1) FROM ROWS FROM (unnest($1), unnest($2), unnest($3), unnest($4)) "
	"WITH ORDINALITY AS u (order_id, line_no, sku, location, n) "
	"JOIN oms.reservation_row r ON r.order_id = u.order_id AND r.line_no = u.line_no AND r.sku = u.sku "
	"AND r.location = u.location LEFT JOIN oms.item i ON i.sku = u.sku "
	"WHERE r.status = 'firm' AND r.quantity > r.consumed ORDER BY r.reservation_id, r.sku FOR UPDATE OF r",
	4, {KEY_TYPES}
};

/* One reservation, its components in order: columns as above. */
static OmsPlan lock_one = {
	"SELECT 1, r.reservation_id, true, r.sku, r.location, r.channel, r.quantity - r.consumed, "
	"GREATEST(r.protected - r.consumed, 0), r.protected_until, r.quota_period, "
	"r.kit, COALESCE(r.kit_quantity, 1) FROM oms.reservation_row r WHERE r.reservation_id = $1 "
	"AND r.status IN ('hold', 'firm') AND r.quantity > r.consumed ORDER BY r.component FOR UPDATE SKIP LOCKED",
	1, {"int8"}
};

static OmsPlan consume_held = {
	"UPDATE oms.reservation_row r SET consumed = r.consumed + u.units, "
	"status = CASE WHEN r.consumed + u.units = r.quantity THEN 'consumed' ELSE r.status END, "
	"changed_at = clock_timestamp() FROM ROWS FROM (unnest($1), unnest($2), unnest($3), unnest($4)) "
	"AS u (reservation_id, sku, units, protected) "
	"WHERE r.reservation_id = u.reservation_id AND r.sku = u.sku",
	4, {"_int8", "_text", "_int8", "_int8"}
};

/* A part that is released leaves a smaller reservation behind. */
static OmsPlan release_held = {
	"UPDATE oms.reservation_row r SET "
	"quantity = CASE WHEN u.units = r.quantity THEN r.quantity ELSE r.quantity - u.units END, "
	"status = CASE WHEN u.units = r.quantity THEN 'released' "
	"WHEN r.consumed = r.quantity - u.units THEN 'consumed' ELSE r.status END, "
	"protected = r.protected - u.protected, changed_at = clock_timestamp() "
	"FROM ROWS FROM (unnest($1), unnest($2), unnest($3), unnest($4)) "
	"AS u (reservation_id, sku, units, protected) "
	"WHERE r.reservation_id = u.reservation_id AND r.sku = u.sku",
	4, {"_int8", "_text", "_int8", "_int8"}
};

/* The ledger names the fulfillment of each movement; what is not tracked is not counted. */
static OmsPlan insert_movements = {
	"INSERT INTO oms.movement_row (sku, location, quantity, kind, reference, actor) "
	"SELECT u.sku, u.location, -u.units, $5, 'fulfillment ' || u.fulfillment_id, $6 "
	"FROM ROWS FROM (unnest($1), unnest($2), unnest($3), unnest($4)) AS u (sku, location, units, fulfillment_id) "
	"WHERE NOT EXISTS (SELECT FROM oms.item i WHERE i.sku = u.sku AND NOT i.tracked)",
	6, {"_text", "_text", "_int8", "_int8", "text", "text"}
};

/* Units of one reservation that serve the call. */
typedef struct Part
{
	int64		reservation_id;
	bool		tracked;
	OmsClaim	claim;			/* its quantity and protected: of the part */
} Part;

/*
 * take_parts locks the reservations that hold the units and says how many each gives: the
 * oldest first; of a reservation, units of a protection last. OM005 when the orders hold
 * fewer.
 */
static int
take_parts(int n, const OmsOrderUnits *units, Part **parts)
{
	MemoryContext caller = CurrentMemoryContext;
	Datum	   *columns[4];
	Datum		values[4];
	int64	   *wanted = palloc(sizeof(int64) * n);
	int64		total = 0;
	int64		missing;
	int			nparts = 0;
	uint64		rows;

	for (int c = 0; c < 4; c++)
		columns[c] = palloc(sizeof(Datum) * n);
	for (int i = 0; i < n; i++)
	{
		columns[0][i] = PointerGetDatum(units[i].order_id);
		columns[1][i] = Int32GetDatum(units[i].line_no);
		columns[2][i] = PointerGetDatum(units[i].sku);
		columns[3][i] = PointerGetDatum(units[i].location);
		wanted[i] = units[i].units;
		total += units[i].units;
	}
	for (int c = 0; c < 4; c++)
		values[c] = c == 1 ? PointerGetDatum(construct_array(columns[c], n, INT4OID, 4, true, TYPALIGN_INT))
			: oms_text_array(n, columns[c]);
	missing = total;
	oms_spi_connect();
	rows = oms_spi_execute_latest(&lock_held, values, NULL);
	*parts = MemoryContextAllocHuge(caller, sizeof(Part) * Max(1, rows));
	for (uint64 row = 0; row < rows; row++)
	{
		bool		isnull;
		int			u = DatumGetInt32(oms_spi_value(row, 1, &isnull)) - 1;
		int64		id = oms_spi_int64(row, 2);
		/* Work of two fulfillments of one line may share a reservation. */
		Part	   *part = nparts > 0 && (*parts)[nparts - 1].reservation_id == id &&
			oms_text_equal((*parts)[nparts - 1].claim.sku, DatumGetTextPP(oms_spi_value(row, 4, &isnull)))
			? &(*parts)[nparts - 1] : NULL;
		int64		outstanding = oms_spi_int64(row, 7);
		int64		protected = oms_spi_int64(row, 8);
		int64		taken = Min(wanted[u], outstanding - (part == NULL ? 0 : part->claim.quantity));

		if (taken <= 0)
			continue;
		if (part == NULL)
		{
			part = &(*parts)[nparts++];
			part->reservation_id = id;
			part->tracked = DatumGetBool(oms_spi_value(row, 3, &isnull));
			oms_claim_read(row, 4, &part->claim, caller);
			part->claim.quantity = 0;
		}
		wanted[u] -= taken;
		missing -= taken;
		part->claim.quantity += taken;
		part->claim.protected = Max(0, protected - (outstanding - part->claim.quantity));
	}
	oms_spi_finish();
	if (missing > 0)
		ereport(ERROR,
				(errcode(OMS_ERR_ILLEGAL_TRANSITION),
				 errmsg("the orders hold fewer units than the work asks for"),
				 errdetail("Asked for %lld units, held %lld.", (long long) total,
						   (long long) (total - missing)),
				 errhint("Reservations of an order were consumed by themselves; reject what is not held any more.")));
	return nparts;
}

/* write_parts runs the plan over the parts. */
static void
write_parts(OmsPlan *plan, int n, const Part *parts)
{
	Datum	   *columns[4];
	Datum		values[4];

	for (int c = 0; c < 4; c++)
		columns[c] = palloc(sizeof(Datum) * Max(1, n));
	for (int i = 0; i < n; i++)
	{
		columns[0][i] = Int64GetDatum(parts[i].reservation_id);
		columns[1][i] = PointerGetDatum(parts[i].claim.sku);
		columns[2][i] = Int64GetDatum(parts[i].claim.quantity);
		columns[3][i] = Int64GetDatum(parts[i].claim.protected);
	}
	for (int c = 0; c < 4; c++)
		values[c] = c == 1 ? oms_text_array(n, columns[c]) : oms_int8_array(n, columns[c]);
	oms_spi_connect();
	if (oms_spi_execute(plan, values, NULL, false) != n)
		elog(ERROR, "%d reservations that we locked expected", n);
	oms_spi_finish();
}

static int
compare_accounts(const void *a, const void *b)
{
	const OmsClaim *x = &((const Part *) a)->claim;
	const OmsClaim *y = &((const Part *) b)->claim;
	int			c = oms_text_compare(x->sku, y->sku);

	return c != 0 ? c : oms_text_compare(x->location, y->location);
}

/* record_movements writes a movement for each of the units that is tracked. */
static void
record_movements(int n, const OmsOrderUnits *units, const char *kind, text *actor)
{
	Datum	   *columns[4];
	Datum		values[6];

	for (int c = 0; c < 4; c++)
		columns[c] = palloc(sizeof(Datum) * n);
	for (int i = 0; i < n; i++)
	{
		columns[0][i] = PointerGetDatum(units[i].sku);
		columns[1][i] = PointerGetDatum(units[i].location);
		columns[2][i] = Int64GetDatum(units[i].units);
		columns[3][i] = Int64GetDatum(units[i].fulfillment_id);
	}
	for (int c = 0; c < 4; c++)
		values[c] = c < 2 ? oms_text_array(n, columns[c]) : oms_int8_array(n, columns[c]);
	values[4] = CStringGetTextDatum(kind);
	values[5] = PointerGetDatum(actor);
	oms_spi_connect();
	oms_spi_execute(&insert_movements, values, NULL, false);
	oms_spi_finish();
}

/*
 * oms_consume_order_units takes units of order lines out of the door: reserved and on_hand
 * fall together, with a movement of that kind for each. on_hand of what is tracked never
 * becomes negative: OM001, OM002 when that depends on an open transaction.
 */
void
oms_consume_order_units(int n, const OmsOrderUnits *units, const char *kind, text *actor)
{
	OmsAccounts *stock;
	Part	   *parts;
	int			nparts;

	if (n == 0)
		return;
	stock = oms_stock_open();
	nparts = take_parts(n, units, &parts);
	write_parts(&consume_held, nparts, parts);
	qsort(parts, nparts, sizeof(Part), compare_accounts);
	for (int first = 0, end; first < nparts; first = end)
	{
		const Part *part = &parts[first];
		int64		left = 0;

		CHECK_FOR_INTERRUPTS();
		for (end = first; end < nparts && compare_accounts(part, &parts[end]) == 0; end++)
			left += parts[end].claim.quantity;
		oms_stock_consume(stock, part->claim.sku, part->claim.location, left, part->tracked);
	}
	oms_accounts_close(stock);
	record_movements(n, units, kind, actor);
}

/* release_parts gives up the parts: to their accounts and, unless keep_quota, to quotas. */
static void
release_parts(OmsAccounts *stock, int n, const Part *parts, bool keep_quota)
{
	write_parts(&release_held, n, parts);
	for (int i = 0; i < n; i++)
	{
		CHECK_FOR_INTERRUPTS();
		if (keep_quota)
			oms_claim_give_stock(stock, &parts[i].claim);
		else
			oms_claim_give_back(stock, &parts[i].claim);
	}
}

/*
 * oms_release_order_units gives up units that order lines hold: to their accounts, to the
 * channel's protection and, unless keep_quota, to its quota. Returns what was claimed, by
 * reservation.
 */
int
oms_release_order_units(int n, const OmsOrderUnits *units, bool keep_quota, OmsClaim **claims)
{
	OmsAccounts *stock;
	Part	   *parts;
	int			nparts;

	*claims = NULL;
	if (n == 0)
		return 0;
	stock = oms_stock_open();
	nparts = take_parts(n, units, &parts);
	*claims = palloc_extended(sizeof(OmsClaim) * Max(1, nparts), MCXT_ALLOC_HUGE);
	for (int i = 0; i < nparts; i++)
		(*claims)[i] = parts[i].claim;
	release_parts(stock, nparts, parts, keep_quota);
	oms_accounts_close(stock);
	return nparts;
}

/*
 * oms_release_units gives up units (of a kit: kits) of one live reservation, as the above.
 * False, with nothing changed, when it is locked, or no longer has as many.
 */
bool
oms_release_units(int64 reservation_id, int64 units, bool keep_quota)
{
	MemoryContext caller = CurrentMemoryContext;
	OmsAccounts *stock = oms_stock_open();
	Datum		values[1] = {Int64GetDatum(reservation_id)};
	Part	   *parts;
	bool		enough = true;
	uint64		n;

	oms_spi_connect();
	n = oms_spi_execute_latest(&lock_one, values, NULL);
	parts = MemoryContextAlloc(caller, sizeof(Part) * Max(1, n));
	for (uint64 i = 0; i < n; i++)
	{
		OmsClaim   *claim = &parts[i].claim;
		int64		left;

		parts[i].reservation_id = reservation_id;
		oms_claim_read(i, 4, claim, caller);
		left = claim->quantity - units * claim->kit_quantity;
		enough = enough && left >= 0;
		claim->quantity -= left;
		claim->protected = Max(0, claim->protected - left);
	}
	oms_spi_finish();
	enough = enough && n > 0;
	if (enough)
		release_parts(stock, n, parts, keep_quota);
	oms_accounts_close(stock);
	return enough;
}
