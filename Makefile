# Every target sets up what it needs in .venv, and does that only once.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin

.PHONY: demo notebooks test test-all coverage lint bench pictures generated site serve test-site clean
.DEFAULT_GOAL := demo

# make demo OPEN= writes the page and opens nothing.
OPEN := --open

demo: .venv/.demo
	$(BIN)/python -m nn weight-height --every 100 --step backprop.html --film training.html $(OPEN)

notebooks: .venv/.notebooks
	$(BIN)/jupyter lab notebooks

# A test that hangs fails after ten minutes, and says where it stands; the longest takes one.
PYTEST := $(BIN)/python -W error -m pytest -n auto --dist worksteal --timeout 600
MEASURED := --cov=autograd --cov=nn

# What takes long is left out; make test-all leaves out nothing, and measures which lines and branches are run.
test: .venv/.test
	$(PYTEST) -m "not slow" $(ARGS)

# What runs on JAX is tested where that is installed: here.
test-all: .venv/.test .venv/.jax
	$(PYTEST) $(if $(ARGS),$(ARGS),$(MEASURED))

# The same measure without what takes long: fewer lines are run.
coverage: .venv/.test .venv/.jax
	$(PYTEST) -m "not slow" $(MEASURED) $(ARGS)

lint: .venv/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: .venv/.bench
	$(BIN)/python -m tests.bench

# The pictures that the README shows.
pictures: .venv/.test
	$(BIN)/python -m nn weight-height --fixed-start --epochs 1 --draw docs/network.svg
	$(BIN)/python -m tests.making.screenshots

# What follows from the calculus table, after a row was added or changed.
generated: .venv/.test
	$(BIN)/python -m tests.making.functions
	$(BIN)/python -m tests.making.edges

# The site, in public/. make site ONE_FILE=1 adds the playground as one file that opens from a folder.
site: .venv/.site
	$(BIN)/python -m web $(if $(ONE_FILE),--one-file)

serve: .venv/.site
	$(BIN)/python -m web --serve

# The site as it was built, in Chromium, with nothing let out.
test-site: .venv/.site .venv/.test
	STEPGRAD_SITE=public $(BIN)/python -W error -m pytest tests/site $(ARGS)

clean:
	rm -rf .venv build public

$(BIN)/python:
	$(PYTHON) -c "import sys; sys.exit(sys.version_info < (3, 11) and 'stepgrad needs Python 3.11 or newer; name one: make PYTHON=python3.12')"
	$(PYTHON) -m venv .venv

.venv/.demo: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[pictures]"
	touch $@

.venv/.notebooks .venv/.test .venv/.jax .venv/.dev .venv/.bench .venv/.site: .venv/.%: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[$*]"
	touch $@
