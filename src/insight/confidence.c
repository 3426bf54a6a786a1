/*
 * confidence.c
 *		The confidence that a location serves what it is asked for: the formula.
 *
 * What a location did is evidence: a line served speaks for it, a line refused against it,
 * and so does a count, which counts as several lines: for as much of the record as was
 * there, against as much as was missing. Evidence decays by a half-life, so that a count
 * says less the older it is. With a and r, what speaks for and against, decayed to now,
 *
 *		confidence = (a + W b) / (a + r + W)
 *
 * the mean of a Beta distribution with forgetting, whose prior is a base rate b that counts
 * as W lines (A. Josang, R. Ismail: The Beta Reputation System, 15th Bled Electronic
 * Commerce Conference, 2002; with a base rate: A. Josang, Subjective Logic, 2016, 3.3). The
 * base rate of a location is a setting; that of a sku at a location is the confidence in
 * the location, so that little evidence about a sku is judged by its location.
 *
 * The evidence is gathered by a job, in one statement over the record: nothing is written
 * when goods are reserved, picked or shipped.
 *
 * Locks: confidence_row against another refresh. Readers do not wait.
 * Tables: confidence_row; reads fulfillment_row, fulfillment_line_row, rejection_row,
 * count_task_row, the settings.
 *
 * The SQL texts here are run by SECURITY DEFINER functions that are pinned to search_path
 * pg_catalog, pg_temp, so that operators need no schema.
 */
#include "postgres.h"

#include <math.h>

#include "utils/timestamp.h"

#include "oms.h"

PG_FUNCTION_INFO_V1(oms_confidence_mean);
PG_FUNCTION_INFO_V1(oms_refresh_confidence);

static OmsPlan lock_confidence = {
	"LOCK TABLE oms.confidence_row IN SHARE ROW EXCLUSIVE MODE", 0, {NULL}
};

/*
 * The evidence: lines served, refused, counted; summed by location and by sku there, as
 * weighed now, then scaled to the moment of the newest, so that a row without news stays.
 */
static OmsPlan learn = {
	"WITH evidence AS ( "
	"SELECT f.location, l.sku, f.changed_at AS at, l.shipped::float8 / l.quantity AS accepted, 0::float8 AS rejected, "
	"NULL::timestamptz AS counted_at "
	"FROM oms.fulfillment_row f "
	"JOIN oms.fulfillment_line_row l ON l.order_id = f.order_id AND l.fulfillment_id = f.fulfillment_id "
	"WHERE l.shipped > 0 "
	"UNION ALL "
	"SELECT r.location, CASE WHEN q.stock_effect <> 'none' OR q.opens_count THEN r.sku END, r.rejected_at, "
	"0, r.quantity::float8 / l.quantity, NULL "
	"FROM oms.rejection_row r "
	"JOIN oms.fulfillment_line_row l "
	"ON l.order_id = r.order_id AND l.fulfillment_id = r.fulfillment_id AND l.line_no = r.line_no AND l.sku = r.sku "
	"LEFT JOIN oms.reject_reason q ON q.reason = r.reason "
	"WHERE r.cause = 'named' "
	"UNION ALL "
	"SELECT c.location, c.sku, c.closed_at, t.count_weight * (1 - c.missing), t.count_weight * c.missing, c.closed_at "
	"FROM (SELECT c.location, c.sku, c.closed_at, "
	"LEAST(1, GREATEST(0, -c.variance)::float8 / GREATEST(1, c.counted - c.variance)) AS missing "
	"FROM oms.count_task_row c WHERE c.closed_at IS NOT NULL) c "
	"JOIN oms.confidence_of_location t ON t.location = c.location), "
	"weighed AS ( "
	"SELECT e.location, e.sku, e.at, e.counted_at, t.half_life, e.accepted * w.weight AS accepted, e.rejected * w.weight AS rejected "
	"FROM evidence e "
	"JOIN oms.confidence_of_location t ON t.location = e.location "
	"CROSS JOIN LATERAL (SELECT power(0.5::float8, (extract(epoch FROM now() - e.at) / extract(epoch FROM t.half_life))::float8) AS weight) w "
	"WHERE e.at > now() - t.half_life * 16), "
	"learned AS ( "
	"SELECT s.location, s.sku, round(s.accepted * s.scale * 1e9) / 1e9 AS accepted, "
	"round(s.rejected * s.scale * 1e9) / 1e9 AS rejected, s.half_life, s.as_of, s.counted_at "
	"FROM (SELECT w.location, w.sku, sum(w.accepted) AS accepted, sum(w.rejected) AS rejected, w.half_life, "
	"max(w.at) AS as_of, max(w.counted_at) AS counted_at, "
	"power(2::float8, (extract(epoch FROM now() - max(w.at)) / extract(epoch FROM w.half_life))::float8) AS scale "
	"FROM weighed w "
	"GROUP BY GROUPING SETS ((w.location, w.half_life), (w.location, w.half_life, w.sku)) "
	"HAVING GROUPING(w.sku) = 1 OR w.sku IS NOT NULL) s), "
	"written AS ( "
	"INSERT INTO oms.confidence_row AS c (location, sku, accepted, rejected, half_life, as_of, counted_at) "
	"SELECT n.location, n.sku, n.accepted, n.rejected, n.half_life, n.as_of, n.counted_at FROM learned n "
	"ON CONFLICT ON CONSTRAINT confidence_row_key DO UPDATE "
	"SET accepted = excluded.accepted, rejected = excluded.rejected, half_life = excluded.half_life, "
	"as_of = excluded.as_of, counted_at = excluded.counted_at "
	"WHERE (c.accepted, c.rejected, c.half_life, c.as_of, c.counted_at) IS DISTINCT FROM "
	"(excluded.accepted, excluded.rejected, excluded.half_life, excluded.as_of, excluded.counted_at) "
	"RETURNING 1), "
	"forgotten AS ( "
	"DELETE FROM oms.confidence_row c "
	"WHERE NOT EXISTS (SELECT FROM learned n WHERE n.location = c.location AND COALESCE(n.sku, '') = COALESCE(c.sku, '')) "
	"RETURNING 1) "
	"SELECT (SELECT count(*) FROM written) + (SELECT count(*) FROM forgotten)",
	0, {NULL}
};

/* seconds_of is the length of an interval, a month of 30 days and a day of 24 hours. */
static double
seconds_of(const Interval *interval)
{
	return interval->time / (double) USECS_PER_SEC +
		(interval->day + interval->month * (double) DAYS_PER_MONTH) * SECS_PER_DAY;
}

static double
weight_of(FunctionCallInfo fcinfo, int argno, const char *name)
{
	double		weight = PG_GETARG_FLOAT8(argno);

	if (!(weight >= 0 && weight <= 1e15))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s must be between 0 and 1e15", name),
				 errdetail("It is %g.", weight)));
	return weight;
}

/*
 * oms_confidence_mean(accepted, rejected, age, half_life, base_rate, prior_weight): a
 * float8 from 0 to 1, see the head of this file. age is that of the evidence; what is in
 * the future is as if it were now. Strict. 22023 out of range.
 */
Datum
oms_confidence_mean(PG_FUNCTION_ARGS)
{
	double		accepted = weight_of(fcinfo, 0, "accepted");
	double		rejected = weight_of(fcinfo, 1, "rejected");
	double		age = seconds_of(PG_GETARG_INTERVAL_P(2));
	double		half_life = seconds_of(PG_GETARG_INTERVAL_P(3));
	double		base_rate = PG_GETARG_FLOAT8(4);
	double		prior = weight_of(fcinfo, 5, "prior_weight");
	double		decay;

	if (!(half_life > 0))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("half_life must be positive")));
	if (!(base_rate >= 0 && base_rate <= 1))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("base_rate must be between 0 and 1"),
				 errdetail("It is %g.", base_rate)));
	if (prior == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("prior_weight must be positive")));
	decay = exp2(-Max(0, age) / half_life);
	PG_RETURN_FLOAT8((accepted * decay + prior * base_rate) / ((accepted + rejected) * decay + prior));
}

/*
 * oms_refresh_confidence() learns oms.confidence anew: the number of rows that changed, a
 * bigint.
 */
Datum
oms_refresh_confidence(PG_FUNCTION_ARGS)
{
	int64		changed;

	oms_spi_connect();
	oms_spi_execute_latest(&lock_confidence, NULL, NULL);
	oms_spi_execute_latest(&learn, NULL, NULL);
	changed = oms_spi_int64(0, 1);
	oms_spi_finish();
	PG_RETURN_INT64(changed);
}
