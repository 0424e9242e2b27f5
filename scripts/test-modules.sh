#!/usr/bin/env bash
# Called by test.sh and check.sh beside a PostgreSQL; arguments go to `go test`.
# Both modules are tested even if the first fails.
set -uo pipefail
cd "$(dirname "$0")/.."
. scripts/lib.sh
status=0
try() {
	say "$*"
	"$@" </dev/null || status=1
}
# What finds faults of vet runs with every test; all of it is in check.sh.
try go test -timeout 20m -p 2 "$@" ./...
cd deploy/local
# One package after the other: the years on the real engine need the machine. Never
# from the cache: what they run is a program beside the test, which Go does not see change.
try go test -timeout 30m -count 1 -p 1 "$@" ./...
if [ "$status" = 0 ]; then say 'all tests passed'; else say 'SOME TESTS FAILED'; fi
exit "$status"
