/*
 * version.c
 *		The library works on the tables of its own version only: with the SQL of
 *		another one it refuses, and says what to do, before a function begins.
 *
 * PostgreSQL looks a C function up once a session, and again when its definition
 * has changed, through the info function that PG_FUNCTION_INFO_V1 makes; oms.h lets that
 * one look here first. So a call costs nothing, and neither a new library with old
 * SQL nor a session that has kept the old library over an update can misread
 * arguments or tables. Types answer always (OMS_TYPE_FUNCTION): stored values of every
 * version are read, by pg_dump and pg_upgrade too. Reads pg_extension, locks nothing for long.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "access/xact.h"
#include "catalog/pg_extension.h"
#include "commands/extension.h"
#include "miscadmin.h"
#include "oms.h"
#include "utils/fmgroids.h"
#include "utils/rel.h"

/* sql_version is the version of the extension in this database, or NULL when it is not there. */
static char *
sql_version(void)
{
	Relation	extensions = table_open(ExtensionRelationId, AccessShareLock);
	ScanKeyData key;
	SysScanDesc scan;
	HeapTuple	tuple;
	char	   *version = NULL;

	ScanKeyInit(&key, Anum_pg_extension_extname, BTEqualStrategyNumber, F_NAMEEQ,
				CStringGetDatum("oms"));
	scan = systable_beginscan(extensions, ExtensionNameIndexId, true, NULL, 1, &key);
	tuple = systable_getnext(scan);
	if (HeapTupleIsValid(tuple))
	{
		bool		isnull;
		Datum		value = heap_getattr(tuple, Anum_pg_extension_extversion,
										 RelationGetDescr(extensions), &isnull);

		version = TextDatumGetCString(value);
	}
	systable_endscan(scan);
	table_close(extensions, AccessShareLock);
	return version;
}

/*
 * oms_check_version raises object_not_in_prerequisite_state when the SQL of this database is
 * of another version than the library; not while CREATE, ALTER EXTENSION or pg_upgrade
 * make the SQL.
 */
void
oms_check_version(void)
{
	char	   *version;

	if (creating_extension || IsBinaryUpgrade || !IsTransactionState())
		return;
	version = sql_version();
	if (version != NULL && strcmp(version, OMS_VERSION) != 0)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("the library of oms is of another version than its SQL in this database"),
				 errdetail("The library that this session has loaded is %s, the SQL is %s.",
						   OMS_VERSION, version),
				 errhint("Run ALTER EXTENSION oms UPDATE where the SQL is older; reconnect where the library is.")));
}
