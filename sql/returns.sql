-- Goods come back: sellable or damaged, to any location, of kits in part, in exchange for something else.
CREATE EXTENSION oms;
SELECT oms.add_location('Bronx', 'store', '40.8448,-73.8648'), oms.add_location('Reno', 'warehouse', '39.5296,-119.8138') \g /dev/null
SELECT oms.add_location_group('network', '{Bronx,Reno}'), oms.add_channel('web', 'network') \g /dev/null
SELECT oms.receive_many('Reno', '{mug,cup,vase}', '{10,10,10}') \g /dev/null
SELECT kit, sku, quantity FROM oms.add_kit('gift', '{mug,cup}', '{1,2}');
INSERT INTO oms.return_window (channel, return_within) VALUES ('web', '30 days');

SELECT line_no, sku, quantity, status FROM oms.place_order('O-1', 'web', '{vase,gift}', '{3,2}', '40.7,-74');
SELECT shipments FROM oms.route();
SELECT fulfillment_id AS f FROM oms.fulfillment \gset
-- Nothing has left yet.
SELECT * FROM oms.return_line('O-1', 1, 'Bronx', 1);
SELECT oms.accept(:f), oms.pick(:f), oms.pack(:f), oms.ship(:f) \g /dev/null

-- A vase comes back to a store that never had any, another one is broken.
SELECT line_no, sku, location, quantity, condition, on_hand, unavailable FROM oms.return_line('O-1', 1, 'Bronx', 1, reason => 'did not fit', actor => 'Ann');
SELECT line_no, sku, location, quantity, condition, on_hand, unavailable FROM oms.return_line('O-1', 1, 'Bronx', 1, 'damaged', 'broken in transit');
-- More than was shipped
SELECT * FROM oms.return_line('O-1', 1, 'Bronx', 2);
-- Of a kit one cup; then a whole kit; what is left of the other is a mug and a cup, which make no kit.
SELECT line_no, sku, quantity FROM oms.return_line('O-1', 2, 'Reno', 1, sku => 'cup');
SELECT line_no, sku, quantity FROM oms.return_line('O-1', 2, 'Reno', 1);
SELECT line_no, sku, quantity FROM oms.return_line('O-1', 2, 'Reno', 1);
-- The last vase for a mug, in one transaction
SELECT line_no, sku, location, quantity, status FROM oms.exchange('O-1', 'Bronx', '[{"line_no": 1, "quantity": 1, "reason": "changed her mind"}]', 'O-2', '[{"sku": "mug", "quantity": 1}]');
SELECT order_id, line_no, sku, location, quantity, condition, reason, reference FROM oms.returned ORDER BY return_id;
SELECT sku, location, quantity, unavailable, kind, reason FROM oms.movement WHERE kind = 'return' ORDER BY movement_id;

-- After the window
\set VERBOSITY terse
UPDATE oms.return_window SET return_within = '0';
SELECT sku, quantity FROM oms.return_line('O-1', 2, 'Reno', 1, sku => 'mug') \g /dev/null
SELECT sku, quantity FROM oms.return_line('O-1', 2, 'Reno', 1, sku => 'mug', despite_window => true);
