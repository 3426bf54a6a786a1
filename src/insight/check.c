/*
 * check.c
 *		oms.check(): the invariants of the whole, in one snapshot.
 *
 * The invariants are queries, in the functions oms.check_… of check.sql, a part for the
 * tables that are looked at together. Each part is planned anew, with what it has to look at as
 * constants, and so inlined: without, the conditions on skus and orders are gone; with, they are
 * index conditions.
 *
 * What has changed since a transaction: of stock, skus. Whatever changes a balance writes a
 * delta, and is folded into an account row later, so those are the deltas that are there and the
 * accounts whose row is of a later transaction (its xmin); and those with a later movement or
 * reservation, found by the BRIN index on xid, which must agree. Of orders those that are
 * themselves, or whose reservations, fulfillments or returns are. The parts then read these skus
 * and orders whole, since an invariant is about sums.
 *
 * oms.check_changes() keeps its mark in check_mark_row: the oldest transaction that its snapshot
 * saw in progress. It moves only when nothing was found.
 *
 * Tables: all, by reading; check_mark_row. Locks: the row of check_mark_row.
 */
#include "postgres.h"

#include "access/transam.h"
#include "access/xlog.h"
#include "catalog/pg_type.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/guc.h"
#include "utils/snapmgr.h"
#include "utils/xid8.h"

#include "oms.h"

PG_FUNCTION_INFO_V1(oms_check);
PG_FUNCTION_INFO_V1(oms_check_changes);

/* Arguments of every part: changed skus, changed orders, since; all NULL: everything. */
static const char *const parts[] = {
	"SELECT * FROM oms.check_stock($1)",
	"SELECT * FROM oms.check_accounts($1)",
	"SELECT * FROM oms.check_supply($1)",
	"SELECT * FROM oms.check_ledger($1, $2)",
	"SELECT * FROM oms.check_orders($2, $3)",
	"SELECT * FROM oms.check_work($2)",
	"SELECT * FROM oms.check_rest()"
};

/* Skus of accounts whose row is no older than $2, the age of the transaction, and of those that have deltas. */
#define CHANGED_ACCOUNTS(kind) \
	"SELECT a.sku FROM oms." kind "_account a WHERE age(a.xmin) <= $2 " \
	"UNION SELECT d.sku FROM oms." kind "_delta d "

static const char *const select_skus =
"SELECT COALESCE(array_agg(c.sku), '{}') FROM ("
CHANGED_ACCOUNTS("stock") "UNION " CHANGED_ACCOUNTS("protection") "UNION " CHANGED_ACCOUNTS("quota")
"UNION " CHANGED_ACCOUNTS("incoming") "UNION " CHANGED_ACCOUNTS("backorder")
"UNION SELECT m.sku FROM oms.movement_row m WHERE m.xid >= $1 "
"UNION SELECT h.sku FROM oms.hold_back_row h WHERE h.xid >= $1 "
"UNION SELECT r.sku FROM oms.reservation_row r WHERE r.xid >= $1) c";

static const char *const select_orders =
"SELECT COALESCE(array_agg(c.order_id), '{}') FROM ("
"SELECT o.order_id FROM oms.order_row o WHERE o.xid >= $1 "
"UNION SELECT r.order_id FROM oms.reservation_row r WHERE r.xid >= $1 AND r.order_id IS NOT NULL "
"UNION SELECT b.order_id FROM oms.return_row b WHERE age(b.xmin) <= $2 "
"UNION SELECT f.order_id FROM oms.fulfillment_row f WHERE f.xid >= $1) c";

static OmsPlan select_mark = {
	"SELECT m.since FROM oms.check_mark_row m WHERE m.cluster = $1 FOR UPDATE",
	1, {"int8"}
};

static OmsPlan set_mark = {
	"INSERT INTO oms.check_mark_row AS m (cluster, since) VALUES ($1, $2) "
	"ON CONFLICT (cluster) DO UPDATE SET since = GREATEST(m.since, excluded.since), checked_at = excluded.checked_at",
	2, {"int8", "xid8"}
};

/* run executes one query of the caller's snapshot, planned for its arguments. */
static uint64
run(const char *sql, int n, Oid *types, Datum *values, const char *nulls)
{
	int			result = SPI_execute_with_args(sql, n, types, values, nulls, true, 0);

	if (result != SPI_OK_SELECT)
		elog(ERROR, "SPI failed: %s: %s", SPI_result_code_string(result), sql);
	return SPI_processed;
}

/* find_changed runs a query for what changed by transaction since or later: text[]. */
static Datum
find_changed(const char *sql, FullTransactionId since, MemoryContext context)
{
	Oid			types[] = {XID8OID, INT4OID};
	Datum		values[2];
	FullTransactionId next = ReadNextFullTransactionId();
	uint64		age = U64FromFullTransactionId(next) - U64FromFullTransactionId(since);

	values[0] = FullTransactionIdGetDatum(since);
	/* The age of what was frozen is the largest integer. */
	values[1] = Int32GetDatum((int32) Min(age, PG_INT32_MAX - 1));
	run(sql, lengthof(types), types, values, NULL);
	return oms_spi_copy(0, 1, context);
}

/*
 * check verifies all, or what changed by transaction *since or later, in the active snapshot:
 * puts findings into the result and returns their number.
 */
static int64
check(ReturnSetInfo *result, FullTransactionId *since)
{
	MemoryContext caller = CurrentMemoryContext;
	Oid			types[] = {TEXTARRAYOID, TEXTARRAYOID, XID8OID};
	Datum		values[3] = {0};
	bool		began = oms_progress_begin(OMS_CALL_CHECK);
	int			settings = NewGUCNestLevel();
	int64		found = 0;

	if (work_mem < maintenance_work_mem)
	{
		char		memory[16];

		snprintf(memory, sizeof(memory), "%d", maintenance_work_mem);
		(void) set_config_option("work_mem", memory, PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE,
								 true, 0, false);
	}
	oms_spi_connect();
	if (since != NULL)
	{
		oms_progress_phase(OMS_PHASE_CHANGED, 0);
		values[0] = find_changed(select_skus, *since, caller);
		values[1] = find_changed(select_orders, *since, caller);
		values[2] = FullTransactionIdGetDatum(*since);
	}
	oms_progress_phase(OMS_PHASE_VERIFY, lengthof(parts));
	for (int i = 0; i < lengthof(parts); i++)
	{
		uint64		n = run(parts[i], lengthof(types), types, values, since == NULL ? "nnn" : NULL);

		oms_spi_put_rows(result, n);
		SPI_freetuptable(SPI_tuptable);
		found += n;
		oms_progress_done(i + 1);
	}
	oms_spi_finish();
	AtEOXact_GUC(false, settings);
	oms_progress_end(began);
	return found;
}

/* oms_check(since): see the COMMENT. */
Datum
oms_check(PG_FUNCTION_ARGS)
{
	FullTransactionId since;

	InitMaterializedSRF(fcinfo, 0);
	if (!PG_ARGISNULL(0))
	{
		since = PG_GETARG_FULLTRANSACTIONID(0);
		if (FullTransactionIdFollowsOrEquals(since, ReadNextFullTransactionId()))
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("since must not be in the future"),
					 errdetail("It is %llu, the next transaction %llu.",
							   (unsigned long long) U64FromFullTransactionId(since),
							   (unsigned long long) U64FromFullTransactionId(ReadNextFullTransactionId()))));
	}
	check((ReturnSetInfo *) fcinfo->resultinfo, PG_ARGISNULL(0) ? NULL : &since);
	return (Datum) 0;
}

/* oldest_open is the oldest transaction that the active snapshot sees in progress, this one included. */
static FullTransactionId
oldest_open(void)
{
	FullTransactionId next = ReadNextFullTransactionId();
	TransactionId own = GetTopTransactionIdIfAny();
	TransactionId xmin = GetActiveSnapshot()->xmin;
	uint32		epoch = EpochFromFullTransactionId(next);

	if (TransactionIdIsValid(own) && TransactionIdPrecedes(own, xmin))
		xmin = own;
	if (xmin > XidFromFullTransactionId(next))
		epoch--;
	return FullTransactionIdFromEpochAndXid(epoch, xmin);
}

/* oms_check_changes(): see the COMMENT. */
Datum
oms_check_changes(PG_FUNCTION_ARGS)
{
	Datum		values[2] = {Int64GetDatum((int64) GetSystemIdentifier())};
	FullTransactionId since;
	bool		marked;
	bool		isnull;

	InitMaterializedSRF(fcinfo, 0);
	oms_spi_connect();
	marked = oms_spi_execute_latest(&select_mark, values, NULL) > 0;
	if (marked)
		since = DatumGetFullTransactionId(oms_spi_value(0, 1, &isnull));
	PushActiveSnapshot(GetLatestSnapshot());
	values[1] = FullTransactionIdGetDatum(oldest_open());
	if (check((ReturnSetInfo *) fcinfo->resultinfo, marked ? &since : NULL) == 0)
		oms_spi_execute_latest(&set_mark, values, NULL);
	PopActiveSnapshot();
	oms_spi_finish();
	return (Datum) 0;
}
