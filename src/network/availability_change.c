/*
 * availability_change.c
 *		Notes of skus whose availability may have changed otherwise than by a movement, a reservation or
 *		a change of the network: for the change feed (sync/published.c), which finds those by their rows.
 *
 * What is changed so is changed rarely: facts of items, exclusions of a sku, protected stock, what a
 * transfer holds, quotas that backorders use. Each leaves a row with the transaction that made it; no sku means any. They are forgotten when
 * every consumer is past them (oms.forget_events).
 *
 * Table: availability_change. No locks.
 */
#include "postgres.h"

#include "commands/trigger.h"
#include "utils/rel.h"

#include "network/network.h"

PG_FUNCTION_INFO_V1(oms_note_availability_change);

static OmsPlan insert_change = {
	"INSERT INTO oms.availability_change (sku) VALUES ($1)", 1, {"text"}
};

/* oms_note_sku notes that the availability of a sku may change with this transaction; NULL: of any. */
void
oms_note_sku(text *sku)
{
	Datum		values[1] = {PointerGetDatum(sku)};

	oms_spi_connect();
	oms_spi_execute(&insert_change, values, sku == NULL ? "n" : NULL, false);
	oms_spi_finish();
}

/* note_row notes the sku of a row of the trigger's table. */
static void
note_row(Relation rel, HeapTuple tuple)
{
	bool		isnull;
	Datum		sku = SPI_getbinval(tuple, RelationGetDescr(rel), SPI_fnumber(RelationGetDescr(rel), "sku"), &isnull);

	oms_note_sku(isnull ? NULL : DatumGetTextPP(sku));
}

/*
 * oms_note_availability_change() is the trigger for it, on a table with a column sku: a row of it
 * was written, or, for a statement, all are gone.
 */
Datum
oms_note_availability_change(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;

	if (!CALLED_AS_TRIGGER(fcinfo))
		elog(ERROR, "oms.note_availability_change must be called as a trigger");
	if (!TRIGGER_FIRED_FOR_ROW(trigger->tg_event))
		oms_note_sku(NULL);
	else
	{
		note_row(trigger->tg_relation, trigger->tg_trigtuple);
		if (TRIGGER_FIRED_BY_UPDATE(trigger->tg_event))
			note_row(trigger->tg_relation, trigger->tg_newtuple);
	}
	return PointerGetDatum(NULL);
}
