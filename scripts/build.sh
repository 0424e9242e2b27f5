#!/usr/bin/env bash
# Builds both programs: build.sh [local]
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/lib.sh
find_go
mkdir -p bin
if [ "${1:-all}" = all ]; then
	build dondoc ./cmd/dondoc
fi
build dondoc-local ./cmd/dondoc-local deploy/local
