-- oms.promise: kits, untracked items, pickup, quotas, bad input; that it writes nothing, and that it promises
-- exactly what reserve would take.
BEGIN;
SET LOCAL client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS oms;
SELECT plan(34);

SET LOCAL TimeZone = 'UTC';
SELECT (oms.add_location('near', 'store', '40.1,-74')).location, (oms.add_location('far', 'warehouse', '45,-74')).location, (oms.add_location('nowhere', 'warehouse')).location;
SELECT oms.add_location_group('all', '{near,far,nowhere}'), oms.add_location_group('stores', '{near}');
SELECT (oms.add_channel('web', 'all', 'stores')).channel, (oms.add_channel('ship only', 'all')).channel;
SELECT (oms.add_item('card', tracked => false)).sku, (oms.add_item('none')).sku;
SELECT FROM oms.receive_many('near', '{a,b}', '{3,2}');
SELECT FROM oms.receive_many('far', '{a,b,c}', '{10,10,10}');
SELECT FROM oms.receive_many('nowhere', '{a,d}', '{100,4}');
SELECT FROM oms.add_kit('kit', '{a,b}', '{2,1}');

-- p: what is promised of a cart, in short
CREATE FUNCTION pg_temp.p(cart jsonb, service text DEFAULT 'standard', channel text DEFAULT 'web') RETURNS text LANGUAGE sql AS
    $$SELECT string_agg(r.location || ' ' || r.skus::text || r.quantities::text, '; ' ORDER BY r.ordinality)
        FROM oms.promise($3, $1, '40,-74', ARRAY[$2], '2030-01-07 10:00Z') WITH ORDINALITY AS r$$;

SELECT is(pg_temp.p('[{"sku": "a", "quantity": 3}]'), 'near {a}{3}', 'the cheapest');
SELECT is(pg_temp.p('[{"sku": "a", "quantity": 4}]'), 'far {a}{4}', 'that has all');
SELECT is(pg_temp.p('[{"sku": "a", "quantity": 1}, {"sku": "a", "quantity": 3}]'), 'far {a}{4}', 'a sku on two lines adds up');
SELECT is(pg_temp.p('[{"sku": "a", "quantity": 1}, {"sku": "c", "quantity": 1}, {"sku": "d", "quantity": 1}]'), 'far {a,c}{1,1}; nowhere {d}{1}', 'as few as can be');
SELECT is(pg_temp.p('[{"sku": "a", "quantity": 113}]'), 'nowhere {a}{100}; far {a}{10}; near {a}{3}', 'to the last unit');
SELECT is(pg_temp.p('[{"sku": "a", "quantity": 114}]'), NULL, 'and no further');
SELECT is(pg_temp.p('[{"sku": "none", "quantity": 1}]'), NULL, 'none is carried');
SELECT is(pg_temp.p('[{"sku": "kit", "quantity": 1}]'), 'near {kit}{1}', 'a kit is whole');
SELECT is(pg_temp.p('[{"sku": "kit", "quantity": 2}]'), 'far {kit}{2}', 'at one location');
SELECT is(pg_temp.p('[{"sku": "card", "quantity": 9223372036854775807}]'), 'near {card}{9223372036854775807}', 'of what is not tracked there is any number');
SELECT is(pg_temp.p('[{"sku": "card", "quantity": 1}, {"sku": "c", "quantity": 1}]'), 'far {c,card}{1,1}', 'and it goes with the rest');
SELECT is(pg_temp.p('[{"sku": "a", "quantity": 1, "location": "far"}, {"sku": "a", "quantity": 9}]'), 'far {a}{10}', 'a line may name its location');
SELECT is(pg_temp.p('[{"sku": "a", "quantity": 4, "location": "near"}]'), NULL, 'and gets no more than it has');
SELECT is(pg_temp.p('[{"sku": "a", "quantity": 1}]', 'same_day'), 'near {a}{1}', 'in time from nearby');
SELECT is(pg_temp.p('[{"sku": "c", "quantity": 1}]', 'same_day'), NULL, 'not from 556 km, at 50 km an hour');
SELECT is(pg_temp.p('[{"sku": "c", "quantity": 1}]', 'next_day'), 'far {c}{1}', 'from where it arrives the next day');
SELECT is(pg_temp.p('[{"sku": "d", "quantity": 1}]', 'same_day'), NULL, 'but not from nobody knows where');
SELECT is(pg_temp.p('[{"sku": "a", "quantity": 3}, {"sku": "b", "quantity": 2}]', 'pickup'), 'near {a,b}{3,2}', 'a pickup');
SELECT is(pg_temp.p('[{"sku": "a", "quantity": 4}]', 'pickup'), NULL, 'is not split, and at stores only');
SELECT is(pg_temp.p('[{"sku": "a", "quantity": 1}]', 'pickup', 'ship only'), NULL, 'which the channel must have');
SELECT FROM oms.add_quota('web', 'b', 2);
SELECT is(pg_temp.p('[{"sku": "b", "quantity": 3}]'), NULL, 'a quota counts');
DELETE FROM oms.quota;
SELECT FROM oms.add_safety_stock_rule('100%', 'web', location => 'near');
SELECT is(pg_temp.p('[{"sku": "a", "quantity": 3}]'), 'far {a}{3}', 'and a rule');
DELETE FROM oms.safety_stock_rule;

-- What it says of a cart is what reserve does with it.
CREATE FUNCTION pg_temp.reserved(cart jsonb) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    PERFORM oms.reserve_cart('web', cart, ship_to => '40,-74');
    RAISE SQLSTATE 'P9999';
EXCEPTION WHEN SQLSTATE 'P9999' THEN RETURN true;
    WHEN SQLSTATE 'OM001' THEN RETURN false;
END $$;
SELECT setseed(0.7);
SELECT is_empty($$SELECT cart FROM (SELECT (SELECT jsonb_agg(jsonb_build_object('sku', s, 'quantity', 1 + floor(random() * 8 * i)::int))
                                              FROM unnest('{a,b,c,d,kit,card}'::text[]) AS s WHERE random() < 0.5 AND i > 0) AS cart FROM generate_series(1, 60) AS i) AS c
                   WHERE cart IS NOT NULL AND (pg_temp.p(cart) IS NOT NULL) <> pg_temp.reserved(cart)$$, 'it promises what reserve takes');

SET LOCAL transaction_read_only = on;
SELECT is(pg_temp.p('[{"sku": "a", "quantity": 3}]'), 'near {a}{3}', 'it writes nothing');
SELECT is((SELECT count(*) FROM oms.promise('web', '[{"sku": "c", "quantity": 1}]')), 4::bigint, 'without a destination: every service that ships');

-- Bad input
SELECT throws_ok($$SELECT FROM oms.promise(NULL, '[]')$$, '22004', NULL, 'no channel');
SELECT throws_ok($$SELECT FROM oms.promise('web', NULL)$$, '22004', NULL, 'no cart');
SELECT throws_ok($$SELECT FROM oms.promise('web', '[]')$$, '22023', NULL, 'an empty cart');
SELECT throws_ok($$SELECT FROM oms.promise('web', '[{"sku": "a", "quantity": 0}]')$$, '22023', NULL, 'no units');
SELECT throws_ok($$SELECT FROM oms.promise('web', '[{"sku": "a", "quantity": 9223372036854775807}, {"sku": "a", "quantity": 1}]')$$, '22003', NULL, 'too many');
SELECT throws_ok($$SELECT FROM oms.promise('web', '[{"sku": "x", "quantity": 1}]')$$, 'OM004', NULL, 'an unknown sku');
SELECT throws_ok($$SELECT FROM oms.promise('bew', '[{"sku": "a", "quantity": 1}]')$$, 'OM004', NULL, 'an unknown channel');
SELECT throws_ok($$SELECT FROM oms.promise('web', '[{"sku": "a", "quantity": 1}]', services => '{standard,NULL}')$$, '22004', NULL, 'a service that is null');
SELECT throws_ok($$SELECT FROM oms.promise('web', '[{"sku": "a", "quantity": 1}]', start_at => 'infinity')$$, '22008', NULL, 'never');
SELECT * FROM finish();
ROLLBACK;
