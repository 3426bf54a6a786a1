# The disk is full in the middle of a routing run: the run fails and changes nothing, all else lives. Full is
# played by a limit on the size of files, which PostgreSQL meets as it meets a full disk: a relation that
# cannot be extended.
use strict;
use warnings;
use FindBin;
use lib $FindBin::RealBin;
use OmsStress;
use PostgreSQL::Test::Cluster;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('full');
$node->init(extra => ['--wal-segsize=1']);	# files of WAL are below the limit
$node->append_conf('postgresql.conf', 'autovacuum = off');
$node->start;
$node->safe_psql('postgres', <<'SQL');
	CREATE EXTENSION oms;
	SELECT oms.add_location('w' || i, 'store', (30 + i || ',-' || 80 + i)::oms.latlon) FROM generate_series(1, 15) AS i;
	SELECT FROM oms.add_location_group('all', ARRAY(SELECT location FROM oms.location ORDER BY location));
	SELECT oms.add_channel('web', 'all');
	SELECT oms.receive('w' || l, 's', 100000) FROM generate_series(1, 15) AS l;
	SELECT FROM generate_series(1, 2500) AS i, oms.place_order('o' || i, 'web', '{s}', '{1}', '40,-90');
SQL
my $largest = $node->safe_psql('postgres', 'SELECT max(pg_relation_size(oid)) / 1024 FROM pg_class');
my $state = q{SELECT count(*) FROM oms.decision UNION ALL SELECT count(*) FROM oms.fulfillment UNION ALL SELECT sum(reserved) FROM oms.inventory};
my $before = $node->safe_psql('postgres', $state);
$node->stop;

# As Cluster->start does it, under the limit (in 1,024 bytes, of bash)
my @start = ('pg_ctl', '-w', '-D', $node->data_dir, '-l', $node->logfile, '-o', '--cluster-name=full', 'start');
is(system("bash", "-c", q{ulimit -f $0 && exec "$@"}, $largest + 256, @start), 0, "starts with a limit to the size of files");
$node->_update_pid(1);
# While it plans, in a temporary file, and while it writes.
foreach (['plans', '64kB', qr/could not write to file .*pgsql_tmp.*File too large/s], ['writes', '1GB', qr/could not extend file .*File too large/s])
{
	my ($when, $work_mem, $expected) = @$_;
	my ($status, undef, $error) = $node->psql('postgres', "SET work_mem = '$work_mem'; SELECT * FROM oms.route()");

	isnt($status, 0, "the run fails while it $when");
	like($error, $expected, 'for want of room');
	is($node->safe_psql('postgres', $state), $before, 'and has changed nothing');
}
is($node->safe_psql('postgres', q{SELECT status FROM oms.try_reserve('web', 's', 1)}), 'reserved', 'selling goes on');
is($node->safe_psql('postgres', q{SELECT count(*) FROM oms.place_order('one', 'web', '{s}', '{1}', '40,-90')}), '1', 'and ordering');
$node->safe_psql('postgres', 'VACUUM');	# autovacuum would: what the failed run has written is in the way
is($node->safe_psql('postgres', q{SELECT orders FROM oms.route(order_ids => '{one}')}), '1', 'a small run has room');
is($node->safe_psql('postgres', 'SELECT * FROM oms.check()'), '', 'oms.check() finds nothing');
$node->stop;

$node->start;
is($node->safe_psql('postgres', 'SELECT orders FROM oms.route()'), '2501', 'with room again the run does all');
is($node->safe_psql('postgres', 'SELECT * FROM oms.check()'), '', 'oms.check() finds nothing');
done_testing();
