// A worker on the change feed and on the work lists, from Node.js (npm pg).
//
// worker.js CONSUMER [crash]: takes what has changed since it last acknowledged, acts on it, acknowledges, and ends when
// there is nothing more. With crash it dies after it has acted and before it acknowledges.
const { Client } = require('pg');

const [consumer, crash] = process.argv.slice(2);

// Returns whether there was anything to do.
async function act(client) {
  const locations = new Set();
  const events = await client.query('SELECT event, sku, location, order_id, quantity, status FROM oms.poll_changes($1, 100)', [consumer]);
  for (const event of events.rows) {
    console.log(Object.values(event).filter((part) => part !== null).join(' '));
    if (event.event === 'fulfillment' && event.status === 'assigned') locations.add(event.location);
  }
  const published = await client.query('SELECT channel, sku, shown FROM oms.poll_availability($1)', [consumer]);
  for (const { channel, sku, shown } of published.rows) console.log(`publish ${channel} ${sku} ${shown}`);
  for (const location of [...locations].sort()) {
    // Nobody else gets the same work; what it does is in the same transaction, and so is done once.
    const work = await client.query('SELECT fulfillment_id FROM oms.claim_work($1, $2, 10)', [location, consumer]);
    if (work.rowCount === 0) continue;
    const ids = work.rows.map((row) => row.fulfillment_id);
    await client.query('SELECT FROM oms.pick_many($1)', [ids]);
    await client.query('SELECT FROM oms.pack_many($1)', [ids]);
    const shipped = await client.query('SELECT order_id, status FROM oms.ship_many($1)', [ids]);
    for (const { order_id, status } of shipped.rows) console.log(`${status} ${order_id} from ${location}`);
  }
  return events.rowCount + published.rowCount > 0;
}

async function main() {
  const client = new Client();
  await client.connect();
  // Adds the consumer the first time, and leaves its position alone after that.
  await client.query("SELECT oms.add_consumer($1, '{stock,order,fulfillment}', '{web}', publish => 'shown')", [consumer]);
  for (;;) {
    // One transaction: another worker of the same consumer waits for it, and gets what comes after.
    await client.query('BEGIN');
    const busy = await act(client);
    if (busy && crash) process.exit(1);
    if (busy) await client.query('SELECT oms.acknowledge($1)', [consumer]);
    await client.query('COMMIT');
    if (!busy) break;
  }
  await client.end();
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
