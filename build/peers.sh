#!/usr/bin/env bash
# Installs the real peers of the integration tests: npm's into tests/peers, and Chromium from Debian where that is possible.
# Without them their tests are skipped, and say so; where CI=true they fail.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

missing() {
    echo "$1" >&2
    if [ "${CI:-}" = true ]; then exit 1; fi
}

if ! command -v npm > /dev/null; then
    missing "npm is missing: the tests against Azurite, the GitHub emulator and the SARIF validator cannot run."
elif [ ! -e tests/peers/node_modules/.package-lock.json ] || [ tests/peers/package-lock.json -nt tests/peers/node_modules/.package-lock.json ]; then
    npm ci --prefix tests/peers --ignore-scripts --no-audit --no-fund --loglevel=error || missing "npm could not install the peers."
    touch tests/peers/node_modules/.package-lock.json
fi

# Installed without its scripts, the validator's program is not marked as one.
validator=tests/peers/node_modules/@microsoft/sarif-multitool-linux/Sarif.Multitool
if [ -e "$validator" ]; then chmod u+x "$validator"; fi

if ! command -v chromium > /dev/null || ! command -v shellcheck > /dev/null || ! command -v slurmctld > /dev/null; then
    # A hosted runner may become root without a password; anybody else is not asked for one.
    as_root=()
    if [ "$(id -u)" != 0 ]; then as_root=(sudo -n); fi
    if command -v apt-get > /dev/null && { [ "$(id -u)" = 0 ] || sudo -n true 2> /dev/null; }; then
        { "${as_root[@]}" apt-get update -qq && "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core shellcheck slurmctld slurmd slurm-client munge > /dev/null; } \
            || missing "apt could not install Chromium, ShellCheck and Slurm."
    else
        missing "chromium, shellcheck or slurmctld is missing: the tests of the HTML report, of the scripts and of the Slurm array cannot run."
    fi
fi
