#!/usr/bin/env bash
# Everything on this machine; the program takes the script's place so that
# signals reach it.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/setup.sh run
scripts/build.sh local
exec bin/dondoc-local run --follow-parent "$@"
