-- incoming: supply that is expected, what backorders claim of it, how much may be backordered,
-- and what of a receipt is held back. Tables are private: read through views, changed by functions.

CREATE SEQUENCE oms.incoming_id_seq CACHE 32;
COMMENT ON SEQUENCE oms.incoming_id_seq IS 'private: numbers incoming supply';
CREATE TABLE oms.incoming_row (
    incoming_id bigint NOT NULL DEFAULT pg_catalog.nextval('oms.incoming_id_seq'),
    sku text COLLATE "C" NOT NULL,
    location text COLLATE "C" NOT NULL,
    reference text COLLATE "C" NOT NULL CHECK (reference <> ''),
    quantity bigint NOT NULL CHECK (quantity > 0),
    received bigint NOT NULL DEFAULT 0 CHECK (received >= 0),
    expected_at timestamptz NOT NULL CHECK (pg_catalog.isfinite(expected_at)),
    status text NOT NULL CHECK (status IN ('open', 'received', 'cancelled')),
    reason text,
    actor text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
    changed_at timestamptz,
    from_location text COLLATE "C",
    PRIMARY KEY (incoming_id, sku),
    UNIQUE (reference, sku, location),
    CHECK (CASE status WHEN 'open' THEN received < quantity WHEN 'received' THEN received >= quantity ELSE true END)
);
COMMENT ON TABLE oms.incoming_row IS 'private: expected supply, behind oms.incoming';
COMMENT ON COLUMN oms.incoming_row.from_location IS 'in transit from there, for a transfer; NULL: of a purchase order';
CREATE INDEX incoming_row_open_idx ON oms.incoming_row (sku, expected_at) WHERE status = 'open';

-- Account and deltas of each row of incoming_row (account/account.c): on_hand is what is still
-- expected of it, reserved what backorders claim, so that they never claim more.
CREATE TABLE oms.incoming_account (
    sku text COLLATE "C" NOT NULL,
    location text COLLATE "C" NOT NULL,
    incoming text COLLATE "C" NOT NULL,
    on_hand bigint NOT NULL,
    unavailable bigint NOT NULL,
    reserved bigint NOT NULL,
    w bigint NOT NULL,
    exc bigint[] NOT NULL,
    PRIMARY KEY (sku, location, incoming)
) WITH (fillfactor = 50);
COMMENT ON TABLE oms.incoming_account IS 'private: the folded part of what is expected (on_hand) and claimed (reserved) of incoming supply';
CREATE TABLE oms.incoming_delta (
    sku text COLLATE "C" NOT NULL,
    location text COLLATE "C" NOT NULL,
    incoming text COLLATE "C" NOT NULL,
    id bigint NOT NULL,
    on_hand bigint NOT NULL,
    unavailable bigint NOT NULL,
    reserved bigint NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000,
        autovacuum_vacuum_insert_threshold = -1, vacuum_truncate = off);
CREATE INDEX incoming_delta_key_idx ON oms.incoming_delta (sku, location, incoming, id);
ALTER TABLE oms.incoming_delta REPLICA IDENTITY FULL;
COMMENT ON TABLE oms.incoming_delta IS 'private: changes of an account of incoming supply that are not folded into its row yet';

CREATE TABLE oms.backorder_claim_row (
    sku text COLLATE "C" NOT NULL,
    backorder_id bigint NOT NULL,
    incoming_id bigint NOT NULL,
    location text COLLATE "C" NOT NULL,
    quantity bigint NOT NULL CHECK (quantity > 0),
    PRIMARY KEY (sku, backorder_id, incoming_id)
);
COMMENT ON TABLE oms.backorder_claim_row IS 'private: what open backorders claim of incoming supply, behind oms.backorder_claim';
CREATE INDEX backorder_claim_row_incoming_idx ON oms.backorder_claim_row (sku, incoming_id);

CREATE TABLE oms.backorder_limit (
    channel text COLLATE "C" NOT NULL REFERENCES oms.channel ON DELETE CASCADE,
    sku text COLLATE "C" CHECK (sku <> ''),
    units bigint CHECK (units >= 0),
    UNIQUE NULLS NOT DISTINCT (channel, sku)
);
COMMENT ON TABLE oms.backorder_limit IS 'how many units of a sku a channel may have in open backorders; without a row any number';
COMMENT ON COLUMN oms.backorder_limit.sku IS 'NULL: every sku for which the channel has no row of its own';
COMMENT ON COLUMN oms.backorder_limit.units IS 'units of one sku; 0: no backorders; NULL: any number';

-- Account and deltas of (sku, channel): reserved is what is backordered and open.
CREATE TABLE oms.backorder_account (
    sku text COLLATE "C" NOT NULL,
    channel text COLLATE "C" NOT NULL,
    on_hand bigint NOT NULL,
    unavailable bigint NOT NULL,
    reserved bigint NOT NULL,
    w bigint NOT NULL,
    exc bigint[] NOT NULL,
    PRIMARY KEY (sku, channel)
) WITH (fillfactor = 50);
COMMENT ON TABLE oms.backorder_account IS 'private: the folded part of the open backorders of a sku on a channel';
CREATE TABLE oms.backorder_delta (
    sku text COLLATE "C" NOT NULL,
    channel text COLLATE "C" NOT NULL,
    id bigint NOT NULL,
    on_hand bigint NOT NULL,
    unavailable bigint NOT NULL,
    reserved bigint NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000,
        autovacuum_vacuum_insert_threshold = -1, vacuum_truncate = off);
CREATE INDEX backorder_delta_key_idx ON oms.backorder_delta (sku, channel, id);
ALTER TABLE oms.backorder_delta REPLICA IDENTITY FULL;
COMMENT ON TABLE oms.backorder_delta IS 'private: changes of open backorders that are not folded into their account yet';

CREATE SEQUENCE oms.hold_back_id_seq CACHE 32;
COMMENT ON SEQUENCE oms.hold_back_id_seq IS 'private: numbers what is held back';
CREATE TABLE oms.hold_back_row (
    hold_back_id bigint NOT NULL DEFAULT pg_catalog.nextval('oms.hold_back_id_seq'),
    sku text COLLATE "C" NOT NULL,
    location text COLLATE "C" NOT NULL,
    quantity bigint NOT NULL CHECK (quantity > 0),
    released bigint NOT NULL DEFAULT 0 CHECK (released BETWEEN 0 AND quantity),
    reason text,
    reference text,
    actor text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
    changed_at timestamptz,
    xid xid8 NOT NULL DEFAULT pg_catalog.pg_current_xact_id(),
    PRIMARY KEY (hold_back_id, sku)
);
COMMENT ON TABLE oms.hold_back_row IS 'private: units on hand that no channel is offered, behind oms.hold_back';
CREATE INDEX hold_back_row_xid_idx ON oms.hold_back_row USING brin (xid oms.xid8_minmax_ops) WITH (pages_per_range = 32, autosummarize = on);
COMMENT ON COLUMN oms.hold_back_row.xid IS 'the transaction that wrote the row last';
CREATE TRIGGER stamp BEFORE UPDATE ON oms.hold_back_row FOR EACH ROW EXECUTE FUNCTION oms.stamp_row();
COMMENT ON TRIGGER stamp ON oms.hold_back_row IS 'writes the transaction into column xid';
CREATE INDEX hold_back_row_held_idx ON oms.hold_back_row (sku, location) WHERE released < quantity;

CREATE TRIGGER guard BEFORE UPDATE OR DELETE OR TRUNCATE ON oms.incoming_row
    FOR EACH STATEMENT EXECUTE FUNCTION oms.guard_private_table('Call oms.add_incoming, oms.change_incoming, oms.cancel_incoming or oms.receive_incoming.');
CREATE TRIGGER guard BEFORE UPDATE OR DELETE OR TRUNCATE ON oms.incoming_account
    FOR EACH STATEMENT EXECUTE FUNCTION oms.guard_private_table('Call oms.add_incoming, oms.change_incoming, oms.cancel_incoming or oms.receive_incoming.');
CREATE TRIGGER guard BEFORE UPDATE OR DELETE OR TRUNCATE ON oms.incoming_delta
    FOR EACH STATEMENT EXECUTE FUNCTION oms.guard_private_table('Call oms.add_incoming, oms.change_incoming, oms.cancel_incoming or oms.receive_incoming.');
CREATE TRIGGER guard BEFORE UPDATE OR DELETE OR TRUNCATE ON oms.backorder_claim_row
    FOR EACH STATEMENT EXECUTE FUNCTION oms.guard_private_table('Call oms.release_backorder or oms.cancel_order.');
CREATE TRIGGER guard BEFORE UPDATE OR DELETE OR TRUNCATE ON oms.backorder_account
    FOR EACH STATEMENT EXECUTE FUNCTION oms.guard_private_table('Call oms.release_backorder or oms.cancel_order.');
CREATE TRIGGER guard BEFORE UPDATE OR DELETE OR TRUNCATE ON oms.backorder_delta
    FOR EACH STATEMENT EXECUTE FUNCTION oms.guard_private_table('Call oms.release_backorder or oms.cancel_order.');
CREATE TRIGGER guard BEFORE UPDATE OR DELETE OR TRUNCATE ON oms.hold_back_row
    FOR EACH STATEMENT EXECUTE FUNCTION oms.guard_private_table('Call oms.release_hold_back.');
ALTER TABLE oms.incoming_row ENABLE ALWAYS TRIGGER guard;
ALTER TABLE oms.incoming_account ENABLE ALWAYS TRIGGER guard;
ALTER TABLE oms.incoming_delta ENABLE ALWAYS TRIGGER guard;
ALTER TABLE oms.backorder_claim_row ENABLE ALWAYS TRIGGER guard;
ALTER TABLE oms.backorder_account ENABLE ALWAYS TRIGGER guard;
ALTER TABLE oms.backorder_delta ENABLE ALWAYS TRIGGER guard;
ALTER TABLE oms.hold_back_row ENABLE ALWAYS TRIGGER guard;
COMMENT ON TRIGGER guard ON oms.incoming_row IS 'refuses UPDATE, DELETE and TRUNCATE by anybody but oms';
COMMENT ON TRIGGER guard ON oms.incoming_account IS 'refuses UPDATE, DELETE and TRUNCATE by anybody but oms';
COMMENT ON TRIGGER guard ON oms.incoming_delta IS 'refuses UPDATE, DELETE and TRUNCATE by anybody but oms';
COMMENT ON TRIGGER guard ON oms.backorder_claim_row IS 'refuses UPDATE, DELETE and TRUNCATE by anybody but oms';
COMMENT ON TRIGGER guard ON oms.backorder_account IS 'refuses UPDATE, DELETE and TRUNCATE by anybody but oms';
COMMENT ON TRIGGER guard ON oms.backorder_delta IS 'refuses UPDATE, DELETE and TRUNCATE by anybody but oms';
COMMENT ON TRIGGER guard ON oms.hold_back_row IS 'refuses UPDATE, DELETE and TRUNCATE by anybody but oms';

SELECT pg_catalog.pg_extension_config_dump('oms.incoming_row', '');
SELECT pg_catalog.pg_extension_config_dump('oms.incoming_id_seq', '');
SELECT pg_catalog.pg_extension_config_dump('oms.incoming_account', '');
SELECT pg_catalog.pg_extension_config_dump('oms.incoming_delta', '');
SELECT pg_catalog.pg_extension_config_dump('oms.backorder_claim_row', '');
SELECT pg_catalog.pg_extension_config_dump('oms.backorder_limit', '');
SELECT pg_catalog.pg_extension_config_dump('oms.backorder_account', '');
SELECT pg_catalog.pg_extension_config_dump('oms.backorder_delta', '');
SELECT pg_catalog.pg_extension_config_dump('oms.hold_back_row', '');
SELECT pg_catalog.pg_extension_config_dump('oms.hold_back_id_seq', '');

-- Views; their columns are a contract.

CREATE VIEW oms.incoming AS
SELECT i.incoming_id, i.reference, i.location, i.sku, i.quantity, i.received, i.expected_at, i.status,
       CASE WHEN i.status = 'open' THEN i.quantity - i.received ELSE 0 END AS outstanding,
       COALESCE(c.quantity, 0) AS claimed, i.reason, i.actor, i.created_at, i.changed_at,
       CASE WHEN i.from_location IS NULL THEN 'purchase' ELSE 'in transit' END AS kind, i.from_location
  FROM oms.incoming_row i
  LEFT JOIN (SELECT c.sku, c.incoming_id, pg_catalog.sum(c.quantity)::bigint AS quantity
               FROM oms.backorder_claim_row c
              GROUP BY c.sku, c.incoming_id) c ON c.sku = i.sku AND c.incoming_id = i.incoming_id;
COMMENT ON VIEW oms.incoming IS
    'expected supply: quantity units of the sku for a purchase order (reference), due at the location at expected_at, received of them, outstanding (still expected) and claimed of those by backorders; status open, received or cancelled; kind purchase, or in transit from_location (oms.transfer_order). A moment that has passed counts for nothing until the row is received or dated anew';

CREATE VIEW oms.backorder_claim AS
SELECT c.backorder_id, c.sku, c.incoming_id, i.reference, c.location, c.quantity, i.expected_at
  FROM oms.backorder_claim_row c
  JOIN oms.incoming_row i ON i.incoming_id = c.incoming_id AND i.sku = c.sku;
COMMENT ON VIEW oms.backorder_claim IS
    'what each open backorder claims of incoming supply: quantity units of a purchase order (reference), due at the location at expected_at';

CREATE VIEW oms.backorder_claimed AS
SELECT c.sku, c.backorder_id, pg_catalog.sum(c.quantity)::bigint AS quantity,
       pg_catalog.max(i.expected_at) AS expected_at
  FROM oms.backorder_claim_row c
  JOIN oms.incoming_row i ON i.incoming_id = c.incoming_id AND i.sku = c.sku
 GROUP BY c.sku, c.backorder_id;
COMMENT ON VIEW oms.backorder_claimed IS 'private: what each backorder claims in all, and when the last of it is due';

CREATE VIEW oms.hold_back AS
SELECT h.hold_back_id, h.sku, h.location, h.quantity, h.released, h.quantity - h.released AS held,
       h.reason, h.reference, h.actor, h.created_at, h.changed_at
  FROM oms.hold_back_row h;
COMMENT ON VIEW oms.hold_back IS
    'units on hand that no channel is offered: quantity held back, released of it, held now (part of reserved in oms.inventory)';

CREATE VIEW oms.incoming_open AS
SELECT i.incoming_id, i.sku, i.location, i.expected_at, i.quantity - i.received AS outstanding,
       COALESCE((SELECT a.reserved FROM oms.incoming_account a
                  WHERE a.sku = i.sku AND a.location = i.location AND a.incoming = i.incoming_id::text), 0) +
       COALESCE((SELECT pg_catalog.sum(d.reserved)::bigint FROM oms.incoming_delta d
                  WHERE d.sku = i.sku AND d.location = i.location AND d.incoming = i.incoming_id::text), 0) AS claimed
  FROM oms.incoming_row i
 WHERE i.status = 'open';
COMMENT ON VIEW oms.incoming_open IS 'private: what is expected, and by the accounts claimed, of open incoming supply';

-- Functions. Writers take a request_id.

CREATE TYPE oms.received_incoming AS (
    sku text,
    on_hand bigint,
    filled bigint,
    held_back bigint,
    received bigint,
    outstanding bigint,
    status text
);
COMMENT ON TYPE oms.received_incoming IS 'what receive_incoming returns: a row per sku';

CREATE FUNCTION oms.add_incoming(
    reference text, location text, sku text, quantity bigint, expected_at timestamptz,
    actor text DEFAULT session_user, request_id text DEFAULT NULL)
RETURNS SETOF oms.incoming
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 ROWS 1 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_add_incoming';
REVOKE ALL ON FUNCTION oms.add_incoming(text, text, text, bigint, timestamptz, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.add_incoming(text, text, text, bigint, timestamptz, text, text) IS
    'expects quantity units of the sku at the location at expected_at, for the purchase order named by reference; one that exists (same reference, sku and location) is set to exactly this, what was received of it counts. Backorders that wait for nothing yet, or for something later, claim it, by priority, promise and age; when less or later is expected, claims are moved as by change_incoming. Returns the row. Errors: OM002 an open transaction is claiming what would be missing, OM004 unknown location, 22023 quantity below 1, 22008 moment not finite';

CREATE FUNCTION oms.add_incoming_many(
    reference text, location text, skus text[], quantities bigint[], expected_at timestamptz,
    actor text DEFAULT session_user, request_id text DEFAULT NULL)
RETURNS SETOF oms.incoming
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 ROWS 10 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_add_incoming_many';
REVOKE ALL ON FUNCTION oms.add_incoming_many(text, text, text[], bigint[], timestamptz, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.add_incoming_many(text, text, text[], bigint[], timestamptz, text, text) IS
    'add_incoming of quantities[i] units of skus[i], all or none; a row per element. Errors as add_incoming, 22023 a sku named twice';

CREATE FUNCTION oms.change_incoming(
    reference text, location text DEFAULT NULL, sku text DEFAULT NULL,
    quantity bigint DEFAULT NULL, expected_at timestamptz DEFAULT NULL,
    actor text DEFAULT session_user, request_id text DEFAULT NULL)
RETURNS SETOF oms.incoming
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 ROWS 10 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_change_incoming';
REVOKE ALL ON FUNCTION oms.change_incoming(text, text, text, bigint, timestamptz, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.change_incoming(text, text, text, bigint, timestamptz, text, text) IS
    'changes the date, the quantity or both of what is open of a purchase order, or of one location or sku of it: what is NULL stays. Claims of backorders on what comes later or not at all are moved, in this transaction, to what serves them next, or are given up; oms.backorder and oms.order_line show the new promise. Returns the rows. Errors: OM002 an open transaction is claiming what would be missing, OM004 nothing open of that reference, 22023 quantity below 1';

CREATE FUNCTION oms.cancel_incoming(
    reference text, location text DEFAULT NULL, sku text DEFAULT NULL, reason text DEFAULT NULL,
    actor text DEFAULT session_user, request_id text DEFAULT NULL)
RETURNS SETOF oms.incoming
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 ROWS 10 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_cancel_incoming';
REVOKE ALL ON FUNCTION oms.cancel_incoming(text, text, text, text, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.cancel_incoming(text, text, text, text, text, text) IS
    'expects no more of what is open of a purchase order, or of one location or sku of it; claims are moved as by change_incoming. Returns the rows. Errors: OM002 an open transaction is claiming it, OM004 nothing open of that reference';

CREATE FUNCTION oms.receive_incoming(
    reference text, location text, sku text, quantity bigint,
    fill_limit bigint DEFAULT NULL, hold_back boolean DEFAULT false, reason text DEFAULT NULL,
    actor text DEFAULT session_user, request_id text DEFAULT NULL)
RETURNS SETOF oms.received_incoming
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 ROWS 1 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_receive_incoming';
REVOKE ALL ON FUNCTION oms.receive_incoming(text, text, text, bigint, bigint, boolean, text, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.receive_incoming(text, text, text, bigint, bigint, boolean, text, text, text) IS
    'receives quantity units of what is expected for the purchase order, a part or more than all, as receive does: it fills backorders, at most fill_limit units, by priority, then promise, then age, and with hold_back keeps the surplus from all channels until release_hold_back. Claims on what is no longer expected are moved as by change_incoming. A row with on_hand after, the units filled and held back, and what is received and outstanding of the purchase order. Errors: OM002 an open transaction is claiming it, OM004 unknown, OM005 cancelled, 22023 quantity below 1 or fill_limit below 0';

CREATE FUNCTION oms.receive_incoming_many(
    reference text, location text, skus text[], quantities bigint[],
    fill_limit bigint DEFAULT NULL, hold_back boolean DEFAULT false, reason text DEFAULT NULL,
    actor text DEFAULT session_user, request_id text DEFAULT NULL)
RETURNS SETOF oms.received_incoming
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 ROWS 10 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_receive_incoming_many';
REVOKE ALL ON FUNCTION oms.receive_incoming_many(text, text, text[], bigint[], bigint, boolean, text, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.receive_incoming_many(text, text, text[], bigint[], bigint, boolean, text, text, text) IS
    'receive_incoming of quantities[i] units of skus[i], all or none; a row per element; fill_limit is for each. Errors as receive_incoming, 22023 a sku named twice';

CREATE FUNCTION oms.release_hold_back(
    location text, sku text, quantity bigint DEFAULT NULL, request_id text DEFAULT NULL)
RETURNS bigint
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_release_hold_back';
REVOKE ALL ON FUNCTION oms.release_hold_back(text, text, bigint, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.release_hold_back(text, text, bigint, text) IS
    'offers what is held back of the sku at the location again, all of it or quantity units, oldest first; open backorders come first, as with a receipt; returns the units still held. Errors: OM004 unknown location, OM005 fewer units are held, 22023 quantity below 1';

CREATE FUNCTION oms.add_backorder_limit(channel text, sku text DEFAULT NULL, units bigint DEFAULT NULL)
RETURNS oms.backorder_limit
LANGUAGE sql VOLATILE PARALLEL UNSAFE COST 100
AS $$
    INSERT INTO oms.backorder_limit AS b (channel, sku, units) VALUES ($1, $2, $3)
    ON CONFLICT (channel, sku) DO UPDATE SET units = excluded.units
    RETURNING b.*
$$;
REVOKE ALL ON FUNCTION oms.add_backorder_limit(text, text, bigint) FROM PUBLIC;
COMMENT ON FUNCTION oms.add_backorder_limit(text, text, bigint) IS
    'lets a channel have at most this many units of the sku in open backorders, or, sku NULL, of every sku without a limit of its own; units NULL: any number; delete the row to end it. What is backordered already stays. Returns the row. Errors: 23503 unknown channel, 23514 negative';
