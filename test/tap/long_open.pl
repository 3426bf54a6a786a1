# What stays open: a transaction that took the key and idles, an old snapshot, a prepared transaction that
# nobody ends. Buyers go on, folds take in what is committed around them, nothing is lost, and when they are
# gone the key ends without deltas.
use strict;
use warnings;
use FindBin;
use lib $FindBin::RealBin;
use OmsStress;
use Test::More;

my $node = new_node('long_open', 'oms.wait_for_pending = 0', 'oms.fold_threshold = 4', 'autovacuum = off');
my $deltas = q{SELECT count(*) FROM oms.%s_delta WHERE sku = '%s'};
my $sell = q{WITH r AS (SELECT * FROM oms.reserve('web', 'deep', 1, 'A')), d AS (INSERT INTO stress.done SELECT sku, location, 0, 1 FROM r) SELECT 1;};

# One has taken stock, protected stock and a quota, some of it in subtransactions, and idles.
my $idle = $node->background_psql('postgres');
$idle->query_safe(q{
	BEGIN;
	SELECT count(*) FROM oms.reserve('web', 'deep', 2, 'A');
	SAVEPOINT a;
	SELECT count(*) FROM oms.reserve('pos', 'prot', 2, 'A');
	SELECT count(*) FROM oms.reserve('web', 'limit', 2, 'A');
	SAVEPOINT b;
	SELECT count(*) FROM oms.reserve('web', 'deep', 100, 'A');
	ROLLBACK TO b;
	INSERT INTO stress.done VALUES ('deep', 'A', 0, 2), ('prot', 'A', 0, 2), ('limit', 'A', 0, 2);});
my $old = $node->background_psql('postgres');
$old->query_safe('BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM oms.inventory;');
my $seen = $old->query_safe(q{SELECT on_hand, reserved FROM oms.inventory WHERE sku = 'deep' AND location = 'A'});
$node->safe_psql('postgres', q{
	BEGIN;
	SELECT count(*) FROM oms.reserve('web', 'deep', 3, 'A');
	SELECT count(*) FROM oms.reserve('pos', 'prot', 1, 'A');
	SELECT count(*) FROM oms.reserve('web', 'limit', 3, 'A');
	INSERT INTO stress.done VALUES ('deep', 'A', 0, 3), ('prot', 'A', 0, 1), ('limit', 'A', 0, 3);
	PREPARE TRANSACTION 'orphan';});

my @load = start_load($node, 3, 8, $sell, $sell);
$node->poll_query_until('postgres', q{SELECT count(*) > 300 FROM stress.done WHERE sku = 'deep'}) or die 'no load';
$node->safe_psql('postgres', 'SELECT oms.fold_accounts()') for 1 .. 3;
my (undef, $errors) = stop_load(@load);
unlike($errors, qr/XX000|40P01|23505/, 'no internal error, deadlock or duplicate while they are open');
$node->poll_query_until('postgres',
	q{SELECT count(*) = 2 FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()});
adds_up($node, 'they are open');
$node->safe_psql('postgres', 'SELECT oms.expire_holds(); SELECT oms.fold_accounts()');
is($node->safe_psql('postgres', sprintf($deltas, 'stock', 'deep')), '0', 'a fold leaves only deltas that are not committed');
cmp_ok($node->safe_psql('postgres', q{SELECT max(cardinality(exc)) FROM oms.stock_account}), '<=', 64, 'and few to look for');
is($old->query_safe(q{SELECT on_hand, reserved FROM oms.inventory WHERE sku = 'deep' AND location = 'A'}),
	$seen, 'the old snapshot sees what it saw');
is( $node->safe_psql('postgres', q{SELECT status FROM oms.try_reserve('web', 'limit', 2)}), 'held_by_others',
	'the quota that they hold is held');

# Their units are theirs: sold out but for them, one ends either way.
$node->safe_psql('postgres', <<'SQL');
	WITH r AS (SELECT * FROM oms.reserve('web', 'deep', 100000, 'A', on_shortage => 'partial'))
	INSERT INTO stress.done SELECT sku, location, 0, quantity FROM r;
SQL
is($node->safe_psql('postgres', q{SELECT on_hand - reserved FROM oms.inventory WHERE sku = 'deep' AND location = 'A'}),
	'5', 'what is left is what they took');
is($node->safe_psql('postgres', q{SELECT status FROM oms.try_reserve('web', 'deep', 1, 'A')}), 'held_by_others', 'which nobody else gets');
$idle->query_safe('COMMIT;');
is($node->safe_psql('postgres', q{SELECT status FROM oms.try_reserve('web', 'deep', 4, 'A')}), 'insufficient', 'the idle one commits');
$node->stop('immediate');
$node->start;
is($node->safe_psql('postgres', q{SELECT status FROM oms.try_reserve('web', 'deep', 3, 'A')}), 'held_by_others', 'the prepared one outlives a crash');
$node->safe_psql('postgres', q{ROLLBACK PREPARED 'orphan'});
$node->safe_psql('postgres', q{SELECT count(*) FROM oms.reserve('web', 'deep', 3, 'A'); INSERT INTO stress.done VALUES ('deep', 'A', 0, 3)});
is($node->safe_psql('postgres', q{SELECT status FROM oms.try_reserve('web', 'deep', 1, 'A')}), 'insufficient', 'and gives its units back');

$node->safe_psql('postgres', 'SELECT oms.expire_holds(); SELECT oms.fold_accounts()');
is($node->safe_psql('postgres', "SELECT count(*) FROM oms.${_}_delta"), '0', "no delta of $_ is left") foreach qw(stock protection quota);
adds_up($node, 'they are gone');
is($node->safe_psql('postgres', 'SELECT * FROM oms.check()'), '', 'oms.check() finds nothing');
done_testing();
