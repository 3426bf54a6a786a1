-- Backorders: what is backordered, who fills it and in which order, and how it ends.
BEGIN;
SET LOCAL client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS oms;
\ir include/shop.psql
SELECT plan(73);
SELECT pg_temp.shop();
SELECT oms.add_channel('careful', 'network', safety_stock => '5'), oms.add_channel('pos', 'stores'),
       oms.add_channel('percent', 'network', safety_stock => '50%'), oms.add_channel('buffered', 'network', buffer => 3) \g /dev/null
SELECT oms.add_item('A'), oms.add_item('B'), oms.add_item('C', quantity_step => 2) \g /dev/null

-- waiting(sku) is what is backordered of it: "reference filled/quantity status", by reference
CREATE FUNCTION pg_temp.waiting(sku text) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(format('%s %s/%s %s', COALESCE(b.reference, b.order_id), b.filled, b.quantity, b.status), ', ' ORDER BY b.reference, b.order_id, b.line_no, b.backorder_id)
      FROM oms.backorder AS b WHERE b.sku = $1
$$;
-- held(sku) is what is reserved of it now: "reference location quantity"
CREATE FUNCTION pg_temp.held(sku text) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(format('%s %s %s', x.who, x.location, x.units), ', ' ORDER BY x.who, x.location)
      FROM (SELECT COALESCE(r.reference, r.order_id) AS who, r.location, sum(r.quantity - r.consumed) AS units
              FROM oms.reservation AS r WHERE r.sku = $1 AND r.status IN ('firm', 'hold') GROUP BY 1, 2) AS x
$$;
CREATE FUNCTION pg_temp.error(call text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    detail text;
    hint text;
BEGIN
    EXECUTE call;
    RETURN NULL;
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
    RETURN concat_ws(' | ', SQLSTATE || ' ' || SQLERRM, NULLIF(detail, ''), NULLIF(hint, ''));
END $$;

-- same(query, expected, name) compares rows as text: keys are COLLATE "C", literals are not
CREATE FUNCTION pg_temp.same(query text, expected text, name text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    found text;
    wanted text;
BEGIN
    EXECUTE format('SELECT string_agg(t::text, E''\n'') FROM (%s) AS t', query) INTO found;
    EXECUTE format('SELECT string_agg(t::text, E''\n'') FROM (%s) AS t', expected) INTO wanted;
    RETURN is(found, wanted, name);
END $$;

-- What reserve and try_reserve say
SELECT oms.receive('near', 'A', 3) \g /dev/null
SELECT pg_temp.same($$SELECT line_no, location, quantity, reservation_id IS NULL, backorder_id IS NULL
                      FROM oms.reserve_many('web', '{A,B,A}', '{2,4,3}', on_shortage => 'backorder', reference => 'r1')$$,
    $$VALUES (1, 'near', 2::bigint, false, true), (2, NULL, 4, true, false), (3, 'near', 1, false, true), (3, NULL, 2, true, false)$$,
    'a line has its parts, and last what is backordered of it');
SELECT pg_temp.same($$SELECT backorder_id FROM oms.backorder WHERE reference = 'r1' ORDER BY sku$$,
                  $$SELECT backorder_id FROM oms.backorder WHERE reference = 'r1' ORDER BY quantity$$, 'both are in the view');
SELECT pg_temp.same($$SELECT sku, channel, method, location, quantity, filled, status, cart_id, order_id, line_no, priority, promise_at FROM oms.backorder WHERE sku = 'B'$$,
    $$VALUES ('B', 'web', 'ship', NULL::text, 4::bigint, 0::bigint, 'open', NULL::text, NULL::text, NULL::int, NULL::int, NULL::timestamptz)$$, 'with its facts');
SELECT pg_temp.same($$SELECT line_no, requested, reserved, available, status, reservation_ids FROM oms.try_reserve('web', 'B', 2, on_shortage => 'backorder', reference => 'r2')$$,
    $$VALUES (1, 2::bigint, 0::bigint, 0::bigint, 'backordered', '{}'::bigint[])$$, 'try_reserve: all of a line');
SELECT oms.receive('near', 'C', 2) \g /dev/null
SELECT pg_temp.same($$SELECT line_no, requested, reserved, status, cardinality(reservation_ids)
                      FROM oms.try_reserve_cart('web', '[{"sku": "C", "quantity": 6}, {"sku": "C", "quantity": 3}, {"sku": "Z", "quantity": 1}]', on_shortage => 'backorder', reference => 'r3')$$,
    $$VALUES (1, 6::bigint, 2::bigint, 'backordered', 1), (2, 3, 0, 'not_allowed', 0), (3, 1, 0, 'unknown', 0)$$,
    'part of a line; a line that may not be sold, or is unknown, is not backordered');
SELECT is(pg_temp.waiting('C') || ' / ' || pg_temp.held('C'), 'r3 0/4 open / r3 near 2', 'and only that line is written');
SELECT matches(pg_temp.error($$SELECT oms.reserve_many('web', '{A,Z}', '{1,1}', on_shortage => 'backorder')$$), '^OM004 sku "Z" is unknown', 'reserve refuses an unknown sku');
SELECT matches(pg_temp.error($$SELECT oms.reserve_many('web', '{A,C}', '{1,3}', on_shortage => 'backorder')$$), '^OM010 ', 'and what may not be sold');
SELECT matches(pg_temp.error($$SELECT oms.reserve('web', 'A', 1, 'other', on_shortage => 'backorder')$$), '^OM010 .*not open to the channel', 'also by its location');
SELECT matches(pg_temp.error($$SELECT oms.reserve('pos', 'A', 1, method => 'pickup', on_shortage => 'backorder')$$), '^OM010 ', 'and a method that the channel has not');
SELECT is(pg_temp.error($$SELECT oms.reserve('web', 'A', 1, on_shortage => 'backorder', expires_in => '1 hour')$$),
    '22023 a hold cannot be backordered | Leave out expires_in, or pass on_shortage => ''partial''.', 'a hold is not backordered');
SELECT matches(pg_temp.error($$SELECT oms.try_reserve('web', 'A', 1, on_shortage => 'backorder', expires_in => '1 hour')$$), '^22023 a hold', 'nor tried');
SELECT is(pg_temp.waiting('A'), 'r1 0/2 open', 'what was refused left nothing');
SELECT is((SELECT status FROM oms.try_reserve('web', 'C', 2, 'far', on_shortage => 'partial')), 'insufficient', 'partial is as it was');

-- A receipt fills, by age, in parts
SELECT is(oms.receive('far', 'B', 5), 5::bigint, 'a receipt returns what is on hand');
SELECT is(pg_temp.waiting('B') || ' / ' || pg_temp.held('B'), 'r1 4/4 filled, r2 1/2 open / r1 far 4, r2 far 1', 'the older first');
SELECT pg_temp.same($$SELECT status, channel, method, reference, order_id, line_no, expires_at, quantity FROM oms.reservation WHERE sku = 'B' ORDER BY reservation_id$$,
    $$VALUES ('firm', 'web', 'ship', 'r1', NULL, NULL::int, NULL::timestamptz, 4::bigint), ('firm', 'web', 'ship', 'r2', NULL, NULL, NULL, 1)$$, 'by firm reservations');
SELECT is(oms.adjust('near', 'B', 7, 'found'), 7::bigint, 'a gain');
SELECT is(pg_temp.waiting('B') || ' / ' || pg_temp.held('B') || ' / ' || oms.atp('web', 'B'), 'r1 4/4 filled, r2 2/2 filled / r1 far 4, r2 far 1, r2 near 1 / 6', 'fills too; the rest is for sale');
SELECT oms.receive('near', 'B', 1) \g /dev/null
SELECT is(oms.atp('web', 'B'), 7::bigint, 'what is filled is not filled again');
SELECT oms.set_on_hand('near', 'A', 2) \g /dev/null
SELECT is(pg_temp.waiting('A'), 'r1 0/2 open, r1 0/1 open', 'a fall fills nothing: what was reserved waits');
SELECT oms.set_on_hand('near', 'A', 4) \g /dev/null
SELECT is(pg_temp.waiting('A') || ' / ' || pg_temp.held('A'), 'r1 1/2 open, r1 1/1 filled / r1 near 4', 'a rise of 2 serves that, which is older, first');
SELECT oms.receive('other', 'A', 9) \g /dev/null
SELECT is(pg_temp.waiting('A'), 'r1 1/2 open, r1 1/1 filled', 'a location that is not in the channel''s group fills nothing');
SELECT pg_temp.same($$SELECT * FROM oms.transfer('other', 'far', 'A', 2)$$, $$VALUES (7::bigint, 2::bigint)$$, 'a transfer');
SELECT is(pg_temp.waiting('A') || ' / ' || pg_temp.held('A'), 'r1 2/2 filled, r1 1/1 filled / r1 far 1, r1 near 4', 'fills at its destination');
UPDATE oms.location SET status = 'offline' WHERE location = 'far';
SELECT oms.try_reserve('web', 'A', 1, on_shortage => 'backorder', reference => 'r4'),
       oms.try_reserve('web', 'A', 1, method => 'pickup', on_shortage => 'backorder', reference => 'r5'),
       oms.try_reserve('web', 'A', 1, location => 'near', on_shortage => 'backorder', reference => 'r6') \g /dev/null
SELECT oms.receive('far', 'A', 1) \g /dev/null
SELECT is((SELECT count(*) FROM oms.backorder WHERE sku = 'A' AND filled = 0), 3::bigint, 'nor one that is offline');
UPDATE oms.location SET status = 'active' WHERE location = 'far';
SELECT oms.receive_many('far', '{B,A}', '{1,1}') \g /dev/null
SELECT is(pg_temp.waiting('A'), 'r1 2/2 filled, r1 1/1 filled, r4 1/1 filled, r5 0/1 open, r6 0/1 open', 'receive_many; far is no place for pickup, nor the one that was named');
UPDATE oms.location SET can_pickup = false WHERE location = 'near';
SELECT oms.receive('near', 'A', 1) \g /dev/null
SELECT is(pg_temp.waiting('A'), 'r1 2/2 filled, r1 1/1 filled, r4 1/1 filled, r5 0/1 open, r6 1/1 filled', 'the named one; it hands nothing over now');
UPDATE oms.location SET can_pickup = true WHERE location = 'near';
SELECT is(oms.fill_backorders('B'), 0::bigint, 'fill_backorders of another sku');
SELECT oms.receive('near', 'A', 1) \g /dev/null
SELECT is(pg_temp.waiting('A'), 'r1 2/2 filled, r1 1/1 filled, r4 1/1 filled, r5 1/1 filled, r6 1/1 filled', 'and now it does');

-- Priority, then promise date, then age
CREATE FUNCTION pg_temp.order_of(order_id text, channel text, sku text, units bigint, priority int DEFAULT 2, promise_at timestamptz DEFAULT NULL)
RETURNS SETOF oms.placed_line LANGUAGE sql AS $$
    SELECT * FROM oms.place_order($1, $2, ARRAY[$3], ARRAY[$4], priority => $5, promise_at => $6, on_shortage => 'backorder')
$$;
SELECT oms.add_item('P'), oms.add_item('S'), oms.add_item('T'), oms.add_item('U'), oms.add_item('V'), oms.add_item('K') \g /dev/null
SELECT oms.reserve('web', 'P', 1, on_shortage => 'backorder', reference => 'p0') \g /dev/null
SELECT pg_temp.same($$SELECT location, quantity, reservation_id, status, promise_at FROM pg_temp.order_of('p1', 'web', 'P', 1)$$,
    $$VALUES (NULL, 1::bigint, NULL::bigint, 'backordered', NULL::timestamptz)$$, 'place_order tells what is backordered');
SELECT pg_temp.order_of('p2', 'web', 'P', 1, 2, '2031-02-01'), pg_temp.order_of('p3', 'web', 'P', 1, 2, '2031-01-01'),
       pg_temp.order_of('p4', 'web', 'P', 1, 4, '2030-01-01'), pg_temp.order_of('p5', 'web', 'P', 1, 0),
       pg_temp.order_of('p6', 'web', 'P', 1) \g /dev/null
SELECT pg_temp.same($$SELECT order_id, priority, promise_at::date FROM oms.backorder WHERE sku = 'P' ORDER BY order_id$$,
    $$VALUES ('p1', 2, NULL::date), ('p2', 2, '2031-02-01'), ('p3', 2, '2031-01-01'), ('p4', 4, '2030-01-01'), ('p5', 0, NULL), ('p6', 2, NULL), (NULL, NULL, NULL)$$,
    'with priority and promise');
CREATE TEMP TABLE filled (n serial, who text);
DO $$
BEGIN
    FOR i IN 1..7 LOOP
        PERFORM oms.receive('far', 'P', 1);
        INSERT INTO filled (who) SELECT COALESCE(r.order_id, r.reference) FROM oms.reservation AS r WHERE r.sku = 'P' ORDER BY r.reservation_id DESC LIMIT 1;
    END LOOP;
END $$;
SELECT is((SELECT string_agg(who, ' ' ORDER BY n) FROM filled), 'p5 p3 p2 p1 p6 p4 p0', 'one by one in that order');
SELECT pg_temp.same($$SELECT line_no, promise_at::date FROM oms.place_order_lines('p7', 'web', '[{"sku": "P", "quantity": 1, "promise_at": "2031-03-03"}, {"sku": "P", "quantity": 1, "line_no": 9}]', promise_at => '2031-04-04', on_shortage => 'backorder')$$,
    $$VALUES (1, '2031-03-03'::date), (9, '2031-04-04')$$, 'a line has its own promise');
SELECT pg_temp.same($$SELECT line_no, promise_at::date FROM oms.backorder WHERE order_id = 'p7' ORDER BY line_no$$,
    $$VALUES (1, '2031-03-03'::date), (9, '2031-04-04')$$, 'and so has its backorder');
SELECT pg_temp.same($$SELECT line_no, quantity, reserved, unfilled, backordered, status FROM oms.order_line WHERE order_id = 'p7' ORDER BY line_no$$,
    $$VALUES (1, 1::bigint, 0::bigint, 1::bigint, 1::bigint, 'backordered'), (9, 1, 0, 1, 1, 'backordered')$$, 'the lines say so');
SELECT oms.receive('far', 'P', 1) \g /dev/null
SELECT pg_temp.same($$SELECT line_no, reserved, unfilled, backordered, status, locations FROM oms.order_line WHERE order_id = 'p7' ORDER BY line_no$$,
    $$VALUES (1, 1::bigint, 0::bigint, 0::bigint, 'reserved', '{far}'::text[]), (9, 0, 1, 1, 'backordered', '{}')$$, 'and count what fills them');
SELECT pg_temp.same($$SELECT units, reserved, unfilled, backordered FROM oms.orders WHERE order_id = 'p7'$$, $$VALUES (2::bigint, 1::bigint, 1::bigint, 1::bigint)$$, 'the order adds up');

-- Two channels with different safety stock
SELECT pg_temp.order_of('s1', 'careful', 'S', 4, 0), pg_temp.order_of('s2', 'web', 'S', 3, 1), pg_temp.order_of('s3', 'careful', 'S', 2, 1), pg_temp.order_of('s4', 'web', 'S', 9, 3) \g /dev/null
SELECT oms.receive('near', 'S', 7) \g /dev/null
SELECT is(pg_temp.waiting('S'), 's1 2/4 open, s2 3/3 filled, s3 0/2 open, s4 2/9 open', 'the urgent one takes down to its safety stock, the others go on from there');
SELECT oms.receive('far', 'S', 12) \g /dev/null
SELECT is(pg_temp.waiting('S'), 's1 4/4 filled, s2 3/3 filled, s3 2/2 filled, s4 9/9 filled', 'another location: its own safety stock there');
SELECT oms.reserve('percent', 'T', 9, on_shortage => 'backorder', reference => 't1') \g /dev/null
SELECT oms.receive('near', 'T', 10) \g /dev/null
SELECT is(pg_temp.waiting('T'), 't1 5/9 open', 'a percent of what is on hand after the receipt');
SELECT oms.receive('near', 'U', 2) \g /dev/null
SELECT oms.reserve('buffered', 'U', 9, on_shortage => 'backorder', reference => 'u1') \g /dev/null
SELECT is(pg_temp.waiting('U'), 'u1 0/9 open', 'the buffer withholds 2');
SELECT oms.receive('far', 'U', 5) \g /dev/null
SELECT is(pg_temp.waiting('U') || ' / ' || pg_temp.held('U'), 'u1 4/9 open / u1 far 4', 'of 7 the buffer keeps 3 over the network');

-- What becomes free without a supply: fill_backorders
SELECT oms.reserve('web', 'V', 1, on_shortage => 'backorder', reference => 'v1') \g /dev/null
INSERT INTO oms.location_group_member VALUES ('network', 'other', 3);
SELECT oms.receive('other', 'V', 1) \g /dev/null
SELECT reservation_id AS v FROM oms.reservation WHERE sku = 'V' \gset
SELECT oms.try_reserve('web', 'V', 3, on_shortage => 'backorder', reference => 'v2') \g /dev/null
SELECT is((SELECT status FROM oms.release(:v)), 'released', 'what filled a backorder may be released');
SELECT is(pg_temp.waiting('V'), 'v1 1/1 filled, v2 0/3 open', 'it stays filled');
SELECT is(oms.fill_backorders(), 1::bigint, 'and its unit goes to the next');
SELECT is(pg_temp.waiting('V') || ' / ' || pg_temp.held('V'), 'v1 1/1 filled, v2 1/3 open / v2 other 1', 'by fill_backorders');
SELECT is(oms.fill_backorders(), 0::bigint, 'once');

-- Carts
SELECT oms.receive('near', 'K', 1) \g /dev/null
SELECT oms.reserve('web', 'K', 3, cart_id => 'k', on_shortage => 'backorder', reference => 'k1') \g /dev/null
SELECT is(pg_temp.waiting('K') || ' / ' || pg_temp.held('K'), 'k1 0/2 open / k1 near 1', 'a cart');
SELECT oms.receive('near', 'K', 1) \g /dev/null
SELECT oms.reserve('web', 'K', 4, cart_id => 'k', on_shortage => 'backorder', reference => 'k2') \g /dev/null
SELECT is(pg_temp.waiting('K') || ' / ' || pg_temp.held('K'), 'k1 1/2 released, k2 0/2 open / k2 near 2', 'again: its backorders are released, and what filled them is its own');
SELECT is((SELECT status FROM oms.try_reserve('web', 'K', 9, cart_id => 'k')), 'insufficient', 'a refused one');
SELECT is(pg_temp.waiting('K'), 'k1 1/2 released, k2 0/2 open', 'leaves them');
SELECT is((SELECT string_agg(concat_ws(' ', location, quantity, status), ', ') FROM oms.place_order('k3', 'web', '{K}', '{5}', cart_id => 'k', on_shortage => 'backorder')),
    'near 2 partial, 3 backordered', 'the order takes the cart over, and backorders its own shortage anew');
SELECT is(pg_temp.waiting('K'), 'k1 1/2 released, k2 0/2 released, k3 0/3 open', 'the cart''s is released');
SELECT oms.try_reserve('web', 'K', 1, cart_id => 'k') \g /dev/null
SELECT is(pg_temp.waiting('K'), 'k1 1/2 released, k2 0/2 released, k3 0/3 open', 'the cart does not reach the order''s');
SELECT oms.receive('near', 'K', 2) \g /dev/null

-- Release and cancel
SELECT is((SELECT string_agg(concat_ws(' ', location, quantity, status), ', ' ORDER BY quantity) FROM oms.cancel_order('k3')), 'near 4 cancelled', 'cancel_order releases what is held');
SELECT is(pg_temp.waiting('K'), 'k1 1/2 released, k2 0/2 released, k3 2/3 released', 'and what waits');
SELECT oms.receive('near', 'K', 2) \g /dev/null
SELECT is(pg_temp.held('K'), NULL, 'a receipt later fills nothing');
SELECT backorder_id AS v2 FROM oms.backorder WHERE reference = 'v2' \gset
SELECT backorder_id AS v1 FROM oms.backorder WHERE reference = 'v1' \gset
SELECT backorder_id AS p7 FROM oms.backorder WHERE order_id = 'p7' AND line_no = 9 \gset
SELECT pg_temp.same(format($$SELECT sku, quantity, filled, status FROM oms.release_backorder(%s, 'req-1')$$, :v2), $$VALUES ('V', 3::bigint, 1::bigint, 'released')$$, 'release_backorder');
SELECT pg_temp.same(format($$SELECT sku, quantity, filled, status FROM oms.release_backorder(%s)$$, :v2), $$VALUES ('V', 3::bigint, 1::bigint, 'released')$$, 'twice is once');
SELECT is(pg_temp.held('V'), 'v2 other 1', 'what filled it stays reserved');
SELECT is(pg_temp.error(format('SELECT oms.release_backorder(%s)', :v1)),
    format('OM005 cannot release backorder %s: it is filled | Release the reservations that filled it.', :v1), 'a filled one');
SELECT is(pg_temp.error(format('SELECT oms.release_backorder(%s)', :p7)),
    format('OM005 cannot release backorder %s: it is part of an order | Order "p7". | Call oms.cancel_order.', :p7), 'an order''s');
SELECT is(pg_temp.error('SELECT oms.release_backorder(999999999)'), 'OM004 backorder 999999999 is unknown', 'an unknown one');
SELECT is(pg_temp.error('SELECT oms.release_backorder(NULL)'), '22004 backorder_id must not be null', 'none');

-- Retries
SELECT is((SELECT string_agg(r::text, ' ') FROM oms.reserve('web', 'T', 30, on_shortage => 'backorder', request_id => 'req-2') AS r),
          (SELECT string_agg(r::text, ' ') FROM oms.reserve('web', 'T', 30, on_shortage => 'backorder', request_id => 'req-2') AS r), 'a retry has the same rows');
SELECT is((SELECT count(*) FROM oms.backorder WHERE sku = 'T'), 2::bigint, 'and backorders nothing again');
SELECT oms.receive('far', 'T', 7, request_id => 'req-3'), oms.receive('far', 'T', 7, request_id => 'req-3') \g /dev/null
SELECT is((SELECT sum(filled) FROM oms.backorder WHERE sku = 'T' AND reference IS NULL), 4::numeric, 'a receipt that is retried fills once');
SELECT matches(pg_temp.error($$SELECT oms.reserve('web', 'T', 30, on_shortage => 'partial', request_id => 'req-2')$$), '^OM006 ', 'another on_shortage is another request');

-- The guard, and the whole
SELECT matches(pg_temp.error('DELETE FROM oms.backorder_row'), '^OM011 .* Call oms.release_backorder or oms.cancel_order.$', 'the table is guarded');
DO $$
BEGIN
    PERFORM oms.add_item('many');
    FOR i IN 1..500 LOOP
        PERFORM oms.try_reserve('web', 'many', 1, on_shortage => 'backorder');
        PERFORM oms.try_reserve('careful', 'many', 1, on_shortage => 'backorder');
    END LOOP;
    PERFORM oms.receive('near', 'many', 700);
END $$;
SELECT pg_temp.same($$SELECT channel, sum(filled)::bigint, count(*) FILTER (WHERE status = 'open') FROM oms.backorder WHERE sku = 'many' GROUP BY channel ORDER BY channel$$,
    $$VALUES ('careful', 347::bigint, 153::bigint), ('web', 353, 147)$$, 'a thousand, two channels in turn, then the one without safety stock');
SELECT cmp_ok((SELECT count(*) FROM oms.stock_delta WHERE sku = 'many' AND reserved > 0), '<=', 2::bigint, 'by one take per channel');
SELECT is_empty('SELECT * FROM oms.check()', 'nothing is broken');
SELECT * FROM finish();
ROLLBACK;
