-- The types: shell, input and output, the type itself. Types, their operators and their
-- immutable functions stay open to PUBLIC.

CREATE TYPE oms.latlon;

CREATE FUNCTION oms.latlon_in(cstring) RETURNS oms.latlon
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1 AS 'MODULE_PATHNAME', 'oms_latlon_in';
COMMENT ON FUNCTION oms.latlon_in(cstring) IS
    'reads latitude,longitude in degrees; 22P02 when malformed, 22003 when out of range';

CREATE FUNCTION oms.latlon_out(oms.latlon) RETURNS cstring
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1 AS 'MODULE_PATHNAME', 'oms_latlon_out';
COMMENT ON FUNCTION oms.latlon_out(oms.latlon) IS
    'writes the shortest latitude,longitude that reads back as the same value';

CREATE FUNCTION oms.latlon_recv(internal) RETURNS oms.latlon
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1 AS 'MODULE_PATHNAME', 'oms_latlon_recv';
COMMENT ON FUNCTION oms.latlon_recv(internal) IS
    'reads the binary form, two float8 with latitude first, under the checks of text';

CREATE FUNCTION oms.latlon_send(oms.latlon) RETURNS bytea
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1 AS 'MODULE_PATHNAME', 'oms_latlon_send';
COMMENT ON FUNCTION oms.latlon_send(oms.latlon) IS
    'writes the binary form, two float8 with latitude first';

CREATE TYPE oms.latlon (
    INPUT = oms.latlon_in, OUTPUT = oms.latlon_out, RECEIVE = oms.latlon_recv, SEND = oms.latlon_send,
    INTERNALLENGTH = 16, ALIGNMENT = double, STORAGE = plain
);
COMMENT ON TYPE oms.latlon IS
    'a place on the Earth: latitude in [-90, 90] and longitude in [-180, 180] degrees, written 40.7608,-111.8910';

CREATE TYPE oms.safety_stock;

CREATE FUNCTION oms.safety_stock_in(cstring) RETURNS oms.safety_stock
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1 AS 'MODULE_PATHNAME', 'oms_safety_stock_in';
COMMENT ON FUNCTION oms.safety_stock_in(cstring) IS
    'reads 5, 10%, 5 + 10%, max(5, 10%) or min(20, 50%); 22P02 when malformed, 22003 when out of range';

CREATE FUNCTION oms.safety_stock_out(oms.safety_stock) RETURNS cstring
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1 AS 'MODULE_PATHNAME', 'oms_safety_stock_out';
COMMENT ON FUNCTION oms.safety_stock_out(oms.safety_stock) IS
    'writes the one canonical text of the value';

CREATE FUNCTION oms.safety_stock_recv(internal) RETURNS oms.safety_stock
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1 AS 'MODULE_PATHNAME', 'oms_safety_stock_recv';
COMMENT ON FUNCTION oms.safety_stock_recv(internal) IS
    'reads the binary form (units int8, percent in 1e-4 percent int4, mode int1) under the checks of text';

CREATE FUNCTION oms.safety_stock_send(oms.safety_stock) RETURNS bytea
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1 AS 'MODULE_PATHNAME', 'oms_safety_stock_send';
COMMENT ON FUNCTION oms.safety_stock_send(oms.safety_stock) IS
    'writes the binary form (units int8, percent in 1e-4 percent int4, mode int1)';

CREATE TYPE oms.safety_stock (
    INPUT = oms.safety_stock_in, OUTPUT = oms.safety_stock_out, RECEIVE = oms.safety_stock_recv, SEND = oms.safety_stock_send,
    INTERNALLENGTH = 16, ALIGNMENT = double, STORAGE = plain
);
COMMENT ON TYPE oms.safety_stock IS
    'units kept back from a channel: 5, 10%, 5 + 10%, max(5, 10%) or min(20, 50%); the percent is of on_hand and has up to 4 decimals';

CREATE TYPE oms.business_hours;

CREATE FUNCTION oms.business_hours_in(cstring) RETURNS oms.business_hours
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1 AS 'MODULE_PATHNAME', 'oms_business_hours_in';
COMMENT ON FUNCTION oms.business_hours_in(cstring) IS
    'reads Mo-Fr 09:00-12:00,13:00-18:00; Sa 10:00-16:00, or 24/7, or closed; 22P02 when malformed, a day is given twice or spans overlap, 22008 for a time out of range';

CREATE FUNCTION oms.business_hours_out(oms.business_hours) RETURNS cstring
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1 AS 'MODULE_PATHNAME', 'oms_business_hours_out';
COMMENT ON FUNCTION oms.business_hours_out(oms.business_hours) IS
    'writes the one canonical text of the value';

CREATE FUNCTION oms.business_hours_recv(internal) RETURNS oms.business_hours
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1 AS 'MODULE_PATHNAME', 'oms_business_hours_recv';
COMMENT ON FUNCTION oms.business_hours_recv(internal) IS
    'reads the binary form (number of openings int4; start and end of each in minutes since Monday 00:00, int2) under the checks of text';

CREATE FUNCTION oms.business_hours_send(oms.business_hours) RETURNS bytea
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1 AS 'MODULE_PATHNAME', 'oms_business_hours_send';
COMMENT ON FUNCTION oms.business_hours_send(oms.business_hours) IS
    'writes the binary form (number of openings int4; start and end of each in minutes since Monday 00:00, int2)';

CREATE TYPE oms.business_hours (
    INPUT = oms.business_hours_in, OUTPUT = oms.business_hours_out,
    RECEIVE = oms.business_hours_recv, SEND = oms.business_hours_send,
    INTERNALLENGTH = VARIABLE, ALIGNMENT = int4, STORAGE = extended
);
COMMENT ON TYPE oms.business_hours IS
    'weekly opening hours on a local clock: Mo-Fr 09:00-12:00,13:00-18:00; Sa 10:00-16:00; Fr 22:00-02:00 is past midnight; 24/7; closed. Days without hours are closed, hours without days are every day''s';

-- STABLE and not IMMUTABLE: the text depends on the session's time zone.
CREATE TYPE oms.supply;

CREATE FUNCTION oms.supply_in(cstring) RETURNS oms.supply
    LANGUAGE c STABLE STRICT PARALLEL SAFE COST 1 AS 'MODULE_PATHNAME', 'oms_supply_in';
COMMENT ON FUNCTION oms.supply_in(cstring) IS
    'reads {200 @ 2026-12-05 08:00+00, -50 @ 2026-12-10}; 22P02 when malformed, 22003 and 22008 when out of range';

CREATE FUNCTION oms.supply_out(oms.supply) RETURNS cstring
    LANGUAGE c STABLE STRICT PARALLEL SAFE COST 1 AS 'MODULE_PATHNAME', 'oms_supply_out';
COMMENT ON FUNCTION oms.supply_out(oms.supply) IS
    'writes the quantities with their moments, in order, in the session''s time zone';

CREATE FUNCTION oms.supply_recv(internal) RETURNS oms.supply
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1 AS 'MODULE_PATHNAME', 'oms_supply_recv';
COMMENT ON FUNCTION oms.supply_recv(internal) IS
    'reads the binary form (number of items int4; each at timestamptz, quantity int8) under the checks of text';

CREATE FUNCTION oms.supply_send(oms.supply) RETURNS bytea
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1 AS 'MODULE_PATHNAME', 'oms_supply_send';
COMMENT ON FUNCTION oms.supply_send(oms.supply) IS
    'writes the binary form (number of items int4; each at timestamptz, quantity int8)';

CREATE TYPE oms.supply (
    INPUT = oms.supply_in, OUTPUT = oms.supply_out, RECEIVE = oms.supply_recv, SEND = oms.supply_send,
    INTERNALLENGTH = VARIABLE, ALIGNMENT = double, STORAGE = extended
);
COMMENT ON TYPE oms.supply IS
    'dated quantities: units that come, or with a minus are owed, each at a moment, written {200 @ 2026-12-05 08:00:00+00, -50 @ 2026-12-10 00:00:00+00}';
