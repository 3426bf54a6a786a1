-- The accounts in tables partitioned by hash of sku instead of plain ones, empty as yet; the views are made
-- anew over them.
DO $$
DECLARE
    plain text;
    v record;
BEGIN
    CREATE TEMP TABLE view_text AS
    SELECT o.name, pg_get_viewdef(o.name::regclass) AS text
      FROM (VALUES (1, 'oms.stock_delta_sum'), (2, 'oms.inventory'), (3, 'oms.protected_stock'), (4, 'oms.quota_use')) o (n, name) ORDER BY o.n;
    FOREACH plain IN ARRAY '{stock_account,stock_delta,protection_account,protection_delta,quota_account,quota_delta}'::text[] LOOP
        EXECUTE format('ALTER TABLE oms.%I RENAME TO %I', plain, 'plain_' || plain);
        EXECUTE format('CREATE TABLE oms.%I (LIKE oms.%I INCLUDING ALL) PARTITION BY HASH (sku)', plain, 'plain_' || plain);
        FOR i IN 0..3 LOOP
            EXECUTE format('CREATE TABLE oms.%I PARTITION OF oms.%I FOR VALUES WITH (MODULUS 4, REMAINDER %s)', plain || '_' || i, plain, i);
        END LOOP;
    END LOOP;
    FOR v IN SELECT * FROM view_text LOOP
        EXECUTE format('CREATE OR REPLACE VIEW %s AS %s', v.name, v.text);
    END LOOP;
END $$;
