/*
 * kit.c
 *		Kits: skus that consist of other skus and have no stock of their own. What they
 *		consist of is kept with the network (network.c); this file refuses a kit inside a kit.
 *
 * Invariant: no sku of kit_component is both a kit and a component. The constraint trigger
 * checks it under a lock that all transactions that write such rows take one after the
 * other, on the latest snapshot: so two of them cannot both pass.
 *
 * Locks: the advisory lock on kits, to the end of the transaction that changes one.
 * Tables: kit_component.
 */
#include "postgres.h"

#include "commands/trigger.h"
#include "miscadmin.h"
#include "storage/lock.h"
#include "utils/rel.h"

#include "oms.h"

PG_FUNCTION_INFO_V1(oms_refuse_nested_kit);

/* locktag_field4 of our lock on changes of kits */
#define KIT_LOCK_CLASS 0x4F4B

static OmsPlan find_nesting = {
	"SELECT k.kit, k.sku FROM oms.kit_component k WHERE k.kit OPERATOR(pg_catalog.=) $2 "
	"OR k.sku OPERATOR(pg_catalog.=) $1 LIMIT 1",
	2, {"pg_catalog.text", "pg_catalog.text"}
};

/*
 * oms_refuse_nested_kit() is the constraint trigger of kit_component: 23514 when a
 * component is a kit, or a kit a component. Others that change kits wait for this
 * transaction's end.
 */
Datum
oms_refuse_nested_kit(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;
	HeapTuple	row;
	Datum		values[2];
	bool		isnull;
	LOCKTAG		tag;
	char	   *kit;
	char	   *sku;

	if (!CALLED_AS_TRIGGER(fcinfo))
		elog(ERROR, "oms.refuse_nested_kit must be called as a trigger");
	row = TRIGGER_FIRED_BY_UPDATE(trigger->tg_event) ? trigger->tg_newtuple : trigger->tg_trigtuple;
	values[0] = heap_getattr(row, 1, RelationGetDescr(trigger->tg_relation), &isnull);
	values[1] = heap_getattr(row, 2, RelationGetDescr(trigger->tg_relation), &isnull);

	SET_LOCKTAG_ADVISORY(tag, MyDatabaseId, 0, 0, KIT_LOCK_CLASS);
	(void) LockAcquire(&tag, ExclusiveLock, false, false);
	oms_spi_connect();
	if (oms_spi_execute_latest(&find_nesting, values, NULL) > 0)
	{
		kit = oms_spi_text(0, 1);
		sku = oms_spi_text(0, 2);
		ereport(ERROR,
				(errcode(ERRCODE_CHECK_VIOLATION),
				 errmsg("kit \"%s\" cannot contain \"%s\": a kit inside a kit",
						TextDatumGetCString(values[0]), TextDatumGetCString(values[1])),
				 errdetail("Kit \"%s\" contains \"%s\".", kit, sku),
				 errhint("List the components of the inner kit instead."),
				 errtable(trigger->tg_relation)));
	}
	oms_spi_finish();
	return PointerGetDatum(NULL);
}
