# Two commands matter: `make demo` runs the product, `make test` proves it. `make help` lists the rest.
PYTHON ?= python3
PORT   ?= 8000
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed

.PHONY: help journeys demo test install lint bench prove-gate prove-policy prove-state prove-race prove-canary prove-log foreign foreign-bulk prove-fhir bench-fhir prove-review prove-trouble register messages clean

help:            ## this list
	@grep -hE '^[a-z-]+: .*##|^[a-z-]+:  *##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## ?/|/' | awk -F'|' '{printf "  make %-12s %s\n", $$1, $$2}'

install: $(STAMP)  ## make the environment in .venv from the hashed lock file

$(STAMP): requirements.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	$(BIN)/python -m compileall -q unidossier tests
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

prove-log: install  ## tampering, rewriting, kills and aborted requests against the log; a foreign verifier
	@$(BIN)/python -m tests.prove_log

foreign:         ## lay the foreign clients of JavaScript (npm) into build/fhir-clients; tests without them are skipped
	@mkdir -p build/fhir-clients && cp tests/fhir/peers/js/package.json tests/fhir/peers/js/package-lock.json tests/fhir/peers/js/.npmrc build/fhir-clients/
	@cd build/fhir-clients && npm ci

foreign-bulk:    ## lay the foreign bulk client of Python beside them, for prove-fhir
	@$(PYTHON) -m venv build/fhir-clients/python
	@build/fhir-clients/python/bin/pip install --quiet --disable-pip-version-check --require-hashes -r tests/fhir/peers/python/requirements.lock

prove-fhir: install  ## the API met by foreign clients, every collected example there and back, the fuzzer (FUZZ=5000)
	@test -d "$${FHIR_CLIENTS:-build/fhir-clients}/node_modules/fhir-kit-client" || $(MAKE) foreign
	@test -x "$${SMART_FETCH:-build/fhir-clients/python/bin/smart-fetch}" || command -v smart-fetch >/dev/null || $(MAKE) foreign-bulk
	@$(BIN)/python -m tests.prove_fhir

bench-fhir: install  ## figures of the API against pgbench on the same statements; exit 1 when one falls short (ARGS=--quick)
	@$(BIN)/python -m bench.fhir $(ARGS)

prove-review: install  ## planted snoopers of a synthetic month (SNOOP_STAFF, SNOOP_DAYS, SNOOP_EACH, SNOOP_SEED): recall and false signals
	@$(BIN)/python -m tests.cases.prove

register: install  ## docs/register.md: rule, code, tests, screen
	@$(BIN)/python scripts/register.py

journeys: install  ## every browser test in all its languages; the suite takes them in turns
	@JOURNEYS=all $(BIN)/python -m tests.run tests/browser

prove-trouble: install  ## kills, full disks, cut fillings, another PostgreSQL: the long form
	@$(BIN)/python -m tests.trouble

messages: install  ## gather texts for translation and compile them
	@$(BIN)/python scripts/messages.py

clean:           ## remove the environment (never the data)
	rm -rf $(VENV)
