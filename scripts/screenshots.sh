#!/usr/bin/env bash
# Takes the pictures of the guides anew.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/lib.sh
find_go
scripts/setup.sh run
mkdir -p web/static/help
GUIDE_PICTURES=$PWD/web/static/help
export GUIDE_PICTURES
cd deploy/local
exec go test -count=1 -run TestThePicturesOfTheGuides -timeout 30m ./journeys
