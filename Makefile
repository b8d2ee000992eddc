# Two commands do everything on a machine with Python >= 3.11, git and make:
#   make demo    set up, then watch twenty raw articles go through the pipeline
#   make watch   the same, and go on with a page in the browser
#   make test    set up, then run every check and test
.PHONY: demo watch test setup lint types audit-dependencies eval bench faults hostile fuzz compose-exercise schemas metrics requirements clean

VENV := .venv
PY := $(VENV)/bin/python
STAMP := $(VENV)/.installed
UV := $(shell command -v uv 2>/dev/null)

demo: setup
	$(VENV)/bin/copydesk demo

watch: setup
	$(VENV)/bin/copydesk demo --keep

test: setup lint types
	$(PY) -m pytest

setup: $(STAMP)

# uv where there is one, plain pip where not; both install exactly what the lock file names.
$(STAMP): pyproject.toml uv.lock requirements.txt
ifneq ($(UV),)
	$(UV) sync --frozen --quiet
else
	@python3 -c 'import sys; sys.exit("copydesk needs Python 3.11 or newer") if sys.version_info < (3, 11) else None'
	python3 -m venv $(VENV)
	$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	$(PY) -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
endif
	@touch $@

lint: setup
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .

types: setup
	$(VENV)/bin/mypy
	$(VENV)/bin/mypy tests benchmarks tools

# Every pinned package against the published advisories; fails where no advisory service can be reached.
audit-dependencies: setup
	$(PY) tools/audit_dependencies.py

# Quality against held-out truth; COPYDESK_EVAL_DATA names the folder of the data.
eval: setup
	$(PY) -m benchmarks.eval

# Throughput, latency and memory on a real broker; needs Java and Maven.
bench: setup
	$(PY) -m benchmarks.pipeline

# Everything around running workers broken on a real broker, and counted: about three quarters of an hour, QUICK=1 for a quarter. Needs
# Java and Maven; the clock's steps need the Debian package faketime, a full disk and a memory limit need root.
faults: setup
	$(PY) -m benchmarks.faults $(if $(QUICK),--quick,--write docs/reliability.md)

# A thousand hostile records through the real pool, then coverage-guided fuzzing; FUZZ_SECONDS is per target.
FUZZ_SECONDS := 60
hostile: setup
	$(PY) -m benchmarks.hostile --count 1000

fuzz: setup
	@$(PY) -c 'import atheris' || (echo 'make fuzz needs atheris: uv sync --group fuzz, or pip install "atheris>=3"'; exit 1)
	$(PY) -m benchmarks.fuzz --seconds $(FUZZ_SECONDS)

# The compose file with podman and stand-in images; needs root, podman, runc, debootstrap, Java and Maven. See docs/deploy.md.
compose-exercise: setup
	tools/compose_exercise/run.sh

schemas: setup
	$(VENV)/bin/copydesk schemas --write schemas/json
	$(PY) -m copydesk_schemas.export docs/data-dictionary.md
	$(PY) tools/build_watching.py

metrics: setup
	$(PY) tools/build_metrics_page.py

requirements:
	uv lock
	uv export --quiet --frozen --no-emit-project --no-header --output-file requirements.txt
	uv export --quiet --frozen --no-default-groups --no-emit-project --no-header --output-file deploy/requirements.txt

clean:
	rm -rf $(VENV) dist var .mypy_cache .ruff_cache .pytest_cache
