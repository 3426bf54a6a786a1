-- What other systems report. See sync/ingest.c and sync/state.c.

CREATE FUNCTION oms.add_source(
    source text, reports text[] DEFAULT '{snapshot,change,count,sale,order,receipt}',
    excludes_reserved boolean DEFAULT false, excludes_shipped boolean DEFAULT true, lag interval DEFAULT '0',
    on_missing text DEFAULT 'unchanged', limit_units bigint DEFAULT NULL, limit_percent numeric DEFAULT NULL,
    limit_value numeric DEFAULT NULL, note text DEFAULT NULL)
RETURNS oms.source
LANGUAGE sql VOLATILE PARALLEL UNSAFE COST 1000 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    INSERT INTO oms.source VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
    ON CONFLICT (source) DO UPDATE SET
        reports = excluded.reports, excludes_reserved = excluded.excludes_reserved, excludes_shipped = excluded.excludes_shipped,
        lag = excluded.lag, on_missing = excluded.on_missing, limit_units = excluded.limit_units,
        limit_percent = excluded.limit_percent, limit_value = excluded.limit_value, note = excluded.note
    RETURNING *
$$;
REVOKE ALL ON FUNCTION oms.add_source(text, text[], boolean, boolean, interval, text, bigint, numeric, numeric, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.add_source(text, text[], boolean, boolean, interval, text, bigint, numeric, numeric, text) IS
    'adds a system that reports to oms, or changes what is known of it: reports: the kinds of rows that are taken from it; excludes_reserved: its figures are net of what oms has reserved; excludes_shipped: they know at once what oms sent out, else after lag, how long it takes until they contain what others moved; on_missing: what its snapshot of a location means for skus that are not in it (unchanged, zero, exception); a snapshot or count that differs by more than a limit (units, per cent of on_hand, units times unit_value) waits for a person';

CREATE FUNCTION oms.feed_moment(moment text)
RETURNS timestamptz
LANGUAGE c STABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'oms_feed_moment';
REVOKE ALL ON FUNCTION oms.feed_moment(text) FROM PUBLIC;
COMMENT ON FUNCTION oms.feed_moment(text) IS 'the moment that a row of a feed names; infinity when it is none, instead of an error';

CREATE FUNCTION oms.ingest(
    source text, kind text, rows jsonb, as_of timestamptz DEFAULT NULL, event_id text DEFAULT NULL,
    actor text DEFAULT session_user)
RETURNS TABLE (row_no bigint, outcome text, reason text, first_outcome text, change bigint)
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 10000 ROWS 100 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_ingest';
REVOKE ALL ON FUNCTION oms.ingest(text, text, jsonb, timestamptz, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.ingest(text, text, jsonb, timestamptz, text, text) IS
    'takes what a source reports, a jsonb array of objects. kind sale (units gone), receipt (units come), change (more or fewer): "event_id", "sku", "location", "quantity", "as_of" (when it occurred; default: as_of of the call); count: the same, what was counted as of its moment, event_id optional; snapshot: "sku", "location", "quantity", what is at whole locations as of the call''s as_of, under the call''s event_id; order: what place_order_lines takes, as "order_id", "channel", "lines" and optionally "ship_to", "service", "priority", "promise_at", "reference", "on_shortage" (default backorder), "event_id" (default order_id), "as_of" (placed at). A row per row with its outcome: applied (change: by how many units on_hand changed), unchanged, duplicate (the same event again: no effect, first_outcome is what became of it), absorbed (a later statement already contains it), stale (a later statement of the key was taken before), parked (differs by more than the source''s limits, or an open transaction changes it), conflict (the id was used for something else), rejected. The last three are in oms.feed_exception with their reason; all others have landed. Errors: OM004 unknown source, OM010 it does not report this kind, 22004, 22023, 40001 another transaction is taking an event of the same id';

CREATE FUNCTION oms.ingest_many(
    source text, kind text, skus text[], locations text[], quantities bigint[],
    event_ids text[] DEFAULT NULL, as_ofs timestamptz[] DEFAULT NULL,
    as_of timestamptz DEFAULT NULL, event_id text DEFAULT NULL, actor text DEFAULT session_user)
RETURNS TABLE (row_no bigint, outcome text, reason text, first_outcome text, change bigint)
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 10000 ROWS 100 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_ingest_many';
REVOKE ALL ON FUNCTION oms.ingest_many(text, text, text[], text[], bigint[], text[], timestamptz[], timestamptz, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.ingest_many(text, text, text[], text[], bigint[], text[], timestamptz[], timestamptz, text, text) IS
    'ingest with a column of the rows in each array, for all kinds but order. Rows, outcomes and errors as ingest';

CREATE FUNCTION oms.ingest_table(
    source text, kind text, staging regclass, as_of timestamptz DEFAULT NULL, event_id text DEFAULT NULL,
    actor text DEFAULT session_user)
RETURNS TABLE (outcome text, "rows" bigint, units bigint)
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000000 ROWS 5
AS 'MODULE_PATHNAME', 'oms_ingest_table';
REVOKE ALL ON FUNCTION oms.ingest_table(text, text, regclass, timestamptz, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.ingest_table(text, text, regclass, timestamptz, text, text) IS
    'ingest of a table that COPY has filled: columns sku, location, quantity, and event_id and as_of if they are there; it is read with the caller''s rights and not changed. A row per outcome with the number of rows and the units by which on_hand changed. Errors as ingest, and 42703 a column is missing';

CREATE FUNCTION oms.retry_exceptions(
    source text DEFAULT NULL, reason text DEFAULT NULL, at_most bigint DEFAULT 1000, actor text DEFAULT session_user)
RETURNS TABLE (source text, kind text, outcome text, reason text, change bigint)
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 100000 ROWS 100 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_retry_exceptions';
REVOKE ALL ON FUNCTION oms.retry_exceptions(text, text, bigint, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.retry_exceptions(text, text, bigint, text) IS
    'takes open exceptions again, of a source and a reason or all, at most so many, oldest first, as ingest would now; what still cannot be taken stays, with one attempt more. Safe to run twice at once. A row per exception with its outcome';

CREATE FUNCTION oms.resolve_exception(
    exception_id bigint, action text, note text DEFAULT NULL,
    source text DEFAULT NULL, reason text DEFAULT NULL, actor text DEFAULT session_user)
RETURNS TABLE (source text, kind text, outcome text, reason text, change bigint)
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 10000 ROWS 1 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_resolve_exception';
REVOKE ALL ON FUNCTION oms.resolve_exception(bigint, text, text, text, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.resolve_exception(bigint, text, text, text, text, text) IS
    'a person decides about an open exception; with exception_id NULL about all of a source and a reason. action take: what it says is taken although it is above the source''s limits, as of its moment, unless something later has been stated meanwhile (a row with the outcome each); dismiss: it is closed without effect, with a note. Errors: OM004 no such open exception, 22023 unknown action';

CREATE FUNCTION oms.reconcile(
    source text, repair boolean DEFAULT false, causes text[] DEFAULT '{missed,late,double,unexplained}',
    within interval DEFAULT '2 days', near interval DEFAULT '15 minutes', actor text DEFAULT session_user)
RETURNS TABLE (sku text, location text, as_of timestamptz, stated bigint, ledger bigint, on_hand bigint, difference bigint,
               corrected bigint, cause text, repair_units bigint, reason text, event_ids text[], movement_ids bigint[], exception_id bigint)
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000000 ROWS 100 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_reconcile';
REVOKE ALL ON FUNCTION oms.reconcile(text, boolean, text[], interval, interval, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.reconcile(text, boolean, text[], interval, interval, text) IS
    'where the newest figures of a source and ours differ, until that is settled: stated by it as of the moment, ledger: what our movements come to as of then, on_hand: our balance now, difference = stated - ledger, corrected: units of it that its statement has booked already (0 while it waits as exception_id). cause, as far as something known is exactly the difference: missed (an event that could not be taken, or movements before the figure that it lacks: then the ledger is right), late (an event that came after the figure that contains it, or that an earlier figure was taken to contain), double (the same quantity twice, under other ids or by other sources, at most near apart), else unexplained; with the event_ids and movement_ids that say so, from within before the figure on. repair_units: what has to be booked to make on_hand true, and with repair is: as movements of kind reconcile as of that moment, with the cause as reason and the events as reference; what was right already is settled without. Errors: OM004 unknown source, 22023 unknown cause, negative interval';

CREATE FUNCTION oms.forget_events(older_than interval DEFAULT '90 days')
RETURNS bigint
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_forget_events';
REVOKE ALL ON FUNCTION oms.forget_events(interval) FROM PUBLIC;
COMMENT ON FUNCTION oms.forget_events(interval) IS
    'forgets events that landed, and exceptions that were closed, longer ago than this; the same event sent again would then be a new one; returns their number. Notes for the change feed that all consumers are past go too';

-- The change feed. See sync/changes.c.

CREATE FUNCTION oms.add_consumer(
    consumer text, events text[] DEFAULT '{stock,reservation,order,fulfillment}', channels text[] DEFAULT NULL,
    publish text DEFAULT 'value', low bigint DEFAULT 5, method text DEFAULT 'ship')
RETURNS text
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_add_consumer';
REVOKE ALL ON FUNCTION oms.add_consumer(text, text[], text[], text, bigint, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.add_consumer(text, text[], text[], text, bigint, text) IS
    'adds a consumer of the change feed, from now on, or changes what it gets: events it polls; for poll_availability: the channels, and what is published of them: value (atp), shown (under the channel''s show_at_most), or bucket (only when it crosses out, low: at most low units, in), of the method. Returns its position. Errors: 22004, 23514 unknown event, publish or method';

CREATE FUNCTION oms.poll_changes(consumer text, at_most bigint DEFAULT 1000)
RETURNS TABLE (event text, key text, sku text, location text, order_id text, channel text, quantity bigint, status text,
               at timestamptz, transaction xid8)
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 10000 ROWS 500 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_poll_changes';
REVOKE ALL ON FUNCTION oms.poll_changes(text, bigint) FROM PUBLIC;
COMMENT ON FUNCTION oms.poll_changes(text, bigint) IS
    'what was committed since the position of the consumer, transaction by transaction, at most so many rows unless one transaction has more; the same again, and what has come since, until acknowledge. event stock: a movement (key movement_id; status its kind; quantity of on_hand); reservation (key reservation_id; quantity it still claims), order (key order_id), fulfillment (key fulfillment_id): the row as it is now, once however often it changed since the position. Errors: OM004 unknown consumer, OM005 its position is about another cluster, 22023';

CREATE FUNCTION oms.poll_availability(consumer text, "full" boolean DEFAULT false)
RETURNS TABLE (channel text, sku text, atp bigint, shown bigint, bucket text)
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 10000 ROWS 500 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_poll_availability';
REVOKE ALL ON FUNCTION oms.poll_availability(text, boolean) FROM PUBLIC;
COMMENT ON FUNCTION oms.poll_availability(text, boolean) IS
    'what is to be published to the consumer: of its channels, the skus whose atp, shown value or bucket differs from what it last acknowledged, whether by an event, by a change of the network or of rules, or because time has passed (a hold expired, a rule''s period began); a sku of which nothing is known any more once more, with 0; all of them at the first time, and with full. The same again until acknowledge. Errors: OM004 unknown consumer or channel, OM005 its position is about another cluster';

CREATE FUNCTION oms.acknowledge(consumer text)
RETURNS text
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_acknowledge';
REVOKE ALL ON FUNCTION oms.acknowledge(text) FROM PUBLIC;
COMMENT ON FUNCTION oms.acknowledge(text) IS
    'the consumer has done with what it polled last, events and availability; returns its position, from which oms.seek_consumer can replay. Error: OM004 unknown consumer';

CREATE FUNCTION oms.seek_consumer(consumer text, "position" text)
RETURNS text
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_seek_consumer';
REVOKE ALL ON FUNCTION oms.seek_consumer(text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.seek_consumer(text, text) IS
    'sets the position of a consumer: one that acknowledge returned (of any consumer: replay), start (everything there is) or now (nothing of what was); the next poll_availability looks at all. What is kept of events is what is kept of the rows: all. Returns the position. Errors: OM004 unknown consumer, 22P02 malformed, 22023 in the future';

CREATE FUNCTION oms.drop_consumer(consumer text)
RETURNS void
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_drop_consumer';
REVOKE ALL ON FUNCTION oms.drop_consumer(text) FROM PUBLIC;
COMMENT ON FUNCTION oms.drop_consumer(text) IS 'drops a consumer of the change feed, with what it was told. Error: OM004 unknown consumer';

CREATE FUNCTION oms.notify_consumers()
RETURNS bigint
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_notify_consumers';
REVOKE ALL ON FUNCTION oms.notify_consumers() FROM PUBLIC;
COMMENT ON FUNCTION oms.notify_consumers() IS
    'sends NOTIFY oms_changes with the name of each consumer behind whose position transactions have ended, for pg_cron or a worker; the reserve path notifies nobody. Returns their number';
