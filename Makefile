# make run: the demo plant. make test: everything, with a real browser. The rest: see below.
# Needs python 3.11 or newer and nothing else; packages go into .venv, again only when the pinned lists change.
SHELL := /bin/sh
VENV := .venv
PY := $(VENV)/bin/python
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
TESTS ?= tests
WORKERS ?= 2
KILLS ?= 100
AWAY_S ?= 60

.PHONY: run test check bench chaos screenshots browser clean help

run: $(VENV)/.run
	@exec $(PY) -m app.bound $$PPID $(PY) -m app demo

test: $(VENV)/.dev browser
	$(PY) -m pytest $(TESTS) -m "" -n $(WORKERS) --dist loadfile

chaos: $(VENV)/.dev
	LINESIDE_KILLS=$(KILLS) LINESIDE_AWAY_S=$(AWAY_S) $(PY) -m pytest tests/chaos -m "" -o timeout=3600

check: $(VENV)/.dev
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports

bench: $(VENV)/.dev browser
	$(PY) -m tests.benchmarks

screenshots: $(VENV)/.dev browser
	$(PY) -m tests.screenshots

# Chromium and its driver, for tests, benchmarks and pictures.
browser:
	@sh tests/browser.sh

$(PY):
	@test -n "$(PYTHON)" || { echo "python 3.11 or newer is needed and was not found; PYTHON=/path/to/python make ..." >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

# A stamp holds the hash of the list it was installed from: a touched file installs nothing.
$(VENV)/.run: requirements.txt | $(PY)
	@sh tests/install.sh requirements.txt $@

$(VENV)/.dev: requirements.txt requirements-dev.txt | $(PY)
	@sh tests/install.sh requirements-dev.txt $@

clean:
	rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -not -path './$(VENV)/*' -prune -exec rm -rf {} +

help:
	@echo "make run          the demo plant on http://127.0.0.1:8050 (PORT=... takes another port)"
	@echo "make test         every test, with a real browser (TESTS=tests/web runs a part, WORKERS=1 one at a time)"
	@echo "make check        style, types and who may import whom"
	@echo "make chaos        kills engine, historian and web $(KILLS) times each, takes the event server away for $(AWAY_S) s (KILLS=, AWAY_S=)"
	@echo "make bench        every benchmark; writes docs/benchmarks.md"
	@echo "make screenshots  pictures of every page; writes docs/screenshots"
	@echo "make clean        removes what the tools have cached"
