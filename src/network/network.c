/*
 * network.c
 *		The network (locations, groups, channels, rules of safety stock, quotas, kits), kept by
 *		each session in memory and exact in the snapshot of every query that uses it.
 *
 * Why.  A page of 500 locations under 1,000 rules spends most of its time on reading
 * them; a reservation read three rows of the network to write one of its own.
 *
 * How it stays exact.  Invalidation messages are no proof: a snapshot may see a commit
 * before its message arrives, and one of REPEATABLE READ must not see it afterwards
 * either. So every transaction that changes a table of the network leaves a row with
 * an id of its own in network_change, and deletes those that it sees there. Whoever
 * uses the network reads that table (one page) by his snapshot. If the ids he sees are
 * those that were seen when the kept network was read, then it is what he would read:
 *
 * - The network that a snapshot sees is decided by the set C of transactions it sees
 *	 that changed the network. Each has the id of its row committed with it, by the same
 *	 subtransaction as the change, so that a savepoint takes both back.
 * - Two snapshots with different C see different ids. Say t is in C, not in C'. If its
 *	 row is not visible by C, then t2 in C deleted it, having seen t committed; a snapshot
 *	 that sees t2 sees t, hence t2 is not in C' either. Go on with t2: the chain ends,
 *	 since each link committed after the one before, at a row that C sees and C' does not.
 *	 (On a standby, commits become visible in the order of the log, where t is before t2.)
 * - Ids are random uuids and are never used again.
 *
 * A snapshot that is the one of the use before needs no look at all.
 *
 * A transaction that changes the network itself keeps nothing: from its first such
 * statement to its end it reads the network anew at each use. So command ids,
 * functions called in the midst of a statement and savepoints need no argument.
 *
 * Nobody waits. A change inserts its row, and leaves a row that somebody else is
 * deleting to him; what two concurrent changes leave the next one deletes.
 *
 * The triggers are ENABLE ALWAYS, so that an apply worker fires them: it fires row
 * triggers, not those of statements. A change of the tables' definition, which may
 * rewrite rows or disable the triggers, sends an invalidation of the relation; then
 * what is kept is dropped. TRUNCATE is no less abrupt for old snapshots than ever.
 *
 * The network is read with AccessShareLock on its tables. What oms_network returns
 * lives as long as the memory context it was called in; the kept network is replaced,
 * not changed.
 */
#include "postgres.h"

#include "access/heapam.h"
#include "access/table.h"
#include "access/tableam.h"
#include "access/xact.h"
#include "catalog/pg_type.h"
#include "commands/trigger.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/inval.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"
#include "utils/uuid.h"

#include "network/network.h"
#include "row.h"

PG_FUNCTION_INFO_V1(oms_note_network_change);

/* Rows of network_change that are looked at without allocating. */
#define FEW_CHANGES 8

/* The tables of the network, as their columns are numbered in tables.sql. */
enum
{
	LOCATION,
	LOCATION_GROUP,
	LOCATION_GROUP_MEMBER,
	CHANNEL,
	SAFETY_STOCK_RULE,
	QUOTA,
	KIT_COMPONENT,
	NETWORK_CHANGE,
	NTABLES
};

static const char *const tables[NTABLES] = {
	"location", "location_group", "location_group_member", "channel", "safety_stock_rule", "quota",
	"kit_component", "network_change"
};

static OmsNetwork *kept = NULL;
static Oid	kept_tables[NTABLES];	/* their OIDs when it was read */
static bool kept_is_doubtful = false;	/* one of them was invalidated since */
static SnapshotData kept_for;	/* by which it was last found right; pointers are void */

/* of this transaction */
static bool changing = false;	/* it has begun to change the network */
static SubTransactionId noted = InvalidSubTransactionId;	/* which has its row already */

/* -------------------------------------------------------------------------
 * Reading
 * -------------------------------------------------------------------------
 */

/* A member as it is read, before locations and groups are sorted. */
typedef struct RawMember
{
	text	   *location_group;
	text	   *location;
	int			sequence;
} RawMember;

typedef struct Reading
{
	OmsNetwork *network;
	int			nmembers;
	RawMember  *members;
} Reading;

/* room_for makes room for one more element of an array that grows by doubling. */
static void *
room_for(void *array, int n, Size size)
{
	if (array == NULL)
		return palloc0(size * 16);
	if (n >= 16 && (n & (n - 1)) == 0)
		return repalloc_huge(array, size * 2 * n);
	return array;
}

#define ADD(array, n) ((array) = room_for((array), (n), sizeof(*(array))), &(array)[(n)++])

static text *
text_column(TupleTableSlot *slot, int attno)
{
	bool		isnull;
	Datum		value = slot_getattr(slot, attno, &isnull);

	return isnull ? NULL : DatumGetTextPCopy(value);
}

static bool
is_active(TupleTableSlot *slot, int attno)
{
	bool		isnull;
	text	   *status = DatumGetTextPP(slot_getattr(slot, attno, &isnull));

	return VARSIZE_ANY_EXHDR(status) == 6 && memcmp(VARDATA_ANY(status), "active", 6) == 0;
}

static int64
int64_column(TupleTableSlot *slot, int attno, int64 value_of_null)
{
	bool		isnull;
	Datum		value = slot_getattr(slot, attno, &isnull);

	return isnull ? value_of_null : DatumGetInt64(value);
}

static void
read_location(TupleTableSlot *slot, Reading *reading)
{
	OmsLocation *location = ADD(reading->network->locations, reading->network->nlocations);
	bool		isnull;
	Datum		coordinates = slot_getattr(slot, 3, &isnull);

	memset(location, 0, sizeof(*location));
	location->location = text_column(slot, 1);
	location->placed = !isnull;
	if (!isnull)
		location->coordinates = *DatumGetLatLonP(coordinates);
	location->active = is_active(slot, 5);
	location->can[OMS_SHIP] = DatumGetBool(slot_getattr(slot, 6, &isnull));
	location->can[OMS_PICKUP] = DatumGetBool(slot_getattr(slot, 7, &isnull));
}

static void
read_group(TupleTableSlot *slot, Reading *reading)
{
	OmsGroup   *group = ADD(reading->network->groups, reading->network->ngroups);

	memset(group, 0, sizeof(*group));
	group->location_group = text_column(slot, 1);
}

static void
read_member(TupleTableSlot *slot, Reading *reading)
{
	RawMember  *member = ADD(reading->members, reading->nmembers);
	bool		isnull;

	member->location_group = text_column(slot, 1);
	member->location = text_column(slot, 2);
	member->sequence = DatumGetInt32(slot_getattr(slot, 3, &isnull));
}

static int
compare_locations(const void *a, const void *b)
{
	return oms_text_compare(((const OmsLocation *) a)->location, ((const OmsLocation *) b)->location);
}

static int
compare_groups(const void *a, const void *b)
{
	return oms_text_compare(((const OmsGroup *) a)->location_group,
							((const OmsGroup *) b)->location_group);
}

static int
compare_channels(const void *a, const void *b)
{
	return oms_text_compare(((const OmsChannel *) a)->channel, ((const OmsChannel *) b)->channel);
}

/* oms_network_location is the index of a location; -1 when the network has none of that name. */
int
oms_network_location(const OmsNetwork *network, const text *location)
{
	OmsLocation key = {.location = unconstify(text *, location)};
	OmsLocation *found = bsearch(&key, network->locations, network->nlocations, sizeof(OmsLocation),
								 compare_locations);

	return found == NULL ? -1 : found - network->locations;
}

static const OmsGroup *
find_group(const OmsNetwork *network, text *location_group)
{
	OmsGroup	key = {.location_group = location_group};

	return bsearch(&key, network->groups, network->ngroups, sizeof(OmsGroup), compare_groups);
}

/* oms_network_channel is the channel of that name, or NULL. */
const OmsChannel *
oms_network_channel(const OmsNetwork *network, const text *channel)
{
	OmsChannel	key = {.channel = unconstify(text *, channel)};

	return bsearch(&key, network->channels, network->nchannels, sizeof(OmsChannel), compare_channels);
}

static void
read_channel(TupleTableSlot *slot, Reading *reading)
{
	OmsChannel *channel = ADD(reading->network->channels, reading->network->nchannels);
	text	   *pickup_group = text_column(slot, 3);
	bool		isnull;

	memset(channel, 0, sizeof(*channel));
	channel->network = reading->network;
	channel->channel = text_column(slot, 1);
	channel->group[OMS_SHIP] = find_group(reading->network, text_column(slot, 2));
	if (pickup_group != NULL)
		channel->group[OMS_PICKUP] = find_group(reading->network, pickup_group);
	channel->safety = *DatumGetSafetyStockP(slot_getattr(slot, 4, &isnull));
	channel->buffer = int64_column(slot, 5, 0);
	channel->active = is_active(slot, 6);
	channel->show_at_most = int64_column(slot, 7, PG_INT64_MAX);
}

static int
compare_tags(const void *a, const void *b)
{
	return oms_text_compare(*(text *const *) a, *(text *const *) b);
}

/* oms_tags returns the number of different tags of a text[] and the tags, in order. */
int
oms_tags(Datum array, text ***tags)
{
	Datum	   *elements;
	bool	   *nulls;
	int			n;
	int			ndifferent = 0;

	deconstruct_array(DatumGetArrayTypeP(array), TEXTOID, -1, false, TYPALIGN_INT, &elements, &nulls,
					  &n);
	*tags = palloc(sizeof(text *) * Max(1, n));
	for (int i = 0; i < n; i++)
		if (!nulls[i])
			(*tags)[ndifferent++] = DatumGetTextPP(elements[i]);
	n = ndifferent;
	qsort(*tags, n, sizeof(text *), compare_tags);
	ndifferent = 0;
	for (int i = 0; i < n; i++)
		if (i == 0 || !oms_text_equal((*tags)[i], (*tags)[i - 1]))
			(*tags)[ndifferent++] = (*tags)[i];
	return ndifferent;
}

static void
read_rule(TupleTableSlot *slot, Reading *reading)
{
	OmsNetwork *network = reading->network;
	OmsRule    *rule = ADD(network->rules, network->nrules);
	text	   *channel = text_column(slot, 2);
	text	   *location = text_column(slot, 3);
	text	   *location_group = text_column(slot, 4);
	text	   *method = text_column(slot, 7);
	bool		isnull;
	Datum		tags;

	memset(rule, 0, sizeof(*rule));
	rule->rule_id = int64_column(slot, 1, 0);
	if (channel != NULL)
	{
		rule->set |= OMS_RULE_CHANNEL;
		rule->channel = oms_network_channel(network, channel);
	}
	if (location != NULL)
	{
		rule->set |= OMS_RULE_LOCATION;
		rule->location = oms_network_location(network, location);
	}
	if (location_group != NULL)
	{
		rule->set |= OMS_RULE_GROUP;
		rule->group = find_group(network, location_group);
	}
	rule->sku = text_column(slot, 5);
	if (rule->sku != NULL)
		rule->set |= OMS_RULE_SKU;
	tags = slot_getattr(slot, 6, &isnull);
	if (!isnull)
	{
		rule->set |= OMS_RULE_TAGS;
		rule->ntags = oms_tags(PointerGetDatum(DatumGetArrayTypePCopy(tags)), &rule->tags);
	}
	if (method != NULL)
	{
		rule->set |= OMS_RULE_METHOD;
		rule->method = VARSIZE_ANY_EXHDR(method) == 6 ? OMS_PICKUP : OMS_SHIP;
	}
	rule->active_from = int64_column(slot, 8, DT_NOBEGIN);
	rule->active_until = int64_column(slot, 9, DT_NOEND);
	rule->safety = *DatumGetSafetyStockP(slot_getattr(slot, 10, &isnull));
	rule->note = text_column(slot, 11);
	rule->created_at = int64_column(slot, 12, 0);
	rule->dimensions = pg_popcount32(rule->set & ~OMS_RULE_TAGS) + rule->ntags;
}

static void
read_quota(TupleTableSlot *slot, Reading *reading)
{
	OmsQuotaLimit *quota = ADD(reading->network->quotas, reading->network->nquotas);

	quota->channel = text_column(slot, 1);
	quota->sku = text_column(slot, 2);
	quota->quantity = int64_column(slot, 3, 0);
	quota->period = text_column(slot, 4);
	quota->time_zone = text_column(slot, 5);
}

static int
compare_quotas(const void *a, const void *b)
{
	const OmsQuotaLimit *x = a;
	const OmsQuotaLimit *y = b;
	int			c = oms_text_compare(x->channel, y->channel);

	return c != 0 ? c : oms_text_compare(x->sku, y->sku);
}

/* oms_network_quota is the limit of a channel's quota of a sku; NULL when it has none. */
const OmsQuotaLimit *
oms_network_quota(const OmsNetwork *network, const text *channel, const text *sku)
{
	OmsQuotaLimit key = {.channel = unconstify(text *, channel), .sku = unconstify(text *, sku)};

	if (network->nquotas == 0)
		return NULL;
	return bsearch(&key, network->quotas, network->nquotas, sizeof(OmsQuotaLimit), compare_quotas);
}

static void
read_component(TupleTableSlot *slot, Reading *reading)
{
	OmsComponent *component = ADD(reading->network->components, reading->network->ncomponents);

	component->kit = text_column(slot, 1);
	component->sku = text_column(slot, 2);
	component->quantity = int64_column(slot, 3, 0);
}

static int
compare_components(const void *a, const void *b)
{
	const OmsComponent *x = a;
	const OmsComponent *y = b;
	int			c = oms_text_compare(x->kit, y->kit);

	return c != 0 ? c : oms_text_compare(x->sku, y->sku);
}

/* oms_network_kit returns of how many skus a kit consists, and which, by sku; 0: it is no kit. */
int
oms_network_kit(const OmsNetwork *network, const text *sku, const OmsComponent **components)
{
	int			low = 0;
	int			high = network->ncomponents;
	int			end;

	while (low < high)
	{
		int			middle = low + (high - low) / 2;

		if (oms_text_compare(network->components[middle].kit, sku) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (end = low; end < network->ncomponents &&
		 oms_text_equal(network->components[end].kit, sku); end++)
		 /* the next */ ;
	*components = network->components + low;
	return end - low;
}

/* By precedence: most dimensions, then the more important ones, then the newest. */
static int
compare_rules(const void *a, const void *b)
{
	const OmsRule *x = a;
	const OmsRule *y = b;

	if (x->dimensions != y->dimensions)
		return x->dimensions > y->dimensions ? -1 : 1;
	if (x->set != y->set)
		return x->set > y->set ? -1 : 1;
	if (x->created_at != y->created_at)
		return x->created_at > y->created_at ? -1 : 1;
	return x->rule_id > y->rule_id ? -1 : x->rule_id < y->rule_id;
}

static int
compare_sku_rules(const void *a, const void *b, void *arg)
{
	const OmsRule *rules = arg;
	int			x = *(const int *) a;
	int			y = *(const int *) b;
	int			c = oms_text_compare(rules[x].sku, rules[y].sku);

	return c != 0 ? c : x - y;
}

static int
compare_raw_members(const void *a, const void *b)
{
	const RawMember *x = a;
	const RawMember *y = b;
	int			c = oms_text_compare(x->location_group, y->location_group);

	if (c == 0 && x->sequence != y->sequence)
		c = x->sequence < y->sequence ? -1 : 1;
	return c != 0 ? c : oms_text_compare(x->location, y->location);
}

static int
compare_members_by_location(const void *a, const void *b, void *arg)
{
	const OmsMember *members = arg;

	return members[*(const int *) a].location - members[*(const int *) b].location;
}

/* form_groups gives the groups, sorted, their members. */
static void
form_groups(Reading *reading)
{
	OmsNetwork *network = reading->network;
	int			next = 0;

	qsort(reading->members, reading->nmembers, sizeof(RawMember), compare_raw_members);
	for (int g = 0; g < network->ngroups; g++)
	{
		OmsGroup   *group = &network->groups[g];

		for (; next < reading->nmembers &&
			 oms_text_equal(reading->members[next].location_group, group->location_group); next++)
		{
			const RawMember *raw = &reading->members[next];
			int			location = oms_network_location(network, raw->location);

			if (location < 0)
				continue;		/* its foreign key was not checked */
			*ADD(group->members, group->nmembers) = (OmsMember) {
				location, raw->sequence
			};
			group->locations = bms_add_member(group->locations, location);
		}
		group->by_location = palloc(sizeof(int) * Max(1, group->nmembers));
		for (int i = 0; i < group->nmembers; i++)
			group->by_location[i] = i;
		qsort_arg(group->by_location, group->nmembers, sizeof(int), compare_members_by_location,
				  group->members);
	}
}

static void
form_rules(OmsNetwork *network)
{
	qsort(network->rules, network->nrules, sizeof(OmsRule), compare_rules);
	network->sku_rules = palloc(sizeof(int) * Max(1, network->nrules));
	network->other_rules = palloc(sizeof(int) * Max(1, network->nrules));
	for (int i = 0; i < network->nrules; i++)
	{
		if (network->rules[i].sku != NULL)
			network->sku_rules[network->nsku_rules++] = i;
		else
			network->other_rules[network->nother_rules++] = i;
	}
	qsort_arg(network->sku_rules, network->nsku_rules, sizeof(int), compare_sku_rules, network->rules);
}

static void
read_table(int table, Snapshot snapshot, void (*read_row) (TupleTableSlot *, Reading *),
		   Reading *reading)
{
	Relation	rel = table_open(oms_table(tables[table]), AccessShareLock);
	TupleTableSlot *slot = table_slot_create(rel, NULL);
	TableScanDesc scan = table_beginscan(rel, snapshot, 0, NULL);

	while (table_scan_getnextslot(scan, ForwardScanDirection, slot))
	{
		CHECK_FOR_INTERRUPTS();
		read_row(slot, reading);
	}
	table_endscan(scan);
	ExecDropSingleTupleTableSlot(slot);
	table_close(rel, NoLock);
}

/* read_network reads the network that the snapshot sees, into a memory context of its own. */
static OmsNetwork *
read_network(Snapshot snapshot)
{
	MemoryContext context = AllocSetContextCreate(CurrentMemoryContext, "oms network",
												  ALLOCSET_DEFAULT_SIZES);
	MemoryContext old = MemoryContextSwitchTo(context);
	OmsNetwork *network = palloc0(sizeof(OmsNetwork));
	Reading		reading = {network};

	network->context = context;
	read_table(LOCATION, snapshot, read_location, &reading);
	read_table(LOCATION_GROUP, snapshot, read_group, &reading);
	read_table(LOCATION_GROUP_MEMBER, snapshot, read_member, &reading);
	qsort(network->locations, network->nlocations, sizeof(OmsLocation), compare_locations);
	qsort(network->groups, network->ngroups, sizeof(OmsGroup), compare_groups);
	form_groups(&reading);
	read_table(CHANNEL, snapshot, read_channel, &reading);
	qsort(network->channels, network->nchannels, sizeof(OmsChannel), compare_channels);
	read_table(SAFETY_STOCK_RULE, snapshot, read_rule, &reading);
	form_rules(network);
	read_table(QUOTA, snapshot, read_quota, &reading);
	qsort(network->quotas, network->nquotas, sizeof(OmsQuotaLimit), compare_quotas);
	read_table(KIT_COMPONENT, snapshot, read_component, &reading);
	qsort(network->components, network->ncomponents, sizeof(OmsComponent), compare_components);
	MemoryContextSwitchTo(old);
	MemoryContextSetParent(context, CacheMemoryContext);
	return network;
}

/* -------------------------------------------------------------------------
 * Keeping
 * -------------------------------------------------------------------------
 */

static int
compare_changes(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(pg_uuid_t));
}

/*
 * read_changes returns the rows of network_change that the snapshot sees, in order; *few has
 * room for FEW_CHANGES.
 */
static pg_uuid_t *
read_changes(Oid relation, Snapshot snapshot, pg_uuid_t *few, int *n)
{
	Relation	rel = table_open(relation, AccessShareLock);
	TableScanDesc scan = table_beginscan_strat(rel, snapshot, 0, NULL, false, false);
	pg_uuid_t  *changes = few;
	HeapTuple	tuple;

	*n = 0;
	while ((tuple = heap_getnext(scan, ForwardScanDirection)) != NULL)
	{
		bool		isnull;

		if (*n == FEW_CHANGES)
			changes = memcpy(palloc(sizeof(pg_uuid_t) * 2 * FEW_CHANGES), few,
							 sizeof(pg_uuid_t) * FEW_CHANGES);
		else if (*n > FEW_CHANGES && (*n & (*n - 1)) == 0)
			changes = repalloc_huge(changes, sizeof(pg_uuid_t) * 2 * *n);
		changes[(*n)++] = *DatumGetUUIDP(heap_getattr(tuple, 1, RelationGetDescr(rel), &isnull));
	}
	table_endscan(scan);
	table_close(rel, NoLock);
	qsort(changes, *n, sizeof(pg_uuid_t), compare_changes);
	return changes;
}

/*
 * same_snapshot says whether two snapshots see the same. As time goes, no transaction is
 * added to those that a snapshot with a given xmax holds for running; so as many are the same.
 */
static bool
same_snapshot(const SnapshotData *a, const SnapshotData *b)
{
	return a->snapshot_type == SNAPSHOT_MVCC && b->snapshot_type == SNAPSHOT_MVCC &&
		a->xmin == b->xmin && a->xmax == b->xmax && a->xcnt == b->xcnt && a->subxcnt == b->subxcnt &&
		a->suboverflowed == b->suboverflowed && a->takenDuringRecovery == b->takenDuringRecovery &&
		a->curcid == b->curcid;
}

static void
unuse(void *arg)
{
	OmsNetwork *network = arg;

	if (--network->users == 0)
		MemoryContextDelete(network->context);
}

/*
 * oms_network returns the network that the active snapshot sees, for as long as the
 * current memory context lives.
 */
const OmsNetwork *
oms_network(void)
{
	Snapshot	snapshot = GetActiveSnapshot();
	Oid			relation = oms_table(tables[NETWORK_CHANGE]);
	bool		usable = !changing && kept != NULL && !kept_is_doubtful && kept->relation == relation;
	OmsNetwork *network = kept;
	MemoryContextCallback *callback;

	if (!usable || !same_snapshot(snapshot, &kept_for))
	{
		pg_uuid_t	few[FEW_CHANGES];
		int			nchanges;
		pg_uuid_t  *changes = read_changes(relation, snapshot, few, &nchanges);

		if (!usable || kept->nchanges != nchanges ||
			memcmp(kept->changes, changes, sizeof(pg_uuid_t) * nchanges) != 0)
		{
			if (!changing)
				kept_is_doubtful = false;
			network = read_network(snapshot);
			network->relation = relation;
			network->nchanges = nchanges;
			network->changes = MemoryContextAlloc(network->context,
												  sizeof(pg_uuid_t) * Max(1, nchanges));
			memcpy(network->changes, changes, sizeof(pg_uuid_t) * nchanges);
		}
	}
	callback = palloc(sizeof(MemoryContextCallback));
	callback->func = unuse;
	callback->arg = network;
	MemoryContextRegisterResetCallback(CurrentMemoryContext, callback);
	network->users++;

	if (!changing)
		kept_for = *snapshot;
	if (network != kept && !changing)
	{
		if (kept != NULL)
			unuse(kept);
		kept = network;
		kept->users++;
		for (int i = 0; i < NTABLES; i++)
			kept_tables[i] = oms_table(tables[i]);
	}
	return network;
}

static void
doubt(Datum arg, Oid relid)
{
	for (int i = 0; i < NTABLES; i++)
		if (relid == InvalidOid || relid == kept_tables[i])
			kept_is_doubtful = true;
}

/* -------------------------------------------------------------------------
 * Noting changes
 * -------------------------------------------------------------------------
 */

/*
 * note leaves this subtransaction's row in network_change and deletes those that are
 * visible now, but for those that others are deleting.
 */
static void
note(void)
{
	OmsWriter  *writer = oms_writer_open(tables[NETWORK_CHANGE]);
	Snapshot	snapshot = RegisterSnapshot(GetLatestSnapshot());
	TableScanDesc scan = table_beginscan(writer->rel, snapshot, 0, NULL);
	pg_uuid_t	id;
	Datum		value;
	bool		isnull = false;
	HeapTuple	tuple;

	while ((tuple = heap_getnext(scan, ForwardScanDirection)) != NULL)
	{
		TM_FailureData failure;

		(void) heap_delete(writer->rel, &tuple->t_self, GetCurrentCommandId(true), InvalidSnapshot,
						   false, &failure, false);
	}
	table_endscan(scan);
	UnregisterSnapshot(snapshot);

	if (!pg_strong_random(&id, sizeof(id)))
		ereport(ERROR,
				(errcode(ERRCODE_INTERNAL_ERROR),
				 errmsg("could not generate a random id for a change of the network")));
	value = UUIDPGetDatum(&id);
	(void) oms_writer_insert(writer, &value, &isnull);
	oms_writer_close(writer);
}

/*
 * oms_note_network_change() is the trigger of every table of the network: before each
 * statement, and after each row, where it leaves a row in network_change.
 */
Datum
oms_note_network_change(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;

	if (!CALLED_AS_TRIGGER(fcinfo))
		elog(ERROR, "oms.note_network_change must be called as a trigger");
	changing = true;
	if ((TRIGGER_FIRED_FOR_ROW(trigger->tg_event) || TRIGGER_FIRED_BY_TRUNCATE(trigger->tg_event)) &&
		noted != GetCurrentSubTransactionId())
	{
		note();
		noted = GetCurrentSubTransactionId();
	}
	return PointerGetDatum(NULL);
}

static void
network_xact_callback(XactEvent event, void *arg)
{
	if (event == XACT_EVENT_COMMIT || event == XACT_EVENT_ABORT || event == XACT_EVENT_PREPARE)
	{
		changing = false;
		noted = InvalidSubTransactionId;
	}
}

/* oms_network_init registers what ends with a transaction; called once, by _PG_init. */
void
oms_network_init(void)
{
	RegisterXactCallback(network_xact_callback, NULL);
	CacheRegisterRelcacheCallback(doubt, (Datum) 0);
}
