-- A type and not RETURNS TABLE, since a function's parameter may not have the name of its column.
CREATE TYPE oms.placed_line AS (
    line_no integer,
    sku text,
    location text,
    quantity bigint,
    reservation_id bigint,
    status text,
    promise_at timestamptz,
    kit text
);
COMMENT ON TYPE oms.placed_line IS 'what place_order returns: a row per line and location (of a kit: per component, with the sku of the component), and one per line for what is unfilled or backordered';
