# What a developer does, one word each. `make run` and `make test` start from a fresh checkout.

PYTHON ?= python3
PORT ?= 8080
# More than CI has cores: whole services and browsers wait for half of their time.
WORKERS ?= 3
LOCK_ARGS ?=

BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input --quiet
COMPILE := $(BIN)/uv pip compile pyproject.toml --universal --generate-hashes \
	--no-emit-index-url --custom-compile-command "make lock" --quiet $(LOCK_ARGS)

# The names carry what was installed and where, so a change of either installs again and nothing
# else does. The development packages contain the others: the two locks agree by construction.
key = $(shell { pwd; cat $(1) pyproject.toml; } | cksum | tr ' \t' '--')
RUN_READY := .venv/run-$(call key,requirements.lock)
DEV_READY := .venv/dev-$(call key,requirements-dev.lock)

# The pages: what web/ holds becomes magazie/http/static, which a wheel brings.
NODE := PYTHON=$(BIN)/python web/with-node
NPM := $(NODE) npm --prefix web
WEB_KEY := $(shell find web -name node_modules -prune -o -name .venv-node -prune -o -type f -print \
	| LC_ALL=C sort | xargs cat | cksum | tr ' \t' '--')
NODE_READY := web/node_modules/.ready-$(shell cat web/package.json web/package-lock.json \
	| cksum | tr ' \t' '--')
WEB_READY := magazie/http/static/.built-$(WEB_KEY)

.PHONY: run test test-web bench lint lint-python lint-web fmt lock clean web wheel api-types browser

run: $(RUN_READY) $(WEB_READY)
	@exec $(BIN)/magazie demo --port $(PORT)

test: lint browser $(WEB_READY) test-web
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder

test-web: $(NODE_READY)
	$(NPM) run --silent test

bench: $(DEV_READY)
	$(BIN)/python -m bench

lint: lint-python lint-web

lint-python: $(DEV_READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

lint-web: $(NODE_READY)
	$(NPM) run --silent check

fmt: $(DEV_READY) $(NODE_READY)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(NPM) run --silent fmt

web: $(WEB_READY)

# With the pages in it, so that where it is installed there need be no Node.
wheel: $(DEV_READY) $(WEB_READY)
	$(PIP) wheel --no-deps --no-build-isolation --wheel-dir dist .

# The pages' types of the API, after a change of the API.
api-types: $(DEV_READY) $(NODE_READY)
	$(BIN)/python -m tests.web.client_types

# Debian's Chromium, where there is none yet.
browser: $(DEV_READY)
	@$(BIN)/python -m tests.web.chromium

# Keeps the versions already locked; LOCK_ARGS=--upgrade takes the newest that are allowed.
lock: $(DEV_READY)
	$(COMPILE) --extra build --output-file requirements.lock
	$(COMPILE) --extra build --extra dev --constraints requirements.lock \
		--output-file requirements-dev.lock
	$(subst pyproject.toml,web/node.in,$(COMPILE)) --output-file web/node.lock
	$(NPM) install --package-lock-only
	$(NODE) node web/plain_lock.mjs

# Leaves var/, where the data is.
clean:
	rm -rf web/node_modules web/.venv-node magazie/http/static
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis *.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	@for python in "$(PYTHON)" python3.13 python3.12 python3.11; do \
		if $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
			echo "making .venv with $$($$python --version) ($$python)"; \
			$$python -m venv --clear .venv && exit 0; \
			rm -rf .venv; exit 1; \
		fi; \
	done; \
	echo "Magazie needs Python 3.11 or newer; '$(PYTHON)' is not, nor is there" \
		"python3.13, python3.12 or python3.11. Name one: make run PYTHON=/path/to/python3" >&2; \
	exit 1

$(RUN_READY): | $(BIN)/python
	@echo "installing what requirements.lock names"
	@rm -f .venv/run-*
	@$(PIP) install --require-hashes -r requirements.lock
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

$(DEV_READY): | $(BIN)/python
	@echo "installing what requirements-dev.lock names"
	@rm -f .venv/dev-* .venv/run-*
	@$(PIP) install --require-hashes -r requirements-dev.lock
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@ $(RUN_READY)

$(NODE_READY): | $(BIN)/python
	@echo "installing what web/package-lock.json names"
	@rm -f web/node_modules/.ready-*
	@$(NPM) ci --silent
	@touch $@

$(WEB_READY): $(NODE_READY)
	@echo "building the pages"
	@$(NPM) run --silent build -- --logLevel warn
	@touch $@
