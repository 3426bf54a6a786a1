/*
 * kit.h
 *		Kits: skus that consist of other skus. See kit.c.
 */
#ifndef OMS_KIT_H
#define OMS_KIT_H

#include "row.h"

typedef struct OmsComponent
{
	text	   *sku;
	int64		quantity;		/* units in one kit */
} OmsComponent;

extern OmsScan *oms_kits_open(Snapshot snapshot);
extern int	oms_kit_components(OmsScan *kits, text *sku, OmsComponent **components);

#endif							/* OMS_KIT_H */
