/*
 * rows.c
 *		The rows of a caller's query, by column name and with the types asked for: what
 *		oms.assess reads a shop's own tables with. No tables and no locks of its own.
 *
 * The query is one SELECT, run through a cursor under the caller's rights, on the
 * snapshot of the calling statement, with the transaction read-only, as oms.plan_routes
 * runs its queries. Whatever does not fit raises OM012, naming the query and the column.
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "oms.h"
#include "parser/parse_coerce.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"

PG_FUNCTION_INFO_V1(oms_query_rows);

#define FETCH_ROWS 1000

/* A column that is wanted, and where the query has it. */
typedef struct Wanted
{
	const char *name;
	bool		required;		/* must be there, and never null */
	int			attno;			/* 0: the query has no such column */
	CoercionPathType path;		/* how it becomes the wanted one: relabel, function or text */
	FmgrInfo	cast;			/* with a function */
	FmgrInfo	output;			/* through text */
	FmgrInfo	input;
	Oid			ioparam;
} Wanted;

typedef struct Reading
{
	const char *query;
	const char *column;			/* being converted, or NULL */
} Reading;

static void
name_query(void *arg)
{
	const Reading *reading = arg;

	if (reading->column != NULL)
		errcontext("column \"%s\" of %s", reading->column, reading->query);
	else
		errcontext("%s", reading->query);
}

static bool
is_required(const char *name, int n, text **required)
{
	for (int i = 0; i < n; i++)
		if (strcmp(text_to_cstring(required[i]), name) == 0)
			return true;
	return false;
}

/*
 * path_to is how a value is assigned to a type. A text is read as one, so that a bare NULL,
 * whose type is text, fits every column.
 */
static CoercionPathType
path_to(Oid type, Oid source, Oid *function)
{
	CoercionPathType path;

	if (type == source)
		return COERCION_PATH_RELABELTYPE;
	path = find_coercion_pathway(type, source, COERCION_ASSIGNMENT, function);
	return path == COERCION_PATH_NONE && source == TEXTOID ? COERCION_PATH_COERCEVIAIO : path;
}

/*
 * match fills wanted from the description of the caller's columns and that of the query.
 * OM012 when a required column is missing, one stands there twice, or its type cannot be assigned.
 */
static void
match(const char *query, TupleDesc result, TupleDesc source, int nrequired, text **required, Wanted *wanted)
{
	for (int i = 0; i < result->natts; i++)
	{
		Form_pg_attribute column = TupleDescAttr(result, i);

		wanted[i].name = NameStr(column->attname);
		wanted[i].required = is_required(wanted[i].name, nrequired, required);
		for (int a = 0; a < source->natts; a++)
		{
			Form_pg_attribute attribute = TupleDescAttr(source, a);
			Oid			function;
			bool		varlena;

			if (strcmp(NameStr(attribute->attname), wanted[i].name) != 0)
				continue;
			if (wanted[i].attno != 0)
				ereport(ERROR,
						(errcode(OMS_ERR_PLAN_INPUT),
						 errmsg("%s: more than one column \"%s\"", query, wanted[i].name)));
			wanted[i].attno = a + 1;
			wanted[i].path = path_to(column->atttypid, getBaseType(attribute->atttypid), &function);
			switch (wanted[i].path)
			{
				case COERCION_PATH_RELABELTYPE:
					break;
				case COERCION_PATH_FUNC:
					fmgr_info(function, &wanted[i].cast);
					break;
				case COERCION_PATH_COERCEVIAIO:
					getTypeOutputInfo(attribute->atttypid, &function, &varlena);
					fmgr_info(function, &wanted[i].output);
					getTypeInputInfo(column->atttypid, &function, &wanted[i].ioparam);
					fmgr_info(function, &wanted[i].input);
					break;
				default:
					ereport(ERROR,
							(errcode(OMS_ERR_PLAN_INPUT),
							 errmsg("%s: column \"%s\" has type %s", query, wanted[i].name,
									format_type_be(attribute->atttypid)),
							 errdetail("It must be %s.", format_type_be(column->atttypid))));
			}
		}
		if (wanted[i].attno == 0 && wanted[i].required)
			ereport(ERROR,
					(errcode(OMS_ERR_PLAN_INPUT),
					 errmsg("%s: column \"%s\" is missing", query, wanted[i].name)));
	}
}

/* put_rows puts all rows of the portal into the result; OM012 for a null where none may be. */
static void
put_rows(Reading *reading, Portal portal, ReturnSetInfo *result, Wanted *wanted)
{
	int			columns = result->setDesc->natts;
	Datum	   *values = palloc(sizeof(Datum) * columns);
	bool	   *nulls = palloc(sizeof(bool) * columns);
	uint64		n = 0;
	MemoryContext scratch = AllocSetContextCreate(CurrentMemoryContext, "oms query rows",
												  ALLOCSET_DEFAULT_SIZES);

	for (;;)
	{
		SPITupleTable *table;

		CHECK_FOR_INTERRUPTS();
		SPI_cursor_fetch(portal, true, FETCH_ROWS);
		table = SPI_tuptable;
		if (SPI_processed == 0)
			break;
		for (uint64 row = 0; row < table->numvals; row++)
		{
			MemoryContext old = MemoryContextSwitchTo(scratch);

			n++;
			for (int i = 0; i < columns; i++)
			{
				Wanted	   *column = &wanted[i];

				nulls[i] = true;
				if (column->attno == 0)
					continue;
				values[i] = SPI_getbinval(table->vals[row], table->tupdesc, column->attno, &nulls[i]);
				if (nulls[i] && column->required)
					ereport(ERROR,
							(errcode(OMS_ERR_PLAN_INPUT),
							 errmsg("%s: column \"%s\" is null", reading->query, column->name),
							 errdetail("In row %llu.", (unsigned long long) n)));
				if (nulls[i])
					continue;
				reading->column = column->name;
				if (column->path == COERCION_PATH_FUNC)
					values[i] = FunctionCall1(&column->cast, values[i]);
				else if (column->path == COERCION_PATH_COERCEVIAIO)
					values[i] = InputFunctionCall(&column->input, OutputFunctionCall(&column->output, values[i]),
												  column->ioparam, -1);
				reading->column = NULL;
			}
			tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
			MemoryContextSwitchTo(old);
			MemoryContextReset(scratch);
		}
		SPI_freetuptable(table);
	}
	MemoryContextDelete(scratch);
}

/*
 * oms_query_rows(query, sql, required, search_path) returns the rows of sql, a column for
 * each of the caller's column definition list: the query's one of that name, assigned to
 * its type, NULL when there is none. The required ones
 * must be there and not null. The query looks for its tables in search_path (NULL: the
 * one in effect). Errors: OM012, 22004, what is wrong with the query.
 */
Datum
oms_query_rows(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	Reading		reading = {0};
	ErrorContextCallback callback;
	bool		read_only = XactReadOnly;
	char	   *sql;
	text	  **required;
	int			nrequired;
	int			settings;

	reading.query = text_to_cstring(oms_arg_key(fcinfo, 0, "query"));
	oms_require_not_null(fcinfo, 1, reading.query);
	sql = text_to_cstring(PG_GETARG_TEXT_PP(1));
	nrequired = oms_arg_keys(fcinfo, 2, "required", &required);
	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);

	oms_spi_connect();
	settings = NewGUCNestLevel();
	if (!PG_ARGISNULL(3))
		(void) set_config_option("search_path", text_to_cstring(PG_GETARG_TEXT_PP(3)), PGC_USERSET,
								 PGC_S_SESSION, GUC_ACTION_SAVE, true, 0, false);
	callback.callback = name_query;
	callback.arg = &reading;
	callback.previous = error_context_stack;
	error_context_stack = &callback;
	XactReadOnly = true;
	PG_TRY();
	{
		SPIPlanPtr	plan = SPI_prepare(sql, 0, NULL);
		Wanted	   *wanted = palloc0(sizeof(Wanted) * result->setDesc->natts);
		Portal		portal;

		if (plan == NULL || !SPI_is_cursor_plan(plan))
			ereport(ERROR,
					(errcode(OMS_ERR_PLAN_INPUT),
					 errmsg("%s must be one SELECT", reading.query)));
		portal = SPI_cursor_open(NULL, plan, NULL, NULL, true);
		match(reading.query, result->setDesc, portal->tupDesc, nrequired, required, wanted);
		put_rows(&reading, portal, result, wanted);
		SPI_cursor_close(portal);
	}
	PG_FINALLY();
	{
		XactReadOnly = read_only;
	}
	PG_END_TRY();
	error_context_stack = callback.previous;
	AtEOXact_GUC(true, settings);
	oms_spi_finish();
	return (Datum) 0;
}
