// A checkout with oms from Node.js (npm pg). Connects as the PG… environment variables say.
const { Client } = require('pg');

// --- the types of oms in binary: what COMMENT ON FUNCTION oms.…_send says

function latlon(latitude, longitude) {
  const buffer = Buffer.alloc(16);
  buffer.writeDoubleBE(latitude, 0);
  buffer.writeDoubleBE(longitude, 8);
  return buffer; // pg sends a Buffer in binary
}

const place = (latitude, longitude) => `${latitude.toFixed(4)}, ${longitude.toFixed(4)}`;

// pg reads every result as text, and would spoil the bytes of a binary one. The …_send functions give them as bytea, which
// it turns into a Buffer.
const latlonText = (data) => place(data.readDoubleBE(0), data.readDoubleBE(8));
const safetyStockText = (data) => `${data.readBigInt64BE(0)} units + ${data.readInt32BE(8) / 10000} %`;
const businessHours = (data) =>
  Array.from({ length: data.readInt32BE(0) }, (_, i) => [data.readInt16BE(4 + 4 * i), data.readInt16BE(6 + 4 * i)]);
const supply = (data) =>
  Array.from({ length: data.readInt32BE(0) }, (_, i) => ({
    // A moment is microseconds since 2000-01-01 00:00 UTC.
    at: new Date(946684800000 + Number(data.readBigInt64BE(4 + 16 * i) / 1000n)).toISOString().slice(0, 16).replace('T', ' '),
    quantity: data.readBigInt64BE(12 + 16 * i),
  }));

// --- trying again: somebody else's transaction was in the way, and nothing has changed

const retryable = new Set(['OM002', '40001', '40P01']);

async function withRetries(work, { attempts = 5, between = async () => {} } = {}) {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (!retryable.has(error.code) || attempt === attempts) throw error;
      console.log(`attempt ${attempt}: ${error.code}`);
      await between(error);
      await new Promise((resolve) => setTimeout(resolve, 10 * 2 ** attempt));
    }
  }
}

async function inTransaction(client, work) {
  await client.query('BEGIN');
  try {
    const result = await work();
    await client.query('COMMIT');
    return result;
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  }
}

async function refused(client, sku, quantity) {
  try {
    await client.query("SELECT * FROM oms.reserve('web', $1, $2)", [sku, quantity]);
  } catch (error) {
    console.log(`${error.code}: ${error.message}`);
    console.log(`  ${error.detail}`);
  }
}

async function main() {
  const client = new Client();
  await client.connect();

  console.log('== values of oms, in binary');
  const values = await client.query(
    `SELECT oms.latlon_send(l.coordinates) AS coordinates, oms.business_hours_send(l.business_hours) AS hours,
            oms.safety_stock_send(c.safety_stock) AS safety_stock, oms.supply_send(oms.expected_supply('lamp')) AS supply
       FROM oms.location l, oms.channel c WHERE l.location = 'Bronx' AND c.channel = 'marketplace'`);
  const { coordinates, hours, safety_stock, supply: coming } = values.rows[0];
  const [[opens, closes], ...others] = businessHours(hours);
  console.log(`Bronx is at ${latlonText(coordinates)}, open in minutes of the week ${opens}-${closes} and ${others.length} times more`);
  console.log(`marketplace keeps back ${safetyStockText(safety_stock)}`);
  for (const { at, quantity } of supply(coming)) console.log(`${quantity} lamps come at ${at}`);
  const home = latlon(40.7, -74);
  const distance = await client.query(
    "SELECT round(coordinates OPERATOR(oms.<->) $1)::int AS km FROM oms.location WHERE location = 'Bronx'", [home]);
  console.log(`${distance.rows[0].km} km from there to ${place(40.7, -74)}`);

  console.log('== a cart in one call');
  const cart = `SELECT * FROM oms.reserve_many('web', $1, $2, ship_to => $3, expires_in => '15 minutes', cart_id => $4, request_id => $5)`;
  const parameters = [['mug', 'lamp'], [2, 1], home, 'cart 1', 'checkout 1'];
  const lines = (await client.query(cart, parameters)).rows;
  for (const line of lines) console.log(`${line.line_no} ${line.sku}: ${line.quantity} in ${line.location}`);
  const again = (await client.query(cart, parameters)).rows;
  console.log('the same request again returns', JSON.stringify(again) === JSON.stringify(lines) ? 'the same' : 'something else');

  console.log('== refused, by SQLSTATE');
  await refused(client, 'lamp', 5);
  await refused(client, 'lmap', 1);

  console.log('== reported, in rows');
  const tried = await client.query("SELECT sku, status, reservation_ids FROM oms.try_reserve_many('web', $1, $2)", [['mug', 'lamp'], [2, 5]]);
  for (const { sku, status, reservation_ids } of tried.rows) console.log(`${sku}: ${status}, ${reservation_ids.length} reservations`);

  console.log('== somebody else has the last one and has not decided');
  const rival = new Client();
  await rival.connect();
  await rival.query('BEGIN');
  await rival.query("SELECT FROM oms.reserve('web', 'pan', 1)");
  const pan = await withRetries(
    () =>
      inTransaction(client, async () => {
        // For this transaction only: the server's connection may be another client's next.
        await client.query('SET LOCAL oms.wait_for_pending = 0');
        return (await client.query("SELECT sku, location FROM oms.reserve('web', 'pan', 1)")).rows[0];
      }),
    { between: () => rival.query('ROLLBACK') });
  console.log(`${pan.sku}: 1 in ${pan.location}`);
  await rival.end();

  console.log('== the order takes over the cart');
  const order = await client.query(
    "SELECT line_no, sku, location, status FROM oms.place_order('O-1', 'web', $1, $2, ship_to => $3, cart_id => 'cart 1')",
    [['mug', 'lamp'], [2, 1], home]);
  for (const { line_no, sku, location, status } of order.rows) console.log(`${line_no} ${sku}: ${status} in ${location}`);
  await client.end();
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
