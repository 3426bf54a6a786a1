-- Back from step 2: oms is told nothing any more. Its network stays, for the next time.
SET LOCAL lock_timeout = '2s';
DROP TRIGGER tell_stock ON shop.stock;
DROP FUNCTION adopt.tell_stock();
DROP PROCEDURE adopt.copy_stock();
