#!/bin/sh
# Checks one GEOS-Chem benchmark. Usage: geos-chem.sh <simulated days>
#
# The upstream entry point exits 0 when the model, the download of its input or the upload has failed, and then
# reports "N/A", or the 60 s per simulated day of its stand-in, instead of measured numbers.
set -eu
days=$1

fail() {
  echo "geos-chem.sh: $1" >&2
  exit 1
}

number() { # the value of a key, when it is a number above zero
  sed -n "s/.*\"$2\"[[:space:]]*:[[:space:]]*\([0-9][0-9.eE+-]*\).*/\1/p" "$1" | head -n 1
}

for key in throughput_days_per_day hours_per_sim_day memory_usage_gb cpu_efficiency; do
  [ -n "$(number results.json "$key")" ] || fail "results.json has no number for $key"
done

seconds=$(number manifest.json duration_seconds)
[ -n "$seconds" ] || fail "manifest.json has no number for duration_seconds"
if awk "BEGIN { exit !($seconds == 60 * $days) }"; then
  fail "$seconds s for $days days are the 60 s per day of the stand-in, not a model run"
fi
