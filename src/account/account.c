/*
 * account.c
 *		The bounded account: take and give without waiting for anybody's commit.
 *
 * Purpose.  Many transactions take from one quantity that must never fall below a
 * bound. A row lock would be held until each commit is flushed; here nobody waits
 * for anybody's commit (the escrow method: O'Neil, The Escrow Transactional Method,
 * 1986), without shared memory.
 *
 * Data.  An account is one row (key, amounts, w, exc) and delta rows (key, id,
 * amounts), which are inserted and deleted, never updated. In any one snapshot its
 * value is the row plus the visible deltas; an absent row is zeros. A delta
 * that was folded into the row is deleted by the transaction that wrote the row, so
 * one snapshot sees either the one or the other. w is the highest id folded, exc the
 * ids up to w that were live and were not folded: deltas that a reader must look for
 * are those with id > w or in exc. That only bounds the scan; ids need not be unique.
 *
 * Change.  In a section: under a short lock on the key, with one snapshot S taken after
 * the lock. Row and deltas are judged by S. Visible ones count; our own count as they
 * stand (by xid, never by command id); those of transactions in progress in S are
 * pending. The guarded expression, linear in the amounts, is computed for the worst
 * outcome of the pending transactions: their changes are summed per exact
 * (sub)transaction, and only negative sums count. If the bound would be broken nothing
 * is written. Else one delta is inserted with id = highest id present + 1, and the
 * lock is released.
 *
 * Shares.  Units of an account may be kept for one holder until a moment. A share is
 * an account of its own (account's key, until, holder): on_hand is what was kept, reserved
 * what the holder took of it. It is read and written in the sections of its account, under
 * that key lock and by the same S. What is left of the shares of others is a fourth
 * amount, kept, which lowers the guarded expression as reserved does; it is in memory
 * only. So the changes that one transaction made to account and share are one sum: a
 * pending take of 2 from a share moves 2 from kept to reserved and is neutral to others, a
 * pending new share counts, one that is being ended counts until that is committed. A
 * take by the holder uses its share first, as far as something is left of it in every
 * outcome, and writes both deltas; a give that returns units of a share does so too. Who
 * sets a share waits for nobody's use of it: while any is pending it is refused. So what
 * is left of a share is never negative, in no outcome. A share that has lapsed by the
 * clock is not read. It may keep more than is there. A share's row is inserted before
 * any of its deltas and others write to it only when it is committed, so that shares are
 * found by their rows alone: an account that never had any costs one descent of an index,
 * and nothing where that table is empty.
 *
 * The key lock is exclusive, or shared where that is as good:
 * - A give only raises every guarded expression. Shared, it need not read the deltas. With
 *   units of a share it lowers reserved by at least as much as it raises kept.
 * - A take of at most SHARED_UNITS that would leave MaxBackends x SHARED_UNITS above
 *   its floor, and that uses no share. While stock is deep, takers of one key so do not
 *   even queue for the key lock; near the floor they take it exclusively, one after the
 *   other. Two that use a share must not overlap, whatever the stock: they could use the
 *   same units of it. Setting a share is exclusive: a shared take must not miss it.
 *
 * Why it never oversells.  Order the sections of a key by their snapshots. An
 * exclusive section sees every earlier one, committed or not, because its heap and
 * index entries are in place before the lock is released. A shared take misses only
 * sections that are in progress with it: each is a give, or a take of at most
 * SHARED_UNITS, and there are fewer than MaxBackends of them; the margin that it
 * leaves covers all. So each take was within its bound in that order. A delta lives or
 * dies with exactly one (sub)transaction; each later event (commit, abort, rollback
 * to a savepoint, crash, PREPARE and either outcome) picks one of the outcomes over
 * which the worst case was taken, so it only raises the worst case. A fold does not
 * move the value. Nothing depends on a callback having run, on shared memory, or on
 * the order of commits.
 *
 * Fold.  A pure rewrite by a transaction that has locked the row: it deletes deltas
 * that are committed and visible to its snapshot, adds exactly those it deleted to the
 * row, and sets w and exc. It waits for nobody's commit: a held row is skipped, a delta
 * that somebody else has locked is left. It runs at pre-commit of a taker that saw
 * many deltas (others' deltas only, so that no snapshot of a running query sees two
 * versions of a value), or in fold_accounts(). A missed fold costs speed, never truth.
 *
 * A fold must not set w to an id that somebody may still insert. It takes the key lock
 * exclusively for a moment, and in that moment the snapshot by which it folds. Sections
 * before that moment are over, their ids are seen. Sections after it insert above every
 * id that is present, so above every id that is folded: what the snapshot sees was there
 * at that moment, and a folded delta stays in place until the fold has committed and no
 * snapshot is left that does not see its row. (To bound a later snapshot by the highest
 * id present would not do: that one may abort and be pruned, two shared takes reuse its
 * id, and the fold take in the first of them before the second is inserted.)
 *
 * The row is inserted when no version of it exists, committed or pending, which is
 * judged under the exclusive key lock; else deltas stand alone. It is never deleted.
 *
 * Locks, in this order: relations and indexes (RowExclusiveLock, kept to the end of the
 * transaction); the account row, by a fold; the key lock (advisory class of our own,
 * one at a time, released before the function returns, freed by an error); buffers.
 * Under the key lock no relation is opened by us and no transaction is waited for.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/heapam.h"
#include "access/htup_details.h"
#include "access/nbtree.h"
#include "access/table.h"
#include "access/tableam.h"
#include "access/transam.h"
#include "access/xact.h"
#include "catalog/pg_am.h"
#include "catalog/pg_type.h"
#include "commands/trigger.h"
#include "common/hashfn.h"
#include "common/int.h"
#include "common/pg_prng.h"
#include "executor/executor.h"
#include "miscadmin.h"
#include "pgstat.h"
#include "storage/bufmgr.h"
#include "storage/latch.h"
#include "storage/lmgr.h"
#include "storage/lock.h"
#include "storage/proc.h"
#include "storage/procarray.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

#include "account/account.h"
#include "row.h"

/* locktag_field4 of our key locks: 1 and 2 are pg_advisory_lock's */
#define KEY_LOCK_CLASS 0x4F4D

/* a fold stops before it would leave more live ids behind it than this */
#define MAX_EXC 64

/* a transaction remembers at most this many keys to fold */
#define MAX_FOLDS 16

/* the most units of a take that may share the key lock */
#define SHARED_UNITS 4

/* how often a fold tries to get hold of a key that is in use */
#define FOLD_TRIES 5

/* keys of which a session remembers something, by hash */
#define KEY_HINTS 256

/* Guarded expressions are scaled by this, so that percents are integers. */
#define SCALE OMS_SAFETY_STOCK_ALL

/*
 * A pair of physical relations, open for insertion; until it is completed only account and
 * account_key are open, for reading.
 */
typedef struct AccountLeaf
{
	bool		complete;
	int			lock_class;		/* of the kind */
	int			lock_keys;
	Oid			account_oid;
	Relation	account;
	Relation	delta;
	Relation	account_key;	/* index on the key */
	Relation	delta_key;		/* index on key and id */
	OmsWriter  *account_writer;
	OmsWriter  *delta_writer;
	TupleTableSlot *account_slot;
	TupleTableSlot *delta_slot;
	int			nkeys;
	struct AccountLeaf *next;
} AccountLeaf;

struct OmsAccounts
{
	int			lock_class;
	int			lock_keys;
	OmsAccounts *shares;		/* its leaves are completed when they are needed; NULL: none */
	Relation	account_root;
	Relation	delta_root;		/* NULL while no leaf is complete */
	const char *delta_name;
	AccountLeaf *leaves;		/* those opened so far */
	MemoryContext context;		/* of all that is opened */
	MemoryContext scratch;		/* reset at every change */
};

/* How a tuple stands in a snapshot. */
typedef enum Judgement
{
	GONE,						/* dead, aborted, deleted, or not yet there */
	COUNTS,						/* committed for the snapshot */
	OWN,						/* ours, as it stands */
	PENDING						/* by a transaction in progress in the snapshot */
} Judgement;

typedef struct Pending
{
	TransactionId xid;
	OmsAmounts	amounts;
} Pending;

typedef struct SeenDelta
{
	int64		id;
	OmsAmounts	amounts;
	ItemPointerData tid;
	bool		foldable;		/* committed and not ours */
} SeenDelta;

typedef struct AccountState
{
	OmsAmounts	value;			/* row and deltas that count, ours included */
	OmsAmounts	row;			/* the row alone */
	bool		row_counts;		/* a version of the row counts */
	bool		row_exists;		/* a version exists, committed, ours or pending */
	bool		row_own;
	ItemPointerData row_tid;
	int64		w;
	int			nexc;
	int64	   *exc;
	int64		highest;		/* highest id present, at least w */
	int			npending;
	int			max_pending;
	Pending    *pending;
	int			ndeltas;		/* live deltas looked at */
	int			ncommitted;		/* of them committed by others: what a fold could fold */
	int			max_seen;		/* capacity of seen; 0 = do not collect */
	int			nseen;
	SeenDelta  *seen;
	struct Share *shares;		/* those that have not lapsed, linked */
} AccountState;

/* A share as one reading found it. */
typedef struct Share
{
	Datum		keys[OMS_ACCOUNT_MAX_KEYS];
	AccountState state;
	bool		own;			/* of the guard's holder */
	int64		left;			/* of an own one: units, in the worst case */
	struct Share *next;
} Share;

/* How a section ended. */
typedef enum SectionEnd
{
	SECTION_DONE,
	NEEDS_EXCLUSIVE,			/* nothing done: the lock must be exclusive */
	NEEDS_SHARES				/* nothing done: the leaf of shares must be complete */
} SectionEnd;

/* A guarded expression: on_hand, reserved + kept, a constant and unavailable, all scaled by SCALE. */
typedef struct Linear
{
	int64		on_hand;
	int64		reserved;			/* of kept too */
	int128		constant;
	int64		unavailable;
} Linear;

/* Keys that this transaction shall fold at pre-commit; in TopTransactionContext. */
typedef struct FoldRequest
{
	Oid			account_oid;
	Oid			delta_oid;
	int			lock_class;
	int			lock_keys;
	int			nkeys;
	Datum		keys[OMS_ACCOUNT_MAX_KEYS];
} FoldRequest;

static FoldRequest *fold_requests = NULL;
static int	nfold_requests = 0;

/* -------------------------------------------------------------------------
 * Relations
 * -------------------------------------------------------------------------
 */

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
static AccountLeaf *
open_leaf(OmsAccounts *accounts, Relation account)
{
	AccountLeaf *leaf = palloc0(sizeof(AccountLeaf));

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
complete_leaf(AccountLeaf *leaf, Relation delta)
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

/* accounts_of_relations opens accounts for changes, but for their shares. */
static OmsAccounts *
accounts_of_relations(Relation account, Relation delta, int lock_class, int lock_keys)
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
	accounts = accounts_of_relations(table_open(oms_table(kind->account), RowExclusiveLock),
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
	for (AccountLeaf *leaf = accounts->leaves; leaf != NULL; leaf = leaf->next)
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
static AccountLeaf *
opened_leaf(OmsAccounts *accounts, const Datum *keys, Oid *account_oid)
{
	*account_oid = RelationGetRelid(accounts->account_root);
	if (accounts->account_root->rd_rel->relkind == RELKIND_PARTITIONED_TABLE)
		*account_oid = oms_partition_of(accounts->account_root, 1, keys[0]);
	for (AccountLeaf *leaf = accounts->leaves; leaf != NULL; leaf = leaf->next)
		if (leaf->account_oid == *account_oid)
			return leaf;
	return NULL;
}

/* find_leaf returns the pair of physical relations that holds the key, opened. */
static AccountLeaf *
find_leaf(OmsAccounts *accounts, const Datum *keys)
{
	Oid			account_oid;
	AccountLeaf *leaf = opened_leaf(accounts, keys, &account_oid);
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
 * find_shares returns the leaf that holds the shares of the key; NULL for accounts without.
 * The index stays closed while the table is empty, which it is where nobody uses shares.
 */
static AccountLeaf *
find_shares(OmsAccounts *accounts, const Datum *keys)
{
	OmsAccounts *shares = accounts->shares;
	Oid			account_oid;
	AccountLeaf *leaf;
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

/* complete_shares makes the leaf that holds the shares of the key ready for changes. */
static void
complete_shares(OmsAccounts *accounts, AccountLeaf *leaf, const Datum *keys)
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

/* -------------------------------------------------------------------------
 * The key lock
 * -------------------------------------------------------------------------
 */

static void
key_locktag(LOCKTAG *tag, AccountLeaf *leaf, const Datum *keys)
{
	uint64		hash = leaf->lock_class;

	for (int i = 0; i < leaf->lock_keys; i++)
	{
		text	   *key = DatumGetTextPP(keys[i]);

		hash = hash_bytes_extended((unsigned char *) VARDATA_ANY(key), VARSIZE_ANY_EXHDR(key), hash);
	}
	SET_LOCKTAG_ADVISORY(*tag, MyDatabaseId, (uint32) (hash >> 32), (uint32) hash, KEY_LOCK_CLASS);
}

/* What this session's last take of a key found; only a hint where the next one begins. */
typedef enum KeyHint
{
	NOTHING_KNOWN,
	WAS_DEEP,					/* a shared take did, or would have done */
	WAS_SHORT					/* it was refused */
} KeyHint;

static struct
{
	uint64		key;
	KeyHint		hint;
}			key_hints[KEY_HINTS];

static uint64
locktag_hash(const LOCKTAG *tag)
{
	return ((uint64) tag->locktag_field2 << 32) | tag->locktag_field3;
}

static KeyHint
recall(const LOCKTAG *tag)
{
	uint64		key = locktag_hash(tag);

	return key_hints[key % KEY_HINTS].key == key ? key_hints[key % KEY_HINTS].hint : NOTHING_KNOWN;
}

static void
remember(const LOCKTAG *tag, KeyHint hint)
{
	uint64		key = locktag_hash(tag);

	if (hint != NOTHING_KNOWN || recall(tag) != NOTHING_KNOWN)
	{
		key_hints[key % KEY_HINTS].key = key;
		key_hints[key % KEY_HINTS].hint = hint;
	}
}

/* -------------------------------------------------------------------------
 * Reading
 * -------------------------------------------------------------------------
 */

/*
 * judge says how a tuple stands in the snapshot, our own transaction's work counting
 * as it stands now; *xid is the inserting (sub)transaction. The buffer is locked.
 */
static Judgement
judge(HeapTuple tuple, Buffer buffer, Snapshot snapshot, TransactionId *xid)
{
	HeapTupleHeader header = tuple->t_data;
	Judgement	judgement;

	*xid = HeapTupleHeaderGetXmin(header);
	if (!(header->t_infomask & (HEAP_XMAX_INVALID)) &&
		!HEAP_XMAX_IS_LOCKED_ONLY(header->t_infomask) &&
		TransactionIdIsCurrentTransactionId(HeapTupleHeaderGetUpdateXid(header)))
		judgement = GONE;
	else if (TransactionIdIsCurrentTransactionId(*xid))
		judgement = OWN;
	else if (HeapTupleSatisfiesVisibility(tuple, snapshot, buffer))
		judgement = COUNTS;
	else if (!HeapTupleHeaderXminInvalid(header) && TransactionIdIsNormal(*xid) &&
			 XidInMVCCSnapshot(*xid, snapshot))
		judgement = PENDING;
	else
		judgement = GONE;
	return judgement;
}

/* judge_slot is judge for a tuple that an index scan put into a slot. */
static Judgement
judge_slot(TupleTableSlot *slot, Snapshot snapshot, TransactionId *xid)
{
	BufferHeapTupleTableSlot *heap_slot = (BufferHeapTupleTableSlot *) slot;
	Judgement	judgement;

	LockBuffer(heap_slot->buffer, BUFFER_LOCK_SHARE);
	judgement = judge(heap_slot->base.tuple, heap_slot->buffer, snapshot, xid);
	LockBuffer(heap_slot->buffer, BUFFER_LOCK_UNLOCK);
	return judgement;
}

static IndexScanDesc
begin_key_scan(Relation heap, Relation index, int nkeys, const Datum *keys,
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

static void
get_amounts(TupleTableSlot *slot, int first, OmsAmounts *amounts)
{
	bool		isnull;

	amounts->on_hand = DatumGetInt64(slot_getattr(slot, first, &isnull));
	amounts->unavailable = DatumGetInt64(slot_getattr(slot, first + 1, &isnull));
	amounts->reserved = DatumGetInt64(slot_getattr(slot, first + 2, &isnull));
	amounts->kept = 0;
}

static void
overflow(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
			 errmsg("a quantity of an account would be out of range of bigint")));
}

static void
add_pending(AccountState *state, TransactionId xid, const OmsAmounts *amounts)
{
	if (state->npending == state->max_pending)
	{
		state->max_pending = Max(64, 2 * state->max_pending);
		state->pending = state->pending == NULL
			? palloc(sizeof(Pending) * state->max_pending)
			: repalloc(state->pending, sizeof(Pending) * state->max_pending);
	}
	state->pending[state->npending].xid = xid;
	state->pending[state->npending++].amounts = *amounts;
}

static void
add_amounts(OmsAmounts *sum, const OmsAmounts *amounts)
{
	if (pg_add_s64_overflow(sum->on_hand, amounts->on_hand, &sum->on_hand) ||
		pg_add_s64_overflow(sum->unavailable, amounts->unavailable, &sum->unavailable) ||
		pg_add_s64_overflow(sum->reserved, amounts->reserved, &sum->reserved) ||
		pg_add_s64_overflow(sum->kept, amounts->kept, &sum->kept))
		overflow();
}

/*
 * read_row finds the version of the account row that counts, and whether any exists. A
 * pending version that nothing was folded into (w is 0) is a change that made the row; any
 * other is an open fold, which changes nothing.
 */
static void
read_row(AccountLeaf *leaf, const Datum *keys, Snapshot snapshot, AccountState *state)
{
	IndexScanDesc scan = begin_key_scan(leaf->account, leaf->account_key, leaf->nkeys, keys,
										InvalidStrategy, 0);

	while (index_getnext_slot(scan, ForwardScanDirection, leaf->account_slot))
	{
		TupleTableSlot *slot = leaf->account_slot;
		TransactionId xid;
		Judgement	judgement = judge_slot(slot, snapshot, &xid);
		bool		isnull;
		ArrayType  *exc;

		if (judgement == PENDING)
		{
			OmsAmounts	amounts;

			state->row_exists = true;
			if (DatumGetInt64(slot_getattr(slot, leaf->nkeys + 4, &isnull)) == 0)
			{
				get_amounts(slot, leaf->nkeys + 1, &amounts);
				add_pending(state, xid, &amounts);
			}
		}
		if (judgement != COUNTS && judgement != OWN)
			continue;
		state->row_exists = state->row_counts = true;
		state->row_own = judgement == OWN;
		state->row_tid = slot->tts_tid;
		get_amounts(slot, leaf->nkeys + 1, &state->row);
		state->w = DatumGetInt64(slot_getattr(slot, leaf->nkeys + 4, &isnull));
		exc = DatumGetArrayTypeP(slot_getattr(slot, leaf->nkeys + 5, &isnull));
		state->nexc = ArrayGetNItems(ARR_NDIM(exc), ARR_DIMS(exc));
		if (state->nexc > 0)
		{
			state->exc = palloc(sizeof(int64) * state->nexc);
			memcpy(state->exc, ARR_DATA_PTR(exc), sizeof(int64) * state->nexc);
		}
		break;
	}
	index_endscan(scan);
	ExecClearTuple(leaf->account_slot);
	state->value = state->row;
	state->highest = state->w;
}

/*
 * delta_amounts returns the four numbers (id, on_hand, unavailable, reserved) of a delta,
 * or NULL when the tuple is not a delta of the key: a place may have been vacuumed and
 * used again since the index named it.
 */
static const int64 *
delta_amounts(HeapTuple tuple, int nkeys, const Datum *keys)
{
	char	   *data = (char *) tuple->t_data + tuple->t_data->t_hoff;
	Size		offset = 0;

	for (int i = 0; i < nkeys; i++)
	{
		text	   *key = DatumGetTextPP(keys[i]);
		char	   *column;

		offset = att_align_pointer(offset, TYPALIGN_INT, -1, data + offset);
		column = data + offset;
		if (VARATT_IS_COMPRESSED(column) || VARATT_IS_EXTERNAL(column))
		{
			if (!oms_text_equal(key, DatumGetTextPP(PointerGetDatum(column))))
				return NULL;
		}
		else if (!oms_text_equal(key, (text *) column))
			return NULL;
		offset = att_addlength_pointer(offset, -1, column);
	}
	return (const int64 *) (data + att_align_nominal(offset, TYPALIGN_DOUBLE));
}

static void
note_delta(AccountState *state, HeapTuple tuple, const int64 *numbers, Judgement judgement,
		   TransactionId xid)
{
	OmsAmounts	amounts = {numbers[1], numbers[2], numbers[3], 0};

	state->highest = Max(state->highest, numbers[0]);
	if (judgement == GONE)
		return;
	state->ndeltas++;
	if (judgement == PENDING)
		add_pending(state, xid, &amounts);
	else
	{
		add_amounts(&state->value, &amounts);
		state->ncommitted += judgement == COUNTS;
	}

	if (state->max_seen > 0)
	{
		SeenDelta  *seen;

		if (state->nseen == state->max_seen)
		{
			state->max_seen *= 2;
			state->seen = repalloc_huge(state->seen, sizeof(SeenDelta) * state->max_seen);
		}
		seen = &state->seen[state->nseen++];
		seen->id = numbers[0];
		seen->amounts = amounts;
		seen->tid = tuple->t_self;
		seen->foldable = judgement == COUNTS;
	}
}

typedef struct TidList
{
	int			n;
	int			max;
	ItemPointerData *tids;
} TidList;

static void
collect_tids(AccountLeaf *leaf, const Datum *keys, StrategyNumber strategy, int64 id, TidList *list)
{
	IndexScanDesc scan = begin_key_scan(leaf->delta, leaf->delta_key, leaf->nkeys, keys, strategy, id);
	ItemPointer tid;

	while ((tid = index_getnext_tid(scan, ForwardScanDirection)) != NULL)
	{
		if (list->n == list->max)
		{
			list->max *= 2;
			list->tids = repalloc_huge(list->tids, sizeof(ItemPointerData) * list->max);
		}
		list->tids[list->n++] = *tid;
	}
	index_endscan(scan);
}

static int
compare_tids(const void *a, const void *b)
{
	return ItemPointerCompare((ItemPointer) a, (ItemPointer) b);
}

/*
 * read_deltas judges the deltas in exc and above w. The index names them; they are then
 * visited page by page, since those of concurrent takers lie on pages of their own.
 */
static void
read_deltas(AccountLeaf *leaf, const Datum *keys, Snapshot snapshot, AccountState *state)
{
	TidList		list = {0, 256, palloc(sizeof(ItemPointerData) * 256)};

	for (int i = 0; i < state->nexc; i++)
		collect_tids(leaf, keys, BTEqualStrategyNumber, state->exc[i], &list);
	collect_tids(leaf, keys, BTGreaterStrategyNumber, state->w, &list);
	qsort(list.tids, list.n, sizeof(ItemPointerData), compare_tids);

	for (int i = 0; i < list.n;)
	{
		BlockNumber block = ItemPointerGetBlockNumber(&list.tids[i]);
		Buffer		buffer = ReadBuffer(leaf->delta, block);
		Page		page;

		CHECK_FOR_INTERRUPTS();
		heap_page_prune_opt(leaf->delta, buffer);
		LockBuffer(buffer, BUFFER_LOCK_SHARE);
		page = BufferGetPage(buffer);
		for (; i < list.n && ItemPointerGetBlockNumber(&list.tids[i]) == block; i++)
		{
			OffsetNumber offset = ItemPointerGetOffsetNumber(&list.tids[i]);
			HeapTupleData tuple;
			ItemId		item;
			const int64 *numbers;
			TransactionId xid;
			Judgement	judgement;

			if ((i > 0 && ItemPointerEquals(&list.tids[i], &list.tids[i - 1])) ||
				offset > PageGetMaxOffsetNumber(page))
				continue;
			item = PageGetItemId(page, offset);
			if (!ItemIdIsNormal(item))
				continue;
			tuple.t_data = (HeapTupleHeader) PageGetItem(page, item);
			tuple.t_len = ItemIdGetLength(item);
			tuple.t_self = list.tids[i];
			tuple.t_tableOid = RelationGetRelid(leaf->delta);
			numbers = delta_amounts(&tuple, leaf->nkeys, keys);
			if (numbers == NULL)
				continue;
			judgement = judge(&tuple, buffer, snapshot, &xid);
			note_delta(state, &tuple, numbers, judgement, xid);
		}
		UnlockReleaseBuffer(buffer);
	}
}

/* read_highest sets state->highest, without looking at the deltas. */
static void
read_highest(AccountLeaf *leaf, const Datum *keys, AccountState *state)
{
	IndexScanDesc scan = begin_key_scan(leaf->delta, leaf->delta_key, leaf->nkeys, keys,
										BTGreaterStrategyNumber, state->w);
	bool		isnull;

	if (index_getnext_slot(scan, BackwardScanDirection, leaf->delta_slot))
		state->highest = DatumGetInt64(slot_getattr(leaf->delta_slot, leaf->nkeys + 1, &isnull));
	index_endscan(scan);
	ExecClearTuple(leaf->delta_slot);
}

/* -------------------------------------------------------------------------
 * The worst case
 * -------------------------------------------------------------------------
 */

static int
compare_pending(const void *a, const void *b)
{
	TransactionId x = ((const Pending *) a)->xid;
	TransactionId y = ((const Pending *) b)->xid;

	return x < y ? -1 : x > y;
}

/* merge_pending sums the pending changes per exact (sub)transaction. */
static void
merge_pending(AccountState *state)
{
	int			n = 0;

	qsort(state->pending, state->npending, sizeof(Pending), compare_pending);
	for (int i = 0; i < state->npending; i++)
	{
		if (n > 0 && state->pending[n - 1].xid == state->pending[i].xid)
			add_amounts(&state->pending[n - 1].amounts, &state->pending[i].amounts);
		else
			state->pending[n++] = state->pending[i];
	}
	state->npending = n;
}

static int128
linear_value(const Linear *linear, const OmsAmounts *amounts)
{
	return (int128) linear->on_hand * amounts->on_hand +
		(int128) linear->unavailable * amounts->unavailable -
		(int128) linear->reserved * ((int128) amounts->reserved + amounts->kept);
}

/*
 * linear_bound is the least (or, with best, the greatest) value of the expression over
 * every outcome of the pending transactions.
 */
static int128
linear_bound(const Linear *linear, const AccountState *state, bool best)
{
	int128		bound = linear_value(linear, &state->value) - linear->constant;

	for (int i = 0; i < state->npending; i++)
	{
		int128		change = linear_value(linear, &state->pending[i].amounts);

		if (best ? change > 0 : change < 0)
			bound += change;
	}
	return bound;
}

#define MIN128(a, b) ((a) < (b) ? (a) : (b))
#define MAX128(a, b) ((a) > (b) ? (a) : (b))

/*
 * guard_bound is what is left above the guard's floor in the worst (best) case, scaled.
 *
 * A floor with a percent is not linear: the percent counts of on_hand, but not below 0,
 * and max() and min() choose. Each is a minimum or maximum of linear expressions.
 * The worst case of a minimum is the minimum of the worst cases; the maximum of the
 * worst cases is a lower bound of the worst case of a maximum, so that min() may refuse
 * a little early while others are pending, and never sells too many.
 */
static int128
guard_bound(const OmsGuard *guard, const AccountState *state, bool best)
{
	int64		percent = guard->safety.percent_scaled;
	int128		kept = (int128) guard->kept * SCALE;
	int128		units = (int128) guard->safety.units * SCALE;
	Linear		by_units = {SCALE, SCALE, kept + units};
	Linear		by_percent = {SCALE - percent, SCALE, kept};
	Linear		by_nothing = {SCALE, SCALE, kept};
	int128		bound;

	if (guard->kind == OMS_GUARD_ON_HAND || guard->kind == OMS_GUARD_UNAVAILABLE ||
		guard->kind == OMS_GUARD_STILL)
	{
		Linear		on_hand = {.on_hand = SCALE};
		Linear		unavailable = {.unavailable = SCALE};

		return linear_bound(guard->kind == OMS_GUARD_UNAVAILABLE ? &unavailable : &on_hand, state, best);
	}

	bound = linear_bound(&by_units, state, best);
	if (percent == 0)
		return bound;
	switch (guard->safety.mode)
	{
		case OMS_SAFETY_STOCK_PLUS:
			by_percent.constant += units;
			return MIN128(bound, linear_bound(&by_percent, state, best));
		case OMS_SAFETY_STOCK_MAX:
			return MIN128(bound, linear_bound(&by_percent, state, best));
		case OMS_SAFETY_STOCK_MIN:
			return MAX128(bound, MIN128(linear_bound(&by_percent, state, best),
										linear_bound(&by_nothing, state, best)));
	}
	elog(ERROR, "unknown mode of safety stock: %d", guard->safety.mode);
}

static int64
units_in(int128 scaled)
{
	int128		units = scaled / SCALE;

	return scaled <= 0 ? 0 : (int64) MIN128(units, (int128) PG_INT64_MAX);
}

/*
 * forget_aborted drops pending changes of (sub)transactions that have aborted, and says
 * whether there were any. A snapshot that overflowed takes the aborted subtransactions of
 * an open transaction for open; nobody needs to wait for them.
 */
static bool
forget_aborted(AccountState *state)
{
	int			n = 0;
	bool		any;

	for (int i = 0; i < state->npending; i++)
		if (!TransactionIdDidAbort(state->pending[i].xid))
			state->pending[n++] = state->pending[i];
	any = n < state->npending;
	state->npending = n;
	return any;
}

/* some_pending is a pending transaction that is still in progress, preferably. */
static TransactionId
some_pending(const AccountState *state)
{
	for (int i = 0; i < state->npending; i++)
		if (TransactionIdIsInProgress(state->pending[i].xid))
			return state->pending[i].xid;
	return state->pending[0].xid;
}

/* -------------------------------------------------------------------------
 * Shares
 * -------------------------------------------------------------------------
 */

/*
 * oms_share_until writes the moment at which a share lapses as a key: of fixed width in
 * UTC, so that keys sort as moments do, 'infinity' last. 22008 for what has no such form.
 */
text *
oms_share_until(TimestampTz until)
{
	struct pg_tm tm;
	fsec_t		fsec;

	if (TIMESTAMP_IS_NOEND(until))
		return cstring_to_text("infinity");
	if (TIMESTAMP_NOT_FINITE(until) || timestamp2tm(until, NULL, &tm, &fsec, NULL, NULL) != 0 ||
		tm.tm_year < 1 || tm.tm_year > 9999)
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("moment out of range: \"%s\"", timestamptz_to_str(until)),
				 errhint("Use a year from 1 to 9999, or infinity.")));
	return cstring_to_text(psprintf("%04d-%02d-%02dT%02d:%02d:%02d.%06dZ", tm.tm_year, tm.tm_mon,
									tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec, fsec));
}

/*
 * may_have_shares says whether the account has or had any share: at most one descent of an
 * index. Under the key lock, a table that was empty before may have them by now.
 */
static bool
may_have_shares(AccountLeaf *shares, int nkeys, const Datum *keys)
{
	IndexScanDesc scan;
	bool		any;

	if (shares->account_key == NULL)
		return RelationGetNumberOfBlocks(shares->account) > 0;
	scan = begin_key_scan(shares->account, shares->account_key, nkeys, keys, InvalidStrategy, 0);
	any = index_getnext_tid(scan, ForwardScanDirection) != NULL;
	index_endscan(scan);
	return any;
}

static Share *
find_share(const AccountState *state, text *until, text *holder, int nkeys)
{
	for (Share *share = state->shares; share != NULL; share = share->next)
		if (oms_text_equal(DatumGetTextPP(share->keys[nkeys]), until) &&
			oms_text_equal(DatumGetTextPP(share->keys[nkeys + 1]), holder))
			return share;
	return NULL;
}

/*
 * list_shares lists the shares of the account that have not lapsed. A share has a version
 * of its row wherever it has a delta that is not its own transaction's: its row is inserted
 * first, and others write to it only once that is committed.
 */
static void
list_shares(AccountLeaf *leaf, int nkeys, const Datum *keys, text *holder, AccountState *state)
{
	ScanKeyData scankeys[OMS_ACCOUNT_MAX_KEYS];
	IndexScanDesc scan = oms_index_beginscan(leaf->account, leaf->account_key, SnapshotAny, nkeys + 1);

	for (int i = 0; i < nkeys; i++)
		ScanKeyInit(&scankeys[i], i + 1, BTEqualStrategyNumber, F_TEXTEQ, keys[i]);
	ScanKeyInit(&scankeys[nkeys], nkeys + 1, BTGreaterStrategyNumber, F_TEXT_GT,
				PointerGetDatum(oms_share_until(GetCurrentTimestamp())));
	index_rescan(scan, scankeys, nkeys + 1, NULL, 0);
	while (index_getnext_slot(scan, ForwardScanDirection, leaf->account_slot))
	{
		bool		isnull;
		text	   *until = DatumGetTextPP(slot_getattr(leaf->account_slot, nkeys + 1, &isnull));
		text	   *whose = DatumGetTextPP(slot_getattr(leaf->account_slot, nkeys + 2, &isnull));
		Share	   *share;

		if (find_share(state, until, whose, nkeys) != NULL)
			continue;			/* another version of its row */
		share = palloc0(sizeof(Share));
		for (int i = 0; i < nkeys; i++)
			share->keys[i] = keys[i];
		share->keys[nkeys] = PointerGetDatum(DatumGetTextPCopy(PointerGetDatum(until)));
		share->keys[nkeys + 1] = PointerGetDatum(DatumGetTextPCopy(PointerGetDatum(whose)));
		share->own = holder != NULL && oms_text_equal(whose, holder);
		share->next = state->shares;
		state->shares = share;
	}
	index_endscan(scan);
	ExecClearTuple(leaf->account_slot);
}

static int64
left_of(const OmsAmounts *amounts)
{
	int64		left;

	if (pg_sub_s64_overflow(amounts->on_hand, amounts->reserved, &left))
		overflow();
	return left;
}

/*
 * read_shares reads the shares of the account that have not lapsed. What is left of others'
 * is kept: it counts in state as any amount does, pending changes by their (sub)transaction.
 * Of the holder's own the worst case is what a take may use.
 */
static void
read_shares(AccountLeaf *leaf, int nkeys, const Datum *keys, Snapshot snapshot, text *holder,
			AccountState *state)
{
	list_shares(leaf, nkeys, keys, holder, state);
	for (Share *share = state->shares; share != NULL; share = share->next)
	{
		AccountState *of = &share->state;

		read_row(leaf, share->keys, snapshot, of);
		read_deltas(leaf, share->keys, snapshot, of);
		if (of->npending > 1)
			merge_pending(of);
		if (share->own)
		{
			(void) forget_aborted(of);
			share->left = left_of(&of->value);
			for (int i = 0; i < of->npending; i++)
				share->left += Min(0, left_of(&of->pending[i].amounts));
		}
		else
		{
			OmsAmounts	kept = {.kept = left_of(&of->value)};

			add_amounts(&state->value, &kept);
			for (int i = 0; i < of->npending; i++)
			{
				kept.kept = left_of(&of->pending[i].amounts);
				add_pending(state, of->pending[i].xid, &kept);
			}
		}
	}
}

/* usable_share is the holder's share of which something is left, or NULL. */
static Share *
usable_share(const AccountState *state)
{
	for (Share *share = state->shares; share != NULL; share = share->next)
		if (share->own && share->left > 0)
			return share;
	return NULL;
}

/* share_is_short says whether a take of so many units uses up what is left of a share of its holder. */
static bool
share_is_short(const AccountState *state, int64 units)
{
	for (Share *share = state->shares; share != NULL; share = share->next)
		if (share->own && share->state.value.on_hand > 0)
			return share->left < units;
	return false;
}

/* -------------------------------------------------------------------------
 * Change
 * -------------------------------------------------------------------------
 */

/* new_values allocates the columns of a row; dropped ones, after ours, are null. */
static void
new_values(Relation rel, Datum **values, bool **nulls)
{
	TupleDesc	desc = RelationGetDescr(rel);

	*values = palloc0(sizeof(Datum) * desc->natts);
	*nulls = palloc0(sizeof(bool) * desc->natts);
	for (int i = 0; i < desc->natts; i++)
		(*nulls)[i] = TupleDescAttr(desc, i)->attisdropped;
}

static void
insert_row(AccountLeaf *leaf, const Datum *keys, const OmsAmounts *amounts,
		   bool is_account, int64 number, ArrayType *exc)
{
	Datum	   *values;
	bool	   *nulls;
	int			n = 0;
	OmsWriter  *writer = is_account ? leaf->account_writer : leaf->delta_writer;

	new_values(writer->rel, &values, &nulls);
	for (int i = 0; i < leaf->nkeys; i++)
		values[n++] = keys[i];
	if (!is_account)
		values[n++] = Int64GetDatum(number);
	values[n++] = Int64GetDatum(amounts->on_hand);
	values[n++] = Int64GetDatum(amounts->unavailable);
	values[n++] = Int64GetDatum(amounts->reserved);
	if (is_account)
	{
		values[n++] = Int64GetDatum(number);
		values[n++] = PointerGetDatum(exc);
	}
	oms_request_wrote();
	(void) oms_writer_insert(writer, values, nulls);
}

/*
 * request_fold remembers the key for pre-commit. Only one in many takers tries: the
 * chance of a fold grows from 1/8 at the threshold to certainty at its fourfold.
 */
static void
request_fold(AccountLeaf *leaf, const Datum *keys, int ncommitted)
{
	MemoryContext old;
	FoldRequest *request;

	if (ncommitted < oms_fold_threshold || nfold_requests == MAX_FOLDS ||
		(ncommitted < 4 * oms_fold_threshold && oms_fold_threshold > 8 &&
		 pg_prng_uint64_range(&pg_global_prng_state, 0, 7) != 0))
		return;
	old = MemoryContextSwitchTo(TopTransactionContext);
	if (fold_requests == NULL)
		fold_requests = palloc(sizeof(FoldRequest) * MAX_FOLDS);
	request = &fold_requests[nfold_requests];
	request->account_oid = RelationGetRelid(leaf->account);
	request->delta_oid = RelationGetRelid(leaf->delta);
	request->lock_class = leaf->lock_class;
	request->lock_keys = leaf->lock_keys;
	request->nkeys = leaf->nkeys;
	for (int i = 0; i < leaf->nkeys; i++)
		request->keys[i] = PointerGetDatum(PG_DETOAST_DATUM_COPY(keys[i]));
	nfold_requests++;
	MemoryContextSwitchTo(old);
}

/* write_change inserts a change of an account: a delta, or its row when it has none yet. */
static void
write_change(AccountLeaf *leaf, const Datum *keys, const OmsAmounts *change, AccountState *state)
{
	if (!state->row_exists)
		insert_row(leaf, keys, change, true, 0, construct_empty_array(INT8OID));
	else
		insert_row(leaf, keys, change, false, ++state->highest, NULL);
	state->row_exists = true;
}

/* change_share writes a change of a share of the account, lapsed or not. */
static void
change_share(AccountLeaf *leaf, int nkeys, const Datum *keys, const OmsShare *share,
			 int64 reserved, Snapshot snapshot, AccountState *state)
{
	Share	   *found = find_share(state, share->until, share->holder, nkeys);
	OmsAmounts	change = {.reserved = reserved};

	if (found == NULL)
	{
		found = palloc0(sizeof(Share));
		for (int i = 0; i < nkeys; i++)
			found->keys[i] = keys[i];
		found->keys[nkeys] = PointerGetDatum(share->until);
		found->keys[nkeys + 1] = PointerGetDatum(share->holder);
		read_row(leaf, found->keys, snapshot, &found->state);
		read_highest(leaf, found->keys, &found->state);
	}
	if (!found->state.row_exists)
		elog(ERROR, "share of \"%s\" until %s has no row", text_to_cstring(share->holder),
			 text_to_cstring(share->until));
	write_change(leaf, found->keys, &change, &found->state);
	request_fold(leaf, found->keys, found->state.ncommitted);
}

/*
 * decide applies the guard to the change: DONE when it may be made, with *change as it
 * shall be made.
 */
static OmsOutcome
decide(const OmsGuard *guard, AccountState *state, OmsAmounts *change, OmsChange *result)
{
	AccountState after = *state;
	OmsGuard	available = {.kind = OMS_GUARD_AVAILABLE};

	if (guard->kind == OMS_GUARD_SET || guard->kind == OMS_GUARD_STILL)
	{
		for (int i = 0; i < state->npending; i++)
		{
			if (state->pending[i].amounts.on_hand != 0)
			{
				result->pending = state->pending[i].xid;
				return OMS_PENDING;
			}
		}
	}
	if (guard->kind == OMS_GUARD_SET)
	{
		if (pg_sub_s64_overflow(change->on_hand, state->value.on_hand, &change->on_hand))
			overflow();
		return OMS_DONE;
	}
	if (guard->kind == OMS_GUARD_NONE)
	{
		result->available = units_in(guard_bound(&available, state, false));
		return OMS_DONE;
	}

	result->available = units_in(guard_bound(guard, state, false));
	if (guard->partial && result->available > 0 && change->reserved > result->available)
		change->reserved = result->available;
	add_amounts(&after.value, change);
	if (guard_bound(guard, &after, false) >= 0)
		return OMS_DONE;
	if (guard->partial)
	{
		after = *state;			/* one unit would do */
		after.value.reserved++;
	}
	if (state->npending > 0 && guard_bound(guard, &after, true) >= 0)
	{
		result->pending = some_pending(state);
		return OMS_PENDING;
	}
	return OMS_SHORT;
}

static void
add_range(int64 value, int64 *least, int64 *greatest)
{
	if (value < 0 ? pg_add_s64_overflow(*least, value, least)
		: pg_add_s64_overflow(*greatest, value, greatest))
		overflow();
}

/*
 * check_range raises 22003 if an amount could leave the range of bigint in some outcome of
 * the pending transactions: neither a reader nor a fold may ever fail.
 */
static void
check_range(const AccountState *state)
{
	OmsAmounts	least = state->value;
	OmsAmounts	greatest = state->value;

	for (int i = 0; i < state->npending; i++)
	{
		add_range(state->pending[i].amounts.on_hand, &least.on_hand, &greatest.on_hand);
		add_range(state->pending[i].amounts.unavailable, &least.unavailable, &greatest.unavailable);
		add_range(state->pending[i].amounts.reserved, &least.reserved, &greatest.reserved);
		add_range(state->pending[i].amounts.kept, &least.kept, &greatest.kept);
	}
}

/*
 * is_give says whether the change can lower no guarded expression: its effect on
 * on_hand - reserved - percent of on_hand is linear in the percent, and is not negative
 * at 0% and at 100%.
 */
static bool
is_give(const OmsGuard *guard, const OmsAmounts *change)
{
	return guard->kind == OMS_GUARD_NONE && change->reserved <= 0 &&
		change->on_hand >= change->reserved;
}

/* is_small_take says whether the change may be made under the shared key lock. */
static bool
is_small_take(const OmsGuard *guard, const OmsAmounts *change)
{
	return guard->kind == OMS_GUARD_AVAILABLE && change->on_hand == 0 && change->unavailable == 0 &&
		change->reserved > 0 && change->reserved <= SHARED_UNITS;
}

/* concerns_shares says whether the change depends on shares or changes one. */
static bool
concerns_shares(const OmsGuard *guard, const OmsAmounts *change)
{
	return guard->kind == OMS_GUARD_AVAILABLE || guard->back.units > 0 ||
		(guard->holder != NULL && change->reserved > 0);
}

/*
 * reclaim gives lapsed claims back to the account and to its shares. Others' shares then
 * keep more, the holder's own has more left. Returns the units.
 */
static int64
reclaim(AccountLeaf *leaf, AccountLeaf *shares, const Datum *keys, const OmsGuard *guard,
		Snapshot snapshot, AccountState *state)
{
	OmsReclaimed reclaimed = {0};

	guard->reclaim(keys, guard->arg, &reclaimed);
	state->value.reserved -= reclaimed.units;
	for (int i = 0; i < reclaimed.nshares; i++)
	{
		OmsShare   *from = &reclaimed.shares[i];
		Share	   *share = find_share(state, from->until, from->holder, leaf->nkeys);

		change_share(shares, leaf->nkeys, keys, from, -from->units, snapshot, state);
		if (share != NULL && share->own)
			share->left += from->units;
		else if (share != NULL)
			state->value.kept += from->units;
	}
	return reclaimed.units;
}

/*
 * section is the work under the key lock. *deep tells that a shared take would do as well.
 * A take that uses a share is never shared: two could use the same units of it.
 */
static SectionEnd
section(AccountLeaf *leaf, AccountLeaf *shares, const Datum *keys, OmsAmounts change,
		const OmsGuard *guard, bool shared, OmsChange *result, AccountState *state, bool *deep)
{
	bool		give = is_give(guard, &change);
	bool		blind = give && result == NULL;
	bool		with_shares = false;
	OmsAmounts	wanted = change;
	bool		lapsed = false;
	int64		reclaimed = 0;
	Snapshot	snapshot = RegisterSnapshot(GetLatestSnapshot());
	OmsChange	ignored;

	memset(state, 0, sizeof(*state));
	if (shares != NULL && concerns_shares(guard, &change) &&
		may_have_shares(shares, leaf->nkeys, keys))
	{
		if (!shares->complete)
		{
			UnregisterSnapshot(snapshot);
			return NEEDS_SHARES;
		}
		with_shares = !blind;
	}
	read_row(leaf, keys, snapshot, state);
	if (blind && state->row_exists)
		read_highest(leaf, keys, state);
	else
		read_deltas(leaf, keys, snapshot, state);
	if (with_shares)
		read_shares(shares, leaf->nkeys, keys, snapshot, guard->holder, state);
	if (state->npending > 1)
		merge_pending(state);
	if (result == NULL)
		result = &ignored;
	memset(result, 0, sizeof(*result));

	result->outcome = decide(guard, state, &change, result);
	if (state->npending > 0 &&
		(result->outcome != OMS_DONE || change.reserved != wanted.reserved) &&
		forget_aborted(state))
	{
		change = wanted;
		result->outcome = decide(guard, state, &change, result);
	}
	if (is_small_take(guard, &change))
	{
		AccountState after = *state;

		add_amounts(&after.value, &change);
		*deep = usable_share(state) == NULL &&
			guard_bound(guard, &after, false) >= (int128) MaxBackends * SHARED_UNITS * SCALE;
	}
	if (guard->reclaim != NULL &&
		(result->outcome != OMS_DONE || change.reserved != wanted.reserved ||
		 share_is_short(state, change.reserved)))
		lapsed = guard->lapsed(keys, guard->arg);
	if (shared && (!state->row_exists || lapsed ||
				   (!give && (result->outcome != OMS_DONE || !*deep))))
	{
		UnregisterSnapshot(snapshot);
		return NEEDS_EXCLUSIVE;
	}

	if (lapsed)
	{
		reclaimed = reclaim(leaf, shares, keys, guard, snapshot, state);
		if (reclaimed > 0)
		{
			change = wanted;
			result->outcome = decide(guard, state, &change, result);
		}
	}
	if (result->outcome != OMS_DONE)
		memset(&change, 0, sizeof(change));

	result->change = change;
	if (change.reserved > 0 && guard->holder != NULL)
	{
		Share	   *share = usable_share(state);

		if (share != NULL)
		{
			result->share.holder = guard->holder;
			result->share.until = DatumGetTextPP(share->keys[leaf->nkeys]);
			result->share.units = Min(change.reserved, share->left);
			change_share(shares, leaf->nkeys, keys, &result->share, result->share.units, snapshot,
						 state);
		}
	}
	if (guard->back.units > 0)
		change_share(shares, leaf->nkeys, keys, &guard->back, -guard->back.units, snapshot, state);
	add_amounts(&state->value, &change);
	result->after = state->value;
	if (!blind)
		check_range(state);
	change.reserved -= reclaimed;
	if (change.on_hand != 0 || change.unavailable != 0 || change.reserved != 0)
		write_change(leaf, keys, &change, state);
	UnregisterSnapshot(snapshot);
	return SECTION_DONE;
}

/*
 * refuse_unlocked refuses a change that no outcome of the open transactions allows, by
 * reading alone: a refusal is true of its snapshot and needs no key lock. False when
 * the change may be possible.
 */
static bool
refuse_unlocked(OmsAccounts *accounts, AccountLeaf *leaf, AccountLeaf *shares, const Datum *keys,
				OmsAmounts change, const OmsGuard *guard, OmsChange *result)
{
	AccountState state = {0};
	Snapshot	snapshot;
	OmsChange	answer = {0};
	bool		with_shares;

	if (guard->kind != OMS_GUARD_AVAILABLE ||
		(guard->lapsed != NULL && guard->lapsed(keys, guard->arg)))
		return false;
	with_shares = shares != NULL && may_have_shares(shares, leaf->nkeys, keys);
	if (with_shares)
		complete_shares(accounts, shares, keys);
	snapshot = RegisterSnapshot(GetLatestSnapshot());
	read_row(leaf, keys, snapshot, &state);
	read_deltas(leaf, keys, snapshot, &state);
	if (with_shares)
		read_shares(shares, leaf->nkeys, keys, snapshot, guard->holder, &state);
	UnregisterSnapshot(snapshot);
	if (state.npending > 1)
		merge_pending(&state);
	answer.outcome = decide(guard, &state, &change, &answer);
	answer.after = state.value;
	if (answer.outcome != OMS_SHORT)
		return false;
	*result = answer;
	return true;
}

/*
 * oms_account_change makes one change to the account of keys, or refuses it: see the
 * file's header. The change's amounts are added (on_hand of OMS_GUARD_SET is set). On
 * SHORT and PENDING nothing is written, except what guard->reclaim gave back. A give
 * whose result nobody needs passes NULL and reads no deltas. It locks the key while it
 * runs and waits for no transaction. Raises 22003 on overflow, 55000 on a changed
 * layout.
 */
void
oms_account_change(OmsAccounts *accounts, const Datum *keys, OmsAmounts change,
				   const OmsGuard *guard, OmsChange *result)
{
	AccountLeaf *leaf = find_leaf(accounts, keys);
	AccountLeaf *shares = concerns_shares(guard, &change) ? find_shares(accounts, keys) : NULL;
	bool		small = is_small_take(guard, &change);
	bool		shared = is_give(guard, &change);
	bool		locked = false;
	bool		deep = false;
	AccountState state;
	LOCKTAG		tag;
	MemoryContext old;

	MemoryContextReset(accounts->scratch);
	old = MemoryContextSwitchTo(accounts->scratch);
	key_locktag(&tag, leaf, keys);

	if (recall(&tag) == WAS_SHORT && refuse_unlocked(accounts, leaf, shares, keys, change, guard, result))
	{
		MemoryContextSwitchTo(old);
		return;
	}
	/* Nobody else there: exclusively, whatever the stock. Else shared if it may be deep. */
	if (small && recall(&tag) != WAS_DEEP)
		locked = LockAcquire(&tag, ExclusiveLock, false, true) != LOCKACQUIRE_NOT_AVAIL;
	if (small && !locked)
		shared = true;
	for (;;)
	{
		LOCKMODE	mode = shared ? ShareLock : ExclusiveLock;
		SectionEnd	end;

		if (!locked)
			(void) LockAcquire(&tag, mode, false, false);
		end = section(leaf, shares, keys, change, guard, shared, result, &state, &deep);
		LockRelease(&tag, mode, false);
		if (end == SECTION_DONE)
			break;
		if (end == NEEDS_SHARES)
			complete_shares(accounts, shares, keys);
		else
			shared = false;
		locked = false;
	}
	if (result == NULL || result->outcome == OMS_DONE)
	{
		if (small)
			remember(&tag, deep && (shared || state.npending > 0) ? WAS_DEEP : NOTHING_KNOWN);
		request_fold(leaf, keys, state.ncommitted);
	}
	else if (result->outcome == OMS_SHORT)
		remember(&tag, WAS_SHORT);
	MemoryContextSwitchTo(old);
	if (result != NULL && result->share.units > 0)
		result->share.until = DatumGetTextPCopy(PointerGetDatum(result->share.until));
}

/*
 * set_shares is the work of oms_account_set_share under the key lock. The holder's shares
 * must not have pending changes, so that what is left of one is never negative.
 */
static void
set_shares(AccountLeaf *leaf, AccountLeaf *shares, const Datum *keys, text *holder, text *until,
		   int64 units, Snapshot snapshot, OmsChange *result)
{
	AccountState state = {0};
	AccountState total = {.value.kept = units};
	int			nkeys = leaf->nkeys;
	Share	   *wanted;

	read_shares(shares, nkeys, keys, snapshot, holder, &state);
	memset(result, 0, sizeof(*result));
	for (Share *share = state.shares; share != NULL; share = share->next)
	{
		AccountState *of = &share->state;
		OmsAmounts	kept = {.kept = of->value.on_hand};

		if (share->own && of->npending > 0)
		{
			result->outcome = OMS_PENDING;
			result->pending = some_pending(of);
			return;
		}
		add_amounts(&total.value, &kept);
		for (int i = 0; i < of->npending; i++)
		{
			kept.kept = of->pending[i].amounts.on_hand;
			add_pending(&total, of->pending[i].xid, &kept);
		}
	}
	check_range(&total);		/* nobody who takes may meet an overflow */
	result->outcome = OMS_DONE;
	wanted = until == NULL ? NULL : find_share(&state, until, holder, nkeys);
	if (wanted == NULL && until != NULL)
	{
		wanted = palloc0(sizeof(Share));
		for (int i = 0; i < nkeys; i++)
			wanted->keys[i] = keys[i];
		wanted->keys[nkeys] = PointerGetDatum(until);
		wanted->keys[nkeys + 1] = PointerGetDatum(holder);
		wanted->own = true;
		wanted->next = state.shares;
		state.shares = wanted;
	}
	for (Share *share = state.shares; share != NULL; share = share->next)
	{
		OmsAmounts	change = {.on_hand = share == wanted ? units - share->left : -share->left};

		if (!share->own)
			continue;
		result->available += share->left;
		add_amounts(&share->state.value, &change);
		if (change.on_hand != 0)
			write_change(shares, share->keys, &change, &share->state);
		request_fold(shares, share->keys, share->state.ncommitted);
	}
}

/*
 * oms_account_set_share keeps units of the account for the holder until the moment, in place
 * of what was left of the holder's shares; with until NULL nothing any more. What the
 * holder took stays taken. result->available is what was left before; PENDING, with
 * nothing changed, when that depends on an open transaction. More may be kept than is
 * there. It locks the key exclusively while it runs. Raises as oms_account_change.
 */
void
oms_account_set_share(OmsAccounts *accounts, const Datum *keys, text *holder, text *until,
					  int64 units, OmsChange *result)
{
	AccountLeaf *leaf = find_leaf(accounts, keys);
	AccountLeaf *shares = find_shares(accounts, keys);
	Snapshot	snapshot;
	LOCKTAG		tag;
	MemoryContext old;

	complete_shares(accounts, shares, keys);
	MemoryContextReset(accounts->scratch);
	old = MemoryContextSwitchTo(accounts->scratch);
	key_locktag(&tag, leaf, keys);
	(void) LockAcquire(&tag, ExclusiveLock, false, false);
	snapshot = RegisterSnapshot(GetLatestSnapshot());
	set_shares(leaf, shares, keys, holder, until, units, snapshot, result);
	UnregisterSnapshot(snapshot);
	LockRelease(&tag, ExclusiveLock, false);
	MemoryContextSwitchTo(old);
}

/*
 * oms_wait_a_little naps for some ms and returns true, or returns false when
 * oms.wait_for_pending has passed since start. *nap, 1 at first, is the length of the nap.
 * Raises 55P03 after lock_timeout; statement_timeout and cancel are honoured.
 */
bool
oms_wait_a_little(TimestampTz start, long *nap)
{
	long		waited = TimestampDifferenceMilliseconds(start, GetCurrentTimestamp());

	CHECK_FOR_INTERRUPTS();
	if (waited >= oms_wait_for_pending)
		return false;
	if (LockTimeout > 0 && waited >= LockTimeout)
		ereport(ERROR,
				(errcode(ERRCODE_LOCK_NOT_AVAILABLE),
				 errmsg("canceling statement due to lock timeout")));
	*nap = Min(Min(2 * *nap, 16), oms_wait_for_pending - waited);
	(void) WaitLatch(MyLatch, WL_LATCH_SET | WL_TIMEOUT | WL_EXIT_ON_PM_DEATH, *nap,
					 PG_WAIT_EXTENSION);
	ResetLatch(MyLatch);
	CHECK_FOR_INTERRUPTS();
	return true;
}

/*
 * oms_lock_name locks a name of a class for this transaction, so that calls about it come
 * one after the other and nobody waits for another's row of it. It waits as
 * oms_wait_a_little does, and only if the caller may; false when somebody else has it. Who may
 * not wait looks again for 10 ms: a transaction that has ended gives its locks up one by one,
 * and may have woken the caller before this one.
 */
bool
oms_lock_name(uint16 lock_class, text *name, bool may_wait, TimestampTz start)
{
	uint64		hash = hash_bytes_extended((unsigned char *) VARDATA_ANY(name), VARSIZE_ANY_EXHDR(name), 0);
	long		nap = 1;
	LOCKTAG		tag;

	SET_LOCKTAG_ADVISORY(tag, MyDatabaseId, (uint32) (hash >> 32), (uint32) hash, lock_class);
	for (int tries = 0; LockAcquire(&tag, ExclusiveLock, false, true) == LOCKACQUIRE_NOT_AVAIL; tries++)
	{
		if (may_wait ? !oms_wait_a_little(start, &nap) : tries == 10)
			return false;
		if (!may_wait)
			pg_usleep(1000L);
	}
	return true;
}

/*
 * oms_account_wait waits until the transaction has ended and returns true, or false when
 * oms.wait_for_pending has passed since start, when the call began: so that a call is
 * bounded that meets one open transaction after the other. The caller holds nothing that
 * others may wait for. Raises as oms_wait_a_little.
 */
bool
oms_account_wait(TransactionId xid, TimestampTz start)
{
	long		nap = 1;

	if (TimestampDifferenceMilliseconds(start, GetCurrentTimestamp()) > oms_wait_for_pending)
		return false;
	while (!oms_xact_has_ended(xid))
		if (!oms_wait_a_little(start, &nap))
			return false;
	return true;
}

/* -------------------------------------------------------------------------
 * Fold
 * -------------------------------------------------------------------------
 */

static int
compare_seen(const void *a, const void *b)
{
	int64		x = ((const SeenDelta *) a)->id;
	int64		y = ((const SeenDelta *) b)->id;

	return x < y ? -1 : x > y;
}

static bool
delete_delta(AccountLeaf *leaf, const SeenDelta *seen)
{
	TM_FailureData failure;
	ItemPointerData tid = seen->tid;

	return heap_delete(leaf->delta, &tid, GetCurrentCommandId(true), InvalidSnapshot, false,
					   &failure, false) == TM_Ok;
}

/*
 * fold_deltas deletes what can be folded, up to id highest, of the deltas that state
 * holds, adds it to state->row and sets w and exc; returns the number folded. It stops
 * at a live delta among the last `recent`, since an id in exc costs every later taker a
 * descent of the index, and a transaction that is about to end is not worth it.
 */
static int
fold_deltas(AccountLeaf *leaf, AccountState *state, int recent)
{
	int64	   *live;
	int			nlive = 0;
	int			folded = 0;

	qsort(state->seen, state->nseen, sizeof(SeenDelta), compare_seen);
	live = palloc(sizeof(int64) * Max(1, state->nseen));
	for (int i = 0; i < state->nseen; i++)
	{
		SeenDelta  *seen = &state->seen[i];

		/* Deltas of one id are visited all or none, so that w and exc tell of them. */
		if (nlive >= MAX_EXC && seen->id > state->w)
			break;
		if (seen->foldable && delete_delta(leaf, seen))
		{
			add_amounts(&state->row, &seen->amounts);
			state->w = Max(state->w, seen->id);
			folded++;
		}
		else if (state->nseen - i <= recent && seen->id > state->w)
			break;
		else if (nlive == 0 || live[nlive - 1] != seen->id)
			live[nlive++] = seen->id;
	}
	state->nexc = 0;
	state->exc = live;
	for (int i = 0; i < nlive; i++)
		if (live[i] <= state->w)
			state->exc[state->nexc++] = live[i];
	return folded;
}

static ArrayType *
exc_array(const AccountState *state)
{
	Datum	   *ids = palloc(sizeof(Datum) * Max(1, state->nexc));

	for (int i = 0; i < state->nexc; i++)
		ids[i] = Int64GetDatum(state->exc[i]);
	return construct_array(ids, state->nexc, INT8OID, 8, FLOAT8PASSBYVAL, TYPALIGN_DOUBLE);
}

/* lock_account_row locks the version of the row that state found, without waiting. */
static bool
lock_account_row(AccountLeaf *leaf, AccountState *state)
{
	HeapTupleData tuple;
	TM_FailureData failure;
	Buffer		buffer;
	TM_Result	result;

	tuple.t_self = state->row_tid;
	result = heap_lock_tuple(leaf->account, &tuple, GetCurrentCommandId(true),
							 LockTupleNoKeyExclusive, LockWaitSkip, false, &buffer, &failure);
	ReleaseBuffer(buffer);
	return result == TM_Ok;
}

static void
update_row(AccountLeaf *leaf, const Datum *keys, AccountState *state)
{
	Datum	   *values;
	bool	   *nulls;
	int			n = 0;
	OmsWriter  *writer = leaf->account_writer;
	TupleTableSlot *slot = writer->slot;
	HeapTuple	tuple;
	TM_FailureData failure;
	LockTupleMode lockmode;
	TU_UpdateIndexes indexes;
	TM_Result	result;

	new_values(leaf->account, &values, &nulls);
	for (int i = 0; i < leaf->nkeys; i++)
		values[n++] = keys[i];
	values[n++] = Int64GetDatum(state->row.on_hand);
	values[n++] = Int64GetDatum(state->row.unavailable);
	values[n++] = Int64GetDatum(state->row.reserved);
	values[n++] = Int64GetDatum(state->w);
	values[n++] = PointerGetDatum(exc_array(state));
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

static void
start_collecting(AccountState *state)
{
	memset(state, 0, sizeof(*state));
	state->max_seen = 256;
	state->seen = palloc(sizeof(SeenDelta) * state->max_seen);
}

/*
 * fold_without_row makes a row of the deltas of a key whose row was never committed.
 * Under the key lock, since the absence of a row must be judged there.
 */
static bool
fold_without_row(AccountLeaf *leaf, const Datum *keys)
{
	AccountState state;
	LOCKTAG		tag;
	Snapshot	snapshot;
	bool		done = false;

	key_locktag(&tag, leaf, keys);
	(void) LockAcquire(&tag, ExclusiveLock, false, false);
	snapshot = RegisterSnapshot(GetLatestSnapshot());
	start_collecting(&state);
	read_row(leaf, keys, snapshot, &state);
	if (!state.row_exists)
	{
		read_deltas(leaf, keys, snapshot, &state);
		if (fold_deltas(leaf, &state, 0) > 0)
		{
			insert_row(leaf, keys, &state.row, true, state.w, exc_array(&state));
			done = true;
		}
	}
	UnregisterSnapshot(snapshot);
	LockRelease(&tag, ExclusiveLock, false);
	return done;
}

/*
 * snapshot_between_sections registers a snapshot of a moment when no section of the key
 * is in progress. NULL when there was none in a few tries: it does not queue, since
 * takers would then queue behind it.
 */
static Snapshot
snapshot_between_sections(AccountLeaf *leaf, const Datum *keys)
{
	LOCKTAG		tag;

	key_locktag(&tag, leaf, keys);
	for (int i = 0; i < FOLD_TRIES; i++)
	{
		if (LockAcquire(&tag, ExclusiveLock, false, true) != LOCKACQUIRE_NOT_AVAIL)
		{
			Snapshot	snapshot = RegisterSnapshot(GetLatestSnapshot());

			LockRelease(&tag, ExclusiveLock, false);
			return snapshot;
		}
		pg_usleep(20L);
	}
	return NULL;
}

/*
 * oms_account_fold folds the committed deltas of one account into its row; true if any
 * was; live ones among the last `recent` deltas end it. It waits for nobody. Under
 * SERIALIZABLE or REPEATABLE READ the caller must be at pre-commit, since the fold takes in
 * what the transaction's snapshot does not see.
 */
bool
oms_account_fold(OmsAccounts *accounts, const Datum *keys, int recent)
{
	AccountLeaf *leaf = find_leaf(accounts, keys);
	AccountState state;
	Snapshot	snapshot;
	bool		locked;
	bool		done = false;
	MemoryContext old;

	MemoryContextReset(accounts->scratch);
	old = MemoryContextSwitchTo(accounts->scratch);

	/* Find and lock the row; only then take the snapshot by which it and deltas are judged. */
	start_collecting(&state);
	snapshot = RegisterSnapshot(GetLatestSnapshot());
	read_row(leaf, keys, snapshot, &state);
	locked = state.row_counts && !state.row_own && lock_account_row(leaf, &state);
	UnregisterSnapshot(snapshot);

	if (locked && (snapshot = snapshot_between_sections(leaf, keys)) != NULL)
	{
		start_collecting(&state);
		read_row(leaf, keys, snapshot, &state);
		read_deltas(leaf, keys, snapshot, &state);
		if (fold_deltas(leaf, &state, recent) > 0)
		{
			update_row(leaf, keys, &state);
			done = true;
		}
		UnregisterSnapshot(snapshot);
	}
	else if (!state.row_exists)
		done = fold_without_row(leaf, keys);
	MemoryContextSwitchTo(old);
	return done;
}

/*
 * fold_at_commit folds the keys that this transaction's takes found crowded. It runs
 * at pre-commit, when no query of the transaction is left that could see the change.
 */
static void
fold_at_commit(void)
{
	FoldRequest *requests = fold_requests;
	int			n = nfold_requests;
	MemoryContext folding;
	MemoryContext old;

	fold_requests = NULL;
	nfold_requests = 0;
	/* A serializable writer would draw conflicts from every reader of the row. */
	if (n == 0 || IsolationIsSerializable() || !TransactionIdIsValid(GetTopTransactionIdIfAny()))
		return;
	folding = AllocSetContextCreate(TopTransactionContext, "oms fold", ALLOCSET_DEFAULT_SIZES);
	old = MemoryContextSwitchTo(folding);
	for (int i = 0; i < n; i++)
	{
		Relation	account = try_relation_open(requests[i].account_oid, RowExclusiveLock);
		Relation	delta = try_relation_open(requests[i].delta_oid, RowExclusiveLock);
		OmsAccounts *accounts;

		if (account == NULL || delta == NULL)
		{
			if (account != NULL)
				relation_close(account, NoLock);
			if (delta != NULL)
				relation_close(delta, NoLock);
			continue;			/* dropped by this transaction */
		}
		accounts = accounts_of_relations(account, delta, requests[i].lock_class,
										 requests[i].lock_keys);
		(void) oms_account_fold(accounts, requests[i].keys, 2 * oms_fold_threshold);
		oms_accounts_close(accounts);
	}
	MemoryContextSwitchTo(old);
	MemoryContextDelete(folding);
}

static void
account_xact_callback(XactEvent event, void *arg)
{
	switch (event)
	{
		case XACT_EVENT_PRE_COMMIT:
			fold_at_commit();
			break;
		case XACT_EVENT_ABORT:
		case XACT_EVENT_PREPARE:
			fold_requests = NULL;
			nfold_requests = 0;
			break;
		default:
			break;
	}
}

/* oms_account_init registers the fold at pre-commit; called once, by _PG_init. */
void
oms_account_init(void)
{
	RegisterXactCallback(account_xact_callback, NULL);
}
