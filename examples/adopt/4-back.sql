-- Back from step 4: new orders are the shop's own again, then the open ones, each in a transaction of its own. The shop ships
-- them from the store where oms held them.
SET lock_timeout = '2s';
BEGIN;
DROP TRIGGER order_written ON shop.order_lines;
DROP TRIGGER order_shipped ON shop.orders;
COMMIT;

CREATE FUNCTION adopt.give_back(number bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM shop.orders WHERE id = number FOR UPDATE;
    WITH given AS MATERIALIZED (SELECT * FROM oms.cancel_order(number::text, 'given back to the shop')),
    taken AS MATERIALIZED (SELECT g.*, oms.adjust(g.location, g.sku, -g.quantity, 'given back', number::text) FROM given g)
    UPDATE shop.order_lines l SET store_id = s.id FROM taken t JOIN shop.store s ON s.name = t.location
     WHERE l.order_id = number AND l.line = t.line_no;
END $$;
CREATE PROCEDURE adopt.give_back_all() LANGUAGE plpgsql AS $$
DECLARE
    number bigint;
BEGIN
    FOR number IN SELECT order_id::bigint FROM oms.orders WHERE status NOT IN ('completed', 'cancelled') ORDER BY 1 LOOP
        PERFORM adopt.give_back(number);
        COMMIT;
    END LOOP;
END $$;
CALL adopt.give_back_all();
CALL adopt.follow();
SELECT oms.drop_consumer('shop');
DROP PROCEDURE adopt.give_back_all(), adopt.take_over_all(), adopt.follow();
DROP FUNCTION adopt.give_back(bigint), adopt.order_shipped(), adopt.order_written(), adopt.take_over(bigint);
RESET lock_timeout;
