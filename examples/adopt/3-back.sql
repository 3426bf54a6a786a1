-- Back from step 3, in one transaction, when the new checkout is out of use: nobody changes stock meanwhile, and the shop's
-- table says again what is there. Carts lose their holds.
SET LOCAL lock_timeout = '2s';
DROP VIEW shop.stock;
LOCK TABLE oms.stock_delta IN SHARE MODE;
SELECT count(*) AS holds FROM oms.release_many(ARRAY(SELECT reservation_id FROM oms.reservation WHERE status = 'hold' ORDER BY 1));
DELETE FROM shop.stock_before;
INSERT INTO shop.stock_before
SELECT s.id, i.sku, i.available FROM oms.inventory i JOIN shop.store s ON s.name = i.location;
ALTER TABLE shop.stock_before RENAME TO stock;
CREATE TRIGGER tell_stock AFTER INSERT OR UPDATE OR DELETE ON shop.stock FOR EACH ROW EXECUTE FUNCTION adopt.tell_stock();
DROP FUNCTION adopt.change_stock(), adopt.put_into_cart(text, text, text, int), adopt.order_cart(text, text, float8, float8);
