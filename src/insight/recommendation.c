/*
 * recommendation.c
 *		Safety stock recommended from what was sold and what was found wrong, beside
 *		today's rule.
 *
 * What is kept back at a location guards against two things that the record does not
 * show when a channel sells the location down to it: what is asked for there until the
 * order is picked, D, and units that the record has and the shelf has not, E. With
 * Z = D + E of mean m and deviation s, keeping r units back
 *
 *		sells units that are not there		oversells(r) = E[(Z - r)+]
 *		and does not sell units that are	lost sales(r) = E[(r - Z)+] = r - m + oversells(r)
 *
 * each time the channel sells the location down to r. The recommended r is the least
 * whole number with P(Z <= r) >= the service level, the cycle service level of the
 * literature. Z is normal: r = m + k s, oversells = s G(k), where G(k) = phi(k) -
 * k (1 - Phi(k)) is the unit normal loss function (E. A. Silver, D. F. Pyke, R. Peterson:
 * Inventory Management and Production Planning and Scheduling, 3rd edition, 1998, sections
 * 7.6 and B). A slow mover, m < 10 with no error of the record, is Poisson, as they advise
 * there (8.1): its loss is summed term by term.
 *
 * Estimates, all over a period that ends now. D: units that left as consume, per day, times
 * the delay; its variance is that of the days, but not less than the mean (Poisson). E: the
 * differences that adjust and set_on_hand wrote, each as a whole, negated: an error is
 * there until it is found. What was rejected by a store is among them as far as it was
 * adjusted. A count that finds nothing leaves no movement and so is not seen: E is as large
 * as the errors that were found, and 0 where nobody looked.
 *
 * Reads inventory, movement, item, the network. No locks but those of the statement.
 */
#include "postgres.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "common/int.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/timestamp.h"

#include "availability/availability.h"

PG_FUNCTION_INFO_V1(oms_recommend_safety_stock);

/* below this mean a demand is Poisson (Silver, Pyke and Peterson) */
#define SLOW_MOVER 10.0

/* columns of recommend_safety_stock */
#define COLUMNS 16

/* What is asked for and not on record while an order waits to be picked. */
typedef struct Exposure
{
	double		mean;
	double		deviation;
	bool		poisson;
} Exposure;

/* $1 channel, $2 method, $3 period, $4 delay, $5 skus, $6 locations */
static OmsPlan select_exposures = {
	"SELECT i.sku, i.location, i.on_hand, COALESCE(d.units, 0)::pg_catalog.int8, "
	"COALESCE(d.units, 0)::pg_catalog.float8, COALESCE(d.squares, 0)::pg_catalog.float8, "
	"COALESCE(e.n, 0), COALESCE(e.mean, 0)::pg_catalog.float8, COALESCE(e.variance, 0)::pg_catalog.float8, "
	"oms.safety_stock_at($1, i.sku, i.location, $2) "
	"FROM oms.channel c "
	"JOIN oms.location_group_member m ON m.location_group OPERATOR(pg_catalog.=) "
	"CASE $2 WHEN 'pickup' THEN c.pickup_group ELSE c.ship_group END "
	"JOIN oms.inventory i ON i.location OPERATOR(pg_catalog.=) m.location "
	"LEFT JOIN oms.item t ON t.sku OPERATOR(pg_catalog.=) i.sku "
	"LEFT JOIN (SELECT d.sku, d.location, pg_catalog.sum(d.units) AS units, "
	"pg_catalog.sum(d.units OPERATOR(pg_catalog.*) d.units) AS squares "
	"FROM (SELECT m.sku, m.location, OPERATOR(pg_catalog.-) pg_catalog.sum(m.quantity) AS units "
	"FROM oms.movement_row m WHERE m.kind OPERATOR(pg_catalog.=) 'consume' "
	"AND m.moved_at OPERATOR(pg_catalog.>=) ($7 OPERATOR(pg_catalog.-) $3) "
	"AND m.moved_at OPERATOR(pg_catalog.<) $7 "
	"GROUP BY m.sku, m.location, pg_catalog.date_bin('1 day', m.moved_at, $7)) d "
	"GROUP BY d.sku, d.location) d "
	"ON d.sku OPERATOR(pg_catalog.=) i.sku AND d.location OPERATOR(pg_catalog.=) i.location "
	"LEFT JOIN (SELECT m.sku, m.location, pg_catalog.count(*) AS n, "
	"pg_catalog.avg(OPERATOR(pg_catalog.-) m.quantity) AS mean, pg_catalog.var_samp(m.quantity) AS variance "
	"FROM oms.movement_row m WHERE m.kind OPERATOR(pg_catalog.=) ANY ('{adjust,count}') "
	"AND m.quantity OPERATOR(pg_catalog.<>) 0 "
	"AND m.moved_at OPERATOR(pg_catalog.>=) ($7 OPERATOR(pg_catalog.-) $3) "
	"AND m.moved_at OPERATOR(pg_catalog.<) $7 GROUP BY m.sku, m.location) e "
	"ON e.sku OPERATOR(pg_catalog.=) i.sku AND e.location OPERATOR(pg_catalog.=) i.location "
	"WHERE c.channel OPERATOR(pg_catalog.=) $1 AND COALESCE(t.tracked, true) "
	"AND ($5 IS NULL OR i.sku OPERATOR(pg_catalog.=) ANY ($5)) "
	"AND ($6 IS NULL OR i.location OPERATOR(pg_catalog.=) ANY ($6)) "
	"ORDER BY i.sku, m.sequence, i.location",
	7, {"pg_catalog.text", "pg_catalog.text", "pg_catalog.interval", "pg_catalog.interval",
	"pg_catalog._text", "pg_catalog._text", "pg_catalog.timestamptz"}
};

/* -------------------------------------------------------------------------
 * The formula
 * -------------------------------------------------------------------------
 */

/* P(X > k) of a standard normal. */
static double
normal_tail(double k)
{
	return 0.5 * erfc(k / M_SQRT2);
}

/* The k with P(X <= k) = level, by bisection. */
static double
normal_quantile(double level)
{
	double		low = -40;
	double		high = 40;

	for (int i = 0; i < 100; i++)
	{
		double		middle = (low + high) / 2;

		if (normal_tail(middle) > 1 - level)
			low = middle;
		else
			high = middle;
	}
	return (low + high) / 2;
}

/* E[(Z - units)+], in units. */
static double
oversells(const Exposure *z, double units)
{
	if (z->poisson)
	{
		double		p = exp(-z->mean);
		double		sum = z->mean - units;

		for (int x = 0; x < units && (x <= z->mean || p > 0); x++)
		{
			sum += (units - x) * p;
			p *= z->mean / (x + 1);
		}
		return Max(0, sum);
	}
	if (z->deviation == 0)
		return Max(0, z->mean - units);
	else
	{
		double		k = (units - z->mean) / z->deviation;
		double		loss = exp(-k * k / 2) / sqrt(2 * M_PI) - k * normal_tail(k);

		return z->deviation * Max(0, loss);
	}
}

/* The least whole number of units, not below 0, that covers Z with the service level. */
static int64
units_for(const Exposure *z, double level, double quantile)
{
	double		units;

	if (z->poisson)
	{
		double		p = exp(-z->mean);
		double		cumulated = p;
		int			x = 0;

		/* p falls to 0 before rounding could keep cumulated below the level for ever */
		while (cumulated < level && p > 0)
		{
			p *= z->mean / ++x;
			cumulated += p;
		}
		return x;
	}
	/* a hair below a whole number is that number */
	units = ceil(z->mean + quantile * z->deviation - 1e-9);
	return units <= 0 ? 0 : units >= (double) PG_INT64_MAX ? PG_INT64_MAX : (int64) units;
}

static double
days_of(FunctionCallInfo fcinfo, int argno, const char *name)
{
	Interval   *interval;
	double		days;

	oms_require_not_null(fcinfo, argno, name);
	interval = PG_GETARG_INTERVAL_P(argno);
	days = interval->month * (double) DAYS_PER_MONTH + interval->day +
		interval->time / (double) USECS_PER_DAY;
	if (days <= 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s must be longer than 0", name)));
	return days;
}

static double
service_level_of(FunctionCallInfo fcinfo, int argno)
{
	double		level;

	oms_require_not_null(fcinfo, argno, "service_level");
	level = PG_GETARG_FLOAT8(argno);
	if (!(level > 0 && level < 1))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("service_level must be between 0 and 1"),
				 errdetail("It is %g.", level),
				 errhint("0.95 means that 95 of 100 times nothing is sold that is not there.")));
	return level;
}

/* read_exposure makes Z of the sums of a row of select_exposures. */
static Exposure
read_exposure(uint64 row, double days, double delay, double *per_day)
{
	bool		isnull;
	double		units = DatumGetFloat8(oms_spi_value(row, 5, &isnull));
	double		squares = DatumGetFloat8(oms_spi_value(row, 6, &isnull));
	double		error = DatumGetFloat8(oms_spi_value(row, 8, &isnull));
	double		error_variance = DatumGetFloat8(oms_spi_value(row, 9, &isnull));
	double		variance = days > 1 ? (squares - units * units / days) / (days - 1) : 0;
	Exposure	z;

	*per_day = units / days;
	z.poisson = oms_spi_int64(row, 7) == 0 && *per_day * delay < SLOW_MOVER && variance <= 2 * *per_day;
	z.mean = *per_day * delay + error;
	z.deviation = sqrt(Max(variance, *per_day) * delay + error_variance);
	return z;
}

/*
 * oms_recommend_safety_stock(channel, service_level, method, period, pick_delay, skus,
 * locations): a row per sku and location of the channel's group. Raises OM004 unknown
 * channel, 22023, 22004.
 */
Datum
oms_recommend_safety_stock(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	text	   *channel = oms_arg_key(fcinfo, 0, "channel");
	double		level = service_level_of(fcinfo, 1);
	OmsMethod	method = oms_arg_method(fcinfo, 2);
	double		days = days_of(fcinfo, 3, "period");
	double		delay = days_of(fcinfo, 4, "pick_delay");
	double		quantile = normal_quantile(level);
	text	  **keys;
	Datum		arguments[7];
	char		nulls[8] = "       ";
	uint64		rows;

	for (int i = 5; i < 7; i++)
	{
		if (PG_ARGISNULL(i))
			nulls[i - 1] = 'n';
		else
			(void) oms_arg_keys(fcinfo, i, i == 5 ? "skus" : "locations", &keys);
		arguments[i - 1] = PG_GETARG_DATUM(i);
	}
	(void) oms_channel(channel);
	arguments[0] = PointerGetDatum(channel);
	arguments[1] = CStringGetTextDatum(oms_method_name(method));
	arguments[2] = PG_GETARG_DATUM(3);
	arguments[3] = PG_GETARG_DATUM(4);
	arguments[6] = TimestampTzGetDatum(GetCurrentStatementStartTimestamp());

	InitMaterializedSRF(fcinfo, 0);
	oms_spi_connect();
	rows = oms_spi_execute(&select_exposures, arguments, nulls, true);
	for (uint64 row = 0; row < rows; row++)
	{
		double		per_day;
		Exposure	z = read_exposure(row, days, delay, &per_day);
		int64		on_hand = oms_spi_int64(row, 3);
		bool		isnull;
		Datum		safety = oms_spi_value(row, 10, &isnull);
		int64		now = oms_safety_stock_withheld(DatumGetSafetyStockP(safety), on_hand);
		int64		units = units_for(&z, level, quantile);
		double		oversells_now = oversells(&z, now);
		double		oversells_then = oversells(&z, units);
		Datum		values[COLUMNS];
		bool		value_nulls[COLUMNS] = {0};

		CHECK_FOR_INTERRUPTS();
		values[0] = oms_spi_value(row, 1, &isnull);
		values[1] = oms_spi_value(row, 2, &isnull);
		values[2] = Int64GetDatum(on_hand);
		values[3] = oms_spi_value(row, 4, &isnull);
		values[4] = Float8GetDatum(per_day);
		values[5] = Float8GetDatum(per_day * delay);
		values[6] = oms_spi_value(row, 7, &isnull);
		values[7] = oms_spi_value(row, 8, &isnull);
		values[8] = Float8GetDatum(z.deviation);
		values[9] = safety;
		values[10] = Int64GetDatum(now);
		values[11] = Float8GetDatum(Max(0, now - z.mean + oversells_now));
		values[12] = Float8GetDatum(oversells_now);
		values[13] = Int64GetDatum(units);
		values[14] = Float8GetDatum(Max(0, units - z.mean + oversells_then));
		values[15] = Float8GetDatum(oversells_then);
		tuplestore_putvalues(result->setResult, result->setDesc, values, value_nulls);
	}
	oms_spi_finish();
	return (Datum) 0;
}
