-- Reservation: where reserve takes from, what it refuses, what try_reserve tells, carts that
-- replace themselves, and the life of a reservation: confirm, extend, release, consume, expiry.
BEGIN;
SET LOCAL client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS oms;
\ir include/network.psql
SELECT plan(137);

-- parts(query) is what a reserve call took, as "line sku location quantity", and takes it back
CREATE FUNCTION pg_temp.parts(call text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    result text;
BEGIN
    EXECUTE 'SELECT string_agg(concat_ws('' '', line_no, sku, location, quantity), '', '') FROM oms.' || call INTO result;
    RAISE EXCEPTION USING errcode = 'OK000';
EXCEPTION WHEN SQLSTATE 'OK000' THEN
    RETURN result;
END $$;

-- said(query) is what a try_reserve call told: "line requested/reserved/available status",
-- then ! when something has changed; and takes it back
CREATE FUNCTION pg_temp.said(call text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    before text := pg_temp.state();
    result text;
BEGIN
    EXECUTE 'SELECT string_agg(concat(line_no, '' '', requested, ''/'', reserved, ''/'', available, '' '', status,
             CASE WHEN (reserved > 0) <> (reservation_ids <> ''{}'') THEN '' ids?'' END), '', '') FROM oms.' || call INTO result;
    RAISE EXCEPTION USING errcode = 'OK000', message = CASE WHEN pg_temp.state() <> before THEN '!' ELSE '' END;
EXCEPTION WHEN SQLSTATE 'OK000' THEN
    RETURN result || SQLERRM;
END $$;

DO $$
BEGIN
    PERFORM oms.receive_many('W', '{A,B,C}', '{10,10,2}');
    PERFORM oms.receive_many('N', '{A,B}', '{6,2}');
    PERFORM oms.receive_many('F', '{A,C}', '{8,9}');
    PERFORM oms.receive_many('P', '{A}', '{20}');
END $$;

-- Choice of locations for one sku
SELECT is(pg_temp.parts($$reserve('web', 'A', 5)$$), '1 A P 5', 'without ship_to: where most is available');
SELECT is(pg_temp.parts($$reserve('web', 'A', 5, ship_to => '40.2,-74')$$), '1 A W 5', 'the nearest');
SELECT is(pg_temp.parts($$reserve('web', 'A', 5, ship_to => '41.2,-74')$$), '1 A N 5', 'the nearest to somebody else');
SELECT is(pg_temp.parts($$reserve('web', 'A', 7, ship_to => '41.2,-74')$$), '1 A W 7', 'the nearest that has all of it');
SELECT is(pg_temp.parts($$reserve('web', 'A', 15, ship_to => '41.2,-74')$$), '1 A P 15', 'before a split even one without coordinates');
SELECT is(pg_temp.parts($$reserve('web', 'A', 21, ship_to => '41.2,-74')$$), '1 A N 6, 1 A W 10, 1 A F 5', 'then a split, nearest first');
SELECT is(pg_temp.parts($$reserve('web', 'A', 44, ship_to => '41.2,-74')$$), '1 A N 6, 1 A W 10, 1 A F 8, 1 A P 20', 'down to the last unit');
SELECT is(pg_temp.parts($$reserve('web', 'A', 5, location => 'F')$$), '1 A F 5', 'a named location');
SELECT is(pg_temp.parts($$reserve('web', 'A', 5, method => 'pickup')$$), '1 A F 5', 'pickup: only where goods are handed over');
SELECT is(pg_temp.parts($$reserve('web', 'A', 14, method => 'pickup')$$), '1 A F 8, 1 A N 6', 'pickup splits as well');

-- Carts: one location for all before a split
SELECT is(pg_temp.parts($$reserve_many('web', '{A,B}', '{5,2}')$$), '1 A W 5, 2 B W 2', 'the whole cart at W, where most is free, though P has more of A');
SELECT is(pg_temp.parts($$reserve_many('web', '{A,B}', '{5,2}', ship_to => '41,-74')$$), '1 A N 5, 2 B N 2', 'the whole cart at the nearest');
SELECT is(pg_temp.parts($$reserve_many('web', '{A,B}', '{5,3}', ship_to => '41,-74')$$), '1 A W 5, 2 B W 3', 'N has not 3 of B, so all from W');
SELECT is(pg_temp.parts($$reserve_many('web', '{B,C}', '{2,3}', ship_to => '41,-74')$$), '1 B N 2, 2 C F 3', 'no location has the cart: each sku from its nearest');
SELECT is(pg_temp.parts($$reserve_many('web', '{A,A,B}', '{4,3,1}', ship_to => '41,-74')$$), '1 A W 4, 2 A W 3, 3 B W 1', 'lines of one sku are added up first');
SELECT is(pg_temp.parts($$reserve_many('web', '{C,B,A}', '{1,1,1}')$$), '1 C W 1, 2 B W 1, 3 A W 1', 'rows come in the order of the lines');
SELECT is(pg_temp.parts($$reserve_cart('web', '[{"sku": "A", "quantity": 2, "location": "N"}, {"sku": "B", "quantity": 3}]')$$), '1 A N 2, 2 B W 3', 'a line may name its location');
SELECT is(pg_temp.parts($$reserve_cart('web', '[{"sku": "A", "quantity": 2, "location": "N"}, {"sku": "A", "quantity": 3}]', location => 'F')$$), '1 A N 2, 2 A F 3', 'the others go where the call says');
SELECT is(pg_temp.parts($$reserve_cart('web', '[{"sku": "B", "quantity": 1}, {"sku": "B", "quantity": 2, "location": "N"}]', ship_to => '41,-74')$$), '1 B W 1, 2 B N 2', 'who names a location is served first');
SELECT is(pg_temp.parts($$reserve_cart('web', '[{"sku": "A", "quantity": 1, "location": null}]')$$), '1 A P 1', 'a JSON null stands for absent');

-- Refusals: all or nothing
SELECT pg_temp.refused($$SELECT * FROM oms.reserve('web', 'A', 45)$$,
    'OM001 not enough stock of sku "A" for channel "web" | Line 1: wanted 45, available 44. | Reserve fewer, or pass on_shortage => ''partial''.');
SELECT pg_temp.refused($$SELECT * FROM oms.reserve('web', 'A', 7, location => 'N')$$,
    'OM001 not enough stock of sku "A" for channel "web" | Line 1: wanted 7, available 6 at location "N". | Reserve fewer, or pass on_shortage => ''partial''.');
SELECT pg_temp.refused($$SELECT * FROM oms.reserve_many('web', '{A,B,C}', '{1,13,1}')$$,
    'OM001 not enough stock of sku "B" for channel "web" | Line 2: wanted 13, available 12. | Reserve fewer, or pass on_shortage => ''partial''.');
SELECT pg_temp.refused($$SELECT * FROM oms.reserve_many('web', '{B,A,B}', '{7,1,6}')$$,
    'OM001 not enough stock of sku "B" for channel "web" | Line 1: wanted 7 (of 13 over all lines), available 12. | Reserve fewer, or pass on_shortage => ''partial''.');
SELECT pg_temp.refused($$SELECT * FROM oms.reserve('web', 'A', 15, method => 'pickup')$$,
    'OM001 not enough stock of sku "A" for channel "web" | Line 1: wanted 15, available 14. | Reserve fewer, or pass on_shortage => ''partial''.');
SELECT pg_temp.refused($$SELECT * FROM oms.reserve('web', 'unheard of', 1)$$,
    'OM004 sku "unheard of" is unknown | It has neither an item nor stock at any location. | Call oms.receive or oms.add_item first.');
SELECT pg_temp.refused($$SELECT * FROM oms.reserve('web', 'unheard of', 1, on_shortage => 'partial')$$,
    'OM004 sku "unheard of" is unknown | It has neither an item nor stock at any location. | Call oms.receive or oms.add_item first.');
SELECT pg_temp.refused($$SELECT * FROM oms.reserve_many('web', '{A,unheard of}', '{1,1}', on_shortage => 'partial')$$,
    'OM004 sku "unheard of" is unknown | It has neither an item nor stock at any location. | Call oms.receive or oms.add_item first.');
SELECT pg_temp.refused($$SELECT * FROM oms.reserve('unheard of', 'A', 1)$$, 'OM004 channel "unheard of" is unknown | Call oms.add_channel first.');
SELECT pg_temp.refused($$SELECT * FROM oms.try_reserve('unheard of', 'A', 1)$$, 'OM004 channel "unheard of" is unknown | Call oms.add_channel first.');
SELECT pg_temp.refused($$SELECT * FROM oms.reserve('web', 'A', 1, location => 'nowhere')$$, 'OM004 location "nowhere" is unknown | Call oms.add_location first.');
SELECT pg_temp.refused($$SELECT * FROM oms.try_reserve('web', 'A', 1, location => 'nowhere')$$, 'OM004 location "nowhere" is unknown | Call oms.add_location first.');
SELECT pg_temp.refused($$SELECT * FROM oms.reserve('market', 'A', 1, method => 'pickup')$$,
    'OM010 sku "A" cannot be sold like this on channel "market" | Line 1, 1 units. The channel has no locations for method pickup.');
SELECT pg_temp.refused($$SELECT * FROM oms.reserve('web', 'A', 1, method => 'pickup', location => 'W')$$,
    'OM010 sku "A" cannot be sold like this on channel "web" | Line 1, 1 units. Location "W" is not open to the channel for method pickup.');
SELECT pg_temp.refused($$SELECT * FROM oms.reserve('web', 'A', 1, method => 'drone')$$, '22023 unknown method "drone" | Methods are ship and pickup.');
SELECT pg_temp.refused($$SELECT * FROM oms.reserve('web', 'A', 1, on_shortage => 'wait')$$, '22023 unknown on_shortage "wait" | It is refuse, partial or backorder.');
SELECT pg_temp.refused($$SELECT * FROM oms.reserve('web', 'A', 1, expires_in => '0')$$, '22023 expires_in must be longer than 0');
SELECT pg_temp.refused($$SELECT * FROM oms.reserve('web', 'A', 1, expires_in => '-1 hour')$$, '22023 expires_in must be longer than 0');
SELECT pg_temp.refused($$SELECT * FROM oms.reserve('web', 'A', 1, expires_in => '1000000 years')$$, '22008 timestamp out of range');
SELECT pg_temp.refused($$SELECT * FROM oms.reserve_many('web', '{A,A}', '{9223372036854775807,1}')$$, '22003 quantities of sku "A" add up beyond bigint');
SELECT pg_temp.refused($$SELECT * FROM oms.reserve('web', 'A', 9223372036854775807)$$,
    'OM001 not enough stock of sku "A" for channel "web" | Line 1: wanted 9223372036854775807, available 44. | Reserve fewer, or pass on_shortage => ''partial''.');

-- A location that is off is not chosen, and not to be named.
UPDATE oms.location SET status = 'offline' WHERE location = 'N';
SELECT is(pg_temp.parts($$reserve('web', 'A', 5, ship_to => '41,-74')$$), '1 A W 5', 'N is offline: W is the nearest');
SELECT pg_temp.refused($$SELECT * FROM oms.reserve('web', 'A', 1, location => 'N')$$,
    'OM010 sku "A" cannot be sold like this on channel "web" | Line 1, 1 units. Location "N" is not open to the channel for method ship.');
UPDATE oms.location SET status = 'active', can_ship = false WHERE location = 'N';
SELECT is(pg_temp.parts($$reserve('web', 'A', 5, ship_to => '41,-74')$$), '1 A W 5', 'N may not ship');
SELECT is(pg_temp.parts($$reserve('web', 'A', 5, ship_to => '41,-74', method => 'pickup')$$), '1 A N 5', 'but hand over');
UPDATE oms.location SET can_ship = true WHERE location = 'N';
UPDATE oms.channel SET status = 'offline' WHERE channel = 'market';
SELECT pg_temp.refused($$SELECT * FROM oms.reserve('market', 'A', 1)$$,
    'OM010 sku "A" cannot be sold like this on channel "market" | Line 1, 1 units. The channel is offline.');

-- Order quantities
SELECT oms.add_item('B', quantity_minimum => 2, quantity_maximum => 8, quantity_step => 2) \gset
SELECT is(pg_temp.parts($$reserve('web', 'B', 8)$$), '1 B W 8', '8 is allowed: 2 to 8 in steps of 2');
SELECT pg_temp.refused($$SELECT * FROM oms.reserve('web', 'B', 1)$$,
    'OM010 sku "B" cannot be sold like this on channel "web" | Line 1, 1 units. A line must have 2 to 8 units, in steps of 2.');
SELECT pg_temp.refused($$SELECT * FROM oms.reserve('web', 'B', 3)$$,
    'OM010 sku "B" cannot be sold like this on channel "web" | Line 1, 3 units. A line must have 2 to 8 units, in steps of 2.');
SELECT pg_temp.refused($$SELECT * FROM oms.reserve('web', 'B', 10, on_shortage => 'partial')$$,
    'OM010 sku "B" cannot be sold like this on channel "web" | Line 1, 10 units. A line must have 2 to 8 units, in steps of 2.');
SELECT oms.add_item('B', quantity_minimum => 2) \gset
SELECT pg_temp.refused($$SELECT * FROM oms.reserve('web', 'B', 1)$$,
    'OM010 sku "B" cannot be sold like this on channel "web" | Line 1, 1 units. A line must have at least 2 units, in steps of 1.');
SELECT oms.add_item('B') \gset

-- try_reserve tells all of it in rows, and when it cannot all be had nothing has changed
SELECT is(pg_temp.said($$try_reserve('web', 'A', 5)$$), '1 5/5/44 reserved!', 'reserved: 5 of the 44 that could be had');
SELECT is(pg_temp.said($$try_reserve('web', 'A', 45)$$), '1 45/0/44 insufficient', 'insufficient');
SELECT is(pg_temp.said($$try_reserve('web', 'A', 45, on_shortage => 'partial')$$), '1 45/44/44 partial!', 'partial');
SELECT is(pg_temp.said($$try_reserve('web', 'A', 7, location => 'N')$$), '1 7/0/6 insufficient', 'insufficient at a location');
SELECT is(pg_temp.said($$try_reserve('web', 'A', 7, location => 'N', on_shortage => 'partial')$$), '1 7/6/6 partial!', 'partial at a location');
SELECT is(pg_temp.said($$try_reserve('web', 'unheard of', 1)$$), '1 1/0/0 unknown', 'unknown');
SELECT is(pg_temp.said($$try_reserve('market', 'A', 1)$$), '1 1/0/0 not_allowed', 'not allowed: the channel is offline');
SELECT is(pg_temp.said($$try_reserve_many('web', '{A,B,C}', '{1,13,1}')$$), '1 1/0/44 refused, 2 13/0/12 insufficient, 3 1/0/11 refused', 'one is short, so none is reserved');
SELECT is(pg_temp.said($$try_reserve_many('web', '{A,unheard of,B}', '{1,1,13}')$$), '1 1/0/44 refused, 2 1/0/0 unknown, 3 13/0/12 insufficient', 'one is unknown, one short');
SELECT is(pg_temp.said($$try_reserve_many('web', '{A,unheard of,B}', '{1,1,13}', on_shortage => 'partial')$$), '1 1/1/44 reserved, 2 1/0/0 unknown, 3 13/12/12 partial!', 'partial reserves what can be had');
SELECT is(pg_temp.said($$try_reserve_cart('web', '[{"sku": "A", "quantity": 7, "location": "N"}, {"sku": "C", "quantity": 12}]')$$), '1 7/0/6 insufficient, 2 12/0/11 insufficient', 'each says its own');
SELECT is(pg_temp.said($$try_reserve_many('web', '{A,A}', '{40,5}', on_shortage => 'partial')$$), '1 40/40/44 reserved, 2 5/4/44 partial!', 'of two lines of one sku the first is served first');

-- A buffer is kept by reserve, for all lines of a sku together.
SELECT oms.add_channel('buffered', 'all', buffer => 40) \gset
SELECT is(oms.atp('buffered', 'A'), 4::bigint, '44 and a buffer of 40: 4');
SELECT is(pg_temp.parts($$reserve('buffered', 'A', 4)$$), '1 A P 4', '4 can be had');
SELECT pg_temp.refused($$SELECT * FROM oms.reserve('buffered', 'A', 5)$$,
    'OM001 not enough stock of sku "A" for channel "buffered" | Line 1: wanted 5, available 4. | Reserve fewer, or pass on_shortage => ''partial''.');
SELECT pg_temp.refused($$SELECT * FROM oms.reserve('buffered', 'A', 5, location => 'P')$$,
    'OM001 not enough stock of sku "A" for channel "buffered" | Line 1: wanted 5, available 4 at location "P". | Reserve fewer, or pass on_shortage => ''partial''.');
SELECT is(pg_temp.said($$try_reserve('buffered', 'A', 5)$$), '1 5/0/4 insufficient', 'try_reserve says so');
SELECT is(pg_temp.said($$try_reserve('buffered', 'A', 5, on_shortage => 'partial')$$), '1 5/4/4 partial!', 'or takes what the buffer leaves');
SELECT is(pg_temp.parts($$reserve_cart('buffered', '[{"sku": "A", "quantity": 2, "location": "N"}, {"sku": "A", "quantity": 2}]')$$), '1 A N 2, 2 A P 2', 'two lines of 2');
SELECT matches(pg_temp.error($$SELECT * FROM oms.reserve_cart('buffered', '[{"sku": "A", "quantity": 3, "location": "N"}, {"sku": "A", "quantity": 3}]')$$),
    '^OM001 .* available 4', 'two lines of 3 are too many');
SELECT is(pg_temp.said($$try_reserve_many('buffered', '{A,C}', '{4,1}')$$), '1 4/0/4 refused, 2 1/0/0 insufficient', 'of C the buffer leaves none');

SELECT is((SELECT sum(quantity) FROM oms.reserve('buffered', 'A', 4, expires_in => '1 hour', cart_id => 'last')), 4::numeric, 'a cart holds the last 4');
SELECT pg_temp.refused($$SELECT * FROM oms.place_order('order', 'buffered', '{A}', '{5}', cart_id => 'last')$$,
    'OM001 not enough stock of sku "A" for channel "buffered" | Line 1: wanted 5, available 4. | Reserve fewer, or pass on_shortage => ''partial''.');
SELECT is((SELECT sum(quantity) FROM oms.place_order('order', 'buffered', '{A,A}', '{1,3}', cart_id => 'last')), 4::numeric, 'its order takes over all 4');
DO $$ BEGIN PERFORM oms.cancel_order('order'); END $$;

-- Untracked
SELECT oms.add_item('card', tracked => false) \gset
SELECT is(pg_temp.parts($$reserve_many('web', '{card,A,B}', '{1000,1,2}', ship_to => '41,-74')$$), '1 card N 1000, 2 A N 1, 3 B N 2', 'an untracked sku goes with the rest of the cart');
SELECT is(pg_temp.parts($$reserve('web', 'card', 5)$$), '1 card W 5', 'alone it ships from the first location of the group');

-- Carts: the same cart_id again replaces what the cart has
SELECT is((SELECT string_agg(quantity::text, ',') FROM oms.reserve('web', 'A', 30, expires_in => '1 hour', cart_id => 'basket')), '20,10', 'a cart holds 30 of 44');
SELECT is((SELECT sum(quantity) FROM oms.reserve('web', 'A', 40, expires_in => '1 hour', cart_id => 'basket')), 40::numeric, 'the same cart wants 40: it does not block itself');
SELECT is(oms.atp('web', 'A'), 4::bigint, '4 are left');
SELECT matches(pg_temp.said($$try_reserve('web', 'A', 45, cart_id => 'basket')$$), '^1 45/0/44 insufficient$', 'when it wants too much it keeps what it has');
SELECT matches(pg_temp.error($$SELECT * FROM oms.reserve('web', 'A', 45, cart_id => 'basket')$$), '^OM001 ', 'also when that is raised');
SELECT is(oms.atp('web', 'A'), 4::bigint, 'still 4 are left');
SELECT is((SELECT string_agg(status || ' ' || n, ', ' ORDER BY status) FROM (SELECT status, sum(quantity) AS n FROM oms.reservation WHERE cart_id = 'basket' GROUP BY status) AS s),
          'hold 40, released 30', 'the first holds are released');
SELECT is((SELECT count(*) FROM oms.reserve('web', 'B', 2, cart_id => 'basket')), 1::bigint, 'the cart now wants something else');
SELECT is(oms.atp('web', 'A'), 44::bigint, 'A is free again');
SELECT is(r.status, 'released', 'the cart is given up') FROM oms.reservation AS f, oms.release(f.reservation_id) AS r WHERE f.cart_id = 'basket' AND f.status = 'firm';

-- Life of a reservation
SELECT reservation_id AS held FROM oms.reserve('web', 'A', 6, location => 'N', expires_in => '1 hour', reference => 'phone') \gset
SELECT results_eq(format('SELECT sku, location, quantity, consumed, status, channel, method, cart_id, reference, expires_at > now() + interval ''59 minutes''
                          FROM oms.reservation WHERE reservation_id = %s', :held),
    $$VALUES ('A' COLLATE "C", 'N' COLLATE "C", 6::bigint, 0::bigint, 'hold', 'web' COLLATE "C", 'ship', NULL COLLATE "C", 'phone', true)$$, 'a hold');
SELECT is((SELECT expires_at > clock_timestamp() + interval '119 minutes' FROM oms.extend(:held, '2 hours')), true, 'extend: from now');
SELECT is((SELECT (status, expires_at IS NULL)::text FROM oms.confirm(:held)), '(firm,t)', 'confirm: firm, without expiry');
SELECT is((SELECT status FROM oms.confirm(:held)), 'firm', 'confirm again: still firm');
SELECT pg_temp.refused(format('SELECT * FROM oms.extend(%s, ''1 hour'')', :held),
    format('OM005 cannot extend reservation %s: it is firm | Sku "A" at location "N": 6 units, 0 consumed. | A firm reservation does not expire.', :held));
SELECT is((SELECT (quantity, consumed, status)::text FROM oms.consume(:held, 2, 'box 1', 'ann')), '(6,2,firm)', 'consume in part');
SELECT is((SELECT (on_hand, reserved)::text FROM oms.inventory WHERE sku = 'A' AND location = 'N'), '(4,4)', 'on_hand and reserved fall together');
SELECT is((SELECT (quantity, kind, reference, actor)::text FROM oms.movement WHERE sku = 'A' ORDER BY movement_id DESC LIMIT 1), '(-2,consume,"box 1",ann)', 'with a movement');
SELECT pg_temp.refused(format('SELECT * FROM oms.consume(%s, 5)', :held), format('OM005 cannot consume 5 units of reservation %s | Of 6 units 4 are left.', :held));
SELECT pg_temp.refused(format('SELECT * FROM oms.consume(%s, 0)', :held), format('22023 quantity must be at least 1 | Reservation %s: 0.', :held));
SELECT is((SELECT (quantity, consumed, status)::text FROM oms.consume(:held)), '(6,6,consumed)', 'consume the rest');
SELECT pg_temp.refused(format('SELECT * FROM oms.%s(%s)', verb, :held),
    format('OM005 cannot %s reservation %s: it is consumed | Sku "A" at location "N": 6 units, 6 consumed.', verb, :held))
FROM unnest('{consume,confirm,release}'::text[]) AS verb;

SELECT reservation_id AS given FROM oms.reserve('web', 'A', 5, location => 'F', expires_in => '1 hour') \gset
SELECT is((SELECT (consumed, status)::text FROM oms.consume(:given, 1)), '(1,hold)', 'a hold may be consumed in part');
SELECT is((SELECT (consumed, status)::text FROM oms.release(:given)), '(1,released)', 'release the rest');
SELECT is((SELECT (on_hand, reserved)::text FROM oms.inventory WHERE sku = 'A' AND location = 'F'), '(7,0)', 'which is free again');
SELECT is((SELECT status FROM oms.release(:given)), 'released', 'release again: nothing to do');
SELECT pg_temp.refused(format('SELECT * FROM oms.confirm(%s)', :given),
    format('OM005 cannot confirm reservation %s: it is released | Sku "A" at location "F": 5 units, 1 consumed.', :given));

-- Expiry is true at read time, swept or not
SELECT reservation_id AS late FROM oms.reserve('web', 'A', 7, location => 'F', expires_in => '1 ms') \gset
SELECT pg_sleep(0.01) \gset
SELECT is((SELECT status FROM oms.reservation WHERE reservation_id = :late), 'expired', 'the view says so');
SELECT matches(pg_temp.error(format('SELECT * FROM oms.%s', call)),
               format('^OM003 reservation %s has expired \| Sku "A" at location "F": 7 units, held until .* \| Reserve again\.$', :late), call || ' before it is swept')
FROM unnest(ARRAY[format('confirm(%s)', :late), format('extend(%s, ''1 hour'')', :late), format('consume(%s)', :late)]) AS call;
SELECT is((SELECT sum(quantity) FROM oms.reserve('web', 'A', 7, location => 'F')), 7::numeric, 'its units are sold to somebody else');
SELECT matches(pg_temp.error(format('SELECT * FROM oms.confirm(%s)', :late)), format('^OM003 reservation %s has expired', :late), 'and it cannot be confirmed');
SELECT is((SELECT status FROM oms.release(:late)), 'expired', 'release of an expired one: nothing to do');
SELECT is((SELECT (on_hand, reserved)::text FROM oms.inventory WHERE sku = 'A' AND location = 'F'), '(7,7)', 'nothing is given back twice');
SELECT reservation_id AS unswept FROM oms.reserve('web', 'A', 2, location => 'W', expires_in => '1 ms') \gset
SELECT pg_sleep(0.01) \gset
SELECT is((SELECT status FROM oms.release(:unswept)), 'expired', 'release of an unswept one sweeps it');
SELECT is((SELECT reserved FROM oms.inventory WHERE sku = 'A' AND location = 'W'), 0::bigint, 'its units are free');
SELECT count(*) FROM oms.reserve('web', 'A', 3, location => 'W', expires_in => '1 ms') \gset
SELECT pg_sleep(0.01) \gset
SELECT is(oms.expire_holds(), 3::bigint, 'expire_holds gives back 3 units');
SELECT is(oms.expire_holds(), 0::bigint, 'and then finds nothing');

-- The set forms: all or none
SELECT array_agg(reservation_id ORDER BY reservation_id)::text AS ids FROM oms.reserve_many('web', '{A,B}', '{1,2}', location => 'W', expires_in => '1 hour') \gset
SELECT is((SELECT string_agg(sku || ' ' || status, ', ') FROM oms.confirm_many(:'ids')), 'A firm, B firm', 'confirm_many');
SELECT pg_temp.refused(format('SELECT * FROM oms.extend_many(%L, ''1 hour'')', :'ids'),
    format('OM005 cannot extend reservation %s: it is firm | Sku "A" at location "W": 1 units, 0 consumed. | A firm reservation does not expire.', (:'ids'::bigint[])[1]));
SELECT pg_temp.refused(format('SELECT * FROM oms.consume_many(%L, ''{1,3}'')', :'ids'),
    format('OM005 cannot consume 3 units of reservation %s | Of 2 units 2 are left.', (:'ids'::bigint[])[2]));
SELECT is((SELECT string_agg(sku || ' ' || consumed || ' ' || status, ', ') FROM oms.consume_many(ARRAY[(:'ids'::bigint[])[2], (:'ids'::bigint[])[1]], '{1,1}')), 'A 1 consumed, B 1 firm', 'consume_many: quantities stay with their reservations');
SELECT matches(pg_temp.error(format('SELECT * FROM oms.release_many(%L)', :'ids')), '^OM005 cannot release reservation ', 'release_many: one is consumed, so none is released');
SELECT is((SELECT string_agg(status, ',') FROM oms.release_many(ARRAY[(:'ids'::bigint[])[2]])), 'released', 'the other alone');
SELECT pg_temp.refused($$SELECT * FROM oms.release_many('{7,8,7}')$$, '22023 reservation 7 is named twice');
SELECT is_empty($$SELECT * FROM oms.release_many('{}')$$, 'no reservation, no row');
SELECT pg_temp.refused(format('SELECT * FROM oms.%s', call), 'OM004 reservation -1 is unknown')
FROM unnest(ARRAY['confirm(-1)', 'extend(-1, ''1 hour'')', 'release(-1)', 'consume(-1)', 'confirm_many(''{-1}'')', 'consume_many(''{-1}'', ''{1}'')']) AS call;

SELECT is_empty($$
    SELECT i.sku, i.location, i.reserved, r.units
    FROM oms.inventory AS i
         FULL JOIN (SELECT sku, location, sum(quantity - consumed) AS units FROM oms.reservation_row
                    WHERE status IN ('hold', 'firm') GROUP BY sku, location) AS r USING (sku, location)
    WHERE coalesce(i.reserved, 0) <> coalesce(r.units, 0)$$, 'reserved is the sum of the reservations neither released nor consumed');

-- What is reserved may be lost; what keeps its hold then (a kit that no other location has) cannot be consumed
-- until it is there again. What is not tracked may.
SELECT oms.add_kit('kit', '{lost}', '{1}') \g /dev/null
SELECT oms.receive('W', 'lost', 3), oms.add_item('card2', tracked => false) \g /dev/null
SELECT reservation_id AS reserved FROM oms.reserve('web', 'kit', 3, 'W') \gset
SELECT oms.adjust('W', 'lost', -2, 'stolen') \g /dev/null
SELECT pg_temp.refused(format('SELECT * FROM oms.consume(%s)', :reserved),
    'OM001 sku "lost" at location "W" is not on hand | 3 units are to leave, on hand are 1. | Call oms.count_stock with what is there, or oms.reject.');
SELECT is((SELECT (consumed, status)::text FROM oms.consume(:reserved, 1)), '(1,firm)', 'what is there may leave');
SELECT is((SELECT status FROM oms.consume((SELECT reservation_id FROM oms.reserve('web', 'card2', 5, 'W')))), 'consumed', 'untracked: consumed');
SELECT is((SELECT format('%s %s', i.on_hand, (SELECT count(*) FROM oms.movement WHERE sku = 'card2')) FROM oms.inventory i WHERE i.sku = 'card2'), '0 0', 'and on_hand stays');

SELECT * FROM finish();
ROLLBACK;
