/*
 * oms.h
 *		What the folders of src/ share: settings, arguments, and the one helper for
 *		kept SPI plans. Include after postgres.h and fmgr.h.
 */
#ifndef OMS_H
#define OMS_H

#include "fmgr.h"
#include "executor/spi.h"
#include "utils/builtins.h"
#include "utils/snapshot.h"

#include "compat.h"
#include "errors.h"

/*
 * Every function but those of types is found by PostgreSQL only where library and SQL are of one
 * version (version.c).
 */
extern void oms_check_version(void);

#define OMS_FUNCTION_INFO(function, check) \
extern PGDLLEXPORT Datum function(PG_FUNCTION_ARGS); \
extern PGDLLEXPORT const Pg_finfo_record *CppConcat(pg_finfo_, function) (void); \
const Pg_finfo_record * \
CppConcat(pg_finfo_, function) (void) \
{ \
	static const Pg_finfo_record info = {1}; \
\
	check; \
	return &info; \
} \
extern int	no_such_variable

#undef PG_FUNCTION_INFO_V1
#define PG_FUNCTION_INFO_V1(function) OMS_FUNCTION_INFO(function, oms_check_version())
#define OMS_TYPE_FUNCTION(function) OMS_FUNCTION_INFO(function, (void) 0)

/* settings (module.c) */
extern int	oms_code_attempts;
extern int	oms_wait_for_pending;	/* ms; 0 = answer at once */
extern int	oms_fold_threshold; /* deltas seen by a taker that make it fold */

/* kept SPI plans (spi.c) */
#define OMS_PLAN_MAX_ARGS 20

typedef struct OmsPlan
{
	const char *sql;
	int			nargs;
	const char *argtypes[OMS_PLAN_MAX_ARGS];	/* type names, as in SQL */
	SPIPlanPtr	plan;			/* NULL until first used, or after invalidation */
} OmsPlan;

extern uint64 oms_spi_execute(OmsPlan *plan, Datum *values, const char *nulls, bool read_only);
extern uint64 oms_spi_execute_latest(OmsPlan *plan, Datum *values, const char *nulls);
extern void oms_spi_connect(void);
extern void oms_spi_finish(void);
extern Datum oms_spi_value(uint64 row, int column, bool *isnull);
extern int64 oms_spi_int64(uint64 row, int column);
extern text *oms_spi_copy_text(uint64 row, int column, MemoryContext context);
extern char *oms_spi_text(uint64 row, int column);
extern Datum oms_spi_copy(uint64 row, int column, MemoryContext context);
extern void oms_spi_put_rows(struct ReturnSetInfo *result, uint64 rows);
extern Datum oms_array_of(int n, Datum *elements, bool *nulls, Oid type, int length, bool byval,
						  char align);
extern Datum oms_int8_array(int n, Datum *elements);
extern Datum oms_text_array(int n, Datum *elements);
extern Datum oms_id_array(int n, const int64 *ids);

/* the guard over private tables (guard.c) */
extern Datum oms_guard_private_table(PG_FUNCTION_ARGS);
extern int	oms_guard_suspended;	/* > 0 while oms itself writes to them */

/* idempotency (request.c) */
extern bool oms_request_begin(FunctionCallInfo fcinfo, int argno, Datum *scalar);
extern bool oms_may_wait(void);
extern void oms_request_wrote(void);
extern void oms_request_end(FunctionCallInfo fcinfo, int argno, const Datum *scalar);

/* progress of long calls (progress.c) */
typedef enum OmsCall
{
	OMS_CALL_ROUTE,
	OMS_CALL_SIMULATE,
	OMS_CALL_PLAN,
	OMS_CALL_FOLD,
	OMS_CALL_CHECK,
	OMS_CALL_INGEST
} OmsCall;

typedef enum OmsPhase
{
	OMS_PHASE_BEGIN,
	OMS_PHASE_READ,
	OMS_PHASE_BUILD,
	OMS_PHASE_SOLVE,
	OMS_PHASE_EXPLAIN,
	OMS_PHASE_LOCK,
	OMS_PHASE_MOVE,
	OMS_PHASE_WRITE,
	OMS_PHASE_FOLD,
	OMS_PHASE_CHANGED,
	OMS_PHASE_VERIFY,
	OMS_PHASE_READ_ROWS,
	OMS_PHASE_COMPARE,
	OMS_PHASE_APPLY,
	OMS_PHASE_BOOK
} OmsPhase;

extern bool oms_progress_begin(OmsCall call);
extern void oms_progress_phase(OmsPhase phase, int64 total);
extern void oms_progress_done(int64 done);
extern void oms_progress_end(bool began);

/* arguments (args.c) */
extern void oms_require_not_null(FunctionCallInfo fcinfo, int argno, const char *name);
extern text *oms_arg_key(FunctionCallInfo fcinfo, int argno, const char *name);
extern text *oms_arg_optional_key(FunctionCallInfo fcinfo, int argno, const char *name);
extern text *oms_arg_optional_text(FunctionCallInfo fcinfo, int argno);
extern text *oms_arg_actor(FunctionCallInfo fcinfo, int argno);
extern int64 oms_arg_quantity(FunctionCallInfo fcinfo, int argno, const char *name);
extern int	oms_compare_int64(const void *a, const void *b);
extern int	oms_arg_keys(FunctionCallInfo fcinfo, int argno, const char *name, text ***keys);
extern int	oms_arg_sku_quantities(FunctionCallInfo fcinfo, int argno, bool many, text ***skus,
								   int64 **quantities);
extern int	oms_arg_quantities(FunctionCallInfo fcinfo, int argno, const char *name, int64 **quantities);
extern bool oms_text_equal(const text *a, const text *b);
extern int	oms_text_compare(const text *a, const text *b);
extern void oms_require_same_length(const char *name, int n, const char *other, int m);

#endif							/* OMS_H */
