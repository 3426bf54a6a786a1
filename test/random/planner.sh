#!/bin/bash
# test/random/planner.sh: oms.plan_routes against brute force (planner.pl): small random instances with every
# constraint and option in every combination, planned in seven ways, each also with rows and columns shuffled; TAP output.
#
#   PLANNER_INSTANCES (300)  STRESS_SEED (random, printed)  VERBOSE (0; 1 names what is not optimal, 2 minimises it)
#
# Always: a plan keeps every rule, its rows and its summary add up, no bound is above the least cost of all plans
# that leave no more unfilled or late, no priority is inverted, what is called optimal is, plan_candidates and
# plan_prices agree with the plan. Nearly always, since the solver is a heuristic: it is the best of all plans, in
# unfilled and late by class but for one in 200, in cost but for one in 50. A failure is printed with a minimised call.
#
# That it can fail was proved with the C code changed, each found in 300 instances:
#   a capacity of lines or units is not read, one of    input.c, read_capacity
#     orders admits one more
#   max_shipments admits one more; keep_together,       input.c, read_orders, read_lines
#     ship_complete are not read; priorities upside down
#   orders in the order of their rows                   input.c, read_orders: without qsort
#   min_shipment_value is one less                      plan.c
#   units are no work; late weights of 1; a place that  model.c
#     is not known is near, or within the radius
#   a part of a line costs as much as all of it         model.c, oms_share_cost
#   the bound counts a unit less of each resource       price.c, evaluate
#   no order may take what a lower class holds          batch.c, settle
#   a bound that is reached ends it                     batch.c, may_go_on: without is_whole
#   lines in each other's way are not divided           pattern.c: EXPLORED 0
# What is too rare for that and was found in thousands is in test/pgtap/planner_found.sql.
set -euo pipefail
cd "$(dirname "$0")"

exec perl planner.pl "${STRESS_SEED:-$((RANDOM * 32768 + RANDOM))}" "${PLANNER_INSTANCES:-300}"
