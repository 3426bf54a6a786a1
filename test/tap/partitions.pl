# Tables in hash partitions: a call for one key locks one partition; a dump goes from plain tables to partitions, from
# them to another number of them, and back, with the setting of the database it is restored into.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('partitions');
$node->init;
$node->start;

# database NAME, PARTITIONS: an empty one, in which CREATE EXTENSION makes so many
sub database
{
	my ($name, $partitions) = @_;

	$node->safe_psql('postgres', "CREATE DATABASE $name");
	$node->safe_psql('postgres', "ALTER DATABASE $name SET oms.partitions = $partitions");
}

database('four', 4);
$node->safe_psql('four', q{
	CREATE EXTENSION oms;
	SELECT oms.add_location('near', 'store', '40.75,-73.99', capacity_orders => 5), oms.add_location('far', 'warehouse', '33.45,-112.07');
	SELECT oms.add_location_group('network', '{near,far}'), oms.add_channel('web', 'network', 'network', safety_stock => '1');
	SELECT oms.add_item('A'), oms.add_quota('web', 'A', 1000), oms.add_kit('set', '{s7,s8}', '{1,1}');
	SELECT oms.receive_many(l, array_agg('s' || i), array_agg(100::bigint)) FROM generate_series(1, 60) i, unnest('{near,far}'::text[]) l GROUP BY l;
	SELECT oms.protect_stock('near', 's1', 'web', 5);
	SELECT oms.fold_accounts();
	SELECT oms.place_order('o' || i, 'web', ARRAY['s' || i, 's' || i + 1], '{2,1}', '40.7,-74') FROM generate_series(1, 40) i;
	SELECT oms.place_order('k', 'web', '{set}', '{2}', '40.7,-74'), oms.place_order('b', 'web', '{A}', '{3}', on_shortage => 'backorder');
	SELECT oms.reserve('web', 's9', 1, expires_in => '1 hour', cart_id => 'c');
	SELECT oms.route();
	SELECT oms.accept_many(ARRAY(SELECT fulfillment_id FROM oms.work LIMIT 9));
	SELECT oms.cancel_order('o2', 'test');
	SELECT oms.add_consumer('shop', channels => '{web}'), oms.poll_availability('shop'), oms.acknowledge('shop');
});

# locks CALL: the partitions that a transaction with only this call locks: of how many tables, the most of one
sub locks
{
	my ($call) = @_;

	return $node->safe_psql('four', "BEGIN; DO \$\$ BEGIN PERFORM * FROM $call; END \$\$;
		SELECT count(*), max(n) FROM (SELECT i.inhparent, count(DISTINCT i.inhrelid) AS n FROM pg_locks l
		JOIN pg_inherits i ON i.inhrelid = l.relation JOIN pg_class c ON c.oid = i.inhrelid AND c.relkind = 'r'
		WHERE l.pid = pg_backend_pid() GROUP BY 1) t; ROLLBACK");
}
is(locks(q{oms.atp('web', 's1')}), '5|1', 'atp locks one partition of each table');
is(locks(q{oms.atp_by_location('web', 's1')}), '5|1', 'so does atp_by_location');
is(locks(q{oms.try_reserve('web', 's1', 1)}), '5|1', 'and try_reserve');
is(locks(q{oms.receive('near', 's1', 1)}), '4|1', 'and receive');
is(locks(q{oms.adjust('near', 's1', -1, 'x')}), '3|1', 'and adjust');
is(locks(q{oms.transfer('near', 'far', 's1', 1)}), '6|1', 'and transfer');

# contents DATABASE: every row of every table, and the state of sequences, whatever partition it is in
sub contents
{
	my ($database) = @_;
	my $rows = '';

	foreach my $table (split /\n/, $node->safe_psql($database, q{
		SELECT c.oid::regclass FROM pg_class AS c WHERE c.relnamespace = 'oms'::regnamespace AND c.relkind IN ('r', 'p', 'S')
		AND NOT c.relispartition AND c.relname NOT IN ('network_change', 'availability_change') ORDER BY c.relname}))
	{
		$rows .= "$table\n" . $node->safe_psql($database, $table =~ /_seq$/
			? "SELECT last_value FROM $table" : "SELECT t FROM $table AS t ORDER BY t::text") . "\n";
	}
	return $rows;
}

my $before = contents('four');
my $dumps = PostgreSQL::Test::Utils::tempdir;
my @steps = ([ 'four', 'same', 4, 0 ], [ 'four', 'sixteen', 16, 1 ], [ 'sixteen', 'plain', 0, 1 ], [ 'plain', 'three', 3, 0 ]);
foreach my $step (@steps)
{
	my ($from, $to, $partitions, $by_root) = @$step;

	$node->command_ok([ 'pg_dump', '--format=custom', $by_root ? '--load-via-partition-root' : (), '-f', "$dumps/$to", $node->connstr($from) ],
		"pg_dump of $from");
	database($to, $partitions);
	$node->command_ok([ 'pg_restore', '--exit-on-error', '-d', $node->connstr($to), "$dumps/$to" ], "restore into $to");
	is(contents($to), $before, 'every row is back');
	is($node->safe_psql($to, q{SELECT count(*) FROM pg_class WHERE relname ~ '^stock_account_\d+$'}), $partitions, "in $partitions partitions");
	is($node->safe_psql($to, 'SELECT * FROM oms.check()'), '', 'oms.check() finds nothing');
	is($node->safe_psql($to, q{SELECT sum(reserved) FROM oms.try_reserve('web', 's60', 10)}), '10', 'it sells on');
	isnt(($node->psql($to, q{SELECT oms.reserve('web', 's60', 199)}))[0], 0, 'and does not oversell');
	$before = contents($to) unless $to eq 'same';
}

# A dump of partitions that names them does not restore into others, and says so.
database('five', 5);
$node->command_fails([ 'pg_restore', '--exit-on-error', '-d', $node->connstr('five'), "$dumps/same" ], 'partition by partition, only into the same');

# With its settings: pg_dump --create
$node->safe_psql('postgres', 'ALTER DATABASE four RENAME TO gone');
$node->safe_psql('postgres', 'ALTER DATABASE three RENAME TO shop');
$node->command_ok([ 'pg_dump', '--create', '-f', "$dumps/shop.sql", $node->connstr('shop') ], 'pg_dump --create');
$node->safe_psql('postgres', 'DROP DATABASE shop');
$node->command_ok([ 'psql', '-Xq', '-v', 'ON_ERROR_STOP=1', '-d', $node->connstr('postgres'), '-f', "$dumps/shop.sql" ], 'restores with nothing to say');
is($node->safe_psql('shop', q{SELECT count(*) FROM pg_class WHERE relname ~ '^stock_account_\d+$'}), '3', 'in as many partitions');
is($node->safe_psql('shop', 'SELECT * FROM oms.check()'), '', 'oms.check() finds nothing');

$node->safe_psql('shop', 'DROP EXTENSION oms');
is($node->safe_psql('shop', q{SELECT count(*) FROM pg_namespace WHERE nspname = 'oms'}), '0', 'DROP EXTENSION takes the partitions too');
done_testing();
