# Kingpost. `make help` lists what there is; every target is safe to run twice.
PREFIX ?= /usr/local
DESTDIR ?=
PORT ?= 8080
BINARY := build/release/kingpost
VERSION = $(shell sed -n 's/^project(kingpost VERSION \([0-9.]*\).*/\1/p' CMakeLists.txt)

.PHONY: help run build test verify nightly bench install uninstall release dev format tidy reference clean

help: ## This list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' Makefile

run: build ## Install what is missing, build, design the shop, fill a database, serve it (PORT=8080)
	@PORT=$(PORT) scripts/run

build: ## Build the release binary build/release/kingpost
	@scripts/setup build
	@scripts/build release kingpost -- -DKINGPOST_TESTS=OFF

test: ## Install what is missing, build and run all tests
	@scripts/setup build test
	@scripts/test

verify: ## Sanitizers, lint of what changed, half a minute of each fuzz target, kill drills
	@scripts/setup build test verify
	@scripts/verify

nightly: ## Everything long: lint of everything, an hour of fuzzing, 100 kill rounds
	@scripts/setup build test verify
	@scripts/verify --nightly

bench: ## Figures of this machine, with flags and commands
	@scripts/setup build bench
	@scripts/bench

install: build ## Install the binary and the examples (PREFIX=/usr/local, DESTDIR=)
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/kingpost $(DESTDIR)$(PREFIX)/share/doc/kingpost
	install -m 755 -s $(BINARY) $(DESTDIR)$(PREFIX)/bin/kingpost
	cp -R examples $(DESTDIR)$(PREFIX)/share/kingpost/
	install -m 644 README.md CHANGELOG.md $(DESTDIR)$(PREFIX)/share/doc/kingpost/

uninstall: ## Remove what install put there
	rm -rf $(DESTDIR)$(PREFIX)/bin/kingpost $(DESTDIR)$(PREFIX)/share/kingpost $(DESTDIR)$(PREFIX)/share/doc/kingpost

release: ## out/release/kingpost-VERSION-linux-ARCH.tar.gz with its checksum
	@scripts/release $(VERSION)

dev: ## Build everything with assertions, for debugging
	@scripts/setup build test
	@scripts/build dev all

format: ## Format every source
	@scripts/setup verify
	@git ls-files -co --exclude-standard 'src/*.[ch]pp' 'tests/*.[ch]pp' 'bench/*.[ch]pp' | xargs -r clang-format-16 -i

tidy: ## Lint every source (clang-tidy)
	@scripts/setup build test verify
	@scripts/tidy --all

reference: build ## Rewrite docs/reference from the binary
	@scripts/reference

clean: ## Remove build and output trees
	rm -rf build out
