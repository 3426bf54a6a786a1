/*
 * account.h
 *		The bounded account: take and give without waiting. See account.c.
 */
#ifndef OMS_ACCOUNT_H
#define OMS_ACCOUNT_H

#include "oms.h"
#include "type/safety_stock.h"

#define OMS_ACCOUNT_MAX_KEYS 4

/* What an account holds, or a change of it; units. */
typedef struct OmsAmounts
{
	int64		on_hand;
	int64		unavailable;
	int64		reserved;
	int64		kept;			/* in memory only: left in the shares of others */
} OmsAmounts;

/*
 * A kind of accounts: a table of rows and one of deltas in schema oms, alike partitioned.
 *
 * Units of an account may be kept for one holder until a moment: its share. Shares are a
 * kind of their own: (the account's keys, until, holder), on_hand the units kept, reserved
 * those of them that the holder took. They are under the key lock of their account: the
 * lock is on the first lock_keys keys, and both kinds name the same lock_class.
 */
typedef struct OmsAccountKind
{
	const char *account;
	const char *delta;
	int			lock_class;
	int			lock_keys;
	const struct OmsAccountKind *shares;	/* NULL: none */
} OmsAccountKind;

/* Accounts of one kind, open for changes. */
typedef struct OmsAccounts OmsAccounts;

/* Units of a holder's share; until as oms_share_until writes it. */
typedef struct OmsShare
{
	text	   *holder;
	text	   *until;
	int64		units;
} OmsShare;

/*
 * What must hold after a change in every outcome of the transactions that are open.
 *
 * OMS_GUARD_NONE		nothing: gives, and losses that cannot be refused
 * OMS_GUARD_AVAILABLE	on_hand - reserved >= safety (of on_hand) + kept
 * OMS_GUARD_ON_HAND	on_hand >= 0
 * OMS_GUARD_UNAVAILABLE	unavailable >= 0
 * OMS_GUARD_STILL		on_hand >= 0, and nobody else may be changing on_hand
 * OMS_GUARD_SET		change.on_hand is not a change but the new value; nobody else may be
 *						changing on_hand
 */
typedef enum OmsGuardKind
{
	OMS_GUARD_NONE,
	OMS_GUARD_AVAILABLE,
	OMS_GUARD_ON_HAND,
	OMS_GUARD_UNAVAILABLE,
	OMS_GUARD_STILL,
	OMS_GUARD_SET
} OmsGuardKind;

/*
 * What is claimed of an account may lapse without anybody's doing. When a take is short,
 * OmsLapsed tells, by reading, whether anything has; OmsReclaim, called under the key
 * lock, gives it back in this transaction and without waiting: it adds up the units, and
 * lists those that were from shares.
 */
typedef struct OmsReclaimed
{
	int64		units;
	int			nshares;
	OmsShare   *shares;
} OmsReclaimed;

typedef bool (*OmsLapsed) (const Datum *keys, void *arg);
typedef void (*OmsReclaim) (const Datum *keys, void *arg, OmsReclaimed *reclaimed);

typedef struct OmsGuard
{
	OmsGuardKind kind;
	OmsSafetyStock safety;
	int64		kept;			/* units kept besides the safety stock */
	bool		partial;		/* take what can be had, at least 1 unit */
	text	   *holder;			/* a take uses its share first, and is not kept from it; NULL: nobody */
	OmsShare	back;			/* of a give's units, those that go back to a share */
	OmsLapsed	lapsed;			/* both, or neither */
	OmsReclaim	reclaim;
	void	   *arg;			/* of both */
} OmsGuard;

typedef enum OmsOutcome
{
	OMS_DONE,
	OMS_SHORT,					/* refused in every outcome of the open transactions */
	OMS_PENDING					/* the answer depends on an open transaction */
} OmsOutcome;

typedef struct OmsChange
{
	OmsOutcome	outcome;
	OmsAmounts	change;			/* what was applied; zeros unless DONE */
	OmsAmounts	after;			/* value after it, without what others have open */
	int64		available;		/* takeable in the worst case before the change, not below 0 */
	OmsShare	share;			/* what of it is from the holder's share */
	TransactionId pending;		/* one to wait for, when PENDING */
} OmsChange;

/* What a call waits for; the wait events of the same names (account.c). */
typedef enum OmsWait
{
	OMS_WAIT_TRANSACTION,		/* an open transaction, on whose outcome the answer depends */
	OMS_WAIT_ROW,				/* a row that another session has locked */
	OMS_WAIT_NAME,				/* a cart or a reference that another session works on */
	OMS_WAITS					/* their number */
} OmsWait;

extern OmsAccounts *oms_accounts_open(const OmsAccountKind *kind);
extern void oms_accounts_close(OmsAccounts *accounts);
extern void oms_account_change(OmsAccounts *accounts, const Datum *keys, OmsAmounts change,
							   const OmsGuard *guard, OmsChange *result);
extern void oms_account_set_share(OmsAccounts *accounts, const Datum *keys, text *holder,
								  text *until, int64 units, OmsChange *result);
extern text *oms_share_until(TimestampTz until);
extern bool oms_account_fold(OmsAccounts *accounts, const Datum *keys, int recent);
extern bool oms_wait_a_little(TimestampTz start, long *nap, OmsWait what);
extern bool oms_lock_name(uint16 lock_class, text *name, bool may_wait, TimestampTz start);
extern bool oms_account_wait(TransactionId xid, TimestampTz start);
extern void oms_account_init(void);

#endif							/* OMS_ACCOUNT_H */
