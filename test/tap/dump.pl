# pg_dump and restore bring everything back and the copy goes on selling; DROP EXTENSION leaves nothing; a role that
# may only call functions can sell and cannot touch the tables behind them.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('dump');
$node->init;
$node->start;
$node->safe_psql('postgres', 'CREATE DATABASE shop');
$node->safe_psql('shop', q{
	CREATE EXTENSION oms;
	SELECT oms.add_location('near', 'store', '40.75,-73.99', capacity_orders => 5, business_hours => 'Mo-Fr 09:00-18:00; Sa 20:00-02:00'), oms.add_location('far', 'warehouse', '33.45,-112.07');
	SELECT oms.add_location_group('network', '{near,far}');
	SELECT oms.add_channel('web', 'network', 'network', safety_stock => 'max(1, 10%)', buffer => 1);
	SELECT oms.add_service('slow', 240), oms.add_zone('island', '((8.5,41.3),(9.6,41.3),(9.6,43.1))'), oms.add_carrier_service('parcel', 'network');
	SELECT oms.add_carrier_rate('parcel', 5.90, 1, 300), oms.add_carrier_rate('parcel', 6.90, 3), oms.add_carrier_rate('parcel', 19, 4, zone => 'island');
	SELECT oms.add_safety_stock_rule('2 + 10%', 'web', tags => '{blue}', location => 'far', method => 'pickup', note => 'busy');
	SELECT oms.add_policy('p'), oms.add_routing('p', 'all', 'units > 0', cancel_after_days => 7), oms.add_rule('p', 'all', 'network', 1000, floor => '1 + 5%'), oms.activate_policy('p');
	SELECT oms.add_item('A', '{blue,"size L"}', 9.90);
	SELECT oms.receive('near', 'A', 12, request_id => 'delivery 1'), oms.receive('far', 'A', 20);
	SELECT oms.place_order('o1', 'web', '{A}', '{2}', ship_to => '40.7,-74', request_id => 'checkout 1');
	SELECT oms.place_order('o2', 'web', '{A}', '{3}', service => 'same_day');
	SELECT oms.place_order('o3', 'web', '{A}', '{1}');
	SELECT oms.cancel_order('o3', 'test');
	SELECT oms.reserve('web', 'A', 1, expires_in => '1 hour', cart_id => 'c1');
	SELECT oms.route();
	UPDATE oms.reject_reason SET stock_effect = 'all' WHERE reason = 'damaged';
	UPDATE oms.fulfillment_transition SET active = false WHERE action = 'unpack';
	INSERT INTO oms.fulfillment_transition VALUES ('pick', 'ship', 'assigned', 'picking');
	SELECT oms.fold_accounts();
	SELECT oms.place_order('o4', 'web', '{A}', '{1}');
	SELECT oms.add_incoming('PO', 'far', 'B', 5, '2099-01-10');
	SELECT oms.reserve('web', 'B', 3, on_shortage => 'backorder');
	SELECT oms.add_backorder_limit('web', 'B', 4);
	SELECT oms.receive_incoming('PO', 'far', 'B', 2, fill_limit => 1, hold_back => true);
});

# contents DATABASE: every row of every table of oms, and the state of its sequences; but for network_change
# and availability_change, which say who changed the network last: the restore.
sub contents
{
	my ($database) = @_;
	my $tables = $node->safe_psql($database, q{
		SELECT c.oid::regclass FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
		WHERE n.nspname = 'oms' AND c.relkind IN ('r', 'S') AND c.relname NOT IN ('network_change', 'availability_change') ORDER BY 1});
	my $rows = '';

	foreach my $table (split /\n/, $tables)
	{
		$rows .= "$table\n" . $node->safe_psql($database, $table =~ /_seq$/
			? "SELECT last_value FROM $table" : "SELECT t FROM $table AS t ORDER BY t::text") . "\n";
	}
	return $rows;
}

my $dump = PostgreSQL::Test::Utils::tempdir . '/shop.dump';
my $before = contents('shop');
foreach my $format ('custom', 'plain')
{
	$node->command_ok([ 'pg_dump', "--format=$format", '-f', $dump, $node->connstr('shop') ], "pg_dump, format $format");
	$node->safe_psql('postgres', "CREATE DATABASE copy_$format");
	$node->command_ok($format eq 'plain'
		? [ 'psql', '-Xq', '-v', 'ON_ERROR_STOP=1', '-d', $node->connstr("copy_$format"), '-f', $dump ]
		: [ 'pg_restore', '--exit-on-error', '-d', $node->connstr("copy_$format"), $dump ], "restore, format $format");
	is(contents("copy_$format"), $before, 'every row is back');
	is($node->safe_psql("copy_$format", 'SELECT * FROM oms.check()'), '', 'oms.check() finds nothing');
}

my $copy = 'copy_custom';
is($node->safe_psql($copy, q{SELECT location, quantity, status FROM oms.place_order('o5', 'web', '{A}', '{4}', ship_to => '40.7,-74')}),
	'near|4|reserved', 'the copy goes on selling');
is($node->safe_psql($copy, q{SELECT sum(quantity) FROM oms.place_order('o1', 'web', '{A}', '{2}', ship_to => '40.7,-74', request_id => 'checkout 1')}),
	'2', 'and remembers what it answered');
is($node->safe_psql($copy, q{SELECT stock_effect FROM oms.reject_reason WHERE reason = 'damaged'}), 'all', 'an edited reason is not the shipped one');
is($node->safe_psql($copy, q{SELECT to_status FROM oms.fulfillment_transition WHERE action = 'pick' AND from_status = 'assigned'}), 'picking', 'a transition of its own');
is($node->safe_psql($copy, 'SELECT run_id, orders FROM oms.route()'), '2|4', 'and routes');
isnt(($node->psql($copy, q{SELECT oms.place_order('o6', 'web', '{A}', '{100}')}))[0], 0, 'and does not oversell');
is($node->safe_psql($copy, 'SELECT * FROM oms.check()'), '', 'oms.check() finds nothing afterwards');

# A role with EXECUTE alone
$node->safe_psql($copy, q{
	CREATE ROLE clerk LOGIN;
	GRANT EXECUTE ON FUNCTION oms.place_order, oms.cancel_order, oms.explain_route TO clerk;
});
my %as_clerk = (extra_params => [ '-U', 'clerk' ]);
is($node->safe_psql($copy, q{SELECT status FROM oms.place_order('clerk 1', 'web', '{A}', '{1}')}, %as_clerk), 'reserved',
	'a role with EXECUTE places an order');
is($node->safe_psql($copy, q{SELECT actor FROM oms.orders WHERE order_id = 'clerk 1'}), 'clerk', 'under its own name');
is($node->safe_psql($copy, q{SELECT verdict FROM oms.explain_route('clerk 1')}, %as_clerk), 'held', 'it reads what it may');
foreach my $forbidden (
	'SELECT * FROM oms.order_row', 'SELECT * FROM oms.orders', 'SELECT * FROM oms.reservation_row',
	"INSERT INTO oms.order_row SELECT 'x', 'web', 'standard', 'ship', 2, NULL, NULL, 'open', NULL, NULL, 'me', now()",
	'UPDATE oms.stock_account SET on_hand = 99', 'DELETE FROM oms.fulfillment_row', 'TRUNCATE oms.decision_row CASCADE',
	"SELECT nextval('oms.reservation_id_seq')", 'SELECT oms.route()', 'SELECT * FROM oms.check()',
	"SELECT oms.receive('near', 'A', 1)", 'SELECT * FROM oms.plan_candidates()')
{
	my ($exit, $out, $err) = $node->psql($copy, $forbidden, %as_clerk);

	like($err, qr/permission denied/, "it may not: $forbidden");
}
$node->safe_psql($copy, q{
	CREATE SCHEMA trap AUTHORIZATION clerk;
	SET ROLE clerk;
	CREATE FUNCTION trap.eq(text, text) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RAISE 'trap as %', current_user; END $$;
	CREATE OPERATOR trap.= (LEFTARG = text, RIGHTARG = text, FUNCTION = trap.eq);
	CREATE FUNCTION trap.sum(bigint) RETURNS bigint LANGUAGE plpgsql AS $$ BEGIN RAISE 'trap as %', current_user; END $$;
});
is($node->safe_psql($copy, q{SET search_path = trap, pg_catalog; SELECT c.quantity FROM oms.cancel_order('clerk 1') AS c}, %as_clerk),
	'1', "the caller's operators and functions are not used");

# DROP and CREATE in one session
is($node->safe_psql($copy, q{
	SELECT count(*) FROM oms.route() \g /dev/null
	DROP EXTENSION oms;
	CREATE EXTENSION oms;
	SELECT oms.add_location('l', 'store') \g /dev/null
	SELECT oms.add_location_group('g', '{l}') \g /dev/null
	SELECT oms.add_channel('web', 'g') \g /dev/null
	SELECT oms.receive('l', 'A', 2) \g /dev/null
	SELECT status FROM oms.place_order('o1', 'web', '{A}', '{1}');
	SELECT shipments FROM oms.route();
	SELECT * FROM oms.check();
	DROP EXTENSION oms;
	SELECT count(*) FROM pg_namespace WHERE nspname = 'oms';
}), "reserved\n1\n0", 'DROP EXTENSION and CREATE EXTENSION in one session');

$node->stop;
done_testing();
