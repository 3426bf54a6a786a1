/*
 * take.c
 *		A take of an item at a location, for a new reservation or for one that moves: of a sku
 *		its units, of a kit whole kits. The bounded account decides, with the safety stock of the
 *		channel; what is from the channel's protection is told, by component.
 *
 * Kits: component by component. As far as one is short, what was taken of the others is given
 * back in the same transaction, so that only whole kits remain.
 */
#include "postgres.h"

#include "common/int.h"

#include "reservation/take.h"
#include "stock/stock.h"

/* oms_item_components is how many skus an item consists of: as many shares a take of it has. */
int
oms_item_components(const OmsItem *item)
{
	return item->kit != NULL ? item->kit->n : 1;
}

/* oms_item_component_units is how many units of its component c an item's units are. */
int64
oms_item_component_units(const OmsItem *item, int c, int64 units)
{
	return item->kit != NULL ? units * item->kit->quantities[c] : units;
}

/* take_sku tries to take quantity units of an item, which is no kit, at the location. */
static void
take_sku(const OmsTaker *taker, const OmsItem *item, text *location, int64 quantity, OmsMoveHow how,
		 OmsChange *result)
{
	OmsGuard	guard = {.kind = OMS_GUARD_AVAILABLE};
	OmsAmounts	change = {.reserved = quantity};

	guard.safety = oms_safety_stock_of(taker->channel, taker->method, item, location);
	guard.partial = how == OMS_MOVE_PARTIAL;
	if (item->tracked)
		guard.holder = taker->channel->channel;
	if (how == OMS_MOVE_FORCED || (!item->tracked && !oms_safety_stock_excludes(&guard.safety)))
		guard.kind = OMS_GUARD_NONE;
	oms_stock_change(taker->accounts, item->sku, location, change, &guard, result);
}

/*
 * give_some gives back some of the units taken of an item, which is no kit; *share is what
 * of them is from the channel's protection, the last to go back.
 */
static void
give_some(const OmsTaker *taker, const OmsItem *item, text *location, int64 taken, int64 units,
		  OmsShare *share)
{
	OmsClaim	claim = {item->sku, location, taker->channel->channel, units};

	if (units == 0)
		return;
	claim.protected = Max(0, share->units - (taken - units));
	claim.protected_until = share->until;
	share->units -= claim.protected;
	oms_claim_give_stock(taker->accounts, &claim);
}

/*
 * take_kit tries to take quantity kits at the location: of all components or, giving back
 * what it took of the others, of none. forced, unless NULL, says which are not bounded.
 */
static void
take_kit(const OmsTaker *taker, const OmsItem *item, text *location, int64 quantity, OmsMoveHow how,
		 const bool *forced, OmsChange *result, OmsShare *shares)
{
	const OmsKit *kit = item->kit;
	int64		kits = quantity;

	memset(result, 0, sizeof(OmsChange));
	result->outcome = OMS_SHORT;
	if (how != OMS_MOVE_FORCED && forced == NULL &&
		oms_excludes(taker->channel, taker->method, item, location))
		return;
	result->available = PG_INT64_MAX;
	for (int c = 0; c < kit->n && kits > 0; c++)
	{
		OmsChange	one;
		int64		units;
		int64		whole = 0;

		/* More than there can be is short without overflowing. */
		if (pg_mul_s64_overflow(kits, kit->quantities[c], &units))
			units = PG_INT64_MAX;
		take_sku(taker, &kit->items[c], location, units,
				 forced != NULL && forced[c] ? OMS_MOVE_FORCED : how, &one);
		shares[c] = one.share;
		if (kit->items[c].tracked)
			result->available = Min(result->available, one.available / kit->quantities[c]);
		if (one.outcome == OMS_PENDING)
		{
			result->outcome = OMS_PENDING;
			result->pending = one.pending;
		}
		if (one.outcome == OMS_DONE)
		{
			whole = Min(kits, one.change.reserved / kit->quantities[c]);
			if (whole < kits && how != OMS_MOVE_PARTIAL)
				whole = 0;
			give_some(taker, &kit->items[c], location, one.change.reserved,
					  one.change.reserved - whole * kit->quantities[c], &shares[c]);
		}
		for (int before = 0; before < c; before++)
			give_some(taker, &kit->items[before], location, kits * kit->quantities[before],
					  (kits - whole) * kit->quantities[before], &shares[before]);
		kits = whole;
	}
	if (kits > 0)
		result->outcome = OMS_DONE;
	result->change.reserved = kits;
}

/*
 * oms_take tries to take quantity units (of a kit: kits) of the item at the location; how
 * says whether less will do. forced, unless NULL, says which components of a kit are not bounded.
 * result->change.reserved is what was taken; shares, one for each component, what of it is from
 * the channel's protection.
 */
void
oms_take(const OmsTaker *taker, const OmsItem *item, text *location, int64 quantity, OmsMoveHow how,
		 const bool *forced, OmsChange *result, OmsShare *shares)
{
	if (item->kit != NULL)
		take_kit(taker, item, location, quantity, how, forced, result, shares);
	else
	{
		take_sku(taker, item, location, quantity, how, result);
		shares[0] = result->share;
	}
}
