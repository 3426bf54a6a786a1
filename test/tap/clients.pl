# examples/clients: the same shop and the same worker in each language print the same, directly and through pgbouncer in
# transaction mode. What is not installed is skipped, but not in CI. Java is run when OMS_CLIENTS names it (make clients).
use strict;
use warnings;
use FindBin;
use IPC::Run;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $examples = "$FindBin::RealBin/../../examples/clients";
my $expected = slurp_file("$examples/expected.out");
my @languages = split ' ', $ENV{OMS_CLIENTS} // 'c node python';
my $host = '127.0.0.1';    # JDBC has no Unix sockets

my $node = PostgreSQL::Test::Cluster->new('clients');
$node->init;
$node->append_conf('postgresql.conf', "listen_addresses = '$host'");
$node->start;

# needed THERE, NAME: whether it is there; in CI it must be
sub needed
{
	my ($there, $name) = @_;

	fail("$name is installed") if !$there && $ENV{CI};
	return $there;
}

# pool SIZE: starts a pgbouncer in transaction mode with so many server connections; returns it and its port
my @pools;
sub pool
{
	my ($pgbouncer, $size) = @_;
	my $port = PostgreSQL::Test::Cluster::get_free_port();
	my $dir = PostgreSQL::Test::Utils::tempdir();
	my $user = $node->safe_psql('postgres', 'SELECT current_user');
	my $log = '';

	append_to_file("$dir/users", qq{"$user" ""\n});
	append_to_file("$dir/ini", <<"INI");
[databases]
* = host=@{[ $node->host ]} port=@{[ $node->port ]}
[pgbouncer]
listen_addr = $host
listen_port = $port
unix_socket_dir =
auth_type = trust
auth_file = $dir/users
pool_mode = transaction
default_pool_size = $size
ignore_startup_parameters = extra_float_digits
INI
	push @pools, IPC::Run::start([ $pgbouncer, "$dir/ini" ], '<', '/dev/null', '>', \$log, '2>&1');
	foreach (1 .. 100)
	{
		return $port if run_log([ 'psql', '-XAtq', '-c', 'SELECT 1', "host=$host port=$port dbname=postgres" ], '>', '/dev/null', '2>&1');
		select(undef, undef, undef, 0.1);
	}
	$pools[-1]->pump_nb;
	die "pgbouncer does not start: $log";
}

# runs LANGUAGE, PORT, HOW
my %ran;
sub runs
{
	my ($language, $port, $how) = @_;
	my $database = "${language}_" . ++$ran{$language};
	my ($out, $err);

	$node->safe_psql('postgres', "CREATE DATABASE $database");
	local %ENV = (%ENV, PGHOST => $host, PGPORT => $port, PGDATABASE => $database,
		PGUSER => $node->safe_psql('postgres', 'SELECT current_user'), TZ => 'UTC');
	my $ok = IPC::Run::run([ "$examples/scenario", $language ], '<', '/dev/null', '>', \$out, '2>', \$err);
	ok($ok, "$language $how: runs") or diag($err);
	is($out, $expected, "$language $how: prints what is expected");
	is($node->safe_psql($database, 'SELECT * FROM oms.check()'), '', "$language $how: oms.check() finds nothing");
}

my ($pgbouncer) = grep { -x } map { "$_/pgbouncer" } split(/:/, $ENV{PATH}), '/usr/sbin';
my $pooled = needed($pgbouncer, 'pgbouncer') ? pool($pgbouncer, 2) : undef;
foreach my $language (@languages)
{
	my $missing = join ' ', split /\s+/, `$examples/scenario --missing $language`;

	SKIP:
	{
		skip "$language: install $missing", 3 unless needed(!$missing, $missing || $language);
		runs($language, $node->port, 'directly');
		skip "$language through pgbouncer: install pgbouncer", 3 unless $pooled;
		runs($language, $pooled, 'through pgbouncer');
	}
}

# Many clients on one server connection: what a session of oms keeps is every client's, and right for each.
SKIP:
{
	skip 'pgbouncer is not installed', 8 unless $pooled;
	my $port = pool($pgbouncer, 1);
	my $through = "host=$host port=$port dbname=shared";
	my $script = PostgreSQL::Test::Utils::tempdir() . '/sell.sql';
	my $sql = sub { my ($out, $err); run_log([ 'psql', '-XAtq', '-c', $_[0], $through ], '>', \$out, '2>', \$err); return $out . $err };

	$node->safe_psql('postgres', 'CREATE DATABASE shared');
	$node->command_ok([ 'psql', '-Xq', '-v', 'ON_ERROR_STOP=1', '-d', $node->connstr('shared'), '-f', "$examples/setup.sql" ], 'a shop');
	$node->safe_psql('shared', q{SELECT oms.receive('Reno', 'cup', 1000)});
	append_to_file($script, <<'SQL');
\set n random(1, 3)
SELECT oms.atp('marketplace', 'cup');
BEGIN;
SET LOCAL oms.wait_for_pending = 0;
SELECT count(*) FROM oms.reserve('web', 'cup', :n, reference => 'kept');
COMMIT;
BEGIN;
SELECT count(*) FROM oms.reserve('web', 'cup', :n, reference => 'given up');
ROLLBACK;
SQL
	$node->command_ok([ 'pgbench', '-n', '-M', 'extended', '-c', 8, '-j', 1, '-t', 20, '-f', $script, $through ], '8 clients sell');
	is($sql->(q{SELECT count(*), count(DISTINCT reference), sum(quantity) + (SELECT available FROM oms.inventory WHERE sku = 'cup') FROM oms.reservation}),
		"160|1|1000\n", 'each sold once, and nothing of what they rolled back');
	$node->safe_psql('shared', q{UPDATE oms.location SET status = 'offline' WHERE location = 'Reno'});
	like($sql->(q{SELECT oms.atp('web', 'lamp')}), qr/^0$/, 'what another session changes in the network counts');
	$node->safe_psql('shared', 'DROP EXTENSION oms CASCADE; CREATE EXTENSION oms');
	like($sql->(q{SELECT oms.atp('web', 'lamp')}), qr/channel "web" is unknown/, 'and so does an extension that was made anew');
	$sql->('SET oms.wait_for_pending = 77');
	is($sql->('SHOW oms.wait_for_pending'), "77ms\n", 'a SET is every client\'s, hence SET LOCAL');
	$sql->('DISCARD ALL');
	is($sql->('SHOW oms.wait_for_pending') . $sql->(q{SELECT count(*) FROM oms.location}), "1s\n0\n", 'until the connection is cleaned; oms goes on');
}
$_->kill_kill foreach @pools;
$node->stop;
done_testing();
