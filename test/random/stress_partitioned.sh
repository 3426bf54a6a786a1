#!/bin/bash
# test/random/stress_partitioned.sh: stress.sh on tables in hash partitions.
set -euo pipefail
cd "$(dirname "$0")"

psql -Xq -v ON_ERROR_STOP=1 -c 'DROP EXTENSION oms' -c 'SET oms.partitions = 4' -c 'CREATE EXTENSION oms' >&2
STRESS_SECONDS=${STRESS_SECONDS:-6} exec bash stress.sh
