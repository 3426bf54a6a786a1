/*
 * unserved.c
 *		What happens to units that no rule of a routing serves: by default nothing, they keep their
 *		hold; or they are given up where they are held and their line waits for supply.
 *
 * Of kits, which come whole, and of what is not tracked, which no supply would fill, the hold
 * stays. The caller has locked the rows of the orders. Locks: those of backorder_units.c.
 *
 * The SQL texts here are run by SECURITY DEFINER functions that are pinned to search_path
 * pg_catalog, pg_temp, so that operators need no schema.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "miscadmin.h"

#include "oms.h"
#include "orders/orders.h"
#include "routing/route.h"

/*
 * Units of orders $2 that are held where run $1 does not want them, of lines of which the last rule
 * of a routing of $3 left some.
 */
static const char select_unserved[] =
	"SELECT h.order_id, h.line_no, h.sku, h.location, h.quantity - COALESCE(d.quantity, 0) "
	"FROM (SELECT h.order_id, h.line_no, h.sku, h.location, sum(h.quantity)::int8 AS quantity "
	"FROM oms.routing_held h WHERE h.order_id = ANY ($2) AND h.bundle IS NULL "
	"GROUP BY h.order_id, h.line_no, h.sku, h.location) h "
	"LEFT JOIN (SELECT d.order_id, d.line_no, d.sku, d.location, sum(d.quantity)::int8 AS quantity "
	"FROM oms.decision_line_row d WHERE d.run_id = $1 AND d.order_id = ANY ($2) AND d.location IS NOT NULL "
	"GROUP BY d.order_id, d.line_no, d.sku, d.location) d ON d.order_id = h.order_id AND d.line_no = h.line_no "
	"AND d.sku = h.sku AND d.location = h.location "
	"WHERE (h.order_id, h.line_no, h.sku) IN (SELECT d.order_id, d.line_no, d.sku FROM oms.decision_line_row d "
	"WHERE d.run_id = $1 AND d.order_id = ANY ($2) AND d.queue <> 'changed' AND d.routing = ANY ($3)) "
	"AND h.quantity > COALESCE(d.quantity, 0) ORDER BY h.order_id, h.line_no, h.location";

/* oms_route_backorder backorders what the run, by now written, left unserved of the orders, if their routing says so. */
void
oms_route_backorder(Datum run_id, const RouteRun *run, Datum orders)
{
	int			nroutings = run->policy == NULL ? 0 : run->policy->nroutings;
	Datum	   *routings = palloc(sizeof(Datum) * Max(1, nroutings));
	RouteArgument arguments[] = {{INT8OID, run_id}, {TEXTARRAYOID, orders}, {TEXTARRAYOID, 0}};
	SPITupleTable *rows;
	uint64		nrows;
	int			n = 0;

	for (int i = 0; i < nroutings; i++)
		if (run->policy->routings[i].backorders)
			routings[n++] = CStringGetTextDatum(run->policy->routings[i].name);
	if (n == 0)
		return;
	arguments[2].value = oms_text_array(n, routings);
	oms_spi_connect();
	nrows = oms_route_run(select_unserved, lengthof(arguments), arguments, false);
	rows = SPI_tuptable;
	for (uint64 i = 0; i < nrows; i++)
	{
		HeapTuple	row = rows->vals[i];
		bool		isnull;
		OmsOrderUnits units = {
			DatumGetTextPP(SPI_getbinval(row, rows->tupdesc, 1, &isnull)),
			DatumGetInt32(SPI_getbinval(row, rows->tupdesc, 2, &isnull)),
			DatumGetTextPP(SPI_getbinval(row, rows->tupdesc, 3, &isnull)),
			DatumGetTextPP(SPI_getbinval(row, rows->tupdesc, 4, &isnull)),
			DatumGetInt64(SPI_getbinval(row, rows->tupdesc, 5, &isnull))
		};

		CHECK_FOR_INTERRUPTS();
		(void) oms_backorder_order_units(&units);
	}
	oms_spi_finish();
}
