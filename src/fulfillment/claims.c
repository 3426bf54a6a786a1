/*
 * claims.c
 *		Who works on what: claim_work hands the next fulfillments of a location to a
 *		picker, release_work takes them back.
 *
 * A claim says who has a fulfillment, until when; it does not change what may be done to
 * it. What is claimed is accepted, so that the router leaves it to the picker. A claim that
 * timed out is none.
 *
 * Locks: rows of fulfillment_row and order_row, skip locked: two pickers never get the
 * same, and none waits for the other.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "funcapi.h"
#include "utils/array.h"
#include "utils/timestamp.h"

#include "fulfillment/fulfillment.h"
#include "reservation/reservation.h"
#include "stock/stock.h"

PG_FUNCTION_INFO_V1(oms_claim_work);
PG_FUNCTION_INFO_V1(oms_release_work);

/* The order is that of oms.work_list. */
static OmsPlan lock_next = {
	"SELECT f.fulfillment_id, f.status FROM oms.fulfillment_row f "
	"JOIN oms.order_row o ON o.order_id = f.order_id AND o.status = 'open' "
	"WHERE f.location = $1 AND f.status IN ('assigned', 'accepted', 'picking') "
	"AND (f.claimed_until IS NULL OR f.claimed_until <= clock_timestamp()) "
	"AND ($3 IS NULL OR f.method = $3) "
	"AND NOT EXISTS (SELECT FROM oms.order_hold_row h WHERE " OMS_STANDING_HOLD ") "
	"ORDER BY LEAST(f.leave_by, (SELECT min(COALESCE(ol.promise_at, o.promise_at)) FROM oms.fulfillment_line_row l "
	"JOIN oms.order_line_row ol ON ol.order_id = l.order_id AND ol.line_no = l.line_no "
	"WHERE l.order_id = f.order_id AND l.fulfillment_id = f.fulfillment_id "
	"AND l.quantity > l.rejected + l.cancelled)) NULLS LAST, "
	"o.priority, f.assigned_at, f.fulfillment_id "
	"LIMIT $2 FOR NO KEY UPDATE OF f, o SKIP LOCKED",
	3, {"text", "int8", "text"}
};

/* Of those that are locked now: a hold may have been placed before the lock and after the choice. */
static OmsPlan without_hold = {
	"SELECT f.fulfillment_id, f.status FROM oms.fulfillment_row f WHERE f.fulfillment_id = ANY ($1) "
	"AND NOT EXISTS (SELECT FROM oms.order_hold_row h WHERE " OMS_STANDING_HOLD ")",
	1, {"_int8"}
};

static OmsPlan set_claims = {
	"UPDATE oms.fulfillment_row f SET claimed_by = $2, claimed_until = $3 "
	"WHERE f.fulfillment_id = ANY ($1)",
	3, {"_int8", "text", "timestamptz"}
};

static OmsPlan read_claims = {
	"SELECT w.fulfillment_id, w.order_id, w.method, w.status, w.due_at, w.lines, w.units, w.claimed_until "
	"FROM oms.work w WHERE w.fulfillment_id = ANY ($1) "
	"ORDER BY w.due_at NULLS LAST, w.priority, w.assigned_at, w.fulfillment_id",
	1, {"_int8"}
};

static OmsPlan end_claims = {
	"UPDATE oms.fulfillment_row f SET claimed_by = NULL, claimed_until = NULL "
	"WHERE (f.order_id, f.fulfillment_id) IN (SELECT c.order_id, c.fulfillment_id FROM oms.fulfillment_row c "
	"WHERE c.claimed_by IS NOT NULL AND c.status IN ('assigned', 'accepted', 'picking', 'packed', 'ready') "
	"AND ($1 IS NULL OR c.location = $1) "
	"AND CASE WHEN $2 IS NULL THEN c.claimed_until <= clock_timestamp() ELSE c.claimed_by = $2 END "
	"FOR NO KEY UPDATE SKIP LOCKED)",
	2, {"text", "text"}
};

/* claim claims up to $2 of values for the picker and accepts what is only assigned. */
static void
claim(FunctionCallInfo fcinfo, Datum *values, const char *nulls, text *picker, TimestampTz until,
	  text *actor)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	MemoryContext caller = CurrentMemoryContext;
	int64	   *ids;
	int64	   *assigned;
	int			nassigned = 0;
	uint64		n;

	oms_spi_connect();
	n = oms_spi_execute_latest(&lock_next, values, nulls);
	ids = MemoryContextAlloc(caller, sizeof(int64) * Max(1, n));
	assigned = MemoryContextAlloc(caller, sizeof(int64) * Max(1, n));
	for (uint64 i = 0; i < n; i++)
		ids[i] = oms_spi_int64(i, 1);
	values[0] = oms_id_array(n, ids);
	n = oms_spi_execute_latest(&without_hold, values, NULL);
	for (uint64 i = 0; i < n; i++)
	{
		ids[i] = oms_spi_int64(i, 1);
		if (strcmp(oms_spi_text(i, 2), "assigned") == 0)
			assigned[nassigned++] = ids[i];
	}
	oms_spi_finish();
	if (n == 0)
		return;
	if (nassigned > 0)
	{
		OmsWork    *work;

		qsort(assigned, nassigned, sizeof(int64), oms_compare_int64);
		work = oms_work_lock("accept", nassigned, assigned);
		oms_work_write("accept", nassigned, work, NULL, actor);
	}
	values[0] = oms_id_array(n, ids);
	values[1] = PointerGetDatum(picker);
	values[2] = TimestampTzGetDatum(until);
	oms_spi_connect();
	oms_spi_execute(&set_claims, values, NULL, false);
	n = oms_spi_execute_latest(&read_claims, values, NULL);
	for (uint64 i = 0; i < n; i++)
	{
		Datum		columns[8];
		bool		column_nulls[8];

		for (int c = 0; c < 8; c++)
			columns[c] = oms_spi_value(i, c + 1, &column_nulls[c]);
		tuplestore_putvalues(result->setResult, result->setDesc, columns, column_nulls);
	}
	oms_spi_finish();
}

/*
 * oms_claim_work(location, picker, quantity, claim_for, method, actor, request_id): a row
 * per fulfillment that the picker now has. OM004 unknown location.
 */
Datum
oms_claim_work(PG_FUNCTION_ARGS)
{
	text	   *location = oms_arg_key(fcinfo, 0, "location");
	text	   *picker = oms_arg_key(fcinfo, 1, "picker");
	Datum		values[3] = {PointerGetDatum(location)};
	TimestampTz until;
	text	   *actor;

	values[1] = Int64GetDatum(oms_arg_quantity(fcinfo, 2, "quantity"));
	oms_require_not_null(fcinfo, 3, "claim_for");
	until = oms_arg_expiry(fcinfo, 3);
	if (!PG_ARGISNULL(4))
		values[2] = CStringGetTextDatum(oms_method_name(oms_arg_method(fcinfo, 4)));
	actor = oms_arg_actor(fcinfo, 5);
	oms_require_location(location);
	InitMaterializedSRF(fcinfo, 0);
	if (!oms_request_begin(fcinfo, 6, NULL))
	{
		claim(fcinfo, values, PG_ARGISNULL(4) ? "  n" : NULL, picker, until, actor);
		oms_request_end(fcinfo, 6, NULL);
	}
	return (Datum) 0;
}

/*
 * oms_release_work(location, picker) ends the claims of a picker, or those that timed out;
 * at a location, or everywhere: their number.
 */
Datum
oms_release_work(PG_FUNCTION_ARGS)
{
	Datum		values[2];
	char		nulls[3] = "  ";
	int64		n;

	for (int i = 0; i < 2; i++)
	{
		if (PG_ARGISNULL(i))
			nulls[i] = 'n';
		else
			values[i] = PointerGetDatum(oms_arg_key(fcinfo, i, i == 0 ? "location" : "picker"));
	}
	if (!PG_ARGISNULL(0))
		oms_require_location(PG_GETARG_TEXT_PP(0));
	else
		oms_require_all_locations();
	oms_spi_connect();
	n = oms_spi_execute(&end_claims, values, nulls, false);
	oms_spi_finish();
	PG_RETURN_INT64(n);
}
