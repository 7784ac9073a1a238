# What people type. Needs nothing but make and Python 3.11 or newer; everything else goes into .venv.

VENV := .venv
BIN := $(VENV)/bin
PYTHONS := python3.13 python3.12 python3.11 python3 python
TEST_WORKERS ?= 2
PYTEST_ARGS ?=
DEMO_ARGS ?=
BENCH_ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help run demo test check bench fmt messages clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: $(VENV)/.runtime ## Start everything: database, web, worker, beat and sandbox, with demo data (Ctrl-C stops)
	@UNIPAY_SANDBOX=$${UNIPAY_SANDBOX:-1} $(BIN)/python manage.py run

demo: $(VENV)/.runtime ## Drive the whole story through the running `make run`, and print what happened
	@UNIPAY_SANDBOX=1 $(BIN)/python manage.py demo $(DEMO_ARGS)

test: $(VENV)/.development ## Run the tests (PYTEST_ARGS="-k signing", TEST_WORKERS=4)
	$(BIN)/python -m pytest -n $(TEST_WORKERS) --dist loadgroup $(PYTEST_ARGS)

check: $(VENV)/.development ## Everything a commit must pass: format, lint, templates, types, imports, migrations, deployment, tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/djlint --check --lint --quiet templates
	UNIPAY_SANDBOX=1 $(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/python manage.py makemigrations --check --dry-run
	@# What a production start would be asked, with values like a production's and nothing behind them.
	env $$(grep -v '^#' .ci/production.env) $(BIN)/python manage.py check --deploy --fail-level WARNING
	@$(MAKE) --no-print-directory test

bench: $(VENV)/.development ## Measure us beside bare Django and PostgreSQL
	@$(BIN)/python -m tests.benchmarks $(BENCH_ARGS)

fmt: $(VENV)/.development ## Format the code and the templates
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format .
	-$(BIN)/djlint --reformat --quiet templates

messages: $(VENV)/.development ## Collect the texts to translate and compile the translations (needs gettext)
	$(BIN)/python manage.py makemessages --locale zh_Hans --no-location --no-wrap --no-obsolete --ignore tests --ignore var --ignore locale
	$(BIN)/python manage.py compilemessages --ignore '$(VENV)'

clean: ## Remove the environment and all data of this machine (var)
	rm -rf $(VENV) var .pytest_cache .ruff_cache .mypy_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The stamps say what is installed: a later start finds them newer than the requirements and goes straight on.
$(VENV)/.development: tests/requirements.txt $(VENV)/.runtime
	@echo "Installing the development tools into $(VENV) …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r tests/requirements.txt
	@touch $@

$(VENV)/.runtime: requirements.txt $(VENV)/.made
	@echo "Installing what Unipay runs on into $(VENV) …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

$(VENV)/.made:
	@python=$$(for python in $(PYTHON) $(PYTHONS); do \
	  "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$python" && break; done); \
	if [ -z "$$python" ]; then \
	  echo "Unipay needs Python 3.11 or newer and found $$(python3 --version 2>/dev/null || echo none): install it, or name it with make PYTHON=/path/to/python." >&2; exit 1; fi; \
	"$$python" -c 'import ensurepip, venv' 2>/dev/null || { \
	  echo "$$python cannot make virtual environments: install its venv package (Debian: apt-get install python3-venv)." >&2; exit 1; }; \
	echo "Making the environment $(VENV) with $$("$$python" --version) …"; \
	"$$python" -m venv $(VENV)
	@touch $@
