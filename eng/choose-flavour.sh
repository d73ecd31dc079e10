#!/usr/bin/env bash
# Asks once whether the worker packages restore here, and prints the flavour that plain `dotnet build` then has: azure or local.
# Where they do not, eng/machine.props makes local the default of this checkout.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

props=$root/eng/machine.props
answer=$state/flavour
question=$(hash_of "$root/Directory.Packages.props" "$root"/eng/worker-probe/*.*)

if [ "$(cut -d' ' -f1 "$answer" 2>/dev/null)" != "$question" ]; then
    say "Asking whether the Azure Functions worker packages restore here."
    log=$state/worker-probe.log
    if dotnet restore "$root/eng/worker-probe/WorkerProbe.csproj" >"$log" 2>&1 </dev/null; then
        flavour=azure
    elif grep -qE 'NU1101|NU1102|NU1103|NU1603' "$log" && ! grep -q 'NU1301' "$log"; then
        flavour=local
    else
        die "A package source could not be asked; see $log."
    fi
    printf '%s %s\n' "$question" "$flavour" >"$answer"
fi

flavour=$(cut -d' ' -f2 "$answer")
if [ "$flavour" = azure ]; then
    rm -f "$props"
elif [ ! -f "$props" ]; then
    cat >"$props" <<'XML'
<Project>
  <!-- Written by eng/choose-flavour.sh: the Azure Functions worker packages do not restore on this machine. -->
  <PropertyGroup>
    <FunctionsHost Condition="'$(FunctionsHost)' == ''">local</FunctionsHost>
  </PropertyGroup>
</Project>
XML
fi
printf '%s\n' "$flavour"
