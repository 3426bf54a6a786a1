/*
 * lines.c
 *		Lines of demand given as jsonb: an array of objects with known fields, read
 *		strictly. What does not fit is an error that names the line and the field.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "lines.h"
#include "utils/numeric.h"
#include "utils/timestamp.h"

static const char *
type_name(OmsFieldType type)
{
	switch (type)
	{
		case OMS_FIELD_KEY:
			return "a string that is not empty";
		case OMS_FIELD_QUANTITY:
			return "a whole number from 1 to 9223372036854775807";
		case OMS_FIELD_INTEGER:
			return "a whole number from 1 to 2147483647";
		case OMS_FIELD_NUMERIC:
			return "a number that is not negative";
		case OMS_FIELD_TIMESTAMP:
			return "a string with a timestamp";
	}
	return NULL;
}

static void
bad_field(const char *argument, int line, const OmsField *field)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("element %d of %s: \"%s\" must be %s", line, argument, field->name,
					type_name(field->type))));
}

static bool
whole_number(Numeric number, int64 max, int64 *result)
{
	Numeric		bound = int64_to_numeric(max);
	Datum		n = NumericGetDatum(number);

	if (numeric_is_nan(number) || numeric_is_inf(number) ||
		DatumGetBool(DirectFunctionCall2(numeric_gt, n, NumericGetDatum(bound))) ||
		DatumGetBool(DirectFunctionCall2(numeric_lt, n, NumericGetDatum(int64_to_numeric(1)))) ||
		DatumGetBool(DirectFunctionCall2(numeric_ne, n,
										 DirectFunctionCall2(numeric_trunc, n, Int32GetDatum(0)))))
		return false;
	*result = DatumGetInt64(DirectFunctionCall1(numeric_int8, n));
	return true;
}

static void
name_field(void *arg)
{
	errcontext("%s", (char *) arg);
}

static Datum
read_timestamp(const char *argument, int line, const OmsField *field, const JsonbValue *value)
{
	char	   *string = pnstrdup(value->val.string.val, value->val.string.len);
	ErrorContextCallback context = {error_context_stack, name_field};
	Datum		result;

	context.arg = psprintf("element %d of %s: \"%s\"", line, argument, field->name);
	error_context_stack = &context;
	result = DirectFunctionCall3(timestamptz_in, CStringGetDatum(string),
								 ObjectIdGetDatum(InvalidOid), Int32GetDatum(-1));
	error_context_stack = context.previous;
	return result;
}

static Datum
read_field(const char *argument, int line, const OmsField *field, const JsonbValue *value)
{
	int64		number;

	switch (field->type)
	{
		case OMS_FIELD_KEY:
			if (value->type != jbvString || value->val.string.len == 0)
				break;
			return PointerGetDatum(cstring_to_text_with_len(value->val.string.val,
															value->val.string.len));
		case OMS_FIELD_QUANTITY:
			if (value->type != jbvNumeric || !whole_number(value->val.numeric, PG_INT64_MAX, &number))
				break;
			return Int64GetDatum(number);
		case OMS_FIELD_INTEGER:
			if (value->type != jbvNumeric || !whole_number(value->val.numeric, PG_INT32_MAX, &number))
				break;
			return Int32GetDatum((int32) number);
		case OMS_FIELD_NUMERIC:
			if (value->type != jbvNumeric ||
				DatumGetBool(DirectFunctionCall2(numeric_lt, NumericGetDatum(value->val.numeric),
												 NumericGetDatum(int64_to_numeric(0)))))
				break;
			return NumericGetDatum(DatumGetNumericCopy(NumericGetDatum(value->val.numeric)));
		case OMS_FIELD_TIMESTAMP:
			if (value->type != jbvString)
				break;
			return read_timestamp(argument, line, field, value);
	}
	bad_field(argument, line, field);
	return (Datum) 0;
}

static void
read_object(JsonbContainer *object, const char *argument, int line, int nfields,
			const OmsField *fields, Datum *values, bool *nulls)
{
	JsonbIterator *it = JsonbIteratorInit(object);
	JsonbIteratorToken token;
	JsonbValue	value;
	int			field = 0;

	memset(nulls, true, sizeof(bool) * nfields);
	while ((token = JsonbIteratorNext(&it, &value, true)) != WJB_DONE)
	{
		if (token == WJB_KEY)
		{
			for (field = 0; field < nfields; field++)
				if (strlen(fields[field].name) == value.val.string.len &&
					memcmp(fields[field].name, value.val.string.val, value.val.string.len) == 0)
					break;
			if (field == nfields)
				ereport(ERROR,
						(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						 errmsg("element %d of %s: unknown key \"%s\"", line, argument,
								pnstrdup(value.val.string.val, value.val.string.len))));
		}
		else if (token == WJB_VALUE && (value.type != jbvNull || fields[field].required))
		{
			values[field] = read_field(argument, line, &fields[field], &value);
			nulls[field] = false;
		}
	}
	for (field = 0; field < nfields; field++)
		if (fields[field].required && nulls[field])
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("element %d of %s: \"%s\" is missing", line, argument,
							fields[field].name)));
}

/*
 * oms_lines_parse reads an array of objects; values and nulls hold nfields entries per
 * object. Returns the number of objects. Raises 22023 with the element (from 1) and
 * the field for whatever does not fit. A JSON null stands for an absent field.
 */
int
oms_lines_parse(Jsonb *lines, const char *argument, int nfields, const OmsField *fields,
				Datum **values, bool **nulls)
{
	int			n = JB_ROOT_COUNT(lines);

	if (!JB_ROOT_IS_ARRAY(lines) || JB_ROOT_IS_SCALAR(lines))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s must be a JSON array of objects", argument),
				 errhint("For example: [{\"sku\": \"A\", \"quantity\": 1}]")));
	*values = palloc0(sizeof(Datum) * Max(1, n) * nfields);
	*nulls = palloc0(sizeof(bool) * Max(1, n) * nfields);
	for (int i = 0; i < n; i++)
	{
		JsonbValue *element = getIthJsonbValueFromContainer(&lines->root, i);

		if (element->type != jbvBinary || !JsonContainerIsObject(element->val.binary.data))
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("element %d of %s must be an object", i + 1, argument)));
		read_object(element->val.binary.data, argument, i + 1, nfields, fields,
					*values + (Size) i * nfields, *nulls + (Size) i * nfields);
	}
	return n;
}
