-- Incoming supply: what it adds to ATP and when, who claims it, changes, receipts, limits, hold-back, bad input.
BEGIN;
SET LOCAL client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS oms;
SET LOCAL TimeZone = 'UTC';
\ir include/shop.psql
SELECT plan(157);
SELECT pg_temp.shop();
SELECT oms.add_channel('careful', 'network', safety_stock => '5'), oms.add_channel('half', 'network', safety_stock => '50%'),
       oms.add_channel('pos', 'stores', 'stores'), oms.add_channel('buffered', 'network', buffer => 3), oms.add_channel('off', 'network', safety_stock => '100%') \g /dev/null

-- claims(sku): "reference: supply n, …; promise", by reference of the backorder
CREATE FUNCTION pg_temp.claims(sku text) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(format('%s %s/%s: %s; %s', COALESCE(b.reference, b.order_id), b.filled, b.quantity,
                             COALESCE(c.claims, 'nothing'), COALESCE(to_char(b.promise_at, 'DD'), 'no promise')), ' | ' ORDER BY b.backorder_id)
      FROM oms.backorder AS b
      LEFT JOIN LATERAL (SELECT string_agg(format('%s %s', k.reference, k.quantity), ', ' ORDER BY k.expected_at, k.reference) AS claims
                           FROM oms.backorder_claim AS k WHERE k.backorder_id = b.backorder_id) AS c ON true
     WHERE b.sku = $1 AND b.status = 'open'
$$;
-- supply(sku): "reference outstanding/quantity claimed status"
CREATE FUNCTION pg_temp.supply(sku text) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(format('%s %s/%s claimed %s %s', i.reference, i.outstanding, i.quantity, i.claimed, i.status), ' | ' ORDER BY i.expected_at, i.reference)
      FROM oms.incoming AS i WHERE i.sku = $1
$$;
CREATE FUNCTION pg_temp.day(n int) RETURNS timestamptz LANGUAGE sql AS $$ SELECT timestamptz '2099-01-01' + (n - 1) * interval '1 day' $$;
-- atps(channel, sku, days) is the ATP on each day
CREATE FUNCTION pg_temp.atps(channel text, sku text, days int[], method text DEFAULT 'ship') RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(oms.atp(channel, sku, method, pg_temp.day(d))::text, ' ' ORDER BY n) FROM unnest(days) WITH ORDINALITY AS u (d, n)
$$;
CREATE FUNCTION pg_temp.backorder(channel text, sku text, quantity bigint, reference text, location text DEFAULT NULL, method text DEFAULT 'ship') RETURNS void LANGUAGE sql AS $$
    SELECT oms.reserve(channel, sku, quantity, location, method => method, on_shortage => 'backorder', reference => reference)
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

-- Worked case 5
SELECT is((SELECT format('%s %s %s %s %s', sku, location, outstanding, claimed, status) FROM oms.add_incoming('w5', 'far', 'W5', 200, pg_temp.day(10))), 'W5 far 200 0 open', 'a purchase order of 200, due on day 10');
SELECT is(oms.atp('web', 'W5'), 0::bigint, 'today 0');
SELECT is(pg_temp.atps('web', 'W5', '{9,10,11}'), '0 200 200', 'in ten days 200');
SELECT is((SELECT format('%s %s', status, to_char(promise_at, 'DD')) FROM oms.place_order('w5', 'web', '{W5}', '{50}', promise_at => pg_temp.day(5), on_shortage => 'backorder')), 'backordered 10', 'a firm demand of 50, asked for day 5');
SELECT is(pg_temp.atps('web', 'W5', '{5,9,10}'), '0 0 150', '150 on day 10');
SELECT is((SELECT format('%s %s', backordered, to_char(promise_at, 'DD')) FROM oms.order_line WHERE order_id = 'w5'), '50 10', 'its line has the promise');
-- Worked case 6
SELECT oms.add_item('W6'), oms.add_item('W6b'), oms.add_item('W6c') \g /dev/null
SELECT pg_temp.backorder('web', 'W6', 100, 'w6'), pg_temp.backorder('web', 'W6b', 80, 'w6b'), pg_temp.backorder('web', 'W6c', 80, 'w6c') \g /dev/null
SELECT is(oms.receive('far', 'W6', 100, fill_limit => 80, hold_back => true), 100::bigint, '100 received for 100 backordered, with fill_limit 80');
SELECT is(pg_temp.claims('W6'), 'w6 80/100: nothing; no promise', '80 are filled, 20 stay backordered');
SELECT is((SELECT format('%s %s %s', on_hand, reserved, available) FROM oms.inventory WHERE sku = 'W6'), '100 100 0', '20 on hand');
SELECT is(oms.atp('web', 'W6') + oms.atp('pos', 'W6'), 0::bigint, 'and not offered');
SELECT is((SELECT status FROM oms.try_reserve('web', 'W6', 1)), 'insufficient', 'nor sold');
SELECT is(oms.fill_backorders('W6'), 0::bigint, 'nor used for backorders');
SELECT is((SELECT format('%s %s', sum(held), count(*)) FROM oms.hold_back WHERE sku = 'W6'), '20 1', 'they are in the view');
SELECT is(oms.receive('far', 'W6b', 100, hold_back => true) + oms.receive('far', 'W6c', 100), 200::bigint, '100 received for 80 backordered');
SELECT is((SELECT array_agg(atp ORDER BY sku) FROM oms.atp_many('web', '{W6b,W6c}')), '{0,20}', 'the surplus of 20 is not online with hold-back on, online with it off');
SELECT is(oms.release_hold_back('far', 'W6b'), 0::bigint, 'released');
SELECT is(oms.atp('web', 'W6b'), 20::bigint, 'it is online');
SELECT is(oms.release_hold_back('far', 'W6', 5), 15::bigint, 'a part of what is held');
SELECT is(pg_temp.claims('W6'), 'w6 85/100: nothing; no promise', 'goes to backorders first');
SELECT is(pg_temp.error($$SELECT oms.release_hold_back('far', 'W6', 16)$$), 'OM005 fewer units of sku "W6" are held back | Location "far": 16 wanted, 15 held.', 'more than is held');
SELECT is(oms.release_hold_back('far', 'W6', 15), 0::bigint, 'the rest');
SELECT is(oms.release_hold_back('far', 'W6'), 0::bigint, 'nothing is held any more');

-- When it counts, and for whom
SELECT oms.receive('near', 'A', 4) \g /dev/null
SELECT oms.add_incoming('a1', 'far', 'A', 10, pg_temp.day(10)), oms.add_incoming('a2', 'near', 'A', 6, pg_temp.day(20)), oms.add_incoming('a3', 'other', 'A', 100, pg_temp.day(15)),
       oms.add_incoming('a0', 'far', 'A', 50, now() - interval '1 minute') \g /dev/null
SELECT is(pg_temp.atps('web', 'A', '{1,10,15,20}'), '4 14 14 20', 'from its moment on, at the locations of the channel');
SELECT is(oms.atp('web', 'A', at => pg_temp.day(10) - interval '1 microsecond'), 4::bigint, 'not a moment earlier');
SELECT is(pg_temp.atps('pos', 'A', '{1,10,15,20}'), '4 4 4 10', 'of another channel');
SELECT is(pg_temp.atps('web', 'A', '{10,20}', 'pickup'), '4 10', 'for pickup');
SELECT is(pg_temp.atps('careful', 'A', '{1,10,20}'), '0 5 10', 'less safety stock at each location then');
SELECT is(pg_temp.atps('half', 'A', '{1,10,20}'), '2 7 10', 'a percent of what is on hand then');
SELECT is(pg_temp.atps('off', 'A', '{1,10,20}'), '0 0 0', 'nothing where all is withheld');
SELECT is(pg_temp.atps('buffered', 'A', '{1,10,20}'), '1 11 17', 'less the buffer once');
SELECT is(oms.atp('web', 'A', at => 'infinity'), 20::bigint, 'at the end of time');
SELECT is(oms.atp('web', 'A', at => '-infinity') + oms.atp('web', 'A', at => '1999-01-01') + oms.atp('web', 'A', at => now()), 12::bigint, 'a moment that has passed is now');
SELECT is((SELECT array_agg(atp ORDER BY sku) FROM oms.atp_many('web', '{A,W5,nothing}', at => pg_temp.day(10))), '{14,150,NULL}', 'atp_many as well');
SELECT is(oms.atp('web', 'A'), 4::bigint, 'now only what is on hand: what is overdue counts for nothing');
SELECT is((SELECT oms.expected_supply('A')::text), '{10 @ 2099-01-10 00:00:00+00, 100 @ 2099-01-15 00:00:00+00, 6 @ 2099-01-20 00:00:00+00}', 'expected_supply of all locations');
SELECT is(to_char(oms.earliest(oms.expected_supply('A', 'near'), 6), 'DD') || to_char(oms.earliest(oms.expected_supply('A'), 11), 'DD'), '2015', 'and when there is enough');
SELECT is((SELECT string_agg(format('%s: %s %s %s %s', to_char(at, 'DD'), incoming, backordered, projected, atp), ', ' ORDER BY at) FROM oms.projection('web', 'A') WHERE at > now() + interval '1 year'), '10: 10 0 14 14, 20: 6 0 20 20', 'the timeline');
SELECT is((SELECT format('%s %s %s %s', incoming, backordered, projected, atp) FROM oms.projection('buffered', 'A') ORDER BY at LIMIT 1), '0 0 4 1', 'begins now');
INSERT INTO oms.safety_stock_rule (channel, safety_stock, active_from, active_until) VALUES ('web', '3', pg_temp.day(5), pg_temp.day(12));
SELECT is(pg_temp.atps('web', 'A', '{1,5,10,12,20}'), '4 1 8 14 20', 'by the rules in force then');
DELETE FROM oms.safety_stock_rule;

-- Claims: the earliest that serves
SELECT pg_temp.backorder('web', 'A', 7, 'a') \g /dev/null
SELECT is(pg_temp.claims('A'), 'a 0/3: a1 3; 10', 'what could not be reserved claims the earliest');
SELECT pg_temp.backorder('pos', 'A', 2, 'b'), pg_temp.backorder('web', 'A', 2, 'c', 'near'), pg_temp.backorder('web', 'A', 1, 'd', method => 'pickup') \g /dev/null
SELECT is(pg_temp.claims('A'), 'a 0/3: a1 3; 10 | b 0/2: a2 2; 20 | c 0/2: a2 2; 20 | d 0/1: a2 1; 20', 'that serves its channel, location and method');
SELECT pg_temp.backorder('web', 'A', 9, 'e') \g /dev/null
SELECT is(pg_temp.claims('A'), 'a 0/3: a1 3; 10 | b 0/2: a2 2; 20 | c 0/2: a2 2; 20 | d 0/1: a2 1; 20 | e 0/9: a1 7, a2 1; no promise', 'over several rows, and no promise while not all is covered');
SELECT is(pg_temp.atps('web', 'A', '{10,20}'), '0 0', 'nothing is left to promise');
SELECT oms.add_incoming('a4', 'far', 'A', 4, pg_temp.day(25)) \g /dev/null
SELECT is(pg_temp.claims('A'), 'a 0/3: a1 3; 10 | b 0/2: a2 2; 20 | c 0/2: a2 2; 20 | d 0/1: a2 1; 20 | e 0/9: a1 7, a2 1, a4 1; 25', 'what comes is for who waits for nothing');
SELECT is(pg_temp.supply('A'), 'a0 50/50 claimed 0 open | a1 10/10 claimed 10 open | a3 100/100 claimed 0 open | a2 6/6 claimed 6 open | a4 4/4 claimed 1 open', 'the supply');
SELECT oms.add_item('B'), oms.add_incoming('b1', 'far', 'B', 9, pg_temp.day(10)) \g /dev/null
SELECT pg_temp.backorder('careful', 'B', 6, 'careful') \g /dev/null
SELECT is(pg_temp.claims('B'), 'careful 0/6: b1 4; no promise', 'no more than the channel may sell on that day');
SELECT pg_temp.backorder('off', 'B', 1, 'off') \g /dev/null
SELECT pg_temp.backorder('buffered', 'B', 9, 'buffered') \g /dev/null
SELECT is(pg_temp.claims('B'), 'careful 0/6: b1 4; no promise | off 0/1: nothing; no promise | buffered 0/9: b1 2; no promise', 'nothing where all is withheld, and not the buffer');
SELECT oms.receive_incoming('b1', 'far', 'B', 9) \g /dev/null
SELECT is(pg_temp.claims('B'), 'careful 4/6: nothing; no promise | off 0/1: nothing; no promise | buffered 2/9: nothing; no promise', 'a receipt fills as much');

-- Locations that are excluded for a time, after a reject
SELECT oms.add_item('XCL'), oms.add_incoming('x1', 'near', 'XCL', 9, pg_temp.day(10)), oms.add_incoming('x2', 'far', 'XCL', 9, pg_temp.day(20)) \g /dev/null
INSERT INTO oms.location_exclusion (location, sku, until) VALUES ('near', 'XCL', pg_temp.day(15)), ('far', 'another sku', 'infinity'), ('far', NULL, pg_temp.day(19));
SELECT pg_temp.backorder('web', 'XCL', 2, 'a') \g /dev/null
SELECT is(pg_temp.claims('XCL'), 'a 0/2: x2 2; 20', 'nothing of a location that is excluded on that day');
UPDATE oms.location_exclusion SET until = pg_temp.day(9) WHERE location = 'near';
SELECT pg_temp.backorder('web', 'XCL', 2, 'b') \g /dev/null
SELECT is(pg_temp.claims('XCL'), 'a 0/2: x2 2; 20 | b 0/2: x1 2; 10', 'but what comes when that is over');
SELECT oms.fill_backorders('XCL') \g /dev/null
SELECT is(pg_temp.claims('XCL'), 'a 0/2: x1 2; 10 | b 0/2: x1 2; 10', 'to which claims move up');
INSERT INTO oms.location_exclusion (location, sku, order_id, until) VALUES ('near', 'XCL', 'xcl-1', 'infinity'), ('near', NULL, 'xcl-2', 'infinity');
SELECT oms.place_order('xcl-1', 'web', '{XCL}', '{1}', on_shortage => 'backorder'), oms.place_order('xcl-2', 'web', '{XCL}', '{1}', on_shortage => 'backorder'),
       oms.place_order('xcl-3', 'web', '{XCL}', '{1}', on_shortage => 'backorder') \g /dev/null
SELECT is(pg_temp.claims('XCL'), 'a 0/2: x1 2; 10 | b 0/2: x1 2; 10 | xcl-1 0/1: x2 1; 20 | xcl-2 0/1: x2 1; 20 | xcl-3 0/1: x1 1; 10', 'nor for an order for which it is excluded');
SELECT oms.fill_backorders('XCL') \g /dev/null
SELECT is(pg_temp.claims('XCL'), 'a 0/2: x1 2; 10 | b 0/2: x1 2; 10 | xcl-1 0/1: x2 1; 20 | xcl-2 0/1: x2 1; 20 | xcl-3 0/1: x1 1; 10', 'which settling respects');
DELETE FROM oms.location_exclusion;
SELECT oms.fill_backorders('XCL') \g /dev/null
SELECT is(pg_temp.claims('XCL'), 'a 0/2: x1 2; 10 | b 0/2: x1 2; 10 | xcl-1 0/1: x1 1; 10 | xcl-2 0/1: x1 1; 10 | xcl-3 0/1: x1 1; 10', 'until it is over');

-- Changes
SELECT oms.add_incoming('c1', 'far', 'C', 10, pg_temp.day(10)), oms.add_incoming('c2', 'far', 'C', 5, pg_temp.day(20)) \g /dev/null
SELECT oms.place_order('c-1', 'web', '{C}', '{4}', priority => 3, on_shortage => 'backorder'), oms.place_order('c-2', 'web', '{C}', '{6}', priority => 1, on_shortage => 'backorder') \g /dev/null
SELECT is(pg_temp.claims('C'), 'c-1 0/4: c1 4; 10 | c-2 0/6: c1 6; 10', 'before');
SELECT is((SELECT format('%s %s %s', quantity, outstanding, claimed) FROM oms.change_incoming('c1', quantity => 8)), '8 8 8', 'reduced by 2');
SELECT is(pg_temp.claims('C'), 'c-1 0/4: c1 2, c2 2; 20 | c-2 0/6: c1 6; 10', 'the least urgent moves on');
SELECT is((SELECT to_char(promise_at, 'DD') FROM oms.order_line WHERE order_id = 'c-1'), '20', 'and its promise with it');
SELECT oms.change_incoming('c1', expected_at => pg_temp.day(25)) \g /dev/null
SELECT is(pg_temp.claims('C'), 'c-1 0/4: c2 2, c1 2; 25 | c-2 0/6: c2 3, c1 3; 25', 'late: the most urgent moves up to what is free');
SELECT oms.change_incoming('c1', 'far', 'C', 10, pg_temp.day(5)) \g /dev/null
SELECT is(pg_temp.claims('C'), 'c-1 0/4: c1 4; 05 | c-2 0/6: c1 6; 05', 'early again, and more: all move up');
SELECT is((SELECT format('%s %s', status, claimed) FROM oms.cancel_incoming('c1')), 'cancelled 0', 'cancelled');
SELECT is(pg_temp.claims('C'), 'c-1 0/4: nothing; no promise | c-2 0/6: c2 5; no promise', 'the most urgent has what there is');
SELECT is(pg_temp.error($$SELECT oms.cancel_incoming('c1')$$), 'OM004 nothing open is expected for purchase order "c1" | Call oms.add_incoming first; oms.incoming lists what there is.', 'once');
SELECT is(pg_temp.error($$SELECT oms.change_incoming('c2', 'near', quantity => 4)$$), 'OM004 nothing open is expected for purchase order "c2" | Location "near", sku "(any)". | Call oms.add_incoming first; oms.incoming lists what there is.', 'nothing open there');
SELECT is((SELECT format('%s %s %s', status, outstanding, claimed) FROM oms.add_incoming('c1', 'far', 'C', 3, pg_temp.day(7))), 'open 3 3', 'expected again');
SELECT is(pg_temp.claims('C'), 'c-1 0/4: c2 2; no promise | c-2 0/6: c1 3, c2 3; 20', 'the most urgent moves up, the next one has its place');
SELECT is((SELECT count(*) FROM oms.incoming WHERE reference = 'c1'), 1::bigint, 'it is the same row');
SELECT is((SELECT string_agg(format('%s %s', sku, quantity), ', ' ORDER BY sku) FROM oms.add_incoming_many('m', 'far', '{M1,M2}', '{3,4}', pg_temp.day(3))), 'M1 3, M2 4', 'many at once');
SELECT is((SELECT string_agg(format('%s %s', sku, to_char(expected_at, 'DD')), ', ' ORDER BY sku) FROM oms.change_incoming('m', expected_at => pg_temp.day(4))), 'M1 04, M2 04', 'a whole purchase order is late');
SELECT is((SELECT string_agg(sku, ', ') FROM oms.cancel_incoming('m', sku => 'M1', reason => 'sold out')), 'M1', 'or one sku of it is cancelled');
SELECT is((SELECT string_agg(format('%s %s %s', sku, status, reason), ', ' ORDER BY sku) FROM oms.incoming WHERE reference = 'm'), 'M1 cancelled sold out, M2 open ', 'with a reason');

-- Overdue
SELECT oms.add_incoming('o1', 'far', 'O', 5, now() + interval '1 hour') \g /dev/null
SELECT pg_temp.backorder('web', 'O', 2, 'before') \g /dev/null
SELECT oms.change_incoming('o1', expected_at => now() - interval '1 second') \g /dev/null
SELECT pg_temp.backorder('web', 'O', 1, 'after') \g /dev/null
SELECT is((SELECT string_agg(format('%s %s %s', reference, claimed, promise_at < now()), ', ' ORDER BY reference) FROM oms.backorder WHERE sku = 'O'), 'after 0 , before 2 t', 'who claims it keeps the claim, late as it is; nobody claims it anew');
SELECT oms.receive_incoming('o1', 'far', 'O', 2) \g /dev/null
SELECT is(pg_temp.claims('O'), 'after 0/1: nothing; no promise', 'it comes after all: by promise before age');
SELECT oms.change_incoming('o1', expected_at => pg_temp.day(3)) \g /dev/null
SELECT is(pg_temp.claims('O'), 'after 0/1: o1 1; 03', 'dated anew it is claimed');

-- Receipts
SELECT oms.add_incoming('r1', 'far', 'R', 10, pg_temp.day(10)), oms.add_incoming('r2', 'far', 'R', 10, pg_temp.day(20)) \g /dev/null
SELECT oms.place_order('r-1', 'web', '{R}', '{12}', priority => 2, on_shortage => 'backorder'), oms.place_order('r-2', 'web', '{R}', '{3}', priority => 2, on_shortage => 'backorder'), oms.place_order('r-3', 'web', '{R}', '{2}', priority => 0, on_shortage => 'backorder') \g /dev/null
SELECT is(pg_temp.claims('R'), 'r-1 0/12: r1 10, r2 2; 20 | r-2 0/3: r2 3; 20 | r-3 0/2: r2 2; 20', 'before');
SELECT is((SELECT r::text FROM oms.receive_incoming('r1', 'far', 'R', 4) AS r), '(R,4,4,0,4,6,open)', 'a part comes');
SELECT is(pg_temp.claims('R'), 'r-1 2/12: r1 6, r2 4; 20 | r-2 0/3: r2 3; 20', 'by priority; who claimed it and got nothing is moved on');
SELECT is((SELECT r::text FROM oms.receive_incoming('r1', 'far', 'R', 7, fill_limit => 3) AS r), '(R,11,3,0,11,0,received)', 'more than was expected comes, and not all of it may fill');
SELECT is(pg_temp.claims('R'), 'r-1 5/12: r2 7; 20 | r-2 0/3: r2 3; 20', 'the others claim what is still expected');
SELECT is(oms.fill_backorders('R'), 4::bigint, 'a job fills from the rest');
SELECT is(pg_temp.claims('R'), 'r-1 9/12: r2 3; 20 | r-2 0/3: r2 3; 20', 'and less is claimed');
SELECT is(oms.receive('far', 'R', 4), 15::bigint, 'a receipt of something else');
SELECT is(pg_temp.claims('R'), 'r-2 1/3: r2 2; 20', 'fills all the same');
SELECT is((SELECT r::text FROM oms.receive_incoming('r2', 'far', 'R', 10, hold_back => true, fill_limit => 0) AS r), '(R,25,0,10,10,0,received)', 'nothing fills, all is held back');
SELECT is(pg_temp.claims('R'), 'r-2 1/3: nothing; no promise', 'and a claim on it is gone');
SELECT is((SELECT r::text FROM oms.receive_incoming('r2', 'far', 'R', 1) AS r), '(R,26,1,0,11,0,received)', 'one more than all');
SELECT is((SELECT string_agg(format('%s %s %s', m.quantity, m.kind, i.reference), ', ' ORDER BY m.movement_id) FROM oms.movement AS m JOIN oms.incoming AS i USING (incoming_id) WHERE m.sku = 'R'), '4 receive r1, 7 receive r1, 10 receive r2, 1 receive r2', 'the ledger says what was received of what');
SELECT is((SELECT string_agg(r::text, ' ') FROM oms.receive_incoming_many('m', 'far', '{M2}', '{4}', reason => 'truck 4') AS r), '(M2,4,0,0,4,0,received)', 'many at once');
SELECT is((SELECT reason || reference FROM oms.movement WHERE sku = 'M2'), 'truck 4m', 'with a reason');
SELECT is(pg_temp.error($$SELECT oms.receive_incoming('m', 'far', 'M1', 1)$$), 'OM005 purchase order "m" of sku "M1" is cancelled | Location "far". | Call oms.add_incoming to expect it again, or oms.receive.', 'a cancelled one');
SELECT is(pg_temp.error($$SELECT oms.receive_incoming('m', 'near', 'M2', 1)$$), 'OM004 nothing is expected for purchase order "m" | Location "near", sku "M2". | Call oms.add_incoming first; oms.incoming lists what there is.', 'one that is not expected there');
SELECT oms.adjust('far', 'R', -20, 'fire') \g /dev/null
SELECT oms.receive('far', 'H', 6) \g /dev/null
SELECT oms.reserve('web', 'H', 5) \g /dev/null
SELECT oms.adjust('far', 'H', -4, 'fire') \g /dev/null
SELECT oms.receive('far', 'H', 4, hold_back => true) \g /dev/null
SELECT is((SELECT sum(held) FROM oms.hold_back WHERE sku = 'H'), 1::numeric, 'what makes a shortfall good is not held back');

-- Releasing and cancelling gives claims back
SELECT oms.add_incoming('l1', 'far', 'L', 10, pg_temp.day(10)) \g /dev/null
SELECT oms.reserve('web', 'L', 2, cart_id => 'l', on_shortage => 'backorder', reference => 'cart'), oms.place_order('l-1', 'web', '{L,L}', '{3,1}', on_shortage => 'backorder') \g /dev/null
SELECT pg_temp.backorder('web', 'L', 1, 'single') \g /dev/null
SELECT is(pg_temp.supply('L'), 'l1 10/10 claimed 7 open', 'claimed');
SELECT oms.reserve('web', 'L', 4, cart_id => 'l', on_shortage => 'backorder', reference => 'cart') \g /dev/null
SELECT is(pg_temp.supply('L'), 'l1 10/10 claimed 9 open', 'a cart again');
SELECT oms.cancel_order('l-1') \g /dev/null
SELECT is(pg_temp.supply('L'), 'l1 10/10 claimed 5 open', 'an order cancelled');
SELECT oms.release_backorder(backorder_id) FROM oms.backorder WHERE reference = 'single' \g /dev/null
SELECT is(pg_temp.supply('L') || ' ' || pg_temp.atps('web', 'L', '{10}'), 'l1 10/10 claimed 4 open 6', 'a backorder released');
SELECT oms.place_order('l-2', 'web', '{L}', '{4}', cart_id => 'l', on_shortage => 'backorder') \g /dev/null
SELECT is(pg_temp.claims('L'), 'l-2 0/4: l1 4; 10', 'an order that takes the cart over');
SELECT is((SELECT to_char(promise_at, 'DD') FROM oms.place_order('l-3', 'web', '{L}', '{1}', promise_at => pg_temp.day(28), on_shortage => 'backorder')), '28', 'a later date that was asked for is the promise');
SELECT is((SELECT to_char(promise_at, 'DD') FROM oms.reserve('web', 'L', 1, on_shortage => 'backorder')), '10', 'reserve returns the promise');

-- Limits
SELECT oms.add_item('X'), oms.add_item('Y'), oms.add_item('Z') \g /dev/null
SELECT is((SELECT b::text FROM oms.add_backorder_limit('web', units => 5) AS b), '(web,,5)', 'of every sku of a channel');
SELECT is((SELECT b::text FROM oms.add_backorder_limit('web', 'Y', 0) AS b), '(web,Y,0)', 'of one');
SELECT is((SELECT b::text FROM oms.add_backorder_limit('web', 'Z') AS b), '(web,Z,)', 'none');
SELECT is((SELECT string_agg(status, ' ' ORDER BY sku) FROM (SELECT 'X' AS sku, status FROM oms.try_reserve('web', 'X', 3, on_shortage => 'backorder')
           UNION ALL SELECT 'Y', status FROM oms.try_reserve('web', 'Y', 1, on_shortage => 'backorder') UNION ALL SELECT 'Z', status FROM oms.try_reserve('web', 'Z', 99, on_shortage => 'backorder')) AS t),
          'backordered backorder_limit backordered', 'the limit of the sku comes before that of the channel');
SELECT is((SELECT status FROM oms.try_reserve('web', 'X', 3, on_shortage => 'backorder')), 'backorder_limit', 'open backorders count');
SELECT is(pg_temp.error($$SELECT oms.reserve('web', 'X', 3, on_shortage => 'backorder')$$), 'OM013 too many units of sku "X" would be backordered on channel "web" | Line 1: wanted 3, available 0, and 2 may still be backordered. | Reserve fewer, pass on_shortage => ''partial'', or call oms.add_backorder_limit.', 'an error of its own');
SELECT is((SELECT string_agg(status, ' ' ORDER BY line_no) FROM oms.try_reserve_many('web', '{X,Z,X}', '{2,1,1}', on_shortage => 'backorder')), 'refused refused backorder_limit', 'over all lines of a cart, which is refused as a whole');
SELECT matches(pg_temp.error($$SELECT oms.place_order('x-1', 'web', '{Z,X}', '{1,3}', on_shortage => 'backorder')$$), '^OM013 too many units of sku "X"', 'and for an order');
SELECT is((SELECT count(*) FROM oms.backorder WHERE sku = 'X'), 1::bigint, 'nothing was written');
SELECT is((SELECT status FROM oms.try_reserve('pos', 'X', 9, on_shortage => 'backorder')), 'backordered', 'another channel has none');
SELECT oms.receive('far', 'X', 2) \g /dev/null
SELECT is((SELECT status FROM oms.try_reserve('web', 'X', 4, on_shortage => 'backorder')), 'backordered', 'what is filled counts no more');
SELECT oms.add_backorder_limit('web', 'X', 2) \g /dev/null
SELECT is((SELECT status FROM oms.try_reserve('web', 'X', 1, on_shortage => 'backorder')), 'backorder_limit', 'a lower limit lets what there is be');
SELECT oms.release_backorder(backorder_id) FROM oms.backorder WHERE sku = 'X' AND channel = 'web' AND status = 'open' \g /dev/null
SELECT is((SELECT status FROM oms.try_reserve('web', 'X', 2, on_shortage => 'backorder')), 'backordered', 'what is released counts no more');
DELETE FROM oms.backorder_limit;
SELECT is((SELECT status FROM oms.try_reserve('web', 'Y', 1000000, on_shortage => 'backorder')), 'backordered', 'without a row any number');

-- Retries
SELECT is((SELECT string_agg(i::text, '') FROM oms.add_incoming('q', 'far', 'Q', 5, pg_temp.day(3), request_id => 'q-1') AS i),
          (SELECT string_agg(i::text, '') FROM oms.add_incoming('q', 'far', 'Q', 5, pg_temp.day(3), request_id => 'q-1') AS i), 'a retry has the same rows');
SELECT is((SELECT string_agg(i::text, '') FROM oms.receive_incoming('q', 'far', 'Q', 2, request_id => 'q-2') AS i),
          (SELECT string_agg(i::text, '') FROM oms.receive_incoming('q', 'far', 'Q', 2, request_id => 'q-2') AS i), 'of a receipt');
SELECT is(pg_temp.supply('Q'), 'q 3/5 claimed 0 open', 'which receives once');
SELECT matches(pg_temp.error($$SELECT oms.receive_incoming('q', 'far', 'Q', 3, request_id => 'q-2')$$), '^OM006 ', 'another quantity is another request');
SELECT oms.change_incoming('q', quantity => 4, request_id => 'q-3'), oms.change_incoming('q', quantity => 4, request_id => 'q-3') \g /dev/null
SELECT oms.receive('far', 'Q', 3, hold_back => true) \g /dev/null
SELECT is(oms.release_hold_back('far', 'Q', 1, 'q-4') + oms.release_hold_back('far', 'Q', 1, 'q-4'), 4::bigint, 'of a release');
SELECT is((SELECT sum(held) FROM oms.hold_back WHERE sku = 'Q'), 2::numeric, 'which releases once');
SELECT is((SELECT status FROM oms.cancel_incoming('q', request_id => 'q-5')) || (SELECT status FROM oms.cancel_incoming('q', request_id => 'q-5')), 'cancelledcancelled', 'of a cancellation');

-- Bad input
SELECT is(pg_temp.error('SELECT * FROM oms.' || call), error, call)
FROM (VALUES
    ('add_incoming(NULL, ''far'', ''A'', 1, now())', '22004 reference must not be null'), ('add_incoming(''p'', NULL, ''A'', 1, now())', '22004 location must not be null'),
    ('add_incoming(''p'', ''far'', NULL, 1, now())', '22004 sku must not be null'), ('add_incoming(''p'', ''far'', ''A'', NULL, now())', '22004 quantity must not be null'),
    ('add_incoming(''p'', ''far'', ''A'', 1, NULL)', '22004 expected_at must not be null'), ('add_incoming('''', ''far'', ''A'', 1, now())', '22023 reference must not be empty'),
    ('add_incoming(''p'', ''far'', ''A'', 0, now())', '22023 quantity must be at least 1 | It is 0.'), ('add_incoming(''p'', ''far'', ''A'', -9223372036854775808, now())', '22023 quantity must be at least 1 | It is -9223372036854775808.'),
    ('add_incoming(''p'', ''far'', ''A'', 1, ''infinity'')', '22008 expected_at must be finite'), ('add_incoming(''p'', ''nowhere'', ''A'', 1, now())', 'OM004 location "nowhere" is unknown | Call oms.add_location first.'),
    ('add_incoming_many(''p'', ''far'', ''{A,A}'', ''{1,2}'', now())', '22023 sku "A" is named twice'), ('add_incoming_many(''p'', ''far'', ''{A}'', ''{0}'', now())', '22023 quantities must be at least 1 | Element 1, sku "A": 0.'),
    ('add_incoming_many(''p'', ''far'', ''{A}'', ''{1,2}'', now())', '2202E skus and quantities must have the same length | skus has 1 elements, quantities has 2.'),
    ('add_incoming_many(''p'', ''far'', NULL, ''{1}'', now())', '22004 skus must not be null'), ('add_incoming_many(''p'', ''far'', ''{A}'', NULL, now())', '22004 quantities must not be null'),
    ('change_incoming(NULL)', '22004 reference must not be null'), ('change_incoming(''a1'', quantity => 0)', '22023 quantity must be at least 1 | It is 0.'), ('change_incoming(''a1'', expected_at => ''-infinity'')', '22008 expected_at must be finite'),
    ('cancel_incoming(NULL)', '22004 reference must not be null'), ('cancel_incoming(''a1'', '''')', '22023 location must not be empty'),
    ('receive_incoming(NULL, ''far'', ''A'', 1)', '22004 reference must not be null'), ('receive_incoming(''a1'', ''far'', ''A'', 0)', '22023 quantity must be at least 1 | It is 0.'),
    ('receive_incoming(''a1'', ''far'', ''A'', 1, fill_limit => -1)', '22023 fill_limit must not be negative | It is -1.'), ('receive_incoming(''a1'', ''far'', ''A'', 1, hold_back => NULL)', '22004 hold_back must not be null'),
    ('receive_incoming(''a2'', ''near'', ''A'', 9223372036854775807)', '22003 a quantity of an account would be out of range of bigint'),
    ('receive_incoming_many(''a1'', ''far'', ''{A,A}'', ''{1,1}'')', '22023 sku "A" is named twice'),
    ('receive(''far'', ''A'', 1, fill_limit => -1)', '22023 fill_limit must not be negative | It is -1.'), ('receive(''far'', ''A'', 1, hold_back => NULL)', '22004 hold_back must not be null'),
    ('release_hold_back(NULL, ''A'')', '22004 location must not be null'), ('release_hold_back(''far'', NULL)', '22004 sku must not be null'), ('release_hold_back(''far'', ''A'', 0)', '22023 quantity must be at least 1 | It is 0.'),
    ('release_hold_back(''nowhere'', ''A'')', 'OM004 location "nowhere" is unknown | Call oms.add_location first.'),
    ('projection(''nowhere'', ''A'')', 'OM004 channel "nowhere" is unknown | Call oms.add_channel first.'), ('projection(''web'', ''nothing'')', 'OM004 sku "nothing" is unknown | It has neither an item nor stock at any location. | Call oms.receive or oms.add_item first.')
    ) AS c (call, error);
SELECT matches(pg_temp.error($$SELECT oms.add_backorder_limit('nowhere', 'A', 1)$$), '^23503 ', 'a limit of an unknown channel');
SELECT matches(pg_temp.error($$SELECT oms.add_backorder_limit('web', 'A', -1)$$), '^23514 ', 'a limit below 0');
SELECT is_empty('SELECT * FROM oms.check()', 'nothing is broken');
SELECT * FROM finish();
ROLLBACK;
