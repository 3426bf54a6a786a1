/*
 * availability.c
 *		What a channel may sell: ATP now, for one sku or many, and by location.
 *
 * One reading, oms_cells, answers the page and is what reserve chooses locations by:
 *
 *		free(sku, location) = max(0, available - withheld(safety stock, on_hand))
 *		ATP = max(0, sum of free over the group's open locations - buffer)
 *
 * available is exact in the snapshot of the query, and counts expired holds as free. For
 * a later moment projection.c adds what is incoming to the cells.
 * A location is open when it is active and may do what the method needs.
 *
 * Reads channel, item, location, location_group_member and the view inventory. No locks.
 */
#include "postgres.h"

#include <math.h>

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "common/int.h"
#include "funcapi.h"
#include "utils/array.h"
#include "utils/timestamp.h"

#include "availability/availability.h"
#include "availability/projection.h"
#include "row.h"

PG_FUNCTION_INFO_V1(oms_available);
PG_FUNCTION_INFO_V1(oms_atp);
PG_FUNCTION_INFO_V1(oms_atp_many);
PG_FUNCTION_INFO_V1(oms_atp_by_location);

static OmsPlan has_account = {
	"SELECT EXISTS (SELECT FROM oms.stock_account a WHERE a.sku OPERATOR(pg_catalog.=) $1) "
	"OR EXISTS (SELECT FROM oms.stock_delta d WHERE d.sku OPERATOR(pg_catalog.=) $1) "
	"OR EXISTS (SELECT FROM oms.incoming_row i WHERE i.sku OPERATOR(pg_catalog.=) $1 "
	"AND i.status OPERATOR(pg_catalog.=) 'open')",
	1, {"pg_catalog.text"}
};

#define OPEN_LOCATIONS \
	"oms.location_group_member m JOIN oms.location l " \
	"ON l.location OPERATOR(pg_catalog.=) m.location " \
	"AND l.status OPERATOR(pg_catalog.=) 'active' " \
	"AND CASE WHEN $2 THEN l.can_pickup ELSE l.can_ship END"

static OmsPlan select_first_open_location = {
	"SELECT m.location FROM " OPEN_LOCATIONS " WHERE m.location_group OPERATOR(pg_catalog.=) $1 "
	"ORDER BY m.sequence, m.location LIMIT 1",
	2, {"pg_catalog.text", "pg_catalog.bool"}
};

/* OFFSET 0 keeps the sku inside the view, where it reaches the indexes. */
static OmsPlan select_cells = {
	"SELECT u.n::pg_catalog.int4, i.location, m.sequence, l.coordinates, i.on_hand, i.unavailable, "
	"i.reserved, i.expired::pg_catalog.int8, i.available::pg_catalog.int8 "
	"FROM pg_catalog.unnest($3) WITH ORDINALITY AS u (sku, n) "
	"CROSS JOIN LATERAL (SELECT v.* FROM oms.inventory v WHERE v.sku OPERATOR(pg_catalog.=) u.sku OFFSET 0) i "
	"JOIN (" OPEN_LOCATIONS ") ON m.location OPERATOR(pg_catalog.=) i.location "
	"WHERE m.location_group OPERATOR(pg_catalog.=) $1 "
	"ORDER BY u.n, m.sequence, i.location",
	3, {"pg_catalog.text", "pg_catalog.bool", "pg_catalog._text"}
};

static OmsPlan select_available = {
	"SELECT i.available::pg_catalog.int8 FROM oms.inventory i "
	"WHERE i.sku OPERATOR(pg_catalog.=) $1 AND i.location OPERATOR(pg_catalog.=) $2",
	2, {"pg_catalog.text", "pg_catalog.text"}
};

static Datum
text_array(int n, text **texts)
{
	Datum	   *elements = palloc(sizeof(Datum) * Max(1, n));

	for (int i = 0; i < n; i++)
		elements[i] = PointerGetDatum(texts[i]);
	return PointerGetDatum(construct_array(elements, n, TEXTOID, -1, false, TYPALIGN_INT));
}

/* oms_arg_method returns a method argument: ship or pickup, else 22023. */
OmsMethod
oms_arg_method(FunctionCallInfo fcinfo, int argno)
{
	char	   *method;

	oms_require_not_null(fcinfo, argno, "method");
	method = text_to_cstring(PG_GETARG_TEXT_PP(argno));
	if (strcmp(method, "ship") == 0)
		return OMS_SHIP;
	if (strcmp(method, "pickup") == 0)
		return OMS_PICKUP;
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("unknown method \"%s\"", method),
			 errhint("Methods are ship and pickup.")));
}

/* oms_method_name is the method's name in SQL. */
const char *
oms_method_name(OmsMethod method)
{
	return method == OMS_PICKUP ? "pickup" : "ship";
}

static bool
is_active(Datum status)
{
	text	   *value = DatumGetTextPP(status);

	return VARSIZE_ANY_EXHDR(value) == 6 && memcmp(VARDATA_ANY(value), "active", 6) == 0;
}

static text *
spi_text_copy(int column, MemoryContext context)
{
	bool		isnull;
	Datum		value = oms_spi_value(0, column, &isnull);
	MemoryContext old;
	text	   *copy;

	if (isnull)
		return NULL;
	old = MemoryContextSwitchTo(context);
	copy = DatumGetTextPCopy(value);
	MemoryContextSwitchTo(old);
	return copy;
}

/* column returns a column of a row, which is a table's own: by its place in tables.sql. */
static Datum
column(HeapTuple row, TupleDesc desc, int attno, bool *isnull)
{
	return heap_getattr(row, attno, desc, isnull);
}

/* oms_channel reads a channel; OM004 when it is unknown. */
OmsChannel *
oms_channel(text *channel)
{
	OmsChannel *result = palloc0(sizeof(OmsChannel));
	Datum		key = PointerGetDatum(channel);
	TupleDesc	desc;
	HeapTuple	row = oms_row_by_key("channel", 1, &key, &desc);
	bool		isnull;
	Datum		value;

	if (row == NULL)
		ereport(ERROR,
				(errcode(OMS_ERR_UNKNOWN_KEY),
				 errmsg("channel \"%s\" is unknown", text_to_cstring(channel)),
				 errhint("Call oms.add_channel first.")));
	result->channel = channel;
	result->group[OMS_SHIP] = DatumGetTextPP(column(row, desc, 2, &isnull));
	value = column(row, desc, 3, &isnull);
	result->group[OMS_PICKUP] = isnull ? NULL : DatumGetTextPP(value);
	result->safety = *DatumGetSafetyStockP(column(row, desc, 4, &isnull));
	result->buffer = DatumGetInt64(column(row, desc, 5, &isnull));
	result->active = is_active(column(row, desc, 6, &isnull));
	return result;
}

/* oms_items reads what is known of n skus, in their order. */
OmsItem *
oms_items(int n, text **skus)
{
	OmsItem    *items = palloc0(sizeof(OmsItem) * Max(1, n));

	for (int i = 0; i < n; i++)
	{
		Datum		key = PointerGetDatum(skus[i]);
		TupleDesc	desc;
		HeapTuple	row = oms_row_by_key("item", 1, &key, &desc);
		bool		isnull;
		Datum		maximum;

		if (row != NULL)
		{
			items[i].known = true;
			items[i].tracked = DatumGetBool(column(row, desc, 5, &isnull));
			items[i].quantity_minimum = DatumGetInt64(column(row, desc, 6, &isnull));
			maximum = column(row, desc, 7, &isnull);
			items[i].quantity_maximum = isnull ? PG_INT64_MAX : DatumGetInt64(maximum);
			items[i].quantity_step = DatumGetInt64(column(row, desc, 8, &isnull));
			heap_freetuple(row);
			continue;
		}
		oms_spi_connect();
		(void) oms_spi_execute(&has_account, &key, NULL, true);
		items[i].known = DatumGetBool(oms_spi_value(0, 1, &isnull));
		oms_spi_finish();
		items[i].tracked = true;
		items[i].quantity_minimum = items[i].quantity_step = 1;
		items[i].quantity_maximum = PG_INT64_MAX;
	}
	return items;
}

/* oms_raise_unknown_sku raises OM004. */
void
oms_raise_unknown_sku(text *sku)
{
	ereport(ERROR,
			(errcode(OMS_ERR_UNKNOWN_KEY),
			 errmsg("sku \"%s\" is unknown", text_to_cstring(sku)),
			 errdetail("It has neither an item nor stock at any location."),
			 errhint("Call oms.receive or oms.add_item first.")));
}

/* oms_location_open says whether the channel may use the location for the method now. */
bool
oms_location_open(const OmsChannel *channel, OmsMethod method, text *location)
{
	Datum		keys[2];
	TupleDesc	desc;
	HeapTuple	row;
	bool		isnull;

	if (!channel->active || channel->group[method] == NULL)
		return false;
	keys[0] = PointerGetDatum(channel->group[method]);
	keys[1] = PointerGetDatum(location);
	if (oms_row_by_key("location_group_member", 2, keys, &desc) == NULL)
		return false;
	row = oms_row_by_key("location", 1, &keys[1], &desc);
	return row != NULL && is_active(column(row, desc, 5, &isnull)) &&
		DatumGetBool(column(row, desc, method == OMS_PICKUP ? 7 : 6, &isnull));
}

/* oms_first_open_location is the first location that the channel may use for the method, or NULL. */
text *
oms_first_open_location(const OmsChannel *channel, OmsMethod method)
{
	MemoryContext caller = CurrentMemoryContext;
	text	   *location = NULL;
	Datum		values[2];

	if (!channel->active || channel->group[method] == NULL)
		return NULL;
	values[0] = PointerGetDatum(channel->group[method]);
	values[1] = BoolGetDatum(method == OMS_PICKUP);
	oms_spi_connect();
	if (oms_spi_execute(&select_first_open_location, values, NULL, true) > 0)
		location = spi_text_copy(1, caller);
	oms_spi_finish();
	return location;
}

/*
 * oms_cells reads the cells of n skus at the locations that are open to the channel for
 * the method, by sku, then by the group's sequence; returns their number. It reads
 * what the caller's query sees, or, with latest, what is committed now.
 */
int
oms_cells(const OmsChannel *channel, OmsMethod method, int n, text **skus,
		  const OmsLatLon *ship_to, bool latest, OmsCell **cells)
{
	MemoryContext caller = CurrentMemoryContext;
	Datum		values[3];
	uint64		rows;

	*cells = NULL;
	if (!channel->active || channel->group[method] == NULL)
		return 0;
	values[0] = PointerGetDatum(channel->group[method]);
	values[1] = BoolGetDatum(method == OMS_PICKUP);
	values[2] = text_array(n, skus);
	oms_spi_connect();
	rows = latest ? oms_spi_execute_latest(&select_cells, values, NULL) :
		oms_spi_execute(&select_cells, values, NULL, true);
	*cells = MemoryContextAllocHuge(caller, sizeof(OmsCell) * Max(1, rows));
	for (uint64 row = 0; row < rows; row++)
	{
		OmsCell    *cell = &(*cells)[row];
		MemoryContext old;
		bool		isnull;
		Datum		value;
		int64		available;

		cell->sku = DatumGetInt32(oms_spi_value(row, 1, &isnull)) - 1;
		old = MemoryContextSwitchTo(caller);
		cell->location = DatumGetTextPCopy(oms_spi_value(row, 2, &isnull));
		MemoryContextSwitchTo(old);
		cell->sequence = DatumGetInt32(oms_spi_value(row, 3, &isnull));
		value = oms_spi_value(row, 4, &isnull);
		cell->distance_km = ship_to == NULL || isnull ? INFINITY :
			oms_latlon_distance_km(ship_to, DatumGetLatLonP(value));
		cell->on_hand = oms_spi_int64(row, 5);
		cell->unavailable = oms_spi_int64(row, 6);
		cell->reserved = oms_spi_int64(row, 7);
		cell->expired = oms_spi_int64(row, 8);
		available = oms_spi_int64(row, 9);
		cell->safety_stock = oms_safety_stock_withheld(&channel->safety, cell->on_hand);
		cell->free = available > cell->safety_stock ? available - cell->safety_stock : 0;
	}
	oms_spi_finish();
	return rows;
}

/*
 * oms_atp_of is the ATP of one of the skus of a reading; of an untracked one the largest
 * bigint, if any location is open for the method.
 */
int64
oms_atp_of(const OmsChannel *channel, OmsMethod method, const OmsItem *item, int sku, int ncells,
		   const OmsCell *cells)
{
	int64		atp = 0;

	if (!item->tracked)
		return ncells > 0 || oms_first_open_location(channel, method) != NULL ? PG_INT64_MAX : 0;
	for (int i = 0; i < ncells; i++)
		if (cells[i].sku == sku && pg_add_s64_overflow(atp, cells[i].free, &atp))
			return PG_INT64_MAX;
	return Max(0, atp - channel->buffer);
}

/*
 * oms_available(sku, location) is on_hand - live reserved, negative after a loss: a
 * bigint, 0 when the location does not carry the sku.
 */
Datum
oms_available(PG_FUNCTION_ARGS)
{
	Datum		values[2];
	int64		available = 0;

	values[0] = PointerGetDatum(oms_arg_key(fcinfo, 0, "sku"));
	values[1] = PointerGetDatum(oms_arg_key(fcinfo, 1, "location"));
	oms_spi_connect();
	if (oms_spi_execute(&select_available, values, NULL, true) > 0)
		available = oms_spi_int64(0, 1);
	oms_spi_finish();
	PG_RETURN_INT64(available);
}

/*
 * oms_atp(channel, sku, method, at) is what the channel may sell, now or at a moment: a
 * bigint, the largest for an untracked sku. Raises OM004 for an unknown channel or sku.
 */
Datum
oms_atp(PG_FUNCTION_ARGS)
{
	OmsChannel *channel = oms_channel(oms_arg_key(fcinfo, 0, "channel"));
	text	   *sku = oms_arg_key(fcinfo, 1, "sku");
	OmsMethod	method = oms_arg_method(fcinfo, 2);
	OmsItem    *item = oms_items(1, &sku);
	OmsCell    *cells;
	int			ncells;

	if (!item->known)
		oms_raise_unknown_sku(sku);
	ncells = oms_cells(channel, method, 1, &sku, NULL, false, &cells);
	if (!PG_ARGISNULL(3))
		oms_project(channel, method, 1, &sku, PG_GETARG_TIMESTAMPTZ(3), false, &ncells, &cells);
	PG_RETURN_INT64(oms_atp_of(channel, method, item, 0, ncells, cells));
}

/* oms_atp_many(channel, skus, method, at): a row (sku, atp) per element; NULL for an unknown sku. */
Datum
oms_atp_many(PG_FUNCTION_ARGS)
{
	OmsChannel *channel = oms_channel(oms_arg_key(fcinfo, 0, "channel"));
	text	  **skus;
	int			n = oms_arg_keys(fcinfo, 1, "skus", &skus);
	OmsMethod	method = oms_arg_method(fcinfo, 2);
	OmsItem    *items = oms_items(n, skus);
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	OmsCell    *cells;
	int			ncells;
	int			first = 0;

	InitMaterializedSRF(fcinfo, 0);
	ncells = oms_cells(channel, method, n, skus, NULL, false, &cells);
	if (!PG_ARGISNULL(3))
		oms_project(channel, method, n, skus, PG_GETARG_TIMESTAMPTZ(3), false, &ncells, &cells);
	for (int i = 0; i < n; i++)
	{
		int			end = first;
		Datum		values[2];
		bool		nulls[2] = {false, !items[i].known};

		while (end < ncells && cells[end].sku == i)
			end++;
		values[0] = PointerGetDatum(skus[i]);
		values[1] = Int64GetDatum(oms_atp_of(channel, method, &items[i], i, end - first,
											 cells + first));
		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
		first = end;
	}
	return (Datum) 0;
}

/*
 * oms_atp_by_location(channel, sku, method, near): a row per open location that carries
 * the sku, in the group's sequence.
 */
Datum
oms_atp_by_location(PG_FUNCTION_ARGS)
{
	OmsChannel *channel = oms_channel(oms_arg_key(fcinfo, 0, "channel"));
	text	   *sku = oms_arg_key(fcinfo, 1, "sku");
	OmsMethod	method = oms_arg_method(fcinfo, 2);
	OmsLatLon  *near = PG_ARGISNULL(3) ? NULL : PG_GETARG_LATLON_P(3);
	OmsItem    *item = oms_items(1, &sku);
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	OmsCell    *cells;
	int			ncells;

	if (!item->known)
		oms_raise_unknown_sku(sku);
	InitMaterializedSRF(fcinfo, 0);
	ncells = oms_cells(channel, method, 1, &sku, near, false, &cells);
	for (int i = 0; i < ncells; i++)
	{
		OmsCell    *cell = &cells[i];
		Datum		values[8];
		bool		nulls[8] = {0};

		values[0] = PointerGetDatum(cell->location);
		values[1] = Int64GetDatum(cell->on_hand);
		values[2] = Int64GetDatum(cell->unavailable);
		values[3] = Int64GetDatum(cell->reserved);
		values[4] = Int64GetDatum(cell->expired);
		values[5] = Int64GetDatum(cell->safety_stock);
		values[6] = Int64GetDatum(item->tracked ? cell->free : PG_INT64_MAX);
		values[7] = Float8GetDatum(cell->distance_km);
		nulls[7] = isinf(cell->distance_km);
		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
	return (Datum) 0;
}
