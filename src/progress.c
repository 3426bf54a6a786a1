/*
 * progress.c
 *		How far a long call has come, for other sessions to see: oms.progress().
 *
 * PostgreSQL keeps for each session, in shared memory, what its running command reports of
 * its progress (backend_progress.h); the views pg_stat_progress_… show the commands that they
 * know. We report there as a command of our own, which these views pass over, and read
 * it back by the interface that they use. So it needs no shared memory of ours and no
 * preloading, is not transactional, which progress must not be, costs a few stores, and is
 * cleared by PostgreSQL itself when a (sub)transaction aborts or a session ends. As those views
 * it depends on track_activities.
 *
 * A call begins, names its phases and counts in each. A long call within another, as the
 * planner within a run, names its phases on behalf of the outer one. Where a command of PostgreSQL
 * reports already (COPY of a query that calls us), we leave it alone and report nothing.
 *
 * To let another call report: add its name and phases here, and the same in oms.h.
 *
 * Touches no table, takes no lock.
 */
#include "postgres.h"

#include "catalog/pg_authid.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/backend_progress.h"
#include "utils/backend_status.h"
#include "utils/timestamp.h"

#include "oms.h"

PG_FUNCTION_INFO_V1(oms_progress);

/* What st_progress_command says of us; PostgreSQL's own are small numbers. */
#define OUR_COMMAND ((ProgressCommandType) 0x6f6d73)

/* The parameters of our command. */
enum
{
	PARAM_CALL,
	PARAM_STARTED_AT,
	PARAM_PHASE,
	PARAM_DONE,
	PARAM_TOTAL
};

static const char *const calls[] = {
	[OMS_CALL_ROUTE] = "route", [OMS_CALL_SIMULATE] = "simulate", [OMS_CALL_PLAN] = "plan_routes",
	[OMS_CALL_FOLD] = "fold_accounts", [OMS_CALL_CHECK] = "check", [OMS_CALL_INGEST] = "ingest"
};

static const struct
{
	const char *name;
	const char *counted;
}			phases[] = {
	[OMS_PHASE_BEGIN] = {"begin", NULL},
	[OMS_PHASE_READ] = {"read orders and stock", NULL},
	[OMS_PHASE_BUILD] = {"find candidates", "orders"},
	[OMS_PHASE_SOLVE] = {"plan", "orders"},
	[OMS_PHASE_EXPLAIN] = {"explain", "orders"},
	[OMS_PHASE_LOCK] = {"lock orders and capacity", "orders"},
	[OMS_PHASE_MOVE] = {"move holds", "moves"},
	[OMS_PHASE_WRITE] = {"write decisions and work", "orders"},
	[OMS_PHASE_FOLD] = {"fold", "accounts"},
	[OMS_PHASE_CHANGED] = {"find what changed", NULL},
	[OMS_PHASE_VERIFY] = {"verify", "parts"},
	[OMS_PHASE_READ_ROWS] = {"read rows", NULL},
	[OMS_PHASE_COMPARE] = {"compare with the stock", "rows"},
	[OMS_PHASE_APPLY] = {"apply what differs", "rows"},
	[OMS_PHASE_BOOK] = {"write the ledger", NULL}
};

static bool
is_ours(void)
{
	return MyBEEntry != NULL && MyBEEntry->st_progress_command == OUR_COMMAND;
}

/*
 * oms_progress_begin begins to report a call; false when the session reports already. What
 * it returned goes to oms_progress_end.
 */
bool
oms_progress_begin(OmsCall call)
{
	static const int params[] = {PARAM_CALL, PARAM_STARTED_AT};
	int64		values[] = {call, GetCurrentTimestamp()};

	if (MyBEEntry == NULL || MyBEEntry->st_progress_command != PROGRESS_COMMAND_INVALID)
		return false;
	pgstat_progress_start_command(OUR_COMMAND, InvalidOid);
	pgstat_progress_update_multi_param(lengthof(params), params, values);
	return true;
}

/* oms_progress_phase begins a phase, in which total things are done; 0: not known. */
void
oms_progress_phase(OmsPhase phase, int64 total)
{
	static const int params[] = {PARAM_PHASE, PARAM_DONE, PARAM_TOTAL};
	int64		values[] = {phase, 0, total};

	if (is_ours())
		pgstat_progress_update_multi_param(lengthof(params), params, values);
}

/* oms_progress_done says how many things of the phase are done. */
void
oms_progress_done(int64 done)
{
	if (is_ours())
		pgstat_progress_update_param(PARAM_DONE, done);
}

/* oms_progress_end ends the report, if began is what oms_progress_begin returned when it began. */
void
oms_progress_end(bool began)
{
	if (began && is_ours())
		pgstat_progress_end_command();
}

/*
 * oms_progress(): a row for each long call of ours in this database, of sessions whose
 * activity the caller may see: those of its own roles, and all with pg_read_all_stats.
 */
Datum
oms_progress(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	int			n = pgstat_fetch_stat_numbackends();

	InitMaterializedSRF(fcinfo, 0);
	for (int i = 1; i <= n; i++)
	{
		LocalPgBackendStatus *local = oms_local_beentry(i);
		PgBackendStatus *entry = local == NULL ? NULL : &local->backendStatus;
		const int64 *params;
		Datum		values[8];
		bool		nulls[8] = {0};

		if (entry == NULL || entry->st_progress_command != OUR_COMMAND ||
			entry->st_databaseid != MyDatabaseId)
			continue;
		if (!has_privs_of_role(GetUserId(), ROLE_PG_READ_ALL_STATS) &&
			!has_privs_of_role(GetUserId(), entry->st_userid))
			continue;
		params = entry->st_progress_param;
		if (params[PARAM_CALL] < 0 || params[PARAM_CALL] >= lengthof(calls) ||
			params[PARAM_PHASE] < 0 || params[PARAM_PHASE] >= lengthof(phases))
			continue;			/* of another version of this library */
		values[0] = Int32GetDatum(entry->st_procpid);
		values[1] = CStringGetTextDatum(calls[params[PARAM_CALL]]);
		values[2] = CStringGetTextDatum(phases[params[PARAM_PHASE]].name);
		values[3] = Int64GetDatum(params[PARAM_DONE]);
		values[4] = Int64GetDatum(params[PARAM_TOTAL]);
		nulls[4] = params[PARAM_TOTAL] == 0;
		nulls[5] = phases[params[PARAM_PHASE]].counted == NULL;
		values[5] = nulls[5] ? (Datum) 0 : CStringGetTextDatum(phases[params[PARAM_PHASE]].counted);
		values[6] = TimestampTzGetDatum(params[PARAM_STARTED_AT]);
		values[7] = Float8GetDatum((GetCurrentTimestamp() - params[PARAM_STARTED_AT]) / 1e6);
		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
	return (Datum) 0;
}
