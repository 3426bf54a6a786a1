-- Reconciliation: bad input, what is a difference and what is none any more, each cause, what the repair leaves.
BEGIN;
SET LOCAL client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS oms;
\ir include/network.psql
SELECT plan(48);

SELECT now() - interval '1 day' AS t, now() - interval '2 hours' AS m \gset
SELECT (oms.add_source('wms')).source AS wms, (oms.add_source('pos')).source AS pos, (oms.add_source('erp')).source AS erp,
       (oms.add_source('slow', lag => '1 hour')).source AS slow, (oms.add_source('strict', limit_units => 0)).source AS strict,
       (oms.add_source('net', excludes_reserved => true)).source AS net, (oms.add_source('full', on_missing => 'zero')).source AS full_ \gset
-- take(source, kind, sku, quantity, as_of, event_id) is the outcome of one row at W.
CREATE FUNCTION pg_temp.take(source text, kind text, sku text, quantity bigint, as_of timestamptz, event_id text DEFAULT NULL) RETURNS text LANGUAGE sql AS $$
    SELECT outcome FROM oms.ingest_many($1, $2, ARRAY[$3], '{W}', ARRAY[$4], CASE WHEN $2 IN ('sale', 'change', 'receipt') THEN ARRAY[$6] END, as_of => $5, event_id => $6)
$$;
-- found(source, …) is what reconcile finds.
CREATE FUNCTION pg_temp.found(source text, repair boolean DEFAULT false) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(concat_ws(' ', sku, stated, ledger, difference, corrected, cause, repair_units, event_ids::text, cardinality(movement_ids)), ', ' ORDER BY sku) FROM oms.reconcile($1, $2)
$$;
CREATE FUNCTION pg_temp.on_hand(sku text) RETURNS bigint LANGUAGE sql AS $$ SELECT on_hand FROM oms.inventory WHERE sku = $1 AND location = 'W' $$;

-- Arguments
SELECT pg_temp.refused($$SELECT oms.reconcile(NULL)$$, '22004 source must not be null');
SELECT pg_temp.refused($$SELECT oms.reconcile('')$$, '22023 source must not be empty');
SELECT pg_temp.refused($$SELECT oms.reconcile('nobody')$$, 'OM004 source "nobody" is unknown | Call oms.add_source first.');
SELECT pg_temp.refused($$SELECT oms.reconcile('wms', NULL)$$, '22004 repair must not be null');
SELECT pg_temp.refused($$SELECT oms.reconcile('wms', causes => NULL)$$, '22004 causes must not be null');
SELECT pg_temp.refused($$SELECT oms.reconcile('wms', causes => '{theft}')$$, '22023 cause "theft" is unknown | It is missed, late, double or unexplained.');
SELECT pg_temp.refused($$SELECT oms.reconcile('wms', causes => '{NULL}')$$, '22004 causes must not contain nulls | Element 1 is null.');
SELECT pg_temp.refused($$SELECT oms.reconcile('wms', within => '-1 s')$$, '22023 within must not be negative');
SELECT pg_temp.refused($$SELECT oms.reconcile('wms', within => NULL)$$, '22004 within must not be null');
SELECT pg_temp.refused($$SELECT oms.reconcile('wms', near => '-1 s')$$, '22023 near must not be negative');
SELECT pg_temp.refused($$SELECT oms.reconcile('wms', near => NULL)$$, '22004 near must not be null');
SELECT is(pg_temp.found('wms'), NULL, 'a source that has stated nothing');
SELECT is(pg_temp.found('wms', true), NULL, 'has nothing to be repaired');
SELECT is((SELECT count(*) FROM oms.reconcile('wms', causes => '{}')), 0::bigint, 'no cause, no row');

-- The first figure of all is unexplained, and right.
SELECT is(pg_temp.take('wms', 'snapshot', 'A', 10, :'t', 'S1'), 'applied', 'a first figure');
SELECT is(pg_temp.found('wms'), 'A 10 0 10 10 unexplained 0 {} 0', 'is a difference');
SELECT is(pg_temp.found('wms', true), 'A 10 0 10 10 unexplained 0 {} 0', 'until somebody has looked at it');
SELECT is(pg_temp.found('wms'), NULL, 'and is none from then on');
SELECT is(pg_temp.take('wms', 'snapshot', 'A', 12, :'t', 'S1 again'), 'stale', 'nor may another figure as of then change what was decided');

-- The source is behind: the figure lacks the latest movements together.
SELECT is(pg_temp.take('pos', 'sale', 'A', 1, :'m'::timestamptz - interval '9 h', 'p1') || pg_temp.take('pos', 'sale', 'A', 2, :'m'::timestamptz - interval '8 h', 'p2')
       || pg_temp.take('pos', 'sale', 'A', 3, :'m'::timestamptz - interval '7 h', 'p3'), 'appliedappliedapplied', 'three sales');
SELECT is(pg_temp.take('wms', 'snapshot', 'A', 9, :'m', 'S2'), 'applied', 'of which the figure knows one');
SELECT is(pg_temp.found('wms'), 'A 9 4 5 5 missed -5 {} 2', 'the last two are missed');
SELECT is((SELECT count(*) FROM oms.reconcile('wms', within => '7 h 30 min')), 1::bigint, 'it is a difference');
SELECT is((SELECT cause FROM oms.reconcile('wms', within => '7 h 30 min')), 'unexplained', 'but not explained by what is too long ago');
SELECT is((SELECT count(*) FROM oms.reconcile('wms', true, '{double,late}')), 0::bigint, 'of other causes there is none');
SELECT is(pg_temp.found('wms', true), 'A 9 4 5 5 missed -5 {} 2', 'repaired');
SELECT is(pg_temp.on_hand('A'), 4::bigint, 'by what the ledger says');
SELECT is(pg_temp.take('wms', 'snapshot', 'A', 9, :'m'), 'stale', 'the same figure does not bring it back');
SELECT is((SELECT string_agg(quantity || ' ' || reason, ', ') FROM oms.movement WHERE kind = 'reconcile' AND source = 'wms' AND occurred_at = :'m'), '-5 missed', 'a movement says so');

-- A figure that waits; an event that explains it comes.
SELECT is(pg_temp.take('strict', 'snapshot', 'B', 10, :'t', 'X1'), 'parked', 'a source that is not trusted');
SELECT is(pg_temp.found('strict', true), 'B 10 0 10 0 unexplained 10 {} 0', 'is by a person');
SELECT is((SELECT count(*) FROM oms.feed_exception WHERE status = 'open'), 0::bigint, 'which settles the exception');
SELECT is(pg_temp.take('strict', 'snapshot', 'B', 7, :'m', 'X2'), 'parked', 'three fewer');
SELECT is(pg_temp.found('strict'), 'B 7 10 -3 0 unexplained -3 {} 0', 'are not explained');
SELECT is(pg_temp.take('pos', 'sale', 'B', 3, :'m'::timestamptz - interval '1 h', 'p4'), 'applied', 'until their sale comes');
SELECT is(pg_temp.found('strict'), NULL, 'then all is well');

-- A double of our own: oms took it out, and the tills reported it.
SELECT is(pg_temp.take('full', 'snapshot', 'C', 20, :'t', 'F1'), 'applied', 'twenty');
SELECT oms.adjust('W', 'C', -4, 'sold at the counter') AS left_ \gset
SELECT is(pg_temp.take('pos', 'sale', 'C', 4, clock_timestamp(), 'p5'), 'applied', 'reported too');
SELECT is(pg_temp.take('full', 'count', 'C', 16, clock_timestamp(), 'F2'), 'applied', 'a count says four were sold');
SELECT is((SELECT cause || ' ' || repair_units || ' ' || event_ids::text || ' ' || cardinality(movement_ids) FROM oms.reconcile('full') WHERE sku = 'C'), 'double 0 {p5} 2', 'once');
SELECT oms.set_on_hand('W', 'C', 15) AS left_ \gset
SELECT is((SELECT count(*) FROM oms.reconcile('full') WHERE sku = 'C'), 0::bigint, 'a later count by hand is the last word');

-- Within the lag of a source: the event came after the figure, was in it all the same, and counts twice.
SELECT is(pg_temp.take('erp', 'receipt', 'D', 10, :'t'::timestamptz + interval '1 h', 'e1'), 'applied', 'ten');
SELECT is(pg_temp.take('slow', 'snapshot', 'D', 8, :'m', 'L1'), 'applied', 'a figure of eight');
SELECT is(pg_temp.take('pos', 'sale', 'D', 2, :'m'::timestamptz - interval '10 min', 'p6'), 'applied', 'the sale of two comes later');
SELECT is(pg_temp.found('slow', true), 'D 8 10 -2 -2 late 2 {p6} 1', 'and was in the figure');
SELECT is(pg_temp.on_hand('D'), 8::bigint, 'of which eight are left');

-- Figures net of what is reserved are told so.
SELECT oms.receive('W', 'E', 10) AS e \gset
SELECT count(*) AS reserved FROM oms.reserve('web', 'E', 4) \gset
SELECT is(pg_temp.take('net', 'snapshot', 'E', 5, clock_timestamp(), 'N1') || ' ' || pg_temp.found('net'), 'applied E 5 6 -1 -1 unexplained 0 {} 0', 'in the source''s terms');

SELECT is_empty('SELECT * FROM oms.check()', 'all adds up');
SELECT * FROM finish();
ROLLBACK;
