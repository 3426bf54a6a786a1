-- Time limits: what a row may say, which one holds, what is due when.
BEGIN;
\ir include/shop.psql
SELECT pg_temp.shop();
SELECT no_plan();
SELECT is(pg_temp.state(format('INSERT INTO oms.time_limit (method, location, %s) VALUES (%s)', columns, row)), state, columns || ': ' || row) FROM (VALUES
    ('remind_after', '''ship'', NULL, ''90 minutes''', '00000'), ('remind_after', '''fly'', NULL, ''1 h''', '23514'), ('remind_after', '''ship'', ''nowhere'', ''1 h''', '23503'),
    ('remind_after', '''ship'', NULL, ''-1 h''', '23514'), ('remind_after', '''ship'', ''near'', ''1 day''', '23514'), ('reroute_after', '''ship'', ''near'', ''1 month''', '23514'),
    ('reroute_after', '''ship'', ''near'', ''30 h''', '00000'), ('remind_after', '''ship'', NULL, ''1 h''', '23505'), ('cancel_after', '''ship'', ''far'', ''1 day''', '23514'),
    ('attempts', '''ship'', ''far'', 0', '23514'), ('expire_after', '''ship'', ''far'', ''1 h''', '23514'), ('expire_after', '''pickup'', NULL, ''48 h''', '00000')) AS c (columns, row, state);
SELECT is(pg_temp.state('SELECT oms.enforce_time_limits(' || arguments || ')'), state, arguments) FROM (VALUES ('NULL', '22004'), ('0', '22023'), ('-1', '22023'), ('2147483647', '00000')) AS c (arguments, state);
-- The location's own row holds, all of it
SELECT oms.receive('near', 'A', 9), oms.receive('far', 'A', 9) \g /dev/null
SELECT oms.place_order('n', 'web', '{A}', '{1}', '40.75,-74'), oms.place_order('f', 'web', '{A}', '{1}', '33,-112') \g /dev/null
SELECT oms.route() \g /dev/null
SELECT is((SELECT string_agg(order_id || ' ' || what || ' ' || at - f.assigned_at, ', ' ORDER BY order_id) FROM oms.deadline AS d JOIN oms.fulfillment AS f USING (fulfillment_id, order_id)),
          'f remind 01:30:00, n reroute 1 day 06:00:00', 'each has its limits');
UPDATE oms.location SET business_hours = 'closed' WHERE location = 'near';
SELECT is((SELECT at FROM oms.deadline WHERE order_id = 'n'), NULL, 'a location that never opens');
SELECT is_empty('SELECT * FROM oms.enforce_time_limits()', 'nothing is due');
UPDATE oms.location SET business_hours = NULL;
UPDATE oms.time_limit SET remind_after = '0', attempts = 1;
UPDATE oms.time_limit SET reroute_after = '0' WHERE location IS NULL;
SELECT is((SELECT string_agg(action || ' ' || order_id, ', ' ORDER BY action) FROM oms.enforce_time_limits()), 'escalate f, remind f, remind n', 'one attempt: a person''s case at once');
SELECT is_empty('SELECT * FROM oms.enforce_time_limits()', 'once');
SELECT is((SELECT string_agg(action, ',' ORDER BY event_id) FROM oms.fulfillment_event), 'escalate,remind,remind', 'written down');
INSERT INTO oms.location_exclusion (location, until) VALUES ('near', now() - interval '1 s'), ('near', now() + interval '1 h');
SELECT count(*) FROM oms.enforce_time_limits() \g /dev/null
SELECT is((SELECT count(*) FROM oms.location_exclusion), 1::bigint, 'exclusions that are over are gone');
SELECT is_empty('SELECT * FROM oms.check()', 'oms.check() finds nothing');
SELECT * FROM finish();
ROLLBACK;
