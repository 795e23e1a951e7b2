#!/usr/bin/env bash
# One step of a workflow: installs the tool, runs one of its commands, and hands what it wrote for the step to the runner.
# Bash 3.2 (macOS) and Git's bash (Windows) run it too. What comes from outside is in the environment, and is quoted everywhere.
set -euo pipefail

# As the runner reads the message of a workflow command.
escape() {
    local text=$1
    text=${text//'%'/%25}
    text=${text//$'\r'/%0D}
    text=${text//$'\n'/%0A}
    printf '%s' "$text"
}

fail() {
    printf '::error title=%s::%s\n' "$2" "$(escape "$3")"
    exit "$1"
}

command=${UTAF_ACTION_COMMAND:-}
case $command in
    fingerprint | verify | watch) ;;
    *) fail 2 UTAF1000 "The input command is '$command', expected fingerprint, verify or watch." ;;
esac
case ${UTAF_ACTION_FAIL_ON_PIRACY:-true} in
    true | false) ;;
    *) fail 2 UTAF1001 "The input fail-on-piracy is '$UTAF_ACTION_FAIL_ON_PIRACY', expected true or false." ;;
esac
if [ "$command" = verify ] && [ -z "${UTAF_ACTION_SUSPECT:-}" ]; then
    fail 2 UTAF1000 "The input suspect is empty; verify needs the name of a suspect in utaf.json, an address or a file."
fi

# --- the tool ---------------------------------------------------------------------------------------------------------------------

if ! command -v dotnet > /dev/null; then
    fail 3 UTAF2007 "There is no .NET SDK on this runner. Put a step before this one that installs it: actions/setup-dotnet, with dotnet-version: 10.0.x."
fi

version=${UTAF_ACTION_VERSION:-}
case $version in
    *[!0-9A-Za-z.+-]*) fail 2 UTAF1001 "The input version is '$version', expected a version, such as 1.2.0." ;;
esac

# A folder for each version: another step of the job may ask for another.
tools="$RUNNER_TEMP/utaf-tool/${version:-newest}"
install=(dotnet tool install Utaf.Tool --tool-path "$tools")
if [ -n "$version" ]; then
    install+=(--version="$version")
fi
if [ -n "${UTAF_ACTION_TOOL_SOURCE:-}" ]; then
    source=$UTAF_ACTION_TOOL_SOURCE
    if [ -d "$GITHUB_WORKSPACE/$source" ]; then source="$GITHUB_WORKSPACE/$source"; fi
    install+=(--add-source="$source")
fi

echo "::group::Install utaf"
if [ -e "$tools/dotnet-utaf" ] || [ -e "$tools/dotnet-utaf.exe" ]; then
    echo "It is there: $("$tools/dotnet-utaf" --version)"
elif ! "${install[@]}"; then
    echo "::endgroup::"
    fail 3 UTAF2010 "The tool could not be installed; the log above says why. Sources are those of the runner and the input tool-source."
fi
echo "::endgroup::"

# --- the command ------------------------------------------------------------------------------------------------------------------

step=$(mktemp -d "$RUNNER_TEMP/utaf-step.XXXXXX")
arguments=("$command" "--github-step=$step")

# A value behind '=' is a value whatever it begins with.
option() {
    if [ -n "$2" ]; then arguments+=("$1=$2"); fi
}

option --config "${UTAF_ACTION_CONFIG:-}"
option --store "${UTAF_ACTION_STORE:-}"
option --device "${UTAF_ACTION_DEVICE:-}"
while IFS= read -r argument; do
    argument=${argument%$'\r'}
    case $argument in
        '') ;;
        -*) arguments+=("$argument") ;;
        *) fail 2 UTAF1000 "A line of the input arguments is '$argument', expected an option, such as --significance=0.05." ;;
    esac
done <<< "${UTAF_ACTION_ARGUMENTS:-}"

if [ "$command" = fingerprint ]; then
    if [ -n "${UTAF_ACTION_MODEL:-}" ]; then arguments+=(-- "$UTAF_ACTION_MODEL"); fi
else
    option --model "${UTAF_ACTION_MODEL:-}"
    while IFS= read -r format; do
        format=${format//[[:space:]]/}
        option --report "$format"
    done <<< "$(tr ',' '\n' <<< "${UTAF_ACTION_REPORT_FORMATS:-}")"
    case ${UTAF_ACTION_OPEN_ISSUE:-false} in
        false) ;;
        true) option --open-issue "$GITHUB_REPOSITORY" ;;
        *) option --open-issue "$UTAF_ACTION_OPEN_ISSUE" ;;
    esac
    arguments+=(--)
    while IFS= read -r suspect; do
        suspect=${suspect%$'\r'}
        if [ -n "$suspect" ]; then arguments+=("$suspect"); fi
    done <<< "${UTAF_ACTION_SUSPECT:-}"
fi

# Whatever a suspect or a file name says, the runner takes no command from it.
pause="utaf-$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')"
echo "::stop-commands::$pause"
status=0
"$tools/dotnet-utaf" "${arguments[@]}" || status=$?
echo
echo "::$pause::"

hand() {
    if [ -s "$step/$1" ]; then cat "$step/$1" >> "$2"; fi
}

hand outputs "$GITHUB_OUTPUT"
hand summary.md "$GITHUB_STEP_SUMMARY"
if [ -s "$step/annotations" ]; then cat "$step/annotations"; fi
rm -rf "$step"

case $status in
    0) ;;
    1 | 4)
        if [ "${UTAF_ACTION_FAIL_ON_PIRACY:-true}" = false ]; then exit 0; fi
        if [ "$status" = 1 ]; then fail 1 UTAF "Piracy is suspected: see the job's summary."; fi
        fail 4 UTAF "Piracy cannot be ruled out: see the job's summary."
        ;;
    2 | 3 | 130) exit "$status" ;;
    *) fail 3 UTAF "The tool ended with exit code $status, which none of its commands has." ;;
esac
