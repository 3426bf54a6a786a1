/*
 * changes.c
 *		Outbound: the change feed.
 *
 * There is no table of events. What the tables of oms keep anyway is the log: the ledger of
 * movements, and rows of reservations, orders and fulfillments, of which the version that holds is the
 * event. Each row carries xid, the transaction that wrote it last: by default where it is inserted,
 * by a trigger where it is updated, and the reserve path writes it into the row that it inserts
 * anyway. So reserving costs 8 bytes and no write more. Rows are found by a BRIN index on
 * xid: a new row in pages that are not summarized yet writes nothing into it, autovacuum
 * summarizes full ranges later (autosummarize), and a range whose highest xid is below what
 * is asked for is not read. xmin would not do: it is 32 bits, and no index can be made on it.
 *
 * Position.  That of a consumer is a pg_snapshot: the transactions whose changes it has. A poll
 * returns the rows whose transaction the present snapshot sees and the position does not, and
 * offers the present snapshot; acknowledging makes it the position. A transaction is in the one or
 * not, whatever the order of numbers and of commits, so there are no gaps, nothing twice, and a
 * transaction that stays open holds up nobody but itself. What limits a poll (at_most) cuts
 * between transactions: of those that are new, the lowest xids; the position offered then has
 * exactly these more (cut_position). Until it is acknowledged a poll begins at the same place.
 *
 * Order.  By transaction. Two that wrote one row did so one after the other, since the second
 * waited for the first, and the row says what the second made of it. Movements of one key by
 * transactions that ran at once are sums, which commute.
 *
 * Retention.  A position is valid as long as the rows are there, and oms deletes none of these.
 * After a restore elsewhere transaction ids mean nothing: positions carry the cluster's
 * identifier and are refused. A standby that was promoted goes on.
 *
 * Availability.  published_row keeps what a consumer was told of each channel and sku. A poll
 * computes those skus anew that may have changed since the last one it acknowledged: those with an
 * event, those with holds that expired meanwhile, kits of both; and those whose availability may
 * change without an event, then or now: with units protected, with quotas, excluded somewhere
 * (watched). When the network or the rules in force changed (setup), all are. It reports what
 * differs from what was told, by the value, by the shown value, or by bucket.
 *
 * Locks: the consumer's row, to the end of the transaction: two that poll for one consumer take turns.
 * Tables: consumer_row, published_row; movement_row, reservation_row, order_row, fulfillment_row,
 * hold_back_row and what availability depends on, by reading.
 */
#include "postgres.h"

#include "access/transam.h"
#include "access/xact.h"
#include "access/xlog.h"
#include "commands/trigger.h"
#include "executor/spi.h"
#include "funcapi.h"
#include "utils/guc.h"
#include "utils/rel.h"
#include "utils/xid8.h"

#include "oms.h"

PG_FUNCTION_INFO_V1(oms_stamp_row);
PG_FUNCTION_INFO_V1(oms_add_consumer);
PG_FUNCTION_INFO_V1(oms_drop_consumer);
PG_FUNCTION_INFO_V1(oms_seek_consumer);
PG_FUNCTION_INFO_V1(oms_poll_changes);
PG_FUNCTION_INFO_V1(oms_poll_availability);
PG_FUNCTION_INFO_V1(oms_acknowledge);
PG_FUNCTION_INFO_V1(oms_notify_consumers);

/*
 * The present snapshot, in which this transaction is in progress: pg_current_snapshot leaves
 * that out, and what it does after the poll would be taken for known.
 */
#define PRESENT \
	"(SELECT CASE WHEN o.own IS NULL OR o.own >= pg_snapshot_xmax(s.s) THEN s.s ELSE (LEAST(pg_snapshot_xmin(s.s), o.own) || ':' " \
	"|| pg_snapshot_xmax(s.s) || ':' || (SELECT string_agg(i.i::text, ',' ORDER BY i.i) FROM (SELECT i FROM pg_snapshot_xip(s.s) i " \
	"UNION SELECT o.own) i))::pg_snapshot END FROM (SELECT pg_current_snapshot() AS s) s, (SELECT pg_current_xact_id_if_assigned() AS own) o)"

static OmsPlan insert_consumer = {
	"INSERT INTO oms.consumer_row AS c (consumer, events, channels, method, publish, low, cluster, \"position\") "
	"SELECT $1, $2, COALESCE($3, '{}'), $4, $5, $6, $7, " PRESENT " "
	"ON CONFLICT (consumer) DO UPDATE SET events = excluded.events, channels = excluded.channels, method = excluded.method, "
	"publish = excluded.publish, low = excluded.low, setup = NULL RETURNING c.\"position\"::text",
	7, {"text", "_text", "_text", "text", "text", "int8", "int8"}
};

static OmsPlan delete_consumer = {
	"WITH gone AS (DELETE FROM oms.published_row p WHERE p.consumer = $1) DELETE FROM oms.consumer_row c WHERE c.consumer = $1",
	1, {"text"}
};

static OmsPlan seek = {
	"WITH told AS (DELETE FROM oms.published_row p WHERE p.consumer = $1 AND $2 = 'start') "
	"UPDATE oms.consumer_row c SET \"position\" = CASE $2 WHEN 'start' THEN '1:1:' WHEN 'now' THEN " PRESENT "::text ELSE $2 END::pg_snapshot, "
	"offered = NULL, available_at = NULL, available_offered = NULL, setup = NULL, cluster = $3 WHERE c.consumer = $1 "
	"RETURNING c.\"position\"::text, pg_snapshot_xmax(c.\"position\") > pg_snapshot_xmax(pg_current_snapshot())",
	3, {"text", "text", "int8"}
};

static OmsPlan lock_consumer = {
	"SELECT c.cluster = $2, c.channels, c.method, c.publish, c.low FROM oms.consumer_row c WHERE c.consumer = $1 FOR UPDATE",
	2, {"text", "int8"}
};

/* Whether a row is new to position p. */
#define NEW_TO(row, p) \
	row ".xid >= (SELECT pg_snapshot_xmin(" p ") FROM c) AND NOT pg_visible_in_snapshot(" row ".xid, (SELECT " p " FROM c)) " \
	"AND pg_visible_in_snapshot(" row ".xid, (SELECT c.present FROM c)) "

/*
 * The events that are new, cut between transactions, and the position that follows them. The
 * last row has no event.
 */
static OmsPlan select_changes = {
	"WITH c AS MATERIALIZED (SELECT c.\"position\" AS p, c.events, " PRESENT " AS present FROM oms.consumer_row c WHERE c.consumer = $1), "
	"e AS MATERIALIZED (SELECT 'stock' AS event, m.movement_id::text AS key, m.sku, m.location, NULL::text AS order_id, NULL::text AS channel, m.quantity, m.kind AS status, m.moved_at AS at, m.xid "
	"FROM oms.movement_row m WHERE " NEW_TO("m", "c.p") "AND (SELECT 'stock' = ANY (c.events) FROM c) "
	"UNION ALL SELECT 'reservation', r.reservation_id::text, r.sku, r.location, r.order_id, r.channel, r.quantity - r.consumed, r.status, COALESCE(r.changed_at, r.created_at), r.xid "
	"FROM oms.reservation_row r WHERE " NEW_TO("r", "c.p") "AND (SELECT 'reservation' = ANY (c.events) FROM c) "
	"UNION ALL SELECT 'order', o.order_id, NULL, NULL, o.order_id, o.channel, NULL, o.status, COALESCE(o.cancelled_at, o.placed_at), o.xid "
	"FROM oms.order_row o WHERE " NEW_TO("o", "c.p") "AND (SELECT 'order' = ANY (c.events) FROM c) "
	"UNION ALL SELECT 'fulfillment', f.fulfillment_id::text, NULL, f.location, f.order_id, NULL, NULL, f.status, COALESCE(f.changed_at, f.assigned_at), f.xid "
	"FROM oms.fulfillment_row f WHERE " NEW_TO("f", "c.p") "AND (SELECT 'fulfillment' = ANY (c.events) FROM c)), "
	"t AS MATERIALIZED (SELECT t.xid, sum(t.n) OVER (ORDER BY t.xid) AS upto, row_number() OVER (ORDER BY t.xid) AS nth, count(*) OVER () AS transactions "
	"FROM (SELECT e.xid, count(*) AS n FROM e GROUP BY e.xid) t), "
	"last AS MATERIALIZED (SELECT max(t.xid) AS xid, count(*) < max(t.transactions) AS cut FROM t WHERE t.upto <= $2 OR t.nth = 1), "
	"x AS MATERIALIZED (SELECT CASE WHEN last.cut AND pg_snapshot_xmax(c.p) <= last.xid THEN (last.xid::text::bigint + 1)::text::xid8 ELSE pg_snapshot_xmax(c.p) END AS xmax FROM c, last), "
	"open AS MATERIALIZED (SELECT DISTINCT i.xid FROM (SELECT i AS xid FROM c, last, pg_snapshot_xip(c.p) i WHERE i > last.xid OR NOT pg_visible_in_snapshot(i, c.present) "
	"UNION ALL SELECT i FROM c, pg_snapshot_xip(c.present) i WHERE NOT pg_visible_in_snapshot(i, c.p)) i, x WHERE i.xid < x.xmax) "
	"SELECT e.event, e.key, e.sku, e.location, e.order_id, e.channel, e.quantity, e.status, e.at, e.xid FROM e, last WHERE e.xid <= last.xid "
	"UNION ALL SELECT NULL, CASE WHEN last.cut THEN COALESCE((SELECT min(open.xid) FROM open), x.xmax) || ':' || x.xmax || ':' "
	"|| COALESCE((SELECT string_agg(open.xid::text, ',' ORDER BY open.xid) FROM open), '') ELSE c.present::text END, "
	"NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM c, last, x "
	"ORDER BY 10 NULLS LAST, 1, 2",
	2, {"text", "int8"}
};

static OmsPlan offer_position = {
	"UPDATE oms.consumer_row c SET offered = $2::pg_snapshot WHERE c.consumer = $1", 2, {"text", "text"}
};

/* The skus whose availability may have changed: NULL when all may have. */
static OmsPlan select_skus = {
	"WITH c AS MATERIALIZED (SELECT c.available_at AS p, c.looked_at, c.setup, c.watched, " PRESENT " AS present, clock_timestamp() AS now "
	"FROM oms.consumer_row c WHERE c.consumer = $1), "
	"setup AS MATERIALIZED (SELECT md5(concat_ws(' ', (SELECT string_agg(n.change_id::text, ' ' ORDER BY n.change_id) FROM oms.network_change n), '/', "
	"(SELECT string_agg(s.rule_id::text, ' ' ORDER BY s.rule_id) FROM oms.safety_stock_rule s, c WHERE (s.active_from IS NOT NULL OR s.active_until IS NOT NULL) "
	"AND (s.active_from IS NULL OR s.active_from <= c.now) AND (s.active_until IS NULL OR s.active_until > c.now)), '/', "
	"(SELECT string_agg(x.exclusion_id::text, ' ' ORDER BY x.exclusion_id) FROM oms.location_exclusion x, c WHERE x.sku IS NULL AND x.order_id IS NULL AND x.until > c.now))) AS hash), "
	"watched AS MATERIALIZED (SELECT DISTINCT w.sku FROM (SELECT p.sku FROM oms.protection_account p UNION ALL SELECT p.sku FROM oms.protection_delta p "
	"UNION ALL SELECT q.sku FROM oms.quota q UNION ALL SELECT x.sku FROM oms.location_exclusion x, c WHERE x.sku IS NOT NULL AND x.order_id IS NULL AND x.until > c.now) w), "
	"changed AS MATERIALIZED (SELECT m.sku FROM oms.movement_row m WHERE " NEW_TO("m", "c.p")
	"UNION SELECT r.sku FROM oms.reservation_row r WHERE " NEW_TO("r", "c.p")
	"UNION SELECT h.sku FROM oms.hold_back_row h WHERE " NEW_TO("h", "c.p")
	"UNION SELECT r.sku FROM oms.reservation_row r WHERE r.status = 'hold' AND r.expires_at > (SELECT c.looked_at FROM c) AND r.expires_at <= (SELECT c.now FROM c) "
	"UNION SELECT w.sku FROM watched w UNION SELECT w.sku FROM c, unnest(c.watched) AS w (sku)) "
	"SELECT CASE WHEN c.p IS NULL OR c.setup IS DISTINCT FROM setup.hash THEN NULL ELSE ARRAY(SELECT ch.sku FROM changed ch "
	"UNION SELECT k.kit FROM oms.kit_component k JOIN changed ch ON ch.sku = k.sku) END, "
	"c.present::text, c.now, setup.hash, ARRAY(SELECT w.sku FROM watched w) FROM c, setup",
	1, {"text"}
};

static OmsPlan offer_setup = {
	"UPDATE oms.consumer_row c SET available_offered = $2::pg_snapshot, looked_offered = $3, setup_offered = $4, watched_offered = $5 WHERE c.consumer = $1",
	5, {"text", "text", "timestamptz", "text", "_text"}
};

/* What differs from what was told is offered, and again until it is acknowledged. */
#define PUBLISH \
	"d AS MATERIALIZED (SELECT a.channel, a.sku, a.atp, a.shown, CASE WHEN a.shown <= 0 THEN 0 WHEN a.shown <= $4 THEN 1 ELSE 2 END AS bucket FROM a), " \
	"v AS MATERIALIZED (SELECT d.*, CASE $3 WHEN 'value' THEN d.atp WHEN 'shown' THEN d.shown ELSE d.bucket END AS value FROM d), " \
	"n AS MATERIALIZED (SELECT v.* FROM v LEFT JOIN oms.published_row p ON p.consumer = $1 AND p.channel = v.channel AND p.sku = v.sku " \
	"WHERE $5 OR p.value IS DISTINCT FROM v.value OR p.offered IS NOT NULL), " \
	"w AS (INSERT INTO oms.published_row (consumer, channel, sku, offered) SELECT $1, n.channel, n.sku, n.value FROM n " \
	"ON CONFLICT (consumer, channel, sku) DO UPDATE SET offered = excluded.offered) " \
	"SELECT n.channel, n.sku, n.atp, n.shown, (ARRAY['out', 'low', 'in'])[1 + n.bucket] FROM n ORDER BY 1, 2"

static OmsPlan publish_some = {
	"WITH a AS MATERIALIZED (SELECT ch.channel, m.sku, m.atp, m.shown FROM unnest($2) AS ch (channel), "
	"oms.atp_many(ch.channel, $6, $7) m WHERE m.atp IS NOT NULL), " PUBLISH,
	7, {"text", "_text", "text", "int8", "bool", "_text", "text"}
};

static OmsPlan publish_all = {
	"WITH a AS MATERIALIZED (SELECT f.channel, f.sku, f.atp, f.shown FROM oms.atp_feed($2, $6) f), " PUBLISH,
	6, {"text", "_text", "text", "int8", "bool", "text"}
};

static OmsPlan acknowledge = {
	"WITH told AS (UPDATE oms.published_row p SET value = p.offered, offered = NULL WHERE p.consumer = $1 AND p.offered IS NOT NULL "
	"AND EXISTS (SELECT FROM oms.consumer_row c WHERE c.consumer = $1 AND c.available_offered IS NOT NULL)) "
	"UPDATE oms.consumer_row c SET \"position\" = COALESCE(c.offered, c.\"position\"), offered = NULL, "
	"available_at = COALESCE(c.available_offered, c.available_at), "
	"looked_at = CASE WHEN c.available_offered IS NULL THEN c.looked_at ELSE c.looked_offered END, "
	"setup = CASE WHEN c.available_offered IS NULL THEN c.setup ELSE c.setup_offered END, "
	"watched = CASE WHEN c.available_offered IS NULL THEN c.watched ELSE c.watched_offered END, available_offered = NULL, "
	"acknowledged_at = clock_timestamp() WHERE c.consumer = $1 RETURNING c.\"position\"::text",
	1, {"text"}
};

static OmsPlan notify = {
	"SELECT count(pg_notify('oms_changes', c.consumer)) FROM oms.consumer_row c "
	"WHERE pg_snapshot_xmax(c.\"position\") < pg_snapshot_xmax(pg_current_snapshot())", 0
};

/* oms_stamp_row() is the trigger that writes the transaction into column xid of an updated row. */
Datum
oms_stamp_row(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;
	int			attno;
	Datum		xid;
	bool		isnull = false;

	if (!CALLED_AS_TRIGGER(fcinfo))
		elog(ERROR, "oms.stamp_row must be called as a trigger");
	attno = SPI_fnumber(RelationGetDescr(trigger->tg_relation), "xid");
	if (attno <= 0)
		elog(ERROR, "table \"%s\" has no column xid", RelationGetRelationName(trigger->tg_relation));
	xid = FullTransactionIdGetDatum(GetTopFullTransactionId());
	return PointerGetDatum(heap_modify_tuple_by_cols(trigger->tg_newtuple, RelationGetDescr(trigger->tg_relation),
													 1, &attno, &xid, &isnull));
}

static void
raise_unknown(text *consumer)
{
	ereport(ERROR,
			(errcode(OMS_ERR_UNKNOWN_KEY),
			 errmsg("consumer \"%s\" is unknown", text_to_cstring(consumer)),
			 errhint("Call oms.add_consumer first.")));
}

/* execute_by_index runs a plan that finds few rows of many by index, whatever the planner thinks of how many. */
static uint64
execute_by_index(OmsPlan *plan, Datum *values, const char *nulls)
{
	static const char *const off[] = {"enable_seqscan", "enable_hashjoin", "enable_mergejoin", "jit"};
	int			level = NewGUCNestLevel();
	uint64		n;

	for (int i = 0; i < lengthof(off); i++)
		(void) set_config_option(off[i], "off", PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE, true,
								 0, false);
	n = oms_spi_execute_latest(plan, values, nulls);
	AtEOXact_GUC(false, level);
	return n;
}

/*
 * lock_consumer_row locks the consumer and reads how it is published to. OM004 unknown, OM005
 * when its position is about another cluster.
 */
static void
lock_consumer_row(text *consumer, Datum *channels, Datum *method, Datum *publish, int64 *low)
{
	MemoryContext caller = CurrentMemoryContext;
	Datum		values[2] = {PointerGetDatum(consumer), Int64GetDatum((int64) GetSystemIdentifier())};
	bool		isnull;

	oms_spi_connect();
	if (oms_spi_execute_latest(&lock_consumer, values, NULL) == 0)
		raise_unknown(consumer);
	if (!DatumGetBool(oms_spi_value(0, 1, &isnull)))
		ereport(ERROR,
				(errcode(OMS_ERR_ILLEGAL_TRANSITION),
				 errmsg("the position of consumer \"%s\" is about another cluster", text_to_cstring(consumer)),
				 errdetail("The database was restored, and its transaction ids began anew."),
				 errhint("Call oms.seek_consumer with start or now.")));
	*channels = oms_spi_copy(0, 2, caller);
	*method = oms_spi_copy(0, 3, caller);
	*publish = oms_spi_copy(0, 4, caller);
	*low = oms_spi_int64(0, 5);
	oms_spi_finish();
}

/* oms_add_consumer(consumer, events, channels, publish, low, method): see the COMMENT. */
Datum
oms_add_consumer(PG_FUNCTION_ARGS)
{
	MemoryContext caller = CurrentMemoryContext;
	Datum		values[7];
	text	  **ignored;
	Datum		position;

	values[0] = PointerGetDatum(oms_arg_key(fcinfo, 0, "consumer"));
	(void) oms_arg_keys(fcinfo, 1, "events", &ignored);
	values[1] = PG_GETARG_DATUM(1);
	if (!PG_ARGISNULL(2))
		(void) oms_arg_keys(fcinfo, 2, "channels", &ignored);
	values[2] = PG_ARGISNULL(2) ? 0 : PG_GETARG_DATUM(2);
	values[3] = PointerGetDatum(oms_arg_key(fcinfo, 5, "method"));
	values[4] = PointerGetDatum(oms_arg_key(fcinfo, 3, "publish"));
	oms_require_not_null(fcinfo, 4, "low");
	values[5] = PG_GETARG_DATUM(4);
	values[6] = Int64GetDatum((int64) GetSystemIdentifier());
	oms_spi_connect();
	oms_spi_execute_latest(&insert_consumer, values, PG_ARGISNULL(2) ? "  n    " : NULL);
	position = oms_spi_copy(0, 1, caller);
	oms_spi_finish();
	return position;
}

/* oms_drop_consumer(consumer): OM004 unknown. */
Datum
oms_drop_consumer(PG_FUNCTION_ARGS)
{
	text	   *consumer = oms_arg_key(fcinfo, 0, "consumer");
	Datum		values[1] = {PointerGetDatum(consumer)};

	oms_spi_connect();
	if (oms_spi_execute_latest(&delete_consumer, values, NULL) == 0)
		raise_unknown(consumer);
	oms_spi_finish();
	PG_RETURN_VOID();
}

/* oms_seek_consumer(consumer, position): see the COMMENT. */
Datum
oms_seek_consumer(PG_FUNCTION_ARGS)
{
	MemoryContext caller = CurrentMemoryContext;
	text	   *consumer = oms_arg_key(fcinfo, 0, "consumer");
	Datum		values[3] = {PointerGetDatum(consumer), 0, Int64GetDatum((int64) GetSystemIdentifier())};
	Datum		position;
	bool		isnull;

	values[1] = PointerGetDatum(oms_arg_key(fcinfo, 1, "position"));
	oms_spi_connect();
	if (oms_spi_execute_latest(&seek, values, NULL) == 0)
		raise_unknown(consumer);
	if (DatumGetBool(oms_spi_value(0, 2, &isnull)))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("position must not be in the future"),
				 errdetail("It is %s.", oms_spi_text(0, 1))));
	position = oms_spi_copy(0, 1, caller);
	oms_spi_finish();
	return position;
}

/* oms_poll_changes(consumer, at_most): see the COMMENT. */
Datum
oms_poll_changes(PG_FUNCTION_ARGS)
{
	MemoryContext caller = CurrentMemoryContext;
	text	   *consumer = oms_arg_key(fcinfo, 0, "consumer");
	Datum		values[2] = {PointerGetDatum(consumer)};
	Datum		ignored;
	int64		low;
	uint64		n;

	values[1] = Int64GetDatum(oms_arg_quantity(fcinfo, 1, "at_most"));
	InitMaterializedSRF(fcinfo, 0);
	lock_consumer_row(consumer, &ignored, &ignored, &ignored, &low);
	oms_spi_connect();
	n = execute_by_index(&select_changes, values, NULL);
	oms_spi_put_rows((ReturnSetInfo *) fcinfo->resultinfo, n - 1);
	values[1] = oms_spi_copy(n - 1, 2, caller);
	oms_spi_execute(&offer_position, values, NULL, false);
	oms_spi_finish();
	return (Datum) 0;
}

/* oms_poll_availability(consumer, "full"): see the COMMENT. */
Datum
oms_poll_availability(PG_FUNCTION_ARGS)
{
	MemoryContext caller = CurrentMemoryContext;
	text	   *consumer = oms_arg_key(fcinfo, 0, "consumer");
	Datum		values[7] = {PointerGetDatum(consumer)};
	Datum		offer[5] = {PointerGetDatum(consumer)};
	Datum		channels;
	Datum		method;
	Datum		publish;
	Datum		skus;
	int64		low;
	bool		full;
	bool		isnull;
	uint64		n;

	oms_require_not_null(fcinfo, 1, "full");
	full = PG_GETARG_BOOL(1);
	InitMaterializedSRF(fcinfo, 0);
	lock_consumer_row(consumer, &channels, &method, &publish, &low);
	oms_spi_connect();
	execute_by_index(&select_skus, values, NULL);
	skus = full ? 0 : oms_spi_copy(0, 1, caller);
	offer[1] = oms_spi_copy(0, 2, caller);
	offer[2] = oms_spi_value(0, 3, &isnull);
	offer[3] = oms_spi_copy(0, 4, caller);
	offer[4] = oms_spi_copy(0, 5, caller);

	values[1] = channels;
	values[2] = publish;
	values[3] = Int64GetDatum(low);
	values[4] = BoolGetDatum(full);
	values[5] = skus == 0 ? method : skus;
	values[6] = method;
	n = skus == 0 ? oms_spi_execute(&publish_all, values, NULL, false) :
		execute_by_index(&publish_some, values, NULL);
	oms_spi_put_rows((ReturnSetInfo *) fcinfo->resultinfo, n);
	oms_spi_execute(&offer_setup, offer, NULL, false);
	oms_spi_finish();
	return (Datum) 0;
}

/* oms_acknowledge(consumer): what was polled is done with; the position. */
Datum
oms_acknowledge(PG_FUNCTION_ARGS)
{
	MemoryContext caller = CurrentMemoryContext;
	text	   *consumer = oms_arg_key(fcinfo, 0, "consumer");
	Datum		values[1] = {PointerGetDatum(consumer)};
	Datum		position;

	oms_spi_connect();
	if (oms_spi_execute_latest(&acknowledge, values, NULL) == 0)
		raise_unknown(consumer);
	position = oms_spi_copy(0, 1, caller);
	oms_spi_finish();
	return position;
}

/* oms_notify_consumers(): see the COMMENT. */
Datum
oms_notify_consumers(PG_FUNCTION_ARGS)
{
	int64		n;

	oms_spi_connect();
	oms_spi_execute(&notify, NULL, NULL, false);
	n = oms_spi_int64(0, 1);
	oms_spi_finish();
	PG_RETURN_INT64(n);
}
