-- explain_availability: a row a location with the reason, the steps to the total, and that the
-- total is atp: in each worked case, and over random rules, stock, holds and channels.
BEGIN;
SET LOCAL client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS oms;
\ir include/network.psql
\ir include/oracle.psql
SELECT plan(32);

CREATE FUNCTION pg_temp.told(channel text, sku text, method text DEFAULT 'ship') RETURNS SETOF text LANGUAGE sql AS $$
    SELECT concat_ws(' ', step, location, counted, '| ' || reason) FROM oms.explain_availability($1, $2, $3)
$$;
CREATE FUNCTION pg_temp.total(channel text, sku text, method text DEFAULT 'ship') RETURNS bigint LANGUAGE sql AS $$
    SELECT counted FROM oms.explain_availability($1, $2, $3) WHERE step = 'total'
$$;

SELECT oms.receive('W', 'A', 100), oms.receive('N', 'A', 3), oms.receive('F', 'A', 20) \g /dev/null
SELECT oms.add_channel('web', 'all', 'stores', safety_stock => '5', buffer => 10) \g /dev/null
SELECT set_eq($$SELECT pg_temp.told('web', 'A')$$, '{location W 95,location N 0 | all are kept back,location F 15,location P 0 | not carried,
    sum 110,buffer -10 | 10 are kept back over all locations,quota 0,total 100}'::text[], 'a row a location, then the steps');
SELECT results_eq($$SELECT location, on_hand, unavailable, reserved, expired, safety_stock, rule_id, rule::text FROM oms.explain_availability('web', 'A') LIMIT 2$$,
    $$VALUES ('W' , 100::bigint, 0::bigint, 0::bigint, 0::bigint, 5::bigint, NULL::bigint, '5'), ('N', 3, 0, 0, 0, 5, NULL, '5')$$,
    'in the sequence of the group, with what is there');
SELECT results_eq($$SELECT on_hand, unavailable, reserved, expired, safety_stock, counted FROM oms.explain_availability('web', 'A') WHERE location = 'P'$$,
    $$VALUES (NULL::bigint, NULL::bigint, NULL::bigint, NULL::bigint, NULL::bigint, 0::bigint)$$, 'nothing is there that is not carried');
SELECT is((SELECT string_agg(step, ' ') FROM oms.explain_availability('web', 'A') WHERE location IS NULL), 'sum buffer quota total', 'the steps in their order');

-- Every reason
SELECT (oms.add_safety_stock_rule('100%', 'web', location => 'F')).rule_id AS off \gset
SELECT ok(format('location F 0 | switched off by rule %s', :off) IN (SELECT pg_temp.told('web', 'A')), 'switched off');
SELECT is((SELECT rule_id FROM oms.explain_availability('web', 'A') WHERE location = 'F'), :off::bigint, 'by the rule that is named');
SELECT is((SELECT safety_stock FROM oms.explain_availability('web', 'A') WHERE location = 'F'), 20::bigint, 'which withholds all');
UPDATE oms.location SET status = 'offline' WHERE location = 'N';
SELECT ok('location N 0 | the location is offline' IN (SELECT pg_temp.told('web', 'A')), 'offline');
UPDATE oms.location SET status = 'active', can_ship = false, can_pickup = false WHERE location = 'N';
SELECT ok('location N 0 | does not ship' IN (SELECT pg_temp.told('web', 'A')), 'no shipping');
SELECT ok('location N 0 | no pickup here' IN (SELECT pg_temp.told('web', 'A', 'pickup')), 'no pickup');
UPDATE oms.location SET can_ship = true, can_pickup = true WHERE location = 'N';
-- a kit that no other location has keeps its hold, come what may
SELECT oms.receive('N', 'of N', 3) \g /dev/null
SELECT oms.add_kit('kit of N', '{A,of N}', '{1,1}') \g /dev/null
SELECT count(*) FROM oms.reserve('market', 'kit of N', 3, 'N') \g /dev/null
SELECT ok('location N 0 | all are reserved' IN (SELECT pg_temp.told('web', 'A')), 'all reserved');
SELECT oms.adjust('N', 'A', -2, 'lost') \gset
SELECT ok('location N 0 | 2 more are reserved than there are' IN (SELECT pg_temp.told('web', 'A')), 'a shortfall');
SELECT count(*) FROM oms.consume((SELECT reservation_id FROM oms.reservation WHERE sku = 'A' AND status = 'firm'), 1) \g /dev/null
SELECT count(*) FROM oms.release((SELECT reservation_id FROM oms.reservation WHERE sku = 'A' AND status = 'firm')) \g /dev/null
SELECT ok('location N 0 | none left' IN (SELECT pg_temp.told('web', 'A')), 'none left is not the same as not carried');
SELECT count(*) FROM oms.reserve('market', 'A', 30, 'W', expires_in => '1 us') \g /dev/null
SELECT is((SELECT concat_ws(' ', reserved, expired, counted) FROM oms.explain_availability('web', 'A') WHERE location = 'W'), '30 30 95', 'expired holds are free');
UPDATE oms.channel SET status = 'offline' WHERE channel = 'web';
SELECT is((SELECT count(*) FROM oms.explain_availability('web', 'A') WHERE reason = 'the channel is offline'), 4::bigint, 'the channel is offline');
UPDATE oms.channel SET status = 'active' WHERE channel = 'web';
SELECT set_eq($$SELECT pg_temp.told('market', 'A', 'pickup')$$, '{sum 0 | the channel has no locations for method pickup,buffer 0,quota 0,total 0}'::text[], 'no group for the method');
SELECT oms.receive('P', 'A', 7) + oms.protect_stock('P', 'A', 'market', 4) \g /dev/null
SELECT is((SELECT concat_ws(' ', protected, counted) FROM oms.explain_availability('market', 'A') WHERE location = 'P'), '0 7', 'not protected for itself');
SELECT is((SELECT concat_ws(' ', safety_stock, protected, counted, reason) FROM oms.explain_availability('web', 'A') WHERE location = 'P'),
          '5 4 0 all are kept back or protected for other channels', 'protected for another channel');
INSERT INTO oms.location_exclusion (location, sku, until) VALUES ('W', 'A', now() + interval '1 hour');
SELECT ok('location W 0 | excluded for a time' IN (SELECT pg_temp.told('web', 'A')), 'excluded for a time');
DELETE FROM oms.location_exclusion;
SELECT oms.add_quota('market', 'A', 80) \g /dev/null
SELECT count(*) FROM oms.reserve('market', 'A', 3, 'W') \g /dev/null
SELECT is((SELECT string_agg(concat_ws(' ', step, counted, reason), ',') FROM oms.explain_availability('market', 'A') WHERE location IS NULL),
          'sum 124,buffer 0,quota -47 77 are left of the quota,total 77', 'a quota');
DELETE FROM oms.quota;
SELECT oms.add_item('gift card', tracked => false) \gset
SELECT is(pg_temp.total('web', 'gift card'), 9223372036854775807, 'what is not tracked has no end');
SELECT set_eq($$SELECT pg_temp.told('web', 'gift card', 'pickup')$$, format('{location N 9223372036854775807 | not tracked: never runs out,
    location F 0 | switched off by rule %s,sum 9223372036854775807,buffer 0 | 10 are kept back over all locations,quota 0,total 9223372036854775807}', :off)::text[], 'but where it is switched off');
SELECT pg_temp.refused($$SELECT * FROM oms.explain_availability('web', 'unheard of')$$, 'OM004 sku "unheard of" is unknown | It has neither an item nor stock at any location. | Call oms.receive or oms.add_item first.');
SELECT pg_temp.refused($$SELECT * FROM oms.explain_availability('web', 'A', 'drone')$$, '22023 unknown method "drone" | Methods are ship and pickup.');

-- Random rules, stock, holds, losses and channels: the total is atp, the locations are the oracle's
SELECT setseed(0.0815) \gset
DO $$
DECLARE
    place text[] := '{W,N,F,P}';
BEGIN
    DELETE FROM oms.safety_stock_rule;
    UPDATE oms.location SET can_ship = location <> 'N', can_pickup = location <> 'F';
    FOR i IN 1..12 LOOP
        PERFORM oms.add_item('r' || i, ARRAY(SELECT t FROM unnest('{a,b,c}'::text[]) AS t WHERE random() < 0.5), tracked => random() < 0.9);
        PERFORM oms.receive(place[1 + floor(random() * 4)::int], 'r' || i, 1 + floor(random() * 30)::int) FROM generate_series(1, 3);
        PERFORM FROM oms.try_reserve('market', 'r' || i, 1 + floor(random() * 20)::int, on_shortage => 'partial',
                                     expires_in => CASE WHEN random() < 0.5 THEN interval '1 us' END);
        PERFORM oms.protect_stock(place[1 + floor(random() * 4)::int], 'r' || i, (ARRAY['market', 'web'])[1 + floor(random() * 2)::int], 1 + floor(random() * 9)::int)
          FROM generate_series(1, 2) WHERE random() < 0.3;
        PERFORM oms.adjust(location, sku, -ceil(on_hand * random())::bigint, 'lost') FROM oms.inventory WHERE sku = 'r' || i AND on_hand > 0 AND random() < 0.3;
    END LOOP;
    FOR i IN 1..6 LOOP
        PERFORM oms.add_channel('r' || i, 'all', CASE WHEN random() < 0.7 THEN 'stores' END,
                                (ARRAY['0', '1', '3', '10%', '100%'])[1 + floor(random() * 5)::int]::oms.safety_stock, floor(random() * 6)::int,
                                CASE WHEN random() < 0.1 THEN 'offline' ELSE 'active' END);
    END LOOP;
    FOR i IN 1..4 LOOP
        PERFORM oms.add_item('k' || i), oms.add_kit('k' || i, ARRAY['r' || i, 'r' || i + 5], ARRAY[1, 2]::bigint[]);
    END LOOP;
    FOR i IN 1..20 LOOP
        PERFORM oms.add_incoming('PO ' || i, place[1 + floor(random() * 4)::int], 'r' || 1 + floor(random() * 12), 1 + floor(random() * 20)::int,
                                 now() + make_interval(days => 1 + floor(random() * 9)::int));
    END LOOP;
    PERFORM oms.reserve('market', 'r' || i, 40, on_shortage => 'backorder') FROM generate_series(1, 4) AS i;
    INSERT INTO oms.quota (channel, sku, quantity) SELECT c.channel, i.sku, floor(random() * 20) FROM oms.channel AS c, oms.item AS i WHERE random() < 0.2;
    FOR i IN 1..60 LOOP
        INSERT INTO oms.safety_stock_rule (channel, location, location_group, sku, tags, method, safety_stock)
        SELECT CASE WHEN random() < 0.5 THEN 'r' || 1 + floor(random() * 6) END,
               CASE WHEN p BETWEEN 0.5 AND 0.8 THEN place[1 + floor(random() * 4)::int] END,
               CASE WHEN p > 0.8 THEN (ARRAY['all', 'stores'])[1 + floor(random() * 2)::int] END,
               CASE WHEN w BETWEEN 0.5 AND 0.8 THEN 'r' || 1 + floor(random() * 12) END,
               CASE WHEN w > 0.8 THEN ARRAY[(ARRAY['a', 'b', 'c'])[1 + floor(random() * 3)::int]] END,
               CASE WHEN random() < 0.3 THEN (ARRAY['ship', 'pickup'])[1 + floor(random() * 2)::int] END,
               ((ARRAY['0', '2', '5', '20%', '3 + 10%', 'max(4, 25%)', 'min(8, 50%)', '100%'])[1 + floor(random() * 8)::int])::oms.safety_stock
        FROM (SELECT random() AS p, random() AS w) AS r;
    END LOOP;
END $$;
SELECT is_empty($$
    SELECT c.channel, i.sku, m.method, oms.atp(c.channel, i.sku, m.method), pg_temp.total(c.channel, i.sku, m.method)
    FROM oms.channel AS c, oms.item AS i, (VALUES ('ship'), ('pickup')) AS m (method)
    WHERE oms.atp(c.channel, i.sku, m.method) IS DISTINCT FROM pg_temp.total(c.channel, i.sku, m.method)$$,
    'at random, the total is atp');
SELECT is_empty($$
    SELECT c.channel, i.sku, m.method, oms.atp(c.channel, i.sku, m.method), pg_temp.oracle_atp(c.channel, i.sku, m.method)
    FROM oms.channel AS c, oms.item AS i, (VALUES ('ship'), ('pickup')) AS m (method)
    WHERE i.tracked AND i.sku !~ '^k' AND oms.atp(c.channel, i.sku, m.method) <> pg_temp.oracle_atp(c.channel, i.sku, m.method)$$, 'which is the oracle''s');
SELECT is_empty($$
    SELECT c.channel, i.sku, m.method FROM oms.channel AS c, oms.item AS i, (VALUES ('ship'), ('pickup')) AS m (method),
        LATERAL (SELECT sum(counted) FILTER (WHERE step = 'location') AS locations, sum(counted) FILTER (WHERE step = 'sum') AS sum,
                        sum(counted) FILTER (WHERE step IN ('sum', 'buffer', 'quota')) AS steps, sum(counted) FILTER (WHERE step = 'total') AS total
                   FROM oms.explain_availability(c.channel, i.sku, m.method)) AS e
    WHERE i.tracked AND i.sku !~ '^k' AND (coalesce(e.locations, 0) <> e.sum OR e.steps <> e.total)$$, 'the steps lead there');
SELECT is_empty($$
    SELECT c.channel, i.sku, m.method FROM oms.channel AS c, oms.item AS i, (VALUES ('ship'), ('pickup')) AS m (method)
    WHERE i.tracked AND i.sku !~ '^k' AND EXISTS (
        SELECT FROM (SELECT location, rule_id, counted FROM oms.explain_availability(c.channel, i.sku, m.method) WHERE step = 'location') AS e
               FULL JOIN pg_temp.oracle_locations(c.channel, i.sku, m.method) AS o USING (location)
         WHERE (e.rule_id, e.counted) IS DISTINCT FROM (o.rule_id, o.atp))$$, 'with the rule and the units of the oracle at every location');
SELECT is_empty($$
    SELECT c.channel, i.sku, m.method FROM oms.channel AS c, oms.item AS i, (VALUES ('ship'), ('pickup')) AS m (method),
        oms.explain_availability(c.channel, i.sku, m.method) AS e
    WHERE e.step = 'location' AND (e.counted = 0) <> (e.reason IS NOT NULL) AND i.tracked AND i.sku !~ '^k'$$, 'and a reason wherever nothing is counted');
SELECT is_empty($$
    SELECT c.channel, i.sku, m.method, d.at FROM oms.channel AS c, oms.item AS i, (VALUES ('ship'), ('pickup')) AS m (method),
        (SELECT now() + make_interval(days => d, hours => 1) FROM generate_series(-1, 10, 2) AS d UNION SELECT 'infinity') AS d (at),
        LATERAL (SELECT sum(counted) FILTER (WHERE step = 'total') AS total, sum(counted) FILTER (WHERE step IN ('sum', 'buffer', 'quota')) AS steps
                   FROM oms.explain_availability(c.channel, i.sku, m.method, d.at)) AS e
    WHERE (e.total, e.steps) IS DISTINCT FROM (oms.atp(c.channel, i.sku, m.method, d.at), e.total::numeric)$$,
    'at any moment, the total is atp then');
SELECT ok((SELECT count(*) > 20 FROM oms.channel AS c, oms.item AS i WHERE oms.atp(c.channel, i.sku, at => 'infinity') > oms.atp(c.channel, i.sku)),
    'which what is incoming changes');
SELECT is_empty($$
    SELECT i.sku FROM oms.item AS i,
        LATERAL (SELECT sum(incoming) AS incoming, sum(on_hand) AS on_hand FROM oms.explain_availability('market', i.sku)) AS today,
        LATERAL (SELECT sum(incoming) AS incoming, sum(on_hand) AS on_hand FROM oms.explain_availability('market', i.sku, at => 'infinity')) AS ever
    WHERE i.sku ~ '^r' AND today.incoming > 0 AND (ever.on_hand, ever.incoming) IS DISTINCT FROM (today.on_hand + today.incoming, 0)$$,
    'what is incoming is on hand later');
SELECT * FROM finish();
ROLLBACK;
