/*
 * move.c
 *		Moving a live reservation to another location: a take there and a give here, in one
 *		(sub)transaction, for the router, for shortfalls and for stores that reject.
 *
 * Invariants: a reservation, or the part of it that moves, holds its units at one location at
 * every moment that anybody sees. What was consumed of one stays where it was.
 *
 * Locks, in this order: the reservation's rows, skipped when somebody has them; then those of
 * stock.c, there before here.
 */
#include "postgres.h"

#include "commands/sequence.h"

#include "reservation/locked.h"
#include "reservation/take.h"

static OmsPlan select_one = {
	"SELECT r.method OPERATOR(pg_catalog.=) 'pickup', r.consumed OPERATOR(pg_catalog.>) 0 "
	"FROM oms.reservation_row r WHERE r.reservation_id OPERATOR(pg_catalog.=) $1 LIMIT 1",
	1, {"pg_catalog.int8"}
};

/* $3, $4: what of the units of sku $5 is from the channel's protection at the new location. */
static OmsPlan move_row = {
	"UPDATE oms.reservation_row r SET location = $2, protected = $3, protected_until = $4, "
	"changed_at = pg_catalog.clock_timestamp() WHERE r.reservation_id OPERATOR(pg_catalog.=) $1 "
	"AND r.sku OPERATOR(pg_catalog.=) $5",
	5, {"pg_catalog.int8", "pg_catalog.text", "pg_catalog.int8", "pg_catalog.text", "pg_catalog.text"}
};

/* $6 units move, to reservation $8; $7 of them were from a protection where they were. */
static OmsPlan split_row = {
	"WITH rest AS (UPDATE oms.reservation_row r SET quantity = r.quantity OPERATOR(pg_catalog.-) $6, "
	"protected = r.protected OPERATOR(pg_catalog.-) $7, "
	"status = CASE WHEN (r.quantity OPERATOR(pg_catalog.-) $6) OPERATOR(pg_catalog.=) r.consumed "
	"THEN 'consumed' ELSE r.status END, changed_at = pg_catalog.clock_timestamp() WHERE r.reservation_id OPERATOR(pg_catalog.=) $1 "
	"AND r.sku OPERATOR(pg_catalog.=) $5 RETURNING r.*) "
	"INSERT INTO oms.reservation_row (reservation_id, sku, location, quantity, status, channel, method, cart_id, "
	"order_id, line_no, reference, created_at, expires_at, quota_period, protected, protected_until, "
	"kit, kit_quantity, component, plan_line) "
	"SELECT $8, sku, $2, $6, CASE WHEN expires_at IS NULL THEN 'firm' ELSE 'hold' END, channel, method, "
	"cart_id, order_id, line_no, reference, created_at, expires_at, quota_period, $3, $4, "
	"kit, kit_quantity, component, plan_line FROM rest",
	8, {"pg_catalog.int8", "pg_catalog.text", "pg_catalog.int8", "pg_catalog.text", "pg_catalog.text",
	"pg_catalog.int8", "pg_catalog.int8", "pg_catalog.int8"}
};

/*
 * write_move gives back where they are held the units of a row of which quantity units
 * were taken elsewhere, and writes the row there: itself or, unless whole, a part of it
 * under a new number.
 */
static void
write_move(OmsAccounts *accounts, const OmsLockedRow *row, text *to_location, int64 quantity,
		   const OmsShare *share, bool whole, int64 new_id)
{
	OmsClaim	moved = row->claim;
	Datum		values[8];
	char		nulls[9] = "        ";

	/* Units of a protection are the last to go. */
	moved.protected = Max(0, moved.protected - (moved.quantity - quantity));
	moved.quantity = quantity;
	oms_claim_give_stock(accounts, &moved);
	values[0] = Int64GetDatum(row->id);
	values[1] = PointerGetDatum(to_location);
	values[2] = Int64GetDatum(share->units);
	values[3] = PointerGetDatum(share->until);
	nulls[3] = share->units == 0 ? 'n' : ' ';
	values[4] = PointerGetDatum(moved.sku);
	values[5] = Int64GetDatum(quantity);
	values[6] = Int64GetDatum(moved.protected);
	values[7] = Int64GetDatum(new_id);
	oms_spi_execute(whole ? &move_row : &split_row, values, nulls, false);
}

/*
 * move is oms_move_reservation; *result is what became of the take. forced, unless NULL,
 * says which components of a kit are not bounded: then nothing of it may be consumed.
 */
static int64
move(int64 reservation_id, text *to_location, int64 quantity, OmsMoveHow how, const bool *forced,
	 OmsChange *result)
{
	OmsTaker	taker = {oms_stock_open()};
	Datum		key = Int64GetDatum(reservation_id);
	OmsLockedRow *rows;
	int			n = oms_locked_one(reservation_id, &rows);
	int64		outstanding = n == 0 ? 0 : rows[0].claim.quantity / rows[0].claim.kit_quantity;
	bool		of_kit = n > 0 && rows[0].claim.kit != NULL;
	OmsShare   *shares;
	bool		consumed;
	bool		isnull;

	memset(result, 0, sizeof(OmsChange));
	result->outcome = OMS_SHORT;
	if (n == 0 || quantity > outstanding || (of_kit && quantity != outstanding) ||
		oms_text_equal(rows[0].claim.location, to_location))
	{
		oms_accounts_close(taker.accounts);
		return 0;
	}
	oms_spi_connect();
	(void) oms_spi_execute_latest(&select_one, &key, NULL);
	taker.channel = oms_channel(rows[0].claim.channel);
	taker.method = DatumGetBool(oms_spi_value(0, 1, &isnull)) ? OMS_PICKUP : OMS_SHIP;
	consumed = DatumGetBool(oms_spi_value(0, 2, &isnull));
	shares = palloc0(sizeof(OmsShare) * n);
	if (!of_kit || forced == NULL || !consumed)
		oms_take(&taker, oms_locked_item(n, rows), to_location, quantity,
				 of_kit && how == OMS_MOVE_PARTIAL ? OMS_MOVE_WHOLE : how, forced, result, shares);
	if (result->outcome == OMS_DONE)
	{
		bool		whole = result->change.reserved == outstanding && !consumed;
		int64		new_id = whole ? 0 : nextval_internal(oms_table("reservation_id_seq"), false);

		quantity = result->change.reserved;
		for (int r = 0; r < n; r++)
			write_move(taker.accounts, &rows[r], to_location, quantity * rows[r].claim.kit_quantity,
					   &shares[r], whole, new_id);
	}
	oms_spi_finish();
	oms_accounts_close(taker.accounts);
	return result->outcome == OMS_DONE ? quantity : 0;
}

/*
 * oms_move_reservation moves units of a live reservation to another location: a take
 * there, bounded by the safety stock of its channel (OMS_MOVE_WHOLE: all of quantity or nothing,
 * OMS_MOVE_PARTIAL: what can be had; OMS_MOVE_FORCED is not bounded, for moves that as a
 * set take nowhere more than they give), and a give here. Of a kit quantity is in kits, and
 * only all that are left of it move. Returns what was moved: 0, with nothing changed, when
 * none is to be had there or a row is locked or no longer live. A part moved becomes a
 * reservation of its own.
 */
int64
oms_move_reservation(int64 reservation_id, text *to_location, int64 quantity, OmsMoveHow how)
{
	OmsChange	result;

	return move(reservation_id, to_location, quantity, how, NULL, &result);
}

/*
 * oms_move_whole moves quantity (of a kit: kits) of a live reservation or nothing, as
 * oms_move_reservation does; *result is what became of the take.
 */
bool
oms_move_whole(int64 reservation_id, text *to_location, int64 quantity, OmsChange *result)
{
	return move(reservation_id, to_location, quantity, OMS_MOVE_WHOLE, NULL, result) == quantity;
}

/*
 * oms_move_kit moves a kit's whole reservation, of which nothing was consumed, to another
 * location; components that are forced are not bounded: they belong to a set of moves that
 * takes nowhere more than it gives. False, with nothing changed, when it cannot.
 */
bool
oms_move_kit(int64 reservation_id, text *to_location, int64 quantity, const bool *forced)
{
	OmsChange	result;

	return move(reservation_id, to_location, quantity, OMS_MOVE_WHOLE, forced, &result) == quantity;
}
