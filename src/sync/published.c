/*
 * published.c
 *		Outbound: what consumers are told of availability.
 *
 * published_row keeps what a consumer was told of each channel and sku. A poll computes those skus
 * anew that may have changed since the last one that it acknowledged, and offers what differs
 * from what was told, by the value, by the shown value, or by bucket. The offer is a few rows of arrays
 * (offer_row), so that a poll costs what has changed: the values that were told are looked up by key,
 * and written when the offer is acknowledged. Until then a poll offers the same again, and
 * tells of a sku that it has offered even when its value is again what was told before, or when
 * it was never told of and is gone.
 *
 * What may change availability, and how a poll knows of it:
 *
 *	stock, received, sent, counted, set aside		movement_row, by xid
 *	reservations and quotas used					reservation_row, by xid
 *	units held back from receipts					hold_back_row, by xid
 *	tags and tracking of items, exclusions of a
 *	sku, protected stock, transfers before they are
 *	sent, backorders that use a quota				availability_change, by xid
 *	a hold expires, a protection lapses, a quota's
 *	period turns, an exclusion of a sku ends		by the moment, since looked_at
 *	locations, groups, channels, kits, quotas,
 *	rules; a rule's period; a location pauses		setup, a hash: when it differs, all skus
 *	a component of a kit							the kits of all these
 *	what was offered and is as it was, or gone		offer_row
 *
 * When so many may have changed that reading all is cheaper, all are read. A sku of which
 * nothing is known any more is told once more, with 0. Dates of supply change no availability of now.
 *
 * Locks: the consumer's row, to the end of the transaction. Tables: consumer_row, published_row, offer_row;
 * those above and what availability depends on, by reading.
 */
#include "postgres.h"

#include "funcapi.h"

#include "sync/changes.h"

PG_FUNCTION_INFO_V1(oms_poll_availability);

/* From so many skus on the full feed is read. */
#define MANY_SKUS "20000"

/* A moment that came since the last look. */
#define PASSED(moment) moment " > (SELECT c.looked_at FROM c) AND " moment " <= (SELECT c.now FROM c)"

/* The skus whose availability may have changed, in order: NULL when all may have. */
static OmsPlan select_skus = {
	"WITH c AS MATERIALIZED (SELECT c.available_at AS p, c.looked_at, c.setup, " OMS_PRESENT_SNAPSHOT " AS present, clock_timestamp() AS now "
	"FROM oms.consumer_row c WHERE c.consumer = $1), "
	"setup AS MATERIALIZED (SELECT md5(concat_ws(' ', (SELECT string_agg(n.change_id::text, ' ' ORDER BY n.change_id) FROM oms.network_change n), '/', "
	"(SELECT string_agg(s.rule_id::text, ' ' ORDER BY s.rule_id) FROM oms.safety_stock_rule s, c WHERE (s.active_from IS NOT NULL OR s.active_until IS NOT NULL) "
	"AND (s.active_from IS NULL OR s.active_from <= c.now) AND (s.active_until IS NULL OR s.active_until > c.now)), '/', "
	"(SELECT string_agg(x.exclusion_id::text || x.location, ' ' ORDER BY x.exclusion_id) FROM oms.location_exclusion x, c "
	"WHERE x.sku IS NULL AND x.order_id IS NULL AND x.until > c.now))) AS hash), "
	"changed AS MATERIALIZED (SELECT m.sku FROM oms.movement_row m WHERE " OMS_NEW_TO("m", "c.p")
	"UNION SELECT r.sku FROM oms.reservation_row r WHERE " OMS_NEW_TO("r", "c.p")
	"UNION SELECT h.sku FROM oms.hold_back_row h WHERE " OMS_NEW_TO("h", "c.p")
	"UNION SELECT a.sku FROM oms.availability_change a WHERE " OMS_NEW_TO("a", "c.p")
	"UNION SELECT r.sku FROM oms.reservation_row r WHERE r.status = 'hold' AND " PASSED("r.expires_at") " "
	"UNION SELECT p.sku FROM oms.protection_account p WHERE " PASSED("p.until::timestamptz") " "
	"UNION SELECT q.sku FROM oms.quota q, c WHERE date_trunc(q.period, c.looked_at AT TIME ZONE q.time_zone) <> date_trunc(q.period, c.now AT TIME ZONE q.time_zone) "
	"UNION SELECT x.sku FROM oms.location_exclusion x WHERE x.sku IS NOT NULL AND " PASSED("x.until") " "
	"UNION SELECT u.sku FROM oms.offer_row o, unnest(o.skus) AS u (sku) WHERE o.consumer = $1), "
	"skus AS MATERIALIZED (SELECT ch.sku FROM changed ch UNION SELECT k.kit FROM oms.kit_component k JOIN changed ch ON ch.sku = k.sku) "
	"SELECT CASE WHEN c.p IS NULL OR c.setup IS DISTINCT FROM setup.hash OR EXISTS (SELECT FROM changed ch WHERE ch.sku IS NULL) "
	"OR (SELECT count(*) FROM skus) > " MANY_SKUS " THEN NULL ELSE ARRAY(SELECT s.sku FROM skus s ORDER BY s.sku) END, "
	"c.present::text, c.now, setup.hash FROM c, setup",
	1, {"text"}
};

static OmsPlan offer_setup = {
	"UPDATE oms.consumer_row c SET available_offered = $2::pg_snapshot, looked_offered = $3, setup_offered = $4 WHERE c.consumer = $1",
	4, {"text", "text", "timestamptz", "text"}
};

#define TOLD "CASE WHEN p.offered IS NULL THEN p.value END"

/* What was offered before and is not acknowledged: the consumer may have seen it. */
#define OFFERED \
	"o AS MATERIALIZED (SELECT u.channel, u.sku FROM oms.offer_row o, unnest(o.channels, o.skus) AS u (channel, sku) WHERE o.consumer = $1), "

/*
 * What differs from what was told, of a (channel, sku, atp, shown, known, told), and all that was offered
 * before, which it replaces. $1 consumer, $2 channels, $3 publish, $4 low, $5 all that is known, $6 method.
 */
#define OFFER \
	"d AS (SELECT a.*, CASE WHEN a.shown <= 0 THEN 0 WHEN a.shown <= $4 THEN 1 ELSE 2 END AS bucket FROM a), " \
	"v AS MATERIALIZED (SELECT d.*, CASE $3 WHEN 'value' THEN d.atp WHEN 'shown' THEN d.shown ELSE d.bucket END AS value FROM d), " \
	"n AS MATERIALIZED (SELECT v.* FROM v WHERE (v.known OR v.told IS NOT NULL) AND (v.told IS DISTINCT FROM v.value OR $5 AND v.known) " \
	"OR (v.channel, v.sku) IN (SELECT o.channel, o.sku FROM o)), " \
	"gone AS (DELETE FROM oms.offer_row o WHERE o.consumer = $1), " \
	"w AS (INSERT INTO oms.offer_row (consumer, channels, skus, \"values\") SELECT $1, array_agg(n.channel), array_agg(n.sku), array_agg(n.value) " \
	"FROM (SELECT n.*, row_number() OVER () / 10000 AS part FROM n) n GROUP BY n.part) " \
	"SELECT n.channel, n.sku, n.atp, n.shown, (ARRAY['out', 'low', 'in'])[1 + n.bucket] FROM n ORDER BY 1, 2"

static OmsPlan offer_some = {
	"WITH " OFFERED "a AS (SELECT ch.channel, m.sku, COALESCE(m.atp, 0) AS atp, COALESCE(m.shown, 0) AS shown, m.atp IS NOT NULL AS known, "
	"(SELECT " TOLD " FROM oms.published_row p WHERE p.sku = m.sku AND p.consumer = $1 AND p.channel = ch.channel) AS told "
	"FROM unnest($2) AS ch (channel), oms.atp_many(ch.channel, $7, $6) m), " OFFER,
	7, {"text", "_text", "text", "int8", "bool", "text", "_text"}
};

static OmsPlan offer_all = {
	"WITH " OFFERED "a AS (SELECT COALESCE(f.channel, p.channel) AS channel, COALESCE(f.sku, p.sku) AS sku, COALESCE(f.atp, 0) AS atp, COALESCE(f.shown, 0) AS shown, "
	"f.sku IS NOT NULL AS known, p.told FROM oms.atp_feed($2, $6) f "
	"FULL JOIN (SELECT p.channel, p.sku, " TOLD " AS told FROM oms.published_row p WHERE p.consumer = $1 AND p.channel = ANY ($2) "
	"UNION ALL SELECT o.channel, o.sku, NULL FROM o WHERE o.channel = ANY ($2) "
	"AND NOT EXISTS (SELECT FROM oms.published_row p WHERE p.consumer = $1 AND p.channel = o.channel AND p.sku = o.sku)) p "
	"ON p.channel = f.channel AND p.sku = f.sku), " OFFER,
	6, {"text", "_text", "text", "int8", "bool", "text"}
};

/* oms_poll_availability(consumer, "full"): see the COMMENT. */
Datum
oms_poll_availability(PG_FUNCTION_ARGS)
{
	MemoryContext caller = CurrentMemoryContext;
	text	   *consumer = oms_arg_key(fcinfo, 0, "consumer");
	Datum		values[7] = {PointerGetDatum(consumer)};
	Datum		offer[4] = {PointerGetDatum(consumer)};
	int64		low;
	bool		full;
	bool		isnull;
	uint64		n;

	oms_require_not_null(fcinfo, 1, "full");
	full = PG_GETARG_BOOL(1);
	InitMaterializedSRF(fcinfo, 0);
	oms_lock_consumer(consumer, &values[1], &values[5], &values[2], &low);
	values[3] = Int64GetDatum(low);
	values[4] = BoolGetDatum(full);
	oms_spi_connect();
	oms_execute_by_index(&select_skus, values, NULL);
	values[6] = full ? 0 : oms_spi_copy(0, 1, caller);
	offer[1] = oms_spi_copy(0, 2, caller);
	offer[2] = oms_spi_value(0, 3, &isnull);
	offer[3] = oms_spi_copy(0, 4, caller);
	n = values[6] == 0 ? oms_spi_execute(&offer_all, values, NULL, false) :
		oms_execute_by_index(&offer_some, values, NULL);
	oms_spi_put_rows((ReturnSetInfo *) fcinfo->resultinfo, n);
	oms_spi_execute(&offer_setup, offer, NULL, false);
	oms_spi_finish();
	return (Datum) 0;
}
