-- sync: what other systems report, and what could not be taken of it. oms.source is plain
-- configuration; the other tables are private.

CREATE TABLE oms.source (
    source text COLLATE "C" PRIMARY KEY CHECK (source <> ''),
    reports text[] NOT NULL DEFAULT '{snapshot,change,count,sale,order,receipt}'
        CHECK (reports <@ '{snapshot,change,count,sale,order,receipt}'::text[]),
    excludes_reserved boolean NOT NULL DEFAULT false,
    excludes_shipped boolean NOT NULL DEFAULT true,
    lag interval NOT NULL DEFAULT '0' CHECK (lag >= interval '0'),
    on_missing text NOT NULL DEFAULT 'unchanged' CHECK (on_missing IN ('unchanged', 'zero', 'exception')),
    limit_units bigint CHECK (limit_units >= 0),
    limit_percent numeric CHECK (limit_percent >= 0),
    limit_value numeric CHECK (limit_value >= 0),
    note text
);
COMMENT ON TABLE oms.source IS 'systems that report to oms, and what is to be known of their figures; oms.add_source';
COMMENT ON COLUMN oms.source.reports IS 'the kinds of rows that are taken from it';
COMMENT ON COLUMN oms.source.excludes_reserved IS 'its figures are already net of what oms has reserved';
COMMENT ON COLUMN oms.source.excludes_shipped IS 'its figures know at once what oms has sent out; else after lag';
COMMENT ON COLUMN oms.source.lag IS 'how long it takes until its figures contain what others moved';
COMMENT ON COLUMN oms.source.on_missing IS 'what its snapshot of a location says of skus that are not in it: nothing (unchanged), that there are none (zero), or a person is to say (exception)';
COMMENT ON COLUMN oms.source.limit_units IS 'a snapshot or count that differs by more units waits for a person; NULL: no limit';
COMMENT ON COLUMN oms.source.limit_percent IS 'likewise in per cent of on_hand';
COMMENT ON COLUMN oms.source.limit_value IS 'likewise in units times unit_value of the item';

-- What was taken, by the id that its source gave it: so it is taken once.
CREATE TABLE oms.feed_event_row (
    source text COLLATE "C" NOT NULL,
    kind text COLLATE "C" NOT NULL CHECK (kind IN ('snapshot', 'change', 'count', 'sale', 'order', 'receipt')),
    event_id text COLLATE "C" NOT NULL CHECK (event_id <> ''),
    content uuid NOT NULL,
    sku text COLLATE "C",
    location text COLLATE "C",
    quantity bigint,
    as_of timestamptz,
    outcome text NOT NULL CHECK (outcome IN ('applied', 'unchanged', 'absorbed', 'stale')),
    received_at timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
    PRIMARY KEY (source, kind, event_id)
);
COMMENT ON TABLE oms.feed_event_row IS 'private: events of sources that were taken, behind oms.feed_event';
COMMENT ON COLUMN oms.feed_event_row.content IS 'a hash of what the event said';
CREATE INDEX feed_event_row_received_at_idx ON oms.feed_event_row USING brin (received_at);

-- As of when the stock of a sku at a location was last stated: by a snapshot of the location, or
-- else by key. The newest of all holds.
CREATE TABLE oms.feed_snapshot_row (
    location text COLLATE "C" NOT NULL,
    complete boolean NOT NULL,
    source text COLLATE "C" NOT NULL,
    as_of timestamptz NOT NULL,
    skus text[] COLLATE "C" NOT NULL,
    hash bigint,
    PRIMARY KEY (location, complete)
);
COMMENT ON TABLE oms.feed_snapshot_row IS 'private: the newest snapshots of each location, and which skus they stated';
COMMENT ON COLUMN oms.feed_snapshot_row.complete IS 'what is missing from it is not there';
COMMENT ON COLUMN oms.feed_snapshot_row.hash IS 'of the skus of one that is not complete';
COMMENT ON COLUMN oms.feed_snapshot_row.skus IS 'those that it stated; of a complete one, those that it did not';
CREATE TABLE oms.feed_mark_row (
    sku text COLLATE "C" NOT NULL,
    location text COLLATE "C" NOT NULL,
    source text COLLATE "C" NOT NULL,
    as_of timestamptz NOT NULL,
    settled boolean NOT NULL DEFAULT false,
    PRIMARY KEY (sku, location)
);
COMMENT ON COLUMN oms.feed_mark_row.settled IS 'a person has looked at it (oms.resolve_exception, oms.reconcile)';
COMMENT ON TABLE oms.feed_mark_row IS 'private: statements of the stock of a sku at a location by counts, and by snapshots that are not the newest of the location';

CREATE SEQUENCE oms.feed_exception_id_seq;
COMMENT ON SEQUENCE oms.feed_exception_id_seq IS 'private: numbers what could not be taken of feeds';
CREATE TABLE oms.feed_exception_row (
    exception_id bigint PRIMARY KEY DEFAULT pg_catalog.nextval('oms.feed_exception_id_seq'),
    source text COLLATE "C" NOT NULL,
    kind text COLLATE "C" NOT NULL,
    content uuid NOT NULL,
    "row" jsonb NOT NULL,
    reason text COLLATE "C" NOT NULL,
    detail text,
    attempts integer NOT NULL DEFAULT 1,
    first_at timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
    last_at timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
    status text NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'taken', 'dismissed')),
    resolved_by text,
    resolved_at timestamptz,
    note text,
    CHECK ((status = 'open') = (resolved_at IS NULL))
);
COMMENT ON TABLE oms.feed_exception_row IS 'private: rows of feeds that could not be taken, behind oms.feed_exception';
CREATE UNIQUE INDEX feed_exception_row_open_idx ON oms.feed_exception_row (source, kind, content) WHERE status = 'open';

-- Who follows the change feed, and what was last published to whom. See sync/changes.c.
CREATE TABLE oms.consumer_row (
    consumer text COLLATE "C" PRIMARY KEY CHECK (consumer <> ''),
    events text[] NOT NULL CHECK (events <@ '{stock,reservation,order,fulfillment}'::text[]),
    channels text[] COLLATE "C" NOT NULL,
    method text NOT NULL CHECK (method IN ('ship', 'pickup')),
    publish text NOT NULL CHECK (publish IN ('value', 'shown', 'bucket')),
    low bigint NOT NULL CHECK (low >= 0),
    cluster bigint NOT NULL,
    "position" pg_snapshot NOT NULL,
    offered pg_snapshot,
    available_at pg_snapshot,
    available_offered pg_snapshot,
    looked_at timestamptz,
    looked_offered timestamptz,
    setup text,
    setup_offered text,
    watched text[] COLLATE "C" NOT NULL DEFAULT '{}',
    watched_offered text[] COLLATE "C" NOT NULL DEFAULT '{}',
    added_at timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
    acknowledged_at timestamptz
);
COMMENT ON TABLE oms.consumer_row IS 'private: consumers of the change feed, behind oms.consumer';
COMMENT ON COLUMN oms.consumer_row.cluster IS 'whose transactions the positions are about: after a restore elsewhere they mean nothing';
COMMENT ON COLUMN oms.consumer_row.offered IS 'what was polled and not acknowledged yet; likewise of all that ends in _offered';
COMMENT ON COLUMN oms.consumer_row.available_at IS 'up to where changes of availability were looked at; NULL: never, so that everything is published';
COMMENT ON COLUMN oms.consumer_row.looked_at IS 'up to when holds that expired, and what else changes by itself, were looked at';
COMMENT ON COLUMN oms.consumer_row.setup IS 'a hash of the network and of the rules that were in force';
COMMENT ON COLUMN oms.consumer_row.watched IS 'of version 0.1, whose dumps have it; not used';
COMMENT ON COLUMN oms.consumer_row.watched_offered IS 'of version 0.1, whose dumps have it; not used';
CREATE TABLE oms.published_row (
    consumer text COLLATE "C" NOT NULL,
    channel text COLLATE "C" NOT NULL,
    sku text COLLATE "C" NOT NULL,
    value bigint,
    offered bigint,
    PRIMARY KEY (sku, consumer, channel)
) WITH (fillfactor = 70);
COMMENT ON COLUMN oms.published_row.offered IS 'of version 0.1, which offered it last: the consumer knows it or value; NULL: it knows value';
COMMENT ON TABLE oms.published_row IS 'private: what each consumer was last told of each channel and sku';
CREATE TABLE oms.offer_row (
    consumer text COLLATE "C" NOT NULL,
    channels text[] COLLATE "C" NOT NULL,
    skus text[] COLLATE "C" NOT NULL,
    "values" bigint[] NOT NULL
);
CREATE INDEX offer_row_consumer_idx ON oms.offer_row (consumer);
ALTER TABLE oms.offer_row REPLICA IDENTITY FULL;
COMMENT ON TABLE oms.offer_row IS 'private: what each consumer has been offered of availability and has not acknowledged, many in a row';
CREATE TRIGGER guard BEFORE UPDATE OR DELETE OR TRUNCATE ON oms.consumer_row
    FOR EACH STATEMENT EXECUTE FUNCTION oms.guard_private_table('Call oms.add_consumer, oms.acknowledge, oms.seek_consumer or oms.drop_consumer.');
ALTER TABLE oms.consumer_row ENABLE ALWAYS TRIGGER guard;
COMMENT ON TRIGGER guard ON oms.consumer_row IS 'refuses UPDATE, DELETE and TRUNCATE by anybody but oms';
CREATE TRIGGER guard BEFORE UPDATE OR DELETE OR TRUNCATE ON oms.published_row
    FOR EACH STATEMENT EXECUTE FUNCTION oms.guard_private_table('Call oms.acknowledge.');
ALTER TABLE oms.published_row ENABLE ALWAYS TRIGGER guard;
COMMENT ON TRIGGER guard ON oms.published_row IS 'refuses UPDATE, DELETE and TRUNCATE by anybody but oms';
CREATE TRIGGER guard BEFORE UPDATE OR DELETE OR TRUNCATE ON oms.offer_row
    FOR EACH STATEMENT EXECUTE FUNCTION oms.guard_private_table('Call oms.acknowledge.');
ALTER TABLE oms.offer_row ENABLE ALWAYS TRIGGER guard;
COMMENT ON TRIGGER guard ON oms.offer_row IS 'refuses UPDATE, DELETE and TRUNCATE by anybody but oms';
SELECT pg_catalog.pg_extension_config_dump('oms.consumer_row', '');
SELECT pg_catalog.pg_extension_config_dump('oms.offer_row', '');
SELECT pg_catalog.pg_extension_config_dump('oms.published_row', '');

CREATE TRIGGER guard BEFORE UPDATE OR DELETE OR TRUNCATE ON oms.feed_event_row
    FOR EACH STATEMENT EXECUTE FUNCTION oms.guard_private_table('Call oms.forget_events to prune it by age.');
ALTER TABLE oms.feed_event_row ENABLE ALWAYS TRIGGER guard;
COMMENT ON TRIGGER guard ON oms.feed_event_row IS 'refuses UPDATE, DELETE and TRUNCATE by anybody but oms';
CREATE TRIGGER guard BEFORE UPDATE OR DELETE OR TRUNCATE ON oms.feed_snapshot_row
    FOR EACH STATEMENT EXECUTE FUNCTION oms.guard_private_table('Call oms.ingest.');
ALTER TABLE oms.feed_snapshot_row ENABLE ALWAYS TRIGGER guard;
COMMENT ON TRIGGER guard ON oms.feed_snapshot_row IS 'refuses UPDATE, DELETE and TRUNCATE by anybody but oms';
CREATE TRIGGER guard BEFORE UPDATE OR DELETE OR TRUNCATE ON oms.feed_mark_row
    FOR EACH STATEMENT EXECUTE FUNCTION oms.guard_private_table('Call oms.ingest.');
ALTER TABLE oms.feed_mark_row ENABLE ALWAYS TRIGGER guard;
COMMENT ON TRIGGER guard ON oms.feed_mark_row IS 'refuses UPDATE, DELETE and TRUNCATE by anybody but oms';
CREATE TRIGGER guard BEFORE UPDATE OR DELETE OR TRUNCATE ON oms.feed_exception_row
    FOR EACH STATEMENT EXECUTE FUNCTION oms.guard_private_table('Call oms.retry_exceptions or oms.resolve_exception.');
ALTER TABLE oms.feed_exception_row ENABLE ALWAYS TRIGGER guard;
COMMENT ON TRIGGER guard ON oms.feed_exception_row IS 'refuses UPDATE, DELETE and TRUNCATE by anybody but oms';

SELECT pg_catalog.pg_extension_config_dump('oms.source', '');
SELECT pg_catalog.pg_extension_config_dump('oms.feed_event_row', '');
SELECT pg_catalog.pg_extension_config_dump('oms.feed_snapshot_row', '');
SELECT pg_catalog.pg_extension_config_dump('oms.feed_mark_row', '');
SELECT pg_catalog.pg_extension_config_dump('oms.feed_exception_id_seq', '');
SELECT pg_catalog.pg_extension_config_dump('oms.feed_exception_row', '');
