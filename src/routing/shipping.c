/*
 * shipping.c
 *		oms.shipping: how an order would leave a location, when it would leave and arrive,
 *		and what that costs. oms.leave_by: when what was planned so must leave.
 *
 * Ready: the location's handling time, counted in its opening hours, after the start. It
 * leaves when ready, or at the location's cut-off that follows. Of each carrier service
 * that collects there, the first rate that fits the shipment counts, by zone, then by
 * distance. Of these, the cheapest that arrives when due is taken; when none does, the one
 * that arrives first. While there is no carrier service at all, shipments have the
 * planner's default cost, and DEFAULT_KM_PER_HOUR.
 *
 * shipping is called for every order and location, so the tables are read once a query
 * and kept with the function call, as the query's snapshot shows them; what depends on a
 * location and a start, but not on the order, is kept for the last start.
 *
 * Reads oms.location, carrier_service, carrier_rate, zone, location_group_member. No locks.
 */
#include "postgres.h"

#include <math.h>

#include "access/htup_details.h"
#include "common/hashfn.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/date.h"
#include "utils/geo_decls.h"
#include "utils/hsearch.h"
#include "utils/timestamp.h"

#include "availability/availability.h"
#include "oms.h"
#include "routing/route.h"
#include "routing/shipping.h"
#include "type/business_hours.h"

PG_FUNCTION_INFO_V1(oms_shipping);
PG_FUNCTION_INFO_V1(oms_leave_by);

#define DEFAULT_KM_PER_HOUR 50
/* half the circumference of the earth: a location without coordinates comes last */
#define FARTHEST_KM 20015

typedef struct CarrierRate
{
	int			zone;			/* -1: any */
	double		up_to_km;
	int64		transit;		/* microseconds */
	double		price;
	double		price_per_km;
} CarrierRate;

typedef struct CarrierService
{
	text	   *name;
	OmsBusinessHours *hours;
	bool		everywhere;		/* it collects at all locations */
	int			first_rate;
	int			nrates;
} CarrierService;

typedef struct ShippingLocation
{
	OmsLatLon  *coordinates;	/* NULL: unknown */
	OmsBusinessHours *hours;
	text	   *time_zone;
	int64		handling;		/* microseconds */
	double		handling_cost;
	int64		cut_off;		/* of the day; -1: none */
	bool	   *collected;		/* by carrier service that does not collect everywhere */

	/* for the last start */
	TimestampTz start_at;
	pg_tz	   *zone;
	TimestampTz ready_at;		/* DT_NOEND: never */
	TimestampTz ship_at;		/* DT_NOEND: never */
	TimestampTz *arrive_at;		/* by rate; DT_NOEND: never, DT_NOBEGIN: not computed yet */
} ShippingLocation;

typedef struct LocationEntry
{
	text	   *location;		/* hash key */
	ShippingLocation *what;
} LocationEntry;

struct OmsShipping
{
	HTAB	   *locations;
	CarrierService *services;
	int			nservices;
	CarrierRate *rates;
	int			nrates;
	POLYGON   **zones;
	int			nzones;
	OmsLatLon	ship_to;		/* the last destination */
	bool		has_ship_to;
	bool	   *in_zone;		/* by zone, of that */
};

/* -------------------------------------------------------------------------
 * The tables
 * -------------------------------------------------------------------------
 */

static OmsPlan select_zones = {
	"SELECT z.area FROM oms.zone z ORDER BY z.zone", 0, {NULL}
};

static OmsPlan select_services = {
	"SELECT c.carrier_service, COALESCE(c.business_hours, '24/7'), c.location_group IS NULL "
	"FROM oms.carrier_service c ORDER BY c.carrier_service", 0, {NULL}
};

/* Services and zones by their number in the two queries above. */
static OmsPlan select_rates = {
	"SELECT c.n, z.n, r.up_to_km, "
	"(r.transit_days OPERATOR(pg_catalog.*) 86400000000)::bigint, "
	"r.price::float8, r.price_per_km::float8 FROM oms.carrier_rate r "
	"JOIN (SELECT c.carrier_service, pg_catalog.row_number() OVER (ORDER BY c.carrier_service) "
	"AS n FROM oms.carrier_service c) c USING (carrier_service) "
	"LEFT JOIN (SELECT z.zone, pg_catalog.row_number() OVER (ORDER BY z.zone) AS n "
	"FROM oms.zone z) z USING (zone) "
	"ORDER BY c.n, z.n, r.up_to_km", 0, {NULL}
};

static OmsPlan select_locations = {
	"SELECT l.location, l.coordinates, COALESCE(l.business_hours, '24/7'), l.time_zone, "
	"(l.handling_hours OPERATOR(pg_catalog.*) 3600000000)::bigint, l.cut_off, l.handling_cost::float8 "
	"FROM oms.location l", 0, {NULL}
};

/* Of services that do not collect everywhere. */
static OmsPlan select_collections = {
	"SELECT c.n, m.location FROM (SELECT c.location_group, "
	"pg_catalog.row_number() OVER (ORDER BY c.carrier_service) AS n FROM oms.carrier_service c) c "
	"JOIN oms.location_group_member m USING (location_group)", 0, {NULL}
};

static uint32
hash_location(const void *key, Size size)
{
	text	   *location = *(text *const *) key;

	return hash_bytes((unsigned char *) VARDATA_ANY(location), VARSIZE_ANY_EXHDR(location));
}

static int
match_location(const void *a, const void *b, Size size)
{
	return oms_text_equal(*(text *const *) a, *(text *const *) b) ? 0 : 1;
}

static void
read_services(OmsShipping *shipping, MemoryContext context)
{
	bool		isnull;

	shipping->nzones = oms_spi_execute(&select_zones, NULL, NULL, true);
	shipping->zones = MemoryContextAlloc(context, sizeof(POLYGON *) * Max(1, shipping->nzones));
	shipping->in_zone = MemoryContextAllocZero(context, sizeof(bool) * Max(1, shipping->nzones));
	for (int i = 0; i < shipping->nzones; i++)
		shipping->zones[i] = DatumGetPolygonP(oms_spi_copy(i, 1, context));

	shipping->nservices = oms_spi_execute(&select_services, NULL, NULL, true);
	shipping->services = MemoryContextAllocZero(context, sizeof(CarrierService) *
												Max(1, shipping->nservices));
	for (int i = 0; i < shipping->nservices; i++)
	{
		shipping->services[i].name = DatumGetTextP(oms_spi_copy(i, 1, context));
		shipping->services[i].hours = (OmsBusinessHours *) DatumGetPointer(oms_spi_copy(i, 2, context));
		shipping->services[i].everywhere = DatumGetBool(oms_spi_value(i, 3, &isnull));
	}

	shipping->nrates = oms_spi_execute(&select_rates, NULL, NULL, true);
	shipping->rates = MemoryContextAllocZero(context, sizeof(CarrierRate) *
											 Max(1, shipping->nrates));
	for (int i = 0; i < shipping->nrates; i++)
	{
		CarrierRate *rate = &shipping->rates[i];
		CarrierService *service =
			&shipping->services[oms_spi_int64(i, 1) - 1];

		if (service->nrates++ == 0)
			service->first_rate = i;
		rate->zone = DatumGetInt64(oms_spi_value(i, 2, &isnull)) - 1;
		if (isnull)
			rate->zone = -1;
		rate->up_to_km = DatumGetFloat8(oms_spi_value(i, 3, &isnull));
		if (isnull)
			rate->up_to_km = HUGE_VAL;
		rate->transit = oms_spi_int64(i, 4);
		rate->price = DatumGetFloat8(oms_spi_value(i, 5, &isnull));
		rate->price_per_km = DatumGetFloat8(oms_spi_value(i, 6, &isnull));
	}
}

static ShippingLocation *
find_location(const OmsShipping *shipping, text *location)
{
	LocationEntry *entry = hash_search(shipping->locations, &location, HASH_FIND, NULL);

	return entry == NULL ? NULL : entry->what;
}

static void
read_locations(OmsShipping *shipping, MemoryContext context)
{
	HASHCTL		control = {
		.keysize = sizeof(text *), .entrysize = sizeof(LocationEntry),
		.hash = hash_location, .match = match_location, .hcxt = context
	};
	uint64		n = oms_spi_execute(&select_locations, NULL, NULL, true);

	shipping->locations = hash_create("oms.shipping", Max(16, n), &control,
									  HASH_ELEM | HASH_FUNCTION | HASH_COMPARE | HASH_CONTEXT);
	for (uint64 i = 0; i < n; i++)
	{
		text	   *key = DatumGetTextP(oms_spi_copy(i, 1, context));
		LocationEntry *entry = hash_search(shipping->locations, &key, HASH_ENTER, NULL);
		ShippingLocation *location = MemoryContextAllocZero(context, sizeof(ShippingLocation));
		bool		isnull;

		entry->what = location;
		location->coordinates = (OmsLatLon *) DatumGetPointer(oms_spi_copy(i, 2, context));
		location->hours = (OmsBusinessHours *) DatumGetPointer(oms_spi_copy(i, 3, context));
		location->time_zone = DatumGetTextP(oms_spi_copy(i, 4, context));
		location->handling = oms_spi_int64(i, 5);
		location->cut_off = DatumGetTimeADT(oms_spi_value(i, 6, &isnull));
		if (isnull)
			location->cut_off = -1;
		location->handling_cost = DatumGetFloat8(oms_spi_value(i, 7, &isnull));
		location->collected = MemoryContextAllocZero(context, sizeof(bool) *
													 Max(1, shipping->nservices));
		location->start_at = DT_NOBEGIN;
		location->arrive_at = MemoryContextAlloc(context, sizeof(TimestampTz) *
												 Max(1, shipping->nrates));
	}
	n = oms_spi_execute(&select_collections, NULL, NULL, true);
	for (uint64 i = 0; i < n; i++)
	{
		bool		isnull;
		text	   *key = DatumGetTextPP(oms_spi_value(i, 2, &isnull));

		find_location(shipping, key)->collected[oms_spi_int64(i, 1) - 1] = true;
	}
}

/* oms_shipping_read reads the tables, as the query shows them, into the context. */
OmsShipping *
oms_shipping_read(MemoryContext context)
{
	OmsShipping *shipping = MemoryContextAllocZero(context, sizeof(OmsShipping));

	oms_spi_connect();
	read_services(shipping, context);
	read_locations(shipping, context);
	oms_spi_finish();
	return shipping;
}

/* -------------------------------------------------------------------------
 * One shipment
 * -------------------------------------------------------------------------
 */

/* prepare computes what depends on the location and the start, unless it is there. */
static void
prepare(const OmsShipping *shipping, ShippingLocation *location, TimestampTz start_at)
{
	if (location->start_at == start_at)
		return;
	location->start_at = start_at;
	location->zone = oms_find_time_zone(location->time_zone, start_at);
	if (!oms_working_time(location->hours, start_at, location->handling, location->zone,
						  &location->ready_at))
		location->ready_at = DT_NOEND;
	location->ship_at = location->ready_at;
	if (location->cut_off >= 0 && location->ready_at != DT_NOEND &&
		!oms_next_cut_off(location->hours, location->ready_at, location->cut_off, location->zone,
						  &location->ship_at))
		location->ship_at = DT_NOEND;
	for (int i = 0; i < shipping->nrates; i++)
		location->arrive_at[i] = DT_NOBEGIN;
}

static TimestampTz
arrival(const OmsShipping *shipping, ShippingLocation *location, const CarrierService *service,
		int rate)
{
	if (location->arrive_at[rate] == DT_NOBEGIN &&
		!oms_working_time(service->hours, location->ship_at, shipping->rates[rate].transit,
						  location->zone, &location->arrive_at[rate]))
		location->arrive_at[rate] = DT_NOEND;
	return location->arrive_at[rate];
}

/* set_ship_to finds the zones of a destination, unless it is the last one. */
static void
set_ship_to(OmsShipping *shipping, const OmsLatLon *ship_to)
{
	Point		place = {ship_to->longitude, ship_to->latitude};

	if (shipping->has_ship_to && memcmp(&shipping->ship_to, ship_to, sizeof(OmsLatLon)) == 0)
		return;
	shipping->ship_to = *ship_to;
	shipping->has_ship_to = true;
	for (int i = 0; i < shipping->nzones; i++)
		shipping->in_zone[i] =
			DatumGetBool(DirectFunctionCall2(poly_contain_pt,
											 PolygonPGetDatum(shipping->zones[i]),
											 PointPGetDatum(&place)));
}

/* find_rate returns the rate of a service that counts for a shipment, or -1. */
static int
find_rate(const OmsShipping *shipping, const CarrierService *service, bool has_ship_to, double km)
{
	for (int i = service->first_rate; i < service->first_rate + service->nrates; i++)
	{
		const CarrierRate *rate = &shipping->rates[i];

		if (km <= rate->up_to_km &&
			(rate->zone < 0 || (has_ship_to && shipping->in_zone[rate->zone])))
			return i;
	}
	return -1;
}

/* choose picks the service of a shipment, of those that collect at the location, or NULL. */
static const CarrierService *
choose(const OmsShipping *shipping, ShippingLocation *location, bool has_ship_to, double km,
	   TimestampTz due_at, double *price, TimestampTz *arrive_at)
{
	const CarrierService *best = NULL;

	for (int i = 0; i < shipping->nservices; i++)
	{
		const CarrierService *service = &shipping->services[i];
		int			rate;
		double		its_price;
		TimestampTz its_arrival;

		if (!(service->everywhere || location->collected[i]) ||
			(rate = find_rate(shipping, service, has_ship_to, km)) < 0)
			continue;
		its_price = shipping->rates[rate].price + shipping->rates[rate].price_per_km * km;
		its_arrival = arrival(shipping, location, service, rate);
		if (its_arrival == DT_NOEND)
			continue;
		if (best != NULL)
		{
			bool		in_time = its_arrival <= due_at;

			if (in_time != (*arrive_at <= due_at))
			{
				if (!in_time)
					continue;
			}
			else if (in_time ? (its_price > *price ||
								(its_price == *price && its_arrival >= *arrive_at))
					 : (its_arrival > *arrive_at ||
						(its_arrival == *arrive_at && its_price >= *price)))
				continue;
		}
		best = service;
		*price = its_price;
		*arrive_at = its_arrival;
	}
	return best;
}

/* distance is the kilometres to a destination; its zones are set. */
static double
distance(OmsShipping *shipping, const ShippingLocation *location, const OmsLatLon *ship_to)
{
	set_ship_to(shipping, ship_to);
	return location->coordinates == NULL ? FARTHEST_KM :
		oms_latlon_distance_km(ship_to, location->coordinates);
}

/* default_transit is the time a shipment needs while there is no carrier service, in microseconds. */
static int64
default_transit(double km)
{
	return (int64) ceil(km * SECS_PER_HOUR / DEFAULT_KM_PER_HOUR) * USECS_PER_SEC;
}

static ShippingLocation *
require_location(const OmsShipping *shipping, text *key)
{
	ShippingLocation *location = find_location(shipping, key);

	if (location == NULL)
		ereport(ERROR,
				(errcode(OMS_ERR_UNKNOWN_KEY),
				 errmsg("location \"%s\" is unknown", text_to_cstring(key))));
	return location;
}

/*
 * oms_shipment says how a shipment leaves the location; false when there is no such
 * location. What is picked up is there when it is ready, for nothing. The kilometres are 0
 * without a destination, and the longest there are to a location without coordinates.
 */
bool
oms_shipment(OmsShipping *shipping, text *key, const OmsShipmentWish *wish, OmsShipment *shipment)
{
	ShippingLocation *location = find_location(shipping, key);
	bool		pickup = wish->method == OMS_PICKUP;
	const CarrierService *service;

	if (location == NULL)
		return false;
	memset(shipment, 0, sizeof(OmsShipment));
	prepare(shipping, location, wish->start_at);
	shipment->handling_cost = location->handling_cost;
	shipment->arrive_at = DT_NOEND;
	if (!pickup && wish->ship_to != NULL)
		shipment->distance_km = distance(shipping, location, wish->ship_to);
	shipment->ship_at = pickup ? location->ready_at : location->ship_at;
	if (shipment->ship_at == DT_NOEND)
		return true;
	if (pickup)
		shipment->arrive_at = shipment->ship_at;
	else if (shipping->nservices > 0)
	{
		service = choose(shipping, location, wish->ship_to != NULL, shipment->distance_km,
						 wish->due_at, &shipment->price, &shipment->arrive_at);
		shipment->carrier_service = service == NULL ? NULL : service->name;
	}
	else
	{
		shipment->price = wish->cost_per_shipment + wish->cost_per_km * shipment->distance_km;
		shipment->arrive_at = shipment->ship_at + default_transit(shipment->distance_km);
	}
	return true;
}

/* What the calls of one query share. */
typedef struct SharedByCalls
{
	TupleDesc	desc;			/* of a row of oms.shipping */
	OmsShipping *shipping;
} SharedByCalls;

static SharedByCalls *
shared_by_calls(FunctionCallInfo fcinfo)
{
	MemoryContext context = fcinfo->flinfo->fn_mcxt;
	MemoryContext old;
	SharedByCalls *shared = fcinfo->flinfo->fn_extra;

	if (shared != NULL)
		return shared;
	old = MemoryContextSwitchTo(context);
	shared = palloc0(sizeof(SharedByCalls));
	if (get_call_result_type(fcinfo, NULL, &shared->desc) == TYPEFUNC_COMPOSITE)
		shared->desc = BlessTupleDesc(CreateTupleDescCopy(shared->desc));
	MemoryContextSwitchTo(old);
	shared->shipping = oms_shipping_read(context);
	fcinfo->flinfo->fn_extra = shared;
	return shared;
}

/*
 * oms_shipping(location, method, ship_to, start_at, due_at, cost_per_shipment, cost_per_km)
 * is a row of what oms_shipment says: carrier_service (null: none is needed, or the default
 * way), price, distance_km, ship_at, arrive_at. price is null when nothing gets there from
 * here, ship_at too when nothing ever leaves the location. OM004 unknown location, 22004,
 * 22008.
 */
Datum
oms_shipping(PG_FUNCTION_ARGS)
{
	text	   *key = oms_arg_key(fcinfo, 0, "location");
	OmsShipmentWish wish = {.method = oms_arg_method(fcinfo, 1)};
	SharedByCalls *shared;
	OmsShipment shipment;
	Datum		values[5];
	bool		nulls[5] = {0};

	wish.ship_to = PG_ARGISNULL(2) ? NULL : PG_GETARG_LATLON_P(2);
	oms_require_not_null(fcinfo, 3, "start_at");
	wish.start_at = PG_GETARG_TIMESTAMPTZ(3);
	if (TIMESTAMP_NOT_FINITE(wish.start_at))
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("start_at must be finite")));
	wish.due_at = PG_ARGISNULL(4) ? DT_NOEND : PG_GETARG_TIMESTAMPTZ(4);
	oms_require_not_null(fcinfo, 5, "cost_per_shipment");
	wish.cost_per_shipment = PG_GETARG_FLOAT8(5);
	oms_require_not_null(fcinfo, 6, "cost_per_km");
	wish.cost_per_km = PG_GETARG_FLOAT8(6);
	shared = shared_by_calls(fcinfo);
	(void) require_location(shared->shipping, key);
	(void) oms_shipment(shared->shipping, key, &wish, &shipment);

	nulls[0] = shipment.carrier_service == NULL;
	values[0] = PointerGetDatum(shipment.carrier_service);
	nulls[1] = nulls[4] = shipment.arrive_at == DT_NOEND;
	values[1] = Float8GetDatum(shipment.price);
	values[2] = Float8GetDatum(shipment.distance_km);
	nulls[3] = shipment.ship_at == DT_NOEND;
	values[3] = TimestampTzGetDatum(shipment.ship_at);
	values[4] = TimestampTzGetDatum(shipment.arrive_at);
	return HeapTupleGetDatum(heap_form_tuple(shared->desc, values, nulls));
}

/* -------------------------------------------------------------------------
 * When it must leave
 * -------------------------------------------------------------------------
 */

/* What decides when a shipment that leaves at a moment arrives. */
typedef struct Transit
{
	const OmsBusinessHours *hours;	/* NULL: always */
	int64		time;			/* microseconds */
	pg_tz	   *zone;
} Transit;

static bool
in_time(const Transit *transit, TimestampTz leaves, TimestampTz due_at)
{
	TimestampTz arrives = leaves + transit->time;

	return (transit->hours == NULL ||
			oms_working_time(transit->hours, leaves, transit->time, transit->zone, &arrives)) &&
		arrives <= due_at;
}

/*
 * last_cut_off is the last cut-off, from ship_at on, that is in time: searched for from one
 * that is, first a day before it would have to leave at the latest, then twice as early.
 */
static TimestampTz
last_cut_off(const ShippingLocation *location, const Transit *transit, TimestampTz ship_at,
			 TimestampTz due_at)
{
	TimestampTz last = ship_at;
	TimestampTz next;

	for (int64 before = transit->time + USECS_PER_DAY; before < due_at - ship_at; before *= 2)
		if (oms_next_cut_off(location->hours, due_at - before, location->cut_off, transit->zone, &next) &&
			in_time(transit, next, due_at))
		{
			last = next;
			break;
		}
	while (oms_next_cut_off(location->hours, last + 1, location->cut_off, transit->zone, &next) &&
		   in_time(transit, next, due_at))
	{
		CHECK_FOR_INTERRUPTS();
		last = next;
	}
	return last;
}

/*
 * last_open is the last moment of the opening hours, from ship_at on, that is in time: the
 * later it leaves, the later it arrives, so it is searched for by opening time.
 */
static TimestampTz
last_open(const ShippingLocation *location, const Transit *transit, TimestampTz ship_at,
		  TimestampTz due_at)
{
	TimestampTz last = ship_at;
	int64		low = 0;
	int64		high = due_at - ship_at + 1;

	while (high - low > 1)
	{
		int64		middle = low + (high - low) / 2;
		TimestampTz next;

		if (oms_working_time(location->hours, ship_at, middle, transit->zone, &next) &&
			in_time(transit, next, due_at))
		{
			low = middle;
			last = next;
		}
		else
			high = middle;
	}
	return last;
}

/* find_service finds a carrier service by its name; OM004. */
static const CarrierService *
find_service(const OmsShipping *shipping, text *name)
{
	for (int i = 0; i < shipping->nservices; i++)
		if (oms_text_equal(shipping->services[i].name, name))
			return &shipping->services[i];
	ereport(ERROR,
			(errcode(OMS_ERR_UNKNOWN_KEY),
			 errmsg("carrier service \"%s\" is unknown", text_to_cstring(name))));
}

/*
 * oms_leave_by(location, method, carrier_service, ship_to, ship_at, due_at): a timestamptz,
 * the last departure from ship_at on that is in time, or ship_at; null when it is never due.
 * OM004 unknown location or carrier service, 22008.
 */
Datum
oms_leave_by(PG_FUNCTION_ARGS)
{
	OmsShipping *shipping;
	text	   *key = oms_arg_key(fcinfo, 0, "location");
	bool		pickup = oms_arg_method(fcinfo, 1) == OMS_PICKUP;
	bool		has_ship_to = !pickup && !PG_ARGISNULL(3);
	ShippingLocation *location;
	Transit		transit = {0};
	TimestampTz ship_at;
	TimestampTz due_at;
	double		km = 0;

	oms_require_not_null(fcinfo, 4, "ship_at");
	ship_at = PG_GETARG_TIMESTAMPTZ(4);
	due_at = PG_ARGISNULL(5) ? DT_NOEND : PG_GETARG_TIMESTAMPTZ(5);
	if (TIMESTAMP_NOT_FINITE(ship_at))
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("ship_at must be finite")));
	shipping = shared_by_calls(fcinfo)->shipping;
	location = require_location(shipping, key);
	if (due_at == DT_NOEND)
		PG_RETURN_NULL();
	transit.zone = oms_find_time_zone(location->time_zone, ship_at);
	if (has_ship_to)
		km = distance(shipping, location, PG_GETARG_LATLON_P(3));
	if (!pickup && !PG_ARGISNULL(2))
	{
		const CarrierService *service = find_service(shipping, PG_GETARG_TEXT_PP(2));
		int			rate = find_rate(shipping, service, has_ship_to, km);

		if (rate < 0)
			PG_RETURN_TIMESTAMPTZ(ship_at);
		transit.hours = service->hours;
		transit.time = shipping->rates[rate].transit;
	}
	else if (!pickup)
		transit.time = default_transit(km);
	if (due_at <= ship_at || !in_time(&transit, ship_at, due_at))
		PG_RETURN_TIMESTAMPTZ(ship_at);
	PG_RETURN_TIMESTAMPTZ(!pickup && location->cut_off >= 0 ?
						  last_cut_off(location, &transit, ship_at, due_at) :
						  last_open(location, &transit, ship_at, due_at));
}
