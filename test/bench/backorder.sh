#!/bin/bash
# test/bench/backorder.sh: what a receipt costs that fills thousands of backorders, beside a PL/pgSQL loop over plain tables
# that fills one after the other; what moving thousands of claims costs; and a preorder launch, many clients on one purchase order, beside
# the plain UPDATE of its row. Called by `make bench-backorder`.
#
# A rate is the median over rounds in which the systems take turns; a fill is measured once. Not measured: the network, a client that
# thinks between statements. SHORT=1: one round, smaller sizes.
#
# setting: max_wal_size=8GB
set -euo pipefail

short=${SHORT:-}
rounds=$([ -n "$short" ] && echo 1 || echo 3)
orders=$([ -n "$short" ] && echo 1000 || echo 5000)
seconds=$([ -n "$short" ] && echo 3 || echo 5)
clients=$([ -n "$short" ] && echo 16 || echo 32)
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
q() { psql -XAtqc "$1"; }
median() { sort -n | awk '{v[NR] = $1} END {print v[int((NR + 1) / 2)]}'; }
ratio() { awk -v n="$1" -v a="$2" -v b="$3" -v bound="$4" 'BEGIN {printf "ratio %s %.2f at least %s\n", n, a / b, bound}'; }

echo "settings: $(nproc) cores, $(q 'SELECT version()' | cut -d, -f1), fsync $(q 'SHOW fsync'), $orders backorders, $rounds rounds of $clients clients for $seconds s, pgbench -j 2 -M prepared"

psql -Xq >/dev/null <<'SQL'
SELECT oms.add_location('DC', 'warehouse'), oms.add_location_group('all', '{DC}');
SELECT oms.add_channel('web', 'all');
CREATE TABLE purchase (sku text PRIMARY KEY, quantity bigint, claimed bigint) WITH (fillfactor = 50);
CREATE TABLE claim (id bigserial PRIMARY KEY, sku text, quantity bigint, created_at timestamptz DEFAULT now());
INSERT INTO purchase VALUES ('hot', 1000000000, 0);
SELECT oms.add_item('hot'), oms.add_incoming('launch', 'DC', 'hot', 1000000000, '2099-01-01');

-- ms(call): how long a statement takes
CREATE FUNCTION ms(call text) RETURNS numeric LANGUAGE plpgsql AS $$
DECLARE
    start timestamptz := clock_timestamp();
BEGIN
    EXECUTE call;
    RETURN round(extract(epoch FROM clock_timestamp() - start) * 1000, 1);
END $$;
CREATE PROCEDURE backorders(item text, n bigint) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM oms.add_item(item);
    FOR i IN 1..n LOOP
        PERFORM oms.place_order(item || ' ' || i, 'web', ARRAY[item], '{1}', priority => (i % 5)::int, on_shortage => 'backorder');
        IF i % 100 = 0 THEN
            COMMIT;
        END IF;
    END LOOP;
END $$;
-- The peer: the same order of work and the same rows, one backorder after the other.
CREATE TABLE stock (sku text COLLATE "C", location text COLLATE "C", on_hand bigint, reserved bigint, PRIMARY KEY (sku, location)) WITH (fillfactor = 50);
CREATE TABLE peer_backorder (LIKE oms.backorder_row INCLUDING ALL);
CREATE TABLE peer_reservation (LIKE oms.reservation_row INCLUDING ALL);
CREATE FUNCTION fill_in_a_loop(item text, units bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    b record;
    n bigint;
BEGIN
    UPDATE stock SET on_hand = on_hand + units WHERE sku = item AND location = 'DC';
    FOR b IN SELECT * FROM peer_backorder WHERE sku = item AND status = 'open' ORDER BY priority NULLS LAST, promise_at NULLS LAST, created_at, backorder_id FOR UPDATE LOOP
        n := least(b.quantity - b.filled, units);
        EXIT WHEN n = 0;
        UPDATE stock SET reserved = reserved + n WHERE sku = item AND location = 'DC' AND on_hand - reserved >= n;
        UPDATE peer_backorder SET filled = filled + n, status = CASE WHEN filled + n = quantity THEN 'filled' ELSE 'open' END WHERE backorder_id = b.backorder_id AND sku = item;
        INSERT INTO peer_reservation (sku, location, quantity, status, channel, method, order_id, line_no)
        VALUES (item, 'DC', n, 'firm', b.channel, b.method, b.order_id, b.line_no);
        units := units - n;
    END LOOP;
END $$;
SQL

for way in set claimed moved; do
	q "SELECT oms.add_item('$way')" >/dev/null
	case $way in claimed | moved) q "SELECT oms.add_incoming('PO', 'DC', '$way', $orders, '2099-01-10')" >/dev/null ;; esac
	q "CALL backorders('$way', $orders)"
done
q "INSERT INTO peer_backorder SELECT * FROM oms.backorder_row WHERE sku = 'set'; INSERT INTO stock VALUES ('set', 'DC', 0, 0)" >/dev/null
psql -Xqc 'VACUUM ANALYZE'
set=$(q "SELECT ms(\$\$SELECT oms.receive('DC', 'set', $orders)\$\$)")
loop=$(q "SELECT ms(\$\$SELECT fill_in_a_loop('set', $orders)\$\$)")
claimed=$(q "SELECT ms(\$\$SELECT oms.receive_incoming('PO', 'DC', 'claimed', $orders)\$\$)")
q "SELECT oms.add_incoming('PO 2', 'DC', 'moved', $orders, '2099-02-10')" >/dev/null
moved=$(q "SELECT ms(\$\$SELECT oms.cancel_incoming('PO', sku => 'moved')\$\$)")
echo "a receipt that fills $orders backorders: $set ms; a loop: $loop ms; of incoming supply that they claim: $claimed ms"
echo "a cancelled purchase order moves $orders claims: $moved ms"
ratio receipt_over_loop "$loop" "$set" 3
ratio claimed_receipt_over_loop "$loop" "$claimed" 2

echo "SELECT * FROM oms.reserve('web', 'hot', 1, on_shortage => 'backorder');" >"$dir/oms.sql"
echo "WITH u AS (UPDATE purchase SET claimed = claimed + 1 WHERE sku = 'hot' AND quantity - claimed >= 1 RETURNING sku) INSERT INTO claim (sku, quantity) SELECT sku, 1 FROM u;" >"$dir/plain.sql"
printf 'BEGIN;\n%s\n\\sleep 5 ms\nCOMMIT;\n' "$(cat "$dir/oms.sql")" >"$dir/oms_slow.sql"
printf 'BEGIN;\n%s\n\\sleep 5 ms\nCOMMIT;\n' "$(cat "$dir/plain.sql")" >"$dir/plain_slow.sql"
for ((r = 1; r <= rounds; r++)); do
	for way in oms plain oms_slow plain_slow; do
		pgbench -n -c "$clients" -j 2 -M prepared -T "$seconds" -f "$dir/$way.sql" 2>/dev/null | awk '/^tps/ {print $3}' >>"$dir/$way"
	done
done
for way in oms plain oms_slow plain_slow; do
	declare "$way=$(median <"$dir/$way")"
done
echo "a preorder launch, backorders a second on one purchase order: $oms, plain UPDATE $plain; with 5 ms before COMMIT: $oms_slow, plain $plain_slow"
ratio preorder_over_update "$oms" "$plain" 0.5
ratio preorder_over_update_slow_client "$oms_slow" "$plain_slow" 4
[ -z "$(q 'SELECT * FROM oms.check()')" ] || { echo "oms.check() found something"; exit 1; }
