\echo Use "CREATE EXTENSION oms" to load this file. \quit

CREATE SCHEMA oms;
COMMENT ON SCHEMA oms IS 'order management: stock, availability, reservation, routing';
GRANT USAGE ON SCHEMA oms TO PUBLIC;

CREATE FUNCTION oms.guard_private_table() RETURNS trigger
    LANGUAGE c AS 'MODULE_PATHNAME', 'oms_guard_private_table';
REVOKE ALL ON FUNCTION oms.guard_private_table() FROM PUBLIC;
COMMENT ON FUNCTION oms.guard_private_table() IS
    'trigger: refuses UPDATE, DELETE and TRUNCATE on a private table with OM011; its argument is the hint';

