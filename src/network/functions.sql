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

CREATE FUNCTION oms.add_size_run(style text, skus text[])
RETURNS SETOF oms.size_run
LANGUAGE sql VOLATILE PARALLEL UNSAFE COST 100 ROWS 10
AS $$
    DELETE FROM oms.size_run s WHERE s.style OPERATOR(pg_catalog.=) $1;
    INSERT INTO oms.size_run AS s (sku, style) SELECT u.sku, $1 FROM pg_catalog.unnest($2) AS u (sku)
    ON CONFLICT (sku) DO UPDATE SET style = excluded.style
    RETURNING s.*
$$;
REVOKE ALL ON FUNCTION oms.add_size_run(text, text[]) FROM PUBLIC;
COMMENT ON FUNCTION oms.add_size_run(text, text[]) IS
    'the sizes of a style are exactly these skus, for criterion keep_size_runs of add_rule; a sku is of one style only. Returns them';

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
