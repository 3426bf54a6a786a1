-- What happens by itself: reminders, work that nobody accepts, orders that nobody starts.
CREATE EXTENSION oms;
SET timezone = 'UTC';
SELECT oms.add_location('Bronx', 'store', '40.8448,-73.8648', 'America/New_York', business_hours => 'Mo-Sa 09:00-18:00'),
       oms.add_location('Queens', 'store', '40.7282,-73.7949', 'America/New_York', business_hours => 'Mo-Sa 09:00-18:00'),
       oms.add_location('Reno', 'warehouse', '39.5296,-119.8138') \g /dev/null
SELECT oms.add_location_group('network', '{Bronx,Queens,Reno}'), oms.add_channel('web', 'network', 'network') \g /dev/null
SELECT oms.receive(location, 'mug', 5) FROM oms.location \g /dev/null
-- A location is reminded after 30 minutes of opening time; after 2 hours its work goes elsewhere, twice at most.
INSERT INTO oms.time_limit (method, remind_after, reroute_after, attempts, cancel_after) VALUES ('ship', '30 minutes', '2 hours', 3, '7 days');
SELECT oms.place_order('O-1', 'web', '{mug}', '{1}', '40.84,-73.87') \g /dev/null
SELECT shipments FROM oms.route();

-- A moment, in this test: assigned on Monday at 17:00 in New York
CREATE PROCEDURE assigned(at timestamptz) LANGUAGE plpgsql AS $$
BEGIN
    ALTER TABLE oms.fulfillment_row DISABLE TRIGGER guard;
    UPDATE oms.fulfillment_row SET assigned_at = at WHERE status = 'assigned';
    ALTER TABLE oms.fulfillment_row ENABLE ALWAYS TRIGGER guard;
END $$;
CALL assigned('2024-01-08 17:00 America/New_York');
-- Two hours of opening time later is Tuesday at 10:00.
SELECT location, what, at AT TIME ZONE 'America/New_York' AS at FROM oms.deadline ORDER BY at;
SELECT action, order_id, location FROM oms.enforce_time_limits();
SELECT order_id, location, status FROM oms.fulfillment ORDER BY fulfillment_id;
-- Queens has it now, and time to accept it.
SELECT action, order_id, location FROM oms.enforce_time_limits();
CALL assigned(clock_timestamp() - interval '1 year');
SELECT action, order_id, location FROM oms.enforce_time_limits();
-- The third is the last: a person looks after it.
CALL assigned(clock_timestamp() - interval '1 hour');
SELECT action, order_id, location FROM oms.enforce_time_limits();
CALL assigned(clock_timestamp() - interval '3 hours');
SELECT action, order_id, location FROM oms.enforce_time_limits();
SELECT action, order_id, location FROM oms.enforce_time_limits();
SELECT location, status, escalated_at IS NOT NULL AS escalated FROM oms.fulfillment ORDER BY fulfillment_id;
SELECT action, from_status, to_status, reason FROM oms.fulfillment_event ORDER BY event_id;

-- What nobody has started in a week is cancelled.
SELECT oms.place_order('O-2', 'web', '{mug}', '{1}', placed_at => now() - interval '8 days'), oms.place_order('O-3', 'web', '{mug}', '{1}', placed_at => now() - interval '8 days') \g /dev/null
SELECT shipments FROM oms.route(order_ids => '{O-2,O-3}');
SELECT a.status FROM oms.fulfillment f, oms.accept(f.fulfillment_id) a WHERE f.order_id = 'O-3';
SELECT action, order_id FROM oms.enforce_time_limits(at_most => 10);
SELECT order_id, status, cancel_reason FROM oms.orders ORDER BY order_id;

-- Goods that are ready: the customer is reminded after an hour of opening time, after two nobody comes any more. Ready on Saturday at 17:00.
INSERT INTO oms.time_limit (method, remind_customer_after, expire_after) VALUES ('pickup', '1 hour', '2 hours');
SELECT oms.receive('Bronx', 'vase', 3) \g /dev/null
SELECT oms.place_order('P-1', 'web', '{vase}', '{2}', service => 'pickup') \g /dev/null
SELECT unfilled_units FROM oms.route(order_ids => '{P-1}');
SELECT fulfillment_id AS p1 FROM oms.fulfillment WHERE order_id = 'P-1' \gset
SELECT oms.accept(:p1), oms.pick(:p1), oms.pack(:p1), oms.ready(:p1) \g /dev/null
ALTER TABLE oms.fulfillment_row DISABLE TRIGGER guard;
UPDATE oms.fulfillment_row SET ready_at = '2024-01-06 17:00 America/New_York' WHERE fulfillment_id = :p1;
ALTER TABLE oms.fulfillment_row ENABLE ALWAYS TRIGGER guard;
SELECT what, at AT TIME ZONE 'America/New_York' AS at FROM oms.deadline WHERE order_id = 'P-1' ORDER BY at;
-- Both are over. The vases go back on the shelf; nobody is reminded of what has gone.
SELECT action, order_id FROM oms.enforce_time_limits();
SELECT f.status, e.action, e.reason, i.on_hand, i.reserved FROM oms.fulfillment f JOIN oms.fulfillment_event e USING (fulfillment_id), oms.inventory i
 WHERE f.order_id = 'P-1' AND e.to_status = 'cancelled' AND i.sku = 'vase';
