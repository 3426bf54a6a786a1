/*
 * decide.c
 *		What a routing run decided, written down: decisions, and the fulfillments that
 *		they assign or supersede, from what is held after the moves.
 *
 * A fulfillment asks for no more than its order holds at its location. An order has at
 * most one assigned fulfillment at a location.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/numeric.h"

#include "oms.h"
#include "routing/route.h"

/* $1 run, $2 orders of the plan, $3 locked orders, $4 cost per shipment, $5 cost per km */
static const char insert_decisions[] =
	"WITH held AS (SELECT DISTINCT h.order_id, h.location FROM oms.routing_held h WHERE h.order_id "
	"= ANY ($3)), "
	"candidate AS (SELECT p.*, l.handling_cost, l.status, o.method, "
	"m.location IS NOT NULL AS member, h.location IS NOT NULL AS held, "
	"CASE o.method WHEN 'pickup' THEN l.can_pickup ELSE l.can_ship END AS able, "
	EXCLUDED "IS NULL) AS excluded, "
	EXCLUDED "IN (SELECT h.sku FROM oms.routing_held h WHERE h.order_id = o.order_id)) AS line_excluded, "
	"$5 * CASE WHEN o.method = 'pickup' OR o.ship_to IS NULL THEN 0 WHEN l.coordinates IS NULL "
	"THEN " FARTHEST_KM " "
	"ELSE (o.ship_to OPERATOR(oms.<->) l.coordinates)::numeric END AS distance_cost "
	"FROM oms.plan_candidates() p JOIN oms.order_row o ON o.order_id = p.order_id "
	"JOIN oms.location l ON l.location = p.location "
	"LEFT JOIN oms.channel c ON c.channel = o.channel "
	"LEFT JOIN oms.location_group_member m ON m.location = p.location AND m.location_group = "
	"CASE o.method WHEN 'pickup' THEN c.pickup_group ELSE c.ship_group END "
	"LEFT JOIN held h ON h.order_id = p.order_id AND h.location = p.location "
	"WHERE p.order_id = ANY ($3) AND (m.location IS NOT NULL OR h.location IS NOT NULL) "
	"AND (p.rank <= 12 OR p.verdict = 'chosen' OR h.location IS NOT NULL)), "
	"judged AS (SELECT c.*, c.member AND c.status = 'active' AND c.able AND NOT c.excluded AS open, "
	"CASE WHEN NOT c.member THEN 'not in the channel''s location group' "
	"WHEN c.status <> 'active' THEN 'offline' "
	"WHEN NOT c.able AND c.method = 'pickup' THEN 'hands nothing over' "
	"WHEN NOT c.able THEN 'does not ship' "
	"WHEN c.excluded THEN 'excluded for a time' "
	"WHEN c.reason = 'no row in shipment_cost_sql' THEN 'not where the order is to be picked up' "
	"ELSE regexp_replace(replace(regexp_replace(c.reason, 'line -\\d+ has no row in line_cost_sql', "
	"CASE WHEN c.line_excluded THEN 'a kit is excluded there for a time' ELSE 'a kit is not sold from there' END), "
	"'has no row in line_cost_sql', CASE WHEN c.line_excluded "
	"THEN 'is excluded there for a time' ELSE 'names another location' END), "
	"'line -\\d+', 'a kit') END AS why "
	"FROM candidate c) "
	"INSERT INTO oms.decision_row (order_id, run_id, candidates, decided_at) "
	"SELECT o.order_id, $1, COALESCE(c.candidates, '[]'), clock_timestamp() "
	"FROM oms.order_row o LEFT JOIN (SELECT r.order_id, jsonb_agg(CASE WHEN r.open AND r.cost IS "
	"NOT NULL "
	"THEN jsonb_build_object('location', r.location, 'verdict', r.verdict, 'reason', r.why, "
	"'held', r.held, "
	"'cost', r.cost, 'handling', r.handling_cost, 'shipment', $4, 'distance', "
	"round(r.distance_cost, 4), "
	"'late', trim_scale(round(GREATEST(0, r.cost - round(r.handling_cost + $4 + r.distance_cost, "
	"4)), 4)), "
	"'distance_km', round(r.distance_km::numeric, 1), 'late_seconds', r.late_seconds) "
	"ELSE jsonb_build_object('location', r.location, 'verdict', 'dropped', 'reason', r.why, "
	"'held', r.held) END "
	"ORDER BY NOT r.open, r.rank) AS candidates FROM judged r GROUP BY r.order_id) c ON c.order_id "
	"= o.order_id "
	"WHERE o.order_id = ANY ($3) AND o.order_id = ANY ($2)";

/*
 * $1 run, $2 locked orders, $3 to $8 the plan. What the plan wants at a location counts as
 * far as it is held there now; the rest was taken meanwhile and waits in queue changed.
 */
static const char insert_decision_lines[] =
	"WITH plan AS (SELECT u.* FROM ROWS FROM (unnest($3), unnest($4), unnest($5), unnest($6), "
	"unnest($7), unnest($8)) "
	"WITH ORDINALITY AS u (order_id, line_no, location, quantity, shipment, cost, n) WHERE "
	"u.order_id = ANY ($2)), "
	"held AS (SELECT h.order_id, h.plan_line AS line_no, h.line_no AS order_line, h.sku, h.location, h.quantity "
	"FROM oms.routing_held h WHERE h.order_id = ANY ($2)), "
	"line AS (SELECT order_id, line_no, h.order_line, h.sku, h.quantity, COALESCE(p.quantity = h.quantity, "
	"false) AS unchanged "
	"FROM (SELECT order_id, line_no, order_line, sku, sum(quantity)::bigint AS quantity FROM held GROUP BY "
	"order_id, line_no, order_line, sku) h "
	"LEFT JOIN (SELECT order_id, line_no, sum(quantity)::bigint AS quantity FROM plan GROUP BY "
	"order_id, line_no) p "
	"USING (order_id, line_no)), "
	"served AS (SELECT p.*, l.order_line, l.sku, LEAST(p.quantity, COALESCE(h.quantity, 0)) AS here FROM plan p "
	"JOIN line l ON l.order_id = p.order_id AND l.line_no = p.line_no AND l.unchanged "
	"LEFT JOIN held h ON h.order_id = p.order_id AND h.line_no = p.line_no AND h.location = "
	"p.location), "
	"decided AS ("
	"SELECT order_id, order_line, sku, location, here AS quantity, shipment, cost, NULL::text AS "
	"queue, n FROM served "
	"WHERE location IS NOT NULL AND here > 0 "
	"UNION ALL SELECT order_id, order_line, sku, NULL, quantity - here, NULL, NULL, location, n FROM "
	"served "
	"WHERE location IS NOT NULL AND here < quantity "
	"UNION ALL SELECT order_id, order_line, sku, NULL, quantity, NULL, NULL, NULL, n FROM served "
	"WHERE location IS NULL "
	"UNION ALL SELECT order_id, order_line, sku, NULL, quantity, NULL, NULL, '', 0 FROM line WHERE "
	"NOT unchanged) "
	"INSERT INTO oms.decision_line_row (order_id, run_id, line_no, part, sku, location, quantity, "
	"shipment, cost, "
	"distance_km, late_seconds, queue, reason) "
	"SELECT d.order_id, $1, d.order_line, row_number() OVER (PARTITION BY d.order_id, d.order_line ORDER "
	"BY d.n, d.location, d.sku), "
	"d.sku, d.location, d.quantity, d.shipment, d.cost, "
	"CASE WHEN d.location IS NOT NULL THEN (c.c ->> 'distance_km')::float8 END, "
	"CASE WHEN d.location IS NOT NULL THEN (c.c ->> 'late_seconds')::bigint END, "
	"CASE WHEN d.location IS NULL THEN CASE WHEN d.queue IS NULL THEN 'unfillable' ELSE 'changed' "
	"END END, "
	"CASE WHEN d.location IS NOT NULL THEN format('handling %s + shipment %s + distance %s + late "
	"%s', "
	"c.c ->> 'handling', c.c ->> 'shipment', c.c ->> 'distance', c.c ->> 'late') "
	"WHEN d.queue IS NULL THEN COALESCE(c.c ->> 'location' || ': ' || (c.c ->> 'reason'), 'no "
	"location is open to the order') "
	"WHEN d.queue = '' THEN 'the line changed during the run' "
	"ELSE format('%s: the units were taken during the run', d.queue) END "
	"FROM decided d JOIN oms.decision_row r ON r.order_id = d.order_id AND r.run_id = $1 "
	"LEFT JOIN LATERAL (SELECT c.c FROM jsonb_array_elements(r.candidates) WITH ORDINALITY AS c "
	"(c, n) "
	"WHERE CASE WHEN d.location IS NULL THEN c.c ->> 'verdict' <> 'chosen' ELSE c.c ->> 'location' "
	"= d.location END "
	"ORDER BY c.c ->> 'held' DESC, c.n LIMIT 1) c ON true";

/* An assigned fulfillment that asks for just what is decided now stays; others are superseded. */
static const char supersede_fulfillments[] =
	"UPDATE oms.fulfillment_row f SET status = 'superseded', changed_at = clock_timestamp() "
	"WHERE f.status = 'assigned' AND f.order_id = ANY ($2) AND NOT COALESCE("
	"(SELECT array_agg((l.line_no, l.sku, l.quantity - l.rejected - l.cancelled)::text ORDER BY l.line_no, l.sku) "
	"FROM oms.fulfillment_line_row l "
	"WHERE l.order_id = f.order_id AND l.fulfillment_id = f.fulfillment_id "
	"AND l.quantity > l.rejected + l.cancelled) = "
	"(SELECT array_agg((d.line_no, d.sku, d.quantity)::text ORDER BY d.line_no, d.sku) FROM "
	"(SELECT d.line_no, d.sku, sum(d.quantity)::bigint AS quantity FROM oms.decision_line_row d "
	"WHERE d.order_id = f.order_id AND d.run_id = $1 AND d.location = f.location GROUP BY d.line_no, d.sku) d), "
	"false)";

static const char insert_fulfillments[] =
	"WITH assigned AS (INSERT INTO oms.fulfillment_row (order_id, location, method, run_id, "
	"assigned_at) "
	"SELECT d.order_id, d.location, o.method, $1, clock_timestamp() FROM (SELECT DISTINCT "
	"d.order_id, d.location "
	"FROM oms.decision_line_row d WHERE d.run_id = $1 AND d.location IS NOT NULL AND d.order_id = "
	"ANY ($2)) d "
	"JOIN oms.order_row o ON o.order_id = d.order_id "
	"WHERE NOT EXISTS (SELECT FROM oms.fulfillment_row f WHERE f.order_id = d.order_id AND "
	"f.location = d.location "
	"AND f.status = 'assigned') ORDER BY d.order_id, d.location RETURNING order_id, "
	"fulfillment_id, location) "
	"INSERT INTO oms.fulfillment_line_row (order_id, fulfillment_id, line_no, sku, quantity) "
	"SELECT a.order_id, a.fulfillment_id, d.line_no, d.sku, sum(d.quantity) FROM assigned a "
	"JOIN oms.decision_line_row d ON d.order_id = a.order_id AND d.run_id = $1 AND d.location = "
	"a.location GROUP BY a.order_id, a.fulfillment_id, d.line_no, d.sku";

static Datum
numeric_of(const char *digits)
{
	return DirectFunctionCall3(numeric_in, CStringGetDatum(digits), ObjectIdGetDatum(InvalidOid),
							   Int32GetDatum(-1));
}

/*
 * oms_route_decide writes the decisions of a run over the locked orders and assigns the
 * work; in the caller's SPI connection.
 */
void
oms_route_decide(Datum run_id, const RoutePlan *plan, Datum locked, const RouteOptions *options)
{
	{
		RouteArgument arguments[] = {
			{INT8OID, run_id}, {TEXTARRAYOID, plan->orders}, {TEXTARRAYOID, locked},
			{NUMERICOID, numeric_of(options->cost_per_shipment)},
			{NUMERICOID, numeric_of(options->cost_per_km)}
		};

		oms_route_run(insert_decisions, lengthof(arguments), arguments, false);
	}
	{
		RouteArgument arguments[] = {
			{INT8OID, run_id}, {TEXTARRAYOID, locked}, {TEXTARRAYOID, plan->order_id},
			{INT4ARRAYOID, plan->line_no}, {TEXTARRAYOID, plan->location},
			{INT8ARRAYOID, plan->quantity}, {INT4ARRAYOID, plan->shipment},
			{NUMERICARRAYOID, plan->cost}
		};

		oms_route_run(insert_decision_lines, lengthof(arguments), arguments, false);
		oms_route_run(supersede_fulfillments, 2, arguments, false);
		oms_route_run(insert_fulfillments, 2, arguments, false);
	}
}
