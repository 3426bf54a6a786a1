/*
 * locked.c
 *		Live reservations whose rows are locked, with what they claim: of a cart, of an order, or
 *		one; and giving back what they claim.
 *
 * Invariants: of a kit's reservation all rows are locked or none. Expired holds are left to
 * whoever sweeps them or is short.
 *
 * Locks: rows of reservation_row. Those of a cart or a single one are taken without waiting and
 * skipped where somebody else has them; those of an order are waited for.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

#include "reservation/locked.h"
#include "stock/stock.h"

/* What is outstanding of reservations, for lock_rows; last, of how many rows the reservation is. */
#define LOCKED_ROWS \
	"SELECT r.reservation_id, " OMS_CLAIM_COLUMNS ", " \
	"CASE WHEN r.kit IS NULL THEN 1 ELSE (SELECT pg_catalog.count(*) " \
	"FROM oms.reservation_row s WHERE s.reservation_id OPERATOR(pg_catalog.=) r.reservation_id) END " \
	"FROM oms.reservation_row r "

/*
 * Live reservations of a cart that are not an order's yet; expired holds are left. One
 * moment for all rows: a kit's components expire together.
 */
static OmsPlan lock_cart = {
	LOCKED_ROWS "WHERE r.cart_id OPERATOR(pg_catalog.=) $1 AND r.order_id IS NULL "
	"AND (r.status OPERATOR(pg_catalog.=) 'firm' OR (r.status OPERATOR(pg_catalog.=) 'hold' "
	"AND r.expires_at OPERATOR(pg_catalog.>) $2)) "
	"ORDER BY r.reservation_id, r.component FOR UPDATE SKIP LOCKED",
	2, {"pg_catalog.text", "pg_catalog.timestamptz"}
};

static OmsPlan lock_order = {
	LOCKED_ROWS "WHERE r.order_id OPERATOR(pg_catalog.=) $1 "
	"AND r.status OPERATOR(pg_catalog.=) ANY ('{hold,firm}') ORDER BY r.reservation_id, r.component FOR UPDATE",
	1, {"pg_catalog.text"}
};

static OmsPlan lock_one = {
	LOCKED_ROWS "WHERE r.reservation_id OPERATOR(pg_catalog.=) $1 "
	"AND r.status OPERATOR(pg_catalog.=) ANY ('{hold,firm}') ORDER BY r.component FOR UPDATE SKIP LOCKED",
	1, {"pg_catalog.int8"}
};

static OmsPlan release_rows = {
	"UPDATE oms.reservation_row r SET status = 'released', changed_at = pg_catalog.clock_timestamp() "
	"WHERE r.reservation_id OPERATOR(pg_catalog.=) ANY ($1)",
	1, {"pg_catalog._int8"}
};

/* oms_locked_rows_of is how many rows from the first on are of its reservation. */
int
oms_locked_rows_of(int n, const OmsLockedRow *rows)
{
	int			m = 1;

	while (m < n && rows[m].id == rows[0].id)
		m++;
	return m;
}

/*
 * lock_rows runs one of the lock_… plans on keys and returns the rows it locked. A kit's
 * reservation of which somebody else has locked a row is left to him.
 */
static int
lock_rows(OmsPlan *plan, Datum *keys, OmsLockedRow **rows)
{
	MemoryContext caller = CurrentMemoryContext;
	int			n;
	int			kept = 0;

	oms_spi_connect();
	n = oms_spi_execute_latest(plan, keys, NULL);
	*rows = MemoryContextAlloc(caller, sizeof(OmsLockedRow) * Max(1, n));
	for (int i = 0; i < n; i++)
	{
		OmsLockedRow *row = &(*rows)[kept++];

		row->id = oms_spi_int64(i, 1);
		oms_claim_read(i, 2, &row->claim, caller);
		if (i + 1 == n || oms_spi_int64(i + 1, 1) != row->id)
		{
			int			m = 1;

			while (m < kept && (*rows)[kept - m - 1].id == row->id)
				m++;
			if (m < oms_spi_int64(i, 2 + OMS_CLAIM_WIDTH))
				kept -= m;
		}
	}
	oms_spi_finish();
	return kept;
}

/* oms_locked_of_cart locks the live reservations of a cart that are no order's; returns how many rows. */
int
oms_locked_of_cart(text *cart_id, OmsLockedRow **rows)
{
	Datum		keys[2] = {PointerGetDatum(cart_id), TimestampTzGetDatum(GetCurrentTimestamp())};

	return lock_rows(&lock_cart, keys, rows);
}

/* oms_locked_of_order locks the live reservations of an order, and waits for them. */
int
oms_locked_of_order(text *order_id, OmsLockedRow **rows)
{
	Datum		key = PointerGetDatum(order_id);

	return lock_rows(&lock_order, &key, rows);
}

/* oms_locked_one locks one live reservation: 0 rows when it is none, or locked by somebody else. */
int
oms_locked_one(int64 reservation_id, OmsLockedRow **rows)
{
	Datum		key = Int64GetDatum(reservation_id);

	return lock_rows(&lock_one, &key, rows);
}

/* oms_locked_release marks rows released and gives what they claim back; returns the units. */
int64
oms_locked_release(OmsAccounts *accounts, int n, const OmsLockedRow *rows)
{
	Datum	   *ids = palloc(sizeof(Datum) * Max(1, n));
	Datum		values[1];
	int64		units = 0;

	if (n == 0)
		return 0;
	for (int i = 0; i < n; i++)
	{
		ids[i] = Int64GetDatum(rows[i].id);
		units += rows[i].claim.quantity;
		oms_claim_give_back(accounts, &rows[i].claim);
	}
	values[0] = oms_int8_array(n, ids);
	oms_spi_connect();
	if (oms_spi_execute(&release_rows, values, NULL, false) != n)
		elog(ERROR, "%d reservations that we locked expected", n);
	oms_spi_finish();
	return units;
}

/* oms_locked_is_of says whether rows, all of one reservation, are of the item as it is today. */
bool
oms_locked_is_of(const OmsItem *item, int m, const OmsLockedRow *rows)
{
	const OmsKit *kit = item->kit;

	if (kit == NULL || rows[0].claim.kit == NULL)
		return kit == NULL && rows[0].claim.kit == NULL &&
			oms_text_equal(item->sku, rows[0].claim.sku);
	if (!oms_text_equal(item->sku, rows[0].claim.kit) || kit->n != m)
		return false;
	for (int c = 0; c < m; c++)
		if (!oms_text_equal(kit->items[c].sku, rows[c].claim.sku) ||
			kit->quantities[c] != rows[c].claim.kit_quantity)
			return false;
	return true;
}

/* oms_locked_item is what locked rows, all of one reservation, are of: a kit as it was reserved. */
const OmsItem *
oms_locked_item(int n, OmsLockedRow *rows)
{
	text	  **skus = palloc(sizeof(text *) * n);
	OmsItem    *item;
	OmsKit	   *kit;

	for (int c = 0; c < n; c++)
		skus[c] = rows[c].claim.sku;
	if (rows[0].claim.kit == NULL)
		return oms_items(1, skus);
	kit = palloc(sizeof(OmsKit));
	kit->n = n;
	kit->items = oms_items(n, skus);
	kit->quantities = palloc(sizeof(int64) * n);
	for (int c = 0; c < n; c++)
		kit->quantities[c] = rows[c].claim.kit_quantity;
	item = oms_items(1, &rows[0].claim.kit);
	item->kit = kit;
	return item;
}

/* oms_release_order releases every live reservation of an order; returns the units. */
int64
oms_release_order(text *order_id)
{
	OmsLockedRow *rows;
	OmsAccounts *accounts = oms_stock_open();
	int			n = oms_locked_of_order(order_id, &rows);
	int64		units = oms_locked_release(accounts, n, rows);

	oms_accounts_close(accounts);
	return units;
}
