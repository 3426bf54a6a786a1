#!/bin/bash
# test/random/calls.sh: calls every function of oms with random arguments of the right types; TAP output.
#
#   STRESS_SECONDS (10)  STRESS_SEED (random, printed)  CALLS_FUNCTION (a pattern: only these)
#
# Arguments are keys that exist, and NULL, empty, huge, negative, infinite, broken and hostile values, in any mixture. Each call
# commits or rolls back; half run as a role of level admin, half as superuser, and some with a search_path full of operators,
# functions and relations that raise instead of what they are named after. A refusal must have a SQLSTATE that a
# caller's mistake has: no internal error, and no error in SQL that oms made of an argument.
# That it can fail is seen on the server of test/debug, which also ends at a failed assertion.
set -euo pipefail
cd "$(dirname "$0")"

seconds=${STRESS_SECONDS:-10}
seed=${STRESS_SEED:-$((RANDOM * 32768 + RANDOM))}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
echo "1..4"
echo "# seed $seed, $seconds s"

psql -Xq -v ON_ERROR_STOP=1 -f calls.sql >"$dir/setup" 2>&1 || { cat "$dir/setup"; exit 1; }
status=0
psql -Xq -v ON_ERROR_STOP=1 -c "CALL calls.run($seconds, $seed, '${CALLS_FUNCTION:-.}')" >"$dir/run" 2>&1 || status=$?
[ $status = 0 ] && echo "ok 1 - the session lived" || { sed 's/^/# /' "$dir/run"; echo "not ok 1 - the session lived"; }

psql -XAtq -c "SELECT format('# %s calls of %s functions, %s answered', sum(n), count(DISTINCT function), sum(n) FILTER (WHERE state = '00000')) FROM calls.result"
bad=$(psql -XAtq -c "SELECT state, message, n, call FROM calls.bad ORDER BY 1, 2, 4" | cut -c1-2000)
if [ -z "$bad" ]; then
	echo "ok 2 - no internal error"
else
	printf '%s\n' "$bad" | sed 's/^/# /'
	echo "not ok 2 - no internal error"
fi
never=$(psql -XAtq -c "SELECT string_agg(function, ', ') FROM calls.never")
sprung=$(psql -Xq -c "SELECT calls.trapped('SELECT 1 = 2')" 2>&1) || true
case $sprung in
	*'a trap sprung as'*) echo "ok 3 - the traps are set" ;;
	*) echo "not ok 3 - the traps are set" ;;
esac
if [ -z "$never" ] || [ "$seconds" -lt 60 ] || [ -n "${CALLS_FUNCTION:-}" ]; then
	echo "ok 4 - every function was called"
else
	echo "# $never"
	echo "not ok 4 - every function was called"
fi
