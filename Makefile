# Everything installs itself: a virtual environment in .venv, from pyproject.toml.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
WHEEL_VENV := .venv-wheel
BENCH_VENV := .venv-bench

.PHONY: demo test lint types coverage wheel mutation bench docs clean

demo: $(VENV)/.demo
	$(BIN)/aide-am examples generaliste_annee_3 | $(BIN)/aide-am evaluate -

test: lint types coverage wheel
	@echo "Tout est vert."

$(VENV)/.demo: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e ".[cli,calendar]"
	touch $@

$(VENV)/.dev: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e ".[dev]"
	touch $@ $(VENV)/.demo

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

types: $(VENV)/.dev
	$(BIN)/mypy
	$(BIN)/mypy --strict tests/typing_api.py

# Branch coverage of the rules, the tables and the loading is 100 %, or the target fails.
coverage: $(VENV)/.dev
	$(BIN)/python -m pytest -n 2 -m "not many" --cov --cov-report=
	$(BIN)/python -m pytest -n 2 -m many -q
	$(BIN)/coverage report --include='*/aide_am/rules/*,*/aide_am/tables.py,*/aide_am/loading.py,*/aide_am/collective/loading.py,*/aide_am/costs/loading.py,*/aide_am/costs/directory_loading.py' --fail-under=100
	$(BIN)/coverage report --fail-under=98

# The same tests against the built wheel, in an environment of its own, away from the sources.
wheel: $(VENV)/.dev
	rm -rf dist $(WHEEL_VENV)
	$(BIN)/python -m build --quiet .
	$(PYTHON) -m venv $(WHEEL_VENV)
	$(WHEEL_VENV)/bin/python -m pip install --quiet --disable-pip-version-check "$$(ls dist/*.whl)[dev]"
	$(WHEEL_VENV)/bin/python -P -m pytest -n 2 -q -p no:cacheprovider

# Mutation testing of the rules and the tables; the score comes last. About an hour on two cores:
# `.venv/bin/python tests/mutation.py 600` draws a sample, with a fixed seed, in ten minutes.
mutation: $(VENV)/.dev
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e ".[dev,mutation]"
	$(BIN)/python tests/mutation.py

# The engines that tables are timed beside bring their own pins: an environment of their own.
$(BENCH_VENV)/.bench: pyproject.toml
	$(PYTHON) -m venv $(BENCH_VENV)
	$(BENCH_VENV)/bin/python -m pip install --quiet --disable-pip-version-check -e ".[bench]"
	touch $@

bench: $(VENV)/.dev $(BENCH_VENV)/.bench
	$(BIN)/python bench/single.py
	$(BIN)/python bench/importing.py
	$(BENCH_VENV)/bin/python bench/frames.py

docs: $(VENV)/.dev
	$(BIN)/python docs/generate.py
	$(BIN)/python notebooks/run.py

clean:
	rm -rf $(VENV) $(WHEEL_VENV) $(BENCH_VENV) dist build mutants .coverage .mypy_cache .pytest_cache .ruff_cache .hypothesis
