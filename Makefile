# Every target makes or updates .venv by itself; nothing else needs to be installed but Python 3.11 or newer.

PYTHON  ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
WORKERS ?= 2

DEMO  := -m sample_data.make --serve
BENCH := -m tests.bench
SOAK  := -m tests.soak

RUN    := .venv/bin/python
PYTEST := $(RUN) -m pytest -n $(WORKERS)
STAMP  := .venv/installed

.DEFAULT_GOAL := help
.PHONY: help demo test check bench soak browser

help:  ## this list
	@awk -F':.*## *' '/^[a-z]+:.*##/ { printf "  make %-6s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(STAMP)  ## a whole trade to look at, served on this machine
	@$(RUN) $(DEMO)

test: $(STAMP) browser  ## every test, on SQLite and PostgreSQL, and in a browser where there is one
	@$(PYTEST)

check: $(STAMP)  ## style, types and import contracts
	@failed=0; \
	.venv/bin/ruff check --quiet || failed=1; \
	.venv/bin/ruff format --quiet --check || { failed=1; echo "run: .venv/bin/ruff format"; }; \
	.venv/bin/mypy --no-error-summary || failed=1; \
	.venv/bin/lint-imports --no-logo >.venv/contracts.txt || { failed=1; cat .venv/contracts.txt; }; \
	exit $$failed

bench: $(STAMP)  ## how fast it is on this machine
	@$(RUN) $(BENCH)

soak: $(STAMP)  ## property and stateful tests with fresh luck and a longer search; 1,500 kills; 7,000 payments
	@$(RUN) $(SOAK)
	@HYPOTHESIS_PROFILE=search $(PYTEST) -o faulthandler_timeout=0 tests/unit tests/machines
	@COPIES=10000 $(PYTEST) -o faulthandler_timeout=0 tests/journeys/test_http_refusals.py

browser:
	@.ci/browser

# pip 25.1 is the first that knows --group.
$(STAMP): pyproject.toml
	@[ -n "$(PYTHON)" ] || { echo "Python 3.11 or newer is needed"; exit 1; }
	@$(RUN) -c '' 2>/dev/null || $(PYTHON) -m venv --clear .venv
	@$(RUN) -m pip install --quiet --disable-pip-version-check --upgrade 'pip>=25.1'
	@$(RUN) -m pip install --quiet --disable-pip-version-check --editable '.[server,postgres]' --group test --group check
	@touch $@
