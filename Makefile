# Two commands matter: `make run` and `make test`. `make help` lists the rest.
.DEFAULT_GOAL := help
SHELL := /bin/sh

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export PORT ?= 8000
export TRACKER_DATA ?= $(CURDIR)/data
export TRACKER_BASE_URL ?= http://localhost:$(PORT)
FLASK := $(BIN)/flask --app wsgi

.PHONY: help run test drills bench style types unit requirements pictures dump

help: ## list the commands
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

run: $(VENV)/ready ## start the product with a demo market (PORT=…, TRACKER_DATA=…)
	@$(BIN)/python -m tracker.serving.address
	@$(FLASK) db upgrade --directory migrations
	@$(FLASK) demo --if-empty
	@echo "Tracker is starting at $(TRACKER_BASE_URL) (Ctrl-C stops it). Its data is in $(TRACKER_DATA)."
	@exec $(BIN)/honcho start --no-prefix

test: $(VENV)/ready-dev chromium nginx ## style, types and every test, on both databases and in a browser
	@$(MAKE) --no-print-directory style types unit

style: $(VENV)/ready-dev ## format and lint
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: $(VENV)/ready-dev ## mypy --strict
	$(BIN)/mypy

unit: $(VENV)/ready-dev ## the tests
	$(BIN)/pytest

drills: $(VENV)/ready-dev chromium nginx ## the long forms of tests: soaks, many rows, many clients
	TRACKER_DRILLS=1 $(BIN)/pytest -n 0 -m drill

bench: $(VENV)/ready-dev ## load 100,000 issues into each database and measure the pages
	$(BIN)/python -m bench

pictures: $(VENV)/ready-dev chromium ## take the guide's pictures again
	TRACKER_PICTURES=1 $(BIN)/pytest -n 0 tests/browser/test_pages.py -k picture

dump: $(VENV)/ready-dev ## at a release: keep what it leaves, for the tests of later ones
	$(BIN)/python -m tests.leaving

requirements: $(VENV)/ready ## pin requirements*.in again, with hashes
	$(BIN)/pip install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url requirements.in -o requirements.txt --custom-compile-command "make requirements"
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url requirements-dev.in -o requirements-dev.txt --custom-compile-command "make requirements"

$(VENV)/python: 
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Tracker needs Python 3.11 or newer. Run: make run PYTHON=python3.11 (or newer)"; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || { echo "Python cannot make environments here. Run: apt-get install python3-venv"; exit 1; }
	@echo "Making the environment in $(VENV) …"
	@$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/ready: requirements.txt | $(VENV)/python
	@echo "Installing what the product runs on …"
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

$(VENV)/ready-dev: requirements-dev.txt $(VENV)/ready
	@echo "Installing what testing needs …"
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@

.PHONY: chromium nginx
chromium: ; @$(call needed,chromium,chromium chromium-browser google-chrome,the browser tests)
nginx: ; @$(call needed,nginx-light,nginx /usr/sbin/nginx,the tests behind a proxy)

# $(call needed,PACKAGE,PROGRAMS,WHAT): one of the programs is there, or Debian's package is installed where that may be done.
define needed
{ for program in $(2); do command -v $$program >/dev/null && exit; done; true; } && \
{ [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && echo "Installing $(1) …" && apt-get update -qq && \
apt-get install -y -qq $(1) >/dev/null; } || \
echo "There is no $(1) here, so $(3) are left out. Run: apt-get install $(1)"
endef
