/*
 * order_units.h
 *		What order lines hold at a location, in units: for the folders that send it out
 *		or give it up. See order_units.c.
 */
#ifndef OMS_ORDER_UNITS_H
#define OMS_ORDER_UNITS_H

#include "oms.h"
#include "stock/stock.h"

/* Units of an order line at a location, for a fulfillment. */
typedef struct OmsOrderUnits
{
	text	   *order_id;
	int32		line_no;
	text	   *sku;
	text	   *location;
	int64		units;
	int64		fulfillment_id;
} OmsOrderUnits;

extern void oms_consume_order_units(int n, const OmsOrderUnits *units, const char *kind,
									text *actor);
extern int	oms_release_order_units(int n, const OmsOrderUnits *units, bool keep_quota,
									OmsClaim **claims);
extern bool oms_release_units(int64 reservation_id, int64 units, bool keep_quota);

#endif							/* OMS_ORDER_UNITS_H */
