/*
 * state.c
 *		A plan in the making.
 *
 * Invariants: left and capacity are what the model has, less what the placed shares
 * take; score is the sum over the orders; every placed share is in the list of its
 * cell and of its location. An order that serves nothing counts as wholly unfilled.
 */
#include "postgres.h"

#include "routing/state.h"
#include "utils/memutils.h"

/*
 * oms_score_compare compares from class 0 on: unfilled units, first those of kept orders,
 * then late lines of the class; then the cost of the whole; among plans of one cost the more urgent orders
 * have the cheaper places, and the last to arrive go without. < 0 when a is better. Priority is hard: nothing that a lower
 * class gains outweighs what a higher class loses.
 */
int
oms_score_compare(const PlanScore *a, const PlanScore *b)
{
	for (int c = 0; c < PLAN_CLASSES; c++)
	{
		if (a->lost[c] != b->lost[c])
			return a->lost[c] < b->lost[c] ? -1 : 1;
		if (a->unfilled[c] != b->unfilled[c])
			return a->unfilled[c] < b->unfilled[c] ? -1 : 1;
		if (a->late[c] != b->late[c])
			return a->late[c] < b->late[c] ? -1 : 1;
	}
	if (a->cost != b->cost)
		return a->cost < b->cost ? -1 : 1;
	for (int c = 0; c < PLAN_CLASSES; c++)
		if (a->class_cost[c] != b->class_cost[c])
			return a->class_cost[c] < b->class_cost[c] ? -1 : 1;
	return a->waiting < b->waiting ? -1 : a->waiting > b->waiting;
}

static void
count(PlanDraft *state, int32 order, const PlanPlaced *placed, int sign)
{
	int			class = state->model->orders[order].priority;

	if (state->model->orders[order].kept)
		state->score.lost[class] += sign * placed->unfilled;
	state->score.unfilled[class] += sign * placed->unfilled;
	state->score.late[class] += sign * placed->late;
	state->score.cost += sign * placed->cost;
	state->score.class_cost[class] += sign * placed->cost;
	if (placed->unfilled > 0)
		state->score.waiting += sign * state->model->orders[order].turn;
}

static void
set_empty(PlanDraft *state, int32 order)
{
	PlanPattern nothing = {0};
	PlanPlaced *placed = &state->placed[order];

	oms_pattern_clear(state->model, order, &nothing);
	placed->held = NULL;
	placed->nheld = 0;
	placed->unfilled = nothing.unfilled;
	placed->late = 0;
	placed->cost = nothing.cost;
	count(state, order, placed, 1);
}

/* oms_state_create returns a state in which no order is served, in a context of its own. */
PlanDraft *
oms_state_create(PlanModel *model)
{
	MemoryContext context = AllocSetContextCreate(model->context, "oms plan state",
												  ALLOCSET_DEFAULT_SIZES);
	PlanDraft  *state = MemoryContextAllocZero(context, sizeof(PlanDraft));

#define ARRAY(count, type) \
	MemoryContextAllocExtended(context, sizeof(type) * Max((Size) (count), 1), \
							   MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO)
	state->model = model;
	state->context = context;
	state->left = ARRAY(model->ncells, int64);
	state->capacity = ARRAY(model->nlocations, PlanCapacity);
	state->placed = ARRAY(model->norders, PlanPlaced);
	state->in_cell = ARRAY(model->ncells, PlanHeld *);
	state->at_location = ARRAY(model->nlocations, PlanHeld *);
#undef ARRAY
	for (int32 i = 0; i < model->ncells; i++)
		state->left[i] = model->cells[i].available;
	for (int32 i = 0; i < model->nlocations; i++)
		state->capacity[i] = model->locations[i].capacity;
	for (int32 o = 0; o < model->norders; o++)
		set_empty(state, o);
	return state;
}

void
oms_state_drop(PlanDraft *state)
{
	MemoryContextDelete(state->context);
}

/* oms_state_view is what an order that is not placed may still use. */
PlanView
oms_state_view(const PlanDraft *state)
{
	PlanView	view = {0};

	view.left = state->left;
	view.capacity = state->capacity;
	return view;
}

/* Is this the first share of its location in the pattern? */
static bool
first_of_shipment(const PlanShare *shares, int i)
{
	for (int j = 0; j < i; j++)
		if (shares[j].location == shares[i].location)
			return false;
	return true;
}

/* oms_state_fits tells whether the pattern can be placed now, the order holding nothing. */
bool
oms_state_fits(const PlanDraft *state, int32 order, const PlanPattern *pattern)
{
	for (int i = 0; i < pattern->nshares; i++)
	{
		const PlanShare *share = &pattern->shares[i];
		const PlanCapacity *capacity = &state->capacity[share->location];
		int64		cell_need = 0;
		int64		lines = 0;
		int64		units = 0;

		/* up to this share: the last one of a location counts them all */
		for (int j = 0; j <= i; j++)
		{
			if (pattern->shares[j].location != share->location)
				continue;
			lines++;
			units += pattern->shares[j].quantity;
			if (pattern->shares[j].cell == share->cell)
				cell_need += pattern->shares[j].quantity;
		}
		if (cell_need > state->left[share->cell] || capacity->orders < 1 ||
			lines > capacity->lines || units > capacity->units ||
			oms_work_seconds(&state->model->locations[share->location], 1, lines, units) >
			capacity->seconds)
			return false;
	}
	return true;
}

/* use_capacity takes (sign -1) or gives back (1) what a share uses at its location. */
static void
use_capacity(PlanDraft *state, const PlanShare *share, bool first, int sign)
{
	const PlanLocation *location = &state->model->locations[share->location];
	PlanCapacity *capacity = &state->capacity[share->location];

	capacity->orders += sign * first;
	capacity->lines += sign;
	capacity->units += sign * share->quantity;
	if (location->capacity.seconds < PLAN_UNLIMITED)
		capacity->seconds += sign * oms_work_seconds(location, first, 1, share->quantity);
}

/* oms_state_place gives the pattern to an order that holds nothing; it must fit. */
void
oms_state_place(PlanDraft *state, int32 order, const PlanPattern *pattern)
{
	PlanPlaced *placed = &state->placed[order];

	Assert(placed->nheld == 0);
	count(state, order, placed, -1);
	placed->nheld = pattern->nshares;
	placed->unfilled = pattern->unfilled;
	placed->late = pattern->late;
	placed->cost = pattern->cost;
	count(state, order, placed, 1);
	if (pattern->nshares == 0)
		return;

	placed->held = MemoryContextAlloc(state->context, sizeof(PlanHeld) * pattern->nshares);
	for (int i = 0; i < pattern->nshares; i++)
	{
		const PlanShare *share = &pattern->shares[i];
		PlanHeld   *held = &placed->held[i];
		PlanHeld  **cell = &state->in_cell[share->cell];
		PlanHeld  **location = &state->at_location[share->location];

		held->share = *share;
		held->previous_in_cell = NULL;
		held->next_in_cell = *cell;
		if (*cell)
			(*cell)->previous_in_cell = held;
		*cell = held;
		held->previous_at_location = NULL;
		held->next_at_location = *location;
		if (*location)
			(*location)->previous_at_location = held;
		*location = held;

		state->left[share->cell] -= share->quantity;
		use_capacity(state, share, first_of_shipment(pattern->shares, i), -1);
	}
}

/*
 * oms_state_lend counts what an order holds as left (sign 1), and no longer so (-1), so
 * that a view of the state is that of the order without its pattern.
 */
void
oms_state_lend(PlanDraft *state, int32 order, int sign)
{
	const PlanPlaced *placed = &state->placed[order];

	for (int i = 0; i < placed->nheld; i++)
	{
		const PlanShare *share = &placed->held[i].share;
		bool		first = true;

		for (int j = 0; j < i && first; j++)
			first = placed->held[j].share.location != share->location;
		state->left[share->cell] += sign * share->quantity;
		use_capacity(state, share, first, sign);
	}
}

/*
 * oms_state_take takes the pattern of an order away and, unless NULL, copies it to
 * pattern, so that oms_state_place can put it back.
 */
void
oms_state_take(PlanDraft *state, int32 order, PlanPattern *pattern)
{
	PlanPlaced *placed = &state->placed[order];

	if (pattern != NULL)
	{
		pattern->nshares = 0;
		pattern->unfilled = placed->unfilled;
		pattern->late = placed->late;
		pattern->cost = placed->cost;
		for (int i = 0; i < placed->nheld; i++)
			oms_pattern_add(pattern, state->model->context, &placed->held[i].share);
	}
	for (int i = 0; i < placed->nheld; i++)
	{
		PlanHeld   *held = &placed->held[i];
		bool		first = true;

		if (held->previous_in_cell)
			held->previous_in_cell->next_in_cell = held->next_in_cell;
		else
			state->in_cell[held->share.cell] = held->next_in_cell;
		if (held->next_in_cell)
			held->next_in_cell->previous_in_cell = held->previous_in_cell;
		if (held->previous_at_location)
			held->previous_at_location->next_at_location = held->next_at_location;
		else
			state->at_location[held->share.location] = held->next_at_location;
		if (held->next_at_location)
			held->next_at_location->previous_at_location = held->previous_at_location;

		state->left[held->share.cell] += held->share.quantity;
		for (int j = 0; j < i && first; j++)
			first = placed->held[j].share.location != held->share.location;
		use_capacity(state, &held->share, first, 1);
	}
	if (placed->held != NULL)
		pfree(placed->held);
	count(state, order, placed, -1);
	set_empty(state, order);
}
