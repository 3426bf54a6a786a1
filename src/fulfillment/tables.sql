-- fulfillment: what a location does with the work that the router assigned. The work itself
-- is in fulfillment_row and fulfillment_line_row (routing/tables.sql).

-- The state machine: what is not a row here is not possible.
CREATE TABLE oms.fulfillment_transition (
    action text COLLATE "C" NOT NULL,
    method text NOT NULL CHECK (method IN ('ship', 'pickup')),
    from_status text COLLATE "C" NOT NULL,
    to_status text COLLATE "C" NOT NULL,
    PRIMARY KEY (action, method, from_status)
);
COMMENT ON TABLE oms.fulfillment_transition IS
    'the legal actions: what is done to a fulfillment of the method, from which status, to which. Take rows out or add some (pick from assigned, say) to fit how stores work';
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

SELECT pg_catalog.pg_extension_config_dump('oms.fulfillment_transition', '');
SELECT pg_catalog.pg_extension_config_dump('oms.bin', '');
SELECT pg_catalog.pg_extension_config_dump('oms.fulfillment_event_row', '');
SELECT pg_catalog.pg_extension_config_dump('oms.fulfillment_event_id_seq', '');
