#!/bin/sh
# Checks one COMPAS run. Usage: compas.sh <systems> <seed>
#
# COMPAS exits 0 even when its loop ended early, and writes to COMPAS_Output_1 when COMPAS_Output is already there:
# only its own report says how many binaries it evolved, from which seed, and into which container.
set -eu
systems=$1
seed=$2
report=COMPAS_Output/Run_Details

fail() {
  echo "compas.sh: $1" >&2
  exit 1
}

[ -f "$report" ] || fail "$report is not there: COMPAS ended before it wrote its report"
[ ! -e COMPAS_Output_1 ] || fail "COMPAS_Output_1 exists: COMPAS found an older container and left it untouched"

generated=$(sed -n 's/^Generated \([0-9]*\) of \([0-9]*\) binaries requested.*/\1 \2/p' "$report")
[ "$generated" = "$systems $systems" ] || fail "expected $systems of $systems binaries, the report says '$generated'"

expect() {
  grep -q "^$1 = '\{0,1\}$2'\{0,1\}," "$report" || fail "$1 is not $2: $(grep "^$1 = " "$report" || echo 'no such line')"
}
expect actual-random-seed "$seed"
# Without these two, lambda and the accreted fraction have no effect and half of the grid repeats the other half.
expect common-envelope-lambda-prescription LAMBDA_FIXED
expect mass-transfer-accretion-efficiency-prescription FIXED
