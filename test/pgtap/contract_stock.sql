-- The contract of network, stock, availability and reservation: each call is found with untyped
-- positional parameters, as drivers send them, and has the names, types and columns that
-- others build on. More parameters and columns may follow those listed.
BEGIN;
SET LOCAL client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS oms;
SELECT plan(119);

-- required: leading parameters without a default; result: leading columns, or the type
CREATE TEMP TABLE contract (function text PRIMARY KEY, required text, optional text, result text);
INSERT INTO contract VALUES
    ('add_location', 'location text, kind text', 'coordinates oms.latlon', 'oms.location'),
    ('add_location_group', 'location_group text, locations text[]', '', 'SETOF oms.location_group_member'),
    ('add_channel', 'channel text, ship_group text', 'pickup_group text, safety_stock oms.safety_stock, buffer bigint', 'oms.channel'),
    ('add_item', 'sku text', '', 'oms.item'),
    ('add_quota', 'channel text, sku text, quantity bigint', 'period text, time_zone text', 'oms.quota'),
    ('add_capacity', 'location text', 'orders bigint, lines bigint, units bigint, minutes bigint', 'oms.capacity'),
    ('protect_stock', 'location text, sku text, channel text, quantity bigint', 'until timestamp with time zone', 'bigint'),
    ('unprotect_stock', 'location text, sku text, channel text', '', 'bigint'),
    ('receive', 'location text, sku text, quantity bigint', '', 'bigint'),
    ('receive_many', 'location text, skus text[], quantities bigint[]', '', 'sku text, on_hand bigint'),
    ('adjust', 'location text, sku text, delta bigint, reason text', '', 'bigint'),
    ('adjust_many', 'location text, skus text[], deltas bigint[], reason text', '', 'sku text, on_hand bigint'),
    ('set_on_hand', 'location text, sku text, quantity bigint', '', 'bigint'),
    ('set_on_hand_many', 'location text, skus text[], quantities bigint[]', '', 'sku text, on_hand bigint'),
    ('transfer', 'from_location text, to_location text, sku text, quantity bigint', '', 'from_on_hand bigint, to_on_hand bigint'),
    ('transfer_many', 'from_location text, to_location text, skus text[], quantities bigint[]', '', 'sku text, from_on_hand bigint, to_on_hand bigint'),
    ('available', 'sku text, location text', '', 'bigint'),
    ('atp', 'channel text, sku text', 'method text, at timestamp with time zone', 'bigint'),
    ('atp_many', 'channel text, skus text[]', '', 'sku text, atp bigint'),
    ('atp_by_location', 'channel text, sku text', '', 'location text, on_hand bigint'),
    ('reserve', 'channel text, sku text, quantity bigint',
     'location text, expires_in interval, method text, ship_to oms.latlon, on_shortage text, cart_id text, request_id text',
     'line_no integer, sku text, location text, quantity bigint, reservation_id bigint, expires_at timestamp with time zone'),
    ('try_reserve', 'channel text, sku text, quantity bigint',
     'location text, expires_in interval, method text, ship_to oms.latlon, on_shortage text, cart_id text, request_id text',
     'line_no integer, sku text, requested bigint, reserved bigint, available bigint, status text'),
    ('confirm', 'reservation_id bigint', '', ''), ('confirm_many', 'reservation_ids bigint[]', '', ''),
    ('extend', 'reservation_id bigint, expires_in interval', '', ''), ('extend_many', 'reservation_ids bigint[], expires_in interval', '', ''),
    ('release', 'reservation_id bigint', '', ''), ('release_many', 'reservation_ids bigint[]', '', ''),
    ('consume', 'reservation_id bigint', 'quantity bigint', ''), ('consume_many', 'reservation_ids bigint[]', 'quantities bigint[]', '');
INSERT INTO contract
SELECT c.function || suffix, replace(c.required, 'sku text, quantity bigint', lines), c.optional, c.result
FROM contract AS c, (VALUES ('_many', 'skus text[], quantities bigint[]'), ('_cart', 'cart jsonb')) AS f (suffix, lines)
WHERE c.function IN ('reserve', 'try_reserve');

-- arguments(function, n) are the first n input arguments; without n all
CREATE FUNCTION pg_temp.arguments(function oid, n int DEFAULT NULL) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(p.proargnames[i] || ' ' || format_type(t, NULL), ', ' ORDER BY i)
    FROM pg_proc AS p, unnest(p.proargtypes) WITH ORDINALITY AS a (t, i)
    WHERE p.oid = function AND i <= coalesce(n, p.pronargs)
$$;

CREATE TEMP VIEW call AS
SELECT c.*, p.oid, p.pronargs, p.pronargs - p.pronargdefaults AS nrequired,
       coalesce((SELECT string_agg(a.attname || ' ' || format_type(a.atttypid, a.atttypmod), ', ' ORDER BY a.attnum)
                 FROM pg_type AS t JOIN pg_class AS r ON r.oid = t.typrelid AND r.relkind = 'c' JOIN pg_attribute AS a ON a.attrelid = r.oid AND a.attnum > 0
                 WHERE t.oid = p.prorettype), pg_get_function_result(p.oid)) AS returns
FROM contract AS c LEFT JOIN pg_proc AS p ON p.proname = c.function AND p.pronamespace = 'oms'::regnamespace;

SELECT is(count(oid)::int, 1, format('there is one oms.%s', function)) FROM call GROUP BY function ORDER BY function;
SELECT is(pg_temp.arguments(oid, nrequired), required, format('what oms.%s requires', function)) FROM call ORDER BY function;
SELECT ok(starts_with(pg_temp.arguments(oid), concat_ws(', ', required, nullif(optional, ''))), format('the order of the parameters of oms.%s', function))
FROM call WHERE optional <> '' ORDER BY function;
SELECT is_empty($$SELECT function, returns FROM call WHERE NOT starts_with(regexp_replace(returns, '^TABLE\(', ''), result)$$, 'what each returns');
SELECT is_empty($$SELECT function FROM call WHERE function ~ '^(confirm|extend|release|consume)'
                  AND returns NOT LIKE 'TABLE(reservation_id bigint, sku text, location text, quantity bigint, %status text%'$$, 'a reservation''s row after each verb');
SELECT is_empty($$SELECT c.function FROM call AS c JOIN pg_proc AS p ON p.oid = c.oid WHERE p.provolatile = 'v' AND c.function !~ '^add_' AND NOT 'request_id' = ANY (p.proargnames)$$,
                'every call that changes state takes a request_id');

-- PREPARE with $1 … $n, n from the required parameters to all of them; the types are inferred.
CREATE FUNCTION pg_temp.inferred(function text, n int) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    types text;
BEGIN
    EXECUTE format('PREPARE untyped AS SELECT * FROM oms.%I(%s)', function, (SELECT string_agg('$' || i, ', ') FROM generate_series(1, n) AS i));
    SELECT string_agg(format_type(t, NULL), ', ' ORDER BY i) INTO types
    FROM pg_prepared_statements, unnest(parameter_types) WITH ORDINALITY AS p (t, i) WHERE name = 'untyped';
    DEALLOCATE untyped;
    RETURN types;
EXCEPTION WHEN OTHERS THEN
    RETURN SQLERRM;
END $$;
SELECT is_empty(format($$SELECT n, pg_temp.inferred(%L, n) FROM generate_series(%s, %s) AS n
                         WHERE pg_temp.inferred(%1$L, n) <> (SELECT string_agg(format_type(t, NULL), ', ' ORDER BY i) FROM pg_proc AS p, unnest(p.proargtypes) WITH ORDINALITY AS a (t, i) WHERE p.oid = %4$s AND i <= n)$$,
                       function, nrequired, pronargs, oid),
                format('PREPARE of oms.%s with %s to %s untyped parameters', function, nrequired, pronargs))
FROM call ORDER BY function;

SELECT * FROM finish();
ROLLBACK;
