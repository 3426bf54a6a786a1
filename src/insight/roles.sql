-- Who may do what: levels of rights, in one list; and what a store sees of the views.

-- What a location sees: the views of its rows. Barriers, so that no condition of a client looks behind them.
CREATE VIEW oms.store_inventory WITH (security_barrier) AS
SELECT i.* FROM oms.inventory i WHERE oms.sees_location(i.location);
COMMENT ON VIEW oms.store_inventory IS 'oms.inventory of the locations that the role sees (oms.role_location)';
CREATE VIEW oms.store_movement WITH (security_barrier) AS
SELECT m.* FROM oms.movement m WHERE oms.sees_location(m.location);
COMMENT ON VIEW oms.store_movement IS 'oms.movement of the locations that the role sees';
CREATE VIEW oms.store_incoming WITH (security_barrier) AS
SELECT i.* FROM oms.incoming i WHERE oms.sees_location(i.location);
COMMENT ON VIEW oms.store_incoming IS 'oms.incoming of the locations that the role sees';
CREATE VIEW oms.store_work WITH (security_barrier) AS
SELECT w.* FROM oms.work w WHERE oms.sees_location(w.location);
COMMENT ON VIEW oms.store_work IS 'oms.work of the locations that the role sees';
CREATE VIEW oms.store_fulfillment WITH (security_barrier) AS
SELECT f.* FROM oms.fulfillment f WHERE oms.sees_location(f.location);
COMMENT ON VIEW oms.store_fulfillment IS 'oms.fulfillment of the locations that the role sees';
CREATE VIEW oms.store_fulfillment_line WITH (security_barrier) AS
SELECT f.location, l.* FROM oms.fulfillment_row f
  JOIN oms.fulfillment_line l ON l.order_id = f.order_id AND l.fulfillment_id = f.fulfillment_id
 WHERE oms.sees_location(f.location);
COMMENT ON VIEW oms.store_fulfillment_line IS 'oms.fulfillment_line of the locations that the role sees';
CREATE VIEW oms.store_rejection WITH (security_barrier) AS
SELECT r.* FROM oms.rejection r WHERE oms.sees_location(r.location);
COMMENT ON VIEW oms.store_rejection IS 'oms.rejection of the locations that the role sees';
CREATE VIEW oms.store_shortfall WITH (security_barrier) AS
SELECT s.* FROM oms.shortfall s WHERE oms.sees_location(s.location);
COMMENT ON VIEW oms.store_shortfall IS 'oms.shortfall of the locations that the role sees';
CREATE VIEW oms.store_count_task WITH (security_barrier) AS
SELECT c.* FROM oms.count_task c WHERE oms.sees_location(c.location);
COMMENT ON VIEW oms.store_count_task IS 'oms.count_task of the locations that the role sees';

CREATE VIEW oms.store_count_session WITH (security_barrier) AS
SELECT s.* FROM oms.count_session s WHERE oms.sees_location(s.location);
COMMENT ON VIEW oms.store_count_session IS 'oms.count_session of the locations that the role sees; oms.count_sheet has the lines';

CREATE VIEW oms.store_returned WITH (security_barrier) AS
SELECT r.* FROM oms.returned r WHERE oms.sees_location(r.location);
COMMENT ON VIEW oms.store_returned IS 'oms.returned of the locations that the role sees';

CREATE VIEW oms.store_transfer WITH (security_barrier) AS
SELECT t.from_location AS location, l.*, t.from_location, t.to_location, t.status, t.expected_at
  FROM oms.transfer_order t JOIN oms.transfer_line l ON l.transfer_id = t.transfer_id
 WHERE oms.sees_location(t.from_location)
UNION ALL
SELECT t.to_location, l.*, t.from_location, t.to_location, t.status, t.expected_at
  FROM oms.transfer_order t JOIN oms.transfer_line l ON l.transfer_id = t.transfer_id
 WHERE oms.sees_location(t.to_location);
COMMENT ON VIEW oms.store_transfer IS
    'lines of transfers from and to the locations that the role sees (location: which of the two): what is to be sent, and what is on its way';

-- The list. A function by its name; test/pgtap/roles.sql holds it complete. What a level store may
-- call looks at the location (network/access.c). admin may do everything.
CREATE VIEW oms.role_right AS
SELECT r.kind, u.name, r.privileges, r.levels || '{admin}'::text[] AS levels
  FROM (VALUES
    -- reading
    ('function', 'EXECUTE', '{reader,seller,planner}'::text[],
     'atp,atp_by_location,atp_feed,atp_many,available,capacity_use,count_suggestions,draw_availability,draw_run,'
     'draw_stores,expected_supply,explain_availability,explain_route,explain_safety_stock,leave_by,nice_step,'
     'order_history,picture,picture_text,projection,promise,safety_stock_at,shipping'),
    ('function', 'EXECUTE', '{reader,seller,store,planner}',
     'count_sheet,fulfillment_history,next_actions,pick_list,sees_location,stock_history,work_list'),
    -- selling, and what customers change their minds about
    ('function', 'EXECUTE', '{seller}',
     'cancel_line,cancel_order,cancel_order_many,change_destination,change_quantity,confirm,confirm_many,consume,'
     'consume_many,extend,extend_many,hold_order,place_order,place_order_lines,release,release_backorder,release_many,'
     'release_order_hold,reserve,reserve_cart,reserve_many,try_reserve,try_reserve_cart,try_reserve_many'),
    -- the work of a location
    ('function', 'EXECUTE', '{store}',
     'accept,accept_count,accept_many,adjust,adjust_many,cancel_fulfillment,cancel_fulfillment_many,claim_work,'
     'close_count,count_stock,hand_over,hand_over_many,issue_code,open_count,pack,pack_many,pick,pick_many,put_back,'
     'put_back_many,ready,ready_many,receive,receive_incoming,receive_incoming_many,receive_many,record_count,'
     'record_count_many,reject,reject_count,reject_many,release_hold_back,release_work,scrap,scrap_many,set_aside,'
     'set_aside_many,set_on_hand,set_on_hand_many,ship,ship_many,unpack,unpack_many'),
    ('function', 'EXECUTE', '{seller,store}',
     'exchange,return_line,return_lines'),
    -- planning: what is promised, routed and kept back
    ('function', 'EXECUTE', '{planner}',
     'acknowledge,activate_policy,add_backorder_limit,add_capacity,add_carrier_rate,add_carrier_service,add_incoming,'
     'add_incoming_many,add_policy,add_quota,add_routing,add_rule,add_safety_stock_rule,add_service,add_zone,'
     'apply_safety_stock_recommendation,assess,cancel_incoming,cancel_overdue,change_incoming,compare_policies,'
     'compare_solvers,fill_backorders,ingest,ingest_many,ingest_table,plan_candidates,plan_prices,plan_routes,'
     'plan_summary,poll_availability,poll_changes,progress,protect_stock,query_rows,recommend_safety_stock,reconcile,'
     'refresh_confidence,reroute,resolve_exception,resolve_shortfalls,retry_exceptions,route,route_one,simulate,'
     'transfer,transfer_many,transfer_reservation,transfer_reservation_many,unprotect_stock,withhold_by_confidence'),
    -- the network and the machinery
    ('function', 'EXECUTE', '{}',
     'account_difference,add_channel,add_consumer,add_item,add_kit,add_location,add_location_group,add_size_run,'
     'add_source,archive,capacity_accounts,check,check_accounts,check_changes,check_ledger,check_orders,check_rest,'
     'check_stock,check_supply,check_work,drop_consumer,enforce_time_limits,expire_holds,feed_moment,fold_accounts,'
     'forget_events,forget_requests,grant_role_to,notify_consumers,past_held,past_inventory,repair,reset_statistics,'
     'revoke_role_from,schedule_defaults,seek_consumer,unschedule_defaults'),
    ('relation', 'SELECT', '{reader,seller,planner}',
     'backorder,backorder_claim,backorder_limit,bin,capacity,carrier_rate,carrier_service,channel,confidence,'
     'confidence_setting,consumer,count_line,count_session,count_task,deadline,decision,feed_event,feed_exception,'
     'fulfillment,fulfillment_event,fulfillment_line,hold_back,incoming,inventory,inventory_by_sku,kit_component,'
     'location,location_exclusion,location_group,location_group_member,location_performance,movement,oms_stat_account,'
     'oms_stat_feed,oms_stat_reservation,oms_stat_routing,oms_stat_wait,oms_stat_work,order_facts,order_hold,'
     'order_line,orders,policy,policy_routing,policy_rule,protected_stock,quota,quota_use,rejection,reservation,'
     'return_window,returned,role_right,routing_price,routing_run,safety_stock_rule,service,service_due,shortfall,'
     'size_run,source,time_limit,transfer_line,transfer_order,work,zone'),
    ('relation', 'SELECT', '{reader,seller,store,planner}',
     'fulfillment_transition,item,reject_reason'),
    ('relation', 'SELECT', '{store}',
     'store_count_session,store_count_task,store_fulfillment,store_fulfillment_line,store_incoming,store_inventory,'
     'store_movement,store_rejection,store_returned,store_shortfall,store_transfer,store_work'),
    ('relation', 'INSERT, UPDATE, DELETE', '{planner}',
     'backorder_limit,capacity,carrier_rate,carrier_service,confidence_setting,location_exclusion,quota,return_window,'
     'safety_stock_rule,service,time_limit,zone'),
    ('relation', 'SELECT', '{}',
     'default_job'),
    ('relation', 'SELECT, INSERT, UPDATE, DELETE', '{}',
     'bin,channel,fulfillment_transition,item,kit_component,location,location_group,location_group_member,'
     'reject_reason,role_location,size_run,source'),
    ('function', 'EXECUTE', '{store,planner}',
     'cancel_transfer,open_transfer,receive_transfer,ship_transfer')
    ) AS r (kind, privileges, levels, names)
 CROSS JOIN LATERAL pg_catalog.unnest(pg_catalog.string_to_array(r.names, ',')) AS u (name);
COMMENT ON VIEW oms.role_right IS
    'who may do what: the privileges on each function (by name) and relation of oms that oms.grant_role_to grants to the levels reader, seller, store, planner and admin';

CREATE FUNCTION oms.grant_role_to(role text, level text, locations text[] DEFAULT NULL)
RETURNS bigint
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 10000 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_grant_role_to';
REVOKE ALL ON FUNCTION oms.grant_role_to(text, text, text[]) FROM PUBLIC;
COMMENT ON FUNCTION oms.grant_role_to(text, text, text[]) IS
    'grants a role what the level needs, and no more: reader reads everything, seller reserves and places orders, store does the work of locations, planner routes and plans, admin may do all and lets others in (oms.role_right is the list); with locations binds it to these (oms.role_location): it, and its members, see and touch no others, by the functions of the level and the views store_…; more levels and locations add up. Returns the number of grants. Errors: 22023 unknown level, 42704 unknown role, OM004 unknown location';

CREATE FUNCTION oms.revoke_role_from(role text)
RETURNS bigint
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 10000 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_revoke_role_from';
REVOKE ALL ON FUNCTION oms.revoke_role_from(text) FROM PUBLIC;
COMMENT ON FUNCTION oms.revoke_role_from(text) IS
    'takes from a role what oms.grant_role_to granted it, of all levels, and its locations; returns the number of revokes. Error: 42704 unknown role';
