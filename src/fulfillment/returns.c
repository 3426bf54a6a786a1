/*
 * returns.c
 *		Goods come back: units of order lines that were shipped or handed over, to any
 *		location, whether or not it carries the sku, sellable or damaged. An exchange is a
 *		return and an order in one call.
 *
 * Of a kit's line all components come back, or, by its sku, units of one. No more comes back
 * of a sku of a line than has left, and nothing after the channel's window (oms.return_window),
 * which begins when the last of the line left.
 *
 * Invariants: the returns of a sku of a line = their movements (on_hand and unavailable), and
 * at most what was consumed of it. What is not tracked is noted, and not counted as stock.
 *
 * Locks, in this order: the order's row, so that two returns of one line come one after the
 * other; those of stock.c.
 * Tables: order_row (locked), return_row, return_window; movements and stock through stock/.
 *
 * The SQL texts here are run by SECURITY DEFINER functions that are pinned to search_path
 * pg_catalog, pg_temp, so that operators need no schema.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "commands/sequence.h"
#include "common/int.h"
#include "funcapi.h"
#include "utils/jsonb.h"

#include "lines.h"
#include "row.h"
#include "stock/stock.h"

PG_FUNCTION_INFO_V1(oms_return_line);
PG_FUNCTION_INFO_V1(oms_return_lines);
PG_FUNCTION_INFO_V1(oms_exchange);

/* What was called. */
typedef struct Call
{
	text	   *order_id;
	text	   *location;
	bool		despite_window;
	text	   *reference;		/* or NULL */
	text	   *actor;
} Call;

/* What comes back of a line. */
typedef struct Return
{
	int32		line_no;
	text	   *sku;			/* a component, or NULL: the line's own */
	int64		quantity;		/* of a kit, without a sku: kits */
	bool		damaged;
	text	   *reason;			/* or NULL */
} Return;

/* Units of one sku that come back. */
typedef struct Goods
{
	text	   *sku;
	int64		quantity;
	bool		tracked;
} Goods;

static OmsPlan lock_order = {
	"SELECT o.channel FROM oms.order_row o WHERE o.order_id = $1 FOR NO KEY UPDATE", 1, {"text"}
};

/* What has left of line $2 (of its sku $3) and not come back: units, by sku. */
static OmsPlan select_left = {
	"SELECT r.sku, sum(r.consumed)::int8 - COALESCE((SELECT sum(b.quantity) FROM oms.return_row b "
	"WHERE b.order_id = $1 AND b.line_no = $2 AND b.sku = r.sku), 0)::int8, "
	"CASE WHEN $3 IS NULL OR r.kit = $3 THEN COALESCE(min(r.kit_quantity), 1) ELSE 1 END, "
	"COALESCE(bool_and(i.tracked), true) FROM oms.reservation_row r LEFT JOIN oms.item i ON i.sku = r.sku "
	"WHERE r.order_id = $1 AND r.line_no = $2 AND ($3 IS NULL OR r.sku = $3 OR r.kit = $3) "
	"GROUP BY r.sku, r.kit ORDER BY min(r.component), r.sku",
	3, {"text", "int4", "text"}
};

static OmsPlan find_line = {
	"SELECT l.sku FROM oms.order_line_row l WHERE l.order_id = $1 AND l.line_no = $2", 2, {"text", "int4"}
};

/* The window of the channel, if the last of the line left too long ago. */
static OmsPlan find_window = {
	"SELECT w.return_within::text, l.left_at::text FROM oms.return_window w CROSS JOIN LATERAL (SELECT COALESCE(("
	"SELECT max(e.acted_at) FROM oms.fulfillment_event_row e JOIN oms.fulfillment_line_row fl "
	"ON fl.order_id = e.order_id AND fl.fulfillment_id = e.fulfillment_id AND fl.line_no = $2 AND fl.shipped > 0 "
	"WHERE e.order_id = $1 AND e.action IN ('ship', 'hand_over')), (SELECT max(r.changed_at) "
	"FROM oms.reservation_row r WHERE r.order_id = $1 AND r.line_no = $2 AND r.consumed > 0)) AS left_at) l "
	"WHERE w.channel = $3 AND l.left_at + w.return_within < clock_timestamp()",
	3, {"text", "int4", "text"}
};

static OmsPlan insert_return = {
	"INSERT INTO oms.return_row (return_id, order_id, line_no, sku, location, quantity, condition, reason, reference, "
	"actor) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
	10, {"int8", "text", "int4", "text", "text", "int8", "text", "text", "text", "text"}
};

static OmsPlan place_order = {
	"SELECT p.* FROM oms.order_row o CROSS JOIN LATERAL oms.place_order_lines($2, o.channel, $3, ship_to => o.ship_to, "
	"service => o.service, on_shortage => $4, reference => 'exchange for ' || o.order_id, actor => $5) p "
	"WHERE o.order_id = $1",
	5, {"text", "text", "jsonb", "text", "text"}
};

/* lock_for_return locks the order; its channel. OM004. */
static text *
lock_for_return(const Call *call)
{
	MemoryContext caller = CurrentMemoryContext;
	Datum		values[1] = {PointerGetDatum(call->order_id)};
	text	   *channel;

	oms_spi_connect();
	if (oms_spi_execute_latest(&lock_order, values, NULL) == 0)
		ereport(ERROR,
				(errcode(OMS_ERR_UNKNOWN_KEY),
				 errmsg("order \"%s\" is unknown", text_to_cstring(call->order_id))));
	channel = oms_spi_copy_text(0, 1, caller);
	oms_spi_finish();
	return channel;
}

/* raise_nothing raises for a line of which nothing that was named has left: OM004, OM005. */
static void
raise_nothing(const Call *call, const Return *back, Datum *values)
{
	char	   *sku;

	if (oms_spi_execute_latest(&find_line, values, NULL) == 0)
		ereport(ERROR,
				(errcode(OMS_ERR_UNKNOWN_KEY),
				 errmsg("order \"%s\" has no line %d", text_to_cstring(call->order_id), back->line_no)));
	sku = oms_spi_text(0, 1);
	if (back->sku != NULL && strcmp(sku, text_to_cstring(back->sku)) != 0)
		ereport(ERROR,
				(errcode(OMS_ERR_UNKNOWN_KEY),
				 errmsg("sku \"%s\" is not part of line %d of order \"%s\"", text_to_cstring(back->sku),
						back->line_no, text_to_cstring(call->order_id)),
				 errdetail("The line is for \"%s\".", sku)));
	ereport(ERROR,
			(errcode(OMS_ERR_ILLEGAL_TRANSITION),
			 errmsg("nothing of line %d of order \"%s\" has left", back->line_no,
					text_to_cstring(call->order_id)),
			 errhint("What was not shipped is cancelled: oms.cancel_line.")));
}

/* read_goods says which units come back; OM004, OM005 more than has left, OM010 too late. */
static int
read_goods(const Call *call, text *channel, const Return *back, Goods **goods)
{
	MemoryContext caller = CurrentMemoryContext;
	Datum		values[3] = {
		PointerGetDatum(call->order_id), Int32GetDatum(back->line_no), PointerGetDatum(back->sku)
	};
	uint64		n;

	oms_spi_connect();
	n = oms_spi_execute_latest(&select_left, values, back->sku == NULL ? "  n" : NULL);
	if (n == 0)
		raise_nothing(call, back, values);
	*goods = MemoryContextAlloc(caller, sizeof(Goods) * n);
	for (uint64 i = 0; i < n; i++)
	{
		Goods	   *one = &(*goods)[i];
		int64		left = oms_spi_int64(i, 2);
		bool		isnull;

		one->sku = oms_spi_copy_text(i, 1, caller);
		one->tracked = DatumGetBool(oms_spi_value(i, 4, &isnull));
		if (pg_mul_s64_overflow(back->quantity, oms_spi_int64(i, 3), &one->quantity) ||
			one->quantity > left)
			ereport(ERROR,
					(errcode(OMS_ERR_ILLEGAL_TRANSITION),
					 errmsg("more of sku \"%s\" would come back than has left", text_to_cstring(one->sku)),
					 errdetail("Order \"%s\", line %d: %lld have left and not come back.",
							   text_to_cstring(call->order_id), back->line_no, (long long) left),
					 errhint("oms.returned lists what came back; what was not shipped is cancelled.")));
	}
	values[2] = PointerGetDatum(channel);
	if (!call->despite_window && oms_spi_execute_latest(&find_window, values, NULL) > 0)
		ereport(ERROR,
				(errcode(OMS_ERR_NOT_ALLOWED),
				 errmsg("line %d of order \"%s\" is too old to come back", back->line_no,
						text_to_cstring(call->order_id)),
				 errdetail("It left at %s; channel \"%s\" takes back within %s.", oms_spi_text(0, 2),
						   text_to_cstring(channel), oms_spi_text(0, 1)),
				 errhint("Pass despite_window => true to take it back all the same.")));
	oms_spi_finish();
	return n;
}

/* book takes units in, and notes where they came from; the row of the result, if there is a set. */
static void
book(const Call *call, const Return *back, const Goods *goods, OmsAccounts *stock, ReturnSetInfo *set)
{
	int64		id = nextval_internal(oms_table("return_id_seq"), false);
	OmsAmounts	change = {
		.on_hand = back->damaged ? 0 : goods->quantity, .unavailable = back->damaged ? goods->quantity : 0
	};
	OmsMovement movement = {
		.sku = goods->sku, .location = call->location, .quantity = change.on_hand, .unavailable = change.unavailable
	};
	OmsGuard	none = {.kind = OMS_GUARD_NONE};
	OmsChange	result = {0};
	char		nulls[11] = "          ";
	bool		row_nulls[8] = {0};
	Datum		values[10] = {
		Int64GetDatum(id), PointerGetDatum(call->order_id), Int32GetDatum(back->line_no),
		PointerGetDatum(goods->sku), PointerGetDatum(call->location), Int64GetDatum(goods->quantity),
		CStringGetTextDatum(back->damaged ? "damaged" : "sellable"), PointerGetDatum(back->reason),
		PointerGetDatum(call->reference), PointerGetDatum(call->actor)
	};
	Datum		row[8] = {
		values[0], values[2], values[3], values[4], values[5], values[6]
	};

	nulls[7] = back->reason == NULL ? 'n' : ' ';
	nulls[8] = call->reference == NULL ? 'n' : ' ';
	oms_spi_connect();
	oms_spi_execute(&insert_return, values, nulls, false);
	oms_spi_finish();
	if (goods->tracked)
	{
		oms_stock_change(stock, goods->sku, call->location, change, &none, &result);
		oms_movements_record(&movement, 1, "return", back->reason,
							 cstring_to_text(psprintf("return %lld", (long long) id)), call->actor);
	}
	row[6] = Int64GetDatum(result.after.on_hand);
	row[7] = Int64GetDatum(result.after.unavailable);
	row_nulls[6] = row_nulls[7] = !goods->tracked;
	if (set != NULL)
		tuplestore_putvalues(set->setResult, set->setDesc, row, row_nulls);
}

/* take_back takes back what comes back, and lets it serve who waits; rows into set unless NULL. */
static void
take_back(const Call *call, int n, const Return *returns, ReturnSetInfo *set)
{
	text	   *channel;
	OmsAccounts *stock;
	OmsSupplied *supplied = NULL;
	int			nsupplied = 0;

	oms_require_location(call->location);
	channel = lock_for_return(call);
	stock = oms_stock_open();
	for (int i = 0; i < n; i++)
	{
		Goods	   *goods;
		int			ngoods = read_goods(call, channel, &returns[i], &goods);

		supplied = supplied == NULL ? palloc(sizeof(OmsSupplied) * ngoods) :
			repalloc(supplied, sizeof(OmsSupplied) * (nsupplied + ngoods));
		for (int g = 0; g < ngoods; g++)
		{
			book(call, &returns[i], &goods[g], stock, set);
			if (goods[g].tracked && !returns[i].damaged)
				supplied[nsupplied++] = (OmsSupplied) {
					.sku = goods[g].sku, .quantity = goods[g].quantity, .fill_limit = PG_INT64_MAX
				};
		}
	}
	oms_accounts_close(stock);
	oms_stock_supplied(nsupplied, supplied, call->location);
}

/* is_damaged reads a condition; 22023. */
static bool
is_damaged(text *condition)
{
	char	   *name = text_to_cstring(condition);

	if (strcmp(name, "damaged") != 0 && strcmp(name, "sellable") != 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("unknown condition \"%s\"", name),
				 errhint("Conditions are sellable and damaged.")));
	return strcmp(name, "damaged") == 0;
}

/* arg_returns reads lines that come back from a jsonb argument. */
static int
arg_returns(FunctionCallInfo fcinfo, int argno, Return **returns)
{
	static const OmsField fields[] = {
		{"line_no", OMS_FIELD_INTEGER, true}, {"quantity", OMS_FIELD_QUANTITY, true},
		{"sku", OMS_FIELD_KEY, false}, {"condition", OMS_FIELD_KEY, false}, {"reason", OMS_FIELD_KEY, false}
	};
	Datum	   *values;
	bool	   *nulls;
	int			n;

	oms_require_not_null(fcinfo, argno, "lines");
	n = oms_lines_parse(PG_GETARG_JSONB_P(argno), "lines", lengthof(fields), fields, &values, &nulls);
	*returns = palloc(sizeof(Return) * Max(1, n));
	for (int i = 0; i < n; i++)
	{
		Datum	   *v = &values[i * lengthof(fields)];
		bool	   *is_null = &nulls[i * lengthof(fields)];

		(*returns)[i] = (Return) {
			DatumGetInt32(v[0]), is_null[2] ? NULL : DatumGetTextPP(v[2]), DatumGetInt64(v[1]),
			!is_null[3] && is_damaged(DatumGetTextPP(v[3])), is_null[4] ? NULL : DatumGetTextPP(v[4])
		};
	}
	return n;
}

/*
 * oms_return_line(order_id, line_no, location, quantity, condition, reason, sku,
 * despite_window, reference, actor, request_id): a row per sku that came back. OM004, OM005,
 * OM010, 22023.
 */
Datum
oms_return_line(PG_FUNCTION_ARGS)
{
	Call		call = {0};
	Return		back = {0};

	call.order_id = oms_arg_key(fcinfo, 0, "order_id");
	oms_require_not_null(fcinfo, 1, "line_no");
	back.line_no = PG_GETARG_INT32(1);
	call.location = oms_arg_key(fcinfo, 2, "location");
	back.quantity = oms_arg_quantity(fcinfo, 3, "quantity");
	back.damaged = is_damaged(oms_arg_key(fcinfo, 4, "condition"));
	back.reason = oms_arg_optional_key(fcinfo, 5, "reason");
	back.sku = oms_arg_optional_key(fcinfo, 6, "sku");
	oms_require_not_null(fcinfo, 7, "despite_window");
	call.despite_window = PG_GETARG_BOOL(7);
	call.reference = oms_arg_optional_text(fcinfo, 8);
	call.actor = oms_arg_actor(fcinfo, 9);
	InitMaterializedSRF(fcinfo, 0);
	if (!oms_request_begin(fcinfo, 10, NULL))
	{
		take_back(&call, 1, &back, (ReturnSetInfo *) fcinfo->resultinfo);
		oms_request_end(fcinfo, 10, NULL);
	}
	return (Datum) 0;
}

/*
 * oms_return_lines(order_id, location, lines, despite_window, reference, actor, request_id):
 * a row per line and sku that came back.
 */
Datum
oms_return_lines(PG_FUNCTION_ARGS)
{
	Call		call = {0};
	Return	   *returns;
	int			n;

	call.order_id = oms_arg_key(fcinfo, 0, "order_id");
	call.location = oms_arg_key(fcinfo, 1, "location");
	n = arg_returns(fcinfo, 2, &returns);
	oms_require_not_null(fcinfo, 3, "despite_window");
	call.despite_window = PG_GETARG_BOOL(3);
	call.reference = oms_arg_optional_text(fcinfo, 4);
	call.actor = oms_arg_actor(fcinfo, 5);
	InitMaterializedSRF(fcinfo, 0);
	if (!oms_request_begin(fcinfo, 6, NULL))
	{
		take_back(&call, n, returns, (ReturnSetInfo *) fcinfo->resultinfo);
		oms_request_end(fcinfo, 6, NULL);
	}
	return (Datum) 0;
}

/*
 * oms_exchange(order_id, location, lines, new_order_id, new_lines, on_shortage,
 * despite_window, actor, request_id): the rows of the new order. What return_lines and
 * place_order_lines raise.
 */
Datum
oms_exchange(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *set = (ReturnSetInfo *) fcinfo->resultinfo;
	Call		call = {0};
	Return	   *returns;
	int			n;
	Datum		values[5];

	call.order_id = oms_arg_key(fcinfo, 0, "order_id");
	call.location = oms_arg_key(fcinfo, 1, "location");
	n = arg_returns(fcinfo, 2, &returns);
	values[0] = PointerGetDatum(call.order_id);
	values[1] = PointerGetDatum(oms_arg_key(fcinfo, 3, "new_order_id"));
	oms_require_not_null(fcinfo, 4, "new_lines");
	values[2] = PG_GETARG_DATUM(4);
	values[3] = PointerGetDatum(oms_arg_key(fcinfo, 5, "on_shortage"));
	oms_require_not_null(fcinfo, 6, "despite_window");
	call.despite_window = PG_GETARG_BOOL(6);
	call.reference = cstring_to_text(psprintf("exchange for %s", text_to_cstring(DatumGetTextPP(values[1]))));
	call.actor = oms_arg_actor(fcinfo, 7);
	values[4] = PointerGetDatum(call.actor);
	InitMaterializedSRF(fcinfo, 0);
	if (oms_request_begin(fcinfo, 8, NULL))
		return (Datum) 0;
	take_back(&call, n, returns, NULL);
	oms_spi_connect();
	n = oms_spi_execute(&place_order, values, NULL, false);
	for (int i = 0; i < n; i++)
		tuplestore_puttuple(set->setResult, SPI_tuptable->vals[i]);
	oms_spi_finish();
	oms_request_end(fcinfo, 8, NULL);
	return (Datum) 0;
}
