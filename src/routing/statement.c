/*
 * statement.c
 *		Set-based statements of routing over oms's own tables. They run in the SPI
 *		connection of the caller. No tables and no locks of its own.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "funcapi.h"
#include "utils/array.h"
#include "utils/guc.h"
#include "utils/numeric.h"

#include "routing/route.h"

/*
 * oms_route_run executes a set-based statement, planned for the arrays at hand,
 * and returns the number of rows. A private table may be written. Without nested loops:
 * right after a load there are no statistics, and a guess of one row would make the time
 * quadratic. No kept plan is built in here.
 */
uint64
oms_route_run(const char *sql, int n, const RouteArgument *arguments, bool read_only)
{
	Oid			types[ROUTE_MAX_ARGUMENTS];
	Datum		values[ROUTE_MAX_ARGUMENTS];
	char		nulls[ROUTE_MAX_ARGUMENTS] = {0};
	int			settings;
	int			result;

	Assert(n <= lengthof(types));
	for (int i = 0; i < n; i++)
	{
		types[i] = arguments[i].type;
		values[i] = arguments[i].value;
		nulls[i] = arguments[i].isnull ? 'n' : ' ';
	}
	settings = NewGUCNestLevel();
	(void) set_config_option("enable_nestloop", "off", PGC_USERSET, PGC_S_SESSION,
							 GUC_ACTION_SAVE, true, 0, false);
	oms_guard_suspended++;
	result = SPI_execute_with_args(sql, n, types, values, nulls, read_only, 0);
	oms_guard_suspended--;
	AtEOXact_GUC(true, settings);
	if (result < 0)
		elog(ERROR, "SPI failed: %s: %s", SPI_result_code_string(result), sql);
	return SPI_processed;
}

/* oms_route_copy_value copies a value of the last result, which is not null, into the caller's memory. */
Datum
oms_route_copy_value(uint64 row, int column, MemoryContext context)
{
	bool		isnull;

	(void) oms_spi_value(row, column, &isnull);
	if (isnull)
		elog(ERROR, "unexpected null in column %d", column);
	return oms_spi_copy(row, column, context);
}

/* oms_route_numeric reads a numeric. */
Datum
oms_route_numeric(const char *digits)
{
	return DirectFunctionCall3(numeric_in, CStringGetDatum(digits), ObjectIdGetDatum(InvalidOid),
							   Int32GetDatum(-1));
}

/* oms_route_combine is the value of a query over two of a type, in the caller's memory. */
Datum
oms_route_combine(const char *sql, Oid type, Datum a, Datum b)
{
	MemoryContext caller = CurrentMemoryContext;
	RouteArgument arguments[] = {{type, a}, {type, b}};
	Datum		result;

	oms_spi_connect();
	oms_route_run(sql, lengthof(arguments), arguments, true);
	result = oms_route_copy_value(0, 1, caller);
	oms_spi_finish();
	return result;
}

/* oms_route_cardinality is the number of keys in a set. */
int
oms_route_cardinality(Datum a)
{
	ArrayType  *array = DatumGetArrayTypeP(a);

	return ArrayGetNItems(ARR_NDIM(array), ARR_DIMS(array));
}

/* oms_route_except is the set of keys of a that are not in b. */
Datum
oms_route_except(Datum a, Datum b)
{
	return oms_route_combine("SELECT COALESCE(array_agg(u.key), '{}') FROM unnest($1) AS u (key) WHERE u.key <> ALL ($2)",
							 TEXTARRAYOID, a, b);
}

/* oms_route_intersect is the set of keys of a that are in b. */
Datum
oms_route_intersect(Datum a, Datum b)
{
	return oms_route_combine("SELECT COALESCE(array_agg(u.key), '{}') FROM unnest($1) AS u (key) WHERE u.key = ANY ($2)",
							 TEXTARRAYOID, a, b);
}

/* oms_route_union is the keys of a, then those of b. */
Datum
oms_route_union(Datum a, Datum b)
{
	return oms_route_combine("SELECT $1 || $2", TEXTARRAYOID, a, b);
}
