/*
 * model.c
 *		Building the planner's instance: key maps, candidate locations, costs.
 *
 * Invariants: indexes follow from keys alone. A candidate of an order can serve at
 * least one of its lines from the stock it starts with, lies within
 * max_distance_km, and, with a cost query, is one of its pairs. The candidates are
 * sorted by cost, then location, which is the tie-break of every solver. Reads no
 * table and takes no lock.
 */
#include "postgres.h"

#include <math.h>

#include "common/hashfn.h"
#include "common/int.h"
#include "errors.h"
#include "miscadmin.h"
#include "oms.h"
#include "port/pg_bitutils.h"
#include "routing/model.h"
#include "utils/memutils.h"

#define ROUGH 32				/* cheapest locations among which an order looks at first */
#define ROUGH_PAIRS 20000000	/* from here on: orders times locations */

/* Half the circumference: what an unknown distance counts as, so that it comes last. */
#define UNKNOWN_METRES 20015115

/* How much worse it is to be late, by priority. */
static const int64 late_weights[PLAN_CLASSES] = {16, 8, 4, 2, 1};

struct PlanKeyMap
{
	MemoryContext context;
	uint32		mask;
	uint32		count;
	struct
	{
		const char *key;
		int32		value;
	}		   *slots;
};

/* oms_keymap_create returns an empty map; it keeps pointers to keys, not copies. */
PlanKeyMap *
oms_keymap_create(MemoryContext context)
{
	PlanKeyMap *map = MemoryContextAllocZero(context, sizeof(PlanKeyMap));

	map->context = context;
	map->mask = 1023;
	map->slots = MemoryContextAllocZero(context, 1024 * sizeof(*map->slots));
	return map;
}

static uint32
find_slot(PlanKeyMap *map, const char *key)
{
	uint32		at = hash_bytes((const unsigned char *) key, strlen(key)) & map->mask;

	while (map->slots[at].key != NULL && strcmp(map->slots[at].key, key) != 0)
		at = (at + 1) & map->mask;
	return at;
}

/* oms_keymap_find returns the index of a key, PLAN_NOWHERE when it is not there. */
int32
oms_keymap_find(PlanKeyMap *map, const char *key)
{
	uint32		at = find_slot(map, key);

	return map->slots[at].key == NULL ? PLAN_NOWHERE : map->slots[at].value;
}

/* oms_keymap_add adds a key that is not there yet; the string must outlive the map. */
void
oms_keymap_add(PlanKeyMap *map, const char *key, int32 value)
{
	uint32		at;

	if (map->count * 2 > map->mask)
	{
		PlanKeyMap	old = *map;
		Size		size = ((Size) old.mask + 1) * 2;

		map->mask = size - 1;
		map->slots = MemoryContextAllocExtended(map->context, size * sizeof(*map->slots),
												MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
		for (uint32 i = 0; i <= old.mask; i++)
			if (old.slots[i].key != NULL)
				map->slots[find_slot(map, old.slots[i].key)] = old.slots[i];
		pfree(old.slots);
	}
	at = find_slot(map, key);
	map->slots[at].key = key;
	map->slots[at].value = value;
	map->count++;
}

/* oms_model_create returns an empty model with a context of its own below the current one. */
PlanModel *
oms_model_create(const PlanOptions *options)
{
	MemoryContext context = AllocSetContextCreate(CurrentMemoryContext, "oms plan",
												  ALLOCSET_DEFAULT_SIZES);
	PlanModel  *model = MemoryContextAllocZero(context, sizeof(PlanModel));

	model->context = context;
	model->options = *options;
	return model;
}

/* oms_model_alloc returns zeroed memory for count elements that lives as long as the model. */
void *
oms_model_alloc(PlanModel *model, Size count, Size size)
{
	if (count > MaxAllocHugeSize / size)
		elog(ERROR, "planner array too large");
	return MemoryContextAllocExtended(model->context, Max(count, 1) * size,
									  MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
}

/*
 * oms_model_piece returns memory without header or rounding, not zeroed, that cannot
 * be freed before the model is: for the many small arrays.
 */
void *
oms_model_piece(PlanModel *model, Size size)
{
	char	   *piece;

	size = MAXALIGN(size);
	if (model->transient != NULL)
		return MemoryContextAllocHuge(model->transient, Max(size, 1));
	if (size > 65536)
		return oms_model_alloc(model, 1, size);
	if (size > model->pool_left)
	{
		model->pool_left = 1024 * 1024;
		model->pool = MemoryContextAlloc(model->context, model->pool_left);
	}
	piece = model->pool;
	model->pool += size;
	model->pool_left -= size;
	return piece;
}

/* late_cost_of is the money that lateness of a shipment costs. */
static int64
late_cost_of(const PlanModel *model, int priority, int64 late_seconds)
{
	int64		hourly = model->options.late_cost_per_hour * late_weights[priority];
	int64		cost;

	/* hourly is at most 1.6e16: whole hours and the rest apart, so that nothing overflows */
	if (pg_mul_s64_overflow(hourly, late_seconds / 3600, &cost) || cost > PLAN_MAX_MONEY)
		ereport(ERROR,
				(errcode(OMS_ERR_PLAN_INPUT),
				 errmsg("shipment_cost_sql: column \"late_seconds\" times option late_cost_per_hour is out of range")));
	return cost + (int64) ((double) hourly * (late_seconds % 3600) / 3600.0);
}

/*
 * oms_model_cell returns the stock cell of (sku, location), PLAN_NOWHERE when there
 * is none, by binary search.
 */
int32
oms_model_cell(const PlanModel *model, int32 sku, int32 location)
{
	int32		low = model->sku_cells[sku];
	int32		high = model->sku_cells[sku + 1];

	while (low < high)
	{
		int32		middle = low + (high - low) / 2;

		if (model->cells[middle].location < location)
			low = middle + 1;
		else
			high = middle;
	}
	if (low < model->sku_cells[sku + 1] && model->cells[low].location == location)
		return low;
	return PLAN_NOWHERE;
}

/* oms_model_line_cost returns the row of line_cost_sql for a line and a location, or NULL. */
const PlanLineCost *
oms_model_line_cost(const PlanModel *model, int32 line, int32 location)
{
	int32		low = 0;
	int32		high = model->nline_costs;

	while (low < high)
	{
		int32		middle = low + (high - low) / 2;
		const PlanLineCost *row = &model->line_costs[middle];

		if (row->line < line || (row->line == line && row->location < location))
			low = middle + 1;
		else
			high = middle;
	}
	if (low < model->nline_costs && model->line_costs[low].line == line &&
		model->line_costs[low].location == location)
		return &model->line_costs[low];
	return NULL;
}

/* The first row of shipment_cost_sql for (order, location) or after it. */
static int32
first_pair(const PlanModel *model, int32 order, int32 location)
{
	int32		low = 0;
	int32		high = model->npairs;

	while (low < high)
	{
		int32		middle = low + (high - low) / 2;
		const PlanPair *pair = &model->pairs[middle];

		if (pair->order < order || (pair->order == order && pair->location < location))
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void
out_of_range(const PlanModel *model, int32 order)
{
	ereport(ERROR,
			(errcode(OMS_ERR_PLAN_INPUT),
			 errmsg("the costs of order \"%s\" are out of range", model->orders[order].key),
			 errdetail("Quantities, unit costs and shipment costs of one order multiply to more than the planner counts with.")));
}

static int64
times(const PlanModel *model, int32 line, int64 price, int64 quantity)
{
	int64		cost;

	if (pg_mul_s64_overflow(price, quantity, &cost))
		out_of_range(model, model->lines[line].order);
	return cost;
}

/*
 * oms_share_cost is the money that serving quantity units of a line from a cell
 * costs, the shipment not included: the given line cost in proportion, or the
 * location's unit cost; and the scarcity cost of the stock.
 */
int64
oms_share_cost(const PlanModel *model, int32 line, int32 location, int32 cell, int64 quantity)
{
	int64		cost = times(model, line, model->cells[cell].scarcity_cost, quantity);

	if (model->line_costs != NULL)
	{
		int64		whole = oms_model_line_cost(model, line, location)->cost;

		if (quantity == model->lines[line].quantity)
			cost += whole;
		else
			cost += (int64) ((double) whole * quantity / model->lines[line].quantity);
	}
	else
		cost += times(model, line, model->locations[location].unit_cost, quantity);
	return cost;
}

/*
 * oms_work_seconds is the work that so many shipments, lines and units are at a
 * location; more than any capacity when the product does not fit.
 */
int64
oms_work_seconds(const PlanLocation *location, int64 orders, int64 lines, int64 units)
{
	int64		of_units;

	if (pg_mul_s64_overflow(location->unit_seconds, units, &of_units) ||
		of_units > PLAN_UNLIMITED)
		return PLAN_UNLIMITED + 1;
	return location->order_seconds * orders + location->line_seconds * lines + of_units;
}

static void
set_vector(double *vector, const OmsLatLon *position)
{
	double		latitude = position->latitude * (M_PI / 180.0);
	double		longitude = position->longitude * (M_PI / 180.0);

	vector[0] = cos(latitude) * cos(longitude);
	vector[1] = cos(latitude) * sin(longitude);
	vector[2] = sin(latitude);
}

/*
 * metres_between is the great-circle distance of two unit vectors, from their chord:
 * the same as oms.latlon's <-> to the metre, without its trigonometry for each pair.
 */
static int32
metres_between(const double *a, const double *b)
{
	double		x = a[0] - b[0];
	double		y = a[1] - b[1];
	double		z = a[2] - b[2];
	double		half_chord = Min(0.5 * sqrt(x * x + y * y + z * z), 1.0);

	return (int32) rint(2000.0 * OMS_EARTH_RADIUS_KM * asin(half_chord));
}

/*
 * fill_candidate sets cost, distance and lateness of (order, location); pair is its
 * row of shipment_cost_sql, NULL without that query. False, with the rule, when the
 * location lies outside max_distance_km.
 */
static bool
fill_candidate(PlanModel *model, const PlanOrder *order, int32 location, const PlanPair *pair,
			   PlanCandidate *candidate, const char **why_not)
{
	const PlanOptions *options = &model->options;
	const PlanLocation *place = &model->locations[location];

	candidate->location = location;
	candidate->metres = -1;
	candidate->late_seconds = 0;
	if (order->has_position && place->has_position)
		candidate->metres = metres_between(order->vector, place->vector);
	if (options->max_distance >= 0 &&
		(candidate->metres < 0 || candidate->metres > options->max_distance))
	{
		if (why_not)
			*why_not = candidate->metres < 0 ? "distance unknown, and max_distance_km is set" :
				"farther than max_distance_km";
		return false;
	}

	if (pair != NULL)
	{
		candidate->late_seconds = pair->late_seconds;
		candidate->cost = pair->cost +
			late_cost_of(model, order->priority, pair->late_seconds);
	}
	else
	{
		int64		metres = candidate->metres;

		/* a location that nobody can place comes last; an order without a place sees all alike */
		if (metres < 0)
			metres = order->has_position ? UNKNOWN_METRES : 0;
		/* cost_per_km has at most 1e15 micro-units: whole km and the rest apart */
		candidate->cost = options->cost_per_shipment + place->handling_cost;
		if (options->cost_per_km > PLAN_MAX_MONEY / 1000)
			ereport(ERROR,
					(errcode(OMS_ERR_PLAN_INPUT),
					 errmsg("option cost_per_km is out of range")));
		candidate->cost += options->cost_per_km * (metres / 1000) +
			options->cost_per_km * (metres % 1000) / 1000;
	}
	return true;
}

/*
 * oms_model_candidate computes the candidate (order, location) whatever its stock;
 * false, with the rule that drops it, when it is none.
 */
bool
oms_model_candidate(PlanModel *model, int32 order, int32 location, PlanCandidate *candidate,
					const char **why_not)
{
	const PlanPair *pair = NULL;

	if (model->pairs != NULL)
	{
		int32		at = first_pair(model, order, location);

		if (at == model->npairs || model->pairs[at].order != order ||
			model->pairs[at].location != location)
		{
			*why_not = "no row in shipment_cost_sql";
			return false;
		}
		pair = &model->pairs[at];
	}
	return fill_candidate(model, &model->orders[order], location, pair, candidate, why_not);
}

static int
compare_candidates(const void *a, const void *b)
{
	const PlanCandidate *x = a;
	const PlanCandidate *y = b;

	if (x->cost != y->cost)
		return x->cost < y->cost ? -1 : 1;
	return x->location < y->location ? -1 : 1;
}

/* Can this cell serve the line at all, from the stock it starts with, or from what is left? */
static bool
usable(const PlanModel *model, int32 line, const PlanCell *cell, const int64 *left)
{
	if ((left ? left[cell - model->cells] : cell->available) < (model->options.split_lines && model->lines[line].together == 0 ?
						   1 : model->lines[line].quantity))
		return false;
	return model->line_costs == NULL ||
		oms_model_line_cost(model, line, cell->location) != NULL;
}

/* a line at a candidate */
typedef struct LineAt
{
	int64		cost;			/* prices included */
	int32		cell;
} LineAt;

/* a location and what serving a set of lines from there costs, prices included */
typedef struct Ranked
{
	int64		cost;
	int32		at;				/* in the array of all candidates */
} Ranked;

/* The sets of lines for which the best locations are kept: all, or each line alone and all lines. */
static int
ranked_sets(const PlanOrder *order, uint32 *sets)
{
	uint32		full = order->nlines >= 32 ? ~(uint32) 0 : ((uint32) 1 << order->nlines) - 1;
	int			n = 0;

	sets[n++] = full;
	if (order->nlines <= PLAN_RANKED_LINES)
		for (uint32 set = full - 1; set > 0; set--)
			sets[n++] = set;
	else
		for (int l = 0; l < Min(order->nlines, 31); l++)
			sets[n++] = (uint32) 1 << l;
	return n;
}

/* insert adds a location to the best of a set, of which there are n, at most depth. */
static inline int
insert(Ranked *best, int n, int depth, int64 cost, int32 at, const PlanCandidate *all)
{
	int			i;

	if (n == depth && (cost > best[n - 1].cost ||
					   (cost == best[n - 1].cost && all[at].location > all[best[n - 1].at].location)))
		return n;
	if (n < depth)
		n++;
	for (i = n - 1; i > 0 && (best[i - 1].cost > cost ||
							  (best[i - 1].cost == cost &&
							   all[best[i - 1].at].location > all[at].location)); i--)
		best[i] = best[i - 1];
	best[i].cost = cost;
	best[i].at = at;
	return n;
}

/*
 * fits_at tells whether a location with nothing taken from it could serve a set of lines,
 * whole or, where lines split, one unit of each: that is more than each of them alone.
 */
static bool
fits_at(const PlanModel *model, const PlanOrder *order, int32 location, uint32 set,
		const LineAt *at)
{
	const PlanLine *lines = &model->lines[order->first_line];
	const PlanCapacity *capacity = &model->locations[location].capacity;
	int64		units = 0;
	int			n = 0;

	for (int l = 0; l < order->nlines; l++)
	{
		int64		need = 0;

		if (!(set & ((uint32) 1 << Min(l, 31))))
			continue;
		n++;
		units += lines[l].quantity;
		for (int m = 0; m <= l; m++)
			if ((set & ((uint32) 1 << Min(m, 31))) && lines[m].sku == lines[l].sku)
				need += lines[m].quantity;
		if (!model->options.split_lines && need > model->cells[at[l].cell].available)
			return false;
	}
	if (model->options.split_lines)
		units = n;				/* one of each line */
	return capacity->lines >= n && capacity->units >= units &&
		(capacity->seconds >= PLAN_UNLIMITED ||
		 capacity->seconds >= oms_work_seconds(&model->locations[location], 1, n, units));
}

/*
 * prune keeps about limit candidates: those at which a set of lines costs least, with the
 * prices in worth: for each set the best one, then in turn the next best ones; and the
 * must locations. What costs least for every set is kept, so that a bound by these prices
 * needs no other candidate; of an order with more lines than PLAN_RANKED_LINES the
 * cheapest shipment from a location that is not kept is set as beyond.
 */
static int
prune(PlanModel *model, PlanOrder *order, PlanCandidate *all, int n, int64 limit,
	  const LineAt *at, const PlanWorth *worth, const int32 *must, int nmust)
{
	const uint32 *lines = model->lines_scratch;
	int			nlines = order->nlines;
	uint32		sets[33];
	int			nsets = ranked_sets(order, sets);
	int			depth = nsets == 1 ? limit : Max(limit * 3 / 2 / nsets, 2);
	Ranked	   *best = palloc(sizeof(Ranked) * nsets * depth);
	int			nbest[33] = {0};
	bool	   *keep = palloc0(n);
	bool		check = order->shared_sku || model->has_narrow;
	int			kept = 0;
	int			m = 0;
	int64		sum[1 << PLAN_RANKED_LINES];	/* of a set at the candidate at hand */

	for (int i = 0; i < n; i++)
	{
		int32		location = all[i].location;
		uint32		serves = lines[location];
		int64		open = all[i].cost + (worth ? worth->slot[location].orders : 0);
		int64		cost;

		for (int k = 0; k < nmust; k++)
			if (must[k] == location && !keep[i])
			{
				keep[i] = true;
				kept++;
			}
		if (model->locations[location].capacity.orders < 1)
			continue;
		sum[0] = open;
		for (int s = nsets - 1; s >= 0; s--)
		{
			uint32		set = sets[s];

			if ((serves & set) != set)
				continue;
			/* a set comes after the sets that it contains */
			if (nlines <= PLAN_RANKED_LINES)
				cost = sum[set] = sum[set & (set - 1)] +
					at[i * nlines + pg_rightmost_one_pos32(set)].cost;
			else
			{
				cost = open;
				for (int l = 0; l < nlines; l++)
					if (set & ((uint32) 1 << Min(l, 31)))
						cost += at[i * nlines + l].cost;
			}
			if (check && !fits_at(model, order, location, set, at + i * nlines))
				continue;
			nbest[s] = insert(best + s * depth, nbest[s], depth, cost, i, all);
		}
	}
	for (int rank = 0; rank < depth; rank++)
		for (int s = 0; s < nsets && (rank == 0 || kept < limit); s++)
			if (rank < nbest[s] && !keep[best[s * depth + rank].at])
			{
				keep[best[s * depth + rank].at] = true;
				kept++;
			}

	for (int i = 0; i < n; i++)
		if (keep[i])
			all[m++] = all[i];
		else if (nlines > PLAN_RANKED_LINES)
			order->beyond = Min(order->beyond, all[i].cost +
								(worth ? worth->slot[all[i].location].orders : 0));
	qsort(all, m, sizeof(PlanCandidate), compare_candidates);
	pfree(keep);
	pfree(best);
	return m;
}

/* price_lines computes what each line costs at each candidate: [candidate][line]. */
static LineAt *
price_lines(PlanModel *model, const PlanOrder *order, const PlanCandidate *all, int n,
			const PlanWorth *worth)
{
	int32	   *slot = model->location_scratch;
	int			nlines = order->nlines;
	LineAt	   *result = palloc(sizeof(LineAt) * n * nlines);

	for (int i = 0; i < n; i++)
		slot[all[i].location] = i;
	for (int l = 0; l < nlines; l++)
	{
		int32		line = order->first_line + l;
		int32		sku = model->lines[line].sku;
		int64		quantity = model->lines[line].quantity;

		for (int32 c = model->sku_cells[sku]; c < model->sku_cells[sku + 1]; c++)
		{
			int32		location = model->cells[c].location;
			int32		i = slot[location];
			int64		cost;

			if (i == PLAN_NOWHERE)
				continue;
			cost = times(model, line, model->cell_cost[c], quantity);
			if (model->line_costs != NULL)
			{
				const PlanLineCost *of_line = oms_model_line_cost(model, line, location);

				cost += of_line == NULL ? 0 : of_line->cost;
			}
			if (worth != NULL)
				cost += (worth->cell[c] + worth->slot[location].units) * quantity +
					worth->slot[location].lines +
					(all[i].late_seconds > 0 ? worth->late_price : 0);
			result[i * nlines + l].cost = cost;
			result[i * nlines + l].cell = c;
		}
	}
	for (int i = 0; i < n; i++)
		slot[all[i].location] = PLAN_NOWHERE;
	return result;
}

/*
 * bound_cost sets the weight of a late line: more than the order can cost in any
 * plan. Raises OM012 when the sums of the order would not fit the arithmetic.
 */
static void
bound_cost(PlanModel *model, int32 index)
{
	PlanOrder  *order = &model->orders[index];
	int64		shipment = 0;
	double		bound = 0;

	for (int k = 0; k < order->ncandidates; k++)
		shipment = Max(shipment, order->candidates[k].cost);
	bound = (double) shipment * Min(order->max_shipments, Max(order->ncandidates, 1));
	for (int l = 0; l < order->nlines; l++)
	{
		int32		line = order->first_line + l;
		double		most = 0;

		for (int k = 0; k < order->ncandidates; k++)
		{
			int32		cell = order->cells[l * order->ncandidates + k];

			if (cell != PLAN_NOWHERE)
				most = Max(most, (double) oms_share_cost(model, line,
														 order->candidates[k].location, cell,
														 model->lines[line].quantity));
		}
		bound += most + (double) model->lines[line].unfilled_cost * model->lines[line].quantity;
	}
	if ((bound + 1) * (order->nlines + 2) > 2.0e18)
		out_of_range(model, index);
	order->late_weight = (int64) bound + 1;
}

/*
 * oms_model_candidates sets the candidates of an order, about limit of them, and
 * their stock cells: from all the stock there is, or, with left, from that; the cheapest
 * ones, or, with worth, the cheapest with these prices; and, if they are any, must.
 */
void
oms_model_candidates(PlanModel *model, int32 index, int64 limit, const int64 *left,
					 const PlanWorth *worth, const int32 *must, int nmust)
{
	PlanOrder  *order = &model->orders[index];
	uint32	   *serves = model->lines_scratch;
	int32	   *slot = model->location_scratch;
	PlanCandidate *all = palloc(sizeof(PlanCandidate) * model->nlocations);
	int32	   *seen = palloc(sizeof(int32) * model->nlocations);
	int			nseen = 0;
	int			n = 0;
	int			nlines = order->nlines;
	bool		anew;

	/* locations with stock for a line, and for how many lines */
	for (int l = 0; l < nlines; l++)
	{
		int32		line = order->first_line + l;
		int32		sku = model->lines[line].sku;

		for (int32 c = model->sku_cells[sku]; c < model->sku_cells[sku + 1]; c++)
			if (usable(model, line, &model->cells[c], left))
			{
				if (serves[model->cells[c].location] == 0)
					seen[nseen++] = model->cells[c].location;
				/* lines above 32 count as the last bit */
				serves[model->cells[c].location] |= (uint32) 1 << Min(l, 31);
			}
	}

	if (model->pairs != NULL)
	{
		for (int32 p = first_pair(model, index, 0);
			 p < model->npairs && model->pairs[p].order == index; p++)
			if (serves[model->pairs[p].location] != 0 &&
				fill_candidate(model, order, model->pairs[p].location, &model->pairs[p],
							   &all[n], NULL))
				n++;
	}
	else
	{
		for (int i = 0; i < nseen; i++)
			if (fill_candidate(model, order, seen[i], NULL, &all[n], NULL))
				n++;
	}
	order->beyond = PLAN_NOTHING_BEYOND;
	order->pruned = n > limit;
	if (order->pruned)
	{
		LineAt	   *at = price_lines(model, order, all, n, worth);

		n = prune(model, order, all, n, limit, at, worth, must, nmust);
		pfree(at);
	}
	else
		qsort(all, n, sizeof(PlanCandidate), compare_candidates);
	for (int i = 0; i < nseen; i++)
		serves[seen[i]] = 0;
	pfree(seen);

	/* where they fit, candidates chosen anew take the place of the old ones */
	anew = order->candidates == NULL || n > order->ncandidates || model->transient != NULL;
	if (anew)
	{
		order->candidates = oms_model_piece(model, n * sizeof(PlanCandidate));
		order->cells = oms_model_piece(model, (Size) nlines * n * sizeof(int32));
		order->line_costs = model->line_costs == NULL ? NULL :
			oms_model_piece(model, (Size) nlines * n * sizeof(int64));
	}
	order->ncandidates = n;
	memcpy(order->candidates, all, n * sizeof(PlanCandidate));
	pfree(all);

	for (int k = 0; k < n; k++)
		slot[order->candidates[k].location] = k;
	for (int l = 0; l < nlines; l++)
	{
		int32		line = order->first_line + l;
		int32		sku = model->lines[line].sku;

		for (int k = 0; k < n; k++)
			order->cells[l * n + k] = PLAN_NOWHERE;
		for (int32 c = model->sku_cells[sku]; c < model->sku_cells[sku + 1]; c++)
		{
			int32		k = slot[model->cells[c].location];

			if (k == PLAN_NOWHERE || !usable(model, line, &model->cells[c], left))
				continue;
			order->cells[l * n + k] = c;
			if (order->line_costs != NULL)
				order->line_costs[l * n + k] =
					oms_model_line_cost(model, line, model->cells[c].location)->cost;
		}
	}
	for (int k = 0; k < n; k++)
		slot[order->candidates[k].location] = PLAN_NOWHERE;
	bound_cost(model, index);
}

/* cheapest_locations finds the ROUGH locations from which a shipment costs least, about; their number. */
static int
cheapest_locations(const PlanModel *model, const PlanOrder *order, int32 *locations)
{
	double		costs[ROUGH];
	double		per_chord = model->options.cost_per_km * OMS_EARTH_RADIUS_KM;
	int			n = 0;

	for (int32 l = 0; l < model->nlocations; l++)
	{
		const PlanLocation *place = &model->locations[l];
		double		x = order->vector[0] - place->vector[0];
		double		y = order->vector[1] - place->vector[1];
		double		z = order->vector[2] - place->vector[2];
		double		cost = place->handling_cost;
		int			i;

		if (order->has_position)
			cost += per_chord * (place->has_position ? sqrt(x * x + y * y + z * z) : M_PI);
		if (n == ROUGH && cost >= costs[n - 1])
			continue;
		for (i = n < ROUGH ? n++ : n - 1; i > 0 && costs[i - 1] > cost; i--)
		{
			costs[i] = costs[i - 1];
			locations[i] = locations[i - 1];
		}
		costs[i] = cost;
		locations[i] = l;
	}
	return n;
}

/*
 * rough_candidates sets some candidates of an order, in memory of the rough context: of the
 * locations from which a shipment costs least those that have stock for a line of it.
 */
static void
rough_candidates(PlanModel *model, int32 index)
{
	PlanOrder  *order = &model->orders[index];
	int32		locations[ROUGH];
	int			nlines = order->nlines;
	int			nlocations = cheapest_locations(model, order, locations);
	int32	   *cells = MemoryContextAlloc(model->rough, sizeof(int32) * nlines * nlocations);
	int			n = 0;

	order->candidates = MemoryContextAlloc(model->rough, sizeof(PlanCandidate) * nlocations);
	for (int i = 0; i < nlocations; i++)
		if (fill_candidate(model, order, locations[i], NULL, &order->candidates[n], NULL))
			n++;
	qsort(order->candidates, n, sizeof(PlanCandidate), compare_candidates);
	order->ncandidates = n;
	order->cells = cells;
	order->line_costs = NULL;
	order->beyond = PLAN_NOTHING_BEYOND;
	order->pruned = true;
	for (int l = 0; l < nlines; l++)
		for (int k = 0; k < n; k++)
		{
			int32		cell = oms_model_cell(model, model->lines[order->first_line + l].sku,
											  order->candidates[k].location);

			if (cell != PLAN_NOWHERE &&
				!usable(model, order->first_line + l, &model->cells[cell], NULL))
				cell = PLAN_NOWHERE;
			*cells++ = cell;
		}
	bound_cost(model, index);
}

/*
 * oms_model_refine sets the candidates of an order whose candidates were rough, and keeps the
 * must locations.
 */
void
oms_model_refine(PlanModel *model, int32 index, const int32 *must, int nmust)
{
	model->orders[index].candidates = NULL;
	oms_model_candidates(model, index, model->options.candidates, NULL, NULL, must, nmust);
}

/*
 * oms_model_keep adds a location to the kept candidates of an order, if it is not one:
 * a solver has found use for it.
 */
void
oms_model_keep(PlanModel *model, int32 index, int32 location)
{
	PlanOrder  *order = &model->orders[index];
	int			n = order->ncandidates;
	PlanCandidate *candidates;
	int32	   *cells;
	int64	   *line_costs = NULL;
	PlanCandidate added;
	const char *why;
	int			at;

	for (int k = 0; k < n; k++)
		if (order->candidates[k].location == location)
			return;
	if (!oms_model_candidate(model, index, location, &added, &why))
		elog(ERROR, "no candidate: %s", why);
	for (at = 0; at < n && compare_candidates(&order->candidates[at], &added) < 0; at++)
		;
	candidates = oms_model_piece(model, (n + 1) * sizeof(PlanCandidate));
	cells = oms_model_piece(model, (Size) order->nlines * (n + 1) * sizeof(int32));
	if (order->line_costs != NULL)
		line_costs = oms_model_piece(model, (Size) order->nlines * (n + 1) * sizeof(int64));
	for (int k = 0; k <= n; k++)
	{
		int			from = k < at ? k : k - 1;

		candidates[k] = k == at ? added : order->candidates[from];
		for (int l = 0; l < order->nlines; l++)
		{
			int32		line = order->first_line + l;
			int32		cell = k != at ? order->cells[l * n + from] :
				oms_model_cell(model, model->lines[line].sku, location);

			if (cell != PLAN_NOWHERE && k == at &&
				!usable(model, line, &model->cells[cell], NULL))
				cell = PLAN_NOWHERE;
			cells[l * (n + 1) + k] = cell;
			if (line_costs != NULL)
				line_costs[l * (n + 1) + k] = cell == PLAN_NOWHERE ? 0 :
					k != at ? order->line_costs[l * n + from] :
					oms_model_line_cost(model, line, location)->cost;
		}
	}
	order->candidates = candidates;
	order->cells = cells;
	order->line_costs = line_costs;
	order->ncandidates = n + 1;
	bound_cost(model, index);
}

static PlanModel *sorting;		/* for compare_arrival only */

static int
compare_arrival(const void *a, const void *b)
{
	int32		x = *(const int32 *) a;
	int32		y = *(const int32 *) b;

	if (sorting->orders[x].sequence != sorting->orders[y].sequence)
		return sorting->orders[x].sequence < sorting->orders[y].sequence ? -1 : 1;
	return x < y ? -1 : x > y;
}

/*
 * oms_model_build completes a model whose arrays have been filled and sorted: it
 * links lines, finds candidates, of a large instance rough ones, and checks that all sums fit.
 */
void
oms_model_build(PlanModel *model)
{
	double		units = 0;

	model->location_scratch = oms_model_alloc(model, model->nlocations, sizeof(int32));
	model->lines_scratch = oms_model_alloc(model, model->nlocations, sizeof(uint32));
	for (int32 i = 0; i < model->nlocations; i++)
		model->location_scratch[i] = PLAN_NOWHERE;

	for (int32 l = 0; l < model->nlocations; l++)
	{
		const PlanCapacity *capacity = &model->locations[l].capacity;

		set_vector(model->locations[l].vector, &model->locations[l].position);
		model->has_narrow |= capacity->lines < PLAN_UNLIMITED ||
			capacity->units < PLAN_UNLIMITED || capacity->seconds < PLAN_UNLIMITED;
	}
	model->cell_cost = oms_model_alloc(model, model->ncells, sizeof(int64));
	for (int32 c = 0; c < model->ncells; c++)
		model->cell_cost[c] = model->cells[c].scarcity_cost +
			(model->line_costs != NULL ? 0 : model->locations[model->cells[c].location].unit_cost);
	for (int32 o = 0; o < model->norders; o++)
		set_vector(model->orders[o].vector, &model->orders[o].position);

	model->arrival = oms_model_alloc(model, model->norders, sizeof(int32));
	for (int32 o = 0; o < model->norders; o++)
		model->arrival[o] = o;
	sorting = model;
	qsort(model->arrival, model->norders, sizeof(int32), compare_arrival);
	for (int32 i = 0; i < model->norders; i++)
		model->orders[model->arrival[i]].turn = model->norders - 1 - i;

	for (int32 o = 0; o < model->norders; o++)
		model->has_kept |= model->orders[o].kept;
	/* of a large instance the batch solver has a first plan before all pairs were looked at */
	if (model->options.solver == PLAN_BATCH && model->pairs == NULL && model->line_costs == NULL &&
		!model->has_kept &&
		(int64) model->norders * model->nlocations >= ROUGH_PAIRS)
		model->rough = AllocSetContextCreate(model->context, "oms plan rough candidates",
											 ALLOCSET_DEFAULT_SIZES);
	for (int32 o = 0; o < model->norders; o++)
	{
		PlanOrder  *order = &model->orders[o];

		CHECK_FOR_INTERRUPTS();
		oms_progress_done(o);
		order->shared_sku = false;
		order->plain = order->nlines <= PLAIN_LINES;
		for (int32 i = order->first_line; i < order->first_line + order->nlines; i++)
		{
			order->nunits += model->lines[i].quantity;
			order->plain &= model->lines[i].together == 0;
			for (int32 j = order->first_line; j < i && !order->shared_sku; j++)
				order->shared_sku = model->lines[i].sku == model->lines[j].sku;
		}
		order->plain &= !order->shared_sku;
		units += order->nunits;
		if (model->rough != NULL)
			rough_candidates(model, o);
		else
			oms_model_candidates(model, o, model->options.candidates, NULL, NULL, NULL, 0);
	}
	if (units > 1.0e18)
		ereport(ERROR,
				(errcode(OMS_ERR_PLAN_INPUT),
				 errmsg("lines_sql: the sum of column \"quantity\" is out of range")));
}
