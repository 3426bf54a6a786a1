/*
 * reject.c
 *		A location refuses work: units of a fulfillment, and what the scope of the reject
 *		takes along. One transaction does all that follows: the reservation moves to another
 *		location or waits as a backorder, stock is corrected, the location is excluded, a
 *		count is asked for, other work that is now short is refused with it, and all of it
 *		is written down. What follows from a reason is a row of oms.reject_reason.
 *
 * Scopes: line (the sku in the fulfillment), fulfillment (all of it), sku (the sku in every
 * unstarted fulfillment of the location as well), orders (everything in the unstarted
 * fulfillments of the location that contain the sku).
 *
 * A kit is refused whole: with a component of a line, all that is left of that line's
 * components in the fulfillment.
 *
 * Invariants: what is rejected is held here no more. on_hand never becomes negative, nor
 * less than what pickers have taken from the shelf.
 *
 * Locks, in this order: the orders of all fulfillments that may be concerned, by key (the
 * unstarted ones of the location with the same skus); those of relocate.c; key locks of
 * stock. With reroute, then, the lock of a routing run, which takes no lock that this
 * transaction could hold and wait for.
 *
 * The SQL texts here are run by SECURITY DEFINER functions that are pinned to search_path
 * pg_catalog, pg_temp, so that operators need no schema.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "funcapi.h"
#include "utils/array.h"

#include "fulfillment/fulfillment.h"
#include "stock/stock.h"

PG_FUNCTION_INFO_V1(oms_reject);
PG_FUNCTION_INFO_V1(oms_reject_many);

typedef enum Scope
{
	LINE,
	FULFILLMENT,
	SKU,
	ORDERS
} Scope;

typedef enum Cause
{
	NAMED,
	BY_SCOPE,
	SHORT
} Cause;

static const char *const causes[] = {"named", "scope", "short"};

/* What was called, and what its reason means. */
typedef struct Call
{
	int			n;
	int64	   *ids;			/* ascending */
	text	   *reason;
	text	   *sku;			/* NULL: all */
	int64		quantity;		/* of scope LINE; 0: all */
	Scope		scope;
	bool		reroute;
	text	   *actor;

	bool		lose_rejected;
	bool		lose_all;
	bool		still_there;
	bool		opens_count;
} Call;

/* Units of a line that are rejected. */
typedef struct Rejection
{
	int			line;
	Cause		cause;
	OmsRelocation relocation;
} Rejection;

/* A sku that was said to be missing at a location. */
typedef struct Loss
{
	text	   *location;
	text	   *sku;
	int64		rejected;		/* units that were named */
	int64		fulfillment_id;
} Loss;

static OmsPlan select_reason = {
	"SELECT r.stock_effect, r.still_there, r.opens_count FROM oms.reject_reason r WHERE r.reason = $1 "
	"AND r.active",
	1, {"text"}
};

static OmsPlan list_reasons = {
	"SELECT string_agg(r.reason, ', ' ORDER BY r.reason) FROM oms.reject_reason r WHERE r.active", 0, {NULL}
};

/* The fulfillments $1, and the unstarted ones there with the same skus (or with sku $2). */
static OmsPlan select_concerned = {
	"SELECT u.id FROM unnest($1) AS u (id) UNION "
	"SELECT f.fulfillment_id FROM oms.fulfillment_row t "
	"JOIN oms.fulfillment_line_row tl ON tl.order_id = t.order_id AND tl.fulfillment_id = t.fulfillment_id "
	"AND ($2 IS NULL OR tl.sku = $2) "
	"JOIN oms.fulfillment_row f ON f.location = t.location AND f.status = 'assigned' "
	"JOIN oms.fulfillment_line_row l ON l.order_id = f.order_id AND l.fulfillment_id = f.fulfillment_id "
	"AND l.sku = tl.sku AND l.quantity > l.rejected + l.cancelled "
	"WHERE t.fulfillment_id = ANY ($1) ORDER BY 1",
	2, {"_int8", "text"}
};

/* Of those, now that they are locked, the ones still unstarted; by id, with their urgency. */
static OmsPlan select_unstarted = {
	"SELECT f.fulfillment_id, row_number() OVER (ORDER BY o.priority, (SELECT min(COALESCE(ol.promise_at, "
	"o.promise_at)) FROM oms.order_line_row ol WHERE ol.order_id = o.order_id) NULLS LAST, o.placed_at, "
	"f.fulfillment_id) FROM oms.fulfillment_row f JOIN oms.order_row o ON o.order_id = f.order_id "
	"WHERE f.fulfillment_id = ANY ($1) AND (f.status = 'assigned' OR f.fulfillment_id = ANY ($2)) "
	"ORDER BY f.fulfillment_id",
	2, {"_int8", "_int8"}
};

static OmsPlan insert_exclusions = {
	"INSERT INTO oms.location_exclusion (location, sku, order_id, until, reason) "
	"SELECT x.location, x.sku, x.order_id, clock_timestamp() + x.time, r.reason FROM oms.reject_reason r "
	"CROSS JOIN LATERAL (SELECT u.location, NULL AS sku, NULL AS order_id, r.exclude_location_for AS time "
	"FROM unnest($2) AS u (location) GROUP BY 1 "
	"UNION ALL SELECT u.location, u.sku, NULL, r.exclude_sku_for "
	"FROM ROWS FROM (unnest($2), unnest($3)) AS u (location, sku) GROUP BY 1, 2 "
	"UNION ALL SELECT u.location, u.sku, u.order_id, r.exclude_order_for "
	"FROM ROWS FROM (unnest($4), unnest($5), unnest($6)) AS u (location, sku, order_id) GROUP BY 1, 2, 3) x "
	"WHERE r.reason = $1 AND x.time > interval '0'",
	6, {"text", "_text", "_text", "_text", "_text", "_text"}
};

static OmsPlan select_on_hand = {
	"SELECT COALESCE((SELECT i.on_hand FROM oms.inventory i WHERE i.sku = $1 AND i.location = $2), 0), "
	"COALESCE((SELECT i.available FROM oms.inventory i WHERE i.sku = $1 AND i.location = $2), 0)::int8, "
	"(SELECT COALESCE(sum(l.picked - l.shipped), 0)::int8 FROM oms.fulfillment_row f "
	"JOIN oms.fulfillment_line_row l ON l.order_id = f.order_id AND l.fulfillment_id = f.fulfillment_id "
	"WHERE f.location = $2 AND f.status IN ('picking', 'packed', 'ready') AND l.sku = $1)",
	2, {"text", "text"}
};

static OmsPlan insert_movement = {
	"INSERT INTO oms.movement_row (sku, location, quantity, unavailable, kind, reason, reference, actor) "
	"VALUES ($1, $2, -$3, CASE WHEN $4 THEN $3 ELSE 0 END, 'reject', $5, 'fulfillment ' || $6, $7)",
	7, {"text", "text", "int8", "bool", "text", "int8", "text"}
};

static OmsPlan insert_counts = {
	"INSERT INTO oms.count_task_row (location, sku, reason) "
	"SELECT DISTINCT u.location, u.sku, $3 FROM ROWS FROM (unnest($1), unnest($2)) AS u (location, sku) "
	"ON CONFLICT DO NOTHING",
	3, {"_text", "_text", "text"}
};

static OmsPlan insert_rejections = {
	"INSERT INTO oms.rejection_row (order_id, fulfillment_id, line_no, sku, location, quantity, cause, moved, "
	"backordered, reason, actor) SELECT u.*, $10, $11 FROM ROWS FROM (unnest($1), unnest($2), unnest($3), "
	"unnest($4), unnest($5), unnest($6), unnest($7), unnest($8), unnest($9)) AS u",
	11, {"_text", "_int8", "_int4", "_text", "_text", "_int8", "_text", "_int8", "_int8", "text", "text"}
};

static OmsPlan route_orders = {
	"SELECT r.run_id FROM oms.route(order_ids => $1, actor => $2) r", 2, {"_text", "text"}
};

/* read_reason reads what follows from the reason; OM004 when it is unknown. */
static void
read_reason(Call *call)
{
	Datum		values[1] = {PointerGetDatum(call->reason)};
	bool		isnull;
	char	   *effect;

	oms_spi_connect();
	if (oms_spi_execute(&select_reason, values, NULL, false) == 0)
	{
		oms_spi_execute(&list_reasons, NULL, NULL, false);
		ereport(ERROR,
				(errcode(OMS_ERR_UNKNOWN_KEY),
				 errmsg("reason \"%s\" is unknown", text_to_cstring(call->reason)),
				 errhint("Reasons are rows of oms.reject_reason: %s.", oms_spi_text(0, 1))));
	}
	effect = oms_spi_text(0, 1);
	call->lose_rejected = strcmp(effect, "rejected") == 0;
	call->lose_all = strcmp(effect, "all") == 0;
	call->still_there = DatumGetBool(oms_spi_value(0, 2, &isnull));
	call->opens_count = DatumGetBool(oms_spi_value(0, 3, &isnull));
	oms_spi_finish();
}

/* copy_ids copies the bigints of a column into the caller's memory. */
static int64 *
copy_ids(uint64 n, int column, MemoryContext caller)
{
	int64	   *ids = MemoryContextAlloc(caller, sizeof(int64) * Max(1, n));

	for (uint64 i = 0; i < n; i++)
		ids[i] = oms_spi_int64(i, column);
	return ids;
}

/*
 * lock_concerned locks the orders of all that the reject may concern and reads it: the
 * fulfillments named, which must be legal to reject, and unstarted ones that share a sku
 * with them, when the scope or a loss of stock may concern these. ranks: 1 most urgent.
 */
static OmsWork *
lock_concerned(const Call *call, int *n, int64 **ranks)
{
	MemoryContext caller = CurrentMemoryContext;
	bool		others = call->scope == SKU || call->scope == ORDERS || call->lose_rejected ||
		call->lose_all;
	int64	   *ids = call->ids;
	Datum		values[2] = {oms_id_array(call->n, call->ids), PointerGetDatum(call->sku)};

	*n = call->n;
	if (others)
	{
		oms_spi_connect();
		*n = oms_spi_execute_latest(&select_concerned, values, call->sku == NULL ? " n" : NULL);
		ids = copy_ids(*n, 1, caller);
		oms_spi_finish();
	}
	oms_work_lock_orders(*n, ids);
	(void) oms_work_read("reject", call->n, call->ids);
	values[1] = values[0];
	values[0] = oms_id_array(*n, ids);
	oms_spi_connect();
	*n = oms_spi_execute_latest(&select_unstarted, values, NULL);
	ids = copy_ids(*n, 1, caller);
	*ranks = copy_ids(*n, 2, caller);
	oms_spi_finish();
	return oms_work_read("reject", *n, ids);
}

static bool
is_named(const Call *call, const OmsWork *work)
{
	int			low = 0;
	int			high = call->n;

	while (low < high)
	{
		int			middle = low + (high - low) / 2;

		if (call->ids[middle] < work->id)
			low = middle + 1;
		else
			high = middle;
	}
	return low < call->n && call->ids[low] == work->id;
}

/* add_rejection rejects units of a line: those not picked first, then picked, then packed ones. */
static void
add_rejection(OmsWorkLine *lines, int l, OmsWork *work, int64 units, Cause cause,
			  Rejection *rejections, int *n)
{
	OmsWorkLine *line = &lines[l];
	OmsWork    *of = &work[line->work];
	int64		room;

	line->change.rejected += units;
	room = line->quantity - line->has.rejected - line->has.cancelled - line->change.rejected;
	line->change.picked = Min(0, room - line->has.picked);
	line->change.packed = Min(0, room - line->has.packed);
	of->counted = true;
	of->units += units;
	memset(&rejections[*n], 0, sizeof(Rejection));
	rejections[*n].line = l;
	rejections[*n].cause = cause;
	rejections[*n].relocation.of_kit = line->of_kit;
	rejections[(*n)++].relocation.from = (OmsOrderUnits) {
		of->order_id, line->line_no, line->sku, of->location, units, of->id
	};
}

/* add_kits rejects what is left of the kits of which a component was rejected. */
static void
add_kits(int nlines, OmsWorkLine *lines, OmsWork *work, Cause cause, Rejection *rejections,
		 int *n)
{
	int			nrejected = *n;

	for (int i = 0; i < nrejected; i++)
	{
		const OmsWorkLine *line = &lines[rejections[i].line];
		int			l = rejections[i].line;

		if (!line->of_kit)
			continue;
		while (l > 0 && lines[l - 1].work == line->work && lines[l - 1].line_no == line->line_no)
			l--;
		for (; l < nlines && lines[l].work == line->work && lines[l].line_no == line->line_no; l++)
			if (oms_work_open_units(&lines[l]) > 0)
				add_rejection(lines, l, work, oms_work_open_units(&lines[l]), cause, rejections, n);
	}
}

/* reject_scope rejects what was named and what the scope takes along; OM004, OM005. */
static int
reject_scope(const Call *call, int nlines, OmsWorkLine *lines, OmsWork *work,
			 Rejection *rejections)
{
	int64		wanted = call->quantity == 0 ? PG_INT64_MAX : call->quantity;
	int64		open = 0;
	bool		known = call->sku == NULL;
	int			n = 0;

	for (int l = 0; l < nlines; l++)
	{
		bool		named = is_named(call, &work[lines[l].work]);
		bool		same_sku = call->sku == NULL || oms_text_equal(lines[l].sku, call->sku);
		int64		units = oms_work_open_units(&lines[l]);

		if (named && same_sku)
		{
			known = true;
			open += units;
			units = Min(units, wanted);
			wanted -= units;
		}
		else if (call->scope == LINE || (call->scope == FULFILLMENT && !named) ||
				 (call->scope == SKU && !same_sku))
			continue;
		if (units > 0)
			add_rejection(lines, l, work, units, named && same_sku ? NAMED : BY_SCOPE, rejections, &n);
	}
	if (!known)
		ereport(ERROR,
				(errcode(OMS_ERR_UNKNOWN_KEY),
				 errmsg("sku \"%s\" is not part of fulfillment %lld", text_to_cstring(call->sku),
						(long long) call->ids[0])));
	if (call->n > 0 && (open == 0 || open < call->quantity))
		ereport(ERROR,
				(errcode(OMS_ERR_ILLEGAL_TRANSITION),
				 errmsg("cannot reject more than is left of fulfillment %lld",
						(long long) call->ids[0]),
				 errdetail("%lld units are left to reject.", (long long) open)));
	add_kits(nlines, lines, work, BY_SCOPE, rejections, &n);
	return n;
}

/* find_losses lists the skus, by location, of which units were named. */
static int
find_losses(int nrejections, const Rejection *rejections, Loss *losses)
{
	int			n = 0;

	for (int r = 0; r < nrejections; r++)
	{
		const OmsOrderUnits *from = &rejections[r].relocation.from;
		int			i = 0;

		if (rejections[r].cause != NAMED)
			continue;
		while (i < n && !(oms_text_equal(losses[i].sku, from->sku) &&
						  oms_text_equal(losses[i].location, from->location)))
			i++;
		if (i == n)
			losses[n++] = (Loss) {
				from->location, from->sku, 0, from->fulfillment_id
			};
		losses[i].rejected += from->units;
	}
	return n;
}

/* exclude writes the exclusions that follow from the reason. */
static void
exclude(const Call *call, int nlosses, const Loss *losses, int nrejections,
		const Rejection *rejections)
{
	Datum	   *columns[5];
	Datum		values[6] = {PointerGetDatum(call->reason)};

	for (int c = 0; c < 5; c++)
		columns[c] = palloc(sizeof(Datum) * Max(1, nrejections));
	for (int i = 0; i < nlosses; i++)
	{
		columns[0][i] = PointerGetDatum(losses[i].location);
		columns[1][i] = PointerGetDatum(losses[i].sku);
	}
	for (int i = 0; i < nrejections; i++)
	{
		columns[2][i] = PointerGetDatum(rejections[i].relocation.from.location);
		columns[3][i] = PointerGetDatum(rejections[i].relocation.from.sku);
		columns[4][i] = PointerGetDatum(rejections[i].relocation.from.order_id);
	}
	for (int c = 0; c < 5; c++)
		values[c + 1] = oms_text_array(c < 2 ? nlosses : nrejections, columns[c]);
	oms_spi_connect();
	oms_spi_execute(&insert_exclusions, values, NULL, false);
	if (call->opens_count)
	{
		values[0] = values[1];
		values[1] = values[2];
		values[2] = PointerGetDatum(call->reason);
		oms_spi_execute(&insert_counts, values, NULL, false);
	}
	oms_spi_finish();
}

/* lose corrects the stock of a sku that was said to be missing; the units lost. */
static int64
lose(const Call *call, OmsAccounts *stock, const Loss *loss)
{
	OmsGuard	guard = {.kind = call->lose_all ? OMS_GUARD_SET : OMS_GUARD_ON_HAND};
	OmsGuard	none = {.kind = OMS_GUARD_NONE};
	OmsAmounts	change = {.on_hand = -loss->rejected};
	OmsAmounts	aside = {0};
	OmsChange	result;
	Datum		values[7] = {PointerGetDatum(loss->sku), PointerGetDatum(loss->location)};

	if (call->lose_all)
	{
		int64		on_hand;

		oms_spi_connect();
		oms_spi_execute_latest(&select_on_hand, values, NULL);
		on_hand = oms_spi_int64(0, 1);
		change.on_hand = oms_spi_int64(0, 3);
		oms_spi_finish();
		if (on_hand <= change.on_hand)
			return 0;
	}
	oms_stock_change(stock, loss->sku, loss->location, change, &guard, &result);
	if (result.outcome == OMS_SHORT && result.available > 0)
	{
		change.on_hand = -result.available;
		oms_stock_change(stock, loss->sku, loss->location, change, &guard, &result);
	}
	if (result.outcome == OMS_PENDING)
		ereport(ERROR,
				(errcode(OMS_ERR_HELD_BY_OTHERS),
				 errmsg("on_hand of sku \"%s\" is being changed by an open transaction",
						text_to_cstring(loss->sku)),
				 errdetail("Location \"%s\": transaction %u.", text_to_cstring(loss->location),
						   result.pending),
				 errhint("Try again.")));
	if (result.outcome != OMS_DONE || result.change.on_hand >= 0)
		return 0;
	if (call->still_there)
	{
		aside.unavailable = -result.change.on_hand;
		oms_stock_change(stock, loss->sku, loss->location, aside, &none, NULL);
	}
	values[2] = Int64GetDatum(-result.change.on_hand);
	values[3] = BoolGetDatum(call->still_there);
	values[4] = PointerGetDatum(call->reason);
	values[5] = Int64GetDatum(loss->fulfillment_id);
	values[6] = PointerGetDatum(call->actor);
	oms_spi_connect();
	oms_spi_execute(&insert_movement, values, NULL, false);
	oms_spi_finish();
	return -result.change.on_hand;
}

/*
 * reject_short rejects, least urgent first, unstarted work for which a loss left nothing;
 * appends to the rejections and returns their number.
 */
static int
reject_short(const Call *call, const Loss *loss, int nwork, OmsWork *work, const int64 *ranks,
			 int nlines, OmsWorkLine *lines, Rejection *rejections, int n)
{
	Datum		values[2] = {PointerGetDatum(loss->sku), PointerGetDatum(loss->location)};
	int		   *by_rank = palloc(sizeof(int) * nwork);
	int64		missing;

	oms_spi_connect();
	oms_spi_execute_latest(&select_on_hand, values, NULL);
	missing = -oms_spi_int64(0, 2);
	oms_spi_finish();
	for (int w = 0; w < nwork; w++)
		by_rank[ranks[w] - 1] = w;
	for (int i = nwork - 1; i >= 0; i--)
	{
		OmsWork    *of = &work[by_rank[i]];

		if (is_named(call, of) || !oms_text_equal(of->location, loss->location))
			continue;
		for (int l = 0; l < nlines && missing > 0; l++)
		{
			int64		units = Min(missing, oms_work_open_units(&lines[l]));

			if (lines[l].work != by_rank[i] || units <= 0 ||
				!oms_text_equal(lines[l].sku, loss->sku))
				continue;
			add_rejection(lines, l, work, units, SHORT, rejections, &n);
			missing -= units;
		}
	}
	add_kits(nlines, lines, work, SHORT, rejections, &n);
	pfree(by_rank);
	return n;
}

/* settle writes the lines, and finds another place for the rejections from first on. */
static void
settle(int first, int n, Rejection *rejections, int nlines, OmsWorkLine *lines, const OmsWork *work)
{
	OmsRelocation *relocations;

	oms_work_write_lines(nlines, lines, work);
	for (int l = 0; l < nlines; l++)
	{
		lines[l].has.picked += lines[l].change.picked;
		lines[l].has.packed += lines[l].change.packed;
		lines[l].has.rejected += lines[l].change.rejected;
		memset(&lines[l].change, 0, sizeof(lines[l].change));
	}
	relocations = palloc_extended(sizeof(OmsRelocation) * Max(1, n - first), MCXT_ALLOC_HUGE);
	for (int i = first; i < n; i++)
		relocations[i - first] = rejections[i].relocation;
	oms_relocate(n - first, relocations);
	for (int i = first; i < n; i++)
		rejections[i].relocation = relocations[i - first];
	pfree(relocations);
}

/* conclude sets where each fulfillment stands now; those of which nothing was rejected are left out. */
static int
conclude(int nwork, OmsWork *work, int nlines, const OmsWorkLine *lines, OmsWork *touched)
{
	int			n = 0;

	oms_work_conclude(nwork, work, nlines, lines);
	for (int w = 0; w < nwork; w++)
		if (work[w].counted)
			touched[n++] = work[w];
	return n;
}

/* write_rejections writes the record of what was rejected. */
static void
write_rejections(const Call *call, int n, const Rejection *rejections)
{
	Datum	   *columns[9];
	Datum		values[11];

	for (int c = 0; c < 9; c++)
		columns[c] = palloc(sizeof(Datum) * n);
	for (int i = 0; i < n; i++)
	{
		const OmsRelocation *relocation = &rejections[i].relocation;

		columns[0][i] = PointerGetDatum(relocation->from.order_id);
		columns[1][i] = Int64GetDatum(relocation->from.fulfillment_id);
		columns[2][i] = Int32GetDatum(relocation->from.line_no);
		columns[3][i] = PointerGetDatum(relocation->from.sku);
		columns[4][i] = PointerGetDatum(relocation->from.location);
		columns[5][i] = Int64GetDatum(relocation->from.units);
		columns[6][i] = CStringGetTextDatum(causes[rejections[i].cause]);
		columns[7][i] = Int64GetDatum(relocation->moved);
		columns[8][i] = Int64GetDatum(relocation->backordered);
	}
	for (int c = 0; c < 9; c++)
		values[c] = c == 2 ? PointerGetDatum(construct_array(columns[c], n, INT4OID, 4, true, TYPALIGN_INT)) :
			c == 0 || c == 3 || c == 4 || c == 6 ? oms_text_array(n, columns[c]) : oms_int8_array(n, columns[c]);
	values[9] = PointerGetDatum(call->reason);
	values[10] = PointerGetDatum(call->actor);
	oms_spi_connect();
	oms_spi_execute(&insert_rejections, values, NULL, false);
	oms_spi_finish();
}

/* reroute routes the orders of the rejections. */
static void
reroute(const Call *call, int n, const Rejection *rejections)
{
	Datum	   *order_ids = palloc(sizeof(Datum) * n);
	Datum		values[2];

	for (int i = 0; i < n; i++)
		order_ids[i] = PointerGetDatum(rejections[i].relocation.from.order_id);
	values[0] = oms_text_array(n, order_ids);
	values[1] = PointerGetDatum(call->actor);
	oms_spi_connect();
	oms_spi_execute(&route_orders, values, NULL, false);
	oms_spi_finish();
}

static void
put_rejections(FunctionCallInfo fcinfo, int n, const Rejection *rejections, int ntouched,
			   const OmsWork *touched)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	bool		nulls[10] = {0};

	for (int i = 0; i < n; i++)
	{
		const OmsRelocation *relocation = &rejections[i].relocation;
		const char *status = NULL;
		Datum		values[10];

		for (int w = 0; w < ntouched; w++)
			if (touched[w].id == relocation->from.fulfillment_id)
				status = touched[w].to_status;
		values[0] = Int64GetDatum(relocation->from.fulfillment_id);
		values[1] = PointerGetDatum(relocation->from.order_id);
		values[2] = Int32GetDatum(relocation->from.line_no);
		values[3] = PointerGetDatum(relocation->from.sku);
		values[4] = PointerGetDatum(relocation->from.location);
		values[5] = Int64GetDatum(relocation->from.units);
		values[6] = CStringGetTextDatum(causes[rejections[i].cause]);
		values[7] = CStringGetTextDatum(status);
		values[8] = Int64GetDatum(relocation->moved);
		values[9] = Int64GetDatum(relocation->backordered);
		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
}

/* reject does it all; see the head of this file. */
static void
reject(FunctionCallInfo fcinfo, Call *call)
{
	int			nwork;
	int64	   *ranks;
	OmsWork    *work;
	OmsWork    *touched;
	OmsWorkLine *lines;
	Rejection  *rejections;
	Loss	   *losses;
	int			nlines;
	int			n;
	int			nlosses;
	int			ntouched;

	read_reason(call);
	work = lock_concerned(call, &nwork, &ranks);
	nlines = oms_work_lines(nwork, work, &lines);
	rejections = palloc_extended(sizeof(Rejection) * (3 * nlines + 1), MCXT_ALLOC_HUGE);
	losses = palloc_extended(sizeof(Loss) * (nlines + 1), MCXT_ALLOC_HUGE);
	n = reject_scope(call, nlines, lines, work, rejections);
	nlosses = find_losses(n, rejections, losses);
	exclude(call, nlosses, losses, n, rejections);
	settle(0, n, rejections, nlines, lines, work);
	if (call->lose_all || call->lose_rejected)
	{
		OmsAccounts *stock = oms_stock_open();
		int			first = n;

		for (int i = 0; i < nlosses; i++)
			if (lose(call, stock, &losses[i]) > 0)
				n = reject_short(call, &losses[i], nwork, work, ranks, nlines, lines, rejections, n);
		oms_accounts_close(stock);
		settle(first, n, rejections, nlines, lines, work);
	}
	touched = palloc(sizeof(OmsWork) * Max(1, nwork));
	ntouched = conclude(nwork, work, nlines, lines, touched);
	oms_work_write("reject", ntouched, touched, call->reason, call->actor);
	if (n == 0)
		return;
	write_rejections(call, n, rejections);
	if (call->reroute)
		reroute(call, n, rejections);
	put_rejections(fcinfo, n, rejections, ntouched, touched);
}

static Scope
scope_of(FunctionCallInfo fcinfo, int argno, const text *sku)
{
	static const char *const names[] = {"line", "fulfillment", "sku", "orders"};
	char	   *name;

	if (PG_ARGISNULL(argno))
		return sku == NULL ? FULFILLMENT : LINE;
	name = text_to_cstring(PG_GETARG_TEXT_PP(argno));
	for (int i = 0; i < lengthof(names); i++)
		if (strcmp(name, names[i]) == 0)
			return (Scope) i;
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("unknown scope \"%s\"", name),
			 errhint("Scopes are line, fulfillment, sku and orders.")));
}

/*
 * oms_reject(fulfillment_id, reason, sku, quantity, scope, reroute, actor, request_id): a
 * row per line of which units were rejected.
 */
Datum
oms_reject(PG_FUNCTION_ARGS)
{
	Call		call = {0};

	call.n = oms_arg_fulfillments(fcinfo, false, &call.ids);
	call.reason = oms_arg_key(fcinfo, 1, "reason");
	call.sku = PG_ARGISNULL(2) ? NULL : oms_arg_key(fcinfo, 2, "sku");
	call.quantity = PG_ARGISNULL(3) ? 0 : oms_arg_quantity(fcinfo, 3, "quantity");
	call.scope = scope_of(fcinfo, 4, call.sku);
	if (call.sku == NULL && call.scope != FULFILLMENT)
		oms_require_not_null(fcinfo, 2, "sku");
	if (call.quantity > 0 && call.scope != LINE)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("quantity goes with a sku and scope line only"),
				 errhint("The other scopes reject all that is left.")));
	oms_require_not_null(fcinfo, 5, "reroute");
	call.reroute = PG_GETARG_BOOL(5);
	call.actor = oms_arg_actor(fcinfo, 6);
	InitMaterializedSRF(fcinfo, 0);
	if (!oms_request_begin(fcinfo, 7, NULL))
	{
		reject(fcinfo, &call);
		oms_request_end(fcinfo, 7, NULL);
	}
	return (Datum) 0;
}

/* oms_reject_many(fulfillment_ids, reason, reroute, actor, request_id) rejects all that is left of each. */
Datum
oms_reject_many(PG_FUNCTION_ARGS)
{
	Call		call = {.scope = FULFILLMENT};

	call.n = oms_arg_fulfillments(fcinfo, true, &call.ids);
	call.reason = oms_arg_key(fcinfo, 1, "reason");
	oms_require_not_null(fcinfo, 2, "reroute");
	call.reroute = PG_GETARG_BOOL(2);
	call.actor = oms_arg_actor(fcinfo, 3);
	InitMaterializedSRF(fcinfo, 0);
	if (!oms_request_begin(fcinfo, 4, NULL))
	{
		reject(fcinfo, &call);
		oms_request_end(fcinfo, 4, NULL);
	}
	return (Datum) 0;
}
