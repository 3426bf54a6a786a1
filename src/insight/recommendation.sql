-- Safety stock recommended from the ledger; see recommendation.c for the formula.

CREATE FUNCTION oms.recommend_safety_stock(
    channel text, service_level double precision DEFAULT 0.95, method text DEFAULT 'ship',
    period interval DEFAULT '28 days', pick_delay interval DEFAULT '4 hours',
    skus text[] DEFAULT NULL, locations text[] DEFAULT NULL)
RETURNS TABLE (sku text, location text, on_hand bigint, units_sold bigint, demand_per_day double precision,
               demand_in_delay double precision, differences bigint, record_error double precision,
               deviation double precision, safety_stock oms.safety_stock, kept_back bigint,
               lost_sales double precision, oversells double precision, recommended bigint,
               recommended_lost_sales double precision, recommended_oversells double precision)
LANGUAGE c STABLE PARALLEL RESTRICTED COST 100000 ROWS 5000 SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'oms_recommend_safety_stock';
REVOKE ALL ON FUNCTION oms.recommend_safety_stock(text, double precision, text, interval, interval, text[], text[]) FROM PUBLIC;
COMMENT ON FUNCTION oms.recommend_safety_stock(text, double precision, text, interval, interval, text[], text[]) IS
'what to keep back from the channel of each sku at each location of its group, so that with the service level (0 to 1) nothing is sold that is not there when the channel sells the location down to it; beside what today''s rule keeps back. For both the expected units each time that happens: oversells (sold and not there) and lost_sales (there and not sold).
From the movements of the period: Z = demand in pick_delay (units consumed a day × delay) + record_error (mean of the differences that adjust and set_on_hand wrote, negated: positive when the shelf had less), deviation that of both. recommended = the least r with P(Z <= r) >= service_level; oversells(r) = E[(Z-r)+] = s·G(k), k = (r-m)/s, G(k) = φ(k) - k(1-Φ(k)) the unit normal loss function; lost_sales(r) = r - m + oversells(r) (Silver, Pyke, Peterson, Inventory Management and Production Planning and Scheduling, 1998, ch. 7). A slow mover (m < 10, no error, days not more than twice as scattered as Poisson) is Poisson, summed exactly.
differences 0 means that nobody looked or that all was right: a count that finds nothing leaves no movement. Untracked skus are left out; kits count by their components. Errors: OM004 unknown channel, 22023, 22004';

CREATE FUNCTION oms.apply_safety_stock_recommendation(
    channel text, service_level double precision DEFAULT 0.95, method text DEFAULT 'ship',
    period interval DEFAULT '28 days', pick_delay interval DEFAULT '4 hours',
    skus text[] DEFAULT NULL, locations text[] DEFAULT NULL)
RETURNS TABLE (sku text, location text, before oms.safety_stock, safety_stock oms.safety_stock, rule_id bigint)
LANGUAGE sql VOLATILE PARALLEL UNSAFE COST 100000 ROWS 100
AS $$
    WITH wanted AS (
        SELECT r.sku, r.location, r.safety_stock AS before, r.recommended
          FROM oms.recommend_safety_stock($1, $2, $3, $4, $5, $6, $7) r
         WHERE r.recommended OPERATOR(pg_catalog.<>) r.kept_back
           AND (r.units_sold OPERATOR(pg_catalog.>) 0 OR r.differences OPERATOR(pg_catalog.>) 0)),
    replaced AS (
        DELETE FROM oms.safety_stock_rule s USING wanted w
         WHERE s.channel OPERATOR(pg_catalog.=) $1 AND s.sku OPERATOR(pg_catalog.=) w.sku
           AND s.location OPERATOR(pg_catalog.=) w.location
           AND s.method IS NULL AND s.active_from IS NULL AND s.active_until IS NULL
           AND pg_catalog.starts_with(s.note, 'recommended')),
    written AS (
        INSERT INTO oms.safety_stock_rule (channel, sku, location, safety_stock, note)
        SELECT $1, w.sku, w.location, w.recommended::text::oms.safety_stock,
               pg_catalog.format('recommended: service level %s', $2)
          FROM wanted w
        RETURNING sku, location, safety_stock, rule_id)
    SELECT w.sku, w.location, w.before, n.safety_stock, n.rule_id
      FROM wanted w
      JOIN written n ON n.sku OPERATOR(pg_catalog.=) w.sku AND n.location OPERATOR(pg_catalog.=) w.location
     ORDER BY w.sku, w.location
$$;
REVOKE ALL ON FUNCTION oms.apply_safety_stock_recommendation(text, double precision, text, interval, interval, text[], text[]) FROM PUBLIC;
COMMENT ON FUNCTION oms.apply_safety_stock_recommendation(text, double precision, text, interval, interval, text[], text[]) IS
    'writes what recommend_safety_stock recommends, with the same arguments, into oms.safety_stock_rule: where the units differ from what is kept back today (not where nothing was sold and no difference found: from that nothing follows), a rule for channel, sku and location, which replaces an earlier recommendation; a row for each. A rule that is more specific (also method) or a newer one with the same dimensions still wins: oms.explain_safety_stock. With the caller''s rights on the table. Errors as recommend_safety_stock';
