# examples/subscribe: a server without oms follows stock, ledger and reservations by logical decoding. In each of its
# snapshots they agree with each other, while buyers take, give back and fold; when it has caught up, with the publisher.
use strict;
use warnings;
use FindBin;
use IPC::Run;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $examples = "$FindBin::RealBin/../../examples";
my ($publisher, $subscriber);

sub load_file
{
	my ($node, $database, $file) = @_;

	$node->command_ok([ 'psql', '-Xqo', '/dev/null', '-v', 'ON_ERROR_STOP=1', '-d', $node->connstr($database), '-f', "$examples/$file" ], $file);
}

my $stock = 'SELECT sku, location, on_hand, unavailable, reserved, available FROM oms.inventory ORDER BY 1, 2';
my $reservations = 'SELECT reservation_id, sku, location, quantity, consumed, status, channel, order_id, line_no FROM oms.reservation ORDER BY 1, 2';
my $ledger = 'SELECT movement_id, sku, location, quantity, kind, reason FROM oms.movement%s ORDER BY 1';
sub same
{
	my ($name) = @_;

	$publisher->wait_for_catchup('reports');
	is($subscriber->safe_psql('postgres', $stock), $publisher->safe_psql('postgres', $stock), "$name: the same stock");
	is($subscriber->safe_psql('postgres', $reservations), $publisher->safe_psql('postgres', $reservations), "$name: the same reservations");
	is($subscriber->safe_psql('postgres', sprintf($ledger, '_row')), $publisher->safe_psql('postgres', sprintf($ledger, '')), "$name: the same ledger");
}

# With the tables plain and in partitions
foreach my $partitions (0, 3)
{
	$publisher = PostgreSQL::Test::Cluster->new("shop$partitions");
	$publisher->init(allows_streaming => 'logical');
	$publisher->append_conf('postgresql.conf', "oms.fold_threshold = 4\noms.partitions = $partitions");
	$publisher->start;
	$subscriber = PostgreSQL::Test::Cluster->new("reports$partitions");
	$subscriber->init;
	$subscriber->start;

	load_file($publisher, 'postgres', 'clients/setup.sql');
	$publisher->safe_psql('postgres', q{SELECT count(*) FROM oms.reserve('web', 'mug', 3, reference => 'before')});
	load_file($publisher, 'postgres', 'subscribe/publisher.sql');
	load_file($subscriber, 'postgres', 'subscribe/subscriber.sql');
	my $address = $publisher->connstr . ' dbname=postgres';
	$subscriber->safe_psql('postgres', "CREATE SUBSCRIPTION reports CONNECTION '$address' PUBLICATION oms_stock");
	$subscriber->wait_for_subscription_sync($publisher, 'reports');

	same('what was there');
	is($subscriber->safe_psql('postgres', q{SELECT reserved FROM oms.inventory WHERE sku = 'mug' AND location = 'Reno'}), 3, 'it is what it should be');

	# Buyers
	my $script = PostgreSQL::Test::Utils::tempdir() . '/buyer.sql';
	append_to_file($script, <<~'SQL');
	\set n random(1, 3)
	\set what random(1, 6)
	SELECT COALESCE(max(reservation_ids[1]), 0) AS id FROM oms.try_reserve('web', CASE :n WHEN 1 THEN 'mug' ELSE 'lamp' END, :n) \gset
	\if :id
	\if :what <= 2
	SELECT oms.release(:id);
	\elif :what <= 4
	SELECT oms.consume(:id);
	\endif
	\endif
	\if :what = 5
	SELECT oms.receive('Reno', 'lamp', :n);
	\elif :what = 6
	SELECT oms.fold_accounts();
	\endif
	BEGIN;
	SELECT oms.adjust('Reno', 'mug', 1, 'regretted');
	ROLLBACK;
	SQL
	my $log = '';
	my $buyers = IPC::Run::start([ 'pgbench', '-n', '-c', 4, '-T', 3, '-f', $script, $publisher->connstr('postgres') ], '<', '/dev/null', '>', \$log, '2>&1');
	my ($wrong, $samples) = ('', 0);
	while ($buyers->pumpable)
	{
		$wrong .= $subscriber->safe_psql('postgres', q{
			SELECT i.sku, i.location, i.on_hand, m.on_hand, i.reserved, r.reserved FROM oms.inventory i
			  LEFT JOIN (SELECT sku, location, sum(quantity) AS on_hand FROM oms.movement_row GROUP BY sku, location) m USING (sku, location)
			  LEFT JOIN (SELECT sku, location, sum(quantity - consumed) AS reserved FROM oms.reservation_row WHERE status IN ('hold', 'firm') GROUP BY sku, location) r USING (sku, location)
			 WHERE i.on_hand <> COALESCE(m.on_hand, 0) OR i.reserved <> COALESCE(r.reserved, 0)});
		$samples++;
		select(undef, undef, undef, 0.05);
		$buyers->pump_nb if $buyers->pumpable;
	}
	$buyers->finish;
	unlike($log, qr/ERROR|aborted/, 'buyers buy') or diag($log);
	is($wrong, '', "stock, ledger and reservations agree in $samples looks at the subscriber");
	cmp_ok($samples, '>', 5, 'it was looked at');
	same('after the buyers');
	$publisher->safe_psql('postgres', 'SELECT oms.fold_accounts()');
	same('folded');
	is($subscriber->safe_psql('postgres', 'SELECT count(*) FROM oms.stock_delta'), 0, 'no delta is left there either');

	# A hold that expires: no write, and yet available
	$publisher->safe_psql('postgres', q{SELECT count(*) FROM oms.reserve('web', 'pan', 1, expires_in => '1 second')});
	$publisher->wait_for_catchup('reports');
	ok($subscriber->poll_query_until('postgres', q{SELECT available = 1 AND reserved = 1 FROM oms.inventory WHERE sku = 'pan'}), 'an expired hold is available there');
	$publisher->safe_psql('postgres', 'SELECT oms.expire_holds()');
	same('swept');

	# A row filter
	$subscriber->safe_psql('postgres', 'CREATE DATABASE mugs');
	load_file($subscriber, 'mugs', 'subscribe/subscriber.sql');
	$publisher->safe_psql('postgres', q{CREATE PUBLICATION mugs FOR TABLE
		oms.stock_account (sku, location, on_hand, unavailable, reserved) WHERE (sku = 'mug'), oms.stock_delta WHERE (sku = 'mug'),
		oms.reservation_row (reservation_id, sku, location, quantity, consumed, status, channel, cart_id, order_id, line_no, expires_at) WHERE (sku = 'mug')
		WITH (publish_via_partition_root = true)});
	$subscriber->safe_psql('mugs', "CREATE SUBSCRIPTION mugs CONNECTION '$address' PUBLICATION mugs");
	$subscriber->wait_for_subscription_sync($publisher, 'mugs', 'mugs');
	$publisher->safe_psql('postgres', q{SELECT oms.receive('Reno', 'mug', 5), oms.receive('Reno', 'lamp', 5); SELECT oms.fold_accounts(); SELECT count(*) FROM oms.reserve('web', 'mug', 1)});
	$publisher->wait_for_catchup('mugs');
	is($subscriber->safe_psql('mugs', $stock), $publisher->safe_psql('postgres', $stock =~ s/ORDER/WHERE sku = 'mug' ORDER/r), 'a row filter: that sku');
	is($subscriber->safe_psql('mugs', $reservations), $publisher->safe_psql('postgres', $reservations =~ s/ORDER/WHERE sku = 'mug' ORDER/r), 'and its reservations');
	is($publisher->safe_psql('postgres', 'SELECT * FROM oms.check()'), '', 'oms.check() finds nothing');
	$subscriber->stop;
	$publisher->stop;
}
done_testing();
