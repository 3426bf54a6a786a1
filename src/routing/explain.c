/*
 * explain.c
 *		oms.explain_route: why an order is served from where it is. Reads only.
 */
#include "postgres.h"

#include "funcapi.h"

#include "oms.h"
#include "routing/route.h"

PG_FUNCTION_INFO_V1(oms_explain_route);

static OmsPlan select_explanation = {
	"WITH last AS (SELECT d.* FROM oms.decision_row d WHERE d.order_id = $1 ORDER BY d.run_id DESC "
	"LIMIT 1), "
	"part AS (SELECT l.*, last.candidates FROM last JOIN oms.decision_line_row l "
	"ON l.order_id = last.order_id AND l.run_id = last.run_id), "
	"answer AS (SELECT 1 AS section, p.line_no, p.part::bigint AS n, p.sku, p.quantity, "
	"p.location, "
	"COALESCE(p.queue, 'chosen') AS verdict, p.cost, p.distance_km, p.late_seconds, p.reason, "
	"p.carrier_service, p.ship_at, p.arrive_at, "
	"NULL AS outbid_by, NULL::numeric AS outbid_price FROM part p "
	"UNION ALL SELECT 2, NULL, c.n, NULL, NULL, c.c ->> 'location', c.c ->> 'verdict', (c.c ->> "
	"'cost')::numeric, "
	"(c.c ->> 'distance_km')::float8, (c.c ->> 'late_seconds')::bigint, c.c ->> 'reason', "
	"c.c ->> 'carrier_service', (c.c ->> 'ship_at')::timestamptz, "
	"(c.c ->> 'arrive_at')::timestamptz, c.c ->> 'outbid_by', (c.c ->> 'outbid_price')::numeric "
	"FROM last CROSS JOIN LATERAL jsonb_array_elements(last.candidates) WITH ORDINALITY AS c (c, "
	"n) "
	"WHERE c.c ->> 'verdict' <> 'chosen' "
	"UNION ALL SELECT 3, r.line_no, r.reservation_id, r.sku, r.quantity - r.consumed, r.location, "
	"'held', NULL, "
	"NULL, NULL, 'reserved when the order was placed, not routed yet', NULL, NULL, NULL, NULL, NULL FROM oms.reservation_row r "
	"WHERE r.order_id = $1 AND r.status = 'firm' AND NOT EXISTS (SELECT FROM last)) "
	"SELECT a.line_no, a.sku, a.quantity, a.location, a.verdict, a.cost, a.distance_km, "
	"a.late_seconds, a.reason, a.carrier_service, a.ship_at, a.arrive_at, "
	"a.outbid_by, a.outbid_price "
	"FROM oms.order_row o LEFT JOIN answer a ON true WHERE o.order_id = $1 ORDER BY a.section, "
	"a.line_no, a.n, a.sku",
	1, {"pg_catalog.text"}
};

/* oms_explain_route(order_id): the last recorded decision as rows. OM004 unknown order. */
Datum
oms_explain_route(PG_FUNCTION_ARGS)
{
	text	   *order_id = oms_arg_key(fcinfo, 0, "order_id");
	Datum		values[1] = {PointerGetDatum(order_id)};
	bool		isnull;
	uint64		rows;

	InitMaterializedSRF(fcinfo, 0);
	oms_spi_connect();
	rows = oms_spi_execute(&select_explanation, values, NULL, true);
	if (rows == 0)
		ereport(ERROR,
				(errcode(OMS_ERR_UNKNOWN_KEY),
				 errmsg("order \"%s\" is unknown", text_to_cstring(order_id))));
	(void) oms_spi_value(0, 5, &isnull);
	if (!isnull)
		oms_spi_put_rows((ReturnSetInfo *) fcinfo->resultinfo, rows);
	oms_spi_finish();
	return (Datum) 0;
}
