/*
 * reject.c
 *		A location refuses work: units of a fulfillment, and what the scope of the reject
 *		takes along. One transaction does all that follows: the reservation moves to another
 *		location or waits as a backorder, stock is corrected, the location is excluded, a
 *		count is asked for, what is short there thereby loses its units (shortfall.c), and all
 *		of it is written down. What follows from a reason is a row of oms.reject_reason.
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
 * Locks, in this order: the orders of all fulfillments that the scope concerns, by key; those
 * of relocate.c; key locks of stock; those of shortfall.c. With reroute, then, the lock of a
 * routing run, which takes no lock that this transaction could hold and wait for.
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

/* A sku that was said to be missing at a location. */
typedef struct Loss
{
	text	   *location;
	text	   *sku;
	int64		rejected;		/* units that were named */
	int64		fulfillment_id;
	int64		lost;			/* units that on_hand lost */
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

/* Of those, now that they are locked, the named ones ($2) and the ones still unstarted. */
static OmsPlan select_unstarted = {
	"SELECT f.fulfillment_id FROM oms.fulfillment_row f WHERE f.fulfillment_id = ANY ($1) "
	"AND (f.status = 'assigned' OR f.fulfillment_id = ANY ($2)) ORDER BY f.fulfillment_id",
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
	"(SELECT COALESCE(sum(l.picked - l.shipped), 0)::int8 FROM oms.fulfillment_row f "
	"JOIN oms.fulfillment_line_row l ON l.order_id = f.order_id AND l.fulfillment_id = f.fulfillment_id "
	"WHERE f.location = $2 AND f.status IN ('picking', 'packed', 'ready') AND l.sku = $1)",
	2, {"text", "text"}
};

static OmsPlan insert_counts = {
	"INSERT INTO oms.count_task_row (location, sku, reason) "
	"SELECT DISTINCT u.location, u.sku, $3 FROM ROWS FROM (unnest($1), unnest($2)) AS u (location, sku) "
	"ON CONFLICT DO NOTHING",
	3, {"_text", "_text", "text"}
};

/* By the prices of the last run, so that they take nothing that it keeps for others. */
static OmsPlan route_orders = {
	"SELECT r.run_id FROM oms.route(order_ids => $1, actor => $2, options => '{\"stored_prices\": true}') r", 2, {"_text", "text"}
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
 * lock_concerned locks the orders of all that the reject concerns and reads it: the
 * fulfillments named, which must be legal to reject, and unstarted ones that share a sku
 * with them, when the scope concerns these.
 */
static OmsWork *
lock_concerned(const Call *call, int *n)
{
	MemoryContext caller = CurrentMemoryContext;
	int64	   *ids = call->ids;
	Datum		values[2] = {oms_id_array(call->n, call->ids), PointerGetDatum(call->sku)};

	*n = call->n;
	if (call->scope == SKU || call->scope == ORDERS)
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

/* reject_scope rejects what was named and what the scope takes along; OM004, OM005. */
static void
reject_scope(const Call *call, OmsRejections *set)
{
	const OmsWorkLine *lines = set->lines;
	int64		wanted = call->quantity == 0 ? PG_INT64_MAX : call->quantity;
	int64		open = 0;
	bool		known = call->sku == NULL;

	for (int l = 0; l < set->nlines; l++)
	{
		bool		named = is_named(call, &set->work[lines[l].work]);
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
			oms_reject_line(set, l, units, named && same_sku ? OMS_CAUSE_NAMED : OMS_CAUSE_SCOPE);
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
	oms_reject_kits(set, OMS_CAUSE_SCOPE);
}

/* find_losses lists the skus, by location, of which units were named. */
static int
find_losses(const OmsRejections *set, Loss *losses)
{
	int			n = 0;

	for (int r = 0; r < set->n; r++)
	{
		const OmsOrderUnits *from = &set->list[r].relocation.from;
		int			i = 0;

		if (set->list[r].cause != OMS_CAUSE_NAMED)
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
exclude(const Call *call, int nlosses, const Loss *losses, const OmsRejections *set)
{
	Datum	   *columns[5];
	Datum		values[6] = {PointerGetDatum(call->reason)};

	for (int c = 0; c < 5; c++)
		columns[c] = palloc(sizeof(Datum) * Max(1, set->n));
	for (int i = 0; i < nlosses; i++)
	{
		columns[0][i] = PointerGetDatum(losses[i].location);
		columns[1][i] = PointerGetDatum(losses[i].sku);
	}
	for (int i = 0; i < set->n; i++)
	{
		columns[2][i] = PointerGetDatum(set->list[i].relocation.from.location);
		columns[3][i] = PointerGetDatum(set->list[i].relocation.from.sku);
		columns[4][i] = PointerGetDatum(set->list[i].relocation.from.order_id);
	}
	for (int c = 0; c < 5; c++)
		values[c + 1] = oms_text_array(c < 2 ? nlosses : set->n, columns[c]);
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

/* fulfillment_reference is what the ledger calls a fulfillment. */
static text *
fulfillment_reference(int64 id)
{
	return cstring_to_text(psprintf("fulfillment %lld", (long long) id));
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
	OmsMovement movement = {.sku = loss->sku, .location = loss->location};

	if (call->lose_all)
	{
		Datum		values[2] = {PointerGetDatum(loss->sku), PointerGetDatum(loss->location)};
		int64		on_hand;

		oms_spi_connect();
		oms_spi_execute_latest(&select_on_hand, values, NULL);
		on_hand = oms_spi_int64(0, 1);
		change.on_hand = oms_spi_int64(0, 2);
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
	movement.quantity = result.change.on_hand;
	movement.unavailable = aside.unavailable;
	oms_movements_record(&movement, 1, "reject", call->reason, fulfillment_reference(loss->fulfillment_id),
						 call->actor);
	return -result.change.on_hand;
}

/* reroute routes the orders of all that was rejected. */
static void
reroute(const Call *call, const OmsRejections *sets)
{
	ArrayBuildState *order_ids = initArrayResult(TEXTOID, CurrentMemoryContext, false);
	Datum		values[2];

	for (const OmsRejections *set = sets; set != NULL; set = set->next)
		for (int i = 0; i < set->n; i++)
			order_ids = accumArrayResult(order_ids, PointerGetDatum(set->list[i].relocation.from.order_id),
										 false, TEXTOID, CurrentMemoryContext);
	values[0] = makeArrayResult(order_ids, CurrentMemoryContext);
	values[1] = PointerGetDatum(call->actor);
	oms_spi_connect();
	oms_spi_execute(&route_orders, values, NULL, false);
	oms_spi_finish();
}

/* correct_stock corrects the stock of what was said to be missing, and lets lose what is short then. */
static void
correct_stock(const Call *call, OmsRejections *refused, int n, Loss *losses)
{
	OmsRejections *last = refused;
	OmsAccounts *stock = oms_stock_open();

	for (int i = 0; i < n; i++)
		losses[i].lost = lose(call, stock, &losses[i]);
	oms_accounts_close(stock);
	for (int i = 0; i < n; i++)
	{
		if (losses[i].lost == 0)
			continue;
		last->next = oms_shortfall_resolve(losses[i].sku, losses[i].location, call->reason,
										   fulfillment_reference(losses[i].fulfillment_id), call->actor);
		while (last->next != NULL)
			last = last->next;
	}
}

/* reject does it all; see the head of this file. */
static void
reject(FunctionCallInfo fcinfo, Call *call)
{
	int			nwork;
	OmsWork    *work;
	OmsRejections *refused;
	Loss	   *losses;
	int			nlosses;

	read_reason(call);
	work = lock_concerned(call, &nwork);
	refused = oms_rejections_open(nwork, work);
	reject_scope(call, refused);
	if (refused->n == 0)
		return;
	losses = palloc_extended(sizeof(Loss) * refused->n, MCXT_ALLOC_HUGE);
	nlosses = find_losses(refused, losses);
	exclude(call, nlosses, losses, refused);
	oms_rejections_relocate(refused);
	oms_rejections_write(refused, call->reason, call->actor);
	if (call->lose_all || call->lose_rejected)
		correct_stock(call, refused, nlosses, losses);
	if (call->reroute)
		reroute(call, refused);
	oms_rejections_put(fcinfo, refused);
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
