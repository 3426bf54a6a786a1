/*
 * state.c
 *		What one snapshot says of an account: its row, its deltas, and what transactions that
 *		are in progress in it have open. The heart of it is judge(): how a single tuple stands.
 *
 * Invariants: value is the row and the deltas that count, our own as they stand now; pending
 * has every change by a transaction in progress in the snapshot, and no other; highest is at
 * least every id present, dead ones included. Who reads under the key lock with a snapshot
 * taken there has all that earlier sections wrote (see account.c).
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/heapam.h"
#include "access/htup_details.h"
#include "access/nbtree.h"
#include "access/tableam.h"
#include "access/transam.h"
#include "access/xact.h"
#include "common/int.h"
#include "miscadmin.h"
#include "storage/bufmgr.h"
#include "storage/procarray.h"
#include "utils/array.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"

#include "account/engine.h"

/* How a tuple stands in a snapshot. */
typedef enum Judgement
{
	GONE,						/* dead, aborted, deleted, or not yet there */
	COUNTS,						/* committed for the snapshot */
	OWN,						/* ours, as it stands */
	PENDING						/* by a transaction in progress in the snapshot */
} Judgement;

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

static void
get_amounts(TupleTableSlot *slot, int first, OmsAmounts *amounts)
{
	bool		isnull;

	amounts->on_hand = DatumGetInt64(slot_getattr(slot, first, &isnull));
	amounts->unavailable = DatumGetInt64(slot_getattr(slot, first + 1, &isnull));
	amounts->reserved = DatumGetInt64(slot_getattr(slot, first + 2, &isnull));
	amounts->kept = 0;
}

/* oms_amounts_overflow raises 22003. */
void
oms_amounts_overflow(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
			 errmsg("a quantity of an account would be out of range of bigint")));
}

/* oms_state_add_pending notes the change of a transaction in progress. */
void
oms_state_add_pending(OmsAccountState *state, TransactionId xid, const OmsAmounts *amounts)
{
	if (state->npending == state->max_pending)
	{
		state->max_pending = Max(64, 2 * state->max_pending);
		state->pending = state->pending == NULL
			? palloc(sizeof(OmsPending) * state->max_pending)
			: repalloc(state->pending, sizeof(OmsPending) * state->max_pending);
	}
	state->pending[state->npending].xid = xid;
	state->pending[state->npending++].amounts = *amounts;
}

/* oms_amounts_add adds to the sum; 22003 when that is out of range. */
void
oms_amounts_add(OmsAmounts *sum, const OmsAmounts *amounts)
{
	if (pg_add_s64_overflow(sum->on_hand, amounts->on_hand, &sum->on_hand) ||
		pg_add_s64_overflow(sum->unavailable, amounts->unavailable, &sum->unavailable) ||
		pg_add_s64_overflow(sum->reserved, amounts->reserved, &sum->reserved) ||
		pg_add_s64_overflow(sum->kept, amounts->kept, &sum->kept))
		oms_amounts_overflow();
}

/*
 * oms_state_read_row finds the version of the account row that counts, and whether any exists. A
 * pending version that nothing was folded into (w is 0) is a change that made the row; any
 * other is an open fold, which changes nothing.
 */
void
oms_state_read_row(OmsLeaf *leaf, const Datum *keys, Snapshot snapshot, OmsAccountState *state)
{
	IndexScanDesc scan = oms_leaf_scan(leaf->account, leaf->account_key, leaf->nkeys, keys,
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
				oms_state_add_pending(state, xid, &amounts);
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
note_delta(OmsAccountState *state, HeapTuple tuple, const int64 *numbers, Judgement judgement,
		   TransactionId xid)
{
	OmsAmounts	amounts = {numbers[1], numbers[2], numbers[3], 0};

	state->highest = Max(state->highest, numbers[0]);
	if (judgement == GONE)
		return;
	state->ndeltas++;
	if (judgement == PENDING)
		oms_state_add_pending(state, xid, &amounts);
	else
	{
		oms_amounts_add(&state->value, &amounts);
		state->ncommitted += judgement == COUNTS;
	}

	if (state->max_seen > 0)
	{
		OmsSeenDelta *seen;

		if (state->nseen == state->max_seen)
		{
			state->max_seen *= 2;
			state->seen = repalloc_huge(state->seen, sizeof(OmsSeenDelta) * state->max_seen);
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
collect_tids(OmsLeaf *leaf, const Datum *keys, StrategyNumber strategy, int64 id, TidList *list)
{
	IndexScanDesc scan = oms_leaf_scan(leaf->delta, leaf->delta_key, leaf->nkeys, keys, strategy, id);
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
 * oms_state_read_deltas judges the deltas in exc and above w. The index names them; they are then
 * visited page by page, since those of concurrent takers lie on pages of their own.
 */
void
oms_state_read_deltas(OmsLeaf *leaf, const Datum *keys, Snapshot snapshot, OmsAccountState *state)
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

/* oms_state_read_highest sets state->highest, without looking at the deltas. */
void
oms_state_read_highest(OmsLeaf *leaf, const Datum *keys, OmsAccountState *state)
{
	IndexScanDesc scan = oms_leaf_scan(leaf->delta, leaf->delta_key, leaf->nkeys, keys,
									   BTGreaterStrategyNumber, state->w);
	bool		isnull;

	if (index_getnext_slot(scan, BackwardScanDirection, leaf->delta_slot))
		state->highest = DatumGetInt64(slot_getattr(leaf->delta_slot, leaf->nkeys + 1, &isnull));
	index_endscan(scan);
	ExecClearTuple(leaf->delta_slot);
}

static int
compare_pending(const void *a, const void *b)
{
	TransactionId x = ((const OmsPending *) a)->xid;
	TransactionId y = ((const OmsPending *) b)->xid;

	return x < y ? -1 : x > y;
}

/* oms_state_merge_pending sums the pending changes per exact (sub)transaction. */
void
oms_state_merge_pending(OmsAccountState *state)
{
	int			n = 0;

	qsort(state->pending, state->npending, sizeof(OmsPending), compare_pending);
	for (int i = 0; i < state->npending; i++)
	{
		if (n > 0 && state->pending[n - 1].xid == state->pending[i].xid)
			oms_amounts_add(&state->pending[n - 1].amounts, &state->pending[i].amounts);
		else
			state->pending[n++] = state->pending[i];
	}
	state->npending = n;
}

/*
 * oms_state_forget_aborted drops pending changes of (sub)transactions that have aborted, and says
 * whether there were any. A snapshot that overflowed takes the aborted subtransactions of
 * an open transaction for open; nobody needs to wait for them.
 */
bool
oms_state_forget_aborted(OmsAccountState *state)
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

/* oms_state_some_pending is a pending transaction that is still in progress, preferably. */
TransactionId
oms_state_some_pending(const OmsAccountState *state)
{
	for (int i = 0; i < state->npending; i++)
		if (TransactionIdIsInProgress(state->pending[i].xid))
			return state->pending[i].xid;
	return state->pending[0].xid;
}

static void
add_range(int64 value, int64 *least, int64 *greatest)
{
	if (value < 0 ? pg_add_s64_overflow(*least, value, least)
		: pg_add_s64_overflow(*greatest, value, greatest))
		oms_amounts_overflow();
}

/*
 * oms_state_check_range raises 22003 if an amount could leave the range of bigint in some outcome of
 * the pending transactions: neither a reader nor a fold may ever fail.
 */
void
oms_state_check_range(const OmsAccountState *state)
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

/* oms_state_write inserts a change of an account: a delta, or its row when it has none yet. */
void
oms_state_write(OmsLeaf *leaf, const Datum *keys, const OmsAmounts *change, OmsAccountState *state)
{
	if (state->row_exists)
		oms_leaf_insert_delta(leaf, keys, ++state->highest, change);
	else
		oms_leaf_insert_row(leaf, keys, &(OmsAccountState) {.row = *change});
	state->row_exists = true;
}
