/*
 * candidates.c
 *		oms.plan_candidates: why each order of the last plan is served from where it
 *		is, and what dropped the other locations.
 *
 * Reads the plan that the session remembers, computes every location anew against
 * it, and keeps nothing.
 */
#include "postgres.h"

#include "funcapi.h"
#include "miscadmin.h"
#include "oms.h"
#include "routing/plan.h"
#include "utils/memutils.h"

PG_FUNCTION_INFO_V1(oms_plan_candidates);

typedef enum Verdict
{
	VERDICT_CHOSEN,
	VERDICT_RUNNER_UP,
	VERDICT_POSSIBLE,
	VERDICT_OUTBID,
	VERDICT_DROPPED
} Verdict;

static const char *const verdict_names[] = {
	"chosen", "runner-up", "possible", "outbid", "dropped"
};

typedef struct Finding
{
	PlanCandidate candidate;
	bool		has_cost;		/* false: no candidate at all */
	Verdict		verdict;
	int64		units;			/* that it could serve now, of the lines it can serve whole */
	int64		asked;			/* of the whole order */
	int64		late;
	int64		cost;			/* of the shipment with those lines */
	int64		line_cost;		/* of cost, that of the lines */
	int64		stock_cost;		/* of line_cost, what the stock is scarce for */
	const char *reason;
	const char *resource;		/* that outbid the order; NULL: none */
	int64		price;			/* of a unit of it; -1: the solver makes none */
} Finding;

/*
 * scarce_capacity names, of the measures of which a location has not enough for a share, the
 * one of which one more has the highest price, and that price; without prices the first.
 */
static const char *
scarce_capacity(const PlanPrices *prices, int32 location, const PlanCapacity *left, int64 units,
				int64 work, int64 *price)
{
	static const PlanCapacity none = {-1, -1, -1, -1};
	const PlanCapacity *of = prices == NULL ? &none : &prices->capacity[location];
	const struct
	{
		const char *name;
		bool		lacks;
		int64		price;
	}			measures[] = {
		{"orders", left->orders < 1, of->orders},
		{"lines", left->lines < 1, of->lines},
		{"units", left->units < units, of->units},
		{"minutes", left->seconds < work, prices == NULL ? -1 : of->seconds * 60}
	};
	const char *name = NULL;

	for (int m = 0; m < lengthof(measures); m++)
		if (measures[m].lacks && (name == NULL || measures[m].price > *price))
		{
			name = measures[m].name;
			*price = measures[m].price;
		}
	return name;
}

/* rival names an order that holds stock of the cell, the most urgent one; NULL for none. */
static const char *
rival(const PlanDraft *state, PlanHeld *held, bool by_cell, int32 self)
{
	const PlanModel *model = state->model;
	int32		best = PLAN_NOWHERE;

	for (; held != NULL; held = by_cell ? held->next_in_cell : held->next_at_location)
	{
		int32		order = model->lines[held->share.line].order;

		if (order == self)
			continue;
		if (best == PLAN_NOWHERE ||
			model->orders[order].priority < model->orders[best].priority ||
			(model->orders[order].priority == model->orders[best].priority && order < best))
			best = order;
	}
	return best == PLAN_NOWHERE ? NULL : model->orders[best].key;
}

/* add_share adds units of a line, served from a cell, to what a location can do. */
static void
add_share(const PlanModel *model, Finding *finding, int32 line, int32 location, int32 cell,
		  int64 quantity)
{
	finding->units += quantity;
	finding->late += finding->candidate.late_seconds > 0;
	finding->line_cost += oms_share_cost(model, line, location, cell, quantity);
	finding->stock_cost += model->cells[cell].scarcity_cost * quantity;
}

/*
 * judge finds out what a location can do for an order, with everything the other
 * orders hold held, and what the order itself holds given back.
 */
static void
judge(const PlanDraft *state, const PlanPrices *prices, int32 index, int32 location, Finding *finding)
{
	PlanModel  *model = state->model;
	const PlanOrder *order = &model->orders[index];
	const PlanPlaced *placed = &state->placed[index];
	PlanCapacity capacity = state->capacity[location];
	const char *no_stock = NULL;
	const char *outbid = NULL;
	const char *full = NULL;
	const char *full_of = NULL;
	int64		full_price = -1;

	memset(finding, 0, sizeof(Finding));
	finding->verdict = VERDICT_DROPPED;
	for (int i = 0; i < placed->nheld; i++)
		if (placed->held[i].share.location == location)
		{
			finding->verdict = VERDICT_CHOSEN;
			capacity.lines++;
			capacity.units += placed->held[i].share.quantity;
		}
	if (finding->verdict == VERDICT_CHOSEN)
		capacity.orders++;

	finding->has_cost = oms_model_candidate(model, index, location, &finding->candidate,
											&finding->reason);
	if (!finding->has_cost)
	{
		finding->candidate.location = location;
		return;
	}
	finding->cost = finding->candidate.cost;
	for (int l = 0; l < order->nlines; l++)
		finding->asked += model->lines[order->first_line + l].quantity;

	for (int l = 0; l < order->nlines; l++)
	{
		int32		line = order->first_line + l;
		const PlanLine *want = &model->lines[line];
		int32		cell = oms_model_cell(model, want->sku, location);
		int64		need = model->options.split_lines && want->together == 0 ? 1 : want->quantity;
		int64		left = 0;
		int64		mine = 0;
		int64		work;

		if (finding->verdict == VERDICT_CHOSEN)
		{
			/* what it was chosen for */
			for (int i = 0; i < placed->nheld; i++)
				if (placed->held[i].share.location == location &&
					placed->held[i].share.line == line)
					add_share(model, finding, line, location, cell, placed->held[i].share.quantity);
			continue;
		}
		if (model->line_costs != NULL && oms_model_line_cost(model, line, location) == NULL)
		{
			if (no_stock == NULL)
				no_stock = psprintf("line %d has no row in line_cost_sql", want->line_no);
			continue;
		}
		if (cell == PLAN_NOWHERE || model->cells[cell].available < need)
		{
			if (no_stock == NULL)
				no_stock = psprintf("no stock: %lld of sku %s, line %d needs %lld",
									cell == PLAN_NOWHERE ? 0LL :
									(long long) model->cells[cell].available,
									model->skus[want->sku], want->line_no,
									(long long) want->quantity);
			continue;
		}
		left = state->left[cell];
		/* lines before this one that take the same stock */
		for (int m = 0; m < l; m++)
			if (model->lines[order->first_line + m].sku == want->sku)
				mine += model->lines[order->first_line + m].quantity;
		if (left - mine < need)
		{
			const char *who = rival(state, state->in_cell[cell], true, index);

			if (outbid == NULL && who != NULL)
			{
				outbid = psprintf("outbid by order %s for sku %s", who, model->skus[want->sku]);
				finding->resource = psprintf("stock of %s", model->skus[want->sku]);
				finding->price = prices == NULL ? -1 : prices->cell[cell];
			}
			else if (no_stock == NULL && who == NULL)
				no_stock = psprintf("no stock: too little of sku %s for all lines",
									model->skus[want->sku]);
			continue;
		}
		left = Min(left - mine, want->quantity);
		work = oms_work_seconds(&model->locations[location], finding->units == 0, 1, left);
		if (capacity.orders < 1 || capacity.lines < 1 || capacity.units < left || capacity.seconds < work)
		{
			const char *who = rival(state, state->at_location[location], false, index);

			if (full == NULL)
			{
				full = who == NULL ? "capacity: none" :
					psprintf("capacity: taken by order %s and others", who);
				full_of = scarce_capacity(prices, location, &capacity, left, work, &full_price);
			}
			continue;
		}
		capacity.lines--;
		capacity.units -= left;
		capacity.seconds -= work;
		add_share(model, finding, line, location, cell, left);
	}
	finding->cost += finding->line_cost;

	if (finding->verdict == VERDICT_CHOSEN)
		finding->reason = psprintf("serves %lld of %lld units", (long long) finding->units,
								   (long long) finding->asked);
	else if (finding->units > 0)
	{
		finding->verdict = VERDICT_POSSIBLE;
		finding->reason = no_stock ? no_stock : outbid ? outbid : full;
	}
	else if (outbid != NULL || (full != NULL && model->locations[location].capacity.orders > 0 &&
								 strcmp(full, "capacity: none") != 0))
	{
		finding->verdict = VERDICT_OUTBID;
		finding->reason = outbid != NULL ? outbid : full;
		if (outbid == NULL)
		{
			finding->resource = full_of;
			finding->price = full_price;
		}
	}
	else
		finding->reason = full != NULL ? full : no_stock;
}

static int
compare_findings(const void *a, const void *b)
{
	const Finding *x = a;
	const Finding *y = b;

	if ((x->verdict == VERDICT_CHOSEN) != (y->verdict == VERDICT_CHOSEN))
		return x->verdict == VERDICT_CHOSEN ? -1 : 1;
	if ((x->verdict == VERDICT_POSSIBLE) != (y->verdict == VERDICT_POSSIBLE))
		return x->verdict == VERDICT_POSSIBLE ? -1 : 1;
	if (x->verdict == VERDICT_POSSIBLE && x->units != y->units)
		return x->units > y->units ? -1 : 1;
	if (x->verdict == VERDICT_POSSIBLE && x->late != y->late)
		return x->late < y->late ? -1 : 1;
	if (x->has_cost != y->has_cost)
		return x->has_cost ? -1 : 1;
	if (x->cost != y->cost)
		return x->cost < y->cost ? -1 : 1;
	return x->candidate.location < y->candidate.location ? -1 : 1;
}

static void
emit_findings(ReturnSetInfo *rsinfo, const PlanLast *last, int32 index, Finding *findings)
{
	const PlanDraft *state = last->state;
	const PlanModel *model = state->model;
	int			n = model->nlocations;

	for (int32 l = 0; l < n; l++)
		judge(state, last->prices, index, l, &findings[l]);
	qsort(findings, n, sizeof(Finding), compare_findings);

	/* the first possible one is the runner-up; the others say what they cost more */
	for (int i = 0; i < n; i++)
		if (findings[i].verdict == VERDICT_POSSIBLE)
		{
			findings[i].verdict = VERDICT_RUNNER_UP;
			break;
		}
	for (int i = 0; i < n; i++)
	{
		Finding    *f = &findings[i];
		Datum		values[12];
		bool		nulls[12] = {0};
		bool		outbid = f->verdict == VERDICT_OUTBID;
		const char *reason = f->reason;

		if (f->verdict == VERDICT_POSSIBLE || f->verdict == VERDICT_RUNNER_UP)
		{
			reason = psprintf("could serve %lld of %lld units", (long long) f->units,
							  (long long) f->asked);
			if (f->late > 0)
				reason = psprintf("%s, %lld lines late", reason, (long long) f->late);
			if (f->reason != NULL)
				reason = psprintf("%s; %s", reason, f->reason);
		}
		values[0] = CStringGetTextDatum(model->orders[index].key);
		values[1] = CStringGetTextDatum(model->locations[f->candidate.location].key);
		values[2] = Int32GetDatum(i + 1);
		values[3] = oms_money(f->cost);
		nulls[3] = !f->has_cost;
		values[4] = Float8GetDatum(f->candidate.metres / 1000.0);
		nulls[4] = !f->has_cost || f->candidate.metres < 0;
		values[5] = Int64GetDatum(f->candidate.late_seconds);
		nulls[5] = !f->has_cost;
		values[6] = CStringGetTextDatum(verdict_names[f->verdict]);
		values[7] = CStringGetTextDatum(reason ? reason : "");
		nulls[7] = reason == NULL;
		values[8] = oms_money(f->line_cost);
		nulls[8] = !f->has_cost;
		values[9] = oms_money(f->stock_cost);
		nulls[9] = !f->has_cost;
		values[10] = outbid ? CStringGetTextDatum(f->resource) : (Datum) 0;
		nulls[10] = !outbid;
		nulls[11] = !outbid || f->price < 0;
		values[11] = nulls[11] ? (Datum) 0 : oms_money(f->price);
		tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
	}
}

/* find_order returns the order with a key; PLAN_NOWHERE. Orders are sorted by key. */
static int32
find_order(const PlanModel *model, const char *key)
{
	int32		low = 0;
	int32		high = model->norders;

	while (low < high)
	{
		int32		middle = low + (high - low) / 2;
		int			order = strcmp(model->orders[middle].key, key);

		if (order == 0)
			return middle;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return PLAN_NOWHERE;
}

/*
 * oms_plan_candidates(for_order) returns a row for each location and order of the last
 * plan, or for one order; no rows before the first plan. Raises OM004 for an order
 * that the plan does not have.
 */
Datum
oms_plan_candidates(PG_FUNCTION_ARGS)
{
	PlanLast   *last = oms_last_plan();
	MemoryContext scratch;
	Finding    *findings;
	int32		from = 0;
	int32		to;

	InitMaterializedSRF(fcinfo, 0);
	if (last == NULL)
		PG_RETURN_NULL();
	to = last->model->norders;
	if (!PG_ARGISNULL(0))
	{
		const char *key = text_to_cstring(PG_GETARG_TEXT_PP(0));

		from = find_order(last->model, key);
		if (from == PLAN_NOWHERE)
			ereport(ERROR,
					(errcode(OMS_ERR_UNKNOWN_KEY),
					 errmsg("the last plan has no order \"%s\"", key)));
		to = from + 1;
	}
	findings = palloc_extended(sizeof(Finding) * Max(last->model->nlocations, 1),
							   MCXT_ALLOC_HUGE);
	scratch = AllocSetContextCreate(CurrentMemoryContext, "oms plan candidates",
									ALLOCSET_DEFAULT_SIZES);
	for (int32 o = from; o < to; o++)
	{
		MemoryContext old;

		CHECK_FOR_INTERRUPTS();
		old = MemoryContextSwitchTo(scratch);
		emit_findings((ReturnSetInfo *) fcinfo->resultinfo, last, o, findings);
		MemoryContextSwitchTo(old);
		MemoryContextReset(scratch);
	}
	PG_RETURN_NULL();
}
