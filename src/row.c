/*
 * row.c
 *		Direct access to single rows of oms's own tables: one row by its primary key, and
 *		insertion without the executor. The reserve path reads four rows and writes one;
 *		through SPI that cost five times the take itself (test/bench/reservation).
 *
 * Relations and indexes are opened at each call and locked as the executor locks them,
 * to the end of the transaction; only their OIDs are kept. An insertion maintains every index.
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
#include "commands/trigger.h"
#include "executor/executor.h"
#include "utils/fmgroids.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/snapmgr.h"

#include "row.h"

/*
 * OIDs of oms's tables by name, forgotten at every relcache invalidation: so a table
 * that was dropped, created or renamed, here or elsewhere, is looked up anew.
 */
#define KNOWN_TABLES 32

static struct
{
	char		name[NAMEDATALEN];
	Oid			oid;
}			known_tables[KNOWN_TABLES];
static int	nknown_tables = -1; /* -1: the callback is not registered yet */
static uint64 times_forgotten = 0;

static void
forget_tables(Datum arg, Oid relid)
{
	nknown_tables = 0;
	times_forgotten++;
}

/* oms_table is the OID of a table of schema oms; 42P01 when it does not exist. */
Oid
oms_table(const char *name)
{
	Oid			table;
	uint64		before;

	if (nknown_tables < 0)
	{
		CacheRegisterRelcacheCallback(forget_tables, (Datum) 0);
		nknown_tables = 0;
	}
	AcceptInvalidationMessages();
	for (int i = 0; i < nknown_tables; i++)
		if (strcmp(known_tables[i].name, name) == 0)
			return known_tables[i].oid;

	before = times_forgotten;
	table = get_relname_relid(name, get_namespace_oid("oms", false));
	if (!OidIsValid(table))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE),
				 errmsg("table oms.%s does not exist", name)));
	if (nknown_tables < KNOWN_TABLES && times_forgotten == before)
	{
		strlcpy(known_tables[nknown_tables].name, name, NAMEDATALEN);
		known_tables[nknown_tables++].oid = table;
	}
	return table;
}

/*
 * oms_row_by_key returns a copy of the row whose primary key, all text, starts with
 * nkeys keys, as the active snapshot sees it, or NULL; *desc is its descriptor, valid
 * while the caller's transaction holds the table.
 */
HeapTuple
oms_row_by_key(const char *table, int nkeys, const Datum *keys, TupleDesc *desc)
{
	Relation	rel = table_open(oms_table(table), AccessShareLock);
	Relation	index = index_open(RelationGetPrimaryKeyIndex(rel), AccessShareLock);
	TupleTableSlot *slot = table_slot_create(rel, NULL);
	IndexScanDesc scan = index_beginscan(rel, index, GetActiveSnapshot(), nkeys, 0);
	ScanKeyData scankeys[INDEX_MAX_KEYS];
	HeapTuple	tuple = NULL;

	for (int i = 0; i < nkeys; i++)
		ScanKeyInit(&scankeys[i], i + 1, BTEqualStrategyNumber, F_TEXTEQ, keys[i]);
	index_rescan(scan, scankeys, nkeys, NULL, 0);
	if (index_getnext_slot(scan, ForwardScanDirection, slot))
		tuple = ExecCopySlotHeapTuple(slot);
	index_endscan(scan);
	ExecDropSingleTupleTableSlot(slot);
	*desc = RelationGetDescr(rel);
	index_close(index, NoLock);
	table_close(rel, NoLock);
	return tuple;
}

/* oms_writer_open opens a plain table of schema oms and its indexes for insertion. */
OmsWriter *
oms_writer_open(const char *table)
{
	OmsWriter  *writer = palloc0(sizeof(OmsWriter));
	TriggerDesc *triggers;

	writer->rel = table_open(oms_table(table), RowExclusiveLock);
	triggers = writer->rel->trigdesc;
	if (triggers != NULL && (triggers->trig_insert_before_row || triggers->trig_insert_after_row))
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("table oms.%s has row triggers, which oms does not fire", table),
				 errhint("Drop the trigger; read the public views instead.")));
	writer->estate = CreateExecutorState();
	writer->info = makeNode(ResultRelInfo);
	InitResultRelInfo(writer->info, writer->rel, 0, NULL, 0);
	ExecOpenIndices(writer->info, false);
	writer->slot = MakeSingleTupleTableSlot(RelationGetDescr(writer->rel), &TTSOpsHeapTuple);
	return writer;
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
	ExecInsertIndexTuples(writer->info, writer->slot, writer->estate, false, false, NULL, NIL);
	ExecClearTuple(writer->slot);
	ResetPerTupleExprContext(writer->estate);
	return tuple->t_self;
}

/* oms_writer_close closes the table; its lock stays to the end of the transaction. */
void
oms_writer_close(OmsWriter *writer)
{
	ExecDropSingleTupleTableSlot(writer->slot);
	ExecCloseIndices(writer->info);
	table_close(writer->rel, NoLock);
	FreeExecutorState(writer->estate);
}
