#!/bin/bash
# The set forms of the actions against the single calls, one by one in one transaction: a wave of 5,000
# lines at one store, accepted, picked, packed and shipped. Single calls come from psql over a socket,
# one statement each, as a client sends them; for the record also from a PL/pgSQL loop in the server,
# which no client can beat. Each round does every step in both ways, from the same state (a rollback
# between them); medians of the rounds. Not measured: the commit.
set -euo pipefail
cd "$(dirname "$0")"

LINES=5000
ROUNDS=3
[ "${SHORT:-0}" = 1 ] && ROUNDS=2
SKUS=500
psql=(psql -X -q -v ON_ERROR_STOP=1)
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

orders=$((LINES / 2))
echo "wave: $orders orders of 2 lines at one store, $SKUS skus, $ROUNDS rounds"
"${psql[@]}" <<SQL
	SELECT oms.add_location('store', 'store'), oms.add_location_group('all', '{store}'), oms.add_channel('web', 'all') \g /dev/null
	SELECT oms.receive_many('store', array_agg('s' || i), array_agg(100000)) FROM generate_series(1, $SKUS) AS i \g /dev/null
	SELECT count(*) FROM generate_series(1, $orders) AS o, oms.place_order('o' || o, 'web', ARRAY['s' || 1 + o % $SKUS, 's' || 1 + o * 7 % $SKUS], '{1,2}') \g /dev/null
	SELECT shipments FROM oms.route() \g /dev/null
	SELECT oms.fold_accounts() \g /dev/null
	VACUUM ANALYZE
SQL

# milliseconds of the statements in a file, within a transaction
milliseconds()
{
	"${psql[@]}" -At <<-SQL
		BEGIN;
		SELECT extract(epoch FROM clock_timestamp()) AS start \gset
		\o /dev/null
		\i $1
		\o
		SELECT round(1000 * (extract(epoch FROM clock_timestamp()) - :start), 1);
		ROLLBACK;
	SQL
}

median()
{
	sort -n "$1" | awk '{v[NR] = $1} END {print v[int((NR + 1) / 2)]}'
}

for action in accept pick pack ship; do
	"${psql[@]}" -At -c "SELECT format('SELECT * FROM oms.$action(%s);', fulfillment_id) FROM oms.work ORDER BY fulfillment_id" >"$tmp/single"
	echo "DO \$\$ DECLARE id bigint; BEGIN FOR id IN SELECT fulfillment_id FROM oms.work ORDER BY 1 LOOP PERFORM oms.$action(id); END LOOP; END \$\$;" >"$tmp/loop"
	echo "SELECT * FROM oms.${action}_many(ARRAY(SELECT fulfillment_id FROM oms.work));" >"$tmp/set"
	for round in $(seq $ROUNDS); do
		for way in single loop set; do
			milliseconds "$tmp/$way" >>"$tmp/$action.$way"
		done
	done
	single=$(median "$tmp/$action.single") loop=$(median "$tmp/$action.loop") set=$(median "$tmp/$action.set")
	echo "$action: single calls $single ms, loop in the server $loop ms, set $set ms"
	ratio=$(awk -v a="$single" -v b="$set" 'BEGIN {printf "%.1f", a / b}')
	echo "ratio fulfillment-$action-set-beside-single-calls $ratio at least 5"
	echo "ratio fulfillment-$action-set-beside-loop $(awk -v a="$loop" -v b="$set" 'BEGIN {printf "%.1f", a / b}') at least 3"
	"${psql[@]}" -f "$tmp/set" >/dev/null
done
"${psql[@]}" -At -c 'SELECT count(*) FROM oms.check()' | grep -qx 0
