-- A type and not RETURNS TABLE, since a function's parameter may not have the name of its column.
CREATE TYPE oms.placed_line AS (
    line_no integer,
    sku text,
    location text,
    quantity bigint,
    reservation_id bigint,
    status text,
    promise_at timestamptz
);
COMMENT ON TYPE oms.placed_line IS 'what place_order returns: a row per line and location, and one per line for what is unfilled or backordered';
