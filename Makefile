# make demo | test | check | fix | docs | bench | golden | clean          ARGS="tests/tracks -x" narrows `make test`
.ONESHELL:
SHELL := /bin/sh
.SHELLFLAGS := -ec
.PHONY: demo test check fix docs bench golden clean debian

PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
V := .venv/bin
# Byte-compiling all of scipy and pyarrow takes longer than installing them; Python does it for what is really
# imported, also where the machine asks it not to: each of the many processes that the tests start would compile anew.
export PYTHONDONTWRITEBYTECODE :=
INSTALL := install --quiet --disable-pip-version-check --no-compile --no-warn-script-location
GROUP = $(V)/python -c 'import sys, tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["dependency-groups"][sys.argv[1]], sep="\n")'
TSC := .venv/types/node_modules/.bin/tsc
DEBIAN := gir1.2-gst-rtsp-server-1.0 python3-gi gstreamer1.0-plugins-base gstreamer1.0-plugins-good gstreamer1.0-plugins-ugly gstreamer1.0-libav \
	chromium fonts-dejavu-core mosquitto openjdk-17-jre-headless

demo: .venv/installed
	$(V)/kinesics demo

test: .venv/tested debian
	$(V)/python -m pytest $(or $(ARGS),-n 2 --dist loadgroup)

check: .venv/checked
	$(V)/ruff check
	$(V)/ruff format --check
	$(V)/mypy
	if ! command -v npm >/dev/null; then echo "make: npm was not found, so the types of the page are not checked" >&2
	elif [ -x $(TSC) ] || npm install --silent --no-save --prefix .venv/types typescript@5; then $(TSC) -p jsconfig.json
	else echo "make: TypeScript could not be fetched, so the types of the page are not checked" >&2; fi

fix: .venv/checked
	$(V)/ruff check --fix
	$(V)/ruff format

docs: .venv/installed
	$(V)/python docs/generate.py

bench: .venv/installed
	for what in start tracks run actions teach depth-render depth-train depth-label depth-track viewer; do $(V)/kinesics bench $$what --json; done

golden: .venv/tested
	KINESICS_GOLDEN=write $(V)/python -m pytest -q -k golden
	git --no-pager diff --stat -- tests/golden

clean:
	rm -rf .venv dist build kinesics-demo .pytest_cache .mypy_cache .ruff_cache .hypothesis

# ------------------------------------------------------------------------------------------------------------- what they need
.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "make: Python 3.11 or newer is needed and was not found; set PYTHON=/path/to/python3" >&2; exit 1; }
	# The pip at hand fills the environment: quicker than unpacking another, and Debian packs python3-venv apart.
	if $(PYTHON) -m pip --version >/dev/null 2>&1; then $(PYTHON) -m venv --clear --without-pip .venv
	elif ! $(PYTHON) -m venv --clear .venv >/dev/null 2>&1; then
		rm -rf .venv
		echo "make: $(PYTHON) has neither pip nor venv; run: apt-get install python3-pip python3-venv" >&2; exit 1
	fi

.venv/installed: .venv/bin/python pyproject.toml hatch_build.py src/kinesics/weights/manifest.toml
	@echo "installing into .venv"
	if $(V)/python -c 'import pip' 2>/dev/null; then pip="$(V)/python -m pip"; else pip="$(PYTHON) -m pip --python $(V)/python"; fi
	$$pip $(INSTALL) --editable . pip
	touch $@

.venv/tested: .venv/installed
	@echo "installing what the tests need"
	$(GROUP) test > .venv/test.txt
	$(V)/python -m pip $(INSTALL) --requirement .venv/test.txt
	# Training is tested where PyTorch lies in one of pip's wheel folders; elsewhere those tests are skipped, for it is large.
	if $(V)/python -m pip $(INSTALL) --no-index --no-deps 'torch>=2.4' 2>/dev/null; then $(V)/python -m pip $(INSTALL) --editable '.[train]'; fi
	touch $@

.venv/checked: .venv/tested
	@$(GROUP) check > .venv/check.txt
	$(V)/python -m pip $(INSTALL) --requirement .venv/check.txt
	touch $@

# The RTSP tests stream from a GStreamer server, the page is driven in Chromium, MQTT goes through a real broker, Spark
# runs on Java; where one of them cannot be installed its tests skip and say so.
debian:
	@missing=""
	for p in $(DEBIAN); do dpkg -s $$p >/dev/null 2>&1 || missing="$$missing $$p"; done
	if [ -z "$$missing" ]; then exit 0; fi
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
		export DEBIAN_FRONTEND=noninteractive
		echo "installing$$missing"
		{ apt-get install -qq -y --no-install-recommends $$missing || { apt-get update -qq && apt-get install -qq -y --no-install-recommends $$missing; }; } \
			>/dev/null 2>&1 || echo "could not install$$missing: some tests will be skipped" >&2
	else
		echo "missing$$missing: some tests will be skipped; as root: apt-get install$$missing" >&2
	fi
