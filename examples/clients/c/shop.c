/*
 * shop.c
 *		A checkout with oms from C (libpq). Connects as the PG… environment variables say.
 */
#include "oms_client.h"

#include <endian.h>
#include <stdbool.h>
#include <stdint.h>
#include <time.h>

/* The types of oms in binary: what COMMENT ON FUNCTION oms.…_send says, in network byte order. */

static int16_t
read_int16(const char *data)
{
	uint16_t	value;

	memcpy(&value, data, sizeof value);
	return (int16_t) be16toh(value);
}

static int32_t
read_int32(const char *data)
{
	uint32_t	value;

	memcpy(&value, data, sizeof value);
	return (int32_t) be32toh(value);
}

static int64_t
read_int64(const char *data)
{
	uint64_t	value;

	memcpy(&value, data, sizeof value);
	return (int64_t) be64toh(value);
}

static double
read_double(const char *data)
{
	int64_t		bits = read_int64(data);
	double		value;

	memcpy(&value, &bits, sizeof value);
	return value;
}

static void
write_double(char *data, double value)
{
	uint64_t	bits;

	memcpy(&bits, &value, sizeof bits);
	bits = htobe64(bits);
	memcpy(data, &bits, sizeof bits);
}

/* print_values: asks for a row in binary */
static void
print_values(PGconn *conn)
{
	PGresult   *result = PQexecParams(conn,
		"SELECT l.coordinates, l.business_hours, c.safety_stock, oms.expected_supply('lamp')"
		"  FROM oms.location l, oms.channel c WHERE l.location = 'Bronx' AND c.channel = 'marketplace'",
		0, NULL, NULL, NULL, NULL, 1);
	const char *place = PQgetvalue(result, 0, 0);
	const char *hours = PQgetvalue(result, 0, 1);
	const char *safety_stock = PQgetvalue(result, 0, 2);
	const char *supply = PQgetvalue(result, 0, 3);

	printf("Bronx is at %.4f, %.4f, open in minutes of the week %d-%d and %d times more\n", read_double(place),
		   read_double(place + 8), read_int16(hours + 4), read_int16(hours + 6), read_int32(hours) - 1);
	printf("marketplace keeps back %lld units + %g %%\n", (long long) read_int64(safety_stock),
		   read_int32(safety_stock + 8) / 10000.0);
	for (int i = 0; i < read_int32(supply); i++)
	{
		/* A moment is microseconds since 2000-01-01 00:00 UTC. */
		time_t		at = 946684800 + read_int64(supply + 4 + 16 * i) / 1000000;
		char		text[20];

		strftime(text, sizeof text, "%Y-%m-%d %H:%M", gmtime(&at));
		printf("%lld lamps come at %s\n", (long long) read_int64(supply + 12 + 16 * i), text);
	}
	PQclear(result);
}

/* print_distance: sends a place in binary */
static void
print_distance(PGconn *conn, double latitude, double longitude)
{
	char		place[16];
	const char *values[] = {place};
	int			lengths[] = {sizeof place};
	int			formats[] = {1};
	PGresult   *result;

	write_double(place, latitude);
	write_double(place + 8, longitude);
	result = PQexecParams(conn, "SELECT round(coordinates OPERATOR(oms.<->) $1)::int FROM oms.location WHERE location = 'Bronx'",
						  1, NULL, values, lengths, formats, 0);
	printf("%s km from there to %.4f, %.4f\n", PQgetvalue(result, 0, 0), latitude, longitude);
	PQclear(result);
}

static void
refused(PGconn *conn, const char *sku, const char *quantity)
{
	PGresult   *result = try_sql(conn, "SELECT * FROM oms.reserve('web', $1, $2)", 2, (const char *[]) {sku, quantity});

	printf("%s: %s\n  %s\n", PQresultErrorField(result, PG_DIAG_SQLSTATE),
		   PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY), PQresultErrorField(result, PG_DIAG_MESSAGE_DETAIL));
	PQclear(result);
}

/* is_retryable: somebody else's transaction was in the way, and nothing has changed */
static bool
is_retryable(const PGresult *result)
{
	const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);

	return state && (strcmp(state, "OM002") == 0 || strcmp(state, "40001") == 0 || strcmp(state, "40P01") == 0);
}

/* reserve_pan: what is tried, in a transaction of its own */
static PGresult *
reserve_pan(PGconn *conn)
{
	PGresult   *result;

	run(conn, "BEGIN", 0, NULL);
	/* For this transaction only: the server's connection may be another client's next. */
	run(conn, "SET LOCAL oms.wait_for_pending = 0", 0, NULL);
	result = try_sql(conn, "SELECT sku, location FROM oms.reserve('web', 'pan', 1)", 0, NULL);
	run(conn, PQresultStatus(result) == PGRES_TUPLES_OK ? "COMMIT" : "ROLLBACK", 0, NULL);
	return result;
}

static void
reserve_with_retries(PGconn *conn, PGconn *rival)
{
	PGresult   *result;

	for (int attempt = 1; is_retryable(result = reserve_pan(conn)) && attempt < 5; attempt++)
	{
		struct timespec pause = {0, 10000000L << attempt};

		printf("attempt %d: %s\n", attempt, PQresultErrorField(result, PG_DIAG_SQLSTATE));
		PQclear(result);
		run(rival, "ROLLBACK", 0, NULL);
		nanosleep(&pause, NULL);
	}
	if (PQresultStatus(result) == PGRES_TUPLES_OK)
		printf("%s: 1 in %s\n", PQgetvalue(result, 0, 0), PQgetvalue(result, 0, 1));
	else
		fputs(PQresultErrorMessage(result), stderr);
	PQclear(result);
}

/* equal: whether two results have the same values */
static bool
equal(const PGresult *a, const PGresult *b)
{
	bool		same = PQntuples(a) == PQntuples(b) && PQnfields(a) == PQnfields(b);

	for (int i = 0; same && i < PQntuples(a); i++)
		for (int j = 0; same && j < PQnfields(a); j++)
			same = PQgetisnull(a, i, j) == PQgetisnull(b, i, j) && strcmp(PQgetvalue(a, i, j), PQgetvalue(b, i, j)) == 0;
	return same;
}

int
main(void)
{
	static const char *const cart =
	"SELECT line_no, sku, quantity, location, reservation_id FROM oms.reserve_many('web', $1, $2,"
	" ship_to => $3, expires_in => '15 minutes', cart_id => $4, request_id => $5)";
	/* Arrays are text like all else: '{mug,"with, comma"}'. */
	const char *const values[] = {"{mug,lamp}", "{2,1}", "40.7,-74", "cart 1", "checkout 1"};
	PGconn	   *conn = open_connection();
	PGconn	   *rival;
	PGresult   *result;
	PGresult   *again;

	puts("== values of oms, in binary");
	print_values(conn);
	print_distance(conn, 40.7, -74);

	puts("== a cart in one call");
	result = sql(conn, cart, 5, values);
	for (int i = 0; i < PQntuples(result); i++)
		printf("%s %s: %s in %s\n", PQgetvalue(result, i, 0), PQgetvalue(result, i, 1), PQgetvalue(result, i, 2),
			   PQgetvalue(result, i, 3));
	again = sql(conn, cart, 5, values);
	printf("the same request again returns %s\n", equal(result, again) ? "the same" : "something else");
	PQclear(again);
	PQclear(result);

	puts("== refused, by SQLSTATE");
	refused(conn, "lamp", "5");
	refused(conn, "lmap", "1");

	puts("== reported, in rows");
	result = sql(conn, "SELECT sku, status, cardinality(reservation_ids) FROM oms.try_reserve_many('web', $1, $2)", 2,
				 (const char *[]) {"{mug,lamp}", "{2,5}"});
	for (int i = 0; i < PQntuples(result); i++)
		printf("%s: %s, %s reservations\n", PQgetvalue(result, i, 0), PQgetvalue(result, i, 1), PQgetvalue(result, i, 2));
	PQclear(result);

	puts("== somebody else has the last one and has not decided");
	rival = open_connection();
	run(rival, "BEGIN", 0, NULL);
	run(rival, "SELECT FROM oms.reserve('web', 'pan', 1)", 0, NULL);
	reserve_with_retries(conn, rival);
	PQfinish(rival);

	puts("== the order takes over the cart");
	result = sql(conn, "SELECT line_no, sku, status, location"
				 "  FROM oms.place_order('O-1', 'web', $1, $2, ship_to => $3, cart_id => $4)", 4, values);
	for (int i = 0; i < PQntuples(result); i++)
		printf("%s %s: %s in %s\n", PQgetvalue(result, i, 0), PQgetvalue(result, i, 1), PQgetvalue(result, i, 2),
			   PQgetvalue(result, i, 3));
	PQclear(result);
	PQfinish(conn);
	return 0;
}
