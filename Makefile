SHELL := /usr/bin/env bash
.DEFAULT_GOAL := help

.PHONY: help
help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-8s %s\n", $$1, $$2}'

.PHONY: run
run: ## install what is missing, build, start everything with the sample plan; Ctrl-C stops it
	@scripts/run.sh

.PHONY: test
test: ## test both modules on a private PostgreSQL, the year on the real engine included
	@scripts/test.sh

.PHONY: check
check: ## format, vet, lint, determinism of workflows, known vulnerabilities, tests with the race detector
	@scripts/check.sh

.PHONY: bench
bench: ## measure previews, submissions, sealing, a large round, activation, lists and boards up to 1,000,000 tasks
	@scripts/bench.sh

.PHONY: screenshots
screenshots: ## take the pictures of the guides anew, from the sample as `make run` shows it
	@scripts/screenshots.sh

.PHONY: build
build: ## build bin/dondoc (production) and bin/dondoc-local (everything on one machine)
	@scripts/build.sh

.PHONY: reset
reset: ## delete the data of `make run` after asking
	@scripts/reset.sh

.PHONY: draft-score
draft-score: ## read the example documents and print precision and recall against their readings by hand (V=1: name what was missed)
	@scripts/draft-score.sh
