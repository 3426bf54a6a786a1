-- partition: with oms.partitions = n, what grows with skus and with orders becomes n hash partitions: the stock
-- side by sku, the order side by order_id. A table is made anew with its constraints, indexes, triggers, comments and
-- rows, and the views are made over it. CREATE EXTENSION does it, when there are no rows yet, and the script that updates
-- the extension, to what is not partitioned by then.
--
-- The keys of these tables contain the column (design: keys include sku or order_id), so that no uniqueness is
-- lost. No foreign key refers to them: pg_dump could not order their data.
DO $$
DECLARE
    partitions int := pg_catalog.current_setting('oms.partitions');
    t record;
    remade record;
    later text[] := '{}';
    views text[];
    emptied text[] := '{}';
    part text;
BEGIN
    IF partitions = 0 THEN
        RETURN;
    END IF;

    -- What is to be made again, as text that names the table as it is called now and again in the end.
    SELECT pg_catalog.array_agg(pg_catalog.format('CREATE OR REPLACE VIEW %s%s AS %s', v.oid::regclass,
                                                  ' WITH (' || pg_catalog.array_to_string(v.reloptions, ', ') || ')',
                                                  pg_catalog.pg_get_viewdef(v.oid)) ORDER BY v.oid)
      INTO views FROM pg_catalog.pg_class v WHERE v.relnamespace = 'oms'::regnamespace AND v.relkind = 'v';

    FOR t IN
        SELECT c.oid, c.relname, l.key, c.reloptions, c.relreplident, pg_catalog.obj_description(c.oid, 'pg_class') AS comment
          FROM (VALUES ('sku', '{stock_account,stock_delta,protection_account,protection_delta,quota_account,quota_delta,
                                 movement_row,reservation_row,backorder_row,backorder_claim_row,shortfall_row,feed_mark_row,published_row}'::text[]),
                       ('order_id', '{order_row,order_line_row,order_hold_row,fulfillment_row,fulfillment_line_row,fulfillment_event_row,
                                      decision_row,decision_line_row,capacity_use_row,rejection_row,return_row}')) AS l (key, tables)
          JOIN pg_catalog.pg_class c ON c.relname = ANY (l.tables) AND c.relnamespace = 'oms'::regnamespace AND c.relkind = 'r'
         ORDER BY c.oid
    LOOP
        FOR remade IN
            SELECT pg_catalog.format('ALTER TABLE oms.%I ADD CONSTRAINT %I %s', t.relname, k.conname, pg_catalog.pg_get_constraintdef(k.oid)) AS text, i.relname AS index
              FROM pg_catalog.pg_constraint k LEFT JOIN pg_catalog.pg_class i ON i.oid = k.conindid
             WHERE k.conrelid = t.oid AND k.contype <> 'c'
            UNION ALL
            SELECT pg_catalog.pg_get_indexdef(x.indexrelid), i.relname
              FROM pg_catalog.pg_index x JOIN pg_catalog.pg_class i ON i.oid = x.indexrelid
             WHERE x.indrelid = t.oid AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint k WHERE k.conindid = x.indexrelid)
        LOOP
            later := later || remade.text;
            IF remade.index IS NOT NULL THEN
                EXECUTE pg_catalog.format('ALTER INDEX oms.%I RENAME TO %I', remade.index, 'plain_' || remade.index);
            END IF;
        END LOOP;
        -- Triggers for each row come to the partitions by themselves, those for each statement do not.
        FOR remade IN
            SELECT g.tgname, g.tgtype & 1 = 1 AS each_row, g.tgenabled, pg_catalog.pg_get_triggerdef(g.oid) AS text,
                   pg_catalog.obj_description(g.oid, 'pg_trigger') AS comment
              FROM pg_catalog.pg_trigger g WHERE g.tgrelid = t.oid AND NOT g.tgisinternal
        LOOP
            FOR i IN -1 .. partitions - 1 LOOP
                CONTINUE WHEN i >= 0 AND remade.each_row;
                part := t.relname || CASE WHEN i < 0 THEN '' ELSE '_' || i END;
                later := later || pg_catalog.replace(remade.text, ' ON oms.' || t.relname || ' ', ' ON oms.' || part || ' ')
                    || pg_catalog.format('COMMENT ON TRIGGER %I ON oms.%I IS %L', remade.tgname, part, remade.comment);
                IF remade.tgenabled = 'A' THEN
                    later := later || pg_catalog.format('ALTER TABLE oms.%I ENABLE ALWAYS TRIGGER %I', part, remade.tgname);
                END IF;
            END LOOP;
        END LOOP;

        EXECUTE pg_catalog.format('ALTER TABLE oms.%I RENAME TO %I', t.relname, 'plain_' || t.relname);
        EXECUTE pg_catalog.format('CREATE TABLE oms.%I (LIKE oms.%I INCLUDING ALL EXCLUDING INDEXES) PARTITION BY HASH (%I)',
                                  t.relname, 'plain_' || t.relname, t.key);
        FOR i IN -1 .. partitions - 1 LOOP
            part := t.relname || CASE WHEN i < 0 THEN '' ELSE '_' || i END;
            IF i >= 0 THEN
                EXECUTE pg_catalog.format('CREATE TABLE oms.%I PARTITION OF oms.%I FOR VALUES WITH (MODULUS %s, REMAINDER %s)%s',
                                          part, t.relname, partitions, i, ' WITH (' || pg_catalog.array_to_string(t.reloptions, ', ') || ')');
            END IF;
            IF t.relreplident = 'f' THEN
                EXECUTE pg_catalog.format('ALTER TABLE oms.%I REPLICA IDENTITY FULL', part);
            END IF;
            EXECUTE pg_catalog.format('COMMENT ON TABLE oms.%I IS %L', part, t.comment);
            PERFORM pg_catalog.pg_extension_config_dump(pg_catalog.format('oms.%I', part)::regclass, '');
        END LOOP;
        EXECUTE pg_catalog.format('INSERT INTO oms.%I SELECT * FROM oms.%I', t.relname, 'plain_' || t.relname);
        EXECUTE pg_catalog.format('ALTER EXTENSION oms DROP TABLE oms.%I', 'plain_' || t.relname);
        emptied := emptied || pg_catalog.format('oms.%I', 'plain_' || t.relname);
    END LOOP;

    FOREACH part IN ARRAY views LOOP
        EXECUTE part;
    END LOOP;
    IF emptied <> '{}' THEN
        EXECUTE 'DROP TABLE ' || pg_catalog.array_to_string(emptied, ', ');
    END IF;
    FOREACH part IN ARRAY later LOOP
        EXECUTE part;
    END LOOP;
END $$;
