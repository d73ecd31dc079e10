#!/usr/bin/env bash
# The model tool, on the settings that the app has. Paths are relative to where it is called.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
. "$root/eng/settings.sh"

tool=$(built src/ModelTool model)
built_lately app.slnf "$tool" || run "$root/eng/build.sh" eng/app.slnf
read_settings
trap - EXIT INT TERM HUP

# Parquet is read by the library that the app carries.
duckdb="$(dirname "$(built src/LocalHost LocalHost)")/libduckdb.so"
[ -n "${Scoring__Batch__DuckDbLibrary:-}" ] || [ ! -f "$duckdb" ] || settings=("Scoring__Batch__DuckDbLibrary=$duckdb" "${settings[@]}")
exec env "${settings[@]}" dotnet "$tool" "$@"
