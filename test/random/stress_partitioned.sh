#!/bin/bash
# test/random/stress_partitioned.sh: stress.sh on accounts in hash partitions.
set -euo pipefail
cd "$(dirname "$0")"

psql -Xq -v ON_ERROR_STOP=1 -f partition.sql >&2
STRESS_SECONDS=${STRESS_SECONDS:-6} exec bash stress.sh
