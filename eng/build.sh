#!/usr/bin/env bash
# build.sh SOLUTION: sets the checkout up and builds a solution or a filter of it, unless nothing has changed since it last did.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
cd "$root"

solution=$1
name=$(basename "$solution")
stamp=$state/built-$name
log=$state/build-$name.log

fingerprint() { node eng/node/fingerprint.mjs "$configuration"; }

# Building the whole solution builds every part of it.
up_to_date() { grep -qsx "$(fingerprint)" "$stamp" "$state/built-Functions.sln"; }

build() {
    # What changes from here on may be missed: its time tells.
    touch "$stamp.began"
    if ! up_to_date; then
        say "Building $name."
        rm -f "$stamp"
        if ! dotnet build "$solution" -c "$configuration" -v quiet -nologo >"$log" 2>&1 </dev/null; then
            grep -E ': error ' "$log" | sed "s|$root/||g; s| \[[^]]*\]\$||" | sort -u | head -20 >&2 || true
            die "The build of $name failed; all of it is in $log."
        fi
        fingerprint >"$stamp"
    fi
    mv "$stamp.began" "$stamp.looked"
}

eng/set-up.sh
locked build
