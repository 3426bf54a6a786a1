-- Why an order went where it went is readable when the location, the item and the policy of then are no more.
BEGIN;
SET LOCAL client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS oms;
SELECT plan(4);

SELECT oms.add_location('Old', 'store', '40.1,-100'), oms.add_location('Far', 'store', '42,-100') \g /dev/null
SELECT oms.add_location_group('network', '{Old,Far}'), oms.add_channel('web', 'network'), oms.add_item('mug') \g /dev/null
SELECT oms.receive('Old', 'mug', 1) \g /dev/null
SELECT oms.place_order('o', 'web', '{mug}', '{1}', '40,-100') \g /dev/null
SELECT oms.add_policy('p'), oms.add_routing('p', 'all'), oms.add_rule('p', 'all', max_distance_km => 100), oms.activate_policy('p') \g /dev/null
SELECT oms.route(policy => 'p') \g /dev/null
SELECT oms.accept(fulfillment_id), oms.pick(fulfillment_id), oms.pack(fulfillment_id), oms.ship(fulfillment_id) FROM oms.fulfillment \g /dev/null
CREATE TEMP TABLE before AS SELECT * FROM oms.explain_route('o');
SELECT results_eq('SELECT location, verdict, reason FROM before', $$VALUES ('Old', 'chosen', 'handling 0 + shipment 5 + distance 0.1112 + late 0'), ('Far', 'dropped', 'farther than 100 km, the limit of rule 1')$$, 'it is explained');
DELETE FROM oms.location_group_member WHERE location = 'Old';
DELETE FROM oms.location WHERE location = 'Old';
UPDATE oms.location_group_member SET location_group = location_group;
DELETE FROM oms.item;
SELECT oms.add_policy('p'), oms.add_routing('p', 'other'), oms.add_rule('p', 'other'), oms.activate_policy('p') \g /dev/null
SELECT is_empty($$SELECT FROM oms.location WHERE location = 'Old'$$, 'the location is no more');
SELECT results_eq($$SELECT * FROM oms.explain_route('o')$$, 'SELECT * FROM before', 'and it is explained as before');
SELECT results_eq($$SELECT routing, rule_no, location FROM oms.decision WHERE order_id = 'o'$$, $$VALUES ('all' COLLATE "C", 1, 'Old' COLLATE "C")$$, 'so is the decision');

SELECT * FROM finish();
ROLLBACK;
