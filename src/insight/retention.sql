-- Retention: what is over and old leaves, and the sums stay.

CREATE VIEW oms.ledger_opening AS
SELECT m.sku, m.location, pg_catalog.max(m.moved_at) AS at
  FROM oms.movement_row m WHERE m.kind = 'opening' GROUP BY m.sku, m.location;
COMMENT ON VIEW oms.ledger_opening IS 'private: since when the ledger of a sku at a location is whole, where oms.archive took older movements out of it';

CREATE FUNCTION oms.archive(kind text, older_than interval, at_most bigint DEFAULT 10000, actor text DEFAULT session_user)
RETURNS TABLE (table_name text, contents jsonb)
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000000 ROWS 10000 SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET jit = off
AS 'MODULE_PATHNAME', 'oms_archive';
REVOKE ALL ON FUNCTION oms.archive(text, interval, bigint, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.archive(text, interval, bigint, text) IS
'removes what is over and has not changed for so long, and returns the rows removed, for INSERT INTO a table of yours … SELECT, or COPY (SELECT …) TO; or to be counted. At most so many things of the kind a call: call it again until it returns nothing. What it removes is committed with what you do with it, and oms.check() finds nothing after it.
kind: orders, completed or cancelled ones with all that is theirs (lines, reservations, decisions, fulfillments, their history, rejections, returns; older than the channel''s return_window, too), windows of capacity and exclusions that are over; reservations of no order that were released, consumed or expired, and such backorders, periods of quotas that are over and protections that have lapsed, when nothing else counts there; movements, in whose place one of kind opening holds their sum at each sku and location, so that on_hand is right after every movement that is kept; routing: decisions but the last of each order, runs that nothing refers to; exceptions of feeds that are resolved; counts: sessions and tasks that are closed, shortfalls of no order; supply: transfers that ended, incoming supply that came or was cancelled, what is held back no more. For requests and events of feeds see oms.forget_requests, oms.forget_events.
Left alone whatever its age: what is open, locked, counts in a window of capacity that is not over, is newer than an open count (movements), or a consumer of the change feed has not acknowledged. What was used of quotas and protected stock stays counted. oms.compare_policies replays periods that begin after the opening of the ledger. Errors: 22023 unknown kind, an age below 0, at_most below 1, 22004, 22008';
