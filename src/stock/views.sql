-- Public views; their columns are a contract.

-- Subqueries and views instead of WITH: a condition on sku or location reaches the indexes.
CREATE VIEW oms.stock_delta_sum AS
SELECT d.sku, d.location,
       pg_catalog.sum(d.on_hand)::bigint AS on_hand,
       pg_catalog.sum(d.unavailable)::bigint AS unavailable,
       pg_catalog.sum(d.reserved)::bigint AS reserved
  FROM oms.stock_delta d
 GROUP BY d.sku, d.location;
COMMENT ON VIEW oms.stock_delta_sum IS 'private: changes of each stock account that are not folded yet';

CREATE VIEW oms.inventory AS
SELECT a.sku, a.location, a.on_hand, a.unavailable, a.reserved,
       COALESCE(e.quantity, 0) AS expired,
       a.on_hand - a.reserved + COALESCE(e.quantity, 0) AS available
  FROM (SELECT a.sku, a.location,
               a.on_hand + COALESCE(d.on_hand, 0) AS on_hand,
               a.unavailable + COALESCE(d.unavailable, 0) AS unavailable,
               a.reserved + COALESCE(d.reserved, 0) AS reserved
          FROM oms.stock_account a
          LEFT JOIN oms.stock_delta_sum d ON d.sku = a.sku AND d.location = a.location
        UNION ALL
        SELECT d.sku, d.location, d.on_hand, d.unavailable, d.reserved
          FROM oms.stock_delta_sum d
         WHERE NOT EXISTS (SELECT FROM oms.stock_account a
                            WHERE a.sku = d.sku AND a.location = d.location)) a
  LEFT JOIN (SELECT r.sku, r.location, pg_catalog.sum(r.quantity - r.consumed)::bigint AS quantity
               FROM oms.reservation_row r
              WHERE r.status = 'hold' AND r.expires_at <= pg_catalog.clock_timestamp()
              GROUP BY r.sku, r.location) e
    ON e.sku = a.sku AND e.location = a.location;
COMMENT ON VIEW oms.inventory IS
    'stock of each sku at each location, exact in the snapshot of the query: units on_hand, unavailable, reserved (expired holds included), expired (reserved by holds that expired) and available = on_hand - reserved + expired';

CREATE VIEW oms.inventory_by_sku AS
SELECT i.sku, pg_catalog.count(*) AS locations,
       pg_catalog.sum(i.on_hand)::bigint AS on_hand,
       pg_catalog.sum(i.unavailable)::bigint AS unavailable,
       pg_catalog.sum(i.reserved)::bigint AS reserved,
       pg_catalog.sum(i.available)::bigint AS available
  FROM oms.inventory i
 GROUP BY i.sku;
COMMENT ON VIEW oms.inventory_by_sku IS 'oms.inventory summed over the locations of a sku';

CREATE VIEW oms.protected_stock AS
SELECT p.location, p.sku, p.channel, p.quantity, p.quantity - p.left_over AS used,
       p.left_over AS "left", p.until::timestamptz AS until
  FROM (SELECT p.sku, p.location, p.until, p.channel,
               pg_catalog.sum(p.quantity)::bigint AS quantity,
               pg_catalog.sum(p.left_over)::bigint AS left_over
          FROM (SELECT a.sku, a.location, a.until, a.channel, a.on_hand AS quantity, a.on_hand - a.reserved AS left_over
                  FROM oms.protection_account a
                UNION ALL
                SELECT d.sku, d.location, d.until, d.channel, d.on_hand, d.on_hand - d.reserved
                  FROM oms.protection_delta d
                UNION ALL
                SELECT r.sku, r.location, r.protected_until, r.channel, 0, r.protected - r.consumed
                  FROM oms.reservation_row r
                 WHERE r.status = 'hold' AND r.expires_at <= pg_catalog.clock_timestamp()
                   AND r.protected > r.consumed) p
         GROUP BY p.sku, p.location, p.until, p.channel) p
 WHERE p.until::timestamptz > pg_catalog.clock_timestamp() AND p.quantity > 0;
COMMENT ON VIEW oms.protected_stock IS
    'stock that only one channel may take, until a moment: units protected of the sku at the location, used of them by the channel (what expired holds have is not), left';

CREATE VIEW oms.quota_use AS
SELECT q.channel, q.sku, q.quantity, q.period, q.time_zone, q.key AS current,
       COALESCE(u.units, 0)::bigint AS used,
       GREATEST(q.quantity - COALESCE(u.units, 0), 0)::bigint AS "left"
  FROM (SELECT q.*, COALESCE(q.period || ' ' || pg_catalog.to_char(pg_catalog.date_trunc(q.period,
                           pg_catalog.clock_timestamp() AT TIME ZONE q.time_zone), 'YYYY-MM-DD'), 'total') AS key
          FROM oms.quota q) q
 CROSS JOIN LATERAL (
        SELECT pg_catalog.sum(u.units) AS units
          FROM (SELECT a.reserved AS units FROM oms.quota_account a
                 WHERE a.sku = q.sku AND a.channel = q.channel AND a.period = q.key
                UNION ALL
                SELECT d.reserved FROM oms.quota_delta d
                 WHERE d.sku = q.sku AND d.channel = q.channel AND d.period = q.key
                UNION ALL
                SELECT (r.consumed - r.quantity) / COALESCE(r.kit_quantity, 1) FROM oms.reservation_row r
                 WHERE (r.sku = q.sku AND r.kit IS NULL OR r.kit = q.sku) AND r.channel = q.channel AND r.quota_period = q.key
                   AND r.status = 'hold' AND r.expires_at <= pg_catalog.clock_timestamp()) u) u;
COMMENT ON VIEW oms.quota_use IS
    'each quota with the name of its current period, the units used of it in that period (what expired holds have is not) and left';

CREATE VIEW oms.movement AS
SELECT m.movement_id, m.sku, m.location, m.quantity, m.unavailable, m.kind, m.reason, m.actor,
       m.reference, m.moved_at, m.incoming_id, m.source, m.occurred_at
  FROM oms.movement_row m;
COMMENT ON VIEW oms.movement IS
    'the immutable ledger: on_hand of the sku at the location changed by quantity units, why, by whom, for what; incoming_id: the incoming supply that was received, if any; source: the feed that reported it, if any; occurred_at: when the goods moved, moved_at when that was recorded';

CREATE VIEW oms.reservation AS
SELECT r.reservation_id, r.sku, r.location, r.quantity, r.consumed,
       CASE WHEN r.status = 'hold' AND r.expires_at <= pg_catalog.clock_timestamp()
            THEN 'expired' ELSE r.status END AS status,
       r.channel, r.method, r.cart_id, r.order_id, r.line_no, r.reference,
       r.created_at, r.expires_at, r.changed_at, r.protected, r.kit
  FROM oms.reservation_row r;
COMMENT ON VIEW oms.reservation IS
    'claims on units of one sku at one location (of a kit: a row per component, with one reservation_id): hold (expires), firm, released, expired or consumed; quantity claimed, consumed of it, protected: of it, from the channel''s protected stock';

CREATE VIEW oms.backorder AS
SELECT b.backorder_id, b.sku, b.channel, b.method, b.location, b.quantity, b.filled, b.status,
       b.cart_id, b.order_id, b.line_no, b.priority,
       CASE WHEN c.quantity = b.quantity - b.filled
            THEN GREATEST(b.promise_at, c.expected_at) ELSE b.promise_at END AS promise_at,
       b.reference, b.created_at, b.changed_at,
       COALESCE(c.quantity, 0) AS claimed
  FROM oms.backorder_row b
  LEFT JOIN LATERAL (SELECT pg_catalog.sum(c.quantity)::bigint AS quantity,
                            pg_catalog.max(i.expected_at) AS expected_at
                       FROM oms.backorder_claim_row c
                       JOIN oms.incoming_row i ON i.incoming_id = c.incoming_id AND i.sku = c.sku
                      WHERE c.sku = b.sku AND c.backorder_id = b.backorder_id) c ON b.status = 'open';
COMMENT ON VIEW oms.backorder IS
    'units sold that could not be reserved: quantity backordered, filled of it by receipts (as firm reservations); status open, filled or released (what was not filled is given up); location: the only one that may fill it, NULL any; filled most urgent priority first, then by promise_at, then by age; claimed: units of what is missing that it claims of incoming supply (oms.backorder_claim); promise_at: when the last of that is due, or what was asked for if that is later; while not all is claimed, what was asked for';
