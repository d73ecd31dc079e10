# The storage emulator that `up` runs on Azurite's own ports, shared by every `up` of this user. Sourced.
#
# Azurite reads a FIFO and stops when nobody holds that open for writing any more (eng/node/azurite.mjs). Each `up` holds it open
# as descriptor 8: whichever ends last ends the emulator, even when it was killed.

emulator=${TMPDIR:-/tmp}/scoring-emulator.$(id -u)
emulator_log=$state/azurite.log

port_taken() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# A process id is used again after a while, so that being alive does not make a process the emulator.
emulator_lives() {
    local pid
    pid=$(cat "$emulator/pid" 2>/dev/null) && kill -0 "$pid" 2>/dev/null &&
        { [ ! -d /proc/self ] || grep -qa azurite.mjs "/proc/$pid/cmdline"; }
}

emulator_locked() {
    if command -v flock >/dev/null; then
        exec 7>"$emulator/lock"
        flock 7
        "$@"
        exec 7>&-
    else
        "$@"
    fi
}

# Uses what answers on 10000 and 10001, or starts it.
emulator_join() {
    mkdir -p -m 700 "$emulator"
    [ -O "$emulator" ] || die "$emulator belongs to somebody else, and the storage emulator is kept there."
    emulator_locked join
}

# Lets the emulator go where it was held, and waits until it is gone where this was the last to hold it.
emulator_leave() {
    [ ! -e "$emulator/holder-$$" ] || emulator_locked leave
}

join() {
    local blob queue
    if emulator_lives; then
        say "Sharing the storage emulator that another ./dev up started."
        hold
        return
    fi
    blob=$(answerer 10000)
    queue=$(answerer 10001)
    case "$blob $queue" in
        "Azurite-Blob Azurite-Queue") say "Using the storage emulator that answers on 10000 and 10001." ;;
        "none none") start_emulator ;;
        *) die "The storage emulator needs ports 10000 and 10001, and something else listens there (10000: $blob, 10001: $queue): end it and run this again." ;;
    esac
}

# answerer PORT: none, or the kind of server that answers there.
answerer() {
    if port_taken "$1"; then node "$root/eng/node/answerer.mjs" "http://127.0.0.1:$1/devstoreaccount1?comp=list"; else printf none; fi
}

hold() {
    exec 8<>"$emulator/held"
    : >"$emulator/holder-$$"
}

start_emulator() {
    local pid
    say "Starting the storage emulator (Azurite) on 10000 and 10001; its log is $emulator_log."
    rm -f "$emulator"/held "$emulator"/holder-*
    mkfifo "$emulator/held"
    hold
    mkdir -p "$state/azurite"
    : >"$emulator_log"
    # A process group of its own: Ctrl-C in this terminal must not reach it before the app has finished.
    set -m
    node "$root/eng/node/azurite.mjs" --location "$state/azurite" --tablePort 0 --skipApiVersionCheck --disableTelemetry --silent \
        <"$emulator/held" >>"$emulator_log" 2>&1 7>&- 8>&- &
    pid=$!
    set +m
    printf '%s' "$pid" >"$emulator/pid"
    until grep -q 'Table service is successfully listening' "$emulator_log"; do
        kill -0 "$pid" 2>/dev/null || die "The storage emulator ended at once; see $emulator_log."
        sleep 0.1
    done
}

leave() {
    local holder
    exec 8>&-
    rm -f "$emulator/holder-$$"
    for holder in "$emulator"/holder-*; do
        if kill -0 "${holder##*-}" 2>/dev/null; then return; fi
    done
    while emulator_lives; do sleep 0.1; done
    rm -f "$emulator/pid"
}
