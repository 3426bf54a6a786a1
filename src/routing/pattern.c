/*
 * pattern.c
 *		The best way to serve one order, given what stock and capacity is left.
 *
 * The lines of an order are bundled: lines that must stay together are one bundle,
 * any other line is a bundle of its own. Up to EXACT_BUNDLES bundles that ship
 * whole are decided exactly, by dynamic programming over sets of bundles, one
 * location after the other. Longer orders, and lines that may split, are decided by
 * choosing a set of locations: all sets up to three of the cheapest ones where lines
 * may split, then adding, dropping and exchanging locations while it helps. A set serves one
 * line after the other; where they stand in each other's way, a bounded search divides it.
 *
 * Better means: fewer unfilled units, then fewer late lines, then less money; in a
 * priced view, less money with the price of unfilled units and late lines in it.
 * Every pattern returned keeps the rules of the order and fits the view. Ties go to
 * the cheaper, then the lower location, so the result depends on the keys alone.
 *
 * A view with bound asks for less: priced must not exceed what any allowed pattern
 * costs, over all locations, kept as candidates or not. Up to EXACT_BUNDLES bundles
 * that is the same dynamic programming, with one more location for all that were not
 * kept, where they are not dearer for sure (model.c, prune), and with each location as often
 * as its sets of bundles cost least, for it may stand for others that were not kept; and, where
 * lines may split, with each line whole at one location, however much stock it has, which no
 * split of it can undercut. Above, it is the cheapest location of each bundle plus one cheapest
 * shipment. The shares then are those of the relaxed pattern, for a subgradient, and need
 * not fit.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "port/pg_bitutils.h"
#include "routing/pattern.h"
#include "utils/memutils.h"

#define EXACT_BUNDLES 10
#define NEVER (PG_INT64_MAX / 2)	/* cost of what cannot be */
#define ENUMERATED 12			/* cheapest locations whose sets are enumerated */
#define EXPLORED 3000			/* steps to divide scarce room or stock among the lines of an order */

typedef struct Part
{
	int32		previous;		/* the part before, -1 for none */
	int32		k;
	uint32		bundles;
} Part;

/* a location that can serve the order now */
typedef struct Option
{
	int64		open;			/* cost of a shipment from here */
	int64		late_line;		/* what a line costs because the shipment is late */
	PlanCapacity left;
	PlanCapacity price;
	int32		candidate;
	int32		location;
	int32		metres;
	bool		late;
	uint32		serves;			/* bundles, of the first 32 */
} Option;

struct PlanSearch
{
	PlanModel  *model;
	MemoryContext context;

	/* the order at hand */
	const PlanView *view;
	int32		order;
	int			nlines;
	int			nbundles;
	int			noptions;
	int			maxlines;		/* sizes of the arrays below */
	int			maxoptions;
	Option	   *options;
	int64	   *serve;			/* [bundle][option] whole bundle there, or NEVER */
	int32	   *bundle_of;		/* [line of the order] */
	int32	   *bundle_lines;	/* lines by bundle */
	int32	   *bundle_start;	/* [nbundles + 1] */
	int64	   *bundle_units;
	int64	   *bundle_value;
	int64	   *bundle_unfilled_cost;
	int64	   *bundle_need;	/* scratch of a trial */
	bool	   *chosen;			/* [option] the set of locations at hand */
	int		   *rank;			/* [option] scratch */
	PlanCapacity *trial_left;	/* [option] scratch of a trial */
	bool	   *trial_used;		/* [option] it has a shipment in the trial */
	PlanPattern trial;
	bool		contended;		/* lines of the trial stand in each other's way */
	PlanPattern whole;			/* scratch: a finished trial */
	PlanPattern best;
	bool		have_best;
	int			explored;		/* steps left for the order at hand */
	int64		work;			/* sets of locations tried, and steps, so far */
	MemoryContext transient;

	/* dynamic programming over sets of bundles */
	int64		mask_units[1 << EXACT_BUNDLES];
	int64		mask_value[1 << EXACT_BUNDLES];
	int64		mask_lines[1 << EXACT_BUNDLES];
	int64		sum[1 << EXACT_BUNDLES];
	int64		part[1 << EXACT_BUNDLES];
	int64	   *reach;			/* [shipments][set] least cost */
	int32	   *reach_node;
	Part	   *nodes;
	int32		nnodes;
	int32		maxnodes;
};

/* The width of the arrays by option: all candidates and what lies beyond them. */
static inline int
stride_of(const PlanOrder *order)
{
	return order->ncandidates + 1;
}

/* oms_search_create returns a workspace for the model, in the model's context. */
PlanSearch *
oms_search_create(PlanModel *model)
{
	PlanSearch *search = oms_model_alloc(model, 1, sizeof(PlanSearch));
	int			maxlines = 1;

	for (int32 o = 0; o < model->norders; o++)
		maxlines = Max(maxlines, model->orders[o].nlines);
	search->model = model;
	search->context = model->context;
	search->maxlines = maxlines;
	search->transient = AllocSetContextCreate(model->context, "oms plan candidates",
											  ALLOCSET_DEFAULT_SIZES);
	search->bundle_of = oms_model_alloc(model, maxlines, sizeof(int32));
	search->bundle_lines = oms_model_alloc(model, maxlines, sizeof(int32));
	search->bundle_start = oms_model_alloc(model, maxlines + 1, sizeof(int32));
	search->bundle_units = oms_model_alloc(model, maxlines, sizeof(int64));
	search->bundle_value = oms_model_alloc(model, maxlines, sizeof(int64));
	search->bundle_unfilled_cost = oms_model_alloc(model, maxlines, sizeof(int64));
	search->bundle_need = oms_model_alloc(model, maxlines, sizeof(int64));
	search->reach = oms_model_alloc(model, (EXACT_BUNDLES + 1) << EXACT_BUNDLES, sizeof(int64));
	search->reach_node = oms_model_alloc(model, (EXACT_BUNDLES + 1) << EXACT_BUNDLES,
										 sizeof(int32));
	search->maxnodes = 1024;
	search->nodes = oms_model_alloc(model, search->maxnodes, sizeof(Part));
	return search;
}

/*
 * oms_search_work is how many sets of locations, and ways to divide what is scarce, the general
 * search has tried: nearly all time that is not spent on plain orders.
 */
int64
oms_search_work(const PlanSearch *search)
{
	return search->work;
}

/* oms_pattern_compare orders by unfilled units, late lines, cost: < 0 when a is better. */
int
oms_pattern_compare(const PlanPattern *a, const PlanPattern *b)
{
	if (a->unfilled != b->unfilled)
		return a->unfilled < b->unfilled ? -1 : 1;
	if (a->late != b->late)
		return a->late < b->late ? -1 : 1;
	return a->cost < b->cost ? -1 : a->cost > b->cost;
}

/* oms_pattern_clear makes it the pattern that serves nothing. */
void
oms_pattern_clear(const PlanModel *model, int32 index, PlanPattern *pattern)
{
	const PlanOrder *order = &model->orders[index];

	pattern->nshares = 0;
	pattern->unfilled = 0;
	pattern->late = 0;
	pattern->cost = 0;
	for (int32 i = order->first_line; i < order->first_line + order->nlines; i++)
	{
		pattern->unfilled += model->lines[i].quantity;
		pattern->cost += model->lines[i].unfilled_cost * model->lines[i].quantity;
	}
}

/* oms_pattern_add appends a share; unfilled, late and cost are the caller's to set. */
void
oms_pattern_add(PlanPattern *pattern, MemoryContext context, const PlanShare *share)
{
	if (pattern->nshares == pattern->capacity)
	{
		int32		capacity = Max(8, pattern->capacity * 2);

		if (pattern->shares == NULL)
			pattern->shares = MemoryContextAlloc(context, sizeof(PlanShare) * capacity);
		else
			pattern->shares = repalloc_huge(pattern->shares, sizeof(PlanShare) * capacity);
		pattern->capacity = capacity;
	}
	pattern->shares[pattern->nshares++] = *share;
}

static int
compare_shares(const void *a, const void *b)
{
	const PlanShare *x = a;
	const PlanShare *y = b;

	if (x->line != y->line)
		return x->line < y->line ? -1 : 1;
	return x->location < y->location ? -1 : x->location > y->location;
}

static void
copy_pattern(PlanPattern *to, MemoryContext context, const PlanPattern *from)
{
	to->nshares = 0;
	for (int i = 0; i < from->nshares; i++)
		oms_pattern_add(to, context, &from->shares[i]);
	to->unfilled = from->unfilled;
	to->late = from->late;
	to->cost = from->cost;
	to->priced = from->priced;
}

/* What a pattern may take at most: of a cell, and at a location. */
static int64
cell_left(const PlanModel *model, const PlanView *view, int32 cell)
{
	return view->left && view->penalty == 0 ? view->left[cell] : model->cells[cell].available;
}

static const PlanCapacity *
room_left(const PlanModel *model, const PlanView *view, int32 location)
{
	return view->capacity && view->penalty == 0 ? &view->capacity[location] :
		&model->locations[location].capacity;
}

/* Money, and prices, of serving units of a line (of the order) at an option. */
static int64
share_cost(const PlanSearch *search, int l, int k, int64 quantity)
{
	const PlanOrder *order = &search->model->orders[search->order];
	const Option *option = &search->options[k];
	int32		line = order->first_line + l;
	int32		at = l * order->ncandidates + option->candidate;
	int32		cell = order->cells[at];
	int64		cost;

	if (order->line_costs != NULL && quantity == search->model->lines[line].quantity)
		cost = order->line_costs[at] + search->model->cells[cell].scarcity_cost * quantity;
	else
		cost = oms_share_cost(search->model, line, option->location, cell, quantity);
	if (search->view->priced)
		cost += search->view->cell_price[cell] * quantity + option->price.lines +
			option->price.units * quantity;
	if (search->view->penalty > 0 && search->view->left[cell] < quantity)
		cost += search->view->unit_penalty *
			Min(quantity, quantity - search->view->left[cell]);
	return cost;
}

/* bundle groups the lines of the order: those kept together first, for they are the hardest. */
static void
bundle(PlanSearch *search)
{
	const PlanOrder *order = &search->model->orders[search->order];
	const PlanLine *lines = &search->model->lines[order->first_line];
	int			n = order->nlines;
	int			at = 0;

	search->nlines = n;
	search->nbundles = 0;
	for (int l = 0; l < n; l++)
		search->bundle_of[l] = -1;
	for (int pass = 0; pass < 2; pass++)
		for (int l = 0; l < n; l++)
		{
			int			b = search->nbundles;

			if (search->bundle_of[l] >= 0 || (pass == 0 && lines[l].together == 0))
				continue;
			search->nbundles++;
			search->bundle_start[b] = at;
			search->bundle_units[b] = 0;
			search->bundle_value[b] = 0;
			search->bundle_unfilled_cost[b] = 0;
			for (int m = l; m < n; m++)
			{
				if (m != l && (lines[l].together == 0 || lines[m].together != lines[l].together))
					continue;
				search->bundle_of[m] = b;
				search->bundle_lines[at++] = m;
				search->bundle_units[b] += lines[m].quantity;
				search->bundle_value[b] += lines[m].unit_value * lines[m].quantity;
				search->bundle_unfilled_cost[b] += lines[m].unfilled_cost * lines[m].quantity;
			}
		}
	search->bundle_start[search->nbundles] = at;
}

static bool
splits(const PlanSearch *search, int b)
{
	const PlanOrder *order = &search->model->orders[search->order];

	return search->model->options.split_lines &&
		search->model->lines[order->first_line + search->bundle_lines[search->bundle_start[b]]].together == 0;
}

/* Units of the same sku that lines of the bundle before position i take at the same location. */
static int64
taken_in_bundle(const PlanSearch *search, int b, int i)
{
	const PlanLine *lines = &search->model->lines[search->model->orders[search->order].first_line];
	int32		sku = lines[search->bundle_lines[i]].sku;
	int64		taken = 0;

	for (int j = search->bundle_start[b]; j < i; j++)
		if (lines[search->bundle_lines[j]].sku == sku)
			taken += lines[search->bundle_lines[j]].quantity;
	return taken;
}

/* Is what is left enough for a shipment of so many lines and units? */
static bool
has_room(const PlanModel *model, int32 location, const PlanCapacity *left, int64 lines,
		 int64 units)
{
	return left->lines >= lines && left->units >= units &&
		(left->seconds >= PLAN_UNLIMITED ||
		 left->seconds >= oms_work_seconds(&model->locations[location], 1, lines, units));
}

/* Is a location without the capacity for the whole order? Then it has a penalty, where that is allowed. */
static bool
overdraws(const PlanModel *model, const PlanOrder *order, int32 location, const PlanView *view)
{
	const PlanCapacity *left = &view->capacity[location];

	return left->orders < 1 || !has_room(model, location, left, order->nlines, order->nunits);
}

/* gather collects the locations that can serve something now, and what it costs there. */
static void
gather(PlanSearch *search, int32 index, const PlanView *view)
{
	PlanModel  *model = search->model;
	const PlanOrder *order = &model->orders[index];
	const PlanLine *lines = &model->lines[order->first_line];
	int			stride = stride_of(order);
	int64		enough = NEVER; /* what it costs to serve the whole order from one location */
	bool		whole_counts = !model->options.split_lines && !order->shared_sku;

	search->view = view;
	search->order = index;
	bundle(search);

	if (stride > search->maxoptions)
	{
		if (search->options != NULL)
		{
			pfree(search->options);
			pfree(search->serve);
			pfree(search->chosen);
			pfree(search->rank);
			pfree(search->trial_left);
			pfree(search->trial_used);
		}
		search->maxoptions = Max(stride, search->maxoptions);
		search->options = oms_model_alloc(model, search->maxoptions, sizeof(Option));
		search->serve = oms_model_alloc(model, (Size) search->maxlines * search->maxoptions,
										sizeof(int64));
		search->chosen = oms_model_alloc(model, search->maxoptions, sizeof(bool));
		search->rank = oms_model_alloc(model, search->maxoptions, sizeof(int));
		search->trial_left = oms_model_alloc(model, search->maxoptions, sizeof(PlanCapacity));
		search->trial_used = oms_model_alloc(model, search->maxoptions, sizeof(bool));
	}

	search->noptions = 0;
	for (int c = 0; c < order->ncandidates; c++)
	{
		const PlanCandidate *candidate = &order->candidates[c];
		int			k = search->noptions;
		Option	   *option = &search->options[k];
		bool		any = false;
		int64		whole = 0;

		/* candidates are sorted: no better pattern has a shipment from here or beyond */
		if (candidate->cost >= enough)
			break;

		option->left = *room_left(model, view, candidate->location);
		if (option->left.orders < 1 || !has_room(model, candidate->location, &option->left, 1, 1))
			continue;
		for (int i = 0; i < view->nbanned; i++)
			if (view->banned[i] == candidate->location)
				any = true;
		if (any)
			continue;

		option->candidate = c;
		option->location = candidate->location;
		option->metres = candidate->metres;
		option->late = candidate->late_seconds > 0;
		option->open = candidate->cost;
		option->late_line = !option->late ? 0 :
			view->priced && !view->hard ? view->late_price : order->late_weight;
		if (view->priced)
		{
			option->price = view->capacity_price[candidate->location];
			option->open += option->price.orders;
		}
		if (view->penalty > 0 && overdraws(model, order, candidate->location, view))
			option->open += view->penalty;
		option->serves = 0;
		for (int b = 0; b < search->nbundles; b++)
		{
			int64		cost = 0;
			bool		split = splits(search, b);

			for (int i = search->bundle_start[b]; i < search->bundle_start[b + 1]; i++)
			{
				int			l = search->bundle_lines[i];
				int32		cell = order->cells[l * order->ncandidates + c];
				int64		need = split ? 1 : lines[l].quantity;

				if (order->shared_sku && search->bundle_start[b + 1] - search->bundle_start[b] > 1)
					need += taken_in_bundle(search, b, i);
				if (cell == PLAN_NOWHERE || cell_left(search->model, search->view, cell) < need)
				{
					cost = NEVER;
					break;
				}
				cost += share_cost(search, l, k, lines[l].quantity) + option->late_line;
			}
			search->serve[b * stride + k] = cost;
			whole = cost >= NEVER || whole >= NEVER ? NEVER : whole + cost;
			if (cost < NEVER)
			{
				any = true;
				if (b < 32)
					option->serves |= (uint32) 1 << b;
			}
		}
		if (any)
			search->noptions++;
		if (whole < NEVER && whole_counts && (!option->late || (view->priced && !view->hard)) &&
			has_room(model, candidate->location, &option->left, order->nlines, order->nunits))
			enough = Min(enough, whole + option->open);
	}
	if (view->bound && order->beyond < Min(enough, PLAN_NOTHING_BEYOND))
	{
		Option	   *option = &search->options[search->noptions];

		memset(option, 0, sizeof(Option));
		option->candidate = PLAN_NOWHERE;
		option->location = PLAN_NOWHERE;
		option->open = order->beyond;
		option->left.orders = option->left.lines = option->left.units = option->left.seconds =
			PLAN_UNLIMITED;
		option->serves = ~(uint32) 0;
		for (int b = 0; b < search->nbundles; b++)
			search->serve[b * stride + search->noptions] = 0;
		if (search->nbundles < 32)
			option->serves = ((uint32) 1 << search->nbundles) - 1;
		search->noptions++;
	}
}

/* Do the bundles of a set, all at option k, ask for more of one sku than is there? */
static bool
shares_too_much(const PlanSearch *search, uint32 set, int k)
{
	const PlanOrder *order = &search->model->orders[search->order];
	const PlanLine *lines = &search->model->lines[order->first_line];

	for (int l = 0; l < search->nlines; l++)
	{
		int64		need = 0;

		if (!(set & ((uint32) 1 << search->bundle_of[l])))
			continue;
		for (int m = 0; m <= l; m++)
			if ((set & ((uint32) 1 << search->bundle_of[m])) && lines[m].sku == lines[l].sku)
				need += lines[m].quantity;
		if (need > cell_left(search->model, search->view, order->cells[l * order->ncandidates +
												  search->options[k].candidate]))
			return true;
	}
	return false;
}

static int32
add_node(PlanSearch *search, int32 previous, int k, uint32 bundles)
{
	if (search->nnodes == search->maxnodes)
	{
		search->maxnodes *= 2;
		search->nodes = repalloc_huge(search->nodes, sizeof(Part) * search->maxnodes);
	}
	search->nodes[search->nnodes].previous = previous;
	search->nodes[search->nnodes].k = k;
	search->nodes[search->nnodes].bundles = bundles;
	return search->nnodes++;
}

/*
 * finish sets unfilled, late and cost (without prices) of a pattern of the order at
 * hand, whose shares are there.
 */
static void
finish(PlanSearch *search, PlanPattern *pattern)
{
	const PlanModel *model = search->model;
	const PlanOrder *order = &model->orders[search->order];
	int64		late_line = -1;

	qsort(pattern->shares, pattern->nshares, sizeof(PlanShare), compare_shares);
	pattern->unfilled = pattern->late = pattern->cost = 0;
	for (int l = 0; l < order->nlines; l++)
	{
		pattern->unfilled += model->lines[order->first_line + l].quantity;
		pattern->cost += model->lines[order->first_line + l].unfilled_cost *
			model->lines[order->first_line + l].quantity;
	}
	for (int i = 0; i < pattern->nshares; i++)
	{
		const PlanShare *share = &pattern->shares[i];
		const PlanCandidate *candidate = order->candidates;
		bool		first = true;

		while (candidate->location != share->location)
			candidate++;
		for (int j = 0; j < i && first; j++)
			first = pattern->shares[j].location != share->location;
		if (first)
			pattern->cost += candidate->cost;
		pattern->cost += oms_share_cost(model, share->line, share->location, share->cell,
										share->quantity);
		pattern->cost -= model->lines[share->line].unfilled_cost * share->quantity;
		pattern->unfilled -= share->quantity;
		if (candidate->late_seconds > 0 && late_line != share->line)
		{
			pattern->late++;
			late_line = share->line;
		}
	}
}

static void
add_bundle(PlanSearch *search, PlanPattern *pattern, int b, int k)
{
	const PlanOrder *order = &search->model->orders[search->order];

	if (search->options[k].candidate < 0)
		return;					/* beyond the candidates: part of a bound only */
	for (int i = search->bundle_start[b]; i < search->bundle_start[b + 1]; i++)
	{
		int			l = search->bundle_lines[i];
		PlanShare	share;

		share.line = order->first_line + l;
		share.quantity = search->model->lines[share.line].quantity;
		share.location = search->options[k].location;
		share.cell = order->cells[l * order->ncandidates + search->options[k].candidate];
		oms_pattern_add(pattern, search->context, &share);
	}
}

/*
 * solve_exact finds the best pattern when every bundle ships whole and there are at
 * most EXACT_BUNDLES: reach[s][set] is the least cost of serving a set of bundles
 * with s shipments from the locations seen so far. (With no limit on shipments, one
 * level is enough.) Where lines may split it is relaxed: each whole, wherever there is a
 * unit of it, the shipment whatever it is worth. No split costs less.
 */
static void
solve_exact(PlanSearch *search, PlanPattern *result)
{
	const PlanModel *model = search->model;
	const PlanOrder *order = &model->orders[search->order];
	int			stride = stride_of(order);
	int			n = search->nbundles;
	uint32		full = ((uint32) 1 << n) - 1;
	bool		relaxed = model->options.split_lines;
	int64		minimum = relaxed ? 0 : model->options.min_shipment_value;
	bool		limited = order->max_shipments < n;
	int			levels = limited ? order->max_shipments + 1 : 1;
	int			lowest = limited ? 1 : 0;
	bool		repeats = search->view->bound && order->pruned;
	int64		best_unfilled = 0;
	int64		best_cost = NEVER;
	int32		best_node = -1;

	search->mask_units[0] = search->mask_value[0] = search->mask_lines[0] = 0;
	for (uint32 m = 1; m <= full; m++)
	{
		int			b = pg_rightmost_one_pos32(m);
		uint32		rest = m & (m - 1);

		search->mask_units[m] = search->mask_units[rest] + search->bundle_units[b];
		search->mask_value[m] = search->mask_value[rest] + search->bundle_value[b];
		search->mask_lines[m] = search->mask_lines[rest] +
			search->bundle_start[b + 1] - search->bundle_start[b];
	}
	search->work += (((int64) levels * search->noptions) << n) / 256;
	for (int i = 0; i < levels << n; i++)
		search->reach[i] = NEVER;
	search->reach[0] = 0;
	search->reach_node[0] = -1;
	search->nnodes = 0;

	for (int k = 0; k < search->noptions; k++)
	{
		const Option *option = &search->options[k];
		uint32		serves = option->serves;
		uint32		set = 0;

		search->sum[0] = option->open;
		while ((set = (set - serves) & serves) != 0)
		{
			search->sum[set] = search->sum[set & (set - 1)] +
				search->serve[pg_rightmost_one_pos32(set) * stride + k];
			search->part[set] = search->sum[set];
			if (search->mask_lines[set] > option->left.lines ||
				(!relaxed && option->candidate >= 0 &&
				 !has_room(model, option->location, &option->left, search->mask_lines[set],
						   search->mask_units[set])) ||
				(minimum > 0 && set != full && search->mask_value[set] < minimum) ||
				(order->shared_sku && !relaxed && option->candidate >= 0 &&
				 shares_too_much(search, set, k)))
				search->part[set] = NEVER;
		}

		/* downwards a location is used once, upwards again and again */
		for (int i = lowest; i < levels; i++)
		{
			int			level = repeats ? i : levels - 1 - (i - lowest);
			int64	   *to = search->reach + ((Size) level << n);
			int64	   *from = limited ? to - ((Size) 1 << n) : to;
			int32	   *to_node = search->reach_node + ((Size) level << n);
			int32	   *from_node = limited ? to_node - ((Size) 1 << n) : to_node;

			for (uint32 j = 1; j <= full; j++)
			{
				uint32		m = repeats ? j : full + 1 - j;
				uint32		possible = m & serves;

				for (uint32 sub = possible; sub != 0; sub = (sub - 1) & possible)
				{
					int64		cost;

					if (search->part[sub] >= NEVER || from[m ^ sub] >= NEVER)
						continue;
					cost = from[m ^ sub] + search->part[sub];
					if (cost < to[m])
					{
						to[m] = cost;
						to_node[m] = add_node(search, from_node[m ^ sub], k, sub);
					}
				}
			}
		}
	}

	for (int level = 0; level < levels; level++)
		for (int64 m = full; m >= 0; m--)
		{
			int64		cost = search->reach[((Size) level << n) + m];
			int64		unfilled = search->mask_units[full] - search->mask_units[m];

			if (cost >= NEVER || (level == 0 && limited && m > 0))
				continue;
			if (m != full && m != 0 &&
				(order->ship_complete ||
				 search->mask_value[full] - search->mask_value[m] < minimum))
				continue;
			for (int b = 0; b < n; b++)
				if (!(m & ((int64) 1 << b)))
					cost += search->bundle_unfilled_cost[b];
			if (search->view->priced && !search->view->hard)
			{
				cost += search->view->unfilled_price * unfilled;
				unfilled = 0;
			}
			if (best_cost >= NEVER || unfilled < best_unfilled ||
				(unfilled == best_unfilled && cost < best_cost))
			{
				best_unfilled = unfilled;
				best_cost = cost;
				best_node = m == 0 ? -1 : search->reach_node[((Size) level << n) + m];
			}
		}

	result->nshares = 0;
	result->late = 0;
	result->unfilled = search->mask_units[full];
	for (int32 node = best_node; node >= 0; node = search->nodes[node].previous)
	{
		const Part *part = &search->nodes[node];

		result->unfilled -= search->mask_units[part->bundles];
		result->late += search->options[part->k].late ? search->mask_lines[part->bundles] : 0;
		for (int b = 0; b < n; b++)
			if (part->bundles & ((uint32) 1 << b))
				add_bundle(search, result, b, part->k);
	}
	result->priced = best_cost;
	if (!search->view->bound)
		finish(search, result);
}

/* keeps_rules tells whether a finished pattern may be returned; an empty one always may. */
static bool
keeps_rules(const PlanModel *model, const PlanOrder *order, const PlanPattern *pattern)
{
	int64		minimum = model->options.min_shipment_value;
	int64		rest = 0;
	int			shipments = 0;

	if (pattern->nshares == 0)
		return true;
	if (order->ship_complete && pattern->unfilled > 0)
		return false;
	for (int i = 0; i < pattern->nshares; i++)
	{
		bool		first = true;

		for (int j = 0; j < i && first; j++)
			first = pattern->shares[j].location != pattern->shares[i].location;
		shipments += first;
	}
	if (shipments > order->max_shipments)
		return false;
	if (minimum == 0 || (shipments == 1 && pattern->unfilled == 0))
		return true;

	for (int32 line = order->first_line; line < order->first_line + order->nlines; line++)
		rest += model->lines[line].unit_value * model->lines[line].quantity;
	for (int i = 0; i < pattern->nshares; i++)
	{
		int64		value = 0;

		for (int j = 0; j < pattern->nshares; j++)
			if (pattern->shares[j].location == pattern->shares[i].location)
				value += model->lines[pattern->shares[j].line].unit_value *
					pattern->shares[j].quantity;
		if (value < minimum)
			return false;
		rest -= model->lines[pattern->shares[i].line].unit_value * pattern->shares[i].quantity;
	}
	return pattern->unfilled == 0 || rest >= minimum;
}

/* oms_pattern_feasible tells whether a finished pattern keeps the rules and fits the view. */
bool
oms_pattern_feasible(const PlanModel *model, int32 order, const PlanView *view,
					 const PlanPattern *pattern)
{
	for (int i = 0; i < pattern->nshares; i++)
	{
		const PlanShare *share = &pattern->shares[i];
		int64		taken = 0;
		int64		lines = 0;
		int64		units = 0;

		for (int j = 0; j < pattern->nshares; j++)
		{
			if (pattern->shares[j].cell == share->cell)
				taken += pattern->shares[j].quantity;
			if (pattern->shares[j].location == share->location)
			{
				lines++;
				units += pattern->shares[j].quantity;
			}
		}
		if (taken > cell_left(model, view, share->cell) ||
			!has_room(model, share->location, room_left(model, view, share->location), lines,
					  units))
			return false;
	}
	return keeps_rules(model, &model->orders[order], pattern);
}

/* Units of the sku of line l that the trial already takes from the same cell. */
static int64
taken_in_trial(const PlanSearch *search, int32 cell)
{
	int64		taken = 0;

	for (int i = 0; i < search->trial.nshares; i++)
		if (search->trial.shares[i].cell == cell)
			taken += search->trial.shares[i].quantity;
	return taken;
}

/* Has option k room for so many lines and units more in the trial? */
static bool
trial_has_room(const PlanSearch *search, int k, int64 lines, int64 units)
{
	const PlanCapacity *left = &search->trial_left[k];

	return left->lines >= lines && left->units >= units &&
		(left->seconds >= PLAN_UNLIMITED ||
		 left->seconds >= oms_work_seconds(&search->model->locations[search->options[k].location],
										   !search->trial_used[k], lines, units));
}

static void
trial_use(PlanSearch *search, int k, int64 lines, int64 units)
{
	PlanCapacity *left = &search->trial_left[k];

	left->lines -= lines;
	left->units -= units;
	if (left->seconds < PLAN_UNLIMITED)
		left->seconds -= oms_work_seconds(&search->model->locations[search->options[k].location],
										  !search->trial_used[k], lines, units);
	search->trial_used[k] = true;
}

/*
 * try_bundle adds what option k can still serve of bundle b to the trial; true when anything.
 * It notes where that is less than if the bundle were the only one.
 */
static bool
try_bundle(PlanSearch *search, int b, int k)
{
	const PlanOrder *order = &search->model->orders[search->order];
	int			stride = stride_of(order);
	const PlanLocation *place = &search->model->locations[search->options[k].location];
	const PlanCapacity *left = &search->trial_left[k];
	int			nlines = search->bundle_start[b + 1] - search->bundle_start[b];
	int64		wanted;
	PlanShare	share;

	if (search->bundle_need[b] == 0 || search->serve[b * stride + k] >= NEVER)
		return false;
	if (left->lines < nlines)
	{
		search->contended = true;
		return false;
	}
	if (!splits(search, b))
	{
		if (!trial_has_room(search, k, nlines, search->bundle_units[b]))
		{
			search->contended = true;
			return false;
		}
		if (order->shared_sku)
			for (int i = search->bundle_start[b]; i < search->bundle_start[b + 1]; i++)
			{
				int			l = search->bundle_lines[i];
				int32		cell = order->cells[l * order->ncandidates +
												search->options[k].candidate];

				if (taken_in_trial(search, cell) + taken_in_bundle(search, b, i) +
					search->model->lines[order->first_line + l].quantity > cell_left(search->model, search->view, cell))
				{
					search->contended = true;
					return false;
				}
			}
		add_bundle(search, &search->trial, b, k);
		trial_use(search, k, nlines, search->bundle_units[b]);
		search->bundle_need[b] = 0;
		return true;
	}

	share.line = search->bundle_lines[search->bundle_start[b]];
	share.location = search->options[k].location;
	share.cell = order->cells[share.line * order->ncandidates + search->options[k].candidate];
	share.line += order->first_line;
	share.quantity = wanted = Min(cell_left(search->model, search->view, share.cell), search->bundle_need[b]);
	if (order->shared_sku)
		share.quantity = Min(wanted, cell_left(search->model, search->view, share.cell) -
							 taken_in_trial(search, share.cell));
	share.quantity = Min(share.quantity, left->units);
	if (left->seconds < PLAN_UNLIMITED)
	{
		int64		rest = left->seconds - place->line_seconds -
			(search->trial_used[k] ? 0 : place->order_seconds);

		if (rest < 0)
			share.quantity = 0;
		else if (place->unit_seconds > 0)
			share.quantity = Min(share.quantity, rest / place->unit_seconds);
	}
	search->contended |= share.quantity < wanted;
	if (share.quantity <= 0)
		return false;
	oms_pattern_add(&search->trial, search->context, &share);
	trial_use(search, k, 1, share.quantity);
	search->bundle_need[b] -= share.quantity;
	return true;
}

static void
start_trial(PlanSearch *search)
{
	search->trial.nshares = 0;
	search->contended = false;
	for (int k = 0; k < search->noptions; k++)
	{
		search->trial_left[k] = search->options[k].left;
		search->trial_used[k] = false;
	}
	for (int b = 0; b < search->nbundles; b++)
		search->bundle_need[b] = search->bundle_units[b];
}

/* What the search minimises for a finished trial, with the prices of the view in it. */
static int64
priced_cost(const PlanSearch *search, const PlanPattern *pattern)
{
	const PlanView *view = search->view;
	const PlanOrder *order = &search->model->orders[search->order];
	int64		cost = pattern->cost;

	if (!view->priced)
		return cost;
	cost += view->unfilled_price * pattern->unfilled + view->late_price * pattern->late;
	for (int i = 0; i < pattern->nshares; i++)
	{
		const PlanShare *share = &pattern->shares[i];
		const PlanCapacity *price = &view->capacity_price[share->location];
		bool		first = true;

		for (int j = 0; j < i && first; j++)
			first = pattern->shares[j].location != share->location;
		cost += view->cell_price[share->cell] * share->quantity + price->lines +
			price->units * share->quantity + (first ? price->orders : 0);
		/* as share_cost and the options have it; it decides where units come before costs */
		if (view->penalty == 0 || !view->hard)
			continue;
		if (view->left[share->cell] < share->quantity)
			cost += view->unit_penalty *
				Min(share->quantity, share->quantity - view->left[share->cell]);
		if (first && overdraws(search->model, order, share->location, view))
			cost += view->penalty;
	}
	return cost;
}

static bool
better(const PlanSearch *search, const PlanPattern *a, const PlanPattern *b)
{
	if (!search->view->priced)
		return oms_pattern_compare(a, b) < 0;
	if (search->view->hard && a->unfilled != b->unfilled)
		return a->unfilled < b->unfilled;
	if (search->view->hard && a->late != b->late)
		return a->late < b->late;
	return priced_cost(search, a) < priced_cost(search, b);
}

/* keep_best keeps a finished pattern when it is the best so far that keeps the rules of the order. */
static void
keep_best(PlanSearch *search, const PlanPattern *pattern)
{
	if (keeps_rules(search->model, &search->model->orders[search->order], pattern) &&
		(!search->have_best || better(search, pattern, &search->best)))
	{
		copy_pattern(&search->best, search->context, pattern);
		search->have_best = true;
	}
}

/*
 * explore tries every way to serve bundle b and those after it from the chosen locations, k and
 * those after it for b, as long as there are steps left; unfilled is what the ones before lack.
 */
static void
explore(PlanSearch *search, int b, int k, int64 unfilled)
{
	PlanPattern *trial = &search->trial;
	int			nshares = trial->nshares;
	int64		need = search->bundle_need[b];
	PlanCapacity left;
	bool		used;

	if (search->explored-- <= 0)
		return;
	search->work++;
	while (k < search->noptions && !search->chosen[k])
		k++;
	if (need == 0 || k == search->noptions)
	{
		unfilled += need;
		if (search->have_best && (!search->view->priced || search->view->hard) &&
			unfilled > search->best.unfilled)
			return;
		if (b + 1 < search->nbundles)
		{
			explore(search, b + 1, 0, unfilled);
			return;
		}
		copy_pattern(&search->whole, search->context, trial);
		finish(search, &search->whole);
		keep_best(search, &search->whole);
		return;
	}

	left = search->trial_left[k];
	used = search->trial_used[k];
	if (try_bundle(search, b, k))
	{
		int64		most = trial->shares[nshares].quantity;
		int			nmore = trial->nshares;

		for (int64 quantity = most; quantity > 0 && search->explored > 0; quantity--)
		{
			if (quantity < most)
			{
				trial->shares[nshares].quantity = quantity;
				search->trial_left[k] = left;
				search->trial_used[k] = used;
				search->bundle_need[b] = need - quantity;
				trial_use(search, k, 1, quantity);
			}
			explore(search, b, k + 1, unfilled);
			trial->nshares = nmore;
			if (!splits(search, b))
				break;
		}
		trial->nshares = nshares;
		search->bundle_need[b] = need;
		search->trial_left[k] = left;
		search->trial_used[k] = used;
	}
	explore(search, b, k + 1, unfilled);
}

/* fill serves each bundle from the cheapest chosen location that still can. */
static void
fill(PlanSearch *search)
{
	int			stride = stride_of(&search->model->orders[search->order]);

	search->work++;
	start_trial(search);
	for (int b = 0; b < search->nbundles; b++)
	{
		int			nrank = 0;

		for (int k = 0; k < search->noptions; k++)
		{
			int			at;

			if (!search->chosen[k] || search->serve[b * stride + k] >= NEVER)
				continue;
			for (at = nrank++; at > 0 &&
				 search->serve[b * stride + search->rank[at - 1]] > search->serve[b * stride + k]; at--)
				search->rank[at] = search->rank[at - 1];
			search->rank[at] = k;
		}
		for (int i = 0; i < nrank && search->bundle_need[b] > 0; i++)
			try_bundle(search, b, search->rank[i]);
	}
	finish(search, &search->trial);
}

/*
 * evaluate fills the order from the chosen locations. Where its lines stand in each other's way,
 * or what is left of it breaks a rule, other divisions are tried too. The best that keeps the rules
 * is kept; the trial is the filling itself.
 */
static void
evaluate(PlanSearch *search)
{
	fill(search);
	keep_best(search, &search->trial);
	if ((search->contended || !keeps_rules(search->model, &search->model->orders[search->order], &search->trial)) && search->explored > 0 &&
		search->nbundles > 0)
	{
		start_trial(search);
		explore(search, 0, 0, 0);
		fill(search);
	}
}

static void
enumerate_sets(PlanSearch *search)
{
	int			n = Min(search->noptions, ENUMERATED);
	int			most = search->model->orders[search->order].max_shipments;

	for (int a = 0; a < n; a++)
	{
		search->chosen[a] = true;
		evaluate(search);
		for (int b = a + 1; b < n && most >= 2; b++)
		{
			search->chosen[b] = true;
			evaluate(search);
			for (int c = b + 1; c < n && most >= 3; c++)
			{
				search->chosen[c] = true;
				evaluate(search);
				search->chosen[c] = false;
			}
			search->chosen[b] = false;
		}
		search->chosen[a] = false;
	}
}

/*
 * solve_by_sets chooses a set of locations: from none, the addition, removal or
 * exchange that helps most, until none helps. (Kuehn and Hamburger 1963.)
 */
static void
solve_by_sets(PlanSearch *search, PlanPattern *result)
{
	const PlanOrder *order = &search->model->orders[search->order];
	PlanPattern current = {0};
	int			nchosen = 0;

	search->have_best = false;
	search->explored = EXPLORED;
	for (int k = 0; k < search->noptions; k++)
		search->chosen[k] = false;
	evaluate(search);
	copy_pattern(&current, search->context, &search->trial);
	if (search->model->options.split_lines)
		enumerate_sets(search);

	for (;;)
	{
		int			add = -1;
		int			drop = -1;
		bool		found = false;

		CHECK_FOR_INTERRUPTS();
		/* k = noptions stands for no addition, d = noptions for no removal */
		for (int k = 0; k <= search->noptions; k++)
		{
			if (k < search->noptions && search->chosen[k])
				continue;
			for (int d = search->noptions; d >= 0; d--)
			{
				if (d < search->noptions && !search->chosen[d])
					continue;
				if (k == search->noptions && d == search->noptions)
					continue;
				if (nchosen + (k < search->noptions) - (d < search->noptions) >
					order->max_shipments)
					continue;
				/* exchanges cost as much as there are locations: only for small sets */
				if (k < search->noptions && d < search->noptions &&
					nchosen < order->max_shipments && found)
					continue;
				if (k < search->noptions)
					search->chosen[k] = true;
				if (d < search->noptions)
					search->chosen[d] = false;
				evaluate(search);
				if (better(search, &search->trial, &current))
				{
					copy_pattern(&current, search->context, &search->trial);
					add = k;
					drop = d;
					found = true;
				}
				if (k < search->noptions)
					search->chosen[k] = false;
				if (d < search->noptions)
					search->chosen[d] = true;
			}
		}
		if (!found)
			break;
		if (add < search->noptions)
		{
			search->chosen[add] = true;
			nchosen++;
		}
		if (drop < search->noptions)
		{
			search->chosen[drop] = false;
			nchosen--;
		}
	}
	if (current.shares != NULL)
		pfree(current.shares);
	copy_pattern(result, search->context, &search->best);
	result->priced = priced_cost(search, result);
}

/*
 * relax_long bounds an order that has more bundles than the exact search takes: each
 * bundle at its cheapest location or unfilled, and one shipment if any is served.
 */
static void
relax_long(PlanSearch *search, PlanPattern *result)
{
	int			stride = stride_of(&search->model->orders[search->order]);
	int64		open = NEVER;
	bool		any = false;

	result->nshares = 0;
	result->priced = result->unfilled = result->late = 0;
	for (int k = 0; k < search->noptions; k++)
		open = Min(open, search->options[k].open);
	for (int b = 0; b < search->nbundles; b++)
	{
		int64		least = search->bundle_unfilled_cost[b] +
			search->view->unfilled_price * search->bundle_units[b];
		int			best = -1;

		for (int k = 0; k < search->noptions; k++)
			if (search->serve[b * stride + k] < least)
			{
				least = search->serve[b * stride + k];
				best = k;
			}
		result->priced += least;
		if (best < 0)
			result->unfilled += search->bundle_units[b];
		else
		{
			any = true;
			if (search->options[best].late)
				result->late += search->bundle_start[b + 1] - search->bundle_start[b];
			add_bundle(search, result, b, best);
		}
	}
	if (any)
	{
		int64		nothing = 0;

		for (int b = 0; b < search->nbundles; b++)
			nothing += search->bundle_unfilled_cost[b] +
				search->view->unfilled_price * search->bundle_units[b];
		result->priced += open;
		if (nothing < result->priced)
		{
			result->priced = nothing;
			result->nshares = 0;
		}
	}
}

/*
 * oms_best_pattern sets result to the best pattern of the order that fits the view;
 * the one that serves nothing when no other does. The shares are allocated in the
 * model's context, and reused.
 */
void
oms_best_pattern(PlanSearch *search, int32 order, const PlanView *view, PlanPattern *result)
{
	if (search->model->orders[order].plain &&
		oms_plain_pattern(search->model, search->context, order, view, result))
		return;
	gather(search, order, view);
	if (search->noptions == 0)
	{
		oms_pattern_clear(search->model, order, result);
		result->priced = result->cost + view->unfilled_price * result->unfilled;
	}
	else if (view->bound && search->nbundles > EXACT_BUNDLES)
		relax_long(search, result);
	else if (search->nbundles <= EXACT_BUNDLES)
	{
		solve_exact(search, result);
		if (!view->bound && search->model->options.split_lines && 
			!oms_pattern_feasible(search->model, order, view, result))
			solve_by_sets(search, result);
	}
	else
		solve_by_sets(search, result);
}

/* Nearest first; unknown distances last; then the cheaper one. */
static bool
nearer(const Option *a, const Option *b)
{
	if ((a->metres < 0) != (b->metres < 0))
		return b->metres < 0;
	if (a->metres != b->metres)
		return a->metres < b->metres;
	return a->candidate < b->candidate;
}

/*
 * nearest_pattern sets result to what a sequential router would do: the nearest
 * location that has everything; else, from the nearest on, each location gives what
 * it has, up to max_shipments. Nothing when that breaks a rule of the order.
 */
static void
nearest_pattern(PlanSearch *search, int32 order, const PlanView *view, PlanPattern *result)
{
	int			shipments = 0;

	gather(search, order, view);
	for (int k = 0; k < search->noptions; k++)
	{
		int			at;

		for (at = k; at > 0 &&
			 nearer(&search->options[k], &search->options[search->rank[at - 1]]); at--)
			search->rank[at] = search->rank[at - 1];
		search->rank[at] = k;
	}
	for (int i = 0; i < search->noptions; i++)
	{
		start_trial(search);
		for (int b = 0; b < search->nbundles; b++)
			try_bundle(search, b, search->rank[i]);
		finish(search, &search->trial);
		if (search->trial.unfilled == 0)
		{
			copy_pattern(result, search->context, &search->trial);
			return;
		}
	}
	start_trial(search);
	for (int i = 0; i < search->noptions && shipments < search->model->orders[order].max_shipments; i++)
	{
		bool		any = false;

		for (int b = 0; b < search->nbundles; b++)
			any |= try_bundle(search, b, search->rank[i]);
		shipments += any;
	}
	finish(search, &search->trial);
	if (keeps_rules(search->model, &search->model->orders[search->order], &search->trial))
		copy_pattern(result, search->context, &search->trial);
	else
		oms_pattern_clear(search->model, order, result);
}

/* Is there stock anywhere for a line that the pattern leaves unfilled? */
static bool
could_serve_more(const PlanModel *model, int32 index, const PlanView *view,
				 const PlanPattern *pattern)
{
	const PlanOrder *order = &model->orders[index];

	for (int32 line = order->first_line; line < order->first_line + order->nlines; line++)
	{
		int64		rest = model->lines[line].quantity;
		int64		need = model->options.split_lines && model->lines[line].together == 0 ?
			1 : model->lines[line].quantity;
		int32		sku = model->lines[line].sku;

		for (int i = 0; i < pattern->nshares; i++)
			if (pattern->shares[i].line == line)
				rest -= pattern->shares[i].quantity;
		for (int32 c = model->sku_cells[sku]; rest > 0 && c < model->sku_cells[sku + 1]; c++)
			if ((view->left ? view->left[c] : model->cells[c].available) >= need)
				return true;
	}
	return false;
}

/* look_everywhere finds a pattern among all candidates; those that it uses are kept from then on. */
static void
look_everywhere(PlanSearch *search, int32 index, const PlanView *view, bool nearest,
				PlanPattern *result)
{
	PlanModel  *model = search->model;
	PlanOrder  *order = &model->orders[index];
	PlanOrder	kept = *order;

	model->transient = search->transient;
	oms_model_candidates(model, index, model->nlocations, view->left, NULL, NULL, 0);
	if (nearest)
		nearest_pattern(search, index, view, result);
	else
		oms_best_pattern(search, index, view, result);
	model->transient = NULL;
	*order = kept;
	MemoryContextReset(search->transient);
	for (int i = 0; i < result->nshares; i++)
		oms_model_keep(model, index, result->shares[i].location);
}

/* oms_pattern_everywhere is oms_best_pattern among all candidates, not only the kept ones. */
void
oms_pattern_everywhere(PlanSearch *search, int32 index, const PlanView *view, PlanPattern *result)
{
	if (search->model->orders[index].pruned)
		look_everywhere(search, index, view, false, result);
	else
		oms_best_pattern(search, index, view, result);
}

/*
 * oms_pattern_anywhere is oms_best_pattern, or nearest_pattern, and, when that
 * leaves something unfilled or late and the order has more candidates than were
 * kept, looks at all of them.
 */
void
oms_pattern_anywhere(PlanSearch *search, int32 index, const PlanView *view, bool nearest,
					 PlanPattern *result)
{
	PlanModel  *model = search->model;
	PlanOrder  *order = &model->orders[index];

	if (nearest)
		nearest_pattern(search, index, view, result);
	else
		oms_best_pattern(search, index, view, result);
	if (!order->pruned || (result->unfilled == 0 && result->late == 0) ||
		(result->late == 0 && !could_serve_more(model, index, view, result)))
		return;

	look_everywhere(search, index, view, nearest, result);
}
