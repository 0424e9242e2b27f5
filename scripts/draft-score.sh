#!/usr/bin/env bash
# Prints how well documents are read against their readings by hand. Others are given as pairs: DOCUMENT READING …
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/lib.sh
find_go
if [ $# -eq 0 ]; then
	set -- examples/source/an-thi-2018.txt internal/plan/testdata/gold-an-thi-2018.yaml \
		examples/source/dong-nai-2016-2020.txt internal/plan/testdata/gold-dong-nai-2016-2020.yaml
	for reading in internal/draft/testdata/*.want.json; do
		for document in "${reading%.want.json}".*; do
			case $document in *.want.json) ;; *) set -- "$@" "$document" "$reading" ;; esac
		done
	done
fi
exec go run ./internal/draft/measure/draft-score ${V:+-v} "$@"
