"""A worker on the change feed and on the work lists, from Python (psycopg 3).

worker.py CONSUMER [crash]: takes what has changed since it last acknowledged, acts on it, acknowledges, and ends when
there is nothing more. With crash it dies after it has acted and before it acknowledges.
"""
import os
import sys

import psycopg

consumer = sys.argv[1]
crash = len(sys.argv) > 2


def act(conn):
    """Returns whether there was anything to do."""
    events = conn.execute("SELECT event, sku, location, order_id, quantity, status FROM oms.poll_changes(%s, 100)", (consumer,)).fetchall()
    locations = set()
    for event, sku, location, order_id, quantity, status in events:
        print(" ".join(str(part) for part in (event, sku, location, order_id, quantity, status) if part is not None))
        if event == "fulfillment" and status == "assigned":
            locations.add(location)
    published = conn.execute("SELECT channel, sku, shown FROM oms.poll_availability(%s)", (consumer,)).fetchall()
    for channel, sku, shown in published:
        print(f"publish {channel} {sku} {shown}")
    for location in sorted(locations):
        # Nobody else gets the same work; what it does is in the same transaction, and so is done once.
        work = conn.execute("SELECT fulfillment_id FROM oms.claim_work(%s, %s, 10)", (location, consumer)).fetchall()
        ids = [fulfillment_id for (fulfillment_id,) in work]
        for step in ("pick_many", "pack_many", "ship_many") if ids else ():
            done = conn.execute(f"SELECT order_id, status FROM oms.{step}(%s)", (ids,)).fetchall()
        for order_id, status in done if ids else ():
            print(f"{status} {order_id} from {location}")
    return bool(events or published)


with psycopg.connect(autocommit=True, prepare_threshold=None) as conn:
    # Adds the consumer the first time, and leaves its position alone after that.
    conn.execute("SELECT oms.add_consumer(%s, '{stock,order,fulfillment}', '{web}', publish => 'shown')", (consumer,))
    while True:
        # One transaction: another worker of the same consumer waits for it, and gets what comes after.
        with conn.transaction():
            if not act(conn):
                break
            if crash:
                sys.stdout.flush()
                os._exit(1)
            conn.execute("SELECT oms.acknowledge(%s)", (consumer,))
