-- Public views; their columns are a contract.

CREATE VIEW oms.feed_event AS
SELECT e.source, e.kind, e.event_id, e.sku, e.location, e.quantity, e.as_of, e.outcome, e.received_at
  FROM oms.feed_event_row e;
COMMENT ON VIEW oms.feed_event IS
    'events of sources that have landed, with their outcome (see oms.ingest); a snapshot is one event, without sku, location and quantity';

CREATE VIEW oms.feed_exception AS
SELECT x.exception_id, x.source, x.kind, x.reason, x.detail, x."row", x.attempts, x.first_at, x.last_at, x.status,
       x.resolved_by, x.resolved_at, x.note
  FROM oms.feed_exception_row x;
COMMENT ON VIEW oms.feed_exception IS
    'rows of feeds that could not be taken, with the reason and how often they were tried: open, taken since, or dismissed by a person (oms.retry_exceptions, oms.resolve_exception)';

CREATE VIEW oms.consumer AS
SELECT c.consumer, c.events, c.channels, c.method, c.publish, c.low, c."position"::text AS "position",
       GREATEST(0, pg_catalog.pg_snapshot_xmax(pg_catalog.pg_current_snapshot())::text::bigint
                   - pg_catalog.pg_snapshot_xmax(c."position")::text::bigint) AS transactions_behind,
       pg_catalog.clock_timestamp() - COALESCE(c.acknowledged_at, c.added_at) AS lag,
       c.offered IS NOT NULL OR c.available_offered IS NOT NULL AS has_offer,
       c.added_at, c.acknowledged_at
  FROM oms.consumer_row c;
COMMENT ON VIEW oms.consumer IS
    'consumers of the change feed: what they get, their position, and how far behind they are: transactions that began since it, and the time since they last acknowledged; has_offer: they have polled and not acknowledged';
