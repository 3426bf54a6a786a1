/*
 * moves.c
 *		Holds moved to where the plan wants them.
 *
 * A move takes at one location what it gives at another, in one transaction, so no
 * outcome of a run oversells.
 *
 * Units wanted at a location may be free only when another hold has left it. So the moves
 * of a sku are tried until none succeeds, whole, then in part. What is left then moves in
 * circles, or lost its stock to a buyer meanwhile. A hold of units that no location can
 * serve yields its place to a move that needs it, and goes where that one came from: it
 * stays a hold. The circles are cut to a set that takes at no location more than the set
 * gives there; such a set cannot fail and is moved without the bound. Nobody can take
 * between a give and its take: what a transaction gives counts for others only after its
 * commit.
 *
 * A kit's reservation moves whole: its components are planned together, a move each, and
 * are moved by one call or not at all. So kits are tried between the skus. Of a kit that
 * is left each component moves in a circle of its sku or, where it is cut from it, is
 * taken like any other units. If that fails for one kit, those that moved with it go back,
 * and all is cut anew to kits of which every component is in a circle: these cannot fail.
 * Kits are tried again as long as that moves a good part of them, so that a run with
 * thousands of one kit ends; what is left is for the next run.
 *
 * Locks: rows of reservation_row (skip locked), then those of stock.c.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/array.h"

#include "oms.h"
#include "reservation/reservation.h"
#include "routing/route.h"

/*
 * Units to be moved. By sku, most urgent order first; then the units of that sku that are
 * held and that no location can serve, which may have to yield.
 */
typedef struct Move
{
	int64		reservation_id;
	text	   *sku;
	text	   *from;
	text	   *to;				/* NULL: may yield */
	int64		quantity;		/* what is left to be moved */
	bool		tracked;
	bool		protected;		/* some of the reservation is from protected stock */
	int64		total;			/* units of the reservation that move or may yield */
	int64		rank;			/* of the order, by urgency */
	bool		yields;			/* a move that the plan did not ask for */
	int64		kit_quantity;	/* of a kit's component: units in one kit; else 0 */
	int64		components;		/* of the kit */
	int64		outstanding;	/* units of the kit's reservation */
	bool		consumed;		/* a part of it has left: it cannot move in a circle */
	int			kit;			/* index into Moves.kits, -1: none */
} Move;

/* A kit's reservation that is to move. */
typedef struct KitMove
{
	Move	   *components;		/* ncomponents of them */
	int			ncomponents;
	bool	   *in_circle;		/* by component */
	bool		moved;			/* into units that are free */
	bool		stays;			/* it cannot move */
} KitMove;

/* A row of the plan: units of a line wanted at a location. */
typedef struct WantedRow
{
	char	   *order_id;
	int32		line_no;
	text	   *location;		/* NULL: nowhere */
	int64		quantity;
} WantedRow;

/* A reservation of a line, with what may move of the line at that location. */
typedef struct HeldRow
{
	char	   *order_id;
	int32		line_no;
	text	   *location;
	int64		movable;
	int64		units;			/* of the reservation; then what is still to be matched */
	int64		surplus;		/* of the reservation: units that are not wanted there */
	Move		move;			/* what a move of it has in common */
} HeldRow;

/* Units that the moves of a sku take and give at a location. */
typedef struct Flow
{
	text	   *location;
	int64		in;
	int64		out;
} Flow;
/* The plan, by line; and what is held, by line, location and reservation. */
static const char select_plan[] =
	"SELECT u.order_id, u.line_no, u.location, u.quantity "
	"FROM ROWS FROM (unnest($1), unnest($2), unnest($3), unnest($4)) AS u (order_id, line_no, "
	"location, quantity) "
	"WHERE u.order_id = ANY ($5) ORDER BY u.order_id COLLATE \"C\", u.line_no";

static const char select_held[] =
	"SELECT h.order_id, h.plan_line, h.location, h.quantity, r.reservation_id, r.quantity - "
	"r.consumed, h.sku, "
	"COALESCE(i.tracked, true), o.rank, r.protected > r.consumed, COALESCE(r.kit_quantity, 0), CASE WHEN h.bundle IS NULL THEN 1 ELSE "
	"(SELECT count(*) FROM oms.reservation_row s WHERE s.reservation_id = r.reservation_id) END, r.consumed > 0 "
	"FROM oms.routing_held h "
	"JOIN oms.reservation_row r ON r.order_id = h.order_id AND r.line_no = h.line_no AND "
	"r.location = h.location AND r.plan_line IS NOT DISTINCT FROM CASE WHEN h.bundle IS NOT NULL THEN h.plan_line END "
	"AND r.status = 'firm' AND r.quantity > r.consumed "
	"JOIN (SELECT o.order_id, row_number() OVER (ORDER BY o.priority, o.placed_at, o.order_id) AS "
	"rank "
	"FROM oms.order_row o WHERE o.order_id = ANY ($1)) o ON o.order_id = h.order_id "
	"LEFT JOIN oms.item i ON i.sku = h.sku "
	"WHERE h.order_id = ANY ($1) ORDER BY h.order_id, h.plan_line, h.location, r.reservation_id";

static const char lock_reservations[] =
	"SELECT r.reservation_id, r.quantity - r.consumed, r.sku FROM oms.reservation_row r "
	"WHERE r.reservation_id = ANY ($1) AND r.status = 'firm' "
	"ORDER BY r.reservation_id, r.sku FOR UPDATE SKIP LOCKED";

/* is_sku_of says whether a row of lock_reservations is of the sku. */
static bool
is_sku_of(uint64 row, const text *sku)
{
	bool		isnull;

	return oms_text_equal(DatumGetTextPP(oms_spi_value(row, 3, &isnull)), sku);
}

/* lock_moved locks the reservations of the moves; a move of which it cannot is left out. */
static int
lock_moved(Move *moves, int n, int64 *not_moved)
{
	Datum	   *ids = palloc(sizeof(Datum) * Max(1, n));
	RouteArgument arguments[] = {{INT8ARRAYOID, 0}};
	uint64		rows;
	int			kept = 0;

	for (int i = 0; i < n; i++)
		ids[i] = Int64GetDatum(moves[i].reservation_id);
	arguments[0].value = oms_int8_array(n, ids);
	oms_spi_connect();
	rows = oms_route_run(lock_reservations, 1, arguments, false);
	for (int i = 0; i < n; i++)
	{
		uint64		low = 0;
		uint64		high = rows;

		while (low < high)
		{
			uint64		middle = low + (high - low) / 2;

			if (oms_spi_int64(middle, 1) < moves[i].reservation_id)
				low = middle + 1;
			else
				high = middle;
		}
		/* of a kit, the row of this component */
		while (moves[i].kit_quantity > 0 && low < rows &&
			   oms_spi_int64(low, 1) == moves[i].reservation_id && !is_sku_of(low, moves[i].sku))
			low++;
		if (low < rows && oms_spi_int64(low, 1) == moves[i].reservation_id &&
			oms_spi_int64(low, 2) >= moves[i].total)
			moves[kept++] = moves[i];
		else if (moves[i].to != NULL)
			*not_moved += moves[i].quantity;
	}
	oms_spi_finish();
	return kept;
}

static int
compare_line(const char *order_id, int32 line_no, const char *other_order_id, int32 other_line_no)
{
	int			c = strcmp(order_id, other_order_id);

	return c != 0 ? c : (line_no > other_line_no) - (line_no < other_line_no);
}

/* By sku, moves before what may yield, then by urgency. */
static int
compare_moves(const void *a, const void *b)
{
	const Move *x = a;
	const Move *y = b;
	int			lx = VARSIZE_ANY_EXHDR(x->sku);
	int			ly = VARSIZE_ANY_EXHDR(y->sku);
	int			c = memcmp(VARDATA_ANY(x->sku), VARDATA_ANY(y->sku), Min(lx, ly));

	if (c != 0 || lx != ly)
		return c != 0 ? c : lx - ly;
	if ((x->to == NULL) != (y->to == NULL))
		return x->to == NULL ? 1 : -1;
	if (x->rank != y->rank)
		return x->rank < y->rank ? -1 : 1;
	return (x->reservation_id > y->reservation_id) - (x->reservation_id < y->reservation_id);
}

/* read_wanted and read_held run the two queries and copy their rows. */
static int
read_wanted(const RoutePlan *plan, Datum locked, WantedRow **wanted)
{
	MemoryContext caller = CurrentMemoryContext;
	RouteArgument arguments[] = {
		{TEXTARRAYOID, plan->order_id}, {INT4ARRAYOID, plan->line_no},
		{TEXTARRAYOID, plan->location}, {INT8ARRAYOID, plan->quantity}, {TEXTARRAYOID, locked}
	};
	uint64		n;

	oms_spi_connect();
	n = oms_route_run(select_plan, lengthof(arguments), arguments, false);
	*wanted = MemoryContextAllocHuge(caller, sizeof(WantedRow) * Max(1, n));
	for (uint64 i = 0; i < n; i++)
	{
		WantedRow  *row = &(*wanted)[i];
		bool		isnull;

		row->order_id = MemoryContextStrdup(caller, oms_spi_text(i, 1));
		row->line_no = DatumGetInt32(oms_spi_value(i, 2, &isnull));
		(void) oms_spi_value(i, 3, &isnull);
		row->location = isnull ? NULL : DatumGetTextP(oms_route_copy_value(i, 3, caller));
		row->quantity = oms_spi_int64(i, 4);
	}
	oms_spi_finish();
	return n;
}

static int
read_held(Datum locked, HeldRow **held)
{
	MemoryContext caller = CurrentMemoryContext;
	RouteArgument arguments[] = {{TEXTARRAYOID, locked}};
	uint64		n;

	oms_spi_connect();
	n = oms_route_run(select_held, lengthof(arguments), arguments, false);
	*held = MemoryContextAllocHuge(caller, sizeof(HeldRow) * Max(1, n));
	for (uint64 i = 0; i < n; i++)
	{
		HeldRow    *row = &(*held)[i];
		bool		isnull;

		memset(row, 0, sizeof(HeldRow));
		row->order_id = MemoryContextStrdup(caller, oms_spi_text(i, 1));
		row->line_no = DatumGetInt32(oms_spi_value(i, 2, &isnull));
		row->location = DatumGetTextP(oms_route_copy_value(i, 3, caller));
		row->movable = oms_spi_int64(i, 4);
		row->units = oms_spi_int64(i, 6);
		row->move.reservation_id = oms_spi_int64(i, 5);
		row->move.sku = DatumGetTextP(oms_route_copy_value(i, 7, caller));
		row->move.from = row->location;
		row->move.tracked = DatumGetBool(oms_spi_value(i, 8, &isnull));
		row->move.rank = oms_spi_int64(i, 9);
		row->move.protected = DatumGetBool(oms_spi_value(i, 10, &isnull));
		row->move.kit_quantity = oms_spi_int64(i, 11);
		row->move.components = oms_spi_int64(i, 12);
		row->move.consumed = DatumGetBool(oms_spi_value(i, 13, &isnull));
		row->move.kit = -1;
		row->move.outstanding = row->units;
	}
	oms_spi_finish();
	return n;
}

/*
 * match_line appends the moves of one line: units held where the plan does not want them
 * (surplus) go where it wants units that are not held there. Surplus beyond that is what
 * no location can serve: it may yield. A line that holds other units than the planner
 * saw is left alone. Returns the number of moves appended, at most nwanted + 2 nheld.
 */
static int
match_line(WantedRow *wanted, int nwanted, HeldRow *held, int nheld, Move *moves)
{
	int64		planned = 0;
	int64		movable = 0;
	int			n = 0;
	int			h = 0;

	for (int w = 0; w < nwanted; w++)
		planned += wanted[w].quantity;
	for (int i = 0; i < nheld; i++)
		if (i == 0 || !oms_text_equal(held[i].location, held[i - 1].location))
			movable += held[i].movable;
	if (planned != movable)
		return 0;

	for (int i = 0, end; i < nheld; i = end)
	{
		int64		surplus = held[i].movable;

		for (int w = 0; w < nwanted; w++)
			if (wanted[w].location != NULL && oms_text_equal(wanted[w].location, held[i].location))
			{
				int64		stays = Min(surplus, wanted[w].quantity);

				surplus -= stays;
				wanted[w].quantity -= stays;
			}
		for (end = i; end < nheld && oms_text_equal(held[end].location, held[i].location); end++)
		{
			held[end].surplus = Min(surplus, held[end].units);
			held[end].move.total = held[end].surplus;
			surplus -= held[end].surplus;
		}
	}
	for (int w = 0; w < nwanted; w++)
		while (wanted[w].location != NULL && wanted[w].quantity > 0)
		{
			while (held[h].surplus == 0)
				h++;			/* the sums are equal: there is one */
			moves[n] = held[h].move;
			moves[n].to = wanted[w].location;
			moves[n].quantity = Min(held[h].surplus, wanted[w].quantity);
			held[h].surplus -= moves[n].quantity;
			wanted[w].quantity -= moves[n].quantity;
			n++;
		}
	for (; h < nheld; h++)
		if (held[h].surplus > 0)
		{
			moves[n] = held[h].move;
			moves[n++].quantity = held[h].surplus;
		}
	return n;
}

/* find_moves computes the moves and locks their reservations; returns their number. */
static int
find_moves(const RoutePlan *plan, Datum locked, Move **moves, int64 *not_moved)
{
	WantedRow  *wanted;
	HeldRow    *held;
	int			nwanted = read_wanted(plan, locked, &wanted);
	int			nheld = read_held(locked, &held);
	int			n = 0;
	int			w = 0;

	*moves = palloc_extended(sizeof(Move) * Max(1, nwanted + 2 * nheld), MCXT_ALLOC_HUGE);
	for (int h = 0, end; h < nheld; h = end)
	{
		int			first;

		for (end = h + 1; end < nheld; end++)
			if (compare_line(held[end].order_id, held[end].line_no,
							 held[h].order_id, held[h].line_no) != 0)
				break;
		while (w < nwanted && compare_line(wanted[w].order_id, wanted[w].line_no,
										   held[h].order_id, held[h].line_no) < 0)
			w++;
		first = w;
		while (w < nwanted && compare_line(wanted[w].order_id, wanted[w].line_no,
										   held[h].order_id, held[h].line_no) == 0)
			w++;
		n += match_line(wanted + first, w - first, held + h, end - h, *moves + n);
	}
	qsort(*moves, n, sizeof(Move), compare_moves);
	return n == 0 ? 0 : lock_moved(*moves, n, not_moved);
}

/* attempt tries each move that has something left; the units moved. */
static int64
attempt(Move *moves, int n, OmsMoveHow how)
{
	int64		units = 0;

	for (int i = 0; i < n; i++)
	{
		int64		moved;

		if (moves[i].quantity == 0 || moves[i].to == NULL)
			continue;
		CHECK_FOR_INTERRUPTS();
		moved = oms_move_reservation(moves[i].reservation_id, moves[i].to, moves[i].quantity, how);
		moves[i].quantity -= moved;
		units += moved;
	}
	return units;
}

static Flow *
flow_at(Flow *flows, int *nflows, text *location)
{
	for (int i = 0; i < *nflows; i++)
		if (oms_text_equal(flows[i].location, location))
			return &flows[i];
	flows[*nflows] = (Flow) {
		location, 0, 0
	};
	return &flows[(*nflows)++];
}

/*
 * cut_to_circles cuts quantities, least urgent first, until the moves take at no location
 * more than they give there. The units cut off are added to *not_moved.
 */
static void
cut_to_circles(Move *moves, int n, int64 *not_moved)
{
	Flow	   *flows = palloc(sizeof(Flow) * 2 * n);
	int			nflows = 0;
	bool		changed = true;

	for (int i = 0; i < n; i++)
	{
		flow_at(flows, &nflows, moves[i].to)->in += moves[i].quantity;
		flow_at(flows, &nflows, moves[i].from)->out += moves[i].quantity;
	}
	while (changed)
	{
		changed = false;
		for (int i = n - 1; i >= 0; i--)
		{
			Flow	   *to = flow_at(flows, &nflows, moves[i].to);
			int64		cut = Min(moves[i].quantity, to->in - to->out);

			if (cut <= 0)
				continue;
			to->in -= cut;
			flow_at(flows, &nflows, moves[i].from)->out -= cut;
			moves[i].quantity -= cut;
			if (!moves[i].yields)
				*not_moved += cut;
			changed = true;
		}
	}
	pfree(flows);
}

/*
 * gather_circles collects the moves that are left. Where they take more than they give,
 * units there that may yield go to where the moves leave room. Units of protected stock
 * would leave it to its channel, and others in their place: they do not move in circles,
 * and are added to *not_moved. Returns the number of moves, at most 6 n.
 */
static int
gather_circles(const Move *moves, int n, Move *circles, int64 *not_moved)
{
	Flow	   *flows = palloc(sizeof(Flow) * 2 * n);
	int			nflows = 0;
	int			ncircles = 0;

	for (int i = 0; i < n; i++)
	{
		if (moves[i].to == NULL || moves[i].quantity == 0)
			continue;
		if (moves[i].protected)
		{
			*not_moved += moves[i].quantity;
			continue;
		}
		circles[ncircles++] = moves[i];
		flow_at(flows, &nflows, moves[i].to)->in += moves[i].quantity;
		flow_at(flows, &nflows, moves[i].from)->out += moves[i].quantity;
	}
	for (int i = 0; i < n && nflows > 0; i++)
	{
		int64		spare = moves[i].quantity;
		Flow	   *here;

		if (moves[i].to != NULL || moves[i].protected)
			continue;
		here = flows;
		while (here < flows + nflows && !oms_text_equal(here->location, moves[i].from))
			here++;
		if (here == flows + nflows)
			continue;
		for (Flow *there = flows;
			 there < flows + nflows && spare > 0 && here->in > here->out; there++)
		{
			int64		units = Min(Min(spare, here->in - here->out), there->out - there->in);

			if (units <= 0)
				continue;
			here->out += units;
			there->in += units;
			spare -= units;
			circles[ncircles] = moves[i];
			circles[ncircles].to = there->location;
			circles[ncircles].quantity = units;
			circles[ncircles++].yields = true;
		}
	}
	pfree(flows);
	return ncircles;
}

/* settle moves what can be moved of one sku, whole, then in part; the units moved. */
static int64
settle(Move *moves, int n)
{
	int64		units = 0;
	int64		moved;

	if (!moves[0].tracked)
		return attempt(moves, n, OMS_MOVE_FORCED);
	do
	{
		while ((moved = attempt(moves, n, OMS_MOVE_WHOLE)) > 0)
			units += moved;
		moved = attempt(moves, n, OMS_MOVE_PARTIAL);
		units += moved;
	} while (moved > 0);
	return units;
}

/*
 * circles_of cuts what is left of the moves of one sku to circles, in *circles; returns
 * their number. The units cut off are added to *not_moved.
 */
static int
circles_of(Move *moves, int n, Move **circles, int64 *not_moved)
{
	int			ncircles;

	*circles = palloc_extended(sizeof(Move) * 6 * n, MCXT_ALLOC_HUGE);
	ncircles = gather_circles(moves, n, *circles, not_moved);
	if (ncircles > 0)
		cut_to_circles(*circles, ncircles, not_moved);
	return ncircles;
}

/* end_of_sku is the end of the moves that are of one sku from first on. */
static int
end_of_sku(const Move *moves, int first, int n)
{
	int			end = first + 1;

	while (end < n && oms_text_equal(moves[end].sku, moves[first].sku))
		end++;
	return end;
}

static int
compare_kits(const void *a, const void *b)
{
	const Move *x = a;
	const Move *y = b;

	if (x->rank != y->rank)
		return x->rank < y->rank ? -1 : 1;
	if (x->reservation_id != y->reservation_id)
		return x->reservation_id < y->reservation_id ? -1 : 1;
	return oms_text_compare(x->sku, y->sku);
}

/*
 * take_out_kits moves the components of kits from moves to *kits, most urgent first; *n is
 * what is left. A kit of which not all components move as one is left where it is.
 */
static int
take_out_kits(Move *moves, int *n, KitMove **kits, int64 *not_moved)
{
	Move	   *components = palloc_extended(sizeof(Move) * Max(1, *n), MCXT_ALLOC_HUGE);
	int			ncomponents = 0;
	int			left = 0;
	int			nkits = 0;

	for (int i = 0; i < *n; i++)
		if (moves[i].kit_quantity == 0)
			moves[left++] = moves[i];
		else if (moves[i].to != NULL)
			components[ncomponents++] = moves[i];
	*n = left;
	qsort(components, ncomponents, sizeof(Move), compare_kits);
	*kits = palloc_extended(sizeof(KitMove) * Max(1, ncomponents), MCXT_ALLOC_HUGE);
	for (int first = 0, end; first < ncomponents; first = end)
	{
		Move	   *one = &components[first];
		bool		whole = true;

		for (end = first; end < ncomponents && components[end].reservation_id == one->reservation_id; end++)
			whole = whole && oms_text_equal(components[end].to, one->to) &&
				components[end].quantity == components[end].outstanding;
		if (whole && end - first == one->components)
		{
			for (int i = first; i < end; i++)
				components[i].kit = nkits;
			(*kits)[nkits++] = (KitMove) {
				one, end - first, palloc(sizeof(bool) * (end - first))
			};
		}
		else
			for (int i = first; i < end; i++)
				*not_moved += components[i].quantity;
	}
	return nkits;
}

/* kit_units is the number of units of all components of a kit's reservation. */
static int64
kit_units(const KitMove *kit)
{
	int64		units = 0;

	for (int c = 0; c < kit->ncomponents; c++)
		units += kit->components[c].quantity;
	return units;
}

/* kits_left is the number of kits that have not moved. */
static int
kits_left(const KitMove *kits, int nkits)
{
	int			left = 0;

	for (int k = 0; k < nkits; k++)
		left += !kits[k].moved;
	return left;
}

/* attempt_kits tries each kit that has not moved; the units moved. */
static int64
attempt_kits(KitMove *kits, int nkits)
{
	int64		units = 0;

	for (int k = 0; k < nkits; k++)
	{
		Move	   *one = kits[k].components;

		if (kits[k].moved)
			continue;
		CHECK_FOR_INTERRUPTS();
		kits[k].moved = oms_move_reservation(one->reservation_id, one->to,
											 one->quantity / one->kit_quantity, OMS_MOVE_WHOLE) > 0;
		if (kits[k].moved)
			units += kit_units(&kits[k]);
	}
	return units;
}

/*
 * gather_all collects the moves that are left, and the components of kits that are to move
 * in circles, by sku; returns their number.
 */
static int
gather_all(const Move *moves, int n, const KitMove *kits, int nkits, Move *all)
{
	memcpy(all, moves, sizeof(Move) * n);
	for (int k = 0; k < nkits; k++)
		for (int c = 0; !kits[k].moved && !kits[k].stays && c < kits[k].ncomponents; c++)
			if (kits[k].in_circle[c])
				all[n++] = kits[k].components[c];
	qsort(all, n, sizeof(Move), compare_moves);
	return n;
}

/*
 * find_circles finds out which components of the kits that are left move in circles. A kit
 * of which none does, or if strict not every one, stays.
 */
static void
find_circles(const Move *moves, int n, KitMove *kits, int nkits, bool strict, Move *all)
{
	bool		changed;

	for (int k = 0; k < nkits; k++)
	{
		kits[k].stays = kits[k].components[0].consumed;
		for (int c = 0; c < kits[k].ncomponents; c++)
			kits[k].in_circle[c] = kits[k].components[c].tracked && !kits[k].components[c].protected;
	}
	do
	{
		int			nall = gather_all(moves, n, kits, nkits, all);

		changed = false;
		for (int first = 0, end; first < nall; first = end)
		{
			Move	   *circles;
			int64		cut = 0;
			int			ncircles;

			end = end_of_sku(all, first, nall);
			ncircles = circles_of(all + first, end - first, &circles, &cut);
			for (int i = 0; i < ncircles; i++)
				if (circles[i].kit >= 0 && circles[i].quantity < circles[i].total)
				{
					KitMove    *kit = &kits[circles[i].kit];

					kit->stays = kit->stays || strict;
					for (int c = 0; c < kit->ncomponents; c++)
						if (oms_text_equal(kit->components[c].sku, circles[i].sku))
							kit->in_circle[c] = false;
					changed = true;
				}
			pfree(circles);
		}
	} while (changed);
	for (int k = 0; k < nkits; k++)
	{
		bool		any = false;

		for (int c = 0; c < kits[k].ncomponents; c++)
			any = any || kits[k].in_circle[c];
		if (!any)
			kits[k].stays = true;
	}
}

/*
 * move_kits moves the kits that are left, in circles as far as their components are; true
 * when all moved. Else all are where they were.
 */
static bool
move_kits(KitMove *kits, int nkits)
{
	for (int k = 0; k < nkits; k++)
	{
		Move	   *one = kits[k].components;

		if (kits[k].moved || kits[k].stays)
			continue;
		CHECK_FOR_INTERRUPTS();
		if (oms_move_kit(one->reservation_id, one->to, one->quantity / one->kit_quantity,
						 kits[k].in_circle))
			continue;
		while (--k >= 0)
		{
			one = kits[k].components;
			if (!kits[k].moved && !kits[k].stays &&
				oms_move_reservation(one->reservation_id, one->from, one->quantity / one->kit_quantity,
									 OMS_MOVE_FORCED) == 0)
				elog(ERROR, "reservation %lld, which we moved, did not move back",
					 (long long) one->reservation_id);
		}
		return false;
	}
	return true;
}

/* move_in_circles moves what is left in circles, kits included; the units moved. */
static int64
move_in_circles(const Move *moves, int n, KitMove *kits, int nkits, int64 *not_moved)
{
	int			max = n;
	int64		units = 0;
	Move	   *all;
	int			nall;

	for (int k = 0; k < nkits; k++)
		max += kits[k].ncomponents;
	all = palloc_extended(sizeof(Move) * Max(1, max), MCXT_ALLOC_HUGE);
	find_circles(moves, n, kits, nkits, false, all);
	if (!move_kits(kits, nkits))
	{
		find_circles(moves, n, kits, nkits, true, all);
		if (!move_kits(kits, nkits))	/* an untracked component was excluded meanwhile */
			for (int k = 0; k < nkits; k++)
				kits[k].stays = true;
	}

	nall = gather_all(moves, n, kits, nkits, all);
	for (int first = 0, end; first < nall; first = end)
	{
		Move	   *circles;
		int			ncircles;
		int			nplain = 0;

		end = end_of_sku(all, first, nall);
		if (!all[first].tracked)
			continue;
		ncircles = circles_of(all + first, end - first, &circles, not_moved);
		for (int i = 0; i < ncircles; i++)
			if (circles[i].kit < 0)
				circles[nplain++] = circles[i];
		units += attempt(circles, nplain, OMS_MOVE_FORCED);
		pfree(circles);
	}
	for (int k = 0; k < nkits; k++)
		if (!kits[k].moved && kits[k].stays)
			*not_moved += kit_units(&kits[k]);
		else if (!kits[k].moved)
			units += kit_units(&kits[k]);
	pfree(all);
	return units;
}

/* oms_route_apply_moves moves what the plan wants elsewhere; the units moved and not moved. */
void
oms_route_apply_moves(const RoutePlan *plan, Datum locked, int64 *moved, int64 *not_moved)
{
	Move	   *moves;
	KitMove    *kits;
	int			n = find_moves(plan, locked, &moves, not_moved);
	int			nkits = take_out_kits(moves, &n, &kits, not_moved);
	int			left;
	int			before;

	oms_progress_phase(OMS_PHASE_MOVE, n + nkits);
	do
	{
		for (int first = 0, end; first < n; first = end)
		{
			end = end_of_sku(moves, first, n);
			oms_progress_done(first);
			*moved += settle(moves + first, end - first);
		}
		before = kits_left(kits, nkits);
		*moved += attempt_kits(kits, nkits);
		left = kits_left(kits, nkits);
	} while (left > 0 && (before - left) * 4 >= before);
	*moved += move_in_circles(moves, n, kits, nkits, not_moved);
}
