-- Who may do what: levels of rights, and stores that see and touch their own location only.
CREATE EXTENSION oms;
SELECT oms.add_location('Bronx', 'store', '40.8448,-73.8648'), oms.add_location('Queens', 'store', '40.7282,-73.7949') \g /dev/null
SELECT oms.add_location_group('stores', '{Bronx,Queens}'), oms.add_channel('web', 'stores') \g /dev/null
SELECT oms.receive('Bronx', 'mug', 5), oms.receive('Queens', 'mug', 5) \g /dev/null
SELECT oms.place_order_lines('O-1', 'web', '[{"sku": "mug", "quantity": 1, "location": "Bronx"}]'),
       oms.place_order_lines('O-2', 'web', '[{"sku": "mug", "quantity": 1, "location": "Queens"}]') \g /dev/null
SELECT shipments FROM oms.route();
SELECT fulfillment_id AS bronx FROM oms.fulfillment WHERE location = 'Bronx' \gset
SELECT fulfillment_id AS queens FROM oms.fulfillment WHERE location = 'Queens' \gset

CREATE ROLE regress_oms_bronx;
CREATE ROLE regress_oms_web;
SELECT oms.grant_role_to('regress_oms_bronx', 'store', '{Bronx}') > 0 AS granted, oms.grant_role_to('regress_oms_web', 'seller') > 0 AS granted;
-- What a level may do is one list.
SELECT kind, name, privileges, levels FROM oms.role_right WHERE name IN ('accept', 'atp', 'route', 'store_work') ORDER BY name;

SET ROLE regress_oms_bronx;
SELECT location, sku, on_hand FROM oms.store_inventory;
SELECT location, order_id, status FROM oms.store_work;
SELECT order_id, status FROM oms.work_list('Bronx');
SELECT order_id, status FROM oms.work_list('Queens');
SELECT order_id, status FROM oms.accept(:bronx);
SELECT oms.adjust('Bronx', 'mug', -1, 'broken');
-- Another store's work and stock
\set VERBOSITY terse
SELECT oms.accept(:queens) \g /dev/null
\echo :SQLSTATE
SELECT oms.receive('Queens', 'mug', 1);
SELECT oms.claim_work('Queens', 'Ann');
-- What is not a store's business
SELECT oms.place_order('O-3', 'web', '{mug}', '{1}');
SELECT count(*) FROM oms.inventory;
RESET ROLE;

-- A seller sells, and counts nothing.
SET ROLE regress_oms_web;
SELECT oms.atp('web', 'mug');
SELECT line_no, status FROM oms.place_order('O-3', 'web', '{mug}', '{1}');
SELECT oms.adjust('Bronx', 'mug', -1, 'broken');
RESET ROLE;

SELECT oms.revoke_role_from('regress_oms_bronx') > 0 AS revoked, oms.revoke_role_from('regress_oms_web') > 0 AS revoked;
SELECT count(*) FROM oms.role_location;
DROP ROLE regress_oms_bronx;
DROP ROLE regress_oms_web;
