-- read.sql: reads the three files into text columns found by the names in their headers.
--
-- COPY takes each line whole (its delimiter and quote are characters that text does not have), and SQL splits
-- it: so a record of the wrong width or with an open quote is found together with all other faults,
-- and with its line number, instead of ending the COPY. A byte-order mark, CRLF, quoted commas,
-- doubled quotes and line breaks within quotes are taken as CSV means them. Empty lines are skipped.

-- fields: the fields of one CSV record; NULL when its quotes do not match
CREATE FUNCTION pg_temp.fields(record text) RETURNS text[]
LANGUAGE sql IMMUTABLE
AS $$
    SELECT CASE
        WHEN position('"' IN record) = 0 THEN string_to_array(record, ',')
        ELSE (SELECT CASE WHEN sum(length(m[1]) + 1) = length(record) + 1
                          THEN array_agg(CASE WHEN m[1] LIKE '"%'
                                              THEN replace(substr(m[1], 2, length(m[1]) - 2), '""', '"')
                                              ELSE m[1] END ORDER BY n) END
                FROM regexp_matches(record || ',', '("(?:[^"]|"")*"|[^",]*),', 'g') WITH ORDINALITY AS t (m, n))
    END
$$;

-- take_file: moves what COPY read into records of this name. A line that ends within quotes goes on in
-- the next one, which is so after every odd number of quotes.
CREATE FUNCTION pg_temp.take_file(file text) RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
    INSERT INTO record (file, line, header, fields)
    WITH line AS (
        SELECT line, CASE WHEN line = 1 THEN ltrim(content, convert_from('\xefbbbf', getdatabaseencoding())) ELSE content END AS content
          FROM raw_line
    ), parity AS (
        SELECT line, content,
               COALESCE(sum(length(content) - length(replace(content, '"', ''))) OVER
                        (ORDER BY line ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) % 2 = 1 AS goes_on
          FROM line
    ), numbered AS (
        SELECT line, content, count(*) FILTER (WHERE NOT goes_on) OVER (ORDER BY line) AS record
          FROM parity
    ), whole AS (
        SELECT min(line) AS line, string_agg(content, E'\n' ORDER BY line) AS content
          FROM numbered GROUP BY record
    )
    SELECT $1, line, line = min(line) OVER (), pg_temp.fields(content)
      FROM whole WHERE content <> '';
    IF NOT FOUND THEN
        RAISE EXCEPTION '% is empty', $1 USING HINT = 'The first line names the columns.';
    END IF;
    TRUNCATE raw_line RESTART IDENTITY;
END
$$;

-- columns: at which place of the file's records these columns are
CREATE FUNCTION pg_temp.columns(file text, VARIADIC names text[]) RETURNS int[]
LANGUAGE plpgsql
AS $$
DECLARE
    header text[] := (SELECT r.fields FROM record r WHERE r.file = $1 AND r.header);
    missing text := (SELECT string_agg(quote_ident(n), ', ') FROM unnest($2) AS n
                      WHERE n <> ALL (COALESCE(header, '{}')));
BEGIN
    IF missing IS NOT NULL THEN
        RAISE EXCEPTION '% line 1: there is no column %', $1, missing
            USING DETAIL = format('The columns are: %s.', array_to_string(header, ', '));
    END IF;
    RETURN ARRAY(SELECT array_position(header, n) FROM unnest($2) WITH ORDINALITY AS t (n, i) ORDER BY i);
END
$$;

\setenv OMS_IMPORT_FILE :orders
\copy raw_line (content) FROM PROGRAM 'tr -d "\r" < "$OMS_IMPORT_FILE"' WITH (FORMAT csv, DELIMITER E'\x01', QUOTE E'\x02', NULL E'\x03', ENCODING 'UTF8')
SELECT pg_temp.take_file(:'orders') \g /dev/null
\setenv OMS_IMPORT_FILE :stores
\copy raw_line (content) FROM PROGRAM 'tr -d "\r" < "$OMS_IMPORT_FILE"' WITH (FORMAT csv, DELIMITER E'\x01', QUOTE E'\x02', NULL E'\x03', ENCODING 'UTF8')
SELECT pg_temp.take_file(:'stores') \g /dev/null
\setenv OMS_IMPORT_FILE :zips
\copy raw_line (content) FROM PROGRAM 'tr -d "\r" < "$OMS_IMPORT_FILE"' WITH (FORMAT csv, DELIMITER E'\x01', QUOTE E'\x02', NULL E'\x03', ENCODING 'UTF8')
SELECT pg_temp.take_file(:'zips') \g /dev/null

-- Records of the wrong width have no columns to speak of.
INSERT INTO problem
SELECT r.file, r.line, CASE WHEN r.fields IS NULL THEN 'a quote is not closed, or stands within an unquoted field'
                            ELSE format('%s columns instead of %s', cardinality(r.fields), cardinality(h.fields)) END
  FROM record r
  JOIN record h ON h.file = r.file AND h.header
 WHERE r.fields IS NULL OR cardinality(r.fields) <> cardinality(h.fields);

CREATE TEMP TABLE sound ON COMMIT DROP AS
SELECT r.file, r.line, r.fields
  FROM record r
  JOIN record h ON h.file = r.file AND h.header
 WHERE NOT r.header AND cardinality(r.fields) = cardinality(h.fields);

CREATE TEMP TABLE order_row ON COMMIT DROP AS
SELECT file, line, trim(fields[c[1]]) AS row_id, trim(fields[c[2]]) AS order_id, trim(fields[c[3]]) AS order_date,
       trim(fields[c[4]]) AS ship_mode, trim(fields[c[5]]) AS city, trim(fields[c[6]]) AS state,
       trim(fields[c[7]]) AS postal_code, trim(fields[c[8]]) AS product_id, trim(fields[c[9]]) AS category,
       trim(fields[c[10]]) AS sub_category, trim(fields[c[11]]) AS sales, trim(fields[c[12]]) AS quantity
  FROM sound,
       pg_temp.columns(:'orders', 'Row ID', 'Order ID', 'Order Date', 'Ship Mode', 'City', 'State', 'Postal Code',
                       'Product ID', 'Category', 'Sub-Category', 'Sales', 'Quantity') AS c
 WHERE file = :'orders';

CREATE TEMP TABLE store_row ON COMMIT DROP AS
SELECT file, line, trim(fields[c[1]]) AS store, trim(fields[c[2]]) AS city, trim(fields[c[3]]) AS state,
       trim(fields[c[4]]) AS lat, trim(fields[c[5]]) AS lon
  FROM sound, pg_temp.columns(:'stores', 'storenum', 'STRCITY', 'STRSTATE', 'LAT', 'LON') AS c
 WHERE file = :'stores';

CREATE TEMP TABLE zip_row ON COMMIT DROP AS
SELECT file, line, trim(fields[c[1]]) AS code, trim(fields[c[2]]) AS city, trim(fields[c[3]]) AS state,
       trim(fields[c[4]]) AS lat, trim(fields[c[5]]) AS lon
  FROM sound, pg_temp.columns(:'zips', 'code', 'city', 'state', 'lat', 'lon') AS c
 WHERE file = :'zips';
