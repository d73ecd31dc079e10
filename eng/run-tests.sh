# Runs the test assemblies one after another, for they share two cores with what they start, and adds up their results. Sourced.

# run_tests FILTER [partial] [figures]: a line for each assembly and its failures as they come, then the skipped by name and the slowest tests; last line `N passed, N failed[, N skipped]`.
# A test that takes longer than $longest_test, by default 10m, is ended with its assembly.
# Fails when a test failed, when an assembly crashed and, unless partial, when one of them ran no test.
run_tests() {
    local filter=$1 results=$state/test-results project name status started
    rm -rf "$results" && mkdir -p "$results"
    for project in "$root"/tests/*.Tests; do
        name=$(basename "$project")
        say "Testing $name."
        status=0
        started=$SECONDS
        run dotnet test "$(built "tests/$name" "$name")" --filter "$filter" --results-directory "$results" \
            --logger "trx;LogFileName=$name.trx" --logger "console;verbosity=minimal" \
            --blame-hang-timeout "${longest_test:-10m}" --blame-hang-dump-type none >"$results/$name.log" 2>&1 || status=$?
        printf '%s' "$status" >"$results/$name.status"
        [ "$status" = 0 ] || cat "$results/$name.log"
        node "$root/eng/node/sum-tests.mjs" "$results" only "$name" $((SECONDS - started))
    done
    node "$root/eng/node/sum-tests.mjs" "$results" "${@:2}"
}
