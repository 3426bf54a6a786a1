/*
 * stock.h
 *		Stock of (sku, location), its ledger, and what lapses of its reservations:
 *		for the folders that take and give. See stock.c.
 */
#ifndef OMS_STOCK_H
#define OMS_STOCK_H

#include "account/account.h"
#include "network/network.h"
#include "row.h"

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
	OMS_RESERVATION_CHANGED_AT,
	OMS_RESERVATION_QUOTA_PERIOD,
	OMS_RESERVATION_PROTECTED,
	OMS_RESERVATION_PROTECTED_UNTIL,
	OMS_RESERVATION_KIT,
	OMS_RESERVATION_KIT_QUANTITY,
	OMS_RESERVATION_COMPONENT,
	OMS_RESERVATION_PLAN_LINE,
	OMS_RESERVATION_XID
};

/* What key locks are on: see OmsAccountKind. */
enum
{
	OMS_LOCK_STOCK = 1,
	OMS_LOCK_QUOTA,
	OMS_LOCK_INCOMING,
	OMS_LOCK_BACKORDER,
	OMS_LOCK_CAPACITY
};

/*
 * What a reservation claims beyond what was consumed of it: units of stock; of them, units
 * of its channel's protection; and of a quota. oms_claim_give_back gives back all of it.
 */
typedef struct OmsClaim
{
	text	   *sku;
	text	   *location;
	text	   *channel;
	int64		quantity;		/* units neither released nor consumed */
	int64		protected;		/* of them, units from the channel's protection */
	text	   *protected_until;	/* when that protection lapses; NULL: protected is 0 */
	text	   *quota_period;	/* of the channel's quota that counts them; NULL: none does */
	text	   *kit;			/* whose component the sku is; NULL: none. The quota is the kit's */
	int64		kit_quantity;	/* units in one kit; 1 when it is of none */
} OmsClaim;

/* The columns of a claim, of reservation_row r, in the order of oms_claim_read. */
#define OMS_CLAIM_COLUMNS \
	"r.sku, r.location, r.channel, r.quantity OPERATOR(pg_catalog.-) r.consumed, " \
	"GREATEST(r.protected OPERATOR(pg_catalog.-) r.consumed, 0), r.protected_until, r.quota_period, " \
	"r.kit, COALESCE(r.kit_quantity, 1)"
#define OMS_CLAIM_WIDTH 9

/*
 * Marks holds that meet a condition on reservation_row r and have expired, those that are
 * locked excepted; a row a hold, with its claim.
 */
#define OMS_EXPIRE_HOLDS(condition) \
	"WITH expired AS (SELECT r.reservation_id, r.sku FROM oms.reservation_row r " \
	"WHERE " condition " AND r.status OPERATOR(pg_catalog.=) 'hold' " \
	"AND r.expires_at OPERATOR(pg_catalog.<=) pg_catalog.clock_timestamp() " \
	"FOR UPDATE SKIP LOCKED) " \
	"UPDATE oms.reservation_row r SET status = 'expired', changed_at = pg_catalog.clock_timestamp() " \
	"FROM expired e WHERE r.reservation_id OPERATOR(pg_catalog.=) e.reservation_id " \
	"AND r.sku OPERATOR(pg_catalog.=) e.sku RETURNING " OMS_CLAIM_COLUMNS

/* A channel's quota of a sku, in the period of the moment at which it was read. */
typedef struct OmsQuota
{
	int64		quantity;		/* units */
	text	   *period;			/* the key it counts by */
} OmsQuota;

/* What is protected of a sku, being read. */
typedef struct OmsProtections OmsProtections;

/* One movement of on_hand, to be written to the ledger. */
typedef struct OmsMovement
{
	text	   *sku;
	text	   *location;
	int64		quantity;		/* change of on_hand */
	int64		incoming_id;	/* what was received of incoming supply; 0: none */
	int64		unavailable;	/* change of unavailable */
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
 * the movements are written and no account is open. The step after a loss: called likewise for
 * a sku that is reserved beyond what a loss has left. The step after a change of incoming
 * supply makes claims on a sku's agree with what is expected. The folders below set them at load.
 */
typedef void (*OmsAfterLoss) (text *sku, text *location, text *reason, text *reference,
							  text *actor);
typedef void (*OmsAfterSupply) (int n, OmsSupplied *supplied, text *location);
typedef void (*OmsAfterIncoming) (text *sku);

extern const OmsAccountKind oms_stock_kind;
extern const OmsAccountKind oms_protection_kind;
extern const OmsAccountKind oms_quota_kind;
extern const OmsAccountKind oms_incoming_kind;
extern const OmsAccountKind oms_backorder_kind;
extern const OmsAccountKind oms_capacity_kind;

extern void oms_stock_set_after_supply(OmsAfterSupply step);
extern void oms_stock_set_after_loss(OmsAfterLoss step);
extern void oms_stock_lost(const OmsChange *result, text *sku, text *location, text *reason,
						   text *reference, text *actor);
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
extern void oms_stock_change_waiting(OmsAccounts *accounts, text *sku, text *location,
									 OmsAmounts change, const OmsGuard *guard, OmsChange *result);
extern void oms_stock_consume(OmsAccounts *accounts, text *sku, text *location, int64 units,
							  bool tracked);
extern int64 oms_stock_expire(OmsAccounts *accounts, const Datum *keys);
typedef bool (*OmsHoldVisit) (TupleTableSlot *slot, void *arg);
extern void oms_holds_visit(text *sku, text *location, text *channel, Snapshot snapshot,
							OmsHoldVisit visit, void *arg);
extern void oms_kit_holds_visit(text *kit, text *channel, Snapshot snapshot, OmsHoldVisit visit,
								void *arg);
extern int	oms_holds_expire(OmsPlan *plan, const Datum *keys, OmsClaim **claims);
extern void oms_claim_read(uint64 row, int column, OmsClaim *claim, MemoryContext context);
extern void oms_claim_give_back(OmsAccounts *accounts, const OmsClaim *claim);
extern void oms_claim_give_stock(OmsAccounts *accounts, const OmsClaim *claim);
extern OmsQuota *oms_quota(const OmsChannel *channel, text *sku);
extern void oms_quota_take(text *channel, text *sku, const OmsQuota *quota, int64 units, bool partial,
						   OmsChange *result);
extern void oms_quota_give(text *channel, text *sku, text *period, int64 units);
extern int64 oms_quota_left(const OmsChannel *channel, text *sku, Snapshot snapshot);
extern OmsProtections *oms_protections_open(Snapshot snapshot, TimestampTz at);
extern void oms_protections_read(OmsProtections *protections, text *sku);
extern int64 oms_protected_for_others(const OmsProtections *protections, const text *location,
									  const text *channel);
extern void oms_protections_close(OmsProtections *protections);
extern void oms_movements_record(const OmsMovement *movements, int n, const char *kind,
								 text *reason, text *reference, text *actor);
extern void oms_require_location(text *location);
extern void oms_require_known_location(text *location);
extern void oms_raise_short(const OmsChange *change, text *sku, text *location, int64 wanted);

#endif							/* OMS_STOCK_H */
