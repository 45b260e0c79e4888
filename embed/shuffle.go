package embed

import (
	"context"
	"fmt"
	"math/bits"

	"github.com/perturb-go/perturb/diagram"
	"github.com/perturb-go/perturb/mobius"
)

// A training is SGD of E epochs of N points in K = N/B batches of B, in which these are
// numbers or letters, and in T is what may be made of them.
type training[T any] interface {
	add(a, b T) T
	mul(a, b T) T
	isZero(a T) bool
	integer(n int64) T
	epochChoices(m int) T         // C(E, m)
	batchChoices(k int) T         // C(K, k)
	places(r int) T               // B(B−1)⋯(B−r+1)
	rowChoices(r int) T           // N(N−1)⋯(N−r+1)
	perRowChoice(ways T, r int) T // ways/rowChoices(r), where ways is 0 if rowChoices(r) is
}

// maxShuffledEdges bounds the edges of a diagram: 3^12 sets of nodes for every partition
// of its parts.
const maxShuffledEdges = 12

// expectedMaps returns the expected number of maps of d, which is B^edges times W(D) but
// for the 1/N of a tied root, if the points go into a new random order for each epoch.
//
// Let each part have a row of its own; in cumulant form, where parts may share rows, sum
// over the partitions of the parts into those that do. The p rows are any of N(N−1)⋯(N−p+1).
// A map has an epoch for each node, any of E, such that no child comes in a later epoch
// than its parent. Whether it is a map depends on the batches that the rows are in, in
// each epoch for itself, and the orders of different epochs are independent. So
//
//	N(N−1)⋯(N−p+1) Σ_m C(E,m) Σ_{S_1,…,S_m} Π_i chance(S_i)
//
// over the ordered partitions of the nodes into the sets of those that share an epoch,
// children not after parents: chance(S) is that of a random order to put, for every child
// and parent that are both in S, the row of the child into an earlier batch than that of
// the parent. Other rows than theirs do not matter to it.
func expectedMaps[T any](ctx context.Context, t training[T], d diagram.Diagram, form Form) (T, error) {
	total := t.integer(0)
	if err := form.check(); err != nil {
		return total, err
	}
	if d.Edges() > maxShuffledEdges {
		return total, fmt.Errorf("%w: reshuffled epochs are counted up to %d edges", ErrTooLarge, maxShuffledEdges)
	}
	mergers, err := mergersOf(ctx, bare(d), form)
	for merged, times := range mergers {
		if err = ctx.Err(); err != nil {
			break
		}
		s := shuffle[T]{training: t, ctx: ctx, parents: merged.Parents(), row: merged.Labels()[:d.Edges()], chance: map[uint64]T{}}
		choices := t.mul(t.integer(times), t.rowChoices(nonRootParts(merged)))
		total = t.add(total, t.mul(choices, s.sum()))
	}
	if err == nil {
		err = ctx.Err()
	}
	return total, err
}

// mergersOf returns how often each diagram comes out where parts of an untied diagram
// merge, or none in moment form.
func mergersOf(ctx context.Context, d diagram.Diagram, form Form) (map[diagram.Diagram]int64, error) {
	if form == Moment {
		return map[diagram.Diagram]int64{d: 1}, nil
	}
	times := map[diagram.Diagram]int64{}
	parts := nonRootParts(d)
	for p := range mobius.Partitions(parts) {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		merged, err := d.Merge(append(p.Labels(), parts)) // the root's part is the last
		if err != nil {
			return nil, err
		}
		times[merged]++
	}
	return times, nil
}

// A shuffle sums, for nodes with given rows, the chance that random orders of the rows put
// the nodes into the order of the tree, over the epochs of the nodes. When the context ends
// it breaks off, and the sums are void.
type shuffle[T any] struct {
	training[T]
	ctx     context.Context
	parents []int
	row     []int
	chance  map[uint64]T // of a set of nodes in one epoch
}

// sum adds up over the sets of nodes that share an epoch, from the first epoch used to
// the last: with m of them, there are C(E, m) choices of epochs.
func (s *shuffle[T]) sum() T {
	memo := map[uint64][]T{0: {s.integer(1)}}
	// byEpochs returns, at index m, the sum over ways to put the nodes left into m epochs.
	var byEpochs func(left uint64) []T
	byEpochs = func(left uint64) []T {
		if known, ok := memo[left]; ok {
			return known
		}
		sums := s.zeros(bits.OnesCount64(left) + 1)
		for now := left; now != 0 && s.ctx.Err() == nil; now = (now - 1) & left {
			if !s.comesFirst(now, left) {
				continue
			}
			chance := s.epoch(now)
			if s.isZero(chance) {
				continue
			}
			for m, rest := range byEpochs(left &^ now) {
				sums[m+1] = s.add(sums[m+1], s.mul(chance, rest))
			}
		}
		memo[left] = sums
		return sums
	}
	total := s.integer(0)
	for m, sum := range byEpochs(uint64(1)<<len(s.row) - 1) {
		total = s.add(total, s.mul(s.epochChoices(m), sum))
	}
	return total
}

func (s *shuffle[T]) zeros(n int) []T {
	list := make([]T, n)
	for i := range list {
		list[i] = s.integer(0)
	}
	return list
}

// comesFirst reports whether no node of now has a child among the others that are left.
func (s *shuffle[T]) comesFirst(now, left uint64) bool {
	for set := left &^ now; set != 0; set &= set - 1 {
		if up := s.parents[bits.TrailingZeros64(set)]; up < len(s.row) && now>>up&1 == 1 {
			return false
		}
	}
	return true
}

// epoch returns the chance that one random order of the rows puts every child among the
// nodes into an earlier batch than its parent.
func (s *shuffle[T]) epoch(nodes uint64) T {
	if p, ok := s.chance[nodes]; ok {
		return p
	}
	later := map[int]uint64{} // by row, the rows that must come later
	var rows uint64
	possible := true
	for set := nodes; set != 0; set &= set - 1 {
		v := bits.TrailingZeros64(set)
		up := s.parents[v]
		if up >= len(s.row) || nodes>>up&1 == 0 {
			continue
		}
		if s.row[v] == s.row[up] {
			possible = false
		}
		rows |= 1<<s.row[v] | 1<<s.row[up]
		later[s.row[v]] |= 1 << s.row[up]
	}
	p := s.integer(0)
	if possible {
		p = s.order(rows, later)
	}
	s.chance[nodes] = p
	return p
}

// order returns the chance that rows lie in batches as later says: the number of ways to
// put them into places that do, over that of all. Rows that share a batch take different
// places in it; k batches are chosen among K.
func (s *shuffle[T]) order(rows uint64, later map[int]uint64) T {
	memo := map[uint64][]T{0: {s.integer(1)}}
	// byBatches returns, at index k, the ways to put the rows left into k batches.
	var byBatches func(left uint64) []T
	byBatches = func(left uint64) []T {
		if known, ok := memo[left]; ok {
			return known
		}
		ways := s.zeros(bits.OnesCount64(left) + 1)
		for now := left; now != 0 && s.ctx.Err() == nil; now = (now - 1) & left {
			if !mayBeFirst(now, left, later) {
				continue
			}
			places := s.places(bits.OnesCount64(now))
			for k, rest := range byBatches(left &^ now) {
				ways[k+1] = s.add(ways[k+1], s.mul(places, rest))
			}
		}
		memo[left] = ways
		return ways
	}
	total := s.integer(0)
	for k, ways := range byBatches(rows) {
		total = s.add(total, s.mul(s.batchChoices(k), ways))
	}
	return s.perRowChoice(total, bits.OnesCount64(rows))
}

// mayBeFirst reports whether the rows of now may share a batch before all others that are
// left: none of them must come after any row that is left.
func mayBeFirst(now, left uint64, later map[int]uint64) bool {
	for set := left; set != 0; set &= set - 1 {
		if later[bits.TrailingZeros64(set)]&now != 0 {
			return false
		}
	}
	return true
}
