/*
 * plain.c
 *		The best pattern of a plain order: a few lines of different skus, none of them
 *		tied to another. Nearly all orders are plain, and nearly all time goes here, so
 *		nothing is allocated and each candidate is read once.
 *
 * best[set] is what serving a set of lines from one location costs at least. The
 * cheapest pattern is then a partition of the lines served: two parts hardly ever use
 * one location, for together they would cost less. They do where a capacity in lines,
 * units or minutes has room for each of them and not for both.
 *
 * Where lines may split, each is first taken as a whole, wherever there is a unit of it:
 * no split costs less.
 *
 * Either way the pattern is of a relaxed problem: if it can be done it is the best one,
 * else the general search of pattern.c decides.
 */
#include "postgres.h"

#include "port/pg_bitutils.h"
#include "routing/pattern.h"

#define NEVER (PG_INT64_MAX / 2)

typedef struct Best
{
	int64		cost;
	int32		candidate;		/* PLAN_NOWHERE: beyond the kept ones, in a bound */
} Best;

/* Could the location take so many lines and units? */
static inline bool
has_room(const PlanModel *model, int32 location, const PlanCapacity *left, int64 lines,
		 int64 units)
{
	return left->lines >= lines && left->units >= units &&
		(left->seconds >= PLAN_UNLIMITED ||
		 left->seconds >= oms_work_seconds(&model->locations[location], 1, lines, units));
}

/*
 * oms_plain_pattern sets result to the best pattern of a plain order; false when the
 * general search must decide.
 */
bool
oms_plain_pattern(const PlanModel *model, MemoryContext context, int32 index,
				  const PlanView *view, PlanPattern *result)
{
	const PlanOrder *order = &model->orders[index];
	const PlanLine *lines = &model->lines[order->first_line];
	int			n = order->nlines;
	int			nc = order->ncandidates;
	uint32		full = ((uint32) 1 << n) - 1;
	bool		split = model->options.split_lines;
	int64		minimum = split ? 0 : model->options.min_shipment_value;
	bool		soft = view->priced && !view->hard;
	bool		relaxed = split;
	int64		enough = NEVER; /* what it costs to serve the whole order from one location */
	int64		best_cost = NEVER;
	int64		best_unfilled = 0;
	uint32		best_set = 0;
	bool		limited = order->max_shipments < n;
	int			levels = limited ? order->max_shipments : 1;
	Best		best[1 << PLAIN_LINES];
	int64		sum[1 << PLAIN_LINES];
	int64		value[1 << PLAIN_LINES];
	int64		units[1 << PLAIN_LINES];
	int64		reach[PLAIN_LINES + 1][1 << PLAIN_LINES];
	uint8		part[PLAIN_LINES + 1][1 << PLAIN_LINES];
	int32		chosen[PLAIN_LINES];

	for (uint32 m = 0; m <= full; m++)
		best[m].cost = NEVER;
	value[0] = units[0] = 0;
	if (minimum > 0 || model->has_narrow)
		for (uint32 m = 1; m <= full; m++)
		{
			const PlanLine *line = &lines[pg_rightmost_one_pos32(m)];

			value[m] = value[m & (m - 1)] + line->unit_value * line->quantity;
			units[m] = units[m & (m - 1)] + line->quantity;
		}

	for (int c = 0; c < nc; c++)
	{
		const PlanCandidate *candidate = &order->candidates[c];
		int32		location = candidate->location;
		const PlanCapacity *left = view->capacity && !view->penalty ? &view->capacity[location] :
			&model->locations[location].capacity;
		int64		open = candidate->cost;
		int64		line_price = 0;
		int64		unit_price = 0;
		int64		costs[PLAIN_LINES];
		uint32		serves = 0;
		uint32		set = 0;
		bool		narrow;

		/* candidates are sorted: no better pattern has a shipment from here or beyond */
		if (open >= enough)
			break;
		if (left->orders < 1)
			continue;
		if (view->nbanned > 0)
		{
			bool		banned = false;

			for (int i = 0; i < view->nbanned; i++)
				banned |= view->banned[i] == location;
			if (banned)
				continue;
		}
		narrow = model->has_narrow &&
			!has_room(model, location, left, n, split ? n : order->nunits);
		relaxed |= narrow;
		if (candidate->late_seconds > 0)
			line_price = soft ? view->late_price : order->late_weight;
		if (view->priced)
		{
			const PlanCapacity *price = &view->capacity_price[location];

			open += price->orders;
			line_price += price->lines;
			unit_price = price->units;
		}
		if (view->penalty > 0)
		{
			const PlanCapacity *rest = &view->capacity[location];

			if (rest->orders < 1 || !has_room(model, location, rest, n, order->nunits))
				open += view->penalty;
		}

		for (int l = 0; l < n; l++)
		{
			int32		cell = order->cells[l * nc + c];
			int64		quantity = lines[l].quantity;
			int64		cost;

			if (cell == PLAN_NOWHERE)
				continue;
			cost = 0;
			if (view->left != NULL && view->left[cell] < quantity)
			{
				if (view->penalty > 0)
					cost = view->unit_penalty * Min(quantity, quantity - view->left[cell]);
				else if (!split || view->left[cell] < 1)
					continue;
			}
			cost += line_price + (model->cell_cost[cell] + unit_price) * quantity;
			if (view->priced)
				cost += view->cell_price[cell] * quantity;
			if (order->line_costs != NULL)
				cost += order->line_costs[l * nc + c];
			costs[l] = cost;
			serves |= (uint32) 1 << l;
		}
		sum[0] = open;
		while ((set = (set - serves) & serves) != 0)
		{
			sum[set] = sum[set & (set - 1)] + costs[pg_rightmost_one_pos32(set)];
			if (sum[set] < best[set].cost &&
				(minimum == 0 || set == full || value[set] >= minimum) &&
				(!narrow || has_room(model, location, left, pg_popcount32(set),
									 split ? pg_popcount32(set) : units[set])))
			{
				best[set].cost = sum[set];
				best[set].candidate = c;
			}
		}
		if (serves == full && !narrow && (candidate->late_seconds <= 0 || soft))
			enough = Min(enough, sum[full]);
	}
	for (uint32 m = 1; view->bound && order->beyond < PLAN_NOTHING_BEYOND && m <= full; m++)
		if (order->beyond < best[m].cost)
		{
			best[m].cost = order->beyond;
			best[m].candidate = PLAN_NOWHERE;
		}

	/* reach[level][set]: serving exactly the set, with at most that many shipments */
	for (int level = limited ? 0 : 1; level <= levels; level++)
	{
		int64	   *to = reach[level];
		const int64 *from = limited && level > 0 ? reach[level - 1] : to;

		to[0] = 0;
		for (uint32 m = 1; m <= full; m++)
		{
			uint32		lowest = m & -m;
			uint32		others = m ^ lowest;
			uint32		sub = others;

			to[m] = level == 0 ? NEVER : limited ? from[m] : NEVER;
			part[level][m] = 0;
			if (level == 0)
				continue;
			for (;;)
			{
				uint32		set = sub | lowest;

				if (best[set].cost < NEVER && from[m ^ set] < NEVER &&
					best[set].cost + from[m ^ set] < to[m])
				{
					to[m] = best[set].cost + from[m ^ set];
					part[level][m] = set;
				}
				if (sub == 0)
					break;
				sub = (sub - 1) & others;
			}
		}
	}

	for (int64 m = full; m >= 0; m--)
	{
		int64		cost = reach[levels][m];
		int64		unfilled = 0;
		int64		rest = 0;

		if (cost >= NEVER || (m != full && m != 0 && order->ship_complete))
			continue;
		for (int l = 0; l < n; l++)
			if (!(m & ((int64) 1 << l)))
			{
				unfilled += lines[l].quantity;
				rest += lines[l].unfilled_cost * lines[l].quantity;
			}
		if (minimum > 0 && m != full && m != 0 && value[full & ~m] < minimum)
			continue;
		cost += rest;
		if (soft)
		{
			cost += view->unfilled_price * unfilled;
			unfilled = 0;
		}
		if (best_cost >= NEVER || unfilled < best_unfilled ||
			(unfilled == best_unfilled && cost < best_cost))
		{
			best_unfilled = unfilled;
			best_cost = cost;
			best_set = (uint32) m;
		}
	}

	for (int l = 0; l < n; l++)
		chosen[l] = PLAN_NOWHERE;
	result->nshares = 0;
	result->priced = best_cost;
	result->unfilled = result->late = result->cost = 0;
	for (int level = levels; best_set != 0;)
	{
		uint32		set = part[level][best_set];
		int32		c;

		if (set == 0)
		{
			level--;			/* one shipment less does the same */
			continue;
		}
		c = best[set].candidate;
		if (c != PLAN_NOWHERE)
			result->cost += order->candidates[c].cost;
		for (int l = 0; l < n; l++)
			if (set & ((uint32) 1 << l))
				chosen[l] = c;
		best_set ^= set;
		if (limited)
			level--;
	}
	for (int l = 0; l < n; l++)
	{
		PlanShare	share;

		if (chosen[l] == PLAN_NOWHERE)
		{
			result->unfilled += lines[l].quantity;
			result->cost += lines[l].unfilled_cost * lines[l].quantity;
			continue;
		}
		share.quantity = lines[l].quantity;
		share.line = order->first_line + l;
		share.location = order->candidates[chosen[l]].location;
		share.cell = order->cells[l * nc + chosen[l]];
		oms_pattern_add(result, context, &share);
		result->cost += model->cell_cost[share.cell] * share.quantity;
		if (order->line_costs != NULL)
			result->cost += order->line_costs[l * nc + chosen[l]];
		result->late += order->candidates[chosen[l]].late_seconds > 0;
	}
	return !relaxed || view->bound ||
		oms_pattern_feasible(model, index, view, result);
}
