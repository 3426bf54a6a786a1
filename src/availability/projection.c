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
 * is that of the rules in force at t, its percent of what is then on hand: on hand now and
 * incoming up to t; protected is what has not lapsed by t.
 *
 * Supply that is overdue counts for nothing (stock/incoming.c): so the ATP of now, and of
 * any moment that has passed, has nothing incoming in it.
 *
 * Reads incoming_row and its accounts, and the network. No locks.
 */
#include "postgres.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "common/int.h"
#include "funcapi.h"
#include "utils/array.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

#include "availability/projection.h"
#include "stock/stock.h"

PG_FUNCTION_INFO_V1(oms_projection);

/* Units that come to a location at a moment. */
typedef struct Event
{
	int			sku;			/* index into the skus asked for */
	const OmsLocation *place;
	int			sequence;		/* in the group */
	TimestampTz at;
	int64		outstanding;
	int64		unclaimed;
} Event;

/* OFFSET 0 keeps the sku inside the view, where it reaches the indexes. */
static OmsPlan select_events = {
	"SELECT u.n::pg_catalog.int4, o.location, o.expected_at, o.outstanding, "
	"o.outstanding OPERATOR(pg_catalog.-) o.claimed "
	"FROM pg_catalog.unnest($1) WITH ORDINALITY AS u (sku, n) "
	"CROSS JOIN LATERAL (SELECT v.* FROM oms.incoming_open v WHERE v.sku OPERATOR(pg_catalog.=) u.sku "
	"AND v.expected_at OPERATOR(pg_catalog.>) pg_catalog.clock_timestamp() "
	"AND v.expected_at OPERATOR(pg_catalog.<=) $2 OFFSET 0) o "
	"ORDER BY o.expected_at, u.n, o.location",
	2, {"pg_catalog._text", "pg_catalog.timestamptz"}
};

/* sequence_of is the place of a location in a group. */
static int
sequence_of(const OmsGroup *group, int location)
{
	for (int i = 0; i < group->nmembers; i++)
		if (group->members[i].location == location)
			return group->members[i].sequence;
	return 0;
}

/* read_events reads what comes to the channel's open locations up to a moment, in that order. */
static int
read_events(const OmsChannel *channel, OmsMethod method, int n, const OmsItem *const *items,
			TimestampTz at, bool latest, Event **events)
{
	MemoryContext caller = CurrentMemoryContext;
	Datum	   *elements = palloc(sizeof(Datum) * Max(1, n));
	Datum		values[2];
	uint64		rows;
	int			nevents = 0;

	*events = NULL;
	if (!channel->active || channel->group[method] == NULL)
		return 0;
	for (int i = 0; i < n; i++)
		elements[i] = PointerGetDatum(items[i]->sku);
	values[0] = PointerGetDatum(construct_array(elements, n, TEXTOID, -1, false, TYPALIGN_INT));
	values[1] = TimestampTzGetDatum(at);
	oms_spi_connect();
	rows = latest ? oms_spi_execute_latest(&select_events, values, NULL) :
		oms_spi_execute(&select_events, values, NULL, true);
	*events = MemoryContextAllocHuge(caller, sizeof(Event) * Max(1, rows));
	for (uint64 row = 0; row < rows; row++)
	{
		Event	   *event = &(*events)[nevents];
		bool		isnull;
		text	   *location = DatumGetTextPP(oms_spi_value(row, 2, &isnull));
		int			place = oms_network_location(channel->network, location);

		if (!oms_location_open(channel, method, location))
			continue;
		nevents++;
		event->sku = DatumGetInt32(oms_spi_value(row, 1, &isnull)) - 1;
		event->place = &channel->network->locations[place];
		event->sequence = sequence_of(channel->group[method], place);
		event->at = DatumGetTimestampTz(oms_spi_value(row, 3, &isnull));
		event->outstanding = oms_spi_int64(row, 4);
		event->unclaimed = Max(0, oms_spi_int64(row, 5));
	}
	oms_spi_finish();
	return nevents;
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
	return oms_text_compare(x->location, y->location);
}

/* add_event adds the units of an event to its cell, or to a new one, for which there is room. */
static void
add_event(const Event *event, int *ncells, OmsCell *cells)
{
	OmsCell    *cell = NULL;

	for (int i = 0; i < *ncells && cell == NULL; i++)
		if (cells[i].sku == event->sku && cells[i].place == event->place)
			cell = &cells[i];
	if (cell == NULL)
	{
		cell = &cells[(*ncells)++];
		memset(cell, 0, sizeof(OmsCell));
		cell->sku = event->sku;
		cell->place = event->place;
		cell->location = event->place->location;
		cell->sequence = event->sequence;
		cell->distance_km = INFINITY;
		cell->open = cell->carried = true;
	}
	/* What is claimed of it will be reserved when it is there. */
	if (pg_add_s64_overflow(cell->on_hand, event->outstanding, &cell->on_hand) ||
		pg_add_s64_overflow(cell->reserved, event->outstanding - event->unclaimed, &cell->reserved))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("what is on hand and incoming adds up beyond bigint")));
}

/* withhold sets what the cells withhold at a moment, and what is free. latest as for oms_cells. */
static void
withhold(const OmsChannel *channel, OmsMethod method, const OmsItem *const *items, TimestampTz at,
		 bool latest, int ncells, OmsCell *cells)
{
	Snapshot	snapshot = RegisterSnapshot(latest ? GetLatestSnapshot() : GetActiveSnapshot());
	OmsProtections *protections = oms_protections_open(snapshot, at);

	for (int i = 0; i < ncells;)
	{
		int			sku = cells[i].sku;
		OmsRules	rules;

		oms_protections_read(protections, items[sku]->sku);
		oms_rules_find(channel, method, items[sku], at, &rules);
		for (; i < ncells && cells[i].sku == sku; i++)
			oms_cell_withhold(&cells[i], channel, items[sku],
							  oms_rule_at(&rules, cells[i].place - channel->network->locations),
							  oms_protected_for_others(protections, cells[i].location,
													   channel->channel));
		if (rules.rules != NULL)
			pfree(rules.rules);
	}
	oms_protections_close(protections);
	UnregisterSnapshot(snapshot);
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
 * oms_project turns cells of now, as oms_cells read them for these items, into those of a
 * moment: on_hand with what will have come, reserved with what is claimed of that, what is
 * withheld then and what is free. Locations that will carry a sku then are added. A moment
 * that has passed is now. latest as for oms_cells.
 */
void
oms_project(const OmsChannel *channel, OmsMethod method, int n, const OmsItem *const *items,
			TimestampTz at, bool latest, int *ncells, OmsCell **cells)
{
	TimestampTz now = GetCurrentTimestamp();
	Event	   *events;
	int			nevents;

	if (at <= now)
		return;
	nevents = read_events(channel, method, n, items, at, latest, &events);
	make_room(*ncells, nevents, cells);
	for (int i = 0; i < nevents; i++)
		add_event(&events[i], ncells, *cells);
	qsort(*cells, *ncells, sizeof(OmsCell), compare_cells);
	withhold(channel, method, items, at, latest, *ncells, *cells);
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
	values[4] = Int64GetDatum(Min(oms_atp_of(channel, method, item, 0, ncells, cells),
								  oms_quota_left(channel, item->sku, GetActiveSnapshot())));
	tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
}

/*
 * oms_projection(channel, sku, method): a row (at, incoming, backordered, projected, atp)
 * for now and for each moment at which something comes. OM004 unknown channel or sku.
 */
Datum
oms_projection(PG_FUNCTION_ARGS)
{
	const OmsChannel *channel = oms_channel(oms_arg_key(fcinfo, 0, "channel"));
	text	   *sku = oms_arg_key(fcinfo, 1, "sku");
	OmsMethod	method = oms_arg_method(fcinfo, 2);
	const OmsItem *item = oms_items(1, &sku);
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	Event	   *events;
	OmsCell    *cells;
	int			ncells;
	int			nevents;

	if (!item->known)
		oms_raise_unknown_sku(sku);
	InitMaterializedSRF(fcinfo, 0);
	ncells = oms_cells(channel, method, 1, &item, NULL, false, &cells);
	nevents = read_events(channel, method, 1, &item, DT_NOEND, false, &events);
	make_room(ncells, nevents, &cells);
	put_moment(result, channel, method, item, GetCurrentTimestamp(), 0, 0, ncells, cells);
	for (int e = 0; e < nevents;)
	{
		TimestampTz at = events[e].at;
		int64		incoming = 0;
		int64		backordered = 0;

		for (; e < nevents && events[e].at == at; e++)
		{
			add_event(&events[e], &ncells, cells);
			incoming += events[e].outstanding;
			backordered += events[e].outstanding - events[e].unclaimed;
		}
		withhold(channel, method, &item, at, false, ncells, cells);
		put_moment(result, channel, method, item, at, incoming, backordered, ncells, cells);
	}
	return (Datum) 0;
}
