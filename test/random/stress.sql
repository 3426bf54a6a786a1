-- What test/random/stress.sh runs: accounts, a plain-SQL oracle, one client's transaction, the sampler.
--
-- sku        channel  what is done with it                          must hold in every snapshot
-- a b c      web      everything but losses                         on_hand - reserved >= 0
-- hot        hot      reserve and release by fast clients            on_hand - reserved >= 0
-- deep       web      the same, many units: takers share the key    on_hand - reserved >= 0
-- keep       keep     receive, reserve, release, confirm, consume   on_hand - reserved >= 2
-- half       half     the same                                      on_hand - reserved >= 50% of on_hand
-- lost       web      everything, losses and counts too             that sums agree
-- prot       web pos  everything but losses; 4 protected for pos    on_hand - reserved >= left of the protection
-- lapse      web pos  the same; protected anew, briefly, ended      0 <= left of each protection
-- wide       pos      as hot, many units: takers share the key      the same
-- limit      web      everything, of a quota of 6                   used of the quota <= 6
-- kit        web      2 of a and 1 of b: reserve and what follows    that each is held whole
-- both       web      everything, of a quota of 8 and 5 units each  used of the quota <= 8
CREATE SCHEMA stress;

SELECT oms.add_location('A', 'warehouse'), oms.add_location('B', 'warehouse');
SELECT oms.add_location_group('all', ARRAY['A', 'B']);
SELECT oms.add_channel('web', 'all'), oms.add_channel('hot', 'all'), oms.add_channel('keep', 'all', safety_stock => '2'),
       oms.add_channel('half', 'all', safety_stock => '50%'), oms.add_channel('pos', 'all');

-- The oracle: what each committed call did, in the transaction of the call.
CREATE TABLE stress.done (sku text, location text, on_hand bigint, reserved bigint);
CREATE TABLE stress.stock (sku text PRIMARY KEY, channel text, initial bigint);
INSERT INTO stress.stock VALUES ('a', 'web', 3), ('b', 'web', 5), ('c', 'web', 20), ('hot', 'hot', 2),
    ('deep', 'web', 700), ('keep', 'keep', 8), ('half', 'half', 20), ('lost', 'web', 10),
    ('prot', 'web', 8), ('lapse', 'web', 8), ('wide', 'hot', 700), ('limit', 'web', 30), ('both', 'web', 5);
INSERT INTO stress.done
SELECT s.sku, l.location, s.initial, 0 FROM stress.stock s, oms.location l;
SELECT count(oms.receive(d.location, d.sku, d.on_hand)) FROM stress.done d;
SELECT count(oms.protect_stock(l.location, s.sku, 'pos', 4)) FROM oms.location l, (VALUES ('prot'), ('wide')) s (sku);
SELECT oms.add_quota('web', 'limit', 6), oms.add_quota('web', 'both', 8);
SELECT sku FROM oms.add_kit('kit', '{a,b}', '{2,1}');

-- One operation. Everything that may be refused may raise.
CREATE PROCEDURE stress.operation() LANGUAGE plpgsql AS $$
DECLARE
    dice int := floor(random() * 100);
    one stress.stock;
    place text := CASE WHEN random() < 0.5 THEN 'A' ELSE 'B' END;
    other text := CASE place WHEN 'A' THEN 'B' ELSE 'A' END;
    n int := 1 + floor(random() * 3);
    lifetime interval := CASE WHEN random() < 0.5 THEN make_interval(secs => 0.02 + random() / 4) END;
    was record;
    sold text;
    ids bigint[];
    started timestamptz := clock_timestamp();
BEGIN
    SELECT * INTO one FROM stress.stock WHERE channel <> 'hot' ORDER BY random() LIMIT 1;
    IF one.sku IN ('prot', 'lapse') AND dice % 2 = 0 THEN
        one.channel := 'pos';
    END IF;
    sold := CASE WHEN one.channel = 'web' AND random() < 0.2 THEN 'kit' ELSE one.sku END;
    IF dice < 35 THEN
        INSERT INTO stress.done
        SELECT t.sku, t.location, 0, t.quantity
          FROM oms.reserve(one.channel, sold, n, CASE WHEN random() < 0.7 THEN place END, lifetime,
                           on_shortage => CASE WHEN random() < 0.3 THEN 'partial' ELSE 'refuse' END,
                           request_id => CASE WHEN random() < 0.1 THEN gen_random_uuid()::text END) t;
    ELSIF dice < 50 THEN
        INSERT INTO stress.done
        SELECT t.sku, t.location, 0, t.quantity
          FROM (SELECT array_agg(s.sku ORDER BY random()) AS skus, array_agg(1 + floor(random() * 2)::bigint) AS quantities
                  FROM (SELECT sku FROM (SELECT sku FROM stress.stock WHERE channel = 'web' UNION ALL SELECT 'kit') k
                         ORDER BY random() LIMIT n + 1) s) c,
               oms.reserve_many('web', c.skus, c.quantities, expires_in => lifetime) t;
    ELSIF dice < 75 THEN
        SELECT array_agg(DISTINCT h.reservation_id) INTO ids
          FROM (SELECT r.reservation_id FROM oms.reservation_row r WHERE r.status IN ('hold', 'firm')
                   AND r.sku NOT IN ('hot', 'wide') -- their clients note the releases they make themselves
                   AND (dice NOT BETWEEN 66 AND 71 OR r.sku NOT IN ('limit', 'both') OR random() < 0.02) -- else the quota is soon used up
                OFFSET floor(random() * 15) LIMIT CASE WHEN dice < 72 THEN 1 ELSE 3 END) h;
        IF ids IS NULL THEN
            RETURN;
        ELSIF dice < 58 THEN
            FOR was IN SELECT d.*, d.quantity - d.consumed AS units FROM oms.release(ids[1]) d LOOP
                -- one that others have released answers alike; the row that this transaction wrote is still open
                IF was.status = 'released' AND EXISTS (SELECT FROM oms.reservation_row v
                        WHERE v.reservation_id = ids[1] AND v.sku = was.sku
                          AND pg_xact_status(v.xmin::text::xid8) = 'in progress') THEN
                    INSERT INTO stress.done VALUES (was.sku, was.location, 0, -was.units);
                END IF;
            END LOOP;
        ELSIF dice < 64 THEN
            PERFORM oms.confirm(ids[1]);
        ELSIF dice < 66 THEN
            PERFORM oms.extend(ids[1], '100 ms');
        ELSIF dice < 72 THEN
            -- of a kit its components
            INSERT INTO stress.done SELECT d.sku, d.location, -k.units, -k.units FROM oms.consume(ids[1], 1) d,
                LATERAL (SELECT COALESCE(max(c.quantity) FILTER (WHERE v.kit IS NOT NULL), 1) AS units
                           FROM oms.reservation_row v LEFT JOIN oms.kit_component c ON c.kit = v.kit AND c.sku = v.sku
                          WHERE v.reservation_id = d.reservation_id AND v.sku = d.sku) k;
        ELSE
            PERFORM oms.confirm_many(ids);
        END IF;
    ELSIF dice < 86 AND one.sku <> 'both' THEN
        INSERT INTO stress.done VALUES (one.sku, place, n, 0);
        PERFORM oms.receive(place, one.sku, n);
    ELSIF dice < 91 AND one.channel = 'web' THEN
        INSERT INTO stress.done VALUES (one.sku, place, -n, 0), (one.sku, other, n, 0);
        PERFORM oms.transfer(place, other, one.sku, n);
    ELSIF dice < 92 AND one.sku = 'lapse' THEN
        IF dice % 3 = 0 THEN
            PERFORM oms.unprotect_stock(place, 'lapse', 'pos');
        ELSE
            PERFORM oms.protect_stock(place, 'lapse', 'pos', n, CASE dice % 3 WHEN 1 THEN timestamptz 'infinity'
                                      ELSE clock_timestamp() + make_interval(secs => 0.05 + random() / 4) END);
        END IF;
    ELSIF dice < 97 THEN
        IF dice < 94 THEN
            INSERT INTO stress.done VALUES ('lost', place, -n, 0);
            PERFORM oms.adjust(place, 'lost', -n, 'lost');
        ELSIF dice < 96 THEN
            PERFORM oms.set_on_hand(place, 'lost', 5 + n);
        ELSE
            PERFORM oms.resolve_shortfalls('lost');
        END IF;
        -- Who lost, by rows that this transaction wrote since; what they wait for is given up.
        INSERT INTO stress.done
        SELECT s.sku, m.location, 0, m.units
          FROM oms.shortfall_row s,
               LATERAL (VALUES (s.location, -s.quantity), (CASE s.location WHEN 'A' THEN 'B' ELSE 'A' END, s.moved)) m (location, units)
         WHERE s.resolved_at >= started AND pg_xact_status(s.xmin::text::xid8) = 'in progress';
        PERFORM oms.release_backorder(b.backorder_id) FROM oms.backorder_row b
          WHERE b.status = 'open' AND pg_xact_status(b.xmin::text::xid8) = 'in progress';
    ELSIF dice < 98 THEN
        PERFORM oms.expire_holds();
    ELSIF current_setting('transaction_isolation') = 'read committed' THEN
        PERFORM oms.fold_accounts();
    END IF;
END $$;

-- Transactions until the end: operations bare, in an exception block, or rolled back with one.
CREATE PROCEDURE stress.work(until timestamptz) LANGUAGE plpgsql AS $$
BEGIN
    FOR i IN 1..20 LOOP
        EXIT WHEN clock_timestamp() > until;
        IF random() < 0.02 THEN
            -- more subtransactions than a snapshot lists
            FOR j IN 1..70 LOOP
                BEGIN
                    INSERT INTO stress.done VALUES ('a', 'A', 0, 0);
                EXCEPTION WHEN division_by_zero THEN
                    NULL;
                END;
            END LOOP;
        END IF;
        FOR j IN 1..1 + floor(random() * random() * 5) LOOP
            IF random() < 0.5 THEN
                CALL stress.operation();
            ELSE
                BEGIN
                    CALL stress.operation();
                    IF random() < 0.3 THEN
                        IF random() < 0.3 THEN
                            PERFORM pg_sleep(random() / 50);
                        END IF;
                        RAISE EXCEPTION USING ERRCODE = 'ST000';
                    END IF;
                EXCEPTION
                    WHEN SQLSTATE 'ST000' OR SQLSTATE 'OM001' OR SQLSTATE 'OM002' OR SQLSTATE 'OM003' OR SQLSTATE 'OM005' OR SQLSTATE 'OM009' THEN
                        NULL;
                END;
            END IF;
            IF random() < 0.1 THEN
                PERFORM pg_sleep(CASE WHEN random() < 0.05 THEN 0.5 ELSE random() / 30 END);
            END IF;
        END LOOP;
        PERFORM set_config('default_transaction_isolation', (ARRAY['read committed', 'read committed',
                'read committed', 'read committed', 'repeatable read', 'serializable'])[1 + floor(random() * 6)], false),
                set_config('oms.wait_for_pending', (ARRAY['0', '5', '100'])[1 + floor(random() * 3)], false);
        IF random() < 0.2 THEN
            ROLLBACK;
        ELSE
            COMMIT;
        END IF;
    END LOOP;
END $$;

-- A fast client on the last units of one sku, or on the protected ones of another, for the narrow windows.
CREATE PROCEDURE stress.hammer(until timestamptz) LANGUAGE plpgsql AS $$
DECLARE
    got record;
    what text;
BEGIN
    PERFORM set_config('synchronous_commit', 'off', false), set_config('oms.wait_for_pending', '0', false);
    WHILE clock_timestamp() < until LOOP
        what := CASE WHEN random() < 0.7 THEN 'hot' ELSE 'wide' END;
        SELECT t.reserved, t.reservation_ids[1] AS id INTO got
          FROM oms.try_reserve(CASE what WHEN 'hot' THEN 'hot' ELSE 'pos' END, what, 1 + floor(random() * 2)::int, 'A') t;
        IF got.reserved > 0 THEN
            INSERT INTO stress.done VALUES (what, 'A', 0, got.reserved);
            COMMIT;
            IF what = 'wide' AND EXISTS (SELECT FROM oms.protected_stock p WHERE p.sku = 'wide' AND p.used > p.quantity) THEN
                RAISE EXCEPTION 'more was used of a protection than there was'; -- too short a time to be sampled
            END IF;
            BEGIN
                PERFORM oms.release(got.id);
                INSERT INTO stress.done VALUES (what, 'A', 0, -got.reserved);
            EXCEPTION WHEN SQLSTATE 'OM002' OR SQLSTATE 'OM005' THEN
                NULL;
            END;
        END IF;
        COMMIT;
    END LOOP;
END $$;

-- What is wrong in one snapshot.
CREATE FUNCTION stress.violations() RETURNS TABLE (wrong text) LANGUAGE sql AS $$
    SELECT format('%s at %s: %s', i.sku, i.location, w.wrong)
      FROM oms.inventory i
      JOIN (SELECT m.sku, m.location, sum(m.quantity) AS moved FROM oms.movement_row m GROUP BY m.sku, m.location) m
           USING (sku, location)
      LEFT JOIN (SELECT r.sku, r.location,
                        COALESCE(sum(r.quantity - r.consumed) FILTER (WHERE r.status IN ('hold', 'firm')), 0) AS claimed,
                        COALESCE(sum(r.quantity - r.consumed) FILTER (WHERE r.status = 'expired'), 0) AS expired
                   FROM oms.reservation_row r GROUP BY r.sku, r.location) r USING (sku, location)
      JOIN (SELECT d.sku, d.location, sum(d.on_hand) AS on_hand, sum(d.reserved) AS reserved
              FROM stress.done d GROUP BY d.sku, d.location) d USING (sku, location)
     CROSS JOIN LATERAL (VALUES
        (i.sku <> 'lost' AND i.on_hand < i.reserved + CASE i.sku WHEN 'keep' THEN 2 WHEN 'half' THEN i.on_hand / 2.0 ELSE 0 END,
         format('below its floor: on_hand %s, reserved %s', i.on_hand, i.reserved)),
        (i.on_hand <> m.moved, format('on_hand %s, moved %s', i.on_hand, m.moved)),
        (i.reserved <> COALESCE(r.claimed, 0), format('reserved %s, claimed %s', i.reserved, r.claimed)),
        (i.sku <> 'lost' AND i.on_hand <> d.on_hand, format('on_hand %s, oracle %s', i.on_hand, d.on_hand)),
        (i.reserved <> d.reserved - COALESCE(r.expired, 0), format('reserved %s, oracle %s', i.reserved, d.reserved - r.expired))
        ) AS w (is_wrong, wrong)
     WHERE w.is_wrong
    UNION ALL
    SELECT format('%s at %s, protected until %s: %s', sku, location, until, w.wrong)
      FROM (SELECT p.sku, p.location, p.until, sum(p.quantity) AS quantity, sum(p.used) AS used, sum(p.claimed) AS claimed
              FROM (SELECT sku, location, until, on_hand AS quantity, reserved AS used, 0 AS claimed FROM oms.protection_account
                    UNION ALL
                    SELECT sku, location, until, on_hand, reserved, 0 FROM oms.protection_delta
                    UNION ALL
                    SELECT sku, location, protected_until, 0, 0,
                           CASE WHEN status IN ('hold', 'firm') THEN protected ELSE least(protected, consumed) END
                      FROM oms.reservation_row WHERE protected > 0) p
             GROUP BY p.sku, p.location, p.until) p
      JOIN (SELECT i.sku, i.location, i.on_hand - i.reserved AS available FROM oms.inventory i) i USING (sku, location)
     CROSS JOIN LATERAL (VALUES
        (p.used NOT BETWEEN 0 AND p.quantity, format('used %s of %s', p.used, p.quantity)),
        (p.used <> p.claimed, format('used %s, reservations %s', p.used, p.claimed)),
        (p.sku IN ('prot', 'wide') AND i.available < p.quantity - p.used, format('%s left, available %s', p.quantity - p.used, i.available))
        ) AS w (is_wrong, wrong)
     WHERE w.is_wrong
    UNION ALL
    SELECT format('kit %s: %s', r.reservation_id, string_agg(format('%s %s of %s %s', r.sku, r.consumed, r.quantity, r.status), ', '))
      FROM oms.reservation_row r WHERE r.kit IS NOT NULL
     GROUP BY r.reservation_id
    HAVING count(*) <> 2 OR count(DISTINCT (r.location, r.quantity / r.kit_quantity, r.consumed / r.kit_quantity, r.status = 'firm',
                                            r.status = 'consumed')) <> 1
    UNION ALL
    SELECT format('quota of %s: used %s, reservations %s', q.sku, q.used, q.claimed)
      FROM (SELECT u.sku, sum(u.used) AS used, sum(u.claimed) AS claimed
              FROM (SELECT sku, reserved AS used, 0 AS claimed FROM oms.quota_account
                    UNION ALL
                    SELECT sku, reserved, 0 FROM oms.quota_delta
                    UNION ALL
                    SELECT sku, 0, CASE WHEN status IN ('hold', 'firm') THEN quantity ELSE consumed END
                      FROM oms.reservation_row WHERE quota_period IS NOT NULL) u
             GROUP BY u.sku) q
     WHERE q.used <> q.claimed OR q.used NOT BETWEEN 0 AND CASE q.sku WHEN 'limit' THEN 6 ELSE 8 END
$$;

-- Samples until the end; how many.
CREATE PROCEDURE stress.sample(until timestamptz, INOUT samples int DEFAULT 0) LANGUAGE plpgsql AS $$
DECLARE
    wrong text;
BEGIN
    -- fresh tables have no statistics: sums are made once, not once per account
    PERFORM set_config('enable_nestloop', 'off', false), set_config('jit', 'off', false);
    WHILE clock_timestamp() < until LOOP
        PERFORM set_config('enable_seqscan', (random() < 0.5)::text, true);
        SELECT string_agg(v.wrong, '; ') INTO wrong FROM stress.violations() v;
        IF wrong IS NOT NULL THEN
            RAISE EXCEPTION 'sample %: %', samples, wrong;
        END IF;
        samples := samples + 1;
        COMMIT;
        PERFORM pg_sleep(0.01);
    END LOOP;
END $$;
