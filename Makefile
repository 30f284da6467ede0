# `make demo` and `make test` on a clean clone; `make check` before every commit; `make bench` for figures.
SHELL := /bin/bash
.DEFAULT_GOAL := help
BIN := .venv/bin
# The superuser runs each process under its own account: prefer a Python that every account can reach.
PYTHON ?= $(shell for p in /usr/bin/python3 python3 python3.13 python3.12 python3.11; do \
	"$$p" -c 'import sys,venv,ensurepip; sys.exit(sys.version_info < (3,11))' 2>/dev/null && echo "$$p" && break; done)
UV = $(BIN)/uv pip install --quiet --python $(BIN)/python --verify-hashes --constraint requirements.lock
DEMO ?=
# compiled once: every later start of `oak`, and a demo has twenty, takes half the time
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help demo serve jupyter test check bench bench-linkage bench-disclosure bench-enclave lock docs system clean

help: ## What can be typed here
	@grep -E '^[a-z-]+:.*##' Makefile | sed -E 's/:[^#]*## /\t/' | expand -t 18

demo: .venv/platform assets system ## Run request 042 from enquiry to release, then serve http://localhost:8042
	@$(BIN)/oak demo $(DEMO)

jupyter: .venv/platform ## Add JupyterLab, for interactive sessions
	@$(UV) --editable '.[platform,jupyter]'

serve: .venv/platform assets system ## Serve the site with what is in var/
	@$(BIN)/oak serve

test: .venv/test assets system ## Every test
	@$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

check: .venv/test ## Style, types, layers, generated pages
	@$(BIN)/ruff check src tests bench
	@$(BIN)/ruff format --check src tests bench
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache
	@$(BIN)/oak docs --check

bench: .venv/test .venv-bench-disclosure/ready assets system ## Figures, printed with the machine
	@$(BIN)/python -m bench

bench-linkage: .venv/test .venv-bench/ready ## Linkage beside Splink 5, written into docs/benchmarks.md
	@$(BIN)/python -m bench.linkage --write docs/benchmarks.md
	@$(BIN)/python -m bench.linkage.weights --write docs/benchmarks.md
	@$(BIN)/python -m bench.linkage.arrivals --write docs/benchmarks.md
	@$(BIN)/python -m bench.linkage.growth --to 10m --write docs/benchmarks.md --chart docs/linkage/growth.svg

bench-disclosure: .venv/test .venv-bench-disclosure/ready ## Suppression, audit, evidence and ledger beside their peers
	@$(BIN)/python -m bench disclosure evidence ledger --write docs/benchmarks.md

bench-enclave: .venv/test assets system ## First cell, proxy, sandbox and idle sessions
	@$(BIN)/python -m bench enclave sandbox --write docs/benchmarks.md

docs: .venv/platform ## Write the generated reference pages anew
	@$(BIN)/oak docs

isolation: .venv/test assets system ## Try to get out of the sandbox and the session; write what came of it
	@ISOLATION_IS_WRITTEN=yes $(BIN)/python -m pytest -q tests/faults/test_sandbox_escapes.py tests/faults/test_colluding_projects.py \
		tests/journeys/test_browser_exits.py tests/journeys/test_session_in_pixels.py

lock: .venv/uv ## Resolve dependencies anew into requirements.lock
	@$(BIN)/uv pip compile --quiet pyproject.toml --all-extras --generate-hashes --universal \
		--no-emit-index-url --no-header --python-version 3.11 --output-file requirements.lock
	@$(BIN)/uv pip compile --quiet bench/requirements-linkage.in --generate-hashes --universal \
		--no-emit-index-url --no-header --python-version 3.11 --output-file bench/requirements-linkage.txt
	@$(BIN)/uv pip compile --quiet bench/requirements-disclosure.in --generate-hashes --universal \
		--no-emit-index-url --no-header --python-version 3.11 --output-file bench/requirements-disclosure.txt

system: ## What cannot come from PyPI: bubblewrap, Chromium
	@deploy/install-system-packages

.venv/uv: requirements.lock
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer with venv is needed: apt-get install python3-venv"; exit 1; }
	@$(PYTHON) -m venv .venv
	@awk '/^uv==/{p=1} /^[a-z]/&&!/^uv==/{p=0} p' requirements.lock > .venv/uv.requirements
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --requirement .venv/uv.requirements
	@touch $@

.venv/platform: .venv/uv pyproject.toml
	@$(UV) --editable '.[platform]'
	@touch $@

.venv/test: .venv/platform
	@$(UV) --editable '.[platform,jupyter,azure,test]'
	@touch $@

# the peers that linkage is measured beside, in an environment of their own: never shipped
.venv-bench/ready: bench/requirements-linkage.txt | .venv/uv
	@$(PYTHON) -m venv --without-pip --clear .venv-bench
	@$(BIN)/uv pip install --quiet --python .venv-bench/bin/python --require-hashes --requirement $<
	@touch $@

.venv-bench-disclosure/ready: bench/requirements-disclosure.txt | .venv/uv
	@$(PYTHON) -m venv --without-pip --clear .venv-bench-disclosure
	@$(BIN)/uv pip install --quiet --python .venv-bench-disclosure/bin/python --require-hashes --requirement $<
	@touch $@

.PHONY: assets
assets: src/charteroak/site/static/vendor/.built .venv/compiled ## Styles and scripts from npm, never committed
src/charteroak/site/static/vendor/.built: package-lock.json deploy/build-assets $(wildcard src/charteroak/*/locale/*/*/*.po) | .venv/platform
	@deploy/build-assets
	@touch $@

# what linkage and disclosure compile to machine code, left for this account: no first run waits for it
.venv/compiled: $(wildcard src/charteroak/linkage/*.py) src/charteroak/disclosure/pivots.py | .venv/platform
	@$(BIN)/python -m charteroak.linkage >/dev/null
	@$(BIN)/python -c 'from charteroak.disclosure.pivots import load; load()'
	@touch $@

clean: ## Remove what was built; var/ stays
	@rm -rf .venv node_modules src/charteroak/site/static/vendor .mypy_cache .ruff_cache .pytest_cache
