/*
 * supply.h
 *		oms.supply, dated quantities: its struct and the arithmetic that C code of other
 *		folders uses without the function manager.
 */
#ifndef OMS_SUPPLY_H
#define OMS_SUPPLY_H

#include "datatype/timestamp.h"
#include "fmgr.h"

/* Units that come (or, negative, go) at a moment. */
typedef struct OmsSupplyItem
{
	TimestampTz at;
	int64		quantity;
} OmsSupplyItem;

/*
 * OmsSupply is the value as stored, a varlena aligned as double. Items are in the order of
 * their moments, one a moment, all finite; no quantity is 0; every sum of the first items
 * is in the range of bigint. So equal values have equal bytes.
 */
typedef struct OmsSupply
{
	int32		vl_len_;
	int32		n;
	OmsSupplyItem items[FLEXIBLE_ARRAY_MEMBER];
} OmsSupply;

#define OMS_SUPPLY_SIZE(n) (offsetof(OmsSupply, items) + sizeof(OmsSupplyItem) * (n))

#define DatumGetSupplyP(datum) ((OmsSupply *) PG_DETOAST_DATUM(datum))
#define PG_GETARG_SUPPLY_P(n) DatumGetSupplyP(PG_GETARG_DATUM(n))
#define PG_RETURN_SUPPLY_P(supply) PG_RETURN_POINTER(supply)

#endif							/* OMS_SUPPLY_H */
