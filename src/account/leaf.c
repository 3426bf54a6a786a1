/*
 * leaf.c
 *		The physical tables of accounts: each a pair of row and deltas, plain or a partition by
 *		hash of the first key, and with it the indexes by which a key is found, opened for as
 *		long as a call changes accounts. It writes the rows; what they mean is state.c's.
 *
 * Invariants: a leaf is complete, with deltas and every index open for insertion, before
 * anything is written to it. The layout is checked when it is completed: state.c reads columns
 * by their place, and writes past triggers. An account that never had a share costs the
 * opening of its shares' row table, not of the deltas.
 *
 * Locks: RowExclusiveLock on tables and indexes, kept to the end of the transaction; all are
 * taken before any key lock.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/heapam.h"
#include "access/nbtree.h"
#include "access/table.h"
#include "access/tableam.h"
#include "access/xact.h"
#include "catalog/pg_am.h"
#include "catalog/pg_type.h"
#include "commands/trigger.h"
#include "common/hashfn.h"
#include "executor/executor.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/memutils.h"
#include "utils/rel.h"

#include "account/engine.h"

/* locktag_field4 of our key locks: 1 and 2 are pg_advisory_lock's */
#define KEY_LOCK_CLASS 0x4F4D

static void
expect_column(Relation rel, int attno, const char *name, Oid type)
{
	TupleDesc	desc = RelationGetDescr(rel);

	if (attno <= desc->natts)
	{
		Form_pg_attribute att = TupleDescAttr(desc, attno - 1);

		if (!att->attisdropped && att->atttypid == type &&
			(name == NULL || strcmp(NameStr(att->attname), name) == 0))
			return;
	}
	ereport(ERROR,
			(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
			 errmsg("table %s does not have the layout of an account", RelationGetRelationName(rel)),
			 errdetail("Column %d is not \"%s\" of type %s.", attno, name ? name : "key",
					   format_type_be(type)),
			 errhint("Columns of accounts must not be added, dropped or changed.")));
}

/*
 * check_layout raises 55000 unless the relation is a heap of nkeys text columns
 * followed by the amounts, without row triggers.
 */
static void
check_layout(Relation rel, int nkeys, bool is_account)
{
	static const char *const amounts[] = {"on_hand", "unavailable", "reserved"};
	int			attno = nkeys;
	TriggerDesc *triggers = rel->trigdesc;

	if (rel->rd_rel->relkind != RELKIND_RELATION || rel->rd_rel->relam != HEAP_TABLE_AM_OID)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("%s is not a plain table", RelationGetRelationName(rel))));
	for (int i = 1; i <= nkeys; i++)
		expect_column(rel, i, NULL, TEXTOID);
	if (!is_account)
		expect_column(rel, ++attno, "id", INT8OID);
	for (int i = 0; i < 3; i++)
		expect_column(rel, ++attno, amounts[i], INT8OID);
	if (is_account)
	{
		expect_column(rel, ++attno, "w", INT8OID);
		expect_column(rel, ++attno, "exc", INT8ARRAYOID);
	}
	for (int i = attno; i < RelationGetDescr(rel)->natts; i++)
		if (!TupleDescAttr(RelationGetDescr(rel), i)->attisdropped)
			ereport(ERROR,
					(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
					 errmsg("table %s does not have the layout of an account",
							RelationGetRelationName(rel)),
					 errdetail("Column \"%s\" is none of its own.",
							   NameStr(TupleDescAttr(RelationGetDescr(rel), i)->attname)),
					 errhint("Drop that column.")));
	if (triggers != NULL &&
		(triggers->trig_insert_before_row || triggers->trig_insert_after_row ||
		 triggers->trig_update_before_row || triggers->trig_update_after_row ||
		 triggers->trig_delete_before_row || triggers->trig_delete_after_row))
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("table %s has row triggers, which accounts do not fire",
						RelationGetRelationName(rel)),
				 errhint("Drop the trigger; read movements instead.")));
}

/* key_index is a valid btree on exactly the table's first nkeys columns; 55000 if there is none. */
static Relation
key_index(const OmsWriter *writer, int nkeys)
{
	for (int i = 0; i < writer->nindexes; i++)
	{
		Relation	index = writer->info->ri_IndexRelationDescs[i];
		bool		fits = index != NULL && index->rd_index->indisvalid &&
			index->rd_rel->relam == BTREE_AM_OID && index->rd_index->indnkeyatts == nkeys &&
			RelationGetIndexPredicate(index) == NIL;

		for (int k = 0; k < nkeys && fits; k++)
			fits = index->rd_index->indkey.values[k] == k + 1;
		if (fits)
			return index;
	}
	ereport(ERROR,
			(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
			 errmsg("table %s has no valid index on its first %d columns",
					RelationGetRelationName(writer->rel), nkeys)));
}

/* open_leaf opens the rows of a pair of physical relations, in accounts' memory. */
static OmsLeaf *
open_leaf(OmsAccounts *accounts, Relation account)
{
	OmsLeaf    *leaf = palloc0(sizeof(OmsLeaf));

	leaf->lock_class = accounts->lock_class;
	leaf->lock_keys = accounts->lock_keys;
	leaf->nkeys = 1;
	while (leaf->nkeys < Min(OMS_ACCOUNT_MAX_KEYS, RelationGetDescr(account)->natts - 1) &&
		   TupleDescAttr(RelationGetDescr(account), leaf->nkeys)->atttypid == TEXTOID)
		leaf->nkeys++;
	leaf->account_oid = RelationGetRelid(account);
	leaf->account = account;
	leaf->next = accounts->leaves;
	accounts->leaves = leaf;
	return leaf;
}

/* complete_leaf opens a leaf's deltas and all indexes for changes. */
static void
complete_leaf(OmsLeaf *leaf, Relation delta)
{
	if (leaf->account_key != NULL)
		index_close(leaf->account_key, NoLock);
	leaf->delta = delta;
	check_layout(leaf->account, leaf->nkeys, true);
	check_layout(delta, leaf->nkeys, false);
	leaf->account_writer = oms_writer_of(leaf->account);
	leaf->delta_writer = oms_writer_of(delta);
	leaf->account_key = key_index(leaf->account_writer, leaf->nkeys);
	leaf->delta_key = key_index(leaf->delta_writer, leaf->nkeys + 1);
	leaf->account_slot = leaf->account_writer->read_slot;
	leaf->delta_slot = leaf->delta_writer->read_slot;
	leaf->complete = true;
}

static OmsAccounts *
accounts_of_relation(Relation account, int lock_class, int lock_keys)
{
	OmsAccounts *accounts = palloc0(sizeof(OmsAccounts));

	accounts->lock_class = lock_class;
	accounts->lock_keys = lock_keys;
	accounts->account_root = account;
	accounts->context = CurrentMemoryContext;
	accounts->scratch = AllocSetContextCreate(CurrentMemoryContext, "oms account", ALLOCSET_SMALL_SIZES);
	return accounts;
}

/* oms_accounts_of_relations opens accounts for changes, but for their shares. */
OmsAccounts *
oms_accounts_of_relations(Relation account, Relation delta, int lock_class, int lock_keys)
{
	OmsAccounts *accounts = accounts_of_relation(account, lock_class, lock_keys);

	accounts->delta_root = delta;
	if (account->rd_rel->relkind != RELKIND_PARTITIONED_TABLE)
		complete_leaf(open_leaf(accounts, account), delta);
	return accounts;
}

/*
 * oms_accounts_open opens the accounts of a kind, in plain tables or in tables partitioned
 * by hash of the first key alike, for changes by this command. Takes RowExclusiveLock on
 * the tables, on those of its shares when they are needed. Raises 25006 in a read-only
 * transaction and in recovery.
 */
OmsAccounts *
oms_accounts_open(const OmsAccountKind *kind)
{
	OmsAccounts *accounts;

	PreventCommandIfReadOnly("a change of stock");
	PreventCommandIfParallelMode("a change of stock");
	PreventCommandDuringRecovery("a change of stock");
	accounts = oms_accounts_of_relations(table_open(oms_table(kind->account), RowExclusiveLock),
										 table_open(oms_table(kind->delta), RowExclusiveLock),
										 kind->lock_class, kind->lock_keys);
	if (kind->shares != NULL)
	{
		accounts->shares = accounts_of_relation(table_open(oms_table(kind->shares->account),
														   RowExclusiveLock),
												kind->lock_class, kind->lock_keys);
		accounts->shares->delta_name = kind->shares->delta;
	}
	return accounts;
}

/* oms_accounts_close closes the relations; their locks stay to the end of the transaction. */
void
oms_accounts_close(OmsAccounts *accounts)
{
	if (accounts->shares != NULL)
		oms_accounts_close(accounts->shares);
	for (OmsLeaf *leaf = accounts->leaves; leaf != NULL; leaf = leaf->next)
	{
		if (leaf->complete)
		{
			oms_writer_close(leaf->account_writer);
			oms_writer_close(leaf->delta_writer);
			if (leaf->delta != accounts->delta_root)
				table_close(leaf->delta, NoLock);
		}
		else if (leaf->account_key != NULL)
			index_close(leaf->account_key, NoLock);
		if (leaf->account != accounts->account_root)
			table_close(leaf->account, NoLock);
	}
	table_close(accounts->account_root, NoLock);
	if (accounts->delta_root != NULL)
		table_close(accounts->delta_root, NoLock);
	MemoryContextDelete(accounts->scratch);
}

/* opened_leaf returns the leaf that holds the key if it was opened before, else NULL. */
static OmsLeaf *
opened_leaf(OmsAccounts *accounts, const Datum *keys, Oid *account_oid)
{
	*account_oid = RelationGetRelid(accounts->account_root);
	if (accounts->account_root->rd_rel->relkind == RELKIND_PARTITIONED_TABLE)
		*account_oid = oms_partition_of(accounts->account_root, 1, keys[0]);
	for (OmsLeaf *leaf = accounts->leaves; leaf != NULL; leaf = leaf->next)
		if (leaf->account_oid == *account_oid)
			return leaf;
	return NULL;
}

/* oms_leaf_find returns the pair of physical relations that holds the key, opened. */
OmsLeaf *
oms_leaf_find(OmsAccounts *accounts, const Datum *keys)
{
	Oid			account_oid;
	OmsLeaf    *leaf = opened_leaf(accounts, keys, &account_oid);
	MemoryContext old;

	if (leaf != NULL)
		return leaf;
	old = MemoryContextSwitchTo(accounts->context);
	leaf = open_leaf(accounts, table_open(account_oid, RowExclusiveLock));
	complete_leaf(leaf, table_open(oms_partition_of(accounts->delta_root, 1, keys[0]), RowExclusiveLock));
	MemoryContextSwitchTo(old);
	return leaf;
}

/*
 * oms_leaf_find_shares returns the leaf that holds the shares of the key; NULL for accounts without.
 * The index stays closed while the table is empty, which it is where nobody uses shares.
 */
OmsLeaf *
oms_leaf_find_shares(OmsAccounts *accounts, const Datum *keys)
{
	OmsAccounts *shares = accounts->shares;
	Oid			account_oid;
	OmsLeaf    *leaf;
	MemoryContext old;

	if (shares == NULL)
		return NULL;
	leaf = opened_leaf(shares, keys, &account_oid);
	if (leaf != NULL)
		return leaf;
	old = MemoryContextSwitchTo(shares->context);
	leaf = open_leaf(shares, shares->account_root->rd_rel->relkind == RELKIND_PARTITIONED_TABLE
					 ? table_open(account_oid, RowExclusiveLock) : shares->account_root);
	if (RelationGetNumberOfBlocks(leaf->account) > 0)
		leaf->account_key = index_open(oms_primary_key_index(leaf->account), RowExclusiveLock);
	MemoryContextSwitchTo(old);
	return leaf;
}

/* oms_leaf_complete_shares makes the leaf that holds the shares of the key ready for changes. */
void
oms_leaf_complete_shares(OmsAccounts *accounts, OmsLeaf *leaf, const Datum *keys)
{
	OmsAccounts *shares = accounts->shares;
	MemoryContext old;

	if (leaf->complete)
		return;
	old = MemoryContextSwitchTo(shares->context);
	if (shares->delta_root == NULL)
		shares->delta_root = table_open(oms_table(shares->delta_name), RowExclusiveLock);
	complete_leaf(leaf, leaf->account == shares->account_root ? shares->delta_root :
				  table_open(oms_partition_of(shares->delta_root, 1, keys[0]), RowExclusiveLock));
	MemoryContextSwitchTo(old);
}

/* oms_leaf_locktag names the lock on a key: the first lock_keys keys of it. */
void
oms_leaf_locktag(LOCKTAG *tag, OmsLeaf *leaf, const Datum *keys)
{
	uint64		hash = leaf->lock_class;

	for (int i = 0; i < leaf->lock_keys; i++)
	{
		text	   *key = DatumGetTextPP(keys[i]);

		hash = hash_bytes_extended((unsigned char *) VARDATA_ANY(key), VARSIZE_ANY_EXHDR(key), hash);
	}
	SET_LOCKTAG_ADVISORY(*tag, MyDatabaseId, (uint32) (hash >> 32), (uint32) hash, KEY_LOCK_CLASS);
}

/*
 * oms_leaf_scan begins a scan of every version of the rows of a key, ordered by id in the index
 * of deltas; there with ids as the strategy says, unless it is InvalidStrategy.
 */
IndexScanDesc
oms_leaf_scan(Relation heap, Relation index, int nkeys, const Datum *keys,
			  StrategyNumber id_strategy, int64 id)
{
	ScanKeyData scankeys[OMS_ACCOUNT_MAX_KEYS + 1];
	IndexScanDesc scan;
	int			n = nkeys;

	for (int i = 0; i < nkeys; i++)
		ScanKeyInit(&scankeys[i], i + 1, BTEqualStrategyNumber, F_TEXTEQ, keys[i]);
	if (id_strategy != InvalidStrategy)
	{
		ScanKeyInit(&scankeys[n], n + 1, id_strategy,
					id_strategy == BTEqualStrategyNumber ? F_INT8EQ : F_INT8GT, Int64GetDatum(id));
		n++;
	}
	scan = oms_index_beginscan(heap, index, SnapshotAny, n);
	index_rescan(scan, scankeys, n, NULL, 0);
	return scan;
}

/* new_values allocates the columns of a row of the leaf; dropped ones, after ours, are null. */
static int
new_values(OmsLeaf *leaf, Relation rel, const Datum *keys, Datum **values, bool **nulls)
{
	TupleDesc	desc = RelationGetDescr(rel);

	*values = palloc0(sizeof(Datum) * desc->natts);
	*nulls = palloc0(sizeof(bool) * desc->natts);
	for (int i = 0; i < desc->natts; i++)
		(*nulls)[i] = TupleDescAttr(desc, i)->attisdropped;
	for (int i = 0; i < leaf->nkeys; i++)
		(*values)[i] = keys[i];
	return leaf->nkeys;
}

/* row_values are the columns of the account's row as state->row, w and exc have it. */
static void
row_values(OmsLeaf *leaf, const Datum *keys, const OmsAccountState *state, Datum **values, bool **nulls)
{
	Datum	   *ids = palloc(sizeof(Datum) * Max(1, state->nexc));
	int			n = new_values(leaf, leaf->account, keys, values, nulls);

	for (int i = 0; i < state->nexc; i++)
		ids[i] = Int64GetDatum(state->exc[i]);
	(*values)[n++] = Int64GetDatum(state->row.on_hand);
	(*values)[n++] = Int64GetDatum(state->row.unavailable);
	(*values)[n++] = Int64GetDatum(state->row.reserved);
	(*values)[n++] = Int64GetDatum(state->w);
	(*values)[n++] = PointerGetDatum(construct_array(ids, state->nexc, INT8OID, 8, FLOAT8PASSBYVAL,
													 TYPALIGN_DOUBLE));
}

/* oms_leaf_insert_delta writes a change under the id. */
void
oms_leaf_insert_delta(OmsLeaf *leaf, const Datum *keys, int64 id, const OmsAmounts *amounts)
{
	Datum	   *values;
	bool	   *nulls;
	int			n = new_values(leaf, leaf->delta, keys, &values, &nulls);

	values[n++] = Int64GetDatum(id);
	values[n++] = Int64GetDatum(amounts->on_hand);
	values[n++] = Int64GetDatum(amounts->unavailable);
	values[n++] = Int64GetDatum(amounts->reserved);
	oms_request_wrote();
	(void) oms_writer_insert(leaf->delta_writer, values, nulls);
}

/* oms_leaf_insert_row writes an account's row that has none: state->row, w and exc. */
void
oms_leaf_insert_row(OmsLeaf *leaf, const Datum *keys, const OmsAccountState *state)
{
	Datum	   *values;
	bool	   *nulls;

	row_values(leaf, keys, state, &values, &nulls);
	oms_request_wrote();
	(void) oms_writer_insert(leaf->account_writer, values, nulls);
}

/* oms_leaf_update_row puts state->row, w and exc in place of the row, which we have locked. */
void
oms_leaf_update_row(OmsLeaf *leaf, const Datum *keys, OmsAccountState *state)
{
	Datum	   *values;
	bool	   *nulls;
	OmsWriter  *writer = leaf->account_writer;
	TupleTableSlot *slot = writer->slot;
	HeapTuple	tuple;
	TM_FailureData failure;
	LockTupleMode lockmode;
	TU_UpdateIndexes indexes;
	TM_Result	result;

	row_values(leaf, keys, state, &values, &nulls);
	tuple = heap_form_tuple(RelationGetDescr(leaf->account), values, nulls);
	tuple->t_tableOid = RelationGetRelid(leaf->account);
	ExecStoreHeapTuple(tuple, slot, false);
	/* With wait, since heap_update takes our own lock for somebody's without it. */
	result = oms_heap_update(leaf->account, &state->row_tid, tuple, GetCurrentCommandId(true), true,
							 &failure, &lockmode, &indexes);
	if (result != TM_Ok)
		elog(ERROR, "account row that we locked could not be updated: %d", result);
	slot->tts_tid = tuple->t_self;
	if (indexes != TU_None)
		oms_writer_index(writer, true, indexes);
	ExecClearTuple(slot);
}
