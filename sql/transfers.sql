-- Transfers as work of two locations: opened, shipped, in transit, received with differences, cancelled.
CREATE EXTENSION oms;
SELECT oms.add_location('Bronx', 'store', '40.8448,-73.8648'), oms.add_location('Reno', 'warehouse', '39.5296,-119.8138') \g /dev/null
SELECT oms.add_location_group('network', '{Bronx,Reno}'), oms.add_location_group('bronx', '{Bronx}'), oms.add_channel('web', 'network'), oms.add_channel('bronx', 'bronx') \g /dev/null
SELECT oms.receive_many('Reno', '{mug,cup,vase}', '{20,20,20}') \g /dev/null

-- Ten mugs and five cups for the Bronx: held in Reno from now on.
SELECT sku, quantity, held, shipped, received FROM oms.open_transfer('T-1', 'Reno', 'Bronx', '{mug,cup}', '{10,5}', '2099-01-10 12:00+00', actor => 'planner');
SELECT oms.atp('web', 'mug');
-- They leave, but for a cup, which is offered again; in the Bronx they are incoming, and can be promised.
SELECT sku, quantity, held, shipped, received FROM oms.ship_transfer('T-1', '{mug,cup}', '{10,4}', actor => 'Reno');
SELECT sku, location, on_hand, reserved FROM oms.inventory ORDER BY sku, location;
SELECT reference, location, sku, outstanding, kind, from_location FROM oms.incoming ORDER BY sku;
SELECT oms.atp('bronx', 'mug') AS now, oms.atp('bronx', 'mug', at => '2099-02-01') AS february;
SELECT line_no, status, promise_at = '2099-01-10 12:00+00' AS promised FROM oms.place_order('O-1', 'bronx', '{mug}', '{3}', on_shortage => 'backorder');

-- Nine mugs come, one too few; five cups, one too many; and a vase that nobody sent.
SELECT sku, quantity, shipped, received, difference FROM oms.receive_transfer('T-1', '{mug,cup,vase}', '{9,5,1}', actor => 'Ann');
SELECT sku, on_hand, reserved FROM oms.inventory WHERE location = 'Bronx' ORDER BY sku;
SELECT status, ended_by FROM oms.transfer_order;
SELECT sku, location, quantity, kind, reason, reference FROM oms.movement WHERE reference = 'transfer T-1' ORDER BY movement_id;
SELECT reserved, backordered FROM oms.order_line;

-- Cancelled before it leaves: the units are offered again. After: they go back on the shelf.
SELECT sku, held FROM oms.open_transfer('T-2', 'Reno', 'Bronx', '{vase}', '{20}');
SELECT oms.atp('web', 'vase');
SELECT sku, held, returned FROM oms.cancel_transfer('T-2', 'not needed');
SELECT oms.atp('web', 'vase');
SELECT sku, held FROM oms.open_transfer('T-3', 'Reno', 'Bronx', '{vase}', '{20}');
SELECT sku, held, shipped FROM oms.ship_transfer('T-3');
SELECT on_hand FROM oms.inventory WHERE sku = 'vase' AND location = 'Reno';
SELECT sku, shipped, returned, difference FROM oms.cancel_transfer('T-3', 'the truck turned round');
SELECT on_hand FROM oms.inventory WHERE sku = 'vase' AND location = 'Reno';
SELECT reference, status, outstanding FROM oms.incoming WHERE sku = 'vase';
