#!/usr/bin/env bash
# Packs into eng/feed the packages that no source of this machine holds. On a full NuGet it packs nothing.
# Each gap has a recipe, eng/gaps/ID.csproj; NuGet.config makes eng/feed one more source beside the machine's own.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

feed=$root/eng/feed
recipe=$(hash_of "$root"/eng/gaps/*.csproj "$root"/eng/gaps/*.props)
cache=${NUGET_PACKAGES:-$HOME/.nuget/packages}
log=$state/fill-feed.log
: >"$log"

onnxruntime_npm=com.github.asus4.onnxruntime@0.4.9
onnxruntime_sha512=BkzxduSZ9IkeDP6Q8lz2TFU2ie7hSSvS7ZIfzMooExoq0CNzJnuuGaUJ7IsojBgqO4ouD1jXah8OYyJbCN29Fg==

quietly() { "$@" >>"$log" 2>&1 </dev/null; }

version_of() { sed -n 's:.*<Version>\(.*\)</Version>.*:\1:p' "$root/eng/gaps/$1.csproj"; }

# cached_recipe ID VERSION: the recipe of the copy in NuGet's global cache; empty where there is none or where it came from a real source.
cached_recipe() {
    local nuspec
    nuspec=$cache/$(lower "$1")/$2/$(lower "$1").nuspec
    if [ -f "$nuspec" ]; then sed -n 's:.*<tags>.*recipe-\([0-9-]*\).*</tags>.*:\1:p' "$nuspec"; fi
}

lower() { printf '%s' "$1" | tr '[:upper:]' '[:lower:]'; }

# restores ID VERSION: whether a source other than the feed holds the package.
restores() {
    quietly dotnet restore "$root/eng/gaps/Probe.csproj" -p:ProbedPackage="$1" -p:ProbedVersion="$2" --force
}

# Unpacks the npm package once, its content checked against the hash pinned above.
onnxruntime_sources() {
    local to=$state/gaps/onnxruntime-npm file
    if [ ! -f "$to/package/LICENSE" ]; then
        rm -rf "$to" && mkdir -p "$to"
        file=$(cd "$to" && npm pack --silent "$onnxruntime_npm" 2>>"$log" </dev/null) ||
            die "npm could not fetch $onnxruntime_npm, from which Microsoft.ML.OnnxRuntime is packed; see $log."
        node -e 'const [f, h] = process.argv.slice(1);
            process.exit(require("crypto").createHash("sha512").update(require("fs").readFileSync(f)).digest("base64") === h ? 0 : 1)' \
            "$to/$file" "$onnxruntime_sha512" || die "$onnxruntime_npm is not the archive that this project knows: its SHA-512 differs."
        tar -xzf "$to/$file" -C "$to" && rm "$to/$file"
    fi
    printf '%s' "$to/package"
}

pack() {
    local id=$1 npm=
    if [ "$id" = Microsoft.ML.OnnxRuntime ]; then npm=$(onnxruntime_sources); fi
    quietly dotnet pack "$root/eng/gaps/$id.csproj" -p:NpmPackage="$npm" -p:Recipe="$recipe" ||
        die "Packing $id failed; see $log."
}

fill() {
    local id=$1 version package cached
    version=$(version_of "$id")
    package=$feed/$id.$version.nupkg
    cached=$(cached_recipe "$id" "$version")
    if [ -f "$package" ]; then
        # A feed of an older recipe is packed anew.
        [ "$(cat "$feed/.recipe" 2>/dev/null)" = "$recipe" ] && return
        rm "$package"
    fi
    # NuGet prefers its global cache to every source: a copy there that an older recipe made would hide the new one.
    if [ -n "$cached" ] && [ "$cached" != "$recipe" ]; then rm -rf "${cache:?}/$(lower "$id")/$version"; cached=; fi
    if [ -n "$cached" ]; then
        cp "$cache/$(lower "$id")/$version/$(lower "$id").$version.nupkg" "$package"
    elif ! restores "$id" "$version"; then
        say "Packing $id $version, which no package source here holds."
        pack "$id"
        mv "$state/gaps/packed/$id.$version.nupkg" "$package"
    fi
}

for project in "$root"/eng/gaps/*.csproj; do
    id=$(basename "$project" .csproj)
    if [ "$id" != Probe ]; then fill "$id"; fi
done
printf '%s\n' "$recipe" >"$feed/.recipe"
