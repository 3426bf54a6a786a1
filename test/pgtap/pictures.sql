-- Pictures are whole documents whatever the data: well-formed, no markup from names, no script, nothing loaded.
BEGIN;
SET LOCAL timezone = 'UTC';
SELECT plan(48);

-- well_formed(document): true, or what is wrong; as XML only where PostgreSQL has libxml
CREATE FUNCTION pg_temp.well_formed(document text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    PERFORM xmlparse(DOCUMENT document);
    RETURN CASE WHEN document ~ '^<svg xmlns="http://www.w3.org/2000/svg" ' AND document ~ '</svg>\s*$' THEN 'yes' ELSE 'no SVG' END;
EXCEPTION WHEN feature_not_supported THEN
    RETURN 'yes';
WHEN OTHERS THEN
    RETURN SQLERRM;
END $$;
CREATE FUNCTION pg_temp.drawn(path text, document text) RETURNS bigint LANGUAGE sql AS
    $$SELECT count(*) FROM unnest(xpath(path, xmlparse(DOCUMENT document), '{{s,http://www.w3.org/2000/svg}}'))$$;

-- Texts
SELECT is(oms.picture_text('a < b & "c" > d'), 'a &lt; b &amp; &quot;c&quot; &gt; d', 'markup is escaped');
SELECT is(oms.picture_text('&amp;'), '&amp;amp;', 'what is escaped already too');
SELECT is(oms.picture_text(E'tab\tbell\x07line\n\x7f.'), 'tab bell line  .', 'control characters are blank');
SELECT is(oms.picture_text('long name', 5), 'long…', 'cut to the length');
SELECT is(oms.picture_text('<<<<<', 5), '&lt;&lt;&lt;&lt;&lt;', 'which counts characters, not their escapes');
SELECT is(oms.picture_text(''), '', 'an empty text');
SELECT is(oms.picture_text(NULL), NULL, 'no text');
SELECT is(oms.picture_text('日本 ✓ 😀'), '日本 ✓ 😀', 'other scripts stay');
SELECT is(ARRAY(SELECT oms.nice_step(span, 5) FROM unnest('{1,5,7,26,100,0.3,0}'::float8[]) AS span), '{0.2,1,2,10,20,0.1,0.000000001}'::float8[], 'steps of a scale');

-- Nothing there yet
SELECT throws_ok('SELECT oms.draw_run()', 'OM004', 'there is no routing run yet', 'no run');
SELECT throws_ok('SELECT oms.draw_run(7)', 'OM004', 'routing run 7 does not exist', 'an unknown run');
SELECT throws_ok($$SELECT oms.draw_availability('web', 'cup')$$, 'OM004', NULL, 'an unknown channel');
SELECT throws_ok($$SELECT oms.draw_availability(NULL, 'cup')$$, '22004', NULL, 'no channel');
SELECT is(pg_temp.well_formed(oms.draw_stores()), 'yes', 'no work yet: a picture that says so');
SELECT alike(oms.draw_stores(), '%no location was given work yet%', 'it does');
SELECT throws_ok('SELECT oms.draw_stores(NULL)', '22004', NULL, 'no days');
SELECT throws_ok('SELECT oms.draw_stores(28, NULL)', '22004', NULL, 'no number');
SELECT throws_ok(format('SELECT oms.draw_stores(%s, %s)', a, b), '22023', NULL, format('days %s, at most %s', a, b))
  FROM (VALUES (0, 1), (-1, 1), (2147483647, 1), (1, 0), (1, 1001)) AS v (a, b);

-- Names that are markup, in every place where a name is drawn
CREATE TEMP TABLE hostile (n serial, name text);
INSERT INTO hostile (name) VALUES ('<script>alert(1)</script>'), ('" onload="alert(1)'), ('&#x3c;b&#x3e;'), (']]></svg>'), (E'bell\x07'), ('%s %1$s'), (repeat('w', 500)), ('''--'), ('😀');
SELECT oms.add_location(name, CASE n % 2 WHEN 0 THEN 'warehouse' ELSE name END, oms.latlon(30 + n, -70 - 3 * n)) FROM hostile \g /dev/null
SELECT oms.add_location('nowhere', 'store') \g /dev/null
SELECT oms.add_location_group('all', ARRAY(SELECT name FROM hostile ORDER BY n) || '{nowhere}'), oms.add_channel('<web>', 'all', 'all') \g /dev/null
SELECT oms.receive(name, '<sku> & "x"', 2) FROM hostile \g /dev/null
SELECT oms.receive('nowhere', 'only nowhere', 2) \g /dev/null
SELECT oms.place_order('<' || n, '<web>', ARRAY['<sku> & "x"'], ARRAY[1::bigint], oms.latlon(30 + n, -71 - 3 * n)) FROM hostile \g /dev/null
SELECT oms.place_order('split', '<web>', ARRAY['<sku> & "x"'], ARRAY[3::bigint], '40,-90') \g /dev/null
SELECT oms.place_order('from nowhere', '<web>', '{only nowhere}', '{1}', '40,-90') \g /dev/null
SELECT oms.place_order('pickup', '<web>', ARRAY['<sku> & "x"'], ARRAY[1::bigint], service => 'pickup') \g /dev/null
SELECT orders FROM oms.route() \g /dev/null
CREATE TEMP TABLE picture AS SELECT 1 AS n, 'the run' AS name, oms.draw_run() AS document;
INSERT INTO picture SELECT 2, 'availability', oms.draw_availability('<web>', '<sku> & "x"');
INSERT INTO picture SELECT 3, 'stores', oms.draw_stores();
SELECT is(pg_temp.well_formed(document), 'yes', name || ': well-formed') FROM picture ORDER BY n;
SELECT unalike(document, '%<script%', name || ': no script') FROM picture ORDER BY n;
SELECT unalike(document, '%onload="alert%', name || ': no attribute from a name') FROM picture ORDER BY n;
SELECT ok(document !~ '(href|url\(|@import|<image|<use|<style|<foreignObject)', name || ': nothing loaded') FROM picture ORDER BY n;
SELECT is(pg_temp.drawn('//s:title[contains(., "script")]', document), 2::bigint, 'the name is there, as text, in both maps') FROM picture WHERE n = 1;
SELECT is(pg_temp.drawn('//s:title[contains(., "script")]', document), 1::bigint, 'and among the stores') FROM picture WHERE n = 3;
SELECT is(pg_temp.drawn('//s:line[@stroke="#d55e00"]', document) >= 4, true, 'an order of 3 from places of 2 is split, before and after') FROM picture WHERE n = 1;
SELECT is(pg_temp.drawn('//s:g[@stroke="#cc0000"]/s:path', document), 0::bigint, 'nothing waits') FROM picture WHERE n = 1;
SELECT alike(document, '%after: where they ship from%', 'the second map says what it is') FROM picture WHERE n = 1;

-- What waits is a cross
UPDATE oms.location SET can_ship = false;
SELECT orders FROM oms.route() \g /dev/null
SELECT is(pg_temp.well_formed(oms.draw_run()), 'yes', 'a run that serves nothing');
SELECT cmp_ok(pg_temp.drawn('//s:g[@stroke="#cc0000"]/s:path', oms.draw_run()), '>=', 10::bigint, 'each destination has a cross');
SELECT is(oms.draw_run((SELECT min(run_id) FROM oms.routing_run)), document, 'an earlier run is drawn as it was') FROM picture WHERE n = 1;

-- Supply
SELECT oms.add_incoming('PO', '😀', '<sku> & "x"', 40, now() + interval '3 days') \g /dev/null
UPDATE oms.location SET can_ship = true;
SELECT is(pg_temp.drawn('//s:rect[@fill="#009e73"]', oms.draw_availability('<web>', '<sku> & "x"')), 1::bigint, 'a bar for what comes in');
SELECT oms.place_order('wants more', '<web>', ARRAY['<sku> & "x"'], ARRAY[30::bigint], on_shortage => 'backorder') \g /dev/null
SELECT is(pg_temp.drawn('//s:rect[@fill="#d55e00"]', oms.draw_availability('<web>', '<sku> & "x"')), 1::bigint, 'and one for what of it is promised');

-- Rights: the caller's
CREATE ROLE oms_visitor;
GRANT EXECUTE ON FUNCTION oms.draw_run, oms.draw_availability, oms.draw_stores, oms.picture, oms.picture_text, oms.nice_step TO oms_visitor;
SET LOCAL ROLE oms_visitor;
SELECT throws_ok('SELECT oms.draw_run()', '42501', NULL, 'without a right to the views: no map');
SELECT throws_ok('SELECT oms.draw_stores()', '42501', NULL, 'no stores');
SELECT throws_ok($$SELECT oms.draw_availability('<web>', 'x')$$, '42501', NULL, 'no availability');
RESET ROLE;

-- At a pole, where degrees of longitude have no length
SELECT oms.add_location('pole', 'store', '90,0'), oms.add_location_group('arctic', '{pole}'), oms.add_channel('arctic', 'arctic'), oms.receive('pole', 'fish', 1) \g /dev/null
SELECT oms.place_order('bear', 'arctic', '{fish}', '{1}', '90,180') \g /dev/null
SELECT run_id FROM oms.route(order_ids => '{bear}') \gset
SELECT is(pg_temp.well_formed(oms.draw_run(:run_id)), 'yes', 'an order from pole to pole');

SELECT * FROM finish();
ROLLBACK;
