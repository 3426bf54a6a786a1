-- Who did what, when: a timeline of a sku at a location, of an order, of a fulfillment.
CREATE EXTENSION oms;
SELECT oms.add_location('Bronx', 'store', '40.8448,-73.8648'), oms.add_location('Reno', 'warehouse', '39.5296,-119.8138') \g /dev/null
SELECT oms.add_location_group('network', '{Bronx,Reno}'), oms.add_channel('web', 'network') \g /dev/null
SELECT oms.receive('Bronx', 'mug', 6, reference => 'PO 1', actor => 'dock') \g /dev/null
SELECT oms.receive('Reno', 'mug', 1, actor => 'dock') \g /dev/null
SELECT oms.place_order('O-1', 'web', '{mug}', '{3}', '40.7,-74', actor => 'shop') \g /dev/null
SELECT oms.hold_order('O-1', 'address', hold_id => 'h1', actor => 'Eve') \g /dev/null
SELECT oms.release_order_hold('O-1', 'h1', actor => 'Eve') \g /dev/null
SELECT shipments FROM oms.route(actor => 'cron');
SELECT fulfillment_id AS f FROM oms.fulfillment \gset
SELECT oms.accept(:f, 'Ann') \g /dev/null
SELECT oms.adjust('Bronx', 'mug', -4, 'flood', actor => 'Ann') \g /dev/null
SELECT oms.pick(:f, actor => 'Ann'), oms.pack(:f, 'Ann'), oms.ship(:f, 'Ann') \g /dev/null
SELECT oms.return_line('O-1', 1, 'Reno', 1, 'damaged', 'handle off', actor => 'Bob') \g /dev/null
SELECT oms.open_count('Bronx', '{mug}') AS count \gset
SELECT oms.record_count(:count, 'mug', 1, actor => 'Cem') \g /dev/null
SELECT oms.accept_count(:count, actor => 'Ann') \g /dev/null

SELECT what, quantity, on_hand, detail, reason, reference ~ '^(PO|fulfillment|count)' AS has_reference, actor FROM oms.stock_history('mug', 'Bronx');
SELECT what, line_no, location, quantity, detail, fulfillment_id = :f AS its_work, actor FROM oms.order_history('O-1');
SELECT what, from_status, status, sku, quantity, detail, actor FROM oms.fulfillment_history(:f);
