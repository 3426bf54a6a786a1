/*
 * limits.c
 *		Time limits: reminders, work that no location accepts, orders that nobody starts,
 *		goods that nobody fetches. One function, called every minute by a scheduler.
 *
 * Safe to run twice at once: what is due is locked with skip locked, the fulfillment and
 * its order together, so that of two runs one has it and the other leaves it. What was found
 * due is judged again once it is locked: another run, or a person, may have acted meanwhile.
 *
 * Locks, in this order: rows of fulfillment_row and order_row, skip locked; then those of
 * the actions that it calls (reject.c, cancel_order).
 *
 * The SQL texts here are run by SECURITY DEFINER functions that are pinned to search_path
 * pg_catalog, pg_temp, so that operators need no schema.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "funcapi.h"
#include "utils/array.h"

#include "fulfillment/fulfillment.h"

PG_FUNCTION_INFO_V1(oms_enforce_time_limits);

/* What is due ($1) of work, locked, most overdue first; $2 at most. */
static OmsPlan lock_due = {
	"SELECT f.fulfillment_id, f.order_id, f.location FROM oms.deadline d "
	"JOIN oms.fulfillment_row f ON f.order_id = d.order_id AND f.fulfillment_id = d.fulfillment_id "
	"AND f.status = d.status JOIN oms.order_row o ON o.order_id = f.order_id "
	"WHERE d.what = $1 AND d.at <= clock_timestamp() ORDER BY d.at, d.fulfillment_id LIMIT $2 "
	"FOR NO KEY UPDATE OF f, o SKIP LOCKED",
	2, {"text", "int4"}
};

static OmsPlan note_reminders = {
	"WITH reminded AS (UPDATE oms.fulfillment_row f SET reminded_at = clock_timestamp() "
	"WHERE f.fulfillment_id = ANY ($1) AND f.reminded_at IS NULL "
	"AND f.status = CASE $2 WHEN 'remind' THEN 'assigned' ELSE 'ready' END "
	"RETURNING f.order_id, f.fulfillment_id, f.location, f.status), "
	"noted AS (INSERT INTO oms.fulfillment_event_row (order_id, fulfillment_id, action, from_status, to_status, actor) "
	"SELECT r.order_id, r.fulfillment_id, $2, r.status, r.status, $3 FROM reminded r) "
	"SELECT r.fulfillment_id, r.order_id, r.location FROM reminded r ORDER BY r.fulfillment_id",
	3, {"_int8", "text", "text"}
};

/* Of the fulfillments $1 those whose order too many locations did not accept already. */
static OmsPlan escalate = {
	"WITH escalated AS (UPDATE oms.fulfillment_row f SET escalated_at = clock_timestamp() "
	"WHERE f.fulfillment_id = ANY ($1) AND f.status = 'assigned' AND f.escalated_at IS NULL "
	"AND (SELECT count(DISTINCT r.fulfillment_id) FROM oms.rejection_row r "
	"WHERE r.order_id = f.order_id AND r.reason = 'not accepted') + 1 >= "
	"(SELECT t.attempts FROM oms.time_limit t WHERE t.method = f.method "
	"AND (t.location = f.location OR t.location IS NULL) ORDER BY t.location NULLS LAST LIMIT 1) "
	"RETURNING f.order_id, f.fulfillment_id, f.location, f.status), "
	"noted AS (INSERT INTO oms.fulfillment_event_row (order_id, fulfillment_id, action, from_status, to_status, actor) "
	"SELECT e.order_id, e.fulfillment_id, 'escalate', e.status, e.status, $2 FROM escalated e) "
	"SELECT e.fulfillment_id, e.order_id, e.location FROM escalated e ORDER BY e.fulfillment_id",
	2, {"_int8", "text"}
};

static OmsPlan reject_unaccepted = {
	"SELECT DISTINCT r.fulfillment_id, r.order_id, r.location "
	"FROM oms.reject_many(ARRAY(SELECT f.fulfillment_id FROM oms.fulfillment_row f "
	"WHERE f.fulfillment_id = ANY ($1) AND f.status = 'assigned' AND f.escalated_at IS NULL), 'not accepted', true, $2) r ORDER BY 1",
	2, {"_int8", "text"}
};

#define NOT_STARTED \
	"NOT EXISTS (SELECT FROM oms.fulfillment_row f WHERE f.order_id = o.order_id " \
	"AND f.status NOT IN ('assigned', 'rejected', 'superseded', 'cancelled')) " \
	"AND NOT EXISTS (SELECT FROM oms.reservation_row r WHERE r.order_id = o.order_id AND r.consumed > 0) "

static OmsPlan lock_stale_orders = {
	"SELECT NULL::int8, o.order_id, NULL::text FROM oms.order_row o "
	"JOIN oms.time_limit t ON t.method = o.method AND t.location IS NULL "
	"WHERE o.status = 'open' AND o.placed_at + t.cancel_after <= clock_timestamp() AND " NOT_STARTED
	"ORDER BY o.placed_at, o.order_id LIMIT $1 FOR NO KEY UPDATE OF o SKIP LOCKED",
	1, {"int4"}
};

static OmsPlan cancel_orders = {
	"SELECT DISTINCT NULL::int8, o.order_id, NULL::text FROM oms.order_row o, "
	"oms.cancel_order(o.order_id, 'time limit', $2) c "
	"WHERE o.order_id = ANY ($1) AND o.status = 'open' AND " NOT_STARTED "ORDER BY 2",
	2, {"_text", "text"}
};

static OmsPlan cancel_unfetched = {
	"SELECT c.fulfillment_id, c.order_id, c.location FROM oms.cancel_fulfillment_many(ARRAY(SELECT f.fulfillment_id "
	"FROM oms.fulfillment_row f WHERE f.fulfillment_id = ANY ($1) AND f.status = 'ready'), 'no-show', $2) c",
	2, {"_int8", "text"}
};

static OmsPlan delete_exclusions = {
	"DELETE FROM oms.location_exclusion x WHERE x.exclusion_id IN (SELECT e.exclusion_id "
	"FROM oms.location_exclusion e WHERE e.until <= clock_timestamp() FOR UPDATE SKIP LOCKED)", 0, {NULL}
};

/* A row of what was found due. */
typedef struct Due
{
	int64		fulfillment_id;
	bool		of_order;		/* it has none */
	text	   *order_id;
	text	   *location;
} Due;

/* find runs a plan that returns (fulfillment_id, order_id, location), in the caller's memory. */
static int
find(OmsPlan *plan, Datum *values, Due **due)
{
	MemoryContext caller = CurrentMemoryContext;
	int			n;

	oms_spi_connect();
	n = oms_spi_execute_latest(plan, values, NULL);
	*due = MemoryContextAlloc(caller, sizeof(Due) * Max(1, n));
	for (int i = 0; i < n; i++)
	{
		MemoryContext spi = MemoryContextSwitchTo(caller);
		bool		isnull;

		(*due)[i].fulfillment_id = DatumGetInt64(oms_spi_value(i, 1, &(*due)[i].of_order));
		(*due)[i].order_id = DatumGetTextPCopy(oms_spi_value(i, 2, &isnull));
		(*due)[i].location = (*due)[i].of_order ? NULL : DatumGetTextPCopy(oms_spi_value(i, 3, &isnull));
		MemoryContextSwitchTo(spi);
	}
	oms_spi_finish();
	return n;
}

/* act runs a plan of those, and puts what it did into the result set. */
static void
act(FunctionCallInfo fcinfo, const char *action, OmsPlan *plan, Datum *values)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	Due		   *due;
	int			n = find(plan, values, &due);

	for (int i = 0; i < n; i++)
	{
		Datum		values[4] = {
			CStringGetTextDatum(action), Int64GetDatum(due[i].fulfillment_id),
			PointerGetDatum(due[i].order_id), PointerGetDatum(due[i].location)
		};
		bool		nulls[4] = {false, due[i].of_order, false, due[i].of_order};

		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
}

/* find_due finds what is due of work; *ids is the array of its fulfillments. */
static int
find_due(const char *what, int at_most, Due **due, Datum *ids)
{
	Datum		values[2] = {CStringGetTextDatum(what), Int32GetDatum(at_most)};
	int			n = find(&lock_due, values, due);
	Datum	   *elements = palloc(sizeof(Datum) * Max(1, n));

	for (int i = 0; i < n; i++)
		elements[i] = Int64GetDatum((*due)[i].fulfillment_id);
	*ids = oms_int8_array(n, elements);
	return n;
}

static void
remind(FunctionCallInfo fcinfo, const char *what, int at_most, text *actor)
{
	Due		   *due;
	Datum		values[3];

	if (find_due(what, at_most, &due, &values[0]) == 0)
		return;
	values[1] = CStringGetTextDatum(what);
	values[2] = PointerGetDatum(actor);
	act(fcinfo, what, &note_reminders, values);
}

static void
reroute(FunctionCallInfo fcinfo, int at_most, text *actor)
{
	Due		   *due;
	Datum		values[2];

	if (find_due("reroute", at_most, &due, &values[0]) == 0)
		return;
	values[1] = PointerGetDatum(actor);
	act(fcinfo, "escalate", &escalate, values);
	act(fcinfo, "reroute", &reject_unaccepted, values);
}

static void
expire(FunctionCallInfo fcinfo, int at_most, text *actor)
{
	Due		   *due;
	Datum		values[2];

	if (find_due("expire", at_most, &due, &values[0]) == 0)
		return;
	values[1] = PointerGetDatum(actor);
	act(fcinfo, "expire", &cancel_unfetched, values);
}

static void
cancel(FunctionCallInfo fcinfo, int at_most, text *actor)
{
	Due		   *due;
	Datum		values[2] = {Int32GetDatum(at_most)};
	int			n = find(&lock_stale_orders, values, &due);
	Datum	   *elements = palloc(sizeof(Datum) * Max(1, n));

	if (n == 0)
		return;
	for (int i = 0; i < n; i++)
		elements[i] = PointerGetDatum(due[i].order_id);
	values[0] = oms_text_array(n, elements);
	values[1] = PointerGetDatum(actor);
	act(fcinfo, "cancel", &cancel_orders, values);
}

/* oms_enforce_time_limits(at_most, actor): a row for each that was due; see the head of this file. */
Datum
oms_enforce_time_limits(PG_FUNCTION_ARGS)
{
	text	   *actor = oms_arg_actor(fcinfo, 1);
	int			at_most;

	oms_require_not_null(fcinfo, 0, "at_most");
	at_most = PG_GETARG_INT32(0);
	if (at_most < 1)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("at_most must be at least 1"),
				 errdetail("It is %d.", at_most)));
	InitMaterializedSRF(fcinfo, 0);
	cancel(fcinfo, at_most, actor);
	reroute(fcinfo, at_most, actor);
	expire(fcinfo, at_most, actor);
	remind(fcinfo, "remind", at_most, actor);
	remind(fcinfo, "remind customer", at_most, actor);
	oms_spi_connect();
	oms_spi_execute(&delete_exclusions, NULL, NULL, false);
	oms_spi_finish();
	return (Datum) 0;
}
