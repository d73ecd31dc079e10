#!/usr/bin/env bash
# publish [FOLDER] [--tool | --container]: the app or the model tool as one native file with what it needs beside it, or a container image that holds the app's.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

project=src/LocalHost
name=LocalHost
container=
folder=
for argument in "$@"; do
    case $argument in
        --container) container=yes ;;
        --tool) project=src/ModelTool name=model ;;
        -*) die "./dev publish knows only --tool and --container, not $argument." ;;
        *) [ -z "$folder" ] && folder=$argument || die "./dev publish takes one folder at most." ;;
    esac
done
[ -z "$container" ] || [ $name = LocalHost ] || die "The container image holds the app, not the model tool: --tool and --container exclude each other."
folder=$(realpath -m "${folder:-$root/artifacts/native}")
log=$state/publish-native.log
cd "$root"

command -v dotnet >/dev/null || run "$root/eng/set-up.sh"
{ command -v clang || command -v gcc; } >/dev/null ||
    die "A linker is missing: install clang or gcc (apt-get install clang), which Native AOT links with, and run this again."

arguments=(publish $project -c "$configuration" -p:Native=true -v quiet -nologo)
[ -z "${CARRY_DUCKDB:-}" ] || arguments+=(-p:CarryDuckDb="$CARRY_DUCKDB")
if [ "$container" ]; then
    arguments+=(-t:PublishContainer -p:ContainerArchiveOutputPath="$folder/scoring.tar.gz")
    [ -z "${CONTAINER_BASE_IMAGE:-}" ] || arguments+=(-p:ContainerBaseImage="$CONTAINER_BASE_IMAGE")
else
    arguments+=(-o "$folder")
fi

say "Compiling ahead, which takes some minutes."
if ! run dotnet "${arguments[@]}" >"$log" 2>&1; then
    grep -E 'error ' "$log" | sed "s|$root/||g; s| \[[^]]*\]\$||" | sort -u | head -20 >&2 || true
    die "It could not be published; all of it is in $log."
fi
if [ "$container" ]; then say "Written to $folder/scoring.tar.gz."; else say "Written to $folder; $folder/$name starts it."; fi
