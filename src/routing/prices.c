/*
 * prices.c
 *		oms.plan_prices: what the stock and the capacity were worth to the last plan.
 *
 * Reads the plan that the session remembers and keeps nothing.
 */
#include "postgres.h"

#include "funcapi.h"
#include "oms.h"
#include "routing/plan.h"

PG_FUNCTION_INFO_V1(oms_plan_prices);

static void
emit(ReturnSetInfo *rsinfo, const char *measure, const char *location, const char *sku,
	 int64 price, int64 amount, int64 left)
{
	Datum		values[6];
	bool		nulls[6] = {0};

	if (price <= 0)
		return;
	values[0] = CStringGetTextDatum(measure);
	values[1] = CStringGetTextDatum(location);
	values[2] = sku ? CStringGetTextDatum(sku) : (Datum) 0;
	nulls[2] = sku == NULL;
	values[3] = oms_money(price);
	values[4] = Int64GetDatum(amount);
	values[5] = Int64GetDatum(amount - left);
	tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
}

/*
 * oms_plan_prices() returns a row for each stock cell and capacity of the last plan
 * that has a price; no rows when the solver makes none.
 */
Datum
oms_plan_prices(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	PlanLast   *last = oms_last_plan();
	const PlanModel *model;

	InitMaterializedSRF(fcinfo, 0);
	if (last == NULL || last->prices == NULL)
		PG_RETURN_NULL();
	model = last->model;
	for (int32 c = 0; c < model->ncells; c++)
		emit(rsinfo, "stock", model->locations[model->cells[c].location].key,
			 model->skus[model->cells[c].sku], last->prices->cell[c],
			 model->cells[c].available, last->state->left[c]);
	for (int32 l = 0; l < model->nlocations; l++)
	{
		const PlanLocation *location = &model->locations[l];
		const PlanCapacity *price = &last->prices->capacity[l];
		const PlanCapacity *left = &last->state->capacity[l];

		emit(rsinfo, "orders", location->key, NULL, price->orders, location->capacity.orders,
			 left->orders);
		emit(rsinfo, "lines", location->key, NULL, price->lines, location->capacity.lines,
			 left->lines);
		emit(rsinfo, "units", location->key, NULL, price->units, location->capacity.units,
			 left->units);
		emit(rsinfo, "minutes", location->key, NULL, price->seconds * 60,
			 location->capacity.seconds / 60, left->seconds / 60);
	}
	PG_RETURN_NULL();
}
