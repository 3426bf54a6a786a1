/*
 * changes.h
 *		What the files of the change feed share. See changes.c and published.c.
 */
#ifndef OMS_CHANGES_H
#define OMS_CHANGES_H

#include "oms.h"

/*
 * The present snapshot, in which this transaction is in progress: pg_current_snapshot leaves
 * that out, and what it does after the poll would be taken for known.
 */
#define OMS_PRESENT_SNAPSHOT \
	"(SELECT CASE WHEN o.own IS NULL OR o.own >= pg_snapshot_xmax(s.s) THEN s.s ELSE (LEAST(pg_snapshot_xmin(s.s), o.own) || ':' " \
	"|| pg_snapshot_xmax(s.s) || ':' || (SELECT string_agg(i.i::text, ',' ORDER BY i.i) FROM (SELECT i FROM pg_snapshot_xip(s.s) i " \
	"UNION SELECT o.own) i))::pg_snapshot END FROM (SELECT pg_current_snapshot() AS s) s, (SELECT pg_current_xact_id_if_assigned() AS own) o)"

/* Whether the version of a row that is seen is new to position p, of c. */
#define OMS_NEW_TO(row, p) \
	row ".xid >= (SELECT pg_snapshot_xmin(" p ") FROM c) AND NOT pg_visible_in_snapshot(" row ".xid, (SELECT " p " FROM c)) "

extern uint64 oms_execute_by_index(OmsPlan *plan, Datum *values, const char *nulls);
extern void oms_lock_consumer(text *consumer, Datum *channels, Datum *method, Datum *publish, int64 *low);

#endif							/* OMS_CHANGES_H */
