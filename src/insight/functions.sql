-- What runs now.

CREATE FUNCTION oms.progress()
RETURNS TABLE (pid integer, call text, phase text, done bigint, total bigint, counted text, started_at timestamptz, seconds double precision)
LANGUAGE c VOLATILE PARALLEL RESTRICTED COST 10 ROWS 1
AS 'MODULE_PATHNAME', 'oms_progress';
REVOKE ALL ON FUNCTION oms.progress() FROM PUBLIC;
COMMENT ON FUNCTION oms.progress() IS
    'how far the long calls have come that run in this database now, in other sessions too: route, simulate, plan_routes, fold_accounts, check; the phase, and what is done of it, of how many, counted in orders, moves, accounts or parts (a phase may go over them more than once). Of sessions whose activity the caller may see, as in pg_stat_progress_vacuum; needs track_activities, which is on by default. Within a transaction it shows what it showed first, as those views do';
