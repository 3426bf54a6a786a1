/*
 * replace_row.c
 *		The trigger on tables whose rows are shipped with the extension and may be edited.
 *
 * pg_dump dumps the data of such a table, all of it; a restore first creates the
 * extension, with the rows that are shipped, and then loads the data over them. So an
 * inserted row replaces the one that has its primary key.
 */
#include "postgres.h"

#include "commands/trigger.h"
#include "lib/stringinfo.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

#include "oms.h"

PG_FUNCTION_INFO_V1(oms_replace_row);

/* oms_replace_row deletes the row of the table that has the primary key of the new one. */
Datum
oms_replace_row(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;
	Relation	rel;
	Bitmapset  *key;
	StringInfoData sql;
	Oid			types[INDEX_MAX_KEYS];
	Datum		values[INDEX_MAX_KEYS];
	int			attno = -1;
	int			n = 0;

	if (!CALLED_AS_TRIGGER(fcinfo) || !TRIGGER_FIRED_BEFORE(trigger->tg_event) ||
		!TRIGGER_FIRED_BY_INSERT(trigger->tg_event) || !TRIGGER_FIRED_FOR_ROW(trigger->tg_event))
		elog(ERROR, "oms.replace_row must be called as a trigger before insert for each row");
	rel = trigger->tg_relation;
	key = RelationGetIndexAttrBitmap(rel, INDEX_ATTR_BITMAP_PRIMARY_KEY);
	initStringInfo(&sql);
	appendStringInfo(&sql, "DELETE FROM %s t",
					 quote_qualified_identifier(get_namespace_name(RelationGetNamespace(rel)),
												RelationGetRelationName(rel)));
	while ((attno = bms_next_member(key, attno)) >= 0)
	{
		Form_pg_attribute attribute =
			TupleDescAttr(RelationGetDescr(rel), attno + FirstLowInvalidHeapAttributeNumber - 1);
		bool		isnull;

		values[n] = heap_getattr(trigger->tg_trigtuple, attribute->attnum, RelationGetDescr(rel),
								 &isnull);
		if (isnull)
			return PointerGetDatum(trigger->tg_trigtuple);	/* the constraint says it */
		types[n] = attribute->atttypid;
		appendStringInfo(&sql, " %s t.%s OPERATOR(pg_catalog.=) $%d", n == 0 ? "WHERE" : "AND",
						 quote_identifier(NameStr(attribute->attname)), n + 1);
		n++;
	}
	oms_spi_connect();
	if (SPI_execute_with_args(sql.data, n, types, values, NULL, false, 0) < 0)
		elog(ERROR, "SPI failed: %s", sql.data);
	oms_spi_finish();
	return PointerGetDatum(trigger->tg_trigtuple);
}
