-- Orders. Writers take a request_id.

CREATE FUNCTION oms.place_order(
    order_id text, channel text, skus text[], quantities bigint[],
    ship_to oms.latlon DEFAULT NULL, service text DEFAULT 'standard',
    priority integer DEFAULT NULL, promise_at timestamptz DEFAULT NULL,
    cart_id text DEFAULT NULL, on_shortage text DEFAULT 'refuse',
    placed_at timestamptz DEFAULT NULL, reference text DEFAULT NULL,
    actor text DEFAULT session_user, request_id text DEFAULT NULL)
RETURNS SETOF oms.placed_line
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 5000 ROWS 3 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_place_order';
REVOKE ALL ON FUNCTION oms.place_order(text, text, text[], bigint[], oms.latlon, text, integer, timestamptz, text, text, timestamptz, text, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.place_order(text, text, text[], bigint[], oms.latlon, text, integer, timestamptz, text, text, timestamptz, text, text, text) IS
    'places an order of quantities[i] units of skus[i] and reserves them, firm, in one transaction; the live holds of cart_id become the order''s. Service pickup is handed over, every other is shipped. priority 0 (most urgent) to 4; NULL: same_day 0, next_day 1, else 2. on_shortage: refuse (all or nothing), partial (what can be had; the rest of a line is unfilled) or backorder (the rest of a line is filled by receipts, see oms.backorder; it claims what is incoming, earliest first, and promise_at is when the last of that is due, or what was asked for if that is later). Open backorders of cart_id are released. placed_at NULL: now. A row per line and location, status reserved or partial, and one with location NULL, status unfilled or backordered, for the rest of a line. Errors: OM001 not enough stock, OM002 held by open transactions, OM004 unknown channel, sku or location, OM005 the order exists, OM009 the channel''s quota, OM010 not sold like this, OM013 more than may be backordered, 22004, 22023, 22003';

CREATE FUNCTION oms.place_order_lines(
    order_id text, channel text, lines jsonb,
    ship_to oms.latlon DEFAULT NULL, service text DEFAULT 'standard',
    priority integer DEFAULT NULL, promise_at timestamptz DEFAULT NULL,
    cart_id text DEFAULT NULL, on_shortage text DEFAULT 'refuse',
    placed_at timestamptz DEFAULT NULL, reference text DEFAULT NULL,
    actor text DEFAULT session_user, request_id text DEFAULT NULL)
RETURNS SETOF oms.placed_line
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 5000 ROWS 3 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_place_order_lines';
REVOKE ALL ON FUNCTION oms.place_order_lines(text, text, jsonb, oms.latlon, text, integer, timestamptz, text, text, timestamptz, text, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.place_order_lines(text, text, jsonb, oms.latlon, text, integer, timestamptz, text, text, timestamptz, text, text, text) IS
    'place_order with its lines as a jsonb array of objects: "sku" and "quantity"; optional "line_no" (default: position in the array), "unit_value", "keep_together" (lines with the same text leave in one shipment), "promise_at" (default: the order''s), "location" (the only one that may serve the line). An optional key may be null. Errors as place_order, each naming the element';

CREATE FUNCTION oms.cancel_order(
    order_id text, reason text DEFAULT NULL,
    actor text DEFAULT session_user, request_id text DEFAULT NULL)
RETURNS TABLE (line_no integer, sku text, location text, quantity bigint, status text)
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 5000 ROWS 3 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_cancel_order';
REVOKE ALL ON FUNCTION oms.cancel_order(text, text, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.cancel_order(text, text, text, text) IS
    'cancels an order of which nothing has left the house: releases what it holds and its open backorders, and cancels its work, in any state that allows it (action cancel of oms.fulfillment_transition); when something has left, cancel_line cancels the rest. A row per line and location with the units released; location NULL for a line that held nothing. Errors: OM004 unknown order, OM005 already cancelled, too far advanced, or units have left';

CREATE FUNCTION oms.cancel_order_many(
    order_ids text[], reason text DEFAULT NULL,
    actor text DEFAULT session_user, request_id text DEFAULT NULL)
RETURNS TABLE (order_id text, line_no integer, sku text, location text, quantity bigint, status text)
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 5000 ROWS 30 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_cancel_order_many';
REVOKE ALL ON FUNCTION oms.cancel_order_many(text[], text, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.cancel_order_many(text[], text, text, text) IS
    'cancels each of the orders, all or none: rows as cancel_order, by order. It locks them by order_id, so that two such calls do not deadlock, as calls of cancel_order in one transaction may that come in another order elsewhere. Errors as cancel_order, 22023 an order named twice';

CREATE FUNCTION oms.hold_order(
    order_id text, reason text, line_no integer DEFAULT NULL, hold_id text DEFAULT NULL,
    actor text DEFAULT session_user, request_id text DEFAULT NULL)
RETURNS TABLE (hold_id text, line_no integer, reason text, placed_at timestamptz, released_at timestamptz)
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 ROWS 1 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_hold_order';
REVOKE ALL ON FUNCTION oms.hold_order(text, text, integer, text, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.hold_order(text, text, integer, text, text, text) IS
    'stops an order, or a line of it, for a reason (fraud, address, payment, …): it keeps its stock, and is neither routed nor accepted, picked, packed or sent out while any of its holds stands. hold_id: yours, or a number. Returns the hold. Errors: OM004 unknown order or line, OM005 cancelled, or it has a hold of that id';

CREATE FUNCTION oms.release_order_hold(
    order_id text, hold_id text, actor text DEFAULT session_user, request_id text DEFAULT NULL)
RETURNS TABLE (hold_id text, line_no integer, reason text, placed_at timestamptz, released_at timestamptz)
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 ROWS 1 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_release_order_hold';
REVOKE ALL ON FUNCTION oms.release_order_hold(text, text, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.release_order_hold(text, text, text, text) IS
    'ends a hold of an order; one that was released stays so. Returns the hold. Errors: OM004 unknown order or hold, OM005 the order is cancelled';
