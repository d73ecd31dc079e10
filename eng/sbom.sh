#!/usr/bin/env bash
# sbom [FOLDER]: what the built app and the model tool are made of, as CycloneDX; by default into artifacts/sbom.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

folder=$(realpath -m "${1:-$root/artifacts/sbom}")
cd "$root"

# describe NAME PROJECT: FOLDER/NAME.json, from what restoring left beside the project.
describe() {
    [ -e "$(dirname "$2")/obj/project.assets.json" ] || die "$2 is not built: dotnet build Functions.sln -c $configuration"
    run dotnet CycloneDX "$2" --disable-package-restore --set-name "$1" --set-version "$version" --output "$folder" --filename "$1.json" --output-format Json >"$state/sbom.log" ||
        die "$1 could not be described; see $state/sbom.log."
}

version=$(git rev-parse HEAD 2>/dev/null || echo unknown)
run dotnet tool restore >"$state/sbom.log" || die "The tools of .config/dotnet-tools.json could not be restored; see $state/sbom.log."
describe functions src/Functions/Functions.csproj
describe model src/ModelTool/ModelTool.csproj
# The project that the worker's SDK generates: what Azure's host loads for the queue trigger.
describe extensions "src/Functions/obj/$configuration/net10.0/WorkerExtensions/WorkerExtensions.csproj"
say "Written to $folder."
