-- oms.route_one and the prices it goes by: what it refuses, what it leaves alone, which prices count and which are kept.
BEGIN;
\ir include/shop.psql
SELECT pg_temp.shop();
SELECT plan(54);

CREATE FUNCTION pg_temp.held(which text) RETURNS text LANGUAGE sql AS
    $$SELECT string_agg(location || ':' || quantity, ' ' ORDER BY location)
        FROM (SELECT location, sum(quantity - consumed) AS quantity FROM oms.reservation WHERE order_id = which AND status = 'firm' GROUP BY location) r$$;
CREATE FUNCTION pg_temp.place(which text, ship_to oms.latlon DEFAULT '39.96,-83.0', units int DEFAULT 1, sku text DEFAULT 'A') RETURNS text LANGUAGE sql AS
    $$SELECT location FROM oms.place_order(which, 'web', ARRAY[sku], ARRAY[units]::bigint[], ship_to)$$;
-- prices(): those kept, and of which run, as measure:location:sku
CREATE FUNCTION pg_temp.prices() RETURNS text LANGUAGE sql AS
    $$SELECT string_agg(concat_ws(':', measure, location, sku), ' ' ORDER BY measure, location, sku) FROM oms.routing_price$$;

-- Before any run it is route, of one order
SELECT oms.receive('near', 'A', 1), oms.receive('far', 'A', 5) \g /dev/null
SELECT is(pg_temp.place('c'), 'near', 'an order of Ohio is promised the near unit');
SELECT is((SELECT moved_units || ' ' || orders FROM oms.route_one('c')), '0 1', 'with no prices it keeps it');
SELECT is((SELECT status FROM oms.fulfillment WHERE order_id = 'c'), 'assigned', 'its work is assigned');
SELECT is((SELECT reason FROM oms.explain_route('c') WHERE verdict = 'chosen'), 'handling 0 + shipment 5 + distance 7.6816 + late 0', 'at its own costs');
SELECT is(pg_temp.prices(), NULL, 'it leaves no prices');
SELECT is((SELECT options FROM oms.routing_run), '{"stored_prices": true}'::jsonb, 'the run says what it goes by');

-- What it refuses
SELECT is(pg_temp.state(call), state, call) FROM (VALUES
    ($$SELECT oms.route_one('none')$$, 'OM004'), ($$SELECT oms.route_one(NULL)$$, '22004'), ($$SELECT oms.route_one('')$$, '22023'),
    ($$SELECT oms.route_one('c', options => NULL)$$, '22004'),
    ($$SELECT oms.route_one('c', policy => 'none')$$, 'OM004'), ($$SELECT oms.route_one('c', options => '[]')$$, '22023'),
    ($$SELECT oms.route_one('c', options => '{"stored_prices": 1}')$$, '22023'), ($$SELECT oms.route_one('c', options => '{"x": 1}')$$, '22023'),
    ($$SELECT oms.route(options => '{"stored_prices": true}')$$, '22023'), ($$SELECT oms.simulate(options => '{"stored_prices": true}')$$, '22023'),
    ($$SELECT oms.compare_solvers(options => '{"stored_prices": true}')$$, '22023'), ($$SELECT oms.route(options => '{"stored_prices": false}')$$, '00000')) AS t (call, state);
SELECT is((SELECT run_id FROM oms.route_one('c', request_id => 'r')), (SELECT run_id FROM oms.route_one('c', request_id => 'r')), 'a repeated request returns the first run');
SELECT is(pg_temp.state($$SELECT oms.route_one('none', request_id => 'r')$$), 'OM006', 'another one under its request_id is refused');
SELECT oms.cancel_order('c') \g /dev/null
SELECT is((SELECT orders FROM oms.route_one('c')), 0::bigint, 'of a cancelled order there is nothing to route');

-- Two orders of New York give the near unit its price; then one of them goes
SELECT pg_temp.place('n1', '40.7,-74'), pg_temp.place('n2', '40.7,-74') \g /dev/null
SELECT oms.route() \g /dev/null
SELECT is(pg_temp.prices(), 'stock:near:A', 'a run of all orders leaves the price of what two orders want');
SELECT is((SELECT run_id FROM oms.routing_price), (SELECT max(run_id) FROM oms.routing_run), 'it is of that run');
SELECT is(pg_temp.held('n1') || ' ' || pg_temp.held('n2'), 'near:1 far:1', 'one has it');
SAVEPOINT priced;
SELECT oms.route_one('n1') \g /dev/null
SELECT is(pg_temp.held('n1'), 'near:1', 'which keeps it when it is routed alone: it is worth as much to it');
SELECT oms.cancel_order('n1') \g /dev/null
SELECT is(pg_temp.place('c2'), 'near', 'an order of Ohio is promised the near unit');
SAVEPOINT promised;
SELECT oms.route(order_ids => '{c2}') \g /dev/null
SELECT is(pg_temp.held('c2'), 'near:1', 'route of some orders goes by no stored prices');
SELECT results_eq($$SELECT order_id, sku, quantity, location, cost FROM oms.simulate(order_ids => '{c2}', options => '{"stored_prices": true}')$$,
                  $$VALUES ('c2', 'A', 1::bigint, 'far', 31.7741)$$, 'unless asked to; simulate tells, at the real costs of where it ships from');
SELECT oms.route_one('c2', options => '{"stored_prices": false}') \g /dev/null
SELECT is(pg_temp.held('c2'), 'near:1', 'nor route_one if asked not to');
SELECT oms.route_one('c2') \g /dev/null
SELECT is(pg_temp.held('c2'), 'far:1', 'route_one does');
SELECT is((SELECT reason FROM oms.explain_route('c2') WHERE location = 'near'),
          (SELECT format('could serve 1 of 1 units; stock worth %s to other orders', price) FROM oms.routing_price), 'explain_route says why');
SELECT is((SELECT candidates -> 1 -> 'worth' FROM oms.decision WHERE order_id = 'c2' ORDER BY run_id DESC LIMIT 1), (SELECT to_jsonb(price) FROM oms.routing_price), 'the term is on record');
SELECT is(pg_temp.prices(), 'stock:near:A', 'the prices are as they were');
SELECT is_empty('SELECT * FROM oms.check()', 'oms.check() finds nothing');

-- A reject that re-routes goes by them, and leaves the near unit alone
ROLLBACK TO promised;
SELECT oms.receive('other', 'A', 1), oms.add_location_group('network', '{near,far,other}') \g /dev/null
UPDATE oms.location SET handling_cost = 20 WHERE location = 'other';
SELECT oms.route_one('c2') \g /dev/null
SELECT is(pg_temp.held('c2'), 'other:1', 'a third location is dear, but the best choice');
SELECT is((SELECT string_agg(quantity || ' ' || moved, ' ') FROM oms.fulfillment f, oms.reject(f.fulfillment_id, 'store busy', reroute => true)
            WHERE f.order_id = 'c2' AND f.status = 'assigned'), '1 1', 'which refuses it');
SELECT is(pg_temp.held('c2'), 'far:1', 'then it goes far: to be re-routed is no reason to have what others need more');

-- Rules of a policy: what the first leaves is priced too
ROLLBACK TO promised;
SELECT oms.add_policy('p'), oms.add_routing('p', 'all'), oms.add_rule('p', 'all', max_distance_km => 10, split => 'single'), oms.add_rule('p', 'all'), oms.activate_policy('p') \g /dev/null
SELECT is((SELECT location || ' ' || rule_no FROM oms.simulate(order_ids => '{c2}', policy => 'p')), 'near 2', 'by the second rule the near unit is the best');
SELECT oms.route_one('c2', 'p') \g /dev/null
SELECT is(pg_temp.held('c2'), 'far:1', 'but for its price');
SELECT oms.cancel_order('c2') \g /dev/null
SELECT oms.route(policy => 'p') \g /dev/null
SELECT is((SELECT count(*) FROM oms.routing_price), 0::bigint, 'a run by a policy replaces the prices');

-- What has begun stays
ROLLBACK TO promised;
SELECT oms.route(order_ids => '{c2}') \g /dev/null
SELECT oms.accept(fulfillment_id) FROM oms.fulfillment WHERE order_id = 'c2' AND status = 'assigned' \g /dev/null
SELECT is((SELECT orders || ' ' || moved_units FROM oms.route_one('c2')), '0 0', 'of work that has begun there is nothing to route');
SELECT is(pg_temp.held('c2'), 'near:1', 'it stays');

-- A unit is never left unfilled for a price
ROLLBACK TO promised;
UPDATE oms.location SET status = 'offline' WHERE location = 'far';
SELECT is((SELECT unfilled_units || ' ' || moved_units FROM oms.route_one('c2')), '0 0', 'without another choice the price stops nothing');
SELECT is((SELECT reason FROM oms.explain_route('c2') WHERE verdict = 'chosen'),
          (SELECT format('handling 0 + shipment 5 + distance 7.6816 + late 0 + stock worth %s to other orders', price) FROM oms.routing_price), 'but is said');

-- A kit costs what its components are worth
ROLLBACK TO priced;
SELECT oms.add_kit('K', '{A,B}', '{1,1}'), oms.receive('near', 'B', 1), oms.receive('far', 'B', 1) \g /dev/null
SELECT oms.cancel_order('n1') \g /dev/null
SELECT pg_temp.place('k', sku => 'K') \g /dev/null
SELECT is((SELECT string_agg(DISTINCT location, ' ') FROM oms.simulate(order_ids => '{k}')), 'near', 'a kit that is held near');
SELECT oms.route_one('k') \g /dev/null
SELECT is(pg_temp.held('k'), 'far:2', 'is not worth the unit there');

-- Capacity: orders, lines, units and minutes have prices, of which an order is charged what it takes
ROLLBACK TO priced;
SELECT oms.cancel_order_many('{n1,n2}') \g /dev/null
SELECT oms.receive('near', 'B', 90), oms.receive('far', 'B', 90) \g /dev/null
SELECT pg_temp.place('b' || i, '40.7,-74', 2, 'B') FROM generate_series(1, 3) AS i \g /dev/null
UPDATE oms.location SET minutes_per_order = 1, minutes_per_unit = 2 WHERE location = 'near';
SAVEPOINT bound;
CREATE FUNCTION pg_temp.charged(OUT prices text, OUT held text, OUT said boolean) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM oms.route();
    prices := pg_temp.prices();
    PERFORM oms.cancel_order(order_id) FROM oms.fulfillment WHERE location = 'near' AND status = 'assigned';
    PERFORM pg_temp.place('d', '39.96,-83.0', 2, 'B');
    PERFORM oms.route_one('d');
    held := pg_temp.held('d');
    said := (SELECT reason LIKE '%; capacity worth ' || round(w.per_order + w.per_line + 2 * w.per_unit, 4)::float8 || ' to other orders'
               FROM oms.explain_route('d') e, oms.routing_slot_price w WHERE e.location = 'near');
END $$;
SAVEPOINT measured;
SELECT oms.add_capacity('near', lines => 1) \g /dev/null
SELECT is(pg_temp.charged()::text, '(lines:near,far:2,t)', 'lines');
ROLLBACK TO measured;
SELECT oms.add_capacity('near', units => 2) \g /dev/null
SELECT is(pg_temp.charged()::text, '(units:near,far:2,t)', 'units');
ROLLBACK TO measured;
SELECT oms.add_capacity('near', minutes => 5) \g /dev/null
SELECT is(pg_temp.charged()::text, '(minutes:near,far:2,t)', 'minutes');
ROLLBACK TO measured;

-- Which prices are kept
SELECT oms.add_capacity('near', orders => 1), oms.route() \g /dev/null
SELECT is(pg_temp.prices(), 'orders:near', 'those of the next run replace those of the last');
SELECT oms.route('nearest') \g /dev/null
SELECT is(pg_temp.prices(), 'orders:near', 'a run by a solver that makes none leaves them');
SELECT oms.add_policy('p'), oms.add_routing('p', 'all'), oms.add_rule('p', 'all', ignore_capacity => true), oms.activate_policy('p') \g /dev/null
SELECT is((SELECT location FROM oms.simulate(order_ids => '{b3}', options => '{"stored_prices": true}', policy => 'p')), 'near', 'a rule that ignores capacity ignores its price');
DELETE FROM oms.capacity;
SELECT oms.route() \g /dev/null
SELECT is(pg_temp.prices(), NULL, 'when nothing is scarce any more, nothing has a price');
SELECT is((SELECT count(*) FROM oms.routing_price_row), 0::bigint, 'and no row is left');
SELECT * FROM finish();
ROLLBACK;
