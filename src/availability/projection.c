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
 * oms_cells_at (availability.c) adds what is read here to the cells.
 *
 * Reads incoming_row and its accounts. No locks.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "funcapi.h"
#include "utils/array.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

#include "availability/availability.h"
#include "stock/stock.h"

PG_FUNCTION_INFO_V1(oms_projection);

/* OFFSET 0 keeps the sku inside the view, where it reaches the indexes. */
static OmsPlan select_incoming = {
	"SELECT u.n::pg_catalog.int4, o.location, o.expected_at, o.outstanding, "
	"o.outstanding OPERATOR(pg_catalog.-) o.claimed "
	"FROM pg_catalog.unnest($1) WITH ORDINALITY AS u (sku, n) "
	"CROSS JOIN LATERAL (SELECT v.* FROM oms.incoming_open v WHERE v.sku OPERATOR(pg_catalog.=) u.sku "
	"AND v.expected_at OPERATOR(pg_catalog.>) pg_catalog.clock_timestamp() "
	"AND v.expected_at OPERATOR(pg_catalog.<=) $2 OFFSET 0) o "
	"ORDER BY u.n, o.location, o.expected_at",
	2, {"pg_catalog._text", "pg_catalog.timestamptz"}
};

/*
 * oms_incoming_read reads what comes of n skus up to a moment, anywhere, by sku, then by
 * location, and returns how many there are; of what the caller's query sees or, with latest,
 * of what is committed now.
 */
int
oms_incoming_read(int n, const OmsItem *const *items, TimestampTz at, bool latest,
				  OmsIncoming **incoming)
{
	MemoryContext caller = CurrentMemoryContext;
	Datum	   *elements = palloc(sizeof(Datum) * Max(1, n));
	Datum		values[2];
	uint64		rows;

	for (int i = 0; i < n; i++)
		elements[i] = PointerGetDatum(items[i]->sku);
	values[0] = oms_text_array(n, elements);
	values[1] = TimestampTzGetDatum(at);
	oms_spi_connect();
	rows = latest ? oms_spi_execute_latest(&select_incoming, values, NULL) :
		oms_spi_execute(&select_incoming, values, NULL, true);
	*incoming = MemoryContextAllocHuge(caller, sizeof(OmsIncoming) * Max(1, rows));
	for (uint64 row = 0; row < rows; row++)
	{
		OmsIncoming *one = &(*incoming)[row];
		MemoryContext spi = MemoryContextSwitchTo(caller);
		bool		isnull;

		one->sku = DatumGetInt32(oms_spi_value(row, 1, &isnull)) - 1;
		one->location = DatumGetTextPCopy(oms_spi_value(row, 2, &isnull));
		one->at = DatumGetTimestampTz(oms_spi_value(row, 3, &isnull));
		one->outstanding = oms_spi_int64(row, 4);
		one->unclaimed = Max(0, oms_spi_int64(row, 5));
		MemoryContextSwitchTo(spi);
	}
	oms_spi_finish();
	return rows;
}

static int
compare_moments(const void *a, const void *b)
{
	const OmsIncoming *x = a;
	const OmsIncoming *y = b;

	return x->at < y->at ? -1 : x->at > y->at;
}

/* put_moment puts a row of the timeline. */
static void
put_moment(ReturnSetInfo *result, const OmsChannel *channel, OmsMethod method, const OmsItem *item,
		   TimestampTz at, int64 incoming, int64 backordered)
{
	OmsCell    *cells;
	int			ncells = oms_cells_at(channel, method, 1, &item, NULL, at, false, &cells);
	Datum		values[5];
	bool		nulls[5] = {0};
	int64		projected = 0;

	for (int i = 0; i < ncells; i++)
		projected += cells[i].on_hand - cells[i].reserved + cells[i].expired;
	values[0] = TimestampTzGetDatum(at);
	values[1] = Int64GetDatum(incoming);
	values[2] = Int64GetDatum(backordered);
	values[3] = Int64GetDatum(projected);
	values[4] = Int64GetDatum(Min(oms_atp_at(channel, method, item, 0, ncells, cells, at),
								  oms_quota_left(channel, item->sku, GetActiveSnapshot())));
	tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
}

/*
 * oms_projection(channel, sku, method): a row (at, incoming, backordered, projected, atp)
 * for now and for each moment at which something comes to a location that is open to the
 * channel. OM004 unknown channel or sku.
 */
Datum
oms_projection(PG_FUNCTION_ARGS)
{
	const OmsChannel *channel = oms_channel(oms_arg_key(fcinfo, 0, "channel"));
	text	   *sku = oms_arg_key(fcinfo, 1, "sku");
	OmsMethod	method = oms_arg_method(fcinfo, 2);
	const OmsItem *item = oms_items(1, &sku);
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	OmsIncoming *all;
	int			n;

	if (!item->known)
		oms_raise_unknown_sku(sku);
	InitMaterializedSRF(fcinfo, 0);
	put_moment(result, channel, method, item, GetCurrentTimestamp(), 0, 0);
	n = oms_incoming_read(1, &item, DT_NOEND, false, &all);
	qsort(all, n, sizeof(OmsIncoming), compare_moments);
	for (int i = 0; i < n;)
	{
		TimestampTz at = all[i].at;
		int64		incoming = 0;
		int64		backordered = 0;
		bool		any = false;

		for (; i < n && all[i].at == at; i++)
		{
			if (!oms_location_open(channel, method, all[i].location))
				continue;
			any = true;
			incoming += all[i].outstanding;
			backordered += all[i].outstanding - all[i].unclaimed;
		}
		if (any)
			put_moment(result, channel, method, item, at, incoming, backordered);
	}
	return (Datum) 0;
}
