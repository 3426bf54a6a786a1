/*
 * safety_stock.h
 *		oms.safety_stock, units kept back from a channel at a location: its struct
 *		and the arithmetic that C code of other folders uses without the function
 *		manager.
 */
#ifndef OMS_SAFETY_STOCK_H
#define OMS_SAFETY_STOCK_H

#include "fmgr.h"

/* How units and percent are combined. The numbers are stored: never change them. */
typedef enum OmsSafetyStockMode
{
	OMS_SAFETY_STOCK_PLUS = 0,	/* units + percent; also units alone, percent alone */
	OMS_SAFETY_STOCK_MAX = 1,	/* the larger of the two */
	OMS_SAFETY_STOCK_MIN = 2	/* the smaller of the two */
} OmsSafetyStockMode;

/* percent_scaled counts ten-thousandths of a percent: 12.5% is 125000. */
#define OMS_SAFETY_STOCK_PERCENT_DECIMALS 4
#define OMS_SAFETY_STOCK_ONE_PERCENT 10000
#define OMS_SAFETY_STOCK_ALL (100 * OMS_SAFETY_STOCK_ONE_PERCENT)

/*
 * OmsSafetyStock is the value as stored, 16 bytes without padding, aligned as double.
 * units is at least 0; percent_scaled is in [0, OMS_SAFETY_STOCK_ALL]. MAX and MIN
 * have units > 0 and percent_scaled > 0, since with a zero they are a PLUS: so equal
 * values have equal bytes. All zeros is '0', which keeps nothing back.
 */
typedef struct OmsSafetyStock
{
	int64		units;
	int32		percent_scaled;
	int32		mode;			/* OmsSafetyStockMode */
} OmsSafetyStock;

#define DatumGetSafetyStockP(datum) ((OmsSafetyStock *) DatumGetPointer(datum))
#define SafetyStockPGetDatum(stock) PointerGetDatum(stock)
#define PG_GETARG_SAFETY_STOCK_P(n) DatumGetSafetyStockP(PG_GETARG_DATUM(n))
#define PG_RETURN_SAFETY_STOCK_P(stock) return SafetyStockPGetDatum(stock)

extern int64 oms_safety_stock_withheld(const OmsSafetyStock *s, int64 on_hand);

#endif							/* OMS_SAFETY_STOCK_H */
