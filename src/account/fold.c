/*
 * fold.c
 *		Folding: the committed deltas of an account become part of its row. When a taker finds
 *		many it asks for a fold at its pre-commit; fold_accounts() folds the rest. A fold does
 *		not move the value, and one that is missed costs speed, never truth: account.c argues
 *		both, and why w cannot pass an id that somebody may still insert.
 *
 * Locks, in this order: the account's row, without waiting; the key lock, for the moment in
 * which the snapshot is taken.
 */
#include "postgres.h"

#include "access/heapam.h"
#include "access/table.h"
#include "access/xact.h"
#include "common/pg_prng.h"
#include "miscadmin.h"
#include "storage/bufmgr.h"
#include "storage/lock.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"

#include "account/engine.h"

/* a fold stops before it would leave more live ids behind it than this */
#define MAX_EXC 64

/* a transaction remembers at most this many keys to fold */
#define MAX_FOLDS 16

/* how often a fold tries to get hold of a key that is in use */
#define FOLD_TRIES 5

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

/*
 * oms_fold_request remembers the key for pre-commit. Only one in many takers tries: the
 * chance of a fold grows from 1/8 at the threshold to certainty at its fourfold.
 */
void
oms_fold_request(OmsLeaf *leaf, const Datum *keys, int ncommitted)
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

static int
compare_seen(const void *a, const void *b)
{
	int64		x = ((const OmsSeenDelta *) a)->id;
	int64		y = ((const OmsSeenDelta *) b)->id;

	return x < y ? -1 : x > y;
}

static bool
delete_delta(OmsLeaf *leaf, const OmsSeenDelta *seen)
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
fold_deltas(OmsLeaf *leaf, OmsAccountState *state, int recent)
{
	int64	   *live;
	int			nlive = 0;
	int			folded = 0;

	qsort(state->seen, state->nseen, sizeof(OmsSeenDelta), compare_seen);
	live = palloc(sizeof(int64) * Max(1, state->nseen));
	for (int i = 0; i < state->nseen; i++)
	{
		OmsSeenDelta *seen = &state->seen[i];

		/* Deltas of one id are visited all or none, so that w and exc tell of them. */
		if (nlive >= MAX_EXC && seen->id > state->w)
			break;
		if (seen->foldable && delete_delta(leaf, seen))
		{
			oms_amounts_add(&state->row, &seen->amounts);
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

/* lock_account_row locks the version of the row that state found, without waiting. */
static bool
lock_account_row(OmsLeaf *leaf, OmsAccountState *state)
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
start_collecting(OmsAccountState *state)
{
	memset(state, 0, sizeof(*state));
	state->max_seen = 256;
	state->seen = palloc(sizeof(OmsSeenDelta) * state->max_seen);
}

/*
 * fold_without_row makes a row of the deltas of a key whose row was never committed.
 * Under the key lock, since the absence of a row must be judged there.
 */
static bool
fold_without_row(OmsLeaf *leaf, const Datum *keys)
{
	OmsAccountState state;
	LOCKTAG		tag;
	Snapshot	snapshot;
	bool		done = false;

	oms_leaf_locktag(&tag, leaf, keys);
	(void) LockAcquire(&tag, ExclusiveLock, false, false);
	snapshot = RegisterSnapshot(GetLatestSnapshot());
	start_collecting(&state);
	oms_state_read_row(leaf, keys, snapshot, &state);
	if (!state.row_exists)
	{
		oms_state_read_deltas(leaf, keys, snapshot, &state);
		if (fold_deltas(leaf, &state, 0) > 0)
		{
			oms_leaf_insert_row(leaf, keys, &state);
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
snapshot_between_sections(OmsLeaf *leaf, const Datum *keys)
{
	LOCKTAG		tag;

	oms_leaf_locktag(&tag, leaf, keys);
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
	OmsLeaf    *leaf = oms_leaf_find(accounts, keys);
	OmsAccountState state;
	Snapshot	snapshot;
	bool		locked;
	bool		done = false;
	MemoryContext old;

	MemoryContextReset(accounts->scratch);
	old = MemoryContextSwitchTo(accounts->scratch);

	/* Find and lock the row; only then take the snapshot by which it and deltas are judged. */
	start_collecting(&state);
	snapshot = RegisterSnapshot(GetLatestSnapshot());
	oms_state_read_row(leaf, keys, snapshot, &state);
	locked = state.row_counts && !state.row_own && lock_account_row(leaf, &state);
	UnregisterSnapshot(snapshot);

	if (locked && (snapshot = snapshot_between_sections(leaf, keys)) != NULL)
	{
		start_collecting(&state);
		oms_state_read_row(leaf, keys, snapshot, &state);
		oms_state_read_deltas(leaf, keys, snapshot, &state);
		if (fold_deltas(leaf, &state, recent) > 0)
		{
			oms_leaf_update_row(leaf, keys, &state);
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
		accounts = oms_accounts_of_relations(account, delta, requests[i].lock_class,
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
