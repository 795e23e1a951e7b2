#!/usr/bin/env bash
# Packs everything that is published: the tool for each platform, the MSBuild package, the templates.
# usage: build/pack.sh [FOLDER]; by default artifacts/packages, which nuget.config names as a source.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
for project in src/Utaf.Tool src/Utaf.MSBuild templates; do
    dotnet pack "$project" --configuration Release --output "${1:-artifacts/packages}"
done
