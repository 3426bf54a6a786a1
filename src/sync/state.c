/*
 * state.c
 *		Statements of what is there: snapshots of locations, and counts.
 *
 * A statement says what a source saw of a sku at a location as of a moment M. What is there
 * now is that, and what has moved since without the source having seen it:
 *
 *		on_hand now = figure [+ what oms had reserved then, if the figure is net of it]
 *					  + movements that the figure does not contain
 *
 * It contains every movement that occurred up to M, except those of others that were less
 * than the source's lag before M (of what oms sent out, only when the source does not
 * know that at once). Since on_hand is the sum of all movements, the difference
 *
 *		figure + reserved - movements that it does contain
 *
 * does not depend on what occurs after M: it is booked as a movement that occurred at M, and
 * whatever else moves the stock meanwhile is left alone. What does matter are movements up
 * to M that are not committed yet. So the difference is applied by setting on_hand, which
 * the account refuses while others have changes of it open (then this waits, bounded by
 * oms.wait_for_pending), to a value that agrees with the snapshot by which the difference was
 * computed: if on_hand has moved between the two, the difference is computed anew. (Where there is no
 * difference nobody is asked: a movement up to M that is committed after the statement of a figure
 * that knows of it is then found by the next statement only.)
 *
 * A later statement overrides an earlier one, whatever the order in which they arrive and
 * whichever their sources: an older one is stale. Until when a key is stated is in
 * feed_snapshot_row for the newest snapshots of the location (of one that says what is
 * missing is not there, and of one that does not, with its skus), and in feed_mark_row for everything else; so a snapshot of a million rows writes
 * the differences and a row per location. A count by hand (a movement of kind count without a
 * source) is a statement too.
 *
 * Reserved at M is reconstructed from the reservations: one that was partly consumed before M
 * and changed again after it, or moved to another location after it, is taken as it is now.
 *
 * Locks: ingest.c holds the lock of each location, so that no movement reported for it is
 * judged meanwhile. Tables: source, feed_snapshot_row, feed_mark_row, movement_row,
 * reservation_row; stock through stock/.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"

#include "stock/stock.h"
#include "sync/sync.h"

/* Above this, rows are joined by hash and not one by one. */
#define MANY_ROWS 2000

/* Fresh snapshots that are tried for one key that others keep changing. */
#define MAX_TRIES 10

/*
 * The rows that are not, at a glance, as they were stated: what differs from the row of the
 * account, and keys of which more must be known. Most rows of a snapshot end here.
 */
static OmsPlan glance = {
	"SELECT array_agg(u.n ORDER BY u.n), array_agg(u.sku ORDER BY u.n), array_agg(u.location ORDER BY u.n), array_agg(u.quantity ORDER BY u.n) "
	"FROM ROWS FROM (unnest($3), unnest($4), unnest($5)) WITH ORDINALITY AS u (sku, location, quantity, n) "
	"LEFT JOIN oms.stock_account a ON a.sku = u.sku AND a.location = u.location "
	"WHERE a.on_hand IS DISTINCT FROM u.quantity OR (SELECT s.excludes_reserved FROM oms.source s WHERE s.source = $1) "
	"OR (u.sku, u.location) IN (SELECT d.sku, d.location FROM oms.stock_delta d "
	"UNION ALL SELECT m.sku, m.location FROM oms.movement_row m WHERE m.occurred_at > $2 - (SELECT s.lag FROM oms.source s WHERE s.source = $1) "
	"UNION ALL SELECT k.sku, k.location FROM oms.feed_mark_row k WHERE k.as_of >= $2) "
	"OR u.location IN (SELECT p.location FROM oms.feed_snapshot_row p WHERE p.as_of > $2)",
	5, {"text", "timestamptz", "_text", "_text", "_int8"}
};

#define COMPARE \
	"WITH s AS MATERIALIZED (SELECT s.*, $2 - s.lag AS seen FROM oms.source s WHERE s.source = $1), " \
	"u AS (SELECT u.n, u.sku, u.location, u.quantity FROM ROWS FROM (unnest($3), unnest($4), unnest($5)) " \
	"WITH ORDINALITY AS u (sku, location, quantity, n)), " \
	"unseen AS (SELECT m.sku, m.location, sum(m.quantity)::bigint AS quantity, " \
	"bool_or(m.kind = 'count' AND m.source IS NULL AND m.occurred_at > $2) AS counted FROM oms.movement_row m " \
	"WHERE " OMS_FEED_UNSEEN("$1", "$2", "(SELECT s.seen FROM s)", "(SELECT s.excludes_shipped FROM s)") " " \
	"GROUP BY m.sku, m.location), " \
	"held AS (SELECT r.sku, r.location, sum(" OMS_FEED_HELD("(SELECT s.seen FROM s)") ")::bigint AS quantity " \
	"FROM oms.reservation_row r WHERE (SELECT s.excludes_reserved FROM s) GROUP BY r.sku, r.location), " \
	"stated AS (SELECT DISTINCT sku, p.location, p.source, p.as_of FROM oms.feed_snapshot_row p, unnest(p.skus) AS sku WHERE p.as_of > $2 AND NOT p.complete), " \
	"c AS (SELECT u.*, COALESCE(a.on_hand, 0) + COALESCE(d.on_hand, 0) AS on_hand, " \
	"u.quantity + COALESCE(h.quantity, 0) + COALESCE(x.quantity, 0) - COALESCE(a.on_hand, 0) - COALESCE(d.on_hand, 0) AS difference, " \
	"CASE WHEN u.sku IS NULL OR u.sku = '' THEN 'no sku' " \
	"WHEN u.location IS NULL OR u.location = '' THEN 'no location' " \
	"WHEN l.location IS NULL THEN 'unknown location' " \
	"WHEN u.quantity IS NULL THEN 'no quantity' " \
	"WHEN u.quantity NOT BETWEEN CASE WHEN $6 THEN 0 ELSE -1000000000000 END AND 1000000000000 THEN 'impossible quantity' " \
	"WHEN u.quantity > 0 AND u.sku IN (SELECT k.kit FROM oms.kit_component k) THEN 'a kit has no stock of its own' END AS problem, " \
	"CASE WHEN x.counted THEN 'counted later' " \
	"WHEN k.sku IS NOT NULL THEN 'stated by ' || k.source || ' as of ' || to_char(k.as_of AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS') " \
	"WHEN t.sku IS NOT NULL THEN 'stated by ' || t.source || ' as of ' || to_char(t.as_of AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS') " \
	"WHEN q.location IS NOT NULL THEN 'stated by ' || q.source || ' as of ' || to_char(q.as_of AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS') END AS newer " \
	"FROM u LEFT JOIN oms.location l ON l.location = u.location " \
	"LEFT JOIN oms.stock_account a ON a.sku = u.sku AND a.location = u.location " \
	"LEFT JOIN oms.stock_delta_sum d ON d.sku = u.sku AND d.location = u.location " \
	"LEFT JOIN unseen x ON x.sku = u.sku AND x.location = u.location " \
	"LEFT JOIN held h ON h.sku = u.sku AND h.location = u.location " \
	"LEFT JOIN oms.feed_mark_row k ON k.sku = u.sku AND k.location = u.location AND (k.as_of > $2 OR k.as_of = $2 AND k.settled AND $6) " \
	"LEFT JOIN stated t ON t.sku = u.sku AND t.location = u.location " \
	"LEFT JOIN oms.feed_snapshot_row q ON q.complete AND q.as_of > $2 AND q.location = u.location AND u.sku <> ALL (q.skus)), " \
	"f AS (SELECT c.*, row_number() OVER (PARTITION BY c.sku, c.location ORDER BY c.n) AS nth FROM c " \
	"WHERE c.problem IS NOT NULL OR c.newer IS NOT NULL OR c.difference <> 0), " \
	"o AS (SELECT f.*, CASE WHEN f.problem IS NOT NULL OR f.newer IS NOT NULL OR NOT $6 THEN NULL " \
	"WHEN abs(f.difference) > s.limit_units THEN 'more units than the limit' " \
	"WHEN abs(f.difference) * 100 > s.limit_percent * GREATEST(f.on_hand, 1) THEN 'more per cent than the limit' " \
	"WHEN s.limit_value IS NOT NULL AND abs(f.difference) * (SELECT i.unit_value FROM oms.item i WHERE i.sku = f.sku) > s.limit_value " \
	"THEN 'more value than the limit' END AS above FROM f, s) " \
	"SELECT o.n, o.sku, o.location, o.on_hand, o.difference, CASE WHEN o.problem IS NOT NULL THEN 'rejected' WHEN o.newer IS NOT NULL THEN 'stale' " \
	"WHEN o.nth > 1 THEN 'rejected' WHEN o.above IS NOT NULL THEN 'parked' ELSE 'applied' END AS outcome, " \
	"CASE WHEN o.problem IS NULL AND o.newer IS NULL AND o.nth > 1 THEN 'given twice' ELSE COALESCE(o.problem, o.newer, o.above) END AS reason, " \
	"CASE WHEN o.above IS NOT NULL THEN format('stated %s, on hand %s, difference %s', o.quantity, o.on_hand, o.difference) END AS detail " \
	"FROM o ORDER BY o.n"

static OmsPlan compare_few = {COMPARE, 6, {"text", "timestamptz", "_text", "_text", "_int8", "bool"}};
static OmsPlan compare_many = {COMPARE, 6, {"text", "timestamptz", "_text", "_text", "_int8", "bool"}};

#define ROWS_STATED \
	"u AS (SELECT DISTINCT u.sku, u.location FROM ROWS FROM (unnest($3), unnest($4)) WITH ORDINALITY AS u (sku, location, n) " \
	"WHERE NOT EXISTS (SELECT FROM unnest($5) AS e (n) WHERE e.n = u.n)) "

/* Counts, and rows of snapshots that stand for themselves: settled when a person has looked at them. */
static OmsPlan state_keys = {
	"WITH " ROWS_STATED
	"INSERT INTO oms.feed_mark_row AS k (sku, location, source, as_of, settled) SELECT u.sku, u.location, $1, $2, NOT $6 FROM u "
	"ON CONFLICT (sku, location) DO UPDATE SET source = excluded.source, as_of = excluded.as_of, settled = excluded.settled WHERE k.as_of <= excluded.as_of",
	6, {"text", "timestamptz", "_text", "_text", "_int8", "bool"}
};

/*
 * A snapshot becomes the newest of its locations; what the one before stated beyond it stays
 * stated, by key: nothing, most nights, which a hash of the skus tells. Where a newer one is
 * already there, this one states by key.
 */
#define STATE_SNAPSHOT \
	"WITH u AS (SELECT u.sku, u.location FROM ROWS FROM (unnest($3), unnest($4)) WITH ORDINALITY AS u (sku, location, n) " \
	"WHERE NOT EXISTS (SELECT FROM unnest($5) AS e (n) WHERE e.n = u.n)), " \
	"new AS MATERIALIZED (SELECT u.location, array_agg(u.sku) AS skus, bit_xor(hashtextextended(u.sku, 0)) AS hash FROM u GROUP BY u.location), " \
	"old AS MATERIALIZED (SELECT p.* FROM oms.feed_snapshot_row p JOIN new ON new.location = p.location WHERE NOT p.complete " \
	"AND (p.as_of > $2 OR p.hash <> new.hash OR cardinality(p.skus) <> cardinality(new.skus))), " \
	"keys AS (INSERT INTO oms.feed_mark_row AS k (sku, location, source, as_of) " \
	"SELECT e.sku, old.location, old.source, old.as_of FROM old, unnest(old.skus) AS e (sku) " \
	"WHERE old.as_of <= $2 AND NOT EXISTS (SELECT FROM new, unnest(new.skus) AS n (sku) WHERE new.location = old.location AND n.sku = e.sku) " \
	"UNION SELECT n.sku, new.location, $1, $2 FROM new JOIN old ON old.location = new.location AND old.as_of > $2, unnest(new.skus) AS n (sku) " \
	"ON CONFLICT (sku, location) DO UPDATE SET source = excluded.source, as_of = excluded.as_of, settled = k.settled AND k.as_of = excluded.as_of WHERE k.as_of <= excluded.as_of) " \
	"INSERT INTO oms.feed_snapshot_row AS p (location, complete, source, as_of, skus, hash) " \
	"SELECT new.location, false, $1, $2, new.skus, new.hash FROM new " \
	"ON CONFLICT (location, complete) DO UPDATE SET source = excluded.source, as_of = excluded.as_of, skus = excluded.skus, hash = excluded.hash " \
	"WHERE p.as_of <= excluded.as_of"

static OmsPlan state_snapshot_few = {STATE_SNAPSHOT, 5, {"text", "timestamptz", "_text", "_text", "_int8"}};
static OmsPlan state_snapshot_many = {STATE_SNAPSHOT, 5, {"text", "timestamptz", "_text", "_text", "_int8"}};

/* A complete one: what it does not state are the rows left out. */
static OmsPlan state_complete = {
	"INSERT INTO oms.feed_snapshot_row AS p (location, complete, source, as_of, skus) "
	"SELECT u.location, true, $1, $2, COALESCE(array_agg(u.sku) FILTER (WHERE e.n IS NOT NULL AND u.sku IS NOT NULL), '{}') "
	"FROM ROWS FROM (unnest($3), unnest($4)) WITH ORDINALITY AS u (sku, location, n) LEFT JOIN unnest($5) AS e (n) ON e.n = u.n "
	"WHERE u.location IN (SELECT l.location FROM oms.location l) GROUP BY u.location "
	"ON CONFLICT (location, complete) DO UPDATE SET source = excluded.source, as_of = excluded.as_of, skus = excluded.skus WHERE p.as_of <= excluded.as_of",
	5, {"text", "timestamptz", "_text", "_text", "_int8"}
};

/* What lies at the locations of a snapshot and is not in it. */
static OmsPlan find_missing = {
	"SELECT a.sku, a.location FROM oms.inventory a WHERE a.on_hand <> 0 AND a.location = ANY ($2) "
	"AND NOT EXISTS (SELECT FROM ROWS FROM (unnest($1), unnest($2)) AS u (sku, location) WHERE u.sku = a.sku AND u.location = a.location) "
	"ORDER BY a.location, a.sku",
	2, {"_text", "_text"}
};

static OmsPlan select_on_missing = {
	"SELECT s.on_missing FROM oms.source s WHERE s.source = $1", 1, {"text"}
};

static OmsPlan except_missing = {
	"INSERT INTO oms.feed_exception_row AS x (source, kind, content, \"row\", reason, detail) "
	"SELECT $1, 'snapshot', md5(r.row::text)::uuid, r.row, 'missing from the snapshot', 'stated 0 if it is taken' "
	"FROM (SELECT jsonb_build_object('sku', u.sku, 'location', u.location, 'quantity', 0, 'as_of', " OMS_FEED_MOMENT("$2") ") AS \"row\" "
	"FROM ROWS FROM (unnest($3), unnest($4)) AS u (sku, location)) r "
	"ON CONFLICT (source, kind, content) WHERE status = 'open' DO UPDATE SET attempts = x.attempts + 1, last_at = clock_timestamp()",
	4, {"text", "timestamptz", "_text", "_text"}
};

/* A row of COMPARE. */
typedef struct Compared
{
	int			n;
	text	   *sku;
	text	   *location;
	int64		on_hand;
	int64		difference;
	const char *outcome;
	const char *reason;
	const char *detail;
	OmsChange	change;			/* that was made */
} Compared;

/* Many rows are better joined by hash: the plans for them are made, and run, without other joins. */
static int
plan_for_many(bool many)
{
	static const char *const off[] = {"enable_nestloop", "enable_mergejoin", "enable_sort", "jit"};
	int			level = NewGUCNestLevel();

	for (int i = 0; many && i < lengthof(off); i++)
		(void) set_config_option(off[i], "off", PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE, true,
								 0, false);
	return level;
}

/*
 * glance_at leaves, of the rows in values, those that are not as they were stated at a glance;
 * their number, and the number that each had.
 */
static int
glance_at(Datum *values, int64 **rows)
{
	MemoryContext caller = CurrentMemoryContext;
	MemoryContext spi;
	bool		isnull;
	Datum		numbers;
	Datum	   *elements;
	int			n = 0;

	oms_spi_connect();
	oms_spi_execute_latest(&glance, values, NULL);
	numbers = oms_spi_value(0, 1, &isnull);
	if (!isnull)
	{
		spi = MemoryContextSwitchTo(caller);
		deconstruct_array(DatumGetArrayTypeP(numbers), INT8OID, 8, FLOAT8PASSBYVAL, TYPALIGN_DOUBLE,
						  &elements, NULL, &n);
		*rows = MemoryContextAllocHuge(caller, sizeof(int64) * n);
		for (int i = 0; i < n; i++)
			(*rows)[i] = DatumGetInt64(elements[i]);
		for (int i = 0; i < 3; i++)
			values[2 + i] = PointerGetDatum(DatumGetArrayTypePCopy(oms_spi_value(0, 2 + i, &isnull)));
		MemoryContextSwitchTo(spi);
	}
	oms_spi_finish();
	return n;
}

/* compare reads what differs, or cannot be taken, of the rows; the rest is as it was stated. */
static int
compare(OmsFeedCall *call, Datum as_of, Datum skus, Datum locations, Datum quantities, int n,
		Compared **compared)
{
	MemoryContext caller = CurrentMemoryContext;
	MemoryContext spi;
	Datum		values[6] = {PointerGetDatum(call->source), as_of, skus, locations, quantities,
	BoolGetDatum(call->limits)};
	int			level = plan_for_many(n > MANY_ROWS);
	int64	   *rows = NULL;
	int			found;

	if (n > MANY_ROWS)
	{
		n = glance_at(values, &rows);
		AtEOXact_GUC(false, level);
		level = plan_for_many(n > MANY_ROWS);
	}
	oms_spi_connect();
	found = n == 0 ? 0 : oms_spi_execute_latest(n > MANY_ROWS ? &compare_many : &compare_few, values, NULL);
	spi = MemoryContextSwitchTo(caller);
	*compared = MemoryContextAllocHuge(caller, sizeof(Compared) * Max(1, found));
	for (int i = 0; i < found; i++)
	{
		Compared   *c = &(*compared)[i];
		bool		isnull;
		Datum		value;

		memset(c, 0, sizeof(Compared));
		c->n = rows == NULL ? oms_spi_int64(i, 1) : rows[oms_spi_int64(i, 1) - 1];
		value = oms_spi_value(i, 2, &isnull);
		c->sku = isnull ? NULL : DatumGetTextPCopy(value);
		value = oms_spi_value(i, 3, &isnull);
		c->location = isnull ? NULL : DatumGetTextPCopy(value);
		c->on_hand = oms_spi_int64(i, 4);
		value = oms_spi_value(i, 5, &isnull);
		c->difference = isnull ? 0 : DatumGetInt64(value);
		c->outcome = oms_spi_text(i, 6);
		c->reason = oms_spi_text(i, 7);
		c->detail = oms_spi_text(i, 8);
	}
	MemoryContextSwitchTo(spi);
	oms_spi_finish();
	AtEOXact_GUC(false, level);
	return found;
}

/* compare_one computes the difference of one key anew; quantity is what was stated. */
static void
compare_one(OmsFeedCall *call, Datum as_of, int64 quantity, Compared *c)
{
	Datum		sku = PointerGetDatum(c->sku);
	Datum		location = PointerGetDatum(c->location);
	Datum		stated = Int64GetDatum(quantity);
	Compared   *fresh;
	int			n = c->n;

	if (compare(call, as_of, oms_text_array(1, &sku), oms_text_array(1, &location),
				oms_int8_array(1, &stated), 1, &fresh) > 0)
		*c = fresh[0];
	else
	{
		c->difference = 0;
		c->outcome = "unchanged";
		c->reason = NULL;
	}
	c->n = n;
}

/*
 * apply_one makes the difference of a key true, on the very on_hand by which it was
 * computed; see the file's header. What others keep changing for too long is left for later.
 */
static void
apply_one(OmsFeedCall *call, OmsAccounts **accounts, Datum as_of, int64 quantity, Compared *c,
		  TimestampTz start)
{
	static const OmsGuard set = {.kind = OMS_GUARD_SET};
	static const OmsGuard give_back = {.kind = OMS_GUARD_NONE};

	for (int tries = 0; strcmp(c->outcome, "applied") == 0; tries++)
	{
		OmsAmounts	change = {.on_hand = c->on_hand + c->difference};
		OmsChange	result;

		oms_stock_change(*accounts, c->sku, c->location, change, &set, &result);
		if (result.outcome == OMS_DONE && result.change.on_hand == c->difference)
		{
			c->change = result;
			return;
		}
		if (result.outcome == OMS_DONE && result.change.on_hand != 0)
		{
			change.on_hand = -result.change.on_hand;
			oms_stock_change(*accounts, c->sku, c->location, change, &give_back, NULL);
		}
		oms_accounts_close(*accounts);
		if (tries == MAX_TRIES ||
			(result.outcome == OMS_PENDING && !oms_account_wait(result.pending, start)))
		{
			c->outcome = "parked";
			c->reason = "being changed by an open transaction";
			c->difference = 0;
		}
		else
			compare_one(call, as_of, quantity, c);
		*accounts = oms_stock_open();
	}
}

/* note_missing leaves to a person what is missing from a snapshot. */
static void
note_missing(OmsFeedCall *call, Datum as_of, int n, Datum *skus, Datum *locations)
{
	Datum		values[4] = {PointerGetDatum(call->source), as_of};

	if (n == 0)
		return;
	values[2] = oms_text_array(n, skus);
	values[3] = oms_text_array(n, locations);
	oms_spi_connect();
	oms_spi_execute(&except_missing, values, NULL, false);
	oms_spi_finish();
}

/*
 * state makes the rows true as of the moment: rows[i] is row i + 1; NULL: they are all those of the call, a
 * snapshot. complete: what is not among the rows of a snapshot is not there.
 */
static void
state(OmsFeedCall *call, Datum as_of, int n, Datum skus, Datum locations, Datum quantities,
	  const OmsFeedRow *rows, bool complete)
{
	TimestampTz start = GetCurrentTimestamp();
	ArrayType  *figures = DatumGetArrayTypeP(quantities);
	Compared   *compared;
	int			ncompared;
	OmsAccounts *accounts;
	OmsFeedRow *booked;
	OmsChange  *changes;
	int64	   *left_out;
	Datum	   *missing_skus = palloc(sizeof(Datum) * Max(1, n - call->rows.n));
	Datum	   *missing_locations = palloc(sizeof(Datum) * Max(1, n - call->rows.n));
	int			nbooked = 0;
	int			nleft_out = 0;
	int			nmissing = 0;
	Datum		values[6];
	int			level;

	oms_progress_phase(OMS_PHASE_COMPARE, n);
	ncompared = compare(call, as_of, skus, locations, quantities, n, &compared);
	booked = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(OmsFeedRow) * Max(1, ncompared));
	changes = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(OmsChange) * Max(1, ncompared));
	left_out = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(int64) * Max(1, ncompared));
	oms_progress_phase(OMS_PHASE_APPLY, ncompared);
	accounts = oms_stock_open();
	for (int i = 0; i < ncompared; i++)
	{
		Compared   *c = &compared[i];
		const OmsFeedRow *given = rows == NULL ? NULL : &rows[c->n - 1];
		int			row = given == NULL ? c->n : given->n;

		if (strcmp(c->outcome, "applied") == 0)
		{
			bool		isnull;
			int			subscript = c->n;
			int64		quantity = DatumGetInt64(array_ref(figures, 1, &subscript, -1, 8, FLOAT8PASSBYVAL,
														   TYPALIGN_DOUBLE, &isnull));

			CHECK_FOR_INTERRUPTS();
			oms_progress_done(i);
			apply_one(call, &accounts, as_of, quantity, c, start);
		}
		if (strcmp(c->outcome, "applied") == 0)
		{
			booked[nbooked] = (OmsFeedRow) {
				.n = row, .sku = c->sku, .location = c->location, .as_of = DatumGetTimestampTz(as_of),
				.event_id = given == NULL ? call->event_id : given->event_id,
				.reason = given == NULL ? NULL : given->reason
			};
			changes[nbooked++] = c->change;
		}
		else if (strcmp(c->outcome, "unchanged") != 0)
			left_out[nleft_out++] = c->n;
		if (row > call->rows.n)
		{
			if (strcmp(c->outcome, "parked") == 0)
			{
				missing_skus[nmissing] = PointerGetDatum(c->sku);
				missing_locations[nmissing++] = PointerGetDatum(c->location);
			}
		}
		else
			call->results[row - 1] = (OmsFeedResult) {
				.outcome = c->outcome, .reason = c->reason, .detail = c->detail,
				.change = strcmp(c->outcome, "applied") == 0 ? c->difference : 0
			};
	}
	oms_accounts_close(accounts);
	note_missing(call, as_of, nmissing, missing_skus, missing_locations);

	values[0] = PointerGetDatum(call->source);
	values[1] = as_of;
	values[2] = skus;
	values[3] = locations;
	values[4] = oms_id_array(nleft_out, left_out);
	values[5] = BoolGetDatum(call->limits);
	level = plan_for_many(n > MANY_ROWS);
	oms_spi_connect();
	oms_spi_execute(rows != NULL ? &state_keys : complete ? &state_complete : n > MANY_ROWS ? &state_snapshot_many : &state_snapshot_few,
					values, NULL, false);
	oms_spi_finish();
	AtEOXact_GUC(false, level);
	oms_feed_book(call, nbooked, booked, changes);
}

/*
 * oms_feed_state makes judged counts, or rows of snapshots that stand for themselves, true,
 * moment after moment: each needs what moved after its own.
 */
void
oms_feed_state(OmsFeedCall *call, int n, const OmsFeedRow *rows)
{
	int			first = 0;

	while (first < n)
	{
		int			end = first;
		Datum	   *quantities;

		while (end < n && rows[end].as_of == rows[first].as_of)
			end++;
		quantities = palloc(sizeof(Datum) * (end - first));
		for (int i = first; i < end; i++)
		{
			quantities[i - first] = Int64GetDatum(rows[i].quantity);
			call->results[rows[i].n - 1].outcome = "unchanged";
		}
		state(call, TimestampTzGetDatum(rows[first].as_of), end - first,
			  oms_feed_texts(end - first, rows + first, offsetof(OmsFeedRow, sku)),
			  oms_feed_texts(end - first, rows + first, offsetof(OmsFeedRow, location)),
			  oms_int8_array(end - first, quantities), rows + first, false);
		first = end;
	}
}

/* append is the array with n more elements: texts from rows, or zeros. */
static Datum
append(Datum array, Oid type, int n, Datum *more)
{
	ArrayType  *old = DatumGetArrayTypeP(array);
	Datum	   *elements;
	bool	   *nulls;
	int			nold;
	int16		length;
	bool		byval;
	char		align;

	get_typlenbyvalalign(type, &length, &byval, &align);
	deconstruct_array(old, type, length, byval, align, &elements, &nulls, &nold);
	elements = repalloc_huge(elements, sizeof(Datum) * (nold + n));
	nulls = repalloc_huge(nulls, sizeof(bool) * (nold + n));
	for (int i = 0; i < n; i++)
	{
		elements[nold + i] = more[i];
		nulls[nold + i] = false;
	}
	return oms_array_of(nold + n, elements, nulls, type, length, byval, align);
}

/*
 * oms_feed_snapshot makes a snapshot true as of its moment, with what its source means by
 * what is missing from it.
 */
void
oms_feed_snapshot(OmsFeedCall *call)
{
	MemoryContext caller = CurrentMemoryContext;
	OmsFeedRows *rows = &call->rows;
	Datum		values[4];
	char	   *on_missing = NULL;
	int			nmissing = 0;
	bool		complete;
	Datum	   *skus = NULL;
	Datum	   *locations = NULL;
	Datum	   *zeros = NULL;

	for (int i = 0; i < rows->n; i++)
		call->results[i].outcome = "unchanged";
	values[0] = PointerGetDatum(call->source);
	oms_spi_connect();
	if (oms_spi_execute(&select_on_missing, values, NULL, false) != 1)
		elog(ERROR, "source was not found");
	on_missing = MemoryContextStrdup(caller, oms_spi_text(0, 1));
	complete = strcmp(on_missing, "zero") == 0;
	if (strcmp(on_missing, "unchanged") != 0)
	{
		MemoryContext spi;
		int			level = plan_for_many(rows->n > MANY_ROWS);

		values[0] = rows->skus;
		values[1] = rows->locations;
		nmissing = oms_spi_execute_latest(&find_missing, values, NULL);
		AtEOXact_GUC(false, level);
		spi = MemoryContextSwitchTo(caller);
		skus = palloc(sizeof(Datum) * Max(1, nmissing));
		locations = palloc(sizeof(Datum) * Max(1, nmissing));
		zeros = palloc0(sizeof(Datum) * Max(1, nmissing));
		for (int i = 0; i < nmissing; i++)
		{
			skus[i] = CStringGetTextDatum(oms_spi_text(i, 1));
			locations[i] = CStringGetTextDatum(oms_spi_text(i, 2));
			zeros[i] = Int64GetDatum(0);
		}
		MemoryContextSwitchTo(spi);
	}
	oms_spi_finish();
	if (nmissing > 0 && strcmp(on_missing, "exception") == 0)
	{
		note_missing(call, call->as_of, nmissing, skus, locations);
		nmissing = 0;
	}
	if (nmissing > 0)
		state(call, call->as_of, rows->n + nmissing,
			  append(rows->skus, TEXTOID, nmissing, skus),
			  append(rows->locations, TEXTOID, nmissing, locations),
			  append(rows->quantities, INT8OID, nmissing, zeros), NULL, complete);
	else
		state(call, call->as_of, rows->n, rows->skus, rows->locations, rows->quantities, NULL, complete);
}
