-- Keys of 600 bytes fit every index of stock; what is too long is refused and leaves nothing.
BEGIN;
\ir include/shop.psql
SELECT pg_temp.shop();
SELECT plan(5);
-- what does not compress: an index stores it as it is
SELECT string_agg(md5(i::text), '') AS long FROM generate_series(1, 100) AS i \gset
SELECT substr(:'long', 1, 600) AS sku, substr(:'long', 601, 600) AS place, substr(:'long', 1201, 600) AS channel, substr(:'long', 1801, 600) AS po \gset
SELECT oms.add_location(:'place', 'store'), oms.add_location_group('long', ARRAY[:'place']), oms.add_channel(:'channel', 'long') \g /dev/null
SELECT is(oms.receive(:'place', :'sku', 5), 5::bigint, 'stock');
SELECT is(oms.protect_stock(:'place', :'sku', :'channel', 2, now() + interval '1 day'), 0::bigint, 'protected');
SELECT is((SELECT outstanding FROM oms.add_incoming(:'po', :'place', :'sku', 9, now() + interval '1 day')), 9::bigint, 'incoming');
SELECT is((SELECT count(*) FROM oms.reserve(:'channel', :'sku', 8, on_shortage => 'backorder', cart_id => :'po')), 2::bigint, 'reserved and backordered');
SELECT is(pg_temp.state(format('SELECT oms.receive(%L, %L, 5)', :'place', :'long')), '54000', 'too long');
SELECT * FROM finish();
ROLLBACK;
