-- The full feed is what atp says of every sku: over random rules, tags, deltas, holds, protections,
-- quotas, kinds of items and channels, folded and not.
BEGIN;
SET LOCAL client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS oms;
\ir include/network.psql
SELECT plan(19);

SELECT is_empty($$SELECT * FROM oms.atp_feed()$$, 'no sku, no row');
SELECT oms.add_item('listed'), oms.receive('W', 'A', 10), oms.receive('N', 'A', 2) \g /dev/null
SELECT set_eq($$SELECT * FROM oms.atp_feed('{web}')$$, $$VALUES ('web', 'listed', 0::bigint, 0::bigint), ('web', 'A', 12, 12)$$, 'items and what has stock');
SELECT set_eq($$SELECT * FROM oms.atp_feed('{market,web}', 'pickup')$$,
    $$VALUES ('web', 'listed', 0::bigint, 0::bigint), ('web', 'A', 2, 2), ('market', 'listed', 0, 0), ('market', 'A', 0, 0)$$, 'by channel and method');
SELECT oms.add_channel('shy', 'all', show_at_most => 10) \gset
SELECT results_eq($$SELECT atp, shown FROM oms.atp_feed('{shy}') WHERE sku = 'A'$$, $$VALUES (12::bigint, 10::bigint)$$, 'shown is capped');
SELECT results_eq($$SELECT atp, shown FROM oms.atp_many('shy', '{A}')$$, $$VALUES (12::bigint, 10::bigint)$$, 'as in atp_many');
SELECT is((SELECT sum(quantity) FROM oms.reserve('shy', 'A', 12)), 12::numeric, 'but all may be sold');
SELECT set_eq($$SELECT DISTINCT channel FROM oms.atp_feed()$$, '{web,market,shy}'::text[], 'NULL: all channels');
SELECT is_empty($$SELECT * FROM oms.atp_feed('{}')$$, 'no channel');
SELECT pg_temp.refused($$SELECT * FROM oms.atp_feed('{web,wbe}')$$, 'OM004 channel "wbe" is unknown | Call oms.add_channel first.');
SELECT pg_temp.refused($$SELECT * FROM oms.atp_feed('{web,NULL}')$$, '22004 channels must not contain nulls | Element 2 is null.');
SELECT pg_temp.refused($$SELECT * FROM oms.atp_feed('{web}', 'drone')$$, '22023 unknown method "drone" | Methods are ship and pickup.');
SELECT pg_temp.refused($$SELECT * FROM oms.atp_feed('{web}', NULL)$$, '22004 method must not be null');

SELECT count(*) FROM oms.add_incoming('PO 1', 'W', 'on its way', 5, now() + interval '1 day') \g /dev/null
SELECT is((SELECT atp FROM oms.atp_feed('{web}') WHERE sku = 'on its way'), 0::bigint, 'what is on its way is known, and not there');
SELECT setseed(0.1234) \gset
DO $$
DECLARE
    place text[] := '{W,N,F,P}';
BEGIN
    UPDATE oms.location SET can_ship = location <> 'N', can_pickup = location <> 'F';
    FOR i IN 1..60 LOOP
        IF random() < 0.8 THEN
            PERFORM oms.add_item('r' || i, ARRAY(SELECT t FROM unnest('{a,b,c}'::text[]) AS t WHERE random() < 0.4), tracked => random() < 0.9);
        END IF;
        PERFORM oms.receive(place[1 + floor(random() * 4)::int], 'r' || i, 1 + floor(random() * 30)::int) FROM generate_series(1, 3);
        PERFORM FROM oms.try_reserve('market', 'r' || i, 1 + floor(random() * 20)::int, on_shortage => 'partial',
                                     expires_in => CASE WHEN random() < 0.5 THEN interval '1 us' END);
        PERFORM oms.adjust(location, sku, -ceil(on_hand * random())::bigint, 'lost') FROM oms.inventory WHERE sku = 'r' || i AND on_hand > 0 AND random() < 0.3;
        PERFORM oms.protect_stock(place[1 + floor(random() * 4)::int], 'r' || i, 'market', 1 + floor(random() * 9)::int) WHERE random() < 0.1;
    END LOOP;
    FOR i IN 1..6 LOOP
        PERFORM oms.add_channel('r' || i, 'all', CASE WHEN random() < 0.7 THEN 'stores' END,
                                (ARRAY['0', '1', '3', '10%', '100%'])[1 + floor(random() * 5)::int]::oms.safety_stock, floor(random() * 6)::int,
                                CASE WHEN random() < 0.1 THEN 'offline' ELSE 'active' END, CASE WHEN random() < 0.3 THEN 5 END);
    END LOOP;
    INSERT INTO oms.quota (channel, sku, quantity) SELECT c.channel, 'r' || i, floor(random() * 20) FROM oms.channel AS c, generate_series(1, 60) AS i WHERE random() < 0.05;
    PERFORM oms.add_kit('kit ' || i, ARRAY['r' || i, 'r' || i + 20], ARRAY[1, 2]::bigint[]) FROM generate_series(1, 5) AS i;
    INSERT INTO oms.location_exclusion (location, sku, order_id, until)
    SELECT place[1 + floor(random() * 4)::int], CASE WHEN random() < 0.9 THEN 'r' || i END, CASE WHEN random() < 0.5 THEN 'o1' END,
           now() + (random() - 0.3) * interval '1 day' FROM generate_series(1, 20) AS i;
    FOR i IN 1..80 LOOP
        INSERT INTO oms.safety_stock_rule (channel, location, location_group, sku, tags, method, safety_stock)
        SELECT CASE WHEN random() < 0.5 THEN 'r' || 1 + floor(random() * 6) END,
               CASE WHEN p BETWEEN 0.5 AND 0.8 THEN place[1 + floor(random() * 4)::int] END,
               CASE WHEN p > 0.8 THEN (ARRAY['all', 'stores'])[1 + floor(random() * 2)::int] END,
               CASE WHEN w BETWEEN 0.5 AND 0.7 THEN 'r' || 1 + floor(random() * 60) END,
               CASE WHEN w > 0.7 THEN ARRAY[(ARRAY['a', 'b', 'c'])[1 + floor(random() * 3)::int]] END,
               CASE WHEN random() < 0.3 THEN (ARRAY['ship', 'pickup'])[1 + floor(random() * 2)::int] END,
               ((ARRAY['0', '2', '5', '20%', '3 + 10%', 'max(4, 25%)', 'min(8, 50%)', '100%'])[1 + floor(random() * 8)::int])::oms.safety_stock
        FROM (SELECT random() AS p, random() AS w) AS r;
    END LOOP;
END $$;
\set differs 'SELECT f.channel, f.sku, m.method, f.atp, oms.atp(f.channel, f.sku, m.method) FROM (VALUES ($q$ship$q$), ($q$pickup$q$)) AS m (method), oms.atp_feed(NULL, m.method) AS f JOIN oms.channel AS c ON c.channel = f.channel WHERE f.atp IS DISTINCT FROM oms.atp(f.channel, f.sku, m.method) OR f.shown <> least(f.atp, c.show_at_most)'
SELECT is_empty(:'differs', 'at random, the feed is atp');
SELECT is((SELECT concat_ws(' ', count(*), count(DISTINCT (channel, sku))) FROM oms.atp_feed()), (SELECT concat_ws(' ', 68 * count(*), 68 * count(*)) FROM oms.channel),
          'a row per channel and sku');
SELECT cmp_ok((SELECT count(DISTINCT atp) FROM oms.atp_feed()), '>', 20::bigint, 'which are many different numbers');
SELECT cmp_ok((SELECT count(*) FROM oms.stock_delta), '>', 0::bigint, 'with changes that are not folded');
SELECT oms.fold_accounts() \gset
SELECT is_empty(:'differs', 'nor when they are folded');
DELETE FROM oms.safety_stock_rule;
SELECT is_empty(:'differs', 'nor without rules');
SELECT * FROM finish();
ROLLBACK;
