-- oms.business_hours: text, binary, local times, moments over clock changes, operators, indexes, joins.
BEGIN;
SET LOCAL client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS oms;
CREATE EXTENSION IF NOT EXISTS amcheck;
SET LOCAL search_path = oms, public;
SET LOCAL timezone = 'UTC';
SET LOCAL datestyle = 'ISO';
\ir include/type.psql

SELECT plan(155);

-- Hours by their parts, at random: on each day up to three spans on a grid of 30 minutes, the last of them perhaps past
-- midnight; and hours on a grid of minutes. opening holds what was written, minute the minutes of the week that this opens.
SELECT setseed(0.42);
CREATE TABLE week (id int PRIMARY KEY, h business_hours);
CREATE TABLE opening (id int, day int, s int, e int);
INSERT INTO opening
SELECT id, day, (t[i] * step) % 1440, CASE WHEN t[i + 1] * step > 1440 THEN t[i + 1] * step - 1440 ELSE t[i + 1] * step END
FROM (SELECT id, day, step, ARRAY(SELECT DISTINCT (n + random() * (1440 / step) / 6)::int
                                  FROM generate_series(300 / step, 1320 / step, 330 / step) AS n WHERE id + day > 0 ORDER BY 1) AS t
      FROM generate_series(1, 120) AS id, LATERAL (SELECT CASE WHEN id % 2 = 0 THEN 30 ELSE 1 END AS step) AS s, generate_series(0, 6) AS day
      WHERE random() < 0.8) AS d,
     generate_series(1, 3, 2) AS i
WHERE i < cardinality(t);
INSERT INTO week
SELECT id, string_agg(rule, '; ' ORDER BY random())::business_hours
FROM (SELECT id, format('%s %s', (ARRAY['Mo', 'tue', 'Wednesday', 'TH', 'Fri', 'saturday', 'Su'])[day + 1],
                        string_agg(format('%s:%s-%s:%s', s / 60, lpad((s % 60)::text, 2, '0'), e / 60, lpad((e % 60)::text, 2, '0')),
                                   ' , ' ORDER BY random())) AS rule
      FROM opening GROUP BY id, day) AS r
GROUP BY id;
INSERT INTO week VALUES (-1, 'closed'), (-2, '24/7'), (-3, 'Su 22:00-02:00'), (-4, 'Mo 00:00-24:00'), (-5, 'Fr 20:00-24:00; Sa 00:00-20:00'),
                        (-6, 'Sa 06:00-24:00; Su 00:00-24:00; Mo 00:00-02:00'), (-7, 'Su 23:59-24:00; Mo 00:00-00:01');
INSERT INTO opening VALUES (-3, 6, 1320, 120), (-4, 0, 0, 1440), (-5, 4, 1200, 1200), (-6, 5, 360, 1440), (-6, 6, 0, 1440),
                           (-6, 0, 0, 120), (-7, 6, 1439, 1), (-2, 0, 0, 10080);
CREATE TABLE minute AS
SELECT DISTINCT id, (day * 1440 + m) % 10080 AS m
FROM opening, generate_series(s, CASE WHEN e <= s THEN e + 1440 ELSE e END - 1) AS m;
ALTER TABLE minute ADD PRIMARY KEY (id, m);
ANALYZE week;
ANALYZE minute;

-- Text
SELECT is(t::business_hours::text, stored, format('%s is stored as %s', to_json(t), stored))
FROM (VALUES ('Mo-Fr 09:00-18:00; Sa 10:00-16:00', 'Mo-Fr 09:00-18:00; Sa 10:00-16:00'), ('Mo 9:00-18:00', 'Mo 09:00-18:00'),
             (E'\tMO -\nFRIDAY 9:00 - 18:00 ', 'Mo-Fr 09:00-18:00'), ('Mo,We,Fr 09:00-18:00', 'Mo,We,Fr 09:00-18:00'),
             ('Fr,We,Mo 09:00-18:00', 'Mo,We,Fr 09:00-18:00'), ('Mo-We,Sa,Su 09:00-18:00', 'Mo-We,Sa-Su 09:00-18:00'),
             ('Su-Tu 09:00-18:00', 'Mo-Tu,Su 09:00-18:00'), ('Mo-Su 09:00-18:00', 'Mo-Su 09:00-18:00'),
             ('09:00-18:00', 'Mo-Su 09:00-18:00'), ('09:00-12:00,13:00-18:00', 'Mo-Su 09:00-12:00,13:00-18:00'),
             ('Mo 13:00-18:00,09:00-12:00', 'Mo 09:00-12:00,13:00-18:00'), ('Mo 09:00-12:00,12:00-18:00', 'Mo 09:00-18:00'),
             ('Fr 22:00-02:00', 'Fr 22:00-02:00'), ('Fr 22:00-24:00', 'Fr 22:00-24:00'), ('Fr 22:00-00:00', 'Fr 22:00-24:00'),
             ('Fr 22:00-24:00; Sa 00:00-02:00', 'Fr 22:00-02:00'), ('Su 22:00-02:00', 'Su 22:00-02:00'),
             ('Su 22:00-24:00; Mo 00:00-02:00,09:00-12:00', 'Mo 09:00-12:00; Su 22:00-02:00'),
             ('Fr 20:00-24:00; Sa 00:00-20:00', 'Fr 20:00-24:00; Sa 00:00-20:00'), ('Fr 20:01-20:00', 'Fr 20:01-20:00'),
             ('Mo-Fr 00:00-24:00', 'Mo-Fr 00:00-24:00'), ('Mo 00:00-24:00; Tu 00:00-02:00', 'Mo 00:00-24:00; Tu 00:00-02:00'),
             ('Su 06:00-24:00; Mo 00:00-24:00', 'Mo 00:00-24:00; Su 06:00-24:00'),
             ('24/7', '24/7'), (' 24/7 ', '24/7'), ('Mo-Su 00:00-24:00', '24/7'), ('06:00-05:59', 'Mo-Su 06:00-05:59'),
             ('06:00-24:00,00:00-06:00', '24/7'), ('closed', 'closed'), ('Closed', 'closed'), ('Mo-Su off', 'closed'),
             ('Mo 09:00-18:00; Su closed', 'Mo 09:00-18:00'), ('00:00-00:01', 'Mo-Su 00:00-00:01')) AS v (t, stored);

SELECT throws_ok(format('SELECT %L::oms.business_hours', t), '22P02',
                 format('invalid input syntax for type oms.business_hours: "%s"', t), format('malformed: %L', t))
FROM unnest(ARRAY['', ' ', ';', 'Mo', 'Mo-Fr', 'Mo-', 'Mo,', 'Mo-Mo 09:00-18:00', 'M 09:00-18:00', 'Mond 09:00-18:00', 'Mo- 09:00-18:00',
                  'PH 09:00-18:00', 'Mo-Fr 9-18', 'Mo 09:00', 'Mo 09:00-', 'Mo -18:00', 'Mo 09:00-18:00-20:00', 'Mo 9:0-18:00', 'Mo 009:00-18:00',
                  'Mo 09:000-18:00', 'Mo 09:00-18:00,', 'Mo 09:00-18:00;', 'Mo 09:00-18:00;;', 'Mo 09:00-18:00 Tu 09:00-18:00',
                  'Mo 09:00-18:00, Tu 09:00-18:00', 'Mo 09:00-09:00', 'Mo 00:00-00:00', 'Mo 24:00-02:00', 'Mo 09.00-18.00', 'Mo 9:00am-6:00pm',
                  'Mo 09:00–18:00', 'Mo 09:00-18:00; Mo 19:00-20:00', 'Mo-Fr 09:00-18:00; We closed', 'Mo 09:00-12:00,11:59-18:00',
                  'Mo 09:00-18:00,09:00-18:00', 'Mo 22:00-04:00; Tu 03:59-05:00', 'Su 22:00-04:00; Mo 03:00-05:00', '24/7 closed',
                  '24/7; Mo 09:00-18:00', 'closed; Mo 09:00-18:00', 'Mo closed 09:00-18:00', 'open', '24/6', '-1:00-2:00', 'NaN', '9']) AS t;
SELECT throws_ok(format('SELECT %L::oms.business_hours', t), '22008', NULL, format('out of range: %L', t))
FROM unnest(ARRAY['Mo 09:00-24:01', 'Mo 25:00-26:00', 'Mo 09:60-18:00', 'Mo 09:00-99:99']) AS t;

SELECT is((SELECT count(*) FROM week), 127::bigint, 'hours to look at');
SELECT is_empty('SELECT * FROM week WHERE business_hours_send(h::text::business_hours) <> business_hours_send(h)',
                'text reads back as the same bytes');
SELECT is(NULL::text::business_hours, NULL, 'null in, null out');

-- Binary
CREATE TABLE week_copy (LIKE week);
SELECT lives_ok($$SELECT pg_temp.copy_binary('week', 'week_copy', 'oms_pgtap_business_hours.copy')$$, 'COPY BINARY out and in');
SELECT results_eq('SELECT id, h::text, business_hours_send(h) FROM week_copy ORDER BY id',
                  'SELECT id, h::text, business_hours_send(h) FROM week ORDER BY id', 'COPY BINARY loses nothing');
SELECT is(pg_temp.recv('business_hours', int4send(cardinality(b) / 2)
                       || COALESCE((SELECT string_agg(int2send(m::int2), '' ORDER BY n) FROM unnest(b) WITH ORDINALITY AS u (m, n)), '')),
          stored, format('received: %s', b))
FROM (VALUES ('{}'::int[], 'closed'), ('{540,1080}', 'Mo 09:00-18:00'), ('{2000,2060,540,600,600,660}', 'Mo 09:00-11:00; Tu 09:20-10:20'),
             ('{0,10080}', '24/7'), ('{10000,10140}', 'Su 22:40-01:00'), ('{10000,20080}', '24/7')) AS v (b, stored);
SELECT throws_ok(format('SELECT pg_temp.recv(''oms.business_hours'', int4send(%s) || %L::bytea)', cardinality(b) / 2,
                        (SELECT string_agg(int2send(m::int2), '' ORDER BY n) FROM unnest(b) WITH ORDINALITY AS u (m, n))),
                 '22P03', 'invalid binary format of type oms.business_hours', format('refused in binary: %s', b))
FROM unnest(ARRAY['(540,540)', '(540,500)', '(10080,10090)', '(-1,5)', '(540,10621)', '(540,600),(599,660)', '(540,600),(540,600)',
                  '(10000,10140),(0,10)']) AS t, LATERAL (SELECT string_to_array(translate(t, '()', ''), ',')::int[] AS b) AS v;
SELECT throws_ok($$SELECT pg_temp.recv('oms.business_hours', int4send(2) || int2send(1::int2) || int2send(2::int2))$$, '08P01',
                 'insufficient data left in message', 'refused in binary: too short');
SELECT throws_ok($$SELECT pg_temp.recv('oms.business_hours', int4send(-1))$$, '08P01', NULL, 'refused in binary: a negative number');
SELECT throws_ok($$SELECT pg_temp.recv('oms.business_hours', int4send(0) || '\x00')$$, '22P03',
                 'incorrect binary data format', 'refused in binary: too long');

-- Local times, against the minutes that were written. 2026-11-23 is a Monday.
SELECT is_empty($$
    SELECT w.id, m FROM week AS w CROSS JOIN generate_series(0, 10079) AS m LEFT JOIN minute USING (id, m)
    WHERE (h @> timestamp '2026-11-23' + m * interval '1 minute') <> (minute.id IS NOT NULL)$$,
    'open in exactly the minutes that were written');
SELECT is_empty($$
    SELECT w.id, m FROM week AS w CROSS JOIN generate_series(0, 10079, 7) AS m LEFT JOIN minute USING (id, m)
    WHERE (timestamp '1799-12-30 00:00:59.999999' + m * interval '1 minute' <@ h) <> (minute.id IS NOT NULL)$$,
    'to the last microsecond of each, before 2000 too; the commutator');
SELECT throws_ok(format('SELECT %s', e), '22008', 'a moment of business hours must be finite', format('refused: %s', e))
FROM unnest(ARRAY['oms.business_hours ''24/7'' OPERATOR(oms.@>) ''infinity''', '''-infinity'' OPERATOR(oms.<@) oms.business_hours ''24/7''',
                  'oms.is_open(''24/7'', ''infinity'', ''UTC'')', 'oms.next_open(''24/7'', ''-infinity'', ''UTC'')',
                  'oms.next_close(''24/7'', ''infinity'', ''UTC'')', 'oms.add_working_time(''24/7'', ''infinity'', ''1 hour'', ''UTC'')']) AS e;

-- Moments, against a walk over the minutes that follow: at random, and around the changes of the clock. Lord Howe moves by
-- 30 minutes, Casablanca the other way round, Kathmandu never.
CREATE TABLE ask AS
SELECT row_number() OVER () AS n, h, at, z, w
FROM (SELECT * FROM week WHERE id NOT IN (-1, -2) ORDER BY id % 7, id LIMIT 36) AS w,
     (VALUES ('Europe/Berlin', timestamptz '2026-03-29 01:00Z'), ('Europe/Berlin', '2026-10-25 01:00Z'),
             ('America/New_York', '2026-03-08 07:00Z'), ('America/St_Johns', '2026-11-01 04:30Z'), ('Australia/Lord_Howe', '2026-04-04 15:00Z'),
             ('Africa/Casablanca', '2026-02-15 02:00Z'), ('Asia/Kathmandu', '2026-07-01 00:00Z')) AS c (z, change),
     LATERAL (SELECT change + (random() * 4320 - 2880)::int * interval '1 minute' AS at,
                     (random() * 1500)::int * interval '1 minute' AS w) AS r
WHERE (w.id + length(z)) % 3 = 0;
CREATE TABLE walk AS
SELECT n, t, h @> (t AT TIME ZONE z) AS open, count(*) FILTER (WHERE h @> (t AT TIME ZONE z)) OVER (PARTITION BY n ORDER BY t) AS worked
FROM ask, generate_series(at, at + interval '9 days', '1 minute') AS t;
CREATE INDEX ON walk (n, t);
CREATE VIEW oracle AS
SELECT a.*, o.t AS opens, (SELECT min(t) FROM walk WHERE n = a.n AND t >= o.t AND NOT open) AS closes,
       CASE WHEN w = '0' THEN at ELSE (SELECT min(t) + '1 minute' FROM walk WHERE n = a.n AND worked * interval '1 minute' >= w) END AS worked
FROM ask AS a, LATERAL (SELECT min(t) AS t FROM walk WHERE n = a.n AND open) AS o;
SELECT cmp_ok((SELECT count(*) FROM oracle WHERE closes IS NOT NULL AND worked IS NOT NULL), '>', 60::bigint, 'moments to look at');
SELECT is_empty('SELECT a.n, h, t, z FROM ask AS a JOIN walk USING (n) WHERE is_open(h, t, z) <> open AND extract(epoch FROM t)::bigint / 60 % 11 = 0',
                'is_open is hours @> local time');
SELECT is_empty('SELECT *, next_open(h, at, z) FROM oracle WHERE next_open(h, at, z) <> opens', 'next_open is the first open moment');
SELECT is_empty('SELECT *, next_close(h, at, z) FROM oracle WHERE next_close(h, at, z) <> closes', 'next_close is the first closed one after it');
SELECT is_empty('SELECT *, add_working_time(h, at, w, z) FROM oracle WHERE add_working_time(h, at, w, z) <> worked',
                'add_working_time counts the minutes that it was open');
SELECT is_empty($$
    SELECT h, t, z, w FROM ask, LATERAL (SELECT at + n * interval '12.345678 s' AS t) AS r
    WHERE next_open(h, t, z) < t OR NOT is_open(h, next_open(h, t, z), z)
       OR next_open(h, t, z) > t AND is_open(h, next_open(h, t, z) - interval '1 us', z)
       OR is_open(h, next_close(h, t, z), z) OR NOT is_open(h, next_close(h, t, z) - interval '1 us', z)
       OR add_working_time(h, add_working_time(h, t, w, z), w + interval '1 us', z) <> add_working_time(h, t, w + w + interval '1 us', z)$$,
    'to the microsecond');
SELECT is(add_working_time('Mo 09:00-10:00', '2026-11-23 09:00Z', '1 hour', 'UTC'), '2026-11-23 10:00Z', 'the hour ends when it closes');
SELECT is(add_working_time('Mo 09:00-10:00', '2026-11-23 10:00Z', '1 us', 'UTC'), '2026-11-30 09:00:00.000001Z', 'a moment more is the next week');
SELECT is(add_working_time('Mo 09:00-10:00', '2026-11-24 00:00Z', '0', 'UTC'), '2026-11-24 00:00Z', 'no time is at once');
SELECT is(add_working_time('closed', '2026-11-24 00:00Z', '0', 'UTC'), '2026-11-24 00:00Z', 'also where it is closed');
SELECT is(add_working_time('closed', '2026-11-24 00:00Z', '1 us', 'UTC'), NULL, 'never open, never done');
SELECT is(add_working_time('Mo 09:00-10:00', '2026-11-23 09:00Z', '100000 hours', 'UTC'),
          timestamptz '2026-11-23 10:00Z' + 99999 * interval '7 days', '100,000 weeks');
SELECT is(add_working_time('Mo 09:00-10:00', '2026-11-23 09:00 Europe/Berlin', '10001 hours', 'Europe/Berlin') AT TIME ZONE 'Europe/Berlin',
          timestamp '2026-11-23 10:00' + 10000 * interval '7 days', '10,001 weeks over 383 changes of the clock');
SELECT is(add_working_time(NULL, '2026-11-24', '0', 'UTC'), NULL, 'nothing is known of unknown hours');
SELECT is(next_open('Mo 09:00-10:00', '2026-11-23 12:00Z', z), t, format('a time zone by the name %s', z))
FROM (VALUES ('EST', timestamptz '2026-11-23 14:00Z'), ('msk', '2026-11-30 06:00Z'), ('+03', '2026-11-23 12:00Z'),
             ('<+01>-1', '2026-11-30 08:00Z')) AS v (z, t);
SELECT throws_ok(format('SELECT %s', e), code, message, format('refused: %s', e))
FROM (VALUES ('oms.is_open(''24/7'', now(), '''')', '22023', 'time zone "" not recognized'),
             ('oms.next_open(''24/7'', now(), ''Mars'')', '22023', 'time zone "Mars" not recognized'),
             ('oms.add_working_time(''24/7'', now(), ''1 day'', ''UTC'')', '22023', 'working time must be given in hours and smaller units'),
             ('oms.add_working_time(''24/7'', now(), ''1 month'', ''UTC'')', '22023', 'working time must be given in hours and smaller units'),
             ('oms.add_working_time(''24/7'', now(), ''-1 hour'', ''UTC'')', '22023', 'working time must not be negative'),
             ('oms.add_working_time(''24/7'', now(), ''2562047788:00:54.775807'', ''UTC'')', '22008', 'timestamp out of range'),
             ('oms.add_working_time(''Mo 00:00-00:01'', now(), ''1000000000:00'', ''Europe/Berlin'')', '22008', 'timestamp out of range'),
             ('oms.next_open(''Mo 09:00-10:00'', ''294276-12-31 23:59Z'', ''UTC'')', '22008', 'timestamp out of range')) AS v (e, code, message);
SELECT is(is_open('24/7', '4713-11-24 BC', 'Europe/Berlin'), true, 'the first moment there is');
SELECT is(next_open('24/7', '294276-12-31 23:59:59.999999Z', 'Pacific/Kiritimati'), '294276-12-31 23:59:59.999999Z', 'and the last');

-- Operators and order: by the openings, one after the other
SELECT is_empty($$
    WITH w AS (SELECT h, ARRAY(SELECT m FROM minute AS x WHERE x.id = week.id ORDER BY m) AS ms FROM week)
    SELECT * FROM w AS a, w AS b WHERE (a.h = b.h) <> (a.ms = b.ms) OR (a.h <> b.h) <> (a.ms <> b.ms)$$,
    'equal when open in the same minutes');
SELECT is_empty($$
    SELECT * FROM week AS a, week AS b
    WHERE (a.h < b.h) <> (business_hours_cmp(a.h, b.h) < 0) OR (a.h <= b.h) <> (business_hours_cmp(a.h, b.h) <= 0)
       OR (a.h > b.h) <> (business_hours_cmp(a.h, b.h) > 0) OR (a.h >= b.h) <> (business_hours_cmp(a.h, b.h) >= 0)
       OR (a.h = b.h) <> (business_hours_cmp(a.h, b.h) = 0) OR business_hours_cmp(a.h, b.h) <> -business_hours_cmp(b.h, a.h)$$,
    'all operators agree');
SELECT is_empty($$
    SELECT a.h, b.h, c.h FROM week AS a, week AS b, week AS c
    WHERE a.id < 30 AND b.id < 30 AND c.id < 30 AND a.h < b.h AND b.h < c.h AND a.h >= c.h$$, 'the order is transitive');
SELECT is_empty($$SELECT * FROM week WHERE business_hours_hash_extended(h, 0) & 4294967295 <> business_hours_hash(h)::bigint & 4294967295$$,
                'with seed 0 the extended hash ends in the hash');
SELECT is(business_hours_hash('Mo 09:00-12:00,12:00-18:00'), business_hours_hash('Mo 9:00-18:00'), 'equal values, equal hashes');
SELECT is((SELECT count(*) FROM (SELECT h FROM week GROUP BY h) AS g), (SELECT count(DISTINCT h::text) FROM week), 'GROUP BY');

-- Operator classes, joins and parallel plans
SELECT ok(amvalidate(c.oid), format('%s is valid', c.opcname))
FROM pg_opclass AS c WHERE c.opcintype = 'oms.business_hours'::regtype ORDER BY c.opcname;
CREATE INDEX week_btree ON week (h);
CREATE INDEX week_hash ON week USING hash (h);
SELECT lives_ok($$SELECT bt_index_check('week_btree', true)$$, 'amcheck accepts the btree');
SET LOCAL enable_seqscan = off;
SET LOCAL enable_bitmapscan = off;
SELECT matches(pg_temp.plan_of($$SELECT h FROM week ORDER BY h$$), 'Index Only Scan using week_btree', 'ORDER BY uses the btree');
DROP INDEX week_btree;
SELECT matches(pg_temp.plan_of($$SELECT * FROM week WHERE h = '24/7'$$), 'Index Scan using week_hash', 'equality uses the hash index');
SELECT is((SELECT count(*) FROM week WHERE h = '24/7'), 1::bigint, 'and finds its row');
RESET enable_seqscan;
RESET enable_bitmapscan;
SET LOCAL parallel_setup_cost = 0;
SET LOCAL parallel_tuple_cost = 0;
SET LOCAL min_parallel_table_scan_size = 0;
SELECT matches(pg_temp.plan_of($$SELECT count(*) FROM week WHERE is_open(h, '2026-11-23 10:00Z', 'UTC')$$),
               'Gather(.|\n)*Partial Aggregate', 'is_open runs in parallel');
SELECT is((SELECT count(*) FROM week WHERE is_open(h, '2026-11-23 10:00Z', 'UTC')), (SELECT count(*) FROM minute WHERE m = 600),
          'and its rows agree');

SELECT * FROM finish();
ROLLBACK;
