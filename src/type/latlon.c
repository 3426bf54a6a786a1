/*
 * latlon.c
 *		oms.latlon: a place on the Earth, latitude and longitude in degrees.
 *
 * Text is 'latitude,longitude'. Every way in (text, binary, constructor, cast) ends in
 * make_latlon, which keeps the invariants stated in latlon.h: both coordinates finite
 * and in range, no negative zero. Text out is the shortest that reads back as the same
 * bytes, whatever extra_float_digits says, so that all functions here are immutable.
 *
 * The order (latitude, then longitude) serves btree, DISTINCT and merge joins; it says
 * nothing about distance. Longitude 180 and -180 are one meridian, and every longitude
 * is the same place at a pole, yet they are different values: equality is of the numbers.
 *
 * Touches no table, takes no lock.
 */
#include "postgres.h"

#include <math.h>

#include "common/hashfn.h"
#include "common/shortest_dec.h"
#include "libpq/pqformat.h"
#include "oms.h"
#include "parser/scansup.h"
#include "type/latlon.h"
#include "utils/float.h"
#include "utils/geo_decls.h"

OMS_TYPE_FUNCTION(oms_latlon_in);
OMS_TYPE_FUNCTION(oms_latlon_out);
OMS_TYPE_FUNCTION(oms_latlon_recv);
OMS_TYPE_FUNCTION(oms_latlon_send);
OMS_TYPE_FUNCTION(oms_latlon_make);
OMS_TYPE_FUNCTION(oms_latlon_from_point);
OMS_TYPE_FUNCTION(oms_latlon_to_point);
OMS_TYPE_FUNCTION(oms_latlon_latitude);
OMS_TYPE_FUNCTION(oms_latlon_longitude);
OMS_TYPE_FUNCTION(oms_latlon_distance);
OMS_TYPE_FUNCTION(oms_latlon_eq);
OMS_TYPE_FUNCTION(oms_latlon_ne);
OMS_TYPE_FUNCTION(oms_latlon_lt);
OMS_TYPE_FUNCTION(oms_latlon_le);
OMS_TYPE_FUNCTION(oms_latlon_gt);
OMS_TYPE_FUNCTION(oms_latlon_ge);
OMS_TYPE_FUNCTION(oms_latlon_cmp);
OMS_TYPE_FUNCTION(oms_latlon_hash);
OMS_TYPE_FUNCTION(oms_latlon_hash_extended);

/* check_degrees raises 22003 for a coordinate beyond ± limit, NaN included. */
static void
check_degrees(double degrees, double limit, const char *name, const char *hint)
{
	char		number[DOUBLE_SHORTEST_DECIMAL_LEN];

	if (degrees >= -limit && degrees <= limit)
		return;
	double_to_shortest_decimal_buf(degrees, number);
	ereport(ERROR,
			(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
			 errmsg("%s is out of range", name),
			 errdetail("It is %s; it must be between %g and %g degrees.", number, -limit, limit),
			 hint != NULL ? errhint("%s", hint) : 0));
}

/*
 * make_latlon returns a new value of two coordinates in degrees. It raises 22003 for
 * one out of range; the hint is given when they would fit the other way round.
 */
static OmsLatLon *
make_latlon(double latitude, double longitude, const char *swapped_hint)
{
	OmsLatLon  *result;
	bool		swapped = fabs(latitude) > 90 && fabs(latitude) <= 180 && fabs(longitude) <= 90;

	check_degrees(latitude, 90, "latitude", swapped ? swapped_hint : NULL);
	check_degrees(longitude, 180, "longitude", NULL);

	result = (OmsLatLon *) palloc(sizeof(OmsLatLon));
	result->latitude = latitude == 0 ? 0 : latitude;	/* -0 becomes 0 */
	result->longitude = longitude == 0 ? 0 : longitude;
	return result;
}

static const char *
skip_spaces(const char *s)
{
	while (scanner_isspace(*s))
		s++;
	return s;
}

/*
 * parse_degrees reads [sign] digits [. digits] [exponent], with a digit on at least one
 * side of the point, and moves *s behind it. It returns false for anything else: no
 * NaN, no infinity, no hexadecimal number, all of which strtod would take.
 */
static bool
parse_degrees(const char **s, double *degrees)
{
	const char *p = *s;
	int			digits = 0;

	if (*p == '+' || *p == '-')
		p++;
	for (; *p >= '0' && *p <= '9'; p++)
		digits++;
	if (*p == '.')
		for (p++; *p >= '0' && *p <= '9'; p++)
			digits++;
	if (digits == 0)
		return false;
	if (*p == 'e' || *p == 'E')
	{
		p++;
		if (*p == '+' || *p == '-')
			p++;
		if (*p < '0' || *p > '9')
			return false;
		while (*p >= '0' && *p <= '9')
			p++;
	}

	/* Too large a number becomes infinite, which is out of range; too small becomes 0. */
	*degrees = strtod(*s, NULL);
	*s = p;
	return true;
}

/* oms_latlon_in reads text; 22P02 when malformed, 22003 when out of range. */
Datum
oms_latlon_in(PG_FUNCTION_ARGS)
{
	const char *text = PG_GETARG_CSTRING(0);
	const char *p = skip_spaces(text);
	double		latitude;
	double		longitude;
	bool		valid = false;

	if (parse_degrees(&p, &latitude))
	{
		p = skip_spaces(p);
		if (*p == ',')
		{
			p = skip_spaces(p + 1);
			valid = parse_degrees(&p, &longitude) && *skip_spaces(p) == '\0';
		}
	}
	if (!valid)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
				 errmsg("invalid input syntax for type %s: \"%s\"", "oms.latlon", text),
				 errhint("Write latitude and longitude in degrees, for example 40.7608,-111.8910.")));

	PG_RETURN_LATLON_P(make_latlon(latitude, longitude,
								   "Latitude comes first, then longitude."));
}

/* oms_latlon_out writes the shortest text that reads back as the same value. */
Datum
oms_latlon_out(PG_FUNCTION_ARGS)
{
	OmsLatLon  *latlon = PG_GETARG_LATLON_P(0);
	char	   *text = (char *) palloc(2 * DOUBLE_SHORTEST_DECIMAL_LEN + 1);
	int			length;

	length = double_to_shortest_decimal_bufn(latlon->latitude, text);
	text[length++] = ',';
	length += double_to_shortest_decimal_bufn(latlon->longitude, text + length);
	text[length] = '\0';
	PG_RETURN_CSTRING(text);
}

/* oms_latlon_recv reads two float8, latitude first, under the same checks as text. */
Datum
oms_latlon_recv(PG_FUNCTION_ARGS)
{
	StringInfo	buffer = (StringInfo) PG_GETARG_POINTER(0);
	double		latitude = pq_getmsgfloat8(buffer);
	double		longitude = pq_getmsgfloat8(buffer);

	PG_RETURN_LATLON_P(make_latlon(latitude, longitude,
								   "Latitude comes first, then longitude."));
}

/* oms_latlon_send writes two float8, latitude first. */
Datum
oms_latlon_send(PG_FUNCTION_ARGS)
{
	OmsLatLon  *latlon = PG_GETARG_LATLON_P(0);
	StringInfoData buffer;

	pq_begintypsend(&buffer);
	pq_sendfloat8(&buffer, latlon->latitude);
	pq_sendfloat8(&buffer, latlon->longitude);
	PG_RETURN_BYTEA_P(pq_endtypsend(&buffer));
}

/* oms_latlon_make is the constructor latlon(latitude, longitude), in degrees; 22003. */
Datum
oms_latlon_make(PG_FUNCTION_ARGS)
{
	PG_RETURN_LATLON_P(make_latlon(PG_GETARG_FLOAT8(0), PG_GETARG_FLOAT8(1),
								   "Latitude comes first, then longitude."));
}

/* oms_latlon_from_point casts a point whose x is longitude and y is latitude; 22003. */
Datum
oms_latlon_from_point(PG_FUNCTION_ARGS)
{
	Point	   *point = PG_GETARG_POINT_P(0);

	PG_RETURN_LATLON_P(make_latlon(point->y, point->x,
								   "The point's x is longitude, y is latitude."));
}

/* oms_latlon_to_point casts to a point: x is longitude, y is latitude. Loses nothing. */
Datum
oms_latlon_to_point(PG_FUNCTION_ARGS)
{
	OmsLatLon  *latlon = PG_GETARG_LATLON_P(0);
	Point	   *point = (Point *) palloc(sizeof(Point));

	point->x = latlon->longitude;
	point->y = latlon->latitude;
	PG_RETURN_POINT_P(point);
}

/* oms_latlon_latitude returns degrees north. */
Datum
oms_latlon_latitude(PG_FUNCTION_ARGS)
{
	PG_RETURN_FLOAT8(PG_GETARG_LATLON_P(0)->latitude);
}

/* oms_latlon_longitude returns degrees east. */
Datum
oms_latlon_longitude(PG_FUNCTION_ARGS)
{
	PG_RETURN_FLOAT8(PG_GETARG_LATLON_P(0)->longitude);
}

/*
 * oms_latlon_distance_km returns the great-circle distance on a sphere of radius
 * OMS_EARTH_RADIUS_KM, in km: the haversine formula (R. W. Sinnott, "Virtues of the
 * Haversine", Sky and Telescope 68, 1984),
 *
 *		h = sin²(Δlatitude / 2) + cos(latitude a) cos(latitude b) sin²(Δlongitude / 2)
 *		distance = 2 R asin(√h)
 *
 * which, unlike the law of cosines, keeps its precision for short distances. Against
 * the ellipsoid a sphere is off by up to 0.6 %. Symmetric; 0 for equal places; never NaN.
 */
double
oms_latlon_distance_km(const OmsLatLon *a, const OmsLatLon *b)
{
	double		sin_latitude = sin((b->latitude - a->latitude) * (RADIANS_PER_DEGREE / 2));
	double		sin_longitude = sin((b->longitude - a->longitude) * (RADIANS_PER_DEGREE / 2));
	double		h;

	h = sin_latitude * sin_latitude +
		cos(a->latitude * RADIANS_PER_DEGREE) * cos(b->latitude * RADIANS_PER_DEGREE) *
		sin_longitude * sin_longitude;
	return 2 * OMS_EARTH_RADIUS_KM * asin(sqrt(Min(h, 1)));	/* rounding may pass 1 */
}

/* oms_latlon_distance is distance_km(a, b) and a <-> b, in km. */
Datum
oms_latlon_distance(PG_FUNCTION_ARGS)
{
	PG_RETURN_FLOAT8(oms_latlon_distance_km(PG_GETARG_LATLON_P(0), PG_GETARG_LATLON_P(1)));
}

/* compare orders by latitude, then longitude; neither is ever NaN. */
static int
compare(const OmsLatLon *a, const OmsLatLon *b)
{
	if (a->latitude != b->latitude)
		return a->latitude < b->latitude ? -1 : 1;
	if (a->longitude != b->longitude)
		return a->longitude < b->longitude ? -1 : 1;
	return 0;
}

/* oms_latlon_eq … oms_latlon_cmp: the operators and the btree support function of compare. */
Datum
oms_latlon_eq(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare(PG_GETARG_LATLON_P(0), PG_GETARG_LATLON_P(1)) == 0);
}

Datum
oms_latlon_ne(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare(PG_GETARG_LATLON_P(0), PG_GETARG_LATLON_P(1)) != 0);
}

Datum
oms_latlon_lt(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare(PG_GETARG_LATLON_P(0), PG_GETARG_LATLON_P(1)) < 0);
}

Datum
oms_latlon_le(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare(PG_GETARG_LATLON_P(0), PG_GETARG_LATLON_P(1)) <= 0);
}

Datum
oms_latlon_gt(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare(PG_GETARG_LATLON_P(0), PG_GETARG_LATLON_P(1)) > 0);
}

Datum
oms_latlon_ge(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare(PG_GETARG_LATLON_P(0), PG_GETARG_LATLON_P(1)) >= 0);
}

Datum
oms_latlon_cmp(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(compare(PG_GETARG_LATLON_P(0), PG_GETARG_LATLON_P(1)));
}

/* oms_latlon_hash hashes the 16 bytes: equal values have equal bytes (latlon.h). */
Datum
oms_latlon_hash(PG_FUNCTION_ARGS)
{
	return hash_any((unsigned char *) PG_GETARG_LATLON_P(0), sizeof(OmsLatLon));
}

/* oms_latlon_hash_extended is the same with a seed, in 64 bits. */
Datum
oms_latlon_hash_extended(PG_FUNCTION_ARGS)
{
	return hash_any_extended((unsigned char *) PG_GETARG_LATLON_P(0), sizeof(OmsLatLon),
							 PG_GETARG_INT64(1));
}
