-- Acceptance that learns: which store can be trusted with which sku, what the router makes of it, and where to count.
CREATE EXTENSION oms;
SELECT oms.add_location('Bronx', 'store', '40.8448,-73.8648'), oms.add_location('Reno', 'warehouse', '39.5296,-119.8138') \g /dev/null
SELECT oms.add_location_group('network', '{Bronx,Reno}'), oms.add_channel('web', 'network') \g /dev/null
SELECT oms.receive_many('Bronx', '{cap,mug,tee}', '{9,9,9}'), oms.receive_many('Reno', '{cap,mug,tee}', '{9,9,9}') \g /dev/null

-- Before anything is known, every location is as good as the base rate.
SELECT location, sku, confidence FROM oms.confidence ORDER BY 1;

-- The Bronx ships two mugs and refuses two caps: a mismatch, and it is busy. Only the first is about the cap.
SELECT oms.place_order('M' || i, 'web', '{mug}', '{1}', '40.7,-74'), oms.place_order('C' || i, 'web', '{cap}', '{1}', '40.7,-74') FROM generate_series(1, 2) AS i \g /dev/null
SELECT shipments FROM oms.route();
SELECT array_agg(fulfillment_id) AS mugs FROM oms.fulfillment WHERE order_id LIKE 'M%' \gset
SELECT oms.accept_many(:'mugs'), oms.pick_many(:'mugs'), oms.pack_many(:'mugs') \g /dev/null
SELECT order_id, status FROM oms.ship_many(:'mugs');
SELECT r.order_id, r.quantity, r.moved FROM oms.fulfillment f, oms.reject(f.fulfillment_id, CASE f.order_id WHEN 'C1' THEN 'mismatch' ELSE 'store busy' END, 'cap') r WHERE f.order_id LIKE 'C%' ORDER BY 1;
DELETE FROM oms.location_exclusion;
SELECT oms.refresh_confidence();
-- Bronx: 2 accepted, 2 rejected: (2 + 2 × 0.95) / (4 + 2) = 0.65; its mug (2 + 2 × 0.65) / (2 + 2), its cap (2 × 0.65) / (1 + 2).
SELECT location, sku, round(confidence::numeric, 4) AS confidence, round(accepted::numeric, 2) AS accepted, round(rejected::numeric, 2) AS rejected FROM oms.confidence ORDER BY 1, 2 NULLS FIRST;
SELECT location, fulfillments, lines, accept_rate, rejects, time_to_ship IS NOT NULL AS timed, round(confidence::numeric, 4) AS confidence FROM oms.location_performance ORDER BY 1;

-- The router prices it: to refuse a unit costs 100, which is to be expected of 0.5667 of the caps from the Bronx, and of 0.05 of those from Reno.
BEGIN;
INSERT INTO oms.confidence_setting (reject_cost) VALUES (100);
SELECT oms.place_order('C3', 'web', '{cap}', '{1}', '40.7,-74') \g /dev/null
SELECT unfilled_units FROM oms.route(order_ids => '{C3}');
SELECT location, verdict, cost, reason FROM oms.explain_route('C3') WHERE line_no IS NULL OR verdict = 'chosen';
DELETE FROM oms.confidence_setting;
SELECT location, cost FROM oms.simulate(order_ids => '{C3}');
ROLLBACK;

-- Safety stock withholds on it: no caps of the Bronx for the web until they are counted.
SELECT oms.atp('web', 'cap');
SELECT change, location, sku, round(confidence::numeric, 4) AS confidence, safety_stock FROM oms.withhold_by_confidence('web');
SELECT oms.atp('web', 'cap');
SELECT location, atp FROM oms.atp_by_location('web', 'cap') ORDER BY 1;

-- Where a count pays most: units expected to be promised from there and not there.
SELECT sku, on_hand, reserved, demand, round(confidence::numeric, 4) AS confidence, asked_at IS NOT NULL AS asked, round(at_risk::numeric, 4) AS at_risk FROM oms.count_suggestions('Bronx');
SELECT oms.reserve('web', 'tee', 4, location => 'Bronx') \g /dev/null
SELECT sku, round(confidence::numeric, 4) AS confidence, round(at_risk::numeric, 4) AS at_risk FROM oms.count_suggestions('Bronx', 1);

-- A count counts as three lines: all for the caps, which are all there, one of three against the tees, of which a third is missing.
SELECT * FROM oms.count_stock('Bronx', 'cap', 8);
SELECT * FROM oms.count_stock('Bronx', 'tee', 6);
SELECT oms.refresh_confidence();
SELECT location, sku, round(confidence::numeric, 4) AS confidence, round(accepted::numeric, 2) AS accepted, round(rejected::numeric, 2) AS rejected, counted_at IS NOT NULL AS counted FROM oms.confidence WHERE location = 'Bronx' ORDER BY 2 NULLS FIRST;
SELECT change, sku FROM oms.withhold_by_confidence('web');
SELECT oms.atp('web', 'cap');
-- Nothing happened since: nothing changes.
SELECT oms.refresh_confidence();
SELECT * FROM oms.check();
