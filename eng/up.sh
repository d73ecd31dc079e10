#!/usr/bin/env bash
# up [--port N]: the app on 127.0.0.1, with everything that it needs, until Ctrl-C or SIGTERM.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
. "$root/eng/settings.sh"
. "$root/eng/emulator.sh"

longest_start=180
# A killed app hides the messages that it had for this long (10 minutes on Azure's host): whoever starts it again is not to wait.
queue_lease=00:00:30
port=7071
app=
app_log=

arguments() {
    while [ $# -gt 0 ]; do
        case $1 in
            --port) port=${2:-} && shift $(($# > 1 ? 2 : 1)) ;;
            --port=*) port=${1#*=} && shift ;;
            *) die "./dev up knows only --port N, not $1." ;;
        esac
    done
    [[ $port =~ ^[0-9]{1,5}$ ]] && [ "$port" -ge 1 ] && [ "$port" -le 65535 ] ||
        die "A port is a number from 1 to 65535, not '$port'."
}

port_must_be_free() {
    ! port_taken "$port" || die "Port $port is in use: end what listens there, or choose another with ./dev up --port N."
}

# secret NAME: a key of this checkout, made once.
secret() {
    local file=$state/$1
    if [ ! -s "$file" ]; then
        (umask 077 && node -e 'console.log(require("crypto").randomBytes(30).toString("base64url"))' >"$file")
    fi
    cat "$file"
}

# Receipts are signed with the user's own key where the settings have one, otherwise with one of this checkout.
give_receipt_key() {
    local setting
    [ -z "${Scoring__ReceiptKey:-}" ] || return 0
    for setting in "${settings[@]}"; do
        [[ $setting != Scoring__ReceiptKey=?* ]] || return 0
    done
    settings+=(Scoring__ReceiptKey="$(secret receipt-key | base64 | tr -d '\n')")
}

# The sample settings preload a sample model, which another repository need not have.
forget_sample_preload() {
    if [ "${Scoring__Repository+set}" ] && [ ! "${Scoring__Preload+set}" ] && [ ! -f "$root/local.settings.json" ]; then
        export Scoring__Preload=
    fi
}

publish_samples() {
    local package name
    if [ "${Scoring__Repository+set}" ]; then
        say "Publishing no samples: Scoring__Repository is set, and that repository is yours."
        return
    fi
    for package in "$root"/samples/*/package; do
        [ -d "$package" ] || continue
        name=$(basename "$(dirname "$package")")
        run env "${settings[@]}" dotnet "$(built src/ModelTool model)" publish "$package" --name "$name" >"$state/publish.log" 2>&1 ||
            die "The sample model $name could not be published; see $state/publish.log."
        say "Sample model $(cat "$state/publish.log")"
    done
}

start_app() {
    local tether=()
    app_log=$state/app-$port.log
    say "Starting the app; its log is $app_log."
    # Where the machine can, the kernel ends the app with this script even when that is killed outright; by then it may be already.
    if command -v setpriv >/dev/null; then
        tether=(setpriv --pdeathsig TERM -- bash -c '[ "$PPID" = "$0" ] && exec "$@"' $$)
    fi
    set -m
    env "${settings[@]}" LOCALHOST_URL="http://127.0.0.1:$port" LOCALHOST_FUNCTION_KEY="$(secret function-key)" \
        LOCALHOST_ADMIN_KEY="$(secret admin-key)" LOCALHOST_OUTCOMES_KEY="$(secret outcomes-key)" \
        LOCALHOST_QUEUE_LEASE="${LOCALHOST_QUEUE_LEASE:-$queue_lease}" \
        "${tether[@]+"${tether[@]}"}" dotnet "$(built src/LocalHost LocalHost)" </dev/null >"$app_log" 2>&1 8>&- &
    app=$!
    set +m
}

wait_until_ready() {
    local status=0
    run node "$root/eng/node/wait-ready.mjs" "http://127.0.0.1:$port/v2/health/ready" "$app" "$longest_start" "$app_log" || status=$?
    case $status in
        0) ;;
        1) tail -n 5 "$app_log" >&2 && die "The app ended before it was ready; all that it said is in $app_log." ;;
        *) die "The app was not ready after $longest_start seconds; what it said is in $app_log." ;;
    esac
}

announce() {
    printf 'ready http://127.0.0.1:%s\nkey %s\n' "$port" "$(secret function-key)"
    node "$root/eng/node/example-request.mjs" "http://127.0.0.1:$port" "$(secret function-key)"
    # In the fragment, which browsers keep to themselves, the key reaches no server and no log.
    [ "$(printf %s "${Scoring__Page:-true}" | tr A-Z a-z)" = false ] || printf 'page http://127.0.0.1:%s/#key=%s&outcomes=%s\n' "$port" "$(secret function-key)" "$(secret outcomes-key)"
    say "Ctrl-C ends it."
}

clean_up() {
    trap '' INT TERM HUP
    stop_running
    if [ -n "$app" ]; then
        # The app alone first, which then has time to finish what it runs.
        kill -TERM "$app" 2>/dev/null || true
        end_group "$app"
    fi
    emulator_leave
}

arguments "$@"
port_must_be_free
trap clean_up EXIT
run "$root/eng/build.sh" eng/app.slnf
forget_sample_preload
read_settings
give_receipt_key
emulator_join
publish_samples
start_app
wait_until_ready
announce
status=0
wait "$app" || status=$?
die "The app ended by itself with status $status; what it said is in $app_log."
