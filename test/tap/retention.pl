# Archiving that is killed: every movement is in the ledger or in the archive, never in both or none, and the sums hold.
use strict;
use warnings;
use FindBin;
use lib $FindBin::RealBin;
use OmsStress;
use Test::More;

my $node = new_node('retention');
$node->safe_psql('postgres', q{
	CREATE TABLE archived AS SELECT * FROM oms.archive('movements', '0', 1) WITH NO DATA;
	SELECT count(oms.receive('A', 'sku ' || n % 50, 1, reference => 'r' || n)) FROM generate_series(1, 3000) AS n;
});
my $lost = q{SELECT count(*) FROM generate_series(1, 3000) AS n WHERE (SELECT count(*) FROM oms.movement_row AS m WHERE m.reference = 'r' || n)
	+ (SELECT count(*) FROM archived AS a WHERE a.contents ->> 'reference' = 'r' || n) <> 1};
my $archive = q{INSERT INTO archived SELECT * FROM oms.archive('movements', '0', 20)};

# In the middle of a transaction
my $victim = $node->background_psql('postgres', on_error_stop => 0);
my $pid = $victim->query('SELECT pg_backend_pid();');
$victim->query("BEGIN; $archive;");
kill 'KILL', $pid;
eval { $victim->quit };
ok($node->poll_query_until('postgres', 'SELECT true'), 'the server is back');
is($node->safe_psql('postgres', 'SELECT count(*) FROM archived'), '0', 'nothing was archived');
is($node->safe_psql('postgres', 'SELECT * FROM oms.check()'), '', 'oms.check() is empty');

# Immediate stops, two that archive and one that sells
for my $round (1 .. 2)
{
	my $before = $node->safe_psql('postgres', 'SELECT count(*) FROM archived');
	my @load = start_load($node, 3, 6, "$archive;", q{SELECT oms.receive('A', 'sku 1', 1), count(*) FROM oms.reserve('web', 'sku 2', 1, 'A');});
	$node->poll_query_until('postgres', "SELECT count(*) > $before + 400 FROM archived") or die 'no load';
	$node->stop('immediate');
	stop_load(@load);
	$node->start;
	is($node->safe_psql('postgres', $lost), '0', "round $round: every movement is in the ledger or in the archive");
	is($node->safe_psql('postgres', 'SELECT * FROM oms.check()'), '', "round $round: oms.check() is empty");
}
$node->safe_psql('postgres', $archive) while $node->safe_psql('postgres', q{SELECT count(*) FROM oms.movement WHERE kind <> 'opening'}) > 0;
is($node->safe_psql('postgres', $lost), '0', 'all of it is archived');
is($node->safe_psql('postgres', 'SELECT * FROM oms.check()'), '', 'and the sums hold');
$node->stop;
done_testing();
