/*
 * engine.h
 *		Between the files of the bounded account, and for nobody else: its tables (leaf.c),
 *		what a snapshot says of it (state.c), the worst case (bound.c), shares (share.c) and the
 *		fold (fold.c). account.c makes a change of them, and its header argues why it is right.
 */
#ifndef OMS_ACCOUNT_ENGINE_H
#define OMS_ACCOUNT_ENGINE_H

#include "access/relscan.h"
#include "access/stratnum.h"
#include "storage/lock.h"

#include "account/account.h"
#include "row.h"

/*
 * A pair of physical relations, open for insertion; until it is completed only account and
 * account_key are open, for reading.
 */
typedef struct OmsLeaf
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
	struct OmsLeaf *next;
} OmsLeaf;

/* Accounts of one kind, open for changes. */
struct OmsAccounts
{
	int			lock_class;
	int			lock_keys;
	OmsAccounts *shares;		/* its leaves are completed when they are needed; NULL: none */
	Relation	account_root;
	Relation	delta_root;		/* NULL while no leaf is complete */
	const char *delta_name;
	OmsLeaf    *leaves;			/* those opened so far */
	MemoryContext context;		/* of all that is opened */
	MemoryContext scratch;		/* reset at every change */
};

/* A change by a (sub)transaction that is in progress in the snapshot. */
typedef struct OmsPending
{
	TransactionId xid;
	OmsAmounts	amounts;
} OmsPending;

/* A live delta, collected for a fold. */
typedef struct OmsSeenDelta
{
	int64		id;
	OmsAmounts	amounts;
	ItemPointerData tid;
	bool		foldable;		/* committed and not ours */
} OmsSeenDelta;

/* What a snapshot says of an account. */
typedef struct OmsAccountState
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
	OmsPending *pending;
	int			ndeltas;		/* live deltas looked at */
	int			ncommitted;		/* of them committed by others: what a fold could fold */
	int			max_seen;		/* capacity of seen; 0 = do not collect */
	int			nseen;
	OmsSeenDelta *seen;
	struct OmsShareState *shares;	/* those that have not lapsed, linked */
} OmsAccountState;

/* A share as one reading found it. */
typedef struct OmsShareState
{
	Datum		keys[OMS_ACCOUNT_MAX_KEYS];
	OmsAccountState state;
	bool		own;			/* of the guard's holder */
	int64		left;			/* of an own one: units, in the worst case */
	struct OmsShareState *next;
} OmsShareState;

/* leaf.c */
extern OmsAccounts *oms_accounts_of_relations(Relation account, Relation delta, int lock_class,
											  int lock_keys);
extern OmsLeaf *oms_leaf_find(OmsAccounts *accounts, const Datum *keys);
extern OmsLeaf *oms_leaf_find_shares(OmsAccounts *accounts, const Datum *keys);
extern void oms_leaf_complete_shares(OmsAccounts *accounts, OmsLeaf *leaf, const Datum *keys);
extern void oms_leaf_locktag(LOCKTAG *tag, OmsLeaf *leaf, const Datum *keys);
extern IndexScanDesc oms_leaf_scan(Relation heap, Relation index, int nkeys, const Datum *keys,
								   StrategyNumber id_strategy, int64 id);
extern void oms_leaf_insert_delta(OmsLeaf *leaf, const Datum *keys, int64 id,
								  const OmsAmounts *amounts);
extern void oms_leaf_insert_row(OmsLeaf *leaf, const Datum *keys, const OmsAccountState *state);
extern void oms_leaf_update_row(OmsLeaf *leaf, const Datum *keys, OmsAccountState *state);

/* state.c */
extern void oms_amounts_overflow(void);
extern void oms_state_add_pending(OmsAccountState *state, TransactionId xid,
								  const OmsAmounts *amounts);
extern void oms_amounts_add(OmsAmounts *sum, const OmsAmounts *amounts);
extern void oms_state_read_row(OmsLeaf *leaf, const Datum *keys, Snapshot snapshot,
							   OmsAccountState *state);
extern void oms_state_read_deltas(OmsLeaf *leaf, const Datum *keys, Snapshot snapshot,
								  OmsAccountState *state);
extern void oms_state_read_highest(OmsLeaf *leaf, const Datum *keys, OmsAccountState *state);
extern void oms_state_merge_pending(OmsAccountState *state);
extern bool oms_state_forget_aborted(OmsAccountState *state);
extern TransactionId oms_state_some_pending(const OmsAccountState *state);
extern void oms_state_check_range(const OmsAccountState *state);
extern void oms_state_write(OmsLeaf *leaf, const Datum *keys, const OmsAmounts *change,
							OmsAccountState *state);

/* bound.c */
extern OmsOutcome oms_guard_decide(const OmsGuard *guard, OmsAccountState *state,
								   OmsAmounts *change, OmsChange *result);
extern bool oms_guard_leaves(const OmsGuard *guard, const OmsAccountState *state, int64 units);

/* share.c */
extern bool oms_shares_may_exist(OmsLeaf *shares, int nkeys, const Datum *keys);
extern OmsShareState *oms_share_find(const OmsAccountState *state, text *until, text *holder,
									 int nkeys);
extern void oms_shares_read(OmsLeaf *leaf, int nkeys, const Datum *keys, Snapshot snapshot,
							text *holder, OmsAccountState *state);
extern OmsShareState *oms_share_usable(const OmsAccountState *state);
extern bool oms_share_is_short(const OmsAccountState *state, int64 units);
extern void oms_share_change(OmsLeaf *leaf, int nkeys, const Datum *keys, const OmsShare *share,
							 int64 reserved, Snapshot snapshot, OmsAccountState *state);

/* fold.c */
extern void oms_fold_request(OmsLeaf *leaf, const Datum *keys, int ncommitted);

#endif							/* OMS_ACCOUNT_ENGINE_H */
