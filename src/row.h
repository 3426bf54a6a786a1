/*
 * row.h
 *		Direct access to single rows of oms's own tables, where SPI would cost more
 *		than the work itself. See row.c.
 */
#ifndef OMS_ROW_H
#define OMS_ROW_H

#include "oms.h"
#include "access/htup.h"
#include "nodes/execnodes.h"
#include "utils/rel.h"

/* A table open for insertion. */
typedef struct OmsWriter
{
	Relation	rel;
	EState	   *estate;
	ResultRelInfo *info;
	TupleTableSlot *slot;
} OmsWriter;

extern Oid	oms_table(const char *name);
extern HeapTuple oms_row_by_key(const char *table, int nkeys, const Datum *keys, TupleDesc *desc);
extern OmsWriter *oms_writer_open(const char *table);
extern ItemPointerData oms_writer_insert(OmsWriter *writer, Datum *values, bool *nulls);
extern void oms_writer_close(OmsWriter *writer);

#endif							/* OMS_ROW_H */
