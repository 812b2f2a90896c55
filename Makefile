# Two commands do everything for a newcomer: `make run` and `make test`.
#   PORT=8000 HOST=127.0.0.1   where `make run` serves; HOST=0.0.0.0 lets phones in the same network in
SHELL := /bin/sh
.DEFAULT_GOAL := help
VENV ?= .venv
PYTHON ?= python3
export VENV PYTHON
bin := $(VENV)/bin
# Chromium and slapd speak to this machine only.
export no_proxy := localhost,127.0.0.1

.PHONY: help run serve reset test check sweep bench bench-full lock format setup setup-test

help:  ## what there is
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

# Ctrl-C is left alone until Python has imported all and listens; it then sees that make was interrupted.
run: setup  ## the portal with its demo company, on this machine
	@trap '' INT; exec setpriv --pdeathsig TERM $(bin)/python -m portal.demo.run

serve: setup  ## the portal on the company's own directory and data; settings from the environment or SETTINGS_FILE
	@exec setpriv --pdeathsig TERM $(bin)/python -m portal.serving

reset: setup  ## begin the demo anew
	@$(bin)/python -m portal.demo.run --reset

test: setup-test check  ## everything that CI runs
	@$(bin)/python -m pytest -n 4 --dist worksteal -q

check: setup-test  ## format, lint, types, imports, templates, catalogue: under a minute
	$(bin)/ruff format --check -q .
	$(bin)/ruff check -q .
	$(bin)/mypy
	$(bin)/lint-imports
	$(bin)/python -c 'from portal.catalogue import command; command()'
	$(bin)/djlint templates --lint --quiet
	@echo bandit; $(bin)/bandit -q -c pyproject.toml -r portal 2>$(VENV)/bandit.log || { cat $(VENV)/bandit.log; exit 1; }

sweep: setup-test  ## every page in every size and language
	@$(bin)/python -m pytest tests/journeys --sweep=all -q

bench: setup-test  ## speed at 500 and 5,000 people, against the ceiling page
	@$(bin)/python -m tests.bench

bench-full: setup-test  ## the same with 50,000 people and with PostgreSQL
	@$(bin)/python -m tests.bench --full

lock: setup-test  ## requirements*.in -> requirements*.txt, with hashes
	@for name in requirements requirements-procrastinate requirements-dev; do \
	  UV_CUSTOM_COMPILE_COMMAND='make lock' $(bin)/uv pip compile -q $(UPGRADE) --universal --python-version 3.11 --generate-hashes \
	    --no-annotate $$(test $$name = requirements || echo -c requirements.txt) $$name.in -o $$name.txt || exit 1; \
	done

format: setup-test  ## tidy Python
	@$(bin)/ruff check -q --fix . && $(bin)/ruff format -q .

setup:
	@deploy/setup.sh run

setup-test:
	@deploy/setup.sh test
