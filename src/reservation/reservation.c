/*
 * reservation.c
 *		Reserving lines of demand at real locations: the core of reserve, try_reserve
 *		and place_order. take.c takes an item at one location, locked.c has what a cart holds
 *		already, refusal.c tells what was refused, move.c moves what was reserved.
 *
 * Invariants. A reservation row and the change of its account's reserved are written by
 * one (sub)transaction. With OMS_REFUSE all lines are reserved or nothing is changed.
 * A take is made by the bounded account, which enforces the channel's safety stock; what
 * is read before only chooses where to try.
 *
 * Choice of locations: one location that has the whole cart before a split; else, sku by
 * sku, one that has all of it before a split; among those the nearest to ship_to, then
 * the one with most free, then the group's sequence. Units are added up over the lines
 * of a sku first.
 *
 * Kits. A demand for a kit is counted in kits; at a location it is taken component by
 * component and, as far as one is short, given back, so that only whole kits remain. Its
 * reservation is a row per component with one reservation_id, which every verb changes
 * together. A kit is not backordered: with OMS_BACKORDER it is had whole or refused.
 *
 * Backorders. With OMS_BACKORDER what is missing of a line becomes a backorder, written
 * with the reservations, unless that would pass the channel's limit. Any request with a
 * cart_id releases the cart's open backorders first, as it releases or takes over the
 * cart's reservations.
 *
 * No hold-and-wait. Who depends on an open transaction waits for it only while this
 * transaction has written nothing that others may wait for; what a cart has taken by
 * then is first rolled back with its own subtransaction, and the cart starts over. Row
 * locks on reservations are taken without waiting. So takes cannot deadlock.
 *
 * Locks, in this order: the cart (advisory, to the end of the transaction); those of
 * stock.c, reservation_row included; rows of backorders, then of reservations (both skip
 * locked).
 *
 * Tables: reservation_row, backorder_row; stock accounts and movements through stock/.
 */
#include "postgres.h"

#include <math.h>

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "commands/sequence.h"
#include "common/int.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/memutils.h"
#include "utils/resowner.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"
#include "utils/xid8.h"

#include "reservation/locked.h"
#include "reservation/take.h"
#include "row.h"
#include "stock/stock.h"

/* locktag_field4 of our locks on carts */
#define CART_LOCK_CLASS 0x4F4E

/* The lines of one sku, and of one wanted location if lines name one. */
typedef struct Demand
{
	text	   *sku;
	text	   *location;		/* NULL: choose */
	const OmsItem *item;
	int64		wanted;			/* units, taken over ones included, at most what the buffer leaves */
	int64		withheld;		/* units that lines want and the channel's buffer withholds */
	const OmsQuota *quota;		/* the channel's, of the sku; NULL: none */
	int64		over_quota;		/* units that lines want and the quota does not leave */
	int64		quota_left;		/* units, before this request used some; PG_INT64_MAX: no limit */
	int64		quota_used;
	bool		over_limit;		/* what it lacks may not be backordered */
	int64		taken;
	int			first_take;		/* while rows are written: its takes, linked; -1: none */
	int64		available;		/* what could be had, for the report */
	TransactionId pending;		/* an open transaction on which the shortage depends */
	int			first_cell;		/* its cells, in order of preference after choosing */
	int			ncells;
} Demand;

/* Units taken (or taken over) for a demand at a location. */
typedef struct Take
{
	int			demand;
	text	   *location;
	int64		quantity;
	OmsShare   *shares;			/* what of it is from the channel's protection, by component */
	text	   *quota_period;	/* that counts it */
	int			next;			/* while rows are written: the demand's next take, -1: none */
} Take;

/* One attempt to serve a request. */
typedef struct Attempt
{
	OmsReserveRequest *request;
	const OmsChannel *channel;
	int			ndemands;
	Demand	   *demands;
	int		   *demand_of;		/* line -> demand, -1: not served */
	OmsCell    *cells;
	int			ntakes;
	int			max_takes;
	Take	   *takes;
	int64	   *taken_over;		/* by line: units that came from the cart's holds */
	bool		has_quota;		/* some demand has */
	bool		cart_busy;		/* a backorder of the cart is being filled */
	int			ncomponents;	/* of kits, that the order has so far; see plan_line */
	OmsAccounts *accounts;
} Attempt;

static OmsPlan take_over_row = {
	"UPDATE oms.reservation_row r SET status = 'firm', quantity = r.consumed OPERATOR(pg_catalog.+) "
	"($2 OPERATOR(pg_catalog.*) COALESCE(r.kit_quantity, 1)), "
	"protected = LEAST(r.protected, r.consumed OPERATOR(pg_catalog.+) "
	"($2 OPERATOR(pg_catalog.*) COALESCE(r.kit_quantity, 1))), "
	"order_id = $3, line_no = $4, plan_line = $5 OPERATOR(pg_catalog.-) r.component, "
	"expires_at = NULL, changed_at = pg_catalog.clock_timestamp() "
	"WHERE r.reservation_id OPERATOR(pg_catalog.=) $1",
	5, {"pg_catalog.int8", "pg_catalog.int8", "pg_catalog.text", "pg_catalog.int4", "pg_catalog.int4"}
};

/* -------------------------------------------------------------------------
 * Demands
 * -------------------------------------------------------------------------
 */

static int
compare_lines(const void *a, const void *b, void *arg)
{
	const OmsReserveLine *lines = arg;
	int			x = *(const int *) a;
	int			y = *(const int *) b;
	int			c = oms_text_compare(lines[x].sku, lines[y].sku);

	/* Who names a location comes first: the others can go elsewhere. */
	if (c == 0 && (lines[x].location == NULL || lines[y].location == NULL))
		c = (lines[x].location == NULL) - (lines[y].location == NULL);
	else if (c == 0)
		c = oms_text_compare(lines[x].location, lines[y].location);
	return c != 0 ? c : (x > y) - (x < y);
}

static void
refuse_line(OmsReserveLine *line, OmsLineStatus status, char *why)
{
	line->status = status;
	line->why = why;
}

/*
 * check_line sets the status of a line that no stock could serve; true if it may be
 * served. *open_location is a location that was found open, kept from line to line.
 */
static bool
check_line(const OmsReserveRequest *request, const OmsChannel *channel, OmsReserveLine *line,
		   const OmsItem *item, const text **open_location)
{
	const char *method = oms_method_name(request->method);

	if (!item->known)
		refuse_line(line, OMS_LINE_UNKNOWN, NULL);
	else if (!channel->active)
		refuse_line(line, OMS_LINE_NOT_ALLOWED, pstrdup("The channel is offline."));
	else if (channel->group[request->method] == NULL)
		refuse_line(line, OMS_LINE_NOT_ALLOWED,
					psprintf("The channel has no locations for method %s.", method));
	else if (line->quantity < item->quantity_minimum || line->quantity > item->quantity_maximum ||
			 line->quantity % item->quantity_step != 0)
		refuse_line(line, OMS_LINE_NOT_ALLOWED,
					item->quantity_maximum == PG_INT64_MAX
					? psprintf("A line must have at least %lld units, in steps of %lld.",
							   (long long) item->quantity_minimum, (long long) item->quantity_step)
					: psprintf("A line must have %lld to %lld units, in steps of %lld.",
							   (long long) item->quantity_minimum,
							   (long long) item->quantity_maximum, (long long) item->quantity_step));
	else if (line->location != NULL && line->location != *open_location &&
			 !oms_location_open(channel, request->method, line->location))
	{
		oms_require_location(line->location);
		refuse_line(line, OMS_LINE_NOT_ALLOWED,
					psprintf("Location \"%s\" is not open to the channel for method %s.",
							 text_to_cstring(line->location), method));
	}
	else
	{
		*open_location = line->location;
		return true;
	}
	return false;
}

/* make_demands checks the lines and adds them up; false when one is refused already. */
static bool
make_demands(Attempt *attempt)
{
	OmsReserveRequest *request = attempt->request;
	int			n = request->nlines;
	int		   *order = palloc(sizeof(int) * Max(1, n));
	text	  **skus = palloc(sizeof(text *) * Max(1, n));
	OmsItem    *items;
	const text *open_location = NULL;
	bool		served = true;

	for (int i = 0; i < n; i++)
	{
		order[i] = i;
		skus[i] = request->lines[i].sku;
	}
	qsort_arg(order, n, sizeof(int), compare_lines, request->lines);
	items = oms_items(n, skus);

	attempt->demands = palloc0(sizeof(Demand) * Max(1, n));
	attempt->demand_of = palloc(sizeof(int) * Max(1, n));
	for (int k = 0; k < n; k++)
	{
		OmsReserveLine *line = &request->lines[order[k]];
		Demand	   *demand = &attempt->demands[Max(0, attempt->ndemands - 1)];

		attempt->demand_of[order[k]] = -1;
		line->kit = items[order[k]].kit != NULL;
		if (!check_line(request, attempt->channel, line, &items[order[k]], &open_location))
		{
			served = false;
			continue;
		}
		if (attempt->ndemands == 0 || !oms_text_equal(demand->sku, line->sku) ||
			(demand->location == NULL) != (line->location == NULL) ||
			(line->location != NULL && !oms_text_equal(demand->location, line->location)))
		{
			demand = &attempt->demands[attempt->ndemands++];
			demand->sku = line->sku;
			demand->location = line->location;
			demand->item = &items[order[k]];
			demand->quota = attempt->ndemands > 1 && oms_text_equal(demand[-1].sku, line->sku)
				? demand[-1].quota : oms_quota(attempt->channel, line->sku);
			attempt->has_quota = attempt->has_quota || demand->quota != NULL;
		}
		if (pg_add_s64_overflow(demand->wanted, line->quantity, &demand->wanted))
			ereport(ERROR,
					(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
					 errmsg("quantities of sku \"%s\" add up beyond bigint",
							text_to_cstring(line->sku))));
		attempt->demand_of[order[k]] = attempt->ndemands - 1;
	}
	return served;
}

/* -------------------------------------------------------------------------
 * Choosing locations
 * -------------------------------------------------------------------------
 */

/* By distance, then most free, then sequence, then name. */
static int
compare_cells(const void *a, const void *b)
{
	const OmsCell *x = a;
	const OmsCell *y = b;

	if (x->distance_km != y->distance_km)
		return x->distance_km < y->distance_km ? -1 : 1;
	if (x->free != y->free)
		return x->free > y->free ? -1 : 1;
	if (x->sequence != y->sequence)
		return x->sequence < y->sequence ? -1 : 1;
	return oms_text_compare(x->location, y->location);
}

static int
compare_cells_by_location(const void *a, const void *b)
{
	const OmsCell *x = *(OmsCell *const *) a;
	const OmsCell *y = *(OmsCell *const *) b;

	return oms_text_compare(x->location, y->location);
}

/* goes_with_cart says whether a demand counts when a location for the whole cart is sought. */
static bool
goes_with_cart(const Demand *demand)
{
	return demand->location == NULL && demand->item->tracked;
}

/* whole_cart_location is the best location that has all that is wanted, or NULL. */
static text *
whole_cart_location(Attempt *attempt)
{
	OmsCell   **cells;
	OmsCell		best = {0};
	int			n = 0;
	int			needed = 0;

	for (int d = 0; d < attempt->ndemands; d++)
	{
		if (!goes_with_cart(&attempt->demands[d]))
			continue;
		needed++;
		n += attempt->demands[d].ncells;
	}
	if (needed < 2 || n == 0)
		return NULL;
	cells = palloc(sizeof(OmsCell *) * n);
	n = 0;
	for (int d = 0; d < attempt->ndemands; d++)
	{
		Demand	   *demand = &attempt->demands[d];

		for (int i = 0; i < demand->ncells && goes_with_cart(demand); i++)
		{
			OmsCell    *cell = &attempt->cells[demand->first_cell + i];

			if (cell->free >= demand->wanted - demand->taken)
				cells[n++] = cell;
		}
	}
	qsort(cells, n, sizeof(OmsCell *), compare_cells_by_location);
	for (int i = 0; i < n;)
	{
		OmsCell		whole = *cells[i];
		int			first = i;

		for (i++; i < n && oms_text_equal(cells[i]->location, whole.location); i++)
			if (pg_add_s64_overflow(whole.free, cells[i]->free, &whole.free))
				whole.free = PG_INT64_MAX;
		if (i - first == needed && (best.location == NULL || compare_cells(&whole, &best) < 0))
			best = whole;
	}
	pfree(cells);
	return best.location;
}

/* missing is what is still to be taken for a demand. */
static int64
missing(const Demand *demand)
{
	return demand->wanted - demand->taken;
}

/* free_at is what was read as free at the location that the demand names, if it does. */
static int64
free_at(const Attempt *attempt, const Demand *demand)
{
	if (demand->location == NULL)
		return PG_INT64_MAX;
	for (int i = 0; i < demand->ncells; i++)
		if (oms_text_equal(attempt->cells[demand->first_cell + i].location, demand->location))
			return attempt->cells[demand->first_cell + i].free;
	return 0;
}

/*
 * read_cells reads what is free for the demands if needed, if one names no location, or
 * if the channel has a buffer; then it caps what is wanted of a sku at its ATP.
 */
static void
read_cells(Attempt *attempt, bool needed)
{
	OmsReserveRequest *request = attempt->request;
	const OmsItem **items = palloc(sizeof(OmsItem *) * Max(1, attempt->ndemands));
	int			ncells;
	int			first = 0;
	int64		left = 0;		/* of the sku's ATP, by the demands before */

	needed = needed || attempt->channel->buffer > 0;
	for (int d = 0; d < attempt->ndemands; d++)
	{
		items[d] = attempt->demands[d].item;
		if (attempt->demands[d].location == NULL)
			needed = true;
	}
	if (!needed)
		return;
	ncells = oms_cells(attempt->channel, request->method, attempt->ndemands, items,
					   request->ship_to, true, &attempt->cells);
	for (int d = 0; d < attempt->ndemands; d++)
	{
		Demand	   *demand = &attempt->demands[d];
		int64		atp;

		demand->first_cell = first;
		while (first < ncells && attempt->cells[first].sku == d)
			first++;
		demand->ncells = first - demand->first_cell;
		atp = oms_atp_of(attempt->channel, request->method, demand->item, d, demand->ncells,
						 attempt->cells + demand->first_cell);
		demand->available = atp;
		/* The buffer is a network sum and no account: racing takes may dip into it. */
		if (attempt->channel->buffer > 0 && demand->item->tracked)
		{
			if (d == 0 || !oms_text_equal(attempt->demands[d - 1].sku, demand->sku))
				left = atp;
			demand->withheld = Max(0, missing(demand) - left);
			demand->wanted -= demand->withheld;
			left -= missing(demand);
			demand->available = Min(atp, free_at(attempt, demand));
		}
		qsort(attempt->cells + demand->first_cell, demand->ncells, sizeof(OmsCell), compare_cells);
	}
}

/* -------------------------------------------------------------------------
 * Taking
 * -------------------------------------------------------------------------
 */

static void
add_take(Attempt *attempt, int demand, text *location, int64 quantity, OmsShare *shares,
		 text *quota_period)
{
	if (attempt->ntakes == attempt->max_takes)
	{
		attempt->max_takes = Max(16, 2 * attempt->max_takes);
		attempt->takes = attempt->takes == NULL
			? palloc(sizeof(Take) * attempt->max_takes)
			: repalloc(attempt->takes, sizeof(Take) * attempt->max_takes);
	}
	attempt->takes[attempt->ntakes++] = (Take) {
		demand, location, quantity, shares, quota_period, -1
	};
}

/*
 * take tries to take quantity units (of a kit: kits) for the demand at the location, or
 * with partial what can be had; returns what it took. *free is what is takeable then.
 */
static int64
take(Attempt *attempt, int d, text *location, int64 quantity, bool partial, int64 *free)
{
	Demand	   *demand = &attempt->demands[d];
	OmsTaker	taker = {attempt->accounts, attempt->channel, attempt->request->method};
	OmsMoveHow	how = partial ? OMS_MOVE_PARTIAL : OMS_MOVE_WHOLE;
	OmsShare   *shares = palloc0(sizeof(OmsShare) * oms_item_components(demand->item));
	OmsChange	result;

	oms_take(&taker, demand->item, location, quantity, how, NULL, &result, shares);
	if (result.outcome == OMS_PENDING)
		demand->pending = result.pending;
	*free = result.available - result.change.reserved;
	if (result.outcome == OMS_DONE)
	{
		demand->taken += result.change.reserved;
		add_take(attempt, d, location, result.change.reserved, shares,
				 demand->quota == NULL ? NULL : demand->quota->period);
	}
	return result.change.reserved;
}

/* end_of_sku is the index after the last demand of the sku of demand d. */
static int
end_of_sku(const Attempt *attempt, int d)
{
	int			end = d + 1;

	while (end < attempt->ndemands &&
		   oms_text_equal(attempt->demands[end].sku, attempt->demands[d].sku))
		end++;
	return end;
}

/*
 * take_quota uses the channel's quota for what is missing of demands d to end - 1, which are
 * those of a sku. A backorder is a promise too: then its units count, and the quota must
 * have all. With partial what the quota does not leave is cut from what is wanted, the
 * last demand's first. False when it was refused.
 */
static bool
take_quota(Attempt *attempt, int d, int end, bool partial)
{
	bool		backorder = attempt->request->on_shortage == OMS_BACKORDER;
	Demand	   *demands = attempt->demands;
	int64		units = 0;
	int64		cut;
	OmsChange	result;

	for (int i = d; i < end; i++)
		if (pg_add_s64_overflow(units, missing(&demands[i]), &units) ||
			(backorder && pg_add_s64_overflow(units, demands[i].withheld, &units)))
			units = PG_INT64_MAX;
	if (units == 0)
		return true;
	oms_quota_take(attempt->request->channel, demands[d].sku, demands[d].quota, units, partial,
				   &result);
	cut = units - result.change.reserved;
	for (int i = end - 1; i >= d; i--)
	{
		Demand	   *demand = &demands[i];

		demand->quota_left = result.available;
		demand->quota_used = result.after.reserved - result.change.reserved;
		if (cut == 0)
			continue;
		demand->over_quota = Min(cut, missing(demand));
		demand->pending = result.pending;
		cut -= demand->over_quota;
		if (partial)
			demand->wanted -= demand->over_quota;
	}
	return partial || result.outcome == OMS_DONE;
}

/* give_quota gives back what was used for units that are not to be had. */
static void
give_quota(Attempt *attempt)
{
	for (int d = 0; d < attempt->ndemands; d++)
	{
		Demand	   *demand = &attempt->demands[d];

		if (demand->quota != NULL && missing(demand) > 0)
			oms_quota_give(attempt->request->channel, demand->sku, demand->quota->period,
						   missing(demand));
	}
}

/* take_at_named takes for a demand that names its location. */
static void
take_at_named(Attempt *attempt, int d, bool partial)
{
	Demand	   *demand = &attempt->demands[d];
	int64		free;

	(void) take(attempt, d, demand->location, missing(demand), partial, &free);
	demand->available = free;
}

/* take_whole takes all that is missing at the first location that has it; true if done. */
static bool
take_whole(Attempt *attempt, int d, text *only)
{
	Demand	   *demand = &attempt->demands[d];

	if (!demand->item->tracked)
	{
		int64		free;
		text	   *location = only;

		for (int i = 0; i < demand->ncells && location == NULL; i++)
			if (attempt->cells[demand->first_cell + i].free > 0)
				location = attempt->cells[demand->first_cell + i].location;
		if (location == NULL ||
			oms_excludes(attempt->channel, attempt->request->method, demand->item, location))
			location = oms_first_open_location(attempt->channel, attempt->request->method,
											   demand->item);
		return location != NULL && take(attempt, d, location, missing(demand), false, &free) > 0;
	}
	for (int i = 0; i < demand->ncells && missing(demand) > 0; i++)
	{
		OmsCell    *cell = &attempt->cells[demand->first_cell + i];

		if (cell->free >= missing(demand) && (only == NULL || oms_text_equal(cell->location, only)))
			(void) take(attempt, d, cell->location, missing(demand), false, &cell->free);
	}
	return missing(demand) == 0;
}

static void
take_split(Attempt *attempt, int d)
{
	Demand	   *demand = &attempt->demands[d];

	for (int i = 0; i < demand->ncells && missing(demand) > 0; i++)
	{
		OmsCell    *cell = &attempt->cells[demand->first_cell + i];

		if (cell->free > 0)
			(void) take(attempt, d, cell->location, missing(demand), true, &cell->free);
	}
}

/* report_available sums what is left to be had, for a demand that was short. */
static void
report_available(Attempt *attempt, Demand *demand)
{
	int64		sum = demand->taken;

	if (demand->location != NULL || demand->ncells == 0 || attempt->channel->buffer > 0)
	{
		if (demand->location != NULL)
			demand->available += demand->taken;
		return;
	}
	for (int i = 0; i < demand->ncells; i++)
		if (pg_add_s64_overflow(sum, attempt->cells[demand->first_cell + i].free, &sum))
			sum = PG_INT64_MAX;
	demand->available = sum;
}

/* -------------------------------------------------------------------------
 * Rows
 * -------------------------------------------------------------------------
 */

static void
add_one_part(OmsReserveRequest *request, OmsReservationPart part)
{
	request->parts = request->parts == NULL
		? palloc(sizeof(OmsReservationPart) * 16)
		: request->nparts >= 16 && (request->nparts & (request->nparts - 1)) == 0
		? repalloc(request->parts, sizeof(OmsReservationPart) * 2 * request->nparts)
		: request->parts;
	request->parts[request->nparts++] = part;
}

/* add_part adds what was reserved for a line, of a kit a part per component. */
static void
add_part(OmsReserveRequest *request, const OmsItem *item, OmsReservationPart part)
{
	int64		kits = part.quantity;

	part.sku = item->sku;
	if (item->kit == NULL || part.location == NULL)
		add_one_part(request, part);
	else
		for (int c = 0; c < item->kit->n; c++)
		{
			part.kit = item->sku;
			part.sku = item->kit->items[c].sku;
			part.quantity = kits * item->kit->quantities[c];
			add_one_part(request, part);
		}
}

/*
 * take_over_one makes a live reservation of the cart, of m rows, the order's, line by line,
 * and releases what the order does not want of it, and what another channel than the
 * order's has. One that spans lines is split. *claimed: units that a line has from the cart.
 */
static void
take_over_one(Attempt *attempt, int m, OmsLockedRow *rows, int64 *claimed)
{
	OmsReserveRequest *request = attempt->request;
	int64		left = rows[0].claim.quantity / rows[0].claim.kit_quantity;
	bool		kept = false;

	for (int i = 0; i < request->nlines && left > 0; i++)
	{
		OmsReserveLine *line = &request->lines[i];
		int64		units = Min(left, line->quantity - claimed[i]);
		OmsShare   *shares;
		Demand	   *demand;

		if (attempt->demand_of[i] < 0 || units <= 0)
			continue;
		demand = &attempt->demands[attempt->demand_of[i]];
		if (!oms_locked_is_of(demand->item, m, rows) || !oms_text_equal(rows[0].claim.channel, request->channel) ||
			(line->location != NULL && !oms_text_equal(line->location, rows[0].claim.location)))
			continue;
		claimed[i] += units;
		left -= units;
		demand->taken += units;
		shares = palloc(sizeof(OmsShare) * m);
		for (int r = 0; r < m; r++)
		{
			OmsClaim   *claim = &rows[r].claim;

			shares[r] = (OmsShare) {
				claim->channel, claim->protected_until, Min(claim->protected, units * claim->kit_quantity)
			};
			claim->quantity -= units * claim->kit_quantity;
			claim->protected -= shares[r].units;
		}
		if (kept)
			add_take(attempt, attempt->demand_of[i], rows[0].claim.location, units, shares,
					 rows[0].claim.quota_period);
		else
		{
			Datum		values[5] = {
				Int64GetDatum(rows[0].id), Int64GetDatum(units), PointerGetDatum(request->order_id),
				Int32GetDatum(line->line_no), Int32GetDatum(-attempt->ncomponents)
			};

			oms_spi_connect();
			oms_spi_execute(&take_over_row, values, NULL, false);
			oms_spi_finish();
			if (rows[0].claim.kit != NULL)
				attempt->ncomponents += m;
			add_part(request, demand->item, (OmsReservationPart) {
				i, .location = rows[0].claim.location, .quantity = units, .reservation_id = rows[0].id
			});
			attempt->taken_over[i] += units;
			kept = true;
		}
	}
	if (kept)
		for (int r = 0; r < m; r++)
			oms_claim_give_back(attempt->accounts, &rows[r].claim);
	else
		(void) oms_locked_release(attempt->accounts, m, rows);
}

/* take_over makes the cart's live reservations the order's, as far as it wants them. */
static void
take_over(Attempt *attempt, int n, OmsLockedRow *rows)
{
	int64	   *claimed = palloc0(sizeof(int64) * Max(1, attempt->request->nlines));

	for (int r = 0, m; r < n; r += m)
	{
		m = oms_locked_rows_of(n - r, rows + r);
		take_over_one(attempt, m, rows + r, claimed);
	}
}

/*
 * insert_row writes one row of a reservation: of the item or, if it is a kit, of its
 * component c; quantity is in units of the sku. A kit's first row has the quota's period.
 */
static void
insert_row(OmsInserter *inserter, Attempt *attempt, const OmsReserveLine *line, const OmsItem *item,
		   int c, int64 id, text *location, int64 quantity, const OmsShare *share, text *quota_period)
{
	const OmsReserveRequest *request = attempt->request;
	const OmsKit *kit = item->kit;
	int			natts = RelationGetDescr(inserter->root)->natts;
	Datum	   *values = palloc0(sizeof(Datum) * natts);
	bool	   *nulls = palloc(sizeof(bool) * natts);

	memset(nulls, true, sizeof(bool) * natts);
#define SET(attno, value) (values[(attno) - 1] = (value), nulls[(attno) - 1] = false)
	SET(OMS_RESERVATION_ID, Int64GetDatum(id));
	SET(OMS_RESERVATION_SKU, PointerGetDatum(kit != NULL ? kit->items[c].sku : item->sku));
	SET(OMS_RESERVATION_LOCATION, PointerGetDatum(location));
	SET(OMS_RESERVATION_QUANTITY, Int64GetDatum(quantity));
	SET(OMS_RESERVATION_CONSUMED, Int64GetDatum(0));
	SET(OMS_RESERVATION_STATUS, CStringGetTextDatum(request->hold ? "hold" : "firm"));
	SET(OMS_RESERVATION_CHANNEL, PointerGetDatum(request->channel));
	SET(OMS_RESERVATION_METHOD, CStringGetTextDatum(oms_method_name(request->method)));
	if (request->cart_id != NULL)
		SET(OMS_RESERVATION_CART_ID, PointerGetDatum(request->cart_id));
	if (request->order_id != NULL)
	{
		SET(OMS_RESERVATION_ORDER_ID, PointerGetDatum(request->order_id));
		SET(OMS_RESERVATION_LINE_NO, Int32GetDatum(line->line_no));
	}
	if (request->reference != NULL)
		SET(OMS_RESERVATION_REFERENCE, PointerGetDatum(request->reference));
	SET(OMS_RESERVATION_CREATED_AT, TimestampTzGetDatum(GetCurrentTimestamp()));
	SET(OMS_RESERVATION_XID, FullTransactionIdGetDatum(GetTopFullTransactionId()));
	if (request->hold)
		SET(OMS_RESERVATION_EXPIRES_AT, TimestampTzGetDatum(request->expires_at));
	if (quota_period != NULL && c == 0)
		SET(OMS_RESERVATION_QUOTA_PERIOD, PointerGetDatum(quota_period));
	SET(OMS_RESERVATION_PROTECTED, Int64GetDatum(share->units));
	if (share->units > 0)
		SET(OMS_RESERVATION_PROTECTED_UNTIL, PointerGetDatum(share->until));
	if (kit != NULL)
	{
		SET(OMS_RESERVATION_KIT, PointerGetDatum(item->sku));
		SET(OMS_RESERVATION_KIT_QUANTITY, Int64GetDatum(kit->quantities[c]));
		SET(OMS_RESERVATION_COMPONENT, Int32GetDatum(c + 1));
		if (request->order_id != NULL)
			SET(OMS_RESERVATION_PLAN_LINE, Int32GetDatum(-(++attempt->ncomponents)));
	}
#undef SET
	oms_insert(inserter, values, nulls);
}

/*
 * insert_reservation writes a reservation of units of a take, of a kit a row per component;
 * its number. What of the units is from a protection is taken out of the take's shares.
 */
static int64
insert_reservation(OmsInserter *inserter, Attempt *attempt, const OmsReserveLine *line,
				   const OmsItem *item, Take *from, int64 units)
{
	int64		id = nextval_internal(oms_table("reservation_id_seq"), false);

	for (int c = 0; c < oms_item_components(item); c++)
	{
		int64		quantity = oms_item_component_units(item, c, units);
		OmsShare	share = from->shares[c];

		share.units = Min(share.units, quantity);
		from->shares[c].units -= share.units;
		insert_row(inserter, attempt, line, item, c, id, from->location, quantity, &share,
				   from->quota_period);
	}
	return id;
}

/*
 * insert_rows writes a reservation for each line and location of the takes, and, if the
 * request backorders, a backorder for what is missing of each line. False, and then the
 * attempt is to be rolled back, when a line may not be backordered.
 */
static bool
insert_rows(Attempt *attempt)
{
	OmsReserveRequest *request = attempt->request;
	TransactionId pending;
	int			refused;
	OmsInserter *inserter = oms_inserter_open("reservation_row");

	for (int d = 0; d < attempt->ndemands; d++)
		attempt->demands[d].first_take = -1;
	for (int t = attempt->ntakes - 1; t >= 0; t--)
	{
		Demand	   *demand = &attempt->demands[attempt->takes[t].demand];

		attempt->takes[t].next = demand->first_take;
		demand->first_take = t;
	}

	/* Units of a demand go to its lines in their order. */
	for (int i = 0; i < request->nlines; i++)
	{
		OmsReserveLine *line = &request->lines[i];
		Demand	   *demand;

		line->reserved = attempt->taken_over[i];
		if (attempt->demand_of[i] < 0)
			continue;
		demand = &attempt->demands[attempt->demand_of[i]];
		while (demand->first_take >= 0 && line->reserved < line->quantity)
		{
			Take	   *from = &attempt->takes[demand->first_take];
			int64		units = Min(from->quantity, line->quantity - line->reserved);

			from->quantity -= units;
			line->reserved += units;
			if (from->quantity == 0)
				demand->first_take = from->next;
			if (units == 0)
				continue;
			add_part(request, demand->item, (OmsReservationPart) {
				i, .location = from->location, .quantity = units,
				.reservation_id = insert_reservation(inserter, attempt, line, demand->item, from, units)
			});
		}
		if (request->on_shortage == OMS_BACKORDER && line->reserved < line->quantity)
		{
			line->quota_period = demand->quota == NULL ? NULL : demand->quota->period;
			add_part(request, demand->item, (OmsReservationPart) {
				i, .quantity = line->quantity - line->reserved,
				.backorder_id = nextval_internal(oms_table("backorder_id_seq"), false)
			});
		}
	}
	oms_inserter_close(inserter);
	if (oms_backorder_insert(request, true, &refused, &pending))
		return true;
	attempt->demands[attempt->demand_of[refused]].over_limit = true;
	attempt->demands[attempt->demand_of[refused]].pending = pending;
	return false;
}

/* -------------------------------------------------------------------------
 * Attempts
 * -------------------------------------------------------------------------
 */

/* all_or_none says whether a demand that is short makes the request fail. */
static bool
all_or_none(const Attempt *attempt, const Demand *demand)
{
	return attempt->request->on_shortage == OMS_REFUSE ||
		(attempt->request->on_shortage == OMS_BACKORDER && demand->item->kit != NULL);
}

/*
 * serve takes for all demands; true when all that is wanted was taken, or when partial
 * is what was asked for. Without may_split nothing was written when it returns false.
 */
static bool
serve(Attempt *attempt, bool may_split)
{
	OmsReserveRequest *request = attempt->request;
	bool		cut = may_split && request->on_shortage == OMS_PARTIAL;
	text	   *whole;
	bool		served = true;
	bool		allowed = true; /* by quotas */

	read_cells(attempt, false);
	for (int d = 0, end; d < attempt->ndemands && attempt->has_quota; d = end)
	{
		end = end_of_sku(attempt, d);
		if (attempt->demands[d].quota != NULL &&
			!take_quota(attempt, d, end, cut))
			allowed = false;
	}
	whole = whole_cart_location(attempt);
	for (int d = 0; d < attempt->ndemands; d++)
	{
		Demand	   *demand = &attempt->demands[d];
		bool		partial = may_split && !all_or_none(attempt, demand);

		if (demand->over_quota > 0 && missing(demand) > 0 && !allowed)
		{
			demand->available = Min(demand->quota_left, PG_INT64_MAX - demand->taken) + demand->taken;
			continue;
		}
		if (demand->withheld > 0 && !partial)
		{
			demand->available = Min(demand->available, PG_INT64_MAX - demand->taken) + demand->taken;
			served = false;
			if (!may_split)
				break;
			continue;
		}
		if (missing(demand) > 0)
		{
			if (demand->location != NULL)
				take_at_named(attempt, d, partial);
			else if (!(whole != NULL && take_whole(attempt, d, whole)) &&
					 !take_whole(attempt, d, NULL) && may_split)
				take_split(attempt, d);
		}
		report_available(attempt, demand);
		demand->available = Min(demand->available, demand->quota_left);
		if (missing(demand) > 0 && !partial)
		{
			/* On to the next: one that is short in any case makes waiting useless. */
			served = false;
			if (!may_split)
				break;
		}
	}
	if (cut && attempt->has_quota)
		give_quota(attempt);
	return allowed && served;
}

/* set_statuses tells each line what became of it. */
static void
set_statuses(Attempt *attempt, bool served)
{
	OmsReserveRequest *request = attempt->request;

	for (int i = 0; i < request->nlines; i++)
	{
		OmsReserveLine *line = &request->lines[i];
		Demand	   *demand;

		if (attempt->demand_of[i] < 0)
			continue;			/* check_line said it */
		demand = &attempt->demands[attempt->demand_of[i]];
		line->pending = demand->pending;
		line->available = demand->available;
		if (!served)
			line->reserved = 0;
		if (served && line->reserved == line->quantity)
			line->status = OMS_LINE_RESERVED;
		else if (served && request->on_shortage == OMS_BACKORDER)
			line->status = OMS_LINE_BACKORDERED;
		else if (served && line->reserved > 0)
			line->status = OMS_LINE_PARTIAL;
		else if (line->over_limit && !TransactionIdIsValid(demand->pending))
			line->status = OMS_LINE_BACKORDER_LIMIT;
		else if (!served && !line->over_limit && demand->over_quota == 0 &&
				 ((missing(demand) == 0 && demand->withheld == 0) || !all_or_none(attempt, demand)))
			line->status = OMS_LINE_REFUSED;
		else
			line->status = TransactionIdIsValid(demand->pending) ? OMS_LINE_HELD_BY_OTHERS :
				demand->over_quota > 0 ? OMS_LINE_QUOTA : OMS_LINE_INSUFFICIENT;
		line->why = demand->over_quota == 0 ? NULL :
			psprintf("limit %lld, used %lld, period %s", (long long) demand->quota->quantity,
					 (long long) demand->quota_used, text_to_cstring(demand->quota->period));
	}
}

static void
reset_attempt(Attempt *attempt)
{
	attempt->ntakes = 0;
	attempt->ncomponents = 0;
	attempt->request->nparts = 0;
	attempt->request->parts = NULL;
	memset(attempt->taken_over, 0, sizeof(int64) * Max(1, attempt->request->nlines));
	for (int d = 0; d < attempt->ndemands; d++)
	{
		attempt->demands[d].taken = attempt->demands[d].wanted = attempt->demands[d].withheld = 0;
		attempt->demands[d].over_quota = 0;
		attempt->demands[d].over_limit = false;
		attempt->demands[d].quota_left = PG_INT64_MAX;
		attempt->demands[d].pending = InvalidTransactionId;
		attempt->demands[d].ncells = 0;
	}
	for (int i = 0; i < attempt->request->nlines; i++)
	{
		attempt->request->lines[i].over_limit = false;
		if (attempt->demand_of[i] >= 0)
			attempt->demands[attempt->demand_of[i]].wanted += attempt->request->lines[i].quantity;
	}
}

/*
 * try_once makes one attempt; false when it was refused, and then it must be rolled
 * back unless may_split was false.
 */
static bool
try_once(Attempt *attempt, bool may_split)
{
	OmsReserveRequest *request = attempt->request;
	bool		served;

	reset_attempt(attempt);
	attempt->accounts = oms_stock_open();
	if (request->cart_id != NULL)
	{
		OmsLockedRow *rows;
		int			n;

		/* Before the reservations are read: what filled a backorder is one of them. */
		attempt->cart_busy = !oms_backorder_release_cart(request->cart_id);
		if (attempt->cart_busy)
		{
			oms_accounts_close(attempt->accounts);
			return false;
		}
		n = oms_locked_of_cart(request->cart_id, &rows);
		if (request->order_id != NULL)
			take_over(attempt, n, rows);
		else
			(void) oms_locked_release(attempt->accounts, n, rows);
	}
	served = serve(attempt, may_split);
	if (served)
		served = insert_rows(attempt);
	oms_accounts_close(attempt->accounts);
	return served;
}

/* try_in_subtransaction is try_once that leaves nothing behind when it is refused. */
static bool
try_in_subtransaction(Attempt *attempt)
{
	MemoryContext caller = CurrentMemoryContext;
	ResourceOwner owner = CurrentResourceOwner;
	bool		served = false;

	BeginInternalSubTransaction(NULL);
	MemoryContextSwitchTo(caller);
	PG_TRY();
	{
		served = try_once(attempt, true);
		if (served)
			ReleaseCurrentSubTransaction();
		else
			RollbackAndReleaseCurrentSubTransaction();
	}
	PG_CATCH();
	{
		ErrorData  *error;

		MemoryContextSwitchTo(caller);
		error = CopyErrorData();
		FlushErrorState();
		RollbackAndReleaseCurrentSubTransaction();
		MemoryContextSwitchTo(caller);
		CurrentResourceOwner = owner;
		ReThrowError(error);
	}
	PG_END_TRY();
	MemoryContextSwitchTo(caller);
	CurrentResourceOwner = owner;
	return served;
}

static void
raise_cart_busy(text *cart_id)
{
	ereport(ERROR,
			(errcode(OMS_ERR_HELD_BY_OTHERS),
			 errmsg("cart \"%s\" is being changed by another session", text_to_cstring(cart_id)),
			 errhint("Try again.")));
}

/*
 * estimate tells the lines of a cart that is refused for another line what could be
 * had, by reading alone.
 */
static void
estimate(Attempt *attempt)
{
	OmsReserveRequest *request = attempt->request;

	reset_attempt(attempt);
	read_cells(attempt, true);
	for (int i = 0; i < request->nlines; i++)
	{
		OmsReserveLine *line = &request->lines[i];
		Demand	   *demand;

		if (attempt->demand_of[i] < 0)
			continue;			/* check_line said it */
		demand = &attempt->demands[attempt->demand_of[i]];
		line->available = demand->item->tracked ? Min(demand->available, free_at(attempt, demand))
			: demand->available;
		line->status = demand->withheld > 0 || line->available < demand->wanted
			? OMS_LINE_INSUFFICIENT : OMS_LINE_REFUSED;
		if (demand->quota != NULL)
		{
			Snapshot	snapshot = RegisterSnapshot(GetLatestSnapshot());
			int64		left = oms_quota_left(attempt->channel, demand->sku, snapshot);

			UnregisterSnapshot(snapshot);
			line->available = Min(line->available, left);
			if (left < demand->wanted)
				line->status = OMS_LINE_QUOTA;
		}
	}
}

/* pending_of is a transaction to wait for: none when a demand is short whatever it does. */
static TransactionId
pending_of(const Attempt *attempt)
{
	TransactionId pending = InvalidTransactionId;

	for (int d = 0; d < attempt->ndemands; d++)
	{
		if (missing(&attempt->demands[d]) <= 0 ||
			(attempt->demands[d].over_quota == 0 && !attempt->demands[d].over_limit &&
			 !all_or_none(attempt, &attempt->demands[d])))
			continue;
		if (!TransactionIdIsValid(attempt->demands[d].pending))
			return InvalidTransactionId;
		pending = attempt->demands[d].pending;
	}
	return pending;
}

/*
 * oms_reserve_lines reserves the lines of a request; shortage is told in the lines, not
 * raised. When request->complete is false nothing was changed. Raises OM004 for an
 * unknown channel or location, OM002 when another session has the cart, 22003.
 */
void
oms_reserve_lines(OmsReserveRequest *request)
{
	Attempt		attempt = {0};
	TimestampTz start = GetCurrentTimestamp();
	bool		may_wait = oms_may_wait();
	long		nap = 1;
	bool		checked;

	attempt.request = request;
	attempt.channel = oms_channel(request->channel);
	attempt.taken_over = palloc0(sizeof(int64) * Max(1, request->nlines));
	checked = make_demands(&attempt);
	if (request->cart_id != NULL &&
		!oms_lock_name(CART_LOCK_CLASS, request->cart_id, may_wait, start))
		raise_cart_busy(request->cart_id);

	request->complete = false;
	if (!checked && request->on_shortage == OMS_REFUSE)
	{
		estimate(&attempt);
		return;
	}
	for (;;)
	{
		TransactionId pending;
		bool		in_subtransaction = false;
		bool		one_sku = attempt.ndemands == 1 && attempt.demands[0].item->kit == NULL &&
			!attempt.has_quota;

		/* One sku at one location writes nothing when it is refused. */
		if (one_sku && request->cart_id == NULL)
			request->complete = try_once(&attempt, false);
		if (!request->complete &&
			(!one_sku || request->cart_id != NULL ||
			 attempt.demands[0].location == NULL || request->on_shortage != OMS_REFUSE))
		{
			in_subtransaction = true;
			request->complete = try_in_subtransaction(&attempt);
			if (attempt.cart_busy)
			{
				if (!may_wait || !oms_wait_a_little(start, &nap, OMS_WAIT_NAME))
					raise_cart_busy(request->cart_id);
				continue;
			}
		}
		pending = pending_of(&attempt);
		/* What an attempt outside a subtransaction wrote (lapsed holds) forbids to wait. */
		if (!TransactionIdIsValid(pending) || request->complete || !may_wait ||
			(!in_subtransaction && !oms_may_wait()) || !oms_account_wait(pending, start))
			break;
	}
	set_statuses(&attempt, request->complete);
}
