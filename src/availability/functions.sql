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
