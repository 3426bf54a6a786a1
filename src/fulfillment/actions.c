/*
 * actions.c
 *		What a location does with its work: accept, pick, pack, unpack, ship; ready and
 *		hand_over for what is picked up. Each for one fulfillment, and for many as one set.
 *
 * Goods leave the house when they are shipped or handed over: then, and only then, the
 * reservations of the order are consumed (reservation/order_units.c).
 *
 * What has a customer's code is handed over against it. Only a hash of the code is kept; with
 * the fulfillment's number in it, so that equal codes do not show. Wrong codes are counted,
 * which an error would undo: so a wrong one is an answer, not an error, and the transaction
 * goes on. After oms.code_attempts of them it is an error, until there is a new code.
 *
 * Locks, in this order: those of work.c; those of order_units.c.
 *
 * The SQL texts here are run by SECURITY DEFINER functions that are pinned to search_path
 * pg_catalog, pg_temp, so that operators need no schema.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "funcapi.h"
#include "utils/array.h"

#include "fulfillment/fulfillment.h"
#include "reservation/order_units.h"

PG_FUNCTION_INFO_V1(oms_accept);
PG_FUNCTION_INFO_V1(oms_accept_many);
PG_FUNCTION_INFO_V1(oms_pick);
PG_FUNCTION_INFO_V1(oms_pick_many);
PG_FUNCTION_INFO_V1(oms_pack);
PG_FUNCTION_INFO_V1(oms_pack_many);
PG_FUNCTION_INFO_V1(oms_unpack);
PG_FUNCTION_INFO_V1(oms_unpack_many);
PG_FUNCTION_INFO_V1(oms_ship);
PG_FUNCTION_INFO_V1(oms_ship_many);
PG_FUNCTION_INFO_V1(oms_ready);
PG_FUNCTION_INFO_V1(oms_ready_many);
PG_FUNCTION_INFO_V1(oms_hand_over);
PG_FUNCTION_INFO_V1(oms_hand_over_many);

PG_FUNCTION_INFO_V1(oms_issue_code);

typedef enum Action
{
	ACCEPT,
	PICK,
	PACK,
	UNPACK,
	SHIP,
	READY,
	HAND_OVER
} Action;

static const char *const names[] = {
	"accept", "pick", "pack", "unpack", "ship", "ready", "hand_over"
};

/* What of a fulfillment is meant; skus NULL: all of it. */
typedef struct Part
{
	int			n;
	text	  **skus;
	int64	   *quantities;		/* NULL: all of the skus */
} Part;

/* The hash of a code ($2) of fulfillment f. */
#define CODE_HASH "encode(sha256(convert_to(f.fulfillment_id || ':' || upper($2), 'UTF8')), 'hex')"

/* The first of the fulfillments $1 that is not to be handed over against code $2; $3 wrong ones at most. */
static OmsPlan refused_code = {
	"SELECT f.fulfillment_id, f.wrong_codes::int8 FROM oms.fulfillment_row f WHERE f.fulfillment_id = ANY ($1) "
	"AND f.code_hash IS NOT NULL AND (f.code_hash IS DISTINCT FROM " CODE_HASH " OR f.wrong_codes >= $3) "
	"ORDER BY 1 LIMIT 1",
	3, {"_int8", "text", "int4"}
};

static OmsPlan count_wrong_code = {
	"WITH counted AS (UPDATE oms.fulfillment_row f SET wrong_codes = f.wrong_codes + 1 WHERE f.fulfillment_id = $1 "
	"RETURNING f.order_id, f.fulfillment_id, f.status) "
	"INSERT INTO oms.fulfillment_event_row (order_id, fulfillment_id, action, from_status, to_status, actor) "
	"SELECT c.order_id, c.fulfillment_id, 'wrong_code', c.status, c.status, $2 FROM counted c",
	2, {"int8", "text"}
};

static OmsPlan find_hold = {
	"SELECT f.fulfillment_id, h.hold_id, h.reason, f.order_id FROM oms.fulfillment_row f "
	"JOIN oms.order_hold_row h ON " OMS_STANDING_HOLD "WHERE f.fulfillment_id = ANY ($1) "
	"ORDER BY f.fulfillment_id, h.placed_at, h.hold_id LIMIT 1",
	1, {"_int8"}
};

static OmsPlan set_code = {
	"UPDATE oms.fulfillment_row f SET code_hash = " CODE_HASH ", wrong_codes = 0 WHERE f.fulfillment_id = $1 "
	"AND f.method = 'pickup' AND f.status IN ('assigned', 'accepted', 'picking', 'packed', 'ready') "
	"RETURNING f.location",
	2, {"int8", "text"}
};

/* left_for is the number of units of a line that the action can still concern. */
static int64
left_for(Action action, const OmsWorkLine *line)
{
	const OmsLineUnits *has = &line->has;

	switch (action)
	{
		case PICK:
			return line->quantity - has->rejected - has->cancelled - has->picked;
		case PACK:
			return has->picked - has->packed;
		default:				/* UNPACK, SHIP, HAND_OVER */
			return has->packed - has->shipped;
	}
}

/* change_line lets the action concern units of a line. */
static void
change_line(Action action, OmsWorkLine *line, int64 units, OmsWork *work)
{
	switch (action)
	{
		case PICK:
			line->change.picked += units;
			break;
		case PACK:
			line->change.packed += units;
			break;
		case UNPACK:
			line->change.packed -= units;
			break;
		default:
			line->change.shipped += units;
			break;
	}
	work[line->work].units += units;
}

/* require_picked raises OM005 for a line of which units are neither picked nor given up. */
static void
require_picked(const OmsWorkLine *line, const OmsWork *work)
{
	int64		missing = left_for(PICK, line);

	if (missing > 0)
		ereport(ERROR,
				(errcode(OMS_ERR_ILLEGAL_TRANSITION),
				 errmsg("cannot pack fulfillment %lld: not all is picked",
						(long long) work[line->work].id),
				 errdetail("Line %d, sku \"%s\": %lld of %lld units are not picked.", line->line_no,
						   text_to_cstring(line->sku), (long long) missing,
						   (long long) line->quantity),
				 errhint("Pick them, or reject them with a reason.")));
}

/* change_part lets the action concern the part of one fulfillment; OM004, OM005. */
static void
change_part(Action action, int nlines, OmsWorkLine *lines, OmsWork *work, const Part *part)
{
	for (int i = 0; i < part->n; i++)
	{
		int64		wanted = part->quantities == NULL ? PG_INT64_MAX : part->quantities[i];
		int64		left = 0;
		bool		known = false;

		for (int l = 0; l < nlines; l++)
		{
			int64		open = left_for(action, &lines[l]) -
				(action == PICK ? lines[l].change.picked : lines[l].change.shipped);
			int64		units = Min(open, wanted);

			if (!oms_text_equal(lines[l].sku, part->skus[i]))
				continue;
			known = true;
			left += open;
			if (units <= 0)
				continue;
			change_line(action, &lines[l], units, work);
			wanted -= units;
		}
		if (!known)
			ereport(ERROR,
					(errcode(OMS_ERR_UNKNOWN_KEY),
					 errmsg("sku \"%s\" is not part of fulfillment %lld",
							text_to_cstring(part->skus[i]), (long long) work->id)));
		if (part->quantities != NULL && wanted > 0)
			ereport(ERROR,
					(errcode(OMS_ERR_ILLEGAL_TRANSITION),
					 errmsg("cannot %s %lld units of sku \"%s\"", names[action],
							(long long) part->quantities[i], text_to_cstring(part->skus[i])),
					 errdetail("Of fulfillment %lld %lld are left to %s.", (long long) work->id,
							   (long long) left, names[action])));
	}
}

/* require_whole_kits raises OM005 for a kit of which not all components are handed over. */
static void
require_whole_kits(int nlines, const OmsWorkLine *lines, const OmsWork *work)
{
	for (int first = 0, end; first < nlines; first = end)
	{
		bool		some = false;
		bool		all = true;

		for (end = first; end < nlines && lines[end].work == lines[first].work &&
			 lines[end].line_no == lines[first].line_no; end++)
		{
			some = some || lines[end].change.shipped > 0;
			all = all && lines[end].change.shipped == left_for(HAND_OVER, &lines[end]);
		}
		if (lines[first].of_kit && some && !all)
			ereport(ERROR,
					(errcode(OMS_ERR_ILLEGAL_TRANSITION),
					 errmsg("cannot hand_over a part of a kit"),
					 errdetail("Line %d of fulfillment %lld.", lines[first].line_no,
							   (long long) work[lines[first].work].id),
					 errhint("Name all its components, with all that is left of them.")));
	}
}

/* require_no_hold raises OM005 for a fulfillment whose order is stopped. */
static void
require_no_hold(Action action, int n, const int64 *ids)
{
	Datum		values[1] = {oms_id_array(n, ids)};

	oms_spi_connect();
	if (oms_spi_execute_latest(&find_hold, values, NULL) > 0)
		ereport(ERROR,
				(errcode(OMS_ERR_ILLEGAL_TRANSITION),
				 errmsg("cannot %s fulfillment %s: order \"%s\" is on hold", names[action],
						oms_spi_text(0, 1), oms_spi_text(0, 4)),
				 errdetail("Hold \"%s\": %s.", oms_spi_text(0, 2), oms_spi_text(0, 3)),
				 errhint("oms.release_order_hold ends it.")));
	oms_spi_finish();
}

/*
 * accept_code says whether the fulfillments, of which those with a code are handed over
 * against it only, may go; code may be NULL. A wrong one is counted. OM010 without a code,
 * and after too many wrong ones.
 */
static bool
accept_code(int n, const int64 *ids, text *code, text *actor)
{
	Datum		values[3] = {
		oms_id_array(n, ids), PointerGetDatum(code), Int32GetDatum(oms_code_attempts)
	};
	bool		refused;

	oms_spi_connect();
	refused = oms_spi_execute_latest(&refused_code, values, code == NULL ? " n " : NULL) > 0;
	if (refused && code == NULL)
		ereport(ERROR,
				(errcode(OMS_ERR_NOT_ALLOWED),
				 errmsg("fulfillment %s is handed over against a code only", oms_spi_text(0, 1)),
				 errhint("Ask the customer for the code; oms.issue_code makes a new one.")));
	if (refused && oms_spi_int64(0, 2) >= oms_code_attempts)
		ereport(ERROR,
				(errcode(OMS_ERR_NOT_ALLOWED),
				 errmsg("no more codes are tried for fulfillment %s", oms_spi_text(0, 1)),
				 errdetail("%s were wrong, oms.code_attempts is %d.", oms_spi_text(0, 2), oms_code_attempts),
				 errhint("Make sure who the customer is, and call oms.issue_code for a new one.")));
	if (refused)
	{
		values[0] = Int64GetDatum(oms_spi_int64(0, 1));
		values[1] = PointerGetDatum(actor);
		oms_spi_execute(&count_wrong_code, values, NULL, false);
	}
	oms_spi_finish();
	return !refused;
}

/* consume takes what leaves the house out of the stock. */
static void
consume(Action action, int nlines, const OmsWorkLine *lines, const OmsWork *work, text *actor)
{
	OmsOrderUnits *units = palloc(sizeof(OmsOrderUnits) * Max(1, nlines));
	int			n = 0;

	for (int i = 0; i < nlines; i++)
	{
		const OmsWork *of = &work[lines[i].work];

		if (lines[i].change.shipped > 0)
			units[n++] = (OmsOrderUnits) {
				of->order_id, lines[i].line_no, lines[i].sku, of->location,
				lines[i].change.shipped, of->id
			};
	}
	oms_consume_order_units(n, units, names[action], actor);
}

/* act is every action: on all of the fulfillments, or on a part of one. */
static void
act(FunctionCallInfo fcinfo, Action action, int n, const int64 *ids, const Part *part, text *code,
	text *actor)
{
	OmsWork    *work = oms_work_lock(names[action], n, ids);

	if (action != UNPACK)
		require_no_hold(action, n, ids);
	if (action == HAND_OVER && !accept_code(n, ids, code, actor))
	{
		work->to_status = "wrong_code";
		work->counted = true;
		oms_work_put(fcinfo, 1, work);
		return;
	}

	if (action != ACCEPT && action != READY)
	{
		OmsWorkLine *lines;
		int			nlines = oms_work_lines(n, work, &lines);

		for (int i = 0; i < n; i++)
			work[i].counted = true;
		if (part->skus != NULL)
			change_part(action, nlines, lines, work, part);
		else
			for (int i = 0; i < nlines; i++)
				change_line(action, &lines[i], left_for(action, &lines[i]), work);
		for (int i = 0; i < nlines; i++)
		{
			if (action == PACK)
				require_picked(&lines[i], work);
			/* What was handed over in part is still ready. */
			if (action == HAND_OVER && left_for(action, &lines[i]) > lines[i].change.shipped)
				work[lines[i].work].to_status = work[lines[i].work].from_status;
		}
		if (action == HAND_OVER)
			require_whole_kits(nlines, lines, work);
		oms_work_write_lines(nlines, lines, work);
		if (action == SHIP || action == HAND_OVER)
			consume(action, nlines, lines, work, actor);
	}
	oms_work_write(names[action], n, work, NULL, actor);
	oms_work_put(fcinfo, n, work);
}

/* read_part reads skus and quantities, both optional. */
static Part
read_part(FunctionCallInfo fcinfo, int argno)
{
	Part		part = {0};

	if (PG_ARGISNULL(argno))
	{
		if (!PG_ARGISNULL(argno + 1))
			oms_require_not_null(fcinfo, argno, "skus");
		return part;
	}
	part.n = oms_arg_keys(fcinfo, argno, "skus", &part.skus);
	if (PG_ARGISNULL(argno + 1))
		return part;
	oms_require_same_length("skus", part.n, "quantities",
							oms_arg_quantities(fcinfo, argno + 1, "quantities", &part.quantities));
	for (int i = 0; i < part.n; i++)
		if (part.quantities[i] < 1)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("quantity must be at least 1"),
					 errdetail("Sku \"%s\": %lld.", text_to_cstring(part.skus[i]),
							   (long long) part.quantities[i])));
	return part;
}

/*
 * run is every verb: fulfillment_id(s) [, skus, quantities: of one that may be done in
 * part][, code: of hand_over], actor, request_id. A row per fulfillment.
 */
static Datum
run(FunctionCallInfo fcinfo, Action action, bool many)
{
	bool		in_part = !many && (action == PICK || action == HAND_OVER);
	int			argno = 1;
	int64	   *ids;
	int			n = oms_arg_fulfillments(fcinfo, many, &ids);
	Part		part = {0};
	text	   *code = NULL;
	text	   *actor;

	if (in_part)
	{
		part = read_part(fcinfo, argno);
		argno += 2;
	}
	if (in_part && action == HAND_OVER)
	{
		code = PG_ARGISNULL(argno) ? NULL : oms_arg_key(fcinfo, argno, "code");
		argno++;
	}
	actor = oms_arg_actor(fcinfo, argno++);
	InitMaterializedSRF(fcinfo, 0);
	if (!oms_request_begin(fcinfo, argno, NULL))
	{
		act(fcinfo, action, n, ids, &part, code, actor);
		oms_request_end(fcinfo, argno, NULL);
	}
	return (Datum) 0;
}

/* oms_accept: the location takes the work on; from now on the router leaves it. */
Datum
oms_accept(PG_FUNCTION_ARGS)
{
	return run(fcinfo, ACCEPT, false);
}

Datum
oms_accept_many(PG_FUNCTION_ARGS)
{
	return run(fcinfo, ACCEPT, true);
}

/* oms_pick: units are taken from the shelf, all that are left or some. */
Datum
oms_pick(PG_FUNCTION_ARGS)
{
	return run(fcinfo, PICK, false);
}

Datum
oms_pick_many(PG_FUNCTION_ARGS)
{
	return run(fcinfo, PICK, true);
}

/* oms_pack: what was picked is packed; OM005 while units are neither picked nor rejected. */
Datum
oms_pack(PG_FUNCTION_ARGS)
{
	return run(fcinfo, PACK, false);
}

Datum
oms_pack_many(PG_FUNCTION_ARGS)
{
	return run(fcinfo, PACK, true);
}

/* oms_unpack: what was packed and has not left is picked again. */
Datum
oms_unpack(PG_FUNCTION_ARGS)
{
	return run(fcinfo, UNPACK, false);
}

Datum
oms_unpack_many(PG_FUNCTION_ARGS)
{
	return run(fcinfo, UNPACK, true);
}

/* oms_ship: the goods leave the house. */
Datum
oms_ship(PG_FUNCTION_ARGS)
{
	return run(fcinfo, SHIP, false);
}

Datum
oms_ship_many(PG_FUNCTION_ARGS)
{
	return run(fcinfo, SHIP, true);
}

/* oms_ready: the customer may come. */
Datum
oms_ready(PG_FUNCTION_ARGS)
{
	return run(fcinfo, READY, false);
}

Datum
oms_ready_many(PG_FUNCTION_ARGS)
{
	return run(fcinfo, READY, true);
}

/* oms_hand_over: the customer takes all that is left, or some. */
Datum
oms_hand_over(PG_FUNCTION_ARGS)
{
	return run(fcinfo, HAND_OVER, false);
}

Datum
oms_hand_over_many(PG_FUNCTION_ARGS)
{
	return run(fcinfo, HAND_OVER, true);
}

/*
 * oms_issue_code(fulfillment_id, code): a text, the code against which it is handed over,
 * a random one unless given; it replaces an earlier one. OM004 unknown, OM005 not to be
 * picked up (any more).
 */
Datum
oms_issue_code(PG_FUNCTION_ARGS)
{
	/* no letters and digits that look alike; 32, so that a byte picks one without bias */
	static const char alphabet[] = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
	int64	   *ids;
	text	   *code;
	Datum		values[2];
	bool		isnull;

	(void) oms_arg_fulfillments(fcinfo, false, &ids);
	if (PG_ARGISNULL(1))
	{
		char		random[8];

		if (!pg_strong_random(random, sizeof(random)))
			elog(ERROR, "no random numbers");
		for (int i = 0; i < sizeof(random); i++)
			random[i] = alphabet[random[i] & 31];
		code = cstring_to_text_with_len(random, sizeof(random));
	}
	else
		code = oms_arg_key(fcinfo, 1, "code");
	oms_work_lock_orders(1, ids);
	values[0] = Int64GetDatum(ids[0]);
	values[1] = PointerGetDatum(code);
	oms_spi_connect();
	if (oms_spi_execute_latest(&set_code, values, NULL) == 0)
		oms_work_raise("issue a code for", ids[0]);
	oms_require_own_location(DatumGetTextPP(oms_spi_value(0, 1, &isnull)));
	oms_spi_finish();
	PG_RETURN_TEXT_P(code);
}
