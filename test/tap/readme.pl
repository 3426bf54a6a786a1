# README.md and the pages of doc/ show what their examples print; doc/reference.md is what the COMMENTs say.
use strict;
use warnings;
use FindBin;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('readme');
$node->init;
$node->start;
local %ENV = $node->_get_env;
$ENV{PGDATABASE} = 'postgres';
$ENV{TZ} = 'UTC';
my $output = `perl $FindBin::RealBin/../../script/readme 2>&1`;
is($?, 0, 'README.md and the pages of doc/ are up to date') or diag($output);
is($node->safe_psql('postgres', 'SELECT count(*) FROM oms.check()'), 0, 'nothing is broken after the examples');
done_testing();
