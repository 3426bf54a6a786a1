/*
 * worker.c
 *		A worker on the change feed and on the work lists, from C (libpq).
 *
 * worker CONSUMER [crash]: takes what has changed since it last acknowledged, acts on it, acknowledges, and ends when there
 * is nothing more. With crash it dies after it has acted and before it acknowledges.
 */
#include "oms_client.h"

#include <stdbool.h>
#include <unistd.h>

static const char *consumer;

/* do_work: picks, packs and ships what is assigned to a location. Nobody else gets the same work; what is done here is in
 * the same transaction as the events, and so is done once. */
static void
do_work(PGconn *conn, const char *location)
{
	PGresult   *claimed = sql(conn, "SELECT array_agg(fulfillment_id) FROM oms.claim_work($1, $2, 10)", 2,
							  (const char *[]) {location, consumer});

	if (!PQgetisnull(claimed, 0, 0))
	{
		const char *ids[] = {PQgetvalue(claimed, 0, 0)};
		PGresult   *shipped;

		run(conn, "SELECT FROM oms.pick_many($1)", 1, ids);
		run(conn, "SELECT FROM oms.pack_many($1)", 1, ids);
		shipped = sql(conn, "SELECT order_id, status FROM oms.ship_many($1)", 1, ids);
		for (int i = 0; i < PQntuples(shipped); i++)
			printf("%s %s from %s\n", PQgetvalue(shipped, i, 1), PQgetvalue(shipped, i, 0), location);
		PQclear(shipped);
	}
	PQclear(claimed);
}

/* act: returns whether there was anything to do */
static bool
act(PGconn *conn)
{
	PGresult   *events = sql(conn, "SELECT event, status, location, concat_ws(' ', event, sku, location, order_id, quantity, status)"
							 "  FROM oms.poll_changes($1, 100)", 1, &consumer);
	PGresult   *published = sql(conn, "SELECT channel, sku, shown FROM oms.poll_availability($1)", 1, &consumer);
	bool		busy = PQntuples(events) > 0 || PQntuples(published) > 0;

	for (int i = 0; i < PQntuples(events); i++)
		puts(PQgetvalue(events, i, 3));
	for (int i = 0; i < PQntuples(published); i++)
		printf("publish %s %s %s\n", PQgetvalue(published, i, 0), PQgetvalue(published, i, 1), PQgetvalue(published, i, 2));
	for (int i = 0; i < PQntuples(events); i++)
		if (strcmp(PQgetvalue(events, i, 0), "fulfillment") == 0 && strcmp(PQgetvalue(events, i, 1), "assigned") == 0)
			do_work(conn, PQgetvalue(events, i, 2));
	PQclear(published);
	PQclear(events);
	return busy;
}

int
main(int argc, char **argv)
{
	PGconn	   *conn;
	bool		busy;

	if (argc < 2)
	{
		fputs("usage: worker CONSUMER [crash]\n", stderr);
		return 2;
	}
	consumer = argv[1];
	conn = open_connection();
	/* Adds the consumer the first time, and leaves its position alone after that. */
	run(conn, "SELECT oms.add_consumer($1, '{stock,order,fulfillment}', '{web}', publish => 'shown')", 1, &consumer);
	do
	{
		/* One transaction: another worker of the same consumer waits for it, and gets what comes after. */
		run(conn, "BEGIN", 0, NULL);
		busy = act(conn);
		if (busy && argc > 2)
		{
			fflush(stdout);
			_exit(1);
		}
		if (busy)
			run(conn, "SELECT oms.acknowledge($1)", 1, &consumer);
		run(conn, "COMMIT", 0, NULL);
	} while (busy);
	PQfinish(conn);
	return 0;
}
