-- transfers: goods on their way from one location to another, as work of both (transfer_order.c).
-- oms.transfer (stock/) is the short form: both sides at once.

CREATE TABLE oms.transfer_order_row (
    transfer_id text COLLATE "C" PRIMARY KEY CHECK (transfer_id <> ''),
    from_location text COLLATE "C" NOT NULL,
    to_location text COLLATE "C" NOT NULL,
    status text NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'shipped', 'received', 'cancelled')),
    expected_at timestamptz CHECK (pg_catalog.isfinite(expected_at)),
    reason text,
    opened_by text NOT NULL,
    opened_at timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
    shipped_by text,
    shipped_at timestamptz,
    ended_by text,
    ended_at timestamptz,
    CHECK (from_location <> to_location)
);
COMMENT ON TABLE oms.transfer_order_row IS 'private: transfers, behind oms.transfer_order';
CREATE INDEX transfer_order_row_open_idx ON oms.transfer_order_row (from_location) WHERE status = 'open';

CREATE TABLE oms.transfer_line_row (
    transfer_id text COLLATE "C" NOT NULL,
    sku text COLLATE "C" NOT NULL,
    quantity bigint NOT NULL CHECK (quantity >= 0),
    held bigint NOT NULL DEFAULT 0 CHECK (held BETWEEN 0 AND quantity),
    shipped bigint NOT NULL DEFAULT 0 CHECK (shipped BETWEEN 0 AND quantity),
    received bigint NOT NULL DEFAULT 0 CHECK (received >= 0),
    returned bigint NOT NULL DEFAULT 0 CHECK (returned >= 0),
    PRIMARY KEY (transfer_id, sku),
    CHECK (returned <= shipped)
);
COMMENT ON TABLE oms.transfer_line_row IS 'private: what is transferred, behind oms.transfer_line';
COMMENT ON COLUMN oms.transfer_line_row.held IS 'units reserved for it where it is to leave';
COMMENT ON COLUMN oms.transfer_line_row.returned IS 'units that went back on the shelf there when it was cancelled after it had left';

CREATE TRIGGER guard BEFORE UPDATE OR DELETE OR TRUNCATE ON oms.transfer_order_row
    FOR EACH STATEMENT EXECUTE FUNCTION oms.guard_private_table('Call oms.open_transfer, oms.ship_transfer, oms.receive_transfer or oms.cancel_transfer.');
CREATE TRIGGER guard BEFORE UPDATE OR DELETE OR TRUNCATE ON oms.transfer_line_row
    FOR EACH STATEMENT EXECUTE FUNCTION oms.guard_private_table('Call oms.open_transfer, oms.ship_transfer, oms.receive_transfer or oms.cancel_transfer.');
ALTER TABLE oms.transfer_order_row ENABLE ALWAYS TRIGGER guard;
ALTER TABLE oms.transfer_line_row ENABLE ALWAYS TRIGGER guard;
COMMENT ON TRIGGER guard ON oms.transfer_order_row IS 'refuses UPDATE, DELETE and TRUNCATE by anybody but oms';
COMMENT ON TRIGGER guard ON oms.transfer_line_row IS 'refuses UPDATE, DELETE and TRUNCATE by anybody but oms';
SELECT pg_catalog.pg_extension_config_dump('oms.transfer_order_row', '');
SELECT pg_catalog.pg_extension_config_dump('oms.transfer_line_row', '');

CREATE VIEW oms.transfer_order AS
SELECT t.transfer_id, t.from_location, t.to_location, t.status, t.expected_at, t.reason, t.opened_by, t.opened_at,
       t.shipped_by, t.shipped_at, t.ended_by, t.ended_at
  FROM oms.transfer_order_row t;
COMMENT ON VIEW oms.transfer_order IS
    'transfers between locations as work: status open (its units are held where they leave), shipped (in transit: incoming at the other side), received or cancelled';

CREATE VIEW oms.transfer_line AS
SELECT l.transfer_id, l.sku, l.quantity, l.held, l.shipped, l.received, l.returned,
       CASE WHEN t.status IN ('received', 'cancelled') AND t.shipped_at IS NOT NULL
            THEN l.received + l.returned - l.shipped END AS difference
  FROM oms.transfer_line_row l
  JOIN oms.transfer_order_row t ON t.transfer_id = l.transfer_id;
COMMENT ON VIEW oms.transfer_line IS
    'what a transfer moves: units asked for (0: a wrong item that came), held at its origin, shipped, received, returned to the origin by a cancel; difference, when it is over: received more (or, negative, less) than was sent';

CREATE FUNCTION oms.open_transfer(
    transfer_id text, from_location text, to_location text, skus text[], quantities bigint[],
    expected_at timestamptz DEFAULT NULL, reason text DEFAULT NULL,
    actor text DEFAULT session_user, request_id text DEFAULT NULL)
RETURNS SETOF oms.transfer_line
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 5000 ROWS 10 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_open_transfer';
REVOKE ALL ON FUNCTION oms.open_transfer(text, text, text, text[], bigint[], timestamptz, text, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.open_transfer(text, text, text, text[], bigint[], timestamptz, text, text, text) IS
    'asks a location to send quantities[i] available units of skus[i] to another, where they are expected at expected_at once they are shipped; they are held there from now on, all or none. A row per sku. Errors: OM001 not enough available, OM002 depends on an open transaction, OM004 unknown location, OM005 the transfer exists, OM010 not the role''s location, 22023';

CREATE FUNCTION oms.ship_transfer(
    transfer_id text, skus text[] DEFAULT NULL, quantities bigint[] DEFAULT NULL, expected_at timestamptz DEFAULT NULL,
    actor text DEFAULT session_user, request_id text DEFAULT NULL)
RETURNS SETOF oms.transfer_line
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 10000 ROWS 10 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_ship_transfer';
REVOKE ALL ON FUNCTION oms.ship_transfer(text, text[], bigint[], timestamptz, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.ship_transfer(text, text[], bigint[], timestamptz, text, text) IS
    'the goods of a transfer leave: all that was asked for, or quantities[i] of skus[i], and then the rest is offered again. From now on they are incoming at the other side, in transit (oms.incoming), and backorders there may claim them. A row per sku. Errors: OM001 not there any more, OM002 depends on an open transaction, OM004 unknown transfer or sku, OM005 not open, or more than was asked for, OM010 not the role''s location, 22023';

CREATE FUNCTION oms.receive_transfer(
    transfer_id text, skus text[] DEFAULT NULL, quantities bigint[] DEFAULT NULL, complete boolean DEFAULT true,
    actor text DEFAULT session_user, request_id text DEFAULT NULL)
RETURNS SETOF oms.transfer_line
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 10000 ROWS 10 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_receive_transfer';
REVOKE ALL ON FUNCTION oms.receive_transfer(text, text[], bigint[], boolean, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.receive_transfer(text, text[], bigint[], boolean, text, text) IS
    'the goods of a transfer arrive: all that was shipped, or quantities[i] of skus[i], fewer, more, or of a sku that was not sent; on hand from now on, filling backorders as receive does. complete: that was all, and what is missing is expected no more; else the rest stays in transit. The differences are in oms.transfer_line. A row per sku. Errors: OM002 an open transaction is claiming it, OM004 unknown transfer, OM005 not in transit, OM010 not the role''s location or a kit, 22023';

CREATE FUNCTION oms.cancel_transfer(
    transfer_id text, reason text DEFAULT NULL, actor text DEFAULT session_user, request_id text DEFAULT NULL)
RETURNS SETOF oms.transfer_line
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 10000 ROWS 10 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_cancel_transfer';
REVOKE ALL ON FUNCTION oms.cancel_transfer(text, text, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.cancel_transfer(text, text, text, text) IS
    'ends a transfer: before it was shipped what is held for it is offered again; after, what has not been received goes back on the shelf where it came from, and is expected no more. A row per sku. Errors: OM002 an open transaction is claiming it, OM004 unknown transfer, OM005 over, OM010 not the role''s location';
