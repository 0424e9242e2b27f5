#!/usr/bin/env bash
# Measures on a throw-away PostgreSQL whose commits wait for the disk.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/lib.sh
find_go
scripts/setup.sh run
mkdir -p bin
build with-postgres ./cmd/with-postgres deploy/local
exec bin/with-postgres --durable go test -run '^$' -bench . -benchtime "${BENCHTIME:-3s}" -timeout 30m -p 1 \
	./internal/app ./internal/postgres "$@"
