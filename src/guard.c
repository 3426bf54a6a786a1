/*
 * guard.c
 *		The guard over private tables: UPDATE, DELETE and TRUNCATE are refused to
 *		everybody but oms itself, and the refusal names the function to call.
 *
 * A table is private by its BEFORE statement trigger oms.guard_private_table,
 * ENABLE ALWAYS, so that session_replication_role does not open it. INSERT is left
 * to privileges: only the owner has it, which is what pg_restore needs. A logical
 * apply worker passes. oms opens the guard by a counter in this process, which no
 * setting and no name that a client can choose reaches.
 */
#include "postgres.h"

#include "access/xact.h"
#include "commands/trigger.h"
#include "oms.h"
#include "replication/logicalworker.h"
#include "utils/rel.h"

int			oms_guard_suspended = 0;

PG_FUNCTION_INFO_V1(oms_guard_private_table);

/*
 * oms_guard_private_table(hint) raises OM011 unless oms itself, or a logical apply
 * worker, is at work. The trigger's argument is the HINT.
 */
Datum
oms_guard_private_table(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;

	if (!CALLED_AS_TRIGGER(fcinfo))
		elog(ERROR, "oms.guard_private_table must be called as a trigger");

	if (oms_guard_suspended == 0 && !IsLogicalWorker())
		ereport(ERROR,
				(errcode(OMS_ERR_PRIVATE_TABLE),
				 errmsg("table oms.%s is changed by functions only",
						RelationGetRelationName(trigger->tg_relation)),
				 errdetail("Direct UPDATE, DELETE and TRUNCATE would break what oms.check() verifies."),
				 trigger->tg_trigger->tgnargs > 0
				 ? errhint("%s", trigger->tg_trigger->tgargs[0]) : 0));
	return PointerGetDatum(NULL);
}
