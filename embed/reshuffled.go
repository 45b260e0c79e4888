package embed

import (
	"context"
	"fmt"
	"math/big"
	"math/bits"

	"github.com/perturb-go/perturb/diagram"
	"github.com/perturb-go/perturb/mobius"
)

// reshuffled is SGD that reshuffles its training set for each epoch.
type reshuffled struct {
	rows, epochs, batch int64
}

// RandomReshuffles returns SGD on n points for the given number of epochs with the given
// batch size, which goes through the points in a new uniformly random order in each
// epoch. W(D) is the exact expectation over these permutations of the W of the grid they
// give (see Reshuffled), a polynomial in E and a rational function of N.
//
// The error is that of SGD.
func RandomReshuffles(n, epochs, batch int64) (Dynamics, error) {
	if _, err := SGD(n, epochs, batch); err != nil {
		return nil, err
	}
	return &reshuffled{n, epochs, batch}, nil
}

// Rows returns N.
func (r *reshuffled) Rows() int64 { return r.rows }

// Multiplicative returns false: both trees meet the same random orders.
func (r *reshuffled) Multiplicative() bool { return false }

// Count returns the expectation of W(D); the number of maps is random, so it has none.
//
// The work grows as 3^edges, and with the number of partitions of the parts.
func (r *reshuffled) Count(ctx context.Context, d diagram.Diagram, form Form) (Count, error) {
	if err := form.check(); err != nil {
		return Count{}, err
	}
	w, err := r.expect(ctx, bare(d), form)
	if err != nil {
		return Count{}, fmt.Errorf("embed: count %v: %w", d, err)
	}
	if d.Tied() {
		w.Quo(w, big.NewRat(r.rows, 1))
	}
	return Count{Weight: w}, nil
}

// maxShuffledEdges bounds the edges of a diagram: 3^12 sets of nodes for every partition
// of its parts.
const maxShuffledEdges = 12

// expect sums over the ways in which parts may share a row, which moment form forbids.
func (r *reshuffled) expect(ctx context.Context, d diagram.Diagram, form Form) (*big.Rat, error) {
	if d.Edges() > maxShuffledEdges {
		return nil, fmt.Errorf("%w: reshuffled epochs are counted up to %d edges", ErrTooLarge, maxShuffledEdges)
	}
	total := new(big.Rat)
	parts := nonRootParts(d)
	for p := range mobius.Partitions(parts) {
		if form == Moment && p.NumParts() < parts {
			continue
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		row := make([]int, d.Edges())
		for v, part := range d.Labels()[:d.Edges()] {
			row[v] = p.PartOf(part)
		}
		s := shuffle{reshuffled: r, parents: d.Parents(), row: row, chance: map[uint64]*big.Rat{}}
		w := s.sum()
		total.Add(total, w.Mul(w, new(big.Rat).SetInt(falling(r.rows, p.NumParts()))))
	}
	return total.Quo(total, new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(r.batch), big.NewInt(int64(d.Edges())), nil))), nil
}

// falling returns n(n−1)⋯(n−k+1).
func falling(n int64, k int) *big.Int {
	product := big.NewInt(1)
	for i := range int64(k) {
		product.Mul(product, big.NewInt(n-i))
	}
	return product
}

// A shuffle sums, for nodes with given and different rows, the chance that random orders
// of the rows put the nodes into the order of the tree, over the epochs of the nodes.
type shuffle struct {
	*reshuffled
	parents []int
	row     []int
	chance  map[uint64]*big.Rat // of a set of nodes in one epoch
}

// sum adds up over the sets of nodes that share an epoch, from the first epoch used to
// the last: with m of them, there are C(E, m) choices of epochs.
func (s *shuffle) sum() *big.Rat {
	all := uint64(1)<<len(s.row) - 1
	memo := map[uint64][]*big.Rat{0: {big.NewRat(1, 1)}}
	// byEpochs returns, at index m, the sum over ways to put the nodes left into m epochs.
	var byEpochs func(left uint64) []*big.Rat
	byEpochs = func(left uint64) []*big.Rat {
		if known, ok := memo[left]; ok {
			return known
		}
		sums := make([]*big.Rat, bits.OnesCount64(left)+1)
		for m := range sums {
			sums[m] = new(big.Rat)
		}
		for now := left; now != 0; now = (now - 1) & left {
			if !s.comesFirst(now, left) {
				continue
			}
			chance := s.epoch(now)
			for m, rest := range byEpochs(left &^ now) {
				sums[m+1].Add(sums[m+1], new(big.Rat).Mul(chance, rest))
			}
		}
		memo[left] = sums
		return sums
	}
	total := new(big.Rat)
	for m, sum := range byEpochs(all) {
		ways := new(big.Rat).SetInt(falling(s.epochs, m))
		ways.Quo(ways, new(big.Rat).SetInt(new(big.Int).MulRange(1, int64(m))))
		total.Add(total, ways.Mul(ways, sum))
	}
	return total
}

// comesFirst reports whether no node of now has a child among the others that are left.
func (s *shuffle) comesFirst(now, left uint64) bool {
	for set := left &^ now; set != 0; set &= set - 1 {
		if up := s.parents[bits.TrailingZeros64(set)]; up < len(s.row) && now>>up&1 == 1 {
			return false
		}
	}
	return true
}

// epoch returns the chance that one random order of the rows puts every child among the
// nodes into an earlier batch than its parent.
func (s *shuffle) epoch(nodes uint64) *big.Rat {
	if p, ok := s.chance[nodes]; ok {
		return p
	}
	later := map[int]uint64{} // by row, the rows that must come later
	var rows uint64
	possible := true
	for set := nodes; set != 0; set &= set - 1 {
		v := bits.TrailingZeros64(set)
		rows |= 1 << s.row[v]
		up := s.parents[v]
		if up >= len(s.row) || nodes>>up&1 == 0 {
			continue
		}
		if s.row[v] == s.row[up] {
			possible = false
		}
		later[s.row[v]] |= 1 << s.row[up]
	}
	p := new(big.Rat)
	if possible {
		p = s.order(rows, later)
	}
	s.chance[nodes] = p
	return p
}

// order returns the chance that rows lie in batches as later says. Rows that share a
// batch take different places in it; k batches are chosen among K = N/B.
func (s *shuffle) order(rows uint64, later map[int]uint64) *big.Rat {
	memo := map[uint64][]*big.Int{0: {big.NewInt(1)}}
	// byBatches returns, at index k, the ways to put the rows left into k batches.
	var byBatches func(left uint64) []*big.Int
	byBatches = func(left uint64) []*big.Int {
		if known, ok := memo[left]; ok {
			return known
		}
		ways := make([]*big.Int, bits.OnesCount64(left)+1)
		for k := range ways {
			ways[k] = new(big.Int)
		}
		for now := left; now != 0; now = (now - 1) & left {
			if !mayBeFirst(now, left, later) {
				continue
			}
			places := falling(s.batch, bits.OnesCount64(now))
			for k, rest := range byBatches(left &^ now) {
				ways[k+1].Add(ways[k+1], new(big.Int).Mul(places, rest))
			}
		}
		memo[left] = ways
		return ways
	}
	total := new(big.Rat)
	for k, ways := range byBatches(rows) {
		choices := new(big.Rat).SetInt(falling(s.rows/s.batch, k))
		choices.Quo(choices, new(big.Rat).SetInt(new(big.Int).MulRange(1, int64(k))))
		total.Add(total, choices.Mul(choices, new(big.Rat).SetInt(ways)))
	}
	if n := falling(s.rows, bits.OnesCount64(rows)); n.Sign() > 0 {
		total.Quo(total, new(big.Rat).SetInt(n))
	}
	return total
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
