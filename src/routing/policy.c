/*
 * policy.c
 *		Policies of routing: written as a draft, activated, archived by the next version.
 *
 * A policy has routings, each with an order filter and rules. An order belongs to the
 * first routing whose filter is true. A version is never changed after it was activated,
 * so that what a run recorded stays readable.
 *
 * A filter is SQL of the role that saved it. It is checked when saved, and evaluated, as
 * that role in a security-restricted context, read-only, with search_path pg_catalog, oms:
 * it can do nothing that the role could not, whoever routes; it writes nothing, and what it
 * sets does not outlive it. The rows of oms.order_facts are handed to it as a parameter, so the
 * role needs no right to read them. The role is the one in effect at the call, which is why the
 * functions that save are not SECURITY DEFINER; they switch to the owner of the tables for
 * their writes.
 *
 * Tables: policy_row, policy_routing_row, policy_rule_row. Locks: the policy's draft row,
 * by its update.
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "nodes/parsenodes.h"
#include "parser/parser.h"
#include "utils/acl.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

#include "row.h"
#include "routing/policy.h"
#include "routing/route.h"

PG_FUNCTION_INFO_V1(oms_add_policy);
PG_FUNCTION_INFO_V1(oms_add_routing);
PG_FUNCTION_INFO_V1(oms_add_rule);
PG_FUNCTION_INFO_V1(oms_activate_policy);

static OmsPlan delete_draft = {
	"WITH draft AS (DELETE FROM oms.policy_row p WHERE p.policy OPERATOR(pg_catalog.=) $1 "
	"AND p.status OPERATOR(pg_catalog.=) 'draft' RETURNING p.policy, p.version), "
	"routing AS (DELETE FROM oms.policy_routing_row r USING draft d "
	"WHERE r.policy OPERATOR(pg_catalog.=) d.policy AND r.version OPERATOR(pg_catalog.=) d.version) "
	"DELETE FROM oms.policy_rule_row r USING draft d "
	"WHERE r.policy OPERATOR(pg_catalog.=) d.policy AND r.version OPERATOR(pg_catalog.=) d.version",
	1, {"pg_catalog.text"}
};

static OmsPlan insert_draft = {
	"INSERT INTO oms.policy_row (policy, version, note, saved_by, saved_at) "
	"SELECT $1, COALESCE(pg_catalog.max(p.version), 0) OPERATOR(pg_catalog.+) 1, $2, $3, "
	"pg_catalog.clock_timestamp() FROM oms.policy_row p "
	"WHERE p.policy OPERATOR(pg_catalog.=) $1 RETURNING version",
	3, {"pg_catalog.text", "pg_catalog.text", "pg_catalog.text"}
};

static OmsPlan lock_draft = {
	"SELECT p.version FROM oms.policy_row p WHERE p.policy OPERATOR(pg_catalog.=) $1 "
	"AND p.status OPERATOR(pg_catalog.=) 'draft' FOR UPDATE",
	1, {"pg_catalog.text"}
};

static OmsPlan insert_routing = {
	"INSERT INTO oms.policy_routing_row (policy, version, sequence, routing, filter, saved_by, "
	"queue, cancel_after_days, on_unfilled) "
	"SELECT $1, $2, pg_catalog.count(*) OPERATOR(pg_catalog.+) 1, $3, $4, $5, $6, $7, $8 "
	"FROM oms.policy_routing_row r WHERE r.policy OPERATOR(pg_catalog.=) $1 "
	"AND r.version OPERATOR(pg_catalog.=) $2 RETURNING sequence",
	8, {"pg_catalog.text", "pg_catalog.int4", "pg_catalog.text", "pg_catalog.text",
	"pg_catalog.text", "pg_catalog.text", "pg_catalog.numeric", "pg_catalog.text"}
};

static OmsPlan insert_rule = {
	"INSERT INTO oms.policy_rule_row (policy, version, routing, rule_no, location_group, "
	"max_distance_km, floor, split, whole, keep_groups, ignore_capacity, min_shipment_value, criteria, weights) "
	"SELECT r.policy, r.version, r.routing, (SELECT pg_catalog.count(*) FROM oms.policy_rule_row u "
	"WHERE u.policy OPERATOR(pg_catalog.=) r.policy AND u.version OPERATOR(pg_catalog.=) r.version "
	"AND u.routing OPERATOR(pg_catalog.=) r.routing) OPERATOR(pg_catalog.+) 1, "
	"$4, $5, $6, $7, $8, $9, $10, $11, $12, $13 FROM oms.policy_routing_row r "
	"WHERE r.policy OPERATOR(pg_catalog.=) $1 AND r.version OPERATOR(pg_catalog.=) $2 "
	"AND r.routing OPERATOR(pg_catalog.=) $3 RETURNING rule_no",
	13, {"pg_catalog.text", "pg_catalog.int4", "pg_catalog.text", "pg_catalog.text",
		"pg_catalog.float8", "oms.safety_stock", "pg_catalog.text", "pg_catalog.bool",
		"pg_catalog.bool", "pg_catalog.bool", "pg_catalog.numeric", "pg_catalog._text",
	"pg_catalog._numeric"}
};

/* A routing of the draft without rules, or a null when there are no routings. */
static OmsPlan select_unfinished = {
	"SELECT r.routing FROM (SELECT 1) x LEFT JOIN oms.policy_routing_row r "
	"ON r.policy OPERATOR(pg_catalog.=) $1 AND r.version OPERATOR(pg_catalog.=) $2 "
	"WHERE NOT EXISTS (SELECT FROM oms.policy_rule_row u "
	"WHERE u.policy OPERATOR(pg_catalog.=) r.policy AND u.version OPERATOR(pg_catalog.=) r.version "
	"AND u.routing OPERATOR(pg_catalog.=) r.routing) LIMIT 1",
	2, {"pg_catalog.text", "pg_catalog.int4"}
};

static OmsPlan archive_active = {
	"UPDATE oms.policy_row p SET status = 'archived' WHERE p.policy OPERATOR(pg_catalog.=) $1 "
	"AND p.status OPERATOR(pg_catalog.=) 'active'",
	1, {"pg_catalog.text"}
};

static OmsPlan activate_draft = {
	"UPDATE oms.policy_row p SET status = 'active', activated_at = pg_catalog.clock_timestamp() "
	"WHERE p.policy OPERATOR(pg_catalog.=) $1 AND p.version OPERATOR(pg_catalog.=) $2",
	2, {"pg_catalog.text", "pg_catalog.int4"}
};

/* of a policy p: the version $2, NULL: the active one */
#define VERSION_WANTED \
	"CASE WHEN $2 IS NULL THEN p.status OPERATOR(pg_catalog.=) 'active' " \
	"ELSE p.version::pg_catalog.text OPERATOR(pg_catalog.=) $2 END "

static OmsPlan select_routings = {
	"SELECT p.version, r.routing, r.filter, r.saved_by, r.queue, r.cancel_after_days, "
	"(SELECT pg_catalog.count(*) FROM oms.policy_rule_row u "
	"WHERE u.policy OPERATOR(pg_catalog.=) r.policy AND u.version OPERATOR(pg_catalog.=) r.version "
	"AND u.routing OPERATOR(pg_catalog.=) r.routing), r.on_unfilled OPERATOR(pg_catalog.=) 'backorder', "
	"r.on_unfilled OPERATOR(pg_catalog.=) 'leave' FROM oms.policy_row p "
	"JOIN oms.policy_routing_row r ON r.policy OPERATOR(pg_catalog.=) p.policy "
	"AND r.version OPERATOR(pg_catalog.=) p.version "
	"WHERE p.policy OPERATOR(pg_catalog.=) $1 AND " VERSION_WANTED
	"ORDER BY r.sequence",
	2, {"pg_catalog.text", "pg_catalog.text"}
};

static OmsPlan select_rules = {
	"SELECT u.rule_no, u.location_group, u.max_distance_km, u.floor, u.split, u.whole, "
	"u.keep_groups, u.ignore_capacity, u.min_shipment_value, u.criteria, u.weights "
	"FROM oms.policy_row p JOIN oms.policy_routing_row r ON r.policy OPERATOR(pg_catalog.=) p.policy "
	"AND r.version OPERATOR(pg_catalog.=) p.version "
	"JOIN oms.policy_rule_row u ON u.policy OPERATOR(pg_catalog.=) r.policy "
	"AND u.version OPERATOR(pg_catalog.=) r.version AND u.routing OPERATOR(pg_catalog.=) r.routing "
	"WHERE p.policy OPERATOR(pg_catalog.=) $1 AND " VERSION_WANTED
	"ORDER BY r.sequence, u.rule_no",
	2, {"pg_catalog.text", "pg_catalog.text"}
};

/* -------------------------------------------------------------------------
 * Filters
 * -------------------------------------------------------------------------
 */

/* What run_as has changed. */
typedef struct Disguise
{
	Oid			role;
	int			security;
	int			settings;
} Disguise;

/* run_as switches to a role in a security-restricted context; an error switches back. */
static Disguise
run_as(Oid role)
{
	Disguise	before;

	GetUserIdAndSecContext(&before.role, &before.security);
	SetUserIdAndSecContext(role, before.security | SECURITY_LOCAL_USERID_CHANGE |
						   SECURITY_RESTRICTED_OPERATION);
	before.settings = NewGUCNestLevel();
	(void) set_config_option("search_path", "pg_catalog, oms, pg_temp", PGC_USERSET,
							 PGC_S_SESSION, GUC_ACTION_SAVE, true, 0, false);
	return before;
}

/* run_as_before switches back, and takes back what settings the role has changed meanwhile. */
static void
run_as_before(const Disguise *before)
{
	AtEOXact_GUC(false, before->settings);
	SetUserIdAndSecContext(before->role, before->security);
}

static char *
filter_query(const char *filter)
{
	return psprintf("SELECT COALESCE(pg_catalog.array_agg(o.order_id), '{}') "
					"FROM pg_catalog.unnest($1) AS o WHERE (\n%s\n)", filter);
}

static Oid
facts_array_type(void)
{
	Oid			facts = oms_table("order_facts");

	return get_array_type(get_rel_type_id(facts));
}

static void
name_routing(void *routing)
{
	errcontext("filter of routing \"%s\"", (const char *) routing);
}

/*
 * run_filter runs a filter of a routing over orders, as a role, with the transaction read-only
 * meanwhile, for what it calls too; the result is in SPI_tuptable.
 */
static void
run_filter(const char *routing, const char *filter, Datum facts, Oid role)
{
	Oid			types[1] = {facts_array_type()};
	ErrorContextCallback context = {error_context_stack, name_routing, unconstify(char *, routing)};
	Disguise	before = run_as(role);
	bool		read_only = XactReadOnly;
	int			result;

	error_context_stack = &context;
	XactReadOnly = true;
	PG_TRY();
	{
		result = SPI_execute_with_args(filter_query(filter), 1, types, &facts, NULL, true, 0);
	}
	PG_FINALLY();
	{
		XactReadOnly = read_only;
	}
	PG_END_TRY();
	if (result < 0)
		elog(ERROR, "SPI failed: %s", SPI_result_code_string(result));
	error_context_stack = context.previous;
	run_as_before(&before);
}

/* is_condition says whether a filter is one condition, and does not end ours and begin something else. */
static bool
is_condition(const char *filter)
{
	List	   *statements = raw_parser(filter_query(filter), RAW_PARSE_DEFAULT);
	const SelectStmt *select;

	if (list_length(statements) != 1)
		return false;
	select = (const SelectStmt *) linitial_node(RawStmt, statements)->stmt;
	return IsA(select, SelectStmt) && select->op == SETOP_NONE && select->groupClause == NIL &&
		select->havingClause == NULL && select->sortClause == NIL && select->limitCount == NULL &&
		select->limitOffset == NULL && select->lockingClause == NIL && select->windowClause == NIL;
}

/* check_filter raises what is wrong with a filter of a routing, for the role in effect, over no orders. */
static void
check_filter(const char *routing, const char *filter)
{

	if (!is_condition(filter))
		ereport(ERROR,
				(errcode(ERRCODE_SYNTAX_ERROR),
				 errmsg("filter must be one condition"),
				 errhint("Write a condition over the columns of oms.order_facts.")));
	oms_spi_connect();
	run_filter(routing, filter, PointerGetDatum(construct_empty_array(get_element_type(facts_array_type()))),
			   GetUserId());
	oms_spi_finish();
}

/*
 * oms_policy_orders returns the orders, of those among or of all with rows in held, for
 * which the routing's filter is true. OM004 when the role that saved it is gone; and
 * whatever the filter raises.
 */
ArrayType *
oms_policy_orders(const PolicyRouting *routing, ArrayType *among, const char *held)
{
	MemoryContext caller = CurrentMemoryContext;
	ArrayType  *result;
	Datum		facts;
	Oid			role = InvalidOid;

	if (routing->filter != NULL)
	{
		role = get_role_oid(routing->saved_by, true);
		if (!OidIsValid(role))
			ereport(ERROR,
					(errcode(OMS_ERR_UNKNOWN_KEY),
					 errmsg("role \"%s\", which saved the filter of routing \"%s\", does not exist",
							routing->saved_by, routing->name),
					 errhint("Save and activate the policy anew.")));
	}
	oms_spi_connect();
	oms_route_run(psprintf("SELECT COALESCE(array_agg(%s), '{}') FROM oms.order_facts f "
						   "WHERE f.order_id IN (SELECT h.order_id FROM %s h) %s",
						   role == InvalidOid ? "f.order_id" : "f", held,
						   oms_route_filter("f.order_id", among)), 0, NULL, true);
	facts = oms_route_copy_value(0, 1, caller);
	if (OidIsValid(role))
	{
		run_filter(routing->name, routing->filter, facts, role);
		facts = oms_route_copy_value(0, 1, caller);
	}
	result = DatumGetArrayTypeP(facts);
	oms_spi_finish();
	return result;
}

/* -------------------------------------------------------------------------
 * Reading
 * -------------------------------------------------------------------------
 */

/*
 * oms_policy_read returns a version of a policy, a number or NULL: the active one; OM004 when
 * there is none.
 */
Policy *
oms_policy_read(text *name, const char *version)
{
	MemoryContext caller = CurrentMemoryContext;
	Policy	   *policy = palloc0(sizeof(Policy));
	Datum		values[2] = {PointerGetDatum(name), 0};
	char		nulls[2] = {' ', version == NULL ? 'n' : ' '};
	MemoryContext spi;
	uint64		row = 0;
	bool		isnull;
	bool		no_weights;

	if (version != NULL)
		values[1] = CStringGetTextDatum(version);
	oms_spi_connect();
	policy->name = name;
	policy->nroutings = oms_spi_execute(&select_routings, values, nulls, true);
	if (policy->nroutings == 0)
		ereport(ERROR,
				(errcode(OMS_ERR_UNKNOWN_KEY),
				 version == NULL ? errmsg("policy \"%s\" has no active version", text_to_cstring(name))
				 : errmsg("policy \"%s\" has no version %s with routings", text_to_cstring(name), version),
				 version == NULL ? errhint("Write one by oms.add_policy and call oms.activate_policy.")
				 : errhint("oms.policy_routing shows those that there are.")));
	spi = MemoryContextSwitchTo(caller);
	policy->version = DatumGetInt32(oms_spi_value(0, 1, &isnull));
	policy->routings = palloc0(sizeof(PolicyRouting) * policy->nroutings);
	for (int i = 0; i < policy->nroutings; i++)
	{
		PolicyRouting *routing = &policy->routings[i];

		routing->name = oms_spi_text(i, 2);
		routing->filter = oms_spi_text(i, 3);
		routing->saved_by = oms_spi_text(i, 4);
		routing->queue = oms_spi_text(i, 5);
		routing->cancel_after_days = oms_spi_text(i, 6);
		routing->nrules = oms_spi_int64(i, 7);
		routing->backorders = DatumGetBool(oms_spi_value(i, 8, &isnull));
		routing->leaves = DatumGetBool(oms_spi_value(i, 9, &isnull));
		routing->rules = palloc0(sizeof(PolicyRule) * routing->nrules);
	}
	MemoryContextSwitchTo(spi);
	oms_spi_execute(&select_rules, values, nulls, true);
	MemoryContextSwitchTo(caller);
	for (int i = 0; i < policy->nroutings; i++)
		for (int k = 0; k < policy->routings[i].nrules; k++, row++)
		{
			PolicyRule *rule = &policy->routings[i].rules[k];
			Datum		criteria = oms_spi_value(row, 10, &isnull);
			Datum		weights = isnull ? (Datum) 0 : oms_spi_value(row, 11, &no_weights);

			rule->criteria = oms_criteria_parse(isnull ? NULL : DatumGetArrayTypeP(criteria),
												isnull || no_weights ? NULL : DatumGetArrayTypeP(weights));
			rule->rule_no = DatumGetInt32(oms_spi_value(row, 1, &isnull));
			rule->location_group = oms_spi_text(row, 2);
			rule->max_distance_km = oms_spi_text(row, 3);
			rule->floor = oms_spi_text(row, 4);
			rule->single = strcmp(oms_spi_text(row, 5), "single") == 0;
			rule->whole = DatumGetBool(oms_spi_value(row, 6, &isnull));
			rule->keep_groups = DatumGetBool(oms_spi_value(row, 7, &isnull));
			rule->ignore_capacity = DatumGetBool(oms_spi_value(row, 8, &isnull));
			rule->min_shipment_value = oms_spi_text(row, 9);
		}
	oms_spi_finish();
	return policy;
}

/* -------------------------------------------------------------------------
 * Writing
 * -------------------------------------------------------------------------
 */

/* as_owner switches to the owner of the policy tables; the role in effect before. */
static Disguise
as_owner(void)
{
	HeapTuple	tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(oms_table("policy_row")));
	Disguise	before = {0};

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for relation oms.policy_row");
	GetUserIdAndSecContext(&before.role, &before.security);
	SetUserIdAndSecContext(((Form_pg_class) GETSTRUCT(tuple))->relowner,
						   before.security | SECURITY_LOCAL_USERID_CHANGE);
	ReleaseSysCache(tuple);
	return before;
}

static Datum
saver(void)
{
	return CStringGetTextDatum(GetUserNameFromId(GetUserId(), false));
}

/* draft locks the draft of a policy and returns its version; OM004 without one. */
static Datum
draft(text *policy)
{
	Datum		values[1] = {PointerGetDatum(policy)};
	bool		isnull;

	if (oms_spi_execute(&lock_draft, values, NULL, false) == 0)
		ereport(ERROR,
				(errcode(OMS_ERR_UNKNOWN_KEY),
				 errmsg("policy \"%s\" has no draft", text_to_cstring(policy)),
				 errdetail("A version that was activated is not changed any more."),
				 errhint("Begin a new version by oms.add_policy.")));
	return oms_spi_value(0, 1, &isnull);
}

/* arguments copies arguments from first on to values and nulls. */
static void
arguments(FunctionCallInfo fcinfo, int first, Datum *values, char *nulls)
{
	for (int i = first; i < PG_NARGS(); i++)
	{
		values[i - first] = PG_GETARG_DATUM(i);
		nulls[i - first] = PG_ARGISNULL(i) ? 'n' : ' ';
	}
}

/* oms_add_policy(policy, note) begins a draft, in place of the one there is: its version. */
Datum
oms_add_policy(PG_FUNCTION_ARGS)
{
	Datum		values[3] = {PointerGetDatum(oms_arg_key(fcinfo, 0, "policy")),
	PG_GETARG_DATUM(1), saver()};
	char		nulls[4] = {' ', PG_ARGISNULL(1) ? 'n' : ' ', ' '};
	Disguise	before = as_owner();
	bool		isnull;
	Datum		version;

	oms_spi_connect();
	oms_spi_execute(&delete_draft, values, NULL, false);
	oms_spi_execute(&insert_draft, values, nulls, false);
	version = oms_spi_value(0, 1, &isnull);
	oms_spi_finish();
	SetUserIdAndSecContext(before.role, before.security);
	return version;
}

/*
 * oms_add_routing(policy, routing, filter, queue, cancel_after_days, on_unfilled) adds a routing to the
 * draft: its sequence. OM004 without a draft; what is wrong with the filter.
 */
Datum
oms_add_routing(PG_FUNCTION_ARGS)
{
	text	   *policy = oms_arg_key(fcinfo, 0, "policy");
	text	   *routing = oms_arg_key(fcinfo, 1, "routing");
	Datum		values[8];
	char		nulls[9] = {' ', ' ', ' ', ' ', ' ', ' ', ' ', ' '};
	Disguise	before;
	bool		isnull;
	Datum		sequence;

	values[5] = PointerGetDatum(oms_arg_key(fcinfo, 3, "queue"));
	values[7] = PointerGetDatum(oms_arg_key(fcinfo, 5, "on_unfilled"));
	if (!PG_ARGISNULL(2))
		check_filter(text_to_cstring(routing), text_to_cstring(PG_GETARG_TEXT_PP(2)));
	values[0] = PointerGetDatum(policy);
	values[2] = PointerGetDatum(routing);
	values[3] = PG_GETARG_DATUM(2);
	nulls[3] = PG_ARGISNULL(2) ? 'n' : ' ';
	values[4] = saver();
	values[6] = PG_GETARG_DATUM(4);
	nulls[6] = PG_ARGISNULL(4) ? 'n' : ' ';
	before = as_owner();
	oms_spi_connect();
	values[1] = draft(policy);
	oms_spi_execute(&insert_routing, values, nulls, false);
	sequence = oms_spi_value(0, 1, &isnull);
	oms_spi_finish();
	SetUserIdAndSecContext(before.role, before.security);
	return sequence;
}

/*
 * oms_add_rule(policy, routing, location_group, max_distance_km, floor, split, whole,
 * keep_groups, ignore_capacity, min_shipment_value, criteria, weights) adds a rule to a routing of the
 * draft: its rule_no. whole is null: as split says. OM004 without that routing in a draft, and
 * what oms_criteria_parse raises.
 */
Datum
oms_add_rule(PG_FUNCTION_ARGS)
{
	text	   *policy = oms_arg_key(fcinfo, 0, "policy");
	text	   *routing = oms_arg_key(fcinfo, 1, "routing");
	char	   *split = text_to_cstring(oms_arg_key(fcinfo, 5, "split"));
	Datum		values[13];
	char		nulls[14] = {' ', ' ', ' '};
	Disguise	before;
	bool		isnull;
	Datum		rule_no;

	oms_require_not_null(fcinfo, 4, "floor");
	oms_require_not_null(fcinfo, 7, "keep_groups");
	oms_require_not_null(fcinfo, 8, "ignore_capacity");
	oms_require_not_null(fcinfo, 9, "min_shipment_value");
	(void) oms_criteria_parse(PG_ARGISNULL(10) ? NULL : PG_GETARG_ARRAYTYPE_P(10),
							  PG_ARGISNULL(11) ? NULL : PG_GETARG_ARRAYTYPE_P(11));
	arguments(fcinfo, 2, values + 3, nulls + 3);
	if (PG_ARGISNULL(6))
	{
		values[7] = BoolGetDatum(strcmp(split, "single") == 0);
		nulls[7] = ' ';
	}
	values[0] = PointerGetDatum(policy);
	values[2] = PointerGetDatum(routing);
	before = as_owner();
	oms_spi_connect();
	values[1] = draft(policy);
	if (oms_spi_execute(&insert_rule, values, nulls, false) == 0)
		ereport(ERROR,
				(errcode(OMS_ERR_UNKNOWN_KEY),
				 errmsg("the draft of policy \"%s\" has no routing \"%s\"",
						text_to_cstring(policy), text_to_cstring(routing)),
				 errhint("Call oms.add_routing first.")));
	rule_no = oms_spi_value(0, 1, &isnull);
	oms_spi_finish();
	SetUserIdAndSecContext(before.role, before.security);
	return rule_no;
}

/*
 * oms_activate_policy(policy) makes the draft the active version and archives the one that
 * was: its version. OM004 without a draft, OM005 when it has no routing, or one without rules.
 */
Datum
oms_activate_policy(PG_FUNCTION_ARGS)
{
	text	   *policy = oms_arg_key(fcinfo, 0, "policy");
	Datum		values[2] = {PointerGetDatum(policy)};
	Disguise	before = as_owner();

	oms_spi_connect();
	values[1] = draft(policy);
	if (oms_spi_execute(&select_unfinished, values, NULL, false) > 0)
	{
		char	   *routing = oms_spi_text(0, 1);

		ereport(ERROR,
				(errcode(OMS_ERR_ILLEGAL_TRANSITION),
				 errmsg("policy \"%s\" is not complete", text_to_cstring(policy)),
				 routing == NULL ? errdetail("It has no routings.") :
				 errdetail("Routing \"%s\" has no rules.", routing),
				 errhint("Call oms.add_routing and oms.add_rule.")));
	}
	oms_spi_execute(&archive_active, values, NULL, false);
	oms_spi_execute(&activate_draft, values, NULL, false);
	oms_spi_finish();
	SetUserIdAndSecContext(before.role, before.security);
	return values[1];
}
