-- Pictures: functions that return a complete SVG document as text, drawn with the caller's rights from the public
-- views. They contain no script, load nothing, and every name that comes from a table is escaped.
-- Colours are those of Okabe and Ito (2008), which people with colour blindness tell apart.

CREATE FUNCTION oms.picture_text(content text, at_most integer DEFAULT 200)
RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 10
AS $$
    SELECT pg_catalog.replace(pg_catalog.replace(pg_catalog.replace(pg_catalog.replace(
               CASE WHEN pg_catalog.length(c.clean) OPERATOR(pg_catalog.>) at_most
                    THEN pg_catalog.left(c.clean, at_most OPERATOR(pg_catalog.-) 1) OPERATOR(pg_catalog.||) '…' ELSE c.clean END,
               '&', '&amp;'), '<', '&lt;'), '>', '&gt;'), '"', '&quot;')
      FROM (SELECT pg_catalog.regexp_replace(content, '[\u0001-\u001f\u007f\ufffe\uffff]', ' ', 'g') AS clean) c
$$;
REVOKE ALL ON FUNCTION oms.picture_text(text, integer) FROM PUBLIC;
COMMENT ON FUNCTION oms.picture_text(text, integer) IS
    'a text as the content or attribute of an SVG element: cut to at_most characters, markup escaped, characters that XML does not allow blank';

CREATE FUNCTION oms.picture(width integer, height integer, title text, subtitle text, body text)
RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 10
AS $$
    SELECT pg_catalog.format($svg$<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %1$s %2$s" width="%1$s" height="%2$s" role="img" font-family="Helvetica, Arial, DejaVu Sans, sans-serif" font-size="12" fill="#222222">
<title>%3$s</title>
<rect width="%1$s" height="%2$s" fill="#ffffff"/>
<text x="20" y="28" font-size="18" font-weight="bold">%3$s</text>
<text x="20" y="48" fill="#555555">%4$s</text>
%5$s
</svg>
$svg$, width, height, oms.picture_text(title), oms.picture_text(subtitle), body)
$$;
REVOKE ALL ON FUNCTION oms.picture(integer, integer, text, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.picture(integer, integer, text, text, text) IS
    'an SVG document of width and height pixels around elements that are drawn already; title and subtitle are escaped';

CREATE FUNCTION oms.nice_step(span double precision, steps integer)
RETURNS double precision
LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 10 STRICT SET search_path = pg_catalog, pg_temp
AS $$
    SELECT min(m * 10.0 ^ e)
      FROM unnest('{1,2,5}'::float8[]) AS m,
           (SELECT floor(log(greatest(span / steps, 1e-9))) AS low) AS l, generate_series(l.low::int, l.low::int + 1) AS e
     WHERE m * 10.0 ^ e >= greatest(span / steps, 1e-9)
$$;
REVOKE ALL ON FUNCTION oms.nice_step(double precision, integer) FROM PUBLIC;
COMMENT ON FUNCTION oms.nice_step(double precision, integer) IS
    'the least of 1, 2 and 5 times a power of ten by which a scale over the span has at most so many steps';

CREATE FUNCTION oms.draw_run(run_id bigint DEFAULT NULL)
RETURNS text
LANGUAGE plpgsql STABLE PARALLEL RESTRICTED COST 100000 SET search_path = pg_catalog, pg_temp SET jit = off
AS $$
#variable_conflict use_variable
DECLARE
    run record;
    edge record;            -- of the map: degrees, and the pixels of one
    panel record;
    place record;
    body text := '';
    boxes box[];            -- of the names that are written
    here box;
    width constant float8 := 570;
    height constant float8 := 400;
BEGIN
    SELECT r.* INTO run FROM oms.routing_run r
     WHERE r.run_id = COALESCE(draw_run.run_id, (SELECT max(m.run_id) FROM oms.routing_run m));
    IF NOT FOUND THEN
        RAISE SQLSTATE 'OM004' USING MESSAGE = COALESCE('routing run ' || run_id || ' does not exist', 'there is no routing run yet'),
            HINT = 'Runs are in oms.routing_run; oms.route() makes one.';
    END IF;

    SELECT min(p.c[0]) AS west, max(p.c[0]) AS east, min(p.c[1]) AS south, max(p.c[1]) AS north, 0::float8 AS squeeze, 0::float8 AS scale
      INTO edge
      FROM (SELECT l.coordinates::point AS c FROM oms.location l
             WHERE EXISTS (SELECT FROM oms.decision d WHERE d.run_id = run.run_id AND d.location = l.location)
            UNION ALL
            SELECT o.ship_to::point FROM oms.orders o
             WHERE EXISTS (SELECT FROM oms.decision d WHERE d.run_id = run.run_id AND d.order_id = o.order_id)) p;
    IF edge.west IS NULL THEN
        edge.west := 0; edge.east := 0; edge.south := 0; edge.north := 0;
    END IF;
    -- A degree of longitude has no length at a pole.
    edge.squeeze := greatest(cosd((edge.south + edge.north) / 2), 0.01);
    edge.scale := least(width / greatest((edge.east - edge.west) * edge.squeeze, 0.05), height / greatest(edge.north - edge.south, 0.05)) * 0.9;

    FOR panel IN
        WITH decision AS MATERIALIZED (SELECT d.* FROM oms.decision d WHERE d.run_id = run.run_id),
        -- before: what each order held then, as its candidates record it
        flow AS (
            SELECT 1 AS n, d.order_id, c.c ->> 'location' AS location
              FROM (SELECT DISTINCT ON (d.order_id) d.order_id, d.candidates FROM decision d) d
             CROSS JOIN jsonb_array_elements(d.candidates) AS c (c)
             WHERE (c.c ->> 'held')::boolean
             GROUP BY 2, 3
            UNION ALL
            SELECT 2, d.order_id, d.location FROM decision d WHERE d.location IS NOT NULL GROUP BY 2, 3),
        drawn AS (
            SELECT f.n, f.order_id, f.location, l.kind,
                   count(*) OVER (PARTITION BY f.n, f.order_id) > 1 AS split,
                   l.coordinates OPERATOR(oms.<->) o.ship_to AS km,
                   width / 2 + (oms.longitude(l.coordinates) - (edge.west + edge.east) / 2) * edge.squeeze * edge.scale AS x,
                   height / 2 - (oms.latitude(l.coordinates) - (edge.south + edge.north) / 2) * edge.scale AS y,
                   width / 2 + (oms.longitude(o.ship_to) - (edge.west + edge.east) / 2) * edge.squeeze * edge.scale AS to_x,
                   height / 2 - (oms.latitude(o.ship_to) - (edge.south + edge.north) / 2) * edge.scale AS to_y
              FROM flow f
              JOIN oms.location l ON l.location = f.location
              JOIN oms.orders o ON o.order_id = f.order_id),
        waiting AS (
            SELECT 2 AS n, sum(d.quantity) AS units,
                   width / 2 + (oms.longitude(o.ship_to) - (edge.west + edge.east) / 2) * edge.squeeze * edge.scale AS x,
                   height / 2 - (oms.latitude(o.ship_to) - (edge.south + edge.north) / 2) * edge.scale AS y
              FROM decision d JOIN oms.orders o ON o.order_id = d.order_id
             WHERE d.location IS NULL AND o.ship_to IS NOT NULL GROUP BY o.order_id, o.ship_to)
        SELECT p.n, p.name,
               (SELECT format('%s shipments, %s km, %s orders in several', count(*), COALESCE(round(sum(d.km)), 0),
                              count(DISTINCT d.order_id) FILTER (WHERE d.split))
                       || COALESCE((SELECT format(', %s units wait', sum(w.units)) FROM waiting w WHERE w.n = p.n HAVING count(*) > 0), '')
                  FROM drawn d WHERE d.n = p.n) AS figures,
               -- flows to one spot are one line, the thicker the more
               (SELECT string_agg(format('<line x1="%s" y1="%s" x2="%s" y2="%s" stroke="%s" stroke-width="%s"/>',
                                         round(f.x::numeric, 1), round(f.y::numeric, 1), f.to_x * 3, f.to_y * 3,
                                         CASE WHEN f.split THEN '#d55e00' ELSE '#0072b2' END, round(0.7 + ln(f.orders)::numeric / 2, 1)), E'\n'
                                  ORDER BY f.split, f.x, f.y, f.to_x, f.to_y)
                  FROM (SELECT d.x, d.y, round(d.to_x / 3) AS to_x, round(d.to_y / 3) AS to_y, d.split, count(*) AS orders
                          FROM drawn d WHERE d.n = p.n AND d.to_x IS NOT NULL AND d.x IS NOT NULL GROUP BY 1, 2, 3, 4, 5) f) AS flows,
               (SELECT string_agg(format('<circle cx="%s" cy="%s" r="1.6"/>', s.x * 3, s.y * 3), E'\n' ORDER BY s.x, s.y)
                  FROM (SELECT round(d.to_x / 3) AS x, round(d.to_y / 3) AS y
                          FROM drawn d WHERE d.n = p.n AND d.to_x IS NOT NULL GROUP BY 1, 2) s) AS spots,
               (SELECT string_agg(format('<path d="M%s %sl8 8m0 -8l-8 8"><title>%s units wait</title></path>',
                                         round(w.x::numeric - 4, 1), round(w.y::numeric - 4, 1), w.units), E'\n' ORDER BY w.x, w.y)
                  FROM waiting w WHERE w.n = p.n) AS crosses,
               (SELECT jsonb_agg(jsonb_build_object('location', l.location, 'kind', l.kind, 'x', round(l.x::numeric, 1),
                                                    'y', round(l.y::numeric, 1), 'r', round((3 + sqrt(l.orders) / 3)::numeric, 1),
                                                    'orders', l.orders) ORDER BY l.orders DESC, l.location)
                  FROM (SELECT d.location, d.kind, d.x, d.y, count(*) AS orders FROM drawn d
                         WHERE d.n = p.n AND d.x IS NOT NULL GROUP BY 1, 2, 3, 4) l) AS places
          FROM (VALUES (1, 'before: where the orders were held'), (2, 'after: where they ship from')) AS p (n, name)
         ORDER BY p.n
    LOOP
        body := body || format(E'<g transform="translate(%s,70)">\n<text y="8" font-weight="bold">%s</text>\n<text y="25" fill="#555555">%s</text>\n<g transform="translate(0,35)">\n',
                               20 + (panel.n - 1) * (width + 20), panel.name, panel.figures)
            || format(E'<rect width="%s" height="%s" fill="#f7f7f7" stroke="#bbbbbb"/>\n', width, height)
            -- degrees, as far as they lie within the frame
            || COALESCE((SELECT string_agg(format('<path d="M%s 0V%s" stroke="#e2e2e2"/><text x="%s" y="%s" font-size="9" fill="#777777">%s°%s</text>',
                                                  round(g.x::numeric, 1), height, round(g.x::numeric + 2, 1), height - 4, abs(g.d), CASE WHEN g.d < 0 THEN 'W' ELSE 'E' END), E'\n')
                           FROM (SELECT d, width / 2 + (d - (edge.west + edge.east) / 2) * edge.squeeze * edge.scale AS x
                                   FROM (SELECT trim_scale((i * s)::numeric) AS d FROM (SELECT oms.nice_step(width / edge.scale / edge.squeeze, 8) AS s) s,
                                                generate_series(ceil(-180 / s)::int, floor(180 / s)::int) AS i
                                          WHERE abs(i * s - (edge.west + edge.east) / 2) < (width / 2 - 30) / edge.scale / edge.squeeze) d) g), '')
            || COALESCE((SELECT string_agg(format('<path d="M0 %sH%s" stroke="#e2e2e2"/><text x="3" y="%s" font-size="9" fill="#777777">%s°%s</text>',
                                                  round(g.y::numeric, 1), width, round(g.y::numeric - 2, 1), abs(g.d), CASE WHEN g.d < 0 THEN 'S' ELSE 'N' END), E'\n')
                           FROM (SELECT d, height / 2 - (d - (edge.south + edge.north) / 2) * edge.scale AS y
                                   FROM (SELECT trim_scale((i * s)::numeric) AS d FROM (SELECT oms.nice_step(height / edge.scale, 6) AS s) s,
                                                generate_series(ceil(-90 / s)::int, floor(90 / s)::int) AS i
                                          WHERE abs(i * s - (edge.south + edge.north) / 2) < (height / 2 - 20) / edge.scale) d) g), '')
            || format(E'\n<g stroke-opacity="0.5">\n%s\n</g>\n<g fill="#444444">\n%s\n</g>\n<g stroke="#cc0000" stroke-width="2.5" fill="none">\n%s\n</g>\n',
                      panel.flows, panel.spots, panel.crosses);
        -- Locations, the busiest last to lie on top; names of the busiest as long as none covers another.
        boxes := '{}';
        FOR place IN SELECT * FROM jsonb_to_recordset(panel.places) AS p (location text, kind text, x numeric, y numeric, r numeric, orders bigint) ORDER BY orders, location
        LOOP
            body := body || format(CASE place.kind WHEN 'warehouse' THEN E'<path d="M%1$s %2$sm-%3$s -%3$sh%4$sv%4$sh-%4$sz" fill="#009e73" stroke="#ffffff"><title>%5$s</title></path>\n'
                                                   ELSE E'<circle cx="%1$s" cy="%2$s" r="%3$s" fill="#e69f00" stroke="#ffffff"><title>%5$s</title></circle>\n' END,
                                   place.x, place.y, place.r, 2 * place.r,
                                   oms.picture_text(format('%s: %s shipments', place.location, place.orders)));
        END LOOP;
        FOR place IN SELECT * FROM jsonb_to_recordset(panel.places) AS p (location text, x numeric, y numeric, r numeric, orders bigint) ORDER BY orders DESC, location LIMIT 40
        LOOP
            here := box(point(place.x - 4, place.y - 8), point(place.x + 12 + 6 * least(length(place.location), 24), place.y + 8));
            IF (here[0])[0] < width AND NOT EXISTS (SELECT FROM unnest(boxes) AS b WHERE b && here) THEN
                boxes := boxes || here;
                body := body || format(E'<text x="%s" y="%s" font-size="10" stroke="#ffffff" stroke-width="3" stroke-opacity="0.8" paint-order="stroke">%s</text>\n',
                                       place.x + place.r + 2, place.y + 3, oms.picture_text(place.location, 24));
            END IF;
        END LOOP;
        body := body || E'</g>\n</g>\n';
    END LOOP;

    body := body || $svg$<g transform="translate(20,530)">
<path d="M0 -9h10v10h-10z" fill="#009e73"/><text x="16">warehouse</text>
<circle cx="105" cy="-4" r="5" fill="#e69f00"/><text x="116">store or other (the larger, the more shipments)</text>
<circle cx="425" cy="-4" r="2" fill="#444444"/><text x="433">destination</text>
<path d="M520 -4h24" stroke="#0072b2" stroke-width="2"/><text x="550">all of an order</text>
<path d="M660 -4h24" stroke="#d55e00" stroke-width="2"/><text x="690">part of an order that is split</text>
<path d="M890 -8l8 8m0 -8l-8 8" stroke="#cc0000" stroke-width="2.5"/><text x="906">units that no rule could serve</text>
</g>$svg$;
    RETURN oms.picture(1200, 550, format('Routing run %s', run.run_id),
                       format('%s orders, %s units on %s by solver %s; %s units moved, %s units unfilled', run.orders, run.units,
                              to_char(run.started_at, 'YYYY-MM-DD HH24:MI'), run.solver, run.moved_units, run.unfilled_units), body);
END
$$;
REVOKE ALL ON FUNCTION oms.draw_run(bigint) FROM PUBLIC;
COMMENT ON FUNCTION oms.draw_run(bigint) IS
    'the map of a routing run (NULL: the last), before and after, as an SVG document: locations, destinations, what ships from where, orders that are split, units that wait. Lines to one spot of the map are drawn as one, the thicker the more. With the caller''s rights on oms.routing_run, decision, orders and location. Error: OM004 unknown run';

CREATE FUNCTION oms.draw_availability(channel text, sku text, method text DEFAULT 'ship')
RETURNS text
LANGUAGE plpgsql STABLE PARALLEL RESTRICTED COST 100000 SET search_path = pg_catalog, pg_temp SET jit = off
AS $$
DECLARE
    width constant float8 := 880;
    height constant float8 := 320;
    body text;
    axis record;
    subtitle text;
BEGIN
    -- A step a row; the last one lasts a tenth of the time longer, and a day when there is no other.
    WITH p AS MATERIALIZED (
        SELECT p.*, lead(p.at) OVER (ORDER BY p.at) AS until FROM oms.projection(channel, sku, method) p),
    range AS MATERIALIZED (
        SELECT min(at) AS first, greatest(max(at) + (max(at) - min(at)) / 10, min(at) + interval '1 day') AS last,
               least(0, min(projected), min(atp))::float8 AS low,
               greatest(1, max(projected), max(atp), max(incoming), max(backordered))::float8 AS high FROM p),
    scale AS MATERIALIZED (
        SELECT r.*, width / extract(epoch FROM r.last - r.first) AS per_second, s.step,
               floor(r.low / s.step) * s.step AS bottom, ceil(r.high / s.step) * s.step AS top
          FROM range r, LATERAL (SELECT greatest(oms.nice_step(r.high - r.low, 6), 1) AS step) s),
    step AS (
        SELECT p.*, round((extract(epoch FROM p.at - s.first) * s.per_second)::numeric, 1) AS x,
               round((extract(epoch FROM COALESCE(p.until, s.last) - s.first) * s.per_second)::numeric, 1) AS to_x,
               round((height * (s.top - p.projected) / (s.top - s.bottom))::numeric, 1) AS projected_y,
               round((height * (s.top - p.atp) / (s.top - s.bottom))::numeric, 1) AS atp_y,
               round((height * s.top / (s.top - s.bottom))::numeric, 1) AS zero_y,
               round((height * p.incoming / (s.top - s.bottom))::numeric, 1) AS incoming_height,
               round((height * p.backordered / (s.top - s.bottom))::numeric, 1) AS backordered_height
          FROM p, scale s)
    SELECT format(E'<path d="M0 %s%sH0z" fill="#0072b2" fill-opacity="0.2"/>\n<path d="%s" fill="none" stroke="#0072b2" stroke-width="2.5"/>\n<path d="%s" fill="none" stroke="#444444" stroke-width="1.5" stroke-dasharray="6 3"/>\n%s',
                  max(zero_y), string_agg(format('L%s %sH%s', x, atp_y, to_x), '' ORDER BY at) || 'V' || max(zero_y),
                  string_agg(format('%s%s %sH%s', CASE WHEN x = 0 THEN 'M' ELSE 'L' END, x, atp_y, to_x), '' ORDER BY at),
                  string_agg(format('%s%s %sH%s', CASE WHEN x = 0 THEN 'M' ELSE 'L' END, x, projected_y, to_x), '' ORDER BY at),
                  string_agg(concat(
                      CASE WHEN incoming > 0 THEN format(E'<rect x="%s" y="%s" width="7" height="%s" fill="#009e73"><title>%s: %s incoming</title></rect>\n',
                          x, zero_y - incoming_height, incoming_height, at, incoming) END,
                      CASE WHEN backordered > 0 THEN format(E'<rect x="%s" y="%s" width="7" height="%s" fill="#d55e00"><title>%s: %s of them promised</title></rect>\n',
                          x + 8, zero_y - backordered_height, backordered_height, at, backordered) END,
                      CASE WHEN incoming > 0 THEN format(E'<text x="%s" y="%s" font-size="10">+%s%s</text>\n', x, zero_y - incoming_height - 4, incoming,
                          CASE WHEN backordered > 0 THEN format(', %s promised', backordered) ELSE '' END) END), '' ORDER BY at))
      INTO body FROM step;

    WITH range AS (
        SELECT min(at) AS first, greatest(max(at) + (max(at) - min(at)) / 10, min(at) + interval '1 day') AS last,
               least(0, min(projected), min(atp))::float8 AS low,
               greatest(1, max(projected), max(atp), max(incoming), max(backordered))::float8 AS high
          FROM oms.projection(channel, sku, method)),
    scale AS (
        SELECT r.*, s.step, floor(r.low / s.step) * s.step AS bottom, ceil(r.high / s.step) * s.step AS top
          FROM range r, LATERAL (SELECT greatest(oms.nice_step(r.high - r.low, 6), 1) AS step) s)
    SELECT (SELECT string_agg(format('<path d="M0 %1$sH%2$s" stroke="%3$s"/><text x="-8" y="%1$s" dy="4" text-anchor="end">%4$s</text>',
                                     round((height * (s.top - v) / (s.top - s.bottom))::numeric, 1), width, CASE v WHEN 0 THEN '#555555' ELSE '#e2e2e2' END, v), E'\n')
              FROM generate_series(s.bottom::numeric, s.top::numeric, s.step::numeric) AS v) AS values,
           (SELECT string_agg(format('<path d="M%1$s %2$sv5" stroke="#555555"/><text x="%1$s" y="%2$s" dy="18" text-anchor="middle">%3$s</text>',
                                     round((width * i / 5)::numeric, 1), height,
                                     to_char(s.first + (s.last - s.first) * i / 5, CASE WHEN s.last - s.first < interval '5 days' THEN 'YYYY-MM-DD HH24:MI' ELSE 'YYYY-MM-DD' END)), E'\n')
              FROM generate_series(0, 5) AS i) AS times
      INTO axis FROM scale s;

    SELECT format('channel %s, method %s: now on hand %s, reserved %s, kept back %s at %s locations', channel, method,
                  COALESCE(sum(l.on_hand), 0), COALESCE(sum(l.reserved), 0), COALESCE(sum(l.safety_stock), 0), count(*))
      INTO subtitle FROM oms.atp_by_location(channel, sku, method) l;
    RETURN oms.picture(1000, 470, format('What may be promised of %s', sku), subtitle,
        format($svg$<g transform="translate(80,75)">
%s
%s
%s
</g>
<g transform="translate(80,445)">
<path d="M0 -4h24" stroke="#0072b2" stroke-width="2.5"/><text x="30">available to promise</text>
<path d="M170 -4h24" stroke="#444444" stroke-width="1.5" stroke-dasharray="6 3"/><text x="200">projected: in stock and incoming, less what is promised of it</text>
<path d="M590 -9h7v10h-7z" fill="#009e73"/><text x="603">incoming</text>
<path d="M690 -9h7v10h-7z" fill="#d55e00"/><text x="703">of it promised to backorders</text>
</g>$svg$, axis.values, axis.times, body));
END
$$;
REVOKE ALL ON FUNCTION oms.draw_availability(text, text, text) FROM PUBLIC;
COMMENT ON FUNCTION oms.draw_availability(text, text, text) IS
    'what a channel may promise of a sku from now on, as an SVG document: ATP and the projected stock over time, what comes in when, and how much of that is promised to backorders (oms.projection). Errors as atp';

CREATE FUNCTION oms.draw_stores(days integer DEFAULT 28, at_most integer DEFAULT 30)
RETURNS text
LANGUAGE plpgsql STABLE PARALLEL RESTRICTED COST 100000 SET search_path = pg_catalog, pg_temp SET jit = off
AS $$
DECLARE
    body text;
    n bigint;
    shown bigint;
    step float8;
BEGIN
    IF days IS NULL OR at_most IS NULL THEN
        RAISE null_value_not_allowed USING MESSAGE = 'days and at_most must not be null';
    ELSIF days NOT BETWEEN 1 AND 3660 OR at_most NOT BETWEEN 1 AND 1000 THEN
        RAISE invalid_parameter_value USING MESSAGE = format('days must be from 1 to 3660 and at_most from 1 to 1000, not %s and %s', days, at_most);
    END IF;
    -- Load: fulfillments now. Acceptance: of the units given to a location in the days, those it did not refuse itself.
    WITH given AS MATERIALIZED (
        SELECT f.location, count(*) FILTER (WHERE f.status = 'assigned') AS assigned,
               count(*) FILTER (WHERE f.status IN ('accepted', 'picking')) AS begun,
               count(*) FILTER (WHERE f.status IN ('packed', 'ready')) AS packed,
               sum(f.units) FILTER (WHERE f.assigned_at >= now() - make_interval(days => days) AND f.status <> 'superseded') AS offered,
               percentile_cont(0.5) WITHIN GROUP (ORDER BY a.acted_at - f.assigned_at) FILTER (WHERE f.assigned_at >= now() - make_interval(days => days)) AS waited
          FROM oms.fulfillment f
          LEFT JOIN oms.fulfillment_event a ON a.order_id = f.order_id AND a.fulfillment_id = f.fulfillment_id AND a.action = 'accept'
         GROUP BY f.location),
    refused AS MATERIALIZED (
        SELECT r.location, sum(r.quantity) AS units FROM oms.rejection r
         WHERE r.rejected_at >= now() - make_interval(days => days) AND r.cause = 'named' GROUP BY r.location),
    store AS MATERIALIZED (
        SELECT l.location, l.capacity_orders, g.assigned, g.begun, g.packed, g.assigned + g.begun + g.packed AS open, g.waited,
               100 * (1 - least(COALESCE(r.units, 0) / NULLIF(g.offered, 0), 1)) AS accepted,
               row_number() OVER (ORDER BY g.assigned + g.begun + g.packed DESC, l.location) AS row
          FROM oms.location l JOIN given g USING (location) LEFT JOIN refused r USING (location)),
    scale AS (SELECT oms.nice_step(greatest(max(greatest(open, CASE WHEN capacity_orders < 3 * greatest(open, 1) THEN capacity_orders END)), 1), 4) AS step
                FROM store WHERE row <= at_most)
    SELECT (SELECT count(*) FROM store), (SELECT count(*) FROM store WHERE row <= at_most), c.step,
           string_agg(format(E'<g transform="translate(0,%s)">\n<text x="190" y="11" text-anchor="end"><title>%s</title>%s</text>\n%s%s%s%s<text x="620" y="11">%s</text>\n%s<text x="960" y="11">%s</text>\n<text x="1020" y="11">%s</text>\n</g>',
               (row - 1) * 20, oms.picture_text(location), oms.picture_text(location, 24),
               format(E'<rect x="200" width="%s" height="14" fill="#0072b2"><title>%s assigned</title></rect>\n', round((assigned * 100 / c.step)::numeric, 1), assigned),
               format(E'<rect x="%s" width="%s" height="14" fill="#56b4e9"><title>%s accepted or being picked</title></rect>\n',
                      round((200 + assigned * 100 / c.step)::numeric, 1), round((begun * 100 / c.step)::numeric, 1), begun),
               format(E'<rect x="%s" width="%s" height="14" fill="#009e73"><title>%s packed or ready</title></rect>\n',
                      round((200 + (assigned + begun) * 100 / c.step)::numeric, 1), round((packed * 100 / c.step)::numeric, 1), packed),
               CASE WHEN capacity_orders <= 4 * c.step
                    THEN format(E'<path d="M%s -2v18" stroke="#000000" stroke-width="2"/>\n', round((200 + capacity_orders * 100 / c.step)::numeric, 1)) ELSE '' END,
               concat(open, ' of ' || capacity_orders),
               CASE WHEN accepted IS NULL THEN ''
                    ELSE format(E'<rect x="700" width="250" height="14" fill="#eeeeee"/>\n<rect x="700" width="%s" height="14" fill="%s"/>\n',
                                round((2.5 * accepted)::numeric, 1), CASE WHEN accepted <= 95 THEN '#d55e00' ELSE '#009e73' END) END,
               CASE WHEN accepted IS NULL THEN '–' ELSE round(accepted::numeric, 1) || ' %' END,
               COALESCE(round((extract(epoch FROM waited) / 3600)::numeric, 1) || ' h', '–')), E'\n' ORDER BY row)
           || E'\n<g fill="#777777" font-size="10" text-anchor="middle">'
           || (SELECT string_agg(format('<text x="%s" y="-6">%s</text>', 200 + 100 * i, trim_scale((i * c.step)::numeric)), '') FROM generate_series(0, 4) AS i)
           || '</g>'
      INTO n, shown, step, body
      FROM store, scale c WHERE row <= at_most GROUP BY c.step;
    shown := COALESCE(shown, 0);
    RETURN oms.picture(1140, 150 + 20 * shown::int, 'Store load and acceptance',
        format('work open now, and acceptance of what was given in the last %s days; %s of %s locations that were ever given work, the busiest first', days, shown, COALESCE(n, 0)),
        format($svg$<g font-weight="bold"><text x="200" y="75">fulfillments open</text><text x="620" y="75">open</text><text x="700" y="75">units not refused</text><text x="1020" y="75">accepted after</text></g>
<g transform="translate(0,100)">
%s
</g>
<g transform="translate(20,%s)">
<path d="M0 -10h12v12h-12z" fill="#0072b2"/><text x="18">assigned</text>
<path d="M90 -10h12v12h-12z" fill="#56b4e9"/><text x="108">accepted or being picked</text>
<path d="M270 -10h12v12h-12z" fill="#009e73"/><text x="288">packed or ready; less than 5 %% refused</text>
<path d="M570 -10h12v12h-12z" fill="#d55e00"/><text x="588">5 %% and more refused</text>
<path d="M770 -12v16" stroke="#000000" stroke-width="2"/><text x="778">capacity, where it fits the scale</text>
</g>$svg$, COALESCE(body, '<text x="200" y="11">no location was given work yet</text>'), 135 + 20 * shown));
END
$$;
REVOKE ALL ON FUNCTION oms.draw_stores(integer, integer) FROM PUBLIC;
COMMENT ON FUNCTION oms.draw_stores(integer, integer) IS
    'the work that lies at locations now beside their capacity in orders, the share of units that they accepted in the last days and the median time until they did, as an SVG document; at_most so many, the busiest first. With the caller''s rights on the views. Errors: 22004, 22023';
