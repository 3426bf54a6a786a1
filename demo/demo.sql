-- demo.sql: loads an order book and shows the main job. Called by demo/run, which sets the variables.

SET client_min_messages = warning;
CREATE EXTENSION oms;
RESET client_min_messages;
\pset footer off
\pset null '-'
\pset linestyle ascii

\echo
\echo '== The order book'
\if :{?orders}
\echo Orders, stores and ZIP codes come from
\echo ' ' :orders
\echo ' ' :stores
\echo ' ' :zips
\echo with the last :open_orders orders taken as open today. Stock is in none of them: it is derived from the
\echo demand with seed :seed (examples/import/README.md says how).
\ir ../examples/import/import.sql
\else
\echo A sample made from seed :seed: :open_orders orders around 40 metropolitan areas, and stock derived from their
\echo demand. For real files: make demo DATA=directory
BEGIN;
SET LOCAL search_path = pg_catalog, pg_temp;
\ir ../examples/import/stage.sql
\ir sample.sql
\ir ../examples/import/stock.sql
\ir ../examples/import/load.sql
COMMIT;
\endif

\ir job.sql
