-- routing: runs, decisions and the work they assign. Private tables: read through the views
-- of routing/views.sql, changed by functions only.

-- Policies: which orders are routed by which rules. A version is written as a draft, then active, then
-- archived, and never changed after it was activated.
CREATE TABLE oms.policy_row (
    policy text COLLATE "C" NOT NULL CHECK (policy <> ''),
    version integer NOT NULL,
    status text NOT NULL DEFAULT 'draft' CHECK (status IN ('draft', 'active', 'archived')),
    note text,
    saved_by text NOT NULL,
    saved_at timestamptz NOT NULL,
    activated_at timestamptz,
    PRIMARY KEY (policy, version)
);
COMMENT ON TABLE oms.policy_row IS 'private: versions of policies, behind oms.policy';
CREATE UNIQUE INDEX policy_row_draft_idx ON oms.policy_row (policy) WHERE status = 'draft';
CREATE UNIQUE INDEX policy_row_active_idx ON oms.policy_row (policy) WHERE status = 'active';

CREATE TABLE oms.policy_routing_row (
    policy text COLLATE "C" NOT NULL,
    version integer NOT NULL,
    sequence integer NOT NULL,
    routing text COLLATE "C" NOT NULL CHECK (routing <> ''),
    filter text,
    saved_by text NOT NULL,
    queue text NOT NULL CHECK (queue <> '' AND queue <> 'changed'),
    cancel_after_days numeric CHECK (cancel_after_days BETWEEN 0 AND 3660),
    on_unfilled text NOT NULL DEFAULT 'wait' CHECK (on_unfilled IN ('wait', 'backorder', 'leave')),
    CHECK (on_unfilled <> 'leave' OR cancel_after_days IS NULL),
    PRIMARY KEY (policy, version, sequence),
    UNIQUE (policy, version, routing)
);
COMMENT ON TABLE oms.policy_routing_row IS 'private: routings of policies, behind oms.policy_routing';
COMMENT ON COLUMN oms.policy_routing_row.saved_by IS 'the role as which the filter is evaluated';

CREATE TABLE oms.policy_rule_row (
    policy text COLLATE "C" NOT NULL,
    version integer NOT NULL,
    routing text COLLATE "C" NOT NULL,
    rule_no integer NOT NULL,
    location_group text COLLATE "C" REFERENCES oms.location_group,
    max_distance_km double precision CHECK (max_distance_km >= 0 AND max_distance_km <= 1e6),
    floor oms.safety_stock NOT NULL,
    split text NOT NULL CHECK (split IN ('single', 'multi')),
    whole boolean NOT NULL,
    keep_groups boolean NOT NULL,
    ignore_capacity boolean NOT NULL,
    min_shipment_value numeric NOT NULL CHECK (min_shipment_value BETWEEN 0 AND 1e12),
    criteria text[],
    weights numeric[],
    PRIMARY KEY (policy, version, routing, rule_no)
);
COMMENT ON TABLE oms.policy_rule_row IS 'private: rules of routings, behind oms.policy_rule';
COMMENT ON COLUMN oms.policy_rule_row.criteria IS 'by which locations are preferred, the first first; NULL: by cost';
COMMENT ON COLUMN oms.policy_rule_row.weights IS 'of the criteria, which then decide together; NULL: the first decides';

CREATE SEQUENCE oms.routing_run_id_seq;
COMMENT ON SEQUENCE oms.routing_run_id_seq IS 'private: numbers routing runs';
CREATE TABLE oms.routing_run_row (
    run_id bigint NOT NULL PRIMARY KEY DEFAULT pg_catalog.nextval('oms.routing_run_id_seq'),
    solver text NOT NULL,
    options jsonb NOT NULL,
    orders bigint NOT NULL,
    lines bigint NOT NULL,
    units bigint NOT NULL,
    shipments bigint NOT NULL,
    unfilled_units bigint NOT NULL,
    late_lines bigint NOT NULL,
    distance_km double precision,
    cost numeric NOT NULL,
    moved_units bigint NOT NULL,
    not_moved_units bigint NOT NULL,
    skipped_orders bigint NOT NULL,
    actor text NOT NULL,
    started_at timestamptz NOT NULL,
    finished_at timestamptz NOT NULL,
    policy text COLLATE "C",
    policy_version integer,
    plan_seconds double precision,
    move_seconds double precision,
    CHECK ((policy IS NULL) = (policy_version IS NULL))
);
COMMENT ON TABLE oms.routing_run_row IS 'private: routing runs, behind oms.routing_run';

-- What is the same for all lines of an order.
CREATE TABLE oms.decision_row (
    order_id text COLLATE "C" NOT NULL,
    run_id bigint NOT NULL,
    candidates jsonb NOT NULL,
    decided_at timestamptz NOT NULL,
    PRIMARY KEY (order_id, run_id)
);
COMMENT ON TABLE oms.decision_row IS 'private: what a routing run considered for an order';
COMMENT ON COLUMN oms.decision_row.candidates IS
    'the locations considered, best first: verdict, cost and its terms, distance, lateness, reason';

CREATE TABLE oms.decision_line_row (
    order_id text COLLATE "C" NOT NULL,
    run_id bigint NOT NULL,
    line_no integer NOT NULL,
    part integer NOT NULL,
    sku text COLLATE "C" NOT NULL,
    location text COLLATE "C",
    quantity bigint NOT NULL CHECK (quantity > 0),
    shipment integer,
    cost numeric,
    distance_km double precision,
    late_seconds bigint,
    carrier_service text COLLATE "C",
    ship_at timestamptz,
    arrive_at timestamptz,
    queue text,
    reason text NOT NULL,
    routing text COLLATE "C",
    rule_no integer,
    cancel_at timestamptz,
    PRIMARY KEY (order_id, run_id, line_no, part),
    CHECK ((location IS NULL) = (queue IS NOT NULL)),
    CHECK ((location IS NULL) = (shipment IS NULL))
);
COMMENT ON COLUMN oms.decision_line_row.rule_no IS 'the rule that decided; for what waits, the last that was tried';
COMMENT ON COLUMN oms.decision_line_row.cancel_at IS 'when oms.cancel_overdue cancels the order, unless it was served';
COMMENT ON TABLE oms.decision_line_row IS 'private: decisions, a row per line and location, behind oms.decision';

CREATE SEQUENCE oms.fulfillment_id_seq CACHE 32;
COMMENT ON SEQUENCE oms.fulfillment_id_seq IS 'private: numbers fulfillments';
CREATE TABLE oms.fulfillment_row (
    order_id text COLLATE "C" NOT NULL,
    fulfillment_id bigint NOT NULL DEFAULT pg_catalog.nextval('oms.fulfillment_id_seq'),
    location text COLLATE "C" NOT NULL,
    method text NOT NULL CHECK (method IN ('ship', 'pickup')),
    status text NOT NULL DEFAULT 'assigned' CHECK (status IN
        ('assigned', 'accepted', 'picking', 'packed', 'ready', 'shipped', 'handed_over', 'rejected', 'superseded', 'cancelled')),
    carrier_service text COLLATE "C",
    ship_at timestamptz,
    leave_by timestamptz,
    run_id bigint,
    assigned_at timestamptz NOT NULL,
    changed_at timestamptz,
    claimed_by text COLLATE "C",
    claimed_until timestamptz,
    reminded_at timestamptz,
    escalated_at timestamptz,
    ready_at timestamptz,
    code_hash text,
    wrong_codes integer NOT NULL DEFAULT 0 CHECK (wrong_codes >= 0),
    xid xid8 NOT NULL DEFAULT pg_catalog.pg_current_xact_id(),
    PRIMARY KEY (order_id, fulfillment_id),
    CHECK ((claimed_by IS NULL) = (claimed_until IS NULL))
);
COMMENT ON TABLE oms.fulfillment_row IS 'private: the work of one location for one order, behind oms.fulfillment';
COMMENT ON COLUMN oms.fulfillment_row.ship_at IS 'when it was to leave, as planned when it was assigned';
COMMENT ON COLUMN oms.fulfillment_row.leave_by IS 'when it must leave so that it arrives in time, by what was known when it was assigned';
COMMENT ON COLUMN oms.fulfillment_row.claimed_by IS 'the picker who has it, until claimed_until';
COMMENT ON COLUMN oms.fulfillment_row.reminded_at IS 'when its location, or of what is ready its customer, was last reminded';
COMMENT ON COLUMN oms.fulfillment_row.escalated_at IS 'when it became a person''s case: too many locations did not accept it';
COMMENT ON COLUMN oms.fulfillment_row.ready_at IS 'since when the customer may come';
COMMENT ON COLUMN oms.fulfillment_row.code_hash IS 'hash of the customer''s code, without which it is not handed over; NULL: no code';
COMMENT ON COLUMN oms.fulfillment_row.wrong_codes IS 'wrong codes that were tried since it has this one';
CREATE INDEX fulfillment_row_xid_idx ON oms.fulfillment_row USING brin (xid oms.xid8_minmax_ops) WITH (pages_per_range = 32, autosummarize = on);
COMMENT ON COLUMN oms.fulfillment_row.xid IS 'the transaction that wrote the row last';
CREATE TRIGGER stamp BEFORE UPDATE ON oms.fulfillment_row FOR EACH ROW EXECUTE FUNCTION oms.stamp_row();
COMMENT ON TRIGGER stamp ON oms.fulfillment_row IS 'writes the transaction into column xid';
CREATE INDEX fulfillment_row_work_idx ON oms.fulfillment_row (location, status)
    WHERE status IN ('assigned', 'accepted', 'picking', 'packed', 'ready');
CREATE INDEX fulfillment_row_id_idx ON oms.fulfillment_row (fulfillment_id);

CREATE TABLE oms.fulfillment_line_row (
    order_id text COLLATE "C" NOT NULL,
    fulfillment_id bigint NOT NULL,
    line_no integer NOT NULL,
    sku text COLLATE "C" NOT NULL,
    quantity bigint NOT NULL CHECK (quantity > 0),
    picked bigint NOT NULL DEFAULT 0,
    packed bigint NOT NULL DEFAULT 0,
    shipped bigint NOT NULL DEFAULT 0 CHECK (shipped >= 0),
    rejected bigint NOT NULL DEFAULT 0 CHECK (rejected >= 0),
    cancelled bigint NOT NULL DEFAULT 0 CHECK (cancelled >= 0),
    PRIMARY KEY (order_id, fulfillment_id, line_no, sku),
    CHECK (picked <= quantity - rejected - cancelled),
    CHECK (packed <= picked),
    CHECK (shipped <= packed)
) WITH (fillfactor = 70);
COMMENT ON TABLE oms.fulfillment_line_row IS 'private: what each fulfillment is to send out, behind oms.fulfillment_line';
COMMENT ON COLUMN oms.fulfillment_line_row.quantity IS 'units assigned';
COMMENT ON COLUMN oms.fulfillment_line_row.shipped IS 'units that left the house, handed over ones included';

-- What an account of capacity counts: each fulfillment's part of it.
CREATE TABLE oms.capacity_use_row (
    order_id text COLLATE "C" NOT NULL,
    fulfillment_id bigint NOT NULL,
    location text COLLATE "C" NOT NULL,
    window_name text COLLATE "C" NOT NULL,
    until text COLLATE "C" NOT NULL,
    measure text COLLATE "C" NOT NULL,
    quantity bigint NOT NULL CHECK (quantity > 0),
    PRIMARY KEY (order_id, fulfillment_id, window_name, until, measure)
);
COMMENT ON TABLE oms.capacity_use_row IS 'private: what each fulfillment uses of the capacity of its location; minutes in seconds';

-- What one more unit or slot was worth to the last run of all orders.
CREATE TABLE oms.routing_price_row (
    run_id bigint NOT NULL,
    measure text COLLATE "C" NOT NULL CHECK (measure IN ('stock', 'orders', 'lines', 'units', 'minutes')),
    location text COLLATE "C" NOT NULL,
    sku text COLLATE "C",
    price numeric NOT NULL CHECK (price > 0),
    UNIQUE NULLS NOT DISTINCT (run_id, measure, location, sku),
    CHECK ((measure = 'stock') = (sku IS NOT NULL))
);
COMMENT ON TABLE oms.routing_price_row IS 'private: prices of stock and capacity, behind oms.routing_price';

CREATE TRIGGER guard BEFORE UPDATE OR DELETE OR TRUNCATE ON oms.policy_row
    FOR EACH STATEMENT EXECUTE FUNCTION oms.guard_private_table('Write a new version: oms.add_policy, oms.add_routing, oms.add_rule, oms.activate_policy.');
ALTER TABLE oms.policy_row ENABLE ALWAYS TRIGGER guard;
COMMENT ON TRIGGER guard ON oms.policy_row IS 'changed by functions only';
CREATE TRIGGER guard BEFORE UPDATE OR DELETE OR TRUNCATE ON oms.policy_routing_row
    FOR EACH STATEMENT EXECUTE FUNCTION oms.guard_private_table('Write a new version: oms.add_policy, oms.add_routing, oms.add_rule, oms.activate_policy.');
ALTER TABLE oms.policy_routing_row ENABLE ALWAYS TRIGGER guard;
COMMENT ON TRIGGER guard ON oms.policy_routing_row IS 'changed by functions only';
CREATE TRIGGER guard BEFORE UPDATE OR DELETE OR TRUNCATE ON oms.policy_rule_row
    FOR EACH STATEMENT EXECUTE FUNCTION oms.guard_private_table('Write a new version: oms.add_policy, oms.add_routing, oms.add_rule, oms.activate_policy.');
ALTER TABLE oms.policy_rule_row ENABLE ALWAYS TRIGGER guard;
COMMENT ON TRIGGER guard ON oms.policy_rule_row IS 'changed by functions only';
CREATE TRIGGER guard BEFORE UPDATE OR DELETE OR TRUNCATE ON oms.routing_run_row
    FOR EACH STATEMENT EXECUTE FUNCTION oms.guard_private_table('Routing runs are a record: call oms.route for a new one.');
CREATE TRIGGER guard BEFORE UPDATE OR DELETE OR TRUNCATE ON oms.decision_row
    FOR EACH STATEMENT EXECUTE FUNCTION oms.guard_private_table('Decisions are a record: call oms.route for new ones.');
CREATE TRIGGER guard BEFORE UPDATE OR DELETE OR TRUNCATE ON oms.decision_line_row
    FOR EACH STATEMENT EXECUTE FUNCTION oms.guard_private_table('Decisions are a record: call oms.route for new ones.');
CREATE TRIGGER guard BEFORE UPDATE OR DELETE OR TRUNCATE ON oms.fulfillment_row
    FOR EACH STATEMENT EXECUTE FUNCTION oms.guard_private_table('Call the actions of a fulfillment (oms.next_actions), oms.route or oms.cancel_order.');
CREATE TRIGGER guard BEFORE UPDATE OR DELETE OR TRUNCATE ON oms.fulfillment_line_row
    FOR EACH STATEMENT EXECUTE FUNCTION oms.guard_private_table('Call the actions of a fulfillment (oms.next_actions), oms.route or oms.cancel_order.');
CREATE TRIGGER guard BEFORE UPDATE OR DELETE OR TRUNCATE ON oms.capacity_use_row
    FOR EACH STATEMENT EXECUTE FUNCTION oms.guard_private_table('Change oms.capacity, or call oms.route.');
ALTER TABLE oms.capacity_use_row ENABLE ALWAYS TRIGGER guard;
COMMENT ON TRIGGER guard ON oms.capacity_use_row IS 'changed by functions only';
CREATE TRIGGER guard BEFORE UPDATE OR DELETE OR TRUNCATE ON oms.routing_price_row
    FOR EACH STATEMENT EXECUTE FUNCTION oms.guard_private_table('Prices are of the last run of all orders: call oms.route for new ones.');
ALTER TABLE oms.routing_price_row ENABLE ALWAYS TRIGGER guard;
COMMENT ON TRIGGER guard ON oms.routing_price_row IS 'changed by functions only';
ALTER TABLE oms.routing_run_row ENABLE ALWAYS TRIGGER guard;
ALTER TABLE oms.decision_row ENABLE ALWAYS TRIGGER guard;
ALTER TABLE oms.decision_line_row ENABLE ALWAYS TRIGGER guard;
ALTER TABLE oms.fulfillment_row ENABLE ALWAYS TRIGGER guard;
ALTER TABLE oms.fulfillment_line_row ENABLE ALWAYS TRIGGER guard;
COMMENT ON TRIGGER guard ON oms.routing_run_row IS 'changed by functions only';
COMMENT ON TRIGGER guard ON oms.decision_row IS 'changed by functions only';
COMMENT ON TRIGGER guard ON oms.decision_line_row IS 'changed by functions only';
COMMENT ON TRIGGER guard ON oms.fulfillment_row IS 'changed by functions only';
COMMENT ON TRIGGER guard ON oms.fulfillment_line_row IS 'changed by functions only';

SELECT pg_catalog.pg_extension_config_dump('oms.policy_row', '');
SELECT pg_catalog.pg_extension_config_dump('oms.policy_routing_row', '');
SELECT pg_catalog.pg_extension_config_dump('oms.policy_rule_row', '');
SELECT pg_catalog.pg_extension_config_dump('oms.routing_run_row', '');
SELECT pg_catalog.pg_extension_config_dump('oms.routing_run_id_seq', '');
SELECT pg_catalog.pg_extension_config_dump('oms.decision_row', '');
SELECT pg_catalog.pg_extension_config_dump('oms.decision_line_row', '');
SELECT pg_catalog.pg_extension_config_dump('oms.fulfillment_row', '');
SELECT pg_catalog.pg_extension_config_dump('oms.fulfillment_id_seq', '');
SELECT pg_catalog.pg_extension_config_dump('oms.fulfillment_line_row', '');
SELECT pg_catalog.pg_extension_config_dump('oms.capacity_use_row', '');
SELECT pg_catalog.pg_extension_config_dump('oms.routing_price_row', '');
