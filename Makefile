# The developer's commands. `make` alone lists them.

PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python

# What is installed is named in the stamp, so that a changed requirements file is installed and an unchanged one costs nothing.
RUNTIME := $(VENV)/.runtime-$(shell git hash-object requirements.txt)
DEV := $(VENV)/.dev-$(shell git hash-object requirements-dev.txt)
INSTALL := $(PY) -m pip install --quiet --disable-pip-version-check --require-hashes --requirement

.DEFAULT_GOAL := help
.PHONY: help run reset test test-fast coverage bench stack check fix screenshots migrations messages lock audit backup restore

help:  ## List these commands
	@sed -n 's/^\([a-z-]*\):.*##\(.*\)/  make \1\t\2/p' Makefile | expand -t 20

run: export CPOR_EMBEDDED = 1
run: $(RUNTIME)  ## Start the portal on this computer; PORT (8000) and CPOR_VAR (var) choose where
	@$(PY) manage.py run_portal

reset:  ## Forget everything the portal on this computer has stored
	@folder="$${CPOR_VAR:-var}"; [ ! -d "$$folder" ] || [ -f "$$folder/portal.sqlite3" ] \
	  || { echo "$$folder does not look like a folder of the portal: nothing removed."; exit 1; }; \
	if [ ! -e "$$folder/running" ]; then rm -rf "$$folder"; \
	else flock --nonblock "$$folder/running" rm -rf "$$folder" \
	  || { echo "The portal at $$(cat "$$folder/running") runs with $$folder. Stop it first: nothing removed."; exit 1; }; fi

test: $(DEV)  ## Run all tests, on every engine that answers
	@bin/test

test-fast: $(DEV)  ## Run the tests of one module in seconds, or all that need no browser: make test-fast ARGS="-k submit"
	@bin/test-fast $(ARGS)

bench: $(DEV)  ## Measure the portal beside bare floors on PostgreSQL, and write docs/benchmarks.md: make bench SIZE=small
	$(PY) -m bench --size $(or $(SIZE),full)

coverage: export COVERAGE = 1
coverage: $(DEV)  ## Run all tests and say which lines none of them reaches; takes twice as long
	@bin/test

check: $(DEV)  ## Check style, types, layers, templates, migrations and deployment; changes no file
	@bin/check

fix: $(DEV)  ## Format the code and correct what can be corrected by itself
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .

screenshots: $(DEV)  ## Take a picture of every page, in both languages, themes and widths, into docs/screenshots
	$(PY) bin/screenshots.py

migrations: export CPOR_EMBEDDED = 1
migrations: $(DEV)  ## Write the migration of a model change: make migrations APP=associations NAME=add_region
	$(PY) manage.py makemigrations $(APP) $(if $(NAME),--name $(NAME))

stack: $(DEV)  ## Run what docker compose would, on PostgreSQL, Redis and clamd of this machine; state in STACK_VAR (var/stack)
	@bin/stack

backup: $(RUNTIME)  ## Write database and files to one tar: make backup FILE=portal.tar
	@$(PY) manage.py backup $(or $(FILE),$(error Say where to: make $@ FILE=portal.tar))

restore: $(RUNTIME)  ## Put such a tar into an empty database: make restore FILE=portal.tar
	@$(PY) manage.py restore $(or $(FILE),$(error Say where from: make $@ FILE=portal.tar))

messages: export CPOR_EMBEDDED = 1
messages: $(DEV)  ## Collect the texts to translate (needs GNU gettext) and compile the translations
	$(PY) manage.py makemessages --exclude libraries --no-wrap --add-location file \
	  --ignore 'node_modules/*' --ignore 'static*/*' --ignore 'tests/*' --ignore 'var/*'
	$(PY) bin/messages.py

# Extras stay in the pins: pip 23 takes a dependency such as coverage[toml] for unpinned once a newer coverage is out.
lock: $(DEV)  ## Pin the newest versions that requirements*.in allow
	for name in requirements requirements-dev; do \
	  $(PY) -m uv pip compile --quiet --upgrade --universal --no-strip-extras \
	    --python-version 3.11 --generate-hashes $$name.in -o $$name.txt || exit 1; \
	done

audit: $(DEV)  ## Look up known vulnerabilities of what is pinned; needs PyPI
	@$(PY) -m pip_audit --strict --disable-pip --require-hashes --progress-spinner off --requirement requirements-dev.txt || \
	  { echo "make audit: failed. Where no vulnerability is listed above, PyPI could not be asked: nothing is known then."; exit 1; }

$(VENV)/.made:
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed." if sys.version_info < (3, 11) else 0)'
	@$(PYTHON) -m venv $(VENV)
	@touch $@

$(RUNTIME): | $(VENV)/.made
	@echo "Installing the requirements (once)"
	@$(INSTALL) requirements.txt
	@rm -f $(VENV)/.runtime-* && touch $@

$(DEV): | $(VENV)/.made
	@echo "Installing the requirements of tests and checks (once)"
	@$(INSTALL) requirements-dev.txt
	@rm -f $(VENV)/.dev-* $(VENV)/.runtime-* && touch $@ $(RUNTIME)
