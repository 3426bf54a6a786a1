-- A shop as it is before: its tables, and what its program does to them. A sale takes the pieces from the stock of a store and
-- writes the order with that store; the store ships it later.
CREATE SCHEMA shop;
CREATE TABLE shop.store (id int PRIMARY KEY, name text UNIQUE NOT NULL, latitude float8, longitude float8);
CREATE TABLE shop.stock (
    store_id int REFERENCES shop.store, article text, pieces int NOT NULL CHECK (pieces >= 0), PRIMARY KEY (store_id, article));
CREATE TABLE shop.orders (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, site text NOT NULL, ordered_at timestamptz NOT NULL DEFAULT now(),
    latitude float8, longitude float8, shipped boolean NOT NULL DEFAULT false);
CREATE TABLE shop.order_lines (
    order_id bigint REFERENCES shop.orders, line int, article text NOT NULL, pieces int NOT NULL,
    store_id int NOT NULL REFERENCES shop.store, PRIMARY KEY (order_id, line));
CREATE TABLE shop.delivery (store_id int, article text, pieces int, delivered_at timestamptz DEFAULT now());
CREATE INDEX orders_open_idx ON shop.orders (id) WHERE NOT shipped;

-- sell: the order's number, or NULL when it is sold out
CREATE FUNCTION shop.sell(site text, wanted text, n int, latitude float8, longitude float8) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    store int;
    number bigint;
BEGIN
    SELECT store_id INTO store FROM shop.stock WHERE article = wanted AND pieces >= n ORDER BY pieces DESC, store_id LIMIT 1;
    UPDATE shop.stock SET pieces = pieces - n WHERE store_id = store AND article = wanted AND pieces >= n;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    INSERT INTO shop.orders (site, latitude, longitude) VALUES (site, latitude, longitude) RETURNING id INTO number;
    INSERT INTO shop.order_lines VALUES (number, 1, wanted, n, store);
    RETURN number;
END $$;

CREATE FUNCTION shop.deliver(store int, delivered text, n int) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO shop.delivery VALUES (store, delivered, n);
    UPDATE shop.stock SET pieces = pieces + n WHERE store_id = store AND article = delivered;
    IF NOT FOUND THEN
        INSERT INTO shop.stock VALUES (store, delivered, n);
    END IF;
END $$;

-- ship: the oldest open order that nobody else is shipping
CREATE FUNCTION shop.ship() RETURNS bigint LANGUAGE sql AS $$
    UPDATE shop.orders SET shipped = true
     WHERE id = (SELECT id FROM shop.orders WHERE NOT shipped ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED)
    RETURNING id
$$;

INSERT INTO shop.store VALUES (1, 'Reno', 39.53, -119.81), (2, 'Bronx', 40.84, -73.86), (3, 'Boston', 42.36, -71.06);
SELECT shop.deliver(s, 'article ' || a, 10 + (s * 7 + a * 5) % 9) FROM generate_series(1, 3) AS s, generate_series(1, 6) AS a;
SELECT shop.sell(CASE i % 4 WHEN 0 THEN 'marketplace' ELSE 'web' END, 'article ' || 1 + i % 6, 1 + i % 2, 40 + i % 3, -72 - i % 5)
  FROM generate_series(1, 24) AS i;
