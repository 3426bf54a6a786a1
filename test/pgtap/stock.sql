-- Stock: receive, adjust, set_on_hand, transfer and their _many, the ledger that each leaves,
-- and what each refuses. What holds for the arguments of all calls is in bad_input.sql.
BEGIN;
SET LOCAL client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS oms;
\ir include/network.psql
SELECT plan(67);

-- ledger(sku) is what was written about a sku, in order
CREATE FUNCTION pg_temp.ledger(sku text) RETURNS SETOF text LANGUAGE sql AS $$
    SELECT concat_ws(' ', location, to_char(quantity, 'FMSG999999'), kind, reason, 'for ' || reference, 'by ' || nullif(actor, session_user))
    FROM oms.movement AS m WHERE m.sku = ledger.sku ORDER BY movement_id
$$;

-- receive
SELECT is(oms.receive('W', 'A', 10), 10::bigint, 'the first receive makes the account');
SELECT is(oms.receive('W', 'A', 5, 'delivery', 'PO-1', 'ann'), 15::bigint, 'the second adds to it');
SELECT results_eq($$SELECT * FROM pg_temp.ledger('A')$$,
                  $$VALUES ('W +10 receive'), ('W +5 receive delivery for PO-1 by ann')$$, 'each leaves a movement: what, why, for what, by whom');
SELECT is((SELECT actor FROM oms.movement WHERE sku = 'A' ORDER BY movement_id LIMIT 1), session_user::text, 'the actor is the session''s user');
SELECT is(oms.receive('W', 'A', 1, NULL, NULL, NULL, NULL), 16::bigint, 'NULL stands for what is optional');
SELECT is((SELECT actor FROM oms.movement WHERE sku = 'A' ORDER BY movement_id DESC LIMIT 1), session_user::text, 'also for the actor');
SELECT results_eq($$SELECT * FROM oms.inventory WHERE sku = 'A'$$,
                  $$VALUES ('A' COLLATE "C", 'W' COLLATE "C", 16::bigint, 0::bigint, 0::bigint, 0::bigint, 16::bigint)$$, 'the inventory of A');
SELECT is((SELECT count(*) FROM oms.item WHERE sku = 'A'), 0::bigint, 'a sku needs no item');
SELECT results_eq($$SELECT * FROM oms.receive_many('W', '{A,B,A}', '{1,2,3}')$$,
                  $$VALUES ('A', 17::bigint), ('B', 2::bigint), ('A', 20::bigint)$$, 'receive_many: a row per element, a sku may come twice');
SELECT results_eq($$SELECT * FROM pg_temp.ledger('B')$$, $$VALUES ('W +2 receive')$$, 'receive_many leaves movements');
SELECT is_empty($$SELECT * FROM oms.receive_many('W', '{}', '{}')$$, 'nothing to receive');
UPDATE oms.location SET status = 'offline' WHERE location = 'F';
SELECT is(oms.receive('F', 'A', 1), 1::bigint, 'an offline location receives');
SELECT pg_temp.refused($$SELECT oms.receive('nowhere', 'A', 1)$$, 'OM004 location "nowhere" is unknown | Call oms.add_location first.');
SELECT pg_temp.refused($$SELECT oms.receive('w', 'A', 1)$$, 'OM004 location "w" is unknown | Call oms.add_location first.');
SELECT pg_temp.refused($$SELECT oms.receive('W', 'A', 0)$$, '22023 quantity must be at least 1 | Sku "A": 0.');
SELECT pg_temp.refused($$SELECT oms.receive('W', 'A', -3)$$, '22023 quantity must be at least 1 | Sku "A": -3.');
SELECT pg_temp.refused($$SELECT * FROM oms.receive_many('W', '{A,B}', '{1,0}')$$, '22023 quantity must be at least 1 | Sku "B": 0.');
SELECT pg_temp.refused($$SELECT * FROM oms.receive_many('nowhere', '{A,B}', '{1,1}')$$, 'OM004 location "nowhere" is unknown | Call oms.add_location first.');

-- The ends of bigint
SELECT is(oms.receive('W', 'huge', 9223372036854775807), 9223372036854775807, 'receive up to the largest bigint');
SELECT matches(pg_temp.error($$SELECT oms.receive('W', 'huge', 1)$$), '^22003 ', 'but not beyond');
SELECT matches(pg_temp.error($$SELECT oms.adjust('W', 'huge', 9223372036854775807, 'x')$$), '^22003 ', 'nor by an adjustment');
SELECT matches(pg_temp.error($$SELECT * FROM oms.receive_many('W', '{huge2,huge2}', '{9223372036854775807,1}')$$), '^22003 ', 'nor by two lines that add up');
SELECT is_empty($$SELECT FROM oms.inventory WHERE sku = 'huge2'$$, 'and the first of the two is not left behind');
SELECT oms.receive('N', 'huge', 5) \gset
SELECT matches(pg_temp.error($$SELECT * FROM oms.transfer('N', 'W', 'huge', 1)$$), '^22003 ', 'nor by a transfer');
SELECT is((SELECT on_hand FROM oms.inventory WHERE sku = 'huge' AND location = 'N'), 5::bigint, 'which leaves its units where they were');
SELECT is(oms.atp('web', 'huge'), 9223372036854775807, 'a sum over locations stops at the largest bigint');
SELECT is(oms.adjust('W', 'huge', -9223372036854775807, 'x'), 0::bigint, 'all of it may go again');
SELECT pg_temp.refused($$SELECT oms.adjust('W', 'huge', -9223372036854775808, 'x')$$,
    'OM001 not enough stock of sku "huge" | Location "W": wanted 9223372036854775807, available 0. | Ask oms.atp_by_location where it is available.');

-- adjust
SELECT is(oms.adjust('W', 'A', -4, 'damaged'), 16::bigint, 'a loss');
SELECT is(oms.adjust('W', 'A', 2, 'found', 'audit', 'bob'), 18::bigint, 'a gain');
SELECT results_eq($$SELECT * FROM pg_temp.ledger('A') OFFSET 6$$,
                  $$VALUES ('W -4 adjust damaged'), ('W +2 adjust found for audit by bob')$$, 'both in the ledger');
SELECT pg_temp.refused($$SELECT oms.adjust('W', 'A', -19, 'x')$$,
    'OM001 not enough stock of sku "A" | Location "W": wanted 19, available 18. | Ask oms.atp_by_location where it is available.');
SELECT pg_temp.refused($$SELECT oms.adjust('W', 'A', 0, 'x')$$, '22023 delta must not be 0 | Sku "A": 0.');
SELECT pg_temp.refused($$SELECT oms.adjust('W', 'A', 1, NULL)$$, '22004 reason must not be null');
SELECT pg_temp.refused($$SELECT oms.adjust('W', 'A', 1, '')$$, '22023 reason must not be empty');
SELECT pg_temp.refused($$SELECT oms.adjust('nowhere', 'A', 1, 'x')$$, 'OM004 location "nowhere" is unknown | Call oms.add_location first.');
SELECT results_eq($$SELECT * FROM oms.adjust_many('W', '{A,B}', '{1,-2}', 'count')$$,
                  $$VALUES ('A', 19::bigint), ('B', 0::bigint)$$, 'adjust_many, down to 0');
SELECT pg_temp.refused($$SELECT * FROM oms.adjust_many('W', '{A,B}', '{-1,-1}', 'x')$$,
    'OM001 not enough stock of sku "B" | Location "W": wanted 1, available 0. | Ask oms.atp_by_location where it is available.');

-- A loss takes what is reserved: reservations lose, and wait
SELECT is((SELECT sum(quantity) FROM oms.reserve('web', 'A', 15, location => 'W')), 15::numeric, '15 of 19 reserved');
SELECT is(oms.adjust('W', 'A', -9, 'water damage'), 10::bigint, 'a loss is not refused for what is reserved');
SELECT is(oms.available('A', 'W'), 0::bigint, 'what more was reserved waits');
SELECT is(oms.atp('web', 'A'), 0::bigint, 'ATP is not; F is offline');
SELECT is((SELECT available FROM oms.inventory_by_sku WHERE sku = 'A'), 1::bigint, 'inventory_by_sku sums the unit at F');

-- set_on_hand
SELECT is(oms.set_on_hand('W', 'C', 7, 'opening'), 7::bigint, 'set_on_hand makes the account');
SELECT is(oms.set_on_hand('W', 'C', 4), 4::bigint, 'lower');
SELECT is(oms.set_on_hand('W', 'C', 4), 4::bigint, 'the same: no change');
SELECT is(oms.set_on_hand('W', 'C', 0), 0::bigint, 'none');
SELECT results_eq($$SELECT * FROM pg_temp.ledger('C')$$,
                  $$VALUES ('W +7 count opening'), ('W -3 count'), ('W -4 count')$$, 'the differences are in the ledger');
SELECT pg_temp.refused($$SELECT oms.set_on_hand('W', 'C', -1)$$, '22023 quantity must not be negative | Sku "C": -1.');
SELECT pg_temp.refused($$SELECT oms.set_on_hand('nowhere', 'C', 1)$$, 'OM004 location "nowhere" is unknown | Call oms.add_location first.');
SELECT results_eq($$SELECT * FROM oms.set_on_hand_many('W', '{C,D}', '{9,8}')$$, $$VALUES ('C', 9::bigint), ('D', 8::bigint)$$, 'set_on_hand_many');
SELECT is(oms.set_on_hand('W', 'A', 3), 3::bigint, 'what is reserved does not hold it back');
SELECT is(oms.available('A', 'W'), 0::bigint, 'more of it waits');
SELECT is((SELECT sum(backordered) FROM oms.shortfall WHERE sku = 'A'), 12::numeric, 'twelve in all');

-- transfer
SELECT results_eq($$SELECT * FROM oms.transfer('W', 'N', 'C', 4, 'refill', 'T-1')$$, $$VALUES (5::bigint, 4::bigint)$$, 'on_hand after at both');
SELECT results_eq($$SELECT * FROM pg_temp.ledger('C') OFFSET 4$$,
                  $$VALUES ('W -4 transfer refill for T-1'), ('N +4 transfer refill for T-1')$$, 'two movements');
SELECT results_eq($$SELECT * FROM oms.transfer_many('W', 'N', '{C,D}', '{1,8}')$$,
                  $$VALUES ('C', 4::bigint, 5::bigint), ('D', 0::bigint, 8::bigint)$$, 'transfer_many');
SELECT is((SELECT sum(quantity) FROM oms.reserve('web', 'C', 3, location => 'W')), 3::numeric, '3 of 4 reserved at W');
SELECT pg_temp.refused($$SELECT * FROM oms.transfer('W', 'N', 'C', 2)$$,
    'OM001 not enough stock of sku "C" | Location "W": wanted 2, available 1. | Ask oms.atp_by_location where it is available.');
SELECT pg_temp.refused($$SELECT * FROM oms.transfer_many('N', 'W', '{C,D}', '{1,9}')$$,
    'OM001 not enough stock of sku "D" | Location "N": wanted 9, available 8. | Ask oms.atp_by_location where it is available.');
SELECT pg_temp.refused($$SELECT * FROM oms.transfer('W', 'W', 'C', 1)$$, '22023 from_location and to_location must differ | Both are "W".');
SELECT pg_temp.refused($$SELECT * FROM oms.transfer('nowhere', 'W', 'C', 1)$$, 'OM004 location "nowhere" is unknown | Call oms.add_location first.');
SELECT pg_temp.refused($$SELECT * FROM oms.transfer('W', 'nowhere', 'C', 1)$$, 'OM004 location "nowhere" is unknown | Call oms.add_location first.');
SELECT pg_temp.refused($$SELECT * FROM oms.transfer('W', 'N', 'C', 0)$$, '22023 quantity must be at least 1 | Sku "C": 0.');
SELECT pg_temp.refused($$SELECT * FROM oms.transfer('W', 'N', 'unheard of', 1)$$,
    'OM001 not enough stock of sku "unheard of" | Location "W": wanted 1, available 0. | Ask oms.atp_by_location where it is available.');

-- Folding changes no value, and the ledger adds up to the inventory.
CREATE TEMP TABLE before AS SELECT * FROM oms.inventory;
SELECT oms.fold_accounts() \gset
SELECT set_eq('SELECT * FROM oms.inventory', 'SELECT * FROM before', 'a fold changes no value');
SELECT is_empty($$SELECT sku, location, on_hand FROM oms.inventory WHERE sku IN ('A', 'B', 'C', 'D', 'huge')
                  EXCEPT SELECT sku, location, sum(quantity)::bigint FROM oms.movement GROUP BY sku, location$$,
                'on_hand is the sum of the movements');

SELECT * FROM finish();
ROLLBACK;
