-- Rules of safety stock: which one holds, that the page, the take, moves, backorders and routing
-- obey the same one, and, over random rules, stock and holds, that it is the one that an oracle in
-- plain SQL finds.
BEGIN;
SET LOCAL client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS oms;
\ir include/network.psql
\ir include/oracle.psql
SELECT plan(62);

-- add(safety, …) adds a rule and returns its number
CREATE FUNCTION pg_temp.add(safety oms.safety_stock, channel text DEFAULT NULL, sku text DEFAULT NULL, tags text[] DEFAULT NULL,
    location text DEFAULT NULL, location_group text DEFAULT NULL, method text DEFAULT NULL, active_from timestamptz DEFAULT NULL,
    active_until timestamptz DEFAULT NULL) RETURNS bigint LANGUAGE sql AS
    'SELECT (oms.add_safety_stock_rule($1, $2, $3, $4, $5, $6, $7, $8, $9)).rule_id';
CREATE FUNCTION pg_temp.holds(channel text, sku text, location text, method text DEFAULT 'ship') RETURNS text LANGUAGE sql AS
    'SELECT oms.safety_stock_at($1, $2, $3, $4)::text';

-- One dimension after the other, from the least important: each rule added wins over all before it
SELECT oms.add_item('shirt', '{shirt,black,xl}'), oms.add_item('plain', '{shirt}') \gset
SELECT oms.add_channel('web', 'all', 'stores', safety_stock => '1') \gset
SELECT is(pg_temp.holds('web', 'shirt', 'N'), '1', 'without a rule, the channel''s own');
SELECT pg_temp.add('2') \gset
SELECT is(pg_temp.holds('web', 'shirt', 'N'), '2', 'a rule without dimensions');
SELECT pg_temp.add('3', method => 'ship') \gset
SELECT is(pg_temp.holds('web', 'shirt', 'N'), '3', 'method');
SELECT is(pg_temp.holds('web', 'shirt', 'N', 'pickup'), '2', 'not the other method');
SELECT pg_temp.add('4', channel => 'web') \gset
SELECT is(pg_temp.holds('web', 'shirt', 'N'), '4', 'channel before method');
SELECT is(pg_temp.holds('market', 'shirt', 'N'), '3', 'not the other channel');
SELECT pg_temp.add('5', location_group => 'stores') \gset
SELECT is(pg_temp.holds('web', 'shirt', 'N'), '5', 'group before channel');
SELECT is(pg_temp.holds('web', 'shirt', 'W'), '4', 'not outside the group');
SELECT pg_temp.add('6', location => 'N') \gset
SELECT is(pg_temp.holds('web', 'shirt', 'N'), '6', 'location before group');
SELECT is(pg_temp.holds('web', 'shirt', 'F'), '5', 'not another location');
SELECT pg_temp.add('7', tags => '{black}') \gset
SELECT is(pg_temp.holds('web', 'shirt', 'N'), '7', 'tags before location');
SELECT is(pg_temp.holds('web', 'plain', 'N'), '6', 'not without the tag');
SELECT is(pg_temp.holds('web', 'no item', 'N'), '6', 'nor without an item');
SELECT pg_temp.add('8', sku => 'shirt') \gset
SELECT is(pg_temp.holds('web', 'shirt', 'N'), '8', 'sku before tags');
SELECT is(pg_temp.holds('web', 'shirts', 'N'), '6', 'not another sku');
SELECT pg_temp.add('9', channel => 'web', method => 'ship') \gset
SELECT is(pg_temp.holds('web', 'shirt', 'N'), '9', 'two dimensions before the most important one');
SELECT pg_temp.add('10', tags => '{xl,black}') \gset
SELECT is(pg_temp.holds('web', 'shirt', 'N'), '10', 'two tags count as two');
SELECT pg_temp.add('11', tags => '{xl,xl,xl}') \gset
SELECT is(pg_temp.holds('web', 'shirt', 'N'), '10', 'one tag three times counts as one');
SELECT pg_temp.add('12', tags => '{xl,black,red}') \gset
SELECT is(pg_temp.holds('web', 'shirt', 'N'), '10', 'all tags must match');
SELECT pg_temp.add('13', tags => '{black,xl}') AS first \gset
SELECT is(pg_temp.holds('web', 'shirt', 'N'), '13', 'of two that are equally specific the newer');
UPDATE oms.safety_stock_rule SET note = 'edited' WHERE safety_stock::text = '10';
SELECT is(pg_temp.holds('web', 'shirt', 'N'), '13', 'an UPDATE makes no rule newer');
UPDATE oms.safety_stock_rule SET created_at = clock_timestamp() WHERE safety_stock::text = '10';
SELECT is(pg_temp.holds('web', 'shirt', 'N'), '10', 'unless it says so');
UPDATE oms.safety_stock_rule SET created_at = 'epoch';
SELECT is(pg_temp.holds('web', 'shirt', 'N'), '13', 'of two equally old ones the one with the greater number');
SELECT pg_temp.add('14', 'web', 'shirt', NULL, 'N', NULL, 'ship', now() + interval '1 hour') \gset
SELECT is(pg_temp.holds('web', 'shirt', 'N'), '13', 'a rule whose time has not come');
SELECT pg_temp.add('15', 'web', 'shirt', NULL, 'N', NULL, 'ship', NULL, now()) \gset
SELECT is(pg_temp.holds('web', 'shirt', 'N'), '13', 'a rule whose time is over');
SELECT pg_temp.add('16', 'web', 'shirt', NULL, 'N', NULL, 'ship', now() - interval '1 hour', now() + interval '2 hours') \gset
SELECT is(pg_temp.holds('web', 'shirt', 'N'), '16', 'a rule in its time');

-- explain_safety_stock
SELECT results_eq($$SELECT place, holds, safety_stock::text, dimensions, channel, sku, tags, location, location_group, method
                    FROM oms.explain_safety_stock('web', 'plain', 'F')$$,
    $$VALUES (1, true, '9', 2, 'web', NULL::text, NULL::text[], NULL::text, NULL::text, 'ship'), (2, false, '5', 1, NULL, NULL, NULL, NULL, 'stores', NULL),
             (3, false, '4', 1, 'web', NULL, NULL, NULL, NULL, NULL), (4, false, '3', 1, NULL, NULL, NULL, NULL, NULL, 'ship'),
             (5, false, '2', 0, NULL, NULL, NULL, NULL, NULL, NULL), (6, false, '1', 0, 'web', NULL, NULL, NULL, NULL, NULL)$$,
    'explain: every rule that matches, the one that holds first, the channel''s own last');
SELECT is((SELECT safety_stock::text FROM oms.explain_safety_stock('web', 'shirt', 'N', at => now() + interval '3 hours') WHERE holds), '14',
          'at a moment');
SELECT is((SELECT rule_id FROM oms.explain_safety_stock('web', 'shirt', 'N') WHERE tags = '{black,xl}' ORDER BY place LIMIT 1), :first::bigint, 'with its number');
SELECT results_eq($$SELECT place, holds, rule_id, safety_stock::text, channel FROM oms.explain_safety_stock('market', 'plain', 'W', 'pickup') ORDER BY place DESC LIMIT 1$$,
    $$VALUES (2, false, NULL::bigint, '0', 'market')$$, 'the channel''s own has none');
SELECT pg_temp.refused($$SELECT * FROM oms.explain_safety_stock('wbe', 'shirt', 'N')$$, 'OM004 channel "wbe" is unknown | Call oms.add_channel first.');
SELECT pg_temp.refused($$SELECT * FROM oms.explain_safety_stock('web', 'shirt', 'M')$$, 'OM004 location "M" is unknown | Call oms.add_location first.');
SELECT pg_temp.refused($$SELECT * FROM oms.explain_safety_stock('web', 'shirt', NULL)$$, '22004 location must not be null');
SELECT pg_temp.refused($$SELECT * FROM oms.explain_safety_stock('web', 'shirt', 'N', NULL)$$, '22004 method must not be null');
SELECT pg_temp.refused($$SELECT oms.safety_stock_at('web', '', 'N')$$, '22023 sku must not be empty');

-- What makes no sense is refused
SELECT matches(pg_temp.error($$SELECT oms.add_safety_stock_rule(NULL)$$), '^23502 ', 'no safety stock');
SELECT matches(pg_temp.error($$SELECT oms.add_safety_stock_rule('1', sku => 'a', tags => '{b}')$$), '^23514 .*what_check', 'sku and tags');
SELECT matches(pg_temp.error($$SELECT oms.add_safety_stock_rule('1', location => 'N', location_group => 'all')$$), '^23514 .*place_check', 'location and group');
SELECT matches(pg_temp.error($$SELECT oms.add_safety_stock_rule('1', tags => '{}')$$), '^23514 .*tags_check', 'no tags');
SELECT matches(pg_temp.error($$SELECT oms.add_safety_stock_rule('1', tags => '{a,NULL}')$$), '^23514 .*tags_check', 'a null tag');
SELECT matches(pg_temp.error($$SELECT oms.add_safety_stock_rule('1', method => 'drone')$$), '^23514 .*method_check', 'an unknown method');
SELECT matches(pg_temp.error($$SELECT oms.add_safety_stock_rule('1', channel => 'wbe')$$), '^23503 ', 'an unknown channel');
SELECT matches(pg_temp.error($$SELECT oms.add_safety_stock_rule('1', active_from => now(), active_until => now())$$), '^23514 .*period_check', 'an empty period');

-- The worked cases 1 and 3
DELETE FROM oms.safety_stock_rule;
SELECT oms.add_location('s' || i, 'store') FROM generate_series(1, 5) AS i \g /dev/null
SELECT oms.add_location_group('five', '{s1,s2,s3,s4,s5}'), oms.add_channel('five', 'five', 'five', safety_stock => '5', buffer => 10) \g /dev/null
SELECT oms.receive('s' || i, 'case 1', units) FROM unnest('{50,12,13,11,14}'::bigint[]) WITH ORDINALITY AS u (units, i) \g /dev/null
SELECT pg_temp.add('100%', 'five', location => 's1') \gset
SELECT is(oms.atp('five', 'case 1'), 20::bigint, 'one of five stores is switched off, four have 50 in all, safety stock 5 each, buffer 10: 20');
SELECT is(pg_temp.sold('five', 'case 1'), 20::bigint, 'and reserve sells 20');
SELECT pg_temp.add('0', tags => '{shirt}', method => 'pickup') \gset
SELECT pg_temp.add('100%', tags => '{shirt,black}', method => 'pickup') \gset
SELECT oms.receive('N', 'shirt', 3), oms.receive('N', 'plain', 3) \g /dev/null
SELECT is(oms.atp('web', 'shirt', 'pickup'), 0::bigint, 'pickup of black shirts is off');
SELECT is(oms.atp('web', 'plain', 'pickup'), 3::bigint, 'of other shirts on');
SELECT is(oms.atp('web', 'shirt', 'ship'), 2::bigint, 'and shipping is another matter');
SELECT pg_temp.add('100%', tags => '{shirt}', method => 'pickup') \gset
SELECT is(oms.atp('web', 'plain', 'pickup'), 0::bigint, 'of two equal rules the newer');

-- The same rule guards the take: at a named location, in a move, and for a sku that is not tracked
DELETE FROM oms.safety_stock_rule;
SELECT oms.receive('W', 'A', 10), oms.receive('N', 'A', 10) \g /dev/null
SELECT pg_temp.add('7', 'web', 'A', NULL, 'W') \gset
SELECT pg_temp.refused($$SELECT oms.reserve('web', 'A', 4, 'W')$$,
    'OM001 not enough stock of sku "A" for channel "web" | Line 1: wanted 4, available 3 at location "W". | Reserve fewer, or pass on_shortage => ''partial''.');
SELECT is((SELECT sum(quantity) FROM oms.reserve('market', 'A', 4, 'W')), 4::numeric, 'another channel may go further');
SELECT reservation_id AS id FROM oms.reserve('web', 'A', 1, 'N') \gset
SELECT matches(pg_temp.error(format('SELECT oms.transfer_reservation(%s, %L)', :id, 'W')), '^OM001 ', 'nor may a reservation be moved there');
UPDATE oms.safety_stock_rule SET safety_stock = '5';
SELECT lives_ok(format('SELECT oms.transfer_reservation(%s, %L)', :id, 'W'), 'until the rule is changed');
SELECT oms.add_item('gift card', tracked => false) \gset
SELECT pg_temp.add('100%', 'web', 'gift card', NULL, 'W') \gset
SELECT is((SELECT location FROM oms.reserve('web', 'gift card', 1)), 'N', 'what is not tracked is sold from the first location that is not switched off');
SELECT is((SELECT status FROM oms.try_reserve('web', 'gift card', 1, 'W')), 'insufficient', 'and not where it is');
SELECT is((SELECT string_agg(location || ' ' || (atp > 0), ',') FROM oms.atp_by_location('web', 'gift card')), 'N true', 'at a location');
SELECT pg_temp.add('100%', 'web', 'gift card') \gset
SELECT is(oms.atp('web', 'gift card') + (SELECT atp FROM oms.atp_many('web', '{gift card}')), 0::bigint, 'and nowhere when it is off everywhere');

-- Random rules against the oracle
SELECT setseed(0.4711) \gset
DO $$
DECLARE
    tag text[] := '{a,b,c}';
    place text[] := '{W,N,F,P}';
BEGIN
    DELETE FROM oms.safety_stock_rule;
    FOR i IN 1..12 LOOP
        PERFORM oms.add_item('r' || i, ARRAY(SELECT t FROM unnest(tag) AS t WHERE random() < 0.5));
        PERFORM oms.receive(place[1 + floor(random() * 4)::int], 'r' || i, 1 + floor(random() * 40)::int) FROM generate_series(1, 3);
        PERFORM FROM oms.try_reserve('market', 'r' || i, 1 + floor(random() * 20)::int, on_shortage => 'partial',
                                     expires_in => CASE WHEN random() < 0.5 THEN interval '1 us' END);
    END LOOP;
    FOR i IN 1..6 LOOP
        PERFORM oms.add_channel('r' || i, 'all', CASE WHEN random() < 0.7 THEN 'stores' END,
                                (floor(random() * 4)::int::text)::oms.safety_stock, floor(random() * 3)::int);
    END LOOP;
    FOR i IN 1..150 LOOP
        INSERT INTO oms.safety_stock_rule (channel, location, location_group, sku, tags, method, active_from, active_until, safety_stock, created_at)
        SELECT CASE WHEN random() < 0.5 THEN 'r' || 1 + floor(random() * 6) END,
               CASE WHEN p BETWEEN 0.5 AND 0.8 THEN place[1 + floor(random() * 4)::int] END,
               CASE WHEN p > 0.8 THEN (ARRAY['all', 'stores'])[1 + floor(random() * 2)::int] END,
               CASE WHEN w BETWEEN 0.5 AND 0.8 THEN 'r' || 1 + floor(random() * 12) END,
               CASE WHEN w > 0.8 THEN tag[1 + floor(random() * 3)::int:3] END,
               CASE WHEN random() < 0.3 THEN (ARRAY['ship', 'pickup'])[1 + floor(random() * 2)::int] END,
               CASE WHEN random() < 0.1 THEN now() + interval '1 hour' END,
               CASE WHEN random() < 0.1 THEN now() + interval '2 hours' END,
               ((ARRAY['0', '2', '5', '20%', '3 + 10%', 'max(4, 25%)', 'min(8, 50%)', '100%'])[1 + floor(random() * 8)::int])::oms.safety_stock,
               now() - floor(random() * 5)::int * interval '1 day'
        FROM (SELECT random() AS p, random() AS w) AS r;
    END LOOP;
END $$;
SELECT is_empty($$
    SELECT c.channel, i.sku, m.method, oms.atp(c.channel, i.sku, m.method), pg_temp.oracle_atp(c.channel, i.sku, m.method)
    FROM oms.channel AS c, oms.item AS i, (VALUES ('ship'), ('pickup')) AS m (method)
    WHERE c.channel ~ '^r\d$' AND i.sku ~ '^r\d+$' AND oms.atp(c.channel, i.sku, m.method) <> pg_temp.oracle_atp(c.channel, i.sku, m.method)$$,
    '150 random rules, 6 channels, 12 skus, 2 methods: atp is what the oracle says');
SELECT is_empty($$
    SELECT c.channel, i.sku, l.location, m.method FROM oms.channel AS c, oms.item AS i, oms.location AS l, (VALUES ('ship'), ('pickup')) AS m (method)
    WHERE c.channel ~ '^r\d$' AND i.sku ~ '^r\d+$' AND l.location IN ('W', 'N', 'F', 'P')
      AND (SELECT rule_id FROM oms.explain_safety_stock(c.channel, i.sku, l.location, m.method) WHERE holds)
          IS DISTINCT FROM (pg_temp.oracle_rule(c.channel, i.sku, l.location, m.method)).rule_id$$,
    'explain_safety_stock names the oracle''s rule');
SELECT is_empty($$
    SELECT c.channel, i.sku, m.method, oms.atp(c.channel, i.sku, m.method), pg_temp.sold(c.channel, i.sku, m.method)
    FROM oms.channel AS c, oms.item AS i, (VALUES ('ship'), ('pickup')) AS m (method)
    WHERE c.channel ~ '^r\d$' AND i.sku ~ '^r\d+$' AND (m.method = 'ship' OR c.pickup_group IS NOT NULL)
      AND oms.atp(c.channel, i.sku, m.method) <> pg_temp.sold(c.channel, i.sku, m.method)$$,
    'and reserve sells exactly that');
SELECT cmp_ok((SELECT count(DISTINCT oms.atp(c.channel, i.sku)) FROM oms.channel AS c, oms.item AS i WHERE c.channel ~ '^r\d$' AND i.sku ~ '^r\d+$'),
              '>=', 15::bigint, 'which are many different numbers');
SELECT is_empty($$
    SELECT c.channel, a.sku FROM oms.channel AS c, oms.atp_many(c.channel, ARRAY(SELECT sku::text FROM oms.item)) AS a
    WHERE c.channel ~ '^r\d$' AND a.atp <> oms.atp(c.channel, a.sku)$$, 'atp_many is many times atp');

SELECT * FROM finish();
ROLLBACK;
