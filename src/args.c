/*
 * args.c
 *		Arguments of SQL-callable functions: the same checks and the same words
 *		everywhere. Functions of oms are not STRICT, since a null key or quantity
 *		is a mistake that must not pass silently; these helpers raise 22004 for a
 *		null, 22023 for an empty key or a quantity below 1.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "oms.h"
#include "utils/array.h"

void
oms_require_not_null(FunctionCallInfo fcinfo, int argno, const char *name)
{
	if (PG_ARGISNULL(argno))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("%s must not be null", name)));
}

/* oms_arg_key returns a natural key (sku, location, …): neither null nor empty. */
text *
oms_arg_key(FunctionCallInfo fcinfo, int argno, const char *name)
{
	text	   *key;

	oms_require_not_null(fcinfo, argno, name);
	key = PG_GETARG_TEXT_PP(argno);
	if (VARSIZE_ANY_EXHDR(key) == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s must not be empty", name)));
	return key;
}

/* oms_arg_optional_key is oms_arg_key for an argument that may be null: then NULL. */
text *
oms_arg_optional_key(FunctionCallInfo fcinfo, int argno, const char *name)
{
	return PG_ARGISNULL(argno) ? NULL : oms_arg_key(fcinfo, argno, name);
}

/* oms_arg_optional_text returns a text that may be null or empty. */
text *
oms_arg_optional_text(FunctionCallInfo fcinfo, int argno)
{
	return PG_ARGISNULL(argno) ? NULL : PG_GETARG_TEXT_PP(argno);
}

/* oms_arg_actor returns who acts: the argument, or the session's user when it is null. */
text *
oms_arg_actor(FunctionCallInfo fcinfo, int argno)
{
	if (!PG_ARGISNULL(argno))
		return oms_arg_key(fcinfo, argno, "actor");
	return cstring_to_text(GetUserNameFromId(GetSessionUserId(), false));
}

static void
check_quantity(int64 quantity, const char *name)
{
	if (quantity < 1)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s must be at least 1", name),
				 errdetail("It is %lld.", (long long) quantity)));
}

/* oms_arg_quantity returns a number of units that is at least 1. */
int64
oms_arg_quantity(FunctionCallInfo fcinfo, int argno, const char *name)
{
	oms_require_not_null(fcinfo, argno, name);
	check_quantity(PG_GETARG_INT64(argno), name);
	return PG_GETARG_INT64(argno);
}

static int
array_elements(FunctionCallInfo fcinfo, int argno, const char *name, Oid type, int16 length,
			   bool byval, char align, Datum **elements)
{
	ArrayType  *array;
	bool	   *nulls;
	int			n;

	oms_require_not_null(fcinfo, argno, name);
	array = PG_GETARG_ARRAYTYPE_P(argno);
	if (ARR_NDIM(array) > 1)
		ereport(ERROR,
				(errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
				 errmsg("%s must be a one-dimensional array", name)));
	deconstruct_array(array, type, length, byval, align, elements, &nulls, &n);
	for (int i = 0; i < n; i++)
		if (nulls[i])
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 errmsg("%s must not contain nulls", name),
					 errdetail("Element %d is null.", i + 1)));
	return n;
}

/* oms_arg_keys returns the number of keys of a text[] and the keys; none is null or empty. */
int
oms_arg_keys(FunctionCallInfo fcinfo, int argno, const char *name, text ***keys)
{
	Datum	   *elements;
	int			n = array_elements(fcinfo, argno, name, TEXTOID, -1, false, TYPALIGN_INT, &elements);

	*keys = (text **) palloc(sizeof(text *) * Max(n, 1));
	for (int i = 0; i < n; i++)
	{
		(*keys)[i] = DatumGetTextPP(elements[i]);
		if (VARSIZE_ANY_EXHDR((*keys)[i]) == 0)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("%s must not contain empty keys", name),
					 errdetail("Element %d is empty.", i + 1)));
	}
	return n;
}

/* oms_arg_quantities returns the number of elements of a bigint[] and the elements, unchecked. */
int
oms_arg_quantities(FunctionCallInfo fcinfo, int argno, const char *name, int64 **quantities)
{
	Datum	   *elements;
	int			n = array_elements(fcinfo, argno, name, INT8OID, 8, FLOAT8PASSBYVAL, TYPALIGN_DOUBLE,
								   &elements);

	*quantities = (int64 *) palloc(sizeof(int64) * Max(n, 1));
	for (int i = 0; i < n; i++)
		(*quantities)[i] = DatumGetInt64(elements[i]);
	return n;
}

/* oms_text_equal compares two keys. */
bool
oms_text_equal(const text *a, const text *b)
{
	return VARSIZE_ANY_EXHDR(a) == VARSIZE_ANY_EXHDR(b) &&
		memcmp(VARDATA_ANY(a), VARDATA_ANY(b), VARSIZE_ANY_EXHDR(a)) == 0;
}

/* oms_text_compare orders two keys as collation C does. */
int
oms_text_compare(const text *a, const text *b)
{
	int			la = VARSIZE_ANY_EXHDR(a);
	int			lb = VARSIZE_ANY_EXHDR(b);
	int			c = memcmp(VARDATA_ANY(a), VARDATA_ANY(b), Min(la, lb));

	return c != 0 ? c : (la > lb) - (la < lb);
}

/* oms_require_same_length raises 2202E unless two array arguments have as many elements. */
void
oms_require_same_length(const char *name, int n, const char *other, int m)
{
	if (n != m)
		ereport(ERROR,
				(errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
				 errmsg("%s and %s must have the same length", name, other),
				 errdetail("%s has %d elements, %s has %d.", name, n, other, m)));
}

/*
 * oms_arg_sku_quantities reads sku and quantity, or arrays of them, at two arguments: their
 * number. A quantity is at least 1, and no sku is named twice (22023).
 */
int
oms_arg_sku_quantities(FunctionCallInfo fcinfo, int argno, bool many, text ***skus,
					   int64 **quantities)
{
	int			n;

	if (!many)
	{
		*skus = palloc(sizeof(text *));
		*quantities = palloc(sizeof(int64));
		(*skus)[0] = oms_arg_key(fcinfo, argno, "sku");
		(*quantities)[0] = oms_arg_quantity(fcinfo, argno + 1, "quantity");
		return 1;
	}
	n = oms_arg_keys(fcinfo, argno, "skus", skus);
	oms_require_same_length("skus", n, "quantities",
							oms_arg_quantities(fcinfo, argno + 1, "quantities", quantities));
	for (int i = 0; i < n; i++)
	{
		if ((*quantities)[i] < 1)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("quantities must be at least 1"),
					 errdetail("Element %d, sku \"%s\": %lld.", i + 1, text_to_cstring((*skus)[i]),
							   (long long) (*quantities)[i])));
		for (int j = 0; j < i; j++)
			if (oms_text_equal((*skus)[i], (*skus)[j]))
				ereport(ERROR,
						(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						 errmsg("sku \"%s\" is named twice", text_to_cstring((*skus)[i]))));
	}
	return n;
}

/* oms_compare_int64 compares two int64 for qsort. */
int
oms_compare_int64(const void *a, const void *b)
{
	int64		x = *(const int64 *) a;
	int64		y = *(const int64 *) b;

	return (x > y) - (x < y);
}
