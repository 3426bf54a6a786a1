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
