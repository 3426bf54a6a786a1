# harness.pl LAYER OUTPUT COMMAND FILE…: runs COMMAND FILE for each file, reads the TAP it prints and
# adds what passed and failed to OUTPUT/tally, and the failures' names to OUTPUT/failed. The raw
# output stays in OUTPUT/LAYER/raw; that of a file that failed is printed.
use strict;
use warnings;
use File::Basename;
use File::Path qw(make_path);
use TAP::Parser;

my ($layer, $output, $command, @files) = @ARGV;
my $raw = "$output/$layer/raw";

make_path($raw);
open(my $tally, '>>', "$output/tally") or die "$output/tally: $!";
open(my $failures, '>>', "$output/failed") or die "$output/failed: $!";
$| = 1;

foreach my $file (@files)
{
	(my $name = basename($file)) =~ s/\.[^.]*$//;
	my ($text, @failed) = ('');
	my $parser = TAP::Parser->new(
		{ exec => [ split(' ', $command), $file ], merge => 1 });

	while (my $result = $parser->next)
	{
		$text .= $result->as_string . "\n";
		push @failed, $result->as_string
		  if $result->is_test && !$result->is_ok;
	}
	open(my $kept, '>', "$raw/$name.out") or die "$raw/$name.out: $!";
	print $kept $text;
	close $kept;

	# A skipped test is neither: skipping is said, not counted.
	my $skipped = scalar $parser->skipped;
	my $passed = scalar($parser->passed) - $skipped;
	my @errors = $parser->parse_errors;
	push @errors, 'ended by signal or with status ' . ($parser->wait & 127 || $parser->exit)
	  if !@failed && !@errors && ($parser->wait || $parser->exit);
	push @errors, 'no test in it'
	  if !@failed && !@errors && !$parser->skip_all && !$parser->tests_run;

	printf "    %-7s %s/%s: %d%s%s\n", @failed || @errors ? 'FAILED' : 'ok',
	  $layer, $name, $passed,
	  $skipped ? ", $skipped skipped" : '',
	  $parser->skip_all ? ', skipped: ' . $parser->skip_all : '';
	print $tally $passed, ' ', @failed + @errors, "\n";
	if (@failed || @errors)
	{
		print "---- all output of $file\n$text----\n";
		print "     $_\n" foreach @errors;
		print $failures "$layer/$name: $_\n" foreach @failed, @errors;
	}
}
close $tally;
close $failures;
