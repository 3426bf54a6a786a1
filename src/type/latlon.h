/*
 * latlon.h
 *		oms.latlon, a place on the Earth: its struct and the arithmetic that C code
 *		of other folders uses without the function manager.
 */
#ifndef OMS_LATLON_H
#define OMS_LATLON_H

#include "fmgr.h"

/*
 * OmsLatLon is the value as stored: two float8 in degrees, 16 bytes, aligned as
 * double. latitude is in [-90, 90], longitude in [-180, 180]; neither is NaN or
 * infinite, and a zero is never negative, so that equal values have equal bytes.
 */
typedef struct OmsLatLon
{
	double		latitude;
	double		longitude;
} OmsLatLon;

/* Mean radius of the Earth in km: R1 = (2a + b) / 3 of GRS 80 (Moritz 2000), rounded. */
#define OMS_EARTH_RADIUS_KM 6371.0088

#define DatumGetLatLonP(datum) ((OmsLatLon *) DatumGetPointer(datum))
#define LatLonPGetDatum(latlon) PointerGetDatum(latlon)
#define PG_GETARG_LATLON_P(n) DatumGetLatLonP(PG_GETARG_DATUM(n))
#define PG_RETURN_LATLON_P(latlon) return LatLonPGetDatum(latlon)

extern double oms_latlon_distance_km(const OmsLatLon *a, const OmsLatLon *b);

#endif							/* OMS_LATLON_H */
