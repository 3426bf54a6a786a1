/*
 * lifecycle.c
 *		What becomes of a reservation: confirm, extend, release, consume, transfer, and
 *		the tidying of expired holds.
 *
 * The rows are locked first, without waiting; then each is judged by its status and,
 * if it is a hold, by clock_timestamp(). So a hold that is being confirmed is not
 * taken back by a short take, which skips locked rows, and one that was taken back
 * is not confirmed. Rows that an open transaction has locked: this one waits for
 * them, at most oms.wait_for_pending, while it has written nothing; else OM002.
 *
 * A kit's reservation is several rows with one id, one for each component: all are locked
 * or none is changed, and quantities are in kits. The components of an expired hold are
 * given back one by one, each by who needs it, or all by release: until then they are
 * expired holds, which count as free.
 *
 * Locks, in this order: those of stock.c; rows of reservation_row by id and component.
 * Tables: reservation_row; stock accounts and movements through stock/.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/timestamp.h"

#include "reservation/reservation.h"
#include "stock/stock.h"

PG_FUNCTION_INFO_V1(oms_confirm);
PG_FUNCTION_INFO_V1(oms_confirm_many);
PG_FUNCTION_INFO_V1(oms_extend);
PG_FUNCTION_INFO_V1(oms_extend_many);
PG_FUNCTION_INFO_V1(oms_release);
PG_FUNCTION_INFO_V1(oms_release_many);
PG_FUNCTION_INFO_V1(oms_consume);
PG_FUNCTION_INFO_V1(oms_consume_many);
PG_FUNCTION_INFO_V1(oms_transfer_reservation);
PG_FUNCTION_INFO_V1(oms_transfer_reservation_many);
PG_FUNCTION_INFO_V1(oms_expire_holds);

typedef enum Verb
{
	CONFIRM,
	EXTEND,
	RELEASE,
	CONSUME,
	TRANSFER
} Verb;

/* A row of a reservation; one of several of a kit, which are consecutive. */
typedef struct Row
{
	int64		id;
	int64		rows;			/* of the reservation */
	OmsClaim	claim;
	text	   *sku;
	text	   *location;
	int64		quantity;
	int64		consumed;
	char	   *status;			/* an unswept expired hold is "expired" */
	bool		unswept;
	bool		of_order;
	bool		has_expiry;
	TimestampTz expires_at;
} Row;

static OmsPlan lock_reservations = {
	"SELECT r.reservation_id, r.quantity, r.consumed, r.status, "
	"r.order_id IS NOT NULL, r.expires_at, "
	"COALESCE(r.expires_at OPERATOR(pg_catalog.<=) pg_catalog.clock_timestamp(), false), "
	"CASE WHEN r.kit IS NULL THEN 1 ELSE (SELECT pg_catalog.count(*) "
	"FROM oms.reservation_row s WHERE s.reservation_id OPERATOR(pg_catalog.=) r.reservation_id) END, "
	OMS_CLAIM_COLUMNS " "
	"FROM oms.reservation_row r WHERE r.reservation_id OPERATOR(pg_catalog.=) ANY ($1) "
	"ORDER BY r.reservation_id, r.component FOR UPDATE SKIP LOCKED",
	1, {"pg_catalog._int8"}
};

static OmsPlan find_reservation = {
	"SELECT 1 FROM oms.reservation_row r WHERE r.reservation_id OPERATOR(pg_catalog.=) $1",
	1, {"pg_catalog.int8"}
};

static OmsPlan update_reservations = {
	"UPDATE oms.reservation_row r SET status = u.status, consumed = u.consumed, "
	"expires_at = u.expires_at, changed_at = pg_catalog.clock_timestamp() "
	"FROM ROWS FROM (pg_catalog.unnest($1), pg_catalog.unnest($2), pg_catalog.unnest($3), "
	"pg_catalog.unnest($4), pg_catalog.unnest($5)) AS u (reservation_id, status, consumed, expires_at, sku) "
	"WHERE r.reservation_id OPERATOR(pg_catalog.=) u.reservation_id AND r.sku OPERATOR(pg_catalog.=) u.sku "
	"AND r.reservation_id OPERATOR(pg_catalog.=) ANY ($1)",
	5, {"pg_catalog._int8", "pg_catalog._text", "pg_catalog._int8", "pg_catalog._timestamptz",
	"pg_catalog._text"}
};

static OmsPlan accounts_with_expired_holds = {
	"SELECT DISTINCT r.sku, r.location FROM oms.reservation_row r "
	"WHERE r.status OPERATOR(pg_catalog.=) 'hold' "
	"AND r.expires_at OPERATOR(pg_catalog.<=) pg_catalog.clock_timestamp()",
	0, {NULL}
};

static void
read_row(uint64 row, MemoryContext caller, Row *result)
{
	MemoryContext spi = MemoryContextSwitchTo(caller);
	bool		isnull;

	result->id = oms_spi_int64(row, 1);
	result->quantity = oms_spi_int64(row, 2);
	result->consumed = oms_spi_int64(row, 3);
	result->status = oms_spi_text(row, 4);
	result->of_order = DatumGetBool(oms_spi_value(row, 5, &isnull));
	result->expires_at = DatumGetTimestampTz(oms_spi_value(row, 6, &isnull));
	result->has_expiry = !isnull;
	result->unswept = strcmp(result->status, "hold") == 0 &&
		DatumGetBool(oms_spi_value(row, 7, &isnull));
	result->rows = oms_spi_int64(row, 8);
	oms_claim_read(row, 9, &result->claim, caller);
	result->sku = result->claim.sku;
	result->location = result->claim.location;
	MemoryContextSwitchTo(spi);
}

static int
compare_int64(const void *a, const void *b)
{
	int64		x = *(const int64 *) a;
	int64		y = *(const int64 *) b;

	return (x > y) - (x < y);
}

static void
raise_missing(int64 id)
{
	Datum		values[1] = {Int64GetDatum(id)};

	if (oms_spi_execute_latest(&find_reservation, values, NULL) == 0)
		ereport(ERROR,
				(errcode(OMS_ERR_UNKNOWN_KEY),
				 errmsg("reservation %lld is unknown", (long long) id)));
	ereport(ERROR,
			(errcode(OMS_ERR_HELD_BY_OTHERS),
			 errmsg("reservation %lld is being changed by an open transaction", (long long) id),
			 errhint("Try again; oms.wait_for_pending says how long to wait.")));
}

/* first_missing is the first of the ids of which not all rows are there; -1: none. */
static int
first_missing(int n, const int64 *ids, int nrows, const Row *rows)
{
	int			r = 0;

	for (int i = 0; i < n; i++)
	{
		int			first = r;

		while (r < nrows && rows[r].id == ids[i])
			r++;
		if (r == first || r - first < rows[first].rows)
			return i;
	}
	return -1;
}

/*
 * lock_all locks the rows of the ids, which are distinct and ascending, and reads them
 * in that order, components in theirs; *nrows is their number.
 */
static Row *
lock_all(int n, const int64 *ids, int *nrows)
{
	MemoryContext caller = CurrentMemoryContext;
	Datum	   *elements = palloc(sizeof(Datum) * n);
	TimestampTz start = GetCurrentTimestamp();
	long		nap = 1;
	Datum		values[1];

	for (int i = 0; i < n; i++)
		elements[i] = Int64GetDatum(ids[i]);
	values[0] = oms_int8_array(n, elements);
	for (;;)
	{
		bool		may_wait = oms_may_wait();
		Row		   *rows;
		int			missing;

		oms_spi_connect();
		*nrows = oms_spi_execute_latest(&lock_reservations, values, NULL);
		rows = MemoryContextAllocZero(caller, sizeof(Row) * Max(1, *nrows));
		for (int i = 0; i < *nrows; i++)
			read_row(i, caller, &rows[i]);
		missing = first_missing(n, ids, *nrows, rows);
		if (missing < 0)
		{
			oms_spi_finish();
			return rows;
		}
		/* Row locks already held forbid to wait. */
		if (!may_wait || n > 1 || *nrows > 0 || !oms_wait_a_little(start, &nap, OMS_WAIT_ROW) ||
			oms_spi_execute_latest(&find_reservation, &elements[0], NULL) == 0)
			raise_missing(ids[missing]);
		oms_spi_finish();
	}
}

static void
illegal(const Row *row, const char *verb, const char *why, const char *hint)
{
	ereport(ERROR,
			(errcode(OMS_ERR_ILLEGAL_TRANSITION),
			 errmsg("cannot %s reservation %lld: it is %s", verb, (long long) row->id, why),
			 errdetail("Sku \"%s\" at location \"%s\": %lld units, %lld consumed.",
					   text_to_cstring(row->sku), text_to_cstring(row->location),
					   (long long) row->quantity, (long long) row->consumed),
			 hint == NULL ? 0 : errhint("%s", hint)));
}

static void
raise_expired(const Row *row)
{
	ereport(ERROR,
			(errcode(OMS_ERR_EXPIRED),
			 errmsg("reservation %lld has expired", (long long) row->id),
			 errdetail("Sku \"%s\" at location \"%s\": %lld units, held until %s.",
					   text_to_cstring(row->sku), text_to_cstring(row->location),
					   (long long) row->quantity, timestamptz_to_str(row->expires_at)),
			 errhint("Reserve again.")));
}

/*
 * change_row decides what the verb makes of a row: *leaves is how many of its units leave
 * when it is consumed. False when there is nothing to do.
 */
static bool
change_row(Verb verb, Row *row, int64 quantity, TimestampTz expires_at, int64 *leaves)
{
	static const char *const verbs[] = {"confirm", "extend", "release", "consume", "transfer"};
	bool		hold = strcmp(row->status, "hold") == 0 && !row->unswept;
	bool		firm = strcmp(row->status, "firm") == 0;
	bool		expired = row->unswept || strcmp(row->status, "expired") == 0;
	int64		left = (row->quantity - row->consumed) / row->claim.kit_quantity;

	if (verb == RELEASE)
	{
		if (row->of_order)
			illegal(row, verbs[verb], "part of an order", "Call oms.cancel_order.");
		if (strcmp(row->status, "consumed") == 0)
			illegal(row, verbs[verb], row->status, NULL);
		if (!hold && !firm && !row->unswept)
			return false;		/* its units are free already */
		row->status = row->unswept ? "expired" : "released";
		return true;
	}
	if (expired)
		raise_expired(row);
	if (!hold && !firm)
		illegal(row, verbs[verb], row->status, NULL);
	switch (verb)
	{
		case CONFIRM:
			row->status = "firm";
			row->has_expiry = false;
			return hold;
		case EXTEND:
			if (firm)
				illegal(row, verbs[verb], "firm", "A firm reservation does not expire.");
			row->expires_at = expires_at;
			return true;
		case TRANSFER:
			if (row->of_order)
				illegal(row, verbs[verb], "part of an order", "Call oms.route.");
			if (row->consumed > 0)
				illegal(row, verbs[verb], "partly consumed", "Consume or release the rest.");
			return false;		/* moved by itself */
		default:
			if (quantity > left)
				ereport(ERROR,
						(errcode(OMS_ERR_ILLEGAL_TRANSITION),
						 errmsg("cannot consume %lld %s of reservation %lld", (long long) quantity,
								row->claim.kit != NULL ? "kits" : "units", (long long) row->id),
						 errdetail("Of %lld %s %lld are left.",
								   (long long) (row->quantity / row->claim.kit_quantity),
								   row->claim.kit != NULL ? "kits" : "units", (long long) left)));
			quantity = (quantity == 0 ? left : quantity) * row->claim.kit_quantity;
			row->consumed += quantity;
			*leaves = quantity;
			if (row->consumed == row->quantity)
				row->status = "consumed";
			return true;
	}
}

static void
write_rows(int n, const Row *rows)
{
	Datum	   *ids = palloc(sizeof(Datum) * Max(1, n));
	Datum	   *statuses = palloc(sizeof(Datum) * Max(1, n));
	Datum	   *consumed = palloc(sizeof(Datum) * Max(1, n));
	Datum	   *expiries = palloc(sizeof(Datum) * Max(1, n));
	Datum	   *skus = palloc(sizeof(Datum) * Max(1, n));
	bool	   *nulls = palloc(sizeof(bool) * Max(1, n));
	int			dims[1] = {n};
	int			lbs[1] = {1};
	Datum		values[5];

	for (int i = 0; i < n; i++)
	{
		ids[i] = Int64GetDatum(rows[i].id);
		skus[i] = PointerGetDatum(rows[i].sku);
		statuses[i] = CStringGetTextDatum(rows[i].status);
		consumed[i] = Int64GetDatum(rows[i].consumed);
		expiries[i] = TimestampTzGetDatum(rows[i].expires_at);
		nulls[i] = !rows[i].has_expiry;
	}
	values[0] = oms_int8_array(n, ids);
	values[1] = oms_text_array(n, statuses);
	values[2] = oms_int8_array(n, consumed);
	values[3] = PointerGetDatum(construct_md_array(expiries, nulls, 1, dims, lbs, TIMESTAMPTZOID, 8,
												   FLOAT8PASSBYVAL, TYPALIGN_DOUBLE));
	values[4] = oms_text_array(n, skus);
	oms_spi_connect();
	if (oms_spi_execute(&update_reservations, values, NULL, false) != n)
		elog(ERROR, "%d reservations that we locked expected", n);
	oms_spi_finish();
}

static void
put_row(FunctionCallInfo fcinfo, const Row *row)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	Datum		values[7];
	bool		nulls[7] = {0};

	values[0] = Int64GetDatum(row->id);
	values[1] = PointerGetDatum(row->sku);
	values[2] = PointerGetDatum(row->location);
	values[3] = Int64GetDatum(row->quantity);
	values[4] = Int64GetDatum(row->consumed);
	values[5] = CStringGetTextDatum(row->status);
	values[6] = TimestampTzGetDatum(row->expires_at);
	nulls[6] = !row->has_expiry;
	tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
}

/* change_rows applies the verb to the rows and writes rows, accounts and movements. */
static void
change_rows(FunctionCallInfo fcinfo, Verb verb, int n, const int64 *ids, const int64 *quantities,
			TimestampTz expires_at, text *reference, text *actor)
{
	OmsAccounts *accounts = oms_stock_open();
	int			nrows;
	Row		   *rows = lock_all(n, ids, &nrows);
	OmsMovement *movements = palloc(sizeof(OmsMovement) * nrows);
	Row		   *changed = palloc(sizeof(Row) * nrows);
	int			nchanged = 0;
	int			nmovements = 0;
	int			id = 0;

	for (int i = 0; i < nrows; i++)
	{
		int64		leaves = 0;

		while (ids[id] != rows[i].id)
			id++;
		if (change_row(verb, &rows[i], quantities == NULL ? 0 : quantities[id], expires_at, &leaves))
		{
			changed[nchanged++] = rows[i];
			if (verb == RELEASE)
				oms_claim_give_back(accounts, &rows[i].claim);
		}
		if (leaves > 0)
		{
			bool		tracked = oms_items(1, &rows[i].sku)->tracked;

			oms_stock_consume(accounts, rows[i].sku, rows[i].location, leaves, tracked);
			if (tracked)
				movements[nmovements++] = (OmsMovement) {
					rows[i].sku, rows[i].location, -leaves
				};
		}
		put_row(fcinfo, &rows[i]);
	}
	if (nchanged > 0)
		write_rows(nchanged, changed);
	oms_accounts_close(accounts);
	oms_movements_record(movements, nmovements, "consume", NULL, reference, actor);
}

/*
 * transfer_rows moves live reservations, each whole, to another location: a take there,
 * which leaves the channel's safety stock, and a give here. OM001 when it cannot, OM002
 * when that depends on an open transaction: with its rows locked it does not wait.
 */
static void
transfer_rows(FunctionCallInfo fcinfo, int n, const int64 *ids, text *to_location)
{
	int			nrows;
	Row		   *rows = lock_all(n, ids, &nrows);

	oms_require_location(to_location);
	for (int i = 0; i < nrows; i++)
	{
		int64		leaves = 0;
		OmsChange	result;
		Row		   *row = &rows[i];
		bool		moves = !oms_text_equal(row->location, to_location) &&
			(i == 0 || rows[i - 1].id != row->id);

		(void) change_row(TRANSFER, row, 0, 0, &leaves);
		if (moves && !oms_move_whole(row->id, to_location, row->quantity / row->claim.kit_quantity,
									 &result))
		{
			if (row->claim.kit == NULL)
				oms_raise_short(&result, row->sku, to_location, row->quantity);
			ereport(ERROR,
					(errcode(result.outcome == OMS_PENDING ? OMS_ERR_HELD_BY_OTHERS
							 : OMS_ERR_INSUFFICIENT_STOCK),
					 result.outcome == OMS_PENDING
					 ? errmsg("stock of the kit's components at location \"%s\" is held by open transactions",
							  text_to_cstring(to_location))
					 : errmsg("not enough stock of the kit's components at location \"%s\"",
							  text_to_cstring(to_location)),
					 errdetail("Reservation %lld needs %lld kits there.", (long long) row->id,
							   (long long) (row->quantity / row->claim.kit_quantity)),
					 errhint("Ask oms.atp_by_location where it is available.")));
		}
		row->location = to_location;
		put_row(fcinfo, row);
	}
}

/* read_ids reads the ids (and quantities) of the call and sorts them together. */
static int
read_ids(FunctionCallInfo fcinfo, Verb verb, bool many, int64 **ids, int64 **quantities)
{
	int			n = 1;

	*quantities = NULL;
	if (many)
	{
		n = oms_arg_quantities(fcinfo, 0, "reservation_ids", ids);
		if (verb == CONSUME && !PG_ARGISNULL(1))
			oms_require_same_length("reservation_ids", n, "quantities",
									oms_arg_quantities(fcinfo, 1, "quantities", quantities));
	}
	else
	{
		oms_require_not_null(fcinfo, 0, "reservation_id");
		*ids = palloc(sizeof(int64));
		(*ids)[0] = PG_GETARG_INT64(0);
		if (verb == CONSUME && !PG_ARGISNULL(1))
		{
			*quantities = palloc(sizeof(int64));
			(*quantities)[0] = PG_GETARG_INT64(1);
		}
	}
	for (int i = 0; *quantities != NULL && i < n; i++)
		if ((*quantities)[i] < 1)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("quantity must be at least 1"),
					 errdetail("Reservation %lld: %lld.", (long long) (*ids)[i],
							   (long long) (*quantities)[i])));
	if (*quantities != NULL && n > 1)
	{
		int64	   *pairs = palloc(sizeof(int64) * 2 * n);

		for (int i = 0; i < n; i++)
		{
			pairs[2 * i] = (*ids)[i];
			pairs[2 * i + 1] = (*quantities)[i];
		}
		qsort(pairs, n, 2 * sizeof(int64), compare_int64);
		for (int i = 0; i < n; i++)
		{
			(*ids)[i] = pairs[2 * i];
			(*quantities)[i] = pairs[2 * i + 1];
		}
	}
	else
		qsort(*ids, n, sizeof(int64), compare_int64);
	for (int i = 1; i < n; i++)
		if ((*ids)[i] == (*ids)[i - 1])
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("reservation %lld is named twice", (long long) (*ids)[i])));
	return n;
}

/* run is every verb: id(s) [, quantity(ies) or expires_in], reference, actor, request_id. */
static Datum
run(FunctionCallInfo fcinfo, Verb verb, bool many)
{
	int			argno = verb == CONFIRM || verb == RELEASE ? 1 : 2;
	TimestampTz expires_at = 0;
	int64	   *ids;
	int64	   *quantities;
	int			n = read_ids(fcinfo, verb, many, &ids, &quantities);
	text	   *reference = NULL;
	text	   *actor = NULL;

	if (verb == EXTEND)
	{
		oms_require_not_null(fcinfo, 1, "expires_in");
		expires_at = oms_arg_expiry(fcinfo, 1);
	}
	if (verb == CONSUME)
	{
		reference = PG_ARGISNULL(argno) ? NULL : PG_GETARG_TEXT_PP(argno);
		actor = oms_arg_actor(fcinfo, argno + 1);
		argno += 2;
	}
	InitMaterializedSRF(fcinfo, 0);
	if (oms_request_begin(fcinfo, argno, NULL))
		return (Datum) 0;
	if (verb == TRANSFER)
		transfer_rows(fcinfo, n, ids, oms_arg_key(fcinfo, 1, "to_location"));
	else if (n > 0)
		change_rows(fcinfo, verb, n, ids, quantities, expires_at, reference, actor);
	oms_request_end(fcinfo, argno, NULL);
	return (Datum) 0;
}

/* oms_confirm turns live holds firm; a firm one stays so. OM003 after expiry. */
Datum
oms_confirm(PG_FUNCTION_ARGS)
{
	return run(fcinfo, CONFIRM, false);
}

Datum
oms_confirm_many(PG_FUNCTION_ARGS)
{
	return run(fcinfo, CONFIRM, true);
}

/* oms_extend lets live holds expire expires_in from now. */
Datum
oms_extend(PG_FUNCTION_ARGS)
{
	return run(fcinfo, EXTEND, false);
}

Datum
oms_extend_many(PG_FUNCTION_ARGS)
{
	return run(fcinfo, EXTEND, true);
}

/* oms_release gives the units of reservations back; those free already stay as they are. */
Datum
oms_release(PG_FUNCTION_ARGS)
{
	return run(fcinfo, RELEASE, false);
}

Datum
oms_release_many(PG_FUNCTION_ARGS)
{
	return run(fcinfo, RELEASE, true);
}

/* oms_consume takes units out of the door: on_hand, of what is tracked, and reserved fall together. */
Datum
oms_consume(PG_FUNCTION_ARGS)
{
	return run(fcinfo, CONSUME, false);
}

Datum
oms_consume_many(PG_FUNCTION_ARGS)
{
	return run(fcinfo, CONSUME, true);
}

/* oms_transfer_reservation claims the same units at another location instead. */
Datum
oms_transfer_reservation(PG_FUNCTION_ARGS)
{
	return run(fcinfo, TRANSFER, false);
}

Datum
oms_transfer_reservation_many(PG_FUNCTION_ARGS)
{
	return run(fcinfo, TRANSFER, true);
}

/*
 * oms_expire_holds tidies up: it marks expired holds and gives back what they claim, those
 * of open transactions excepted; returns the units. Availability does not wait for it.
 */
Datum
oms_expire_holds(PG_FUNCTION_ARGS)
{
	OmsAccounts *accounts = oms_stock_open();
	SPITupleTable *keys;
	int64		units = 0;
	uint64		n;

	oms_spi_connect();
	n = oms_spi_execute(&accounts_with_expired_holds, NULL, NULL, false);
	keys = SPI_tuptable;
	for (uint64 i = 0; i < n; i++)
	{
		Datum		key[2];
		bool		isnull;

		CHECK_FOR_INTERRUPTS();
		key[0] = SPI_getbinval(keys->vals[i], keys->tupdesc, 1, &isnull);
		key[1] = SPI_getbinval(keys->vals[i], keys->tupdesc, 2, &isnull);
		units += oms_stock_expire(accounts, key);
	}
	oms_spi_finish();
	oms_accounts_close(accounts);
	PG_RETURN_INT64(units);
}
