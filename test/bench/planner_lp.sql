-- The instance of planner.sql as an LP file on standard output, for any MIP solver (cbc, glpsol):
-- lines that do not split, stock, capacity in orders, the costs of plan_routes' defaults. y: a
-- shipment, x: a line at a location, u: a line unfilled.
\pset format unaligned
\pset tuples_only on
SET jit = off;
CREATE TEMP TABLE x AS SELECT l.*, s.location, s.available FROM bl AS l JOIN bs AS s USING (sku) WHERE s.available >= l.quantity;
CREATE TEMP TABLE y AS SELECT DISTINCT order_id, location, round((5 + p.handling_cost + 0.01 * (o.coordinates OPERATOR(oms.<->) p.coordinates)::numeric), 6) AS cost
    FROM x JOIN bo AS o USING (order_id) JOIN bp AS p USING (location);
SELECT 'Minimize' UNION ALL SELECT 'cost:';
SELECT format('+ %s y_%s_%s', cost, order_id, location) FROM y;
SELECT format('+ %s u_%s_%s', quantity * unfilled_cost, order_id, line_no) FROM bl;
SELECT 'Subject To';
SELECT format('served_%s_%s: u_%s_%s%s = 1', order_id, line_no, order_id, line_no,
              (SELECT string_agg(format(E'\n+ x_%s_%s_%s', order_id, line_no, location), '') FROM x WHERE x.order_id = l.order_id AND x.line_no = l.line_no))
FROM bl AS l;
SELECT format('x_%s_%s_%s - y_%s_%s <= 0', order_id, line_no, location, order_id, location) FROM x;
SELECT format('stock_%s_%s: %s <= %s', sku, location, string_agg(format('%s x_%s_%s_%s', quantity, order_id, line_no, location), E'\n+ '), min(available)) FROM x GROUP BY sku, location;
SELECT format('orders_%s: %s <= %s', location, string_agg(format('y_%s_%s', order_id, location), E'\n+ '), min(capacity_orders)) FROM y JOIN bp USING (location) GROUP BY location;
SELECT 'Binary';
SELECT format('x_%s_%s_%s', order_id, line_no, location) FROM x;
SELECT format('y_%s_%s', order_id, location) FROM y;
SELECT format('u_%s_%s', order_id, line_no) FROM bl;
SELECT 'End';
