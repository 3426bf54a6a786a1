/*
 * prices.c
 *		oms.plan_prices: what the stock and the capacity were worth to the last plan, and
 *		to whom.
 *
 * Reads the plan that the session remembers and leaves it as it was.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "oms.h"
#include "routing/plan.h"
#include "utils/array.h"

PG_FUNCTION_INFO_V1(oms_plan_prices);

/* a resource that outbid an order */
typedef struct Outbid
{
	int32		resource;		/* see resource_of */
	int32		order;
} Outbid;

/* the measures of capacity, in the order of plan_prices */
enum
{
	CAPACITY_ORDERS,
	CAPACITY_LINES,
	CAPACITY_UNITS,
	CAPACITY_MINUTES,
	MEASURES
};

static const char *const measures[MEASURES] = {"orders", "lines", "units", "minutes"};

/* Resources are numbered: the stock cells, then the measures of each location. */
static int32
resource_of(const PlanModel *model, int32 location, int measure)
{
	return model->ncells + location * MEASURES + measure;
}

static int64
of_measure(const PlanCapacity *capacity, int measure)
{
	return measure == CAPACITY_ORDERS ? capacity->orders :
		measure == CAPACITY_LINES ? capacity->lines :
		measure == CAPACITY_UNITS ? capacity->units : capacity->seconds;
}

static int
compare_outbid(const void *a, const void *b)
{
	const Outbid *x = a;
	const Outbid *y = b;

	if (x->resource != y->resource)
		return x->resource < y->resource ? -1 : 1;
	return x->order < y->order ? -1 : x->order > y->order;
}

/*
 * outbidder finds what outbid an order: of all that its ideal pattern, the best if it were
 * alone, needs and the other orders do not leave, the dearest. PLAN_NOWHERE when
 * the order has its ideal, or nothing is in the way of it.
 */
static int32
outbidder(const PlanLast *last, int32 order, PlanPattern *ideal)
{
	const PlanModel *model = last->model;
	PlanDraft  *state = last->state;
	const PlanPlaced *placed = &state->placed[order];
	PlanView	view = {0};
	PlanPattern has = {0};
	int32		found = PLAN_NOWHERE;
	int64		dearest = -1;

	oms_best_pattern(last->search, order, &view, ideal);
	has.unfilled = placed->unfilled;
	has.late = placed->late;
	has.cost = placed->cost;
	if (oms_pattern_compare(ideal, &has) >= 0)
		return PLAN_NOWHERE;

	oms_state_lend(state, order, 1);
	for (int i = 0; i < ideal->nshares; i++)
	{
		const PlanShare *share = &ideal->shares[i];
		const PlanCapacity *left = &state->capacity[share->location];
		const PlanCapacity *price = &last->prices->capacity[share->location];
		int64		of_cell = 0;
		PlanCapacity need = {1, 0, 0, 0};

		for (int j = 0; j < ideal->nshares; j++)
			if (ideal->shares[j].location == share->location)
			{
				need.lines++;
				need.units += ideal->shares[j].quantity;
				if (ideal->shares[j].cell == share->cell)
					of_cell += ideal->shares[j].quantity;
			}
		need.seconds = oms_work_seconds(&model->locations[share->location], 1, need.lines,
										need.units);
		if (state->left[share->cell] < of_cell && last->prices->cell[share->cell] > dearest)
		{
			dearest = last->prices->cell[share->cell];
			found = share->cell;
		}
		for (int m = 0; m < MEASURES; m++)
			if (of_measure(left, m) < of_measure(&need, m) && of_measure(price, m) > dearest)
			{
				dearest = of_measure(price, m);
				found = resource_of(model, share->location, m);
			}
	}
	oms_state_lend(state, order, -1);
	return found;
}

/* emit returns the row of a resource, if it has a price or outbid one of n orders. */
static void
emit(ReturnSetInfo *rsinfo, const PlanModel *model, const char *measure, const char *location,
	 const char *sku, int64 price, int64 amount, int64 left, const Outbid *outbid, int n)
{
	Datum		values[7];
	bool		nulls[7] = {0};
	Datum	   *keys;

	if (price <= 0 && n == 0)
		return;
	keys = palloc(sizeof(Datum) * Max(n, 1));
	for (int i = 0; i < n; i++)
		keys[i] = CStringGetTextDatum(model->orders[outbid[i].order].key);
	values[0] = CStringGetTextDatum(measure);
	values[1] = CStringGetTextDatum(location);
	values[2] = sku ? CStringGetTextDatum(sku) : (Datum) 0;
	nulls[2] = sku == NULL;
	values[3] = oms_money(price);
	values[4] = Int64GetDatum(amount);
	values[5] = Int64GetDatum(amount - left);
	values[6] = oms_text_array(n, keys);
	tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
}

/*
 * oms_plan_prices() returns a row for each stock cell and capacity of the last plan
 * that has a price or outbid an order; no rows when the solver makes no prices.
 */
Datum
oms_plan_prices(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	PlanLast   *last = oms_last_plan();
	const PlanModel *model;
	Outbid	   *outbid;
	int			n = 0;
	int			at = 0;
	PlanPattern ideal = {0};

	InitMaterializedSRF(fcinfo, 0);
	if (last == NULL || last->prices == NULL)
		PG_RETURN_NULL();
	model = last->model;
	outbid = palloc_extended(sizeof(Outbid) * Max(model->norders, 1), MCXT_ALLOC_HUGE);
	for (int32 o = 0; o < model->norders; o++)
	{
		int32		resource = outbidder(last, o, &ideal);

		if ((o & 63) == 0)
			CHECK_FOR_INTERRUPTS();
		if (resource == PLAN_NOWHERE)
			continue;
		outbid[n].resource = resource;
		outbid[n++].order = o;
	}
	if (ideal.shares != NULL)
		pfree(ideal.shares);
	if (n > 1)
		qsort(outbid, n, sizeof(Outbid), compare_outbid);

	for (int32 r = 0; r < model->ncells + MEASURES * model->nlocations; r++)
	{
		const Outbid *these = &outbid[at];
		int			many = 0;

		while (at < n && outbid[at].resource == r)
		{
			at++;
			many++;
		}
		if (r < model->ncells)
			emit(rsinfo, model, "stock", model->locations[model->cells[r].location].key,
				 model->skus[model->cells[r].sku], last->prices->cell[r],
				 model->cells[r].available, last->state->left[r], these, many);
		else
		{
			int32		l = (r - model->ncells) / MEASURES;
			int			m = (r - model->ncells) % MEASURES;
			int64		per = m == CAPACITY_MINUTES ? 60 : 1;

			emit(rsinfo, model, measures[m], model->locations[l].key, NULL,
				 of_measure(&last->prices->capacity[l], m) * per,
				 of_measure(&model->locations[l].capacity, m) / per,
				 of_measure(&last->state->capacity[l], m) / per, these, many);
		}
	}
	PG_RETURN_NULL();
}
