# The settings of the app: local.settings.json, or the sample where there is none, as `func start` reads them. Sourced.

# read_settings: sets the array `settings` to NAME=VALUE for what the environment does not define already.
read_settings() {
    local file=$root/local.settings.json list=$state/settings pair
    [ -f "$file" ] || file=$root/local.settings.sample.json
    node "$root/eng/node/settings.mjs" "$file" >"$list" 2>"$list.log" || die "$file cannot be read: $(grep -m1 Error: "$list.log")."
    settings=(ORT_DISABLE_TELEMETRY="$ORT_DISABLE_TELEMETRY")
    while IFS= read -r -d '' pair; do settings+=("$pair"); done <"$list"
}
