-- fulfillment: what a location does with the work that the router assigned. The work itself
-- is in fulfillment_row and fulfillment_line_row (routing/tables.sql).

-- The state machine: what is not a row here is not possible.
CREATE TABLE oms.fulfillment_transition (
    action text COLLATE "C" NOT NULL,
    method text NOT NULL CHECK (method IN ('ship', 'pickup')),
    from_status text COLLATE "C" NOT NULL,
    to_status text COLLATE "C" NOT NULL,
    active boolean NOT NULL DEFAULT true,
    PRIMARY KEY (action, method, from_status)
);
COMMENT ON TABLE oms.fulfillment_transition IS
    'the legal actions: what is done to a fulfillment of the method, from which status, to which. Add rows (pick from assigned, say) or take some out to fit how stores work';
COMMENT ON COLUMN oms.fulfillment_transition.active IS 'false takes the row out; a shipped row that is deleted would come back with a restore';
INSERT INTO oms.fulfillment_transition (method, action, from_status, to_status)
SELECT m.method, t.action, t.from_status, t.to_status
  FROM (VALUES (NULL, 'accept', 'assigned', 'accepted'),
               (NULL, 'pick', 'accepted', 'picking'),
               (NULL, 'pick', 'picking', 'picking'),
               (NULL, 'pack', 'picking', 'packed'),
               (NULL, 'unpack', 'packed', 'picking'),
               ('ship', 'ship', 'packed', 'shipped'),
               ('pickup', 'ready', 'packed', 'ready'),
               ('pickup', 'unpack', 'ready', 'picking'),
               ('pickup', 'hand_over', 'ready', 'handed_over'),
               (NULL, 'reject', 'assigned', 'rejected'),
               (NULL, 'reject', 'accepted', 'rejected'),
               (NULL, 'reject', 'picking', 'rejected'),
               (NULL, 'reject', 'packed', 'rejected'),
               ('pickup', 'reject', 'ready', 'rejected'),
               (NULL, 'cancel', 'assigned', 'cancelled'),
               (NULL, 'cancel', 'accepted', 'cancelled'),
               (NULL, 'cancel', 'picking', 'cancelled'),
               (NULL, 'cancel', 'packed', 'cancelled'),
               ('pickup', 'cancel', 'ready', 'cancelled')) AS t (method, action, from_status, to_status)
  JOIN (VALUES ('ship'), ('pickup')) AS m (method) ON t.method IS NULL OR t.method = m.method;

-- Why a location refuses, and what follows.
CREATE TABLE oms.reject_reason (
    reason text COLLATE "C" PRIMARY KEY CHECK (reason <> ''),
    stock_effect text NOT NULL DEFAULT 'none' CHECK (stock_effect IN ('none', 'rejected', 'all')),
    still_there boolean NOT NULL DEFAULT false,
    exclude_sku_for interval NOT NULL DEFAULT '0' CHECK (exclude_sku_for >= '0'),
    exclude_location_for interval NOT NULL DEFAULT '0' CHECK (exclude_location_for >= '0'),
    exclude_order_for interval NOT NULL DEFAULT '1 day' CHECK (exclude_order_for >= '0'),
    opens_count boolean NOT NULL DEFAULT false,
    active boolean NOT NULL DEFAULT true
);
COMMENT ON TABLE oms.reject_reason IS 'the reasons of a reject and what follows from each: edit them, add your own';
COMMENT ON COLUMN oms.reject_reason.stock_effect IS
    'what on_hand loses: none; rejected: the units rejected; all: everything of the sku there that no picker has';
COMMENT ON COLUMN oms.reject_reason.still_there IS 'what on_hand loses is still there and becomes unavailable; else it is gone';
COMMENT ON COLUMN oms.reject_reason.exclude_sku_for IS 'how long the location sends out nothing of the sku (oms.location_exclusion)';
COMMENT ON COLUMN oms.reject_reason.exclude_location_for IS 'how long it sends out nothing at all';
COMMENT ON COLUMN oms.reject_reason.exclude_order_for IS 'how long the rejected sku of the order does not come back to it';
COMMENT ON COLUMN oms.reject_reason.opens_count IS 'whether a count of the sku is asked for (oms.count_task)';
COMMENT ON COLUMN oms.reject_reason.active IS 'false takes the reason out; a shipped row that is deleted would come back with a restore';
INSERT INTO oms.reject_reason (reason, stock_effect, still_there, exclude_sku_for, exclude_location_for, opens_count) VALUES
    ('not in stock', 'all', false, '1 day', '0', true),
    ('damaged', 'rejected', true, '0', '0', false),
    ('worn display piece', 'rejected', true, '0', '0', false),
    ('mismatch', 'rejected', false, '0', '0', true),
    ('store busy', 'none', false, '0', '4 hours', false),
    ('not accepted', 'none', false, '0', '0', false),
    ('store closed', 'none', false, '0', '1 day', false);

CREATE SEQUENCE oms.rejection_id_seq CACHE 32;
COMMENT ON SEQUENCE oms.rejection_id_seq IS 'private: numbers rejections';
CREATE TABLE oms.rejection_row (
    order_id text COLLATE "C" NOT NULL,
    rejection_id bigint NOT NULL DEFAULT pg_catalog.nextval('oms.rejection_id_seq'),
    fulfillment_id bigint NOT NULL,
    line_no integer NOT NULL,
    sku text COLLATE "C" NOT NULL,
    location text COLLATE "C" NOT NULL,
    quantity bigint NOT NULL CHECK (quantity > 0),
    reason text COLLATE "C" NOT NULL,
    cause text NOT NULL CHECK (cause IN ('named', 'scope', 'short')),
    moved bigint NOT NULL CHECK (moved >= 0),
    backordered bigint NOT NULL CHECK (backordered >= 0),
    actor text NOT NULL,
    rejected_at timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
    PRIMARY KEY (order_id, rejection_id),
    CHECK (moved + backordered <= quantity)
);
COMMENT ON TABLE oms.rejection_row IS 'private: what locations refused, behind oms.rejection';
CREATE INDEX rejection_row_location_idx ON oms.rejection_row (location, rejected_at);

CREATE SEQUENCE oms.shortfall_id_seq CACHE 32;
COMMENT ON SEQUENCE oms.shortfall_id_seq IS 'private: numbers reservations that lost';
CREATE TABLE oms.shortfall_row (
    sku text COLLATE "C" NOT NULL,
    location text COLLATE "C" NOT NULL,
    shortfall_id bigint NOT NULL DEFAULT pg_catalog.nextval('oms.shortfall_id_seq'),
    order_id text COLLATE "C",
    line_no integer,
    reservation_id bigint,
    channel text COLLATE "C" NOT NULL,
    quantity bigint NOT NULL CHECK (quantity > 0),
    moved bigint NOT NULL CHECK (moved >= 0),
    backordered bigint NOT NULL CHECK (backordered >= 0),
    released bigint NOT NULL CHECK (released >= 0),
    reason text,
    reference text,
    actor text NOT NULL,
    resolved_at timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
    PRIMARY KEY (sku, location, shortfall_id),
    CHECK (quantity = moved + backordered + released),
    CHECK ((order_id IS NULL) = (reservation_id IS NOT NULL) AND (order_id IS NULL) = (line_no IS NULL))
);
COMMENT ON TABLE oms.shortfall_row IS 'private: reservations that lost their units, behind oms.shortfall';

CREATE TABLE oms.count_task_row (
    location text COLLATE "C" NOT NULL,
    sku text COLLATE "C" NOT NULL,
    opened_at timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
    reason text NOT NULL,
    closed_at timestamptz,
    counted bigint,
    variance bigint,
    PRIMARY KEY (location, sku, opened_at)
);
COMMENT ON TABLE oms.count_task_row IS 'private: counts asked for, behind oms.count_task';
CREATE UNIQUE INDEX count_task_row_open_idx ON oms.count_task_row (location, sku) WHERE closed_at IS NULL;

-- Returns (returns.c).
CREATE TABLE oms.return_window (
    channel text COLLATE "C" PRIMARY KEY REFERENCES oms.channel ON DELETE CASCADE,
    return_within interval NOT NULL CHECK (return_within >= '0')
);
COMMENT ON TABLE oms.return_window IS 'how long after it left a line of the channel may come back; no row: for ever';
CREATE SEQUENCE oms.return_id_seq CACHE 32;
COMMENT ON SEQUENCE oms.return_id_seq IS 'private: numbers returns';
CREATE TABLE oms.return_row (
    order_id text COLLATE "C" NOT NULL,
    return_id bigint NOT NULL DEFAULT pg_catalog.nextval('oms.return_id_seq'),
    line_no integer NOT NULL,
    sku text COLLATE "C" NOT NULL,
    location text COLLATE "C" NOT NULL,
    quantity bigint NOT NULL CHECK (quantity > 0),
    condition text NOT NULL CHECK (condition IN ('sellable', 'damaged')),
    reason text,
    reference text,
    actor text NOT NULL,
    returned_at timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
    PRIMARY KEY (order_id, return_id)
);
COMMENT ON TABLE oms.return_row IS 'private: what came back, behind oms.returned';

-- Cycle counts: a session of skus at a location (count_session.c).
CREATE SEQUENCE oms.count_id_seq;
COMMENT ON SEQUENCE oms.count_id_seq IS 'private: numbers counts';
CREATE TABLE oms.count_session_row (
    count_id bigint PRIMARY KEY DEFAULT pg_catalog.nextval('oms.count_id_seq'),
    location text COLLATE "C" NOT NULL,
    status text NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'closed')),
    blind boolean NOT NULL,
    picked_counted boolean NOT NULL,
    recount_units bigint CHECK (recount_units >= 0),
    recount_percent numeric CHECK (recount_percent >= 0),
    recount_value numeric CHECK (recount_value >= 0),
    reason text,
    opened_by text NOT NULL,
    opened_at timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
    closed_by text,
    closed_at timestamptz,
    CHECK ((status = 'closed') = (closed_at IS NOT NULL))
);
COMMENT ON TABLE oms.count_session_row IS 'private: cycle counts, behind oms.count_session';
CREATE INDEX count_session_row_open_idx ON oms.count_session_row (location) WHERE status = 'open';
CREATE TABLE oms.count_line_row (
    count_id bigint NOT NULL,
    sku text COLLATE "C" NOT NULL,
    status text NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'counted', 'recount', 'accepted', 'rejected')),
    counted bigint CHECK (counted >= 0),
    counted_at timestamptz,
    expected bigint,
    variance bigint,
    attempts integer NOT NULL DEFAULT 0,
    counted_by text,
    decided_by text,
    decided_at timestamptz,
    reason text,
    PRIMARY KEY (count_id, sku),
    CHECK (status IN ('open', 'rejected') OR counted IS NOT NULL AND counted_at IS NOT NULL AND variance = counted - expected)
);
COMMENT ON TABLE oms.count_line_row IS 'private: skus of cycle counts, behind oms.count_line';
CREATE TABLE oms.count_pick_row (
    count_id bigint NOT NULL,
    sku text COLLATE "C" NOT NULL,
    units bigint NOT NULL,
    picked_at timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp()
);
COMMENT ON TABLE oms.count_pick_row IS 'private: units that got into pickers'' hands, or out of them, while a count was open';
CREATE INDEX count_pick_row_count_idx ON oms.count_pick_row (count_id, sku);
-- A subscriber follows the end of a count, which deletes them.
ALTER TABLE oms.count_pick_row REPLICA IDENTITY FULL;

-- How long things may take. No row: no limit.
CREATE TABLE oms.time_limit (
    method text NOT NULL CHECK (method IN ('ship', 'pickup')),
    location text COLLATE "C" REFERENCES oms.location ON DELETE CASCADE,
    remind_after interval CHECK (remind_after >= '0'),
    reroute_after interval CHECK (reroute_after >= '0'),
    attempts integer NOT NULL DEFAULT 3 CHECK (attempts >= 1),
    cancel_after interval CHECK (cancel_after >= '0'),
    remind_customer_after interval CHECK (remind_customer_after >= '0'),
    expire_after interval CHECK (expire_after >= '0'),
    CONSTRAINT time_limit_key UNIQUE NULLS NOT DISTINCT (method, location),
    CONSTRAINT time_limit_of_orders CHECK (location IS NULL OR cancel_after IS NULL),
    CONSTRAINT time_limit_of_pickup CHECK (method = 'pickup' OR remind_customer_after IS NULL AND expire_after IS NULL),
    CONSTRAINT time_limit_in_hours CHECK (pg_catalog.date_trunc('day', COALESCE(remind_after, '0') + COALESCE(reroute_after, '0')
        + COALESCE(remind_customer_after, '0') + COALESCE(expire_after, '0')) = interval '0')
);
COMMENT ON TABLE oms.time_limit IS
    'how long work may take, counted in the opening time of the location (its business_hours); oms.enforce_time_limits() enforces it';
COMMENT ON COLUMN oms.time_limit.location IS 'NULL: locations that have no row of their own';
COMMENT ON COLUMN oms.time_limit.remind_after IS 'assigned and not accepted for so long: the location is reminded';
COMMENT ON COLUMN oms.time_limit.reroute_after IS 'assigned and not accepted for so long: refused, reason not accepted, and routed to the next best';
COMMENT ON COLUMN oms.time_limit.attempts IS 'after so many locations did not accept an order it stays where it is and is a person''s case (escalated_at)';
COMMENT ON COLUMN oms.time_limit.cancel_after IS 'an order that no location has started so long after it was placed, by the calendar, is cancelled';
COMMENT ON COLUMN oms.time_limit.remind_customer_after IS 'ready for so long: the customer is reminded';
COMMENT ON COLUMN oms.time_limit.expire_after IS 'ready for so long: nobody came, the goods go back on the shelf';

-- Where a picker finds a sku.
CREATE TABLE oms.bin (
    location text COLLATE "C" NOT NULL REFERENCES oms.location,
    sku text COLLATE "C" NOT NULL,
    bin text COLLATE "C" NOT NULL CHECK (bin <> ''),
    PRIMARY KEY (location, sku)
);
COMMENT ON TABLE oms.bin IS 'where at a location a sku is found: the order of its pick list';

CREATE SEQUENCE oms.fulfillment_event_id_seq CACHE 32;
COMMENT ON SEQUENCE oms.fulfillment_event_id_seq IS 'private: numbers what was done to fulfillments';
CREATE TABLE oms.fulfillment_event_row (
    order_id text COLLATE "C" NOT NULL,
    fulfillment_id bigint NOT NULL,
    event_id bigint NOT NULL DEFAULT pg_catalog.nextval('oms.fulfillment_event_id_seq'),
    action text NOT NULL,
    from_status text NOT NULL,
    to_status text NOT NULL,
    units bigint,
    reason text,
    actor text NOT NULL,
    acted_at timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
    PRIMARY KEY (order_id, fulfillment_id, event_id)
);
COMMENT ON TABLE oms.fulfillment_event_row IS 'private: what was done to fulfillments, behind oms.fulfillment_event';

CREATE TRIGGER guard BEFORE UPDATE OR DELETE OR TRUNCATE ON oms.fulfillment_event_row
    FOR EACH STATEMENT EXECUTE FUNCTION oms.guard_private_table('The history of fulfillments is a record.');
ALTER TABLE oms.fulfillment_event_row ENABLE ALWAYS TRIGGER guard;
COMMENT ON TRIGGER guard ON oms.fulfillment_event_row IS 'refuses UPDATE, DELETE and TRUNCATE by anybody but oms';
CREATE TRIGGER guard BEFORE UPDATE OR DELETE OR TRUNCATE ON oms.rejection_row
    FOR EACH STATEMENT EXECUTE FUNCTION oms.guard_private_table('Rejections are a record.');
ALTER TABLE oms.rejection_row ENABLE ALWAYS TRIGGER guard;
COMMENT ON TRIGGER guard ON oms.rejection_row IS 'refuses UPDATE, DELETE and TRUNCATE by anybody but oms';
CREATE TRIGGER guard BEFORE UPDATE OR DELETE OR TRUNCATE ON oms.count_session_row
    FOR EACH STATEMENT EXECUTE FUNCTION oms.guard_private_table('Call oms.open_count or oms.close_count.');
ALTER TABLE oms.count_session_row ENABLE ALWAYS TRIGGER guard;
COMMENT ON TRIGGER guard ON oms.count_session_row IS 'refuses UPDATE, DELETE and TRUNCATE by anybody but oms';
CREATE TRIGGER guard BEFORE UPDATE OR DELETE OR TRUNCATE ON oms.count_line_row
    FOR EACH STATEMENT EXECUTE FUNCTION oms.guard_private_table('Call oms.record_count, oms.accept_count or oms.reject_count.');
ALTER TABLE oms.count_line_row ENABLE ALWAYS TRIGGER guard;
COMMENT ON TRIGGER guard ON oms.count_line_row IS 'refuses UPDATE, DELETE and TRUNCATE by anybody but oms';
CREATE TRIGGER guard BEFORE UPDATE OR DELETE OR TRUNCATE ON oms.count_pick_row
    FOR EACH STATEMENT EXECUTE FUNCTION oms.guard_private_table('It is emptied by oms.close_count.');
ALTER TABLE oms.count_pick_row ENABLE ALWAYS TRIGGER guard;
COMMENT ON TRIGGER guard ON oms.count_pick_row IS 'refuses UPDATE, DELETE and TRUNCATE by anybody but oms';
CREATE TRIGGER guard BEFORE UPDATE OR DELETE OR TRUNCATE ON oms.return_row
    FOR EACH STATEMENT EXECUTE FUNCTION oms.guard_private_table('Returns are a record.');
ALTER TABLE oms.return_row ENABLE ALWAYS TRIGGER guard;
COMMENT ON TRIGGER guard ON oms.return_row IS 'refuses UPDATE, DELETE and TRUNCATE by anybody but oms';
CREATE TRIGGER guard BEFORE UPDATE OR DELETE OR TRUNCATE ON oms.shortfall_row
    FOR EACH STATEMENT EXECUTE FUNCTION oms.guard_private_table('Shortfalls are a record.');
ALTER TABLE oms.shortfall_row ENABLE ALWAYS TRIGGER guard;
COMMENT ON TRIGGER guard ON oms.shortfall_row IS 'refuses UPDATE, DELETE and TRUNCATE by anybody but oms';
CREATE TRIGGER guard BEFORE UPDATE OR DELETE OR TRUNCATE ON oms.count_task_row
    FOR EACH STATEMENT EXECUTE FUNCTION oms.guard_private_table('Call oms.count_stock.');
ALTER TABLE oms.count_task_row ENABLE ALWAYS TRIGGER guard;
COMMENT ON TRIGGER guard ON oms.count_task_row IS 'refuses UPDATE, DELETE and TRUNCATE by anybody but oms';

-- Rows that are shipped may be edited: a restore, which loads them over the shipped ones, and
-- any other INSERT replaces the row that has the same key.
CREATE FUNCTION oms.replace_row() RETURNS trigger
    LANGUAGE c AS 'MODULE_PATHNAME', 'oms_replace_row';
REVOKE ALL ON FUNCTION oms.replace_row() FROM PUBLIC;
COMMENT ON FUNCTION oms.replace_row() IS
    'trigger: an inserted row replaces the row that has the same primary key';
CREATE TRIGGER replace_row BEFORE INSERT ON oms.fulfillment_transition
    FOR EACH ROW EXECUTE FUNCTION oms.replace_row();
ALTER TABLE oms.fulfillment_transition ENABLE ALWAYS TRIGGER replace_row;
COMMENT ON TRIGGER replace_row ON oms.fulfillment_transition IS 'INSERT replaces the row that has the same key';
CREATE TRIGGER replace_row BEFORE INSERT ON oms.reject_reason
    FOR EACH ROW EXECUTE FUNCTION oms.replace_row();
ALTER TABLE oms.reject_reason ENABLE ALWAYS TRIGGER replace_row;
COMMENT ON TRIGGER replace_row ON oms.reject_reason IS 'INSERT replaces the row that has the same key';

SELECT pg_catalog.pg_extension_config_dump('oms.fulfillment_transition', '');
SELECT pg_catalog.pg_extension_config_dump('oms.reject_reason', '');
SELECT pg_catalog.pg_extension_config_dump('oms.time_limit', '');
SELECT pg_catalog.pg_extension_config_dump('oms.rejection_row', '');
SELECT pg_catalog.pg_extension_config_dump('oms.rejection_id_seq', '');
SELECT pg_catalog.pg_extension_config_dump('oms.return_window', '');
SELECT pg_catalog.pg_extension_config_dump('oms.return_row', '');
SELECT pg_catalog.pg_extension_config_dump('oms.return_id_seq', '');
SELECT pg_catalog.pg_extension_config_dump('oms.count_session_row', '');
SELECT pg_catalog.pg_extension_config_dump('oms.count_id_seq', '');
SELECT pg_catalog.pg_extension_config_dump('oms.count_line_row', '');
SELECT pg_catalog.pg_extension_config_dump('oms.count_pick_row', '');
SELECT pg_catalog.pg_extension_config_dump('oms.shortfall_row', '');
SELECT pg_catalog.pg_extension_config_dump('oms.shortfall_id_seq', '');
SELECT pg_catalog.pg_extension_config_dump('oms.count_task_row', '');
SELECT pg_catalog.pg_extension_config_dump('oms.bin', '');
SELECT pg_catalog.pg_extension_config_dump('oms.fulfillment_event_row', '');
SELECT pg_catalog.pg_extension_config_dump('oms.fulfillment_event_id_seq', '');
