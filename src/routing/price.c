/*
 * price.c
 *		Prices of stock and capacity by Lagrangian relaxation, and the lower bound
 *		that they prove.
 *
 * For any prices >= 0, the sum over the orders of the least priced cost of serving
 * each alone, less price times amount over all stock and capacity, is a lower bound
 * of cost + penalties of every plan: the limits that orders share are relaxed, and
 * each order alone is decided exactly or relaxed further (pattern.c, view with
 * bound). The prices are found by a subgradient method (Held, Wolfe, Crowder 1974)
 * with Polyak's step, which shortens by the same factor each time, scaled by the amount of
 * each resource and capped. Prices are whole micro-units and sums are exact in 128 bits, so
 * that the bound is one.
 *
 * An unfilled unit and a late line have a penalty beside what they cost, the same for
 * all of a class, because otherwise leaving them out would be the cheapest plan. So
 * the bound says: no plan that leaves in each class at most as many units unfilled
 * and lines late costs less than bound - penalties of this plan. Any penalties >= 0 do:
 * high ones, higher for the more urgent class, lead a search to leave little out. Where a
 * plan had to leave something out they are prices like the others, what may be left out being
 * the amount, and the bound is that of the cost of plans which leave out no more.
 */
#include "postgres.h"

#include <math.h>

#include "miscadmin.h"
#include "oms.h"
#include "routing/price.h"
#include "utils/memutils.h"

/* oms_penalties is what a plan with this score pays beside its cost. */
int64
oms_penalties(const PlanPrices *prices, const PlanScore *score)
{
	int64		sum = 0;

	for (int c = 0; c < PLAN_CLASSES; c++)
		sum += prices->unfilled[c] * score->unfilled[c] + prices->late[c] * score->late[c];
	return sum;
}

/* oms_price_slots sums up what a shipment, a line and a unit cost at each location, work included. */
void
oms_price_slots(const PlanModel *model, const PlanCapacity *capacity, PlanCapacity *slot)
{
	for (int32 l = 0; l < model->nlocations; l++)
	{
		const PlanLocation *location = &model->locations[l];

		slot[l].orders = capacity[l].orders + capacity[l].seconds * location->order_seconds;
		slot[l].lines = capacity[l].lines + capacity[l].seconds * location->line_seconds;
		slot[l].units = capacity[l].units + capacity[l].seconds * location->unit_seconds;
	}
}

/* oms_price_view puts the prices into a view of an order of this priority. */
void
oms_price_view(const PlanPrices *prices, int priority, PlanView *view)
{
	view->priced = true;
	view->cell_price = prices->cell;
	view->capacity_price = prices->slot;
	view->unfilled_price = prices->unfilled[priority];
	view->late_price = prices->late[priority];
}

/* oms_priced_cost is what an order costs in a plan, with penalties and prices. */
int64
oms_priced_cost(const PlanPrices *prices, const PlanDraft *state, int32 order)
{
	const PlanPlaced *placed = &state->placed[order];
	int			class = state->model->orders[order].priority;
	int64		cost = placed->cost + prices->unfilled[class] * placed->unfilled +
		prices->late[class] * placed->late;

	for (int i = 0; i < placed->nheld; i++)
	{
		const PlanShare *share = &placed->held[i].share;
		const PlanCapacity *price = &prices->slot[share->location];
		bool		first = true;

		for (int j = 0; j < i && first; j++)
			first = placed->held[j].share.location != share->location;
		cost += prices->cell[share->cell] * share->quantity + price->lines +
			price->units * share->quantity + (first ? price->orders : 0);
	}
	return cost;
}

/*
 * oms_prices_create returns prices of zero, and penalties: an unfilled unit or a late
 * line costs at least what any candidate's shipment with one unit costs, an unfilled unit
 * twice as much as one of the next class. NULL when the numbers are too large for prices,
 * so that nothing can be certified.
 */
PlanPrices *
oms_prices_create(PlanModel *model)
{
	PlanPrices *prices;
	int64		dearest = 1;
	int64		least_unfilled[PLAN_CLASSES];
	int64		most_unfilled = 0;
	double		most_units = 1;
	double		most_cost = 1;
	double		all_units = 0;
	int			last = 0;		/* class of which there are orders */

	for (int c = 0; c < PLAN_CLASSES; c++)
		least_unfilled[c] = PLAN_MAX_MONEY;
	for (int32 o = 0; o < model->norders; o++)
	{
		const PlanOrder *order = &model->orders[o];
		double		units = 0;

		last = Max(last, order->priority);
		for (int k = 0; k < order->ncandidates; k++)
			dearest = Max(dearest, order->candidates[k].cost);
		for (int32 i = order->first_line; i < order->first_line + order->nlines; i++)
		{
			const PlanLine *line = &model->lines[i];

			units += line->quantity;
			most_unfilled = Max(most_unfilled, line->unfilled_cost);
			least_unfilled[order->priority] = Min(least_unfilled[order->priority],
												  line->unfilled_cost);
		}
		most_units = Max(most_units, units);
		most_cost = Max(most_cost, (double) order->late_weight);
		all_units += units;
	}
	for (int32 l = 0; l < model->nlocations; l++)
		if (model->line_costs == NULL)
			dearest = Max(dearest, model->locations[l].unit_cost);
	if ((double) (dearest + most_unfilled) * 128 * most_units + most_cost > 1.0e17 ||
		(double) ((dearest << last) + most_unfilled) * all_units > 1.0e18)
		return NULL;

	prices = oms_model_alloc(model, 1, sizeof(PlanPrices));
	prices->cell = oms_model_alloc(model, model->ncells, sizeof(int64));
	prices->capacity = oms_model_alloc(model, model->nlocations, sizeof(PlanCapacity));
	prices->slot = oms_model_alloc(model, model->nlocations, sizeof(PlanCapacity));
	prices->ideal = oms_model_alloc(model, model->norders, sizeof(int64));
	for (int c = 0; c < PLAN_CLASSES; c++)
	{
		prices->unfilled[c] = Max(0, (dearest << Max(0, last - c)) - least_unfilled[c]);
		prices->late[c] = dearest;
	}
	prices->ceiling = dearest + most_unfilled;
	return prices;
}

#define MEASURES 4				/* of capacity: orders, lines, units, seconds */
#define MOST_PRICE 16			/* times the ceiling: what a unit may cost at most */
#define FIRST_STEP 0.7			/* of Polyak's */
#define LAST_STEP 0.005
#define SMALL 2000				/* orders of an instance whose prices may prove a plan the best */
#define FULL_STEPS 30			/* for such: Polyak's, to the end of it */
#define MEMORY 0.5				/* of the last direction in the next one */

/* a resource in the subgradient: its price with a fraction, and how much is asked for */
typedef struct Resource
{
	double		price;
	float		direction;		/* of the last step: excess, smoothed */
	int64		use;
} Resource;

typedef struct Subgradient
{
	PlanModel  *model;
	PlanPrices *prices;
	const PlanScore *allowed;	/* what a plan may leave out; NULL: the penalties stay */
	int32		n;
	int32		ncapacities;	/* of them cells and capacities */
	Resource   *resources;		/* cells, the four measures of each location; penalties by class */
	int64	   *best;			/* prices of the best bound */
	int32	   *must;			/* scratch: locations that an order has shares at */
} Subgradient;

static int64 *
price_at(Subgradient *s, int32 i)
{
	int32		l = i - s->model->ncells;
	PlanCapacity *capacity;

	if (l < 0)
		return &s->prices->cell[i];
	if (i >= s->ncapacities)
		return i - s->ncapacities < PLAN_CLASSES ? &s->prices->unfilled[i - s->ncapacities] :
			&s->prices->late[i - s->ncapacities - PLAN_CLASSES];
	capacity = &s->prices->capacity[l / MEASURES];
	return l % MEASURES == 0 ? &capacity->orders : l % MEASURES == 1 ? &capacity->lines :
		l % MEASURES == 2 ? &capacity->units : &capacity->seconds;
}

static int64
amount_at(const Subgradient *s, int32 i)
{
	int32		l = i - s->model->ncells;
	const PlanCapacity *capacity;

	if (l < 0)
		return s->model->cells[i].available;
	if (i >= s->ncapacities)
		return i - s->ncapacities < PLAN_CLASSES ? s->allowed->unfilled[i - s->ncapacities] :
			s->allowed->late[i - s->ncapacities - PLAN_CLASSES];
	capacity = &s->model->locations[l / MEASURES].capacity;
	return l % MEASURES == 0 ? capacity->orders : l % MEASURES == 1 ? capacity->lines :
		l % MEASURES == 2 ? capacity->units : capacity->seconds;
}

/* most_at is the highest price: what a unit, or the work of one, may cost at most. */
static double
most_at(const Subgradient *s, int32 i)
{
	int32		l = i - s->model->ncells;
	double		most = (double) s->prices->ceiling * MOST_PRICE;

	if (l >= 0 && i < s->ncapacities && l % MEASURES == 3)
	{
		const PlanLocation *location = &s->model->locations[l / MEASURES];

		most /= Max(Max(location->order_seconds, location->line_seconds),
					Max(location->unit_seconds, 1));
	}
	return most;
}

/* choose_candidates chooses the candidates of an order anew, by the current prices. */
static void
choose_candidates(PlanRun *run, const Subgradient *s, int32 order)
{
	PlanModel  *model = s->model;
	const PlanPlaced *placed = &run->state->placed[order];
	PlanWorth	worth = {s->prices->cell, s->prices->slot,
	s->prices->late[model->orders[order].priority]};

	for (int i = 0; i < placed->nheld; i++)
		s->must[i] = placed->held[i].share.location;
	oms_model_candidates(model, order, model->options.candidates, NULL, &worth, s->must,
						 placed->nheld);
}

/*
 * evaluate computes the bound at the current prices, the ideals of the orders, and what each
 * resource is asked for. It is the bound only if the candidates are chosen by the same prices,
 * or were by none; else about that.
 */
static int128
evaluate(PlanRun *run, Subgradient *s, PlanPattern *pattern, bool choose)
{
	PlanModel  *model = s->model;
	int128		bound = 0;

	for (int32 i = 0; i < s->n; i++)
	{
		s->resources[i].use = 0;
		if (*price_at(s, i) > 0)
			bound -= (int128) *price_at(s, i) * amount_at(s, i);
	}
	oms_price_slots(model, s->prices->capacity, s->prices->slot);
	for (int32 o = 0; o < model->norders; o++)
	{
		PlanView	view = {0};

		if ((o & 63) == 0)
		{
			CHECK_FOR_INTERRUPTS();
			oms_progress_done(o);
		}
		if (choose && model->orders[o].pruned)
			choose_candidates(run, s, o);
		view.bound = true;
		oms_price_view(s->prices, model->orders[o].priority, &view);
		oms_best_pattern(run->search, o, &view, pattern);
		s->prices->ideal[o] = pattern->priced;
		bound += pattern->priced;
		if (s->allowed != NULL)
		{
			Resource   *penalty = &s->resources[s->ncapacities + model->orders[o].priority];

			penalty[0].use += pattern->unfilled;
			penalty[PLAN_CLASSES].use += pattern->late;
		}
		for (int h = 0; h < pattern->nshares; h++)
		{
			const PlanShare *share = &pattern->shares[h];
			Resource   *location = &s->resources[model->ncells + MEASURES * share->location];
			bool		first = true;

			for (int j = 0; j < h && first; j++)
				first = pattern->shares[j].location != share->location;
			s->resources[share->cell].use += share->quantity;
			location[0].use += first;
			location[1].use++;
			location[2].use += share->quantity;
			if (model->locations[share->location].capacity.seconds < PLAN_UNLIMITED)
				location[3].use += oms_work_seconds(&model->locations[share->location], first, 1,
													share->quantity);
		}
	}
	return bound;
}

/* Is it time to choose the candidates anew, by the prices there are? At the end it is done anyway. */
static bool
chooses(int it, int iterations)
{
	return it == iterations / 3 || it == iterations * 2 / 3 || it == iterations * 6 / 7;
}

/* return_to_best sets the prices of the best bound. */
static void
return_to_best(Subgradient *s)
{
	for (int32 i = 0; i < s->n; i++)
	{
		*price_at(s, i) = s->best[i];
		s->resources[i].price = s->best[i];
		s->resources[i].direction = 0;
	}
}

/* take_step moves the prices by distance; false when there is nowhere to go. */
static bool
take_step(Subgradient *s, double distance)
{
	double		norm = 0;

	for (int32 i = 0; i < s->n; i++)
	{
		Resource   *r = &s->resources[i];
		int64		amount = amount_at(s, i);
		double		excess = (double) r->use - amount;

		if (amount >= PLAN_UNLIMITED || (excess <= 0 && r->price <= 0))
		{
			r->direction = 0;
			continue;
		}
		/* a price that is right stays */
		r->direction = excess == 0 ? 0 : excess + MEMORY * r->direction;
		norm += (double) r->direction * r->direction / (amount + 1.0);
	}
	if (norm <= 0)
		return false;
	for (int32 i = 0; i < s->n; i++)
	{
		Resource   *r = &s->resources[i];
		double		change = distance / norm * r->direction / (amount_at(s, i) + 1.0);
		double		most = most_at(s, i);

		if (r->direction == 0)
			continue;
		change = Max(-most / 160, Min(most / 160, change));
		r->price = Max(0.0, Min(r->price + change, most));
		*price_at(s, i) = (int64) rint(r->price);
	}
	return true;
}

/*
 * halve halves all prices and penalties, again and again, as long as that is good for the bound:
 * penalties that lead a search are far above what leaving out less is worth.
 */
static void
halve(PlanRun *run, Subgradient *s, PlanPattern *pattern)
{
	int128		bound = evaluate(run, s, pattern, false);
	bool		better = true;

	while (better && !oms_run_out_of_time(run))
	{
		int128		next;

		for (int32 i = 0; i < s->n; i++)
		{
			s->best[i] = *price_at(s, i);
			*price_at(s, i) /= 2;
		}
		next = evaluate(run, s, pattern, false);
		better = next > bound;
		bound = next;
	}
	for (int32 i = 0; i < s->n; i++)
	{
		if (!better)
			*price_at(s, i) = s->best[i];
		s->resources[i].price = *price_at(s, i);
	}
}

/*
 * oms_prices_search improves the prices and the bound, from the prices there are; with
 * allowed, the penalties too, for plans that leave out no more than that. upper is the cost of the
 * plan of the run, and its penalties where these stay. Now and then the candidates of the
 * orders are chosen by the prices, for a bound needs those. Leaves the prices of the best bound,
 * the candidates chosen by them, and the ideals of the orders under them.
 */
void
oms_prices_search(PlanRun *run, PlanPrices *prices, const PlanScore *allowed, int64 upper,
				  int iterations)
{
	PlanModel  *model = run->model;
	MemoryContext context = AllocSetContextCreate(CurrentMemoryContext, "oms plan prices",
												  ALLOCSET_DEFAULT_SIZES);
	Subgradient s;
	PlanPattern pattern = {0};
	int128		best = 0;
	int128		certified;
	bool		have_best = false;
	bool		pruned = false;
	int			full = iterations - (model->norders <= SMALL ? FULL_STEPS : 0);
	int			most_held = 1;

	for (int32 o = 0; o < model->norders; o++)
	{
		pruned |= model->orders[o].pruned;
		most_held = Max(most_held, run->state->placed[o].nheld);
	}
	s.model = model;
	s.prices = prices;
	s.allowed = allowed;
	s.ncapacities = model->ncells + MEASURES * model->nlocations;
	s.n = s.ncapacities + (allowed == NULL ? 0 : 2 * PLAN_CLASSES);
	s.resources = MemoryContextAllocExtended(context, sizeof(Resource) * Max(s.n, 1),
											 MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
	s.best = MemoryContextAllocExtended(context, sizeof(int64) * Max(s.n, 1),
										MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
	s.must = MemoryContextAllocHuge(context, sizeof(int32) * most_held);
	for (int32 i = 0; i < s.n; i++)
		s.resources[i].price = s.best[i] = *price_at(&s, i);

	if (allowed != NULL)
		halve(run, &s, &pattern);
	for (int it = 0; it < iterations; it++)
	{
		bool		choose = pruned && chooses(it, full);
		int128		bound = evaluate(run, &s, &pattern, choose);
		double		gap = (double) upper - (double) bound;
		double		theta = FIRST_STEP * pow(LAST_STEP / FIRST_STEP, (double) it / full);

		prices->iterations++;
		/* with too few candidates a bound seems higher than it is */
		if (choose || !have_best || bound > best)
		{
			best = bound;
			have_best = true;
			for (int32 i = 0; i < s.n; i++)
				s.best[i] = *price_at(&s, i);
		}
		if (it == full)
		{
			return_to_best(&s);
			continue;
		}
		if (it > full)
			theta = 1;
		/* a poor plan would make the first steps far too long */
		if (gap <= 0 || it + 1 == iterations || oms_run_out_of_time(run) ||
			!take_step(&s, theta * Min(gap, 0.2 * fabs((double) bound) + 1.0)))
			break;
	}

	return_to_best(&s);
	certified = evaluate(run, &s, &pattern, pruned);
	if (allowed != NULL)
		certified += oms_penalties(prices, allowed);
	prices->certified = certified > -PLAN_UNLIMITED && certified < PLAN_UNLIMITED;
	prices->bound = prices->certified ? (int64) certified : 0;
	if (pattern.shares)
		pfree(pattern.shares);
	MemoryContextDelete(context);
}
