-- From 0.1 to 0.2, what script/upgrade cannot derive: changes of tables, types and data. What stands before the
-- line below runs before the derived statements, what stands after it runs after them.

ALTER TABLE oms.feed_mark_row DISABLE TRIGGER guard;
ALTER TABLE oms.feed_mark_row ADD settled boolean;
UPDATE oms.feed_mark_row SET settled = false;
ALTER TABLE oms.feed_mark_row ALTER settled SET NOT NULL, ALTER settled SET DEFAULT false, ENABLE ALWAYS TRIGGER guard;
ALTER TABLE oms.published_row DROP CONSTRAINT published_row_pkey, ADD PRIMARY KEY (sku, consumer, channel);
-- pg_dump could not order the data of its partitions; oms.check() finds a line without an order.
ALTER TABLE oms.order_line_row DROP CONSTRAINT order_line_row_order_id_fkey;
ALTER TABLE oms.routing_run_row ADD plan_seconds double precision, ADD move_seconds double precision;
ALTER TABLE oms.policy_routing_row DROP CONSTRAINT policy_routing_row_on_unfilled_check,
    ADD CONSTRAINT policy_routing_row_on_unfilled_check CHECK (on_unfilled IN ('wait', 'backorder', 'leave')),
    ADD CONSTRAINT policy_routing_row_check CHECK (on_unfilled <> 'leave' OR cancel_after_days IS NULL);
ALTER TABLE oms.policy_rule_row ADD weights numeric[];

-- derived statements
