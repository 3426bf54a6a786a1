-- Units that are there and not sellable: set aside, put back, scrapped; each with a reason.
CREATE EXTENSION oms;
SELECT oms.add_location('Bronx', 'store', '40.8448,-73.8648') \g /dev/null
SELECT oms.add_location_group('stores', '{Bronx}'), oms.add_channel('web', 'stores') \g /dev/null
SELECT oms.receive('Bronx', 'mug', 10, actor => 'postgres');
SELECT * FROM oms.set_aside('Bronx', 'mug', 4, 'quality control', actor => 'Ann');
SELECT oms.atp('web', 'mug');
SELECT * FROM oms.put_back('Bronx', 'mug', 3, 'looks fine', actor => 'Ann');
SELECT * FROM oms.scrap('Bronx', 'mug', 1, 'cracked', actor => 'Ann');
SELECT * FROM oms.scrap('Bronx', 'mug', 1, 'cracked', actor => 'Ann');
SELECT kind, quantity, unavailable, reason, actor FROM oms.movement ORDER BY movement_id;

-- What is set aside cannot be sold: an order that had it loses it, and is served when it is put back.
SELECT status FROM oms.place_order('O-1', 'web', '{mug}', '{9}');
SELECT * FROM oms.set_aside('Bronx', 'mug', 2, 'recalled');
SELECT order_id, quantity, backordered, reason FROM oms.shortfall;
SELECT * FROM oms.put_back('Bronx', 'mug', 2, 'recall is over');
SELECT reserved, backordered FROM oms.order_line;
