/*
 * business_hours.h
 *		oms.business_hours, weekly opening hours on a local clock: its struct and the
 *		questions that C code of other folders asks without the function manager.
 */
#ifndef OMS_BUSINESS_HOURS_H
#define OMS_BUSINESS_HOURS_H

#include "fmgr.h"
#include "datatype/timestamp.h"
#include "pgtime.h"

#define OMS_MINUTES_PER_DAY 1440
#define OMS_MINUTES_PER_WEEK (7 * OMS_MINUTES_PER_DAY)

/* Minutes of the week [start, end) during which it is open; Monday 00:00 is 0. */
typedef struct OmsOpening
{
	int16		start;
	int16		end;
} OmsOpening;

/*
 * OmsBusinessHours is the value as stored, a varlena. Openings are sorted by start, which
 * is in [0, OMS_MINUTES_PER_WEEK); they neither overlap nor touch, so that equal hours have
 * equal bytes. The last may end in the next week. Always open is one opening, 0 to
 * OMS_MINUTES_PER_WEEK; closed is none.
 */
typedef struct OmsBusinessHours
{
	int32		vl_len_;		/* varlena header, not to be touched */
	OmsOpening	openings[FLEXIBLE_ARRAY_MEMBER];
} OmsBusinessHours;

#define OMS_BUSINESS_HOURS_SIZE(n) (offsetof(OmsBusinessHours, openings) + (n) * sizeof(OmsOpening))
#define OMS_BUSINESS_HOURS_COUNT(hours) \
	((int) ((VARSIZE(hours) - offsetof(OmsBusinessHours, openings)) / sizeof(OmsOpening)))

#define DatumGetBusinessHoursP(datum) ((OmsBusinessHours *) PG_DETOAST_DATUM(datum))
#define PG_GETARG_BUSINESS_HOURS_P(n) DatumGetBusinessHoursP(PG_GETARG_DATUM(n))
#define PG_RETURN_BUSINESS_HOURS_P(hours) PG_RETURN_POINTER(hours)

#endif							/* OMS_BUSINESS_HOURS_H */
