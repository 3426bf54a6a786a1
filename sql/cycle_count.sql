-- Cycle counts: as of the moment of counting, with pickers at work, recounts, and what follows.
CREATE EXTENSION oms;
SELECT oms.add_location('Bronx', 'store', '40.8448,-73.8648') \g /dev/null
SELECT oms.add_location_group('stores', '{Bronx}'), oms.add_channel('web', 'stores') \g /dev/null
SELECT oms.receive_many('Bronx', '{mug,cup,vase,bowl}', '{12,10,100,100}') \g /dev/null

-- Ten mugs are counted where twelve should be. Two are sold and shipped before anybody decides.
SELECT oms.open_count('Bronx', '{mug}') AS count \gset
SELECT sku, status, counted, expected, variance FROM oms.record_count(:count, 'mug', 10);
SELECT status FROM oms.place_order('O-1', 'web', '{mug}', '{2}');
SELECT shipments FROM oms.route();
SELECT fulfillment_id AS f FROM oms.fulfillment WHERE order_id = 'O-1' \gset
SELECT oms.accept(:f), oms.pick(:f), oms.pack(:f), oms.ship(:f) \g /dev/null
SELECT * FROM oms.accept_count(:count);
SELECT oms.close_count(:count) = :count AS closed;

-- Ten cups on hand, two of them in a picker's hands: the shelf has eight, and nothing is wrong.
SELECT status FROM oms.place_order('O-2', 'web', '{cup}', '{2}');
SELECT shipments FROM oms.route();
SELECT fulfillment_id AS f FROM oms.fulfillment WHERE order_id = 'O-2' \gset
SELECT oms.accept(:f), oms.pick(:f) \g /dev/null
SELECT oms.open_count('Bronx', '{cup}', blind => false, picked_counted => false) AS count \gset
SELECT * FROM oms.record_count(:count, 'cup', 8);
SELECT * FROM oms.accept_count(:count);
-- The same with the picked ones in the count
SELECT oms.open_count('Bronx', '{cup}', blind => false, picked_counted => true) AS count \gset
SELECT * FROM oms.record_count(:count, 'cup', 10);

-- A difference of more than ten units is counted again; the same difference twice is believed.
SELECT oms.open_count('Bronx', '{vase,bowl}', blind => false, recount_units => 10, reason => 'quarterly') AS count \gset
SELECT * FROM oms.record_count_many(:count, '{vase,bowl}', '{92,75}');
SELECT sku, status, counted FROM oms.count_sheet(:count);
SELECT * FROM oms.accept_count(:count);
SELECT * FROM oms.accept_count(:count, '{bowl}');
SELECT * FROM oms.record_count(:count, 'bowl', 75);
SELECT * FROM oms.accept_count(:count, '{bowl}', actor => 'Ann');
SELECT sku, status, attempts, variance, decided_by FROM oms.count_line WHERE count_id = :count AND sku = 'bowl';
SELECT sku, quantity, kind FROM oms.movement WHERE kind = 'count' ORDER BY movement_id;
