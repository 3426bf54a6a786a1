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
-- latlon: constructor, accessors, casts, distance

CREATE FUNCTION oms.latlon(latitude float8, longitude float8) RETURNS oms.latlon
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1 AS 'MODULE_PATHNAME', 'oms_latlon_make';
COMMENT ON FUNCTION oms.latlon(float8, float8) IS
    'the place at latitude and longitude in degrees; 22003 when out of range';

CREATE FUNCTION oms.latitude(latlon oms.latlon) RETURNS float8
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1 AS 'MODULE_PATHNAME', 'oms_latlon_latitude';
COMMENT ON FUNCTION oms.latitude(oms.latlon) IS
    'degrees north, in [-90, 90]';

CREATE FUNCTION oms.longitude(latlon oms.latlon) RETURNS float8
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1 AS 'MODULE_PATHNAME', 'oms_latlon_longitude';
COMMENT ON FUNCTION oms.longitude(oms.latlon) IS
    'degrees east, in [-180, 180]';

CREATE FUNCTION oms.latlon_from_point(point) RETURNS oms.latlon
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1 AS 'MODULE_PATHNAME', 'oms_latlon_from_point';
COMMENT ON FUNCTION oms.latlon_from_point(point) IS
    'the place of a point whose x is longitude and y is latitude; 22003 when out of range';

CREATE FUNCTION oms.latlon_to_point(oms.latlon) RETURNS point
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1 AS 'MODULE_PATHNAME', 'oms_latlon_to_point';
COMMENT ON FUNCTION oms.latlon_to_point(oms.latlon) IS
    'the point whose x is the longitude and y the latitude';

-- Both casts are for assignment only. An implicit one to point would let latlon <-> point
-- resolve to the distance of points, in degrees of a plane.
CREATE CAST (point AS oms.latlon) WITH FUNCTION oms.latlon_from_point(point) AS ASSIGNMENT;
COMMENT ON CAST (point AS oms.latlon) IS 'x is longitude, y is latitude';

CREATE CAST (oms.latlon AS point) WITH FUNCTION oms.latlon_to_point(oms.latlon) AS ASSIGNMENT;
COMMENT ON CAST (oms.latlon AS point) IS 'x is longitude, y is latitude';

CREATE FUNCTION oms.distance_km(a oms.latlon, b oms.latlon) RETURNS float8
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 5 AS 'MODULE_PATHNAME', 'oms_latlon_distance';
COMMENT ON FUNCTION oms.distance_km(oms.latlon, oms.latlon) IS
    'great-circle distance in km: haversine formula on a sphere of radius 6371.0088 km';

CREATE OPERATOR oms.<-> (
    LEFTARG = oms.latlon, RIGHTARG = oms.latlon, FUNCTION = oms.distance_km,
    COMMUTATOR = OPERATOR(oms.<->)
);
COMMENT ON OPERATOR oms.<-> (oms.latlon, oms.latlon) IS 'great-circle distance in km';

-- latlon: equality, order, hash

CREATE FUNCTION oms.latlon_eq(oms.latlon, oms.latlon) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1 AS 'MODULE_PATHNAME', 'oms_latlon_eq';
COMMENT ON FUNCTION oms.latlon_eq(oms.latlon, oms.latlon) IS
    'equal';

CREATE FUNCTION oms.latlon_ne(oms.latlon, oms.latlon) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1 AS 'MODULE_PATHNAME', 'oms_latlon_ne';
COMMENT ON FUNCTION oms.latlon_ne(oms.latlon, oms.latlon) IS
    'not equal';

CREATE FUNCTION oms.latlon_lt(oms.latlon, oms.latlon) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1 AS 'MODULE_PATHNAME', 'oms_latlon_lt';
COMMENT ON FUNCTION oms.latlon_lt(oms.latlon, oms.latlon) IS
    'less than, ordered by latitude, then longitude';

CREATE FUNCTION oms.latlon_le(oms.latlon, oms.latlon) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1 AS 'MODULE_PATHNAME', 'oms_latlon_le';
COMMENT ON FUNCTION oms.latlon_le(oms.latlon, oms.latlon) IS
    'less than or equal, ordered by latitude, then longitude';

CREATE FUNCTION oms.latlon_gt(oms.latlon, oms.latlon) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1 AS 'MODULE_PATHNAME', 'oms_latlon_gt';
COMMENT ON FUNCTION oms.latlon_gt(oms.latlon, oms.latlon) IS
    'greater than, ordered by latitude, then longitude';

CREATE FUNCTION oms.latlon_ge(oms.latlon, oms.latlon) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1 AS 'MODULE_PATHNAME', 'oms_latlon_ge';
COMMENT ON FUNCTION oms.latlon_ge(oms.latlon, oms.latlon) IS
    'greater than or equal, ordered by latitude, then longitude';

CREATE OPERATOR oms.= (
    LEFTARG = oms.latlon, RIGHTARG = oms.latlon, FUNCTION = oms.latlon_eq,
    COMMUTATOR = OPERATOR(oms.=), NEGATOR = OPERATOR(oms.<>), RESTRICT = eqsel, JOIN = eqjoinsel, HASHES, MERGES
);
COMMENT ON OPERATOR oms.= (oms.latlon, oms.latlon) IS 'equal';

CREATE OPERATOR oms.<> (
    LEFTARG = oms.latlon, RIGHTARG = oms.latlon, FUNCTION = oms.latlon_ne,
    COMMUTATOR = OPERATOR(oms.<>), NEGATOR = OPERATOR(oms.=), RESTRICT = neqsel, JOIN = neqjoinsel
);
COMMENT ON OPERATOR oms.<> (oms.latlon, oms.latlon) IS 'not equal';

CREATE OPERATOR oms.< (
    LEFTARG = oms.latlon, RIGHTARG = oms.latlon, FUNCTION = oms.latlon_lt,
    COMMUTATOR = OPERATOR(oms.>), NEGATOR = OPERATOR(oms.>=), RESTRICT = scalarltsel, JOIN = scalarltjoinsel
);
COMMENT ON OPERATOR oms.< (oms.latlon, oms.latlon) IS 'less than, ordered by latitude, then longitude';

CREATE OPERATOR oms.<= (
    LEFTARG = oms.latlon, RIGHTARG = oms.latlon, FUNCTION = oms.latlon_le,
    COMMUTATOR = OPERATOR(oms.>=), NEGATOR = OPERATOR(oms.>), RESTRICT = scalarlesel, JOIN = scalarlejoinsel
);
COMMENT ON OPERATOR oms.<= (oms.latlon, oms.latlon) IS 'less than or equal, ordered by latitude, then longitude';

CREATE OPERATOR oms.> (
    LEFTARG = oms.latlon, RIGHTARG = oms.latlon, FUNCTION = oms.latlon_gt,
    COMMUTATOR = OPERATOR(oms.<), NEGATOR = OPERATOR(oms.<=), RESTRICT = scalargtsel, JOIN = scalargtjoinsel
);
COMMENT ON OPERATOR oms.> (oms.latlon, oms.latlon) IS 'greater than, ordered by latitude, then longitude';

CREATE OPERATOR oms.>= (
    LEFTARG = oms.latlon, RIGHTARG = oms.latlon, FUNCTION = oms.latlon_ge,
    COMMUTATOR = OPERATOR(oms.<=), NEGATOR = OPERATOR(oms.<), RESTRICT = scalargesel, JOIN = scalargejoinsel
);
COMMENT ON OPERATOR oms.>= (oms.latlon, oms.latlon) IS 'greater than or equal, ordered by latitude, then longitude';

CREATE FUNCTION oms.latlon_cmp(oms.latlon, oms.latlon) RETURNS integer
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1 AS 'MODULE_PATHNAME', 'oms_latlon_cmp';
COMMENT ON FUNCTION oms.latlon_cmp(oms.latlon, oms.latlon) IS
    'less than 0, 0 or more than 0: the order by latitude, then longitude';

CREATE FUNCTION oms.latlon_hash(oms.latlon) RETURNS integer
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1 AS 'MODULE_PATHNAME', 'oms_latlon_hash';
COMMENT ON FUNCTION oms.latlon_hash(oms.latlon) IS
    'hash, 32 bits';

CREATE FUNCTION oms.latlon_hash_extended(oms.latlon, bigint) RETURNS bigint
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1 AS 'MODULE_PATHNAME', 'oms_latlon_hash_extended';
COMMENT ON FUNCTION oms.latlon_hash_extended(oms.latlon, bigint) IS
    'hash with a seed, 64 bits';

CREATE OPERATOR FAMILY oms.latlon_btree_ops USING btree;
COMMENT ON OPERATOR FAMILY oms.latlon_btree_ops USING btree IS 'order by latitude, then longitude';

CREATE OPERATOR CLASS oms.latlon_btree_ops DEFAULT FOR TYPE oms.latlon USING btree FAMILY oms.latlon_btree_ops AS
    OPERATOR 1 oms.<,
    OPERATOR 2 oms.<=,
    OPERATOR 3 oms.=,
    OPERATOR 4 oms.>=,
    OPERATOR 5 oms.>,
    FUNCTION 1 oms.latlon_cmp(oms.latlon, oms.latlon),
    FUNCTION 4 (oms.latlon, oms.latlon) pg_catalog.btequalimage(oid);
COMMENT ON OPERATOR CLASS oms.latlon_btree_ops USING btree IS 'order by latitude, then longitude';

CREATE OPERATOR FAMILY oms.latlon_hash_ops USING hash;
COMMENT ON OPERATOR FAMILY oms.latlon_hash_ops USING hash IS 'equality';

CREATE OPERATOR CLASS oms.latlon_hash_ops DEFAULT FOR TYPE oms.latlon USING hash FAMILY oms.latlon_hash_ops AS
    OPERATOR 1 oms.=,
    FUNCTION 1 oms.latlon_hash(oms.latlon),
    FUNCTION 2 oms.latlon_hash_extended(oms.latlon, bigint);
COMMENT ON OPERATOR CLASS oms.latlon_hash_ops USING hash IS 'equality';

-- safety_stock: what it withholds

CREATE FUNCTION oms.withheld(safety_stock oms.safety_stock, on_hand bigint) RETURNS bigint
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1 AS 'MODULE_PATHNAME', 'oms_safety_stock_withheld_of';
COMMENT ON FUNCTION oms.withheld(oms.safety_stock, bigint) IS
    'units kept back out of on_hand: the percent rounded up, taken of 0 when on_hand is negative; at most the largest bigint';

CREATE FUNCTION oms.safety_stock_subtract(on_hand bigint, safety_stock oms.safety_stock) RETURNS bigint
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1 AS 'MODULE_PATHNAME', 'oms_safety_stock_subtract';
COMMENT ON FUNCTION oms.safety_stock_subtract(bigint, oms.safety_stock) IS
    'on_hand less what is withheld of it; negative when on_hand is too small; at least the least bigint';

CREATE OPERATOR oms.- (
    LEFTARG = bigint, RIGHTARG = oms.safety_stock, FUNCTION = oms.safety_stock_subtract
);
COMMENT ON OPERATOR oms.- (bigint, oms.safety_stock) IS 'on_hand less what is withheld of it';

-- safety_stock: equality, order, hash

CREATE FUNCTION oms.safety_stock_eq(oms.safety_stock, oms.safety_stock) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1 AS 'MODULE_PATHNAME', 'oms_safety_stock_eq';
COMMENT ON FUNCTION oms.safety_stock_eq(oms.safety_stock, oms.safety_stock) IS
    'equal';

CREATE FUNCTION oms.safety_stock_ne(oms.safety_stock, oms.safety_stock) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1 AS 'MODULE_PATHNAME', 'oms_safety_stock_ne';
COMMENT ON FUNCTION oms.safety_stock_ne(oms.safety_stock, oms.safety_stock) IS
    'not equal';

CREATE FUNCTION oms.safety_stock_lt(oms.safety_stock, oms.safety_stock) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1 AS 'MODULE_PATHNAME', 'oms_safety_stock_lt';
COMMENT ON FUNCTION oms.safety_stock_lt(oms.safety_stock, oms.safety_stock) IS
    'less than, ordered by units, then percent, then plus, max, min';

CREATE FUNCTION oms.safety_stock_le(oms.safety_stock, oms.safety_stock) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1 AS 'MODULE_PATHNAME', 'oms_safety_stock_le';
COMMENT ON FUNCTION oms.safety_stock_le(oms.safety_stock, oms.safety_stock) IS
    'less than or equal, ordered by units, then percent, then plus, max, min';

CREATE FUNCTION oms.safety_stock_gt(oms.safety_stock, oms.safety_stock) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1 AS 'MODULE_PATHNAME', 'oms_safety_stock_gt';
COMMENT ON FUNCTION oms.safety_stock_gt(oms.safety_stock, oms.safety_stock) IS
    'greater than, ordered by units, then percent, then plus, max, min';

CREATE FUNCTION oms.safety_stock_ge(oms.safety_stock, oms.safety_stock) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1 AS 'MODULE_PATHNAME', 'oms_safety_stock_ge';
COMMENT ON FUNCTION oms.safety_stock_ge(oms.safety_stock, oms.safety_stock) IS
    'greater than or equal, ordered by units, then percent, then plus, max, min';

CREATE OPERATOR oms.= (
    LEFTARG = oms.safety_stock, RIGHTARG = oms.safety_stock, FUNCTION = oms.safety_stock_eq,
    COMMUTATOR = OPERATOR(oms.=), NEGATOR = OPERATOR(oms.<>), RESTRICT = eqsel, JOIN = eqjoinsel, HASHES, MERGES
);
COMMENT ON OPERATOR oms.= (oms.safety_stock, oms.safety_stock) IS 'equal';

CREATE OPERATOR oms.<> (
    LEFTARG = oms.safety_stock, RIGHTARG = oms.safety_stock, FUNCTION = oms.safety_stock_ne,
    COMMUTATOR = OPERATOR(oms.<>), NEGATOR = OPERATOR(oms.=), RESTRICT = neqsel, JOIN = neqjoinsel
);
COMMENT ON OPERATOR oms.<> (oms.safety_stock, oms.safety_stock) IS 'not equal';

CREATE OPERATOR oms.< (
    LEFTARG = oms.safety_stock, RIGHTARG = oms.safety_stock, FUNCTION = oms.safety_stock_lt,
    COMMUTATOR = OPERATOR(oms.>), NEGATOR = OPERATOR(oms.>=), RESTRICT = scalarltsel, JOIN = scalarltjoinsel
);
COMMENT ON OPERATOR oms.< (oms.safety_stock, oms.safety_stock) IS 'less than, ordered by units, then percent, then plus, max, min';

CREATE OPERATOR oms.<= (
    LEFTARG = oms.safety_stock, RIGHTARG = oms.safety_stock, FUNCTION = oms.safety_stock_le,
    COMMUTATOR = OPERATOR(oms.>=), NEGATOR = OPERATOR(oms.>), RESTRICT = scalarlesel, JOIN = scalarlejoinsel
);
COMMENT ON OPERATOR oms.<= (oms.safety_stock, oms.safety_stock) IS 'less than or equal, ordered by units, then percent, then plus, max, min';

CREATE OPERATOR oms.> (
    LEFTARG = oms.safety_stock, RIGHTARG = oms.safety_stock, FUNCTION = oms.safety_stock_gt,
    COMMUTATOR = OPERATOR(oms.<), NEGATOR = OPERATOR(oms.<=), RESTRICT = scalargtsel, JOIN = scalargtjoinsel
);
COMMENT ON OPERATOR oms.> (oms.safety_stock, oms.safety_stock) IS 'greater than, ordered by units, then percent, then plus, max, min';

CREATE OPERATOR oms.>= (
    LEFTARG = oms.safety_stock, RIGHTARG = oms.safety_stock, FUNCTION = oms.safety_stock_ge,
    COMMUTATOR = OPERATOR(oms.<=), NEGATOR = OPERATOR(oms.<), RESTRICT = scalargesel, JOIN = scalargejoinsel
);
COMMENT ON OPERATOR oms.>= (oms.safety_stock, oms.safety_stock) IS 'greater than or equal, ordered by units, then percent, then plus, max, min';

CREATE FUNCTION oms.safety_stock_cmp(oms.safety_stock, oms.safety_stock) RETURNS integer
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1 AS 'MODULE_PATHNAME', 'oms_safety_stock_cmp';
COMMENT ON FUNCTION oms.safety_stock_cmp(oms.safety_stock, oms.safety_stock) IS
    'less than 0, 0 or more than 0: the order by units, then percent, then plus, max, min';

CREATE FUNCTION oms.safety_stock_hash(oms.safety_stock) RETURNS integer
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1 AS 'MODULE_PATHNAME', 'oms_safety_stock_hash';
COMMENT ON FUNCTION oms.safety_stock_hash(oms.safety_stock) IS
    'hash, 32 bits';

CREATE FUNCTION oms.safety_stock_hash_extended(oms.safety_stock, bigint) RETURNS bigint
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1 AS 'MODULE_PATHNAME', 'oms_safety_stock_hash_extended';
COMMENT ON FUNCTION oms.safety_stock_hash_extended(oms.safety_stock, bigint) IS
    'hash with a seed, 64 bits';

CREATE OPERATOR FAMILY oms.safety_stock_btree_ops USING btree;
COMMENT ON OPERATOR FAMILY oms.safety_stock_btree_ops USING btree IS 'order by units, then percent, then plus, max, min';

CREATE OPERATOR CLASS oms.safety_stock_btree_ops DEFAULT FOR TYPE oms.safety_stock USING btree FAMILY oms.safety_stock_btree_ops AS
    OPERATOR 1 oms.<,
    OPERATOR 2 oms.<=,
    OPERATOR 3 oms.=,
    OPERATOR 4 oms.>=,
    OPERATOR 5 oms.>,
    FUNCTION 1 oms.safety_stock_cmp(oms.safety_stock, oms.safety_stock),
    FUNCTION 4 (oms.safety_stock, oms.safety_stock) pg_catalog.btequalimage(oid);
COMMENT ON OPERATOR CLASS oms.safety_stock_btree_ops USING btree IS 'order by units, then percent, then plus, max, min';

CREATE OPERATOR FAMILY oms.safety_stock_hash_ops USING hash;
COMMENT ON OPERATOR FAMILY oms.safety_stock_hash_ops USING hash IS 'equality';

CREATE OPERATOR CLASS oms.safety_stock_hash_ops DEFAULT FOR TYPE oms.safety_stock USING hash FAMILY oms.safety_stock_hash_ops AS
    OPERATOR 1 oms.=,
    FUNCTION 1 oms.safety_stock_hash(oms.safety_stock),
    FUNCTION 2 oms.safety_stock_hash_extended(oms.safety_stock, bigint);
COMMENT ON OPERATOR CLASS oms.safety_stock_hash_ops USING hash IS 'equality';

-- business_hours: local times, moments

CREATE FUNCTION oms.business_hours_contains(oms.business_hours, timestamp) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1 AS 'MODULE_PATHNAME', 'oms_business_hours_contains';
COMMENT ON FUNCTION oms.business_hours_contains(oms.business_hours, timestamp) IS
    'whether it is open when the local clock shows this; 22008 for infinity';

CREATE FUNCTION oms.business_hours_contained(timestamp, oms.business_hours) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1 AS 'MODULE_PATHNAME', 'oms_business_hours_contained';
COMMENT ON FUNCTION oms.business_hours_contained(timestamp, oms.business_hours) IS
    'whether it is open when the local clock shows this; 22008 for infinity';

CREATE OPERATOR oms.@> (
    LEFTARG = oms.business_hours, RIGHTARG = timestamp, FUNCTION = oms.business_hours_contains,
    COMMUTATOR = OPERATOR(oms.<@)
);
COMMENT ON OPERATOR oms.@> (oms.business_hours, timestamp) IS 'open when the local clock shows this';

CREATE OPERATOR oms.<@ (
    LEFTARG = timestamp, RIGHTARG = oms.business_hours, FUNCTION = oms.business_hours_contained,
    COMMUTATOR = OPERATOR(oms.@>)
);
COMMENT ON OPERATOR oms.<@ (timestamp, oms.business_hours) IS 'open when the local clock shows this';

CREATE FUNCTION oms.is_open(hours oms.business_hours, at timestamptz, time_zone text) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2 AS 'MODULE_PATHNAME', 'oms_business_hours_is_open';
COMMENT ON FUNCTION oms.is_open(oms.business_hours, timestamptz, text) IS
    'whether it is open at a moment: whether the clock of the time zone then shows a time within the hours. Errors: 22008 infinity, 22023 unknown time zone';

CREATE FUNCTION oms.next_open(hours oms.business_hours, at timestamptz, time_zone text) RETURNS timestamptz
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2 AS 'MODULE_PATHNAME', 'oms_business_hours_next_open';
COMMENT ON FUNCTION oms.next_open(oms.business_hours, timestamptz, text) IS
    'the first moment from at on when it is open, at itself included; NULL when it never opens. Errors: 22008 infinity, 22023 unknown time zone';

CREATE FUNCTION oms.next_close(hours oms.business_hours, at timestamptz, time_zone text) RETURNS timestamptz
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2 AS 'MODULE_PATHNAME', 'oms_business_hours_next_close';
COMMENT ON FUNCTION oms.next_close(oms.business_hours, timestamptz, text) IS
    'the end of the opening that is on at that moment, or else comes next; NULL when it never opens or never closes. Errors: 22008 infinity, 22023 unknown time zone';

CREATE FUNCTION oms.add_working_time(hours oms.business_hours, at timestamptz, working_time interval, time_zone text)
    RETURNS timestamptz
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2 AS 'MODULE_PATHNAME', 'oms_business_hours_add_working_time';
COMMENT ON FUNCTION oms.add_working_time(oms.business_hours, timestamptz, interval, text) IS
    'the first moment by which it was open for that long since at, counted as time that passes, over changes of the clock too; at itself for 0, NULL when it never opens. Errors: 22023 a negative interval, one of days or months, an unknown time zone; 22008 infinity, beyond the end of time';

CREATE FUNCTION oms.next_cut_off(hours oms.business_hours, at timestamptz, cut_off time, time_zone text) RETURNS timestamptz
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 2 AS 'MODULE_PATHNAME', 'oms_business_hours_next_cut_off';
COMMENT ON FUNCTION oms.next_cut_off(oms.business_hours, timestamptz, time, text) IS
    'the first moment from at on when the clock of the time zone shows cut_off and it was open right before; NULL when there is none within two weeks. Errors: 22008 infinity, 22023 unknown time zone';

-- business_hours: equality, order, hash

CREATE FUNCTION oms.business_hours_eq(oms.business_hours, oms.business_hours) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1 AS 'MODULE_PATHNAME', 'oms_business_hours_eq';
COMMENT ON FUNCTION oms.business_hours_eq(oms.business_hours, oms.business_hours) IS
    'equal';

CREATE FUNCTION oms.business_hours_ne(oms.business_hours, oms.business_hours) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1 AS 'MODULE_PATHNAME', 'oms_business_hours_ne';
COMMENT ON FUNCTION oms.business_hours_ne(oms.business_hours, oms.business_hours) IS
    'not equal';

CREATE FUNCTION oms.business_hours_lt(oms.business_hours, oms.business_hours) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1 AS 'MODULE_PATHNAME', 'oms_business_hours_lt';
COMMENT ON FUNCTION oms.business_hours_lt(oms.business_hours, oms.business_hours) IS
    'less than, ordered by their openings, one after the other';

CREATE FUNCTION oms.business_hours_le(oms.business_hours, oms.business_hours) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1 AS 'MODULE_PATHNAME', 'oms_business_hours_le';
COMMENT ON FUNCTION oms.business_hours_le(oms.business_hours, oms.business_hours) IS
    'less than or equal, ordered by their openings, one after the other';

CREATE FUNCTION oms.business_hours_gt(oms.business_hours, oms.business_hours) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1 AS 'MODULE_PATHNAME', 'oms_business_hours_gt';
COMMENT ON FUNCTION oms.business_hours_gt(oms.business_hours, oms.business_hours) IS
    'greater than, ordered by their openings, one after the other';

CREATE FUNCTION oms.business_hours_ge(oms.business_hours, oms.business_hours) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1 AS 'MODULE_PATHNAME', 'oms_business_hours_ge';
COMMENT ON FUNCTION oms.business_hours_ge(oms.business_hours, oms.business_hours) IS
    'greater than or equal, ordered by their openings, one after the other';

CREATE OPERATOR oms.= (
    LEFTARG = oms.business_hours, RIGHTARG = oms.business_hours, FUNCTION = oms.business_hours_eq,
    COMMUTATOR = OPERATOR(oms.=), NEGATOR = OPERATOR(oms.<>), RESTRICT = eqsel, JOIN = eqjoinsel, HASHES, MERGES
);
COMMENT ON OPERATOR oms.= (oms.business_hours, oms.business_hours) IS 'equal';

CREATE OPERATOR oms.<> (
    LEFTARG = oms.business_hours, RIGHTARG = oms.business_hours, FUNCTION = oms.business_hours_ne,
    COMMUTATOR = OPERATOR(oms.<>), NEGATOR = OPERATOR(oms.=), RESTRICT = neqsel, JOIN = neqjoinsel
);
COMMENT ON OPERATOR oms.<> (oms.business_hours, oms.business_hours) IS 'not equal';

CREATE OPERATOR oms.< (
    LEFTARG = oms.business_hours, RIGHTARG = oms.business_hours, FUNCTION = oms.business_hours_lt,
    COMMUTATOR = OPERATOR(oms.>), NEGATOR = OPERATOR(oms.>=), RESTRICT = scalarltsel, JOIN = scalarltjoinsel
);
COMMENT ON OPERATOR oms.< (oms.business_hours, oms.business_hours) IS 'less than, ordered by their openings, one after the other';

CREATE OPERATOR oms.<= (
    LEFTARG = oms.business_hours, RIGHTARG = oms.business_hours, FUNCTION = oms.business_hours_le,
    COMMUTATOR = OPERATOR(oms.>=), NEGATOR = OPERATOR(oms.>), RESTRICT = scalarlesel, JOIN = scalarlejoinsel
);
COMMENT ON OPERATOR oms.<= (oms.business_hours, oms.business_hours) IS 'less than or equal, ordered by their openings, one after the other';

CREATE OPERATOR oms.> (
    LEFTARG = oms.business_hours, RIGHTARG = oms.business_hours, FUNCTION = oms.business_hours_gt,
    COMMUTATOR = OPERATOR(oms.<), NEGATOR = OPERATOR(oms.<=), RESTRICT = scalargtsel, JOIN = scalargtjoinsel
);
COMMENT ON OPERATOR oms.> (oms.business_hours, oms.business_hours) IS 'greater than, ordered by their openings, one after the other';

CREATE OPERATOR oms.>= (
    LEFTARG = oms.business_hours, RIGHTARG = oms.business_hours, FUNCTION = oms.business_hours_ge,
    COMMUTATOR = OPERATOR(oms.<=), NEGATOR = OPERATOR(oms.<), RESTRICT = scalargesel, JOIN = scalargejoinsel
);
COMMENT ON OPERATOR oms.>= (oms.business_hours, oms.business_hours) IS 'greater than or equal, ordered by their openings, one after the other';

CREATE FUNCTION oms.business_hours_cmp(oms.business_hours, oms.business_hours) RETURNS integer
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1 AS 'MODULE_PATHNAME', 'oms_business_hours_cmp';
COMMENT ON FUNCTION oms.business_hours_cmp(oms.business_hours, oms.business_hours) IS
    'less than 0, 0 or more than 0: the order by their openings, one after the other';

CREATE FUNCTION oms.business_hours_hash(oms.business_hours) RETURNS integer
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1 AS 'MODULE_PATHNAME', 'oms_business_hours_hash';
COMMENT ON FUNCTION oms.business_hours_hash(oms.business_hours) IS
    'hash, 32 bits';

CREATE FUNCTION oms.business_hours_hash_extended(oms.business_hours, bigint) RETURNS bigint
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1 AS 'MODULE_PATHNAME', 'oms_business_hours_hash_extended';
COMMENT ON FUNCTION oms.business_hours_hash_extended(oms.business_hours, bigint) IS
    'hash with a seed, 64 bits';

CREATE OPERATOR FAMILY oms.business_hours_btree_ops USING btree;
COMMENT ON OPERATOR FAMILY oms.business_hours_btree_ops USING btree IS 'order by their openings, one after the other';

CREATE OPERATOR CLASS oms.business_hours_btree_ops DEFAULT FOR TYPE oms.business_hours USING btree FAMILY oms.business_hours_btree_ops AS
    OPERATOR 1 oms.<,
    OPERATOR 2 oms.<=,
    OPERATOR 3 oms.=,
    OPERATOR 4 oms.>=,
    OPERATOR 5 oms.>,
    FUNCTION 1 oms.business_hours_cmp(oms.business_hours, oms.business_hours),
    FUNCTION 4 (oms.business_hours, oms.business_hours) pg_catalog.btequalimage(oid);
COMMENT ON OPERATOR CLASS oms.business_hours_btree_ops USING btree IS 'order by their openings, one after the other';

CREATE OPERATOR FAMILY oms.business_hours_hash_ops USING hash;
COMMENT ON OPERATOR FAMILY oms.business_hours_hash_ops USING hash IS 'equality';

CREATE OPERATOR CLASS oms.business_hours_hash_ops DEFAULT FOR TYPE oms.business_hours USING hash FAMILY oms.business_hours_hash_ops AS
    OPERATOR 1 oms.=,
    FUNCTION 1 oms.business_hours_hash(oms.business_hours),
    FUNCTION 2 oms.business_hours_hash_extended(oms.business_hours, bigint);
COMMENT ON OPERATOR CLASS oms.business_hours_hash_ops USING hash IS 'equality';

-- supply: what is available when, the rows, the sum

CREATE FUNCTION oms.available_on(supply oms.supply, at timestamptz) RETURNS bigint
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1 AS 'MODULE_PATHNAME', 'oms_supply_available_on_sql';
COMMENT ON FUNCTION oms.available_on(oms.supply, timestamptz) IS
    'units that can be taken at the moment without lacking later: the least, over all moments from then on, of the sum of what is dated up to there; negative when units lack';

CREATE FUNCTION oms.earliest(supply oms.supply, quantity bigint) RETURNS timestamptz
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1 AS 'MODULE_PATHNAME', 'oms_supply_earliest';
COMMENT ON FUNCTION oms.earliest(oms.supply, bigint) IS
    'the first moment on which available_on is at least quantity; NULL when there is none. Errors: 22023 quantity below 1';

CREATE FUNCTION oms.supply_rows(supply oms.supply) RETURNS TABLE (at timestamptz, quantity bigint, available bigint)
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10 ROWS 10 AS 'MODULE_PATHNAME', 'oms_supply_rows';
COMMENT ON FUNCTION oms.supply_rows(oms.supply) IS
    'a row for each moment of the supply, in order: the quantity dated then, and what is available from then on';

CREATE FUNCTION oms.supply_add(oms.supply, oms.supply) RETURNS oms.supply
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1 AS 'MODULE_PATHNAME', 'oms_supply_add';
COMMENT ON FUNCTION oms.supply_add(oms.supply, oms.supply) IS
    'the quantities of both; 22003 when a sum is out of range';

CREATE OPERATOR oms.+ (
    LEFTARG = oms.supply, RIGHTARG = oms.supply, FUNCTION = oms.supply_add,
    COMMUTATOR = OPERATOR(oms.+)
);
COMMENT ON OPERATOR oms.+ (oms.supply, oms.supply) IS 'the quantities of both';

CREATE FUNCTION oms.supply_accumulate(internal, timestamptz, bigint) RETURNS internal
    LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1 AS 'MODULE_PATHNAME', 'oms_supply_accumulate';
COMMENT ON FUNCTION oms.supply_accumulate(internal, timestamptz, bigint) IS
    'transition function of the aggregate supply';

CREATE FUNCTION oms.supply_combine(internal, internal) RETURNS internal
    LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1 AS 'MODULE_PATHNAME', 'oms_supply_combine';
COMMENT ON FUNCTION oms.supply_combine(internal, internal) IS
    'combine function of the aggregate supply';

CREATE FUNCTION oms.supply_serialize(internal) RETURNS bytea
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1 AS 'MODULE_PATHNAME', 'oms_supply_serialize';
COMMENT ON FUNCTION oms.supply_serialize(internal) IS
    'serialization function of the aggregate supply';

CREATE FUNCTION oms.supply_deserialize(bytea, internal) RETURNS internal
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1 AS 'MODULE_PATHNAME', 'oms_supply_deserialize';
COMMENT ON FUNCTION oms.supply_deserialize(bytea, internal) IS
    'deserialization function of the aggregate supply';

CREATE FUNCTION oms.supply_final(internal) RETURNS oms.supply
    LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1 AS 'MODULE_PATHNAME', 'oms_supply_final';
COMMENT ON FUNCTION oms.supply_final(internal) IS
    'final function of the aggregate supply';

CREATE AGGREGATE oms.supply(at timestamptz, quantity bigint) (
    SFUNC = oms.supply_accumulate, STYPE = internal, SSPACE = 256, FINALFUNC = oms.supply_final,
    COMBINEFUNC = oms.supply_combine, SERIALFUNC = oms.supply_serialize, DESERIALFUNC = oms.supply_deserialize,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE oms.supply(timestamptz, bigint) IS
    'the supply of dated quantities; those of one moment are added up, rows with a null are left out; {} without rows';

-- supply: equality, order, hash

CREATE FUNCTION oms.supply_eq(oms.supply, oms.supply) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1 AS 'MODULE_PATHNAME', 'oms_supply_eq';
COMMENT ON FUNCTION oms.supply_eq(oms.supply, oms.supply) IS
    'equal';

CREATE OPERATOR oms.= (
    LEFTARG = oms.supply, RIGHTARG = oms.supply, FUNCTION = oms.supply_eq,
    COMMUTATOR = OPERATOR(oms.=), NEGATOR = OPERATOR(oms.<>), RESTRICT = eqsel, JOIN = eqjoinsel, HASHES, MERGES
);
COMMENT ON OPERATOR oms.= (oms.supply, oms.supply) IS 'equal';

CREATE FUNCTION oms.supply_ne(oms.supply, oms.supply) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1 AS 'MODULE_PATHNAME', 'oms_supply_ne';
COMMENT ON FUNCTION oms.supply_ne(oms.supply, oms.supply) IS
    'not equal';

CREATE OPERATOR oms.<> (
    LEFTARG = oms.supply, RIGHTARG = oms.supply, FUNCTION = oms.supply_ne,
    COMMUTATOR = OPERATOR(oms.<>), NEGATOR = OPERATOR(oms.=), RESTRICT = neqsel, JOIN = neqjoinsel
);
COMMENT ON OPERATOR oms.<> (oms.supply, oms.supply) IS 'not equal';

CREATE FUNCTION oms.supply_lt(oms.supply, oms.supply) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1 AS 'MODULE_PATHNAME', 'oms_supply_lt';
COMMENT ON FUNCTION oms.supply_lt(oms.supply, oms.supply) IS
    'less than, ordered by the items, moment before quantity';

CREATE OPERATOR oms.< (
    LEFTARG = oms.supply, RIGHTARG = oms.supply, FUNCTION = oms.supply_lt,
    COMMUTATOR = OPERATOR(oms.>), NEGATOR = OPERATOR(oms.>=), RESTRICT = scalarltsel, JOIN = scalarltjoinsel
);
COMMENT ON OPERATOR oms.< (oms.supply, oms.supply) IS 'less than, ordered by the items, moment before quantity';

CREATE FUNCTION oms.supply_le(oms.supply, oms.supply) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1 AS 'MODULE_PATHNAME', 'oms_supply_le';
COMMENT ON FUNCTION oms.supply_le(oms.supply, oms.supply) IS
    'less than or equal, ordered by the items, moment before quantity';

CREATE OPERATOR oms.<= (
    LEFTARG = oms.supply, RIGHTARG = oms.supply, FUNCTION = oms.supply_le,
    COMMUTATOR = OPERATOR(oms.>=), NEGATOR = OPERATOR(oms.>), RESTRICT = scalarlesel, JOIN = scalarlejoinsel
);
COMMENT ON OPERATOR oms.<= (oms.supply, oms.supply) IS 'less than or equal, ordered by the items, moment before quantity';

CREATE FUNCTION oms.supply_gt(oms.supply, oms.supply) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1 AS 'MODULE_PATHNAME', 'oms_supply_gt';
COMMENT ON FUNCTION oms.supply_gt(oms.supply, oms.supply) IS
    'greater than, ordered by the items, moment before quantity';

CREATE OPERATOR oms.> (
    LEFTARG = oms.supply, RIGHTARG = oms.supply, FUNCTION = oms.supply_gt,
    COMMUTATOR = OPERATOR(oms.<), NEGATOR = OPERATOR(oms.<=), RESTRICT = scalargtsel, JOIN = scalargtjoinsel
);
COMMENT ON OPERATOR oms.> (oms.supply, oms.supply) IS 'greater than, ordered by the items, moment before quantity';

CREATE FUNCTION oms.supply_ge(oms.supply, oms.supply) RETURNS boolean
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1 AS 'MODULE_PATHNAME', 'oms_supply_ge';
COMMENT ON FUNCTION oms.supply_ge(oms.supply, oms.supply) IS
    'greater than or equal, ordered by the items, moment before quantity';

CREATE OPERATOR oms.>= (
    LEFTARG = oms.supply, RIGHTARG = oms.supply, FUNCTION = oms.supply_ge,
    COMMUTATOR = OPERATOR(oms.<=), NEGATOR = OPERATOR(oms.<), RESTRICT = scalargesel, JOIN = scalargejoinsel
);
COMMENT ON OPERATOR oms.>= (oms.supply, oms.supply) IS 'greater than or equal, ordered by the items, moment before quantity';

CREATE FUNCTION oms.supply_cmp(oms.supply, oms.supply) RETURNS integer
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1 AS 'MODULE_PATHNAME', 'oms_supply_cmp';
COMMENT ON FUNCTION oms.supply_cmp(oms.supply, oms.supply) IS
    'less than 0, 0 or more than 0: the order by the items, moment before quantity';

CREATE FUNCTION oms.supply_hash(oms.supply) RETURNS integer
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1 AS 'MODULE_PATHNAME', 'oms_supply_hash';
COMMENT ON FUNCTION oms.supply_hash(oms.supply) IS
    'hash, 32 bits';

CREATE FUNCTION oms.supply_hash_extended(oms.supply, bigint) RETURNS bigint
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1 AS 'MODULE_PATHNAME', 'oms_supply_hash_extended';
COMMENT ON FUNCTION oms.supply_hash_extended(oms.supply, bigint) IS
    'hash with a seed, 64 bits';

CREATE OPERATOR FAMILY oms.supply_btree_ops USING btree;
COMMENT ON OPERATOR FAMILY oms.supply_btree_ops USING btree IS 'order by the items, moment before quantity';

CREATE OPERATOR CLASS oms.supply_btree_ops DEFAULT FOR TYPE oms.supply USING btree FAMILY oms.supply_btree_ops AS
    OPERATOR 1 oms.<,
    OPERATOR 2 oms.<=,
    OPERATOR 3 oms.=,
    OPERATOR 4 oms.>=,
    OPERATOR 5 oms.>,
    FUNCTION 1 oms.supply_cmp(oms.supply, oms.supply),
    FUNCTION 4 (oms.supply, oms.supply) pg_catalog.btequalimage(oid);
COMMENT ON OPERATOR CLASS oms.supply_btree_ops USING btree IS 'order by the items, moment before quantity';

CREATE OPERATOR FAMILY oms.supply_hash_ops USING hash;
COMMENT ON OPERATOR FAMILY oms.supply_hash_ops USING hash IS 'equality';

CREATE OPERATOR CLASS oms.supply_hash_ops DEFAULT FOR TYPE oms.supply USING hash FAMILY oms.supply_hash_ops AS
    OPERATOR 1 oms.=,
    FUNCTION 1 oms.supply_hash(oms.supply),
    FUNCTION 2 oms.supply_hash_extended(oms.supply, bigint);
COMMENT ON OPERATOR CLASS oms.supply_hash_ops USING hash IS 'equality';
-- network: where stock lies, how it is sold, what is known of an item. Plain
-- tables: whoever has been granted DML on them may change them with SQL.

CREATE TABLE oms.location (
    location text COLLATE "C" PRIMARY KEY CHECK (location <> ''),
    kind text NOT NULL CHECK (kind <> ''),
    coordinates oms.latlon,
    time_zone text NOT NULL DEFAULT 'UTC'
        CHECK (pg_catalog.timezone(time_zone, timestamptz 'epoch') IS NOT NULL),
    status text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'offline')),
    can_ship boolean NOT NULL DEFAULT true,
    can_pickup boolean NOT NULL DEFAULT true,
    handling_cost numeric NOT NULL DEFAULT 0 CHECK (handling_cost >= 0),
    capacity_orders bigint CHECK (capacity_orders >= 0),
    business_hours oms.business_hours,
    handling_hours numeric NOT NULL DEFAULT 4 CHECK (handling_hours BETWEEN 0 AND 8784),
    cut_off time,
    minutes_per_order numeric NOT NULL DEFAULT 0 CHECK (minutes_per_order BETWEEN 0 AND 10000),
    minutes_per_line numeric NOT NULL DEFAULT 0 CHECK (minutes_per_line BETWEEN 0 AND 10000),
    minutes_per_unit numeric NOT NULL DEFAULT 0 CHECK (minutes_per_unit BETWEEN 0 AND 10000)
);
COMMENT ON TABLE oms.location IS 'a place that holds stock: warehouse, store';
COMMENT ON COLUMN oms.location.kind IS 'warehouse, store, …: free, for filters and reports';
COMMENT ON COLUMN oms.location.status IS 'active, or offline: neither promised from nor routed to';
COMMENT ON COLUMN oms.location.can_ship IS 'whether goods may be shipped from here';
COMMENT ON COLUMN oms.location.can_pickup IS 'whether goods may be handed over here';
COMMENT ON COLUMN oms.location.handling_cost IS 'cost of one shipment from here, without its distance';
COMMENT ON COLUMN oms.location.capacity_orders IS 'orders that may be assigned and unfinished here at once; NULL: no limit. Per day or part of a day: oms.capacity';
COMMENT ON COLUMN oms.location.business_hours IS 'when work is done here, on the clock of time_zone; NULL: always';
COMMENT ON COLUMN oms.location.handling_hours IS 'working time from the start of an order here until it is ready to leave';
COMMENT ON COLUMN oms.location.cut_off IS 'what is ready by this time of a day on which work is done leaves then; NULL: leaves when ready';
COMMENT ON COLUMN oms.location.minutes_per_order IS 'work of one order here, besides that of its lines and units: what a capacity in minutes counts';
COMMENT ON COLUMN oms.location.minutes_per_line IS 'work of one line of an order here, besides that of its units';
COMMENT ON COLUMN oms.location.minutes_per_unit IS 'work of one unit here';

CREATE TABLE oms.capacity (
    location text COLLATE "C" NOT NULL REFERENCES oms.location ON DELETE CASCADE,
    window_name text COLLATE "C" NOT NULL DEFAULT 'day' CHECK (window_name <> '' AND window_name <> 'at once'),
    days daterange NOT NULL DEFAULT '(,)' CHECK (NOT pg_catalog.isempty(days)),
    hours oms.business_hours NOT NULL DEFAULT '24/7' CHECK (hours OPERATOR(oms.<>) 'closed'),
    orders bigint CHECK (orders >= 0),
    lines bigint CHECK (lines >= 0),
    units bigint CHECK (units >= 0),
    minutes bigint CHECK (minutes BETWEEN 0 AND 1000000000),
    PRIMARY KEY (location, window_name, days)
);
COMMENT ON TABLE oms.capacity IS 'how much work a location may be assigned in each window of time. Work counts in every window that is open when it begins; when none is, in the next to open';
COMMENT ON COLUMN oms.capacity.window_name IS 'day, morning, …';
COMMENT ON COLUMN oms.capacity.days IS 'the days on which it holds, by the day on which a window ends; of rows with one window_name that with the fewest days';
COMMENT ON COLUMN oms.capacity.hours IS 'each span from opening to closing is a window, on the clock of the location; 24/7: each day is';
COMMENT ON COLUMN oms.capacity.orders IS 'at most so many orders; NULL: no limit';
COMMENT ON COLUMN oms.capacity.lines IS 'at most so many lines of orders; NULL: no limit';
COMMENT ON COLUMN oms.capacity.units IS 'at most so many units; NULL: no limit';
COMMENT ON COLUMN oms.capacity.minutes IS 'at most so many minutes of work, as oms.location says how long it takes; NULL: no limit';

CREATE TABLE oms.location_group (
    location_group text COLLATE "C" PRIMARY KEY CHECK (location_group <> '')
);
COMMENT ON TABLE oms.location_group IS 'an ordered set of locations';

CREATE TABLE oms.location_group_member (
    location_group text COLLATE "C" NOT NULL REFERENCES oms.location_group ON DELETE CASCADE,
    location text COLLATE "C" NOT NULL REFERENCES oms.location,
    sequence integer NOT NULL,
    PRIMARY KEY (location_group, location)
);
COMMENT ON TABLE oms.location_group_member IS 'the locations of a group, in sequence';
CREATE INDEX ON oms.location_group_member (location);

CREATE TABLE oms.channel (
    channel text COLLATE "C" PRIMARY KEY CHECK (channel <> ''),
    ship_group text COLLATE "C" NOT NULL REFERENCES oms.location_group,
    pickup_group text COLLATE "C" REFERENCES oms.location_group,
    safety_stock oms.safety_stock NOT NULL DEFAULT '0',
    buffer bigint NOT NULL DEFAULT 0 CHECK (buffer >= 0),
    status text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'offline')),
    show_at_most bigint CHECK (show_at_most >= 0)
);
COMMENT ON TABLE oms.channel IS 'a way of selling: which locations serve it and what is kept back from it';
COMMENT ON COLUMN oms.channel.ship_group IS 'the locations that may ship for this channel';
COMMENT ON COLUMN oms.channel.pickup_group IS 'the locations that may hand over for this channel; NULL: none';
COMMENT ON COLUMN oms.channel.safety_stock IS 'kept back from this channel at every location for which no row of oms.safety_stock_rule says otherwise';
COMMENT ON COLUMN oms.channel.buffer IS 'units of every sku kept back once over the whole network';
COMMENT ON COLUMN oms.channel.status IS 'active, or offline: nothing is available to it';
COMMENT ON COLUMN oms.channel.show_at_most IS 'units of a sku that are published at most; NULL: no limit. It shapes only what is shown, never what may be sold';

CREATE TABLE oms.item (
    sku text COLLATE "C" PRIMARY KEY CHECK (sku <> ''),
    tags text[] NOT NULL DEFAULT '{}',
    unit_value numeric CHECK (unit_value >= 0),
    weight numeric CHECK (weight >= 0),
    tracked boolean NOT NULL DEFAULT true,
    quantity_minimum bigint NOT NULL DEFAULT 1 CHECK (quantity_minimum >= 1),
    quantity_maximum bigint CONSTRAINT item_quantity_maximum_check CHECK (quantity_maximum >= quantity_minimum),
    quantity_step bigint NOT NULL DEFAULT 1 CHECK (quantity_step >= 1)
);
COMMENT ON TABLE oms.item IS 'optional facts about a sku';
COMMENT ON COLUMN oms.item.tags IS 'free labels, for rules';
COMMENT ON COLUMN oms.item.unit_value IS 'value of one unit, in the currency of all costs';
COMMENT ON COLUMN oms.item.weight IS 'weight of one unit, kg';
COMMENT ON COLUMN oms.item.tracked IS 'false: never runs out, its stock is not counted';
COMMENT ON COLUMN oms.item.quantity_minimum IS 'least units of one order line';
COMMENT ON COLUMN oms.item.quantity_maximum IS 'most units of one order line; NULL: no limit';
COMMENT ON COLUMN oms.item.quantity_step IS 'an order line is a multiple of this';

CREATE TABLE oms.service (
    service text COLLATE "C" PRIMARY KEY CHECK (service <> ''),
    due_hours numeric NOT NULL CHECK (due_hours BETWEEN 0 AND 87840)
);
COMMENT ON TABLE oms.service IS 'service levels: by when an order must arrive that has no promise of its own';
COMMENT ON COLUMN oms.service.due_hours IS 'hours from placed_at; without a row: same_day 12, next_day 36, two_day 60, else never late';

CREATE TABLE oms.zone (
    zone text COLLATE "C" PRIMARY KEY CHECK (zone <> ''),
    area polygon NOT NULL
);
COMMENT ON TABLE oms.zone IS 'areas of destinations, for carrier rates';
COMMENT ON COLUMN oms.zone.area IS 'x is longitude, y is latitude';

CREATE TABLE oms.carrier_service (
    carrier_service text COLLATE "C" PRIMARY KEY CHECK (carrier_service <> ''),
    location_group text COLLATE "C" REFERENCES oms.location_group,
    business_hours oms.business_hours
);
COMMENT ON TABLE oms.carrier_service IS 'ways to ship: standard parcel, express, courier; while there is none, every shipment goes at the default cost and speed of oms.route';
COMMENT ON COLUMN oms.carrier_service.location_group IS 'where goods are collected; NULL: everywhere';
COMMENT ON COLUMN oms.carrier_service.business_hours IS 'when goods are in transit, on the clock of the location that ships: Mo-Fr 00:00-24:00 rests on weekends; NULL: always';

CREATE TABLE oms.carrier_rate (
    carrier_service text COLLATE "C" NOT NULL REFERENCES oms.carrier_service ON DELETE CASCADE,
    zone text COLLATE "C" REFERENCES oms.zone,
    up_to_km double precision CHECK (up_to_km >= 0),
    transit_days numeric NOT NULL CHECK (transit_days BETWEEN 0 AND 366),
    price numeric NOT NULL CHECK (price BETWEEN 0 AND 1e12),
    price_per_km numeric NOT NULL DEFAULT 0 CHECK (price_per_km BETWEEN 0 AND 1e6),
    UNIQUE NULLS NOT DISTINCT (carrier_service, zone, up_to_km)
);
COMMENT ON TABLE oms.carrier_rate IS 'price and time of a carrier service; of the rows that fit a shipment, one of its zone counts before others, then the shortest distance';
COMMENT ON COLUMN oms.carrier_rate.zone IS 'for destinations in this area; NULL: in any';
COMMENT ON COLUMN oms.carrier_rate.up_to_km IS 'for distances up to this; NULL: for any';
COMMENT ON COLUMN oms.carrier_rate.transit_days IS 'days of 24 hours in transit';

-- Kits. A sku that has rows here is a kit; stock/ sees to it that it has no stock of its own.
CREATE TABLE oms.kit_component (
    kit text COLLATE "C" NOT NULL CHECK (kit <> ''),
    sku text COLLATE "C" NOT NULL CHECK (sku <> ''),
    quantity bigint NOT NULL CHECK (quantity > 0),
    PRIMARY KEY (kit, sku),
    CONSTRAINT kit_component_itself_check CHECK (kit <> sku)
);
COMMENT ON TABLE oms.kit_component IS 'kits: quantity units of the sku are in one kit; a sku with rows here is a kit, sold as one and taken as its components, all from one location';
CREATE INDEX ON oms.kit_component (sku);

CREATE FUNCTION oms.refuse_nested_kit() RETURNS trigger
    LANGUAGE c SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS 'MODULE_PATHNAME', 'oms_refuse_nested_kit';
REVOKE ALL ON FUNCTION oms.refuse_nested_kit() FROM PUBLIC;
COMMENT ON FUNCTION oms.refuse_nested_kit() IS 'trigger: refuses a kit inside a kit with 23514';
CREATE CONSTRAINT TRIGGER nested AFTER INSERT OR UPDATE ON oms.kit_component
    FOR EACH ROW EXECUTE FUNCTION oms.refuse_nested_kit();
COMMENT ON TRIGGER nested ON oms.kit_component IS 'refuses a kit inside a kit';

CREATE TABLE oms.quota (
    channel text COLLATE "C" NOT NULL REFERENCES oms.channel ON DELETE CASCADE,
    sku text COLLATE "C" NOT NULL CHECK (sku <> ''),
    quantity bigint NOT NULL CHECK (quantity >= 0),
    period text CHECK (period IN ('day', 'week', 'month')),
    time_zone text NOT NULL DEFAULT 'UTC'
        CHECK (pg_catalog.timezone(time_zone, timestamptz 'epoch') IS NOT NULL),
    PRIMARY KEY (channel, sku)
);
COMMENT ON TABLE oms.quota IS 'at most so many units of a sku for a channel; what is promised while a quota is there counts';
COMMENT ON COLUMN oms.quota.quantity IS 'units; a change counts at once';
COMMENT ON COLUMN oms.quota.period IS 'day, week (from Monday) or month: so many in each; NULL: in all';
COMMENT ON COLUMN oms.quota.time_zone IS 'where a period begins at midnight';
-- Rules of safety stock. Which of several that match wins is said in availability/rules.c.
CREATE TABLE oms.safety_stock_rule (
    rule_id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    channel text COLLATE "C" REFERENCES oms.channel ON DELETE CASCADE,
    location text COLLATE "C" REFERENCES oms.location ON DELETE CASCADE,
    location_group text COLLATE "C" REFERENCES oms.location_group ON DELETE CASCADE,
    sku text COLLATE "C" CHECK (sku <> ''),
    tags text[] CHECK (pg_catalog.cardinality(tags) > 0 AND pg_catalog.array_position(tags, NULL) IS NULL),
    method text CHECK (method IN ('ship', 'pickup')),
    active_from timestamptz,
    active_until timestamptz,
    safety_stock oms.safety_stock NOT NULL,
    note text,
    created_at timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
    CONSTRAINT safety_stock_rule_place_check CHECK (location IS NULL OR location_group IS NULL),
    CONSTRAINT safety_stock_rule_what_check CHECK (sku IS NULL OR tags IS NULL),
    CONSTRAINT safety_stock_rule_period_check CHECK (active_from < active_until)
);
COMMENT ON TABLE oms.safety_stock_rule IS
    'what is kept back where, from whom: the most specific rule that matches holds (oms.explain_safety_stock); 100% switches off';
COMMENT ON COLUMN oms.safety_stock_rule.channel IS 'NULL: every channel';
COMMENT ON COLUMN oms.safety_stock_rule.location IS 'NULL: every location, or those of location_group';
COMMENT ON COLUMN oms.safety_stock_rule.location_group IS 'the locations of this group; NULL: every location, or location';
COMMENT ON COLUMN oms.safety_stock_rule.sku IS 'NULL: every sku, or those with all of tags';
COMMENT ON COLUMN oms.safety_stock_rule.tags IS 'items that have all of these tags; NULL: every sku, or sku';
COMMENT ON COLUMN oms.safety_stock_rule.method IS 'ship or pickup; NULL: both';
COMMENT ON COLUMN oms.safety_stock_rule.active_from IS 'the rule holds from this moment on; NULL: always did';
COMMENT ON COLUMN oms.safety_stock_rule.active_until IS 'the rule holds before this moment; NULL: for ever';
COMMENT ON COLUMN oms.safety_stock_rule.created_at IS 'of two rules that are equally specific the newer wins; an UPDATE does not make a rule newer';
COMMENT ON SEQUENCE oms.safety_stock_rule_rule_id_seq IS 'private: numbers the rules of safety stock';
CREATE INDEX ON oms.safety_stock_rule (channel);
CREATE INDEX ON oms.safety_stock_rule (location);
CREATE INDEX ON oms.safety_stock_rule (location_group);

-- Sessions keep the network in memory. Every transaction that changes it leaves a row here, by
-- which another one knows that what it has kept is not what its snapshot sees (network.c).
CREATE TABLE oms.network_change (
    change_id uuid NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 50, vacuum_truncate = off);
ALTER TABLE oms.network_change REPLICA IDENTITY FULL;
COMMENT ON TABLE oms.network_change IS 'private: the latest transactions that changed a table of the network';
CREATE TRIGGER guard BEFORE UPDATE OR DELETE OR TRUNCATE ON oms.network_change
    FOR EACH STATEMENT EXECUTE FUNCTION oms.guard_private_table('Change the tables of the network instead.');
ALTER TABLE oms.network_change ENABLE ALWAYS TRIGGER guard;
COMMENT ON TRIGGER guard ON oms.network_change IS 'refuses UPDATE, DELETE and TRUNCATE by anybody but oms';

CREATE FUNCTION oms.note_network_change() RETURNS trigger
    LANGUAGE c AS 'MODULE_PATHNAME', 'oms_note_network_change';
REVOKE ALL ON FUNCTION oms.note_network_change() FROM PUBLIC;
COMMENT ON FUNCTION oms.note_network_change() IS
    'trigger: notes that this transaction changes the network, so that sessions read it anew';

CREATE TRIGGER network_changes BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON oms.location
    FOR EACH STATEMENT EXECUTE FUNCTION oms.note_network_change();
CREATE TRIGGER network_changed AFTER INSERT OR UPDATE OR DELETE ON oms.location
    FOR EACH ROW EXECUTE FUNCTION oms.note_network_change();
ALTER TABLE oms.location ENABLE ALWAYS TRIGGER network_changes, ENABLE ALWAYS TRIGGER network_changed;
COMMENT ON TRIGGER network_changes ON oms.location IS 'this transaction reads the network anew from now on';
COMMENT ON TRIGGER network_changed ON oms.location IS 'notes for other sessions that the network has changed';
CREATE TRIGGER network_changes BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON oms.location_group
    FOR EACH STATEMENT EXECUTE FUNCTION oms.note_network_change();
CREATE TRIGGER network_changed AFTER INSERT OR UPDATE OR DELETE ON oms.location_group
    FOR EACH ROW EXECUTE FUNCTION oms.note_network_change();
ALTER TABLE oms.location_group ENABLE ALWAYS TRIGGER network_changes, ENABLE ALWAYS TRIGGER network_changed;
COMMENT ON TRIGGER network_changes ON oms.location_group IS 'this transaction reads the network anew from now on';
COMMENT ON TRIGGER network_changed ON oms.location_group IS 'notes for other sessions that the network has changed';
CREATE TRIGGER network_changes BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON oms.location_group_member
    FOR EACH STATEMENT EXECUTE FUNCTION oms.note_network_change();
CREATE TRIGGER network_changed AFTER INSERT OR UPDATE OR DELETE ON oms.location_group_member
    FOR EACH ROW EXECUTE FUNCTION oms.note_network_change();
ALTER TABLE oms.location_group_member ENABLE ALWAYS TRIGGER network_changes, ENABLE ALWAYS TRIGGER network_changed;
COMMENT ON TRIGGER network_changes ON oms.location_group_member IS 'this transaction reads the network anew from now on';
COMMENT ON TRIGGER network_changed ON oms.location_group_member IS 'notes for other sessions that the network has changed';
CREATE TRIGGER network_changes BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON oms.channel
    FOR EACH STATEMENT EXECUTE FUNCTION oms.note_network_change();
CREATE TRIGGER network_changed AFTER INSERT OR UPDATE OR DELETE ON oms.channel
    FOR EACH ROW EXECUTE FUNCTION oms.note_network_change();
ALTER TABLE oms.channel ENABLE ALWAYS TRIGGER network_changes, ENABLE ALWAYS TRIGGER network_changed;
COMMENT ON TRIGGER network_changes ON oms.channel IS 'this transaction reads the network anew from now on';
COMMENT ON TRIGGER network_changed ON oms.channel IS 'notes for other sessions that the network has changed';
CREATE TRIGGER network_changes BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON oms.safety_stock_rule
    FOR EACH STATEMENT EXECUTE FUNCTION oms.note_network_change();
CREATE TRIGGER network_changed AFTER INSERT OR UPDATE OR DELETE ON oms.safety_stock_rule
    FOR EACH ROW EXECUTE FUNCTION oms.note_network_change();
ALTER TABLE oms.safety_stock_rule ENABLE ALWAYS TRIGGER network_changes, ENABLE ALWAYS TRIGGER network_changed;
COMMENT ON TRIGGER network_changes ON oms.safety_stock_rule IS 'this transaction reads the network anew from now on';
COMMENT ON TRIGGER network_changed ON oms.safety_stock_rule IS 'notes for other sessions that the network has changed';
CREATE TRIGGER network_changes BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON oms.quota
    FOR EACH STATEMENT EXECUTE FUNCTION oms.note_network_change();
CREATE TRIGGER network_changed AFTER INSERT OR UPDATE OR DELETE ON oms.quota
    FOR EACH ROW EXECUTE FUNCTION oms.note_network_change();
ALTER TABLE oms.quota ENABLE ALWAYS TRIGGER network_changes, ENABLE ALWAYS TRIGGER network_changed;
COMMENT ON TRIGGER network_changes ON oms.quota IS 'this transaction reads the network anew from now on';
COMMENT ON TRIGGER network_changed ON oms.quota IS 'notes for other sessions that the network has changed';

-- Where goods are not to come from for a time, although they may be there.
CREATE TABLE oms.location_exclusion (
    exclusion_id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    location text COLLATE "C" NOT NULL REFERENCES oms.location ON DELETE CASCADE,
    sku text COLLATE "C" CHECK (sku <> ''),
    order_id text COLLATE "C" CHECK (order_id <> ''),
    until timestamptz NOT NULL,
    reason text,
    created_at timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp()
);
COMMENT ON TABLE oms.location_exclusion IS
    'what a location does not send out for a time: neither sold from there, unless the buyer names the location, nor routed there. Rejects write rows; so may you';
COMMENT ON COLUMN oms.location_exclusion.sku IS 'NULL: everything';
COMMENT ON COLUMN oms.location_exclusion.order_id IS 'only for this order; NULL: for all';
COMMENT ON COLUMN oms.location_exclusion.until IS 'the exclusion holds before this moment';
COMMENT ON SEQUENCE oms.location_exclusion_exclusion_id_seq IS 'private: numbers exclusions';
CREATE INDEX location_exclusion_sku_idx ON oms.location_exclusion (sku, location) WHERE order_id IS NULL;
CREATE INDEX location_exclusion_order_idx ON oms.location_exclusion (order_id) WHERE order_id IS NOT NULL;
CREATE INDEX location_exclusion_location_idx ON oms.location_exclusion (location);
CREATE TRIGGER network_changes BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON oms.kit_component
    FOR EACH STATEMENT EXECUTE FUNCTION oms.note_network_change();
CREATE TRIGGER network_changed AFTER INSERT OR UPDATE OR DELETE ON oms.kit_component
    FOR EACH ROW EXECUTE FUNCTION oms.note_network_change();
ALTER TABLE oms.kit_component ENABLE ALWAYS TRIGGER network_changes, ENABLE ALWAYS TRIGGER network_changed;
COMMENT ON TRIGGER network_changes ON oms.kit_component IS 'this transaction reads the network anew from now on';
COMMENT ON TRIGGER network_changed ON oms.kit_component IS 'notes for other sessions that the network has changed';

-- Who is bound to locations. A role by its number, so that renaming it does not set it free.
CREATE TABLE oms.role_location (
    role regrole NOT NULL,
    location text COLLATE "C" NOT NULL REFERENCES oms.location ON DELETE CASCADE,
    PRIMARY KEY (role, location)
);
COMMENT ON TABLE oms.role_location IS
    'a role with rows here, and its members, see and touch these locations and no others, by the functions and views of level store (oms.grant_role_to)';

SELECT pg_catalog.pg_extension_config_dump('oms.location', '');
SELECT pg_catalog.pg_extension_config_dump('oms.location_exclusion', '');
SELECT pg_catalog.pg_extension_config_dump('oms.location_exclusion_exclusion_id_seq', '');
SELECT pg_catalog.pg_extension_config_dump('oms.location_group', '');
SELECT pg_catalog.pg_extension_config_dump('oms.location_group_member', '');
SELECT pg_catalog.pg_extension_config_dump('oms.channel', '');
SELECT pg_catalog.pg_extension_config_dump('oms.item', '');
SELECT pg_catalog.pg_extension_config_dump('oms.service', '');
SELECT pg_catalog.pg_extension_config_dump('oms.zone', '');
SELECT pg_catalog.pg_extension_config_dump('oms.carrier_service', '');
SELECT pg_catalog.pg_extension_config_dump('oms.carrier_rate', '');
SELECT pg_catalog.pg_extension_config_dump('oms.kit_component', '');
SELECT pg_catalog.pg_extension_config_dump('oms.quota', '');
SELECT pg_catalog.pg_extension_config_dump('oms.capacity', '');
SELECT pg_catalog.pg_extension_config_dump('oms.safety_stock_rule', '');
SELECT pg_catalog.pg_extension_config_dump('oms.safety_stock_rule_rule_id_seq', '');
SELECT pg_catalog.pg_extension_config_dump('oms.network_change', 'WHERE false'); -- a restore leaves its own
SELECT pg_catalog.pg_extension_config_dump('oms.role_location', '');
-- Upserts over the tables of the network: after the call the row is what the
-- arguments say. They run with the caller's rights on the tables.

CREATE FUNCTION oms.add_location(
    location text, kind text, coordinates oms.latlon DEFAULT NULL, time_zone text DEFAULT 'UTC',
    can_ship boolean DEFAULT true, can_pickup boolean DEFAULT true,
    handling_cost numeric DEFAULT 0, capacity_orders bigint DEFAULT NULL,
    status text DEFAULT 'active', business_hours oms.business_hours DEFAULT NULL,
    handling_hours numeric DEFAULT 4, cut_off time DEFAULT NULL,
    minutes_per_order numeric DEFAULT 0, minutes_per_line numeric DEFAULT 0, minutes_per_unit numeric DEFAULT 0)
RETURNS oms.location
LANGUAGE sql VOLATILE PARALLEL UNSAFE COST 100
AS $$
    INSERT INTO oms.location AS l
        (location, kind, coordinates, time_zone, can_ship, can_pickup, handling_cost, capacity_orders, status,
         business_hours, handling_hours, cut_off, minutes_per_order, minutes_per_line, minutes_per_unit)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
    ON CONFLICT (location) DO UPDATE SET
        (kind, coordinates, time_zone, can_ship, can_pickup, handling_cost, capacity_orders, status,
         business_hours, handling_hours, cut_off, minutes_per_order, minutes_per_line, minutes_per_unit) =
        (excluded.kind, excluded.coordinates, excluded.time_zone, excluded.can_ship,
         excluded.can_pickup, excluded.handling_cost, excluded.capacity_orders, excluded.status,
         excluded.business_hours, excluded.handling_hours, excluded.cut_off,
         excluded.minutes_per_order, excluded.minutes_per_line, excluded.minutes_per_unit)
    RETURNING l.*
$$;
REVOKE ALL ON FUNCTION oms.add_location(text, text, oms.latlon, text, boolean, boolean, numeric, bigint, text, oms.business_hours, numeric, time, numeric, numeric, numeric) FROM PUBLIC;
COMMENT ON FUNCTION oms.add_location(text, text, oms.latlon, text, boolean, boolean, numeric, bigint, text, oms.business_hours, numeric, time, numeric, numeric, numeric) IS
    'adds a location or sets it to exactly these values; returns its row';

CREATE FUNCTION oms.add_location_group(location_group text, locations text[])
RETURNS SETOF oms.location_group_member
LANGUAGE sql VOLATILE PARALLEL UNSAFE COST 100 ROWS 10
AS $$
    INSERT INTO oms.location_group (location_group) VALUES ($1) ON CONFLICT DO NOTHING;
    DELETE FROM oms.location_group_member m
     WHERE m.location_group OPERATOR(pg_catalog.=) $1;
    INSERT INTO oms.location_group_member (location_group, location, sequence)
    SELECT $1, u.location, u.sequence
      FROM pg_catalog.unnest(COALESCE($2, '{NULL}')) WITH ORDINALITY AS u (location, sequence)
    RETURNING *;
$$;
REVOKE ALL ON FUNCTION oms.add_location_group(text, text[]) FROM PUBLIC;
COMMENT ON FUNCTION oms.add_location_group(text, text[]) IS
    'adds a location group or replaces its members by these locations, in this sequence; returns the members. Errors: 23503 unknown location, 23505 a location named twice, 23502 null';

CREATE FUNCTION oms.add_channel(
    channel text, ship_group text, pickup_group text DEFAULT NULL,
    safety_stock oms.safety_stock DEFAULT '0', buffer bigint DEFAULT 0, status text DEFAULT 'active',
    show_at_most bigint DEFAULT NULL)
RETURNS oms.channel
LANGUAGE sql VOLATILE PARALLEL UNSAFE COST 100
AS $$
    INSERT INTO oms.channel AS c (channel, ship_group, pickup_group, safety_stock, buffer, status, show_at_most)
    VALUES ($1, $2, $3, $4, $5, $6, $7)
    ON CONFLICT (channel) DO UPDATE SET
        (ship_group, pickup_group, safety_stock, buffer, status, show_at_most) =
        (excluded.ship_group, excluded.pickup_group, excluded.safety_stock, excluded.buffer, excluded.status,
         excluded.show_at_most)
    RETURNING c.*
$$;
REVOKE ALL ON FUNCTION oms.add_channel(text, text, text, oms.safety_stock, bigint, text, bigint) FROM PUBLIC;
COMMENT ON FUNCTION oms.add_channel(text, text, text, oms.safety_stock, bigint, text, bigint) IS
    'adds a channel or sets it to exactly these values; returns its row';

CREATE FUNCTION oms.add_item(
    sku text, tags text[] DEFAULT '{}', unit_value numeric DEFAULT NULL, weight numeric DEFAULT NULL,
    tracked boolean DEFAULT true, quantity_minimum bigint DEFAULT 1,
    quantity_maximum bigint DEFAULT NULL, quantity_step bigint DEFAULT 1)
RETURNS oms.item
LANGUAGE sql VOLATILE PARALLEL UNSAFE COST 100
AS $$
    INSERT INTO oms.item AS i
        (sku, tags, unit_value, weight, tracked, quantity_minimum, quantity_maximum, quantity_step)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
    ON CONFLICT (sku) DO UPDATE SET
        (tags, unit_value, weight, tracked, quantity_minimum, quantity_maximum, quantity_step) =
        (excluded.tags, excluded.unit_value, excluded.weight, excluded.tracked,
         excluded.quantity_minimum, excluded.quantity_maximum, excluded.quantity_step)
    RETURNING i.*
$$;
REVOKE ALL ON FUNCTION oms.add_item(text, text[], numeric, numeric, boolean, bigint, bigint, bigint) FROM PUBLIC;
COMMENT ON FUNCTION oms.add_item(text, text[], numeric, numeric, boolean, bigint, bigint, bigint) IS
    'adds the facts about a sku or sets them to exactly these values; returns the row';

CREATE FUNCTION oms.add_service(service text, due_hours numeric)
RETURNS oms.service
LANGUAGE sql VOLATILE PARALLEL UNSAFE COST 100
AS $$
    INSERT INTO oms.service AS s (service, due_hours) VALUES ($1, $2)
    ON CONFLICT (service) DO UPDATE SET due_hours = excluded.due_hours
    RETURNING s.*
$$;
REVOKE ALL ON FUNCTION oms.add_service(text, numeric) FROM PUBLIC;
COMMENT ON FUNCTION oms.add_service(text, numeric) IS
    'adds a service level, due so many hours after an order was placed, or sets it to exactly this; returns its row';

CREATE FUNCTION oms.add_zone(zone text, area polygon)
RETURNS oms.zone
LANGUAGE sql VOLATILE PARALLEL UNSAFE COST 100
AS $$
    INSERT INTO oms.zone AS z (zone, area) VALUES ($1, $2)
    ON CONFLICT (zone) DO UPDATE SET area = excluded.area
    RETURNING z.*
$$;
REVOKE ALL ON FUNCTION oms.add_zone(text, polygon) FROM PUBLIC;
COMMENT ON FUNCTION oms.add_zone(text, polygon) IS
    'adds an area of destinations, x longitude and y latitude, or sets it to exactly this; returns its row';

CREATE FUNCTION oms.add_carrier_service(
    carrier_service text, location_group text DEFAULT NULL, business_hours oms.business_hours DEFAULT NULL)
RETURNS oms.carrier_service
LANGUAGE sql VOLATILE PARALLEL UNSAFE COST 100
AS $$
    INSERT INTO oms.carrier_service AS c (carrier_service, location_group, business_hours) VALUES ($1, $2, $3)
    ON CONFLICT (carrier_service) DO UPDATE SET
        (location_group, business_hours) = (excluded.location_group, excluded.business_hours)
    RETURNING c.*
$$;
REVOKE ALL ON FUNCTION oms.add_carrier_service(text, text, oms.business_hours) FROM PUBLIC;
COMMENT ON FUNCTION oms.add_carrier_service(text, text, oms.business_hours) IS
    'adds a carrier service or sets it to exactly these values; returns its row. It ships nothing before it has rates';

CREATE FUNCTION oms.add_carrier_rate(
    carrier_service text, price numeric, transit_days numeric, up_to_km double precision DEFAULT NULL,
    zone text DEFAULT NULL, price_per_km numeric DEFAULT 0)
RETURNS oms.carrier_rate
LANGUAGE sql VOLATILE PARALLEL UNSAFE COST 100
AS $$
    INSERT INTO oms.carrier_rate AS r (carrier_service, price, transit_days, up_to_km, zone, price_per_km)
    VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT (carrier_service, zone, up_to_km) DO UPDATE SET
        (price, transit_days, price_per_km) = (excluded.price, excluded.transit_days, excluded.price_per_km)
    RETURNING r.*
$$;
REVOKE ALL ON FUNCTION oms.add_carrier_rate(text, numeric, numeric, double precision, text, numeric) FROM PUBLIC;
COMMENT ON FUNCTION oms.add_carrier_rate(text, numeric, numeric, double precision, text, numeric) IS
    'adds a price and time of a carrier service for a zone, a distance or both, or sets that row to exactly these values; returns it. Errors: 23503 unknown carrier service or zone';

CREATE FUNCTION oms.add_kit(kit text, skus text[], quantities bigint[])
RETURNS SETOF oms.kit_component
LANGUAGE sql VOLATILE PARALLEL UNSAFE COST 100 ROWS 5
AS $$
    DELETE FROM oms.kit_component k WHERE k.kit OPERATOR(pg_catalog.=) $1;
    INSERT INTO oms.kit_component (kit, sku, quantity)
    SELECT $1, u.sku, u.quantity
      FROM ROWS FROM (pg_catalog.unnest(COALESCE($2, '{NULL}')), pg_catalog.unnest(COALESCE($3, '{NULL}')))
           AS u (sku, quantity)
    RETURNING *;
$$;
REVOKE ALL ON FUNCTION oms.add_kit(text, text[], bigint[]) FROM PUBLIC;
COMMENT ON FUNCTION oms.add_kit(text, text[], bigint[]) IS
    'makes the sku a kit of quantities[i] units of skus[i], or changes what it consists of; empty arrays make it no kit. What was reserved stays as it was. Returns its components. Errors: 23505 a sku named twice, 23502 null, or arrays of different length, 23514 a kit inside a kit, a kit with stock of its own, or a quantity below 1, OM002 an open transaction changes the stock of the sku';

CREATE FUNCTION oms.add_quota(
    channel text, sku text, quantity bigint, period text DEFAULT NULL, time_zone text DEFAULT 'UTC')
RETURNS oms.quota
LANGUAGE sql VOLATILE PARALLEL UNSAFE COST 100
AS $$
    INSERT INTO oms.quota AS q (channel, sku, quantity, period, time_zone)
    VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (channel, sku) DO UPDATE SET
        (quantity, period, time_zone) = (excluded.quantity, excluded.period, excluded.time_zone)
    RETURNING q.*
$$;
REVOKE ALL ON FUNCTION oms.add_quota(text, text, bigint, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.add_quota(text, text, bigint, text, text) IS
    'lets a channel sell at most quantity units of a sku, in all or in each period (day, week, month) of the time zone; returns the row. Reservations and backorders made while the quota is there count until they are released, cancelled or expire; oms.quota_use tells what is used';

CREATE FUNCTION oms.add_capacity(
    location text, orders bigint DEFAULT NULL, lines bigint DEFAULT NULL, units bigint DEFAULT NULL,
    minutes bigint DEFAULT NULL, hours oms.business_hours DEFAULT '24/7', window_name text DEFAULT 'day',
    days daterange DEFAULT '(,)')
RETURNS oms.capacity
LANGUAGE sql VOLATILE PARALLEL UNSAFE COST 100
AS $$
    INSERT INTO oms.capacity AS c (location, orders, lines, units, minutes, hours, window_name, days)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
    ON CONFLICT (location, window_name, days) DO UPDATE SET
        (orders, lines, units, minutes, hours) =
        (excluded.orders, excluded.lines, excluded.units, excluded.minutes, excluded.hours)
    RETURNING c.*
$$;
REVOKE ALL ON FUNCTION oms.add_capacity(text, bigint, bigint, bigint, bigint, oms.business_hours, text, daterange) FROM PUBLIC;
COMMENT ON FUNCTION oms.add_capacity(text, bigint, bigint, bigint, bigint, oms.business_hours, text, daterange) IS
    'lets the router assign a location at most so many orders, lines, units and minutes of work in each window: each day, or each span of the hours (''Mo-Fr 08:00-12:00'') under a window_name of its own; returns the row. days: only on these; for a window_name the row with the fewest days counts, so that a holiday has a row of its own. What is assigned counts until it is rejected, cancelled or re-routed; oms.capacity_use tells how much is used. Errors: 23503 unknown location, 23514 a negative limit, no days, hours ''closed'' or window_name ''at once'', 23502 null';
CREATE FUNCTION oms.add_safety_stock_rule(
    safety_stock oms.safety_stock, channel text DEFAULT NULL, sku text DEFAULT NULL, tags text[] DEFAULT NULL,
    location text DEFAULT NULL, location_group text DEFAULT NULL, method text DEFAULT NULL,
    active_from timestamptz DEFAULT NULL, active_until timestamptz DEFAULT NULL, note text DEFAULT NULL)
RETURNS oms.safety_stock_rule
LANGUAGE sql VOLATILE PARALLEL UNSAFE COST 100
AS $$
    INSERT INTO oms.safety_stock_rule
        (safety_stock, channel, sku, tags, location, location_group, method, active_from, active_until, note)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
    RETURNING *
$$;
REVOKE ALL ON FUNCTION oms.add_safety_stock_rule(oms.safety_stock, text, text, text[], text, text, text, timestamptz, timestamptz, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.add_safety_stock_rule(oms.safety_stock, text, text, text[], text, text, text, timestamptz, timestamptz, text) IS
    'adds a rule: this is kept back from the channel, of the sku or of items with all of these tags, at the location or those of the group, for the method, in the period from active_from to before active_until; what is NULL does not matter. 100% switches off. The most specific rule that matches holds: most dimensions (each tag is one), then sku, tags, location, group, channel, method in this order, then the newest. Returns its row';

CREATE FUNCTION oms.sees_location(location text) RETURNS boolean
LANGUAGE c STABLE PARALLEL SAFE COST 1
AS 'MODULE_PATHNAME', 'oms_sees_location';
REVOKE ALL ON FUNCTION oms.sees_location(text) FROM PUBLIC;
COMMENT ON FUNCTION oms.sees_location(text) IS
    'whether the role that the client acts as sees the location: true unless it, or a role it is a member of, is bound to others by oms.role_location';
-- stock: what is where, and why. Private tables: read through the views of
-- stock/views.sql, changed by functions only.

-- Account and deltas of (sku, location); their meaning is in account/account.c.
-- The value of an account in any one snapshot is its row plus its visible deltas.
CREATE TABLE oms.stock_account (
    sku text COLLATE "C" NOT NULL,
    location text COLLATE "C" NOT NULL,
    on_hand bigint NOT NULL,
    unavailable bigint NOT NULL,
    reserved bigint NOT NULL,
    w bigint NOT NULL,
    exc bigint[] NOT NULL,
    PRIMARY KEY (sku, location)
) WITH (fillfactor = 50);
COMMENT ON TABLE oms.stock_account IS 'private: the folded part of the stock of a sku at a location';
COMMENT ON COLUMN oms.stock_account.w IS 'highest id of a delta that was folded into this row';
COMMENT ON COLUMN oms.stock_account.exc IS 'ids up to w that were not folded';

CREATE TABLE oms.stock_delta (
    sku text COLLATE "C" NOT NULL,
    location text COLLATE "C" NOT NULL,
    id bigint NOT NULL,
    on_hand bigint NOT NULL,
    unavailable bigint NOT NULL,
    reserved bigint NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000,
        autovacuum_vacuum_insert_threshold = -1, vacuum_truncate = off);
CREATE INDEX stock_delta_key_idx ON oms.stock_delta (sku, location, id);
-- A subscriber follows folds, which delete deltas; ids are not unique.
ALTER TABLE oms.stock_delta REPLICA IDENTITY FULL;
COMMENT ON TABLE oms.stock_delta IS 'private: changes of a stock account that are not folded into its row yet';

-- Account and deltas of what is protected of (sku, location): shares of a stock account. on_hand
-- is what was protected, reserved what the channel took of it. until is the moment of lapse as
-- text in UTC that sorts as time does, or 'infinity'.
CREATE TABLE oms.protection_account (
    sku text COLLATE "C" NOT NULL,
    location text COLLATE "C" NOT NULL,
    until text COLLATE "C" NOT NULL,
    channel text COLLATE "C" NOT NULL,
    on_hand bigint NOT NULL,
    unavailable bigint NOT NULL,
    reserved bigint NOT NULL,
    w bigint NOT NULL,
    exc bigint[] NOT NULL,
    PRIMARY KEY (sku, location, until, channel)
) WITH (fillfactor = 50);
COMMENT ON TABLE oms.protection_account IS 'private: the folded part of what is protected of the stock of a sku at a location for a channel';
COMMENT ON COLUMN oms.protection_account.w IS 'highest id of a delta that was folded into this row';
COMMENT ON COLUMN oms.protection_account.exc IS 'ids up to w that were not folded';

CREATE TABLE oms.protection_delta (
    sku text COLLATE "C" NOT NULL,
    location text COLLATE "C" NOT NULL,
    until text COLLATE "C" NOT NULL,
    channel text COLLATE "C" NOT NULL,
    id bigint NOT NULL,
    on_hand bigint NOT NULL,
    unavailable bigint NOT NULL,
    reserved bigint NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000,
        autovacuum_vacuum_insert_threshold = -1, vacuum_truncate = off);
CREATE INDEX protection_delta_key_idx ON oms.protection_delta (sku, location, until, channel, id);
ALTER TABLE oms.protection_delta REPLICA IDENTITY FULL;
COMMENT ON TABLE oms.protection_delta IS 'private: changes of protected stock that are not folded into its row yet';

-- Account and deltas of what is used of a quota, in reserved: (sku, channel, period), the
-- period as stock/quota.c names it.
CREATE TABLE oms.quota_account (
    sku text COLLATE "C" NOT NULL,
    channel text COLLATE "C" NOT NULL,
    period text COLLATE "C" NOT NULL,
    on_hand bigint NOT NULL,
    unavailable bigint NOT NULL,
    reserved bigint NOT NULL,
    w bigint NOT NULL,
    exc bigint[] NOT NULL,
    PRIMARY KEY (sku, channel, period)
) WITH (fillfactor = 50);
COMMENT ON TABLE oms.quota_account IS 'private: the folded part of what is used of a quota';
COMMENT ON COLUMN oms.quota_account.w IS 'highest id of a delta that was folded into this row';
COMMENT ON COLUMN oms.quota_account.exc IS 'ids up to w that were not folded';

CREATE TABLE oms.quota_delta (
    sku text COLLATE "C" NOT NULL,
    channel text COLLATE "C" NOT NULL,
    period text COLLATE "C" NOT NULL,
    id bigint NOT NULL,
    on_hand bigint NOT NULL,
    unavailable bigint NOT NULL,
    reserved bigint NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000,
        autovacuum_vacuum_insert_threshold = -1, vacuum_truncate = off);
CREATE INDEX quota_delta_key_idx ON oms.quota_delta (sku, channel, period, id);
ALTER TABLE oms.quota_delta REPLICA IDENTITY FULL;
COMMENT ON TABLE oms.quota_delta IS 'private: changes of what is used of a quota that are not folded into its row yet';

-- Account and deltas of what is used of a location's capacity, in reserved: (location, window_name,
-- until, measure), until as accounts write moments, 'infinity' for orders at once; minutes in seconds.
CREATE TABLE oms.capacity_account (
    location text COLLATE "C" NOT NULL,
    window_name text COLLATE "C" NOT NULL,
    until text COLLATE "C" NOT NULL,
    measure text COLLATE "C" NOT NULL,
    on_hand bigint NOT NULL,
    unavailable bigint NOT NULL,
    reserved bigint NOT NULL,
    w bigint NOT NULL,
    exc bigint[] NOT NULL,
    PRIMARY KEY (location, window_name, until, measure)
) WITH (fillfactor = 50);
COMMENT ON TABLE oms.capacity_account IS 'private: the folded part of what is used of the capacity of locations';
COMMENT ON COLUMN oms.capacity_account.w IS 'highest id of a delta that was folded into this row';
COMMENT ON COLUMN oms.capacity_account.exc IS 'ids up to w that were not folded';

CREATE TABLE oms.capacity_delta (
    location text COLLATE "C" NOT NULL,
    window_name text COLLATE "C" NOT NULL,
    until text COLLATE "C" NOT NULL,
    measure text COLLATE "C" NOT NULL,
    id bigint NOT NULL,
    on_hand bigint NOT NULL,
    unavailable bigint NOT NULL,
    reserved bigint NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000,
        autovacuum_vacuum_insert_threshold = -1, vacuum_truncate = off);
CREATE INDEX capacity_delta_key_idx ON oms.capacity_delta (location, window_name, until, measure, id);
ALTER TABLE oms.capacity_delta REPLICA IDENTITY FULL;
COMMENT ON TABLE oms.capacity_delta IS 'private: changes of what is used of the capacity of locations that are not folded into its row yet';

CREATE SEQUENCE oms.movement_id_seq CACHE 32;
COMMENT ON SEQUENCE oms.movement_id_seq IS 'private: numbers movements';
CREATE TABLE oms.movement_row (
    movement_id bigint NOT NULL DEFAULT pg_catalog.nextval('oms.movement_id_seq'),
    sku text COLLATE "C" NOT NULL,
    location text COLLATE "C" NOT NULL,
    quantity bigint NOT NULL,
    unavailable bigint NOT NULL DEFAULT 0,
    kind text NOT NULL,
    reason text,
    actor text NOT NULL,
    reference text,
    moved_at timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
    incoming_id bigint,
    source text COLLATE "C",
    occurred_at timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
    xid xid8 NOT NULL DEFAULT pg_catalog.pg_current_xact_id(),
    PRIMARY KEY (sku, location, movement_id)
);
COMMENT ON TABLE oms.movement_row IS 'private: the immutable ledger behind oms.movement';
CREATE INDEX movement_row_xid_idx ON oms.movement_row USING brin (xid oms.xid8_minmax_ops) WITH (pages_per_range = 32, autosummarize = on);
COMMENT ON COLUMN oms.movement_row.xid IS 'the transaction that wrote the row last';
CREATE INDEX movement_row_occurred_at_idx ON oms.movement_row (occurred_at);
COMMENT ON COLUMN oms.movement_row.source IS 'the feed that reported it, whose figures contain it from then on; NULL: oms''s own';
COMMENT ON COLUMN oms.movement_row.occurred_at IS 'when the goods moved; of a correction, the moment as of which was counted';
COMMENT ON COLUMN oms.movement_row.incoming_id IS 'the incoming supply that was received';

CREATE SEQUENCE oms.reservation_id_seq CACHE 32;
COMMENT ON SEQUENCE oms.reservation_id_seq IS 'private: numbers reservations';
CREATE TABLE oms.reservation_row (
    reservation_id bigint NOT NULL DEFAULT pg_catalog.nextval('oms.reservation_id_seq'),
    sku text COLLATE "C" NOT NULL,
    location text COLLATE "C" NOT NULL,
    quantity bigint NOT NULL CHECK (quantity > 0),
    consumed bigint NOT NULL DEFAULT 0 CHECK (consumed BETWEEN 0 AND quantity),
    status text NOT NULL CHECK (status IN ('hold', 'firm', 'released', 'expired', 'consumed')),
    channel text COLLATE "C" NOT NULL,
    method text NOT NULL DEFAULT 'ship',
    cart_id text COLLATE "C",
    order_id text COLLATE "C",
    line_no integer,
    reference text,
    created_at timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
    expires_at timestamptz,
    changed_at timestamptz,
    quota_period text COLLATE "C",
    protected bigint NOT NULL DEFAULT 0,
    protected_until text COLLATE "C",
    kit text COLLATE "C",
    kit_quantity bigint,
    component integer,
    plan_line integer,
    xid xid8 NOT NULL DEFAULT pg_catalog.pg_current_xact_id(),
    PRIMARY KEY (reservation_id, sku),
    CONSTRAINT reservation_row_protected CHECK (protected BETWEEN 0 AND quantity AND (protected = 0 OR protected_until IS NOT NULL)),
    CHECK ((status = 'hold') <= (expires_at IS NOT NULL)),
    CHECK ((status = 'firm') <= (expires_at IS NULL)),
    CHECK ((status = 'consumed') = (consumed = quantity)),
    CHECK ((kit IS NULL) = (kit_quantity IS NULL) AND (kit IS NULL) = (component IS NULL)),
    CHECK (quantity % kit_quantity = 0 AND consumed % kit_quantity = 0)
);
COMMENT ON TABLE oms.reservation_row IS 'private: claims on units, behind oms.reservation; of kits a row per component, all with one reservation_id';
COMMENT ON COLUMN oms.reservation_row.kit IS 'the kit whose component this is';
COMMENT ON COLUMN oms.reservation_row.kit_quantity IS 'units of the sku in one kit, when it was reserved';
COMMENT ON COLUMN oms.reservation_row.component IS 'number of the component in its kit, from 1; NULL: not of a kit';
COMMENT ON COLUMN oms.reservation_row.plan_line IS 'of a component of an order: its line for the planner, which wants one for each sku and reservation; negative, so that it is no line_no';
COMMENT ON COLUMN oms.reservation_row.quota_period IS 'the period of the channel''s quota that counts its units; NULL: none';
COMMENT ON COLUMN oms.reservation_row.protected IS 'units, the first to be consumed, that are from the channel''s protection until protected_until';
CREATE INDEX reservation_row_xid_idx ON oms.reservation_row USING brin (xid oms.xid8_minmax_ops) WITH (pages_per_range = 32, autosummarize = on);
COMMENT ON COLUMN oms.reservation_row.xid IS 'the transaction that wrote the row last';
CREATE TRIGGER stamp BEFORE UPDATE ON oms.reservation_row FOR EACH ROW EXECUTE FUNCTION oms.stamp_row();
COMMENT ON TRIGGER stamp ON oms.reservation_row IS 'writes the transaction into column xid';
CREATE INDEX reservation_row_hold_idx ON oms.reservation_row (sku, location, expires_at, channel) WHERE status = 'hold';
CREATE INDEX reservation_row_firm_idx ON oms.reservation_row (sku, location) WHERE status = 'firm';
CREATE INDEX reservation_row_kit_hold_idx ON oms.reservation_row (kit, expires_at, channel) WHERE status = 'hold' AND component = 1;
CREATE INDEX reservation_row_cart_idx ON oms.reservation_row (cart_id) WHERE cart_id IS NOT NULL AND status IN ('hold', 'firm');
CREATE INDEX reservation_row_kit_idx ON oms.reservation_row (order_id) WHERE kit IS NOT NULL AND order_id IS NOT NULL AND status = 'firm';
CREATE INDEX reservation_row_order_idx ON oms.reservation_row (order_id, line_no) WHERE order_id IS NOT NULL;

CREATE SEQUENCE oms.backorder_id_seq CACHE 32;
COMMENT ON SEQUENCE oms.backorder_id_seq IS 'private: numbers backorders';
CREATE TABLE oms.backorder_row (
    backorder_id bigint NOT NULL DEFAULT pg_catalog.nextval('oms.backorder_id_seq'),
    sku text COLLATE "C" NOT NULL,
    channel text COLLATE "C" NOT NULL,
    method text NOT NULL CHECK (method IN ('ship', 'pickup')),
    location text COLLATE "C",
    quantity bigint NOT NULL CHECK (quantity > 0),
    filled bigint NOT NULL DEFAULT 0 CHECK (filled BETWEEN 0 AND quantity),
    status text NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'filled', 'released')),
    cart_id text COLLATE "C",
    order_id text COLLATE "C",
    line_no integer,
    priority integer,
    promise_at timestamptz,
    reference text,
    created_at timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
    changed_at timestamptz,
    wanted_since timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
    quota_period text COLLATE "C",
    PRIMARY KEY (backorder_id, sku),
    CHECK ((status = 'filled') = (filled = quantity)),
    CHECK ((order_id IS NULL) = (line_no IS NULL))
);
COMMENT ON TABLE oms.backorder_row IS 'private: units that were sold and could not be reserved, behind oms.backorder';
COMMENT ON COLUMN oms.backorder_row.wanted_since IS 'its age: of units that a location could not send, when they were ordered';
COMMENT ON COLUMN oms.backorder_row.quota_period IS 'the period of the channel''s quota that counts its units; NULL: none';
COMMENT ON COLUMN oms.backorder_row.location IS 'the only location that may fill it; NULL: any that is open to the channel';
CREATE INDEX backorder_row_open_idx ON oms.backorder_row (sku) WHERE status = 'open';
CREATE INDEX backorder_row_cart_idx ON oms.backorder_row (cart_id) WHERE cart_id IS NOT NULL AND order_id IS NULL AND status = 'open';
CREATE INDEX backorder_row_order_idx ON oms.backorder_row (order_id, line_no) WHERE order_id IS NOT NULL;

CREATE TRIGGER guard BEFORE UPDATE OR DELETE OR TRUNCATE ON oms.stock_account
    FOR EACH STATEMENT EXECUTE FUNCTION oms.guard_private_table('Call oms.receive, oms.adjust, oms.set_on_hand or oms.transfer.');
CREATE TRIGGER guard BEFORE UPDATE OR DELETE OR TRUNCATE ON oms.stock_delta
    FOR EACH STATEMENT EXECUTE FUNCTION oms.guard_private_table('Call oms.receive, oms.adjust, oms.set_on_hand or oms.transfer.');
CREATE TRIGGER guard BEFORE UPDATE OR DELETE OR TRUNCATE ON oms.protection_account
    FOR EACH STATEMENT EXECUTE FUNCTION oms.guard_private_table('Call oms.protect_stock or oms.unprotect_stock.');
CREATE TRIGGER guard BEFORE UPDATE OR DELETE OR TRUNCATE ON oms.protection_delta
    FOR EACH STATEMENT EXECUTE FUNCTION oms.guard_private_table('Call oms.protect_stock or oms.unprotect_stock.');
CREATE TRIGGER guard BEFORE UPDATE OR DELETE OR TRUNCATE ON oms.quota_account
    FOR EACH STATEMENT EXECUTE FUNCTION oms.guard_private_table('Change oms.quota, or release reservations.');
CREATE TRIGGER guard BEFORE UPDATE OR DELETE OR TRUNCATE ON oms.capacity_account
    FOR EACH STATEMENT EXECUTE FUNCTION oms.guard_private_table('Change oms.capacity, or call oms.route.');
CREATE TRIGGER guard BEFORE UPDATE OR DELETE OR TRUNCATE ON oms.capacity_delta
    FOR EACH STATEMENT EXECUTE FUNCTION oms.guard_private_table('Change oms.capacity, or call oms.route.');
CREATE TRIGGER guard BEFORE UPDATE OR DELETE OR TRUNCATE ON oms.quota_delta
    FOR EACH STATEMENT EXECUTE FUNCTION oms.guard_private_table('Change oms.quota, or release reservations.');
CREATE TRIGGER guard BEFORE UPDATE OR DELETE OR TRUNCATE ON oms.movement_row
    FOR EACH STATEMENT EXECUTE FUNCTION oms.guard_private_table('The ledger is never rewritten: call oms.adjust with a reason.');
CREATE TRIGGER guard BEFORE UPDATE OR DELETE OR TRUNCATE ON oms.reservation_row
    FOR EACH STATEMENT EXECUTE FUNCTION oms.guard_private_table('Call oms.confirm, oms.extend, oms.release or oms.consume.');
CREATE TRIGGER guard BEFORE UPDATE OR DELETE OR TRUNCATE ON oms.backorder_row
    FOR EACH STATEMENT EXECUTE FUNCTION oms.guard_private_table('Call oms.release_backorder or oms.cancel_order.');
ALTER TABLE oms.stock_account ENABLE ALWAYS TRIGGER guard;
COMMENT ON TRIGGER guard ON oms.stock_account IS 'refuses UPDATE, DELETE and TRUNCATE by anybody but oms';
ALTER TABLE oms.stock_delta ENABLE ALWAYS TRIGGER guard;
COMMENT ON TRIGGER guard ON oms.stock_delta IS 'refuses UPDATE, DELETE and TRUNCATE by anybody but oms';
ALTER TABLE oms.protection_account ENABLE ALWAYS TRIGGER guard;
COMMENT ON TRIGGER guard ON oms.protection_account IS 'refuses UPDATE, DELETE and TRUNCATE by anybody but oms';
ALTER TABLE oms.protection_delta ENABLE ALWAYS TRIGGER guard;
COMMENT ON TRIGGER guard ON oms.protection_delta IS 'refuses UPDATE, DELETE and TRUNCATE by anybody but oms';
ALTER TABLE oms.quota_account ENABLE ALWAYS TRIGGER guard;
COMMENT ON TRIGGER guard ON oms.quota_account IS 'refuses UPDATE, DELETE and TRUNCATE by anybody but oms';
ALTER TABLE oms.capacity_account ENABLE ALWAYS TRIGGER guard;
COMMENT ON TRIGGER guard ON oms.capacity_account IS 'refuses UPDATE, DELETE and TRUNCATE by anybody but oms';
ALTER TABLE oms.quota_delta ENABLE ALWAYS TRIGGER guard;
COMMENT ON TRIGGER guard ON oms.quota_delta IS 'refuses UPDATE, DELETE and TRUNCATE by anybody but oms';
ALTER TABLE oms.capacity_delta ENABLE ALWAYS TRIGGER guard;
COMMENT ON TRIGGER guard ON oms.capacity_delta IS 'refuses UPDATE, DELETE and TRUNCATE by anybody but oms';
ALTER TABLE oms.movement_row ENABLE ALWAYS TRIGGER guard;
COMMENT ON TRIGGER guard ON oms.movement_row IS 'refuses UPDATE, DELETE and TRUNCATE by anybody but oms';
ALTER TABLE oms.reservation_row ENABLE ALWAYS TRIGGER guard;
COMMENT ON TRIGGER guard ON oms.reservation_row IS 'refuses UPDATE, DELETE and TRUNCATE by anybody but oms';
ALTER TABLE oms.backorder_row ENABLE ALWAYS TRIGGER guard;
COMMENT ON TRIGGER guard ON oms.backorder_row IS 'refuses UPDATE, DELETE and TRUNCATE by anybody but oms';

CREATE FUNCTION oms.refuse_stocked_kit() RETURNS trigger
    LANGUAGE c SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS 'MODULE_PATHNAME', 'oms_refuse_stocked_kit';
REVOKE ALL ON FUNCTION oms.refuse_stocked_kit() FROM PUBLIC;
COMMENT ON FUNCTION oms.refuse_stocked_kit() IS 'trigger: refuses a kit that has stock of its own with 23514';
CREATE CONSTRAINT TRIGGER stocked AFTER INSERT OR UPDATE ON oms.kit_component
    FOR EACH ROW EXECUTE FUNCTION oms.refuse_stocked_kit();
COMMENT ON TRIGGER stocked ON oms.kit_component IS 'refuses a kit that has stock of its own';

SELECT pg_catalog.pg_extension_config_dump('oms.stock_account', '');
SELECT pg_catalog.pg_extension_config_dump('oms.stock_delta', '');
SELECT pg_catalog.pg_extension_config_dump('oms.protection_account', '');
SELECT pg_catalog.pg_extension_config_dump('oms.protection_delta', '');
SELECT pg_catalog.pg_extension_config_dump('oms.quota_account', '');
SELECT pg_catalog.pg_extension_config_dump('oms.capacity_account', '');
SELECT pg_catalog.pg_extension_config_dump('oms.quota_delta', '');
SELECT pg_catalog.pg_extension_config_dump('oms.capacity_delta', '');
SELECT pg_catalog.pg_extension_config_dump('oms.movement_row', '');
SELECT pg_catalog.pg_extension_config_dump('oms.movement_id_seq', '');
SELECT pg_catalog.pg_extension_config_dump('oms.reservation_row', '');
SELECT pg_catalog.pg_extension_config_dump('oms.reservation_id_seq', '');
SELECT pg_catalog.pg_extension_config_dump('oms.backorder_row', '');
SELECT pg_catalog.pg_extension_config_dump('oms.backorder_id_seq', '');
-- Changes of stock. Each leaves a movement; each takes a request_id.

CREATE FUNCTION oms.receive(
    location text, sku text, quantity bigint,
    reason text DEFAULT NULL, reference text DEFAULT NULL,
    actor text DEFAULT session_user, request_id text DEFAULT NULL,
    fill_limit bigint DEFAULT NULL, hold_back boolean DEFAULT false)
RETURNS bigint
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_receive';
REVOKE ALL ON FUNCTION oms.receive(text, text, bigint, text, text, text, text, bigint, boolean) FROM PUBLIC;
COMMENT ON FUNCTION oms.receive(text, text, bigint, text, text, text, text, bigint, boolean) IS
    'adds quantity units to on_hand of the sku at the location, whose account is made on first use, and fills open backorders of the sku from there (oms.backorder), by at most fill_limit units; with hold_back what is left of the quantity is kept from all channels until release_hold_back (oms.hold_back); returns on_hand after. Errors: OM004 unknown location, 22023 quantity below 1 or fill_limit below 0, 22003 out of range';

CREATE FUNCTION oms.receive_many(
    location text, skus text[], quantities bigint[],
    reason text DEFAULT NULL, reference text DEFAULT NULL,
    actor text DEFAULT session_user, request_id text DEFAULT NULL,
    fill_limit bigint DEFAULT NULL, hold_back boolean DEFAULT false)
RETURNS TABLE (sku text, on_hand bigint)
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 ROWS 100 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_receive_many';
REVOKE ALL ON FUNCTION oms.receive_many(text, text[], bigint[], text, text, text, text, bigint, boolean) FROM PUBLIC;
COMMENT ON FUNCTION oms.receive_many(text, text[], bigint[], text, text, text, text, bigint, boolean) IS
    'receives quantities[i] units of skus[i] at the location, all or none; fill_limit is for each; a row per element with on_hand after. Errors as receive';

CREATE FUNCTION oms.adjust(
    location text, sku text, delta bigint,
    reason text, reference text DEFAULT NULL,
    actor text DEFAULT session_user, request_id text DEFAULT NULL)
RETURNS bigint
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_adjust';
REVOKE ALL ON FUNCTION oms.adjust(text, text, bigint, text, text, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.adjust(text, text, bigint, text, text, text, text) IS
    'changes on_hand by delta units for a stated reason; returns on_hand after. A loss is not refused for what is reserved: where it leaves less, reservations lose their units at once, those of no order first, then by priority, promise and age, the least urgent and the latest first, what a location has started last; they move to other locations or are backordered, holds are released, and oms.shortfall lists them. A gain fills open backorders as receive does. Errors: OM001 on_hand would be negative, OM002 depends on an open transaction, OM004 unknown location, 22023 delta 0';

CREATE FUNCTION oms.adjust_many(
    location text, skus text[], deltas bigint[],
    reason text, reference text DEFAULT NULL,
    actor text DEFAULT session_user, request_id text DEFAULT NULL)
RETURNS TABLE (sku text, on_hand bigint)
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 ROWS 100 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_adjust_many';
REVOKE ALL ON FUNCTION oms.adjust_many(text, text[], bigint[], text, text, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.adjust_many(text, text[], bigint[], text, text, text, text) IS
    'adjusts skus[i] by deltas[i] units at the location, all or none; a row per element with on_hand after. Errors as adjust';

CREATE FUNCTION oms.set_on_hand(
    location text, sku text, quantity bigint,
    reason text DEFAULT NULL, reference text DEFAULT NULL,
    actor text DEFAULT session_user, request_id text DEFAULT NULL)
RETURNS bigint
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_set_on_hand';
REVOKE ALL ON FUNCTION oms.set_on_hand(text, text, bigint, text, text, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.set_on_hand(text, text, bigint, text, text, text, text) IS
    'sets on_hand to quantity units and records the difference as a movement; a fall below what is reserved takes units from reservations as adjust does, a rise fills open backorders as receive does; returns on_hand after. Errors: OM002 an open transaction is changing on_hand, OM004 unknown location, 22023 negative quantity';

CREATE FUNCTION oms.set_on_hand_many(
    location text, skus text[], quantities bigint[],
    reason text DEFAULT NULL, reference text DEFAULT NULL,
    actor text DEFAULT session_user, request_id text DEFAULT NULL)
RETURNS TABLE (sku text, on_hand bigint)
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 ROWS 100 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_set_on_hand_many';
REVOKE ALL ON FUNCTION oms.set_on_hand_many(text, text[], bigint[], text, text, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.set_on_hand_many(text, text[], bigint[], text, text, text, text) IS
    'sets on_hand of skus[i] to quantities[i] units at the location, all or none; a row per element with on_hand after. Errors as set_on_hand';

CREATE FUNCTION oms.transfer(
    from_location text, to_location text, sku text, quantity bigint,
    reason text DEFAULT NULL, reference text DEFAULT NULL,
    actor text DEFAULT session_user, request_id text DEFAULT NULL)
RETURNS TABLE (from_on_hand bigint, to_on_hand bigint)
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 ROWS 1 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_transfer';
REVOKE ALL ON FUNCTION oms.transfer(text, text, text, bigint, text, text, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.transfer(text, text, text, bigint, text, text, text, text) IS
    'moves quantity available units of the sku between two locations at once, and fills open backorders at the second as receive does; returns on_hand after at both. Errors: OM001 not enough available, OM002 depends on an open transaction, OM004 unknown location, 22023 quantity below 1';

CREATE FUNCTION oms.transfer_many(
    from_location text, to_location text, skus text[], quantities bigint[],
    reason text DEFAULT NULL, reference text DEFAULT NULL,
    actor text DEFAULT session_user, request_id text DEFAULT NULL)
RETURNS TABLE (sku text, from_on_hand bigint, to_on_hand bigint)
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 ROWS 100 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_transfer_many';
REVOKE ALL ON FUNCTION oms.transfer_many(text, text, text[], bigint[], text, text, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.transfer_many(text, text, text[], bigint[], text, text, text, text) IS
    'transfers quantities[i] units of skus[i], all or none; a row per element with on_hand after at both. Errors as transfer';

CREATE FUNCTION oms.set_aside(
    location text, sku text, quantity bigint, reason text, reference text DEFAULT NULL,
    actor text DEFAULT session_user, request_id text DEFAULT NULL)
RETURNS TABLE (on_hand bigint, unavailable bigint)
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 ROWS 1 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_set_aside';
REVOKE ALL ON FUNCTION oms.set_aside(text, text, bigint, text, text, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.set_aside(text, text, bigint, text, text, text, text) IS
    'moves quantity units of the sku at the location from sellable to unavailable (damaged, quality control), for a stated reason; a loss of sellable stock as by adjust: where it leaves less than is reserved, reservations lose. A row with both after. Errors: OM001 not so many on hand, OM002 depends on an open transaction, OM004 unknown location, OM010 not the role''s location, 22023 quantity below 1';

CREATE FUNCTION oms.set_aside_many(
    location text, skus text[], quantities bigint[], reason text, reference text DEFAULT NULL,
    actor text DEFAULT session_user, request_id text DEFAULT NULL)
RETURNS TABLE (sku text, on_hand bigint, unavailable bigint)
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 ROWS 100 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_set_aside_many';
REVOKE ALL ON FUNCTION oms.set_aside_many(text, text[], bigint[], text, text, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.set_aside_many(text, text[], bigint[], text, text, text, text) IS
    'set_aside of quantities[i] units of skus[i], all or none; a row per element. Errors as set_aside';

CREATE FUNCTION oms.put_back(
    location text, sku text, quantity bigint, reason text, reference text DEFAULT NULL,
    actor text DEFAULT session_user, request_id text DEFAULT NULL)
RETURNS TABLE (on_hand bigint, unavailable bigint)
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 ROWS 1 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_put_back';
REVOKE ALL ON FUNCTION oms.put_back(text, text, bigint, text, text, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.put_back(text, text, bigint, text, text, text, text) IS
    'moves quantity units of the sku at the location from unavailable to sellable, for a stated reason, and fills open backorders as receive does. A row with both after. Errors: OM001 not so many unavailable, OM002 depends on an open transaction, OM004 unknown location, OM010 not the role''s location, 22023 quantity below 1';

CREATE FUNCTION oms.put_back_many(
    location text, skus text[], quantities bigint[], reason text, reference text DEFAULT NULL,
    actor text DEFAULT session_user, request_id text DEFAULT NULL)
RETURNS TABLE (sku text, on_hand bigint, unavailable bigint)
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 ROWS 100 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_put_back_many';
REVOKE ALL ON FUNCTION oms.put_back_many(text, text[], bigint[], text, text, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.put_back_many(text, text[], bigint[], text, text, text, text) IS
    'put_back of quantities[i] units of skus[i], all or none; a row per element. Errors as put_back';

CREATE FUNCTION oms.scrap(
    location text, sku text, quantity bigint, reason text, reference text DEFAULT NULL,
    actor text DEFAULT session_user, request_id text DEFAULT NULL)
RETURNS TABLE (on_hand bigint, unavailable bigint)
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 ROWS 1 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_scrap';
REVOKE ALL ON FUNCTION oms.scrap(text, text, bigint, text, text, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.scrap(text, text, bigint, text, text, text, text) IS
    'throws away quantity unavailable units of the sku at the location, for a stated reason; sellable ones are set aside first, or lost by adjust. A row with both after. Errors: OM001 not so many unavailable, OM002 depends on an open transaction, OM004 unknown location, OM010 not the role''s location, 22023 quantity below 1';

CREATE FUNCTION oms.scrap_many(
    location text, skus text[], quantities bigint[], reason text, reference text DEFAULT NULL,
    actor text DEFAULT session_user, request_id text DEFAULT NULL)
RETURNS TABLE (sku text, on_hand bigint, unavailable bigint)
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 ROWS 100 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_scrap_many';
REVOKE ALL ON FUNCTION oms.scrap_many(text, text[], bigint[], text, text, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.scrap_many(text, text[], bigint[], text, text, text, text) IS
    'scrap of quantities[i] units of skus[i], all or none; a row per element. Errors as scrap';

CREATE FUNCTION oms.protect_stock(
    location text, sku text, channel text, quantity bigint, until timestamptz DEFAULT 'infinity',
    request_id text DEFAULT NULL)
RETURNS bigint
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_protect_stock';
REVOKE ALL ON FUNCTION oms.protect_stock(text, text, text, bigint, timestamptz, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.protect_stock(text, text, text, bigint, timestamptz, text) IS
    'protects quantity units of the sku at the location: from now until the moment only this channel may take them, and its takes use them first; what it has not taken by then is free for all. Replaces what was left of the channel''s protection there, and returns that; what it took stays taken. May be more than is there: it protects what comes. oms.protected_stock tells what is left. Errors: OM002 an open transaction takes from the protection, OM004 unknown location or channel, 22023 quantity below 1 or until not in the future';

CREATE FUNCTION oms.unprotect_stock(location text, sku text, channel text, request_id text DEFAULT NULL)
RETURNS bigint
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_unprotect_stock';
REVOKE ALL ON FUNCTION oms.unprotect_stock(text, text, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.unprotect_stock(text, text, text, text) IS
    'ends the protection of the sku at the location for the channel: what is left of it is free for all; returns that. Errors: OM002 an open transaction takes from the protection, OM004 unknown location or channel';

CREATE FUNCTION oms.fold_accounts()
RETURNS bigint
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 10000 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_fold_accounts';
REVOKE ALL ON FUNCTION oms.fold_accounts() FROM PUBLIC;
COMMENT ON FUNCTION oms.fold_accounts() IS
    'folds committed deltas into the rows of the accounts (stock, protection, quota, incoming supply, backorders, capacity), for pg_cron; changes no value and waits for nobody; returns the number of accounts folded';
-- incoming: supply that is expected, what backorders claim of it, how much may be backordered,
-- and what of a receipt is held back. Tables are private: read through views, changed by functions.

CREATE SEQUENCE oms.incoming_id_seq CACHE 32;
COMMENT ON SEQUENCE oms.incoming_id_seq IS 'private: numbers incoming supply';
CREATE TABLE oms.incoming_row (
    incoming_id bigint NOT NULL DEFAULT pg_catalog.nextval('oms.incoming_id_seq'),
    sku text COLLATE "C" NOT NULL,
    location text COLLATE "C" NOT NULL,
    reference text COLLATE "C" NOT NULL CHECK (reference <> ''),
    quantity bigint NOT NULL CHECK (quantity > 0),
    received bigint NOT NULL DEFAULT 0 CHECK (received >= 0),
    expected_at timestamptz NOT NULL CHECK (pg_catalog.isfinite(expected_at)),
    status text NOT NULL CHECK (status IN ('open', 'received', 'cancelled')),
    reason text,
    actor text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
    changed_at timestamptz,
    from_location text COLLATE "C",
    PRIMARY KEY (incoming_id, sku),
    UNIQUE (reference, sku, location),
    CHECK (CASE status WHEN 'open' THEN received < quantity WHEN 'received' THEN received >= quantity ELSE true END)
);
COMMENT ON TABLE oms.incoming_row IS 'private: expected supply, behind oms.incoming';
COMMENT ON COLUMN oms.incoming_row.from_location IS 'in transit from there, for a transfer; NULL: of a purchase order';
CREATE INDEX incoming_row_open_idx ON oms.incoming_row (sku, expected_at) WHERE status = 'open';

-- Account and deltas of each row of incoming_row (account/account.c): on_hand is what is still
-- expected of it, reserved what backorders claim, so that they never claim more.
CREATE TABLE oms.incoming_account (
    sku text COLLATE "C" NOT NULL,
    location text COLLATE "C" NOT NULL,
    incoming text COLLATE "C" NOT NULL,
    on_hand bigint NOT NULL,
    unavailable bigint NOT NULL,
    reserved bigint NOT NULL,
    w bigint NOT NULL,
    exc bigint[] NOT NULL,
    PRIMARY KEY (sku, location, incoming)
) WITH (fillfactor = 50);
COMMENT ON TABLE oms.incoming_account IS 'private: the folded part of what is expected (on_hand) and claimed (reserved) of incoming supply';
CREATE TABLE oms.incoming_delta (
    sku text COLLATE "C" NOT NULL,
    location text COLLATE "C" NOT NULL,
    incoming text COLLATE "C" NOT NULL,
    id bigint NOT NULL,
    on_hand bigint NOT NULL,
    unavailable bigint NOT NULL,
    reserved bigint NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000,
        autovacuum_vacuum_insert_threshold = -1, vacuum_truncate = off);
CREATE INDEX incoming_delta_key_idx ON oms.incoming_delta (sku, location, incoming, id);
ALTER TABLE oms.incoming_delta REPLICA IDENTITY FULL;
COMMENT ON TABLE oms.incoming_delta IS 'private: changes of an account of incoming supply that are not folded into its row yet';

CREATE TABLE oms.backorder_claim_row (
    sku text COLLATE "C" NOT NULL,
    backorder_id bigint NOT NULL,
    incoming_id bigint NOT NULL,
    location text COLLATE "C" NOT NULL,
    quantity bigint NOT NULL CHECK (quantity > 0),
    PRIMARY KEY (sku, backorder_id, incoming_id)
);
COMMENT ON TABLE oms.backorder_claim_row IS 'private: what open backorders claim of incoming supply, behind oms.backorder_claim';
CREATE INDEX backorder_claim_row_incoming_idx ON oms.backorder_claim_row (sku, incoming_id);

CREATE TABLE oms.backorder_limit (
    channel text COLLATE "C" NOT NULL REFERENCES oms.channel ON DELETE CASCADE,
    sku text COLLATE "C" CHECK (sku <> ''),
    units bigint CHECK (units >= 0),
    UNIQUE NULLS NOT DISTINCT (channel, sku)
);
COMMENT ON TABLE oms.backorder_limit IS 'how many units of a sku a channel may have in open backorders; without a row any number';
COMMENT ON COLUMN oms.backorder_limit.sku IS 'NULL: every sku for which the channel has no row of its own';
COMMENT ON COLUMN oms.backorder_limit.units IS 'units of one sku; 0: no backorders; NULL: any number';

-- Account and deltas of (sku, channel): reserved is what is backordered and open.
CREATE TABLE oms.backorder_account (
    sku text COLLATE "C" NOT NULL,
    channel text COLLATE "C" NOT NULL,
    on_hand bigint NOT NULL,
    unavailable bigint NOT NULL,
    reserved bigint NOT NULL,
    w bigint NOT NULL,
    exc bigint[] NOT NULL,
    PRIMARY KEY (sku, channel)
) WITH (fillfactor = 50);
COMMENT ON TABLE oms.backorder_account IS 'private: the folded part of the open backorders of a sku on a channel';
CREATE TABLE oms.backorder_delta (
    sku text COLLATE "C" NOT NULL,
    channel text COLLATE "C" NOT NULL,
    id bigint NOT NULL,
    on_hand bigint NOT NULL,
    unavailable bigint NOT NULL,
    reserved bigint NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000,
        autovacuum_vacuum_insert_threshold = -1, vacuum_truncate = off);
CREATE INDEX backorder_delta_key_idx ON oms.backorder_delta (sku, channel, id);
ALTER TABLE oms.backorder_delta REPLICA IDENTITY FULL;
COMMENT ON TABLE oms.backorder_delta IS 'private: changes of open backorders that are not folded into their account yet';

CREATE SEQUENCE oms.hold_back_id_seq CACHE 32;
COMMENT ON SEQUENCE oms.hold_back_id_seq IS 'private: numbers what is held back';
CREATE TABLE oms.hold_back_row (
    hold_back_id bigint NOT NULL DEFAULT pg_catalog.nextval('oms.hold_back_id_seq'),
    sku text COLLATE "C" NOT NULL,
    location text COLLATE "C" NOT NULL,
    quantity bigint NOT NULL CHECK (quantity > 0),
    released bigint NOT NULL DEFAULT 0 CHECK (released BETWEEN 0 AND quantity),
    reason text,
    reference text,
    actor text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
    changed_at timestamptz,
    xid xid8 NOT NULL DEFAULT pg_catalog.pg_current_xact_id(),
    PRIMARY KEY (hold_back_id, sku)
);
COMMENT ON TABLE oms.hold_back_row IS 'private: units on hand that no channel is offered, behind oms.hold_back';
CREATE INDEX hold_back_row_xid_idx ON oms.hold_back_row USING brin (xid oms.xid8_minmax_ops) WITH (pages_per_range = 32, autosummarize = on);
COMMENT ON COLUMN oms.hold_back_row.xid IS 'the transaction that wrote the row last';
CREATE TRIGGER stamp BEFORE UPDATE ON oms.hold_back_row FOR EACH ROW EXECUTE FUNCTION oms.stamp_row();
COMMENT ON TRIGGER stamp ON oms.hold_back_row IS 'writes the transaction into column xid';
CREATE INDEX hold_back_row_held_idx ON oms.hold_back_row (sku, location) WHERE released < quantity;

CREATE TRIGGER guard BEFORE UPDATE OR DELETE OR TRUNCATE ON oms.incoming_row
    FOR EACH STATEMENT EXECUTE FUNCTION oms.guard_private_table('Call oms.add_incoming, oms.change_incoming, oms.cancel_incoming or oms.receive_incoming.');
CREATE TRIGGER guard BEFORE UPDATE OR DELETE OR TRUNCATE ON oms.incoming_account
    FOR EACH STATEMENT EXECUTE FUNCTION oms.guard_private_table('Call oms.add_incoming, oms.change_incoming, oms.cancel_incoming or oms.receive_incoming.');
CREATE TRIGGER guard BEFORE UPDATE OR DELETE OR TRUNCATE ON oms.incoming_delta
    FOR EACH STATEMENT EXECUTE FUNCTION oms.guard_private_table('Call oms.add_incoming, oms.change_incoming, oms.cancel_incoming or oms.receive_incoming.');
CREATE TRIGGER guard BEFORE UPDATE OR DELETE OR TRUNCATE ON oms.backorder_claim_row
    FOR EACH STATEMENT EXECUTE FUNCTION oms.guard_private_table('Call oms.release_backorder or oms.cancel_order.');
CREATE TRIGGER guard BEFORE UPDATE OR DELETE OR TRUNCATE ON oms.backorder_account
    FOR EACH STATEMENT EXECUTE FUNCTION oms.guard_private_table('Call oms.release_backorder or oms.cancel_order.');
CREATE TRIGGER guard BEFORE UPDATE OR DELETE OR TRUNCATE ON oms.backorder_delta
    FOR EACH STATEMENT EXECUTE FUNCTION oms.guard_private_table('Call oms.release_backorder or oms.cancel_order.');
CREATE TRIGGER guard BEFORE UPDATE OR DELETE OR TRUNCATE ON oms.hold_back_row
    FOR EACH STATEMENT EXECUTE FUNCTION oms.guard_private_table('Call oms.release_hold_back.');
ALTER TABLE oms.incoming_row ENABLE ALWAYS TRIGGER guard;
ALTER TABLE oms.incoming_account ENABLE ALWAYS TRIGGER guard;
ALTER TABLE oms.incoming_delta ENABLE ALWAYS TRIGGER guard;
ALTER TABLE oms.backorder_claim_row ENABLE ALWAYS TRIGGER guard;
ALTER TABLE oms.backorder_account ENABLE ALWAYS TRIGGER guard;
ALTER TABLE oms.backorder_delta ENABLE ALWAYS TRIGGER guard;
ALTER TABLE oms.hold_back_row ENABLE ALWAYS TRIGGER guard;
COMMENT ON TRIGGER guard ON oms.incoming_row IS 'refuses UPDATE, DELETE and TRUNCATE by anybody but oms';
COMMENT ON TRIGGER guard ON oms.incoming_account IS 'refuses UPDATE, DELETE and TRUNCATE by anybody but oms';
COMMENT ON TRIGGER guard ON oms.incoming_delta IS 'refuses UPDATE, DELETE and TRUNCATE by anybody but oms';
COMMENT ON TRIGGER guard ON oms.backorder_claim_row IS 'refuses UPDATE, DELETE and TRUNCATE by anybody but oms';
COMMENT ON TRIGGER guard ON oms.backorder_account IS 'refuses UPDATE, DELETE and TRUNCATE by anybody but oms';
COMMENT ON TRIGGER guard ON oms.backorder_delta IS 'refuses UPDATE, DELETE and TRUNCATE by anybody but oms';
COMMENT ON TRIGGER guard ON oms.hold_back_row IS 'refuses UPDATE, DELETE and TRUNCATE by anybody but oms';

SELECT pg_catalog.pg_extension_config_dump('oms.incoming_row', '');
SELECT pg_catalog.pg_extension_config_dump('oms.incoming_id_seq', '');
SELECT pg_catalog.pg_extension_config_dump('oms.incoming_account', '');
SELECT pg_catalog.pg_extension_config_dump('oms.incoming_delta', '');
SELECT pg_catalog.pg_extension_config_dump('oms.backorder_claim_row', '');
SELECT pg_catalog.pg_extension_config_dump('oms.backorder_limit', '');
SELECT pg_catalog.pg_extension_config_dump('oms.backorder_account', '');
SELECT pg_catalog.pg_extension_config_dump('oms.backorder_delta', '');
SELECT pg_catalog.pg_extension_config_dump('oms.hold_back_row', '');
SELECT pg_catalog.pg_extension_config_dump('oms.hold_back_id_seq', '');

-- Views; their columns are a contract.

CREATE VIEW oms.incoming AS
SELECT i.incoming_id, i.reference, i.location, i.sku, i.quantity, i.received, i.expected_at, i.status,
       CASE WHEN i.status = 'open' THEN i.quantity - i.received ELSE 0 END AS outstanding,
       COALESCE(c.quantity, 0) AS claimed, i.reason, i.actor, i.created_at, i.changed_at,
       CASE WHEN i.from_location IS NULL THEN 'purchase' ELSE 'in transit' END AS kind, i.from_location
  FROM oms.incoming_row i
  LEFT JOIN (SELECT c.sku, c.incoming_id, pg_catalog.sum(c.quantity)::bigint AS quantity
               FROM oms.backorder_claim_row c
              GROUP BY c.sku, c.incoming_id) c ON c.sku = i.sku AND c.incoming_id = i.incoming_id;
COMMENT ON VIEW oms.incoming IS
    'expected supply: quantity units of the sku for a purchase order (reference), due at the location at expected_at, received of them, outstanding (still expected) and claimed of those by backorders; status open, received or cancelled; kind purchase, or in transit from_location (oms.transfer_order). A moment that has passed counts for nothing until the row is received or dated anew';

CREATE VIEW oms.backorder_claim AS
SELECT c.backorder_id, c.sku, c.incoming_id, i.reference, c.location, c.quantity, i.expected_at
  FROM oms.backorder_claim_row c
  JOIN oms.incoming_row i ON i.incoming_id = c.incoming_id AND i.sku = c.sku;
COMMENT ON VIEW oms.backorder_claim IS
    'what each open backorder claims of incoming supply: quantity units of a purchase order (reference), due at the location at expected_at';

CREATE VIEW oms.backorder_claimed AS
SELECT c.sku, c.backorder_id, pg_catalog.sum(c.quantity)::bigint AS quantity,
       pg_catalog.max(i.expected_at) AS expected_at
  FROM oms.backorder_claim_row c
  JOIN oms.incoming_row i ON i.incoming_id = c.incoming_id AND i.sku = c.sku
 GROUP BY c.sku, c.backorder_id;
COMMENT ON VIEW oms.backorder_claimed IS 'private: what each backorder claims in all, and when the last of it is due';

CREATE VIEW oms.hold_back AS
SELECT h.hold_back_id, h.sku, h.location, h.quantity, h.released, h.quantity - h.released AS held,
       h.reason, h.reference, h.actor, h.created_at, h.changed_at
  FROM oms.hold_back_row h;
COMMENT ON VIEW oms.hold_back IS
    'units on hand that no channel is offered: quantity held back, released of it, held now (part of reserved in oms.inventory)';

CREATE VIEW oms.incoming_open AS
SELECT i.incoming_id, i.sku, i.location, i.expected_at, i.quantity - i.received AS outstanding,
       COALESCE((SELECT a.reserved FROM oms.incoming_account a
                  WHERE a.sku = i.sku AND a.location = i.location AND a.incoming = i.incoming_id::text), 0) +
       COALESCE((SELECT pg_catalog.sum(d.reserved)::bigint FROM oms.incoming_delta d
                  WHERE d.sku = i.sku AND d.location = i.location AND d.incoming = i.incoming_id::text), 0) AS claimed
  FROM oms.incoming_row i
 WHERE i.status = 'open';
COMMENT ON VIEW oms.incoming_open IS 'private: what is expected, and by the accounts claimed, of open incoming supply';

-- Functions. Writers take a request_id.

CREATE TYPE oms.received_incoming AS (
    sku text,
    on_hand bigint,
    filled bigint,
    held_back bigint,
    received bigint,
    outstanding bigint,
    status text
);
COMMENT ON TYPE oms.received_incoming IS 'what receive_incoming returns: a row per sku';

CREATE FUNCTION oms.add_incoming(
    reference text, location text, sku text, quantity bigint, expected_at timestamptz,
    actor text DEFAULT session_user, request_id text DEFAULT NULL)
RETURNS SETOF oms.incoming
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 ROWS 1 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_add_incoming';
REVOKE ALL ON FUNCTION oms.add_incoming(text, text, text, bigint, timestamptz, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.add_incoming(text, text, text, bigint, timestamptz, text, text) IS
    'expects quantity units of the sku at the location at expected_at, for the purchase order named by reference; one that exists (same reference, sku and location) is set to exactly this, what was received of it counts. Backorders that wait for nothing yet, or for something later, claim it, by priority, promise and age; when less or later is expected, claims are moved as by change_incoming. Returns the row. Errors: OM002 an open transaction is claiming what would be missing, OM004 unknown location, 22023 quantity below 1, 22008 moment not finite';

CREATE FUNCTION oms.add_incoming_many(
    reference text, location text, skus text[], quantities bigint[], expected_at timestamptz,
    actor text DEFAULT session_user, request_id text DEFAULT NULL)
RETURNS SETOF oms.incoming
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 ROWS 10 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_add_incoming_many';
REVOKE ALL ON FUNCTION oms.add_incoming_many(text, text, text[], bigint[], timestamptz, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.add_incoming_many(text, text, text[], bigint[], timestamptz, text, text) IS
    'add_incoming of quantities[i] units of skus[i], all or none; a row per element. Errors as add_incoming, 22023 a sku named twice';

CREATE FUNCTION oms.change_incoming(
    reference text, location text DEFAULT NULL, sku text DEFAULT NULL,
    quantity bigint DEFAULT NULL, expected_at timestamptz DEFAULT NULL,
    actor text DEFAULT session_user, request_id text DEFAULT NULL)
RETURNS SETOF oms.incoming
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 ROWS 10 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_change_incoming';
REVOKE ALL ON FUNCTION oms.change_incoming(text, text, text, bigint, timestamptz, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.change_incoming(text, text, text, bigint, timestamptz, text, text) IS
    'changes the date, the quantity or both of what is open of a purchase order, or of one location or sku of it: what is NULL stays. Claims of backorders on what comes later or not at all are moved, in this transaction, to what serves them next, or are given up; oms.backorder and oms.order_line show the new promise. Returns the rows. Errors: OM002 an open transaction is claiming what would be missing, OM004 nothing open of that reference, 22023 quantity below 1';

CREATE FUNCTION oms.cancel_incoming(
    reference text, location text DEFAULT NULL, sku text DEFAULT NULL, reason text DEFAULT NULL,
    actor text DEFAULT session_user, request_id text DEFAULT NULL)
RETURNS SETOF oms.incoming
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 ROWS 10 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_cancel_incoming';
REVOKE ALL ON FUNCTION oms.cancel_incoming(text, text, text, text, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.cancel_incoming(text, text, text, text, text, text) IS
    'expects no more of what is open of a purchase order, or of one location or sku of it; claims are moved as by change_incoming. Returns the rows. Errors: OM002 an open transaction is claiming it, OM004 nothing open of that reference';

CREATE FUNCTION oms.receive_incoming(
    reference text, location text, sku text, quantity bigint,
    fill_limit bigint DEFAULT NULL, hold_back boolean DEFAULT false, reason text DEFAULT NULL,
    actor text DEFAULT session_user, request_id text DEFAULT NULL)
RETURNS SETOF oms.received_incoming
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 ROWS 1 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_receive_incoming';
REVOKE ALL ON FUNCTION oms.receive_incoming(text, text, text, bigint, bigint, boolean, text, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.receive_incoming(text, text, text, bigint, bigint, boolean, text, text, text) IS
    'receives quantity units of what is expected for the purchase order, a part or more than all, as receive does: it fills backorders, at most fill_limit units, by priority, then promise, then age, and with hold_back keeps the surplus from all channels until release_hold_back. Claims on what is no longer expected are moved as by change_incoming. A row with on_hand after, the units filled and held back, and what is received and outstanding of the purchase order. Errors: OM002 an open transaction is claiming it, OM004 unknown, OM005 cancelled, 22023 quantity below 1 or fill_limit below 0';

CREATE FUNCTION oms.receive_incoming_many(
    reference text, location text, skus text[], quantities bigint[],
    fill_limit bigint DEFAULT NULL, hold_back boolean DEFAULT false, reason text DEFAULT NULL,
    actor text DEFAULT session_user, request_id text DEFAULT NULL)
RETURNS SETOF oms.received_incoming
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 ROWS 10 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_receive_incoming_many';
REVOKE ALL ON FUNCTION oms.receive_incoming_many(text, text, text[], bigint[], bigint, boolean, text, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.receive_incoming_many(text, text, text[], bigint[], bigint, boolean, text, text, text) IS
    'receive_incoming of quantities[i] units of skus[i], all or none; a row per element; fill_limit is for each. Errors as receive_incoming, 22023 a sku named twice';

CREATE FUNCTION oms.release_hold_back(
    location text, sku text, quantity bigint DEFAULT NULL, request_id text DEFAULT NULL)
RETURNS bigint
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_release_hold_back';
REVOKE ALL ON FUNCTION oms.release_hold_back(text, text, bigint, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.release_hold_back(text, text, bigint, text) IS
    'offers what is held back of the sku at the location again, all of it or quantity units, oldest first; open backorders come first, as with a receipt; returns the units still held. Errors: OM004 unknown location, OM005 fewer units are held, 22023 quantity below 1';

CREATE FUNCTION oms.add_backorder_limit(channel text, sku text DEFAULT NULL, units bigint DEFAULT NULL)
RETURNS oms.backorder_limit
LANGUAGE sql VOLATILE PARALLEL UNSAFE COST 100
AS $$
    INSERT INTO oms.backorder_limit AS b (channel, sku, units) VALUES ($1, $2, $3)
    ON CONFLICT (channel, sku) DO UPDATE SET units = excluded.units
    RETURNING b.*
$$;
REVOKE ALL ON FUNCTION oms.add_backorder_limit(text, text, bigint) FROM PUBLIC;
COMMENT ON FUNCTION oms.add_backorder_limit(text, text, bigint) IS
    'lets a channel have at most this many units of the sku in open backorders, or, sku NULL, of every sku without a limit of its own; units NULL: any number; delete the row to end it. What is backordered already stays. Returns the row. Errors: 23503 unknown channel, 23514 negative';
-- Public views; their columns are a contract.

-- Subqueries and views instead of WITH: a condition on sku or location reaches the indexes.
CREATE VIEW oms.stock_delta_sum AS
SELECT d.sku, d.location,
       pg_catalog.sum(d.on_hand)::bigint AS on_hand,
       pg_catalog.sum(d.unavailable)::bigint AS unavailable,
       pg_catalog.sum(d.reserved)::bigint AS reserved
  FROM oms.stock_delta d
 GROUP BY d.sku, d.location;
COMMENT ON VIEW oms.stock_delta_sum IS 'private: changes of each stock account that are not folded yet';

CREATE VIEW oms.inventory AS
SELECT a.sku, a.location, a.on_hand, a.unavailable, a.reserved,
       COALESCE(e.quantity, 0) AS expired,
       a.on_hand - a.reserved + COALESCE(e.quantity, 0) AS available
  FROM (SELECT a.sku, a.location,
               a.on_hand + COALESCE(d.on_hand, 0) AS on_hand,
               a.unavailable + COALESCE(d.unavailable, 0) AS unavailable,
               a.reserved + COALESCE(d.reserved, 0) AS reserved
          FROM oms.stock_account a
          LEFT JOIN oms.stock_delta_sum d ON d.sku = a.sku AND d.location = a.location
        UNION ALL
        SELECT d.sku, d.location, d.on_hand, d.unavailable, d.reserved
          FROM oms.stock_delta_sum d
         WHERE NOT EXISTS (SELECT FROM oms.stock_account a
                            WHERE a.sku = d.sku AND a.location = d.location)) a
  LEFT JOIN (SELECT r.sku, r.location, pg_catalog.sum(r.quantity - r.consumed)::bigint AS quantity
               FROM oms.reservation_row r
              WHERE r.status = 'hold' AND r.expires_at <= pg_catalog.clock_timestamp()
              GROUP BY r.sku, r.location) e
    ON e.sku = a.sku AND e.location = a.location;
COMMENT ON VIEW oms.inventory IS
    'stock of each sku at each location, exact in the snapshot of the query: units on_hand, unavailable, reserved (expired holds included), expired (reserved by holds that expired) and available = on_hand - reserved + expired';

CREATE VIEW oms.inventory_by_sku AS
SELECT i.sku, pg_catalog.count(*) AS locations,
       pg_catalog.sum(i.on_hand)::bigint AS on_hand,
       pg_catalog.sum(i.unavailable)::bigint AS unavailable,
       pg_catalog.sum(i.reserved)::bigint AS reserved,
       pg_catalog.sum(i.available)::bigint AS available
  FROM oms.inventory i
 GROUP BY i.sku;
COMMENT ON VIEW oms.inventory_by_sku IS 'oms.inventory summed over the locations of a sku';

CREATE VIEW oms.protected_stock AS
SELECT p.location, p.sku, p.channel, p.quantity, p.quantity - p.left_over AS used,
       p.left_over AS "left", p.until::timestamptz AS until
  FROM (SELECT p.sku, p.location, p.until, p.channel,
               pg_catalog.sum(p.quantity)::bigint AS quantity,
               pg_catalog.sum(p.left_over)::bigint AS left_over
          FROM (SELECT a.sku, a.location, a.until, a.channel, a.on_hand AS quantity, a.on_hand - a.reserved AS left_over
                  FROM oms.protection_account a
                UNION ALL
                SELECT d.sku, d.location, d.until, d.channel, d.on_hand, d.on_hand - d.reserved
                  FROM oms.protection_delta d
                UNION ALL
                SELECT r.sku, r.location, r.protected_until, r.channel, 0, r.protected - r.consumed
                  FROM oms.reservation_row r
                 WHERE r.status = 'hold' AND r.expires_at <= pg_catalog.clock_timestamp()
                   AND r.protected > r.consumed) p
         GROUP BY p.sku, p.location, p.until, p.channel) p
 WHERE p.until::timestamptz > pg_catalog.clock_timestamp() AND p.quantity > 0;
COMMENT ON VIEW oms.protected_stock IS
    'stock that only one channel may take, until a moment: units protected of the sku at the location, used of them by the channel (what expired holds have is not), left';

CREATE VIEW oms.quota_use AS
SELECT q.channel, q.sku, q.quantity, q.period, q.time_zone, q.key AS current,
       COALESCE(u.units, 0)::bigint AS used,
       GREATEST(q.quantity - COALESCE(u.units, 0), 0)::bigint AS "left"
  FROM (SELECT q.*, COALESCE(q.period || ' ' || pg_catalog.to_char(pg_catalog.date_trunc(q.period,
                           pg_catalog.clock_timestamp() AT TIME ZONE q.time_zone), 'YYYY-MM-DD'), 'total') AS key
          FROM oms.quota q) q
 CROSS JOIN LATERAL (
        SELECT pg_catalog.sum(u.units) AS units
          FROM (SELECT a.reserved AS units FROM oms.quota_account a
                 WHERE a.sku = q.sku AND a.channel = q.channel AND a.period = q.key
                UNION ALL
                SELECT d.reserved FROM oms.quota_delta d
                 WHERE d.sku = q.sku AND d.channel = q.channel AND d.period = q.key
                UNION ALL
                SELECT (r.consumed - r.quantity) / COALESCE(r.kit_quantity, 1) FROM oms.reservation_row r
                 WHERE (r.sku = q.sku AND r.kit IS NULL OR r.kit = q.sku) AND r.channel = q.channel AND r.quota_period = q.key
                   AND r.status = 'hold' AND r.expires_at <= pg_catalog.clock_timestamp()) u) u;
COMMENT ON VIEW oms.quota_use IS
    'each quota with the name of its current period, the units used of it in that period (what expired holds have is not) and left';

CREATE VIEW oms.movement AS
SELECT m.movement_id, m.sku, m.location, m.quantity, m.unavailable, m.kind, m.reason, m.actor,
       m.reference, m.moved_at, m.incoming_id, m.source, m.occurred_at
  FROM oms.movement_row m;
COMMENT ON VIEW oms.movement IS
    'the immutable ledger: on_hand of the sku at the location changed by quantity units, why, by whom, for what; incoming_id: the incoming supply that was received, if any; source: the feed that reported it, if any; occurred_at: when the goods moved, moved_at when that was recorded';

CREATE VIEW oms.reservation AS
SELECT r.reservation_id, r.sku, r.location, r.quantity, r.consumed,
       CASE WHEN r.status = 'hold' AND r.expires_at <= pg_catalog.clock_timestamp()
            THEN 'expired' ELSE r.status END AS status,
       r.channel, r.method, r.cart_id, r.order_id, r.line_no, r.reference,
       r.created_at, r.expires_at, r.changed_at, r.protected, r.kit
  FROM oms.reservation_row r;
COMMENT ON VIEW oms.reservation IS
    'claims on units of one sku at one location (of a kit: a row per component, with one reservation_id): hold (expires), firm, released, expired or consumed; quantity claimed, consumed of it, protected: of it, from the channel''s protected stock';

CREATE VIEW oms.backorder AS
SELECT b.backorder_id, b.sku, b.channel, b.method, b.location, b.quantity, b.filled, b.status,
       b.cart_id, b.order_id, b.line_no, b.priority,
       CASE WHEN c.quantity = b.quantity - b.filled
            THEN GREATEST(b.promise_at, c.expected_at) ELSE b.promise_at END AS promise_at,
       b.reference, b.created_at, b.changed_at,
       COALESCE(c.quantity, 0) AS claimed
  FROM oms.backorder_row b
  LEFT JOIN LATERAL (SELECT pg_catalog.sum(c.quantity)::bigint AS quantity,
                            pg_catalog.max(i.expected_at) AS expected_at
                       FROM oms.backorder_claim_row c
                       JOIN oms.incoming_row i ON i.incoming_id = c.incoming_id AND i.sku = c.sku
                      WHERE c.sku = b.sku AND c.backorder_id = b.backorder_id) c ON b.status = 'open';
COMMENT ON VIEW oms.backorder IS
    'units sold that could not be reserved: quantity backordered, filled of it by receipts (as firm reservations); status open, filled or released (what was not filled is given up); location: the only one that may fill it, NULL any; filled most urgent priority first, then by promise_at, then by age; claimed: units of what is missing that it claims of incoming supply (oms.backorder_claim); promise_at: when the last of that is due, or what was asked for if that is later; while not all is claimed, what was asked for';
-- What a channel may sell, in the snapshot of the query.

CREATE FUNCTION oms.available(sku text, location text)
RETURNS bigint
LANGUAGE c STABLE PARALLEL SAFE COST 500 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_available';
REVOKE ALL ON FUNCTION oms.available(text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.available(text, text) IS
    'on_hand − live reserved units of the sku at the location; negative after a loss; 0 when the location does not carry the sku';

CREATE FUNCTION oms.atp(channel text, sku text, method text DEFAULT 'ship', at timestamptz DEFAULT NULL)
RETURNS bigint
LANGUAGE c STABLE PARALLEL SAFE COST 1000 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_atp';
REVOKE ALL ON FUNCTION oms.atp(text, text, text, timestamptz) FROM PUBLIC;
COMMENT ON FUNCTION oms.atp(text, text, text, timestamptz) IS
    'available to promise: units of the sku that the channel may sell by the method (ship, pickup), over all its locations, after safety stock, what is protected for other channels, buffer and quota; now, or at a moment with what is incoming up to then and not claimed by backorders (oms.incoming); the largest bigint for an untracked sku without quota. Errors: OM004 unknown channel or sku, 22023 unknown method';

CREATE FUNCTION oms.atp_many(channel text, skus text[], method text DEFAULT 'ship', at timestamptz DEFAULT NULL)
RETURNS TABLE (sku text, atp bigint, shown bigint)
LANGUAGE c STABLE PARALLEL SAFE COST 1000 ROWS 100 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_atp_many';
REVOKE ALL ON FUNCTION oms.atp_many(text, text[], text, timestamptz) FROM PUBLIC;
COMMENT ON FUNCTION oms.atp_many(text, text[], text, timestamptz) IS
    'atp of many skus in one reading: a row per element; shown is at most the channel''s show_at_most, for publishing; both are NULL for an unknown sku. Errors: OM004 unknown channel, 22023 unknown method';

CREATE FUNCTION oms.atp_by_location(
    channel text, sku text, method text DEFAULT 'ship', near oms.latlon DEFAULT NULL)
RETURNS TABLE (location text, on_hand bigint, unavailable bigint, reserved bigint, expired bigint,
               safety_stock bigint, atp bigint, distance_km double precision)
LANGUAGE c STABLE PARALLEL SAFE COST 1000 ROWS 50 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_atp_by_location';
REVOKE ALL ON FUNCTION oms.atp_by_location(text, text, text, oms.latlon) FROM PUBLIC;
COMMENT ON FUNCTION oms.atp_by_location(text, text, text, oms.latlon) IS
    'what the channel may take of the sku at each open location that carries it, the nearest first, without near in the sequence of its group: units on hand, reserved, expired of the reserved, withheld as safety stock, and atp before buffer and quota, without what is protected for other channels; distance_km from near, NULL without coordinates. Errors as atp';

CREATE FUNCTION oms.safety_stock_at(channel text, sku text, location text, method text DEFAULT 'ship')
RETURNS oms.safety_stock
LANGUAGE c STABLE PARALLEL SAFE COST 200 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_safety_stock_at';
REVOKE ALL ON FUNCTION oms.safety_stock_at(text, text, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.safety_stock_at(text, text, text, text) IS
    'what is kept back now of the sku at the location from the channel for the method: of the rule that holds, or the channel''s own. Errors: OM004 unknown channel or location, 22023 unknown method';

CREATE FUNCTION oms.explain_safety_stock(
    channel text, sku text, location text, method text DEFAULT 'ship', at timestamptz DEFAULT NULL)
RETURNS TABLE (place integer, holds boolean, safety_stock oms.safety_stock, rule_id bigint, dimensions integer,
               channel text, sku text, tags text[], location text, location_group text, method text,
               active_from timestamptz, active_until timestamptz, note text)
LANGUAGE c STABLE PARALLEL SAFE COST 500 ROWS 5 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_explain_safety_stock';
REVOKE ALL ON FUNCTION oms.explain_safety_stock(text, text, text, text, timestamptz) FROM PUBLIC;
COMMENT ON FUNCTION oms.explain_safety_stock(text, text, text, text, timestamptz) IS
    'the rules that match the sku at the location, for the channel and method, now or at a moment, in the order in which they win: the first holds; last, without rule_id, the channel''s own. Errors: OM004 unknown channel or location, 22023 unknown method';

CREATE FUNCTION oms.explain_availability(
    channel text, sku text, method text DEFAULT 'ship', at timestamptz DEFAULT NULL)
RETURNS TABLE (step text, location text, on_hand bigint, unavailable bigint, reserved bigint, expired bigint,
               safety_stock bigint, rule_id bigint, rule oms.safety_stock, protected bigint, incoming bigint,
               counted bigint, reason text)
LANGUAGE c STABLE PARALLEL SAFE COST 1000 ROWS 50 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_explain_availability';
REVOKE ALL ON FUNCTION oms.explain_availability(text, text, text, timestamptz) FROM PUBLIC;
COMMENT ON FUNCTION oms.explain_availability(text, text, text, timestamptz) IS
    'why atp is what it is, now or at a moment: a row of step location for each location of the channel''s group, with what is there, the units withheld as safety_stock, the rule that withholds them (rule_id NULL: the channel''s own), the units protected for other channels, the units incoming after that, which count later (oms.projection), the units counted, and the reason when none is; amounts are NULL where the sku is not carried. Then the steps sum, buffer and quota (what they take off, negative) and total, which is atp. Errors as atp';

CREATE FUNCTION oms.projection(channel text, sku text, method text DEFAULT 'ship')
RETURNS TABLE (at timestamptz, incoming bigint, backordered bigint, projected bigint, atp bigint)
LANGUAGE c STABLE PARALLEL SAFE COST 1000 ROWS 10 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_projection';
REVOKE ALL ON FUNCTION oms.projection(text, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.projection(text, text, text) IS
    'the timeline of a sku for a channel: a row for now and for each moment at which something is due at its open locations: units incoming then, backordered of them (claimed by backorders), projected (available and incoming up to then, less what is claimed) and atp. Errors as atp';

CREATE FUNCTION oms.expected_supply(sku text, location text DEFAULT NULL)
RETURNS oms.supply
LANGUAGE sql STABLE PARALLEL SAFE COST 1000 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT oms.supply(o.expected_at, o.outstanding - o.claimed)
      FROM oms.incoming_open o
     WHERE o.sku = $1 AND (o.location = $2 OR $2 IS NULL) AND o.expected_at > clock_timestamp()
$$;
REVOKE ALL ON FUNCTION oms.expected_supply(text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.expected_supply(text, text) IS
    'what is incoming of the sku, at the location or anywhere, and not claimed by backorders, as one value: oms.earliest(oms.expected_supply(sku), 100) is when 100 more will be there';

CREATE FUNCTION oms.atp_feed(channels text[] DEFAULT NULL, method text DEFAULT 'ship')
RETURNS TABLE (channel text, sku text, atp bigint, shown bigint)
LANGUAGE c STABLE PARALLEL SAFE COST 1000000 ROWS 100000 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_atp_feed';
REVOKE ALL ON FUNCTION oms.atp_feed(text[], text) FROM PUBLIC;
COMMENT ON FUNCTION oms.atp_feed(text[], text) IS
    'the full feed: atp of every known sku, and shown of it, for each of the channels (NULL: all), in one pass over the stock; in no order. For a channel with few locations, or a few skus, atp_many is faster. Errors: OM004 unknown channel, 22023 unknown method';
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
-- Claims on units. reserve raises when it cannot; try_reserve tells in rows.

CREATE FUNCTION oms.reserve(
    channel text, sku text, quantity bigint,
    location text DEFAULT NULL, expires_in interval DEFAULT NULL,
    method text DEFAULT 'ship', ship_to oms.latlon DEFAULT NULL, on_shortage text DEFAULT 'refuse',
    cart_id text DEFAULT NULL, request_id text DEFAULT NULL, reference text DEFAULT NULL)
RETURNS SETOF oms.reserved_line
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 ROWS 1
AS 'MODULE_PATHNAME', 'oms_reserve';
REVOKE ALL ON FUNCTION oms.reserve(text, text, bigint, text, interval, text, oms.latlon, text, text, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.reserve(text, text, bigint, text, interval, text, oms.latlon, text, text, text, text) IS
    'reserves quantity units of the sku for the channel, all or nothing, or with on_shortage partial what can be had, or with backorder (firm only) that and a backorder of the rest; firm, or a hold that expires expires_in from now; at the location, or where reserve chooses: one location for all before a split, then nearest to ship_to, then most available. The same cart_id again replaces that cart''s reservations and backorders. A row per line and location, of a kit one per component with the same reservation_id, and one with location and reservation_id NULL and a backorder_id for what is backordered of a line, with promise_at when all of that claims incoming supply. A kit comes whole from one location, several kits may come from several, and it is not backordered. Errors: OM001 insufficient stock, OM002 held by open transactions, OM004 unknown channel, sku or location, OM006 request_id used otherwise, OM009 the channel''s quota, OM010 not allowed, OM013 more than may be backordered, 22023 quantity below 1, or backorder with expires_in';

CREATE FUNCTION oms.reserve_many(
    channel text, skus text[], quantities bigint[],
    location text DEFAULT NULL, expires_in interval DEFAULT NULL,
    method text DEFAULT 'ship', ship_to oms.latlon DEFAULT NULL, on_shortage text DEFAULT 'refuse',
    cart_id text DEFAULT NULL, request_id text DEFAULT NULL, reference text DEFAULT NULL)
RETURNS SETOF oms.reserved_line
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 ROWS 10
AS 'MODULE_PATHNAME', 'oms_reserve_many';
REVOKE ALL ON FUNCTION oms.reserve_many(text, text[], bigint[], text, interval, text, oms.latlon, text, text, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.reserve_many(text, text[], bigint[], text, interval, text, oms.latlon, text, text, text, text) IS
    'reserves quantities[i] units of skus[i] for the channel, all or nothing, or with on_shortage partial what can be had, or with backorder (firm only) that and a backorder of the rest; firm, or a hold that expires expires_in from now; at the location, or where reserve chooses: one location for all before a split, then nearest to ship_to, then most available. The same cart_id again replaces that cart''s reservations and backorders. A row per line and location, of a kit one per component with the same reservation_id, and one with location and reservation_id NULL and a backorder_id for what is backordered of a line, with promise_at when all of that claims incoming supply. A kit comes whole from one location, several kits may come from several, and it is not backordered. Errors: OM001 insufficient stock, OM002 held by open transactions, OM004 unknown channel, sku or location, OM006 request_id used otherwise, OM009 the channel''s quota, OM010 not allowed, OM013 more than may be backordered, 22023 quantity below 1, or backorder with expires_in';

CREATE FUNCTION oms.reserve_cart(
    channel text, cart jsonb,
    location text DEFAULT NULL, expires_in interval DEFAULT NULL,
    method text DEFAULT 'ship', ship_to oms.latlon DEFAULT NULL, on_shortage text DEFAULT 'refuse',
    cart_id text DEFAULT NULL, request_id text DEFAULT NULL, reference text DEFAULT NULL)
RETURNS SETOF oms.reserved_line
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 ROWS 10
AS 'MODULE_PATHNAME', 'oms_reserve_cart';
REVOKE ALL ON FUNCTION oms.reserve_cart(text, jsonb, text, interval, text, oms.latlon, text, text, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.reserve_cart(text, jsonb, text, interval, text, oms.latlon, text, text, text, text) IS
    'reserves a cart [{"sku": …, "quantity": …, "location": … (optional)}, …] for the channel, all or nothing, or with on_shortage partial what can be had, or with backorder (firm only) that and a backorder of the rest; firm, or a hold that expires expires_in from now; at the location, or where reserve chooses: one location for all before a split, then nearest to ship_to, then most available. The same cart_id again replaces that cart''s reservations and backorders. A row per line and location, of a kit one per component with the same reservation_id, and one with location and reservation_id NULL and a backorder_id for what is backordered of a line, with promise_at when all of that claims incoming supply. A kit comes whole from one location, several kits may come from several, and it is not backordered. Errors: OM001 insufficient stock, OM002 held by open transactions, OM004 unknown channel, sku or location, OM006 request_id used otherwise, OM009 the channel''s quota, OM010 not allowed, OM013 more than may be backordered, 22023 quantity below 1, or backorder with expires_in';

CREATE FUNCTION oms.try_reserve(
    channel text, sku text, quantity bigint,
    location text DEFAULT NULL, expires_in interval DEFAULT NULL,
    method text DEFAULT 'ship', ship_to oms.latlon DEFAULT NULL, on_shortage text DEFAULT 'refuse',
    cart_id text DEFAULT NULL, request_id text DEFAULT NULL, reference text DEFAULT NULL)
RETURNS SETOF oms.tried_line
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 ROWS 1
AS 'MODULE_PATHNAME', 'oms_try_reserve';
REVOKE ALL ON FUNCTION oms.try_reserve(text, text, bigint, text, interval, text, oms.latlon, text, text, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.try_reserve(text, text, bigint, text, interval, text, oms.latlon, text, text, text, text) IS
    'reserves quantity units of the sku like reserve but never raises for a shortage: a row per line with the units requested, reserved and available, and its status: reserved, partial, backordered (with on_shortage backorder: what is not reserved waits in oms.backorder), insufficient, quota (of the channel, oms.quota), held_by_others (an open transaction may release them), backorder_limit (more than may be backordered), unknown (sku), not_allowed, refused (could be had, but another line could not). Errors: OM004 unknown channel or location, OM006, 22023';

CREATE FUNCTION oms.try_reserve_many(
    channel text, skus text[], quantities bigint[],
    location text DEFAULT NULL, expires_in interval DEFAULT NULL,
    method text DEFAULT 'ship', ship_to oms.latlon DEFAULT NULL, on_shortage text DEFAULT 'refuse',
    cart_id text DEFAULT NULL, request_id text DEFAULT NULL, reference text DEFAULT NULL)
RETURNS SETOF oms.tried_line
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 ROWS 10
AS 'MODULE_PATHNAME', 'oms_try_reserve_many';
REVOKE ALL ON FUNCTION oms.try_reserve_many(text, text[], bigint[], text, interval, text, oms.latlon, text, text, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.try_reserve_many(text, text[], bigint[], text, interval, text, oms.latlon, text, text, text, text) IS
    'reserves quantities[i] units of skus[i] like reserve_many but never raises for a shortage: a row per line with the units requested, reserved and available, and its status: reserved, partial, backordered (with on_shortage backorder: what is not reserved waits in oms.backorder), insufficient, quota (of the channel, oms.quota), held_by_others (an open transaction may release them), backorder_limit (more than may be backordered), unknown (sku), not_allowed, refused (could be had, but another line could not). Errors: OM004 unknown channel or location, OM006, 22023';

CREATE FUNCTION oms.try_reserve_cart(
    channel text, cart jsonb,
    location text DEFAULT NULL, expires_in interval DEFAULT NULL,
    method text DEFAULT 'ship', ship_to oms.latlon DEFAULT NULL, on_shortage text DEFAULT 'refuse',
    cart_id text DEFAULT NULL, request_id text DEFAULT NULL, reference text DEFAULT NULL)
RETURNS SETOF oms.tried_line
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 ROWS 10
AS 'MODULE_PATHNAME', 'oms_try_reserve_cart';
REVOKE ALL ON FUNCTION oms.try_reserve_cart(text, jsonb, text, interval, text, oms.latlon, text, text, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.try_reserve_cart(text, jsonb, text, interval, text, oms.latlon, text, text, text, text) IS
    'reserves a cart [{"sku": …, "quantity": …, "location": … (optional)}, …] like reserve_cart but never raises for a shortage: a row per line with the units requested, reserved and available, and its status: reserved, partial, backordered (with on_shortage backorder: what is not reserved waits in oms.backorder), insufficient, quota (of the channel, oms.quota), held_by_others (an open transaction may release them), backorder_limit (more than may be backordered), unknown (sku), not_allowed, refused (could be had, but another line could not). Errors: OM004 unknown channel or location, OM006, 22023';

CREATE FUNCTION oms.confirm(
    reservation_id bigint, request_id text DEFAULT NULL)
RETURNS TABLE (reservation_id bigint, sku text, location text, quantity bigint, consumed bigint,
               status text, expires_at timestamptz)
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 ROWS 1 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_confirm';
REVOKE ALL ON FUNCTION oms.confirm(bigint, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.confirm(bigint, text) IS
    'turns a live hold into a firm reservation without a gap; a firm one stays firm. Errors: OM003 expired, OM002 being changed by an open transaction, OM004 unknown reservation, OM005 not possible in its state';

CREATE FUNCTION oms.extend(
    reservation_id bigint, expires_in interval, request_id text DEFAULT NULL)
RETURNS TABLE (reservation_id bigint, sku text, location text, quantity bigint, consumed bigint,
               status text, expires_at timestamptz)
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 ROWS 1 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_extend';
REVOKE ALL ON FUNCTION oms.extend(bigint, interval, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.extend(bigint, interval, text) IS
    'lets a live hold expire expires_in from now. Errors: OM003 expired, OM002 being changed by an open transaction, OM004 unknown reservation, OM005 not possible in its state, 22023 interval not positive';

CREATE FUNCTION oms.release(
    reservation_id bigint, request_id text DEFAULT NULL)
RETURNS TABLE (reservation_id bigint, sku text, location text, quantity bigint, consumed bigint,
               status text, expires_at timestamptz)
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 ROWS 1 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_release';
REVOKE ALL ON FUNCTION oms.release(bigint, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.release(bigint, text) IS
    'gives the units of a hold or firm reservation back; one that is released or expired stays as it is. Errors: OM002 being changed by an open transaction, OM004 unknown reservation, OM005 not possible in its state';

CREATE FUNCTION oms.consume(
    reservation_id bigint, quantity bigint DEFAULT NULL,
    reference text DEFAULT NULL, actor text DEFAULT session_user, request_id text DEFAULT NULL)
RETURNS TABLE (reservation_id bigint, sku text, location text, quantity bigint, consumed bigint,
               status text, expires_at timestamptz)
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 ROWS 1 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_consume';
REVOKE ALL ON FUNCTION oms.consume(bigint, bigint, text, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.consume(bigint, bigint, text, text, text) IS
    'takes quantity units (all that are left by default) of a live reservation out of the door: reserved and, of what is tracked, on_hand fall together, with a movement. Errors: OM001 so many are not on hand, OM002 it, or on_hand, is being changed by an open transaction, OM003 expired, OM004 unknown reservation, OM005 not possible in its state or has fewer units left, 22023 quantity below 1';

CREATE FUNCTION oms.confirm_many(
    reservation_ids bigint[], request_id text DEFAULT NULL)
RETURNS TABLE (reservation_id bigint, sku text, location text, quantity bigint, consumed bigint,
               status text, expires_at timestamptz)
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 ROWS 10 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_confirm_many';
REVOKE ALL ON FUNCTION oms.confirm_many(bigint[], text) FROM PUBLIC;
COMMENT ON FUNCTION oms.confirm_many(bigint[], text) IS
    'each of the reservations, all or none: turns a live hold into a firm reservation without a gap; a firm one stays firm. Errors: OM003 expired, OM002 being changed by an open transaction, OM004 unknown reservation, OM005 not possible in its state';

CREATE FUNCTION oms.extend_many(
    reservation_ids bigint[], expires_in interval, request_id text DEFAULT NULL)
RETURNS TABLE (reservation_id bigint, sku text, location text, quantity bigint, consumed bigint,
               status text, expires_at timestamptz)
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 ROWS 10 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_extend_many';
REVOKE ALL ON FUNCTION oms.extend_many(bigint[], interval, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.extend_many(bigint[], interval, text) IS
    'each of the reservations, all or none: lets a live hold expire expires_in from now. Errors: OM003 expired, OM002 being changed by an open transaction, OM004 unknown reservation, OM005 not possible in its state, 22023 interval not positive';

CREATE FUNCTION oms.release_many(
    reservation_ids bigint[], request_id text DEFAULT NULL)
RETURNS TABLE (reservation_id bigint, sku text, location text, quantity bigint, consumed bigint,
               status text, expires_at timestamptz)
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 ROWS 10 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_release_many';
REVOKE ALL ON FUNCTION oms.release_many(bigint[], text) FROM PUBLIC;
COMMENT ON FUNCTION oms.release_many(bigint[], text) IS
    'each of the reservations, all or none: gives the units of a hold or firm reservation back; one that is released or expired stays as it is. Errors: OM002 being changed by an open transaction, OM004 unknown reservation, OM005 not possible in its state';

CREATE FUNCTION oms.consume_many(
    reservation_ids bigint[], quantities bigint[] DEFAULT NULL,
    reference text DEFAULT NULL, actor text DEFAULT session_user, request_id text DEFAULT NULL)
RETURNS TABLE (reservation_id bigint, sku text, location text, quantity bigint, consumed bigint,
               status text, expires_at timestamptz)
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 ROWS 10 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_consume_many';
REVOKE ALL ON FUNCTION oms.consume_many(bigint[], bigint[], text, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.consume_many(bigint[], bigint[], text, text, text) IS
    'each of the reservations, all or none: takes quantity units (all that are left by default) of a live reservation out of the door: reserved and, of what is tracked, on_hand fall together, with a movement. Errors: OM001 so many are not on hand, OM002 it, or on_hand, is being changed by an open transaction, OM003 expired, OM004 unknown reservation, OM005 not possible in its state or has fewer units left, 22023 quantity below 1';

CREATE FUNCTION oms.transfer_reservation(
    reservation_id bigint, to_location text, request_id text DEFAULT NULL)
RETURNS TABLE (reservation_id bigint, sku text, location text, quantity bigint, consumed bigint,
               status text, expires_at timestamptz)
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 ROWS 1 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_transfer_reservation';
REVOKE ALL ON FUNCTION oms.transfer_reservation(bigint, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.transfer_reservation(bigint, text, text) IS
    'claims the units of a live hold or firm reservation at another location instead, without a gap; its number, age and expiry stay. Errors: OM001 not enough there above the channel''s safety stock, OM002 it, or what it needs there, is being changed by an open transaction, OM003 expired, OM004 unknown reservation or location, OM005 part of an order (oms.route moves those) or partly consumed';

CREATE FUNCTION oms.transfer_reservation_many(
    reservation_ids bigint[], to_location text, request_id text DEFAULT NULL)
RETURNS TABLE (reservation_id bigint, sku text, location text, quantity bigint, consumed bigint,
               status text, expires_at timestamptz)
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 ROWS 10 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_transfer_reservation_many';
REVOKE ALL ON FUNCTION oms.transfer_reservation_many(bigint[], text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.transfer_reservation_many(bigint[], text, text) IS
    'each of the reservations, all or none: claims the units of a live hold or firm reservation at another location instead, without a gap; its number, age and expiry stay. Errors: OM001 not enough there above the channel''s safety stock, OM002 it, or what it needs there, is being changed by an open transaction, OM003 expired, OM004 unknown reservation or location, OM005 part of an order (oms.route moves those) or partly consumed';

CREATE FUNCTION oms.release_backorder(
    backorder_id bigint, request_id text DEFAULT NULL)
RETURNS TABLE (backorder_id bigint, sku text, quantity bigint, filled bigint, status text)
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 ROWS 1 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_release_backorder';
REVOKE ALL ON FUNCTION oms.release_backorder(bigint, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.release_backorder(bigint, text) IS
    'gives up what is missing of a backorder that is no order''s (oms.cancel_order releases an order''s), and what it claims of incoming supply; what filled it stays reserved; one that is released stays so. Errors: OM002 being changed by an open transaction, OM004 unknown backorder, OM005 part of an order or filled';

CREATE FUNCTION oms.fill_backorders(sku text DEFAULT NULL)
RETURNS bigint
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 10000 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_fill_backorders';
REVOKE ALL ON FUNCTION oms.fill_backorders(text) FROM PUBLIC;
COMMENT ON FUNCTION oms.fill_backorders(text) IS
    'fills open backorders, of one sku or of all, from what is available; for pg_cron: a receipt does this by itself, but not for units that become free otherwise (released, expired, no longer kept back) or while another transaction has the backorder; lets what is still missing claim what is incoming, earliest first; waits for nobody; returns the units filled';

CREATE FUNCTION oms.expire_holds()
RETURNS bigint
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 10000 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_expire_holds';
REVOKE ALL ON FUNCTION oms.expire_holds() FROM PUBLIC;
COMMENT ON FUNCTION oms.expire_holds() IS
    'tidies up expired holds, for pg_cron; availability never waits for it; returns the units given back';
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
-- orders: demand. Private tables: read through the views of orders/views.sql, changed by
-- functions only. What an order holds is in reservation_row, by (order_id, line_no).

CREATE TABLE oms.order_row (
    order_id text COLLATE "C" NOT NULL PRIMARY KEY CHECK (order_id <> ''),
    channel text COLLATE "C" NOT NULL,
    service text NOT NULL CHECK (service <> ''),
    method text NOT NULL CHECK (method IN ('ship', 'pickup')),
    priority integer NOT NULL CHECK (priority BETWEEN 0 AND 4),
    ship_to oms.latlon,
    promise_at timestamptz,
    status text NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'cancelled')),
    cart_id text COLLATE "C",
    reference text,
    actor text NOT NULL,
    placed_at timestamptz NOT NULL,
    cancelled_at timestamptz,
    cancelled_by text,
    cancel_reason text,
    xid xid8 NOT NULL DEFAULT pg_catalog.pg_current_xact_id(),
    CHECK ((status = 'cancelled') = (cancelled_at IS NOT NULL))
);
COMMENT ON TABLE oms.order_row IS 'private: orders, behind oms.orders';
CREATE INDEX order_row_xid_idx ON oms.order_row USING brin (xid oms.xid8_minmax_ops) WITH (pages_per_range = 32, autosummarize = on);
COMMENT ON COLUMN oms.order_row.xid IS 'the transaction that wrote the row last';
CREATE TRIGGER stamp BEFORE UPDATE ON oms.order_row FOR EACH ROW EXECUTE FUNCTION oms.stamp_row();
COMMENT ON TRIGGER stamp ON oms.order_row IS 'writes the transaction into column xid';
CREATE INDEX order_row_open_idx ON oms.order_row (order_id) WHERE status = 'open';

CREATE TABLE oms.order_line_row (
    order_id text COLLATE "C" NOT NULL REFERENCES oms.order_row,
    line_no integer NOT NULL CHECK (line_no > 0),
    sku text COLLATE "C" NOT NULL,
    quantity bigint NOT NULL CHECK (quantity > 0),
    unit_value numeric CHECK (unit_value >= 0),
    keep_together text,
    location text COLLATE "C",
    promise_at timestamptz,
    cancelled bigint NOT NULL DEFAULT 0 CHECK (cancelled BETWEEN 0 AND quantity),
    PRIMARY KEY (order_id, line_no)
);
COMMENT ON TABLE oms.order_line_row IS 'private: lines of orders, behind oms.order_line';
COMMENT ON COLUMN oms.order_line_row.keep_together IS 'lines of an order with the same value leave in one shipment';
COMMENT ON COLUMN oms.order_line_row.cancelled IS 'units that are not wanted any more';
COMMENT ON COLUMN oms.order_line_row.location IS 'the only location that may serve the line; NULL: any';

CREATE SEQUENCE oms.order_hold_id_seq;
COMMENT ON SEQUENCE oms.order_hold_id_seq IS 'private: numbers holds of orders that were given no id';
CREATE TABLE oms.order_hold_row (
    order_id text COLLATE "C" NOT NULL,
    hold_id text COLLATE "C" NOT NULL CHECK (hold_id <> ''),
    line_no integer,
    reason text COLLATE "C" NOT NULL CHECK (reason <> ''),
    placed_by text NOT NULL,
    placed_at timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
    released_by text,
    released_at timestamptz,
    PRIMARY KEY (order_id, hold_id),
    CHECK ((released_at IS NULL) = (released_by IS NULL))
);
COMMENT ON TABLE oms.order_hold_row IS 'private: holds of orders, behind oms.order_hold';
CREATE INDEX order_hold_row_standing_idx ON oms.order_hold_row (order_id) WHERE released_at IS NULL;

CREATE TRIGGER guard BEFORE UPDATE OR DELETE OR TRUNCATE ON oms.order_hold_row
    FOR EACH STATEMENT EXECUTE FUNCTION oms.guard_private_table('Call oms.hold_order or oms.release_order_hold.');
ALTER TABLE oms.order_hold_row ENABLE ALWAYS TRIGGER guard;
COMMENT ON TRIGGER guard ON oms.order_hold_row IS 'changed by functions only';
SELECT pg_catalog.pg_extension_config_dump('oms.order_hold_row', '');
SELECT pg_catalog.pg_extension_config_dump('oms.order_hold_id_seq', '');

CREATE TRIGGER guard BEFORE UPDATE OR DELETE OR TRUNCATE ON oms.order_row
    FOR EACH STATEMENT EXECUTE FUNCTION oms.guard_private_table('Call oms.place_order or oms.cancel_order.');
CREATE TRIGGER guard BEFORE UPDATE OR DELETE OR TRUNCATE ON oms.order_line_row
    FOR EACH STATEMENT EXECUTE FUNCTION oms.guard_private_table('Call oms.place_order or oms.cancel_order.');
ALTER TABLE oms.order_row ENABLE ALWAYS TRIGGER guard;
ALTER TABLE oms.order_line_row ENABLE ALWAYS TRIGGER guard;
COMMENT ON TRIGGER guard ON oms.order_row IS 'changed by functions only';
COMMENT ON TRIGGER guard ON oms.order_line_row IS 'changed by functions only';

SELECT pg_catalog.pg_extension_config_dump('oms.order_row', '');
SELECT pg_catalog.pg_extension_config_dump('oms.order_line_row', '');
-- Orders. Writers take a request_id.

CREATE FUNCTION oms.place_order(
    order_id text, channel text, skus text[], quantities bigint[],
    ship_to oms.latlon DEFAULT NULL, service text DEFAULT 'standard',
    priority integer DEFAULT NULL, promise_at timestamptz DEFAULT NULL,
    cart_id text DEFAULT NULL, on_shortage text DEFAULT 'refuse',
    placed_at timestamptz DEFAULT NULL, reference text DEFAULT NULL,
    actor text DEFAULT session_user, request_id text DEFAULT NULL)
RETURNS SETOF oms.placed_line
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 5000 ROWS 3 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_place_order';
REVOKE ALL ON FUNCTION oms.place_order(text, text, text[], bigint[], oms.latlon, text, integer, timestamptz, text, text, timestamptz, text, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.place_order(text, text, text[], bigint[], oms.latlon, text, integer, timestamptz, text, text, timestamptz, text, text, text) IS
    'places an order of quantities[i] units of skus[i] and reserves them, firm, in one transaction; the live holds of cart_id become the order''s. Service pickup is handed over, every other is shipped. priority 0 (most urgent) to 4; NULL: same_day 0, next_day 1, else 2. on_shortage: refuse (all or nothing), partial (what can be had; the rest of a line is unfilled) or backorder (the rest of a line is filled by receipts, see oms.backorder; it claims what is incoming, earliest first, and promise_at is when the last of that is due, or what was asked for if that is later). Open backorders of cart_id are released. placed_at NULL: now. A row per line and location, status reserved or partial, and one with location NULL, status unfilled or backordered, for the rest of a line. Errors: OM001 not enough stock, OM002 held by open transactions, OM004 unknown channel, sku or location, OM005 the order exists, OM009 the channel''s quota, OM010 not sold like this, OM013 more than may be backordered, 22004, 22023, 22003';

CREATE FUNCTION oms.place_order_lines(
    order_id text, channel text, lines jsonb,
    ship_to oms.latlon DEFAULT NULL, service text DEFAULT 'standard',
    priority integer DEFAULT NULL, promise_at timestamptz DEFAULT NULL,
    cart_id text DEFAULT NULL, on_shortage text DEFAULT 'refuse',
    placed_at timestamptz DEFAULT NULL, reference text DEFAULT NULL,
    actor text DEFAULT session_user, request_id text DEFAULT NULL)
RETURNS SETOF oms.placed_line
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 5000 ROWS 3 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_place_order_lines';
REVOKE ALL ON FUNCTION oms.place_order_lines(text, text, jsonb, oms.latlon, text, integer, timestamptz, text, text, timestamptz, text, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.place_order_lines(text, text, jsonb, oms.latlon, text, integer, timestamptz, text, text, timestamptz, text, text, text) IS
    'place_order with its lines as a jsonb array of objects: "sku" and "quantity"; optional "line_no" (default: position in the array), "unit_value", "keep_together" (lines with the same text leave in one shipment), "promise_at" (default: the order''s), "location" (the only one that may serve the line). An optional key may be null. Errors as place_order, each naming the element';

CREATE FUNCTION oms.cancel_order(
    order_id text, reason text DEFAULT NULL,
    actor text DEFAULT session_user, request_id text DEFAULT NULL)
RETURNS TABLE (line_no integer, sku text, location text, quantity bigint, status text)
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 5000 ROWS 3 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_cancel_order';
REVOKE ALL ON FUNCTION oms.cancel_order(text, text, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.cancel_order(text, text, text, text) IS
    'cancels an order of which nothing has left the house: releases what it holds and its open backorders, and cancels its work, in any state that allows it (action cancel of oms.fulfillment_transition); when something has left, cancel_line cancels the rest. A row per line and location with the units released; location NULL for a line that held nothing. Errors: OM004 unknown order, OM005 already cancelled, too far advanced, or units have left';

CREATE FUNCTION oms.cancel_order_many(
    order_ids text[], reason text DEFAULT NULL,
    actor text DEFAULT session_user, request_id text DEFAULT NULL)
RETURNS TABLE (order_id text, line_no integer, sku text, location text, quantity bigint, status text)
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 5000 ROWS 30 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_cancel_order_many';
REVOKE ALL ON FUNCTION oms.cancel_order_many(text[], text, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.cancel_order_many(text[], text, text, text) IS
    'cancels each of the orders, all or none: rows as cancel_order, by order. It locks them by order_id, so that two such calls do not deadlock, as calls of cancel_order in one transaction may that come in another order elsewhere. Errors as cancel_order, 22023 an order named twice';

CREATE FUNCTION oms.hold_order(
    order_id text, reason text, line_no integer DEFAULT NULL, hold_id text DEFAULT NULL,
    actor text DEFAULT session_user, request_id text DEFAULT NULL)
RETURNS TABLE (hold_id text, line_no integer, reason text, placed_at timestamptz, released_at timestamptz)
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 ROWS 1 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_hold_order';
REVOKE ALL ON FUNCTION oms.hold_order(text, text, integer, text, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.hold_order(text, text, integer, text, text, text) IS
    'stops an order, or a line of it, for a reason (fraud, address, payment, …): it keeps its stock, and is neither routed nor accepted, picked, packed or sent out while any of its holds stands. hold_id: yours, or a number. Returns the hold. Errors: OM004 unknown order or line, OM005 cancelled, or it has a hold of that id';

CREATE FUNCTION oms.release_order_hold(
    order_id text, hold_id text, actor text DEFAULT session_user, request_id text DEFAULT NULL)
RETURNS TABLE (hold_id text, line_no integer, reason text, placed_at timestamptz, released_at timestamptz)
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 ROWS 1 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_release_order_hold';
REVOKE ALL ON FUNCTION oms.release_order_hold(text, text, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.release_order_hold(text, text, text, text) IS
    'ends a hold of an order; one that was released stays so. Returns the hold. Errors: OM004 unknown order or hold, OM005 the order is cancelled';
-- Public views; their columns are a contract.

-- Subqueries and views instead of WITH: a condition on order_id reaches the indexes.
-- Of a kit one component stands for all: they are reserved, moved and consumed together.
CREATE VIEW oms.order_line_reserved AS
SELECT r.order_id, r.line_no,
       COALESCE(pg_catalog.sum((r.quantity - r.consumed) / COALESCE(r.kit_quantity, 1)) FILTER (WHERE
           r.status = 'firm' OR r.status = 'hold' AND r.expires_at > pg_catalog.clock_timestamp()), 0)::bigint AS reserved,
       pg_catalog.sum(r.consumed / COALESCE(r.kit_quantity, 1))::bigint AS consumed,
       pg_catalog.array_agg(DISTINCT r.location) FILTER (WHERE
           r.status = 'firm' OR r.status = 'hold' AND r.expires_at > pg_catalog.clock_timestamp()) AS locations
  FROM oms.reservation_row r
 WHERE r.order_id IS NOT NULL AND (r.component IS NULL OR r.component = 1)
 GROUP BY r.order_id, r.line_no;
COMMENT ON VIEW oms.order_line_reserved IS 'private: what each order line holds, and where';

CREATE VIEW oms.order_line_backordered AS
SELECT b.order_id, b.line_no, pg_catalog.sum(b.quantity - b.filled)::bigint AS backordered,
       CASE WHEN pg_catalog.bool_and(b.promise_at IS NOT NULL)
            THEN pg_catalog.max(b.promise_at) END AS promise_at
  FROM oms.backorder b
 WHERE b.order_id IS NOT NULL AND b.status = 'open'
 GROUP BY b.order_id, b.line_no;
COMMENT ON VIEW oms.order_line_backordered IS 'private: what of each order line waits for supply, and its promise';

CREATE VIEW oms.order_line AS
SELECT l.order_id, l.line_no, l.sku, l.quantity,
       COALESCE(r.reserved, 0) AS reserved,
       COALESCE(r.consumed, 0) AS consumed,
       CASE WHEN o.status = 'cancelled' THEN 0
            ELSE l.quantity - l.cancelled - COALESCE(r.reserved, 0) - COALESCE(r.consumed, 0) END AS unfilled,
       CASE WHEN o.status = 'cancelled' OR l.cancelled = l.quantity THEN 'cancelled'
            WHEN COALESCE(r.consumed, 0) = l.quantity - l.cancelled THEN 'consumed'
            WHEN COALESCE(r.reserved, 0) + COALESCE(r.consumed, 0) = l.quantity - l.cancelled THEN 'reserved'
            WHEN b.backordered > 0 THEN 'backordered'
            WHEN COALESCE(r.reserved, 0) + COALESCE(r.consumed, 0) > 0 THEN 'partial'
            ELSE 'unfilled' END AS status,
       COALESCE(r.locations, '{}') AS locations,
       l.unit_value, l.keep_together, l.location,
       COALESCE(b.promise_at, l.promise_at, o.promise_at) AS promise_at,
       COALESCE(b.backordered, 0) AS backordered,
       CASE WHEN o.status = 'cancelled' THEN l.quantity ELSE l.cancelled END AS cancelled
  FROM oms.order_line_row l
  JOIN oms.order_row o ON o.order_id = l.order_id
  LEFT JOIN oms.order_line_reserved r ON r.order_id = l.order_id AND r.line_no = l.line_no
  LEFT JOIN oms.order_line_backordered b ON b.order_id = l.order_id AND b.line_no = l.line_no;
COMMENT ON VIEW oms.order_line IS
    'lines of orders: units ordered, reserved now at locations, consumed (left the house), cancelled, unfilled (none of these), backordered (those of the unfilled that wait for supply); status reserved, backordered (some units are), partial, unfilled, consumed or cancelled; location: the only one that may serve the line, if any. The line of a kit is in kits; promise_at: of a backordered line when the last of what it claims of incoming supply is due, if that is later than what was asked for';

CREATE VIEW oms.orders AS
SELECT o.order_id, o.channel, o.service, o.method, o.priority, o.ship_to, o.promise_at,
       CASE WHEN o.status = 'open' AND l.consumed = l.units - l.cancelled THEN 'completed' ELSE o.status END AS status,
       l.lines, l.units, l.reserved, l.consumed, l.unfilled,
       o.placed_at, o.cart_id, o.reference, o.actor, o.cancelled_at, o.cancelled_by, o.cancel_reason,
       l.backordered, l.cancelled
  FROM oms.order_row o
  LEFT JOIN (SELECT l.order_id, pg_catalog.count(*) AS lines,
                    pg_catalog.sum(l.quantity)::bigint AS units,
                    pg_catalog.sum(l.reserved)::bigint AS reserved,
                    pg_catalog.sum(l.consumed)::bigint AS consumed,
                    pg_catalog.sum(l.unfilled)::bigint AS unfilled,
                    pg_catalog.sum(l.backordered)::bigint AS backordered,
                    pg_catalog.sum(l.cancelled)::bigint AS cancelled
               FROM oms.order_line l
              GROUP BY l.order_id) l ON l.order_id = o.order_id;
COMMENT ON VIEW oms.orders IS
    'orders, with the units of their lines; status open, completed (every unit that was not cancelled is consumed) or cancelled; priority 0 (most urgent) to 4; ship_to is NULL when unknown';

CREATE VIEW oms.order_hold AS
SELECT h.order_id, h.hold_id, h.line_no, h.reason, h.placed_by, h.placed_at, h.released_by, h.released_at
  FROM oms.order_hold_row h;
COMMENT ON VIEW oms.order_hold IS
    'why orders are stopped: holds of an order, or of a line of it, several at once; while one stands (released_at NULL) what it is on is neither routed nor worked on';
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
    on_unfilled text NOT NULL DEFAULT 'wait' CHECK (on_unfilled IN ('wait', 'backorder')),
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
    PRIMARY KEY (policy, version, routing, rule_no)
);
COMMENT ON TABLE oms.policy_rule_row IS 'private: rules of routings, behind oms.policy_rule';
COMMENT ON COLUMN oms.policy_rule_row.criteria IS 'by which locations are preferred, the first first; NULL: by cost';

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
-- The planner: pure functions over the caller's own queries.

CREATE FUNCTION oms.plan_routes(
    orders_sql text, lines_sql text, locations_sql text, stock_sql text,
    shipment_cost_sql text DEFAULT NULL, line_cost_sql text DEFAULT NULL, capacity_sql text DEFAULT NULL,
    options jsonb DEFAULT '{}'
) RETURNS TABLE (order_id text, line_no int, location text, quantity bigint, shipment int, cost numeric)
    LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000000 ROWS 10000
    AS 'MODULE_PATHNAME', 'oms_plan_routes';
REVOKE ALL ON FUNCTION oms.plan_routes(text, text, text, text, text, text, text, jsonb) FROM PUBLIC;
COMMENT ON FUNCTION oms.plan_routes(text, text, text, text, text, text, text, jsonb) IS
'decides for all orders of the queries together where each line ships from.
It reads only the queries, each one SELECT, under the rights of the caller and read-only, and writes nothing. Columns are matched by name, those in brackets are optional, others are ignored:
orders_sql (order_id, [priority 0 to 4, 0 most urgent, default 2], [coordinates], [max_shipments, 1 = never split], [ship_complete], [sequence of arrival, for the sequential solvers]);
lines_sql (order_id, line_no, sku, quantity, [unfilled_cost of a unit], [keep_together: true, or the name of a group], [unit_value]);
locations_sql (location, [coordinates], [handling_cost of a shipment], [unit_cost], [capacity_orders], [capacity_units], [minutes_per_order, minutes_per_line, minutes_per_unit: how long the work takes, to the second]);
stock_sql (sku, location, available, [scarcity_cost of a unit]);
shipment_cost_sql (order_id, location, cost, [late_seconds]) replaces handling and distance, its pairs are the only candidates;
line_cost_sql (order_id, line_no, location, cost of the whole line) replaces unit_cost, its pairs are the only candidates;
capacity_sql (location, measure: orders, lines, units or minutes, limit).
Aims, in order: class by class from 0 on, fewest unfilled units, then fewest late lines; then least cost, in which unfilled_cost counts. Priority is hard: no line is unfilled or late while a lower class holds what would mend it.
Options and defaults: solver batch (or nearest, cheapest: one order after the other); cost_per_shipment 5; cost_per_km 0.01; max_distance_km null; late_cost_per_hour 1, times 16, 8, 4, 2, 1 for priority 0 to 4; min_shipment_value 0, for each part and the unfilled rest unless one location takes all; split_lines false; seed 0; iterations by size; deadline_ms null; gap_target null; candidates 24 locations kept for an order.
A location without coordinates comes last and lies within no radius. The rows of the result have the line cost; the first row of a shipment has the cost of the shipment too; location is null for what stays unfilled. Input that does not fit raises OM012, which names the query and the column';

CREATE FUNCTION oms.plan_summary() RETURNS TABLE (
    solver text, cost numeric, lower_bound numeric, gap float8, orders bigint, lines bigint,
    shipments bigint, unfilled bigint, late bigint,
    unfilled_by_priority bigint[], late_by_priority bigint[], distance_km float8,
    seconds_read float8, seconds_build float8, seconds_solve float8, seconds_check float8,
    seconds_first float8, iterations bigint, memory_bytes bigint, stop_reason text
)
    LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 ROWS 1
    AS 'MODULE_PATHNAME', 'oms_plan_summary';
REVOKE ALL ON FUNCTION oms.plan_summary() FROM PUBLIC;
COMMENT ON FUNCTION oms.plan_summary() IS
    'one row about the last plan of this session: cost, units unfilled, lines late, shipments, kilometres, seconds per phase, why it stopped. No plan that leaves in each class no more units unfilled and lines late costs less than lower_bound; gap is (cost - lower_bound) / cost; both are null where nothing is certified';

CREATE FUNCTION oms.plan_candidates(for_order text DEFAULT NULL) RETURNS TABLE (
    order_id text, location text, rank int, cost numeric, distance_km float8, late_seconds bigint,
    verdict text, reason text, line_cost numeric, stock_cost numeric, outbid_by text, outbid_price numeric
)
    LANGUAGE c VOLATILE PARALLEL UNSAFE COST 10000 ROWS 2000
    AS 'MODULE_PATHNAME', 'oms_plan_candidates';
REVOKE ALL ON FUNCTION oms.plan_candidates(text) FROM PUBLIC;
COMMENT ON FUNCTION oms.plan_candidates(text) IS
    'for each order of the last plan of this session, or for one, all locations: chosen, runner-up, possible, outbid or dropped, with cost (line_cost of it for the lines, of that stock_cost for the scarcity of the stock), distance, lateness and the reason. outbid_by: what the location has too little of for the order, since others have it: stock of a sku, or orders, lines, units, minutes; outbid_price: what one more of it would be worth to the plan, as in plan_prices; NULL when the solver makes no prices';

CREATE FUNCTION oms.plan_prices() RETURNS TABLE (
    measure text, location text, sku text, price numeric, amount bigint, used bigint, outbid text[]
)
    LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 ROWS 2000
    AS 'MODULE_PATHNAME', 'oms_plan_prices';
REVOKE ALL ON FUNCTION oms.plan_prices() FROM PUBLIC;
COMMENT ON FUNCTION oms.plan_prices() IS
    'what one more unit of stock (measure stock) or of capacity (orders, lines, units, minutes) would be worth to the last plan of this session, by the prices that prove its lower bound. outbid: the orders whose ideal pattern, the best if an order were alone, needs it and does not get it, each where what it lacks is dearest. Only what has a price or outbid an order';
-- Routing of oms's own orders: the planner over oms's tables, and its decisions applied.
-- Without jit: compiling these queries takes longer than running them.

CREATE FUNCTION oms.shipping(
    location text, method text, ship_to oms.latlon, start_at timestamptz, due_at timestamptz,
    cost_per_shipment double precision DEFAULT 5, cost_per_km double precision DEFAULT 0.01,
    OUT carrier_service text, OUT price double precision, OUT distance_km double precision,
    OUT ship_at timestamptz, OUT arrive_at timestamptz)
LANGUAGE c STABLE PARALLEL RESTRICTED COST 5
AS 'MODULE_PATHNAME', 'oms_shipping';
REVOKE ALL ON FUNCTION oms.shipping(text, text, oms.latlon, timestamptz, timestamptz, double precision, double precision) FROM PUBLIC;
COMMENT ON FUNCTION oms.shipping(text, text, oms.latlon, timestamptz, timestamptz, double precision, double precision) IS
    'how a shipment started at start_at would leave a location: the cheapest carrier service that arrives by due_at, else the fastest; its price, when it leaves (after the handling hours within the opening hours, at the cut-off that follows) and arrives. carrier_service NULL: a pickup, there for nothing when it is ready; or, while oms.carrier_service is empty, the default: cost_per_shipment + cost_per_km, 50 km an hour. price NULL: no service gets there. Reads the tables once a query, with the rights of the caller. Errors: OM004 unknown location, 22004';

CREATE FUNCTION oms.promise(
    channel text, cart jsonb, ship_to oms.latlon DEFAULT NULL, services text[] DEFAULT NULL,
    start_at timestamptz DEFAULT NULL,
    cost_per_shipment double precision DEFAULT 5, cost_per_km double precision DEFAULT 0.01)
RETURNS TABLE (service text, location text, ship_at timestamptz, arrive_at timestamptz, cost numeric,
               carrier_service text, distance_km double precision, skus text[], quantities bigint[])
LANGUAGE c STABLE PARALLEL RESTRICTED COST 10000 ROWS 5 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_promise';
REVOKE ALL ON FUNCTION oms.promise(text, jsonb, oms.latlon, text[], timestamptz, double precision, double precision) FROM PUBLIC;
COMMENT ON FUNCTION oms.promise(text, jsonb, oms.latlon, text[], timestamptz, double precision, double precision) IS
    'what can be promised of a cart, [{"sku": …, "quantity": …}, …]: for each service (NULL: every one of oms.service_due) a row per location that would send it, with what of the cart, when it leaves and arrives, the cost (handling + carrier) and the carrier service; no row for a service that cannot be kept. From one location before a split; a pickup is at one store, the nearest that has all. What the channel may not sell now is promised from the moment at which it may with what is incoming. start_at: when work on it begins (default now). It writes and holds nothing: reserve or place_order does. Errors: OM004 unknown channel, sku or service, 22023, 22004, 22008';

CREATE FUNCTION oms.leave_by(
    location text, method text, carrier_service text, ship_to oms.latlon, ship_at timestamptz, due_at timestamptz)
RETURNS timestamptz
LANGUAGE c STABLE PARALLEL RESTRICTED COST 50
AS 'MODULE_PATHNAME', 'oms_leave_by';
REVOKE ALL ON FUNCTION oms.leave_by(text, text, text, oms.latlon, timestamptz, timestamptz) FROM PUBLIC;
COMMENT ON FUNCTION oms.leave_by(text, text, text, oms.latlon, timestamptz, timestamptz) IS
    'when a shipment that may leave the location at ship_at must leave it to arrive by due_at: the last cut-off of the location, or without one the last moment of its opening hours, from which the carrier service, as oms.shipping named it, is in time; ship_at itself when nothing is in time, NULL when it is never due. What is picked up must be there by due_at. Errors: OM004 unknown location or carrier service, 22004, 22008 infinity';

CREATE FUNCTION oms.capacity_accounts(at timestamptz)
RETURNS TABLE (location text, window_name text, until text, measure text, quantity bigint, used bigint)
LANGUAGE sql STABLE PARALLEL SAFE COST 1000 ROWS 100 SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET jit = off
AS $$
    WITH recurring AS (     -- of each window_name the row with the fewest days
        SELECT DISTINCT ON (c.location, c.window_name) c.*, b.begins, w.until
          FROM oms.capacity c
          JOIN oms.location l ON l.location = c.location
         CROSS JOIN LATERAL (SELECT oms.next_open(c.hours, $1, l.time_zone) AS begins) b
         CROSS JOIN LATERAL (SELECT COALESCE(oms.next_close(c.hours, b.begins, l.time_zone),
                                             (timezone(l.time_zone, b.begins)::date + 1)::timestamp AT TIME ZONE l.time_zone) AS until) w
         WHERE c.days @> (timezone(l.time_zone, w.until) - interval '1 microsecond')::date
         ORDER BY c.location, c.window_name, upper(c.days) - lower(c.days), lower(c.days) DESC NULLS LAST),
    capacity AS (
        SELECT r.location, r.window_name, to_char(timezone('UTC', r.until), 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') COLLATE "C" AS until, m.measure, m.quantity
          FROM (SELECT r.*, rank() OVER (PARTITION BY r.location ORDER BY r.begins) AS n FROM recurring r) r
         CROSS JOIN LATERAL (VALUES ('orders' COLLATE "C", r.orders), ('lines', r.lines), ('units', r.units), ('minutes', r.minutes * 60)) m (measure, quantity)
         WHERE r.n = 1 AND m.quantity IS NOT NULL
        UNION ALL
        SELECT l.location, 'at once', 'infinity', 'orders', l.capacity_orders
          FROM oms.location l WHERE l.capacity_orders IS NOT NULL)
    SELECT c.location, c.window_name, c.until, c.measure, c.quantity, COALESCE(sum(a.reserved), 0)::bigint
      FROM capacity c
      LEFT JOIN (SELECT a.location, a.window_name, a.until, a.measure, a.reserved FROM oms.capacity_account a
                 UNION ALL
                 SELECT d.location, d.window_name, d.until, d.measure, d.reserved FROM oms.capacity_delta d) a
        ON a.location = c.location AND a.window_name = c.window_name AND a.until = c.until AND a.measure = c.measure
     GROUP BY c.location, c.window_name, c.until, c.measure, c.quantity
$$;
REVOKE ALL ON FUNCTION oms.capacity_accounts(timestamptz) FROM PUBLIC;
COMMENT ON FUNCTION oms.capacity_accounts(timestamptz) IS
    'private: the accounts of capacity in which work counts that is assigned at that moment; minutes in seconds';

CREATE FUNCTION oms.capacity_use(at timestamptz DEFAULT clock_timestamp())
RETURNS TABLE (location text, window_name text, until timestamptz, measure text, quantity bigint, used numeric, "left" numeric)
LANGUAGE sql STABLE PARALLEL SAFE COST 1000 ROWS 100 SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET jit = off
AS $$
    SELECT c.location, c.window_name, c.until::timestamptz, c.measure, c.quantity / m.unit,
           trim_scale(round(c.used::numeric / m.unit, 2)), trim_scale(round(GREATEST(0, c.quantity - c.used)::numeric / m.unit, 2))
      FROM oms.capacity_accounts($1) c
     CROSS JOIN LATERAL (SELECT CASE c.measure WHEN 'minutes' THEN 60 ELSE 1 END AS unit) m
     ORDER BY c.location, c.window_name, c.measure
$$;
REVOKE ALL ON FUNCTION oms.capacity_use(timestamptz) FROM PUBLIC;
COMMENT ON FUNCTION oms.capacity_use(timestamptz) IS
    'the capacity of locations in the windows in which work counts that is assigned at that moment: how much by which measure, how much of it is used and left; window ''at once'' is capacity_orders of the location, used until the work is done';

CREATE FUNCTION oms.route(
    solver text DEFAULT 'batch', order_ids text[] DEFAULT NULL, options jsonb DEFAULT '{}',
    actor text DEFAULT session_user, request_id text DEFAULT NULL, policy text DEFAULT NULL)
RETURNS TABLE (run_id bigint, orders bigint, lines bigint, units bigint, shipments bigint,
               unfilled_units bigint, late_lines bigint, distance_km double precision, cost numeric,
               moved_units bigint, not_moved_units bigint, skipped_orders bigint,
               seconds double precision)
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000000 ROWS 1 SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET jit = off
AS 'MODULE_PATHNAME', 'oms_route';
REVOKE ALL ON FUNCTION oms.route(text, text[], jsonb, text, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.route(text, text[], jsonb, text, text, text) IS
'decides together where all open orders, or those of order_ids, ship from, and applies it: takes capacity, moves holds, writes decisions, assigns fulfillments and supersedes those that no location has started. An order that changed under the run, or whose units or capacity were taken meanwhile, is planned again, at most three times; then it waits in queue changed. Orders that another transaction has locked are skipped (skipped_orders). Units that no location can serve keep their hold and wait in a queue with the reason.
options: those of plan_routes (cost_per_shipment, cost_per_km, max_distance_km, late_cost_per_hour, …; here split_lines is true by default) and start_at: when the locations start to work on it (a moment, or "placed_at": on every order when it was placed; default now). From then on handling hours, opening hours and cut-off of the location decide when a shipment leaves, and its carrier service when it arrives (oms.shipping). It is due when the line or the order was promised, else after the hours of its service in oms.service, else same_day 12, next_day 36, two_day 60 hours after placed_at. cost_per_shipment and cost_per_km count while there is no carrier service. stored_prices (true or false, the default): only with order_ids; as in route_one.
policy: the active version decides which orders are routed by which rules, one rule after the other (oms.add_rule); orders that none of its routings takes are left alone.
Runs do not wait for each other. Errors: OM004 a policy without an active version, 22023 unknown solver or option, 22004';

CREATE FUNCTION oms.route_one(
    order_id text, policy text DEFAULT NULL, options jsonb DEFAULT '{}',
    actor text DEFAULT session_user, request_id text DEFAULT NULL)
RETURNS TABLE (run_id bigint, orders bigint, lines bigint, units bigint, shipments bigint,
               unfilled_units bigint, late_lines bigint, distance_km double precision, cost numeric,
               moved_units bigint, not_moved_units bigint, skipped_orders bigint,
               seconds double precision)
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000000 ROWS 1 SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET jit = off
AS 'MODULE_PATHNAME', 'oms_route_one';
REVOKE ALL ON FUNCTION oms.route_one(text, text, jsonb, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.route_one(text, text, jsonb, text, text) IS
    'oms.route for one order at once, as at checkout, with option stored_prices: what the last run of all orders found its stock and capacity to be worth (oms.routing_price) counts as cost, so that the order takes none of it that others need more while it has another choice. What is unfilled or late counts before it. Nothing to do, of an order that is not open or whose work has begun, is a run of 0 orders. Errors: OM004 unknown order, a policy without an active version, 22023, 22004';

CREATE FUNCTION oms.reroute(
    location text, policy text DEFAULT NULL, options jsonb DEFAULT '{}',
    actor text DEFAULT session_user, request_id text DEFAULT NULL)
RETURNS TABLE (run_id bigint, orders bigint, lines bigint, units bigint, shipments bigint,
               unfilled_units bigint, late_lines bigint, distance_km double precision, cost numeric,
               moved_units bigint, not_moved_units bigint, skipped_orders bigint,
               seconds double precision)
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000000 ROWS 1 SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET jit = off
AS 'MODULE_PATHNAME', 'oms_reroute';
REVOKE ALL ON FUNCTION oms.reroute(text, text, jsonb, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.reroute(text, text, jsonb, text, text) IS
    'oms.route for the orders that hold units at the location, as after it went offline or lost stock; work that has begun stays. Errors: OM004 unknown location, a policy without an active version, 22023, 22004';

CREATE FUNCTION oms.simulate(
    solver text DEFAULT 'batch', order_ids text[] DEFAULT NULL, options jsonb DEFAULT '{}', policy text DEFAULT NULL)
RETURNS TABLE (order_id text, line_no integer, sku text, quantity bigint, location text, shipment integer,
               cost numeric, routing text, rule_no integer, queue text)
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000000 ROWS 10000 SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET jit = off
AS 'MODULE_PATHNAME', 'oms_simulate';
REVOKE ALL ON FUNCTION oms.simulate(text, text[], jsonb, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.simulate(text, text[], jsonb, text) IS
    'what oms.route would decide now, by the same planner, writing and locking nothing: rows of oms.decision. Errors as route';

CREATE FUNCTION oms.compare_solvers(
    solvers text[] DEFAULT '{nearest,cheapest,batch}', order_ids text[] DEFAULT NULL,
    options jsonb DEFAULT '{}')
RETURNS TABLE (solver text, orders bigint, shipments bigint, unfilled bigint, late bigint,
               distance_km double precision, cost numeric, seconds double precision)
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000000 ROWS 3 SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET jit = off
AS 'MODULE_PATHNAME', 'oms_compare_solvers';
REVOKE ALL ON FUNCTION oms.compare_solvers(text[], text[], jsonb) FROM PUBLIC;
COMMENT ON FUNCTION oms.compare_solvers(text[], text[], jsonb) IS
    'what oms.route would decide with each solver, on the same input, writing nothing: shipments, units unfilled, lines late, kilometres, cost. Options as route. Errors: 22023 unknown solver or option, 22004';

-- What a replay plans instead of oms.routing_held and oms.inventory.
CREATE FUNCTION oms.past_held(period tstzrange)
RETURNS TABLE (order_id text, line_no integer, sku text, location text, quantity bigint, plan_line integer,
               bundle integer, kit_quantity bigint)
LANGUAGE sql STABLE PARALLEL SAFE COST 10000 ROWS 10000 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT l.order_id, l.line_no, l.sku, NULL::text, l.quantity - l.cancelled, l.line_no, NULL::integer, 1::bigint
      FROM oms.order_row o
      JOIN oms.order_line_row l ON l.order_id = o.order_id
     WHERE o.placed_at <@ $1 AND o.status = 'open' AND o.method = 'ship' AND l.quantity > l.cancelled
       AND NOT EXISTS (SELECT FROM oms.kit_component k WHERE k.kit = l.sku)
    UNION ALL
    SELECT r.order_id, r.line_no, r.sku, NULL, r.units, r.plan_line, r.plan_line + r.component, r.kit_quantity
      FROM oms.order_row o
      JOIN (SELECT r.*, CASE WHEN r.status IN ('firm', 'consumed') THEN r.quantity ELSE r.consumed END AS units
              FROM oms.reservation_row r) r ON r.order_id = o.order_id
     WHERE o.placed_at <@ $1 AND o.status = 'open' AND o.method = 'ship' AND r.kit IS NOT NULL AND r.units > 0
$$;
REVOKE ALL ON FUNCTION oms.past_held(tstzrange) FROM PUBLIC;
COMMENT ON FUNCTION oms.past_held(tstzrange) IS
    'private: units of the orders placed in the period that were to be shipped, as oms.routing_held shows units that the router may move, but held nowhere: ordered and not cancelled; of kits the components of what they reserved';

CREATE FUNCTION oms.past_inventory(period tstzrange)
RETURNS TABLE (sku text, location text, on_hand bigint, available bigint)
LANGUAGE sql STABLE PARALLEL SAFE COST 10000 ROWS 10000 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT i.sku, i.location, (i.on_hand - COALESCE(m.all_units, 0))::bigint,
           (i.on_hand - COALESCE(m.other_units, 0) - COALESCE(r.units, 0))::bigint
      FROM (SELECT i.sku, i.location, i.on_hand FROM oms.inventory i
            UNION ALL
            -- the planner wants to hear of every sku
            SELECT DISTINCT h.sku, (SELECT min(l.location) FROM oms.location l), 0 FROM oms.past_held($1) h
             WHERE NOT EXISTS (SELECT FROM oms.inventory i WHERE i.sku = h.sku)) i
      LEFT JOIN (SELECT m.sku, m.location, sum(m.quantity) AS all_units,
                        sum(m.quantity) FILTER (WHERE m.kind NOT IN ('consume', 'ship', 'hand_over')) AS other_units
                   FROM oms.movement_row m WHERE m.moved_at >= lower($1)
                  GROUP BY m.sku, m.location) m ON m.sku = i.sku AND m.location = i.location
      -- Those who had ordered before held then what they hold still or gave back since; what they have consumed since
      -- was there, but not free. What the others have consumed since was there and free.
      LEFT JOIN (SELECT r.sku, r.location,
                        sum(CASE WHEN NOT r.earlier THEN 0
                                 WHEN r.status = 'released' AND r.changed_at < lower($1) THEN 0
                                 WHEN r.status IN ('hold', 'expired') AND r.expires_at <= lower($1) THEN 0
                                 ELSE r.quantity - r.consumed END
                            - CASE WHEN r.earlier THEN 0 ELSE r.consumed END
                            + CASE WHEN NOT r.picked_up THEN 0
                                   WHEN r.status IN ('firm', 'consumed') THEN r.quantity ELSE r.consumed END) AS units
                   FROM (SELECT r.*, GREATEST(r.created_at, o.placed_at) < lower($1) AS earlier,
                                COALESCE(o.placed_at <@ $1 AND o.status = 'open' AND o.method = 'pickup', false) AS picked_up
                           FROM oms.reservation_row r
                           LEFT JOIN oms.order_row o ON o.order_id = r.order_id) r
                  GROUP BY r.sku, r.location) r ON r.sku = i.sku AND r.location = i.location
$$;
REVOKE ALL ON FUNCTION oms.past_inventory(tstzrange) FROM PUBLIC;
COMMENT ON FUNCTION oms.past_inventory(tstzrange) IS
    'private: stock at the start of the period, rebuilt from that of now, movements and reservations: units on_hand, and available to the orders that were to be shipped: not held then by others, nor since picked up by an order of the period. A reservation counts where it is now and as far as it was not given back in part since';

CREATE FUNCTION oms.compare_policies(a text, b text, period tstzrange, options jsonb DEFAULT '{}')
RETURNS TABLE (measure text, location text, a numeric, b numeric, difference numeric)
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000000 ROWS 30 SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET jit = off
AS 'MODULE_PATHNAME', 'oms_compare_policies';
REVOKE ALL ON FUNCTION oms.compare_policies(text, text, tstzrange, jsonb) FROM PUBLIC;
COMMENT ON FUNCTION oms.compare_policies(text, text, tstzrange, jsonb) IS
'what two policies would have made of the orders placed in a past period, writing and locking nothing: each plans them all together, by the planner of oms.route, against the stock at the start of the period. A row a measure: orders, lines and units that were to be shipped, filled_units, fill_rate (percent of the units; what no routing takes or no rule serves is not filled), shipments, late_lines, cost; then filled_units and shipments of each location; difference is b - a. a, b: a policy (its active version) or policy@version, a draft too.
The stock is that of now less the movements since, less what was held at the start by those who had ordered before; a hold that a later run moved counts where it is now, one that was given back in part since as what it still is. What came in during the period does not count: take short periods. Left out: cancelled orders and lines; pickups, whose units are set aside where they were; kits that were never reserved. The use of capacity is not kept: capacity does not limit. Exclusions are those at the start; all else is as it is now: locations, hours, prices, safety and protected stock, confidence, values of items, and for criteria sales and load.
options as route, but for stored_prices; start_at is "placed_at" by default. Errors: OM004 a policy without that version, 22023 a period that is empty or has no start, unknown option, 22004';

CREATE FUNCTION oms.explain_route(order_id text)
RETURNS TABLE (line_no integer, sku text, quantity bigint, location text, verdict text, cost numeric,
               distance_km double precision, late_seconds bigint, reason text, carrier_service text,
               ship_at timestamptz, arrive_at timestamptz, outbid_by text, outbid_price numeric)
LANGUAGE c STABLE PARALLEL RESTRICTED COST 1000 ROWS 10 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_explain_route';
REVOKE ALL ON FUNCTION oms.explain_route(text) FROM PUBLIC;
COMMENT ON FUNCTION oms.explain_route(text) IS
    'why the order is served from where it is, as the last routing run recorded it: a row per line and location (verdict chosen, or the queue where the units wait), then the other locations considered for the order as a whole: runner-up, possible, outbid, dropped, each with cost, distance, lateness and the reason, and what outbid the order at what price (plan_candidates). Before the first run: what is held where. Error: OM004 unknown order';

-- Policies. Not SECURITY DEFINER: the role in effect is the one as which a filter is evaluated.

CREATE FUNCTION oms.add_policy(policy text, note text DEFAULT NULL)
RETURNS integer
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 100
AS 'MODULE_PATHNAME', 'oms_add_policy';
REVOKE ALL ON FUNCTION oms.add_policy(text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.add_policy(text, text) IS
    'begins a new version of a policy, a draft, in place of the draft there is; returns its number. Add routings and rules, then activate it. Error: 22004';

CREATE FUNCTION oms.add_routing(
    policy text, routing text, filter text DEFAULT NULL, queue text DEFAULT 'unfillable',
    cancel_after_days numeric DEFAULT NULL, on_unfilled text DEFAULT 'wait')
RETURNS integer
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 100
AS 'MODULE_PATHNAME', 'oms_add_routing';
REVOKE ALL ON FUNCTION oms.add_routing(text, text, text, text, numeric, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.add_routing(text, text, text, text, numeric, text) IS
    'adds a routing to the draft of a policy; returns its sequence. filter: an SQL condition over the columns of oms.order_facts (NULL: every order), checked now and evaluated as the role that saved it, read-only, with search_path pg_catalog, oms; an order belongs to the first routing whose filter is true. queue: where units wait that no rule serves; on_unfilled: wait, they keep their hold, or backorder, it is released and their line waits for supply (kits and what is untracked keep it); cancel_after_days: after which oms.cancel_overdue cancels their order. Errors: OM004 no draft, 23505 the routing is there already, what is wrong with the filter, 22004';

CREATE FUNCTION oms.add_rule(
    policy text, routing text, location_group text DEFAULT NULL, max_distance_km double precision DEFAULT NULL,
    floor oms.safety_stock DEFAULT '0', split text DEFAULT 'multi', whole boolean DEFAULT NULL,
    keep_groups boolean DEFAULT true, ignore_capacity boolean DEFAULT false,
    min_shipment_value numeric DEFAULT 0, criteria text[] DEFAULT NULL)
RETURNS integer
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 100
AS 'MODULE_PATHNAME', 'oms_add_rule';
REVOKE ALL ON FUNCTION oms.add_rule(text, text, text, double precision, oms.safety_stock, text, boolean, boolean, boolean, numeric, text[]) FROM PUBLIC;
COMMENT ON FUNCTION oms.add_rule(text, text, text, double precision, oms.safety_stock, text, boolean, boolean, boolean, numeric, text[]) IS
    'adds a rule to a routing of the draft; returns its number. Rules are tried in this order, each for all lines that none before has served, together, with the stock and capacity that those left. location_group: only from these, of the channel''s; max_distance_km: from no farther; floor: units to be left at a location; split: single, an order''s lines leave in one shipment, or multi; whole: all lines of an order that are still to be served or none (default: with single); keep_groups: lines of one keep_together group leave together; ignore_capacity; min_shipment_value as in plan_routes.
criteria: which location is preferred, by the first, where that is equal by the second, and so on, then by cost; NULL: by cost. distance: the nearest, to a kilometre; cost: handling and carrier; location_sequence: of the channel''s group; stock_balance: where most units are; sales_velocity: where least is sold a week; weeks_of_supply: where the units last longest; location_load: where fewest orders are in work that this run does not plan. Sales are units consumed, shipped or handed over in the last 28 days; units are those not held by other orders, as the run begins; of several skus the scarcest, or the one sold most, of those that the location has counts. Over all shipments the sum of places in the order of preference is least. With criteria the cost is without lateness and expected rejects; late lines still count first. Solver nearest does not look at them.
Errors: OM004 no such routing in a draft, 23503 unknown location group, 23514 a value out of range, 22023 an unknown or repeated criterion, 22004';

CREATE FUNCTION oms.activate_policy(policy text)
RETURNS integer
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 100
AS 'MODULE_PATHNAME', 'oms_activate_policy';
REVOKE ALL ON FUNCTION oms.activate_policy(text) FROM PUBLIC;
COMMENT ON FUNCTION oms.activate_policy(text) IS
    'makes the draft of a policy its active version and archives the one that was; returns its number. Runs record the version. Errors: OM004 no draft, OM005 it has no routing or a routing without rules, 22004';

CREATE FUNCTION oms.cancel_overdue(actor text DEFAULT session_user)
RETURNS TABLE (order_id text, queue text, cancel_at timestamptz)
LANGUAGE sql VOLATILE PARALLEL UNSAFE COST 10000 ROWS 100 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT d.order_id, d.queue, d.cancel_at
      FROM (SELECT d.order_id, min(d.queue) AS queue, min(d.cancel_at) AS cancel_at
              FROM oms.decision_line_row d
              JOIN oms.order_row o ON o.order_id = d.order_id AND o.status = 'open'
             WHERE d.cancel_at <= clock_timestamp()
               AND d.run_id = (SELECT max(r.run_id) FROM oms.decision_row r WHERE r.order_id = d.order_id)
               AND NOT EXISTS (SELECT FROM oms.fulfillment_row f
                                WHERE f.order_id = d.order_id AND f.status NOT IN ('assigned', 'superseded', 'cancelled', 'rejected'))
             GROUP BY d.order_id) d
     CROSS JOIN LATERAL (SELECT count(*) FROM oms.cancel_order(d.order_id, format('waited in queue %s', d.queue), actor => $1)) c
     ORDER BY d.order_id
$$;
REVOKE ALL ON FUNCTION oms.cancel_overdue(text) FROM PUBLIC;
COMMENT ON FUNCTION oms.cancel_overdue(text) IS
    'cancels open orders that have waited in a queue for longer than their routing says, unless a location has begun to work on them; returns them. For a job';
-- Public views; their columns are a contract.

-- Units of open orders that the router may move: held firm, not stopped, and not in work that has begun. Of a
-- kit a row per reservation and component: work that has begun counts against the first ones.
CREATE VIEW oms.routing_started AS
SELECT f.order_id, f.location, l.line_no, l.sku,
       pg_catalog.sum(l.quantity - l.rejected - l.cancelled - l.shipped)::bigint AS quantity
  FROM oms.fulfillment_row f
  JOIN oms.fulfillment_line_row l ON l.order_id = f.order_id AND l.fulfillment_id = f.fulfillment_id
 WHERE f.status IN ('accepted', 'picking', 'packed', 'ready')
 GROUP BY f.order_id, f.location, l.line_no, l.sku;
COMMENT ON VIEW oms.routing_started IS 'private: units in work that has begun, by line, sku and location';

CREATE VIEW oms.routing_held AS
SELECT r.order_id, r.line_no, r.sku, r.location,
       (pg_catalog.sum(r.quantity - r.consumed) - COALESCE(pg_catalog.max(s.quantity), 0))::bigint AS quantity,
       r.line_no AS plan_line, NULL::integer AS bundle, 1::bigint AS kit_quantity
  FROM oms.reservation_row r
  JOIN oms.order_row o ON o.order_id = r.order_id AND o.status = 'open'
  LEFT JOIN oms.routing_started s
    ON s.order_id = r.order_id AND s.location = r.location AND s.line_no = r.line_no AND s.sku = r.sku
 WHERE r.status = 'firm' AND r.quantity > r.consumed AND r.kit IS NULL
   AND NOT EXISTS (SELECT FROM oms.order_hold_row h WHERE h.order_id = r.order_id AND h.released_at IS NULL
                      AND (h.line_no IS NULL OR h.line_no = r.line_no))
 GROUP BY r.order_id, r.line_no, r.sku, r.location
HAVING pg_catalog.sum(r.quantity - r.consumed) > COALESCE(pg_catalog.max(s.quantity), 0)
UNION ALL
SELECT k.order_id, k.line_no, k.sku, k.location, LEAST(k.left_over, k.left_over_so_far - k.started),
       k.plan_line, k.bundle, k.kit_quantity
  FROM (SELECT r.order_id, r.line_no, r.sku, r.location, r.quantity - r.consumed AS left_over,
               pg_catalog.sum(r.quantity - r.consumed)
                   OVER (PARTITION BY r.order_id, r.line_no, r.sku, r.location ORDER BY r.reservation_id)::bigint AS left_over_so_far,
               COALESCE(s.quantity, 0) AS started,
               r.plan_line, r.plan_line + r.component AS bundle, r.kit_quantity
          FROM oms.reservation_row r
          JOIN oms.order_row o ON o.order_id = r.order_id AND o.status = 'open'
          LEFT JOIN oms.routing_started s
            ON s.order_id = r.order_id AND s.location = r.location AND s.line_no = r.line_no AND s.sku = r.sku
         WHERE r.status = 'firm' AND r.quantity > r.consumed AND r.kit IS NOT NULL AND r.order_id IS NOT NULL
           AND NOT EXISTS (SELECT FROM oms.order_hold_row h WHERE h.order_id = r.order_id AND h.released_at IS NULL
                              AND (h.line_no IS NULL OR h.line_no = r.line_no))) k
 WHERE k.left_over_so_far > k.started;
COMMENT ON VIEW oms.routing_held IS 'private: units of open orders that the router may move, by line and location, of kits by reservation and component; plan_line is the planner''s line, those of one bundle move together';

-- Within how many hours a service arrives: those of oms.service, and what is built in.
CREATE VIEW oms.service_due AS
SELECT service, COALESCE(s.due_hours, b.due_hours)::float8 AS due_hours
  FROM (VALUES ('same_day' COLLATE "C", 12), ('next_day', 36), ('two_day', 60), ('standard', NULL), ('pickup', NULL)) AS b (service, due_hours)
  FULL JOIN oms.service s USING (service);
COMMENT ON VIEW oms.service_due IS
    'within how many hours after the order each service arrives: oms.service and, where it says nothing, same_day 12, next_day 36, two_day 60; NULL: no limit';

-- An order's due moment is the earliest that any of its lines was promised, or what its service says.
CREATE VIEW oms.routing_order AS
SELECT o.order_id, o.channel, o.method, o.priority, o.ship_to, o.placed_at,
       COALESCE(l.promise_at, o.promise_at,
                o.placed_at + s.due_hours * interval '1 hour') AS due_at
  FROM oms.order_row o
  LEFT JOIN oms.service_due s ON s.service = o.service
  LEFT JOIN (SELECT l.order_id, pg_catalog.min(COALESCE(l.promise_at, o.promise_at)) AS promise_at
               FROM oms.order_line_row l
               JOIN oms.order_row o ON o.order_id = l.order_id AND o.status = 'open'
              GROUP BY l.order_id) l ON l.order_id = o.order_id
 WHERE o.status = 'open';
COMMENT ON VIEW oms.routing_order IS 'private: open orders as the router sees them';

-- The row that the filters of policies are about.
CREATE VIEW oms.order_facts AS
SELECT o.order_id, r.channel, r.service, o.method, o.priority, o.ship_to, o.placed_at, o.due_at,
       l.lines, l.units, l.value, COALESCE(t.tags, '{}') AS tags
  FROM oms.routing_order o
  JOIN oms.order_row r ON r.order_id = o.order_id
  JOIN (SELECT l.order_id, pg_catalog.count(*) AS lines, pg_catalog.sum(l.quantity)::bigint AS units,
               pg_catalog.sum(l.quantity * COALESCE(l.unit_value, i.unit_value)) AS value
          FROM oms.order_line_row l
          LEFT JOIN oms.item i ON i.sku = l.sku
         GROUP BY l.order_id) l ON l.order_id = o.order_id
  LEFT JOIN (SELECT l.order_id, pg_catalog.array_agg(DISTINCT t.tag) AS tags
               FROM oms.order_line_row l
               JOIN oms.item i ON i.sku = l.sku
              CROSS JOIN LATERAL pg_catalog.unnest(i.tags) AS t (tag)
              GROUP BY l.order_id) t ON t.order_id = o.order_id;
COMMENT ON VIEW oms.order_facts IS
    'open orders as the filter of a routing sees them: what was ordered, by when it is due, number of lines, units, value (NULL when none is known) and the tags of its items';

CREATE VIEW oms.policy AS
SELECT p.policy, p.version, p.status, p.note, p.saved_by, p.saved_at, p.activated_at
  FROM oms.policy_row p;
COMMENT ON VIEW oms.policy IS 'versions of policies: status draft, active or archived';

CREATE VIEW oms.policy_routing AS
SELECT r.policy, r.version, r.sequence, r.routing, r.filter, r.queue, r.cancel_after_days, r.saved_by, r.on_unfilled
  FROM oms.policy_routing_row r;
COMMENT ON VIEW oms.policy_routing IS
    'routings of policies: an order belongs to the first in sequence whose filter, a condition over oms.order_facts, is true (NULL: every order); what no rule serves waits in the queue, with its hold, or if on_unfilled is backorder without';

CREATE VIEW oms.policy_rule AS
SELECT r.policy, r.version, r.routing, r.rule_no, r.location_group, r.max_distance_km, r.floor, r.split,
       r.whole, r.keep_groups, r.ignore_capacity, r.min_shipment_value, r.criteria
  FROM oms.policy_rule_row r;
COMMENT ON VIEW oms.policy_rule IS 'rules of routings, tried one after the other, from tight to loose; see oms.add_rule';

CREATE VIEW oms.routing_run AS
SELECT r.run_id, r.solver, r.orders, r.lines, r.units, r.shipments, r.unfilled_units, r.late_lines,
       r.distance_km, r.cost, r.moved_units, r.not_moved_units, r.skipped_orders, r.options,
       r.actor, r.started_at, r.finished_at, r.policy, r.policy_version
  FROM oms.routing_run_row r;
COMMENT ON VIEW oms.routing_run IS 'routing runs: what was planned, at what cost, and what was moved';

CREATE VIEW oms.routing_price AS
SELECT p.run_id, p.measure, p.location, p.sku, p.price
  FROM oms.routing_price_row p
 WHERE p.run_id = (SELECT pg_catalog.max(r.run_id) FROM oms.routing_price_row r);
COMMENT ON VIEW oms.routing_price IS
    'what one more unit of stock (measure stock) or of capacity (orders, lines, units, minutes) was worth to the last run of all orders, as oms.plan_prices of it: what oms.route_one counts as cost. Of several rules of a policy the highest price';

CREATE VIEW oms.routing_slot_price AS
SELECT p.location,
       pg_catalog.round(pg_catalog.sum(p.price * CASE p.measure WHEN 'orders' THEN 1 WHEN 'minutes' THEN l.minutes_per_order ELSE 0 END), 4) AS per_order,
       pg_catalog.round(pg_catalog.sum(p.price * CASE p.measure WHEN 'lines' THEN 1 WHEN 'minutes' THEN l.minutes_per_line ELSE 0 END), 4) AS per_line,
       pg_catalog.round(pg_catalog.sum(p.price * CASE p.measure WHEN 'units' THEN 1 WHEN 'minutes' THEN l.minutes_per_unit ELSE 0 END), 4) AS per_unit
  FROM oms.routing_price p
  JOIN oms.location l ON l.location = p.location
 WHERE p.measure <> 'stock'
 GROUP BY p.location;
COMMENT ON VIEW oms.routing_slot_price IS 'private: what the capacity for one more shipment, line and unit of a location was worth to the last run of all orders';

CREATE VIEW oms.decision AS
SELECT l.order_id, l.run_id, l.line_no, l.sku, l.quantity, l.location, l.shipment, l.cost,
       l.distance_km, l.late_seconds, l.queue, l.reason, d.candidates, d.decided_at,
       l.carrier_service, l.ship_at, l.arrive_at, l.routing, l.rule_no, l.cancel_at
  FROM oms.decision_row d
  JOIN oms.decision_line_row l ON l.order_id = d.order_id AND l.run_id = d.run_id;
COMMENT ON VIEW oms.decision IS
    'decisions of routing runs, a row per line and location: units, shipment of the order, cost (a shipment''s own cost stands on its first row) and the reason; location NULL: the units keep their hold and wait in the queue; candidates: the locations considered';

CREATE VIEW oms.fulfillment AS
SELECT f.fulfillment_id, f.order_id, f.location, f.method, f.status, l.lines, l.units, f.run_id,
       f.assigned_at, f.changed_at, f.claimed_by, f.claimed_until,
       f.reminded_at, f.escalated_at, f.ready_at, f.code_hash IS NOT NULL AS has_code,
       f.carrier_service, f.ship_at, f.leave_by, f.wrong_codes
  FROM oms.fulfillment_row f
  LEFT JOIN (SELECT l.order_id, l.fulfillment_id, pg_catalog.count(*) AS lines,
                    pg_catalog.sum(l.quantity)::bigint AS units
               FROM oms.fulfillment_line_row l
              GROUP BY l.order_id, l.fulfillment_id) l
    ON l.order_id = f.order_id AND l.fulfillment_id = f.fulfillment_id;
COMMENT ON VIEW oms.fulfillment IS
    'the work of one location for one order: its method, lines, units; status assigned, accepted (begun: the router leaves it), picking, packed, shipped; for pickup packed, ready, handed_over; rejected, cancelled, or superseded by a later routing run; a picker has it until claimed_until';

CREATE VIEW oms.fulfillment_line AS
SELECT l.fulfillment_id, l.order_id, l.line_no, l.sku, l.quantity, l.picked, l.packed, l.shipped,
       l.rejected, l.cancelled, l.quantity - l.rejected - l.cancelled - l.shipped AS open
  FROM oms.fulfillment_line_row l;
COMMENT ON VIEW oms.fulfillment_line IS
    'what a fulfillment is to send out of each order line, in units: quantity assigned; of it picked, packed of those, shipped of those (or handed over); rejected, cancelled; open = neither shipped nor rejected nor cancelled';
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
-- The work of a location. Every action is a row of oms.fulfillment_transition; writers take
-- a request_id and return a row per fulfillment.

CREATE FUNCTION oms.next_actions(fulfillment_id bigint)
RETURNS TABLE (action text, to_status text)
LANGUAGE c STABLE PARALLEL SAFE COST 100 ROWS 4 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_next_actions';
REVOKE ALL ON FUNCTION oms.next_actions(bigint) FROM PUBLIC;
COMMENT ON FUNCTION oms.next_actions(bigint) IS
    'what may be done to the fulfillment now, and the status it leads to, by oms.fulfillment_transition; no rows when it is done. Error: OM004 unknown fulfillment';

CREATE FUNCTION oms.accept(
    fulfillment_id bigint,
    actor text DEFAULT session_user, request_id text DEFAULT NULL)
RETURNS TABLE (fulfillment_id bigint, order_id text, location text, from_status text, status text, units bigint)
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 ROWS 1 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_accept';
REVOKE ALL ON FUNCTION oms.accept(bigint, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.accept(bigint, text, text) IS
    'the location takes the work on: the router leaves it from now on. A row per fulfillment with the status before and after and the units concerned. Errors: OM004 unknown fulfillment, OM005 illegal now (the hint says what is legal)';

CREATE FUNCTION oms.accept_many(
    fulfillment_ids bigint[],
    actor text DEFAULT session_user, request_id text DEFAULT NULL)
RETURNS TABLE (fulfillment_id bigint, order_id text, location text, from_status text, status text, units bigint)
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 ROWS 100 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_accept_many';
REVOKE ALL ON FUNCTION oms.accept_many(bigint[], text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.accept_many(bigint[], text, text) IS
    'each of the fulfillments, all or none, as one set: the location takes the work on: the router leaves it from now on. A row per fulfillment with the status before and after and the units concerned. Errors: OM004 unknown fulfillment, OM005 illegal now (the hint says what is legal), 22023 named twice';

CREATE FUNCTION oms.pick(
    fulfillment_id bigint, skus text[] DEFAULT NULL, quantities bigint[] DEFAULT NULL,
    actor text DEFAULT session_user, request_id text DEFAULT NULL)
RETURNS TABLE (fulfillment_id bigint, order_id text, location text, from_status text, status text, units bigint)
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 ROWS 1 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_pick';
REVOKE ALL ON FUNCTION oms.pick(bigint, text[], bigint[], text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.pick(bigint, text[], bigint[], text, text) IS
    'units are taken from the shelf: all that are left, or quantities[i] of skus[i] (without quantities all of these skus). A row per fulfillment with the status before and after and the units concerned. Errors: OM004 unknown fulfillment or sku, OM005 illegal now (the hint says what is legal) or fewer units left, 22023 quantity below 1';

CREATE FUNCTION oms.pick_many(
    fulfillment_ids bigint[],
    actor text DEFAULT session_user, request_id text DEFAULT NULL)
RETURNS TABLE (fulfillment_id bigint, order_id text, location text, from_status text, status text, units bigint)
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 ROWS 100 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_pick_many';
REVOKE ALL ON FUNCTION oms.pick_many(bigint[], text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.pick_many(bigint[], text, text) IS
    'each of the fulfillments, all or none, as one set: units are taken from the shelf, all that are left. A row per fulfillment with the status before and after and the units concerned. Errors: OM004 unknown fulfillment, OM005 illegal now (the hint says what is legal), 22023 named twice';

CREATE FUNCTION oms.pack(
    fulfillment_id bigint,
    actor text DEFAULT session_user, request_id text DEFAULT NULL)
RETURNS TABLE (fulfillment_id bigint, order_id text, location text, from_status text, status text, units bigint)
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 ROWS 1 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_pack';
REVOKE ALL ON FUNCTION oms.pack(bigint, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.pack(bigint, text, text) IS
    'what was picked is packed; not while units of a line are neither picked nor rejected. A row per fulfillment with the status before and after and the units concerned. Errors: OM004 unknown fulfillment, OM005 illegal now (the hint says what is legal) or not all picked';

CREATE FUNCTION oms.pack_many(
    fulfillment_ids bigint[],
    actor text DEFAULT session_user, request_id text DEFAULT NULL)
RETURNS TABLE (fulfillment_id bigint, order_id text, location text, from_status text, status text, units bigint)
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 ROWS 100 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_pack_many';
REVOKE ALL ON FUNCTION oms.pack_many(bigint[], text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.pack_many(bigint[], text, text) IS
    'each of the fulfillments, all or none, as one set: what was picked is packed; not while units of a line are neither picked nor rejected. A row per fulfillment with the status before and after and the units concerned. Errors: OM004 unknown fulfillment, OM005 illegal now (the hint says what is legal) or not all picked, 22023 named twice';

CREATE FUNCTION oms.unpack(
    fulfillment_id bigint,
    actor text DEFAULT session_user, request_id text DEFAULT NULL)
RETURNS TABLE (fulfillment_id bigint, order_id text, location text, from_status text, status text, units bigint)
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 ROWS 1 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_unpack';
REVOKE ALL ON FUNCTION oms.unpack(bigint, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.unpack(bigint, text, text) IS
    'what was packed and has not left is picked again. A row per fulfillment with the status before and after and the units concerned. Errors: OM004 unknown fulfillment, OM005 illegal now (the hint says what is legal)';

CREATE FUNCTION oms.unpack_many(
    fulfillment_ids bigint[],
    actor text DEFAULT session_user, request_id text DEFAULT NULL)
RETURNS TABLE (fulfillment_id bigint, order_id text, location text, from_status text, status text, units bigint)
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 ROWS 100 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_unpack_many';
REVOKE ALL ON FUNCTION oms.unpack_many(bigint[], text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.unpack_many(bigint[], text, text) IS
    'each of the fulfillments, all or none, as one set: what was packed and has not left is picked again. A row per fulfillment with the status before and after and the units concerned. Errors: OM004 unknown fulfillment, OM005 illegal now (the hint says what is legal), 22023 named twice';

CREATE FUNCTION oms.ship(
    fulfillment_id bigint,
    actor text DEFAULT session_user, request_id text DEFAULT NULL)
RETURNS TABLE (fulfillment_id bigint, order_id text, location text, from_status text, status text, units bigint)
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 ROWS 1 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_ship';
REVOKE ALL ON FUNCTION oms.ship(bigint, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.ship(bigint, text, text) IS
    'the packed goods leave the house: reserved and on_hand fall together, with a movement. A row per fulfillment with the status before and after and the units concerned. Errors: OM001 not on hand, OM002 held by open transactions, OM004 unknown fulfillment, OM005 illegal now (the hint says what is legal)';

CREATE FUNCTION oms.ship_many(
    fulfillment_ids bigint[],
    actor text DEFAULT session_user, request_id text DEFAULT NULL)
RETURNS TABLE (fulfillment_id bigint, order_id text, location text, from_status text, status text, units bigint)
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 ROWS 100 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_ship_many';
REVOKE ALL ON FUNCTION oms.ship_many(bigint[], text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.ship_many(bigint[], text, text) IS
    'each of the fulfillments, all or none, as one set: the packed goods leave the house: reserved and on_hand fall together, with a movement. A row per fulfillment with the status before and after and the units concerned. Errors: OM001 not on hand, OM002 held by open transactions, OM004 unknown fulfillment, OM005 illegal now (the hint says what is legal), 22023 named twice';

CREATE FUNCTION oms.ready(
    fulfillment_id bigint,
    actor text DEFAULT session_user, request_id text DEFAULT NULL)
RETURNS TABLE (fulfillment_id bigint, order_id text, location text, from_status text, status text, units bigint)
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 ROWS 1 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_ready';
REVOKE ALL ON FUNCTION oms.ready(bigint, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.ready(bigint, text, text) IS
    'the packed goods wait for the customer. A row per fulfillment with the status before and after and the units concerned. Errors: OM004 unknown fulfillment, OM005 illegal now (the hint says what is legal)';

CREATE FUNCTION oms.ready_many(
    fulfillment_ids bigint[],
    actor text DEFAULT session_user, request_id text DEFAULT NULL)
RETURNS TABLE (fulfillment_id bigint, order_id text, location text, from_status text, status text, units bigint)
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 ROWS 100 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_ready_many';
REVOKE ALL ON FUNCTION oms.ready_many(bigint[], text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.ready_many(bigint[], text, text) IS
    'each of the fulfillments, all or none, as one set: the packed goods wait for the customer. A row per fulfillment with the status before and after and the units concerned. Errors: OM004 unknown fulfillment, OM005 illegal now (the hint says what is legal), 22023 named twice';

CREATE FUNCTION oms.hand_over(
    fulfillment_id bigint, skus text[] DEFAULT NULL, quantities bigint[] DEFAULT NULL, code text DEFAULT NULL,
    actor text DEFAULT session_user, request_id text DEFAULT NULL)
RETURNS TABLE (fulfillment_id bigint, order_id text, location text, from_status text, status text, units bigint)
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 ROWS 1 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_hand_over';
REVOKE ALL ON FUNCTION oms.hand_over(bigint, text[], bigint[], text, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.hand_over(bigint, text[], bigint[], text, text, text) IS
    'the customer takes what is ready: all that is left, or quantities[i] of skus[i] (without quantities all of these skus), and then the rest stays ready; reserved and on_hand fall together, with a movement; against the code, if it has one (oms.issue_code); a kit whole. A row per fulfillment with the status before and after and the units concerned; after a wrong code status is wrong_code and units 0: nothing was handed over, and the code is counted, so look at it. Errors: OM001 not on hand, OM002 held by open transactions, OM004 unknown fulfillment or sku, OM005 illegal now (the hint says what is legal) or fewer units left, OM010 no code, or oms.code_attempts wrong ones before (oms.issue_code makes a new one), 22023 quantity below 1';

CREATE FUNCTION oms.hand_over_many(
    fulfillment_ids bigint[],
    actor text DEFAULT session_user, request_id text DEFAULT NULL)
RETURNS TABLE (fulfillment_id bigint, order_id text, location text, from_status text, status text, units bigint)
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 ROWS 100 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_hand_over_many';
REVOKE ALL ON FUNCTION oms.hand_over_many(bigint[], text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.hand_over_many(bigint[], text, text) IS
    'each of the fulfillments, all or none, as one set: the customer takes what is ready, all that is left; reserved and on_hand fall together, with a movement. A row per fulfillment with the status before and after and the units concerned. Errors: OM001 not on hand, OM002 held by open transactions, OM004 unknown fulfillment, OM005 illegal now (the hint says what is legal), OM010 one has a code, 22023 named twice';

CREATE FUNCTION oms.reject(
    fulfillment_id bigint, reason text, sku text DEFAULT NULL, quantity bigint DEFAULT NULL,
    scope text DEFAULT NULL, reroute boolean DEFAULT false,
    actor text DEFAULT session_user, request_id text DEFAULT NULL)
RETURNS TABLE (fulfillment_id bigint, order_id text, line_no integer, sku text, location text, quantity bigint,
               cause text, status text, moved bigint, backordered bigint)
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 10000 ROWS 3 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_reject';
REVOKE ALL ON FUNCTION oms.reject(bigint, text, text, bigint, text, boolean, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.reject(bigint, text, text, bigint, text, boolean, text, text) IS
    'the location refuses units, for a reason of oms.reject_reason. scope: line (quantity units of the sku in the fulfillment, default all that are left), fulfillment (all that is left of it; the default without a sku), sku (the sku in every unstarted fulfillment of the location as well), orders (all that is in the unstarted fulfillments there that contain the sku, too). In one transaction the units are held at another location, above safety stock, or released and backordered; stock is corrected, the location excluded, a count asked for, as the reason says; what is short there thereby loses its units too, as by a loss (oms.shortfall). reroute: the orders are routed at once; else the next oms.route does it. A row per line: cause (named, scope, short), status of the fulfillment now, units moved to other locations and backordered. Errors: OM002 on_hand is being changed by an open transaction, OM004 unknown fulfillment, sku or reason, OM005 illegal now or fewer units left, 22023';

CREATE FUNCTION oms.reject_many(
    fulfillment_ids bigint[], reason text, reroute boolean DEFAULT false,
    actor text DEFAULT session_user, request_id text DEFAULT NULL)
RETURNS TABLE (fulfillment_id bigint, order_id text, line_no integer, sku text, location text, quantity bigint,
               cause text, status text, moved bigint, backordered bigint)
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 10000 ROWS 100 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_reject_many';
REVOKE ALL ON FUNCTION oms.reject_many(bigint[], text, boolean, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.reject_many(bigint[], text, boolean, text, text) IS
    'rejects all that is left of each of the fulfillments, all or none; rows and errors as reject';

CREATE FUNCTION oms.resolve_shortfalls(sku text DEFAULT NULL, actor text DEFAULT session_user)
RETURNS bigint
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 100000 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_resolve_shortfalls';
REVOKE ALL ON FUNCTION oms.resolve_shortfalls(text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.resolve_shortfalls(text, text) IS
    'where less is left of a sku (NULL: of any) than is reserved, lets reservations lose as adjust does, for pg_cron: for what was not seen or was locked when the loss was recorded. It waits for nobody; returns the number of (sku, location) that were short. What keeps its units all the same (a kit that no other location has, what a picker has in his hands) leaves available negative in oms.inventory';

CREATE FUNCTION oms.cancel_line(
    order_id text, line_no integer, quantity bigint DEFAULT NULL, reason text DEFAULT NULL,
    actor text DEFAULT session_user, request_id text DEFAULT NULL)
RETURNS TABLE (line_no integer, sku text, location text, quantity bigint, was text, fulfillment_id bigint)
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 5000 ROWS 3 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_cancel_line';
REVOKE ALL ON FUNCTION oms.cancel_line(text, integer, bigint, text, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.cancel_line(text, integer, bigint, text, text, text) IS
    'cancels quantity units of an order line, all that are left by default, in any state that allows it (action cancel of oms.fulfillment_transition): first what is neither reserved nor backordered, then backordered, then reserved and not assigned, then work, the least advanced first. Reservations, backorders, quota and protection are given back, the work of the locations shrinks, in the same transaction; an order of which nothing is left is cancelled; a kit''s line is cancelled whole. A row for what was given up: units of stock, where, and what they were. Errors: OM004 unknown order or line, OM005 cancelled, or fewer units left, or too far advanced, 22023';

CREATE FUNCTION oms.cancel_fulfillment(
    fulfillment_id bigint, reason text DEFAULT NULL,
    actor text DEFAULT session_user, request_id text DEFAULT NULL)
RETURNS TABLE (fulfillment_id bigint, order_id text, location text, from_status text, status text, units bigint)
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 5000 ROWS 1 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_cancel_fulfillment';
REVOKE ALL ON FUNCTION oms.cancel_fulfillment(bigint, text, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.cancel_fulfillment(bigint, text, text, text) IS
    'what is left of the fulfillment is wanted no more (nobody came for it, say): it goes back on the shelf, its reservations are released, the units count as cancelled in their order lines. A row with the status before and after and the units concerned. Errors: OM004 unknown fulfillment, OM005 illegal now (the hint says what is legal)';

CREATE FUNCTION oms.cancel_fulfillment_many(
    fulfillment_ids bigint[], reason text DEFAULT NULL,
    actor text DEFAULT session_user, request_id text DEFAULT NULL)
RETURNS TABLE (fulfillment_id bigint, order_id text, location text, from_status text, status text, units bigint)
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 5000 ROWS 100 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_cancel_fulfillment_many';
REVOKE ALL ON FUNCTION oms.cancel_fulfillment_many(bigint[], text, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.cancel_fulfillment_many(bigint[], text, text, text) IS
    'cancels what is left of each of the fulfillments, all or none, as one set; rows and errors as cancel_fulfillment';

CREATE FUNCTION oms.change_quantity(
    order_id text, line_no integer, quantity bigint, on_shortage text DEFAULT 'refuse', reason text DEFAULT NULL,
    actor text DEFAULT session_user, request_id text DEFAULT NULL)
RETURNS TABLE (line_no integer, sku text, location text, quantity bigint, was text, fulfillment_id bigint)
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 5000 ROWS 3 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_change_quantity';
REVOKE ALL ON FUNCTION oms.change_quantity(text, integer, bigint, text, text, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.change_quantity(text, integer, bigint, text, text, text, text) IS
    'sets how many units of an order line are wanted: fewer are cancelled as by cancel_line; more are reserved in addition, as by place_order with on_shortage, and routed by the next run. A row for what was given up or is held in addition, where. Errors: OM001 not enough stock, OM002 held by open transactions, OM004 unknown order or line, OM005 cancelled, or more units have left, OM009 quota, OM010 not allowed, 22023';

CREATE FUNCTION oms.change_destination(
    order_id text, ship_to oms.latlon, reroute boolean DEFAULT false,
    actor text DEFAULT session_user, request_id text DEFAULT NULL)
RETURNS bigint
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 5000 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_change_destination';
REVOKE ALL ON FUNCTION oms.change_destination(text, oms.latlon, boolean, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.change_destination(text, oms.latlon, boolean, text, text) IS
    'sends an order elsewhere, as long as nothing of it is being picked; reroute: it is routed at once, else by the next run; what a location has accepted stays there. Returns the orders routed at once. Errors: OM004 unknown order, OM005 cancelled, to be picked up, or being picked';

CREATE TYPE oms.returned_goods AS (
    return_id bigint,
    line_no integer,
    sku text,
    location text,
    quantity bigint,
    condition text,
    on_hand bigint,
    unavailable bigint
);
COMMENT ON TYPE oms.returned_goods IS 'what return_line returns: a row per line and sku; on_hand and unavailable after, NULL of what is not tracked';

CREATE FUNCTION oms.return_line(
    order_id text, line_no integer, location text, quantity bigint, condition text DEFAULT 'sellable',
    reason text DEFAULT NULL, sku text DEFAULT NULL, despite_window boolean DEFAULT false,
    reference text DEFAULT NULL, actor text DEFAULT session_user, request_id text DEFAULT NULL)
RETURNS SETOF oms.returned_goods
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 5000 ROWS 1 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_return_line';
REVOKE ALL ON FUNCTION oms.return_line(text, integer, text, bigint, text, text, text, boolean, text, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.return_line(text, integer, text, bigint, text, text, text, boolean, text, text, text) IS
    'quantity units of an order line come back to a location, any one, whether or not it carries the sku: sellable ones are on hand again and fill open backorders as receive does, damaged ones are unavailable (oms.put_back, oms.scrap). Of a kit''s line quantity is in kits, or in units of the component that sku names. A row per sku. Errors: OM004 unknown order, line, sku or location, OM005 more than has left and not come back, OM010 after the channel''s oms.return_window, unless despite_window, or not the role''s location, 22023';

CREATE FUNCTION oms.return_lines(
    order_id text, location text, lines jsonb, despite_window boolean DEFAULT false,
    reference text DEFAULT NULL, actor text DEFAULT session_user, request_id text DEFAULT NULL)
RETURNS SETOF oms.returned_goods
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 10000 ROWS 3 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_return_lines';
REVOKE ALL ON FUNCTION oms.return_lines(text, text, jsonb, boolean, text, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.return_lines(text, text, jsonb, boolean, text, text, text) IS
    'return_line of several lines of an order, all or none: a jsonb array of objects with "line_no" and "quantity", optional "sku" (a component), "condition" (default sellable) and "reason"; a row per line and sku. Errors as return_line, each naming the element';

CREATE FUNCTION oms.exchange(
    order_id text, location text, lines jsonb, new_order_id text, new_lines jsonb,
    on_shortage text DEFAULT 'refuse', despite_window boolean DEFAULT false,
    actor text DEFAULT session_user, request_id text DEFAULT NULL)
RETURNS SETOF oms.placed_line
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 10000 ROWS 3 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_exchange';
REVOKE ALL ON FUNCTION oms.exchange(text, text, jsonb, text, jsonb, text, boolean, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.exchange(text, text, jsonb, text, jsonb, text, boolean, text, text) IS
    'takes lines of an order back, as return_lines does, and places a new order of new_lines for the same channel, destination and service, as place_order_lines does, in one transaction: both or neither. The rows of the new order. Errors as return_lines and place_order_lines';

CREATE FUNCTION oms.open_count(
    location text, skus text[] DEFAULT NULL, blind boolean DEFAULT true, picked_counted boolean DEFAULT false,
    recount_units bigint DEFAULT NULL, recount_percent numeric DEFAULT NULL, recount_value numeric DEFAULT NULL,
    reason text DEFAULT NULL, actor text DEFAULT session_user, request_id text DEFAULT NULL)
RETURNS bigint
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 5000 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_open_count';
REVOKE ALL ON FUNCTION oms.open_count(text, text[], boolean, boolean, bigint, numeric, numeric, text, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.open_count(text, text[], boolean, boolean, bigint, numeric, numeric, text, text, text) IS
    'opens a cycle count of these skus at the location (NULL: of all that have stock there or that a count was asked for, oms.count_task) and returns its number. blind: counters do not see what is expected; picked_counted: they count what pickers have in their hands, too; a difference of more than recount_units, recount_percent of what was expected, or recount_value (by unit_value of the item) is to be counted again. The shop goes on selling. Errors: OM004 unknown location, OM010 not the role''s location, 22023 negative threshold';

CREATE TYPE oms.recorded_count AS (
    sku text,
    status text,
    counted bigint,
    expected bigint,
    variance bigint
);
COMMENT ON TYPE oms.recorded_count IS 'what record_count returns: a row per sku';

CREATE FUNCTION oms.record_count(
    count_id bigint, sku text, quantity bigint, counted_at timestamptz DEFAULT NULL,
    actor text DEFAULT session_user, request_id text DEFAULT NULL)
RETURNS SETOF oms.recorded_count
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 5000 ROWS 1 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_record_count';
REVOKE ALL ON FUNCTION oms.record_count(bigint, text, bigint, timestamptz, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.record_count(bigint, text, bigint, timestamptz, text, text) IS
    'writes down that quantity units of the sku were there at counted_at (default now, at the earliest when the count was opened); changes no stock. A row: status counted or recount, and, unless the count is blind, what was expected at that moment and the variance. A recount is believed when it is within the thresholds or finds the same difference. Errors: OM004 unknown count or sku, OM005 closed or decided, OM010 not the role''s location, 22023';

CREATE FUNCTION oms.record_count_many(
    count_id bigint, skus text[], quantities bigint[], counted_at timestamptz DEFAULT NULL,
    actor text DEFAULT session_user, request_id text DEFAULT NULL)
RETURNS SETOF oms.recorded_count
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 5000 ROWS 100 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_record_count_many';
REVOKE ALL ON FUNCTION oms.record_count_many(bigint, text[], bigint[], timestamptz, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.record_count_many(bigint, text[], bigint[], timestamptz, text, text) IS
    'record_count of quantities[i] units of skus[i], all or none; a row per element. Errors as record_count';

CREATE FUNCTION oms.accept_count(
    count_id bigint, skus text[] DEFAULT NULL, despite_recount boolean DEFAULT false,
    actor text DEFAULT session_user, request_id text DEFAULT NULL)
RETURNS TABLE (sku text, counted bigint, variance bigint, on_hand bigint)
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 10000 ROWS 100 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_accept_count';
REVOKE ALL ON FUNCTION oms.accept_count(bigint, text[], boolean, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.accept_count(bigint, text[], boolean, text, text) IS
    'accepts what was counted of these skus, or of all that are counted: on_hand changes by the variance as of the moment of counting, so that what sold or moved since is netted; a movement of kind count, an open count task is closed, a gain fills backorders as receive does, and where a loss leaves less than is reserved, reservations lose as by adjust. A line that is to be counted again is accepted with despite_recount only. A row per line with on_hand after. Errors: OM001 more has left since than was counted, OM002 an open transaction is changing on_hand, OM004 unknown count or sku, OM005 not counted, OM010 not the role''s location';

CREATE FUNCTION oms.reject_count(
    count_id bigint, skus text[], reason text DEFAULT NULL,
    actor text DEFAULT session_user, request_id text DEFAULT NULL)
RETURNS bigint
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_reject_count';
REVOKE ALL ON FUNCTION oms.reject_count(bigint, text[], text, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.reject_count(bigint, text[], text, text, text) IS
    'drops what was counted of these skus: on_hand stays; returns how many. Errors: OM004 unknown count or sku, OM005 decided, OM010 not the role''s location';

CREATE FUNCTION oms.close_count(count_id bigint, actor text DEFAULT session_user, request_id text DEFAULT NULL)
RETURNS bigint
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_close_count';
REVOKE ALL ON FUNCTION oms.close_count(bigint, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.close_count(bigint, text, text) IS
    'ends a count of which every line that was counted is accepted or rejected; lines that nobody counted are dropped; returns its number. Errors: OM004 unknown count, OM005 closed, or lines are not decided, OM010 not the role''s location';

CREATE FUNCTION oms.count_stock(
    location text, sku text, quantity bigint, reference text DEFAULT NULL,
    actor text DEFAULT session_user, request_id text DEFAULT NULL)
RETURNS TABLE (on_hand bigint, variance bigint)
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 ROWS 1 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_count_stock';
REVOKE ALL ON FUNCTION oms.count_stock(text, text, bigint, text, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.count_stock(text, text, bigint, text, text, text) IS
    'a count: on_hand of the sku at the location becomes quantity, as by set_on_hand, and the open count task is closed; returns on_hand and its variance, counted - on_hand before. Errors as set_on_hand';

CREATE FUNCTION oms.issue_code(fulfillment_id bigint, code text DEFAULT NULL)
RETURNS text
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_issue_code';
REVOKE ALL ON FUNCTION oms.issue_code(bigint, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.issue_code(bigint, text) IS
    'the code against which the fulfillment is handed over from now on: 8 random letters and digits, or the one given; an earlier one is void, and wrong codes count anew; case does not matter. Only a hash of it is kept, so it cannot be asked for again. Errors: OM004 unknown fulfillment, OM005 not to be picked up (any more)';

CREATE FUNCTION oms.claim_work(
    location text, picker text, quantity bigint DEFAULT 10, claim_for interval DEFAULT '30 minutes',
    method text DEFAULT NULL, actor text DEFAULT session_user, request_id text DEFAULT NULL)
RETURNS TABLE (fulfillment_id bigint, order_id text, method text, status text, due_at timestamptz,
               lines bigint, units bigint, claimed_until timestamptz)
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 ROWS 10 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_claim_work';
REVOKE ALL ON FUNCTION oms.claim_work(text, text, bigint, interval, text, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.claim_work(text, text, bigint, interval, text, text, text) IS
    'hands the next fulfillments of the location that nobody has, at most quantity, most urgent first, to the picker for claim_for, and accepts those that are only assigned; two pickers never get the same, and none waits for the other; method: only those to be shipped or picked up. A row per fulfillment; oms.pick_list has its lines. Errors: OM004 unknown location, 22023';

CREATE FUNCTION oms.release_work(location text DEFAULT NULL, picker text DEFAULT NULL)
RETURNS bigint
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_release_work';
REVOKE ALL ON FUNCTION oms.release_work(text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.release_work(text, text) IS
    'ends the claims of a picker, or without one those that timed out (which claim_work hands out again anyway), at a location or everywhere; their number';

CREATE FUNCTION oms.enforce_time_limits(at_most integer DEFAULT 100, actor text DEFAULT session_user)
RETURNS TABLE (action text, fulfillment_id bigint, order_id text, location text)
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 100000 ROWS 100 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_enforce_time_limits';
REVOKE ALL ON FUNCTION oms.enforce_time_limits(integer, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.enforce_time_limits(integer, text) IS
    'does what is due by oms.time_limit (oms.deadline), for pg_cron every minute; safe to run twice at once, since it leaves what another transaction has: remind (the location), reroute (not accepted: refused, and routed to the next best), escalate (too many have not accepted: a person''s case), expire (nobody came for what is ready: back on the shelf, reason no-show), remind customer, cancel (orders that no location started in time), tidy (exclusions that are over; no row). At most at_most of each, most overdue first; a row for each. Error: 22023 at_most below 1';
-- transfers: goods on their way from one location to another, as work of both (transfer_order.c).
-- oms.transfer (stock/) is the short form: both sides at once.

CREATE TABLE oms.transfer_order_row (
    transfer_id text COLLATE "C" PRIMARY KEY CHECK (transfer_id <> ''),
    from_location text COLLATE "C" NOT NULL,
    to_location text COLLATE "C" NOT NULL,
    status text NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'shipped', 'received', 'cancelled')),
    expected_at timestamptz CHECK (pg_catalog.isfinite(expected_at)),
    reason text,
    opened_by text NOT NULL,
    opened_at timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
    shipped_by text,
    shipped_at timestamptz,
    ended_by text,
    ended_at timestamptz,
    CHECK (from_location <> to_location)
);
COMMENT ON TABLE oms.transfer_order_row IS 'private: transfers, behind oms.transfer_order';
CREATE INDEX transfer_order_row_open_idx ON oms.transfer_order_row (from_location) WHERE status = 'open';

CREATE TABLE oms.transfer_line_row (
    transfer_id text COLLATE "C" NOT NULL,
    sku text COLLATE "C" NOT NULL,
    quantity bigint NOT NULL CHECK (quantity >= 0),
    held bigint NOT NULL DEFAULT 0 CHECK (held BETWEEN 0 AND quantity),
    shipped bigint NOT NULL DEFAULT 0 CHECK (shipped BETWEEN 0 AND quantity),
    received bigint NOT NULL DEFAULT 0 CHECK (received >= 0),
    returned bigint NOT NULL DEFAULT 0 CHECK (returned >= 0),
    PRIMARY KEY (transfer_id, sku),
    CHECK (returned <= shipped)
);
COMMENT ON TABLE oms.transfer_line_row IS 'private: what is transferred, behind oms.transfer_line';
COMMENT ON COLUMN oms.transfer_line_row.held IS 'units reserved for it where it is to leave';
COMMENT ON COLUMN oms.transfer_line_row.returned IS 'units that went back on the shelf there when it was cancelled after it had left';

CREATE TRIGGER guard BEFORE UPDATE OR DELETE OR TRUNCATE ON oms.transfer_order_row
    FOR EACH STATEMENT EXECUTE FUNCTION oms.guard_private_table('Call oms.open_transfer, oms.ship_transfer, oms.receive_transfer or oms.cancel_transfer.');
CREATE TRIGGER guard BEFORE UPDATE OR DELETE OR TRUNCATE ON oms.transfer_line_row
    FOR EACH STATEMENT EXECUTE FUNCTION oms.guard_private_table('Call oms.open_transfer, oms.ship_transfer, oms.receive_transfer or oms.cancel_transfer.');
ALTER TABLE oms.transfer_order_row ENABLE ALWAYS TRIGGER guard;
ALTER TABLE oms.transfer_line_row ENABLE ALWAYS TRIGGER guard;
COMMENT ON TRIGGER guard ON oms.transfer_order_row IS 'refuses UPDATE, DELETE and TRUNCATE by anybody but oms';
COMMENT ON TRIGGER guard ON oms.transfer_line_row IS 'refuses UPDATE, DELETE and TRUNCATE by anybody but oms';
SELECT pg_catalog.pg_extension_config_dump('oms.transfer_order_row', '');
SELECT pg_catalog.pg_extension_config_dump('oms.transfer_line_row', '');

CREATE VIEW oms.transfer_order AS
SELECT t.transfer_id, t.from_location, t.to_location, t.status, t.expected_at, t.reason, t.opened_by, t.opened_at,
       t.shipped_by, t.shipped_at, t.ended_by, t.ended_at
  FROM oms.transfer_order_row t;
COMMENT ON VIEW oms.transfer_order IS
    'transfers between locations as work: status open (its units are held where they leave), shipped (in transit: incoming at the other side), received or cancelled';

CREATE VIEW oms.transfer_line AS
SELECT l.transfer_id, l.sku, l.quantity, l.held, l.shipped, l.received, l.returned,
       CASE WHEN t.status IN ('received', 'cancelled') AND t.shipped_at IS NOT NULL
            THEN l.received + l.returned - l.shipped END AS difference
  FROM oms.transfer_line_row l
  JOIN oms.transfer_order_row t ON t.transfer_id = l.transfer_id;
COMMENT ON VIEW oms.transfer_line IS
    'what a transfer moves: units asked for (0: a wrong item that came), held at its origin, shipped, received, returned to the origin by a cancel; difference, when it is over: received more (or, negative, less) than was sent';

CREATE FUNCTION oms.open_transfer(
    transfer_id text, from_location text, to_location text, skus text[], quantities bigint[],
    expected_at timestamptz DEFAULT NULL, reason text DEFAULT NULL,
    actor text DEFAULT session_user, request_id text DEFAULT NULL)
RETURNS SETOF oms.transfer_line
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 5000 ROWS 10 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_open_transfer';
REVOKE ALL ON FUNCTION oms.open_transfer(text, text, text, text[], bigint[], timestamptz, text, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.open_transfer(text, text, text, text[], bigint[], timestamptz, text, text, text) IS
    'asks a location to send quantities[i] available units of skus[i] to another, where they are expected at expected_at once they are shipped; they are held there from now on, all or none. A row per sku. Errors: OM001 not enough available, OM002 depends on an open transaction, OM004 unknown location, OM005 the transfer exists, OM010 not the role''s location, 22023';

CREATE FUNCTION oms.ship_transfer(
    transfer_id text, skus text[] DEFAULT NULL, quantities bigint[] DEFAULT NULL, expected_at timestamptz DEFAULT NULL,
    actor text DEFAULT session_user, request_id text DEFAULT NULL)
RETURNS SETOF oms.transfer_line
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 10000 ROWS 10 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_ship_transfer';
REVOKE ALL ON FUNCTION oms.ship_transfer(text, text[], bigint[], timestamptz, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.ship_transfer(text, text[], bigint[], timestamptz, text, text) IS
    'the goods of a transfer leave: all that was asked for, or quantities[i] of skus[i], and then the rest is offered again. From now on they are incoming at the other side, in transit (oms.incoming), and backorders there may claim them. A row per sku. Errors: OM001 not there any more, OM002 depends on an open transaction, OM004 unknown transfer or sku, OM005 not open, or more than was asked for, OM010 not the role''s location, 22023';

CREATE FUNCTION oms.receive_transfer(
    transfer_id text, skus text[] DEFAULT NULL, quantities bigint[] DEFAULT NULL, complete boolean DEFAULT true,
    actor text DEFAULT session_user, request_id text DEFAULT NULL)
RETURNS SETOF oms.transfer_line
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 10000 ROWS 10 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_receive_transfer';
REVOKE ALL ON FUNCTION oms.receive_transfer(text, text[], bigint[], boolean, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.receive_transfer(text, text[], bigint[], boolean, text, text) IS
    'the goods of a transfer arrive: all that was shipped, or quantities[i] of skus[i], fewer, more, or of a sku that was not sent; on hand from now on, filling backorders as receive does. complete: that was all, and what is missing is expected no more; else the rest stays in transit. The differences are in oms.transfer_line. A row per sku. Errors: OM002 an open transaction is claiming it, OM004 unknown transfer, OM005 not in transit, OM010 not the role''s location or a kit, 22023';

CREATE FUNCTION oms.cancel_transfer(
    transfer_id text, reason text DEFAULT NULL, actor text DEFAULT session_user, request_id text DEFAULT NULL)
RETURNS SETOF oms.transfer_line
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 10000 ROWS 10 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_cancel_transfer';
REVOKE ALL ON FUNCTION oms.cancel_transfer(text, text, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.cancel_transfer(text, text, text, text) IS
    'ends a transfer: before it was shipped what is held for it is offered again; after, what has not been received goes back on the shelf where it came from, and is expected no more. A row per sku. Errors: OM002 an open transaction is claiming it, OM004 unknown transfer, OM005 over, OM010 not the role''s location';
-- Public views, whose columns are a contract, and the functions over them.

CREATE VIEW oms.fulfillment_event AS
SELECT e.fulfillment_id, e.order_id, e.event_id, e.action, e.from_status, e.to_status, e.units,
       e.reason, e.actor, e.acted_at
  FROM oms.fulfillment_event_row e;
COMMENT ON VIEW oms.fulfillment_event IS
    'the history of fulfillments: what was done, from which status to which, to how many units (NULL: to the whole), by whom, when';

-- What is to happen to work by itself, and when.
CREATE VIEW oms.deadline AS
SELECT d.fulfillment_id, d.order_id, d.location, d.method, d.status, d.what,
       CASE WHEN d.business_hours IS NULL THEN d.since + d.after
            ELSE oms.add_working_time(d.business_hours, d.since, d.after, d.time_zone) END AS at
  FROM (SELECT f.fulfillment_id, f.order_id, f.location, f.method, f.status, w.what, w.since, w.after,
               l.business_hours, l.time_zone
          FROM oms.fulfillment_row f
          JOIN oms.location l ON l.location = f.location
          CROSS JOIN LATERAL (SELECT t.* FROM oms.time_limit t
                               WHERE t.method = f.method AND (t.location = f.location OR t.location IS NULL)
                               ORDER BY t.location NULLS LAST LIMIT 1) t
          CROSS JOIN LATERAL (VALUES
               ('remind', f.status = 'assigned' AND f.reminded_at IS NULL, f.assigned_at, t.remind_after),
               ('reroute', f.status = 'assigned' AND f.escalated_at IS NULL, f.assigned_at, t.reroute_after),
               ('remind customer', f.status = 'ready' AND f.reminded_at IS NULL, f.ready_at, t.remind_customer_after),
               ('expire', f.status = 'ready', f.ready_at, t.expire_after)) w (what, applies, since, after)
         WHERE f.status IN ('assigned', 'ready') AND w.applies AND w.after IS NOT NULL
           AND NOT EXISTS (SELECT FROM oms.order_hold_row h
                            WHERE h.order_id = f.order_id AND h.released_at IS NULL)) d;
COMMENT ON VIEW oms.deadline IS
    'what oms.enforce_time_limits() does to a fulfillment, and when, if nobody acts before: remind, reroute, remind customer, expire; in opening time of the location, by oms.time_limit; not while the order is on hold; at NULL: the location never opens';

CREATE VIEW oms.rejection AS
SELECT r.rejection_id, r.fulfillment_id, r.order_id, r.line_no, r.sku, r.location, r.quantity, r.reason,
       r.cause, r.moved, r.backordered, r.actor, r.rejected_at
  FROM oms.rejection_row r;
COMMENT ON VIEW oms.rejection IS
    'units that locations refused, and why; cause named (it was said of them), scope (the scope of the reject took them along), short (they were not started and what was found missing left nothing for them); moved to other locations at once, backordered';

CREATE VIEW oms.shortfall AS
SELECT s.shortfall_id, s.sku, s.location, s.order_id, s.line_no, s.reservation_id, s.channel, s.quantity,
       s.moved, s.backordered, s.released, s.reason, s.reference, s.actor, s.resolved_at
  FROM oms.shortfall_row s;
COMMENT ON VIEW oms.shortfall IS
    'who lost units where a loss, a count or a sale that could not be refused left less than was reserved: quantity units of an order line, or of a reservation that no order wants; moved to other locations at once, backordered, or released (of a hold); with the reason and reference of the loss';

CREATE VIEW oms.returned AS
SELECT r.return_id, r.order_id, r.line_no, r.sku, r.location, r.quantity, r.condition, r.reason, r.reference,
       r.actor, r.returned_at
  FROM oms.return_row r;
COMMENT ON VIEW oms.returned IS
    'what came back of order lines (of a kit: by component), where, in which condition (sellable: on hand again; damaged: unavailable) and why';

CREATE VIEW oms.count_session AS
SELECT s.count_id, s.location, s.status, s.blind, s.picked_counted, s.recount_units, s.recount_percent,
       s.recount_value, s.reason, s.opened_by, s.opened_at, s.closed_by, s.closed_at
  FROM oms.count_session_row s;
COMMENT ON VIEW oms.count_session IS
    'cycle counts (oms.open_count): blind, so that a counter does not see what is expected; picked_counted: whether units that pickers had in their hands were counted; thresholds beyond which a difference is counted again';

CREATE VIEW oms.count_line AS
SELECT l.count_id, s.location, l.sku, l.status, l.counted, l.counted_at, l.expected, l.variance, l.attempts,
       l.counted_by, l.decided_by, l.decided_at, l.reason
  FROM oms.count_line_row l
  JOIN oms.count_session_row s ON s.count_id = l.count_id;
COMMENT ON VIEW oms.count_line IS
    'what a cycle count found: status open, counted, recount (the difference is large: to be counted again), accepted (on_hand was changed by the variance) or rejected; variance: counted less what was expected at counted_at';

CREATE VIEW oms.count_task AS
SELECT c.location, c.sku, c.reason, c.opened_at, c.closed_at, c.counted, c.variance
  FROM oms.count_task_row c;
COMMENT ON VIEW oms.count_task IS
    'counts asked for: open until oms.count_stock closes them; counted, and by how much that differed from on_hand';

-- A condition on location, order_id or fulfillment_id reaches the indexes.
CREATE VIEW oms.work AS
SELECT f.fulfillment_id, f.location, f.order_id, f.method, f.status, o.priority,
       LEAST(f.leave_by, l.promise_at) AS due_at,
       l.lines, l.units, l.to_pick, f.claimed_by, f.claimed_until, f.assigned_at,
       EXISTS (SELECT FROM oms.order_hold_row h
                WHERE h.order_id = f.order_id AND h.released_at IS NULL) AS on_hold,
       l.promise_at
  FROM oms.fulfillment_row f
  JOIN oms.order_row o ON o.order_id = f.order_id
  CROSS JOIN LATERAL (
       SELECT pg_catalog.count(*) AS lines,
              pg_catalog.sum(l.quantity - l.rejected - l.cancelled - l.shipped)::bigint AS units,
              pg_catalog.sum(l.quantity - l.rejected - l.cancelled - l.picked)::bigint AS to_pick,
              pg_catalog.min(COALESCE(ol.promise_at, o.promise_at)) AS promise_at
         FROM oms.fulfillment_line_row l
         JOIN oms.order_line_row ol ON ol.order_id = l.order_id AND ol.line_no = l.line_no
        WHERE l.order_id = f.order_id AND l.fulfillment_id = f.fulfillment_id
          AND l.quantity > l.rejected + l.cancelled) l
 WHERE f.status IN ('assigned', 'accepted', 'picking', 'packed', 'ready');
COMMENT ON VIEW oms.work IS
    'fulfillments that are not done: due_at, when it must leave (the last cut-off of the location, or moment of its business hours, at which it is still in time: oms.leave_by; at the latest when it was promised), promise_at the earliest promise of its lines, units that are to leave, to_pick of them, who has it until when, and whether the order or a line of it is on hold';

CREATE FUNCTION oms.work_list(location text, method text DEFAULT NULL)
RETURNS TABLE (fulfillment_id bigint, order_id text, method text, status text, priority integer,
               due_at timestamptz, lines bigint, units bigint, to_pick bigint, claimed_by text,
               claimed_until timestamptz, assigned_at timestamptz)
LANGUAGE sql STABLE PARALLEL SAFE COST 1000 ROWS 100 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT w.fulfillment_id, w.order_id, w.method, w.status, w.priority, w.due_at, w.lines, w.units,
           w.to_pick, w.claimed_by, w.claimed_until, w.assigned_at
      FROM oms.work w
     WHERE w.location = $1 AND ($2 IS NULL OR w.method = $2) AND oms.sees_location($1)
     ORDER BY w.due_at NULLS LAST, w.priority, w.assigned_at, w.fulfillment_id
$$;
REVOKE ALL ON FUNCTION oms.work_list(text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.work_list(text, text) IS
    'what a location has to do, most urgent first: by due_at, then the order''s priority, then age; of one method or of both';

CREATE FUNCTION oms.pick_list(location text, picker text DEFAULT NULL, fulfillment_ids bigint[] DEFAULT NULL)
RETURNS TABLE (bin text, sku text, units bigint, fulfillments bigint[], quantities bigint[])
LANGUAGE sql STABLE PARALLEL SAFE COST 1000 ROWS 100 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT b.bin, p.sku, sum(p.units)::bigint, array_agg(p.fulfillment_id ORDER BY p.fulfillment_id),
           array_agg(p.units ORDER BY p.fulfillment_id)
      FROM (SELECT l.sku, f.fulfillment_id, sum(l.quantity - l.rejected - l.cancelled - l.picked)::bigint AS units
              FROM oms.fulfillment_row f
              JOIN oms.fulfillment_line_row l ON l.order_id = f.order_id AND l.fulfillment_id = f.fulfillment_id
             WHERE f.location = $1 AND f.status IN ('accepted', 'picking') AND oms.sees_location($1)
               AND ($2 IS NULL OR f.claimed_by = $2 AND f.claimed_until > clock_timestamp())
               AND ($3 IS NULL OR f.fulfillment_id = ANY ($3))
               AND l.quantity - l.rejected - l.cancelled > l.picked
             GROUP BY l.sku, f.fulfillment_id) p
      LEFT JOIN oms.bin b ON b.location = $1 AND b.sku = p.sku
     GROUP BY b.bin, p.sku
     ORDER BY b.bin NULLS LAST, p.sku
$$;
REVOKE ALL ON FUNCTION oms.pick_list(text, text, bigint[]) FROM PUBLIC;
COMMENT ON FUNCTION oms.pick_list(text, text, bigint[]) IS
    'one list over several fulfillments, in the order of the walk: by bin (oms.bin), then sku; units in all, and quantities[i] of them for fulfillments[i]. Of what the picker has claimed, of the fulfillments named, or of all that the location has accepted';

CREATE FUNCTION oms.count_sheet(count_id bigint)
RETURNS TABLE (bin text, sku text, status text, counted bigint, expected bigint, variance bigint)
LANGUAGE sql STABLE PARALLEL SAFE COST 1000 ROWS 100 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT b.bin, l.sku, l.status, l.counted,
           CASE WHEN s.blind AND l.status <> 'accepted' THEN NULL
                ELSE COALESCE(l.expected, (SELECT i.on_hand FROM oms.inventory i WHERE i.sku = l.sku AND i.location = s.location)) END,
           CASE WHEN s.blind AND l.status <> 'accepted' THEN NULL ELSE l.variance END
      FROM oms.count_session_row s
      JOIN oms.count_line_row l ON l.count_id = s.count_id
      LEFT JOIN oms.bin b ON b.location = s.location AND b.sku = l.sku
     WHERE s.count_id = $1 AND oms.sees_location(s.location)
     ORDER BY b.bin NULLS LAST, l.sku
$$;
REVOKE ALL ON FUNCTION oms.count_sheet(bigint) FROM PUBLIC;
COMMENT ON FUNCTION oms.count_sheet(bigint) IS
    'what is to be counted, in the order of the walk: by bin (oms.bin), then sku, with what was counted so far; expected and variance are NULL until they are accepted when the count is blind';
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
    PRIMARY KEY (sku, location)
);
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
COMMENT ON COLUMN oms.consumer_row.looked_at IS 'up to when holds that expired were looked at';
COMMENT ON COLUMN oms.consumer_row.setup IS 'a hash of the network and of the rules that were in force';
COMMENT ON COLUMN oms.consumer_row.watched IS 'skus whose availability could change without an event';
CREATE TABLE oms.published_row (
    consumer text COLLATE "C" NOT NULL,
    channel text COLLATE "C" NOT NULL,
    sku text COLLATE "C" NOT NULL,
    value bigint,
    offered bigint,
    PRIMARY KEY (consumer, channel, sku)
) WITH (fillfactor = 70);
CREATE INDEX published_row_offered_idx ON oms.published_row (consumer) WHERE offered IS NOT NULL;
COMMENT ON TABLE oms.published_row IS 'private: what each consumer was last told of each channel and sku, and what it has been offered since';
CREATE TRIGGER guard BEFORE UPDATE OR DELETE OR TRUNCATE ON oms.consumer_row
    FOR EACH STATEMENT EXECUTE FUNCTION oms.guard_private_table('Call oms.add_consumer, oms.acknowledge, oms.seek_consumer or oms.drop_consumer.');
ALTER TABLE oms.consumer_row ENABLE ALWAYS TRIGGER guard;
COMMENT ON TRIGGER guard ON oms.consumer_row IS 'refuses UPDATE, DELETE and TRUNCATE by anybody but oms';
CREATE TRIGGER guard BEFORE UPDATE OR DELETE OR TRUNCATE ON oms.published_row
    FOR EACH STATEMENT EXECUTE FUNCTION oms.guard_private_table('Call oms.acknowledge.');
ALTER TABLE oms.published_row ENABLE ALWAYS TRIGGER guard;
COMMENT ON TRIGGER guard ON oms.published_row IS 'refuses UPDATE, DELETE and TRUNCATE by anybody but oms';
SELECT pg_catalog.pg_extension_config_dump('oms.consumer_row', '');
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
-- What other systems report. See sync/ingest.c and sync/state.c.

CREATE FUNCTION oms.add_source(
    source text, reports text[] DEFAULT '{snapshot,change,count,sale,order,receipt}',
    excludes_reserved boolean DEFAULT false, excludes_shipped boolean DEFAULT true, lag interval DEFAULT '0',
    on_missing text DEFAULT 'unchanged', limit_units bigint DEFAULT NULL, limit_percent numeric DEFAULT NULL,
    limit_value numeric DEFAULT NULL, note text DEFAULT NULL)
RETURNS oms.source
LANGUAGE sql VOLATILE PARALLEL UNSAFE COST 1000 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    INSERT INTO oms.source VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
    ON CONFLICT (source) DO UPDATE SET
        reports = excluded.reports, excludes_reserved = excluded.excludes_reserved, excludes_shipped = excluded.excludes_shipped,
        lag = excluded.lag, on_missing = excluded.on_missing, limit_units = excluded.limit_units,
        limit_percent = excluded.limit_percent, limit_value = excluded.limit_value, note = excluded.note
    RETURNING *
$$;
REVOKE ALL ON FUNCTION oms.add_source(text, text[], boolean, boolean, interval, text, bigint, numeric, numeric, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.add_source(text, text[], boolean, boolean, interval, text, bigint, numeric, numeric, text) IS
    'adds a system that reports to oms, or changes what is known of it: reports: the kinds of rows that are taken from it; excludes_reserved: its figures are net of what oms has reserved; excludes_shipped: they know at once what oms sent out, else after lag, how long it takes until they contain what others moved; on_missing: what its snapshot of a location means for skus that are not in it (unchanged, zero, exception); a snapshot or count that differs by more than a limit (units, per cent of on_hand, units times unit_value) waits for a person';

CREATE FUNCTION oms.feed_moment(moment text)
RETURNS timestamptz
LANGUAGE c STABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'oms_feed_moment';
REVOKE ALL ON FUNCTION oms.feed_moment(text) FROM PUBLIC;
COMMENT ON FUNCTION oms.feed_moment(text) IS 'the moment that a row of a feed names; infinity when it is none, instead of an error';

CREATE FUNCTION oms.ingest(
    source text, kind text, rows jsonb, as_of timestamptz DEFAULT NULL, event_id text DEFAULT NULL,
    actor text DEFAULT session_user)
RETURNS TABLE (row_no bigint, outcome text, reason text, first_outcome text, change bigint)
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 10000 ROWS 100 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_ingest';
REVOKE ALL ON FUNCTION oms.ingest(text, text, jsonb, timestamptz, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.ingest(text, text, jsonb, timestamptz, text, text) IS
    'takes what a source reports, a jsonb array of objects. kind sale (units gone), receipt (units come), change (more or fewer): "event_id", "sku", "location", "quantity", "as_of" (when it occurred; default: as_of of the call); count: the same, what was counted as of its moment, event_id optional; snapshot: "sku", "location", "quantity", what is at whole locations as of the call''s as_of, under the call''s event_id; order: what place_order_lines takes, as "order_id", "channel", "lines" and optionally "ship_to", "service", "priority", "promise_at", "reference", "on_shortage" (default backorder), "event_id" (default order_id), "as_of" (placed at). A row per row with its outcome: applied (change: by how many units on_hand changed), unchanged, duplicate (the same event again: no effect, first_outcome is what became of it), absorbed (a later statement already contains it), stale (a later statement of the key was taken before), parked (differs by more than the source''s limits, or an open transaction changes it), conflict (the id was used for something else), rejected. The last three are in oms.feed_exception with their reason; all others have landed. Errors: OM004 unknown source, OM010 it does not report this kind, 22004, 22023, 40001 another transaction is taking an event of the same id';

CREATE FUNCTION oms.ingest_many(
    source text, kind text, skus text[], locations text[], quantities bigint[],
    event_ids text[] DEFAULT NULL, as_ofs timestamptz[] DEFAULT NULL,
    as_of timestamptz DEFAULT NULL, event_id text DEFAULT NULL, actor text DEFAULT session_user)
RETURNS TABLE (row_no bigint, outcome text, reason text, first_outcome text, change bigint)
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 10000 ROWS 100 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_ingest_many';
REVOKE ALL ON FUNCTION oms.ingest_many(text, text, text[], text[], bigint[], text[], timestamptz[], timestamptz, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.ingest_many(text, text, text[], text[], bigint[], text[], timestamptz[], timestamptz, text, text) IS
    'ingest with a column of the rows in each array, for all kinds but order. Rows, outcomes and errors as ingest';

CREATE FUNCTION oms.ingest_table(
    source text, kind text, staging regclass, as_of timestamptz DEFAULT NULL, event_id text DEFAULT NULL,
    actor text DEFAULT session_user)
RETURNS TABLE (outcome text, "rows" bigint, units bigint)
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000000 ROWS 5
AS 'MODULE_PATHNAME', 'oms_ingest_table';
REVOKE ALL ON FUNCTION oms.ingest_table(text, text, regclass, timestamptz, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.ingest_table(text, text, regclass, timestamptz, text, text) IS
    'ingest of a table that COPY has filled: columns sku, location, quantity, and event_id and as_of if they are there; it is read with the caller''s rights and not changed. A row per outcome with the number of rows and the units by which on_hand changed. Errors as ingest, and 42703 a column is missing';

CREATE FUNCTION oms.retry_exceptions(
    source text DEFAULT NULL, reason text DEFAULT NULL, at_most bigint DEFAULT 1000, actor text DEFAULT session_user)
RETURNS TABLE (source text, kind text, outcome text, reason text, change bigint)
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 100000 ROWS 100 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_retry_exceptions';
REVOKE ALL ON FUNCTION oms.retry_exceptions(text, text, bigint, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.retry_exceptions(text, text, bigint, text) IS
    'takes open exceptions again, of a source and a reason or all, at most so many, oldest first, as ingest would now; what still cannot be taken stays, with one attempt more. Safe to run twice at once. A row per exception with its outcome';

CREATE FUNCTION oms.resolve_exception(
    exception_id bigint, action text, note text DEFAULT NULL,
    source text DEFAULT NULL, reason text DEFAULT NULL, actor text DEFAULT session_user)
RETURNS TABLE (source text, kind text, outcome text, reason text, change bigint)
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 10000 ROWS 1 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_resolve_exception';
REVOKE ALL ON FUNCTION oms.resolve_exception(bigint, text, text, text, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.resolve_exception(bigint, text, text, text, text, text) IS
    'a person decides about an open exception; with exception_id NULL about all of a source and a reason. action take: what it says is taken although it is above the source''s limits, as of its moment, unless something later has been stated meanwhile (a row with the outcome each); dismiss: it is closed without effect, with a note. Errors: OM004 no such open exception, 22023 unknown action';

CREATE FUNCTION oms.forget_events(older_than interval DEFAULT '90 days')
RETURNS bigint
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_forget_events';
REVOKE ALL ON FUNCTION oms.forget_events(interval) FROM PUBLIC;
COMMENT ON FUNCTION oms.forget_events(interval) IS
    'forgets events that landed, and exceptions that were closed, longer ago than this; the same event sent again would then be a new one; returns their number';

-- The change feed. See sync/changes.c.

CREATE FUNCTION oms.add_consumer(
    consumer text, events text[] DEFAULT '{stock,reservation,order,fulfillment}', channels text[] DEFAULT NULL,
    publish text DEFAULT 'value', low bigint DEFAULT 5, method text DEFAULT 'ship')
RETURNS text
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_add_consumer';
REVOKE ALL ON FUNCTION oms.add_consumer(text, text[], text[], text, bigint, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.add_consumer(text, text[], text[], text, bigint, text) IS
    'adds a consumer of the change feed, from now on, or changes what it gets: events it polls; for poll_availability: the channels, and what is published of them: value (atp), shown (under the channel''s show_at_most), or bucket (only when it crosses out, low: at most low units, in), of the method. Returns its position. Errors: 22004, 23514 unknown event, publish or method';

CREATE FUNCTION oms.poll_changes(consumer text, at_most bigint DEFAULT 1000)
RETURNS TABLE (event text, key text, sku text, location text, order_id text, channel text, quantity bigint, status text,
               at timestamptz, transaction xid8)
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 10000 ROWS 500 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_poll_changes';
REVOKE ALL ON FUNCTION oms.poll_changes(text, bigint) FROM PUBLIC;
COMMENT ON FUNCTION oms.poll_changes(text, bigint) IS
    'what was committed since the position of the consumer, transaction by transaction, at most so many rows unless one transaction has more; the same again, and what has come since, until acknowledge. event stock: a movement (key movement_id; status its kind; quantity of on_hand); reservation (key reservation_id; quantity it still claims), order (key order_id), fulfillment (key fulfillment_id): the row as it is now, once however often it changed since the position. Errors: OM004 unknown consumer, OM005 its position is about another cluster, 22023';

CREATE FUNCTION oms.poll_availability(consumer text, "full" boolean DEFAULT false)
RETURNS TABLE (channel text, sku text, atp bigint, shown bigint, bucket text)
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 10000 ROWS 500 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_poll_availability';
REVOKE ALL ON FUNCTION oms.poll_availability(text, boolean) FROM PUBLIC;
COMMENT ON FUNCTION oms.poll_availability(text, boolean) IS
    'what is to be published to the consumer: of its channels, the skus whose atp, shown value or bucket differs from what it last acknowledged, whether by an event, by a change of the network or of rules, or because time has passed (a hold expired, a rule''s period began); all of them at the first time, and with full. The same again until acknowledge. Errors: OM004 unknown consumer or channel, OM005 its position is about another cluster';

CREATE FUNCTION oms.acknowledge(consumer text)
RETURNS text
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_acknowledge';
REVOKE ALL ON FUNCTION oms.acknowledge(text) FROM PUBLIC;
COMMENT ON FUNCTION oms.acknowledge(text) IS
    'the consumer has done with what it polled last, events and availability; returns its position, from which oms.seek_consumer can replay. Error: OM004 unknown consumer';

CREATE FUNCTION oms.seek_consumer(consumer text, "position" text)
RETURNS text
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_seek_consumer';
REVOKE ALL ON FUNCTION oms.seek_consumer(text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.seek_consumer(text, text) IS
    'sets the position of a consumer: one that acknowledge returned (of any consumer: replay), start (everything there is) or now (nothing of what was); the next poll_availability looks at all. What is kept of events is what is kept of the rows: all. Returns the position. Errors: OM004 unknown consumer, 22P02 malformed, 22023 in the future';

CREATE FUNCTION oms.drop_consumer(consumer text)
RETURNS void
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_drop_consumer';
REVOKE ALL ON FUNCTION oms.drop_consumer(text) FROM PUBLIC;
COMMENT ON FUNCTION oms.drop_consumer(text) IS 'drops a consumer of the change feed, with what it was told. Error: OM004 unknown consumer';

CREATE FUNCTION oms.notify_consumers()
RETURNS bigint
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_notify_consumers';
REVOKE ALL ON FUNCTION oms.notify_consumers() FROM PUBLIC;
COMMENT ON FUNCTION oms.notify_consumers() IS
    'sends NOTIFY oms_changes with the name of each consumer behind whose position transactions have ended, for pg_cron or a worker; the reserve path notifies nobody. Returns their number';
-- Public views; their columns are a contract.

CREATE VIEW oms.feed_event AS
SELECT e.source, e.kind, e.event_id, e.sku, e.location, e.quantity, e.as_of, e.outcome, e.received_at
  FROM oms.feed_event_row e;
COMMENT ON VIEW oms.feed_event IS
    'events of sources that have landed, with their outcome (see oms.ingest); a snapshot is one event, without sku, location and quantity';

CREATE VIEW oms.feed_exception AS
SELECT x.exception_id, x.source, x.kind, x.reason, x.detail, x."row", x.attempts, x.first_at, x.last_at, x.status,
       x.resolved_by, x.resolved_at, x.note
  FROM oms.feed_exception_row x;
COMMENT ON VIEW oms.feed_exception IS
    'rows of feeds that could not be taken, with the reason and how often they were tried: open, taken since, or dismissed by a person (oms.retry_exceptions, oms.resolve_exception)';

CREATE VIEW oms.consumer AS
SELECT c.consumer, c.events, c.channels, c.method, c.publish, c.low, c."position"::text AS "position",
       GREATEST(0, pg_catalog.pg_snapshot_xmax(pg_catalog.pg_current_snapshot())::text::bigint
                   - pg_catalog.pg_snapshot_xmax(c."position")::text::bigint) AS transactions_behind,
       pg_catalog.clock_timestamp() - COALESCE(c.acknowledged_at, c.added_at) AS lag,
       c.offered IS NOT NULL OR c.available_offered IS NOT NULL AS has_offer,
       c.added_at, c.acknowledged_at
  FROM oms.consumer_row c;
COMMENT ON VIEW oms.consumer IS
    'consumers of the change feed: what they get, their position, and how far behind they are: transactions that began since it, and the time since they last acknowledged; has_offer: they have polled and not acknowledged';
-- insight: what was learned from the record.

CREATE TABLE oms.confidence_setting (
    location text COLLATE "C" REFERENCES oms.location ON DELETE CASCADE,
    half_life interval CHECK (half_life BETWEEN interval '1 minute' AND interval '100 years'),
    base_rate double precision CHECK (base_rate BETWEEN 0 AND 1),
    prior_weight double precision CHECK (prior_weight > 0 AND prior_weight <= 1e6),
    count_weight double precision CHECK (count_weight BETWEEN 0 AND 1e6),
    reject_cost numeric CHECK (reject_cost BETWEEN 0 AND 1e9),
    CONSTRAINT confidence_setting_key UNIQUE NULLS NOT DISTINCT (location)
);
COMMENT ON TABLE oms.confidence_setting IS
    'how confidence in locations is learned, and what it costs to be wrong; what is NULL at a location is what the row without a location says';
COMMENT ON COLUMN oms.confidence_setting.location IS 'NULL: every location, for what its own row does not say';
COMMENT ON COLUMN oms.confidence_setting.half_life IS 'after so long what happened counts half; without a value 30 days';
COMMENT ON COLUMN oms.confidence_setting.base_rate IS 'the share of lines that is thought to be served before anything is known; without a value 0.95';
COMMENT ON COLUMN oms.confidence_setting.prior_weight IS 'as many lines as what was thought before counts; without a value 2';
COMMENT ON COLUMN oms.confidence_setting.count_weight IS 'as many lines as a count counts; without a value 3';
COMMENT ON COLUMN oms.confidence_setting.reject_cost IS 'what it costs when the location refuses a unit: the router adds the expected part of it to every unit from there; without a value 0';

CREATE TABLE oms.confidence_row (
    location text COLLATE "C" NOT NULL,
    sku text COLLATE "C",
    accepted double precision NOT NULL CHECK (accepted >= 0),
    rejected double precision NOT NULL CHECK (rejected >= 0),
    half_life interval NOT NULL,
    as_of timestamptz NOT NULL,
    counted_at timestamptz,
    CONSTRAINT confidence_row_key UNIQUE NULLS NOT DISTINCT (location, sku)
);
COMMENT ON TABLE oms.confidence_row IS 'private: what oms.refresh_confidence learned, behind oms.confidence';
COMMENT ON COLUMN oms.confidence_row.sku IS 'NULL: all of the location';
COMMENT ON COLUMN oms.confidence_row.accepted IS 'lines served, decayed to as_of, the moment of the newest';
CREATE TRIGGER guard BEFORE UPDATE OR DELETE OR TRUNCATE ON oms.confidence_row
    FOR EACH STATEMENT EXECUTE FUNCTION oms.guard_private_table('Call oms.refresh_confidence.');
ALTER TABLE oms.confidence_row ENABLE ALWAYS TRIGGER guard;
COMMENT ON TRIGGER guard ON oms.confidence_row IS 'changed by functions only';

SELECT pg_catalog.pg_extension_config_dump('oms.confidence_setting', '');
SELECT pg_catalog.pg_extension_config_dump('oms.confidence_row', '');
-- The invariants of the whole, each as a query for what breaks it. Without jit: compiling
-- takes longer than running.

CREATE FUNCTION oms.check()
RETURNS TABLE (invariant text, key text, detail text)
LANGUAGE sql STABLE PARALLEL SAFE COST 1000000 ROWS 10 SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET jit = off
AS $$
    WITH account AS (
        SELECT sku, location, sum(on_hand) AS on_hand, sum(unavailable) AS unavailable, sum(reserved) AS reserved
          FROM (SELECT sku, location, on_hand, unavailable, reserved FROM oms.stock_account
                UNION ALL
                SELECT sku, location, on_hand, unavailable, reserved FROM oms.stock_delta) a
         GROUP BY sku, location),
    ledger AS (
        SELECT sku, location, sum(quantity) AS quantity, sum(unavailable) AS unavailable
          FROM oms.movement_row GROUP BY sku, location),
    claim AS (
        SELECT sku, location, count(*) AS reservations, sum(reserved) AS reserved
          FROM (SELECT sku, location, CASE WHEN status IN ('hold', 'firm') THEN quantity - consumed ELSE 0 END AS reserved
                  FROM oms.reservation_row
                UNION ALL
                SELECT sku, location, quantity - released FROM oms.hold_back_row
                UNION ALL
                SELECT l.sku, t.from_location, l.held
                  FROM oms.transfer_line_row l JOIN oms.transfer_order_row t ON t.transfer_id = l.transfer_id) r
         GROUP BY sku, location),
    incoming AS (
        SELECT COALESCE(i.sku, a.sku) AS sku, COALESCE(i.location, a.location) AS location,
               COALESCE(i.incoming_id::text, a.incoming) AS incoming,
               COALESCE(CASE WHEN i.status = 'open' THEN i.quantity - i.received END, 0) AS outstanding,
               COALESCE(a.on_hand, 0) AS expected, COALESCE(a.reserved, 0) AS reserved, COALESCE(c.claimed, 0) AS claimed,
               i.received, COALESCE(m.moved, 0) AS moved
          FROM oms.incoming_row i
          FULL JOIN (SELECT sku, location, incoming, sum(on_hand) AS on_hand, sum(reserved) AS reserved
                       FROM (SELECT sku, location, incoming, on_hand, reserved FROM oms.incoming_account
                             UNION ALL
                             SELECT sku, location, incoming, on_hand, reserved FROM oms.incoming_delta) a
                      GROUP BY sku, location, incoming) a
            ON a.sku = i.sku AND a.location = i.location AND a.incoming = i.incoming_id::text
          FULL JOIN (SELECT sku, location, incoming_id::text COLLATE "C" AS incoming, sum(quantity) AS claimed
                       FROM oms.backorder_claim_row GROUP BY sku, location, incoming_id) c
            ON c.sku = i.sku AND c.location = i.location AND c.incoming = i.incoming_id::text
          LEFT JOIN (SELECT sku, location, incoming_id, sum(quantity) AS moved
                       FROM oms.movement_row WHERE incoming_id IS NOT NULL GROUP BY sku, location, incoming_id) m
            ON m.sku = i.sku AND m.location = i.location AND m.incoming_id = i.incoming_id),
    backordered AS (
        SELECT sku, channel, sum(reserved) AS reserved, sum(missing) AS missing
          FROM (SELECT sku, channel, reserved, 0 AS missing FROM oms.backorder_account
                UNION ALL
                SELECT sku, channel, reserved, 0 FROM oms.backorder_delta
                UNION ALL
                SELECT sku, channel, 0, quantity - filled FROM oms.backorder_row WHERE status = 'open') b
         GROUP BY sku, channel),
    protection AS (
        SELECT sku, location, until, channel, sum(on_hand) AS quantity, sum(reserved) AS used
          FROM (SELECT sku, location, until, channel, on_hand, reserved FROM oms.protection_account
                UNION ALL
                SELECT sku, location, until, channel, on_hand, reserved FROM oms.protection_delta) a
         GROUP BY sku, location, until, channel),
    from_protection AS (
        SELECT sku, location, protected_until AS until, channel,
               sum(CASE WHEN status IN ('hold', 'firm') THEN protected ELSE least(protected, consumed) END) AS used
          FROM oms.reservation_row WHERE protected > 0 GROUP BY sku, location, protected_until, channel),
    quota AS (
        SELECT sku, channel, period, sum(reserved) AS used
          FROM (SELECT sku, channel, period, reserved FROM oms.quota_account
                UNION ALL
                SELECT sku, channel, period, reserved FROM oms.quota_delta) a
         GROUP BY sku, channel, period),
    from_quota AS (
        SELECT sku, channel, period, sum(used) AS used
          FROM (SELECT COALESCE(kit, sku) AS sku, channel, quota_period AS period,
                       CASE WHEN status IN ('hold', 'firm') THEN quantity ELSE consumed END / COALESCE(kit_quantity, 1) AS used
                  FROM oms.reservation_row WHERE quota_period IS NOT NULL
                UNION ALL
                SELECT sku, channel, quota_period, quantity - filled
                  FROM oms.backorder_row WHERE quota_period IS NOT NULL AND status = 'open') a
         GROUP BY sku, channel, period),
    delta AS (
        SELECT format('sku %s, location %s', d.sku, d.location) AS key, d.id, a.w, a.exc
          FROM oms.stock_delta d JOIN oms.stock_account a ON a.sku = d.sku AND a.location = d.location
        UNION ALL
        SELECT format('sku %s, location %s, protected for %s until %s', d.sku, d.location, d.channel, d.until), d.id, a.w, a.exc
          FROM oms.protection_delta d
          JOIN oms.protection_account a ON a.sku = d.sku AND a.location = d.location AND a.until = d.until AND a.channel = d.channel
        UNION ALL
        SELECT format('sku %s, quota of %s, period %s', d.sku, d.channel, d.period), d.id, a.w, a.exc
          FROM oms.quota_delta d
          JOIN oms.quota_account a ON a.sku = d.sku AND a.channel = d.channel AND a.period = d.period
        UNION ALL
        SELECT format('sku %s, location %s, incoming %s', d.sku, d.location, d.incoming), d.id, a.w, a.exc
          FROM oms.incoming_delta d
          JOIN oms.incoming_account a ON a.sku = d.sku AND a.location = d.location AND a.incoming = d.incoming
        UNION ALL
        SELECT format('location %s, window %s until %s, %s', d.location, d.window_name, d.until, d.measure), d.id, a.w, a.exc
          FROM oms.capacity_delta d
          JOIN oms.capacity_account a ON a.location = d.location AND a.window_name = d.window_name AND a.until = d.until AND a.measure = d.measure
        UNION ALL
        SELECT format('sku %s, channel %s', d.sku, d.channel), d.id, a.w, a.exc
          FROM oms.backorder_delta d JOIN oms.backorder_account a ON a.sku = d.sku AND a.channel = d.channel),
    capacity AS (
        SELECT location, window_name, until, measure, sum(used) AS used, sum(work) AS work
          FROM (SELECT location, window_name, until, measure, reserved AS used, 0 AS work FROM oms.capacity_account
                UNION ALL
                SELECT location, window_name, until, measure, reserved, 0 FROM oms.capacity_delta
                UNION ALL
                SELECT location, window_name, until, measure, 0, quantity FROM oms.capacity_use_row) c
         GROUP BY location, window_name, until, measure),
    held AS (   -- of kits in kits, by their first component
        SELECT order_id, line_no, COALESCE(kit, sku) AS sku, sum(consumed / COALESCE(kit_quantity, 1)) AS consumed,
               sum((quantity - consumed) / COALESCE(kit_quantity, 1)) FILTER (WHERE status IN ('hold', 'firm')) AS reserved
          FROM oms.reservation_row WHERE order_id IS NOT NULL AND (component IS NULL OR component = 1)
         GROUP BY order_id, line_no, COALESCE(kit, sku)),
    waiting AS (
        SELECT order_id, line_no, sku, sum(quantity - filled) AS quantity
          FROM oms.backorder_row WHERE order_id IS NOT NULL AND status = 'open' GROUP BY order_id, line_no, sku),
    work AS (
        SELECT f.order_id, f.location, l.line_no, l.sku, sum(l.quantity - l.rejected - l.cancelled) AS quantity
          FROM oms.fulfillment_row f
          JOIN oms.fulfillment_line_row l ON l.order_id = f.order_id AND l.fulfillment_id = f.fulfillment_id
         WHERE f.status IN ('assigned', 'accepted', 'picking', 'packed', 'ready')
         GROUP BY f.order_id, f.location, l.line_no, l.sku)

    SELECT 'on_hand is the sum of the movements', format('sku %s, location %s', a.sku, a.location),
           format('on_hand %s, movements %s', a.on_hand, COALESCE(l.quantity, 0))
      FROM account a LEFT JOIN ledger l ON l.sku = a.sku AND l.location = a.location
     WHERE a.on_hand <> COALESCE(l.quantity, 0)
    UNION ALL
    SELECT 'unavailable is the sum of the movements', format('sku %s, location %s', a.sku, a.location),
           format('unavailable %s, movements %s', a.unavailable, COALESCE(l.unavailable, 0))
      FROM account a LEFT JOIN ledger l ON l.sku = a.sku AND l.location = a.location
     WHERE a.unavailable <> COALESCE(l.unavailable, 0)
    UNION ALL
    SELECT 'reserved is the sum of the reservations', format('sku %s, location %s', a.sku, a.location),
           format('reserved %s, reservations %s', a.reserved, COALESCE(c.reserved, 0))
      FROM account a LEFT JOIN claim c ON c.sku = a.sku AND c.location = a.location
     WHERE a.reserved <> COALESCE(c.reserved, 0)
    UNION ALL
    SELECT 'on_hand, unavailable and reserved are not negative', format('sku %s, location %s', a.sku, a.location),
           format('on_hand %s, unavailable %s, reserved %s', a.on_hand, a.unavailable, a.reserved)
      FROM account a
     WHERE a.unavailable < 0 OR a.reserved < 0    -- what other systems sold is gone, and its receipt may come later
        OR a.on_hand < 0 AND NOT EXISTS (SELECT FROM oms.movement_row m
                                          WHERE m.sku = a.sku AND m.location = a.location AND m.source IS NOT NULL)
    UNION ALL
    SELECT 'every movement has an account', format('sku %s, location %s', l.sku, l.location),
           format('movements of %s units', l.quantity)
      FROM ledger l
     WHERE NOT EXISTS (SELECT FROM account a WHERE a.sku = l.sku AND a.location = l.location)
    UNION ALL
    SELECT 'every reservation has an account', format('sku %s, location %s', c.sku, c.location),
           format('%s reservations', c.reservations)
      FROM claim c
     WHERE NOT EXISTS (SELECT FROM account a WHERE a.sku = c.sku AND a.location = c.location)
    UNION ALL
    SELECT 'a delta is folded once', d.key, format('delta %s is not above w = %s and not in exc', d.id, d.w)
      FROM delta d WHERE d.id <= d.w AND d.id <> ALL (d.exc)
    UNION ALL
    SELECT 'exc is not above w', a.key, format('w = %s, exc = %s', a.w, a.exc)
      FROM (SELECT format('sku %s, location %s', sku, location) AS key, w, exc FROM oms.stock_account
            UNION ALL
            SELECT format('sku %s, location %s, protected for %s until %s', sku, location, channel, until), w, exc FROM oms.protection_account
            UNION ALL
            SELECT format('sku %s, quota of %s, period %s', sku, channel, period), w, exc FROM oms.quota_account
            UNION ALL
            SELECT format('sku %s, location %s, incoming %s', sku, location, incoming), w, exc FROM oms.incoming_account
            UNION ALL
            SELECT format('location %s, window %s until %s, %s', location, window_name, until, measure), w, exc FROM oms.capacity_account
            UNION ALL
            SELECT format('sku %s, channel %s', sku, channel), w, exc FROM oms.backorder_account) a
     WHERE a.w < ANY (a.exc)
    UNION ALL
    SELECT 'what is incoming is what was ordered and has not come', format('sku %s, location %s, incoming %s', i.sku, i.location, i.incoming),
           format('outstanding %s, account %s', i.outstanding, i.expected)
      FROM incoming i WHERE i.outstanding <> i.expected
    UNION ALL
    SELECT 'what was received of incoming supply is the sum of its movements',
           format('sku %s, location %s, incoming %s', i.sku, i.location, i.incoming),
           format('received %s, movements %s', i.received, i.moved)
      FROM incoming i WHERE i.received <> i.moved
    UNION ALL
    SELECT 'what is claimed of incoming supply is the sum of the claims',
           format('sku %s, location %s, incoming %s', i.sku, i.location, i.incoming),
           format('claims %s, account %s', i.claimed, i.reserved)
      FROM incoming i WHERE i.claimed <> i.reserved
    UNION ALL
    SELECT 'no more is claimed of incoming supply than is expected', format('sku %s, location %s, incoming %s', i.sku, i.location, i.incoming),
           format('claims %s, outstanding %s', i.claimed, i.outstanding)
      FROM incoming i WHERE i.claimed > i.outstanding
    UNION ALL
    SELECT 'an open backorder claims at most what is missing of it, another one nothing', format('backorder %s', c.backorder_id),
           format('sku %s, status %s, claims %s, missing %s', c.sku, b.status, c.quantity, b.quantity - b.filled)
      FROM (SELECT sku, backorder_id, sum(quantity) AS quantity FROM oms.backorder_claim_row GROUP BY sku, backorder_id) c
      LEFT JOIN oms.backorder_row b ON b.backorder_id = c.backorder_id AND b.sku = c.sku
     WHERE b.status IS DISTINCT FROM 'open' OR c.quantity > b.quantity - b.filled
    UNION ALL
    SELECT 'what a channel has backordered is the sum of its open backorders', format('sku %s, channel %s', b.sku, b.channel),
           format('backorders %s, account %s', b.missing, b.reserved)
      FROM backordered b WHERE b.missing <> b.reserved
    UNION ALL
    SELECT 'used of a protection is what reservations have of it',
           format('sku %s, location %s, channel %s, until %s', sku, location, channel, until),
           format('used %s, reservations %s', COALESCE(p.used, 0), COALESCE(r.used, 0))
      FROM protection p FULL JOIN from_protection r USING (sku, location, channel, until)
     WHERE COALESCE(p.used, 0) <> COALESCE(r.used, 0)
    UNION ALL
    SELECT 'used of a protection is not more than was protected',
           format('sku %s, location %s, channel %s, until %s', sku, location, channel, until),
           format('used %s of %s', used, quantity)
      FROM protection WHERE used NOT BETWEEN 0 AND quantity
    UNION ALL
    SELECT 'used of a quota is what reservations and backorders have of it',
           format('sku %s, channel %s, period %s', sku, channel, period),
           format('used %s, reservations and backorders %s', COALESCE(q.used, 0), COALESCE(r.used, 0))
      FROM quota q FULL JOIN from_quota r USING (sku, channel, period)
     WHERE COALESCE(q.used, 0) <> COALESCE(r.used, 0)
    UNION ALL
    SELECT 'used of a capacity is what the work at the location has of it',
           format('location %s, window %s until %s, %s', c.location, c.window_name, c.until, c.measure),
           format('used %s, work %s', c.used, c.work)
      FROM capacity c WHERE c.used <> c.work
    UNION ALL
    SELECT 'work uses the capacity of its location for what it is', format('fulfillment %s, window %s until %s, %s', u.fulfillment_id, u.window_name, u.until, u.measure),
           format('%s at location %s: %s lines, %s units; used %s at location %s', COALESCE(f.status, 'unknown'), f.location, l.lines, l.units, u.quantity, u.location)
      FROM oms.capacity_use_row u
      LEFT JOIN oms.fulfillment_row f ON f.order_id = u.order_id AND f.fulfillment_id = u.fulfillment_id
      LEFT JOIN (SELECT l.order_id, l.fulfillment_id, count(*) AS lines, sum(l.quantity - l.rejected - l.cancelled) AS units
                   FROM oms.fulfillment_line_row l WHERE l.quantity > l.rejected + l.cancelled
                  GROUP BY l.order_id, l.fulfillment_id) l ON l.order_id = u.order_id AND l.fulfillment_id = u.fulfillment_id
     WHERE COALESCE(f.status IN ('rejected', 'cancelled', 'superseded') OR f.location <> u.location
                    OR f.status IN ('shipped', 'handed_over') AND u.until = 'infinity'
                    OR CASE u.measure WHEN 'orders' THEN u.quantity <> 1 WHEN 'lines' THEN u.quantity <> l.lines
                                      WHEN 'units' THEN u.quantity <> l.units ELSE false END, true)
    UNION ALL
    SELECT 'a hold expires, a firm reservation does not', format('reservation %s', r.reservation_id),
           format('%s, expires_at %s', r.status, COALESCE(r.expires_at::text, 'null'))
      FROM oms.reservation_row r
     WHERE r.status = 'hold' AND r.expires_at IS NULL OR r.status = 'firm' AND r.expires_at IS NOT NULL
    UNION ALL
    SELECT 'a kit is reserved whole', format('reservation %s', r.reservation_id),
           format('%s rows of kit %s, components %s', count(*), min(r.kit), array_agg(r.component ORDER BY r.component))
      FROM oms.reservation_row r WHERE r.kit IS NOT NULL
     GROUP BY r.reservation_id
    HAVING min(r.component) <> 1 OR max(r.component) <> count(*) OR count(DISTINCT r.component) <> count(*)
        OR count(DISTINCT (r.kit, r.location, r.channel, r.method, r.cart_id, r.order_id, r.line_no, r.expires_at,
                           r.quantity / r.kit_quantity, r.consumed / r.kit_quantity,
                           -- each component of an expired hold is given back by itself
                           CASE WHEN r.status = 'hold' AND r.expires_at <= clock_timestamp() OR r.status = 'released'
                                THEN 'expired' ELSE r.status END)) > 1
    UNION ALL
    SELECT 'a component of an order has a line of its own for the planner', format('order %s, plan_line %s', r.order_id, r.plan_line),
           format('%s rows', count(*))
      FROM oms.reservation_row r
     WHERE r.kit IS NOT NULL AND r.order_id IS NOT NULL AND r.status IN ('hold', 'firm')
     GROUP BY r.order_id, r.plan_line HAVING count(*) > 1 OR r.plan_line IS NULL
    UNION ALL
    SELECT 'a kit has no stock of its own', format('sku %s, location %s', a.sku, a.location),
           format('on_hand %s, reserved %s', a.on_hand, a.reserved)
      FROM account a
     WHERE (a.on_hand <> 0 OR a.unavailable <> 0 OR a.reserved <> 0)
       AND EXISTS (SELECT FROM oms.kit_component k WHERE k.kit = a.sku)
    UNION ALL
    SELECT 'a kit is in no kit', format('kit %s', k.kit), format('it contains kit %s', k.sku)
      FROM oms.kit_component k WHERE EXISTS (SELECT FROM oms.kit_component i WHERE i.kit = k.sku)
    UNION ALL
    SELECT 'a reservation of an order is for one of its lines', format('order %s, line %s', h.order_id, h.line_no),
           format('sku %s', h.sku)
      FROM held h
     WHERE NOT EXISTS (SELECT FROM oms.order_line_row l
                        WHERE l.order_id = h.order_id AND l.line_no = h.line_no AND l.sku = h.sku)
    UNION ALL
    SELECT 'a line has no more units than were ordered', format('order %s, line %s', l.order_id, l.line_no),
           format('ordered %s, cancelled %s, reserved %s, consumed %s', l.quantity, l.cancelled, COALESCE(h.reserved, 0), h.consumed)
      FROM oms.order_line_row l
      JOIN held h ON h.order_id = l.order_id AND h.line_no = l.line_no AND h.sku = l.sku
     WHERE COALESCE(h.reserved, 0) + h.consumed > l.quantity - l.cancelled
    UNION ALL
    SELECT 'a backorder is filled by at most its quantity, and open until then', format('backorder %s', b.backorder_id),
           format('%s: filled %s of %s', b.status, b.filled, b.quantity)
      FROM oms.backorder_row b
     WHERE b.filled NOT BETWEEN 0 AND b.quantity OR (b.status = 'filled') <> (b.filled = b.quantity)
    UNION ALL
    SELECT 'a backorder of an order is for one of its lines', format('order %s, line %s', b.order_id, b.line_no),
           format('backorder %s, sku %s', b.backorder_id, b.sku)
      FROM oms.backorder_row b
     WHERE b.order_id IS NOT NULL
       AND NOT EXISTS (SELECT FROM oms.order_line_row l
                        WHERE l.order_id = b.order_id AND l.line_no = b.line_no AND l.sku = b.sku)
    UNION ALL
    SELECT 'a line has no more units with its backorders than were ordered', format('order %s, line %s', l.order_id, l.line_no),
           format('ordered %s, reserved %s, consumed %s, backordered %s', l.quantity, COALESCE(h.reserved, 0),
                  COALESCE(h.consumed, 0), b.quantity)
      FROM oms.order_line_row l
      JOIN waiting b ON b.order_id = l.order_id AND b.line_no = l.line_no AND b.sku = l.sku
      LEFT JOIN held h ON h.order_id = l.order_id AND h.line_no = l.line_no AND h.sku = l.sku
     WHERE COALESCE(h.reserved, 0) + COALESCE(h.consumed, 0) + b.quantity > l.quantity - l.cancelled
    UNION ALL
    SELECT 'a cancelled order waits for nothing', format('order %s, line %s', b.order_id, b.line_no),
           format('backordered %s', b.quantity)
      FROM oms.order_row o JOIN waiting b ON b.order_id = o.order_id
     WHERE o.status = 'cancelled'
    UNION ALL
    SELECT 'an order has lines', format('order %s', o.order_id), 'it has none'
      FROM oms.order_row o
     WHERE NOT EXISTS (SELECT FROM oms.order_line_row l WHERE l.order_id = o.order_id)
    UNION ALL
    SELECT 'a line has an order', format('order %s, line %s', l.order_id, l.line_no), 'the order is unknown'
      FROM oms.order_line_row l
     WHERE NOT EXISTS (SELECT FROM oms.order_row o WHERE o.order_id = l.order_id)
    UNION ALL
    SELECT 'a cancelled order holds nothing', format('order %s, line %s', h.order_id, h.line_no),
           format('reserved %s', h.reserved)
      FROM oms.order_row o JOIN held h ON h.order_id = o.order_id
     WHERE o.status = 'cancelled' AND h.reserved > 0
    UNION ALL
    SELECT 'a cancelled order has no work', format('order %s, fulfillment %s', f.order_id, f.fulfillment_id), f.status
      FROM oms.order_row o JOIN oms.fulfillment_row f ON f.order_id = o.order_id
     WHERE o.status = 'cancelled' AND f.status IN ('assigned', 'accepted', 'picking', 'packed', 'ready')
    UNION ALL
    SELECT 'a hold is of an order or of one of its lines', format('order %s, hold %s', h.order_id, h.hold_id),
           format('line %s', COALESCE(h.line_no::text, 'null'))
      FROM oms.order_hold_row h
     WHERE NOT EXISTS (SELECT FROM oms.order_line_row l
                        WHERE l.order_id = h.order_id AND (h.line_no IS NULL OR l.line_no = h.line_no))
    UNION ALL
    SELECT 'a fulfillment has an order', format('order %s, fulfillment %s', f.order_id, f.fulfillment_id),
           'the order is unknown'
      FROM oms.fulfillment_row f
     WHERE NOT EXISTS (SELECT FROM oms.order_row o WHERE o.order_id = f.order_id)
    UNION ALL
    SELECT 'a fulfillment has lines', format('order %s, fulfillment %s', f.order_id, f.fulfillment_id), 'it has none'
      FROM oms.fulfillment_row f
     WHERE NOT EXISTS (SELECT FROM oms.fulfillment_line_row l
                        WHERE l.order_id = f.order_id AND l.fulfillment_id = f.fulfillment_id)
    UNION ALL
    SELECT 'a fulfillment line is of its fulfillment and of a line of its order',
           format('order %s, fulfillment %s, line %s', l.order_id, l.fulfillment_id, l.line_no), format('sku %s', l.sku)
      FROM oms.fulfillment_line_row l
     WHERE NOT EXISTS (SELECT FROM oms.fulfillment_row f
                        WHERE f.order_id = l.order_id AND f.fulfillment_id = l.fulfillment_id)
        OR NOT EXISTS (SELECT FROM oms.order_line_row o
                        WHERE o.order_id = l.order_id AND o.line_no = l.line_no
                          AND (o.sku = l.sku OR EXISTS (SELECT FROM oms.reservation_row r
                                                         WHERE r.order_id = l.order_id AND r.line_no = l.line_no
                                                           AND r.sku = l.sku AND r.kit = o.sku)))
    UNION ALL
    SELECT 'a location has one assigned fulfillment of an order', format('order %s, location %s', f.order_id, f.location),
           format('%s fulfillments', count(*))
      FROM oms.fulfillment_row f WHERE f.status = 'assigned'
     GROUP BY f.order_id, f.location HAVING count(*) > 1
    UNION ALL
    SELECT 'work asks for no more than is held at its location',
           format('order %s, line %s, location %s', w.order_id, w.line_no, w.location),
           format('wanted %s, held or consumed %s', w.quantity, COALESCE(r.units, 0))
      FROM work w
      LEFT JOIN (SELECT order_id, line_no, sku, location,
                        sum(CASE WHEN status = 'firm' THEN quantity ELSE consumed END) AS units
                   FROM oms.reservation_row WHERE order_id IS NOT NULL GROUP BY order_id, line_no, sku, location) r
        ON r.order_id = w.order_id AND r.line_no = w.line_no AND r.sku = w.sku AND r.location = w.location
     WHERE w.quantity > COALESCE(r.units, 0)
    UNION ALL
    SELECT 'the lines of a fulfillment are as far as its status says',
           format('order %s, fulfillment %s, line %s', f.order_id, f.fulfillment_id, l.line_no),
           format('%s: quantity %s, picked %s, packed %s, shipped %s, rejected %s, cancelled %s', f.status,
                  l.quantity, l.picked, l.packed, l.shipped, l.rejected, l.cancelled)
      FROM oms.fulfillment_row f
      JOIN oms.fulfillment_line_row l ON l.order_id = f.order_id AND l.fulfillment_id = f.fulfillment_id
     WHERE NOT CASE WHEN f.status IN ('assigned', 'accepted') THEN l.picked = 0
                    WHEN f.status = 'picking' THEN l.packed = l.shipped
                    WHEN f.status IN ('packed', 'ready') THEN l.packed = l.quantity - l.rejected - l.cancelled
                    WHEN f.status IN ('shipped', 'handed_over', 'rejected', 'cancelled')
                    THEN l.shipped = l.quantity - l.rejected - l.cancelled
                    ELSE l.shipped = 0 END
    UNION ALL
    SELECT 'what a fulfillment sent out left the stock', format('fulfillment %s, sku %s', s.fulfillment_id, s.sku),
           format('shipped %s, movements of %s', s.shipped, COALESCE(m.units, 0))
      FROM (SELECT fulfillment_id, sku, sum(shipped) AS shipped
              FROM oms.fulfillment_line_row GROUP BY fulfillment_id, sku HAVING sum(shipped) > 0) s
      LEFT JOIN (SELECT reference, sku, -sum(quantity) AS units
                   FROM oms.movement_row WHERE kind IN ('ship', 'hand_over') GROUP BY reference, sku) m
        ON m.reference = 'fulfillment ' || s.fulfillment_id AND m.sku = s.sku
     WHERE s.shipped <> COALESCE(m.units, 0)
       AND NOT EXISTS (SELECT FROM oms.item i WHERE i.sku = s.sku AND NOT i.tracked)
    UNION ALL
    SELECT 'what fulfillments sent out of a line was consumed there',
           format('order %s, line %s, location %s', s.order_id, s.line_no, s.location),
           format('shipped %s, consumed %s', s.shipped, COALESCE(c.consumed, 0))
      FROM (SELECT f.order_id, l.line_no, l.sku, f.location, sum(l.shipped) AS shipped
              FROM oms.fulfillment_row f
              JOIN oms.fulfillment_line_row l ON l.order_id = f.order_id AND l.fulfillment_id = f.fulfillment_id
             WHERE l.shipped > 0 GROUP BY f.order_id, l.line_no, l.sku, f.location) s
      LEFT JOIN (SELECT order_id, line_no, sku, location, sum(consumed) AS consumed
                   FROM oms.reservation_row WHERE order_id IS NOT NULL GROUP BY order_id, line_no, sku, location) c
        ON c.order_id = s.order_id AND c.line_no = s.line_no AND c.sku = s.sku AND c.location = s.location
     WHERE s.shipped > COALESCE(c.consumed, 0)
    UNION ALL
    SELECT 'what a line rejected is on record', format('fulfillment %s, line %s, sku %s', l.fulfillment_id, l.line_no, l.sku),
           format('rejected %s, recorded %s', l.rejected, COALESCE(r.units, 0))
      FROM oms.fulfillment_line_row l
      LEFT JOIN (SELECT fulfillment_id, line_no, sku, sum(quantity) AS units
                   FROM oms.rejection_row GROUP BY fulfillment_id, line_no, sku) r
        ON r.fulfillment_id = l.fulfillment_id AND r.line_no = l.line_no AND r.sku = l.sku
     WHERE l.rejected <> COALESCE(r.units, 0)
    UNION ALL
    SELECT 'a decision has an order and a run', format('order %s, run %s', d.order_id, d.run_id), 'one of them is unknown'
      FROM oms.decision_row d
     WHERE NOT EXISTS (SELECT FROM oms.order_row o WHERE o.order_id = d.order_id)
        OR NOT EXISTS (SELECT FROM oms.routing_run_row r WHERE r.run_id = d.run_id)
    UNION ALL
    SELECT 'a decision is about a line of its order',
           format('order %s, run %s, line %s', d.order_id, d.run_id, d.line_no), format('sku %s', d.sku)
      FROM oms.decision_line_row d
     WHERE NOT EXISTS (SELECT FROM oms.decision_row r WHERE r.order_id = d.order_id AND r.run_id = d.run_id)
        OR NOT EXISTS (SELECT FROM oms.order_line_row l
                        WHERE l.order_id = d.order_id AND l.line_no = d.line_no
                          AND (l.sku = d.sku OR EXISTS (SELECT FROM oms.reservation_row r
                                                         WHERE r.order_id = d.order_id AND r.line_no = d.line_no
                                                           AND r.sku = d.sku AND r.kit = l.sku)))
    UNION ALL
    SELECT 'a routing has a policy, an active one has rules', format('policy %s, version %s, routing %s', r.policy, r.version, r.routing),
           COALESCE(p.status, 'the version is unknown')
      FROM oms.policy_routing_row r LEFT JOIN oms.policy_row p ON p.policy = r.policy AND p.version = r.version
     WHERE p.policy IS NULL
        OR p.status <> 'draft' AND NOT EXISTS (SELECT FROM oms.policy_rule_row u
                                                WHERE u.policy = r.policy AND u.version = r.version AND u.routing = r.routing)
    UNION ALL
    SELECT 'a rule has a routing', format('policy %s, version %s, routing %s, rule %s', u.policy, u.version, u.routing, u.rule_no), 'it is unknown'
      FROM oms.policy_rule_row u
     WHERE NOT EXISTS (SELECT FROM oms.policy_routing_row r
                        WHERE r.policy = u.policy AND r.version = u.version AND r.routing = u.routing)
    UNION ALL
    SELECT 'a run has a version of its policy', format('run %s', r.run_id), format('policy %s, version %s', r.policy, r.policy_version)
      FROM oms.routing_run_row r
     WHERE r.policy IS NOT NULL AND NOT EXISTS (SELECT FROM oms.policy_row p WHERE p.policy = r.policy AND p.version = r.policy_version)
    UNION ALL
    SELECT 'a price is of a run there is', format('run %s', p.run_id), format('prices %s', count(*))
      FROM oms.routing_price_row p
     WHERE NOT EXISTS (SELECT FROM oms.routing_run_row r WHERE r.run_id = p.run_id)
     GROUP BY p.run_id
    UNION ALL
    SELECT 'an accepted count changed on_hand by its variance', format('count %s, sku %s', l.count_id, l.sku),
           format('variance %s, movements %s', l.variance, COALESCE(m.quantity, 0))
      FROM oms.count_line_row l
      JOIN oms.count_session_row s ON s.count_id = l.count_id
      LEFT JOIN (SELECT sku, location, reference, sum(quantity) AS quantity
                   FROM oms.movement_row WHERE kind = 'count' AND reference IS NOT NULL GROUP BY sku, location, reference) m
        ON m.sku = l.sku AND m.location = s.location AND m.reference = 'count ' || l.count_id
     WHERE l.status = 'accepted' AND l.variance <> COALESCE(m.quantity, 0)
    UNION ALL
    SELECT 'a line that is counted has a count', format('count %s, sku %s', l.count_id, l.sku), 'it is unknown'
      FROM oms.count_line_row l
     WHERE NOT EXISTS (SELECT FROM oms.count_session_row s WHERE s.count_id = l.count_id)
    UNION ALL
    SELECT 'no more comes back than has left', format('order %s, line %s, sku %s', b.order_id, b.line_no, b.sku),
           format('returned %s, consumed %s', b.quantity, COALESCE(r.consumed, 0))
      FROM (SELECT order_id, line_no, sku, sum(quantity) AS quantity FROM oms.return_row GROUP BY order_id, line_no, sku) b
      LEFT JOIN (SELECT order_id, line_no, sku, sum(consumed) AS consumed
                   FROM oms.reservation_row WHERE order_id IS NOT NULL GROUP BY order_id, line_no, sku) r
        ON r.order_id = b.order_id AND r.line_no = b.line_no AND r.sku = b.sku
     WHERE b.quantity > COALESCE(r.consumed, 0)
    UNION ALL
    SELECT 'what came back is in the stock', format('return %s, sku %s', b.return_id, b.sku),
           format('returned %s, movements %s', b.quantity, COALESCE(m.quantity, 0))
      FROM oms.return_row b
      LEFT JOIN (SELECT sku, location, reference, sum(quantity + unavailable) AS quantity
                   FROM oms.movement_row WHERE kind = 'return' GROUP BY sku, location, reference) m
        ON m.sku = b.sku AND m.location = b.location AND m.reference = 'return ' || b.return_id
     WHERE b.quantity <> COALESCE(m.quantity, 0)
       AND NOT EXISTS (SELECT FROM oms.item i WHERE i.sku = b.sku AND NOT i.tracked)
    UNION ALL
    SELECT 'what a transfer sent and received moved', format('transfer %s, sku %s', l.transfer_id, l.sku),
           format('shipped %s, returned %s, received %s, movements %s and %s', l.shipped, l.returned, l.received,
                  COALESCE(o.quantity, 0), COALESCE(d.quantity, 0))
      FROM oms.transfer_line_row l
      JOIN oms.transfer_order_row t ON t.transfer_id = l.transfer_id
      LEFT JOIN (SELECT reference, sku, location, sum(quantity) AS quantity
                   FROM oms.movement_row WHERE reference LIKE 'transfer %' GROUP BY reference, sku, location) o
        ON o.reference = 'transfer ' || l.transfer_id AND o.sku = l.sku AND o.location = t.from_location
      LEFT JOIN (SELECT reference, sku, location, sum(quantity) AS quantity
                   FROM oms.movement_row WHERE reference LIKE 'transfer %' GROUP BY reference, sku, location) d
        ON d.reference = 'transfer ' || l.transfer_id AND d.sku = l.sku AND d.location = t.to_location
     WHERE COALESCE(o.quantity, 0) <> l.returned - l.shipped OR COALESCE(d.quantity, 0) <> l.received
    UNION ALL
    SELECT 'what is in transit is incoming', format('transfer %s, sku %s', l.transfer_id, l.sku),
           format('%s: held %s, shipped %s, received %s, incoming %s', t.status, l.held, l.shipped, l.received, COALESCE(i.outstanding, 0))
      FROM oms.transfer_line_row l
      JOIN oms.transfer_order_row t ON t.transfer_id = l.transfer_id
      LEFT JOIN (SELECT reference, sku, location, CASE WHEN status = 'open' THEN quantity - received ELSE 0 END AS outstanding
                   FROM oms.incoming_row WHERE from_location IS NOT NULL) i
        ON i.reference = 'transfer ' || l.transfer_id AND i.sku = l.sku AND i.location = t.to_location
     WHERE COALESCE(i.outstanding, 0) <> CASE WHEN t.status = 'shipped' THEN greatest(0, l.shipped - l.received) ELSE 0 END
        OR t.status <> 'open' AND l.held > 0
    UNION ALL
    SELECT 'confidence in a location rests on what is known of its skus, and on rejects that were about none', format('location %s', l.location),
           format('accepted %s, of skus %s; rejected %s, of skus %s', l.accepted, COALESCE(s.accepted, 0), l.rejected, COALESCE(s.rejected, 0))
      FROM oms.confidence_row l
      LEFT JOIN (SELECT l.location, sum(s.accepted * d.decay) AS accepted, sum(s.rejected * d.decay) AS rejected
                   FROM oms.confidence_row l
                   JOIN oms.confidence_row s ON s.location = l.location AND s.sku IS NOT NULL
                  CROSS JOIN LATERAL (SELECT power(0.5::float8, (extract(epoch FROM l.as_of - s.as_of) / extract(epoch FROM l.half_life))::float8) AS decay) d
                  WHERE l.sku IS NULL GROUP BY l.location) s ON s.location = l.location
     WHERE l.sku IS NULL AND (abs(l.accepted - COALESCE(s.accepted, 0)) > 1e-6 * (1 + l.accepted)
                              OR COALESCE(s.rejected, 0) - l.rejected > 1e-6 * (1 + l.rejected))
    UNION ALL
    SELECT 'confidence in a sku at a location is one in the location', format('location %s, sku %s', s.location, s.sku), format('as of %s', s.as_of)
      FROM oms.confidence_row s
     WHERE s.sku IS NOT NULL AND NOT EXISTS (SELECT FROM oms.confidence_row l
                                              WHERE l.location = s.location AND l.sku IS NULL AND l.half_life = s.half_life AND l.as_of >= s.as_of)
    UNION ALL
    SELECT 'a movement that a source reported is in the ledger once', format('source %s, %s %s', e.source, e.kind, e.event_id),
           format('%s, %s units in %s movements', e.outcome, COALESCE(m.units, 0), COALESCE(m.movements, 0))
      FROM oms.feed_event_row e
      LEFT JOIN (SELECT source, kind, reference, count(*) AS movements, sum(quantity) AS units
                   FROM oms.movement_row WHERE source IS NOT NULL GROUP BY source, kind, reference) m
        ON m.source = e.source AND m.kind = e.kind AND m.reference = e.event_id
     WHERE e.kind IN ('sale', 'change', 'receipt')
       AND (COALESCE(m.movements, 0) <> CASE e.outcome WHEN 'applied' THEN 1 ELSE 0 END
            OR m.units <> CASE e.kind WHEN 'sale' THEN -e.quantity ELSE e.quantity END)
    UNION ALL
    SELECT 'an answered request has its result', format('request %s', r.request_id), format('function %s', r.function)
      FROM oms.request_row r WHERE r.result IS NULL
$$;
REVOKE ALL ON FUNCTION oms.check() FROM PUBLIC;
COMMENT ON FUNCTION oms.check() IS
    'verifies the invariants of all tables in one snapshot: a row for everything that breaks one, with its key and the figures; no rows when all is well';

CREATE FUNCTION oms.progress()
RETURNS TABLE (pid integer, call text, phase text, done bigint, total bigint, counted text, started_at timestamptz, seconds double precision)
LANGUAGE c VOLATILE PARALLEL RESTRICTED COST 10 ROWS 1
AS 'MODULE_PATHNAME', 'oms_progress';
REVOKE ALL ON FUNCTION oms.progress() FROM PUBLIC;
COMMENT ON FUNCTION oms.progress() IS
    'how far the long calls have come that run in this database now, in other sessions too: route, simulate, plan_routes, fold_accounts; the phase, and what is done of it, of how many, counted in orders, moves or accounts (a phase may go over them more than once). Of sessions whose activity the caller may see, as in pg_stat_progress_vacuum; needs track_activities, which is on by default. Within a transaction it shows what it showed first, as those views do';
-- Safety stock recommended from the ledger; see recommendation.c for the formula.

CREATE FUNCTION oms.recommend_safety_stock(
    channel text, service_level double precision DEFAULT 0.95, method text DEFAULT 'ship',
    period interval DEFAULT '28 days', pick_delay interval DEFAULT '4 hours',
    skus text[] DEFAULT NULL, locations text[] DEFAULT NULL)
RETURNS TABLE (sku text, location text, on_hand bigint, units_sold bigint, demand_per_day double precision,
               demand_in_delay double precision, differences bigint, record_error double precision,
               deviation double precision, safety_stock oms.safety_stock, kept_back bigint,
               lost_sales double precision, oversells double precision, recommended bigint,
               recommended_lost_sales double precision, recommended_oversells double precision)
LANGUAGE c STABLE PARALLEL RESTRICTED COST 100000 ROWS 5000 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_recommend_safety_stock';
REVOKE ALL ON FUNCTION oms.recommend_safety_stock(text, double precision, text, interval, interval, text[], text[]) FROM PUBLIC;
COMMENT ON FUNCTION oms.recommend_safety_stock(text, double precision, text, interval, interval, text[], text[]) IS
'what to keep back from the channel of each sku at each location of its group, so that with the service level (0 to 1) nothing is sold that is not there when the channel sells the location down to it; beside what today''s rule keeps back. For both the expected units each time that happens: oversells (sold and not there) and lost_sales (there and not sold).
From the movements of the period: Z = demand in pick_delay (units consumed, shipped or handed over a day × delay) + record_error (mean of the differences that adjust, set_on_hand and rejects wrote, negated: positive when the shelf had less), deviation that of both. recommended = the least r with P(Z <= r) >= service_level; oversells(r) = E[(Z-r)+] = s·G(k), k = (r-m)/s, G(k) = φ(k) - k(1-Φ(k)) the unit normal loss function; lost_sales(r) = r - m + oversells(r) (Silver, Pyke, Peterson, Inventory Management and Production Planning and Scheduling, 1998, ch. 7). A slow mover (m < 10, no error, days not more than twice as scattered as Poisson) is Poisson, summed exactly.
differences 0 means that nobody looked or that all was right: a count that finds nothing leaves no movement. Untracked skus are left out; kits count by their components. Errors: OM004 unknown channel, 22023, 22004';

CREATE FUNCTION oms.apply_safety_stock_recommendation(
    channel text, service_level double precision DEFAULT 0.95, method text DEFAULT 'ship',
    period interval DEFAULT '28 days', pick_delay interval DEFAULT '4 hours',
    skus text[] DEFAULT NULL, locations text[] DEFAULT NULL)
RETURNS TABLE (sku text, location text, before oms.safety_stock, safety_stock oms.safety_stock, rule_id bigint)
LANGUAGE sql VOLATILE PARALLEL UNSAFE COST 100000 ROWS 100
AS $$
    WITH wanted AS (
        SELECT r.sku, r.location, r.safety_stock AS before, r.recommended
          FROM oms.recommend_safety_stock($1, $2, $3, $4, $5, $6, $7) r
         WHERE r.recommended OPERATOR(pg_catalog.<>) r.kept_back
           AND (r.units_sold OPERATOR(pg_catalog.>) 0 OR r.differences OPERATOR(pg_catalog.>) 0)),
    replaced AS (
        DELETE FROM oms.safety_stock_rule s USING wanted w
         WHERE s.channel OPERATOR(pg_catalog.=) $1 AND s.sku OPERATOR(pg_catalog.=) w.sku
           AND s.location OPERATOR(pg_catalog.=) w.location
           AND s.method IS NULL AND s.active_from IS NULL AND s.active_until IS NULL
           AND pg_catalog.starts_with(s.note, 'recommended')),
    written AS (
        INSERT INTO oms.safety_stock_rule (channel, sku, location, safety_stock, note)
        SELECT $1, w.sku, w.location, w.recommended::text::oms.safety_stock,
               pg_catalog.format('recommended: service level %s', $2)
          FROM wanted w
        RETURNING sku, location, safety_stock, rule_id)
    SELECT w.sku, w.location, w.before, n.safety_stock, n.rule_id
      FROM wanted w
      JOIN written n ON n.sku OPERATOR(pg_catalog.=) w.sku AND n.location OPERATOR(pg_catalog.=) w.location
     ORDER BY w.sku, w.location
$$;
REVOKE ALL ON FUNCTION oms.apply_safety_stock_recommendation(text, double precision, text, interval, interval, text[], text[]) FROM PUBLIC;
COMMENT ON FUNCTION oms.apply_safety_stock_recommendation(text, double precision, text, interval, interval, text[], text[]) IS
    'writes what recommend_safety_stock recommends, with the same arguments, into oms.safety_stock_rule: where the units differ from what is kept back today (not where nothing was sold and no difference found: from that nothing follows), a rule for channel, sku and location, which replaces an earlier recommendation; a row for each. A rule that is more specific (also method) or a newer one with the same dimensions still wins: oms.explain_safety_stock. With the caller''s rights on the table. Errors as recommend_safety_stock';
-- Acceptance that learns: confidence in locations, from the record; what follows from it. The formula is
-- in confidence.c.

CREATE FUNCTION oms.confidence_mean(
    accepted double precision, rejected double precision, age interval, half_life interval,
    base_rate double precision, prior_weight double precision)
RETURNS double precision
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'oms_confidence_mean';
COMMENT ON FUNCTION oms.confidence_mean(double precision, double precision, interval, interval, double precision, double precision) IS
    'the formula of oms.confidence: (a + W b) / (a + r + W), a and r lines accepted and rejected, halved every half_life of their age, b the base rate, which counts as W = prior_weight lines: the mean of a Beta distribution with forgetting (Jøsang, Ismail, The Beta Reputation System, 2002). Error: 22023 out of range';

CREATE VIEW oms.confidence_of_location AS
SELECT s.location, s.half_life, s.prior_weight, s.count_weight, s.reject_cost,
       c.accepted, c.rejected, c.as_of, c.counted_at,
       COALESCE(oms.confidence_mean(c.accepted, c.rejected, pg_catalog.now() - c.as_of, c.half_life, s.base_rate, s.prior_weight),
                s.base_rate) AS confidence
  FROM (SELECT l.location,
               COALESCE(o.half_life, g.half_life, interval '30 days') AS half_life,
               COALESCE(o.base_rate, g.base_rate, 0.95) AS base_rate,
               COALESCE(o.prior_weight, g.prior_weight, 2) AS prior_weight,
               COALESCE(o.count_weight, g.count_weight, 3) AS count_weight,
               COALESCE(o.reject_cost, g.reject_cost, 0) AS reject_cost
          FROM oms.location l
          LEFT JOIN oms.confidence_setting o ON o.location = l.location
          LEFT JOIN oms.confidence_setting g ON g.location IS NULL) s
  LEFT JOIN oms.confidence_row c ON c.location = s.location AND c.sku IS NULL;
COMMENT ON VIEW oms.confidence_of_location IS 'private: of each location the settings that hold for it, and the confidence in it';

CREATE VIEW oms.confidence AS
SELECT t.location, NULL::text COLLATE "C" AS sku, t.confidence, t.accepted, t.rejected, t.counted_at, t.as_of
  FROM oms.confidence_of_location t
UNION ALL
SELECT c.location, c.sku,
       oms.confidence_mean(c.accepted, c.rejected, pg_catalog.now() - c.as_of, c.half_life, t.confidence, t.prior_weight),
       c.accepted, c.rejected, c.counted_at, c.as_of
  FROM oms.confidence_row c
  JOIN oms.confidence_of_location t ON t.location = c.location
 WHERE c.sku IS NOT NULL;
COMMENT ON VIEW oms.confidence IS
    'how much a location (sku NULL), or what it has of a sku, is to be trusted: the share of lines that it is expected to serve, 0 to 1, now (oms.confidence_mean). accepted and rejected: the evidence, in lines, decayed to as_of, the moment of the newest; counted_at the last count. A sku without a row is as its location. Learned by oms.refresh_confidence';

CREATE FUNCTION oms.refresh_confidence()
RETURNS bigint
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000000 SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET jit = off
AS 'MODULE_PATHNAME', 'oms_refresh_confidence';
REVOKE ALL ON FUNCTION oms.refresh_confidence() FROM PUBLIC;
COMMENT ON FUNCTION oms.refresh_confidence() IS
    'learns oms.confidence anew from the record, for pg_cron every few minutes: lines shipped or handed over speak for a location and for the sku there; lines that it was named to refuse speak against the location and, when the reason is about the goods (it changes stock or asks for a count), against the sku there; a count speaks as oms.confidence_setting.count_weight lines, by the share of on_hand that was missing. What is older than 16 half-lives is forgotten. Two at once: one waits for the other. Returns how many rows changed';

CREATE VIEW oms.location_performance AS
SELECT t.location, COALESCE(w.fulfillments, 0) AS fulfillments, COALESCE(w.lines, 0) AS lines, w.accept_rate,
       COALESCE(r.rejects, '{}') AS rejects, e.time_to_accept, e.time_to_pick, e.time_to_ship, t.confidence, t.half_life AS period
  FROM oms.confidence_of_location t
  LEFT JOIN (SELECT f.location, pg_catalog.count(DISTINCT f.fulfillment_id) AS fulfillments, pg_catalog.count(*) AS lines,
                    pg_catalog.sum(l.shipped)::float8 / NULLIF(pg_catalog.sum(l.shipped + l.rejected), 0)::float8 AS accept_rate
               FROM oms.fulfillment_row f
               JOIN oms.confidence_of_location t ON t.location = f.location
               JOIN oms.fulfillment_line_row l ON l.order_id = f.order_id AND l.fulfillment_id = f.fulfillment_id
              WHERE f.status IN ('shipped', 'handed_over', 'rejected') AND f.changed_at > pg_catalog.now() - t.half_life
              GROUP BY f.location) w ON w.location = t.location
  LEFT JOIN (SELECT r.location, pg_catalog.jsonb_object_agg(r.reason, r.units) AS rejects
               FROM (SELECT r.location, r.reason, pg_catalog.sum(r.quantity) AS units
                       FROM oms.rejection_row r
                       JOIN oms.confidence_of_location t ON t.location = r.location
                      WHERE r.rejected_at > pg_catalog.now() - t.half_life
                      GROUP BY r.location, r.reason) r
              GROUP BY r.location) r ON r.location = t.location
  LEFT JOIN (SELECT e.location,
                    pg_catalog.percentile_cont(0.5) WITHIN GROUP (ORDER BY e.accepted_at - e.assigned_at) AS time_to_accept,
                    pg_catalog.percentile_cont(0.5) WITHIN GROUP (ORDER BY e.picked_at - e.accepted_at) AS time_to_pick,
                    pg_catalog.percentile_cont(0.5) WITHIN GROUP (ORDER BY e.shipped_at - e.picked_at) AS time_to_ship
               FROM (SELECT f.location, f.assigned_at,
                            pg_catalog.min(e.acted_at) FILTER (WHERE e.action = 'accept') AS accepted_at,
                            pg_catalog.max(e.acted_at) FILTER (WHERE e.action = 'pick') AS picked_at,
                            pg_catalog.min(e.acted_at) FILTER (WHERE e.action IN ('ship', 'ready')) AS shipped_at
                       FROM oms.fulfillment_row f
                       JOIN oms.confidence_of_location t ON t.location = f.location
                       JOIN oms.fulfillment_event_row e ON e.order_id = f.order_id AND e.fulfillment_id = f.fulfillment_id
                      WHERE f.changed_at > pg_catalog.now() - t.half_life
                      GROUP BY f.location, f.order_id, f.fulfillment_id, f.assigned_at) e
              GROUP BY e.location) e ON e.location = t.location;
COMMENT ON VIEW oms.location_performance IS
    'how each location does, over the last period (its half_life in oms.confidence_setting): fulfillments that were sent out or refused, their lines, accept_rate: units sent out of those sent out or refused; rejects: units by reason, in all of its work; the median times from assigned to accepted, from there to the last pick, and from there to shipped, or ready for the customer; the confidence in it now';

CREATE FUNCTION oms.count_suggestions(location text, n integer DEFAULT 10)
RETURNS TABLE (sku text, bin text, on_hand bigint, reserved bigint, demand bigint, confidence double precision,
               counted_at timestamptz, asked_at timestamptz, at_risk double precision)
LANGUAGE sql STABLE PARALLEL SAFE COST 100000 ROWS 10 SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET jit = off
AS $$
    SELECT s.sku, b.bin, s.on_hand, s.reserved, s.demand, s.confidence, s.counted_at, a.opened_at, s.at_risk
      FROM (SELECT i.sku, i.on_hand, i.reserved, d.demand, COALESCE(c.confidence, t.confidence) AS confidence, c.counted_at,
                   (1 - COALESCE(c.confidence, t.confidence)) * LEAST(i.on_hand, i.reserved + d.demand) AS at_risk
              FROM oms.confidence_of_location t
              JOIN oms.inventory i ON i.location = t.location
              LEFT JOIN oms.confidence c ON c.location = t.location AND c.sku = i.sku
              LEFT JOIN (SELECT r.sku, sum(r.quantity) AS units
                           FROM oms.rejection_row r
                           JOIN oms.confidence_of_location t ON t.location = r.location
                          WHERE r.location = $1 AND r.rejected_at > now() - t.half_life
                          GROUP BY r.sku) r ON r.sku = i.sku
             CROSS JOIN LATERAL (SELECT (COALESCE(r.units, 0) - COALESCE(sum(m.quantity), 0))::bigint AS demand
                                   FROM oms.movement_row m
                                  WHERE m.sku = i.sku AND m.location = i.location
                                    AND m.kind IN ('consume', 'ship', 'hand_over') AND m.moved_at > now() - t.half_life) d
             WHERE t.location = $1) s
      LEFT JOIN oms.bin b ON b.location = $1 AND b.sku = s.sku
      LEFT JOIN oms.count_task_row a ON a.location = $1 AND a.sku = s.sku AND a.closed_at IS NULL
     WHERE s.at_risk > 0
     ORDER BY s.at_risk DESC, s.sku
     LIMIT $2
$$;
REVOKE ALL ON FUNCTION oms.count_suggestions(text, integer) FROM PUBLIC;
COMMENT ON FUNCTION oms.count_suggestions(text, integer) IS
    'the n skus whose count at the location pays most: at_risk = (1 - confidence) × the units that hang on the record, reserved + demand, those that went out or were refused in the last half-life, at most on_hand: units expected to be promised and not there. counted_at: the last count; asked_at: a count task is open';

-- Not SECURITY DEFINER: with the caller's rights on the rules.
CREATE FUNCTION oms.withhold_by_confidence(
    channel text, below double precision DEFAULT 0.5, safety_stock oms.safety_stock DEFAULT '100%')
RETURNS TABLE (change text, location text, sku text, confidence double precision, safety_stock oms.safety_stock, rule_id bigint)
LANGUAGE sql VOLATILE PARALLEL UNSAFE COST 100000 ROWS 10
AS $$
    WITH wanted AS (
        SELECT c.location, c.sku, c.confidence
          FROM oms.confidence c
         WHERE c.confidence OPERATOR(pg_catalog.<) $2
           AND EXISTS (SELECT FROM oms.channel h
                         JOIN oms.location_group_member m ON m.location_group OPERATOR(pg_catalog.=) h.ship_group
                                                          OR m.location_group OPERATOR(pg_catalog.=) h.pickup_group
                        WHERE h.channel OPERATOR(pg_catalog.=) $1 AND m.location OPERATOR(pg_catalog.=) c.location)),
    mine AS (
        SELECT s.rule_id, s.location, s.sku, s.safety_stock,
               w.location IS NOT NULL AND s.safety_stock::text OPERATOR(pg_catalog.=) $3::text AS stays
          FROM oms.safety_stock_rule s
          LEFT JOIN wanted w ON w.location OPERATOR(pg_catalog.=) s.location
                            AND COALESCE(w.sku, '') OPERATOR(pg_catalog.=) COALESCE(s.sku, '')
         WHERE s.channel OPERATOR(pg_catalog.=) $1 AND s.note OPERATOR(pg_catalog.=) 'low confidence'),
    removed AS (
        DELETE FROM oms.safety_stock_rule s USING mine m
         WHERE s.rule_id OPERATOR(pg_catalog.=) m.rule_id AND NOT m.stays
        RETURNING s.location, s.sku, s.safety_stock, s.rule_id),
    written AS (
        INSERT INTO oms.safety_stock_rule (channel, location, sku, safety_stock, note)
        SELECT $1, w.location, w.sku, $3, 'low confidence'
          FROM wanted w
         WHERE NOT EXISTS (SELECT FROM mine m WHERE m.stays AND m.location OPERATOR(pg_catalog.=) w.location
                              AND COALESCE(m.sku, '') OPERATOR(pg_catalog.=) COALESCE(w.sku, ''))
        RETURNING location, sku, safety_stock, rule_id)
    SELECT d.change, d.location, d.sku, c.confidence, d.safety_stock, d.rule_id
      FROM (SELECT 'withheld' AS change, w.* FROM written w UNION ALL SELECT 'released', r.* FROM removed r) d
      LEFT JOIN oms.confidence c ON c.location OPERATOR(pg_catalog.=) d.location
                                AND COALESCE(c.sku, '') OPERATOR(pg_catalog.=) COALESCE(d.sku, '')
     ORDER BY d.change, d.location, d.sku
$$;
REVOKE ALL ON FUNCTION oms.withhold_by_confidence(text, double precision, oms.safety_stock) FROM PUBLIC;
COMMENT ON FUNCTION oms.withhold_by_confidence(text, double precision, oms.safety_stock) IS
    'keeps safety_stock back from the channel wherever the confidence is below the limit: a rule of oms.safety_stock_rule with the note low confidence for a location, or for a sku there, which reserve and the router keep to exactly; takes back those of its rules that confidence has outgrown. For a job after refresh_confidence; a row for each rule that changed. A rule that is more specific, or as specific and newer, still wins: oms.explain_safety_stock. With the caller''s rights on the table';
-- Do you need an order management system at all? Answered from four queries, which by default read oms's own
-- tables. A part of its own, since it is read by people who have not installed anything yet.

CREATE FUNCTION oms.query_rows(query text, sql text, required text[] DEFAULT '{}', search_path text DEFAULT NULL)
RETURNS SETOF record
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 10000 ROWS 10000
AS 'MODULE_PATHNAME', 'oms_query_rows';
REVOKE ALL ON FUNCTION oms.query_rows(text, text, text[], text) FROM PUBLIC;
COMMENT ON FUNCTION oms.query_rows(text, text, text[], text) IS
'the rows of sql, one SELECT, run read-only under the rights of the caller: a column for each of the column definition list, by name, converted to its type; NULL when the query has none. The columns named in required must be there and not null. query: what errors call it; search_path: where the query looks for tables (NULL: as set). Errors: OM012 what does not fit, 22004';

CREATE FUNCTION oms.assess(
    days integer DEFAULT 28, orders_sql text DEFAULT NULL, lines_sql text DEFAULT NULL, locations_sql text DEFAULT NULL,
    stock_sql text DEFAULT NULL, options jsonb DEFAULT '{}', thresholds jsonb DEFAULT '{}',
    search_path text DEFAULT pg_catalog.current_setting('search_path'))
RETURNS TABLE (question text, verdict text, finding text, numbers jsonb, advice text)
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 1000000 ROWS 7 SET search_path = pg_catalog, pg_temp SET jit = off
AS $$
#variable_conflict use_column
DECLARE
    own boolean := orders_sql IS NULL;
    since text;
    -- what is due before a verdict is yes
    t jsonb := '{"contended_percent": 5, "shared_percent": 5, "saved_percent": 2, "differences_percent": 1,
                 "accepted_percent": 95, "spread": 2, "lag_hours": 4}';
    unknown text;
    n record;       -- what was counted
    locations jsonb;
    stock jsonb;    -- by solver: what the plans of the days before left
    day record;
    lines jsonb;
    solver text;
    i integer;
    plan record;
    rules bigint;
    refused bigint; -- rows of feeds
    -- of the solvers nearest and batch
    cost numeric[] := '{0,0}';
    unfilled numeric[] := '{0,0}';
    shipments bigint[] := '{0,0}';
    saved numeric;
    planned bigint := 0;    -- orders
    outbid bigint := 0;     -- of them, those that others leave short or send elsewhere
    contended numeric;
    answers text[]; -- to the questions
BEGIN
    IF days IS NULL OR options IS NULL OR thresholds IS NULL OR search_path IS NULL THEN
        RAISE null_value_not_allowed USING MESSAGE = 'days, options, thresholds and search_path must not be null';
    ELSIF days NOT BETWEEN 1 AND 3660 THEN
        RAISE invalid_parameter_value USING MESSAGE = format('days must be from 1 to 3660, not %s', days);
    ELSIF num_nulls(orders_sql, lines_sql, locations_sql, stock_sql) NOT IN (0, 4) THEN
        RAISE null_value_not_allowed USING MESSAGE = 'some of the four queries are missing',
            HINT = 'Give all of orders_sql, lines_sql, locations_sql and stock_sql, or none for the tables of oms.';
    END IF;
    SELECT key INTO unknown FROM jsonb_each(thresholds) WHERE NOT t ? key OR jsonb_typeof(value) <> 'number' LIMIT 1;
    IF FOUND THEN
        RAISE invalid_parameter_value USING MESSAGE = format('threshold "%s" is unknown or no number', unknown),
            HINT = format('There are: %s.', (SELECT string_agg(key, ', ') FROM jsonb_object_keys(t) AS k (key)));
    END IF;
    t := t || thresholds;

    -- The tables of oms, as a shop would give its own. A kit counts by its components. Stock is what was there for the
    -- orders: available, and what they hold or have taken.
    IF own THEN
        since := format('%L::timestamptz', now() - make_interval(days => days));
        orders_sql := format($sql$
            SELECT order_id, channel, placed_at, method, priority, ship_to AS coordinates
              FROM oms.orders WHERE status <> 'cancelled' AND placed_at >= %s$sql$, since);
        lines_sql := format($sql$
            SELECT order_id, row_number() OVER (PARTITION BY order_id ORDER BY line_no, sku)::int AS line_no, sku, quantity
              FROM (SELECT l.order_id, l.line_no, l.sku, l.quantity - l.cancelled AS quantity FROM oms.order_line l
                     WHERE NOT EXISTS (SELECT FROM oms.kit_component k WHERE k.kit = l.sku)
                    UNION ALL
                    SELECT r.order_id, r.line_no, r.sku, sum(r.quantity)::bigint FROM oms.reservation r
                     WHERE r.kit IS NOT NULL AND r.status IN ('firm', 'consumed') GROUP BY 1, 2, 3) l
              JOIN (%s) o USING (order_id)
             WHERE quantity > 0$sql$, orders_sql);
        locations_sql := format($sql$
            SELECT l.location, l.coordinates, l.handling_cost, w.units AS offered, r.units AS rejected, w.accepted_after
              FROM oms.location l
              LEFT JOIN (SELECT f.location, sum(f.units) AS units,
                                percentile_cont(0.5) WITHIN GROUP (ORDER BY a.acted_at - f.assigned_at) AS accepted_after
                           FROM oms.fulfillment f
                           LEFT JOIN oms.fulfillment_event a ON a.order_id = f.order_id
                                 AND a.fulfillment_id = f.fulfillment_id AND a.action = 'accept'
                          WHERE f.assigned_at >= %1$s AND f.status <> 'superseded' GROUP BY f.location) w USING (location)
              LEFT JOIN (SELECT location, sum(quantity) AS units FROM oms.rejection
                          WHERE rejected_at >= %1$s AND cause = 'named' GROUP BY location) r USING (location)
             WHERE EXISTS (SELECT FROM oms.location_group_member m JOIN oms.channel c ON c.ship_group = m.location_group
                            WHERE m.location = l.location)$sql$, since);
        stock_sql := format($sql$
            SELECT i.sku, i.location, i.available + COALESCE(r.units, 0) AS available, i.on_hand < 0 OR i.available < 0 AS negative,
                   d.units AS differences, s.units AS exceptions
              FROM oms.inventory i
              LEFT JOIN (SELECT sku, location, sum(CASE WHEN r.status = 'released' THEN consumed ELSE quantity END) AS units
                           FROM oms.reservation r JOIN (%2$s) o USING (order_id) GROUP BY 1, 2) r USING (sku, location)
              LEFT JOIN (SELECT sku, location, sum(abs(quantity)) AS units FROM oms.movement
                          WHERE moved_at >= %1$s AND kind IN ('adjust', 'count', 'reject') GROUP BY 1, 2) d USING (sku, location)
              LEFT JOIN (SELECT sku, location, sum(quantity) AS units FROM oms.shortfall
                          WHERE resolved_at >= %1$s GROUP BY 1, 2) s USING (sku, location)$sql$, since, orders_sql);
        search_path := 'pg_catalog, oms, pg_temp';
    END IF;

    WITH o AS MATERIALIZED (
        SELECT * FROM oms.query_rows('orders_sql', orders_sql, '{order_id}', search_path)
            AS o (order_id text, channel text, placed_at timestamptz, method text)),
    l AS MATERIALIZED (
        SELECT * FROM oms.query_rows('lines_sql', lines_sql, '{order_id,line_no,sku,quantity}', search_path)
            AS l (order_id text, line_no integer, sku text, quantity bigint)),
    p AS MATERIALIZED (
        SELECT * FROM oms.query_rows('locations_sql', locations_sql, '{location}', search_path)
            AS p (location text, offered numeric, rejected numeric, accepted_after interval)),
    s AS MATERIALIZED (
        SELECT * FROM oms.query_rows('stock_sql', stock_sql, '{sku,location,available}', search_path)
            AS s (sku text, location text, available bigint, negative boolean, differences numeric, exceptions numeric, lag interval)),
    place AS (SELECT s.sku, count(*) AS places FROM s JOIN p USING (location) WHERE s.available > 0 GROUP BY s.sku),
    wanted AS (SELECT l.sku, count(*) AS lines, sum(l.quantity) AS units, count(DISTINCT o.channel) AS channels,
                      COALESCE(max(w.places), 0) AS places
                 FROM l JOIN o USING (order_id) LEFT JOIN place w USING (sku) GROUP BY l.sku),
    demand AS (SELECT COALESCE(sum(lines), 0) AS lines, COALESCE(sum(units), 0) AS units,
                      round(100 * sum(lines) FILTER (WHERE places > 1) / sum(lines), 1) AS choice,
                      round(100 * sum(units) FILTER (WHERE channels > 1) / sum(units), 1) AS shared
                 FROM wanted),
    record AS (SELECT count(*) AS records, count(*) FILTER (WHERE COALESCE(negative, available < 0)) AS negative,
                      sum(differences) AS differences, sum(exceptions) AS exceptions,
                      sum(greatest(available, 0)) AS units,
                      extract(epoch FROM percentile_disc(0.95) WITHIN GROUP (ORDER BY lag)) / 3600 AS lag,
                      count(DISTINCT location) FILTER (WHERE available > 0) AS stocked
                 FROM s),
    store AS (SELECT count(*) AS stores, round(min(accepted), 1) AS least, round(max(accepted), 1) AS most,
                     (array_agg(location ORDER BY accepted, location))[1] AS worst,
                     extract(epoch FROM min(accepted_after)) / 3600 AS fastest,
                     extract(epoch FROM max(accepted_after)) / 3600 AS slowest
                FROM (SELECT location, accepted_after, 100 * (1 - least(COALESCE(rejected, 0) / offered, 1)) AS accepted
                        FROM p WHERE offered > 0) p),
    sold AS (SELECT sum(offered) AS offered, sum(rejected) AS rejected FROM p)
    SELECT (SELECT count(*) FROM o) AS orders, (SELECT count(DISTINCT channel) FROM o) AS channels,
           (SELECT count(*) FROM p) AS locations, r.stocked, d.lines, d.units,
           COALESCE(d.choice, 0) AS choice, COALESCE(d.shared, 0) AS shared,
           r.records, r.negative, r.differences, r.exceptions, r.units AS in_stock, round(r.lag, 1) AS lag,
           round(100 * r.differences / NULLIF(r.units, 0), 2) AS differences_percent,
           t.stores, t.least, t.most, t.worst, round(t.fastest, 2) AS fastest, round(t.slowest, 2) AS slowest,
           v.offered, v.rejected, round(100 * v.rejected / NULLIF(v.offered, 0), 2) AS rejected_percent
      INTO n
      FROM demand d, record r, store t, sold v;

    rules := CASE WHEN own THEN
        (SELECT count(*) FILTER (WHERE c.safety_stock::text <> '0' OR c.buffer > 0) FROM oms.channel c)
        + (SELECT count(*) FROM oms.safety_stock_rule) + (SELECT count(*) FROM oms.quota)
        + (SELECT count(*) FROM oms.protected_stock) END;
    refused := CASE WHEN own THEN
        (SELECT count(*) FROM oms.feed_exception WHERE last_at >= now() - make_interval(days => days)) END;

    -- The orders of each day, one after the other by distance and all together, each on the stock that its own plans of
    -- the days before left.
    IF n.choice > 0 AND n.locations > 1 THEN
        locations := (SELECT jsonb_agg(p)
                        FROM oms.query_rows('locations_sql', locations_sql, '{location}', search_path)
                            AS p (location text, coordinates oms.latlon, handling_cost numeric, unit_cost numeric));
        stock := (SELECT jsonb_build_object('nearest', s.rows, 'batch', s.rows)
                    FROM (SELECT jsonb_agg(s) AS rows
                            FROM oms.query_rows('stock_sql', stock_sql, '{sku,location,available}', search_path)
                                AS s (sku text, location text, available bigint)
                           WHERE available > 0) s);
        FOR day IN
            SELECT jsonb_agg(o) AS orders, array_agg(order_id) AS order_ids
              FROM oms.query_rows('orders_sql', orders_sql, '{order_id}', search_path)
                  AS o (order_id text, placed_at timestamptz, method text, priority integer, coordinates oms.latlon,
                        max_shipments integer, ship_complete boolean)
             WHERE method IS DISTINCT FROM 'pickup'
             GROUP BY placed_at::date ORDER BY placed_at::date
        LOOP
            lines := (SELECT jsonb_agg(l)
                        FROM oms.query_rows('lines_sql',
                                 format(E'SELECT * FROM (%s\n) q WHERE q.order_id::pg_catalog.text OPERATOR(pg_catalog.=) ANY (%L)',
                                        rtrim(lines_sql, E'; \n\t'), day.order_ids),
                                 '{order_id,line_no,sku,quantity}', search_path)
                            AS l (order_id text, line_no integer, sku text, quantity bigint));
            CONTINUE WHEN lines IS NULL;
            FOR i IN 1 .. 2
            LOOP
                solver := (ARRAY['nearest', 'batch'])[i];
                WITH p AS MATERIALIZED (
                    SELECT p.*, l.sku
                      FROM oms.plan_routes(
                          format('SELECT o.*, o.placed_at AS sequence FROM jsonb_to_recordset(%L) AS o (order_id text, placed_at timestamptz, priority integer, coordinates oms.latlon, max_shipments integer, ship_complete boolean)', day.orders),
                          format('SELECT * FROM jsonb_to_recordset(%L) AS l (order_id text, line_no integer, sku text, quantity bigint)', lines),
                          format('SELECT * FROM jsonb_to_recordset(%L) AS p (location text, coordinates oms.latlon, handling_cost numeric, unit_cost numeric)', locations),
                          format('SELECT * FROM jsonb_to_recordset(%L) AS s (sku text, location text, available bigint)', stock -> solver),
                          options => options || jsonb_build_object('solver', solver)) p
                      JOIN jsonb_to_recordset(lines) AS l (order_id text, line_no integer, sku text) USING (order_id, line_no)),
                used AS (SELECT sku, location, sum(quantity) AS units FROM p WHERE location IS NOT NULL GROUP BY sku, location)
                SELECT (SELECT sum(cost) FROM p) AS cost,
                       (SELECT COALESCE(sum(quantity), 0) FROM p WHERE location IS NULL) AS unfilled,
                       (SELECT count(DISTINCT (order_id, shipment)) FROM p WHERE location IS NOT NULL) AS shipments,
                       (SELECT array_agg(DISTINCT order_id) FROM p WHERE location IS NULL) AS short,
                       (SELECT jsonb_agg(jsonb_build_object('sku', sku, 'location', location, 'available', s.available - COALESCE(u.units, 0)))
                          FROM jsonb_to_recordset(stock -> solver) AS s (sku text, location text, available bigint)
                          LEFT JOIN used u USING (sku, location)) AS rest
                  INTO plan;
                stock := jsonb_set(stock, ARRAY[solver], plan.rest);
                cost[i] := cost[i] + plan.cost;
                unfilled[i] := unfilled[i] + plan.unfilled;
                shipments[i] := shipments[i] + plan.shipments;
            END LOOP;
            planned := planned + cardinality(day.order_ids);
            outbid := outbid + (SELECT count(DISTINCT o) FROM (SELECT unnest(plan.short) UNION ALL
                                                               SELECT unnest(p.outbid) FROM oms.plan_prices() p) AS x (o));
        END LOOP;
        saved := round(100 * (1 - cost[2] / NULLIF(cost[1], 0)), 1);
        contended := round(100.0 * outbid / NULLIF(planned, 0), 1);
    END IF;

    answers := ARRAY[
        CASE WHEN n.orders = 0 THEN 'unknown'
             WHEN contended >= (t ->> 'contended_percent')::numeric THEN 'yes' ELSE 'no' END,
        CASE WHEN n.negative > 0 OR n.differences_percent >= (t ->> 'differences_percent')::numeric
               OR n.rejected_percent >= 100 - (t ->> 'accepted_percent')::numeric THEN 'yes'
             WHEN n.records = 0 OR num_nonnulls(n.differences, n.rejected) = 0 THEN 'unknown' ELSE 'no' END,
        CASE WHEN rules > 0 THEN 'yes'
             WHEN n.channels = 0 THEN 'unknown'
             WHEN n.channels > 1 AND n.shared >= (t ->> 'shared_percent')::numeric THEN 'yes' ELSE 'no' END,
        CASE WHEN n.orders = 0 THEN 'unknown'
             WHEN unfilled[2] < unfilled[1] OR saved >= (t ->> 'saved_percent')::numeric THEN 'yes' ELSE 'no' END,
        CASE WHEN n.stores = 0 OR num_nonnulls(n.rejected, n.slowest) = 0 THEN 'unknown'
             WHEN n.stores > 1 AND (n.least < (t ->> 'accepted_percent')::numeric
                                    OR n.slowest > n.fastest * (t ->> 'spread')::numeric) THEN 'yes' ELSE 'no' END,
        CASE WHEN n.exceptions > 0 OR refused > 0 OR n.lag >= (t ->> 'lag_hours')::numeric THEN 'yes'
             WHEN num_nonnulls(n.exceptions, n.lag) = 0 AND NOT own THEN 'unknown' ELSE 'no' END];

    RETURN QUERY VALUES
        ('Do you need an order management system?',
         CASE WHEN n.orders = 0 THEN 'unknown'
              WHEN n.stocked < 2 AND n.channels < 2 THEN 'no'
              WHEN 'yes' = ANY (answers[1:1] || answers[3:4]) THEN 'yes' ELSE 'no' END,
         CASE WHEN n.orders = 0 THEN 'there are no orders to judge by'
              WHEN n.stocked < 2 AND n.channels < 2 THEN 'one location serves one channel: there is nothing to decide'
              WHEN 'yes' = ANY (answers[1:1] || answers[3:4]) THEN 'there is something to decide: ' || concat_ws(', ',
                   CASE answers[1] WHEN 'yes' THEN 'which order gets what is scarce' END,
                   CASE answers[3] WHEN 'yes' THEN 'what each channel may sell' END,
                   CASE answers[4] WHEN 'yes' THEN 'where an order ships from' END)
              ELSE 'orders hardly compete, channels hardly share, and the nearest location is about as good as the best' END,
         jsonb_build_object('days', days, 'orders', n.orders, 'lines', n.lines, 'units', n.units, 'channels', n.channels,
                            'locations', n.locations, 'locations_with_stock', n.stocked),
         CASE WHEN n.orders = 0 THEN 'Ask again when there are, or over more days.'
              WHEN 'yes' = ANY (answers[1:1] || answers[3:4]) AND (n.stocked > 1 OR n.channels > 1)
              THEN 'Read the rows below: each yes is a job for it.'
              ELSE 'Stay with what you have: a stock table and one conditional UPDATE.'
                   || CASE answers[2] WHEN 'yes' THEN ' Mend the stock record first.' ELSE '' END END),
        ('Do orders compete for stock in several locations?', answers[1],
         CASE WHEN n.orders = 0 THEN 'no orders'
              WHEN n.stocked < 2 THEN format('all stock is in %s location', n.stocked)
              WHEN contended IS NULL THEN 'no line could ship from more than one location'
              ELSE format('%s of %s orders (%s %%) do not get all that they want from where it would be best, since others take that stock',
                          outbid, planned, contended) END,
         jsonb_build_object('lines_with_choice_percent', n.choice, 'orders', planned, 'outbid_orders', outbid, 'contended_percent', contended,
                            'needed_percent', t -> 'contended_percent'),
         CASE answers[1] WHEN 'yes' THEN 'Promise by oms.reserve: it takes stock where it is free, atomically.'
              WHEN 'no' THEN 'Any place to keep the numbers will do.' ELSE 'Give queries that return orders.' END),
        ('Can the stock record not be trusted as it is?', answers[2],
         CASE WHEN n.records = 0 THEN 'no stock records'
              ELSE format('%s of %s records are negative; ', n.negative, n.records)
                   || COALESCE('counts and corrections found ' || n.differences || ' units different, ' || n.differences_percent || ' % of stock; ',
                               'no difference is known; ')
                   || COALESCE('locations refused ' || n.rejected || ' of ' || n.offered || ' units', 'no reject is known') END,
         jsonb_build_object('records', n.records, 'negative', n.negative, 'differences', n.differences, 'differences_percent', n.differences_percent,
                            'rejected_units', n.rejected, 'rejected_percent', n.rejected_percent,
                            'needed_differences_percent', t -> 'differences_percent',
                            'needed_rejected_percent', 100 - (t ->> 'accepted_percent')::numeric),
         CASE answers[2] WHEN 'yes' THEN 'Count what was rejected or is negative; keep a safety stock (oms.recommend_safety_stock). No system mends a wrong record.'
              WHEN 'no' THEN 'Sell down to what the record says.'
              ELSE 'Count some of it. In queries: columns differences in stock_sql, offered and rejected in locations_sql.' END),
        ('Do channels sell by different rules?', answers[3],
         CASE WHEN answers[3] = 'unknown' THEN 'which channel sold is not known'
              ELSE format('%s channels; %s %% of the units are of skus that several of them sell', n.channels, n.shared)
                   || COALESCE('; ' || rules || ' rules say what is kept back', '') END,
         jsonb_build_object('channels', n.channels, 'shared_percent', n.shared, 'rules', rules, 'needed_percent', t -> 'shared_percent'),
         CASE answers[3] WHEN 'yes' THEN 'Keep the rules as data: safety stock, buffer, quota, protected stock.'
              WHEN 'no' THEN 'What is on hand may be shown as it is.' ELSE 'In queries: a column channel in orders_sql.' END),
        ('Does routing have real choices?', answers[4],
         CASE WHEN n.orders = 0 THEN 'no orders'
              WHEN saved IS NULL THEN 'no line could ship from more than one location'
              ELSE format('one order after the other from the nearest location costs %s with %s units unfilled, all of a day together %s with %s (%s %% less)',
                          round(cost[1], 2), unfilled[1], round(cost[2], 2), unfilled[2], saved) END,
         jsonb_build_object('lines_with_choice_percent', n.choice, 'cost_nearest', round(cost[1], 2), 'cost_together', round(cost[2], 2),
                            'saved_percent', saved, 'unfilled_nearest', unfilled[1], 'unfilled_together', unfilled[2],
                            'shipments_nearest', shipments[1], 'shipments_together', shipments[2], 'needed_percent', t -> 'saved_percent'),
         CASE answers[4] WHEN 'yes' THEN 'Route orders as a set: oms.route, or oms.plan_routes on your own tables.'
              WHEN 'no' THEN 'Take the nearest location that has it.' ELSE 'Give queries that return orders.' END),
        ('Do stores work unevenly?', answers[5],
         CASE WHEN n.stores = 0 THEN 'no location is known to have been given work'
              WHEN answers[5] = 'unknown' THEN format('no location of %s has accepted or refused anything yet', n.stores)
              ELSE format('%s locations accept from %s %% (%s) to %s %% of their units', n.stores, n.least, n.worst, n.most)
                   || COALESCE(', after ' || n.fastest || ' to ' || n.slowest || ' hours', '') END,
         jsonb_build_object('locations', n.stores, 'accepted_percent_lowest', n.least, 'accepted_percent_highest', n.most,
                            'hours_fastest', n.fastest, 'hours_slowest', n.slowest,
                            'needed_below_percent', t -> 'accepted_percent', 'needed_spread', t -> 'spread'),
         CASE answers[5] WHEN 'yes' THEN 'Set time limits and capacities; take unreliable locations out of the groups of urgent orders.'
              WHEN 'no' THEN 'Treat all locations alike.' ELSE 'Look again later. In queries: columns offered, rejected and accepted_after in locations_sql.' END),
        ('Do systems drift apart?', answers[6],
         COALESCE(NULLIF(concat_ws('; ', n.exceptions || ' units were promised and not there',
                                   NULLIF(refused, 0) || ' rows of feeds could not be taken',
                                   '19 of 20 records are at most ' || n.lag || ' hours behind'), ''),
                  CASE WHEN own THEN 'no unit was promised and not there' ELSE 'neither lag nor exceptions are known' END),
         jsonb_build_object('exceptions', n.exceptions, 'feed_rows_refused', refused, 'lag_hours', n.lag, 'needed_lag_hours', t -> 'lag_hours'),
         CASE answers[6] WHEN 'yes' THEN 'Feed stock by event, not by night, and reconcile; keep a safety stock for the time between.'
              WHEN 'no' THEN 'Keep feeding as you do.' ELSE 'In queries: columns lag or exceptions in stock_sql.' END);
END
$$;
REVOKE ALL ON FUNCTION oms.assess(integer, text, text, text, text, jsonb, jsonb, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.assess(integer, text, text, text, text, jsonb, jsonb, text) IS
'do you need an order management system at all? A row a question: verdict yes, no or unknown (the data does not say), the finding, the numbers behind it and behind the limit, what to do. The first row is the answer: no when one location serves one channel, or when orders hardly compete, channels hardly share and routing has nothing to win.
Reads the tables of oms over the last days, with the caller''s rights on its views; or a shop''s own through four queries, each one SELECT, run read-only under the caller''s rights, with tables looked up in search_path. They choose the period themselves. Columns are matched by name, those in brackets are optional, others are ignored:
orders_sql (order_id, [channel], [placed_at], [method: pickup is not routed], [priority], [coordinates], [max_shipments], [ship_complete]);
lines_sql (order_id, line_no, sku, quantity);
locations_sql (location, [coordinates], [handling_cost], [unit_cost], [offered and rejected: units of work given to it and refused], [accepted_after: interval, as a median]);
stock_sql (sku, location, available: to these orders, so with what they took, [negative: the record is now below zero], [differences: units that counts and corrections found wrong], [exceptions: units promised and not there], [lag: interval that the record is behind]).
Routing is judged by planning the orders of each day on one stock, once by oms.plan_routes'' solver nearest, once by batch; contention is the share of orders that in the latter are left short or outbid (oms.plan_prices). options are those of plan_routes (deadline_ms bounds each day). What comes in during the days counts as there from their start; capacity and channels'' rules do not count.
thresholds, from which a verdict is yes: contended_percent 5, shared_percent 5, saved_percent 2, differences_percent 1, accepted_percent 95 (below), spread 2 (slowest by fastest), lag_hours 4. Errors: OM012 a query that does not fit, 22023, 22004';
-- Pictures: functions that return a complete SVG document as text, drawn with the caller's rights from the public
-- views. They contain no script, load nothing, and every name that comes from a table is escaped.
-- Colours are those of Okabe and Ito (2008), which people with colour blindness tell apart.

CREATE FUNCTION oms.picture_text(content text, at_most integer DEFAULT 200)
RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 10
AS $$
    SELECT pg_catalog.replace(pg_catalog.replace(pg_catalog.replace(pg_catalog.replace(
               CASE WHEN pg_catalog.length(c.clean) OPERATOR(pg_catalog.>) at_most
                    THEN pg_catalog.left(c.clean, at_most OPERATOR(pg_catalog.-) 1) OPERATOR(pg_catalog.||) '…' ELSE c.clean END,
               '&', '&amp;'), '<', '&lt;'), '>', '&gt;'), '"', '&quot;')
      FROM (SELECT pg_catalog.regexp_replace(content, U&'[\0001-\001F\007F-\009F\FFFE\FFFF]', ' ', 'g') AS clean) c
$$;
REVOKE ALL ON FUNCTION oms.picture_text(text, integer) FROM PUBLIC;
COMMENT ON FUNCTION oms.picture_text(text, integer) IS
    'a text as the content or attribute of an SVG element: cut to at_most characters, markup escaped, characters that XML does not allow blank';

CREATE FUNCTION oms.picture(width integer, height integer, title text, subtitle text, body text)
RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 10
AS $$
    SELECT pg_catalog.format($svg$<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %1$s %2$s" width="%1$s" height="%2$s" role="img" font-family="Helvetica, Arial, DejaVu Sans, sans-serif" font-size="12" fill="#222222">
<title>%3$s</title>
<rect width="%1$s" height="%2$s" fill="#ffffff"/>
<text x="20" y="28" font-size="18" font-weight="bold">%3$s</text>
<text x="20" y="48" fill="#555555">%4$s</text>
%5$s
</svg>
$svg$, width, height, oms.picture_text(title), oms.picture_text(subtitle), body)
$$;
REVOKE ALL ON FUNCTION oms.picture(integer, integer, text, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.picture(integer, integer, text, text, text) IS
    'an SVG document of width and height pixels around elements that are drawn already; title and subtitle are escaped';

CREATE FUNCTION oms.nice_step(span double precision, steps integer)
RETURNS double precision
LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 10 STRICT SET search_path = pg_catalog, pg_temp
AS $$
    SELECT min(m * 10.0 ^ e)
      FROM unnest('{1,2,5}'::float8[]) AS m,
           (SELECT floor(log(greatest(span / steps, 1e-9))) AS low) AS l, generate_series(l.low::int, l.low::int + 1) AS e
     WHERE m * 10.0 ^ e >= greatest(span / steps, 1e-9)
$$;
REVOKE ALL ON FUNCTION oms.nice_step(double precision, integer) FROM PUBLIC;
COMMENT ON FUNCTION oms.nice_step(double precision, integer) IS
    'the least of 1, 2 and 5 times a power of ten by which a scale over the span has at most so many steps';

CREATE FUNCTION oms.draw_run(run_id bigint DEFAULT NULL)
RETURNS text
LANGUAGE plpgsql STABLE PARALLEL RESTRICTED COST 100000 SET search_path = pg_catalog, pg_temp SET jit = off
AS $$
#variable_conflict use_variable
DECLARE
    run record;
    edge record;            -- of the map: degrees, and the pixels of one
    panel record;
    place record;
    body text := '';
    boxes box[];            -- of the names that are written
    here box;
    width constant float8 := 570;
    height constant float8 := 400;
BEGIN
    SELECT r.* INTO run FROM oms.routing_run r
     WHERE r.run_id = COALESCE(draw_run.run_id, (SELECT max(m.run_id) FROM oms.routing_run m));
    IF NOT FOUND THEN
        RAISE SQLSTATE 'OM004' USING MESSAGE = COALESCE('routing run ' || run_id || ' does not exist', 'there is no routing run yet'),
            HINT = 'Runs are in oms.routing_run; oms.route() makes one.';
    END IF;

    SELECT min(p.c[0]) AS west, max(p.c[0]) AS east, min(p.c[1]) AS south, max(p.c[1]) AS north, 0::float8 AS squeeze, 0::float8 AS scale
      INTO edge
      FROM (SELECT l.coordinates::point AS c FROM oms.location l
             WHERE EXISTS (SELECT FROM oms.decision d WHERE d.run_id = run.run_id AND d.location = l.location)
            UNION ALL
            SELECT o.ship_to::point FROM oms.orders o
             WHERE EXISTS (SELECT FROM oms.decision d WHERE d.run_id = run.run_id AND d.order_id = o.order_id)) p;
    IF edge.west IS NULL THEN
        edge.west := 0; edge.east := 0; edge.south := 0; edge.north := 0;
    END IF;
    edge.squeeze := cosd((edge.south + edge.north) / 2);
    edge.scale := least(width / greatest((edge.east - edge.west) * edge.squeeze, 0.05), height / greatest(edge.north - edge.south, 0.05)) * 0.9;

    FOR panel IN
        WITH decision AS MATERIALIZED (SELECT d.* FROM oms.decision d WHERE d.run_id = run.run_id),
        -- before: what each order held then, as its candidates record it
        flow AS (
            SELECT 1 AS n, d.order_id, c.c ->> 'location' AS location
              FROM (SELECT DISTINCT ON (d.order_id) d.order_id, d.candidates FROM decision d) d
             CROSS JOIN jsonb_array_elements(d.candidates) AS c (c)
             WHERE (c.c ->> 'held')::boolean
             GROUP BY 2, 3
            UNION ALL
            SELECT 2, d.order_id, d.location FROM decision d WHERE d.location IS NOT NULL GROUP BY 2, 3),
        drawn AS (
            SELECT f.n, f.order_id, f.location, l.kind,
                   count(*) OVER (PARTITION BY f.n, f.order_id) > 1 AS split,
                   l.coordinates OPERATOR(oms.<->) o.ship_to AS km,
                   width / 2 + (oms.longitude(l.coordinates) - (edge.west + edge.east) / 2) * edge.squeeze * edge.scale AS x,
                   height / 2 - (oms.latitude(l.coordinates) - (edge.south + edge.north) / 2) * edge.scale AS y,
                   width / 2 + (oms.longitude(o.ship_to) - (edge.west + edge.east) / 2) * edge.squeeze * edge.scale AS to_x,
                   height / 2 - (oms.latitude(o.ship_to) - (edge.south + edge.north) / 2) * edge.scale AS to_y
              FROM flow f
              JOIN oms.location l ON l.location = f.location
              JOIN oms.orders o ON o.order_id = f.order_id),
        waiting AS (
            SELECT 2 AS n, sum(d.quantity) AS units,
                   width / 2 + (oms.longitude(o.ship_to) - (edge.west + edge.east) / 2) * edge.squeeze * edge.scale AS x,
                   height / 2 - (oms.latitude(o.ship_to) - (edge.south + edge.north) / 2) * edge.scale AS y
              FROM decision d JOIN oms.orders o ON o.order_id = d.order_id
             WHERE d.location IS NULL AND o.ship_to IS NOT NULL GROUP BY o.order_id, o.ship_to)
        SELECT p.n, p.name,
               (SELECT format('%s shipments, %s km, %s orders in several', count(*), COALESCE(round(sum(d.km)), 0),
                              count(DISTINCT d.order_id) FILTER (WHERE d.split))
                       || COALESCE((SELECT format(', %s units wait', sum(w.units)) FROM waiting w WHERE w.n = p.n HAVING count(*) > 0), '')
                  FROM drawn d WHERE d.n = p.n) AS figures,
               -- flows to one spot are one line, the thicker the more
               (SELECT string_agg(format('<line x1="%s" y1="%s" x2="%s" y2="%s" stroke="%s" stroke-width="%s"/>',
                                         round(f.x::numeric, 1), round(f.y::numeric, 1), f.to_x * 3, f.to_y * 3,
                                         CASE WHEN f.split THEN '#d55e00' ELSE '#0072b2' END, round(0.7 + ln(f.orders)::numeric / 2, 1)), E'\n'
                                  ORDER BY f.split, f.x, f.y, f.to_x, f.to_y)
                  FROM (SELECT d.x, d.y, round(d.to_x / 3) AS to_x, round(d.to_y / 3) AS to_y, d.split, count(*) AS orders
                          FROM drawn d WHERE d.n = p.n AND d.to_x IS NOT NULL AND d.x IS NOT NULL GROUP BY 1, 2, 3, 4, 5) f) AS flows,
               (SELECT string_agg(format('<circle cx="%s" cy="%s" r="1.6"/>', s.x * 3, s.y * 3), E'\n' ORDER BY s.x, s.y)
                  FROM (SELECT round(d.to_x / 3) AS x, round(d.to_y / 3) AS y
                          FROM drawn d WHERE d.n = p.n AND d.to_x IS NOT NULL GROUP BY 1, 2) s) AS spots,
               (SELECT string_agg(format('<path d="M%s %sl8 8m0 -8l-8 8"><title>%s units wait</title></path>',
                                         round(w.x::numeric - 4, 1), round(w.y::numeric - 4, 1), w.units), E'\n' ORDER BY w.x, w.y)
                  FROM waiting w WHERE w.n = p.n) AS crosses,
               (SELECT jsonb_agg(jsonb_build_object('location', l.location, 'kind', l.kind, 'x', round(l.x::numeric, 1),
                                                    'y', round(l.y::numeric, 1), 'r', round((3 + sqrt(l.orders) / 3)::numeric, 1),
                                                    'orders', l.orders) ORDER BY l.orders DESC, l.location)
                  FROM (SELECT d.location, d.kind, d.x, d.y, count(*) AS orders FROM drawn d
                         WHERE d.n = p.n AND d.x IS NOT NULL GROUP BY 1, 2, 3, 4) l) AS places
          FROM (VALUES (1, 'before: where the orders were held'), (2, 'after: where they ship from')) AS p (n, name)
         ORDER BY p.n
    LOOP
        body := body || format(E'<g transform="translate(%s,70)">\n<text y="8" font-weight="bold">%s</text>\n<text y="25" fill="#555555">%s</text>\n<g transform="translate(0,35)">\n',
                               20 + (panel.n - 1) * (width + 20), panel.name, panel.figures)
            || format(E'<rect width="%s" height="%s" fill="#f7f7f7" stroke="#bbbbbb"/>\n', width, height)
            -- degrees, as far as they lie within the frame
            || COALESCE((SELECT string_agg(format('<path d="M%s 0V%s" stroke="#e2e2e2"/><text x="%s" y="%s" font-size="9" fill="#777777">%s°%s</text>',
                                                  round(g.x::numeric, 1), height, round(g.x::numeric + 2, 1), height - 4, abs(g.d), CASE WHEN g.d < 0 THEN 'W' ELSE 'E' END), E'\n')
                           FROM (SELECT d, width / 2 + (d - (edge.west + edge.east) / 2) * edge.squeeze * edge.scale AS x
                                   FROM (SELECT trim_scale((i * s)::numeric) AS d FROM (SELECT oms.nice_step(width / edge.scale / edge.squeeze, 8) AS s) s,
                                                generate_series(ceil(-180 / s)::int, floor(180 / s)::int) AS i
                                          WHERE abs(i * s - (edge.west + edge.east) / 2) < (width / 2 - 30) / edge.scale / edge.squeeze) d) g), '')
            || COALESCE((SELECT string_agg(format('<path d="M0 %sH%s" stroke="#e2e2e2"/><text x="3" y="%s" font-size="9" fill="#777777">%s°%s</text>',
                                                  round(g.y::numeric, 1), width, round(g.y::numeric - 2, 1), abs(g.d), CASE WHEN g.d < 0 THEN 'S' ELSE 'N' END), E'\n')
                           FROM (SELECT d, height / 2 - (d - (edge.south + edge.north) / 2) * edge.scale AS y
                                   FROM (SELECT trim_scale((i * s)::numeric) AS d FROM (SELECT oms.nice_step(height / edge.scale, 6) AS s) s,
                                                generate_series(ceil(-90 / s)::int, floor(90 / s)::int) AS i
                                          WHERE abs(i * s - (edge.south + edge.north) / 2) < (height / 2 - 20) / edge.scale) d) g), '')
            || format(E'\n<g stroke-opacity="0.5">\n%s\n</g>\n<g fill="#444444">\n%s\n</g>\n<g stroke="#cc0000" stroke-width="2.5" fill="none">\n%s\n</g>\n',
                      panel.flows, panel.spots, panel.crosses);
        -- Locations, the busiest last to lie on top; names of the busiest as long as none covers another.
        boxes := '{}';
        FOR place IN SELECT * FROM jsonb_to_recordset(panel.places) AS p (location text, kind text, x numeric, y numeric, r numeric, orders bigint) ORDER BY orders, location
        LOOP
            body := body || format(CASE place.kind WHEN 'warehouse' THEN E'<path d="M%1$s %2$sm-%3$s -%3$sh%4$sv%4$sh-%4$sz" fill="#009e73" stroke="#ffffff"><title>%5$s</title></path>\n'
                                                   ELSE E'<circle cx="%1$s" cy="%2$s" r="%3$s" fill="#e69f00" stroke="#ffffff"><title>%5$s</title></circle>\n' END,
                                   place.x, place.y, place.r, 2 * place.r,
                                   oms.picture_text(format('%s: %s shipments', place.location, place.orders)));
        END LOOP;
        FOR place IN SELECT * FROM jsonb_to_recordset(panel.places) AS p (location text, x numeric, y numeric, r numeric, orders bigint) ORDER BY orders DESC, location LIMIT 40
        LOOP
            here := box(point(place.x - 4, place.y - 8), point(place.x + 12 + 6 * least(length(place.location), 24), place.y + 8));
            IF (here[0])[0] < width AND NOT EXISTS (SELECT FROM unnest(boxes) AS b WHERE b && here) THEN
                boxes := boxes || here;
                body := body || format(E'<text x="%s" y="%s" font-size="10" stroke="#ffffff" stroke-width="3" stroke-opacity="0.8" paint-order="stroke">%s</text>\n',
                                       place.x + place.r + 2, place.y + 3, oms.picture_text(place.location, 24));
            END IF;
        END LOOP;
        body := body || E'</g>\n</g>\n';
    END LOOP;

    body := body || $svg$<g transform="translate(20,530)">
<path d="M0 -9h10v10h-10z" fill="#009e73"/><text x="16">warehouse</text>
<circle cx="105" cy="-4" r="5" fill="#e69f00"/><text x="116">store or other (the larger, the more shipments)</text>
<circle cx="425" cy="-4" r="2" fill="#444444"/><text x="433">destination</text>
<path d="M520 -4h24" stroke="#0072b2" stroke-width="2"/><text x="550">all of an order</text>
<path d="M660 -4h24" stroke="#d55e00" stroke-width="2"/><text x="690">part of an order that is split</text>
<path d="M890 -8l8 8m0 -8l-8 8" stroke="#cc0000" stroke-width="2.5"/><text x="906">units that no rule could serve</text>
</g>$svg$;
    RETURN oms.picture(1200, 550, format('Routing run %s', run.run_id),
                       format('%s orders, %s units on %s by solver %s; %s units moved, %s units unfilled', run.orders, run.units,
                              to_char(run.started_at, 'YYYY-MM-DD HH24:MI'), run.solver, run.moved_units, run.unfilled_units), body);
END
$$;
REVOKE ALL ON FUNCTION oms.draw_run(bigint) FROM PUBLIC;
COMMENT ON FUNCTION oms.draw_run(bigint) IS
    'the map of a routing run (NULL: the last), before and after, as an SVG document: locations, destinations, what ships from where, orders that are split, units that wait. Lines to one spot of the map are drawn as one, the thicker the more. With the caller''s rights on oms.routing_run, decision, orders and location. Error: OM004 unknown run';

CREATE FUNCTION oms.draw_availability(channel text, sku text, method text DEFAULT 'ship')
RETURNS text
LANGUAGE plpgsql STABLE PARALLEL RESTRICTED COST 100000 SET search_path = pg_catalog, pg_temp SET jit = off
AS $$
DECLARE
    width constant float8 := 880;
    height constant float8 := 320;
    body text;
    axis record;
    subtitle text;
BEGIN
    -- A step a row; the last one lasts a tenth of the time longer, and a day when there is no other.
    WITH p AS MATERIALIZED (
        SELECT p.*, lead(p.at) OVER (ORDER BY p.at) AS until FROM oms.projection(channel, sku, method) p),
    range AS MATERIALIZED (
        SELECT min(at) AS first, greatest(max(at) + (max(at) - min(at)) / 10, min(at) + interval '1 day') AS last,
               least(0, min(projected), min(atp))::float8 AS low,
               greatest(1, max(projected), max(atp), max(incoming), max(backordered))::float8 AS high FROM p),
    scale AS MATERIALIZED (
        SELECT r.*, width / extract(epoch FROM r.last - r.first) AS per_second, s.step,
               floor(r.low / s.step) * s.step AS bottom, ceil(r.high / s.step) * s.step AS top
          FROM range r, LATERAL (SELECT greatest(oms.nice_step(r.high - r.low, 6), 1) AS step) s),
    step AS (
        SELECT p.*, round((extract(epoch FROM p.at - s.first) * s.per_second)::numeric, 1) AS x,
               round((extract(epoch FROM COALESCE(p.until, s.last) - s.first) * s.per_second)::numeric, 1) AS to_x,
               round((height * (s.top - p.projected) / (s.top - s.bottom))::numeric, 1) AS projected_y,
               round((height * (s.top - p.atp) / (s.top - s.bottom))::numeric, 1) AS atp_y,
               round((height * s.top / (s.top - s.bottom))::numeric, 1) AS zero_y,
               round((height * p.incoming / (s.top - s.bottom))::numeric, 1) AS incoming_height,
               round((height * p.backordered / (s.top - s.bottom))::numeric, 1) AS backordered_height
          FROM p, scale s)
    SELECT format(E'<path d="M0 %s%sH0z" fill="#0072b2" fill-opacity="0.2"/>\n<path d="%s" fill="none" stroke="#0072b2" stroke-width="2.5"/>\n<path d="%s" fill="none" stroke="#444444" stroke-width="1.5" stroke-dasharray="6 3"/>\n%s',
                  max(zero_y), string_agg(format('L%s %sH%s', x, atp_y, to_x), '' ORDER BY at) || 'V' || max(zero_y),
                  string_agg(format('%s%s %sH%s', CASE WHEN x = 0 THEN 'M' ELSE 'L' END, x, atp_y, to_x), '' ORDER BY at),
                  string_agg(format('%s%s %sH%s', CASE WHEN x = 0 THEN 'M' ELSE 'L' END, x, projected_y, to_x), '' ORDER BY at),
                  string_agg(concat(
                      CASE WHEN incoming > 0 THEN format(E'<rect x="%s" y="%s" width="7" height="%s" fill="#009e73"><title>%s: %s incoming</title></rect>\n',
                          x, zero_y - incoming_height, incoming_height, at, incoming) END,
                      CASE WHEN backordered > 0 THEN format(E'<rect x="%s" y="%s" width="7" height="%s" fill="#d55e00"><title>%s: %s of them promised</title></rect>\n',
                          x + 8, zero_y - backordered_height, backordered_height, at, backordered) END,
                      CASE WHEN incoming > 0 THEN format(E'<text x="%s" y="%s" font-size="10">+%s%s</text>\n', x, zero_y - incoming_height - 4, incoming,
                          CASE WHEN backordered > 0 THEN format(', %s promised', backordered) ELSE '' END) END), '' ORDER BY at))
      INTO body FROM step;

    WITH range AS (
        SELECT min(at) AS first, greatest(max(at) + (max(at) - min(at)) / 10, min(at) + interval '1 day') AS last,
               least(0, min(projected), min(atp))::float8 AS low,
               greatest(1, max(projected), max(atp), max(incoming), max(backordered))::float8 AS high
          FROM oms.projection(channel, sku, method)),
    scale AS (
        SELECT r.*, s.step, floor(r.low / s.step) * s.step AS bottom, ceil(r.high / s.step) * s.step AS top
          FROM range r, LATERAL (SELECT greatest(oms.nice_step(r.high - r.low, 6), 1) AS step) s)
    SELECT (SELECT string_agg(format('<path d="M0 %1$sH%2$s" stroke="%3$s"/><text x="-8" y="%1$s" dy="4" text-anchor="end">%4$s</text>',
                                     round((height * (s.top - v) / (s.top - s.bottom))::numeric, 1), width, CASE v WHEN 0 THEN '#555555' ELSE '#e2e2e2' END, v), E'\n')
              FROM generate_series(s.bottom::numeric, s.top::numeric, s.step::numeric) AS v) AS values,
           (SELECT string_agg(format('<path d="M%1$s %2$sv5" stroke="#555555"/><text x="%1$s" y="%2$s" dy="18" text-anchor="middle">%3$s</text>',
                                     round((width * i / 5)::numeric, 1), height,
                                     to_char(s.first + (s.last - s.first) * i / 5, CASE WHEN s.last - s.first < interval '5 days' THEN 'YYYY-MM-DD HH24:MI' ELSE 'YYYY-MM-DD' END)), E'\n')
              FROM generate_series(0, 5) AS i) AS times
      INTO axis FROM scale s;

    SELECT format('channel %s, method %s: now on hand %s, reserved %s, kept back %s at %s locations', channel, method,
                  COALESCE(sum(l.on_hand), 0), COALESCE(sum(l.reserved), 0), COALESCE(sum(l.safety_stock), 0), count(*))
      INTO subtitle FROM oms.atp_by_location(channel, sku, method) l;
    RETURN oms.picture(1000, 470, format('What may be promised of %s', sku), subtitle,
        format($svg$<g transform="translate(80,75)">
%s
%s
%s
</g>
<g transform="translate(80,445)">
<path d="M0 -4h24" stroke="#0072b2" stroke-width="2.5"/><text x="30">available to promise</text>
<path d="M170 -4h24" stroke="#444444" stroke-width="1.5" stroke-dasharray="6 3"/><text x="200">projected: in stock and incoming, less what is promised of it</text>
<path d="M590 -9h7v10h-7z" fill="#009e73"/><text x="603">incoming</text>
<path d="M690 -9h7v10h-7z" fill="#d55e00"/><text x="703">of it promised to backorders</text>
</g>$svg$, axis.values, axis.times, body));
END
$$;
REVOKE ALL ON FUNCTION oms.draw_availability(text, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.draw_availability(text, text, text) IS
    'what a channel may promise of a sku from now on, as an SVG document: ATP and the projected stock over time, what comes in when, and how much of that is promised to backorders (oms.projection). Errors as atp';

CREATE FUNCTION oms.draw_stores(days integer DEFAULT 28, at_most integer DEFAULT 30)
RETURNS text
LANGUAGE plpgsql STABLE PARALLEL RESTRICTED COST 100000 SET search_path = pg_catalog, pg_temp SET jit = off
AS $$
DECLARE
    body text;
    n bigint;
    shown bigint;
    step float8;
BEGIN
    IF days IS NULL OR at_most IS NULL THEN
        RAISE null_value_not_allowed USING MESSAGE = 'days and at_most must not be null';
    ELSIF days NOT BETWEEN 1 AND 3660 OR at_most NOT BETWEEN 1 AND 1000 THEN
        RAISE invalid_parameter_value USING MESSAGE = format('days must be from 1 to 3660 and at_most from 1 to 1000, not %s and %s', days, at_most);
    END IF;
    -- Load: fulfillments now. Acceptance: of the units given to a location in the days, those it did not refuse itself.
    WITH given AS MATERIALIZED (
        SELECT f.location, count(*) FILTER (WHERE f.status = 'assigned') AS assigned,
               count(*) FILTER (WHERE f.status IN ('accepted', 'picking')) AS begun,
               count(*) FILTER (WHERE f.status IN ('packed', 'ready')) AS packed,
               sum(f.units) FILTER (WHERE f.assigned_at >= now() - make_interval(days => days) AND f.status <> 'superseded') AS offered,
               percentile_cont(0.5) WITHIN GROUP (ORDER BY a.acted_at - f.assigned_at) FILTER (WHERE f.assigned_at >= now() - make_interval(days => days)) AS waited
          FROM oms.fulfillment f
          LEFT JOIN oms.fulfillment_event a ON a.order_id = f.order_id AND a.fulfillment_id = f.fulfillment_id AND a.action = 'accept'
         GROUP BY f.location),
    refused AS MATERIALIZED (
        SELECT r.location, sum(r.quantity) AS units FROM oms.rejection r
         WHERE r.rejected_at >= now() - make_interval(days => days) AND r.cause = 'named' GROUP BY r.location),
    store AS MATERIALIZED (
        SELECT l.location, l.capacity_orders, g.assigned, g.begun, g.packed, g.assigned + g.begun + g.packed AS open, g.waited,
               100 * (1 - least(COALESCE(r.units, 0) / NULLIF(g.offered, 0), 1)) AS accepted,
               row_number() OVER (ORDER BY g.assigned + g.begun + g.packed DESC, l.location) AS row
          FROM oms.location l JOIN given g USING (location) LEFT JOIN refused r USING (location)),
    scale AS (SELECT oms.nice_step(greatest(max(greatest(open, CASE WHEN capacity_orders < 3 * greatest(open, 1) THEN capacity_orders END)), 1), 4) AS step
                FROM store WHERE row <= at_most)
    SELECT (SELECT count(*) FROM store), (SELECT count(*) FROM store WHERE row <= at_most), c.step,
           string_agg(format(E'<g transform="translate(0,%s)">\n<text x="190" y="11" text-anchor="end"><title>%s</title>%s</text>\n%s%s%s%s<text x="620" y="11">%s</text>\n%s<text x="960" y="11">%s</text>\n<text x="1020" y="11">%s</text>\n</g>',
               (row - 1) * 20, oms.picture_text(location), oms.picture_text(location, 28),
               format(E'<rect x="200" width="%s" height="14" fill="#0072b2"><title>%s assigned</title></rect>\n', round((assigned * 100 / c.step)::numeric, 1), assigned),
               format(E'<rect x="%s" width="%s" height="14" fill="#56b4e9"><title>%s accepted or being picked</title></rect>\n',
                      round((200 + assigned * 100 / c.step)::numeric, 1), round((begun * 100 / c.step)::numeric, 1), begun),
               format(E'<rect x="%s" width="%s" height="14" fill="#009e73"><title>%s packed or ready</title></rect>\n',
                      round((200 + (assigned + begun) * 100 / c.step)::numeric, 1), round((packed * 100 / c.step)::numeric, 1), packed),
               CASE WHEN capacity_orders <= 4 * c.step
                    THEN format(E'<path d="M%s -2v18" stroke="#000000" stroke-width="2"/>\n', round((200 + capacity_orders * 100 / c.step)::numeric, 1)) ELSE '' END,
               concat(open, ' of ' || capacity_orders),
               CASE WHEN accepted IS NULL THEN ''
                    ELSE format(E'<rect x="700" width="250" height="14" fill="#eeeeee"/>\n<rect x="700" width="%s" height="14" fill="%s"/>\n',
                                round((2.5 * accepted)::numeric, 1), CASE WHEN accepted <= 95 THEN '#d55e00' ELSE '#009e73' END) END,
               CASE WHEN accepted IS NULL THEN '–' ELSE round(accepted::numeric, 1) || ' %' END,
               COALESCE(round((extract(epoch FROM waited) / 3600)::numeric, 1) || ' h', '–')), E'\n' ORDER BY row)
           || E'\n<g fill="#777777" font-size="10" text-anchor="middle">'
           || (SELECT string_agg(format('<text x="%s" y="-6">%s</text>', 200 + 100 * i, trim_scale((i * c.step)::numeric)), '') FROM generate_series(0, 4) AS i)
           || '</g>'
      INTO n, shown, step, body
      FROM store, scale c WHERE row <= at_most GROUP BY c.step;
    shown := COALESCE(shown, 0);
    RETURN oms.picture(1140, 150 + 20 * shown::int, 'Store load and acceptance',
        format('work open now, and acceptance of what was given in the last %s days; %s of %s locations that were ever given work, the busiest first', days, shown, COALESCE(n, 0)),
        format($svg$<g font-weight="bold"><text x="200" y="75">fulfillments open</text><text x="620" y="75">open</text><text x="700" y="75">units not refused</text><text x="1020" y="75">accepted after</text></g>
<g transform="translate(0,100)">
%s
</g>
<g transform="translate(20,%s)">
<path d="M0 -10h12v12h-12z" fill="#0072b2"/><text x="18">assigned</text>
<path d="M90 -10h12v12h-12z" fill="#56b4e9"/><text x="108">accepted or being picked</text>
<path d="M270 -10h12v12h-12z" fill="#009e73"/><text x="288">packed or ready; less than 5 %% refused</text>
<path d="M570 -10h12v12h-12z" fill="#d55e00"/><text x="588">5 %% and more refused</text>
<path d="M770 -12v16" stroke="#000000" stroke-width="2"/><text x="778">capacity, where it fits the scale</text>
</g>$svg$, COALESCE(body, '<text x="200" y="11">no location was given work yet</text>'), 135 + 20 * shown));
END
$$;
REVOKE ALL ON FUNCTION oms.draw_stores(integer, integer) FROM PUBLIC;
COMMENT ON FUNCTION oms.draw_stores(integer, integer) IS
    'the work that lies at locations now beside their capacity in orders, the share of units that they accepted in the last days and the median time until they did, as an SVG document; at_most so many, the busiest first. With the caller''s rights on the views. Errors: 22004, 22023';
-- Who did what, when: to a sku at a location, to an order, to a fulfillment; a timeline of each.

CREATE FUNCTION oms.stock_history(
    sku text, location text, since timestamptz DEFAULT '-infinity', until timestamptz DEFAULT 'infinity')
RETURNS TABLE (at timestamptz, what text, quantity bigint, on_hand bigint, unavailable bigint, detail text,
               reason text, reference text, actor text)
LANGUAGE sql STABLE PARALLEL SAFE COST 10000 ROWS 100 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT h.at, h.what, h.quantity, h.on_hand, h.unavailable, h.detail, h.reason, h.reference, h.actor
      FROM (SELECT m.moved_at AS at, 2 AS place, m.movement_id AS id, m.kind AS what, m.quantity,
                   sum(m.quantity) OVER (ORDER BY m.moved_at, m.movement_id)::bigint AS on_hand,
                   sum(m.unavailable) OVER (ORDER BY m.moved_at, m.movement_id)::bigint AS unavailable,
                   CASE WHEN m.unavailable <> 0 THEN format('unavailable %s%s', CASE WHEN m.unavailable > 0 THEN '+' END, m.unavailable) END AS detail,
                   m.reason, m.reference, m.actor
              FROM oms.movement_row m WHERE m.sku = $1 AND m.location = $2
            UNION ALL
            SELECT r.created_at, 1, r.reservation_id, 'reserve', r.quantity, NULL, NULL,
                   concat_ws(', ', 'channel ' || r.channel, 'order ' || r.order_id, 'line ' || r.line_no, 'cart ' || r.cart_id, 'kit ' || r.kit),
                   NULL, r.reference, o.actor
              FROM oms.reservation_row r LEFT JOIN oms.order_row o ON o.order_id = r.order_id
             WHERE r.sku = $1 AND r.location = $2
            UNION ALL
            SELECT COALESCE(r.changed_at, r.expires_at), 3, r.reservation_id, CASE r.status WHEN 'released' THEN 'release' ELSE 'expire' END,
                   r.quantity - r.consumed, NULL, NULL,
                   concat_ws(', ', 'channel ' || r.channel, 'order ' || r.order_id, 'line ' || r.line_no, 'cart ' || r.cart_id), NULL, r.reference, NULL
              FROM oms.reservation_row r
             WHERE r.sku = $1 AND r.location = $2 AND (r.status IN ('released', 'expired') OR r.status = 'hold' AND r.expires_at <= clock_timestamp())
            UNION ALL
            SELECT s.resolved_at, 4, s.shortfall_id, 'shortfall', s.quantity, NULL, NULL,
                   format('%s lost: moved %s, backordered %s, released %s', COALESCE('order ' || s.order_id || ' line ' || s.line_no, 'reservation ' || s.reservation_id),
                          s.moved, s.backordered, s.released), s.reason, s.reference, s.actor
              FROM oms.shortfall_row s WHERE s.sku = $1 AND s.location = $2
            UNION ALL
            SELECT r.rejected_at, 5, r.rejection_id, 'reject', r.quantity, NULL, NULL,
                   format('order %s line %s (%s): moved %s, backordered %s', r.order_id, r.line_no, r.cause, r.moved, r.backordered),
                   r.reason, 'fulfillment ' || r.fulfillment_id, r.actor
              FROM oms.rejection_row r WHERE r.sku = $1 AND r.location = $2
            UNION ALL
            SELECT l.counted_at, 6, l.count_id, 'counted', l.counted, NULL, NULL,
                   format('expected %s, variance %s, %s', l.expected, l.variance, l.status), l.reason, 'count ' || l.count_id, l.counted_by
              FROM oms.count_line_row l JOIN oms.count_session_row s ON s.count_id = l.count_id
             WHERE l.sku = $1 AND s.location = $2 AND l.counted_at IS NOT NULL) h
     WHERE h.at >= $3 AND h.at < $4 AND oms.sees_location($2)
     ORDER BY h.at, h.place, h.id
$$;
REVOKE ALL ON FUNCTION oms.stock_history(text, text, timestamptz, timestamptz) FROM PUBLIC;
COMMENT ON FUNCTION oms.stock_history(text, text, timestamptz, timestamptz) IS
    'what happened to a sku at a location, oldest first, from since to before until: movements with on_hand and unavailable after each, reservations made (with the units they claim there today), released and expired, what locations refused, who lost units in a shortfall, counts; with who did it, why and for what';

CREATE FUNCTION oms.order_history(order_id text)
RETURNS TABLE (at timestamptz, what text, line_no integer, sku text, location text, quantity bigint, detail text,
               fulfillment_id bigint, actor text)
LANGUAGE sql STABLE PARALLEL SAFE COST 10000 ROWS 30 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT h.at, h.what, h.line_no, h.sku, h.location, h.quantity, h.detail, h.fulfillment_id, h.actor
      FROM (SELECT o.placed_at AS at, 1 AS place, l.line_no::bigint AS id, 'place' AS what, l.line_no, l.sku, l.location, l.quantity,
                   concat_ws(', ', 'channel ' || o.channel, o.service, 'priority ' || o.priority) AS detail, NULL::bigint AS fulfillment_id, o.actor
              FROM oms.order_row o JOIN oms.order_line_row l ON l.order_id = o.order_id WHERE o.order_id = $1
            UNION ALL
            SELECT o.cancelled_at, 9, 0, 'cancel order', NULL, NULL, NULL, NULL, o.cancel_reason, NULL, o.cancelled_by
              FROM oms.order_row o WHERE o.order_id = $1 AND o.cancelled_at IS NOT NULL
            UNION ALL
            SELECT h.placed_at, 2, 0, 'hold', h.line_no, NULL, NULL, NULL, h.reason, NULL, h.placed_by
              FROM oms.order_hold_row h WHERE h.order_id = $1
            UNION ALL
            SELECT h.released_at, 2, 1, 'release hold', h.line_no, NULL, NULL, NULL, h.reason, NULL, h.released_by
              FROM oms.order_hold_row h WHERE h.order_id = $1 AND h.released_at IS NOT NULL
            UNION ALL
            SELECT b.created_at, 2, b.backorder_id, 'backorder', b.line_no, b.sku, b.location, b.quantity,
                   format('%s, filled %s', b.status, b.filled), NULL, NULL
              FROM oms.backorder_row b WHERE b.order_id = $1
            UNION ALL
            SELECT d.decided_at, 3, l.run_id, CASE WHEN l.location IS NULL THEN 'queue' ELSE 'route' END, l.line_no, l.sku, l.location, l.quantity,
                   concat_ws(': ', l.queue, l.reason), NULL, r.actor
              FROM oms.decision_row d
              JOIN oms.decision_line_row l ON l.order_id = d.order_id AND l.run_id = d.run_id
              LEFT JOIN oms.routing_run_row r ON r.run_id = d.run_id
             WHERE d.order_id = $1
            UNION ALL
            SELECT e.acted_at, 5, e.event_id, e.action, NULL, NULL, f.location, e.units,
                   concat_ws(': ', e.from_status || ' -> ' || e.to_status, e.reason), e.fulfillment_id, e.actor
              FROM oms.fulfillment_event_row e
              JOIN oms.fulfillment_row f ON f.order_id = e.order_id AND f.fulfillment_id = e.fulfillment_id
             WHERE e.order_id = $1
            UNION ALL
            SELECT r.rejected_at, 6, r.rejection_id, 'rejected', r.line_no, r.sku, r.location, r.quantity,
                   format('%s (%s): moved %s, backordered %s', r.reason, r.cause, r.moved, r.backordered), r.fulfillment_id, r.actor
              FROM oms.rejection_row r WHERE r.order_id = $1
            UNION ALL
            SELECT b.returned_at, 7, b.return_id, 'return', b.line_no, b.sku, b.location, b.quantity,
                   concat_ws(': ', b.condition, b.reason), NULL, b.actor
              FROM oms.return_row b WHERE b.order_id = $1) h
     ORDER BY h.at, h.place, h.id, h.line_no, h.sku
$$;
REVOKE ALL ON FUNCTION oms.order_history(text) FROM PUBLIC;
COMMENT ON FUNCTION oms.order_history(text) IS
    'what happened to an order, oldest first: placed, held, backordered, routed and why there, what locations did with its fulfillments, refused, returned, cancelled; with who did it. No rows for an unknown order';

CREATE FUNCTION oms.fulfillment_history(fulfillment_id bigint)
RETURNS TABLE (at timestamptz, what text, from_status text, status text, line_no integer, sku text, quantity bigint,
               detail text, actor text)
LANGUAGE sql STABLE PARALLEL SAFE COST 10000 ROWS 10 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT h.at, h.what, h.from_status, h.status, h.line_no, h.sku, h.quantity, h.detail, h.actor
      FROM (SELECT f.assigned_at AS at, 1 AS place, 0::bigint AS id, 'assign' AS what, NULL AS from_status, 'assigned' AS status, l.line_no, l.sku,
                   l.quantity, concat_ws(', ', 'order ' || f.order_id, f.location, f.method) AS detail, r.actor
              FROM oms.fulfillment_row f
              JOIN oms.fulfillment_line_row l ON l.order_id = f.order_id AND l.fulfillment_id = f.fulfillment_id
              LEFT JOIN oms.routing_run_row r ON r.run_id = f.run_id
             WHERE f.fulfillment_id = $1
            UNION ALL
            SELECT e.acted_at, 2, e.event_id, e.action, e.from_status, e.to_status, NULL, NULL, e.units, e.reason, e.actor
              FROM oms.fulfillment_row f
              JOIN oms.fulfillment_event_row e ON e.order_id = f.order_id AND e.fulfillment_id = f.fulfillment_id
             WHERE f.fulfillment_id = $1
            UNION ALL
            SELECT r.rejected_at, 3, r.rejection_id, 'rejected', NULL, NULL, r.line_no, r.sku, r.quantity,
                   format('%s (%s): moved %s, backordered %s', r.reason, r.cause, r.moved, r.backordered), r.actor
              FROM oms.fulfillment_row f
              JOIN oms.rejection_row r ON r.order_id = f.order_id AND r.fulfillment_id = f.fulfillment_id
             WHERE f.fulfillment_id = $1) h
     WHERE oms.sees_location((SELECT f.location FROM oms.fulfillment_row f WHERE f.fulfillment_id = $1))
     ORDER BY h.at, h.place, h.id, h.line_no, h.sku
$$;
REVOKE ALL ON FUNCTION oms.fulfillment_history(bigint) FROM PUBLIC;
COMMENT ON FUNCTION oms.fulfillment_history(bigint) IS
    'what happened to a fulfillment, oldest first: what it was assigned, each action with the status before and after, what was refused and why; with who did it. No rows for an unknown one';
-- Statistics: what happened since the last reset and what waits now, each as a view over the tables that hold it
-- anyway: nothing is counted on the way, so that selling costs nothing and no figure is lost in a crash. Reading one
-- costs a scan of its table.

CREATE TABLE oms.statistics_reset_row (
    reset_at timestamptz PRIMARY KEY DEFAULT pg_catalog.clock_timestamp(),
    actor text NOT NULL DEFAULT session_user
);
COMMENT ON TABLE oms.statistics_reset_row IS 'private: the moments from which the views oms_stat_… count; the latest holds';
CREATE TRIGGER guard BEFORE UPDATE OR DELETE OR TRUNCATE ON oms.statistics_reset_row
    FOR EACH STATEMENT EXECUTE FUNCTION oms.guard_private_table('Call oms.reset_statistics.');
ALTER TABLE oms.statistics_reset_row ENABLE ALWAYS TRIGGER guard;
COMMENT ON TRIGGER guard ON oms.statistics_reset_row IS 'refuses UPDATE, DELETE and TRUNCATE by anybody but oms';
SELECT pg_catalog.pg_extension_config_dump('oms.statistics_reset_row', '');

CREATE FUNCTION oms.reset_statistics()
RETURNS timestamptz
LANGUAGE sql VOLATILE PARALLEL UNSAFE COST 100 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    INSERT INTO oms.statistics_reset_row DEFAULT VALUES RETURNING reset_at
$$;
REVOKE ALL ON FUNCTION oms.reset_statistics() FROM PUBLIC;
COMMENT ON FUNCTION oms.reset_statistics() IS
    'lets the views oms_stat_… count from now on; returns the moment. What waits or is open now is shown whatever its age';

CREATE VIEW oms.statistics_since AS
SELECT COALESCE(pg_catalog.max(r.reset_at), '-infinity') AS since FROM oms.statistics_reset_row r;
COMMENT ON VIEW oms.statistics_since IS 'private: the moment from which the views oms_stat_… count';

CREATE VIEW oms.oms_stat_reservation AS
SELECT r.channel, r.status, pg_catalog.count(*) AS reservations, pg_catalog.sum(r.quantity) AS units,
       pg_catalog.count(*) FILTER (WHERE r.status = 'hold' AND r.expires_at <= pg_catalog.clock_timestamp()) AS overdue,
       pg_catalog.max(r.created_at) AS latest_at
  FROM oms.reservation_row r, oms.statistics_since s
 WHERE r.created_at >= s.since AND (r.component IS NULL OR r.component = 1)
 GROUP BY r.channel, r.status;
COMMENT ON VIEW oms.oms_stat_reservation IS
    'reservations made since oms.reset_statistics by channel and what has become of them: how many, their units (of kits those of the first component), holds that expired and that nobody has swept (overdue; they hold nothing), and when the latest was made';

CREATE VIEW oms.oms_stat_account AS
SELECT d.kind, pg_catalog.count(*) AS accounts, pg_catalog.sum(d.deltas)::bigint AS deltas, pg_catalog.max(d.deltas) AS longest
  FROM (SELECT 'stock' AS kind, pg_catalog.count(*) AS deltas FROM oms.stock_delta GROUP BY sku, location
        UNION ALL
        SELECT 'protection', pg_catalog.count(*) FROM oms.protection_delta GROUP BY sku, location, until, channel
        UNION ALL
        SELECT 'quota', pg_catalog.count(*) FROM oms.quota_delta GROUP BY sku, channel, period
        UNION ALL
        SELECT 'incoming', pg_catalog.count(*) FROM oms.incoming_delta GROUP BY sku, location, incoming
        UNION ALL
        SELECT 'backorder', pg_catalog.count(*) FROM oms.backorder_delta GROUP BY sku, channel
        UNION ALL
        SELECT 'capacity', pg_catalog.count(*) FROM oms.capacity_delta GROUP BY location, window_name, until, measure) d
 GROUP BY d.kind;
COMMENT ON VIEW oms.oms_stat_account IS
    'what waits to be folded, by kind of account: accounts that have changes apart, these changes, and the most that one account has; when they grow, nobody calls oms.fold_accounts, or a transaction has long been open';

CREATE VIEW oms.oms_stat_wait AS
-- 20301: KEY_LOCK_CLASS of account/account.c
SELECT l.pid, CASE WHEN l.locktype = 'advisory' AND l.objsubid = 20301 THEN 'key of an account'
                   WHEN l.locktype = 'transactionid' THEN 'transaction ' || l.transactionid::text ELSE l.locktype END AS waits_for,
       pg_catalog.pg_blocking_pids(l.pid) AS blocked_by,
       EXTRACT(epoch FROM pg_catalog.clock_timestamp() - l.waitstart)::double precision AS seconds
  FROM pg_catalog.pg_locks l
 WHERE NOT l.granted
   AND (l.locktype = 'transactionid'
        OR l.database = (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database()));
COMMENT ON VIEW oms.oms_stat_wait IS
    'sessions of this database that wait for another one now: for the key of an account, which is held for the length of one change, for a transaction, or for any other lock (waits_for), whom they wait for, and for how many seconds; in a shop that runs well it is empty, or the seconds are a fraction';

CREATE VIEW oms.oms_stat_routing AS
SELECT r.solver, pg_catalog.count(*) AS runs, pg_catalog.sum(r.orders)::bigint AS orders, pg_catalog.sum(r.units)::bigint AS units,
       pg_catalog.sum(r.shipments)::bigint AS shipments, pg_catalog.sum(r.unfilled_units)::bigint AS unfilled_units,
       pg_catalog.sum(r.late_lines)::bigint AS late_lines, pg_catalog.sum(r.not_moved_units)::bigint AS not_moved_units,
       EXTRACT(epoch FROM pg_catalog.avg(r.finished_at - r.started_at))::double precision AS mean_seconds,
       EXTRACT(epoch FROM pg_catalog.max(r.finished_at - r.started_at))::double precision AS longest_seconds,
       pg_catalog.max(r.finished_at) AS latest_at
  FROM oms.routing_run_row r, oms.statistics_since s
 WHERE r.started_at >= s.since
 GROUP BY r.solver;
COMMENT ON VIEW oms.oms_stat_routing IS
    'routing runs since oms.reset_statistics by solver: what they planned, what stayed unfilled, late, or could not be moved because others took it meanwhile, their length in seconds and when the latest ended; oms.routing_run has each, oms.progress() one that runs';

CREATE VIEW oms.oms_stat_feed AS
SELECT f.source, e.events, e.unchanged, e.stale, e.mean_lag_seconds, e.longest_lag_seconds, e.latest_at,
       COALESCE(x.exceptions, 0) AS open_exceptions, x.oldest_at AS oldest_exception_at
  FROM oms.source f
  LEFT JOIN (SELECT e.source, pg_catalog.count(*) AS events, pg_catalog.count(*) FILTER (WHERE e.outcome = 'unchanged') AS unchanged,
                    pg_catalog.count(*) FILTER (WHERE e.outcome = 'stale') AS stale,
                    EXTRACT(epoch FROM pg_catalog.avg(e.received_at - e.as_of))::double precision AS mean_lag_seconds,
                    EXTRACT(epoch FROM pg_catalog.max(e.received_at - e.as_of))::double precision AS longest_lag_seconds,
                    pg_catalog.max(e.received_at) AS latest_at
               FROM oms.feed_event_row e, oms.statistics_since s
              WHERE e.received_at >= s.since
              GROUP BY e.source) e ON e.source = f.source
  LEFT JOIN (SELECT x.source, pg_catalog.count(*) AS exceptions, pg_catalog.min(x.first_at) AS oldest_at
               FROM oms.feed_exception_row x WHERE x.status = 'open' GROUP BY x.source) x ON x.source = f.source;
COMMENT ON VIEW oms.oms_stat_feed IS
    'what each source reported since oms.reset_statistics: events, those that changed nothing or came too late, how old they were when they came, in seconds, when the latest came; and the rows that wait for a person now, with the age of the oldest';

CREATE VIEW oms.oms_stat_work AS
SELECT w.location, w.status, pg_catalog.count(*) AS fulfillments, pg_catalog.sum(w.units)::bigint AS units,
       pg_catalog.count(*) FILTER (WHERE w.due_at < pg_catalog.clock_timestamp()) AS late,
       EXTRACT(epoch FROM pg_catalog.clock_timestamp() - pg_catalog.min(w.assigned_at))::double precision AS oldest_seconds
  FROM oms.work w
 GROUP BY w.location, w.status;
COMMENT ON VIEW oms.oms_stat_work IS
    'the open work of each location by status: fulfillments, units, those that are late, and for how many seconds the oldest has been assigned';
-- Who may do what: levels of rights, in one list; and what a store sees of the views.

-- What a location sees: the views of its rows. Barriers, so that no condition of a client looks behind them.
CREATE VIEW oms.store_inventory WITH (security_barrier) AS
SELECT i.* FROM oms.inventory i WHERE oms.sees_location(i.location);
COMMENT ON VIEW oms.store_inventory IS 'oms.inventory of the locations that the role sees (oms.role_location)';
CREATE VIEW oms.store_movement WITH (security_barrier) AS
SELECT m.* FROM oms.movement m WHERE oms.sees_location(m.location);
COMMENT ON VIEW oms.store_movement IS 'oms.movement of the locations that the role sees';
CREATE VIEW oms.store_incoming WITH (security_barrier) AS
SELECT i.* FROM oms.incoming i WHERE oms.sees_location(i.location);
COMMENT ON VIEW oms.store_incoming IS 'oms.incoming of the locations that the role sees';
CREATE VIEW oms.store_work WITH (security_barrier) AS
SELECT w.* FROM oms.work w WHERE oms.sees_location(w.location);
COMMENT ON VIEW oms.store_work IS 'oms.work of the locations that the role sees';
CREATE VIEW oms.store_fulfillment WITH (security_barrier) AS
SELECT f.* FROM oms.fulfillment f WHERE oms.sees_location(f.location);
COMMENT ON VIEW oms.store_fulfillment IS 'oms.fulfillment of the locations that the role sees';
CREATE VIEW oms.store_fulfillment_line WITH (security_barrier) AS
SELECT f.location, l.* FROM oms.fulfillment_row f
  JOIN oms.fulfillment_line l ON l.order_id = f.order_id AND l.fulfillment_id = f.fulfillment_id
 WHERE oms.sees_location(f.location);
COMMENT ON VIEW oms.store_fulfillment_line IS 'oms.fulfillment_line of the locations that the role sees';
CREATE VIEW oms.store_rejection WITH (security_barrier) AS
SELECT r.* FROM oms.rejection r WHERE oms.sees_location(r.location);
COMMENT ON VIEW oms.store_rejection IS 'oms.rejection of the locations that the role sees';
CREATE VIEW oms.store_shortfall WITH (security_barrier) AS
SELECT s.* FROM oms.shortfall s WHERE oms.sees_location(s.location);
COMMENT ON VIEW oms.store_shortfall IS 'oms.shortfall of the locations that the role sees';
CREATE VIEW oms.store_count_task WITH (security_barrier) AS
SELECT c.* FROM oms.count_task c WHERE oms.sees_location(c.location);
COMMENT ON VIEW oms.store_count_task IS 'oms.count_task of the locations that the role sees';

CREATE VIEW oms.store_count_session WITH (security_barrier) AS
SELECT s.* FROM oms.count_session s WHERE oms.sees_location(s.location);
COMMENT ON VIEW oms.store_count_session IS 'oms.count_session of the locations that the role sees; oms.count_sheet has the lines';

CREATE VIEW oms.store_returned WITH (security_barrier) AS
SELECT r.* FROM oms.returned r WHERE oms.sees_location(r.location);
COMMENT ON VIEW oms.store_returned IS 'oms.returned of the locations that the role sees';

CREATE VIEW oms.store_transfer WITH (security_barrier) AS
SELECT t.from_location AS location, l.*, t.from_location, t.to_location, t.status, t.expected_at
  FROM oms.transfer_order t JOIN oms.transfer_line l ON l.transfer_id = t.transfer_id
 WHERE oms.sees_location(t.from_location)
UNION ALL
SELECT t.to_location, l.*, t.from_location, t.to_location, t.status, t.expected_at
  FROM oms.transfer_order t JOIN oms.transfer_line l ON l.transfer_id = t.transfer_id
 WHERE oms.sees_location(t.to_location);
COMMENT ON VIEW oms.store_transfer IS
    'lines of transfers from and to the locations that the role sees (location: which of the two): what is to be sent, and what is on its way';

-- The list. A function by its name; test/pgtap/roles.sql holds it complete. What a level store may
-- call looks at the location (network/access.c). admin may do everything.
CREATE VIEW oms.role_right AS
SELECT r.kind, u.name, r.privileges, r.levels || '{admin}'::text[] AS levels
  FROM (VALUES
    -- reading
    ('function', 'EXECUTE', '{reader,seller,planner}'::text[],
     'atp,atp_by_location,atp_feed,atp_many,available,capacity_use,count_suggestions,draw_availability,draw_run,'
     'draw_stores,expected_supply,explain_availability,explain_route,explain_safety_stock,leave_by,nice_step,'
     'order_history,picture,picture_text,projection,promise,safety_stock_at,shipping'),
    ('function', 'EXECUTE', '{reader,seller,store,planner}',
     'count_sheet,fulfillment_history,next_actions,pick_list,sees_location,stock_history,work_list'),
    -- selling, and what customers change their minds about
    ('function', 'EXECUTE', '{seller}',
     'cancel_line,cancel_order,cancel_order_many,change_destination,change_quantity,confirm,confirm_many,consume,'
     'consume_many,extend,extend_many,hold_order,place_order,place_order_lines,release,release_backorder,release_many,'
     'release_order_hold,reserve,reserve_cart,reserve_many,try_reserve,try_reserve_cart,try_reserve_many'),
    -- the work of a location
    ('function', 'EXECUTE', '{store}',
     'accept,accept_count,accept_many,adjust,adjust_many,cancel_fulfillment,cancel_fulfillment_many,claim_work,'
     'close_count,count_stock,hand_over,hand_over_many,issue_code,open_count,pack,pack_many,pick,pick_many,put_back,'
     'put_back_many,ready,ready_many,receive,receive_incoming,receive_incoming_many,receive_many,record_count,'
     'record_count_many,reject,reject_count,reject_many,release_hold_back,release_work,scrap,scrap_many,set_aside,'
     'set_aside_many,set_on_hand,set_on_hand_many,ship,ship_many,unpack,unpack_many'),
    ('function', 'EXECUTE', '{seller,store}',
     'exchange,return_line,return_lines'),
    -- planning: what is promised, routed and kept back
    ('function', 'EXECUTE', '{planner}',
     'acknowledge,activate_policy,add_backorder_limit,add_capacity,add_carrier_rate,add_carrier_service,add_incoming,'
     'add_incoming_many,add_policy,add_quota,add_routing,add_rule,add_safety_stock_rule,add_service,add_zone,'
     'apply_safety_stock_recommendation,assess,cancel_incoming,cancel_overdue,change_incoming,compare_policies,'
     'compare_solvers,fill_backorders,ingest,ingest_many,ingest_table,plan_candidates,plan_prices,plan_routes,plan_summary,'
     'poll_availability,poll_changes,progress,protect_stock,query_rows,recommend_safety_stock,refresh_confidence,'
     'reroute,resolve_exception,resolve_shortfalls,retry_exceptions,route,route_one,simulate,transfer,'
     'transfer_many,transfer_reservation,transfer_reservation_many,unprotect_stock,withhold_by_confidence'),
    -- the network and the machinery
    ('function', 'EXECUTE', '{}',
     'add_channel,add_consumer,add_item,add_kit,add_location,add_location_group,add_source,capacity_accounts,check,'
     'drop_consumer,enforce_time_limits,expire_holds,feed_moment,fold_accounts,forget_events,forget_requests,'
     'grant_role_to,notify_consumers,past_held,past_inventory,reset_statistics,revoke_role_from,seek_consumer'),
    ('relation', 'SELECT', '{reader,seller,planner}',
     'backorder,backorder_claim,backorder_limit,bin,capacity,carrier_rate,carrier_service,channel,confidence,'
     'confidence_setting,consumer,count_line,count_session,count_task,deadline,decision,feed_event,feed_exception,'
     'fulfillment,fulfillment_event,fulfillment_line,hold_back,incoming,inventory,inventory_by_sku,kit_component,'
     'location,location_exclusion,location_group,location_group_member,location_performance,movement,oms_stat_account,'
     'oms_stat_feed,oms_stat_reservation,oms_stat_routing,oms_stat_wait,oms_stat_work,order_facts,order_hold,'
     'order_line,orders,policy,policy_routing,policy_rule,protected_stock,quota,quota_use,rejection,reservation,'
     'return_window,returned,role_right,routing_price,routing_run,safety_stock_rule,service,service_due,shortfall,source,'
     'time_limit,transfer_line,transfer_order,work,zone'),
    ('relation', 'SELECT', '{reader,seller,store,planner}',
     'fulfillment_transition,item,reject_reason'),
    ('relation', 'SELECT', '{store}',
     'store_count_session,store_count_task,store_fulfillment,store_fulfillment_line,store_incoming,store_inventory,'
     'store_movement,store_rejection,store_returned,store_shortfall,store_transfer,store_work'),
    ('relation', 'INSERT, UPDATE, DELETE', '{planner}',
     'backorder_limit,capacity,carrier_rate,carrier_service,confidence_setting,location_exclusion,quota,return_window,'
     'safety_stock_rule,service,time_limit,zone'),
    ('relation', 'SELECT, INSERT, UPDATE, DELETE', '{}',
     'bin,channel,fulfillment_transition,item,kit_component,location,location_group,location_group_member,'
     'reject_reason,role_location,source'),
    ('function', 'EXECUTE', '{store,planner}',
     'cancel_transfer,open_transfer,receive_transfer,ship_transfer')
    ) AS r (kind, privileges, levels, names)
 CROSS JOIN LATERAL pg_catalog.unnest(pg_catalog.string_to_array(r.names, ',')) AS u (name);
COMMENT ON VIEW oms.role_right IS
    'who may do what: the privileges on each function (by name) and relation of oms that oms.grant_role_to grants to the levels reader, seller, store, planner and admin';

CREATE FUNCTION oms.grant_role_to(role text, level text, locations text[] DEFAULT NULL)
RETURNS bigint
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 10000 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_grant_role_to';
REVOKE ALL ON FUNCTION oms.grant_role_to(text, text, text[]) FROM PUBLIC;
COMMENT ON FUNCTION oms.grant_role_to(text, text, text[]) IS
    'grants a role what the level needs, and no more: reader reads everything, seller reserves and places orders, store does the work of locations, planner routes and plans, admin may do all and lets others in (oms.role_right is the list); with locations binds it to these (oms.role_location): it, and its members, see and touch no others, by the functions of the level and the views store_…; more levels and locations add up. Returns the number of grants. Errors: 22023 unknown level, 42704 unknown role, OM004 unknown location';

CREATE FUNCTION oms.revoke_role_from(role text)
RETURNS bigint
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 10000 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_revoke_role_from';
REVOKE ALL ON FUNCTION oms.revoke_role_from(text) FROM PUBLIC;
COMMENT ON FUNCTION oms.revoke_role_from(text) IS
    'takes from a role what oms.grant_role_to granted it, of all levels, and its locations; returns the number of revokes. Error: 42704 unknown role';
