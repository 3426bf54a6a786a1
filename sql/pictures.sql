-- Pictures: each function returns a whole SVG document. With psql: psql -At -c 'SELECT oms.draw_run()' > run.svg
CREATE EXTENSION oms;
SET timezone = 'UTC';
SELECT oms.add_location('Bronx', 'store', '40.8448,-73.8648'), oms.add_location('Reno', 'warehouse', '39.5296,-119.8138'),
       oms.add_location('Boston', 'store', '42.3601,-71.0589', capacity_orders => 5) \g /dev/null
SELECT oms.add_location_group('network', '{Bronx,Reno,Boston}'), oms.add_channel('web', 'network') \g /dev/null
SELECT oms.receive('Bronx', 'mug', 1), oms.receive('Reno', 'mug', 50), oms.receive('Boston', 'mug', 3) \g /dev/null

-- A standard order and an urgent one want the mug that is near; a third one is split.
SELECT oms.place_order('O-1', 'web', '{mug}', '{1}', '40.7128,-74.0060'), oms.place_order('O-2', 'web', '{mug}', '{1}', '40.7128,-74.0060', 'same_day'),
       oms.place_order('O-3', 'web', '{mug}', '{52}', '41,-75') \g /dev/null
SELECT orders, shipments FROM oms.route();

-- The map of the run: what stands over its two halves, and how many lines of each kind they have.
SELECT figure[1] AS map, figure[2] AS figures
  FROM regexp_matches(oms.draw_run(), '<text y="8" font-weight="bold">([^<]*)</text>\n<text[^>]*>([^<]*)</text>', 'g') AS figure;
SELECT line[1] AS colour, count(*) AS lines FROM regexp_matches(oms.draw_run(), '<line [^>]* stroke="([^"]*)"', 'g') AS line GROUP BY 1 ORDER BY 1;

-- What may be promised of a sku over time.
SELECT oms.add_incoming('PO 1', 'Reno', 'mug', 40, now() + interval '9 days') \g /dev/null
SELECT oms.place_order('O-4', 'web', '{mug}', '{25}', on_shortage => 'backorder') \g /dev/null
SELECT note[1] FROM regexp_matches(oms.draw_availability('web', 'mug'), '<text[^>]*>(\+[^<]*)</text>', 'g') AS note;

-- The load of stores, and what they accept.
SELECT count(*) FROM oms.fulfillment f, oms.accept(f.fulfillment_id) WHERE f.location <> 'Boston';
SELECT count(*) FROM oms.fulfillment f, oms.reject(f.fulfillment_id, 'damaged') WHERE f.location = 'Boston' AND f.status = 'assigned';
SELECT string_agg(cell[1], ' | ') AS cells
  FROM regexp_matches(oms.draw_stores(), '<g transform="translate\(0,\d+\)">\n(?:.(?!</g>))*', 'g') WITH ORDINALITY AS store (svg, n),
       regexp_matches(store.svg[1], '<text[^>]*>(?:<title>[^<]*</title>)?([^<]*)</text>', 'g') AS cell
 GROUP BY n ORDER BY n;

-- Names are escaped, so that a document stays well-formed whatever a sku is called.
SELECT oms.picture_text('Mug "XL" <large> & co');
SELECT oms.receive('Reno', '<script>alert(1)</script>', 1) \g /dev/null
SELECT title[1] FROM regexp_matches(oms.draw_availability('web', '<script>alert(1)</script>'), '<title>([^<]*)</title>') AS title;
