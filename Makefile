# byheart: bare `make` prints this list. Every target sets up what it needs, in .venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.PHONY: help demo demo-rate test test-full check format asan bench bench-text bench-judge bench-audit bench-rate others calibrate calibrate-audit calibrate-rate docs clean

help:  ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-15s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(VENV)/made: pyproject.toml setup.py src/byheart/_kernels.c $(wildcard src/byheart/_c/*.h) tools/setup.sh
	bash tools/setup.sh "$(PYTHON)" "$(VENV)"

demo: $(VENV)/made  ## learn real data by heart, sample it, judge and audit generators
	$(BIN)/python -m tools.demo

demo-rate: $(VENV)/made  ## a study on real images: MemGEN beside held-out ones, and a blurred generator (simulated raters)
	$(BIN)/python -m tools.demo_rate $(OPTIONS)

test: $(VENV)/made  ## every quick test, with and without the compiled kernel
	bash tools/system.sh
	$(BIN)/python -m pytest -n 2 -m "not full" --hypothesis-profile=ci

test-full: $(VENV)/made  ## the long simulations too
	bash tools/system.sh
	$(BIN)/python -m pytest -n 2

check: $(VENV)/made  ## ruff, mypy, the architecture, the documentation's examples
	$(BIN)/python -m ruff check .
	$(BIN)/python -m ruff format --check .
	$(BIN)/python -m mypy
	$(BIN)/python -m pytest -q -n 2 tests/test_architecture.py tests/test_docs.py

bench: $(VENV)/made  ## how fast: byheart beside its peers (20 minutes; OPTIONS="--quick --only W1")
	bash tools/bench/setup.sh $(BIN)/python .venv-bench
	.venv-bench/bin/python -m tools.bench $(OPTIONS)

bench-text: $(VENV)/made  ## how fast text is searched: byheart beside its peers (20 minutes; OPTIONS="--size 10")
	bash tools/bench/setup.sh $(BIN)/python .venv-bench-text tools/bench_text/peers.txt
	.venv-bench-text/bin/python -m tools.bench_text $(OPTIONS)

bench-judge: $(VENV)/made  ## how fast it judges: byheart beside its peers (30 minutes; OPTIONS="--only frechet")
	bash tools/bench/setup.sh $(BIN)/python .venv-bench-judge tools/bench_judge/peers.txt
	.venv-bench-judge/bin/python -m tools.bench_judge $(OPTIONS)

bench-audit: $(VENV)/made  ## how long an audit takes: byheart beside its peers (1 hour; OPTIONS="--only table", or "--rest")
	bash tools/bench/setup.sh $(BIN)/python .venv-bench-audit tools/bench_audit/peers.txt
	.venv-bench-audit/bin/python -m tools.bench_audit $(OPTIONS)

bench-rate: $(VENV)/made  ## how fast raters are served: byheart beside Potato (20 minutes; OPTIONS="--only crowds")
	bash tools/system.sh
	bash tools/bench/setup.sh $(BIN)/python .venv-bench-rate tools/bench_rate/peers.txt
	.venv-bench-rate/bin/python -m tools.bench_rate $(OPTIONS)

others: $(VENV)/made  ## what other packages get wrong about copies, beside byheart (10 minutes; OPTIONS="--only 'Features far from zero'")
	bash tools/others/setup.sh $(BIN)/python
	.venv-others/bin/python -m tools.others $(OPTIONS)

calibrate: $(VENV)/made  ## whether the judge's tests and intervals hold what they say: simulations (30 minutes)
	OPENBLAS_NUM_THREADS=1 $(BIN)/python -m tools.calibrate $(OPTIONS)  # a core for each process

calibrate-audit: $(VENV)/made  ## whether the audit names copies and no others: simulations (1 hour)
	OPENBLAS_NUM_THREADS=1 $(BIN)/python -m tools.calibrate_audit $(OPTIONS)

calibrate-rate: $(VENV)/made  ## whether a study's tests and intervals hold what they say: simulations (20 minutes)
	OPENBLAS_NUM_THREADS=1 $(BIN)/python -m tools.calibrate_rating $(OPTIONS)

asan: $(VENV)/made  ## the kernels with every access checked: hostile arguments find no byte out of bounds
	$(BIN)/python -m tools.asan

docs: $(VENV)/made  ## the documentation as a site, in site/
	$(BIN)/python -m pip install -q --group docs
	NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --strict

format: $(VENV)/made  ## put the code into its one format
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:  ## remove what the targets above made
	rm -rf $(VENV) .venv-tvae build dist src/*.egg-info src/byheart/*.so .pytest_cache .mypy_cache .ruff_cache .hypothesis site
