-- Privileges: private tables are changed by functions only, even by a superuser; a role needs
-- EXECUTE and nothing else; a hostile search_path changes no result and gains no right.
BEGIN;
SET LOCAL client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS oms;
\ir include/network.psql
SELECT plan(128);

SELECT oms.receive('W', 'A', 10) + oms.receive('N', 'A', 5) AS units \gset
SELECT reservation_id AS firm FROM oms.reserve('web', 'A', 2, location => 'W', request_id => 'p-1') \gset

-- The guard, for everybody and whatever session_replication_role says
SELECT is(pg_temp.error(statement), format('OM011 table oms.%s is changed by functions only | Direct UPDATE, DELETE and TRUNCATE would break what oms.check() verifies. | %s', name, hint), statement)
FROM (VALUES
    ('stock_account', 'Call oms.receive, oms.adjust, oms.set_on_hand or oms.transfer.'), ('stock_delta', 'Call oms.receive, oms.adjust, oms.set_on_hand or oms.transfer.'),
    ('protection_account', 'Call oms.protect_stock or oms.unprotect_stock.'), ('protection_delta', 'Call oms.protect_stock or oms.unprotect_stock.'),
    ('quota_account', 'Change oms.quota, or release reservations.'), ('quota_delta', 'Change oms.quota, or release reservations.'),
    ('capacity_account', 'Change oms.capacity, or call oms.route.'), ('capacity_delta', 'Change oms.capacity, or call oms.route.'),
    ('capacity_use_row', 'Change oms.capacity, or call oms.route.'),
    ('movement_row', 'The ledger is never rewritten: call oms.adjust with a reason.'),
    ('reservation_row', 'Call oms.confirm, oms.extend, oms.release or oms.consume.'), ('request_row', 'Call oms.forget_requests to prune it by age.')) AS t (name, hint),
    LATERAL unnest(ARRAY[format('UPDATE oms.%I SET %s', name, CASE WHEN name = 'request_row' THEN 'result = NULL' WHEN name LIKE 'capacity%' THEN 'until = until' ELSE 'sku = sku' END),
                         format('DELETE FROM oms.%I', name), format('DELETE FROM oms.%I WHERE false', name), format('TRUNCATE oms.%I', name)]) AS statement;
SET LOCAL session_replication_role = replica;
SELECT matches(pg_temp.error(format(statement, name)), '^OM011 ', format(statement, name) || ' as a replica')
FROM unnest('{stock_account,stock_delta,movement_row,reservation_row,request_row}'::text[]) AS name, unnest('{DELETE FROM oms.%I,TRUNCATE oms.%I}'::text[]) AS statement;
SET LOCAL session_replication_role = DEFAULT;
SELECT is_empty($$
    SELECT c.oid::regclass FROM pg_class AS c
    WHERE c.relnamespace = 'oms'::regnamespace AND c.relkind IN ('r', 'p') AND obj_description(c.oid, 'pg_class') LIKE 'private:%'
      AND NOT EXISTS (SELECT FROM pg_trigger AS t JOIN pg_proc AS p ON p.oid = t.tgfoid
                      WHERE t.tgrelid = c.oid AND t.tgenabled = 'A' AND p.proname = 'guard_private_table' AND t.tgtype = 58)$$,
    'every private table has the guard: before each UPDATE, DELETE, TRUNCATE statement, always');
-- After a caught error the guard is closed again.
SELECT matches(pg_temp.error($$SELECT oms.adjust('W', 'A', -100, 'x')$$), '^OM001 ', 'an error inside of oms');
SELECT matches(pg_temp.error('DELETE FROM oms.movement_row'), '^OM011 ', 'leaves the guard closed');

-- A role without anything
CREATE ROLE oms_test_nobody;
CREATE ROLE oms_test_shop;
SET LOCAL ROLE oms_test_nobody;
SELECT matches(pg_temp.error('SELECT * FROM oms.' || call), '^42501 permission denied for function ' || split_part(call, '(', 1), call || ' needs EXECUTE')
FROM unnest(ARRAY['receive(''W'', ''A'', 1)', 'set_on_hand(''W'', ''A'', 1)', 'available(''A'', ''W'')', 'atp(''web'', ''A'')', 'atp_many(''web'', ''{A}'')',
    'atp_by_location(''web'', ''A'')', 'reserve(''web'', ''A'', 1)', 'try_reserve(''web'', ''A'', 1)', 'confirm(1)', 'release(1)', 'consume(1)', 'expire_holds()',
    'fold_accounts()', 'forget_requests()', 'add_location(''X'', ''store'')', 'add_channel(''x'', ''all'')', 'add_item(''x'')', 'add_quota(''web'', ''A'', 1)', 'add_capacity(''W'')', 'capacity_use()', 'capacity_accounts(now())',
    'protect_stock(''W'', ''A'', ''web'', 1)', 'unprotect_stock(''W'', ''A'', ''web'')']) AS call;
SELECT matches(pg_temp.error('SELECT * FROM oms.' || name), '^42501 permission denied', name || ' is not to be read')
FROM unnest('{stock_account,stock_delta,stock_delta_sum,movement_row,reservation_row,request_row,inventory,inventory_by_sku,movement,reservation,location,channel,item,quota,quota_use,protected_stock,protection_delta,quota_account,capacity,capacity_account,capacity_delta,capacity_use_row}'::text[]) AS name;
RESET ROLE;

-- EXECUTE is enough to sell; it opens no table.
GRANT EXECUTE ON FUNCTION oms.atp(text, text, text, timestamptz),
    oms.atp_by_location(text, text, text, oms.latlon),
    oms.reserve(text, text, bigint, text, interval, text, oms.latlon, text, text, text, text),
    oms.confirm(bigint, text), oms.add_item(text, text[], numeric, numeric, boolean, bigint, bigint, bigint) TO oms_test_shop;
GRANT SELECT ON oms.inventory, oms.inventory_by_sku, oms.movement, oms.reservation TO oms_test_shop;
SET LOCAL ROLE oms_test_shop;
SELECT is(oms.atp('web', 'A'), 13::bigint, 'atp by EXECUTE alone');
SELECT reservation_id AS held FROM oms.reserve('web', 'A', 3, expires_in => '1 hour', request_id => 'p-2') \gset
SELECT is((SELECT status FROM oms.confirm(:held)), 'firm', 'reserve and confirm by EXECUTE alone');
SELECT results_eq($$SELECT sku, location, reserved FROM oms.inventory WHERE sku = 'A' ORDER BY location$$,
                  $$VALUES ('A' COLLATE "C", 'N' COLLATE "C", 0::bigint), ('A', 'W', 5)$$, 'a granted view shows what private tables hold');
SELECT is((SELECT reserved FROM oms.inventory_by_sku WHERE sku = 'A'), 5::bigint, 'inventory_by_sku as well');
SELECT is((SELECT count(*) FROM oms.movement WHERE sku = 'A'), 2::bigint, 'and movement');
SELECT is((SELECT count(*) FROM oms.reservation WHERE sku = 'A'), 2::bigint, 'and reservation');
SELECT matches(pg_temp.error(statement), '^42501 permission denied for', statement)
FROM unnest('{"SELECT * FROM oms.reservation_row","SELECT * FROM oms.stock_delta_sum","INSERT INTO oms.stock_delta VALUES (''A'', ''W'', 99, 1000, 0, 0)",
    "INSERT INTO oms.movement_row (sku, location, quantity, kind, actor) VALUES (''A'', ''W'', 1, ''x'', ''x'')","UPDATE oms.movement SET quantity = 1",
    "DELETE FROM oms.reservation","TRUNCATE oms.movement_row","SELECT nextval(''oms.reservation_id_seq'')","SELECT oms.release(1)","SELECT oms.add_item(''x'')"}'::text[]) AS statement;
RESET ROLE;

-- A hostile search_path: everything that could be taken for the system's raises, or lies.
CREATE SCHEMA oms_test_trap AUTHORIZATION oms_test_shop;
SET LOCAL ROLE oms_test_shop;
SET LOCAL search_path = oms_test_trap, pg_catalog, public;
CREATE FUNCTION oms_test_trap.trap() RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a trap sprung as %', current_user;
END $$;
CREATE FUNCTION oms_test_trap.same(text, text) RETURNS boolean LANGUAGE plpgsql AS 'BEGIN RETURN oms_test_trap.trap() IS NULL; END';
CREATE FUNCTION oms_test_trap.same(bigint, bigint) RETURNS boolean LANGUAGE plpgsql AS 'BEGIN RETURN oms_test_trap.trap() IS NULL; END';
CREATE FUNCTION oms_test_trap.minus(bigint, bigint) RETURNS bigint LANGUAGE plpgsql AS 'BEGIN RETURN length(oms_test_trap.trap()); END';
CREATE FUNCTION oms_test_trap.later(timestamptz, timestamptz) RETURNS boolean LANGUAGE plpgsql AS 'BEGIN RETURN oms_test_trap.trap() IS NULL; END';
CREATE OPERATOR oms_test_trap.= (LEFTARG = text, RIGHTARG = text, FUNCTION = oms_test_trap.same);
CREATE OPERATOR oms_test_trap.= (LEFTARG = bigint, RIGHTARG = bigint, FUNCTION = oms_test_trap.same);
CREATE OPERATOR oms_test_trap.- (LEFTARG = bigint, RIGHTARG = bigint, FUNCTION = oms_test_trap.minus);
CREATE OPERATOR oms_test_trap.<= (LEFTARG = timestamptz, RIGHTARG = timestamptz, FUNCTION = oms_test_trap.later);
CREATE OPERATOR oms_test_trap.> (LEFTARG = timestamptz, RIGHTARG = timestamptz, FUNCTION = oms_test_trap.later);
CREATE FUNCTION oms_test_trap.clock_timestamp() RETURNS timestamptz LANGUAGE sql AS 'SELECT oms_test_trap.trap()::timestamptz';
CREATE FUNCTION oms_test_trap.unnest(text[]) RETURNS SETOF text LANGUAGE sql AS 'SELECT oms_test_trap.trap()';
CREATE FUNCTION oms_test_trap.unnest(bigint[]) RETURNS SETOF bigint LANGUAGE sql AS 'SELECT length(oms_test_trap.trap())::bigint';
CREATE FUNCTION oms_test_trap.nextval(regclass) RETURNS bigint LANGUAGE sql AS 'SELECT length(oms_test_trap.trap())::bigint';
CREATE DOMAIN oms_test_trap.text AS pg_catalog.text CHECK (oms_test_trap.trap() IS NULL);
CREATE DOMAIN oms_test_trap.int8 AS pg_catalog.int8 CHECK (oms_test_trap.trap() IS NULL);
CREATE TEMP TABLE reservation_row (reservation_id bigint);
CREATE TEMP TABLE stock_account (sku pg_catalog.text);
CREATE TEMP TABLE location (location pg_catalog.text);
SELECT oms.atp('web', 'A') AS atp, (SELECT pg_catalog.sum(l.atp) FROM oms.atp_by_location('web', 'A') AS l) AS by_location \gset
SELECT reservation_id AS trapped FROM oms.reserve('web', 'A', 4, expires_in => '1 ms'::pg_catalog.interval, ship_to => '41,-74', cart_id => 'cart', request_id => 'p-3') \gset
SELECT pg_catalog.pg_sleep(0.01) \gset
SELECT oms.atp('web', 'A') AS after, available FROM oms.inventory WHERE sku OPERATOR(pg_catalog.=) 'A' AND location OPERATOR(pg_catalog.=) 'W' \gset
RESET ROLE;
-- The same as a superuser, whom a sprung trap would serve; the plans are built anew.
DISCARD PLANS;
SELECT oms.atp('web', 'A') AS atp_super, oms.available('A', 'W') AS available_super \gset
SELECT oms.receive('W', 'A', 1), oms.adjust('W', 'A', -1, 'x'), oms.set_on_hand('W', 'B', 4) \gset ignored_
SELECT from_on_hand FROM oms.transfer('W', 'N', 'B', 1, request_id => 'p-4') \gset
SELECT pg_catalog.count(*) AS parts FROM oms.reserve_many('web', '{A,B}', '{1,1}', cart_id => 'other') \gset
SELECT status FROM oms.try_reserve_cart('web', '[{"sku": "A", "quantity": 1}]', cart_id => 'other', request_id => 'p-5') \gset
SELECT consumed FROM oms.consume(:held, 1) \gset
SELECT r.status AS released FROM oms.release(:firm) AS r \gset
SELECT oms.expire_holds() AS expired, oms.fold_accounts() AS folded, oms.forget_requests('1 hour') AS forgotten \gset
SELECT (oms.add_location('Q', 'store')).location AS q \gset
SELECT pg_catalog.count(*) AS members FROM oms.add_location_group('quiet', '{Q,W}') \gset
SELECT (oms.add_channel('quiet', 'quiet')).channel AS quiet, (oms.add_item('quiet')).sku AS quiet_sku \gset
SELECT pg_catalog.sum(on_hand) AS on_hand FROM oms.inventory_by_sku WHERE sku OPERATOR(pg_catalog.=) 'B' \gset
SET LOCAL search_path = pg_catalog, public;

SELECT matches(pg_temp.error($$SELECT 'a'::text OPERATOR(oms_test_trap.=) 'a'$$), '^P0001 a trap sprung as ', 'the traps are set');
SELECT is(:'atp' || ' ' || :'by_location', '10 10', 'atp and atp_by_location are as without the traps');
SELECT is(:'after' || ' ' || :'available', '10 5', 'reserve too, and an expired hold is free');
SELECT is(:'atp_super' || ' ' || :'available_super', '10 5', 'nor does a superuser spring one');
SELECT is(:'from_on_hand' || ' ' || :'parts' || ' ' || :'status' || ' ' || :'consumed' || ' ' || :'released', '3 2 reserved 1 released', 'by changes of stock and reservations');
SELECT is(:'q' || ' ' || :'members' || ' ' || :'quiet' || ' ' || :'quiet_sku' || ' ' || :'on_hand', 'Q 2 quiet quiet 4', 'by the upserts of the network and by the views');

SELECT * FROM finish();
ROLLBACK;
