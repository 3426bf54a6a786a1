# A standby under load: it reads exact values and refuses changes; promoted, it sells on.
use strict;
use warnings;
use FindBin;
use lib $FindBin::RealBin;
use OmsStress;
use PostgreSQL::Test::Cluster;
use Test::More;

my $primary = new_node('primary');
$primary->backup('base');
my $standby = PostgreSQL::Test::Cluster->new('standby');
$standby->init_from_backup($primary, 'base', has_streaming => 1);
$standby->append_conf('postgresql.conf', "hot_standby_feedback = on\nmax_standby_streaming_delay = 60s");
$standby->start;

my @load = start_load($primary, 4, 5);
my $samples = 0;
my $wrong = '';
my $end = time + 4;
while (time < $end)
{
	$wrong .= $standby->safe_psql('postgres',
		'SET enable_nestloop = off; SET jit = off; SELECT * FROM stress.violations()');
	$samples++;
}
is($wrong, '', "every account added up on the standby in $samples samples");
my ($status, undef, $error) = $standby->psql('postgres', q{SELECT * FROM oms.reserve('web', 'a', 1)},
	on_error_stop => 1);
isnt($status, 0, 'a take on the standby is refused');
like($error, qr/cannot execute .* (in a read-only transaction|during recovery)/, 'cleanly');
($status, undef, $error) = $standby->psql('postgres', 'SELECT oms.fold_accounts()');
like($error, qr/cannot execute .* (in a read-only transaction|during recovery)/, 'and so is a fold');

# The primary dies with transactions open; the standby takes over.
$primary->stop('immediate');
stop_load(@load);
$standby->promote;
adds_up($standby, 'promoted');
@load = start_load($standby, 4, 3);
sleep 4;
stop_load(@load);
adds_up($standby, 'sold on');
sells_out($standby, 'promoted');
done_testing();
