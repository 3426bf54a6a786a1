# examples/import: a bad row is named by file, line and fault and nothing is loaded; what CSV allows is read.
use strict;
use warnings;
use FindBin;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $import = "$FindBin::RealBin/../../examples/import/import.sql";
my $node = PostgreSQL::Test::Cluster->new('import');
$node->init(extra => [ '--encoding=UTF8', '--locale=C' ]);
$node->start;
$node->safe_psql('postgres', 'CREATE EXTENSION oms');

my $dir = PostgreSQL::Test::Utils::tempdir;

# The good files; element n is line n + 1 of an editor.
my @orders = (
	'Row ID,Order ID,Order Date,Ship Mode,City,State,Postal Code,Product ID,Product Name,Category,Sub-Category,Sales,Quantity',
	'1,A-1,11/8/2018,Second Class,Henderson,Kentucky,42420,P-1,Bookcase,Furniture,Bookcases,20.00,2',
	'2,A-1,11/8/2018,Second Class,Henderson,Kentucky,42420,P-2,"Chair, ""De Luxe"", oak",Furniture,Chairs,30.5,1',
	'3,A-2,2018-11-09,Same Day,Holyoke,Massachusetts,1040,P-1,Bookcase,Furniture,Bookcases,10,1',
	'4,A-3,11/10/2018,First Class,Burlington,Vermont,,P-2,Chair,Furniture,Chairs,30.5,1');
my @stores = ('storenum,STRCITY,STRSTATE,LAT,LON', '1,Rogers,AR,36.3422,-94.0714', '2,Springfield,MA,42.1015,-72.5898');
my @zips = (
	'code,city,state,lat,lon',
	'42420,Henderson,KY,37.8,-87.6',
	'01040,Holyoke,MA,42.2,-72.6',
	'05401,Burlington,VT,44.48,-73.22',
	'05402,Burlington,VT,44.50,-73.20',
	'41901,Migrate,KY,,');

# psql_import ARGUMENT…: whether the import succeeds, and what it says on standard error
sub psql_import
{
	my ($out, $err);
	my $ok = IPC::Run::run([ 'psql', '-Xq', '-d', $node->connstr('postgres'), @_, '-f', $import ],
		'>', \$out, '2>', \$err);

	return ($ok, $err);
}

# import_files NAME => lines or bytes, …: writes the three files, those not given as above, and imports them
sub import_files
{
	my %content = (orders => \@orders, stores => \@stores, zips => \@zips, @_);
	my @arguments;

	foreach my $name (sort keys %content)
	{
		my $content = $content{$name};

		open(my $file, '>:raw', "$dir/$name.csv") or die "$dir/$name.csv: $!";
		print $file ref $content ? map { "$_\n" } @$content : $content;
		close $file;
		push @arguments, '-v', "$name=$dir/$name.csv";
	}
	return psql_import(@arguments);
}

# changed LINE, PATTERN, TEXT: the good orders with one line changed
sub changed
{
	my ($number, $pattern, $text) = @_;
	my @lines = @orders;

	$lines[ $number - 1 ] =~ s/$pattern/$text/ or die "line $number has no $pattern";
	return \@lines;
}

# refused NAME, FAULT, file => content, …: the import fails, says why, and leaves nothing
sub refused
{
	my ($name, $fault, @files) = @_;
	my ($ok, $err) = import_files(@files);

	ok(!$ok, "$name: refused");
	like($err, $fault, "$name: file, line and fault");
	is( $node->safe_psql('postgres', q{
			SELECT (SELECT count(*) FROM oms.location) + (SELECT count(*) FROM oms.item) + (SELECT count(*) FROM oms.channel)
				+ (SELECT count(*) FROM oms.movement) + (SELECT count(*) FROM oms.orders)}),
		'0', "$name: nothing loaded");
	return $err;
}

# refused_order NAME, FAULT, LINE, PATTERN, TEXT: the same for one changed line of the orders
sub refused_order
{
	my ($name, $fault, @change) = @_;

	return refused($name, qr{ERROR:  \S*/orders\.csv line $fault}, orders => changed(@change));
}

refused_order('a quantity in words', qr{3: Quantity 'two' is no whole number}, 3, qr/1$/, 'two');
refused_order('a quantity of zero', qr{2: Quantity '0' is no}, 2, qr/2$/, '0');
refused_order('a negative quantity', qr{2: Quantity '-2' is no}, 2, qr/2$/, '-2');
refused_order('a quantity beyond bigint', qr{2: Quantity '9{20}' is no}, 2, qr/2$/, '9' x 20);
refused_order('a sum that is no amount', qr{2: Sales '\$20' is no amount}, 2, qr/20\.00/, '$20');
refused_order('a day that does not exist', qr{4: Order Date '2018-02-30' is no date}, 4, qr/2018-11-09/, '2018-02-30');
refused_order('a date in words', qr{4: Order Date 'yesterday' is no date}, 4, qr/2018-11-09/, 'yesterday');
refused_order('an unknown ship mode', qr{4: Ship Mode 'Drone' is unknown \(known: Same Day, }, 4, qr/Same Day/, 'Drone');
refused_order('too few columns', qr{5: 12 columns instead of 13}, 5, qr/,1$/, '');
refused_order('too many columns', qr{5: 14 columns instead of 13}, 5, qr/,1$/, ',1,1');
refused_order('an open quote', qr{3: a quote is not closed}, 3, qr/oak"/, 'oak');
refused_order('a stray quote', qr{2: a quote is not closed, or stands}, 2, qr/Bookcase,/, 'Book"c"ase,');
refused_order('a row twice', qr{3: Row ID '1' appears before, on line 2}, 3, qr/^2/, '1');
refused_order('an order with two addresses', qr{3: order A-1 has another date, ship mode or address than on line 2},
	3, qr/42420/, '01040');
refused_order('an empty order id', qr{4: Order ID is empty}, 4, qr/A-2/, ' ');
refused_order('an empty product id', qr{4: Product ID is empty}, 4, qr/P-1/, '');
refused_order('a postal code of letters', qr{4: Postal Code 'K1A' is no ZIP}, 4, qr/1040/, 'K1A');
refused_order('a place in no file', qr{4: Postal Code '99999' has no position in the ZIP file, nor has Nowhere, Massachusetts},
	4, qr/Holyoke,Massachusetts,1040/, 'Nowhere,Massachusetts,99999');
refused_order('a ZIP without position', qr{4: Postal Code '41901' has no position in the ZIP file, nor has Bowie},
	4, qr/Holyoke,Massachusetts,1040/, 'Bowie,Kentucky,41901');
refused_order('a missing column', qr{1: there is no column "Ship Mode"}, 1, qr/Ship Mode/, 'Mode');

refused('a store twice', qr{stores\.csv line 3: storenum '1' appears before, on line 2},
	stores => [ @stores[ 0, 1 ], '1,Elsewhere,AR,36,-94' ]);
refused('a store off the Earth', qr{stores\.csv line 3: LAT '91', LON '-72' is no position},
	stores => [ @stores[ 0, 1 ], '2,X,MA,91,-72' ]);
refused('a ZIP twice', qr{zips\.csv line 7: code '1040' appears before, on line 3},
	zips => [ @zips, '1040,Holyoke,MA,42,-72' ]);
refused('half a position', qr{zips\.csv line 7: lat '42', lon '' is no position},
	zips => [ @zips, '01041,Holyoke,MA,42,' ]);
refused('an empty file', qr{stores\.csv is empty}, stores => '');
refused('a header only', qr{a file has a header and no rows: 4 orders, 0 stores, 5 ZIPs}, stores => [ $stores[0] ]);
refused('bytes that are no UTF-8', qr{invalid byte sequence.*COPY raw_line, line 3}s, orders => changed(3, qr/oak/, "\xe9"));

my $err = refused('four faults', qr{HINT:  4 faults in all\. Nothing was loaded\.},
	orders => [ map { s/\d$/x/r } @orders ]);
like($err, qr{orders\.csv line $_: Quantity 'x'}, "four faults: line $_ is listed") foreach 2 .. 5;
$err = refused('forty faults', qr{HINT:  40 faults in all, the first 20 are listed\.},
	orders => [ $orders[0], map { my $n = $_; $orders[1] =~ s/^1,A-1(.*)2$/$n,A-$n$1x/r } 1 .. 40 ]);
unlike($err, qr{line 22:}, 'forty faults: not more than 20 are listed');

refused('a fault below a quoted line break', qr{orders\.csv line 5: Quantity 'x' is no},
	orders => [
		@orders[ 0, 1 ],
		'2,A-1,11/8/2018,Second Class,Henderson,Kentucky,42420,P-2,"Chair,',
		'oak",Furniture,Chairs,30.5,1',
		$orders[3] =~ s/1$/x/r ]);

my $ok;
($ok, $err) = psql_import();
ok(!$ok, 'no file named: refused');
like($err, qr/three files are needed/, 'no file named: says what to do');
($ok, $err) = psql_import(map { ('-v', "$_=$dir/none.csv") } qw(orders stores zips));
ok(!$ok, 'a file that is not there: refused');
like($err, qr/none\.csv/, 'a file that is not there: named');

# The good rows again: with a byte-order mark, CRLF, empty lines and the columns in another sequence
my @reversed = map { my @fields = /(?:^|,)("(?:[^"]|"")*"|[^,]*)/g; join(',', reverse @fields) } @orders;
($ok, $err) = import_files(orders => "\xef\xbb\xbf" . join("\r\n", @reversed, '', ''));
ok($ok, 'good files are loaded');
is($err, '', 'and nothing is said');

# holds QUERY, ROWS, NAME
sub holds
{
	my ($query, $rows, $name) = @_;

	is($node->safe_psql('postgres', $query), join("\n", @$rows), $name);
}

holds(q{SELECT order_id, channel, service, priority FROM oms.orders ORDER BY order_id},
	[ 'A-1|web|standard|2', 'A-2|web|same_day|0', 'A-3|web|next_day|1' ], 'orders; ship modes as services');
holds(q{SELECT order_id, line_no, sku, quantity FROM oms.order_line ORDER BY order_id, line_no},
	[ 'A-1|1|P-1|2', 'A-1|2|P-2|1', 'A-2|1|P-1|1', 'A-3|1|P-2|1' ], 'order lines');
holds(q{SELECT ship_to FROM oms.orders ORDER BY order_id}, [ '37.8,-87.6', '42.2,-72.6', '44.49,-73.21' ],
	'places: by ZIP, by ZIP without its zero, by city');
holds(q{SELECT sku, tags, unit_value FROM oms.item ORDER BY sku},
	[ 'P-1|{Furniture,Bookcases}|10.00', 'P-2|{Furniture,Chairs}|30.50' ], 'items');
holds(q{SELECT kind, location FROM oms.location ORDER BY kind, location},
	[ 'store|Rogers AR 1', 'store|Springfield MA 2', 'warehouse|Warehouse' ], 'locations');
holds(q{SELECT count(*) FROM oms.check()}, ['0'], 'oms.check() finds nothing');

$node->stop;
done_testing();
