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

-- What is the same in several sizes: a location that has all of them has a whole size run.
CREATE TABLE oms.size_run (
    sku text COLLATE "C" PRIMARY KEY CHECK (sku <> ''),
    style text COLLATE "C" NOT NULL CHECK (style <> '')
);
COMMENT ON TABLE oms.size_run IS 'skus that are the sizes of one style, which routing may keep together (criterion keep_size_runs)';
CREATE INDEX ON oms.size_run (style);

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

-- What a consumer of the change feed could not know otherwise (availability_change.c).
CREATE TABLE oms.availability_change (
    sku text COLLATE "C",
    xid xid8 NOT NULL DEFAULT pg_catalog.pg_current_xact_id()
);
ALTER TABLE oms.availability_change REPLICA IDENTITY FULL;
COMMENT ON TABLE oms.availability_change IS 'private: skus whose availability may have changed otherwise than by a movement, a reservation or a change of the network';
COMMENT ON COLUMN oms.availability_change.sku IS 'NULL: any';
CREATE INDEX availability_change_xid_idx ON oms.availability_change USING brin (xid oms.xid8_minmax_ops) WITH (pages_per_range = 32, autosummarize = on);
COMMENT ON COLUMN oms.availability_change.xid IS 'the transaction that changed it';
CREATE TRIGGER guard BEFORE UPDATE OR DELETE OR TRUNCATE ON oms.availability_change
    FOR EACH STATEMENT EXECUTE FUNCTION oms.guard_private_table('Call oms.forget_events to prune it.');
ALTER TABLE oms.availability_change ENABLE ALWAYS TRIGGER guard;
COMMENT ON TRIGGER guard ON oms.availability_change IS 'refuses UPDATE, DELETE and TRUNCATE by anybody but oms';

CREATE FUNCTION oms.note_availability_change() RETURNS trigger
    LANGUAGE c SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS 'MODULE_PATHNAME', 'oms_note_availability_change';
REVOKE ALL ON FUNCTION oms.note_availability_change() FROM PUBLIC;
COMMENT ON FUNCTION oms.note_availability_change() IS 'trigger: notes for consumers of the change feed that the availability of the row''s sku may have changed';

-- An item without a row is tracked and has no tags.
CREATE TRIGGER availability_added AFTER INSERT ON oms.item FOR EACH ROW
    WHEN (NOT NEW.tracked OR NEW.tags OPERATOR(pg_catalog.<>) '{}') EXECUTE FUNCTION oms.note_availability_change();
COMMENT ON TRIGGER availability_added ON oms.item IS 'notes for the change feed that the availability of the item may have changed';
CREATE TRIGGER availability_changed AFTER UPDATE ON oms.item FOR EACH ROW
    WHEN (NEW.tracked OPERATOR(pg_catalog.<>) OLD.tracked OR NEW.tags OPERATOR(pg_catalog.<>) OLD.tags OR NEW.sku OPERATOR(pg_catalog.<>) OLD.sku)
    EXECUTE FUNCTION oms.note_availability_change();
COMMENT ON TRIGGER availability_changed ON oms.item IS 'notes for the change feed that the availability of the item may have changed';
CREATE TRIGGER availability_removed AFTER DELETE ON oms.item FOR EACH ROW
    WHEN (NOT OLD.tracked OR OLD.tags OPERATOR(pg_catalog.<>) '{}') EXECUTE FUNCTION oms.note_availability_change();
COMMENT ON TRIGGER availability_removed ON oms.item IS 'notes for the change feed that the availability of the item may have changed';
CREATE TRIGGER availability_emptied AFTER TRUNCATE ON oms.item
    FOR EACH STATEMENT EXECUTE FUNCTION oms.note_availability_change();
COMMENT ON TRIGGER availability_emptied ON oms.item IS 'notes for the change feed that the availability of any item may have changed';
CREATE TRIGGER availability_added AFTER INSERT ON oms.location_exclusion FOR EACH ROW
    WHEN (NEW.sku IS NOT NULL AND NEW.order_id IS NULL) EXECUTE FUNCTION oms.note_availability_change();
COMMENT ON TRIGGER availability_added ON oms.location_exclusion IS 'notes for the change feed that the availability of the sku has changed';
CREATE TRIGGER availability_changed AFTER UPDATE ON oms.location_exclusion FOR EACH ROW
    WHEN (OLD.sku IS NOT NULL OR NEW.sku IS NOT NULL) EXECUTE FUNCTION oms.note_availability_change();
COMMENT ON TRIGGER availability_changed ON oms.location_exclusion IS 'notes for the change feed that the availability of the sku has changed';
CREATE TRIGGER availability_removed AFTER DELETE ON oms.location_exclusion FOR EACH ROW
    WHEN (OLD.sku IS NOT NULL AND OLD.order_id IS NULL) EXECUTE FUNCTION oms.note_availability_change();
COMMENT ON TRIGGER availability_removed ON oms.location_exclusion IS 'notes for the change feed that the availability of the sku has changed';
CREATE TRIGGER availability_emptied AFTER TRUNCATE ON oms.location_exclusion
    FOR EACH STATEMENT EXECUTE FUNCTION oms.note_availability_change();
COMMENT ON TRIGGER availability_emptied ON oms.location_exclusion IS 'notes for the change feed that the availability of any sku may have changed';
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
SELECT pg_catalog.pg_extension_config_dump('oms.size_run', '');
SELECT pg_catalog.pg_extension_config_dump('oms.quota', '');
SELECT pg_catalog.pg_extension_config_dump('oms.capacity', '');
SELECT pg_catalog.pg_extension_config_dump('oms.safety_stock_rule', '');
SELECT pg_catalog.pg_extension_config_dump('oms.safety_stock_rule_rule_id_seq', '');
SELECT pg_catalog.pg_extension_config_dump('oms.network_change', 'WHERE false'); -- a restore leaves its own
SELECT pg_catalog.pg_extension_config_dump('oms.availability_change', 'WHERE false'); -- likewise: positions begin anew
SELECT pg_catalog.pg_extension_config_dump('oms.role_location', '');
