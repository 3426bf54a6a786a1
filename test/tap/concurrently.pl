# CREATE INDEX CONCURRENTLY, REINDEX CONCURRENTLY, VACUUM FULL and CLUSTER under load: amcheck accepts all
# indexes, and every account adds up.
use strict;
use warnings;
use FindBin;
use lib $FindBin::RealBin;
use OmsStress;
use Test::More;

my $node = new_node('concurrently');
$node->safe_psql('postgres', 'CREATE EXTENSION amcheck');
my $amcheck = q{SELECT count(bt_index_parent_check(i.indexrelid, true, true)) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
	WHERE i.indrelid = ANY ('{oms.stock_delta,oms.stock_account,oms.reservation_row,oms.movement_row}'::regclass[])
	AND c.relam = (SELECT oid FROM pg_am WHERE amname = 'btree')};

my @load = start_load($node, 4, 8);
my @statements = (
	'CREATE INDEX CONCURRENTLY extra_account ON oms.stock_account (on_hand, reserved)',
	'CREATE INDEX CONCURRENTLY extra_delta ON oms.stock_delta (reserved, (on_hand + 1)) WHERE reserved > 0',
	'REINDEX TABLE CONCURRENTLY oms.stock_delta',
	'REINDEX TABLE CONCURRENTLY oms.stock_account',
	'REINDEX TABLE CONCURRENTLY oms.reservation_row',
	'VACUUM FULL oms.stock_delta',
	'VACUUM FULL oms.stock_account',
	'CLUSTER oms.stock_account USING stock_account_pkey',
	'DROP INDEX CONCURRENTLY oms.extra_delta',
	'VACUUM (FREEZE) oms.stock_account, oms.stock_delta',
	'CREATE INDEX CONCURRENTLY extra_delta2 ON oms.stock_delta (id)');
is($node->psql('postgres', $_), 0, $_) foreach @statements;
my (undef, $errors) = stop_load(@load);
unlike($errors, qr/XX000|XX00[12]|40P01|23505/, 'no internal error, deadlock or duplicate under load');
cmp_ok($node->safe_psql('postgres', $amcheck), '>=', 8, 'amcheck accepts the indexes');
is( $node->safe_psql('postgres', q{SELECT count(*) FROM pg_index WHERE NOT indisvalid}), '0', 'all are valid');
adds_up($node, 'after it');

# Both ways to read an account agree. Not on what expires meanwhile.
my $read = 'SELECT string_agg(row(i.sku, i.location, i.on_hand, i.unavailable, i.reserved)::text, E\'\n\' ORDER BY i.sku, i.location) FROM oms.inventory i';
is( $node->safe_psql('postgres', "SET enable_seqscan = off; $read"),
	$node->safe_psql('postgres', "SET enable_indexscan = off; SET enable_bitmapscan = off; $read"),
	'index scans and sequential scans agree');
sells_out($node, 'in the end');
is($node->psql('postgres', $amcheck), 0, 'amcheck accepts them still');
done_testing();
