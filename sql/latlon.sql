-- oms.latlon: a place on the Earth, latitude first, in degrees.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS oms;
RESET client_min_messages;
SET search_path = oms, public;

-- Text in, text out. Spaces are tolerated; what comes back is the shortest exact form.
SELECT '40.7608,-111.8910'::latlon;
SELECT t AS written, t::latlon AS stored
FROM unnest(ARRAY[' 40.7608 , -111.8910 ', '+40,0', '-0,-0', '1e1,.5', '90,-180',
                  '0.1000000000000000055,1e-7']) AS t;

-- From numbers and back
SELECT latlon(40.7608, -111.8910), latlon(latitude => -33.8688, longitude => 151.2093);
SELECT latitude(place), longitude(place) FROM (VALUES (latlon '40.7608,-111.8910')) AS v (place);

-- A point has x = longitude and y = latitude. Both casts work in an assignment.
SELECT latlon '40.7608,-111.8910'::point, point '(-111.8910,40.7608)'::latlon;
CREATE TEMP TABLE shop (name text PRIMARY KEY, place latlon);
INSERT INTO shop VALUES
    ('Salt Lake City', '40.7608,-111.8910'),
    ('Los Angeles', point '(-118.2437,34.0522)'),
    ('New York', latlon(40.7128, -74.0060)),
    ('Auckland', '-36.8485,174.7633');

-- Great-circle distance in km: a <-> b, or distance_km(a, b)
SELECT name, round((place <-> '40.7608,-111.8910')::numeric, 3) AS km
FROM shop ORDER BY place <-> '40.7608,-111.8910';
SELECT round(distance_km('0,0', '90,0')::numeric, 3) AS equator_to_pole,
       round(distance_km('0,0', '0,180')::numeric, 3) AS half_the_equator,
       round(distance_km('0,179.5', '0,-179.5')::numeric, 3) AS over_the_date_line;

-- Equality, order (latitude, then longitude), grouping
SELECT name, place FROM shop ORDER BY place;
SELECT latlon '40,-111' = '40.0,-111.00' AS equal, latlon '40,-111' < '40,-110' AS less;
SELECT count(DISTINCT place) FROM (SELECT place FROM shop UNION ALL SELECT place FROM shop) AS twice;

-- What is not a place is refused.
SELECT '40.7608'::latlon;
SELECT '40.7608;-111.8910'::latlon;
SELECT '(40.7608,-111.8910)'::latlon;
SELECT 'NaN,0'::latlon;
SELECT '-111.8910,40.7608'::latlon;
SELECT '40.7608,180.5'::latlon;
SELECT latlon(0, 'Infinity');
SELECT point '(40.7608,-111.8910)'::latlon;

-- No distance in degrees by accident: latlon <-> point has no meaning.
SELECT latlon '40.7608,-111.8910' <-> point '(-111.8910,40.7608)';
