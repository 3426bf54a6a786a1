/*
 * check.c
 *		An independent look at a finished plan: every rule is computed again from
 *		the model's input arrays and the shares alone, without the candidate lists,
 *		the running sums or any other work of the solver. A plan that breaks a rule
 *		is a bug, so it is an internal error, and no row is returned.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "routing/solve.h"

static void
check_order(const PlanDraft *state, int32 index, PlanScore *score)
{
	PlanModel  *model = state->model;
	const PlanOrder *order = &model->orders[index];
	const PlanPlaced *placed = &state->placed[index];
	int64		minimum = model->options.min_shipment_value;
	int64		cost = 0;
	int64		unfilled = 0;
	int64		late = 0;
	int64		unfilled_value = 0;
	int			shipments = 0;

	for (int32 line = order->first_line; line < order->first_line + order->nlines; line++)
	{
		const PlanLine *l = &model->lines[line];
		int64		served = 0;
		int			parts = 0;
		bool		is_late = false;

		for (int i = 0; i < placed->nheld; i++)
		{
			const PlanShare *share = &placed->held[i].share;
			PlanCandidate candidate;
			const char *why;

			if (share->line != line)
				continue;
			if (share->quantity <= 0)
				elog(ERROR, "plan: order \"%s\" line %d has a part of %lld units", order->key,
					 l->line_no, (long long) share->quantity);
			if (share->cell != oms_model_cell(model, l->sku, share->location))
				elog(ERROR, "plan: order \"%s\" line %d takes the wrong stock", order->key,
					 l->line_no);
			if (model->line_costs != NULL &&
				oms_model_line_cost(model, line, share->location) == NULL)
				elog(ERROR, "plan: order \"%s\" line %d is served where it has no cost",
					 order->key, l->line_no);
			if (!oms_model_candidate(model, index, share->location, &candidate, &why))
				elog(ERROR, "plan: order \"%s\" is served from location \"%s\": %s", order->key,
					 model->locations[share->location].key, why);
			served += share->quantity;
			parts++;
			is_late |= candidate.late_seconds > 0;
			cost += oms_share_cost(model, line, share->location, share->cell, share->quantity);
			for (int j = 0; j < i; j++)
				if (placed->held[j].share.line == line &&
					placed->held[j].share.location == share->location)
					elog(ERROR, "plan: order \"%s\" line %d has two parts at one location",
						 order->key, l->line_no);
		}
		if (served > l->quantity)
			elog(ERROR, "plan: order \"%s\" line %d gets more than it asks for", order->key,
				 l->line_no);
		if ((!model->options.split_lines || l->together > 0) &&
			(parts > 1 || (parts == 1 && served != l->quantity)))
			elog(ERROR, "plan: order \"%s\" line %d is split", order->key, l->line_no);
		if (l->together > 0)
			for (int32 other = order->first_line; other < line; other++)
			{
				int32		here = PLAN_NOWHERE;
				int32		there = PLAN_NOWHERE;

				if (model->lines[other].together != l->together)
					continue;
				for (int i = 0; i < placed->nheld; i++)
				{
					if (placed->held[i].share.line == line)
						here = placed->held[i].share.location;
					if (placed->held[i].share.line == other)
						there = placed->held[i].share.location;
				}
				if (here != there)
					elog(ERROR, "plan: order \"%s\" lines %d and %d are not together", order->key,
						 model->lines[other].line_no, l->line_no);
			}
		unfilled += l->quantity - served;
		unfilled_value += (l->quantity - served) * l->unit_value;
		cost += (l->quantity - served) * l->unfilled_cost;
		late += is_late;
	}

	for (int i = 0; i < placed->nheld; i++)
	{
		bool		first = true;
		PlanCandidate candidate;
		const char *why;

		for (int j = 0; j < i && first; j++)
			first = placed->held[j].share.location != placed->held[i].share.location;
		if (!first)
			continue;
		shipments++;
		if (oms_model_candidate(model, index, placed->held[i].share.location, &candidate, &why))
			cost += candidate.cost;
	}
	if (shipments > order->max_shipments)
		elog(ERROR, "plan: order \"%s\" has %d shipments", order->key, shipments);
	if (shipments > 0 && order->ship_complete && unfilled > 0)
		elog(ERROR, "plan: order \"%s\" does not ship complete", order->key);
	if (minimum > 0 && shipments > 0 && (shipments > 1 || unfilled > 0))
	{
		for (int i = 0; i < placed->nheld; i++)
		{
			int64		value = 0;

			for (int j = 0; j < placed->nheld; j++)
				if (placed->held[j].share.location == placed->held[i].share.location)
					value += placed->held[j].share.quantity *
						model->lines[placed->held[j].share.line].unit_value;
			if (value < minimum)
				elog(ERROR, "plan: a shipment of order \"%s\" is below the minimum value",
					 order->key);
		}
		if (unfilled > 0 && unfilled_value < minimum)
			elog(ERROR, "plan: the rest of order \"%s\" is below the minimum value", order->key);
	}
	if (unfilled != placed->unfilled || late != placed->late || cost != placed->cost)
		elog(ERROR, "plan: the score of order \"%s\" is wrong", order->key);
	if (order->kept)
		score->lost[order->priority] += unfilled;
	score->unfilled[order->priority] += unfilled;
	score->late[order->priority] += late;
	score->cost += cost;
	score->class_cost[order->priority] += cost;
	if (unfilled > 0)
		score->waiting += order->turn;
}

/*
 * oms_check_plan raises an internal error when the plan takes more stock or capacity
 * than there is, breaks a rule of an order, or is not as good as it says.
 */
void
oms_check_plan(const PlanDraft *state)
{
	PlanModel  *model = state->model;
	int64	   *stock = oms_model_alloc(model, model->ncells, sizeof(int64));
	PlanCapacity *use = oms_model_alloc(model, model->nlocations, sizeof(PlanCapacity));
	PlanScore	score = {0};

	for (int32 o = 0; o < model->norders; o++)
	{
		const PlanPlaced *placed = &state->placed[o];

		CHECK_FOR_INTERRUPTS();
		check_order(state, o, &score);
		for (int i = 0; i < placed->nheld; i++)
		{
			const PlanShare *share = &placed->held[i].share;
			bool		first = true;

			for (int j = 0; j < i && first; j++)
				first = placed->held[j].share.location != share->location;
			stock[share->cell] += share->quantity;
			use[share->location].orders += first;
			use[share->location].lines++;
			use[share->location].units += share->quantity;
			if (model->locations[share->location].capacity.seconds < PLAN_UNLIMITED)
				use[share->location].seconds +=
					oms_work_seconds(&model->locations[share->location], first, 1, share->quantity);
		}
	}
	for (int32 c = 0; c < model->ncells; c++)
		if (stock[c] > model->cells[c].available)
			elog(ERROR, "plan: takes %lld of %lld units of sku \"%s\" at location \"%s\"",
				 (long long) stock[c], (long long) model->cells[c].available,
				 model->skus[model->cells[c].sku], model->locations[model->cells[c].location].key);
	for (int32 l = 0; l < model->nlocations; l++)
	{
		const PlanCapacity *capacity = &model->locations[l].capacity;

		if (use[l].orders > capacity->orders || use[l].lines > capacity->lines ||
			use[l].units > capacity->units || use[l].seconds > capacity->seconds)
			elog(ERROR, "plan: exceeds the capacity of location \"%s\"", model->locations[l].key);
	}
	if (oms_score_compare(&score, &state->score) != 0)
		elog(ERROR, "plan: the score is wrong");
	pfree(stock);
	pfree(use);
}
