/*
 * availability.c
 *		What a channel may sell: ATP now, for one sku or many, and by location.
 *
 * One reading, oms_cells, answers the page and is what reserve chooses locations by:
 *
 *		free(sku, location) = max(0, available - withheld(safety stock, on_hand)
 *			- protected for other channels)
 *		ATP = min(quota left, max(0, sum of free over the group's open locations - buffer))
 *
 * available is exact in the snapshot of the query, and counts expired holds as free. Of a
 * later moment it is what will be there with what is incoming (projection.c), under the rules,
 * protections and exclusions that are in force then.
 * A location is open when it is active and may do what the method needs. Which safety
 * stock holds is rules.c's; the network is the session's, exact in the same snapshot.
 *
 * A kit at a location is as many whole kits as its scarcest component makes there, each
 * component above its own safety stock. Of the rules for the kit itself only one that
 * excludes it counts. The buffer is taken once, from the sku that is sold: the kit's ATP
 * is before that of its components, and theirs before the kit's.
 *
 * A sku's accounts, deltas and live holds are found by three index scans, each in the
 * order of locations, and merged with the group's members in memory.
 *
 * A location that is excluded for a time (location_exclusion) has nothing free.
 *
 * Reads item, stock_account, stock_delta, reservation_row, location_exclusion and what is
 * protected. No locks but AccessShareLock.
 */
#include "postgres.h"

#include <math.h>

#include "access/heapam.h"
#include "access/tableam.h"
#include "access/xact.h"
#include "common/int.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "storage/bufmgr.h"
#include "utils/array.h"
#include "utils/fmgroids.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

#include "availability/availability.h"
#include "row.h"
#include "stock/stock.h"

PG_FUNCTION_INFO_V1(oms_available);
PG_FUNCTION_INFO_V1(oms_atp);
PG_FUNCTION_INFO_V1(oms_atp_many);
PG_FUNCTION_INFO_V1(oms_atp_by_location);

static OmsPlan select_available = {
	"SELECT i.available::pg_catalog.int8 FROM oms.inventory i "
	"WHERE i.sku OPERATOR(pg_catalog.=) $1 AND i.location OPERATOR(pg_catalog.=) $2",
	2, {"pg_catalog.text", "pg_catalog.text"}
};

/* oms_arg_method returns a method argument: ship or pickup, else 22023. */
OmsMethod
oms_arg_method(FunctionCallInfo fcinfo, int argno)
{
	char	   *method;

	oms_require_not_null(fcinfo, argno, "method");
	method = text_to_cstring(PG_GETARG_TEXT_PP(argno));
	if (strcmp(method, "ship") == 0)
		return OMS_SHIP;
	if (strcmp(method, "pickup") == 0)
		return OMS_PICKUP;
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("unknown method \"%s\"", method),
			 errhint("Methods are ship and pickup.")));
}

/* oms_method_name is the method's name in SQL. */
const char *
oms_method_name(OmsMethod method)
{
	return method == OMS_PICKUP ? "pickup" : "ship";
}

/* oms_channel is a channel of the network; OM004 when it is unknown. */
const OmsChannel *
oms_channel(const text *channel)
{
	const OmsChannel *found = oms_network_channel(oms_network(), channel);

	if (found == NULL)
		ereport(ERROR,
				(errcode(OMS_ERR_UNKNOWN_KEY),
				 errmsg("channel \"%s\" is unknown", text_to_cstring(channel)),
				 errhint("Call oms.add_channel first.")));
	return found;
}

static void
sku_key(ScanKey key, const text *sku)
{
	ScanKeyInit(key, 1, BTEqualStrategyNumber, F_TEXTEQ, PointerGetDatum(sku));
}

/* has_row says whether a table of stock has a row of the sku, by an index (NULL: any). */
static bool
has_row(const char *table, const char *index, const text *sku)
{
	OmsScan    *scan = oms_scan_open(table, index, 2, GetActiveSnapshot());
	ScanKeyData key;
	bool		found;

	sku_key(&key, sku);
	oms_scan_start(scan, 1, &key);
	found = oms_scan_next(scan);
	oms_scan_close(scan);
	return found;
}

/* read_items reads what is known of n skus, but for kits, in their order. */
static OmsItem *
read_items(int n, text **skus)
{
	OmsItem    *items = palloc0(sizeof(OmsItem) * Max(1, n));
	OmsScan    *scan = oms_scan_open("item", NULL, 1, GetActiveSnapshot());

	for (int i = 0; i < n; i++)
	{
		OmsItem    *item = &items[i];
		ScanKeyData key;
		bool		isnull;
		Datum		value;

		item->sku = skus[i];
		item->tracked = true;
		item->quantity_minimum = item->quantity_step = 1;
		item->quantity_maximum = PG_INT64_MAX;
		sku_key(&key, skus[i]);
		oms_scan_start(scan, 1, &key);
		item->known = oms_scan_next(scan);
		if (!item->known)
		{
			item->known = has_row("stock_account", NULL, skus[i]) || has_row("stock_delta", NULL, skus[i]) ||
				has_row("incoming_row", "incoming_row_open_idx", skus[i]);
			continue;
		}
		value = slot_getattr(scan->slot, 2, &isnull);
		if (ArrayGetNItems(ARR_NDIM(DatumGetArrayTypeP(value)), ARR_DIMS(DatumGetArrayTypeP(value))) > 0)
			item->ntags = oms_tags(PointerGetDatum(DatumGetArrayTypePCopy(value)), &item->tags);
		item->tracked = DatumGetBool(slot_getattr(scan->slot, 5, &isnull));
		item->quantity_minimum = DatumGetInt64(slot_getattr(scan->slot, 6, &isnull));
		value = slot_getattr(scan->slot, 7, &isnull);
		if (!isnull)
			item->quantity_maximum = DatumGetInt64(value);
		item->quantity_step = DatumGetInt64(slot_getattr(scan->slot, 8, &isnull));
	}
	oms_scan_close(scan);
	return items;
}

/* oms_items reads what is known of n skus, in their order. */
OmsItem *
oms_items(int n, text **skus)
{
	OmsItem    *items = read_items(n, skus);
	const OmsNetwork *network = oms_network();

	for (int i = 0; network->ncomponents > 0 && i < n; i++)
	{
		const OmsComponent *components;
		int			m = oms_network_kit(network, skus[i], &components);
		OmsKit	   *kit;
		text	  **names;

		if (m == 0)
			continue;
		kit = palloc(sizeof(OmsKit));
		kit->n = m;
		kit->quantities = palloc(sizeof(int64) * m);
		names = palloc(sizeof(text *) * m);
		for (int c = 0; c < m; c++)
		{
			names[c] = components[c].sku;
			kit->quantities[c] = components[c].quantity;
		}
		kit->items = read_items(m, names);
		items[i].kit = kit;
		items[i].known = true;
		items[i].tracked = false;
		for (int c = 0; c < m; c++)
			items[i].tracked = items[i].tracked || kit->items[c].tracked;
	}
	return items;
}

/* oms_raise_unknown_sku raises OM004. */
void
oms_raise_unknown_sku(text *sku)
{
	ereport(ERROR,
			(errcode(OMS_ERR_UNKNOWN_KEY),
			 errmsg("sku \"%s\" is unknown", text_to_cstring(sku)),
			 errdetail("It has neither an item nor stock at any location."),
			 errhint("Call oms.receive or oms.add_item first.")));
}

/* oms_location_open says whether the channel may use the location for the method now. */
bool
oms_location_open(const OmsChannel *channel, OmsMethod method, const text *location)
{
	int			place = oms_network_location(channel->network, location);

	return channel->active && channel->group[method] != NULL && place >= 0 &&
		bms_is_member(place, channel->group[method]->locations) &&
		channel->network->locations[place].active && channel->network->locations[place].can[method];
}

/* -------------------------------------------------------------------------
 * Cells
 * -------------------------------------------------------------------------
 */

/* Columns of location_exclusion. */
enum
{
	EXCLUSION_LOCATION = 2,
	EXCLUSION_UNTIL = 5
};

/* What is there of a sku at a member of the group. */
typedef struct Amounts
{
	bool		carried;
	int64		on_hand;
	int64		unavailable;
	int64		reserved;
	int64		expired;
	int64		incoming;
} Amounts;

/* A row of a table of stock that an index names, and the amounts that it adds to. */
typedef struct Entry
{
	ItemPointerData tid;
	int			amounts;
} Entry;

/*
 * Reads the cells of skus, chunk by chunk. The rows of a chunk are found by index, in the
 * order of skus and locations, which says to which amounts they add; then they are visited
 * page by page, since the rows of different skus at one location are often neighbours.
 */
typedef struct CellReader
{
	const OmsChannel *channel;
	const OmsGroup *group;
	OmsMethod	method;
	TimestampTz now;
	TimestampTz at;				/* the moment asked for, now or later */
	TimestampTz incoming_until; /* up to when what is incoming is read; DT_NOBEGIN: it is not */
	bool		latest;
	OmsScan    *accounts;
	OmsScan    *deltas;
	OmsScan    *holds;
	OmsScan    *exclusions;
	OmsProtections *protections;
	int			chunk;			/* skus read at once */
	Amounts    *amounts;		/* by sku of the chunk, then by member */
	int			nentries;
	int			max_entries;
	Entry	   *entries;
	OmsCell    *cells;			/* of one sku: one for each member of the group, in its sequence */
	const OmsRule **rules;		/* the rule that holds for each; NULL: none */
	bool	   *paused;			/* whether each sends nothing out for a time */
	bool	   *paused_sku;		/* the same, or nothing of the sku */
} CellReader;

/* Amounts of a chunk: some 500 kB. */
#define CHUNK_AMOUNTS 12000

static void
close_reader(CellReader *reader)
{
	oms_scan_close(reader->accounts);
	oms_scan_close(reader->deltas);
	oms_scan_close(reader->holds);
	oms_scan_close(reader->exclusions);
	oms_protections_close(reader->protections);
}

/*
 * seek is the first member by location, from k on, that is not before the location. Rows
 * come in the order of locations, mostly one for each member: it looks near k first.
 */
static int
seek(const CellReader *reader, int k, const text *location)
{
	const OmsGroup *group = reader->group;
	int			low = k;
	int			high = k;
	int			step = 1;

	while (high < group->nmembers &&
		   oms_text_compare(reader->cells[group->by_location[high]].location, location) < 0)
	{
		low = high + 1;
		high += step;
		step *= 2;
	}
	high = Min(high, group->nmembers);
	while (low < high)
	{
		int			middle = low + (high - low) / 2;

		if (oms_text_compare(reader->cells[group->by_location[middle]].location, location) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/*
 * collect adds an entry for each row that the index has of a sku at a member of the group;
 * first is where the amounts of the sku begin.
 */
static void
collect(CellReader *reader, OmsScan *scan, int nkeys, ScanKey keys, int first)
{
	int			k = 0;

	oms_scan_start(scan, nkeys, keys);
	while (k < reader->group->nmembers && oms_scan_next_entry(scan))
	{
		const text *location = oms_scan_entry_text(scan, 2);
		int			member;

		k = seek(reader, k, location);
		if (k == reader->group->nmembers)
			break;
		member = reader->group->by_location[k];
		if (!oms_text_equal(reader->cells[member].location, location))
			continue;
		if (reader->nentries == reader->max_entries)
		{
			reader->max_entries *= 2;
			reader->entries = repalloc_huge(reader->entries, sizeof(Entry) * reader->max_entries);
		}
		reader->entries[reader->nentries++] = (Entry) {
			*oms_scan_entry_tid(scan), first + member
		};
	}
}

#define ST_SORT sort_entries
#define ST_ELEMENT_TYPE Entry
#define ST_COMPARE(a, b) ItemPointerCompare(&(a)->tid, &(b)->tid)
#define ST_SCOPE static
#define ST_DEFINE
#include "lib/sort_template.h"

/* An expired hold; else a row of accounts, its amounts beginning at attno. */
static void
add_row(TupleTableSlot *slot, int attno, Amounts *amounts)
{
	if (attno == 0)
	{
		slot_getsomeattrs(slot, OMS_RESERVATION_CONSUMED);
		amounts->expired += DatumGetInt64(slot->tts_values[OMS_RESERVATION_QUANTITY - 1]) -
			DatumGetInt64(slot->tts_values[OMS_RESERVATION_CONSUMED - 1]);
		return;
	}
	slot_getsomeattrs(slot, attno + 2);
	amounts->carried = true;
	amounts->on_hand += DatumGetInt64(slot->tts_values[attno - 1]);
	amounts->unavailable += DatumGetInt64(slot->tts_values[attno]);
	amounts->reserved += DatumGetInt64(slot->tts_values[attno + 1]);
}

/*
 * visit adds up the rows of the entries, and forgets these. A place that was vacuumed and
 * used again since the index named it holds a row that the snapshot does not see.
 */
static void
visit(CellReader *reader, OmsScan *scan, int attno)
{
	TupleTableSlot *slot;

	if (reader->nentries == 0)
		return;
	sort_entries(reader->entries, reader->nentries);
	slot = MakeSingleTupleTableSlot(RelationGetDescr(scan->rel), &TTSOpsHeapTuple);
	for (int i = 0; i < reader->nentries;)
	{
		BlockNumber block = ItemPointerGetBlockNumber(&reader->entries[i].tid);
		Buffer		buffer = ReadBuffer(scan->rel, block);

		CHECK_FOR_INTERRUPTS();
		heap_page_prune_opt(scan->rel, buffer);
		LockBuffer(buffer, BUFFER_LOCK_SHARE);
		for (; i < reader->nentries && ItemPointerGetBlockNumber(&reader->entries[i].tid) == block; i++)
		{
			ItemPointerData tid = reader->entries[i].tid;
			HeapTupleData tuple;

			if (!heap_hot_search_buffer(&tid, scan->rel, buffer, scan->snapshot, &tuple, NULL, true))
				continue;
			ExecStoreHeapTuple(&tuple, slot, false);
			add_row(slot, attno, &reader->amounts[reader->entries[i].amounts]);
		}
		ExecClearTuple(slot);
		UnlockReleaseBuffer(buffer);
	}
	ExecDropSingleTupleTableSlot(slot);
	reader->nentries = 0;
}

/*
 * mark_paused sets paused for the members that send out nothing of a sku for a time, or
 * nothing at all when sku is NULL.
 */
static void
mark_paused(CellReader *reader, const text *sku, bool *paused)
{
	ScanKeyData key;
	int			k = 0;

	if (sku != NULL)
		sku_key(&key, sku);
	else
		ScanKeyEntryInitialize(&key, SK_ISNULL | SK_SEARCHNULL, 1, InvalidStrategy, InvalidOid,
							   InvalidOid, InvalidOid, (Datum) 0);
	oms_scan_start(reader->exclusions, 1, &key);
	while (k < reader->group->nmembers && oms_scan_next(reader->exclusions))
	{
		TupleTableSlot *slot = reader->exclusions->slot;
		const text *location;
		int			member;

		slot_getsomeattrs(slot, EXCLUSION_UNTIL);
		location = DatumGetTextPP(slot->tts_values[EXCLUSION_LOCATION - 1]);
		k = seek(reader, k, location);
		if (k == reader->group->nmembers)
			break;
		member = reader->group->by_location[k];
		if (oms_text_equal(reader->cells[member].location, location) &&
			DatumGetTimestampTz(slot->tts_values[EXCLUSION_UNTIL - 1]) > reader->at)
			paused[member] = true;
	}
}

/*
 * end_of_time is the end of the year 9999, the last moment that anything is asked for: what
 * holds until infinity holds then, whatever else has an end has ended.
 */
static TimestampTz
end_of_time(void)
{
	return (date2j(10000, 1, 1) - POSTGRES_EPOCH_JDATE) * USECS_PER_DAY - 1;
}

static void
open_reader(CellReader *reader, const OmsChannel *channel, OmsMethod method, int nskus,
			const OmsLatLon *ship_to, TimestampTz at, Snapshot snapshot)
{
	const OmsGroup *group = channel->group[method];
	int			n = Max(1, group->nmembers);

	memset(reader, 0, sizeof(*reader));
	reader->channel = channel;
	reader->group = group;
	reader->method = method;
	reader->now = GetCurrentTimestamp();
	reader->at = Min(Max(at, reader->now), end_of_time());
	reader->incoming_until = at > reader->now ? reader->at : DT_NOBEGIN;
	reader->accounts = oms_scan_open("stock_account", NULL, 2, snapshot);
	reader->deltas = oms_scan_open("stock_delta", NULL, 2, snapshot);
	reader->holds = oms_scan_open("reservation_row", "reservation_row_hold_idx", 3, snapshot);
	reader->exclusions = oms_scan_open("location_exclusion", "location_exclusion_sku_idx", 2, snapshot);
	reader->accounts->entries = reader->deltas->entries = reader->holds->entries = true;
	reader->protections = oms_protections_open(snapshot, reader->at);
	reader->chunk = Max(1, Min(nskus, CHUNK_AMOUNTS / n));
	/* The rows of different partitions are not visited together. */
	if (oms_scan_is_partitioned(reader->accounts) || oms_scan_is_partitioned(reader->deltas))
		reader->chunk = 1;
	reader->amounts = palloc_extended(sizeof(Amounts) * n * reader->chunk, MCXT_ALLOC_HUGE);
	reader->max_entries = n;
	reader->entries = palloc_extended(sizeof(Entry) * n, MCXT_ALLOC_HUGE);
	reader->cells = palloc0(sizeof(OmsCell) * n);
	reader->rules = palloc(sizeof(OmsRule *) * n);
	reader->paused = palloc0(sizeof(bool) * n);
	reader->paused_sku = palloc(sizeof(bool) * n);
	for (int i = 0; i < group->nmembers; i++)
	{
		OmsCell    *cell = &reader->cells[i];

		cell->place = &channel->network->locations[group->members[i].location];
		cell->location = cell->place->location;
		cell->sequence = group->members[i].sequence;
		cell->open = channel->active && cell->place->active && cell->place->can[method];
		cell->distance_km = ship_to == NULL || !cell->place->placed ? INFINITY :
			oms_latlon_distance_km(ship_to, &cell->place->coordinates);
	}
	mark_paused(reader, NULL, reader->paused);
}

/*
 * add_incoming adds what comes of the skus of a chunk to the group's locations. What is there
 * at the moment asked for is on hand then, and what backorders claim of it reserved.
 */
static void
add_incoming(CellReader *reader, int n, const OmsItem *const *items)
{
	OmsIncoming *incoming;
	int			nincoming = oms_incoming_read(n, items, reader->incoming_until, reader->latest, &incoming);
	int			k = 0;

	for (int i = 0; i < nincoming; i++)
	{
		const OmsIncoming *one = &incoming[i];
		Amounts    *amounts = reader->amounts + (Size) one->sku * reader->group->nmembers;
		int			member;

		if (i > 0 && one->sku != one[-1].sku)
			k = 0;
		k = seek(reader, k, one->location);
		if (k == reader->group->nmembers)
			continue;
		member = reader->group->by_location[k];
		if (!oms_text_equal(reader->cells[member].location, one->location))
			continue;
		amounts += member;
		if (one->at > reader->at
			? pg_add_s64_overflow(amounts->incoming, one->outstanding, &amounts->incoming)
			: pg_add_s64_overflow(amounts->on_hand, one->outstanding, &amounts->on_hand) ||
			pg_add_s64_overflow(amounts->reserved, one->outstanding - one->unclaimed, &amounts->reserved))
			ereport(ERROR,
					(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
					 errmsg("what is on hand and incoming adds up beyond bigint")));
		amounts->carried = amounts->carried || one->at <= reader->at;
	}
	pfree(incoming);
}

/* read_chunk reads the amounts of up to reader->chunk skus; first is the first of items. */
static void
read_chunk(CellReader *reader, int n, const OmsItem *const *items)
{
	ScanKeyData keys[2];

	memset(reader->amounts, 0, sizeof(Amounts) * n * reader->group->nmembers);
	for (int i = 0; i < n; i++)
	{
		sku_key(&keys[0], items[i]->sku);
		collect(reader, reader->accounts, 1, keys, i * reader->group->nmembers);
	}
	visit(reader, reader->accounts, 3);
	for (int i = 0; i < n; i++)
	{
		sku_key(&keys[0], items[i]->sku);
		collect(reader, reader->deltas, 1, keys, i * reader->group->nmembers);
	}
	visit(reader, reader->deltas, 4);
	for (int i = 0; i < n; i++)
	{
		sku_key(&keys[0], items[i]->sku);
		ScanKeyInit(&keys[1], 3, BTLessEqualStrategyNumber, F_TIMESTAMPTZ_LE,
					TimestampTzGetDatum(reader->now));
		collect(reader, reader->holds, 2, keys, i * reader->group->nmembers);
	}
	visit(reader, reader->holds, 0);
	if (reader->incoming_until != DT_NOBEGIN)
		add_incoming(reader, n, items);
}

/* member_at is the index of the group's member at a location, or -1. */
static int
member_at(const OmsGroup *group, int location)
{
	int			low = 0;
	int			high = group->nmembers;

	while (low < high)
	{
		int			middle = low + (high - low) / 2;

		if (group->members[group->by_location[middle]].location < location)
			low = middle + 1;
		else
			high = middle;
	}
	return low < group->nmembers && group->members[group->by_location[low]].location == location
		? group->by_location[low] : -1;
}

/* distribute_rules says for every member of the group which rule holds there. */
static void
distribute_rules(CellReader *reader, const OmsRules *rules)
{
	const OmsGroup *group = reader->group;
	int			missing = group->nmembers;

	memset(reader->rules, 0, sizeof(OmsRule *) * group->nmembers);
	for (int r = 0; r < rules->n && missing > 0; r++)
	{
		const OmsRule *rule = rules->rules[r];
		int			first = 0;
		int			end = group->nmembers;

		if (rule->set & OMS_RULE_LOCATION)
		{
			first = member_at(group, rule->location);
			end = first < 0 ? first : first + 1;
		}
		else if ((rule->set & OMS_RULE_GROUP) && rule->group == NULL)
			continue;
		for (int i = first; i < end; i++)
		{
			if (reader->rules[i] != NULL ||
				((rule->set & OMS_RULE_GROUP) &&
				 !bms_is_member(group->members[i].location, rule->group->locations)))
				continue;
			reader->rules[i] = rule;
			missing--;
		}
	}
}

/* form_cells makes reader->cells those of a sku, of its amounts. */
static void
form_cells(CellReader *reader, int sku, const OmsItem *item, const Amounts *amounts)
{
	OmsRules	rules;

	oms_protections_read(reader->protections, item->sku);
	memcpy(reader->paused_sku, reader->paused, sizeof(bool) * reader->group->nmembers);
	mark_paused(reader, item->sku, reader->paused_sku);
	oms_rules_find(reader->channel, reader->method, item, reader->at, &rules);
	distribute_rules(reader, &rules);
	if (rules.rules != NULL)
		pfree(rules.rules);

	for (int i = 0; i < reader->group->nmembers; i++)
	{
		OmsCell    *cell = &reader->cells[i];
		int64		available = amounts[i].on_hand - amounts[i].reserved + amounts[i].expired;

		cell->sku = sku;
		cell->carried = amounts[i].carried;
		cell->on_hand = amounts[i].on_hand;
		cell->unavailable = amounts[i].unavailable;
		cell->reserved = amounts[i].reserved;
		cell->expired = amounts[i].expired;
		cell->incoming = amounts[i].incoming;
		cell->rule = reader->rules[i];
		cell->safety = cell->rule != NULL ? cell->rule->safety : reader->channel->safety;
		cell->excluded = reader->paused_sku[i] || oms_safety_stock_excludes(&cell->safety);
		cell->safety_stock = oms_safety_stock_withheld(&cell->safety, cell->on_hand);
		cell->protected = oms_protected_for_others(reader->protections, cell->location,
												   reader->channel->channel);
		/* Each is at least 0; their sum may be beyond bigint. */
		cell->free = available > cell->safety_stock && available - cell->safety_stock > cell->protected
			? available - cell->safety_stock - cell->protected : 0;
		if (!item->tracked)
			cell->free = PG_INT64_MAX;
		if (cell->excluded)
			cell->free = 0;
	}
}

/* read_sku reads the cells of one sku, which is no kit, into reader->cells. */
static void
read_sku(CellReader *reader, int sku, const OmsItem *item)
{
	read_chunk(reader, 1, &item);
	form_cells(reader, sku, item, reader->amounts);
}

/* whole_kits is what units of a component make, rounded down and not below 0. */
static int64
whole_kits(int64 units, int64 quantity)
{
	return Max(0, units) / quantity;
}

/*
 * read_kit reads the cells of a kit into reader->cells, in whole kits: each figure is that
 * of the scarcest component. Withheld is all that is available and not free, what is
 * protected for others included; expired holds count as available, and no kit is damaged.
 */
static void
read_kit(CellReader *reader, int sku, const OmsItem *item)
{
	int			n = reader->group->nmembers;
	int64	   *on_hand = palloc(sizeof(int64) * Max(1, n));
	int64	   *available = palloc(sizeof(int64) * Max(1, n));
	int64	   *free = palloc(sizeof(int64) * Max(1, n));
	bool	   *carried = palloc(sizeof(bool) * Max(1, n));
	OmsRules	rules;

	for (int i = 0; i < n; i++)
	{
		on_hand[i] = available[i] = free[i] = PG_INT64_MAX;
		carried[i] = true;
	}
	for (int c = 0; c < item->kit->n; c++)
	{
		int64		quantity = item->kit->quantities[c];

		read_sku(reader, sku, &item->kit->items[c]);
		for (int i = 0; i < n; i++)
		{
			const OmsCell *cell = &reader->cells[i];

			if (cell->excluded)
				free[i] = 0;
			if (item->tracked && !item->kit->items[c].tracked)
				continue;
			carried[i] = carried[i] && cell->carried;
			on_hand[i] = Min(on_hand[i], whole_kits(cell->on_hand, quantity));
			available[i] = Min(available[i], whole_kits(cell->on_hand - cell->reserved + cell->expired,
														quantity));
			if (item->kit->items[c].tracked)
				free[i] = Min(free[i], whole_kits(cell->free, quantity));
		}
	}
	oms_rules_find(reader->channel, reader->method, item, reader->at, &rules);
	distribute_rules(reader, &rules);
	for (int i = 0; i < n; i++)
	{
		OmsCell    *cell = &reader->cells[i];

		cell->carried = carried[i];
		cell->on_hand = on_hand[i];
		cell->unavailable = cell->expired = cell->incoming = cell->protected = 0;
		cell->reserved = on_hand[i] - available[i];
		cell->rule = reader->rules[i];
		cell->safety = cell->rule != NULL ? cell->rule->safety : reader->channel->safety;
		cell->excluded = oms_safety_stock_excludes(&cell->safety);
		if (cell->excluded)
			free[i] = 0;
		cell->free = free[i];
		cell->safety_stock = Max(0, available[i] - free[i]);
	}
	pfree(on_hand);
	pfree(available);
	pfree(free);
	pfree(carried);
}

/* read_item reads the cells of an item into reader->cells. */
static void
read_item(CellReader *reader, int sku, const OmsItem *item)
{
	if (item->kit != NULL)
		read_kit(reader, sku, item);
	else
		read_sku(reader, sku, item);
}

/* add_cells adds those of reader->cells that are open and carry the sku. */
static void
add_cells(const CellReader *reader, int *ncells, int *max, OmsCell **cells)
{
	for (int i = 0; i < reader->group->nmembers; i++)
	{
		if (!reader->cells[i].open || !reader->cells[i].carried)
			continue;
		if (*ncells == *max)
		{
			*max *= 2;
			*cells = repalloc_huge(*cells, sizeof(OmsCell) * *max);
		}
		(*cells)[(*ncells)++] = reader->cells[i];
	}
}

/*
 * oms_cells reads the cells of n skus at the locations that are open to the channel for
 * the method and carry the sku, by sku, then by the group's sequence; returns their
 * number. It reads what the caller's query sees or, with latest, what is committed now.
 */
int
oms_cells(const OmsChannel *channel, OmsMethod method, int n, const OmsItem *const *items,
		  const OmsLatLon *ship_to, bool latest, OmsCell **cells)
{
	return oms_cells_at(channel, method, n, items, ship_to, DT_NOBEGIN, latest, cells);
}

/*
 * oms_cells_at reads the cells as they will be at a moment, with what is incoming up to then
 * (projection.c); a moment that has passed is now.
 */
int
oms_cells_at(const OmsChannel *channel, OmsMethod method, int n, const OmsItem *const *items,
			 const OmsLatLon *ship_to, TimestampTz at, bool latest, OmsCell **cells)
{
	CellReader	reader;
	Snapshot	snapshot;
	int			ncells = 0;
	int			max = 64;

	*cells = NULL;
	if (!channel->active || channel->group[method] == NULL)
		return 0;
	if (latest)
		CommandCounterIncrement();
	snapshot = RegisterSnapshot(latest ? GetLatestSnapshot() : GetActiveSnapshot());
	open_reader(&reader, channel, method, n, ship_to, at, snapshot);
	reader.latest = latest;
	*cells = palloc(sizeof(OmsCell) * max);
	for (int s = 0; s < n;)
	{
		int			end = s + 1;

		if (items[s]->kit != NULL)
		{
			read_item(&reader, s, items[s]);
			add_cells(&reader, &ncells, &max, cells);
			s++;
			continue;
		}
		while (end < n && end - s < reader.chunk && items[end]->kit == NULL)
			end++;
		read_chunk(&reader, end - s, items + s);
		for (const Amounts *amounts = reader.amounts; s < end; s++)
		{
			form_cells(&reader, s, items[s], amounts);
			add_cells(&reader, &ncells, &max, cells);
			amounts += reader.group->nmembers;
		}
	}
	close_reader(&reader);
	UnregisterSnapshot(snapshot);
	return ncells;
}

/*
 * oms_survey reads the cells of a sku at all locations of the channel's group, whether
 * open or not, and whether they carry it or not, as they will be at a moment (DT_NOBEGIN:
 * now); returns their number.
 */
int
oms_survey(const OmsChannel *channel, OmsMethod method, const OmsItem *item, TimestampTz at,
		   OmsCell **cells)
{
	CellReader	reader;

	*cells = NULL;
	if (channel->group[method] == NULL)
		return 0;
	open_reader(&reader, channel, method, 1, NULL, at, GetActiveSnapshot());
	reader.incoming_until = DT_NOEND;
	read_item(&reader, 0, item);
	close_reader(&reader);
	*cells = reader.cells;
	return reader.group->nmembers;
}

/* first_open_location_at is oms_first_open_location at a moment. */
static text *
first_open_location_at(const OmsChannel *channel, OmsMethod method, const OmsItem *item, TimestampTz at)
{
	OmsCell    *cells;
	int			ncells = oms_survey(channel, method, item, at, &cells);

	for (int i = 0; i < ncells; i++)
		if (cells[i].open && cells[i].free > 0)
			return cells[i].location;
	return NULL;
}

/*
 * oms_first_open_location is the first location from which the channel may sell the item,
 * which is not tracked, by the method; NULL when there is none.
 */
text *
oms_first_open_location(const OmsChannel *channel, OmsMethod method, const OmsItem *item)
{
	return first_open_location_at(channel, method, item, DT_NOBEGIN);
}

/*
 * oms_atp_at is the ATP, quota aside, of one of the skus of a reading of a moment; of an
 * untracked one the largest bigint, if it may be sold from any location.
 */
int64
oms_atp_at(const OmsChannel *channel, OmsMethod method, const OmsItem *item, int sku, int ncells,
		   const OmsCell *cells, TimestampTz at)
{
	int64		atp = 0;

	if (!item->tracked)
		return first_open_location_at(channel, method, item, at) != NULL ? PG_INT64_MAX : 0;
	for (int i = 0; i < ncells; i++)
		if (cells[i].sku == sku && pg_add_s64_overflow(atp, cells[i].free, &atp))
			return PG_INT64_MAX;
	return Max(0, atp - channel->buffer);
}

/* oms_atp_of is the ATP, quota aside, of one of the skus of a reading of what is now. */
int64
oms_atp_of(const OmsChannel *channel, OmsMethod method, const OmsItem *item, int sku, int ncells,
		   const OmsCell *cells)
{
	return oms_atp_at(channel, method, item, sku, ncells, cells, DT_NOBEGIN);
}

/*
 * oms_available(sku, location) is on_hand - live reserved, negative after a loss: a
 * bigint, 0 when the location does not carry the sku.
 */
Datum
oms_available(PG_FUNCTION_ARGS)
{
	Datum		values[2];
	int64		available = 0;

	values[0] = PointerGetDatum(oms_arg_key(fcinfo, 0, "sku"));
	values[1] = PointerGetDatum(oms_arg_key(fcinfo, 1, "location"));
	oms_spi_connect();
	if (oms_spi_execute(&select_available, values, NULL, true) > 0)
		available = oms_spi_int64(0, 1);
	oms_spi_finish();
	PG_RETURN_INT64(available);
}

/*
 * oms_atp(channel, sku, method, at) is what the channel may sell, now or at a moment: a
 * bigint, the largest for an untracked sku. Raises OM004 for an unknown channel or sku.
 */
Datum
oms_atp(PG_FUNCTION_ARGS)
{
	const OmsChannel *channel = oms_channel(oms_arg_key(fcinfo, 0, "channel"));
	text	   *sku = oms_arg_key(fcinfo, 1, "sku");
	OmsMethod	method = oms_arg_method(fcinfo, 2);
	TimestampTz at = PG_ARGISNULL(3) ? DT_NOBEGIN : PG_GETARG_TIMESTAMPTZ(3);
	OmsItem    *item = oms_items(1, &sku);
	OmsCell    *cells;
	int			ncells;

	if (!item->known)
		oms_raise_unknown_sku(sku);
	ncells = oms_cells_at(channel, method, 1, (const OmsItem *const *) &item, NULL, at, false, &cells);
	PG_RETURN_INT64(Min(oms_atp_at(channel, method, item, 0, ncells, cells, at),
						oms_quota_left(channel, sku, GetActiveSnapshot())));
}

/*
 * oms_atp_many(channel, skus, method, at): a row (sku, atp, shown) per element; NULL for an
 * unknown sku.
 */
Datum
oms_atp_many(PG_FUNCTION_ARGS)
{
	const OmsChannel *channel = oms_channel(oms_arg_key(fcinfo, 0, "channel"));
	text	  **skus;
	int			n = oms_arg_keys(fcinfo, 1, "skus", &skus);
	OmsMethod	method = oms_arg_method(fcinfo, 2);
	TimestampTz at = PG_ARGISNULL(3) ? DT_NOBEGIN : PG_GETARG_TIMESTAMPTZ(3);
	OmsItem    *items = oms_items(n, skus);
	const OmsItem **pointers = palloc(sizeof(OmsItem *) * Max(1, n));
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	OmsCell    *cells;
	int			ncells;
	int			first = 0;

	InitMaterializedSRF(fcinfo, 0);
	for (int i = 0; i < n; i++)
		pointers[i] = &items[i];
	ncells = oms_cells_at(channel, method, n, pointers, NULL, at, false, &cells);
	for (int i = 0; i < n; i++)
	{
		int			end = first;
		int64		atp;
		Datum		values[3];
		bool		nulls[3] = {false, !items[i].known, !items[i].known};

		while (end < ncells && cells[end].sku == i)
			end++;
		values[0] = PointerGetDatum(skus[i]);
		atp = Min(oms_atp_at(channel, method, &items[i], i, end - first, cells + first, at),
				  oms_quota_left(channel, skus[i], GetActiveSnapshot()));
		values[1] = Int64GetDatum(atp);
		values[2] = Int64GetDatum(Min(atp, channel->show_at_most));
		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
		first = end;
	}
	return (Datum) 0;
}

static int
compare_distances(const void *a, const void *b)
{
	const OmsCell *x = a;
	const OmsCell *y = b;

	if (x->distance_km != y->distance_km)
		return x->distance_km < y->distance_km ? -1 : 1;
	if (x->sequence != y->sequence)
		return x->sequence < y->sequence ? -1 : 1;
	return oms_text_compare(x->location, y->location);
}

/*
 * oms_atp_by_location(channel, sku, method, near): a row per open location that carries
 * the sku, the nearest first, or in the group's sequence.
 */
Datum
oms_atp_by_location(PG_FUNCTION_ARGS)
{
	const OmsChannel *channel = oms_channel(oms_arg_key(fcinfo, 0, "channel"));
	text	   *sku = oms_arg_key(fcinfo, 1, "sku");
	OmsMethod	method = oms_arg_method(fcinfo, 2);
	OmsLatLon  *near = PG_ARGISNULL(3) ? NULL : PG_GETARG_LATLON_P(3);
	OmsItem    *item = oms_items(1, &sku);
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	OmsCell    *cells;
	int			ncells;

	if (!item->known)
		oms_raise_unknown_sku(sku);
	InitMaterializedSRF(fcinfo, 0);
	ncells = oms_cells(channel, method, 1, (const OmsItem *const *) &item, near, false, &cells);
	if (near != NULL)
		qsort(cells, ncells, sizeof(OmsCell), compare_distances);
	for (int i = 0; i < ncells; i++)
	{
		OmsCell    *cell = &cells[i];
		Datum		values[8];
		bool		nulls[8] = {0};

		values[0] = PointerGetDatum(cell->location);
		values[1] = Int64GetDatum(cell->on_hand);
		values[2] = Int64GetDatum(cell->unavailable);
		values[3] = Int64GetDatum(cell->reserved);
		values[4] = Int64GetDatum(cell->expired);
		values[5] = Int64GetDatum(cell->safety_stock);
		values[6] = Int64GetDatum(cell->free);
		values[7] = Float8GetDatum(cell->distance_km);
		nulls[7] = isinf(cell->distance_km);
		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
	return (Datum) 0;
}
