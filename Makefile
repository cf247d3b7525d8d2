# The commands of the project; `make help` lists them. `make demo` and `make test` need nothing else first.
BIN := .venv/bin
PORT ?= 5000
WORKERS ?= 4
BROWSERS ?= 3
PYTEST := $(BIN)/pytest --dist loadfile --no-loadscope-reorder  # tests/conftest.py: the longest first
unexport PYTHONDONTWRITEBYTECODE  # it makes each process compile all libraries anew, seconds at each start

.DEFAULT_GOAL := help
.PHONY: help setup demo test check bench format format-check lint types imports templates tests-compiled migrations \
  strings wheel lock screenshots soak clean

help: ## list these commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sort | sed -E 's/:.*## /\t/' | expand -t 14

setup: .venv/.ready static/vendor/manifest.json ## make .venv and static/vendor

demo: setup ## start waia with SQLite and the simulator (PORT=5000)
	PORT=$(PORT) $(BIN)/waia demo

test: setup ## run all tests (args="-k name" narrows)
	$(PYTEST) -n $(WORKERS) --ignore tests/browser $(args) || [ $$? = 5 ]  # 5: args chose none
	$(PYTEST) -n $(BROWSERS) tests/browser $(args) || [ $$? = 5 ]  # not beside the kills

check: setup ## what CI runs
	$(MAKE) --jobs=2 types format-check lint imports templates tests-compiled
	$(MAKE) test

format: setup ## lay out the code
	$(BIN)/ruff check --quiet --fix-only .
	$(BIN)/ruff format .

format-check: setup
	$(BIN)/ruff format --check .

lint: setup
	$(BIN)/ruff check .

types: setup
	$(BIN)/mypy

imports: setup
	$(BIN)/lint-imports

templates: setup
	$(BIN)/djlint templates --lint --quiet

tests-compiled: setup  # by one process while types are checked, not by each worker of the tests at the same time
	@$(BIN)/pytest --collect-only -qq >.venv/collected || { tail -n 60 .venv/collected; exit 1; }

migrations: setup
	$(BIN)/pytest -q tests/migrations

strings: setup ## add new texts of code and templates to locale/*/waia.po
	$(BIN)/pybabel -q extract -F babel.cfg --no-location --sort-output --project waia -o .venv/waia.pot src templates
	$(BIN)/pybabel -q update -D waia -i .venv/waia.pot -d locale --no-fuzzy-matching --ignore-obsolete \
	  --ignore-pot-creation-date --no-wrap

wheel: setup ## build dist/*.whl, front end included
	rm -f dist/*.whl
	$(BIN)/hatchling build --target wheel

lock: .venv/.ready ## write requirements/*.txt anew (upgrade=1 takes newer releases) and package-lock.json
	sh tools/lock.sh $(upgrade)
	npm install --package-lock-only

bench: setup ## measure waia, about ten minutes: bench/results.json, docs/benchmark.md (parts="road pages" only shows)
	$(BIN)/python -m bench $(parts)

screenshots: setup ## take the README's pictures into docs/images (needs chromium)
	$(BIN)/python tools/screenshots.py

soak: setup ## long form of the fault suites, writes docs/reliability.md (share=0.1: a tenth)
	$(BIN)/python -m tests.crash.soak $(or $(share),1)

clean: ## remove everything that make setup and make wheel made
	rm -rf .venv .tools node_modules static/vendor dist

.venv/.ready: requirements/dev.txt requirements/uv.txt pyproject.toml tools/setup.sh
	sh tools/setup.sh python
	touch $@

static/vendor/manifest.json: package-lock.json static/icons.txt tools/vendor.py | .venv/.ready
	sh tools/setup.sh front-end
	touch $@
