\echo Use "CREATE EXTENSION oms" to load this file. \quit

CREATE SCHEMA oms;
COMMENT ON SCHEMA oms IS 'order management: stock, availability, reservation, routing';
GRANT USAGE ON SCHEMA oms TO PUBLIC;

CREATE FUNCTION oms.guard_private_table() RETURNS trigger
    LANGUAGE c AS 'MODULE_PATHNAME', 'oms_guard_private_table';
REVOKE ALL ON FUNCTION oms.guard_private_table() FROM PUBLIC;
COMMENT ON FUNCTION oms.guard_private_table() IS
    'trigger: refuses UPDATE, DELETE and TRUNCATE on a private table with OM011; its argument is the hint';

-- Which transaction wrote a row last, for the change feed (sync/changes.c): a column xid, found by a
-- BRIN index, whose entries for new pages nobody writes but autovacuum.
CREATE OPERATOR FAMILY oms.xid8_minmax_ops USING brin;
COMMENT ON OPERATOR FAMILY oms.xid8_minmax_ops USING brin IS 'transaction ids in BRIN indexes';
CREATE OPERATOR CLASS oms.xid8_minmax_ops FOR TYPE xid8 USING brin FAMILY oms.xid8_minmax_ops AS
    OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 =, OPERATOR 4 >=, OPERATOR 5 >,
    FUNCTION 1 brin_minmax_opcinfo(internal),
    FUNCTION 2 brin_minmax_add_value(internal, internal, internal, internal),
    FUNCTION 3 brin_minmax_consistent(internal, internal, internal),
    FUNCTION 4 brin_minmax_union(internal, internal, internal);
COMMENT ON OPERATOR CLASS oms.xid8_minmax_ops USING brin IS 'transaction ids in BRIN indexes';
CREATE FUNCTION oms.stamp_row() RETURNS trigger
    LANGUAGE c AS 'MODULE_PATHNAME', 'oms_stamp_row';
REVOKE ALL ON FUNCTION oms.stamp_row() FROM PUBLIC;
COMMENT ON FUNCTION oms.stamp_row() IS 'trigger: writes the transaction into column xid of a row that is updated';

-- Requests that were answered: the same request_id with the same arguments returns
-- the first result, with other arguments it is refused (request.c).
CREATE TABLE oms.request_row (
    request_id text COLLATE "C" PRIMARY KEY CHECK (request_id <> ''),
    function text NOT NULL,
    arguments text NOT NULL,
    result text[],
    requested_at timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp()
);
COMMENT ON TABLE oms.request_row IS 'private: answered requests, for oms.forget_requests to prune by age';
COMMENT ON COLUMN oms.request_row.arguments IS 'hash of the arguments';
COMMENT ON COLUMN oms.request_row.result IS 'the first result, its columns as text, row after row';
CREATE INDEX request_row_requested_at_idx ON oms.request_row USING brin (requested_at);
CREATE TRIGGER guard BEFORE UPDATE OR DELETE OR TRUNCATE ON oms.request_row
    FOR EACH STATEMENT EXECUTE FUNCTION oms.guard_private_table('Call oms.forget_requests to prune it by age.');
ALTER TABLE oms.request_row ENABLE ALWAYS TRIGGER guard;
COMMENT ON TRIGGER guard ON oms.request_row IS 'refuses UPDATE, DELETE and TRUNCATE by anybody but oms';
SELECT pg_catalog.pg_extension_config_dump('oms.request_row', '');

CREATE FUNCTION oms.forget_requests(older_than interval DEFAULT '7 days')
RETURNS bigint
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_forget_requests';
REVOKE ALL ON FUNCTION oms.forget_requests(interval) FROM PUBLIC;
COMMENT ON FUNCTION oms.forget_requests(interval) IS
    'forgets requests answered longer ago than this, whose retry would then be a new request; returns their number';

