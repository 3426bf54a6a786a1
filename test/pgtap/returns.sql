-- Returns: bounds, conditions, windows, kits, what is not tracked, pickups, exchanges; requests and bad input.
BEGIN;
\ir include/shop.psql
SELECT pg_temp.shop();
CREATE FUNCTION pg_temp.error(call text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    detail text;
BEGIN
    EXECUTE 'SELECT * FROM oms.' || call;
    RETURN NULL;
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL;
    RETURN concat_ws(' | ', SQLSTATE || ' ' || SQLERRM, NULLIF(detail, ''));
END $$;
CREATE FUNCTION pg_temp.back(call text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    found text;
BEGIN
    EXECUTE format('SELECT string_agg(concat_ws('' '', line_no, sku, location, quantity, condition, on_hand, unavailable), '', '') FROM oms.%s', call) INTO found;
    RETURN found;
END $$;
CREATE PROCEDURE pg_temp.send(which text) LANGUAGE plpgsql AS $$
DECLARE
    f bigint;
BEGIN
    PERFORM oms.route(order_ids => ARRAY[which]);
    FOR f IN SELECT fulfillment_id FROM oms.work WHERE order_id = which LOOP
        PERFORM oms.accept(f), oms.pick(f), oms.pack(f);
        IF (SELECT method FROM oms.fulfillment WHERE fulfillment_id = f) = 'ship' THEN
            PERFORM oms.ship(f);
        ELSE
            PERFORM oms.ready(f), oms.hand_over(f);
        END IF;
    END LOOP;
END $$;
SELECT no_plan();
SELECT oms.receive_many('near', '{A,B,C}', '{20,20,20}') \g /dev/null
SELECT oms.place_order('o', 'web', '{A,B}', '{5,2}', '40.7,-74') \g /dev/null
SELECT matches(pg_temp.error('return_line(''o'', 1, ''near'', 1)'), '^OM005 more of sku "A" would come back than has left', 'nothing has left yet');
CALL pg_temp.send('o');

SELECT is(pg_temp.back('return_line(''o'', 1, ''other'', 2, request_id => ''r1'')'), '1 A other 2 sellable 2 0', 'to any location');
SELECT is(pg_temp.back('return_line(''o'', 1, ''other'', 2, request_id => ''r1'')'), '1 A other 2 sellable 2 0', 'asked for twice');
SELECT is(pg_temp.back('return_line(''o'', 1, ''other'', 1, ''damaged'', ''scratched'', reference => ''RMA 7'', actor => ''Ann'')'), '1 A other 1 damaged 2 1', 'damaged');
SELECT is((SELECT concat_ws(' ', quantity, unavailable, kind, reason, reference = 'return ' || (SELECT max(return_id) FROM oms.returned), actor) FROM oms.movement WHERE kind = 'return' ORDER BY movement_id DESC LIMIT 1), '0 1 return scratched t Ann', 'in the ledger');
SELECT is((SELECT concat_ws(' ', condition, reason, reference, actor) FROM oms.returned WHERE condition = 'damaged'), 'damaged scratched RMA 7 Ann', 'and among the returns');
SELECT is(pg_temp.error('return_line(''o'', 1, ''near'', 3)'), 'OM005 more of sku "A" would come back than has left | Order "o", line 1: 2 have left and not come back.', 'not more than has left');
SELECT matches(pg_temp.error('return_lines(''o'', ''near'', ''[{"line_no": 1, "quantity": 2}, {"line_no": 1, "quantity": 1}]'')'), '^OM005 ', 'nor in two parts');
SELECT is((SELECT sum(quantity) FROM oms.returned), 3::numeric, 'all or none');
SELECT is(pg_temp.back('return_lines(''o'', ''near'', ''[{"line_no": 1, "quantity": 2}, {"line_no": 2, "quantity": 1, "condition": "damaged", "reason": "moth"}]'')'), '1 A near 2 sellable 17 0, 2 B near 1 damaged 18 1', 'lines');
SELECT is((SELECT count(*) FROM oms.return_lines('o', 'near', '[]')), 0::bigint, 'none is a set as well');
SELECT is_empty('SELECT * FROM oms.check()', 'oms.check() finds nothing');
-- serves who waits
SELECT oms.place_order('w', 'web', '{B}', '{25}', on_shortage => 'backorder') \g /dev/null
SELECT backordered AS waiting FROM oms.order_line WHERE order_id = 'w' \gset
SELECT is(pg_temp.back('return_line(''o'', 2, ''near'', 1)'), '2 B near 1 sellable 19 1', 'the last one');
SELECT is((SELECT backordered FROM oms.order_line WHERE order_id = 'w'), :waiting - 1::bigint, 'goes to who waits for it');
SELECT is((SELECT status FROM oms.orders WHERE order_id = 'o'), 'completed', 'the order stays what it is');

-- Part of a line shipped, the rest cancelled; a pickup; a reservation consumed by itself
SELECT oms.place_order('p', 'web', '{C}', '{4}', service => 'pickup') \g /dev/null
CALL pg_temp.send('p');
SELECT is(pg_temp.back('return_line(''p'', 1, ''far'', 1)'), '1 C far 1 sellable 1 0', 'a pickup');
SELECT oms.place_order('c', 'web', '{C}', '{4}') \g /dev/null
SELECT oms.consume((SELECT min(reservation_id) FROM oms.reservation WHERE order_id = 'c'), 1) \g /dev/null
SELECT matches(pg_temp.error('return_line(''c'', 1, ''far'', 2)'), '^OM005', 'one was consumed');
SELECT is(pg_temp.back('return_line(''c'', 1, ''far'', 1)'), '1 C far 1 sellable 2 0', 'and comes back');

-- Kits
SELECT oms.add_kit('K', '{A,C}', '{1,3}') \g /dev/null
SELECT oms.place_order('k', 'web', '{K,A}', '{2,1}', '40.7,-74') \g /dev/null
CALL pg_temp.send('k');
SELECT is(pg_temp.back('return_line(''k'', 1, ''far'', 1)'), '1 A far 1 sellable 1 0, 1 C far 3 sellable 5 0', 'a kit');
SELECT is(pg_temp.back('return_line(''k'', 1, ''far'', 2, ''damaged'', sku => ''C'')'), '1 C far 2 damaged 5 2', 'of a kit a part');
SELECT matches(pg_temp.error('return_line(''k'', 1, ''far'', 1)'), '^OM005 more of sku "C"', 'the rest is no kit');
SELECT is(pg_temp.back('return_line(''k'', 1, ''far'', 1, sku => ''C'')') || pg_temp.back('return_line(''k'', 1, ''far'', 1, sku => ''A'')'), '1 C far 1 sellable 6 21 A far 1 sellable 2 0', 'but may come back');
SELECT matches(pg_temp.error('return_line(''k'', 1, ''far'', 1, sku => ''A'')'), '^OM005', 'once');
SELECT oms.place_order('k2', 'web', '{K}', '{1}', '40.7,-74') \g /dev/null
CALL pg_temp.send('k2');
DELETE FROM oms.kit_component WHERE kit = 'K';
SELECT is(pg_temp.back('return_line(''k2'', 1, ''other'', 1, sku => ''K'')'), '1 A other 1 sellable 3 1, 1 C other 3 sellable 3 0', 'by its name, as it was sold');
SELECT is_empty('SELECT * FROM oms.check()', 'oms.check() finds nothing');

-- What is not tracked
SELECT oms.add_item('U', tracked => false) \g /dev/null
SELECT oms.place_order('u', 'web', '{U}', '{2}', '40.7,-74') \g /dev/null
CALL pg_temp.send('u');
SELECT is(pg_temp.back('return_line(''u'', 1, ''other'', 2)'), '1 U other 2 sellable', 'is noted, and no stock');
SELECT is((SELECT count(*) FROM oms.movement WHERE sku = 'U'), 0::bigint, 'nor a movement');
SELECT is_empty('SELECT * FROM oms.check()', 'oms.check() finds nothing');

-- Windows
INSERT INTO oms.return_window VALUES ('web', '1 hour');
SELECT oms.place_order('x', 'web', '{A}', '{5}', '40.7,-74') \g /dev/null
CALL pg_temp.send('x');
SELECT is(pg_temp.back('return_line(''x'', 1, ''other'', 1)'), '1 A other 1 sellable 4 1', 'in time');
ALTER TABLE oms.fulfillment_event_row DISABLE TRIGGER guard;
UPDATE oms.fulfillment_event_row SET acted_at = acted_at - interval '2 hours' WHERE order_id = 'x';
ALTER TABLE oms.fulfillment_event_row ENABLE ALWAYS TRIGGER guard;
SELECT matches(pg_temp.error('return_line(''x'', 1, ''other'', 1)'), '^OM010 line 1 of order "x" is too old to come back | It left at .*; channel "web" takes back within 01:00:00', 'too late');
SELECT is(pg_temp.back('return_line(''x'', 1, ''other'', 1, despite_window => true)'), '1 A other 1 sellable 5 1', 'unless somebody says so');
SELECT throws_ok($$INSERT INTO oms.return_window VALUES ('nowhere', '1 day')$$, '23503', NULL, 'a window has a channel');
UPDATE oms.return_window SET return_within = '1 day';

-- Exchange: both or neither
SELECT results_eq($$SELECT line_no, sku, quantity, status FROM oms.exchange('x', 'other', '[{"line_no": 1, "quantity": 1, "condition": "damaged"}]', 'x2', '[{"sku": "C", "quantity": 2}]', request_id => 'e1')$$,
                  $$VALUES (1, 'C', 2::bigint, 'reserved')$$, 'one for two others');
SELECT is((SELECT count(*) FROM oms.exchange('x', 'other', '[{"line_no": 1, "quantity": 1, "condition": "damaged"}]', 'x2', '[{"sku": "C", "quantity": 2}]', request_id => 'e1')), 1::bigint, 'asked for twice');
SELECT is((SELECT channel || ' ' || service || ' ' || ship_to || ' ' || reference FROM oms.orders WHERE order_id = 'x2'), (SELECT channel || ' ' || service || ' ' || ship_to || ' exchange for x' FROM oms.orders WHERE order_id = 'x'), 'to the same place');
SELECT is((SELECT reference FROM oms.returned ORDER BY return_id DESC LIMIT 1), 'exchange for x2', 'each knows the other');
SELECT is((SELECT count(*) FROM oms.returned WHERE order_id = 'x'), 3::bigint, 'came back once');
SELECT matches(pg_temp.error($$exchange('x', 'other', '[{"line_no": 1, "quantity": 1}]', 'x3', '[{"sku": "C", "quantity": 999}]')$$), '^OM001', 'what cannot be had');
SELECT matches(pg_temp.error($$exchange('x', 'other', '[{"line_no": 1, "quantity": 1}]', 'x2', '[{"sku": "C", "quantity": 1}]')$$), '^OM005', 'an order that exists');
SELECT matches(pg_temp.error($$exchange('x', 'other', '[{"line_no": 1, "quantity": 9}]', 'x3', '[{"sku": "C", "quantity": 1}]')$$), '^OM005', 'more than has left');
SELECT is((SELECT count(*) FROM oms.returned WHERE order_id = 'x') || ' ' || (SELECT count(*) FROM oms.orders WHERE order_id = 'x3'), '3 0', 'neither happened');
SELECT is_empty('SELECT * FROM oms.check()', 'oms.check() finds nothing');

-- Bad input
SELECT matches(pg_temp.error(call), '^' || state, call) FROM (VALUES
    ('return_line(NULL, 1, ''near'', 1)', '22004 order_id'), ('return_line(''o'', NULL, ''near'', 1)', '22004 line_no'), ('return_line(''o'', 1, NULL, 1)', '22004 location'), ('return_line(''o'', 1, ''near'', NULL)', '22004 quantity'),
    ('return_line(''o'', 1, ''near'', 0)', '22023'), ('return_line(''o'', 1, ''near'', 9223372036854775807)', 'OM005'), ('return_line(''k'', 1, ''near'', 9223372036854775807)', 'OM005'), ('return_line(''o'', 1, ''near'', 1, ''new'')', '22023 unknown condition'),
    ('return_line(''o'', 1, ''near'', 1, NULL)', '22004 condition'), ('return_line(''o'', 1, ''near'', 1, despite_window => NULL)', '22004'), ('return_line(''nobody'', 1, ''near'', 1)', 'OM004 order "nobody"'), ('return_line(''o'', 7, ''near'', 1)', 'OM004 order "o" has no line 7'),
    ('return_line(''o'', 1, ''nowhere'', 1)', 'OM004 location'), ('return_line(''o'', 1, ''near'', 1, sku => ''Z'')', 'OM004 sku "Z" is not part of line 1'), ('return_lines(''o'', ''near'', NULL)', '22004 lines'), ('return_lines(''o'', ''near'', ''{}'')', '22023'),
    ('return_lines(''o'', ''near'', ''[{"line_no": 1}]'')', '22023 element 1 of lines: "quantity" is missing'), ('return_lines(''o'', ''near'', ''[{"line_no": 1, "quantity": 1, "state": "x"}]'')', '22023 element 1 of lines: unknown key'),
    ('exchange(''o'', ''near'', ''[]'', NULL, ''[]'')', '22004 new_order_id'), ('exchange(''o'', ''near'', ''[]'', ''n'', NULL)', '22004 new_lines'), ('exchange(''o'', ''near'', ''[]'', ''n'', ''[]'')', '22023')) AS c (call, state);
SELECT is_empty('SELECT * FROM oms.check()', 'oms.check() finds nothing');
SELECT * FROM finish();
ROLLBACK;
