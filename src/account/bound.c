/*
 * bound.c
 *		The worst case: may a change be made, whatever becomes of the transactions that are
 *		open? The guarded expression is linear in the amounts, so that its least value is the
 *		value that counts plus the sum of those open changes that lower it; a safety stock
 *		with a percent is a minimum or maximum of such expressions.
 */
#include "postgres.h"

#include "common/int.h"

#include "account/engine.h"

/* Guarded expressions are scaled by this, so that percents are integers. */
#define SCALE OMS_SAFETY_STOCK_ALL

/* A guarded expression: on_hand, reserved + kept, a constant and unavailable, all scaled by SCALE. */
typedef struct Linear
{
	int64		on_hand;
	int64		reserved;			/* of kept too */
	int128		constant;
	int64		unavailable;
} Linear;

static int128
linear_value(const Linear *linear, const OmsAmounts *amounts)
{
	return (int128) linear->on_hand * amounts->on_hand +
		(int128) linear->unavailable * amounts->unavailable -
		(int128) linear->reserved * ((int128) amounts->reserved + amounts->kept);
}

/*
 * linear_bound is the least (or, with best, the greatest) value of the expression over
 * every outcome of the pending transactions.
 */
static int128
linear_bound(const Linear *linear, const OmsAccountState *state, bool best)
{
	int128		bound = linear_value(linear, &state->value) - linear->constant;

	for (int i = 0; i < state->npending; i++)
	{
		int128		change = linear_value(linear, &state->pending[i].amounts);

		if (best ? change > 0 : change < 0)
			bound += change;
	}
	return bound;
}

#define MIN128(a, b) ((a) < (b) ? (a) : (b))
#define MAX128(a, b) ((a) > (b) ? (a) : (b))

/*
 * guard_bound is what is left above the guard's floor in the worst (best) case, scaled.
 *
 * A floor with a percent is not linear: the percent counts of on_hand, but not below 0,
 * and max() and min() choose. Each is a minimum or maximum of linear expressions.
 * The worst case of a minimum is the minimum of the worst cases; the maximum of the
 * worst cases is a lower bound of the worst case of a maximum, so that min() may refuse
 * a little early while others are pending, and never sells too many.
 */
static int128
guard_bound(const OmsGuard *guard, const OmsAccountState *state, bool best)
{
	int64		percent = guard->safety.percent_scaled;
	int128		kept = (int128) guard->kept * SCALE;
	int128		units = (int128) guard->safety.units * SCALE;
	Linear		by_units = {SCALE, SCALE, kept + units};
	Linear		by_percent = {SCALE - percent, SCALE, kept};
	Linear		by_nothing = {SCALE, SCALE, kept};
	int128		bound;

	if (guard->kind == OMS_GUARD_ON_HAND || guard->kind == OMS_GUARD_UNAVAILABLE ||
		guard->kind == OMS_GUARD_STILL)
	{
		Linear		on_hand = {.on_hand = SCALE};
		Linear		unavailable = {.unavailable = SCALE};

		return linear_bound(guard->kind == OMS_GUARD_UNAVAILABLE ? &unavailable : &on_hand, state, best);
	}

	bound = linear_bound(&by_units, state, best);
	if (percent == 0)
		return bound;
	switch (guard->safety.mode)
	{
		case OMS_SAFETY_STOCK_PLUS:
			by_percent.constant += units;
			return MIN128(bound, linear_bound(&by_percent, state, best));
		case OMS_SAFETY_STOCK_MAX:
			return MIN128(bound, linear_bound(&by_percent, state, best));
		case OMS_SAFETY_STOCK_MIN:
			return MAX128(bound, MIN128(linear_bound(&by_percent, state, best),
										linear_bound(&by_nothing, state, best)));
	}
	elog(ERROR, "unknown mode of safety stock: %d", guard->safety.mode);
}

static int64
units_in(int128 scaled)
{
	int128		units = scaled / SCALE;

	return scaled <= 0 ? 0 : (int64) MIN128(units, (int128) PG_INT64_MAX);
}

/*
 * oms_guard_decide applies the guard to the change: DONE when it may be made, with *change as it
 * shall be made.
 */
OmsOutcome
oms_guard_decide(const OmsGuard *guard, OmsAccountState *state, OmsAmounts *change, OmsChange *result)
{
	OmsAccountState after = *state;
	OmsGuard	available = {.kind = OMS_GUARD_AVAILABLE};

	if (guard->kind == OMS_GUARD_SET || guard->kind == OMS_GUARD_STILL)
	{
		for (int i = 0; i < state->npending; i++)
		{
			if (state->pending[i].amounts.on_hand != 0)
			{
				result->pending = state->pending[i].xid;
				return OMS_PENDING;
			}
		}
	}
	if (guard->kind == OMS_GUARD_SET)
	{
		if (pg_sub_s64_overflow(change->on_hand, state->value.on_hand, &change->on_hand))
			oms_amounts_overflow();
		return OMS_DONE;
	}
	if (guard->kind == OMS_GUARD_NONE)
	{
		result->available = units_in(guard_bound(&available, state, false));
		return OMS_DONE;
	}

	result->available = units_in(guard_bound(guard, state, false));
	if (guard->partial && result->available > 0 && change->reserved > result->available)
		change->reserved = result->available;
	oms_amounts_add(&after.value, change);
	if (guard_bound(guard, &after, false) >= 0)
		return OMS_DONE;
	if (guard->partial)
	{
		after = *state;			/* one unit would do */
		after.value.reserved++;
	}
	if (state->npending > 0 && guard_bound(guard, &after, true) >= 0)
	{
		result->pending = oms_state_some_pending(state);
		return OMS_PENDING;
	}
	return OMS_SHORT;
}

/* oms_guard_leaves says whether so many units are left above the guard's floor in the worst case. */
bool
oms_guard_leaves(const OmsGuard *guard, const OmsAccountState *state, int64 units)
{
	return guard_bound(guard, state, false) >= (int128) units * SCALE;
}
