# Everything installs itself: a virtual environment in .venv, from pyproject.toml.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
WHEEL := build/wheel
BENCH_VENV := .venv-bench
# The tests that need a session of Spark share one process.
PARALLEL := -n 2 --dist loadgroup

.PHONY: demo check test test-thorough lint types suite wheel mutation bench docs clean

demo: $(VENV)/.demo
	$(BIN)/aide-am examples generaliste_annee_3 | $(BIN)/aide-am evaluate -

# What one runs while working, in less than 90 seconds: the law, and what changed, looked at less deeply.
LAW := texts eligibility amounts objectives modulation payments special_cases tables found_wrong golden rendering \
	option_history rise_under_p95 open_shares turning_65 life assistants termination collective fillers answers words \
	access_in_tables frames_bounds house
check: lint types
	AIDE_AM_DEPTH=check $(BIN)/python -m pytest $(PARALLEL) -q -m "not many" $(LAW:%=tests/test_%.py) $$($(BIN)/python tests/changed.py)

# The whole suite, once, on the built wheel, with its coverage there: what CI runs first.
test: lint types suite
	@echo "Tout est vert."

# More examples of every property, more rows, every kind of table: what CI runs next. The other tests would
# only say the same again.
test-thorough: wheel
	AIDE_AM_DEPTH=thorough $(ON_WHEEL) -m pytest $(PARALLEL) -q -p no:cacheprovider -m "hypothesis or many or deep"

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

# The wheel, built and installed away from the sources, seen before them.
ON_WHEEL = PYTHONPATH=$(CURDIR)/$(WHEEL) $(BIN)/python -P
wheel: $(VENV)/.dev
	rm -rf dist $(WHEEL)
	$(BIN)/python -m build --quiet --wheel .
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --target $(WHEEL) dist/*.whl
	$(ON_WHEEL) -c 'import aide_am; assert "$(WHEEL)" in aide_am.__file__, aide_am.__file__'

# Branch coverage of the rules, the tables and the loading is 100 %, or the target fails. The 200 000 rows run
# apart: the measure would slow them.
suite: wheel
	$(ON_WHEEL) -m pytest $(PARALLEL) -q -p no:cacheprovider -m "not many" --cov --cov-report=
	$(ON_WHEEL) -m pytest $(PARALLEL) -q -p no:cacheprovider -m many
	$(BIN)/coverage report --include='*/aide_am/rules/*,*/aide_am/tables.py,*/aide_am/loading.py,*/aide_am/collective/loading.py,*/aide_am/costs/loading.py,*/aide_am/costs/directory_loading.py' --fail-under=100
	$(BIN)/coverage report --fail-under=98

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
	rm -rf $(VENV) $(BENCH_VENV) dist build mutants .coverage .mypy_cache .pytest_cache .ruff_cache .hypothesis
