/*
 * roles.c
 *		Grants by level: oms.role_right says which privileges a level has; here they are
 *		granted to a role, or taken from it, and the role is bound to its locations.
 *
 * The functions are SECURITY DEFINER: the grants are those of the owner of oms. Names come
 * from the list and from the catalog, and the role through quote_identifier.
 *
 * Tables: role_location.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/acl.h"

#include "oms.h"

PG_FUNCTION_INFO_V1(oms_grant_role_to);
PG_FUNCTION_INFO_V1(oms_revoke_role_from);

static OmsPlan count_level = {
	"SELECT count(*) FROM oms.role_right r WHERE $1 = ANY (r.levels)", 1, {"text"}
};

static OmsPlan select_grants = {
	"SELECT r.privileges || ' ON ' || CASE r.kind WHEN 'function' THEN 'FUNCTION ' || p.oid::regprocedure "
	"ELSE 'TABLE oms.' || quote_ident(r.name) END FROM oms.role_right r LEFT JOIN pg_proc p "
	"ON r.kind = 'function' AND p.pronamespace = 'oms'::regnamespace AND p.proname = r.name "
	"WHERE (r.kind = 'relation' OR p.oid IS NOT NULL) AND ($1 IS NULL OR $1 = ANY (r.levels)) ORDER BY 1",
	1, {"text"}
};

static OmsPlan bind = {
	"INSERT INTO oms.role_location (role, location) SELECT $1, l.location FROM oms.location l "
	"WHERE l.location = ANY ($2) ON CONFLICT DO NOTHING",
	2, {"oid", "_text"}
};

static OmsPlan find_unknown = {
	"SELECT u.location FROM unnest($1) AS u (location) WHERE NOT EXISTS (SELECT FROM oms.location l "
	"WHERE l.location = u.location) LIMIT 1",
	1, {"_text"}
};

static OmsPlan unbind = {
	"DELETE FROM oms.role_location b WHERE b.role = $1", 1, {"oid"}
};

/* change_grants runs a GRANT or REVOKE for each right of the level (NULL: of all); their number. */
static int64
change_grants(const char *verb, const char *preposition, const char *role, text *level)
{
	Datum		values[1] = {PointerGetDatum(level)};
	SPITupleTable *rights;
	uint64		n;

	oms_spi_connect();
	n = oms_spi_execute(&select_grants, values, level == NULL ? "n" : NULL, false);
	rights = SPI_tuptable;
	for (uint64 i = 0; i < n; i++)
	{
		char	   *sql = psprintf("%s %s %s %s", verb, SPI_getvalue(rights->vals[i], rights->tupdesc, 1),
								   preposition, quote_identifier(role));

		if (SPI_execute(sql, false, 0) != SPI_OK_UTILITY)
			elog(ERROR, "could not run \"%s\"", sql);
	}
	oms_spi_finish();
	return n;
}

/* bind_role binds the role to locations; OM004 for an unknown one. */
static void
bind_role(Oid role, Datum locations)
{
	Datum		values[2] = {locations};

	oms_spi_connect();
	if (oms_spi_execute(&find_unknown, values, NULL, false) > 0)
		ereport(ERROR,
				(errcode(OMS_ERR_UNKNOWN_KEY),
				 errmsg("location \"%s\" is unknown", oms_spi_text(0, 1)),
				 errhint("Call oms.add_location first.")));
	values[0] = ObjectIdGetDatum(role);
	values[1] = locations;
	oms_spi_execute(&bind, values, NULL, false);
	oms_spi_finish();
}

/* oms_grant_role_to(role, level, locations): a bigint, the grants. 22023, 42704, OM004. */
Datum
oms_grant_role_to(PG_FUNCTION_ARGS)
{
	char	   *role = text_to_cstring(oms_arg_key(fcinfo, 0, "role"));
	text	   *level = oms_arg_key(fcinfo, 1, "level");
	Datum		values[1] = {PointerGetDatum(level)};
	Oid			id = get_role_oid(role, false);
	bool		known;
	text	  **locations;

	oms_spi_connect();
	(void) oms_spi_execute(&count_level, values, NULL, false);
	known = oms_spi_int64(0, 1) > 0;
	oms_spi_finish();
	if (!known)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("unknown level \"%s\"", text_to_cstring(level)),
				 errhint("Levels are reader, seller, store, planner and admin.")));
	if (!PG_ARGISNULL(2))
	{
		(void) oms_arg_keys(fcinfo, 2, "locations", &locations);
		bind_role(id, PG_GETARG_DATUM(2));
	}
	PG_RETURN_INT64(change_grants("GRANT", "TO", role, level));
}

/* oms_revoke_role_from(role): a bigint, the revokes. 42704. */
Datum
oms_revoke_role_from(PG_FUNCTION_ARGS)
{
	char	   *role = text_to_cstring(oms_arg_key(fcinfo, 0, "role"));
	Datum		values[1] = {ObjectIdGetDatum(get_role_oid(role, false))};

	oms_spi_connect();
	oms_spi_execute(&unbind, values, NULL, false);
	oms_spi_finish();
	PG_RETURN_INT64(change_grants("REVOKE", "FROM", role, NULL));
}
