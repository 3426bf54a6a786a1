/*
 * fulfillment.h
 *		Actions on sets of fulfillments: what the files of this folder share. See work.c.
 */
#ifndef OMS_FULFILLMENT_H
#define OMS_FULFILLMENT_H

#include "oms.h"
#include "reservation/order_units.h"

/* A standing hold h of fulfillment f: of its order, or of a line that it still has. */
#define OMS_STANDING_HOLD \
	"h.order_id = f.order_id AND h.released_at IS NULL AND (h.line_no IS NULL OR EXISTS (SELECT " \
	"FROM oms.fulfillment_line_row hl WHERE hl.order_id = f.order_id AND hl.fulfillment_id = f.fulfillment_id " \
	"AND hl.line_no = h.line_no AND hl.quantity > hl.rejected + hl.cancelled)) "

/* A fulfillment under an action; its order's row is locked. */
typedef struct OmsWork
{
	int64		id;
	text	   *order_id;
	text	   *location;
	char	   *method;
	char	   *from_status;
	char	   *to_status;		/* where the action leads */
	bool		counted;		/* the action concerns units of lines: */
	int64		units;			/* so many */
} OmsWork;

/* Units of a line: what it has, or by how much that changes. */
typedef struct OmsLineUnits
{
	int64		picked;
	int64		packed;
	int64		shipped;
	int64		rejected;
	int64		cancelled;
} OmsLineUnits;

/* Units of an order line that leave a location: where they went. */
typedef struct OmsRelocation
{
	OmsOrderUnits from;
	bool		of_kit;
	bool		done;
	int64		moved;			/* to other locations */
	int64		backordered;
} OmsRelocation;

/* A line of a fulfillment under an action. */
typedef struct OmsWorkLine
{
	int			work;			/* index of its fulfillment */
	int32		line_no;
	text	   *sku;
	bool		of_kit;			/* a component: the order line is for a kit */
	int64		quantity;
	OmsLineUnits has;
	OmsLineUnits change;
} OmsWorkLine;

/* Why units of a line were rejected. */
typedef enum OmsCause
{
	OMS_CAUSE_NAMED,
	OMS_CAUSE_SCOPE,
	OMS_CAUSE_SHORT
} OmsCause;

/* Units of a line that are rejected. */
typedef struct OmsRejection
{
	int			line;
	OmsCause	cause;
	OmsRelocation relocation;
} OmsRejection;

/* Units of lines of work that are rejected together; see rejection.c. */
typedef struct OmsRejections
{
	int			nwork;
	OmsWork    *work;
	int			nlines;
	OmsWorkLine *lines;
	int			n;
	OmsRejection *list;
	struct OmsRejections *next; /* what was rejected thereby; NULL: nothing */
} OmsRejections;

extern void oms_work_lock_orders(int n, const int64 *ids);
extern void oms_work_raise(const char *action, int64 id);
extern OmsWork *oms_work_read(const char *action, int n, const int64 *ids);
extern OmsWork *oms_work_lock(const char *action, int n, const int64 *ids);
extern int	oms_work_lines(int nwork, const OmsWork *work, OmsWorkLine **lines);
extern int64 oms_work_open_units(const OmsWorkLine *line);
extern void oms_work_conclude(int nwork, OmsWork *work, int nlines, const OmsWorkLine *lines);
extern void oms_work_write_lines(int nlines, const OmsWorkLine *lines, const OmsWork *work);
extern void oms_work_write(const char *action, int nwork, const OmsWork *work, text *reason,
						   text *actor);
extern void oms_work_put(FunctionCallInfo fcinfo, int nwork, const OmsWork *work);
extern OmsRejections *oms_rejections_open(int nwork, OmsWork *work);
extern OmsRejection *oms_reject_line(OmsRejections *set, int line, int64 units, OmsCause cause);
extern void oms_reject_kits(OmsRejections *set, OmsCause cause);
extern void oms_rejections_relocate(OmsRejections *set);
extern void oms_rejections_write(OmsRejections *set, text *reason, text *actor);
extern void oms_rejections_put(FunctionCallInfo fcinfo, const OmsRejections *sets);
extern OmsRejections *oms_shortfall_resolve(text *sku, text *location, text *reason,
											text *reference, text *actor);
extern void oms_cancel_init(void);
extern void oms_fulfillment_init(void);
extern int64 oms_transfers_lose(text *sku, text *location, int64 units);
extern void oms_count_close_task(text *location, text *sku, int64 counted, int64 variance);
extern void oms_relocate(int n, OmsRelocation *relocations);
extern int	oms_arg_fulfillments(FunctionCallInfo fcinfo, bool many, int64 **ids);

#endif							/* OMS_FULFILLMENT_H */
