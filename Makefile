# make demo · make test · make bench · make install · make lint · make fmt · make lock · make elasticsearch
PYTHON ?= python3
PORT ?= 8000
ARGS ?=
RUN := .venv/bin/python

.DEFAULT_GOAL := help
.PHONY: help base install demo test bench lint fmt lock elasticsearch

help:
	@sed -n '1s/^# /Targets: /p' Makefile

base:
	@$(PYTHON) scripts/environment.py base

install:
	@$(PYTHON) scripts/environment.py dev

demo: base
	@PORT=$(PORT) $(RUN) scripts/demo.py

test: install
	@$(RUN) -m tests.services test $(ARGS)

bench: install
	@$(RUN) -m tests.services run -- $(RUN) -m tests.benchmarks $(ARGS)

lint: install
	@$(RUN) scripts/lint.py

fmt: install
	@$(RUN) -m ruff check --fix --exit-zero .
	@$(RUN) -m ruff format .

lock:
	@$(PYTHON) scripts/lock.py

elasticsearch:
	@$(PYTHON) -m tests.services elasticsearch
