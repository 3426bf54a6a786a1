/*
 * count.c
 *		A count of a sku at a location: on_hand becomes what was counted, and the count
 *		task that asked for it is closed with the variance.
 *
 * Locks: those of set_on_hand; the task's row.
 * Tables: count_task_row; stock through oms.set_on_hand.
 */
#include "postgres.h"

#include "funcapi.h"

#include "fulfillment/fulfillment.h"
#include "stock/stock.h"

PG_FUNCTION_INFO_V1(oms_count_stock);

static OmsPlan set_on_hand = {
	"SELECT COALESCE((SELECT i.on_hand FROM oms.inventory i WHERE i.sku = $2 AND i.location = $1), 0), "
	"oms.set_on_hand($1, $2, $3, 'count', $4, $5)",
	5, {"text", "text", "int8", "text", "text"}
};

static OmsPlan close_task = {
	"WITH closed AS (UPDATE oms.count_task_row c SET closed_at = clock_timestamp(), counted = $3, variance = $4 "
	"WHERE c.location = $1 AND c.sku = $2 AND c.closed_at IS NULL RETURNING 1) "
	"INSERT INTO oms.count_task_row (location, sku, reason, closed_at, counted, variance) "
	"SELECT $1, $2, 'counted unasked', clock_timestamp(), $3, $4 WHERE NOT EXISTS (SELECT FROM closed)",
	4, {"text", "text", "int8", "int8"}
};

/* oms_count_close_task closes the count that was asked for, if any, and notes the variance. */
void
oms_count_close_task(text *location, text *sku, int64 counted, int64 variance)
{
	Datum		values[4] = {
		PointerGetDatum(location), PointerGetDatum(sku), Int64GetDatum(counted), Int64GetDatum(variance)
	};

	oms_spi_connect();
	oms_spi_execute(&close_task, values, NULL, false);
	oms_spi_finish();
}

/*
 * oms_count_stock(location, sku, quantity, reference, actor, request_id): a row (on_hand,
 * variance). The variance is against on_hand as it was read just before. Raises what
 * set_on_hand raises.
 */
Datum
oms_count_stock(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	Datum		values[5];
	bool		nulls[2] = {0};
	int64		variance;

	values[0] = PointerGetDatum(oms_arg_key(fcinfo, 0, "location"));
	values[1] = PointerGetDatum(oms_arg_key(fcinfo, 1, "sku"));
	oms_require_not_null(fcinfo, 2, "quantity");
	values[2] = PG_GETARG_DATUM(2);
	values[3] = PG_ARGISNULL(3) ? (Datum) 0 : PG_GETARG_DATUM(3);
	values[4] = PointerGetDatum(oms_arg_actor(fcinfo, 4));
	InitMaterializedSRF(fcinfo, 0);
	if (oms_request_begin(fcinfo, 5, NULL))
		return (Datum) 0;
	oms_require_location(PG_GETARG_TEXT_PP(0));
	oms_spi_connect();
	oms_spi_execute_latest(&set_on_hand, values, PG_ARGISNULL(3) ? "   n " : NULL);
	variance = oms_spi_int64(0, 2) - oms_spi_int64(0, 1);
	oms_spi_finish();
	oms_count_close_task(PG_GETARG_TEXT_PP(0), PG_GETARG_TEXT_PP(1), PG_GETARG_INT64(2), variance);
	values[0] = values[2];
	values[1] = Int64GetDatum(variance);
	tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	oms_request_end(fcinfo, 5, NULL);
	return (Datum) 0;
}
