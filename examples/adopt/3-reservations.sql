-- Step 3: oms keeps the stock, and new checkouts hold what is in a cart. For the program as it is, shop.stock is a view that
-- can be read and written as the table was. In one transaction.
SET LOCAL lock_timeout = '2s';
ALTER TABLE shop.stock RENAME TO stock_before;
DROP TRIGGER tell_stock ON shop.stock_before;
CREATE VIEW shop.stock AS
SELECT s.id AS store_id, i.sku AS article, i.available::int AS pieces FROM oms.inventory i JOIN shop.store s ON s.name = i.location;

-- What is taken is taken only when it is there, however many take at once: else no row is changed, as it was with the table.
-- The take is a subtransaction of its own, so that others count it as taken whatever this transaction does besides: in step 4
-- the pieces are given back and reserved for the order.
CREATE FUNCTION adopt.change_stock() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    place text := (SELECT name FROM shop.store WHERE id = CASE TG_OP WHEN 'DELETE' THEN OLD.store_id ELSE NEW.store_id END);
    change bigint := CASE TG_OP WHEN 'INSERT' THEN NEW.pieces WHEN 'UPDATE' THEN NEW.pieces - OLD.pieces ELSE -OLD.pieces END;
BEGIN
    IF TG_OP = 'UPDATE' AND (OLD.store_id, OLD.article) <> (NEW.store_id, NEW.article) THEN
        RAISE feature_not_supported USING MESSAGE = 'a row of stock keeps its store and article';
    END IF;
    IF change < 0 THEN
        BEGIN
            PERFORM oms.consume(r.reservation_id) FROM oms.reserve('old program', OLD.article, -change, place) r;
        EXCEPTION WHEN SQLSTATE 'OM001' OR SQLSTATE 'OM002' THEN
            RETURN NULL;
        END;
    ELSIF change > 0 THEN
        PERFORM oms.adjust(place, NEW.article, change, 'shop');
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER change_stock INSTEAD OF INSERT OR UPDATE OR DELETE ON shop.stock FOR EACH ROW EXECUTE FUNCTION adopt.change_stock();

-- What the new checkout does: hold for a quarter of an hour what is put into the cart; then order it, which takes it.
CREATE FUNCTION adopt.put_into_cart(cart text, site text, article text, pieces int) RETURNS boolean LANGUAGE sql AS $$
    SELECT status = 'reserved' FROM oms.try_reserve(site, article, pieces, cart_id => cart, expires_in => '15 minutes')
$$;
CREATE FUNCTION adopt.order_cart(cart text, site text, latitude float8, longitude float8) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    number bigint;
BEGIN
    INSERT INTO shop.orders (site, latitude, longitude) VALUES (site, latitude, longitude) RETURNING id INTO number;
    WITH taken AS MATERIALIZED (
        SELECT c.* FROM oms.consume_many(ARRAY(SELECT reservation_id FROM oms.reservation WHERE cart_id = cart AND status = 'hold' ORDER BY 1)) c)
    INSERT INTO shop.order_lines
    SELECT number, row_number() OVER (ORDER BY t.reservation_id), t.sku, t.quantity, s.id FROM taken t JOIN shop.store s ON s.name = t.location;
    IF NOT FOUND THEN
        RAISE no_data_found USING MESSAGE = format('cart "%s" holds nothing any more', cart);
    END IF;
    RETURN number;
END $$;
