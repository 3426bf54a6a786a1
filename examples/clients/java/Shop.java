// A checkout with oms from Java (JDBC): java -cp postgresql.jar Shop.java, connecting as the PG… environment variables say.
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.postgresql.util.PSQLException;

class Shop {
    // JDBC speaks TCP only. prepareThreshold=0: no named statement, as a pooler of transactions wants it.
    static Connection connect() throws SQLException {
        var env = System.getenv();
        return DriverManager.getConnection(
            "jdbc:postgresql://" + env.get("PGHOST") + ":" + env.getOrDefault("PGPORT", "5432") + "/" + env.get("PGDATABASE")
                + "?prepareThreshold=0", env.get("PGUSER"), env.get("PGPASSWORD"));
    }

    static PreparedStatement statement(Connection conn, String sql, Object... values) throws SQLException {
        PreparedStatement statement = conn.prepareStatement(sql);
        for (int i = 0; i < values.length; i++) {
            if (values[i] instanceof String[] texts) {
                statement.setArray(i + 1, conn.createArrayOf("text", texts));
            } else if (values[i] instanceof Long[] numbers) {
                statement.setArray(i + 1, conn.createArrayOf("bigint", numbers));
            } else if (values[i] instanceof String) {
                statement.setObject(i + 1, values[i], Types.OTHER); // untyped: the server infers text, or latlon
            } else {
                statement.setObject(i + 1, values[i]);
            }
        }
        return statement;
    }

    static void run(Connection conn, String sql, Object... values) throws SQLException {
        try (PreparedStatement statement = statement(conn, sql, values)) {
            statement.execute();
        }
    }

    static List<Object[]> rows(Connection conn, String sql, Object... values) throws SQLException {
        try (PreparedStatement statement = statement(conn, sql, values); ResultSet result = statement.executeQuery()) {
            List<Object[]> rows = new ArrayList<>();
            while (result.next()) {
                Object[] row = new Object[result.getMetaData().getColumnCount()];
                for (int i = 0; i < row.length; i++) {
                    row[i] = result.getObject(i + 1);
                }
                rows.add(row);
            }
            return rows;
        }
    }

    // --- the types of oms in binary: what COMMENT ON FUNCTION oms.…_send says. The …_send functions give it as bytea.

    static String latlon(double latitude, double longitude) {
        return String.format(Locale.ROOT, "%.4f, %.4f", latitude, longitude);
    }

    static void printValues(Connection conn) throws SQLException {
        Object[] row = rows(conn, """
            SELECT oms.latlon_send(l.coordinates), oms.business_hours_send(l.business_hours), oms.safety_stock_send(c.safety_stock),
                   oms.supply_send(oms.expected_supply('lamp'))
              FROM oms.location l, oms.channel c WHERE l.location = 'Bronx' AND c.channel = 'marketplace'""").get(0);
        ByteBuffer[] data = Arrays.stream(row).map(value -> ByteBuffer.wrap((byte[]) value)).toArray(ByteBuffer[]::new);
        System.out.printf("Bronx is at %s, open in minutes of the week %d-%d and %d times more%n",
            latlon(data[0].getDouble(), data[0].getDouble()), data[1].getShort(4), data[1].getShort(6), data[1].getInt(0) - 1);
        System.out.printf("marketplace keeps back %d units + %s %%%n", data[2].getLong(), data[2].getInt() / 10000.0);
        for (int n = data[3].getInt(); n > 0; n--) {
            // A moment is microseconds since 2000-01-01 00:00 UTC.
            var at = Instant.ofEpochSecond(946684800 + data[3].getLong() / 1000000).atOffset(ZoneOffset.UTC);
            System.out.printf("%d lamps come at %s%n", data[3].getLong(), DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm").format(at));
        }
    }

    // --- trying again: somebody else's transaction was in the way, and nothing has changed

    static final Set<String> RETRYABLE = Set.of("OM002", "40001", "40P01");

    interface Work<T> {
        T run() throws SQLException;
    }

    static <T> T withRetries(Work<T> work, Work<?> between) throws SQLException, InterruptedException {
        for (int attempt = 1;; attempt++) {
            try {
                return work.run();
            } catch (SQLException error) {
                if (!RETRYABLE.contains(error.getSQLState()) || attempt == 5) {
                    throw error;
                }
                System.out.printf("attempt %d: %s%n", attempt, error.getSQLState());
                between.run();
                Thread.sleep(10L << attempt);
            }
        }
    }

    static Object[] reservePan(Connection conn) throws SQLException {
        conn.setAutoCommit(false);
        try {
            // For this transaction only: the server's connection may be another client's next.
            run(conn, "SET LOCAL oms.wait_for_pending = 0");
            Object[] line = rows(conn, "SELECT sku, location FROM oms.reserve('web', 'pan', 1)").get(0);
            conn.commit();
            return line;
        } catch (SQLException error) {
            conn.rollback();
            throw error;
        } finally {
            conn.setAutoCommit(true);
        }
    }

    static void refused(Connection conn, String sku, long quantity) {
        try {
            run(conn, "SELECT * FROM oms.reserve('web', ?, ?)", sku, quantity);
        } catch (SQLException error) {
            var message = ((PSQLException) error).getServerErrorMessage();
            System.out.printf("%s: %s%n  %s%n", error.getSQLState(), message.getMessage(), message.getDetail());
        }
    }

    public static void main(String[] args) throws Exception {
        try (Connection conn = connect()) {
            System.out.println("== values of oms, in binary");
            printValues(conn);
            String home = "40.7,-74";
            System.out.printf("%s km from there to %s%n", rows(conn,
                "SELECT round(coordinates OPERATOR(oms.<->) ?)::int FROM oms.location WHERE location = 'Bronx'", home).get(0)[0],
                latlon(40.7, -74));

            System.out.println("== a cart in one call");
            String cart = "SELECT line_no, sku, quantity, location, reservation_id FROM oms.reserve_many('web', ?, ?, ship_to => ?,"
                + " expires_in => '15 minutes', cart_id => ?, request_id => ?)";
            Object[] values = {new String[] {"mug", "lamp"}, new Long[] {2L, 1L}, home, "cart 1", "checkout 1"};
            List<Object[]> lines = rows(conn, cart, values);
            for (Object[] line : lines) {
                System.out.printf("%s %s: %s in %s%n", line);
            }
            List<Object[]> again = rows(conn, cart, values);
            System.out.println("the same request again returns "
                + (Arrays.deepEquals(again.toArray(), lines.toArray()) ? "the same" : "something else"));

            System.out.println("== refused, by SQLSTATE");
            refused(conn, "lamp", 5);
            refused(conn, "lmap", 1);

            System.out.println("== reported, in rows");
            for (Object[] line : rows(conn, "SELECT sku, status, cardinality(reservation_ids) FROM oms.try_reserve_many('web', ?, ?)",
                    new String[] {"mug", "lamp"}, new Long[] {2L, 5L})) {
                System.out.printf("%s: %s, %s reservations%n", line);
            }

            System.out.println("== somebody else has the last one and has not decided");
            try (Connection rival = connect()) {
                rival.setAutoCommit(false);
                run(rival, "SELECT FROM oms.reserve('web', 'pan', 1)");
                System.out.printf("%s: 1 in %s%n", withRetries(() -> reservePan(conn), () -> {
                    rival.rollback();
                    return null;
                }));
            }

            System.out.println("== the order takes over the cart");
            for (Object[] line : rows(conn,
                    "SELECT line_no, sku, status, location FROM oms.place_order('O-1', 'web', ?, ?, ship_to => ?, cart_id => ?)",
                    values[0], values[1], home, "cart 1")) {
                System.out.printf("%s %s: %s in %s%n", line);
            }
        }
    }
}
