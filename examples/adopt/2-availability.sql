-- Step 2: pages ask oms.atp. The shop's stock stays the truth; a trigger tells oms each change, in the same transaction.
-- Not in one transaction: writers wait for the trigger, a moment, and then at most for the store that is being copied.
SET lock_timeout = '2s';
SELECT count(oms.add_location(location, 'store', coordinates)) FROM adopt.locations;
SELECT oms.add_location_group('network', ARRAY(SELECT location FROM adopt.locations ORDER BY location)) \g /dev/null
SELECT count(oms.add_channel(site, 'network')) FROM (SELECT DISTINCT site FROM shop.orders UNION SELECT 'old program') s (site);

CREATE FUNCTION adopt.tell_stock() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_OP <> 'INSERT' AND (TG_OP = 'DELETE' OR (OLD.store_id, OLD.article) <> (NEW.store_id, NEW.article)) THEN
        PERFORM oms.set_on_hand((SELECT name FROM shop.store WHERE id = OLD.store_id), OLD.article, 0, 'shop');
    END IF;
    IF TG_OP <> 'DELETE' THEN
        PERFORM oms.set_on_hand((SELECT name FROM shop.store WHERE id = NEW.store_id), NEW.article, NEW.pieces, 'shop');
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER tell_stock AFTER INSERT OR UPDATE OR DELETE ON shop.stock FOR EACH ROW EXECUTE FUNCTION adopt.tell_stock();

-- Every row as it is under its lock; a change before is seen, and one after it fires the trigger.
CREATE PROCEDURE adopt.copy_stock() LANGUAGE plpgsql AS $$
DECLARE
    store record;
BEGIN
    FOR store IN SELECT id, name FROM shop.store ORDER BY id LOOP
        PERFORM oms.set_on_hand_many(store.name, array_agg(s.article), array_agg(s.pieces::bigint), 'shop')
           FROM (SELECT article, pieces FROM shop.stock WHERE store_id = store.id ORDER BY article FOR UPDATE) s
         HAVING count(*) > 0;
        COMMIT;
    END LOOP;
END $$;
CALL adopt.copy_stock();
RESET lock_timeout;
