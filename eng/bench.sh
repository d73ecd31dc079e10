#!/usr/bin/env bash
# bench [NAME|list]: the benchmarks of bench/, each beside what it is compared with.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

run "$root/eng/build.sh" Functions.sln
run dotnet "$(built bench Scoring.Bench)" "$@"
