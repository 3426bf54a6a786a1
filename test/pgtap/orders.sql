-- place_order, place_order_lines, cancel_order: what they refuse, and that a refusal changes nothing.
BEGIN;
\ir include/shop.psql
SELECT pg_temp.shop();
SELECT oms.receive('near', 'A', 10), oms.receive('far', 'A', 10), oms.receive('far', 'B', 5) \g /dev/null
SELECT oms.add_item('pair', quantity_step => 2) \g /dev/null
SELECT oms.receive('near', 'pair', 10) \g /dev/null

CREATE TEMP TABLE bad (n serial, state text, statement text);
INSERT INTO bad (state, statement) VALUES
    ('22004', $$SELECT oms.place_order(NULL, 'web', '{A}', '{1}')$$),
    ('22023', $$SELECT oms.place_order('', 'web', '{A}', '{1}')$$),
    ('22004', $$SELECT oms.place_order('x', NULL, '{A}', '{1}')$$),
    ('OM004', $$SELECT oms.place_order('x', 'none', '{A}', '{1}')$$),
    ('OM004', $$SELECT oms.place_order('x', 'web', '{none}', '{1}')$$),
    ('OM004', $$SELECT oms.place_order('x', 'web', '{A,none}', '{1,1}', on_shortage => 'partial')$$),
    ('22004', $$SELECT oms.place_order('x', 'web', NULL, '{1}')$$),
    ('22004', $$SELECT oms.place_order('x', 'web', '{A,NULL}', '{1,1}')$$),
    ('22004', $$SELECT oms.place_order('x', 'web', '{A}', '{NULL}')$$),
    ('22023', $$SELECT oms.place_order('x', 'web', '{""}', '{1}')$$),
    ('22023', $$SELECT oms.place_order('x', 'web', '{}', '{}')$$),
    ('2202E', $$SELECT oms.place_order('x', 'web', '{A,B}', '{1}')$$),
    ('22023', $$SELECT oms.place_order('x', 'web', '{A}', '{0}')$$),
    ('22023', $$SELECT oms.place_order('x', 'web', '{A}', '{-1}')$$),
    ('22003', $$SELECT oms.place_order('x', 'web', '{A,A}', '{9223372036854775807,1}')$$),
    ('OM001', $$SELECT oms.place_order('x', 'web', '{A}', '{9223372036854775807}')$$),
    ('OM001', $$SELECT oms.place_order('x', 'web', '{A,B}', '{1,6}')$$),
    ('OM010', $$SELECT oms.place_order('x', 'web', '{pair}', '{3}')$$),
    ('OM010', $$SELECT oms.place_order('x', 'web', '{pair}', '{3}', on_shortage => 'partial')$$),
    ('22004', $$SELECT oms.place_order('x', 'web', '{A}', '{1}', service => NULL)$$),
    ('22023', $$SELECT oms.place_order('x', 'web', '{A}', '{1}', service => '')$$),
    ('22023', $$SELECT oms.place_order('x', 'web', '{A}', '{1}', priority => 5)$$),
    ('22023', $$SELECT oms.place_order('x', 'web', '{A}', '{1}', priority => -1)$$),
    ('22023', $$SELECT oms.place_order('x', 'web', '{A}', '{1}', on_shortage => 'some')$$),
    ('22023', $$SELECT oms.place_order('x', 'web', '{A}', '{1}', cart_id => '')$$),
    ('22P02', $$SELECT oms.place_order('x', 'web', '{A}', '{1}', ship_to => 'here')$$),
    ('22004', $$SELECT oms.place_order_lines('x', 'web', NULL)$$),
    ('22023', $$SELECT oms.place_order_lines('x', 'web', '{"sku": "A", "quantity": 1}')$$),
    ('22023', $$SELECT oms.place_order_lines('x', 'web', '"A"')$$),
    ('22023', $$SELECT oms.place_order_lines('x', 'web', '[]')$$),
    ('22023', $$SELECT oms.place_order_lines('x', 'web', '["A"]')$$),
    ('22023', $$SELECT oms.place_order_lines('x', 'web', '[["sku", "A"]]')$$),
    ('22023', $$SELECT oms.place_order_lines('x', 'web', '[{"sku": "A"}]')$$),
    ('22023', $$SELECT oms.place_order_lines('x', 'web', '[{"quantity": 1}]')$$),
    ('22023', $$SELECT oms.place_order_lines('x', 'web', '[{"sku": null, "quantity": 1}]')$$),
    ('22023', $$SELECT oms.place_order_lines('x', 'web', '[{"sku": "A", "quantity": null}]')$$),
    ('22023', $$SELECT oms.place_order_lines('x', 'web', '[{"sku": "A", "quantity": "1"}]')$$),
    ('22023', $$SELECT oms.place_order_lines('x', 'web', '[{"sku": "A", "quantity": 0}]')$$),
    ('22023', $$SELECT oms.place_order_lines('x', 'web', '[{"sku": "A", "quantity": 1.5}]')$$),
    ('22023', $$SELECT oms.place_order_lines('x', 'web', '[{"sku": "A", "quantity": 9223372036854775808}]')$$),
    ('22023', $$SELECT oms.place_order_lines('x', 'web', '[{"sku": "A", "quantity": 1, "size": 3}]')$$),
    ('22023', $$SELECT oms.place_order_lines('x', 'web', '[{"sku": "A", "quantity": 1, "line_no": 0}]')$$),
    ('22023', $$SELECT oms.place_order_lines('x', 'web', '[{"sku": "A", "quantity": 1, "line_no": 2147483648}]')$$),
    ('22023', $$SELECT oms.place_order_lines('x', 'web', '[{"sku": "A", "quantity": 1, "line_no": 2}, {"sku": "B", "quantity": 1}]')$$),
    ('22023', $$SELECT oms.place_order_lines('x', 'web', '[{"sku": "A", "quantity": 1, "unit_value": -1}]')$$),
    ('22023', $$SELECT oms.place_order_lines('x', 'web', '[{"sku": "A", "quantity": 1, "keep_together": true}]')$$),
    ('22007', $$SELECT oms.place_order_lines('x', 'web', '[{"sku": "A", "quantity": 1, "promise_at": "soon"}]')$$),
    ('OM004', $$SELECT oms.place_order_lines('x', 'web', '[{"sku": "A", "quantity": 1, "location": "none"}]')$$),
    ('OM010', $$SELECT oms.place_order_lines('x', 'web', '[{"sku": "A", "quantity": 1, "location": "other"}]')$$),
    ('OM001', $$SELECT oms.place_order_lines('x', 'web', '[{"sku": "B", "quantity": 1, "location": "near"}]')$$),
    ('22004', $$SELECT oms.cancel_order(NULL)$$),
    ('OM004', $$SELECT oms.cancel_order('none')$$);

SELECT plan(23 + (SELECT count(*)::int FROM bad));

SELECT is(pg_temp.state(statement), state, statement) FROM bad ORDER BY n;
SELECT throws_like($$SELECT oms.place_order_lines('x', 'web', '[{"sku": "A", "quantity": 1}, {"sku": "A", "quantity": -2}]')$$,
                   '%element 2%', 'a bad element is named');
SELECT is_empty('SELECT * FROM oms.orders', 'no refusal left an order');
SELECT is_empty('SELECT * FROM oms.order_line_row', 'nor a line');
SELECT is_empty($$SELECT * FROM oms.reservation WHERE status IN ('hold', 'firm')$$, 'nor a reservation');

-- Defaults
SELECT oms.place_order(id, 'web', '{A}', '{1}', service => service)
  FROM (VALUES ('p1', 'same_day'), ('p2', 'next_day'), ('p3', 'economy'), ('p4', 'pickup')) AS v (id, service) \g /dev/null
SELECT results_eq($$SELECT priority, method FROM oms.orders ORDER BY order_id$$,
                  $$VALUES (0, 'ship'), (1, 'ship'), (2, 'ship'), (2, 'pickup')$$, 'priority and method follow from the service');
SELECT is((SELECT count(*)::int FROM oms.orders WHERE placed_at = now() AND actor = session_user), 4,
          'placed now, by the session''s user');
SELECT is((SELECT locations FROM oms.order_line WHERE order_id = 'p4'), '{near}', 'a pickup is held where it can be handed over');
SELECT throws_ok($$SELECT oms.place_order('p1', 'web', '{A}', '{1}')$$, 'OM005', 'order "p1" exists', 'an order is placed once');

-- Lines of the same sku share what there is; the sum of the rows is what was ordered.
SELECT results_eq($$SELECT line_no, location, quantity, status FROM oms.place_order_lines('two', 'web',
                        '[{"sku": "B", "quantity": 4}, {"sku": "B", "quantity": 4}, {"sku": "A", "quantity": 1, "location": "far", "keep_together": null}]',
                        on_shortage => 'partial')$$,
                  $$VALUES (1, 'far', 4::bigint, 'reserved'), (2, 'far', 1, 'partial'), (2, NULL, 3, 'unfilled'), (3, 'far', 1, 'reserved')$$,
                  'two lines of a sku that is short');
SELECT results_eq($$SELECT status, reserved, unfilled FROM oms.order_line WHERE order_id = 'two' ORDER BY line_no$$,
                  $$VALUES ('reserved', 4::bigint, 0::bigint), ('partial', 1, 3), ('reserved', 1, 0)$$, 'the view says the same');
SELECT results_eq($$SELECT line_no, location, quantity, status FROM oms.place_order('none left', 'web', '{B}', '{2}', on_shortage => 'partial')$$,
                  $$VALUES (1, NULL::text, 2::bigint, 'unfilled')$$, 'an order of which nothing can be had is recorded');
SELECT is((SELECT status FROM oms.order_line WHERE order_id = 'none left'), 'unfilled', 'its line is unfilled');
SELECT results_eq($$SELECT * FROM oms.cancel_order('none left')$$,
                  $$VALUES (1, 'B', NULL::text, 0::bigint, 'cancelled')$$, 'and can be cancelled');

-- Carts
SELECT oms.reserve_many('web', '{A,A}', '{2,1}', location => 'far', expires_in => '1 hour', cart_id => 'c') \g /dev/null
SELECT is((SELECT sum(quantity) FROM oms.place_order('c1', 'web', '{A}', '{2}', cart_id => 'c')), 2::numeric, 'an order takes over its cart');
SELECT is((SELECT sum(quantity) FROM oms.reservation WHERE cart_id = 'c' AND status IN ('hold', 'firm')), 2::numeric,
          'and what it does not want is released');

-- Orders and their reservations
SELECT throws_ok(format('SELECT oms.release(%s)', reservation_id), 'OM005', NULL, 'what an order holds is released by cancelling it')
  FROM oms.reservation WHERE order_id = 'p1';
SELECT oms.consume(reservation_id) FROM oms.reservation WHERE order_id = 'p1' \g /dev/null
SELECT is((SELECT status FROM oms.orders WHERE order_id = 'p1'), 'completed', 'an order of which everything has left is completed');
SELECT throws_ok($$SELECT oms.cancel_order('p1')$$, 'OM005', 'order "p1" cannot be cancelled any more', 'and cannot be cancelled');
SELECT oms.cancel_order('p2', reason => 'late', request_id => 'r') \g /dev/null
SELECT results_eq($$SELECT line_no, sku, quantity, status FROM oms.cancel_order('p2', reason => 'late', request_id => 'r')$$,
                  $$VALUES (1, 'A', 1::bigint, 'cancelled')$$, 'a repeated request returns the first result');
SELECT throws_ok($$SELECT oms.cancel_order('p2')$$, 'OM005', 'order "p2" is already cancelled', 'an order is cancelled once');
SELECT throws_ok($$SELECT oms.place_order('p2', 'web', '{A}', '{1}')$$, 'OM005', NULL, 'a cancelled order is not placed again');
SELECT throws_ok('TRUNCATE oms.order_line_row', 'OM011', NULL, 'TRUNCATE is refused');

SELECT is_empty('SELECT * FROM oms.check()', 'oms.check() finds nothing');
SELECT * FROM finish();
ROLLBACK;
