/*
 * reconcile.c
 *		Where a source's figures and what we have differ, why, and the repair.
 *
 * A difference was found by a statement of the source (state.c): figure less what our movements
 * come to as of its moment. It was booked as a movement of the statement, or it waits for a
 * person. Both are looked at while the statement is the newest of its key and nobody has
 * settled it. There is no table of them: the corrections are in the ledger, the others are
 * exceptions, whose difference is computed anew.
 *
 * The cause is what in our data is exactly the difference, looked for in this order:
 *
 *	missed, figure true		an event that was sent and could not be taken: an open exception
 *	late, figure true		an event that was absorbed: it came after the figure that contains it, or an
 *							earlier figure was taken to contain it and did not
 *	late, ledger true		an event that came after the figure, was applied since it is within the
 *							source's lag, and is in the figure all the same: it counts twice now
 *	double, figure true		two movements alike, near in time, under different ids or of different
 *							sources, at least one of them reported: applied twice
 *	missed, ledger true		movements that the figure should contain and does not: one of that
 *							quantity, or the latest ones together (the source is behind)
 *	unexplained, figure true
 *
 * One event that is the difference is preferred to several that are together. A suspicion is not a
 * proof: two sales of one unit within a minute look like one that was sent twice.
 *
 * The repair states anew what is true as of that moment, the figure or the ledger, by which state.c
 * books what on_hand lacks of it, whatever moves meanwhile; what was right already is only marked as settled,
 * so that the source's same figure does not raise it again. History stays as it is.
 *
 * Locks (repair): the ingest lock of each location of the source's statements, before anything is
 * read, so that no event changes the cause between finding and booking it; then those of
 * state.c. Tables: source, feed_snapshot_row, feed_mark_row, feed_event_row, feed_exception_row,
 * movement_row, reservation_row, stock_account, stock_delta.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/memutils.h"

#include "sync/sync.h"

PG_FUNCTION_INFO_V1(oms_reconcile);

static OmsPlan select_known = {"SELECT 1 FROM oms.source s WHERE s.source = $1", 1, {"text"}};

/* Exceptions that are statements of what is there. */
#define WAITING \
	"e.source = $1 AND e.status = 'open' AND e.kind IN ('snapshot', 'count') AND e.reason IN ('missing from the snapshot', " \
	"'more units than the limit', 'more per cent than the limit', 'more value than the limit', 'being changed by an open transaction')"

static OmsPlan select_locations = {
	"SELECT COALESCE(array_agg(l.location), '{}') FROM (SELECT p.location FROM oms.feed_snapshot_row p WHERE p.source = $1 "
	"UNION SELECT k.location FROM oms.feed_mark_row k WHERE k.source = $1 "
	"UNION SELECT e.\"row\"->>'location' FROM oms.feed_exception_row e WHERE " WAITING ") l",
	1, {"text"}
};

/* A movement that is no statement of what is there. */
#define MOVED "m.kind NOT IN ('snapshot', 'count', 'reconcile') AND m.quantity <> 0"

/* By how many units an event changes on_hand. */
#define EFFECT(kind, quantity) "CASE " kind " WHEN 'sale' THEN -" quantity " ELSE " quantity " END"

/* Of events that may explain a difference: the one that is it, the latest if there are several, or all of them, or NULL. */
#define THE_DIFFERENCE(element, effect, at) \
	"CASE WHEN bool_or(" effect " = x.difference) THEN (array_agg(" element " ORDER BY " effect " = x.difference DESC, " at " DESC))[1:1] " \
	"WHEN sum(" effect ") = x.difference THEN array_agg(" element " ORDER BY " at ") END"

/*
 * The differences of a source ($1), with evidence from $2 before the figure on, and movements
 * near each other when at most $3 apart; of the causes $4. stated and ledger are in the
 * source's terms: net of what was reserved if its figures are.
 */
static OmsPlan find_differences = {
	"WITH s AS MATERIALIZED (SELECT s.* FROM oms.source s WHERE s.source = $1), "
	"moments AS MATERIALIZED (SELECT p.as_of FROM oms.feed_snapshot_row p WHERE p.source = $1 "
	"UNION SELECT k.as_of FROM oms.feed_mark_row k WHERE k.source = $1 AND NOT k.settled), "
	"found AS (SELECT m.sku, m.location, m.occurred_at AS as_of, NULL::bigint AS figure, sum(m.quantity)::bigint AS corrected, "
	"min(m.moved_at) AS arrived, NULL::bigint AS exception_id FROM moments t JOIN oms.movement_row m ON m.occurred_at = t.as_of "
	"WHERE m.source = $1 AND m.kind IN ('snapshot', 'count') GROUP BY m.sku, m.location, m.occurred_at "
	"UNION ALL SELECT e.\"row\"->>'sku', e.\"row\"->>'location', oms.feed_moment(e.\"row\"->>'as_of'), (e.\"row\"->>'quantity')::bigint, 0, "
	"e.first_at, e.exception_id FROM oms.feed_exception_row e WHERE " WAITING "), "
	"c AS MATERIALIZED (SELECT DISTINCT ON (f.sku, f.location) f.*, f.as_of - s.lag AS seen FROM found f, s "
	"ORDER BY f.sku, f.location, f.as_of DESC, f.exception_id DESC NULLS LAST), "
	"stated AS MATERIALIZED (SELECT u.sku, p.location, max(p.as_of) AS as_of FROM oms.feed_snapshot_row p, unnest(p.skus) AS u (sku) "
	"WHERE NOT p.complete AND EXISTS (SELECT FROM c WHERE c.location = p.location AND c.as_of < p.as_of) GROUP BY u.sku, p.location), "
	"live AS MATERIALIZED (SELECT c.* FROM c WHERE NOT EXISTS (SELECT FROM oms.feed_mark_row k WHERE k.sku = c.sku AND k.location = c.location "
	"AND (k.as_of > c.as_of OR k.as_of = c.as_of AND k.settled)) "
	"AND NOT EXISTS (SELECT FROM stated t WHERE t.sku = c.sku AND t.location = c.location AND t.as_of > c.as_of) "
	"AND NOT EXISTS (SELECT FROM oms.feed_snapshot_row q WHERE q.complete AND q.location = c.location AND q.as_of > c.as_of AND c.sku <> ALL (q.skus)) "
	"AND NOT EXISTS (SELECT FROM oms.movement_row m WHERE m.sku = c.sku AND m.location = c.location AND m.kind = 'count' AND m.source IS NULL "
	"AND m.occurred_at > c.as_of)), "
	"held AS MATERIALIZED (SELECT c.sku, c.location, sum(" OMS_FEED_HELD("c.seen") ")::bigint AS quantity FROM live c "
	"JOIN oms.reservation_row r ON r.sku = c.sku AND r.location = c.location WHERE (SELECT s.excludes_reserved FROM s) GROUP BY c.sku, c.location), "
	"b AS (SELECT c.*, COALESCE(a.on_hand, 0) + COALESCE(d.on_hand, 0) AS on_hand, COALESCE(n.quantity, 0) + COALESCE(h.quantity, 0) AS beyond "
	"FROM live c LEFT JOIN oms.stock_account a ON a.sku = c.sku AND a.location = c.location "
	"LEFT JOIN oms.stock_delta_sum d ON d.sku = c.sku AND d.location = c.location "
	"LEFT JOIN held h ON h.sku = c.sku AND h.location = c.location "
	"LEFT JOIN LATERAL (SELECT sum(m.quantity)::bigint AS quantity FROM oms.movement_row m WHERE m.sku = c.sku AND m.location = c.location "
	"AND " OMS_FEED_UNSEEN("$1", "c.as_of", "c.seen", "(SELECT s.excludes_shipped FROM s)") ") n ON true), "
	"x AS MATERIALIZED (SELECT x.* FROM (SELECT b.*, COALESCE(b.figure, b.on_hand - b.beyond) AS stated, "
	"CASE WHEN b.exception_id IS NULL THEN b.corrected ELSE b.figure + b.beyond - b.on_hand END AS difference FROM b) x WHERE x.difference <> 0), "
	"refused AS MATERIALIZED (SELECT e.\"row\"->>'sku' AS sku, e.\"row\"->>'location' AS location, e.\"row\"->>'event_id' AS event_id, e.first_at, "
	EFFECT("e.kind", "(e.\"row\"->>'quantity')::bigint") " AS effect, oms.feed_moment(e.\"row\"->>'as_of') AS as_of "
	"FROM oms.feed_exception_row e WHERE e.status = 'open' AND e.kind IN ('sale', 'change', 'receipt') AND e.\"row\"->>'quantity' ~ '^-?[0-9]{1,18}$'), "
	"absorbed AS MATERIALIZED (SELECT e.sku, e.location, e.event_id, e.as_of, " EFFECT("e.kind", "e.quantity") " AS effect, e.received_at "
	"FROM oms.feed_event_row e WHERE e.outcome = 'absorbed' AND e.received_at > (SELECT min(x.as_of) FROM x) - $2 - interval '5 minutes'), "
	"y AS (SELECT x.*, r.events AS refused, l.events AS absorbed, l.after, t.movements AS twice, t.events AS twice_events, "
	"d.movements AS doubled, d.events AS doubled_events, w.movements AS unknown FROM x "
	"LEFT JOIN LATERAL (SELECT " THE_DIFFERENCE("r.event_id", "r.effect", "r.first_at") " AS events FROM refused r "
	"WHERE r.sku = x.sku AND r.location = x.location AND (r.as_of IS NULL OR r.as_of > x.as_of - $2 AND r.as_of <= x.as_of)) r ON true "
	"LEFT JOIN LATERAL (SELECT " THE_DIFFERENCE("l.event_id", "l.effect", "l.as_of") " AS events, bool_and(l.received_at > x.arrived) AS after FROM absorbed l "
	"WHERE l.sku = x.sku AND l.location = x.location AND l.as_of > x.as_of - $2 AND l.as_of <= x.as_of) l ON true "
	"LEFT JOIN LATERAL (SELECT " THE_DIFFERENCE("m.movement_id", "m.quantity", "m.occurred_at") " AS movements, "
	THE_DIFFERENCE("m.reference", "m.quantity", "m.occurred_at") " AS events FROM oms.movement_row m "
	"WHERE m.sku = x.sku AND m.location = x.location AND x.exception_id IS NULL AND m.occurred_at > x.seen AND m.occurred_at <= x.as_of AND m.moved_at > x.arrived "
	"AND m.source IS NOT NULL AND m.source <> $1 AND " MOVED ") t ON true "
	"LEFT JOIN LATERAL (SELECT ARRAY(SELECT u FROM unnest(d.firsts || d.movements) u ORDER BY u) AS movements, d.first_events || d.events AS events FROM (SELECT "
	THE_DIFFERENCE("d.movement_id", "-d.quantity", "d.occurred_at") " AS movements, " THE_DIFFERENCE("d.first_id", "-d.quantity", "d.occurred_at") " AS firsts, "
	THE_DIFFERENCE("d.reference", "-d.quantity", "d.occurred_at") " AS events, " THE_DIFFERENCE("d.first_reference", "-d.quantity", "d.occurred_at") " AS first_events "
	"FROM (SELECT DISTINCT ON (m.movement_id) m.movement_id, m.quantity, m.occurred_at, m.reference, f.movement_id AS first_id, f.reference AS first_reference "
	"FROM oms.movement_row m JOIN oms.movement_row f ON f.sku = m.sku AND f.location = m.location AND f.quantity = m.quantity "
	"WHERE m.sku = x.sku AND m.location = x.location AND m.occurred_at > x.as_of - $2 AND m.occurred_at <= x.as_of AND " MOVED " "
	"AND f.kind NOT IN ('snapshot', 'count', 'reconcile') AND (f.occurred_at, f.movement_id) < (m.occurred_at, m.movement_id) AND f.occurred_at >= m.occurred_at - $3 "
	"AND (f.source IS DISTINCT FROM m.source OR f.source IS NOT NULL AND f.reference IS DISTINCT FROM m.reference) "
	"ORDER BY m.movement_id, f.occurred_at DESC, f.movement_id DESC) d) d) d ON d.movements <> '{}' "
	"LEFT JOIN LATERAL (SELECT CASE WHEN bool_or(w.quantity = -x.difference) THEN (array_agg(w.movement_id ORDER BY w.quantity = -x.difference DESC, w.n))[1:1] "
	"ELSE (array_agg(w.movement_id ORDER BY w.n))[1:(min(w.n) FILTER (WHERE w.upto = -x.difference))::integer] END AS movements "
	"FROM (SELECT m.movement_id, m.quantity, row_number() OVER o AS n, sum(m.quantity) OVER (o ROWS UNBOUNDED PRECEDING) AS upto FROM oms.movement_row m "
	"WHERE m.sku = x.sku AND m.location = x.location AND m.occurred_at > x.as_of - $2 AND m.occurred_at <= x.as_of AND m.source IS DISTINCT FROM $1 AND " MOVED " "
	"AND NOT " OMS_FEED_UNSEEN("$1", "x.as_of", "x.seen", "(SELECT s.excludes_shipped FROM s)") " "
	"WINDOW o AS (ORDER BY m.occurred_at DESC, m.movement_id DESC)) w) w ON true), "
	"z AS (SELECT y.*, y.stated - y.difference AS ledger, CASE WHEN y.refused IS NOT NULL THEN 'missed' WHEN y.absorbed IS NOT NULL OR y.twice IS NOT NULL THEN 'late' "
	"WHEN y.doubled IS NOT NULL THEN 'double' WHEN y.unknown IS NOT NULL THEN 'missed' ELSE 'unexplained' END AS cause, "
	"y.refused IS NULL AND y.absorbed IS NULL AND (y.twice IS NOT NULL OR y.doubled IS NULL AND y.unknown IS NOT NULL) AS ledger_true FROM y) "
	"SELECT z.sku, z.location, z.as_of, z.stated, z.ledger, z.on_hand, z.difference, z.corrected, z.cause, "
	"CASE WHEN z.ledger_true THEN -z.corrected ELSE z.difference - z.corrected END, "
	"CASE WHEN z.refused IS NOT NULL THEN 'an event was not taken: see oms.feed_exception' "
	"WHEN z.absorbed IS NOT NULL AND z.after THEN 'an event came after the figure, which contains it' "
	"WHEN z.absorbed IS NOT NULL THEN 'an event was taken to be in an earlier figure, which did not contain it' "
	"WHEN z.twice IS NOT NULL THEN 'an event came after the figure and counts again, within the lag of the source' "
	"WHEN z.doubled IS NOT NULL THEN 'the same quantity moved twice, near in time' "
	"WHEN z.unknown IS NOT NULL THEN 'the figure lacks what moved before it' ELSE 'nothing that is known explains it' END, "
	"CASE WHEN z.refused IS NOT NULL THEN z.refused WHEN z.absorbed IS NOT NULL THEN z.absorbed WHEN z.twice IS NOT NULL THEN z.twice_events "
	"WHEN z.doubled IS NOT NULL THEN array_remove(z.doubled_events, NULL) ELSE '{}' END, "
	"CASE WHEN z.refused IS NOT NULL OR z.absorbed IS NOT NULL THEN '{}' ELSE COALESCE(z.twice, z.doubled, z.unknown, '{}') END, z.exception_id, "
	"CASE WHEN z.ledger_true THEN z.ledger ELSE z.stated END, "
	"NULLIF(array_to_string(COALESCE(z.refused, z.absorbed, z.twice_events, z.doubled_events), ', '), '') "
	"FROM z WHERE z.cause = ANY ($4) ORDER BY z.as_of, z.location, z.sku",
	4, {"text", "interval", "interval", "_text"}
};

/* Columns of the result that the repair needs. */
enum
{
	COLUMN_SKU = 1, COLUMN_LOCATION, COLUMN_AS_OF, COLUMN_CAUSE = 9, COLUMN_REPAIR, COLUMN_EXCEPTION = 14, COLUMN_TRUE, COLUMN_REFERENCE,
	RESULT_COLUMNS = COLUMN_EXCEPTION
};

static OmsPlan settle_exceptions = {
	"UPDATE oms.feed_exception_row e SET status = 'taken', resolved_at = clock_timestamp(), resolved_by = $3, note = 'reconciled: ' || u.cause "
	"FROM ROWS FROM (unnest($1), unnest($2)) AS u (exception_id, cause) WHERE e.exception_id = u.exception_id",
	3, {"_int8", "_text", "text"}
};

static void
require_known(text *source)
{
	Datum		values[1] = {PointerGetDatum(source)};

	oms_spi_connect();
	if (oms_spi_execute(&select_known, values, NULL, false) == 0)
		ereport(ERROR,
				(errcode(OMS_ERR_UNKNOWN_KEY),
				 errmsg("source \"%s\" is unknown", text_to_cstring(source)),
				 errhint("Call oms.add_source first.")));
	oms_spi_finish();
}

/* lock_source takes the ingest locks of all locations about which the source has stated something. */
static void
lock_source(text *source)
{
	MemoryContext caller = CurrentMemoryContext;
	Datum		values[1] = {PointerGetDatum(source)};
	Datum		locations;

	oms_spi_connect();
	oms_spi_execute_latest(&select_locations, values, NULL);
	locations = oms_spi_copy(0, 1, caller);
	oms_spi_finish();
	oms_feed_lock(locations);
}

/* settle closes the exceptions of the rows that are true now. */
static void
settle(const OmsFeedCall *call, int n, const OmsFeedRow *rows, const int64 *exceptions)
{
	int64	   *ids = palloc(sizeof(int64) * n);
	Datum	   *causes = palloc(sizeof(Datum) * n);
	int			settled = 0;
	Datum		values[3];

	for (int i = 0; i < n; i++)
	{
		const char *outcome = call->results[i].outcome;

		if (exceptions[i] == 0 || (strcmp(outcome, "applied") != 0 && strcmp(outcome, "unchanged") != 0))
			continue;
		ids[settled] = exceptions[i];
		causes[settled++] = PointerGetDatum(rows[i].reason);
	}
	if (settled == 0)
		return;
	values[0] = oms_id_array(settled, ids);
	values[1] = oms_text_array(settled, causes);
	values[2] = PointerGetDatum(call->actor);
	oms_spi_connect();
	oms_spi_execute(&settle_exceptions, values, NULL, false);
	oms_spi_finish();
}

/* arg_interval returns an interval that is not negative: 22004, 22023. */
static Datum
arg_interval(FunctionCallInfo fcinfo, int argno, const char *name)
{
	Interval	zero = {0};

	oms_require_not_null(fcinfo, argno, name);
	if (DatumGetBool(DirectFunctionCall2(interval_lt, PG_GETARG_DATUM(argno), PointerGetDatum(&zero))))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s must not be negative", name)));
	return PG_GETARG_DATUM(argno);
}

/* arg_causes returns causes, each of which must be one: 22004, 22023. */
static Datum
arg_causes(FunctionCallInfo fcinfo, int argno)
{
	static const char *const causes[] = {"missed", "late", "double", "unexplained"};
	text	  **names;
	int			n = oms_arg_keys(fcinfo, argno, "causes", &names);

	for (int i = 0; i < n; i++)
	{
		bool		known = false;

		for (int c = 0; c < lengthof(causes); c++)
			known = known || strcmp(text_to_cstring(names[i]), causes[c]) == 0;
		if (!known)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("cause \"%s\" is unknown", text_to_cstring(names[i])),
					 errhint("It is missed, late, double or unexplained.")));
	}
	return PG_GETARG_DATUM(argno);
}

/* oms_reconcile(source, repair, causes, within, near, actor): see the COMMENT. */
Datum
oms_reconcile(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	MemoryContext caller = CurrentMemoryContext;
	MemoryContext spi;
	OmsFeedCall call = {.kind = cstring_to_text("reconcile"), .keyed = true};
	Datum		find[4];
	Datum	   *values;
	bool	   *nulls;
	OmsFeedRow *rows;
	int64	   *exceptions;
	bool		repair;
	int			n;

	call.source = oms_arg_key(fcinfo, 0, "source");
	oms_require_not_null(fcinfo, 1, "repair");
	repair = PG_GETARG_BOOL(1);
	find[0] = PointerGetDatum(call.source);
	find[3] = arg_causes(fcinfo, 2);
	find[1] = arg_interval(fcinfo, 3, "within");
	find[2] = arg_interval(fcinfo, 4, "near");
	call.actor = oms_arg_actor(fcinfo, 5);
	require_known(call.source);
	InitMaterializedSRF(fcinfo, 0);
	if (repair)
		lock_source(call.source);

	oms_spi_connect();
	n = oms_spi_execute_latest(&find_differences, find, NULL);
	if (!repair || n == 0)
	{
		oms_spi_put_rows(result, n);
		oms_spi_finish();
		return (Datum) 0;
	}
	spi = MemoryContextSwitchTo(caller);
	values = MemoryContextAllocHuge(caller, sizeof(Datum) * RESULT_COLUMNS * n);
	nulls = MemoryContextAllocHuge(caller, sizeof(bool) * RESULT_COLUMNS * n);
	rows = MemoryContextAllocHuge(caller, sizeof(OmsFeedRow) * n);
	exceptions = MemoryContextAllocHuge(caller, sizeof(int64) * n);
	call.rows.n = n;
	call.results = MemoryContextAllocExtended(caller, sizeof(OmsFeedResult) * n, MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
	for (int i = 0; i < n; i++)
	{
		Datum	   *row = values + i * RESULT_COLUMNS;

		for (int c = 0; c < RESULT_COLUMNS; c++)
		{
			row[c] = oms_spi_copy(i, c + 1, caller);
			(void) oms_spi_value(i, c + 1, &nulls[i * RESULT_COLUMNS + c]);
		}
		exceptions[i] = nulls[i * RESULT_COLUMNS + COLUMN_EXCEPTION - 1] ? 0 : DatumGetInt64(row[COLUMN_EXCEPTION - 1]);
		rows[i] = (OmsFeedRow) {
			.n = i + 1, .event_id = oms_spi_copy_text(i, COLUMN_REFERENCE, caller),
			.sku = DatumGetTextPP(row[COLUMN_SKU - 1]), .location = DatumGetTextPP(row[COLUMN_LOCATION - 1]),
			.quantity = oms_spi_int64(i, COLUMN_TRUE), .as_of = DatumGetTimestampTz(row[COLUMN_AS_OF - 1]),
			.reason = DatumGetTextPP(row[COLUMN_CAUSE - 1])
		};
	}
	MemoryContextSwitchTo(spi);
	oms_spi_finish();

	oms_feed_state(&call, n, rows);
	settle(&call, n, rows, exceptions);
	for (int i = 0; i < n; i++)
	{
		values[i * RESULT_COLUMNS + COLUMN_REPAIR - 1] = Int64GetDatum(call.results[i].change);
		tuplestore_putvalues(result->setResult, result->setDesc, values + i * RESULT_COLUMNS, nulls + i * RESULT_COLUMNS);
	}
	return (Datum) 0;
}
