-- Protected stock: units at a location that only one channel may take, until a moment.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS oms;
RESET client_min_messages;
SELECT location FROM oms.add_location('Oakland', 'store') UNION ALL SELECT location FROM oms.add_location('Reno DC', 'warehouse');
SELECT location_group, location FROM oms.add_location_group('all', '{Oakland,Reno DC}');
SELECT channel FROM oms.add_channel('pos', 'all') UNION ALL SELECT channel FROM oms.add_channel('web', 'all');
SELECT oms.receive('Oakland', 'kettle', 10);

-- Of 10 at the store 4 are protected for its point of sale: web may take 6, POS 10.
SELECT oms.protect_stock('Oakland', 'kettle', 'pos', 4);
SELECT oms.atp('web', 'kettle') AS web, oms.atp('pos', 'kettle') AS pos;
SELECT requested, available, status FROM oms.try_reserve('web', 'kettle', 7, 'Oakland');

-- POS uses its protection first: after it took 2, web may still take at most 6 of the 8.
SELECT quantity FROM oms.reserve('pos', 'kettle', 2, 'Oakland');
SELECT * FROM oms.protected_stock;
SELECT oms.atp('web', 'kettle') AS web, oms.atp('pos', 'kettle') AS pos;
SELECT requested, available, status FROM oms.try_reserve('web', 'kettle', 7, 'Oakland');
SELECT requested, reserved, status FROM oms.try_reserve('web', 'kettle', 6, 'Oakland');
SELECT * FROM oms.reserve('web', 'kettle', 1, 'Oakland');

-- What POS gives back goes back to its protection; what it ships stays used.
SELECT reservation_id, quantity, protected FROM oms.reservation ORDER BY reservation_id;
SELECT status FROM oms.release(1);
SELECT quantity, used, "left" FROM oms.protected_stock;
SELECT oms.atp('web', 'kettle') AS web, oms.atp('pos', 'kettle') AS pos;
SELECT quantity, consumed, status FROM oms.consume((SELECT reservation_id FROM oms.reserve('pos', 'kettle', 3, 'Oakland')), 2);
SELECT quantity, used, "left" FROM oms.protected_stock;

-- A transfer leaves what is protected where it is.
SELECT * FROM oms.transfer('Oakland', 'Reno DC', 'kettle', 1);

-- Protecting again replaces what was left. It may be more than is there: then it protects what comes.
SELECT oms.protect_stock('Oakland', 'kettle', 'pos', 5, now() + interval '1 day');
SELECT oms.receive('Oakland', 'kettle', 6);
SELECT oms.atp('web', 'kettle') AS web, oms.atp('pos', 'kettle') AS pos;

-- Protection that is not used lapses; or it is taken back.
SELECT oms.unprotect_stock('Oakland', 'kettle', 'pos');
SELECT oms.atp('web', 'kettle') AS web, oms.atp('pos', 'kettle') AS pos;
SELECT oms.protect_stock('Oakland', 'kettle', 'pos', 3, clock_timestamp() + interval '100 ms');
SELECT pg_sleep(0.11);
SELECT count(*) FROM oms.protected_stock WHERE "left" > 0;
SELECT oms.atp('web', 'kettle') AS web, oms.atp('pos', 'kettle') AS pos;
SELECT * FROM oms.check();
