/*
 * fuzz.c
 *		libFuzzer on a type's ways in, text and binary, with PostgreSQL's own memory contexts,
 *		errors and date parsing: linked with the objects of the server that test/debug builds.
 *
 * The first byte of an input says which way: 'b' for recv, anything else for in. What is accepted must
 * come back equal through out and in and through send and recv, with the same text, bytes
 * and hash. What is refused must be refused by ereport(ERROR) in a class that a user's
 * mistake has. Anything else aborts: that is the finding.
 */
#include "postgres.h"

#include "catalog/pg_authid.h"
#include "libpq/pqformat.h"
#include "miscadmin.h"
#include "pgtime.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/memutils.h"

#define IN CppConcat2(oms_, FUZZ_TYPE, _in)
#define OUT CppConcat2(oms_, FUZZ_TYPE, _out)
#define RECV CppConcat2(oms_, FUZZ_TYPE, _recv)
#define SEND CppConcat2(oms_, FUZZ_TYPE, _send)
#define EQ CppConcat2(oms_, FUZZ_TYPE, _eq)
#define CMP CppConcat2(oms_, FUZZ_TYPE, _cmp)
#define HASH CppConcat2(oms_, FUZZ_TYPE, _hash)
#define CppConcat2(a, b, c) CppConcat3(a, b, c)
#define CppConcat3(a, b, c) a##b##c

extern Datum IN(PG_FUNCTION_ARGS);
extern Datum OUT(PG_FUNCTION_ARGS);
extern Datum RECV(PG_FUNCTION_ARGS);
extern Datum SEND(PG_FUNCTION_ARGS);
extern Datum EQ(PG_FUNCTION_ARGS);
extern Datum CMP(PG_FUNCTION_ARGS);
extern Datum HASH(PG_FUNCTION_ARGS);

extern int	LLVMFuzzerInitialize(int *argc, char ***argv);
extern int	LLVMFuzzerTestOneInput(const uint8 *data, size_t size);

/* What the server has in main.c, and oms in files that are not linked. */
const char *progname = "fuzz";
void		oms_check_version(void);
int64		oms_arg_quantity(FunctionCallInfo fcinfo, int argno, const char *name);

void
oms_check_version(void)
{
}

int64
oms_arg_quantity(FunctionCallInfo fcinfo, int argno, const char *name)
{
	return PG_GETARG_INT64(argno);
}

static MemoryContext scratch;

/* A warning is an assertion about memory that failed. */
static void
no_warning(ErrorData *error)
{
	if (error->elevel >= WARNING && error->elevel != ERROR)
	{
		fprintf(stderr, "%s\n", error->message);
		abort();
	}
	error->output_to_server = false;
}

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	strlcpy(my_exec_path, FUZZ_SERVER, MAXPGPATH);
	MemoryContextInit();
	InitializeGUCOptions();
	SetUserIdAndSecContext(BOOTSTRAP_SUPERUSERID, 0);
	SetConfigOption("timezone", "Europe/Berlin", PGC_SUSET, PGC_S_SESSION);
	emit_log_hook = no_warning;
	scratch = AllocSetContextCreate(TopMemoryContext, "fuzz", ALLOCSET_DEFAULT_SIZES);
	return 0;
}

static Datum
from_text(const char *text)
{
	return DirectFunctionCall3(IN, CStringGetDatum(text), ObjectIdGetDatum(InvalidOid), Int32GetDatum(-1));
}

static Datum
from_binary(const void *data, int size)
{
	StringInfoData buffer;
	Datum		value;

	initStringInfo(&buffer);
	appendBinaryStringInfo(&buffer, data, size);
	value = DirectFunctionCall3(RECV, PointerGetDatum(&buffer), ObjectIdGetDatum(InvalidOid), Int32GetDatum(-1));
	/* as every caller of a recv function */
	if (buffer.cursor != buffer.len)
		ereport(ERROR, (errcode(ERRCODE_INVALID_BINARY_REPRESENTATION), errmsg("not read to the end")));
	return value;
}

static void
must(bool condition, const char *what)
{
	if (!condition)
	{
		fprintf(stderr, "broken: %s\n", what);
		abort();
	}
}

static void
same(Datum value, Datum other, const char *text, const char *way)
{
	must(DatumGetBool(DirectFunctionCall2(EQ, value, other)), way);
	must(DatumGetInt32(DirectFunctionCall2(CMP, value, other)) == 0, way);
	must(DirectFunctionCall1(HASH, value) == DirectFunctionCall1(HASH, other), way);
	must(strcmp(DatumGetCString(DirectFunctionCall1(OUT, other)), text) == 0, way);
}

int
LLVMFuzzerTestOneInput(const uint8 *data, size_t size)
{
	MemoryContext old = MemoryContextSwitchTo(scratch);
	Datum		value = 0;
	bool		accepted = false;
	char	   *copy = malloc(size + 1);	/* of that size exactly, for the address sanitizer */

	memcpy(copy, data, size);
	copy[size] = '\0';
	PG_TRY();
	{
		value = size > 0 && *copy == 'b' ? from_binary(copy + 1, size - 1) : from_text(size > 0 ? copy + 1 : copy);
		accepted = true;
	}
	PG_CATCH();
	{
		int			class = ERRCODE_TO_CATEGORY(geterrcode());

		must(class == ERRCODE_DATA_EXCEPTION || geterrcode() == ERRCODE_PROTOCOL_VIOLATION ||
			 geterrcode() == ERRCODE_PROGRAM_LIMIT_EXCEEDED, "the class of an error");
		FlushErrorState();
	}
	PG_END_TRY();
	if (accepted)
	{
		/* None of this may raise. */
		char	   *text = DatumGetCString(DirectFunctionCall1(OUT, value));
		bytea	   *bytes = DatumGetByteaPP(DirectFunctionCall1(SEND, value));

		same(value, value, text, "itself");
		same(value, from_text(text), text, "out and in");
		same(value, from_binary(VARDATA_ANY(bytes), VARSIZE_ANY_EXHDR(bytes)), text, "send and recv");
	}
	free(copy);
	MemoryContextSwitchTo(old);
	MemoryContextReset(scratch);
	return 0;
}
