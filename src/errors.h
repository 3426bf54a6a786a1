/*
 * errors.h
 *		The SQLSTATEs of oms, class OM: one for every refusal that a caller may
 *		branch on. The README lists the same codes; test/lint holds them equal.
 *		Malformed arguments use PostgreSQL's own codes (22004 null, 22023 invalid
 *		value, 22003 out of range, 22P02 malformed text).
 */
#ifndef OMS_ERRORS_H
#define OMS_ERRORS_H

#include "utils/errcodes.h"

#define OMS_ERR_INSUFFICIENT_STOCK	MAKE_SQLSTATE('O', 'M', '0', '0', '1')
#define OMS_ERR_HELD_BY_OTHERS		MAKE_SQLSTATE('O', 'M', '0', '0', '2')
#define OMS_ERR_EXPIRED				MAKE_SQLSTATE('O', 'M', '0', '0', '3')
#define OMS_ERR_UNKNOWN_KEY			MAKE_SQLSTATE('O', 'M', '0', '0', '4')
#define OMS_ERR_ILLEGAL_TRANSITION	MAKE_SQLSTATE('O', 'M', '0', '0', '5')
#define OMS_ERR_REQUEST_CONFLICT	MAKE_SQLSTATE('O', 'M', '0', '0', '6')
#define OMS_ERR_STALE_FEED_ROW		MAKE_SQLSTATE('O', 'M', '0', '0', '7')
#define OMS_ERR_CAPACITY			MAKE_SQLSTATE('O', 'M', '0', '0', '8')
#define OMS_ERR_QUOTA				MAKE_SQLSTATE('O', 'M', '0', '0', '9')
#define OMS_ERR_NOT_ALLOWED			MAKE_SQLSTATE('O', 'M', '0', '1', '0')
#define OMS_ERR_PRIVATE_TABLE		MAKE_SQLSTATE('O', 'M', '0', '1', '1')
#define OMS_ERR_PLAN_INPUT			MAKE_SQLSTATE('O', 'M', '0', '1', '2')
#define OMS_ERR_BACKORDER_LIMIT		MAKE_SQLSTATE('O', 'M', '0', '1', '3')

#endif							/* OMS_ERRORS_H */
