# examples/adopt: a shop takes up oms step by step and goes back, while its program, which knows nothing of it, sells,
# takes deliveries and ships without an error; at every step no piece is lost or sold twice, and after the way back the
# shop's tables are right without oms.
use strict;
use warnings;
use FindBin;
use IPC::Run;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $steps = "$FindBin::RealBin/../../examples/adopt";
my $node = PostgreSQL::Test::Cluster->new('adopt');
$node->init;
$node->start;

my $dir = PostgreSQL::Test::Utils::tempdir();
append_to_file("$dir/old.sql", <<'SQL');
\set article random(1, 7)
\set n random(1, 3)
\set what random(1, 10)
\if :what <= 6
SELECT shop.sell('web', 'article ' || :article, :n, 40 + :n, -73 - :article);
\elif :what <= 8
SELECT shop.deliver(:n, 'article ' || 1 + :article % 6, :n);
\else
SELECT shop.ship();
\endif
SQL
append_to_file("$dir/new.sql", <<'SQL');
\set article random(1, 6)
\set n random(1, 2)
\set cart random(1, 1000000000)
SELECT adopt.put_into_cart('cart ' || :cart, 'web', 'article ' || :article, :n) AS held \gset
\if :held
SELECT adopt.order_cart('cart ' || :cart, 'web', 41, -72);
\endif
SQL
append_to_file("$dir/plan.sql", "CALL adopt.reassign();\n\\sleep 200 ms\n");
append_to_file("$dir/route.sql", <<'SQL');
SELECT * FROM oms.route(options => '{"split_lines": false}');
CALL adopt.follow();
\sleep 100 ms
SQL

# step FILE: as the README says to run it, again while a lock cannot be had
sub step
{
	my ($file, @options) = @_;

	foreach my $attempt (1 .. 10)
	{
		my ($out, $err);
		return ok(1, "$file runs") if IPC::Run::run([ 'psql', '-Xq', '-v', 'ON_ERROR_STOP=1', @options, '-d', $node->connstr('postgres'), '-f', "$steps/$file" ],
			'>', \$out, '2>', \$err);
		next if $err =~ /lock timeout/;
		diag($err);
		last;
	}
	return ok(0, "$file runs");
}

# wrong: pieces that were not delivered are there or sold, or the other way round; units in carts are there
my $pieces = q{SELECT article, sum(n) FROM (SELECT article, pieces AS n FROM shop.stock UNION ALL SELECT article, pieces FROM shop.order_lines
	UNION ALL SELECT article, -pieces FROM shop.delivery %s) x GROUP BY article HAVING sum(n) <> 0};
my $held = q{UNION ALL SELECT sku, quantity FROM oms.reservation WHERE status = 'hold'};
my $told = q{SELECT * FROM (SELECT name, article, pieces FROM shop.stock JOIN shop.store ON id = store_id) s
	FULL JOIN oms.inventory i ON i.location = s.name AND i.sku = s.article WHERE pieces IS DISTINCT FROM available};

# meanwhile SECONDS, SCRIPTS, WORK, INVARIANT: runs the work while the programs go on, and looks at the invariants all the time
sub meanwhile
{
	my ($name, $scripts, $work, $invariants) = @_;
	my @programs;
	my ($wrong, $samples) = ('', 0);

	foreach my $script (@$scripts)
	{
		my $program = { name => $script, out => '' };

		$program->{harness} = IPC::Run::start(
			[ 'pgbench', '-n', '-c', $script =~ /old|new/ ? 3 : 1, '-T', 2, '-f', "$dir/$script.sql", $node->connstr('postgres') ],
			'<', '/dev/null', '>', \$program->{out}, '2>&1');
		push @programs, $program;
	}
	select(undef, undef, undef, 0.5);
	$work->() if $work;
	while (grep { $_->{harness}->pumpable } @programs)
	{
		$wrong .= $node->safe_psql('postgres', $_) foreach @$invariants;
		$samples++;
		select(undef, undef, undef, 0.1);
		$_->{harness}->pump_nb foreach grep { $_->{harness}->pumpable } @programs;
	}
	is($wrong, '', "$name: no piece lost or sold twice in $samples looks");
	foreach my $program (@programs)
	{
		$program->{harness}->finish;
		like($program->{out}, qr/number of transactions actually processed: [1-9]/, "$name: $program->{name} goes on");
		unlike($program->{out}, qr/ERROR|aborted/, "$name: $program->{name} without an error") or diag($program->{out});
	}
}

step('shop.sql');
my $shops = sprintf($pieces, '');
is($node->safe_psql('postgres', $shops), '', 'the shop adds up');
meanwhile('1', ['old'], sub { step('1-plan.sql', '-1') }, [$shops]);
meanwhile('planning', [ 'old', 'plan' ], undef, [$shops]);
meanwhile('2', ['old'], sub { step('2-availability.sql') }, [$shops]);
is($node->safe_psql('postgres', $told), '', 'oms knows the stock');
meanwhile('pages', [ 'old', 'plan' ], undef, [ $shops, $told ]);
meanwhile('3', ['old'], sub { step('3-reservations.sql', '-1') }, [$shops]);
my $carts = sprintf($pieces, $held);
meanwhile('checkouts', [ 'old', 'new', 'plan' ], undef, [$carts]);
meanwhile('4', [ 'old', 'new' ], sub { step('4-everything.sql') }, [$carts]);
meanwhile('routing', [ 'old', 'new', 'route' ], undef, [$carts]);
cmp_ok($node->safe_psql('postgres', q{SELECT count(*) FROM oms.orders WHERE status = 'completed'}), '>', 0, 'orders of oms are shipped');
$node->safe_psql('postgres', 'CALL adopt.follow()');
is($node->safe_psql('postgres', q{SELECT o.order_id FROM oms.orders o JOIN shop.orders s ON s.id = o.order_id::bigint WHERE s.shipped <> (o.status = 'completed')}),
	'', 'the shop knows what is shipped');
is($node->safe_psql('postgres', q{SELECT l.order_id FROM oms.reservation r JOIN shop.store s ON s.name = r.location
	JOIN shop.order_lines l ON l.order_id = r.order_id::bigint AND l.line = r.line_no WHERE r.status IN ('firm', 'consumed') AND l.store_id <> s.id}),
	'', 'and from where');
is($node->safe_psql('postgres', 'SELECT * FROM oms.check()'), '', 'oms.check() finds nothing');

# Back, step by step
$node->safe_psql('postgres', q{SELECT adopt.put_into_cart('left alone', 'web', 'article 1', 1)});
meanwhile('4 back', [ 'old', 'new' ], sub { step('4-back.sql') }, [$carts]);
is($node->safe_psql('postgres', q{SELECT count(*) FROM oms.orders WHERE status NOT IN ('completed', 'cancelled')}), 0, 'no order is left in oms');
is($node->safe_psql('postgres', 'SELECT * FROM oms.check()'), '', 'oms.check() finds nothing');
meanwhile('3 back', ['old'], sub { step('3-back.sql', '-1') }, [$shops]) ;
is($node->safe_psql('postgres', $told), '', 'oms knows the stock');
meanwhile('3 again', ['old'], sub { step('3-reservations.sql', '-1') }, [$shops]);
meanwhile('3 back again', ['old'], sub { step('3-back.sql', '-1') }, [$shops]);
meanwhile('2 back', ['old'], sub { step('2-back.sql', '-1') }, [$shops]);
meanwhile('1 back', ['old'], sub { step('1-back.sql', '-1') }, [$shops]);
is($node->safe_psql('postgres', q{SELECT count(*) FROM pg_namespace WHERE nspname IN ('oms', 'adopt')}), 0, 'nothing is left of it');
is($node->safe_psql('postgres', q{SELECT relkind FROM pg_class WHERE oid = 'shop.stock'::regclass}), 'r', 'the shop has its table');
$node->stop;
done_testing();
