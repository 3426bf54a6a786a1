/*
 * repair.c
 *		oms.repair(): sets accounts to the sums of their records.
 *
 * What differs is read in one snapshot. Whatever changes an account changes its records in
 * the same transaction, so the difference is the same in every snapshot, whoever takes and gives
 * meanwhile: it is added to the account as any change is (account.c), with no lock but the short
 * one on the key. Only another repair would add it too; so two do not run at once.
 *
 * Records are never changed, and what they say of each other is not for us to decide: for
 * those findings there is advice (oms.repair_step).
 *
 * Tables: what oms.check() reads; all accounts; movement_row, count_task_row, by inserting.
 * Locks: a name of its own, to the end of the transaction; then those of account.c.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "funcapi.h"
#include "lib/stringinfo.h"
#include "utils/array.h"
#include "utils/timestamp.h"

#include "oms.h"
#include "stock/stock.h"

PG_FUNCTION_INFO_V1(oms_repair);

/* locktag_field4 of the lock that a repair has */
#define REPAIR_LOCK_CLASS 0x4F51

/* Findings, each with the amount of an account that differs, if that is what it is about; an account's together. */
static OmsPlan select_findings = {
	"WITH found AS MATERIALIZED (SELECT * FROM oms.check()) "
	"SELECT c.invariant, c.key, c.detail, d.kind, d.keys, d.measure, d.account::int8, d.records::int8, "
	"COALESCE(s.step, 'two records contradict each other: compare them with what happened (oms.order_history, oms.stock_history) or with a backup') "
	"FROM found c LEFT JOIN oms.account_difference(NULL) d ON d.invariant = c.invariant AND d.key = c.key "
	/* Of an account whose deltas lie wrong nobody knows the value. */
	"AND NOT EXISTS (SELECT FROM found l WHERE l.key = c.key AND l.invariant IN ('a delta is folded once', 'exc is not above w')) "
	"LEFT JOIN oms.repair_step s ON s.invariant = c.invariant "
	"ORDER BY d.kind NULLS LAST, d.keys, c.invariant, c.key", 0
};

static OmsPlan ask_for_count = {
	"INSERT INTO oms.count_task_row (location, sku, reason) VALUES ($1, $2, 'repaired') "
	"ON CONFLICT (location, sku) WHERE closed_at IS NULL DO NOTHING",
	2, {"text", "text"}
};

static const struct
{
	const char *name;
	const OmsAccountKind *kind;
}			kinds[] = {
	{"stock", &oms_stock_kind}, {"protection", &oms_protection_kind}, {"quota", &oms_quota_kind},
	{"incoming", &oms_incoming_kind}, {"backorder", &oms_backorder_kind},
	{"capacity", &oms_capacity_kind}
};

/* A finding. */
typedef struct Finding
{
	Datum		shown[3];		/* invariant, key, detail */
	char	   *kind;			/* of the account that differs; NULL: not one that can be mended */
	int			nkeys;
	Datum	   *keys;
	char	   *measure;
	int64		account;
	int64		records;
	char	   *step;			/* for a person */
} Finding;

/* What is done about an account: a change of it, or a movement that its records lack. */
typedef struct Mending
{
	OmsAmounts	change;
	OmsMovement movement;
	StringInfoData reason;
} Mending;

/* is_moved says whether the finding is about an amount that movements add up to. */
static bool
is_moved(const Finding *finding)
{
	return strcmp(finding->kind, "stock") == 0 && strcmp(finding->measure, "reserved") != 0;
}

static Finding *
read_findings(int *n)
{
	MemoryContext caller = CurrentMemoryContext;
	Finding    *findings;

	oms_spi_connect();
	*n = oms_spi_execute_latest(&select_findings, NULL, NULL);
	findings = MemoryContextAllocZero(caller, sizeof(Finding) * Max(1, *n));
	for (int i = 0; i < *n; i++)
	{
		Finding    *finding = &findings[i];
		text	   *kind = oms_spi_copy_text(i, 4, caller);

		for (int c = 0; c < 3; c++)
			finding->shown[c] = oms_spi_copy(i, c + 1, caller);
		finding->step = MemoryContextStrdup(caller, oms_spi_text(i, 9));
		if (kind == NULL)
			continue;
		finding->kind = MemoryContextStrdup(caller, text_to_cstring(kind));
		finding->measure = MemoryContextStrdup(caller, oms_spi_text(i, 6));
		finding->account = oms_spi_int64(i, 7);
		finding->records = oms_spi_int64(i, 8);
		{
			Datum		keys = oms_spi_copy(i, 5, caller);
			MemoryContext spi = MemoryContextSwitchTo(caller);

			deconstruct_array(DatumGetArrayTypeP(keys), TEXTOID, -1, false, TYPALIGN_INT,
							  &finding->keys, NULL, &finding->nkeys);
			MemoryContextSwitchTo(spi);
		}
	}
	oms_spi_finish();
	return findings;
}

/* same_account says whether two findings are about one account. */
static bool
same_account(const Finding *a, const Finding *b)
{
	if (a->kind == NULL || b->kind == NULL || strcmp(a->kind, b->kind) != 0)
		return false;
	for (int i = 0; i < a->nkeys; i++)
		if (!oms_text_equal(DatumGetTextPP(a->keys[i]), DatumGetTextPP(b->keys[i])))
			return false;
	return true;
}

/* add_to_mending adds what mends a finding to what is done about its account; how it reads. */
static char *
add_to_mending(Mending *mending, const Finding *finding, bool trust_balances)
{
	int64		difference = finding->records - finding->account;
	int64	   *amount;

	if (trust_balances && is_moved(finding))
	{
		if (strcmp(finding->measure, "on_hand") == 0)
			mending->movement.quantity = -difference;
		else
			mending->movement.unavailable = -difference;
		appendStringInfo(&mending->reason, "%smovements of %s were lost", mending->reason.len > 0 ? ", " : "",
						 finding->measure);
		return psprintf("write a movement of %+lld units of %s", (long long) -difference, finding->measure);
	}
	amount = strcmp(finding->measure, "on_hand") == 0 ? &mending->change.on_hand :
		strcmp(finding->measure, "unavailable") == 0 ? &mending->change.unavailable : &mending->change.reserved;
	*amount = difference;
	appendStringInfo(&mending->reason, "%s%s %lld -> %lld", mending->reason.len > 0 ? ", " : "",
					 finding->measure, (long long) finding->account, (long long) finding->records);
	return psprintf("set %s of the account from %lld to %lld", finding->measure,
					(long long) finding->account, (long long) finding->records);
}

/* mend does what is to be done about the finding's account. */
static void
mend(const Finding *finding, Mending *mending, text *actor)
{
	OmsGuard	guard = {.kind = OMS_GUARD_NONE};
	const OmsAccountKind *kind = NULL;
	OmsAccounts *accounts;
	OmsChange	result;
	text	   *reason = cstring_to_text(mending->reason.data);

	for (int i = 0; i < lengthof(kinds); i++)
		if (strcmp(kinds[i].name, finding->kind) == 0)
			kind = kinds[i].kind;
	if (kind == NULL)
		elog(ERROR, "unknown kind of account: %s", finding->kind);
	accounts = kind == &oms_stock_kind ? oms_stock_open() : oms_accounts_open(kind);
	oms_account_change(accounts, finding->keys, mending->change, &guard, &result);
	oms_accounts_close(accounts);
	if (kind == &oms_stock_kind)
	{
		Datum		count[2] = {finding->keys[1], finding->keys[0]};

		mending->movement.sku = DatumGetTextPP(finding->keys[0]);
		mending->movement.location = DatumGetTextPP(finding->keys[1]);
		oms_movements_record(&mending->movement, 1, "repair", reason, NULL, actor);
		oms_spi_connect();
		oms_spi_execute(&ask_for_count, count, NULL, false);
		oms_spi_finish();
		oms_stock_lost(&result, mending->movement.sku, mending->movement.location, reason, NULL, actor);
	}
}

/* oms_repair(dry_run, trust, actor): see the COMMENT. */
Datum
oms_repair(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	bool		dry_run;
	char	   *trust;
	text	   *actor;
	Finding    *findings;
	int			n;
	Mending		mending;

	oms_require_not_null(fcinfo, 0, "dry_run");
	dry_run = PG_GETARG_BOOL(0);
	trust = text_to_cstring(oms_arg_key(fcinfo, 1, "trust"));
	if (strcmp(trust, "movements") != 0 && strcmp(trust, "balances") != 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("trust must be movements or balances"),
				 errdetail("It is \"%s\".", trust)));
	actor = oms_arg_actor(fcinfo, 2);
	InitMaterializedSRF(fcinfo, 0);
	if (!dry_run && !oms_lock_name(REPAIR_LOCK_CLASS, cstring_to_text("repair"), oms_may_wait(), GetCurrentTimestamp()))
		ereport(ERROR,
				(errcode(OMS_ERR_HELD_BY_OTHERS),
				 errmsg("another repair is open"),
				 errhint("Try again when it has ended.")));
	findings = read_findings(&n);
	for (int i = 0; i < n; i++)
	{
		Finding    *finding = &findings[i];
		Datum		values[5];
		bool		nulls[5] = {0};

		if (i == 0 || !same_account(finding, &findings[i - 1]))
		{
			memset(&mending, 0, sizeof(mending));
			initStringInfo(&mending.reason);
		}
		memcpy(values, finding->shown, sizeof(finding->shown));
		values[3] = CStringGetTextDatum(finding->kind == NULL ? finding->step :
										add_to_mending(&mending, finding, strcmp(trust, "balances") == 0));
		values[4] = BoolGetDatum(!dry_run && finding->kind != NULL);
		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
		if (!dry_run && finding->kind != NULL &&
			(i + 1 == n || !same_account(finding, &findings[i + 1])))
			mend(finding, &mending, actor);
	}
	return (Datum) 0;
}
