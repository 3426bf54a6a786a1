/*
 * claim.h
 *		What backorders claim of incoming supply. See claim.c.
 */
#ifndef OMS_CLAIM_H
#define OMS_CLAIM_H

#include "reservation/reservation.h"

extern void oms_claims_make(const OmsReserveRequest *request, int n, OmsReservationPart **parts);
extern void oms_claims_drop(int n, Datum *backorder_ids, text *sku, int64 incoming_id);
extern void oms_claims_settle(text *sku);

#endif							/* OMS_CLAIM_H */
