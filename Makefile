# Every target sets itself up: a virtual environment from requirements.lock, and what tests need of the system.
# `make help` lists them. PORT and DATA_DIR reach `make run` from the environment or the command line.

SHELL := /bin/bash
PY := .venv/bin/python
.DEFAULT_GOAL := help
.PHONY: help run test lint format bench faults journeys compose-test setup lock translations docs contracts-snapshot screenshots pictures clean

help: ## list these targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 28

run: .venv/.local ## the whole marketplace on this machine, in one process (PORT, DATA_DIR)
	@exec $(PY) -m deploy.local

test: .venv/.development browser ## everything: checks, unit, contracts, journeys, faults, integration
	$(PY) -m tests.run

lint: .venv/.development ## style, types, imports, translations, the list of settings
	$(PY) -m ruff check
	$(PY) -m ruff format --check
	$(PY) -m mypy
	.venv/bin/lint-imports
	$(PY) -m gateway.translations check
	$(PY) -m shared.contracts.taxonomy.check
	$(PY) -W ignore -m deploy.settings_table --check

format: .venv/.development ## rewrite the code in the project's style
	$(PY) -m ruff check --fix
	$(PY) -m ruff format

bench: .venv/.development ## how much and how fast
	$(PY) -m tests.load.bench

faults: .venv/.development ## kill, stop and repeat things, at length
	$(PY) -m tests.faults.run

journeys: .venv/.development browser ## people's paths through the pages, in a browser
	$(PY) -m pytest tests/journeys

compose-test: .venv/.development ## build and start the deployment in Docker, and use it
	$(PY) -m tests.compose.run

setup: .venv/.development browser ## only what the other targets do first

lock: .venv/.development ## write requirements.lock from pyproject.toml (UPGRADE=1 for newer versions)
	$(PY) -m deploy.lock $(if $(UPGRADE),--upgrade)

translations: .venv/.development ## collect texts into the catalogues
	$(PY) -m gateway.translations update

docs: .venv/.development ## write the list of settings into docs/operating.md
	$(PY) -W ignore -m deploy.settings_table

contracts-snapshot: .venv/.development ## accept today's contracts as the ones to stay compatible with
	$(PY) -m tests.contracts.snapshot

screenshots: .venv/.development browser ## pictures of the pages
	$(PY) -m tests.journeys.screenshots

pictures: .venv/.development browser ## write the pictures of README and docs anew
	$(PY) -m tests.journeys.screenshots --docs

clean: ## remove what these targets made, but no data
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis

.PHONY: browser
browser:
	@command -v chromium chromium-browser google-chrome >/dev/null || deploy/ensure_packages.sh chromium fonts-liberation
	@command -v npm >/dev/null || deploy/ensure_packages.sh npm

.venv/.local: requirements.lock deploy/ensure_venv.sh
	@deploy/ensure_venv.sh local

.venv/.development: requirements.lock deploy/ensure_venv.sh
	@deploy/ensure_venv.sh development
