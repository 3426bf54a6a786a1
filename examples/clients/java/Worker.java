// A worker on the change feed and on the work lists, from Java (JDBC): java -cp postgresql.jar Worker.java CONSUMER [crash]
//
// Takes what has changed since it last acknowledged, acts on it, acknowledges, and ends when there is nothing more. With
// crash it dies after it has acted and before it acknowledges.
import java.sql.Array;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

class Worker {
    static List<String[]> rows(Connection conn, String sql, Object... values) throws SQLException {
        try (PreparedStatement statement = conn.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                statement.setObject(i + 1, values[i]);
            }
            ResultSet result = statement.executeQuery();
            List<String[]> rows = new ArrayList<>();
            while (result.next()) {
                String[] row = new String[result.getMetaData().getColumnCount()];
                for (int i = 0; i < row.length; i++) {
                    row[i] = result.getString(i + 1);
                }
                rows.add(row);
            }
            return rows;
        }
    }

    // Returns whether there was anything to do.
    static boolean act(Connection conn, String consumer) throws SQLException {
        List<String[]> events = rows(conn, "SELECT event, status, location, concat_ws(' ', event, sku, location, order_id, quantity, status)"
            + " FROM oms.poll_changes(?, 100)", consumer);
        TreeSet<String> locations = new TreeSet<>();
        for (String[] event : events) {
            System.out.println(event[3]);
            if (event[0].equals("fulfillment") && event[1].equals("assigned")) {
                locations.add(event[2]);
            }
        }
        List<String[]> published = rows(conn, "SELECT channel, sku, shown FROM oms.poll_availability(?)", consumer);
        for (String[] one : published) {
            System.out.println("publish " + String.join(" ", one));
        }
        for (String location : locations) {
            // Nobody else gets the same work; what it does is in the same transaction, and so is done once.
            Object[] ids = rows(conn, "SELECT fulfillment_id FROM oms.claim_work(?, ?, 10)", location, consumer).stream()
                .map(row -> Long.valueOf(row[0])).toArray();
            if (ids.length == 0) {
                continue;
            }
            Array work = conn.createArrayOf("bigint", ids);
            rows(conn, "SELECT FROM oms.pick_many(?)", work);
            rows(conn, "SELECT FROM oms.pack_many(?)", work);
            for (String[] shipped : rows(conn, "SELECT status, order_id FROM oms.ship_many(?)", work)) {
                System.out.println(String.join(" ", shipped) + " from " + location);
            }
        }
        return !events.isEmpty() || !published.isEmpty();
    }

    public static void main(String[] args) throws SQLException {
        var env = System.getenv();
        String consumer = args[0];
        try (Connection conn = DriverManager.getConnection(
                "jdbc:postgresql://" + env.get("PGHOST") + ":" + env.getOrDefault("PGPORT", "5432") + "/" + env.get("PGDATABASE")
                    + "?prepareThreshold=0", env.get("PGUSER"), env.get("PGPASSWORD"))) {
            // Adds the consumer the first time, and leaves its position alone after that.
            rows(conn, "SELECT oms.add_consumer(?, '{stock,order,fulfillment}', '{web}', publish => 'shown')", consumer);
            conn.setAutoCommit(false);
            while (true) {
                // One transaction: another worker of the same consumer waits for it, and gets what comes after.
                boolean busy = act(conn, consumer);
                if (busy && args.length > 1) {
                    Runtime.getRuntime().halt(1);
                }
                if (busy) {
                    rows(conn, "SELECT oms.acknowledge(?)", consumer);
                }
                conn.commit();
                if (!busy) {
                    break;
                }
            }
        }
    }
}
