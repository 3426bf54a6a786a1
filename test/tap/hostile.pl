# Who may create objects in a database gains nothing from it when a superuser makes, updates or drops the extension there: a
# schema oms of his is refused, and what he named like PostgreSQL's own operators, functions and types is not used.
use strict;
use warnings;
use FindBin;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $root = "$FindBin::RealBin/../..";
my $node = PostgreSQL::Test::Cluster->new('hostile');
$node->init;
$node->start;
$node->safe_psql('postgres', 'CREATE ROLE mallory LOGIN; CREATE DATABASE taken OWNER mallory; CREATE DATABASE traps OWNER mallory');

# The schema is there
my %as_mallory = (extra_params => [ '-U', 'mallory' ]);
$node->safe_psql('taken', 'CREATE SCHEMA oms; CREATE TABLE oms.location (location text); CREATE FUNCTION oms.atp(text, text) RETURNS bigint LANGUAGE sql AS $$SELECT 7::bigint$$',
	%as_mallory);
my ($exit, $out, $err) = $node->psql('taken', 'CREATE EXTENSION oms');
like($err, qr/ERROR:  schema "oms" already exists/, 'a schema oms of another is not taken over');
is($node->safe_psql('taken', q{SELECT (SELECT count(*) FROM pg_extension WHERE extname = 'oms'), (SELECT count(*) FROM pg_class WHERE relnamespace = 'oms'::regnamespace AND relkind = 'r')}),
	'0|1', 'nor is anything added to it');
$node->safe_psql('taken', 'DROP SCHEMA oms CASCADE');
($exit, $out, $err) = $node->psql('taken', 'CREATE EXTENSION oms', %as_mallory);
like($err, qr/ERROR:  permission denied to create extension "oms"/, 'the owner of a database does not make the extension: it is not trusted');

# Traps in the way of every name
$node->safe_psql('traps', slurp_file("$root/test/random/traps.sql"), %as_mallory);
$node->safe_psql('traps', q{
	CREATE DOMAIN trap.text AS pg_catalog.text;
	CREATE DOMAIN trap.int8 AS pg_catalog.int8;
	CREATE DOMAIN trap.timestamptz AS pg_catalog.timestamptz;
	ALTER DATABASE traps SET search_path = trap, pg_catalog, public}, %as_mallory);
($exit, $out, $err) = $node->psql('traps', 'SELECT 1 = 2');
like($err, qr/a trap sprung as /, 'the traps are set');
my $uses = q{
	SELECT pg_catalog.count(*) FROM pg_catalog.pg_depend AS d JOIN pg_catalog.pg_depend AS m ON m.classid OPERATOR(pg_catalog.=) d.classid AND m.objid OPERATOR(pg_catalog.=) d.objid
	JOIN pg_catalog.pg_extension AS e ON e.oid OPERATOR(pg_catalog.=) m.refobjid AND m.deptype OPERATOR(pg_catalog.=) 'e' AND e.extname OPERATOR(pg_catalog.=) 'oms'
	WHERE EXISTS (SELECT FROM pg_catalog.pg_proc AS p WHERE p.oid OPERATOR(pg_catalog.=) d.refobjid AND p.pronamespace OPERATOR(pg_catalog.=) 'trap'::pg_catalog.regnamespace)
	   OR EXISTS (SELECT FROM pg_catalog.pg_operator AS o WHERE o.oid OPERATOR(pg_catalog.=) d.refobjid AND o.oprnamespace OPERATOR(pg_catalog.=) 'trap'::pg_catalog.regnamespace)
	   OR EXISTS (SELECT FROM pg_catalog.pg_type AS t WHERE t.oid OPERATOR(pg_catalog.=) d.refobjid AND t.typnamespace OPERATOR(pg_catalog.=) 'trap'::pg_catalog.regnamespace)};
foreach my $make ('CREATE EXTENSION oms', "CREATE EXTENSION oms VERSION '0.1'; ALTER EXTENSION oms UPDATE")
{
	is($node->psql('traps', $make), 0, "$make: no trap springs");
	is($node->safe_psql('traps', $uses), '0', 'and nothing made depends on one');
	is($node->safe_psql('traps', q{
		SELECT FROM oms.add_location('l', 'store', '40.7,-74') \g /dev/null
		SELECT FROM oms.add_location_group('g', '{l}') \g /dev/null
		SELECT FROM oms.add_channel('web', 'g') \g /dev/null
		SELECT oms.receive('l', 'A', 2);
		SELECT status FROM oms.place_order('o', 'web', '{A}', '{1}', '40.7,-74');
		SELECT shipments FROM oms.route();
		SELECT * FROM oms.check()}), "2\nreserved\n1", 'it sells and routes with them in the way');
	is($node->psql('traps', 'DROP EXTENSION oms'), 0, 'and is dropped');
}
$node->stop;
done_testing();
