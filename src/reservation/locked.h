/*
 * locked.h
 *		Live reservations whose rows are locked. See locked.c.
 */
#ifndef OMS_LOCKED_H
#define OMS_LOCKED_H

#include "reservation/reservation.h"
#include "stock/stock.h"

/* A live reservation that was locked, in the caller's memory; of a kit one of its rows. */
typedef struct OmsLockedRow
{
	int64		id;
	OmsClaim	claim;
} OmsLockedRow;

extern int	oms_locked_of_cart(text *cart_id, OmsLockedRow **rows);
extern int	oms_locked_of_order(text *order_id, OmsLockedRow **rows);
extern int	oms_locked_one(int64 reservation_id, OmsLockedRow **rows);
extern int	oms_locked_rows_of(int n, const OmsLockedRow *rows);
extern bool oms_locked_is_of(const OmsItem *item, int m, const OmsLockedRow *rows);
extern const OmsItem *oms_locked_item(int n, OmsLockedRow *rows);
extern int64 oms_locked_release(OmsAccounts *accounts, int n, const OmsLockedRow *rows);

#endif							/* OMS_LOCKED_H */
