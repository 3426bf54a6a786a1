-- Changes of stock. Each leaves a movement; each takes a request_id.

CREATE FUNCTION oms.receive(
    location text, sku text, quantity bigint,
    reason text DEFAULT NULL, reference text DEFAULT NULL,
    actor text DEFAULT session_user, request_id text DEFAULT NULL,
    fill_limit bigint DEFAULT NULL, hold_back boolean DEFAULT false)
RETURNS bigint
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_receive';
REVOKE ALL ON FUNCTION oms.receive(text, text, bigint, text, text, text, text, bigint, boolean) FROM PUBLIC;
COMMENT ON FUNCTION oms.receive(text, text, bigint, text, text, text, text, bigint, boolean) IS
    'adds quantity units to on_hand of the sku at the location, whose account is made on first use, and fills open backorders of the sku from there (oms.backorder), by at most fill_limit units; with hold_back what is left of the quantity is kept from all channels until release_hold_back (oms.hold_back); returns on_hand after. Errors: OM004 unknown location, 22023 quantity below 1 or fill_limit below 0, 22003 out of range';

CREATE FUNCTION oms.receive_many(
    location text, skus text[], quantities bigint[],
    reason text DEFAULT NULL, reference text DEFAULT NULL,
    actor text DEFAULT session_user, request_id text DEFAULT NULL,
    fill_limit bigint DEFAULT NULL, hold_back boolean DEFAULT false)
RETURNS TABLE (sku text, on_hand bigint)
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 ROWS 100 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_receive_many';
REVOKE ALL ON FUNCTION oms.receive_many(text, text[], bigint[], text, text, text, text, bigint, boolean) FROM PUBLIC;
COMMENT ON FUNCTION oms.receive_many(text, text[], bigint[], text, text, text, text, bigint, boolean) IS
    'receives quantities[i] units of skus[i] at the location, all or none; fill_limit is for each; a row per element with on_hand after. Errors as receive';

CREATE FUNCTION oms.adjust(
    location text, sku text, delta bigint,
    reason text, reference text DEFAULT NULL,
    actor text DEFAULT session_user, request_id text DEFAULT NULL)
RETURNS bigint
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_adjust';
REVOKE ALL ON FUNCTION oms.adjust(text, text, bigint, text, text, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.adjust(text, text, bigint, text, text, text, text) IS
    'changes on_hand by delta units for a stated reason; returns on_hand after. A loss is not refused for what is reserved: where it leaves less, reservations lose their units at once, those of no order first, then by priority, promise and age, the least urgent and the latest first, what a location has started last; they move to other locations or are backordered, holds are released, and oms.shortfall lists them. A gain fills open backorders as receive does. Errors: OM001 on_hand would be negative, OM002 depends on an open transaction, OM004 unknown location, 22023 delta 0';

CREATE FUNCTION oms.adjust_many(
    location text, skus text[], deltas bigint[],
    reason text, reference text DEFAULT NULL,
    actor text DEFAULT session_user, request_id text DEFAULT NULL)
RETURNS TABLE (sku text, on_hand bigint)
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 ROWS 100 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_adjust_many';
REVOKE ALL ON FUNCTION oms.adjust_many(text, text[], bigint[], text, text, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.adjust_many(text, text[], bigint[], text, text, text, text) IS
    'adjusts skus[i] by deltas[i] units at the location, all or none; a row per element with on_hand after. Errors as adjust';

CREATE FUNCTION oms.set_on_hand(
    location text, sku text, quantity bigint,
    reason text DEFAULT NULL, reference text DEFAULT NULL,
    actor text DEFAULT session_user, request_id text DEFAULT NULL)
RETURNS bigint
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_set_on_hand';
REVOKE ALL ON FUNCTION oms.set_on_hand(text, text, bigint, text, text, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.set_on_hand(text, text, bigint, text, text, text, text) IS
    'sets on_hand to quantity units and records the difference as a movement; a fall below what is reserved takes units from reservations as adjust does, a rise fills open backorders as receive does; returns on_hand after. Errors: OM002 an open transaction is changing on_hand, OM004 unknown location, 22023 negative quantity';

CREATE FUNCTION oms.set_on_hand_many(
    location text, skus text[], quantities bigint[],
    reason text DEFAULT NULL, reference text DEFAULT NULL,
    actor text DEFAULT session_user, request_id text DEFAULT NULL)
RETURNS TABLE (sku text, on_hand bigint)
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 ROWS 100 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_set_on_hand_many';
REVOKE ALL ON FUNCTION oms.set_on_hand_many(text, text[], bigint[], text, text, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.set_on_hand_many(text, text[], bigint[], text, text, text, text) IS
    'sets on_hand of skus[i] to quantities[i] units at the location, all or none; a row per element with on_hand after. Errors as set_on_hand';

CREATE FUNCTION oms.transfer(
    from_location text, to_location text, sku text, quantity bigint,
    reason text DEFAULT NULL, reference text DEFAULT NULL,
    actor text DEFAULT session_user, request_id text DEFAULT NULL)
RETURNS TABLE (from_on_hand bigint, to_on_hand bigint)
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 ROWS 1 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_transfer';
REVOKE ALL ON FUNCTION oms.transfer(text, text, text, bigint, text, text, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.transfer(text, text, text, bigint, text, text, text, text) IS
    'moves quantity available units of the sku between two locations at once, and fills open backorders at the second as receive does; returns on_hand after at both. Errors: OM001 not enough available, OM002 depends on an open transaction, OM004 unknown location, 22023 quantity below 1';

CREATE FUNCTION oms.transfer_many(
    from_location text, to_location text, skus text[], quantities bigint[],
    reason text DEFAULT NULL, reference text DEFAULT NULL,
    actor text DEFAULT session_user, request_id text DEFAULT NULL)
RETURNS TABLE (sku text, from_on_hand bigint, to_on_hand bigint)
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 ROWS 100 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_transfer_many';
REVOKE ALL ON FUNCTION oms.transfer_many(text, text, text[], bigint[], text, text, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.transfer_many(text, text, text[], bigint[], text, text, text, text) IS
    'transfers quantities[i] units of skus[i], all or none; a row per element with on_hand after at both. Errors as transfer';

CREATE FUNCTION oms.set_aside(
    location text, sku text, quantity bigint, reason text, reference text DEFAULT NULL,
    actor text DEFAULT session_user, request_id text DEFAULT NULL)
RETURNS TABLE (on_hand bigint, unavailable bigint)
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 ROWS 1 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_set_aside';
REVOKE ALL ON FUNCTION oms.set_aside(text, text, bigint, text, text, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.set_aside(text, text, bigint, text, text, text, text) IS
    'moves quantity units of the sku at the location from sellable to unavailable (damaged, quality control), for a stated reason; a loss of sellable stock as by adjust: where it leaves less than is reserved, reservations lose. A row with both after. Errors: OM001 not so many on hand, OM002 depends on an open transaction, OM004 unknown location, OM010 not the role''s location, 22023 quantity below 1';

CREATE FUNCTION oms.set_aside_many(
    location text, skus text[], quantities bigint[], reason text, reference text DEFAULT NULL,
    actor text DEFAULT session_user, request_id text DEFAULT NULL)
RETURNS TABLE (sku text, on_hand bigint, unavailable bigint)
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 ROWS 100 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_set_aside_many';
REVOKE ALL ON FUNCTION oms.set_aside_many(text, text[], bigint[], text, text, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.set_aside_many(text, text[], bigint[], text, text, text, text) IS
    'set_aside of quantities[i] units of skus[i], all or none; a row per element. Errors as set_aside';

CREATE FUNCTION oms.put_back(
    location text, sku text, quantity bigint, reason text, reference text DEFAULT NULL,
    actor text DEFAULT session_user, request_id text DEFAULT NULL)
RETURNS TABLE (on_hand bigint, unavailable bigint)
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 ROWS 1 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_put_back';
REVOKE ALL ON FUNCTION oms.put_back(text, text, bigint, text, text, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.put_back(text, text, bigint, text, text, text, text) IS
    'moves quantity units of the sku at the location from unavailable to sellable, for a stated reason, and fills open backorders as receive does. A row with both after. Errors: OM001 not so many unavailable, OM002 depends on an open transaction, OM004 unknown location, OM010 not the role''s location, 22023 quantity below 1';

CREATE FUNCTION oms.put_back_many(
    location text, skus text[], quantities bigint[], reason text, reference text DEFAULT NULL,
    actor text DEFAULT session_user, request_id text DEFAULT NULL)
RETURNS TABLE (sku text, on_hand bigint, unavailable bigint)
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 ROWS 100 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_put_back_many';
REVOKE ALL ON FUNCTION oms.put_back_many(text, text[], bigint[], text, text, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.put_back_many(text, text[], bigint[], text, text, text, text) IS
    'put_back of quantities[i] units of skus[i], all or none; a row per element. Errors as put_back';

CREATE FUNCTION oms.scrap(
    location text, sku text, quantity bigint, reason text, reference text DEFAULT NULL,
    actor text DEFAULT session_user, request_id text DEFAULT NULL)
RETURNS TABLE (on_hand bigint, unavailable bigint)
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 ROWS 1 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_scrap';
REVOKE ALL ON FUNCTION oms.scrap(text, text, bigint, text, text, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.scrap(text, text, bigint, text, text, text, text) IS
    'throws away quantity unavailable units of the sku at the location, for a stated reason; sellable ones are set aside first, or lost by adjust. A row with both after. Errors: OM001 not so many unavailable, OM002 depends on an open transaction, OM004 unknown location, OM010 not the role''s location, 22023 quantity below 1';

CREATE FUNCTION oms.scrap_many(
    location text, skus text[], quantities bigint[], reason text, reference text DEFAULT NULL,
    actor text DEFAULT session_user, request_id text DEFAULT NULL)
RETURNS TABLE (sku text, on_hand bigint, unavailable bigint)
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 ROWS 100 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_scrap_many';
REVOKE ALL ON FUNCTION oms.scrap_many(text, text[], bigint[], text, text, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.scrap_many(text, text[], bigint[], text, text, text, text) IS
    'scrap of quantities[i] units of skus[i], all or none; a row per element. Errors as scrap';

CREATE FUNCTION oms.protect_stock(
    location text, sku text, channel text, quantity bigint, until timestamptz DEFAULT 'infinity',
    request_id text DEFAULT NULL)
RETURNS bigint
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_protect_stock';
REVOKE ALL ON FUNCTION oms.protect_stock(text, text, text, bigint, timestamptz, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.protect_stock(text, text, text, bigint, timestamptz, text) IS
    'protects quantity units of the sku at the location: from now until the moment only this channel may take them, and its takes use them first; what it has not taken by then is free for all. Replaces what was left of the channel''s protection there, and returns that; what it took stays taken. May be more than is there: it protects what comes. oms.protected_stock tells what is left. Errors: OM002 an open transaction takes from the protection, OM004 unknown location or channel, 22023 quantity below 1 or until not in the future';

CREATE FUNCTION oms.unprotect_stock(location text, sku text, channel text, request_id text DEFAULT NULL)
RETURNS bigint
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_unprotect_stock';
REVOKE ALL ON FUNCTION oms.unprotect_stock(text, text, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.unprotect_stock(text, text, text, text) IS
    'ends the protection of the sku at the location for the channel: what is left of it is free for all; returns that. Errors: OM002 an open transaction takes from the protection, OM004 unknown location or channel';

CREATE FUNCTION oms.fold_accounts()
RETURNS bigint
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 10000 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_fold_accounts';
REVOKE ALL ON FUNCTION oms.fold_accounts() FROM PUBLIC;
COMMENT ON FUNCTION oms.fold_accounts() IS
    'folds committed deltas into the rows of the accounts (stock, protection, quota, incoming supply, backorders, capacity), for pg_cron; changes no value and waits for nobody; returns the number of accounts folded';
