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
