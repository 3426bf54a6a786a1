/*
 * batch.c
 *		The default solver: all orders are decided as a set.
 *
 * 1. Start: the best of three plans: both sequential ones, and a greedy one that
 *    takes the classes in turn and within a class the orders that would lose most
 *    by not getting their best pattern (regret).
 * 2. Improve: for each order that does not have its ideal pattern, evict who is in
 *    the way, place the order, and let the evicted find another place; then larger
 *    neighbourhoods around random such orders. A change stays when the whole plan is
 *    not worse (oms_score_compare), else it is undone.
 * 3. Settle: class by class, an unfilled or late order may take anything that a
 *    lower class holds, so that no priority is inverted.
 *
 * The plan is never worse than a sequential one, since it starts from the better
 * and every step keeps or improves the score. All choices follow from indexes,
 * scores and the seed; only deadline_ms makes a result depend on time.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "routing/solve.h"
#include "utils/memutils.h"

#define MAX_EVICTED 16			/* orders that one step may move */
#define SCANNED_HOLDERS 32		/* looked at to choose whom to evict */
#define EVICTION_TRIES 4

typedef struct Batch
{
	PlanRun    *run;
	PlanModel  *model;
	PlanDraft  *state;
	PlanScore  *ideal;			/* per order, only its own class is set: without competition */
	PlanPattern *saved;			/* [MAX_EVICTED + 1] patterns taken away */
	int32	   *moved;			/* [MAX_EVICTED + 1] their orders */
	int			nmoved;
	struct Regret
	{
		int64		unfilled;
		int64		late;
		int64		cost;
	}		   *regret;
	PlanPattern found;
	PlanPattern target;
	int32	   *unhappy;		/* orders without their ideal pattern */
	int32		nunhappy;
	int64		budget;			/* iterations */
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

/* pattern_at_ease finds the ideal pattern of an order: as if it were the only one. */
static void
pattern_at_ease(Batch *batch, int32 order, PlanPattern *pattern)
{
	PlanView	view = {0};

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
		int			class = model->orders[o].priority;

		CHECK_FOR_INTERRUPTS();
		pattern_at_ease(batch, o, &batch->found);
		batch->ideal[o].unfilled[class] = batch->found.unfilled;
		batch->ideal[o].late[class] = batch->found.late;
		batch->ideal[o].cost = batch->found.cost;

		banned = banned ? repalloc(banned, sizeof(int32) * (batch->found.nshares + 1)) :
			palloc(sizeof(int32) * (batch->found.nshares + 1));
		for (int i = 0; i < batch->found.nshares; i++)
			banned[i] = batch->found.shares[i].location;
		view.banned = banned;
		view.nbanned = batch->found.nshares;
		oms_best_pattern(batch->run->search, o, &view, &second);
		regret->unfilled = second.unfilled - batch->found.unfilled;
		regret->late = second.late - batch->found.late;
		regret->cost = second.cost - batch->found.cost;
	}
	if (second.shares)
		pfree(second.shares);
}

/* place_best gives an order that holds nothing the best that is left. */
static void
place_best(Batch *batch, PlanDraft *state, int32 order)
{
	PlanView	view = oms_state_view(state);

	oms_best_pattern(batch->run->search, order, &view, &batch->found);
	if (batch->model->orders[order].pruned &&
		(batch->found.unfilled > 0 || batch->found.late > 0))
	{
		/* the kept candidates do not suffice: look at all of them */
		oms_model_candidates(batch->model, order, batch->model->nlocations);
		oms_best_pattern(batch->run->search, order, &view, &batch->found);
	}
	oms_state_place(state, order, &batch->found);
}

static PlanDraft *
greedy_plan(Batch *batch)
{
	PlanModel  *model = batch->model;
	PlanDraft  *state = oms_state_create(model);
	int32	   *orders = oms_model_alloc(model, model->norders, sizeof(int32));

	for (int32 o = 0; o < model->norders; o++)
		orders[o] = o;
	sorting = batch;
	qsort(orders, model->norders, sizeof(int32), compare_regret);
	for (int32 i = 0; i < model->norders; i++)
	{
		CHECK_FOR_INTERRUPTS();
		place_best(batch, state, orders[i]);
	}
	pfree(orders);
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

static bool
is_ideal(const Batch *batch, int32 order)
{
	const PlanPlaced *placed = &batch->state->placed[order];
	int			class = batch->model->orders[order].priority;

	return placed->unfilled <= batch->ideal[order].unfilled[class] &&
		placed->late <= batch->ideal[order].late[class] &&
		placed->cost <= batch->ideal[order].cost;
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
			place_best(batch, batch->state, batch->moved[i]);
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
	k = Min(oms_run_random(batch->run, order->ncandidates),
			oms_run_random(batch->run, order->ncandidates));
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

/* perturb takes a neighbourhood of an order apart and puts it together anew. */
static void
perturb(Batch *batch, int32 order)
{
	PlanScore	before = batch->state->score;
	int			size = 2 + oms_run_random(batch->run, MAX_EVICTED - 1);

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
	for (int i = 0; i < batch->nmoved; i++)
		place_best(batch, batch->state, batch->moved[i]);
	if (oms_score_compare(&batch->state->score, &before) > 0)
		undo(batch);
}

static void
list_unhappy(Batch *batch)
{
	batch->nunhappy = 0;
	for (int32 o = 0; o < batch->model->norders; o++)
		if (!is_ideal(batch, o))
			batch->unhappy[batch->nunhappy++] = o;
	sorting = batch;
	qsort(batch->unhappy, batch->nunhappy, sizeof(int32), compare_regret);
}

static bool
may_go_on(Batch *batch, const char **stop)
{
	CHECK_FOR_INTERRUPTS();
	if (batch->nunhappy == 0)
		*stop = "every order has its ideal";
	else if (batch->run->iterations >= batch->budget)
		*stop = "iterations";
	else if ((batch->run->iterations & 15) == 0 && oms_run_out_of_time(batch->run))
		*stop = "deadline";
	else
		return true;
	return false;
}

/* improve runs both kinds of steps until the budget or the time is used up. */
static void
improve(Batch *batch)
{
	const char *stop = NULL;
	bool		gained = true;

	list_unhappy(batch);
	while (gained && may_go_on(batch, &stop))
	{
		gained = false;
		for (int32 i = 0; i < batch->nunhappy && may_go_on(batch, &stop); i++)
			if (!is_ideal(batch, batch->unhappy[i]))
				gained |= evict_for(batch, batch->unhappy[i]);
		list_unhappy(batch);
	}
	while (may_go_on(batch, &stop))
	{
		for (int i = 0; i < 256 && may_go_on(batch, &stop); i++)
			perturb(batch, batch->unhappy[oms_run_random(batch->run, batch->nunhappy)]);
		list_unhappy(batch);
	}
	batch->run->stop_reason = stop;
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
				if (model->orders[o].pruned)
					oms_model_candidates(model, o, model->nlocations);
				oms_state_take(new, o, &batch->target);
				oms_best_pattern(batch->run->search, o, &view, &batch->found);
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

/* oms_solve_batch decides all orders together; see the head of this file. */
void
oms_solve_batch(PlanRun *run)
{
	PlanModel  *model = run->model;
	Batch		batch = {0};

	batch.run = run;
	batch.model = model;
	batch.ideal = oms_model_alloc(model, model->norders, sizeof(PlanScore));
	batch.regret = oms_model_alloc(model, model->norders, sizeof(struct Regret));
	batch.unhappy = oms_model_alloc(model, model->norders, sizeof(int32));
	batch.saved = oms_model_alloc(model, MAX_EVICTED + 1, sizeof(PlanPattern));
	batch.moved = oms_model_alloc(model, MAX_EVICTED + 1, sizeof(int32));
	batch.budget = model->options.iterations >= 0 ? model->options.iterations :
		2000 + Min((int64) model->norders * 20, 200000);

	batch.state = oms_sequential_plan(run, false);
	run->first_seconds = oms_run_seconds(run);
	batch.state = keep_better(batch.state, oms_sequential_plan(run, true));
	measure(&batch);
	batch.state = keep_better(batch.state, greedy_plan(&batch));

	improve(&batch);
	/* what settling displaced may find a better place, which must then settle again */
	for (int round = 0; settle(&batch) && round < 3; round++)
	{
		batch.budget = run->iterations + Max(1, batch.budget / 8);
		improve(&batch);
	}
	run->state = batch.state;
	pfree(batch.ideal);
	pfree(batch.regret);
	pfree(batch.unhappy);
}
