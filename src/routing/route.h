/*
 * route.h
 *		Routing of oms's own orders. See route.c.
 */
#ifndef OMS_ROUTING_ROUTE_H
#define OMS_ROUTING_ROUTE_H

extern void oms_routing_init(void);

#endif							/* OMS_ROUTING_ROUTE_H */
