-- Timelines: complete, in order, bounded; of what is unknown there is none.
BEGIN;
\ir include/shop.psql
SELECT pg_temp.shop();
SELECT no_plan();
SELECT oms.receive('near', 'A', 10, actor => 'Ann'), oms.add_item('B') \g /dev/null
SELECT oms.place_order('o', 'web', '{A,B}', '{2,1}', '40.7,-74', on_shortage => 'backorder') \g /dev/null
SELECT oms.reserve('web', 'A', 1, expires_in => '50 ms', cart_id => 'c') \g /dev/null
SELECT pg_sleep(0.06) \g /dev/null
SELECT clock_timestamp() AS moment \gset
SELECT oms.set_aside('near', 'A', 3, 'damaged', 'ticket 1', 'Bob') \g /dev/null
SELECT oms.route() \g /dev/null
SELECT max(fulfillment_id) AS f FROM oms.fulfillment \gset
SELECT oms.reject(:f, 'store busy', 'A', 1, actor => 'Cem') \g /dev/null
SELECT oms.cancel_order('o', 'changed his mind', 'Dee') \g /dev/null
SELECT is((SELECT string_agg(what, ' ') FROM oms.stock_history('A', 'near')), 'receive reserve reserve expire set_aside reject release', 'of a sku');
SELECT is((SELECT string_agg(concat_ws('/', what, on_hand, unavailable, actor), ' ') FROM oms.stock_history('A', 'near') WHERE on_hand IS NOT NULL), 'receive/10/0/Ann set_aside/7/3/Bob', 'with what is there after');
SELECT is((SELECT count(*) FROM oms.stock_history('A', 'near', since => :'moment')), 3::bigint, 'since a moment');
SELECT is((SELECT string_agg(on_hand::text, ' ') FROM oms.stock_history('A', 'near', since => :'moment')), '7', 'the sums are of all');
SELECT is((SELECT count(*) FROM oms.stock_history('A', 'near', until => :'moment')), 4::bigint, 'until then');
SELECT is((SELECT count(*) FROM oms.stock_history('A', 'far')) + (SELECT count(*) FROM oms.stock_history('Z', 'near')) + (SELECT count(*) FROM oms.stock_history(NULL, NULL)), 0::numeric::bigint, 'nothing, nothing happened');
SELECT is((SELECT sum(quantity) FILTER (WHERE on_hand IS NOT NULL) FROM oms.stock_history('A', 'near')), (SELECT on_hand FROM oms.inventory WHERE sku = 'A' AND location = 'near')::numeric, 'movements add up');
SELECT is((SELECT string_agg(what, ' ') FROM oms.order_history('o')), 'place place backorder route backorder reject rejected cancel cancel order', 'of an order');
SELECT is((SELECT actor || ' ' || detail FROM oms.order_history('o') WHERE what = 'cancel order'), 'Dee changed his mind', 'with who and why');
SELECT is((SELECT string_agg(what || ':' || COALESCE(status, ''), ' ') FROM oms.fulfillment_history(:f)), 'assign:assigned reject:assigned rejected: cancel:cancelled', 'of a fulfillment');
SELECT is((SELECT count(*) FROM oms.order_history('nobody')) + (SELECT count(*) FROM oms.fulfillment_history(-1)) + (SELECT count(*) FROM oms.order_history(NULL)) + (SELECT count(*) FROM oms.fulfillment_history(NULL)), 0::numeric::bigint, 'of nobody none');
SELECT * FROM finish();
ROLLBACK;
