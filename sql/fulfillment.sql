-- The work of a store: what it has to do, and how it does it, step by step.
CREATE EXTENSION oms;
SET timezone = 'UTC';
SELECT oms.add_location('Bronx', 'store', '40.8448,-73.8648'), oms.add_location('Reno', 'warehouse', '39.5296,-119.8138') \g /dev/null
SELECT oms.add_location_group('network', '{Bronx,Reno}'), oms.add_channel('web', 'network', 'network') \g /dev/null
SELECT oms.receive_many('Bronx', '{cup,mug,pot}', '{10,10,10}') \g /dev/null
SELECT oms.place_order('O-1', 'web', '{mug,cup}', '{3,1}', '40.7,-74.0', promise_at => '2030-01-08 12:00Z') \g /dev/null
SELECT oms.place_order('O-2', 'web', '{mug}', '{1}', '40.7,-74.0', promise_at => '2030-01-07 12:00Z') \g /dev/null
SELECT oms.place_order('O-3', 'web', '{pot,mug}', '{2,1}', service => 'pickup', promise_at => '2030-01-09 12:00Z') \g /dev/null
SELECT orders, shipments, unfilled_units FROM oms.route();

-- The store's work list, most urgent first
SELECT order_id, method, status, due_at, lines, units FROM oms.work_list('Bronx');

-- Ids differ from shop to shop: here they get names.
SELECT max(fulfillment_id) FILTER (WHERE order_id = 'O-1') AS f1, max(fulfillment_id) FILTER (WHERE order_id = 'O-2') AS f2,
       max(fulfillment_id) FILTER (WHERE order_id = 'O-3') AS f3 FROM oms.fulfillment \gset

-- What may be done to a fulfillment is a table; what may not is refused, and the refusal says what may.
SELECT * FROM oms.next_actions(:f1);
SELECT * FROM oms.ship(:f1);

-- Two pickers ask for work: each gets the next, nobody gets the same.
SELECT order_id, status, units FROM oms.claim_work('Bronx', 'Ann', 2);
SELECT order_id, status, units FROM oms.claim_work('Bronx', 'Bob', 2);
SELECT order_id, status, claimed_by FROM oms.work_list('Bronx');

-- One list for all that Ann has, in the order of the bins
INSERT INTO oms.bin VALUES ('Bronx', 'mug', 'A-07'), ('Bronx', 'cup', 'B-01');
SELECT bin, sku, units, quantities FROM oms.pick_list('Bronx', 'Ann');

-- She picks, in part and then the rest, and packs: not before all is picked.
SELECT order_id, from_status, status, units FROM oms.pick(:f1, '{mug}', '{2}');
SELECT bin, sku, units FROM oms.pick_list('Bronx', 'Ann');
SELECT * FROM oms.pack(:f1);
SELECT order_id, from_status, status, units FROM oms.pick_many(ARRAY[:f1, :f2]);
SELECT order_id, from_status, status, units FROM oms.pack_many(ARRAY[:f1, :f2]);

-- What is shipped leaves the stock.
SELECT sku, on_hand, reserved, available FROM oms.inventory WHERE location = 'Bronx' ORDER BY sku;
SELECT order_id, from_status, status, units FROM oms.ship_many(ARRAY[:f1, :f2], actor => 'Ann');
SELECT sku, on_hand, reserved, available FROM oms.inventory WHERE location = 'Bronx' ORDER BY sku;
SELECT sku, quantity, kind, actor FROM oms.movement WHERE kind = 'ship' ORDER BY sku, quantity;

-- To be picked up: ready, and handed over, in part if the customer wants only that.
SELECT status FROM oms.pick(:f3);
SELECT status FROM oms.pack(:f3);
SELECT status FROM oms.ready(:f3);
SELECT * FROM oms.next_actions(:f3);
SELECT status, units FROM oms.hand_over(:f3, '{pot}', '{1}');
SELECT status, units FROM oms.hand_over(:f3);
SELECT line_no, sku, quantity, picked, packed, shipped, open FROM oms.fulfillment_line WHERE order_id = 'O-3' ORDER BY line_no;
SELECT order_id, status, consumed FROM oms.orders ORDER BY order_id;

-- Every step left its trace.
SELECT order_id, action, from_status, to_status, units FROM oms.fulfillment_event WHERE order_id = 'O-3' ORDER BY event_id;
