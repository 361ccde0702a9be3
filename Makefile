# make build   bin/tapir, one static binary
# make demo    runs both variants of the ptrace demo under the article's script (root)
# make test    every test; those of the live kernel need root and say so when skipped
# make test-kernels  the tests of the live kernel on Debian's 6.1 and 6.12 too, emulated
#              (root; docs/kernels.md is what came of it)
# make lint    gofmt, go vet, staticcheck
# make fuzz    each fuzz target for FUZZTIME
# make picture the moving picture of the README, docs/shell.svg (root, tmux)
# make bench   the benchmark table, also as bin/bench.json (root, two idle CPUs)

GO          ?= go
FUZZTIME    ?= 5s
BENCHFLAGS  ?=
STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2

export CGO_ENABLED = 0

.PHONY: all build demo test test-kernels lint fuzz bench picture clean

all: build

build:
	$(GO) build -trimpath -ldflags '-s -w' -o bin/tapir ./cmd/tapir

demo: build
	bin/tapir demo

# What the kernel does is no input that the test cache knows of: hence -count=1.
test:
	$(GO) test -count=1 -timeout 20m ./...

test-kernels:
	$(GO) run ./cmd/internal/kernels -write $(KERNELFLAGS)

lint:
	@bad=$$(gofmt -l .); if [ -n "$$bad" ]; then echo "gofmt would change:"; echo "$$bad"; exit 1; fi
	$(GO) vet ./...
	$(GO) run $(STATICCHECK) ./...

fuzz:
	@grep -rHoE --include='*_test.go' '^func Fuzz[A-Za-z0-9_]+' . | while IFS=: read -r file decl; do \
		name=$${decl#func }; dir=$$(dirname "$$file"); \
		echo "$$name in $$dir, $(FUZZTIME)"; \
		$(GO) test -run '^$$' -fuzz "^$$name\$$" -fuzztime $(FUZZTIME) "$$dir" || exit 1; \
	done

bench: build
	$(GO) build -trimpath -o bin/bench ./cmd/internal/bench
	bin/bench -tapir bin/tapir -json bin/bench.json $(BENCHFLAGS)

picture: build
	$(GO) run ./cmd/internal/picture -tapir bin/tapir -o docs/shell.svg

clean:
	rm -rf bin
