/*
 * network.h
 *		The network as a session keeps it: locations, groups, channels and rules, exact in
 *		the snapshot of the query. See network.c.
 */
#ifndef OMS_NETWORK_H
#define OMS_NETWORK_H

#include "oms.h"
#include "datatype/timestamp.h"
#include "nodes/bitmapset.h"
#include "type/latlon.h"
#include "type/safety_stock.h"
#include "utils/uuid.h"

typedef enum OmsMethod
{
	OMS_SHIP,
	OMS_PICKUP
} OmsMethod;

/* the number of methods; as a rule's method: any */
#define OMS_METHODS 2

struct OmsNetwork;

typedef struct OmsLocation
{
	text	   *location;
	bool		active;
	bool		can[OMS_METHODS];
	bool		placed;			/* has coordinates */
	OmsLatLon	coordinates;
} OmsLocation;

typedef struct OmsMember
{
	int			location;		/* index into the network's locations */
	int			sequence;
} OmsMember;

typedef struct OmsGroup
{
	text	   *location_group;
	int			nmembers;
	OmsMember  *members;		/* by sequence, then location */
	int		   *by_location;	/* indexes into members, by location */
	Bitmapset  *locations;
} OmsGroup;

typedef struct OmsChannel
{
	const struct OmsNetwork *network;
	text	   *channel;
	bool		active;
	OmsSafetyStock safety;		/* where no rule says otherwise */
	int64		buffer;			/* units over the whole network */
	int64		show_at_most;	/* PG_INT64_MAX: no limit */
	const OmsGroup *group[OMS_METHODS]; /* NULL: none */
} OmsChannel;

/* The dimensions of a rule, as bits: the more important the higher. */
enum
{
	OMS_RULE_METHOD = 1,
	OMS_RULE_CHANNEL = 2,
	OMS_RULE_GROUP = 4,
	OMS_RULE_LOCATION = 8,
	OMS_RULE_TAGS = 16,
	OMS_RULE_SKU = 32
};

typedef struct OmsRule
{
	int64		rule_id;
	int			set;			/* OMS_RULE_… bits: dimensions that are set */
	int			dimensions;		/* their number, each tag one */
	const OmsChannel *channel;
	int			location;		/* index into the network's locations */
	const OmsGroup *group;
	text	   *sku;
	int			ntags;
	text	  **tags;
	OmsMethod	method;
	TimestampTz active_from;
	TimestampTz active_until;
	OmsSafetyStock safety;
	TimestampTz created_at;
	text	   *note;			/* NULL: none */
} OmsRule;

/* At most so many units of a sku for a channel, in all or in each period of a time zone. */
typedef struct OmsQuotaLimit
{
	text	   *channel;
	text	   *sku;
	int64		quantity;
	text	   *period;			/* day, week, month; NULL: in all */
	text	   *time_zone;
} OmsQuotaLimit;

/* quantity units of a sku are in one kit. */
typedef struct OmsComponent
{
	text	   *kit;
	text	   *sku;
	int64		quantity;
} OmsComponent;

typedef struct OmsNetwork
{
	int			nlocations;
	OmsLocation *locations;		/* by name */
	int			ngroups;
	OmsGroup   *groups;			/* by name */
	int			nchannels;
	OmsChannel *channels;		/* by name */
	int			nrules;
	OmsRule    *rules;			/* by precedence: of those that match the first holds */
	int			nsku_rules;
	int		   *sku_rules;		/* rules that have a sku: by sku, then by precedence */
	int			nother_rules;
	int		   *other_rules;	/* the others, by precedence */
	int			nquotas;
	OmsQuotaLimit *quotas;		/* by channel, then sku */
	int			ncomponents;
	OmsComponent *components;	/* by kit, then sku */

	/* of network.c */
	MemoryContext context;
	Oid			relation;		/* network_change, when this was read */
	int			nchanges;
	pg_uuid_t  *changes;		/* its rows then, in order */
	int			users;
} OmsNetwork;

extern const OmsNetwork *oms_network(void);
extern int	oms_network_location(const OmsNetwork *network, const text *location);
extern const OmsChannel *oms_network_channel(const OmsNetwork *network, const text *channel);
extern const OmsQuotaLimit *oms_network_quota(const OmsNetwork *network, const text *channel,
											  const text *sku);
extern int	oms_network_kit(const OmsNetwork *network, const text *sku,
							const OmsComponent **components);
extern void oms_note_sku(text *sku);
extern int	oms_tags(Datum array, text ***tags);
extern void oms_network_init(void);
extern void oms_require_own_location(const text *location);
extern void oms_require_all_locations(void);

#endif							/* OMS_NETWORK_H */
