-- oms.supply: text, binary, what is available when, the aggregate and its parallel plans, operators, indexes.
BEGIN;
SET LOCAL client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS oms;
CREATE EXTENSION IF NOT EXISTS amcheck;
SET LOCAL search_path = oms, public;
SET LOCAL TimeZone = 'UTC';
\ir include/type.psql

SELECT plan(93);

-- Values by their items, and what they are as text
CREATE TABLE part (id int, at timestamptz, quantity bigint);
SELECT setseed(0.42);
INSERT INTO part
SELECT i, timestamptz '2026-12-01' + (random() * 20)::int * interval '6 hours', (random() * 40 - 12)::bigint
FROM generate_series(1, 600) AS i, generate_series(1, 12) AS k WHERE k <= i % 13;
INSERT INTO part VALUES (601, '294276-12-31 23:59:59.999999', 9223372036854775807), (602, '4713-01-01 BC', -9223372036854775808);
CREATE TABLE value (id int PRIMARY KEY, s supply);
INSERT INTO value SELECT id, supply(at, quantity) FROM part GROUP BY id;
INSERT INTO value VALUES (0, '{}');
ANALYZE value;
CREATE TABLE merged AS SELECT id, at, sum(quantity)::bigint AS quantity FROM part GROUP BY id, at HAVING sum(quantity) <> 0;

-- Text
SELECT is(t::supply::text, stored, format('%s is stored as %s', to_json(t), stored))
FROM (VALUES ('{}', '{}'), (E' {\t} ', '{}'), ('{5 @ 2026-12-05}', '{5 @ 2026-12-05 00:00:00+00}'),
             ('{ 5@2026-12-05 08:30:00.25 }', '{5 @ 2026-12-05 08:30:00.25+00}'),
             ('{005 @ 2026-12-05 08:00+05:30}', '{5 @ 2026-12-05 02:30:00+00}'),
             ('{-5 @ 2026-12-05 08:00 America/New_York}', '{-5 @ 2026-12-05 13:00:00+00}'),
             ('{2 @ 2026-12-06, 1 @ 2026-12-05}', '{1 @ 2026-12-05 00:00:00+00, 2 @ 2026-12-06 00:00:00+00}'),
             ('{2 @ 2026-12-05, 1 @ 2026-12-05}', '{3 @ 2026-12-05 00:00:00+00}'),
             ('{2 @ 2026-12-05, -2 @ 2026-12-05}', '{}'), ('{0 @ 2026-12-05}', '{}'), ('{-0 @ 2026-12-05}', '{}'),
             ('{9223372036854775807 @ 2026-12-05}', '{9223372036854775807 @ 2026-12-05 00:00:00+00}'),
             ('{-9223372036854775808 @ 4713-01-01 BC}', '{-9223372036854775808 @ 4713-01-01 00:00:00+00 BC}')) AS v (t, stored);
SELECT throws_ok(format('SELECT %L::oms.supply', t), '22P02', format('invalid input syntax for type oms.supply: "%s"', t), format('malformed: %L', t))
FROM unnest(ARRAY['', ' ', '5', '5 @ 2026-12-05', '{', '}', '{5', '{5}', '{5 2026-12-05}', '{@ 2026-12-05}', '{5 @ 2026-12-05', '{5 @ 2026-12-05}}',
                  '{5 @ 2026-12-05} x', '{5 @ 2026-12-05,}', '{,5 @ 2026-12-05}', '{5 @ 2026-12-05 6 @ 2026-12-06',
                  '{+5 @ 2026-12-05}', '{5.0 @ 2026-12-05}', '{5e1 @ 2026-12-05}', '{- 5 @ 2026-12-05}', '{many @ 2026-12-05}', '[5 @ 2026-12-05]']) AS t;
SELECT throws_ok(format('SELECT %L::oms.supply', t), code, NULL, format('refused with %s: %L', code, t))
FROM (VALUES ('{5 @}', '22007'), ('{5 @ soon}', '22007'), ('{5 @ 2026-12-05; 6 @ 2026-12-06}', '22007'), ('{5 @ 2026-12-05 6 @ 2026-12-06}', '22007'), ('{5 @ 2026-13-05}', '22008'),
             ('{5 @ infinity}', '22008'), ('{5 @ -infinity}', '22008'), ('{5 @ 294277-01-01}', '22008'), ('{9223372036854775808 @ 2026-12-05}', '22003'),
             ('{-9223372036854775809 @ 2026-12-05}', '22003'), ('{9223372036854775807 @ 2026-12-05, 1 @ 2026-12-05}', '22003'),
             ('{9223372036854775807 @ 2026-12-05, 1 @ 2026-12-06}', '22003'), ('{-9223372036854775808 @ 2026-12-05, -1 @ 2026-12-06}', '22003')) AS v (t, code);
SELECT is('{9223372036854775807 @ 2026-12-05, 1 @ 2026-12-06, -1 @ 2026-12-05 12:00}'::supply::text,
          '{9223372036854775807 @ 2026-12-05 00:00:00+00, -1 @ 2026-12-05 12:00:00+00, 1 @ 2026-12-06 00:00:00+00}', 'every sum in the order of the moments is in range');
SET LOCAL TimeZone = 'Asia/Kolkata';
SET LOCAL DateStyle = 'German';
SELECT is('{5 @ 2026-12-05 08:00+00}'::supply::text, '{5 @ 2026-12-05 13:30:00+05:30}', 'in the time zone of the session, in ISO form whatever the DateStyle');
SELECT is_empty('SELECT * FROM value WHERE supply_send(s::text::supply) <> supply_send(s)', 'text reads back as the same bytes');
SET LOCAL TimeZone = 'UTC';
SET LOCAL DateStyle = 'ISO';
SELECT is(NULL::text::supply, NULL, 'null in, null out');

-- Binary
CREATE TABLE value_copy (LIKE value);
SELECT lives_ok($$SELECT pg_temp.copy_binary('value', 'value_copy', 'oms_pgtap_supply.copy')$$, 'COPY BINARY out and in');
SELECT results_eq('SELECT id, s::text, supply_send(s) FROM value_copy ORDER BY id', 'SELECT id, s::text, supply_send(s) FROM value ORDER BY id', 'COPY BINARY loses nothing');
SELECT is(pg_temp.recv('supply', int4send(3) || int8send(86400000000) || int8send(7) || int8send(0) || int8send(5) || int8send(0) || int8send(-5)), '{7 @ 2000-01-02 00:00:00+00}',
          'what is received is put in order, too');
SELECT throws_ok(format('SELECT pg_temp.recv(''oms.supply'', %s)', bytes), code, NULL, format('refused in binary with %s: %s', code, bytes))
FROM (VALUES ('int4send(1) || int8send(9223372036854775807) || int8send(1)', '22008'), ('int4send(1) || int8send(-9223372036854775808) || int8send(1)', '22008'),
             ('int4send(2) || int8send(0) || int8send(9223372036854775807) || int8send(1) || int8send(1)', '22003'),
             ('int4send(-1)', '22P03'), ('int4send(1)', '22P03'), ('int4send(2147483647) || int8send(0) || int8send(1)', '22P03'),
             ('int4send(0) || int8send(0)', '22P03'), ('int2send(1::int2)', '08P01')) AS v (bytes, code);

-- What is available, against SQL: the least, from the moment on, of what is dated up to there
CREATE TABLE running AS SELECT id, at, quantity, sum(quantity) OVER (PARTITION BY id ORDER BY at) AS sum FROM merged WHERE id <= 600;
CREATE TABLE moment AS SELECT timestamptz '2026-11-30 21:00' + k * interval '3 hours' AS at FROM generate_series(0, 48) AS k;
CREATE INDEX ON running (id, at);
ANALYZE running;
CREATE TABLE oracle AS
SELECT v.id, v.s, m.at, least(COALESCE((SELECT r.sum FROM running AS r WHERE r.id = v.id AND r.at <= m.at ORDER BY r.at DESC LIMIT 1), 0),
                              (SELECT min(r.sum) FROM running AS r WHERE r.id = v.id AND r.at > m.at)) AS available
FROM value AS v, moment AS m WHERE v.id <= 600;
SELECT is((SELECT count(*) FROM oracle), 27195::bigint, 'values times moments');
SELECT is_empty('SELECT * FROM oracle WHERE available_on(s, at) <> available', 'available_on is that');
SELECT is_empty($$SELECT * FROM value AS v, generate_series(1, 150, 7) AS q WHERE id <= 600 AND earliest(s, q) IS DISTINCT FROM
                  (SELECT min(r.at) FROM running AS r WHERE r.id = v.id AND available_on(v.s, r.at) >= q)$$, 'earliest is the first moment with as much');
SELECT is_empty('SELECT id, (r).at, (r).quantity FROM value, supply_rows(s) AS r EXCEPT ALL SELECT id, at, quantity FROM merged', 'supply_rows has the items');
SELECT is((SELECT count(*) FROM value, supply_rows(s)), (SELECT count(*) FROM merged), 'all of them');
SELECT is_empty('SELECT * FROM value, supply_rows(s) AS r WHERE available_on(s, r.at) <> r.available', 'and what is available from each on');
SELECT is(available_on('{}', now()), 0::bigint, 'nothing is available of nothing');
SELECT is(available_on('{5 @ 2026-12-05}', 'infinity') + available_on('{-5 @ 2026-12-05}', '-infinity'), 0::bigint, 'at the end of time everything counts, and what is owed counts before');
SELECT is(available_on('{5 @ 2026-12-05}', date '2026-12-05'), 5::bigint, 'a date is the moment at which it begins');
SELECT is(earliest('{5 @ 2026-12-05}', 6), NULL, 'never');
SELECT throws_ok($$SELECT earliest('{}', 0)$$, '22023', 'quantity must be at least 1', 'earliest of nothing');
SELECT is(available_on(NULL, now()), NULL, 'nothing is known of an unknown supply');

-- The aggregate
SELECT is((SELECT supply(at, quantity)::text FROM part WHERE false), '{}', 'no rows are no supply');
SELECT is((SELECT supply(at, quantity)::text FROM (VALUES (NULL::timestamptz, 1::bigint), ('2026-12-05', NULL), ('2026-12-05', 2)) AS v (at, quantity)), '{2 @ 2026-12-05 00:00:00+00}',
          'what has no moment or no quantity is left out');
SELECT is((SELECT sum(quantity) FROM supply_rows((SELECT supply(timestamptz '2026-12-05' + i % 3 * interval '1 day', 1) FROM generate_series(1, 100000) AS i))), 100000::numeric, 'a hundred thousand rows of three days');
SELECT throws_ok($$SELECT supply(at, 9223372036854775807) FROM part$$, '22003', NULL, 'more than a bigint');
SELECT throws_ok($$SELECT supply('infinity', 1)$$, '22008', NULL, 'a moment without end');
SELECT is((SELECT supply(at, quantity) FROM part WHERE id <= 600), (SELECT supply((r).at, (r).quantity) FROM value, supply_rows(s) AS r WHERE id <= 600), 'of rows or of merged values');
SELECT is_empty($$SELECT * FROM value AS a, value AS b WHERE a.id < 40 AND b.id < 40
                  AND a.s + b.s <> (SELECT supply(i.at, i.quantity) FROM part AS i JOIN (VALUES (a.id), (b.id)) AS w (id) USING (id))$$, 'plus is the items of both');
SELECT throws_ok($$SELECT '{9223372036854775807 @ 2026-12-05}'::oms.supply + '{1 @ 2026-12-05}'$$, '22003', NULL, 'but not beyond bigint');

-- Operators and order
CREATE TABLE ordered AS SELECT id, s, (SELECT array_agg(ROW(at, quantity)::text ORDER BY at) FROM merged AS m WHERE m.id = v.id) AS items FROM value AS v;
SELECT is_empty($$SELECT * FROM ordered AS a, ordered AS b WHERE a.id < 90 AND b.id < 90
    AND ((a.s = b.s) <> (a.items IS NOT DISTINCT FROM b.items) OR (a.s <> b.s) <> (a.items IS DISTINCT FROM b.items)
      OR (a.s < b.s) <> (supply_cmp(a.s, b.s) < 0) OR (a.s <= b.s) <> (supply_cmp(a.s, b.s) <= 0) OR (a.s > b.s) <> (supply_cmp(b.s, a.s) < 0)
      OR (a.s >= b.s) <> (supply_cmp(b.s, a.s) <= 0) OR (a.s = b.s AND supply_hash(a.s) <> supply_hash(b.s)))$$, 'equal is with the same items, and the operators agree');
SELECT is((SELECT string_agg(s::text, ' ' ORDER BY s) FROM (VALUES ('{2 @ 2026-12-05}'::supply), ('{1 @ 2026-12-05, 1 @ 2026-12-06}'), ('{1 @ 2026-12-05}'), ('{9 @ 2026-12-04}'), ('{}')) AS v (s)),
          '{} {9 @ 2026-12-04 00:00:00+00} {1 @ 2026-12-05 00:00:00+00} {1 @ 2026-12-05 00:00:00+00, 1 @ 2026-12-06 00:00:00+00} {2 @ 2026-12-05 00:00:00+00}', 'by the items, moment before quantity');
SELECT is_empty($$SELECT * FROM value WHERE supply_hash_extended(s, 0) & 4294967295 <> supply_hash(s)::bigint & 4294967295$$, 'with seed 0 the extended hash ends in the hash');
SELECT is((SELECT count(*) FROM (SELECT s FROM value GROUP BY s) AS g), (SELECT count(DISTINCT s::text) FROM value), 'GROUP BY keeps apart what differs');
SELECT ok(amvalidate(c.oid), format('%s is valid', c.opcname)) FROM pg_opclass AS c WHERE c.opcintype = 'oms.supply'::regtype ORDER BY c.opcname;
CREATE INDEX value_btree ON value (s);
SELECT lives_ok($$SELECT bt_index_check('value_btree', true)$$, 'amcheck accepts the btree');

-- Parallel plans: partial states are sent from workers and combined
SET LOCAL parallel_setup_cost = 0;
SET LOCAL parallel_tuple_cost = 0;
SET LOCAL min_parallel_table_scan_size = 0;
SET LOCAL max_parallel_workers_per_gather = 2;
SELECT set_config(name, 'on', true) FROM pg_settings WHERE name IN ('force_parallel_mode', 'debug_parallel_query');
ANALYZE part;
SELECT matches(pg_temp.plan_of('SELECT supply(at, quantity) FROM part WHERE id <= 600'), 'Finalize Aggregate(.|\n)*Gather(.|\n)*Partial Aggregate', 'the aggregate runs in parallel');
CREATE TABLE parallel_result AS SELECT supply(at, quantity) AS s FROM part WHERE id <= 600;
CREATE TABLE parallel_groups AS SELECT id, supply(at, quantity) AS s FROM part GROUP BY id;
SET LOCAL max_parallel_workers_per_gather = 0;
SELECT set_config(name, 'off', true) FROM pg_settings WHERE name IN ('force_parallel_mode', 'debug_parallel_query');
SELECT is((SELECT s FROM parallel_result), (SELECT supply(at, quantity) FROM part WHERE id <= 600), 'with the same result');
SELECT is_empty('SELECT id, s::text FROM parallel_groups EXCEPT SELECT id, s::text FROM value', 'for each group');

SELECT * FROM finish();
ROLLBACK;
