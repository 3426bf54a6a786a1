-- Step 4: oms keeps the orders, routes them, and stores work by its lists. The shop's tables go on: what the program writes
-- there becomes an order of oms in the same transaction, and what oms decides is written there. Not in one transaction.
SET lock_timeout = '2s';
SELECT oms.add_consumer('shop', '{reservation,order}') \g /dev/null

-- An order of oms: what was taken when it was sold is given back and reserved for it, at the same store. To others it counts as
-- taken until that is committed, even twice: so one after the other for each article of a store. An order that was
-- given back to the shop before (4-back.sql) stays the shop's.
CREATE FUNCTION adopt.take_over(number bigint) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    taken shop.orders;
BEGIN
    SELECT * INTO taken FROM shop.orders WHERE id = number AND NOT shipped FOR UPDATE;
    IF NOT FOUND OR EXISTS (SELECT FROM oms.orders WHERE order_id = number::text) THEN
        RETURN false;
    END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended(l.article, l.store_id))
       FROM (SELECT DISTINCT article, store_id FROM shop.order_lines WHERE order_id = number ORDER BY 1, 2) l;
    PERFORM oms.adjust(s.name, l.article, l.pieces, 'taken over', number::text)
       FROM shop.order_lines l JOIN shop.store s ON s.id = l.store_id WHERE l.order_id = number;
    PERFORM oms.place_order_lines(number::text, taken.site,
        (SELECT jsonb_agg(jsonb_build_object('sku', l.article, 'quantity', l.pieces, 'location', s.name) ORDER BY l.line)
           FROM shop.order_lines l JOIN shop.store s ON s.id = l.store_id WHERE l.order_id = number),
        oms.latlon(taken.latitude, taken.longitude), placed_at => taken.ordered_at);
    RETURN true;
END $$;

-- When the program commits a new order
CREATE FUNCTION adopt.order_written() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM adopt.take_over(NEW.order_id);
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER order_written AFTER INSERT ON shop.order_lines DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION adopt.order_written();

-- When it says that an order was shipped
CREATE FUNCTION adopt.order_shipped() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    work bigint[] := ARRAY(SELECT fulfillment_id FROM oms.fulfillment WHERE order_id = NEW.id::text AND status = 'assigned' ORDER BY 1);
BEGIN
    IF work <> '{}' THEN
        PERFORM oms.accept_many(work);
        PERFORM oms.pick_many(work);
        PERFORM oms.pack_many(work);
        PERFORM oms.ship_many(work);
    END IF;
    PERFORM oms.consume_many(ids) FROM (SELECT array_agg(reservation_id ORDER BY reservation_id) FROM oms.reservation
                                         WHERE order_id = NEW.id::text AND status = 'firm') r (ids) WHERE ids IS NOT NULL;
    RETURN NULL;
END $$;
CREATE TRIGGER order_shipped AFTER UPDATE OF shipped ON shop.orders FOR EACH ROW WHEN (NEW.shipped AND NOT OLD.shipped)
    EXECUTE FUNCTION adopt.order_shipped();

-- Every minute: CALL adopt.follow() writes into the shop's tables what became of its orders, by the change feed.
CREATE PROCEDURE adopt.follow() LANGUAGE plpgsql AS $$
DECLARE
    numbers bigint[];
BEGIN
    LOOP
        numbers := ARRAY(SELECT DISTINCT order_id::bigint FROM oms.poll_changes('shop') WHERE order_id IS NOT NULL);
        EXIT WHEN numbers = '{}';
        UPDATE shop.order_lines l SET store_id = s.id
          FROM oms.reservation r JOIN shop.store s ON s.name = r.location
         WHERE r.order_id = ANY (numbers::text[]) AND r.status IN ('firm', 'consumed')
           AND l.order_id = r.order_id::bigint AND l.line = r.line_no AND l.store_id <> s.id;
        UPDATE shop.orders o SET shipped = true
          FROM oms.orders p WHERE o.id = ANY (numbers) AND NOT o.shipped AND p.order_id = o.id::text AND p.status = 'completed';
        PERFORM oms.acknowledge('shop');
        COMMIT;
    END LOOP;
END $$;

-- The orders that were open before
CREATE PROCEDURE adopt.take_over_all() LANGUAGE plpgsql AS $$
DECLARE
    number bigint;
BEGIN
    FOR number IN SELECT id FROM shop.orders WHERE NOT shipped ORDER BY id LOOP
        PERFORM adopt.take_over(number);
        COMMIT;
    END LOOP;
END $$;
CALL adopt.take_over_all();
RESET lock_timeout;
