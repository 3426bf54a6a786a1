/*
 * access.c
 *		Whose locations are whose: a role that is bound to locations (oms.role_location)
 *		sees and touches these and no others; so does who is a member of it. Who is a member
 *		of several sees all of theirs; who is of none, and a superuser who is not bound
 *		himself, sees everything.
 *
 * The role is the one that the client acts as, by login or SET ROLE, whatever SECURITY DEFINER
 * function is at work (GetOuterUserId). What oms itself runs is not limited: a store's reject
 * moves units to other stores.
 *
 * What a role sees is kept for as long as this session writes nothing and its transaction
 * lasts: views ask for every row.
 */
#include "postgres.h"

#include "access/table.h"
#include "access/xact.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "storage/bufmgr.h"
#include "utils/acl.h"
#include "utils/memutils.h"

#include "network/network.h"
#include "row.h"

PG_FUNCTION_INFO_V1(oms_sees_location);

static OmsPlan select_bindings = {
	"SELECT b.role::pg_catalog.oid, b.location FROM oms.role_location b ORDER BY b.location",
	0, {NULL}
};

/* What the role sees. */
static struct
{
	MemoryContext context;
	Oid			role;			/* InvalidOid: nothing is known */
	LocalTransactionId lxid;
	CommandId	cid;
	bool		limited;
	int			n;
	text	  **locations;		/* ascending; one may be there twice */
}			seen;

/* read_bindings reads what the role sees. */
static void
read_bindings(Oid role)
{
	uint64		n;

	if (seen.context == NULL)
		seen.context = AllocSetContextCreate(TopMemoryContext, "oms locations of a role",
											 ALLOCSET_SMALL_SIZES);
	MemoryContextReset(seen.context);
	seen.role = InvalidOid;
	seen.limited = false;
	seen.n = 0;
	oms_spi_connect();
	n = oms_spi_execute(&select_bindings, NULL, NULL, true);
	seen.locations = MemoryContextAlloc(seen.context, sizeof(text *) * Max(1, n));
	for (uint64 i = 0; i < n; i++)
	{
		bool		isnull;
		Oid			bound = DatumGetObjectId(oms_spi_value(i, 1, &isnull));
		MemoryContext spi;

		if (!is_member_of_role_nosuper(role, bound))
			continue;
		spi = MemoryContextSwitchTo(seen.context);
		seen.locations[seen.n++] = DatumGetTextPCopy(oms_spi_value(i, 2, &isnull));
		MemoryContextSwitchTo(spi);
		seen.limited = true;
	}
	oms_spi_finish();
}

/* nothing_bound says, for the price of a look at the table's size, that no role is bound. */
static bool
nothing_bound(void)
{
	Relation	rel = table_open(oms_table("role_location"), AccessShareLock);
	bool		empty = RelationGetNumberOfBlocks(rel) == 0;

	table_close(rel, AccessShareLock);
	return empty;
}

/* limited says whether who calls sees some locations only: they are in seen. */
static bool
limited(void)
{
	Oid			role = GetOuterUserId();

	if (oms_guard_suspended > 0)
		return false;
	if (seen.role != role || seen.lxid != oms_my_lxid() || seen.cid != GetCurrentCommandId(false))
	{
		if (nothing_bound())
		{
			seen.limited = false;
			seen.n = 0;
		}
		else
			read_bindings(role);
		seen.role = role;
		seen.lxid = oms_my_lxid();
		seen.cid = GetCurrentCommandId(false);
	}
	return seen.limited;
}

/* sees says whether who calls sees the location. */
static bool
sees(const text *location)
{
	int			low = 0;
	int			high;

	if (!limited())
		return true;
	for (high = seen.n; low < high;)
	{
		int			middle = low + (high - low) / 2;
		int			c = oms_text_compare(location, seen.locations[middle]);

		if (c == 0)
			return true;
		if (c < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return false;
}

/* oms_require_own_location raises OM010 for a location that who calls does not see. */
void
oms_require_own_location(const text *location)
{
	if (!sees(location))
		ereport(ERROR,
				(errcode(OMS_ERR_NOT_ALLOWED),
				 errmsg("location \"%s\" is not one of role \"%s\"", text_to_cstring(location),
						GetUserNameFromId(GetOuterUserId(), false)),
				 errhint("oms.role_location says which locations a role is bound to.")));
}

/* oms_require_all_locations raises OM010 when who calls sees some locations only. */
void
oms_require_all_locations(void)
{
	if (limited())
		ereport(ERROR,
				(errcode(OMS_ERR_NOT_ALLOWED),
				 errmsg("role \"%s\" is bound to locations and must name one",
						GetUserNameFromId(GetOuterUserId(), false)),
				 errhint("oms.role_location says which locations a role is bound to.")));
}

/* oms_sees_location(location): whether who calls sees the location; of null false. */
Datum
oms_sees_location(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(!PG_ARGISNULL(0) && sees(PG_GETARG_TEXT_PP(0)));
}
