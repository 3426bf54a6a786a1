/*
 * spi.c
 *		Kept SPI plans: prepared once in a session, checked at every use, rebuilt
 *		when something they depend on has changed (house-style, C 6).
 *
 * A plan is a static OmsPlan that names its SQL and its argument types. Types are
 * kept as names and resolved when the plan is built, so that DROP EXTENSION and
 * CREATE EXTENSION in one session work. SQL text names every object and operator
 * with its schema.
 *
 * A plan is built and run as the owner of oms's tables, under search_path pg_catalog,
 * whoever calls: as ri_triggers.c runs its queries. So a C function needs no SECURITY
 * DEFINER SET search_path of its own, which costs 5 % of a reservation (GUC nest levels).
 * Functions that hand SQL to SPI in other ways are SECURITY DEFINER and pinned.
 *
 * While a plan runs, the guard over private tables is suspended; its level is set back by
 * the (sub)transaction callbacks of module.c when an error passes through. PostgreSQL
 * itself sets back the user and the search_path then.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/xact.h"
#include "catalog/pg_class.h"
#include "catalog/pg_type.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "oms.h"
#include "parser/parse_type.h"
#include "row.h"
#include "utils/array.h"
#include "utils/datum.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"

/*
 * oms_spi_connect / oms_spi_finish bracket a function's use of SPI. What shall
 * outlive the bracket is allocated in the caller's context (SPI_palloc, or a copy).
 */
void
oms_spi_connect(void)
{
	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
}

void
oms_spi_finish(void)
{
	if (SPI_finish() != SPI_OK_FINISH)
		elog(ERROR, "SPI_finish failed");
}

static void
ensure_plan(OmsPlan *plan)
{
	Oid			argtypes[OMS_PLAN_MAX_ARGS];

	if (plan->plan != NULL)
	{
		if (SPI_plan_is_valid(plan->plan))
			return;
		SPI_freeplan(plan->plan);
		plan->plan = NULL;
	}

	for (int i = 0; i < plan->nargs; i++)
	{
		int32		typmod;

		parseTypeString(plan->argtypes[i], &argtypes[i], &typmod, false);
	}
	/* Generic: arrays of one element would look cheaper planned anew at every call. */
	plan->plan = SPI_prepare_cursor(plan->sql, plan->nargs, argtypes, CURSOR_OPT_GENERIC_PLAN);
	if (plan->plan == NULL)
		elog(ERROR, "SPI_prepare failed: %s: %s", SPI_result_code_string(SPI_result), plan->sql);
	if (SPI_keepplan(plan->plan))
		elog(ERROR, "SPI_keepplan failed");
}

/* owner_of_tables is the user to whom oms's tables belong. */
static Oid
owner_of_tables(void)
{
	Oid			table = oms_table("request_row");
	HeapTuple	tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(table));
	Oid			owner;

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for relation %u", table);
	owner = ((Form_pg_class) GETSTRUCT(tuple))->relowner;
	ReleaseSysCache(tuple);
	return owner;
}

static uint64
execute(OmsPlan *plan, Datum *values, const char *nulls, Snapshot snapshot, bool read_only)
{
	int			suspended = oms_guard_suspended;
	Oid			user;
	int			context;
	int			level;
	int			result;

	GetUserIdAndSecContext(&user, &context);
	SetUserIdAndSecContext(owner_of_tables(), context | SECURITY_LOCAL_USERID_CHANGE);
	level = oms_pin_search_path();
	ensure_plan(plan);
	oms_guard_suspended = suspended + 1;
	result = SPI_execute_snapshot(plan->plan, values, nulls, snapshot, InvalidSnapshot,
								  read_only, true, 0);
	/* Not --: an error caught meanwhile has set it to 0. */
	oms_guard_suspended = suspended;
	oms_unpin_search_path(level);
	SetUserIdAndSecContext(user, context);
	if (result < 0)
		elog(ERROR, "SPI failed: %s: %s", SPI_result_code_string(result), plan->sql);
	return SPI_processed;
}

/*
 * oms_spi_execute runs the plan and returns the number of rows, which SPI_tuptable
 * holds. With read_only it sees what the caller's query sees; else it sees, as any
 * command of a volatile function, what is committed now and what this transaction did:
 * at every isolation level, for rows that were locked by oms_spi_execute_latest are
 * written by it.
 */
uint64
oms_spi_execute(OmsPlan *plan, Datum *values, const char *nulls, bool read_only)
{
	if (!read_only && IsolationUsesXactSnapshot())
		return oms_spi_execute_latest(plan, values, nulls);
	return execute(plan, values, nulls, InvalidSnapshot, read_only);
}

/*
 * oms_spi_execute_latest runs the plan on the latest snapshot whatever the isolation
 * level, as foreign keys do: for decisions that must see rows committed meanwhile.
 */
uint64
oms_spi_execute_latest(OmsPlan *plan, Datum *values, const char *nulls)
{
	Snapshot	snapshot;
	uint64		rows;

	CommandCounterIncrement();
	snapshot = RegisterSnapshot(GetLatestSnapshot());
	rows = execute(plan, values, nulls, snapshot, false);
	UnregisterSnapshot(snapshot);
	return rows;
}

/* oms_spi_value is the datum in row (from 0) and column (from 1) of the last result. */
Datum
oms_spi_value(uint64 row, int column, bool *isnull)
{
	return SPI_getbinval(SPI_tuptable->vals[row], SPI_tuptable->tupdesc, column, isnull);
}

/* oms_spi_int64 is the same for a bigint that is not null. */
int64
oms_spi_int64(uint64 row, int column)
{
	bool		isnull;
	Datum		value = oms_spi_value(row, column, &isnull);

	if (isnull)
		elog(ERROR, "unexpected null in column %d", column);
	return DatumGetInt64(value);
}

/* oms_spi_copy_text is a text of the last result, copied into a context; NULL for null. */
text *
oms_spi_copy_text(uint64 row, int column, MemoryContext context)
{
	MemoryContext spi = MemoryContextSwitchTo(context);
	bool		isnull;
	Datum		value = oms_spi_value(row, column, &isnull);
	text	   *copy = isnull ? NULL : DatumGetTextPCopy(value);

	MemoryContextSwitchTo(spi);
	return copy;
}

/* oms_spi_text is the text of a value, palloc'd in the current context; NULL for null. */
char *
oms_spi_text(uint64 row, int column)
{
	return SPI_getvalue(SPI_tuptable->vals[row], SPI_tuptable->tupdesc, column);
}

/* oms_spi_copy copies a value of the last result into the context, detoasted; 0 for null. */
Datum
oms_spi_copy(uint64 row, int column, MemoryContext context)
{
	bool		isnull;
	Datum		value = oms_spi_value(row, column, &isnull);
	Form_pg_attribute attribute = TupleDescAttr(SPI_tuptable->tupdesc, column - 1);
	MemoryContext old;

	if (isnull)
		return (Datum) 0;
	old = MemoryContextSwitchTo(context);
	if (attribute->attlen == -1)
		value = PointerGetDatum(PG_DETOAST_DATUM_COPY(value));
	else
		value = datumCopy(value, attribute->attbyval, attribute->attlen);
	MemoryContextSwitchTo(old);
	return value;
}

/* oms_spi_put_rows puts the first columns of the last result into the result set. */
void
oms_spi_put_rows(ReturnSetInfo *result, uint64 rows)
{
	int			columns = result->setDesc->natts;
	Datum	   *values = palloc(sizeof(Datum) * columns);
	bool	   *nulls = palloc(sizeof(bool) * columns);

	for (uint64 row = 0; row < rows; row++)
	{
		for (int c = 0; c < columns; c++)
			values[c] = oms_spi_value(row, c + 1, &nulls[c]);
		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
}

/*
 * oms_array_of is an array of n elements, some of them null unless nulls is NULL: an
 * argument of a plan. length, byval and align are those of the type.
 */
Datum
oms_array_of(int n, Datum *elements, bool *nulls, Oid type, int length, bool byval, char align)
{
	int			lower = 1;

	return PointerGetDatum(construct_md_array(elements, nulls, 1, &n, &lower, type, length, byval,
											  align));
}

/* oms_int8_array is a bigint[] of n elements, none of them null. */
Datum
oms_int8_array(int n, Datum *elements)
{
	return oms_array_of(n, elements, NULL, INT8OID, 8, FLOAT8PASSBYVAL, TYPALIGN_DOUBLE);
}

/* oms_text_array is a text[] of n elements, none of them null. */
Datum
oms_text_array(int n, Datum *elements)
{
	return oms_array_of(n, elements, NULL, TEXTOID, -1, false, TYPALIGN_INT);
}

/* oms_id_array is a bigint[] of n numbers. */
Datum
oms_id_array(int n, const int64 *ids)
{
	Datum	   *elements = palloc(sizeof(Datum) * Max(1, n));

	for (int i = 0; i < n; i++)
		elements[i] = Int64GetDatum(ids[i]);
	return oms_int8_array(n, elements);
}
