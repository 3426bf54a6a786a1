# oms: PGXS build. `make demo` and `make test` are all a newcomer needs; the rest
# serves whoever works on the code. The install script is concatenated from the
# folders of src/ in the order given here: a folder may use only those before it.

EXTENSION = oms
EXTVERSION := $(shell sed -n "s/^default_version = '\(.*\)'/\1/p" oms.control)
MODULE_big = oms

FOLDERS = type network account stock availability reservation orders routing fulfillment sync insight
PARTS = types tables functions retention check repair incoming transfers route views recommendation confidence assess pictures history statistics jobs roles partition

OBJS = $(patsubst %.c,%.o,$(wildcard src/*.c) $(foreach f,$(FOLDERS),$(sort $(wildcard src/$(f)/*.c))))
SQL_PARTS = src/schema.sql $(foreach f,$(FOLDERS),$(foreach p,$(PARTS),$(wildcard src/$(f)/$(p).sql)))
SQL_SCRIPT = build/oms--$(EXTVERSION).sql

# From the version before: upgrade/OLD--NEW.sql by hand, the rest derived (script/upgrade). Released scripts as they were.
UPGRADE_BY_HAND = $(filter-out upgrade/oms--%,$(wildcard upgrade/*--$(EXTVERSION).sql))
UPGRADE_FROM = $(patsubst upgrade/%--$(EXTVERSION).sql,upgrade/oms--%.sql,$(UPGRADE_BY_HAND))
UPGRADE_SCRIPT = $(patsubst upgrade/%,build/oms--%,$(UPGRADE_BY_HAND))
RELEASED = $(patsubst upgrade/%,build/%,$(wildcard upgrade/oms--*.sql))
DATA_built = $(SQL_SCRIPT) $(UPGRADE_SCRIPT) $(RELEASED)
EXTRA_CLEAN = $(DATA_built) build/oms-*.zip build/oms-*.tar.gz test/output
NO_INSTALLCHECK = yes

PG_CPPFLAGS = -Isrc -DOMS_VERSION='"$(EXTVERSION)"'
PG_CFLAGS = -Wall -Wextra -Wno-unused-parameter -Wno-sign-compare -Wno-missing-field-initializers \
	-Wno-cast-function-type -Wno-declaration-after-statement -Werror

# PostgreSQL 15 of Debian if it is there, else what the path has; another one with PG_CONFIG=…
PG_CONFIG ?= $(firstword $(wildcard /usr/lib/postgresql/15/bin/pg_config) pg_config)
ifneq ($(shell command -v $(PG_CONFIG) 2>/dev/null),)
PGXS := $(shell $(PG_CONFIG) --pgxs 2>/dev/null)
ifneq ($(wildcard $(PGXS)),)
PGXS_FOUND = yes
include $(PGXS)
$(OBJS): $(wildcard src/*.h src/*/*.h)
src/version.o: oms.control
endif
endif

ifndef PGXS_FOUND
all install clean installcheck:
	@echo "PostgreSQL's server headers are missing: run script/setup" >&2; exit 1
endif

$(SQL_SCRIPT): $(SQL_PARTS) oms.control Makefile
	@mkdir -p $(@D)
	cat $(SQL_PARTS) > $@

$(UPGRADE_SCRIPT): $(UPGRADE_FROM) $(SQL_SCRIPT) $(UPGRADE_BY_HAND) script/upgrade
	@mkdir -p $(@D)
	script/upgrade $(UPGRADE_FROM) $(SQL_SCRIPT) $(UPGRADE_BY_HAND) > $@ || { rm -f $@; exit 1; }

$(RELEASED): build/%: upgrade/%
	@mkdir -p $(@D)
	cp $< $@

# On the server that PGHOST and PGPORT name, with what is installed there: the worked examples of sql/
.PHONY: installcheck dist
installcheck:
	@PG_CONFIG=$(PG_CONFIG) test/run --installed regress

# What is released: the committed files as build/oms-VERSION.zip for PGXN and build/oms-VERSION.tar.gz, VERSION being META.json's
DISTVERSION = $(shell sed -n 's/^    "version": "\(.*\)",$$/\1/p' META.json)
dist:
	@mkdir -p build
	@for format in zip tar.gz; do \
		git archive --format=$$format --prefix=oms-$(DISTVERSION)/ -o build/oms-$(DISTVERSION).$$format HEAD && \
		echo build/oms-$(DISTVERSION).$$format; done

# What a newcomer runs. These need nothing but make: the scripts install what is missing, build in a
# make of their own and start a private server.
.PHONY: all install clean demo test clients stress ubsan asserts discard generic parallel valgrind fuzz sqlsmith pg_upgrade matrix bench soak

# DATA is PGXS's name too: it must not reach the make that installs.
demo:
	@script/setup demo
	@env -u DATA -u MAKEFLAGS MAKE="$(MAKE)" script/install
	@demo/run $(if $(DATA),'$(DATA)')

test:
	@script/setup test
	@MAKE="$(MAKE)" test/run $(T)

# The examples of clients, Java among them
clients:
	@script/setup clients
	@MAKE="$(MAKE)" OMS_CLIENTS='c node python java' test/run tap/clients

stress:
	@script/setup test
	@MAKE="$(MAKE)" STRESS_SECONDS="$${STRESS_SECONDS:-300}" test/run random/stress

soak:
	@script/setup bench
	@MAKE="$(MAKE)" test/soak

# Undefined behaviour ends a server process, and so fails a test.
ubsan:
	@script/setup test
	@$(MAKE) -s clean
	@MAKE="$(MAKE)" COPT='-fsanitize=undefined -fno-sanitize-recover=undefined' with_llvm=no test/run $(T)
	@$(MAKE) -s clean

# On a PostgreSQL of its own, built for finding mistakes: see test/debug
asserts discard generic parallel valgrind:
	@MAKE="$(MAKE)" test/debug $@ $(T)

fuzz:
	@MAKE="$(MAKE)" test/debug shell test/fuzz/run $(T)

sqlsmith:
	@MAKE="$(MAKE)" test/debug shell test/sqlsmith

# From 15 as test/debug builds it to Debian 13's 17
pg_upgrade:
	@MAKE="$(MAKE)" test/debug shell true
	@OMS_UPGRADE=1 test/matrix 17

matrix:
	@test/matrix $(VERSIONS)

bench:
	@script/setup bench
	@MAKE="$(MAKE)" test/bench/run

bench-%:
	@script/setup bench
	@MAKE="$(MAKE)" test/bench/run $*
