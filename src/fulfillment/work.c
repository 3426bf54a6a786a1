/*
 * work.c
 *		The one way to act on fulfillments, as a set: lock, judge by the table of
 *		transitions, change line counters, write status and history. The single form of a
 *		verb is a set of one.
 *
 * Invariants. A fulfillment moves along rows of oms.fulfillment_transition only. The
 * counters of its lines satisfy the CHECKs of fulfillment_line_row; all lines are packed
 * when it is packed or ready, shipped when it is shipped or handed over. Every action
 * leaves a row of history.
 *
 * Locks: the rows of the orders in the order of their keys, before anything is read. Who
 * routes, cancels or acts on an order locks its row, so the actions on an order's
 * fulfillments come one after the other, and none sees half of another.
 *
 * Tables: order_row (locked), fulfillment_row, fulfillment_line_row,
 * fulfillment_transition, fulfillment_event_row.
 *
 * The SQL texts here are run by SECURITY DEFINER functions that are pinned to search_path
 * pg_catalog, pg_temp, so that operators need no schema.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "funcapi.h"
#include "utils/array.h"

#include "fulfillment/fulfillment.h"
#include "routing/capacity.h"

PG_FUNCTION_INFO_V1(oms_next_actions);

static OmsPlan lock_orders = {
	"SELECT o.order_id FROM oms.order_row o WHERE o.order_id IN "
	"(SELECT f.order_id FROM oms.fulfillment_row f WHERE f.fulfillment_id = ANY ($1)) "
	"ORDER BY o.order_id FOR NO KEY UPDATE",
	1, {"_int8"}
};

static OmsPlan read_work = {
	"SELECT f.fulfillment_id, f.order_id, f.location, f.method, f.status, t.to_status "
	"FROM oms.fulfillment_row f LEFT JOIN oms.fulfillment_transition t "
	"ON t.action = $2 AND t.method = f.method AND t.from_status = f.status AND t.active "
	"WHERE f.fulfillment_id = ANY ($1) ORDER BY f.fulfillment_id",
	2, {"_int8", "text"}
};

static OmsPlan legal_actions = {
	"SELECT t.action, t.to_status, f.status, f.location FROM oms.fulfillment_row f LEFT JOIN oms.fulfillment_transition t "
	"ON t.method = f.method AND t.from_status = f.status AND t.active WHERE f.fulfillment_id = $1 ORDER BY t.action",
	1, {"int8"}
};

static OmsPlan read_lines = {
	"SELECT u.n::int4, l.line_no, l.sku, l.quantity, l.picked, l.packed, l.shipped, l.rejected, l.cancelled, "
	"ol.sku <> l.sku FROM ROWS FROM (unnest($1), unnest($2)) WITH ORDINALITY AS u (order_id, fulfillment_id, n) "
	"JOIN oms.fulfillment_line_row l ON l.order_id = u.order_id AND l.fulfillment_id = u.fulfillment_id "
	"JOIN oms.order_line_row ol ON ol.order_id = l.order_id AND ol.line_no = l.line_no "
	"ORDER BY u.n, l.line_no, l.sku",
	2, {"_text", "_int8"}
};

/* What gets into pickers' hands and out of them is noted while its location is counted. */
static OmsPlan change_lines = {
	"WITH u AS MATERIALIZED (SELECT u.* FROM ROWS FROM (unnest($1), unnest($2), unnest($3), unnest($4), unnest($5), "
	"unnest($6), unnest($7), unnest($8), unnest($9)) AS u (order_id, fulfillment_id, line_no, sku, picked, packed, "
	"shipped, rejected, cancelled)), "
	"noted AS (INSERT INTO oms.count_pick_row (count_id, sku, units) SELECT s.count_id, u.sku, u.picked - u.shipped "
	"FROM oms.count_session_row s JOIN oms.fulfillment_row f ON f.location = s.location "
	"JOIN u ON u.order_id = f.order_id AND u.fulfillment_id = f.fulfillment_id AND u.picked <> u.shipped "
	"WHERE s.status = 'open') "
	"UPDATE oms.fulfillment_line_row l SET picked = l.picked + u.picked, packed = l.packed + u.packed, "
	"shipped = l.shipped + u.shipped, rejected = l.rejected + u.rejected, cancelled = l.cancelled + u.cancelled "
	"FROM u WHERE l.order_id = u.order_id AND l.fulfillment_id = u.fulfillment_id "
	"AND l.line_no = u.line_no AND l.sku = u.sku",
	9, {"_text", "_int8", "_int4", "_text", "_int8", "_int8", "_int8", "_int8", "_int8"}
};

/* A picker's claim ends with the work. */
static OmsPlan change_work = {
	"WITH work AS (SELECT u.* FROM ROWS FROM (unnest($1), unnest($2), unnest($3), unnest($4), unnest($5)) "
	"AS u (order_id, fulfillment_id, from_status, to_status, units)), "
	"changed AS (UPDATE oms.fulfillment_row f SET status = w.to_status, changed_at = clock_timestamp(), "
	"claimed_by = CASE WHEN w.to_status IN ('accepted', 'picking') THEN f.claimed_by END, "
	"claimed_until = CASE WHEN w.to_status IN ('accepted', 'picking') THEN f.claimed_until END, "
	"reminded_at = CASE WHEN w.to_status = w.from_status THEN f.reminded_at END, "
	"ready_at = CASE WHEN w.to_status = 'ready' THEN COALESCE(f.ready_at, clock_timestamp()) "
	"WHEN w.to_status = 'handed_over' THEN f.ready_at END "
	"FROM work w WHERE f.order_id = w.order_id AND f.fulfillment_id = w.fulfillment_id "
	"RETURNING w.order_id, w.fulfillment_id, w.from_status, w.to_status, w.units) "
	"INSERT INTO oms.fulfillment_event_row (order_id, fulfillment_id, action, from_status, to_status, units, "
	"reason, actor) SELECT c.order_id, c.fulfillment_id, $6, c.from_status, c.to_status, c.units, $7, $8 "
	"FROM changed c",
	8, {"_text", "_int8", "_text", "_text", "_int8", "text", "text", "text"}
};

/*
 * oms_arg_fulfillments reads the first argument, an id or an array of ids, sorted: their
 * number. 22023 when one is named twice.
 */
int
oms_arg_fulfillments(FunctionCallInfo fcinfo, bool many, int64 **ids)
{
	int			n = 1;

	if (many)
		n = oms_arg_quantities(fcinfo, 0, "fulfillment_ids", ids);
	else
	{
		oms_require_not_null(fcinfo, 0, "fulfillment_id");
		*ids = palloc(sizeof(int64));
		(*ids)[0] = PG_GETARG_INT64(0);
	}
	qsort(*ids, n, sizeof(int64), oms_compare_int64);
	for (int i = 1; i < n; i++)
		if ((*ids)[i] == (*ids)[i - 1])
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("fulfillment %lld is named twice", (long long) (*ids)[i])));
	return n;
}

static void
raise_unknown(int64 id)
{
	ereport(ERROR,
			(errcode(OMS_ERR_UNKNOWN_KEY),
			 errmsg("fulfillment %lld is unknown", (long long) id)));
}

static void
raise_illegal(const char *action, const OmsWork *work)
{
	Datum		values[1] = {Int64GetDatum(work->id)};
	StringInfoData legal;
	uint64		n;
	char	   *one;

	initStringInfo(&legal);
	n = oms_spi_execute_latest(&legal_actions, values, NULL);
	for (uint64 i = 0; i < n; i++)
		if ((one = oms_spi_text(i, 1)) != NULL)
			appendStringInfo(&legal, "%s%s", legal.len > 0 ? ", " : "", one);
	ereport(ERROR,
			(errcode(OMS_ERR_ILLEGAL_TRANSITION),
			 errmsg("cannot %s fulfillment %lld: it is %s", action, (long long) work->id,
					work->from_status),
			 errdetail("Order \"%s\", location \"%s\", method %s.", text_to_cstring(work->order_id),
					   text_to_cstring(work->location), work->method),
			 legal.len > 0 ? errhint("Legal now: %s.", legal.data) :
			 errhint("Nothing can be done to it any more.")));
}

/* oms_work_raise raises for what cannot be done to a fulfillment: OM004 unknown, OM005. */
void
oms_work_raise(const char *action, int64 id)
{
	Datum		values[1] = {Int64GetDatum(id)};
	MemoryContext caller = CurrentMemoryContext;
	char	   *status;

	oms_spi_connect();
	if (oms_spi_execute_latest(&legal_actions, values, NULL) == 0)
		raise_unknown(id);
	status = MemoryContextStrdup(caller, oms_spi_text(0, 3));
	oms_spi_finish();
	ereport(ERROR,
			(errcode(OMS_ERR_ILLEGAL_TRANSITION),
			 errmsg("cannot %s fulfillment %lld", action, (long long) id),
			 errdetail("It is %s.", status)));
}

/* oms_work_lock_orders locks the orders of the fulfillments. */
void
oms_work_lock_orders(int n, const int64 *ids)
{
	Datum		values[1] = {oms_id_array(n, ids)};

	oms_spi_connect();
	(void) oms_spi_execute_latest(&lock_orders, values, NULL);
	oms_spi_finish();
}

/*
 * oms_work_read judges the action on fulfillments, whose ids are ascending and whose orders
 * are locked: where it leads each of them. OM004 unknown, OM005 illegal, with what is legal,
 * OM010 at a location that who calls does not see.
 */
OmsWork *
oms_work_read(const char *action, int n, const int64 *ids)
{
	MemoryContext caller = CurrentMemoryContext;
	OmsWork    *work = palloc0(sizeof(OmsWork) * Max(1, n));
	Datum		values[2] = {oms_id_array(n, ids), CStringGetTextDatum(action)};
	uint64		found;

	oms_spi_connect();
	found = oms_spi_execute_latest(&read_work, values, NULL);
	for (int i = 0; i < n; i++)
	{
		MemoryContext spi;
		bool		isnull;

		if (i >= found || oms_spi_int64(i, 1) != ids[i])
			raise_unknown(ids[i]);
		spi = MemoryContextSwitchTo(caller);
		work[i].id = ids[i];
		work[i].order_id = DatumGetTextPCopy(oms_spi_value(i, 2, &isnull));
		work[i].location = DatumGetTextPCopy(oms_spi_value(i, 3, &isnull));
		work[i].method = oms_spi_text(i, 4);
		work[i].from_status = oms_spi_text(i, 5);
		work[i].to_status = oms_spi_text(i, 6);
		MemoryContextSwitchTo(spi);
	}
	for (int i = 0; i < n; i++)
	{
		oms_require_own_location(work[i].location);
		if (work[i].to_status == NULL)
			raise_illegal(action, &work[i]);
	}
	oms_spi_finish();
	return work;
}

/* oms_work_lock locks the orders of the fulfillments and judges the action. */
OmsWork *
oms_work_lock(const char *action, int n, const int64 *ids)
{
	oms_work_lock_orders(n, ids);
	return oms_work_read(action, n, ids);
}

/* oms_work_lines reads the lines of the fulfillments, in their order: their number. */
int
oms_work_lines(int nwork, const OmsWork *work, OmsWorkLine **lines)
{
	MemoryContext caller = CurrentMemoryContext;
	Datum	   *order_ids = palloc(sizeof(Datum) * Max(1, nwork));
	Datum	   *ids = palloc(sizeof(Datum) * Max(1, nwork));
	Datum		values[2];
	uint64		n;

	for (int i = 0; i < nwork; i++)
	{
		order_ids[i] = PointerGetDatum(work[i].order_id);
		ids[i] = Int64GetDatum(work[i].id);
	}
	values[0] = oms_text_array(nwork, order_ids);
	values[1] = oms_int8_array(nwork, ids);
	oms_spi_connect();
	n = oms_spi_execute_latest(&read_lines, values, NULL);
	*lines = MemoryContextAllocExtended(caller, sizeof(OmsWorkLine) * Max(1, n),
										MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
	for (uint64 i = 0; i < n; i++)
	{
		OmsWorkLine *line = &(*lines)[i];
		MemoryContext spi = MemoryContextSwitchTo(caller);
		bool		isnull;

		line->work = DatumGetInt32(oms_spi_value(i, 1, &isnull)) - 1;
		line->line_no = DatumGetInt32(oms_spi_value(i, 2, &isnull));
		line->sku = DatumGetTextPCopy(oms_spi_value(i, 3, &isnull));
		line->quantity = oms_spi_int64(i, 4);
		line->has = (OmsLineUnits) {
			oms_spi_int64(i, 5), oms_spi_int64(i, 6), oms_spi_int64(i, 7), oms_spi_int64(i, 8),
			oms_spi_int64(i, 9)
		};
		line->of_kit = DatumGetBool(oms_spi_value(i, 10, &isnull));
		MemoryContextSwitchTo(spi);
	}
	oms_spi_finish();
	return n;
}

/* oms_work_open_units is what of a line is neither sent out nor given up, nor is by its change. */
int64
oms_work_open_units(const OmsWorkLine *line)
{
	return line->quantity - line->has.rejected - line->has.cancelled - line->has.shipped -
		line->change.rejected - line->change.cancelled;
}

/*
 * oms_work_conclude sets where work stands of which units are given up: where it stood while
 * anything is open; else handed over, if the customer has what there was; else where the
 * action leads.
 */
void
oms_work_conclude(int nwork, OmsWork *work, int nlines, const OmsWorkLine *lines)
{
	int64	   *open = palloc0(sizeof(int64) * Max(1, nwork));
	bool	   *shipped = palloc0(sizeof(bool) * Max(1, nwork));

	for (int l = 0; l < nlines; l++)
	{
		open[lines[l].work] += oms_work_open_units(&lines[l]);
		shipped[lines[l].work] |= lines[l].has.shipped > 0;
	}
	for (int w = 0; w < nwork; w++)
	{
		if (open[w] > 0)
			work[w].to_status = work[w].from_status;
		else if (shipped[w])
			work[w].to_status = "handed_over";
	}
}

/* oms_work_write_lines adds the changes of the lines to their counters. */
void
oms_work_write_lines(int nlines, const OmsWorkLine *lines, const OmsWork *work)
{
	static const OmsLineUnits none = {0};
	Datum	   *columns[9];
	Datum		values[9];
	int			n = 0;

	for (int c = 0; c < 9; c++)
		columns[c] = palloc(sizeof(Datum) * Max(1, nlines));
	for (int i = 0; i < nlines; i++)
	{
		const OmsWorkLine *line = &lines[i];

		if (memcmp(&line->change, &none, sizeof(none)) == 0)
			continue;
		columns[0][n] = PointerGetDatum(work[line->work].order_id);
		columns[1][n] = Int64GetDatum(work[line->work].id);
		columns[2][n] = Int32GetDatum(line->line_no);
		columns[3][n] = PointerGetDatum(line->sku);
		columns[4][n] = Int64GetDatum(line->change.picked);
		columns[5][n] = Int64GetDatum(line->change.packed);
		columns[6][n] = Int64GetDatum(line->change.shipped);
		columns[7][n] = Int64GetDatum(line->change.rejected);
		columns[8][n++] = Int64GetDatum(line->change.cancelled);
	}
	if (n == 0)
		return;
	values[0] = oms_text_array(n, columns[0]);
	values[1] = oms_int8_array(n, columns[1]);
	values[2] = PointerGetDatum(construct_array(columns[2], n, INT4OID, 4, true, TYPALIGN_INT));
	values[3] = oms_text_array(n, columns[3]);
	for (int c = 4; c < 9; c++)
		values[c] = oms_int8_array(n, columns[c]);
	oms_spi_connect();
	if (oms_spi_execute(&change_lines, values, NULL, false) != n)
		elog(ERROR, "%d lines of fulfillments expected", n);
	oms_spi_finish();
}

/* frees_capacity says whether after the action a fulfillment may use less of its location's capacity. */
static bool
frees_capacity(const char *action)
{
	static const char *const actions[] = {"cancel", "reject", "ship", "hand_over"};

	for (int i = 0; i < lengthof(actions); i++)
		if (strcmp(action, actions[i]) == 0)
			return true;
	return false;
}

/*
 * oms_work_write writes the new status of the fulfillments and their history, and gives back
 * capacity that they do not use any more; reason may be NULL.
 */
void
oms_work_write(const char *action, int nwork, const OmsWork *work, text *reason, text *actor)
{
	Datum	   *columns[5];
	int64	   *ids;
	bool	   *uncounted = palloc(sizeof(bool) * Max(1, nwork));
	int			lower = 1;
	Datum		values[8];

	if (nwork == 0)
		return;
	for (int c = 0; c < 5; c++)
		columns[c] = palloc(sizeof(Datum) * nwork);
	for (int i = 0; i < nwork; i++)
	{
		columns[0][i] = PointerGetDatum(work[i].order_id);
		columns[1][i] = Int64GetDatum(work[i].id);
		columns[2][i] = CStringGetTextDatum(work[i].from_status);
		columns[3][i] = CStringGetTextDatum(work[i].to_status);
		columns[4][i] = Int64GetDatum(work[i].units);
		uncounted[i] = !work[i].counted;
	}
	values[0] = oms_text_array(nwork, columns[0]);
	values[1] = oms_int8_array(nwork, columns[1]);
	values[2] = oms_text_array(nwork, columns[2]);
	values[3] = oms_text_array(nwork, columns[3]);
	values[4] = PointerGetDatum(construct_md_array(columns[4], uncounted, 1, &nwork, &lower, INT8OID, 8,
												   FLOAT8PASSBYVAL, TYPALIGN_DOUBLE));
	values[5] = CStringGetTextDatum(action);
	values[6] = PointerGetDatum(reason);
	values[7] = PointerGetDatum(actor);
	oms_spi_connect();
	if (oms_spi_execute(&change_work, values, reason == NULL ? "      n " : NULL, false) != nwork)
		elog(ERROR, "%d fulfillments that we locked expected", nwork);
	oms_spi_finish();
	if (!frees_capacity(action))
		return;
	ids = palloc(sizeof(int64) * nwork);
	for (int i = 0; i < nwork; i++)
		ids[i] = work[i].id;
	oms_capacity_give_back(nwork, ids);
}

/* oms_work_put puts a row for each fulfillment into the result set. */
void
oms_work_put(FunctionCallInfo fcinfo, int nwork, const OmsWork *work)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;

	for (int i = 0; i < nwork; i++)
	{
		bool		nulls[6] = {false, false, false, false, false, !work[i].counted};
		Datum		values[6] = {
			Int64GetDatum(work[i].id), PointerGetDatum(work[i].order_id),
			PointerGetDatum(work[i].location), CStringGetTextDatum(work[i].from_status),
			CStringGetTextDatum(work[i].to_status), Int64GetDatum(work[i].units)
		};

		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
}

/* oms_next_actions(fulfillment_id): a row per legal action; OM004 unknown fulfillment. */
Datum
oms_next_actions(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	Datum		values[2];
	bool		nulls[2];
	uint64		n;

	oms_require_not_null(fcinfo, 0, "fulfillment_id");
	values[0] = Int64GetDatum(PG_GETARG_INT64(0));
	InitMaterializedSRF(fcinfo, 0);
	oms_spi_connect();
	n = oms_spi_execute(&legal_actions, values, NULL, true);
	if (n == 0)
		raise_unknown(PG_GETARG_INT64(0));
	oms_require_own_location(DatumGetTextPP(oms_spi_value(0, 4, &nulls[0])));
	for (uint64 i = 0; i < n; i++)
	{
		for (int c = 0; c < 2; c++)
			values[c] = oms_spi_value(i, c + 1, &nulls[c]);
		if (!nulls[0])
			tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
	oms_spi_finish();
	return (Datum) 0;
}
