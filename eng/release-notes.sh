#!/usr/bin/env bash
# release-notes.sh X.Y.Z: the section of that version in CHANGELOG.md, without its heading.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

version=${1:?a version, such as 1.2.0}
notes=$(awk -v heading="## $version" '
    /^## / { inside = (index($0 " ", heading " ") == 1); next }
    inside { print }' CHANGELOG.md | sed -e '/./,$!d')
[ -n "$notes" ] || {
    printf 'CHANGELOG.md has no section "## %s".\n' "$version" >&2
    exit 1
}
printf '%s\n' "$notes"
