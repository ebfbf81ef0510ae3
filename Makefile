# Every habit of the project, one line each. `make help` lists them.
.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
DEBIAN := chromium php-cli fonts-wqy-zenhei fontconfig

help: ## list what make can do
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1|/' | awk -F'|' '{printf "  make %-8s %s\n", $$1, $$2}'

setup: $(READY) ## make .venv with everything in requirements.lock (again only when it changed)

$(READY): requirements.lock pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==0.13.9 2>/dev/null \
		|| $(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	$(BIN)/uv pip install --quiet --python $(BIN)/python -r requirements.lock
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e .
	@touch $(READY)

run: setup ## start a living demo on the embedded store: http://127.0.0.1:8017
	@$(BIN)/trackway demo

test: setup system ## run every test (SQLite, PostgreSQL, browser, real servers)
	$(BIN)/python -m pytest

system: ## install what the tests need from Debian, where this is Debian and we may (chromium, php)
	@if command -v chromium >/dev/null && command -v php >/dev/null && fc-list :lang=zh 2>/dev/null | grep -q .; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		echo "installing $(DEBIAN)" && apt-get -qq update && \
		DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends $(DEBIAN) >/dev/null \
		|| echo "NOT INSTALLED: $(DEBIAN); the tests that need them are skipped"; \
	else echo "NOT INSTALLED: $(DEBIAN); the tests that need them are skipped"; fi

check: setup ## lint, format, types, layers
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

fix: setup ## mend what a tool can mend
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: setup ## measure: prints ratios, takes minutes
	$(BIN)/python -m bench

screens: setup system ## take a picture of each page anew, into docs/screens
	$(BIN)/python -m tests.browser.screens

lock: setup ## resolve requirements.lock again from pyproject.toml
	$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --all-extras --no-header --no-annotate --no-emit-index-url pyproject.toml -o requirements.lock

clean: ## remove what setup and the tools made
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

.PHONY: help setup system run test check fix bench screens lock clean
