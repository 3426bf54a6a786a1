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
 * A kit moves whole, by its reservations, with all its components; one that no other location
 * has keeps its hold, for a kit is not backordered.
 *
 * The caller has locked the rows of the orders. Moves are made one after the other, since
 * each changes what the next one finds.
 *
 * The SQL texts here are run by SECURITY DEFINER functions that are pinned to search_path
 * pg_catalog, pg_temp, so that operators need no schema.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "fulfillment/fulfillment.h"
#include "orders/orders.h"
#include "reservation/reservation.h"

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
	"AND x.until > clock_timestamp() AND (x.sku IS NULL OR x.sku = $3) "
	"AND (x.order_id IS NULL OR x.order_id = $1)) "
	"ORDER BY COALESCE(i.available >= $5, true) DESC, o.ship_to OPERATOR(oms.<->) l.coordinates NULLS LAST, "
	"m.sequence, l.location",
	5, {"text", "int4", "text", "text", "int8"}
};

/* The reservations of kits that a component's units are of, and how many units make a kit. */
static OmsPlan select_kits = {
	"SELECT r.reservation_id, (r.quantity - r.consumed) / r.kit_quantity, r.kit_quantity "
	"FROM oms.reservation_row r WHERE r.order_id = $1 AND r.line_no = $2 AND r.sku = $3 AND r.location = $4 "
	"AND r.status = 'firm' AND r.quantity > r.consumed AND r.kit IS NOT NULL ORDER BY r.reservation_id",
	4, {"text", "int4", "text", "text"}
};

static OmsPlan select_kit_locations = {
	"SELECT l.location FROM oms.order_row o "
	"JOIN oms.order_line_row ol ON ol.order_id = o.order_id AND ol.line_no = $2 "
	"JOIN oms.channel c ON c.channel = o.channel AND c.status = 'active' "
	"JOIN oms.location_group_member m ON m.location_group = c.ship_group "
	"JOIN oms.location l ON l.location = m.location AND l.status = 'active' AND l.can_ship "
	"WHERE o.order_id = $1 AND o.method = 'ship' AND l.location <> $4 "
	"AND (ol.location IS NULL OR ol.location = l.location) "
	"AND NOT EXISTS (SELECT FROM oms.location_exclusion x WHERE x.location = l.location "
	"AND x.until > clock_timestamp() AND (x.order_id IS NULL OR x.order_id = $1) "
	"AND (x.sku IS NULL OR x.sku IN (SELECT r.sku FROM oms.reservation_row r WHERE r.order_id = $1 AND r.line_no = $2))) "
	"ORDER BY o.ship_to OPERATOR(oms.<->) l.coordinates NULLS LAST, m.sequence, l.location",
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

/* move_units moves units of the reservations to a location; how many it had. */
static int64
move_units(Datum *values, text *location, int64 units)
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

		moved += oms_move_reservation(id, location, Min(held, units - moved), OMS_MOVE_PARTIAL);
	}
	oms_spi_finish();
	return moved;
}

/* move_kits moves the kits that units of a component are of; how many of the units. */
static int64
move_kits(const OmsOrderUnits *units, Datum *values)
{
	MemoryContext caller = CurrentMemoryContext;
	int64		left = units->units;
	SPITupleTable *kits;
	text	  **locations;
	uint64		nlocations;
	uint64		n;

	oms_spi_connect();
	nlocations = oms_spi_execute_latest(&select_kit_locations, values, NULL);
	locations = copy_texts(nlocations, 1, caller);
	n = oms_spi_execute_latest(&select_kits, values, NULL);
	kits = SPI_tuptable;
	for (uint64 i = 0; i < n; i++)
	{
		bool		isnull;
		int64		id = DatumGetInt64(SPI_getbinval(kits->vals[i], kits->tupdesc, 1, &isnull));
		int64		quantity = DatumGetInt64(SPI_getbinval(kits->vals[i], kits->tupdesc, 2, &isnull));
		int64		per_kit = DatumGetInt64(SPI_getbinval(kits->vals[i], kits->tupdesc, 3, &isnull));

		/* A reservation moves whole: one that other work shares stays. */
		if (quantity * per_kit > left)
			continue;
		for (uint64 l = 0; l < nlocations; l++)
			if (oms_move_reservation(id, locations[l], quantity, OMS_MOVE_WHOLE) > 0)
			{
				left -= quantity * per_kit;
				break;
			}
	}
	oms_spi_finish();
	return units->units - left;
}

static bool
same_kit(const OmsRelocation *a, const OmsRelocation *b)
{
	return a->of_kit && b->of_kit && a->from.line_no == b->from.line_no &&
		oms_text_equal(a->from.order_id, b->from.order_id) &&
		oms_text_equal(a->from.location, b->from.location);
}

/* relocate_kit relocates the kits of the first relocation, by its component, for all components. */
static void
relocate_kit(int n, OmsRelocation *relocations, Datum *values)
{
	OmsOrderUnits units = relocations[0].from;
	bool		moved;

	for (int i = 1; i < n; i++)
		if (same_kit(&relocations[0], &relocations[i]) &&
			oms_text_equal(units.sku, relocations[i].from.sku))
			units.units += relocations[i].from.units;
	moved = move_kits(&units, values) == units.units;
	for (int i = n - 1; i >= 0; i--)
	{
		if (!same_kit(&relocations[0], &relocations[i]))
			continue;
		relocations[i].done = true;
		relocations[i].moved = moved ? relocations[i].from.units : 0;
	}
}

/* oms_relocate finds another place for units of order lines; see the head of this file. */
void
oms_relocate(int n, OmsRelocation *relocations)
{
	MemoryContext caller = CurrentMemoryContext;

	for (int i = 0; i < n; i++)
	{
		OmsRelocation *one = &relocations[i];
		OmsOrderUnits rest = one->from;
		text	  **locations;
		uint64		nlocations;
		Datum		values[5] = {
			PointerGetDatum(rest.order_id), Int32GetDatum(rest.line_no), PointerGetDatum(rest.sku),
			PointerGetDatum(rest.location), Int64GetDatum(rest.units)
		};

		CHECK_FOR_INTERRUPTS();
		if (one->done)
			continue;
		if (one->of_kit)
		{
			relocate_kit(n - i, one, values);
			continue;
		}
		oms_spi_connect();
		nlocations = oms_spi_execute_latest(&select_locations, values, NULL);
		locations = copy_texts(nlocations, 1, caller);
		oms_spi_finish();
		for (uint64 l = 0; l < nlocations && rest.units > 0; l++)
			rest.units -= move_units(values, locations[l], rest.units);
		one->moved = one->from.units - rest.units;
		if (rest.units > 0)
			one->backordered = oms_backorder_order_units(&rest);
	}
}
