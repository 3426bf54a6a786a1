-- Statistics: what happened since the last reset and what waits now, each as a view over the tables that hold it
-- anyway: nothing is counted on the way, so that selling costs nothing and no figure is lost in a crash. Reading one
-- costs a scan of its table.

CREATE TABLE oms.statistics_reset_row (
    reset_at timestamptz PRIMARY KEY DEFAULT pg_catalog.clock_timestamp(),
    actor text NOT NULL DEFAULT session_user
);
COMMENT ON TABLE oms.statistics_reset_row IS 'private: the moments from which the views oms_stat_… count; the latest holds';
CREATE TRIGGER guard BEFORE UPDATE OR DELETE OR TRUNCATE ON oms.statistics_reset_row
    FOR EACH STATEMENT EXECUTE FUNCTION oms.guard_private_table('Call oms.reset_statistics.');
ALTER TABLE oms.statistics_reset_row ENABLE ALWAYS TRIGGER guard;
COMMENT ON TRIGGER guard ON oms.statistics_reset_row IS 'refuses UPDATE, DELETE and TRUNCATE by anybody but oms';
SELECT pg_catalog.pg_extension_config_dump('oms.statistics_reset_row', '');

CREATE FUNCTION oms.reset_statistics()
RETURNS timestamptz
LANGUAGE sql VOLATILE PARALLEL UNSAFE COST 100 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    INSERT INTO oms.statistics_reset_row DEFAULT VALUES RETURNING reset_at
$$;
REVOKE ALL ON FUNCTION oms.reset_statistics() FROM PUBLIC;
COMMENT ON FUNCTION oms.reset_statistics() IS
    'lets the views oms_stat_… count from now on; returns the moment. What waits or is open now is shown whatever its age';

CREATE VIEW oms.statistics_since AS
SELECT COALESCE(pg_catalog.max(r.reset_at), '-infinity') AS since FROM oms.statistics_reset_row r;
COMMENT ON VIEW oms.statistics_since IS 'private: the moment from which the views oms_stat_… count';

CREATE VIEW oms.oms_stat_reservation AS
SELECT r.channel, r.status, pg_catalog.count(*) AS reservations, pg_catalog.sum(r.quantity) AS units,
       pg_catalog.count(*) FILTER (WHERE r.status = 'hold' AND r.expires_at <= pg_catalog.clock_timestamp()) AS overdue,
       pg_catalog.max(r.created_at) AS latest_at
  FROM oms.reservation_row r, oms.statistics_since s
 WHERE r.created_at >= s.since AND (r.component IS NULL OR r.component = 1)
 GROUP BY r.channel, r.status;
COMMENT ON VIEW oms.oms_stat_reservation IS
    'reservations made since oms.reset_statistics by channel and what has become of them: how many, their units (of kits those of the first component), holds that expired and that nobody has swept (overdue; they hold nothing), and when the latest was made';

CREATE VIEW oms.oms_stat_account AS
SELECT f.kind, COALESCE(d.accounts, 0) AS accounts, COALESCE(d.deltas, 0) AS deltas, COALESCE(d.longest, 0) AS longest,
       COALESCE(f.folded, 0)::bigint AS folded
  FROM (SELECT 'stock' AS kind, pg_catalog.sum(w) AS folded FROM oms.stock_account
        UNION ALL
        SELECT 'protection', pg_catalog.sum(w) FROM oms.protection_account
        UNION ALL
        SELECT 'quota', pg_catalog.sum(w) FROM oms.quota_account
        UNION ALL
        SELECT 'incoming', pg_catalog.sum(w) FROM oms.incoming_account
        UNION ALL
        SELECT 'backorder', pg_catalog.sum(w) FROM oms.backorder_account
        UNION ALL
        SELECT 'capacity', pg_catalog.sum(w) FROM oms.capacity_account) f
  LEFT JOIN (SELECT d.kind, pg_catalog.count(*) AS accounts, pg_catalog.sum(d.deltas)::bigint AS deltas, pg_catalog.max(d.deltas) AS longest
               FROM (SELECT 'stock' AS kind, pg_catalog.count(*) AS deltas FROM oms.stock_delta GROUP BY sku, location
        UNION ALL
        SELECT 'protection', pg_catalog.count(*) FROM oms.protection_delta GROUP BY sku, location, until, channel
        UNION ALL
        SELECT 'quota', pg_catalog.count(*) FROM oms.quota_delta GROUP BY sku, channel, period
        UNION ALL
        SELECT 'incoming', pg_catalog.count(*) FROM oms.incoming_delta GROUP BY sku, location, incoming
        UNION ALL
        SELECT 'backorder', pg_catalog.count(*) FROM oms.backorder_delta GROUP BY sku, channel
        UNION ALL
        SELECT 'capacity', pg_catalog.count(*) FROM oms.capacity_delta GROUP BY location, window_name, until, measure) d
              GROUP BY d.kind) d ON d.kind = f.kind;
COMMENT ON VIEW oms.oms_stat_account IS
    'what waits to be folded, by kind of account: accounts that have changes apart, these changes, the most that one account has; and how many changes were folded ever (the sum of their w). When the former grow, and the latter does not, nobody calls oms.fold_accounts, or a transaction has long been open';

CREATE VIEW oms.oms_stat_wait AS
-- 20301: KEY_LOCK_CLASS of account/account.c
SELECT l.pid, CASE WHEN l.locktype = 'advisory' AND l.objsubid = 20301 THEN 'key of an account'
                   WHEN l.locktype = 'transactionid' THEN 'transaction ' || l.transactionid::text ELSE l.locktype END AS waits_for,
       pg_catalog.pg_blocking_pids(l.pid) AS blocked_by,
       EXTRACT(epoch FROM pg_catalog.clock_timestamp() - l.waitstart)::double precision AS seconds
  FROM pg_catalog.pg_locks l
 WHERE NOT l.granted
   AND (l.locktype = 'transactionid'
        OR l.database = (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database()));
COMMENT ON VIEW oms.oms_stat_wait IS
    'sessions of this database that wait for another one now: for the key of an account, which is held for the length of one change, for a transaction, or for any other lock (waits_for), whom they wait for, and for how many seconds; in a shop that runs well it is empty, or the seconds are a fraction';

CREATE VIEW oms.oms_stat_routing AS
SELECT r.solver, pg_catalog.count(*) AS runs, pg_catalog.sum(r.orders)::bigint AS orders, pg_catalog.sum(r.units)::bigint AS units,
       pg_catalog.sum(r.shipments)::bigint AS shipments, pg_catalog.sum(r.unfilled_units)::bigint AS unfilled_units,
       pg_catalog.sum(r.late_lines)::bigint AS late_lines, pg_catalog.sum(r.not_moved_units)::bigint AS not_moved_units,
       EXTRACT(epoch FROM pg_catalog.avg(r.finished_at - r.started_at))::double precision AS mean_seconds,
       EXTRACT(epoch FROM pg_catalog.max(r.finished_at - r.started_at))::double precision AS longest_seconds,
       pg_catalog.max(r.finished_at) AS latest_at,
       pg_catalog.avg(r.plan_seconds) AS mean_plan_seconds, pg_catalog.avg(r.move_seconds) AS mean_move_seconds
  FROM oms.routing_run_row r, oms.statistics_since s
 WHERE r.started_at >= s.since
 GROUP BY r.solver;
COMMENT ON VIEW oms.oms_stat_routing IS
    'routing runs since oms.reset_statistics by solver: what they planned, what stayed unfilled, late, or could not be moved because others took it meanwhile, their length in seconds and when the latest ended; oms.routing_run has each, oms.progress() one that runs';

CREATE VIEW oms.oms_stat_feed AS
SELECT f.source, e.events, e.unchanged, e.stale, e.mean_lag_seconds, e.longest_lag_seconds, e.latest_at,
       COALESCE(x.exceptions, 0) AS open_exceptions, x.oldest_at AS oldest_exception_at
  FROM oms.source f
  LEFT JOIN (SELECT e.source, pg_catalog.count(*) AS events, pg_catalog.count(*) FILTER (WHERE e.outcome = 'unchanged') AS unchanged,
                    pg_catalog.count(*) FILTER (WHERE e.outcome = 'stale') AS stale,
                    EXTRACT(epoch FROM pg_catalog.avg(e.received_at - e.as_of))::double precision AS mean_lag_seconds,
                    EXTRACT(epoch FROM pg_catalog.max(e.received_at - e.as_of))::double precision AS longest_lag_seconds,
                    pg_catalog.max(e.received_at) AS latest_at
               FROM oms.feed_event_row e, oms.statistics_since s
              WHERE e.received_at >= s.since
              GROUP BY e.source) e ON e.source = f.source
  LEFT JOIN (SELECT x.source, pg_catalog.count(*) AS exceptions, pg_catalog.min(x.first_at) AS oldest_at
               FROM oms.feed_exception_row x WHERE x.status = 'open' GROUP BY x.source) x ON x.source = f.source;
COMMENT ON VIEW oms.oms_stat_feed IS
    'what each source reported since oms.reset_statistics: events, those that changed nothing or came too late, how old they were when they came, in seconds, when the latest came; and the rows that wait for a person now, with the age of the oldest';

CREATE VIEW oms.oms_stat_work AS
SELECT w.location, w.status, pg_catalog.count(*) AS fulfillments, pg_catalog.sum(w.units)::bigint AS units,
       pg_catalog.count(*) FILTER (WHERE w.due_at < pg_catalog.clock_timestamp()) AS late,
       EXTRACT(epoch FROM pg_catalog.clock_timestamp() - pg_catalog.min(w.assigned_at))::double precision AS oldest_seconds
  FROM oms.work w
 GROUP BY w.location, w.status;
COMMENT ON VIEW oms.oms_stat_work IS
    'the open work of each location by status: fulfillments, units, those that are late, and for how many seconds the oldest has been assigned';
