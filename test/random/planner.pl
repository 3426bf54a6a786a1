# planner.pl: oms.plan_routes against brute force on small random instances; see planner.sh. The rules are
# computed here anew, from the text of COMMENT ON FUNCTION oms.plan_routes: nothing is taken from the solver.
#
#   perl planner.pl SEED INSTANCES [FIRST]	FIRST: the first instance to run, to repeat one
use strict;
use warnings;
use IPC::Open2;
use List::Util qw(min max sum0 shuffle);
use POSIX qw(floor);

$| = 1;
my ($seed, $instances, $first) = @ARGV;
$first //= 1;
my $epsilon = 2000;		# in micro-units: distances are rounded to the metre
my $most_patterns = 4000;	# of an order, and
my $most_nodes = 200_000;	# of the search: above, an instance is skipped
my @late_weight = (16, 8, 4, 2, 1);
my @features = qw(split given late line_cost scarcity unit_cost handling unfilled_cost distance placeless radius
  capacity_orders capacity_units limit_orders limit_lines limit_units limit_minutes complete together groups
  minimum max_shipments priorities shared_sku);

# -- the server ----------------------------------------------------------------

my $pid = open2(my $from, my $to, 'psql -XAtq -F "|" 2>&1');
binmode $to, ':utf8';

# ask SQL: the rows of its output, as arrays
sub ask
{
	my @rows;
	print $to "$_[0];\n\\echo -- end\n";
	while (my $row = <$from>)
	{
		chomp $row;
		return @rows if $row eq '-- end';
		push @rows, [ split /\|/, $row, -1 ];
	}
	die "psql has ended: " . join("\n", map { join '|', @$_ } @rows);
}

# -- instances -----------------------------------------------------------------

sub chance { return rand() < $_[0] }
sub pick { return $_[ rand @_ ] }
sub upto { return floor(rand($_[0] + 1)) }	# 0 to n
sub cents { return floor(rand($_[0] * 100)) / 100 }

# make_instance: each feature is on in about half of the instances, and then for some rows
sub make_instance
{
	my %on = map { $_ => chance(0.45) ? 1 : 0 } @features;
	my %i = (on => \%on);
	my $many = $on{split} ? 3 : 4;
	my @skus = map { "S$_" } 1 .. 1 + upto(2);

	$on{given} = 1 if $on{late};
	$on{distance} = 1 if $on{radius} || $on{placeless};
	foreach my $o (1 .. 1 + upto(3))
	{
		my $lines = 1 + upto(2);
		push @{ $i{orders} }, {
			order_id => "O$o",
			priority => $on{priorities} ? upto(4) : undef,
			coordinates => $on{distance} && !($on{placeless} && chance(0.2)) ? [ 35 + cents(10), -100 + cents(10) ] : undef,
			max_shipments => $on{max_shipments} && chance(0.6) ? 1 + upto(1) : undef,
			ship_complete => $on{complete} ? pick(1, 0, undef) : undef,
			sequence => upto(5) };
		foreach my $l (1 .. $lines)
		{
			push @{ $i{lines} }, {
				order_id => "O$o", line_no => $l,
				sku => $on{shared_sku} ? pick(@skus) : $skus[ ($o + $l) % @skus ] . ($l > @skus ? 'x' : ''),
				quantity => 1 + upto(2),
				unfilled_cost => $on{unfilled_cost} && chance(0.7) ? cents(20) : undef,
				keep_together => $on{groups} ? pick('a', 'a', 'b', undef) : $on{together} ? pick(1, 1, 0, undef) : undef,
				unit_value => $on{minimum} ? 1 + upto(9) : undef };
		}
	}
	foreach my $l (1 .. 1 + upto($many - 1))
	{
		push @{ $i{locations} }, {
			location => "L$l",
			coordinates => $on{distance} && !($on{placeless} && chance(0.3)) ? [ 35 + cents(10), -100 + cents(10) ] : undef,
			handling_cost => $on{handling} && chance(0.8) ? cents(6) : undef,
			unit_cost => $on{unit_cost} && chance(0.8) ? cents(3) : undef,
			capacity_orders => $on{capacity_orders} && chance(0.7) ? upto(3) : undef,
			capacity_units => $on{capacity_units} && chance(0.7) ? upto(7) : undef,
			map { ($_ => $on{limit_minutes} && chance(0.8) ? upto(6) / 2 : undef) }
			  qw(minutes_per_order minutes_per_line minutes_per_unit) };
	}
	my %skus = map { $_->{sku} => 1 } @{ $i{lines} };
	my $most = 1 + upto(6);
	foreach my $sku (sort keys %skus)
	{
		foreach my $l (@{ $i{locations} })
		{
			push @{ $i{stock} }, { sku => $sku, location => $l->{location}, available => upto($most),
				scarcity_cost => $on{scarcity} && chance(0.7) ? cents(4) : undef }
			  if chance(0.85);
		}
	}
	$i{stock} = [ { sku => 'none', location => 'L1', available => 1, scarcity_cost => undef } ] unless $i{stock};
	if ($on{given})
	{
		$i{shipment_cost} = [ map { my $o = $_; map { chance(0.85) ? {
			order_id => $o->{order_id}, location => $_->{location}, cost => cents(12),
			late_seconds => $on{late} && chance(0.4) ? 600 * upto(20) : pick(0, undef) } : () } @{ $i{locations} } } @{ $i{orders} } ];
		push @{ $i{shipment_cost} }, { order_id => 'O1', location => 'L1', cost => 4, late_seconds => 0 } unless @{ $i{shipment_cost} };
	}
	if ($on{line_cost})
	{
		$i{line_cost} = [ map { my $l = $_; map { chance(0.9) ? {
			order_id => $l->{order_id}, line_no => $l->{line_no}, location => $_->{location}, cost => cents(9) } : () } @{ $i{locations} } } @{ $i{lines} } ];
		push @{ $i{line_cost} }, { order_id => 'O1', line_no => 1, location => 'L1', cost => 1 } unless @{ $i{line_cost} };
	}
	foreach my $l (@{ $i{locations} })
	{
		my %most = (orders => 3, lines => 5, units => 8, minutes => 20);
		foreach my $measure (sort keys %most)
		{
			push @{ $i{capacity} }, { location => $l->{location}, measure => $measure, limit => upto($most{$measure}) }
			  if $on{"limit_$measure"} && chance(0.7);
		}
	}
	my %options;
	$options{split_lines} = $on{split} ? 'true' : 'false';
	$options{min_shipment_value} = 2 + upto(12) if $on{minimum};
	$options{max_distance_km} = 150 + upto(700) if $on{radius};
	$options{cost_per_shipment} = cents(8) if chance(0.4);
	$options{cost_per_km} = pick(0, 0.002, 0.05) if chance(0.4);
	$options{late_cost_per_hour} = cents(3) if chance(0.5);
	$options{seed} = upto(100) if chance(0.3);
	$i{options} = \%options;
	return \%i;
}

my %columns = (
	orders => { order_id => 'text', priority => 'int', coordinates => 'oms.latlon', max_shipments => 'int', ship_complete => 'bool', sequence => 'int' },
	lines => { order_id => 'text', line_no => 'int', sku => 'text', quantity => 'bigint', unfilled_cost => 'numeric', keep_together => 'together', unit_value => 'float8' },
	locations => { location => 'text', coordinates => 'oms.latlon', handling_cost => 'numeric', unit_cost => 'numeric', capacity_orders => 'int', capacity_units => 'bigint',
		minutes_per_order => 'numeric', minutes_per_line => 'float8', minutes_per_unit => 'numeric' },
	stock => { sku => 'text', location => 'text', available => 'bigint', scarcity_cost => 'numeric' },
	shipment_cost => { order_id => 'text', location => 'text', cost => 'numeric', late_seconds => 'int' },
	line_cost => { order_id => 'text', line_no => 'int', location => 'text', cost => 'numeric' },
	capacity => { location => 'text', measure => 'text', limit => 'bigint' });

sub literal
{
	my ($value, $type) = @_;

	$type = !defined $value || $value =~ /^[01]$/ ? 'bool' : 'text' if $type eq 'together';
	return "NULL::$type" unless defined $value;
	$value = $value ? 'true' : 'false' if $type eq 'bool';
	$value = join ',', @$value if ref $value;
	return $type =~ /int|numeric|float/ ? "$value" : "'$value'::$type";
}

# query ROWS NAME SHUFFLED: SQL of VALUES; an optional column that is null in all rows is not there
sub query
{
	my ($i, $name, $shuffled) = @_;
	my $types = $columns{$name};
	my @rows = @{ $i->{$name} };
	my @names = sort grep { my $c = $_; grep { defined $_->{$c} } @rows } keys %$types;

	if ($name eq 'locations' && $i->{on}{limit_minutes})
	{
		push @names, 'minutes_per_order' unless grep { $_ eq 'minutes_per_order' } @names;
	}
	if ($shuffled)
	{
		@rows = shuffle @rows;
		@names = shuffle @names;
	}
	my $text = defined((grep { defined $_->{keep_together} && $_->{keep_together} =~ /[a-z]/ } @rows)[0]);
	return sprintf 'SELECT * FROM (VALUES %s) AS q (%s)',
	  join(', ', map { my $r = $_; '(' . join(', ', map {
		literal($r->{$_}, $_ eq 'keep_together' && $text ? 'text' : $types->{$_}) } @names) . ')' } @rows),
	  join(', ', map { "\"$_\"" } @names);
}

sub call
{
	my ($i, $options, $shuffled) = @_;
	my %all = (%{ $i->{options} }, %$options);
	my @arguments = map { $i->{$_} && @{ $i->{$_} } ? '$q$' . query($i, $_, $shuffled) . '$q$' : 'NULL' }
	  qw(orders lines locations stock shipment_cost line_cost capacity);

	return sprintf "oms.plan_routes(%s, '{%s}')", join(",\n    ", @arguments),
	  join(', ', map { "\"$_\": $all{$_}" } sort keys %all);
}

# plan INSTANCE OPTIONS SHUFFLED: { rows, summary } or { error }
sub plan
{
	my ($i, $options, $shuffled) = @_;
	my @rows = ask('SELECT * FROM ' . call($i, $options, $shuffled));

	return { error => join("\n", map { join '|', @$_ } @rows) } if grep { @$_ != 6 } @rows;
	my ($s) = ask('SELECT cost, lower_bound, gap, shipments, unfilled, late, unfilled_by_priority, late_by_priority, distance_km, stop_reason FROM oms.plan_summary()');
	my %summary;
	@summary{qw(cost bound gap shipments unfilled late unfilled_by late_by km stop)} = @$s;
	return { rows => \@rows, summary => \%summary };
}

# -- the rules -----------------------------------------------------------------

sub metres
{
	my ($a, $b) = @_;
	return undef unless $a && $b;
	my ($x, $y, $u, $v) = map { $_ * atan2(1, 1) / 45 } @$a, @$b;
	my $h = sin(($u - $x) / 2)**2 + cos($x) * cos($u) * sin(($v - $y) / 2)**2;
	return 2 * 6371008.7714 * atan2(sqrt($h), sqrt(1 - $h));
}

sub micro { return defined $_[0] ? floor($_[0] * 1e6 + 0.5) : 0 }

# prepare: indexes, the cost of each pair, the limits; 'near' when a distance is too close to the radius to say
sub prepare
{
	my ($i) = @_;
	my %p = (orders => {}, limit => {}, patterns => {});
	my $options = $i->{options};
	my %line_cost = map { ("$_->{order_id} $_->{line_no} $_->{location}" => micro($_->{cost})) } @{ $i->{line_cost} || [] };
	my %given = map { ("$_->{order_id} $_->{location}" => $_) } @{ $i->{shipment_cost} || [] };

	$p{location} = { map { ($_->{location} => $_) } @{ $i->{locations} } };
	$p{stock} = { map { ("$_->{sku} $_->{location}" => $_) } @{ $i->{stock} } };
	$p{limit}{"stock $_->{sku} $_->{location}"} = $_->{available} foreach @{ $i->{stock} };
	foreach my $l (@{ $i->{locations} })
	{
		my %limit = (orders => $l->{capacity_orders}, units => $l->{capacity_units});
		foreach my $c (grep { $_->{location} eq $l->{location} } @{ $i->{capacity} || [] })
		{
			my $limit = $c->{limit};
			$limit{ $c->{measure} } = $limit if !defined $limit{ $c->{measure} } || $limit < $limit{ $c->{measure} };
		}
		defined $limit{$_} and $p{limit}{"$_ $l->{location}"} = $limit{$_} foreach keys %limit;
	}
	foreach my $o (@{ $i->{orders} })
	{
		my %order = (%$o, class => $o->{priority} // 2, lines => [ grep { $_->{order_id} eq $o->{order_id} } @{ $i->{lines} } ]);
		foreach my $l (@{ $i->{locations} })
		{
			my $metres = metres($o->{coordinates}, $l->{coordinates});
			my %pair = (metres => $metres, late => 0);
			if (defined $options->{max_distance_km})
			{
				next unless defined $metres;
				$p{near} = 1 if abs($metres - 1000 * $options->{max_distance_km}) < 2;
				next if $metres > 1000 * $options->{max_distance_km};
			}
			if ($i->{shipment_cost})
			{
				my $given = $given{"$o->{order_id} $l->{location}"} or next;
				my $late = $given->{late_seconds} // 0;
				$pair{late} = $late > 0;
				$pair{cost} = micro($given->{cost}) +
				  micro(($options->{late_cost_per_hour} // 1) * $late_weight[ $order{class} ] * $late / 3600);
			}
			else
			{
				# who has no place: a location as far as can be; an order has all equally near
				my $km = (defined $metres ? $metres : $o->{coordinates} ? 20015115 : 0) / 1000;
				$pair{cost} = micro($options->{cost_per_shipment} // 5) + micro($l->{handling_cost}) +
				  micro(($options->{cost_per_km} // 0.01) * $km);
			}
			$order{pair}{ $l->{location} } = \%pair;
		}
		foreach my $line (@{ $order{lines} })
		{
			foreach my $l (keys %{ $order{pair} })
			{
				my $stock = $p{stock}{"$line->{sku} $l"} or next;
				next if $i->{line_cost} && !defined $line_cost{"$line->{order_id} $line->{line_no} $l"};
				# of a unit, the stock included
				$line->{at}{$l} = micro($stock->{scarcity_cost}) + ($i->{line_cost} ?
					$line_cost{"$line->{order_id} $line->{line_no} $l"} / $line->{quantity} : micro($p{location}{$l}{unit_cost}));
			}
			$line->{group} = $line->{keep_together} || '';
		}
		$p{orders}{ $o->{order_id} } = \%order;
	}
	$p{split} = $options->{split_lines} eq 'true';
	$p{minimum} = $options->{min_shipment_value} // 0;
	return \%p;
}

# pattern P ORDER SHARES: what an order with shares ({ line index => { location => units } }) uses and costs; { broken }
sub pattern
{
	my ($p, $order, $shares) = @_;
	my (%use, %value, %groups, %lines, %units, @late);
	my ($unfilled, $late, $cost, $left_value) = (0, 0, 0, 0);

	foreach my $n (0 .. $#{ $order->{lines} })
	{
		my $line = $order->{lines}[$n];
		my $at = $shares->[$n];
		my $rest = $line->{quantity} - sum0(values %$at);
		my $is_late = 0;
		return { broken => 'more than asked' } if $rest < 0;
		return { broken => 'line split' } if (!$p->{split} || $line->{group}) && (%$at > 1 || (%$at && $rest));
		foreach my $l (keys %$at)
		{
			return { broken => "no candidate $l" } unless defined $line->{at}{$l} && $order->{pair}{$l};
			return { broken => 'empty share' } unless $at->{$l} > 0;
			$use{"stock $line->{sku} $l"} += $at->{$l};
			$lines{$l}++;
			$units{$l} += $at->{$l};
			$value{$l} += $at->{$l} * ($line->{unit_value} // 0);
			$cost += $line->{at}{$l} * $at->{$l};
			$is_late = 1 if $order->{pair}{$l}{late};
		}
		$groups{ $line->{group} }{ join ' ', sort keys %$at } = 1 if $line->{group};
		$unfilled += $rest;
		$left_value += $rest * ($line->{unit_value} // 0);
		$cost += $rest * micro($line->{unfilled_cost});
		$late += $is_late;
	}
	return { broken => 'keep_together' } if grep { keys %$_ > 1 } values %groups;
	return { broken => 'max_shipments' } if defined $order->{max_shipments} && %lines > $order->{max_shipments};
	return { broken => 'ship_complete' } if $order->{ship_complete} && %lines && $unfilled;
	return { broken => 'min_shipment_value' }
	  if $p->{minimum} && %lines && (%lines > 1 || $unfilled) &&
	  (min(values %value) < $p->{minimum} || ($unfilled && $left_value < $p->{minimum}));
	foreach my $l (keys %lines)
	{
		my $location = $p->{location}{$l};
		$use{"orders $l"} = 1;
		$use{"lines $l"} = $lines{$l};
		$use{"units $l"} = $units{$l};
		$use{"minutes $l"} = ($location->{minutes_per_order} // 0) + $lines{$l} * ($location->{minutes_per_line} // 0) +
		  $units{$l} * ($location->{minutes_per_unit} // 0);
		$cost += $order->{pair}{$l}{cost};
	}
	delete @use{ grep { !defined $p->{limit}{$_} } keys %use };
	foreach my $r (keys %use)
	{
		return { broken => "beyond $r" } if $use{$r} > $p->{limit}{$r};
	}
	return { use => \%use, unfilled => $unfilled, late => $late, cost => $cost, shipments => scalar keys %lines };
}

# ways P LINE: all ways to serve a line, whole or split
sub ways
{
	my ($p, $line) = @_;
	my @ways = ({});

	foreach my $l (sort keys %{ $line->{at} })
	{
		@ways = map { my $way = $_; map { my %more = %$way; $more{$l} = $_ if $_; \%more }
			  ($p->{split} && !$line->{group} ? 0 .. $line->{quantity} - sum0(values %$way) : %$way ? 0 : (0, $line->{quantity})) } @ways;
	}
	return @ways;
}

# 64 ** (9 - i) counts: unfilled units and late lines of class 0, of class 1, ... in one number
sub aims
{
	my ($class, $pattern) = @_;
	return $pattern->{unfilled} * (1 << (6 * (9 - 2 * $class))) + $pattern->{late} * (1 << (6 * (8 - 2 * $class)));
}

# patterns P ORDER: all that its own rules and limits allow, best first; undef when they are too many
sub patterns
{
	my ($p, $order) = @_;
	my @shares = ([]);

	foreach my $line (@{ $order->{lines} })
	{
		my @ways = ways($p, $line);
		return undef if @ways * @shares > 5 * $most_patterns;
		@shares = map { my $s = $_; map { [ @$s, $_ ] } @ways } @shares;
	}
	my @all = grep { !$_->{broken} } map { pattern($p, $order, $_) } @shares;
	$_->{aims} = aims($order->{class}, $_) foreach @all;
	return @all > $most_patterns ? undef : [ sort { $a->{aims} <=> $b->{aims} || $a->{cost} <=> $b->{cost} } @all ];
}

# fits LEFT PATTERN
sub fits
{
	my ($left, $pattern) = @_;
	my $use = $pattern->{use};
	$left->{$_} < $use->{$_} - 1e-9 and return 0 foreach keys %$use;
	return 1;
}

# optimum P LIMITS: the best (aims, cost) of all plans; with LIMITS (a count for each aim), the least cost
# of those that exceed none. undef when there are too many.
sub optimum
{
	my ($p, $limits) = @_;
	my @orders = map { $p->{orders}{$_} } sort { @{ $p->{patterns}{$a} } <=> @{ $p->{patterns}{$b} } || $a cmp $b } keys %{ $p->{orders} };
	my @lists = map { my $l = $p->{patterns}{ $_->{order_id} }; $limits ? [ sort { $a->{cost} <=> $b->{cost} } @$l ] : $l } @orders;
	my %left = %{ $p->{limit} };
	my @used = sort keys %left;
	my @rest_aims = (0) x (@lists + 1);
	my @rest_cost = (0) x (@lists + 1);
	my ($best_aims, $best_cost, $nodes) = (9e18, 9e18, 0);
	my @seen;

	foreach my $n (reverse 0 .. $#lists)
	{
		$rest_aims[$n] = $rest_aims[ $n + 1 ] + ($limits ? 0 : $lists[$n][0]{aims});
		$rest_cost[$n] = $rest_cost[ $n + 1 ] + $lists[$n][0]{cost};
	}
	my $visit;
	$visit = sub {
		my ($n, $aims, $cost, @counts) = @_;
		return if ++$nodes > $most_nodes;
		if ($n == @lists)
		{
			($best_aims, $best_cost) = ($aims, $cost) if $aims < $best_aims || ($aims == $best_aims && $cost < $best_cost);
			return;
		}
		# the same rest, reached before and no worse
		my $key = join ',', @left{@used}, @counts;
		my $before = $seen[$n]{$key};
		return if $before && ($before->[0] < $aims || ($before->[0] == $aims && $before->[1] <= $cost));
		$seen[$n]{$key} = [ $aims, $cost ];
		foreach my $pattern (@{ $lists[$n] })
		{
			my $sum = $limits ? 0 : $aims + $pattern->{aims};
			my $money = $cost + $pattern->{cost};
			my $bound = $sum + $rest_aims[ $n + 1 ];
			last if $bound > $best_aims || ($bound == $best_aims && $money + $rest_cost[ $n + 1 ] >= $best_cost);
			next unless fits(\%left, $pattern);
			my @more = @counts;
			if ($limits)
			{
				my $c = 2 * $orders[$n]{class};
				$more[$c] += $pattern->{unfilled};
				$more[ $c + 1 ] += $pattern->{late};
				next if $more[$c] > $limits->[$c] || $more[ $c + 1 ] > $limits->[ $c + 1 ];
			}
			my $use = $pattern->{use};
			$left{$_} -= $use->{$_} foreach keys %$use;
			$visit->($n + 1, $sum, $money, @more);
			$left{$_} += $use->{$_} foreach keys %$use;
		}
	};
	$visit->(0, 0, 0, $limits ? (0) x 10 : ());
	undef $visit;
	return $nodes > $most_nodes ? undef : { aims => $best_aims, cost => $best_cost };
}

# -- the checks ----------------------------------------------------------------

# check_rules P PLAN: what the plan breaks, and its patterns, counts and costs
sub check_rules
{
	my ($p, $plan) = @_;
	my (%shares, %unfilled, @wrong, %first, %number);
	my ($summary, $total) = ($plan->{summary}, 0);
	my %left = %{ $p->{limit} };
	my @counts = (0) x 10;
	my ($shipments, $km) = (0, 0);
	my %at;

	foreach my $row (@{ $plan->{rows} })
	{
		my ($o, $n, $l, $quantity, $shipment, $cost) = @$row;
		my $order = $p->{orders}{$o};
		my ($at) = grep { $order->{lines}[$_]{line_no} == $n } 0 .. $#{ $order->{lines} };
		my $line = $order->{lines}[$at];
		my $expected;
		if ($l eq '')
		{
			push @wrong, "row: two unfilled rows of $o $n" if defined $unfilled{"$o $n"};
			$unfilled{"$o $n"} = $quantity;
			push @wrong, 'row: shipment of an unfilled row' if $shipment ne '';
			$expected = $quantity * micro($line->{unfilled_cost});
		}
		else
		{
			push @wrong, "row: two rows of $o $n at $l" if defined $shares{$o}[$at]{$l};
			$shares{$o}[$at]{$l} = $quantity;
			$expected = ($line->{at}{$l} // 0) * $quantity;
			if (!$first{"$o $l"}++)
			{
				$expected += $order->{pair}{$l}{cost} // 0;
				$number{$o}{$l} = $shipment;
				push @wrong, 'row: shipment number' unless $shipment == keys %{ $number{$o} };
				$shipments++;
				$km += ($order->{pair}{$l}{metres} // 0) / 1000;
			}
			push @wrong, 'row: shipment number' unless $number{$o}{$l} == $shipment;
			$at{"$o $l"} += $cost * 1e6;
		}
		push @wrong, "row: cost $cost" if abs($cost * 1e6 - $expected) > $epsilon;
		$total += $cost * 1e6;
	}
	my %pattern;
	foreach my $o (sort keys %{ $p->{orders} })
	{
		my $order = $p->{orders}{$o};
		$shares{$o}[$_] //= {} foreach 0 .. $#{ $order->{lines} };
		my $pattern = $pattern{$o} = pattern($p, $order, $shares{$o});
		if ($pattern->{broken})
		{
			push @wrong, "rule: $pattern->{broken}";
			next;
		}
		foreach my $n (0 .. $#{ $order->{lines} })
		{
			my $line = $order->{lines}[$n];
			push @wrong, "row: quantities of $o $line->{line_no}"
			  if sum0(values %{ $shares{$o}[$n] }) + ($unfilled{"$o $line->{line_no}"} // 0) != $line->{quantity};
		}
		$left{$_} -= $pattern->{use}{$_} foreach keys %{ $pattern->{use} };
		$counts[ 2 * $order->{class} ] += $pattern->{unfilled};
		$counts[ 2 * $order->{class} + 1 ] += $pattern->{late};
	}
	return { wrong => \@wrong } if grep { /^rule/ } @wrong;
	$left{$_} < -1e-9 and push @wrong, "rule: together beyond $_" foreach sort keys %left;
	my %said = (
		cost => [ $summary->{cost} * 1e6, $total, 1 ],
		shipments => [ $summary->{shipments}, $shipments, 0 ],
		km => [ $summary->{km} || 0, $km, 0.1 ],
		unfilled => [ $summary->{unfilled}, sum0(@counts[ 0, 2, 4, 6, 8 ]), 0 ],
		late => [ $summary->{late}, sum0(@counts[ 1, 3, 5, 7, 9 ]), 0 ]);
	abs($said{$_}[0] - $said{$_}[1]) > $said{$_}[2] and push @wrong, "summary: $_" foreach sort keys %said;
	push @wrong, 'summary: by priority'
	  if $summary->{unfilled_by} ne '{' . join(',', @counts[ 0, 2, 4, 6, 8 ]) . '}' || $summary->{late_by} ne '{' . join(',', @counts[ 1, 3, 5, 7, 9 ]) . '}';
	push @wrong, 'summary: gap'
	  if $summary->{bound} ne '' && abs($summary->{gap} - ($summary->{cost} > 0 ? 1 - $summary->{bound} / $summary->{cost} : 0)) > 1e-6;
	return { wrong => \@wrong, patterns => \%pattern, counts => \@counts, cost => $total, left => \%left, at => \%at,
		aims => sum0(map { $counts[$_] * (1 << (6 * (9 - $_))) } 0 .. 9) };
}

# check_explained P FOUND: plan_candidates and plan_prices, about the last plan of the session
sub check_explained
{
	my ($p, $found) = @_;
	my (@wrong, %runner_up);

	foreach my $row (ask('SELECT order_id, location, cost, line_cost, distance_km, late_seconds > 0, verdict, reason FROM oms.plan_candidates()'))
	{
		my ($o, $l, $cost, $line_cost, $km, $late, $verdict, $reason) = @$row;
		my $pair = $p->{orders}{$o}{pair}{$l};
		my $mine = $found->{at}{"$o $l"};
		push @wrong, "candidates: $o $l is $verdict" if (defined $mine) != ($verdict eq 'chosen') || (!$pair && $verdict ne 'dropped');
		push @wrong, 'candidates: two runners-up' if $verdict eq 'runner-up' && $runner_up{$o}++;
		push @wrong, "candidates: cost of $o $l" if (defined $mine && abs($cost * 1e6 - $mine) > $epsilon) ||
		  ($pair && abs(($cost - $line_cost) * 1e6 - $pair->{cost}) > $epsilon);
		push @wrong, "candidates: distance or lateness of $o $l" if $pair && (($pair->{late} ? 't' : 'f') ne $late || abs(($km || 0) - ($pair->{metres} // 0) / 1000) > 0.01);
		push @wrong, "candidates: $o $l has no reason" if $reason eq '';
	}
	foreach my $row (ask(q{SELECT CASE measure WHEN 'stock' THEN 'stock ' || sku || ' ' || location ELSE measure || ' ' || location END, price, amount, used, outbid FROM oms.plan_prices()}))
	{
		my ($resource, $price, $amount, $used, $outbid) = @$row;
		my $limit = $p->{limit}{$resource};
		push @wrong, "prices: $resource" if !defined $limit || $amount != $limit || $price < 0 ||
		  floor($limit - $found->{left}{$resource} + 1e-9) > $used || $used > $limit - $found->{left}{$resource} + 1;
		push @wrong, "prices: $resource outbid $_" foreach grep { !$p->{orders}{$_} } $outbid =~ /\w+/g;
	}
	return @wrong;
}

# inverted P FOUND: an order that would have less unfilled, or as much and less late, with what lower classes hold
sub inverted
{
	my ($p, $found) = @_;

	foreach my $o (sort keys %{ $p->{orders} })
	{
		my $mine = $found->{patterns}{$o};
		my $class = $p->{orders}{$o}{class};
		next unless $mine->{unfilled} || $mine->{late};
		my %left = %{ $found->{left} };
		foreach my $other (keys %{ $p->{orders} })
		{
			next unless $other eq $o || $p->{orders}{$other}{class} > $class;
			my $use = $found->{patterns}{$other}{use};
			$left{$_} += $use->{$_} foreach keys %$use;
		}
		foreach my $pattern (@{ $p->{patterns}{$o} })
		{
			last if $pattern->{aims} >= aims($class, $mine);
			return $o if fits(\%left, $pattern);
		}
	}
	return undef;
}

# The ways in which each instance is planned
my @variants = (
	[ 'batch', {} ],
	[ 'shuffled', {}, 1 ],
	[ 'pruned', { candidates => 1 } ],
	[ 'deadline', { deadline_ms => 0 } ],
	[ 'idle', { iterations => 0 } ],
	[ 'nearest', { solver => '"nearest"' } ],
	[ 'cheapest', { solver => '"cheapest"' } ]);

# judge INSTANCE: { skipped } or, by what went wrong, the variant; and what is not optimal
sub judge
{
	my ($i) = @_;
	my %result = (wrong => {});
	my $p = prepare($i);
	my ($best, %aims);

	return { skipped => 'radius' } if $p->{near};
	foreach my $o (keys %{ $p->{orders} })
	{
		$p->{patterns}{$o} = patterns($p, $p->{orders}{$o}) or return { skipped => 'patterns' };
	}
	$best = optimum($p) or return { skipped => 'nodes' };
	my $batch;
	foreach my $variant (@variants)
	{
		my ($name, $options, $shuffled) = @$variant;
		my $plan = plan($i, $options, $shuffled);
		my $summary = $plan->{summary};
		if ($plan->{error})
		{
			$result{wrong}{"error: $plan->{error}"} //= $name;
			next;
		}
		my $found = check_rules($p, $plan);
		$result{wrong}{$_} //= $name foreach @{ $found->{wrong} };
		next if @{ $found->{wrong} };
		my $worse = $found->{aims} <=> $best->{aims} || (abs($found->{cost} - $best->{cost}) > $epsilon ? $found->{cost} <=> $best->{cost} : 0);
		$result{wrong}{'better than every plan'} //= $name if $worse < 0;
		if ($name eq 'shuffled')
		{
			my $rows = join "\n", map { join '|', @$_ } @{ $plan->{rows} };
			$result{wrong}{'shuffled rows give another plan'} //= $name
			  unless $rows eq join "\n", map { join '|', @$_ } @{ $batch->{rows} };
			next;
		}
		$result{aims}{$name} = 1 if $found->{aims} > $best->{aims};
		$result{cost}{$name} = $best->{cost} > 0 ? $found->{cost} / $best->{cost} - 1 : 1
		  if $found->{aims} == $best->{aims} && $worse > 0;
		next if $name eq 'nearest' || $name eq 'cheapest';
		if ($name eq 'batch')
		{
			$batch = $plan;
			$result{wrong}{$_} //= $name foreach check_explained($p, $found);
		}
		$result{wrong}{'priority inverted'} //= $name if defined inverted($p, $found);
		$result{wrong}{'optimal, it says'} //= $name if $summary->{stop} eq 'optimal' && $worse > 0;
		next if $summary->{bound} eq '';
		my $least = $found->{aims} == $best->{aims} ? $best : optimum($p, $found->{counts});
		next unless $least;
		$result{bounds}++;
		$result{tight}++ if $summary->{bound} * 1e6 > $least->{cost} - $epsilon;
		$result{wrong}{"bound above the least cost"} //= $name if $summary->{bound} * 1e6 > $least->{cost} + $epsilon;
	}
	return \%result;
}

# smaller INSTANCE: copies of it with something less
sub smaller
{
	my ($i) = @_;
	my @copies;
	my $copy = sub { my %c = %$i; $c{options} = { %{ $i->{options} } }; return \%c };

	foreach my $name (qw(orders lines locations stock shipment_cost line_cost capacity))
	{
		foreach my $n (reverse 0 .. $#{ $i->{$name} || [] })
		{
			my $c = $copy->();
			my @rows = map { { %$_ } } @{ $i->{$name} };
			my ($gone) = splice @rows, $n, 1;
			next unless @rows || $name eq 'capacity';
			$c->{$name} = @rows ? \@rows : undef;
			$c->{lines} = [ grep { $_->{order_id} ne $gone->{order_id} } @{ $i->{lines} } ] if $name eq 'orders';
			next unless @{ $c->{lines} };
			push @copies, $c;
		}
	}
	foreach my $name (keys %{ $i->{options} })
	{
		next if $name eq 'split_lines';
		my $c = $copy->();
		delete $c->{options}{$name};
		push @copies, $c;
	}
	foreach my $name (qw(shipment_cost line_cost))
	{
		next unless $i->{$name};
		my $c = $copy->();
		delete $c->{$name};
		push @copies, $c;
	}
	foreach my $name (qw(orders lines locations stock shipment_cost))
	{
		my %required = map { $_ => 1 } qw(order_id line_no sku location quantity available cost measure limit);
		foreach my $n (0 .. $#{ $i->{$name} || [] })
		{
			foreach my $column (sort keys %{ $columns{$name} })
			{
				next if !defined $i->{$name}[$n]{$column};
				my @values = $column =~ /^(quantity|available|cost)$/ ? grep { $_ >= ($column eq 'quantity') } $i->{$name}[$n]{$column} - 1 : $required{$column} ? () : (undef);
				foreach my $value (@values)
				{
					my $c = $copy->();
					$c->{$name} = [ map { { %$_ } } @{ $i->{$name} } ];
					$c->{$name}[$n]{$column} = $value;
					push @copies, $c;
				}
			}
		}
	}
	return @copies;
}

sub fails
{
	my ($i, $what) = @_;
	my $result = judge($i);

	return defined $result->{$1}{batch} if $what =~ /^batch (aims|cost)$/;
	return scalar grep { $_ eq $what || /^error/ && $what =~ /^error/ } keys %{ $result->{wrong} || {} };
}

# minimise INSTANCE WHAT: a small instance that fails in the same way
sub minimise
{
	my ($i, $what) = @_;
	my $again = 1;

	while ($again)
	{
		$again = 0;
		foreach my $c (smaller($i))
		{
			delete $_->{at} foreach @{ $c->{lines} };
			next unless fails($c, $what);
			($i, $again) = ($c, 1);
			last;
		}
	}
	return $i;
}

# -- the run -------------------------------------------------------------------

my (%wrong, %pairs, %skipped, %worse, @dearer);
my ($judged, $bounds, $tight) = (0, 0, 0);

foreach my $n ($first .. $first + $instances - 1)
{
	srand($seed * 1_000_003 + $n);
	my $i = make_instance();
	my $result = judge($i);
	if ($result->{skipped})
	{
		$skipped{ $result->{skipped} }++;
		next;
	}
	$judged++;
	my @on = grep { $i->{on}{$_} } @features;
	foreach my $a (@on) { $pairs{"$a $_"}++ foreach @on }
	$bounds += $result->{bounds} // 0;
	$tight += $result->{tight} // 0;
	foreach my $what (sort keys %{ $result->{wrong} })
	{
		print "# instance $n, $result->{wrong}{$what}: $what\n";
		(my $kind = $what) =~ s/:.*//s;
		next if $wrong{$kind}++ || $ENV{NOSHRINK};
		my $small = minimise($i, $what);
		my ($variant) = grep { $_->[0] eq $result->{wrong}{$what} } @variants;
		print "#   minimised: $_\n" foreach split /\n/, 'SELECT * FROM ' . call($small, $variant->[1]);
	}
	$worse{"split aims"}++ if $result->{aims}{batch} && $i->{on}{split};
	$worse{"split cost"}++ if $result->{cost}{batch} && $i->{on}{split};
	$worse{"$_ aims"}++ foreach keys %{ $result->{aims} || {} };
	$worse{"$_ cost"}++ foreach keys %{ $result->{cost} || {} };
	push @dearer, $result->{cost}{batch} if defined $result->{cost}{batch};
	if ($ENV{VERBOSE})
	{
		print "# instance $n: not optimal in " . ($result->{aims}{batch} ? 'aims' : "cost, by $result->{cost}{batch}") . "\n" if $result->{aims}{batch} || $result->{cost}{batch};
		if ($ENV{VERBOSE} > 1 && ($result->{aims}{batch} || $result->{cost}{batch}))
		{
			print "#   minimised: $_\n" foreach split /\n/, 'SELECT * FROM ' . call(minimise($i, $result->{aims}{batch} ? 'batch aims' : 'batch cost'), {});
		}
	}
}
close $to;
waitpid $pid, 0;

my $tests = 0;
sub ok { my ($good, $name) = @_; $tests++; print $good ? 'ok' : 'not ok', " $tests - $name\n"; }

print "1..12\n";
print "# seed $seed, $judged instances judged, skipped: " . join(', ', map { "$_ $skipped{$_}" } sort keys %skipped) . "\n";
print "# not optimal: " . join(', ', map { "$_ $worse{$_}" } sort keys %worse) . "\n";
print "# $bounds bounds, $tight of them are the optimum; dearest " . (max(@dearer) // 0) . "\n";
ok(!$wrong{error}, 'every instance has a plan');
ok(!$wrong{rule}, 'every plan keeps the rules');
ok(!$wrong{row}, 'its rows add up');
ok(!$wrong{summary}, 'so does the summary');
ok(!$wrong{'better than every plan'}, 'no plan is better than all possible ones');
ok(!$wrong{'bound above the least cost'}, 'no bound is above the least cost');
ok(!$wrong{'priority inverted'}, 'no priority is inverted');
ok(!$wrong{'optimal, it says'}, 'what is called optimal is');
ok(!$wrong{candidates} && !$wrong{prices}, 'plan_candidates and plan_prices agree with the plan');
ok(!$wrong{'shuffled rows give another plan'}, 'shuffled rows and columns give the same plan');
ok(($worse{'batch aims'} // 0) <= 0.005 * $judged + 1 && ($worse{'batch cost'} // 0) <= 0.02 * $judged + 1, 'nearly every plan of batch is the best possible');
my @rare = grep { my $a = $_; grep { ($pairs{"$a $_"} // 0) < 1 } @features } @features;
ok(!@rare || $judged < 200, 'every constraint and option has met every other one');
