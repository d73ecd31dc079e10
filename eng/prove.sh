#!/usr/bin/env bash
# prove [NAME]: the long proofs in full (tests of the trait Category=Proof), or those whose full name contains NAME.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
. "$root/eng/debian.sh"
. "$root/eng/run-tests.sh"

[ $# -le 1 ] || die "./dev prove takes one name at most."
run "$root/eng/build.sh" Functions.sln
while read -r package; do debian_package "$package" || true; done < <(grep -v '^#' "$root/eng/debian-packages")
longest_test=40m
run_tests "Category=Proof${1:+&FullyQualifiedName~$1}" partial figures
