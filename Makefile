# Two commands matter: `make run` and `make test`. Both work from nothing but Python >= 3.11.
PYTHON ?= python3
PORT ?= 8501
BIN := .venv/bin
# Tests that wait for a browser or a process leave room for one more than there are cores.
WORKERS ?= $(shell $(PYTHON) -c 'import os; print((os.cpu_count() or 1) + 1)')
READY := .venv/.ready
# The tools of those who change Assay come on top of what its users need.
TOOLS := .venv/.tools

.PHONY: run test long-test wheel-test install lint demo bench upgrade browser postgres clean

run: $(READY)
	@$(BIN)/assay run --port $(PORT)

test: $(TOOLS) browser postgres
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder -m "not (long or wheel)"

# Thousands of made-up files and lists, whole samples, and whole journeys (browser, packages).
long-test: $(TOOLS)
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder -m long

# The wheel in a new environment outside of the checkout; downloads what it needs.
wheel-test: $(TOOLS) browser
	$(BIN)/python -m pytest -m wheel

install: $(TOOLS)

$(READY): requirements.lock pyproject.toml Makefile
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Assay needs Python 3.11 or newer; name one: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 2; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	@$(BIN)/uv pip install --quiet --python $(BIN)/python -r requirements.lock
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --editable .
	@$(BIN)/python -m pipelines.cli.bytecode
	@touch $@

$(TOOLS): $(READY) requirements-dev.lock
	@$(BIN)/uv pip install --quiet --python $(BIN)/python -r requirements-dev.lock
	@touch $@

# The browser's tests need a Chromium; where we may install one, we do.
browser:
	@if ! command -v chromium >/dev/null 2>&1; then \
	  if [ "$$(id -u)" = 0 ] && [ -f /etc/debian_version ]; then \
	    echo "Installing Chromium for the browser's tests ..."; \
	    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium; } >/dev/null; \
	  else echo "No Chromium: the browser's tests will be skipped; install the package chromium to run them."; fi; \
	fi

# The databases' tests start a PostgreSQL of their own from Debian's package. Its cluster of
# the system's own is not wanted, and not made.
postgres:
	@if ! command -v initdb >/dev/null 2>&1 && ! ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1; then \
	  if [ "$$(id -u)" = 0 ] && [ -f /etc/debian_version ]; then \
	    echo "Installing PostgreSQL for the databases' tests ..."; \
	    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq postgresql-common \
	      && sed -i 's/^#* *create_main_cluster *=.*/create_main_cluster = false/' \
	        /etc/postgresql-common/createcluster.conf \
	      && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq postgresql; } >/dev/null; \
	  else echo "No PostgreSQL: its tests will be skipped; install the package postgresql to run them."; fi; \
	fi

lint: $(TOOLS)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

demo: $(READY)
	@$(BIN)/assay demo

bench: $(TOOLS)
	$(BIN)/python -m benchmarks

COMPILE := $(BIN)/uv pip compile --quiet --universal pyproject.toml \
  --no-annotate --no-header --no-emit-index-url --no-emit-find-links
# Names and versions alone: no address of any package index may stand in the lock.
upgrade: $(TOOLS)
	$(COMPILE) --upgrade --extra auth --output-file requirements.lock
	$(COMPILE) --upgrade --extra auth --group dev --constraint requirements.lock \
	  --output-file requirements-dev.lock

clean:
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache build ./*.egg-info
