-- Bad input: NULL for every argument, empty keys, quantities out of bounds, arrays and carts of
-- every wrong shape. Each is one clear error, and nothing has changed.
BEGIN;
SET LOCAL client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS oms;
\ir include/network.psql
SELECT plan(169);
SELECT oms.receive('W', 'A', 10) \gset

-- Every required argument: NULL, and for keys the empty string
SELECT pg_temp.refused('SELECT * FROM oms.' || replace(call, '?', 'NULL'), format('22004 %s must not be null', argument))
FROM (VALUES
    ('receive(?, ''A'', 1)', 'location'), ('receive(''W'', ?, 1)', 'sku'), ('receive(''W'', ''A'', ?)', 'quantity'),
    ('receive_many(?, ''{A}'', ''{1}'')', 'location'), ('receive_many(''W'', ?, ''{1}'')', 'skus'), ('receive_many(''W'', ''{A}'', ?)', 'quantities'),
    ('adjust(?, ''A'', 1, ''x'')', 'location'), ('adjust(''W'', ?, 1, ''x'')', 'sku'), ('adjust(''W'', ''A'', ?, ''x'')', 'delta'), ('adjust(''W'', ''A'', 1, ?)', 'reason'),
    ('adjust_many(?, ''{A}'', ''{1}'', ''x'')', 'location'), ('adjust_many(''W'', ?, ''{1}'', ''x'')', 'skus'),
    ('adjust_many(''W'', ''{A}'', ?, ''x'')', 'deltas'), ('adjust_many(''W'', ''{A}'', ''{1}'', ?)', 'reason'),
    ('set_on_hand(?, ''A'', 1)', 'location'), ('set_on_hand(''W'', ?, 1)', 'sku'), ('set_on_hand(''W'', ''A'', ?)', 'quantity'),
    ('set_on_hand_many(?, ''{A}'', ''{1}'')', 'location'), ('set_on_hand_many(''W'', ?, ''{1}'')', 'skus'), ('set_on_hand_many(''W'', ''{A}'', ?)', 'quantities'),
    ('transfer(?, ''N'', ''A'', 1)', 'from_location'), ('transfer(''W'', ?, ''A'', 1)', 'to_location'), ('transfer(''W'', ''N'', ?, 1)', 'sku'), ('transfer(''W'', ''N'', ''A'', ?)', 'quantity'),
    ('transfer_many(?, ''N'', ''{A}'', ''{1}'')', 'from_location'), ('transfer_many(''W'', ?, ''{A}'', ''{1}'')', 'to_location'),
    ('transfer_many(''W'', ''N'', ?, ''{1}'')', 'skus'), ('transfer_many(''W'', ''N'', ''{A}'', ?)', 'quantities'),
    ('available(?, ''W'')', 'sku'), ('available(''A'', ?)', 'location'),
    ('atp(?, ''A'')', 'channel'), ('atp(''web'', ?)', 'sku'), ('atp(''web'', ''A'', ?)', 'method'),
    ('atp_many(?, ''{A}'')', 'channel'), ('atp_many(''web'', ?)', 'skus'), ('atp_many(''web'', ''{A}'', ?)', 'method'),
    ('atp_by_location(?, ''A'')', 'channel'), ('atp_by_location(''web'', ?)', 'sku'), ('atp_by_location(''web'', ''A'', ?)', 'method'),
    ('reserve(?, ''A'', 1)', 'channel'), ('reserve(''web'', ?, 1)', 'sku'), ('reserve(''web'', ''A'', ?)', 'quantity'),
    ('reserve(''web'', ''A'', 1, method => ?)', 'method'), ('reserve(''web'', ''A'', 1, on_shortage => ?)', 'on_shortage'),
    ('reserve_many(?, ''{A}'', ''{1}'')', 'channel'), ('reserve_many(''web'', ?, ''{1}'')', 'skus'), ('reserve_many(''web'', ''{A}'', ?)', 'quantities'),
    ('reserve_cart(?, ''[{"sku": "A", "quantity": 1}]'')', 'channel'), ('reserve_cart(''web'', ?)', 'cart'),
    ('try_reserve(?, ''A'', 1)', 'channel'), ('try_reserve(''web'', ?, 1)', 'sku'), ('try_reserve(''web'', ''A'', ?)', 'quantity'),
    ('try_reserve(''web'', ''A'', 1, method => ?)', 'method'), ('try_reserve(''web'', ''A'', 1, on_shortage => ?)', 'on_shortage'),
    ('try_reserve_many(?, ''{A}'', ''{1}'')', 'channel'), ('try_reserve_many(''web'', ?, ''{1}'')', 'skus'), ('try_reserve_many(''web'', ''{A}'', ?)', 'quantities'),
    ('try_reserve_cart(''web'', ?)', 'cart'),
    ('confirm(?)', 'reservation_id'), ('extend(?, ''1 hour'')', 'reservation_id'), ('extend(1, ?)', 'expires_in'), ('release(?)', 'reservation_id'), ('consume(?)', 'reservation_id'),
    ('confirm_many(?)', 'reservation_ids'), ('extend_many(?, ''1 hour'')', 'reservation_ids'), ('extend_many(''{1}'', ?)', 'expires_in'),
    ('release_many(?)', 'reservation_ids'), ('consume_many(?)', 'reservation_ids'),
    ('forget_requests(?)', 'older_than')) AS c (call, argument);

SELECT pg_temp.refused('SELECT * FROM oms.' || call, error)
FROM (VALUES
    -- Empty keys
    ('receive('''', ''A'', 1)', '22023 location must not be empty'), ('receive(''W'', '''', 1)', '22023 sku must not be empty'),
    ('receive(''W'', ''A'', 1, actor => '''')', '22023 actor must not be empty'), ('receive(''W'', ''A'', 1, request_id => '''')', '22023 request_id must not be empty'),
    ('receive_many(''W'', ''{A,""}'', ''{1,1}'')', '22023 skus must not contain empty keys | Element 2 is empty.'),
    ('transfer('''', ''N'', ''A'', 1)', '22023 from_location must not be empty'), ('transfer(''W'', '''', ''A'', 1)', '22023 to_location must not be empty'),
    ('available('''', ''W'')', '22023 sku must not be empty'), ('available(''A'', '''')', '22023 location must not be empty'),
    ('atp('''', ''A'')', '22023 channel must not be empty'), ('atp(''web'', '''')', '22023 sku must not be empty'),
    ('atp(''web'', ''A'', '''')', '22023 unknown method "" | Methods are ship and pickup.'),
    ('atp_many(''web'', ''{A,""}'')', '22023 skus must not contain empty keys | Element 2 is empty.'),
    ('reserve('''', ''A'', 1)', '22023 channel must not be empty'), ('reserve(''web'', '''', 1)', '22023 sku must not be empty'),
    ('reserve(''web'', ''A'', 1, location => '''')', '22023 location must not be empty'), ('reserve(''web'', ''A'', 1, cart_id => '''')', '22023 cart_id must not be empty'),
    ('reserve(''web'', ''A'', 1, request_id => '''')', '22023 request_id must not be empty'),
    ('reserve(''web'', ''A'', 1, on_shortage => '''')', '22023 unknown on_shortage "" | It is refuse, partial or backorder.'),

    -- Quantities
    ('reserve(''web'', ''A'', 0)', '22023 quantity must be at least 1 | It is 0.'), ('reserve(''web'', ''A'', -9223372036854775808)', '22023 quantity must be at least 1 | It is -9223372036854775808.'),
    ('try_reserve(''web'', ''A'', -1)', '22023 quantity must be at least 1 | It is -1.'),
    ('reserve_many(''web'', ''{A,A}'', ''{1,0}'')', '22023 quantities must be at least 1 | Element 2 is 0.'),
    ('try_reserve_many(''web'', ''{A,A}'', ''{1,-7}'')', '22023 quantities must be at least 1 | Element 2 is -7.'),
    ('consume(1, -1)', '22023 quantity must be at least 1 | Reservation 1: -1.'),

    -- Arrays
    ('receive_many(''W'', ''{A,B}'', ''{1}'')', '2202E skus and quantities must have the same length | skus has 2 elements, quantities has 1.'),
    ('receive_many(''W'', ''{}'', ''{1}'')', '2202E skus and quantities must have the same length | skus has 0 elements, quantities has 1.'),
    ('receive_many(''W'', ''{A,NULL}'', ''{1,1}'')', '22004 skus must not contain nulls | Element 2 is null.'),
    ('receive_many(''W'', ''{A,B}'', ''{1,NULL}'')', '22004 quantities must not contain nulls | Element 2 is null.'),
    ('receive_many(''W'', ''{{A,B},{C,D}}'', ''{1,1,1,1}'')', '2202E skus must be a one-dimensional array'),
    ('receive_many(''W'', ''{A,B}'', ''{{1},{1}}'')', '2202E quantities must be a one-dimensional array'),
    ('adjust_many(''W'', ''{A,B}'', ''{1}'', ''x'')', '2202E skus and deltas must have the same length | skus has 2 elements, deltas has 1.'),
    ('adjust_many(''W'', ''{A}'', ''{NULL}'', ''x'')', '22004 deltas must not contain nulls | Element 1 is null.'),
    ('transfer_many(''W'', ''N'', ''{A}'', ''{1,1}'')', '2202E skus and quantities must have the same length | skus has 1 elements, quantities has 2.'),
    ('atp_many(''web'', ''{A,NULL}'')', '22004 skus must not contain nulls | Element 2 is null.'),
    ('atp_many(''web'', ''{{A}}'')', '2202E skus must be a one-dimensional array'),
    ('reserve_many(''web'', ''{A}'', ''{1,1}'')', '2202E skus and quantities must have the same length | skus has 1 elements, quantities has 2.'),
    ('reserve_many(''web'', ''{}'', ''{}'')', '22023 a cart must have 1 to 100000 lines | It has 0.'),
    ('reserve_many(''web'', ''{NULL}'', ''{1}'')', '22004 skus must not contain nulls | Element 1 is null.'),
    ('reserve_many(''web'', ''{A}'', ''{NULL}'')', '22004 quantities must not contain nulls | Element 1 is null.'),
    ('reserve_many(''web'', ''{{A}}'', ''{1}'')', '2202E skus must be a one-dimensional array'),
    ('reserve_many(''web'', pg_catalog.array_fill(''A''::text, ''{100001}''), pg_catalog.array_fill(1::bigint, ''{100001}''))', '22023 a cart must have 1 to 100000 lines | It has 100001.'),
    ('confirm_many(''{1,NULL}'')', '22004 reservation_ids must not contain nulls | Element 2 is null.'),
    ('confirm_many(''{{1}}'')', '2202E reservation_ids must be a one-dimensional array'),
    ('consume_many(''{1,2}'', ''{1}'')', '2202E reservation_ids and quantities must have the same length | reservation_ids has 2 elements, quantities has 1.'),
    ('consume_many(''{1,2}'', ''{1,NULL}'')', '22004 quantities must not contain nulls | Element 2 is null.'),
    ('consume_many(''{1,2}'', ''{1,0}'')', '22023 quantity must be at least 1 | Reservation 2: 0.')
    ) AS c (call, error);

-- Carts: both calls read them alike
SELECT pg_temp.refused(format('SELECT * FROM oms.%s(''web'', %L)', CASE n % 2 WHEN 0 THEN 'reserve_cart' ELSE 'try_reserve_cart' END, cart), '22023 ' || error)
FROM (VALUES
    (1, 'null', 'cart must be a JSON array of objects | For example: [{"sku": "A", "quantity": 1}]'),
    (2, '3', 'cart must be a JSON array of objects | For example: [{"sku": "A", "quantity": 1}]'),
    (3, '"A"', 'cart must be a JSON array of objects | For example: [{"sku": "A", "quantity": 1}]'),
    (4, 'true', 'cart must be a JSON array of objects | For example: [{"sku": "A", "quantity": 1}]'),
    (5, '{}', 'cart must be a JSON array of objects | For example: [{"sku": "A", "quantity": 1}]'),
    (6, '{"sku": "A", "quantity": 1}', 'cart must be a JSON array of objects | For example: [{"sku": "A", "quantity": 1}]'),
    (7, '[]', 'a cart must have 1 to 100000 lines | It has 0.'),
    (8, '[null]', 'element 1 of cart must be an object'),
    (9, '["A", 1]', 'element 1 of cart must be an object'),
    (10, '[[{"sku": "A", "quantity": 1}]]', 'element 1 of cart must be an object'),
    (11, '[{"sku": "A", "quantity": 1}, 7]', 'element 2 of cart must be an object'),
    (12, '[{}]', 'element 1 of cart: "sku" is missing'),
    (13, '[{"sku": "A"}]', 'element 1 of cart: "quantity" is missing'),
    (14, '[{"sku": "A", "quantity": 1}, {"quantity": 1}]', 'element 2 of cart: "sku" is missing'),
    (15, '[{"sku": null, "quantity": 1}]', 'element 1 of cart: "sku" must be a string that is not empty'),
    (16, '[{"sku": "", "quantity": 1}]', 'element 1 of cart: "sku" must be a string that is not empty'),
    (17, '[{"sku": 7, "quantity": 1}]', 'element 1 of cart: "sku" must be a string that is not empty'),
    (18, '[{"sku": ["A"], "quantity": 1}]', 'element 1 of cart: "sku" must be a string that is not empty'),
    (19, '[{"sku": {"sku": "A"}, "quantity": 1}]', 'element 1 of cart: "sku" must be a string that is not empty'),
    (20, '[{"sku": "A", "quantity": null}]', 'element 1 of cart: "quantity" must be a whole number from 1 to 9223372036854775807'),
    (21, '[{"sku": "A", "quantity": "1"}]', 'element 1 of cart: "quantity" must be a whole number from 1 to 9223372036854775807'),
    (22, '[{"sku": "A", "quantity": "NaN"}]', 'element 1 of cart: "quantity" must be a whole number from 1 to 9223372036854775807'),
    (23, '[{"sku": "A", "quantity": true}]', 'element 1 of cart: "quantity" must be a whole number from 1 to 9223372036854775807'),
    (24, '[{"sku": "A", "quantity": 0}]', 'element 1 of cart: "quantity" must be a whole number from 1 to 9223372036854775807'),
    (25, '[{"sku": "A", "quantity": -1}]', 'element 1 of cart: "quantity" must be a whole number from 1 to 9223372036854775807'),
    (26, '[{"sku": "A", "quantity": 1.5}]', 'element 1 of cart: "quantity" must be a whole number from 1 to 9223372036854775807'),
    (27, '[{"sku": "A", "quantity": 1e30}]', 'element 1 of cart: "quantity" must be a whole number from 1 to 9223372036854775807'),
    (28, '[{"sku": "A", "quantity": 1e-30}]', 'element 1 of cart: "quantity" must be a whole number from 1 to 9223372036854775807'),
    (29, '[{"sku": "A", "quantity": 9223372036854775808}]', 'element 1 of cart: "quantity" must be a whole number from 1 to 9223372036854775807'),
    (30, '[{"sku": "A", "quantity": [1]}]', 'element 1 of cart: "quantity" must be a whole number from 1 to 9223372036854775807'),
    (31, '[{"sku": "A", "quantity": {"value": 1}}]', 'element 1 of cart: "quantity" must be a whole number from 1 to 9223372036854775807'),
    (32, '[{"sku": "A", "quantity": 1, "qty": 2}]', 'element 1 of cart: unknown key "qty"'),
    (33, '[{"SKU": "A", "quantity": 1}]', 'element 1 of cart: unknown key "SKU"'),
    (34, '[{"sku": "A", "quantity": 1, "": 2}]', 'element 1 of cart: unknown key ""'),
    (35, '[{"sku": "A", "quantity": 1, "location": ""}]', 'element 1 of cart: "location" must be a string that is not empty'),
    (36, '[{"sku": "A", "quantity": 1, "location": 4}]', 'element 1 of cart: "location" must be a string that is not empty'),
    (37, '[{"sku": "A", "quantity": 1, "location": ["W"]}]', 'element 1 of cart: "location" must be a string that is not empty'),
    (38, '[{"sku": "A", "quantity": 1, "location": {"x": "W"}}]', 'element 1 of cart: "location" must be a string that is not empty')) AS c (n, cart, error);
SELECT is(pg_temp.error($$SELECT * FROM oms.reserve_cart('web', (SELECT pg_catalog.jsonb_agg('{"sku": "A", "quantity": 1}'::pg_catalog.jsonb) FROM pg_catalog.generate_series(1, 100001)))$$),
          '22023 a cart must have 1 to 100000 lines | It has 100001.', 'a cart of 100001 lines');
SELECT is((SELECT sum(quantity) FROM oms.reserve_cart('web', '[{"sku": "A", "quantity": 1.0}, {"sku": "A", "quantity": 2e0, "location": null}]')), 3::numeric, '1.0 and 2e0 are whole numbers');
SELECT is((SELECT sum(quantity) FROM oms.reserve_cart('web', '[{"sku": "A", "quantity": 5, "quantity": 1}]')), 1::numeric, 'of a key given twice jsonb keeps the last');

-- Text of the types
SELECT matches(pg_temp.error($$SELECT * FROM oms.reserve('web', 'A', 1, ship_to => 'here')$$), '^22P02 ', 'malformed ship_to');
SELECT matches(pg_temp.error($$SELECT * FROM oms.reserve('web', 'A', 1, ship_to => '0,181')$$), '^22003 ', 'ship_to out of range');
SELECT matches(pg_temp.error($$SELECT * FROM oms.atp_by_location('web', 'A', near => '1')$$), '^22P02 ', 'malformed near');

-- Text that looks like SQL is text.
SELECT is(oms.receive('W', $$'; DROP TABLE oms.item; --$$, 1, $$'); --$$), 1::bigint, 'quotes and semicolons in a sku');
SELECT is(oms.atp('web', $$'; DROP TABLE oms.item; --$$), 1::bigint, 'which is found again');
SELECT is_empty($$SELECT FROM oms.atp('web', 'A') AS a WHERE a IS DISTINCT FROM 6$$, 'after all of this 6 of 10 are left');

-- A read-only transaction writes nothing. (The last tests: it stays read-only.)
SET TRANSACTION READ ONLY;
SELECT matches(pg_temp.error('SELECT * FROM oms.' || call), '^25006 ', call || ' in a read-only transaction')
FROM unnest('{"receive(''W'', ''A'', 1)","reserve(''web'', ''A'', 1)","try_reserve(''web'', ''A'', 1)",fold_accounts(),expire_holds()}'::text[]) AS call;
SELECT is(oms.atp('web', 'A'), 6::bigint, 'but reads');

SELECT * FROM finish();
ROLLBACK;
