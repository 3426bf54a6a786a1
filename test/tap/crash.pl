# Crashes: kill -9 of a backend in the middle of a cart, an immediate stop under load, storms of
# statement_timeout. Nothing that was acknowledged is lost, nothing is oversold.
use strict;
use warnings;
use FindBin;
use lib $FindBin::RealBin;
use OmsStress;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = new_node('crash');

# In the middle of a cart
my $victim = $node->background_psql('postgres', on_error_stop => 0);
my $pid = $victim->query('SELECT pg_backend_pid();');
$victim->query('BEGIN;');
is( $victim->query(q{SELECT count(*) FROM oms.reserve_many('web', '{a,b,c}', '{2,2,2}', 'A', cart_id => 'cart');}),
	'3', 'a cart is open');
is($node->safe_psql('postgres', q{SET oms.wait_for_pending = 0; SELECT status FROM oms.try_reserve('web', 'a', 2, 'A')}),
	'held_by_others', 'its units are held');
kill 'KILL', $pid;
eval { $victim->quit };
ok($node->poll_query_until('postgres', 'SELECT true'), 'the server is back');
is($node->safe_psql('postgres', q{SELECT sum(reserved) FROM oms.inventory}), '0', 'the cart is gone');
is($node->safe_psql('postgres', q{SELECT status FROM oms.try_reserve('web', 'a', 3, 'A')}),
	'reserved', 'its units are free');
$node->safe_psql('postgres', q{INSERT INTO stress.done VALUES ('a', 'A', 0, 3)});
adds_up($node, 'after kill -9');

# Immediate stop under load; a client that counts what was acknowledged
for my $round (1 .. 2)
{
	my $before = $node->safe_psql('postgres', q{SELECT count(*) FROM stress.done WHERE sku = 'deep'});
	my @load = start_load($node, 4, 6,
		q{WITH r AS (SELECT * FROM oms.reserve('web', 'deep', 1, 'A')), d AS (INSERT INTO stress.done SELECT sku, location, 0, 1 FROM r) SELECT reservation_id FROM r;});
	$node->poll_query_until('postgres', "SELECT count(*) > $before + 100 FROM stress.done WHERE sku = 'deep'")
	  or die 'no load';
	$node->stop('immediate');
	my ($acknowledged) = stop_load($load[-1]);
	stop_load(@load);
	$node->start;
	my @ids = $acknowledged =~ /^(\d+)$/mg;
	cmp_ok(scalar(@ids), '>', 0, 'round ' . $round . ': reservations were acknowledged');
	is( $node->safe_psql('postgres', 'SELECT count(*) FROM oms.reservation WHERE reservation_id IN (' . join(',', @ids) . ')'),
		scalar(@ids), "round $round: none is lost");
	adds_up($node, "round $round");
}

# Storm of timeouts: takes are cut short at any point, while units are held by an open transaction
my $holder = $node->background_psql('postgres', on_error_stop => 0);
$holder->query(q{BEGIN; SELECT count(*) FROM oms.reserve('web', 'c', 5, 'A');});
my @load = start_load($node, 2, 3, map { <<"SQL" } 1, 3, 7, 20);
SET statement_timeout = $_; SET oms.wait_for_pending = '10s';
CALL stress.operation();
SELECT count(*) FROM oms.try_reserve_many('web', '{a,c}', '{1,20}', 'A');
SQL
sleep 3;
my (undef, $errors) = stop_load(@load);
like($errors, qr/57014/, 'statements were cancelled');
unlike($errors, qr/XX000|40P01|23505/, 'without internal errors, deadlocks and duplicate ids');
$holder->query('ROLLBACK;');
$holder->quit;
quiet($node);
is( $node->safe_psql('postgres', "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"),
	'0', 'no key lock is left');

$node->stop;
$node->start;
is( $node->safe_psql('postgres', q{SELECT wrong FROM stress.violations() WHERE wrong NOT LIKE '%oracle%'}),
	'', 'after the storm: every account adds up');
done_testing();
