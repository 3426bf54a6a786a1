-- The contract of the calls: each PREPAREs with untyped parameters, as drivers send them.
BEGIN;
CREATE TEMP TABLE call (n serial, name text, n_leading int, columns text[]);
INSERT INTO call (name, n_leading, columns) VALUES
    ('add_location', 3, NULL), ('add_location_group', 2, NULL), ('add_channel', 5, NULL), ('add_item', 1, NULL), ('add_kit', 3, NULL),
    ('receive', 3, NULL), ('receive_many', 3, NULL), ('adjust', 4, NULL), ('adjust_many', 4, NULL),
    ('set_on_hand', 3, NULL), ('set_aside', 4, '{on_hand,unavailable}'), ('return_line', 4, '{return_id,line_no,sku,location,quantity,condition,on_hand,unavailable}'), ('return_lines', 3, NULL),
    ('exchange', 5, '{line_no,sku,location,quantity,reservation_id,status,promise_at}'), ('open_transfer', 5, '{transfer_id,sku,quantity,held,shipped,received,returned,difference}'), ('ship_transfer', 3, NULL), ('receive_transfer', 3, NULL),
    ('cancel_transfer', 1, NULL), ('stock_history', 2, NULL), ('order_history', 1, NULL), ('fulfillment_history', 1, NULL), ('open_count', 7, NULL), ('record_count', 3, '{sku,status,counted,expected,variance}'), ('record_count_many', 3, NULL),
    ('accept_count', 2, '{sku,counted,variance,on_hand}'), ('reject_count', 2, NULL), ('close_count', 1, NULL), ('count_sheet', 1, NULL), ('put_back', 4, NULL), ('scrap', 4, NULL),
    ('set_aside_many', 4, '{sku,on_hand,unavailable}'), ('put_back_many', 4, NULL), ('scrap_many', 4, NULL), ('set_on_hand_many', 3, NULL), ('transfer', 4, NULL), ('transfer_many', 4, NULL),
    ('available', 2, NULL), ('atp', 4, NULL), ('atp_many', 2, '{sku,atp}'),
    ('atp_by_location', 2, '{location,on_hand,reserved,safety_stock,atp}'),
    ('reserve', 10, '{line_no,sku,location,quantity,reservation_id,expires_at,backorder_id}'),
    ('reserve_many', 10, '{line_no,sku,location,quantity,reservation_id,expires_at,backorder_id}'),
    ('reserve_cart', 9, '{line_no,sku,location,quantity,reservation_id,expires_at,backorder_id}'),
    ('try_reserve', 10, '{line_no,sku,requested,reserved,available,status}'),
    ('try_reserve_many', 10, '{line_no,sku,requested,reserved,available,status}'),
    ('try_reserve_cart', 9, '{line_no,sku,requested,reserved,available,status}'),
    ('confirm', 1, NULL), ('extend', 2, NULL), ('release', 1, NULL), ('consume', 2, NULL),
    ('confirm_many', 1, NULL), ('extend_many', 2, NULL), ('release_many', 1, NULL), ('consume_many', 2, NULL),
    ('add_incoming', 5, '{reference,location,sku,quantity,expected_at,status,outstanding,claimed}'), ('add_incoming_many', 5, NULL),
    ('change_incoming', 5, NULL), ('cancel_incoming', 3, NULL), ('receive_incoming', 4, '{sku,on_hand,filled,held_back,received,outstanding}'),
    ('receive_incoming_many', 4, NULL), ('release_hold_back', 2, NULL), ('add_backorder_limit', 3, NULL),
    ('projection', 2, '{at,incoming,backordered,projected,atp}'), ('expected_supply', 2, NULL), ('available_on', 2, NULL), ('earliest', 2, NULL),
    ('release_backorder', 1, '{backorder_id,sku,quantity,filled,status}'), ('fill_backorders', 0, NULL), ('resolve_shortfalls', 2, NULL), ('grant_role_to', 3, NULL), ('revoke_role_from', 1, NULL), ('sees_location', 1, NULL),
    ('place_order', 9, '{line_no,sku,location,quantity,reservation_id,status,promise_at}'),
    ('place_order_lines', 3, '{line_no,sku,location,quantity,reservation_id,status,promise_at}'),
    ('cancel_order', 1, NULL), ('cancel_order_many', 1, '{order_id,line_no,sku,location,quantity}'), ('route', 0, '{run_id}'), ('route_one', 1, '{run_id}'), ('explain_route', 1, NULL),
    ('next_actions', 1, '{action,to_status}'), ('work_list', 1, '{fulfillment_id,order_id,due_at}'),
    ('claim_work', 3, '{fulfillment_id,order_id,due_at,claimed_until}'), ('release_work', 0, NULL),
    ('pick_list', 2, '{bin,sku,units,fulfillments,quantities}'),
    ('accept', 1, '{fulfillment_id,status}'), ('accept_many', 1, '{fulfillment_id,status}'), ('pick', 3, '{fulfillment_id,status}'),
    ('pick_many', 1, '{fulfillment_id,status}'), ('pack', 1, '{fulfillment_id,status}'), ('pack_many', 1, '{fulfillment_id,status}'),
    ('unpack', 1, '{fulfillment_id,status}'), ('unpack_many', 1, '{fulfillment_id,status}'), ('ship', 1, '{fulfillment_id,status}'),
    ('ship_many', 1, '{fulfillment_id,status}'), ('ready', 1, '{fulfillment_id,status}'), ('ready_many', 1, '{fulfillment_id,status}'),
    ('hand_over', 3, '{fulfillment_id,status}'), ('hand_over_many', 1, '{fulfillment_id,status}'),
    ('reject', 3, '{fulfillment_id,order_id,sku,quantity,cause,status,moved,backordered}'),
    ('reject_many', 2, '{fulfillment_id,order_id,sku,quantity,cause,status,moved,backordered}'), ('count_stock', 3, '{on_hand,variance}'),
    ('enforce_time_limits', 0, '{action,fulfillment_id,order_id,location}'),
    ('cancel_line', 3, '{line_no,sku,location,quantity,was}'), ('cancel_fulfillment', 1, '{fulfillment_id,status}'),
    ('cancel_fulfillment_many', 1, '{fulfillment_id,status}'), ('change_quantity', 3, '{line_no,sku,location,quantity,was}'),
    ('change_destination', 2, NULL), ('issue_code', 1, NULL),
    ('hold_order', 4, '{hold_id,line_no,reason,placed_at,released_at}'), ('release_order_hold', 2, '{hold_id,released_at}'),
    ('plan_routes', 8, '{order_id,line_no,location,quantity,shipment,cost}'),
    ('plan_summary', 0, '{cost,lower_bound,gap,shipments,unfilled,late,stop_reason}'),
    ('recommend_safety_stock', 2, '{sku,location,recommended}'), ('apply_safety_stock_recommendation', 2, '{sku,location,safety_stock}'),
    ('refresh_confidence', 0, NULL), ('count_suggestions', 1, '{sku,on_hand,confidence,at_risk}'),
    ('withhold_by_confidence', 3, '{change,location,sku,confidence,safety_stock}'),
    ('add_source', 5, '{source,lag,on_missing}'), ('ingest', 3, '{row_no,outcome,reason,first_outcome,change}'),
    ('ingest_many', 5, '{row_no,outcome,reason,first_outcome,change}'), ('ingest_table', 3, '{outcome,rows,units}'),
    ('retry_exceptions', 0, '{source,kind,outcome,reason,change}'), ('resolve_exception', 2, '{source,kind,outcome,reason,change}'), ('forget_events', 1, NULL),
    ('reconcile', 2, '{sku,location,as_of,stated,ledger,on_hand,difference,corrected,cause,repair_units,reason,event_ids,movement_ids,exception_id}'),
    ('add_consumer', 2, NULL), ('poll_changes', 2, '{event,key,sku,location,order_id,channel,quantity,status,at,transaction}'),
    ('poll_availability', 2, '{channel,sku,atp,shown,bucket}'), ('acknowledge', 1, NULL), ('seek_consumer', 2, NULL), ('drop_consumer', 1, NULL),
    ('notify_consumers', 0, NULL), ('schedule_defaults', 2, '{job,schedule,command,outcome,statement}'), ('unschedule_defaults', 1, '{job,outcome,statement}'),
    ('assess', 0, '{question,verdict,finding,numbers,advice}'), ('check', 1, '{invariant,key,detail}'), ('check_changes', 0, '{invariant,key,detail}'), ('repair', 3, '{invariant,key,detail,action,repaired}'), ('archive', 4, '{table_name,contents}'), ('compare_solvers', 0, '{solver}'),
    ('compare_policies', 3, '{measure,location,a,b,difference}');

-- prepared(name, n) prepares a call with n untyped parameters and returns the error, if any.
CREATE FUNCTION pg_temp.prepared(name text, n int) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('PREPARE contract AS SELECT * FROM oms.%I(%s)', name,
                   (SELECT string_agg('$' || i, ', ') FROM generate_series(1, n) AS i));
    DEALLOCATE contract;
    RETURN NULL;
EXCEPTION WHEN OTHERS THEN
    RETURN SQLERRM;
END $$;

SELECT plan((SELECT 2 * count(*) + count(columns) FROM call)::int);
SELECT is(pg_temp.prepared(name, n_leading), NULL, format('%s prepares with its %s leading parameters', name, n_leading)) FROM call ORDER BY n;
SELECT is(pg_temp.prepared(name, (SELECT max(pronargs) FROM pg_proc WHERE proname = name AND pronamespace = 'oms'::regnamespace)),
          NULL, format('%s prepares with all parameters', name)) FROM call ORDER BY n;
SELECT ok(COALESCE((SELECT columns <@ CASE WHEN t.typrelid <> 0 THEN ARRAY(SELECT attname::text FROM pg_attribute WHERE attrelid = t.typrelid)
                                  ELSE p.proargnames END
             FROM pg_proc AS p JOIN pg_type AS t ON t.oid = p.prorettype
            WHERE p.proname = name AND p.pronamespace = 'oms'::regnamespace), false),
          format('%s returns %s', name, columns))
  FROM call WHERE columns IS NOT NULL ORDER BY n;
SELECT * FROM finish();
ROLLBACK;
