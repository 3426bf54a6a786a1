-- schedule_defaults without pg_cron: what it prints, what it refuses. test/tap/jobs.pl has pg_cron.
BEGIN;
SET LOCAL client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS oms;
SELECT plan(14);

SELECT set_eq('SELECT split_part(job, '' '', 2), schedule, command FROM oms.schedule_defaults()',
              'SELECT job, schedule, command FROM oms.default_job', 'every job is printed as the list has it');
SELECT is((SELECT count(*) FROM oms.schedule_defaults() WHERE outcome = 'create' AND job LIKE 'oms: % in ' || current_database()),
          (SELECT count(*) FROM oms.default_job), 'for the database that pg_cron lives in');
SELECT is((SELECT statement FROM oms.schedule_defaults(schedules => '{"route": "5 seconds"}') WHERE job LIKE 'oms: route%'),
          format('SELECT cron.schedule_in_database(''oms: route in %1$s'', ''5 seconds'', ''SELECT * FROM oms.route()'', ''%1$s'')', current_database()),
          'another schedule');
SELECT results_eq('SELECT schedule, outcome, statement FROM oms.schedule_defaults(schedules => ''{"route": null}'') WHERE job LIKE ''oms: route%''',
                  'SELECT NULL, ''none'', NULL', 'a job that is not wanted');
SELECT is((SELECT count(*) FROM oms.unschedule_defaults() WHERE outcome = 'none' AND statement IS NULL),
          (SELECT count(*) FROM oms.default_job), 'nothing is there to be taken away');
SELECT throws_ok('SELECT oms.schedule_defaults(true)', '55000', 'pg_cron is not installed in this database', 'it cannot be done without pg_cron');
SELECT throws_ok('SELECT oms.unschedule_defaults(true)', '55000', 'pg_cron is not installed in this database', 'nor undone');
SELECT throws_ok('SELECT oms.schedule_defaults(NULL)', '22004', 'apply must not be null', 'NULL: apply');
SELECT throws_ok('SELECT oms.unschedule_defaults(NULL)', '22004', 'apply must not be null', 'NULL: apply, undone');
SELECT throws_ok('SELECT oms.schedule_defaults(false, NULL)', '22004', 'schedules must not be null', 'NULL: schedules');
SELECT throws_ok('SELECT oms.schedule_defaults(false, ''[]'')', '22023', 'schedules must be an object of jobs and their schedules', 'an array');
SELECT throws_ok('SELECT oms.schedule_defaults(false, ''{"rout": null}'')', '22023', '"rout" is no job, or its schedule is neither text nor null', 'no such job');
SELECT throws_ok('SELECT oms.schedule_defaults(false, ''{"route": 5}'')', '22023', '"route" is no job, or its schedule is neither text nor null', 'a number');

-- Every command can be run, in one transaction even.
CREATE FUNCTION pg_temp.run() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    one text;
    n bigint := 0;
BEGIN
    FOR one IN SELECT command FROM oms.default_job LOOP
        EXECUTE one;
        n := n + 1;
    END LOOP;
    RETURN n;
END $$;
SELECT is(pg_temp.run(), (SELECT count(*) FROM oms.default_job), 'every command runs');
SELECT * FROM finish();
ROLLBACK;
