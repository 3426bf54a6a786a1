/*
 * exceptions.c
 *		What could not be taken of feeds: kept with its reason until it can be, or a person decides.
 *
 * A row that is refused, parked or in conflict is a row of feed_exception_row in the transaction
 * of its batch; the same again is the same exception, with one attempt more, by a hash of what it
 * says. It is closed by the call that takes it, whether that is a retry, a person's decision
 * or the source that sent it again. Trying again is ingest over the rows as they came.
 *
 * Locks: exceptions that are tried again, skipping those that others have; then those of ingest.c.
 * Tables: feed_exception_row, feed_event_row and availability_change (forgotten by age).
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "funcapi.h"
#include "utils/array.h"
#include "utils/memutils.h"

#include "sync/sync.h"

PG_FUNCTION_INFO_V1(oms_retry_exceptions);
PG_FUNCTION_INFO_V1(oms_resolve_exception);
PG_FUNCTION_INFO_V1(oms_forget_events);

#define EXCEPTION_ROWS \
	"x AS (SELECT x.n, COALESCE(r.raw, '{}') || jsonb_strip_nulls(jsonb_build_object('event_id', r.event_id, 'sku', r.sku, " \
	"'location', r.location, 'quantity', r.quantity, 'as_of', " OMS_FEED_MOMENT("COALESCE(NULLIF(r.as_of, 'infinity'), CASE WHEN r.as_of IS NULL THEN $8 END)") ")) AS \"row\" " \
	"FROM unnest($9) AS x (n) " \
	"JOIN ROWS FROM (unnest($3), unnest($4), unnest($5), unnest($6), unnest($7), unnest($10)) " \
	"WITH ORDINALITY AS r (event_id, sku, location, quantity, as_of, raw, n) ON r.n = x.n) "

static OmsPlan note_exceptions = {
	"WITH " EXCEPTION_ROWS ", "
	"d AS (SELECT DISTINCT ON (x.\"row\") x.\"row\", w.reason, w.detail FROM x "
	"JOIN ROWS FROM (unnest($9), unnest($11), unnest($12)) AS w (n, reason, detail) ON w.n = x.n) "
	"INSERT INTO oms.feed_exception_row AS e (source, kind, content, \"row\", reason, detail) "
	"SELECT $1, $2, md5(d.\"row\"::text)::uuid, d.\"row\", d.reason, d.detail FROM d "
	"ON CONFLICT (source, kind, content) WHERE status = 'open' DO UPDATE "
	"SET attempts = e.attempts + 1, last_at = clock_timestamp(), reason = excluded.reason, detail = excluded.detail",
	12, {"text", "text", "_text", "_text", "_text", "_int8", "_timestamptz", "timestamptz", "_int8", "_jsonb", "_text", "_text"}
};

static OmsPlan any_exceptions = {
	"SELECT 1 FROM oms.feed_exception_row e WHERE e.source = $1 AND e.kind = $2 AND e.status = 'open' LIMIT 1", 2, {"text", "text"}
};

static OmsPlan close_exceptions = {
	"WITH " EXCEPTION_ROWS
	"UPDATE oms.feed_exception_row e SET status = 'taken', resolved_at = clock_timestamp(), resolved_by = $11 "
	"FROM x WHERE e.source = $1 AND e.kind = $2 AND e.status = 'open' AND e.content = md5(x.\"row\"::text)::uuid",
	11, {"text", "text", "_text", "_text", "_text", "_int8", "_timestamptz", "timestamptz", "_int8", "_jsonb", "text"}
};

static OmsPlan select_exceptions = {
	"SELECT e.source, e.kind, COALESCE(e.\"row\"->>'snapshot_id', ''), jsonb_agg(e.\"row\" ORDER BY e.exception_id) "
	"FROM (SELECT e.* FROM oms.feed_exception_row e WHERE e.status = 'open' AND (e.exception_id = $1 OR $1 IS NULL) "
	"AND (e.source = $2 OR $2 IS NULL) AND (e.reason = $3 OR $3 IS NULL) ORDER BY e.exception_id LIMIT $4 FOR UPDATE SKIP LOCKED) e "
	"GROUP BY 1, 2, 3 ORDER BY 1, 2, 3",
	4, {"int8", "text", "text", "int8"}
};

static OmsPlan dismiss_exceptions = {
	"UPDATE oms.feed_exception_row e SET status = 'dismissed', resolved_at = clock_timestamp(), resolved_by = $4, note = $5 "
	"WHERE e.status = 'open' AND (e.exception_id = $1 OR $1 IS NULL) AND (e.source = $2 OR $2 IS NULL) AND (e.reason = $3 OR $3 IS NULL)",
	5, {"int8", "text", "text", "text", "text"}
};

/*
 * Notes of changes that every consumer has. One that is polling may need them all: its row is locked.
 */
static OmsPlan forget_changes = {
	"WITH c AS MATERIALIZED (SELECT COALESCE(c.available_at, c.available_offered) AS p FROM oms.consumer_row c FOR SHARE SKIP LOCKED) "
	"DELETE FROM oms.availability_change a WHERE (SELECT count(*) FROM c) = (SELECT count(*) FROM oms.consumer_row) "
	"AND a.xid < LEAST((SELECT min(pg_snapshot_xmin(c.p)) FROM c), pg_snapshot_xmin(pg_current_snapshot()))", 0
};

static OmsPlan forget_events = {
	"WITH events AS (DELETE FROM oms.feed_event_row e WHERE e.received_at < clock_timestamp() - $1 RETURNING 1), "
	"closed AS (DELETE FROM oms.feed_exception_row x WHERE x.status <> 'open' AND x.resolved_at < clock_timestamp() - $1 RETURNING 1) "
	"SELECT (SELECT count(*) FROM events) + (SELECT count(*) FROM closed)",
	1, {"interval"}
};

/*
 * oms_feed_finish records what could not be taken, and closes exceptions of what could now: the rows
 * of a snapshot are too many for that, unless they stand for themselves.
 */
void
oms_feed_finish(OmsFeedCall *call)
{
	OmsFeedRows *rows = &call->rows;
	Datum		values[12] = {PointerGetDatum(call->source), PointerGetDatum(call->kind), rows->event_ids,
		rows->skus, rows->locations, rows->quantities, rows->as_ofs, call->as_of
	};
	char		nulls[13] = "            ";
	int64	   *bad = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(int64) * Max(1, rows->n));
	int64	   *good = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(int64) * Max(1, rows->n));
	Datum	   *reasons;
	Datum	   *details;
	bool	   *no_detail;
	int			nbad = 0;
	int			ngood = 0;

	for (int i = 0; i < rows->n; i++)
	{
		const char *outcome = call->results[i].outcome;

		if (strcmp(outcome, "rejected") == 0 || strcmp(outcome, "conflict") == 0 || strcmp(outcome, "parked") == 0)
			bad[nbad++] = i + 1;
		else if (call->keyed || !oms_feed_is_kind(call, "snapshot"))
			good[ngood++] = i + 1;
	}
	for (int i = 2; i < 7; i++)
		nulls[i] = values[i] == 0 ? 'n' : ' ';
	nulls[7] = call->as_of == 0 ? 'n' : ' ';
	values[9] = rows->raws;
	nulls[9] = rows->raws == 0 ? 'n' : ' ';
	oms_spi_connect();
	if (nbad > 0)
	{
		reasons = palloc(sizeof(Datum) * nbad);
		details = palloc0(sizeof(Datum) * nbad);
		no_detail = palloc(sizeof(bool) * nbad);
		for (int i = 0; i < nbad; i++)
		{
			const OmsFeedResult *result = &call->results[bad[i] - 1];

			reasons[i] = CStringGetTextDatum(result->reason);
			no_detail[i] = result->detail == NULL;
			if (!no_detail[i])
				details[i] = CStringGetTextDatum(result->detail);
		}
		values[8] = oms_id_array(nbad, bad);
		values[10] = oms_text_array(nbad, reasons);
		values[11] = oms_array_of(nbad, details, no_detail, TEXTOID, -1, false, TYPALIGN_INT);
		oms_spi_execute(&note_exceptions, values, nulls, false);
	}
	if (ngood > 0 && oms_spi_execute(&any_exceptions, values, NULL, false) > 0)
	{
		values[8] = oms_id_array(ngood, good);
		values[10] = PointerGetDatum(call->actor);
		oms_spi_execute(&close_exceptions, values, nulls, false);
	}
	oms_spi_finish();
}

/*
 * take_exceptions tries exceptions again, those of a source and kind together; limits: large
 * differences still wait for a person. Others that try the same skip them. A row per
 * exception's row, numbered within all.
 */
static void
take_exceptions(FunctionCallInfo fcinfo, Datum *values, const char *nulls, bool limits, text *actor)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	MemoryContext caller = CurrentMemoryContext;
	int			n;
	Datum	   *groups;
	MemoryContext spi;

	oms_spi_connect();
	n = oms_spi_execute_latest(&select_exceptions, values, nulls);
	spi = MemoryContextSwitchTo(caller);
	groups = palloc(sizeof(Datum) * 3 * Max(1, n));
	for (int i = 0; i < n; i++)
	{
		bool		isnull;

		groups[3 * i] = PointerGetDatum(DatumGetTextPCopy(oms_spi_value(i, 1, &isnull)));
		groups[3 * i + 1] = PointerGetDatum(DatumGetTextPCopy(oms_spi_value(i, 2, &isnull)));
		groups[3 * i + 2] = PointerGetDatum(PG_DETOAST_DATUM_COPY(oms_spi_value(i, 4, &isnull)));
	}
	MemoryContextSwitchTo(spi);
	oms_spi_finish();
	for (int i = 0; i < n; i++)
	{
		OmsFeedCall call = {.limits = limits, .actor = actor};

		call.source = DatumGetTextPP(groups[3 * i]);
		call.kind = DatumGetTextPP(groups[3 * i + 1]);
		call.keyed = oms_feed_is_kind(&call, "snapshot");
		oms_feed_parse(groups[3 * i + 2], &call.rows);
		oms_feed_run(&call);
		for (int r = 0; r < call.rows.n; r++)
		{
			Datum		row[5];
			bool		isnull[5] = {0};

			row[0] = groups[3 * i];
			row[1] = groups[3 * i + 1];
			row[2] = CStringGetTextDatum(call.results[r].outcome);
			if (!(isnull[3] = call.results[r].reason == NULL))
				row[3] = CStringGetTextDatum(call.results[r].reason);
			row[4] = Int64GetDatum(call.results[r].change);
			tuplestore_putvalues(result->setResult, result->setDesc, row, isnull);
		}
	}
}

/* oms_retry_exceptions(source, reason, at_most, actor): see the COMMENT. */
Datum
oms_retry_exceptions(PG_FUNCTION_ARGS)
{
	Datum		values[4] = {0};
	char		nulls[5] = "n   ";

	values[1] = PointerGetDatum(oms_arg_optional_key(fcinfo, 0, "source"));
	nulls[1] = PG_ARGISNULL(0) ? 'n' : ' ';
	values[2] = PointerGetDatum(oms_arg_optional_key(fcinfo, 1, "reason"));
	nulls[2] = PG_ARGISNULL(1) ? 'n' : ' ';
	values[3] = Int64GetDatum(oms_arg_quantity(fcinfo, 2, "at_most"));
	InitMaterializedSRF(fcinfo, 0);
	take_exceptions(fcinfo, values, nulls, true, oms_arg_actor(fcinfo, 3));
	return (Datum) 0;
}

/* oms_resolve_exception(exception_id, action, note, source, reason, actor): see the COMMENT. */
Datum
oms_resolve_exception(PG_FUNCTION_ARGS)
{
	Datum		values[5] = {0};
	char		nulls[6] = "     ";
	text	   *action = oms_arg_key(fcinfo, 1, "action");
	bool		take = strcmp(text_to_cstring(action), "take") == 0;
	uint64		n;

	if (!take && strcmp(text_to_cstring(action), "dismiss") != 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("action must be take or dismiss"),
				 errdetail("It is \"%s\".", text_to_cstring(action))));
	if (PG_ARGISNULL(0) && PG_ARGISNULL(3) && PG_ARGISNULL(4))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("exception_id must not be null unless source or reason is given")));
	values[0] = PG_ARGISNULL(0) ? 0 : PG_GETARG_DATUM(0);
	nulls[0] = PG_ARGISNULL(0) ? 'n' : ' ';
	values[1] = PointerGetDatum(oms_arg_optional_key(fcinfo, 3, "source"));
	nulls[1] = PG_ARGISNULL(3) ? 'n' : ' ';
	values[2] = PointerGetDatum(oms_arg_optional_key(fcinfo, 4, "reason"));
	nulls[2] = PG_ARGISNULL(4) ? 'n' : ' ';
	InitMaterializedSRF(fcinfo, 0);
	if (take)
	{
		values[3] = Int64GetDatum(PG_INT64_MAX);
		take_exceptions(fcinfo, values, nulls, false, oms_arg_actor(fcinfo, 5));
		n = tuplestore_tuple_count(((ReturnSetInfo *) fcinfo->resultinfo)->setResult);
	}
	else
	{
		values[3] = PointerGetDatum(oms_arg_actor(fcinfo, 5));
		values[4] = PG_ARGISNULL(2) ? 0 : PG_GETARG_DATUM(2);
		nulls[4] = PG_ARGISNULL(2) ? 'n' : ' ';
		oms_spi_connect();
		n = oms_spi_execute_latest(&dismiss_exceptions, values, nulls);
		oms_spi_finish();
	}
	if (n == 0 && !PG_ARGISNULL(0))
		ereport(ERROR,
				(errcode(OMS_ERR_UNKNOWN_KEY),
				 errmsg("there is no open exception %lld", (long long) PG_GETARG_INT64(0)),
				 errhint("oms.feed_exception lists them.")));
	return (Datum) 0;
}

/* oms_forget_events(older_than interval): see the COMMENT. */
Datum
oms_forget_events(PG_FUNCTION_ARGS)
{
	Datum		values[1];
	int64		n;

	oms_require_not_null(fcinfo, 0, "older_than");
	values[0] = PG_GETARG_DATUM(0);
	oms_spi_connect();
	oms_spi_execute(&forget_events, values, NULL, false);
	n = oms_spi_int64(0, 1);
	oms_spi_execute_latest(&forget_changes, NULL, NULL);
	oms_spi_finish();
	PG_RETURN_INT64(n);
}
