/*
 * shortfall.c
 *		Less is left of a sku at a location than is reserved there, after a loss, a count or a
 *		sale that nobody could refuse: some reservations lose, at once and in the same
 *		transaction.
 *
 * Who loses: what is held back of a receipt and what transfers hold, which nobody has bought;
 * then what no order wants (carts, reservations of others' orders); then of orders the least
 * urgent by priority, then by promise (none first), then the latest. What a location has
 * started loses after all that it has not, and what a picker has in his hands never. What
 * loses moves to another location at once, as far as one has it above safety stock, and else
 * waits as a backorder (relocate.c); a hold, which expires anyway, is released; a kit that no
 * other location has keeps its hold. Work at the location is refused with it (rejection.c).
 * Every reservation that lost is a row of oms.shortfall.
 *
 * Nobody waits. An order or a reservation that another transaction has locked is passed over,
 * and what is reserved by a transaction that has not committed is not seen: then less may be
 * left than is reserved still, and oms.resolve_shortfalls() makes good for it.
 *
 * Locks, in this order: orders (skip locked); those of relocate.c.
 * Tables: order_row (locked), shortfall_row, and those of rejection.c and relocate.c.
 *
 * The SQL texts here are run by SECURITY DEFINER functions that are pinned to search_path
 * pg_catalog, pg_temp, so that operators need no schema.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "commands/sequence.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/timestamp.h"

#include "fulfillment/fulfillment.h"
#include "reservation/reservation.h"
#include "stock/stock.h"

PG_FUNCTION_INFO_V1(oms_resolve_shortfalls);

/* What is reserved at the location and may lose. */
typedef struct Loser
{
	int64		reservation_id; /* of what no order wants */
	text	   *order_id;		/* or NULL */
	int32		line_no;
	text	   *channel;
	bool		of_kit;
	bool		hold;
	bool		started;		/* units that a location has started, and not picked */
	int64		units;
	int64		outside_work;	/* of them, units that no location works on */
	int64		kit_quantity;	/* units in a kit; 1 when it is of none */
	int64		moved;			/* what became of them */
	int64		backordered;
	int64		released;
} Loser;

/* A call: the account that is short. */
typedef struct Shortfall
{
	text	   *sku;
	text	   *location;
	text	   *reason;			/* or NULL */
	text	   *reference;		/* or NULL */
	text	   *actor;
	int64		missing;		/* units */
	int64		reserved;
	OmsRejections *work;		/* what the location works on, of the orders that we have locked */
} Shortfall;

/* Units missing and reserved; no row when the sku is not tracked. */
static OmsPlan select_missing = {
	"SELECT -i.available::int8, i.reserved FROM oms.inventory i WHERE i.sku = $1 AND i.location = $2 "
	"AND NOT EXISTS (SELECT FROM oms.item t WHERE t.sku = $1 AND NOT t.tracked)",
	2, {"text", "text"}
};

static OmsPlan select_short = {
	"SELECT i.sku, i.location FROM oms.inventory i WHERE i.available < 0 AND ($1 IS NULL OR i.sku = $1) "
	"AND NOT EXISTS (SELECT FROM oms.item t WHERE t.sku = i.sku AND NOT t.tracked) ORDER BY i.sku, i.location",
	1, {"text"}
};

/* Of what is held back, at most $3 units are held back no more. */
static OmsPlan release_hold_back = {
	"SELECT oms.release_hold_back(h.location, h.sku, LEAST($3, sum(h.quantity - h.released))::int8) "
	"FROM oms.hold_back_row h WHERE h.sku = $1 AND h.location = $2 AND h.released < h.quantity GROUP BY h.location, h.sku",
	3, {"text", "text", "int8"}
};

/*
 * What is reserved of sku $1 at location $2, by order line or reservation; of orders $3 (NULL:
 * any). stake: units that may lose; first what the location has not started.
 */
#define LOSERS \
	"SELECT h.reservation_id, h.order_id, h.line_no, h.channel, h.of_kit, h.hold, s.started, s.stake, " \
	"h.units - COALESCE(w.open, 0) AS outside_work, h.kit_quantity, sum(s.stake) OVER (ORDER BY s.started, " \
	"o.priority DESC NULLS FIRST, COALESCE(ol.promise_at, o.promise_at) DESC NULLS FIRST, " \
	"COALESCE(o.placed_at, h.created_at) DESC, h.order_id DESC, h.line_no DESC, h.reservation_id DESC) " \
	"AS running FROM (SELECT r.order_id, r.line_no, CASE WHEN r.order_id IS NULL THEN r.reservation_id END " \
	"AS reservation_id, min(r.channel) AS channel, bool_or(r.kit IS NOT NULL) AS of_kit, " \
	"bool_or(r.status = 'hold') AS hold, COALESCE(min(r.kit_quantity), 1) AS kit_quantity, " \
	"sum(r.quantity - r.consumed)::int8 AS units, max(r.created_at) AS created_at FROM oms.reservation_row r " \
	"WHERE r.sku = $1 AND r.location = $2 AND r.quantity > r.consumed AND (r.status = 'firm' " \
	"OR r.status = 'hold' AND r.order_id IS NULL AND r.expires_at > clock_timestamp()) " \
	"AND ($3 IS NULL OR r.order_id IS NULL OR r.order_id = ANY ($3)) " \
	"GROUP BY 1, 2, 3) h LEFT JOIN oms.order_row o ON o.order_id = h.order_id " \
	"LEFT JOIN oms.order_line_row ol ON ol.order_id = h.order_id AND ol.line_no = h.line_no " \
	"LEFT JOIN (SELECT f.order_id, l.line_no, sum(l.quantity - l.rejected - l.cancelled - l.shipped)::int8 AS open, " \
	"sum(l.quantity - l.rejected - l.cancelled) FILTER (WHERE f.status = 'assigned' AND t.active)::int8 AS assigned, " \
	"sum(l.quantity - l.rejected - l.cancelled - l.picked) FILTER (WHERE f.status <> 'assigned' AND t.active)::int8 " \
	"AS unpicked FROM oms.fulfillment_row f JOIN oms.fulfillment_line_row l ON l.order_id = f.order_id " \
	"AND l.fulfillment_id = f.fulfillment_id AND l.sku = $1 LEFT JOIN oms.fulfillment_transition t " \
	"ON t.action = 'reject' AND t.method = f.method AND t.from_status = f.status WHERE f.location = $2 " \
	"AND f.status IN ('assigned', 'accepted', 'picking', 'packed', 'ready') GROUP BY 1, 2) w " \
	"ON w.order_id = h.order_id AND w.line_no = h.line_no CROSS JOIN LATERAL (VALUES (false, " \
	"h.units - COALESCE(w.open, 0) + COALESCE(w.assigned, 0)), (true, w.unpicked)) AS s (started, stake) " \
	"WHERE s.stake > 0"

/* Locks the orders of those of whom $4 units reach some. */
static OmsPlan lock_orders = {
	"SELECT o.order_id FROM oms.order_row o WHERE o.order_id IN (SELECT c.order_id FROM (" LOSERS ") c "
	"WHERE c.running - c.stake < $4) ORDER BY o.order_id FOR NO KEY UPDATE SKIP LOCKED",
	4, {"text", "text", "_text", "int8"}
};

static OmsPlan select_losers = {
	LOSERS " ORDER BY running, h.reservation_id, h.order_id, h.line_no",
	3, {"text", "text", "_text"}
};

/* The work of the orders $3 there that may be rejected. */
static OmsPlan select_work = {
	"SELECT f.fulfillment_id FROM oms.fulfillment_row f JOIN oms.fulfillment_transition t "
	"ON t.action = 'reject' AND t.method = f.method AND t.from_status = f.status AND t.active "
	"WHERE f.order_id = ANY ($3) AND f.location = $2 AND f.status IN ('assigned', 'accepted', 'picking') "
	"AND EXISTS (SELECT FROM oms.fulfillment_line_row l WHERE l.order_id = f.order_id "
	"AND l.fulfillment_id = f.fulfillment_id AND l.sku = $1) ORDER BY f.fulfillment_id",
	3, {"text", "text", "_text"}
};

/* Locks reservation $1, if it still claims units of sku $2 at location $3. */
static OmsPlan lock_reservation = {
	"SELECT r.quantity - r.consumed FROM oms.reservation_row r WHERE r.reservation_id = $1 AND r.sku = $2 "
	"AND r.location = $3 AND r.quantity > r.consumed AND (r.status = 'firm' "
	"OR r.status = 'hold' AND r.expires_at > clock_timestamp()) FOR UPDATE SKIP LOCKED",
	3, {"int8", "text", "text"}
};

/* Where else reservation $1, of sku $2 at location $3, could be held; first who has $4 units. */
static OmsPlan select_locations = {
	"SELECT l.location FROM (SELECT r.* FROM oms.reservation_row r WHERE r.reservation_id = $1 LIMIT 1) r "
	"JOIN oms.channel c ON c.channel = r.channel AND c.status = 'active' "
	"JOIN oms.location_group_member m ON m.location_group = c.ship_group "
	"JOIN oms.location l ON l.location = m.location AND l.status = 'active' AND l.can_ship "
	"LEFT JOIN oms.inventory i ON i.sku = $2 AND i.location = l.location "
	"WHERE r.method = 'ship' AND l.location <> $3 AND i.available > 0 "
	"AND NOT EXISTS (SELECT FROM oms.location_exclusion x WHERE x.location = l.location "
	"AND x.until > clock_timestamp() AND x.order_id IS NULL AND (x.sku IS NULL OR x.sku = $2)) "
	"ORDER BY i.available >= $4 DESC, m.sequence, l.location",
	4, {"int8", "text", "text", "int8"}
};

/* What a backorder of a reservation $1 that no order wants needs to know. */
static OmsPlan select_reservation = {
	"SELECT r.channel, r.method = 'pickup', r.cart_id, r.reference, r.quota_period, "
	"CASE r.method WHEN 'pickup' THEN r.location END, r.created_at FROM oms.reservation_row r WHERE r.reservation_id = $1",
	1, {"int8"}
};

static OmsPlan insert_shortfalls = {
	"INSERT INTO oms.shortfall_row (sku, location, order_id, line_no, reservation_id, channel, quantity, moved, "
	"backordered, released, reason, reference, actor) SELECT $1, $2, NULLIF(u.order_id, ''), NULLIF(u.line_no, 0), "
	"NULLIF(u.reservation_id, 0), u.channel, u.moved + u.backordered + u.released, u.moved, u.backordered, "
	"u.released, $10, $11, $12 FROM ROWS FROM (unnest($3), unnest($4), unnest($5), unnest($6), unnest($7), "
	"unnest($8), unnest($9)) AS u (order_id, line_no, reservation_id, channel, moved, backordered, released)",
	12, {"text", "text", "_text", "_int4", "_int8", "_text", "_int8", "_int8", "_int8", "text", "text", "text"}
};

/* read_missing reads what is missing and reserved of the account now; of what is not tracked, 0. */
static void
read_missing(Shortfall *call)
{
	Datum		values[2] = {PointerGetDatum(call->sku), PointerGetDatum(call->location)};

	call->missing = call->reserved = 0;
	oms_spi_connect();
	if (oms_spi_execute_latest(&select_missing, values, NULL) > 0)
	{
		call->missing = oms_spi_int64(0, 1);
		call->reserved = oms_spi_int64(0, 2);
	}
	oms_spi_finish();
}

/* lose_hold_back offers what is held back, and what transfers hold, as far as units are missing. */
static void
lose_hold_back(Shortfall *call)
{
	Datum		values[3] = {
		PointerGetDatum(call->sku), PointerGetDatum(call->location), Int64GetDatum(call->missing)
	};
	uint64		n;

	oms_spi_connect();
	n = oms_spi_execute_latest(&release_hold_back, values, NULL);
	oms_spi_finish();
	if (n > 0)
		read_missing(call);
	if (call->missing > 0)
		call->missing -= oms_transfers_lose(call->sku, call->location, call->missing);
}

/*
 * lock_losers locks the orders of those whom reach units could concern, and lists who may
 * lose, of these orders and of no order, in the order in which they lose.
 */
static int
lock_losers(Shortfall *call, int64 reach, Loser **losers)
{
	MemoryContext caller = CurrentMemoryContext;
	Datum		values[4] = {
		PointerGetDatum(call->sku), PointerGetDatum(call->location), (Datum) 0, Int64GetDatum(reach)
	};
	Datum	   *order_ids;
	int64	   *ids;
	uint64		n;

	oms_spi_connect();
	n = oms_spi_execute_latest(&lock_orders, values, "  n ");
	order_ids = palloc(sizeof(Datum) * Max(1, n));
	for (uint64 i = 0; i < n; i++)
		order_ids[i] = PointerGetDatum(oms_spi_copy_text(i, 1, CurrentMemoryContext));
	values[2] = oms_text_array(n, order_ids);

	n = oms_spi_execute_latest(&select_work, values, NULL);
	ids = MemoryContextAlloc(caller, sizeof(int64) * Max(1, n));
	for (uint64 i = 0; i < n; i++)
		ids[i] = oms_spi_int64(i, 1);
	MemoryContextSwitchTo(caller);
	call->work = oms_rejections_open(n, oms_work_read("reject", n, ids));

	n = oms_spi_execute_latest(&select_losers, values, NULL);
	*losers = MemoryContextAllocExtended(caller, sizeof(Loser) * Max(1, n), MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
	for (uint64 i = 0; i < n; i++)
	{
		Loser	   *loser = &(*losers)[i];
		bool		isnull;

		loser->order_id = oms_spi_copy_text(i, 2, caller);
		if (loser->order_id == NULL)
			loser->reservation_id = oms_spi_int64(i, 1);
		else
			loser->line_no = DatumGetInt32(oms_spi_value(i, 3, &isnull));
		loser->channel = oms_spi_copy_text(i, 4, caller);
		loser->of_kit = DatumGetBool(oms_spi_value(i, 5, &isnull));
		loser->hold = DatumGetBool(oms_spi_value(i, 6, &isnull));
		loser->started = DatumGetBool(oms_spi_value(i, 7, &isnull));
		loser->units = oms_spi_int64(i, 8);
		loser->outside_work = loser->started ? 0 : oms_spi_int64(i, 9);
		loser->kit_quantity = oms_spi_int64(i, 10);
	}
	oms_spi_finish();
	return n;
}

/* reject_work rejects the work on units that an order line lost. */
static void
reject_work(Shortfall *call, const Loser *loser)
{
	OmsRejections *set = call->work;
	int64		left = loser->moved + loser->backordered - loser->outside_work;
	int64		moved = loser->moved;

	for (int l = 0; l < set->nlines && left > 0; l++)
	{
		OmsWorkLine *line = &set->lines[l];
		const OmsWork *of = &set->work[line->work];
		int64		in_hand = loser->started ? line->has.picked - line->has.shipped : 0;
		int64		units = oms_work_open_units(line) - in_hand;
		OmsRejection *rejection;

		if (line->line_no != loser->line_no || !oms_text_equal(line->sku, call->sku) ||
			!oms_text_equal(of->order_id, loser->order_id) ||
			(strcmp(of->from_status, "assigned") != 0) != loser->started)
			continue;
		units = Min(units, left);
		if (units <= 0)
			continue;
		left -= units;
		rejection = oms_reject_line(set, l, units, OMS_CAUSE_SHORT);
		rejection->relocation.moved = Min(units, moved);
		rejection->relocation.backordered = units - rejection->relocation.moved;
		moved -= rejection->relocation.moved;
	}
}

/* lose_order lets an order line lose units: they move, or wait. */
static void
lose_order(Shortfall *call, Loser *loser, int64 units)
{
	OmsRelocation relocation = {
		.from = {loser->order_id, loser->line_no, call->sku, call->location, units, 0},
		.of_kit = loser->of_kit
	};
	int64		missing = call->missing;

	oms_relocate(1, &relocation);
	loser->moved = relocation.moved;
	loser->backordered = relocation.backordered;
	if (loser->of_kit)
	{
		/* Kits move by whole reservations: what that has freed shows in the account. */
		read_missing(call);
		loser->moved = Max(0, missing - call->missing);
	}
	else
		call->missing -= loser->moved + loser->backordered;
	reject_work(call, loser);
}

/* backorder lets units of a firm reservation that no order wants wait for supply. */
static bool
backorder(const Shortfall *call, const Loser *loser, int64 units)
{
	MemoryContext caller = CurrentMemoryContext;
	Datum		values[1] = {Int64GetDatum(loser->reservation_id)};
	OmsReserveLine line = {.line_no = 1, .sku = call->sku};
	OmsReservationPart part = {.quantity = units};
	OmsReserveRequest request = {
		.channel = loser->channel, .priority = -1, .nlines = 1, .lines = &line, .nparts = 1, .parts = &part
	};
	bool		isnull;

	if (!oms_release_units(loser->reservation_id, units, true))
		return false;
	oms_spi_connect();
	(void) oms_spi_execute_latest(&select_reservation, values, NULL);
	request.method = DatumGetBool(oms_spi_value(0, 2, &isnull)) ? OMS_PICKUP : OMS_SHIP;
	request.cart_id = oms_spi_copy_text(0, 3, caller);
	request.reference = oms_spi_copy_text(0, 4, caller);
	line.quota_period = oms_spi_copy_text(0, 5, caller);
	line.location = oms_spi_copy_text(0, 6, caller);
	request.wanted_since = DatumGetTimestampTz(oms_spi_value(0, 7, &isnull));
	oms_spi_finish();
	part.backorder_id = nextval_internal(oms_table("backorder_id_seq"), false);
	return oms_backorder_insert(&request, false, NULL, NULL);
}

/*
 * lose_reservation lets a reservation that no order wants lose units: they move, or wait; a
 * hold is released. Of a kit all moves, or is released if it is a hold.
 */
static void
lose_reservation(Shortfall *call, Loser *loser, int64 units)
{
	MemoryContext caller = CurrentMemoryContext;
	Datum		values[4] = {
		Int64GetDatum(loser->reservation_id), PointerGetDatum(call->sku), PointerGetDatum(call->location),
		Int64GetDatum(units)
	};
	text	  **locations;
	int64		kits;
	uint64		n;

	oms_spi_connect();
	if (oms_spi_execute_latest(&lock_reservation, values, NULL) == 0)
	{
		oms_spi_finish();
		return;
	}
	kits = Min(units, oms_spi_int64(0, 1)) / loser->kit_quantity;
	n = oms_spi_execute_latest(&select_locations, values, NULL);
	locations = palloc(sizeof(text *) * Max(1, n));
	for (uint64 i = 0; i < n; i++)
		locations[i] = oms_spi_copy_text(i, 1, CurrentMemoryContext);
	MemoryContextSwitchTo(caller);
	for (uint64 i = 0; i < n && loser->moved < kits; i++)
		loser->moved += oms_move_reservation(loser->reservation_id, locations[i], kits - loser->moved,
											 loser->of_kit ? OMS_MOVE_WHOLE : OMS_MOVE_PARTIAL);
	oms_spi_finish();
	kits -= loser->moved;
	if (kits > 0 && loser->hold)
		loser->released = oms_release_units(loser->reservation_id, kits, false) ? kits : 0;
	else if (kits > 0 && !loser->of_kit)
		loser->backordered = backorder(call, loser, kits) ? kits : 0;
	loser->moved *= loser->kit_quantity;
	loser->released *= loser->kit_quantity;
	call->missing -= loser->moved + loser->backordered + loser->released;
}

/* record writes who lost. */
static void
record(const Shortfall *call, int n, const Loser *losers)
{
	Datum	   *columns[7];
	Datum		values[12] = {PointerGetDatum(call->sku), PointerGetDatum(call->location)};
	char		nulls[13] = "            ";
	int			m = 0;

	for (int c = 0; c < 7; c++)
		columns[c] = palloc_extended(sizeof(Datum) * Max(1, n), MCXT_ALLOC_HUGE);
	for (int i = 0; i < n; i++)
	{
		const Loser *loser = &losers[i];

		if (loser->moved + loser->backordered + loser->released == 0)
			continue;
		columns[0][m] = loser->order_id == NULL ? CStringGetTextDatum("") : PointerGetDatum(loser->order_id);
		columns[1][m] = Int32GetDatum(loser->line_no);
		columns[2][m] = Int64GetDatum(loser->reservation_id);
		columns[3][m] = PointerGetDatum(loser->channel);
		columns[4][m] = Int64GetDatum(loser->moved);
		columns[5][m] = Int64GetDatum(loser->backordered);
		columns[6][m++] = Int64GetDatum(loser->released);
	}
	if (m == 0)
		return;
	for (int c = 0; c < 7; c++)
		values[c + 2] = c == 1 ? oms_array_of(m, columns[c], NULL, INT4OID, 4, true, TYPALIGN_INT) :
			c == 0 || c == 3 ? oms_text_array(m, columns[c]) : oms_int8_array(m, columns[c]);
	values[9] = PointerGetDatum(call->reason);
	values[10] = PointerGetDatum(call->reference);
	values[11] = PointerGetDatum(call->actor);
	nulls[9] = call->reason == NULL ? 'n' : ' ';
	nulls[10] = call->reference == NULL ? 'n' : ' ';
	oms_spi_connect();
	oms_spi_execute(&insert_shortfalls, values, nulls, false);
	oms_spi_finish();
}

/* resolve_once lets lose those whom reach units could concern. */
static void
resolve_once(Shortfall *call, int64 reach)
{
	Loser	   *losers;
	int			n = lock_losers(call, reach, &losers);
	text	   *reason = call->reason != NULL ? call->reason : cstring_to_text("shortfall");

	for (int i = 0; i < n && call->missing > 0; i++)
	{
		int64		units = losers[i].of_kit ? losers[i].units : Min(losers[i].units, call->missing);

		CHECK_FOR_INTERRUPTS();
		if (losers[i].order_id != NULL)
			lose_order(call, &losers[i], units);
		else
			lose_reservation(call, &losers[i], units);
	}
	oms_reject_kits(call->work, OMS_CAUSE_SHORT);
	oms_rejections_write(call->work, reason, call->actor);
	record(call, n, losers);
}

/*
 * oms_shortfall_resolve lets reservations of a sku at a location lose until no more is
 * reserved than there is: see the head of this file. reason, reference may be NULL. No account
 * may be open. Returns the work that was refused; NULL: none was looked at.
 */
OmsRejections *
oms_shortfall_resolve(text *sku, text *location, text *reason, text *reference, text *actor)
{
	Shortfall	call = {sku, location, reason, reference, actor};
	OmsRejections *all = NULL;

	read_missing(&call);
	if (call.missing > 0)
		lose_hold_back(&call);
	/* Who is passed over, since others have it locked, is made up for by going further. */
	for (int64 reach = call.missing; call.missing > 0; reach *= 4)
	{
		resolve_once(&call, reach);
		call.work->next = all;
		all = call.work;
		if (reach >= call.reserved)
			break;
	}
	return all;
}

/* after_loss is the OmsAfterLoss of stock. */
static void
after_loss(text *sku, text *location, text *reason, text *reference, text *actor)
{
	(void) oms_shortfall_resolve(sku, location, reason, reference, actor);
}

/* oms_fulfillment_init sets the steps after a loss and of cancel_order. */
void
oms_fulfillment_init(void)
{
	oms_stock_set_after_loss(after_loss);
	oms_cancel_init();
}

/*
 * oms_resolve_shortfalls(sku, actor) resolves what is short, of a sku or of all; the number of
 * accounts that were short. It waits for nobody.
 */
Datum
oms_resolve_shortfalls(PG_FUNCTION_ARGS)
{
	MemoryContext caller = CurrentMemoryContext;
	text	   *actor = oms_arg_actor(fcinfo, 1);
	Datum		values[1] = {PointerGetDatum(oms_arg_optional_key(fcinfo, 0, "sku"))};
	text	  **keys;
	uint64		n;

	oms_spi_connect();
	n = oms_spi_execute_latest(&select_short, values, PG_ARGISNULL(0) ? "n" : NULL);
	keys = MemoryContextAllocHuge(caller, sizeof(text *) * 2 * Max(1, n));
	for (uint64 i = 0; i < 2 * n; i++)
		keys[i] = oms_spi_copy_text(i / 2, 1 + i % 2, caller);
	oms_spi_finish();
	for (uint64 i = 0; i < n; i++)
		(void) oms_shortfall_resolve(keys[2 * i], keys[2 * i + 1], NULL, NULL, actor);
	PG_RETURN_INT64(n);
}
