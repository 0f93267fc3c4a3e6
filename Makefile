# Two commands matter: `make demo` runs the product, `make test` proves it. `make help` lists the rest.
PYTHON ?= python3
PORT   ?= 8000
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed

.PHONY: help demo test install lint bench prove-gate prove-policy prove-state prove-race prove-canary prove-trouble register messages clean

help:            ## this list
	@grep -hE '^[a-z-]+: .*##|^[a-z-]+:  *##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## ?/|/' | awk -F'|' '{printf "  make %-12s %s\n", $$1, $$2}'

install: $(STAMP)  ## make the environment in .venv from the hashed lock file

$(STAMP): requirements.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $(STAMP)

demo: install    ## run everything with fictional people (PORT=8000, PATIENTS=120)
	@$(BIN)/unidossier demo --port $(PORT) $(if $(PATIENTS),--patients $(PATIENTS))

test: install    ## the whole suite, browser included
	@$(BIN)/python -m tests.run

lint: install    ## style and import contracts alone
	$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/lint-imports

bench: install   ## measure, print a table, write bench/out/*.json
	@$(BIN)/python -m bench

prove-gate: install  ## attacks, catalogue lint and the complete comparison
	@$(BIN)/python -m tests.prove_gate

prove-policy: install  ## SQL and oracle on every combination, invariants, mutants of the decision and of its facts
	@$(BIN)/python -m tests.prove_policy $(STEPS)

prove-state: install  ## a walk of STEPS (1000000) changes and questions against the model of the rulebook
	@$(BIN)/python -m tests.state.prove $(or $(STEPS),1000000) $(SEED)

prove-race: install  ## rights taken away against reads of several connections; 40 clients over 2 connections
	@$(BIN)/python -m tests.prove_race

prove-canary: install  ## every route as everybody: no byte of what must not show; refusal equals absence
	@$(BIN)/python -m tests.canary

register: install  ## docs/register.md: rule, code, tests, screen
	@$(BIN)/python scripts/register.py

prove-trouble: install  ## kills, full disks, cut fillings, another PostgreSQL: the long form
	@$(BIN)/python -m tests.trouble

messages: install  ## gather texts for translation and compile them
	@$(BIN)/python scripts/messages.py

clean:           ## remove the environment (never the data)
	rm -rf $(VENV)
