-- orders: demand. Private tables: read through the views of orders/views.sql, changed by
-- functions only. What an order holds is in reservation_row, by (order_id, line_no).

CREATE TABLE oms.order_row (
    order_id text COLLATE "C" NOT NULL PRIMARY KEY CHECK (order_id <> ''),
    channel text COLLATE "C" NOT NULL,
    service text NOT NULL CHECK (service <> ''),
    method text NOT NULL CHECK (method IN ('ship', 'pickup')),
    priority integer NOT NULL CHECK (priority BETWEEN 0 AND 4),
    ship_to oms.latlon,
    promise_at timestamptz,
    status text NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'cancelled')),
    cart_id text COLLATE "C",
    reference text,
    actor text NOT NULL,
    placed_at timestamptz NOT NULL,
    cancelled_at timestamptz,
    cancelled_by text,
    cancel_reason text,
    xid xid8 NOT NULL DEFAULT pg_catalog.pg_current_xact_id(),
    CHECK ((status = 'cancelled') = (cancelled_at IS NOT NULL))
);
COMMENT ON TABLE oms.order_row IS 'private: orders, behind oms.orders';
CREATE INDEX order_row_xid_idx ON oms.order_row USING brin (xid oms.xid8_minmax_ops) WITH (pages_per_range = 32, autosummarize = on);
COMMENT ON COLUMN oms.order_row.xid IS 'the transaction that wrote the row last';
CREATE TRIGGER stamp BEFORE UPDATE ON oms.order_row FOR EACH ROW EXECUTE FUNCTION oms.stamp_row();
COMMENT ON TRIGGER stamp ON oms.order_row IS 'writes the transaction into column xid';
CREATE INDEX order_row_open_idx ON oms.order_row (order_id) WHERE status = 'open';

CREATE TABLE oms.order_line_row (
    order_id text COLLATE "C" NOT NULL,
    line_no integer NOT NULL CHECK (line_no > 0),
    sku text COLLATE "C" NOT NULL,
    quantity bigint NOT NULL CHECK (quantity > 0),
    unit_value numeric CHECK (unit_value >= 0),
    keep_together text,
    location text COLLATE "C",
    promise_at timestamptz,
    cancelled bigint NOT NULL DEFAULT 0 CHECK (cancelled BETWEEN 0 AND quantity),
    PRIMARY KEY (order_id, line_no)
);
COMMENT ON TABLE oms.order_line_row IS 'private: lines of orders, behind oms.order_line';
COMMENT ON COLUMN oms.order_line_row.keep_together IS 'lines of an order with the same value leave in one shipment';
COMMENT ON COLUMN oms.order_line_row.cancelled IS 'units that are not wanted any more';
COMMENT ON COLUMN oms.order_line_row.location IS 'the only location that may serve the line; NULL: any';

CREATE SEQUENCE oms.order_hold_id_seq;
COMMENT ON SEQUENCE oms.order_hold_id_seq IS 'private: numbers holds of orders that were given no id';
CREATE TABLE oms.order_hold_row (
    order_id text COLLATE "C" NOT NULL,
    hold_id text COLLATE "C" NOT NULL CHECK (hold_id <> ''),
    line_no integer,
    reason text COLLATE "C" NOT NULL CHECK (reason <> ''),
    placed_by text NOT NULL,
    placed_at timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
    released_by text,
    released_at timestamptz,
    PRIMARY KEY (order_id, hold_id),
    CHECK ((released_at IS NULL) = (released_by IS NULL))
);
COMMENT ON TABLE oms.order_hold_row IS 'private: holds of orders, behind oms.order_hold';
CREATE INDEX order_hold_row_standing_idx ON oms.order_hold_row (order_id) WHERE released_at IS NULL;

CREATE TRIGGER guard BEFORE UPDATE OR DELETE OR TRUNCATE ON oms.order_hold_row
    FOR EACH STATEMENT EXECUTE FUNCTION oms.guard_private_table('Call oms.hold_order or oms.release_order_hold.');
ALTER TABLE oms.order_hold_row ENABLE ALWAYS TRIGGER guard;
COMMENT ON TRIGGER guard ON oms.order_hold_row IS 'changed by functions only';
SELECT pg_catalog.pg_extension_config_dump('oms.order_hold_row', '');
SELECT pg_catalog.pg_extension_config_dump('oms.order_hold_id_seq', '');

CREATE TRIGGER guard BEFORE UPDATE OR DELETE OR TRUNCATE ON oms.order_row
    FOR EACH STATEMENT EXECUTE FUNCTION oms.guard_private_table('Call oms.place_order or oms.cancel_order.');
CREATE TRIGGER guard BEFORE UPDATE OR DELETE OR TRUNCATE ON oms.order_line_row
    FOR EACH STATEMENT EXECUTE FUNCTION oms.guard_private_table('Call oms.place_order or oms.cancel_order.');
ALTER TABLE oms.order_row ENABLE ALWAYS TRIGGER guard;
ALTER TABLE oms.order_line_row ENABLE ALWAYS TRIGGER guard;
COMMENT ON TRIGGER guard ON oms.order_row IS 'changed by functions only';
COMMENT ON TRIGGER guard ON oms.order_line_row IS 'changed by functions only';

SELECT pg_catalog.pg_extension_config_dump('oms.order_row', '');
SELECT pg_catalog.pg_extension_config_dump('oms.order_line_row', '');
