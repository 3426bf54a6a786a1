/*
 * lines.h
 *		Lines of demand given as jsonb. See lines.c.
 */
#ifndef OMS_LINES_H
#define OMS_LINES_H

#include "oms.h"
#include "utils/jsonb.h"

typedef enum OmsFieldType
{
	OMS_FIELD_KEY,				/* text *: a string that is not empty */
	OMS_FIELD_QUANTITY,			/* int64: a whole number of at least 1 */
	OMS_FIELD_INTEGER,			/* int32 */
	OMS_FIELD_NUMERIC,			/* Numeric, not negative */
	OMS_FIELD_TIMESTAMP			/* TimestampTz: a string */
} OmsFieldType;

typedef struct OmsField
{
	const char *name;
	OmsFieldType type;
	bool		required;
} OmsField;

extern int	oms_lines_parse(Jsonb *lines, const char *argument, int nfields, const OmsField *fields,
							Datum **values, bool **nulls);

#endif							/* OMS_LINES_H */
