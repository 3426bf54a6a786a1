/*
 * incoming.c
 *		Incoming supply: what is expected of a purchase order, a row for each reference,
 *		sku and location. add_incoming, change_incoming, cancel_incoming, receive_incoming.
 *
 * Claims. A backorder claims units of named rows (reservation/claim.c). What is expected
 * of a row and what is claimed of it is a bounded account (account/account.c), whose
 * on_hand is the units still expected, and reserved those claimed: backorders of a hot sku
 * claim without waiting for each other's commit, and never more than is expected.
 *
 * What lowers what is expected (less, cancelled, received) has to deal with claims that it
 * does not see, of backorders in open transactions. It first lowers the account, whatever
 * is claimed, which turns later claims away; then it moves the claims that it sees; then it
 * asks the account whether what is claimed fits in every outcome of the open transactions,
 * and if not, waits for one of them and moves its claims as well. It waits at most
 * oms.wait_for_pending, and only if it had written nothing when it was called; else it
 * raises OM002. It holds, while it waits, its own rows and account changes, and locks on
 * backorders that it moved; nobody but cancel_order waits for those, and its own wait is
 * bounded. A change of the date lowers nothing and waits for nobody: a claim that an open
 * transaction makes meanwhile stays where it is, and has the new date when it is read.
 *
 * A moment that has passed promises nothing: such a row counts in no ATP and is not
 * claimed anew, until it is received or dated anew. Who claims it keeps the claim.
 *
 * Invariants: on_hand of a row's account = quantity - received while it is open, else 0;
 * reserved = the claims on it, at most on_hand; received = its movements.
 *
 * Tables: incoming_row; incoming_account and incoming_delta through account/; movements,
 * stock accounts through stock.c.
 *
 * Locks, in this order: for what is added the reference (advisory, to the end of the
 * transaction); rows of incoming_row, by sku; those of stock.c; rows of backorders
 * (skip locked); key locks.
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "common/int.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/timestamp.h"

#include "stock/stock.h"

PG_FUNCTION_INFO_V1(oms_add_incoming);
PG_FUNCTION_INFO_V1(oms_add_incoming_many);
PG_FUNCTION_INFO_V1(oms_change_incoming);
PG_FUNCTION_INFO_V1(oms_cancel_incoming);
PG_FUNCTION_INFO_V1(oms_receive_incoming);
PG_FUNCTION_INFO_V1(oms_receive_incoming_many);

/* locktag_field4 of our locks on references of purchase orders */
#define PURCHASE_LOCK_CLASS 0x4F50

/* A row of incoming_row that we have locked. */
typedef struct Incoming
{
	int64		id;
	text	   *sku;
	text	   *location;
	int64		quantity;
	int64		received;
	TimestampTz expected_at;
	char	   *status;
	int64		outstanding;	/* units still expected */
} Incoming;

const OmsAccountKind oms_incoming_kind = {
	"incoming_account", "incoming_delta", OMS_LOCK_INCOMING, 3, NULL
};

/* What channels have backordered of a sku: reservation/backorder.c. */
const OmsAccountKind oms_backorder_kind = {
	"backorder_account", "backorder_delta", OMS_LOCK_BACKORDER, 2, NULL
};

static OmsAfterIncoming after_change = NULL;

static OmsPlan insert_incoming = {
	"INSERT INTO oms.incoming_row (reference, location, sku, quantity, expected_at, status, actor) "
	"VALUES ($1, $2, $3, $4, $5, 'open', $6) ON CONFLICT (reference, sku, location) DO NOTHING "
	"RETURNING incoming_id",
	6, {"pg_catalog.text", "pg_catalog.text", "pg_catalog.text", "pg_catalog.int8",
	"pg_catalog.timestamptz", "pg_catalog.text"}
};

#define MATCHES \
	"i.reference OPERATOR(pg_catalog.=) $1 AND (i.location OPERATOR(pg_catalog.=) $2 OR $2 IS NULL) " \
	"AND (i.sku OPERATOR(pg_catalog.=) $3 OR $3 IS NULL) " \
	"AND (NOT $4 OR i.status OPERATOR(pg_catalog.=) 'open') "

static OmsPlan count_incoming = {
	"SELECT pg_catalog.count(*) FROM oms.incoming_row i WHERE " MATCHES,
	4, {"pg_catalog.text", "pg_catalog.text", "pg_catalog.text", "pg_catalog.bool"}
};

static OmsPlan lock_incoming = {
	"SELECT i.incoming_id, i.sku, i.location, i.quantity, i.received, i.expected_at, i.status, i.from_location "
	"FROM oms.incoming_row i WHERE " MATCHES
	"ORDER BY i.sku, i.location FOR UPDATE SKIP LOCKED",
	4, {"pg_catalog.text", "pg_catalog.text", "pg_catalog.text", "pg_catalog.bool"}
};

static OmsPlan update_incoming = {
	"UPDATE oms.incoming_row i SET quantity = $3, received = $4, expected_at = $5, status = $6, "
	"reason = COALESCE($7, i.reason), actor = $8, changed_at = pg_catalog.clock_timestamp() "
	"WHERE i.incoming_id OPERATOR(pg_catalog.=) $1 AND i.sku OPERATOR(pg_catalog.=) $2",
	8, {"pg_catalog.int8", "pg_catalog.text", "pg_catalog.int8", "pg_catalog.int8",
	"pg_catalog.timestamptz", "pg_catalog.text", "pg_catalog.text", "pg_catalog.text"}
};

static OmsPlan select_incoming = {
	"SELECT i.* FROM oms.incoming i WHERE i.incoming_id OPERATOR(pg_catalog.=) $1 "
	"AND i.sku OPERATOR(pg_catalog.=) $2",
	2, {"pg_catalog.int8", "pg_catalog.text"}
};

/* -------------------------------------------------------------------------
 * For other folders
 * -------------------------------------------------------------------------
 */

/* oms_incoming_set_after_change sets the step after a change; called once at load. */
void
oms_incoming_set_after_change(OmsAfterIncoming step)
{
	after_change = step;
}

/* oms_incoming_open opens the accounts of incoming supply for changes; see oms_accounts_open. */
OmsAccounts *
oms_incoming_open(void)
{
	return oms_accounts_open(&oms_incoming_kind);
}

/* oms_incoming_change makes or refuses one change; see oms_account_change. */
void
oms_incoming_change(OmsAccounts *accounts, text *sku, text *location, int64 incoming_id,
					OmsAmounts change, const OmsGuard *guard, OmsChange *result)
{
	Datum		keys[3] = {
		PointerGetDatum(sku), PointerGetDatum(location),
		CStringGetTextDatum(psprintf("%lld", (long long) incoming_id))
	};

	oms_account_change(accounts, keys, change, guard, result);
}

/* oms_arg_fill_limit returns a number of units that may be 0; the largest when it is null. */
int64
oms_arg_fill_limit(FunctionCallInfo fcinfo, int argno)
{
	if (PG_ARGISNULL(argno))
		return PG_INT64_MAX;
	if (PG_GETARG_INT64(argno) < 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("fill_limit must not be negative"),
				 errdetail("It is %lld.", (long long) PG_GETARG_INT64(argno))));
	return PG_GETARG_INT64(argno);
}

/* -------------------------------------------------------------------------
 * Rows
 * -------------------------------------------------------------------------
 */

/* What a call shares among its rows. */
typedef struct IncomingCall
{
	text	   *reference;
	text	   *location;		/* or NULL */
	text	   *reason;			/* or NULL */
	text	   *actor;
	bool		may_wait;
	TimestampTz start;
	OmsAccounts *accounts;
	int			n;				/* rows that the call changes */
	Incoming   *rows;
} IncomingCall;

static void
begin_call(IncomingCall *call)
{
	call->may_wait = oms_may_wait();
	call->start = GetCurrentTimestamp();
}

static void
raise_held(const IncomingCall *call)
{
	ereport(ERROR,
			(errcode(OMS_ERR_HELD_BY_OTHERS),
			 errmsg("incoming supply \"%s\" is being changed by an open transaction",
					text_to_cstring(call->reference)),
			 errhint("Try again; oms.wait_for_pending says how long to wait.")));
}

/*
 * lock_rows locks the rows of the call's reference, location and a sku (NULL: any), with
 * only_open the open ones, and returns their number. It waits for who has them, as long as the
 * call may; else OM002.
 */
static int
lock_rows(IncomingCall *call, text *sku, bool only_open, Incoming **rows)
{
	MemoryContext caller = CurrentMemoryContext;
	Datum		values[4] = {
		PointerGetDatum(call->reference), PointerGetDatum(call->location), PointerGetDatum(sku),
		BoolGetDatum(only_open)
	};
	char		nulls[5] = "    ";
	long		nap = 1;
	uint64		n;
	MemoryContext spi;

	nulls[1] = call->location == NULL ? 'n' : ' ';
	nulls[2] = sku == NULL ? 'n' : ' ';
	oms_spi_connect();
	for (;;)
	{
		int64		wanted;

		(void) oms_spi_execute_latest(&count_incoming, values, nulls);
		wanted = oms_spi_int64(0, 1);
		n = oms_spi_execute_latest(&lock_incoming, values, nulls);
		if (n >= wanted)
			break;
		if (!call->may_wait || !oms_wait_a_little(call->start, &nap, OMS_WAIT_ROW))
			raise_held(call);
	}
	spi = MemoryContextSwitchTo(caller);
	*rows = palloc0(sizeof(Incoming) * Max(1, n));
	for (uint64 i = 0; i < n; i++)
	{
		Incoming   *row = &(*rows)[i];
		bool		isnull;

		row->id = oms_spi_int64(i, 1);
		row->sku = DatumGetTextPCopy(oms_spi_value(i, 2, &isnull));
		row->location = DatumGetTextPCopy(oms_spi_value(i, 3, &isnull));
		row->quantity = oms_spi_int64(i, 4);
		row->received = oms_spi_int64(i, 5);
		row->expected_at = DatumGetTimestampTz(oms_spi_value(i, 6, &isnull));
		row->status = oms_spi_text(i, 7);
		row->outstanding = strcmp(row->status, "open") == 0 ? row->quantity - row->received : 0;
		(void) oms_spi_value(i, 8, &isnull);
		if (!isnull && oms_guard_suspended == 0)
			ereport(ERROR,
					(errcode(OMS_ERR_ILLEGAL_TRANSITION),
					 errmsg("incoming supply \"%s\" is in transit", text_to_cstring(call->reference)),
					 errhint("Call oms.receive_transfer or oms.cancel_transfer.")));
	}
	MemoryContextSwitchTo(spi);
	oms_spi_finish();
	return n;
}

/* expect adds to what is expected of a row, whatever is claimed of it. */
static void
expect(IncomingCall *call, const Incoming *row, int64 units)
{
	OmsGuard	none = {.kind = OMS_GUARD_NONE};
	OmsAmounts	change = {.on_hand = units};
	OmsChange	result;

	if (units != 0)
		oms_incoming_change(call->accounts, row->sku, row->location, row->id, change, &none, &result);
}

/*
 * write_row writes a row as it stands now, and brings its account and row->outstanding up to
 * date; a row that is not cancelled is received when all that was expected came.
 */
static void
write_row(IncomingCall *call, Incoming *row, bool cancelled)
{
	int64		outstanding = row->outstanding;
	Datum		values[8];
	char		nulls[9] = "        ";

	row->status = cancelled ? "cancelled" : row->received >= row->quantity ? "received" : "open";
	row->outstanding = strcmp(row->status, "open") == 0 ? row->quantity - row->received : 0;
	values[0] = Int64GetDatum(row->id);
	values[1] = PointerGetDatum(row->sku);
	values[2] = Int64GetDatum(row->quantity);
	values[3] = Int64GetDatum(row->received);
	values[4] = TimestampTzGetDatum(row->expected_at);
	values[5] = CStringGetTextDatum(row->status);
	values[6] = PointerGetDatum(call->reason);
	values[7] = PointerGetDatum(call->actor);
	nulls[6] = call->reason == NULL ? 'n' : ' ';
	oms_spi_connect();
	if (oms_spi_execute(&update_incoming, values, nulls, false) != 1)
		elog(ERROR, "incoming row that we locked was not found");
	oms_spi_finish();
	expect(call, row, row->outstanding - outstanding);
}

/* fits says whether what is claimed of a row is expected, whatever open transactions do. */
static bool
fits(IncomingCall *call, const Incoming *row, OmsChange *result)
{
	OmsGuard	guard = {.kind = OMS_GUARD_AVAILABLE};
	OmsAmounts	nothing = {0};

	oms_incoming_change(call->accounts, row->sku, row->location, row->id, nothing, &guard, result);
	return result->outcome == OMS_DONE;
}

/*
 * settle makes the claims on the call's rows agree with what is expected now: see the
 * file's header. With supplied what came in fills backorders first. OM002 when others are
 * claiming what is not expected any more, and the call may not wait, or has waited enough.
 */
static void
settle(IncomingCall *call, OmsSupplied *supplied)
{
	long		nap = 1;

	for (;;)
	{
		Incoming   *open = NULL;
		OmsChange	result;

		if (supplied != NULL)
			oms_stock_supplied(call->n, supplied, call->location);
		for (int i = 0; i < call->n; i++)
			after_change(call->rows[i].sku);
		for (int i = 0; i < call->n && open == NULL; i++)
			if (!fits(call, &call->rows[i], &result))
				open = &call->rows[i];
		if (open == NULL)
			return;
		if (call->may_wait &&
			(result.outcome == OMS_PENDING ? oms_account_wait(result.pending, call->start)
			 : oms_wait_a_little(call->start, &nap, OMS_WAIT_ROW)))
			continue;
		ereport(ERROR,
				(errcode(OMS_ERR_HELD_BY_OTHERS),
				 errmsg("incoming supply of sku \"%s\" is being claimed by an open transaction",
						text_to_cstring(open->sku)),
				 errdetail("Purchase order \"%s\", location \"%s\": %lld still expected.",
						   text_to_cstring(call->reference), text_to_cstring(open->location),
						   (long long) open->outstanding),
				 errhint("Try again; oms.wait_for_pending says how long to wait.")));
	}
}

/* put_rows fills the result set with the call's rows of oms.incoming. */
static void
put_rows(FunctionCallInfo fcinfo, const IncomingCall *call)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;

	for (int i = 0; i < call->n; i++)
	{
		Datum		values[2] = {Int64GetDatum(call->rows[i].id), PointerGetDatum(call->rows[i].sku)};

		oms_spi_connect();
		if (oms_spi_execute_latest(&select_incoming, values, NULL) != 1)
			elog(ERROR, "incoming row that we locked was not found");
		tuplestore_puttuple(result->setResult, SPI_tuptable->vals[0]);
		oms_spi_finish();
	}
}

static void
raise_nothing(const IncomingCall *call, text *sku, const char *what)
{
	ereport(ERROR,
			(errcode(OMS_ERR_UNKNOWN_KEY),
			 errmsg("%s is expected for purchase order \"%s\"", what, text_to_cstring(call->reference)),
			 call->location == NULL && sku == NULL ? 0 :
			 errdetail("Location \"%s\", sku \"%s\".",
					   call->location == NULL ? "(any)" : text_to_cstring(call->location),
					   sku == NULL ? "(any)" : text_to_cstring(sku)),
			 errhint("Call oms.add_incoming first; oms.incoming lists what there is.")));
}

/* -------------------------------------------------------------------------
 * Arguments
 * -------------------------------------------------------------------------
 */

/* arg_moment returns a moment that is finite; 22004, 22008. */
static TimestampTz
arg_moment(FunctionCallInfo fcinfo, int argno, const char *name)
{
	TimestampTz moment;

	oms_require_not_null(fcinfo, argno, name);
	moment = PG_GETARG_TIMESTAMPTZ(argno);
	if (TIMESTAMP_NOT_FINITE(moment))
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("%s must be finite", name)));
	return moment;
}

/* -------------------------------------------------------------------------
 * The verbs
 * -------------------------------------------------------------------------
 */

/* add_one inserts a row, or sets the one that there is; into call->rows. */
static void
add_one(IncomingCall *call, text *sku, int64 quantity, TimestampTz expected_at)
{
	Incoming   *row = &call->rows[call->n++];
	Incoming   *found;
	Datum		values[6] = {
		PointerGetDatum(call->reference), PointerGetDatum(call->location), PointerGetDatum(sku),
		Int64GetDatum(quantity), TimestampTzGetDatum(expected_at), PointerGetDatum(call->actor)
	};
	bool		inserted;

	memset(row, 0, sizeof(Incoming));
	oms_spi_connect();
	inserted = oms_spi_execute(&insert_incoming, values, NULL, false) > 0;
	if (inserted)
		row->id = oms_spi_int64(0, 1);
	oms_spi_finish();
	if (inserted)
	{
		row->sku = sku;
		row->location = call->location;
		row->quantity = row->outstanding = quantity;
		row->expected_at = expected_at;
		expect(call, row, quantity);
		return;
	}
	if (lock_rows(call, sku, false, &found) != 1)
		elog(ERROR, "incoming row was not found");
	*row = *found;
	row->quantity = quantity;
	row->expected_at = expected_at;
	write_row(call, row, false);
}

/* add is add_incoming in both forms. */
static Datum
add(FunctionCallInfo fcinfo, bool many)
{
	IncomingCall call = {0};
	text	  **skus;
	int64	   *quantities;
	TimestampTz expected_at;
	int			n;

	call.reference = oms_arg_key(fcinfo, 0, "reference");
	call.location = oms_arg_key(fcinfo, 1, "location");
	n = oms_arg_sku_quantities(fcinfo, 2, many, &skus, &quantities);
	expected_at = arg_moment(fcinfo, 4, "expected_at");
	call.actor = oms_arg_actor(fcinfo, 5);
	InitMaterializedSRF(fcinfo, 0);
	if (oms_request_begin(fcinfo, 6, NULL))
		return (Datum) 0;
	begin_call(&call);
	oms_require_location(call.location);
	/* Who inserts a row that another transaction is inserting would wait for its end. */
	if (!oms_lock_name(PURCHASE_LOCK_CLASS, call.reference, call.may_wait, call.start))
		raise_held(&call);
	call.rows = palloc(sizeof(Incoming) * Max(1, n));
	call.accounts = oms_incoming_open();
	for (int i = 0; i < n; i++)
		add_one(&call, skus[i], quantities[i], expected_at);
	settle(&call, NULL);
	oms_accounts_close(call.accounts);
	put_rows(fcinfo, &call);
	oms_request_end(fcinfo, 6, NULL);
	return (Datum) 0;
}

/*
 * oms_add_incoming(reference, location, sku, quantity, expected_at, actor, request_id)
 * expects a quantity at a moment, or sets what is expected; its row. OM002, OM004, 22023,
 * 22008.
 */
Datum
oms_add_incoming(PG_FUNCTION_ARGS)
{
	return add(fcinfo, false);
}

Datum
oms_add_incoming_many(PG_FUNCTION_ARGS)
{
	return add(fcinfo, true);
}

/* change is change_incoming and cancel_incoming: what is open of a reference. */
static void
change(FunctionCallInfo fcinfo, IncomingCall *call, text *sku, bool cancel, const int64 *quantity,
	   const TimestampTz *expected_at)
{
	begin_call(call);
	call->n = lock_rows(call, sku, true, &call->rows);
	if (call->n == 0)
		raise_nothing(call, sku, "nothing open");
	call->accounts = oms_incoming_open();
	for (int i = 0; i < call->n; i++)
	{
		Incoming   *row = &call->rows[i];

		if (quantity != NULL)
			row->quantity = *quantity;
		if (expected_at != NULL)
			row->expected_at = *expected_at;
		write_row(call, row, cancel);
	}
	settle(call, NULL);
	oms_accounts_close(call->accounts);
	put_rows(fcinfo, call);
}

/*
 * oms_change_incoming(reference, location, sku, quantity, expected_at, actor, request_id)
 * changes what is open of a purchase order; its rows. OM002, OM004, 22023, 22008.
 */
Datum
oms_change_incoming(PG_FUNCTION_ARGS)
{
	IncomingCall call = {0};
	text	   *sku = oms_arg_optional_key(fcinfo, 2, "sku");
	int64		quantity = PG_ARGISNULL(3) ? 0 : oms_arg_quantity(fcinfo, 3, "quantity");
	TimestampTz expected_at = PG_ARGISNULL(4) ? 0 : arg_moment(fcinfo, 4, "expected_at");

	call.reference = oms_arg_key(fcinfo, 0, "reference");
	call.location = oms_arg_optional_key(fcinfo, 1, "location");
	call.actor = oms_arg_actor(fcinfo, 5);
	InitMaterializedSRF(fcinfo, 0);
	if (!oms_request_begin(fcinfo, 6, NULL))
	{
		change(fcinfo, &call, sku, false, PG_ARGISNULL(3) ? NULL : &quantity,
			   PG_ARGISNULL(4) ? NULL : &expected_at);
		oms_request_end(fcinfo, 6, NULL);
	}
	return (Datum) 0;
}

/*
 * oms_cancel_incoming(reference, location, sku, reason, actor, request_id) expects no more
 * of what is open of a purchase order; its rows. OM002, OM004.
 */
Datum
oms_cancel_incoming(PG_FUNCTION_ARGS)
{
	IncomingCall call = {0};
	text	   *sku = oms_arg_optional_key(fcinfo, 2, "sku");

	call.reference = oms_arg_key(fcinfo, 0, "reference");
	call.location = oms_arg_optional_key(fcinfo, 1, "location");
	call.reason = oms_arg_optional_key(fcinfo, 3, "reason");
	call.actor = oms_arg_actor(fcinfo, 4);
	InitMaterializedSRF(fcinfo, 0);
	if (!oms_request_begin(fcinfo, 5, NULL))
	{
		change(fcinfo, &call, sku, true, NULL, NULL);
		oms_request_end(fcinfo, 5, NULL);
	}
	return (Datum) 0;
}

/* receive_one books units of a row in: stock, movement, what is expected; on_hand after. */
static int64
receive_one(IncomingCall *call, OmsAccounts *stock, Incoming *row, int64 quantity)
{
	OmsGuard	none = {.kind = OMS_GUARD_NONE};
	OmsAmounts	amounts = {.on_hand = quantity};
	OmsMovement movement = {row->sku, row->location, quantity, row->id};
	OmsChange	result;

	if (strcmp(row->status, "cancelled") == 0)
		ereport(ERROR,
				(errcode(OMS_ERR_ILLEGAL_TRANSITION),
				 errmsg("purchase order \"%s\" of sku \"%s\" is cancelled",
						text_to_cstring(call->reference), text_to_cstring(row->sku)),
				 errdetail("Location \"%s\".", text_to_cstring(row->location)),
				 errhint("Call oms.add_incoming to expect it again, or oms.receive.")));
	if (pg_add_s64_overflow(row->received, quantity, &row->received))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("received units of purchase order \"%s\" add up beyond bigint",
						text_to_cstring(call->reference))));
	oms_stock_change(stock, row->sku, row->location, amounts, &none, &result);
	oms_movements_record(&movement, 1, "receive", call->reason, call->reference, call->actor);
	write_row(call, row, false);
	return result.after.on_hand;
}

/* receive is receive_incoming in both forms. */
static void
receive(FunctionCallInfo fcinfo, IncomingCall *call, int n, text **skus, const int64 *quantities,
		int64 fill_limit, bool hold_back)
{
	ReturnSetInfo *set = (ReturnSetInfo *) fcinfo->resultinfo;
	OmsSupplied *supplied = palloc0(sizeof(OmsSupplied) * Max(1, n));
	int64	   *on_hand = palloc(sizeof(int64) * Max(1, n));
	OmsAccounts *stock;

	oms_require_own_location(call->location);
	begin_call(call);
	call->n = n;
	call->rows = palloc(sizeof(Incoming) * Max(1, n));
	for (int i = 0; i < n; i++)
	{
		Incoming   *row;

		if (lock_rows(call, skus[i], false, &row) == 0)
			raise_nothing(call, skus[i], "nothing");
		call->rows[i] = *row;
	}
	call->accounts = oms_incoming_open();
	stock = oms_stock_open();
	for (int i = 0; i < n; i++)
	{
		on_hand[i] = receive_one(call, stock, &call->rows[i], quantities[i]);
		supplied[i].sku = skus[i];
		supplied[i].quantity = quantities[i];
		supplied[i].fill_limit = fill_limit;
		supplied[i].incoming_id = call->rows[i].id;
	}
	oms_accounts_close(stock);
	settle(call, supplied);
	oms_accounts_close(call->accounts);
	if (hold_back)
		oms_hold_back(n, supplied, call->location, call->reason, call->reference, call->actor);
	for (int i = 0; i < n; i++)
	{
		Datum		values[7] = {
			PointerGetDatum(skus[i]), Int64GetDatum(on_hand[i]), Int64GetDatum(supplied[i].filled),
			Int64GetDatum(supplied[i].held_back), Int64GetDatum(call->rows[i].received),
			Int64GetDatum(call->rows[i].outstanding), CStringGetTextDatum(call->rows[i].status)
		};
		bool		nulls[7] = {0};

		tuplestore_putvalues(set->setResult, set->setDesc, values, nulls);
	}
}

static Datum
run_receive(FunctionCallInfo fcinfo, bool many)
{
	IncomingCall call = {0};
	text	  **skus;
	int64	   *quantities;
	int64		fill_limit;
	int			n;

	call.reference = oms_arg_key(fcinfo, 0, "reference");
	call.location = oms_arg_key(fcinfo, 1, "location");
	n = oms_arg_sku_quantities(fcinfo, 2, many, &skus, &quantities);
	fill_limit = oms_arg_fill_limit(fcinfo, 4);
	oms_require_not_null(fcinfo, 5, "hold_back");
	call.reason = oms_arg_optional_key(fcinfo, 6, "reason");
	call.actor = oms_arg_actor(fcinfo, 7);
	InitMaterializedSRF(fcinfo, 0);
	if (!oms_request_begin(fcinfo, 8, NULL))
	{
		receive(fcinfo, &call, n, skus, quantities, fill_limit, PG_GETARG_BOOL(5));
		oms_request_end(fcinfo, 8, NULL);
	}
	return (Datum) 0;
}

/*
 * oms_receive_incoming(reference, location, sku, quantity, fill_limit, hold_back, reason,
 * actor, request_id) receives what is expected; a row per sku. OM002, OM004, OM005, 22023.
 */
Datum
oms_receive_incoming(PG_FUNCTION_ARGS)
{
	return run_receive(fcinfo, false);
}

Datum
oms_receive_incoming_many(PG_FUNCTION_ARGS)
{
	return run_receive(fcinfo, true);
}
