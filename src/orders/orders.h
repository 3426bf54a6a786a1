/*
 * orders.h
 *		What later folders add to the verbs of orders. See orders.c.
 */
#ifndef OMS_ORDERS_H
#define OMS_ORDERS_H

#include "oms.h"
#include "reservation/order_units.h"

/*
 * A step of cancel_order: called with the order's row locked, before anything is
 * released. It undoes the work that was planned, or raises when work has begun.
 */
typedef void (*OmsCancelStep) (text *order_id, text *reason, text *actor);

extern void oms_register_cancel_step(OmsCancelStep step);
extern int64 oms_backorder_order_units(const OmsOrderUnits *units);

#endif							/* OMS_ORDERS_H */
