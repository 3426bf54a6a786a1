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

-- What reservations that oms.archive removed had used of accounts that still count them.
CREATE TABLE oms.archived_use_row (
    kind text COLLATE "C" NOT NULL CHECK (kind IN ('quota', 'protection')),
    keys text[] COLLATE "C" NOT NULL,
    used bigint NOT NULL CHECK (used > 0),
    PRIMARY KEY (kind, keys)
);
COMMENT ON TABLE oms.archived_use_row IS 'private: units of quotas and protected stock that reservations used which are archived';
COMMENT ON COLUMN oms.archived_use_row.keys IS 'of the account: sku, channel, period; sku, location, until, channel';
CREATE TRIGGER guard BEFORE UPDATE OR DELETE OR TRUNCATE ON oms.archived_use_row
    FOR EACH STATEMENT EXECUTE FUNCTION oms.guard_private_table('Call oms.archive.');
ALTER TABLE oms.archived_use_row ENABLE ALWAYS TRIGGER guard;
COMMENT ON TRIGGER guard ON oms.archived_use_row IS 'refuses UPDATE, DELETE and TRUNCATE by anybody but oms';
SELECT pg_catalog.pg_extension_config_dump('oms.archived_use_row', '');
