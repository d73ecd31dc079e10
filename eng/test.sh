#!/usr/bin/env bash
# test [FILTER]: every test but the long proofs, or those whose full name contains FILTER (or that a VSTest expression selects).
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
. "$root/eng/debian.sh"
. "$root/eng/run-tests.sh"

[ $# -le 1 ] || die "./dev test takes one filter at most."
filter='Category!=Proof'
case ${1:-} in
    '') ;;
    *[=~]*) filter="$filter&($1)" ;;
    *) filter="$filter&FullyQualifiedName~$1" ;;
esac

run "$root/eng/build.sh" Functions.sln
while read -r package; do debian_package "$package" || true; done < <(grep -v '^#' "$root/eng/debian-packages")
run_tests "$filter" ${1:+partial}
