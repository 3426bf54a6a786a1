/*
 * worth.c
 *		What stock and capacity were worth to the last run of all orders: noted while it
 *		plans, kept in oms.routing_price_row, and a cost to whoever routes some orders with
 *		option stored_prices (demand.c).
 *
 * The prices are those of oms.plan_prices. Of the steps of a policy each plans with what
 * the earlier ones left; a resource is worth what it was worth to the step that values it most.
 *
 * Invariants. All rows are of a run there is. A later run deletes those of earlier ones, but
 * waits for nobody: what another run that is on has written or deletes is left to the next
 * run, and readers take the rows of the latest (oms.routing_price).
 *
 * Locks: rows of routing_price_row (skip locked).
 */
#include "postgres.h"

#include "catalog/pg_type.h"

#include "routing/plan.h"
#include "routing/route.h"

/* $1 to $4 what is noted so far; with the prices of the last plan. Rounded as all costs of decisions. */
static const char add_prices[] =
	"SELECT COALESCE(array_agg(w.measure), '{}'), COALESCE(array_agg(w.location), '{}'), "
	"COALESCE(array_agg(w.sku), '{}'), COALESCE(array_agg(w.price), '{}') "
	"FROM (SELECT w.measure, w.location, w.sku, max(w.price) AS price "
	"FROM (SELECT u.* FROM ROWS FROM (unnest($1), unnest($2), unnest($3), unnest($4)) "
	"AS u (measure, location, sku, price) "
	"UNION ALL SELECT p.measure, p.location, p.sku, " ROUTE_ROUND("p.price") " FROM oms.plan_prices() p) w "
	"WHERE w.price > 0 GROUP BY w.measure, w.location, w.sku) w";

/* oms_route_note_prices adds the prices of the last plan of this session, if its solver made any. */
void
oms_route_note_prices(RoutePrices *prices)
{
	MemoryContext caller = CurrentMemoryContext;
	Datum		none = PointerGetDatum(construct_empty_array(TEXTOID));
	RouteArgument arguments[] = {
		{TEXTARRAYOID, prices->measures}, {TEXTARRAYOID, prices->locations},
		{TEXTARRAYOID, prices->skus}, {NUMERICARRAYOID, prices->prices}
	};

	if (oms_last_plan()->prices == NULL)
		return;
	if (!prices->made)
	{
		for (int i = 0; i < 3; i++)
			arguments[i].value = none;
		arguments[3].value = PointerGetDatum(construct_empty_array(NUMERICOID));
	}
	prices->made = true;
	oms_spi_connect();
	oms_route_run(add_prices, lengthof(arguments), arguments, true);
	prices->measures = oms_route_copy_value(0, 1, caller);
	prices->locations = oms_route_copy_value(0, 2, caller);
	prices->skus = oms_route_copy_value(0, 3, caller);
	prices->prices = oms_route_copy_value(0, 4, caller);
	oms_spi_finish();
}

static const char delete_earlier[] =
	"DELETE FROM oms.routing_price_row p WHERE p.ctid = ANY (ARRAY(SELECT e.ctid FROM oms.routing_price_row e "
	"WHERE e.run_id < $1 FOR UPDATE SKIP LOCKED))";

static const char insert_prices[] =
	"INSERT INTO oms.routing_price_row (run_id, measure, location, sku, price) "
	"SELECT $1, u.measure, u.location, u.sku, u.price FROM ROWS FROM (unnest($2), unnest($3), unnest($4), unnest($5)) "
	"AS u (measure, location, sku, price) "
	"WHERE NOT EXISTS (SELECT FROM oms.routing_price_row l WHERE l.run_id > $1)";

/*
 * oms_route_keep_prices replaces what was kept by what a run noted, unless a later run has
 * been faster or no solver of it made prices; in the caller's SPI connection.
 */
void
oms_route_keep_prices(Datum run_id, const RoutePrices *prices)
{
	RouteArgument arguments[] = {
		{INT8OID, run_id}, {TEXTARRAYOID, prices->measures}, {TEXTARRAYOID, prices->locations},
		{TEXTARRAYOID, prices->skus}, {NUMERICARRAYOID, prices->prices}
	};

	if (!prices->made)
		return;
	oms_route_run(delete_earlier, 1, arguments, false);
	oms_route_run(insert_prices, lengthof(arguments), arguments, false);
}
