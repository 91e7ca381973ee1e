# Two commands are the whole set-up: `make run` and `make test`.
.PHONY: run test test-postgresql lint types unit messages lock clean

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

run: $(VENV)/.installed
	@$(BIN)/stream init
	@exec $(BIN)/stream serve

test: $(VENV)/.installed-dev .tools/.installed
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/pytest -n 2 --dist loadfile

# The same web tests on a PostgreSQL server, such as postgresql+psycopg://postgres@127.0.0.1:5432
test-postgresql: $(VENV)/.installed-dev
	@test -n "$(STREAM_TEST_POSTGRESQL)" || { echo "set STREAM_TEST_POSTGRESQL to the address of a server"; exit 1; }
	@$(BIN)/pytest -n 4 --ignore tests/e2e tests

$(VENV)/bin/python:
	@sh scripts/need python3-venv "$(PYTHON) -c 'import ensurepip, venv'"
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: requirements.txt pyproject.toml | $(VENV)/bin/python
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.installed-dev: requirements-dev.txt $(VENV)/.installed
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements-dev.txt
	@touch $@

# What only the browser tests need: Chromium, and the HTML and accessibility checkers.
.tools/.installed: tests/tools/package-lock.json
	@sh scripts/need chromium "command -v chromium"
	@sh scripts/need default-jre-headless "command -v java"
	@sh scripts/need npm "command -v npm"
	@mkdir -p .tools && cp tests/tools/package.json tests/tools/package-lock.json .tools/
	cd .tools && npm ci --silent --no-audit --no-fund
	@touch $@

messages: $(VENV)/.installed-dev
	$(BIN)/python scripts/messages.py

lock:
	uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --no-annotate pyproject.toml --group build -o requirements.txt
	uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --no-annotate pyproject.toml --group build --group dev -o requirements-dev.txt

clean:
	rm -rf $(VENV) .tools .hypothesis .mypy_cache .pytest_cache .ruff_cache build dist *.egg-info
