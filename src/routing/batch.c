/*
 * batch.c
 *		The default solver: all orders are decided as a set.
 *
 * 1. Start: the better of the two sequential plans, in which kept orders have what they are
 *	  planned to have; of a large instance one among rough candidates first.
 * 2. Price: stock and capacity get prices, and the bound comes with them (price.c).
 * 3. Negotiate: all orders choose at once, and those who lose least give way (negotiate.c).
 * 4. Improve: a chain for each order that costs more than its ideal (its excess);
 *    then small neighbourhoods of such orders are taken apart and put together anew
 *    (Shaw 1998). A change stays when the whole plan is not worse
 *    (oms_score_compare), or a little dearer at first.
 * 5. Serve: beside kept orders an unfilled one takes what others hold who find room
 *	  elsewhere, at any cost.
 *	  Settle: class by class, an unfilled or late order may take anything that a
 *    lower class holds, so that no priority is inverted.
 * 6. Price again, where something had to be left out, for plans that leave out no more, and
 *    improve and settle by that.
 * 7. Polish: each order may take what is free and better.
 *
 * The plan is never worse than a sequential one, since it starts from the better, and what
 * a step with heat made dearer in the end is taken back. All choices follow from indexes,
 * scores and the seed; only deadline_ms makes a result depend on time.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "oms.h"
#include "routing/price.h"
#include "utils/memutils.h"

#define MAX_MOVED 17			/* orders that one step may move */
#define MAX_REBUILT 12			/* orders of a neighbourhood */
#define SCANNED_HOLDERS 32		/* looked at to choose who gives way */
#define POLISHED_PAIRS 10000000 /* up to here the last pass looks at all candidates */
#define WORK_OF_ITERATION 32	/* sets of locations tried in general searches that take as long */
#define MOST_LOOKED 5000		/* patterns that serving may look at in a round */
#define MOST_SERVING 8			/* orders that may move to serve one */
#define MOST_HOLDERS 16			/* of what they want, that are tried */
#define HEAT 2.0				/* in mean excesses: how much dearer a step may be at first */

/* what an order lacks at least, were it alone */
typedef struct Alone
{
	bool		known;
	int64		unfilled;
	int64		late;
} Alone;

typedef struct Batch
{
	PlanRun    *run;
	PlanModel  *model;
	PlanDraft  *state;
	PlanPrices *prices;			/* NULL when the numbers are too large for them */
	int64	   *ideal;			/* per order: what it would cost if it were alone */
	int64	   *excess;			/* per order, scratch for sorting */
	Alone	   *alone;			/* per order */
	PlanPattern saved[MAX_MOVED];	/* patterns taken away in this step */
	int32		moved[MAX_MOVED];	/* their orders */
	int			nmoved;
	PlanPattern found;
	PlanPattern target;
	int32	   *unhappy;		/* orders without their ideal pattern */
	int32		nunhappy;
	int64		budget;			/* iterations, and work that counts like them */
	int64		looked;			/* patterns that serving has looked at */
	int64		heat;			/* money by which a step may make the plan dearer, at most */
} Batch;

static Batch *sorting;			/* for compare_excess only */

/* The more urgent class first, then the larger excess, then the lower index. */
static int
compare_excess(const void *a, const void *b)
{
	int32		x = *(const int32 *) a;
	int32		y = *(const int32 *) b;

	if (sorting->model->orders[x].priority != sorting->model->orders[y].priority)
		return sorting->model->orders[x].priority - sorting->model->orders[y].priority;
	if (sorting->excess[x] != sorting->excess[y])
		return sorting->excess[x] > sorting->excess[y] ? -1 : 1;
	return x < y ? -1 : x > y;
}

/* Puts the prices into a view, if there are any. */
static void
price(const Batch *batch, int32 order, PlanView *view)
{
	if (batch->prices != NULL)
		oms_price_view(batch->prices, batch->model->orders[order].priority, view);
}

/* pattern_at_ease finds the ideal pattern of an order: as if it were the only one. */
static void
pattern_at_ease(Batch *batch, int32 order, PlanPattern *pattern)
{
	PlanView	view = {0};

	price(batch, order, &view);
	oms_best_pattern(batch->run->search, order, &view, pattern);
}

/*
 * place_best gives an order that holds nothing the best that is left, with prices or
 * not; filling and timeliness come first.
 */
static void
place_best(Batch *batch, int32 order, bool priced)
{
	PlanView	view = oms_state_view(batch->state);

	if (priced)
		price(batch, order, &view);
	view.hard = true;
	oms_pattern_anywhere(batch->run->search, order, &view, false, &batch->found);
	oms_state_place(batch->state, order, &batch->found);
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

/* take_away takes the pattern of an order away for this step. */
static void
take_away(Batch *batch, int32 order)
{
	Assert(batch->nmoved < MAX_MOVED);
	batch->moved[batch->nmoved] = order;
	oms_state_take(batch->state, order, &batch->saved[batch->nmoved]);
	batch->nmoved++;
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

/* undo_last puts the order that was taken away last back as it was. */
static void
undo_last(Batch *batch)
{
	int			last = --batch->nmoved;

	oms_state_take(batch->state, batch->moved[last], NULL);
	oms_state_place(batch->state, batch->moved[last], &batch->saved[last]);
}

/* some_holder picks one of the first holders of a list; PLAN_NOWHERE for an empty one. */
static int32
some_holder(Batch *batch, PlanHeld *held, bool by_cell)
{
	int32		orders[SCANNED_HOLDERS];
	int			n = 0;

	for (; held != NULL && n < SCANNED_HOLDERS;
		 held = by_cell ? held->next_in_cell : held->next_at_location)
		orders[n++] = batch->model->lines[held->share.line].order;
	return n == 0 ? PLAN_NOWHERE : orders[oms_run_random(batch->run, n)];
}

/* Sorts the moved orders by class, else keeps their order. */
static void
sort_moved(Batch *batch)
{
	for (int i = 1; i < batch->nmoved; i++)
		for (int j = i; j > 0 &&
			 batch->model->orders[batch->moved[j]].priority <
			 batch->model->orders[batch->moved[j - 1]].priority; j--)
		{
			int32		order = batch->moved[j];
			PlanPattern pattern = batch->saved[j];

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

	if (batch->prices != NULL)
		return oms_priced_cost(batch->prices, batch->state, order) - batch->ideal[order];
	if (placed->unfilled > 0 || placed->late > 0)
		return PLAN_UNLIMITED;
	return placed->cost - batch->ideal[order];
}

/*
 * scarce finds something that an order of this step overdraws, and who else holds it: a
 * list of holders, by cell or by location; NULL when nothing is overdrawn.
 */
static PlanHeld *
scarce(const Batch *batch, bool *by_cell)
{
	const PlanDraft *state = batch->state;

	for (int m = batch->nmoved - 1; m >= 0; m--)
	{
		const PlanPlaced *placed = &state->placed[batch->moved[m]];

		if (!oms_overdrawn(state, batch->moved[m]))
			continue;
		for (int i = 0; i < placed->nheld; i++)
		{
			const PlanShare *share = &placed->held[i].share;
			const PlanCapacity *left = &state->capacity[share->location];

			*by_cell = state->left[share->cell] < 0;
			if (*by_cell)
				return state->in_cell[share->cell];
			if (left->orders < 0 || left->lines < 0 || left->units < 0 || left->seconds < 0)
				return state->at_location[share->location];
		}
	}
	return NULL;
}

static bool
is_moved(const Batch *batch, int32 order)
{
	for (int m = 0; m < batch->nmoved; m++)
		if (batch->moved[m] == order)
			return true;
	return false;
}

/*
 * chain gives an order its ideal pattern, and then, again and again, moves the one of
 * those who share what is overdrawn who loses least by it, to whatever is best for it,
 * free or not. It stops when nothing is overdrawn, and gives up when the losses come
 * to what the first gained (an ejection chain: Glover 1996). True when the plan gains.
 */
static bool
chain(Batch *batch, int32 first, int64 gain)
{
	PlanDraft  *state = batch->state;
	PlanScore	before = state->score;
	PlanHeld   *held;
	bool		by_cell;
	bool		stuck = false;

	batch->run->iterations++;
	batch->nmoved = 0;
	pattern_at_ease(batch, first, &batch->target);
	take_away(batch, first);
	oms_state_place(state, first, &batch->target);
	while (!stuck && (held = scarce(batch, &by_cell)) != NULL)
	{
		int32		loser = PLAN_NOWHERE;
		int64		least = gain;

		for (int n = 0; held != NULL && n < SCANNED_HOLDERS; n++,
			 held = by_cell ? held->next_in_cell : held->next_at_location)
		{
			int32		order = batch->model->lines[held->share.line].order;
			PlanView	view = oms_state_view(state);
			int64		loss;

			if (is_moved(batch, order))
				continue;
			price(batch, order, &view);
			view.penalty = view.unit_penalty = Max(1, gain / 2);
			oms_state_lend(state, order, 1);
			oms_best_pattern(batch->run->search, order, &view, &batch->found);
			oms_state_lend(state, order, -1);
			loss = batch->found.priced - oms_priced_cost(batch->prices, state, order);
			if (loss < least)
			{
				PlanPattern pattern = batch->target;

				batch->target = batch->found;
				batch->found = pattern;
				least = loss;
				loser = order;
			}
		}
		stuck = loser == PLAN_NOWHERE || batch->nmoved == MAX_MOVED;
		if (stuck)
			break;
		gain -= least;
		take_away(batch, loser);
		oms_state_place(state, loser, &batch->target);
	}
	if (!stuck && oms_score_compare(&state->score, &before) < 0)
		return true;
	undo(batch);
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
		return some_holder(batch, batch->state->in_cell[cell], true);
	if (batch->model->locations[location].capacity.orders < PLAN_UNLIMITED ||
		batch->model->locations[location].capacity.lines < PLAN_UNLIMITED ||
		batch->model->locations[location].capacity.units < PLAN_UNLIMITED ||
		batch->model->locations[location].capacity.seconds < PLAN_UNLIMITED)
		return some_holder(batch, batch->state->at_location[location], false);
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
	int			size = 2 + oms_run_random(batch->run, MAX_REBUILT - 1);
	bool		priced;

	batch->run->iterations++;
	batch->nmoved = 0;
	take_away(batch, order);
	for (int tries = 0; tries < 3 * size && batch->nmoved < size; tries++)
	{
		int32		center = batch->moved[oms_run_random(batch->run, batch->nmoved)];
		int32		rival = random_rival(batch, center);

		if (rival != PLAN_NOWHERE && !is_moved(batch, rival))
			take_away(batch, rival);
	}
	shuffle_moved(batch, oms_run_random(batch->run, 2));
	if (oms_run_random(batch->run, 4) == 0)
		sort_moved(batch);
	priced = oms_run_random(batch->run, 2) == 0;
	for (int i = 0; i < batch->nmoved; i++)
		place_best(batch, batch->moved[i], priced);
	if (!acceptable(batch, &before))
		undo(batch);
}

/* mendable tells whether an order has more unfilled or late than if it were alone. */
static bool
mendable(Batch *batch, int32 order)
{
	const PlanPlaced *placed = &batch->state->placed[order];
	Alone	   *alone = &batch->alone[order];

	if (placed->unfilled == 0 && placed->late == 0)
		return false;
	if (!alone->known)
	{
		PlanView	view = {0};

		oms_best_pattern(batch->run->search, order, &view, &batch->found);
		alone->known = true;
		alone->unfilled = batch->found.unfilled;
		alone->late = batch->found.late;
	}
	return placed->unfilled != alone->unfilled ? placed->unfilled > alone->unfilled :
		placed->late > alone->late;
}

/*
 * list_unhappy lists the orders with an excess, the largest first, and, last in their class, those
 * that lack something though the prices find it fair; all when there are none, which is no
 * proof that the plan is the best: something that has a price may be left over.
 */
static void
list_unhappy(Batch *batch)
{
	int32		norders = batch->model->norders;

	batch->nunhappy = 0;
	for (int32 o = 0; o < norders; o++)
	{
		batch->excess[o] = excess_of(batch, o);
		if (batch->excess[o] <= 0 && mendable(batch, o))
			batch->excess[o] = 1;
		if (batch->excess[o] > 0)
			batch->unhappy[batch->nunhappy++] = o;
	}
	if (batch->nunhappy == 0 && batch->prices != NULL)
		while (batch->nunhappy < norders)
		{
			batch->unhappy[batch->nunhappy] = batch->nunhappy;
			batch->nunhappy++;
		}
	sorting = batch;
	qsort(batch->unhappy, batch->nunhappy, sizeof(int32), compare_excess);
}

/* value is cost + penalties of the plan: what the bound bounds. */
static int64
value(const Batch *batch)
{
	return batch->state->score.cost + oms_penalties(batch->prices, &batch->state->score);
}

/*
 * is_whole tells whether nothing is unfilled or late. Else the bound does not say that a
 * plan is the best: another may cost more and leave less unfilled.
 */
static bool
is_whole(const Batch *batch)
{
	for (int c = 0; c < PLAN_CLASSES; c++)
		if (batch->state->score.unfilled[c] > 0 || batch->state->score.late[c] > 0)
			return false;
	return true;
}

/*
 * spent is what of the budget is used up: the iterations, and, unless their number is given, the
 * general searches in them, for an iteration with these may take as long as a hundred without.
 */
static int64
spent(const Batch *batch)
{
	int64		spent = batch->run->iterations;

	if (batch->model->options.iterations < 0)
		spent += oms_search_work(batch->run->search) / WORK_OF_ITERATION;
	return spent;
}

static bool
may_go_on(Batch *batch, const char **stop)
{
	const PlanOptions *options = &batch->model->options;

	CHECK_FOR_INTERRUPTS();
	if (batch->prices != NULL && batch->prices->certified &&
		value(batch) <= batch->prices->bound && is_whole(batch))
		*stop = "optimal";
	else if (batch->nunhappy == 0)
		*stop = "every order has its ideal";
	else if (batch->prices != NULL && batch->prices->certified && options->gap_target >= 0 &&
			 (double) (value(batch) - batch->prices->bound) <=
			 options->gap_target * batch->state->score.cost)
		*stop = "gap_target";
	else if (spent(batch) >= batch->budget)
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

/* improve runs both kinds of steps, chains once, until the budget or the time is used up. */
static void
improve(Batch *batch)
{
	const char *stop = NULL;
	int64		started;
	double		heat = 0;
	MemoryContext context;
	PlanPattern *before;
	PlanScore	score;
	bool		progress = false;

	list_unhappy(batch);
	for (int32 i = 0; batch->prices != NULL && i < batch->nunhappy && may_go_on(batch, &stop); i++)
	{
		int64		excess = excess_of(batch, batch->unhappy[i]);

		if (excess > 0)
			chain(batch, batch->unhappy[i], excess);
	}
	list_unhappy(batch);
	/* with heat a plan may end dearer than it was, above all when the time runs out */
	context = AllocSetContextCreate(CurrentMemoryContext, "oms plan copy", ALLOCSET_DEFAULT_SIZES);
	before = copy_plan(batch, context);
	score = batch->state->score;
	started = spent(batch);
	for (int32 i = 0; i < batch->nunhappy; i++)
		heat += batch->excess[batch->unhappy[i]] / batch->nunhappy;
	heat *= HEAT;
	while (may_go_on(batch, &stop))
	{
		int			steps = Max(256, batch->nunhappy / 4);
		double		rest = 1.0 - (double) (spent(batch) - started) /
			(batch->budget - started);

		/* half of the time brought nothing */
		if (rest < 0.5 && !progress && oms_score_compare(&batch->state->score, &score) >= 0)
		{
			stop = "no progress";
			break;
		}
		progress |= rest < 0.5;

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

/* Is the place of order a the one to give up rather than that of b: dearer, or of one who came later? */
static bool
gives_way(const PlanDraft *state, int32 a, int32 b)
{
	if (state->placed[a].cost != state->placed[b].cost)
		return state->placed[a].cost > state->placed[b].cost;
	return state->model->orders[a].turn < state->model->orders[b].turn;
}

/*
 * take_over lets an order that lacks units, and would not if it were alone, change places with the
 * dearest of its class who hold what it wants. True when the plan gains.
 */
static bool
take_over(Batch *batch, int32 order)
{
	PlanModel  *model = batch->model;
	PlanDraft  *state = batch->state;
	PlanScore	before = state->score;
	PlanView	view = {0};
	int32		dearest = PLAN_NOWHERE;

	if (!mendable(batch, order))
		return false;
	oms_best_pattern(batch->run->search, order, &view, &batch->target);
	for (int i = 0; i < batch->target.nshares; i++)
		for (PlanHeld *held = state->in_cell[batch->target.shares[i].cell]; held != NULL;
			 held = held->next_in_cell)
		{
			int32		holder = model->lines[held->share.line].order;

			if (holder != order && !model->orders[holder].kept &&
				model->orders[holder].priority == model->orders[order].priority &&
				(dearest == PLAN_NOWHERE || gives_way(state, holder, dearest)))
				dearest = holder;
		}
	if (dearest == PLAN_NOWHERE)
		return false;
	batch->nmoved = 0;
	take_away(batch, order);
	take_away(batch, dearest);
	place_best(batch, order, false);
	place_best(batch, dearest, false);
	if (oms_score_compare(&state->score, &before) < 0)
		return true;
	undo(batch);
	return false;
}

/*
 * polish lets each order in turn take the best that is free, or another's place, until none
 * gains: the other steps follow prices, and may leave an order beside a cheaper place.
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
			PlanScore	before = state->score;

			CHECK_FOR_INTERRUPTS();
			oms_progress_done(o);
			/* with prices the ideal need not be the cheapest, but nearly always is */
			if (!small && excess_of(batch, o) <= 0)
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
			again |= take_over(batch, o);
		}
	}
}

/*
 * settle rebuilds the plan class by class, of each the kept orders first. Each order keeps
 * its pattern where that still fits; one that is unfilled or late, or displaced, may use
 * whatever its own and the higher classes leave. Afterwards no line of a higher class is
 * unfilled or late while a lower class holds what would mend it. True when anything changed.
 */
static bool
settle(Batch *batch)
{
	PlanModel  *model = batch->model;
	PlanDraft  *old = batch->state;
	PlanDraft  *new = oms_state_create(model);
	PlanView	view = oms_state_view(new);
	bool		changed = false;

	for (int turn = 0; turn < PLAN_CLASSES * 2; turn++)
	{
		bool		keeping = turn % 2 == 0;
		bool		again = true;

		for (int32 o = 0; o < model->norders; o++)
		{
			if (model->orders[o].priority != turn / 2 || model->orders[o].kept != keeping)
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
				/* a kept order that is late does not take before others of its class are served */
				if (model->orders[o].priority != turn / 2 || (keeping && !model->orders[o].kept) ||
					(placed->unfilled == 0 && (keeping || placed->late == 0)))
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

/*
 * make_room moves those who hold what is overdrawn, one after the other, to other places,
 * where they are served as much, until nothing is overdrawn, going back where that leads
 * nowhere; false, with the plan as it was, when it cannot.
 */
static bool
make_room(Batch *batch)
{
	PlanDraft  *state = batch->state;
	int32		holders[MOST_HOLDERS];
	PlanPattern pattern = {0};
	int			n = 0;
	bool		made = false;
	bool		by_cell;
	PlanHeld   *held = scarce(batch, &by_cell);

	if (held == NULL)
		return true;
	if (batch->nmoved > MOST_SERVING)
		return false;
	for (; held != NULL && n < MOST_HOLDERS; held = by_cell ? held->next_in_cell : held->next_at_location)
	{
		int32		order = batch->model->lines[held->share.line].order;

		if (!is_moved(batch, order) && (n == 0 || holders[n - 1] != order))
			holders[n++] = order;
	}
	for (int i = 0; i < n && !made && batch->looked < MOST_LOOKED; i++)
	{
		PlanView	view = oms_state_view(state);

		CHECK_FOR_INTERRUPTS();
		price(batch, holders[i], &view);
		view.hard = true;
		view.penalty = view.unit_penalty = batch->prices->ceiling;
		batch->looked++;
		oms_state_lend(state, holders[i], 1);
		oms_best_pattern(batch->run->search, holders[i], &view, &pattern);
		oms_state_lend(state, holders[i], -1);
		if (pattern.unfilled > state->placed[holders[i]].unfilled)
			continue;
		take_away(batch, holders[i]);
		oms_state_place(state, holders[i], &pattern);
		made = make_room(batch);
		if (!made)
			undo_last(batch);
	}
	if (pattern.shares != NULL)
		pfree(pattern.shares);
	return made;
}

/*
 * serve lets orders beside kept ones of which others hold what would serve them take it, where
 * these find a place elsewhere, whatever that costs: at the prices it may be as well to be
 * unfilled. True when anything changed.
 */
static bool
serve(Batch *batch)
{
	PlanModel  *model = batch->model;
	bool		changed = false;

	batch->looked = 0;
	for (int32 o = 0; model->has_kept && batch->prices != NULL && o < model->norders; o++)
	{
		PlanScore	before = batch->state->score;
		PlanView	view = {0};

		if (batch->state->placed[o].unfilled == 0)
			continue;
		if (batch->looked >= MOST_LOOKED || oms_run_out_of_time(batch->run))
			break;
		batch->looked++;
		oms_best_pattern(batch->run->search, o, &view, &batch->target);
		if (batch->target.unfilled >= batch->state->placed[o].unfilled)
			continue;
		batch->run->iterations++;
		batch->nmoved = 0;
		take_away(batch, o);
		oms_state_place(batch->state, o, &batch->target);
		if (make_room(batch) && oms_score_compare(&batch->state->score, &before) < 0)
			changed = true;
		else
			undo(batch);
	}
	return changed;
}

/*
 * find_ideals sets what each order would cost if it were alone, where there are no
 * prices that say so.
 */
static void
find_ideals(Batch *batch)
{
	batch->ideal = oms_model_alloc(batch->model, batch->model->norders, sizeof(int64));
	for (int32 o = 0; o < batch->model->norders; o++)
	{
		if ((o & 63) == 0)
		{
			CHECK_FOR_INTERRUPTS();
			oms_progress_done(o);
		}
		pattern_at_ease(batch, o, &batch->found);
		batch->ideal[o] = batch->found.cost;
	}
}

/*
 * refine gives all orders their candidates in place of rough ones; false when the time is used up
 * before.
 */
static bool
refine(Batch *batch)
{
	PlanModel  *model = batch->model;

	for (int32 o = 0; o < model->norders; o++)
	{
		const PlanPlaced *placed = &batch->state->placed[o];
		int32	   *must = palloc(sizeof(int32) * Max(1, placed->nheld));

		if ((o & 63) == 0)
		{
			CHECK_FOR_INTERRUPTS();
			oms_progress_done(o);
			if (oms_run_out_of_time(batch->run))
				return false;
		}
		for (int i = 0; i < placed->nheld; i++)
			must[i] = placed->held[i].share.location;
		oms_model_refine(model, o, must, placed->nheld);
		pfree(must);
	}
	MemoryContextDelete(model->rough);
	model->rough = NULL;
	return true;
}

/* improve_and_settle improves the plan by so many iterations, and makes it keep the priorities. */
static void
improve_and_settle(Batch *batch, int64 budget)
{
	batch->budget = spent(batch) + budget;
	improve(batch);
	/* what settling displaced may find a better place, which must then settle again */
	for (int round = 0; (serve(batch) | settle(batch)) && round < 3; round++)
	{
		batch->budget = spent(batch) + Max(1, budget / 8);
		improve(batch);
	}
}

/* oms_solve_batch decides all orders together; see the head of this file. */
void
oms_solve_batch(PlanRun *run)
{
	PlanModel  *model = run->model;
	Batch		batch = {0};
	int			rounds = model->norders <= 2000 ? 150 : model->norders <= 20000 ? 100 : 50;
	int			passes = model->norders <= 20000 ? 120 : 100;
	int64		budget = model->options.iterations;

	batch.run = run;
	batch.model = model;
	batch.excess = oms_model_alloc(model, model->norders, sizeof(int64));
	batch.unhappy = oms_model_alloc(model, model->norders, sizeof(int32));
	batch.alone = oms_model_alloc(model, model->norders, sizeof(Alone));
	if (budget < 0)
		budget = Min(Min(model->norders * INT64CONST(1000), 50000 + model->norders * INT64CONST(60)),
					 350000);

	batch.state = oms_sequential_plan(run, false);
	run->first_seconds = oms_run_seconds(run);
	if (model->rough != NULL && refine(&batch))
		batch.state = keep_better(batch.state, oms_sequential_plan(run, false));
	if (model->rough == NULL)
		batch.state = keep_better(batch.state, oms_sequential_plan(run, true));

	batch.prices = oms_prices_create(model);
	if (batch.prices != NULL && !oms_run_out_of_time(run))
	{
		run->state = batch.state;
		oms_prices_search(run, batch.prices, NULL, value(&batch), rounds);
		run->prices = batch.prices;
		batch.ideal = batch.prices->ideal;
		batch.state = keep_better(batch.state, oms_negotiate(run, batch.prices, passes));
	}
	else
	{
		batch.prices = NULL;
		find_ideals(&batch);
	}

	improve_and_settle(&batch, budget);
	if (batch.prices != NULL && !is_whole(&batch) && !oms_run_out_of_time(run))
	{
		PlanScore	allowed = batch.state->score;

		run->state = batch.state;
		oms_prices_search(run, batch.prices, &allowed, allowed.cost, rounds);
		improve_and_settle(&batch, budget / 4);
	}
	polish(&batch);
	run->state = batch.state;
	pfree(batch.excess);
	pfree(batch.unhappy);
	pfree(batch.alone);
}
