#!/usr/bin/env bash
# Measures on a throw-away PostgreSQL whose commits wait for the disk.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/lib.sh
find_go
scripts/setup.sh run
# Computation alone, which needs no database.
go test -run '^$' -bench . -benchtime "${BENCHTIME:-3s}" -timeout 30m ./internal/preview "$@"
mkdir -p bin
build with-postgres ./cmd/with-postgres deploy/local
bin/with-postgres --durable go test -run '^$' -bench . -benchtime "${BENCHTIME:-3s}" -timeout 30m -p 1 \
	./internal/app ./internal/postgres "$@"
# The activation needs the real engine: PostgreSQL and Temporal of its own.
scripts/build.sh local
DONDOC_LOCAL_BINARY=$PWD/bin/dondoc-local
export DONDOC_LOCAL_BINARY
cd deploy/local
exec go test -run '^$' -bench . -benchtime 1x -timeout 30m ./bench
