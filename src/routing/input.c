/*
 * input.c
 *		Reading the queries of oms.plan_routes into a model.
 *
 * Each query is one SELECT, run through a cursor under the caller's rights, on the
 * caller's snapshot, with the transaction read-only: SPI's read_only flag refuses a
 * statement that writes, XactReadOnly a volatile function that does. The setting is
 * put back on every way out.
 *
 * Columns are matched by name, others are ignored. Whatever does not fit raises
 * OM012 and names the query, the column and the key of the row; an error raised by
 * the query itself carries a context line that names the query.
 *
 * A line of an order that orders_sql does not return is an error, for it would be
 * lost in silence. Other rows about orders, locations, lines or skus that the
 * instance does not have are passed over, so that a query need not repeat a filter.
 */
#include "postgres.h"

#include <math.h>

#include "access/xact.h"
#include "catalog/namespace.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "oms.h"
#include "routing/input.h"
#include "tcop/utility.h"
#include "utils/builtins.h"
#include "utils/geo_decls.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/numeric.h"
#include "utils/plancache.h"
#include "utils/syscache.h"

#define FETCH_ROWS 1000
#define MAX_COLUMNS 9

typedef enum ColumnKind
{
	COLUMN_KEY,					/* a text that identifies something */
	COLUMN_TEXT,				/* a text or a boolean: '' for false, 't' for true */
	COLUMN_INTEGER,
	COLUMN_MONEY,				/* numeric or float, in micro-units */
	COLUMN_MINUTES,				/* the same, in seconds */
	COLUMN_BOOLEAN,
	COLUMN_PLACE,				/* oms.latlon or point */
	COLUMN_SEQUENCE				/* an integer or a time */
} ColumnKind;

typedef struct Column
{
	const char *name;
	ColumnKind	kind;
	bool		required;		/* the column must be there, and never null */
	int64		minimum;
	int64		maximum;
} Column;

typedef struct Value
{
	bool		isnull;
	char	   *text;			/* lives until the next fetch */
	int64		number;
	OmsLatLon	place;
} Value;

typedef struct Reader
{
	const char *query;			/* its name: orders_sql, … */
	const Column *columns;
	int			ncolumns;
	int			attnos[MAX_COLUMNS];	/* 0 = the query has no such column */
	Oid			types[MAX_COLUMNS];
	Value		values[MAX_COLUMNS];	/* of the current row */
	uint64		rows;			/* returned so far */
	Oid			latlon;
	MemoryContext scratch;
	ErrorContextCallback callback;
	Portal		portal;
	SPITupleTable *table;
	uint64		in_table;
	uint64		next;
} Reader;

static const Column orders_columns[] = {
	{"order_id", COLUMN_KEY, true},
	{"priority", COLUMN_INTEGER, false, 0, PLAN_CLASSES - 1},
	{"coordinates", COLUMN_PLACE},
	{"max_shipments", COLUMN_INTEGER, false, 1, PG_INT32_MAX},
	{"ship_complete", COLUMN_BOOLEAN},
	{"sequence", COLUMN_SEQUENCE}
};

static const Column lines_columns[] = {
	{"order_id", COLUMN_KEY, true},
	{"line_no", COLUMN_INTEGER, true, PG_INT32_MIN, PG_INT32_MAX},
	{"sku", COLUMN_KEY, true},
	{"quantity", COLUMN_INTEGER, true, 1, PLAN_MAX_QUANTITY},
	{"unfilled_cost", COLUMN_MONEY, false, 0, PLAN_MAX_MONEY},
	{"keep_together", COLUMN_TEXT},
	{"unit_value", COLUMN_MONEY, false, 0, PLAN_MAX_MONEY},
	{"planned_at", COLUMN_TEXT}
};

static const Column locations_columns[] = {
	{"location", COLUMN_KEY, true},
	{"coordinates", COLUMN_PLACE},
	{"handling_cost", COLUMN_MONEY, false, 0, PLAN_MAX_MONEY},
	{"unit_cost", COLUMN_MONEY, false, 0, PLAN_MAX_MONEY},
	{"capacity_orders", COLUMN_INTEGER, false, 0, PLAN_UNLIMITED},
	{"capacity_units", COLUMN_INTEGER, false, 0, PLAN_UNLIMITED},
	{"minutes_per_order", COLUMN_MINUTES, false, 0, PLAN_MAX_WORK_MINUTES * 60},
	{"minutes_per_line", COLUMN_MINUTES, false, 0, PLAN_MAX_WORK_MINUTES * 60},
	{"minutes_per_unit", COLUMN_MINUTES, false, 0, PLAN_MAX_WORK_MINUTES * 60}
};

static const Column stock_columns[] = {
	{"sku", COLUMN_KEY, true},
	{"location", COLUMN_KEY, true},
	{"available", COLUMN_INTEGER, true, 0, PLAN_UNLIMITED},
	{"scarcity_cost", COLUMN_MONEY, false, 0, PLAN_MAX_MONEY}
};

static const Column shipment_cost_columns[] = {
	{"order_id", COLUMN_KEY, true},
	{"location", COLUMN_KEY, true},
	{"cost", COLUMN_MONEY, true, 0, PLAN_MAX_MONEY},
	{"late_seconds", COLUMN_INTEGER, false, 0, PLAN_MAX_LATE_SECONDS}
};

static const Column line_cost_columns[] = {
	{"order_id", COLUMN_KEY, true},
	{"line_no", COLUMN_INTEGER, true, PG_INT32_MIN, PG_INT32_MAX},
	{"location", COLUMN_KEY, true},
	{"cost", COLUMN_MONEY, true, 0, PLAN_MAX_MONEY}
};

static const Column capacity_columns[] = {
	{"location", COLUMN_KEY, true},
	{"measure", COLUMN_KEY, true},
	{"limit", COLUMN_INTEGER, true, 0, PLAN_UNLIMITED}
};

/* row_key describes the current row by its key columns: order_id "A", line_no 1. */
static char *
row_key(Reader *reader)
{
	StringInfoData text;

	initStringInfo(&text);
	for (int i = 0; i < reader->ncolumns; i++)
	{
		Value	   *value = &reader->values[i];
		const Column *column = &reader->columns[i];

		if (reader->attnos[i] == 0 || value->isnull ||
			!(column->kind == COLUMN_KEY || strcmp(column->name, "line_no") == 0))
			continue;
		if (text.len > 0)
			appendStringInfoString(&text, ", ");
		if (column->kind == COLUMN_KEY)
			appendStringInfo(&text, "%s \"%s\"", column->name, value->text);
		else
			appendStringInfo(&text, "%s %lld", column->name, (long long) value->number);
	}
	if (text.len == 0)
		appendStringInfo(&text, "row %llu", (unsigned long long) reader->rows);
	return text.data;
}

/* refuse raises OM012 for a value of the current row; what begins with a verb. */
static void
refuse(Reader *reader, const char *column, const char *what)
{
	ereport(ERROR,
			(errcode(OMS_ERR_PLAN_INPUT),
			 errmsg("%s: column \"%s\" %s", reader->query, column, what),
			 errdetail("In the row of %s.", row_key(reader)),
			 errhint("Correct the value, or leave the row out of the query.")));
}

static void
refuse_duplicate(const char *query, const char *columns, const char *key)
{
	ereport(ERROR,
			(errcode(OMS_ERR_PLAN_INPUT),
			 errmsg("%s: more than one row for %s", query, key),
			 errdetail("%s must be unique.", columns),
			 errhint("Look for a join that multiplies the rows, or use GROUP BY.")));
}

/* column_names lists the columns of a query, optional ones in brackets. */
static char *
column_names(const Reader *reader)
{
	StringInfoData text;

	initStringInfo(&text);
	for (int i = 0; i < reader->ncolumns; i++)
		appendStringInfo(&text, reader->columns[i].required ? "%s%s" : "%s[%s]", i ? ", " : "",
						 reader->columns[i].name);
	return text.data;
}

static bool
is_text(Oid type)
{
	return type == TEXTOID || type == VARCHAROID || type == BPCHAROID || type == NAMEOID ||
		type == UNKNOWNOID;
}

static bool
is_integer(Oid type)
{
	return type == INT2OID || type == INT4OID || type == INT8OID;
}

/* Can a column of this kind be read from this type? */
static bool
fits(const Reader *reader, ColumnKind kind, Oid type)
{
	switch (kind)
	{
		case COLUMN_KEY:
			return is_text(type) || is_integer(type) || type == UUIDOID;
		case COLUMN_TEXT:
			return is_text(type) || is_integer(type) || type == BOOLOID;
		case COLUMN_INTEGER:
			return is_integer(type) || type == NUMERICOID;
		case COLUMN_MONEY:
		case COLUMN_MINUTES:
			return is_integer(type) || type == NUMERICOID || type == FLOAT4OID ||
				type == FLOAT8OID;
		case COLUMN_BOOLEAN:
			return type == BOOLOID;
		case COLUMN_PLACE:
			return type == reader->latlon || type == POINTOID;
		case COLUMN_SEQUENCE:
			return is_integer(type) || type == TIMESTAMPTZOID || type == TIMESTAMPOID;
	}
	return false;
}

static const char *
wanted_type(ColumnKind kind)
{
	switch (kind)
	{
		case COLUMN_KEY:
			return "text, an integer or uuid";
		case COLUMN_TEXT:
			return "boolean or text";
		case COLUMN_INTEGER:
			return "an integer";
		case COLUMN_MONEY:
		case COLUMN_MINUTES:
			return "numeric, double precision or an integer";
		case COLUMN_BOOLEAN:
			return "boolean";
		case COLUMN_PLACE:
			return "oms.latlon or point";
		case COLUMN_SEQUENCE:
			return "an integer or a timestamp";
	}
	return NULL;
}

static void
name_query(void *arg)
{
	errcontext("%s of oms.plan_routes", ((Reader *) arg)->query);
}

/* refuse_statement raises OM012 for what is not one SELECT. */
static void
refuse_statement(Reader *reader, const char *detail)
{
	ereport(ERROR,
			(errcode(OMS_ERR_PLAN_INPUT),
			 errmsg("%s must be one SELECT", reader->query),
			 errdetail("%s", detail),
			 errhint("Return rows with the columns %s.", column_names(reader))));
}

/* require_select raises OM012 unless the plan is one SELECT that neither changes nor locks rows. */
static void
require_select(Reader *reader, SPIPlanPtr plan)
{
	List	   *sources = plan == NULL ? NIL : SPI_plan_get_plan_sources(plan);
	CachedPlanSource *source;
	Query	   *query;

	if (plan == NULL)			/* COPY, a cursor's or a transaction's command */
		refuse_statement(reader, psprintf("It is refused: %s.", SPI_result_code_string(SPI_result)));
	if (list_length(sources) != 1)
		refuse_statement(reader, psprintf("It has %d statements.", list_length(sources)));
	source = linitial(sources);
	query = list_length(source->query_list) == 1 ? linitial_node(Query, source->query_list) : NULL;
	if (query == NULL || query->commandType != CMD_SELECT || query->utilityStmt != NULL)
		refuse_statement(reader, psprintf("It is %s.", query == NULL ?
										  GetCommandTagName(source->commandTag) :
										  CreateCommandName((Node *) query)));
	if (query->hasModifyingCTE)
		refuse_statement(reader, "Its WITH changes rows.");
	if (query->rowMarks != NIL)
		refuse_statement(reader, "It locks rows.");
}

/*
 * open_query prepares the query, opens a cursor and matches its columns. Raises
 * OM012 when it is not one SELECT, a required column is missing, or a type does not fit.
 */
static void
open_query(Reader *reader, const char *query, const char *sql, const Column *columns, int ncolumns)
{
	SPIPlanPtr	plan;
	TupleDesc	desc;

	memset(reader, 0, sizeof(Reader));
	reader->query = query;
	reader->columns = columns;
	reader->ncolumns = ncolumns;
	reader->scratch = AllocSetContextCreate(CurrentMemoryContext, "oms plan rows",
											ALLOCSET_DEFAULT_SIZES);
	reader->latlon = GetSysCacheOid2(TYPENAMENSP, Anum_pg_type_oid, CStringGetDatum("latlon"),
									 ObjectIdGetDatum(get_namespace_oid("oms", false)));
	reader->callback.callback = name_query;
	reader->callback.arg = reader;
	reader->callback.previous = error_context_stack;
	error_context_stack = &reader->callback;

	plan = SPI_prepare(sql, 0, NULL);
	require_select(reader, plan);
	reader->portal = SPI_cursor_open(NULL, plan, NULL, NULL, true);
	desc = reader->portal->tupDesc;
	for (int i = 0; i < ncolumns; i++)
	{
		for (int a = 0; a < desc->natts; a++)
		{
			Form_pg_attribute attribute = TupleDescAttr(desc, a);

			if (strcmp(NameStr(attribute->attname), columns[i].name) != 0)
				continue;
			if (reader->attnos[i] != 0)
				ereport(ERROR,
						(errcode(OMS_ERR_PLAN_INPUT),
						 errmsg("%s: more than one column \"%s\"", query, columns[i].name),
						 errhint("Give the others another name.")));
			reader->attnos[i] = a + 1;
			reader->types[i] = getBaseType(attribute->atttypid);
			/* a bare NULL has type text: it fits any column that may be null */
			if (!fits(reader, columns[i].kind, reader->types[i]) &&
				(columns[i].required || reader->types[i] != TEXTOID))
				ereport(ERROR,
						(errcode(OMS_ERR_PLAN_INPUT),
						 errmsg("%s: column \"%s\" has type %s", query, columns[i].name,
								format_type_be(attribute->atttypid)),
						 errdetail("It must be %s.", wanted_type(columns[i].kind)),
						 errhint("Cast it in the query.")));
		}
		if (reader->attnos[i] == 0 && columns[i].required)
			ereport(ERROR,
					(errcode(OMS_ERR_PLAN_INPUT),
					 errmsg("%s: column \"%s\" is missing", query, columns[i].name),
					 errhint("Return rows with the columns %s.", column_names(reader))));
	}
}

static void
close_query(Reader *reader)
{
	SPI_cursor_close(reader->portal);
	MemoryContextDelete(reader->scratch);
	error_context_stack = reader->callback.previous;
}

/* How many of the units that the model counts in make one of the column's. */
static double
scale_of(ColumnKind kind)
{
	return kind == COLUMN_MONEY ? (double) PLAN_MICRO : kind == COLUMN_MINUTES ? 60 : 1;
}

static void
check_range(Reader *reader, int i, double number)
{
	const Column *column = &reader->columns[i];
	double		scale = scale_of(column->kind);

	if (isnan(number))
		refuse(reader, column->name, "is not a number");
	if (column->minimum == 0 && number < 0)
		refuse(reader, column->name, "is negative");
	if (number < column->minimum / scale || number > column->maximum / scale)
		refuse(reader, column->name,
			   psprintf("is out of range: it must be from %.15g to %.15g",
						column->minimum / scale, column->maximum / scale));
}

static double
numeric_to_double(Datum datum)
{
	return DatumGetFloat8(DirectFunctionCall1(numeric_float8_no_overflow, datum));
}

/* convert sets one value of the current row from its datum, or refuses it. */
static void
convert(Reader *reader, int i, Datum datum)
{
	const Column *column = &reader->columns[i];
	Value	   *value = &reader->values[i];
	Oid			type = reader->types[i];

	if (!fits(reader, column->kind, type))
		refuse(reader, column->name,
			   psprintf("has type %s and is not null: it must be %s", format_type_be(type),
						wanted_type(column->kind)));
	switch (column->kind)
	{
		case COLUMN_KEY:
		case COLUMN_TEXT:
			if (type == BOOLOID)
				value->text = DatumGetBool(datum) ? "t" : "";
			else if (type == BPCHAROID)	/* blanks at the end mean nothing, as in a cast to text */
				value->text = TextDatumGetCString(DirectFunctionCall1(rtrim1, datum));
			else if (type == TEXTOID || type == VARCHAROID)
				value->text = TextDatumGetCString(datum);
			else
			{
				Oid			output;
				bool		varlena;

				getTypeOutputInfo(type, &output, &varlena);
				value->text = OidOutputFunctionCall(output, datum);
			}
			if (column->kind == COLUMN_KEY && value->text[0] == '\0')
				refuse(reader, column->name, "is empty");
			break;
		case COLUMN_INTEGER:
			if (type == NUMERICOID)
			{
				double		number = numeric_to_double(datum);

				check_range(reader, i, number);
				if (number != floor(number))
					refuse(reader, column->name, "is not a whole number");
				value->number = DatumGetInt64(DirectFunctionCall1(numeric_int8, datum));
			}
			else
				value->number = type == INT8OID ? DatumGetInt64(datum) :
					type == INT4OID ? DatumGetInt32(datum) : DatumGetInt16(datum);
			if (column->minimum == 0 && value->number < 0)
				refuse(reader, column->name, "is negative");
			if (value->number < column->minimum || value->number > column->maximum)
				refuse(reader, column->name,
					   psprintf("is %lld: it must be from %lld to %lld",
								(long long) value->number, (long long) column->minimum,
								(long long) column->maximum));
			break;
		case COLUMN_MONEY:
		case COLUMN_MINUTES:
			{
				double		number = type == NUMERICOID ? numeric_to_double(datum) :
					type == FLOAT8OID ? DatumGetFloat8(datum) :
					type == FLOAT4OID ? DatumGetFloat4(datum) :
					type == INT8OID ? (double) DatumGetInt64(datum) :
					type == INT4OID ? DatumGetInt32(datum) : DatumGetInt16(datum);

				check_range(reader, i, number);
				value->number = (int64) rint(number * scale_of(column->kind));
			}
			break;
		case COLUMN_BOOLEAN:
			value->number = DatumGetBool(datum);
			break;
		case COLUMN_PLACE:
			if (type == POINTOID)
			{
				Point	   *point = DatumGetPointP(datum);

				value->place.latitude = point->y;
				value->place.longitude = point->x;
				if (!(fabs(point->y) <= 90 && fabs(point->x) <= 180))
					refuse(reader, column->name,
						   "is out of range: a point is (longitude, latitude) in degrees");
			}
			else
				value->place = *DatumGetLatLonP(datum);
			break;
		case COLUMN_SEQUENCE:
			/* timestamps are int64 microseconds */
			value->number = type == INT4OID ? DatumGetInt32(datum) :
				type == INT2OID ? DatumGetInt16(datum) : DatumGetInt64(datum);
			break;
	}
}

/*
 * next_row reads a row into values; false at the end. What a value points to lives
 * until the next call.
 */
static bool
next_row(Reader *reader)
{
	MemoryContext old;
	TupleDesc	desc;

	if (reader->next == reader->in_table)
	{
		CHECK_FOR_INTERRUPTS();
		if (reader->table != NULL)
			SPI_freetuptable(reader->table);
		SPI_cursor_fetch(reader->portal, true, FETCH_ROWS);
		reader->table = SPI_tuptable;
		reader->in_table = SPI_processed;
		reader->next = 0;
		if (reader->in_table == 0)
			return false;
	}

	MemoryContextReset(reader->scratch);
	old = MemoryContextSwitchTo(reader->scratch);
	desc = reader->table->tupdesc;
	reader->rows++;
	for (int i = 0; i < reader->ncolumns; i++)
		reader->values[i].isnull = true;
	for (int i = 0; i < reader->ncolumns; i++)
	{
		bool		isnull;
		Datum		datum;

		if (reader->attnos[i] == 0)
			continue;
		datum = SPI_getbinval(reader->table->vals[reader->next], desc, reader->attnos[i], &isnull);
		if (isnull)
		{
			if (reader->columns[i].required)
				refuse(reader, reader->columns[i].name, "is null");
			continue;
		}
		convert(reader, i, datum);
		reader->values[i].isnull = false;
	}
	reader->next++;
	MemoryContextSwitchTo(old);
	return true;
}

static void
refuse_no_rows(Reader *reader, const char *hint)
{
	ereport(ERROR,
			(errcode(OMS_ERR_PLAN_INPUT),
			 errmsg("%s returned no rows: column \"%s\" needs at least one value", reader->query,
					reader->columns[0].name),
			 errhint("%s", hint)));
}

/* number is a value of the current row, or otherwise where it is null. */
static int64
number(const Reader *reader, int i, int64 otherwise)
{
	return reader->values[i].isnull ? otherwise : reader->values[i].number;
}

/*
 * grow makes room for one more element in an array of the model that holds count of
 * them; capacity doubles.
 */
static void *
grow(PlanModel *model, void *array, int32 count, int32 *capacity, Size size)
{
	if (count < *capacity)
		return array;
	if (count > PG_INT32_MAX / 2)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("a query of oms.plan_routes returns too many rows")));
	*capacity = Max(64, *capacity * 2);
	if (array == NULL)
		return oms_model_alloc(model, *capacity, size);
	return repalloc_huge(array, *capacity * size);
}

static const char *
keep_text(PlanModel *model, const char *text)
{
	Size		size = strlen(text) + 1;

	return memcpy(oms_model_piece(model, size), text, size);
}

static int
compare_locations(const void *a, const void *b)
{
	return strcmp(((const PlanLocation *) a)->key, ((const PlanLocation *) b)->key);
}

static PlanKeyMap *
read_locations(PlanModel *model, const char *sql)
{
	Reader		reader;
	int32		capacity = 0;
	PlanKeyMap *map = oms_keymap_create(CurrentMemoryContext);

	open_query(&reader, "locations_sql", sql, locations_columns, lengthof(locations_columns));
	while (next_row(&reader))
	{
		PlanLocation *location;

		model->locations = grow(model, model->locations, model->nlocations, &capacity,
								sizeof(PlanLocation));
		location = &model->locations[model->nlocations++];
		location->key = keep_text(model, reader.values[0].text);
		location->has_position = !reader.values[1].isnull;
		location->position = reader.values[1].place;
		location->handling_cost = number(&reader, 2, 0);
		location->unit_cost = number(&reader, 3, 0);
		location->capacity.orders = number(&reader, 4, PLAN_UNLIMITED);
		location->capacity.units = number(&reader, 5, PLAN_UNLIMITED);
		location->capacity.lines = PLAN_UNLIMITED;
		location->order_seconds = number(&reader, 6, 0);
		location->line_seconds = number(&reader, 7, 0);
		location->unit_seconds = number(&reader, 8, 0);
		location->capacity.seconds = PLAN_UNLIMITED;
	}
	model->has_work = reader.attnos[6] != 0 || reader.attnos[7] != 0 || reader.attnos[8] != 0;
	if (model->nlocations == 0 && model->norders > 0)
		refuse_no_rows(&reader, "Return the locations that may serve an order.");
	close_query(&reader);

	if (model->nlocations > 0)
		qsort(model->locations, model->nlocations, sizeof(PlanLocation), compare_locations);
	for (int32 i = 0; i < model->nlocations; i++)
	{
		if (i > 0 && strcmp(model->locations[i].key, model->locations[i - 1].key) == 0)
			refuse_duplicate("locations_sql", "Column \"location\"",
							 psprintf("location \"%s\"", model->locations[i].key));
		oms_keymap_add(map, model->locations[i].key, i);
	}
	return map;
}

static int
compare_orders(const void *a, const void *b)
{
	return strcmp(((const PlanOrder *) a)->key, ((const PlanOrder *) b)->key);
}

static PlanKeyMap *
read_orders(PlanModel *model, const char *sql)
{
	Reader		reader;
	int32		capacity = 0;
	PlanKeyMap *map = oms_keymap_create(CurrentMemoryContext);

	open_query(&reader, "orders_sql", sql, orders_columns, lengthof(orders_columns));
	while (next_row(&reader))
	{
		PlanOrder  *order;

		model->orders = grow(model, model->orders, model->norders, &capacity, sizeof(PlanOrder));
		order = &model->orders[model->norders++];
		memset(order, 0, sizeof(PlanOrder));
		order->key = keep_text(model, reader.values[0].text);
		order->priority = number(&reader, 1, 2);
		order->has_position = !reader.values[2].isnull;
		order->position = reader.values[2].place;
		order->max_shipments = number(&reader, 3, PG_INT32_MAX);
		order->ship_complete = number(&reader, 4, false);
		order->sequence = number(&reader, 5, PG_INT64_MAX);
	}
	close_query(&reader);

	if (model->norders > 0)
		qsort(model->orders, model->norders, sizeof(PlanOrder), compare_orders);
	for (int32 i = 0; i < model->norders; i++)
	{
		if (i > 0 && strcmp(model->orders[i].key, model->orders[i - 1].key) == 0)
			refuse_duplicate("orders_sql", "Column \"order_id\"",
							 psprintf("order_id \"%s\"", model->orders[i].key));
		oms_keymap_add(map, model->orders[i].key, i);
	}
	return map;
}

static int
compare_lines(const void *a, const void *b)
{
	const PlanLine *x = a;
	const PlanLine *y = b;

	if (x->order != y->order)
		return x->order < y->order ? -1 : 1;
	return x->line_no < y->line_no ? -1 : x->line_no > y->line_no;
}

static int
compare_keys(const void *a, const void *b)
{
	return strcmp(*(const char *const *) a, *(const char *const *) b);
}

/* index_skus sorts the skus and gives the lines their sorted indexes; returns the new map. */
static PlanKeyMap *
index_skus(PlanModel *model)
{
	PlanKeyMap *map = oms_keymap_create(CurrentMemoryContext);
	const char **unsorted = palloc_extended(sizeof(char *) * Max(model->nskus, 1),
											MCXT_ALLOC_HUGE);

	if (model->nskus > 0)
	{
		memcpy(unsorted, model->skus, sizeof(char *) * model->nskus);
		qsort(model->skus, model->nskus, sizeof(char *), compare_keys);
	}
	for (int32 i = 0; i < model->nskus; i++)
		oms_keymap_add(map, model->skus[i], i);
	for (int32 i = 0; i < model->nlines; i++)
		model->lines[i].sku = oms_keymap_find(map, unsorted[model->lines[i].sku]);
	pfree(unsorted);
	return map;
}

static PlanKeyMap *
read_lines(PlanModel *model, const char *sql, PlanKeyMap *orders, PlanKeyMap *locations)
{
	Reader		reader;
	int32		capacity = 0;
	int32		sku_capacity = 0;
	int32		groups = 0;
	PlanKeyMap *skus = oms_keymap_create(CurrentMemoryContext);
	PlanKeyMap *together = oms_keymap_create(CurrentMemoryContext);

	open_query(&reader, "lines_sql", sql, lines_columns, lengthof(lines_columns));
	if (model->options.min_shipment_value > 0 && reader.attnos[6] == 0)
		ereport(ERROR,
				(errcode(OMS_ERR_PLAN_INPUT),
				 errmsg("lines_sql: column \"unit_value\" is missing"),
				 errdetail("Option min_shipment_value needs it."),
				 errhint("Return the value of a unit with each line, or leave the option out.")));
	while (next_row(&reader))
	{
		int32		order = oms_keymap_find(orders, reader.values[0].text);
		PlanLine   *line;

		if (order == PLAN_NOWHERE)
			refuse(&reader, "order_id", "names an order that orders_sql does not return");
		if (model->options.min_shipment_value > 0 && reader.values[6].isnull)
			refuse(&reader, "unit_value", "is null, and option min_shipment_value needs it");
		model->lines = grow(model, model->lines, model->nlines, &capacity, sizeof(PlanLine));
		line = &model->lines[model->nlines++];
		memset(line, 0, sizeof(PlanLine));
		line->order = order;
		line->line_no = number(&reader, 1, 0);
		line->quantity = number(&reader, 3, 0);
		line->unfilled_cost = number(&reader, 4, 0);
		line->unit_value = number(&reader, 6, 0);
		line->planned_at = reader.values[7].isnull ? PLAN_NOWHERE :
			oms_keymap_find(locations, reader.values[7].text);
		if (!reader.values[5].isnull && reader.values[5].text[0] != '\0')
		{
			line->together = oms_keymap_find(together, reader.values[5].text);
			if (line->together == PLAN_NOWHERE)
			{
				line->together = ++groups;
				oms_keymap_add(together, keep_text(model, reader.values[5].text), groups);
			}
		}
		line->sku = oms_keymap_find(skus, reader.values[2].text);
		if (line->sku == PLAN_NOWHERE)
		{
			line->sku = model->nskus;
			model->skus = grow(model, model->skus, model->nskus, &sku_capacity, sizeof(char *));
			model->skus[model->nskus] = keep_text(model, reader.values[2].text);
			oms_keymap_add(skus, model->skus[model->nskus], model->nskus);
			model->nskus++;
		}
	}
	if (model->nlines == 0 && model->norders > 0)
		refuse_no_rows(&reader, "Return the lines of the orders.");
	close_query(&reader);

	if (model->nlines > 0)
		qsort(model->lines, model->nlines, sizeof(PlanLine), compare_lines);
	for (int32 i = 0; i < model->nlines; i++)
	{
		PlanLine   *line = &model->lines[i];
		PlanOrder  *order = &model->orders[line->order];

		if (i > 0 && compare_lines(line, line - 1) == 0)
			refuse_duplicate("lines_sql", "Columns \"order_id\" and \"line_no\" together",
							 psprintf("order_id \"%s\", line_no %d", order->key, line->line_no));
		if (order->nlines++ == 0)
		{
			order->first_line = i;
			order->kept = true;
		}
		order->kept &= line->planned_at != PLAN_NOWHERE;
	}
	return index_skus(model);
}

static int
compare_cells(const void *a, const void *b)
{
	const PlanCell *x = a;
	const PlanCell *y = b;

	if (x->sku != y->sku)
		return x->sku < y->sku ? -1 : 1;
	return x->location < y->location ? -1 : x->location > y->location;
}

static void
read_stock(PlanModel *model, const char *sql, PlanKeyMap *skus, PlanKeyMap *locations)
{
	Reader		reader;
	int32		capacity = 0;

	open_query(&reader, "stock_sql", sql, stock_columns, lengthof(stock_columns));
	while (next_row(&reader))
	{
		int32		sku = oms_keymap_find(skus, reader.values[0].text);
		int32		location = oms_keymap_find(locations, reader.values[1].text);
		PlanCell   *cell;

		if (sku == PLAN_NOWHERE || location == PLAN_NOWHERE)
			continue;
		model->cells = grow(model, model->cells, model->ncells, &capacity, sizeof(PlanCell));
		cell = &model->cells[model->ncells++];
		cell->sku = sku;
		cell->location = location;
		cell->available = number(&reader, 2, 0);
		cell->scarcity_cost = number(&reader, 3, 0);
	}
	if (reader.rows == 0 && model->norders > 0)
		refuse_no_rows(&reader, "Return a row with available 0 when everything is sold out.");
	close_query(&reader);

	if (model->ncells > 0)
		qsort(model->cells, model->ncells, sizeof(PlanCell), compare_cells);
	model->sku_cells = oms_model_alloc(model, model->nskus + 1, sizeof(int32));
	for (int32 i = 0; i < model->ncells; i++)
	{
		PlanCell   *cell = &model->cells[i];

		if (i > 0 && compare_cells(cell, cell - 1) == 0)
			refuse_duplicate("stock_sql", "Columns \"sku\" and \"location\" together",
							 psprintf("sku \"%s\", location \"%s\"", model->skus[cell->sku],
									  model->locations[cell->location].key));
		model->sku_cells[cell->sku + 1] = i + 1;
	}
	for (int32 s = 0; s < model->nskus; s++)
		model->sku_cells[s + 1] = Max(model->sku_cells[s + 1], model->sku_cells[s]);
}

static int
compare_pairs(const void *a, const void *b)
{
	const PlanPair *x = a;
	const PlanPair *y = b;

	if (x->order != y->order)
		return x->order < y->order ? -1 : 1;
	return x->location < y->location ? -1 : x->location > y->location;
}

static void
read_shipment_costs(PlanModel *model, const char *sql, PlanKeyMap *orders, PlanKeyMap *locations)
{
	Reader		reader;
	int32		capacity = 0;

	model->pairs = grow(model, NULL, 0, &capacity, sizeof(PlanPair));
	open_query(&reader, "shipment_cost_sql", sql, shipment_cost_columns,
			   lengthof(shipment_cost_columns));
	while (next_row(&reader))
	{
		int32		order = oms_keymap_find(orders, reader.values[0].text);
		int32		location = oms_keymap_find(locations, reader.values[1].text);
		PlanPair   *pair;

		if (order == PLAN_NOWHERE || location == PLAN_NOWHERE)
			continue;
		model->pairs = grow(model, model->pairs, model->npairs, &capacity, sizeof(PlanPair));
		pair = &model->pairs[model->npairs++];
		pair->order = order;
		pair->location = location;
		pair->cost = number(&reader, 2, 0);
		pair->late_seconds = number(&reader, 3, 0);
	}
	if (reader.rows == 0 && model->norders > 0)
		refuse_no_rows(&reader, "Its pairs are the only candidates; pass NULL to take the costs from the options.");
	close_query(&reader);

	qsort(model->pairs, model->npairs, sizeof(PlanPair), compare_pairs);
	for (int32 i = 1; i < model->npairs; i++)
		if (compare_pairs(&model->pairs[i], &model->pairs[i - 1]) == 0)
			refuse_duplicate("shipment_cost_sql", "Columns \"order_id\" and \"location\" together",
							 psprintf("order_id \"%s\", location \"%s\"",
									  model->orders[model->pairs[i].order].key,
									  model->locations[model->pairs[i].location].key));
}

static int
compare_line_costs(const void *a, const void *b)
{
	const PlanLineCost *x = a;
	const PlanLineCost *y = b;

	if (x->line != y->line)
		return x->line < y->line ? -1 : 1;
	return x->location < y->location ? -1 : x->location > y->location;
}

/* The index of (order, line_no), PLAN_NOWHERE when there is no such line. */
static int32
find_line(const PlanModel *model, int32 order, int64 line_no)
{
	const PlanOrder *o = &model->orders[order];

	for (int32 i = o->first_line; i < o->first_line + o->nlines; i++)
		if (model->lines[i].line_no == line_no)
			return i;
	return PLAN_NOWHERE;
}

static void
read_line_costs(PlanModel *model, const char *sql, PlanKeyMap *orders, PlanKeyMap *locations)
{
	Reader		reader;
	int32		capacity = 0;

	model->line_costs = grow(model, NULL, 0, &capacity, sizeof(PlanLineCost));
	open_query(&reader, "line_cost_sql", sql, line_cost_columns, lengthof(line_cost_columns));
	while (next_row(&reader))
	{
		int32		order = oms_keymap_find(orders, reader.values[0].text);
		int32		location = oms_keymap_find(locations, reader.values[2].text);
		int32		line = order == PLAN_NOWHERE ? PLAN_NOWHERE :
			find_line(model, order, reader.values[1].number);
		PlanLineCost *cost;

		if (line == PLAN_NOWHERE || location == PLAN_NOWHERE)
			continue;
		model->line_costs = grow(model, model->line_costs, model->nline_costs, &capacity,
								 sizeof(PlanLineCost));
		cost = &model->line_costs[model->nline_costs++];
		cost->line = line;
		cost->location = location;
		cost->cost = number(&reader, 3, 0);
	}
	if (reader.rows == 0 && model->norders > 0)
		refuse_no_rows(&reader, "Its pairs are the only candidates; pass NULL to take the costs from locations_sql.");
	close_query(&reader);

	qsort(model->line_costs, model->nline_costs, sizeof(PlanLineCost), compare_line_costs);
	for (int32 i = 1; i < model->nline_costs; i++)
		if (compare_line_costs(&model->line_costs[i], &model->line_costs[i - 1]) == 0)
		{
			PlanLine   *line = &model->lines[model->line_costs[i].line];

			refuse_duplicate("line_cost_sql",
							 "Columns \"order_id\", \"line_no\" and \"location\" together",
							 psprintf("order_id \"%s\", line_no %d, location \"%s\"",
									  model->orders[line->order].key, line->line_no,
									  model->locations[model->line_costs[i].location].key));
		}
}

static void
read_capacity(PlanModel *model, const char *sql, PlanKeyMap *locations)
{
	static const char *const measures[] = {"orders", "lines", "units", "minutes"};
	Reader		reader;
	bool	   *seen = palloc0(sizeof(bool) * lengthof(measures) * Max(model->nlocations, 1));

	open_query(&reader, "capacity_sql", sql, capacity_columns, lengthof(capacity_columns));
	while (next_row(&reader))
	{
		int32		location = oms_keymap_find(locations, reader.values[0].text);
		int64		limit = reader.values[2].number;
		int64	   *capacity;
		int			m;

		for (m = 0; m < lengthof(measures); m++)
			if (strcmp(reader.values[1].text, measures[m]) == 0)
				break;
		if (m == lengthof(measures))
			refuse(&reader, "measure", "must be orders, lines, units or minutes");
		if (m == 3 && !model->has_work)
			refuse(&reader, "measure",
				   "is minutes, and locations_sql has no column minutes_per_order, minutes_per_line or minutes_per_unit");
		if (m == 3)
		{
			if (limit > PLAN_MAX_MINUTES)
				refuse(&reader, "limit", psprintf("is out of range: at most %lld minutes",
												  (long long) PLAN_MAX_MINUTES));
			limit *= 60;
		}
		if (location == PLAN_NOWHERE)
			continue;
		if (seen[location * lengthof(measures) + m])
			refuse_duplicate("capacity_sql", "Columns \"location\" and \"measure\" together",
							 row_key(&reader));
		seen[location * lengthof(measures) + m] = true;
		capacity = m == 0 ? &model->locations[location].capacity.orders :
			m == 1 ? &model->locations[location].capacity.lines :
			m == 2 ? &model->locations[location].capacity.units :
			&model->locations[location].capacity.seconds;
		*capacity = Min(*capacity, limit);
	}
	close_query(&reader);
}

/*
 * oms_plan_read fills the model from the queries; the transaction is read-only
 * meanwhile. Raises OM012 for whatever a query returns that does not fit.
 */
void
oms_plan_read(PlanModel *model, const PlanQueries *queries)
{
	bool		read_only = XactReadOnly;

	oms_spi_connect();
	XactReadOnly = true;
	PG_TRY();
	{
		PlanKeyMap *orders = read_orders(model, queries->orders);
		PlanKeyMap *locations = read_locations(model, queries->locations);
		PlanKeyMap *skus = read_lines(model, queries->lines, orders, locations);

		read_stock(model, queries->stock, skus, locations);
		if (queries->shipment_cost != NULL)
			read_shipment_costs(model, queries->shipment_cost, orders, locations);
		if (queries->line_cost != NULL)
			read_line_costs(model, queries->line_cost, orders, locations);
		if (queries->capacity != NULL)
			read_capacity(model, queries->capacity, locations);
	}
	PG_FINALLY();
	{
		XactReadOnly = read_only;
	}
	PG_END_TRY();
	oms_spi_finish();
}
