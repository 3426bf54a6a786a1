# Pictures are what a browser can draw: rendered by headless Chromium, when there is one, and not blank.
use strict;
use warnings;
use FindBin;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my ($browser) = grep { -x } map { my $dir = $_; map { "$dir/$_" } qw(chromium-headless-shell chromium) } split /:/, $ENV{PATH};
plan skip_all => 'no Chromium here (apt-get install chromium-headless-shell)' unless $browser;

my $node = PostgreSQL::Test::Cluster->new('pictures');
$node->init;
$node->start;
$node->safe_psql('postgres', <<'SQL');
CREATE EXTENSION oms;
SELECT oms.add_location('store ' || n, CASE n WHEN 1 THEN 'warehouse' ELSE 'store' END, oms.latlon(30 + 2 * n, -70 - 5 * n)) FROM generate_series(1, 8) AS n;
SELECT oms.add_location_group('all', ARRAY(SELECT location FROM oms.location)), oms.add_channel('web', 'all');
SELECT oms.receive('store ' || n, 'cup', 10) FROM generate_series(1, 8) AS n;
SELECT oms.place_order('O-' || n, 'web', '{cup}', ARRAY[1 + n % 3], oms.latlon(32 + n % 15, -72 - n % 40)) FROM generate_series(1, 36) AS n;
SELECT * FROM oms.route();
SELECT oms.add_incoming('PO', 'store 1', 'cup', 40, now() + interval '5 days');
SELECT oms.place_order('late', 'web', '{cup}', '{30}', on_shortage => 'backorder');
SQL

# render NAME, CALL: width, height and number of different bytes in the image data of the picture
sub render
{
	my ($name, $call) = @_;
	my $dir = PostgreSQL::Test::Utils::tempdir;
	open(my $svg, '>', "$dir/$name.svg") or die "$dir/$name.svg: $!";
	print $svg $node->safe_psql('postgres', "SELECT $call");
	close $svg;
	my ($width, $height) = PostgreSQL::Test::Utils::slurp_file("$dir/$name.svg") =~ /width="(\d+)" height="(\d+)"/;
	my $output;
	local $ENV{HOME} = $dir;
	IPC::Run::run([ $browser, '--no-sandbox', '--disable-gpu', '--hide-scrollbars', "--screenshot=$dir/$name.png",
			"--window-size=$width,$height", "file://$dir/$name.svg" ], '>&', \$output, IPC::Run::timeout(60)) or diag($output);
	my $png = -e "$dir/$name.png" ? PostgreSQL::Test::Utils::slurp_file("$dir/$name.png") : '';
	return ($width, $height, $png);
}

# A picture that the browser cannot parse, or that draws nothing but the title, makes a much smaller image.
my ($blank_width, $blank_height, $blank) = render('blank', q{oms.picture(1200, 550, 'title', 'and nothing else', '')});
foreach my $picture ([ 'run', 'oms.draw_run()' ], [ 'availability', q{oms.draw_availability('web', 'cup')} ], [ 'stores', 'oms.draw_stores()' ])
{
	my ($name, $call) = @$picture;
	my ($width, $height, $png) = render($name, $call);
	is(join(' ', unpack 'x16NN', $png), "$width $height", "$name: an image of its size");
	cmp_ok(length $png, '>', 2 * length $blank, "$name: with something on it");
}
done_testing();
