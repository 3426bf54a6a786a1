# PREPARE TRANSACTION, a restart (clean and immediate), and both outcomes: until then the units are held.
use strict;
use warnings;
use FindBin;
use lib $FindBin::RealBin;
use OmsStress;
use Test::More;

my $node = new_node('prepared', 'oms.wait_for_pending = 0', 'oms.fold_threshold = 1');
my $available = q{SELECT available FROM oms.inventory WHERE sku = 'c' AND location = 'A'};
my $take = q{SELECT status FROM oms.try_reserve('web', 'c', %d, 'A')};

foreach my $case ([ 'fast', 'COMMIT', 15 ], [ 'fast', 'ROLLBACK', 20 ], [ 'immediate', 'COMMIT', 15 ], [ 'immediate', 'ROLLBACK', 20 ])
{
	my ($stop, $outcome, $left) = @$case;
	my $name = "$outcome PREPARED after $stop stop";

	# 70 subtransactions, one of them rolled back with a take; a fold by others before and after
	$node->safe_psql('postgres', q{
		BEGIN;
		SELECT count(*) FROM oms.reserve('web', 'c', 2, 'A', reference => 'prepared');
		SAVEPOINT a;
		SELECT count(*) FROM oms.reserve('web', 'c', 9, 'A', reference => 'prepared');
		ROLLBACK TO a;
		DO $$ BEGIN FOR i IN 1..70 LOOP BEGIN INSERT INTO stress.done VALUES ('c', 'A', 0, 0);
			EXCEPTION WHEN division_by_zero THEN NULL; END; END LOOP; END $$;
		SELECT count(*) FROM oms.reserve('web', 'c', 3, 'A', reference => 'prepared');
		INSERT INTO stress.done VALUES ('c', 'A', 0, 5);
		PREPARE TRANSACTION 'p';
	});
	is($node->safe_psql('postgres', $available), '20', "$name: a reader does not see it");
	$node->safe_psql('postgres', 'SELECT oms.fold_accounts()');
	$node->stop($stop);
	$node->start;
	is($node->safe_psql('postgres', sprintf($take, 16)), 'held_by_others', "$name: its units are held");
	is( $node->safe_psql('postgres', 'BEGIN; ' . sprintf($take, 15) . '; ROLLBACK'), 'reserved', "$name: the rest can be had");
	$node->safe_psql('postgres', 'SELECT oms.fold_accounts()');
	$node->safe_psql('postgres', "$outcome PREPARED 'p'");
	is($node->safe_psql('postgres', $available), $left, "$name: what is left");
	is( $node->safe_psql('postgres', 'BEGIN; ' . sprintf($take, $left + 1) . '; ROLLBACK'), 'insufficient', "$name: no more than that");
	is( $node->safe_psql('postgres', 'BEGIN; ' . sprintf($take, $left) . '; ROLLBACK'), 'reserved', "$name: all of that");
	adds_up($node, $name);
	$node->safe_psql('postgres', q{
		SELECT oms.release(reservation_id) FROM oms.reservation WHERE reference = 'prepared' AND status = 'firm';
		DELETE FROM stress.done WHERE sku = 'c' AND reserved <> 0;
		SELECT oms.fold_accounts();
	});
}

# A transaction that folded, prepared: others go on without its row
$node->safe_psql('postgres', q{
	SELECT count(*) FROM oms.reserve('web', 'c', 1, 'A');
	INSERT INTO stress.done VALUES ('c', 'A', 0, 1);
	BEGIN; SELECT oms.fold_accounts(); PREPARE TRANSACTION 'fold';
});
$node->restart;
is($node->safe_psql('postgres', sprintf($take, 4)), 'reserved', 'a take beside a prepared fold');
is($node->safe_psql('postgres', sprintf($take, 16)), 'insufficient', 'is counted');
$node->safe_psql('postgres', q{COMMIT PREPARED 'fold'; INSERT INTO stress.done VALUES ('c', 'A', 0, 4);});
is($node->safe_psql('postgres', $available), '15', 'after the fold as before');
# Protected stock and a quota: used, given back and newly protected by prepared transactions
my $pos = q{SELECT status FROM oms.try_reserve('pos', 'prot', %d, 'A')};
my $web = q{SELECT status FROM oms.try_reserve('web', '%s', %d, 'A')};
foreach my $case ([ 'COMMIT', 'quota', '2 2' ], [ 'ROLLBACK', 'reserved', '0 4' ])
{
	my ($outcome, $quota, $used) = @$case;

	$node->safe_psql('postgres', q{
		BEGIN;
		SELECT count(*) FROM oms.reserve('pos', 'prot', 2, 'A', reference => 'shared');
		SELECT count(*) FROM oms.reserve('web', 'limit', 4, 'A', reference => 'shared');
		SELECT oms.protect_stock('A', 'a', 'pos', 3);
		PREPARE TRANSACTION 'p';
	});
	$node->restart;
	is( $node->safe_psql('postgres', sprintf($web, 'prot', 5)), 'insufficient', "$outcome: protected stock that is used is neutral to others");
	is( $node->safe_psql('postgres', 'BEGIN; ' . sprintf($web, 'prot', 4) . '; ROLLBACK'), 'reserved', "$outcome: they have the rest");
	is( $node->safe_psql('postgres', sprintf($web, 'limit', 3)), 'held_by_others', "$outcome: the quota is held");
	is( $node->safe_psql('postgres', sprintf($web, 'a', 1)), 'held_by_others', "$outcome: a new protection counts");
	$node->safe_psql('postgres', 'SELECT oms.fold_accounts()');
	$node->safe_psql('postgres', "$outcome PREPARED 'p'");
	is( $node->safe_psql('postgres', 'BEGIN; ' . sprintf($web, 'limit', 3) . '; ROLLBACK'), $quota, "$outcome: the quota");
	is( $node->safe_psql('postgres', q{SELECT used, "left" FROM oms.protected_stock WHERE sku = 'prot' AND location = 'A'}),
		$used =~ tr/ /|/r, "$outcome: the protection");
	is( $node->safe_psql('postgres', q{SELECT count(*) FROM oms.protected_stock WHERE sku = 'a'}), $outcome eq 'COMMIT' ? 1 : 0, "$outcome: the new one");
	is($node->safe_psql('postgres', 'SELECT * FROM oms.check()'), '', "$outcome: oms.check() finds nothing");
	$node->safe_psql('postgres', q{
		SELECT oms.release(reservation_id) FROM oms.reservation WHERE reference = 'shared' AND status = 'firm';
		SELECT oms.unprotect_stock('A', 'a', 'pos'); SELECT oms.fold_accounts();});
}
sells_out($node, 'in the end');
done_testing();
