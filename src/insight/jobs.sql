-- What is to be run from time to time, as pg_cron's jobs. Nothing of oms needs pg_cron to be there.

CREATE VIEW oms.default_job AS
SELECT j.*
  FROM (VALUES
    ('fold', '* * * * *', 'SELECT oms.fold_accounts()',
     'adds up what many takers wrote on one key', 'takes and reads of hot skus become slower'),
    ('limits', '* * * * *', 'SELECT * FROM oms.enforce_time_limits()',
     'reminds, takes work from locations that do not accept it, cancels what nobody starts', 'what oms.time_limit asks for happens later'),
    ('notify', '* * * * *', 'SELECT oms.notify_consumers()',
     'wakes consumers of the change feed that LISTEN', 'they see at their next poll'),
    ('expire', '*/5 * * * *', 'SELECT oms.expire_holds()',
     'marks holds whose time is over', 'nothing: they count as free already'),
    ('fill', '*/5 * * * *', 'SELECT oms.fill_backorders()',
     'fills backorders from what became free without a receipt, and lets the others claim what is incoming', 'backorders wait'),
    ('shortfalls', '*/5 * * * *', 'SELECT oms.resolve_shortfalls()',
     'makes good for what was locked, or not yet committed, when a loss was recorded', 'the orders concerned wait'),
    ('retry', '*/5 * * * *', 'SELECT * FROM oms.retry_exceptions()',
     'takes rows of feeds that have become possible', 'oms.feed_exception keeps them'),
    ('route', '*/15 * * * *', 'SELECT * FROM oms.route()',
     'decides together where open orders ship from, and assigns the work', 'locations see new orders later'),
    ('confidence', '*/15 * * * *', 'SELECT oms.refresh_confidence()',
     'learns which locations, and which skus there, to trust', 'the router goes by what was known before'),
    ('overdue', '17 3 * * *', 'SELECT * FROM oms.cancel_overdue()',
     'cancels what waited in a queue longer than its policy allows', 'such orders wait on'),
    ('forget', '27 3 * * *', 'SELECT oms.forget_requests(''7 days''), oms.forget_events(''90 days'')',
     'forgets requests that were answered and events that landed', 'their tables grow')
    ) AS j (job, schedule, command, does, when_late);
COMMENT ON VIEW oms.default_job IS
    'what is to be run from time to time: job, schedule (as cron writes it), command, what it does, and what happens when it is late; oms.schedule_defaults makes jobs of pg_cron of them';

CREATE FUNCTION oms.schedule_defaults(apply boolean DEFAULT false, schedules jsonb DEFAULT '{}')
RETURNS TABLE (job text, schedule text, command text, outcome text, statement text)
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 10000 ROWS 11 SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    here constant boolean := EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_cron');
    old_schedule text;
    old_command text;
    wrong text;
BEGIN
    IF apply IS NULL OR schedules IS NULL THEN
        RAISE null_value_not_allowed USING MESSAGE = CASE WHEN apply IS NULL THEN 'apply' ELSE 'schedules' END || ' must not be null';
    END IF;
    IF jsonb_typeof(schedules) <> 'object' THEN
        RAISE invalid_parameter_value USING MESSAGE = 'schedules must be an object of jobs and their schedules',
            HINT = 'Such as {"route": "*/5 * * * *", "overdue": null}, where null means that the job is not wanted.';
    END IF;
    SELECT s.key INTO wrong FROM jsonb_each(schedules) s
     WHERE s.key NOT IN (SELECT d.job FROM oms.default_job d) OR jsonb_typeof(s.value) NOT IN ('string', 'null') LIMIT 1;
    IF FOUND THEN
        RAISE invalid_parameter_value USING MESSAGE = format('"%s" is no job, or its schedule is neither text nor null', wrong),
            DETAIL = format('The jobs are %s.', (SELECT string_agg(d.job, ', ') FROM oms.default_job d));
    END IF;
    IF apply AND NOT here THEN
        RAISE object_not_in_prerequisite_state USING MESSAGE = 'pg_cron is not installed in this database',
            HINT = format('CREATE EXTENSION pg_cron, if this is the database that cron.database_name names. Else run there, or give to another scheduler, what SELECT statement FROM oms.schedule_defaults() prints in database "%s".', current_database());
    END IF;

    FOR job, schedule, command IN
        SELECT CASE WHEN here THEN 'oms: ' || d.job ELSE format('oms: %s in %s', d.job, current_database()) END,
               CASE WHEN schedules ? d.job THEN schedules ->> d.job ELSE d.schedule END, d.command
          FROM oms.default_job d
    LOOP
        IF here THEN
            SELECT j.schedule, j.command INTO old_schedule, old_command FROM cron.job j
             WHERE j.jobname = schedule_defaults.job AND j.username = current_user AND j.database = current_database();
        END IF;
        outcome := CASE WHEN old_schedule IS NULL THEN CASE WHEN schedule IS NULL THEN 'none' ELSE 'create' END
                        WHEN schedule IS NULL THEN 'remove'
                        WHEN (old_schedule, old_command) = (schedule, command) THEN 'keep' ELSE 'change' END;
        statement := CASE WHEN outcome = 'remove' THEN format('SELECT cron.unschedule(%L)', job)
                          WHEN outcome IN ('none', 'keep') THEN NULL
                          WHEN here THEN format('SELECT cron.schedule(%L, %L, %L)', job, schedule, command)
                          ELSE format('SELECT cron.schedule_in_database(%L, %L, %L, %L)', job, schedule, command, current_database()) END;
        IF apply AND statement IS NOT NULL THEN
            EXECUTE statement;
        END IF;
        RETURN NEXT;
    END LOOP;
END $$;
REVOKE ALL ON FUNCTION oms.schedule_defaults(boolean, jsonb) FROM PUBLIC;
COMMENT ON FUNCTION oms.schedule_defaults(boolean, jsonb) IS
    'the jobs of oms.default_job, and what is to be done that pg_cron has them: a row per job with the outcome (create, change, keep, remove, none: not wanted and not there) and the statement that does it; with apply it is done, under the name "oms: …", as jobs of the caller. Again, it changes nothing; a job that was switched off stays off. schedules names others than the default, as {"route": "*/5 * * * *", "overdue": null}: null means not wanted. Without pg_cron in this database the statements are for the one that cron.database_name names. Errors: 22004, 22023 unknown job, 55000 apply without pg_cron in this database';

CREATE FUNCTION oms.unschedule_defaults(apply boolean DEFAULT false)
RETURNS TABLE (job text, outcome text, statement text)
LANGUAGE sql VOLATILE PARALLEL UNSAFE COST 10000 ROWS 11 SET search_path = pg_catalog, pg_temp
AS $$
    SELECT s.job, s.outcome, s.statement
      FROM oms.schedule_defaults($1, (SELECT jsonb_object_agg(d.job, NULL) FROM oms.default_job d)) s
$$;
REVOKE ALL ON FUNCTION oms.unschedule_defaults(boolean) FROM PUBLIC;
COMMENT ON FUNCTION oms.unschedule_defaults(boolean) IS
    'takes the jobs that oms.schedule_defaults made from pg_cron again, before DROP EXTENSION or to do it otherwise: a row per job with the outcome (remove, none) and the statement; done with apply. Errors as schedule_defaults';
