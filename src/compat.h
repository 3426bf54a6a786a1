/*
 * compat.h
 *		What differs between versions of PostgreSQL: the only file that looks at
 *		PG_VERSION_NUM. Each function is what the newest version has, under our name.
 */
#ifndef OMS_COMPAT_H
#define OMS_COMPAT_H

#include "access/genam.h"
#include "access/heapam.h"
#include "catalog/namespace.h"
#include "executor/executor.h"
#include "storage/lmgr.h"
#include "storage/proc.h"
#include "utils/datetime.h"
#include "utils/guc.h"
#include "utils/relcache.h"
#include "utils/wait_event.h"

#if PG_VERSION_NUM < 150000
#error "oms needs PostgreSQL 15 or later"
#endif

/* 16 took Abs from c.h. */
#ifndef Abs
#define Abs(x) ((x) >= 0 ? (x) : -(x))
#endif

/* Before 16 there were no summarizing indexes apart: all indexes of a row are updated, or none. */
#if PG_VERSION_NUM < 160000
typedef enum TU_UpdateIndexes
{
	TU_None,
	TU_All,
	TU_Summarizing
} TU_UpdateIndexes;
#endif

/* oms_heap_update is heap_update without a crosscheck; *indexes says which need a new entry. */
static inline TM_Result
oms_heap_update(Relation rel, ItemPointer old, HeapTuple tuple, CommandId cid, bool wait,
				TM_FailureData *failure, LockTupleMode *lockmode, TU_UpdateIndexes *indexes)
{
#if PG_VERSION_NUM >= 160000
	return heap_update(rel, old, tuple, cid, InvalidSnapshot, wait, failure, lockmode, indexes);
#else
	TM_Result	result = heap_update(rel, old, tuple, cid, InvalidSnapshot, wait, failure, lockmode);

	*indexes = result == TM_Ok && HeapTupleIsHeapOnly(tuple) ? TU_None : TU_All;
	return result;
#endif
}

/* oms_insert_index_entries makes the index entries of the row in slot, new or a new version of one. */
static inline void
oms_insert_index_entries(ResultRelInfo *info, TupleTableSlot *slot, EState *estate, bool update,
						 TU_UpdateIndexes indexes)
{
#if PG_VERSION_NUM >= 160000
	ExecInsertIndexTuples(info, slot, estate, update, false, NULL, NIL, indexes == TU_Summarizing);
#else
	ExecInsertIndexTuples(info, slot, estate, update, false, NULL, NIL);
#endif
}

/* oms_index_insert_done gives back what an index keeps from insertion to insertion; the index is open. */
static inline void
oms_index_insert_done(Relation index, IndexInfo *info)
{
#if PG_VERSION_NUM >= 170000
	index_insert_cleanup(index, info);
#endif
}

/* oms_index_beginscan is index_beginscan without ordering and instrumentation. */
static inline IndexScanDesc
oms_index_beginscan(Relation heap, Relation index, Snapshot snapshot, int nkeys)
{
#if PG_VERSION_NUM >= 180000
	return index_beginscan(heap, index, snapshot, NULL, nkeys, 0);
#else
	return index_beginscan(heap, index, snapshot, nkeys, 0);
#endif
}

/* oms_primary_key_index is the index of a relation's primary key, or InvalidOid. */
static inline Oid
oms_primary_key_index(Relation rel)
{
#if PG_VERSION_NUM >= 180000
	return RelationGetPrimaryKeyIndex(rel, false);
#else
	return RelationGetPrimaryKeyIndex(rel);
#endif
}

/* oms_xact_has_ended says, without waiting, whether a transaction has ended. */
static inline bool
oms_xact_has_ended(TransactionId xid)
{
#if PG_VERSION_NUM >= 180000
	return ConditionalXactLockTableWait(xid, false);
#else
	return ConditionalXactLockTableWait(xid);
#endif
}

/* oms_decode_zone_abbreviation is the kind of token: TZ, DTZ, DYNTZ, or another for no abbreviation. */
static inline int
oms_decode_zone_abbreviation(char *lower, int *offset, pg_tz **zone)
{
#if PG_VERSION_NUM >= 160000
	DateTimeErrorExtra extra;
	int			type;

	return DecodeTimezoneAbbrev(0, lower, &type, offset, zone, &extra) < 0 ? UNKNOWN_FIELD : type;
#else
	return DecodeTimezoneAbbrev(0, lower, offset, zone);
#endif
}

/* oms_decode_moment reads a date with time and zone, and says whether it was one; it raises nothing. */
static inline bool
oms_decode_moment(const char *value, TimestampTz *moment)
{
	char		work[MAXDATELEN + MAXDATEFIELDS];
	char	   *fields[MAXDATEFIELDS];
	int			types[MAXDATEFIELDS];
	int			n;
	int			kind;
	int			zone;
	fsec_t		fraction;
	struct pg_tm tm;
#if PG_VERSION_NUM >= 160000
	DateTimeErrorExtra extra;
#endif

	if (ParseDateTime(value, work, sizeof(work), fields, types, MAXDATEFIELDS, &n) != 0)
		return false;
#if PG_VERSION_NUM >= 160000
	if (DecodeDateTime(fields, types, n, &kind, &tm, &fraction, &zone, &extra) != 0)
		return false;
#else
	if (DecodeDateTime(fields, types, n, &kind, &tm, &fraction, &zone) != 0)
		return false;
#endif
	return kind == DTK_DATE && tm2timestamp(&tm, fraction, &zone, moment) == 0;
}

/*
 * oms_pin_search_path sets the search_path to pg_catalog until oms_unpin_search_path, or
 * until the (sub)transaction ends by an error.
 */
static inline int
oms_pin_search_path(void)
{
#if PG_VERSION_NUM >= 170000
	int			level = NewGUCNestLevel();

	RestrictSearchPath();
	return level;
#else
	OverrideSearchPath search_path = {.addCatalog = true};

	PushOverrideSearchPath(&search_path);
	return 0;
#endif
}

static inline void
oms_unpin_search_path(int level)
{
#if PG_VERSION_NUM >= 170000
	AtEOXact_GUC(false, level);
#else
	PopOverrideSearchPath();
#endif
}

/* oms_wait_event is the number of a wait event of this name; before 17 all extensions share one. */
static inline uint32
oms_wait_event(const char *name)
{
#if PG_VERSION_NUM >= 170000
	return WaitEventExtensionNew(name);
#else
	return PG_WAIT_EXTENSION;
#endif
}

/* oms_my_lxid is the number of this session's transaction, whether or not it has an xid. */
static inline LocalTransactionId
oms_my_lxid(void)
{
#if PG_VERSION_NUM >= 170000
	return MyProc->vxid.lxid;
#else
	return MyProc->lxid;
#endif
}

/* oms_local_beentry(i) is what is known of a session, i from 1 to pgstat_fetch_stat_numbackends(). */
#if PG_VERSION_NUM >= 160000
#define oms_local_beentry pgstat_get_local_beentry_by_index
#else
#define oms_local_beentry pgstat_fetch_stat_local_beentry
#endif

#endif							/* OMS_COMPAT_H */
