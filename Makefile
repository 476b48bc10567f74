# Everything a person does with a checkout. `make` alone lists it.
# PORT=8787 and TIDEWHEEL_HOME=folder move the server and its data. JOBS=3 processes run the tests; 0 runs them in this one.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: demo test quick check ui types reference docs bench wheel clean help

TIDEWHEEL_HOME ?= $(CURDIR)/.tidewheel
PORT ?= 8787
# One more than cores: tests with servers and browsers wait for them a third of their time.
JOBS ?= 3
PY := .venv/bin/python
PYTEST = $(HERE) $(PY) -m pytest -n $(JOBS) --dist loadfile
# What starts many processes of its own, and waits for most of its time, comes by itself, after the rest.
ALONE = tests/cluster tests/crash
# SECOND=10: that many tests that failed beside others may run once more, alone; what fails again, fails.
SECOND ?= 0
OR_AGAIN = || $(HERE) $(PY) -m tools.second_run $$? $(SECOND)
HERE := PATH="$(CURDIR)/.venv/bin:$$PATH"

# The first Python ≥ 3.11 on PATH.
FIND_PYTHON = for p in python3 python3.13 python3.12 python3.11 python; do \
  if $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then echo $$p; break; fi; done
PREPARE = p="$$($(FIND_PYTHON))"; \
  [ -n "$$p" ] || { echo "Tidewheel needs Python 3.11 or newer on PATH." >&2; exit 1; }; $$p tools/prepare.py

demo: ## install, make the demo shop, start the server (again: starts in seconds, keeps the data)
	@$(PREPARE) package ui
	@TIDEWHEEL_HOME="$(TIDEWHEEL_HOME)" TIDEWHEEL_PORT="$(PORT)" $(HERE) tidewheel demo

test: ## install what the tests need, a browser included, and run them all
	@$(PREPARE) package dev kernels ui clients machine
	@$(if $(ARGS),$(PYTEST) $(ARGS),$(PYTEST) $(ALONE:%=--ignore=%) $(OR_AGAIN))
	@$(if $(ARGS),,$(PYTEST) $(ALONE) $(OR_AGAIN))

quick: ## the tests that take seconds: unit, contract, arch
	@$(PREPARE) package dev
	@$(PYTEST) -m "not slow and not browser and not postgres and not mariadb and not s3" tests/unit tests/contract tests/arch $(ARGS)

check: ## formatting, lint, types, import contracts, and the same for the web
	@$(PREPARE) package dev web
	@$(HERE) ruff format --check .
	@$(HERE) ruff check .
	@$(HERE) mypy
	@$(HERE) lint-imports
	@cd web && $(HERE) npm run --silent check

ui: ## build the browser interface into the package
	@$(PREPARE) ui

types: ## write the web's TypeScript types from the API
	@$(PREPARE) package web
	@$(HERE) tidewheel openapi > web/src/api/openapi.json
	@$(PY) -m tools.question_types > web/src/api/questions.json
	@cd web && $(HERE) npm run --silent types

reference: ## write the pages of the command line from its help
	@$(PREPARE) package
	@$(PY) -m tools.cli_reference
	@$(PY) -m tools.kinds_table

docs: ## check the documentation: links, coverage, and every command in it
	@$(PREPARE) package dev ui
	@$(HERE) $(PY) -m pytest tests/docs $(ARGS)

bench: ## measure against DuckDB and ClickHouse (ARGS="--events 5000000"; minutes)
	@$(PREPARE) package dev bench installed
	@PYTHONPATH="$(CURDIR)/.venv/installed" $(PY) -m bench $(ARGS)

wheel: ## build dist/tidewheel-*.whl: compiled, the browser interface inside (TIDEWHEEL_COMPILE=0: for any machine)
	@$(PREPARE) package dev ui
	@TIDEWHEEL_COMPILE="$${TIDEWHEEL_COMPILE:-1}" $(PY) -m build --wheel --no-isolation --outdir dist .

clean: ## remove what can be made again; data stays
	rm -rf .venv build dist web/node_modules web/dist tests/live/clients/node_modules src/tidewheel/serve/ui
	rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find src tests bench tools -name __pycache__ -type d -prune -exec rm -rf {} +

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
