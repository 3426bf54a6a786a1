/*
 * batch.c
 *		The default solver: all orders are decided as a set.
 *
 * 1. Start: the better of the two sequential plans.
 * 2. Price: stock and capacity get prices, and the bound comes with them (price.c).
 * 3. Build greedily: class by class, each order takes what costs it least with prices
 *    included; first those that would lose most without their best locations, and
 *    in each further pass earlier the orders that came off badly in the one before.
 * 4. Improve: for each order that costs more than its ideal (its excess), evict who is
 *    in the way, place the order, and let the evicted find another place; then larger
 *    neighbourhoods around random such orders (Shaw 1998). A change stays when the
 *    whole plan is not worse (oms_score_compare), or a little dearer at first.
 * 5. Settle: class by class, an unfilled or late order may take anything that a
 *    lower class holds, so that no priority is inverted.
 * 6. Polish: each order may take what is free and better.
 *
 * The plan is never worse than a sequential one, since it starts from the better,
 * and what a step with heat made dearer in the end is taken back. All choices follow from indexes,
 * scores and the seed; only deadline_ms makes a result depend on time.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "routing/price.h"
#include "utils/memutils.h"

#define MAX_EVICTED 16			/* orders that one step may move */
#define SCANNED_HOLDERS 32		/* looked at to choose whom to evict */
#define EVICTION_TRIES 2
#define POLISHED_PAIRS 10000000 /* up to here the last pass looks at all candidates */
#define HEAT 2.0				/* in mean excesses: how much dearer a step may be at first */

typedef struct Batch
{
	PlanRun    *run;
	PlanModel  *model;
	PlanDraft  *state;
	PlanPrices *prices;			/* NULL when the numbers are too large for them */
	PlanPattern *ideal;			/* per order, without shares: as if it were alone */
	int64	   *excess;			/* per order, scratch for sorting */
	PlanPattern *saved;			/* [MAX_EVICTED + 1] patterns taken away */
	int32	   *moved;			/* [MAX_EVICTED + 1] their orders */
	int			nmoved;
	struct Regret
	{
		int64		unfilled;
		int64		late;
		int64		cost;
	}		   *regret;			/* per order: what it loses without its ideal locations */
	PlanPattern found;
	PlanPattern target;
	int32	   *unhappy;		/* orders without their ideal pattern */
	int32		nunhappy;
	int64		budget;			/* iterations */
	int64		heat;			/* money by which a step may make the plan dearer, at most */
} Batch;

static Batch *sorting;			/* for compare_regret only */

/* The more urgent class first, then the larger loss, then the lower index. */
static int
compare_regret(const void *a, const void *b)
{
	int32		x = *(const int32 *) a;
	int32		y = *(const int32 *) b;
	const struct Regret *p = &sorting->regret[x];
	const struct Regret *q = &sorting->regret[y];

	if (sorting->model->orders[x].priority != sorting->model->orders[y].priority)
		return sorting->model->orders[x].priority - sorting->model->orders[y].priority;
	if (p->unfilled != q->unfilled)
		return p->unfilled > q->unfilled ? -1 : 1;
	if (p->late != q->late)
		return p->late > q->late ? -1 : 1;
	if (p->cost != q->cost)
		return p->cost > q->cost ? -1 : 1;
	return x < y ? -1 : x > y;
}

/* Puts the prices into a view, if there are any; filling and timeliness still come first. */
static void
price(const Batch *batch, int32 order, PlanView *view)
{
	if (batch->prices == NULL || batch->prices->iterations == 0)
		return;
	oms_price_view(batch->prices, batch->model->orders[order].priority, view);
	view->hard = true;
}

/* pattern_at_ease finds the ideal pattern of an order: as if it were the only one. */
static void
pattern_at_ease(Batch *batch, int32 order, PlanPattern *pattern)
{
	PlanView	view = {0};

	price(batch, order, &view);
	oms_best_pattern(batch->run->search, order, &view, pattern);
}

/* measure computes the ideal of each order, and what it loses without those locations. */
static void
measure(Batch *batch)
{
	PlanModel  *model = batch->model;
	PlanPattern second = {0};
	int32	   *banned = NULL;

	for (int32 o = 0; o < model->norders; o++)
	{
		PlanView	view = {0};
		struct Regret *regret = &batch->regret[o];

		CHECK_FOR_INTERRUPTS();
		pattern_at_ease(batch, o, &batch->found);
		batch->ideal[o].unfilled = batch->found.unfilled;
		batch->ideal[o].late = batch->found.late;
		batch->ideal[o].cost = batch->found.cost;

		banned = banned ? repalloc(banned, sizeof(int32) * (batch->found.nshares + 1)) :
			palloc(sizeof(int32) * (batch->found.nshares + 1));
		for (int i = 0; i < batch->found.nshares; i++)
			banned[i] = batch->found.shares[i].location;
		view.banned = banned;
		view.nbanned = batch->found.nshares;
		price(batch, o, &view);
		oms_best_pattern(batch->run->search, o, &view, &second);
		regret->unfilled = second.unfilled - batch->found.unfilled;
		regret->late = second.late - batch->found.late;
		regret->cost = view.priced ? second.priced - batch->found.priced :
			second.cost - batch->found.cost;
	}
	if (second.shares)
		pfree(second.shares);
}

/* place_best gives an order that holds nothing the best that is left, with prices or not. */
static void
place_best(Batch *batch, PlanDraft *state, int32 order, bool priced)
{
	PlanView	view = oms_state_view(state);

	if (priced)
		price(batch, order, &view);
	oms_pattern_anywhere(batch->run->search, order, &view, false, &batch->found);
	oms_state_place(state, order, &batch->found);
}

/* Orders of a class by blame, the largest first: excess holds it. */
static int
compare_blame(const void *a, const void *b)
{
	int32		x = *(const int32 *) a;
	int32		y = *(const int32 *) b;

	if (sorting->model->orders[x].priority != sorting->model->orders[y].priority)
		return sorting->model->orders[x].priority - sorting->model->orders[y].priority;
	if (sorting->excess[x] != sorting->excess[y])
		return sorting->excess[x] > sorting->excess[y] ? -1 : 1;
	return x < y ? -1 : x > y;
}

static PlanDraft *
greedy_plan(Batch *batch, const int32 *orders)
{
	PlanDraft  *state = oms_state_create(batch->model);

	for (int32 i = 0; i < batch->model->norders; i++)
	{
		CHECK_FOR_INTERRUPTS();
		place_best(batch, state, orders[i], true);
	}
	return state;
}

/* keep_better drops the worse of two plans; the first on a tie. */
static PlanDraft *
keep_better(PlanDraft *a, PlanDraft *b)
{
	if (a == NULL || oms_score_compare(&b->score, &a->score) < 0)
	{
		if (a != NULL)
			oms_state_drop(a);
		return b;
	}
	oms_state_drop(b);
	return a;
}

/* take_away takes the pattern of an order away for this step; false when too many are moved. */
static bool
take_away(Batch *batch, int32 order)
{
	if (batch->nmoved > MAX_EVICTED)
		return false;
	batch->moved[batch->nmoved] = order;
	oms_state_take(batch->state, order, &batch->saved[batch->nmoved]);
	batch->nmoved++;
	return true;
}

/* undo puts everything back as it was before the step. */
static void
undo(Batch *batch)
{
	for (int i = 0; i < batch->nmoved; i++)
		oms_state_take(batch->state, batch->moved[i], NULL);
	for (int i = 0; i < batch->nmoved; i++)
		oms_state_place(batch->state, batch->moved[i], &batch->saved[i]);
	batch->nmoved = 0;
}

/* Who gives way more easily: a lower class, then a smaller regret, then the lower index. */
static bool
gives_way(const Batch *batch, int32 a, int32 b)
{
	const struct Regret *p = &batch->regret[a];
	const struct Regret *q = &batch->regret[b];

	if (batch->model->orders[a].priority != batch->model->orders[b].priority)
		return batch->model->orders[a].priority > batch->model->orders[b].priority;
	if (p->unfilled != q->unfilled)
		return p->unfilled < q->unfilled;
	if (p->late != q->late)
		return p->late < q->late;
	if (p->cost != q->cost)
		return p->cost < q->cost;
	return a < b;
}

/*
 * victim chooses an order to evict from a list of holders: the one that gives way
 * most easily, or, when random, any of the first ones. PLAN_NOWHERE for an empty list.
 */
static int32
victim(Batch *batch, PlanHeld *held, bool by_cell, bool random)
{
	int32		orders[SCANNED_HOLDERS];
	int			n = 0;
	int			best = 0;

	for (; held != NULL && n < SCANNED_HOLDERS;
		 held = by_cell ? held->next_in_cell : held->next_at_location)
		orders[n++] = batch->model->lines[held->share.line].order;
	if (n == 0)
		return PLAN_NOWHERE;
	if (random)
		return orders[oms_run_random(batch->run, n)];
	for (int i = 1; i < n; i++)
		if (gives_way(batch, orders[i], orders[best]))
			best = i;
	return orders[best];
}

/*
 * make_room evicts orders until the pattern fits; false when that would move more
 * than MAX_EVICTED.
 */
static bool
make_room(Batch *batch, int32 order, const PlanPattern *pattern, bool random)
{
	PlanDraft  *state = batch->state;

	for (int i = 0; i < pattern->nshares; i++)
	{
		const PlanShare *share = &pattern->shares[i];
		const PlanCapacity *capacity = &state->capacity[share->location];
		int64		cell_need = 0;
		int64		lines = 0;
		int64		units = 0;

		for (int j = 0; j < pattern->nshares; j++)
		{
			if (pattern->shares[j].location != share->location)
				continue;
			lines++;
			units += pattern->shares[j].quantity;
			if (pattern->shares[j].cell == share->cell)
				cell_need += pattern->shares[j].quantity;
		}
		while (state->left[share->cell] < cell_need)
		{
			int32		who = victim(batch, state->in_cell[share->cell], true, random);

			if (who == PLAN_NOWHERE || !take_away(batch, who))
				return false;
		}
		while (capacity->orders < 1 || capacity->lines < lines || capacity->units < units)
		{
			int32		who = victim(batch, state->at_location[share->location], false, random);

			if (who == PLAN_NOWHERE || !take_away(batch, who))
				return false;
		}
	}
	return true;
}

/* Sorts the moved orders from position from on as compare_regret does. */
static void
sort_moved(Batch *batch, int from)
{
	for (int i = from + 1; i < batch->nmoved; i++)
		for (int j = i; j > from; j--)
		{
			int32		order = batch->moved[j];
			PlanPattern pattern = batch->saved[j];

			sorting = batch;
			if (compare_regret(&batch->moved[j], &batch->moved[j - 1]) >= 0)
				break;
			batch->moved[j] = batch->moved[j - 1];
			batch->saved[j] = batch->saved[j - 1];
			batch->moved[j - 1] = order;
			batch->saved[j - 1] = pattern;
		}
}

static void
shuffle_moved(Batch *batch, int from)
{
	for (int i = batch->nmoved - 1; i > from; i--)
	{
		int			j = from + oms_run_random(batch->run, i - from + 1);
		int32		order = batch->moved[i];
		PlanPattern pattern = batch->saved[i];

		batch->moved[i] = batch->moved[j];
		batch->saved[i] = batch->saved[j];
		batch->moved[j] = order;
		batch->saved[j] = pattern;
	}
}

/* excess_of is what an order costs above its ideal, prices and penalties included. */
static int64
excess_of(const Batch *batch, int32 order)
{
	const PlanPlaced *placed = &batch->state->placed[order];
	const PlanPattern *ideal = &batch->ideal[order];

	if (batch->prices != NULL && batch->prices->iterations > 0)
		return oms_priced_cost(batch->prices, batch->state, order) -
			batch->prices->ideal[order];
	if (placed->unfilled != ideal->unfilled || placed->late != ideal->late)
		return PLAN_UNLIMITED;
	return placed->cost - ideal->cost;
}

static bool
is_ideal(const Batch *batch, int32 order)
{
	return excess_of(batch, order) <= 0;
}

/* evict_for gives the order its ideal pattern if the plan as a whole gains; true when so. */
static bool
evict_for(Batch *batch, int32 order)
{
	pattern_at_ease(batch, order, &batch->target);
	for (int try = 0; try < EVICTION_TRIES; try++)
	{
		PlanScore	before = batch->state->score;

		batch->run->iterations++;
		batch->nmoved = 0;
		take_away(batch, order);
		if (!make_room(batch, order, &batch->target, try > 0))
		{
			undo(batch);
			continue;
		}
		oms_state_place(batch->state, order, &batch->target);
		sort_moved(batch, 1);
		for (int i = 1; i < batch->nmoved; i++)
			place_best(batch, batch->state, batch->moved[i], (try & 1) == 0);
		if (oms_score_compare(&batch->state->score, &before) < 0)
			return true;
		undo(batch);
	}
	return false;
}

/* Picks one of the candidates of an order and one who holds what it wants there. */
static int32
random_rival(Batch *batch, int32 index)
{
	const PlanOrder *order = &batch->model->orders[index];
	int			k;
	int			l;
	int32		cell;
	int32		location;

	if (order->ncandidates == 0 || order->nlines == 0)
		return PLAN_NOWHERE;
	/* the cheaper candidates more often */
	k = oms_run_random(batch->run, order->ncandidates);
	for (int i = 0; i < 3; i++)
		k = Min(k, oms_run_random(batch->run, order->ncandidates));
	l = oms_run_random(batch->run, order->nlines);
	cell = order->cells[l * order->ncandidates + k];
	location = order->candidates[k].location;
	if (cell != PLAN_NOWHERE && batch->state->in_cell[cell] != NULL)
		return victim(batch, batch->state->in_cell[cell], true, true);
	if (batch->model->locations[location].capacity.orders < PLAN_UNLIMITED ||
		batch->model->locations[location].capacity.lines < PLAN_UNLIMITED ||
		batch->model->locations[location].capacity.units < PLAN_UNLIMITED)
		return victim(batch, batch->state->at_location[location], false, true);
	return PLAN_NOWHERE;
}

/*
 * acceptable tells whether a step may stand: never when it leaves more unfilled or
 * late, always when less; else when the plan is dearer by no more than a random part
 * of the heat (threshold accepting: Dueck and Scheuer 1990).
 */
static bool
acceptable(Batch *batch, const PlanScore *before)
{
	PlanScore	after = batch->state->score;
	int64		allowed = batch->heat <= 0 ? 0 :
		(int64) ((double) batch->heat * oms_run_random(batch->run, 1 << 20) / (1 << 20));

	after.cost -= allowed;
	return oms_score_compare(&after, before) <= 0;
}

/* perturb takes a neighbourhood of an order apart and puts it together anew. */
static void
perturb(Batch *batch, int32 order)
{
	PlanScore	before = batch->state->score;
	int			size = 2 + oms_run_random(batch->run, MAX_EVICTED - 1);
	bool		priced;

	batch->run->iterations++;
	batch->nmoved = 0;
	take_away(batch, order);
	for (int tries = 0; tries < 3 * size && batch->nmoved < size; tries++)
	{
		int32		center = batch->moved[oms_run_random(batch->run, batch->nmoved)];
		int32		rival = random_rival(batch, center);

		if (rival != PLAN_NOWHERE)
			take_away(batch, rival);
	}
	if (oms_run_random(batch->run, 4) == 0)
		sort_moved(batch, 0);
	else
		shuffle_moved(batch, oms_run_random(batch->run, 2));
	priced = oms_run_random(batch->run, 2) == 0;
	for (int i = 0; i < batch->nmoved; i++)
		place_best(batch, batch->state, batch->moved[i], priced);
	if (!acceptable(batch, &before))
		undo(batch);
}

/* list_unhappy lists the orders with an excess, the largest first. */
static void
list_unhappy(Batch *batch)
{
	batch->nunhappy = 0;
	for (int32 o = 0; o < batch->model->norders; o++)
	{
		batch->excess[o] = excess_of(batch, o);
		if (batch->excess[o] > 0)
			batch->unhappy[batch->nunhappy++] = o;
	}
	sorting = batch;
	qsort(batch->unhappy, batch->nunhappy, sizeof(int32), compare_blame);
}

/* value is cost + penalties of the plan: what the bound bounds. */
static int64
value(const Batch *batch)
{
	return batch->state->score.cost + oms_penalties(batch->prices, &batch->state->score);
}

static bool
may_go_on(Batch *batch, const char **stop)
{
	const PlanOptions *options = &batch->model->options;

	CHECK_FOR_INTERRUPTS();
	if (batch->prices != NULL && batch->prices->certified &&
		value(batch) <= batch->prices->bound)
		*stop = "optimal";
	else if (batch->nunhappy == 0)
		*stop = "every order has its ideal";
	else if (batch->prices != NULL && batch->prices->certified && options->gap_target >= 0 &&
			 (double) (value(batch) - batch->prices->bound) <=
			 options->gap_target * batch->state->score.cost)
		*stop = "gap_target";
	else if (batch->run->iterations >= batch->budget)
		*stop = "iterations";
	else if ((batch->run->iterations & 15) == 0 && oms_run_out_of_time(batch->run))
		*stop = "deadline";
	else
		return true;
	return false;
}

/* copy_plan returns the patterns of all orders, in a context of their own. */
static PlanPattern *
copy_plan(Batch *batch, MemoryContext context)
{
	PlanDraft  *state = batch->state;
	int32		norders = batch->model->norders;
	PlanPattern *plan = MemoryContextAllocHuge(context, sizeof(PlanPattern) * Max(norders, 1));
	Size		n = 0;
	PlanShare  *share;

	for (int32 o = 0; o < norders; o++)
		n += state->placed[o].nheld;
	share = MemoryContextAllocHuge(context, sizeof(PlanShare) * Max(n, 1));
	for (int32 o = 0; o < norders; o++)
	{
		const PlanPlaced *placed = &state->placed[o];

		memset(&plan[o], 0, sizeof(PlanPattern));
		plan[o].shares = share;
		plan[o].nshares = plan[o].capacity = placed->nheld;
		plan[o].unfilled = placed->unfilled;
		plan[o].late = placed->late;
		plan[o].cost = placed->cost;
		for (int i = 0; i < placed->nheld; i++)
			*share++ = placed->held[i].share;
	}
	return plan;
}

/* put_back replaces the plan by a copy of copy_plan. */
static void
put_back(Batch *batch, const PlanPattern *plan)
{
	oms_state_drop(batch->state);
	batch->state = oms_state_create(batch->model);
	for (int32 o = 0; o < batch->model->norders; o++)
		oms_state_place(batch->state, o, &plan[o]);
}

/* improve runs both kinds of steps until the budget or the time is used up. */
static void
improve(Batch *batch)
{
	const char *stop = NULL;
	bool		gained = true;
	int64		started;
	double		heat = 0;
	MemoryContext context;
	PlanPattern *before;
	PlanScore	score;

	list_unhappy(batch);
	while (gained && may_go_on(batch, &stop))
	{
		gained = false;
		for (int32 i = 0; i < batch->nunhappy && may_go_on(batch, &stop); i++)
			if (!is_ideal(batch, batch->unhappy[i]))
				gained |= evict_for(batch, batch->unhappy[i]);
		list_unhappy(batch);
	}
	/* with heat a plan may end dearer than it was, above all when the time runs out */
	context = AllocSetContextCreate(CurrentMemoryContext, "oms plan copy", ALLOCSET_DEFAULT_SIZES);
	before = copy_plan(batch, context);
	score = batch->state->score;
	started = batch->run->iterations;
	for (int32 i = 0; i < batch->nunhappy; i++)
		heat += batch->excess[batch->unhappy[i]] / batch->nunhappy;
	heat *= HEAT;
	while (may_go_on(batch, &stop))
	{
		int			steps = Max(256, batch->nunhappy / 4);
		double		rest = 1.0 - (double) (batch->run->iterations - started) /
			(batch->budget - started);

		batch->heat = (int64) (heat * rest * rest);
		/* those with the larger excess more often */
		for (int i = 0; i < steps && may_go_on(batch, &stop); i++)
			perturb(batch, batch->unhappy[Min(oms_run_random(batch->run, batch->nunhappy),
											  oms_run_random(batch->run, batch->nunhappy))]);
		list_unhappy(batch);
	}
	batch->heat = 0;
	if (oms_score_compare(&score, &batch->state->score) < 0)
		put_back(batch, before);
	MemoryContextDelete(context);
	batch->run->stop_reason = stop;
}

/*
 * polish lets each order in turn take the best that is free, until none gains: the
 * other steps follow prices, and may leave an order beside a cheaper place.
 */
static void
polish(Batch *batch)
{
	PlanModel  *model = batch->model;
	PlanDraft  *state = batch->state;
	PlanView	view = oms_state_view(state);
	bool		small = (int64) model->norders * model->nlocations <= POLISHED_PAIRS;
	bool		again = true;

	while (again && !oms_run_out_of_time(batch->run))
	{
		again = false;
		for (int32 o = 0; o < model->norders; o++)
		{
			PlanPlaced *placed = &state->placed[o];
			PlanScore	before = state->score;

			CHECK_FOR_INTERRUPTS();
			/* with prices the ideal need not be the cheapest, but nearly always is */
			if (!small && placed->unfilled == batch->ideal[o].unfilled &&
				placed->late == batch->ideal[o].late && placed->cost <= batch->ideal[o].cost)
				continue;
			oms_state_take(state, o, &batch->target);
			if (small)
				oms_pattern_everywhere(batch->run->search, o, &view, &batch->found);
			else
				oms_pattern_anywhere(batch->run->search, o, &view, false, &batch->found);
			oms_state_place(state, o, &batch->found);
			if (oms_score_compare(&state->score, &before) < 0)
			{
				again = true;
				continue;
			}
			oms_state_take(state, o, &batch->found);
			oms_state_place(state, o, &batch->target);
		}
	}
}

/*
 * settle rebuilds the plan class by class. Each order keeps its pattern where that
 * still fits; one that is unfilled or late, or displaced, may use whatever its own
 * and the higher classes leave. Afterwards no line of a higher class is unfilled or
 * late while a lower class holds what would mend it. True when anything changed.
 */
static bool
settle(Batch *batch)
{
	PlanModel  *model = batch->model;
	PlanDraft  *old = batch->state;
	PlanDraft  *new = oms_state_create(model);
	PlanView	view = oms_state_view(new);
	bool		changed = false;

	for (int class = 0; class < PLAN_CLASSES; class++)
	{
		bool		again = true;

		for (int32 o = 0; o < model->norders; o++)
		{
			if (model->orders[o].priority != class)
				continue;
			oms_state_take(old, o, &batch->target);
			if (oms_state_fits(new, o, &batch->target))
				oms_state_place(new, o, &batch->target);
		}
		while (again)
		{
			again = false;
			for (int32 o = 0; o < model->norders; o++)
			{
				PlanPlaced *placed = &new->placed[o];

				CHECK_FOR_INTERRUPTS();
				if (model->orders[o].priority != class ||
					(placed->unfilled == 0 && placed->late == 0))
					continue;
				oms_state_take(new, o, &batch->target);
				oms_pattern_anywhere(batch->run->search, o, &view, false, &batch->found);
				if (batch->found.unfilled < batch->target.unfilled ||
					(batch->found.unfilled == batch->target.unfilled &&
					 batch->found.late < batch->target.late))
				{
					oms_state_place(new, o, &batch->found);
					again = changed = true;
				}
				else
					oms_state_place(new, o, &batch->target);
			}
		}
	}
	oms_state_drop(old);
	batch->state = new;
	return changed;
}

/* build makes greedy plans, and keeps the best one. */
static void
build(Batch *batch, int passes)
{
	PlanModel  *model = batch->model;
	int32	   *orders = oms_model_alloc(model, model->norders, sizeof(int32));
	int64	   *blame = oms_model_alloc(model, model->norders, sizeof(int64));

	for (int32 o = 0; o < model->norders; o++)
		orders[o] = o;
	sorting = batch;
	qsort(orders, model->norders, sizeof(int32), compare_regret);
	for (int32 o = 0; o < model->norders; o++)
		blame[o] = Min(batch->regret[o].cost, PLAN_MAX_MONEY);
	for (int pass = 0; pass < passes; pass++)
	{
		PlanDraft  *kept = batch->state;

		if (pass > 0)
		{
			for (int32 o = 0; o < model->norders; o++)
				batch->excess[o] = blame[o];
			sorting = batch;
			qsort(orders, model->norders, sizeof(int32), compare_blame);
		}
		batch->state = greedy_plan(batch, orders);
		for (int32 o = 0; o < model->norders; o++)
			blame[o] += Min(excess_of(batch, o), PLAN_MAX_MONEY);
		batch->state = keep_better(kept, batch->state);
		if (oms_run_out_of_time(batch->run))
			break;
	}
	pfree(orders);
	pfree(blame);
}

/* oms_solve_batch decides all orders together; see the head of this file. */
void
oms_solve_batch(PlanRun *run)
{
	PlanModel  *model = run->model;
	Batch		batch = {0};
	int			rounds = model->norders <= 2000 ? 150 : model->norders <= 20000 ? 100 : 40;

	batch.run = run;
	batch.model = model;
	batch.ideal = oms_model_alloc(model, model->norders, sizeof(PlanPattern));
	batch.regret = oms_model_alloc(model, model->norders, sizeof(struct Regret));
	batch.excess = oms_model_alloc(model, model->norders, sizeof(int64));
	batch.unhappy = oms_model_alloc(model, model->norders, sizeof(int32));
	batch.saved = oms_model_alloc(model, MAX_EVICTED + 1, sizeof(PlanPattern));
	batch.moved = oms_model_alloc(model, MAX_EVICTED + 1, sizeof(int32));
	batch.budget = model->options.iterations >= 0 ? model->options.iterations :
		2000 + Min((int64) model->norders * 35, 180000 + (int64) model->norders * 3);

	batch.state = oms_sequential_plan(run, false);
	run->first_seconds = oms_run_seconds(run);
	batch.state = keep_better(batch.state, oms_sequential_plan(run, true));

	run->prices = batch.prices = oms_prices_create(model);
	if (batch.prices != NULL && !oms_run_out_of_time(run))
		oms_prices_search(run, batch.prices, value(&batch), rounds);
	measure(&batch);
	build(&batch, 4);

	improve(&batch);
	/* what settling displaced may find a better place, which must then settle again */
	for (int round = 0; settle(&batch) && round < 3; round++)
	{
		batch.budget = run->iterations + Max(1, batch.budget / 8);
		improve(&batch);
	}
	polish(&batch);
	run->state = batch.state;
	pfree(batch.ideal);
	pfree(batch.regret);
	pfree(batch.excess);
	pfree(batch.unhappy);
}
