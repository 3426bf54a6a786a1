-- From 0.1 to 0.2, what script/upgrade cannot derive: changes of tables, types and data. What stands before the
-- line below runs before the derived statements, what stands after it runs after them.

ALTER TABLE oms.feed_mark_row DISABLE TRIGGER guard;
ALTER TABLE oms.feed_mark_row ADD settled boolean;
UPDATE oms.feed_mark_row SET settled = false;
ALTER TABLE oms.feed_mark_row ALTER settled SET NOT NULL, ALTER settled SET DEFAULT false, ENABLE ALWAYS TRIGGER guard;
ALTER TABLE oms.published_row DROP CONSTRAINT published_row_pkey, ADD PRIMARY KEY (sku, consumer, channel);

-- derived statements
