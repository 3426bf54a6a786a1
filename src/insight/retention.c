/*
 * retention.c
 *		oms.archive(): removes what is over and old, and returns it.
 *
 * A kind is removed by a few statements, each of which chooses things that are over, old,
 * unlocked and read by every consumer, at most so many; deletes their rows with all that is theirs; and
 * writes what the sums need in their place. One statement, one snapshot: whoever looks sees the
 * rows or what stands for them. Nothing is committed in between, so a call that is killed has
 * removed nothing.
 *
 * What stands for what was removed: of movements one of kind opening at each key, with their
 * sums. It carries the newest xid of them, which every consumer has, so that it is no news, and
 * the moment of the newest of them, so that it comes before those that are kept. Of what reservations used of
 * quotas and protected stock a row of archived_use_row, until the period is over or the protection has lapsed
 * and nothing else counts there: then the account goes with it, as one of capacity goes with its window.
 *
 * What a consumer of the change feed has not acknowledged stays: rows by a transaction that is
 * not older than all those that it has not seen. Consumers whose position is about another
 * cluster must begin anew and keep nothing.
 *
 * Tables: those named here, by deleting; movement_row, archived_use_row, by inserting.
 * Locks: rows that it deletes; those locked by others are left.
 */
#include "postgres.h"

#include "access/xlog.h"
#include "funcapi.h"
#include "utils/timestamp.h"

#include "oms.h"

PG_FUNCTION_INFO_V1(oms_archive);

/* Arguments of every statement: before when it must have been over, at_most, the cluster, actor. */
#define ARGUMENTS 4, {"timestamptz", "int8", "int8", "text"}

/* h: the moment, and the oldest transaction that a consumer may not have. */
#define HORIZON(before) \
	"WITH h AS MATERIALIZED (SELECT " before " AS before, (SELECT min(LEAST(pg_snapshot_xmin(c.\"position\"), " \
	"pg_snapshot_xmin(COALESCE(c.available_at, c.\"position\")))) FROM oms.consumer_row c WHERE c.cluster = $3) AS unread " \
	"FROM (SELECT $4) a), "
#define READ(row) "(h.unread IS NULL OR " row ".xid < h.unread)"

/* Deletes of a table what belongs to the orders o. */
#define OF_ORDERS(name) \
	name " AS (DELETE FROM oms." name " t USING o WHERE t.order_id = o.order_id RETURNING t.*), "
#define ROWS_OF(name) "SELECT '" name "', to_jsonb(t) FROM " name " t "

/* What reservations that were deleted, in reservation_row, had used of quotas and protections. */
#define KEEP_USE \
	"used AS (INSERT INTO oms.archived_use_row AS a (kind, keys, used) SELECT u.kind, u.keys, sum(u.used) FROM (" \
	"SELECT 'quota' AS kind, ARRAY[COALESCE(r.kit, r.sku), r.channel, r.quota_period] AS keys, " \
	"r.consumed / COALESCE(r.kit_quantity, 1) AS used FROM reservation_row r WHERE r.quota_period IS NOT NULL " \
	"UNION ALL SELECT 'protection', ARRAY[r.sku, r.location, r.protected_until, r.channel], LEAST(r.protected, r.consumed) " \
	"FROM reservation_row r WHERE r.protected > 0) u WHERE u.used > 0 GROUP BY u.kind, u.keys " \
	"ON CONFLICT (kind, keys) DO UPDATE SET used = a.used + excluded.used) "

/* A moment as accounts write it, which sorts as time does. */
#define WRITTEN(moment) "to_char(" moment " AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"

/* Windows of capacity that are over, with what counted in them. */
static OmsPlan windows = {
	HORIZON("$1")
	"w AS MATERIALIZED (SELECT a.location, a.window_name, a.until, a.measure FROM oms.capacity_account a, h "
	"WHERE a.until < " WRITTEN("h.before") " LIMIT $2 FOR UPDATE OF a SKIP LOCKED), "
	"capacity_account AS (DELETE FROM oms.capacity_account t USING w WHERE t.location = w.location AND t.window_name = w.window_name "
	"AND t.until = w.until AND t.measure = w.measure RETURNING t.*), "
	"capacity_delta AS (DELETE FROM oms.capacity_delta t USING w WHERE t.location = w.location AND t.window_name = w.window_name "
	"AND t.until = w.until AND t.measure = w.measure), "
	"capacity_use_row AS (DELETE FROM oms.capacity_use_row t USING w WHERE t.location = w.location AND t.window_name = w.window_name "
	"AND t.until = w.until AND t.measure = w.measure RETURNING t.*) "
	ROWS_OF("capacity_account") "UNION ALL " ROWS_OF("capacity_use_row"),
	ARGUMENTS
};

static OmsPlan orders = {
	HORIZON("$1")
	"o AS MATERIALIZED (SELECT o.order_id FROM h, oms.order_row o "
	"CROSS JOIN LATERAL (SELECT LEAST($1, (SELECT clock_timestamp() - w.return_within FROM oms.return_window w WHERE w.channel = o.channel)) AS before) b "
	"WHERE GREATEST(o.placed_at, o.cancelled_at) < b.before AND " READ("o") " "
	/* Not by oms.order_line, which would add up the reservations of all orders: of kits the first component counts, in kits. */
	"AND (o.status = 'cancelled' OR NOT EXISTS (SELECT FROM oms.order_line_row l WHERE l.order_id = o.order_id AND l.quantity - l.cancelled > "
	"COALESCE((SELECT sum(r.consumed / COALESCE(r.kit_quantity, 1)) FROM oms.reservation_row r WHERE r.order_id = l.order_id AND r.line_no = l.line_no "
	"AND (r.component IS NULL OR r.component = 1)), 0))) "
	"AND NOT EXISTS (SELECT FROM oms.reservation_row r WHERE r.order_id = o.order_id "
	"AND (r.status IN ('hold', 'firm') OR GREATEST(r.created_at, r.changed_at) >= b.before OR NOT " READ("r") ")) "
	"AND NOT EXISTS (SELECT FROM oms.backorder_row r WHERE r.order_id = o.order_id AND (r.status = 'open' OR GREATEST(r.created_at, r.changed_at) >= b.before)) "
	"AND NOT EXISTS (SELECT FROM oms.fulfillment_row f WHERE f.order_id = o.order_id "
	"AND (f.status IN ('assigned', 'accepted', 'picking', 'packed', 'ready') OR GREATEST(f.assigned_at, f.changed_at) >= b.before OR NOT " READ("f") ")) "
	"AND NOT EXISTS (SELECT FROM oms.return_row r WHERE r.order_id = o.order_id AND r.returned_at >= b.before) "
	"AND NOT EXISTS (SELECT FROM oms.capacity_use_row u WHERE u.order_id = o.order_id) "
	"LIMIT $2 FOR UPDATE OF o SKIP LOCKED), "
	OF_ORDERS("order_line_row") OF_ORDERS("order_hold_row") OF_ORDERS("order_row") OF_ORDERS("backorder_row")
	OF_ORDERS("decision_row") OF_ORDERS("decision_line_row") OF_ORDERS("fulfillment_row") OF_ORDERS("fulfillment_line_row")
	OF_ORDERS("fulfillment_event_row") OF_ORDERS("rejection_row") OF_ORDERS("return_row") OF_ORDERS("shortfall_row")
	OF_ORDERS("reservation_row") KEEP_USE
	ROWS_OF("order_row") "UNION ALL " ROWS_OF("order_line_row") "UNION ALL " ROWS_OF("order_hold_row") "UNION ALL "
	ROWS_OF("backorder_row") "UNION ALL " ROWS_OF("reservation_row") "UNION ALL " ROWS_OF("decision_row") "UNION ALL "
	ROWS_OF("decision_line_row") "UNION ALL " ROWS_OF("fulfillment_row") "UNION ALL " ROWS_OF("fulfillment_line_row") "UNION ALL "
	ROWS_OF("fulfillment_event_row") "UNION ALL " ROWS_OF("rejection_row") "UNION ALL " ROWS_OF("return_row") "UNION ALL "
	ROWS_OF("shortfall_row"),
	ARGUMENTS
};

static OmsPlan exclusions = {
	HORIZON("$1")
	"c AS MATERIALIZED (SELECT e.exclusion_id FROM oms.location_exclusion e, h WHERE e.until < h.before LIMIT $2 FOR UPDATE OF e SKIP LOCKED), "
	"location_exclusion AS (DELETE FROM oms.location_exclusion t USING c WHERE t.exclusion_id = c.exclusion_id RETURNING t.*) "
	ROWS_OF("location_exclusion"),
	ARGUMENTS
};

/* A kit's components leave together. */
static OmsPlan reservations = {
	HORIZON("$1")
	"c AS MATERIALIZED (SELECT r.reservation_id, r.sku FROM oms.reservation_row r, h "
	"WHERE r.order_id IS NULL AND r.status IN ('released', 'expired', 'consumed') AND GREATEST(r.created_at, r.changed_at) < h.before AND " READ("r") " "
	"AND (r.kit IS NULL OR NOT EXISTS (SELECT FROM oms.reservation_row k WHERE k.reservation_id = r.reservation_id "
	"AND (k.order_id IS NOT NULL OR k.status IN ('hold', 'firm') OR GREATEST(k.created_at, k.changed_at) >= h.before OR NOT " READ("k") "))) "
	"LIMIT $2 FOR UPDATE OF r SKIP LOCKED), "
	"reservation_row AS (DELETE FROM oms.reservation_row t USING (SELECT c.reservation_id FROM c GROUP BY c.reservation_id) c "
	"WHERE t.reservation_id = c.reservation_id RETURNING t.*), "
	KEEP_USE ROWS_OF("reservation_row"),
	ARGUMENTS
};

static OmsPlan backorders = {
	HORIZON("$1")
	"c AS MATERIALIZED (SELECT b.backorder_id, b.sku FROM oms.backorder_row b, h "
	"WHERE b.order_id IS NULL AND b.status <> 'open' AND GREATEST(b.created_at, b.changed_at) < h.before LIMIT $2 FOR UPDATE OF b SKIP LOCKED), "
	"backorder_row AS (DELETE FROM oms.backorder_row t USING c WHERE t.backorder_id = c.backorder_id AND t.sku = c.sku RETURNING t.*) "
	ROWS_OF("backorder_row"),
	ARGUMENTS
};

/*
 * Periods of quotas that are over, in every time zone, and protections that have lapsed: when only archived reservations
 * count in them, nobody gives anything back to them any more.
 */
static OmsPlan periods = {
	HORIZON("$1")
	"c AS MATERIALIZED (SELECT a.sku, a.channel, a.period FROM h, oms.quota_account a "
	"LEFT JOIN oms.archived_use_row u ON u.kind = 'quota' AND u.keys = ARRAY[a.sku, a.channel, a.period] "
	"WHERE a.reserved = COALESCE(u.used, 0) AND CASE WHEN a.period <> 'total' THEN (split_part(a.period, ' ', 2)::timestamp "
	"+ ('1 ' || split_part(a.period, ' ', 1))::interval + interval '1 day') AT TIME ZONE 'UTC' < h.before END "
	"AND NOT EXISTS (SELECT FROM oms.quota_delta d WHERE d.sku = a.sku AND d.channel = a.channel AND d.period = a.period) "
	"LIMIT $2 FOR UPDATE OF a SKIP LOCKED), "
	"archived_use_row AS (DELETE FROM oms.archived_use_row t USING c WHERE t.kind = 'quota' AND t.keys = ARRAY[c.sku, c.channel, c.period]), "
	"quota_account AS (DELETE FROM oms.quota_account t USING c WHERE t.sku = c.sku AND t.channel = c.channel AND t.period = c.period RETURNING t.*) "
	ROWS_OF("quota_account"),
	ARGUMENTS
};
static OmsPlan protections = {
	HORIZON("$1")
	"c AS MATERIALIZED (SELECT a.sku, a.location, a.until, a.channel FROM h, oms.protection_account a "
	"LEFT JOIN oms.archived_use_row u ON u.kind = 'protection' AND u.keys = ARRAY[a.sku, a.location, a.until, a.channel] "
	"WHERE a.reserved = COALESCE(u.used, 0) AND a.until < " WRITTEN("h.before") " "
	"AND NOT EXISTS (SELECT FROM oms.protection_delta d WHERE d.sku = a.sku AND d.location = a.location AND d.until = a.until AND d.channel = a.channel) "
	"LIMIT $2 FOR UPDATE OF a SKIP LOCKED), "
	"archived_use_row AS (DELETE FROM oms.archived_use_row t USING c WHERE t.kind = 'protection' AND t.keys = ARRAY[c.sku, c.location, c.until, c.channel]), "
	"protection_account AS (DELETE FROM oms.protection_account t USING c WHERE t.sku = c.sku AND t.location = c.location AND t.until = c.until "
	"AND t.channel = c.channel RETURNING t.*) "
	ROWS_OF("protection_account"),
	ARGUMENTS
};

/* Key by key, so that few keys are between two batches; an earlier opening is summed up again. */
static OmsPlan movements = {
	HORIZON("LEAST($1, (SELECT min(s.opened_at) FROM oms.count_session_row s WHERE s.status = 'open'))")
	"c AS MATERIALIZED (SELECT m.sku, m.location, m.movement_id FROM oms.movement_row m, h "
	"WHERE m.moved_at < h.before AND m.kind <> 'opening' AND " READ("m") " "
	"ORDER BY m.sku, m.location, m.movement_id LIMIT $2 FOR UPDATE OF m SKIP LOCKED), "
	"movement_row AS (DELETE FROM oms.movement_row t USING (SELECT c.sku, c.location, c.movement_id FROM c UNION ALL "
	"SELECT m.sku, m.location, m.movement_id FROM (SELECT DISTINCT c.sku, c.location FROM c) k "
	"JOIN oms.movement_row m ON m.sku = k.sku AND m.location = k.location AND m.kind = 'opening') c "
	"WHERE t.sku = c.sku AND t.location = c.location AND t.movement_id = c.movement_id RETURNING t.*), "
	"opening AS (INSERT INTO oms.movement_row (sku, location, quantity, unavailable, kind, reason, actor, moved_at, occurred_at, source, xid) "
	"SELECT t.sku, t.location, sum(t.quantity), sum(t.unavailable), 'opening', 'archived', $4, max(t.moved_at), max(t.moved_at), max(t.source), max(t.xid) "
	"FROM movement_row t GROUP BY t.sku, t.location) "
	ROWS_OF("movement_row") "WHERE t.kind <> 'opening'",
	ARGUMENTS
};

static OmsPlan decisions = {
	HORIZON("$1")
	"c AS MATERIALIZED (SELECT d.order_id, d.run_id FROM oms.decision_row d, h WHERE d.decided_at < h.before "
	"AND EXISTS (SELECT FROM oms.decision_row l WHERE l.order_id = d.order_id AND l.run_id > d.run_id) LIMIT $2 FOR UPDATE OF d SKIP LOCKED), "
	"decision_line_row AS (DELETE FROM oms.decision_line_row t USING c WHERE t.order_id = c.order_id AND t.run_id = c.run_id RETURNING t.*), "
	"decision_row AS (DELETE FROM oms.decision_row t USING c WHERE t.order_id = c.order_id AND t.run_id = c.run_id RETURNING t.*) "
	ROWS_OF("decision_row") "UNION ALL " ROWS_OF("decision_line_row"),
	ARGUMENTS
};

static OmsPlan runs = {
	HORIZON("$1")
	"c AS MATERIALIZED (SELECT r.run_id FROM oms.routing_run_row r, h WHERE r.finished_at < h.before "
	"AND NOT EXISTS (SELECT FROM oms.decision_row d WHERE d.run_id = r.run_id) "
	"AND NOT EXISTS (SELECT FROM oms.fulfillment_row f WHERE f.run_id = r.run_id) "
	"AND NOT EXISTS (SELECT FROM oms.routing_price_row p WHERE p.run_id = r.run_id) LIMIT $2 FOR UPDATE OF r SKIP LOCKED), "
	"routing_run_row AS (DELETE FROM oms.routing_run_row t USING c WHERE t.run_id = c.run_id RETURNING t.*) "
	ROWS_OF("routing_run_row"),
	ARGUMENTS
};

static OmsPlan exceptions = {
	HORIZON("$1")
	"c AS MATERIALIZED (SELECT e.exception_id FROM oms.feed_exception_row e, h WHERE e.status <> 'open' AND e.resolved_at < h.before LIMIT $2 FOR UPDATE OF e SKIP LOCKED), "
	"feed_exception_row AS (DELETE FROM oms.feed_exception_row t USING c WHERE t.exception_id = c.exception_id RETURNING t.*) "
	ROWS_OF("feed_exception_row"),
	ARGUMENTS
};

static OmsPlan counts = {
	HORIZON("$1")
	"c AS MATERIALIZED (SELECT s.count_id FROM oms.count_session_row s, h WHERE s.closed_at < h.before LIMIT $2 FOR UPDATE OF s SKIP LOCKED), "
	"k AS MATERIALIZED (SELECT t.location, t.sku, t.opened_at FROM oms.count_task_row t, h WHERE t.closed_at < h.before LIMIT $2 FOR UPDATE OF t SKIP LOCKED), "
	"f AS MATERIALIZED (SELECT s.sku, s.location, s.shortfall_id FROM oms.shortfall_row s, h WHERE s.order_id IS NULL AND s.resolved_at < h.before LIMIT $2 FOR UPDATE OF s SKIP LOCKED), "
	"count_line_row AS (DELETE FROM oms.count_line_row t USING c WHERE t.count_id = c.count_id RETURNING t.*), "
	"count_session_row AS (DELETE FROM oms.count_session_row t USING c WHERE t.count_id = c.count_id RETURNING t.*), "
	"count_task_row AS (DELETE FROM oms.count_task_row t USING k WHERE t.location = k.location AND t.sku = k.sku AND t.opened_at = k.opened_at RETURNING t.*), "
	"shortfall_row AS (DELETE FROM oms.shortfall_row t USING f WHERE t.sku = f.sku AND t.location = f.location AND t.shortfall_id = f.shortfall_id RETURNING t.*) "
	ROWS_OF("count_session_row") "UNION ALL " ROWS_OF("count_line_row") "UNION ALL " ROWS_OF("count_task_row") "UNION ALL " ROWS_OF("shortfall_row"),
	ARGUMENTS
};

static OmsPlan transfers = {
	HORIZON("$1")
	"c AS MATERIALIZED (SELECT o.transfer_id FROM oms.transfer_order_row o, h WHERE o.status IN ('received', 'cancelled') AND o.ended_at < h.before LIMIT $2 FOR UPDATE OF o SKIP LOCKED), "
	"transfer_line_row AS (DELETE FROM oms.transfer_line_row t USING c WHERE t.transfer_id = c.transfer_id RETURNING t.*), "
	"transfer_order_row AS (DELETE FROM oms.transfer_order_row t USING c WHERE t.transfer_id = c.transfer_id RETURNING t.*) "
	ROWS_OF("transfer_order_row") "UNION ALL " ROWS_OF("transfer_line_row"),
	ARGUMENTS
};

/* Nothing is claimed of what is not open, and its account is zeros. */
static OmsPlan incoming = {
	HORIZON("$1")
	"c AS MATERIALIZED (SELECT i.incoming_id, i.sku, i.location FROM oms.incoming_row i, h WHERE i.status <> 'open' "
	"AND GREATEST(i.created_at, i.changed_at) < h.before "
	"AND NOT EXISTS (SELECT FROM oms.transfer_order_row t WHERE 'transfer ' || t.transfer_id = i.reference) LIMIT $2 FOR UPDATE OF i SKIP LOCKED), "
	"incoming_row AS (DELETE FROM oms.incoming_row t USING c WHERE t.incoming_id = c.incoming_id AND t.sku = c.sku RETURNING t.*), "
	"incoming_account AS (DELETE FROM oms.incoming_account t USING c WHERE t.sku = c.sku AND t.location = c.location AND t.incoming = c.incoming_id::text), "
	"incoming_delta AS (DELETE FROM oms.incoming_delta t USING c WHERE t.sku = c.sku AND t.location = c.location AND t.incoming = c.incoming_id::text) "
	ROWS_OF("incoming_row"),
	ARGUMENTS
};

static OmsPlan held_back = {
	HORIZON("$1")
	"c AS MATERIALIZED (SELECT b.hold_back_id, b.sku FROM oms.hold_back_row b, h WHERE b.released = b.quantity "
	"AND GREATEST(b.created_at, b.changed_at) < h.before AND " READ("b") " LIMIT $2 FOR UPDATE OF b SKIP LOCKED), "
	"hold_back_row AS (DELETE FROM oms.hold_back_row t USING c WHERE t.hold_back_id = c.hold_back_id AND t.sku = c.sku RETURNING t.*) "
	ROWS_OF("hold_back_row"),
	ARGUMENTS
};

static const struct
{
	const char *name;
	OmsPlan    *statements[4];
}			kinds[] = {
	{"orders", {&windows, &orders, &exclusions}},
	{"reservations", {&reservations, &backorders, &periods, &protections}},
	{"movements", {&movements}},
	{"routing", {&decisions, &runs}},
	{"exceptions", {&exceptions}},
	{"counts", {&counts}},
	{"supply", {&transfers, &incoming, &held_back}}
};

/* oms_archive(kind, older_than, at_most, actor): see the COMMENT. */
Datum
oms_archive(PG_FUNCTION_ARGS)
{
	char	   *name = text_to_cstring(oms_arg_key(fcinfo, 0, "kind"));
	Datum		values[4];
	int			kind = 0;
	Interval	zero = {0};

	oms_require_not_null(fcinfo, 1, "older_than");
	values[1] = Int64GetDatum(oms_arg_quantity(fcinfo, 2, "at_most"));
	values[2] = Int64GetDatum((int64) GetSystemIdentifier());
	values[3] = PointerGetDatum(oms_arg_actor(fcinfo, 3));
	while (kind < lengthof(kinds) && strcmp(kinds[kind].name, name) != 0)
		kind++;
	if (kind == lengthof(kinds))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("there is no kind \"%s\" to archive", name),
				 errhint("It is one of orders, reservations, movements, routing, exceptions, counts, supply.")));
	if (DatumGetBool(DirectFunctionCall2(interval_lt, PG_GETARG_DATUM(1), IntervalPGetDatum(&zero))))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("older_than must not be negative")));
	values[0] = DirectFunctionCall2(timestamptz_mi_interval, TimestampTzGetDatum(GetCurrentTimestamp()), PG_GETARG_DATUM(1));
	InitMaterializedSRF(fcinfo, 0);
	oms_spi_connect();
	for (int i = 0; i < lengthof(kinds[kind].statements) && kinds[kind].statements[i] != NULL; i++)
		oms_spi_put_rows((ReturnSetInfo *) fcinfo->resultinfo,
						 oms_spi_execute(kinds[kind].statements[i], values, NULL, false));
	oms_spi_finish();
	return (Datum) 0;
}
