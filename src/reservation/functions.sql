-- Claims on units. reserve raises when it cannot; try_reserve tells in rows.

CREATE FUNCTION oms.reserve(
    channel text, sku text, quantity bigint,
    location text DEFAULT NULL, expires_in interval DEFAULT NULL,
    method text DEFAULT 'ship', ship_to oms.latlon DEFAULT NULL, on_shortage text DEFAULT 'refuse',
    cart_id text DEFAULT NULL, request_id text DEFAULT NULL, reference text DEFAULT NULL)
RETURNS SETOF oms.reserved_line
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 ROWS 1
AS 'MODULE_PATHNAME', 'oms_reserve';
REVOKE ALL ON FUNCTION oms.reserve(text, text, bigint, text, interval, text, oms.latlon, text, text, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.reserve(text, text, bigint, text, interval, text, oms.latlon, text, text, text, text) IS
    'reserves quantity units of the sku for the channel, all or nothing, or with on_shortage partial what can be had, or with backorder (firm only) that and a backorder of the rest; firm, or a hold that expires expires_in from now; at the location, or where reserve chooses: one location for all before a split, then nearest to ship_to, then most available. The same cart_id again replaces that cart''s reservations and backorders. A row per line and location, of a kit one per component with the same reservation_id, and one with location and reservation_id NULL and a backorder_id for what is backordered of a line, with promise_at when all of that claims incoming supply. A kit comes whole from one location, several kits may come from several, and it is not backordered. Errors: OM001 insufficient stock, OM002 held by open transactions, OM004 unknown channel, sku or location, OM006 request_id used otherwise, OM009 the channel''s quota, OM010 not allowed, OM013 more than may be backordered, 22023 quantity below 1, or backorder with expires_in';

CREATE FUNCTION oms.reserve_many(
    channel text, skus text[], quantities bigint[],
    location text DEFAULT NULL, expires_in interval DEFAULT NULL,
    method text DEFAULT 'ship', ship_to oms.latlon DEFAULT NULL, on_shortage text DEFAULT 'refuse',
    cart_id text DEFAULT NULL, request_id text DEFAULT NULL, reference text DEFAULT NULL)
RETURNS SETOF oms.reserved_line
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 ROWS 10
AS 'MODULE_PATHNAME', 'oms_reserve_many';
REVOKE ALL ON FUNCTION oms.reserve_many(text, text[], bigint[], text, interval, text, oms.latlon, text, text, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.reserve_many(text, text[], bigint[], text, interval, text, oms.latlon, text, text, text, text) IS
    'reserves quantities[i] units of skus[i] for the channel, all or nothing, or with on_shortage partial what can be had, or with backorder (firm only) that and a backorder of the rest; firm, or a hold that expires expires_in from now; at the location, or where reserve chooses: one location for all before a split, then nearest to ship_to, then most available. The same cart_id again replaces that cart''s reservations and backorders. A row per line and location, of a kit one per component with the same reservation_id, and one with location and reservation_id NULL and a backorder_id for what is backordered of a line, with promise_at when all of that claims incoming supply. A kit comes whole from one location, several kits may come from several, and it is not backordered. Errors: OM001 insufficient stock, OM002 held by open transactions, OM004 unknown channel, sku or location, OM006 request_id used otherwise, OM009 the channel''s quota, OM010 not allowed, OM013 more than may be backordered, 22023 quantity below 1, or backorder with expires_in';

CREATE FUNCTION oms.reserve_cart(
    channel text, cart jsonb,
    location text DEFAULT NULL, expires_in interval DEFAULT NULL,
    method text DEFAULT 'ship', ship_to oms.latlon DEFAULT NULL, on_shortage text DEFAULT 'refuse',
    cart_id text DEFAULT NULL, request_id text DEFAULT NULL, reference text DEFAULT NULL)
RETURNS SETOF oms.reserved_line
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 ROWS 10
AS 'MODULE_PATHNAME', 'oms_reserve_cart';
REVOKE ALL ON FUNCTION oms.reserve_cart(text, jsonb, text, interval, text, oms.latlon, text, text, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.reserve_cart(text, jsonb, text, interval, text, oms.latlon, text, text, text, text) IS
    'reserves a cart [{"sku": …, "quantity": …, "location": … (optional)}, …] for the channel, all or nothing, or with on_shortage partial what can be had, or with backorder (firm only) that and a backorder of the rest; firm, or a hold that expires expires_in from now; at the location, or where reserve chooses: one location for all before a split, then nearest to ship_to, then most available. The same cart_id again replaces that cart''s reservations and backorders. A row per line and location, of a kit one per component with the same reservation_id, and one with location and reservation_id NULL and a backorder_id for what is backordered of a line, with promise_at when all of that claims incoming supply. A kit comes whole from one location, several kits may come from several, and it is not backordered. Errors: OM001 insufficient stock, OM002 held by open transactions, OM004 unknown channel, sku or location, OM006 request_id used otherwise, OM009 the channel''s quota, OM010 not allowed, OM013 more than may be backordered, 22023 quantity below 1, or backorder with expires_in';

CREATE FUNCTION oms.try_reserve(
    channel text, sku text, quantity bigint,
    location text DEFAULT NULL, expires_in interval DEFAULT NULL,
    method text DEFAULT 'ship', ship_to oms.latlon DEFAULT NULL, on_shortage text DEFAULT 'refuse',
    cart_id text DEFAULT NULL, request_id text DEFAULT NULL, reference text DEFAULT NULL)
RETURNS SETOF oms.tried_line
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 ROWS 1
AS 'MODULE_PATHNAME', 'oms_try_reserve';
REVOKE ALL ON FUNCTION oms.try_reserve(text, text, bigint, text, interval, text, oms.latlon, text, text, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.try_reserve(text, text, bigint, text, interval, text, oms.latlon, text, text, text, text) IS
    'reserves quantity units of the sku like reserve but never raises for a shortage: a row per line with the units requested, reserved and available, and its status: reserved, partial, backordered (with on_shortage backorder: what is not reserved waits in oms.backorder), insufficient, quota (of the channel, oms.quota), held_by_others (an open transaction may release them), backorder_limit (more than may be backordered), unknown (sku), not_allowed, refused (could be had, but another line could not). Errors: OM004 unknown channel or location, OM006, 22023';

CREATE FUNCTION oms.try_reserve_many(
    channel text, skus text[], quantities bigint[],
    location text DEFAULT NULL, expires_in interval DEFAULT NULL,
    method text DEFAULT 'ship', ship_to oms.latlon DEFAULT NULL, on_shortage text DEFAULT 'refuse',
    cart_id text DEFAULT NULL, request_id text DEFAULT NULL, reference text DEFAULT NULL)
RETURNS SETOF oms.tried_line
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 ROWS 10
AS 'MODULE_PATHNAME', 'oms_try_reserve_many';
REVOKE ALL ON FUNCTION oms.try_reserve_many(text, text[], bigint[], text, interval, text, oms.latlon, text, text, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.try_reserve_many(text, text[], bigint[], text, interval, text, oms.latlon, text, text, text, text) IS
    'reserves quantities[i] units of skus[i] like reserve_many but never raises for a shortage: a row per line with the units requested, reserved and available, and its status: reserved, partial, backordered (with on_shortage backorder: what is not reserved waits in oms.backorder), insufficient, quota (of the channel, oms.quota), held_by_others (an open transaction may release them), backorder_limit (more than may be backordered), unknown (sku), not_allowed, refused (could be had, but another line could not). Errors: OM004 unknown channel or location, OM006, 22023';

CREATE FUNCTION oms.try_reserve_cart(
    channel text, cart jsonb,
    location text DEFAULT NULL, expires_in interval DEFAULT NULL,
    method text DEFAULT 'ship', ship_to oms.latlon DEFAULT NULL, on_shortage text DEFAULT 'refuse',
    cart_id text DEFAULT NULL, request_id text DEFAULT NULL, reference text DEFAULT NULL)
RETURNS SETOF oms.tried_line
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 ROWS 10
AS 'MODULE_PATHNAME', 'oms_try_reserve_cart';
REVOKE ALL ON FUNCTION oms.try_reserve_cart(text, jsonb, text, interval, text, oms.latlon, text, text, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.try_reserve_cart(text, jsonb, text, interval, text, oms.latlon, text, text, text, text) IS
    'reserves a cart [{"sku": …, "quantity": …, "location": … (optional)}, …] like reserve_cart but never raises for a shortage: a row per line with the units requested, reserved and available, and its status: reserved, partial, backordered (with on_shortage backorder: what is not reserved waits in oms.backorder), insufficient, quota (of the channel, oms.quota), held_by_others (an open transaction may release them), backorder_limit (more than may be backordered), unknown (sku), not_allowed, refused (could be had, but another line could not). Errors: OM004 unknown channel or location, OM006, 22023';

CREATE FUNCTION oms.confirm(
    reservation_id bigint, request_id text DEFAULT NULL)
RETURNS TABLE (reservation_id bigint, sku text, location text, quantity bigint, consumed bigint,
               status text, expires_at timestamptz)
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 ROWS 1 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_confirm';
REVOKE ALL ON FUNCTION oms.confirm(bigint, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.confirm(bigint, text) IS
    'turns a live hold into a firm reservation without a gap; a firm one stays firm. Errors: OM003 expired, OM002 being changed by an open transaction, OM004 unknown reservation, OM005 not possible in its state';

CREATE FUNCTION oms.extend(
    reservation_id bigint, expires_in interval, request_id text DEFAULT NULL)
RETURNS TABLE (reservation_id bigint, sku text, location text, quantity bigint, consumed bigint,
               status text, expires_at timestamptz)
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 ROWS 1 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_extend';
REVOKE ALL ON FUNCTION oms.extend(bigint, interval, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.extend(bigint, interval, text) IS
    'lets a live hold expire expires_in from now. Errors: OM003 expired, OM002 being changed by an open transaction, OM004 unknown reservation, OM005 not possible in its state, 22023 interval not positive';

CREATE FUNCTION oms.release(
    reservation_id bigint, request_id text DEFAULT NULL)
RETURNS TABLE (reservation_id bigint, sku text, location text, quantity bigint, consumed bigint,
               status text, expires_at timestamptz)
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 ROWS 1 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_release';
REVOKE ALL ON FUNCTION oms.release(bigint, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.release(bigint, text) IS
    'gives the units of a hold or firm reservation back; one that is released or expired stays as it is. Errors: OM002 being changed by an open transaction, OM004 unknown reservation, OM005 not possible in its state';

CREATE FUNCTION oms.consume(
    reservation_id bigint, quantity bigint DEFAULT NULL,
    reference text DEFAULT NULL, actor text DEFAULT session_user, request_id text DEFAULT NULL)
RETURNS TABLE (reservation_id bigint, sku text, location text, quantity bigint, consumed bigint,
               status text, expires_at timestamptz)
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 ROWS 1 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_consume';
REVOKE ALL ON FUNCTION oms.consume(bigint, bigint, text, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.consume(bigint, bigint, text, text, text) IS
    'takes quantity units (all that are left by default) of a live reservation out of the door: on_hand and reserved fall together, with a movement. Errors: OM003 expired, OM002 being changed by an open transaction, OM004 unknown reservation, OM005 not possible in its state or has fewer units left, 22023 quantity below 1';

CREATE FUNCTION oms.confirm_many(
    reservation_ids bigint[], request_id text DEFAULT NULL)
RETURNS TABLE (reservation_id bigint, sku text, location text, quantity bigint, consumed bigint,
               status text, expires_at timestamptz)
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 ROWS 10 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_confirm_many';
REVOKE ALL ON FUNCTION oms.confirm_many(bigint[], text) FROM PUBLIC;
COMMENT ON FUNCTION oms.confirm_many(bigint[], text) IS
    'each of the reservations, all or none: turns a live hold into a firm reservation without a gap; a firm one stays firm. Errors: OM003 expired, OM002 being changed by an open transaction, OM004 unknown reservation, OM005 not possible in its state';

CREATE FUNCTION oms.extend_many(
    reservation_ids bigint[], expires_in interval, request_id text DEFAULT NULL)
RETURNS TABLE (reservation_id bigint, sku text, location text, quantity bigint, consumed bigint,
               status text, expires_at timestamptz)
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 ROWS 10 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_extend_many';
REVOKE ALL ON FUNCTION oms.extend_many(bigint[], interval, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.extend_many(bigint[], interval, text) IS
    'each of the reservations, all or none: lets a live hold expire expires_in from now. Errors: OM003 expired, OM002 being changed by an open transaction, OM004 unknown reservation, OM005 not possible in its state, 22023 interval not positive';

CREATE FUNCTION oms.release_many(
    reservation_ids bigint[], request_id text DEFAULT NULL)
RETURNS TABLE (reservation_id bigint, sku text, location text, quantity bigint, consumed bigint,
               status text, expires_at timestamptz)
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 ROWS 10 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_release_many';
REVOKE ALL ON FUNCTION oms.release_many(bigint[], text) FROM PUBLIC;
COMMENT ON FUNCTION oms.release_many(bigint[], text) IS
    'each of the reservations, all or none: gives the units of a hold or firm reservation back; one that is released or expired stays as it is. Errors: OM002 being changed by an open transaction, OM004 unknown reservation, OM005 not possible in its state';

CREATE FUNCTION oms.consume_many(
    reservation_ids bigint[], quantities bigint[] DEFAULT NULL,
    reference text DEFAULT NULL, actor text DEFAULT session_user, request_id text DEFAULT NULL)
RETURNS TABLE (reservation_id bigint, sku text, location text, quantity bigint, consumed bigint,
               status text, expires_at timestamptz)
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 ROWS 10 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_consume_many';
REVOKE ALL ON FUNCTION oms.consume_many(bigint[], bigint[], text, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.consume_many(bigint[], bigint[], text, text, text) IS
    'each of the reservations, all or none: takes quantity units (all that are left by default) of a live reservation out of the door: on_hand and reserved fall together, with a movement. Errors: OM003 expired, OM002 being changed by an open transaction, OM004 unknown reservation, OM005 not possible in its state or has fewer units left, 22023 quantity below 1';

CREATE FUNCTION oms.transfer_reservation(
    reservation_id bigint, to_location text, request_id text DEFAULT NULL)
RETURNS TABLE (reservation_id bigint, sku text, location text, quantity bigint, consumed bigint,
               status text, expires_at timestamptz)
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 ROWS 1 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_transfer_reservation';
REVOKE ALL ON FUNCTION oms.transfer_reservation(bigint, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.transfer_reservation(bigint, text, text) IS
    'claims the units of a live hold or firm reservation at another location instead, without a gap; its number, age and expiry stay. Errors: OM001 not enough there above the channel''s safety stock, OM002 it, or what it needs there, is being changed by an open transaction, OM003 expired, OM004 unknown reservation or location, OM005 part of an order (oms.route moves those) or partly consumed';

CREATE FUNCTION oms.transfer_reservation_many(
    reservation_ids bigint[], to_location text, request_id text DEFAULT NULL)
RETURNS TABLE (reservation_id bigint, sku text, location text, quantity bigint, consumed bigint,
               status text, expires_at timestamptz)
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 ROWS 10 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_transfer_reservation_many';
REVOKE ALL ON FUNCTION oms.transfer_reservation_many(bigint[], text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.transfer_reservation_many(bigint[], text, text) IS
    'each of the reservations, all or none: claims the units of a live hold or firm reservation at another location instead, without a gap; its number, age and expiry stay. Errors: OM001 not enough there above the channel''s safety stock, OM002 it, or what it needs there, is being changed by an open transaction, OM003 expired, OM004 unknown reservation or location, OM005 part of an order (oms.route moves those) or partly consumed';

CREATE FUNCTION oms.release_backorder(
    backorder_id bigint, request_id text DEFAULT NULL)
RETURNS TABLE (backorder_id bigint, sku text, quantity bigint, filled bigint, status text)
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 ROWS 1 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_release_backorder';
REVOKE ALL ON FUNCTION oms.release_backorder(bigint, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.release_backorder(bigint, text) IS
    'gives up what is missing of a backorder that is no order''s (oms.cancel_order releases an order''s), and what it claims of incoming supply; what filled it stays reserved; one that is released stays so. Errors: OM002 being changed by an open transaction, OM004 unknown backorder, OM005 part of an order or filled';

CREATE FUNCTION oms.fill_backorders(sku text DEFAULT NULL)
RETURNS bigint
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 10000 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_fill_backorders';
REVOKE ALL ON FUNCTION oms.fill_backorders(text) FROM PUBLIC;
COMMENT ON FUNCTION oms.fill_backorders(text) IS
    'fills open backorders, of one sku or of all, from what is available; for pg_cron: a receipt does this by itself, but not for units that become free otherwise (released, expired, no longer kept back) or while another transaction has the backorder; lets what is still missing claim what is incoming, earliest first; waits for nobody; returns the units filled';

CREATE FUNCTION oms.expire_holds()
RETURNS bigint
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 10000 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_expire_holds';
REVOKE ALL ON FUNCTION oms.expire_holds() FROM PUBLIC;
COMMENT ON FUNCTION oms.expire_holds() IS
    'tidies up expired holds, for pg_cron; availability never waits for it; returns the units given back';
