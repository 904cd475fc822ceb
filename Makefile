# Everything a developer or CI runs. `make help` lists it.
SHELL := /bin/sh
PYTHON ?= python3
BIN := .venv/bin
SOURCES := functions layers infra local tests bench app.py

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help install demo obtainable controlplane test synth kubeconfig lint bench mutants docs lock clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

install:
	@command -v $(PYTHON) >/dev/null 2>&1 || { \
	  echo "Pitcrew needs Python 3.11 or newer, and this machine has no '$(PYTHON)' on its PATH."; exit 1; }
	@$(PYTHON) local/install.py

demo: install ## deploy to a local stand-in for AWS and play the story (KEEP=1 leaves it running)
	@$(BIN)/python -m local.demo $(if $(KEEP),--keep)

# Before anything else runs. What is wrong with the Python itself, `install` says.
obtainable:
	@! $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 8))' 2>/dev/null || \
	  $(PYTHON) -m local.controlplane.build --check

controlplane:
	@$(BIN)/python -m local.controlplane.build

# tests/cluster mostly waits for controllers: so it runs beside the rest, and shows what it wrote at the end.
test: obtainable install controlplane lint ## everything a change must pass
	@mkdir -p .cache
	@COVERAGE_FILE=.cache/coverage.cluster $(BIN)/python -m pytest --cov --cov-report= --cov-fail-under=0 tests/cluster \
	  >.cache/cluster.log 2>&1 & beside=$$!; trap 'kill $$beside 2>/dev/null' EXIT; trap 'exit 130' INT TERM; \
	COVERAGE_FILE=.cache/coverage.rest $(BIN)/python -m pytest --cov --cov-report= --cov-fail-under=0 --ignore=tests/cluster; \
	rest=$$?; wait $$beside; cluster=$$?; trap - EXIT; cat .cache/cluster.log; exit $$((rest + cluster))
	@$(BIN)/coverage combine --quiet .cache/coverage.cluster .cache/coverage.rest
	@$(BIN)/coverage report
	@$(BIN)/coverage report --include='functions/*/decision/*,functions/*/events.py' --fail-under=100 --format=total >/dev/null || { \
	  echo "decision and events must be covered to 100 %, branches too"; exit 1; }

synth: install ## write the CloudFormation template to cdk.out/
	@$(BIN)/python -m local.environment npx cdk synth --quiet

kubeconfig: ## print what to register for a cluster: CLUSTER=<context of kubectl> (docs/kubernetes-access.md)
	@$(PYTHON) local/kubeconfig.py '$(CLUSTER)' '$(SERVER)'

lint: install ## formatting, lint, types, import contracts
	@$(BIN)/ruff format --check $(SOURCES)
	@$(BIN)/ruff check $(SOURCES)
	@$(BIN)/mypy
	@PYTHONPATH=layers/pitcrew/python:layers/kubernetes/python $(BIN)/lint-imports --no-logo

bench: install ## measure, and write docs/performance.md
	@$(BIN)/python -m bench

mutants: install ## plant mutants in a decision, and name those that its tests let live
	@$(BIN)/python -m tests.mutation

docs: install ## write the generated parts of docs/ anew
	@$(BIN)/python -m local.reference

lock: install ## compile the hashed locks anew
	@for pins in requirements/uv requirements/dev requirements/mutants layers/powertools/requirements layers/kubernetes/requirements \
	  bench/requirements/boto3 bench/requirements/lightkube bench/requirements/official; do \
	  $(BIN)/uv pip compile --quiet --system-certs --universal --generate-hashes --no-emit-index-url --python-version 3.11 \
	    --custom-compile-command "make lock" $$pins.in --output-file $$pins.txt || exit 1; done
	@npm install --package-lock-only --no-audit --no-fund --silent

clean: ## remove everything that was installed or built
	@rm -rf .venv node_modules cdk.out .cache .coverage .hypothesis .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
	@find . -name __pycache__ -prune -exec rm -rf {} +
