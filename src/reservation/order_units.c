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

/* $1 to $5: order, line, sku, location, units. */
#define UNIT_TYPES "_text", "_int4", "_text", "_text", "_int8"

/* The reservations that serve the units, and how many each gives: oldest first. */
#define PARTS \
	"WITH wanted AS (SELECT u.order_id, u.line_no, u.sku, u.location, sum(u.units) AS units " \
	"FROM ROWS FROM (unnest($1), unnest($2), unnest($3), unnest($4), unnest($5)) " \
	"AS u (order_id, line_no, sku, location, units) GROUP BY 1, 2, 3, 4), " \
	"held AS (SELECT r.reservation_id, r.sku, r.quantity - r.consumed AS outstanding, w.units, " \
	"GREATEST(r.protected - r.consumed, 0) AS protected, " \
	"sum(r.quantity - r.consumed) OVER (PARTITION BY r.order_id, r.line_no, r.sku, r.location " \
	"ORDER BY r.reservation_id) - (r.quantity - r.consumed) AS before " \
	"FROM wanted w JOIN oms.reservation_row r ON r.order_id = w.order_id AND r.line_no = w.line_no " \
	"AND r.sku = w.sku AND r.location = w.location " \
	"WHERE r.status = 'firm' AND r.quantity > r.consumed), " \
	"part AS (SELECT h.reservation_id, h.sku, LEAST(h.outstanding, h.units - h.before)::int8 AS units, " \
	"h.outstanding, h.protected FROM held h WHERE h.before < h.units) "

static OmsPlan lock_held = {
	"SELECT r.kit FROM oms.reservation_row r WHERE r.status = 'firm' "
	"AND (r.order_id, r.line_no, r.sku, r.location) IN (SELECT u.order_id, u.line_no, u.sku, u.location "
	"FROM ROWS FROM (unnest($1), unnest($2), unnest($3), unnest($4)) "
	"AS u (order_id, line_no, sku, location)) "
	"ORDER BY r.reservation_id, r.sku FOR UPDATE",
	5, {UNIT_TYPES}
};

/*
 * Kits of which the units are not the same number of each component. All reservations of
 * an order line were made of one kit.
 */
static OmsPlan find_broken_kit = {
	"WITH wanted AS (SELECT u.order_id, u.line_no, u.sku, u.location, sum(u.units) AS units "
	"FROM ROWS FROM (unnest($1), unnest($2), unnest($3), unnest($4), unnest($5)) "
	"AS u (order_id, line_no, sku, location, units) GROUP BY 1, 2, 3, 4) "
	"SELECT c.order_id, c.line_no, c.kit, string_agg(format('%s of %s', COALESCE(w.units, 0), c.sku), ', ' ORDER BY c.sku) "
	"FROM (SELECT DISTINCT r.order_id, r.line_no, r.location, r.kit, r.sku, r.kit_quantity "
	"FROM wanted w JOIN oms.reservation_row r ON r.order_id = w.order_id AND r.line_no = w.line_no "
	"AND r.location = w.location WHERE r.kit IS NOT NULL AND r.status = 'firm') c "
	"LEFT JOIN wanted w ON w.order_id = c.order_id AND w.line_no = c.line_no AND w.location = c.location "
	"AND w.sku = c.sku GROUP BY c.order_id, c.line_no, c.location, c.kit "
	"HAVING count(DISTINCT COALESCE(w.units, 0) / c.kit_quantity) > 1 "
	"OR max(COALESCE(w.units, 0) % c.kit_quantity) > 0 ORDER BY 1, 2 LIMIT 1",
	5, {UNIT_TYPES}
};

static OmsPlan consume_held = {
	PARTS ", changed AS (UPDATE oms.reservation_row r SET consumed = r.consumed + p.units, "
	"status = CASE WHEN r.consumed + p.units = r.quantity THEN 'consumed' ELSE r.status END, "
	"changed_at = clock_timestamp() FROM part p "
	"WHERE r.reservation_id = p.reservation_id AND r.sku = p.sku RETURNING r.sku, r.location, p.units) "
	"SELECT c.sku, c.location, sum(c.units)::int8, COALESCE(i.tracked, true) FROM changed c "
	"LEFT JOIN oms.item i ON i.sku = c.sku GROUP BY 1, 2, 4 ORDER BY 1, 2",
	5, {UNIT_TYPES}
};

/*
 * A part that is released leaves a smaller reservation behind. Units of a protection are the
 * last to go. The rows are claims, in the order of oms_claim_read.
 */
static OmsPlan release_held = {
	PARTS ", going AS (SELECT p.*, GREATEST(p.protected - (p.outstanding - p.units), 0)::int8 AS going FROM part p) "
	"UPDATE oms.reservation_row r SET "
	"quantity = CASE WHEN p.units = r.quantity THEN r.quantity ELSE r.quantity - p.units END, "
	"status = CASE WHEN p.units = r.quantity THEN 'released' "
	"WHEN r.consumed = r.quantity - p.units THEN 'consumed' ELSE r.status END, "
	"protected = r.protected - p.going, changed_at = clock_timestamp() FROM going p "
	"WHERE r.reservation_id = p.reservation_id AND r.sku = p.sku "
	"RETURNING r.sku, r.location, r.channel, p.units, p.going, r.protected_until, r.quota_period, "
	"r.kit, COALESCE(r.kit_quantity, 1)",
	5, {UNIT_TYPES}
};

/* The ledger names the fulfillment of each movement; what is not tracked is not counted. */
static OmsPlan insert_movements = {
	"INSERT INTO oms.movement_row (sku, location, quantity, kind, reference, actor) "
	"SELECT u.sku, u.location, -sum(u.units), $7, 'fulfillment ' || u.fulfillment_id, $8 "
	"FROM ROWS FROM (unnest($1), unnest($2), unnest($3), unnest($4), unnest($5), unnest($6)) "
	"AS u (order_id, line_no, sku, location, units, fulfillment_id) "
	"WHERE NOT EXISTS (SELECT FROM oms.item i WHERE i.sku = u.sku AND NOT i.tracked) "
	"GROUP BY u.fulfillment_id, u.location, u.sku ORDER BY u.fulfillment_id, u.location, u.sku",
	8, {UNIT_TYPES, "_int8", "text", "text"}
};

/* An account and what is taken from it. */
typedef struct Account
{
	text	   *sku;
	text	   *location;
	int64		units;
	bool		tracked;
} Account;

/* unit_columns makes the first six arguments of the plans; returns the units in all. */
static int64
unit_columns(int n, const OmsOrderUnits *units, Datum *values)
{
	Datum	   *columns[6];
	int64		total = 0;

	for (int c = 0; c < 6; c++)
		columns[c] = palloc(sizeof(Datum) * n);
	for (int i = 0; i < n; i++)
	{
		columns[0][i] = PointerGetDatum(units[i].order_id);
		columns[1][i] = Int32GetDatum(units[i].line_no);
		columns[2][i] = PointerGetDatum(units[i].sku);
		columns[3][i] = PointerGetDatum(units[i].location);
		columns[4][i] = Int64GetDatum(units[i].units);
		columns[5][i] = Int64GetDatum(units[i].fulfillment_id);
		total += units[i].units;
	}
	for (int c = 0; c < 6; c++)
		values[c] = PointerGetDatum(c == 1 ?
									construct_array(columns[c], n, INT4OID, 4, true, TYPALIGN_INT) :
									c >= 4 ?
									construct_array(columns[c], n, INT8OID, 8, FLOAT8PASSBYVAL,
													TYPALIGN_DOUBLE) :
									construct_array(columns[c], n, TEXTOID, -1, false, TYPALIGN_INT));
	return total;
}

/* require_all raises OM005 when the orders did not hold the units. */
static void
require_all(int64 total, int64 found)
{
	if (found != total)
		ereport(ERROR,
				(errcode(OMS_ERR_ILLEGAL_TRANSITION),
				 errmsg("the orders hold fewer units than the work asks for"),
				 errdetail("Asked for %lld units, held %lld.", (long long) total, (long long) found),
				 errhint("Reservations of an order were consumed by themselves; reject what is not held any more.")));
}

/* lock_units locks the reservations that hold the units; OM005 for a part of a kit. */
static void
lock_units(Datum *values)
{
	uint64		n = oms_spi_execute_latest(&lock_held, values, NULL);
	bool		any_kit = false;

	for (uint64 row = 0; row < n && !any_kit; row++)
	{
		bool		isnull;

		(void) oms_spi_value(row, 1, &isnull);
		any_kit = !isnull;
	}
	if (any_kit && oms_spi_execute_latest(&find_broken_kit, values, NULL) > 0)
		ereport(ERROR,
				(errcode(OMS_ERR_ILLEGAL_TRANSITION),
				 errmsg("order \"%s\", line %s: kit \"%s\" leaves whole or not at all",
						oms_spi_text(0, 1), oms_spi_text(0, 2), oms_spi_text(0, 3)),
				 errdetail("Asked for %s.", oms_spi_text(0, 4)),
				 errhint("Name as many units of each component as whole kits have.")));
}

/* consume writes the reservations and returns the accounts that they take from. */
static int
consume(Datum *values, int64 total, Account **accounts)
{
	MemoryContext caller = CurrentMemoryContext;
	int64		found = 0;
	uint64		n;

	oms_spi_connect();
	lock_units(values);
	n = oms_spi_execute_latest(&consume_held, values, NULL);
	*accounts = MemoryContextAllocHuge(caller, sizeof(Account) * Max(1, n));
	for (uint64 row = 0; row < n; row++)
	{
		MemoryContext spi = MemoryContextSwitchTo(caller);
		Account    *account = &(*accounts)[row];
		bool		isnull;

		account->sku = DatumGetTextPCopy(oms_spi_value(row, 1, &isnull));
		account->location = DatumGetTextPCopy(oms_spi_value(row, 2, &isnull));
		account->units = oms_spi_int64(row, 3);
		account->tracked = DatumGetBool(oms_spi_value(row, 4, &isnull));
		MemoryContextSwitchTo(spi);
		found += account->units;
	}
	oms_spi_finish();
	require_all(total, found);
	return n;
}

/*
 * oms_consume_order_units takes units of order lines out of the door: reserved and on_hand
 * fall together, with a movement of that kind for each fulfillment and sku. on_hand of what
 * is tracked never becomes negative: OM001, OM002 when that depends on an open transaction.
 */
void
oms_consume_order_units(int n, const OmsOrderUnits *units, const char *kind, text *actor)
{
	OmsGuard	on_hand = {.kind = OMS_GUARD_ON_HAND};
	OmsGuard	give = {.kind = OMS_GUARD_NONE};
	OmsAccounts *stock;
	Account    *accounts;
	Datum		values[8];
	int64		total;
	int			naccounts;

	if (n == 0)
		return;
	total = unit_columns(n, units, values);
	values[6] = CStringGetTextDatum(kind);
	values[7] = PointerGetDatum(actor);
	stock = oms_stock_open();
	naccounts = consume(values, total, &accounts);
	for (int i = 0; i < naccounts; i++)
	{
		OmsAmounts	change = {.reserved = -accounts[i].units};
		OmsChange	result;

		CHECK_FOR_INTERRUPTS();
		if (accounts[i].tracked)
			change.on_hand = -accounts[i].units;
		oms_stock_change(stock, accounts[i].sku, accounts[i].location, change,
						 accounts[i].tracked ? &on_hand : &give, &result);
		if (result.outcome == OMS_SHORT)
			ereport(ERROR,
					(errcode(OMS_ERR_INSUFFICIENT_STOCK),
					 errmsg("sku \"%s\" at location \"%s\" is not on hand",
							text_to_cstring(accounts[i].sku), text_to_cstring(accounts[i].location)),
					 errdetail("%lld units are to leave, on hand are %lld.",
							   (long long) accounts[i].units, (long long) result.available),
					 errhint("Call oms.set_on_hand with what is there, or oms.reject.")));
		if (result.outcome == OMS_PENDING)
			oms_raise_short(&result, accounts[i].sku, accounts[i].location, accounts[i].units);
	}
	oms_accounts_close(stock);
	oms_spi_connect();
	oms_spi_execute(&insert_movements, values, NULL, false);
	oms_spi_finish();
}

/*
 * oms_release_order_units gives up units that order lines hold: to their accounts, to the
 * channel's protection and, unless keep_quota, to its quota. Returns what was claimed, by
 * reservation.
 */
int
oms_release_order_units(int n, const OmsOrderUnits *units, bool keep_quota, OmsClaim **claims)
{
	MemoryContext caller = CurrentMemoryContext;
	OmsAccounts *stock;
	Datum		values[6];
	int64		total;
	int64		found = 0;
	uint64		nclaims;

	*claims = NULL;
	if (n == 0)
		return 0;
	total = unit_columns(n, units, values);
	stock = oms_stock_open();
	oms_spi_connect();
	lock_units(values);
	nclaims = oms_spi_execute_latest(&release_held, values, NULL);
	*claims = MemoryContextAllocHuge(caller, sizeof(OmsClaim) * Max(1, nclaims));
	for (uint64 i = 0; i < nclaims; i++)
		oms_claim_read(i, 1, &(*claims)[i], caller);
	oms_spi_finish();
	for (uint64 i = 0; i < nclaims; i++)
	{
		CHECK_FOR_INTERRUPTS();
		found += (*claims)[i].quantity;
		if (keep_quota)
			oms_claim_give_stock(stock, &(*claims)[i]);
		else
			oms_claim_give_back(stock, &(*claims)[i]);
	}
	oms_accounts_close(stock);
	require_all(total, found);
	return nclaims;
}
