-- Acceptance that learns: confidence in locations, from the record; what follows from it. The formula is
-- in confidence.c.

CREATE FUNCTION oms.confidence_mean(
    accepted double precision, rejected double precision, age interval, half_life interval,
    base_rate double precision, prior_weight double precision)
RETURNS double precision
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'oms_confidence_mean';
COMMENT ON FUNCTION oms.confidence_mean(double precision, double precision, interval, interval, double precision, double precision) IS
    'the formula of oms.confidence: (a + W b) / (a + r + W), a and r lines accepted and rejected, halved every half_life of their age, b the base rate, which counts as W = prior_weight lines: the mean of a Beta distribution with forgetting (Jøsang, Ismail, The Beta Reputation System, 2002). Error: 22023 out of range';

CREATE VIEW oms.confidence_of_location AS
SELECT s.location, s.half_life, s.prior_weight, s.count_weight, s.reject_cost,
       c.accepted, c.rejected, c.as_of, c.counted_at,
       COALESCE(oms.confidence_mean(c.accepted, c.rejected, pg_catalog.now() - c.as_of, c.half_life, s.base_rate, s.prior_weight),
                s.base_rate) AS confidence
  FROM (SELECT l.location,
               COALESCE(o.half_life, g.half_life, interval '30 days') AS half_life,
               COALESCE(o.base_rate, g.base_rate, 0.95) AS base_rate,
               COALESCE(o.prior_weight, g.prior_weight, 2) AS prior_weight,
               COALESCE(o.count_weight, g.count_weight, 3) AS count_weight,
               COALESCE(o.reject_cost, g.reject_cost, 0) AS reject_cost
          FROM oms.location l
          LEFT JOIN oms.confidence_setting o ON o.location = l.location
          LEFT JOIN oms.confidence_setting g ON g.location IS NULL) s
  LEFT JOIN oms.confidence_row c ON c.location = s.location AND c.sku IS NULL;
COMMENT ON VIEW oms.confidence_of_location IS 'private: of each location the settings that hold for it, and the confidence in it';

CREATE VIEW oms.confidence AS
SELECT t.location, NULL::text COLLATE "C" AS sku, t.confidence, t.accepted, t.rejected, t.counted_at, t.as_of
  FROM oms.confidence_of_location t
UNION ALL
SELECT c.location, c.sku,
       oms.confidence_mean(c.accepted, c.rejected, pg_catalog.now() - c.as_of, c.half_life, t.confidence, t.prior_weight),
       c.accepted, c.rejected, c.counted_at, c.as_of
  FROM oms.confidence_row c
  JOIN oms.confidence_of_location t ON t.location = c.location
 WHERE c.sku IS NOT NULL;
COMMENT ON VIEW oms.confidence IS
    'how much a location (sku NULL), or what it has of a sku, is to be trusted: the share of lines that it is expected to serve, 0 to 1, now (oms.confidence_mean). accepted and rejected: the evidence, in lines, decayed to as_of, the moment of the newest; counted_at the last count. A sku without a row is as its location. Learned by oms.refresh_confidence';

CREATE FUNCTION oms.refresh_confidence()
RETURNS bigint
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000000 SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET jit = off
AS 'MODULE_PATHNAME', 'oms_refresh_confidence';
REVOKE ALL ON FUNCTION oms.refresh_confidence() FROM PUBLIC;
COMMENT ON FUNCTION oms.refresh_confidence() IS
    'learns oms.confidence anew from the record, for pg_cron every few minutes: lines shipped or handed over speak for a location and for the sku there; lines that it was named to refuse speak against the location and, when the reason is about the goods (it changes stock or asks for a count), against the sku there; a count speaks as oms.confidence_setting.count_weight lines, by the share of on_hand that was missing. What is older than 16 half-lives is forgotten. Two at once: one waits for the other. Returns how many rows changed';

CREATE VIEW oms.location_performance AS
SELECT t.location, COALESCE(w.fulfillments, 0) AS fulfillments, COALESCE(w.lines, 0) AS lines, w.accept_rate,
       COALESCE(r.rejects, '{}') AS rejects, e.time_to_accept, e.time_to_pick, e.time_to_ship, t.confidence, t.half_life AS period
  FROM oms.confidence_of_location t
  LEFT JOIN (SELECT f.location, pg_catalog.count(DISTINCT f.fulfillment_id) AS fulfillments, pg_catalog.count(*) AS lines,
                    pg_catalog.sum(l.shipped)::float8 / NULLIF(pg_catalog.sum(l.shipped + l.rejected), 0)::float8 AS accept_rate
               FROM oms.fulfillment_row f
               JOIN oms.confidence_of_location t ON t.location = f.location
               JOIN oms.fulfillment_line_row l ON l.order_id = f.order_id AND l.fulfillment_id = f.fulfillment_id
              WHERE f.status IN ('shipped', 'handed_over', 'rejected') AND f.changed_at > pg_catalog.now() - t.half_life
              GROUP BY f.location) w ON w.location = t.location
  LEFT JOIN (SELECT r.location, pg_catalog.jsonb_object_agg(r.reason, r.units) AS rejects
               FROM (SELECT r.location, r.reason, pg_catalog.sum(r.quantity) AS units
                       FROM oms.rejection_row r
                       JOIN oms.confidence_of_location t ON t.location = r.location
                      WHERE r.rejected_at > pg_catalog.now() - t.half_life
                      GROUP BY r.location, r.reason) r
              GROUP BY r.location) r ON r.location = t.location
  LEFT JOIN (SELECT e.location,
                    pg_catalog.percentile_cont(0.5) WITHIN GROUP (ORDER BY e.accepted_at - e.assigned_at) AS time_to_accept,
                    pg_catalog.percentile_cont(0.5) WITHIN GROUP (ORDER BY e.picked_at - e.accepted_at) AS time_to_pick,
                    pg_catalog.percentile_cont(0.5) WITHIN GROUP (ORDER BY e.shipped_at - e.picked_at) AS time_to_ship
               FROM (SELECT f.location, f.assigned_at,
                            pg_catalog.min(e.acted_at) FILTER (WHERE e.action = 'accept') AS accepted_at,
                            pg_catalog.max(e.acted_at) FILTER (WHERE e.action = 'pick') AS picked_at,
                            pg_catalog.min(e.acted_at) FILTER (WHERE e.action IN ('ship', 'ready')) AS shipped_at
                       FROM oms.fulfillment_row f
                       JOIN oms.confidence_of_location t ON t.location = f.location
                       JOIN oms.fulfillment_event_row e ON e.order_id = f.order_id AND e.fulfillment_id = f.fulfillment_id
                      WHERE f.changed_at > pg_catalog.now() - t.half_life
                      GROUP BY f.location, f.order_id, f.fulfillment_id, f.assigned_at) e
              GROUP BY e.location) e ON e.location = t.location;
COMMENT ON VIEW oms.location_performance IS
    'how each location does, over the last period (its half_life in oms.confidence_setting): fulfillments that were sent out or refused, their lines, accept_rate: units sent out of those sent out or refused; rejects: units by reason, in all of its work; the median times from assigned to accepted, from there to the last pick, and from there to shipped, or ready for the customer; the confidence in it now';

CREATE FUNCTION oms.count_suggestions(location text, n integer DEFAULT 10)
RETURNS TABLE (sku text, bin text, on_hand bigint, reserved bigint, demand bigint, confidence double precision,
               counted_at timestamptz, asked_at timestamptz, at_risk double precision)
LANGUAGE sql STABLE PARALLEL SAFE COST 100000 ROWS 10 SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET jit = off
AS $$
    SELECT s.sku, b.bin, s.on_hand, s.reserved, s.demand, s.confidence, s.counted_at, a.opened_at, s.at_risk
      FROM (SELECT i.sku, i.on_hand, i.reserved, d.demand, COALESCE(c.confidence, t.confidence) AS confidence, c.counted_at,
                   (1 - COALESCE(c.confidence, t.confidence)) * LEAST(i.on_hand, i.reserved + d.demand) AS at_risk
              FROM oms.confidence_of_location t
              JOIN oms.inventory i ON i.location = t.location
              LEFT JOIN oms.confidence c ON c.location = t.location AND c.sku = i.sku
              LEFT JOIN (SELECT r.sku, sum(r.quantity) AS units
                           FROM oms.rejection_row r
                           JOIN oms.confidence_of_location t ON t.location = r.location
                          WHERE r.location = $1 AND r.rejected_at > now() - t.half_life
                          GROUP BY r.sku) r ON r.sku = i.sku
             CROSS JOIN LATERAL (SELECT (COALESCE(r.units, 0) - COALESCE(sum(m.quantity), 0))::bigint AS demand
                                   FROM oms.movement_row m
                                  WHERE m.sku = i.sku AND m.location = i.location
                                    AND m.kind IN ('consume', 'ship', 'hand_over') AND m.moved_at > now() - t.half_life) d
             WHERE t.location = $1) s
      LEFT JOIN oms.bin b ON b.location = $1 AND b.sku = s.sku
      LEFT JOIN oms.count_task_row a ON a.location = $1 AND a.sku = s.sku AND a.closed_at IS NULL
     WHERE s.at_risk > 0
     ORDER BY s.at_risk DESC, s.sku
     LIMIT $2
$$;
REVOKE ALL ON FUNCTION oms.count_suggestions(text, integer) FROM PUBLIC;
COMMENT ON FUNCTION oms.count_suggestions(text, integer) IS
    'the n skus whose count at the location pays most: at_risk = (1 - confidence) × the units that hang on the record, reserved + demand, those that went out or were refused in the last half-life, at most on_hand: units expected to be promised and not there. counted_at: the last count; asked_at: a count task is open';

-- Not SECURITY DEFINER: with the caller's rights on the rules.
CREATE FUNCTION oms.withhold_by_confidence(
    channel text, below double precision DEFAULT 0.5, safety_stock oms.safety_stock DEFAULT '100%')
RETURNS TABLE (change text, location text, sku text, confidence double precision, safety_stock oms.safety_stock, rule_id bigint)
LANGUAGE sql VOLATILE PARALLEL UNSAFE COST 100000 ROWS 10
AS $$
    WITH wanted AS (
        SELECT c.location, c.sku, c.confidence
          FROM oms.confidence c
         WHERE c.confidence OPERATOR(pg_catalog.<) $2
           AND EXISTS (SELECT FROM oms.channel h
                         JOIN oms.location_group_member m ON m.location_group OPERATOR(pg_catalog.=) h.ship_group
                                                          OR m.location_group OPERATOR(pg_catalog.=) h.pickup_group
                        WHERE h.channel OPERATOR(pg_catalog.=) $1 AND m.location OPERATOR(pg_catalog.=) c.location)),
    mine AS (
        SELECT s.rule_id, s.location, s.sku, s.safety_stock,
               w.location IS NOT NULL AND s.safety_stock::text OPERATOR(pg_catalog.=) $3::text AS stays
          FROM oms.safety_stock_rule s
          LEFT JOIN wanted w ON w.location OPERATOR(pg_catalog.=) s.location
                            AND COALESCE(w.sku, '') OPERATOR(pg_catalog.=) COALESCE(s.sku, '')
         WHERE s.channel OPERATOR(pg_catalog.=) $1 AND s.note OPERATOR(pg_catalog.=) 'low confidence'),
    removed AS (
        DELETE FROM oms.safety_stock_rule s USING mine m
         WHERE s.rule_id OPERATOR(pg_catalog.=) m.rule_id AND NOT m.stays
        RETURNING s.location, s.sku, s.safety_stock, s.rule_id),
    written AS (
        INSERT INTO oms.safety_stock_rule (channel, location, sku, safety_stock, note)
        SELECT $1, w.location, w.sku, $3, 'low confidence'
          FROM wanted w
         WHERE NOT EXISTS (SELECT FROM mine m WHERE m.stays AND m.location OPERATOR(pg_catalog.=) w.location
                              AND COALESCE(m.sku, '') OPERATOR(pg_catalog.=) COALESCE(w.sku, ''))
        RETURNING location, sku, safety_stock, rule_id)
    SELECT d.change, d.location, d.sku, c.confidence, d.safety_stock, d.rule_id
      FROM (SELECT 'withheld' AS change, w.* FROM written w UNION ALL SELECT 'released', r.* FROM removed r) d
      LEFT JOIN oms.confidence c ON c.location OPERATOR(pg_catalog.=) d.location
                                AND COALESCE(c.sku, '') OPERATOR(pg_catalog.=) COALESCE(d.sku, '')
     ORDER BY d.change, d.location, d.sku
$$;
REVOKE ALL ON FUNCTION oms.withhold_by_confidence(text, double precision, oms.safety_stock) FROM PUBLIC;
COMMENT ON FUNCTION oms.withhold_by_confidence(text, double precision, oms.safety_stock) IS
    'keeps safety_stock back from the channel wherever the confidence is below the limit: a rule of oms.safety_stock_rule with the note low confidence for a location, or for a sku there, which reserve and the router keep to exactly; takes back those of its rules that confidence has outgrown. For a job after refresh_confidence; a row for each rule that changed. A rule that is more specific, or as specific and newer, still wins: oms.explain_safety_stock. With the caller''s rights on the table';
