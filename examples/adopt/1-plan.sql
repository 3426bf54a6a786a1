-- Step 1: only the planner. Views say in the planner's words what the shop's tables say; nothing of the shop changes.
CREATE EXTENSION oms;
CREATE SCHEMA adopt;
CREATE VIEW adopt.orders AS
SELECT id AS order_id, site AS channel, ordered_at AS placed_at, oms.latlon(latitude, longitude) AS coordinates
  FROM shop.orders WHERE NOT shipped;
CREATE VIEW adopt.lines AS
SELECT l.order_id, l.line AS line_no, l.article AS sku, l.pieces AS quantity
  FROM shop.order_lines l JOIN shop.orders o ON o.id = l.order_id WHERE NOT o.shipped;
CREATE VIEW adopt.locations AS
SELECT name AS location, oms.latlon(latitude, longitude) AS coordinates FROM shop.store;
-- What is there for these orders: what is left, and what they took when they were sold.
CREATE VIEW adopt.stock AS
SELECT s.article AS sku, e.name AS location, sum(s.pieces)::bigint AS available
  FROM (SELECT store_id, article, pieces FROM shop.stock
        UNION ALL
        SELECT l.store_id, l.article, l.pieces FROM shop.order_lines l JOIN shop.orders o ON o.id = l.order_id WHERE NOT o.shipped) s
  JOIN shop.store e ON e.id = s.store_id
 GROUP BY s.article, e.name;

-- The nightly job: CALL adopt.reassign() gives the lines to the stores of the plan, each in a transaction of its own. What
-- was shipped, or sold to somebody else, since the plan was made stays as it is.
CREATE PROCEDURE adopt.reassign() LANGUAGE plpgsql AS $$
DECLARE
    move record;
BEGIN
    FOR move IN
        SELECT p.order_id::bigint, p.line_no, l.article, l.pieces, l.store_id AS was, s.id AS becomes
          FROM oms.plan_routes('TABLE adopt.orders', 'TABLE adopt.lines', 'TABLE adopt.locations', 'TABLE adopt.stock',
                               options => '{"split_lines": false}') p
          JOIN shop.order_lines l ON l.order_id = p.order_id::bigint AND l.line = p.line_no
          JOIN shop.store s ON s.name = p.location
         WHERE s.id <> l.store_id
         ORDER BY 1, 2
    LOOP
        PERFORM FROM shop.orders WHERE id = move.order_id AND NOT shipped FOR UPDATE;
        IF FOUND THEN
            UPDATE shop.stock SET pieces = pieces - move.pieces
             WHERE store_id = move.becomes AND article = move.article AND pieces >= move.pieces;
            IF FOUND THEN
                UPDATE shop.stock SET pieces = pieces + move.pieces WHERE store_id = move.was AND article = move.article;
                UPDATE shop.order_lines SET store_id = move.becomes WHERE order_id = move.order_id AND line = move.line_no;
            END IF;
        END IF;
        COMMIT;
    END LOOP;
END $$;
