#!/usr/bin/env bash
# telemetry [--port N]: where the pictures of a running app's own metrics are.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

port=7071
while [ $# -gt 0 ]; do
    case $1 in
        --port) port=${2:-} && shift $(($# > 1 ? 2 : 1)) ;;
        --port=*) port=${1#*=} && shift ;;
        *) die "./dev telemetry knows only --port N, not $1." ;;
    esac
done
[[ $port =~ ^[0-9]{1,5}$ ]] || die "A port is a number from 1 to 65535, not '$port'."
key=$(cat "$state/function-key" 2>/dev/null || true)
[ -n "$key" ] || die "Nothing runs here yet: start the app with ./dev up."

case $(node "$root/eng/node/ask.mjs" "http://127.0.0.1:$port/api/metrics" "$key") in
    200) printf 'http://127.0.0.1:%s/assets/telemetry.html#key=%s\n' "$port" "$key" ;;
    000) die "Nothing answers on port $port: start the app with ./dev up, or say where it is with ./dev telemetry --port N." ;;
    401) die "What answers on port $port is not this checkout's app: it does not take the key." ;;
    *) die "What answers on port $port has no metrics to show." ;;
esac
