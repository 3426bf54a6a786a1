/*
 * take.h
 *		A take of an item, sku or kit, at a location. See take.c.
 */
#ifndef OMS_TAKE_H
#define OMS_TAKE_H

#include "reservation/reservation.h"

/* Who takes. */
typedef struct OmsTaker
{
	OmsAccounts *accounts;
	const OmsChannel *channel;
	OmsMethod	method;
} OmsTaker;

extern int	oms_item_components(const OmsItem *item);
extern int64 oms_item_component_units(const OmsItem *item, int c, int64 units);
extern void oms_take(const OmsTaker *taker, const OmsItem *item, text *location, int64 quantity,
					 OmsMoveHow how, const bool *forced, OmsChange *result, OmsShare *shares);

#endif							/* OMS_TAKE_H */
