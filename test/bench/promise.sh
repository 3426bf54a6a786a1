#!/bin/bash
# test/bench/promise.sh: what a promise at checkout costs, beside reading what is available of the same cart.
# Called by `make bench-promise`.
#
# One session, no writers, everything in memory. Systems take turns in rounds, a figure is the median of their
# ratios. Not measured: many sessions at once, a cold cache, the network.
#
# setting: jit=off
# setting: max_parallel_workers_per_gather=0
set -euo pipefail

rounds=$([ -n "${SHORT:-}" ] && echo 3 || echo 7)
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
echo "settings: $(nproc) cores, $(psql -XAtqc 'SELECT version()' | cut -d, -f1), 500 locations, 200 skus, 3 carrier services, carts of 5 lines, seed 0.42, $rounds rounds of 2 s"
psql -Xq -v ON_ERROR_STOP=1 >/dev/null <<'SQL'
SELECT setseed(0.42);
SELECT oms.add_location('store ' || i, 'store', oms.latlon(30 + random() * 15, -120 + random() * 45), time_zone => 'America/Chicago',
                        business_hours => 'Mo-Sa 09:00-20:00', handling_hours => 2, cut_off => '18:00') FROM generate_series(1, 500) i;
SELECT count(*) FROM oms.add_location_group('all', (SELECT array_agg('store ' || i) FROM generate_series(1, 500) i));
SELECT oms.add_channel('web', 'all', 'all', '2', 10);
SELECT oms.add_carrier_service(c, business_hours => 'Mo-Fr 00:00-24:00') FROM unnest('{standard,express,saver}'::text[]) c;
SELECT oms.add_carrier_rate('standard', 5 + k, 1 + k, up_to_km => 300 * k) FROM generate_series(1, 5) k;
SELECT oms.add_carrier_rate('saver', 3 + k, 3 + k, up_to_km => 500 * k) FROM generate_series(1, 5) k;
SELECT oms.add_carrier_rate('express', 24, 1);
SELECT count(*) FROM generate_series(1, 500) i, oms.receive_many('store ' || i, (SELECT array_agg('P' || s) FROM generate_series(1, 200) s),
    (SELECT array_agg((random() * 20)::bigint + 1) FROM generate_series(1, 200) s WHERE i > 0));
SELECT oms.fold_accounts();
SQL
psql -Xqc 'VACUUM ANALYZE'
ms() { pgbench -n -M prepared -c 1 -T 2 -f "$dir/$1" 2>&1 | sed -n 's/^latency average = \([0-9.]*\) ms/\1/p'; }
median() { tr ' ' '\n' <<<"$1" | grep . | sort -g | awk '{ v[NR] = $1 } END { print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'; }
cat >"$dir/promise" <<'SQL'
\set s random(1, 190)
SELECT * FROM oms.promise('web', jsonb_build_array(jsonb_build_object('sku', 'P' || :s, 'quantity', 1), jsonb_build_object('sku', 'P' || :s + 1, 'quantity', 2), jsonb_build_object('sku', 'P' || :s + 2, 'quantity', 1), jsonb_build_object('sku', 'P' || :s + 3, 'quantity', 1), jsonb_build_object('sku', 'P' || :s + 4, 'quantity', 3)), '41.9,-87.6');
SQL
cat >"$dir/atp_many" <<'SQL'
\set s random(1, 190)
SELECT * FROM oms.atp_many('web', ARRAY['P' || :s, 'P' || :s + 1, 'P' || :s + 2, 'P' || :s + 3, 'P' || :s + 4]);
SQL
# beside NAME: a line and the ratio of a promise to atp_many
beside()
{
	ratios=
	for _ in $(seq "$rounds"); do
		a=$(ms promise); b=$(ms atp_many)
		ratios="$ratios $(bc <<<"scale=4; $a / $b")"
	done
	echo "  promise of five services $a ms, atp_many $b ms"
	echo "ratio $1 $(median "$ratios") at most 3"
}
beside promise_vs_atp_many
psql -Xq -o /dev/null -c "SELECT oms.add_capacity('store ' || i, orders => 100, minutes => 480) FROM generate_series(1, 500) i"
echo "with a daily capacity of every location:"
beside promise_heeding_capacity_vs_atp_many
