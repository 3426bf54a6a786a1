/*
 * rejection.c
 *		Units of fulfillment lines that their location gives up, as a set: what reject.c and
 *		shortfall.c share. Units are rejected in memory, line by line; then the lines are
 *		written, a place is found for the units, and where each fulfillment stands now, its
 *		history and the rejections are written down.
 *
 * The caller has locked the orders. Tables: rejection_row, and those of work.c.
 *
 * The SQL texts here are run by SECURITY DEFINER functions that are pinned to search_path
 * pg_catalog, pg_temp, so that operators need no schema.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "funcapi.h"
#include "utils/array.h"

#include "fulfillment/fulfillment.h"

static OmsPlan insert_rejections = {
	"INSERT INTO oms.rejection_row (order_id, fulfillment_id, line_no, sku, location, quantity, cause, moved, "
	"backordered, reason, actor) SELECT u.*, $10, $11 FROM ROWS FROM (unnest($1), unnest($2), unnest($3), "
	"unnest($4), unnest($5), unnest($6), unnest($7), unnest($8), unnest($9)) AS u",
	11, {"_text", "_int8", "_int4", "_text", "_text", "_int8", "_text", "_int8", "_int8", "text", "text"}
};

static const char *const causes[] = {"named", "scope", "short"};

/* oms_rejections_open reads the lines of the work, of which nothing is rejected yet. */
OmsRejections *
oms_rejections_open(int nwork, OmsWork *work)
{
	OmsRejections *set = palloc0(sizeof(OmsRejections));

	set->nwork = nwork;
	set->work = work;
	set->nlines = oms_work_lines(nwork, work, &set->lines);
	/* A line is rejected in part, and once more with the rest of its kit. */
	set->list = palloc_extended(sizeof(OmsRejection) * (2 * set->nlines + 1), MCXT_ALLOC_HUGE);
	return set;
}

/* oms_reject_line rejects units of a line: those not picked first, then picked, then packed ones. */
OmsRejection *
oms_reject_line(OmsRejections *set, int l, int64 units, OmsCause cause)
{
	OmsWorkLine *line = &set->lines[l];
	OmsWork    *of = &set->work[line->work];
	OmsRejection *rejection = &set->list[set->n++];
	int64		room;

	line->change.rejected += units;
	room = line->quantity - line->has.rejected - line->has.cancelled - line->change.rejected;
	line->change.picked = Min(0, room - line->has.picked);
	line->change.packed = Min(0, room - line->has.packed);
	of->counted = true;
	of->units += units;
	memset(rejection, 0, sizeof(OmsRejection));
	rejection->line = l;
	rejection->cause = cause;
	rejection->relocation.of_kit = line->of_kit;
	rejection->relocation.from = (OmsOrderUnits) {
		of->order_id, line->line_no, line->sku, of->location, units, of->id
	};
	return rejection;
}

/* oms_reject_kits rejects what is left of the kits of which a component was rejected. */
void
oms_reject_kits(OmsRejections *set, OmsCause cause)
{
	const OmsWorkLine *lines = set->lines;
	int			nrejected = set->n;

	for (int i = 0; i < nrejected; i++)
	{
		const OmsWorkLine *line = &lines[set->list[i].line];
		int			l = set->list[i].line;

		if (!line->of_kit)
			continue;
		while (l > 0 && lines[l - 1].work == line->work && lines[l - 1].line_no == line->line_no)
			l--;
		for (; l < set->nlines && lines[l].work == line->work && lines[l].line_no == line->line_no; l++)
			if (oms_work_open_units(&lines[l]) > 0)
				oms_reject_line(set, l, oms_work_open_units(&lines[l]), cause);
	}
}

/* oms_rejections_relocate finds another place for what is rejected. */
void
oms_rejections_relocate(OmsRejections *set)
{
	OmsRelocation *relocations = palloc_extended(sizeof(OmsRelocation) * Max(1, set->n),
												 MCXT_ALLOC_HUGE);

	for (int i = 0; i < set->n; i++)
		relocations[i] = set->list[i].relocation;
	oms_relocate(set->n, relocations);
	for (int i = 0; i < set->n; i++)
		set->list[i].relocation = relocations[i];
	pfree(relocations);
}

/* write_rejections writes the record of what was rejected. */
static void
write_rejections(const OmsRejections *set, text *reason, text *actor)
{
	int			n = set->n;
	Datum	   *columns[9];
	Datum		values[11];

	for (int c = 0; c < 9; c++)
		columns[c] = palloc(sizeof(Datum) * n);
	for (int i = 0; i < n; i++)
	{
		const OmsRelocation *relocation = &set->list[i].relocation;

		columns[0][i] = PointerGetDatum(relocation->from.order_id);
		columns[1][i] = Int64GetDatum(relocation->from.fulfillment_id);
		columns[2][i] = Int32GetDatum(relocation->from.line_no);
		columns[3][i] = PointerGetDatum(relocation->from.sku);
		columns[4][i] = PointerGetDatum(relocation->from.location);
		columns[5][i] = Int64GetDatum(relocation->from.units);
		columns[6][i] = CStringGetTextDatum(causes[set->list[i].cause]);
		columns[7][i] = Int64GetDatum(relocation->moved);
		columns[8][i] = Int64GetDatum(relocation->backordered);
	}
	for (int c = 0; c < 9; c++)
		values[c] = c == 2 ? PointerGetDatum(construct_array(columns[c], n, INT4OID, 4, true, TYPALIGN_INT)) :
			c == 0 || c == 3 || c == 4 || c == 6 ? oms_text_array(n, columns[c]) : oms_int8_array(n, columns[c]);
	values[9] = PointerGetDatum(reason);
	values[10] = PointerGetDatum(actor);
	oms_spi_connect();
	oms_spi_execute(&insert_rejections, values, NULL, false);
	oms_spi_finish();
}

/*
 * oms_rejections_write writes what was rejected: lines, where each fulfillment stands now,
 * its history and the record.
 */
void
oms_rejections_write(OmsRejections *set, text *reason, text *actor)
{
	OmsWork    *touched = palloc(sizeof(OmsWork) * Max(1, set->nwork));
	int			n = 0;

	if (set->n == 0)
		return;
	oms_work_write_lines(set->nlines, set->lines, set->work);
	oms_work_conclude(set->nwork, set->work, set->nlines, set->lines);
	for (int w = 0; w < set->nwork; w++)
		if (set->work[w].counted)
			touched[n++] = set->work[w];
	oms_work_write("reject", n, touched, reason, actor);
	write_rejections(set, reason, actor);
}

/* oms_rejections_put puts a row for each rejection of the sets into the result set. */
void
oms_rejections_put(FunctionCallInfo fcinfo, const OmsRejections *sets)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	bool		nulls[10] = {0};

	for (const OmsRejections *set = sets; set != NULL; set = set->next)
		for (int i = 0; i < set->n; i++)
		{
			const OmsRelocation *relocation = &set->list[i].relocation;
			Datum		values[10] = {
				Int64GetDatum(relocation->from.fulfillment_id),
				PointerGetDatum(relocation->from.order_id),
				Int32GetDatum(relocation->from.line_no), PointerGetDatum(relocation->from.sku),
				PointerGetDatum(relocation->from.location), Int64GetDatum(relocation->from.units),
				CStringGetTextDatum(causes[set->list[i].cause]),
				CStringGetTextDatum(set->work[set->lines[set->list[i].line].work].to_status),
				Int64GetDatum(relocation->moved), Int64GetDatum(relocation->backordered)
			};

			tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
		}
}
