# shellcheck shell=sh
# shellcheck disable=SC2154 # root, log_dir and the functions come from lb
# The test command of lb: everything that can be checked, and one line of numbers at the end.

passed=0
failed=0
skipped=0
newer_java=

run_tests() {
    long=false
    for option in "$@"; do
        case $option in
        --long) long=true ;;
        *)
            say "test: unknown option $option, expected --long"
            exit 2
            ;;
        esac
    done
    mkdir -p "$log_dir"
    rm -rf "$root"/*/target/*-reports* "$root"/plugins/*/target/*-reports*

    check shell-scripts "shell scripts" shellcheck -x "$root/lb" "$root/.ci/run" "$root/.ci/guide.sh"
    check c-format "C format" clang_format
    check java-format "Java format" maven com.diffplug.spotless:spotless-maven-plugin:check
    # From real traffic to the tables below it: what is wrong shows before the long stress.
    tests "unit and integration tests" java-tests verify "-Dlb.long=$long" \
        -Dfailsafe.runOrder=reversealphabetical
    newer_java=$(find_java java 25)
    if [ -n "$newer_java" ]; then
        tests "unit tests on Java $(java_major "$newer_java")" newer-java-tests test \
            "-Djvm=$newer_java/bin/java" -Dlb.unit-test-reports=surefire-reports-newer
    else
        say "unit tests on Java 25: not run, there is none in /usr/lib/jvm"
    fi
    # The tests have run the launcher on the older one.
    if [ -z "$newer_java" ] || [ "$long" = true ]; then
        check demo "demo" "$root/lb" demo
    fi
    if [ -n "$newer_java" ]; then
        check newer-java-demo "demo on Java $(java_major "$newer_java")" \
            env "JAVA_HOME=$newer_java" "$root/lb" demo
    fi
    check plugin-guide "guide for plugin authors" "$root/.ci/guide.sh" "$root/docs/writing-plugins.md"
    if [ "$long" = true ]; then
        check bench "packet costs, kept under bench/" "$root/lb" bench packet \
            --output "$root/bench/packet-$(date -u +%Y-%m-%d).txt"
        check bench-scale "growth of costs, kept under bench/" "$root/lb" bench scale \
            --output "$root/bench/scale-$(date -u +%Y-%m-%d).txt"
        check bench-traffic "traffic beside others, kept under bench/" "$root/lb" bench traffic \
            --output "$root/bench/traffic-$(date -u +%Y-%m-%d).txt"
        check bench-checks "cost of health checks, kept under bench/" "$root/lb" bench checks \
            --output "$root/bench/checks-$(date -u +%Y-%m-%d).txt"
        check reproducible-jars "two builds give identical jars" same_jars
    fi

    count_reports
    if [ "$skipped" -gt 0 ]; then
        echo "$passed passed, $failed failed, $skipped skipped"
    else
        echo "$passed passed, $failed failed"
    fi
    [ "$failed" -eq 0 ]
}

# check LOG TITLE COMMAND...: counts as one test.
check() {
    log_name=$1
    title=$2
    shift 2
    : >"$log_dir/$log_name.log"
    begun=$(date +%s)
    if quietly "$log_name" "$@"; then
        passed=$((passed + 1))
        say "$title: ok ($(($(date +%s) - begun)) s)"
    else
        failed=$((failed + 1))
        say "$title: FAILED, from $log_dir/$log_name.log:"
        tail -n 30 "$log_dir/$log_name.log" >&2
    fi
}

# tests TITLE LOG MAVEN_ARGUMENT...: a Maven run whose test reports are counted at the end.
tests() {
    title=$1
    log_name=$2
    shift 2
    : >"$log_dir/$log_name.log"
    begun=$(date +%s)
    if quietly "$log_name" maven -fae -Dmaven.test.failure.ignore=true "$@"; then
        say "$title: done ($(($(date +%s) - begun)) s)"
    else
        failed=$((failed + 1))
        say "$title: the build FAILED, from $log_dir/$log_name.log:"
        grep -E '^\[ERROR\]' "$log_dir/$log_name.log" | head -n 30 >&2
    fi
}

clang_format() {
    find "$root/bpf" -name '*.[ch]' -exec clang-format --dry-run -Werror {} +
}

# unpack_jars FROM TO: each into a directory of its name.
unpack_jars() {
    for jar in "$1"/lb-*/target/*.jar "$1"/plugins/*.jar; do
        mkdir -p "$2/$(basename "$jar")"
        (cd "$2/$(basename "$jar")" && jar xf "$jar") || return 1
    done
}

# jar_sums DIRECTORY
jar_sums() {
    (cd "$1" && sha256sum lb-*/target/*.jar plugins/*.jar)
}

# The second build is in another place, where this one's reports and logs are left alone. Says in
# the log which files of the jars differ.
same_jars() {
    copy=$(mktemp -d)
    tar -C "$root" -cf - --exclude=.git --exclude=target --exclude='./plugins/*.jar' . |
        tar -C "$copy" -xf -
    jar_sums "$root" >"$log_dir/jars-first"
    maven -f "$copy/pom.xml" package -DskipTests && jar_sums "$copy" >"$log_dir/jars-second" &&
        diff "$log_dir/jars-first" "$log_dir/jars-second"
    same=$?
    if [ "$same" -ne 0 ]; then
        unpack_jars "$root" "$copy/first"
        unpack_jars "$copy" "$copy/second"
        diff -r "$copy/first" "$copy/second"
    fi
    rm -rf "$copy"
    return "$same"
}

# Adds what the reports say; names what failed. A kernel test that was skipped has failed.
count_reports() {
    reports=$(find "$root"/*/target "$root"/plugins/*/target -path '*-reports*/TEST-*.xml')
    if [ -z "$reports" ]; then
        say "no test has run"
        failed=$((failed + 1))
        return
    fi
    printf '%s\n' "$reports" >"$log_dir/reports"
    summary=$(while IFS= read -r report; do
        sum_report "$report"
    done <"$log_dir/reports")
    printf '%s\n' "$summary" | sed -n 's/^FAILED /lb: FAILED: /p; s/^SKIPPED /lb: FAILED: skipped: /p' >&2
    for number in $(printf '%s\n' "$summary" | sed -n 's/^PASSED_COUNT //p'); do
        passed=$((passed + number))
    done
    for number in $(printf '%s\n' "$summary" | sed -n 's/^FAILED_COUNT //p'); do
        failed=$((failed + number))
    done
    for number in $(printf '%s\n' "$summary" | sed -n 's/^SKIPPED_COUNT //p'); do
        skipped=$((skipped + number))
    done
}

sum_report() {
    case $1 in
    */failsafe-reports*) kernel=1 ;;
    *) kernel=0 ;;
    esac
    awk -v kernel="$kernel" '
        function value(name) {
            if (match($0, "[ \t]" name "=\"[^\"]*\""))
                return substr($0, RSTART + length(name) + 3, RLENGTH - length(name) - 4)
            return ""
        }
        /<testcase / { test = value("classname") " " value("name"); cases++; outcome = "" }
        /<(failure|error)[ >\/]/ { if (outcome == "") { outcome = "failed"; bad++; print "FAILED " test } }
        /<skipped/ {
            if (outcome == "") {
                outcome = "skipped"
                if (kernel) { bad++; print "SKIPPED " test } else skips++
            }
        }
        END {
            print "PASSED_COUNT " (cases - bad - skips)
            print "FAILED_COUNT " (bad + 0)
            print "SKIPPED_COUNT " (skips + 0)
        }' "$1"
}
