-- The change feed: every connected system learns what has changed since it last asked.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS oms;
RESET client_min_messages;
SELECT location FROM oms.add_location('Reno', 'warehouse');
SELECT location_group FROM oms.add_location_group('all', '{Reno}');
SELECT channel FROM oms.add_channel('web', 'all', show_at_most => 20);
SELECT oms.receive('Reno', 'mug', 50);

-- A consumer begins now. It polls, does its work, and acknowledges; until then it gets the same again.
SELECT oms.add_consumer('shop window', channels => '{web}') IS NOT NULL AS added;
SELECT oms.receive('Reno', 'cup', 7);
SELECT quantity FROM oms.reserve('web', 'mug', 2, cart_id => 'cart 1', expires_in => '15 minutes');
SELECT event, sku, location, channel, quantity, status FROM oms.poll_changes('shop window');
SELECT event, sku, quantity, status FROM oms.poll_changes('shop window');
SELECT oms.acknowledge('shop window') AS position \gset
SELECT * FROM oms.poll_changes('shop window');

-- What is open is not there yet, and delays nobody else.
BEGIN;
SELECT oms.adjust('Reno', 'cup', -1, 'broken');
SELECT event, sku FROM oms.poll_changes('shop window');
COMMIT;
SELECT event, sku, quantity, status FROM oms.poll_changes('shop window');
SELECT oms.acknowledge('shop window') <> :'position' AS moved_on;

-- An order, from its placing to its cancellation: the row as it is now, once.
SELECT line_no, status FROM oms.place_order('O-1', 'web', '{mug}', '{3}', cart_id => 'cart 1');
SELECT status FROM oms.cancel_order('O-1');
SELECT event, sku, order_id, status FROM oms.poll_changes('shop window');
SELECT oms.acknowledge('shop window') IS NOT NULL AS done;

-- Replay from any position that was acknowledged, of this consumer or another.
SELECT oms.seek_consumer('shop window', :'position') = :'position' AS back;
SELECT event, sku, order_id, status FROM oms.poll_changes('shop window') ORDER BY event, sku, status;
SELECT oms.acknowledge('shop window') IS NOT NULL AS done;

-- Availability: all of it at first, then what differs from what was last told.
SELECT * FROM oms.poll_availability('shop window');
SELECT oms.acknowledge('shop window') IS NOT NULL AS done;
SELECT count(*) FROM oms.reserve('web', 'mug', 5, expires_in => '3 seconds');
SELECT * FROM oms.poll_availability('shop window');
SELECT oms.acknowledge('shop window') IS NOT NULL AS done;
-- The hold expires: no write says so.
SELECT pg_sleep(3.1) IS NOT NULL AS slept;
SELECT * FROM oms.poll_availability('shop window');
SELECT oms.acknowledge('shop window') IS NOT NULL AS done;
SELECT * FROM oms.poll_availability('shop window');

-- Another consumer hears only when out, low or in changes.
SELECT oms.add_consumer('marketplace', events => '{}', channels => '{web}', publish => 'bucket', low => 5) IS NOT NULL AS added;
SELECT channel, sku, bucket FROM oms.poll_availability('marketplace');
SELECT oms.acknowledge('marketplace') IS NOT NULL AS done;
SELECT count(*) FROM oms.reserve_many('web', '{cup,mug}', '{1,1}');
SELECT channel, sku, bucket FROM oms.poll_availability('marketplace');
SELECT oms.acknowledge('marketplace') IS NOT NULL AS done;
SELECT count(*) FROM oms.reserve('web', 'cup', 5);
SELECT channel, sku, bucket FROM oms.poll_availability('marketplace');
UPDATE oms.location SET status = 'offline';
SELECT channel, sku, bucket FROM oms.poll_availability('marketplace');

SELECT consumer, events, channels, publish, transactions_behind > 0 AS behind, has_offer FROM oms.consumer ORDER BY consumer;
SELECT oms.notify_consumers();
SELECT oms.drop_consumer('marketplace');
