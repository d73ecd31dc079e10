# What every script of eng/ shares: where the checkout is, how to speak, how to run a command so that a signal ends it. Sourced.
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
state=$root/.dev
mkdir -p "$state"

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_CLI_UI_LANGUAGE=en
# Build servers outlive the command that starts them; here no process may be left behind.
export DOTNET_CLI_USE_MSBUILD_SERVER=0 MSBUILDDISABLENODEREUSE=1 UseSharedCompilation=false
# ONNX Runtime reads this from the native environment before it loads; afterwards is too late.
export ORT_DISABLE_TELEMETRY=1

configuration=Release

# built PROJECT ASSEMBLY: the assembly that ./dev builds of a project folder.
built() { printf '%s' "$root/$1/bin/$configuration/net10.0/$2.dll"; }

# built_lately SOLUTION ASSEMBLY: whether an assembly is there, and nothing that a build of the solution reads was changed since build.sh looked last, by the times
# of files and folders. It takes a hundredth of the time of comparing contents, which is what build.sh does; what cannot be told so is left to it.
built_lately() {
    local looked=$state/built-$1.looked
    [ -f "$2" ] && [ -f "$looked" ] && [ -z "$(find "$root" \( -name .git -o -name .dev -o -name bin -o -name obj -o -name node_modules -o -name results -o -name TestResults \) -prune -o ! -name '*.md' -cnewer "$looked" -print | head -n 1)" ]
}

# say TEXT: what is being done; on stderr, so that stdout stays the command's answer.
say() { printf '%s\n' "$*" >&2; }

# die TEXT: one sentence, and the end.
die() {
    say "$*"
    exit 1
}

# hash_of FILE…: one hash of the files' contents.
hash_of() { cat -- "$@" | cksum | tr ' ' '-'; }

# The process group of the command that `run` waits for; empty in between.
running=

# run COMMAND…: as a job in a process group of its own, which bash can stop waiting for when a signal comes. Returns its status.
run() {
    local status=0
    set -m
    "$@" </dev/null &
    running=$!
    set +m
    wait "$running" || status=$?
    running=
    return "$status"
}

# end_group LEADER: waits until a job that has been told to end has ended, and then for whatever else is left of its group.
end_group() {
    local tries=60
    wait "$1" 2>/dev/null || true
    kill -TERM -- "-$1" 2>/dev/null || return 0
    while kill -0 -- "-$1" 2>/dev/null; do
        if [ $((tries -= 1)) = 0 ]; then kill -KILL -- "-$1" 2>/dev/null || true; fi
        sleep 0.05
    done
}

# stop_running: ends what `run` waits for, with everything that it started.
stop_running() {
    if [ -n "$running" ]; then
        kill -TERM -- "-$running" 2>/dev/null || true
        end_group "$running"
        running=
    fi
}

# Ctrl-C and SIGTERM end the script through its EXIT trap, which is stop_running unless the script has more to clean.
trap 'exit 130' INT
trap 'exit 143' TERM HUP
trap stop_running EXIT

# locked COMMAND…: one at a time per checkout, where the machine has flock.
locked() {
    if command -v flock >/dev/null; then
        (
            flock 9
            "$@" 9>&-
        ) 9>"$state/lock"
    else
        "$@"
    fi
}
