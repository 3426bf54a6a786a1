# Batches of feeds, while the server is killed in the middle of them: what was not acknowledged is sent again, by two
# sessions at once, and at the end every event has landed once: nothing twice, nothing lost. So with snapshots.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(usleep);

my $node = PostgreSQL::Test::Cluster->new('feeds');
$node->init;
$node->append_conf('postgresql.conf', "fsync = on\nrestart_after_crash = on");
$node->start;
$node->safe_psql('postgres', q{
	CREATE EXTENSION oms;
	SELECT oms.add_location('shop ' || i, 'store') FROM generate_series(0, 3) AS i;
	SELECT oms.add_source('pos'), oms.add_source('wms');
	-- What is to be sent: 40 batches of 500 sales and receipts, and a snapshot as of before them.
	CREATE TABLE event AS SELECT n, n / 500 AS batch, 'e' || n AS event_id, 'sku ' || n % 97 AS sku, 'shop ' || n % 4 AS location,
		1 + n % 7 AS quantity, now() - interval '1 hour' + n * interval '0.1 s' AS as_of FROM generate_series(0, 19999) AS n;
	CREATE TABLE figure AS SELECT 'sku ' || s AS sku, 'shop ' || l AS location, 100000::bigint AS quantity FROM generate_series(0, 96) AS s, generate_series(0, 3) AS l;
	SELECT outcome FROM oms.ingest_table('wms', 'snapshot', 'figure', now() - interval '2 hours', 'first');
});

# batch N: the statement that sends it; a commit of its own
sub batch
{
	my ($n) = @_;
	my $kind = $n % 2 ? 'receipt' : 'sale';

	return "SELECT string_agg(DISTINCT outcome, ',') FROM (SELECT array_agg(sku) AS skus, array_agg(location) AS locations, array_agg(quantity::bigint) AS quantities,
		array_agg(event_id) AS ids, array_agg(as_of) AS moments FROM event WHERE batch = $n) AS b, oms.ingest_many('pos', '$kind', b.skus, b.locations, b.quantities, b.ids, b.moments)";
}

my @unsure = 0 .. 39;
my ($killed, $rounds) = (0, 0);
while (@unsure && $rounds++ < 200)
{
	# Two sessions send what nobody has acknowledged, in different orders; what one is told is acknowledged.
	my @sent = (\@unsure, [ reverse @unsure ]);
	my (@handles, @out);
	foreach my $i (0, 1)
	{
		$out[$i] = '';
		push @handles, IPC::Run::start([ 'psql', '-XAtq', '-v', 'ON_ERROR_STOP=1', '-d', $node->connstr('postgres'),
			map { ('-c', batch($_), '-c', "\\echo done $_") } @{ $sent[$i] } ], '>', \$out[$i], '2>', \my $ignored);
	}
	if ($killed < 4)
	{
		$node->poll_query_until('postgres', "SELECT count(*) > 0 FROM pg_stat_activity WHERE query LIKE '%ingest_many%' AND state = 'active' AND pid <> pg_backend_pid()");
		usleep(int(rand(200_000)));
		my $pid = $node->safe_psql('postgres', "SELECT pid FROM pg_stat_activity WHERE query LIKE '%ingest_many%' AND state = 'active' AND pid <> pg_backend_pid() LIMIT 1");
		if ($pid)
		{
			kill 'KILL', $pid;
			$killed++;
		}
	}
	$_->finish foreach @handles;
	ok($node->poll_query_until('postgres', 'SELECT NOT pg_is_in_recovery()'), 'the server is back') if $rounds <= $killed;
	my %done = map { $_ => 1 } map { /^done (\d+)$/mg } @out;
	@unsure = grep { !$done{$_} } @unsure;
}
cmp_ok($killed, '>', 0, "killed in the middle of a batch ($killed times, $rounds rounds)");
is(scalar @unsure, 0, 'every batch was acknowledged in the end');
is($node->safe_psql('postgres', "SELECT count(*), count(*) FILTER (WHERE outcome = 'applied') FROM oms.feed_event WHERE source = 'pos'"), '20000|20000', 'every event landed');
is($node->safe_psql('postgres', "SELECT count(*), count(DISTINCT reference) FROM oms.movement WHERE source = 'pos'"), '20000|20000', 'and moved once');
is($node->safe_psql('postgres', q{
	SELECT i.sku, i.location, i.on_hand, e.units FROM oms.inventory AS i
	  JOIN (SELECT sku, location, sum(CASE WHEN batch % 2 = 1 THEN quantity ELSE -quantity END) AS units FROM event GROUP BY 1, 2) AS e USING (sku, location)
	 WHERE i.on_hand <> 100000 + e.units}), '', 'what is there is what the events say');
is($node->safe_psql('postgres', 'SELECT * FROM oms.feed_exception'), '', 'no row is an exception');

# A snapshot of which every row differs, killed while it is applied, then taken.
$node->safe_psql('postgres', 'UPDATE figure SET quantity = 7');
my $moment = $node->safe_psql('postgres', 'SELECT now()');
my $snapshot = "SELECT outcome, \"rows\" FROM oms.ingest_table('wms', 'snapshot', 'figure', '$moment', 'second')";
{
	my $handle = IPC::Run::start([ 'psql', '-Xq', '-d', $node->connstr('postgres'), '-c', 'BEGIN', '-c', $snapshot, '-c', 'SELECT pg_sleep(60)' ], '>', \my $o, '2>', \my $e);
	$node->poll_query_until('postgres', "SELECT count(*) > 0 FROM pg_stat_activity WHERE query LIKE '%pg_sleep(60)%' AND state = 'active' AND wait_event = 'PgSleep'");
	kill 'KILL', $node->safe_psql('postgres', "SELECT pid FROM pg_stat_activity WHERE wait_event = 'PgSleep' LIMIT 1");
	$handle->finish;
}
$node->poll_query_until('postgres', 'SELECT NOT pg_is_in_recovery()');
is($node->safe_psql('postgres', "SELECT count(*) FROM oms.inventory WHERE on_hand = 7"), '0', 'of a snapshot that was killed nothing is there');
is($node->safe_psql('postgres', $snapshot), 'applied|388', 'it is taken when it is sent again');
is($node->safe_psql('postgres', $snapshot), 'duplicate|388', 'once');
is($node->safe_psql('postgres', "SELECT count(*) FROM oms.inventory WHERE on_hand <> 7"), '0', 'and is true');
is($node->safe_psql('postgres', 'SELECT * FROM oms.check()'), '', 'oms.check() finds nothing');

$node->stop;
done_testing();
