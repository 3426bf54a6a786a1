/*
 * negotiate.c
 *		A plan by negotiation: each order first has what is ideal for it at the prices
 *		of the bound, whoever else has it too. Then, pass after pass, whoever shares
 *		what does not suffice, or has less than its ideal, chooses anew among all of its
 *		patterns; overdrawing costs a fine that grows with the passes, and the prices
 *		of what is overdrawn rise, of what is left over fall. So those give way, in long
 *		chains, who lose least by it. (After PathFinder, which routes wires through
 *		a chip: McMurchie and Ebeling 1995.)
 *
 * Who still overdraws at the end loses its pattern, the lowest class first, and takes
 * the best of what is left. The result keeps every rule; the bound's prices stay.
 */
#include "postgres.h"

#include <math.h>

#include "miscadmin.h"
#include "oms.h"
#include "routing/price.h"
#include "utils/memutils.h"

#define FIRST_FINE 0.05			/* fines and steps are fractions of what an order costs */
#define LAST_FINE 0.5
#define STEP_UP 0.03
#define STEP_DOWN 0.01
#define LAST_STEP 0.3			/* of the first: steps of prices shorten pass by pass */
#define MOST_STEPS 2			/* units of surplus or lack that one pass answers to */
#define CONTENT_TURN 3			/* orders that overdraw nothing have a turn in one of so many passes */

typedef struct Negotiation
{
	PlanRun    *run;
	PlanModel  *model;
	const PlanPrices *prices;
	PlanDraft  *state;
	int64	   *cell;			/* prices of this negotiation */
	PlanCapacity *capacity;
	PlanCapacity *slot;
	double		step;			/* of prices, a fraction of the first */
	double		stake;			/* what an order costs on average */
	double		units;			/* that an order has on average */
	double		seconds;		/* of work that it makes */
	int32	   *list;
	PlanPattern found;
} Negotiation;

/* oms_overdrawn tells whether an order holds a share of what does not suffice for all who do. */
bool
oms_overdrawn(const PlanDraft *state, int32 order)
{
	const PlanPlaced *placed = &state->placed[order];

	for (int i = 0; i < placed->nheld; i++)
	{
		const PlanShare *share = &placed->held[i].share;
		const PlanCapacity *left = &state->capacity[share->location];

		if (state->left[share->cell] < 0 || left->orders < 0 || left->lines < 0 ||
			left->units < 0 || left->seconds < 0)
			return true;
	}
	return false;
}

/* choose lets an order take the best pattern at the prices and fines of this pass. */
static void
choose(Negotiation *n, int32 order, double fine)
{
	PlanView	view = oms_state_view(n->state);

	oms_state_take(n->state, order, NULL);
	oms_price_view(n->prices, n->model->orders[order].priority, &view);
	view.cell_price = n->cell;
	view.capacity_price = n->slot;
	view.penalty = Max(1, (int64) (fine * n->stake));
	view.unit_penalty = Max(1, (int64) (fine * n->stake / n->units));
	oms_best_pattern(n->run->search, order, &view, &n->found);
	oms_state_place(n->state, order, &n->found);
}

/* moved is a price after one pass with so much left (below 0: lacking); step is for one unit. */
static int64
moved(int64 price, int64 left, double step, double most)
{
	double		change;

	if (left == 0 || (left > 0 && price == 0))
		return price;
	change = left < 0 ? STEP_UP * step * Min(-left, MOST_STEPS) :
		-STEP_DOWN * step * Min(left, MOST_STEPS);
	return (int64) Max(0.0, Min(price + change, most));
}

static void
move_prices(Negotiation *n)
{
	double		most = n->prices->ceiling;
	double		step = n->stake * n->step;

	for (int32 c = 0; c < n->model->ncells; c++)
		n->cell[c] = moved(n->cell[c], n->state->left[c], step / n->units, most);
	for (int32 l = 0; l < n->model->nlocations; l++)
	{
		const PlanCapacity *left = &n->state->capacity[l];
		PlanCapacity *price = &n->capacity[l];

		price->orders = moved(price->orders, left->orders, step, most);
		price->lines = moved(price->lines, left->lines, step, most);
		price->units = moved(price->units, left->units, step / n->units, most);
		if (n->model->has_work)
			price->seconds = moved(price->seconds, left->seconds, step / n->seconds,
								   most / n->seconds);
	}
	oms_price_slots(n->model, n->capacity, n->slot);
}

/* negotiate_pass lets those choose who have reason to; the number of orders that overdrew before. */
static int32
negotiate_pass(Negotiation *n, int pass, double fine)
{
	int32		count = 0;
	int32		overdrawn = 0;

	for (int32 o = 0; o < n->model->norders; o++)
	{
		if (oms_overdrawn(n->state, o))
		{
			overdrawn++;
			n->list[count++] = o;
		}
		else if ((o + pass) % CONTENT_TURN == 0 &&
				 oms_priced_cost(n->prices, n->state, o) > n->prices->ideal[o])
			n->list[count++] = o;
	}
	if (overdrawn == 0)
		return 0;
	for (int32 i = count - 1; i > 0; i--)
	{
		int32		j = oms_run_random(n->run, i + 1);
		int32		order = n->list[i];

		n->list[i] = n->list[j];
		n->list[j] = order;
	}
	for (int32 i = 0; i < count; i++)
	{
		if ((i & 63) == 0)
			CHECK_FOR_INTERRUPTS();
		choose(n, n->list[i], fine);
	}
	move_prices(n);
	return overdrawn;
}

/* settle_debts makes the plan keep what there is of stock and capacity. */
static void
settle_debts(Negotiation *n)
{
	int32		count = 0;

	/* of a class the kept orders last */
	for (int turn = PLAN_CLASSES * 2 - 1; turn >= 0; turn--)
		for (int32 o = n->model->norders - 1; o >= 0; o--)
			if (n->model->orders[o].priority == turn / 2 && n->model->orders[o].kept == (turn % 2 == 0) &&
				oms_overdrawn(n->state, o))
			{
				oms_state_take(n->state, o, NULL);
				n->list[count++] = o;
			}
	while (count > 0)
	{
		int32		order = n->list[--count];
		PlanView	view = oms_state_view(n->state);

		CHECK_FOR_INTERRUPTS();
		oms_price_view(n->prices, n->model->orders[order].priority, &view);
		view.hard = true;
		oms_pattern_anywhere(n->run->search, order, &view, false, &n->found);
		oms_state_place(n->state, order, &n->found);
	}
}

/*
 * oms_negotiate returns a new plan after at most so many passes. The fine grows by the
 * same factor each pass, whatever the number of passes.
 */
PlanDraft *
oms_negotiate(PlanRun *run, const PlanPrices *prices, int passes)
{
	PlanModel  *model = run->model;
	MemoryContext context = AllocSetContextCreate(CurrentMemoryContext, "oms plan negotiation",
												  ALLOCSET_DEFAULT_SIZES);
	Negotiation n = {0};
	double		fine = FIRST_FINE;
	double		growth = pow(LAST_FINE / FIRST_FINE, 1.0 / Max(passes, 1));
	double		shortening = pow(LAST_STEP, 1.0 / Max(passes, 1));

#define ARRAY(count, type) \
	MemoryContextAllocExtended(context, sizeof(type) * Max((Size) (count), 1), MCXT_ALLOC_HUGE)
	n.run = run;
	n.step = 1;
	n.model = model;
	n.prices = prices;
	n.cell = ARRAY(model->ncells, int64);
	n.capacity = ARRAY(model->nlocations, PlanCapacity);
	n.slot = ARRAY(model->nlocations, PlanCapacity);
	n.list = ARRAY(model->norders, int32);
#undef ARRAY
	memcpy(n.cell, prices->cell, sizeof(int64) * model->ncells);
	memcpy(n.capacity, prices->capacity, sizeof(PlanCapacity) * model->nlocations);
	memcpy(n.slot, prices->slot, sizeof(PlanCapacity) * model->nlocations);

	n.state = oms_state_create(model);
	for (int32 o = 0; o < model->norders; o++)
	{
		n.stake += (double) prices->ideal[o] / model->norders;
		n.units += (double) model->orders[o].nunits / model->norders;
	}
	for (int32 l = 0; l < model->nlocations; l++)
		n.seconds += (double) oms_work_seconds(&model->locations[l], 1, 1, 1) / model->nlocations;
	n.stake = Max(n.stake, 1);
	n.units = Max(n.units, 1);
	n.seconds = Max(n.seconds, 1);

	/* the ideal of each: nothing is left, nothing is fined yet */
	for (int32 o = 0; o < model->norders; o++)
	{
		PlanView	view = {0};

		if ((o & 63) == 0)
		{
			CHECK_FOR_INTERRUPTS();
			oms_progress_done(o);
		}
		oms_price_view(prices, model->orders[o].priority, &view);
		oms_best_pattern(run->search, o, &view, &n.found);
		oms_state_place(n.state, o, &n.found);
	}
	for (int pass = 0; pass < passes && !oms_run_out_of_time(run); pass++)
	{
		if (negotiate_pass(&n, pass, fine) == 0)
			break;
		fine *= growth;
		n.step *= shortening;
	}
	settle_debts(&n);
	if (n.found.shares)
		pfree(n.found.shares);
	MemoryContextDelete(context);
	return n.state;
}
