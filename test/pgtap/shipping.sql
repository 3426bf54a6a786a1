-- Shipping: when a shipment leaves, by which service, when it arrives, against plain SQL; and what the tables refuse.
BEGIN;
SET LOCAL client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS oms;
\ir include/network.psql
SELECT plan(71);
SET LOCAL timezone = 'UTC';
SELECT setseed(0.42);

-- The cut-off: the first time that the clock shows it with work going on until then
SELECT is(oms.next_cut_off(h, at, c, z), expected, format('%s, cut-off %s, %s', h, c, at))
FROM (VALUES (oms.business_hours 'Mo-Fr 09:00-18:00', timestamptz '2026-11-23 10:00Z', time '17:00', 'UTC', timestamptz '2026-11-23 17:00Z'),
             ('Mo-Fr 09:00-18:00', '2026-11-23 17:00Z', '17:00', 'UTC', '2026-11-23 17:00Z'),
             ('Mo-Fr 09:00-18:00', '2026-11-23 17:00:00.000001Z', '17:00', 'UTC', '2026-11-24 17:00Z'),
             ('Mo-Fr 09:00-18:00', '2026-11-27 17:30Z', '18:00', 'UTC', '2026-11-27 18:00Z'),
             ('Mo-Fr 09:00-18:00', '2026-11-27 18:30Z', '18:00', 'UTC', '2026-11-30 18:00Z'),
             ('Mo-Fr 09:00-18:00', '2026-11-23 10:00Z', '09:00', 'UTC', NULL), ('Mo-Fr 09:00-18:00', '2026-11-23 10:00Z', '20:00', 'UTC', NULL),
             ('closed', '2026-11-23 10:00Z', '12:00', 'UTC', NULL), ('24/7', '2026-11-23 10:00Z', '00:00', 'UTC', '2026-11-24 00:00Z'),
             ('24/7', '2026-11-23 10:00Z', '24:00', 'UTC', '2026-11-24 00:00Z'), ('24/7', '1999-12-31 10:00Z', '12:00', 'UTC', '1999-12-31 12:00Z'),
             ('Mo-Fr 09:00-18:00', '2026-11-23 21:00Z', '17:00', 'America/New_York', '2026-11-23 22:00Z'),
             ('24/7', '2026-03-29 00:00Z', '02:30', 'Europe/Berlin', '2026-03-30 00:30Z'),
             ('24/7', '2026-10-25 00:00Z', '02:30', 'Europe/Berlin', '2026-10-25 00:30Z'),
             ('24/7', '2026-10-25 00:31Z', '02:30', 'Europe/Berlin', '2026-10-25 01:30Z'),
             ('24/7', '294276-12-31 23:00Z', '22:00', 'UTC', NULL)) AS v (h, at, c, z, expected);
SELECT throws_ok($$SELECT oms.next_cut_off('24/7', 'infinity', '12:00', 'UTC')$$, '22008', NULL, 'no infinite moment');

-- At random: locations with and without hours, cut-off and coordinates; services with rates by zone and distance
SELECT oms.add_location('L' || i, 'store', CASE WHEN i <> 3 THEN oms.latlon(44 + 6 * random(), 6 * random()) END, (ARRAY['Europe/Paris', 'UTC', 'Asia/Kathmandu'])[1 + i % 3],
                        business_hours => (ARRAY['Mo-Fr 09:00-18:00', NULL, 'Fr 20:00-02:00', 'closed'])[1 + i % 4]::oms.business_hours,
                        handling_hours => (i % 5) * 1.25, cut_off => CASE WHEN i % 2 = 0 THEN time '17:00' END)
FROM generate_series(1, 24) AS i \g /dev/null
SELECT oms.add_location_group('odd', ARRAY(SELECT location FROM oms.location WHERE right(location, 1) IN ('1', '3', '5', '7', '9'))) \g /dev/null
SELECT oms.add_zone('north', '((0,48),(6,48),(6,50),(0,50))'), oms.add_zone('west', '((0,44),(3,44),(3,50),(0,50))') \g /dev/null
SELECT oms.add_carrier_service('A standard', NULL, 'Mo-Sa 00:00-24:00'), oms.add_carrier_service('B express'), oms.add_carrier_service('C courier', 'odd'),
       oms.add_carrier_service('D never', NULL, 'closed'), oms.add_carrier_service('E none') \g /dev/null
SELECT oms.add_carrier_rate('A standard', 5, 2, 200), oms.add_carrier_rate('A standard', 6, 3), oms.add_carrier_rate('A standard', 4, 2.5, zone => 'north'),
       oms.add_carrier_rate('A standard', 3, 1, 100, 'west'), oms.add_carrier_rate('B express', 12, 1, 400, NULL, 0.01), oms.add_carrier_rate('B express', 20, 1),
       oms.add_carrier_rate('C courier', 2, 0.125, 60, NULL, 0.5), oms.add_carrier_rate('C courier', 2, 0.5, 40, 'north', 0.6),
       oms.add_carrier_rate('D never', 1, 1) \g /dev/null
CREATE TEMP TABLE ask AS
SELECT location, oms.latlon(44 + 6 * random(), 6 * random()) AS ship_to, timestamptz '2026-11-20' + random() * interval '20 days' AS start_at, random() AS r
FROM oms.location, generate_series(1, 40);
ALTER TABLE ask ADD due_at timestamptz;
UPDATE ask SET ship_to = CASE WHEN r > 0.95 THEN NULL ELSE ship_to END, due_at = CASE WHEN r < 0.9 THEN start_at + 8 * r * interval '1 day' END;
CREATE TEMP TABLE oracle AS
WITH leaves AS (
    SELECT a.*, l.time_zone, ready, CASE WHEN a.ship_to IS NULL THEN 0 WHEN l.coordinates IS NULL THEN 20015 ELSE oms.distance_km(ship_to, coordinates) END AS km,
           CASE WHEN cut_off IS NULL THEN ready ELSE oms.next_cut_off(COALESCE(business_hours, '24/7'), ready, cut_off, time_zone) END AS ship_at
    FROM ask AS a JOIN oms.location AS l USING (location),
         LATERAL (SELECT oms.add_working_time(COALESCE(business_hours, '24/7'), start_at, handling_hours * interval '1 hour', time_zone) AS ready) AS r),
offer AS (
    SELECT l.*, c.carrier_service, c.business_hours AS carrier_hours, transit_days * interval '24 hours' AS transit, r.price + r.price_per_km * km AS price,
           oms.add_working_time(COALESCE(c.business_hours, '24/7'), ship_at, transit_days * interval '24 hours', time_zone) AS arrive_at
    FROM leaves AS l CROSS JOIN oms.carrier_service AS c,
         LATERAL (SELECT r.* FROM oms.carrier_rate AS r LEFT JOIN oms.zone AS z USING (zone)
                  WHERE r.carrier_service = c.carrier_service AND km <= COALESCE(up_to_km, km)
                    AND (r.zone IS NULL OR point(oms.longitude(ship_to), oms.latitude(ship_to)) <@ z.area)
                  ORDER BY r.zone NULLS LAST, up_to_km LIMIT 1) AS r
    WHERE c.location_group IS NULL OR l.location IN (SELECT location FROM oms.location_group_member WHERE location_group = c.location_group))
SELECT l.*, o.carrier_service, o.price, o.arrive_at, COALESCE(o.carrier_hours, '24/7') AS carrier_hours, o.transit
FROM leaves AS l LEFT JOIN LATERAL (
    SELECT * FROM offer AS o WHERE (o.location, o.start_at, o.r) = (l.location, l.start_at, l.r) AND arrive_at IS NOT NULL
    ORDER BY COALESCE(arrive_at > due_at, false), CASE WHEN arrive_at > due_at THEN extract(epoch FROM arrive_at) ELSE price END, price, arrive_at LIMIT 1) AS o ON true;
SELECT is_empty($$
    SELECT o.*, s.* FROM oracle AS o, oms.shipping(location, 'ship', ship_to, start_at, due_at) AS s
    WHERE (s.carrier_service, s.ship_at, s.arrive_at) IS DISTINCT FROM (o.carrier_service, o.ship_at, o.arrive_at)
       OR abs(s.price - o.price) > 1e-9 OR (s.price IS NULL) <> (o.price IS NULL) OR abs(s.distance_km - o.km) > 1e-9$$,
    'every shipment takes the service that plain SQL chooses');
SELECT results_eq($$SELECT o.carrier_service COLLATE "default" FROM oracle AS o GROUP BY 1 HAVING count(*) > 10 ORDER BY 1$$,
                  $$VALUES ('A standard'), ('B express'), ('C courier'), (NULL)$$, 'all of them were chosen, also none');
SELECT cmp_ok((SELECT count(*) FROM oracle WHERE arrive_at > due_at), '>', 10::bigint, 'some are late');
SELECT is_empty($$
    SELECT s FROM oracle AS o, LATERAL (SELECT oms.shipping(location, 'pickup', ship_to, start_at, due_at) AS s OFFSET 0) AS p
    WHERE (s).price <> 0 OR (s).distance_km <> 0 OR (s).arrive_at <> (s).ship_at OR (s).carrier_service IS NOT NULL OR (s).ship_at > o.ship_at$$,
    'what is picked up is there when it is ready');
-- When it must leave: in time, the next departure is not, and it is one of the location's
CREATE FUNCTION pg_temp.unfit(leave_by timestamptz, ship_at timestamptz, due_at timestamptz, business_hours oms.business_hours, cut_off time, time_zone text,
                              carrier_hours oms.business_hours, transit interval) RETURNS boolean LANGUAGE sql AS $$
    SELECT CASE WHEN oms.add_working_time(carrier_hours, ship_at, transit, time_zone) > due_at THEN leave_by <> ship_at
                ELSE leave_by < ship_at OR oms.add_working_time(carrier_hours, leave_by, transit, time_zone) > due_at
                  OR COALESCE(oms.add_working_time(carrier_hours, CASE WHEN cut_off IS NULL THEN oms.add_working_time(COALESCE(business_hours, '24/7'), leave_by, '1 us', time_zone)
                                          ELSE oms.next_cut_off(COALESCE(business_hours, '24/7'), leave_by + '1 us', cut_off, time_zone) END, transit, time_zone) <= due_at, false)
                  OR cut_off IS NOT NULL AND oms.next_cut_off(COALESCE(business_hours, '24/7'), leave_by, cut_off, time_zone) <> leave_by
                  OR cut_off IS NULL AND NOT oms.is_open(COALESCE(business_hours, '24/7'), leave_by - interval '1 us', time_zone) AND leave_by <> ship_at END
$$;
SELECT is_empty($$
    SELECT * FROM oracle AS o JOIN oms.location AS l USING (location), oms.leave_by(location, 'ship', carrier_service, ship_to, ship_at, due_at) AS leave_by
    WHERE arrive_at IS NOT NULL AND due_at IS NOT NULL
      AND COALESCE(pg_temp.unfit(leave_by, ship_at, due_at, business_hours, cut_off, l.time_zone, carrier_hours, transit), true)$$, 'the last departure that is in time');
SELECT is_empty($$
    SELECT * FROM oracle AS o JOIN oms.location AS l USING (location), oms.leave_by(location, 'pickup', NULL, ship_to, ready, due_at) AS leave_by
    WHERE ready IS NOT NULL AND due_at IS NOT NULL
      AND COALESCE(pg_temp.unfit(leave_by, ready, due_at, business_hours, NULL, l.time_zone, '24/7', '0'), true)$$, 'what is picked up: the last moment of the opening hours');
SELECT cmp_ok((SELECT count(*) FROM oracle, oms.leave_by(location, 'ship', carrier_service, ship_to, ship_at, due_at) AS leave_by
               WHERE arrive_at IS NOT NULL AND leave_by > ship_at), '>', 100::bigint, 'most could leave later');
SELECT is(oms.leave_by('L5', 'ship', 'B express', NULL, '2026-11-23', due_at), leave_by, concat('due ', due_at))
FROM (VALUES (NULL::timestamptz, NULL::timestamptz), ('infinity', NULL), ('-infinity', '2026-11-23')) AS v (due_at, leave_by);
SELECT matches(pg_temp.error(format('SELECT oms.leave_by(%s)', a)), e, a)
FROM (VALUES ($$NULL, 'ship', NULL, NULL, now(), now()$$, '^22004 location'), ($$'L1', NULL, NULL, NULL, now(), now()$$, '^22004 method'),
             ($$'L1', 'ship', NULL, NULL, NULL, now()$$, '^22004 ship_at'), ($$'L1', 'ship', NULL, NULL, 'infinity', now()$$, '^22008 ship_at'),
             ($$'L1', 'ship', 'none', NULL, now(), now()$$, '^OM004 carrier service "none"'), ($$'nowhere', 'ship', NULL, NULL, now(), now()$$, '^OM004 location')) AS v (a, e);
DELETE FROM oms.carrier_service;
SELECT is_empty($$
    SELECT o.*, s.* FROM oracle AS o, oms.shipping(location, 'ship', ship_to, start_at, due_at, 7, 0.5) AS s
    WHERE s.carrier_service IS NOT NULL OR s.ship_at IS DISTINCT FROM o.ship_at
       OR s.arrive_at IS DISTINCT FROM o.ship_at + ceil(km * 72) * interval '1 second' OR abs(s.price - (7 + 0.5 * km)) > 1e-9$$,
    'without a carrier service, the default cost and speed');

-- Bad input
SELECT is(pg_temp.error(format('SELECT oms.shipping(%s)', a)), e, e)
FROM (VALUES ($$NULL, 'ship', '1,2', now(), NULL$$, '22004 location must not be null'), ($$'L1', NULL, '1,2', now(), NULL$$, '22004 method must not be null'),
             ($$'L1', 'ship', '1,2', NULL, NULL$$, '22004 start_at must not be null'), ($$'L1', 'ship', '1,2', 'infinity', NULL$$, '22008 start_at must be finite'),
             ($$'L1', 'mail', '1,2', now(), NULL$$, '22023 unknown method "mail" | Methods are ship and pickup.'),
             ($$'L1', 'ship', '1,2', now(), NULL, NULL$$, '22004 cost_per_shipment must not be null'),
             ($$'L1', 'ship', '1,2', now(), NULL, 5, NULL$$, '22004 cost_per_km must not be null'),
             ($$'X', 'ship', '1,2', now(), NULL$$, 'OM004 location "X" is unknown')) AS v (a, e);
SELECT matches(pg_temp.error('SELECT oms.' || q), e, q)
FROM (VALUES ($$add_location('X', 'store', handling_hours => NULL)$$, '^23502 .* "handling_hours"'), ($$add_location('X', 'store', handling_hours => -1)$$, '^23514 '),
             ($$add_location('X', 'store', handling_hours => 'NaN')$$, '^23514 '), ($$add_location('X', 'store', handling_hours => 8785)$$, '^23514 '),
             ($$add_service(NULL, 1)$$, '^23502 '), ($$add_service('', 1)$$, '^23514 '), ($$add_service('s', NULL)$$, '^23502 '), ($$add_service('s', -1)$$, '^23514 '),
             ($$add_service('s', 'NaN')$$, '^23514 '), ($$add_zone(NULL, '((0,0),(1,1))')$$, '^23502 '), ($$add_zone('', '((0,0),(1,1))')$$, '^23514 '),
             ($$add_zone('z', NULL)$$, '^23502 '), ($$add_carrier_service(NULL)$$, '^23502 '), ($$add_carrier_service('')$$, '^23514 '),
             ($$add_carrier_service('c', 'no group')$$, '^23503 '), ($$add_carrier_rate(NULL, 1, 1)$$, '^23502 '), ($$add_carrier_rate('none', 1, 1)$$, '^23503 '),
             ($$add_carrier_rate('c', NULL, 1)$$, '^23502 '), ($$add_carrier_rate('c', -1, 1)$$, '^23514 '), ($$add_carrier_rate('c', 1, NULL)$$, '^23502 '),
             ($$add_carrier_rate('c', 1, -1)$$, '^23514 '), ($$add_carrier_rate('c', 1, 367)$$, '^23514 '), ($$add_carrier_rate('c', 1, 1, -1)$$, '^23514 '),
             ($$add_carrier_rate('c', 1, 1, NULL, 'no zone')$$, '^23503 '), ($$add_carrier_rate('c', 1, 1, NULL, NULL, NULL)$$, '^23502 '),
             ($$add_carrier_rate('c', 'NaN', 1)$$, '^23514 ')) AS v (q, e);

-- Upserts
SELECT is((oms.add_carrier_service('c', 'odd')).location_group, 'odd', 'a carrier service');
SELECT is((oms.add_carrier_service('c')).location_group, NULL, 'is set to exactly what is said');
SELECT oms.add_carrier_rate('c', 1, 1), oms.add_carrier_rate('c', 2, 1, 10), oms.add_carrier_rate('c', 3, 2) \g /dev/null
SELECT results_eq($$SELECT price FROM oms.carrier_rate ORDER BY price$$, 'VALUES (2.0), (3)', 'a rate is one for its zone and distance');

SELECT * FROM finish();
ROLLBACK;
