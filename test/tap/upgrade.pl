# ALTER EXTENSION oms UPDATE from each version before makes the same as CREATE EXTENSION: every object, definition, comment,
# privilege and shipped row; what was stored is kept and adds up. Library and SQL of different versions refuse each other.
use strict;
use warnings;
use FindBin;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $root = "$FindBin::RealBin/../..";
my ($version) = slurp_file("$root/oms.control") =~ /^default_version = '(.*)'/m;
my $node = PostgreSQL::Test::Cluster->new('upgrade');
$node->init;
$node->start;

# schema DATABASE: the members of the extension as statements, but for numbers of this database
sub schema
{
	my ($database) = @_;
	my ($out, $err);

	run_log([ 'pg_dump', '--binary-upgrade', '--schema-only', $node->connstr($database) ], '>', \$out, '2>', \$err)
	  or die $err;
	$out =~ s/^-- For binary upgrade, must preserve .*\n(?:SELECT pg_catalog\.binary_upgrade_set.*\n)+//mg;
	$out =~ s/^SELECT pg_catalog\.binary_upgrade_(?:create_empty_extension|set)\w*\(.*?\);\n//msg;
	$out =~ s/^SELECT pg_catalog\.setval\(.*\n//mg;
	$out =~ s/^UPDATE pg_catalog\.pg_class\nSET relfrozenxid = .*?;\n//msg;
	$out =~ s/^-- For binary upgrade, set heap's relfrozenxid.*\n//mg;
	$out =~ s/^-- set missing value\.\n//mg;    # how a column that was added is stored
	$out =~ s/^SELECT pg_catalog\.binary_upgrade_set_missing_value.*\n//mg;
	$out =~ s/^\\(?:un)?restrict .*\n//mg;
	$out =~ s/\n{2,}/\n/g;
	# What pg_dump does not say: what it dumps of the extension's tables, and rows.
	return $out . $node->safe_psql($database, q{
		SELECT c.oid::regclass, f.condition
		FROM pg_extension AS e, unnest(e.extconfig, e.extcondition) AS f (oid, condition)
		JOIN pg_class AS c ON c.oid = f.oid WHERE e.extname = 'oms' ORDER BY c.oid::regclass::text COLLATE "C";
		SELECT p.oid::regprocedure, i.initprivs FROM pg_init_privs AS i JOIN pg_proc AS p ON p.oid = i.objoid
		WHERE i.classoid = 'pg_proc'::regclass AND p.pronamespace = 'oms'::regnamespace ORDER BY p.oid::regprocedure::text COLLATE "C"});
}

# shipped DATABASE: every row of every table
sub shipped
{
	my ($database) = @_;
	my $tables = $node->safe_psql($database, q{
		SELECT c.oid::regclass FROM pg_class AS c
		WHERE c.relnamespace = 'oms'::regnamespace AND c.relkind IN ('r', 'p') ORDER BY c.relname COLLATE "C"});

	return join '', map { "$_\n" . $node->safe_psql($database, "SELECT t FROM $_ AS t ORDER BY t::text COLLATE \"C\"") . "\n" }
	  grep { $_ ne 'oms.network_change' } split /\n/, $tables;
}

# same GOT EXPECTED NAME: with the lines that differ, not two whole schemas
sub same
{
	my ($got, $expected, $name) = @_;
	my $folder = PostgreSQL::Test::Utils::tempdir;
	my $diff = '';

	if ($got ne $expected)
	{
		append_to_file("$folder/upgraded", "$got\n");
		append_to_file("$folder/fresh", "$expected\n");
		run_log([ 'diff', '-U3', "$folder/fresh", "$folder/upgraded" ], '>', \$diff);
		unlink "$folder/upgraded", "$folder/fresh";
	}
	is($diff, '', $name);
}

$node->safe_psql('postgres', 'CREATE DATABASE fresh');
$node->safe_psql('fresh', 'CREATE EXTENSION oms');
my $fresh = schema('fresh');
cmp_ok(length $fresh, '>', 300_000, 'there is a schema to compare');
like($fresh, qr/^CREATE FUNCTION "?oms"?\."?place_order"?\(/m, 'with its functions');
like($fresh, qr/^COMMENT ON /m, 'comments');
like($fresh, qr/^REVOKE ALL ON FUNCTION /m, 'and privileges');

foreach my $old (sort map { m{/oms--([^-]*)\.sql$} } glob "$root/upgrade/oms--*.sql")
{
	(my $database = "from_$old") =~ tr/./_/;
	$node->safe_psql('postgres', "CREATE DATABASE $database; CREATE DATABASE ${database}_data");
	$node->safe_psql($database, "CREATE EXTENSION oms VERSION '$old'; ALTER EXTENSION oms UPDATE");
	same(schema($database), $fresh, "$old, updated: every object as in a fresh $version");
	same(shipped($database), shipped('fresh'), "$old: every shipped row");

	# A dump of the old version goes into the new one.
	$node->safe_psql('postgres', "CREATE DATABASE restored_$database");
	$node->safe_psql("restored_$database", "CREATE EXTENSION oms;\n" . slurp_file("$root/test/data/oms-$old.sql"));
	is($node->safe_psql("restored_$database", 'SELECT * FROM oms.check()'), '', "$old: its rows, restored into $version, add up");

	# With the rows of a shop. The old version's triggers cannot be called, so they rest meanwhile.
	$database .= '_data';
	$node->safe_psql($database, "CREATE EXTENSION oms VERSION '$old'");
	$node->safe_psql($database, "
		CREATE TABLE public.enabled AS SELECT oid, tgenabled FROM pg_trigger;
		UPDATE pg_trigger SET tgenabled = 'D'");
	$node->safe_psql($database, "TRUNCATE oms.reject_reason, oms.fulfillment_transition;\n" . slurp_file("$root/test/data/oms-$old.sql"));
	$node->safe_psql($database, '
		UPDATE pg_trigger AS t SET tgenabled = e.tgenabled FROM public.enabled AS e WHERE t.oid = e.oid; DROP TABLE public.enabled');
	my $all = 'SELECT order_id, status FROM oms.orders ORDER BY 1; SELECT * FROM public.stock ORDER BY 1, 2';
	$node->safe_psql($database, q{
		CREATE ROLE clerk;
		GRANT EXECUTE ON FUNCTION oms.available(text, text) TO clerk;
		CREATE VIEW public.stock AS SELECT sku, location, on_hand, reserved FROM oms.inventory});
	my $before = $node->safe_psql($database, $all);
	cmp_ok(scalar(split /\n/, $before), '>', 50, "$old: there are orders and stock");

	# The library is new, the SQL is old.
	foreach my $call ("SELECT oms.available('A', 'near')", 'SELECT * FROM oms.route()',
		"SELECT * FROM oms.try_reserve('web', 'A', 1)", "UPDATE oms.location SET status = 'offline'")
	{
		my ($exit, $out, $err) = $node->psql($database, $call);
		like($err, qr/ERROR:  the library of oms is of another version than its SQL .*\n.*DETAIL:  .* has loaded is \Q$version\E, the SQL is \Q$old\E\.\n.*HINT:  Run ALTER EXTENSION oms UPDATE/,
			"$old: refused, and says what to do: $call");
	}
	is($node->safe_psql($database, 'SELECT count(*) > 1 FROM oms.location WHERE coordinates::text ~ \',\''), 't', "$old: stored values are read");
	$node->command_ok([ 'pg_dump', '-f', PostgreSQL::Test::Utils::tempdir . '/old.sql', $node->connstr($database) ], "$old: and pg_dump reads everything");

	is($node->safe_psql($database, "SELECT 1 FROM (SELECT oms.latlon(1, 2)) AS x; ALTER EXTENSION oms UPDATE; SELECT count(*) FROM oms.check()"),
		"1\n0", "$old: updated, oms.check() finds nothing, in the same session");
	is($node->safe_psql($database, $all), $before, "$old: every order and all stock, in a view of the user too");
	is($node->safe_psql($database, "SELECT has_function_privilege('clerk', 'oms.available(text, text)', 'EXECUTE')"), 't', "$old: what was granted is granted");
	is($node->safe_psql($database, q{
		SELECT count(*) FROM oms.add_location('new', 'store', '40.7,-74') \g /dev/null
		SELECT count(*) FROM oms.add_location_group('new', '{new}') \g /dev/null
		SELECT count(*) FROM oms.add_channel('new', 'new') \g /dev/null
		SELECT oms.receive('new', 'novelty', 5);
		SELECT status FROM oms.place_order('after', 'new', '{novelty}', '{2}', '40.7,-74');
		SELECT count(*) FROM oms.route();
		SELECT * FROM oms.check()}), "5\nreserved\n1", "$old: it sells and routes on");
	$node->safe_psql($database, 'DROP VIEW public.stock; REVOKE ALL ON FUNCTION oms.available(text, text) FROM clerk; DROP ROLE clerk');
	same(schema($database), $fresh, "$old: with rows too every object is as in a fresh $version");
}

# A session that has kept its library over an update: it goes on with what it has called before, until that changes.
my ($exit, $out, $err) = $node->psql('fresh', q{
	SELECT oms.forget_requests();
	UPDATE pg_extension SET extversion = '9' WHERE extname = 'oms';
	SELECT oms.forget_requests();
	ALTER FUNCTION oms.forget_requests COST 2;
	SELECT oms.forget_requests()});
is($out, "0\n0", 'a session of before the update goes on');
like($err, qr/the SQL is 9\..*reconnect where the library is/s, 'and is refused what the update has changed');

$node->stop;
done_testing();
