/*
 * oms_client.h
 *		What the two programs share: a connection, and calls with text parameters that end the program when they fail.
 */
#ifndef OMS_CLIENT_H
#define OMS_CLIENT_H

#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* open_connection: as the PG… environment variables say */
static inline PGconn *
open_connection(void)
{
	PGconn	   *conn = PQconnectdb("");

	if (PQstatus(conn) != CONNECTION_OK)
	{
		fputs(PQerrorMessage(conn), stderr);
		exit(1);
	}
	return conn;
}

/* try_sql: the result, whatever it is. Parameters are text, and untyped: the server infers what they are. */
static inline PGresult *
try_sql(PGconn *conn, const char *sql, int n, const char *const *values)
{
	return PQexecParams(conn, sql, n, NULL, values, NULL, NULL, 0);
}

/* sql: the result, or the end */
static inline PGresult *
sql(PGconn *conn, const char *text, int n, const char *const *values)
{
	PGresult   *result = try_sql(conn, text, n, values);

	if (PQresultStatus(result) != PGRES_TUPLES_OK && PQresultStatus(result) != PGRES_COMMAND_OK)
	{
		fputs(PQerrorMessage(conn), stderr);
		exit(1);
	}
	return result;
}

/* run: the same, for its effect */
static inline void
run(PGconn *conn, const char *text, int n, const char *const *values)
{
	PQclear(sql(conn, text, n, values));
}

#endif							/* OMS_CLIENT_H */
