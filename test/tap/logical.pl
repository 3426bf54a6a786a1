# Logical replication: a subscriber follows takes, folds and all else, and adds up in every snapshot; the
# guard lets the apply worker pass and nobody else. When the publisher is gone the subscriber sells on.
use strict;
use warnings;
use FindBin;
use lib $FindBin::RealBin;
use OmsStress;
use PostgreSQL::Test::Cluster;
use Test::More;

my $publisher = new_node('publisher', 'wal_level = logical', 'oms.fold_threshold = 4');
my $subscriber = PostgreSQL::Test::Cluster->new('subscriber');
$subscriber->init;
$subscriber->start;
$subscriber->safe_psql('postgres', 'CREATE EXTENSION oms');

# All that oms keeps; a subscriber notes changes of the network itself.
my $tables = $publisher->safe_psql('postgres', q{
	SELECT string_agg(c.oid::regclass::text, ', ') FROM pg_class c
	 WHERE c.relnamespace = 'oms'::regnamespace AND c.relkind = 'r' AND c.relname <> 'network_change'});
# Every extension brings some rows of its own: they are the publisher's here.
$subscriber->safe_psql('postgres', qq{
	DO \$\$ DECLARE t regclass; BEGIN
		FOR t IN SELECT tgrelid FROM pg_trigger WHERE tgname = 'guard' LOOP EXECUTE format('ALTER TABLE %s DISABLE TRIGGER guard', t); END LOOP;
		TRUNCATE $tables CASCADE;
		FOR t IN SELECT tgrelid FROM pg_trigger WHERE tgname = 'guard' LOOP EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER guard', t); END LOOP;
	END \$\$});
$publisher->safe_psql('postgres', "CREATE PUBLICATION all_of_oms FOR TABLE $tables");
my $address = $publisher->connstr . ' dbname=postgres';
$subscriber->safe_psql('postgres', "CREATE SUBSCRIPTION follows CONNECTION '$address' PUBLICATION all_of_oms");
$subscriber->wait_for_subscription_sync($publisher, 'follows');
is($subscriber->safe_psql('postgres', 'SELECT * FROM oms.check()'), '', 'what was there adds up');

my @load = start_load($publisher, 3, 6, 'SELECT oms.fold_accounts();');
my $wrong = '';
my $samples = 0;
my $end = time + 6;
while (time < $end)
{
	$wrong .= $subscriber->safe_psql('postgres', 'SELECT * FROM oms.check()');
	$samples++;
}
stop_load(@load);
quiet($publisher);
is($wrong, '', "the subscriber added up in $samples samples");
$publisher->safe_psql('postgres', 'SELECT oms.expire_holds(); SELECT oms.fold_accounts()');
$publisher->wait_for_catchup('follows');
my $stock = q{SELECT sku, location, on_hand, unavailable, reserved FROM oms.inventory ORDER BY sku, location};
is($subscriber->safe_psql('postgres', $stock), $publisher->safe_psql('postgres', $stock), 'it has the same stock');
my $shares = q{SELECT * FROM oms.protected_stock ORDER BY location, sku, until};
is($subscriber->safe_psql('postgres', $shares), $publisher->safe_psql('postgres', $shares), 'and the same protected stock');
is($subscriber->safe_psql('postgres', 'SELECT count(*) FROM oms.stock_delta'), '0', 'folds have taken its deltas too');
my ($status, undef, $error) = $subscriber->psql('postgres', 'DELETE FROM oms.stock_delta', on_error_stop => 1);
like($error, qr/is changed by functions only/, 'the guard is closed to everybody else');

cmp_ok($subscriber->safe_psql('postgres', 'SELECT count(*) FROM oms.request_row'), '>', 0, 'requests are there');
$publisher->safe_psql('postgres', 'ALTER TABLE oms.request_row DISABLE TRIGGER guard; TRUNCATE oms.request_row; ALTER TABLE oms.request_row ENABLE ALWAYS TRIGGER guard');
$publisher->wait_for_catchup('follows');
is($subscriber->safe_psql('postgres', 'SELECT count(*) FROM oms.request_row'), '0', 'an apply worker that truncates passes the guard');

# The publisher is gone. Sequences are not replicated.
$publisher->stop('immediate');
$subscriber->safe_psql('postgres', q{
	ALTER SUBSCRIPTION follows DISABLE; ALTER SUBSCRIPTION follows SET (slot_name = NONE); DROP SUBSCRIPTION follows;
	SELECT setval('oms.reservation_id_seq', (SELECT max(reservation_id) FROM oms.reservation_row) + 1000);
	SELECT setval('oms.movement_id_seq', (SELECT max(movement_id) FROM oms.movement_row) + 1000);
	SELECT count(*) FROM oms.reserve('web', 'deep', 100000, on_shortage => 'partial');});
is($subscriber->safe_psql('postgres', q{SELECT sum(available) FROM oms.inventory WHERE sku = 'deep'}), '0', 'it sells what is left');
is($subscriber->safe_psql('postgres', q{SELECT status FROM oms.try_reserve('web', 'deep', 1)}), 'insufficient', 'and no more');
is($subscriber->safe_psql('postgres', 'SELECT * FROM oms.check()'), '', 'and adds up');
done_testing();
