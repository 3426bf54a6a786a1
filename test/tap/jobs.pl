# pg_cron runs the default jobs: they are made once, changed, kept as the DBA left them, run, and taken away. Without
# pg_cron (postgresql-15-cron) skipped, but not in CI.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

chomp(my $sharedir = `$ENV{PG_CONFIG} --sharedir`);
if (!-e "$sharedir/extension/pg_cron.control")
{
	plan skip_all => 'install pg_cron: postgresql-15-cron' unless $ENV{CI};
	fail('pg_cron is installed');
	done_testing();
	exit;
}

my $node = PostgreSQL::Test::Cluster->new('jobs');
$node->init;
$node->append_conf('postgresql.conf', <<'CONF');
shared_preload_libraries = 'pg_cron'
cron.database_name = 'shop'
cron.use_background_workers = on
max_worker_processes = 32
CONF
$node->start;
$node->safe_psql('postgres', 'CREATE DATABASE shop');
$node->safe_psql('postgres', 'CREATE DATABASE other');
$node->safe_psql('shop', 'CREATE EXTENSION oms');

sub outcomes
{
	my ($call) = @_;

	return $node->safe_psql('shop', "SELECT string_agg(DISTINCT outcome, ',' ORDER BY outcome) || ' ' || count(*) FROM oms.$call");
}
my $n = $node->safe_psql('shop', 'SELECT count(*) FROM oms.default_job');
my ($status, undef, $error) = $node->psql('shop', 'SELECT oms.schedule_defaults(true)');
like($error, qr/pg_cron is not installed in this database.*CREATE EXTENSION pg_cron/s, 'loaded and not created: says what to do');

$node->safe_psql('shop', 'CREATE EXTENSION pg_cron');
is(outcomes('schedule_defaults()'), "create $n", 'printed');
is($node->safe_psql('shop', 'SELECT count(*) FROM cron.job'), 0, 'and nothing done');
is(outcomes('schedule_defaults(true)'), "create $n", 'created');
is($node->safe_psql('shop', q{SELECT count(*) FROM cron.job j JOIN oms.default_job d ON j.jobname = 'oms: ' || d.job
	WHERE (j.schedule, j.command, j.database, j.active) = (d.schedule, d.command, 'shop', true)}), $n, 'every job as the list has it');
my $jobs = $node->safe_psql('shop', 'SELECT * FROM cron.job ORDER BY jobid');
is(outcomes('schedule_defaults(true)'), "keep $n", 'again: kept');
is($node->safe_psql('shop', 'SELECT * FROM cron.job ORDER BY jobid'), $jobs, 'nothing has changed');

$node->safe_psql('shop', q{UPDATE cron.job SET active = false WHERE jobname = 'oms: overdue'; SELECT cron.schedule('mine', '0 0 1 1 *', 'SELECT 1')});
my $schedules = q{'{"fill": "*/2 * * * *", "notify": null}'};
is($node->safe_psql('shop', qq{SELECT string_agg(job || ' ' || outcome, ', ' ORDER BY job) FROM oms.schedule_defaults(true, $schedules) WHERE outcome <> 'keep'}),
	'oms: fill change, oms: notify remove', 'another schedule and a job that is not wanted');
is($node->safe_psql('shop', q{SELECT string_agg(jobname || ' ' || schedule || ' ' || active, ', ' ORDER BY jobname) FROM cron.job WHERE jobname IN ('oms: fill', 'oms: notify', 'oms: overdue')}),
	'oms: fill */2 * * * * true, oms: overdue 17 3 * * * false', 'done, and what was switched off stays off');
is(outcomes(qq{schedule_defaults(true, $schedules)}), "keep,none $n", 'again: kept');
($status, undef, $error) = $node->psql('shop', q{SELECT oms.schedule_defaults(true, '{"fold": "every now and then"}')});
like($error, qr/invalid schedule/, 'pg_cron refuses what is no schedule');
is(outcomes(qq{schedule_defaults(true, $schedules)}), "keep,none $n", 'and nothing has changed');

# What is printed in another database makes jobs for it.
$node->safe_psql('other', 'CREATE EXTENSION oms');
my $statements = $node->safe_psql('other', q{SELECT string_agg(statement, '; ') FROM oms.schedule_defaults()});
$node->safe_psql('shop', $statements);
is($node->safe_psql('shop', q{SELECT count(*) FROM cron.job WHERE database = 'other' AND jobname LIKE 'oms: % in other'}), $n, 'jobs for another database');

# They really run. pg_cron looks at the clock once a minute.
$node->safe_psql('shop', q{
	SELECT oms.add_location('Bronx', 'store'), oms.add_location_group('network', '{Bronx}'), oms.add_channel('web', 'network'), oms.receive('Bronx', 'mug', 9);
	SELECT oms.place_order('O-1', 'web', '{mug}', '{2}');
	SELECT oms.reserve('web', 'mug', 1, expires_in => '1 millisecond');
	SELECT oms.schedule_defaults(true);
	UPDATE cron.job SET schedule = '* * * * *', active = true});
$node->poll_query_until('shop', qq{SELECT count(DISTINCT jobid) = 2 * $n + 1 FROM cron.job_run_details WHERE status IN ('succeeded', 'failed')})
  or diag('not every job ran');
is($node->safe_psql('shop', q{SELECT string_agg(DISTINCT command || ': ' || return_message, '; ') FROM cron.job_run_details WHERE status = 'failed'}), '', 'no job failed');
is($node->safe_psql('shop', q{SELECT count(DISTINCT jobid) FROM cron.job_run_details WHERE status = 'succeeded'}), 2 * $n + 1, 'every job ran');
is($node->safe_psql('shop', q{SELECT status FROM oms.reservation WHERE expires_at IS NOT NULL}), 'expired', 'a hold is marked expired');
is($node->safe_psql('shop', q{SELECT status FROM oms.fulfillment}), 'assigned', 'an order is routed');
is($node->safe_psql('shop', 'SELECT deltas FROM oms.oms_stat_account'), '', 'what takers wrote is added up');

is(outcomes('unschedule_defaults()'), "remove $n", 'to be taken away');
is(outcomes('unschedule_defaults(true)'), "remove $n", 'taken away');
is($node->safe_psql('shop', q{SELECT string_agg(jobname, ',') FROM cron.job WHERE database = 'shop'}), 'mine', 'all but jobs of others');
is(outcomes('unschedule_defaults(true)'), "none $n", 'again: nothing to do');
is($node->safe_psql('shop', 'SELECT * FROM oms.check()'), '', 'oms.check() finds nothing');
$node->stop;
done_testing();
