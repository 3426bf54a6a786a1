/*
 * projection.c
 *		What a channel may sell at a later moment: ATP with incoming supply, and its
 *		timeline.
 *
 *		projected(sku, location, t) = min over u >= t of
 *			available + incoming dated up to u - backorders dated up to u
 *
 * A backorder that is promised claims named rows of incoming supply (reservation/claim.c),
 * so it is dated by them, whatever date was asked for: nobody else is promised those units
 * on any day. A row counts with what is not claimed of it, at its moment, which is never
 * negative, so that the minimum is taken at t. A backorder that claims nothing has no
 * supply to be taken from it: had there been any, it would have claimed it. Safety stock
 * is withheld at t, its percent of what is then on hand: on hand now + incoming up to t.
 *
 * Supply that is overdue counts for nothing (stock/incoming.c): so the ATP of now, and of
 * any moment that has passed, has nothing incoming in it.
 *
 * Reads incoming_row and its accounts, location, location_group_member. No locks.
 */
#include "postgres.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "common/int.h"
#include "funcapi.h"
#include "utils/array.h"
#include "utils/timestamp.h"

#include "availability/projection.h"

PG_FUNCTION_INFO_V1(oms_projection);

/* Units that come to a location at a moment. */
typedef struct Event
{
	int			sku;			/* index into the skus asked for */
	text	   *location;
	int			sequence;		/* in the group */
	TimestampTz at;
	int64		outstanding;
	int64		unclaimed;
} Event;

static OmsPlan select_events = {
	"SELECT u.n::pg_catalog.int4, o.location, m.sequence, o.expected_at, o.outstanding, "
	"o.outstanding OPERATOR(pg_catalog.-) o.claimed "
	"FROM pg_catalog.unnest($3) WITH ORDINALITY AS u (sku, n) "
	"CROSS JOIN LATERAL (SELECT v.* FROM oms.incoming_open v WHERE v.sku OPERATOR(pg_catalog.=) u.sku "
	"AND v.expected_at OPERATOR(pg_catalog.>) pg_catalog.clock_timestamp() "
	"AND v.expected_at OPERATOR(pg_catalog.<=) $4 OFFSET 0) o "
	"JOIN oms.location_group_member m ON m.location OPERATOR(pg_catalog.=) o.location "
	"AND m.location_group OPERATOR(pg_catalog.=) $1 "
	"JOIN oms.location l ON l.location OPERATOR(pg_catalog.=) o.location "
	"AND l.status OPERATOR(pg_catalog.=) 'active' "
	"AND CASE WHEN $2 THEN l.can_pickup ELSE l.can_ship END "
	"ORDER BY o.expected_at, u.n, m.sequence",
	4, {"pg_catalog.text", "pg_catalog.bool", "pg_catalog._text", "pg_catalog.timestamptz"}
};

/* read_events reads what comes to the channel's open locations up to a moment, in that order. */
static int
read_events(const OmsChannel *channel, OmsMethod method, int n, text **skus, TimestampTz at,
			bool latest, Event **events)
{
	MemoryContext caller = CurrentMemoryContext;
	Datum	   *elements = palloc(sizeof(Datum) * Max(1, n));
	Datum		values[4];
	uint64		rows;

	*events = NULL;
	if (!channel->active || channel->group[method] == NULL)
		return 0;
	for (int i = 0; i < n; i++)
		elements[i] = PointerGetDatum(skus[i]);
	values[0] = PointerGetDatum(channel->group[method]);
	values[1] = BoolGetDatum(method == OMS_PICKUP);
	values[2] = PointerGetDatum(construct_array(elements, n, TEXTOID, -1, false, TYPALIGN_INT));
	values[3] = TimestampTzGetDatum(at);
	oms_spi_connect();
	rows = latest ? oms_spi_execute_latest(&select_events, values, NULL) :
		oms_spi_execute(&select_events, values, NULL, true);
	*events = MemoryContextAllocHuge(caller, sizeof(Event) * Max(1, rows));
	for (uint64 row = 0; row < rows; row++)
	{
		Event	   *event = &(*events)[row];
		MemoryContext spi = MemoryContextSwitchTo(caller);
		bool		isnull;

		event->sku = DatumGetInt32(oms_spi_value(row, 1, &isnull)) - 1;
		event->location = DatumGetTextPCopy(oms_spi_value(row, 2, &isnull));
		event->sequence = DatumGetInt32(oms_spi_value(row, 3, &isnull));
		event->at = DatumGetTimestampTz(oms_spi_value(row, 4, &isnull));
		event->outstanding = oms_spi_int64(row, 5);
		event->unclaimed = Max(0, oms_spi_int64(row, 6));
		MemoryContextSwitchTo(spi);
	}
	oms_spi_finish();
	return rows;
}

/* By sku, then by the group's sequence: the order of oms_cells. */
static int
compare_cells(const void *a, const void *b)
{
	const OmsCell *x = a;
	const OmsCell *y = b;

	if (x->sku != y->sku)
		return x->sku < y->sku ? -1 : 1;
	if (x->sequence != y->sequence)
		return x->sequence < y->sequence ? -1 : 1;
	return strcmp(text_to_cstring(x->location), text_to_cstring(y->location));
}

/* apply adds the units of an event to its cell, or to a new one, for which there is room. */
static void
apply(const OmsChannel *channel, const Event *event, int *ncells, OmsCell *cells)
{
	OmsCell    *cell = NULL;
	int64		available;

	for (int i = 0; i < *ncells && cell == NULL; i++)
		if (cells[i].sku == event->sku && oms_text_equal(cells[i].location, event->location))
			cell = &cells[i];
	if (cell == NULL)
	{
		cell = &cells[(*ncells)++];
		memset(cell, 0, sizeof(OmsCell));
		cell->sku = event->sku;
		cell->location = event->location;
		cell->sequence = event->sequence;
		cell->distance_km = INFINITY;
	}
	/* What is claimed of it will be reserved when it is there. */
	if (pg_add_s64_overflow(cell->on_hand, event->outstanding, &cell->on_hand) ||
		pg_add_s64_overflow(cell->reserved, event->outstanding - event->unclaimed, &cell->reserved))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("what is on hand and incoming adds up beyond bigint")));
	available = cell->on_hand - cell->reserved + cell->expired;
	cell->safety_stock = oms_safety_stock_withheld(&channel->safety, cell->on_hand);
	cell->free = available > cell->safety_stock ? available - cell->safety_stock : 0;
}

/* make_room gives cells room for one more an event. */
static void
make_room(int ncells, int nevents, OmsCell **cells)
{
	OmsCell    *larger = palloc_extended(sizeof(OmsCell) * Max(1, ncells + nevents), MCXT_ALLOC_HUGE);

	if (ncells > 0)
		memcpy(larger, *cells, sizeof(OmsCell) * ncells);
	*cells = larger;
}

/*
 * oms_project turns cells of now, as oms_cells read them for these skus, into those of a
 * moment: on_hand with what will have come, reserved with what is claimed of that, and what
 * is free. Locations that will carry a sku then are added. latest as for oms_cells.
 */
void
oms_project(const OmsChannel *channel, OmsMethod method, int n, text **skus, TimestampTz at,
			bool latest, int *ncells, OmsCell **cells)
{
	Event	   *events;
	int			nevents = read_events(channel, method, n, skus, at, latest, &events);

	if (nevents == 0)
		return;
	make_room(*ncells, nevents, cells);
	for (int i = 0; i < nevents; i++)
		apply(channel, &events[i], ncells, *cells);
	qsort(*cells, *ncells, sizeof(OmsCell), compare_cells);
}

/* put_moment puts a row of the timeline. */
static void
put_moment(ReturnSetInfo *result, const OmsChannel *channel, OmsMethod method, const OmsItem *item,
		   TimestampTz at, int64 incoming, int64 backordered, int ncells, const OmsCell *cells)
{
	Datum		values[5];
	bool		nulls[5] = {0};
	int64		projected = 0;

	for (int i = 0; i < ncells; i++)
		projected += cells[i].on_hand - cells[i].reserved + cells[i].expired;
	values[0] = TimestampTzGetDatum(at);
	values[1] = Int64GetDatum(incoming);
	values[2] = Int64GetDatum(backordered);
	values[3] = Int64GetDatum(projected);
	values[4] = Int64GetDatum(oms_atp_of(channel, method, item, 0, ncells, cells));
	tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
}

/*
 * oms_projection(channel, sku, method): a row (at, incoming, backordered, projected, atp)
 * for now and for each moment at which something comes. OM004 unknown channel or sku.
 */
Datum
oms_projection(PG_FUNCTION_ARGS)
{
	OmsChannel *channel = oms_channel(oms_arg_key(fcinfo, 0, "channel"));
	text	   *sku = oms_arg_key(fcinfo, 1, "sku");
	OmsMethod	method = oms_arg_method(fcinfo, 2);
	OmsItem    *item = oms_items(1, &sku);
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	Event	   *events;
	OmsCell    *cells;
	int			ncells;
	int			nevents;

	if (!item->known)
		oms_raise_unknown_sku(sku);
	InitMaterializedSRF(fcinfo, 0);
	ncells = oms_cells(channel, method, 1, &sku, NULL, false, &cells);
	nevents = read_events(channel, method, 1, &sku, DT_NOEND, false, &events);
	make_room(ncells, nevents, &cells);
	put_moment(result, channel, method, item, GetCurrentTimestamp(), 0, 0, ncells, cells);
	for (int e = 0; e < nevents;)
	{
		TimestampTz at = events[e].at;
		int64		incoming = 0;
		int64		backordered = 0;

		for (; e < nevents && events[e].at == at; e++)
		{
			apply(channel, &events[e], &ncells, cells);
			incoming += events[e].outstanding;
			backordered += events[e].outstanding - events[e].unclaimed;
		}
		put_moment(result, channel, method, item, at, incoming, backordered, ncells, cells);
	}
	return (Datum) 0;
}
