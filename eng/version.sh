#!/usr/bin/env bash
# version.sh: prints the project's version. version.sh X.Y.Z: sets it, in every file that states it.
# version.sh --check X.Y.Z: fails unless every file states it, and CHANGELOG.md has a section of it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# What follows the beginning of a line that states the version, in the order: file, beginning.
places() {
    printf '%s\t%s\n' \
        Directory.Build.props '    <Version>' \
        src/Http/OpenApi/openapi.json '    "version": "' \
        clients/js/package.json '  "version": "'
}

stated() { sed -nE "s|^$2([^\"<]*).*|\1|p" "$1" | head -n 1; }

set_to() {
    [[ $1 =~ ^[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.]+)?$ ]] || {
        printf 'A version is X.Y.Z, as Semantic Versioning says, not %s.\n' "$1" >&2
        exit 1
    }
    while IFS=$'\t' read -r file beginning; do
        sed -E "0,\\|^$beginning|s|^($beginning)[^\"<]*|\1$1|" "$file" >"$file.new"
        mv "$file.new" "$file"
    done < <(places)
}

check() {
    local status=0
    while IFS=$'\t' read -r file beginning; do
        [ "$(stated "$file" "$beginning")" = "$1" ] || {
            printf '%s says %s, not %s.\n' "$file" "$(stated "$file" "$beginning")" "$1" >&2
            status=1
        }
    done < <(places)
    eng/release-notes.sh "$1" >/dev/null || status=1
    return "$status"
}

case ${1:-} in
    '') stated Directory.Build.props '    <Version>' ;;
    --check) check "${2:?the version to look for}" ;;
    *) set_to "$1" ;;
esac
