-- Running it: what is broken, what to do about it, and what may go.
\set VERBOSITY terse
\set SHOW_CONTEXT never
CREATE EXTENSION IF NOT EXISTS oms;
SELECT oms.add_location('Bronx', 'store'), oms.add_location_group('stores', '{Bronx}'), oms.add_channel('web', 'stores') \g /dev/null
SELECT oms.receive('Bronx', 'mug', 10) \g /dev/null
SELECT line_no, location, quantity FROM oms.reserve('web', 'mug', 2, reference => 'kept');
SELECT oms.place_order('O-1', 'web', '{mug}', '{3}') \g /dev/null
SELECT oms.consume(reservation_id) FROM oms.reservation WHERE order_id = 'O-1' \g /dev/null

-- All is well; a job looks at what has changed since
SELECT * FROM oms.check();
SELECT * FROM oms.check_changes();

-- Somebody with the rights of a superuser has helped out
ALTER TABLE oms.stock_account DISABLE TRIGGER guard;
UPDATE oms.stock_account SET on_hand = on_hand + 50;
ALTER TABLE oms.stock_account ENABLE ALWAYS TRIGGER guard;
SELECT * FROM oms.check_changes();
SELECT action, repaired FROM oms.repair();
SELECT action, repaired FROM oms.repair(dry_run => false);
SELECT * FROM oms.check_changes();
SELECT quantity, kind, reason FROM oms.movement ORDER BY movement_id;

-- What is over goes into a table of ours; the ledger begins with an opening
CREATE TABLE history AS SELECT clock_timestamp() AS archived_at, a.* FROM oms.archive('orders', '0') AS a;
SELECT table_name, contents ->> 'order_id' AS order_id, contents ->> 'quantity' AS quantity FROM history ORDER BY table_name;
INSERT INTO history SELECT clock_timestamp(), a.* FROM oms.archive('movements', '0') AS a;
SELECT quantity, kind, reason FROM oms.movement ORDER BY movement_id;
SELECT sum((contents ->> 'quantity')::bigint) FROM history WHERE table_name = 'movement_row';
SELECT * FROM oms.inventory;
SELECT * FROM oms.check();
SELECT count(*) FROM oms.archive('orders', '0');
