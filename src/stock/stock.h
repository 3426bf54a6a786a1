/*
 * stock.h
 *		Stock of (sku, location), its ledger, and what lapses of its reservations:
 *		for the folders that take and give. See stock.c.
 */
#ifndef OMS_STOCK_H
#define OMS_STOCK_H

#include "account/account.h"

/* Columns of reservation_row, for direct insertion; new ones come after them. */
enum
{
	OMS_RESERVATION_ID = 1,
	OMS_RESERVATION_SKU,
	OMS_RESERVATION_LOCATION,
	OMS_RESERVATION_QUANTITY,
	OMS_RESERVATION_CONSUMED,
	OMS_RESERVATION_STATUS,
	OMS_RESERVATION_CHANNEL,
	OMS_RESERVATION_METHOD,
	OMS_RESERVATION_CART_ID,
	OMS_RESERVATION_ORDER_ID,
	OMS_RESERVATION_LINE_NO,
	OMS_RESERVATION_REFERENCE,
	OMS_RESERVATION_CREATED_AT,
	OMS_RESERVATION_EXPIRES_AT,
	OMS_RESERVATION_CHANGED_AT
};

/* One movement of on_hand, to be written to the ledger. */
typedef struct OmsMovement
{
	text	   *sku;
	text	   *location;
	int64		quantity;		/* change of on_hand, not 0 */
	int64		incoming_id;	/* what was received of incoming supply; 0: none */
} OmsMovement;

/* Supply of a sku at a location: what came, and what may be done with it. */
typedef struct OmsSupplied
{
	text	   *sku;
	int64		quantity;		/* units that came */
	int64		fill_limit;		/* at most so many go to backorders */
	int64		incoming_id;	/* the incoming supply that they are of; 0: none */
	int64		filled;			/* units that went to backorders, out: added to */
	int64		held_back;		/* units of the surplus that were held back, out */
} OmsSupplied;

/*
 * The step after supply: called with the skus whose on_hand rose at the location, after
 * the movements are written and no account is open. The step after a change of incoming
 * supply makes claims on a sku's agree with what is expected. The folder below sets both at load.
 */
typedef void (*OmsAfterSupply) (int n, OmsSupplied *supplied, text *location);
typedef void (*OmsAfterIncoming) (text *sku);

extern void oms_stock_set_after_supply(OmsAfterSupply step);
extern void oms_stock_supplied(int n, OmsSupplied *supplied, text *location);
extern void oms_incoming_set_after_change(OmsAfterIncoming step);
extern OmsAccounts *oms_incoming_open(void);
extern void oms_incoming_change(OmsAccounts *accounts, text *sku, text *location, int64 incoming_id,
								OmsAmounts change, const OmsGuard *guard, OmsChange *result);
extern void oms_hold_back(int n, OmsSupplied *supplied, text *location, text *reason,
						  text *reference, text *actor);
extern int64 oms_arg_fill_limit(FunctionCallInfo fcinfo, int argno);
extern OmsAccounts *oms_stock_open(void);
extern void oms_stock_change(OmsAccounts *accounts, text *sku, text *location, OmsAmounts change,
							 const OmsGuard *guard, OmsChange *result);
extern bool oms_stock_lapsed(const Datum *keys);
extern int64 oms_stock_reclaim(const Datum *keys);
extern void oms_movements_record(const OmsMovement *movements, int n, const char *kind,
								 text *reason, text *reference, text *actor);
extern void oms_require_location(text *location);
extern void oms_raise_short(const OmsChange *change, text *sku, text *location, int64 wanted);

#endif							/* OMS_STOCK_H */
