/*
 * count_session.c
 *		Cycle counts: a session of skus at a location, counted, counted again where the
 *		difference is large, and accepted or rejected line by line. oms.count_stock
 *		(count.c) is the short form: one sku, at once.
 *
 * As of. A count says what was there at counted_at, which may be hours before it is accepted.
 * Its variance is against what should have been there at that moment: on_hand now less
 * all movements since. Accepting it changes on_hand by the variance, so what sold or moved
 * since stays sold and moved. Units that a picker had in his hands then are on hand, and not on
 * the shelf: the session says whether they were counted. What is in hands is known now (lines
 * of fulfillments); for as long as a session is open at a location, what is picked and what
 * leaves is noted (count_pick_row, work.c), so that it is known of each moment since.
 *
 * A transaction that is open may have moved units before the moment and not be seen yet. So
 * a count is accepted only when nobody else is changing on_hand: it waits for them, or raises
 * OM002.
 *
 * Recount. A variance beyond a threshold of the session, in units, in per cent of what was
 * expected or in value, asks for a recount; one that finds the same difference again, or
 * one within the threshold, is believed.
 *
 * Locks, in this order: the session, so that what is done to it comes one after the other; its
 * lines, by sku; those of stock.c; then those of shortfall.c.
 * Tables: count_session_row, count_line_row, count_pick_row, count_task_row, movement_row; stock.
 *
 * The SQL texts here are run by SECURITY DEFINER functions that are pinned to search_path
 * pg_catalog, pg_temp, so that operators need no schema.
 */
#include "postgres.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/timestamp.h"

#include "fulfillment/fulfillment.h"
#include "stock/stock.h"

PG_FUNCTION_INFO_V1(oms_open_count);
PG_FUNCTION_INFO_V1(oms_record_count);
PG_FUNCTION_INFO_V1(oms_record_count_many);
PG_FUNCTION_INFO_V1(oms_accept_count);
PG_FUNCTION_INFO_V1(oms_reject_count);
PG_FUNCTION_INFO_V1(oms_close_count);

/* A session that we have locked. */
typedef struct Session
{
	int64		id;
	text	   *location;
	bool		open;
	bool		blind;
	bool		picked_counted;
	bool		has_units;
	int64		units;			/* thresholds of a recount */
	bool		has_percent;
	double		percent;
	bool		has_value;
	double		value;
	TimestampTz opened_at;
} Session;

/* A line that we have locked. */
typedef struct Line
{
	text	   *sku;
	char	   *status;
	int64		counted;
	TimestampTz counted_at;
	int64		variance;		/* of the count before, if there is one */
	bool		has_value;
	double		unit_value;
} Line;

static OmsPlan insert_session = {
	"INSERT INTO oms.count_session_row (location, blind, picked_counted, recount_units, recount_percent, "
	"recount_value, reason, opened_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING count_id",
	8, {"text", "bool", "bool", "int8", "numeric", "numeric", "text", "text"}
};

/* The skus named or, without, what has stock at the location and what a count was asked for. */
static OmsPlan insert_lines = {
	"INSERT INTO oms.count_line_row (count_id, sku) SELECT $1, u.sku FROM unnest($3) AS u (sku) "
	"UNION SELECT $1, i.sku FROM oms.inventory i WHERE $3 IS NULL AND i.location = $2 "
	"AND (i.on_hand <> 0 OR i.reserved <> 0) "
	"UNION SELECT $1, t.sku FROM oms.count_task_row t WHERE $3 IS NULL AND t.location = $2 AND t.closed_at IS NULL",
	3, {"int8", "text", "_text"}
};

static OmsPlan lock_session = {
	"SELECT s.location, s.status = 'open', s.blind, s.picked_counted, s.recount_units, "
	"s.recount_percent::float8, s.recount_value::float8, s.opened_at FROM oms.count_session_row s "
	"WHERE s.count_id = $1 FOR NO KEY UPDATE",
	1, {"int8"}
};

/* The lines $2 of session $1, or all that are counted. */
static OmsPlan lock_lines = {
	"SELECT l.sku, l.status, l.counted, l.counted_at, l.variance, i.unit_value::float8 "
	"FROM oms.count_line_row l LEFT JOIN oms.item i ON i.sku = l.sku WHERE l.count_id = $1 "
	"AND CASE WHEN $2 IS NULL THEN l.status = 'counted' ELSE l.sku = ANY ($2) END ORDER BY l.sku FOR UPDATE OF l",
	2, {"int8", "_text"}
};

/* What should have been there, of sku $2 at location $1, at moment $3 of session $5; $4: with what was picked. */
static OmsPlan select_expected = {
	"SELECT (COALESCE((SELECT i.on_hand FROM oms.inventory i WHERE i.sku = $2 AND i.location = $1), 0) "
	"- COALESCE((SELECT sum(m.quantity) FROM oms.movement_row m WHERE m.sku = $2 AND m.location = $1 "
	"AND m.moved_at > $3), 0) - CASE WHEN $4 THEN 0 ELSE "
	"COALESCE((SELECT sum(l.picked - l.shipped) FROM oms.fulfillment_row f "
	"JOIN oms.fulfillment_line_row l ON l.order_id = f.order_id AND l.fulfillment_id = f.fulfillment_id "
	"WHERE f.location = $1 AND f.status IN ('picking', 'packed', 'ready') AND l.sku = $2), 0) "
	"- COALESCE((SELECT sum(p.units) FROM oms.count_pick_row p WHERE p.count_id = $5 AND p.sku = $2 "
	"AND p.picked_at > $3), 0) END)::int8",
	5, {"text", "text", "timestamptz", "bool", "int8"}
};

static OmsPlan record_line = {
	"UPDATE oms.count_line_row l SET counted = $3, counted_at = $4, expected = $5, variance = $3 - $5, status = $6, "
	"counted_by = $7, attempts = l.attempts + 1 WHERE l.count_id = $1 AND l.sku = $2",
	7, {"int8", "text", "int8", "timestamptz", "int8", "text", "text"}
};

static OmsPlan decide_line = {
	"UPDATE oms.count_line_row l SET status = $3, expected = COALESCE($4, l.expected), "
	"variance = COALESCE(l.counted - $4, l.variance), decided_by = $5, decided_at = clock_timestamp(), "
	"reason = $6 WHERE l.count_id = $1 AND l.sku = $2",
	6, {"int8", "text", "text", "int8", "text", "text"}
};

static OmsPlan close_session = {
	"WITH dropped AS (UPDATE oms.count_line_row l SET status = 'rejected', reason = 'not counted', decided_by = $2, "
	"decided_at = clock_timestamp() WHERE l.count_id = $1 AND l.status = 'open' RETURNING 1), "
	"noted AS (DELETE FROM oms.count_pick_row p WHERE p.count_id = $1) "
	"UPDATE oms.count_session_row s SET status = 'closed', closed_by = $2, closed_at = clock_timestamp() "
	"WHERE s.count_id = $1",
	2, {"int8", "text"}
};

static OmsPlan find_undecided = {
	"SELECT string_agg(l.sku, ', ' ORDER BY l.sku) FROM oms.count_line_row l WHERE l.count_id = $1 "
	"AND l.status IN ('counted', 'recount')",
	1, {"int8"}
};

/* lock reads and locks a session; OM004 unknown, OM005 closed, OM010 at another's location. */
static void
lock(int64 id, Session *session)
{
	MemoryContext caller = CurrentMemoryContext;
	Datum		values[1] = {Int64GetDatum(id)};
	Datum		value;
	bool		isnull;

	oms_spi_connect();
	if (oms_spi_execute_latest(&lock_session, values, NULL) == 0)
		ereport(ERROR,
				(errcode(OMS_ERR_UNKNOWN_KEY),
				 errmsg("count %lld is unknown", (long long) id),
				 errhint("Call oms.open_count first.")));
	session->id = id;
	session->location = oms_spi_copy_text(0, 1, caller);
	session->open = DatumGetBool(oms_spi_value(0, 2, &isnull));
	session->blind = DatumGetBool(oms_spi_value(0, 3, &isnull));
	session->picked_counted = DatumGetBool(oms_spi_value(0, 4, &isnull));
	value = oms_spi_value(0, 5, &isnull);
	session->has_units = !isnull;
	session->units = isnull ? 0 : DatumGetInt64(value);
	value = oms_spi_value(0, 6, &isnull);
	session->has_percent = !isnull;
	session->percent = isnull ? 0 : DatumGetFloat8(value);
	value = oms_spi_value(0, 7, &isnull);
	session->has_value = !isnull;
	session->value = isnull ? 0 : DatumGetFloat8(value);
	session->opened_at = DatumGetTimestampTz(oms_spi_value(0, 8, &isnull));
	oms_spi_finish();
	oms_require_own_location(session->location);
	if (!session->open)
		ereport(ERROR,
				(errcode(OMS_ERR_ILLEGAL_TRANSITION),
				 errmsg("count %lld is closed", (long long) id),
				 errhint("Open another one.")));
}

/* read_lines locks the lines of the skus, or with n < 0 all that are counted: their number. */
static int
read_lines(const Session *session, int n, text **skus, Line **lines)
{
	MemoryContext caller = CurrentMemoryContext;
	Datum	   *keys = palloc(sizeof(Datum) * Max(1, n));
	Datum		values[2] = {Int64GetDatum(session->id)};
	uint64		found;

	for (int i = 0; i < n; i++)
		keys[i] = PointerGetDatum(skus[i]);
	values[1] = n < 0 ? (Datum) 0 : oms_text_array(n, keys);
	oms_spi_connect();
	found = oms_spi_execute_latest(&lock_lines, values, n < 0 ? " n" : NULL);
	*lines = MemoryContextAllocZero(caller, sizeof(Line) * Max(1, found));
	for (uint64 i = 0; i < found; i++)
	{
		Line	   *line = &(*lines)[i];
		Datum		value;
		bool		isnull;

		line->sku = oms_spi_copy_text(i, 1, caller);
		line->status = MemoryContextStrdup(caller, oms_spi_text(i, 2));
		value = oms_spi_value(i, 3, &isnull);
		line->counted = isnull ? 0 : DatumGetInt64(value);
		value = oms_spi_value(i, 4, &isnull);
		line->counted_at = isnull ? 0 : DatumGetTimestampTz(value);
		value = oms_spi_value(i, 5, &isnull);
		line->variance = isnull ? 0 : DatumGetInt64(value);
		value = oms_spi_value(i, 6, &isnull);
		line->has_value = !isnull;
		line->unit_value = isnull ? 0 : DatumGetFloat8(value);
	}
	oms_spi_finish();
	for (int i = 0; i < n; i++)
	{
		bool		known = false;

		for (uint64 l = 0; l < found; l++)
			known = known || oms_text_equal((*lines)[l].sku, skus[i]);
		if (!known)
			ereport(ERROR,
					(errcode(OMS_ERR_UNKNOWN_KEY),
					 errmsg("sku \"%s\" is not part of count %lld", text_to_cstring(skus[i]),
							(long long) session->id)));
	}
	return found;
}

/* expected_at is what should have been counted of a sku at a moment. */
static int64
expected_at(const Session *session, text *sku, TimestampTz at)
{
	Datum		values[5] = {
		PointerGetDatum(session->location), PointerGetDatum(sku), TimestampTzGetDatum(at),
		BoolGetDatum(session->picked_counted), Int64GetDatum(session->id)
	};
	int64		expected;

	oms_spi_connect();
	(void) oms_spi_execute_latest(&select_expected, values, NULL);
	expected = oms_spi_int64(0, 1);
	oms_spi_finish();
	return expected;
}

/* is_large says whether a variance is beyond a threshold of the session. */
static bool
is_large(const Session *session, const Line *line, int64 expected, int64 variance)
{
	double		units = fabs((double) variance);

	return (session->has_units && units > session->units) ||
		(session->has_percent && units * 100 > session->percent * fabs((double) expected)) ||
		(session->has_value && line->has_value && units * line->unit_value > session->value);
}

static void
raise_line(const Session *session, const Line *line, const char *verb, const char *hint)
{
	ereport(ERROR,
			(errcode(OMS_ERR_ILLEGAL_TRANSITION),
			 errmsg("cannot %s sku \"%s\" of count %lld", verb, text_to_cstring(line->sku),
					(long long) session->id),
			 errdetail("Its status is %s.", line->status),
			 errhint("%s", hint)));
}

/* record writes down what was counted of a line; puts its row. */
static void
record(FunctionCallInfo fcinfo, const Session *session, Line *line, int64 counted, TimestampTz at,
	   text *actor)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	int64		expected = expected_at(session, line->sku, at);
	bool		again = strcmp(line->status, "recount") == 0;
	bool		believed;
	Datum		values[7];
	Datum		row[5];
	bool		nulls[5] = {0};

	if (strcmp(line->status, "accepted") == 0 || strcmp(line->status, "rejected") == 0)
		raise_line(session, line, "count", "It was decided; open another count.");
	believed = !is_large(session, line, expected, counted - expected) ||
		(again && counted - expected == line->variance);
	values[0] = Int64GetDatum(session->id);
	values[1] = PointerGetDatum(line->sku);
	values[2] = Int64GetDatum(counted);
	values[3] = TimestampTzGetDatum(at);
	values[4] = Int64GetDatum(expected);
	values[5] = CStringGetTextDatum(believed ? "counted" : "recount");
	values[6] = PointerGetDatum(actor);
	oms_spi_connect();
	oms_spi_execute(&record_line, values, NULL, false);
	oms_spi_finish();
	row[0] = PointerGetDatum(line->sku);
	row[1] = values[5];
	row[2] = values[2];
	row[3] = values[4];
	row[4] = Int64GetDatum(counted - expected);
	nulls[3] = nulls[4] = session->blind;
	tuplestore_putvalues(result->setResult, result->setDesc, row, nulls);
}

static Datum
run_record(FunctionCallInfo fcinfo, bool many)
{
	Session		session;
	Line	   *lines;
	text	  **skus;
	int64	   *quantities;
	TimestampTz at;
	text	   *actor;
	int			n = 1;

	oms_require_not_null(fcinfo, 0, "count_id");
	if (many)
	{
		n = oms_arg_keys(fcinfo, 1, "skus", &skus);
		oms_require_same_length("skus", n, "quantities",
								oms_arg_quantities(fcinfo, 2, "quantities", &quantities));
	}
	else
	{
		skus = palloc(sizeof(text *));
		skus[0] = oms_arg_key(fcinfo, 1, "sku");
		oms_require_not_null(fcinfo, 2, "quantity");
		quantities = palloc(sizeof(int64));
		quantities[0] = PG_GETARG_INT64(2);
	}
	for (int i = 0; i < n; i++)
		if (quantities[i] < 0)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("quantity must not be negative"),
					 errdetail("Sku \"%s\": %lld.", text_to_cstring(skus[i]), (long long) quantities[i])));
	actor = oms_arg_actor(fcinfo, 4);
	InitMaterializedSRF(fcinfo, 0);
	if (oms_request_begin(fcinfo, 5, NULL))
		return (Datum) 0;
	lock(PG_GETARG_INT64(0), &session);
	at = PG_ARGISNULL(3) ? GetCurrentTimestamp() : PG_GETARG_TIMESTAMPTZ(3);
	if (at < session.opened_at || at > GetCurrentTimestamp())
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("counted_at must be while the count was open"),
				 errdetail("It is %s; count %lld was opened at %s.", timestamptz_to_str(at),
						   (long long) session.id, pstrdup(timestamptz_to_str(session.opened_at)))));
	for (int i = 0; i < n; i++)
	{
		(void) read_lines(&session, 1, &skus[i], &lines);
		record(fcinfo, &session, &lines[0], quantities[i], at, actor);
	}
	oms_request_end(fcinfo, 5, NULL);
	return (Datum) 0;
}

/*
 * oms_record_count(count_id, sku, quantity, counted_at, actor, request_id) writes down a
 * count; a row (sku, status, counted, expected, variance). OM004, OM005, OM010, 22023.
 */
Datum
oms_record_count(PG_FUNCTION_ARGS)
{
	return run_record(fcinfo, false);
}

Datum
oms_record_count_many(PG_FUNCTION_ARGS)
{
	return run_record(fcinfo, true);
}

/*
 * oms_open_count(location, skus, blind, picked_counted, recount_units, recount_percent,
 * recount_value, reason, actor, request_id): a bigint, the number of the count. OM004, OM010, 22023.
 */
Datum
oms_open_count(PG_FUNCTION_ARGS)
{
	static const char *const thresholds[] = {"recount_units", "recount_percent", "recount_value"};
	Datum		values[8] = {PointerGetDatum(oms_arg_key(fcinfo, 0, "location"))};
	char		nulls[9] = "        ";
	Datum		scalar = 0;
	text	  **skus;

	if (!PG_ARGISNULL(1))
		(void) oms_arg_keys(fcinfo, 1, "skus", &skus);
	oms_require_not_null(fcinfo, 2, "blind");
	oms_require_not_null(fcinfo, 3, "picked_counted");
	for (int i = 2; i < 7; i++)
	{
		values[i - 1] = fcinfo->args[i].value;
		nulls[i - 1] = PG_ARGISNULL(i) ? 'n' : ' ';
	}
	for (int i = 0; i < 3; i++)
		if (!PG_ARGISNULL(4 + i) &&
			(i == 0 ? PG_GETARG_INT64(4) < 0 :
			 DatumGetBool(DirectFunctionCall2(numeric_lt, PG_GETARG_DATUM(4 + i),
											  DirectFunctionCall1(int4_numeric, Int32GetDatum(0))))))
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("%s must not be negative", thresholds[i])));
	values[6] = PointerGetDatum(oms_arg_optional_text(fcinfo, 7));
	nulls[6] = PG_ARGISNULL(7) ? 'n' : ' ';
	values[7] = PointerGetDatum(oms_arg_actor(fcinfo, 8));
	if (oms_request_begin(fcinfo, 9, &scalar))
		return scalar;
	oms_require_location(DatumGetTextPP(values[0]));
	oms_spi_connect();
	oms_spi_execute(&insert_session, values, nulls, false);
	scalar = Int64GetDatum(oms_spi_int64(0, 1));
	values[1] = values[0];
	values[0] = scalar;
	values[2] = PG_ARGISNULL(1) ? (Datum) 0 : PG_GETARG_DATUM(1);
	oms_spi_execute(&insert_lines, values, PG_ARGISNULL(1) ? "  n" : NULL, false);
	oms_spi_finish();
	oms_request_end(fcinfo, 9, &scalar);
	return scalar;
}

/* decide writes what became of a line; with_expected: against this, as it is known now. */
static void
decide(const Session *session, const Line *line, const char *status, bool with_expected, int64 expected,
	   text *reason, text *actor)
{
	Datum		values[6] = {
		Int64GetDatum(session->id), PointerGetDatum(line->sku), CStringGetTextDatum(status),
		Int64GetDatum(expected), PointerGetDatum(actor), PointerGetDatum(reason)
	};
	char		nulls[7] = "      ";

	nulls[3] = with_expected ? ' ' : 'n';
	nulls[5] = reason == NULL ? 'n' : ' ';
	oms_spi_connect();
	oms_spi_execute(&decide_line, values, nulls, false);
	oms_spi_finish();
}

/*
 * accept_line changes on_hand by the variance of a line, as it is known when nobody else is
 * changing on_hand; on_hand after. OM002.
 */
static int64
accept_line(OmsAccounts *stock, const Session *session, const Line *line, int64 *variance,
			OmsChange *result, text *actor)
{
	OmsGuard	still = {.kind = OMS_GUARD_STILL};
	OmsAmounts	change = {0};
	int64		expected;

	oms_stock_change_waiting(stock, line->sku, session->location, change, &still, result);
	if (result->outcome == OMS_DONE)
	{
		expected = expected_at(session, line->sku, line->counted_at);
		*variance = line->counted - expected;
		change.on_hand = *variance;
		decide(session, line, "accepted", true, expected, NULL, actor);
		if (*variance != 0)
			oms_stock_change(stock, line->sku, session->location, change, &still, result);
	}
	if (result->outcome == OMS_PENDING)
		oms_raise_short(result, line->sku, session->location, Abs(change.on_hand));
	if (result->outcome == OMS_SHORT)
		ereport(ERROR,
				(errcode(OMS_ERR_INSUFFICIENT_STOCK),
				 errmsg("count %lld of sku \"%s\" would leave less than nothing",
						(long long) session->id, text_to_cstring(line->sku)),
				 errdetail("Location \"%s\": %lld on hand, variance %lld.", text_to_cstring(session->location),
						   (long long) result->available, (long long) *variance),
				 errhint("More has left since than was counted: count again.")));
	return result->after.on_hand;
}

/* accept accepts the counts of the lines; puts a row for each. */
static void
accept(FunctionCallInfo fcinfo, const Session *session, int n, Line *lines, bool despite_recount,
	   text *actor)
{
	ReturnSetInfo *set = (ReturnSetInfo *) fcinfo->resultinfo;
	text	   *reference = cstring_to_text(psprintf("count %lld", (long long) session->id));
	OmsChange  *results = palloc(sizeof(OmsChange) * Max(1, n));
	OmsSupplied *supplied = palloc0(sizeof(OmsSupplied) * Max(1, n));
	OmsMovement *movements = palloc0(sizeof(OmsMovement) * Max(1, n));
	int			nmovements = 0;
	int			nsupplied = 0;
	OmsAccounts *stock = oms_stock_open();

	for (int i = 0; i < n; i++)
	{
		Line	   *line = &lines[i];
		int64		variance = 0;
		int64		on_hand;
		Datum		values[4];
		bool		nulls[4] = {0};

		if (strcmp(line->status, "counted") != 0 &&
			!(despite_recount && strcmp(line->status, "recount") == 0))
			raise_line(session, line, "accept", strcmp(line->status, "recount") == 0 ?
					   "Count it again, or pass despite_recount => true." : "Count it first: oms.record_count.");
		on_hand = accept_line(stock, session, line, &variance, &results[i], actor);
		if (variance != 0)
			movements[nmovements++] = (OmsMovement) {
				.sku = line->sku, .location = session->location, .quantity = variance
			};
		if (variance > 0)
			supplied[nsupplied++] = (OmsSupplied) {
				.sku = line->sku, .quantity = variance, .fill_limit = PG_INT64_MAX
			};
		oms_count_close_task(session->location, line->sku, line->counted, variance);
		values[0] = PointerGetDatum(line->sku);
		values[1] = Int64GetDatum(line->counted);
		values[2] = Int64GetDatum(variance);
		values[3] = Int64GetDatum(on_hand);
		tuplestore_putvalues(set->setResult, set->setDesc, values, nulls);
	}
	oms_accounts_close(stock);
	oms_movements_record(movements, nmovements, "count", NULL, reference, actor);
	for (int i = 0; i < n; i++)
		oms_stock_lost(&results[i], lines[i].sku, session->location, cstring_to_text("count"), reference,
					   actor);
	oms_stock_supplied(nsupplied, supplied, session->location);
}

/* arg_lines locks the session and the lines of skus, argument 1, or all that are counted. */
static int
arg_lines(FunctionCallInfo fcinfo, Session *session, Line **lines)
{
	text	  **skus = NULL;
	int			n = PG_ARGISNULL(1) ? -1 : oms_arg_keys(fcinfo, 1, "skus", &skus);

	lock(PG_GETARG_INT64(0), session);
	return read_lines(session, n, skus, lines);
}

/*
 * oms_accept_count(count_id, skus, despite_recount, actor, request_id): a row per line (sku,
 * counted, variance, on_hand). OM001, OM002, OM004, OM005, OM010.
 */
Datum
oms_accept_count(PG_FUNCTION_ARGS)
{
	Session		session;
	Line	   *lines;
	text	   *actor;
	int			n;

	oms_require_not_null(fcinfo, 0, "count_id");
	oms_require_not_null(fcinfo, 2, "despite_recount");
	actor = oms_arg_actor(fcinfo, 3);
	InitMaterializedSRF(fcinfo, 0);
	if (oms_request_begin(fcinfo, 4, NULL))
		return (Datum) 0;
	n = arg_lines(fcinfo, &session, &lines);
	accept(fcinfo, &session, n, lines, PG_GETARG_BOOL(2), actor);
	oms_request_end(fcinfo, 4, NULL);
	return (Datum) 0;
}

/*
 * oms_reject_count(count_id, skus, reason, actor, request_id) drops counts of lines: a bigint,
 * how many. OM004, OM005, OM010.
 */
Datum
oms_reject_count(PG_FUNCTION_ARGS)
{
	Session		session;
	Line	   *lines;
	text	   *reason;
	text	   *actor;
	Datum		scalar = 0;
	int			n;

	oms_require_not_null(fcinfo, 0, "count_id");
	oms_require_not_null(fcinfo, 1, "skus");
	reason = oms_arg_optional_text(fcinfo, 2);
	actor = oms_arg_actor(fcinfo, 3);
	if (oms_request_begin(fcinfo, 4, &scalar))
		return scalar;
	n = arg_lines(fcinfo, &session, &lines);
	for (int i = 0; i < n; i++)
	{
		if (strcmp(lines[i].status, "accepted") == 0 || strcmp(lines[i].status, "rejected") == 0)
			raise_line(&session, &lines[i], "reject", "It was decided already.");
		decide(&session, &lines[i], "rejected", false, 0, reason, actor);
	}
	scalar = Int64GetDatum(n);
	oms_request_end(fcinfo, 4, &scalar);
	return scalar;
}

/* oms_close_count(count_id, actor, request_id) ends a count: a bigint, its number. OM004, OM005, OM010. */
Datum
oms_close_count(PG_FUNCTION_ARGS)
{
	Session		session;
	Datum		values[2];
	Datum		scalar = 0;
	char	   *undecided;

	oms_require_not_null(fcinfo, 0, "count_id");
	values[0] = PG_GETARG_DATUM(0);
	values[1] = PointerGetDatum(oms_arg_actor(fcinfo, 1));
	if (oms_request_begin(fcinfo, 2, &scalar))
		return scalar;
	lock(PG_GETARG_INT64(0), &session);
	oms_spi_connect();
	(void) oms_spi_execute_latest(&find_undecided, values, NULL);
	undecided = oms_spi_text(0, 1);
	if (undecided != NULL)
		ereport(ERROR,
				(errcode(OMS_ERR_ILLEGAL_TRANSITION),
				 errmsg("count %lld is not decided", (long long) session.id),
				 errdetail("Neither accepted nor rejected: %s.", undecided),
				 errhint("Call oms.accept_count or oms.reject_count.")));
	oms_spi_execute(&close_session, values, NULL, false);
	oms_spi_finish();
	scalar = Int64GetDatum(session.id);
	oms_request_end(fcinfo, 2, &scalar);
	return scalar;
}
