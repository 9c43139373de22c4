# Everything in two commands, on a machine with Python 3.11 or later, git and make:
#   make demo    a project is born, a user signs in, and reads who they are
#   make test    all tests; WEFORGE_STRICT=1 lets nothing be skipped

PYTHON ?= python3
VENV := .venv
READY := $(VENV)/.ready
ARGS ?=

.PHONY: demo test check clean

demo: $(READY)
	$(VENV)/bin/weforge demo $(ARGS)

test: $(READY)
	$(VENV)/bin/python -m pytest $(ARGS)

check: $(READY)
	$(VENV)/bin/ruff check
	$(VENV)/bin/ruff format --check
	$(VENV)/bin/mypy

clean:
	rm -rf $(VENV)

$(READY): pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(VENV)/bin/python -m pip install --quiet --editable '.[dev]'
	touch $@
