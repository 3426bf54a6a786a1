-- The other side, a database without oms: plain tables of the same names, and views that say what they mean together. Then:
-- CREATE SUBSCRIPTION reports CONNECTION 'host=… dbname=…' PUBLICATION oms_stock;
CREATE SCHEMA oms;
CREATE TABLE oms.stock_account (
    sku text COLLATE "C", location text COLLATE "C", on_hand bigint NOT NULL, unavailable bigint NOT NULL, reserved bigint NOT NULL,
    PRIMARY KEY (sku, location));
-- No key: two deltas may be equal. The publisher sends old rows whole (REPLICA IDENTITY FULL).
CREATE TABLE oms.stock_delta (
    sku text COLLATE "C", location text COLLATE "C", id bigint, on_hand bigint, unavailable bigint, reserved bigint);
CREATE TABLE oms.movement_row (
    movement_id bigint, sku text COLLATE "C", location text COLLATE "C", quantity bigint, unavailable bigint, kind text, reason text,
    actor text, reference text, moved_at timestamptz, PRIMARY KEY (sku, location, movement_id));
CREATE TABLE oms.reservation_row (
    reservation_id bigint, sku text COLLATE "C", location text COLLATE "C", quantity bigint, consumed bigint, status text, channel text,
    cart_id text, order_id text, line_no int, expires_at timestamptz, PRIMARY KEY (reservation_id, sku));

CREATE VIEW oms.reservation AS
SELECT reservation_id, sku, location, quantity, consumed,
       CASE WHEN status = 'hold' AND expires_at <= clock_timestamp() THEN 'expired' ELSE status END AS status,
       channel, cart_id, order_id, line_no, expires_at
  FROM oms.reservation_row;
-- A row and its deltas make the stock, and what expired holds reserve is available.
CREATE VIEW oms.inventory AS
SELECT s.sku, s.location, s.on_hand, s.unavailable, s.reserved, COALESCE(e.quantity, 0) AS expired,
       s.on_hand - s.reserved + COALESCE(e.quantity, 0) AS available
  FROM (SELECT sku, location, sum(on_hand)::bigint AS on_hand, sum(unavailable)::bigint AS unavailable, sum(reserved)::bigint AS reserved
          FROM (SELECT sku, location, on_hand, unavailable, reserved FROM oms.stock_account
                UNION ALL SELECT sku, location, on_hand, unavailable, reserved FROM oms.stock_delta) a
         GROUP BY sku, location) s
  LEFT JOIN (SELECT sku, location, sum(quantity - consumed)::bigint AS quantity FROM oms.reservation_row
              WHERE status = 'hold' AND expires_at <= clock_timestamp() GROUP BY sku, location) e USING (sku, location);
