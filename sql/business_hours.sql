-- oms.business_hours: when a location works, on its own clock.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS oms;
RESET client_min_messages;
SET search_path = oms, public;
SET timezone = 'UTC';
SET datestyle = 'ISO';

-- As people write them; one value, one text.
SELECT t AS written, t::business_hours AS stored
FROM unnest(ARRAY['Mo-Fr 09:00-18:00; Sa 10:00-16:00', 'mon - fri 9:00 - 18:00 ; saturday 10:00-16:00; Su closed',
                  'Sa 10:00-16:00; Mo,Tu,We,Th,Fr 9:00-12:00,12:00-18:00', 'Mo-Sa 08:00-12:00,13:30-19:00',
                  'Fr,Sa 22:00-02:00', 'Sa-Mo 10:00-14:00', '09:00-18:00', '24/7', '00:00-24:00', 'closed']) AS t;

-- Whether it is open when the local clock shows a time. Past midnight belongs to the evening before.
SELECT t AS local, business_hours 'Mo-Fr 09:00-18:00; Sa 20:00-02:00' @> t AS open
FROM unnest(ARRAY['2026-11-25 08:59:59.999999', '2026-11-25 09:00', '2026-11-25 18:00', '2026-11-28 23:00',
                  '2026-11-29 01:59', '2026-11-29 02:00', '2026-11-30 01:00']::timestamp[]) AS t;

-- Moments are looked up on the clock of a time zone: 14:00 UTC is 9:00 in New York, 6:00 in Los Angeles.
SELECT z AS time_zone, is_open(h, at, z), next_open(h, at, z), next_close(h, at, z),
       add_working_time(h, at, '10 hours', z) AS after_10_hours
FROM unnest(ARRAY['America/New_York', 'America/Los_Angeles', 'Europe/Berlin']) AS z,
     (VALUES (business_hours 'Mo-Fr 09:00-18:00; Sa 10:00-16:00', timestamptz '2026-11-27 14:00Z')) AS v (h, at);

-- Who is never open opens and closes never; who is always open only never closes.
SELECT h, next_open(h, at, 'UTC'), next_close(h, at, 'UTC'), add_working_time(h, at, '30 hours', 'UTC')
FROM unnest('{closed,24/7}'::business_hours[]) AS h, (VALUES (timestamptz '2026-11-27 14:00Z')) AS v (at);

-- In spring the clock jumps from 2:00 to 3:00: a night of six hours on the clock takes five, and what would open at 2:30
-- opens at 3:00.
SELECT at, next_close('Sa 22:00-04:00', at, 'Europe/Berlin') - at AS night, next_open('Su 02:30-05:00', at, 'Europe/Berlin') AS early,
       add_working_time('Sa 22:00-04:00', at, '5 hours', 'Europe/Berlin') AS five_hours
FROM (VALUES (timestamptz '2026-03-28 22:00 Europe/Berlin')) AS v (at);

-- In autumn it runs from 2:00 to 3:00 twice: the same night takes seven hours.
SELECT at, next_close('Sa 22:00-04:00', at, 'Europe/Berlin') - at AS night,
       add_working_time('Sa 22:00-04:00', at, '7 hours', 'Europe/Berlin') AS seven_hours
FROM (VALUES (timestamptz '2026-10-24 22:00 Europe/Berlin')) AS v (at);

-- A location has them; none means always.
SELECT location, time_zone, business_hours
FROM add_location('Oakland', 'store', time_zone => 'America/Los_Angeles', business_hours => 'Mo-Sa 10-20');
SELECT location, time_zone, business_hours
FROM add_location('Oakland', 'store', time_zone => 'America/Los_Angeles', business_hours => 'Mo-Sa 10:00-20:00');
SELECT location FROM location WHERE is_open(COALESCE(business_hours, '24/7'), '2026-11-25 20:00Z', time_zone);
DELETE FROM location;

-- What is not understood is refused, with the reason.
SELECT 'Mo-Fr 9-18'::business_hours;
SELECT 'Mo-Fr 09:00-18:00 Sa 10:00-16:00'::business_hours;
SELECT 'Mo-Fr 09:00-18:00; Fr 09:00-16:00'::business_hours;
SELECT 'Mo-Fr 09:00-18:00,17:00-20:00'::business_hours;
SELECT 'Fr 22:00-04:00; Sa 03:00-08:00'::business_hours;
SELECT 'Mo-Fr 09:00-26:00'::business_hours;
SELECT 'PH 10:00-16:00'::business_hours;
SELECT add_working_time('24/7', '2026-11-27', '1 day', 'UTC');
SELECT next_open('24/7', '2026-11-27', 'Mars/Olympus');
