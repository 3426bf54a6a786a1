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
