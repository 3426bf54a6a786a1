-- What other systems report: late, twice, out of order and wrong. Nine o'clock is yesterday's.
\set nine  '(date_trunc(''day'', now()) - interval ''15 hours'')'
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS oms;
RESET client_min_messages;
SELECT count(*) FROM (VALUES ('North'), ('South')) AS l (name), oms.add_location(name, 'store');
SELECT location_group FROM oms.add_location_group('stores', '{North,South}') LIMIT 1;
SELECT channel FROM oms.add_channel('web', 'stores');

-- A source: what is to be known of its figures.
SELECT source, excludes_reserved, on_missing, limit_units FROM oms.add_source('wms', limit_units => 50);
SELECT source FROM oms.add_source('pos', '{sale,snapshot}');

-- A snapshot as of 09:00 says 10. What was received at 08:00 is in it, whether oms hears of it before or after.
SELECT * FROM oms.ingest('wms', 'snapshot', '[{"sku": "mug", "location": "North", "quantity": 10}]', :nine, 'S-1');
SELECT outcome, change FROM oms.ingest('wms', 'receipt', jsonb_build_array(jsonb_build_object(
    'event_id', 'R-1', 'sku', 'mug', 'location', 'North', 'quantity', 4, 'as_of', :nine - interval '1 hour')));

-- 2 are sold in the shop at 09:30; that arrives late too, but after the snapshot. Once.
SELECT outcome, change FROM oms.ingest('pos', 'sale', jsonb_build_array(jsonb_build_object(
    'event_id', 'T-1', 'sku', 'mug', 'location', 'North', 'quantity', 2, 'as_of', :nine + interval '30 minutes')));
SELECT outcome, first_outcome, change FROM oms.ingest('pos', 'sale', jsonb_build_array(jsonb_build_object(
    'event_id', 'T-1', 'sku', 'mug', 'location', 'North', 'quantity', 2, 'as_of', :nine + interval '30 minutes')));
SELECT outcome, reason, change FROM oms.ingest('pos', 'sale', jsonb_build_array(jsonb_build_object(
    'event_id', 'T-1', 'sku', 'mug', 'location', 'North', 'quantity', 3, 'as_of', :nine + interval '30 minutes')));

-- The snapshot again: nothing. One as of 08:00: too late. One as of 10:00 that has seen the sale.
SELECT outcome, first_outcome, change FROM oms.ingest('wms', 'snapshot', '[{"sku": "mug", "location": "North", "quantity": 10}]', :nine, 'S-1');
SELECT outcome, change FROM oms.ingest('wms', 'snapshot', '[{"sku": "mug", "location": "North", "quantity": 10}]', :nine, 'S-1 again');
SELECT outcome, change FROM oms.ingest('wms', 'snapshot', '[{"sku": "mug", "location": "North", "quantity": 99}]', :nine - interval '1 hour', 'S-0');
SELECT outcome, change FROM oms.ingest('wms', 'snapshot', '[{"sku": "mug", "location": "North", "quantity": 8}]', :nine + interval '1 hour', 'S-2');
SELECT on_hand FROM oms.inventory WHERE sku = 'mug' AND location = 'North';

-- Good rows land, the others wait with the reason.
SELECT row_no, outcome, reason, change FROM oms.ingest_many('wms', 'count', '{cup,mug,mug,mug}', '{South,Nowhere,South,North}', '{20,3,-1,900}',
    as_of => now() - interval '10 minutes');
SELECT exception_id, source, kind, reason, "row" - 'as_of' AS "row", attempts FROM oms.feed_exception ORDER BY exception_id;
SELECT (oms.add_location('Nowhere', 'store')).location;
SELECT * FROM oms.retry_exceptions('wms', 'unknown location');
SELECT * FROM oms.resolve_exception(2, 'take', 'counted twice, it is so');
SELECT * FROM oms.resolve_exception(NULL, 'dismiss', 'a typing mistake', source => 'wms', reason => 'impossible quantity');
SELECT exception_id, status, note FROM oms.feed_exception ORDER BY exception_id;

-- A shop whose figures are net of what oms has committed: 10 of 20 are reserved, it says 10.
SELECT source FROM oms.add_source('shop', excludes_reserved => true);
SELECT count(*) FROM oms.reserve('web', 'cup', 10);
SELECT outcome, change FROM oms.ingest('shop', 'snapshot', '[{"sku": "cup", "location": "South", "quantity": 10}]', now());
SELECT on_hand, reserved, available FROM oms.inventory WHERE sku = 'cup';

-- A sale that leaves less than is reserved cannot be refused: reservations lose.
SELECT outcome, change FROM oms.ingest('pos', 'sale', '[{"event_id": "T-2", "sku": "cup", "location": "South", "quantity": 13}]', clock_timestamp());
SELECT sku, quantity, moved, reason FROM oms.shortfall;

-- Orders of another system; a staging table filled by COPY.
SELECT outcome, reason FROM oms.ingest('wms', 'order', '[
    {"order_id": "E-1", "channel": "web", "lines": [{"sku": "mug", "quantity": 1}]},
    {"order_id": "E-2", "channel": "nobody", "lines": [{"sku": "mug", "quantity": 1}]},
    {"order_id": "E-1", "channel": "web", "lines": [{"sku": "mug", "quantity": 1}]}]');
CREATE TABLE staging (sku text, location text, quantity bigint);
COPY staging FROM stdin (FORMAT csv);
plate,North,7
plate,South,5
fork,North,0
\.
SELECT * FROM oms.ingest_table('wms', 'snapshot', 'staging', now() - interval '1 minute', 'S-3');
SELECT kind, quantity, source FROM oms.movement WHERE sku IN ('mug', 'plate') ORDER BY movement_id;
SELECT * FROM oms.check();
