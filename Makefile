# What a developer does, one word each. `make run` and `make test` start from a fresh checkout.

PYTHON ?= python3
PORT ?= 8080
WORKERS ?= 2
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

.PHONY: run test bench lint fmt lock clean

run: $(RUN_READY)
	@exec $(BIN)/magazie demo --port $(PORT)

test: lint
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile

bench: $(DEV_READY)
	$(BIN)/python -m bench

lint: $(DEV_READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

fmt: $(DEV_READY)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# Keeps the versions already locked; LOCK_ARGS=--upgrade takes the newest that are allowed.
lock: $(DEV_READY)
	$(COMPILE) --extra build --output-file requirements.lock
	$(COMPILE) --extra build --extra dev --constraints requirements.lock \
		--output-file requirements-dev.lock

# Leaves var/, where the data is.
clean:
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
