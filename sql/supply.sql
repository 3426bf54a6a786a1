-- oms.supply: quantities with the moments at which they come or, with a minus, are owed.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS oms;
RESET client_min_messages;
SET TimeZone = 'UTC';
SET DateStyle = ISO;

-- Sorted, added up by moment, without zeros; a moment is written in the session's time zone.
SELECT '{50 @ 2026-12-10, 200 @ 2026-12-05 08:00, 30 @ 2026-12-10, 0 @ 2027-01-01}'::oms.supply;
SET TimeZone = 'America/New_York';
SELECT '{200 @ 2026-12-05 08:00+00}'::oms.supply, '{}'::oms.supply AS nothing;
SET TimeZone = 'UTC';

-- Two deliveries, and 50 units that are owed between them. What may be sold on a day leaves what is owed later.
SELECT day, oms.available_on('{200 @ 2026-12-05, -50 @ 2026-12-10, 100 @ 2026-12-20}', day)
FROM unnest('{2026-12-04,2026-12-05,2026-12-10,2026-12-20}'::timestamptz[]) AS day;
SELECT * FROM oms.supply_rows('{200 @ 2026-12-05, -50 @ 2026-12-10, 100 @ 2026-12-20}');
SELECT quantity, oms.earliest('{200 @ 2026-12-05, -50 @ 2026-12-10, 100 @ 2026-12-20}', quantity)
FROM unnest('{1,150,151,250,251}'::bigint[]) AS quantity;

-- From rows, and from two supplies.
SELECT sku, oms.supply(due, units) AS supply
FROM (VALUES ('mug', date '2026-12-05', 200), ('mug', '2026-12-01', 40), ('cup', '2026-12-01', 7), ('cup', '2026-12-01', -7)) AS v (sku, due, units)
GROUP BY sku ORDER BY sku;
SELECT '{200 @ 2026-12-05}' OPERATOR(oms.+) '{-200 @ 2026-12-05, 1 @ 2026-12-06}'::oms.supply AS sum;

-- What is not one.
SELECT '{200}'::oms.supply;
SELECT '{200 @ soon}'::oms.supply;
SELECT '{200 @ infinity}'::oms.supply;
SELECT '{9223372036854775807 @ 2026-12-05, 1 @ 2026-12-06}'::oms.supply;
