-- oms.safety_stock: what a location keeps back from a channel.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS oms;
RESET client_min_messages;
SET search_path = oms, public;

-- Units, a percent of on_hand, both added, the larger or the smaller of both.
-- withheld() rounds the percent up; on_hand - safety_stock is what the channel may sell.
SELECT rule, on_hand, withheld(rule, on_hand), on_hand - rule AS left_to_sell
FROM unnest(ARRAY['5', '10%', '5 + 10%', 'max(5, 10%)', 'min(20, 50%)', '100%']::safety_stock[])
         WITH ORDINALITY AS r (rule, n),
     unnest(ARRAY[0, 3, 31, 100]) AS on_hand
ORDER BY n, on_hand;

-- One value, one text: spaces, case and useless parts go.
SELECT t AS written, t::safety_stock AS stored
FROM unnest(ARRAY['5+10%', '  5  +  10%  ', 'MAX( 5,10% )', '012.50%', '0.0001%', '0', '0%',
                  '5 + 0%', '0 + 10%', 'max(5, 0%)', 'max(0, 10%)', 'min(5, 0%)', 'min(0, 10%)',
                  '9223372036854775807 + 100%']) AS t;

-- With less than nothing on hand the percent is of 0.
SELECT withheld('50%', -10), -10 - safety_stock '50%' AS percent,
       withheld('5', -10), -10 - safety_stock '5' AS units;

-- The percent is exact to the last unit; a result is held at the ends of bigint.
SELECT withheld('0.0001%', 9223372036854775807), withheld('99.9999%', 9223372036854775807),
       withheld('100%', 9223372036854775807), 9223372036854775807 - safety_stock '100%' AS left_to_sell;
SELECT withheld('9223372036854775807 + 1%', 9223372036854775807),
       (-2) - safety_stock '9223372036854775807' AS left_to_sell;

-- Equality is of what is written; the order is units, then percent, then plus, max, min.
SELECT safety_stock '5+10%' = '5 + 10.0%' AS equal, safety_stock 'max(5, 10%)' = '5 + 10%' AS other;
SELECT rule, count(*)
FROM unnest(ARRAY['min(5, 10%)', '10%', '5', '5+10%', 'max(5,10%)', '5 + 10%', '0', '0%']::safety_stock[])
         AS rule
GROUP BY rule ORDER BY rule;

-- What is not a safety stock is refused.
SELECT ''::safety_stock;
SELECT 'five'::safety_stock;
SELECT '5 10%'::safety_stock;
SELECT '10% + 5'::safety_stock;
SELECT 'max(10%, 5)'::safety_stock;
SELECT 'max(5, 10)'::safety_stock;
SELECT 'max(5, 10%'::safety_stock;
SELECT '2.5'::safety_stock;
SELECT '2.12345%'::safety_stock;
SELECT '-1'::safety_stock;
SELECT '100.0001%'::safety_stock;
SELECT '9223372036854775808'::safety_stock;
