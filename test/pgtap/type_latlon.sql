-- oms.latlon: text, binary, casts, distance, operators, indexes, joins, parallel plans.
BEGIN;
SET LOCAL client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS oms;
CREATE EXTENSION IF NOT EXISTS amcheck;
SET LOCAL search_path = oms, public;
\ir include/type.psql

SELECT plan(128);

-- Places: the extremes, and 2,000 at random with all bits in use
SELECT setseed(0.42);
CREATE TABLE place (id int PRIMARY KEY, lat float8, lon float8, p latlon);
INSERT INTO place (id, lat, lon)
SELECT row_number() OVER (), lat, lon
FROM unnest(ARRAY[-90, -89.99999999999999, -1e-7, -5e-324, 0, 2.2250738585072014e-308, 0.1,
                  33.333333333333336, 89.99999999999999, 90]::float8[]) AS lat,
     unnest(ARRAY[-180, -179.99999999999997, -1e-300, 0, 1e-5, 123.45678901234567,
                  179.99999999999997, 180]::float8[]) AS lon;
INSERT INTO place (id, lat, lon)
SELECT 1000 + i, random() * 180 - 90, random() * 360 - 180 FROM generate_series(1, 2000) AS i;
UPDATE place SET p = latlon(lat, lon);
ANALYZE place;

-- Text
SELECT is(t::latlon::text, stored, format('%s is stored as %s', to_json(t), stored))
FROM (VALUES ('40.7608,-111.8910', '40.7608,-111.891'), (E' \t40.7608\n,\r-111.8910\f ', '40.7608,-111.891'),
             ('+1,+2', '1,2'), ('-0,-0.0', '0,0'), ('1.,.5', '1,0.5'), ('1E1,-1.5e+2', '10,-150'),
             ('000090.000,-000180', '90,-180'), ('-90,180', '-90,180'), ('1e-999,0', '0,0'),
             ('90.0000000000000000001,0', '90,0')) AS v (t, stored);

SELECT throws_ok(format('SELECT %L::oms.latlon', t), '22P02',
                 format('invalid input syntax for type oms.latlon: "%s"', t), format('malformed: %L', t))
FROM unnest(ARRAY['', ' ', ',', '40', '40,', ',-111', '40,-111,', '40,-111,5', '40 -111', '40;-111', '.,.',
                  '+,-', '--40,0', '+-40,0', '4 0,0', '- 40,0', '40,- 111', '0x10,0', 'NaN,0', '0,nan',
                  'inf,0', '0,-Infinity', '1e,0', '1e+,0', '1e 1,0', '1.2.3,0', '40,76,-111,89',
                  '(40,-111)', '40 N,111 W', '40°,0', '40,-111x', 'POINT(0 0)', '1_0,0', '40d,0',
                  E'40,\u00a0-111', '４０,0', 'null']) AS t;

SELECT throws_ok(format('SELECT %L::oms.latlon', t), '22003', what || ' is out of range',
                 format('out of range: %L', t))
FROM (VALUES ('90.00000000000002,0', 'latitude'), ('-90.00000000000002,0', 'latitude'),
             ('0,180.00000000000003', 'longitude'), ('0,-180.00000000000003', 'longitude'),
             ('1e999,0', 'latitude'), ('0,-1e999', 'longitude'), ('-111.8910,40.7608', 'latitude'),
             ('91,181', 'latitude')) AS v (t, what);

SELECT is_empty('SELECT * FROM place WHERE latlon_send(p::text::latlon) <> latlon_send(p)',
                'text reads back as the same bytes');
SET LOCAL extra_float_digits = -10;
SELECT is(latlon(33.333333333333336, 0.1)::text, '33.333333333333336,0.1',
          'text does not depend on extra_float_digits');
RESET extra_float_digits;
SELECT is(NULL::text::latlon, NULL, 'null in, null out');

-- Constructor and accessors
SELECT is_empty('SELECT * FROM place WHERE latitude(p) <> lat OR longitude(p) <> lon',
                'constructor and accessors are exact');
SELECT is(latlon(latitude => 1, longitude => 2)::text, '1,2', 'arguments are named');
SELECT is(latlon('-0', '-0')::text, '0,0', 'the constructor knows no negative zero');
SELECT is(latlon(NULL, 2), NULL, 'a null coordinate makes no place');
SELECT throws_ok(format('SELECT oms.latlon(%L, %L)', lat, lon), '22003', what || ' is out of range',
                 format('latlon(%s, %s) is refused', lat, lon))
FROM (VALUES ('NaN', '0', 'latitude'), ('0', 'NaN', 'longitude'), ('Infinity', '0', 'latitude'),
             ('0', '-Infinity', 'longitude'), ('90.1', '0', 'latitude'), ('0', '180.1', 'longitude'))
     AS v (lat, lon, what);

-- Binary
CREATE TABLE place_copy (LIKE place);
SELECT lives_ok($$SELECT pg_temp.copy_binary('place', 'place_copy', 'oms_pgtap_latlon.copy')$$,
                'COPY BINARY out and in');
SELECT results_eq('SELECT id, lat, lon, p::text FROM place_copy ORDER BY id',
                  'SELECT id, lat, lon, p::text FROM place ORDER BY id', 'COPY BINARY loses nothing');
SELECT is(latlon_send('90,-0.5'), '\x4056800000000000bfe0000000000000'::bytea,
          'the binary form is latitude, longitude as float8');
SELECT is(pg_temp.recv('latlon', float8send(lat) || float8send(lon)), stored,
          format('received: %s,%s', lat, lon))
FROM (VALUES (40.7608::float8, -111.8910::float8, '40.7608,-111.891'), (-90, 180, '-90,180'),
             ('-0', '-0', '0,0')) AS v (lat, lon, stored);
SELECT throws_ok(format('SELECT pg_temp.recv(''oms.latlon'', float8send(%L) || float8send(%L))', lat, lon),
                 '22003', what || ' is out of range', format('refused in binary: %s,%s', lat, lon))
FROM (VALUES ('NaN', '0', 'latitude'), ('0', 'NaN', 'longitude'), ('Infinity', '0', 'latitude'),
             ('0', '-Infinity', 'longitude'), ('90.00000000000002', '0', 'latitude'),
             ('0', '-180.00000000000003', 'longitude')) AS v (lat, lon, what);
SELECT throws_ok($$SELECT pg_temp.recv('oms.latlon', float8send(1) || '\x00')$$, '08P01',
                 'insufficient data left in message', 'refused in binary: too short');
SELECT throws_ok($$SELECT pg_temp.recv('oms.latlon', float8send(1) || float8send(2) || '\x00')$$, '22P03',
                 'incorrect binary data format', 'refused in binary: too long');

-- Casts
SELECT results_eq($$SELECT castsource::regtype::text, castcontext::text FROM pg_cast
                    WHERE 'oms.latlon'::regtype IN (castsource, casttarget) ORDER BY 1$$,
                  $$VALUES ('latlon', 'a'), ('point', 'a')$$, 'two casts, both for assignment');
SELECT is_empty($$SELECT * FROM place WHERE p::point::latlon <> p
                  OR (p::point)[0] <> lon OR (p::point)[1] <> lat$$, 'to point and back loses nothing');
SELECT is(point '(-0,-0)'::latlon::text, '0,0', 'a point of negative zeros becomes 0,0');
SELECT throws_ok($$SELECT point '(0,91)'::oms.latlon$$, '22003', 'latitude is out of range', 'point: y');
SELECT throws_ok($$SELECT point '(181,0)'::oms.latlon$$, '22003', 'longitude is out of range', 'point: x');
SELECT throws_ok($$SELECT point '(NaN,0)'::oms.latlon$$, '22003', 'longitude is out of range', 'point: NaN');
CREATE TABLE assigned (place latlon, xy point);
INSERT INTO assigned SELECT point '(2,1)', latlon '1,2';
SELECT results_eq('SELECT place::text, xy::text FROM assigned', $$VALUES ('1,2', '(2,1)')$$,
                  'both casts work in an assignment');
SELECT throws_ok($$SELECT latlon '1,2' <-> point '(2,1)'$$, '42883', NULL,
                 'no distance between a place and a point');

-- Distance
SELECT is(distance_km('0,0', '0,0'), 0::float8, 'no distance to itself');
SELECT is(round((latlon '40.7608,-111.8910' <-> '40.7128,-74.0060')::numeric, 3), 3166.640,
          'Salt Lake City to New York');
SELECT is(round(distance_km(a, b)::numeric, 6), round((6371.0088 * pi() / d)::numeric, 6),
          format('%s to %s is 1/%s of a half circle', a, b, d))
FROM (VALUES (latlon '-90,0', latlon '90,0', 1), ('0,0', '0,180', 1), ('45,10', '-45,-170', 1),
             ('0,0', '90,0', 2), ('0,-45', '0,45', 2), ('90,-180', '90,180', 1e15),
             ('0,-180', '0,180', 1e15), ('0,179.5', '0,-179.5', 180)) AS v (a, b, d);
-- another formula: Vincenty's for a sphere
CREATE VIEW pair AS
SELECT a.p AS a, b.p AS b,
       6371.0088 * atan2(sqrt((cosd(b.lat) * sind(b.lon - a.lon)) ^ 2
                              + (cosd(a.lat) * sind(b.lat) - sind(a.lat) * cosd(b.lat) * cosd(b.lon - a.lon)) ^ 2),
                         sind(a.lat) * sind(b.lat) + cosd(a.lat) * cosd(b.lat) * cosd(b.lon - a.lon)) AS km
FROM place AS a JOIN place AS b ON b.id BETWEEN a.id + 1 AND a.id + 20
WHERE a.id > 1000;    -- the extremes underflow in SQL's arithmetic
SELECT is_empty('SELECT * FROM pair WHERE abs((a <-> b) - km) > 1e-3', 'agrees with Vincenty''s formula');
SELECT is_empty('SELECT * FROM pair WHERE (a <-> b) <> (b <-> a) OR (a <-> b) <> distance_km(a, b)',
                'symmetric, and the operator is the function');
SELECT is_empty($$SELECT * FROM pair WHERE NOT (a <-> b) BETWEEN 0 AND 6371.0088 * pi() + 1e-9$$,
                'never NaN, never more than half the circumference');
SELECT is(latlon '1,2' <-> NULL, NULL, 'no distance to null');

-- Operators and order
SELECT is_empty($$
    SELECT * FROM place AS a, place AS b
    WHERE a.id <= 80 AND b.id <= 80
      AND ((a.p = b.p) <> ((a.lat, a.lon) = (b.lat, b.lon))
        OR (a.p <> b.p) <> ((a.lat, a.lon) <> (b.lat, b.lon))
        OR (a.p < b.p) <> ((a.lat, a.lon) < (b.lat, b.lon))
        OR (a.p <= b.p) <> ((a.lat, a.lon) <= (b.lat, b.lon))
        OR (a.p > b.p) <> ((a.lat, a.lon) > (b.lat, b.lon))
        OR (a.p >= b.p) <> ((a.lat, a.lon) >= (b.lat, b.lon))
        OR sign(latlon_cmp(a.p, b.p)) <> CASE WHEN (a.lat, a.lon) < (b.lat, b.lon) THEN -1
                                              WHEN (a.lat, a.lon) > (b.lat, b.lon) THEN 1 ELSE 0 END)$$,
    'all operators compare latitude, then longitude');
SELECT results_eq('SELECT id FROM place ORDER BY p DESC, id', 'SELECT id FROM place ORDER BY lat DESC, lon DESC, id',
                  'ORDER BY is by latitude, then longitude');
SELECT is_empty($$SELECT * FROM place WHERE latlon_hash_extended(p, 0) & 4294967295 <> latlon_hash(p)::bigint & 4294967295$$,
                'with seed 0 the extended hash ends in the hash');
SELECT is_empty($$SELECT * FROM place WHERE latlon_hash_extended(p, 1) = latlon_hash_extended(p, 2)$$,
                'the seed matters');
SELECT cmp_ok((SELECT count(DISTINCT latlon_hash(p)) FROM place), '>', 2070::bigint, 'hashes spread');

-- Operator classes
SELECT ok(amvalidate(c.oid), format('%s is valid', c.opcname))
FROM pg_opclass AS c WHERE c.opcintype = 'oms.latlon'::regtype ORDER BY c.opcname;
CREATE INDEX place_btree ON place (p);
CREATE INDEX place_hash ON place USING hash (p);
SELECT lives_ok($$SELECT bt_index_check('place_btree', true)$$, 'amcheck accepts the btree');
SET LOCAL enable_seqscan = off;
SET LOCAL enable_bitmapscan = off;
SELECT matches(pg_temp.plan_of($$SELECT * FROM place WHERE p < '-80,0'$$), 'Index Scan using place_btree',
               'a range uses the btree');
SELECT is((SELECT count(*) FROM place WHERE p < '-80,0'),
          (SELECT count(*) FROM place WHERE lat < -80 OR lat = -80 AND lon < 0), 'and finds its rows');
SELECT matches(pg_temp.plan_of($$SELECT p FROM place ORDER BY p$$), 'Index Only Scan using place_btree',
               'ORDER BY uses the btree, which returns the value');
DROP INDEX place_btree;
SELECT matches(pg_temp.plan_of($$SELECT * FROM place WHERE p = '90,180'$$), 'Index Scan using place_hash',
               'equality uses the hash index');
SELECT is((SELECT count(*) FROM place AS a JOIN place AS b ON b.p = a.p),
          (SELECT count(*) FROM place AS a JOIN place AS b ON (b.lat, b.lon) = (a.lat, a.lon)),
          'and finds its rows');
RESET enable_seqscan;
RESET enable_bitmapscan;
CREATE TABLE unique_place (p latlon UNIQUE);
SELECT throws_ok($$INSERT INTO unique_place VALUES ('0,0'), ('-0,-0')$$, '23505', NULL,
                 'a unique index takes 0 and -0 for the same');
CREATE TABLE parted (p latlon) PARTITION BY HASH (p);
CREATE TABLE parted_0 PARTITION OF parted FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE parted_1 PARTITION OF parted FOR VALUES WITH (MODULUS 2, REMAINDER 1);
INSERT INTO parted SELECT p FROM place;
SELECT ok((SELECT min(n) > 800 AND sum(n) = 2080 FROM (SELECT count(*) AS n FROM parted GROUP BY tableoid) AS s),
          'hash partitions fill evenly');
SELECT cmp_ok((SELECT cardinality(histogram_bounds::text::text[]) FROM pg_stats
               WHERE (schemaname, tablename, attname) = ('oms', 'place', 'p')), '>', 50,
              'ANALYZE makes a histogram');

-- Joins and parallel plans
SET LOCAL enable_nestloop = off;
SET LOCAL enable_mergejoin = off;
SET LOCAL parallel_setup_cost = 0;
SET LOCAL parallel_tuple_cost = 0;
SET LOCAL min_parallel_table_scan_size = 0;
SET LOCAL max_parallel_workers_per_gather = 2;
SELECT matches(pg_temp.plan_of('SELECT count(*) FROM place AS a JOIN place_copy AS b ON b.p = a.p'),
               'Gather(.|\n)*Parallel Hash Join', 'a parallel hash join');
SELECT is((SELECT count(*) FROM place AS a JOIN place_copy AS b ON b.p = a.p), 2080::bigint, 'and its rows');
SET LOCAL enable_hashjoin = off;
SET LOCAL enable_mergejoin = on;
SELECT matches(pg_temp.plan_of('SELECT count(*) FROM place AS a JOIN place_copy AS b ON b.p = a.p'),
               'Gather(.|\n)*Merge Join', 'a parallel merge join');
SELECT is((SELECT count(*) FROM place AS a JOIN place_copy AS b ON b.p = a.p), 2080::bigint, 'and its rows');
SELECT matches(pg_temp.plan_of($$SELECT max(p <-> '0,0'), count(p::point::latlon), count(latlon(lat, lon) = p) FROM place$$),
               'Gather(.|\n)*Partial Aggregate', 'distance, casts and constructor run in parallel');
SELECT is((SELECT round(max(p <-> '0,0')::numeric, 3) FROM place), 20015.114, 'and give the same');
SELECT matches(pg_temp.plan_of('SELECT DISTINCT p FROM place'), 'Gather', 'a parallel DISTINCT');
SELECT is((SELECT count(*) FROM (SELECT DISTINCT p FROM place) AS s), 2080::bigint, 'and its rows');

SELECT * FROM finish();
ROLLBACK;
