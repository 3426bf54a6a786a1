/*
 * feed.c
 *		The full feed: ATP of all skus, for several channels at once, in one pass over
 *		the accounts in the order in which they lie on disk.
 *
 * A page reads the rows of its sku by index; for all skus that would visit every page of
 * the accounts many times. Here each account is read once, and counted for every channel:
 * what is not folded yet, and what expired holds give back, is read first, into memory,
 * and added when its account comes by. Safety stock is resolved once for each set of
 * rules that some sku has, not for each sku: a profile says what is withheld at every
 * location. The result is what atp says of each sku in the same snapshot
 * (test/pgtap/atp_feed); skus of which more must be known than their accounts are left
 * to the reading that atp uses.
 *
 * Memory: some 400 bytes a sku with four channels, changes that are not folded included (40 MB for
 * 100,000 of each), however many locations there are; the result beyond work_mem on disk.
 * Reads item, kit_component, location_exclusion, stock_account, stock_delta,
 * reservation_row, protection_account and the network. No locks but AccessShareLock.
 */
#include "postgres.h"

#include "access/heapam.h"
#include "access/table.h"
#include "access/tableam.h"
#include "common/hashfn.h"
#include "common/int.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "partitioning/partdesc.h"
#include "utils/array.h"
#include "utils/fmgroids.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

#include "availability/availability.h"
#include "row.h"
#include "stock/stock.h"

PG_FUNCTION_INFO_V1(oms_atp_feed);

/* What is withheld of a channel, for the skus that have the same rules. */
typedef struct Profile
{
	OmsRules	rules;
	bool	   *counts;			/* by location of the network: open, and not switched off */
	OmsSafetyStock *safety;		/* by location */
	bool		any;			/* some location counts */
	struct Profile *next;		/* with the same hash */
} Profile;

#define PROFILE_BUCKETS 4096

typedef struct Sku
{
	OmsItem		item;
	bool		apart;			/* left to the reading that atp uses */
	Profile   **profiles;		/* by channel */
	int64	   *sums;			/* by channel: what is free */
} Sku;

typedef struct SkuSlot
{
	text	   *sku;
	int			index;
	uint32		hash;
	char		status;
} SkuSlot;

#define SH_PREFIX skus
#define SH_ELEMENT_TYPE SkuSlot
#define SH_KEY_TYPE text *
#define SH_KEY sku
#define SH_HASH_KEY(tb, key) hash_bytes((const unsigned char *) VARDATA_ANY(key), VARSIZE_ANY_EXHDR(key))
#define SH_EQUAL(tb, a, b) oms_text_equal(a, b)
#define SH_STORE_HASH
#define SH_GET_HASH(tb, a) a->hash
#define SH_SCOPE static inline
#define SH_DECLARE
#define SH_DEFINE
#include "lib/simplehash.h"

/* What is to be added to an account. */
typedef struct Extra
{
	uint64		cell;			/* sku and location, as indexes */
	int64		on_hand;
	int64		reserved;		/* less what expired holds have */
	bool		done;			/* its account has come by */
	char		status;
} Extra;

#define SH_PREFIX extras
#define SH_ELEMENT_TYPE Extra
#define SH_KEY_TYPE uint64
#define SH_KEY cell
#define SH_HASH_KEY(tb, key) hash_bytes_uint32((uint32) ((key) ^ ((key) >> 32) * 0x9E3779B1))
#define SH_EQUAL(tb, a, b) ((a) == (b))
#define SH_SCOPE static inline
#define SH_DECLARE
#define SH_DEFINE
#include "lib/simplehash.h"

typedef struct Feed
{
	const OmsNetwork *network;
	OmsMethod	method;
	TimestampTz now;
	Snapshot	snapshot;
	int			nchannels;
	const OmsChannel **channels;
	Profile   **profiles;		/* buckets, by channel and rules */
	int			nskus;
	int			max_skus;
	Sku		   *skus;
	skus_hash  *by_sku;
	extras_hash *extras;
	skus_hash  *by_location;	/* index of a location of the network */
	bool	   *paused;			/* by location: it sends nothing out for a time */
	int			last_sku;		/* of the row before; -1: none */
	int			last_location;
} Feed;

/* -------------------------------------------------------------------------
 * Skus and their profiles
 * -------------------------------------------------------------------------
 */

static Profile *
make_profile(const Feed *feed, const OmsRules *rules)
{
	const OmsChannel *channel = rules->channel;
	const OmsGroup *group = channel->group[feed->method];
	Profile    *profile = palloc0(sizeof(Profile));
	int			n = Max(1, feed->network->nlocations);

	profile->rules = *rules;
	profile->counts = palloc0(sizeof(bool) * n);
	profile->safety = palloc0(sizeof(OmsSafetyStock) * n);
	if (!channel->active || group == NULL)
		return profile;
	for (int i = 0; i < group->nmembers; i++)
	{
		int			location = group->members[i].location;
		const OmsLocation *place = &feed->network->locations[location];
		const OmsRule *rule = oms_rule_at(rules, location);

		profile->safety[location] = rule != NULL ? rule->safety : channel->safety;
		profile->counts[location] = place->active && place->can[feed->method] && !feed->paused[location] &&
			!oms_safety_stock_excludes(&profile->safety[location]);
		profile->any = profile->any || profile->counts[location];
	}
	return profile;
}

/* profile_of finds or makes the profile of an item for a channel. */
static Profile *
profile_of(Feed *feed, const OmsChannel *channel, const OmsItem *item)
{
	OmsRules	rules;
	uint64		hash;
	Profile   **bucket;
	Profile    *made;

	oms_rules_find(channel, feed->method, item, feed->now, &rules);
	hash = hash_bytes_extended((unsigned char *) rules.rules, sizeof(OmsRule *) * rules.n,
							   channel - feed->network->channels);
	bucket = &feed->profiles[hash % PROFILE_BUCKETS];
	for (Profile *profile = *bucket; profile != NULL; profile = profile->next)
	{
		if (profile->rules.channel != channel || profile->rules.n != rules.n ||
			(rules.n > 0 &&
			 memcmp(profile->rules.rules, rules.rules, sizeof(OmsRule *) * rules.n) != 0))
			continue;
		if (rules.rules != NULL)
			pfree(rules.rules);
		return profile;
	}
	if (rules.n > 0)
		rules.rules = repalloc(rules.rules, sizeof(OmsRule *) * rules.n);
	made = make_profile(feed, &rules);
	made->next = *bucket;
	return *bucket = made;
}

/* add_sku adds a sku that is not there yet; returns its index. */
static int
add_sku(Feed *feed, const OmsItem *item)
{
	bool		found;
	SkuSlot    *slot = skus_insert(feed->by_sku, item->sku, &found);
	Sku		   *sku;

	if (feed->nskus == feed->max_skus)
	{
		feed->max_skus *= 2;
		feed->skus = repalloc_huge(feed->skus, sizeof(Sku) * feed->max_skus);
	}
	slot->index = feed->nskus;
	sku = &feed->skus[feed->nskus++];
	sku->item = *item;
	sku->apart = false;
	sku->profiles = palloc(sizeof(Profile *) * feed->nchannels);
	sku->sums = palloc0(sizeof(int64) * feed->nchannels);
	for (int c = 0; c < feed->nchannels; c++)
		sku->profiles[c] = profile_of(feed, feed->channels[c], &sku->item);
	return slot->index;
}

/* find_sku is the index of a sku that has stock; it is added when it has no item. */
static int
find_sku(Feed *feed, text *key)
{
	SkuSlot    *slot;

	if (feed->last_sku >= 0 && oms_text_equal(feed->skus[feed->last_sku].item.sku, key))
		return feed->last_sku;
	slot = skus_lookup(feed->by_sku, key);
	if (slot != NULL)
		feed->last_sku = slot->index;
	else
	{
		OmsItem		item = {.known = true, .tracked = true};

		item.sku = DatumGetTextPCopy(PointerGetDatum(key));
		feed->last_sku = add_sku(feed, &item);
	}
	return feed->last_sku;
}

/* find_location is the index of a location of the network, or -1. */
static int
find_location(Feed *feed, text *key)
{
	SkuSlot    *slot;

	if (feed->last_location >= 0 &&
		oms_text_equal(feed->network->locations[feed->last_location].location, key))
		return feed->last_location;
	slot = skus_lookup(feed->by_location, key);
	feed->last_location = slot == NULL ? -1 : slot->index;
	return feed->last_location;
}

/* -------------------------------------------------------------------------
 * Reading
 * -------------------------------------------------------------------------
 */

/* scan_heap calls visit for every row of a plain table that the snapshot sees. */
static void
scan_heap(Feed *feed, Relation rel, void (*visit) (Feed *, HeapTuple, TupleDesc))
{
	TableScanDesc scan = table_beginscan(rel, feed->snapshot, 0, NULL);
	HeapTuple	tuple;

	while ((tuple = heap_getnext(scan, ForwardScanDirection)) != NULL)
	{
		CHECK_FOR_INTERRUPTS();
		visit(feed, tuple, RelationGetDescr(rel));
	}
	table_endscan(scan);
}

/* scan_table is the same for a table of schema oms, with its partitions if it has any. */
static void
scan_table(Feed *feed, const char *table, void (*visit) (Feed *, HeapTuple, TupleDesc))
{
	Relation	rel = table_open(oms_table(table), AccessShareLock);

	if (rel->rd_rel->relkind != RELKIND_PARTITIONED_TABLE)
		scan_heap(feed, rel, visit);
	else
	{
		PartitionDesc partitions = RelationGetPartitionDesc(rel, true);

		for (int i = 0; i < partitions->nparts; i++)
		{
			Relation	partition = table_open(partitions->oids[i], AccessShareLock);

			scan_heap(feed, partition, visit);
			table_close(partition, NoLock);
		}
	}
	table_close(rel, NoLock);
}

static void
visit_item(Feed *feed, HeapTuple tuple, TupleDesc desc)
{
	OmsItem		item = {.known = true};
	bool		isnull;

	item.sku = DatumGetTextPCopy(heap_getattr(tuple, 1, desc, &isnull));
	/* Tags are of use only where some rule asks for them. */
	if (feed->network->nrules > 0)
		item.ntags = oms_tags(PointerGetDatum(DatumGetArrayTypePCopy(heap_getattr(tuple, 2, desc, &isnull))),
							  &item.tags);
	item.tracked = DatumGetBool(heap_getattr(tuple, 5, desc, &isnull));
	(void) add_sku(feed, &item);
}

/* visit_pause marks a location that sends nothing out for a time. */
static void
visit_pause(Feed *feed, HeapTuple tuple, TupleDesc desc)
{
	bool		isnull[3];
	Datum		location = heap_getattr(tuple, 2, desc, &isnull[0]);
	int			l;

	(void) heap_getattr(tuple, 3, desc, &isnull[1]);	/* sku */
	(void) heap_getattr(tuple, 4, desc, &isnull[2]);	/* order_id */
	if (!isnull[1] || !isnull[2] ||
		DatumGetTimestampTz(heap_getattr(tuple, 5, desc, &isnull[0])) <= feed->now)
		return;
	l = find_location(feed, DatumGetTextPP(location));
	if (l >= 0)
		feed->paused[l] = true;
}

/* visit_exclusion: a sku that some location does not send out is left to the reading that atp uses. */
static void
visit_exclusion(Feed *feed, HeapTuple tuple, TupleDesc desc)
{
	bool		isnull;
	Datum		sku = heap_getattr(tuple, 3, desc, &isnull);
	SkuSlot    *slot = isnull ? NULL : skus_lookup(feed->by_sku, DatumGetTextPP(sku));

	if (slot != NULL)
		feed->skus[slot->index].apart = true;
}

/* visit_component: kits are left to the reading that atp uses. */
static void
visit_component(Feed *feed, HeapTuple tuple, TupleDesc desc)
{
	bool		isnull;

	feed->skus[find_sku(feed, DatumGetTextPP(heap_getattr(tuple, 1, desc, &isnull)))].apart = true;
}

/* visit_protection: what is protected of a sku is left to the reading that atp uses. */
static void
visit_protection(Feed *feed, HeapTuple tuple, TupleDesc desc)
{
	text	   *keys[1];

	(void) oms_row_parse(tuple, 1, keys);
	feed->skus[find_sku(feed, keys[0])].apart = true;
}

static void
add_extra(Feed *feed, text *sku, text *location, int64 on_hand, int64 reserved)
{
	int			s = find_sku(feed, sku);
	int			l = find_location(feed, location);
	bool		found;
	Extra	   *extra;

	if (l < 0)
		return;
	extra = extras_insert(feed->extras, (uint64) s << 32 | l, &found);
	if (!found)
	{
		extra->on_hand = extra->reserved = 0;
		extra->done = false;
	}
	extra->on_hand += on_hand;
	extra->reserved += reserved;
}

static void
visit_delta(Feed *feed, HeapTuple tuple, TupleDesc desc)
{
	text	   *keys[2];
	const int64 *numbers = oms_row_parse(tuple, 2, keys);	/* id, on_hand, unavailable, reserved */

	add_extra(feed, keys[0], keys[1], numbers[1], numbers[3]);
}

/* count adds what is free at a location to the sums of a sku. */
static inline void
count(Feed *feed, int s, int l, int64 on_hand, int64 reserved)
{
	Sku		   *sku = &feed->skus[s];
	int64		available = on_hand - reserved;

	if (available <= 0)
		return;
	for (int c = 0; c < feed->nchannels; c++)
	{
		const Profile *profile = sku->profiles[c];
		int64		withheld;

		if (!profile->counts[l])
			continue;
		withheld = profile->safety[l].percent_scaled == 0 ? profile->safety[l].units :
			oms_safety_stock_withheld(&profile->safety[l], on_hand);
		if (available > withheld &&
			pg_add_s64_overflow(sku->sums[c], available - withheld, &sku->sums[c]))
			sku->sums[c] = PG_INT64_MAX;
	}
}

static void
visit_account(Feed *feed, HeapTuple tuple, TupleDesc desc)
{
	text	   *keys[2];
	const int64 *numbers = oms_row_parse(tuple, 2, keys);	/* on_hand, unavailable, reserved */
	int			s = find_sku(feed, keys[0]);
	int			l = find_location(feed, keys[1]);
	Extra	   *extra = NULL;

	if (l < 0)
		return;
	if (feed->extras->members > 0)
		extra = extras_lookup(feed->extras, (uint64) s << 32 | l);
	if (extra == NULL)
		count(feed, s, l, numbers[0], numbers[2]);
	else
	{
		count(feed, s, l, numbers[0] + extra->on_hand, numbers[2] + extra->reserved);
		extra->done = true;
	}
}

/* read_expired reads what expired holds give back. */
static void
read_expired(Feed *feed)
{
	OmsScan    *scan = oms_scan_open("reservation_row", "reservation_row_hold_idx", 3, feed->snapshot);
	ScanKeyData key;

	ScanKeyInit(&key, 3, BTLessEqualStrategyNumber, F_TIMESTAMPTZ_LE, TimestampTzGetDatum(feed->now));
	oms_scan_start(scan, 1, &key);
	while (oms_scan_next(scan))
	{
		CHECK_FOR_INTERRUPTS();
		slot_getsomeattrs(scan->slot, OMS_RESERVATION_CONSUMED);
		add_extra(feed, DatumGetTextPP(scan->slot->tts_values[OMS_RESERVATION_SKU - 1]),
				  DatumGetTextPP(scan->slot->tts_values[OMS_RESERVATION_LOCATION - 1]), 0,
				  DatumGetInt64(scan->slot->tts_values[OMS_RESERVATION_CONSUMED - 1]) -
				  DatumGetInt64(scan->slot->tts_values[OMS_RESERVATION_QUANTITY - 1]));
	}
	oms_scan_close(scan);
}

/* read_incoming adds the skus that are known only because some are on their way. */
static void
read_incoming(Feed *feed)
{
	OmsScan    *scan = oms_scan_open("incoming_row", "incoming_row_open_idx", 2, feed->snapshot);

	oms_scan_start(scan, 0, NULL);
	while (oms_scan_next(scan))
	{
		bool		isnull;

		CHECK_FOR_INTERRUPTS();
		(void) find_sku(feed, DatumGetTextPP(slot_getattr(scan->slot, 2, &isnull)));
	}
	oms_scan_close(scan);
}

static void
read_all(Feed *feed)
{
	extras_iterator iterator;
	Extra	   *extra;

	scan_table(feed, "location_exclusion", visit_pause);
	scan_table(feed, "item", visit_item);
	scan_table(feed, "kit_component", visit_component);
	scan_table(feed, "protection_account", visit_protection);
	scan_table(feed, "stock_delta", visit_delta);
	read_expired(feed);
	scan_table(feed, "stock_account", visit_account);
	read_incoming(feed);
	scan_table(feed, "location_exclusion", visit_exclusion);
	/* Deltas of which there is no account yet. */
	extras_start_iterate(feed->extras, &iterator);
	while ((extra = extras_iterate(feed->extras, &iterator)) != NULL)
		if (!extra->done)
			count(feed, extra->cell >> 32, (int) (extra->cell & PG_UINT32_MAX), extra->on_hand,
				  extra->reserved);
}

/* -------------------------------------------------------------------------
 * The result
 * -------------------------------------------------------------------------
 */

/* atp_apart is the ATP, quota aside, as the page reads it. */
static int64
atp_apart(const Feed *feed, const OmsChannel *channel, text *sku)
{
	const OmsItem *item = oms_items(1, &sku);
	OmsCell    *cells;
	int			ncells = oms_cells(channel, feed->method, 1, &item, NULL, false, &cells);
	int64		atp = oms_atp_of(channel, feed->method, item, 0, ncells, cells);

	if (cells != NULL)
		pfree(cells);
	return atp;
}

static int64
atp_of(const Feed *feed, int c, Sku *sku)
{
	const OmsChannel *channel = feed->channels[c];
	int64		atp;

	if (sku->apart)
		atp = atp_apart(feed, channel, sku->item.sku);
	else if (!sku->item.tracked)
		atp = sku->profiles[c]->any ? PG_INT64_MAX : 0;
	else if (sku->sums[c] == PG_INT64_MAX)
		atp = PG_INT64_MAX;
	else
		atp = Max(0, sku->sums[c] - channel->buffer);
	if (feed->network->nquotas > 0)
		atp = Min(atp, oms_quota_left(channel, sku->item.sku, feed->snapshot));
	return atp;
}

/* read_channels reads the channels that are asked for: NULL is all. */
static void
read_channels(FunctionCallInfo fcinfo, Feed *feed)
{
	text	  **names;

	if (PG_ARGISNULL(0))
	{
		feed->nchannels = feed->network->nchannels;
		feed->channels = palloc(sizeof(OmsChannel *) * Max(1, feed->nchannels));
		for (int c = 0; c < feed->nchannels; c++)
			feed->channels[c] = &feed->network->channels[c];
		return;
	}
	feed->nchannels = oms_arg_keys(fcinfo, 0, "channels", &names);
	feed->channels = palloc(sizeof(OmsChannel *) * Max(1, feed->nchannels));
	for (int c = 0; c < feed->nchannels; c++)
	{
		feed->channels[c] = oms_network_channel(feed->network, names[c]);
		if (feed->channels[c] == NULL)
			feed->channels[c] = oms_channel(names[c]);	/* raises */
	}
}

/* oms_atp_feed(channels, method): a row (channel, sku, atp, shown) per channel and known sku. */
Datum
oms_atp_feed(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	Feed		feed = {0};

	feed.network = oms_network();
	read_channels(fcinfo, &feed);
	feed.method = oms_arg_method(fcinfo, 1);
	InitMaterializedSRF(fcinfo, 0);
	feed.now = GetCurrentTimestamp();
	feed.snapshot = GetActiveSnapshot();
	feed.profiles = palloc0(sizeof(Profile *) * PROFILE_BUCKETS);
	feed.max_skus = 1024;
	feed.skus = palloc(sizeof(Sku) * feed.max_skus);
	feed.by_sku = skus_create(CurrentMemoryContext, 1024, NULL);
	feed.extras = extras_create(CurrentMemoryContext, 1024, NULL);
	feed.by_location = skus_create(CurrentMemoryContext, Max(16, feed.network->nlocations), NULL);
	for (int l = 0; l < feed.network->nlocations; l++)
	{
		bool		found;

		skus_insert(feed.by_location, feed.network->locations[l].location, &found)->index = l;
	}
	feed.paused = palloc0(sizeof(bool) * Max(1, feed.network->nlocations));
	feed.last_sku = feed.last_location = -1;
	read_all(&feed);

	for (int s = 0; s < feed.nskus; s++)
	{
		CHECK_FOR_INTERRUPTS();
		for (int c = 0; c < feed.nchannels; c++)
		{
			int64		atp = atp_of(&feed, c, &feed.skus[s]);
			Datum		values[4];
			bool		nulls[4] = {0};

			values[0] = PointerGetDatum(feed.channels[c]->channel);
			values[1] = PointerGetDatum(feed.skus[s].item.sku);
			values[2] = Int64GetDatum(atp);
			values[3] = Int64GetDatum(Min(atp, feed.channels[c]->show_at_most));
			tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
		}
	}
	return (Datum) 0;
}
