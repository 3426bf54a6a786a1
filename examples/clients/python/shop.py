"""A checkout with oms from Python (psycopg 3). Connects as the PG… environment variables say."""
import struct
import time
from dataclasses import dataclass

import psycopg
from psycopg.adapt import Dumper, Loader
from psycopg.pq import Format
from psycopg.types import TypeInfo

# --- the types of oms in binary: what COMMENT ON FUNCTION oms.…_send says


@dataclass
class LatLon:
    latitude: float
    longitude: float

    def __str__(self):
        return f"{self.latitude:.4f}, {self.longitude:.4f}"


class LatLonDumper(Dumper):
    format = Format.BINARY

    def dump(self, place):
        return struct.pack("!dd", place.latitude, place.longitude)


class LatLonLoader(Loader):
    format = Format.BINARY

    def load(self, data):
        return LatLon(*struct.unpack("!dd", data))


class SafetyStockLoader(Loader):
    format = Format.BINARY

    def load(self, data):
        units, percent, mode = struct.unpack("!qib", data)
        return f"{units} units + {percent / 10000:g} %"


class BusinessHoursLoader(Loader):
    format = Format.BINARY

    def load(self, data):
        (n,) = struct.unpack_from("!i", data)
        return list(struct.iter_unpack("!hh", data[4 : 4 + 4 * n]))


class SupplyLoader(Loader):
    format = Format.BINARY

    def load(self, data):
        (n,) = struct.unpack_from("!i", data)
        items = struct.iter_unpack("!qq", data[4 : 4 + 16 * n])
        # A moment is microseconds since 2000-01-01 00:00 UTC.
        return [(time.strftime("%Y-%m-%d %H:%M", time.gmtime(946684800 + at // 1000000)), quantity) for at, quantity in items]


def register_types(conn):
    for name, loader in (
        ("oms.latlon", LatLonLoader),
        ("oms.safety_stock", SafetyStockLoader),
        ("oms.business_hours", BusinessHoursLoader),
        ("oms.supply", SupplyLoader),
    ):
        info = TypeInfo.fetch(conn, name)
        conn.adapters.register_loader(info.oid, loader)
        if name == "oms.latlon":
            conn.adapters.register_dumper(LatLon, type("Dumper", (LatLonDumper,), {"oid": info.oid}))


# --- trying again: somebody else's transaction was in the way, and nothing has changed

RETRYABLE = {"OM002", "40001", "40P01"}


def with_retries(work, attempts=5, between=lambda error: None):
    for attempt in range(1, attempts + 1):
        try:
            return work()
        except psycopg.Error as error:
            if error.sqlstate not in RETRYABLE or attempt == attempts:
                raise
            print(f"attempt {attempt}: {error.sqlstate}")
            between(error)
            time.sleep(0.01 * 2**attempt)


def refused(conn, sku, quantity):
    try:
        conn.execute("SELECT * FROM oms.reserve('web', %s, %s)", (sku, quantity))
    except psycopg.Error as error:
        print(f"{error.sqlstate}: {error.diag.message_primary}")
        print(f"  {error.diag.message_detail}")


def main():
    # Transaction pooling: no prepared statement of a name outlives its transaction.
    with psycopg.connect(autocommit=True, prepare_threshold=None) as conn:
        register_types(conn)
        binary = conn.cursor(binary=True)

        print("== values of oms, in binary")
        place, hours = binary.execute("SELECT coordinates, business_hours FROM oms.location WHERE location = 'Bronx'").fetchone()
        print(f"Bronx is at {place}, open in minutes of the week {hours[0][0]}-{hours[0][1]} and {len(hours) - 1} times more")
        print("marketplace keeps back", binary.execute("SELECT safety_stock FROM oms.channel WHERE channel = 'marketplace'").fetchone()[0])
        for at, quantity in binary.execute("SELECT oms.expected_supply('lamp')").fetchone()[0]:
            print(f"{quantity} lamps come at {at}")
        home = LatLon(40.7, -74)
        (km,) = conn.execute("SELECT round(coordinates OPERATOR(oms.<->) %s)::int FROM oms.location WHERE location = 'Bronx'", (home,)).fetchone()
        print(f"{km} km from there to {home}")

        print("== a cart in one call")
        cart = "SELECT * FROM oms.reserve_many('web', %s, %s, ship_to => %s, expires_in => '15 minutes', cart_id => %s, request_id => %s)"
        arguments = (["mug", "lamp"], [2, 1], home, "cart 1", "checkout 1")
        lines = conn.execute(cart, arguments).fetchall()
        for line_no, sku, location, quantity, *_ in lines:
            print(f"{line_no} {sku}: {quantity} in {location}")
        again = conn.execute(cart, arguments).fetchall()
        print("the same request again returns", "the same" if again == lines else "something else")

        print("== refused, by SQLSTATE")
        refused(conn, "lamp", 5)
        refused(conn, "lmap", 1)

        print("== reported, in rows")
        for sku, status, ids in conn.execute("SELECT sku, status, reservation_ids FROM oms.try_reserve_many('web', %s, %s)", (["mug", "lamp"], [2, 5])):
            print(f"{sku}: {status}, {len(ids)} reservations")

        print("== somebody else has the last one and has not decided")
        with psycopg.connect(autocommit=True, prepare_threshold=None) as rival:
            rival.execute("BEGIN")
            rival.execute("SELECT FROM oms.reserve('web', 'pan', 1)")

            def reserve_pan():
                # For this transaction only: the server's connection may be another client's next.
                with conn.transaction():
                    conn.execute("SET LOCAL oms.wait_for_pending = 0")
                    return conn.execute("SELECT sku, location FROM oms.reserve('web', 'pan', 1)").fetchone()

            sku, location = with_retries(reserve_pan, between=lambda error: rival.execute("ROLLBACK"))
            print(f"{sku}: 1 in {location}")

        print("== the order takes over the cart")
        for line in conn.execute(
            "SELECT line_no, sku, location, status FROM oms.place_order('O-1', 'web', %s, %s, ship_to => %s, cart_id => 'cart 1')",
            (["mug", "lamp"], [2, 1], home),
        ):
            print("{} {}: {} in {}".format(line[0], line[1], line[3], line[2]))


main()
