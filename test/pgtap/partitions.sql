-- oms.partitions: CREATE EXTENSION makes the same tables, but in hash partitions, and the calls give the same
-- answers; a call for one key reads and locks one partition.
BEGIN;
SELECT plan(44);

-- what there is of a table, but for how its parts are called; of a partition as of its root
CREATE TEMP VIEW piece AS
WITH t AS (
    SELECT c.oid, c.relkind, COALESCE(r.relname, c.relname) AS name, c.relname, c.relispartition, c.relreplident, c.reloptions,
           EXISTS (SELECT FROM pg_extension e WHERE e.extname = 'oms' AND c.oid = ANY (e.extconfig)) AS dumped
      FROM pg_class c LEFT JOIN pg_inherits i ON i.inhrelid = c.oid LEFT JOIN pg_class r ON r.oid = i.inhparent
     WHERE c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = 'oms') AND c.relkind IN ('r', 'p'))
SELECT t.oid, t.name, t.relname, t.relkind, p.kind, p.text
  FROM t, LATERAL (
    SELECT 'column', concat_ws(' ', a.attnum, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attcollation::regcollation,
                               a.attstorage, pg_get_expr(d.adbin, d.adrelid))
      FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum WHERE a.attrelid = t.oid AND a.attnum > 0
    UNION ALL
    SELECT 'constraint', pg_get_constraintdef(k.oid) FROM pg_constraint k WHERE k.conrelid = t.oid
    UNION ALL
    SELECT 'index', regexp_replace(pg_get_indexdef(i.indexrelid), 'INDEX \S+ ON (ONLY )?\S+', 'INDEX') FROM pg_index i WHERE i.indrelid = t.oid AND i.indisvalid
    UNION ALL
    SELECT 'trigger', concat_ws(' ', replace(pg_get_triggerdef(g.oid), t.relname, t.name), g.tgenabled) FROM pg_trigger g WHERE g.tgrelid = t.oid AND NOT g.tgisinternal
    UNION ALL
    SELECT 'identity', t.relreplident::text
    UNION ALL
    SELECT 'options', array_to_string(t.reloptions, ' ') WHERE t.relkind = 'r'
    UNION ALL
    SELECT 'dumped', t.dumped::text
    UNION ALL
    SELECT 'comment', obj_description(t.oid, 'pg_class')) AS p (kind, text);
CREATE TEMP VIEW other_piece AS
SELECT c.relname AS name, 'view' AS kind, concat_ws(' ', replace(pg_get_viewdef(c.oid), '::text AS text', '::text'), c.reloptions::text, obj_description(c.oid, 'pg_class'), c.relacl::text) AS text
  FROM pg_class c WHERE c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = 'oms') AND c.relkind = 'v'
UNION ALL
SELECT c.relname, 'comment of ' || a.attname, col_description(c.oid, a.attnum)
  FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid WHERE c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = 'oms') AND NOT c.relispartition AND a.attnum > 0 AND c.relkind IN ('r', 'p', 'v')
UNION ALL
SELECT p.oid::regprocedure::text, 'function', p.prosrc FROM pg_proc p WHERE p.pronamespace = (SELECT oid FROM pg_namespace WHERE nspname = 'oms');

DROP EXTENSION oms CASCADE;
SET oms.partitions = 0;
CREATE EXTENSION oms;
CREATE TEMP TABLE plain AS SELECT DISTINCT name, kind, text FROM piece;
CREATE TEMP TABLE plain_other AS SELECT * FROM other_piece;
DROP EXTENSION oms;
SET oms.partitions = 4;
CREATE EXTENSION oms;

SELECT is((SELECT count(*) FROM pg_class WHERE relnamespace = 'oms'::regnamespace AND relispartition AND relkind = 'r'),
          4 * (SELECT count(*) FROM pg_class WHERE relnamespace = 'oms'::regnamespace AND relkind = 'p'), 'four partitions of each table');
SELECT is_empty($$SELECT relname FROM pg_class WHERE relnamespace = 'oms'::regnamespace AND relname LIKE 'plain%'$$, 'nothing is left of the plain ones');
SELECT is_empty($$SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'oms'::regnamespace AND c.relkind = 'r' AND NOT c.relispartition
    AND EXISTS (SELECT FROM pg_trigger g WHERE g.tgrelid = c.oid AND g.tgname = 'guard')
    AND EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname IN ('sku', 'order_id'))
    AND c.relname <> ALL ('{backorder_account,backorder_delta,hold_back_row,incoming_row,incoming_account,incoming_delta,confidence_row,routing_price_row,
                            count_line_row,count_pick_row,count_task_row,transfer_line_row,feed_event_row,availability_change}')$$,
    'every private table with a sku or an order is partitioned, but those that stay small or are pruned, and feed_event_row, whose key is the event');
SELECT is_empty($$SELECT name, kind, text FROM piece WHERE NOT relname = 'order_id' EXCEPT SELECT * FROM plain$$, 'a table and its partitions have what the plain one has');
SELECT is_empty($$SELECT p.relname, x.kind, x.text FROM piece p JOIN plain x ON x.name = p.name AND p.kind = 'column' AND x.kind <> 'options'
    EXCEPT SELECT relname, kind, text FROM piece$$, 'and all of it');
SELECT is_empty($$SELECT p.relname, x.text FROM (SELECT DISTINCT name, relname FROM piece WHERE relkind = 'r') p JOIN plain x ON x.name = p.name AND x.kind = 'options'
    EXCEPT SELECT relname, text FROM piece WHERE kind = 'options'$$, 'storage parameters too');
SELECT is_empty($$(SELECT * FROM other_piece EXCEPT SELECT * FROM plain_other) UNION ALL (SELECT * FROM plain_other EXCEPT SELECT * FROM other_piece)$$,
    'views, comments of columns and functions are the same');
SELECT is_empty($$SELECT c.relname, i.relname FROM pg_class c JOIN pg_index x ON x.indrelid = c.oid JOIN pg_class i ON i.oid = x.indexrelid
    WHERE c.relkind = 'p' AND c.relnamespace = 'oms'::regnamespace AND NOT x.indisvalid$$, 'every index is valid');

-- A shop of 40 skus
SELECT oms.add_location('A', 'warehouse', '40.7,-74'), oms.add_location('B', 'store', '41,-74'), oms.add_location_group('all', '{A,B}'), oms.add_channel('web', 'all', 'all') \g /dev/null
SELECT lives_ok($$SELECT oms.receive_many(l, array_agg('s' || i), array_agg(i::bigint)) FROM generate_series(1, 40) i, unnest('{A,B}'::text[]) l GROUP BY l$$, '40 skus at two locations');
SELECT is((SELECT count(DISTINCT tableoid) FROM oms.stock_account), 4::bigint, 'over all partitions');
SELECT is_empty($$SELECT sku FROM oms.stock_account d WHERE NOT satisfies_hash_partition('oms.stock_account'::regclass, 4, right(d.tableoid::regclass::text, 1)::int, d.sku)$$,
    'each where PostgreSQL would put it');
SELECT lives_ok('SELECT oms.fold_accounts()', 'a fold');
SELECT is((SELECT count(*) FROM oms.reserve_many('web', (SELECT array_agg('s' || i) FROM generate_series(1, 40) i), (SELECT array_agg(2 * i::bigint) FROM generate_series(1, 40) i),
    expires_in => '1 ms')), 80::bigint, 'a cart of all there is');
SELECT is((SELECT sum(on_hand - reserved) FROM oms.inventory), 0::numeric, 'nothing is left');
SELECT pg_sleep(0.01) \g /dev/null
SELECT is((SELECT status FROM oms.try_reserve('web', 's7', 7, 'A')), 'reserved', 'an expired hold is taken back');
SELECT is((SELECT sum(atp)::bigint FROM oms.atp_feed('{web}')), 1640 - 7::bigint, 'a feed counts the others as free');
SELECT is(oms.expire_holds(), 1640 - 7::bigint, 'they are expired');
SELECT is((SELECT sum(available) FROM oms.inventory), 1640 - 7::numeric, 'and free');
SELECT oms.add_kit('set', '{s30,s31}', '{1,2}') \g /dev/null
SELECT is((SELECT count(*) FROM oms.reserve('web', 'set', 2, 'A', expires_in => '1 ms')), 2::bigint, 'a kit of two partitions');
SELECT pg_sleep(0.01) \g /dev/null
SELECT is(oms.atp('web', 'set'), 30::bigint, 'an expired hold of a kit');
SELECT oms.add_quota('web', 'set', 31) \g /dev/null
SELECT is((SELECT sum(quantity) FROM oms.reserve('web', 'set', 30)), 90::numeric, 'and with a quota');
SELECT oms.place_order('o' || i, 'web', ARRAY['s' || i], '{2}', '40.7,-74', on_shortage => 'backorder') FROM generate_series(1, 20) i \g /dev/null
SELECT is((SELECT count(DISTINCT tableoid) FROM oms.order_row), 4::bigint, 'orders are over all partitions');
SELECT is((SELECT orders FROM oms.route()), 20::bigint, 'they are routed');
SELECT is((SELECT count(*) FROM oms.accept_many(ARRAY(SELECT fulfillment_id FROM oms.work))), (SELECT count(*) FROM oms.work), 'and accepted');
SELECT is_empty('SELECT * FROM oms.check()', 'nothing is broken');

-- Partitions that a call reads or writes, by PostgreSQL's counters: "table partitions", of those of the stock side or of the order side
CREATE TEMP TABLE counted AS SELECT 0::oid AS relid, 0::bigint AS n;
CREATE FUNCTION pg_temp.touched(side text, call text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    found text;
BEGIN
    TRUNCATE counted;
    INSERT INTO counted SELECT s.relid, COALESCE(s.seq_scan, 0) + COALESCE(s.idx_scan, 0) + s.n_tup_ins + s.n_tup_upd + s.n_tup_del FROM pg_stat_xact_user_tables s;
    EXECUTE call;
    SELECT string_agg(format('%s %s', t.name, t.n), ', ' ORDER BY t.name) INTO found
      FROM (SELECT r.relname AS name, count(*) AS n
              FROM pg_stat_xact_user_tables s JOIN counted c ON c.relid = s.relid
              JOIN pg_inherits i ON i.inhrelid = s.relid JOIN pg_class r ON r.oid = i.inhparent JOIN pg_partitioned_table p ON p.partrelid = r.oid
              JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum = p.partattrs[0]
             WHERE COALESCE(s.seq_scan, 0) + COALESCE(s.idx_scan, 0) + s.n_tup_ins + s.n_tup_upd + s.n_tup_del > c.n AND a.attname = side
             GROUP BY r.relname) t;
    RETURN found;
END $$;
SELECT is(pg_temp.touched('sku', $$SELECT oms.available('s1', 'A')$$), 'reservation_row 1, stock_account 1, stock_delta 1', 'available reads one of each');
SELECT is(pg_temp.touched('sku', $$SELECT oms.atp('web', 's1')$$), 'protection_account 1, reservation_row 1, stock_account 1, stock_delta 1', 'atp');
SELECT is(pg_temp.touched('sku', $$SELECT oms.atp_by_location('web', 's1')$$), 'protection_account 1, reservation_row 1, stock_account 1, stock_delta 1', 'atp_by_location');
SELECT is(pg_temp.touched('sku', $$SELECT oms.receive('A', 's1', 1)$$), 'backorder_row 1, movement_row 1, stock_account 1, stock_delta 1', 'receive');
SELECT is(pg_temp.touched('sku', $$SELECT oms.adjust('A', 's1', -1, 'x')$$), 'movement_row 1, stock_account 1, stock_delta 1', 'adjust');
SELECT is(pg_temp.touched('sku', $$SELECT oms.transfer('A', 'B', 's25', 1)$$), 'backorder_row 1, movement_row 1, stock_account 1, stock_delta 1', 'transfer');
SELECT is(pg_temp.touched('sku', $$SELECT oms.try_reserve('web', 's1', 1)$$), 'protection_account 1, reservation_row 1, stock_account 1, stock_delta 1', 'try_reserve');
SELECT is(pg_temp.touched('sku', $$SELECT oms.place_order('n1', 'web', '{s3}', '{1}', '40.7,-74')$$), 'protection_account 1, reservation_row 1, stock_account 1, stock_delta 1', 'place_order, of stock');
SELECT is(pg_temp.touched('order_id', $$SELECT oms.place_order('n2', 'web', '{s3}', '{1}', '40.7,-74')$$), 'order_line_row 1, order_row 1', 'place_order, of orders');
SELECT is(pg_temp.touched('order_id', $$SELECT oms.cancel_order('n2')$$), 'fulfillment_row 1, order_line_row 1, order_row 1', 'cancel_order');
SELECT is(pg_temp.touched('order_id', $$SELECT oms.hold_order('o3', 'fraud')$$), 'order_hold_row 1, order_row 1', 'hold_order');
SELECT is(pg_temp.touched('order_id', $$SELECT * FROM oms.orders WHERE order_id = 'o3'$$), 'order_line_row 1, order_row 1', 'the view of orders');
SELECT is(pg_temp.touched('order_id', $$SELECT * FROM oms.order_line WHERE order_id = 'o3'$$), 'order_line_row 1, order_row 1', 'and of their lines');
SELECT is(pg_temp.touched('order_id', $$SELECT * FROM oms.order_history('o3')$$), 'decision_line_row 1, decision_row 1, fulfillment_event_row 1, fulfillment_row 1, order_hold_row 1, order_line_row 1, order_row 1, rejection_row 1, return_row 1',
    'order_history');

-- Where the key of the other side, or only a number, is known, each partition is asked by index.
SELECT is(pg_temp.touched('sku', $$SELECT oms.cancel_order('n1')$$), 'backorder_row 4, reservation_row 4, stock_account 1, stock_delta 1', 'what an order holds');
SELECT is(pg_temp.touched('sku', $$SELECT * FROM oms.reserve('web', 's2', 1, cart_id => 'c', expires_in => '1 h')$$), 'backorder_row 4, protection_account 1, reservation_row 4, stock_account 1, stock_delta 1', 'what a cart holds');
SELECT max(reservation_id) AS r FROM oms.reservation WHERE cart_id = 'c' \gset
SELECT is(pg_temp.touched('sku', format('SELECT oms.release(%s)', :r)), 'reservation_row 4, stock_account 1, stock_delta 1', 'a reservation by its number');
SELECT min(fulfillment_id) AS f FROM oms.work \gset
SELECT is(pg_temp.touched('order_id', format('SELECT oms.pick(%s)', :f)), 'fulfillment_event_row 1, fulfillment_line_row 4, fulfillment_row 4, order_hold_row 4, order_line_row 1, order_row 4', 'a fulfillment by its number');
SELECT is_empty('SELECT * FROM oms.check()', 'nothing is broken');
SELECT * FROM finish();
ROLLBACK;
