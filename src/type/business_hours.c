/*
 * business_hours.c
 *		oms.business_hours: the hours of a week during which a location is open, on its
 *		local clock.
 *
 * Text is 'Mo-Fr 09:00-18:00; Sa 10:00-16:00', '24/7' or 'closed'. Every way in (text,
 * binary) marks the minutes of one week and ends in make_hours, which keeps the invariants
 * stated in business_hours.h. So hours that are open during the same minutes are equal
 * however they were written, and have one text. A day may be given once and no span may
 * overlap another, since of two answers to one question one is a mistake.
 *
 * A location is open at a moment when its clock then shows a time within its hours; all
 * questions about moments follow from this one rule. In spring, a span that begins in the
 * hour that does not exist begins when the clock has jumped; in autumn, what lies within
 * the hour that comes twice is open twice.
 *
 * Moments are searched in the stretches of time during which a zone's offset is constant:
 * there, local time is the moment plus the offset.
 *
 * Touches no table, takes no lock.
 */
#include "postgres.h"

#include "common/hashfn.h"
#include "common/int.h"
#include "libpq/pqformat.h"
#include "miscadmin.h"
#include "oms.h"
#include "parser/scansup.h"
#include "type/business_hours.h"
#include "utils/date.h"
#include "utils/datetime.h"
#include "utils/timestamp.h"

OMS_TYPE_FUNCTION(oms_business_hours_in);
OMS_TYPE_FUNCTION(oms_business_hours_out);
OMS_TYPE_FUNCTION(oms_business_hours_recv);
OMS_TYPE_FUNCTION(oms_business_hours_send);
OMS_TYPE_FUNCTION(oms_business_hours_contains);
OMS_TYPE_FUNCTION(oms_business_hours_contained);
OMS_TYPE_FUNCTION(oms_business_hours_is_open);
OMS_TYPE_FUNCTION(oms_business_hours_next_open);
OMS_TYPE_FUNCTION(oms_business_hours_next_close);
OMS_TYPE_FUNCTION(oms_business_hours_add_working_time);
OMS_TYPE_FUNCTION(oms_business_hours_next_cut_off);
OMS_TYPE_FUNCTION(oms_business_hours_eq);
OMS_TYPE_FUNCTION(oms_business_hours_ne);
OMS_TYPE_FUNCTION(oms_business_hours_lt);
OMS_TYPE_FUNCTION(oms_business_hours_le);
OMS_TYPE_FUNCTION(oms_business_hours_gt);
OMS_TYPE_FUNCTION(oms_business_hours_ge);
OMS_TYPE_FUNCTION(oms_business_hours_cmp);
OMS_TYPE_FUNCTION(oms_business_hours_hash);
OMS_TYPE_FUNCTION(oms_business_hours_hash_extended);

#define DAYS 7
#define DAY_MINUTES OMS_MINUTES_PER_DAY
#define WEEK_MINUTES OMS_MINUTES_PER_WEEK
/* openings do not touch */
#define MAX_OPENINGS (WEEK_MINUTES / 2)

#define WEEK_USECS (INT64CONST(7) * USECS_PER_DAY)
/* 2000-01-01, where timestamps begin, was a Saturday. */
#define EPOCH_IN_WEEK (INT64CONST(5) * USECS_PER_DAY)

static const char *const day_names[DAYS] = {
	"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"
};
static const char *const day_texts[DAYS] = {"Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"};

/* -------------------------------------------------------------------------
 * The value
 * -------------------------------------------------------------------------
 */

/* mark_open marks the minutes [start, end), false when one is marked already. */
static bool
mark_open(bool *week, int start, int end)
{
	for (int minute = start; minute < end; minute++)
	{
		if (week[minute % WEEK_MINUTES])
			return false;
		week[minute % WEEK_MINUTES] = true;
	}
	return true;
}

/* make_hours returns a new value, in its one stored form, of the marked minutes. */
static OmsBusinessHours *
make_hours(const bool *week)
{
	OmsBusinessHours *result = palloc(OMS_BUSINESS_HOURS_SIZE(MAX_OPENINGS));
	int			n = 0;

	for (int start = 0; start < WEEK_MINUTES; start++)
	{
		int			end = start;

		if (!week[start] || week[(start + WEEK_MINUTES - 1) % WEEK_MINUTES])
			continue;
		while (week[end % WEEK_MINUTES])
			end++;
		result->openings[n].start = start;
		result->openings[n++].end = end;
	}
	if (n == 0 && week[0])		/* no minute follows a closed one: always open */
	{
		result->openings[n].start = 0;
		result->openings[n++].end = WEEK_MINUTES;
	}
	SET_VARSIZE(result, OMS_BUSINESS_HOURS_SIZE(n));
	return result;
}

static bool
always_open(const OmsBusinessHours *hours)
{
	return OMS_BUSINESS_HOURS_COUNT(hours) == 1 &&
		hours->openings[0].end - hours->openings[0].start == WEEK_MINUTES;
}

/* -------------------------------------------------------------------------
 * Text and binary
 * -------------------------------------------------------------------------
 */

/* A parser over the text of one value. It raises: 22P02 when malformed, 22008. */
typedef struct Parser
{
	const char *text;
	const char *p;
	bool		given[DAYS];	/* days that were named */
	bool		week[WEEK_MINUTES];
} Parser;

static void
syntax_error(const Parser *parser, const char *detail)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
			 errmsg("invalid input syntax for type %s: \"%s\"", "oms.business_hours",
					parser->text),
			 detail != NULL ? errdetail("%s", detail) : 0,
			 errhint("Write Mo-Fr 09:00-12:00,13:00-18:00; Sa 10:00-16:00, or 24/7, or closed.")));
}

static void
skip_spaces(Parser *parser)
{
	while (scanner_isspace(*parser->p))
		parser->p++;
}

/* accept_char moves past spaces and then c, and tells whether c was there. */
static bool
accept_char(Parser *parser, char c)
{
	skip_spaces(parser);
	if (*parser->p != c)
		return false;
	parser->p++;
	return true;
}

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* accept_word moves past the word, in any case, when it comes next as a whole. */
static bool
accept_word(Parser *parser, const char *word)
{
	int			length = strlen(word);

	skip_spaces(parser);
	if (pg_strncasecmp(parser->p, word, length) != 0 || is_letter(parser->p[length]))
		return false;
	parser->p += length;
	return true;
}

/* accept_day reads Mo, Mon or Monday; the day, 0 for Monday, or -1 when no day comes next. */
static int
accept_day(Parser *parser)
{
	int			length = 0;

	skip_spaces(parser);
	while (is_letter(parser->p[length]))
		length++;
	for (int day = 0; day < DAYS; day++)
		if ((length == 2 || length == 3 || length == strlen(day_names[day])) &&
			pg_strncasecmp(parser->p, day_names[day], length) == 0)
		{
			parser->p += length;
			return day;
		}
	return -1;
}

/* parse_days reads Mo-Fr,Su into days; nothing there is every day. */
static void
parse_days(Parser *parser, bool *days)
{
	int			day = accept_day(parser);

	memset(days, day < 0, DAYS);
	while (day >= 0)
	{
		int			last = day;

		if (accept_char(parser, '-'))
		{
			last = accept_day(parser);
			if (last < 0)
				syntax_error(parser, "A day is missing after \"-\".");
			if (last == day)
				syntax_error(parser, "A range of days has two different ends.");
		}
		for (;; day = (day + 1) % DAYS)
		{
			days[day] = true;
			if (day == last)
				break;
		}
		if (!accept_char(parser, ','))
			break;
		day = accept_day(parser);
		if (day < 0)
			syntax_error(parser, "A day is missing after \",\".");
	}
}

/* parse_time reads 9:00 or 09:00 and returns the minute of the day, at most 24:00. */
static int
parse_time(Parser *parser)
{
	const char *start;
	int			hours = 0;
	int			minutes;
	int			digits = 0;

	skip_spaces(parser);
	start = parser->p;
	for (; is_digit(*parser->p) && digits < 2; digits++)
		hours = hours * 10 + (*parser->p++ - '0');
	if (digits == 0 || parser->p[0] != ':' || !is_digit(parser->p[1]) ||
		!is_digit(parser->p[2]) || is_digit(parser->p[3]))
		syntax_error(parser, "A time is written as hours and two digits of minutes, like 9:00.");
	minutes = (parser->p[1] - '0') * 10 + (parser->p[2] - '0');
	parser->p += 3;
	if (minutes > 59 || hours * 60 + minutes > DAY_MINUTES)
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("time \"%.*s\" is out of range", (int) (parser->p - start), start),
				 errdetail("A time is between 00:00 and 24:00."),
				 errhint("Past midnight is 22:00-02:00.")));
	return hours * 60 + minutes;
}

/* parse_span reads 09:00-18:00 and marks it on the days. */
static void
parse_span(Parser *parser, const bool *days)
{
	int			start = parse_time(parser);
	int			end;

	if (!accept_char(parser, '-'))
		syntax_error(parser, "A span has two times, like 09:00-18:00.");
	end = parse_time(parser);
	if (start == end)
		syntax_error(parser, "A span begins and ends at different times; a whole day is "
					 "00:00-24:00.");
	if (start == DAY_MINUTES)
		syntax_error(parser, "A span does not begin at 24:00; write 00:00 of the next day.");
	if (end < start)
		end += DAY_MINUTES;
	for (int day = 0; day < DAYS; day++)
		if (days[day] && !mark_open(parser->week, day * DAY_MINUTES + start,
									day * DAY_MINUTES + end))
			syntax_error(parser, psprintf("The span %02d:%02d-%02d:%02d of %s overlaps another.",
										  start / 60, start % 60, end % DAY_MINUTES / 60, end % 60,
										  day_texts[day]));
}

/* parse_rule reads Mo-Fr 09:00-12:00,13:00-18:00, or Su closed. */
static void
parse_rule(Parser *parser)
{
	bool		days[DAYS];

	parse_days(parser, days);
	for (int day = 0; day < DAYS; day++)
	{
		if (days[day] && parser->given[day])
			syntax_error(parser, psprintf("%s is given twice; all spans of a day stand in one "
										  "place, with commas.", day_texts[day]));
		parser->given[day] |= days[day];
	}
	if (accept_word(parser, "closed") || accept_word(parser, "off"))
		return;
	if (is_letter(*parser->p))
		syntax_error(parser, "Days are Mo, Tu, We, Th, Fr, Sa and Su.");
	do
		parse_span(parser, days);
	while (accept_char(parser, ','));
}

/* oms_business_hours_in reads text; 22P02 when malformed, 22008 for a time out of range. */
Datum
oms_business_hours_in(PG_FUNCTION_ARGS)
{
	Parser	   *parser = palloc0(sizeof(Parser));
	OmsBusinessHours *result;

	parser->text = parser->p = PG_GETARG_CSTRING(0);
	if (accept_word(parser, "24/7"))
		mark_open(parser->week, 0, WEEK_MINUTES);
	else
		do
			parse_rule(parser);
		while (accept_char(parser, ';'));
	skip_spaces(parser);
	if (*parser->p != '\0')
		syntax_error(parser, psprintf("It is not understood from \"%s\" on.", parser->p));

	result = make_hours(parser->week);
	pfree(parser);
	PG_RETURN_BUSINESS_HOURS_P(result);
}

/* A part of an opening that one span of one day expresses. */
typedef struct Piece
{
	int			day;
	int			start;			/* minutes of the day */
	int			end;			/* less than start: on the next day */
} Piece;

static int
compare_pieces(const void *a, const void *b)
{
	const Piece *x = a;
	const Piece *y = b;

	return x->day != y->day ? x->day - y->day : x->start - y->start;
}

/*
 * make_pieces cuts openings into pieces, sorted. An opening of less than a day is one
 * piece, past midnight or not; a longer one is cut at every midnight.
 */
static int
make_pieces(const OmsBusinessHours *hours, Piece **pieces)
{
	int			openings = OMS_BUSINESS_HOURS_COUNT(hours);
	int			n = 0;

	*pieces = palloc(sizeof(Piece) * (openings + DAYS + 1));
	for (int i = 0; i < openings; i++)
	{
		int			end = hours->openings[i].end;
		bool		cut = end - hours->openings[i].start >= DAY_MINUTES;

		for (int start = hours->openings[i].start, to; start < end; start = to)
		{
			to = cut ? Min(end, (start / DAY_MINUTES + 1) * DAY_MINUTES) : end;
			(*pieces)[n].day = start / DAY_MINUTES % DAYS;
			(*pieces)[n].start = start % DAY_MINUTES;
			(*pieces)[n++].end = to % DAY_MINUTES == 0 ? DAY_MINUTES : to % DAY_MINUTES;
		}
	}
	qsort(*pieces, n, sizeof(Piece), compare_pieces);
	return n;
}

/* append_days writes Mo-Fr,Su for the days whose spans are the same as those of first. */
static void
append_days(StringInfo buffer, char *const *spans, int first)
{
	const char *separator = "";

	for (int day = first, last; day < DAYS; day = last + 1)
	{
		last = day;
		if (strcmp(spans[day], spans[first]) != 0)
			continue;
		while (last + 1 < DAYS && strcmp(spans[last + 1], spans[first]) == 0)
			last++;
		appendStringInfo(buffer, "%s%s", separator, day_texts[day]);
		if (last > day)
			appendStringInfo(buffer, "-%s", day_texts[last]);
		separator = ",";
	}
}

/* oms_business_hours_out writes the one text of the value, which reads back as itself. */
Datum
oms_business_hours_out(PG_FUNCTION_ARGS)
{
	OmsBusinessHours *hours = PG_GETARG_BUSINESS_HOURS_P(0);
	StringInfoData buffer;
	char	   *spans[DAYS];
	Piece	   *pieces;
	int			n;
	int			i = 0;

	if (OMS_BUSINESS_HOURS_COUNT(hours) == 0)
		PG_RETURN_CSTRING(pstrdup("closed"));
	if (always_open(hours))
		PG_RETURN_CSTRING(pstrdup("24/7"));

	n = make_pieces(hours, &pieces);
	for (int day = 0; day < DAYS; day++)
	{
		initStringInfo(&buffer);
		for (; i < n && pieces[i].day == day; i++)
			appendStringInfo(&buffer, "%s%02d:%02d-%02d:%02d", buffer.len > 0 ? "," : "",
							 pieces[i].start / 60, pieces[i].start % 60,
							 pieces[i].end / 60, pieces[i].end % 60);
		spans[day] = buffer.data;
	}
	initStringInfo(&buffer);
	for (int day = 0; day < DAYS; day++)
	{
		bool		written = spans[day][0] == '\0';

		for (int earlier = 0; earlier < day && !written; earlier++)
			written = strcmp(spans[earlier], spans[day]) == 0;
		if (written)
			continue;
		if (buffer.len > 0)
			appendStringInfoString(&buffer, "; ");
		append_days(&buffer, spans, day);
		appendStringInfo(&buffer, " %s", spans[day]);
	}
	PG_RETURN_CSTRING(buffer.data);
}

/*
 * oms_business_hours_recv reads the number of openings (int4) and the start and end of
 * each (int2) under the same checks as text: 22P03 for one out of range or overlapping.
 */
Datum
oms_business_hours_recv(PG_FUNCTION_ARGS)
{
	StringInfo	buffer = (StringInfo) PG_GETARG_POINTER(0);
	uint32		n = pq_getmsgint(buffer, 4);
	bool	   *week = palloc0(sizeof(bool) * WEEK_MINUTES);
	OmsBusinessHours *result;

	for (uint32 i = 0; i < n; i++)
	{
		int			start = pq_getmsgint(buffer, 2);
		int			end = pq_getmsgint(buffer, 2);

		if (start >= WEEK_MINUTES || end <= start || end - start > WEEK_MINUTES)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
					 errmsg("invalid binary format of type %s", "oms.business_hours"),
					 errdetail("An opening is from minute %d to %d of the week.", start, end)));
		if (!mark_open(week, start, end))
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
					 errmsg("invalid binary format of type %s", "oms.business_hours"),
					 errdetail("The opening from minute %d to %d of the week overlaps another.",
							   start, end)));
	}
	result = make_hours(week);
	pfree(week);
	PG_RETURN_BUSINESS_HOURS_P(result);
}

/* oms_business_hours_send writes what oms_business_hours_recv reads. */
Datum
oms_business_hours_send(PG_FUNCTION_ARGS)
{
	OmsBusinessHours *hours = PG_GETARG_BUSINESS_HOURS_P(0);
	int			n = OMS_BUSINESS_HOURS_COUNT(hours);
	StringInfoData buffer;

	pq_begintypsend(&buffer);
	pq_sendint32(&buffer, n);
	for (int i = 0; i < n; i++)
	{
		pq_sendint16(&buffer, hours->openings[i].start);
		pq_sendint16(&buffer, hours->openings[i].end);
	}
	PG_RETURN_BYTEA_P(pq_endtypsend(&buffer));
}

/* -------------------------------------------------------------------------
 * Local time
 * -------------------------------------------------------------------------
 */

static void
out_of_range(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
			 errmsg("timestamp out of range")));
}

/* require_finite raises 22008: business hours know no infinite moment. */
static Timestamp
require_finite(Timestamp at)
{
	if (TIMESTAMP_NOT_FINITE(at))
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("a moment of business hours must be finite")));
	return at;
}

/* in_week is the part of a local time that is since Monday 00:00, in microseconds. */
static int64
in_week(Timestamp local)
{
	int64		since = (local % WEEK_USECS + EPOCH_IN_WEEK) % WEEK_USECS;

	return since < 0 ? since + WEEK_USECS : since;
}

/*
 * until_change tells whether it is open at a local time, and for how long that stays so:
 * at most a week and more than 0 microseconds.
 */
static bool
until_change(const OmsBusinessHours *hours, Timestamp local, int64 *stays)
{
	int64		now = in_week(local);
	int			n = OMS_BUSINESS_HOURS_COUNT(hours);

	*stays = WEEK_USECS;
	for (int i = 0; i < n; i++)
	{
		int64		start = hours->openings[i].start * USECS_PER_MINUTE;
		int64		end = hours->openings[i].end * USECS_PER_MINUTE;
		int64		there = now < start && now + WEEK_USECS < end ? now + WEEK_USECS : now;

		if (there >= start && there < end)
		{
			if (!always_open(hours))
				*stays = end - there;
			return true;
		}
		*stays = Min(*stays, start > now ? start - now : start + WEEK_USECS - now);
	}
	return false;
}

/*
 * oms_business_hours_contains is hours @> timestamp: whether it is open when the local
 * clock shows this. 22008 for infinity.
 */
Datum
oms_business_hours_contains(PG_FUNCTION_ARGS)
{
	int64		stays;

	PG_RETURN_BOOL(until_change(PG_GETARG_BUSINESS_HOURS_P(0),
								require_finite(PG_GETARG_TIMESTAMP(1)), &stays));
}

/* oms_business_hours_contained is timestamp <@ hours, the commutator. */
Datum
oms_business_hours_contained(PG_FUNCTION_ARGS)
{
	return DirectFunctionCall2(oms_business_hours_contains, PG_GETARG_DATUM(1),
							   PG_GETARG_DATUM(0));
}

/* -------------------------------------------------------------------------
 * Moments
 * -------------------------------------------------------------------------
 */

/*
 * oms_find_time_zone returns a time zone by any name that AT TIME ZONE takes; 22023 for another.
 * An abbreviation is the offset that it stands for at that moment.
 */
pg_tz *
oms_find_time_zone(text *name, TimestampTz at)
{
	char		buffer[TZ_STRLEN_MAX + 1];
	pg_tz	   *zone;
	int			offset;
	int			isdst;

	text_to_cstring_buffer(name, buffer, sizeof(buffer));
	switch (oms_decode_zone_abbreviation(downcase_truncate_identifier(buffer, strlen(buffer), false),
										 &offset, &zone))
	{
		case TZ:
		case DTZ:
			zone = pg_tzset_offset(-offset);
			break;
		case DYNTZ:
			zone = pg_tzset_offset(DetermineTimeZoneAbbrevOffsetTS(at, buffer, zone, &isdst));
			break;
		default:
			zone = pg_tzset(buffer);
	}
	if (zone == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("time zone \"%s\" not recognized", buffer)));
	return zone;
}

/* The local clock at a moment, and how long it runs on without being set. */
typedef struct Clock
{
	Timestamp	local;
	int64		runs;			/* microseconds, more than 0 */
} Clock;

static Clock
read_clock(TimestampTz at, pg_tz *zone)
{
	int64		since_epoch = at / USECS_PER_SEC - (at % USECS_PER_SEC < 0 ? 1 : 0);
	pg_time_t	seconds = since_epoch +
		(POSTGRES_EPOCH_JDATE - UNIX_EPOCH_JDATE) * SECS_PER_DAY;
	pg_time_t	boundary;
	long int	offset;
	long int	offset_after;
	int			isdst;
	int			isdst_after;
	int			found;
	Clock		clock;

	found = pg_next_dst_boundary(&seconds, &offset, &isdst, &boundary, &offset_after,
								 &isdst_after, zone);
	if (found < 0)
		out_of_range();
	clock.local = at + offset * USECS_PER_SEC;
	clock.runs = END_TIMESTAMP - at;
	if (found > 0)
		clock.runs = Min(clock.runs, time_t_to_timestamptz(boundary) - at);
	return clock;
}

/*
 * next_change returns the first moment at or after a moment at which it is open, or is
 * closed. The hours have both. 22008 when there is none before the end of time.
 */
static TimestampTz
next_change(const OmsBusinessHours *hours, TimestampTz at, pg_tz *zone, bool open)
{
	while (at < END_TIMESTAMP)
	{
		Clock		clock = read_clock(at, zone);
		int64		stays;

		CHECK_FOR_INTERRUPTS();
		if (until_change(hours, clock.local, &stays) == open)
			return at;
		at += Min(stays, clock.runs);
	}
	out_of_range();
	return 0;					/* keep the compiler quiet */
}

/* oms_business_hours_is_open is is_open(hours, at, time_zone). */
Datum
oms_business_hours_is_open(PG_FUNCTION_ARGS)
{
	TimestampTz at = require_finite(PG_GETARG_TIMESTAMPTZ(1));
	int64		stays;

	PG_RETURN_BOOL(until_change(PG_GETARG_BUSINESS_HOURS_P(0),
								read_clock(at, oms_find_time_zone(PG_GETARG_TEXT_PP(2), at)).local,
								&stays));
}

/* oms_business_hours_next_open is next_open(hours, at, time_zone): NULL when always closed. */
Datum
oms_business_hours_next_open(PG_FUNCTION_ARGS)
{
	OmsBusinessHours *hours = PG_GETARG_BUSINESS_HOURS_P(0);
	TimestampTz at = require_finite(PG_GETARG_TIMESTAMPTZ(1));
	pg_tz	   *zone = oms_find_time_zone(PG_GETARG_TEXT_PP(2), at);

	if (OMS_BUSINESS_HOURS_COUNT(hours) == 0)
		PG_RETURN_NULL();
	PG_RETURN_TIMESTAMPTZ(next_change(hours, at, zone, true));
}

/*
 * oms_business_hours_next_close is next_close(hours, at, time_zone): the end of the opening
 * that is on at that moment or comes next; NULL when it never opens or never closes.
 */
Datum
oms_business_hours_next_close(PG_FUNCTION_ARGS)
{
	OmsBusinessHours *hours = PG_GETARG_BUSINESS_HOURS_P(0);
	TimestampTz at = require_finite(PG_GETARG_TIMESTAMPTZ(1));
	pg_tz	   *zone = oms_find_time_zone(PG_GETARG_TEXT_PP(2), at);

	if (OMS_BUSINESS_HOURS_COUNT(hours) == 0 || always_open(hours))
		PG_RETURN_NULL();
	PG_RETURN_TIMESTAMPTZ(next_change(hours, next_change(hours, at, zone, true), zone, false));
}

/* working_usecs returns the microseconds of an interval; 22023 unless it is a span of time. */
static int64
working_usecs(const Interval *interval)
{
	if (interval->month != 0 || interval->day != 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("working time must be given in hours and smaller units"),
				 errdetail("It has %d months and %d days.", interval->month, interval->day),
				 errhint("A working day has the hours that the location is open.")));
	if (interval->time < 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("working time must not be negative")));
	return interval->time;
}

/* open_in_week is the time in a week during which it is open, in microseconds. */
static int64
open_in_week(const OmsBusinessHours *hours)
{
	int64		minutes = 0;

	for (int i = 0; i < OMS_BUSINESS_HOURS_COUNT(hours); i++)
		minutes += hours->openings[i].end - hours->openings[i].start;
	return minutes * USECS_PER_MINUTE;
}

/*
 * oms_working_time computes the first moment by which it was open for so long, in
 * microseconds, since at: at itself for 0. False when it never opens; 22008 beyond the end
 * of time. Weeks without a change of the clock are skipped.
 */
bool
oms_working_time(const OmsBusinessHours *hours, TimestampTz at, int64 usecs, pg_tz *zone,
				 TimestampTz *done)
{
	int64		a_week = open_in_week(hours);
	int64		left = usecs;

	if (left > 0 && a_week == 0)
		return false;
	while (left > 0)
	{
		Clock		clock;
		int64		weeks;
		int64		stays;

		CHECK_FOR_INTERRUPTS();
		if (at >= END_TIMESTAMP)
			out_of_range();
		clock = read_clock(at, zone);
		weeks = Min((left - 1) / a_week, clock.runs / WEEK_USECS);
		if (weeks > 0)
		{
			at += weeks * WEEK_USECS;
			left -= weeks * a_week;
			continue;
		}
		if (until_change(hours, clock.local, &stays))
		{
			stays = Min(stays, left);
			left -= Min(stays, clock.runs);
		}
		at += Min(stays, clock.runs);
	}
	if (!IS_VALID_TIMESTAMP(at))
		out_of_range();
	*done = at;
	return true;
}

/* oms_business_hours_add_working_time is add_working_time(hours, at, working_time, time_zone). */
Datum
oms_business_hours_add_working_time(PG_FUNCTION_ARGS)
{
	TimestampTz at = require_finite(PG_GETARG_TIMESTAMPTZ(1));
	int64		usecs = working_usecs(PG_GETARG_INTERVAL_P(2));
	TimestampTz done;

	if (!oms_working_time(PG_GETARG_BUSINESS_HOURS_P(0), at, usecs,
						  oms_find_time_zone(PG_GETARG_TEXT_PP(3), at), &done))
		PG_RETURN_NULL();
	PG_RETURN_TIMESTAMPTZ(done);
}

/*
 * oms_next_cut_off computes the first moment at or after at when the local clock shows the
 * time of day, in microseconds, and it was open right before. False when there is none
 * within two weeks: then, but for a change of the clock, there never is.
 */
bool
oms_next_cut_off(const OmsBusinessHours *hours, TimestampTz at, int64 time_of_day, pg_tz *zone,
				 TimestampTz *cut_off)
{
	TimestampTz end = Min(at + 2 * WEEK_USECS, END_TIMESTAMP);

	while (at < end)
	{
		Clock		clock = read_clock(at, zone);
		int64		since = (time_of_day - clock.local % USECS_PER_DAY) % USECS_PER_DAY;
		int64		stays;

		if (since < 0)
			since += USECS_PER_DAY;
		if (since >= clock.runs)
			at += clock.runs;
		else if (until_change(hours, clock.local + since - 1, &stays))
		{
			*cut_off = at + since;
			return *cut_off < END_TIMESTAMP;
		}
		else
			at += since + 1;
	}
	return false;
}

/* oms_business_hours_next_cut_off is next_cut_off(hours, at, cut_off, time_zone). */
Datum
oms_business_hours_next_cut_off(PG_FUNCTION_ARGS)
{
	TimestampTz at = require_finite(PG_GETARG_TIMESTAMPTZ(1));
	TimestampTz cut_off;

	if (!oms_next_cut_off(PG_GETARG_BUSINESS_HOURS_P(0), at, PG_GETARG_TIMEADT(2),
						  oms_find_time_zone(PG_GETARG_TEXT_PP(3), at), &cut_off))
		PG_RETURN_NULL();
	PG_RETURN_TIMESTAMPTZ(cut_off);
}

/* -------------------------------------------------------------------------
 * Equality, order, hash
 * -------------------------------------------------------------------------
 */

/* compare orders by the openings, one after the other; none comes first. */
static int
compare(const OmsBusinessHours *a, const OmsBusinessHours *b)
{
	int			na = OMS_BUSINESS_HOURS_COUNT(a);
	int			nb = OMS_BUSINESS_HOURS_COUNT(b);

	for (int i = 0; i < Min(na, nb); i++)
	{
		if (a->openings[i].start != b->openings[i].start)
			return a->openings[i].start < b->openings[i].start ? -1 : 1;
		if (a->openings[i].end != b->openings[i].end)
			return a->openings[i].end < b->openings[i].end ? -1 : 1;
	}
	return (na > nb) - (na < nb);
}

static int
compare_arguments(FunctionCallInfo fcinfo)
{
	OmsBusinessHours *a = PG_GETARG_BUSINESS_HOURS_P(0);
	OmsBusinessHours *b = PG_GETARG_BUSINESS_HOURS_P(1);
	int			result = compare(a, b);

	PG_FREE_IF_COPY(a, 0);
	PG_FREE_IF_COPY(b, 1);
	return result;
}

/* oms_business_hours_eq … oms_business_hours_cmp: the operators and the btree support. */
Datum
oms_business_hours_eq(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare_arguments(fcinfo) == 0);
}

Datum
oms_business_hours_ne(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare_arguments(fcinfo) != 0);
}

Datum
oms_business_hours_lt(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare_arguments(fcinfo) < 0);
}

Datum
oms_business_hours_le(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare_arguments(fcinfo) <= 0);
}

Datum
oms_business_hours_gt(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare_arguments(fcinfo) > 0);
}

Datum
oms_business_hours_ge(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare_arguments(fcinfo) >= 0);
}

Datum
oms_business_hours_cmp(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(compare_arguments(fcinfo));
}

/* oms_business_hours_hash hashes the openings: equal values have equal bytes. */
Datum
oms_business_hours_hash(PG_FUNCTION_ARGS)
{
	OmsBusinessHours *hours = PG_GETARG_BUSINESS_HOURS_P(0);
	Datum		result = hash_any((unsigned char *) hours->openings,
								  OMS_BUSINESS_HOURS_COUNT(hours) * sizeof(OmsOpening));

	PG_FREE_IF_COPY(hours, 0);
	return result;
}

/* oms_business_hours_hash_extended is the same with a seed, in 64 bits. */
Datum
oms_business_hours_hash_extended(PG_FUNCTION_ARGS)
{
	OmsBusinessHours *hours = PG_GETARG_BUSINESS_HOURS_P(0);
	Datum		result = hash_any_extended((unsigned char *) hours->openings,
										   OMS_BUSINESS_HOURS_COUNT(hours) * sizeof(OmsOpening),
										   PG_GETARG_INT64(1));

	PG_FREE_IF_COPY(hours, 0);
	return result;
}
