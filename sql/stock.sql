-- Stock: what is where, and the ledger that says why.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS oms;
RESET client_min_messages;
SELECT location FROM oms.add_location('Reno DC', 'warehouse') UNION ALL
SELECT location FROM oms.add_location('Oakland', 'store');

-- A delivery. The first unit of a sku at a location makes its account; the result is on_hand after.
SELECT oms.receive('Reno DC', 'kettle', 120, reference => 'PO-7001', actor => 'dock 3');
SELECT * FROM oms.receive_many('Reno DC', '{mug,teapot}', '{600,45}', reference => 'PO-7001', actor => 'dock 3');

-- Some of it goes to the store: both sides change at once.
SELECT * FROM oms.transfer('Reno DC', 'Oakland', 'kettle', 12, reference => 'T-1', actor => 'planner');
SELECT * FROM oms.transfer_many('Reno DC', 'Oakland', '{mug,teapot}', '{60,6}', reference => 'T-1', actor => 'planner');

-- Two mugs break. Somebody counts the teapots and finds one more.
SELECT oms.adjust('Oakland', 'mug', -2, 'broken', actor => 'rosa');
SELECT oms.set_on_hand('Oakland', 'teapot', 7, reason => 'count', actor => 'rosa');

SELECT * FROM oms.inventory ORDER BY sku, location;
SELECT * FROM oms.inventory_by_sku ORDER BY sku;

-- Nothing is ever lost from the ledger: on_hand is the sum of its movements.
SELECT sku, location, quantity, kind, reason, actor, reference
FROM oms.movement WHERE sku IN ('mug', 'teapot') ORDER BY sku, location, movement_id;

-- A scanner that got no answer sends its request again. It is counted once.
SELECT oms.receive('Oakland', 'kettle', 5, actor => 'scanner 9', request_id => 'scan-4711');
SELECT oms.receive('Oakland', 'kettle', 5, actor => 'scanner 9', request_id => 'scan-4711');
SELECT oms.receive('Oakland', 'kettle', 6, actor => 'scanner 9', request_id => 'scan-4711');

-- What cannot be is refused, and of many changes all or none are made.
SELECT oms.receive('Okland', 'kettle', 5);
SELECT oms.receive('Oakland', 'kettle', 0);
SELECT oms.adjust('Oakland', 'kettle', -18, 'stolen');
SELECT * FROM oms.transfer_many('Oakland', 'Reno DC', '{mug,teapot}', '{1,8}');
SELECT oms.adjust('Oakland', 'mug', -1, NULL);
SELECT sku, on_hand FROM oms.inventory WHERE location = 'Oakland' ORDER BY sku;

-- Accounts and ledger are private, also to a superuser.
UPDATE oms.stock_account SET on_hand = 1000 WHERE sku = 'mug';
DELETE FROM oms.movement WHERE sku = 'mug';

-- Changes are written beside the account and folded into it now and then; no value changes by that.
SELECT oms.fold_accounts() > 0 AS folded;
SELECT * FROM oms.inventory ORDER BY sku, location;
