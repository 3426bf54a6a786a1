-- The invariants of the whole, each as a query for what breaks it, in parts that look at the same tables.
-- The parts are inlined into the queries of insight/check.c, which gives them the changed skus and
-- orders to look at as constants, so that each is planned for what it has to look at; NULL is all. So
-- they are not pinned to a search_path: only oms.check() calls them, and it is.

-- An account is the sum of its records: what of which accounts is not, as oms.check reports it and as oms.repair mends it.
CREATE FUNCTION oms.account_difference(skus text[])
RETURNS TABLE (invariant text, key text, detail text, kind text, keys text[], measure text, account numeric, records numeric)
LANGUAGE sql STABLE PARALLEL SAFE COST 100000 ROWS 10
AS $$
    -- Sums of bigint are numeric and cost most of it: so each record is added up once, and what is mostly 0 or absent only where it is not.
    WITH delta AS (
        SELECT sku, location, sum(on_hand) AS on_hand, sum(unavailable) AS unavailable, sum(reserved) AS reserved
          FROM oms.stock_delta WHERE ($1 IS NULL OR sku = ANY ($1)) GROUP BY sku, location),
    account AS (
        SELECT sku, location, COALESCE(a.on_hand, 0) + COALESCE(d.on_hand, 0) AS on_hand,
               COALESCE(a.unavailable, 0) + COALESCE(d.unavailable, 0) AS unavailable, COALESCE(a.reserved, 0) + COALESCE(d.reserved, 0) AS reserved
          FROM (SELECT sku, location, on_hand, unavailable, reserved FROM oms.stock_account WHERE ($1 IS NULL OR sku = ANY ($1))) a
          FULL JOIN delta d USING (sku, location)),
    ledger AS (
        SELECT sku, location, sum(quantity) AS quantity, sum(unavailable) FILTER (WHERE unavailable <> 0) AS unavailable
          FROM oms.movement_row WHERE ($1 IS NULL OR sku = ANY ($1)) GROUP BY sku, location),
    claim AS (
        SELECT sku, location, count(*) AS reservations, sum(reserved) FILTER (WHERE reserved <> 0) AS reserved
          FROM (SELECT sku, location, CASE WHEN status IN ('hold', 'firm') THEN quantity - consumed ELSE 0 END AS reserved
                  FROM oms.reservation_row WHERE $1 IS NULL
                UNION ALL   -- of some skus by the indexes of live reservations
                SELECT sku, location, quantity - consumed FROM oms.reservation_row WHERE status = 'hold' AND sku = ANY ($1)
                UNION ALL
                SELECT sku, location, quantity - consumed FROM oms.reservation_row WHERE status = 'firm' AND sku = ANY ($1)
                UNION ALL
                SELECT sku, location, quantity - released FROM oms.hold_back_row WHERE ($1 IS NULL OR sku = ANY ($1))
                UNION ALL
                SELECT l.sku, t.from_location, l.held
                  FROM oms.transfer_line_row l JOIN oms.transfer_order_row t ON t.transfer_id = l.transfer_id
                 WHERE ($1 IS NULL OR l.sku = ANY ($1))) r
         GROUP BY sku, location),
    said AS MATERIALIZED (   -- of stock, where it is not all well; an absent account is NULLs
        SELECT format('sku %s, location %s', sku, location) AS key, ARRAY[sku, location] AS keys, a.on_hand, a.unavailable, a.reserved,
               l.quantity AS moved, COALESCE(l.unavailable, 0) AS moved_unavailable, c.reservations, COALESCE(c.reserved, 0) AS claimed
          FROM account a
          FULL JOIN ledger l USING (sku, location)
          FULL JOIN claim c USING (sku, location)
         WHERE (a.on_hand = COALESCE(l.quantity, 0) AND a.unavailable = COALESCE(l.unavailable, 0) AND a.reserved = COALESCE(c.reserved, 0)) IS NOT TRUE),
    incoming AS (
        SELECT COALESCE(i.sku, a.sku) AS sku, COALESCE(i.location, a.location) AS location,
               COALESCE(i.incoming_id::text, a.incoming) AS incoming,
               COALESCE(CASE WHEN i.status = 'open' THEN i.quantity - i.received END, 0) AS outstanding,
               COALESCE(a.on_hand, 0) AS expected, COALESCE(a.reserved, 0) AS reserved, COALESCE(c.claimed, 0) AS claimed
          FROM (SELECT * FROM oms.incoming_row WHERE ($1 IS NULL OR sku = ANY ($1))) i
          FULL JOIN (SELECT sku, location, incoming, sum(on_hand) AS on_hand, sum(reserved) AS reserved
                       FROM (SELECT sku, location, incoming, on_hand, reserved FROM oms.incoming_account
                             UNION ALL
                             SELECT sku, location, incoming, on_hand, reserved FROM oms.incoming_delta) a
                      WHERE ($1 IS NULL OR sku = ANY ($1)) GROUP BY sku, location, incoming) a
            ON a.sku = i.sku AND a.location = i.location AND a.incoming = i.incoming_id::text
          FULL JOIN (SELECT sku, location, incoming_id::text COLLATE "C" AS incoming, sum(quantity) AS claimed
                       FROM oms.backorder_claim_row WHERE ($1 IS NULL OR sku = ANY ($1)) GROUP BY sku, location, incoming_id) c
            ON c.sku = i.sku AND c.location = i.location AND c.incoming = i.incoming_id::text),
    backordered AS (
        SELECT sku, channel, sum(reserved) AS reserved, sum(missing) AS missing
          FROM (SELECT sku, channel, reserved, 0 AS missing FROM oms.backorder_account
                UNION ALL
                SELECT sku, channel, reserved, 0 FROM oms.backorder_delta
                UNION ALL
                SELECT sku, channel, 0, quantity - filled FROM oms.backorder_row WHERE status = 'open') b
         WHERE ($1 IS NULL OR sku = ANY ($1)) GROUP BY sku, channel),
    protection AS (
        SELECT sku, location, until, channel, sum(on_hand) AS quantity, sum(reserved) AS used
          FROM (SELECT sku, location, until, channel, on_hand, reserved FROM oms.protection_account
                UNION ALL
                SELECT sku, location, until, channel, on_hand, reserved FROM oms.protection_delta) a
         WHERE ($1 IS NULL OR sku = ANY ($1)) GROUP BY sku, location, until, channel),
    from_protection AS (   -- of some skus only when there is one to compare with: reservations have no index for it
        SELECT sku, location, until, channel, sum(used) AS used
          FROM (SELECT sku, location, protected_until AS until, channel,
                       CASE WHEN status IN ('hold', 'firm') THEN protected ELSE least(protected, consumed) END AS used
                  FROM oms.reservation_row
                 WHERE protected > 0 AND ($1 IS NULL OR EXISTS (SELECT FROM oms.protection_account WHERE sku = ANY ($1))
                                                     OR EXISTS (SELECT FROM oms.protection_delta WHERE sku = ANY ($1)))
                UNION ALL
                SELECT keys[1], keys[2], keys[3], keys[4], used FROM oms.archived_use_row WHERE kind = 'protection') a
         WHERE ($1 IS NULL OR sku = ANY ($1)) GROUP BY sku, location, until, channel),
    quota AS (
        SELECT sku, channel, period, sum(reserved) AS used
          FROM (SELECT sku, channel, period, reserved FROM oms.quota_account
                UNION ALL
                SELECT sku, channel, period, reserved FROM oms.quota_delta) a
         WHERE ($1 IS NULL OR sku = ANY ($1)) GROUP BY sku, channel, period),
    from_quota AS (
        SELECT sku, channel, period, sum(used) AS used
          FROM (SELECT COALESCE(kit, sku) AS sku, channel, quota_period AS period,
                       CASE WHEN status IN ('hold', 'firm') THEN quantity ELSE consumed END / COALESCE(kit_quantity, 1) AS used
                  FROM oms.reservation_row
                 WHERE quota_period IS NOT NULL AND ($1 IS NULL OR EXISTS (SELECT FROM oms.quota_account WHERE sku = ANY ($1))
                                                               OR EXISTS (SELECT FROM oms.quota_delta WHERE sku = ANY ($1)))
                UNION ALL
                SELECT sku, channel, quota_period, quantity - filled
                  FROM oms.backorder_row WHERE quota_period IS NOT NULL AND status = 'open'
                UNION ALL
                SELECT keys[1], keys[2], keys[3], used FROM oms.archived_use_row WHERE kind = 'quota') a
         WHERE ($1 IS NULL OR sku = ANY ($1)) GROUP BY sku, channel, period),
    capacity AS (
        SELECT location, window_name, until, measure, sum(used) AS used, sum(work) AS work
          FROM (SELECT location, window_name, until, measure, reserved AS used, 0 AS work FROM oms.capacity_account
                UNION ALL
                SELECT location, window_name, until, measure, reserved, 0 FROM oms.capacity_delta
                UNION ALL
                SELECT location, window_name, until, measure, 0, quantity FROM oms.capacity_use_row) c
         GROUP BY location, window_name, until, measure)
    SELECT 'on_hand is the sum of the movements', s.key, format('on_hand %s, movements %s', s.on_hand, COALESCE(s.moved, 0)),
           'stock', s.keys, 'on_hand', s.on_hand, COALESCE(s.moved, 0)
      FROM said s WHERE s.on_hand <> COALESCE(s.moved, 0)
    UNION ALL
    SELECT 'unavailable is the sum of the movements', s.key, format('unavailable %s, movements %s', COALESCE(s.unavailable, 0), s.moved_unavailable),
           'stock', s.keys, 'unavailable', COALESCE(s.unavailable, 0), s.moved_unavailable
      FROM said s WHERE COALESCE(s.unavailable, 0) <> s.moved_unavailable
    UNION ALL
    SELECT 'reserved is the sum of the reservations', s.key, format('reserved %s, reservations %s', s.reserved, s.claimed),
           'stock', s.keys, 'reserved', s.reserved, s.claimed
      FROM said s WHERE s.reserved <> s.claimed
    UNION ALL
    SELECT 'every movement has an account', s.key, format('movements of %s units', s.moved), 'stock', s.keys, 'on_hand', 0, s.moved
      FROM said s WHERE s.on_hand IS NULL AND s.moved IS NOT NULL
    UNION ALL
    SELECT 'every reservation has an account', s.key, format('%s reservations', s.reservations), 'stock', s.keys, 'reserved', 0, s.claimed
      FROM said s WHERE s.on_hand IS NULL AND s.reservations > 0
    UNION ALL
    SELECT 'what is incoming is what was ordered and has not come', format('sku %s, location %s, incoming %s', i.sku, i.location, i.incoming),
           format('outstanding %s, account %s', i.outstanding, i.expected),
           'incoming', ARRAY[i.sku, i.location, i.incoming], 'on_hand', i.expected, i.outstanding
      FROM incoming i WHERE i.outstanding <> i.expected
    UNION ALL
    SELECT 'what is claimed of incoming supply is the sum of the claims', format('sku %s, location %s, incoming %s', i.sku, i.location, i.incoming),
           format('claims %s, account %s', i.claimed, i.reserved),
           'incoming', ARRAY[i.sku, i.location, i.incoming], 'reserved', i.reserved, i.claimed
      FROM incoming i WHERE i.claimed <> i.reserved
    UNION ALL
    SELECT 'what a channel has backordered is the sum of its open backorders', format('sku %s, channel %s', b.sku, b.channel),
           format('backorders %s, account %s', b.missing, b.reserved),
           'backorder', ARRAY[b.sku, b.channel], 'reserved', b.reserved, b.missing
      FROM backordered b WHERE b.missing <> b.reserved
    UNION ALL
    SELECT 'used of a protection is what reservations have of it',
           format('sku %s, location %s, channel %s, until %s', sku, location, channel, until),
           format('used %s, reservations %s', COALESCE(p.used, 0), COALESCE(r.used, 0)),
           'protection', ARRAY[sku, location, until, channel], 'reserved', COALESCE(p.used, 0), COALESCE(r.used, 0)
      FROM protection p FULL JOIN from_protection r USING (sku, location, channel, until)
     WHERE COALESCE(p.used, 0) <> COALESCE(r.used, 0)
    UNION ALL
    SELECT 'used of a quota is what reservations and backorders have of it',
           format('sku %s, channel %s, period %s', sku, channel, period),
           format('used %s, reservations and backorders %s', COALESCE(q.used, 0), COALESCE(r.used, 0)),
           'quota', ARRAY[sku, channel, period], 'reserved', COALESCE(q.used, 0), COALESCE(r.used, 0)
      FROM quota q FULL JOIN from_quota r USING (sku, channel, period)
     WHERE COALESCE(q.used, 0) <> COALESCE(r.used, 0)
    UNION ALL
    SELECT 'used of a capacity is what the work at the location has of it',
           format('location %s, window %s until %s, %s', c.location, c.window_name, c.until, c.measure),
           format('used %s, work %s', c.used, c.work),
           'capacity', ARRAY[c.location, c.window_name, c.until, c.measure], 'reserved', c.used, c.work
      FROM capacity c WHERE c.used <> c.work
$$;
REVOKE ALL ON FUNCTION oms.account_difference(text[]) FROM PUBLIC;
COMMENT ON FUNCTION oms.account_difference(text[]) IS
    'private: amounts of accounts that are not the sum of their records, of these skus, NULL for all; capacity is always looked at. keys and measure name the amount as account/account.c has it';

CREATE FUNCTION oms.check_accounts(skus text[])
RETURNS TABLE (invariant text, key text, detail text)
LANGUAGE sql STABLE PARALLEL SAFE COST 100000 ROWS 10
AS $$
    WITH delta AS (
        SELECT format('sku %s, location %s', d.sku, d.location) AS key, d.id, a.w, a.exc
          FROM oms.stock_delta d JOIN oms.stock_account a ON a.sku = d.sku AND a.location = d.location WHERE ($1 IS NULL OR d.sku = ANY ($1))
        UNION ALL
        SELECT format('sku %s, location %s, channel %s, until %s', d.sku, d.location, d.channel, d.until), d.id, a.w, a.exc
          FROM oms.protection_delta d
          JOIN oms.protection_account a ON a.sku = d.sku AND a.location = d.location AND a.until = d.until AND a.channel = d.channel WHERE ($1 IS NULL OR d.sku = ANY ($1))
        UNION ALL
        SELECT format('sku %s, channel %s, period %s', d.sku, d.channel, d.period), d.id, a.w, a.exc
          FROM oms.quota_delta d
          JOIN oms.quota_account a ON a.sku = d.sku AND a.channel = d.channel AND a.period = d.period WHERE ($1 IS NULL OR d.sku = ANY ($1))
        UNION ALL
        SELECT format('sku %s, location %s, incoming %s', d.sku, d.location, d.incoming), d.id, a.w, a.exc
          FROM oms.incoming_delta d
          JOIN oms.incoming_account a ON a.sku = d.sku AND a.location = d.location AND a.incoming = d.incoming WHERE ($1 IS NULL OR d.sku = ANY ($1))
        UNION ALL
        SELECT format('location %s, window %s until %s, %s', d.location, d.window_name, d.until, d.measure), d.id, a.w, a.exc
          FROM oms.capacity_delta d
          JOIN oms.capacity_account a ON a.location = d.location AND a.window_name = d.window_name AND a.until = d.until AND a.measure = d.measure
        UNION ALL
        SELECT format('sku %s, channel %s', d.sku, d.channel), d.id, a.w, a.exc
          FROM oms.backorder_delta d JOIN oms.backorder_account a ON a.sku = d.sku AND a.channel = d.channel WHERE ($1 IS NULL OR d.sku = ANY ($1)))
    SELECT d.invariant, d.key, d.detail FROM oms.account_difference($1) d
    UNION ALL
    SELECT 'a delta is folded once', d.key, format('delta %s is not above w = %s and not in exc', d.id, d.w)
      FROM delta d WHERE d.id <= d.w AND d.id <> ALL (d.exc)
    UNION ALL
    SELECT 'exc is not above w', a.key, format('w = %s, exc = %s', a.w, a.exc)
      FROM (SELECT format('sku %s, location %s', sku, location) AS key, w, exc FROM oms.stock_account WHERE ($1 IS NULL OR sku = ANY ($1))
            UNION ALL
            SELECT format('sku %s, location %s, channel %s, until %s', sku, location, channel, until), w, exc FROM oms.protection_account WHERE ($1 IS NULL OR sku = ANY ($1))
            UNION ALL
            SELECT format('sku %s, channel %s, period %s', sku, channel, period), w, exc FROM oms.quota_account WHERE ($1 IS NULL OR sku = ANY ($1))
            UNION ALL
            SELECT format('sku %s, location %s, incoming %s', sku, location, incoming), w, exc FROM oms.incoming_account WHERE ($1 IS NULL OR sku = ANY ($1))
            UNION ALL
            SELECT format('location %s, window %s until %s, %s', location, window_name, until, measure), w, exc FROM oms.capacity_account
            UNION ALL
            SELECT format('sku %s, channel %s', sku, channel), w, exc FROM oms.backorder_account WHERE ($1 IS NULL OR sku = ANY ($1))) a
     WHERE a.w < ANY (a.exc)
$$;
REVOKE ALL ON FUNCTION oms.check_accounts(text[]) FROM PUBLIC;
COMMENT ON FUNCTION oms.check_accounts(text[]) IS 'private: the part of oms.check about accounts: that they are the sums of their records, and how they and their deltas lie';

CREATE FUNCTION oms.check_stock(skus text[])
RETURNS TABLE (invariant text, key text, detail text)
LANGUAGE sql STABLE PARALLEL SAFE COST 100000 ROWS 10
AS $$
    WITH account AS MATERIALIZED (
        SELECT sku, location, COALESCE(a.on_hand, 0) + COALESCE(d.on_hand, 0) AS on_hand,
               COALESCE(a.unavailable, 0) + COALESCE(d.unavailable, 0) AS unavailable, COALESCE(a.reserved, 0) + COALESCE(d.reserved, 0) AS reserved
          FROM (SELECT sku, location, on_hand, unavailable, reserved FROM oms.stock_account WHERE ($1 IS NULL OR sku = ANY ($1))) a
          FULL JOIN (SELECT sku, location, sum(on_hand) AS on_hand, sum(unavailable) AS unavailable, sum(reserved) AS reserved
                       FROM oms.stock_delta WHERE ($1 IS NULL OR sku = ANY ($1)) GROUP BY sku, location) d USING (sku, location)
         WHERE (COALESCE(a.on_hand, 0) + COALESCE(d.on_hand, 0) >= 0 AND COALESCE(a.unavailable, 0) + COALESCE(d.unavailable, 0) >= 0
                AND COALESCE(a.reserved, 0) + COALESCE(d.reserved, 0) >= 0 AND sku NOT IN (SELECT k.kit FROM oms.kit_component k)) IS NOT TRUE)
    SELECT 'on_hand, unavailable and reserved are not negative', format('sku %s, location %s', a.sku, a.location),
           format('on_hand %s, unavailable %s, reserved %s', a.on_hand, a.unavailable, a.reserved)
      FROM account a
     WHERE a.unavailable < 0 OR a.reserved < 0    -- what other systems sold is gone, and its receipt may come later
        OR a.on_hand < 0 AND NOT EXISTS (SELECT FROM oms.movement_row m
                                          WHERE m.sku = a.sku AND m.location = a.location AND m.source IS NOT NULL)
    UNION ALL
    SELECT 'a kit has no stock of its own', format('sku %s, location %s', a.sku, a.location),
           format('on_hand %s, reserved %s', a.on_hand, a.reserved)
      FROM account a
     WHERE (a.on_hand <> 0 OR a.unavailable <> 0 OR a.reserved <> 0)
       AND EXISTS (SELECT FROM oms.kit_component k WHERE k.kit = a.sku)
$$;
REVOKE ALL ON FUNCTION oms.check_stock(text[]) FROM PUBLIC;
COMMENT ON FUNCTION oms.check_stock(text[]) IS 'private: the part of oms.check about what stock may be';

CREATE FUNCTION oms.check_supply(skus text[])
RETURNS TABLE (invariant text, key text, detail text)
LANGUAGE sql STABLE PARALLEL SAFE COST 100000 ROWS 10
AS $$
    SELECT 'what was received of incoming supply is the sum of its movements',
           format('sku %s, location %s, incoming %s', i.sku, i.location, i.incoming_id),
           format('received %s, movements %s', i.received, COALESCE(m.moved, 0))
      FROM oms.incoming_row i
      LEFT JOIN (SELECT sku, location, incoming_id, sum(quantity) AS moved
                   FROM oms.movement_row WHERE incoming_id IS NOT NULL AND ($1 IS NULL OR sku = ANY ($1)) GROUP BY sku, location, incoming_id) m
        ON m.sku = i.sku AND m.location = i.location AND m.incoming_id = i.incoming_id
     WHERE i.received <> COALESCE(m.moved, 0) AND ($1 IS NULL OR i.sku = ANY ($1))
       AND NOT EXISTS (SELECT FROM oms.ledger_opening o
                        WHERE o.sku = i.sku AND o.location = i.location AND i.created_at < o.at + interval '1 day')
    UNION ALL
    SELECT 'no more is claimed of incoming supply than is expected', format('sku %s, location %s, incoming %s', c.sku, c.location, c.incoming_id),
           format('claims %s, outstanding %s', c.claimed, COALESCE(i.quantity - i.received, 0))
      FROM (SELECT sku, location, incoming_id, sum(quantity) AS claimed
              FROM oms.backorder_claim_row WHERE ($1 IS NULL OR sku = ANY ($1)) GROUP BY sku, location, incoming_id) c
      LEFT JOIN oms.incoming_row i ON i.sku = c.sku AND i.location = c.location AND i.incoming_id = c.incoming_id AND i.status = 'open'
     WHERE c.claimed > COALESCE(i.quantity - i.received, 0)
    UNION ALL
    SELECT 'an open backorder claims at most what is missing of it, another one nothing', format('backorder %s', c.backorder_id),
           format('sku %s, status %s, claims %s, missing %s', c.sku, b.status, c.quantity, b.quantity - b.filled)
      FROM (SELECT sku, backorder_id, sum(quantity) AS quantity FROM oms.backorder_claim_row WHERE ($1 IS NULL OR sku = ANY ($1)) GROUP BY sku, backorder_id) c
      LEFT JOIN oms.backorder_row b ON b.backorder_id = c.backorder_id AND b.sku = c.sku
     WHERE b.status IS DISTINCT FROM 'open' OR c.quantity > b.quantity - b.filled
    UNION ALL
    SELECT 'a backorder is filled by at most its quantity, and open until then', format('backorder %s', b.backorder_id),
           format('%s: filled %s of %s', b.status, b.filled, b.quantity)
      FROM oms.backorder_row b
     WHERE (b.filled NOT BETWEEN 0 AND b.quantity OR (b.status = 'filled') <> (b.filled = b.quantity))
       AND ($1 IS NULL OR b.sku = ANY ($1))
    UNION ALL
    SELECT 'used of a protection is not more than was protected',
           format('sku %s, location %s, channel %s, until %s', sku, location, channel, until),
           format('used %s of %s', sum(reserved), sum(on_hand))
      FROM (SELECT sku, location, until, channel, on_hand, reserved FROM oms.protection_account
            UNION ALL
            SELECT sku, location, until, channel, on_hand, reserved FROM oms.protection_delta) p
     WHERE ($1 IS NULL OR sku = ANY ($1)) GROUP BY sku, location, until, channel HAVING sum(reserved) NOT BETWEEN 0 AND sum(on_hand)
$$;
REVOKE ALL ON FUNCTION oms.check_supply(text[]) FROM PUBLIC;
COMMENT ON FUNCTION oms.check_supply(text[]) IS 'private: the part of oms.check about incoming supply, backorders and protected stock';

CREATE FUNCTION oms.check_ledger(skus text[], orders text[])
RETURNS TABLE (invariant text, key text, detail text)
LANGUAGE sql STABLE PARALLEL SAFE COST 100000 ROWS 10
AS $$
    WITH evidence AS MATERIALIZED (
        SELECT sku, location, kind, reference, source, quantity, unavailable
          FROM oms.movement_row
         WHERE (kind IN ('ship', 'hand_over', 'count', 'return') OR source IS NOT NULL OR reference LIKE 'transfer %')
           AND ($1 IS NULL OR sku = ANY ($1))),
    opening AS MATERIALIZED (   -- records from before it, or from a transaction that was open then, have lost their movements
        SELECT o.sku, o.location, o.at + interval '1 day' AS at FROM oms.ledger_opening o WHERE ($1 IS NULL OR o.sku = ANY ($1)))
    SELECT 'what a fulfillment sent out left the stock', format('fulfillment %s, sku %s', s.fulfillment_id, s.sku),
           format('shipped %s, movements of %s', s.shipped, COALESCE(m.units, 0))
      FROM (SELECT fulfillment_id, sku, sum(shipped) AS shipped
              FROM oms.fulfillment_line_row
             WHERE shipped > 0 AND ($1 IS NULL OR order_id = ANY ($2) AND sku = ANY ($1)) GROUP BY fulfillment_id, sku) s
      LEFT JOIN (SELECT reference, sku, -sum(quantity) AS units
                   FROM evidence WHERE kind IN ('ship', 'hand_over') GROUP BY reference, sku) m
        ON m.reference = 'fulfillment ' || s.fulfillment_id AND m.sku = s.sku
     WHERE s.shipped <> COALESCE(m.units, 0)
       AND NOT EXISTS (SELECT FROM oms.item i WHERE i.sku = s.sku AND NOT i.tracked)
       AND NOT EXISTS (SELECT FROM oms.fulfillment_row f JOIN opening o ON o.location = f.location
                        WHERE f.fulfillment_id = s.fulfillment_id AND o.sku = s.sku AND f.assigned_at < o.at)
    UNION ALL
    SELECT 'an accepted count changed on_hand by its variance', format('count %s, sku %s', l.count_id, l.sku),
           format('variance %s, movements %s', l.variance, COALESCE(m.quantity, 0))
      FROM oms.count_line_row l
      JOIN oms.count_session_row s ON s.count_id = l.count_id
      LEFT JOIN (SELECT sku, location, reference, sum(quantity) AS quantity
                   FROM evidence WHERE kind = 'count' AND reference IS NOT NULL GROUP BY sku, location, reference) m
        ON m.sku = l.sku AND m.location = s.location AND m.reference = 'count ' || l.count_id
     WHERE l.status = 'accepted' AND l.variance <> COALESCE(m.quantity, 0) AND ($1 IS NULL OR l.sku = ANY ($1))
       AND NOT EXISTS (SELECT FROM opening o WHERE o.sku = l.sku AND o.location = s.location AND l.decided_at < o.at)
    UNION ALL
    SELECT 'what came back is in the stock', format('return %s, sku %s', b.return_id, b.sku),
           format('returned %s, movements %s', b.quantity, COALESCE(m.quantity, 0))
      FROM oms.return_row b
      LEFT JOIN (SELECT sku, location, reference, sum(quantity + unavailable) AS quantity
                   FROM evidence WHERE kind = 'return' GROUP BY sku, location, reference) m
        ON m.sku = b.sku AND m.location = b.location AND m.reference = 'return ' || b.return_id
     WHERE b.quantity <> COALESCE(m.quantity, 0) AND ($1 IS NULL OR b.sku = ANY ($1))
       AND NOT EXISTS (SELECT FROM oms.item i WHERE i.sku = b.sku AND NOT i.tracked)
       AND NOT EXISTS (SELECT FROM opening o WHERE o.sku = b.sku AND o.location = b.location AND b.returned_at < o.at)
    UNION ALL
    SELECT 'what a transfer sent and received moved', format('transfer %s, sku %s', l.transfer_id, l.sku),
           format('shipped %s, returned %s, received %s, movements %s and %s', l.shipped, l.returned, l.received,
                  COALESCE(o.quantity, 0), COALESCE(d.quantity, 0))
      FROM oms.transfer_line_row l
      JOIN oms.transfer_order_row t ON t.transfer_id = l.transfer_id
      LEFT JOIN (SELECT reference, sku, location, sum(quantity) AS quantity
                   FROM evidence WHERE reference LIKE 'transfer %' GROUP BY reference, sku, location) o
        ON o.reference = 'transfer ' || l.transfer_id AND o.sku = l.sku AND o.location = t.from_location
      LEFT JOIN (SELECT reference, sku, location, sum(quantity) AS quantity
                   FROM evidence WHERE reference LIKE 'transfer %' GROUP BY reference, sku, location) d
        ON d.reference = 'transfer ' || l.transfer_id AND d.sku = l.sku AND d.location = t.to_location
     WHERE (COALESCE(o.quantity, 0) <> l.returned - l.shipped OR COALESCE(d.quantity, 0) <> l.received)
       AND ($1 IS NULL OR l.sku = ANY ($1))
       AND NOT EXISTS (SELECT FROM opening b WHERE b.sku = l.sku AND b.location IN (t.from_location, t.to_location) AND t.opened_at < b.at)
    UNION ALL
    SELECT 'what is in transit is incoming', format('transfer %s, sku %s', l.transfer_id, l.sku),
           format('%s: held %s, shipped %s, received %s, incoming %s', t.status, l.held, l.shipped, l.received, COALESCE(i.outstanding, 0))
      FROM oms.transfer_line_row l
      JOIN oms.transfer_order_row t ON t.transfer_id = l.transfer_id
      LEFT JOIN (SELECT reference, sku, location, CASE WHEN status = 'open' THEN quantity - received ELSE 0 END AS outstanding
                   FROM oms.incoming_row WHERE from_location IS NOT NULL) i
        ON i.reference = 'transfer ' || l.transfer_id AND i.sku = l.sku AND i.location = t.to_location
     WHERE (COALESCE(i.outstanding, 0) <> CASE WHEN t.status = 'shipped' THEN greatest(0, l.shipped - l.received) ELSE 0 END
            OR t.status <> 'open' AND l.held > 0)
       AND ($1 IS NULL OR l.sku = ANY ($1))
    UNION ALL
    SELECT 'a movement that a source reported is in the ledger once', format('source %s, %s %s', e.source, e.kind, e.event_id),
           format('%s, %s units in %s movements', e.outcome, COALESCE(m.units, 0), COALESCE(m.movements, 0))
      FROM oms.feed_event_row e
      LEFT JOIN (SELECT source, kind, reference, count(*) AS movements, sum(quantity) AS units
                   FROM evidence WHERE source IS NOT NULL GROUP BY source, kind, reference) m
        ON m.source = e.source AND m.kind = e.kind AND m.reference = e.event_id
     WHERE e.kind IN ('sale', 'change', 'receipt') AND ($1 IS NULL OR e.sku = ANY ($1))
       AND (COALESCE(m.movements, 0) <> CASE e.outcome WHEN 'applied' THEN 1 ELSE 0 END
            OR m.units <> CASE e.kind WHEN 'sale' THEN -e.quantity ELSE e.quantity END)
       AND NOT EXISTS (SELECT FROM opening o WHERE o.sku = e.sku AND o.location = e.location AND e.received_at < o.at)
$$;
REVOKE ALL ON FUNCTION oms.check_ledger(text[], text[]) FROM PUBLIC;
COMMENT ON FUNCTION oms.check_ledger(text[], text[]) IS 'private: the part of oms.check about what the ledger must hold of fulfillments, counts, returns, transfers and feeds';

CREATE FUNCTION oms.check_orders(orders text[], since xid8)
RETURNS TABLE (invariant text, key text, detail text)
LANGUAGE sql STABLE PARALLEL SAFE COST 100000 ROWS 10
AS $$
    WITH held AS (   -- of kits in kits, by their first component
        SELECT order_id, line_no, COALESCE(kit, sku) AS sku, sum(consumed / COALESCE(kit_quantity, 1)) AS consumed,
               sum((quantity - consumed) / COALESCE(kit_quantity, 1)) FILTER (WHERE status IN ('hold', 'firm')) AS reserved
          FROM oms.reservation_row WHERE order_id IS NOT NULL AND (component IS NULL OR component = 1) AND ($1 IS NULL OR order_id = ANY ($1))
         GROUP BY order_id, line_no, COALESCE(kit, sku)),
    waiting AS (
        SELECT order_id, line_no, sku, sum(quantity - filled) AS quantity
          FROM oms.backorder_row WHERE order_id IS NOT NULL AND status = 'open' AND ($1 IS NULL OR order_id = ANY ($1))
         GROUP BY order_id, line_no, sku)
    SELECT 'a hold expires, a firm reservation does not', format('reservation %s', r.reservation_id),
           format('%s, expires_at %s', r.status, COALESCE(r.expires_at::text, 'null'))
      FROM oms.reservation_row r
     WHERE (r.status = 'hold' AND r.expires_at IS NULL OR r.status = 'firm' AND r.expires_at IS NOT NULL)
       AND ($2 IS NULL OR r.xid >= $2)
    UNION ALL
    SELECT 'a kit is reserved whole', format('reservation %s', r.reservation_id),
           format('%s rows of kit %s, components %s', count(*), min(r.kit), array_agg(r.component ORDER BY r.component))
      FROM oms.reservation_row r
     WHERE r.kit IS NOT NULL
       AND ($2 IS NULL OR r.reservation_id IN (SELECT c.reservation_id FROM oms.reservation_row c WHERE c.kit IS NOT NULL AND c.xid >= $2))
     GROUP BY r.reservation_id
    HAVING min(r.component) <> 1 OR max(r.component) <> count(*) OR count(DISTINCT r.component) <> count(*)
        OR count(DISTINCT (r.kit, r.location, r.channel, r.method, r.cart_id, r.order_id, r.line_no, r.expires_at,
                           r.quantity / r.kit_quantity, r.consumed / r.kit_quantity,
                           -- each component of an expired hold is given back by itself
                           CASE WHEN r.status = 'hold' AND r.expires_at <= clock_timestamp() OR r.status = 'released'
                                THEN 'expired' ELSE r.status END)) > 1
    UNION ALL
    SELECT 'a component of an order has a line of its own for the planner', format('order %s, plan_line %s', r.order_id, r.plan_line),
           format('%s rows', count(*))
      FROM oms.reservation_row r
     WHERE r.kit IS NOT NULL AND r.order_id IS NOT NULL AND r.status IN ('hold', 'firm') AND ($1 IS NULL OR r.order_id = ANY ($1))
     GROUP BY r.order_id, r.plan_line HAVING count(*) > 1 OR r.plan_line IS NULL
    UNION ALL
    SELECT 'a reservation of an order is for one of its lines', format('order %s, line %s', h.order_id, h.line_no),
           format('sku %s', h.sku)
      FROM held h
     WHERE NOT EXISTS (SELECT FROM oms.order_line_row l
                        WHERE l.order_id = h.order_id AND l.line_no = h.line_no AND l.sku = h.sku)
    UNION ALL
    SELECT 'a line has no more units than were ordered', format('order %s, line %s', l.order_id, l.line_no),
           format('ordered %s, cancelled %s, reserved %s, consumed %s', l.quantity, l.cancelled, COALESCE(h.reserved, 0), h.consumed)
      FROM oms.order_line_row l
      JOIN held h ON h.order_id = l.order_id AND h.line_no = l.line_no AND h.sku = l.sku
     WHERE COALESCE(h.reserved, 0) + h.consumed > l.quantity - l.cancelled
    UNION ALL
    SELECT 'a backorder of an order is for one of its lines', format('order %s, line %s', b.order_id, b.line_no),
           format('backorder %s, sku %s', b.backorder_id, b.sku)
      FROM oms.backorder_row b
     WHERE b.order_id IS NOT NULL AND ($1 IS NULL OR b.order_id = ANY ($1))
       AND NOT EXISTS (SELECT FROM oms.order_line_row l
                        WHERE l.order_id = b.order_id AND l.line_no = b.line_no AND l.sku = b.sku)
    UNION ALL
    SELECT 'a line has no more units with its backorders than were ordered', format('order %s, line %s', l.order_id, l.line_no),
           format('ordered %s, reserved %s, consumed %s, backordered %s', l.quantity, COALESCE(h.reserved, 0),
                  COALESCE(h.consumed, 0), b.quantity)
      FROM oms.order_line_row l
      JOIN waiting b ON b.order_id = l.order_id AND b.line_no = l.line_no AND b.sku = l.sku
      LEFT JOIN held h ON h.order_id = l.order_id AND h.line_no = l.line_no AND h.sku = l.sku
     WHERE COALESCE(h.reserved, 0) + COALESCE(h.consumed, 0) + b.quantity > l.quantity - l.cancelled
    UNION ALL
    SELECT 'a cancelled order waits for nothing', format('order %s, line %s', b.order_id, b.line_no),
           format('backordered %s', b.quantity)
      FROM oms.order_row o JOIN waiting b ON b.order_id = o.order_id
     WHERE o.status = 'cancelled'
    UNION ALL
    SELECT 'an order has lines', format('order %s', o.order_id), 'it has none'
      FROM oms.order_row o
     WHERE NOT EXISTS (SELECT FROM oms.order_line_row l WHERE l.order_id = o.order_id) AND ($1 IS NULL OR o.order_id = ANY ($1))
    UNION ALL
    SELECT 'a line has an order', format('order %s, line %s', l.order_id, l.line_no), 'the order is unknown'
      FROM oms.order_line_row l
     WHERE NOT EXISTS (SELECT FROM oms.order_row o WHERE o.order_id = l.order_id) AND ($1 IS NULL OR l.order_id = ANY ($1))
    UNION ALL
    SELECT 'a cancelled order holds nothing', format('order %s, line %s', h.order_id, h.line_no),
           format('reserved %s', h.reserved)
      FROM oms.order_row o JOIN held h ON h.order_id = o.order_id
     WHERE o.status = 'cancelled' AND h.reserved > 0
    UNION ALL
    SELECT 'a hold is of an order or of one of its lines', format('order %s, hold %s', h.order_id, h.hold_id),
           format('line %s', COALESCE(h.line_no::text, 'null'))
      FROM oms.order_hold_row h
     WHERE NOT EXISTS (SELECT FROM oms.order_line_row l
                        WHERE l.order_id = h.order_id AND (h.line_no IS NULL OR l.line_no = h.line_no))
       AND ($1 IS NULL OR h.order_id = ANY ($1))
    UNION ALL
    SELECT 'no more comes back than has left', format('order %s, line %s, sku %s', b.order_id, b.line_no, b.sku),
           format('returned %s, consumed %s', b.quantity, COALESCE(r.consumed, 0))
      FROM (SELECT order_id, line_no, sku, sum(quantity) AS quantity FROM oms.return_row WHERE ($1 IS NULL OR order_id = ANY ($1)) GROUP BY order_id, line_no, sku) b
      LEFT JOIN (SELECT order_id, line_no, sku, sum(consumed) AS consumed
                   FROM oms.reservation_row WHERE order_id IS NOT NULL AND ($1 IS NULL OR order_id = ANY ($1)) GROUP BY order_id, line_no, sku) r
        ON r.order_id = b.order_id AND r.line_no = b.line_no AND r.sku = b.sku
     WHERE b.quantity > COALESCE(r.consumed, 0)
$$;
REVOKE ALL ON FUNCTION oms.check_orders(text[], xid8) FROM PUBLIC;
COMMENT ON FUNCTION oms.check_orders(text[], xid8) IS 'private: the part of oms.check about orders and their reservations';

CREATE FUNCTION oms.check_work(orders text[])
RETURNS TABLE (invariant text, key text, detail text)
LANGUAGE sql STABLE PARALLEL SAFE COST 100000 ROWS 10
AS $$
    WITH work AS (
        SELECT f.order_id, f.location, l.line_no, l.sku, sum(l.quantity - l.rejected - l.cancelled) AS quantity
          FROM oms.fulfillment_row f
          JOIN oms.fulfillment_line_row l ON l.order_id = f.order_id AND l.fulfillment_id = f.fulfillment_id
         WHERE f.status IN ('assigned', 'accepted', 'picking', 'packed', 'ready') AND ($1 IS NULL OR f.order_id = ANY ($1))
         GROUP BY f.order_id, f.location, l.line_no, l.sku)
    SELECT 'a cancelled order has no work', format('order %s, fulfillment %s', f.order_id, f.fulfillment_id), f.status
      FROM oms.order_row o JOIN oms.fulfillment_row f ON f.order_id = o.order_id
     WHERE o.status = 'cancelled' AND f.status IN ('assigned', 'accepted', 'picking', 'packed', 'ready') AND ($1 IS NULL OR f.order_id = ANY ($1))
    UNION ALL
    SELECT 'a fulfillment has an order', format('order %s, fulfillment %s', f.order_id, f.fulfillment_id),
           'the order is unknown'
      FROM oms.fulfillment_row f
     WHERE NOT EXISTS (SELECT FROM oms.order_row o WHERE o.order_id = f.order_id) AND ($1 IS NULL OR f.order_id = ANY ($1))
    UNION ALL
    SELECT 'a fulfillment has lines', format('order %s, fulfillment %s', f.order_id, f.fulfillment_id), 'it has none'
      FROM oms.fulfillment_row f
     WHERE NOT EXISTS (SELECT FROM oms.fulfillment_line_row l
                        WHERE l.order_id = f.order_id AND l.fulfillment_id = f.fulfillment_id)
       AND ($1 IS NULL OR f.order_id = ANY ($1))
    UNION ALL
    SELECT 'a fulfillment line is of its fulfillment and of a line of its order',
           format('order %s, fulfillment %s, line %s', l.order_id, l.fulfillment_id, l.line_no), format('sku %s', l.sku)
      FROM oms.fulfillment_line_row l
      LEFT JOIN oms.fulfillment_row f ON f.order_id = l.order_id AND f.fulfillment_id = l.fulfillment_id
      LEFT JOIN oms.order_line_row o ON o.order_id = l.order_id AND o.line_no = l.line_no
     WHERE (f.order_id IS NULL OR o.order_id IS NULL
            OR o.sku <> l.sku AND NOT EXISTS (SELECT FROM oms.reservation_row r
                                               WHERE r.order_id = l.order_id AND r.line_no = l.line_no
                                                 AND r.sku = l.sku AND r.kit = o.sku))
       AND ($1 IS NULL OR l.order_id = ANY ($1))
    UNION ALL
    SELECT 'a location has one assigned fulfillment of an order', format('order %s, location %s', f.order_id, f.location),
           format('%s fulfillments', count(*))
      FROM oms.fulfillment_row f WHERE f.status = 'assigned' AND ($1 IS NULL OR f.order_id = ANY ($1))
     GROUP BY f.order_id, f.location HAVING count(*) > 1
    UNION ALL
    SELECT 'work asks for no more than is held at its location',
           format('order %s, line %s, location %s', w.order_id, w.line_no, w.location),
           format('wanted %s, held or consumed %s', w.quantity, COALESCE(r.units, 0))
      FROM work w
      LEFT JOIN (SELECT order_id, line_no, sku, location,
                        sum(CASE WHEN status = 'firm' THEN quantity ELSE consumed END) AS units
                   FROM oms.reservation_row WHERE order_id IS NOT NULL AND ($1 IS NULL OR order_id = ANY ($1)) GROUP BY order_id, line_no, sku, location) r
        ON r.order_id = w.order_id AND r.line_no = w.line_no AND r.sku = w.sku AND r.location = w.location
     WHERE w.quantity > COALESCE(r.units, 0)
    UNION ALL
    SELECT 'the lines of a fulfillment are as far as its status says',
           format('order %s, fulfillment %s, line %s', f.order_id, f.fulfillment_id, l.line_no),
           format('%s: quantity %s, picked %s, packed %s, shipped %s, rejected %s, cancelled %s', f.status,
                  l.quantity, l.picked, l.packed, l.shipped, l.rejected, l.cancelled)
      FROM oms.fulfillment_row f
      JOIN oms.fulfillment_line_row l ON l.order_id = f.order_id AND l.fulfillment_id = f.fulfillment_id
     WHERE NOT CASE WHEN f.status IN ('assigned', 'accepted') THEN l.picked = 0
                    WHEN f.status = 'picking' THEN l.packed = l.shipped
                    WHEN f.status IN ('packed', 'ready') THEN l.packed = l.quantity - l.rejected - l.cancelled
                    WHEN f.status IN ('shipped', 'handed_over', 'rejected', 'cancelled')
                    THEN l.shipped = l.quantity - l.rejected - l.cancelled
                    ELSE l.shipped = 0 END
       AND ($1 IS NULL OR f.order_id = ANY ($1))
    UNION ALL
    SELECT 'what fulfillments sent out of a line was consumed there',
           format('order %s, line %s, location %s', s.order_id, s.line_no, s.location),
           format('shipped %s, consumed %s', s.shipped, COALESCE(c.consumed, 0))
      FROM (SELECT f.order_id, l.line_no, l.sku, f.location, sum(l.shipped) AS shipped
              FROM oms.fulfillment_row f
              JOIN oms.fulfillment_line_row l ON l.order_id = f.order_id AND l.fulfillment_id = f.fulfillment_id
             WHERE l.shipped > 0 AND ($1 IS NULL OR f.order_id = ANY ($1)) GROUP BY f.order_id, l.line_no, l.sku, f.location) s
      LEFT JOIN (SELECT order_id, line_no, sku, location, sum(consumed) AS consumed
                   FROM oms.reservation_row WHERE order_id IS NOT NULL AND ($1 IS NULL OR order_id = ANY ($1)) GROUP BY order_id, line_no, sku, location) c
        ON c.order_id = s.order_id AND c.line_no = s.line_no AND c.sku = s.sku AND c.location = s.location
     WHERE s.shipped > COALESCE(c.consumed, 0)
    UNION ALL
    SELECT 'what a line rejected is on record', format('fulfillment %s, line %s, sku %s', l.fulfillment_id, l.line_no, l.sku),
           format('rejected %s, recorded %s', l.rejected, COALESCE(r.units, 0))
      FROM oms.fulfillment_line_row l
      LEFT JOIN (SELECT fulfillment_id, line_no, sku, sum(quantity) AS units
                   FROM oms.rejection_row WHERE ($1 IS NULL OR order_id = ANY ($1)) GROUP BY fulfillment_id, line_no, sku) r
        ON r.fulfillment_id = l.fulfillment_id AND r.line_no = l.line_no AND r.sku = l.sku
     WHERE l.rejected <> COALESCE(r.units, 0) AND ($1 IS NULL OR l.order_id = ANY ($1))
    UNION ALL
    SELECT 'a decision has an order and a run', format('order %s, run %s', d.order_id, d.run_id), 'one of them is unknown'
      FROM oms.decision_row d
      LEFT JOIN oms.order_row o ON o.order_id = d.order_id
      LEFT JOIN oms.routing_run_row r ON r.run_id = d.run_id
     WHERE (o.order_id IS NULL OR r.run_id IS NULL) AND ($1 IS NULL OR d.order_id = ANY ($1))
    UNION ALL
    SELECT 'a decision is about a line of its order',
           format('order %s, run %s, line %s', d.order_id, d.run_id, d.line_no), format('sku %s', d.sku)
      FROM oms.decision_line_row d
      LEFT JOIN oms.decision_row r ON r.order_id = d.order_id AND r.run_id = d.run_id
      LEFT JOIN oms.order_line_row l ON l.order_id = d.order_id AND l.line_no = d.line_no
     WHERE (r.order_id IS NULL OR l.order_id IS NULL
            OR l.sku <> d.sku AND NOT EXISTS (SELECT FROM oms.reservation_row k
                                               WHERE k.order_id = d.order_id AND k.line_no = d.line_no
                                                 AND k.sku = d.sku AND k.kit = l.sku))
       AND ($1 IS NULL OR d.order_id = ANY ($1))
    UNION ALL
    SELECT 'work uses the capacity of its location for what it is', format('fulfillment %s, window %s until %s, %s', u.fulfillment_id, u.window_name, u.until, u.measure),
           format('%s at location %s: %s lines, %s units; used %s at location %s', COALESCE(f.status, 'unknown'), f.location, l.lines, l.units, u.quantity, u.location)
      FROM oms.capacity_use_row u
      LEFT JOIN oms.fulfillment_row f ON f.order_id = u.order_id AND f.fulfillment_id = u.fulfillment_id
      LEFT JOIN (SELECT l.order_id, l.fulfillment_id, count(*) AS lines, sum(l.quantity - l.rejected - l.cancelled) AS units
                   FROM oms.fulfillment_line_row l WHERE l.quantity > l.rejected + l.cancelled AND ($1 IS NULL OR l.order_id = ANY ($1))
                  GROUP BY l.order_id, l.fulfillment_id) l ON l.order_id = u.order_id AND l.fulfillment_id = u.fulfillment_id
     WHERE COALESCE(f.status IN ('rejected', 'cancelled', 'superseded') OR f.location <> u.location
                    OR f.status IN ('shipped', 'handed_over') AND u.until = 'infinity'
                    OR CASE u.measure WHEN 'orders' THEN u.quantity <> 1 WHEN 'lines' THEN u.quantity <> l.lines
                                      WHEN 'units' THEN u.quantity <> l.units ELSE false END, true)
       AND ($1 IS NULL OR u.order_id = ANY ($1))
$$;
REVOKE ALL ON FUNCTION oms.check_work(text[]) FROM PUBLIC;
COMMENT ON FUNCTION oms.check_work(text[]) IS 'private: the part of oms.check about decisions and the work of locations';

CREATE FUNCTION oms.check_rest()
RETURNS TABLE (invariant text, key text, detail text)
LANGUAGE sql STABLE PARALLEL SAFE COST 100000 ROWS 10
AS $$
    SELECT 'a kit is in no kit', format('kit %s', k.kit), format('it contains kit %s', k.sku)
      FROM oms.kit_component k WHERE EXISTS (SELECT FROM oms.kit_component i WHERE i.kit = k.sku)
    UNION ALL
    SELECT 'a routing has a policy, an active one has rules', format('policy %s, version %s, routing %s', r.policy, r.version, r.routing),
           COALESCE(p.status, 'the version is unknown')
      FROM oms.policy_routing_row r LEFT JOIN oms.policy_row p ON p.policy = r.policy AND p.version = r.version
     WHERE p.policy IS NULL
        OR p.status <> 'draft' AND NOT EXISTS (SELECT FROM oms.policy_rule_row u
                                                WHERE u.policy = r.policy AND u.version = r.version AND u.routing = r.routing)
    UNION ALL
    SELECT 'a rule has a routing', format('policy %s, version %s, routing %s, rule %s', u.policy, u.version, u.routing, u.rule_no), 'it is unknown'
      FROM oms.policy_rule_row u
     WHERE NOT EXISTS (SELECT FROM oms.policy_routing_row r
                        WHERE r.policy = u.policy AND r.version = u.version AND r.routing = u.routing)
    UNION ALL
    SELECT 'a run has a version of its policy', format('run %s', r.run_id), format('policy %s, version %s', r.policy, r.policy_version)
      FROM oms.routing_run_row r
     WHERE r.policy IS NOT NULL AND NOT EXISTS (SELECT FROM oms.policy_row p WHERE p.policy = r.policy AND p.version = r.policy_version)
    UNION ALL
    SELECT 'a price is of a run there is', format('run %s', p.run_id), format('prices %s', count(*))
      FROM oms.routing_price_row p
     WHERE NOT EXISTS (SELECT FROM oms.routing_run_row r WHERE r.run_id = p.run_id)
     GROUP BY p.run_id
    UNION ALL
    SELECT 'a line that is counted has a count', format('count %s, sku %s', l.count_id, l.sku), 'it is unknown'
      FROM oms.count_line_row l
     WHERE NOT EXISTS (SELECT FROM oms.count_session_row s WHERE s.count_id = l.count_id)
    UNION ALL
    SELECT 'confidence in a location rests on what is known of its skus, and on rejects that were about none', format('location %s', l.location),
           format('accepted %s, of skus %s; rejected %s, of skus %s', l.accepted, COALESCE(s.accepted, 0), l.rejected, COALESCE(s.rejected, 0))
      FROM oms.confidence_row l
      LEFT JOIN (SELECT l.location, sum(s.accepted * d.decay) AS accepted, sum(s.rejected * d.decay) AS rejected
                   FROM oms.confidence_row l
                   JOIN oms.confidence_row s ON s.location = l.location AND s.sku IS NOT NULL
                  CROSS JOIN LATERAL (SELECT power(0.5::float8, (extract(epoch FROM l.as_of - s.as_of) / extract(epoch FROM l.half_life))::float8) AS decay) d
                  WHERE l.sku IS NULL GROUP BY l.location) s ON s.location = l.location
     WHERE l.sku IS NULL AND (abs(l.accepted - COALESCE(s.accepted, 0)) > 1e-6 * (1 + l.accepted)
                              OR COALESCE(s.rejected, 0) - l.rejected > 1e-6 * (1 + l.rejected))
    UNION ALL
    SELECT 'confidence in a sku at a location is one in the location', format('location %s, sku %s', s.location, s.sku), format('as of %s', s.as_of)
      FROM oms.confidence_row s
     WHERE s.sku IS NOT NULL AND NOT EXISTS (SELECT FROM oms.confidence_row l
                                              WHERE l.location = s.location AND l.sku IS NULL AND l.half_life = s.half_life AND l.as_of >= s.as_of)
    UNION ALL
    SELECT 'an answered request has its result', format('request %s', r.request_id), format('function %s', r.function)
      FROM oms.request_row r WHERE r.result IS NULL
$$;
REVOKE ALL ON FUNCTION oms.check_rest() FROM PUBLIC;
COMMENT ON FUNCTION oms.check_rest() IS 'private: the part of oms.check about kits, policies, requests and what was learned: always all of it';

-- Up to where oms.check_changes has found nothing: all that older transactions wrote is known to be well.
CREATE TABLE oms.check_mark_row (
    cluster bigint PRIMARY KEY,
    since xid8 NOT NULL,
    checked_at timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp()
);
COMMENT ON TABLE oms.check_mark_row IS 'private: where oms.check_changes goes on';
COMMENT ON COLUMN oms.check_mark_row.cluster IS 'whose transactions it is about: after a restore elsewhere it means nothing';
COMMENT ON COLUMN oms.check_mark_row.since IS 'the oldest transaction that was open at the check';
CREATE TRIGGER guard BEFORE UPDATE OR DELETE OR TRUNCATE ON oms.check_mark_row
    FOR EACH STATEMENT EXECUTE FUNCTION oms.guard_private_table('Call oms.check_changes.');
ALTER TABLE oms.check_mark_row ENABLE ALWAYS TRIGGER guard;
COMMENT ON TRIGGER guard ON oms.check_mark_row IS 'refuses UPDATE, DELETE and TRUNCATE by anybody but oms';
SELECT pg_catalog.pg_extension_config_dump('oms.check_mark_row', '');

CREATE FUNCTION oms.check(since xid8 DEFAULT NULL)
RETURNS TABLE (invariant text, key text, detail text)
LANGUAGE c STABLE PARALLEL RESTRICTED COST 1000000 ROWS 10 SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET jit = off
AS 'MODULE_PATHNAME', 'oms_check';
REVOKE ALL ON FUNCTION oms.check(xid8) FROM PUBLIC;
COMMENT ON FUNCTION oms.check(xid8) IS
    'verifies the invariants of all tables in one snapshot: a row for everything that breaks one, with its key and the figures; no rows when all is well. With since only what was changed by that transaction or a later one: all of the skus whose stock, and of the orders whose state, was. It needs up to maintenance_work_mem for each sort and hash; oms.progress() shows how far it is';

CREATE FUNCTION oms.check_changes()
RETURNS TABLE (invariant text, key text, detail text)
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000000 ROWS 10 SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET jit = off
AS 'MODULE_PATHNAME', 'oms_check_changes';
REVOKE ALL ON FUNCTION oms.check_changes() FROM PUBLIC;
COMMENT ON FUNCTION oms.check_changes() IS
    'oms.check of what has changed since this function last found nothing, for a job; the first time, and after a restore, of everything. While it finds something it looks at the same again, so that a finding stays until it is mended. What was changed without a trace in the rows, as by a failing disk, only oms.check() finds';
