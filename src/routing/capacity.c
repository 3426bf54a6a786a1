/*
 * capacity.c
 *		Capacity of locations: what assigned work uses of it, taken by routing runs and
 *		given back by whoever ends the work.
 *
 * The limits are rows of oms.capacity, by window, and capacity_orders of a location, for
 * orders at once; they count as they stand at a take. What is used is a bounded account
 * (account/account.c) of (location, window_name, until, measure): its reserved units.
 * oms.capacity_accounts names the accounts of a moment.
 *
 * Invariants. An account is the sum of the rows of capacity_use_row, which say what each
 * fulfillment uses of it. Work that is rejected, cancelled or superseded uses nothing; work
 * that is done uses its windows still, but nothing of the orders at once. No run assigns
 * more than is left, in whatever outcome of the transactions that are open, unless by a rule that
 * ignores capacity. Work that is assigned while there is no limit is not counted.
 *
 * A run first gives back what the assigned work of its orders uses, then takes what its plan
 * needs, or what can be had of it, for the most urgent orders; nobody can take in between, for
 * what a transaction gives counts for others only after its commit. When the work is
 * written, its use is, and what was taken for more is given back. So work that stays
 * where it is counts in the window of the last run that decided on it.
 *
 * The caller has locked the rows of the orders, so nobody else changes their work and its
 * use. Locks: key locks of the accounts, one at a time, in the order of the keys. It never waits.
 *
 * The SQL texts here are run by SECURITY DEFINER functions that are pinned to search_path
 * pg_catalog, pg_temp, so that operators need no schema.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/array.h"

#include "oms.h"
#include "routing/capacity.h"
#include "stock/stock.h"

#define NKEYS 4

/* An account, and what a run takes of it. */
typedef struct Account
{
	Datum		keys[NKEYS];
	int64		limit;
	int64		wanted;			/* by work that is bounded */
	int64		forced;			/* by work whose rule ignores capacity */
	int64		left;			/* of what was taken for the bounded work */
} Account;

/* What an order needs of an account. */
typedef struct Claim
{
	int			order;			/* by urgency, from 0 */
	int			account;
	int64		wanted;			/* 0: forced */
} Claim;

/* $1 orders whose assigned work uses nothing any more; what is given back. */
static const char release_assigned[] =
	"WITH released AS (DELETE FROM oms.capacity_use_row u USING oms.fulfillment_row f "
	"WHERE u.order_id = ANY ($1) AND f.order_id = u.order_id AND f.fulfillment_id = u.fulfillment_id "
	"AND f.status = 'assigned' RETURNING u.location, u.window_name, u.until, u.measure, u.quantity) "
	"SELECT r.location, r.window_name, r.until, r.measure, -sum(r.quantity)::int8 FROM released r "
	"GROUP BY r.location, r.window_name, r.until, r.measure "
	"ORDER BY r.location, r.window_name, r.until, r.measure";

/*
 * What the plan needs: $1 moment, $2 orders, $3 to $7 rows of the plan, $8 by step whether
 * capacity is ignored. A row per order and account, most urgent orders first.
 */
static const char select_claims[] =
	"WITH work AS (SELECT u.order_id, u.location, s.ignored, count(DISTINCT u.line_no) AS lines, "
	"sum(u.quantity) AS units FROM ROWS FROM (unnest($3), unnest($4), unnest($5), unnest($6), unnest($7)) "
	"AS u (order_id, line_no, location, quantity, step) "
	"JOIN unnest($8) WITH ORDINALITY AS s (ignored, step) ON s.step = u.step "
	"WHERE u.order_id = ANY ($2) AND u.location IS NOT NULL GROUP BY u.order_id, u.location, s.ignored), "
	"o AS (SELECT o.order_id, row_number() OVER (ORDER BY o.priority, o.placed_at, o.order_id) - 1 AS n "
	"FROM oms.order_row o WHERE o.order_id = ANY ($2)) "
	"SELECT c.location, c.window_name, c.until, c.measure, c.quantity, "
	"dense_rank() OVER (ORDER BY c.location, c.window_name, c.until, c.measure) - 1, o.n, "
	WORK_MEASURE("w.lines", "w.units") ", w.ignored, w.order_id "
	"FROM work w JOIN o ON o.order_id = w.order_id "
	"JOIN oms.capacity_accounts($1) c ON c.location = w.location "
	"JOIN oms.location l ON l.location = w.location ORDER BY o.n";

/*
 * Writes what the assigned work of orders $2 uses at moment $1; by account what was not taken
 * for it yet, of $3 to $7, what was taken.
 */
static const char write_use[] =
	"WITH used AS (INSERT INTO oms.capacity_use_row (order_id, fulfillment_id, location, window_name, until, "
	"measure, quantity) SELECT u.* FROM (SELECT f.order_id, f.fulfillment_id, c.location, c.window_name, c.until, "
	"c.measure, " WORK_MEASURE("w.lines", "w.units") " AS quantity FROM oms.fulfillment_row f "
	"JOIN (SELECT f.order_id, f.fulfillment_id, count(*) AS lines, sum(f.quantity - f.rejected - f.cancelled) AS units "
	"FROM oms.fulfillment_line_row f WHERE f.order_id = ANY ($2) AND f.quantity > f.rejected + f.cancelled "
	"GROUP BY f.order_id, f.fulfillment_id) w ON w.order_id = f.order_id AND w.fulfillment_id = f.fulfillment_id "
	"JOIN oms.capacity_accounts($1) c ON c.location = f.location "
	"JOIN oms.location l ON l.location = f.location "
	"WHERE f.order_id = ANY ($2) AND f.status = 'assigned') u WHERE u.quantity > 0 "
	"RETURNING location, window_name, until, measure, quantity) "
	"SELECT location, window_name, until, measure, COALESCE(u.quantity, 0) - COALESCE(t.quantity, 0) "
	"FROM ROWS FROM (unnest($3), unnest($4), unnest($5), unnest($6), unnest($7)) "
	"AS t (location, window_name, until, measure, quantity) "
	"FULL JOIN (SELECT u.location, u.window_name, u.until, u.measure, sum(u.quantity)::int8 AS quantity FROM used u "
	"GROUP BY u.location, u.window_name, u.until, u.measure) u USING (location, window_name, until, measure) "
	"WHERE t.quantity IS DISTINCT FROM u.quantity ORDER BY location, window_name, until, measure";

/* What fulfillments $1 use is lowered to what they still are; what is given back. */
static OmsPlan lower_use = {
	"WITH work AS (SELECT u.order_id, u.fulfillment_id, u.window_name, u.until, u.measure, u.quantity AS before, "
	"CASE WHEN f.status IN ('rejected', 'cancelled', 'superseded') OR w.lines = 0 "
	"OR f.status IN ('shipped', 'handed_over') AND u.until = 'infinity' THEN 0 "
	"ELSE LEAST(u.quantity, CASE u.measure WHEN 'orders' THEN 1 WHEN 'lines' THEN w.lines WHEN 'units' THEN w.units "
	"ELSE " WORK_SECONDS("w.lines", "w.units") " END) END AS quantity "
	"FROM oms.fulfillment_row f "
	"JOIN oms.capacity_use_row u ON u.order_id = f.order_id AND u.fulfillment_id = f.fulfillment_id "
	"JOIN oms.location l ON l.location = u.location "
	"CROSS JOIN LATERAL (SELECT count(*) AS lines, sum(w.quantity - w.rejected - w.cancelled) AS units "
	"FROM oms.fulfillment_line_row w WHERE w.order_id = f.order_id AND w.fulfillment_id = f.fulfillment_id "
	"AND w.quantity > w.rejected + w.cancelled) w WHERE f.fulfillment_id = ANY ($1)), "
	"gone AS (DELETE FROM oms.capacity_use_row u USING work w WHERE w.quantity <= 0 AND u.order_id = w.order_id "
	"AND u.fulfillment_id = w.fulfillment_id AND u.window_name = w.window_name AND u.until = w.until "
	"AND u.measure = w.measure RETURNING u.location, u.window_name, u.until, u.measure, w.before), "
	"lowered AS (UPDATE oms.capacity_use_row u SET quantity = w.quantity FROM work w WHERE w.quantity BETWEEN 1 AND w.before - 1 "
	"AND u.order_id = w.order_id AND u.fulfillment_id = w.fulfillment_id AND u.window_name = w.window_name "
	"AND u.until = w.until AND u.measure = w.measure "
	"RETURNING u.location, u.window_name, u.until, u.measure, w.before - w.quantity) "
	"SELECT g.location, g.window_name, g.until, g.measure, -sum(g.before)::int8 "
	"FROM (SELECT * FROM gone UNION ALL SELECT * FROM lowered) g "
	"GROUP BY g.location, g.window_name, g.until, g.measure ORDER BY g.location, g.window_name, g.until, g.measure",
	1, {"_int8"}
};

/*
 * change_accounts changes the accounts that the last result names, a row each: four keys
 * and the change. Without a bound.
 */
static void
change_accounts(uint64 n)
{
	OmsGuard	none = {.kind = OMS_GUARD_NONE};
	SPITupleTable *rows = SPI_tuptable;
	OmsAccounts *accounts;

	if (n == 0)
		return;
	accounts = oms_accounts_open(&oms_capacity_kind);
	for (uint64 i = 0; i < n; i++)
	{
		OmsAmounts	change = {0};
		Datum		keys[NKEYS];
		bool		isnull;

		for (int k = 0; k < NKEYS; k++)
			keys[k] = SPI_getbinval(rows->vals[i], rows->tupdesc, k + 1, &isnull);
		change.reserved = DatumGetInt64(SPI_getbinval(rows->vals[i], rows->tupdesc, NKEYS + 1, &isnull));
		oms_account_change(accounts, keys, change, &none, NULL);
	}
	oms_accounts_close(accounts);
}

/* take_account takes what is wanted of an account, as far as it can be had; the units taken. */
static int64
take_account(OmsAccounts *accounts, Account *account)
{
	OmsGuard	guard = {.kind = OMS_GUARD_AVAILABLE, .kept = -account->limit, .partial = true};
	OmsGuard	none = {.kind = OMS_GUARD_NONE};
	OmsAmounts	change = {.reserved = account->wanted};
	OmsChange	result = {0};

	if (account->wanted > 0)
		oms_account_change(accounts, account->keys, change, &guard, &result);
	account->left = result.outcome == OMS_DONE ? result.change.reserved : 0;
	if (account->forced > 0)
	{
		change.reserved = account->forced;
		oms_account_change(accounts, account->keys, change, &none, NULL);
	}
	return account->left + account->forced;
}

/*
 * oms_route_take_capacity gives back what the assigned work of the orders uses and takes
 * what the plan needs for them: *taken, for oms_route_write_capacity. Returns the orders that are
 * refused, since somewhere there is not enough for them: where, they avoid from now on. The most
 * urgent are served first.
 */
Datum
oms_route_take_capacity(RouteRun *run, Datum orders, CapacityTaken *taken)
{
	const RoutePlan *plan = &run->plan;
	RouteArgument arguments[] = {
		{TIMESTAMPTZOID, TimestampTzGetDatum(run->options->begins_at)}, {TEXTARRAYOID, orders},
		{TEXTARRAYOID, plan->order_id}, {INT4ARRAYOID, plan->line_no},
		{TEXTARRAYOID, plan->location}, {INT8ARRAYOID, plan->quantity},
		{INT4ARRAYOID, plan->step}, {BOOLARRAYOID, run->ignores_capacity}
	};
	MemoryContext caller = CurrentMemoryContext;
	OmsAccounts *accounts;
	Account    *of;
	Claim	   *claims;
	Datum	   *columns[NKEYS + 1];
	Datum	   *refused;
	Datum	   *lacking[2];		/* orders and locations */
	int			nrefused = 0;
	int			nlacking = 0;
	int			naccounts = 0;
	uint64		n;
	MemoryContext spi;

	oms_spi_connect();
	change_accounts(oms_route_run(release_assigned, 1, arguments + 1, false));
	n = oms_route_run(select_claims, lengthof(arguments), arguments, false);
	spi = MemoryContextSwitchTo(caller);
	of = palloc_extended(sizeof(Account) * Max(1, n), MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
	claims = palloc_extended(sizeof(Claim) * Max(1, n), MCXT_ALLOC_HUGE);
	refused = palloc_extended(sizeof(Datum) * Max(1, n), MCXT_ALLOC_HUGE);
	for (int i = 0; i < lengthof(lacking); i++)
		lacking[i] = palloc_extended(sizeof(Datum) * Max(1, n), MCXT_ALLOC_HUGE);
	for (uint64 i = 0; i < n; i++)
	{
		bool		isnull;
		bool		forced = DatumGetBool(oms_spi_value(i, 9, &isnull));
		int64		wanted = oms_spi_int64(i, 8);
		Account    *account;

		claims[i] = (Claim) {
			oms_spi_int64(i, 7), oms_spi_int64(i, 6), forced ? 0 : wanted
		};
		account = &of[claims[i].account];
		naccounts = Max(naccounts, claims[i].account + 1);
		if (account->keys[0] == (Datum) 0)
		{
			for (int k = 0; k < NKEYS; k++)
				account->keys[k] = PointerGetDatum(DatumGetTextPCopy(oms_spi_value(i, k + 1, &isnull)));
			account->limit = oms_spi_int64(i, 5);
		}
		if (forced)
			account->forced += wanted;
		else
			account->wanted += wanted;
	}

	for (int c = 0; c <= NKEYS; c++)
		columns[c] = palloc(sizeof(Datum) * Max(1, naccounts));
	accounts = oms_accounts_open(&oms_capacity_kind);
	for (int a = 0; a < naccounts; a++)
	{
		for (int k = 0; k < NKEYS; k++)
			columns[k][a] = of[a].keys[k];
		columns[NKEYS][a] = Int64GetDatum(take_account(accounts, &of[a]));
	}
	oms_accounts_close(accounts);
	for (int c = 0; c <= NKEYS; c++)
		taken->columns[c] = c < NKEYS ? oms_text_array(naccounts, columns[c]) :
			oms_int8_array(naccounts, columns[c]);

	for (uint64 first = 0, end; first < n; first = end)
	{
		int			before = nlacking;
		bool		isnull;

		for (end = first; end < n && claims[end].order == claims[first].order; end++)
			if (claims[end].wanted > of[claims[end].account].left)
			{
				lacking[0][nlacking] = PointerGetDatum(DatumGetTextPCopy(oms_spi_value(end, 10, &isnull)));
				lacking[1][nlacking++] = of[claims[end].account].keys[0];
			}
		if (nlacking > before)
			refused[nrefused++] = lacking[0][before];
		for (uint64 i = first; nlacking == before && i < end; i++)
			of[claims[i].account].left -= claims[i].wanted;
	}
	run->avoided_orders = oms_route_union(run->avoided_orders, oms_text_array(nlacking, lacking[0]));
	run->avoided_locations = oms_route_union(run->avoided_locations, oms_text_array(nlacking, lacking[1]));
	MemoryContextSwitchTo(spi);
	oms_spi_finish();
	return oms_text_array(nrefused, refused);
}

/*
 * oms_route_write_capacity notes what the assigned work of the orders uses, now that it is
 * written, and makes the accounts agree with it.
 */
void
oms_route_write_capacity(const RouteRun *run, Datum orders, const CapacityTaken *taken)
{
	RouteArgument arguments[2 + NKEYS + 1] = {
		{TIMESTAMPTZOID, TimestampTzGetDatum(run->options->begins_at)}, {TEXTARRAYOID, orders}
	};

	for (int c = 0; c <= NKEYS; c++)
		arguments[2 + c] = (RouteArgument) {
			c < NKEYS ? TEXTARRAYOID : INT8ARRAYOID, taken->columns[c]
		};
	oms_spi_connect();
	change_accounts(oms_route_run(write_use, lengthof(arguments), arguments, false));
	oms_spi_finish();
}

/*
 * oms_capacity_give_back gives back what the fulfillments do not use any more, after their status
 * or their lines changed.
 */
void
oms_capacity_give_back(int n, const int64 *fulfillment_ids)
{
	Datum		values[1] = {oms_id_array(n, fulfillment_ids)};

	oms_spi_connect();
	change_accounts(oms_spi_execute_latest(&lower_use, values, NULL));
	oms_spi_finish();
}
