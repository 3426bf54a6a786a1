-- stage.sql: the staging tables of an import. They live in the session and go with the
-- transaction. Whatever fills site, item, stock, demand and demand_line can call load.sql.

-- what the files say
CREATE TEMP TABLE raw_line (
    line bigint GENERATED ALWAYS AS IDENTITY,       -- as an editor counts, the header is 1
    content text
) ON COMMIT DROP;
CREATE TEMP TABLE record (
    file text NOT NULL,
    line bigint NOT NULL,                           -- where the record begins; quoted text may go on below
    header boolean NOT NULL,
    fields text[]                                   -- NULL: the quotes do not match
) ON COMMIT DROP;
CREATE TEMP TABLE problem (file text, line bigint, fault text) ON COMMIT DROP;

-- what goes into oms
CREATE TEMP TABLE site (
    location text, kind text, coordinates oms.latlon, handling_cost numeric, capacity_orders bigint
) ON COMMIT DROP;
CREATE TEMP TABLE item (sku text, tags text[], unit_value numeric) ON COMMIT DROP;
CREATE TEMP TABLE stock (location text, sku text, quantity bigint) ON COMMIT DROP;
CREATE TEMP TABLE demand (
    order_id text, sequence bigint, channel text, ship_to oms.latlon, service text, promise_in interval
) ON COMMIT DROP;
CREATE TEMP TABLE demand_line (order_id text, line_no int, sku text, quantity bigint, unit_value numeric) ON COMMIT DROP;

-- dice: a number in [0, 1) that depends on the seed and the key alone, on every machine
CREATE FUNCTION pg_temp.dice(seed text, key text) RETURNS double precision
LANGUAGE sql IMMUTABLE
AS $$ SELECT ('x' || substr(md5($1 || ':' || $2), 1, 8))::bit(32)::bigint / 4294967296.0::double precision $$;
