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
    cut_off time
);
COMMENT ON TABLE oms.location IS 'a place that holds stock: warehouse, store';
COMMENT ON COLUMN oms.location.kind IS 'warehouse, store, …: free, for filters and reports';
COMMENT ON COLUMN oms.location.status IS 'active, or offline: neither promised from nor routed to';
COMMENT ON COLUMN oms.location.can_ship IS 'whether goods may be shipped from here';
COMMENT ON COLUMN oms.location.can_pickup IS 'whether goods may be handed over here';
COMMENT ON COLUMN oms.location.handling_cost IS 'cost of one shipment from here, without its distance';
COMMENT ON COLUMN oms.location.capacity_orders IS 'orders that may be assigned and unfinished here at once; NULL: no limit';
COMMENT ON COLUMN oms.location.business_hours IS 'when work is done here, on the clock of time_zone; NULL: always';
COMMENT ON COLUMN oms.location.handling_hours IS 'working time from the start of an order here until it is ready to leave';
COMMENT ON COLUMN oms.location.cut_off IS 'what is ready by this time of a day on which work is done leaves then; NULL: leaves when ready';

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
    status text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'offline'))
);
COMMENT ON TABLE oms.channel IS 'a way of selling: which locations serve it and what is kept back from it';
COMMENT ON COLUMN oms.channel.ship_group IS 'the locations that may ship for this channel';
COMMENT ON COLUMN oms.channel.pickup_group IS 'the locations that may hand over for this channel; NULL: none';
COMMENT ON COLUMN oms.channel.safety_stock IS 'kept back from this channel at every location';
COMMENT ON COLUMN oms.channel.buffer IS 'units of every sku kept back once over the whole network';
COMMENT ON COLUMN oms.channel.status IS 'active, or offline: nothing is available to it';

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

SELECT pg_catalog.pg_extension_config_dump('oms.location', '');
SELECT pg_catalog.pg_extension_config_dump('oms.location_group', '');
SELECT pg_catalog.pg_extension_config_dump('oms.location_group_member', '');
SELECT pg_catalog.pg_extension_config_dump('oms.channel', '');
SELECT pg_catalog.pg_extension_config_dump('oms.item', '');
SELECT pg_catalog.pg_extension_config_dump('oms.service', '');
SELECT pg_catalog.pg_extension_config_dump('oms.zone', '');
SELECT pg_catalog.pg_extension_config_dump('oms.carrier_service', '');
SELECT pg_catalog.pg_extension_config_dump('oms.carrier_rate', '');
