/*
 * calls.c
 *		reserve and try_reserve, for one sku, for arrays, for a jsonb cart: arguments,
 *		result rows, request_id. The work is reservation.c's.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "funcapi.h"
#include "utils/array.h"
#include "utils/timestamp.h"

#include "lines.h"
#include "reservation/reservation.h"

PG_FUNCTION_INFO_V1(oms_reserve);
PG_FUNCTION_INFO_V1(oms_reserve_many);
PG_FUNCTION_INFO_V1(oms_reserve_cart);
PG_FUNCTION_INFO_V1(oms_try_reserve);
PG_FUNCTION_INFO_V1(oms_try_reserve_many);
PG_FUNCTION_INFO_V1(oms_try_reserve_cart);

#define MAX_LINES 100000

typedef enum Form
{
	ONE,
	MANY,
	CART
} Form;

/* oms_arg_expiry returns the moment after an interval from now; 22023 unless it is later. */
TimestampTz
oms_arg_expiry(FunctionCallInfo fcinfo, int argno)
{
	TimestampTz now = GetCurrentTimestamp();
	TimestampTz expiry = DatumGetTimestampTz(DirectFunctionCall2(timestamptz_pl_interval,
																  TimestampTzGetDatum(now),
																  PG_GETARG_DATUM(argno)));

	if (expiry <= now)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("expires_in must be longer than 0")));
	return expiry;
}

/* oms_arg_on_shortage returns refuse, partial or backorder, else 22023. */
OmsOnShortage
oms_arg_on_shortage(FunctionCallInfo fcinfo, int argno)
{
	char	   *value;

	oms_require_not_null(fcinfo, argno, "on_shortage");
	value = text_to_cstring(PG_GETARG_TEXT_PP(argno));
	if (strcmp(value, "refuse") == 0)
		return OMS_REFUSE;
	if (strcmp(value, "partial") == 0)
		return OMS_PARTIAL;
	if (strcmp(value, "backorder") == 0)
		return OMS_BACKORDER;
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("unknown on_shortage \"%s\"", value),
			 errhint("It is refuse, partial or backorder.")));
}

static void
read_lines(FunctionCallInfo fcinfo, Form form, int *argno, OmsReserveRequest *request)
{
	static const OmsField fields[] = {
		{"sku", OMS_FIELD_KEY, true},
		{"quantity", OMS_FIELD_QUANTITY, true},
		{"location", OMS_FIELD_KEY, false},
	};
	Datum	   *values;
	bool	   *nulls;
	text	  **skus;
	int64	   *quantities;

	if (form == CART)
	{
		oms_require_not_null(fcinfo, *argno, "cart");
		request->nlines = oms_lines_parse(PG_GETARG_JSONB_P(*argno), "cart", lengthof(fields),
										  fields, &values, &nulls);
		(*argno)++;
	}
	else if (form == MANY)
	{
		request->nlines = oms_arg_keys(fcinfo, (*argno)++, "skus", &skus);
		oms_require_same_length("skus", request->nlines, "quantities",
								oms_arg_quantities(fcinfo, (*argno)++, "quantities", &quantities));
	}
	else
	{
		request->nlines = 1;
		skus = palloc(sizeof(text *));
		quantities = palloc(sizeof(int64));
		skus[0] = oms_arg_key(fcinfo, (*argno)++, "sku");
		quantities[0] = oms_arg_quantity(fcinfo, (*argno)++, "quantity");
	}
	if (request->nlines == 0 || request->nlines > MAX_LINES)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("a cart must have 1 to %d lines", MAX_LINES),
				 errdetail("It has %d.", request->nlines)));

	request->lines = palloc0(sizeof(OmsReserveLine) * request->nlines);
	for (int i = 0; i < request->nlines; i++)
	{
		OmsReserveLine *line = &request->lines[i];

		line->line_no = i + 1;
		if (form == CART)
		{
			line->sku = DatumGetTextPP(values[3 * i]);
			line->quantity = DatumGetInt64(values[3 * i + 1]);
			line->location = nulls[3 * i + 2] ? NULL : DatumGetTextPP(values[3 * i + 2]);
			continue;
		}
		line->sku = skus[i];
		line->quantity = quantities[i];
		if (quantities[i] < 1)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("quantities must be at least 1"),
					 errdetail("Element %d is %lld.", i + 1, (long long) quantities[i])));
	}
}

/* put_parts fills the result set of reserve; the parts of a request are by line. */
static void
put_parts(FunctionCallInfo fcinfo, const OmsReserveRequest *request)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;

	for (int i = 0; i < request->nparts; i++)
	{
		const OmsReservationPart *part = &request->parts[i];
		const OmsReserveLine *line = &request->lines[part->line];
		Datum		values[9];
		bool		nulls[9] = {0};

		values[0] = Int32GetDatum(line->line_no);
		values[1] = PointerGetDatum(part->sku);
		values[2] = PointerGetDatum(part->location);
		values[3] = Int64GetDatum(part->quantity);
		values[4] = Int64GetDatum(part->reservation_id);
		values[5] = TimestampTzGetDatum(request->expires_at);
		nulls[5] = !request->hold;
		values[6] = Int64GetDatum(part->backorder_id);
		values[8] = TimestampTzGetDatum(part->promise_at);
		nulls[2] = nulls[4] = part->location == NULL;
		nulls[6] = part->location != NULL;
		nulls[8] = !part->promised;
		values[7] = PointerGetDatum(part->kit);
		nulls[7] = part->kit == NULL;
		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
}

/* put_lines fills the result set of try_reserve. */
static void
put_lines(FunctionCallInfo fcinfo, const OmsReserveRequest *request)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	int			p = 0;

	for (int i = 0; i < request->nlines; i++)
	{
		const OmsReserveLine *line = &request->lines[i];
		ArrayBuildState *ids = initArrayResult(INT8OID, CurrentMemoryContext, false);
		Datum		values[8];
		bool		nulls[8] = {0};

		for (; request->complete && p < request->nparts && request->parts[p].line == i; p++)
			if (request->parts[p].location != NULL &&
				(p == 0 || request->parts[p].reservation_id != request->parts[p - 1].reservation_id))
				ids = accumArrayResult(ids, Int64GetDatum(request->parts[p].reservation_id),
									   false, INT8OID, CurrentMemoryContext);
		values[0] = Int32GetDatum(line->line_no);
		values[1] = PointerGetDatum(line->sku);
		values[2] = Int64GetDatum(line->quantity);
		values[3] = Int64GetDatum(line->reserved);
		values[4] = Int64GetDatum(line->available);
		values[5] = CStringGetTextDatum(oms_line_status_name(line->status));
		values[6] = makeArrayResult(ids, CurrentMemoryContext);
		values[7] = TimestampTzGetDatum(request->expires_at);
		nulls[7] = !request->hold || line->reserved == 0;
		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
}

/*
 * run is every call: channel, the lines in their form, location, expires_in, method,
 * ship_to, on_shortage, cart_id, request_id, reference.
 */
static Datum
run(FunctionCallInfo fcinfo, Form form, bool raise)
{
	OmsReserveRequest request = {0};
	int			argno = 0;
	int			request_argno;
	text	   *location;

	request.channel = oms_arg_key(fcinfo, argno++, "channel");
	read_lines(fcinfo, form, &argno, &request);
	if (!PG_ARGISNULL(argno))
	{
		location = oms_arg_key(fcinfo, argno, "location");
		for (int i = 0; i < request.nlines; i++)
			if (request.lines[i].location == NULL)
				request.lines[i].location = location;
	}
	argno++;
	request.hold = !PG_ARGISNULL(argno);
	if (request.hold)
		request.expires_at = oms_arg_expiry(fcinfo, argno);
	argno++;
	request.method = oms_arg_method(fcinfo, argno++);
	request.ship_to = PG_ARGISNULL(argno) ? NULL : PG_GETARG_LATLON_P(argno);
	argno++;
	request.on_shortage = oms_arg_on_shortage(fcinfo, argno++);
	if (request.hold && request.on_shortage == OMS_BACKORDER)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("a hold cannot be backordered"),
				 errhint("Leave out expires_in, or pass on_shortage => 'partial'.")));
	request.priority = -1;
	request.cart_id = PG_ARGISNULL(argno) ? NULL : oms_arg_key(fcinfo, argno, "cart_id");
	argno++;
	request_argno = argno++;
	request.reference = PG_ARGISNULL(argno) ? NULL : PG_GETARG_TEXT_PP(argno);

	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	if (oms_request_begin(fcinfo, request_argno, NULL))
		return (Datum) 0;
	oms_reserve_lines(&request);
	if (raise)
	{
		if (!request.complete)
			oms_raise_refused(&request);
		/* What can never be had is a mistake, not a shortage: partial does not excuse it. */
		for (int i = 0; i < request.nlines; i++)
			if (request.lines[i].status == OMS_LINE_UNKNOWN ||
				request.lines[i].status == OMS_LINE_NOT_ALLOWED)
				oms_raise_line(&request, &request.lines[i]);
		put_parts(fcinfo, &request);
	}
	else
		put_lines(fcinfo, &request);
	oms_request_end(fcinfo, request_argno, NULL);
	return (Datum) 0;
}

/* oms_reserve… reserve all lines (or with partial what can be had) or raise; a row per part. */
Datum
oms_reserve(PG_FUNCTION_ARGS)
{
	return run(fcinfo, ONE, true);
}

Datum
oms_reserve_many(PG_FUNCTION_ARGS)
{
	return run(fcinfo, MANY, true);
}

Datum
oms_reserve_cart(PG_FUNCTION_ARGS)
{
	return run(fcinfo, CART, true);
}

/* oms_try_reserve… are the same, but tell of a shortage in rows: one per line. */
Datum
oms_try_reserve(PG_FUNCTION_ARGS)
{
	return run(fcinfo, ONE, false);
}

Datum
oms_try_reserve_many(PG_FUNCTION_ARGS)
{
	return run(fcinfo, MANY, false);
}

Datum
oms_try_reserve_cart(PG_FUNCTION_ARGS)
{
	return run(fcinfo, CART, false);
}
