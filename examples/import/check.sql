-- check.sql: every fault of every row in one pass; any of them refuses the import.

-- as_date: month/day/year or year-month-day; NULL when it is no date
CREATE FUNCTION pg_temp.as_date(text) RETURNS date
LANGUAGE plpgsql IMMUTABLE
AS $$
DECLARE
    part text[] := COALESCE(
        (SELECT ARRAY[m[3], m[1], m[2]] FROM regexp_matches($1, '^(\d{1,2})/(\d{1,2})/(\d{4})$') AS m),
        (SELECT m FROM regexp_matches($1, '^(\d{4})-(\d{1,2})-(\d{1,2})$') AS m));
BEGIN
    RETURN make_date(part[1]::int, part[2]::int, part[3]::int);
EXCEPTION WHEN datetime_field_overflow THEN
    RETURN NULL;
END
$$;

-- as_zip: five digits; leading zeros that a spreadsheet dropped come back, a +4 goes; NULL when it is none
CREATE FUNCTION pg_temp.as_zip(text) RETURNS text
LANGUAGE sql IMMUTABLE
AS $$ SELECT CASE WHEN $1 ~ '^\d{3,5}(-\d{4})?$' THEN lpad(split_part($1, '-', 1), 5, '0') END $$;

-- is_degrees: whether it is a number between -limit and limit
CREATE FUNCTION pg_temp.is_degrees(text, bound numeric) RETURNS boolean
LANGUAGE sql IMMUTABLE
AS $$ SELECT CASE WHEN $1 ~ '^[-+]?\d{1,3}(\.\d+)?$' THEN abs($1::numeric) <= $2 ELSE false END $$;

CREATE TEMP TABLE service_of ON COMMIT DROP AS
SELECT * FROM (VALUES
    ('Same Day', 'same_day', interval '12 hours'),
    ('First Class', 'next_day', interval '36 hours'),
    ('Second Class', 'standard', interval '84 hours'),
    ('Standard Class', 'standard', interval '132 hours')) AS v (ship_mode, service, promise_in);

CREATE TEMP TABLE state_code ON COMMIT DROP AS
SELECT split_part(pair, '=', 1) AS name, split_part(pair, '=', 2) AS code
  FROM string_to_table('Alabama=AL,Alaska=AK,Arizona=AZ,Arkansas=AR,California=CA,Colorado=CO,Connecticut=CT,'
       'Delaware=DE,District of Columbia=DC,Florida=FL,Georgia=GA,Hawaii=HI,Idaho=ID,Illinois=IL,Indiana=IN,'
       'Iowa=IA,Kansas=KS,Kentucky=KY,Louisiana=LA,Maine=ME,Maryland=MD,Massachusetts=MA,Michigan=MI,Minnesota=MN,'
       'Mississippi=MS,Missouri=MO,Montana=MT,Nebraska=NE,Nevada=NV,New Hampshire=NH,New Jersey=NJ,New Mexico=NM,'
       'New York=NY,North Carolina=NC,North Dakota=ND,Ohio=OH,Oklahoma=OK,Oregon=OR,Pennsylvania=PA,'
       'Rhode Island=RI,South Carolina=SC,South Dakota=SD,Tennessee=TN,Texas=TX,Utah=UT,Vermont=VT,Virginia=VA,'
       'Washington=WA,West Virginia=WV,Wisconsin=WI,Wyoming=WY', ',') AS pair;

-- Where a ZIP is. Some centroid files name ZIPs without a position: those are no places.
CREATE TEMP TABLE zip_place ON COMMIT DROP AS
SELECT pg_temp.as_zip(code) AS zip, lower(city) AS city, state, lat::float8, lon::float8
  FROM (SELECT * FROM zip_row WHERE pg_temp.is_degrees(lat, 90) AND pg_temp.is_degrees(lon, 180) OFFSET 0) z
 WHERE pg_temp.as_zip(code) IS NOT NULL;
CREATE INDEX ON zip_place (zip);

-- Where an order goes: the centroid of its ZIP, else the middle of its city's.
CREATE TEMP TABLE destination ON COMMIT DROP AS
SELECT o.postal_code, o.city, o.state, z.zip IS NULL AS by_city,
       oms.latlon(COALESCE(z.lat, c.lat), COALESCE(z.lon, c.lon)) AS coordinates
  FROM (SELECT DISTINCT postal_code, city, state FROM order_row) o
  LEFT JOIN zip_place z ON z.zip = pg_temp.as_zip(o.postal_code)
  LEFT JOIN LATERAL (
        SELECT round(avg(p.lat)::numeric, 6)::float8 AS lat, round(avg(p.lon)::numeric, 6)::float8 AS lon
          FROM zip_place p
         WHERE z.zip IS NULL AND p.city = lower(o.city)
           AND p.state IN (o.state, (SELECT s.code FROM state_code s WHERE s.name = o.state))) c ON true;

INSERT INTO problem
SELECT file, line, 'Order ID is empty' FROM order_row WHERE order_id = ''
UNION ALL
SELECT file, line, 'Product ID is empty' FROM order_row WHERE product_id = ''
UNION ALL
SELECT file, line, format('Row ID %L appears before, on line %s', row_id, first)
  FROM (SELECT file, line, row_id, min(line) OVER (PARTITION BY row_id) AS first FROM order_row) r WHERE line > first
UNION ALL
SELECT file, line, format('Order Date %L is no date (month/day/year or year-month-day)', order_date)
  FROM order_row WHERE pg_temp.as_date(order_date) IS NULL
UNION ALL
SELECT file, line, format('Ship Mode %L is unknown (known: %s)', ship_mode,
                          (SELECT string_agg(s.ship_mode, ', ') FROM service_of s))
  FROM order_row WHERE ship_mode NOT IN (SELECT s.ship_mode FROM service_of s)
UNION ALL
SELECT file, line, format('Quantity %L is no whole number from 1 to 999999', quantity)
  FROM order_row WHERE quantity !~ '^0*[1-9]\d{0,5}$'
UNION ALL
SELECT file, line, format('Sales %L is no amount', sales)
  FROM order_row WHERE sales !~ '^\d{1,12}(\.\d+)?$'
UNION ALL
SELECT file, line, format('Postal Code %L is no ZIP', postal_code)
  FROM order_row WHERE postal_code <> '' AND pg_temp.as_zip(postal_code) IS NULL
UNION ALL
SELECT o.file, o.line, format('Postal Code %L has no position in the ZIP file, nor has %s, %s', o.postal_code, o.city, o.state)
  FROM order_row o JOIN destination d USING (postal_code, city, state)
 WHERE d.coordinates IS NULL AND (o.postal_code = '' OR pg_temp.as_zip(o.postal_code) IS NOT NULL)
UNION ALL
SELECT o.file, o.line, format('order %s has another date, ship mode or address than on line %s', o.order_id, f.line)
  FROM (SELECT DISTINCT ON (order_id) * FROM order_row ORDER BY order_id, line) f
  JOIN order_row o USING (order_id)
 WHERE (o.order_date, o.ship_mode, o.postal_code, o.city, o.state) <>
       (f.order_date, f.ship_mode, f.postal_code, f.city, f.state)
UNION ALL
SELECT file, line, 'storenum is empty' FROM store_row WHERE store = ''
UNION ALL
SELECT file, line, format('storenum %L appears before, on line %s', store, first)
  FROM (SELECT file, line, store, min(line) OVER (PARTITION BY store) AS first FROM store_row) r WHERE line > first
UNION ALL
SELECT file, line, format('LAT %L, LON %L is no position', lat, lon)
  FROM store_row WHERE NOT pg_temp.is_degrees(lat, 90) OR NOT pg_temp.is_degrees(lon, 180)
UNION ALL
SELECT file, line, format('code %L is no ZIP', code) FROM zip_row WHERE pg_temp.as_zip(code) IS NULL
UNION ALL
SELECT file, line, format('code %L appears before, on line %s', code, first)
  FROM (SELECT file, line, code, min(line) OVER (PARTITION BY pg_temp.as_zip(code)) AS first FROM zip_row
         WHERE pg_temp.as_zip(code) IS NOT NULL) r WHERE line > first
UNION ALL
SELECT file, line, format('lat %L, lon %L is no position', lat, lon)
  FROM zip_row
 WHERE (lat, lon) <> ('', '') AND (NOT pg_temp.is_degrees(lat, 90) OR NOT pg_temp.is_degrees(lon, 180));

-- refuse_problems: raises with the first of them as the message and up to 20 as the detail
CREATE FUNCTION pg_temp.refuse_problems() RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
    amount bigint := (SELECT count(*) FROM problem);
BEGIN
    IF amount > 0 THEN
        RAISE EXCEPTION '%', (SELECT format('%s line %s: %s', file, line, fault) FROM problem ORDER BY file, line, fault LIMIT 1)
            USING ERRCODE = 'data_exception',
                  DETAIL = (SELECT string_agg(format('%s line %s: %s', file, line, fault), E'\n' ORDER BY file, line, fault)
                              FROM (SELECT * FROM problem ORDER BY file, line, fault LIMIT 20) p),
                  HINT = format('%s fault%s in all%s. Nothing was loaded.', amount,
                                CASE WHEN amount > 1 THEN 's' END,
                                CASE WHEN amount > 20 THEN ', the first 20 are listed' END);
    END IF;
    IF NOT EXISTS (SELECT FROM order_row) OR NOT EXISTS (SELECT FROM store_row) OR NOT EXISTS (SELECT FROM zip_row) THEN
        RAISE EXCEPTION 'a file has a header and no rows: % orders, % stores, % ZIPs', (SELECT count(*) FROM order_row),
            (SELECT count(*) FROM store_row), (SELECT count(*) FROM zip_row)
            USING ERRCODE = 'data_exception';
    END IF;
END
$$;
SELECT pg_temp.refuse_problems() \g /dev/null
