-- The change feed: bad input, cuts between transactions, positions, time-caused changes. What several sessions do
-- at once is in test/random/change_feed.sh; here all is one transaction, whose own rows are not new to anybody yet.
BEGIN;
SET LOCAL client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS oms;
\ir include/network.psql
SELECT plan(35);

SELECT oms.receive('W', 'A', 10) + oms.receive('N', 'B', 1) AS units \gset
SELECT pg_temp.refused($$SELECT oms.add_consumer(NULL)$$, '22004 consumer must not be null');
SELECT pg_temp.refused($$SELECT oms.add_consumer('')$$, '22023 consumer must not be empty');
SELECT pg_temp.refused($$SELECT oms.add_consumer('c', NULL)$$, '22004 events must not be null');
SELECT throws_ok($$SELECT oms.add_consumer('c', '{gossip}')$$, '23514');
SELECT throws_ok($$SELECT oms.add_consumer('c', publish => 'all')$$, '23514');
SELECT throws_ok($$SELECT oms.add_consumer('c', low => -1)$$, '23514');
SELECT throws_ok($$SELECT oms.add_consumer('c', method => 'fly')$$, '23514');
SELECT pg_temp.refused($$SELECT oms.poll_changes('nobody')$$, 'OM004 consumer "nobody" is unknown | Call oms.add_consumer first.');
SELECT pg_temp.refused($$SELECT oms.poll_availability('nobody')$$, 'OM004 consumer "nobody" is unknown | Call oms.add_consumer first.');
SELECT pg_temp.refused($$SELECT oms.acknowledge('nobody')$$, 'OM004 consumer "nobody" is unknown | Call oms.add_consumer first.');
SELECT pg_temp.refused($$SELECT oms.seek_consumer('nobody', 'now')$$, 'OM004 consumer "nobody" is unknown | Call oms.add_consumer first.');
SELECT pg_temp.refused($$SELECT oms.drop_consumer('nobody')$$, 'OM004 consumer "nobody" is unknown | Call oms.add_consumer first.');

SELECT ok(oms.add_consumer('c', channels => '{web,market}') IS NOT NULL, 'a consumer is added');
SELECT pg_temp.refused($$SELECT oms.poll_changes('c', 0)$$, '22023 at_most must be at least 1 | It is 0.');
SELECT pg_temp.refused($$SELECT oms.poll_changes('c', NULL)$$, '22004 at_most must not be null');
SELECT pg_temp.refused($$SELECT oms.poll_availability('c', NULL)$$, '22004 full must not be null');
SELECT pg_temp.refused($$SELECT oms.seek_consumer('c', 'yesterday')$$, '22P02 invalid input syntax for type pg_snapshot: "yesterday"');
SELECT pg_temp.refused($$SELECT oms.seek_consumer('c', '9999999999999:9999999999999:')$$, '22023 position must not be in the future | It is 9999999999999:9999999999999:.');
SELECT is(oms.seek_consumer('c', 'start'), '1:1:', 'to the start');
SELECT is((SELECT count(*) FROM oms.poll_changes('c')), 0::bigint, 'what this transaction did is not committed');

-- Availability
SELECT results_eq($$SELECT channel, sku, atp, bucket FROM oms.poll_availability('c') ORDER BY channel, sku$$,
    $$VALUES ('market', 'A', 10::bigint, 'in'), ('market', 'B', 1, 'low'), ('web', 'A', 10, 'in'), ('web', 'B', 1, 'low')$$, 'all at the first time');
SELECT is((SELECT count(*) FROM oms.poll_availability('c')), 4::bigint, 'and again until it is acknowledged');
SELECT ok(oms.acknowledge('c') IS NOT NULL, 'done');
SELECT is((SELECT count(*) FROM oms.poll_availability('c')), 0::bigint, 'then nothing');
SELECT oms.acknowledge('c') AS position \gset
SELECT is((SELECT count(*) FROM oms.poll_availability('c', true)), 4::bigint, 'all on request');
SELECT oms.acknowledge('c') AS position \gset
INSERT INTO oms.safety_stock_rule (channel, sku, safety_stock, active_from) VALUES ('web', 'A', '4', clock_timestamp() + interval '2 s');
SELECT is((SELECT count(*) FROM oms.poll_availability('c')), 0::bigint, 'a rule whose period has not begun changes nothing');
SELECT oms.acknowledge('c') AS position \gset
SELECT pg_sleep(2.1) \gset
SELECT is((SELECT array_agg(channel || ' ' || sku || ' ' || atp) FROM oms.poll_availability('c')), '{web A 6}', 'its beginning does');
SELECT oms.acknowledge('c') AS position \gset
SELECT oms.protect_stock('W', 'A', 'web', 3) AS had \gset
SELECT is((SELECT array_agg(channel || ' ' || sku || ' ' || atp) FROM oms.poll_availability('c')), '{market A 7}', 'what is protected for a channel is no other''s');
SELECT oms.acknowledge('c') AS position \gset
SELECT oms.unprotect_stock('W', 'A', 'web') AS had \gset
SELECT is((SELECT array_agg(channel || ' ' || sku || ' ' || atp) FROM oms.poll_availability('c')), '{market A 10}', 'and is when that ends');
SELECT oms.acknowledge('c') AS position \gset
INSERT INTO oms.location_exclusion (location, sku, until) VALUES ('N', 'B', clock_timestamp() + interval '2 s');
SELECT is((SELECT array_agg(channel || ' ' || sku || ' ' || atp) FROM oms.poll_availability('c')), '{market B 0,web B 0}', 'a location sends it out no more');
SELECT oms.acknowledge('c') AS position \gset
SELECT pg_sleep(2.1) \gset
SELECT is((SELECT array_agg(channel || ' ' || sku || ' ' || atp) FROM oms.poll_availability('c')), '{market B 1,web B 1}', 'until that is over');
SELECT oms.acknowledge('c') AS position \gset

-- What a consumer may have seen, in an offer that it did not acknowledge, and is gone: by its sku, and where all is read.
SELECT oms.add_item('gift wrap', tracked => false) AS item \gset
SELECT is((SELECT count(*) FROM oms.poll_availability('c') WHERE sku = 'gift wrap' AND atp > 0), 2::bigint, 'a service is offered');
DELETE FROM oms.item WHERE sku = 'gift wrap';
SELECT is((SELECT array_agg(channel || ' ' || sku || ' ' || atp) FROM oms.poll_availability('c')), '{market gift wrap 0,web gift wrap 0}', 'and is gone again');
SELECT oms.acknowledge('c') AS position \gset
SELECT oms.add_kit('set', '{A}', '{2}') AS kit \gset
SELECT is((SELECT count(*) FROM oms.poll_availability('c') WHERE sku = 'set' AND atp > 0), 2::bigint, 'a kit is offered');
DELETE FROM oms.kit_component WHERE kit = 'set';
SELECT is((SELECT array_agg(channel || ' ' || sku || ' ' || atp) FROM oms.poll_availability('c')), '{market set 0,web set 0}', 'and is gone again');

SELECT * FROM finish();
ROLLBACK;
