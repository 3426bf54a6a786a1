/*
 * module.c
 *		Entry of the shared library: settings. Nothing here needs
 *		shared_preload_libraries.
 */
#include "postgres.h"

#include <limits.h>

#include "access/xact.h"
#include "account/account.h"
#include "fulfillment/fulfillment.h"
#include "network/network.h"
#include "oms.h"
#include "reservation/reservation.h"
#include "row.h"
#include "utils/guc.h"

PG_MODULE_MAGIC;

int			oms_code_attempts = 5;
int			oms_wait_for_pending = 1000;
int			oms_fold_threshold = 32;
static int	partitions = 0;		/* read by CREATE EXTENSION alone, in insight/partition.sql */

void		_PG_init(void);

/* An error leaves the guard's counter raised: an abort sets it back. */
static void
reset_guard_at_xact(XactEvent event, void *arg)
{
	if (event == XACT_EVENT_ABORT || event == XACT_EVENT_COMMIT || event == XACT_EVENT_PREPARE)
		oms_guard_suspended = 0;
}

static void
reset_guard_at_subxact(SubXactEvent event, SubTransactionId mine, SubTransactionId parent, void *arg)
{
	if (event == SUBXACT_EVENT_ABORT_SUB)
		oms_guard_suspended = 0;
}

void
_PG_init(void)
{
	DefineCustomIntVariable("oms.code_attempts",
							"Wrong codes of a customer after which no more are tried.",
							"Until oms.issue_code makes a new code.",
							&oms_code_attempts, 5, 1, 1000,
							PGC_SUSET, 0, NULL, NULL, NULL);
	DefineCustomIntVariable("oms.wait_for_pending",
							"How long a take waits when its answer depends on an open transaction.",
							"0 answers at once. A transaction that has already written anything never waits.",
							&oms_wait_for_pending, 1000, 0, INT_MAX,
							PGC_USERSET, GUC_UNIT_MS, NULL, NULL, NULL);
	DefineCustomIntVariable("oms.fold_threshold",
							"Committed deltas that a take must see on one key before its transaction folds them.",
							"A missed fold costs speed, never truth.",
							&oms_fold_threshold, 32, 1, 100000,
							PGC_USERSET, 0, NULL, NULL, NULL);
	DefineCustomIntVariable("oms.partitions",
							"Hash partitions that CREATE EXTENSION makes of what grows with skus and with orders.",
							"0 makes plain tables. An extension that is there is not changed.",
							&partitions, 0, 0, 1024,
							PGC_USERSET, 0, NULL, NULL, NULL);
	MarkGUCPrefixReserved("oms");
	oms_row_init();
	oms_network_init();
	oms_account_init();
	oms_reservation_init();
	oms_fulfillment_init();
	RegisterXactCallback(reset_guard_at_xact, NULL);
	RegisterSubXactCallback(reset_guard_at_subxact, NULL);
}
