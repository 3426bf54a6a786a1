/*
 * account.h
 *		The bounded account: take and give without waiting. See account.c.
 */
#ifndef OMS_ACCOUNT_H
#define OMS_ACCOUNT_H

#include "oms.h"
#include "type/safety_stock.h"

#define OMS_ACCOUNT_MAX_KEYS 3

/* What an account holds, or a change of it; units. */
typedef struct OmsAmounts
{
	int64		on_hand;
	int64		unavailable;
	int64		reserved;
} OmsAmounts;

/* A set of accounts of one kind: a relation of rows and one of deltas, alike partitioned. */
typedef struct OmsAccounts OmsAccounts;

/*
 * What must hold after a change in every outcome of the transactions that are open.
 *
 * OMS_GUARD_NONE		nothing: gives, and losses that cannot be refused
 * OMS_GUARD_AVAILABLE	on_hand - reserved >= safety (of on_hand) + kept
 * OMS_GUARD_ON_HAND	on_hand >= 0
 * OMS_GUARD_SET		change.on_hand is not a change but the new value; nobody else may be
 *						changing on_hand
 */
typedef enum OmsGuardKind
{
	OMS_GUARD_NONE,
	OMS_GUARD_AVAILABLE,
	OMS_GUARD_ON_HAND,
	OMS_GUARD_SET
} OmsGuardKind;

/*
 * What is claimed of an account may lapse without anybody's doing. When a take is short,
 * OmsLapsed tells, by reading, whether anything has; OmsReclaim, called under the key
 * lock, gives it back in this transaction and without waiting, and returns its units.
 */
typedef bool (*OmsLapsed) (const Datum *keys);
typedef int64 (*OmsReclaim) (const Datum *keys);

typedef struct OmsGuard
{
	OmsGuardKind kind;
	OmsSafetyStock safety;
	int64		kept;			/* units kept besides the safety stock */
	bool		partial;		/* take what can be had, at least 1 unit */
	OmsLapsed	lapsed;			/* both, or neither */
	OmsReclaim	reclaim;
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
	TransactionId pending;		/* one to wait for, when PENDING */
} OmsChange;

extern OmsAccounts *oms_accounts_open(const char *account, const char *delta);
extern void oms_accounts_close(OmsAccounts *accounts);
extern void oms_account_change(OmsAccounts *accounts, const Datum *keys, OmsAmounts change,
							   const OmsGuard *guard, OmsChange *result);
extern bool oms_account_fold(OmsAccounts *accounts, const Datum *keys, int recent);
extern bool oms_wait_a_little(TimestampTz start, long *nap);
extern bool oms_account_wait(TransactionId xid, TimestampTz start);
extern void oms_account_init(void);

#endif							/* OMS_ACCOUNT_H */
