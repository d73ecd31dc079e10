# Debian packages, which are optional: installed where that is allowed, else named with the command that installs them. Sourced.

# debian_package NAME…: whether the packages are there in the end. Asks apt once per checkout and list of names.
debian_package() {
    local missing=() name tried
    for name in "$@"; do
        [ -e "/var/lib/dpkg/info/$name.list" ] || [ -e "/var/lib/dpkg/info/$name:amd64.list" ] || missing+=("$name")
    done
    [ ${#missing[@]} -gt 0 ] || return 0

    tried=$state/apt-${missing[*]// /-}
    if [ ! -e "$tried" ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        say "Installing from Debian: ${missing[*]}."
        : >"$tried"
        if apt_get update && apt_get install --yes --no-install-recommends "${missing[@]}"; then return 0; fi
    fi
    say "Skipping what needs Debian packages that are missing here: apt-get install ${missing[*]}"
    return 1
}

apt_get() { DEBIAN_FRONTEND=noninteractive apt-get --quiet=2 -o DPkg::Lock::Timeout=120 "$@" >>"$state/apt.log" 2>&1 </dev/null; }
