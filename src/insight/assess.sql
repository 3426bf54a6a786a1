-- Do you need an order management system at all? Answered from four queries, which by default read oms's own
-- tables. A part of its own, since it is read by people who have not installed anything yet.

CREATE FUNCTION oms.query_rows(query text, sql text, required text[] DEFAULT '{}', search_path text DEFAULT NULL)
RETURNS SETOF record
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 10000 ROWS 10000
AS 'MODULE_PATHNAME', 'oms_query_rows';
REVOKE ALL ON FUNCTION oms.query_rows(text, text, text[], text) FROM PUBLIC;
COMMENT ON FUNCTION oms.query_rows(text, text, text[], text) IS
'the rows of sql, one SELECT, run read-only under the rights of the caller: a column for each of the column definition list, by name, converted to its type; NULL when the query has none. The columns named in required must be there and not null. query: what errors call it; search_path: where the query looks for tables (NULL: as set). Errors: OM012 what does not fit, 22004';

CREATE FUNCTION oms.assess(
    days integer DEFAULT 28, orders_sql text DEFAULT NULL, lines_sql text DEFAULT NULL, locations_sql text DEFAULT NULL,
    stock_sql text DEFAULT NULL, options jsonb DEFAULT '{}', thresholds jsonb DEFAULT '{}',
    search_path text DEFAULT pg_catalog.current_setting('search_path'))
RETURNS TABLE (question text, verdict text, finding text, numbers jsonb, advice text)
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 1000000 ROWS 7 SET search_path = pg_catalog, pg_temp SET jit = off
AS $$
#variable_conflict use_column
DECLARE
    own boolean := orders_sql IS NULL;
    since text;
    -- what is due before a verdict is yes
    t jsonb := '{"contended_percent": 5, "shared_percent": 5, "saved_percent": 2, "differences_percent": 1,
                 "accepted_percent": 95, "spread": 2, "lag_hours": 4}';
    unknown text;
    n record;       -- what was counted
    locations jsonb;
    stock jsonb;    -- by solver: what the plans of the days before left
    day record;
    lines jsonb;
    solver text;
    i integer;
    plan record;
    rules bigint;
    refused bigint; -- rows of feeds
    -- of the solvers nearest and batch
    cost numeric[] := '{0,0}';
    unfilled numeric[] := '{0,0}';
    shipments bigint[] := '{0,0}';
    saved numeric;
    planned bigint := 0;    -- orders
    outbid bigint := 0;     -- of them, those that others leave short or send elsewhere
    contended numeric;
    answers text[]; -- to the questions
BEGIN
    IF days IS NULL OR options IS NULL OR thresholds IS NULL OR search_path IS NULL THEN
        RAISE null_value_not_allowed USING MESSAGE = 'days, options, thresholds and search_path must not be null';
    ELSIF days NOT BETWEEN 1 AND 3660 THEN
        RAISE invalid_parameter_value USING MESSAGE = format('days must be from 1 to 3660, not %s', days);
    ELSIF num_nulls(orders_sql, lines_sql, locations_sql, stock_sql) NOT IN (0, 4) THEN
        RAISE null_value_not_allowed USING MESSAGE = 'some of the four queries are missing',
            HINT = 'Give all of orders_sql, lines_sql, locations_sql and stock_sql, or none for the tables of oms.';
    END IF;
    SELECT key INTO unknown FROM jsonb_each(thresholds) WHERE NOT t ? key OR jsonb_typeof(value) <> 'number' LIMIT 1;
    IF FOUND THEN
        RAISE invalid_parameter_value USING MESSAGE = format('threshold "%s" is unknown or no number', unknown),
            HINT = format('There are: %s.', (SELECT string_agg(key, ', ') FROM jsonb_object_keys(t) AS k (key)));
    END IF;
    t := t || thresholds;

    -- The tables of oms, as a shop would give its own. A kit counts by its components. Stock is what was there for the
    -- orders: available, and what they hold or have taken.
    IF own THEN
        since := format('%L::timestamptz', now() - make_interval(days => days));
        orders_sql := format($sql$
            SELECT order_id, channel, placed_at, method, priority, ship_to AS coordinates
              FROM oms.orders WHERE status <> 'cancelled' AND placed_at >= %s$sql$, since);
        lines_sql := format($sql$
            SELECT order_id, row_number() OVER (PARTITION BY order_id ORDER BY line_no, sku)::int AS line_no, sku, quantity
              FROM (SELECT l.order_id, l.line_no, l.sku, l.quantity - l.cancelled AS quantity FROM oms.order_line l
                     WHERE NOT EXISTS (SELECT FROM oms.kit_component k WHERE k.kit = l.sku)
                    UNION ALL
                    SELECT r.order_id, r.line_no, r.sku, sum(r.quantity)::bigint FROM oms.reservation r
                     WHERE r.kit IS NOT NULL AND r.status IN ('firm', 'consumed') GROUP BY 1, 2, 3) l
              JOIN (%s) o USING (order_id)
             WHERE quantity > 0$sql$, orders_sql);
        locations_sql := format($sql$
            SELECT l.location, l.coordinates, l.handling_cost, w.units AS offered, r.units AS rejected, w.accepted_after
              FROM oms.location l
              LEFT JOIN (SELECT f.location, sum(f.units) AS units,
                                percentile_cont(0.5) WITHIN GROUP (ORDER BY a.acted_at - f.assigned_at) AS accepted_after
                           FROM oms.fulfillment f
                           LEFT JOIN oms.fulfillment_event a ON a.order_id = f.order_id
                                 AND a.fulfillment_id = f.fulfillment_id AND a.action = 'accept'
                          WHERE f.assigned_at >= %1$s AND f.status <> 'superseded' GROUP BY f.location) w USING (location)
              LEFT JOIN (SELECT location, sum(quantity) AS units FROM oms.rejection
                          WHERE rejected_at >= %1$s AND cause = 'named' GROUP BY location) r USING (location)
             WHERE EXISTS (SELECT FROM oms.location_group_member m JOIN oms.channel c ON c.ship_group = m.location_group
                            WHERE m.location = l.location)$sql$, since);
        stock_sql := format($sql$
            SELECT i.sku, i.location, i.available + COALESCE(r.units, 0) AS available, i.on_hand < 0 OR i.available < 0 AS negative,
                   d.units AS differences, s.units AS exceptions
              FROM oms.inventory i
              LEFT JOIN (SELECT sku, location, sum(CASE WHEN r.status = 'released' THEN consumed ELSE quantity END) AS units
                           FROM oms.reservation r JOIN (%2$s) o USING (order_id) GROUP BY 1, 2) r USING (sku, location)
              LEFT JOIN (SELECT sku, location, sum(abs(quantity)) AS units FROM oms.movement
                          WHERE moved_at >= %1$s AND kind IN ('adjust', 'count', 'reject') GROUP BY 1, 2) d USING (sku, location)
              LEFT JOIN (SELECT sku, location, sum(quantity) AS units FROM oms.shortfall
                          WHERE resolved_at >= %1$s GROUP BY 1, 2) s USING (sku, location)$sql$, since, orders_sql);
        search_path := 'pg_catalog, oms, pg_temp';
    END IF;

    WITH o AS MATERIALIZED (
        SELECT * FROM oms.query_rows('orders_sql', orders_sql, '{order_id}', search_path)
            AS o (order_id text, channel text, placed_at timestamptz, method text)),
    l AS MATERIALIZED (
        SELECT * FROM oms.query_rows('lines_sql', lines_sql, '{order_id,line_no,sku,quantity}', search_path)
            AS l (order_id text, line_no integer, sku text, quantity bigint)),
    p AS MATERIALIZED (
        SELECT * FROM oms.query_rows('locations_sql', locations_sql, '{location}', search_path)
            AS p (location text, offered numeric, rejected numeric, accepted_after interval)),
    s AS MATERIALIZED (
        SELECT * FROM oms.query_rows('stock_sql', stock_sql, '{sku,location,available}', search_path)
            AS s (sku text, location text, available bigint, negative boolean, differences numeric, exceptions numeric, lag interval)),
    place AS (SELECT s.sku, count(*) AS places FROM s JOIN p USING (location) WHERE s.available > 0 GROUP BY s.sku),
    wanted AS (SELECT l.sku, count(*) AS lines, sum(l.quantity) AS units, count(DISTINCT o.channel) AS channels,
                      COALESCE(max(w.places), 0) AS places
                 FROM l JOIN o USING (order_id) LEFT JOIN place w USING (sku) GROUP BY l.sku),
    demand AS (SELECT COALESCE(sum(lines), 0) AS lines, COALESCE(sum(units), 0) AS units,
                      round(100 * sum(lines) FILTER (WHERE places > 1) / sum(lines), 1) AS choice,
                      round(100 * sum(units) FILTER (WHERE channels > 1) / sum(units), 1) AS shared
                 FROM wanted),
    record AS (SELECT count(*) AS records, count(*) FILTER (WHERE COALESCE(negative, available < 0)) AS negative,
                      sum(differences) AS differences, sum(exceptions) AS exceptions,
                      sum(greatest(available, 0)) AS units,
                      extract(epoch FROM percentile_disc(0.95) WITHIN GROUP (ORDER BY lag)) / 3600 AS lag,
                      count(DISTINCT location) FILTER (WHERE available > 0) AS stocked
                 FROM s),
    store AS (SELECT count(*) AS stores, round(min(accepted), 1) AS least, round(max(accepted), 1) AS most,
                     (array_agg(location ORDER BY accepted, location))[1] AS worst,
                     extract(epoch FROM min(accepted_after)) / 3600 AS fastest,
                     extract(epoch FROM max(accepted_after)) / 3600 AS slowest
                FROM (SELECT location, accepted_after, 100 * (1 - least(COALESCE(rejected, 0) / offered, 1)) AS accepted
                        FROM p WHERE offered > 0) p),
    sold AS (SELECT sum(offered) AS offered, sum(rejected) AS rejected FROM p)
    SELECT (SELECT count(*) FROM o) AS orders, (SELECT count(DISTINCT channel) FROM o) AS channels,
           (SELECT count(*) FROM p) AS locations, r.stocked, d.lines, d.units,
           COALESCE(d.choice, 0) AS choice, COALESCE(d.shared, 0) AS shared,
           r.records, r.negative, r.differences, r.exceptions, r.units AS in_stock, round(r.lag, 1) AS lag,
           round(100 * r.differences / NULLIF(r.units, 0), 2) AS differences_percent,
           t.stores, t.least, t.most, t.worst, round(t.fastest, 2) AS fastest, round(t.slowest, 2) AS slowest,
           v.offered, v.rejected, round(100 * v.rejected / NULLIF(v.offered, 0), 2) AS rejected_percent
      INTO n
      FROM demand d, record r, store t, sold v;

    -- Apart, since a generic plan asks for the rights of every table in it.
    IF own THEN
        rules := (SELECT count(*) FILTER (WHERE c.safety_stock::text <> '0' OR c.buffer > 0) FROM oms.channel c)
            + (SELECT count(*) FROM oms.safety_stock_rule) + (SELECT count(*) FROM oms.quota)
            + (SELECT count(*) FROM oms.protected_stock);
        refused := (SELECT count(*) FROM oms.feed_exception WHERE last_at >= now() - make_interval(days => days));
    END IF;

    -- The orders of each day, one after the other by distance and all together, each on the stock that its own plans of
    -- the days before left.
    IF n.choice > 0 AND n.locations > 1 THEN
        locations := (SELECT jsonb_agg(p)
                        FROM oms.query_rows('locations_sql', locations_sql, '{location}', search_path)
                            AS p (location text, coordinates oms.latlon, handling_cost numeric, unit_cost numeric));
        stock := (SELECT jsonb_build_object('nearest', s.rows, 'batch', s.rows)
                    FROM (SELECT jsonb_agg(s) AS rows
                            FROM oms.query_rows('stock_sql', stock_sql, '{sku,location,available}', search_path)
                                AS s (sku text, location text, available bigint)
                           WHERE available > 0) s);
        FOR day IN
            SELECT jsonb_agg(o) AS orders, array_agg(order_id) AS order_ids
              FROM oms.query_rows('orders_sql', orders_sql, '{order_id}', search_path)
                  AS o (order_id text, placed_at timestamptz, method text, priority integer, coordinates oms.latlon,
                        max_shipments integer, ship_complete boolean)
             WHERE method IS DISTINCT FROM 'pickup'
             GROUP BY placed_at::date ORDER BY placed_at::date
        LOOP
            lines := (SELECT jsonb_agg(l)
                        FROM oms.query_rows('lines_sql',
                                 format(E'SELECT * FROM (%s\n) q WHERE q.order_id::pg_catalog.text OPERATOR(pg_catalog.=) ANY (%L)',
                                        rtrim(lines_sql, E'; \n\t'), day.order_ids),
                                 '{order_id,line_no,sku,quantity}', search_path)
                            AS l (order_id text, line_no integer, sku text, quantity bigint));
            CONTINUE WHEN lines IS NULL;
            FOR i IN 1 .. 2
            LOOP
                solver := (ARRAY['nearest', 'batch'])[i];
                WITH p AS MATERIALIZED (
                    SELECT p.*, l.sku
                      FROM oms.plan_routes(
                          format('SELECT o.*, o.placed_at AS sequence FROM jsonb_to_recordset(%L) AS o (order_id text, placed_at timestamptz, priority integer, coordinates oms.latlon, max_shipments integer, ship_complete boolean)', day.orders),
                          format('SELECT * FROM jsonb_to_recordset(%L) AS l (order_id text, line_no integer, sku text, quantity bigint)', lines),
                          format('SELECT * FROM jsonb_to_recordset(%L) AS p (location text, coordinates oms.latlon, handling_cost numeric, unit_cost numeric)', locations),
                          format('SELECT * FROM jsonb_to_recordset(%L) AS s (sku text, location text, available bigint)', stock -> solver),
                          options => options || jsonb_build_object('solver', solver)) p
                      JOIN jsonb_to_recordset(lines) AS l (order_id text, line_no integer, sku text) USING (order_id, line_no)),
                used AS (SELECT sku, location, sum(quantity) AS units FROM p WHERE location IS NOT NULL GROUP BY sku, location)
                SELECT (SELECT sum(cost) FROM p) AS cost,
                       (SELECT COALESCE(sum(quantity), 0) FROM p WHERE location IS NULL) AS unfilled,
                       (SELECT count(DISTINCT (order_id, shipment)) FROM p WHERE location IS NOT NULL) AS shipments,
                       (SELECT array_agg(DISTINCT order_id) FROM p WHERE location IS NULL) AS short,
                       (SELECT jsonb_agg(jsonb_build_object('sku', sku, 'location', location, 'available', s.available - COALESCE(u.units, 0)))
                          FROM jsonb_to_recordset(stock -> solver) AS s (sku text, location text, available bigint)
                          LEFT JOIN used u USING (sku, location)) AS rest
                  INTO plan;
                stock := jsonb_set(stock, ARRAY[solver], plan.rest);
                cost[i] := cost[i] + plan.cost;
                unfilled[i] := unfilled[i] + plan.unfilled;
                shipments[i] := shipments[i] + plan.shipments;
            END LOOP;
            planned := planned + cardinality(day.order_ids);
            outbid := outbid + (SELECT count(DISTINCT o) FROM (SELECT unnest(plan.short) UNION ALL
                                                               SELECT unnest(p.outbid) FROM oms.plan_prices() p) AS x (o));
        END LOOP;
        saved := round(100 * (1 - cost[2] / NULLIF(cost[1], 0)), 1);
        contended := round(100.0 * outbid / NULLIF(planned, 0), 1);
    END IF;

    answers := ARRAY[
        CASE WHEN n.orders = 0 THEN 'unknown'
             WHEN contended >= (t ->> 'contended_percent')::numeric THEN 'yes' ELSE 'no' END,
        CASE WHEN n.negative > 0 OR n.differences_percent >= (t ->> 'differences_percent')::numeric
               OR n.rejected_percent >= 100 - (t ->> 'accepted_percent')::numeric THEN 'yes'
             WHEN n.records = 0 OR num_nonnulls(n.differences, n.rejected) = 0 THEN 'unknown' ELSE 'no' END,
        CASE WHEN rules > 0 THEN 'yes'
             WHEN n.channels = 0 THEN 'unknown'
             WHEN n.channels > 1 AND n.shared >= (t ->> 'shared_percent')::numeric THEN 'yes' ELSE 'no' END,
        CASE WHEN n.orders = 0 THEN 'unknown'
             WHEN unfilled[2] < unfilled[1] OR saved >= (t ->> 'saved_percent')::numeric THEN 'yes' ELSE 'no' END,
        CASE WHEN n.stores = 0 OR num_nonnulls(n.rejected, n.slowest) = 0 THEN 'unknown'
             WHEN n.stores > 1 AND (n.least < (t ->> 'accepted_percent')::numeric
                                    OR n.slowest > n.fastest * (t ->> 'spread')::numeric) THEN 'yes' ELSE 'no' END,
        CASE WHEN n.exceptions > 0 OR refused > 0 OR n.lag >= (t ->> 'lag_hours')::numeric THEN 'yes'
             WHEN num_nonnulls(n.exceptions, n.lag) = 0 AND NOT own THEN 'unknown' ELSE 'no' END];

    RETURN QUERY VALUES
        ('Do you need an order management system?',
         CASE WHEN n.orders = 0 THEN 'unknown'
              WHEN n.stocked < 2 AND n.channels < 2 THEN 'no'
              WHEN 'yes' = ANY (answers[1:1] || answers[3:4]) THEN 'yes' ELSE 'no' END,
         CASE WHEN n.orders = 0 THEN 'there are no orders to judge by'
              WHEN n.stocked < 2 AND n.channels < 2 THEN 'one location serves one channel: there is nothing to decide'
              WHEN 'yes' = ANY (answers[1:1] || answers[3:4]) THEN 'there is something to decide: ' || concat_ws(', ',
                   CASE answers[1] WHEN 'yes' THEN 'which order gets what is scarce' END,
                   CASE answers[3] WHEN 'yes' THEN 'what each channel may sell' END,
                   CASE answers[4] WHEN 'yes' THEN 'where an order ships from' END)
              ELSE 'orders hardly compete, channels hardly share, and the nearest location is about as good as the best' END,
         jsonb_build_object('days', days, 'orders', n.orders, 'lines', n.lines, 'units', n.units, 'channels', n.channels,
                            'locations', n.locations, 'locations_with_stock', n.stocked),
         CASE WHEN n.orders = 0 THEN 'Ask again when there are, or over more days.'
              WHEN 'yes' = ANY (answers[1:1] || answers[3:4]) AND (n.stocked > 1 OR n.channels > 1)
              THEN 'Read the rows below: each yes is a job for it.'
              ELSE 'Stay with what you have: a stock table and one conditional UPDATE.'
                   || CASE answers[2] WHEN 'yes' THEN ' Mend the stock record first.' ELSE '' END END),
        ('Do orders compete for stock in several locations?', answers[1],
         CASE WHEN n.orders = 0 THEN 'no orders'
              WHEN n.stocked < 2 THEN format('all stock is in %s location', n.stocked)
              WHEN contended IS NULL THEN 'no line could ship from more than one location'
              ELSE format('%s of %s orders (%s %%) do not get all that they want from where it would be best, since others take that stock',
                          outbid, planned, contended) END,
         jsonb_build_object('lines_with_choice_percent', n.choice, 'orders', planned, 'outbid_orders', outbid, 'contended_percent', contended,
                            'needed_percent', t -> 'contended_percent'),
         CASE answers[1] WHEN 'yes' THEN 'Promise by oms.reserve: it takes stock where it is free, atomically.'
              WHEN 'no' THEN 'Any place to keep the numbers will do.' ELSE 'Give queries that return orders.' END),
        ('Can the stock record not be trusted as it is?', answers[2],
         CASE WHEN n.records = 0 THEN 'no stock records'
              ELSE format('%s of %s records are negative; ', n.negative, n.records)
                   || COALESCE('counts and corrections found ' || n.differences || ' units different, ' || n.differences_percent || ' % of stock; ',
                               'no difference is known; ')
                   || COALESCE('locations refused ' || n.rejected || ' of ' || n.offered || ' units', 'no reject is known') END,
         jsonb_build_object('records', n.records, 'negative', n.negative, 'differences', n.differences, 'differences_percent', n.differences_percent,
                            'rejected_units', n.rejected, 'rejected_percent', n.rejected_percent,
                            'needed_differences_percent', t -> 'differences_percent',
                            'needed_rejected_percent', 100 - (t ->> 'accepted_percent')::numeric),
         CASE answers[2] WHEN 'yes' THEN 'Count what was rejected or is negative; keep a safety stock (oms.recommend_safety_stock). No system mends a wrong record.'
              WHEN 'no' THEN 'Sell down to what the record says.'
              ELSE 'Count some of it. In queries: columns differences in stock_sql, offered and rejected in locations_sql.' END),
        ('Do channels sell by different rules?', answers[3],
         CASE WHEN answers[3] = 'unknown' THEN 'which channel sold is not known'
              ELSE format('%s channels; %s %% of the units are of skus that several of them sell', n.channels, n.shared)
                   || COALESCE('; ' || rules || ' rules say what is kept back', '') END,
         jsonb_build_object('channels', n.channels, 'shared_percent', n.shared, 'rules', rules, 'needed_percent', t -> 'shared_percent'),
         CASE answers[3] WHEN 'yes' THEN 'Keep the rules as data: safety stock, buffer, quota, protected stock.'
              WHEN 'no' THEN 'What is on hand may be shown as it is.' ELSE 'In queries: a column channel in orders_sql.' END),
        ('Does routing have real choices?', answers[4],
         CASE WHEN n.orders = 0 THEN 'no orders'
              WHEN saved IS NULL THEN 'no line could ship from more than one location'
              ELSE format('one order after the other from the nearest location costs %s with %s units unfilled, all of a day together %s with %s (%s %% less)',
                          round(cost[1], 2), unfilled[1], round(cost[2], 2), unfilled[2], saved) END,
         jsonb_build_object('lines_with_choice_percent', n.choice, 'cost_nearest', round(cost[1], 2), 'cost_together', round(cost[2], 2),
                            'saved_percent', saved, 'unfilled_nearest', unfilled[1], 'unfilled_together', unfilled[2],
                            'shipments_nearest', shipments[1], 'shipments_together', shipments[2], 'needed_percent', t -> 'saved_percent'),
         CASE answers[4] WHEN 'yes' THEN 'Route orders as a set: oms.route, or oms.plan_routes on your own tables.'
              WHEN 'no' THEN 'Take the nearest location that has it.' ELSE 'Give queries that return orders.' END),
        ('Do stores work unevenly?', answers[5],
         CASE WHEN n.stores = 0 THEN 'no location is known to have been given work'
              WHEN answers[5] = 'unknown' THEN format('no location of %s has accepted or refused anything yet', n.stores)
              ELSE format('%s locations accept from %s %% (%s) to %s %% of their units', n.stores, n.least, n.worst, n.most)
                   || COALESCE(', after ' || n.fastest || ' to ' || n.slowest || ' hours', '') END,
         jsonb_build_object('locations', n.stores, 'accepted_percent_lowest', n.least, 'accepted_percent_highest', n.most,
                            'hours_fastest', n.fastest, 'hours_slowest', n.slowest,
                            'needed_below_percent', t -> 'accepted_percent', 'needed_spread', t -> 'spread'),
         CASE answers[5] WHEN 'yes' THEN 'Set time limits and capacities; take unreliable locations out of the groups of urgent orders.'
              WHEN 'no' THEN 'Treat all locations alike.' ELSE 'Look again later. In queries: columns offered, rejected and accepted_after in locations_sql.' END),
        ('Do systems drift apart?', answers[6],
         COALESCE(NULLIF(concat_ws('; ', n.exceptions || ' units were promised and not there',
                                   NULLIF(refused, 0) || ' rows of feeds could not be taken',
                                   '19 of 20 records are at most ' || n.lag || ' hours behind'), ''),
                  CASE WHEN own THEN 'no unit was promised and not there' ELSE 'neither lag nor exceptions are known' END),
         jsonb_build_object('exceptions', n.exceptions, 'feed_rows_refused', refused, 'lag_hours', n.lag, 'needed_lag_hours', t -> 'lag_hours'),
         CASE answers[6] WHEN 'yes' THEN 'Feed stock by event, not by night, and reconcile; keep a safety stock for the time between.'
              WHEN 'no' THEN 'Keep feeding as you do.' ELSE 'In queries: columns lag or exceptions in stock_sql.' END);
END
$$;
REVOKE ALL ON FUNCTION oms.assess(integer, text, text, text, text, jsonb, jsonb, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.assess(integer, text, text, text, text, jsonb, jsonb, text) IS
'do you need an order management system at all? A row a question: verdict yes, no or unknown (the data does not say), the finding, the numbers behind it and behind the limit, what to do. The first row is the answer: no when one location serves one channel, or when orders hardly compete, channels hardly share and routing has nothing to win.
Reads the tables of oms over the last days, with the caller''s rights on its views; or a shop''s own through four queries, each one SELECT, run read-only under the caller''s rights, with tables looked up in search_path. They choose the period themselves. Columns are matched by name, those in brackets are optional, others are ignored:
orders_sql (order_id, [channel], [placed_at], [method: pickup is not routed], [priority], [coordinates], [max_shipments], [ship_complete]);
lines_sql (order_id, line_no, sku, quantity);
locations_sql (location, [coordinates], [handling_cost], [unit_cost], [offered and rejected: units of work given to it and refused], [accepted_after: interval, as a median]);
stock_sql (sku, location, available: to these orders, so with what they took, [negative: the record is now below zero], [differences: units that counts and corrections found wrong], [exceptions: units promised and not there], [lag: interval that the record is behind]).
Routing is judged by planning the orders of each day on one stock, once by oms.plan_routes'' solver nearest, once by batch; contention is the share of orders that in the latter are left short or outbid (oms.plan_prices). options are those of plan_routes (deadline_ms bounds each day). What comes in during the days counts as there from their start; capacity and channels'' rules do not count.
thresholds, from which a verdict is yes: contended_percent 5, shared_percent 5, saved_percent 2, differences_percent 1, accepted_percent 95 (below), spread 2 (slowest by fastest), lag_hours 4. Errors: OM012 a query that does not fit, 22023, 22004';
