-- oms.safety_stock: text, binary, what it withholds, operators, indexes, joins, parallel plans.
BEGIN;
SET LOCAL client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS oms;
CREATE EXTENSION IF NOT EXISTS amcheck;
SET LOCAL search_path = oms, public;
\ir include/type.psql

SELECT plan(143);

-- Rules by their parts: p is the percent in 1e-4 percent, mode 0 plus, 1 max, 2 min.
CREATE TABLE rule (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, units bigint, p int, mode int, s safety_stock);
SELECT setseed(0.42);
INSERT INTO rule (units, p, mode)
SELECT units, p, mode
FROM unnest(ARRAY[0, 1, 5, 9223372036854775806, 9223372036854775807]) AS units,
     unnest(ARRAY[0, 1, 10, 100000, 125000, 999999, 1000000]) AS p, unnest(ARRAY[0, 1, 2]) AS mode;
INSERT INTO rule (units, p, mode)
SELECT random() * 1000, random() * 1000000, i % 3 FROM generate_series(1, 1500) AS i;
UPDATE rule SET s = format(CASE mode WHEN 0 THEN '%s + %s%%' WHEN 1 THEN 'max(%s, %s%%)' ELSE 'min(%s, %s%%)' END,
                           units, round(p / 10000.0, 4))::safety_stock;
-- as stored: with a zero, plus and max are what is not zero, and min is zero
UPDATE rule SET units = CASE WHEN mode = 2 THEN 0 ELSE units END, p = CASE WHEN mode = 2 THEN 0 ELSE p END, mode = 0
WHERE units = 0 OR p = 0;
ANALYZE rule;

-- Text
SELECT is(t::safety_stock::text, stored, format('%s is stored as %s', to_json(t), stored))
FROM (VALUES ('5', '5'), ('10%', '10%'), ('5 + 10%', '5 + 10%'), ('max(5, 10%)', 'max(5, 10%)'),
             ('min(20, 50%)', 'min(20, 50%)'), ('5+10%', '5 + 10%'), (E'\t5\n+ 10% ', '5 + 10%'),
             (' MAX (5 ,10%)', 'max(5, 10%)'), ('Min(20,50%) ', 'min(20, 50%)'), ('0005', '5'),
             ('12.5%', '12.5%'), ('12.5000%', '12.5%'), ('0.0001%', '0.0001%'), ('99.9999%', '99.9999%'),
             ('0.05%', '0.05%'), ('100.0000%', '100%'), ('100%', '100%'), ('0', '0'), ('0%', '0'),
             ('0 + 0%', '0'), ('5 + 0%', '5'), ('0 + 10%', '10%'), ('max(0, 0%)', '0'),
             ('max(5, 0%)', '5'), ('max(0, 10%)', '10%'), ('min(0, 10%)', '0'), ('min(5, 0.0%)', '0'),
             ('9223372036854775807', '9223372036854775807'),
             ('9223372036854775807 + 100%', '9223372036854775807 + 100%')) AS v (t, stored);

SELECT throws_ok(format('SELECT %L::oms.safety_stock', t), '22P02',
                 format('invalid input syntax for type oms.safety_stock: "%s"', t), format('malformed: %L', t))
FROM unnest(ARRAY['', ' ', 'five', '%', '+', '-', '+5', '+10%', '5 %', '10 %', '10%%', '5 10%', '5 10', '5,10%',
                  '5 +', '+ 10%', '5 + 10', '5 + + 10%', '5 - 10%', '5 + 10% + 1', '10% + 5', '10% + 10%',
                  '5 + max(1, 2%)', 'max', 'max(', 'max()', 'max(5)', 'max(5,)', 'max(,10%)', 'max(10%)',
                  'max(10%, 5)', 'max(5, 10)', 'max(5%, 10%)', 'max(5, 10%', 'max 5, 10%', 'max(5; 10%)',
                  'max(5, 10%))', 'max(5, 10%) + 1', 'max(5, 10%, 3)', 'maximum(5, 10%)', 'mid(5, 10%)',
                  '2.5', '5.', '5.%', '.5%', '1e3', '1e1%', '0x10', '1_000', '1,000', 'NaN', 'Infinity',
                  '12.34567%', '12.00000%', '10٪', '５']) AS t;

SELECT throws_ok(format('SELECT %L::oms.safety_stock', t), '22003',
                 format('safety stock "%s" is out of range', t), format('out of range: %L', t))
FROM unnest(ARRAY['-1', '-0', '-10%', '5 + -10%', 'max(-5, 10%)', '9223372036854775808',
                  '99999999999999999999999999', '100.0001%', '101%', '5 + 101%', 'min(5, 1000%)',
                  '99999999999999999999999999%']) AS t;

SELECT is_empty('SELECT * FROM rule WHERE safety_stock_send(s::text::safety_stock) <> safety_stock_send(s)',
                'text reads back as the same bytes');
SELECT is_empty($$SELECT * FROM rule
                  WHERE safety_stock_send(s) <> int8send(units) || int4send(p) || set_byte('\x00', 0, mode)$$,
                'the binary form is units, percent, mode, without useless parts');
SELECT is(NULL::text::safety_stock, NULL, 'null in, null out');

-- Binary
CREATE TABLE rule_copy (LIKE rule);
SELECT lives_ok($$SELECT pg_temp.copy_binary('rule', 'rule_copy', 'oms_pgtap_safety_stock.copy')$$,
                'COPY BINARY out and in');
SELECT results_eq('SELECT id, s::text, safety_stock_send(s) FROM rule_copy ORDER BY id',
                  'SELECT id, s::text, safety_stock_send(s) FROM rule ORDER BY id', 'COPY BINARY loses nothing');
SELECT is(pg_temp.recv('safety_stock', int8send(units) || int4send(p) || set_byte('\x00', 0, mode)), stored,
          format('received: %s, %s, %s', units, p, mode))
FROM (VALUES (5::bigint, 125000, 1, 'max(5, 12.5%)'), (5, 0, 1, '5'), (5, 0, 2, '0'), (0, 1, 1, '0.0001%')) AS v (units, p, mode, stored);
SELECT throws_ok(format('SELECT pg_temp.recv(''oms.safety_stock'', int8send(%s) || int4send(%s) || set_byte(''\x00'', 0, %s))',
                        units, p, mode), code, message, format('refused in binary: %s, %s, %s', units, p, mode))
FROM (VALUES (-1, 0, 0, '22003', 'safety stock is out of range'), (0, -1, 0, '22003', 'safety stock is out of range'),
             (0, 1000001, 0, '22003', 'safety stock is out of range'),
             (5, 5, 3, '22P03', 'invalid binary format of type oms.safety_stock'),
             (5, 5, 255, '22P03', 'invalid binary format of type oms.safety_stock')) AS v (units, p, mode, code, message);
SELECT throws_ok($$SELECT pg_temp.recv('oms.safety_stock', int8send(1) || int4send(1))$$, '08P01',
                 'no data left in message', 'refused in binary: too short');
SELECT throws_ok($$SELECT pg_temp.recv('oms.safety_stock', int8send(1) || int4send(1) || '\x0000')$$, '22P03',
                 'incorrect binary data format', 'refused in binary: too long');

-- What is withheld, against numeric arithmetic that knows no bounds
CREATE TABLE stock (on_hand bigint);
INSERT INTO stock VALUES (-9223372036854775808), (-9223372036854775807), (-1000001), (-1), (0), (1), (2), (9),
    (10), (11), (999999), (1000000), (1000001), (4611686018427387904), (9223372036854775806), (9223372036854775807);
INSERT INTO stock SELECT (random() * 10000)::bigint FROM generate_series(1, 10);
INSERT INTO stock SELECT (random() * 9e18)::bigint FROM generate_series(1, 10);
CREATE VIEW oracle AS
SELECT r.id, r.s, on_hand,
       least(CASE mode WHEN 0 THEN units + part WHEN 1 THEN greatest(units, part) ELSE least(units, part) END,
             9223372036854775807) AS withheld
FROM rule AS r, stock, div(greatest(on_hand, 0)::numeric * p + 999999, 1000000) AS part;
SELECT is((SELECT count(*) FROM oracle), 57780::bigint, 'rules times amounts on hand');
SELECT is_empty('SELECT * FROM oracle WHERE withheld(s, on_hand) <> withheld', 'withheld is exact, or held at the largest bigint');
SELECT is_empty('SELECT * FROM oracle WHERE on_hand - s <> greatest(on_hand - withheld, -9223372036854775808)',
                'on_hand - safety_stock is on_hand less what is withheld, or held at the least bigint');
SELECT is_empty($$SELECT * FROM stock WHERE withheld('100%', on_hand) <> greatest(on_hand, 0)$$, '100% withholds everything');
SELECT is(10 - safety_stock '2', 8::bigint, 'an integer on the left will do');
SELECT is(10::smallint - safety_stock 'max(2, 50%)', 5::bigint, 'and a smallint');
SELECT is(withheld(safety_stock => '5 + 10%', on_hand => 11), 7::bigint, 'arguments are named');
SELECT is(withheld('5', NULL), NULL, 'nothing is known of an unknown on_hand');

-- Operators and order
SELECT is_empty($$
    SELECT * FROM rule AS a, rule AS b
    WHERE a.id <= 155 AND b.id <= 155
      AND ((a.s = b.s) <> ((a.units, a.p, a.mode) = (b.units, b.p, b.mode))
        OR (a.s <> b.s) <> ((a.units, a.p, a.mode) <> (b.units, b.p, b.mode))
        OR (a.s < b.s) <> ((a.units, a.p, a.mode) < (b.units, b.p, b.mode))
        OR (a.s <= b.s) <> ((a.units, a.p, a.mode) <= (b.units, b.p, b.mode))
        OR (a.s > b.s) <> ((a.units, a.p, a.mode) > (b.units, b.p, b.mode))
        OR (a.s >= b.s) <> ((a.units, a.p, a.mode) >= (b.units, b.p, b.mode))
        OR sign(safety_stock_cmp(a.s, b.s)) <> CASE WHEN a.s < b.s THEN -1 WHEN a.s > b.s THEN 1 ELSE 0 END)$$,
    'all operators compare units, then percent, then mode');
SELECT is_empty($$SELECT * FROM rule WHERE safety_stock_hash_extended(s, 0) & 4294967295
                                           <> safety_stock_hash(s)::bigint & 4294967295$$,
                'with seed 0 the extended hash ends in the hash');
SELECT is_empty('SELECT * FROM rule WHERE safety_stock_hash_extended(s, 1) = safety_stock_hash_extended(s, 2)',
                'the seed matters');
SELECT is(safety_stock_hash('5 + 0%'), safety_stock_hash('max(5, 0%)'), 'equal values, equal hashes');
SELECT is((SELECT count(*) FROM (SELECT s FROM rule GROUP BY s) AS g), (SELECT count(DISTINCT s::text) FROM rule),
          'GROUP BY keeps apart what is written differently');
SELECT results_eq('SELECT DISTINCT s::text COLLATE "C" FROM rule ORDER BY 1',
                  'SELECT s::text COLLATE "C" FROM (SELECT DISTINCT s FROM rule) AS d ORDER BY 1', 'so does DISTINCT');

-- Operator classes
SELECT ok(amvalidate(c.oid), format('%s is valid', c.opcname))
FROM pg_opclass AS c WHERE c.opcintype = 'oms.safety_stock'::regtype ORDER BY c.opcname;
CREATE INDEX rule_btree ON rule (s);
CREATE INDEX rule_hash ON rule USING hash (s);
SELECT lives_ok($$SELECT bt_index_check('rule_btree', true)$$, 'amcheck accepts the btree');
SET LOCAL enable_seqscan = off;
SET LOCAL enable_bitmapscan = off;
SELECT matches(pg_temp.plan_of($$SELECT * FROM rule WHERE s < '5'$$), 'Index Scan using rule_btree', 'a range uses the btree');
SELECT is((SELECT count(*) FROM rule WHERE s < '5'),
          (SELECT count(*) FROM rule WHERE units < 5), 'and finds its rows');
SELECT matches(pg_temp.plan_of($$SELECT s FROM rule ORDER BY s$$), 'Index Only Scan using rule_btree',
               'ORDER BY uses the btree, which returns the value');
DROP INDEX rule_btree;
SELECT matches(pg_temp.plan_of($$SELECT * FROM rule WHERE s = '5'$$), 'Index Scan using rule_hash',
               'equality uses the hash index');
SELECT is((SELECT count(*) FROM rule WHERE s = '5'),
          (SELECT count(*) FROM rule WHERE (units, p) = (5, 0)), 'and finds its rows');
RESET enable_seqscan;
RESET enable_bitmapscan;
CREATE TABLE parted (s safety_stock) PARTITION BY HASH (s);
CREATE TABLE parted_0 PARTITION OF parted FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE parted_1 PARTITION OF parted FOR VALUES WITH (MODULUS 2, REMAINDER 1);
INSERT INTO parted SELECT s FROM rule;
SELECT ok((SELECT min(n) > 500 AND sum(n) = 1605 FROM (SELECT count(*) AS n FROM parted GROUP BY tableoid) AS t),
          'hash partitions fill evenly');

-- Joins and parallel plans
SELECT is((SELECT count(*) FROM rule AS a JOIN rule_copy AS b ON b.s::text = a.s::text), n, 'pairs of equal rules')
FROM (SELECT sum(c * c)::bigint AS n FROM (SELECT count(*) AS c FROM rule GROUP BY s::text) AS g) AS t;
SET LOCAL enable_nestloop = off;
SET LOCAL enable_mergejoin = off;
SET LOCAL parallel_setup_cost = 0;
SET LOCAL parallel_tuple_cost = 0;
SET LOCAL min_parallel_table_scan_size = 0;
SET LOCAL max_parallel_workers_per_gather = 2;
SELECT matches(pg_temp.plan_of('SELECT count(*) FROM rule AS a JOIN rule_copy AS b ON b.s = a.s'),
               'Gather(.|\n)*Parallel Hash Join', 'a parallel hash join');
SELECT is((SELECT count(*) FROM rule AS a JOIN rule_copy AS b ON b.s = a.s),
          (SELECT count(*) FROM rule AS a JOIN rule_copy AS b ON b.s::text = a.s::text), 'and its rows');
SET LOCAL enable_hashjoin = off;
SET LOCAL enable_mergejoin = on;
SELECT matches(pg_temp.plan_of('SELECT count(*) FROM rule AS a JOIN rule_copy AS b ON b.s = a.s'),
               'Gather(.|\n)*Merge Join', 'a parallel merge join');
SELECT is((SELECT count(*) FROM rule AS a JOIN rule_copy AS b ON b.s = a.s),
          (SELECT count(*) FROM rule AS a JOIN rule_copy AS b ON b.s::text = a.s::text), 'and its rows');
SELECT matches(pg_temp.plan_of($$SELECT sum(withheld(s, 100)), sum(100 - s) FROM rule WHERE id > 105$$),
               'Gather(.|\n)*Partial Aggregate', 'withheld and minus run in parallel');
SELECT is(w + l, 150000::numeric, 'and their sums agree')
FROM (SELECT sum(withheld(s, 100)) AS w, sum(100 - s) AS l FROM rule WHERE id > 105) AS t;

SELECT * FROM finish();
ROLLBACK;
