#!/bin/bash
# test/random/stress_partitioned.sh: stress.sh on accounts in hash partitions, in a database of its own.
set -euo pipefail
cd "$(dirname "$0")"

export PGDATABASE=oms_random_partitioned
psql -Xq -d postgres -c "CREATE DATABASE $PGDATABASE" >&2
psql -Xq -v ON_ERROR_STOP=1 -c 'CREATE EXTENSION oms' -f partition.sql >&2
STRESS_SECONDS=${STRESS_SECONDS:-6} exec bash stress.sh
