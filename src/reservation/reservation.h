/*
 * reservation.h
 *		Reserving lines of demand: what reserve, try_reserve and place_order share,
 *		and the moves that the router makes. See reservation.c.
 */
#ifndef OMS_RESERVATION_H
#define OMS_RESERVATION_H

#include "datatype/timestamp.h"

#include "account/account.h"
#include "availability/availability.h"

typedef enum OmsOnShortage
{
	OMS_REFUSE,					/* all lines or none */
	OMS_PARTIAL,				/* what can be had of each line */
	OMS_BACKORDER				/* the same, and a backorder of what is missing */
} OmsOnShortage;

/* Status of a line, by growing severity; the names are oms_line_status_name's. */
typedef enum OmsLineStatus
{
	OMS_LINE_RESERVED,
	OMS_LINE_PARTIAL,
	OMS_LINE_BACKORDERED,
	OMS_LINE_INSUFFICIENT,
	OMS_LINE_QUOTA,
	OMS_LINE_HELD_BY_OTHERS,
	OMS_LINE_BACKORDER_LIMIT,	/* the channel may backorder fewer units of the sku */
	OMS_LINE_UNKNOWN,
	OMS_LINE_NOT_ALLOWED,
	OMS_LINE_REFUSED			/* could be had, but another line of the cart could not */
} OmsLineStatus;

typedef struct OmsReserveLine
{
	int			line_no;
	text	   *sku;
	int64		quantity;		/* units wanted, at least 1 */
	text	   *location;		/* the only one to take from; NULL: choose */
	bool		promised;		/* what is backordered has a promise date */
	TimestampTz promise_at;

	/* results */
	OmsLineStatus status;
	bool		kit;			/* the sku is a kit; then all units are kits */
	int64		reserved;		/* units */
	int64		available;		/* units that could be had when it was short */
	TransactionId pending;		/* of HELD_BY_OTHERS */
	char	   *why;			/* of NOT_ALLOWED, a sentence; of a short quota, its figures */
	text	   *quota_period;	/* that counts what is backordered; NULL: none */
	bool		over_limit;		/* what it lacks may not be backordered … */
	int64		limit_left;		/* … but for this many units */
} OmsReserveLine;

/*
 * A reservation made for a line: one per line and location, of a kit one per component
 * with the same reservation_id; last, what is backordered of it.
 */
typedef struct OmsReservationPart
{
	int			line;			/* index into the lines */
	text	   *sku;
	text	   *kit;			/* NULL: not of a kit */
	text	   *location;		/* NULL: backordered */
	int64		quantity;
	int64		reservation_id;
	int64		backorder_id;	/* when location is NULL */
	bool		promised;		/* then: all of it is promised for a moment */
	TimestampTz promise_at;
} OmsReservationPart;

typedef struct OmsReserveRequest
{
	text	   *channel;
	OmsMethod	method;
	const OmsLatLon *ship_to;	/* NULL: unknown */
	bool		hold;
	TimestampTz expires_at;		/* of a hold */
	OmsOnShortage on_shortage;

	/*
	 * With cart_id alone the reservations replace that cart's live ones. With order_id
	 * they are the order's, and the live holds of cart_id become part of them.
	 */
	text	   *cart_id;
	text	   *order_id;
	text	   *reference;
	int			priority;		/* of backorders, 0 most urgent; -1: none */
	TimestampTz wanted_since;	/* the age of backorders; 0: now */

	int			nlines;
	OmsReserveLine *lines;

	/* results */
	bool		complete;		/* nothing was refused; else nothing was changed */
	int			nparts;
	OmsReservationPart *parts;	/* by line */
} OmsReserveRequest;

extern TimestampTz oms_arg_expiry(FunctionCallInfo fcinfo, int argno);
extern OmsOnShortage oms_arg_on_shortage(FunctionCallInfo fcinfo, int argno);
typedef enum OmsMoveHow
{
	OMS_MOVE_WHOLE,
	OMS_MOVE_PARTIAL,
	OMS_MOVE_FORCED
} OmsMoveHow;

extern void oms_reserve_lines(OmsReserveRequest *request);
extern void oms_raise_refused(const OmsReserveRequest *request);
extern void oms_raise_line(const OmsReserveRequest *request, const OmsReserveLine *line);
extern const char *oms_line_status_name(OmsLineStatus status);
extern int64 oms_release_order(text *order_id);
extern void oms_reservation_init(void);
extern bool oms_backorder_release_cart(text *cart_id);
extern int64 oms_backorder_release_order(text *order_id);
extern int64 oms_backorder_reduce(text *order_id, int32 line_no, int64 units);
extern bool oms_backorder_insert(OmsReserveRequest *request, bool limited, int *refused,
								 TransactionId *pending);
extern bool oms_move_kit(int64 reservation_id, text *to_location, int64 quantity,
						 const bool *forced);
extern int64 oms_move_reservation(int64 reservation_id, text *to_location, int64 quantity,
								  OmsMoveHow how);
extern bool oms_move_whole(int64 reservation_id, text *to_location, int64 quantity,
						   OmsChange *result);

#endif							/* OMS_RESERVATION_H */
