-- What a store cannot do: rejects, their scopes, what follows from each reason, and where the work goes.
CREATE EXTENSION oms;
SELECT reason, stock_effect, still_there, exclude_sku_for, exclude_location_for, opens_count FROM oms.reject_reason ORDER BY reason;
SELECT oms.add_location('Bronx', 'store', '40.8448,-73.8648'), oms.add_location('Reno', 'warehouse', '39.5296,-119.8138') \g /dev/null
SELECT oms.add_location_group('network', '{Bronx,Reno}'), oms.add_channel('web', 'network', 'network') \g /dev/null

-- Two orders at one store: O1 of X and Y, O2 of X and Z.
BEGIN;
SELECT oms.receive_many('Bronx', '{X,Y,Z}', '{9,9,9}') \g /dev/null
SELECT oms.place_order('O1', 'web', '{X,Y}', '{1,1}', '40.7,-74'), oms.place_order('O2', 'web', '{X,Z}', '{1,1}', '40.7,-74') \g /dev/null
SELECT unfilled_units FROM oms.route();
SELECT fulfillment_id AS o1 FROM oms.fulfillment WHERE order_id = 'O1' \gset
-- X of O1 is refused: with scope line, fulfillment, sku, orders
SAVEPOINT before;
SELECT order_id, sku, cause, status FROM oms.reject(:o1, 'store busy', 'X');
ROLLBACK TO before;
SELECT order_id, sku, cause, status FROM oms.reject(:o1, 'store busy', 'X', scope => 'fulfillment');
ROLLBACK TO before;
SELECT order_id, sku, cause, status FROM oms.reject(:o1, 'store busy', 'X', scope => 'sku');
ROLLBACK TO before;
SELECT order_id, sku, cause, status FROM oms.reject(:o1, 'store busy', 'X', scope => 'orders');
ROLLBACK;

-- One unit reserved of five on hand: what each reason leaves. The reservation is gone in each.
BEGIN;
SELECT oms.receive('Bronx', 'X', 5) \g /dev/null
SELECT oms.place_order('O1', 'web', '{X}', '{1}', '40.7,-74') \g /dev/null
SELECT unfilled_units FROM oms.route();
SELECT fulfillment_id AS o1 FROM oms.fulfillment WHERE order_id = 'O1' \gset
SAVEPOINT before;
SELECT sku, quantity, status, moved, backordered FROM oms.reject(:o1, 'mismatch', 'X');
SELECT on_hand, unavailable, reserved FROM oms.inventory;
ROLLBACK TO before;
SELECT sku, quantity, status, moved, backordered FROM oms.reject(:o1, 'not in stock', 'X');
SELECT on_hand, unavailable, reserved FROM oms.inventory;
ROLLBACK TO before;
SELECT sku, quantity, status, moved, backordered FROM oms.reject(:o1, 'damaged', 'X');
SELECT on_hand, unavailable, reserved FROM oms.inventory;
ROLLBACK TO before;
SELECT sku, quantity, status, moved, backordered FROM oms.reject(:o1, 'store busy', 'X');
SELECT on_hand, unavailable, reserved FROM oms.inventory;
SELECT order_id, quantity, status FROM oms.backorder;
-- The store sends nothing out for a time: nothing is sold from there.
SELECT location, sku, order_id, reason FROM oms.location_exclusion ORDER BY sku NULLS FIRST;
SELECT oms.atp('web', 'X');
ROLLBACK;

-- With two more reservations of that sku there, "not in stock" re-routes them too.
SELECT oms.receive('Bronx', 'X', 5), oms.receive('Reno', 'X', 10) \g /dev/null
SELECT oms.place_order('O1', 'web', '{X}', '{1}', '40.7,-74'), oms.place_order('O2', 'web', '{X}', '{1}', '40.7,-74'), oms.place_order('O3', 'web', '{X}', '{1}', '40.7,-74') \g /dev/null
SELECT shipments, unfilled_units FROM oms.route();
SELECT fulfillment_id AS o1 FROM oms.fulfillment WHERE order_id = 'O1' \gset
SELECT order_id, sku, cause, status, moved FROM oms.reject(:o1, 'not in stock', 'X', reroute => true, actor => 'Ann');
SELECT location, on_hand, reserved, available FROM oms.inventory ORDER BY location;
SELECT order_id, location, status FROM oms.fulfillment ORDER BY order_id, fulfillment_id;
SELECT location, sku, reason, closed_at FROM oms.count_task;
SELECT location, sku, quantity, kind, reason, actor FROM oms.movement WHERE kind = 'reject';
SELECT order_id, sku, quantity, reason, cause, moved, actor FROM oms.rejection ORDER BY order_id;
SELECT order_id, action, from_status, to_status, units, reason FROM oms.fulfillment_event ORDER BY order_id;
-- Why it ships from where it does
SELECT location, verdict, reason FROM oms.explain_route('O1');

-- A reason that excludes the store for three days: the order goes at once to the next best, and until then nothing goes to that store.
UPDATE oms.reject_reason SET exclude_location_for = '3 days' WHERE reason = 'store busy';
SELECT oms.receive('Bronx', 'Y', 5), oms.receive('Reno', 'Y', 5) \g /dev/null
SELECT location FROM oms.place_order('O4', 'web', '{Y}', '{1}', '40.7,-74');
SELECT shipments FROM oms.route(order_ids => '{O4}');
SELECT r.order_id, r.status, r.moved FROM oms.fulfillment AS f, oms.reject(f.fulfillment_id, 'store busy', reroute => true) AS r WHERE f.order_id = 'O4';
SELECT location, status FROM oms.fulfillment WHERE order_id = 'O4' ORDER BY fulfillment_id;
SELECT location, verdict, reason FROM oms.explain_route('O4') WHERE location = 'Bronx';
SELECT location FROM oms.place_order('O5', 'web', '{Y}', '{1}', '40.7,-74');
UPDATE oms.location_exclusion SET until = until - interval '2 days 23 hours';
SELECT moved_units FROM oms.route(order_ids => '{O4,O5}');
-- Day three.
UPDATE oms.location_exclusion SET until = until - interval '1 hour';
SELECT moved_units FROM oms.route(order_ids => '{O4,O5}');
SELECT order_id, location, status FROM oms.fulfillment WHERE order_id IN ('O4', 'O5') ORDER BY order_id, fulfillment_id;
SELECT * FROM oms.check();
