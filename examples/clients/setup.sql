-- The shop that the clients sell from: two locations, two channels, some stock, and supply on its way. Psql runs it in a
-- database without oms.
CREATE EXTENSION oms;
SELECT oms.add_location('Bronx', 'store', '40.8448,-73.8648'), oms.add_location('Reno', 'warehouse', '39.5296,-119.8138');
UPDATE oms.location SET business_hours = 'Mo-Fr 09:00-18:00; Sa 10:00-16:00' WHERE location = 'Bronx';
SELECT oms.add_location_group('network', '{Bronx,Reno}');
SELECT oms.add_channel('web', 'network'), oms.add_channel('marketplace', 'network', safety_stock => '2 + 12.5%');
SELECT oms.receive('Bronx', 'mug', 10), oms.receive('Reno', 'mug', 40), oms.receive('Reno', 'lamp', 2), oms.receive('Reno', 'pan', 1);
SELECT count(*) FROM oms.add_incoming('PO-7', 'Reno', 'lamp', 200, '2036-12-05 08:00Z');
