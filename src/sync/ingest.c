/*
 * ingest.c
 *		Inbound: what other systems report, late, twice, out of order and wrong.
 *
 * Two sorts of reports. Movements (sale, change, receipt) say what moved: on_hand changes by it,
 * forced, since the goods have moved already; what is short by it is resolved as any loss is
 * (oms.shortfall), and on_hand may even be negative until the receipt that explains it comes
 * in. Statements (snapshot, count) say what is there as of a moment: state.c. An order is placed.
 *
 * The order of arrival does not matter. A movement that a statement of its key already contains
 * is absorbed: recorded, without effect on on_hand. One that it does not contain is applied
 * whenever it comes, with the moment at which it occurred, so that statements as of a later
 * moment find it in the ledger. What is there is what the events say in the order of their moments.
 *
 * A row lands once. Its event id is a row of feed_event_row in the transaction that applies
 * it, with a hash of what it said: the same again is a duplicate, anything else under that id a
 * conflict. What cannot be taken is a row of feed_exception_row in the same transaction; sent
 * again, or tried again, it is the same exception until it is taken. So a batch that is sent twice, from
 * two sessions at once, or again after the server was killed, leaves what it leaves once.
 *
 * Locks, in this order: the ingest lock of each location of the batch, by hash, to the end of the
 * transaction (a movement must not be judged while a statement that contains it is being
 * made); then those of account.c. Reservations know nothing of them.
 * Tables: source, location, feed_event_row, feed_exception_row, feed_mark_row and
 * feed_snapshot_row (read); movement_row; stock through stock/; orders through oms.place_order_lines.
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "funcapi.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "storage/lock.h"
#include "utils/acl.h"
#include "utils/array.h"
#include "utils/datetime.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/regproc.h"
#include "utils/resowner.h"
#include "utils/syscache.h"

#include "stock/stock.h"
#include "sync/sync.h"

PG_FUNCTION_INFO_V1(oms_ingest);
PG_FUNCTION_INFO_V1(oms_ingest_many);
PG_FUNCTION_INFO_V1(oms_ingest_table);
PG_FUNCTION_INFO_V1(oms_feed_moment);

/* locktag_field4 of the ingest locks; account.c and kit.c have others */
#define INGEST_LOCK_CLASS 0x4F49

static OmsPlan select_source = {
	"SELECT $2 = ANY (s.reports) FROM oms.source s WHERE s.source = $1", 2, {"text", "text"}
};

static OmsPlan hash_locations = {
	"SELECT h FROM (SELECT hashtextextended(l, 0) AS h FROM unnest($1) AS l WHERE l IS NOT NULL) l GROUP BY h ORDER BY h", 1, {"_text"}
};

#define ROWS \
	"FROM ROWS FROM (unnest($3), unnest($4), unnest($5), unnest($6), unnest($7)) " \
	"WITH ORDINALITY AS u (event_id, sku, location, quantity, as_of, n)"

/*
 * Judges the rows of a batch, and records those that land. A row with the id of an earlier
 * one, of the batch or before it, is compared with that one.
 */
static OmsPlan judge = {
	"WITH u AS MATERIALIZED (SELECT u.n, u.event_id, u.sku, u.location, u.quantity, COALESCE(u.as_of, $8) AS as_of, "
	"md5(concat_ws(chr(31), u.sku, u.location, u.quantity, extract(epoch FROM COALESCE(u.as_of, $8))))::uuid AS content " ROWS "), "
	"v AS MATERIALIZED (SELECT u.*, row_number() OVER w AS nth, first_value(u.content) OVER w AS first_content, "
	"CASE WHEN u.event_id = '' OR u.event_id IS NULL AND $2 <> 'count' THEN 'no event id' "
	"WHEN u.sku IS NULL OR u.sku = '' THEN 'no sku' "
	"WHEN u.location IS NULL OR u.location = '' THEN 'no location' "
	"WHEN l.location IS NULL THEN 'unknown location' "
	"WHEN u.quantity IS NULL THEN 'no quantity' "
	"WHEN u.quantity NOT BETWEEN -1000000000000 AND 1000000000000 OR u.quantity < 0 AND $2 <> 'change' "
	"OR u.quantity = 0 AND $2 <> 'count' THEN 'impossible quantity' "
	"WHEN u.as_of IS NULL THEN 'no moment' "
	"WHEN NOT isfinite(u.as_of) THEN 'impossible moment' "
	"WHEN u.as_of > clock_timestamp() + interval '5 minutes' THEN 'moment in the future' "
	"WHEN u.sku IN (SELECT k.kit FROM oms.kit_component k) THEN 'a kit has no stock of its own' END AS problem "
	"FROM u LEFT JOIN oms.location l ON l.location = u.location WINDOW w AS (PARTITION BY u.event_id ORDER BY u.n)), "
	"stated AS MATERIALIZED (SELECT DISTINCT p.location, s.sku, p.as_of - CASE WHEN p.source = $1 THEN interval '0' ELSE o.lag END AS as_of "
	"FROM oms.feed_snapshot_row p JOIN oms.source o ON o.source = p.source, unnest(p.skus) AS s (sku) "
	"WHERE NOT p.complete AND $2 <> 'count' AND EXISTS (SELECT FROM v WHERE v.location = p.location AND v.as_of <= p.as_of)), "
	"j AS MATERIALIZED (SELECT v.*, e.outcome AS first, "
	"CASE WHEN v.event_id IS NOT NULL AND (e.content <> v.content OR v.first_content <> v.content) THEN 'conflict' "
	"WHEN v.event_id IS NOT NULL AND (e.content IS NOT NULL OR v.nth > 1) THEN 'duplicate' "
	"WHEN v.problem IS NOT NULL THEN 'rejected' "
	"WHEN $2 = 'count' THEN 'applied' "
	"WHEN EXISTS (SELECT FROM oms.feed_mark_row k JOIN oms.source o ON o.source = k.source WHERE k.sku = v.sku AND k.location = v.location "
	"AND v.as_of <= k.as_of - CASE WHEN k.source = $1 THEN interval '0' ELSE o.lag END) "
	"OR EXISTS (SELECT FROM stated t WHERE t.sku = v.sku AND t.location = v.location AND v.as_of <= t.as_of) "
	"OR EXISTS (SELECT FROM oms.feed_snapshot_row p JOIN oms.source o ON o.source = p.source WHERE p.complete AND p.location = v.location "
	"AND v.as_of <= p.as_of - CASE WHEN p.source = $1 THEN interval '0' ELSE o.lag END AND v.sku <> ALL (p.skus)) THEN 'absorbed' "
	"ELSE 'applied' END AS outcome FROM v "
	"LEFT JOIN oms.feed_event_row e ON e.source = $1 AND e.kind = $2 AND e.event_id = v.event_id), "
	"landed AS (INSERT INTO oms.feed_event_row (source, kind, event_id, content, sku, location, quantity, as_of, outcome) "
	"SELECT $1, $2, j.event_id, j.content, j.sku, j.location, j.quantity, j.as_of, j.outcome FROM j "
	"WHERE j.outcome IN ('applied', 'absorbed') AND j.event_id IS NOT NULL ON CONFLICT DO NOTHING RETURNING 1) "
	"SELECT j.n, j.outcome, CASE j.outcome WHEN 'rejected' THEN j.problem WHEN 'conflict' THEN 'the id was used for something else' END, "
	"j.first, j.event_id, j.sku, j.location, j.quantity, j.as_of, (SELECT count(*) FROM landed), "
	"count(*) FILTER (WHERE j.outcome IN ('applied', 'absorbed') AND j.event_id IS NOT NULL) OVER () "
	"FROM j ORDER BY j.as_of, j.n",
	8, {"text", "text", "_text", "_text", "_text", "_int8", "_timestamptz", "timestamptz"}
};

/* What a count came to; one that did not land may be sent again. */
static OmsPlan note_outcomes = {
	"WITH u AS (SELECT u.event_id, u.outcome FROM ROWS FROM (unnest($3), unnest($4)) AS u (event_id, outcome)), "
	"excepted AS (DELETE FROM oms.feed_event_row e USING u WHERE e.source = $1 AND e.kind = $2 AND e.event_id = u.event_id "
	"AND u.outcome IN ('parked', 'rejected')) "
	"UPDATE oms.feed_event_row e SET outcome = u.outcome FROM u "
	"WHERE e.source = $1 AND e.kind = $2 AND e.event_id = u.event_id AND u.outcome NOT IN ('parked', 'rejected')",
	4, {"text", "text", "_text", "_text"}
};

/* A snapshot is one event: a hash over all of its rows, in any order. */
static OmsPlan land_snapshot = {
	"WITH c AS (SELECT md5(concat_ws(chr(31), $8, count(*), bit_xor(hashtextextended(u.sku, hashtextextended(u.location, u.quantity)))))::uuid AS content "
	ROWS "), "
	"landed AS (INSERT INTO oms.feed_event_row (source, kind, event_id, content, as_of, outcome) "
	"SELECT $1, $2, $9, c.content, $8, 'applied' FROM c ON CONFLICT DO NOTHING RETURNING 1) "
	"SELECT CASE WHEN EXISTS (SELECT FROM landed) THEN 'landed' WHEN e.content = c.content THEN 'duplicate' ELSE 'conflict' END, e.outcome "
	"FROM c LEFT JOIN oms.feed_event_row e ON e.source = $1 AND e.kind = $2 AND e.event_id = $9",
	9, {"text", "text", "_text", "_text", "_text", "_int8", "_timestamptz", "timestamptz", "text"}
};

static OmsPlan insert_movements = {
	"INSERT INTO oms.movement_row (sku, location, quantity, kind, reference, actor, source, occurred_at, reason) "
	"SELECT u.sku, u.location, u.quantity, $5, u.reference, $6, $7, u.occurred_at, u.reason "
	"FROM ROWS FROM (unnest($1), unnest($2), unnest($3), unnest($4), unnest($8), unnest($9)) AS u (sku, location, quantity, reference, occurred_at, reason)",
	9, {"_text", "_text", "_int8", "_text", "text", "text", "text", "_timestamptz", "_text"}
};

/* The columns of rows that came as jsonb. A moment that is none is infinity, so that it is refused. */
static OmsPlan parse_rows = {
	"SELECT count(*), array_agg(r->>'event_id' ORDER BY n), array_agg(r->>'sku' ORDER BY n), array_agg(r->>'location' ORDER BY n), "
	"array_agg(CASE WHEN r->>'quantity' ~ '^-?[0-9]{1,18}$' THEN (r->>'quantity')::bigint END ORDER BY n), "
	"array_agg(oms.feed_moment(r->>'as_of') ORDER BY n), "
	"array_agg(CASE WHEN jsonb_typeof(r) = 'object' THEN r ELSE jsonb_build_object('row', r) END ORDER BY n) "
	"FROM jsonb_array_elements($1) WITH ORDINALITY AS e (r, n)",
	1, {"jsonb"}
};

static OmsPlan place_order = {
	"SELECT count(*) FROM oms.place_order_lines($1->>'order_id', $1->>'channel', $1->'lines', "
	"ship_to => ($1->>'ship_to')::oms.latlon, service => COALESCE($1->>'service', 'standard'), "
	"priority => ($1->>'priority')::integer, promise_at => ($1->>'promise_at')::timestamptz, "
	"on_shortage => COALESCE($1->>'on_shortage', 'backorder'), placed_at => $2, reference => $1->>'reference', actor => $3)",
	3, {"jsonb", "timestamptz", "text"}
};

static OmsPlan land_order = {
	"WITH c AS (SELECT md5($4::text)::uuid AS content), "
	"landed AS (INSERT INTO oms.feed_event_row (source, kind, event_id, content, as_of, outcome) "
	"SELECT $1, $2, $3, c.content, $5, 'applied' FROM c ON CONFLICT DO NOTHING RETURNING 1) "
	"SELECT CASE WHEN EXISTS (SELECT FROM landed) THEN 'landed' WHEN e.content = c.content THEN 'duplicate' ELSE 'conflict' END, e.outcome "
	"FROM c LEFT JOIN oms.feed_event_row e ON e.source = $1 AND e.kind = $2 AND e.event_id = $3",
	5, {"text", "text", "text", "jsonb", "timestamptz"}
};

/* -------------------------------------------------------------------------
 * What all kinds share
 * -------------------------------------------------------------------------
 */

bool
oms_feed_is_kind(const OmsFeedCall *call, const char *kind)
{
	return strcmp(text_to_cstring(call->kind), kind) == 0;
}

/* require_source raises OM004 unless the source is known, OM010 unless it reports this. */
static void
require_source(const OmsFeedCall *call)
{
	static const char *const kinds[] = {"snapshot", "change", "count", "sale", "order", "receipt"};
	Datum		values[2] = {PointerGetDatum(call->source), PointerGetDatum(call->kind)};
	bool		known = false;
	bool		isnull;

	for (int i = 0; i < lengthof(kinds); i++)
		known = known || oms_feed_is_kind(call, kinds[i]);
	if (!known)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("kind \"%s\" is unknown", text_to_cstring(call->kind)),
				 errhint("It is snapshot, change, count, sale, order or receipt.")));
	oms_spi_connect();
	if (oms_spi_execute(&select_source, values, NULL, false) == 0)
		ereport(ERROR,
				(errcode(OMS_ERR_UNKNOWN_KEY),
				 errmsg("source \"%s\" is unknown", text_to_cstring(call->source)),
				 errhint("Call oms.add_source first.")));
	if (!DatumGetBool(oms_spi_value(0, 1, &isnull)))
		ereport(ERROR,
				(errcode(OMS_ERR_NOT_ALLOWED),
				 errmsg("source \"%s\" does not report kind \"%s\"", text_to_cstring(call->source),
						text_to_cstring(call->kind)),
				 errhint("Change reports in oms.source if it should.")));
	oms_spi_finish();
}

/* oms_feed_lock takes the ingest lock of each location of a text[], in one order for all. */
void
oms_feed_lock(Datum locations)
{
	Datum		values[1] = {locations};
	uint64		n;

	oms_spi_connect();
	n = oms_spi_execute(&hash_locations, values, NULL, false);
	for (uint64 i = 0; i < n; i++)
	{
		uint64		hash = oms_spi_int64(i, 1);
		LOCKTAG		tag;

		SET_LOCKTAG_ADVISORY(tag, MyDatabaseId, (uint32) (hash >> 32), (uint32) hash, INGEST_LOCK_CLASS);
		(void) LockAcquire(&tag, ExclusiveLock, false, false);
	}
	oms_spi_finish();
}

/* oms_feed_texts is a text[] of a member, at the offset, of n rows. */
Datum
oms_feed_texts(int n, const OmsFeedRow *rows, size_t member)
{
	Datum	   *elements = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(Datum) * Max(1, n));
	bool	   *nulls = palloc(sizeof(bool) * Max(1, n));

	for (int i = 0; i < n; i++)
	{
		text	   *value = *(text *const *) ((const char *) &rows[i] + member);

		elements[i] = PointerGetDatum(value);
		nulls[i] = value == NULL;
	}
	return oms_array_of(n, elements, nulls, TEXTOID, -1, false, TYPALIGN_INT);
}

/*
 * oms_feed_book writes the ledger for changes of on_hand that were made, and takes the steps
 * after losses and after supplies. No account may be open.
 */
void
oms_feed_book(OmsFeedCall *call, int n, const OmsFeedRow *rows, const OmsChange *changes)
{
	Datum	   *quantities = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(Datum) * Max(1, n));
	Datum	   *moments = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(Datum) * Max(1, n));
	OmsSupplied *supplied = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(OmsSupplied) * Max(1, n));
	Datum		values[9];

	if (n == 0)
		return;
	oms_progress_phase(OMS_PHASE_BOOK, 0);
	for (int i = 0; i < n; i++)
	{
		moments[i] = TimestampTzGetDatum(rows[i].as_of);
		quantities[i] = Int64GetDatum(changes[i].change.on_hand);
	}
	values[0] = oms_feed_texts(n, rows, offsetof(OmsFeedRow, sku));
	values[1] = oms_feed_texts(n, rows, offsetof(OmsFeedRow, location));
	values[2] = oms_int8_array(n, quantities);
	values[3] = oms_feed_texts(n, rows, offsetof(OmsFeedRow, event_id));
	values[4] = PointerGetDatum(call->kind);
	values[5] = PointerGetDatum(call->actor);
	values[6] = PointerGetDatum(call->source);
	values[7] = oms_array_of(n, moments, NULL, TIMESTAMPTZOID, 8, FLOAT8PASSBYVAL, TYPALIGN_DOUBLE);
	values[8] = oms_feed_texts(n, rows, offsetof(OmsFeedRow, reason));
	oms_spi_connect();
	oms_spi_execute(&insert_movements, values, NULL, false);
	oms_spi_finish();
	for (int i = 0; i < n; i++)
		oms_stock_lost(&changes[i], rows[i].sku, rows[i].location, call->kind, rows[i].event_id,
					   call->actor);
	for (int i = 0; i < n;)
	{
		int			nsupplied = 0;
		int			end;

		/* Rows of one location stand together often enough. */
		for (end = i; end < n && oms_text_equal(rows[end].location, rows[i].location); end++)
			if (changes[end].change.on_hand > 0)
				supplied[nsupplied++] = (OmsSupplied) {
					.sku = rows[end].sku, .fill_limit = PG_INT64_MAX, .quantity = changes[end].change.on_hand
				};
		oms_stock_supplied(nsupplied, supplied, rows[i].location);
		i = end;
	}
}

/* -------------------------------------------------------------------------
 * Kind by kind
 * -------------------------------------------------------------------------
 */

/* judged judges the rows; those that are to have an effect are returned, in the order of their moments. */
static int
judged(OmsFeedCall *call, const char *kind, OmsFeedRow **rows)
{
	MemoryContext caller = CurrentMemoryContext;
	MemoryContext spi;
	Datum		values[8] = {PointerGetDatum(call->source), CStringGetTextDatum(kind), call->rows.event_ids,
		call->rows.skus, call->rows.locations, call->rows.quantities, call->rows.as_ofs, call->as_of
	};
	char		nulls[9] = "        ";
	int			n = 0;
	uint64		found;

	for (int i = 2; i < 8; i++)
		nulls[i] = values[i] == 0 ? 'n' : ' ';
	oms_spi_connect();
	found = oms_spi_execute_latest(&judge, values, nulls);
	/* Only an event of the same id that names another location can be on its way meanwhile. */
	if (found > 0 && oms_spi_int64(0, 10) != oms_spi_int64(0, 11))
		ereport(ERROR,
				(errcode(ERRCODE_T_R_SERIALIZATION_FAILURE),
				 errmsg("an event of source \"%s\" is being taken by another transaction",
						text_to_cstring(call->source)),
				 errhint("Send the batch again.")));
	spi = MemoryContextSwitchTo(caller);
	*rows = MemoryContextAllocHuge(caller, sizeof(OmsFeedRow) * Max(1, found));
	for (uint64 i = 0; i < found; i++)
	{
		int			row = oms_spi_int64(i, 1);
		OmsFeedResult *result = &call->results[row - 1];
		bool		isnull;
		Datum		value;

		result->outcome = oms_spi_text(i, 2);
		result->reason = oms_spi_text(i, 3);
		result->first = oms_spi_text(i, 4);
		if (strcmp(result->outcome, "applied") != 0)
			continue;
		value = oms_spi_value(i, 5, &isnull);
		(*rows)[n] = (OmsFeedRow) {
			.n = row, .event_id = isnull ? NULL : DatumGetTextPCopy(value)
		};
		(*rows)[n].sku = DatumGetTextPCopy(oms_spi_value(i, 6, &isnull));
		(*rows)[n].location = DatumGetTextPCopy(oms_spi_value(i, 7, &isnull));
		(*rows)[n].quantity = oms_spi_int64(i, 8);
		(*rows)[n].as_of = DatumGetTimestampTz(oms_spi_value(i, 9, &isnull));
		n++;
	}
	MemoryContextSwitchTo(spi);
	oms_spi_finish();
	return n;
}

/* ingest_movements: sales, changes and receipts, which cannot be refused. */
static void
ingest_movements(OmsFeedCall *call)
{
	static const OmsGuard forced = {.kind = OMS_GUARD_NONE};
	OmsFeedRow *rows;
	int			n = judged(call, text_to_cstring(call->kind), &rows);
	OmsChange  *changes = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(OmsChange) * Max(1, n));
	OmsAccounts *accounts = oms_stock_open();

	oms_progress_phase(OMS_PHASE_APPLY, n);
	for (int i = 0; i < n; i++)
	{
		OmsAmounts	change = {.on_hand = oms_feed_is_kind(call, "sale") ? -rows[i].quantity : rows[i].quantity};

		CHECK_FOR_INTERRUPTS();
		oms_progress_done(i);
		oms_stock_change(accounts, rows[i].sku, rows[i].location, change, &forced, &changes[i]);
		call->results[rows[i].n - 1].change = change.on_hand;
	}
	oms_accounts_close(accounts);
	oms_feed_book(call, n, rows, changes);
}

/* ingest_counts: counts, and rows of snapshots that are tried again. */
static void
ingest_counts(OmsFeedCall *call)
{
	OmsFeedRow *rows;
	int			n = judged(call, "count", &rows);
	Datum	   *outcomes = palloc(sizeof(Datum) * Max(1, n));
	Datum	   *ids = palloc(sizeof(Datum) * Max(1, n));
	int			named = 0;
	Datum		values[4] = {PointerGetDatum(call->source), PointerGetDatum(call->kind)};

	oms_feed_state(call, n, rows);
	for (int i = 0; i < n; i++)
	{
		if (rows[i].event_id == NULL)
			continue;
		ids[named] = PointerGetDatum(rows[i].event_id);
		outcomes[named++] = CStringGetTextDatum(call->results[rows[i].n - 1].outcome);
	}
	if (named == 0)
		return;
	values[2] = oms_text_array(named, ids);
	values[3] = oms_text_array(named, outcomes);
	oms_spi_connect();
	oms_spi_execute(&note_outcomes, values, NULL, false);
	oms_spi_finish();
}

/* same_for_all gives every row one outcome. */
static void
same_for_all(OmsFeedCall *call, const OmsFeedResult *result)
{
	for (int i = 0; i < call->rows.n; i++)
		call->results[i] = *result;
}

static void
ingest_snapshot(OmsFeedCall *call)
{
	MemoryContext caller = CurrentMemoryContext;
	Datum		values[9] = {PointerGetDatum(call->source), PointerGetDatum(call->kind), 0,
		call->rows.skus, call->rows.locations, call->rows.quantities, 0, call->as_of,
		PointerGetDatum(call->event_id)
	};
	OmsFeedResult result = {0};

	if (call->as_of == 0)
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("as_of must not be null for a snapshot")));
	if (call->event_id != NULL)
	{
		oms_spi_connect();
		oms_spi_execute(&land_snapshot, values, "  n   n  ", false);
		result.outcome = MemoryContextStrdup(caller, oms_spi_text(0, 1));
		if (oms_spi_text(0, 2) != NULL)
			result.first = MemoryContextStrdup(caller, oms_spi_text(0, 2));
		oms_spi_finish();
		if (strcmp(result.outcome, "landed") != 0)
		{
			if (strcmp(result.outcome, "conflict") == 0)
				result.reason = "the id was used for something else";
			same_for_all(call, &result);
			return;
		}
	}
	oms_feed_snapshot(call);
}

/*
 * take_order lands an order and places it, in a subtransaction: both or neither. What place_order
 * raises is the reason.
 */
static void
take_order(OmsFeedCall *call, Datum *landing, Datum raw, bool has_moment, Datum moment, OmsFeedResult *result)
{
	MemoryContext caller = CurrentMemoryContext;
	ResourceOwner owner = CurrentResourceOwner;
	Datum		values[3] = {raw, moment, PointerGetDatum(call->actor)};

	BeginInternalSubTransaction(NULL);
	MemoryContextSwitchTo(caller);
	PG_TRY();
	{
		oms_spi_connect();
		oms_spi_execute_latest(&land_order, landing, has_moment ? NULL : "    n");
		result->outcome = MemoryContextStrdup(caller, oms_spi_text(0, 1));
		if (oms_spi_text(0, 2) != NULL)
			result->first = MemoryContextStrdup(caller, oms_spi_text(0, 2));
		if (strcmp(result->outcome, "landed") == 0)
		{
			oms_spi_execute(&place_order, values, has_moment ? NULL : " n ", false);
			result->outcome = "applied";
		}
		else if (strcmp(result->outcome, "conflict") == 0)
			result->reason = "the id was used for something else";
		oms_spi_finish();
		ReleaseCurrentSubTransaction();
	}
	PG_CATCH();
	{
		ErrorData  *error;

		MemoryContextSwitchTo(caller);
		error = CopyErrorData();
		FlushErrorState();
		RollbackAndReleaseCurrentSubTransaction();
		if (error->sqlerrcode == ERRCODE_QUERY_CANCELED || error->sqlerrcode == ERRCODE_ADMIN_SHUTDOWN)
			ReThrowError(error);
		*result = (OmsFeedResult) {
			.outcome = "rejected", .reason = error->message, .detail = error->detail
		};
	}
	PG_END_TRY();
	MemoryContextSwitchTo(caller);
	CurrentResourceOwner = owner;
}

/* field is a text member of a jsonb object, or NULL. */
static text *
field(Datum raw, const char *name)
{
	LOCAL_FCINFO(fcinfo, 2);
	Datum		value;

	InitFunctionCallInfoData(*fcinfo, NULL, 2, InvalidOid, NULL, NULL);
	fcinfo->args[0] = (NullableDatum) {raw, false};
	fcinfo->args[1] = (NullableDatum) {CStringGetTextDatum(name), false};
	value = jsonb_object_field_text(fcinfo);
	return fcinfo->isnull ? NULL : DatumGetTextPP(value);
}

/* ingest_orders: one after the other, each in a subtransaction, since each may be refused. */
static void
ingest_orders(OmsFeedCall *call)
{
	Datum	   *raws;
	Datum	   *moments;
	bool	   *no_moment;
	bool	   *nulls;
	int			n;

	if (call->rows.raws == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("orders are taken as jsonb only"),
				 errhint("Call oms.ingest.")));
	deconstruct_array(DatumGetArrayTypeP(call->rows.raws), JSONBOID, -1, false, TYPALIGN_INT, &raws, &nulls, &n);
	deconstruct_array(DatumGetArrayTypeP(call->rows.as_ofs), TIMESTAMPTZOID, 8, FLOAT8PASSBYVAL, TYPALIGN_DOUBLE,
					  &moments, &no_moment, &n);
	for (int i = 0; i < n; i++)
	{
		OmsFeedResult *result = &call->results[i];
		text	   *id = field(raws[i], "event_id");
		bool		has_moment = !no_moment[i] || call->as_of != 0;
		Datum		moment = no_moment[i] ? call->as_of : moments[i];
		Datum		values[5] = {PointerGetDatum(call->source), PointerGetDatum(call->kind), 0, raws[i], moment};

		CHECK_FOR_INTERRUPTS();
		if (id == NULL)
			id = field(raws[i], "order_id");
		if (id == NULL || VARSIZE_ANY_EXHDR(id) == 0)
		{
			*result = (OmsFeedResult) {.outcome = "rejected", .reason = "no event id"};
			continue;
		}
		if (has_moment && TIMESTAMP_NOT_FINITE(DatumGetTimestampTz(moment)))
		{
			*result = (OmsFeedResult) {.outcome = "rejected", .reason = "impossible moment"};
			continue;
		}
		values[2] = PointerGetDatum(id);
		take_order(call, values, raws[i], has_moment, moment, result);
	}
}

/* oms_feed_run takes the rows of a call: results are filled, exceptions recorded. */
void
oms_feed_run(OmsFeedCall *call)
{
	bool		began = oms_progress_begin(OMS_CALL_INGEST);

	call->results = MemoryContextAllocExtended(CurrentMemoryContext,
											   sizeof(OmsFeedResult) * Max(1, call->rows.n),
											   MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
	require_source(call);
	if (call->as_of != 0 && (TIMESTAMP_NOT_FINITE(DatumGetTimestampTz(call->as_of)) ||
							 DatumGetTimestampTz(call->as_of) > GetCurrentTimestamp() + 300 * USECS_PER_SEC))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("as_of must not be in the future")));
	if (call->rows.n == 0)
		;						/* nothing to take */
	else if (oms_feed_is_kind(call, "order"))
		ingest_orders(call);
	else
	{
		oms_feed_lock(call->rows.locations);
		if (oms_feed_is_kind(call, "count") || call->keyed)
			ingest_counts(call);
		else if (oms_feed_is_kind(call, "snapshot"))
			ingest_snapshot(call);
		else
			ingest_movements(call);
	}
	if (call->rows.n > 0)
		oms_feed_finish(call);
	oms_progress_end(began);
}

/* -------------------------------------------------------------------------
 * The functions
 * -------------------------------------------------------------------------
 */

/* put_results returns a row (row_no, outcome, reason, first_outcome, change) per row. */
static void
put_results(FunctionCallInfo fcinfo, const OmsFeedCall *call)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;

	for (int i = 0; i < call->rows.n; i++)
	{
		const OmsFeedResult *r = &call->results[i];
		Datum		values[5];
		bool		nulls[5] = {0};

		values[0] = Int64GetDatum(i + 1);
		values[1] = CStringGetTextDatum(r->outcome);
		if (!(nulls[2] = r->reason == NULL))
			values[2] = CStringGetTextDatum(r->reason);
		if (!(nulls[3] = r->first == NULL))
			values[3] = CStringGetTextDatum(r->first);
		values[4] = Int64GetDatum(r->change);
		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
}

/* put_summary returns a row (outcome, rows, units) per outcome that occurred. */
static void
put_summary(FunctionCallInfo fcinfo, const OmsFeedCall *call)
{
	static const char *const outcomes[] = {
		"applied", "unchanged", "absorbed", "duplicate", "stale", "parked", "conflict", "rejected"
	};
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	int64		rows[lengthof(outcomes)] = {0};
	int64		units[lengthof(outcomes)] = {0};

	for (int i = 0; i < call->rows.n; i++)
		for (int o = 0; o < lengthof(outcomes); o++)
			if (strcmp(call->results[i].outcome, outcomes[o]) == 0)
			{
				rows[o]++;
				units[o] += call->results[i].change;
			}
	for (int o = 0; o < lengthof(outcomes); o++)
	{
		Datum		values[3];
		bool		nulls[3] = {0};

		if (rows[o] == 0)
			continue;
		values[0] = CStringGetTextDatum(outcomes[o]);
		values[1] = Int64GetDatum(rows[o]);
		values[2] = Int64GetDatum(units[o]);
		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
}

/* oms_feed_parse reads rows that came as jsonb. */
void
oms_feed_parse(Datum json, OmsFeedRows *rows)
{
	MemoryContext caller = CurrentMemoryContext;
	Datum	   *columns[] = {&rows->event_ids, &rows->skus, &rows->locations, &rows->quantities, &rows->as_ofs, &rows->raws};
	Datum		values[1] = {json};
	MemoryContext spi;

	oms_spi_connect();
	oms_spi_execute(&parse_rows, values, NULL, false);
	rows->n = oms_spi_int64(0, 1);
	spi = MemoryContextSwitchTo(caller);
	for (int i = 0; rows->n > 0 && i < lengthof(columns); i++)
	{
		bool		isnull;

		*columns[i] = PointerGetDatum(DatumGetArrayTypePCopy(oms_spi_value(0, 2 + i, &isnull)));
	}
	MemoryContextSwitchTo(spi);
	oms_spi_finish();
}

/*
 * begin_call reads what ingest and its like have in common: source and kind come first, then
 * the rows under a name of their own, and as_of, event_id and actor from argument rest on.
 */
static OmsFeedCall
begin_call(FunctionCallInfo fcinfo, const char *rows, int rest)
{
	OmsFeedCall call = {.limits = true};

	call.source = oms_arg_key(fcinfo, 0, "source");
	call.kind = oms_arg_key(fcinfo, 1, "kind");
	oms_require_not_null(fcinfo, 2, rows);
	call.as_of = PG_ARGISNULL(rest) ? 0 : PG_GETARG_DATUM(rest);
	call.event_id = oms_arg_optional_key(fcinfo, rest + 1, "event_id");
	call.actor = oms_arg_actor(fcinfo, rest + 2);
	InitMaterializedSRF(fcinfo, 0);
	return call;
}

/* oms_ingest(source, kind, rows, as_of, event_id, actor): see the COMMENT. */
Datum
oms_ingest(PG_FUNCTION_ARGS)
{
	OmsFeedCall call = begin_call(fcinfo, "rows", 3);
	Datum		json = PG_GETARG_DATUM(2);

	if (strcmp(TextDatumGetCString(DirectFunctionCall1(jsonb_typeof, json)), "array") != 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("rows must be a jsonb array of objects")));
	oms_feed_parse(json, &call.rows);
	oms_feed_run(&call);
	put_results(fcinfo, &call);
	return (Datum) 0;
}

/* array_column returns the argument if it has n elements; a null is a column that is not there. */
static Datum
array_column(FunctionCallInfo fcinfo, int argno, const char *name, int n)
{
	ArrayType  *array;

	if (PG_ARGISNULL(argno))
		return 0;
	array = PG_GETARG_ARRAYTYPE_P(argno);
	if (ARR_NDIM(array) > 1)
		ereport(ERROR,
				(errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
				 errmsg("%s must be a one-dimensional array", name)));
	oms_require_same_length("skus", n, name, ArrayGetNItems(ARR_NDIM(array), ARR_DIMS(array)));
	return PointerGetDatum(array);
}

/* oms_ingest_many(source, kind, skus, locations, quantities, event_ids, as_ofs, as_of, event_id, actor) */
Datum
oms_ingest_many(PG_FUNCTION_ARGS)
{
	OmsFeedCall call = begin_call(fcinfo, "skus", 7);
	ArrayType  *skus;

	oms_require_not_null(fcinfo, 3, "locations");
	oms_require_not_null(fcinfo, 4, "quantities");
	skus = PG_GETARG_ARRAYTYPE_P(2);
	call.rows.n = ArrayGetNItems(ARR_NDIM(skus), ARR_DIMS(skus));
	call.rows.skus = array_column(fcinfo, 2, "skus", call.rows.n);
	call.rows.locations = array_column(fcinfo, 3, "locations", call.rows.n);
	call.rows.quantities = array_column(fcinfo, 4, "quantities", call.rows.n);
	call.rows.event_ids = array_column(fcinfo, 5, "event_ids", call.rows.n);
	call.rows.as_ofs = array_column(fcinfo, 6, "as_ofs", call.rows.n);
	oms_feed_run(&call);
	put_results(fcinfo, &call);
	return (Datum) 0;
}

/*
 * read_table reads the columns of a staging table that are there, by name, with the caller's
 * rights: the one query of sync/ that does not run as the owner of oms.
 */
static void
read_table(Oid table, OmsFeedRows *rows)
{
	static const char *const columns[][2] = {
		{"event_id", "pg_catalog.text"}, {"sku", "pg_catalog.text"}, {"location", "pg_catalog.text"},
		{"quantity", "pg_catalog.int8"}, {"as_of", "pg_catalog.timestamptz"}
	};
	Datum	   *arrays[] = {&rows->event_ids, &rows->skus, &rows->locations, &rows->quantities, &rows->as_ofs};
	MemoryContext caller = CurrentMemoryContext;
	StringInfoData query;
	MemoryContext spi;

	initStringInfo(&query);
	appendStringInfoString(&query, "SELECT pg_catalog.count(*)");
	for (int i = 0; i < lengthof(columns); i++)
	{
		if (get_attnum(table, columns[i][0]) > 0)
			appendStringInfo(&query, ", pg_catalog.array_agg(t.%s::%s)", columns[i][0], columns[i][1]);
		else if (i >= 1 && i <= 3)
			ereport(ERROR,
					(errcode(ERRCODE_UNDEFINED_COLUMN),
					 errmsg("table \"%s\" has no column \"%s\"", get_rel_name(table), columns[i][0]),
					 errhint("It needs sku, location and quantity, and may have event_id and as_of.")));
		else
			appendStringInfoString(&query, ", NULL");
	}
	appendStringInfo(&query, " FROM %s AS t",
					 quote_qualified_identifier(get_namespace_name(get_rel_namespace(table)), get_rel_name(table)));
	oms_spi_connect();
	if (SPI_execute(query.data, true, 0) != SPI_OK_SELECT)
		elog(ERROR, "SPI_execute failed: %s", query.data);
	rows->n = oms_spi_int64(0, 1);
	spi = MemoryContextSwitchTo(caller);
	for (int i = 0; i < lengthof(columns); i++)
	{
		bool		isnull;
		Datum		value = oms_spi_value(0, 2 + i, &isnull);

		*arrays[i] = isnull ? 0 : PointerGetDatum(DatumGetArrayTypePCopy(value));
	}
	MemoryContextSwitchTo(spi);
	oms_spi_finish();
}

/* oms_ingest_table(source, kind, staging, as_of, event_id, actor): see the COMMENT. */
Datum
oms_ingest_table(PG_FUNCTION_ARGS)
{
	OmsFeedCall call = begin_call(fcinfo, "staging", 3);
	Oid			table = PG_GETARG_OID(2);
	bool		began;

	if (get_rel_name(table) == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE),
				 errmsg("staging table with OID %u does not exist", table)));
	began = oms_progress_begin(OMS_CALL_INGEST);
	oms_progress_phase(OMS_PHASE_READ_ROWS, 0);
	read_table(table, &call.rows);
	oms_feed_run(&call);
	oms_progress_end(began);
	put_summary(fcinfo, &call);
	return (Datum) 0;
}

/*
 * oms_feed_moment(text) is the moment, or infinity when the text is none: a wrong one must not
 * end the batch that it is in. Only full dates are moments here, not today or now.
 */
Datum
oms_feed_moment(PG_FUNCTION_ARGS)
{
	TimestampTz moment;

	if (!oms_decode_moment(text_to_cstring(PG_GETARG_TEXT_PP(0)), &moment))
		TIMESTAMP_NOEND(moment);
	PG_RETURN_TIMESTAMPTZ(moment);
}
