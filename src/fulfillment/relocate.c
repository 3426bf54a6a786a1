/*
 * relocate.c
 *		Units of order lines that a location does not send out: they move to other
 *		locations at once, as far as these have them; what is left is released and waits
 *		for supply as a backorder of its line.
 *
 * A move is a take there, above the channel's safety stock, and a give here, in one
 * transaction: the buyer's units are held somewhere all the time. Where is chosen simply, a
 * location that has all before the nearest; the router reconsiders it. What is to be picked
 * up stays promised where it was: it is backordered there.
 *
 * Kits move whole, by their components together; what no location has of them is released
 * and stays unfilled.
 *
 * The caller has locked the rows of the orders. Moves are made one after the other, since
 * each changes what the next one finds.
 *
 * The SQL texts here are run by SECURITY DEFINER functions that are pinned to search_path
 * pg_catalog, pg_temp, so that operators need no schema.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "commands/sequence.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/timestamp.h"

#include "fulfillment/fulfillment.h"
#include "reservation/reservation.h"
#include "row.h"

static OmsPlan select_reservations = {
	"SELECT r.reservation_id, r.quantity - r.consumed FROM oms.reservation_row r "
	"WHERE r.order_id = $1 AND r.line_no = $2 AND r.sku = $3 AND r.location = $4 "
	"AND r.status = 'firm' AND r.quantity > r.consumed ORDER BY r.reservation_id",
	4, {"text", "int4", "text", "text"}
};

static OmsPlan select_locations = {
	"SELECT l.location FROM oms.order_row o "
	"JOIN oms.order_line_row ol ON ol.order_id = o.order_id AND ol.line_no = $2 "
	"JOIN oms.channel c ON c.channel = o.channel AND c.status = 'active' "
	"JOIN oms.location_group_member m ON m.location_group = c.ship_group "
	"JOIN oms.location l ON l.location = m.location AND l.status = 'active' AND l.can_ship "
	"LEFT JOIN oms.item it ON it.sku = $3 "
	"LEFT JOIN (SELECT i.location, i.available FROM oms.inventory i WHERE i.sku = $3) i "
	"ON i.location = l.location "
	"WHERE o.order_id = $1 AND o.method = 'ship' AND l.location <> $4 "
	"AND (ol.location IS NULL OR ol.location = l.location) AND (i.available > 0 OR NOT it.tracked) "
	"AND NOT EXISTS (SELECT FROM oms.location_exclusion x WHERE x.location = l.location "
	"AND x.until > clock_timestamp() AND (x.sku IS NULL OR x.sku = ANY ($6)) "
	"AND (x.order_id IS NULL OR x.order_id = $1)) "
	"ORDER BY COALESCE(i.available >= $5, true) DESC, o.ship_to OPERATOR(oms.<->) l.coordinates NULLS LAST, "
	"m.sequence, l.location",
	6, {"text", "int4", "text", "text", "int8", "_text"}
};

static OmsPlan select_order = {
	"SELECT o.channel, o.method = 'pickup', o.priority, o.reference, COALESCE(ol.promise_at, o.promise_at), "
	"CASE o.method WHEN 'pickup' THEN $4 ELSE ol.location END, COALESCE(i.tracked, true) FROM oms.order_row o "
	"JOIN oms.order_line_row ol ON ol.order_id = o.order_id AND ol.line_no = $2 "
	"LEFT JOIN oms.item i ON i.sku = $3 WHERE o.order_id = $1",
	4, {"text", "int4", "text", "text"}
};

/* copy_texts copies a column of text, all rows, into the caller's memory. */
static text **
copy_texts(uint64 n, int column, MemoryContext caller)
{
	text	  **texts = MemoryContextAlloc(caller, sizeof(text *) * Max(1, n));

	for (uint64 i = 0; i < n; i++)
	{
		MemoryContext spi = MemoryContextSwitchTo(caller);
		bool		isnull;
		Datum		value = oms_spi_value(i, column, &isnull);

		texts[i] = isnull ? NULL : DatumGetTextPCopy(value);
		MemoryContextSwitchTo(spi);
	}
	return texts;
}

/*
 * find_locations lists where units may go, by choice, for select_locations; skus are those
 * that must not be excluded there.
 */
static text **
find_locations(Datum *values, int nskus, Datum *skus, uint64 *n)
{
	MemoryContext caller = CurrentMemoryContext;
	text	  **locations;

	values[5] = PointerGetDatum(construct_array(skus, nskus, TEXTOID, -1, false, TYPALIGN_INT));
	oms_spi_connect();
	*n = oms_spi_execute_latest(&select_locations, values, NULL);
	locations = copy_texts(*n, 1, caller);
	oms_spi_finish();
	return locations;
}

/*
 * move_units moves units of the reservations to a location; how many it had. Of kits, of
 * which kit_quantity units of the sku are in one, whole kits.
 */
static int64
move_units(Datum *values, text *location, int64 units, int64 kit_quantity)
{
	int64		moved = 0;
	SPITupleTable *rows;
	uint64		n;

	oms_spi_connect();
	n = oms_spi_execute_latest(&select_reservations, values, NULL);
	rows = SPI_tuptable;
	for (uint64 i = 0; i < n && moved < units; i++)
	{
		bool		isnull;
		int64		id = DatumGetInt64(SPI_getbinval(rows->vals[i], rows->tupdesc, 1, &isnull));
		int64		held = DatumGetInt64(SPI_getbinval(rows->vals[i], rows->tupdesc, 2, &isnull));

		moved += oms_move_reservation(id, location, Min(held, units - moved) / kit_quantity,
									  OMS_MOVE_PARTIAL) * kit_quantity;
	}
	oms_spi_finish();
	return moved;
}

/*
 * backorder releases units and lets their line wait for supply, still counted by the
 * channel's quota; a backorder for each reservation. What is not tracked, which no supply
 * would fill, keeps its hold: the units backordered.
 */
static int64
backorder(const OmsOrderUnits *units, Datum *values)
{
	MemoryContext caller = CurrentMemoryContext;
	OmsReserveRequest request = {0};
	OmsReserveLine line = {0};
	OmsClaim   *claims;
	int			nclaims;
	bool		tracked;
	bool		isnull;
	Datum		promise_at;

	oms_spi_connect();
	if (oms_spi_execute_latest(&select_order, values, NULL) != 1)
		elog(ERROR, "order line was not found");
	request.channel = copy_texts(1, 1, caller)[0];
	request.method = DatumGetBool(oms_spi_value(0, 2, &isnull)) ? OMS_PICKUP : OMS_SHIP;
	request.priority = DatumGetInt32(oms_spi_value(0, 3, &isnull));
	request.reference = copy_texts(1, 4, caller)[0];
	promise_at = oms_spi_value(0, 5, &isnull);
	line.promised = !isnull;
	if (line.promised)
		line.promise_at = DatumGetTimestampTz(promise_at);
	line.location = copy_texts(1, 6, caller)[0];
	tracked = DatumGetBool(oms_spi_value(0, 7, &isnull));
	oms_spi_finish();
	if (!tracked)
		return 0;

	request.order_id = units->order_id;
	request.nlines = 1;
	request.lines = &line;
	line.line_no = units->line_no;
	line.sku = units->sku;
	nclaims = oms_release_order_units(1, units, true, &claims);
	for (int i = 0; i < nclaims; i++)
	{
		OmsReservationPart part = {.quantity = claims[i].quantity};

		part.backorder_id = nextval_internal(oms_table("backorder_id_seq"), false);
		line.quota_period = claims[i].quota_period;
		oms_backorder_insert(&request, 1, &part);
	}
	return units->units;
}

/* oms_relocate finds another place for units of order lines; see the head of this file. */
void
oms_relocate(int n, OmsRelocation *relocations)
{
	for (int i = 0; i < n; i++)
	{
		OmsRelocation *one = &relocations[i];
		OmsOrderUnits rest = one->from;
		text	  **locations;
		uint64		nlocations;
		Datum		values[6] = {
			PointerGetDatum(rest.order_id), Int32GetDatum(rest.line_no), PointerGetDatum(rest.sku),
			PointerGetDatum(rest.location), Int64GetDatum(rest.units)
		};

		CHECK_FOR_INTERRUPTS();
		locations = find_locations(values, 1, &values[2], &nlocations);
		for (uint64 l = 0; l < nlocations && rest.units > 0; l++)
			rest.units -= move_units(values, locations[l], rest.units, 1);
		one->moved = one->from.units - rest.units;
		if (rest.units > 0)
			one->backordered = backorder(&rest, values);
	}
}

/*
 * oms_relocate_kit finds another place for kits of an order line, each whole; components
 * are all that a kit has, of each the units in one kit. What no location has is released
 * and stays unfilled, since a kit is not backordered. Returns the kits moved.
 */
int64
oms_relocate_kit(int n, const OmsOrderUnits *components, int64 kits)
{
	const OmsOrderUnits *first = &components[0];
	Datum	   *skus = palloc(sizeof(Datum) * n);
	OmsOrderUnits *rest = palloc(sizeof(OmsOrderUnits) * n);
	int64		units = kits * first->units;
	int64		left = units;
	uint64		nlocations;
	text	  **locations;
	OmsClaim   *claims;
	Datum		values[6] = {
		PointerGetDatum(first->order_id), Int32GetDatum(first->line_no), PointerGetDatum(first->sku),
		PointerGetDatum(first->location), Int64GetDatum(units)
	};

	for (int c = 0; c < n; c++)
		skus[c] = PointerGetDatum(components[c].sku);
	locations = find_locations(values, n, skus, &nlocations);
	for (uint64 l = 0; l < nlocations && left > 0; l++)
		left -= move_units(values, locations[l], left, first->units);
	if (left > 0)
	{
		for (int c = 0; c < n; c++)
		{
			rest[c] = components[c];
			rest[c].units *= left / first->units;
		}
		(void) oms_release_order_units(n, rest, false, &claims);
	}
	return (units - left) / first->units;
}
