# Needs make and Python 3.11 or newer; everything else goes into .venv, exactly as requirements.lock pins it.

PYTHON ?= python3
BIN := .venv/bin
LOCKED := .venv/.locked
READY := .venv/.ready

.DEFAULT_GOAL := demo
.DELETE_ON_ERROR:
.PHONY: demo test test-long check bench format lock clean

demo: $(READY)  ## make a sample project, plan it, compare scenarios
	$(BIN)/planner demo

test: $(READY)  ## the tests and the examples in the docs
	$(BIN)/python -m pytest

test-long: $(READY)  ## the laws that take minutes
	$(BIN)/python -m pytest -m long

check: $(READY)  ## what a reviewer would otherwise have to say
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

bench: $(READY)  ## everything that needs no files from elsewhere, anew into benchmarks/RESULTS.md: hours
	$(BIN)/python -m benchmarks smoke
	$(BIN)/python -m benchmarks methods --write
	$(BIN)/python -m benchmarks orgs --write
	$(BIN)/python -m benchmarks curve --write
	$(BIN)/python -m benchmarks variants --write
	$(BIN)/python -m benchmarks classes --write

format: $(READY)  ## put the code in the house form
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

$(LOCKED): requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "$(PYTHON) is older than Python 3.11. Try: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	  echo "$(PYTHON) cannot make virtual environments: its venv or ensurepip module is missing." >&2; \
	  echo "Try: apt-get install python3-venv (Debian, Ubuntu), or another Python by make PYTHON=..." >&2; exit 1; }
	$(PYTHON) -m venv --clear .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@touch $@

$(READY): $(LOCKED) pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@$(BIN)/python -m planner.compiled
	@touch $@

# Pins every package anew, for all Pythons and systems at once. To move a single one: make lock UPGRADE="-P pandas";
# to take in a changed pyproject.toml and move nothing else: make lock UPGRADE=
UPGRADE ?= --upgrade
lock:
	$(PYTHON) -m venv --clear build/lock
	build/lock/bin/python -m pip install --quiet --disable-pip-version-check 'uv>=0.9'
	build/lock/bin/uv pip compile pyproject.toml --extra dev $(UPGRADE) --quiet \
	  --universal --python-version 3.11 --fork-strategy fewest --generate-hashes \
	  --no-emit-index-url --no-emit-find-links --custom-compile-command 'make lock' --output-file requirements.lock

clean:
	rm -rf .venv build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis .benchmarks
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
