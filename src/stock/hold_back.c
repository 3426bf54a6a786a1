/*
 * hold_back.c
 *		What of a receipt is held back: units on hand that no channel is offered until
 *		they are released.
 *
 * Held units are part of reserved of their stock account, claimed by nobody: so they are
 * out of every ATP and every take, by the same bound as a reservation, and still on hand
 * (unavailable would say that they cannot be sold). What is held is taken by the bounded
 * account itself, so no more than is available after the fills.
 *
 * Invariant: reserved = reservations + held back; oms.check() verifies it.
 *
 * Tables: hold_back_row; stock accounts through stock.c.
 *
 * Locks, in this order: rows of hold_back_row, oldest first; those of stock.c.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/array.h"

#include "stock/stock.h"

PG_FUNCTION_INFO_V1(oms_release_hold_back);

static OmsPlan insert_hold_back = {
	"INSERT INTO oms.hold_back_row (sku, location, quantity, reason, reference, actor) "
	"VALUES ($1, $2, $3, $4, $5, $6)",
	6, {"pg_catalog.text", "pg_catalog.text", "pg_catalog.int8", "pg_catalog.text",
	"pg_catalog.text", "pg_catalog.text"}
};

static OmsPlan lock_held = {
	"SELECT h.hold_back_id, h.quantity OPERATOR(pg_catalog.-) h.released FROM oms.hold_back_row h "
	"WHERE h.sku OPERATOR(pg_catalog.=) $1 AND h.location OPERATOR(pg_catalog.=) $2 "
	"AND h.released OPERATOR(pg_catalog.<) h.quantity ORDER BY h.hold_back_id FOR UPDATE",
	2, {"pg_catalog.text", "pg_catalog.text"}
};

/* Releases the first $3 units of the rows. */
static OmsPlan release_held = {
	"UPDATE oms.hold_back_row h SET released = h.released OPERATOR(pg_catalog.+) "
	"LEAST(u.held, $3 OPERATOR(pg_catalog.-) u.before), changed_at = pg_catalog.clock_timestamp() "
	"FROM (SELECT h.hold_back_id, h.quantity OPERATOR(pg_catalog.-) h.released AS held, "
	"(pg_catalog.sum(h.quantity OPERATOR(pg_catalog.-) h.released) OVER (ORDER BY h.hold_back_id) "
	"OPERATOR(pg_catalog.-) (h.quantity OPERATOR(pg_catalog.-) h.released))::pg_catalog.int8 AS before "
	"FROM oms.hold_back_row h WHERE h.sku OPERATOR(pg_catalog.=) $1 "
	"AND h.location OPERATOR(pg_catalog.=) $2 AND h.released OPERATOR(pg_catalog.<) h.quantity) u "
	"WHERE h.hold_back_id OPERATOR(pg_catalog.=) u.hold_back_id AND h.sku OPERATOR(pg_catalog.=) $1 "
	"AND u.before OPERATOR(pg_catalog.<) $3",
	3, {"pg_catalog.text", "pg_catalog.text", "pg_catalog.int8"}
};

/*
 * oms_hold_back holds back what is left of a supply after its fills: of each sku its
 * quantity less what was filled, at most what is available. reason and reference may be
 * NULL. Sets held_back.
 */
void
oms_hold_back(int n, OmsSupplied *supplied, text *location, text *reason, text *reference,
			  text *actor)
{
	OmsAccounts *accounts = oms_stock_open();
	OmsGuard	guard = {.kind = OMS_GUARD_AVAILABLE, .partial = true};
	char		nulls[7] = "      ";

	nulls[3] = reason == NULL ? 'n' : ' ';
	nulls[4] = reference == NULL ? 'n' : ' ';
	for (int i = 0; i < n; i++)
	{
		OmsAmounts	change = {.reserved = supplied[i].quantity - supplied[i].filled};
		OmsChange	result;
		Datum		values[6] = {
			PointerGetDatum(supplied[i].sku), PointerGetDatum(location), 0,
			PointerGetDatum(reason), PointerGetDatum(reference), PointerGetDatum(actor)
		};

		if (change.reserved <= 0)
			continue;
		oms_stock_change(accounts, supplied[i].sku, location, change, &guard, &result);
		supplied[i].held_back = result.change.reserved;
		if (supplied[i].held_back == 0)
			continue;
		values[2] = Int64GetDatum(supplied[i].held_back);
		oms_spi_connect();
		oms_spi_execute(&insert_hold_back, values, nulls, false);
		oms_spi_finish();
	}
	oms_accounts_close(accounts);
}

/*
 * oms_release_hold_back(location, sku, quantity, request_id) offers units that are
 * held back again, all of them when quantity is null, to open backorders first; a bigint:
 * the units still held. OM004, OM005, 22023.
 */
Datum
oms_release_hold_back(PG_FUNCTION_ARGS)
{
	text	   *location = oms_arg_key(fcinfo, 0, "location");
	text	   *sku = oms_arg_key(fcinfo, 1, "sku");
	int64		quantity = PG_ARGISNULL(2) ? PG_INT64_MAX : oms_arg_quantity(fcinfo, 2, "quantity");
	OmsSupplied supplied = {.sku = sku, .fill_limit = PG_INT64_MAX};
	OmsGuard	give = {.kind = OMS_GUARD_NONE};
	OmsAmounts	change = {0};
	OmsAccounts *accounts;
	Datum		values[3] = {PointerGetDatum(sku), PointerGetDatum(location)};
	int64		held = 0;
	Datum		left = 0;
	uint64		n;

	if (oms_request_begin(fcinfo, 3, &left))
		return left;
	oms_require_location(location);
	oms_spi_connect();
	n = oms_spi_execute_latest(&lock_held, values, NULL);
	for (uint64 i = 0; i < n; i++)
		held += oms_spi_int64(i, 2);
	if (PG_ARGISNULL(2))
		quantity = held;
	if (quantity > held)
		ereport(ERROR,
				(errcode(OMS_ERR_ILLEGAL_TRANSITION),
				 errmsg("fewer units of sku \"%s\" are held back", text_to_cstring(sku)),
				 errdetail("Location \"%s\": %lld wanted, %lld held.", text_to_cstring(location),
						   (long long) quantity, (long long) held)));
	values[2] = Int64GetDatum(quantity);
	if (quantity > 0)
		oms_spi_execute(&release_held, values, NULL, false);
	oms_spi_finish();
	if (quantity > 0)
	{
		accounts = oms_stock_open();
		change.reserved = -quantity;
		oms_stock_change(accounts, sku, location, change, &give, NULL);
		oms_accounts_close(accounts);
		supplied.quantity = quantity;
		oms_stock_supplied(1, &supplied, location);
	}
	left = Int64GetDatum(held - quantity);
	oms_request_end(fcinfo, 3, &left);
	return left;
}
