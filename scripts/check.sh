#!/usr/bin/env bash
# Everything that a change must pass beside the tests. The tools are pinned and
# built by Go itself, outside of both modules' requirements.
set -uo pipefail
cd "$(dirname "$0")/.."
. scripts/lib.sh
find_go
scripts/setup.sh test || exit 1

golangci=github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
workflowcheck=go.temporal.io/sdk/contrib/tools/workflowcheck@v0.6.0
govulncheck=golang.org/x/vuln/cmd/govulncheck@v1.8.0

status=0
failed=()
try() {
	local name=$1
	shift
	say "$name"
	"$@" </dev/null || { status=1; failed+=("$name"); }
}

formatted() {
	local unformatted
	unformatted=$(git ls-files --cached --others --exclude-standard '*.go' | xargs gofmt -l) || return 1
	[ -z "$unformatted" ] || { printf 'not formatted: %s\n' $unformatted; return 1; }
}

# vulnerabilities passes over a closed network, where the database is out of reach.
vulnerabilities() {
	local out code=0
	out=$(go run "$govulncheck" ./... 2>&1) || code=$?
	if grep -qE 'dial tcp|no such host|Forbidden|HTTP GET|connection refused|i/o timeout' <<<"$out"; then
		say 'the vulnerability database cannot be reached; not checked'
		return 0
	fi
	printf '%s\n' "$out"
	return "$code"
}

try 'format' formatted
try 'vet' go vet ./...
try 'lint' go run "$golangci" run ./...
try 'lint deploy/local' bash -c "cd deploy/local && go run $golangci run --config ../../.golangci.yml ./..."
try 'determinism of workflows' go run "$workflowcheck" ./workflows/...
try 'known vulnerabilities' vulnerabilities
mkdir -p bin test-artifacts
build with-postgres ./cmd/with-postgres deploy/local
scripts/build.sh local
DONDOC_LOCAL_BINARY=$PWD/bin/dondoc-local
export DONDOC_LOCAL_BINARY
try 'tests with the race detector' bin/with-postgres scripts/test-modules.sh -race

if [ "$status" = 0 ]; then
	say 'all checks passed'
else
	say "FAILED: $(IFS=,; echo "${failed[*]}")"
fi
exit "$status"
