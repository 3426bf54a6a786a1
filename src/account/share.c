/*
 * share.c
 *		Shares: units of an account that are kept for one holder until a moment. Accounts of
 *		their own, read and written in the sections of their account; see account.c for why
 *		what is left of one is never negative.
 *
 * Invariants: a share has a row before it has a delta. What is left of others' shares counts
 * in the account's state as kept, by the transaction that changed it. Setting a share waits
 * for nobody: while its holder's use of it is pending it is refused.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/nbtree.h"
#include "access/tableam.h"
#include "common/int.h"
#include "storage/bufmgr.h"
#include "storage/lock.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

#include "account/engine.h"

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
 * oms_shares_may_exist says whether the account has or had any share: at most one descent of an
 * index. Under the key lock, a table that was empty before may have them by now.
 */
bool
oms_shares_may_exist(OmsLeaf *shares, int nkeys, const Datum *keys)
{
	IndexScanDesc scan;
	bool		any;

	if (shares->account_key == NULL)
		return RelationGetNumberOfBlocks(shares->account) > 0;
	scan = oms_leaf_scan(shares->account, shares->account_key, nkeys, keys, InvalidStrategy, 0);
	any = index_getnext_tid(scan, ForwardScanDirection) != NULL;
	index_endscan(scan);
	return any;
}

OmsShareState *
oms_share_find(const OmsAccountState *state, text *until, text *holder, int nkeys)
{
	for (OmsShareState *share = state->shares; share != NULL; share = share->next)
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
list_shares(OmsLeaf *leaf, int nkeys, const Datum *keys, text *holder, OmsAccountState *state)
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
		OmsShareState *share;

		if (oms_share_find(state, until, whose, nkeys) != NULL)
			continue;			/* another version of its row */
		share = palloc0(sizeof(OmsShareState));
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
		oms_amounts_overflow();
	return left;
}

/*
 * oms_shares_read reads the shares of the account that have not lapsed. What is left of others'
 * is kept: it counts in state as any amount does, pending changes by their (sub)transaction.
 * Of the holder's own the worst case is what a take may use.
 */
void
oms_shares_read(OmsLeaf *leaf, int nkeys, const Datum *keys, Snapshot snapshot, text *holder,
				OmsAccountState *state)
{
	list_shares(leaf, nkeys, keys, holder, state);
	for (OmsShareState *share = state->shares; share != NULL; share = share->next)
	{
		OmsAccountState *of = &share->state;

		oms_state_read_row(leaf, share->keys, snapshot, of);
		oms_state_read_deltas(leaf, share->keys, snapshot, of);
		if (of->npending > 1)
			oms_state_merge_pending(of);
		if (share->own)
		{
			(void) oms_state_forget_aborted(of);
			share->left = left_of(&of->value);
			for (int i = 0; i < of->npending; i++)
				share->left += Min(0, left_of(&of->pending[i].amounts));
		}
		else
		{
			OmsAmounts	kept = {.kept = left_of(&of->value)};

			oms_amounts_add(&state->value, &kept);
			for (int i = 0; i < of->npending; i++)
			{
				kept.kept = left_of(&of->pending[i].amounts);
				oms_state_add_pending(state, of->pending[i].xid, &kept);
			}
		}
	}
}

/* oms_share_usable is the holder's share of which something is left, or NULL. */
OmsShareState *
oms_share_usable(const OmsAccountState *state)
{
	for (OmsShareState *share = state->shares; share != NULL; share = share->next)
		if (share->own && share->left > 0)
			return share;
	return NULL;
}

/* oms_share_is_short says whether a take of so many units uses up what is left of a share of its holder. */
bool
oms_share_is_short(const OmsAccountState *state, int64 units)
{
	for (OmsShareState *share = state->shares; share != NULL; share = share->next)
		if (share->own && share->state.value.on_hand > 0)
			return share->left < units;
	return false;
}

/* oms_share_change writes a change of a share of the account, lapsed or not. */
void
oms_share_change(OmsLeaf *leaf, int nkeys, const Datum *keys, const OmsShare *share,
				 int64 reserved, Snapshot snapshot, OmsAccountState *state)
{
	OmsShareState *found = oms_share_find(state, share->until, share->holder, nkeys);
	OmsAmounts	change = {.reserved = reserved};

	if (found == NULL)
	{
		found = palloc0(sizeof(OmsShareState));
		for (int i = 0; i < nkeys; i++)
			found->keys[i] = keys[i];
		found->keys[nkeys] = PointerGetDatum(share->until);
		found->keys[nkeys + 1] = PointerGetDatum(share->holder);
		oms_state_read_row(leaf, found->keys, snapshot, &found->state);
		oms_state_read_highest(leaf, found->keys, &found->state);
	}
	if (!found->state.row_exists)
		elog(ERROR, "share of \"%s\" until %s has no row", text_to_cstring(share->holder),
			 text_to_cstring(share->until));
	oms_state_write(leaf, found->keys, &change, &found->state);
	oms_fold_request(leaf, found->keys, found->state.ncommitted);
}

/*
 * set_shares is the work of oms_account_set_share under the key lock. The holder's shares
 * must not have pending changes, so that what is left of one is never negative.
 */
static void
set_shares(OmsLeaf *leaf, OmsLeaf *shares, const Datum *keys, text *holder, text *until,
		   int64 units, Snapshot snapshot, OmsChange *result)
{
	OmsAccountState state = {0};
	OmsAccountState total = {.value.kept = units};
	int			nkeys = leaf->nkeys;
	OmsShareState *wanted;

	oms_shares_read(shares, nkeys, keys, snapshot, holder, &state);
	memset(result, 0, sizeof(*result));
	for (OmsShareState *share = state.shares; share != NULL; share = share->next)
	{
		OmsAccountState *of = &share->state;
		OmsAmounts	kept = {.kept = of->value.on_hand};

		if (share->own && of->npending > 0)
		{
			result->outcome = OMS_PENDING;
			result->pending = oms_state_some_pending(of);
			return;
		}
		oms_amounts_add(&total.value, &kept);
		for (int i = 0; i < of->npending; i++)
		{
			kept.kept = of->pending[i].amounts.on_hand;
			oms_state_add_pending(&total, of->pending[i].xid, &kept);
		}
	}
	oms_state_check_range(&total);		/* nobody who takes may meet an oms_amounts_overflow */
	result->outcome = OMS_DONE;
	wanted = until == NULL ? NULL : oms_share_find(&state, until, holder, nkeys);
	if (wanted == NULL && until != NULL)
	{
		wanted = palloc0(sizeof(OmsShareState));
		for (int i = 0; i < nkeys; i++)
			wanted->keys[i] = keys[i];
		wanted->keys[nkeys] = PointerGetDatum(until);
		wanted->keys[nkeys + 1] = PointerGetDatum(holder);
		wanted->own = true;
		wanted->next = state.shares;
		state.shares = wanted;
	}
	for (OmsShareState *share = state.shares; share != NULL; share = share->next)
	{
		OmsAmounts	change = {.on_hand = share == wanted ? units - share->left : -share->left};

		if (!share->own)
			continue;
		result->available += share->left;
		oms_amounts_add(&share->state.value, &change);
		if (change.on_hand != 0)
			oms_state_write(shares, share->keys, &change, &share->state);
		oms_fold_request(shares, share->keys, share->state.ncommitted);
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
	OmsLeaf    *leaf = oms_leaf_find(accounts, keys);
	OmsLeaf    *shares = oms_leaf_find_shares(accounts, keys);
	Snapshot	snapshot;
	LOCKTAG		tag;
	MemoryContext old;

	oms_leaf_complete_shares(accounts, shares, keys);
	MemoryContextReset(accounts->scratch);
	old = MemoryContextSwitchTo(accounts->scratch);
	oms_leaf_locktag(&tag, leaf, keys);
	(void) LockAcquire(&tag, ExclusiveLock, false, false);
	snapshot = RegisterSnapshot(GetLatestSnapshot());
	set_shares(leaf, shares, keys, holder, until, units, snapshot, result);
	UnregisterSnapshot(snapshot);
	LockRelease(&tag, ExclusiveLock, false);
	MemoryContextSwitchTo(old);
}
