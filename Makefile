# make test   everything that a change has to pass; installs what it needs
# make lint   the quick part of it
# make demo   the guestbook, live on this very computer; make demo-stop ends it

PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin
# Practice servers share one bridge and the machine's memory; more workers than this only wait for each other.
WORKERS ?= 3

.PHONY: test lint demo demo-stop bench catalogs lock tools clean

test: $(VENV)/.ready tools
	$(BIN)/python -m pytest -n $(WORKERS) $(PYTEST)

lint: $(VENV)/.ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python tools/catalogs.py check

demo: $(VENV)/.ready
	$(BIN)/golive up examples/guestbook --to local --yes

# Its data goes as well: nothing of it stays.
demo-stop: $(VENV)/.ready
	$(BIN)/golive down examples/guestbook --to local --delete-data --yes

# In an environment of its own, with golive as users install it.
bench: tools
	bench/run

# Messages: collects them from the code, merges them into the catalogs, compiles these.
catalogs: $(VENV)/.ready
	$(BIN)/python tools/catalogs.py update

# New versions of everything that development uses; needs uv.
lock:
	uv pip compile pyproject.toml requirements/dev.in --group dev --universal --python-version 3.10 --upgrade \
	  --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --no-annotate -q -o requirements/dev.lock

# The practice servers' own tools, where they can be installed without asking.
tools: $(VENV)/.ready
	@tools/system $$($(BIN)/python -c "from golive.lab import APT_PACKAGES; print(*APT_PACKAGES)")

$(VENV)/.ready: requirements/dev.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements/dev.lock
	$(BIN)/python -m pip install -q --disable-pip-version-check --no-build-isolation --no-deps -e .
	touch $@

clean:
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
