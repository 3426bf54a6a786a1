/*
 * backorder_units.c
 *		Units that an order line holds at a location, given up and backordered: for who finds that the
 *		location will not send them out.
 *
 * The caller has locked the row of the order. Locks: those of order_units.c and backorder.c.
 *
 * The SQL texts here are run by SECURITY DEFINER functions that are pinned to search_path
 * pg_catalog, pg_temp, so that operators need no schema.
 */
#include "postgres.h"

#include "commands/sequence.h"
#include "utils/timestamp.h"

#include "orders/orders.h"
#include "reservation/reservation.h"
#include "row.h"

static OmsPlan select_order = {
	"SELECT o.channel, o.method = 'pickup', o.priority, o.reference, COALESCE(ol.promise_at, o.promise_at), "
	"CASE o.method WHEN 'pickup' THEN $4 ELSE ol.location END, COALESCE(i.tracked, true), o.placed_at FROM oms.order_row o "
	"JOIN oms.order_line_row ol ON ol.order_id = o.order_id AND ol.line_no = $2 "
	"LEFT JOIN oms.item i ON i.sku = $3 WHERE o.order_id = $1",
	4, {"text", "int4", "text", "text"}
};

/* copy_text copies a text, or NULL, of the only row into the caller's memory. */
static text *
copy_text(int column, MemoryContext caller)
{
	bool		isnull;
	Datum		value = oms_spi_value(0, column, &isnull);
	MemoryContext spi = MemoryContextSwitchTo(caller);
	text	   *copy = isnull ? NULL : DatumGetTextPCopy(value);

	MemoryContextSwitchTo(spi);
	return copy;
}

/*
 * oms_backorder_order_units releases units of an order line and lets the line wait for supply, still counted by the
 * channel's quota; a backorder for each reservation. What is not tracked, which no supply
 * would fill, keeps its hold: the units backordered.
 */
int64
oms_backorder_order_units(const OmsOrderUnits *units)
{
	MemoryContext caller = CurrentMemoryContext;
	OmsReserveRequest request = {0};
	OmsReserveLine line = {0};
	OmsClaim   *claims;
	int			nclaims;
	bool		tracked;
	bool		isnull;
	Datum		promise_at;
	Datum		values[4] = {
		PointerGetDatum(units->order_id), Int32GetDatum(units->line_no),
		PointerGetDatum(units->sku), PointerGetDatum(units->location)
	};

	oms_spi_connect();
	if (oms_spi_execute_latest(&select_order, values, NULL) != 1)
		elog(ERROR, "order line was not found");
	request.channel = copy_text(1, caller);
	request.method = DatumGetBool(oms_spi_value(0, 2, &isnull)) ? OMS_PICKUP : OMS_SHIP;
	request.priority = DatumGetInt32(oms_spi_value(0, 3, &isnull));
	request.reference = copy_text(4, caller);
	promise_at = oms_spi_value(0, 5, &isnull);
	line.promised = !isnull;
	if (line.promised)
		line.promise_at = DatumGetTimestampTz(promise_at);
	line.location = copy_text(6, caller);
	tracked = DatumGetBool(oms_spi_value(0, 7, &isnull));
	request.wanted_since = DatumGetTimestampTz(oms_spi_value(0, 8, &isnull));
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
		request.nparts = 1;
		request.parts = &part;
		(void) oms_backorder_insert(&request, false, NULL, NULL);
	}
	return units->units;
}
