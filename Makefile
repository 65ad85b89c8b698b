# One command a chore. `make demo` and `make test` need Python 3.11 or newer and nothing else.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt
PORT ?= 8080

.PHONY: demo test lint bench clean help

help:  ## show what can be made
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*##/\t/'

demo: $(VENV)/.installed  ## a demo world on http://127.0.0.1:8080, no account needed
	$(BIN)/parcelbridge demo --port $(PORT)

test: $(VENV)/.tested  ## every test this machine can run
	$(BIN)/python -m pytest

lint: $(VENV)/.linted  ## style, types, import rules, translations
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m bot.wording.checks

bench: $(VENV)/.tested  ## speed and memory as ratios against floors measured in the same run
	$(BIN)/python -m benchmarks

clean:  ## forget the environment and the demo world
	rm -rf $(VENV) data/demo

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Parcelbridge needs Python 3.11 or newer; name one with: make PYTHON=python3.11 ...")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: $(VENV)/bin/python pyproject.toml constraints.txt
	$(INSTALL) --editable .
	@touch $@

$(VENV)/.tested: $(VENV)/.installed
	$(INSTALL) --editable '.[test]'
	@touch $@

$(VENV)/.linted: $(VENV)/.tested
	$(INSTALL) --editable '.[test,lint]'
	@touch $@
