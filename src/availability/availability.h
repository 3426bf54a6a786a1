/*
 * availability.h
 *		What a channel may sell, cell by cell: the one reading that answers the page
 *		and that reserve chooses by, and the rules of safety stock that both obey. See
 *		availability.c and rules.c.
 */
#ifndef OMS_AVAILABILITY_H
#define OMS_AVAILABILITY_H

#include "network/network.h"

struct OmsKit;

/* What is known of a sku. */
typedef struct OmsItem
{
	text	   *sku;
	const struct OmsKit *kit;	/* what it consists of; NULL: it is no kit */
	bool		known;			/* has an item or an account, or is a kit */
	bool		tracked;		/* of a kit: one of its components is */
	int64		quantity_minimum;
	int64		quantity_maximum;	/* PG_INT64_MAX: no limit */
	int64		quantity_step;
	int			ntags;
	text	  **tags;			/* different ones, in order */
} OmsItem;

typedef struct OmsKit
{
	int			n;
	struct OmsItem *items;		/* of the components, by sku */
	int64	   *quantities;		/* units of each in one kit */
} OmsKit;

/* The rules of safety stock that may hold for a channel, method and sku at a moment. */
typedef struct OmsRules
{
	const OmsChannel *channel;
	int			n;
	const OmsRule **rules;		/* by precedence */
} OmsRules;

/* A sku at a location of the channel's group for the method; of a kit, all in whole kits. */
typedef struct OmsCell
{
	int			sku;			/* index into the skus asked for */
	text	   *location;
	const OmsLocation *place;
	int			sequence;		/* in the group */
	double		distance_km;	/* infinity when either end has no coordinates */
	bool		open;			/* active, and may do what the method needs */
	bool		carried;		/* has an account of the sku */
	int64		on_hand;
	int64		unavailable;
	int64		reserved;		/* expired holds included */
	int64		expired;
	int64		incoming;		/* of a survey: units due after the moment asked for */
	OmsSafetyStock safety;
	const OmsRule *rule;		/* whose safety it is; NULL: the channel's own */
	bool		excluded;		/* the safety stock withholds all, or the location for a time */
	int64		safety_stock;	/* units withheld */
	int64		protected;		/* units protected for other channels */
	int64		free;			/* what the channel may take here, not below 0 */
} OmsCell;

/* Units of a sku that come to a location at a moment. */
typedef struct OmsIncoming
{
	int			sku;			/* index into the skus asked for */
	text	   *location;
	TimestampTz at;
	int64		outstanding;
	int64		unclaimed;		/* of them, those that no backorder claims */
} OmsIncoming;

/* projection.c */
extern int	oms_incoming_read(int n, const OmsItem *const *items, TimestampTz at, bool latest,
							  OmsIncoming **incoming);

/* rules.c */
extern void oms_rules_find(const OmsChannel *channel, OmsMethod method, const OmsItem *item,
						   TimestampTz at, OmsRules *rules);
extern const OmsRule *oms_rule_at(const OmsRules *rules, int location);
extern OmsSafetyStock oms_safety_stock_on(const OmsChannel *channel, OmsMethod method,
										  const OmsItem *item, const text *location,
										  TimestampTz at);
extern OmsSafetyStock oms_safety_stock_of(const OmsChannel *channel, OmsMethod method,
										  const OmsItem *item, const text *location);
extern bool oms_safety_stock_excludes(const OmsSafetyStock *safety);
extern bool oms_excludes(const OmsChannel *channel, OmsMethod method, const OmsItem *item,
						 const text *location);

/* availability.c */
extern OmsMethod oms_arg_method(FunctionCallInfo fcinfo, int argno);
extern const char *oms_method_name(OmsMethod method);
extern const OmsChannel *oms_channel(const text *channel);
extern OmsItem *oms_items(int n, text **skus);
extern void oms_raise_unknown_sku(text *sku);
extern bool oms_location_open(const OmsChannel *channel, OmsMethod method, const text *location);
extern text *oms_first_open_location(const OmsChannel *channel, OmsMethod method,
									 const OmsItem *item);
extern int	oms_cells(const OmsChannel *channel, OmsMethod method, int n, const OmsItem *const *items,
					  const OmsLatLon *ship_to, bool latest, OmsCell **cells);
extern int	oms_cells_at(const OmsChannel *channel, OmsMethod method, int n,
						 const OmsItem *const *items, const OmsLatLon *ship_to, TimestampTz at,
						 bool latest, OmsCell **cells);
extern int	oms_survey(const OmsChannel *channel, OmsMethod method, const OmsItem *item, TimestampTz at,
					   OmsCell **cells);
extern int64 oms_atp_of(const OmsChannel *channel, OmsMethod method, const OmsItem *item, int sku,
						int ncells, const OmsCell *cells);
extern int64 oms_atp_at(const OmsChannel *channel, OmsMethod method, const OmsItem *item, int sku,
						int ncells, const OmsCell *cells, TimestampTz at);

#endif							/* OMS_AVAILABILITY_H */
