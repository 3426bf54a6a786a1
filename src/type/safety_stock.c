/*
 * safety_stock.c
 *		oms.safety_stock: units kept back from a channel at a location, as a number
 *		of units, a percent of on_hand, or both.
 *
 * Text is '5', '10%', '5 + 10%', 'max(5, 10%)' or 'min(20, 50%)'. Every way in (text,
 * binary) ends in make_safety_stock, which keeps the invariants stated in
 * safety_stock.h: '5 + 0%' and 'max(5, 0%)' are stored as '5', 'max(0, 10%)' as '10%',
 * 'min(5, 0%)' as '0'. So a value has one text and one set of bytes, and equality is
 * of what was written: '100%' and 'min(9223372036854775807, 100%)' keep back the same
 * and differ.
 *
 * The order (units, then percent, then PLUS < MAX < MIN) serves btree, DISTINCT and
 * merge joins; it does not say which of two values keeps back more, which depends on
 * on_hand.
 *
 * Touches no table, takes no lock.
 */
#include "postgres.h"

#include "common/hashfn.h"
#include "common/int.h"
#include "libpq/pqformat.h"
#include "oms.h"
#include "parser/scansup.h"
#include "type/safety_stock.h"

StaticAssertDecl(sizeof(OmsSafetyStock) == 16, "oms.safety_stock is stored in 16 bytes");

OMS_TYPE_FUNCTION(oms_safety_stock_in);
OMS_TYPE_FUNCTION(oms_safety_stock_out);
OMS_TYPE_FUNCTION(oms_safety_stock_recv);
OMS_TYPE_FUNCTION(oms_safety_stock_send);
OMS_TYPE_FUNCTION(oms_safety_stock_withheld_of);
OMS_TYPE_FUNCTION(oms_safety_stock_subtract);
OMS_TYPE_FUNCTION(oms_safety_stock_eq);
OMS_TYPE_FUNCTION(oms_safety_stock_ne);
OMS_TYPE_FUNCTION(oms_safety_stock_lt);
OMS_TYPE_FUNCTION(oms_safety_stock_le);
OMS_TYPE_FUNCTION(oms_safety_stock_gt);
OMS_TYPE_FUNCTION(oms_safety_stock_ge);
OMS_TYPE_FUNCTION(oms_safety_stock_cmp);
OMS_TYPE_FUNCTION(oms_safety_stock_hash);
OMS_TYPE_FUNCTION(oms_safety_stock_hash_extended);

/* make_safety_stock returns a new value in its one stored form. The parts are in range. */
static OmsSafetyStock *
make_safety_stock(int64 units, int32 percent_scaled, OmsSafetyStockMode mode)
{
	OmsSafetyStock *result = (OmsSafetyStock *) palloc(sizeof(OmsSafetyStock));

	Assert(units >= 0 && percent_scaled >= 0 && percent_scaled <= OMS_SAFETY_STOCK_ALL);
	if (units == 0 || percent_scaled == 0)
	{
		if (mode == OMS_SAFETY_STOCK_MIN)
			units = percent_scaled = 0;
		mode = OMS_SAFETY_STOCK_PLUS;
	}
	result->units = units;
	result->percent_scaled = percent_scaled;
	result->mode = mode;
	return result;
}

/* A parser over the text of one value. It raises: 22P02 when malformed, 22003. */
typedef struct Parser
{
	const char *text;
	const char *p;
} Parser;

static void
syntax_error(const Parser *parser, const char *detail)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
			 errmsg("invalid input syntax for type %s: \"%s\"", "oms.safety_stock", parser->text),
			 detail != NULL ? errdetail("%s", detail) : 0,
			 errhint("Write 5, 10%%, 5 + 10%%, max(5, 10%%) or min(20, 50%%).")));
}

static void
range_error(const char *text, const char *detail)
{
	ereport(ERROR,
			(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
			 text != NULL ? errmsg("safety stock \"%s\" is out of range", text) :
			 errmsg("safety stock is out of range"),
			 errdetail("%s", detail)));
}

#define UNITS_RANGE "Units must be between 0 and 9223372036854775807."
#define PERCENT_RANGE "A percent must be between 0% and 100%."

static void
skip_spaces(Parser *parser)
{
	while (scanner_isspace(*parser->p))
		parser->p++;
}

/* accept_char moves past spaces and then c, and tells whether c was there. */
static bool
accept_char(Parser *parser, char c)
{
	skip_spaces(parser);
	if (*parser->p != c)
		return false;
	parser->p++;
	return true;
}

static void
expect_char(Parser *parser, char c)
{
	if (!accept_char(parser, c))
		syntax_error(parser, NULL);
}

static bool
at_digit(const Parser *parser)
{
	return *parser->p >= '0' && *parser->p <= '9';
}

/*
 * parse_amount reads units (digits) into *units, or a percent (digits [. digits] %,
 * the sign next to the number) into *percent_scaled, and returns whether it was a
 * percent. A number too large for its kind is out of range, as is a negative one.
 */
static bool
parse_amount(Parser *parser, int64 *units, int32 *percent_scaled)
{
	int64		whole = 0;
	int32		fraction = 0;
	int			decimals = 0;
	bool		too_large = false;
	bool		negative = false;
	bool		has_point = false;

	skip_spaces(parser);
	if (*parser->p == '-')
	{
		negative = true;
		parser->p++;
	}
	if (!at_digit(parser))
		syntax_error(parser, NULL);
	for (; at_digit(parser); parser->p++)
		too_large = too_large || pg_mul_s64_overflow(whole, 10, &whole) ||
			pg_add_s64_overflow(whole, *parser->p - '0', &whole);
	if (*parser->p == '.')
	{
		has_point = true;
		parser->p++;
		if (!at_digit(parser))
			syntax_error(parser, NULL);
		for (; at_digit(parser); parser->p++)
			if (++decimals <= OMS_SAFETY_STOCK_PERCENT_DECIMALS)
				fraction = fraction * 10 + (*parser->p - '0');
	}

	if (*parser->p == '%')
	{
		parser->p++;
		if (decimals > OMS_SAFETY_STOCK_PERCENT_DECIMALS)
			syntax_error(parser, "A percent has at most 4 decimals.");
		while (decimals++ < OMS_SAFETY_STOCK_PERCENT_DECIMALS)
			fraction *= 10;
		if (negative || too_large || whole > 100 || (whole == 100 && fraction > 0))
			range_error(parser->text, PERCENT_RANGE);
		*percent_scaled = (int32) whole * OMS_SAFETY_STOCK_ONE_PERCENT + fraction;
		return true;
	}

	if (has_point)
		syntax_error(parser, "Units are whole; only a percent has decimals.");
	if (negative || too_large)
		range_error(parser->text, UNITS_RANGE);
	*units = whole;
	return false;
}

/* oms_safety_stock_in reads text; 22P02 when malformed, 22003 when out of range. */
Datum
oms_safety_stock_in(PG_FUNCTION_ARGS)
{
	Parser		parser;
	OmsSafetyStockMode mode = OMS_SAFETY_STOCK_PLUS;
	int64		units = 0;
	int32		percent_scaled = 0;

	parser.text = parser.p = PG_GETARG_CSTRING(0);
	skip_spaces(&parser);
	if (pg_strncasecmp(parser.p, "max", 3) == 0 || pg_strncasecmp(parser.p, "min", 3) == 0)
	{
		mode = pg_tolower((unsigned char) parser.p[1]) == 'a' ?
			OMS_SAFETY_STOCK_MAX : OMS_SAFETY_STOCK_MIN;
		parser.p += 3;
		expect_char(&parser, '(');
		if (parse_amount(&parser, &units, &percent_scaled))
			syntax_error(&parser, "Units come first, then a percent.");
		expect_char(&parser, ',');
		if (!parse_amount(&parser, &units, &percent_scaled))
			syntax_error(&parser, "Units come first, then a percent.");
		expect_char(&parser, ')');
	}
	else if (!parse_amount(&parser, &units, &percent_scaled) && accept_char(&parser, '+'))
	{
		if (!parse_amount(&parser, &units, &percent_scaled))
			syntax_error(&parser, "Units come first, then a percent.");
	}
	skip_spaces(&parser);
	if (*parser.p != '\0')
		syntax_error(&parser, NULL);

	PG_RETURN_SAFETY_STOCK_P(make_safety_stock(units, percent_scaled, mode));
}

/* append_percent writes 125000 as 12.5%. */
static void
append_percent(StringInfo buffer, int32 percent_scaled)
{
	int			fraction = percent_scaled % OMS_SAFETY_STOCK_ONE_PERCENT;
	int			width = OMS_SAFETY_STOCK_PERCENT_DECIMALS;

	appendStringInfo(buffer, "%d", percent_scaled / OMS_SAFETY_STOCK_ONE_PERCENT);
	if (fraction > 0)
	{
		for (; fraction % 10 == 0; fraction /= 10)
			width--;
		appendStringInfo(buffer, ".%0*d", width, fraction);
	}
	appendStringInfoChar(buffer, '%');
}

/* oms_safety_stock_out writes the one text of the value, which reads back as itself. */
Datum
oms_safety_stock_out(PG_FUNCTION_ARGS)
{
	OmsSafetyStock *stock = PG_GETARG_SAFETY_STOCK_P(0);
	StringInfoData buffer;

	initStringInfo(&buffer);
	if (stock->mode != OMS_SAFETY_STOCK_PLUS)
		appendStringInfoString(&buffer, stock->mode == OMS_SAFETY_STOCK_MAX ? "max(" : "min(");
	if (stock->units > 0 || stock->percent_scaled == 0)
		appendStringInfo(&buffer, INT64_FORMAT, stock->units);
	if (stock->percent_scaled > 0)
	{
		if (stock->units > 0)
			appendStringInfoString(&buffer, stock->mode == OMS_SAFETY_STOCK_PLUS ? " + " : ", ");
		append_percent(&buffer, stock->percent_scaled);
	}
	if (stock->mode != OMS_SAFETY_STOCK_PLUS)
		appendStringInfoChar(&buffer, ')');
	PG_RETURN_CSTRING(buffer.data);
}

/*
 * oms_safety_stock_recv reads units (int8), percent_scaled (int4) and mode (one byte)
 * under the same checks as text: 22003 for a part out of range, 22P03 for no mode.
 */
Datum
oms_safety_stock_recv(PG_FUNCTION_ARGS)
{
	StringInfo	buffer = (StringInfo) PG_GETARG_POINTER(0);
	int64		units = pq_getmsgint64(buffer);
	int32		percent_scaled = (int32) pq_getmsgint(buffer, 4);
	int			mode = pq_getmsgbyte(buffer);

	if (units < 0)
		range_error(NULL, UNITS_RANGE);
	if (percent_scaled < 0 || percent_scaled > OMS_SAFETY_STOCK_ALL)
		range_error(NULL, PERCENT_RANGE);
	if (mode > OMS_SAFETY_STOCK_MIN)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("invalid binary format of type %s", "oms.safety_stock"),
				 errdetail("The mode is %d; it must be 0, 1 or 2.", mode)));

	PG_RETURN_SAFETY_STOCK_P(make_safety_stock(units, percent_scaled, (OmsSafetyStockMode) mode));
}

/* oms_safety_stock_send writes what oms_safety_stock_recv reads. */
Datum
oms_safety_stock_send(PG_FUNCTION_ARGS)
{
	OmsSafetyStock *stock = PG_GETARG_SAFETY_STOCK_P(0);
	StringInfoData buffer;

	pq_begintypsend(&buffer);
	pq_sendint64(&buffer, stock->units);
	pq_sendint32(&buffer, stock->percent_scaled);
	pq_sendint8(&buffer, stock->mode);
	PG_RETURN_BYTEA_P(pq_endtypsend(&buffer));
}

/*
 * oms_safety_stock_withheld returns the units kept back out of on_hand units: at least
 * 0, the percent rounded up to a whole unit, once. A negative on_hand counts as 0 for
 * the percent. A sum beyond bigint is held at the largest bigint: nobody has as much.
 */
int64
oms_safety_stock_withheld(const OmsSafetyStock *s, int64 on_hand)
{
	int64		base = Max(on_hand, 0);
	int64		part;
	int64		sum;

	/* Split so that no product overflows: part <= base, since percent_scaled <= ALL. */
	part = base / OMS_SAFETY_STOCK_ALL * s->percent_scaled +
		(base % OMS_SAFETY_STOCK_ALL * s->percent_scaled + OMS_SAFETY_STOCK_ALL - 1) /
		OMS_SAFETY_STOCK_ALL;

	switch ((OmsSafetyStockMode) s->mode)
	{
		case OMS_SAFETY_STOCK_PLUS:
			return pg_add_s64_overflow(s->units, part, &sum) ? PG_INT64_MAX : sum;
		case OMS_SAFETY_STOCK_MAX:
			return Max(s->units, part);
		case OMS_SAFETY_STOCK_MIN:
			return Min(s->units, part);
	}
	elog(ERROR, "invalid mode of a safety stock: %d", s->mode);
	return 0;					/* keep the compiler quiet */
}

/* oms_safety_stock_withheld_of is withheld(safety_stock, on_hand), in units. */
Datum
oms_safety_stock_withheld_of(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64(oms_safety_stock_withheld(PG_GETARG_SAFETY_STOCK_P(0), PG_GETARG_INT64(1)));
}

/*
 * oms_safety_stock_subtract is on_hand - safety_stock: on_hand less what is withheld of
 * it, negative when there is less than that. Below bigint it is held at the least bigint.
 */
Datum
oms_safety_stock_subtract(PG_FUNCTION_ARGS)
{
	int64		on_hand = PG_GETARG_INT64(0);
	int64		result;

	if (pg_sub_s64_overflow(on_hand,
							oms_safety_stock_withheld(PG_GETARG_SAFETY_STOCK_P(1), on_hand),
							&result))
		result = PG_INT64_MIN;
	PG_RETURN_INT64(result);
}

/* compare orders by units, then percent, then mode. */
static int
compare(const OmsSafetyStock *a, const OmsSafetyStock *b)
{
	if (a->units != b->units)
		return a->units < b->units ? -1 : 1;
	if (a->percent_scaled != b->percent_scaled)
		return a->percent_scaled < b->percent_scaled ? -1 : 1;
	if (a->mode != b->mode)
		return a->mode < b->mode ? -1 : 1;
	return 0;
}

/* oms_safety_stock_eq … oms_safety_stock_cmp: the operators and the btree support of compare. */
Datum
oms_safety_stock_eq(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare(PG_GETARG_SAFETY_STOCK_P(0), PG_GETARG_SAFETY_STOCK_P(1)) == 0);
}

Datum
oms_safety_stock_ne(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare(PG_GETARG_SAFETY_STOCK_P(0), PG_GETARG_SAFETY_STOCK_P(1)) != 0);
}

Datum
oms_safety_stock_lt(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare(PG_GETARG_SAFETY_STOCK_P(0), PG_GETARG_SAFETY_STOCK_P(1)) < 0);
}

Datum
oms_safety_stock_le(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare(PG_GETARG_SAFETY_STOCK_P(0), PG_GETARG_SAFETY_STOCK_P(1)) <= 0);
}

Datum
oms_safety_stock_gt(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare(PG_GETARG_SAFETY_STOCK_P(0), PG_GETARG_SAFETY_STOCK_P(1)) > 0);
}

Datum
oms_safety_stock_ge(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare(PG_GETARG_SAFETY_STOCK_P(0), PG_GETARG_SAFETY_STOCK_P(1)) >= 0);
}

Datum
oms_safety_stock_cmp(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(compare(PG_GETARG_SAFETY_STOCK_P(0), PG_GETARG_SAFETY_STOCK_P(1)));
}

/* oms_safety_stock_hash hashes the 16 bytes: equal values have equal bytes. */
Datum
oms_safety_stock_hash(PG_FUNCTION_ARGS)
{
	return hash_any((unsigned char *) PG_GETARG_SAFETY_STOCK_P(0), sizeof(OmsSafetyStock));
}

/* oms_safety_stock_hash_extended is the same with a seed, in 64 bits. */
Datum
oms_safety_stock_hash_extended(PG_FUNCTION_ARGS)
{
	return hash_any_extended((unsigned char *) PG_GETARG_SAFETY_STOCK_P(0),
							 sizeof(OmsSafetyStock), PG_GETARG_INT64(1));
}
