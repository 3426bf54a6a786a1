/*
 * availability.h
 *		What a channel may sell, cell by cell: the one reading that answers the page
 *		and that reserve chooses by. See availability.c.
 */
#ifndef OMS_AVAILABILITY_H
#define OMS_AVAILABILITY_H

#include "oms.h"
#include "type/latlon.h"
#include "type/safety_stock.h"

typedef enum OmsMethod
{
	OMS_SHIP,
	OMS_PICKUP
} OmsMethod;

typedef struct OmsChannel
{
	text	   *channel;
	bool		active;
	OmsSafetyStock safety;
	int64		buffer;			/* units over the whole network */
	text	   *group[2];		/* by OmsMethod; NULL: none */
} OmsChannel;

/* What is known of a sku. */
typedef struct OmsItem
{
	bool		known;			/* has an item or an account */
	bool		tracked;
	int64		quantity_minimum;
	int64		quantity_maximum;	/* PG_INT64_MAX: no limit */
	int64		quantity_step;
} OmsItem;

/* A sku at a location of the channel's group that is open for the method. */
typedef struct OmsCell
{
	int			sku;			/* index into the skus asked for */
	text	   *location;
	int			sequence;		/* in the group */
	double		distance_km;	/* infinity when either end has no coordinates */
	int64		on_hand;
	int64		unavailable;
	int64		reserved;		/* expired holds included */
	int64		expired;
	int64		safety_stock;	/* units withheld */
	int64		protected;		/* units protected for other channels */
	int64		free;			/* what the channel may take here, not below 0 */
} OmsCell;

extern OmsMethod oms_arg_method(FunctionCallInfo fcinfo, int argno);
extern const char *oms_method_name(OmsMethod method);
extern OmsChannel *oms_channel(text *channel);
extern OmsItem *oms_items(int n, text **skus);
extern void oms_raise_unknown_sku(text *sku);
extern bool oms_location_open(const OmsChannel *channel, OmsMethod method, text *location);
extern text *oms_first_open_location(const OmsChannel *channel, OmsMethod method);
extern int	oms_cells(const OmsChannel *channel, OmsMethod method, int n, text **skus,
					  const OmsLatLon *ship_to, bool latest, OmsCell **cells);
extern int64 oms_atp_of(const OmsChannel *channel, OmsMethod method, const OmsItem *item, int sku,
						int ncells, const OmsCell *cells);

#endif							/* OMS_AVAILABILITY_H */
