/*
 * orders.c
 *		place_order in its two forms, and cancel_order in its two.
 *
 * Invariants. An order, its lines and its reservations are written by one transaction,
 * or none is. A reservation of an order carries order_id and the line_no of a line with
 * the same sku, or kit; what the reservations of a line hold or consumed is at most its quantity.
 * A cancelled order holds nothing, and has no open backorder.
 *
 * Order of work. The stock is reserved before the order's row is written, so that a
 * refused order writes nothing and may wait for stock that an open transaction holds.
 * Of two sessions that place one order_id at the same moment the second waits on the
 * primary key, is refused, and gives back what it had reserved.
 *
 * Tables: order_row, order_line_row; reservation_row and backorder_row through reservation/.
 *
 * Locks: those of reservation.c; cancel_order locks the order's row first, then its
 * backorders, then its reservations. Who changes an order's reservations as a set locks the order's row.
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "funcapi.h"
#include "utils/array.h"
#include "utils/numeric.h"
#include "utils/timestamp.h"

#include "lines.h"
#include "orders/orders.h"
#include "reservation/reservation.h"

PG_FUNCTION_INFO_V1(oms_place_order);
PG_FUNCTION_INFO_V1(oms_place_order_lines);
PG_FUNCTION_INFO_V1(oms_cancel_order);
PG_FUNCTION_INFO_V1(oms_cancel_order_many);

#define MAX_CANCEL_STEPS 4

/* a line's facts that do not concern its reservation; NULL or not set: none */
typedef struct LineFacts
{
	Numeric		unit_value;
	text	   *keep_together;
	bool		promised;
	TimestampTz promise_at;
} LineFacts;

/* what place_order was called with */
typedef struct OrderCall
{
	text	   *order_id;
	text	   *channel;
	text	   *service;
	int			priority;
	OmsLatLon  *ship_to;		/* NULL: unknown */
	bool		promised;
	TimestampTz promise_at;
	TimestampTz placed_at;
	text	   *cart_id;		/* or NULL */
	text	   *reference;		/* or NULL */
	text	   *actor;
	OmsOnShortage on_shortage;
	int			nlines;
	OmsReserveLine *lines;
	LineFacts  *facts;			/* by line */
} OrderCall;

static OmsCancelStep cancel_steps[MAX_CANCEL_STEPS];
static int	ncancel_steps = 0;

static OmsPlan order_exists = {
	"SELECT o.status FROM oms.order_row o WHERE o.order_id OPERATOR(pg_catalog.=) $1",
	1, {"pg_catalog.text"}
};

static OmsPlan insert_order = {
	"INSERT INTO oms.order_row (order_id, channel, service, method, priority, ship_to, promise_at, "
	"cart_id, reference, actor, placed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) "
	"ON CONFLICT (order_id) DO NOTHING",
	11, {"pg_catalog.text", "pg_catalog.text", "pg_catalog.text", "pg_catalog.text",
		"pg_catalog.int4", "oms.latlon", "pg_catalog.timestamptz", "pg_catalog.text",
	"pg_catalog.text", "pg_catalog.text", "pg_catalog.timestamptz"}
};

static OmsPlan insert_lines = {
	"INSERT INTO oms.order_line_row (order_id, line_no, sku, quantity, unit_value, keep_together, "
	"location, promise_at) "
	"SELECT $1, u.line_no, u.sku, u.quantity, u.unit_value, u.keep_together, u.location, "
	"u.promise_at "
	"FROM ROWS FROM (pg_catalog.unnest($2), pg_catalog.unnest($3), pg_catalog.unnest($4), "
	"pg_catalog.unnest($5), pg_catalog.unnest($6), pg_catalog.unnest($7), pg_catalog.unnest($8)) "
	"AS u (line_no, sku, quantity, unit_value, keep_together, location, promise_at)",
	8, {"pg_catalog.text", "pg_catalog._int4", "pg_catalog._text", "pg_catalog._int8",
		"pg_catalog._numeric", "pg_catalog._text", "pg_catalog._text",
	"pg_catalog._timestamptz"}
};

static OmsPlan lock_order = {
	"SELECT o.status, o.cancelled_at FROM oms.order_row o "
	"WHERE o.order_id OPERATOR(pg_catalog.=) $1 FOR NO KEY UPDATE",
	1, {"pg_catalog.text"}
};

static OmsPlan lock_orders = {
	"SELECT o.order_id FROM oms.order_row o WHERE o.order_id OPERATOR(pg_catalog.=) ANY ($1) "
	"ORDER BY o.order_id FOR NO KEY UPDATE",
	1, {"pg_catalog._text"}
};

/* What cancelling releases, line by line; its reservations are locked. */
static OmsPlan lock_order_lines = {
	"SELECT l.line_no, COALESCE(r.sku, l.sku), r.location, COALESCE(pg_catalog.sum(r.left_over) "
	"FILTER (WHERE r.live), 0)::pg_catalog.int8, "
	"COALESCE(pg_catalog.sum(r.consumed), 0)::pg_catalog.int8 "
	"FROM oms.order_line_row l LEFT JOIN (SELECT r.line_no, r.sku, r.location, r.consumed, "
	"r.status OPERATOR(pg_catalog.=) ANY ('{hold,firm}') AS live, "
	"r.quantity OPERATOR(pg_catalog.-) r.consumed AS left_over "
	"FROM oms.reservation_row r WHERE r.order_id OPERATOR(pg_catalog.=) $1 "
	"AND (r.status OPERATOR(pg_catalog.=) ANY ('{hold,firm}') OR r.consumed OPERATOR(pg_catalog.>) "
	"0) "
	"ORDER BY r.reservation_id FOR UPDATE) r ON r.line_no OPERATOR(pg_catalog.=) l.line_no "
	"WHERE l.order_id OPERATOR(pg_catalog.=) $1 "
	"GROUP BY l.line_no, l.sku, r.sku, r.location ORDER BY l.line_no, r.location, r.sku",
	1, {"pg_catalog.text"}
};

static OmsPlan cancel_row = {
	"UPDATE oms.order_row o SET status = 'cancelled', cancelled_at = pg_catalog.clock_timestamp(), "
	"cancelled_by = $2, cancel_reason = $3 WHERE o.order_id OPERATOR(pg_catalog.=) $1",
	3, {"pg_catalog.text", "pg_catalog.text", "pg_catalog.text"}
};

/* oms_register_cancel_step adds a step to cancel_order; called once at load. */
void
oms_register_cancel_step(OmsCancelStep step)
{
	if (ncancel_steps == MAX_CANCEL_STEPS)
		elog(ERROR, "too many steps of cancel_order");
	cancel_steps[ncancel_steps++] = step;
}

/* -------------------------------------------------------------------------
 * Arguments
 * -------------------------------------------------------------------------
 */

static bool
text_is(const text *value, const char *expected)
{
	return VARSIZE_ANY_EXHDR(value) == strlen(expected) &&
		memcmp(VARDATA_ANY(value), expected, strlen(expected)) == 0;
}

static int
priority_of(FunctionCallInfo fcinfo, int argno, const text *service)
{
	int			priority;

	if (PG_ARGISNULL(argno))
		return text_is(service, "same_day") ? 0 : text_is(service, "next_day") ? 1 : 2;
	priority = PG_GETARG_INT32(argno);
	if (priority < 0 || priority > 4)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("priority must be 0 to 4"),
				 errdetail("It is %d.", priority),
				 errhint("0 is the most urgent.")));
	return priority;
}

/* read_call reads all arguments but the lines; argno is that of ship_to. */
static void
read_call(FunctionCallInfo fcinfo, int argno, OrderCall *call)
{
	call->order_id = oms_arg_key(fcinfo, 0, "order_id");
	call->channel = oms_arg_key(fcinfo, 1, "channel");
	call->ship_to = PG_ARGISNULL(argno) ? NULL : PG_GETARG_LATLON_P(argno);
	call->service = oms_arg_key(fcinfo, argno + 1, "service");
	call->priority = priority_of(fcinfo, argno + 2, call->service);
	call->promised = !PG_ARGISNULL(argno + 3);
	if (call->promised)
		call->promise_at = PG_GETARG_TIMESTAMPTZ(argno + 3);
	call->cart_id = oms_arg_optional_key(fcinfo, argno + 4, "cart_id");
	call->on_shortage = oms_arg_on_shortage(fcinfo, argno + 5);
	call->placed_at = PG_ARGISNULL(argno + 6) ? GetCurrentTransactionStartTimestamp() :
		PG_GETARG_TIMESTAMPTZ(argno + 6);
	call->reference = oms_arg_optional_key(fcinfo, argno + 7, "reference");
	call->actor = oms_arg_actor(fcinfo, argno + 8);
}

static void
allocate_lines(OrderCall *call, int n)
{
	if (n == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("an order must have at least one line")));
	call->nlines = n;
	call->lines = palloc0(sizeof(OmsReserveLine) * n);
	call->facts = palloc0(sizeof(LineFacts) * n);
}

/* read_arrays reads the lines of place_order. */
static void
read_arrays(FunctionCallInfo fcinfo, OrderCall *call)
{
	text	  **skus;
	int64	   *quantities;
	int			n = oms_arg_keys(fcinfo, 2, "skus", &skus);

	if (oms_arg_quantities(fcinfo, 3, "quantities", &quantities) != n)
		ereport(ERROR,
				(errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
				 errmsg("skus and quantities must have the same length")));
	allocate_lines(call, n);
	for (int i = 0; i < n; i++)
	{
		if (quantities[i] < 1)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("quantity must be at least 1"),
					 errdetail("Element %d, sku \"%s\": %lld.", i + 1, text_to_cstring(skus[i]),
							   (long long) quantities[i])));
		call->lines[i].line_no = i + 1;
		call->lines[i].sku = skus[i];
		call->lines[i].quantity = quantities[i];
	}
}

/* -------------------------------------------------------------------------
 * Lines as jsonb
 * -------------------------------------------------------------------------
 */

enum LineField
{
	FIELD_SKU,
	FIELD_QUANTITY,
	FIELD_LINE_NO,
	FIELD_UNIT_VALUE,
	FIELD_KEEP_TOGETHER,
	FIELD_PROMISE_AT,
	FIELD_LOCATION,
	NUM_FIELDS
};

static const OmsField line_fields[NUM_FIELDS] = {
	[FIELD_SKU] = {"sku", OMS_FIELD_KEY, true},
	[FIELD_QUANTITY] = {"quantity", OMS_FIELD_QUANTITY, true},
	[FIELD_LINE_NO] = {"line_no", OMS_FIELD_INTEGER, false},
	[FIELD_UNIT_VALUE] = {"unit_value", OMS_FIELD_NUMERIC, false},
	[FIELD_KEEP_TOGETHER] = {"keep_together", OMS_FIELD_KEY, false},
	[FIELD_PROMISE_AT] = {"promise_at", OMS_FIELD_TIMESTAMP, false},
	[FIELD_LOCATION] = {"location", OMS_FIELD_KEY, false},
};

static int
compare_ints(const void *a, const void *b)
{
	int			x = *(const int *) a;
	int			y = *(const int *) b;

	return (x > y) - (x < y);
}

/* read_json reads the lines of place_order_lines. */
static void
read_json(FunctionCallInfo fcinfo, OrderCall *call)
{
	Datum	   *values;
	bool	   *nulls;
	int		   *line_nos;

	oms_require_not_null(fcinfo, 2, "lines");
	allocate_lines(call, oms_lines_parse(PG_GETARG_JSONB_P(2), "lines", NUM_FIELDS, line_fields,
										 &values, &nulls));
	line_nos = palloc(sizeof(int) * call->nlines);
	for (int i = 0; i < call->nlines; i++, values += NUM_FIELDS, nulls += NUM_FIELDS)
	{
		OmsReserveLine *line = &call->lines[i];
		LineFacts  *facts = &call->facts[i];

		line->sku = DatumGetTextPP(values[FIELD_SKU]);
		line->quantity = DatumGetInt64(values[FIELD_QUANTITY]);
		line->line_no = nulls[FIELD_LINE_NO] ? i + 1 : DatumGetInt32(values[FIELD_LINE_NO]);
		if (!nulls[FIELD_LOCATION])
			line->location = DatumGetTextPP(values[FIELD_LOCATION]);
		if (!nulls[FIELD_UNIT_VALUE])
			facts->unit_value = DatumGetNumeric(values[FIELD_UNIT_VALUE]);
		if (!nulls[FIELD_KEEP_TOGETHER])
			facts->keep_together = DatumGetTextPP(values[FIELD_KEEP_TOGETHER]);
		facts->promised = !nulls[FIELD_PROMISE_AT];
		if (facts->promised)
			facts->promise_at = DatumGetTimestampTz(values[FIELD_PROMISE_AT]);
		line_nos[i] = line->line_no;
	}
	qsort(line_nos, call->nlines, sizeof(int), compare_ints);
	for (int i = 1; i < call->nlines; i++)
		if (line_nos[i] == line_nos[i - 1])
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("line_no %d stands twice in lines", line_nos[i]),
					 errhint("Without line_no a line has its position in the array.")));
}

/* -------------------------------------------------------------------------
 * place_order
 * -------------------------------------------------------------------------
 */

static void
raise_exists(const OrderCall *call)
{
	ereport(ERROR,
			(errcode(OMS_ERR_ILLEGAL_TRANSITION),
			 errmsg("order \"%s\" exists", text_to_cstring(call->order_id)),
			 errhint("An order is placed once; to retry a call safely, repeat its request_id.")));
}

/* write_order writes the order's row and its lines; OM005 when the order exists. */
static void
write_order(const OrderCall *call, OmsMethod method)
{
	int			n = call->nlines;
	Datum	   *columns[7];
	bool	   *nulls[7];
	Datum		values[11];
	char		value_nulls[12] = "           ";

	values[0] = PointerGetDatum(call->order_id);
	values[1] = PointerGetDatum(call->channel);
	values[2] = PointerGetDatum(call->service);
	values[3] = CStringGetTextDatum(oms_method_name(method));
	values[4] = Int32GetDatum(call->priority);
	values[5] = PointerGetDatum(call->ship_to);
	values[6] = TimestampTzGetDatum(call->promise_at);
	values[7] = PointerGetDatum(call->cart_id);
	values[8] = PointerGetDatum(call->reference);
	values[9] = PointerGetDatum(call->actor);
	values[10] = TimestampTzGetDatum(call->placed_at);
	value_nulls[5] = call->ship_to == NULL ? 'n' : ' ';
	value_nulls[6] = call->promised ? ' ' : 'n';
	value_nulls[7] = call->cart_id == NULL ? 'n' : ' ';
	value_nulls[8] = call->reference == NULL ? 'n' : ' ';
	oms_spi_connect();
	if (oms_spi_execute(&insert_order, values, value_nulls, false) == 0)
		raise_exists(call);

	for (int c = 0; c < 7; c++)
	{
		columns[c] = palloc(sizeof(Datum) * n);
		nulls[c] = palloc0(sizeof(bool) * n);
	}
	for (int i = 0; i < n; i++)
	{
		const OmsReserveLine *line = &call->lines[i];
		const LineFacts *facts = &call->facts[i];

		columns[0][i] = Int32GetDatum(line->line_no);
		columns[1][i] = PointerGetDatum(line->sku);
		columns[2][i] = Int64GetDatum(line->quantity);
		columns[3][i] = NumericGetDatum(facts->unit_value);
		nulls[3][i] = facts->unit_value == NULL;
		columns[4][i] = PointerGetDatum(facts->keep_together);
		nulls[4][i] = facts->keep_together == NULL;
		columns[5][i] = PointerGetDatum(line->location);
		nulls[5][i] = line->location == NULL;
		columns[6][i] = TimestampTzGetDatum(facts->promise_at);
		nulls[6][i] = !facts->promised;
	}
	values[1] = oms_array_of(n, columns[0], nulls[0], INT4OID, 4, true, TYPALIGN_INT);
	values[2] = oms_array_of(n, columns[1], nulls[1], TEXTOID, -1, false, TYPALIGN_INT);
	values[3] = oms_array_of(n, columns[2], nulls[2], INT8OID, 8, FLOAT8PASSBYVAL, TYPALIGN_DOUBLE);
	values[4] = oms_array_of(n, columns[3], nulls[3], NUMERICOID, -1, false, TYPALIGN_INT);
	values[5] = oms_array_of(n, columns[4], nulls[4], TEXTOID, -1, false, TYPALIGN_INT);
	values[6] = oms_array_of(n, columns[5], nulls[5], TEXTOID, -1, false, TYPALIGN_INT);
	values[7] = oms_array_of(n, columns[6], nulls[6], TIMESTAMPTZOID, 8, FLOAT8PASSBYVAL,
						 TYPALIGN_DOUBLE);
	if (oms_spi_execute(&insert_lines, values, NULL, false) != n)
		elog(ERROR, "%d lines expected", n);
	oms_spi_finish();
}

/* put_line puts a row of the result; part is NULL for what is unfilled, else may be backordered. */
static void
put_line(ReturnSetInfo *result, const OrderCall *call, int line, const OmsReservationPart *part)
{
	const OmsReserveLine *l = &call->lines[line];
	const LineFacts *facts = &call->facts[line];
	bool		reserved = part != NULL && part->location != NULL;
	Datum		values[8];
	bool		nulls[8] = {0};

	values[0] = Int32GetDatum(l->line_no);
	values[1] = PointerGetDatum(part != NULL ? part->sku : l->sku);
	values[2] = reserved ? PointerGetDatum(part->location) : (Datum) 0;
	values[3] = Int64GetDatum(part != NULL ? part->quantity : l->quantity - l->reserved);
	values[4] = part != NULL ? Int64GetDatum(part->reservation_id) : (Datum) 0;
	values[5] = CStringGetTextDatum(part == NULL ? "unfilled" : !reserved ? "backordered" :
									l->reserved < l->quantity ? "partial" : "reserved");
	values[6] = TimestampTzGetDatum(facts->promised ? facts->promise_at : call->promise_at);
	nulls[2] = nulls[4] = !reserved;
	nulls[6] = !facts->promised && !call->promised;
	if (part != NULL && part->promised)
	{
		values[6] = TimestampTzGetDatum(part->promise_at);
		nulls[6] = false;
	}
	values[7] = part != NULL ? PointerGetDatum(part->kit) : (Datum) 0;
	nulls[7] = part == NULL || part->kit == NULL;
	tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
}

/* By line, then by number, then by component; what is backordered of a line comes last. */
static int
compare_parts(const void *a, const void *b)
{
	const OmsReservationPart *x = a;
	const OmsReservationPart *y = b;

	if (x->line != y->line)
		return x->line < y->line ? -1 : 1;
	if (x->location == NULL || y->location == NULL)
		return x->location == NULL ? 1 : -1;
	if (x->reservation_id != y->reservation_id)
		return x->reservation_id < y->reservation_id ? -1 : 1;
	return oms_text_compare(x->sku, y->sku);
}

/* place reserves the lines, writes the order, and fills the result set. */
static void
place(FunctionCallInfo fcinfo, OrderCall *call)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	OmsReserveRequest request = {0};
	Datum		key[1] = {PointerGetDatum(call->order_id)};
	bool		exists;
	int			p = 0;

	oms_spi_connect();
	exists = oms_spi_execute_latest(&order_exists, key, NULL) > 0;
	oms_spi_finish();
	if (exists)
		raise_exists(call);

	request.channel = call->channel;
	request.method = text_is(call->service, "pickup") ? OMS_PICKUP : OMS_SHIP;
	request.ship_to = call->ship_to;
	request.on_shortage = call->on_shortage;
	request.cart_id = call->cart_id;
	request.order_id = call->order_id;
	request.reference = call->reference;
	request.nlines = call->nlines;
	request.lines = call->lines;
	request.priority = call->priority;
	for (int i = 0; i < call->nlines; i++)
	{
		call->lines[i].promised = call->facts[i].promised || call->promised;
		call->lines[i].promise_at = call->facts[i].promised ? call->facts[i].promise_at :
			call->promise_at;
	}
	oms_reserve_lines(&request);
	if (!request.complete)
		oms_raise_refused(&request);

	/* What can never be had is a mistake, not a shortage. */
	for (int i = 0; i < call->nlines; i++)
		if (call->lines[i].status == OMS_LINE_UNKNOWN ||
			call->lines[i].status == OMS_LINE_NOT_ALLOWED)
			oms_raise_refused(&request);
	write_order(call, request.method);

	qsort(request.parts, request.nparts, sizeof(OmsReservationPart), compare_parts);
	for (int i = 0; i < call->nlines; i++)
	{
		for (; p < request.nparts && request.parts[p].line == i; p++)
			put_line(result, call, i, &request.parts[p]);
		if (call->lines[i].reserved < call->lines[i].quantity && call->on_shortage != OMS_BACKORDER)
			put_line(result, call, i, NULL);
	}
}

/*
 * oms_place_order(order_id, channel, skus, quantities, ship_to, service, priority,
 * promise_at, cart_id, on_shortage, placed_at, reference, actor, request_id) places an
 * order: a row per line and location. Raises OM001, OM002, OM004, OM005, OM010, 22004,
 * 22023, 22003; then nothing is changed.
 */
Datum
oms_place_order(PG_FUNCTION_ARGS)
{
	OrderCall	call = {0};

	read_call(fcinfo, 4, &call);
	read_arrays(fcinfo, &call);
	InitMaterializedSRF(fcinfo, 0);
	if (!oms_request_begin(fcinfo, 13, NULL))
	{
		place(fcinfo, &call);
		oms_request_end(fcinfo, 13, NULL);
	}
	return (Datum) 0;
}

/* oms_place_order_lines is the same with the lines as jsonb in place of two arrays. */
Datum
oms_place_order_lines(PG_FUNCTION_ARGS)
{
	OrderCall	call = {0};

	read_call(fcinfo, 3, &call);
	read_json(fcinfo, &call);
	InitMaterializedSRF(fcinfo, 0);
	if (!oms_request_begin(fcinfo, 12, NULL))
	{
		place(fcinfo, &call);
		oms_request_end(fcinfo, 12, NULL);
	}
	return (Datum) 0;
}

/* -------------------------------------------------------------------------
 * cancel_order
 * -------------------------------------------------------------------------
 */

static int
compare_keys(const void *a, const void *b)
{
	return oms_text_compare(*(text *const *) a, *(text *const *) b);
}

/* lock_open_order locks the row of an open order; OM004 unknown, OM005 cancelled. */
static void
lock_open_order(text *order_id)
{
	Datum		values[1] = {PointerGetDatum(order_id)};

	oms_spi_connect();
	if (oms_spi_execute_latest(&lock_order, values, NULL) == 0)
		ereport(ERROR,
				(errcode(OMS_ERR_UNKNOWN_KEY),
				 errmsg("order \"%s\" is unknown", text_to_cstring(order_id))));
	if (strcmp(oms_spi_text(0, 1), "open") != 0)
		ereport(ERROR,
				(errcode(OMS_ERR_ILLEGAL_TRANSITION),
				 errmsg("order \"%s\" is already %s", text_to_cstring(order_id),
						oms_spi_text(0, 1)),
				 errdetail("Since %s.", oms_spi_text(0, 2))));
	oms_spi_finish();
}

/*
 * cancel stops the work on an order, releases what it holds and has backordered, and fills
 * the result set, with many by order.
 */
static void
cancel(FunctionCallInfo fcinfo, bool many, text *order_id, text *reason, text *actor)
{
	MemoryContext caller = CurrentMemoryContext;
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	Datum		values[3] = {
		PointerGetDatum(order_id), PointerGetDatum(actor), PointerGetDatum(reason)
	};
	int64		units = 0;
	uint64		rows;

	lock_open_order(order_id);
	for (int i = 0; i < ncancel_steps; i++)
		cancel_steps[i] (order_id, reason, actor);
	/* Before the reservations are read: what filled a backorder is one of them. */
	(void) oms_backorder_release_order(order_id);

	oms_spi_connect();
	rows = oms_spi_execute_latest(&lock_order_lines, values, NULL);
	for (uint64 row = 0; row < rows; row++)
	{
		MemoryContext spi = MemoryContextSwitchTo(caller);
		Datum		columns[6] = {PointerGetDatum(order_id)};
		bool		nulls[6] = {0};
		int			first = many ? 1 : 0;

		if (oms_spi_int64(row, 5) > 0)
			ereport(ERROR,
					(errcode(OMS_ERR_ILLEGAL_TRANSITION),
					 errmsg("order \"%s\" cannot be cancelled any more", text_to_cstring(order_id)),
					 errdetail("Line %s: %lld units have left location \"%s\".",
							   oms_spi_text(row, 1), (long long) oms_spi_int64(row, 5),
							   oms_spi_text(row, 3))));
		for (int c = 0; c < 4; c++)
			columns[first + c] = oms_spi_value(row, c + 1, &nulls[first + c]);
		columns[first + 4] = CStringGetTextDatum("cancelled");
		units += DatumGetInt64(columns[first + 3]);
		tuplestore_putvalues(result->setResult, result->setDesc, columns, nulls);
		MemoryContextSwitchTo(spi);
	}
	if (oms_release_order(order_id) != units)
		elog(ERROR, "order \"%s\" held other units than its lines", text_to_cstring(order_id));
	if (oms_spi_execute(&cancel_row, values, reason == NULL ? "  n" : NULL, false) != 1)
		elog(ERROR, "order row was not found");
	oms_spi_finish();
}

/*
 * oms_cancel_order(order_id, reason, actor, request_id) cancels an order of which nothing
 * has left and all work may be cancelled: a row per line and location with the units
 * released. It locks the order's row, then its reservations. Raises OM004, OM005.
 */
Datum
oms_cancel_order(PG_FUNCTION_ARGS)
{
	text	   *order_id = oms_arg_key(fcinfo, 0, "order_id");
	text	   *reason = oms_arg_optional_key(fcinfo, 1, "reason");
	text	   *actor = oms_arg_actor(fcinfo, 2);

	InitMaterializedSRF(fcinfo, 0);
	if (!oms_request_begin(fcinfo, 3, NULL))
	{
		cancel(fcinfo, false, order_id, reason, actor);
		oms_request_end(fcinfo, 3, NULL);
	}
	return (Datum) 0;
}

/*
 * oms_cancel_order_many(order_ids, reason, actor, request_id) cancels several orders, all or
 * none: rows as those of cancel_order, by order. It locks the orders' rows by their keys,
 * before anything else, so that such calls do not deadlock among each other. Raises OM004,
 * OM005, 22023 an order named twice.
 */
Datum
oms_cancel_order_many(PG_FUNCTION_ARGS)
{
	text	  **order_ids;
	int			n = oms_arg_keys(fcinfo, 0, "order_ids", &order_ids);
	text	   *reason = oms_arg_optional_key(fcinfo, 1, "reason");
	text	   *actor = oms_arg_actor(fcinfo, 2);
	Datum		values[1];

	qsort(order_ids, n, sizeof(text *), compare_keys);
	for (int i = 1; i < n; i++)
		if (oms_text_equal(order_ids[i], order_ids[i - 1]))
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("order \"%s\" is named twice", text_to_cstring(order_ids[i]))));
	InitMaterializedSRF(fcinfo, 0);
	if (!oms_request_begin(fcinfo, 3, NULL))
	{
		values[0] = PG_GETARG_DATUM(0);
		oms_spi_connect();
		oms_spi_execute_latest(&lock_orders, values, NULL);
		oms_spi_finish();
		for (int i = 0; i < n; i++)
			cancel(fcinfo, true, order_ids[i], reason, actor);
		oms_request_end(fcinfo, 3, NULL);
	}
	return (Datum) 0;
}
