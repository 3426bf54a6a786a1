/*
 * row.c
 *		Direct access to rows of oms's own tables: by index, and insertion without the
 *		executor. Through SPI the rows that a reservation reads and writes cost five times
 *		the take itself (test/bench/reservation), and those of a page of 500 locations
 *		four times their reading (test/bench/availability).
 *
 * A table may be plain or in hash partitions (insight/partition.sql): then the partition that holds the key is opened.
 * Relations and indexes are opened at each call and locked as the executor locks them,
 * to the end of the transaction; no pointer to them is kept. An insertion maintains every index.
 * CHECK constraints are not evaluated: the caller's code is what they check. Row
 * triggers are not fired: a table that has any is refused (55000).
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/heapam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "access/tableam.h"
#include "access/xact.h"
#include "catalog/namespace.h"
#include "catalog/partition.h"
#include "catalog/pg_am.h"
#include "commands/trigger.h"
#include "executor/executor.h"
#include "partitioning/partbounds.h"
#include "partitioning/partdesc.h"
#include "storage/bufmgr.h"
#include "utils/fmgroids.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/partcache.h"
#include "utils/snapmgr.h"

#include "row.h"

/*
 * OIDs of oms's tables by name, forgotten at every relcache invalidation: so a table
 * that was dropped, created or renamed, here or elsewhere, is looked up anew.
 */
#define KNOWN_TABLES 64

static const char *known_names[KNOWN_TABLES];
static Oid	known_tables[KNOWN_TABLES];
static int	nknown_tables = 0;
static uint64 times_forgotten = 0;

static void
forget_tables(Datum arg, Oid relid)
{
	nknown_tables = 0;
	times_forgotten++;
}

/*
 * oms_table is the OID of a table of schema oms; 42P01 when it does not exist. name is a
 * constant: it is known again by its address, since the hot path asks a dozen times.
 */
Oid
oms_table(const char *name)
{
	Oid			table;
	uint64		before;

	AcceptInvalidationMessages();
	for (int i = 0; i < nknown_tables; i++)
		if (known_names[i] == name)
			return known_tables[i];

	before = times_forgotten;
	table = get_relname_relid(name, get_namespace_oid("oms", false));
	if (!OidIsValid(table))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE),
				 errmsg("table oms.%s does not exist", name)));
	if (nknown_tables < KNOWN_TABLES && times_forgotten == before)
	{
		known_names[nknown_tables] = name;
		known_tables[nknown_tables++] = table;
	}
	return table;
}

/* partition_column is the number of the column whose hash the partitions of root divide. */
static AttrNumber
partition_column(Relation root)
{
	PartitionKey key = RelationGetPartitionKey(root);

	if (key->strategy != PARTITION_STRATEGY_HASH || key->partnatts != 1 || key->partattrs[0] == 0)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("table %s is not partitioned by hash of one column",
						RelationGetRelationName(root))));
	return key->partattrs[0];
}

/*
 * oms_partition_of returns the partition of root that holds the rows with that value of the
 * column, by whose hash it must be partitioned (55000).
 */
Oid
oms_partition_of(Relation root, AttrNumber column, Datum value)
{
	PartitionKey key = RelationGetPartitionKey(root);
	PartitionDesc desc = RelationGetPartitionDesc(root, true);
	bool		isnull = false;
	uint64		hash;
	int			index;

	if (partition_column(root) != column)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("table %s is not partitioned by hash of its column %d",
						RelationGetRelationName(root), column)));
	hash = compute_partition_hash_value(1, key->partsupfunc, key->partcollation, &value, &isnull);
	index = desc->nparts == 0 ? -1 :
		desc->boundinfo->indexes[hash % desc->boundinfo->nindexes];
	if (index < 0)
		ereport(ERROR,
				(errcode(ERRCODE_CHECK_VIOLATION),
				 errmsg("no partition of %s holds the key", RelationGetRelationName(root))));
	return desc->oids[index];
}

/* The index of a partition that belongs to an index of its root. */
typedef struct PartitionIndex
{
	struct
	{
		Oid			partition;
		Oid			index;
	}			key;
	Oid			found;
} PartitionIndex;

static HTAB *partition_indexes = NULL;	/* as of generation; bounded by the partitions there are */
static uint64 partition_indexes_generation;

/* index_of_partition is the index of rel that belongs to an index of its root. */
static Oid
index_of_partition(Relation rel, Oid index)
{
	PartitionIndex wanted = {.key = {RelationGetRelid(rel), index}};
	PartitionIndex *known;
	uint64		before;

	if (partition_indexes != NULL && partition_indexes_generation != times_forgotten)
	{
		hash_destroy(partition_indexes);
		partition_indexes = NULL;
	}
	if (partition_indexes == NULL)
	{
		HASHCTL		control = {.keysize = sizeof(wanted.key), .entrysize = sizeof(PartitionIndex)};

		partition_indexes = hash_create("oms indexes of partitions", 64, &control, HASH_ELEM | HASH_BLOBS);
		partition_indexes_generation = times_forgotten;
	}
	known = hash_search(partition_indexes, &wanted.key, HASH_FIND, NULL);
	if (known != NULL)
		return known->found;
	before = times_forgotten;
	wanted.found = index_get_partition(rel, index);
	if (!OidIsValid(wanted.found))
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("partition %s lacks an index of its parent", RelationGetRelationName(rel))));
	if (times_forgotten == before)
		*(PartitionIndex *) hash_search(partition_indexes, &wanted.key, HASH_ENTER, NULL) = wanted;
	return wanted.found;
}

/* index_on_columns opens the index on the first columns of a table. */
static Relation
index_on_columns(Relation rel, int ncolumns)
{
	List	   *indexes = RelationGetIndexList(rel);
	ListCell   *cell;

	foreach(cell, indexes)
	{
		Relation	index = index_open(lfirst_oid(cell), AccessShareLock);
		bool		fits = index->rd_index->indisvalid && index->rd_rel->relam == BTREE_AM_OID &&
			index->rd_index->indnkeyatts >= ncolumns && RelationGetIndexPredicate(index) == NIL;

		for (int i = 0; i < ncolumns && fits; i++)
			fits = index->rd_index->indkey.values[i] == i + 1;
		if (fits)
		{
			list_free(indexes);
			return index;
		}
		index_close(index, AccessShareLock);
	}
	ereport(ERROR,
			(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
			 errmsg("table %s has no valid index on its first %d columns",
					RelationGetRelationName(rel), ncolumns)));
}

/* open_physical opens the table, or a partition of it, and the index that the scan is to use. */
static void
open_physical(OmsScan *scan, Relation rel)
{
	scan->rel = rel;
	if (scan->index_name == NULL)
		scan->index = index_on_columns(rel, scan->ncolumns);
	else if (rel == scan->root)
		scan->index = index_open(oms_table(scan->index_name), AccessShareLock);
	else
		scan->index = index_open(index_of_partition(rel, oms_table(scan->index_name)), AccessShareLock);
	scan->slot = table_slot_create(rel, NULL);
	scan->scan = NULL;
}

static void
close_physical(OmsScan *scan)
{
	if (scan->scan != NULL)
		index_endscan(scan->scan);
	ExecDropSingleTupleTableSlot(scan->slot);
	index_close(scan->index, NoLock);
	if (scan->rel != scan->root)
		table_close(scan->rel, NoLock);
}

/* open_partition has the scan go on in a partition. */
static void
open_partition(OmsScan *scan, Oid partition)
{
	if (scan->rel != NULL && RelationGetRelid(scan->rel) == partition)
		return;
	if (scan->rel != NULL)
		close_physical(scan);
	open_physical(scan, table_open(partition, AccessShareLock));
}

/* begin_physical begins a scan of what is open. */
static void
begin_physical(OmsScan *scan, int nkeys, ScanKey keys)
{
	if (scan->scan == NULL)
	{
		scan->scan = oms_index_beginscan(scan->rel, scan->index, scan->snapshot, nkeys);
		scan->scan->xs_want_itup = scan->entries;
	}
	index_rescan(scan->scan, keys, nkeys, NULL, 0);
}

/* column_of_index is the column of the table that the index of the scan has first. */
static AttrNumber
column_of_index(const OmsScan *scan)
{
	Relation	index;
	AttrNumber	column;

	if (scan->index_name == NULL)
		return 1;
	index = index_open(oms_table(scan->index_name), AccessShareLock);
	column = index->rd_index->indkey.values[0];
	index_close(index, NoLock);
	return column;
}

/*
 * oms_scan_open opens a table of schema oms, plain or partitioned by hash of a column, for
 * scans by the named index or, when that is NULL, by one on its first columns.
 */
OmsScan *
oms_scan_open(const char *table, const char *index, int ncolumns, Snapshot snapshot)
{
	OmsScan    *scan = palloc0(sizeof(OmsScan));

	scan->root = table_open(oms_table(table), AccessShareLock);
	scan->index_name = index;
	scan->ncolumns = ncolumns;
	scan->snapshot = snapshot;
	if (scan->root->rd_rel->relkind != RELKIND_PARTITIONED_TABLE)
		open_physical(scan, scan->root);
	else if (column_of_index(scan) == partition_column(scan->root))
		scan->column = partition_column(scan->root);
	return scan;
}

/*
 * oms_scan_start begins a scan. Of a partitioned table it reads one partition when the first key is an
 * equality of the partition column, else one after the other: keys must then live as long.
 */
void
oms_scan_start(OmsScan *scan, int nkeys, ScanKey keys)
{
	if (scan->root->rd_rel->relkind == RELKIND_PARTITIONED_TABLE)
	{
		PartitionDesc desc = RelationGetPartitionDesc(scan->root, true);

		scan->nkeys = nkeys;
		scan->keys = keys;
		if (scan->column != 0 && nkeys > 0 && keys[0].sk_attno == 1 &&
			keys[0].sk_strategy == BTEqualStrategyNumber)
		{
			scan->next_partition = desc->nparts;
			open_partition(scan, oms_partition_of(scan->root, scan->column, keys[0].sk_argument));
		}
		else
		{
			scan->next_partition = 1;
			open_partition(scan, desc->oids[0]);
		}
	}
	begin_physical(scan, nkeys, keys);
}

/* oms_scan_next puts the next row into scan->slot; false when there is none. */
bool
oms_scan_next(OmsScan *scan)
{
	while (!index_getnext_slot(scan->scan, ForwardScanDirection, scan->slot))
	{
		PartitionDesc desc;

		if (scan->root->rd_rel->relkind != RELKIND_PARTITIONED_TABLE)
			return false;
		desc = RelationGetPartitionDesc(scan->root, true);
		if (scan->next_partition >= desc->nparts)
			return false;
		open_partition(scan, desc->oids[scan->next_partition++]);
		begin_physical(scan, scan->nkeys, scan->keys);
	}
	return true;
}

/*
 * oms_scan_next_entry goes to the next entry of the index, and leaves the row to the caller:
 * the entry may be of one that the snapshot does not see. Of a partitioned table it reads one partition.
 */
bool
oms_scan_next_entry(OmsScan *scan)
{
	return index_getnext_tid(scan->scan, ForwardScanDirection) != NULL;
}

/* oms_scan_entry_text is a text column of the entry, valid until the next one. */
const text *
oms_scan_entry_text(OmsScan *scan, int attno)
{
	bool		isnull;

	return DatumGetTextPP(index_getattr(scan->scan->xs_itup, attno, scan->scan->xs_itupdesc, &isnull));
}

/* oms_scan_is_partitioned says whether the table has partitions, each to be scanned alone. */
bool
oms_scan_is_partitioned(const OmsScan *scan)
{
	return scan->root->rd_rel->relkind == RELKIND_PARTITIONED_TABLE;
}

/* oms_scan_close closes the table; its lock stays to the end of the transaction. */
void
oms_scan_close(OmsScan *scan)
{
	if (scan->rel != NULL)
		close_physical(scan);
	table_close(scan->root, NoLock);
	pfree(scan);
}

/*
 * oms_row_ahead looks for rows of a plain or partitioned table of schema oms whose first
 * column is the key as they are now, committed or not: what is there or coming, whatever a
 * snapshot sees. *xid is an open transaction that is inserting one, if any is. Who writes a
 * row and then looks so for another one, while others write that and then look for his,
 * is seen or sees.
 */
bool
oms_row_ahead(const char *table, text *key, TransactionId *xid)
{
	SnapshotData dirty;
	ScanKeyData scankey;
	OmsScan    *scan;
	bool		found = false;

	InitDirtySnapshot(dirty);
	*xid = InvalidTransactionId;
	scan = oms_scan_open(table, NULL, 1, &dirty);
	/* An empty table, as of kits where there are none, costs no descent. */
	if (oms_scan_is_partitioned(scan) || RelationGetNumberOfBlocks(scan->rel) > 0)
	{
		ScanKeyInit(&scankey, 1, BTEqualStrategyNumber, F_TEXTEQ, PointerGetDatum(key));
		oms_scan_start(scan, 1, &scankey);
		while (!TransactionIdIsValid(*xid) && oms_scan_next(scan))
		{
			found = true;
			*xid = dirty.xmin;
		}
	}
	oms_scan_close(scan);
	return found;
}

/*
 * oms_row_parse finds the text keys that a row of accounts begins with, and returns the
 * bigints that follow. None of these columns is ever null.
 */
const int64 *
oms_row_parse(HeapTuple tuple, int nkeys, text **keys)
{
	char	   *data = (char *) tuple->t_data + tuple->t_data->t_hoff;
	Size		offset = 0;

	for (int i = 0; i < nkeys; i++)
	{
		offset = att_align_pointer(offset, TYPALIGN_INT, -1, data + offset);
		keys[i] = DatumGetTextPP(PointerGetDatum(data + offset));
		offset = att_addlength_pointer(offset, -1, data + offset);
	}
	return (const int64 *) (data + att_align_nominal(offset, TYPALIGN_DOUBLE));
}

/*
 * What a writer needs besides the open relations (how to form index entries, compiled
 * predicates of partial indexes) is kept between uses, since making it costs as much as
 * an insertion. A writer in use belongs to its user's memory context, so that an error
 * frees it. It is used again only if no relation was invalidated since it was made;
 * whoever changes the indexes of a table sends an invalidation before he gives up his
 * lock on it, and we look after we have ours.
 */
#define KEPT_WRITERS 64

static OmsWriter *kept_writers[KEPT_WRITERS];

/* take_kept returns the kept writer of a relation, if it is up to date, for use. */
static OmsWriter *
take_kept(Oid relid)
{
	for (int i = 0; i < KEPT_WRITERS; i++)
	{
		OmsWriter  *writer = kept_writers[i];

		if (writer == NULL || writer->relid != relid)
			continue;
		kept_writers[i] = NULL;
		if (writer->generation == times_forgotten)
		{
			MemoryContextSetParent(writer->context, CurrentMemoryContext);
			return writer;
		}
		MemoryContextDelete(writer->context);
	}
	return NULL;
}

static OmsWriter *
make_writer(Relation rel)
{
	MemoryContext context = AllocSetContextCreate(CurrentMemoryContext, "oms writer",
												  ALLOCSET_SMALL_SIZES);
	MemoryContext old = MemoryContextSwitchTo(context);
	OmsWriter  *writer = palloc0(sizeof(OmsWriter));
	TupleDesc	desc = CreateTupleDescCopy(RelationGetDescr(rel));

	writer->context = context;
	writer->relid = RelationGetRelid(rel);
	writer->generation = times_forgotten;
	writer->estate = CreateExecutorState();
	/* No range table: index 0 says so to the executor, which else looks there at an update. */
	writer->info = makeNode(ResultRelInfo);
	InitResultRelInfo(writer->info, rel, 0, NULL, 0);
	ExecOpenIndices(writer->info, false);
	writer->nindexes = writer->info->ri_NumIndices;
	writer->indexes = palloc(sizeof(Oid) * Max(1, writer->nindexes));
	for (int i = 0; i < writer->nindexes; i++)
		writer->indexes[i] = RelationGetRelid(writer->info->ri_IndexRelationDescs[i]);
	writer->slot = MakeSingleTupleTableSlot(desc, &TTSOpsHeapTuple);
	writer->read_slot = MakeSingleTupleTableSlot(desc, &TTSOpsBufferHeapTuple);
	MemoryContextSwitchTo(old);
	return writer;
}

/*
 * oms_writer_of opens the indexes of a table that the caller has open with RowExclusiveLock;
 * partial ones when a row needs them, which with most rows is not at all.
 */
OmsWriter *
oms_writer_of(Relation rel)
{
	OmsWriter  *writer = take_kept(RelationGetRelid(rel));

	if (writer == NULL)
		writer = make_writer(rel);
	else
	{
		writer->info->ri_RelationDesc = rel;
		for (int i = 0; i < writer->nindexes; i++)
			if (writer->info->ri_IndexRelationInfo[i]->ii_Predicate == NIL)
				writer->info->ri_IndexRelationDescs[i] = index_open(writer->indexes[i],
																	RowExclusiveLock);
	}
	writer->rel = rel;
	writer->close_rel = false;
	return writer;
}

/* open_writer opens a plain table and its indexes for insertion. */
static OmsWriter *
open_writer(Oid table)
{
	Relation	rel = table_open(table, RowExclusiveLock);
	TriggerDesc *triggers = rel->trigdesc;
	OmsWriter  *writer;

	if (triggers != NULL && (triggers->trig_insert_before_row || triggers->trig_insert_after_row))
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("table oms.%s has row triggers, which oms does not fire", RelationGetRelationName(rel)),
				 errhint("Drop the trigger; read the public views instead.")));
	writer = oms_writer_of(rel);
	writer->close_rel = true;
	return writer;
}

/* oms_writer_open opens a plain table of schema oms and its indexes for insertion. */
OmsWriter *
oms_writer_open(const char *table)
{
	return open_writer(oms_table(table));
}

/*
 * oms_writer_index makes the index entries of the row in writer->slot, for a new row or,
 * with update, for a new version of one. The executor passes over an index that is not open.
 */
void
oms_writer_index(OmsWriter *writer, bool update, TU_UpdateIndexes indexes)
{
	ExprContext *context = GetPerTupleExprContext(writer->estate);

	context->ecxt_scantuple = writer->slot;
	for (int i = 0; i < writer->nindexes; i++)
	{
		IndexInfo  *info = writer->info->ri_IndexRelationInfo[i];

		if (writer->info->ri_IndexRelationDescs[i] != NULL)
			continue;
		if (info->ii_PredicateState == NULL)
			info->ii_PredicateState = ExecPrepareQual(info->ii_Predicate, writer->estate);
		if (ExecQual(info->ii_PredicateState, context))
			writer->info->ri_IndexRelationDescs[i] = index_open(writer->indexes[i],
																RowExclusiveLock);
	}
	oms_insert_index_entries(writer->info, writer->slot, writer->estate, update, indexes);
	ResetPerTupleExprContext(writer->estate);
}

/* oms_writer_insert inserts a row of all columns and returns where it is. */
ItemPointerData
oms_writer_insert(OmsWriter *writer, Datum *values, bool *nulls)
{
	HeapTuple	tuple = heap_form_tuple(RelationGetDescr(writer->rel), values, nulls);

	tuple->t_tableOid = RelationGetRelid(writer->rel);
	ExecStoreHeapTuple(tuple, writer->slot, false);
	heap_insert(writer->rel, tuple, GetCurrentCommandId(true), 0, NULL);
	writer->slot->tts_tid = tuple->t_self;
	oms_writer_index(writer, false, TU_All);
	ExecClearTuple(writer->slot);
	return tuple->t_self;
}

/* oms_writer_close closes the relations; their locks stay to the end of the transaction. */
void
oms_writer_close(OmsWriter *writer)
{
	ExecClearTuple(writer->read_slot);
	for (int i = 0; i < writer->nindexes; i++)
	{
		if (writer->info->ri_IndexRelationDescs[i] != NULL)
		{
			oms_index_insert_done(writer->info->ri_IndexRelationDescs[i],
								  writer->info->ri_IndexRelationInfo[i]);
			index_close(writer->info->ri_IndexRelationDescs[i], NoLock);
		}
		writer->info->ri_IndexRelationDescs[i] = NULL;
	}
	if (writer->close_rel)
		table_close(writer->rel, NoLock);
	for (int i = 0; i < KEPT_WRITERS && writer->generation == times_forgotten; i++)
	{
		if (kept_writers[i] != NULL && kept_writers[i]->generation == times_forgotten)
			continue;
		if (kept_writers[i] != NULL)
			MemoryContextDelete(kept_writers[i]->context);
		MemoryContextSetParent(writer->context, CacheMemoryContext);
		kept_writers[i] = writer;
		return;
	}
	MemoryContextDelete(writer->context);
}

/* oms_inserter_open opens a table of schema oms, plain or partitioned, for insertion. */
OmsInserter *
oms_inserter_open(const char *table)
{
	OmsInserter *inserter = palloc0(sizeof(OmsInserter));

	inserter->context = CurrentMemoryContext;
	inserter->root = table_open(oms_table(table), RowExclusiveLock);
	if (inserter->root->rd_rel->relkind == RELKIND_PARTITIONED_TABLE)
		inserter->column = partition_column(inserter->root);
	return inserter;
}

/* oms_insert inserts a row of all columns. */
void
oms_insert(OmsInserter *inserter, Datum *values, bool *nulls)
{
	Oid			table = RelationGetRelid(inserter->root);
	OmsWriter  *writer = NULL;
	ListCell   *cell;

	if (inserter->column != 0)
		table = oms_partition_of(inserter->root, inserter->column, values[inserter->column - 1]);
	foreach(cell, inserter->writers)
	{
		writer = lfirst(cell);
		if (writer->relid == table)
			break;
	}
	if (cell == NULL)
	{
		MemoryContext old = MemoryContextSwitchTo(inserter->context);

		writer = open_writer(table);
		inserter->writers = lappend(inserter->writers, writer);
		MemoryContextSwitchTo(old);
	}
	(void) oms_writer_insert(writer, values, nulls);
}

/* oms_inserter_close closes the relations; their locks stay to the end of the transaction. */
void
oms_inserter_close(OmsInserter *inserter)
{
	ListCell   *cell;

	foreach(cell, inserter->writers)
		oms_writer_close(lfirst(cell));
	table_close(inserter->root, NoLock);
}

/* oms_row_init registers what is forgotten at an invalidation; called once, by _PG_init. */
void
oms_row_init(void)
{
	CacheRegisterRelcacheCallback(forget_tables, (Datum) 0);
}
