/*
 * sync.h
 *		What the files of sync/ share: one call of ingest. See ingest.c, state.c,
 *		exceptions.c and reconcile.c.
 */
#ifndef OMS_SYNC_H
#define OMS_SYNC_H

#include "stock/stock.h"
#include "utils/timestamp.h"

/* A moment in a row as jsonb: the same in every session. */
#define OMS_FEED_MOMENT(moment) \
	"to_char((" moment ") AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"

/* The rows of a call, column by column: arrays, a null Datum where a column is not there. */
typedef struct OmsFeedRows
{
	int			n;
	Datum		event_ids;		/* text[] */
	Datum		skus;			/* text[] */
	Datum		locations;		/* text[] */
	Datum		quantities;		/* bigint[] */
	Datum		as_ofs;			/* timestamptz[]; infinity: there was one that is no moment */
	Datum		raws;			/* jsonb[]: the rows as they came */
} OmsFeedRows;

/* What became of a row. The texts are constants, or live as long as the call. */
typedef struct OmsFeedResult
{
	const char *outcome;
	const char *reason;			/* NULL: none */
	const char *detail;
	const char *first;			/* of a duplicate: what became of the first */
	int64		change;			/* units by which on_hand changed */
} OmsFeedResult;

typedef struct OmsFeedCall
{
	text	   *source;
	text	   *kind;
	text	   *actor;
	Datum		as_of;			/* of the whole, where a row has none; 0: none */
	text	   *event_id;		/* of a snapshot; NULL: none */
	bool		limits;			/* large differences wait for a person */
	bool		keyed;			/* a snapshot whose rows stand for themselves: a retry */
	OmsFeedRows rows;
	OmsFeedResult *results;		/* by row, out */
} OmsFeedCall;

/* A row that was judged to have an effect. */
typedef struct OmsFeedRow
{
	int			n;				/* number of the row, from 1 */
	text	   *event_id;
	text	   *sku;
	text	   *location;
	int64		quantity;
	TimestampTz as_of;
	text	   *reason;			/* of the movement; NULL: none */
} OmsFeedRow;

/*
 * Whether a movement m is not contained in a figure of the source as of the moment; seen is that
 * less the source's lag, shipped whether it knows at once what oms sent out. See state.c.
 */
#define OMS_FEED_UNSEEN(source, as_of, seen, shipped) \
	"(m.occurred_at > " seen " AND (m.occurred_at > " as_of " OR m.source IS DISTINCT FROM " source " " \
	"AND NOT (" shipped " AND m.kind IN ('consume', 'ship', 'hand_over'))))"

/* What a reservation r held at a moment. */
#define OMS_FEED_HELD(seen) \
	"CASE WHEN r.created_at > " seen " OR r.expires_at <= " seen " THEN 0 " \
	"WHEN r.status IN ('firm', 'hold') THEN CASE WHEN r.changed_at > " seen " THEN r.quantity ELSE r.quantity - r.consumed END " \
	"WHEN r.changed_at > " seen " THEN r.quantity ELSE 0 END"

extern bool oms_feed_is_kind(const OmsFeedCall *call, const char *kind);
extern void oms_feed_lock(Datum locations);
extern void oms_feed_parse(Datum json, OmsFeedRows *rows);
extern void oms_feed_run(OmsFeedCall *call);
extern void oms_feed_finish(OmsFeedCall *call);
extern Datum oms_feed_texts(int n, const OmsFeedRow *rows, size_t member);
extern void oms_feed_book(OmsFeedCall *call, int n, const OmsFeedRow *rows, const OmsChange *changes);
extern void oms_feed_state(OmsFeedCall *call, int n, const OmsFeedRow *rows);
extern void oms_feed_snapshot(OmsFeedCall *call);

#endif							/* OMS_SYNC_H */
