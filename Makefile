# Every command of the project. `make` alone explains them; nothing needs to be installed first but Python 3.11 and make.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup run demo test conformance fuzz audit check check-terraform deploy format explore torture fleet month security bench cost operate package generate lock emulators .tools/tasks-emulator clean

PYTHON ?= python3.11
VENV := .venv
PY := $(VENV)/bin/python
INSTALLED := $(VENV)/.installed
# Workers of the test run: one more than two cores, because a third of the time passes in waiting for real processes. Tests
# that share an emulator stay together (xdist_group).
WORKERS ?= 3
# Which of terraform/environments is deployed.
ENV ?= small
ARGS ?=

help: ## This list
	@awk -F ':.*## ' '/^[a-z-]+[^:]*:.*## / { split($$1, name, " "); printf "  \033[1m%-15s\033[0m %s\n", name[1], $$2 }' $(MAKEFILE_LIST)
	@echo
	@echo "  ARGS='…' is passed on to run, demo, test, explore, operate and bench: make test ARGS='shared/domain -q'"

run: $(INSTALLED) ## Rostrum on this machine: the API, the workers and the simulated networks (PORT, ROSTRUM_HOME)
	@exec $(PY) -m local $(ARGS)

demo: $(INSTALLED) ## A program's day with Rostrum, told as it happens
	@$(PY) -m local.demo $(ARGS)

test: $(INSTALLED) emulators ## All tests (emulator suites skip with their reason where Java or gcloud is absent)
	@$(PY) -m pytest -n $(WORKERS) --dist loadgroup $(ARGS)

conformance: $(INSTALLED) ## Every request that the documents of our four dialects show, answered as shown (part of test)
	@$(PY) -m pytest tests/conformance -q $(ARGS)

fuzz: $(INSTALLED) ## 20,000 generated requests over the four dialects: no 5xx, nothing undocumented (part of them in test)
	@$(PY) -m tests.fuzz $(ARGS)

check: $(INSTALLED) ## Format, lint, types, import rules, sizes, names, generated files
	@$(PY) -m scripts.check

check-terraform: $(INSTALLED) ## terraform/ against google's schema, the code, and our rules (part of check; ARGS=--mistakes)
	@$(PY) -m scripts.check_terraform $(ARGS)

format: $(INSTALLED) ## Mend what the checks can mend by themselves
	@$(VENV)/bin/ruff check --fix --quiet . || true
	@$(VENV)/bin/ruff format .

fleet: $(INSTALLED) ## Ten thousand accounts looked after for months of simulated time, with what it costs
	@$(PY) -m tests.simulation.fleet $(ARGS)

month: $(INSTALLED) ## A month of posts: series, best hours against planted ones, spikes found and false alarms
	@$(PY) -m tests.simulation.month $(ARGS)

explore: $(INSTALLED) ## The fault explorer: every port call fails, everything is delivered twice (seeded)
	@$(PY) -m tests.simulation.explore $(ARGS)

torture: $(INSTALLED) emulators ## Kills, zombies, unknown commits, a lost queue: figures (--quick, --only kills, --write)
	@$(PY) -m tests.torture $(ARGS)

security: $(INSTALLED) emulators ## Forgeries, tenants, canary secrets, ciphertexts, SSRF, keys, bombs: each goal's count (ARGS='-k 13,16')
	@$(PY) -m tests.security $(ARGS)

audit: $(INSTALLED) ## Known vulnerabilities of what is installed, by the OSV database (needs the internet; 2: nobody could be asked)
	@$(PY) -m scripts.audit

bench: $(INSTALLED) ## The budgets of the design, measured as ratios in one run
	@$(PY) -m bench $(ARGS)

cost: $(INSTALLED) ## What it costs on Google Cloud, from operations counted now and dated prices (ARGS=--write)
	@$(PY) -m bench.cost $(ARGS)

operate: $(INSTALLED) ## The operator's commands: stuck, dead-letters, keys, hold, status … (ARGS='stuck'); docs/operating.md
	@$(PY) -m scripts.operate $(ARGS)

package: $(INSTALLED) ## Each function's bundle: build/functions/<name>.zip, byte for byte reproducible (TRACES=1: able to send traces)
	@$(PY) -m scripts.package $(if $(TRACES),--traces)

deploy: package ## Bundles, upload, and `terraform apply` (ENV=small|production, ARGS='-var project=…'); docs/deploy.md
	@cd terraform && terraform apply -var-file=environments/$(ENV).tfvars $(ARGS)

generate: $(INSTALLED) ## Write anew what is generated (names, OpenAPI, requirements.txt of each function)
	@$(PY) -m scripts.generate
	@$(PY) -m scripts.requirements

lock: $(INSTALLED) ## Resolve pyproject.toml into requirements.lock (LOCK_ARGS=--upgrade takes what is newest)
	@$(VENV)/bin/uv pip compile --quiet pyproject.toml --group gcp --group local --group tracing --group dev \
	  --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate \
	  $(LOCK_ARGS) --output-file requirements.lock
	@$(MAKE) --no-print-directory setup
	@$(PY) -m scripts.requirements

setup: $(INSTALLED) ## What all others do first: .venv, exactly as requirements.lock says
	@$(PY) --version

# Only hashed files of the lock are installed. uv comes from the same lock and installs the rest in seconds; where it
# cannot (an index that only pip is configured for), pip does the same by itself.
$(INSTALLED): requirements.lock scripts/setup.sh
	@PYTHON=$(PYTHON) bash scripts/setup.sh $(VENV)
	@touch $@

# The tasks emulator wants an older protobuf than our clients do, so it lives in .tools/tasks-emulator. Not fatal here:
# the suite that needs it says what is missing, skips on a laptop and fails in CI.
emulators .tools/tasks-emulator: $(INSTALLED) ## What the emulator suites need beyond .venv
	@$(PY) -m tests.contract.emulators.tasks_environment >/dev/null || true

clean: ## Remove what can be made again (not .local: that is your data)
	@rm -rf build .tools .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache $(VENV)
	@find . -name __pycache__ -type d -not -path './.git/*' -prune -exec rm -rf {} +
