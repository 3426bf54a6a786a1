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
#include "utils/float.h"
#include "utils/numeric.h"

#include "oms.h"
#include "routing/route.h"

/*
 * What the last plan considered for each order. $1 orders of the plan, $2 cost per shipment,
 * $3 cost per km, $4 judged orders so far, $5 judged so far, $6 to $8 the rule: number,
 * location group, distance limit, $9 and $10 orders and locations of which they did not get what was
 * planned, $11 whether capacity cost what it was worth to the last run, $12 the steps of judged so far, $13
 * this one. In between the parts stand
 * a call of oms.shipping, the candidates, what joins to them what the rule's criteria read, and
 * what these are.
 */
static const char judge_1[] =
	"WITH held AS (SELECT DISTINCT h.order_id, h.location FROM oms.routing_held h WHERE h.order_id "
	"= ANY ($1)), "
	"candidate AS (SELECT p.*, l.handling_cost, l.status, o.method, o.due_at, "
	"m.location IS NOT NULL AS member, h.location IS NOT NULL AS held, "
	"CASE o.method WHEN 'pickup' THEN l.can_pickup ELSE l.can_ship END AS able, "
	EXCLUDED(IN_FORCE) "IS NULL) AS excluded, m.sequence, "
	EXCLUDED(IN_FORCE) "IN (SELECT h.sku FROM oms.routing_held h WHERE h.order_id = o.order_id)) "
	"AS line_excluded, ";
static const char judge_2[] =
	" AS s FROM ";
static const char judge_3[] =
	" p JOIN oms.routing_order o ON o.order_id = p.order_id "
	"JOIN oms.location l ON l.location = p.location "
	"LEFT JOIN oms.channel c ON c.channel = o.channel "
	"LEFT JOIN oms.location_group_member m ON m.location = p.location AND m.location_group = "
	"CASE o.method WHEN 'pickup' THEN c.pickup_group ELSE c.ship_group END "
	"LEFT JOIN held h ON h.order_id = p.order_id AND h.location = p.location "
	"WHERE p.order_id = ANY ($1) AND (m.location IS NOT NULL OR h.location IS NOT NULL) "
	"AND (p.rank <= 12 OR p.verdict = 'chosen' OR h.location IS NOT NULL) OFFSET 0), "
	"priced AS (SELECT c.*, (c.s).carrier_service, (c.s).ship_at, (c.s).arrive_at, "
	"c.member AND c.status = 'active' AND c.able AND NOT c.excluded AND c.cost IS NOT NULL AS open, "
	"c.line_cost - c.stock_cost + COALESCE(w.per_order, 0) AS worth, "
	"concat_ws(' and ', CASE WHEN c.line_cost > c.stock_cost AND EXISTS (SELECT FROM oms.routing_price v WHERE v.measure = 'stock' "
	"AND v.location = c.location AND v.sku IN (SELECT h.sku FROM oms.routing_held h WHERE h.order_id = c.order_id)) "
	"THEN 'stock' END, CASE WHEN w.location IS NOT NULL THEN 'capacity' END) AS valued, "
	"round((c.s).price::numeric, 4) AS price, round($3 * (c.s).distance_km::numeric, 4) AS "
	"distance, trim_scale(round(GREATEST(0, c.cost - c.line_cost - round(c.handling_cost + "
	"(c.s).price::numeric, 4) - COALESCE(w.per_order, 0)), 4)) AS late, trim_scale(c.stock_cost) AS reject, "
	"CASE WHEN NOT c.member THEN 'not in the channel''s location group' "
	"WHEN c.status <> 'active' THEN 'offline' "
	"WHEN NOT c.able AND c.method = 'pickup' THEN 'hands nothing over' "
	"WHEN NOT c.able THEN 'does not ship' "
	"WHEN NOT EXISTS (SELECT FROM oms.location_group_member g WHERE g.location_group = $7 "
	"AND g.location = c.location) AND $7 IS NOT NULL "
	"THEN format('not in location group %s of rule %s', $7, $6) "
	"WHEN (c.s).distance_km > $8 THEN format('farther than %s km, the limit of rule %s', $8, $6) "
	"WHEN (c.s).ship_at IS NULL THEN 'never opens' "
	"WHEN (c.s).price IS NULL THEN 'no carrier service gets there' "
	"WHEN c.excluded THEN 'excluded for a time' "
	"WHEN (c.order_id, c.location) IN (SELECT u.order_id, u.location FROM ROWS FROM (unnest($9), unnest($10)) "
	"AS u (order_id, location)) THEN 'what it had was taken during the run' "
	"WHEN c.reason = 'no row in shipment_cost_sql' THEN 'not where the order is to be picked up' "
	"ELSE regexp_replace(replace(regexp_replace(c.reason, 'line -\\d+ has no row in line_cost_sql', "
	"CASE WHEN c.line_excluded THEN 'a kit is excluded there for a time' ELSE 'a kit is not sold from there' END), "
	"'has no row in line_cost_sql', CASE WHEN c.line_excluded "
	"THEN 'is excluded there for a time' ELSE 'names another location' END), "
	"'line -\\d+', 'a kit') END AS why, ";
static const char judge_4[] =
	" AS criteria FROM candidate c LEFT JOIN oms.routing_slot_price w ON $11 AND w.location = c.location ";
static const char judge_5[] =
	"), said AS (SELECT p.*, CASE WHEN p.worth > 0 THEN format('%s worth %s to other orders', p.valued, " ROUTE_ROUND("p.worth") ") END "
	"AS worth_said FROM priced p), "
	"judged AS (SELECT p.*, CASE WHEN p.method = 'pickup' "
	"THEN format('handling %s + late %s', p.handling_cost, p.late) "
	"WHEN p.carrier_service IS NULL THEN format('handling %s + shipment %s + distance %s + late "
	"%s', p.handling_cost, $2, p.distance, p.late) "
	"ELSE format('handling %s + %s %s + late %s: %s', p.handling_cost, p.carrier_service, "
	"trim_scale(p.price), p.late, CASE WHEN p.arrive_at > p.due_at THEN 'the fastest service, none "
	"is in time' ELSE 'the cheapest service in time' END) END "
	"|| CASE WHEN p.reject > 0 THEN format(' + expected rejects %s', p.reject) ELSE '' END "
	"|| COALESCE(' + ' || p.worth_said, '') AS terms FROM said p) "
	"SELECT $4 || COALESCE(array_agg(o.order_id), '{}'), "
	"$5 || COALESCE(array_agg(COALESCE(c.candidates, '[]')), '{}'), $12 || array_fill($13, ARRAY[count(*)::integer]) "
	"FROM oms.order_row o LEFT JOIN (SELECT r.order_id, jsonb_agg(CASE WHEN r.open "
	"THEN jsonb_build_object('location', r.location, 'verdict', r.verdict, 'reason', concat_ws('; ', r.why, r.criteria, r.worth_said), "
	"'held', r.held, 'cost', " ROUTE_ROUND("r.cost") ", 'handling', r.handling_cost, 'shipping', r.price, "
	"'late', r.late, 'reject', r.reject, 'terms', concat_ws('; ', r.criteria, r.terms), 'distance_km', round(r.distance_km::numeric, 1), "
	"'late_seconds', r.late_seconds, 'carrier_service', r.carrier_service, "
	"'ship_at', r.ship_at, 'arrive_at', r.arrive_at, 'rule', $6) || CASE WHEN r.outbid_by IS NULL AND r.worth = 0 THEN '{}' "
	"ELSE jsonb_strip_nulls(jsonb_build_object('outbid_by', r.outbid_by, 'outbid_price', r.outbid_price, "
	"'worth', NULLIF(" ROUTE_ROUND("r.worth") ", 0))) END "
	"ELSE jsonb_build_object('location', r.location, 'verdict', 'dropped', 'reason', r.why, "
	"'held', r.held, 'rule', $6) END "
	"ORDER BY NOT r.open, r.rank) AS candidates FROM judged r GROUP BY r.order_id) c "
	"ON c.order_id = o.order_id WHERE o.order_id = ANY ($1)";

/*
 * $1 run, $2 orders, $3 judged orders, $4 judged, $5 by which step, of which the last time counts: of the
 * last step that judged an order all candidates, of earlier ones those that were chosen.
 */
static const char insert_decisions[] =
	"INSERT INTO oms.decision_row (order_id, run_id, candidates, decided_at) "
	"SELECT j.order_id, $1, COALESCE(jsonb_agg(c.c ORDER BY j.step DESC, c.n) FILTER (WHERE j.last OR "
	"c.c ->> 'verdict' = 'chosen'), '[]'), clock_timestamp() "
	"FROM (SELECT u.*, u.step = max(u.step) OVER (PARTITION BY u.order_id) AS last, "
	"u.n = max(u.n) OVER (PARTITION BY u.order_id, u.step) AS counts "
	"FROM ROWS FROM (unnest($3), unnest($4), unnest($5)) WITH ORDINALITY AS u (order_id, candidates, step, n)) j "
	"LEFT JOIN LATERAL jsonb_array_elements(j.candidates) WITH ORDINALITY AS c (c, n) ON true "
	"WHERE j.order_id = ANY ($2) AND j.counts GROUP BY j.order_id";

/*
 * $1 run, $2 orders, $3 to $9 the plan, $10 to $13 its steps: routing, rule, queue, (NULL:
 * what no rule serves has no decision), days after which it is cancelled, $14 orders to which a location has no capacity left to give. What
 * the plan wants at a location counts as far as it is held there now; the rest was taken meanwhile and
 * waits in queue changed.
 */
static const char insert_decision_lines[] =
	"WITH plan AS (SELECT u.* FROM ROWS FROM (unnest($3), unnest($4), unnest($5), unnest($6), "
	"unnest($7), unnest($8), unnest($9)) "
	"WITH ORDINALITY AS u (order_id, line_no, location, quantity, shipment, cost, step, n) WHERE "
	"u.order_id = ANY ($2)), "
	"step AS (SELECT u.* FROM ROWS FROM (unnest($10), unnest($11), unnest($12), unnest($13)) "
	"WITH ORDINALITY AS u (routing, rule_no, queue, cancel_after_days, step)), "
	"held AS (SELECT h.order_id, h.plan_line AS line_no, h.line_no AS order_line, h.sku, h.location, h.quantity "
	"FROM oms.routing_held h WHERE h.order_id = ANY ($2)), "
	"line AS (SELECT order_id, line_no, h.order_line, h.sku, h.quantity, COALESCE(p.quantity = h.quantity, "
	"false) AS unchanged "
	"FROM (SELECT order_id, line_no, order_line, sku, sum(quantity)::bigint AS quantity FROM held GROUP BY "
	"order_id, line_no, order_line, sku) h "
	"LEFT JOIN (SELECT order_id, line_no, sum(quantity)::bigint AS quantity FROM plan GROUP BY "
	"order_id, line_no) p "
	"USING (order_id, line_no)), "
	"served AS (SELECT p.*, l.order_line, l.sku, CASE WHEN p.order_id = ANY ($14) THEN 0 ELSE LEAST(p.quantity, GREATEST(0, "
	"COALESCE(h.quantity, 0) + p.quantity - sum(p.quantity) OVER (PARTITION BY p.order_id, "
	"p.line_no, p.location ORDER BY p.n))) END::bigint AS here FROM plan p "
	"JOIN line l ON l.order_id = p.order_id AND l.line_no = p.line_no AND l.unchanged "
	"LEFT JOIN held h ON h.order_id = p.order_id AND h.line_no = p.line_no AND h.location = "
	"p.location), "
	"decided AS ("
	"SELECT order_id, order_line, sku, location, here AS quantity, shipment, cost, NULL::text AS "
	"queue, step, n FROM served "
	"WHERE location IS NOT NULL AND here > 0 "
	"UNION ALL SELECT order_id, order_line, sku, NULL, quantity - here, NULL, NULL, location, step, n FROM "
	"served "
	"WHERE location IS NOT NULL AND here < quantity "
	"UNION ALL SELECT order_id, order_line, sku, NULL, quantity, NULL, NULL, NULL, step, n FROM served "
	"WHERE location IS NULL AND step IN (SELECT t.step FROM step t WHERE t.queue IS NOT NULL) "
	"UNION ALL SELECT order_id, order_line, sku, NULL, quantity, NULL, NULL, '', NULL, 0 FROM line WHERE "
	"NOT unchanged) "
	"INSERT INTO oms.decision_line_row (order_id, run_id, line_no, part, sku, location, quantity, "
	"shipment, cost, "
	"distance_km, late_seconds, carrier_service, ship_at, arrive_at, queue, reason, routing, rule_no, cancel_at) "
	"SELECT d.order_id, $1, d.order_line, row_number() OVER (PARTITION BY d.order_id, d.order_line ORDER "
	"BY d.n, d.location, d.sku), "
	"d.sku, d.location, d.quantity, d.shipment, d.cost, "
	"CASE WHEN d.location IS NOT NULL THEN (c.c ->> 'distance_km')::float8 END, "
	"CASE WHEN d.location IS NOT NULL THEN (c.c ->> 'late_seconds')::bigint END, "
	"CASE WHEN d.location IS NOT NULL THEN c.c ->> 'carrier_service' END, "
	"CASE WHEN d.location IS NOT NULL THEN (c.c ->> 'ship_at')::timestamptz END, "
	"CASE WHEN d.location IS NOT NULL THEN (c.c ->> 'arrive_at')::timestamptz END, "
	"CASE WHEN d.location IS NULL THEN CASE WHEN d.queue IS NULL THEN t.queue ELSE 'changed' "
	"END END, "
	"CASE WHEN d.location IS NOT NULL THEN c.c ->> 'terms' "
	"WHEN d.queue IS NULL THEN COALESCE(c.c ->> 'location' || ': ' || (c.c ->> 'reason'), 'no "
	"location is open to the order') "
	"WHEN d.queue = '' THEN 'the line changed during the run' "
	"ELSE format('%s: the %s taken during the run', d.queue, CASE WHEN d.order_id = ANY ($14) "
	"THEN 'capacity was' ELSE 'units were' END) END, t.routing, t.rule_no, "
	"CASE WHEN d.location IS NULL AND d.queue IS NULL AND t.cancel_after_days IS NOT NULL THEN "
	"COALESCE((SELECT min(b.cancel_at) FROM oms.decision_line_row b WHERE b.order_id = d.order_id "
	"AND b.run_id = (SELECT max(r.run_id) FROM oms.decision_row r WHERE r.order_id = d.order_id "
	"AND r.run_id < $1)), clock_timestamp() + t.cancel_after_days::float8 * interval '1 day') END "
	"FROM decided d LEFT JOIN step t ON t.step = d.step JOIN oms.decision_row r ON r.order_id = d.order_id AND r.run_id = $1 "
	"LEFT JOIN LATERAL (SELECT c.c FROM jsonb_array_elements(r.candidates) WITH ORDINALITY AS c "
	"(c, n) "
	"WHERE CASE WHEN d.location IS NULL THEN c.c ->> 'verdict' <> 'chosen' ELSE c.c ->> 'location' "
	"= d.location END "
	"ORDER BY (c.c ->> 'rule')::int IS NOT DISTINCT FROM t.rule_no DESC, "
	"c.c ->> 'verdict' = 'chosen' DESC, c.c ->> 'held' DESC, c.n LIMIT 1) c ON true";

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
	"WHERE d.order_id = f.order_id AND d.run_id = $1 AND d.location = f.location "
	"AND d.carrier_service IS NOT DISTINCT FROM f.carrier_service GROUP BY d.line_no, d.sku) d), "
	"false)";

static const char insert_fulfillments[] =
	"WITH assigned AS (INSERT INTO oms.fulfillment_row (order_id, location, method, "
	"carrier_service, ship_at, leave_by, run_id, assigned_at) "
	"SELECT d.order_id, d.location, o.method, d.carrier_service, d.ship_at, "
	"CASE WHEN d.ship_at IS NOT NULL THEN oms.leave_by(d.location, o.method, d.carrier_service, o.ship_to, d.ship_at, o.due_at) END, "
	"$1, clock_timestamp() "
	"FROM (SELECT DISTINCT ON (d.order_id, d.location) d.order_id, d.location, "
	"d.carrier_service, d.ship_at "
	"FROM oms.decision_line_row d WHERE d.run_id = $1 AND d.location IS NOT NULL AND d.order_id = "
	"ANY ($2) ORDER BY d.order_id, d.location, d.line_no, d.part) d "
	"JOIN oms.routing_order o ON o.order_id = d.order_id "
	"WHERE NOT EXISTS (SELECT FROM oms.fulfillment_row f WHERE f.order_id = d.order_id AND "
	"f.location = d.location "
	"AND f.status = 'assigned') ORDER BY d.order_id, d.location RETURNING order_id, "
	"fulfillment_id, location) "
	"INSERT INTO oms.fulfillment_line_row (order_id, fulfillment_id, line_no, sku, quantity) "
	"SELECT a.order_id, a.fulfillment_id, d.line_no, d.sku, sum(d.quantity) FROM assigned a "
	"JOIN oms.decision_line_row d ON d.order_id = a.order_id AND d.run_id = $1 AND d.location = "
	"a.location GROUP BY a.order_id, a.fulfillment_id, d.line_no, d.sku";

/*
 * candidates_of is the candidates of the last plan for the orders $1: by criteria their cost
 * without the place, and no prices, which would be places; of a plan whose orders have keys
 * (oms_route_key) those of one step, without the keys.
 */
static char *
candidates_of(const Criteria *criteria, int number, bool by_key)
{
	const char *cost = criteria->n == 0 ? "p.cost" : "mod(p.cost, " CRITERIA_PLACE ")";
	const char *price = criteria->n == 0 ? "p.outbid_price" : "NULL::numeric";

	if (!by_key && criteria->n == 0)
		return "oms.plan_candidates()";
	return psprintf("(SELECT %s AS order_id, p.location, p.rank, %s AS cost, p.distance_km, p.late_seconds, "
					"p.verdict, %s AS reason, p.line_cost, p.stock_cost, p.outbid_by, %s AS outbid_price FROM %s p)",
					by_key ? "k.order_id" : "p.order_id", cost,
					by_key ? "regexp_replace(p.reason, chr(31) || '\\d+', '', 'g')" : "p.reason", price,
					by_key ? psprintf("unnest($1) AS k (order_id) CROSS JOIN LATERAL oms.plan_candidates(k.order_id%s)",
									  oms_route_key(number)) : "oms.plan_candidates()");
}

/*
 * oms_route_judge notes what the last plan considered for the orders, as a step by a rule or by
 * none has them, whose keys are in the plan or not.
 */
void
oms_route_judge(RouteRun *run, const PolicyRule *rule, int number, bool by_key, Datum orders)
{
	MemoryContext caller = CurrentMemoryContext;
	Criteria	criteria = {0};
	RouteArgument arguments[] = {
		{TEXTARRAYOID, orders},
		{NUMERICOID, oms_route_numeric(run->options->cost_per_shipment)},
		{NUMERICOID, oms_route_numeric(run->options->cost_per_km)},
		{TEXTARRAYOID, run->judged_orders}, {JSONBARRAYOID, run->judged},
		{INT4OID, 0, true}, {TEXTOID, 0, true}, {FLOAT8OID, 0, true},
		{TEXTARRAYOID, run->avoided_orders}, {TEXTARRAYOID, run->avoided_locations},
		{BOOLOID, BoolGetDatum(run->options->stored_prices && (rule == NULL || (!rule->ignore_capacity && rule->criteria.n == 0)))},
		{INT4ARRAYOID, run->judged_steps}, {INT4OID, Int32GetDatum(number)}
	};

	if (rule != NULL)
	{
		criteria = rule->criteria;
		arguments[5] = (RouteArgument) {
			INT4OID, Int32GetDatum(rule->rule_no)
		};
		if (rule->location_group != NULL)
			arguments[6] = (RouteArgument) {
				TEXTOID, CStringGetTextDatum(rule->location_group)
			};
		if (rule->max_distance_km != NULL)
			arguments[7] = (RouteArgument) {
				FLOAT8OID, DirectFunctionCall1(float8in, CStringGetDatum(rule->max_distance_km))
			};
	}
	oms_spi_connect();
	oms_route_run(psprintf("%s%s%s%s%s%s%s%s%s", judge_1, oms_route_shipping(run->options), judge_2,
						   candidates_of(&criteria, number, by_key), judge_3,
						   oms_criteria_terms(&criteria), judge_4,
						   oms_criteria_joins(&criteria, run->options, run->run_orders), judge_5),
				  lengthof(arguments), arguments, true);
	run->judged_orders = oms_route_copy_value(0, 1, caller);
	run->judged = oms_route_copy_value(0, 2, caller);
	run->judged_steps = oms_route_copy_value(0, 3, caller);
	oms_spi_finish();
}

/*
 * oms_route_decide writes the decisions of a run over orders, which are locked, and assigns
 * the work, but to those refused for lack of capacity; in the caller's SPI connection.
 */
void
oms_route_decide(Datum run_id, const RouteRun *run, Datum orders, Datum refused)
{
	RouteArgument decisions[] = {
		{INT8OID, run_id}, {TEXTARRAYOID, orders}, {TEXTARRAYOID, run->judged_orders},
		{JSONBARRAYOID, run->judged}, {INT4ARRAYOID, run->judged_steps}
	};
	RouteArgument lines[] = {
		{INT8OID, run_id}, {TEXTARRAYOID, orders}, {TEXTARRAYOID, run->plan.order_id},
		{INT4ARRAYOID, run->plan.line_no}, {TEXTARRAYOID, run->plan.location},
		{INT8ARRAYOID, run->plan.quantity}, {INT4ARRAYOID, run->plan.shipment},
		{NUMERICARRAYOID, run->plan.cost}, {INT4ARRAYOID, run->plan.step},
		{TEXTARRAYOID, run->routings}, {INT4ARRAYOID, run->rules}, {TEXTARRAYOID, run->queues},
		{NUMERICARRAYOID, run->cancel_after_days}, {TEXTARRAYOID, refused}
	};

	oms_route_run(insert_decisions, lengthof(decisions), decisions, false);
	oms_route_run(insert_decision_lines, lengthof(lines), lines, false);
	oms_route_run(supersede_fulfillments, 2, lines, false);
	oms_route_run(insert_fulfillments, 2, lines, false);
}
