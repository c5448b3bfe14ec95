# Everything stays inside this folder: .venv (the installation), .kenes (the data of `make up`).
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
SHELL := /bin/sh

PYTHON ?= $(shell for p in python3 python3.11 python3.12 python3.13 python3.14; do \
            $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)
CYCLES ?= 300
MINUTES ?= 10
# Python keeps what it has compiled, whatever the surroundings say: without it each of the many processes compiles Prefect anew, for seconds.
unexport PYTHONDONTWRITEBYTECODE
# Set NO_UV=1 to install with pip alone.
NO_UV ?=

BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check -qq
UV  := $(BIN)/python requirements/uv_with_pip_settings.py

# A stamp carries the checksum of its lock: the installation is renewed when the lock changes, and not otherwise.
checksum = $(shell cat $(1) | cksum | cut -d' ' -f1)
RUN := .venv/.run-$(call checksum,requirements/run.txt pyproject.toml)
DEV := .venv/.dev-$(call checksum,requirements/dev.txt pyproject.toml)

# $(call install,LOCK): with uv if it is there and reaches its index, else with pip. A lock is complete, and older versions of pip,
# left to look for dependencies, do not see that it holds what `sqlalchemy[asyncio]` asks for: hence --no-deps.
install = { [ -z "$(NO_UV)" ] && [ -x $(BIN)/uv ] && $(UV) pip install -q --compile-bytecode --python $(BIN)/python --no-deps --require-hashes -r $(1) 2> .venv/uv.log; } \
          || { echo "Installing with pip, which takes longer."; [ ! -s .venv/uv.log ] || echo "Why not with uv: .venv/uv.log"; $(PIP) install --no-deps --require-hashes -r $(1); }

# Two processes for each core: those that start a service wait most of the time.
PYTEST = $(BIN)/python -m pytest -q -n 4 --dist worksteal
QUICK := not slow and not postgresql and not prefect and not browser

.PHONY: help setup up check test coverage bench chaos barriers guards histories pictures lock clean lint develop chromium

help: ## say what can be made
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1|\2/p' Makefile | awk -F'|' '{ printf "%-14s %s\n", $$1, $$2 }'

setup: $(RUN) ## install kenes into .venv, as locked in requirements/run.txt

up: $(RUN) ## start kenes with its demo; Ctrl-C ends it
	@exec $(BIN)/kenes up --demo

check: lint ## formatting, lint, types, import rules, quick tests on SQLite (two minutes at most)
	@$(PYTEST) -m "$(QUICK)"

test: lint chromium ## what CI runs: all of check, and every test on SQLite and PostgreSQL, with a real Prefect and a real browser
	@$(PYTEST)

# Apart from `make test`: who is watched works at half the speed.
coverage: $(DEV) ## see that every line and every branch of machines/ is tested
	@$(PYTEST) -m "not prefect and not browser" --cov --cov-report=term-missing:skip-covered

# For the tests in a browser: on Debian as root it is installed; elsewhere those tests say what is missing.
chromium:
	@command -v chromium > /dev/null 2>&1 || command -v chromium-browser > /dev/null 2>&1 || [ "$$(id -u)" != 0 ] || \
	  { ! command -v apt-get > /dev/null 2>&1; } || { echo "Installing Chromium for the tests."; apt-get update -qq && apt-get install -y -qq chromium > /dev/null; } || true

bench: $(DEV) ## print the speeds as ratios to the bare statements
	@$(BIN)/kenes bench

chaos: $(DEV) ## kill, fail and race it: CYCLES=300
	@$(BIN)/python -m benchmarks.chaos --cycles $(CYCLES)

barriers: $(DEV) chromium ## look at every page with axe, as everybody, in both themes and three widths
	@$(BIN)/python -W ignore:Using -m benchmarks.barriers

guards: $(DEV) ## remove each guard in turn and say who notices
	@$(BIN)/python -m benchmarks.guards

histories: $(DEV) ## play random histories against the reference: MINUTES=10 on each database
	@$(BIN)/python -m benchmarks.histories --minutes $(MINUTES)

pictures: $(DEV) ## take the pictures of the documentation again (Chromium: apt-get install chromium)
	@$(BIN)/python -m benchmarks.pictures

# From the main index alone: an additional one often holds a part of a release's files, and the lock would name only those.
lock: $(DEV) ## make the locks in requirements/ again, with the newest versions allowed
	@for set in uv run dev; do \
	  (cd requirements && UV_INDEX= UV_FIND_LINKS= ../$(BIN)/python uv_with_pip_settings.py pip compile -q --upgrade --universal --python-version 3.11 \
	    --generate-hashes --no-emit-index-url --no-emit-find-links --no-header $$set.in -o $$set.txt) || exit 1; done
	@if grep '://' requirements/*.txt; then echo "A lock must not contain an address."; exit 1; fi

clean: ## remove the installation and all caches, never the data in .kenes
	@rm -rf .venv build dist *.egg-info .coverage .coverage.* .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

develop: $(DEV)

lint: $(DEV)
	@$(BIN)/ruff format --check -q . || { echo "Run .venv/bin/ruff format ."; exit 1; }
	@$(BIN)/ruff check -q .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo > .venv/lint-imports.txt || { cat .venv/lint-imports.txt; exit 1; }
	@$(BIN)/vulture

$(BIN)/python:
	@[ -w . ] || { echo "kenes is installed into .venv in this folder, and it cannot be written: $$(pwd). Clone it where you may write."; exit 1; }
	@[ -n "$(PYTHON)" ] || { echo "kenes needs Python 3.11 or newer; none was found. Name one: make setup PYTHON=/path/to/python3"; exit 1; }
	@$(PYTHON) -m venv .venv > /dev/null 2>&1 || { rm -rf .venv; \
	  echo "$(PYTHON) cannot make a virtual environment. On Debian and Ubuntu: apt-get install python3-venv"; exit 1; }

$(RUN): | $(BIN)/python
	@echo "Installing kenes into .venv: about a minute, once."
	@[ -n "$(NO_UV)" ] || [ -x $(BIN)/uv ] || $(PIP) install --no-deps --require-hashes -r requirements/uv.txt > /dev/null 2>&1 || true
	@$(call install,requirements/run.txt)
	@$(PIP) install --no-deps --no-build-isolation --no-index -e .
	@$(BIN)/python -m compileall -q desk flows machines models
	@rm -f .venv/.run-*; touch $@

$(DEV): $(RUN)
	@echo "Installing what the tests need into .venv."
	@$(call install,requirements/dev.txt)
	@rm -f .venv/.dev-*; touch $@
