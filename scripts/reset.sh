#!/usr/bin/env bash
# Deletes the data of `make run`.
set -euo pipefail
cd "$(dirname "$0")/.."
[ -x bin/dondoc-local ] || scripts/build.sh local
read -r -p "Delete all data in ${DONDOC_DATA:-var} for ever? Type yes: " answer
[ "$answer" = yes ] || { echo 'Nothing was deleted.'; exit 1; }
exec bin/dondoc-local reset --yes
