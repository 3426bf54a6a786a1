/*
 * request.c
 *		Idempotency: a function that changes state and is given a request_id does its
 *		work once. The same id with the same arguments returns the first result; with
 *		another function or other arguments it raises OM006.
 *
 * The row of oms.request_row is inserted before the work and filled with the result
 * after it, in the caller's transaction: what is rolled back was never requested. Of
 * two sessions that send one id at the same moment the second waits on the unique
 * index for the first, holding nothing of this call, and then returns its result.
 *
 * Arguments and results are kept as text that no setting of the session changes.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/xact.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_type.h"
#include "common/hashfn.h"
#include "executor/tuptable.h"
#include "funcapi.h"
#include "oms.h"
#include "utils/array.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

PG_FUNCTION_INFO_V1(oms_forget_requests);

/* the transaction, when the request of the call at work is all that it has written */
static TransactionId request_xid = InvalidTransactionId;

static OmsPlan insert_request = {
	"INSERT INTO oms.request_row (request_id, function, arguments) VALUES ($1, $2, $3) "
	"ON CONFLICT (request_id) DO NOTHING",
	3, {"pg_catalog.text", "pg_catalog.text", "pg_catalog.text"}
};

static OmsPlan select_request = {
	"SELECT r.function, r.arguments, r.result FROM oms.request_row r "
	"WHERE r.request_id OPERATOR(pg_catalog.=) $1",
	1, {"pg_catalog.text"}
};

static OmsPlan save_result = {
	"UPDATE oms.request_row SET result = $2 WHERE request_id OPERATOR(pg_catalog.=) $1",
	2, {"pg_catalog.text", "pg_catalog._text"}
};

static OmsPlan delete_requests = {
	"DELETE FROM oms.request_row r WHERE r.requested_at OPERATOR(pg_catalog.<) "
	"(pg_catalog.clock_timestamp() OPERATOR(pg_catalog.-) $1)",
	1, {"pg_catalog.interval"}
};

/*
 * fixed_output sets what shapes the text of values, until AtEOXact_GUC is called with the
 * level it returns; an error sets it back too.
 */
static int
fixed_output(void)
{
	static const char *const settings[][2] = {
		{"datestyle", "ISO, YMD"}, {"intervalstyle", "postgres"}, {"extra_float_digits", "1"},
		{"timezone", "UTC"}
	};
	int			level = NewGUCNestLevel();

	for (int i = 0; i < lengthof(settings); i++)
		(void) set_config_option(settings[i][0], settings[i][1], PGC_USERSET, PGC_S_SESSION,
								 GUC_ACTION_SAVE, true, 0, false);
	return level;
}

/*
 * describe_call returns the called function's name, and a hash of all arguments but
 * request_id and actor; *request_argno is where request_id stands.
 */
static char *
describe_call(FunctionCallInfo fcinfo, char **name, int *request_argno)
{
	HeapTuple	tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(fcinfo->flinfo->fn_oid));
	Oid		   *types;
	char	  **names;
	char	   *modes;
	uint64		hash = 0;
	int			level = fixed_output();

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for function %u", fcinfo->flinfo->fn_oid);
	*name = pstrdup(NameStr(((Form_pg_proc) GETSTRUCT(tuple))->proname));
	get_func_arg_info(tuple, &types, &names, &modes);
	ReleaseSysCache(tuple);

	*request_argno = -1;
	for (int i = 0; i < fcinfo->nargs; i++)
	{
		Oid			output;
		bool		varlena;
		char	   *value;

		if (strcmp(names[i], "request_id") == 0)
			*request_argno = i;
		if (strcmp(names[i], "request_id") == 0 || strcmp(names[i], "actor") == 0)
			continue;
		hash = hash_combine64(hash, fcinfo->args[i].isnull);
		if (fcinfo->args[i].isnull)
			continue;
		getTypeOutputInfo(types[i], &output, &varlena);
		value = OidOutputFunctionCall(output, fcinfo->args[i].value);
		hash = hash_bytes_extended((unsigned char *) value, strlen(value), hash);
	}
	AtEOXact_GUC(true, level);
	return psprintf("%016llx", (unsigned long long) hash);
}

/* replay puts the stored columns into the result set, or into *scalar when there is no set. */
static void
replay(FunctionCallInfo fcinfo, ArrayType *result, Datum *scalar)
{
	ReturnSetInfo *set = (ReturnSetInfo *) fcinfo->resultinfo;
	Datum	   *values;
	bool	   *nulls;
	int			n;

	deconstruct_array(result, TEXTOID, -1, false, TYPALIGN_INT, &values, &nulls, &n);
	if (scalar != NULL)
		*scalar = DirectFunctionCall1(int8in, CStringGetDatum(TextDatumGetCString(values[0])));
	else
	{
		AttInMetadata *metadata = TupleDescGetAttInMetadata(set->setDesc);
		int			columns = set->setDesc->natts;
		int			level = fixed_output();
		char	  **row = palloc(sizeof(char *) * columns);

		for (int first = 0; first + columns <= n; first += columns)
		{
			for (int c = 0; c < columns; c++)
				row[c] = nulls[first + c] ? NULL : TextDatumGetCString(values[first + c]);
			tuplestore_puttuple(set->setResult, BuildTupleFromCStrings(metadata, row));
		}
		AtEOXact_GUC(true, level);
	}
}

/*
 * oms_request_begin claims the call's request_id; true when the request was answered
 * before, and the first result is now in the result set (or in *scalar, a bigint).
 * Without a request_id it does nothing. Raises OM006 for other arguments.
 */
bool
oms_request_begin(FunctionCallInfo fcinfo, int argno, Datum *scalar)
{
	MemoryContext caller = CurrentMemoryContext;
	char	   *name;
	char	   *hash;
	int			request_argno;
	Datum		values[3];
	bool		replayed;
	bool		fresh;

	request_xid = InvalidTransactionId;
	if (PG_ARGISNULL(argno))
		return false;
	fresh = !TransactionIdIsValid(GetTopTransactionIdIfAny());
	hash = describe_call(fcinfo, &name, &request_argno);
	if (request_argno != argno)
		elog(ERROR, "request_id of %s is not argument %d", name, argno);
	values[0] = PointerGetDatum(oms_arg_key(fcinfo, argno, "request_id"));
	values[1] = CStringGetTextDatum(name);
	values[2] = CStringGetTextDatum(hash);

	oms_spi_connect();
	replayed = oms_spi_execute(&insert_request, values, NULL, false) == 0;
	if (replayed)
	{
		bool		isnull;
		Datum		result;
		MemoryContext spi;

		if (oms_spi_execute_latest(&select_request, values, NULL) != 1)
			ereport(ERROR,
					(errcode(ERRCODE_T_R_SERIALIZATION_FAILURE),
					 errmsg("the first request with this request_id was forgotten meanwhile")));
		if (strcmp(oms_spi_text(0, 1), name) != 0 || strcmp(oms_spi_text(0, 2), hash) != 0)
			ereport(ERROR,
					(errcode(OMS_ERR_REQUEST_CONFLICT),
					 errmsg("request_id \"%s\" was used for another request",
							TextDatumGetCString(values[0])),
					 errdetail("It was a call of oms.%s%s.", oms_spi_text(0, 1),
							   strcmp(oms_spi_text(0, 1), name) == 0 ? " with other arguments" : ""),
					 errhint("Give every request its own request_id; repeat one only to retry that request.")));
		result = oms_spi_value(0, 3, &isnull);
		if (isnull)
			elog(ERROR, "request \"%s\" has no result", TextDatumGetCString(values[0]));
		spi = MemoryContextSwitchTo(caller);
		replay(fcinfo, DatumGetArrayTypeP(result), scalar);
		MemoryContextSwitchTo(spi);
	}
	oms_spi_finish();
	if (fresh)
		request_xid = GetTopTransactionIdIfAny();
	return replayed;
}

/*
 * oms_may_wait says whether this transaction holds nothing that others may wait for: it
 * has written nothing, or nothing but the request of the call at work.
 */
bool
oms_may_wait(void)
{
	TransactionId xid = GetTopTransactionIdIfAny();

	return !TransactionIdIsValid(xid) || TransactionIdEquals(xid, request_xid);
}

/* oms_request_wrote notes that the call at work has written what others may wait for. */
void
oms_request_wrote(void)
{
	request_xid = InvalidTransactionId;
}

/* oms_request_end stores the result of the call: its result set, or scalar (a bigint). */
void
oms_request_end(FunctionCallInfo fcinfo, int argno, const Datum *scalar)
{
	ArrayBuildState *result = initArrayResult(TEXTOID, CurrentMemoryContext, false);
	Datum		values[2];

	request_xid = InvalidTransactionId;
	if (PG_ARGISNULL(argno))
		return;
	if (scalar != NULL)
		result = accumArrayResult(result,
								  CStringGetTextDatum(psprintf("%lld", (long long) DatumGetInt64(*scalar))),
								  false, TEXTOID, CurrentMemoryContext);
	else
	{
		ReturnSetInfo *set = (ReturnSetInfo *) fcinfo->resultinfo;
		TupleTableSlot *slot = MakeSingleTupleTableSlot(set->setDesc, &TTSOpsMinimalTuple);
		int			level = fixed_output();

		while (tuplestore_gettupleslot(set->setResult, true, false, slot))
		{
			for (int c = 1; c <= set->setDesc->natts; c++)
			{
				bool		isnull;
				Datum		value = slot_getattr(slot, c, &isnull);
				Oid			output;
				bool		varlena;

				getTypeOutputInfo(TupleDescAttr(set->setDesc, c - 1)->atttypid, &output, &varlena);
				result = accumArrayResult(result,
										  isnull ? (Datum) 0 :
										  CStringGetTextDatum(OidOutputFunctionCall(output, value)),
										  isnull, TEXTOID, CurrentMemoryContext);
			}
		}
		AtEOXact_GUC(true, level);
		ExecDropSingleTupleTableSlot(slot);
		tuplestore_rescan(set->setResult);
	}
	values[0] = PG_GETARG_DATUM(argno);
	values[1] = makeArrayResult(result, CurrentMemoryContext);
	oms_spi_connect();
	if (oms_spi_execute(&save_result, values, NULL, false) != 1)
		elog(ERROR, "request row was not found");
	oms_spi_finish();
}

/* oms_forget_requests(older_than interval) deletes answered requests; returns how many. */
Datum
oms_forget_requests(PG_FUNCTION_ARGS)
{
	Datum		values[1];
	int64		n;

	oms_require_not_null(fcinfo, 0, "older_than");
	values[0] = PG_GETARG_DATUM(0);
	oms_spi_connect();
	n = oms_spi_execute(&delete_requests, values, NULL, false);
	oms_spi_finish();
	PG_RETURN_INT64(n);
}
