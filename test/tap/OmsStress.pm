# OmsStress: what the tests of faults share. The accounts, the oracle and the clients' work are those of
# test/random/stress.sql; here they run while a server is killed, stopped, copied or rebuilt.
package OmsStress;
use strict;
use warnings;
use Exporter 'import';
use File::Basename;
use File::Spec;
use IPC::Run;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

our @EXPORT = qw(new_node start_load stop_load quiet adds_up sells_out);

# new_node NAME, SETTING…: a server with oms and the accounts of the stress test
sub new_node
{
	my ($name, @settings) = @_;
	my $node = PostgreSQL::Test::Cluster->new($name);

	$node->init(allows_streaming => 1);
	$node->append_conf('postgresql.conf', join("\n", 'restart_after_crash = on', 'max_prepared_transactions = 10', @settings));
	$node->start;
	$node->safe_psql('postgres', 'CREATE EXTENSION oms');
	my $sql = File::Spec->catfile(dirname(__FILE__), '..', 'random', 'stress.sql');
	$node->command_ok([ 'psql', '-Xq', '-v', 'ON_ERROR_STOP=1', '-d', $node->connstr('postgres'), '-f', $sql ], 'accounts');
	return $node;
}

# start_load NODE, CLIENTS, SECONDS, SQL…: random work, and a client that repeats each SQL; their output is
# what the server has acknowledged
sub start_load
{
	my ($node, $clients, $seconds, @repeated) = @_;
	my $until = $node->safe_psql('postgres', "SELECT clock_timestamp() + interval '$seconds s'");
	my @load;

	foreach my $i (1 .. $clients + @repeated)
	{
		my $client = { out => '', err => '' };
		my $sql = $i > $clients ? $repeated[ $i - $clients - 1 ] : "CALL stress.work('$until');";
		my $file = File::Spec->catfile(PostgreSQL::Test::Utils::tempdir(), "load.$i.sql");

		append_to_file($file, "SET oms.fold_threshold = 4;\n" . "$sql\n" x ($seconds * 500));
		$client->{harness} = IPC::Run::start(
			[ 'psql', '-XAtq', '-v', 'VERBOSITY=sqlstate', '-d', $node->connstr('postgres'), '-f', $file ],
			'<', '/dev/null', '>', \$client->{out}, '2>', \$client->{err});
		push @load, $client;
	}
	return @load;
}

# stop_load CLIENT…: ends the sessions, if they have not, and returns all they said
sub stop_load
{
	my @load = @_;

	foreach my $client (@load)
	{
		$client->{harness}->pump_nb;
		$client->{harness}->kill_kill;
	}
	return (join('', map { $_->{out} } @load), join('', map { $_->{err} } @load));
}

# adds_up NODE, NAME: every account agrees with its movements, its reservations and the oracle
sub adds_up
{
	my ($node, $name) = @_;

	is($node->safe_psql('postgres', 'SET enable_nestloop = off; SET jit = off; SELECT * FROM stress.violations()'),
		'', "$name: every account adds up");
}

# quiet NODE: waits until the server has noticed that clients are gone, and what they had open is over
sub quiet
{
	my ($node) = @_;

	$node->poll_query_until('postgres',
		q{SELECT count(*) = 0 FROM pg_stat_activity WHERE backend_type = 'client backend' AND state <> 'idle' AND pid <> pg_backend_pid()})
	  or die 'clients go on';
}

# sells_out NODE, NAME: what is left can be sold, to the last unit and no further; folding leaves no delta
sub sells_out
{
	my ($node, $name) = @_;

	quiet($node);
	# What expires between the sale and the look would be for sale again.
	$node->poll_query_until('postgres', q{SELECT count(*) = 0 FROM oms.reservation_row
		WHERE status = 'hold' AND expires_at BETWEEN now() AND now() + interval '1 hour'}) or die 'holds do not expire';
	$node->safe_psql('postgres', <<'SQL');
		SELECT oms.expire_holds();
		WITH t AS (SELECT t.* FROM stress.stock s, oms.reserve(s.channel, s.sku, 100000, on_shortage => 'partial') t)
		INSERT INTO stress.done SELECT t.sku, t.location, 0, t.quantity FROM t;
		SELECT oms.fold_accounts();
SQL
	is($node->safe_psql('postgres', "SELECT sku, available FROM oms.inventory WHERE sku IN ('a', 'b', 'c', 'deep') AND available <> 0"),
		'', "$name: what was left is sold");
	is($node->safe_psql('postgres', "SELECT status FROM oms.try_reserve('web', 'deep', 1)"),
		'insufficient', "$name: and no more");
	is($node->safe_psql('postgres', 'SELECT count(*) FROM oms.stock_delta'), '0', "$name: no delta is left");
	adds_up($node, "$name, sold out");
}

1;
