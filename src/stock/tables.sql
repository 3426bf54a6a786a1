-- stock: what is where, and why. Private tables: read through the views of
-- stock/views.sql, changed by functions only.

-- Account and deltas of (sku, location); their meaning is in account/account.c.
-- The value of an account in any one snapshot is its row plus its visible deltas.
CREATE TABLE oms.stock_account (
    sku text COLLATE "C" NOT NULL,
    location text COLLATE "C" NOT NULL,
    on_hand bigint NOT NULL,
    unavailable bigint NOT NULL,
    reserved bigint NOT NULL,
    w bigint NOT NULL,
    exc bigint[] NOT NULL,
    PRIMARY KEY (sku, location)
) WITH (fillfactor = 50);
COMMENT ON TABLE oms.stock_account IS 'private: the folded part of the stock of a sku at a location';
COMMENT ON COLUMN oms.stock_account.w IS 'highest id of a delta that was folded into this row';
COMMENT ON COLUMN oms.stock_account.exc IS 'ids up to w that were not folded';

CREATE TABLE oms.stock_delta (
    sku text COLLATE "C" NOT NULL,
    location text COLLATE "C" NOT NULL,
    id bigint NOT NULL,
    on_hand bigint NOT NULL,
    unavailable bigint NOT NULL,
    reserved bigint NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000,
        autovacuum_vacuum_insert_threshold = -1, vacuum_truncate = off);
CREATE INDEX stock_delta_key_idx ON oms.stock_delta (sku, location, id);
-- A subscriber follows folds, which delete deltas; ids are not unique.
ALTER TABLE oms.stock_delta REPLICA IDENTITY FULL;
COMMENT ON TABLE oms.stock_delta IS 'private: changes of a stock account that are not folded into its row yet';

-- Account and deltas of what is protected of (sku, location): shares of a stock account. on_hand
-- is what was protected, reserved what the channel took of it. until is the moment of lapse as
-- text in UTC that sorts as time does, or 'infinity'.
CREATE TABLE oms.protection_account (
    sku text COLLATE "C" NOT NULL,
    location text COLLATE "C" NOT NULL,
    until text COLLATE "C" NOT NULL,
    channel text COLLATE "C" NOT NULL,
    on_hand bigint NOT NULL,
    unavailable bigint NOT NULL,
    reserved bigint NOT NULL,
    w bigint NOT NULL,
    exc bigint[] NOT NULL,
    PRIMARY KEY (sku, location, until, channel)
) WITH (fillfactor = 50);
COMMENT ON TABLE oms.protection_account IS 'private: the folded part of what is protected of the stock of a sku at a location for a channel';
COMMENT ON COLUMN oms.protection_account.w IS 'highest id of a delta that was folded into this row';
COMMENT ON COLUMN oms.protection_account.exc IS 'ids up to w that were not folded';

CREATE TABLE oms.protection_delta (
    sku text COLLATE "C" NOT NULL,
    location text COLLATE "C" NOT NULL,
    until text COLLATE "C" NOT NULL,
    channel text COLLATE "C" NOT NULL,
    id bigint NOT NULL,
    on_hand bigint NOT NULL,
    unavailable bigint NOT NULL,
    reserved bigint NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000,
        autovacuum_vacuum_insert_threshold = -1, vacuum_truncate = off);
CREATE INDEX protection_delta_key_idx ON oms.protection_delta (sku, location, until, channel, id);
ALTER TABLE oms.protection_delta REPLICA IDENTITY FULL;
COMMENT ON TABLE oms.protection_delta IS 'private: changes of protected stock that are not folded into its row yet';

-- Account and deltas of what is used of a quota, in reserved: (sku, channel, period), the
-- period as stock/quota.c names it.
CREATE TABLE oms.quota_account (
    sku text COLLATE "C" NOT NULL,
    channel text COLLATE "C" NOT NULL,
    period text COLLATE "C" NOT NULL,
    on_hand bigint NOT NULL,
    unavailable bigint NOT NULL,
    reserved bigint NOT NULL,
    w bigint NOT NULL,
    exc bigint[] NOT NULL,
    PRIMARY KEY (sku, channel, period)
) WITH (fillfactor = 50);
COMMENT ON TABLE oms.quota_account IS 'private: the folded part of what is used of a quota';
COMMENT ON COLUMN oms.quota_account.w IS 'highest id of a delta that was folded into this row';
COMMENT ON COLUMN oms.quota_account.exc IS 'ids up to w that were not folded';

CREATE TABLE oms.quota_delta (
    sku text COLLATE "C" NOT NULL,
    channel text COLLATE "C" NOT NULL,
    period text COLLATE "C" NOT NULL,
    id bigint NOT NULL,
    on_hand bigint NOT NULL,
    unavailable bigint NOT NULL,
    reserved bigint NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000,
        autovacuum_vacuum_insert_threshold = -1, vacuum_truncate = off);
CREATE INDEX quota_delta_key_idx ON oms.quota_delta (sku, channel, period, id);
ALTER TABLE oms.quota_delta REPLICA IDENTITY FULL;
COMMENT ON TABLE oms.quota_delta IS 'private: changes of what is used of a quota that are not folded into its row yet';

-- Account and deltas of what is used of a location's capacity, in reserved: (location, window_name,
-- until, measure), until as accounts write moments, 'infinity' for orders at once; minutes in seconds.
CREATE TABLE oms.capacity_account (
    location text COLLATE "C" NOT NULL,
    window_name text COLLATE "C" NOT NULL,
    until text COLLATE "C" NOT NULL,
    measure text COLLATE "C" NOT NULL,
    on_hand bigint NOT NULL,
    unavailable bigint NOT NULL,
    reserved bigint NOT NULL,
    w bigint NOT NULL,
    exc bigint[] NOT NULL,
    PRIMARY KEY (location, window_name, until, measure)
) WITH (fillfactor = 50);
COMMENT ON TABLE oms.capacity_account IS 'private: the folded part of what is used of the capacity of locations';
COMMENT ON COLUMN oms.capacity_account.w IS 'highest id of a delta that was folded into this row';
COMMENT ON COLUMN oms.capacity_account.exc IS 'ids up to w that were not folded';

CREATE TABLE oms.capacity_delta (
    location text COLLATE "C" NOT NULL,
    window_name text COLLATE "C" NOT NULL,
    until text COLLATE "C" NOT NULL,
    measure text COLLATE "C" NOT NULL,
    id bigint NOT NULL,
    on_hand bigint NOT NULL,
    unavailable bigint NOT NULL,
    reserved bigint NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000,
        autovacuum_vacuum_insert_threshold = -1, vacuum_truncate = off);
CREATE INDEX capacity_delta_key_idx ON oms.capacity_delta (location, window_name, until, measure, id);
ALTER TABLE oms.capacity_delta REPLICA IDENTITY FULL;
COMMENT ON TABLE oms.capacity_delta IS 'private: changes of what is used of the capacity of locations that are not folded into its row yet';

CREATE SEQUENCE oms.movement_id_seq CACHE 32;
COMMENT ON SEQUENCE oms.movement_id_seq IS 'private: numbers movements';
CREATE TABLE oms.movement_row (
    movement_id bigint NOT NULL DEFAULT pg_catalog.nextval('oms.movement_id_seq'),
    sku text COLLATE "C" NOT NULL,
    location text COLLATE "C" NOT NULL,
    quantity bigint NOT NULL,
    unavailable bigint NOT NULL DEFAULT 0,
    kind text NOT NULL,
    reason text,
    actor text NOT NULL,
    reference text,
    moved_at timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
    incoming_id bigint,
    source text COLLATE "C",
    occurred_at timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
    xid xid8 NOT NULL DEFAULT pg_catalog.pg_current_xact_id(),
    PRIMARY KEY (sku, location, movement_id)
);
COMMENT ON TABLE oms.movement_row IS 'private: the immutable ledger behind oms.movement';
CREATE INDEX movement_row_xid_idx ON oms.movement_row USING brin (xid oms.xid8_minmax_ops) WITH (pages_per_range = 32, autosummarize = on);
COMMENT ON COLUMN oms.movement_row.xid IS 'the transaction that wrote the row last';
CREATE INDEX movement_row_occurred_at_idx ON oms.movement_row (occurred_at);
COMMENT ON COLUMN oms.movement_row.source IS 'the feed that reported it, whose figures contain it from then on; NULL: oms''s own';
COMMENT ON COLUMN oms.movement_row.occurred_at IS 'when the goods moved; of a correction, the moment as of which was counted';
COMMENT ON COLUMN oms.movement_row.incoming_id IS 'the incoming supply that was received';

CREATE SEQUENCE oms.reservation_id_seq CACHE 32;
COMMENT ON SEQUENCE oms.reservation_id_seq IS 'private: numbers reservations';
CREATE TABLE oms.reservation_row (
    reservation_id bigint NOT NULL DEFAULT pg_catalog.nextval('oms.reservation_id_seq'),
    sku text COLLATE "C" NOT NULL,
    location text COLLATE "C" NOT NULL,
    quantity bigint NOT NULL CHECK (quantity > 0),
    consumed bigint NOT NULL DEFAULT 0 CHECK (consumed BETWEEN 0 AND quantity),
    status text NOT NULL CHECK (status IN ('hold', 'firm', 'released', 'expired', 'consumed')),
    channel text COLLATE "C" NOT NULL,
    method text NOT NULL DEFAULT 'ship',
    cart_id text COLLATE "C",
    order_id text COLLATE "C",
    line_no integer,
    reference text,
    created_at timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
    expires_at timestamptz,
    changed_at timestamptz,
    quota_period text COLLATE "C",
    protected bigint NOT NULL DEFAULT 0,
    protected_until text COLLATE "C",
    kit text COLLATE "C",
    kit_quantity bigint,
    component integer,
    plan_line integer,
    xid xid8 NOT NULL DEFAULT pg_catalog.pg_current_xact_id(),
    PRIMARY KEY (reservation_id, sku),
    CONSTRAINT reservation_row_protected CHECK (protected BETWEEN 0 AND quantity AND (protected = 0 OR protected_until IS NOT NULL)),
    CHECK ((status = 'hold') <= (expires_at IS NOT NULL)),
    CHECK ((status = 'firm') <= (expires_at IS NULL)),
    CHECK ((status = 'consumed') = (consumed = quantity)),
    CHECK ((kit IS NULL) = (kit_quantity IS NULL) AND (kit IS NULL) = (component IS NULL)),
    CHECK (quantity % kit_quantity = 0 AND consumed % kit_quantity = 0)
);
COMMENT ON TABLE oms.reservation_row IS 'private: claims on units, behind oms.reservation; of kits a row per component, all with one reservation_id';
COMMENT ON COLUMN oms.reservation_row.kit IS 'the kit whose component this is';
COMMENT ON COLUMN oms.reservation_row.kit_quantity IS 'units of the sku in one kit, when it was reserved';
COMMENT ON COLUMN oms.reservation_row.component IS 'number of the component in its kit, from 1; NULL: not of a kit';
COMMENT ON COLUMN oms.reservation_row.plan_line IS 'of a component of an order: its line for the planner, which wants one for each sku and reservation; negative, so that it is no line_no';
COMMENT ON COLUMN oms.reservation_row.quota_period IS 'the period of the channel''s quota that counts its units; NULL: none';
COMMENT ON COLUMN oms.reservation_row.protected IS 'units, the first to be consumed, that are from the channel''s protection until protected_until';
CREATE INDEX reservation_row_xid_idx ON oms.reservation_row USING brin (xid oms.xid8_minmax_ops) WITH (pages_per_range = 32, autosummarize = on);
COMMENT ON COLUMN oms.reservation_row.xid IS 'the transaction that wrote the row last';
CREATE TRIGGER stamp BEFORE UPDATE ON oms.reservation_row FOR EACH ROW EXECUTE FUNCTION oms.stamp_row();
COMMENT ON TRIGGER stamp ON oms.reservation_row IS 'writes the transaction into column xid';
CREATE INDEX reservation_row_hold_idx ON oms.reservation_row (sku, location, expires_at, channel) WHERE status = 'hold';
CREATE INDEX reservation_row_firm_idx ON oms.reservation_row (sku, location) WHERE status = 'firm';
CREATE INDEX reservation_row_kit_hold_idx ON oms.reservation_row (kit, expires_at, channel) WHERE status = 'hold' AND component = 1;
CREATE INDEX reservation_row_cart_idx ON oms.reservation_row (cart_id) WHERE cart_id IS NOT NULL AND status IN ('hold', 'firm');
CREATE INDEX reservation_row_kit_idx ON oms.reservation_row (order_id) WHERE kit IS NOT NULL AND order_id IS NOT NULL AND status = 'firm';
CREATE INDEX reservation_row_order_idx ON oms.reservation_row (order_id, line_no) WHERE order_id IS NOT NULL;

CREATE SEQUENCE oms.backorder_id_seq CACHE 32;
COMMENT ON SEQUENCE oms.backorder_id_seq IS 'private: numbers backorders';
CREATE TABLE oms.backorder_row (
    backorder_id bigint NOT NULL DEFAULT pg_catalog.nextval('oms.backorder_id_seq'),
    sku text COLLATE "C" NOT NULL,
    channel text COLLATE "C" NOT NULL,
    method text NOT NULL CHECK (method IN ('ship', 'pickup')),
    location text COLLATE "C",
    quantity bigint NOT NULL CHECK (quantity > 0),
    filled bigint NOT NULL DEFAULT 0 CHECK (filled BETWEEN 0 AND quantity),
    status text NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'filled', 'released')),
    cart_id text COLLATE "C",
    order_id text COLLATE "C",
    line_no integer,
    priority integer,
    promise_at timestamptz,
    reference text,
    created_at timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
    changed_at timestamptz,
    wanted_since timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
    quota_period text COLLATE "C",
    PRIMARY KEY (backorder_id, sku),
    CHECK ((status = 'filled') = (filled = quantity)),
    CHECK ((order_id IS NULL) = (line_no IS NULL))
);
COMMENT ON TABLE oms.backorder_row IS 'private: units that were sold and could not be reserved, behind oms.backorder';
COMMENT ON COLUMN oms.backorder_row.wanted_since IS 'its age: of units that a location could not send, when they were ordered';
COMMENT ON COLUMN oms.backorder_row.quota_period IS 'the period of the channel''s quota that counts its units; NULL: none';
COMMENT ON COLUMN oms.backorder_row.location IS 'the only location that may fill it; NULL: any that is open to the channel';
CREATE TRIGGER availability_changed AFTER INSERT OR UPDATE ON oms.backorder_row FOR EACH ROW
    WHEN (NEW.quota_period IS NOT NULL) EXECUTE FUNCTION oms.note_availability_change();
COMMENT ON TRIGGER availability_changed ON oms.backorder_row IS 'notes for the change feed that a quota may be used otherwise';
CREATE INDEX backorder_row_open_idx ON oms.backorder_row (sku) WHERE status = 'open';
CREATE INDEX backorder_row_cart_idx ON oms.backorder_row (cart_id) WHERE cart_id IS NOT NULL AND order_id IS NULL AND status = 'open';
CREATE INDEX backorder_row_order_idx ON oms.backorder_row (order_id, line_no) WHERE order_id IS NOT NULL;

CREATE TRIGGER guard BEFORE UPDATE OR DELETE OR TRUNCATE ON oms.stock_account
    FOR EACH STATEMENT EXECUTE FUNCTION oms.guard_private_table('Call oms.receive, oms.adjust, oms.set_on_hand or oms.transfer.');
CREATE TRIGGER guard BEFORE UPDATE OR DELETE OR TRUNCATE ON oms.stock_delta
    FOR EACH STATEMENT EXECUTE FUNCTION oms.guard_private_table('Call oms.receive, oms.adjust, oms.set_on_hand or oms.transfer.');
CREATE TRIGGER guard BEFORE UPDATE OR DELETE OR TRUNCATE ON oms.protection_account
    FOR EACH STATEMENT EXECUTE FUNCTION oms.guard_private_table('Call oms.protect_stock or oms.unprotect_stock.');
CREATE TRIGGER guard BEFORE UPDATE OR DELETE OR TRUNCATE ON oms.protection_delta
    FOR EACH STATEMENT EXECUTE FUNCTION oms.guard_private_table('Call oms.protect_stock or oms.unprotect_stock.');
CREATE TRIGGER guard BEFORE UPDATE OR DELETE OR TRUNCATE ON oms.quota_account
    FOR EACH STATEMENT EXECUTE FUNCTION oms.guard_private_table('Change oms.quota, or release reservations.');
CREATE TRIGGER guard BEFORE UPDATE OR DELETE OR TRUNCATE ON oms.capacity_account
    FOR EACH STATEMENT EXECUTE FUNCTION oms.guard_private_table('Change oms.capacity, or call oms.route.');
CREATE TRIGGER guard BEFORE UPDATE OR DELETE OR TRUNCATE ON oms.capacity_delta
    FOR EACH STATEMENT EXECUTE FUNCTION oms.guard_private_table('Change oms.capacity, or call oms.route.');
CREATE TRIGGER guard BEFORE UPDATE OR DELETE OR TRUNCATE ON oms.quota_delta
    FOR EACH STATEMENT EXECUTE FUNCTION oms.guard_private_table('Change oms.quota, or release reservations.');
CREATE TRIGGER guard BEFORE UPDATE OR DELETE OR TRUNCATE ON oms.movement_row
    FOR EACH STATEMENT EXECUTE FUNCTION oms.guard_private_table('The ledger is never rewritten: call oms.adjust with a reason.');
CREATE TRIGGER guard BEFORE UPDATE OR DELETE OR TRUNCATE ON oms.reservation_row
    FOR EACH STATEMENT EXECUTE FUNCTION oms.guard_private_table('Call oms.confirm, oms.extend, oms.release or oms.consume.');
CREATE TRIGGER guard BEFORE UPDATE OR DELETE OR TRUNCATE ON oms.backorder_row
    FOR EACH STATEMENT EXECUTE FUNCTION oms.guard_private_table('Call oms.release_backorder or oms.cancel_order.');
ALTER TABLE oms.stock_account ENABLE ALWAYS TRIGGER guard;
COMMENT ON TRIGGER guard ON oms.stock_account IS 'refuses UPDATE, DELETE and TRUNCATE by anybody but oms';
ALTER TABLE oms.stock_delta ENABLE ALWAYS TRIGGER guard;
COMMENT ON TRIGGER guard ON oms.stock_delta IS 'refuses UPDATE, DELETE and TRUNCATE by anybody but oms';
ALTER TABLE oms.protection_account ENABLE ALWAYS TRIGGER guard;
COMMENT ON TRIGGER guard ON oms.protection_account IS 'refuses UPDATE, DELETE and TRUNCATE by anybody but oms';
ALTER TABLE oms.protection_delta ENABLE ALWAYS TRIGGER guard;
COMMENT ON TRIGGER guard ON oms.protection_delta IS 'refuses UPDATE, DELETE and TRUNCATE by anybody but oms';
ALTER TABLE oms.quota_account ENABLE ALWAYS TRIGGER guard;
COMMENT ON TRIGGER guard ON oms.quota_account IS 'refuses UPDATE, DELETE and TRUNCATE by anybody but oms';
ALTER TABLE oms.capacity_account ENABLE ALWAYS TRIGGER guard;
COMMENT ON TRIGGER guard ON oms.capacity_account IS 'refuses UPDATE, DELETE and TRUNCATE by anybody but oms';
ALTER TABLE oms.quota_delta ENABLE ALWAYS TRIGGER guard;
COMMENT ON TRIGGER guard ON oms.quota_delta IS 'refuses UPDATE, DELETE and TRUNCATE by anybody but oms';
ALTER TABLE oms.capacity_delta ENABLE ALWAYS TRIGGER guard;
COMMENT ON TRIGGER guard ON oms.capacity_delta IS 'refuses UPDATE, DELETE and TRUNCATE by anybody but oms';
ALTER TABLE oms.movement_row ENABLE ALWAYS TRIGGER guard;
COMMENT ON TRIGGER guard ON oms.movement_row IS 'refuses UPDATE, DELETE and TRUNCATE by anybody but oms';
ALTER TABLE oms.reservation_row ENABLE ALWAYS TRIGGER guard;
COMMENT ON TRIGGER guard ON oms.reservation_row IS 'refuses UPDATE, DELETE and TRUNCATE by anybody but oms';
ALTER TABLE oms.backorder_row ENABLE ALWAYS TRIGGER guard;
COMMENT ON TRIGGER guard ON oms.backorder_row IS 'refuses UPDATE, DELETE and TRUNCATE by anybody but oms';

CREATE FUNCTION oms.refuse_stocked_kit() RETURNS trigger
    LANGUAGE c SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS 'MODULE_PATHNAME', 'oms_refuse_stocked_kit';
REVOKE ALL ON FUNCTION oms.refuse_stocked_kit() FROM PUBLIC;
COMMENT ON FUNCTION oms.refuse_stocked_kit() IS 'trigger: refuses a kit that has stock of its own with 23514';
CREATE CONSTRAINT TRIGGER stocked AFTER INSERT OR UPDATE ON oms.kit_component
    FOR EACH ROW EXECUTE FUNCTION oms.refuse_stocked_kit();
COMMENT ON TRIGGER stocked ON oms.kit_component IS 'refuses a kit that has stock of its own';

SELECT pg_catalog.pg_extension_config_dump('oms.stock_account', '');
SELECT pg_catalog.pg_extension_config_dump('oms.stock_delta', '');
SELECT pg_catalog.pg_extension_config_dump('oms.protection_account', '');
SELECT pg_catalog.pg_extension_config_dump('oms.protection_delta', '');
SELECT pg_catalog.pg_extension_config_dump('oms.quota_account', '');
SELECT pg_catalog.pg_extension_config_dump('oms.capacity_account', '');
SELECT pg_catalog.pg_extension_config_dump('oms.quota_delta', '');
SELECT pg_catalog.pg_extension_config_dump('oms.capacity_delta', '');
SELECT pg_catalog.pg_extension_config_dump('oms.movement_row', '');
SELECT pg_catalog.pg_extension_config_dump('oms.movement_id_seq', '');
SELECT pg_catalog.pg_extension_config_dump('oms.reservation_row', '');
SELECT pg_catalog.pg_extension_config_dump('oms.reservation_id_seq', '');
SELECT pg_catalog.pg_extension_config_dump('oms.backorder_row', '');
SELECT pg_catalog.pg_extension_config_dump('oms.backorder_id_seq', '');
