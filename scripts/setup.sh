#!/usr/bin/env bash
# Installs what the machine lacks: setup.sh run | test
# As root on Debian or Ubuntu it installs packages; otherwise it says exactly
# what to install and fails.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/lib.sh

purpose=${1:-run}
packages=()

find_go
need=126
have=$(go_version)
# A Go from 1.21 on fetches the version that go.mod asks for, unless told not to.
if [ "$have" -lt "$need" ] && { [ "$have" -lt 121 ] || [ "$(go env GOTOOLCHAIN)" = local ]; }; then
	candidate=$(apt-cache policy golang-1.26-go 2>/dev/null | sed -n 's/^  Candidate: //p' || true)
	if [ -n "$candidate" ] && [ "$candidate" != '(none)' ]; then
		packages+=(golang-1.26-go)
	else
		die 'Go 1.26 or newer is needed and this system has no package of it.' \
			'Install it from https://go.dev/dl/, for example:' \
			'  curl -LO https://go.dev/dl/go1.26.8.linux-amd64.tar.gz' \
			'  sudo rm -rf /usr/local/go && sudo tar -C /usr/local -xzf go1.26.8.linux-amd64.tar.gz' \
			'  export PATH=/usr/local/go/bin:$PATH' \
			'and start again.'
	fi
fi

new_postgres=
if ! find_postgres; then
	packages+=(postgresql)
	new_postgres=yes
fi
if [ "$purpose" = test ] && ! find_browser; then
	packages+=(chromium fonts-dejavu-core)
fi
if [ "$purpose" = test ] && ! find_node; then
	packages+=(nodejs npm)
fi
if [ "$purpose" = test ] && ! find_office; then
	packages+=(libreoffice-writer-nogui libreoffice-calc-nogui)
fi
if [ "$purpose" = test ] && ! find_poppler; then
	packages+=(poppler-utils)
fi

[ "${#packages[@]}" -gt 0 ] || exit 0

command -v apt-get >/dev/null ||
	die "These Debian packages (or their like on this system) are missing: ${packages[*]}"
[ "$(id -u)" = 0 ] ||
	die "Some packages are missing. Install them and start again:" \
		"  sudo apt-get update && sudo apt-get install -y ${packages[*]}"

say "installing ${packages[*]} …"
log=$(mktemp)
trap 'rm -f "$log"' EXIT

# Debian's PostgreSQL makes and starts a database server of its own when it is
# installed. We need the programs only, so it is told not to.
common=/etc/postgresql-common
made=
if [ -n "$new_postgres" ] && [ ! -e "$common/createcluster.conf" ]; then
	mkdir -p "$common"
	echo 'create_main_cluster = false' >"$common/createcluster.conf"
	made=yes
fi
export DEBIAN_FRONTEND=noninteractive UCF_FORCE_CONFFOLD=1
install() {
	apt-get install -y --no-install-recommends -o Dpkg::Options::=--force-confold "${packages[@]}" >>"$log" 2>&1 </dev/null
}
# Package lists may be missing or old; fetch them when the first try fails.
if ! install && ! { apt-get update >>"$log" 2>&1 </dev/null && install; }; then
	tail -n 20 "$log" >&2
	die "The packages could not be installed. Try: apt-get update && apt-get install ${packages[*]}"
fi
if [ -n "$made" ]; then
	say "PostgreSQL is installed without a server of its own (create_main_cluster = false in $common/createcluster.conf)"
fi
if [ -d /usr/lib/go-1.26/bin ] && ! command -v go >/dev/null; then
	ln -s /usr/lib/go-1.26/bin/go /usr/local/bin/go
fi
say 'installed'
