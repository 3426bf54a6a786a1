/*
 * policy.h
 *		Policies: which orders are routed by which rules. See policy.c.
 */
#ifndef OMS_ROUTING_POLICY_H
#define OMS_ROUTING_POLICY_H

#include "utils/array.h"

#include "oms.h"
#include "routing/criteria.h"

/* A rule of a routing. Texts are literals, to be quoted. */
typedef struct PolicyRule
{
	int			rule_no;
	char	   *location_group; /* NULL: no other than the channel's */
	char	   *max_distance_km;	/* NULL: no limit */
	char	   *floor;			/* a safety stock */
	bool		single;			/* an order's lines leave in one shipment */
	bool		whole;			/* all lines still to be served, or none */
	bool		keep_groups;
	bool		ignore_capacity;
	char	   *min_shipment_value;
	Criteria	criteria;
} PolicyRule;

typedef struct PolicyRouting
{
	char	   *name;
	char	   *filter;			/* NULL: every order */
	char	   *saved_by;		/* role */
	char	   *queue;
	char	   *cancel_after_days;	/* NULL: never */
	bool		backorders;		/* what no rule serves */
	bool		leaves;			/* the same, as it is, in no queue */
	int			nrules;
	PolicyRule *rules;
} PolicyRouting;

typedef struct Policy
{
	text	   *name;
	int			version;
	int			nroutings;
	PolicyRouting *routings;
} Policy;

extern Policy *oms_policy_read(text *name, const char *version);
extern ArrayType *oms_policy_orders(const PolicyRouting *routing, ArrayType *among,
									const char *held);

#endif							/* OMS_ROUTING_POLICY_H */
