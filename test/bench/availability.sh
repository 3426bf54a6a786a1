#!/bin/bash
# test/bench/availability.sh: what a page and a feed cost, beside hand-written SQL of the same formula
# and beside reading the rows at all. Called by `make bench-availability`.
#
# One session, no writers, everything in memory: compared is work, not disks. Systems take turns in rounds,
# a figure is the median of their ratios. Answers are compared before times are. Not measured: many
# sessions at once, a cold cache, the network.
#
# SHORT=1: smaller feed, fewer rounds, only what has a bound in the table of availability.
#
# setting: jit=off
# setting: max_parallel_workers_per_gather=0
# setting: work_mem=256MB
set -euo pipefail

short=${SHORT:-}
rounds=$([ -n "$short" ] && echo 3 || echo 7)
skus=$([ -n "$short" ] && echo 10000 || echo 100000)
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
q() { psql -XAtqc "$1"; }

echo "settings: $(nproc) cores, $(q 'SELECT version()' | cut -d, -f1), shared_buffers $(q 'SHOW shared_buffers'), jit off, no parallel query, seed 0.42, $rounds rounds"

# Page: 500 stores, 1,000 rules over every dimension, 200 skus that each store carries, some of it
# reserved, some of that in holds that have expired.
psql -Xq -v ON_ERROR_STOP=1 >/dev/null <<'SQL'
SELECT setseed(0.42);
SELECT oms.add_location('store ' || i, 'store', oms.latlon(30 + random() * 15, -120 + random() * 45)) FROM generate_series(1, 500) i;
SELECT count(*) FROM oms.add_location_group('all', (SELECT array_agg('store ' || i) FROM generate_series(1, 500) i));
SELECT count(*) FROM generate_series(0, 19) g, oms.add_location_group('g' || g, (SELECT array_agg('store ' || i) FROM generate_series(1, 500) i WHERE i % 20 = g));
SELECT oms.add_channel(c, 'all', 'all', '2', 10) FROM unnest('{web,app,market,pos}'::text[]) c;
SELECT oms.add_item('P' || i, ARRAY['brand ' || i % 10, 'season ' || i % 4]) FROM generate_series(1, 200) i;
SELECT count(*) FROM generate_series(1, 500) i, oms.receive_many('store ' || i, (SELECT array_agg('P' || s) FROM generate_series(1, 200) s),
    (SELECT array_agg((random() * 40)::bigint + 1) FROM generate_series(1, 200) s WHERE i > 0));
INSERT INTO oms.safety_stock_rule (channel, location, location_group, sku, tags, method, safety_stock)
SELECT CASE WHEN random() < 0.6 THEN (ARRAY['web', 'app', 'market', 'pos'])[1 + floor(random() * 4)::int] END,
       CASE WHEN p BETWEEN 0.3 AND 0.8 THEN 'store ' || 1 + floor(random() * 500) END,
       CASE WHEN p > 0.8 THEN 'g' || floor(random() * 20) END,
       CASE WHEN w BETWEEN 0.4 AND 0.8 THEN 'P' || 1 + floor(random() * 200) END,
       CASE WHEN w > 0.8 THEN ARRAY['brand ' || floor(random() * 10)] || CASE WHEN random() < 0.3 THEN ARRAY['season ' || floor(random() * 4)] ELSE '{}' END END,
       CASE WHEN random() < 0.3 THEN 'ship' END,
       (ARRAY['0', '1', '3', '5', '10%', '2 + 10%', 'max(3, 20%)', '100%'])[1 + floor(random() * 8)::int]::oms.safety_stock
FROM (SELECT random() AS p, random() AS w FROM generate_series(1, 1000)) r;
SELECT count(*) FROM generate_series(1, 200) s, oms.try_reserve_many('pos', array_fill('P' || s, '{20}'), array_fill(2::bigint, '{20}'), on_shortage => 'partial', expires_in => '1 day');
SELECT count(*) FROM generate_series(1, 200) s, oms.try_reserve_many('pos', array_fill('P' || s, '{20}'), array_fill(1::bigint, '{20}'), on_shortage => 'partial', expires_in => '1 ms');
SELECT oms.fold_accounts();

-- The same formula by hand, as one would write it: for each location the most specific rule.
CREATE FUNCTION by_hand(channel text, sku text) RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT greatest(0, sum(CASE WHEN l.status = 'active' AND l.can_ship THEN greatest(0, i.available -
               CASE WHEN r.rule_id IS NULL THEN oms.withheld(c.safety_stock, i.on_hand) ELSE oms.withheld(r.safety_stock, i.on_hand) END) END) - min(c.buffer))::bigint
    FROM oms.channel c
    JOIN oms.location_group_member m ON m.location_group = c.ship_group
    JOIN oms.location l ON l.location = m.location
    JOIN oms.inventory i ON i.sku = $2 AND i.location = m.location
    LEFT JOIN LATERAL (SELECT r.rule_id, r.safety_stock FROM oms.safety_stock_rule r
        WHERE (r.channel IS NULL OR r.channel = $1) AND (r.sku IS NULL OR r.sku = $2) AND (r.location IS NULL OR r.location = m.location)
          AND (r.method IS NULL OR r.method = 'ship')
          AND (r.location_group IS NULL OR EXISTS (SELECT FROM oms.location_group_member g WHERE g.location_group = r.location_group AND g.location = m.location))
          AND (r.tags IS NULL OR (SELECT t.tags FROM oms.item t WHERE t.sku = $2) @> r.tags)
          AND (r.active_from IS NULL OR r.active_from <= now()) AND (r.active_until IS NULL OR r.active_until > now())
        ORDER BY num_nonnulls(r.channel, r.sku, r.location, r.location_group, r.method) + coalesce(cardinality(r.tags), 0) DESC,
                 r.sku IS NULL, r.tags IS NULL, r.location IS NULL, r.location_group IS NULL, r.channel IS NULL, r.method IS NULL, r.created_at DESC, r.rule_id DESC
        LIMIT 1) r ON true
    WHERE c.channel = $1
$$;
SQL
psql -Xqc 'VACUUM ANALYZE'
echo "ratio page_answers_that_differ $(q "SELECT count(*) FROM generate_series(1, 200, 20) s, unnest('{web,app,market,pos}'::text[]) c WHERE oms.atp(c, 'P' || s) <> by_hand(c, 'P' || s)") at most 0"

# ms NAME: the milliseconds of one transaction of the script $dir/NAME, over about a second (or \$2)
ms()
{
	pgbench -n -M prepared -c 1 -T "${2:-1}" -f "$dir/$1" 2>&1 | sed -n 's/^latency average = \([0-9.]*\) ms/\1/p'
}

median() { tr ' ' '\n' <<<"$1" | grep . | sort -g | awk '{ v[NR] = $1 } END { print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'; }

# compare NAME BOUND A B: how many times longer script A takes than script B
compare()
{
	local ratios= a b
	for _ in $(seq "$rounds"); do
		a=$(ms "$3"); b=$(ms "$4")
		ratios="$ratios $(bc <<<"scale=4; $a / $b")"
	done
	echo "  $1: $3 $a ms, $4 $b ms"
	echo "ratio $1 $(median "$ratios") $2"
}

sku() { echo "\\set s random(1, 200)"; cat; }
sku <<<"SELECT oms.atp('web', 'P' || :s);" >"$dir/atp"
sku <<<"SELECT by_hand('web', 'P' || :s);" >"$dir/by_hand"
sku <<<"SELECT sum(on_hand - reserved) FROM oms.stock_account WHERE sku = 'P' || :s;" >"$dir/rows"
sku <<<"SELECT sum(on_hand - reserved) FROM oms.inventory WHERE sku = 'P' || :s;" >"$dir/inventory"
{
	echo '\set s random(1, 180)'
	echo "SELECT sum(atp) FROM oms.atp_many('web', (SELECT array_agg('P' || i) FROM generate_series(:s::int, :s::int + 19) i));"
} >"$dir/atp_many"
{
	echo '\set s random(1, 180)'
	for i in $(seq 0 19); do echo "SELECT oms.atp('web', 'P' || (:s + $i));"; done
} >"$dir/calls"
compare page_by_hand_vs_atp "at least 3" by_hand atp
compare page_atp_vs_reading_the_account_rows "at most 3" atp rows
[ -n "$short" ] || compare page_atp_vs_reading_the_inventory_rows "at most 3" atp inventory
compare atp_of_20_skus_20_calls_vs_atp_many "at least 2" calls atp_many

# Feed: every sku at each of 100 warehouses, four channels with safety stock, buffer and some rules; one
# account in a hundred has changes that are not folded, one in a thousand an expired hold.
psql -Xq -v ON_ERROR_STOP=1 -v skus="$skus" >/dev/null <<'SQL'
SELECT setseed(0.42);
DELETE FROM oms.safety_stock_rule;
SELECT oms.add_location('dc ' || i, 'warehouse') FROM generate_series(1, 100) i;
SELECT count(*) FROM oms.add_location_group('dcs', (SELECT array_agg('dc ' || i) FROM generate_series(1, 100) i));
SELECT oms.add_channel(c, 'dcs', NULL, '5', 10) FROM unnest('{web,app,market,pos}'::text[]) c;
INSERT INTO oms.item (sku, tags) SELECT 'F' || s, ARRAY['brand ' || s % 10] FROM generate_series(1, :skus) s;
INSERT INTO oms.safety_stock_rule (channel, location, tags, safety_stock)
SELECT c, CASE WHEN random() < 0.5 THEN 'dc ' || 1 + floor(random() * 100) END, CASE WHEN random() < 0.5 THEN ARRAY['brand ' || floor(random() * 10)] END, '10%'
FROM unnest('{web,app,market,pos}'::text[]) c, generate_series(1, 5);
-- As a restore would load it: stock of this size by calls takes longer than all the rest.
INSERT INTO oms.stock_account (sku, location, on_hand, unavailable, reserved, w, exc)
SELECT 'F' || s, 'dc ' || l, (random() * 40)::bigint, 0, 0, 0, '{}' FROM generate_series(1, 100) l, generate_series(1, :skus) s;
INSERT INTO oms.stock_delta (sku, location, id, on_hand, unavailable, reserved)
SELECT sku, location, 1, 0, 0, 1 FROM oms.stock_account WHERE sku LIKE 'F%' AND on_hand > 0 AND random() < 0.01;
INSERT INTO oms.reservation_row (sku, location, quantity, status, channel, expires_at)
SELECT sku, location, 1, 'hold', 'web', now() - interval '1 hour' FROM oms.stock_delta WHERE sku LIKE 'F%' AND random() < 0.1;
SQL
psql -Xqc 'VACUUM ANALYZE'
echo "ratio feed_answers_that_differ $(q "SELECT count(*) FROM oms.atp_feed() f WHERE sku ~ '^F[0-9]*77\$' AND atp <> oms.atp(channel, sku)") at most 0"
echo "SELECT count(*), sum(atp) FROM oms.atp_feed();" >"$dir/feed"
echo "SELECT count(*), sum(free) FROM (SELECT sku, sum(greatest(on_hand - reserved - 5, 0)) AS free FROM oms.stock_account GROUP BY sku) s;" >"$dir/group_by"
rounds=$([ -n "$short" ] && echo 3 || echo 5)
compare "feed_of_4_channels_vs_one_group_by" "at most 3" feed group_by

# The memory of one feed beyond what the session has anyway: by how much its address space has grown at most.
cat >"$dir/memory.sql" <<'SQL'
SELECT count(*) FROM oms.atp_feed() LIMIT 0;
SELECT substring(pg_read_file('/proc/self/status') FROM 'VmPeak:\s+(\d+)') AS before \gset
SELECT count(*) FROM oms.atp_feed() \g /dev/null
SELECT (substring(pg_read_file('/proc/self/status') FROM 'VmPeak:\s+(\d+)')::int - :before) / 1024;
SQL
[ ! -r /proc/self/status ] || echo "  feed_of_4_channels: $(psql -XAtq -f "$dir/memory.sql" | tail -1) MB of memory for $skus skus"
