# Every target works on a fresh clone: it makes .venv from the hashed lock first.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV_LOCK = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--no-annotate --custom-compile-command 'make lock' pyproject.toml --group build
PIP := $(BIN)/pip --disable-pip-version-check -qq

.DEFAULT_GOAL := help
.PHONY: help install run test hostile kill soak check format bench volume aimock cron samples names lock clean python-is-usable

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' Makefile

install: $(VENV)/installed  ## make .venv from requirements.txt

run: install  ## summarise what is in data/inbox (the samples, the first time); no key, no network
	@if [ ! -e data/pipeline.db ] && [ -z "$$(ls data/inbox 2>/dev/null)" ]; then \
		mkdir -p data/inbox && cp sample_docs/* data/inbox/ && echo "Put the samples into data/inbox."; fi
	@PIPELINE_INBOX__SETTLE=$${PIPELINE_INBOX__SETTLE:-0} $(BIN)/pipeline run --verbose; status=$$?; \
		[ $$status -eq 1 ] && exit 0; exit $$status

# Modules are compiled once, not by each of the hundred processes that the tests start.
unexport PYTHONDONTWRITEBYTECODE

test: $(VENV)/installed-dev  ## run the tests (about two minutes on two cores)
	@$(BIN)/python -m compileall -q pipeline
	@$(BIN)/python -m pytest -q -n $$(( $$(getconf _NPROCESSORS_ONLN) + 2 )) --dist=worksteal  # neighbours share what they load

hostile: $(VENV)/installed-dev  ## give the program every hostile file (about ten minutes); see tests/hostile/
	@$(BIN)/python tests/hostile/run.py

kill: $(VENV)/installed-dev  ## kill the program 200 times in the middle of its work (about five minutes); see tests/kill/
	@PYTHONPATH=tests $(BIN)/python tests/kill/kills.py

soak: $(VENV)/installed-dev  ## drop 10,000 documents on `pipeline watch`, with faults (about eleven minutes)
	@$(BIN)/python benchmarks/soak.py --documents 10000 --rate 15

check: $(VENV)/installed-dev  ## lint, types, and the floors of the house
	@$(BIN)/ruff format --check --quiet . || { echo "run: make format"; exit 1; }
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo 2>/dev/null || $(BIN)/lint-imports

format: $(VENV)/installed-dev  ## lay out the code
	@$(BIN)/ruff format --quiet . && $(BIN)/ruff check --quiet --fix .

bench: $(VENV)/installed-dev  ## measure beside what people use today (about seven minutes); see benchmarks/
	@$(BIN)/python benchmarks/throughput.py --instructor
	@$(BIN)/python benchmarks/pacing.py
	@$(BIN)/python benchmarks/overlap.py
	@$(BIN)/python benchmarks/rescan.py
	@$(BIN)/python benchmarks/archive.py

volume: $(VENV)/installed-dev  ## 20,000 documents; draws benchmarks/pictures/
	@$(BIN)/python benchmarks/volume.py

aimock: $(VENV)/installed-dev  ## run against an independent mock from npm; needs node
	@$(BIN)/python tests/against_aimock.py

cron: $(VENV)/installed-dev  ## run the cron line of README.md by a real cron daemon; needs root, cron and unshare
	@$(BIN)/python tests/against_cron.py

samples: $(VENV)/installed-dev  ## make sample_docs/ anew
	@$(BIN)/python tests/make_samples.py sample_docs

names: $(VENV)/installed-dev  ## make pipeline/schemas/cldr/ anew
	@$(BIN)/python tests/make_names.py pipeline/schemas/cldr

lock: $(VENV)/installed  ## resolve the dependencies anew
	@$(PIP) install uv
	@$(UV_LOCK) --upgrade --output-file requirements.txt
	@$(UV_LOCK) --upgrade --group dev --constraint requirements.txt --output-file requirements-dev.txt

clean:  ## remove .venv and caches; never data/
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage *.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

python-is-usable:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
		{ echo "Inbox Pipeline needs Python 3.11 or newer; name one with: make $(MAKECMDGOALS) PYTHON=/path/to/python3.11" >&2; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || \
		{ echo "This Python has no venv; install it (Debian, Ubuntu: apt install python3-venv), then type make again." >&2; exit 1; }

$(VENV)/installed: requirements.txt pyproject.toml | python-is-usable
	@echo "Making $(VENV) from requirements.txt ..."
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(PIP) install --no-compile --require-hashes -r requirements.txt
	@$(PIP) install --no-deps --no-build-isolation --no-index -e .
	@touch $@

$(VENV)/installed-dev: requirements-dev.txt $(VENV)/installed
	@echo "Adding the development tools from requirements-dev.txt ..."
	@$(PIP) install --no-compile --require-hashes -r requirements-dev.txt
	@touch $@
