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

.PHONY: help run test bench style types unit requirements pictures

help: ## list the commands
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

run: $(VENV)/ready ## start the product with a demo market (PORT=…, TRACKER_DATA=…)
	@$(FLASK) db upgrade --directory migrations
	@$(FLASK) demo --if-empty
	@echo "Tracker is starting at $(TRACKER_BASE_URL) (Ctrl-C stops it). Its data is in $(TRACKER_DATA)."
	@exec $(BIN)/honcho start --no-prefix

test: $(VENV)/ready-dev chromium ## style, types and every test, on both databases and in a browser
	@$(MAKE) --no-print-directory style types unit

style: $(VENV)/ready-dev ## format and lint
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: $(VENV)/ready-dev ## mypy --strict
	$(BIN)/mypy

unit: $(VENV)/ready-dev ## the tests
	$(BIN)/pytest

bench: $(VENV)/ready-dev ## load 100,000 issues into each database and measure the pages
	$(BIN)/python -m bench

pictures: $(VENV)/ready-dev chromium ## take the guide's pictures again
	TRACKER_PICTURES=1 $(BIN)/pytest -n 0 tests/browser/test_pages.py -k picture

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

.PHONY: chromium
chromium:
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || \
	{ [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && echo "Installing Chromium …" && apt-get update -qq && apt-get install -y -qq chromium >/dev/null; } || \
	echo "No browser was found, so the browser tests are left out. Run: apt-get install chromium"
