# Hài Lòng — every task is one command on a fresh machine.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready

.PHONY: help demo run test quick check format bench gallery runbook workbook soak fresh guides lock clean packages packages-test release-key image image-test container-test system-terminal system-test system-bench system-fresh system-packages system-image system-container
help:  ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | expand -t 12

demo: $(READY) system-terminal  ## the whole path once: kiosk, agent, centre; pictures under build/demo/
	$(BIN)/python -m tests.support.demo

run: $(READY) system-terminal  ## an invented province, left running: touch the terminal, see it on the page (Ctrl-C ends it)
	$(BIN)/python -m tests.support.province

# Much of a test's time is waiting for processes and screens, so three run side by side, a file each.
test: $(READY) system-test  ## all tests
	$(BIN)/pytest -n 3 --dist loadfile --no-loadscope-reorder

quick: $(READY)  ## unit tests and flows that need no window, no server and no other program
	$(BIN)/pytest -n 2 --dist worksteal -m "not screen and not programs and not root" tests/unit tests/flows

check: $(READY)  ## lint, types, import rules, known holes: what CI calls next to the tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m tests.support.advisories

format: $(READY)  ## put the code in order
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(READY) system-bench  ## speed beside a peer: make bench NAME=outbox (see tests/bench/)
	$(BIN)/python -m tests.bench $(NAME)

gallery: $(READY) system-terminal  ## every screen as a picture under build/gallery/
	$(BIN)/python -m tests.support.gallery

runbook: $(READY) system-test  ## deploy/so-tay/ for the printer, one A4 a case: build/so-tay/so-tay.pdf
	$(BIN)/python -m tests.support.runbook

workbook: $(READY)  ## assets/excel/hailong.xlsx anew from its queries in hailong.m
	$(BIN)/python -m tests.support.workbook

MINUTES ?= 30
soak: $(READY) system-terminal  ## thousands of visits in a row, then random hands: make soak MINUTES=5
	$(BIN)/python -m tests.support.soak
	$(BIN)/python -m tests.support.random_hands --minutes $(MINUTES)

fresh: $(READY) system-fresh  ## make demo on an empty Debian 12 and 13 (as root): make fresh SUITE=bookworm
	$(BIN)/python -m tests.support.fresh $(SUITE)

packages: $(READY) system-packages  ## build/packages/: what a machine is given, made of the last commit; KEY=… signs
	$(BIN)/python -m deploy.packaging $(if $(KEY),--key $(KEY))

release-key: $(READY)  ## a publisher's key, which signs updates of terminals: make release-key KEY=…
	$(BIN)/python -m sync.central releases key $(KEY)

packages-test: $(READY) system-packages system-fresh  ## packages on an empty, running Debian, from install to purge (as root)
	$(BIN)/python -m tests.support.packages $(SUITE)

image: $(READY) system-packages system-image  ## build/image/: a disk image of the terminal, for an SSD or a card (as root): KEYS=file for SSH
	$(BIN)/python -m deploy.packaging --suite trixie --arch amd64 --part kiosk
	$(BIN)/python -m deploy.image $(if $(KEYS),--ssh-key $(KEYS))

CUTS ?= 50
image-test: $(READY) system-image  ## the image on an emulated machine: touched, and unplugged at random (as root): make image-test CUTS=5
	$(BIN)/python -m tests.support.image_story --cuts $(CUTS)

container-test: $(READY) system-fresh system-container  ## the container file built, set up and asked after its health (as root)
	$(BIN)/python -m tests.support.container

guides: packages system-fresh  ## deploy/README.md word by word on an empty, running Debian (as root)
	$(BIN)/python -m tests.support.guides $(SUITE)

system-terminal:
	@deploy/system-packages.sh terminal
system-test:
	@deploy/system-packages.sh test
system-bench:
	@deploy/system-packages.sh bench
system-fresh:
	@deploy/system-packages.sh fresh
system-packages:
	@deploy/system-packages.sh packages
system-image:
	@deploy/system-packages.sh image
system-container:
	@deploy/system-packages.sh container

$(READY): requirements.lock pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	$(BIN)/python -m compileall -q kiosk sync .venv/lib/python3*/site-packages/kivy
	@touch $@

# One resolution for everything, then a part of it for each machine that is installed by its own lock.
LOCK := uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header --no-annotate \
	--python-version 3.11 pyproject.toml
lock:  ## choose versions for requirements.lock and requirements/*.lock (needs uv)
	$(LOCK) --all-extras -o requirements.lock
	for extra in kiosk central pull parquet xlsform; do \
	    $(LOCK) --extra $$extra --extra build -c requirements.lock -o requirements/$$extra.lock || exit 1; \
	done

clean:  ## forget everything that was built
	rm -rf .venv build
