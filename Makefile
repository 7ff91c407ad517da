# Needs Node 20.19 or newer, npm, make and git; every target installs and builds what it needs.

BIN := node_modules/.bin
INSTALLED := node_modules/.package-lock.json
BUILT := dist/index.js
TARBALL := .tmp/authsignal-ts.tgz
RUNTIMES := .runtimes/node_modules/.package-lock.json
CONSUMERS := .consumers/node_modules/.package-lock.json
FIELD := .field/node_modules/.package-lock.json
FIELD_24 := .field/24/node_modules/.package-lock.json
FIELD_NEXT := $(patsubst %,.field/next-%/node_modules/.package-lock.json,14 15 16)
SOURCES := $(shell find src generated -type f)

# More arguments for the test runner and the emulator, e.g. `make test ARGS="--project unit webhook"`.
ARGS :=

export REDOCLY_TELEMETRY := off
export REDOCLY_SUPPRESS_UPDATE_NOTICE := true

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup generate docs check test faults faults-peers soak mutants contract demo emulator screenshots bench mock build package size runtimes consumers field diff api-report

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

setup: $(INSTALLED) ## Install the packages of package-lock.json

generate: setup ## Write generated/ and api.md from openapi/*.yaml, package.json and src/
	$(BIN)/tsx scripts/generate.ts
	$(BIN)/tsx scripts/emulated-operations.ts
	$(BIN)/tsx scripts/docs/main.ts

docs: setup ## Write api.md and generated/reference/ from openapi/*.yaml and the doc comments of src/
	$(BIN)/tsx scripts/docs/main.ts

check: setup ## Check generated files, API descriptions, style and types
	$(BIN)/tsx scripts/generate.ts --check
	$(BIN)/tsx scripts/emulated-operations.ts --check
	$(BIN)/tsx scripts/api-report.ts --check
	$(BIN)/tsx scripts/docs/main.ts --check
	$(BIN)/redocly lint --config openapi/redocly.yaml $$(ls openapi/*.yaml | grep -v redocly)
	$(BIN)/biome check .
	$(BIN)/tsc -p .
	$(BIN)/tsc -p tsconfig.browser.json
	$(BIN)/tsc -p test/examples

test: build ## Run all tests
	$(BIN)/vitest run $(ARGS)

faults: build ## Test every kind of call under every fault of a network, with limits of time and memory
	$(BIN)/vitest run --config test/faults/vitest.config.ts $(ARGS)

faults-peers: build ## Test other SDKs under the same faults, and write the figures into README.md
	$(BIN)/tsx test/faults/peers/main.ts --write

soak: build ## Make 100,000 calls under faults, and check connections and memory
	$(BIN)/vitest run --config test/soak/vitest.config.ts $(ARGS)

mutants: setup ## Remove one safeguard at a time, and check that a test fails
	$(BIN)/tsx scripts/mutants.ts $(ARGS)

contract: setup ## Run the contract tests only
	$(BIN)/vitest run --project contract $(ARGS)

demo: setup ## Show step-up authentication against a local service
	$(BIN)/tsx scripts/demo.ts $(ARGS)

emulator: setup ## Serve the emulator with sample data on http://127.0.0.1:4300, e.g. make emulator ARGS="--port 4400"
	$(BIN)/tsx src/emulator/cli.ts --sample $(ARGS)

screenshots: setup ## Take the pictures of README.md with Chromium
	$(BIN)/tsx scripts/screenshots.ts

bench: $(TARBALL) ## Measure the client, others, the emulator and Prism, and write the figures into README.md
	$(BIN)/tsx scripts/bench/main.ts --write $(ARGS)

mock: setup ## Serve the examples of the spec on http://127.0.0.1:4010; SPEC=authy for the spec of Authy
	$(BIN)/prism mock --host 127.0.0.1 --port 4010 openapi/$(or $(SPEC),authsignal).yaml

diff: setup ## Compare another spec of the API with ours, e.g. make diff SPEC=theirs.yaml; WITH=authy selects ours
	@$(BIN)/tsx scripts/diff/main.ts "$(SPEC)" $(WITH)

api-report: setup ## Write .api/report.md, which lists all public types
	$(BIN)/tsx scripts/api-report.ts

build: $(BUILT) ## Build dist/

package: $(TARBALL) ## Pack the tarball, and check it as consumers do
	$(BIN)/publint run $(TARBALL) --strict
	$(BIN)/attw $(TARBALL) --no-definitely-typed --exclude-entrypoints emulator-seed.schema.json

size: build ## Print the sizes of bundled programs and of the package, and fail above a budget
	$(BIN)/tsx scripts/size.ts

consumers: build $(CONSUMERS) ## Test the tarball with TypeScript 5.4 to 7, Jest and webpack
	$(BIN)/vitest run --config test/package/tools/vitest.config.ts $(ARGS)

runtimes: $(TARBALL) $(RUNTIMES) ## Test the tarball on Node 20 to 26, Bun, Deno and workerd; for Linux on x64
	$(BIN)/vitest run --config test/runtimes/vitest.config.ts $(ARGS)

field: $(TARBALL) $(FIELD) $(FIELD_24) $(FIELD_NEXT) ## Test the tarball and the official client with third-party software; for Linux on x64
	$(BIN)/vitest run --config test/field/vitest.config.ts $(ARGS)

$(INSTALLED): package-lock.json
	npm ci --no-audit --no-fund
	@touch $@

$(BUILT): $(INSTALLED) $(SOURCES) package.json tsconfig.json tsdown.config.ts
	$(BIN)/tsdown

$(TARBALL): $(BUILT) README.md LICENSE CHANGELOG.md THIRD_PARTY_NOTICES.md llms.txt
	@mkdir -p .tmp
	mv "$$(npm pack --ignore-scripts --silent)" $@

$(RUNTIMES): test/runtimes/install/package.json test/runtimes/install/package-lock.json
	@node -p 'process.platform + "-" + process.arch' | grep -qx linux-x64 || { echo "These runtimes are for Linux on x64, and this is another platform" >&2; exit 1; }
	$(INSTALL_ASIDE)

$(CONSUMERS): test/package/install/package.json test/package/install/package-lock.json
	$(INSTALL_ASIDE)

$(FIELD_NEXT): .field/%/node_modules/.package-lock.json: test/field/next/install/%/package.json test/field/next/install/%/package-lock.json
	$(INSTALL_ASIDE)

$(FIELD): test/field/install/package.json test/field/install/package-lock.json
	$(INSTALL_ASIDE)

$(FIELD_24): test/field/install-24/package.json test/field/install-24/package-lock.json
	$(INSTALL_ASIDE)

# Installs the packages of a manifest and its lock file into the dot-folder of the target.
define INSTALL_ASIDE
@mkdir -p $(dir $(@D))
cp $^ $(dir $(@D))
npm ci --prefix $(dir $(@D)) --ignore-scripts --no-audit --no-fund
@touch $@
endef
