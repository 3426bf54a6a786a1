/*
 * refusal.c
 *		How a refused line is told: the statuses by name, and the error of the first line that was
 *		refused for its own sake, with what was wanted and what could be had.
 */
#include "postgres.h"

#include "common/int.h"
#include "utils/builtins.h"

#include "errors.h"
#include "reservation/reservation.h"

/* oms_line_status_name is the status as try_reserve and place_order report it. */
const char *
oms_line_status_name(OmsLineStatus status)
{
	static const char *const names[] = {
		"reserved", "partial", "backordered", "insufficient", "quota", "held_by_others",
		"backorder_limit", "unknown", "not_allowed", "refused"
	};

	return names[status];
}

/* wanted_units says what a line wants, and what all lines of its sku want if there are more. */
static char *
wanted_units(const OmsReserveRequest *request, const OmsReserveLine *line)
{
	int64		total = 0;

	for (int i = 0; i < request->nlines; i++)
		if (oms_text_equal(request->lines[i].sku, line->sku) &&
			pg_add_s64_overflow(total, request->lines[i].quantity, &total))
			total = PG_INT64_MAX;
	if (total == line->quantity)
		return psprintf("%lld", (long long) line->quantity);
	return psprintf("%lld (of %lld over all lines)", (long long) line->quantity, (long long) total);
}

/* oms_raise_line raises for a line that was refused for its own sake; else it returns. */
void
oms_raise_line(const OmsReserveRequest *request, const OmsReserveLine *line)
{
	char	   *sku = text_to_cstring(line->sku);
	char	   *channel = text_to_cstring(request->channel);

	switch (line->status)
	{
		case OMS_LINE_UNKNOWN:
			oms_raise_unknown_sku(line->sku);
			break;
		case OMS_LINE_NOT_ALLOWED:
			ereport(ERROR,
					(errcode(OMS_ERR_NOT_ALLOWED),
					 errmsg("sku \"%s\" cannot be sold like this on channel \"%s\"", sku, channel),
					 errdetail("Line %d, %lld units. %s", line->line_no,
							   (long long) line->quantity, line->why)));
			break;
		case OMS_LINE_HELD_BY_OTHERS:
			ereport(ERROR,
					(errcode(OMS_ERR_HELD_BY_OTHERS),
					 line->why != NULL
					 ? errmsg("the quota of sku \"%s\" is held by open transactions", sku)
					 : errmsg("stock of sku \"%s\" is held by open transactions", sku),
					 errdetail("Line %d: channel \"%s\" wants %lld, available %lld without what transaction %u may release.",
							   line->line_no, channel, (long long) line->quantity,
							   (long long) line->available, line->pending),
					 errhint("Try again; oms.wait_for_pending says how long to wait.")));
			break;
		case OMS_LINE_BACKORDER_LIMIT:
			ereport(ERROR,
					(errcode(OMS_ERR_BACKORDER_LIMIT),
					 errmsg("too many units of sku \"%s\" would be backordered on channel \"%s\"", sku, channel),
					 errdetail("Line %d: wanted %s, available %lld, and %lld may still be backordered.",
							   line->line_no, wanted_units(request, line),
							   (long long) line->available, (long long) line->limit_left),
					 errhint("Reserve fewer, pass on_shortage => 'partial', or call oms.add_backorder_limit.")));
			break;
		case OMS_LINE_QUOTA:
			ereport(ERROR,
					(errcode(OMS_ERR_QUOTA),
					 errmsg("the quota of sku \"%s\" for channel \"%s\" does not allow it", sku, channel),
					 errdetail("Line %d: wanted %s; %s.", line->line_no,
							   wanted_units(request, line), line->why),
					 errhint("Reserve fewer, or change oms.quota.")));
			break;
		case OMS_LINE_INSUFFICIENT:
		case OMS_LINE_PARTIAL:
			ereport(ERROR,
					(errcode(OMS_ERR_INSUFFICIENT_STOCK),
					 errmsg("not enough stock of sku \"%s\" for channel \"%s\"", sku, channel),
					 errdetail("Line %d: wanted %s, available %lld%s.", line->line_no,
							   wanted_units(request, line), (long long) line->available,
							   line->location == NULL ? "" :
							   psprintf(" at location \"%s\"", text_to_cstring(line->location))),
					 line->kit && request->on_shortage == OMS_BACKORDER
					 ? errhint("A kit is not backordered: backorder its components as lines of their own.")
					 : errhint("Reserve fewer, or pass on_shortage => 'partial'.")));
			break;
		default:
			break;
	}
}

/* oms_raise_refused raises for the first line that was refused for its own sake. */
void
oms_raise_refused(const OmsReserveRequest *request)
{
	for (int i = 0; i < request->nlines; i++)
		oms_raise_line(request, &request->lines[i]);
	elog(ERROR, "a refused request has no refused line");
}
