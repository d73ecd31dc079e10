#!/usr/bin/env bash
# Makes this checkout ready to build: checks the prerequisites, fills the package feed, chooses the flavour.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
cd "$root"

command -v dotnet >/dev/null || die "The .NET 10 SDK is missing: install it from https://dotnet.microsoft.com/download/dotnet/10.0 and try again."
dotnet --version >/dev/null 2>&1 || die "The .NET 10 SDK is missing: this machine has $(dotnet --list-sdks | cut -d' ' -f1 | paste -sd, -), and global.json asks for 10.0."
command -v npm >/dev/null || die "Node 20 is missing: install it from https://nodejs.org and try again."

eng/fill-feed.sh
eng/choose-flavour.sh >/dev/null

# The emulator, from a lock file, into eng/node/node_modules.
tools=$(hash_of eng/node/package-lock.json)
if [ "$(cat eng/node/node_modules/.installed 2>/dev/null)" != "$tools" ]; then
    say "Installing the storage emulator (Azurite) into eng/node."
    npm ci --prefix eng/node --ignore-scripts --no-audit --no-fund --loglevel=error >"$state/npm.log" 2>&1 </dev/null ||
        die "npm could not install Azurite; see $state/npm.log."
    printf '%s\n' "$tools" >eng/node/node_modules/.installed
fi
