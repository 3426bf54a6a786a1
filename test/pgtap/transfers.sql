-- Transfers as work: states, parts, differences, what backorders claim in transit, losses while they are held; bad input.
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
-- lines(transfer): "sku quantity/held/shipped/received/returned"
CREATE FUNCTION pg_temp.lines(which text) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(format('%s %s/%s/%s/%s/%s', sku, quantity, held, shipped, received, returned), ', ' ORDER BY sku) FROM oms.transfer_line WHERE transfer_id = which
$$;
CREATE FUNCTION pg_temp.stock(which text) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(format('%s %s-%s', location, on_hand, reserved), ', ' ORDER BY location) FROM oms.inventory WHERE sku = which AND (on_hand <> 0 OR reserved <> 0)
$$;
SELECT no_plan();
SELECT oms.receive_many('near', '{A,B,C}', '{20,20,20}') \g /dev/null

-- Open: held, exactly once
SELECT is((SELECT count(*) FROM oms.open_transfer('t1', 'near', 'far', '{A,B}', '{5,20}', request_id => 'r1')), 2::bigint, 'two skus');
SELECT is((SELECT count(*) FROM oms.open_transfer('t1', 'near', 'far', '{A,B}', '{5,20}', request_id => 'r1')), 2::bigint, 'asked for twice');
SELECT matches(pg_temp.error('open_transfer(''t1'', ''near'', ''far'', ''{C}'', ''{1}'')'), '^OM005 transfer "t1" exists', 'but not opened twice');
SELECT is(pg_temp.stock('C'), 'near 20-0', 'nothing has changed');
SELECT is(pg_temp.lines('t1') || ' | ' || pg_temp.stock('A'), 'A 5/5/0/0/0, B 20/20/0/0/0 | near 20-5', 'held');
SELECT matches(pg_temp.error('open_transfer(''t2'', ''near'', ''far'', ''{C,B}'', ''{1,1}'')'), '^OM001 not enough stock of sku "B"', 'all');
SELECT is(pg_temp.stock('C'), 'near 20-0', 'or none');
SELECT matches(pg_temp.error('reserve(''web'', ''B'', 1)'), '^OM001', 'nobody buys it');
SELECT is_empty('SELECT * FROM oms.check()', 'oms.check() finds nothing');
-- A loss while it is held: the transfer loses before anybody who bought
SELECT oms.reserve('web', 'A', 15, 'near') \g /dev/null
SELECT oms.adjust('near', 'A', -2, 'lost') \g /dev/null
SELECT is(pg_temp.lines('t1') || ' | ' || pg_temp.stock('A') || ' | ' || (SELECT count(*) FROM oms.shortfall), 'A 5/3/0/0/0, B 20/20/0/0/0 | near 18-18 | 0', 'it holds two fewer');
SELECT is_empty('SELECT * FROM oms.check()', 'oms.check() finds nothing');
SELECT matches(pg_temp.error('ship_transfer(''t1'')'), '^OM001', 'then not all can leave');
SELECT matches(pg_temp.error('receive_transfer(''t1'')'), '^OM005 cannot receive transfer "t1": it is open | From location "near" to "far"', 'nor arrive');
-- Shipped in part: the rest is offered, to who waits first
SELECT oms.place_order('w', 'web', '{B}', '{2}', on_shortage => 'backorder') \g /dev/null
SELECT is((SELECT backordered FROM oms.order_line), 2::bigint, 'somebody waits for B');
SELECT oms.ship_transfer('t1', '{A,B}', '{3,15}', '2099-01-01') \g /dev/null
SELECT is(pg_temp.lines('t1') || ' | ' || pg_temp.stock('A') || ' | ' || pg_temp.stock('B'), 'A 5/0/3/0/0, B 20/0/15/0/0 | near 15-15 | near 5-2', 'shipped');
SELECT is((SELECT backordered FROM oms.order_line), 0::bigint, 'who waited has two');
SELECT is((SELECT string_agg(concat_ws(' ', reference, sku, outstanding, kind, from_location), ', ' ORDER BY sku) FROM oms.incoming), 'transfer t1 A 3 in transit near, transfer t1 B 15 in transit near', 'in transit');
SELECT is_empty('SELECT * FROM oms.check()', 'oms.check() finds nothing');
-- Only these functions touch what is in transit
SELECT matches(pg_temp.error(call), '^OM005 incoming supply "transfer t1" is in transit', call) FROM unnest(ARRAY['receive_incoming(''transfer t1'', ''far'', ''A'', 1)', 'cancel_incoming(''transfer t1'')',
    'change_incoming(''transfer t1'', quantity => 1)', 'add_incoming(''transfer t1'', ''far'', ''A'', 9, ''2099-01-01'')']) AS call;
SELECT matches(pg_temp.error('ship_transfer(''t1'')'), '^OM005 cannot ship transfer "t1": it is shipped', 'it leaves once');
-- Claimed in transit
SELECT oms.reserve('web', 'A', 5, 'far', on_shortage => 'backorder', reference => 'b') \g /dev/null
SELECT is((SELECT claimed FROM oms.incoming WHERE sku = 'A'), 3::bigint, 'promised by what is in transit');
SAVEPOINT transit;
-- Received in parts
SELECT oms.receive_transfer('t1', '{A,C}', '{2,4}', complete => false, request_id => 'r2') \g /dev/null
SELECT oms.receive_transfer('t1', '{A,C}', '{2,4}', complete => false, request_id => 'r2') \g /dev/null
SELECT is(pg_temp.lines('t1') || ' | ' || (SELECT status FROM oms.transfer_order), 'A 5/0/3/2/0, B 20/0/15/0/0, C 0/0/0/4/0 | shipped', 'some, and what nobody sent');
SELECT is(pg_temp.stock('A'), 'far 2-2, near 15-15', 'it fills who waits');
SELECT is_empty('SELECT * FROM oms.check()', 'oms.check() finds nothing');
SELECT oms.receive_transfer('t1', '{A,C}', '{4,1}', complete => false) \g /dev/null
SELECT is(pg_temp.lines('t1'), 'A 5/0/3/6/0, B 20/0/15/0/0, C 0/0/0/5/0', 'three too many');
SAVEPOINT part;
SELECT oms.receive_transfer('t1') \g /dev/null
SELECT is(pg_temp.lines('t1') || ' | ' || (SELECT string_agg(sku || difference, ' ' ORDER BY sku) FROM oms.transfer_line), 'A 5/0/3/6/0, B 20/0/15/15/0, C 0/0/0/5/0 | A3 B0 C5', 'the rest');
SELECT is_empty('SELECT * FROM oms.check()', 'oms.check() finds nothing');
SELECT matches(pg_temp.error('receive_transfer(''t1'')'), '^OM005 cannot receive transfer "t1": it is received', 'it arrives once');
SELECT matches(pg_temp.error('cancel_transfer(''t1'')'), '^OM005 cannot cancel', 'and stays');
ROLLBACK TO part;
SELECT oms.receive_transfer('t1', '{B}', '{15}', complete => false) \g /dev/null
SELECT is((SELECT status FROM oms.transfer_order), 'received', 'all has come: complete by itself');
ROLLBACK TO part;
SELECT oms.receive_transfer('t1', '{}', '{}') \g /dev/null
SELECT is((SELECT string_agg(sku || difference, ' ' ORDER BY sku) FROM oms.transfer_line), 'A3 B-15 C5', 'nothing more came');
SELECT is((SELECT string_agg(sku || status || outstanding, ' ' ORDER BY sku) FROM oms.incoming), 'Areceived0 Bcancelled0', 'and is expected no more');
SELECT is_empty('SELECT * FROM oms.check()', 'oms.check() finds nothing');
ROLLBACK TO part;
-- Cancelled with a part received
SELECT oms.cancel_transfer('t1', 'lost truck', 'Ann') \g /dev/null
SELECT is(pg_temp.lines('t1') || ' | ' || (SELECT status || ' ' || reason || ' ' || ended_by FROM oms.transfer_order), 'A 5/0/3/6/0, B 20/0/15/0/15, C 0/0/0/5/0 | cancelled lost truck Ann', 'the rest goes back');
SELECT is(pg_temp.stock('B'), 'near 20-2', 'on the shelf');
SELECT is_empty('SELECT * FROM oms.check()', 'oms.check() finds nothing');
ROLLBACK TO transit;
SELECT oms.cancel_transfer('t1') \g /dev/null
SELECT is((SELECT string_agg(sku || status, ' ' ORDER BY sku) FROM oms.incoming) || ' | ' || (SELECT sum(quantity) FROM oms.backorder_claim_row), NULL, 'claims are given up');
SELECT is(pg_temp.stock('A'), 'near 18-15', 'on the shelf again');
SELECT is_empty('SELECT * FROM oms.check()', 'oms.check() finds nothing');
ROLLBACK TO transit;
SELECT is((SELECT string_agg(sku || difference, ' ' ORDER BY sku) FROM oms.receive_transfer('t1')), 'A0 B0', 'or received as it was sent');
SELECT is_empty('SELECT * FROM oms.check()', 'oms.check() finds nothing');
-- A kit has no stock of its own, a place that never had a sku may get it
SELECT oms.add_kit('K', '{A,B}', '{1,1}') \g /dev/null
SELECT matches(pg_temp.error('open_transfer(''t3'', ''near'', ''far'', ''{K}'', ''{1}'')'), '^OM001', 'a kit is not sent');
SELECT oms.open_transfer('t4', 'near', 'other', '{C}', '{2}') \g /dev/null
SELECT oms.ship_transfer('t4') \g /dev/null
SELECT matches(pg_temp.error('receive_transfer(''t4'', ''{K}'', ''{1}'')'), '^OM010', 'nor does it arrive');
SELECT is((SELECT received FROM oms.receive_transfer('t4', '{C}', '{2}')), 2::bigint, 'a new place');
-- Cancelled before it left, and who waits
SELECT oms.open_transfer('t5', 'near', 'far', '{C}', '{18}') \g /dev/null
SELECT oms.place_order('v', 'web', '{C}', '{1}', on_shortage => 'backorder') \g /dev/null
SELECT oms.cancel_transfer('t5', request_id => 'c1'), oms.cancel_transfer('t5', request_id => 'c1') \g /dev/null
SELECT is((SELECT reserved FROM oms.order_line WHERE order_id = 'v'), 1::bigint, 'what was held serves who waits');
SELECT is(pg_temp.lines('t5'), 'C 18/0/0/0/0', 'nothing is held');
SELECT is_empty('SELECT * FROM oms.check()', 'oms.check() finds nothing');

-- Bad input
SELECT oms.open_transfer('t6', 'near', 'far', '{C}', '{3}') \g /dev/null
SELECT matches(pg_temp.error(call), '^' || state, call) FROM (VALUES
    ('open_transfer(NULL, ''near'', ''far'', ''{C}'', ''{1}'')', '22004 transfer_id'), ('open_transfer(''x'', NULL, ''far'', ''{C}'', ''{1}'')', '22004 from_location'), ('open_transfer(''x'', ''near'', NULL, ''{C}'', ''{1}'')', '22004 to_location'),
    ('open_transfer(''x'', ''near'', ''near'', ''{C}'', ''{1}'')', '22023 from_location and to_location must differ'), ('open_transfer(''x'', ''near'', ''nowhere'', ''{C}'', ''{1}'')', 'OM004'), ('open_transfer(''x'', ''nowhere'', ''near'', ''{C}'', ''{1}'')', 'OM004'),
    ('open_transfer(''x'', ''near'', ''far'', NULL, ''{1}'')', '22004 skus'), ('open_transfer(''x'', ''near'', ''far'', ''{}'', ''{}'')', '22023 skus must not be empty'), ('open_transfer(''x'', ''near'', ''far'', ''{C}'', ''{0}'')', '22023'), ('open_transfer(''x'', ''near'', ''far'', ''{C,C}'', ''{1,1}'')', '22023 sku "C" is named twice'),
    ('open_transfer(''x'', ''near'', ''far'', ''{C}'', ''{9223372036854775807}'')', '22003'), ('open_transfer(''x'', ''near'', ''far'', ''{C}'', ''{1}'', ''infinity'')', '22008'),
    ('ship_transfer(NULL)', '22004'), ('ship_transfer(''nobody'')', 'OM004 transfer "nobody"'), ('ship_transfer(''t6'', ''{Z}'', ''{1}'')', 'OM004 sku "Z" is not part of transfer'), ('ship_transfer(''t6'', ''{C}'', ''{4}'')', 'OM005 more of sku "C"'), ('ship_transfer(''t6'', ''{C}'')', '22004 quantities'),
    ('ship_transfer(''t6'', ''{}'', ''{}'')', '22023'), ('ship_transfer(''t6'', expected_at => ''-infinity'')', '22008'), ('receive_transfer(NULL)', '22004'), ('receive_transfer(''nobody'')', 'OM004'), ('receive_transfer(''t6'', complete => NULL)', '22004'), ('cancel_transfer(NULL)', '22004'), ('cancel_transfer(''nobody'')', 'OM004')) AS c (call, state);
SELECT is(pg_temp.lines('t6'), 'C 3/3/0/0/0', 'nothing has changed');
SELECT is_empty('SELECT * FROM oms.check()', 'oms.check() finds nothing');
SELECT * FROM finish();
ROLLBACK;
