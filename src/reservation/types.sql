-- What reserve and try_reserve return. Types and not RETURNS TABLE: the columns are said once, and the
-- executor need not put them together at every call.
CREATE TYPE oms.reserved_line AS (
    line_no integer,
    sku text,
    location text,
    quantity bigint,
    reservation_id bigint,
    expires_at timestamptz,
    backorder_id bigint,
    kit text,
    promise_at timestamptz
);
COMMENT ON TYPE oms.reserved_line IS 'what reserve returns: a row per line and location (of a kit: per component, with the sku of the component), and one per line for what is backordered of it';
CREATE TYPE oms.tried_line AS (
    line_no integer,
    sku text,
    requested bigint,
    reserved bigint,
    available bigint,
    status text,
    reservation_ids bigint[],
    expires_at timestamptz
);
COMMENT ON TYPE oms.tried_line IS 'what try_reserve returns: a row per line, with what became of it';
