-- What another server may follow by logical decoding, in the database with oms (wal_level = logical): stock, its ledger and
-- reservations. The columns are those that mean something elsewhere; they include each table's replica identity.
CREATE PUBLICATION oms_stock FOR TABLE
    oms.stock_account (sku, location, on_hand, unavailable, reserved),
    oms.stock_delta,
    oms.movement_row (movement_id, sku, location, quantity, unavailable, kind, reason, actor, reference, moved_at),
    oms.reservation_row (reservation_id, sku, location, quantity, consumed, status, channel, cart_id, order_id, line_no, expires_at)
    WITH (publish_via_partition_root = true);    -- as if not partitioned (oms.partitions)
