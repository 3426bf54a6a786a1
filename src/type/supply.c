/*
 * supply.c
 *		oms.supply: dated quantities, as units and the moment at which they come or, with a
 *		minus, at which they are owed.
 *
 * Text is '{200 @ 2026-12-05 08:00:00+00, -50 @ 2026-12-10 00:00:00+00}', moments in ISO
 * form and the session's time zone whatever its DateStyle. A moment and not a date: a date
 * begins at another moment in every time zone that a network spans, and what is asked is
 * what is there at a moment; a date is cast to the moment at which it begins.
 *
 * Every way in (text, binary, aggregate, +) ends in make_supply, which keeps the
 * invariants stated in supply.h: items are sorted, those of one moment are added up and
 * zeros dropped. So a value has one set of bytes, and the order of btree (by the items,
 * moment before quantity) serves DISTINCT and merge joins and says nothing about size.
 *
 * What is available on a moment is what can be taken then without lacking later:
 *
 *		available_on(t) = min over u >= t of the sum of what is dated up to u
 *
 * Touches no table, takes no lock.
 */
#include "postgres.h"

#include "common/hashfn.h"
#include "common/int.h"
#include "funcapi.h"
#include "libpq/pqformat.h"
#include "miscadmin.h"
#include "oms.h"
#include "parser/scansup.h"
#include "type/supply.h"
#include "utils/datetime.h"
#include "utils/timestamp.h"

StaticAssertDecl(sizeof(OmsSupplyItem) == 16 && offsetof(OmsSupply, items) == 8,
				 "oms.supply is stored without padding");

OMS_TYPE_FUNCTION(oms_supply_in);
OMS_TYPE_FUNCTION(oms_supply_out);
OMS_TYPE_FUNCTION(oms_supply_recv);
OMS_TYPE_FUNCTION(oms_supply_send);
OMS_TYPE_FUNCTION(oms_supply_available_on_sql);
OMS_TYPE_FUNCTION(oms_supply_earliest);
OMS_TYPE_FUNCTION(oms_supply_rows);
OMS_TYPE_FUNCTION(oms_supply_add);
OMS_TYPE_FUNCTION(oms_supply_accumulate);
OMS_TYPE_FUNCTION(oms_supply_combine);
OMS_TYPE_FUNCTION(oms_supply_serialize);
OMS_TYPE_FUNCTION(oms_supply_deserialize);
OMS_TYPE_FUNCTION(oms_supply_final);
OMS_TYPE_FUNCTION(oms_supply_eq);
OMS_TYPE_FUNCTION(oms_supply_ne);
OMS_TYPE_FUNCTION(oms_supply_lt);
OMS_TYPE_FUNCTION(oms_supply_le);
OMS_TYPE_FUNCTION(oms_supply_gt);
OMS_TYPE_FUNCTION(oms_supply_ge);
OMS_TYPE_FUNCTION(oms_supply_cmp);
OMS_TYPE_FUNCTION(oms_supply_hash);
OMS_TYPE_FUNCTION(oms_supply_hash_extended);

static void
range_error(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
			 errmsg("a quantity of a supply, or a sum of them, is out of range of bigint")));
}

static void
moment_error(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
			 errmsg("a moment of a supply must be finite")));
}

static int
compare_items(const void *a, const void *b)
{
	const OmsSupplyItem *x = a;
	const OmsSupplyItem *y = b;

	if (x->at != y->at)
		return x->at < y->at ? -1 : 1;
	return (x->quantity > y->quantity) - (x->quantity < y->quantity);
}

/* merge sorts items, adds up those of one moment and drops zeros; returns how many are left. */
static int
merge(int n, OmsSupplyItem *items)
{
	int			m = 0;

	qsort(items, n, sizeof(OmsSupplyItem), compare_items);
	for (int i = 0; i < n;)
	{
		OmsSupplyItem sum = items[i++];

		for (; i < n && items[i].at == sum.at; i++)
			if (pg_add_s64_overflow(sum.quantity, items[i].quantity, &sum.quantity))
				range_error();
		if (sum.quantity != 0)
			items[m++] = sum;
	}
	return m;
}

/*
 * make_supply returns the supply of n items in any order, which it reorders. Raises
 * 22008 for a moment that is not finite, 22003 when a sum is out of range.
 */
static OmsSupply *
make_supply(int n, OmsSupplyItem *items)
{
	OmsSupply  *supply;
	int64		sum = 0;

	for (int i = 0; i < n; i++)
		if (TIMESTAMP_NOT_FINITE(items[i].at) || !IS_VALID_TIMESTAMP(items[i].at))
			moment_error();
	n = merge(n, items);
	for (int i = 0; i < n; i++)
		if (pg_add_s64_overflow(sum, items[i].quantity, &sum))
			range_error();
	supply = palloc(OMS_SUPPLY_SIZE(n));
	SET_VARSIZE(supply, OMS_SUPPLY_SIZE(n));
	supply->n = n;
	if (n > 0)
		memcpy(supply->items, items, sizeof(OmsSupplyItem) * n);
	return supply;
}

/* available_on is what can be taken at a moment without lacking later, in units. */
static int64
available_on(const OmsSupply *supply, TimestampTz at)
{
	int64		sum = 0;
	int64		least = 0;

	/* Sums do not overflow: make_supply checked them. */
	for (int i = 0; i < supply->n; i++)
	{
		sum += supply->items[i].quantity;
		least = supply->items[i].at <= at ? sum : Min(least, sum);
	}
	return least;
}

/* -------------------------------------------------------------------------
 * Text and binary
 * -------------------------------------------------------------------------
 */

static void
syntax_error(const char *text)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
			 errmsg("invalid input syntax for type %s: \"%s\"", "oms.supply", text),
			 errhint("Write {200 @ 2026-12-05 08:00+00, -50 @ 2026-12-10}.")));
}

static const char *
skip_spaces(const char *p)
{
	while (scanner_isspace(*p))
		p++;
	return p;
}

/* read_quantity reads digits with an optional minus. */
static const char *
read_quantity(const char *text, const char *p, int64 *quantity)
{
	const char *start = p;
	char	   *digits;

	if (*p == '-')
		p++;
	if (*p < '0' || *p > '9')
		syntax_error(text);
	while (*p >= '0' && *p <= '9')
		p++;
	digits = pnstrdup(start, p - start);
	errno = 0;
	*quantity = strtoi64(digits, NULL, 10);
	if (errno == ERANGE)
		range_error();
	pfree(digits);
	return p;
}

/* oms_supply_in reads {quantity @ moment, …}. Raises 22P02, 22003, and 22007, 22008 for a moment. */
Datum
oms_supply_in(PG_FUNCTION_ARGS)
{
	char	   *text = PG_GETARG_CSTRING(0);
	const char *p = skip_spaces(text);
	OmsSupplyItem *items = palloc(sizeof(OmsSupplyItem) * 4);
	int			n = 0;
	int			max = 4;

	if (*p != '{')
		syntax_error(text);
	p = skip_spaces(p + 1);
	while (*p != '}')
	{
		Size		length;

		CHECK_FOR_INTERRUPTS();
		if (n > 0 && *p != ',')
			syntax_error(text);
		if (n > 0)
			p = skip_spaces(p + 1);
		if (n == max)
		{
			max *= 2;
			items = repalloc(items, mul_size(sizeof(OmsSupplyItem), max));
		}
		p = skip_spaces(read_quantity(text, p, &items[n].quantity));
		if (*p != '@')
			syntax_error(text);
		p++;
		length = strcspn(p, ",}");
		if (p[length] == '\0')
			syntax_error(text);
		items[n++].at = DatumGetTimestampTz(DirectFunctionCall3(timestamptz_in,
																CStringGetDatum(pnstrdup(p, length)),
																ObjectIdGetDatum(InvalidOid),
																Int32GetDatum(-1)));
		p += length;
	}
	if (*skip_spaces(p + 1) != '\0')
		syntax_error(text);
	PG_RETURN_SUPPLY_P(make_supply(n, items));
}

/* oms_supply_out writes what oms_supply_in reads. */
Datum
oms_supply_out(PG_FUNCTION_ARGS)
{
	OmsSupply  *supply = PG_GETARG_SUPPLY_P(0);
	StringInfoData text;

	initStringInfo(&text);
	appendStringInfoChar(&text, '{');
	for (int i = 0; i < supply->n; i++)
	{
		char		moment[MAXDATELEN + 1];
		struct pg_tm tm;
		fsec_t		fsec;
		int			tz;
		const char *tzn;

		if (timestamp2tm(supply->items[i].at, &tz, &tm, &fsec, &tzn, NULL) != 0)
			moment_error();
		EncodeDateTime(&tm, fsec, true, tz, tzn, USE_ISO_DATES, moment);
		appendStringInfo(&text, "%s%lld @ %s", i > 0 ? ", " : "",
						 (long long) supply->items[i].quantity, moment);
	}
	appendStringInfoChar(&text, '}');
	PG_RETURN_CSTRING(text.data);
}

/* read_items reads the binary form: the number of items, then moment and quantity of each. */
static OmsSupplyItem *
read_items(StringInfo buffer, int *n)
{
	OmsSupplyItem *items;

	*n = pq_getmsgint(buffer, 4);
	if (*n < 0 || *n > (buffer->len - buffer->cursor) / (int) sizeof(OmsSupplyItem))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("invalid binary format of type %s", "oms.supply"),
				 errdetail("It says it has %d items.", *n)));
	items = palloc(sizeof(OmsSupplyItem) * Max(1, *n));
	for (int i = 0; i < *n; i++)
	{
		items[i].at = pq_getmsgint64(buffer);
		items[i].quantity = pq_getmsgint64(buffer);
	}
	return items;
}

static bytea *
write_items(int n, const OmsSupplyItem *items)
{
	StringInfoData buffer;

	pq_begintypsend(&buffer);
	pq_sendint32(&buffer, n);
	for (int i = 0; i < n; i++)
	{
		pq_sendint64(&buffer, items[i].at);
		pq_sendint64(&buffer, items[i].quantity);
	}
	return pq_endtypsend(&buffer);
}

/* oms_supply_recv reads the binary form under the checks of text. Raises 22P03, 22008, 22003. */
Datum
oms_supply_recv(PG_FUNCTION_ARGS)
{
	int			n;
	OmsSupplyItem *items = read_items((StringInfo) PG_GETARG_POINTER(0), &n);

	PG_RETURN_SUPPLY_P(make_supply(n, items));
}

/* oms_supply_send writes what oms_supply_recv reads. */
Datum
oms_supply_send(PG_FUNCTION_ARGS)
{
	OmsSupply  *supply = PG_GETARG_SUPPLY_P(0);

	PG_RETURN_BYTEA_P(write_items(supply->n, supply->items));
}

/* -------------------------------------------------------------------------
 * Functions
 * -------------------------------------------------------------------------
 */

/* oms_supply_available_on_sql is available_on(supply, at): a bigint, negative when units lack. */
Datum
oms_supply_available_on_sql(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64(available_on(PG_GETARG_SUPPLY_P(0), PG_GETARG_TIMESTAMPTZ(1)));
}

/*
 * oms_supply_earliest is earliest(supply, quantity): the first moment on which that many
 * units are available, or NULL. Raises 22023 for a quantity below 1.
 */
Datum
oms_supply_earliest(PG_FUNCTION_ARGS)
{
	OmsSupply  *supply = PG_GETARG_SUPPLY_P(0);
	int64		quantity = oms_arg_quantity(fcinfo, 1, "quantity");
	int64		sum = 0;
	int			earliest = -1;

	/* Available from item i on: no sum from there on is smaller. */
	for (int i = 0; i < supply->n; i++)
	{
		sum += supply->items[i].quantity;
		if (sum < quantity)
			earliest = -1;
		else if (earliest < 0)
			earliest = i;
	}
	if (earliest < 0)
		PG_RETURN_NULL();
	PG_RETURN_TIMESTAMPTZ(supply->items[earliest].at);
}

/* oms_supply_rows is supply_rows(supply): a row (at, quantity, available) a moment. */
Datum
oms_supply_rows(PG_FUNCTION_ARGS)
{
	OmsSupply  *supply = PG_GETARG_SUPPLY_P(0);
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	int64	   *available = palloc(sizeof(int64) * Max(1, supply->n));
	int64		sum = 0;

	InitMaterializedSRF(fcinfo, 0);
	for (int i = 0; i < supply->n; i++)
		available[i] = sum += supply->items[i].quantity;
	for (int i = supply->n - 2; i >= 0; i--)
		available[i] = Min(available[i], available[i + 1]);
	for (int i = 0; i < supply->n; i++)
	{
		Datum		values[3] = {
			TimestampTzGetDatum(supply->items[i].at),
			Int64GetDatum(supply->items[i].quantity), Int64GetDatum(available[i])
		};
		bool		nulls[3] = {0};

		CHECK_FOR_INTERRUPTS();
		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
	return (Datum) 0;
}

/* oms_supply_add is a + b: the items of both. */
Datum
oms_supply_add(PG_FUNCTION_ARGS)
{
	OmsSupply  *a = PG_GETARG_SUPPLY_P(0);
	OmsSupply  *b = PG_GETARG_SUPPLY_P(1);
	OmsSupplyItem *items = palloc(mul_size(sizeof(OmsSupplyItem), add_size(a->n, b->n)) + 1);

	memcpy(items, a->items, sizeof(OmsSupplyItem) * a->n);
	memcpy(items + a->n, b->items, sizeof(OmsSupplyItem) * b->n);
	PG_RETURN_SUPPLY_P(make_supply(a->n + b->n, items));
}

/* -------------------------------------------------------------------------
 * The aggregate. Its state is a list of items, merged whenever it is full.
 * -------------------------------------------------------------------------
 */

typedef struct State
{
	int			n;
	int			max;
	OmsSupplyItem *items;
} State;

static MemoryContext
aggregate_context(FunctionCallInfo fcinfo)
{
	MemoryContext context;

	if (!AggCheckCallContext(fcinfo, &context))
		elog(ERROR, "called outside of an aggregate");
	return context;
}

/* new_state makes a state with room for max items in a memory context. */
static State *
new_state(MemoryContext context, int max)
{
	State	   *state = MemoryContextAlloc(context, sizeof(State));

	state->n = 0;
	state->max = Max(8, max);
	state->items = MemoryContextAllocHuge(context, mul_size(sizeof(OmsSupplyItem), state->max));
	return state;
}

/* add_item adds an item; repalloc keeps the memory context. */
static void
add_item(State *state, OmsSupplyItem item)
{
	if (state->n == state->max)
	{
		state->n = merge(state->n, state->items);
		if (state->n > state->max / 2)
		{
			if (state->max > INT_MAX / 2)
				range_error();
			state->max *= 2;
			state->items = repalloc_huge(state->items, mul_size(sizeof(OmsSupplyItem), state->max));
		}
	}
	state->items[state->n++] = item;
}

/* oms_supply_accumulate(state, at, quantity) adds an item; one with a null adds nothing. */
Datum
oms_supply_accumulate(PG_FUNCTION_ARGS)
{
	MemoryContext context = aggregate_context(fcinfo);
	State	   *state = PG_ARGISNULL(0) ? NULL : (State *) PG_GETARG_POINTER(0);

	if (state == NULL)
		state = new_state(context, 0);
	if (!PG_ARGISNULL(1) && !PG_ARGISNULL(2))
		add_item(state, (OmsSupplyItem) {
			PG_GETARG_TIMESTAMPTZ(1), PG_GETARG_INT64(2)
		});
	PG_RETURN_POINTER(state);
}

/* oms_supply_combine(state, state) adds the items of the second to the first. */
Datum
oms_supply_combine(PG_FUNCTION_ARGS)
{
	MemoryContext context = aggregate_context(fcinfo);
	State	   *state = PG_ARGISNULL(0) ? NULL : (State *) PG_GETARG_POINTER(0);
	State	   *other = PG_ARGISNULL(1) ? NULL : (State *) PG_GETARG_POINTER(1);

	if (state == NULL)
		state = new_state(context, other == NULL ? 0 : other->n);
	for (int i = 0; other != NULL && i < other->n; i++)
		add_item(state, other->items[i]);
	PG_RETURN_POINTER(state);
}

/* oms_supply_serialize writes a state as the binary form of a value. */
Datum
oms_supply_serialize(PG_FUNCTION_ARGS)
{
	State	   *state = (State *) PG_GETARG_POINTER(0);

	(void) aggregate_context(fcinfo);
	state->n = merge(state->n, state->items);
	PG_RETURN_BYTEA_P(write_items(state->n, state->items));
}

/* oms_supply_deserialize reads what oms_supply_serialize wrote. */
Datum
oms_supply_deserialize(PG_FUNCTION_ARGS)
{
	bytea	   *bytes = PG_GETARG_BYTEA_PP(0);
	StringInfoData buffer;
	State	   *state;

	(void) aggregate_context(fcinfo);
	initStringInfo(&buffer);
	appendBinaryStringInfo(&buffer, VARDATA_ANY(bytes), VARSIZE_ANY_EXHDR(bytes));
	state = palloc(sizeof(State));
	state->items = read_items(&buffer, &state->n);
	state->max = Max(1, state->n);
	pq_getmsgend(&buffer);
	PG_RETURN_POINTER(state);
}

/* oms_supply_final makes the value; no row at all is the empty supply. */
Datum
oms_supply_final(PG_FUNCTION_ARGS)
{
	State	   *state = PG_ARGISNULL(0) ? NULL : (State *) PG_GETARG_POINTER(0);

	if (state == NULL)
		PG_RETURN_SUPPLY_P(make_supply(0, NULL));
	PG_RETURN_SUPPLY_P(make_supply(state->n, state->items));
}

/* -------------------------------------------------------------------------
 * Equality, order, hash
 * -------------------------------------------------------------------------
 */

/* compare orders by the items, moment before quantity, then by their number. */
static int
compare(const OmsSupply *a, const OmsSupply *b)
{
	for (int i = 0; i < Min(a->n, b->n); i++)
	{
		int			c = compare_items(&a->items[i], &b->items[i]);

		if (c != 0)
			return c;
	}
	return (a->n > b->n) - (a->n < b->n);
}

/* oms_supply_eq … oms_supply_cmp: the operators and the btree support of compare. */
Datum
oms_supply_eq(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare(PG_GETARG_SUPPLY_P(0), PG_GETARG_SUPPLY_P(1)) == 0);
}

Datum
oms_supply_ne(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare(PG_GETARG_SUPPLY_P(0), PG_GETARG_SUPPLY_P(1)) != 0);
}

Datum
oms_supply_lt(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare(PG_GETARG_SUPPLY_P(0), PG_GETARG_SUPPLY_P(1)) < 0);
}

Datum
oms_supply_le(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare(PG_GETARG_SUPPLY_P(0), PG_GETARG_SUPPLY_P(1)) <= 0);
}

Datum
oms_supply_gt(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare(PG_GETARG_SUPPLY_P(0), PG_GETARG_SUPPLY_P(1)) > 0);
}

Datum
oms_supply_ge(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare(PG_GETARG_SUPPLY_P(0), PG_GETARG_SUPPLY_P(1)) >= 0);
}

Datum
oms_supply_cmp(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(compare(PG_GETARG_SUPPLY_P(0), PG_GETARG_SUPPLY_P(1)));
}

/* oms_supply_hash hashes the bytes of the items: equal values have equal bytes. */
Datum
oms_supply_hash(PG_FUNCTION_ARGS)
{
	OmsSupply  *supply = PG_GETARG_SUPPLY_P(0);

	return hash_any((unsigned char *) supply->items, sizeof(OmsSupplyItem) * supply->n);
}

/* oms_supply_hash_extended is the same with a seed, in 64 bits. */
Datum
oms_supply_hash_extended(PG_FUNCTION_ARGS)
{
	OmsSupply  *supply = PG_GETARG_SUPPLY_P(0);

	return hash_any_extended((unsigned char *) supply->items, sizeof(OmsSupplyItem) * supply->n,
							 PG_GETARG_INT64(1));
}
