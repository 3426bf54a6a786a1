/*
 * cancel.c
 *		What is wanted no more, or otherwise: orders and lines cancelled in any state that allows it,
 *		the rest of a fulfillment cancelled (nobody came for it, say), quantities and
 *		destinations changed; with all that it touches, in one transaction.
 *
 * Units of a line are given up in the order of what costs least: those that nothing is
 * reserved for, backordered ones, held ones that are not assigned, then work: assigned,
 * accepted, being picked, packed, ready. What is cancelled is counted in order_line_row;
 * an order of which nothing is left is cancelled. A kit's line is cancelled whole.
 *
 * Invariants: reserved + consumed + backordered of a line is at most quantity - cancelled.
 *
 * Locks, in this order: those of work.c; backorders; those of order_units.c.
 *
 * The SQL texts here are run by SECURITY DEFINER functions that are pinned to search_path
 * pg_catalog, pg_temp, so that operators need no schema.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "funcapi.h"
#include "utils/array.h"
#include "utils/timestamp.h"

#include "fulfillment/fulfillment.h"
#include "orders/orders.h"
#include "reservation/reservation.h"
#include "type/latlon.h"

PG_FUNCTION_INFO_V1(oms_cancel_line);
PG_FUNCTION_INFO_V1(oms_cancel_fulfillment);
PG_FUNCTION_INFO_V1(oms_cancel_fulfillment_many);
PG_FUNCTION_INFO_V1(oms_change_quantity);
PG_FUNCTION_INFO_V1(oms_change_destination);

/* Units of a line that can be given up. */
typedef struct Source
{
	char	   *was;			/* unfilled, backordered, reserved, or the fulfillment's status */
	int64		fulfillment_id; /* 0: none */
	OmsOrderUnits units;
} Source;

/* A line, its order locked. */
typedef struct Line
{
	text	   *order_id;
	int32		line_no;
	text	   *sku;
	int64		left;			/* units neither cancelled nor consumed */
	bool		kit;
} Line;

static OmsPlan lock_order = {
	"SELECT o.status, o.method, o.channel FROM oms.order_row o WHERE o.order_id = $1 FOR NO KEY UPDATE",
	1, {"text"}
};

static OmsPlan select_line = {
	"SELECT l.sku, l.quantity - l.cancelled - l.consumed, l.unfilled - l.backordered, l.backordered, "
	"EXISTS (SELECT FROM oms.kit_component k WHERE k.kit = l.sku) OR EXISTS (SELECT FROM oms.reservation_row r "
	"WHERE r.order_id = $1 AND r.line_no = $2 AND r.kit IS NOT NULL), l.quantity - l.cancelled "
	"FROM oms.order_line l WHERE l.order_id = $1 AND l.line_no = $2",
	2, {"text", "int4"}
};

/* What is held of a line, free or for work, by what costs least to give up. */
static OmsPlan select_held = {
	"WITH work AS (SELECT f.fulfillment_id, f.location, f.status, l.sku, "
	"l.quantity - l.rejected - l.cancelled - l.shipped AS units FROM oms.fulfillment_row f "
	"JOIN oms.fulfillment_line_row l ON l.order_id = f.order_id AND l.fulfillment_id = f.fulfillment_id "
	"WHERE f.order_id = $1 AND l.line_no = $2 AND f.status IN ('assigned', 'accepted', 'picking', 'packed', 'ready') "
	"AND l.quantity > l.rejected + l.cancelled + l.shipped), "
	"held AS (SELECT r.location, r.sku, sum(r.quantity - r.consumed)::int8 AS units FROM oms.reservation_row r "
	"WHERE r.order_id = $1 AND r.line_no = $2 AND r.status = 'firm' GROUP BY 1, 2) "
	"SELECT s.* FROM (SELECT 'reserved' AS was, NULL::int8 AS id, h.location, h.sku, "
	"h.units - COALESCE((SELECT sum(w.units) FROM work w WHERE w.location = h.location AND w.sku = h.sku), 0)::int8 "
	"AS units, 0 AS n FROM held h UNION ALL SELECT w.status, w.fulfillment_id, w.location, w.sku, w.units, "
	"array_position('{assigned,accepted,picking,packed,ready}', w.status) FROM work w) s "
	"WHERE s.units > 0 ORDER BY s.n, s.location, s.sku",
	2, {"text", "int4"}
};

/* Of a kit's components all count as many kits. */
static OmsPlan add_cancelled = {
	"UPDATE oms.order_line_row l SET cancelled = l.cancelled + c.units FROM (SELECT s.order_id, s.line_no, "
	"max(s.units) AS units FROM (SELECT u.order_id, u.line_no, sum(u.units) / COALESCE((SELECT r.kit_quantity "
	"FROM oms.reservation_row r WHERE r.order_id = u.order_id AND r.line_no = u.line_no AND r.sku = u.sku "
	"AND r.kit IS NOT NULL LIMIT 1), 1) AS units FROM ROWS FROM (unnest($1), unnest($2), unnest($3), unnest($4)) "
	"AS u (order_id, line_no, sku, units) GROUP BY u.order_id, u.line_no, u.sku) s GROUP BY 1, 2) c "
	"WHERE l.order_id = c.order_id AND l.line_no = c.line_no",
	4, {"_text", "_int4", "_text", "_int8"}
};

static OmsPlan close_orders = {
	"UPDATE oms.order_row o SET status = 'cancelled', cancelled_at = clock_timestamp(), cancelled_by = $2, "
	"cancel_reason = $3 WHERE o.order_id = ANY ($1) AND o.status = 'open' AND NOT EXISTS (SELECT "
	"FROM oms.order_line_row l WHERE l.order_id = o.order_id AND l.cancelled < l.quantity)",
	3, {"_text", "text", "text"}
};

static OmsPlan raise_quantity = {
	"UPDATE oms.order_line_row l SET quantity = l.quantity + $3 WHERE l.order_id = $1 AND l.line_no = $2",
	3, {"text", "int4", "int8"}
};

static OmsPlan select_terms = {
	"SELECT o.channel, o.method = 'pickup', o.priority, o.reference, COALESCE(l.promise_at, o.promise_at), "
	"l.location, o.ship_to FROM oms.order_row o JOIN oms.order_line_row l ON l.order_id = o.order_id "
	"WHERE o.order_id = $1 AND l.line_no = $2",
	2, {"text", "int4"}
};

static OmsPlan select_order_work = {
	"SELECT f.fulfillment_id FROM oms.fulfillment_row f WHERE f.order_id = $1 "
	"AND f.status IN ('assigned', 'accepted', 'picking', 'packed', 'ready') ORDER BY f.fulfillment_id",
	1, {"text"}
};

static OmsPlan select_begun = {
	"SELECT f.fulfillment_id, f.status, f.location FROM oms.fulfillment_row f WHERE f.order_id = $1 "
	"AND f.status NOT IN ('assigned', 'accepted', 'rejected', 'superseded', 'cancelled') "
	"ORDER BY f.fulfillment_id LIMIT 1",
	1, {"text"}
};

static OmsPlan set_destination = {
	"UPDATE oms.order_row o SET ship_to = $2 WHERE o.order_id = $1",
	2, {"text", "oms.latlon"}
};

static OmsPlan route_order = {
	"SELECT r.run_id FROM oms.route_one($1, actor => $2) r", 2, {"text", "text"}
};

/* lock_open locks an order that is open; OM004, OM005. Its method, and channel. */
static char *
lock_open(text *order_id)
{
	MemoryContext caller = CurrentMemoryContext;
	Datum		values[1] = {PointerGetDatum(order_id)};
	char	   *method;

	oms_spi_connect();
	if (oms_spi_execute_latest(&lock_order, values, NULL) == 0)
		ereport(ERROR,
				(errcode(OMS_ERR_UNKNOWN_KEY),
				 errmsg("order \"%s\" is unknown", text_to_cstring(order_id))));
	if (strcmp(oms_spi_text(0, 1), "open") != 0)
		ereport(ERROR,
				(errcode(OMS_ERR_ILLEGAL_TRANSITION),
				 errmsg("order \"%s\" is %s", text_to_cstring(order_id), oms_spi_text(0, 1))));
	method = MemoryContextStrdup(caller, oms_spi_text(0, 2));
	oms_spi_finish();
	return method;
}

/* count_cancelled adds units to what is cancelled of their lines, and closes orders of which nothing is left. */
static void
count_cancelled(int n, const OmsOrderUnits *units, text *reason, text *actor)
{
	Datum	   *columns[4];
	Datum		values[4];

	if (n == 0)
		return;
	for (int c = 0; c < 4; c++)
		columns[c] = palloc(sizeof(Datum) * n);
	for (int i = 0; i < n; i++)
	{
		columns[0][i] = PointerGetDatum(units[i].order_id);
		columns[1][i] = Int32GetDatum(units[i].line_no);
		columns[2][i] = PointerGetDatum(units[i].sku);
		columns[3][i] = Int64GetDatum(units[i].units);
	}
	values[0] = oms_text_array(n, columns[0]);
	values[1] = PointerGetDatum(construct_array(columns[1], n, INT4OID, 4, true, TYPALIGN_INT));
	values[2] = oms_text_array(n, columns[2]);
	values[3] = oms_int8_array(n, columns[3]);
	oms_spi_connect();
	oms_spi_execute(&add_cancelled, values, NULL, false);
	values[1] = PointerGetDatum(actor);
	values[2] = PointerGetDatum(reason);
	oms_spi_execute(&close_orders, values, reason == NULL ? "  n" : NULL, false);
	oms_spi_finish();
}

/* cancel_units cancels units of a line of work: those not picked first, then picked, then packed ones. */
static void
cancel_units(OmsWorkLine *line, OmsWork *work, int64 units)
{
	int64		room;

	line->change.cancelled = units;
	room = line->quantity - line->has.rejected - line->has.cancelled - units;
	line->change.picked = Min(0, room - line->has.picked);
	line->change.packed = Min(0, room - line->has.packed);
	work[line->work].counted = true;
	work[line->work].units += units;
}

/* conclude writes lines, status and history of work of which units were cancelled. */
static void
conclude(int nwork, OmsWork *work, int nlines, const OmsWorkLine *lines, text *reason, text *actor)
{
	oms_work_conclude(nwork, work, nlines, lines);
	oms_work_write_lines(nlines, lines, work);
	oms_work_write("cancel", nwork, work, reason, actor);
}

/* -------------------------------------------------------------------------
 * Lines
 * -------------------------------------------------------------------------
 */

/* cancel_work cancels the units of the sources that are work; OM005 where that is illegal. */
static void
cancel_work(const Line *line, int n, const Source *sources, text *reason, text *actor)
{
	int64	   *ids = palloc(sizeof(int64) * Max(1, n));
	OmsWork    *work;
	OmsWorkLine *lines;
	int			nlines;
	int			nids = 0;
	int			nwork = 0;

	for (int s = 0; s < n; s++)
		if (sources[s].fulfillment_id != 0)
			ids[nids++] = sources[s].fulfillment_id;
	if (nids == 0)
		return;
	qsort(ids, nids, sizeof(int64), oms_compare_int64);
	for (int i = 0; i < nids; i++)	/* the components of a kit are of one fulfillment */
		if (i == 0 || ids[i] != ids[i - 1])
			ids[nwork++] = ids[i];
	work = oms_work_read("cancel", nwork, ids);
	nlines = oms_work_lines(nwork, work, &lines);
	for (int s = 0; s < n; s++)
		for (int l = 0; l < nlines; l++)
			if (work[lines[l].work].id == sources[s].fulfillment_id &&
				lines[l].line_no == line->line_no && oms_text_equal(lines[l].sku, sources[s].units.sku))
				cancel_units(&lines[l], work, sources[s].units.units);
	conclude(nwork, work, nlines, lines, reason, actor);
}

static void
put_source(FunctionCallInfo fcinfo, const Source *source)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	Datum		values[6] = {
		Int32GetDatum(source->units.line_no), PointerGetDatum(source->units.sku),
		PointerGetDatum(source->units.location), Int64GetDatum(source->units.units),
		CStringGetTextDatum(source->was), Int64GetDatum(source->fulfillment_id)
	};
	bool		nulls[6] = {
		false, false, source->units.location == NULL, false, false, source->fulfillment_id == 0
	};

	tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
}

/* read_held appends what is held of the line, up to wanted units (of a kit: all). */
static int
read_held(const Line *line, int64 wanted, Source **sources)
{
	MemoryContext caller = CurrentMemoryContext;
	Datum		values[2] = {PointerGetDatum(line->order_id), Int32GetDatum(line->line_no)};
	uint64		rows;
	int			n = 0;

	oms_spi_connect();
	rows = oms_spi_execute_latest(&select_held, values, NULL);
	*sources = MemoryContextAllocZero(caller, sizeof(Source) * (rows + 2));
	for (uint64 i = 0; i < rows && (line->kit || wanted > 0); i++)
	{
		Source	   *source = &(*sources)[n++];
		MemoryContext spi = MemoryContextSwitchTo(caller);
		int64		units = oms_spi_int64(i, 5);
		bool		isnull;
		Datum		id = oms_spi_value(i, 2, &isnull);

		source->fulfillment_id = isnull ? 0 : DatumGetInt64(id);
		source->was = oms_spi_text(i, 1);
		source->units = (OmsOrderUnits) {
			line->order_id, line->line_no, DatumGetTextPCopy(oms_spi_value(i, 4, &isnull)),
			DatumGetTextPCopy(oms_spi_value(i, 3, &isnull)), line->kit ? units : Min(units, wanted), 0
		};
		wanted -= units;
		MemoryContextSwitchTo(spi);
	}
	oms_spi_finish();
	return n;
}

/* cancel_line cancels quantity units (0: all that are left) of a line whose order is locked. */
static void
cancel_line(FunctionCallInfo fcinfo, text *order_id, int32 line_no, int64 quantity, text *reason,
			text *actor)
{
	MemoryContext caller = CurrentMemoryContext;
	Line		line = {order_id, line_no};
	Datum		values[2] = {PointerGetDatum(order_id), Int32GetDatum(line_no)};
	MemoryContext spi;
	int64		unfilled;
	int64		backordered;
	int64		cancelled;
	OmsOrderUnits whole;
	Source	   *sources;
	OmsOrderUnits *held;
	OmsClaim   *claims;
	bool		isnull;
	int			nsources;

	oms_spi_connect();
	if (oms_spi_execute_latest(&select_line, values, NULL) == 0)
		ereport(ERROR,
				(errcode(OMS_ERR_UNKNOWN_KEY),
				 errmsg("order \"%s\" has no line %d", text_to_cstring(order_id), line_no)));
	spi = MemoryContextSwitchTo(caller);
	line.sku = DatumGetTextPCopy(oms_spi_value(0, 1, &isnull));
	MemoryContextSwitchTo(spi);
	line.left = oms_spi_int64(0, 2);
	unfilled = oms_spi_int64(0, 3);
	backordered = oms_spi_int64(0, 4);
	line.kit = DatumGetBool(oms_spi_value(0, 5, &isnull));
	oms_spi_finish();
	if (line.left == 0 || quantity > line.left)
		ereport(ERROR,
				(errcode(OMS_ERR_ILLEGAL_TRANSITION),
				 errmsg("cannot cancel more than is left of line %d of order \"%s\"", line_no,
						text_to_cstring(order_id)),
				 errdetail("%lld units are left to cancel.", (long long) line.left)));
	if (line.kit && quantity != 0 && quantity < line.left)
		ereport(ERROR,
				(errcode(OMS_ERR_ILLEGAL_TRANSITION),
				 errmsg("a kit's line is cancelled whole"),
				 errdetail("Line %d of order \"%s\", kit \"%s\".", line_no, text_to_cstring(order_id),
						   text_to_cstring(line.sku)),
				 errhint("Leave out quantity.")));
	cancelled = quantity == 0 ? line.left : quantity;

	unfilled = Min(unfilled, cancelled);
	backordered = Min(backordered, cancelled - unfilled);
	if (backordered > 0 && oms_backorder_reduce(order_id, line_no, backordered) != backordered)
		elog(ERROR, "other units of the line are backordered than read");
	nsources = read_held(&line, cancelled - unfilled - backordered, &sources);
	cancel_work(&line, nsources, sources, reason, actor);
	held = palloc(sizeof(OmsOrderUnits) * Max(1, nsources));
	for (int i = 0; i < nsources; i++)
		held[i] = sources[i].units;
	(void) oms_release_order_units(nsources, held, false, &claims);

	whole = (OmsOrderUnits) {
		order_id, line_no, line.sku, NULL, cancelled, 0
	};
	count_cancelled(1, &whole, reason, actor);
	if (unfilled > 0)
		sources[nsources++] = (Source) {
			"unfilled", 0, {order_id, line_no, line.sku, NULL, unfilled, 0}
		};
	if (backordered > 0)
		sources[nsources++] = (Source) {
			"backordered", 0, {order_id, line_no, line.sku, NULL, backordered, 0}
		};
	for (int i = 0; i < nsources; i++)
		put_source(fcinfo, &sources[i]);
}

/*
 * oms_cancel_line(order_id, line_no, quantity, reason, actor, request_id): a row for what
 * was given up where, in units of stock. OM004, OM005.
 */
Datum
oms_cancel_line(PG_FUNCTION_ARGS)
{
	text	   *order_id = oms_arg_key(fcinfo, 0, "order_id");
	int64		quantity = PG_ARGISNULL(2) ? 0 : oms_arg_quantity(fcinfo, 2, "quantity");
	text	   *actor = oms_arg_actor(fcinfo, 4);

	oms_require_not_null(fcinfo, 1, "line_no");
	InitMaterializedSRF(fcinfo, 0);
	if (!oms_request_begin(fcinfo, 5, NULL))
	{
		(void) lock_open(order_id);
		cancel_line(fcinfo, order_id, PG_GETARG_INT32(1), quantity, oms_arg_optional_text(fcinfo, 3), actor);
		oms_request_end(fcinfo, 5, NULL);
	}
	return (Datum) 0;
}

/* reserve_more reserves more units of a line; refused as place_order refuses. */
static void
reserve_more(FunctionCallInfo fcinfo, text *order_id, int32 line_no, text *sku, int64 quantity,
			 OmsOnShortage on_shortage)
{
	MemoryContext caller = CurrentMemoryContext;
	OmsReserveRequest request = {0};
	OmsReserveLine line = {0};
	Datum		values[3] = {PointerGetDatum(order_id), Int32GetDatum(line_no), Int64GetDatum(quantity)};
	OmsLatLon  *ship_to = NULL;
	MemoryContext spi;
	bool		isnull;
	Datum		value;

	oms_spi_connect();
	if (oms_spi_execute_latest(&select_terms, values, NULL) != 1)
		elog(ERROR, "order line was not found");
	spi = MemoryContextSwitchTo(caller);
	request.channel = DatumGetTextPCopy(oms_spi_value(0, 1, &isnull));
	request.method = DatumGetBool(oms_spi_value(0, 2, &isnull)) ? OMS_PICKUP : OMS_SHIP;
	request.priority = DatumGetInt32(oms_spi_value(0, 3, &isnull));
	value = oms_spi_value(0, 4, &isnull);
	request.reference = isnull ? NULL : DatumGetTextPCopy(value);
	value = oms_spi_value(0, 5, &isnull);
	line.promised = !isnull;
	line.promise_at = DatumGetTimestampTz(value);
	value = oms_spi_value(0, 6, &isnull);
	line.location = isnull ? NULL : DatumGetTextPCopy(value);
	value = oms_spi_value(0, 7, &isnull);
	if (!isnull)
	{
		ship_to = palloc(sizeof(OmsLatLon));
		*ship_to = *DatumGetLatLonP(value);
	}
	MemoryContextSwitchTo(spi);
	oms_spi_finish();
	request.ship_to = ship_to;
	request.on_shortage = on_shortage;
	request.order_id = order_id;
	request.nlines = 1;
	request.lines = &line;
	line.line_no = line_no;
	line.sku = sku;
	line.quantity = quantity;
	oms_reserve_lines(&request);
	if (!request.complete)
		oms_raise_refused(&request);
	oms_spi_connect();
	oms_spi_execute(&raise_quantity, values, NULL, false);
	oms_spi_finish();
	for (int i = 0; i < request.nparts; i++)
	{
		const OmsReservationPart *part = &request.parts[i];
		Source		source = {
			part->location == NULL ? "backordered" : "reserved", 0,
			{order_id, line_no, part->sku != NULL ? part->sku : sku, part->location, part->quantity, 0}
		};

		put_source(fcinfo, &source);
	}
}

/*
 * oms_change_quantity(order_id, line_no, quantity, on_shortage, reason, actor, request_id)
 * sets what is wanted of a line: a row for what was given up, or is held in addition, where.
 */
Datum
oms_change_quantity(PG_FUNCTION_ARGS)
{
	text	   *order_id = oms_arg_key(fcinfo, 0, "order_id");
	int64		quantity = oms_arg_quantity(fcinfo, 2, "quantity");
	OmsOnShortage on_shortage = oms_arg_on_shortage(fcinfo, 3);
	text	   *actor = oms_arg_actor(fcinfo, 5);
	Datum		values[2] = {PointerGetDatum(order_id)};
	int64		wanted;
	int64		left;
	text	   *sku;
	bool		isnull;
	MemoryContext caller = CurrentMemoryContext;
	MemoryContext spi;

	oms_require_not_null(fcinfo, 1, "line_no");
	InitMaterializedSRF(fcinfo, 0);
	if (oms_request_begin(fcinfo, 6, NULL))
		return (Datum) 0;
	(void) lock_open(order_id);
	values[1] = Int32GetDatum(PG_GETARG_INT32(1));
	oms_spi_connect();
	if (oms_spi_execute_latest(&select_line, values, NULL) == 0)
		ereport(ERROR,
				(errcode(OMS_ERR_UNKNOWN_KEY),
				 errmsg("order \"%s\" has no line %d", text_to_cstring(order_id), PG_GETARG_INT32(1))));
	spi = MemoryContextSwitchTo(caller);
	sku = DatumGetTextPCopy(oms_spi_value(0, 1, &isnull));
	MemoryContextSwitchTo(spi);
	left = oms_spi_int64(0, 2);
	wanted = oms_spi_int64(0, 6);
	oms_spi_finish();
	if (quantity < wanted - left)
		ereport(ERROR,
				(errcode(OMS_ERR_ILLEGAL_TRANSITION),
				 errmsg("line %d of order \"%s\" cannot have %lld units", PG_GETARG_INT32(1),
						text_to_cstring(order_id), (long long) quantity),
				 errdetail("%lld units have left the house.", (long long) (wanted - left))));
	if (quantity < wanted)
		cancel_line(fcinfo, order_id, PG_GETARG_INT32(1), wanted - quantity, oms_arg_optional_text(fcinfo, 4),
					actor);
	else if (quantity > wanted)
		reserve_more(fcinfo, order_id, PG_GETARG_INT32(1), sku, quantity - wanted, on_shortage);
	oms_request_end(fcinfo, 6, NULL);
	return (Datum) 0;
}

/*
 * oms_change_destination(order_id, ship_to, reroute, actor, request_id) sends an order
 * elsewhere, of which nothing was picked; a bigint, the orders routed at once.
 */
Datum
oms_change_destination(PG_FUNCTION_ARGS)
{
	text	   *order_id = oms_arg_key(fcinfo, 0, "order_id");
	text	   *actor = oms_arg_actor(fcinfo, 3);
	Datum		values[2] = {PointerGetDatum(order_id)};
	Datum		routed = Int64GetDatum(0);
	char	   *method;

	oms_require_not_null(fcinfo, 1, "ship_to");
	oms_require_not_null(fcinfo, 2, "reroute");
	if (oms_request_begin(fcinfo, 4, &routed))
		return routed;
	method = lock_open(order_id);
	if (strcmp(method, "ship") != 0)
		ereport(ERROR,
				(errcode(OMS_ERR_ILLEGAL_TRANSITION),
				 errmsg("order \"%s\" is to be picked up", text_to_cstring(order_id)),
				 errhint("Cancel it and place another.")));
	oms_spi_connect();
	if (oms_spi_execute_latest(&select_begun, values, NULL) > 0)
		ereport(ERROR,
				(errcode(OMS_ERR_ILLEGAL_TRANSITION),
				 errmsg("order \"%s\" cannot go elsewhere any more", text_to_cstring(order_id)),
				 errdetail("Fulfillment %s at location \"%s\" is %s.", oms_spi_text(0, 1),
						   oms_spi_text(0, 3), oms_spi_text(0, 2))));
	values[1] = PG_GETARG_DATUM(1);
	oms_spi_execute(&set_destination, values, NULL, false);
	if (PG_GETARG_BOOL(2))
	{
		values[1] = PointerGetDatum(actor);
		oms_spi_execute(&route_order, values, NULL, false);
		routed = Int64GetDatum(1);
	}
	oms_spi_finish();
	oms_request_end(fcinfo, 4, &routed);
	return routed;
}

/* -------------------------------------------------------------------------
 * Fulfillments
 * -------------------------------------------------------------------------
 */

/*
 * cancel_open_units cancels all that is left of work, but for the record of it, which
 * conclude writes: what their orders hold of it.
 */
static int
cancel_open_units(OmsWork *work, int nlines, OmsWorkLine *lines, OmsOrderUnits **units)
{
	int			n = 0;

	*units = palloc_extended(sizeof(OmsOrderUnits) * Max(1, nlines), MCXT_ALLOC_HUGE);
	for (int l = 0; l < nlines; l++)
	{
		int64		open = oms_work_open_units(&lines[l]);
		const OmsWork *of = &work[lines[l].work];

		if (open == 0)
			continue;
		cancel_units(&lines[l], work, open);
		(*units)[n++] = (OmsOrderUnits) {
			of->order_id, lines[l].line_no, lines[l].sku, of->location, open, of->id
		};
	}
	return n;
}

/*
 * cancel_order_work is the step of cancel_order, which releases what the order holds: no
 * work on it is left. OM005 where that is illegal.
 */
static void
cancel_order_work(text *order_id, text *reason, text *actor)
{
	MemoryContext caller = CurrentMemoryContext;
	Datum		values[1] = {PointerGetDatum(order_id)};
	int64	   *ids;
	OmsWork    *work;
	OmsWorkLine *lines;
	OmsOrderUnits *units;
	int			n;
	int			nlines;

	oms_spi_connect();
	n = oms_spi_execute_latest(&select_order_work, values, NULL);
	ids = MemoryContextAlloc(caller, sizeof(int64) * Max(1, n));
	for (int i = 0; i < n; i++)
		ids[i] = oms_spi_int64(i, 1);
	oms_spi_finish();
	if (n == 0)
		return;
	work = oms_work_read("cancel", n, ids);
	nlines = oms_work_lines(n, work, &lines);
	(void) cancel_open_units(work, nlines, lines, &units);
	conclude(n, work, nlines, lines, reason, actor);
}

/* oms_cancel_init registers what becomes of the work on an order that is cancelled. */
void
oms_cancel_init(void)
{
	oms_register_cancel_step(cancel_order_work);
}

static Datum
cancel_fulfillments(FunctionCallInfo fcinfo, bool many)
{
	int64	   *ids;
	int			n = oms_arg_fulfillments(fcinfo, many, &ids);
	text	   *reason = oms_arg_optional_text(fcinfo, 1);
	text	   *actor = oms_arg_actor(fcinfo, 2);
	OmsWork    *work;
	OmsWorkLine *lines;
	OmsOrderUnits *units;
	OmsClaim   *claims;
	int			nlines;
	int			nunits;

	InitMaterializedSRF(fcinfo, 0);
	if (oms_request_begin(fcinfo, 3, NULL))
		return (Datum) 0;
	work = oms_work_lock("cancel", n, ids);
	nlines = oms_work_lines(n, work, &lines);
	nunits = cancel_open_units(work, nlines, lines, &units);
	(void) oms_release_order_units(nunits, units, false, &claims);
	conclude(n, work, nlines, lines, reason, actor);
	count_cancelled(nunits, units, reason, actor);
	oms_work_put(fcinfo, n, work);
	oms_request_end(fcinfo, 3, NULL);
	return (Datum) 0;
}

/* oms_cancel_fulfillment: what is left of it is wanted no more and goes back on the shelf. */
Datum
oms_cancel_fulfillment(PG_FUNCTION_ARGS)
{
	return cancel_fulfillments(fcinfo, false);
}

Datum
oms_cancel_fulfillment_many(PG_FUNCTION_ARGS)
{
	return cancel_fulfillments(fcinfo, true);
}
