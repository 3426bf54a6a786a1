/*
 * hold.c
 *		Orders stopped for a reason (fraud, address, payment): an order, or a line of it,
 *		may have several holds at once, and is neither routed nor worked on while any stands.
 *
 * A hold keeps the stock: it stops the work, not the promise.
 *
 * Locks: the order's row, as whoever routes it or acts on its fulfillments does.
 * Tables: order_row (locked), order_line_row, order_hold_row.
 *
 * The SQL texts here are run by SECURITY DEFINER functions that are pinned to search_path
 * pg_catalog, pg_temp, so that operators need no schema.
 */
#include "postgres.h"

#include "funcapi.h"

#include "oms.h"

PG_FUNCTION_INFO_V1(oms_hold_order);
PG_FUNCTION_INFO_V1(oms_release_order_hold);

static OmsPlan lock_order = {
	"SELECT o.status, $2 IS NULL OR EXISTS (SELECT FROM oms.order_line_row l WHERE l.order_id = $1 "
	"AND l.line_no = $2) FROM oms.order_row o WHERE o.order_id = $1 FOR NO KEY UPDATE OF o",
	2, {"text", "int4"}
};

static OmsPlan insert_hold = {
	"INSERT INTO oms.order_hold_row (order_id, hold_id, line_no, reason, placed_by) "
	"VALUES ($1, COALESCE($2, nextval('oms.order_hold_id_seq')::text), $3, $4, $5) "
	"ON CONFLICT (order_id, hold_id) DO NOTHING RETURNING hold_id, line_no, reason, placed_at, released_at",
	5, {"text", "text", "int4", "text", "text"}
};

static OmsPlan release_hold = {
	"UPDATE oms.order_hold_row h SET released_at = COALESCE(h.released_at, clock_timestamp()), "
	"released_by = COALESCE(h.released_by, $3) WHERE h.order_id = $1 AND h.hold_id = $2 "
	"RETURNING h.hold_id, h.line_no, h.reason, h.placed_at, h.released_at",
	3, {"text", "text", "text"}
};

/* lock locks the order's row; OM004 for an unknown order or line, OM005 unless it is open. */
static void
lock(text *order_id, bool whole, int32 line_no)
{
	Datum		values[2] = {PointerGetDatum(order_id), Int32GetDatum(line_no)};
	bool		isnull;

	oms_spi_connect();
	if (oms_spi_execute_latest(&lock_order, values, whole ? " n" : NULL) == 0)
		ereport(ERROR,
				(errcode(OMS_ERR_UNKNOWN_KEY),
				 errmsg("order \"%s\" is unknown", text_to_cstring(order_id))));
	if (!DatumGetBool(oms_spi_value(0, 2, &isnull)))
		ereport(ERROR,
				(errcode(OMS_ERR_UNKNOWN_KEY),
				 errmsg("order \"%s\" has no line %d", text_to_cstring(order_id), line_no)));
	if (strcmp(oms_spi_text(0, 1), "open") != 0)
		ereport(ERROR,
				(errcode(OMS_ERR_ILLEGAL_TRANSITION),
				 errmsg("order \"%s\" is %s", text_to_cstring(order_id), oms_spi_text(0, 1))));
	oms_spi_finish();
}

/* put puts the row of the last result into the result set. */
static void
put(FunctionCallInfo fcinfo)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	Datum		values[5];
	bool		nulls[5];

	for (int c = 0; c < 5; c++)
		values[c] = oms_spi_value(0, c + 1, &nulls[c]);
	tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
}

/*
 * oms_hold_order(order_id, reason, line_no, hold_id, actor, request_id): a row, the hold.
 * OM004 unknown order or line, OM005 not open, or the hold exists.
 */
Datum
oms_hold_order(PG_FUNCTION_ARGS)
{
	text	   *order_id = oms_arg_key(fcinfo, 0, "order_id");
	text	   *reason = oms_arg_key(fcinfo, 1, "reason");
	text	   *hold_id = PG_ARGISNULL(3) ? NULL : oms_arg_key(fcinfo, 3, "hold_id");
	text	   *actor = oms_arg_actor(fcinfo, 4);
	Datum		values[5] = {
		PointerGetDatum(order_id), PointerGetDatum(hold_id), PG_GETARG_DATUM(2), PointerGetDatum(reason),
		PointerGetDatum(actor)
	};
	char		nulls[6] = "     ";

	InitMaterializedSRF(fcinfo, 0);
	if (oms_request_begin(fcinfo, 5, NULL))
		return (Datum) 0;
	lock(order_id, PG_ARGISNULL(2), PG_ARGISNULL(2) ? 0 : PG_GETARG_INT32(2));
	nulls[1] = hold_id == NULL ? 'n' : ' ';
	nulls[2] = PG_ARGISNULL(2) ? 'n' : ' ';
	oms_spi_connect();
	if (oms_spi_execute(&insert_hold, values, nulls, false) == 0)
		ereport(ERROR,
				(errcode(OMS_ERR_ILLEGAL_TRANSITION),
				 errmsg("order \"%s\" has a hold \"%s\"", text_to_cstring(order_id),
						text_to_cstring(hold_id)),
				 errhint("Give every hold its own hold_id, or leave it out.")));
	put(fcinfo);
	oms_spi_finish();
	oms_request_end(fcinfo, 5, NULL);
	return (Datum) 0;
}

/*
 * oms_release_order_hold(order_id, hold_id, actor, request_id): a row, the hold; one that
 * was released stays so. OM004 unknown order or hold, OM005 the order is not open.
 */
Datum
oms_release_order_hold(PG_FUNCTION_ARGS)
{
	text	   *order_id = oms_arg_key(fcinfo, 0, "order_id");
	text	   *hold_id = oms_arg_key(fcinfo, 1, "hold_id");
	Datum		values[3] = {
		PointerGetDatum(order_id), PointerGetDatum(hold_id), PointerGetDatum(oms_arg_actor(fcinfo, 2))
	};

	InitMaterializedSRF(fcinfo, 0);
	if (oms_request_begin(fcinfo, 3, NULL))
		return (Datum) 0;
	lock(order_id, true, 0);
	oms_spi_connect();
	if (oms_spi_execute(&release_hold, values, NULL, false) == 0)
		ereport(ERROR,
				(errcode(OMS_ERR_UNKNOWN_KEY),
				 errmsg("order \"%s\" has no hold \"%s\"", text_to_cstring(order_id),
						text_to_cstring(hold_id))));
	put(fcinfo);
	oms_spi_finish();
	oms_request_end(fcinfo, 3, NULL);
	return (Datum) 0;
}
