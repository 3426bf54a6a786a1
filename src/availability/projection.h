/*
 * projection.h
 *		What a channel may sell at a later moment. See projection.c.
 */
#ifndef OMS_PROJECTION_H
#define OMS_PROJECTION_H

#include "availability/availability.h"
#include "datatype/timestamp.h"

extern void oms_project(const OmsChannel *channel, OmsMethod method, int n,
						const OmsItem *const *items, TimestampTz at, bool latest, int *ncells,
						OmsCell **cells);

#endif							/* OMS_PROJECTION_H */
