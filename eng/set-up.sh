#!/usr/bin/env bash
# Makes this checkout ready to build: checks the prerequisites and installs the emulator.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
cd "$root"

prerequisites() {
    command -v dotnet >/dev/null ||
        die "The .NET 10 SDK is missing: install it from https://dotnet.microsoft.com/download/dotnet/10.0 and run this again."
    dotnet --version >/dev/null 2>&1 ||
        die "The .NET 10 SDK is missing: dotnet is here, but no SDK that global.json accepts; install it from https://dotnet.microsoft.com/download/dotnet/10.0 and run this again."
    { command -v node && command -v npm; } >/dev/null ||
        die "Node 20 is missing: install it, with npm, from https://nodejs.org and run this again."
    node -e 'process.exit(Number(process.versions.node.split(".")[0]) >= 20 ? 0 : 1)' ||
        die "Node 20 or newer is needed, and this is $(node --version): install it from https://nodejs.org and run this again."
}

# From the lock file into eng/node/node_modules, once per lock file.
emulator() {
    local wanted installed=eng/node/node_modules/.installed
    wanted=$(hash_of eng/node/package-lock.json)
    if [ "$(cat "$installed" 2>/dev/null)" != "$wanted" ]; then
        say "Installing the storage emulator (Azurite) into eng/node."
        npm ci --prefix eng/node --ignore-scripts --no-audit --no-fund --loglevel=error >"$state/npm.log" 2>&1 </dev/null ||
            die "npm could not install Azurite; see $state/npm.log."
        printf '%s\n' "$wanted" >"$installed"
    fi
}

prerequisites
locked emulator
