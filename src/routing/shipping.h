/*
 * shipping.h
 *		How a shipment leaves a location, when it arrives and what that costs. See shipping.c.
 */
#ifndef OMS_ROUTING_SHIPPING_H
#define OMS_ROUTING_SHIPPING_H

#include "network/network.h"
#include "type/latlon.h"

/* The tables of shipping as a query shows them. */
typedef struct OmsShipping OmsShipping;

/* What is wanted of a location. */
typedef struct OmsShipmentWish
{
	OmsMethod	method;
	const OmsLatLon *ship_to;	/* NULL: unknown */
	TimestampTz start_at;
	TimestampTz due_at;			/* DT_NOEND: whenever */
	double		cost_per_shipment;	/* the default while there is no carrier service */
	double		cost_per_km;
} OmsShipmentWish;

/* How it leaves and arrives; price is of the carrier alone. */
typedef struct OmsShipment
{
	const text *carrier_service;	/* NULL: none is needed, or the default way */
	double		price;
	double		handling_cost;	/* of the location */
	double		distance_km;
	TimestampTz ship_at;		/* DT_NOEND: nothing ever leaves */
	TimestampTz arrive_at;		/* DT_NOEND: nothing gets there; then there is no price */
} OmsShipment;

extern OmsShipping *oms_shipping_read(MemoryContext context);
extern bool oms_shipment(OmsShipping *shipping, text *location, const OmsShipmentWish *wish,
						 OmsShipment *shipment);

#endif							/* OMS_ROUTING_SHIPPING_H */
