# What every script of eng/ shares: where the checkout is, and how to speak. Sourced, never run.
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
state=$root/.dev
mkdir -p "$state"

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_CLI_UI_LANGUAGE=en
# A build server that outlives the command would be a process left behind.
export DOTNET_CLI_USE_MSBUILD_SERVER=0 MSBUILDDISABLENODEREUSE=1
# ONNX Runtime reads this from the native environment before it loads; afterwards is too late.
export ORT_DISABLE_TELEMETRY=1

# say TEXT: what is being done, on stderr, so that stdout stays the command's answer.
say() { printf '%s\n' "$*" >&2; }

# die TEXT: one sentence, and the end.
die() { printf '%s\n' "$*" >&2; exit 1; }

# hash_of FILE…: one hash of the files' names and contents.
hash_of() { cat -- "$@" | cksum | tr ' ' '-'; }
