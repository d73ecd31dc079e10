#!/usr/bin/env bash
# bench [NAME|list|table]: the benchmarks of bench/, each beside what it is compared with.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
. "$root/eng/debian.sh"

run "$root/eng/build.sh" Functions.sln
debian_package wrk || true
run dotnet "$(built bench Scoring.Bench)" "$@"
