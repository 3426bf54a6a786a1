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
 * Locks: the consumer's row, to the end of the transaction: two that poll for one consumer take turns.
 * Tables: consumer_row, published_row, offer_row; movement_row, reservation_row, order_row and
 * fulfillment_row, by reading. What is published of availability: published.c.
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

#include "sync/changes.h"

PG_FUNCTION_INFO_V1(oms_stamp_row);
PG_FUNCTION_INFO_V1(oms_add_consumer);
PG_FUNCTION_INFO_V1(oms_drop_consumer);
PG_FUNCTION_INFO_V1(oms_seek_consumer);
PG_FUNCTION_INFO_V1(oms_poll_changes);
PG_FUNCTION_INFO_V1(oms_acknowledge);
PG_FUNCTION_INFO_V1(oms_notify_consumers);

static OmsPlan insert_consumer = {
	"INSERT INTO oms.consumer_row AS c (consumer, events, channels, method, publish, low, cluster, \"position\") "
	"SELECT $1, $2, COALESCE($3, '{}'), $4, $5, $6, $7, " OMS_PRESENT_SNAPSHOT " "
	"ON CONFLICT (consumer) DO UPDATE SET events = excluded.events, channels = excluded.channels, method = excluded.method, "
	"publish = excluded.publish, low = excluded.low, setup = NULL RETURNING c.\"position\"::text",
	7, {"text", "_text", "_text", "text", "text", "int8", "int8"}
};

static OmsPlan delete_consumer = {
	"WITH told AS (DELETE FROM oms.published_row p WHERE p.consumer = $1), offered AS (DELETE FROM oms.offer_row o WHERE o.consumer = $1) "
	"DELETE FROM oms.consumer_row c WHERE c.consumer = $1",
	1, {"text"}
};

static OmsPlan seek = {
	"WITH told AS (DELETE FROM oms.published_row p WHERE p.consumer = $1 AND $2 = 'start'), offered AS (DELETE FROM oms.offer_row o WHERE o.consumer = $1) "
	"UPDATE oms.consumer_row c SET \"position\" = CASE $2 WHEN 'start' THEN '1:1:' WHEN 'now' THEN " OMS_PRESENT_SNAPSHOT "::text ELSE $2 END::pg_snapshot, "
	"offered = NULL, available_at = NULL, available_offered = NULL, setup = NULL, cluster = $3 WHERE c.consumer = $1 "
	"RETURNING c.\"position\"::text, pg_snapshot_xmax(c.\"position\") > pg_snapshot_xmax(pg_current_snapshot())",
	3, {"text", "text", "int8"}
};

static OmsPlan lock_consumer = {
	"SELECT c.cluster = $2, c.channels, c.method, c.publish, c.low FROM oms.consumer_row c WHERE c.consumer = $1 FOR UPDATE",
	2, {"text", "int8"}
};

/* Whether a row is new to the position and not of this transaction. */
#define ENDED(row) OMS_NEW_TO(row, "c.p") "AND pg_visible_in_snapshot(" row ".xid, (SELECT c.present FROM c)) "

/*
 * The events that are new, cut between transactions, and the position that follows them. The
 * last row has no event.
 */
static OmsPlan select_changes = {
	"WITH c AS MATERIALIZED (SELECT c.\"position\" AS p, c.events, " OMS_PRESENT_SNAPSHOT " AS present FROM oms.consumer_row c WHERE c.consumer = $1), "
	"e AS MATERIALIZED (SELECT 'stock' AS event, m.movement_id::text AS key, m.sku, m.location, NULL::text AS order_id, NULL::text AS channel, m.quantity, m.kind AS status, m.moved_at AS at, m.xid "
	"FROM oms.movement_row m WHERE " ENDED("m") "AND (SELECT 'stock' = ANY (c.events) FROM c) "
	"UNION ALL SELECT 'reservation', r.reservation_id::text, r.sku, r.location, r.order_id, r.channel, r.quantity - r.consumed, r.status, COALESCE(r.changed_at, r.created_at), r.xid "
	"FROM oms.reservation_row r WHERE " ENDED("r") "AND (SELECT 'reservation' = ANY (c.events) FROM c) "
	"UNION ALL SELECT 'order', o.order_id, NULL, NULL, o.order_id, o.channel, NULL, o.status, COALESCE(o.cancelled_at, o.placed_at), o.xid "
	"FROM oms.order_row o WHERE " ENDED("o") "AND (SELECT 'order' = ANY (c.events) FROM c) "
	"UNION ALL SELECT 'fulfillment', f.fulfillment_id::text, NULL, f.location, f.order_id, NULL, NULL, f.status, COALESCE(f.changed_at, f.assigned_at), f.xid "
	"FROM oms.fulfillment_row f WHERE " ENDED("f") "AND (SELECT 'fulfillment' = ANY (c.events) FROM c)), "
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

/* What was offered is what the consumer knows from now on; its row is locked. */
static OmsPlan publish_offer = {
	"WITH offered AS (DELETE FROM oms.offer_row o WHERE o.consumer = $1 RETURNING o.channels, o.skus, o.\"values\") "
	"INSERT INTO oms.published_row AS p (sku, consumer, channel, value) SELECT u.sku, $1, u.channel, u.value "
	"FROM offered o, unnest(o.channels, o.skus, o.\"values\") AS u (channel, sku, value) "
	"ON CONFLICT (sku, consumer, channel) DO UPDATE SET value = excluded.value, offered = NULL WHERE p.value IS DISTINCT FROM excluded.value OR p.offered IS NOT NULL",
	1, {"text"}
};

static OmsPlan acknowledge = {
	"UPDATE oms.consumer_row c SET \"position\" = COALESCE(c.offered, c.\"position\"), offered = NULL, "
	"available_at = COALESCE(c.available_offered, c.available_at), "
	"looked_at = CASE WHEN c.available_offered IS NULL THEN c.looked_at ELSE c.looked_offered END, "
	"setup = CASE WHEN c.available_offered IS NULL THEN c.setup ELSE c.setup_offered END, available_offered = NULL, "
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

/* oms_execute_by_index runs a plan that finds few rows of many by index, whatever the planner thinks of how many. */
uint64
oms_execute_by_index(OmsPlan *plan, Datum *values, const char *nulls)
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
 * oms_lock_consumer locks the consumer and reads how it is published to. OM004 unknown, OM005
 * when its position is about another cluster.
 */
void
oms_lock_consumer(text *consumer, Datum *channels, Datum *method, Datum *publish, int64 *low)
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
	oms_lock_consumer(consumer, &ignored, &ignored, &ignored, &low);
	oms_spi_connect();
	n = oms_execute_by_index(&select_changes, values, NULL);
	oms_spi_put_rows((ReturnSetInfo *) fcinfo->resultinfo, n - 1);
	values[1] = oms_spi_copy(n - 1, 2, caller);
	oms_spi_execute(&offer_position, values, NULL, false);
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

	/* First, so that its row is locked before the offer is read. */
	oms_spi_connect();
	if (oms_spi_execute_latest(&acknowledge, values, NULL) == 0)
		raise_unknown(consumer);
	position = oms_spi_copy(0, 1, caller);
	oms_spi_execute_latest(&publish_offer, values, NULL);
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
