-- The work of a location. Every action is a row of oms.fulfillment_transition; writers take
-- a request_id and return a row per fulfillment.

CREATE FUNCTION oms.next_actions(fulfillment_id bigint)
RETURNS TABLE (action text, to_status text)
LANGUAGE c STABLE PARALLEL SAFE COST 100 ROWS 4 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_next_actions';
REVOKE ALL ON FUNCTION oms.next_actions(bigint) FROM PUBLIC;
COMMENT ON FUNCTION oms.next_actions(bigint) IS
    'what may be done to the fulfillment now, and the status it leads to, by oms.fulfillment_transition; no rows when it is done. Error: OM004 unknown fulfillment';

CREATE FUNCTION oms.accept(
    fulfillment_id bigint,
    actor text DEFAULT session_user, request_id text DEFAULT NULL)
RETURNS TABLE (fulfillment_id bigint, order_id text, location text, from_status text, status text, units bigint)
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 ROWS 1 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_accept';
REVOKE ALL ON FUNCTION oms.accept(bigint, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.accept(bigint, text, text) IS
    'the location takes the work on: the router leaves it from now on. A row per fulfillment with the status before and after and the units concerned. Errors: OM004 unknown fulfillment, OM005 illegal now (the hint says what is legal)';

CREATE FUNCTION oms.accept_many(
    fulfillment_ids bigint[],
    actor text DEFAULT session_user, request_id text DEFAULT NULL)
RETURNS TABLE (fulfillment_id bigint, order_id text, location text, from_status text, status text, units bigint)
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 ROWS 100 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_accept_many';
REVOKE ALL ON FUNCTION oms.accept_many(bigint[], text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.accept_many(bigint[], text, text) IS
    'each of the fulfillments, all or none, as one set: the location takes the work on: the router leaves it from now on. A row per fulfillment with the status before and after and the units concerned. Errors: OM004 unknown fulfillment, OM005 illegal now (the hint says what is legal), 22023 named twice';

CREATE FUNCTION oms.pick(
    fulfillment_id bigint, skus text[] DEFAULT NULL, quantities bigint[] DEFAULT NULL,
    actor text DEFAULT session_user, request_id text DEFAULT NULL)
RETURNS TABLE (fulfillment_id bigint, order_id text, location text, from_status text, status text, units bigint)
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 ROWS 1 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_pick';
REVOKE ALL ON FUNCTION oms.pick(bigint, text[], bigint[], text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.pick(bigint, text[], bigint[], text, text) IS
    'units are taken from the shelf: all that are left, or quantities[i] of skus[i] (without quantities all of these skus). A row per fulfillment with the status before and after and the units concerned. Errors: OM004 unknown fulfillment or sku, OM005 illegal now (the hint says what is legal) or fewer units left, 22023 quantity below 1';

CREATE FUNCTION oms.pick_many(
    fulfillment_ids bigint[],
    actor text DEFAULT session_user, request_id text DEFAULT NULL)
RETURNS TABLE (fulfillment_id bigint, order_id text, location text, from_status text, status text, units bigint)
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 ROWS 100 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_pick_many';
REVOKE ALL ON FUNCTION oms.pick_many(bigint[], text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.pick_many(bigint[], text, text) IS
    'each of the fulfillments, all or none, as one set: units are taken from the shelf, all that are left. A row per fulfillment with the status before and after and the units concerned. Errors: OM004 unknown fulfillment, OM005 illegal now (the hint says what is legal), 22023 named twice';

CREATE FUNCTION oms.pack(
    fulfillment_id bigint,
    actor text DEFAULT session_user, request_id text DEFAULT NULL)
RETURNS TABLE (fulfillment_id bigint, order_id text, location text, from_status text, status text, units bigint)
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 ROWS 1 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_pack';
REVOKE ALL ON FUNCTION oms.pack(bigint, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.pack(bigint, text, text) IS
    'what was picked is packed; not while units of a line are neither picked nor rejected. A row per fulfillment with the status before and after and the units concerned. Errors: OM004 unknown fulfillment, OM005 illegal now (the hint says what is legal) or not all picked';

CREATE FUNCTION oms.pack_many(
    fulfillment_ids bigint[],
    actor text DEFAULT session_user, request_id text DEFAULT NULL)
RETURNS TABLE (fulfillment_id bigint, order_id text, location text, from_status text, status text, units bigint)
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 ROWS 100 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_pack_many';
REVOKE ALL ON FUNCTION oms.pack_many(bigint[], text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.pack_many(bigint[], text, text) IS
    'each of the fulfillments, all or none, as one set: what was picked is packed; not while units of a line are neither picked nor rejected. A row per fulfillment with the status before and after and the units concerned. Errors: OM004 unknown fulfillment, OM005 illegal now (the hint says what is legal) or not all picked, 22023 named twice';

CREATE FUNCTION oms.unpack(
    fulfillment_id bigint,
    actor text DEFAULT session_user, request_id text DEFAULT NULL)
RETURNS TABLE (fulfillment_id bigint, order_id text, location text, from_status text, status text, units bigint)
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 ROWS 1 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_unpack';
REVOKE ALL ON FUNCTION oms.unpack(bigint, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.unpack(bigint, text, text) IS
    'what was packed and has not left is picked again. A row per fulfillment with the status before and after and the units concerned. Errors: OM004 unknown fulfillment, OM005 illegal now (the hint says what is legal)';

CREATE FUNCTION oms.unpack_many(
    fulfillment_ids bigint[],
    actor text DEFAULT session_user, request_id text DEFAULT NULL)
RETURNS TABLE (fulfillment_id bigint, order_id text, location text, from_status text, status text, units bigint)
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 ROWS 100 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_unpack_many';
REVOKE ALL ON FUNCTION oms.unpack_many(bigint[], text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.unpack_many(bigint[], text, text) IS
    'each of the fulfillments, all or none, as one set: what was packed and has not left is picked again. A row per fulfillment with the status before and after and the units concerned. Errors: OM004 unknown fulfillment, OM005 illegal now (the hint says what is legal), 22023 named twice';

CREATE FUNCTION oms.ship(
    fulfillment_id bigint,
    actor text DEFAULT session_user, request_id text DEFAULT NULL)
RETURNS TABLE (fulfillment_id bigint, order_id text, location text, from_status text, status text, units bigint)
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 ROWS 1 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_ship';
REVOKE ALL ON FUNCTION oms.ship(bigint, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.ship(bigint, text, text) IS
    'the packed goods leave the house: reserved and on_hand fall together, with a movement. A row per fulfillment with the status before and after and the units concerned. Errors: OM001 not on hand, OM002 held by open transactions, OM004 unknown fulfillment, OM005 illegal now (the hint says what is legal)';

CREATE FUNCTION oms.ship_many(
    fulfillment_ids bigint[],
    actor text DEFAULT session_user, request_id text DEFAULT NULL)
RETURNS TABLE (fulfillment_id bigint, order_id text, location text, from_status text, status text, units bigint)
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 ROWS 100 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_ship_many';
REVOKE ALL ON FUNCTION oms.ship_many(bigint[], text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.ship_many(bigint[], text, text) IS
    'each of the fulfillments, all or none, as one set: the packed goods leave the house: reserved and on_hand fall together, with a movement. A row per fulfillment with the status before and after and the units concerned. Errors: OM001 not on hand, OM002 held by open transactions, OM004 unknown fulfillment, OM005 illegal now (the hint says what is legal), 22023 named twice';

CREATE FUNCTION oms.ready(
    fulfillment_id bigint,
    actor text DEFAULT session_user, request_id text DEFAULT NULL)
RETURNS TABLE (fulfillment_id bigint, order_id text, location text, from_status text, status text, units bigint)
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 ROWS 1 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_ready';
REVOKE ALL ON FUNCTION oms.ready(bigint, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.ready(bigint, text, text) IS
    'the packed goods wait for the customer. A row per fulfillment with the status before and after and the units concerned. Errors: OM004 unknown fulfillment, OM005 illegal now (the hint says what is legal)';

CREATE FUNCTION oms.ready_many(
    fulfillment_ids bigint[],
    actor text DEFAULT session_user, request_id text DEFAULT NULL)
RETURNS TABLE (fulfillment_id bigint, order_id text, location text, from_status text, status text, units bigint)
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 ROWS 100 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_ready_many';
REVOKE ALL ON FUNCTION oms.ready_many(bigint[], text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.ready_many(bigint[], text, text) IS
    'each of the fulfillments, all or none, as one set: the packed goods wait for the customer. A row per fulfillment with the status before and after and the units concerned. Errors: OM004 unknown fulfillment, OM005 illegal now (the hint says what is legal), 22023 named twice';

CREATE FUNCTION oms.hand_over(
    fulfillment_id bigint, skus text[] DEFAULT NULL, quantities bigint[] DEFAULT NULL, code text DEFAULT NULL,
    actor text DEFAULT session_user, request_id text DEFAULT NULL)
RETURNS TABLE (fulfillment_id bigint, order_id text, location text, from_status text, status text, units bigint)
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 ROWS 1 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_hand_over';
REVOKE ALL ON FUNCTION oms.hand_over(bigint, text[], bigint[], text, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.hand_over(bigint, text[], bigint[], text, text, text) IS
    'the customer takes what is ready: all that is left, or quantities[i] of skus[i] (without quantities all of these skus), and then the rest stays ready; reserved and on_hand fall together, with a movement; against the code, if it has one (oms.issue_code); a kit whole. A row per fulfillment with the status before and after and the units concerned; after a wrong code status is wrong_code and units 0: nothing was handed over, and the code is counted, so look at it. Errors: OM001 not on hand, OM002 held by open transactions, OM004 unknown fulfillment or sku, OM005 illegal now (the hint says what is legal) or fewer units left, OM010 no code, or oms.code_attempts wrong ones before (oms.issue_code makes a new one), 22023 quantity below 1';

CREATE FUNCTION oms.hand_over_many(
    fulfillment_ids bigint[],
    actor text DEFAULT session_user, request_id text DEFAULT NULL)
RETURNS TABLE (fulfillment_id bigint, order_id text, location text, from_status text, status text, units bigint)
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 ROWS 100 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_hand_over_many';
REVOKE ALL ON FUNCTION oms.hand_over_many(bigint[], text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.hand_over_many(bigint[], text, text) IS
    'each of the fulfillments, all or none, as one set: the customer takes what is ready, all that is left; reserved and on_hand fall together, with a movement. A row per fulfillment with the status before and after and the units concerned. Errors: OM001 not on hand, OM002 held by open transactions, OM004 unknown fulfillment, OM005 illegal now (the hint says what is legal), OM010 one has a code, 22023 named twice';

CREATE FUNCTION oms.reject(
    fulfillment_id bigint, reason text, sku text DEFAULT NULL, quantity bigint DEFAULT NULL,
    scope text DEFAULT NULL, reroute boolean DEFAULT false,
    actor text DEFAULT session_user, request_id text DEFAULT NULL)
RETURNS TABLE (fulfillment_id bigint, order_id text, line_no integer, sku text, location text, quantity bigint,
               cause text, status text, moved bigint, backordered bigint)
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 10000 ROWS 3 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_reject';
REVOKE ALL ON FUNCTION oms.reject(bigint, text, text, bigint, text, boolean, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.reject(bigint, text, text, bigint, text, boolean, text, text) IS
    'the location refuses units, for a reason of oms.reject_reason. scope: line (quantity units of the sku in the fulfillment, default all that are left), fulfillment (all that is left of it; the default without a sku), sku (the sku in every unstarted fulfillment of the location as well), orders (all that is in the unstarted fulfillments there that contain the sku, too). In one transaction the units are held at another location, above safety stock, or released and backordered; stock is corrected, the location excluded, a count asked for, as the reason says; what is short there thereby loses its units too, as by a loss (oms.shortfall). reroute: the orders are routed at once; else the next oms.route does it. A row per line: cause (named, scope, short), status of the fulfillment now, units moved to other locations and backordered. Errors: OM002 on_hand is being changed by an open transaction, OM004 unknown fulfillment, sku or reason, OM005 illegal now or fewer units left, 22023';

CREATE FUNCTION oms.reject_many(
    fulfillment_ids bigint[], reason text, reroute boolean DEFAULT false,
    actor text DEFAULT session_user, request_id text DEFAULT NULL)
RETURNS TABLE (fulfillment_id bigint, order_id text, line_no integer, sku text, location text, quantity bigint,
               cause text, status text, moved bigint, backordered bigint)
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 10000 ROWS 100 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_reject_many';
REVOKE ALL ON FUNCTION oms.reject_many(bigint[], text, boolean, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.reject_many(bigint[], text, boolean, text, text) IS
    'rejects all that is left of each of the fulfillments, all or none; rows and errors as reject';

CREATE FUNCTION oms.resolve_shortfalls(sku text DEFAULT NULL, actor text DEFAULT session_user)
RETURNS bigint
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 100000 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_resolve_shortfalls';
REVOKE ALL ON FUNCTION oms.resolve_shortfalls(text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.resolve_shortfalls(text, text) IS
    'where less is left of a sku (NULL: of any) than is reserved, lets reservations lose as adjust does, for pg_cron: for what was not seen or was locked when the loss was recorded. It waits for nobody; returns the number of (sku, location) that were short. What keeps its units all the same (a kit that no other location has, what a picker has in his hands) leaves available negative in oms.inventory';

CREATE FUNCTION oms.cancel_line(
    order_id text, line_no integer, quantity bigint DEFAULT NULL, reason text DEFAULT NULL,
    actor text DEFAULT session_user, request_id text DEFAULT NULL)
RETURNS TABLE (line_no integer, sku text, location text, quantity bigint, was text, fulfillment_id bigint)
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 5000 ROWS 3 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_cancel_line';
REVOKE ALL ON FUNCTION oms.cancel_line(text, integer, bigint, text, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.cancel_line(text, integer, bigint, text, text, text) IS
    'cancels quantity units of an order line, all that are left by default, in any state that allows it (action cancel of oms.fulfillment_transition): first what is neither reserved nor backordered, then backordered, then reserved and not assigned, then work, the least advanced first. Reservations, backorders, quota and protection are given back, the work of the locations shrinks, in the same transaction; an order of which nothing is left is cancelled; a kit''s line is cancelled whole. A row for what was given up: units of stock, where, and what they were. Errors: OM004 unknown order or line, OM005 cancelled, or fewer units left, or too far advanced, 22023';

CREATE FUNCTION oms.cancel_fulfillment(
    fulfillment_id bigint, reason text DEFAULT NULL,
    actor text DEFAULT session_user, request_id text DEFAULT NULL)
RETURNS TABLE (fulfillment_id bigint, order_id text, location text, from_status text, status text, units bigint)
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 5000 ROWS 1 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_cancel_fulfillment';
REVOKE ALL ON FUNCTION oms.cancel_fulfillment(bigint, text, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.cancel_fulfillment(bigint, text, text, text) IS
    'what is left of the fulfillment is wanted no more (nobody came for it, say): it goes back on the shelf, its reservations are released, the units count as cancelled in their order lines. A row with the status before and after and the units concerned. Errors: OM004 unknown fulfillment, OM005 illegal now (the hint says what is legal)';

CREATE FUNCTION oms.cancel_fulfillment_many(
    fulfillment_ids bigint[], reason text DEFAULT NULL,
    actor text DEFAULT session_user, request_id text DEFAULT NULL)
RETURNS TABLE (fulfillment_id bigint, order_id text, location text, from_status text, status text, units bigint)
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 5000 ROWS 100 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_cancel_fulfillment_many';
REVOKE ALL ON FUNCTION oms.cancel_fulfillment_many(bigint[], text, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.cancel_fulfillment_many(bigint[], text, text, text) IS
    'cancels what is left of each of the fulfillments, all or none, as one set; rows and errors as cancel_fulfillment';

CREATE FUNCTION oms.change_quantity(
    order_id text, line_no integer, quantity bigint, on_shortage text DEFAULT 'refuse', reason text DEFAULT NULL,
    actor text DEFAULT session_user, request_id text DEFAULT NULL)
RETURNS TABLE (line_no integer, sku text, location text, quantity bigint, was text, fulfillment_id bigint)
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 5000 ROWS 3 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_change_quantity';
REVOKE ALL ON FUNCTION oms.change_quantity(text, integer, bigint, text, text, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.change_quantity(text, integer, bigint, text, text, text, text) IS
    'sets how many units of an order line are wanted: fewer are cancelled as by cancel_line; more are reserved in addition, as by place_order with on_shortage, and routed by the next run. A row for what was given up or is held in addition, where. Errors: OM001 not enough stock, OM002 held by open transactions, OM004 unknown order or line, OM005 cancelled, or more units have left, OM009 quota, OM010 not allowed, 22023';

CREATE FUNCTION oms.change_destination(
    order_id text, ship_to oms.latlon, reroute boolean DEFAULT false,
    actor text DEFAULT session_user, request_id text DEFAULT NULL)
RETURNS bigint
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 5000 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_change_destination';
REVOKE ALL ON FUNCTION oms.change_destination(text, oms.latlon, boolean, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.change_destination(text, oms.latlon, boolean, text, text) IS
    'sends an order elsewhere, as long as nothing of it is being picked; reroute: it is routed at once, else by the next run; what a location has accepted stays there. Returns the orders routed at once. Errors: OM004 unknown order, OM005 cancelled, to be picked up, or being picked';

CREATE TYPE oms.returned_goods AS (
    return_id bigint,
    line_no integer,
    sku text,
    location text,
    quantity bigint,
    condition text,
    on_hand bigint,
    unavailable bigint
);
COMMENT ON TYPE oms.returned_goods IS 'what return_line returns: a row per line and sku; on_hand and unavailable after, NULL of what is not tracked';

CREATE FUNCTION oms.return_line(
    order_id text, line_no integer, location text, quantity bigint, condition text DEFAULT 'sellable',
    reason text DEFAULT NULL, sku text DEFAULT NULL, despite_window boolean DEFAULT false,
    reference text DEFAULT NULL, actor text DEFAULT session_user, request_id text DEFAULT NULL)
RETURNS SETOF oms.returned_goods
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 5000 ROWS 1 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_return_line';
REVOKE ALL ON FUNCTION oms.return_line(text, integer, text, bigint, text, text, text, boolean, text, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.return_line(text, integer, text, bigint, text, text, text, boolean, text, text, text) IS
    'quantity units of an order line come back to a location, any one, whether or not it carries the sku: sellable ones are on hand again and fill open backorders as receive does, damaged ones are unavailable (oms.put_back, oms.scrap). Of a kit''s line quantity is in kits, or in units of the component that sku names. A row per sku. Errors: OM004 unknown order, line, sku or location, OM005 more than has left and not come back, OM010 after the channel''s oms.return_window, unless despite_window, or not the role''s location, 22023';

CREATE FUNCTION oms.return_lines(
    order_id text, location text, lines jsonb, despite_window boolean DEFAULT false,
    reference text DEFAULT NULL, actor text DEFAULT session_user, request_id text DEFAULT NULL)
RETURNS SETOF oms.returned_goods
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 10000 ROWS 3 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_return_lines';
REVOKE ALL ON FUNCTION oms.return_lines(text, text, jsonb, boolean, text, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.return_lines(text, text, jsonb, boolean, text, text, text) IS
    'return_line of several lines of an order, all or none: a jsonb array of objects with "line_no" and "quantity", optional "sku" (a component), "condition" (default sellable) and "reason"; a row per line and sku. Errors as return_line, each naming the element';

CREATE FUNCTION oms.exchange(
    order_id text, location text, lines jsonb, new_order_id text, new_lines jsonb,
    on_shortage text DEFAULT 'refuse', despite_window boolean DEFAULT false,
    actor text DEFAULT session_user, request_id text DEFAULT NULL)
RETURNS SETOF oms.placed_line
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 10000 ROWS 3 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_exchange';
REVOKE ALL ON FUNCTION oms.exchange(text, text, jsonb, text, jsonb, text, boolean, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.exchange(text, text, jsonb, text, jsonb, text, boolean, text, text) IS
    'takes lines of an order back, as return_lines does, and places a new order of new_lines for the same channel, destination and service, as place_order_lines does, in one transaction: both or neither. The rows of the new order. Errors as return_lines and place_order_lines';

CREATE FUNCTION oms.open_count(
    location text, skus text[] DEFAULT NULL, blind boolean DEFAULT true, picked_counted boolean DEFAULT false,
    recount_units bigint DEFAULT NULL, recount_percent numeric DEFAULT NULL, recount_value numeric DEFAULT NULL,
    reason text DEFAULT NULL, actor text DEFAULT session_user, request_id text DEFAULT NULL)
RETURNS bigint
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 5000 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_open_count';
REVOKE ALL ON FUNCTION oms.open_count(text, text[], boolean, boolean, bigint, numeric, numeric, text, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.open_count(text, text[], boolean, boolean, bigint, numeric, numeric, text, text, text) IS
    'opens a cycle count of these skus at the location (NULL: of all that have stock there or that a count was asked for, oms.count_task) and returns its number. blind: counters do not see what is expected; picked_counted: they count what pickers have in their hands, too; a difference of more than recount_units, recount_percent of what was expected, or recount_value (by unit_value of the item) is to be counted again. The shop goes on selling. Errors: OM004 unknown location, OM010 not the role''s location, 22023 negative threshold';

CREATE TYPE oms.recorded_count AS (
    sku text,
    status text,
    counted bigint,
    expected bigint,
    variance bigint
);
COMMENT ON TYPE oms.recorded_count IS 'what record_count returns: a row per sku';

CREATE FUNCTION oms.record_count(
    count_id bigint, sku text, quantity bigint, counted_at timestamptz DEFAULT NULL,
    actor text DEFAULT session_user, request_id text DEFAULT NULL)
RETURNS SETOF oms.recorded_count
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 5000 ROWS 1 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_record_count';
REVOKE ALL ON FUNCTION oms.record_count(bigint, text, bigint, timestamptz, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.record_count(bigint, text, bigint, timestamptz, text, text) IS
    'writes down that quantity units of the sku were there at counted_at (default now, at the earliest when the count was opened); changes no stock. A row: status counted or recount, and, unless the count is blind, what was expected at that moment and the variance. A recount is believed when it is within the thresholds or finds the same difference. Errors: OM004 unknown count or sku, OM005 closed or decided, OM010 not the role''s location, 22023';

CREATE FUNCTION oms.record_count_many(
    count_id bigint, skus text[], quantities bigint[], counted_at timestamptz DEFAULT NULL,
    actor text DEFAULT session_user, request_id text DEFAULT NULL)
RETURNS SETOF oms.recorded_count
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 5000 ROWS 100 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_record_count_many';
REVOKE ALL ON FUNCTION oms.record_count_many(bigint, text[], bigint[], timestamptz, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.record_count_many(bigint, text[], bigint[], timestamptz, text, text) IS
    'record_count of quantities[i] units of skus[i], all or none; a row per element. Errors as record_count';

CREATE FUNCTION oms.accept_count(
    count_id bigint, skus text[] DEFAULT NULL, despite_recount boolean DEFAULT false,
    actor text DEFAULT session_user, request_id text DEFAULT NULL)
RETURNS TABLE (sku text, counted bigint, variance bigint, on_hand bigint)
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 10000 ROWS 100 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_accept_count';
REVOKE ALL ON FUNCTION oms.accept_count(bigint, text[], boolean, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.accept_count(bigint, text[], boolean, text, text) IS
    'accepts what was counted of these skus, or of all that are counted: on_hand changes by the variance as of the moment of counting, so that what sold or moved since is netted; a movement of kind count, an open count task is closed, a gain fills backorders as receive does, and where a loss leaves less than is reserved, reservations lose as by adjust. A line that is to be counted again is accepted with despite_recount only. A row per line with on_hand after. Errors: OM001 more has left since than was counted, OM002 an open transaction is changing on_hand, OM004 unknown count or sku, OM005 not counted, OM010 not the role''s location';

CREATE FUNCTION oms.reject_count(
    count_id bigint, skus text[], reason text DEFAULT NULL,
    actor text DEFAULT session_user, request_id text DEFAULT NULL)
RETURNS bigint
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_reject_count';
REVOKE ALL ON FUNCTION oms.reject_count(bigint, text[], text, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.reject_count(bigint, text[], text, text, text) IS
    'drops what was counted of these skus: on_hand stays; returns how many. Errors: OM004 unknown count or sku, OM005 decided, OM010 not the role''s location';

CREATE FUNCTION oms.close_count(count_id bigint, actor text DEFAULT session_user, request_id text DEFAULT NULL)
RETURNS bigint
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_close_count';
REVOKE ALL ON FUNCTION oms.close_count(bigint, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.close_count(bigint, text, text) IS
    'ends a count of which every line that was counted is accepted or rejected; lines that nobody counted are dropped; returns its number. Errors: OM004 unknown count, OM005 closed, or lines are not decided, OM010 not the role''s location';

CREATE FUNCTION oms.count_stock(
    location text, sku text, quantity bigint, reference text DEFAULT NULL,
    actor text DEFAULT session_user, request_id text DEFAULT NULL)
RETURNS TABLE (on_hand bigint, variance bigint)
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 ROWS 1 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_count_stock';
REVOKE ALL ON FUNCTION oms.count_stock(text, text, bigint, text, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.count_stock(text, text, bigint, text, text, text) IS
    'a count: on_hand of the sku at the location becomes quantity, as by set_on_hand, and the open count task is closed; returns on_hand and its variance, counted - on_hand before. Errors as set_on_hand';

CREATE FUNCTION oms.issue_code(fulfillment_id bigint, code text DEFAULT NULL)
RETURNS text
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_issue_code';
REVOKE ALL ON FUNCTION oms.issue_code(bigint, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.issue_code(bigint, text) IS
    'the code against which the fulfillment is handed over from now on: 8 random letters and digits, or the one given; an earlier one is void, and wrong codes count anew; case does not matter. Only a hash of it is kept, so it cannot be asked for again. Errors: OM004 unknown fulfillment, OM005 not to be picked up (any more)';

CREATE FUNCTION oms.claim_work(
    location text, picker text, quantity bigint DEFAULT 10, claim_for interval DEFAULT '30 minutes',
    method text DEFAULT NULL, actor text DEFAULT session_user, request_id text DEFAULT NULL)
RETURNS TABLE (fulfillment_id bigint, order_id text, method text, status text, due_at timestamptz,
               lines bigint, units bigint, claimed_until timestamptz)
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 ROWS 10 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_claim_work';
REVOKE ALL ON FUNCTION oms.claim_work(text, text, bigint, interval, text, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.claim_work(text, text, bigint, interval, text, text, text) IS
    'hands the next fulfillments of the location that nobody has, at most quantity, most urgent first, to the picker for claim_for, and accepts those that are only assigned; two pickers never get the same, and none waits for the other; method: only those to be shipped or picked up. A row per fulfillment; oms.pick_list has its lines. Errors: OM004 unknown location, 22023';

CREATE FUNCTION oms.release_work(location text DEFAULT NULL, picker text DEFAULT NULL)
RETURNS bigint
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_release_work';
REVOKE ALL ON FUNCTION oms.release_work(text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.release_work(text, text) IS
    'ends the claims of a picker, or without one those that timed out (which claim_work hands out again anyway), at a location or everywhere; their number';

CREATE FUNCTION oms.enforce_time_limits(at_most integer DEFAULT 100, actor text DEFAULT session_user)
RETURNS TABLE (action text, fulfillment_id bigint, order_id text, location text)
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 100000 ROWS 100 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_enforce_time_limits';
REVOKE ALL ON FUNCTION oms.enforce_time_limits(integer, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.enforce_time_limits(integer, text) IS
    'does what is due by oms.time_limit (oms.deadline), for pg_cron every minute; safe to run twice at once, since it leaves what another transaction has: remind (the location), reroute (not accepted: refused, and routed to the next best), escalate (too many have not accepted: a person''s case), expire (nobody came for what is ready: back on the shelf, reason no-show), remind customer, cancel (orders that no location started in time), tidy (exclusions that are over; no row). At most at_most of each, most overdue first; a row for each. Error: 22023 at_most below 1';
