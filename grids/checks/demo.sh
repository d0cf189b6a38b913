#!/bin/sh
# Checks one demo combination: every system accounted for, and as many rows as survivors.
# Usage: demo.sh <systems>
set -eu
count() { sed -n "s/^ *\"$1\": \([0-9]*\),*$/\1/p" summary.json; }

[ "$(count n_systems)" = "$1" ] || { echo "demo.sh: $(count n_systems) systems, $1 asked for" >&2; exit 1; }
rows=$(($(wc -l < binaries.csv) - 1))
[ "$(count n_survived)" = "$rows" ] || { echo "demo.sh: $rows rows for $(count n_survived) survivors" >&2; exit 1; }
