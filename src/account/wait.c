/*
 * wait.c
 *		Waiting, bounded by oms.wait_for_pending: for a transaction to end, or for a name to be
 *		free. Whoever waits holds nothing that others may wait for; so nobody here deadlocks.
 */
#include "postgres.h"

#include "common/hashfn.h"
#include "miscadmin.h"
#include "pgstat.h"
#include "storage/latch.h"
#include "storage/lock.h"
#include "storage/proc.h"
#include "utils/timestamp.h"

#include "account/account.h"
#include "oms.h"

/* wait_event is what pg_stat_activity shows meanwhile, from PostgreSQL 17 on. */
static uint32
wait_event(OmsWait what)
{
	static const char *const names[OMS_WAITS] = {"OmsTransaction", "OmsRow", "OmsName"};
	static uint32 events[OMS_WAITS];

	if (events[what] == 0)
		events[what] = oms_wait_event(names[what]);
	return events[what];
}

/*
 * oms_wait_a_little naps for some ms and returns true, or returns false when
 * oms.wait_for_pending has passed since start. *nap, 1 at first, is the length of the nap.
 * Raises 55P03 after lock_timeout; statement_timeout and cancel are honoured.
 */
bool
oms_wait_a_little(TimestampTz start, long *nap, OmsWait what)
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
					 wait_event(what));
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
		if (may_wait ? !oms_wait_a_little(start, &nap, OMS_WAIT_NAME) : tries == 10)
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
		if (!oms_wait_a_little(start, &nap, OMS_WAIT_TRANSACTION))
			return false;
	return true;
}
