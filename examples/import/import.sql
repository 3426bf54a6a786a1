-- examples/import/import.sql: loads an order book, stores and ZIP centroids from CSV files into oms.
--
--   psql -v orders=orders.csv -v stores=stores.csv -v zips=zips.csv -f examples/import/import.sql
--
-- Optional: -v seed=1 (of what the files do not say: stock), -v open_orders=1000 (that many of the
-- last orders are taken as open today), -v store_count=60 (stores nearest to most of them).
-- One transaction: a bad row is refused with its file, line and fault, and then nothing is loaded.
-- README.md beside this file says how columns become oms's words and what is made up.

\set ON_ERROR_STOP on
\set QUIET on
\if :{?seed} \else \set seed 1 \endif
\if :{?open_orders} \else \set open_orders 1000 \endif
\if :{?store_count} \else \set store_count 60 \endif
\if :{?orders} \else \set orders '' \endif
\if :{?stores} \else \set stores '' \endif
\if :{?zips} \else \set zips '' \endif
SELECT '' IN (:'orders', :'stores', :'zips') AS usage \gset
\if :usage
DO $$ BEGIN RAISE 'three files are needed: psql -v orders=FILE -v stores=FILE -v zips=FILE -f import.sql'; END $$;
\endif

BEGIN;
SET LOCAL client_min_messages = warning;
SET LOCAL search_path = pg_catalog, pg_temp;

\ir stage.sql
\ir read.sql
\ir check.sql
\ir derive.sql
\ir stock.sql
\ir load.sql

COMMIT;
