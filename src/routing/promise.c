/*
 * promise.c
 *		oms.promise: what can be promised of a cart before it is ordered: for each service the
 *		locations that would send it, when it leaves and arrives, and what that costs.
 *
 * It reads the cells that reserve chooses by (availability.c), in the snapshot of the caller's
 * query, and shipments as routing computes them (shipping.c), and writes nothing. A service is
 * promised when the cart can be had of locations from where it arrives within the hours of the
 * service: from the cheapest one that has all of it, else from as few as possible: of those the
 * one that has most of what is missing, then the cheapest, and so on. A pickup is not split; it
 * is promised at the nearest store, then the earliest.
 *
 * When a service cannot be had of what is there, each moment at which supply is expected is
 * tried, the earliest first: work on it then begins at that moment.
 *
 * A location whose capacity does not suffice for what it would send, as far as it is used now,
 * begins to work on it in the next window in which it does, and is chosen or not by what that
 * makes of it.
 *
 * What a routing run would decide later may be cheaper, since it knows other orders; it keeps
 * the promise that place_order was given.
 *
 * Reads what availability.c and shipping.c read, oms.service_due and oms.capacity_accounts. No
 * locks.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "common/int.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/numeric.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

#include "availability/availability.h"
#include "lines.h"
#include "routing/capacity.h"
#include "routing/route.h"
#include "routing/shipping.h"
#include "stock/stock.h"

PG_FUNCTION_INFO_V1(oms_promise);

#define MAX_LINES 1000
#define MOST_UNITS INT64CONST(1000000000000)	/* in the arithmetic of capacity */
#define MAX_WINDOWS 32			/* that may be full before a location is given up */

/* The lines of one sku, and of one wanted location if lines name one. */
typedef struct Wanted
{
	text	   *sku;
	text	   *location;		/* NULL: any */
	const OmsItem *item;
	int			number;			/* of the sku among the skus read */
	int64		quantity;
} Wanted;

typedef struct Service
{
	text	   *name;
	OmsMethod	method;
	TimestampTz due_at;			/* DT_NOEND: whenever */
	bool		promised;
} Service;

/* A location that has something of the cart. */
typedef struct Place
{
	text	   *location;
	int			sequence;		/* in the channel's group */
	double		distance_km;
	int64	   *free;			/* by wanted line */
	TimestampTz start_at;		/* when it may begin to work on it */
	int			windows;		/* full ones before that */
	int64		lines;			/* for so much there is capacity then; 0: not known */
	int64		units;
	bool		in_time;		/* it may be chosen */
	OmsShipment shipment;
} Place;

typedef struct Cart
{
	const OmsChannel *channel;
	const OmsLatLon *ship_to;
	int			n;
	Wanted	   *wanted;
	int			nskus;
	const OmsItem **items;		/* different ones */
	OmsShipmentWish wish;		/* but for method, due_at and a later start of a place */
	bool		limited;		/* there is capacity to be heeded */
	OmsShipping *shipping;
	int			nplaces;		/* at the moment and for the method that were read last */
	Place	   *places;
} Cart;

static OmsPlan select_services = {
	"SELECT s.service, s.due_hours FROM oms.service_due s "
	"WHERE s.service OPERATOR(pg_catalog.=) ANY ($1) OR $1 IS NULL "
	"ORDER BY s.due_hours NULLS LAST, s.service", 1, {"pg_catalog._text"}
};

static OmsPlan select_limited = {
	"SELECT WHERE EXISTS (SELECT FROM oms.capacity) "
	"OR EXISTS (SELECT FROM oms.location l WHERE l.capacity_orders IS NOT NULL)", 0, {NULL}
};

/*
 * Of locations $1 those that cannot take $3 lines and $4 units at moment $2: their number, from 1, and the
 * end of the last window that is full.
 */
static OmsPlan select_full = {
	"SELECT u.n::pg_catalog.int8, max(c.until) "
	"FROM ROWS FROM (unnest($1), unnest($3), unnest($4)) WITH ORDINALITY AS u (location, lines, units, n) "
	"JOIN oms.capacity_accounts($2, $1) c ON c.location = u.location JOIN oms.location l ON l.location = c.location "
	"WHERE c.used + " WORK_MEASURE("u.lines", "u.units") " > c.quantity GROUP BY u.n",
	4, {"pg_catalog._text", "pg_catalog.timestamptz", "pg_catalog._int8", "pg_catalog._int8"}
};

/* -------------------------------------------------------------------------
 * What is wanted
 * -------------------------------------------------------------------------
 */

static int
compare_wanted(const void *a, const void *b)
{
	const Wanted *x = a;
	const Wanted *y = b;
	int			c = oms_text_compare(x->sku, y->sku);

	if (c == 0 && (x->location == NULL || y->location == NULL))
		return (x->location == NULL) - (y->location == NULL);
	return c != 0 ? c : oms_text_compare(x->location, y->location);
}

static bool
same_place(const text *a, const text *b)
{
	return a == NULL || b == NULL ? a == b : oms_text_equal(a, b);
}

/* read_cart reads the lines and adds them up; OM004 unknown sku, 22023. */
static void
read_cart(Cart *cart, Jsonb *lines)
{
	static const OmsField fields[] = {
		{"sku", OMS_FIELD_KEY, true},
		{"quantity", OMS_FIELD_QUANTITY, true},
		{"location", OMS_FIELD_KEY, false},
	};
	Datum	   *values;
	bool	   *nulls;
	int			n = oms_lines_parse(lines, "cart", lengthof(fields), fields, &values, &nulls);
	text	  **skus;
	OmsItem    *items;

	if (n == 0 || n > MAX_LINES)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("a cart must have 1 to %d lines", MAX_LINES),
				 errdetail("It has %d.", n)));
	cart->wanted = palloc0(sizeof(Wanted) * n);
	for (int i = 0; i < n; i++)
		cart->wanted[i] = (Wanted) {
			.sku = DatumGetTextPP(values[3 * i]),
			.location = nulls[3 * i + 2] ? NULL : DatumGetTextPP(values[3 * i + 2]),
			.quantity = DatumGetInt64(values[3 * i + 1])
		};
	qsort(cart->wanted, n, sizeof(Wanted), compare_wanted);
	skus = palloc(sizeof(text *) * n);
	for (int i = 0; i < n; i++)
	{
		Wanted	   *line = &cart->wanted[i];
		Wanted	   *last = cart->n == 0 ? NULL : &cart->wanted[cart->n - 1];

		if (last != NULL && oms_text_equal(last->sku, line->sku) &&
			same_place(last->location, line->location))
		{
			if (pg_add_s64_overflow(last->quantity, line->quantity, &last->quantity))
				ereport(ERROR,
						(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
						 errmsg("quantities of sku \"%s\" add up beyond bigint", text_to_cstring(line->sku))));
			continue;
		}
		line->number = last == NULL ? 0 : last->number + !oms_text_equal(last->sku, line->sku);
		skus[line->number] = line->sku;
		cart->nskus = line->number + 1;
		cart->wanted[cart->n++] = *line;
	}
	items = oms_items(cart->nskus, skus);
	cart->items = palloc(sizeof(OmsItem *) * cart->nskus);
	for (int i = 0; i < cart->nskus; i++)
	{
		if (!items[i].known)
			oms_raise_unknown_sku(skus[i]);
		cart->items[i] = &items[i];
	}
	for (int i = 0; i < cart->n; i++)
		cart->wanted[i].item = cart->items[cart->wanted[i].number];
}

/* read_services reads the services asked for (NULL: all), the most urgent first; OM004. */
static int
read_services(const OmsChannel *channel, ArrayType *names, TimestampTz start_at, Service **services)
{
	MemoryContext caller = CurrentMemoryContext;
	Datum		values[1] = {PointerGetDatum(names)};
	int			n;

	oms_spi_connect();
	n = oms_spi_execute(&select_services, values, names == NULL ? "n" : " ", true);
	*services = MemoryContextAllocZero(caller, sizeof(Service) * Max(1, n));
	for (int i = 0; i < n; i++)
	{
		Service    *service = &(*services)[i];
		MemoryContext spi = MemoryContextSwitchTo(caller);
		bool		isnull;
		double		hours;

		service->name = DatumGetTextPCopy(oms_spi_value(i, 1, &isnull));
		service->method = oms_text_equal(service->name, cstring_to_text("pickup")) ? OMS_PICKUP : OMS_SHIP;
		hours = DatumGetFloat8(oms_spi_value(i, 2, &isnull));
		service->due_at = isnull ? DT_NOEND : start_at + (int64) (hours * USECS_PER_HOUR);
		MemoryContextSwitchTo(spi);
	}
	oms_spi_finish();
	if (names != NULL)
	{
		Datum	   *elements;
		int			wanted;

		deconstruct_array(names, TEXTOID, -1, false, TYPALIGN_INT, &elements, NULL, &wanted);
		for (int i = 0; i < wanted; i++)
		{
			int			s = 0;

			while (s < n && !oms_text_equal((*services)[s].name, DatumGetTextPP(elements[i])))
				s++;
			if (s == n)
				ereport(ERROR,
						(errcode(OMS_ERR_UNKNOWN_KEY),
						 errmsg("service \"%s\" is unknown", TextDatumGetCString(elements[i])),
						 errhint("Call oms.add_service first.")));
		}
	}
	return n;
}

/* -------------------------------------------------------------------------
 * What is there
 * -------------------------------------------------------------------------
 */

/* add_place adds a location; of what is not tracked it has any number, unless the channel excludes it. */
static Place *
add_place(Cart *cart, OmsMethod method, text *location)
{
	Place	   *place = &cart->places[cart->nplaces++];

	place->location = location;
	place->start_at = cart->wish.start_at;
	place->free = palloc0(sizeof(int64) * cart->n);
	for (int w = 0; w < cart->n; w++)
		if (!cart->wanted[w].item->tracked &&
			!oms_excludes(cart->channel, method, cart->wanted[w].item, location))
			place->free[w] = PG_INT64_MAX;
	return place;
}

/*
 * read_places reads which locations have what of the cart for a method at a moment; false when
 * the channel may not sell all of it then: the ATP, with buffer and quota, is too small.
 */
static bool
read_places(Cart *cart, OmsMethod method, TimestampTz at)
{
	OmsCell    *cells;
	Place	  **place_of;		/* by location of the network */
	int			ncells;
	int			first = 0;

	cart->nplaces = 0;
	if (!cart->channel->active || cart->channel->group[method] == NULL)
		return false;
	ncells = oms_cells_at(cart->channel, method, cart->nskus, cart->items, cart->ship_to, at, false, &cells);
	for (int i = 0, w = 0; i < cart->nskus; i++)
	{
		int			end = first;
		int64		wanted = 0;
		int64		atp;

		while (end < ncells && cells[end].sku == i)
			end++;
		for (; w < cart->n && cart->wanted[w].number == i; w++)
			if (pg_add_s64_overflow(wanted, cart->wanted[w].quantity, &wanted))
				wanted = PG_INT64_MAX;
		atp = oms_atp_of(cart->channel, method, cart->items[i], i, end - first, cells + first);
		if (atp < wanted ||
			oms_quota_left(cart->channel, cart->items[i]->sku, GetActiveSnapshot()) < wanted)
			return false;
		first = end;
	}

	/* A place per location of a cell, or, of a cart that is nowhere in stock, any that is open. */
	cart->places = palloc0(sizeof(Place) * (ncells + 1));
	place_of = palloc0(sizeof(Place *) * cart->channel->network->nlocations);
	if (ncells == 0)
		add_place(cart, method, oms_first_open_location(cart->channel, method, cart->items[0]));
	for (int i = 0, w = 0; i < ncells; i++)
	{
		Place	  **place = &place_of[cells[i].place - cart->channel->network->locations];
		int64		free = cells[i].free;

		if (*place == NULL)
		{
			*place = add_place(cart, method, cells[i].location);
			(*place)->sequence = cells[i].sequence;
			(*place)->distance_km = cells[i].distance_km;
		}
		while (cart->wanted[w].number < cells[i].sku)
			w++;
		/* Lines that name a location come first, and what they leave is for the others. */
		for (int l = w; l < cart->n && cart->wanted[l].number == cells[i].sku && cart->wanted[l].item->tracked; l++)
		{
			if (cart->wanted[l].location != NULL &&
				!oms_text_equal(cart->wanted[l].location, cells[i].location))
				continue;
			(*place)->free[l] = Min(free, cart->wanted[l].quantity);
			free -= (*place)->free[l];
		}
	}
	for (int i = 0; i < cart->nplaces; i++)
		for (int w = 0; w < cart->n; w++)
			if (cart->wanted[w].location != NULL &&
				!oms_text_equal(cart->wanted[w].location, cart->places[i].location))
				cart->places[i].free[w] = 0;
	return true;
}

/* -------------------------------------------------------------------------
 * Choosing
 * -------------------------------------------------------------------------
 */

/* units_of is what a place has of what is missing; PG_INT64_MAX at most. */
static int64
units_of(const Cart *cart, const Place *place, const int64 *missing)
{
	int64		units = 0;

	for (int w = 0; w < cart->n; w++)
		if (pg_add_s64_overflow(units, Min(place->free[w], missing[w]), &units))
			units = PG_INT64_MAX;
	return units;
}

/* is_whole says whether a place has all that is missing. */
static bool
is_whole(const Cart *cart, const Place *place, const int64 *missing)
{
	for (int w = 0; w < cart->n; w++)
		if (place->free[w] < missing[w])
			return false;
	return true;
}

/* is_better says whether a place that has as much is to be taken before the other. */
static bool
is_better(OmsMethod method, const Place *a, const Place *b)
{
	double		x = a->shipment.price + a->shipment.handling_cost;
	double		y = b->shipment.price + b->shipment.handling_cost;

	if (method == OMS_PICKUP && a->distance_km != b->distance_km)
		return a->distance_km < b->distance_km;
	if (x != y)
		return x < y;
	if (a->shipment.arrive_at != b->shipment.arrive_at)
		return a->shipment.arrive_at < b->shipment.arrive_at;
	if (a->distance_km != b->distance_km)
		return a->distance_km < b->distance_km;
	if (a->sequence != b->sequence)
		return a->sequence < b->sequence;
	return oms_text_compare(a->location, b->location) < 0;
}

static int64
lines_of(const Cart *cart, const Place *place, const int64 *missing)
{
	int64		lines = 0;

	for (int w = 0; w < cart->n; w++)
		lines += Min(place->free[w], missing[w]) > 0;
	return lines;
}

/*
 * check_capacity finds out which of n places, which would begin at one moment, have the capacity
 * for what each would send of what is missing. Others begin when the full window is over, or,
 * when there is always a full one, never.
 */
static void
check_capacity(const Cart *cart, int n, Place **places, const int64 *missing)
{
	Datum	   *locations = palloc(sizeof(Datum) * n);
	Datum	   *lines = palloc(sizeof(Datum) * n);
	Datum	   *units = palloc(sizeof(Datum) * n);
	Datum		values[4];
	uint64		full;

	for (int i = 0; i < n; i++)
	{
		places[i]->lines = lines_of(cart, places[i], missing);
		places[i]->units = units_of(cart, places[i], missing);
		locations[i] = PointerGetDatum(places[i]->location);
		lines[i] = Int64GetDatum(places[i]->lines);
		units[i] = Int64GetDatum(Min(places[i]->units, MOST_UNITS));
	}
	values[0] = oms_text_array(n, locations);
	values[1] = TimestampTzGetDatum(places[0]->start_at);
	values[2] = oms_int8_array(n, lines);
	values[3] = oms_int8_array(n, units);
	oms_spi_connect();
	full = oms_spi_execute(&select_full, values, NULL, true);
	for (uint64 i = 0; i < full; i++)
	{
		Place	   *place = places[oms_spi_int64(i, 1) - 1];

		place->lines = place->units = 0;
		place->start_at = ++place->windows > MAX_WINDOWS ? DT_NOEND :
			DatumGetTimestampTz(DirectFunctionCall3(timestamptz_in, CStringGetDatum(oms_spi_text(i, 2)),
													ObjectIdGetDatum(InvalidOid), Int32GetDatum(-1)));
	}
	oms_spi_finish();
}

/* has_capacity says whether it is known that a place has it for what it would send of what is missing. */
static bool
has_capacity(const Cart *cart, const Place *place, const int64 *missing)
{
	return !cart->limited || (place->lines >= lines_of(cart, place, missing) &&
							  place->units >= units_of(cart, place, missing));
}

/* find_shipment finds how a place would send something in time, if it may. */
static void
find_shipment(Cart *cart, Place *place, const Service *service)
{
	OmsShipmentWish wish = cart->wish;

	wish.method = service->method;
	wish.due_at = service->due_at;
	wish.start_at = place->start_at;
	place->in_time = place->start_at != DT_NOEND &&
		oms_shipment(cart->shipping, place->location, &wish, &place->shipment) &&
		place->shipment.arrive_at != DT_NOEND && place->shipment.arrive_at <= service->due_at;
}

/*
 * check_places finds out whether the best place has the capacity for what it would send. Where it
 * has not, others may not either: they are asked together, but only then.
 */
static void
check_places(Cart *cart, const Service *service, Place *best, const int64 *missing)
{
	Place	  **places = palloc(sizeof(Place *) * cart->nplaces);
	TimestampTz start_at = best->start_at;
	int			n = 0;

	check_capacity(cart, 1, &best, missing);
	if (has_capacity(cart, best, missing))
		return;
	find_shipment(cart, best, service);
	for (int i = 0; i < cart->nplaces; i++)
		if (cart->places[i].in_time && cart->places[i].start_at == start_at &&
			!has_capacity(cart, &cart->places[i], missing))
			places[n++] = &cart->places[i];
	if (n == 0)
		return;
	check_capacity(cart, n, places, missing);
	for (int i = 0; i < n; i++)
		if (places[i]->start_at != start_at)
			find_shipment(cart, places[i], service);
}

/* put_place adds a row of what a place sends of what is missing, which it lessens. */
static void
put_place(ReturnSetInfo *result, const Cart *cart, const Service *service, const Place *place,
		  int64 *missing)
{
	Datum	   *skus = palloc(sizeof(Datum) * cart->n);
	Datum	   *quantities = palloc(sizeof(Datum) * cart->n);
	Datum		values[9];
	bool		nulls[9] = {0};
	int			n = 0;

	for (int w = 0; w < cart->n; w++)
	{
		int64		units = Min(place->free[w], missing[w]);

		if (units == 0)
			continue;
		missing[w] -= units;
		if (n > 0 && oms_text_equal(DatumGetTextPP(skus[n - 1]), cart->wanted[w].sku))
			quantities[n - 1] = Int64GetDatum(DatumGetInt64(quantities[n - 1]) + units);
		else
		{
			skus[n] = PointerGetDatum(cart->wanted[w].sku);
			quantities[n++] = Int64GetDatum(units);
		}
	}
	values[0] = PointerGetDatum(service->name);
	values[1] = PointerGetDatum(place->location);
	values[2] = TimestampTzGetDatum(place->shipment.ship_at);
	values[3] = TimestampTzGetDatum(place->shipment.arrive_at);
	values[4] = DirectFunctionCall2(numeric_round,
									DirectFunctionCall1(float8_numeric,
														Float8GetDatum(place->shipment.price + place->shipment.handling_cost)),
									Int32GetDatum(6));
	values[5] = PointerGetDatum(place->shipment.carrier_service);
	nulls[5] = place->shipment.carrier_service == NULL;
	values[6] = Float8GetDatum(place->shipment.distance_km);
	values[7] = oms_text_array(n, skus);
	values[8] = oms_int8_array(n, quantities);
	tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
}

/* find_shipments finds how the places would send something in time by a service; missing is all of the cart. */
static void
find_shipments(Cart *cart, const Service *service, int64 *missing)
{
	for (int i = 0; i < cart->nplaces; i++)
		find_shipment(cart, &cart->places[i], service);
	for (int w = 0; w < cart->n; w++)
		missing[w] = cart->wanted[w].quantity;
}

/* best_place is the place that is to send something of what is missing; NULL when none has anything. */
static Place *
best_place(const Cart *cart, OmsMethod method, const int64 *missing)
{
	Place	   *best = NULL;
	int64		most = 0;

	for (int i = 0; i < cart->nplaces; i++)
	{
		Place	   *place = &cart->places[i];
		int64		units = place->in_time ? units_of(cart, place, missing) : 0;

		if (units > most || (units > 0 && units == most && is_better(method, place, best)))
		{
			best = place;
			most = units;
		}
	}
	return best;
}

/* foresee_capacity asks for the best places of all services of a method at once whether they have the capacity. */
static void
foresee_capacity(Cart *cart, OmsMethod method, int n, const Service *services)
{
	int64	   *missing = palloc(sizeof(int64) * cart->n);
	Place	  **places = palloc(sizeof(Place *) * Max(1, n));
	int			nplaces = 0;

	for (int i = 0; i < n && cart->limited; i++)
	{
		Place	   *best;
		bool		known = false;

		if (services[i].promised || services[i].method != method)
			continue;
		find_shipments(cart, &services[i], missing);
		best = best_place(cart, method, missing);
		for (int k = 0; k < nplaces && !known; k++)
			known = places[k] == best;
		if (best != NULL && !known)
			places[nplaces++] = best;
	}
	if (nplaces > 0)
		check_capacity(cart, nplaces, places, missing);
}

/* promise puts the rows of a service of what was read for its method; false when it cannot be kept. */
static bool
promise(ReturnSetInfo *result, Cart *cart, const Service *service)
{
	int64	   *missing = palloc(sizeof(int64) * cart->n);
	Place	  **chosen = palloc(sizeof(Place *) * Max(1, cart->nplaces));
	bool		whole = false;
	int			nchosen = 0;

	find_shipments(cart, service, missing);
	while (!whole)
	{
		Place	   *best;

		CHECK_FOR_INTERRUPTS();
		best = best_place(cart, service->method, missing);
		if (best == NULL)
			return false;
		whole = is_whole(cart, best, missing);
		if (service->method == OMS_PICKUP && !whole)
			return false;
		if (!has_capacity(cart, best, missing))
		{
			check_places(cart, service, best, missing);
			whole = false;
			continue;
		}
		chosen[nchosen++] = best;
		best->in_time = false;	/* not again */
		for (int w = 0; w < cart->n; w++)
			missing[w] -= Min(best->free[w], missing[w]);
	}
	for (int w = 0; w < cart->n; w++)
		missing[w] = cart->wanted[w].quantity;
	for (int i = 0; i < nchosen; i++)
		put_place(result, cart, service, chosen[i], missing);
	return true;
}

/*
 * promise_at tries the services that are not promised yet with what is there at a moment, and
 * returns how many are left.
 */
static int
promise_at(ReturnSetInfo *result, Cart *cart, int n, Service *services, TimestampTz at)
{
	int			left = 0;

	for (int method = 0; method < OMS_METHODS; method++)
	{
		bool		read = false;
		bool		there = false;

		for (int i = 0; i < n; i++)
		{
			if (services[i].promised || services[i].method != method)
				continue;
			if (!read)
			{
				there = read_places(cart, method, at);
				if (there)
					foresee_capacity(cart, method, n, services);
			}
			read = true;
			services[i].promised = there && promise(result, cart, &services[i]);
			left += !services[i].promised;
		}
	}
	return left;
}

static int
compare_moments(const void *a, const void *b)
{
	TimestampTz x = *(const TimestampTz *) a;
	TimestampTz y = *(const TimestampTz *) b;

	return x < y ? -1 : x > y;
}

/*
 * oms_promise(channel, cart, ship_to, services, start_at, cost_per_shipment, cost_per_km) is a
 * row for each service and location: service, location, ship_at, arrive_at, cost,
 * carrier_service, distance_km, skus, quantities; none for a service that cannot be kept.
 * OM004 unknown channel, sku or service, 22023, 22004, 22008.
 */
Datum
oms_promise(PG_FUNCTION_ARGS)
{
	Cart		cart = {0};
	Service    *services;
	OmsIncoming *incoming;
	TimestampTz *moments;
	int			nincoming;
	int			n;

	cart.channel = oms_channel(oms_arg_key(fcinfo, 0, "channel"));
	oms_require_not_null(fcinfo, 1, "cart");
	read_cart(&cart, PG_GETARG_JSONB_P(1));
	cart.ship_to = cart.wish.ship_to = PG_ARGISNULL(2) ? NULL : PG_GETARG_LATLON_P(2);
	cart.wish.start_at = PG_ARGISNULL(4) ? GetCurrentTimestamp() : PG_GETARG_TIMESTAMPTZ(4);
	if (TIMESTAMP_NOT_FINITE(cart.wish.start_at))
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("start_at must be finite")));
	oms_require_not_null(fcinfo, 5, "cost_per_shipment");
	cart.wish.cost_per_shipment = PG_GETARG_FLOAT8(5);
	oms_require_not_null(fcinfo, 6, "cost_per_km");
	cart.wish.cost_per_km = PG_GETARG_FLOAT8(6);
	if (!PG_ARGISNULL(3) && array_contains_nulls(PG_GETARG_ARRAYTYPE_P(3)))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("services must not contain null")));
	n = read_services(cart.channel, PG_ARGISNULL(3) ? NULL : PG_GETARG_ARRAYTYPE_P(3),
					  cart.wish.start_at, &services);
	InitMaterializedSRF(fcinfo, 0);
	cart.shipping = oms_shipping_read(CurrentMemoryContext);
	oms_spi_connect();
	cart.limited = oms_spi_execute(&select_limited, NULL, NULL, true) > 0;
	oms_spi_finish();
	if (promise_at((ReturnSetInfo *) fcinfo->resultinfo, &cart, n, services, DT_NOBEGIN) == 0)
		return (Datum) 0;

	nincoming = oms_incoming_read(cart.nskus, cart.items, DT_NOEND, false, &incoming);
	moments = palloc(sizeof(TimestampTz) * Max(1, nincoming));
	for (int i = 0; i < nincoming; i++)
		moments[i] = incoming[i].at;
	qsort(moments, nincoming, sizeof(TimestampTz), compare_moments);
	for (int i = 0; i < nincoming; i++)
	{
		if ((i > 0 && moments[i] == moments[i - 1]) || moments[i] <= cart.wish.start_at)
			continue;
		cart.wish.start_at = moments[i];
		if (promise_at((ReturnSetInfo *) fcinfo->resultinfo, &cart, n, services, moments[i]) == 0)
			break;
	}
	return (Datum) 0;
}
