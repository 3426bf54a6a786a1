# A planner that is stopped half-way, by statement_timeout, a cancel or for want of memory, in a subtransaction
# and without one, leaves its session as it was: the same connection writes again, remembers the plan before, plans the
# same as before, and has no more memory than before. Want of memory is played by a limit on the address space
# of the one backend, a little above what it has, so that each phase of the planner meets it.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(time usleep);

my $node = PostgreSQL::Test::Cluster->new('faults');
$node->init;
$node->append_conf('postgresql.conf', "jit = off\nautovacuum = off");
$node->start;
$node->safe_psql('postgres', <<'SQL');
	CREATE EXTENSION oms;
	CREATE TABLE o AS SELECT 'o' || i AS order_id, i % 5 AS priority, point(-70 - i % 50, 30 + i % 17) AS coordinates, CASE WHEN i % 7 = 0 THEN 1 END AS max_shipments FROM generate_series(1, 4000) AS i;
	CREATE TABLE l AS SELECT order_id, n AS line_no, 's' || (hashtext(order_id || n) & 31) AS sku, 1 + (n + length(order_id)) % 2 AS quantity, n + 5 AS unit_value FROM o, generate_series(1, 2) AS n;
	CREATE TABLE p AS SELECT 'l' || i AS location, point(-70 - i % 47, 30 + i % 13) AS coordinates, 100 + i AS capacity_orders, 1 AS minutes_per_unit FROM generate_series(1, 50) AS i;
	CREATE TABLE s AS SELECT sku, location, 1 + (hashtext(sku || location) & 3) * 3 AS available FROM (SELECT DISTINCT sku FROM l) AS k, p WHERE hashtext(location || sku) & 1 = 0;
	CREATE TABLE written (n int);
	CREATE FUNCTION plan(options jsonb DEFAULT '{"iterations": 3000}') RETURNS text LANGUAGE sql AS $$
		SELECT md5(string_agg(r::text, ' ')) FROM oms.plan_routes('TABLE o', 'TABLE l', 'TABLE p', 'TABLE s',
			capacity_sql => 'SELECT location, ''minutes'' AS measure, 150 AS "limit" FROM p', options => options) AS r
	$$;
	-- in a subtransaction: what stopped it
	CREATE FUNCTION attempt() RETURNS text LANGUAGE plpgsql AS $$
	BEGIN
		PERFORM plan();
		RETURN 'done';
	EXCEPTION WHEN query_canceled OR out_of_memory THEN
		EXECUTE 'INSERT INTO written VALUES (1)';	-- not a plan that is kept
		RETURN SQLSTATE;
	END $$;
	CREATE FUNCTION small_plan() RETURNS bigint LANGUAGE sql AS $$
		SELECT count(*) FROM oms.plan_routes('SELECT * FROM o LIMIT 5', 'SELECT * FROM l JOIN (SELECT order_id FROM o LIMIT 5) AS x USING (order_id)', 'TABLE p', 'TABLE s')
	$$;
	CREATE FUNCTION memory() RETURNS text LANGUAGE sql AS $$
		SELECT string_agg(name || ' ' || n, ', ' ORDER BY name) FROM (
			SELECT name, count(*) AS n FROM pg_backend_memory_contexts WHERE name ~ '^(oms|SPI Exec|SPI Proc|Portal)' GROUP BY name) AS c
	$$;
	CREATE FUNCTION remembered() RETURNS text LANGUAGE sql AS 'SELECT (cost, unfilled, shipments, iterations)::text FROM oms.plan_summary()';
SQL

my $session = $node->background_psql('postgres', on_error_stop => 0);
my $pid = $session->query_safe('SELECT pg_backend_pid()');
my $before = time;
my $plan = $session->query_safe('SELECT plan()');
my $seconds = time - $before;
my $remembered = $session->query_safe('SELECT remembered()');
my $memory = $session->query_safe('SELECT memory()');
note "the plan takes $seconds s; $remembered; $memory";

# healthy WHAT: the session is as it was
sub healthy
{
	my ($what) = @_;

	is($session->query('SELECT remembered()'), $remembered, "$what: the plan before is remembered");
	is($session->query('SHOW transaction_read_only'), 'off', "$what: not read-only");
	is($session->query('INSERT INTO written VALUES (2) RETURNING n'), '2', "$what: it writes");
	is($session->query('SELECT memory()'), $memory, "$what: no more memory is held");
	is($session->query('SELECT plan()'), $plan, "$what: the same plan");
	is($session->query('SELECT count(*) FROM oms.progress()'), '0', "$what: no progress is reported");
	$session->{stderr} = '';
}

# statement_timeout, in a subtransaction and not; at a time of each phase
my %stopped;
foreach my $step (1 .. 16)
{
	my $timeout = 1 + int($seconds * 1000 * $step / 17);
	$session->query("SET statement_timeout = $timeout");
	$stopped{ $session->query($step % 2 ? 'SELECT attempt()' : 'SELECT plan()') }++;
	$session->query('SET statement_timeout = 0');
	is($session->query('SHOW transaction_read_only'), 'off', "timeout of $timeout ms: not read-only");
}
cmp_ok($stopped{'57014'} // 0, '>', 2, 'timeouts stop the planner in a subtransaction');
cmp_ok($stopped{''} // 0, '>', 2, 'and without one');
like($session->{stderr}, qr/canceling statement due to statement timeout/, 'with the usual message');
healthy('after timeouts');

# pg_cancel_backend from another session
foreach my $part (0.2, 0.5, 0.8)
{
	$session->{stdin} .= "SELECT plan('{\"iterations\": 1000000000}');\n\\echo cancelled\n";
	$session->{run}->pump_nb();
	$node->poll_query_until('postgres', "SELECT phase = 'plan' FROM oms.progress() WHERE pid = $pid") or die 'does not plan';
	usleep(1e6 * $seconds * $part);
	$node->safe_psql('postgres', "SELECT pg_cancel_backend($pid)");
	IPC::Run::pump($session->{run}) until $session->{stdout} =~ /cancelled/;
	$session->{stdout} = '';
}
like($session->{stderr}, qr/canceling statement due to user request/, 'a cancel stops it');
healthy('after cancels');

# want of memory: a session has so many kB more than after a small plan
SKIP:
{
	skip 'no prlimit', 1 unless -e "/proc/$pid/status" && system('prlimit --version >/dev/null 2>&1') == 0;
	my (%met, $errors);

	foreach my $more (100, 800, 1600, 2400, 3200, 4400, 6000, 7500, 9000)
	{
		my $poor = $node->background_psql('postgres', on_error_stop => 0);
		my $id = $poor->query_safe('SELECT pg_backend_pid()');
		$poor->query_safe('DO $$BEGIN END$$; SELECT small_plan()');
		my $small = $poor->query_safe('SELECT remembered()');
		my ($has) = slurp_file("/proc/$id/status") =~ /VmSize:\s*(\d+) kB/;
		system('prlimit', '--pid', $id, '--as=' . 1024 * ($has + $more) . ':unlimited');
		my @results = map { scalar $poor->query("SELECT $_()") } qw(attempt plan);
		$errors .= $poor->{stderr};
		is($poor->query('SELECT remembered()'), $small, "$more kB: the plan before is remembered") if $results[0] ne 'done' && $results[1] eq '';
		system('prlimit', '--pid', $id, '--as=unlimited:unlimited');
		is($poor->query('SHOW transaction_read_only'), 'off', "$more kB: not read-only");
		is($poor->query('INSERT INTO written VALUES (2) RETURNING n'), '2', "$more kB: it writes");
		is($poor->query('SELECT plan()'), $plan, "$more kB: with memory again it plans the same, in the same session");
		is($poor->query('SELECT memory()'), $memory, "$more kB: and holds no more than another");
		$met{$_}++ foreach $results[0] eq '53200' ? 'in a subtransaction' : 'enough', $results[1] eq '' ? 'without one' : 'enough';
		$poor->quit;
	}
	note "out of memory: " . join(', ', map { "$_ $met{$_}" } sort keys %met);
	cmp_ok($met{'in a subtransaction'} // 0, '>', 2, 'sessions run out of memory in a subtransaction');
	cmp_ok($met{'without one'} // 0, '>', 2, 'and without one');
	like($errors, qr/ERROR:  out of memory/, 'which is an error');
}
is($session->query('SELECT pg_backend_pid()'), $pid, 'it is the same session all the time');
$session->quit;
$node->stop;
unlike(slurp_file($node->logfile), qr/terminated by signal|PANIC|FATAL:  |TRAP/, 'nothing worse is in the log');
done_testing();
