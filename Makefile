# oms: PGXS build. `make demo` and `make test` are all a newcomer needs; the rest
# serves whoever works on the code. The install script is concatenated from the
# folders of src/ in the order given here: a folder may use only those before it.

EXTENSION = oms
EXTVERSION := $(shell sed -n "s/^default_version = '\(.*\)'/\1/p" oms.control)
MODULE_big = oms

FOLDERS = type network account stock availability reservation orders routing insight
PARTS = types tables functions views

OBJS = $(patsubst %.c,%.o,$(wildcard src/*.c) $(foreach f,$(FOLDERS),$(sort $(wildcard src/$(f)/*.c))))
SQL_PARTS = src/schema.sql $(foreach f,$(FOLDERS),$(foreach p,$(PARTS),$(wildcard src/$(f)/$(p).sql)))
SQL_SCRIPT = build/oms--$(EXTVERSION).sql
DATA_built = $(SQL_SCRIPT)
EXTRA_CLEAN = build test/output

PG_CPPFLAGS = -Isrc
PG_CFLAGS = -Wall -Wextra -Wno-unused-parameter -Wno-sign-compare -Wno-missing-field-initializers \
	-Wno-cast-function-type -Wno-declaration-after-statement -Werror

PG_CONFIG ?= pg_config
ifneq ($(shell command -v $(PG_CONFIG) 2>/dev/null),)
PGXS := $(shell $(PG_CONFIG) --pgxs 2>/dev/null)
ifneq ($(wildcard $(PGXS)),)
include $(PGXS)
$(OBJS): $(wildcard src/*.h src/*/*.h)
endif
endif

$(SQL_SCRIPT): $(SQL_PARTS) oms.control Makefile
	@mkdir -p $(@D)
	cat $(SQL_PARTS) > $@
