# pg_dump under load and restore: the copy adds up as of its snapshot, and sells on.
#
# Not with pg_restore -j: PostgreSQL does not keep the order of foreign keys between tables of an
# extension there (the archive records none for them).
use strict;
use warnings;
use FindBin;
use lib $FindBin::RealBin;
use OmsStress;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = new_node('dump_under_load');
my $dir = PostgreSQL::Test::Utils::tempdir;
my @load = start_load($node, 4, 4);
sleep 2;
$node->command_ok([ 'pg_dump', '-Fc', '-f', "$dir/dump", '-d', $node->connstr('postgres') ], 'pg_dump');
sleep 2;
stop_load(@load);
adds_up($node, 'the origin');

my $copy = PostgreSQL::Test::Cluster->new('copy');
$copy->init;
$copy->start;
$copy->command_ok([ 'pg_restore', '--exit-on-error', '-d', $copy->connstr('postgres'), "$dir/dump" ], 'pg_restore');
is( $copy->safe_psql('postgres', 'SELECT count(*) > 0 FROM oms.stock_account'), 't', 'accounts were restored');
adds_up($copy, 'the copy');
@load = start_load($copy, 4, 2);
sleep 3;
stop_load(@load);
adds_up($copy, 'the copy after more sales');
sells_out($copy, 'the copy');

# Ids go on where the dump left them: only the components of a kit, reserved at one moment, share a number.
is( $copy->safe_psql('postgres', 'SELECT count(*) FROM (SELECT FROM oms.reservation_row GROUP BY reservation_id HAVING count(*) > 1 AND (bool_or(kit IS NULL) OR count(DISTINCT (kit, cart_id, channel)) > 1 OR count(DISTINCT sku) < count(*))) AS twice'),
	'0', 'no reservation number twice');
is( $copy->psql('postgres', 'DELETE FROM oms.stock_delta'), 3, 'the guard was restored too');
done_testing();
