/*
 * transfer_order.c
 *		Transfers between locations as work: opened (units are held where they leave),
 *		shipped (in transit: incoming at the other side), received, with what is missing,
 *		too much or wrong written down; or cancelled, before or after they left.
 *
 * In transit. What was shipped is a row of incoming supply with a from_location and the
 * reference 'transfer ID'; only these functions change such rows (stock/incoming.c).
 *
 * Invariants: reserved of an account = ... + held of open transfers; shipped - returned = what
 * left the origin; received = what came to the destination; while it is in transit, shipped -
 * received (at least 0) is expected there. oms.check() verifies them.
 *
 * Locks, in this order: the transfer's row; those of incoming.c and stock.c.
 * Tables: transfer_order_row, transfer_line_row; stock and incoming supply through stock/.
 *
 * The SQL texts here are run by SECURITY DEFINER functions that are pinned to search_path
 * pg_catalog, pg_temp, so that operators need no schema.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "funcapi.h"
#include "utils/array.h"
#include "utils/timestamp.h"

#include "fulfillment/fulfillment.h"
#include "stock/stock.h"

PG_FUNCTION_INFO_V1(oms_open_transfer);
PG_FUNCTION_INFO_V1(oms_ship_transfer);
PG_FUNCTION_INFO_V1(oms_receive_transfer);
PG_FUNCTION_INFO_V1(oms_cancel_transfer);

/* A transfer that we have locked, and its lines by sku. */
typedef struct TransferLine
{
	text	   *sku;
	int64		quantity;
	int64		held;
	int64		shipped;
	int64		received;
} TransferLine;

typedef struct Transfer
{
	text	   *id;
	text	   *from_location;
	text	   *to_location;
	text	   *reference;		/* of movements and incoming supply */
	char	   *status;
	bool		expected;
	TimestampTz expected_at;
	int			n;
	TransferLine *lines;
} Transfer;

static OmsPlan insert_transfer = {
	"INSERT INTO oms.transfer_order_row (transfer_id, from_location, to_location, expected_at, reason, opened_by) "
	"VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (transfer_id) DO NOTHING",
	6, {"text", "text", "text", "timestamptz", "text", "text"}
};

static OmsPlan insert_lines = {
	"INSERT INTO oms.transfer_line_row (transfer_id, sku, quantity, held) "
	"SELECT $1, u.sku, u.quantity, u.quantity FROM ROWS FROM (unnest($2), unnest($3)) AS u (sku, quantity)",
	3, {"text", "_text", "_int8"}
};

static OmsPlan lock_transfer = {
	"SELECT t.from_location, t.to_location, t.status, t.expected_at FROM oms.transfer_order_row t "
	"WHERE t.transfer_id = $1 FOR UPDATE",
	1, {"text"}
};

static OmsPlan select_lines = {
	"SELECT l.sku, l.quantity, l.held, l.shipped, l.received FROM oms.transfer_line_row l "
	"WHERE l.transfer_id = $1 ORDER BY l.sku FOR UPDATE",
	1, {"text"}
};

static OmsPlan put_lines = {
	"SELECT l.* FROM oms.transfer_line l WHERE l.transfer_id = $1 ORDER BY l.sku", 1, {"text"}
};

static OmsPlan set_shipped = {
	"WITH changed AS (UPDATE oms.transfer_line_row l SET held = 0, shipped = COALESCE(u.units, 0) "
	"FROM oms.transfer_line_row o LEFT JOIN ROWS FROM (unnest($2), unnest($3)) AS u (sku, units) ON u.sku = o.sku "
	"WHERE o.transfer_id = $1 AND l.transfer_id = o.transfer_id AND l.sku = o.sku) "
	"UPDATE oms.transfer_order_row t SET status = 'shipped', shipped_at = clock_timestamp(), shipped_by = $4, "
	"expected_at = $5 WHERE t.transfer_id = $1",
	5, {"text", "_text", "_int8", "text", "timestamptz"}
};

static OmsPlan expect = {
	"SELECT a.incoming_id FROM oms.add_incoming_many($1, $2, $3, $4, $5, actor => $6) a", 6,
	{"text", "text", "_text", "_int8", "timestamptz", "text"}
};

static OmsPlan mark_transit = {
	"UPDATE oms.incoming_row i SET from_location = $2 WHERE i.reference = $1 AND i.location = $3",
	3, {"text", "text", "text"}
};

static OmsPlan receive_expected = {
	"SELECT r.sku FROM oms.receive_incoming($1, $2, $3, $4, reason => 'transfer', actor => $5) r", 5,
	{"text", "text", "text", "int8", "text"}
};

static OmsPlan receive_wrong = {
	"SELECT oms.receive($2, $3, $4, reason => 'wrong item', reference => $1, actor => $5)", 5,
	{"text", "text", "text", "int8", "text"}
};

static OmsPlan add_received = {
	"INSERT INTO oms.transfer_line_row AS l (transfer_id, sku, quantity, received) VALUES ($1, $2, 0, $3) "
	"ON CONFLICT (transfer_id, sku) DO UPDATE SET received = l.received + excluded.received",
	3, {"text", "text", "int8"}
};

/* What is still open of the transfer is expected no more. */
static OmsPlan expect_no_more = {
	"SELECT c.incoming_id FROM oms.incoming_row i CROSS JOIN LATERAL oms.cancel_incoming(i.reference, i.location, i.sku, "
	"reason => $2, actor => $3) c WHERE i.reference = $1 AND i.status = 'open'",
	3, {"text", "text", "text"}
};

static OmsPlan end_transfer = {
	"UPDATE oms.transfer_order_row t SET status = $2, ended_at = clock_timestamp(), ended_by = $3, "
	"reason = COALESCE($4, t.reason) WHERE t.transfer_id = $1",
	4, {"text", "text", "text", "text"}
};

static OmsPlan give_up_lines = {
	"UPDATE oms.transfer_line_row l SET held = 0, returned = greatest(0, l.shipped - l.received) WHERE l.transfer_id = $1",
	1, {"text"}
};

/* What open transfers hold of sku $1 at location $2; the latest first. */
static OmsPlan lock_held = {
	"SELECT l.transfer_id, l.held FROM oms.transfer_order_row t JOIN oms.transfer_line_row l "
	"ON l.transfer_id = t.transfer_id WHERE t.from_location = $2 AND t.status = 'open' AND l.sku = $1 AND l.held > 0 "
	"ORDER BY t.opened_at DESC, t.transfer_id DESC FOR UPDATE SKIP LOCKED",
	2, {"text", "text"}
};

static OmsPlan reduce_held = {
	"UPDATE oms.transfer_line_row l SET held = l.held - $3 WHERE l.transfer_id = $1 AND l.sku = $2",
	3, {"text", "text", "int8"}
};

/* lock locks a transfer and reads it; OM004 unknown, OM005 unless it is in one of two states. */
static void
lock(text *id, const char *verb, const char *state, const char *other_state, Transfer *transfer)
{
	MemoryContext caller = CurrentMemoryContext;
	Datum		values[1] = {PointerGetDatum(id)};
	Datum		value;
	bool		isnull;

	transfer->reference = cstring_to_text(psprintf("transfer %s", text_to_cstring(id)));
	oms_spi_connect();
	if (oms_spi_execute_latest(&lock_transfer, values, NULL) == 0)
		ereport(ERROR,
				(errcode(OMS_ERR_UNKNOWN_KEY),
				 errmsg("transfer \"%s\" is unknown", text_to_cstring(id)),
				 errhint("Call oms.open_transfer first.")));
	transfer->id = id;
	transfer->from_location = oms_spi_copy_text(0, 1, caller);
	transfer->to_location = oms_spi_copy_text(0, 2, caller);
	transfer->status = MemoryContextStrdup(caller, oms_spi_text(0, 3));
	value = oms_spi_value(0, 4, &isnull);
	transfer->expected = !isnull;
	transfer->expected_at = isnull ? 0 : DatumGetTimestampTz(value);
	transfer->n = oms_spi_execute_latest(&select_lines, values, NULL);
	transfer->lines = MemoryContextAlloc(caller, sizeof(TransferLine) * Max(1, transfer->n));
	for (int i = 0; i < transfer->n; i++)
	{
		TransferLine *line = &transfer->lines[i];

		line->sku = oms_spi_copy_text(i, 1, caller);
		line->quantity = oms_spi_int64(i, 2);
		line->held = oms_spi_int64(i, 3);
		line->shipped = oms_spi_int64(i, 4);
		line->received = oms_spi_int64(i, 5);
	}
	oms_spi_finish();
	oms_require_own_location(strcmp(verb, "receive") == 0 ? transfer->to_location : transfer->from_location);
	if (strcmp(transfer->status, state) != 0 && strcmp(transfer->status, other_state) != 0)
		ereport(ERROR,
				(errcode(OMS_ERR_ILLEGAL_TRANSITION),
				 errmsg("cannot %s transfer \"%s\": it is %s", verb, text_to_cstring(id), transfer->status),
				 errdetail("From location \"%s\" to \"%s\".", text_to_cstring(transfer->from_location),
						   text_to_cstring(transfer->to_location))));
}

/* put puts the lines of the transfer into the result set. */
static void
put(FunctionCallInfo fcinfo, text *id)
{
	ReturnSetInfo *set = (ReturnSetInfo *) fcinfo->resultinfo;
	Datum		values[1] = {PointerGetDatum(id)};
	uint64		n;

	oms_spi_connect();
	n = oms_spi_execute_latest(&put_lines, values, NULL);
	for (uint64 i = 0; i < n; i++)
		tuplestore_puttuple(set->setResult, SPI_tuptable->vals[i]);
	oms_spi_finish();
}

/* arg_part reads skus and quantities at two arguments, both optional: -1, all. */
static int
arg_part(FunctionCallInfo fcinfo, int argno, text ***skus, int64 **quantities)
{
	if (PG_ARGISNULL(argno) && PG_ARGISNULL(argno + 1))
		return -1;
	return oms_arg_sku_quantities(fcinfo, argno, true, skus, quantities);
}

static TransferLine *
find_line(const Transfer *transfer, const text *sku)
{
	for (int i = 0; i < transfer->n; i++)
		if (oms_text_equal(transfer->lines[i].sku, sku))
			return &transfer->lines[i];
	return NULL;
}

/* arg_expected_at reads a moment that is finite, or null. */
static bool
arg_expected_at(FunctionCallInfo fcinfo, int argno, TimestampTz *at)
{
	*at = PG_ARGISNULL(argno) ? 0 : PG_GETARG_TIMESTAMPTZ(argno);
	if (!PG_ARGISNULL(argno) && TIMESTAMP_NOT_FINITE(*at))
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("expected_at must be finite")));
	return !PG_ARGISNULL(argno);
}

/*
 * oms_open_transfer(transfer_id, from_location, to_location, skus, quantities, expected_at,
 * reason, actor, request_id): a row per sku. OM001, OM002, OM004, OM005, OM010, 22023.
 */
Datum
oms_open_transfer(PG_FUNCTION_ARGS)
{
	text	   *id = oms_arg_key(fcinfo, 0, "transfer_id");
	text	   *from = oms_arg_key(fcinfo, 1, "from_location");
	text	   *to = oms_arg_key(fcinfo, 2, "to_location");
	OmsGuard	guard = {.kind = OMS_GUARD_AVAILABLE};
	char		nulls[7] = "      ";
	Datum		values[6] = {PointerGetDatum(id), PointerGetDatum(from), PointerGetDatum(to)};
	TimestampTz expected_at;
	text	  **skus;
	int64	   *quantities;
	OmsAccounts *stock;
	int			n = oms_arg_sku_quantities(fcinfo, 3, true, &skus, &quantities);

	nulls[3] = arg_expected_at(fcinfo, 5, &expected_at) ? ' ' : 'n';
	values[3] = TimestampTzGetDatum(expected_at);
	values[4] = PointerGetDatum(oms_arg_optional_text(fcinfo, 6));
	nulls[4] = PG_ARGISNULL(6) ? 'n' : ' ';
	values[5] = PointerGetDatum(oms_arg_actor(fcinfo, 7));
	if (oms_text_equal(from, to))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("from_location and to_location must differ"),
				 errdetail("Both are \"%s\".", text_to_cstring(from))));
	if (n == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("skus must not be empty")));
	InitMaterializedSRF(fcinfo, 0);
	if (oms_request_begin(fcinfo, 8, NULL))
		return (Datum) 0;
	oms_require_location(from);
	oms_require_known_location(to);
	stock = oms_stock_open();
	for (int i = 0; i < n; i++)
	{
		OmsAmounts	change = {.reserved = quantities[i]};
		OmsChange	result;

		oms_stock_change_waiting(stock, skus[i], from, change, &guard, &result);
		if (result.outcome != OMS_DONE)
			oms_raise_short(&result, skus[i], from, quantities[i]);
	}
	oms_accounts_close(stock);
	for (int i = 0; i < n; i++)
		oms_note_sku(skus[i]);	/* held without a reservation */
	oms_spi_connect();
	if (oms_spi_execute(&insert_transfer, values, nulls, false) == 0)
		ereport(ERROR,
				(errcode(OMS_ERR_ILLEGAL_TRANSITION),
				 errmsg("transfer \"%s\" exists", text_to_cstring(id))));
	values[1] = PG_GETARG_DATUM(3);
	values[2] = PG_GETARG_DATUM(4);
	oms_spi_execute(&insert_lines, values, NULL, false);
	oms_spi_finish();
	put(fcinfo, id);
	oms_request_end(fcinfo, 8, NULL);
	return (Datum) 0;
}

/* leave takes what is shipped out of the stock, and offers what is held and does not leave. */
static void
leave(const Transfer *transfer, int n, text **skus, const int64 *quantities, text *actor)
{
	OmsMovement *movements = palloc0(sizeof(OmsMovement) * Max(1, n));
	OmsSupplied *supplied = palloc0(sizeof(OmsSupplied) * Max(1, transfer->n));
	OmsAccounts *stock = oms_stock_open();
	int			nsupplied = 0;
	int			nmovements = 0;

	for (int i = 0; i < transfer->n; i++)
	{
		TransferLine *line = &transfer->lines[i];
		int64		units = 0;
		OmsAmounts	change;
		OmsChange	result;
		OmsGuard	guard;

		for (int s = 0; s < n; s++)
			if (oms_text_equal(skus[s], line->sku))
				units = quantities[s];
		change = (OmsAmounts) {.on_hand = -units, .reserved = -line->held};
		/* What is held is there to leave; what is not must be available. */
		guard = (OmsGuard) {.kind = units > line->held ? OMS_GUARD_AVAILABLE : OMS_GUARD_ON_HAND};
		oms_stock_change(stock, line->sku, transfer->from_location, change, &guard, &result);
		if (result.outcome != OMS_DONE)
			oms_raise_short(&result, line->sku, transfer->from_location, units);
		if (units > 0)
			movements[nmovements++] = (OmsMovement) {
				.sku = line->sku, .location = transfer->from_location, .quantity = -units
			};
		if (line->held > units)
			supplied[nsupplied++] = (OmsSupplied) {
				.sku = line->sku, .quantity = line->held - units, .fill_limit = PG_INT64_MAX
			};
	}
	oms_accounts_close(stock);
	oms_movements_record(movements, nmovements, "transfer", NULL, transfer->reference, actor);
	oms_stock_supplied(nsupplied, supplied, transfer->from_location);
}

/*
 * oms_ship_transfer(transfer_id, skus, quantities, expected_at, actor, request_id): a row
 * per sku. OM001, OM002, OM004, OM005, OM010, 22023.
 */
Datum
oms_ship_transfer(PG_FUNCTION_ARGS)
{
	text	   *id = oms_arg_key(fcinfo, 0, "transfer_id");
	Transfer	transfer;
	text	  **skus;
	int64	   *quantities;
	int			n = arg_part(fcinfo, 1, &skus, &quantities);
	text	   *actor = oms_arg_actor(fcinfo, 4);
	TimestampTz expected_at;
	Datum	   *sku_datums;
	Datum	   *unit_datums;
	Datum		values[6];
	bool		dated = arg_expected_at(fcinfo, 3, &expected_at);

	InitMaterializedSRF(fcinfo, 0);
	if (oms_request_begin(fcinfo, 5, NULL))
		return (Datum) 0;
	lock(id, "ship", "open", "open", &transfer);
	if (n < 0)
	{
		n = transfer.n;
		skus = palloc(sizeof(text *) * n);
		quantities = palloc(sizeof(int64) * n);
		for (int i = 0; i < n; i++)
		{
			skus[i] = transfer.lines[i].sku;
			quantities[i] = transfer.lines[i].quantity;
		}
	}
	if (n == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("skus must not be empty"),
				 errhint("oms.cancel_transfer ends a transfer of which nothing leaves.")));
	sku_datums = palloc(sizeof(Datum) * n);
	unit_datums = palloc(sizeof(Datum) * n);
	for (int i = 0; i < n; i++)
	{
		TransferLine *line = find_line(&transfer, skus[i]);

		if (line == NULL)
			ereport(ERROR,
					(errcode(OMS_ERR_UNKNOWN_KEY),
					 errmsg("sku \"%s\" is not part of transfer \"%s\"", text_to_cstring(skus[i]),
							text_to_cstring(id))));
		if (quantities[i] > line->quantity)
			ereport(ERROR,
					(errcode(OMS_ERR_ILLEGAL_TRANSITION),
					 errmsg("more of sku \"%s\" than transfer \"%s\" asks for", text_to_cstring(skus[i]),
							text_to_cstring(id)),
					 errdetail("%lld units, asked for are %lld.", (long long) quantities[i],
							   (long long) line->quantity)));
		sku_datums[i] = PointerGetDatum(skus[i]);
		unit_datums[i] = Int64GetDatum(quantities[i]);
	}
	leave(&transfer, n, skus, quantities, actor);
	if (!dated)
		expected_at = transfer.expected ? transfer.expected_at : GetCurrentTimestamp();
	values[0] = PointerGetDatum(id);
	values[1] = oms_text_array(n, sku_datums);
	values[2] = oms_int8_array(n, unit_datums);
	values[3] = PointerGetDatum(actor);
	values[4] = TimestampTzGetDatum(expected_at);
	oms_spi_connect();
	oms_spi_execute(&set_shipped, values, NULL, false);
	values[5] = values[3];
	values[3] = values[2];
	values[2] = values[1];
	values[0] = PointerGetDatum(transfer.reference);
	values[1] = PointerGetDatum(transfer.to_location);
	oms_spi_execute(&expect, values, NULL, false);
	values[1] = PointerGetDatum(transfer.from_location);
	values[2] = PointerGetDatum(transfer.to_location);
	oms_spi_execute(&mark_transit, values, NULL, false);
	oms_spi_finish();
	put(fcinfo, id);
	oms_request_end(fcinfo, 5, NULL);
	return (Datum) 0;
}

/* receive_one books units of a sku in, expected or not. */
static void
receive_one(const Transfer *transfer, text *sku, int64 units, text *actor)
{
	TransferLine *line = find_line(transfer, sku);
	Datum		values[5] = {
		PointerGetDatum(transfer->reference), PointerGetDatum(transfer->to_location), PointerGetDatum(sku),
		Int64GetDatum(units), PointerGetDatum(actor)
	};

	oms_spi_connect();
	oms_spi_execute(line != NULL && line->shipped > 0 ? &receive_expected : &receive_wrong, values, NULL, false);
	values[0] = PointerGetDatum(transfer->id);
	values[1] = PointerGetDatum(sku);
	values[2] = Int64GetDatum(units);
	oms_spi_execute(&add_received, values, NULL, false);
	oms_spi_finish();
	if (line != NULL)
		line->received += units;
}

/* all_received says whether nothing that was shipped is still on its way. */
static bool
all_received(const Transfer *transfer)
{
	for (int i = 0; i < transfer->n; i++)
		if (transfer->lines[i].received < transfer->lines[i].shipped)
			return false;
	return true;
}

/* finish ends the transfer: what is still expected of it is expected no more. */
static void
finish(const Transfer *transfer, const char *status, text *reason, text *actor)
{
	Datum		values[4] = {
		PointerGetDatum(transfer->reference), CStringGetTextDatum(status), PointerGetDatum(actor)
	};

	oms_spi_connect();
	oms_spi_execute(&expect_no_more, values, NULL, false);
	values[0] = PointerGetDatum(transfer->id);
	values[3] = PointerGetDatum(reason);
	oms_spi_execute(&end_transfer, values, reason == NULL ? "   n" : NULL, false);
	oms_spi_finish();
}

/*
 * oms_receive_transfer(transfer_id, skus, quantities, complete, actor, request_id): a row
 * per sku. OM002, OM004, OM005, OM010, 22023.
 */
Datum
oms_receive_transfer(PG_FUNCTION_ARGS)
{
	text	   *id = oms_arg_key(fcinfo, 0, "transfer_id");
	Transfer	transfer;
	text	  **skus = NULL;
	int64	   *quantities = NULL;
	int			n = arg_part(fcinfo, 1, &skus, &quantities);
	bool		complete;
	text	   *actor = oms_arg_actor(fcinfo, 4);

	oms_require_not_null(fcinfo, 3, "complete");
	complete = PG_GETARG_BOOL(3);
	InitMaterializedSRF(fcinfo, 0);
	if (oms_request_begin(fcinfo, 5, NULL))
		return (Datum) 0;
	lock(id, "receive", "shipped", "shipped", &transfer);
	for (int i = 0; i < n; i++)
		receive_one(&transfer, skus[i], quantities[i], actor);
	for (int i = 0; n < 0 && i < transfer.n; i++)
		if (transfer.lines[i].shipped > transfer.lines[i].received)
			receive_one(&transfer, transfer.lines[i].sku,
						transfer.lines[i].shipped - transfer.lines[i].received, actor);
	if (complete || all_received(&transfer))
		finish(&transfer, "received", NULL, actor);
	put(fcinfo, id);
	oms_request_end(fcinfo, 5, NULL);
	return (Datum) 0;
}

/* come_back puts what was not received back on the shelf, and offers what is held again. */
static void
come_back(const Transfer *transfer, text *actor)
{
	OmsGuard	give = {.kind = OMS_GUARD_NONE};
	OmsMovement *movements = palloc0(sizeof(OmsMovement) * Max(1, transfer->n));
	OmsSupplied *supplied = palloc0(sizeof(OmsSupplied) * Max(1, transfer->n));
	OmsAccounts *stock = oms_stock_open();
	int			nsupplied = 0;
	int			nmovements = 0;

	for (int i = 0; i < transfer->n; i++)
	{
		TransferLine *line = &transfer->lines[i];
		int64		units = Max(0, line->shipped - line->received);
		OmsAmounts	change = {.on_hand = units, .reserved = -line->held};
		OmsChange	result;

		if (units + line->held == 0)
			continue;
		oms_stock_change(stock, line->sku, transfer->from_location, change, &give, &result);
		if (units > 0)
			movements[nmovements++] = (OmsMovement) {
				.sku = line->sku, .location = transfer->from_location, .quantity = units
			};
		supplied[nsupplied++] = (OmsSupplied) {
			.sku = line->sku, .quantity = units + line->held, .fill_limit = PG_INT64_MAX
		};
	}
	oms_accounts_close(stock);
	for (int i = 0; i < nsupplied; i++)
		oms_note_sku(supplied[i].sku);
	oms_movements_record(movements, nmovements, "transfer", cstring_to_text("cancelled"), transfer->reference,
						 actor);
	oms_stock_supplied(nsupplied, supplied, transfer->from_location);
}

/* oms_cancel_transfer(transfer_id, reason, actor, request_id): a row per sku. OM002, OM004, OM005, OM010. */
Datum
oms_cancel_transfer(PG_FUNCTION_ARGS)
{
	text	   *id = oms_arg_key(fcinfo, 0, "transfer_id");
	text	   *reason = oms_arg_optional_key(fcinfo, 1, "reason");
	text	   *actor = oms_arg_actor(fcinfo, 2);
	Datum		values[1] = {PointerGetDatum(id)};
	Transfer	transfer;

	InitMaterializedSRF(fcinfo, 0);
	if (oms_request_begin(fcinfo, 3, NULL))
		return (Datum) 0;
	lock(id, "cancel", "open", "shipped", &transfer);
	finish(&transfer, "cancelled", reason, actor);
	oms_spi_connect();
	oms_spi_execute(&give_up_lines, values, NULL, false);
	oms_spi_finish();
	come_back(&transfer, actor);
	put(fcinfo, id);
	oms_request_end(fcinfo, 3, NULL);
	return (Datum) 0;
}

/*
 * oms_transfers_lose lets open transfers hold fewer units of a sku at a location, the latest
 * first, at most units; how many. Who is locked is passed over.
 */
int64
oms_transfers_lose(text *sku, text *location, int64 units)
{
	OmsGuard	give = {.kind = OMS_GUARD_NONE};
	OmsAccounts *stock = oms_stock_open();
	Datum		values[3] = {PointerGetDatum(sku), PointerGetDatum(location)};
	SPITupleTable *held;
	int64		lost = 0;
	uint64		n;

	oms_spi_connect();
	n = oms_spi_execute_latest(&lock_held, values, NULL);
	held = SPI_tuptable;
	for (uint64 i = 0; i < n && lost < units; i++)
	{
		bool		isnull;
		int64		one = Min(units - lost, DatumGetInt64(SPI_getbinval(held->vals[i], held->tupdesc, 2, &isnull)));

		values[0] = SPI_getbinval(held->vals[i], held->tupdesc, 1, &isnull);
		values[1] = PointerGetDatum(sku);
		values[2] = Int64GetDatum(one);
		oms_spi_execute(&reduce_held, values, NULL, false);
		lost += one;
	}
	oms_spi_finish();
	if (lost > 0)
	{
		OmsAmounts	change = {.reserved = -lost};

		oms_stock_change(stock, sku, location, change, &give, NULL);
	}
	oms_accounts_close(stock);
	return lost;
}
