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
 *
 * Here are the key lock and the section; tables in leaf.c, reading in state.c, the worst case in
 * bound.c, shares in share.c, the fold in fold.c.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "storage/lock.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"

#include "account/engine.h"

/* the most units of a take that may share the key lock */
#define SHARED_UNITS 4

/* keys of which a session remembers something, by hash */
#define KEY_HINTS 256

/* How a section ended. */
typedef enum SectionEnd
{
	SECTION_DONE,
	NEEDS_EXCLUSIVE,			/* nothing done: the lock must be exclusive */
	NEEDS_SHARES				/* nothing done: the leaf of shares must be complete */
} SectionEnd;

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
reclaim(OmsLeaf *leaf, OmsLeaf *shares, const Datum *keys, const OmsGuard *guard,
		Snapshot snapshot, OmsAccountState *state)
{
	OmsReclaimed reclaimed = {0};

	guard->reclaim(keys, guard->arg, &reclaimed);
	state->value.reserved -= reclaimed.units;
	for (int i = 0; i < reclaimed.nshares; i++)
	{
		OmsShare   *from = &reclaimed.shares[i];
		OmsShareState *share = oms_share_find(state, from->until, from->holder, leaf->nkeys);

		oms_share_change(shares, leaf->nkeys, keys, from, -from->units, snapshot, state);
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
section(OmsLeaf *leaf, OmsLeaf *shares, const Datum *keys, OmsAmounts change,
		const OmsGuard *guard, bool shared, OmsChange *result, OmsAccountState *state, bool *deep)
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
		oms_shares_may_exist(shares, leaf->nkeys, keys))
	{
		if (!shares->complete)
		{
			UnregisterSnapshot(snapshot);
			return NEEDS_SHARES;
		}
		with_shares = !blind;
	}
	oms_state_read_row(leaf, keys, snapshot, state);
	if (blind && state->row_exists)
		oms_state_read_highest(leaf, keys, state);
	else
		oms_state_read_deltas(leaf, keys, snapshot, state);
	if (with_shares)
		oms_shares_read(shares, leaf->nkeys, keys, snapshot, guard->holder, state);
	if (state->npending > 1)
		oms_state_merge_pending(state);
	if (result == NULL)
		result = &ignored;
	memset(result, 0, sizeof(*result));

	result->outcome = oms_guard_decide(guard, state, &change, result);
	if (state->npending > 0 &&
		(result->outcome != OMS_DONE || change.reserved != wanted.reserved) &&
		oms_state_forget_aborted(state))
	{
		change = wanted;
		result->outcome = oms_guard_decide(guard, state, &change, result);
	}
	if (is_small_take(guard, &change))
	{
		OmsAccountState after = *state;

		oms_amounts_add(&after.value, &change);
		*deep = oms_share_usable(state) == NULL &&
			oms_guard_leaves(guard, &after, (int64) MaxBackends * SHARED_UNITS);
	}
	if (guard->reclaim != NULL &&
		(result->outcome != OMS_DONE || change.reserved != wanted.reserved ||
		 oms_share_is_short(state, change.reserved)))
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
			result->outcome = oms_guard_decide(guard, state, &change, result);
		}
	}
	if (result->outcome != OMS_DONE)
		memset(&change, 0, sizeof(change));

	result->change = change;
	if (change.reserved > 0 && guard->holder != NULL)
	{
		OmsShareState *share = oms_share_usable(state);

		if (share != NULL)
		{
			result->share.holder = guard->holder;
			result->share.until = DatumGetTextPP(share->keys[leaf->nkeys]);
			result->share.units = Min(change.reserved, share->left);
			oms_share_change(shares, leaf->nkeys, keys, &result->share, result->share.units, snapshot,
							 state);
		}
	}
	if (guard->back.units > 0)
		oms_share_change(shares, leaf->nkeys, keys, &guard->back, -guard->back.units, snapshot, state);
	oms_amounts_add(&state->value, &change);
	result->after = state->value;
	if (!blind)
		oms_state_check_range(state);
	change.reserved -= reclaimed;
	if (change.on_hand != 0 || change.unavailable != 0 || change.reserved != 0)
		oms_state_write(leaf, keys, &change, state);
	UnregisterSnapshot(snapshot);
	return SECTION_DONE;
}

/*
 * refuse_unlocked refuses a change that no outcome of the open transactions allows, by
 * reading alone: a refusal is true of its snapshot and needs no key lock. False when
 * the change may be possible.
 */
static bool
refuse_unlocked(OmsAccounts *accounts, OmsLeaf *leaf, OmsLeaf *shares, const Datum *keys,
				OmsAmounts change, const OmsGuard *guard, OmsChange *result)
{
	OmsAccountState state = {0};
	Snapshot	snapshot;
	OmsChange	answer = {0};
	bool		with_shares;

	if (guard->kind != OMS_GUARD_AVAILABLE ||
		(guard->lapsed != NULL && guard->lapsed(keys, guard->arg)))
		return false;
	with_shares = shares != NULL && oms_shares_may_exist(shares, leaf->nkeys, keys);
	if (with_shares)
		oms_leaf_complete_shares(accounts, shares, keys);
	snapshot = RegisterSnapshot(GetLatestSnapshot());
	oms_state_read_row(leaf, keys, snapshot, &state);
	oms_state_read_deltas(leaf, keys, snapshot, &state);
	if (with_shares)
		oms_shares_read(shares, leaf->nkeys, keys, snapshot, guard->holder, &state);
	UnregisterSnapshot(snapshot);
	if (state.npending > 1)
		oms_state_merge_pending(&state);
	answer.outcome = oms_guard_decide(guard, &state, &change, &answer);
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
	OmsLeaf    *leaf = oms_leaf_find(accounts, keys);
	OmsLeaf    *shares = concerns_shares(guard, &change) ? oms_leaf_find_shares(accounts, keys) : NULL;
	bool		small = is_small_take(guard, &change);
	bool		shared = is_give(guard, &change);
	bool		locked = false;
	bool		deep = false;
	OmsAccountState state;
	LOCKTAG		tag;
	MemoryContext old;

	MemoryContextReset(accounts->scratch);
	old = MemoryContextSwitchTo(accounts->scratch);
	oms_leaf_locktag(&tag, leaf, keys);

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
			oms_leaf_complete_shares(accounts, shares, keys);
		else
			shared = false;
		locked = false;
	}
	if (result == NULL || result->outcome == OMS_DONE)
	{
		if (small)
			remember(&tag, deep && (shared || state.npending > 0) ? WAS_DEEP : NOTHING_KNOWN);
		oms_fold_request(leaf, keys, state.ncommitted);
	}
	else if (result->outcome == OMS_SHORT)
		remember(&tag, WAS_SHORT);
	MemoryContextSwitchTo(old);
	if (result != NULL && result->share.units > 0)
		result->share.until = DatumGetTextPCopy(PointerGetDatum(result->share.until));
}
