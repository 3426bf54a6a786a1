-- Quotas: at most so many units of a sku for a channel.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS oms;
RESET client_min_messages;
SELECT location FROM oms.add_location('Reno DC', 'warehouse');
SELECT location_group, location FROM oms.add_location_group('all', '{Reno DC}');
SELECT channel FROM oms.add_channel('bazaar', 'all') UNION ALL SELECT channel FROM oms.add_channel('web', 'all');
SELECT oms.receive('Reno DC', 'console', 100);

-- The marketplace may have 3 of the 100; the web shop has no quota.
SELECT * FROM oms.add_quota('bazaar', 'console', 3);
SELECT oms.atp('bazaar', 'console') AS bazaar, oms.atp('web', 'console') AS web;

-- Ten buyers: 3 are sold.
SELECT status, count(*) FROM generate_series(1, 10) buyer, oms.try_reserve('bazaar', 'console', sign(buyer)::bigint) GROUP BY status ORDER BY status;
SELECT * FROM oms.reserve('bazaar', 'console', 1);
SELECT status FROM oms.try_reserve('web', 'console', 10);
SELECT channel, sku, quantity, current, used, "left" FROM oms.quota_use;

-- One cancels: one more.
SELECT status FROM oms.release((SELECT min(reservation_id) FROM oms.reservation));
SELECT status, count(*) FROM generate_series(1, 10) buyer, oms.try_reserve('bazaar', 'console', sign(buyer)::bigint) GROUP BY status ORDER BY status;

-- What is shipped stays used. A higher limit counts at once.
SELECT status FROM oms.consume((SELECT max(reservation_id) FROM oms.reservation WHERE channel = 'bazaar'));
SELECT used, "left" FROM oms.quota_use;
UPDATE oms.quota SET quantity = 5;
SELECT oms.atp('bazaar', 'console');

-- A hold that expired is free; partial takes what the quota leaves.
SELECT quantity FROM oms.reserve('bazaar', 'console', 2, expires_in => '1 ms');
SELECT pg_sleep(0.01);
SELECT used, "left" FROM oms.quota_use;
SELECT requested, reserved, available, status FROM oms.try_reserve('bazaar', 'console', 4, on_shortage => 'partial');
SELECT status, count(*) FROM oms.reservation GROUP BY status ORDER BY status;

-- So many a day, counted where the shop is: what a day had left is not the next day's.
SELECT channel, quantity, period, time_zone FROM oms.add_quota('bazaar', 'console', 2, 'day', 'America/Los_Angeles');
SELECT oms.atp('bazaar', 'console');
SELECT current = 'day ' || to_char(now() AT TIME ZONE 'America/Los_Angeles', 'YYYY-MM-DD') AS today, used, "left" FROM oms.quota_use;

-- A backorder is a promise too: it counts, and the quota must have all of it.
SELECT line_no, sku, location, quantity, status FROM oms.place_order('O-1', 'bazaar', '{console}', '{1}');
SELECT sku FROM oms.add_item('handheld');
SELECT channel, sku, quantity FROM oms.add_quota('bazaar', 'handheld', 3);
SELECT line_no, sku, quantity, status FROM oms.place_order('O-2', 'bazaar', '{handheld}', '{2}', on_shortage => 'backorder');
SELECT line_no, sku, quantity, status FROM oms.place_order('O-3', 'bazaar', '{handheld}', '{2}', on_shortage => 'backorder');
SELECT oms.receive('Reno DC', 'handheld', 10);
SELECT sku, used, "left" FROM oms.quota_use ORDER BY sku;
SELECT line_no, quantity, status FROM oms.cancel_order('O-2');
SELECT sku, used, "left" FROM oms.quota_use ORDER BY sku;
SELECT * FROM oms.check();
