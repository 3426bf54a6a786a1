-- What is to be done about what oms.check() finds: accounts are set to the sums of their records; the rest is for a person.

CREATE VIEW oms.repair_step AS
SELECT s.invariant, s.step
  FROM (VALUES
    ('on_hand, unavailable and reserved are not negative', 'count what is there: oms.count_stock'),
    ('a kit has no stock of its own', 'book it out with oms.adjust, and receive its components'),
    ('no more is claimed of incoming supply than is expected', 'call oms.change_incoming with what is expected: it makes claims agree'),
    ('an open backorder claims at most what is missing of it, another one nothing', 'call oms.change_incoming for what it claims: it makes claims agree'),
    ('used of a protection is not more than was protected', 'protect anew: oms.protect_stock'),
    ('work uses the capacity of its location for what it is', 'cancel the fulfillment (oms.cancel_fulfillment) and route the order again'),
    ('work asks for no more than is held at its location', 'cancel the fulfillment (oms.cancel_fulfillment) and route the order again'),
    ('a location has one assigned fulfillment of an order', 'cancel one of them: oms.cancel_fulfillment'),
    ('a cancelled order holds nothing', 'release what it holds: oms.release_many'),
    ('a cancelled order waits for nothing', 'release its backorders: oms.release_backorder'),
    ('a cancelled order has no work', 'cancel the fulfillment: oms.cancel_fulfillment'),
    ('a hold expires, a firm reservation does not', 'release it: oms.release'),
    ('a line has no more units than were ordered', 'release what is too much: oms.release'),
    ('a line has no more units with its backorders than were ordered', 'release what is too much: oms.release_backorder'),
    ('a delta is folded once', 'its changes count or not, which no figure says: restore the account and its deltas together'),
    ('exc is not above w', 'restore the account and its deltas together')) AS s (invariant, step);
COMMENT ON VIEW oms.repair_step IS 'private: what a person is to do about a broken invariant that oms.repair cannot mend';

CREATE FUNCTION oms.repair(dry_run boolean DEFAULT true, trust text DEFAULT 'movements', actor text DEFAULT session_user)
RETURNS TABLE (invariant text, key text, detail text, action text, repaired boolean)
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000000 ROWS 10 SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET jit = off
AS 'MODULE_PATHNAME', 'oms_repair';
REVOKE ALL ON FUNCTION oms.repair(boolean, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.repair(boolean, text, text) IS
    'says of everything that oms.check() finds what it would do about it, and with dry_run => false does it: an account that is not the sum of its records is set to it, while others take and give; where two records contradict each other, action says what a person is to do. History is never rewritten: of each stock account that it changes it leaves a movement of 0 units of kind repair that says what, a task to count the sku there, and where less is left than was sold reservations lose as after any loss. trust => ''balances'' takes on_hand and unavailable for true instead, where movements were lost, and writes movements of what is missing. Errors: OM002 while another repair is open, 22023';
