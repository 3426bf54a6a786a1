/*
 * row.h
 *		Direct access to single rows of oms's own tables, where SPI would cost more
 *		than the work itself. See row.c.
 */
#ifndef OMS_ROW_H
#define OMS_ROW_H

#include "oms.h"
#include "access/genam.h"
#include "access/htup.h"
#include "nodes/execnodes.h"
#include "utils/rel.h"

/* A table and its indexes, open for writing. */
typedef struct OmsWriter
{
	Relation	rel;
	ResultRelInfo *info;		/* its indexes are NULL while they are not open */
	EState	   *estate;
	TupleTableSlot *slot;		/* of the row to be written */
	TupleTableSlot *read_slot;	/* for scans of the table by its writer */

	/* of row.c */
	MemoryContext context;		/* of all but the relations: kept from use to use */
	Oid			relid;
	int			nindexes;
	Oid		   *indexes;
	uint64		generation;
	bool		close_rel;
} OmsWriter;

/* A table, plain or partitioned, open for insertions. */
typedef struct OmsInserter
{
	Relation	root;
	AttrNumber	column;			/* whose hash says which partition; 0: plain */
	MemoryContext context;
	List	   *writers;		/* of root, or of the partitions that have got a row */
} OmsInserter;

/* A table open for index scans by its first columns. */
typedef struct OmsScan
{
	Relation	root;
	Relation	rel;			/* root, or the partition that is read */
	Relation	index;
	const char *index_name;		/* NULL: the one on the first columns */
	int			ncolumns;
	bool		entries;		/* oms_scan_next_entry will be used, not oms_scan_next */
	AttrNumber	column;			/* first of the index, if partitions divide by it; else 0 */
	int			next_partition;	/* to be read after rel */
	int			nkeys;
	ScanKey		keys;
	Snapshot	snapshot;
	TupleTableSlot *slot;		/* the row found */
	IndexScanDesc scan;
} OmsScan;

extern Oid	oms_table(const char *name);
extern Oid	oms_partition_of(Relation root, AttrNumber column, Datum value);
extern OmsScan *oms_scan_open(const char *table, const char *index, int ncolumns, Snapshot snapshot);
extern void oms_scan_start(OmsScan *scan, int nkeys, ScanKey keys);
extern bool oms_scan_next(OmsScan *scan);
extern bool oms_scan_next_entry(OmsScan *scan);
extern const text *oms_scan_entry_text(OmsScan *scan, int attno);
extern bool oms_scan_is_partitioned(const OmsScan *scan);
#define oms_scan_entry_tid(scan) (&(scan)->scan->xs_heaptid)
extern void oms_scan_close(OmsScan *scan);
extern bool oms_row_ahead(const char *table, text *key, TransactionId *xid);
extern const int64 *oms_row_parse(HeapTuple tuple, int nkeys, text **keys);
extern OmsWriter *oms_writer_open(const char *table);
extern OmsWriter *oms_writer_of(Relation rel);
extern void oms_writer_index(OmsWriter *writer, bool update, TU_UpdateIndexes indexes);
extern ItemPointerData oms_writer_insert(OmsWriter *writer, Datum *values, bool *nulls);
extern void oms_writer_close(OmsWriter *writer);
extern OmsInserter *oms_inserter_open(const char *table);
extern void oms_insert(OmsInserter *inserter, Datum *values, bool *nulls);
extern void oms_inserter_close(OmsInserter *inserter);
extern void oms_row_init(void);

#endif							/* OMS_ROW_H */
