# The settings of the app: Values of local.settings.json, or of the sample where there is none, as `func start` reads them. Sourced.

# read_settings: sets the array `settings` to NAME=VALUE for what the environment does not define already.
read_settings() {
    local file=$root/local.settings.json list=$state/settings pair
    [ -f "$file" ] || file=$root/local.settings.sample.json
    node "$root/eng/node/settings.mjs" "$file" >"$list" 2>"$state/settings.log" ||
        die "$file is not what it should be: $(grep -m1 Error "$state/settings.log")."
    settings=(LOCALHOST_SETTINGS="$file")
    while IFS= read -r -d '' pair; do settings+=("$pair"); done <"$list"
}
