# Crash and failover as one: a primary with a synchronous standby, under a load of checkouts, orders, routing
# and store work, is killed; the standby is promoted and the load goes on. Nothing that was acknowledged is
# lost, nothing is oversold.
use strict;
use warnings;
use FindBin;
use lib $FindBin::RealBin;
use OmsStress;
use PostgreSQL::Test::Cluster;
use Test::More;

my $primary = PostgreSQL::Test::Cluster->new('primary');
$primary->init(allows_streaming => 1);
$primary->append_conf('postgresql.conf', 'restart_after_crash = off');
$primary->start;
$primary->safe_psql('postgres', <<'SQL');
	CREATE EXTENSION oms;
	SELECT oms.add_location('w' || i, 'store', (40 + i || ',-74')::oms.latlon) FROM generate_series(1, 4) AS i;
	SELECT FROM oms.add_location_group('all', '{w1,w2,w3,w4}');
	SELECT oms.add_channel('web', 'all');
	SELECT oms.receive('w' || l, 's' || s, 100000) FROM generate_series(1, 4) AS l, generate_series(1, 3) AS s;
	SELECT oms.receive('w1', 'last', 500);
	CREATE SEQUENCE order_number;
SQL
$primary->backup('base');
my $standby = PostgreSQL::Test::Cluster->new('standby');
$standby->init_from_backup($primary, 'base', has_streaming => 1);
$standby->start;
$primary->safe_psql('postgres', q{ALTER SYSTEM SET synchronous_standby_names = '*'; SELECT pg_reload_conf()});
$primary->poll_query_until('postgres', q{SELECT sync_state = 'sync' FROM pg_stat_replication}) or die 'no synchronous standby';

# What each client says was acknowledged: r reservation, o order, d decision (run), s shipped fulfillment
my @clients = (
	(q{SELECT 'r ' || reservation_id FROM oms.reserve('web', 's1', 1);}) x 2,
	q{SELECT 'r ' || u.id FROM oms.try_reserve('web', 'last', 1) t, unnest(t.reservation_ids) AS u (id);},
	q{SELECT 'o ' || n FROM (SELECT nextval('order_number') AS n OFFSET 0) AS s, oms.place_order('o' || n, 'web', '{s1,s2,s3}', '{1,2,1}', '40,-74') AS p WHERE p.line_no = 1;},
	q{SELECT 'd ' || run_id FROM oms.route();},
	q{SELECT FROM oms.accept_many(ARRAY(SELECT fulfillment_id FROM oms.work WHERE status = 'assigned' LIMIT 20)); }
	  . q{SELECT FROM oms.pick_many(ARRAY(SELECT fulfillment_id FROM oms.work WHERE status = 'accepted' LIMIT 20)); }
	  . q{SELECT FROM oms.pack_many(ARRAY(SELECT fulfillment_id FROM oms.work WHERE status = 'picking' LIMIT 20)); }
	  . q{SELECT 's ' || fulfillment_id FROM oms.ship_many(ARRAY(SELECT fulfillment_id FROM oms.work WHERE status = 'packed' LIMIT 20)); });
my %kept = (
	r => 'oms.reservation WHERE reservation_id IN (%s)',
	o => q{oms.orders WHERE order_id = ANY (regexp_replace('{%s}', '(\d+)', 'o\1', 'g')::text[])},
	d => 'oms.routing_run WHERE run_id IN (%s)',
	s => q{oms.fulfillment WHERE status = 'shipped' AND fulfillment_id IN (%s)});

# sells NODE, NAME: load until enough of everything was acknowledged; what was
sub sells
{
	my ($node, $name) = @_;
	my $shipped = q{SELECT count(*) FROM oms.fulfillment WHERE status = 'shipped'};
	my $runs = 'SELECT count(*) FROM oms.routing_run';
	my ($before, $runs_before) = ($node->safe_psql('postgres', $shipped), $node->safe_psql('postgres', $runs));
	my @load = start_load($node, 0, 60, @clients);

	# The second run is seen after the first was acknowledged.
	$node->poll_query_until('postgres', "SELECT ($shipped) > $before + 40 AND ($runs) > $runs_before + 1")
	  or die "$name: no work was shipped";
	return @load;
}

# nothing_lost NODE, SAID, NAME: all that was acknowledged is there
sub nothing_lost
{
	my ($node, $said, $name) = @_;

	foreach my $what (sort keys %kept)
	{
		my %ids = map { $_ => 1 } $said =~ /^$what (\d+)$/mg;
		my $list = join(',', sort { $a <=> $b } keys %ids);
		cmp_ok(scalar(keys %ids), '>', 0, "$name: $what were acknowledged");
		is($node->safe_psql('postgres', 'SELECT count(*) FROM ' . sprintf($kept{$what}, $list)),
			scalar(keys %ids), "$name: and none is lost");
	}
	is($node->safe_psql('postgres', 'SELECT * FROM oms.check()'), '', "$name: oms.check() finds nothing");
	is($node->safe_psql('postgres', 'SELECT * FROM oms.inventory WHERE available < 0 OR reserved > on_hand'), '', "$name: nothing is oversold");
}

my @load = sells($primary, 'before');
$primary->stop('immediate');
my ($said) = stop_load(@load);
$standby->promote;
nothing_lost($standby, $said, 'promoted');

@load = sells($standby, 'after');
my ($more, $errors) = stop_load(@load);
quiet($standby);
unlike($errors, qr/XX\d\d\d/, 'no internal error');
nothing_lost($standby, $more, 'sold on');
$standby->safe_psql('postgres', q{SELECT count(*) FROM oms.reserve('web', 'last', 1000, on_shortage => 'partial')});
is($standby->safe_psql('postgres', q{SELECT sum(quantity) FROM oms.reservation WHERE sku = 'last'}), '500', 'the last units are sold, and no more');
done_testing();
