#!/usr/bin/env bash
# Tests both modules beside a throw-away PostgreSQL, which ends with this script.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/lib.sh
find_go
scripts/setup.sh test
mkdir -p bin test-artifacts
build with-postgres ./cmd/with-postgres deploy/local
scripts/build.sh local
DONDOC_LOCAL_BINARY=$PWD/bin/dondoc-local
export DONDOC_LOCAL_BINARY
exec bin/with-postgres scripts/test-modules.sh "$@"
