#!/bin/bash
# test/random/network.sh: sessions change the network at random while others compare what they keep
# of it with its tables, in one snapshot; TAP output.
#
#   STRESS_SECONDS (10)  STRESS_SEED (random, printed)
#
# Writers add, change and delete rules, set a channel's own safety stock, members of a group and the status of
# locations, in transactions with savepoints and rollbacks. Readers ask oms.safety_stock_at and oms.atp
# and, in the same statement, plain SQL over the tables; at every isolation level, some in
# transactions that stay open while others commit. The seed fixes what each draws, not how they interleave.
#
# That it can fail was proved with network.c changed; each was found in 5 s:
#   a transaction keeps what it read while it changes it   oms_note_network_change: changing = false
#   a transaction's row stands for the next one's changes  network_xact_callback: noted is not reset
#   one row a transaction, not a subtransaction            oms_note_network_change: if noted is set at all
#   what is kept is used unseen                            oms_network: without comparing changes
set -euo pipefail
cd "$(dirname "$0")"

seconds=${STRESS_SECONDS:-10}
seed=${STRESS_SEED:-$((RANDOM * 32768 + RANDOM))}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
echo "1..4"
echo "# seed $seed, $seconds s"

psql -Xq -v ON_ERROR_STOP=1 >"$dir/setup" 2>&1 <<'SQL' || { cat "$dir/setup"; exit 1; }
SET client_min_messages = warning;
CREATE SCHEMA net;
SELECT oms.add_location('n' || i, 'store') FROM generate_series(1, 5) i;
SELECT FROM oms.add_location_group('net', '{n1,n2,n3,n4,n5}');
SELECT FROM oms.add_location_group('some', '{n1,n2}');
SELECT oms.add_channel('net1', 'net'), oms.add_channel('net2', 'net');
SELECT oms.receive('n' || i, 'net', 100) FROM generate_series(1, 5) i;
CREATE TABLE net.result (compared bigint, wrong bigint, example text);
CREATE TABLE net.written (committed bigint, undone bigint);

-- what the tables say
CREATE FUNCTION net.oracle(c text, l text) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT coalesce((SELECT r.safety_stock FROM oms.safety_stock_rule r
             WHERE (r.channel IS NULL OR r.channel = c) AND (r.location IS NULL OR r.location = l)
               AND (r.location_group IS NULL OR EXISTS (SELECT FROM oms.location_group_member m WHERE m.location_group = r.location_group AND m.location = l))
             ORDER BY num_nonnulls(r.channel, r.location, r.location_group) DESC, r.location IS NULL, r.location_group IS NULL, r.channel IS NULL,
                      r.created_at DESC, r.rule_id DESC LIMIT 1),
           (SELECT safety_stock FROM oms.channel WHERE channel = c))::text
$$;
CREATE FUNCTION net.atp(c text) RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT coalesce(sum(100 - oms.withheld(net.oracle(c, l.location)::oms.safety_stock, 100)), 0)::bigint
    FROM oms.location_group_member m JOIN oms.location l ON l.location = m.location
    WHERE m.location_group = 'net' AND l.status = 'active'
$$;

CREATE PROCEDURE net.change() LANGUAGE plpgsql AS $$
BEGIN
    CASE floor(random() * 7)::int
    WHEN 0, 1 THEN
        PERFORM oms.add_safety_stock_rule(floor(random() * 50)::int::text::oms.safety_stock,
            CASE WHEN random() < 0.5 THEN 'net' || 1 + floor(random() * 2) END,
            location => CASE WHEN random() < 0.5 THEN 'n' || 1 + floor(random() * 5) END);
    WHEN 2 THEN
        PERFORM oms.add_safety_stock_rule('7', location_group => 'some');
    WHEN 3 THEN
        DELETE FROM oms.safety_stock_rule WHERE rule_id IN (SELECT rule_id FROM oms.safety_stock_rule ORDER BY random() LIMIT 2 FOR UPDATE SKIP LOCKED);
    WHEN 4 THEN
        UPDATE oms.channel SET safety_stock = floor(random() * 50)::int::text::oms.safety_stock
         WHERE channel IN (SELECT channel FROM oms.channel WHERE channel ~ '^net' ORDER BY random() LIMIT 1 FOR UPDATE SKIP LOCKED);
    WHEN 5 THEN
        UPDATE oms.location SET status = CASE status WHEN 'active' THEN 'offline' ELSE 'active' END
         WHERE location IN (SELECT location FROM oms.location WHERE location ~ '^n' ORDER BY random() LIMIT 1 FOR UPDATE SKIP LOCKED);
    ELSE
        DELETE FROM oms.location_group_member WHERE (location_group, location) IN
            (SELECT location_group, location FROM oms.location_group_member WHERE location_group = 'some' LIMIT 1 FOR UPDATE SKIP LOCKED);
        INSERT INTO oms.location_group_member SELECT 'some', 'n' || 1 + floor(random() * 5), 1 ON CONFLICT DO NOTHING;
    END CASE;
END $$;

-- compare in the snapshot of one statement
CREATE PROCEDURE net.compare(INOUT compared bigint, INOUT wrong bigint, INOUT example text) LANGUAGE plpgsql AS $$
DECLARE
    c text := 'net' || 1 + floor(random() * 2);
    l text := 'n' || 1 + floor(random() * 5);
    r record;
BEGIN
    SELECT oms.safety_stock_at(c, 'net', l)::text AS kept, net.oracle(c, l) AS said, oms.atp(c, 'net') AS atp, net.atp(c) AS atp_said INTO r;
    compared := compared + 1;
    IF r.kept IS DISTINCT FROM r.said OR r.atp <> r.atp_said THEN
        wrong := wrong + 1;
        example := concat_ws(' ', c, l, r, current_setting('transaction_isolation'));
    END IF;
END $$;

CREATE PROCEDURE net.read(until timestamptz) LANGUAGE plpgsql AS $$
DECLARE
    compared bigint := 0;
    wrong bigint := 0;
    example text;
BEGIN
    WHILE clock_timestamp() < until LOOP
        PERFORM set_config('default_transaction_isolation', CASE WHEN random() < 0.3 THEN 'repeatable read' ELSE 'read committed' END, false);
        COMMIT;
        FOR i IN 1..1 + floor(random() * 4)::int LOOP
            CALL net.compare(compared, wrong, example);
            IF random() < 0.3 THEN PERFORM pg_sleep(random() * 0.01); END IF;
        END LOOP;
    END LOOP;
    COMMIT;
    INSERT INTO net.result VALUES (compared, wrong, example);
END $$;

CREATE PROCEDURE net.write(until timestamptz) LANGUAGE plpgsql AS $$
DECLARE
    compared bigint := 0;
    wrong bigint := 0;
    example text;
    committed bigint := 0;
    undone bigint := 0;
BEGIN
    WHILE clock_timestamp() < until LOOP
        FOR i IN 1..1 + floor(random() * 3)::int LOOP
            BEGIN
                CALL net.change();
                CALL net.compare(compared, wrong, example);
                CALL net.change();
                CALL net.compare(compared, wrong, example);
                IF random() < 0.3 THEN RAISE EXCEPTION 'take it back'; END IF;
            EXCEPTION WHEN raise_exception OR deadlock_detected THEN
                undone := undone + 1;
            END;
            CALL net.compare(compared, wrong, example);
            IF random() < 0.3 THEN PERFORM pg_sleep(random() * 0.005); END IF;
        END LOOP;
        IF random() < 0.2 THEN ROLLBACK; ELSE COMMIT; committed := committed + 1; END IF;
        CALL net.compare(compared, wrong, example);
    END LOOP;
    INSERT INTO net.result VALUES (compared, wrong, example);
    INSERT INTO net.written VALUES (committed, undone);
END $$;
SQL
until=$(psql -XAtc "SELECT clock_timestamp() + interval '$seconds s'")

for ((i = 1; i <= 8; i++)); do
	[ $i -le 4 ] && does=read || does=write
	psql -Xq -v ON_ERROR_STOP=1 -c "SELECT setseed(((($seed + $i * 7919) % 2000003) / 2000003.0)::float8)" \
		-c "CALL net.$does('$until')" >/dev/null 2>"$dir/client.$i" &
done
wait || true

# is NAME, EXPECTED, QUERY
n=0
is()
{
	local got

	got=$(psql -XAtqc "$3")
	n=$((n + 1))
	if [ "$got" = "$2" ]; then
		echo "ok $n - $1"
	else
		echo "not ok $n - $1"
		echo "# got $got, expected $2"
	fi
}

is "no client has failed" "" "SELECT pg_catalog.left('$(cat "$dir"/client.* | tr -d "'" | head -c 500 | tr '\n' ' ')', 500)"
is "what is kept is what the tables say" "0|" "SELECT sum(wrong), min(example) FROM net.result"
is "in many comparisons, and many changes" "t" "SELECT sum(compared) > 100 * $seconds AND (SELECT sum(committed) > 10 * $seconds AND sum(undone) > 0 FROM net.written) FROM net.result"
psql -Xq -c "SELECT oms.add_safety_stock_rule('1')" >/dev/null
is "what concurrent changes left is cleared up by the next" "1" "SELECT count(*) FROM oms.network_change"
psql -Xq -c "DELETE FROM oms.safety_stock_rule"
