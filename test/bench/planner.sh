#!/bin/bash
# The planner: cost of a plan against sequential nearest and sequential cheapest, the certified gap,
# the seconds, the memory; on small instances against a MIP solver, when cbc (package coinor-cbc) is
# there. Instances: test/bench/planner.sql, fresh seeds by SEED=n; every line is reproducible from
# what is printed. Not measured: reading from cold tables. Times are of one core, with whatever else
# the machine does.
set -euo pipefail
cd "$(dirname "$0")"

SEED=${SEED:-1}
psql=(psql -X -q -v ON_ERROR_STOP=1)
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

# instance ORDERS LOCATIONS SKUS RATIO
instance()
{
	"${psql[@]}" -v "seed=0.$SEED" -v "orders=$1" -v "locations=$2" -v "skus=$3" -v "ratio=$4" -f planner.sql
}

# plan OPTIONS: sets cost bound unfilled seconds first reading megabytes gap inverted
plan()
{
	local row

	row=$("${psql[@]}" -At -F ' ' -v "options=$1" <<-'SQL'
		CREATE TEMP TABLE result AS SELECT * FROM oms.plan_routes('TABLE bo', 'TABLE bl', 'TABLE bp', 'TABLE bs', options => :'options');
		SELECT cost, coalesce(lower_bound, 0), unfilled, round((seconds_build + seconds_solve)::numeric, 2),
		       round((seconds_first - seconds_read)::numeric, 2), round(seconds_read::numeric, 2),
		       ceil(memory_bytes / 1048576.0), round(coalesce(100 * gap, -1)::numeric, 2), unfilled_by_priority[1]
		FROM oms.plan_summary();
	SQL
	)
	read -r cost bound unfilled seconds first reading megabytes gap urgent <<<"$row"
}

# ratio NAME VALUE (at least | at most) BOUND
ratio()
{
	printf 'ratio %s %s %s %s\n' "$@"
}

minus()
{
	awk -v a="$1" -v b="$2" 'BEGIN {printf "%.2f", 100 * (1 - a / b)}'
}

# measure NAME ORDERS LOCATIONS SKUS RATIO SECONDS SAVES_NEAREST SAVES_CHEAPEST GAP
measure()
{
	local name=$1 nearest nearest_urgent

	instance "$2" "$3" "$4" "$5"
	plan '{"solver": "nearest"}'
	nearest=$cost nearest_urgent=$urgent
	echo "$name: $2 orders, $3 locations, $4 skus, stock $5 times the demand, seed 0.$SEED; nearest: cost $cost, unfilled $unfilled"
	plan '{"solver": "cheapest"}'
	local cheapest=$cost
	[ "$urgent" -ge "$nearest_urgent" ] || nearest_urgent=$urgent
	echo "$name: cheapest: cost $cost, unfilled $unfilled"
	plan '{}'
	echo "$name: batch: cost $cost, bound $bound (gap $gap %), unfilled $unfilled; seconds: reading $reading, first plan $first, all $seconds; $megabytes MB"
	ratio "$name-saves-on-nearest-percent" "$(minus "$cost" "$nearest")" 'at least' "$7"
	ratio "$name-saves-on-cheapest-percent" "$(minus "$cost" "$cheapest")" 'at least' "$8"
	# small instances are far from their bound even at the optimum: no limit there
	[ "$9" = - ] || ratio "$name-certified-gap-percent" "$gap" 'at most' "$9"
	ratio "$name-seconds" "$seconds" 'at most' "$6"
	ratio "$name-class-0-unfilled-above-sequential" "$((urgent > nearest_urgent ? urgent - nearest_urgent : 0))" 'at most' 0
}

# prove NAME ORDERS LOCATIONS SKUS RATIO SECONDS BOUND: percent above what a MIP solver finds or proves
prove()
{
	local name=$1 optimum kind

	instance "$2" "$3" "$4" "$5"
	plan '{}'
	"${psql[@]}" -f planner_lp.sql >"$tmp/instance.lp"
	cbc "$tmp/instance.lp" sec "$6" solve >"$tmp/cbc" 2>&1 || true
	kind=bound
	optimum=$(sed -n 's/^Lower bound: *//p' "$tmp/cbc")
	if grep -q '^Result - Optimal' "$tmp/cbc"; then
		kind=optimum
		optimum=$(sed -n 's/^Objective value: *//p' "$tmp/cbc")
	fi
	if [ -z "$optimum" ]; then
		echo "$name: cbc found no bound in $6 seconds"
		return
	fi
	echo "$name: $2 orders, $3 locations, stock $5 times the demand: batch $cost in $seconds s; cbc's $kind $optimum in $(sed -n 's/^Total time (CPU seconds): *\([0-9.]*\).*/\1/p' "$tmp/cbc") s"
	ratio "$name-above-$kind-percent" "$(awk -v a="$cost" -v b="$optimum" 'BEGIN {printf "%.2f", 100 * (a / b - 1)}')" 'at most' "$7"
}

if command -v cbc >/dev/null; then
	prove small-normal 100 20 8 2 "$([ -n "${SHORT:-}" ] && echo 10 || echo 60)" 0.3
	prove small-peak 100 20 8 1.3 "$([ -n "${SHORT:-}" ] && echo 10 || echo 60)" 1.5
else
	echo "no cbc: nothing is compared with a proven optimum"
fi
#       name      orders locations skus ratio seconds -nearest -cheapest gap
measure 1k-normal 1000 100 40 2 1 4 1 -
measure 1k-peak 1000 100 40 1.3 1 7 8 -
[ -z "${SHORT:-}" ] || exit 0
measure 5k-normal 5000 200 100 2 7 4 1 -
measure 5k-peak 5000 200 100 1.3 7 7 8 -
measure 10k-normal 10000 500 200 2 10 4 1 0.6
measure 10k-peak 10000 500 200 1.3 10 7 8 2.5
measure 100k-normal 100000 1000 1000 2 60 4 1 1
ratio 100k-normal-megabytes "$megabytes" 'at most' 256
ratio 100k-normal-first-plan-seconds "$first" 'at most' 5
measure 100k-peak 100000 1000 1000 1.3 60 7 8 2.5
ratio 100k-peak-megabytes "$megabytes" 'at most' 256
