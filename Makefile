# Every target makes the environment that it needs: a fresh checkout needs only Python (3.11 or later, with
# venv and pip) and make. The environment is .venv; it is built once, and again only when
# pyproject.toml or constraints.txt has changed.
#
#   make run                       the race in this terminal;  make run ARGS="--fds 2000 --paused"
#   make run ARGS="run --json"     the same race without a screen
#   make test ARGS="-n 0 -x"       the tests one after the other, up to the first failure
#   make clean test PYTHON=python3.13    with another interpreter

.DELETE_ON_ERROR:
.PHONY: help run test test-all test-others interpreters conformance fuzz races monkey renderers bench screenshots docs clean

# The interpreter to build .venv with; without PYTHON=… the first of the usual names that is new enough.
PYTHON ?=
ARGS ?=
STEPS ?= 20000
EVENTS ?= 100000
RACES ?= 3000

BIN := .venv/bin
# Folders and files with Python code; missing ones are left out.
CODE := $(wildcard sim c10k_tui tests benchmarks examples docs noxfile.py)

help:
	@sed -n 's/^#   \(make\)/  \1/p' Makefile
	@echo "  make test                      format, lint, types, layers and tests"
	@echo "  make test-all                  the tests on every Python from 3.11 to 3.15 that this machine has"
	@echo "  make interpreters              unpack Debian's Python 3.14 and 3.15 into .interpreters"
	@echo "  make conformance               the simulated kernel beside this machine's, case by case"
	@echo "  make fuzz STEPS=200000         random programs on both kernels, until they differ"
	@echo "  make races RACES=20000         random races of every lane, with all figures checked"
	@echo "  make monkey EVENTS=100000      random keys, clicks and sizes on every screen, until one fails"
	@echo "  make renderers                 exports in Chromium, ffmpeg and tmux, beside the PNG of the same moment"
	@echo "  make bench                     speed and memory, simulated beside measured"
	@echo "  make screenshots               the pictures in screenshots/"
	@echo "  make docs                      the documentation as a site in site/"
	@echo "  make clean                     remove .venv, caches and builds"

# The race in this terminal. (A plain `python -m`, so that make's own lines stay out of the way.)
run: .venv/run.stamp
	@$(BIN)/python -m c10k_tui $(ARGS)

# The checks before a merge: format, lint, types, layers, tests. One more worker than cores: at times a
# test of the screen waits and leaves its core idle.
test: .venv/dev.stamp
	$(BIN)/ruff format --check $(CODE)
	$(BIN)/ruff check $(CODE)
	$(BIN)/mypy $(CODE)
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -n $$($(BIN)/python -c 'import os; print(1 + (os.cpu_count() or 1))') --dist worksteal $(ARGS)

# The whole suite on every supported Python that this machine has, one after the other. A missing one is named.
test-all: .venv/dev.stamp
	$(BIN)/nox --tags whole $(ARGS)

# The tests of sim, of asyncio on it and of the commands, on every Python found except the one in .venv.
test-others: .venv/dev.stamp
	$(BIN)/nox --session others $(ARGS)

# Python 3.14 and 3.15 of Debian's unstable suite, each unpacked into its own folder. Nothing is installed.
interpreters:
	tools/unpack_pythons

# The results of all conformance cases on the simulated kernel and on the host's, counted by group.
conformance: .venv/dev.stamp
	@$(BIN)/python -m tests.conformance $(ARGS)

# Random programs on the simulated kernel and the host's, for $(STEPS) steps.
fuzz: .venv/dev.stamp
	@$(BIN)/python -m tests.fuzz $(STEPS) $(ARGS)

# Races of every lane at the edges of every setting, $(RACES) of them.
races: .venv/dev.stamp
	@$(BIN)/python -m tests.odd_races $(RACES) $(ARGS)

# Random keys, clicks and sizes on every screen and box: $(EVENTS) of them, in as many processes as cores.
monkey: .venv/dev.stamp
	@$(BIN)/python -m tests.monkey $(EVENTS) $(ARGS)

# Exports in the programs of others. Needs Chromium, ffmpeg and tmux, and names the missing ones.
renderers: .venv/dev.stamp
	@$(BIN)/python -m tests.renderers $(ARGS)

# Measures the speed and the memory that the project promises.
bench: .venv/dev.stamp
	$(BIN)/python -m benchmarks $(ARGS)

# Draws the pictures again; the same version of the program gives the same files.
screenshots: .venv/run.stamp
	$(BIN)/python -m c10k_tui.cli.screenshots screenshots

# The documentation as a site: its generated tables first, then the pages. A broken link or anchor fails.
docs: .venv/docs.stamp
	$(BIN)/python -m docs.tools.tables
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build
	@echo "built: open site/index.html"

clean:
	rm -rf .venv build dist site .mypy_cache .pytest_cache .ruff_cache .hypothesis snapshot_report.html
	rm -rf .nox .interpreters
	find $(CODE) -name __pycache__ -type d -prune -exec rm -rf {} +

# --- the environment -----------------------------------------------------------------------------

INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt

# The packages needed to run the program.
.venv/run.stamp: pyproject.toml constraints.txt
	@python='$(PYTHON)'; found=; \
	for name in $${python:-python3 python3.14 python3.13 python3.12 python3.11 python}; do \
	    "$$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && found=$$name && break; \
	done; \
	if [ -z "$$found" ]; then \
	    echo "c10k-tui needs Python 3.11 or later: install it, or name one with: make PYTHON=/path/to/python3" >&2; \
	    exit 1; \
	fi; \
	echo "setting up .venv with $$("$$found" --version) (once)"; \
	"$$found" -m venv --clear .venv || { \
	    echo "$$found cannot make environments: install its venv module (Debian: apt install python3-venv)" >&2; \
	    exit 1; \
	}
	@$(INSTALL) --editable .
	@touch $@

# The packages needed for the checks, in addition.
.venv/dev.stamp: .venv/run.stamp
	@echo "adding the development tools to .venv (once)"
	@$(INSTALL) --editable '.[dev]'
	@touch $@

# The packages needed to build the documentation, in addition to those of the program.
.venv/docs.stamp: .venv/run.stamp
	@echo "adding MkDocs to .venv (once)"
	@$(INSTALL) --editable '.[docs]'
	@touch $@
