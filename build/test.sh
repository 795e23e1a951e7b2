#!/usr/bin/env bash
# Runs every test: installs what the tests need, builds, tests, and closes with one line of counts.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

results=artifacts/test-results
rm -rf "$results"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

./build/peers.sh

dotnet build Utaf.Tool.sln --configuration Release

status=0
dotnet test --solution Utaf.Tool.sln --configuration Release --no-build \
    --results-directory "$PWD/$results" --report-trx --max-parallel-test-modules 1 "$@" || status=$?

# Counted from the result files, not from what was printed: a project that never ran has no file and fails the run.
passed=0 failed=0 skipped=0 files=0
for file in "$results"/*.trx; do
    [ -e "$file" ] || continue
    files=$((files + 1))
    counters=$(grep -o '<Counters [^>]*>' "$file" | head -n 1)
    count() { sed -E "s/.* $1=\"([0-9]+)\".*/\1/" <<< "$counters"; }
    passed=$((passed + $(count passed)))
    failed=$((failed + $(count failed)))
    skipped=$((skipped + $(count total) - $(count passed) - $(count failed)))
done

projects=$(find tests -name '*.Tests.csproj' | wc -l)
if [ "$files" -lt "$projects" ]; then
    echo "Only $files of $projects test projects left results." >&2
    status=1
fi
if [ $((passed + failed)) -eq 0 ] || [ "$failed" -gt 0 ]; then
    status=1
fi

echo "$passed passed, $failed failed, $skipped skipped"
exit "$status"
